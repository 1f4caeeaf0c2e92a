/* cycles.c - the cycles that one threshold cuts out of a stream of datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/cycles.h"

#include <glib.h>
#include <string.h>

void ssk_cycles_clear(ssk_cycles *c)
{
    g_free(c->samples);
    g_free(c->strip);
    *c = (ssk_cycles){0};
}

ssk_cycles ssk_cycles_copy(const ssk_cycles *c)
{
    ssk_cycles copy = *c;
    copy.samples = NULL;
    if (c->samples) {
        copy.samples = g_new(ssk_cycle, c->room);
        memcpy(copy.samples, c->samples, c->n_samples * sizeof *c->samples);
    }
    copy.strip = g_memdup2(c->strip, SSK_CYCLES_STRIP * sizeof *c->strip);
    return copy;
}

size_t ssk_cycles_memory(const ssk_cycles *c)
{
    return c->room * sizeof(ssk_cycle) + (c->strip ? SSK_CYCLES_STRIP * sizeof *c->strip : 0);
}

ssk_span_ns ssk_cycles_span(ssk_time_ns from, ssk_time_ns to)
{
    ssk_span_ns span;
    return __builtin_sub_overflow(to, from, &span) ? INT64_MAX / 4 : span;
}

static void keep_sample(ssk_cycles *c, const ssk_cycle *cycle)
{
    if (c->skip) {
        c->skip--;
        return;
    }
    if (c->n_samples == SSK_CYCLES_SAMPLES) {
        for (unsigned i = 0; i < SSK_CYCLES_SAMPLES / 2; i++)
            c->samples[i] = c->samples[2 * i];
        c->n_samples = SSK_CYCLES_SAMPLES / 2;
        c->stride = 2 * c->stride + 1;
    }
    if (c->n_samples == c->room) {
        c->room = MIN(c->room ? c->room * 2 : 8, SSK_CYCLES_SAMPLES);
        c->samples = g_renew(ssk_cycle, c->samples, c->room);
    }
    c->samples[c->n_samples++] = *cycle;
    c->skip = c->stride;
}

static void count_numbers(ssk_cycles *c, const ssk_cycles_place *last, const ssk_cycles_place *next,
                          ssk_span_ns off)
{
    uint64_t ids = next->marks.ip_id - last->marks.ip_id;
    c->rise_on.sequence += last->marks.sequence - c->start.marks.sequence;
    c->rise_on.ip_id += last->marks.ip_id - c->start.marks.ip_id;
    c->rise_off.sequence += next->marks.sequence - last->marks.sequence;
    c->rise_off.ip_id += ids;
    if (off > 0) {
        double rate = (double)ids / (double)off;
        c->ip_id_rate += rate;
        c->ip_id_rate_squared += rate * rate;
    }
}

/* The on-phase ended with the last packet; a pause followed. */
static void close_cycle(ssk_cycles *c, const ssk_cycles_place *last, const ssk_cycles_place *next,
                        unsigned least)
{
    uint64_t packets = last->packets - c->start.packets, bytes = last->bytes - c->start.bytes;
    ssk_span_ns active = ssk_cycles_span(c->start.time, last->time);
    ssk_span_ns pause = ssk_cycles_span(last->time, next->time);
    /* The last packet fills its interval like the others: without this, an
     * on-phase of n packets would measure n-1 intervals. */
    ssk_span_ns tail = packets > 1 ? active / (ssk_span_ns)(packets - 1) : 0;
    ssk_cycle cycle = {.on = active + tail,
                       .off = pause > tail ? pause - tail : 0,
                       .bytes = (uint32_t)MIN(bytes, UINT32_MAX),
                       .packets = (uint32_t)MIN(packets, UINT32_MAX)};
    c->count++;
    c->packets += packets;
    c->bytes += (double)bytes;
    c->on += (double)cycle.on;
    c->off += (double)cycle.off;
    count_numbers(c, last, next, cycle.off);
    if (cycle.off > c->longest_off) {
        c->longest_off = cycle.off;
        c->longest_frames[0] = last->frame;
        c->longest_frames[1] = next->frame;
    }
    if (packets >= least) {
        c->full++;
        c->full_packets += packets;
        c->full_on += (double)cycle.on;
        c->full_off += (double)cycle.off;
        keep_sample(c, &cycle);
        if (!c->strip) {
            c->strip = g_new(ssk_strip_cycle, SSK_CYCLES_STRIP);
            c->strip_start = c->start.time;
        }
    }
    if (c->strip && c->n_strip < SSK_CYCLES_STRIP)
        c->strip[c->n_strip++] = (ssk_strip_cycle){cycle.on, cycle.off};
}

void ssk_cycles_pause(ssk_cycles *c, const ssk_cycles_place *last, const ssk_cycles_place *next,
                      unsigned least)
{
    if (c->bursts)
        close_cycle(c, last, next, least);
    c->bursts++;
    c->off_before = ssk_cycles_span(last->time, next->time);
    c->start = *last;
    c->start.time = next->time;
    c->start.marks = next->marks;
}
