/* delivery.c - runs of received and of lost datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/delivery.h"

#include <glib.h>
#include <string.h>

void ssk_delivery_clear(ssk_delivery *delivery)
{
    g_free(delivery->runs);
    *delivery = (ssk_delivery){0};
}

static void keep(ssk_delivery *d)
{
    if (!d->at_hand.packets)
        return;
    if (d->n_runs == SSK_DELIVERY_RUNS) {
        d->dropped++;
        return;
    }
    if (d->n_runs == d->room) {
        d->room = d->room ? d->room * 2 : 8;
        d->runs = g_renew(ssk_udp_run, d->runs, d->room);
    }
    d->runs[d->n_runs++] = d->at_hand;
}

/* The run at hand becomes one of this kind; a new run starts at @p time. */
static void turn(ssk_delivery *d, bool received, ssk_time_ns time)
{
    if (d->at_hand.packets && d->at_hand.received == received)
        return;
    keep(d);
    d->at_hand = (ssk_udp_run){.received = received, .start = time, .end = time};
}

void ssk_delivery_received(ssk_delivery *d, ssk_time_ns time, uint64_t bytes)
{
    if (time == SSK_TIME_NONE)
        time = d->at_hand.end;
    turn(d, true, time);
    d->at_hand.packets++;
    d->at_hand.bytes += bytes;
    d->at_hand.end = time;
    d->received_packets++;
    d->received_bytes += bytes;
}

void ssk_delivery_lost(ssk_delivery *d, ssk_time_ns time, uint64_t packets, uint64_t bytes)
{
    if (!packets)
        return;
    if (bytes == SSK_DELIVERY_MEAN)
        bytes = d->received_packets ? (uint64_t)((double)packets * (double)d->received_bytes /
                                                     (double)d->received_packets +
                                                 0.5)
                                    : 0;
    turn(d, false, d->at_hand.packets ? d->at_hand.end : time);
    d->at_hand.packets += packets;
    d->at_hand.bytes += bytes;
    if (time != SSK_TIME_NONE)
        d->at_hand.end = time;
    d->lost_packets += packets;
    d->lost_bytes += bytes;
}

void ssk_delivery_lost_first(ssk_delivery *d, ssk_time_ns first, ssk_time_ns last, uint64_t packets,
                             uint64_t bytes)
{
    if (!packets)
        return;
    d->lost_packets += packets;
    d->lost_bytes += bytes;
    if (d->n_runs == SSK_DELIVERY_RUNS) {
        d->n_runs--;
        d->dropped++;
    }
    if (d->n_runs == d->room) {
        d->room = d->room ? d->room * 2 : 8;
        d->runs = g_renew(ssk_udp_run, d->runs, d->room);
    }
    memmove(d->runs + 1, d->runs, d->n_runs++ * sizeof *d->runs);
    d->runs[0] = (ssk_udp_run){.packets = packets, .bytes = bytes, .start = first, .end = last};
}

static bool shrink(ssk_udp_run *run, uint64_t bytes)
{
    if (run->received || !run->packets)
        return false;
    run->packets--;
    run->bytes = run->packets ? run->bytes - MIN(bytes, run->bytes) : 0;
    return true;
}

void ssk_delivery_late(ssk_delivery *d, uint64_t bytes)
{
    if (d->lost_packets) {
        d->lost_packets--;
        d->lost_bytes -= MIN(bytes, d->lost_bytes);
    }
    bool done = shrink(&d->at_hand, bytes);
    for (unsigned i = d->n_runs; !done && i > 0; i--)
        done = shrink(&d->runs[i - 1], bytes);
    d->received_packets++;
    d->received_bytes += bytes;
    if (d->at_hand.received) {
        d->at_hand.packets++;
        d->at_hand.bytes += bytes;
    }
}

static void drop_runs(ssk_delivery *d)
{
    d->dropped += d->n_runs + (d->at_hand.packets > 0);
    d->n_runs = 0;
    d->at_hand = (ssk_udp_run){0};
}

void ssk_delivery_recount(ssk_delivery *d, ssk_time_ns time, uint64_t received, uint64_t lost)
{
    double mean = d->received_packets ? (double)d->received_bytes / (double)d->received_packets : 0;
    drop_runs(d);
    turn(d, true, time);
    d->received_packets = received;
    d->received_bytes = (uint64_t)(mean * (double)received + 0.5);
    d->lost_packets = lost;
    d->lost_bytes = (uint64_t)(mean * (double)lost + 0.5);
}

void ssk_delivery_take_back(ssk_delivery *d, uint64_t packets)
{
    packets = MIN(packets, d->received_packets);
    if (!packets)
        return;
    uint64_t bytes =
        (uint64_t)((double)packets * (double)d->received_bytes / (double)d->received_packets + 0.5);
    bytes = MIN(bytes, d->received_bytes);
    drop_runs(d);
    d->received_packets -= packets;
    d->received_bytes -= bytes;
    d->lost_packets += packets;
    d->lost_bytes += bytes;
}

static size_t join(ssk_udp_run *list, size_t count, const ssk_udp_run *run)
{
    if (!run->packets) /* all of it came late */
        return count;
    if (count && list[count - 1].received == run->received) {
        list[count - 1].packets += run->packets;
        list[count - 1].bytes += run->bytes;
        list[count - 1].end = run->end;
        return count;
    }
    list[count] = *run;
    return count + 1;
}

void ssk_delivery_freeze(const ssk_delivery *d, const char *reference, ssk_result *result,
                         ssk_result_udp *udp)
{
    udp->has_reception = true;
    udp->reception.reference = reference;
    udp->reception.received_packets = d->received_packets;
    udp->reception.received_bytes = d->received_bytes;
    udp->reception.reference_packets = d->received_packets + d->lost_packets;
    udp->reception.reference_bytes = d->received_bytes + d->lost_bytes;
    uint64_t reference_packets = udp->reception.reference_packets;
    udp->reception.delivered_permille =
        reference_packets
            ? (uint32_t)((double)d->received_packets * 1000 / (double)reference_packets + 0.5)
            : 0;
    ssk_udp_run *runs = ssk_result_alloc(result, (d->n_runs + 1) * sizeof *runs);
    size_t count = 0;
    for (unsigned i = 0; i < d->n_runs; i++)
        count = join(runs, count, &d->runs[i]);
    if (!d->dropped && d->n_runs < SSK_DELIVERY_RUNS)
        count = join(runs, count, &d->at_hand);
    udp->reception.runs = runs;
    udp->reception.n_runs = count;
    udp->reception.runs_dropped = d->dropped +
                                  (d->n_runs == SSK_DELIVERY_RUNS && d->at_hand.packets);
}
