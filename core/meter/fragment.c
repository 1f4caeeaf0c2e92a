/* fragment.c - datagrams whose first fragment came, and whether the others did.
 *
 * A later fragment has no ports: a filter that wants ports, or a path that loses one piece of each,
 * lets the first fragments through, and the receiver can put nothing together.
 *
 * Source: RFC 791, section 3.2; RFC 8200, section 4.5. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_fragment;

/* Datagrams that wait for fragments at one time. */
#define WAITING 64
/* Directions of flows with fragments at one time. */
#define ROWS 32

typedef struct datagram {
    ssk_addr src, dst;        /* family 0: free */
    uint32_t id, flow, frame; /* flow 0: not known yet */
    ssk_dir dir;
    ssk_time_ns time;
    uint32_t bytes, total; /* seen so far; of the whole, 0: the last one has not come */
} datagram;

typedef struct state {
    datagram waiting[WAITING];
    unsigned next;
    ssk_fact rows[ROWS]; /* kind 0: free */
} state;

static ssk_fact *row_of(state *s, const datagram *d, ssk_facts *out)
{
    ssk_fact *oldest = &s->rows[0];
    for (unsigned i = 0; i < ROWS; i++) {
        ssk_fact *row = &s->rows[i];
        if (!row->kind)
            return row;
        if (row->flow_id == d->flow && row->dir == d->dir)
            return row;
        if (row->end < oldest->end)
            oldest = row;
    }
    ssk_facts_add(out, oldest);
    oldest->kind = 0;
    return oldest;
}

/* Told once it is whole, or is not waited for any more. */
static void settle(state *s, datagram *d, ssk_facts *out)
{
    if (!d->src.family)
        return;
    d->src.family = 0;
    if (!d->flow)
        return; /* its first fragment never came */
    bool whole = d->total && d->bytes >= d->total;
    ssk_fact *row = row_of(s, d, out);
    /* Whole ones and others are two stories. */
    if (row->kind && (row->fragments.whole > 0) != whole &&
        row->fragments.cut + row->fragments.whole > 0) {
        ssk_facts_add(out, row);
        row->kind = 0;
    }
    if (!row->kind)
        *row = (ssk_fact){SSK_AS_FRAGMENTS(.cut = 0), .dir = (uint8_t)d->dir, .flow_id = d->flow,
                          .start = d->time, .frame_first = d->frame};
    row->fragments.cut += !whole;
    row->fragments.whole += whole;
    row->end = d->time;
    row->frame_last = d->frame;
}

static datagram *find(state *s, const ssk_packet *packet)
{
    for (unsigned i = 0; i < WAITING; i++) {
        datagram *d = &s->waiting[i];
        if (d->src.family && d->id == packet->ip.id && ssk_addr_equal(&d->src, &packet->ip.src) &&
            ssk_addr_equal(&d->dst, &packet->ip.dst))
            return d;
    }
    return NULL;
}

static datagram *fresh(state *s, const ssk_step *step, ssk_facts *out)
{
    for (unsigned i = 0; i < WAITING; i++)
        if (step->time - s->waiting[i].time > SSK_LIMIT(FRAGMENT_WAITS))
            settle(s, &s->waiting[i], out);
    datagram *d = &s->waiting[s->next++ % WAITING];
    settle(s, d, out);
    *d = (datagram){.src = step->packet->ip.src,
                    .dst = step->packet->ip.dst,
                    .id = step->packet->ip.id,
                    .frame = step->packet->event->frame,
                    .time = step->time};
    return d;
}

/* In whatever order they come; the first one alone says whose they are. */
static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    (void)config;
    if (step->time == SSK_TIME_NONE || !packet->ip.fragment)
        return;
    state *s = opaque;
    datagram *d = find(s, packet);
    if (!d)
        d = fresh(s, step, out);
    if (step->flow) {
        d->flow = step->flow->id;
        d->dir = step->dir;
    }
    d->bytes += packet->ip.payload_len;
    if (!packet->ip.more_fragments)
        d->total = packet->ip.fragment_offset + packet->ip.payload_len;
    if (d->flow && d->total && d->bytes >= d->total)
        settle(s, d, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    state copy = *(const state *)opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (unsigned i = 0; i < WAITING; i++)
        settle(&copy, &copy.waiting[(copy.next + i) % WAITING], out);
    for (unsigned i = 0; i < ROWS; i++)
        if (copy.rows[i].kind)
            ssk_facts_add(out, &copy.rows[i]);
}

const ssk_meter ssk_meter_fragment = {
    .name = "fragment",
    .hears = SSK_HEARS(UDP) | SSK_HEARS(FRAGMENT),
    .heeds = SSK_SIGN_FRAGMENT,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
