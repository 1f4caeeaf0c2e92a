/* echo.c - pings between two hosts: who asked, who answered, how long it went on.
 *
 * An answer to a ping has crossed the path both ways, and shows a host alive whose programs and
 * connections may be silent.
 *
 * Source: RFC 792 and RFC 4443, echo request and reply. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_echo;

/* Pairs of hosts at one time, each direction for itself. */
#define ROWS 64

typedef struct row {
    ssk_fact fact; /* kind 0: free */
    ssk_span_ns interval;
} row;

typedef struct state {
    row rows[ROWS];
} state;

/* 0: no ping. */
static bool is_echo(const ssk_packet *packet, bool *ret_reply)
{
    const ssk_icmp_hdr *icmp = &packet->icmp;
    *ret_reply = icmp->version == 6 ? icmp->type == 129 : icmp->type == 0;
    return !icmp->code &&
           (*ret_reply || (icmp->version == 6 ? icmp->type == 128 : icmp->type == 8));
}

static row *row_of(state *s, const ssk_packet *packet, uint32_t flags, ssk_facts *out)
{
    row *oldest = &s->rows[0];
    for (unsigned i = 0; i < ROWS; i++) {
        row *r = &s->rows[i];
        if (!r->fact.kind)
            return r;
        if (r->fact.flags == flags && ssk_addr_equal(&r->fact.host, &packet->ip.src) &&
            ssk_addr_equal(&r->fact.peer, &packet->ip.dst))
            return r;
        if (r->fact.end < oldest->fact.end)
            oldest = r;
    }
    ssk_facts_add(out, &oldest->fact);
    oldest->fact.kind = 0;
    return oldest;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    bool reply;
    (void)config;
    if (packet->kind != SSK_PACKET_ICMP || step->time == SSK_TIME_NONE || !is_echo(packet, &reply))
        return;
    row *r = row_of(opaque, packet, reply ? SSK_ECHO_REPLY : 0, out);
    ssk_span_ns since = r->fact.kind ? step->time - r->fact.end : 0;
    if (r->fact.kind && since > SSK_LIMIT(PINGS_IN_ROW) * MAX(r->interval, SSK_S)) {
        ssk_facts_add(out, &r->fact);
        r->fact.kind = 0;
    }
    if (!r->fact.kind)
        *r = (row){.fact = {.kind = SSK_FACT_ECHO,
                            .flags = reply ? SSK_ECHO_REPLY : 0,
                            .host = packet->ip.src,
                            .peer = packet->ip.dst,
                            .start = step->time,
                            .frame_first = packet->event->frame},
                   .interval = SSK_LIMIT(FIRST_PING) / SSK_LIMIT(PINGS_IN_ROW)};
    else
        r->interval = since;
    r->fact.echo.packets++;
    r->fact.end = step->time;
    r->fact.frame_last = packet->event->frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (unsigned i = 0; i < ROWS; i++)
        if (s->rows[i].fact.kind)
            ssk_facts_add(out, &s->rows[i].fact);
}

const ssk_meter ssk_meter_echo = {
    .name = "echo",
    .hears = SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
