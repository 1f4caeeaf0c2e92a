/* duplicate.c - the same packet twice: a mirror port that copies both ways, or
 * two interfaces of one host in one file.
 *
 * A retransmission is no duplicate: it comes later, or with another IPv4
 * identification. Source: the 2 ms are what a switch and a merge add at most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_duplicate;

#define APART (2 * SSK_MS)
#define RECENT 32

typedef struct print {
    ssk_time_ns time;
    uint32_t    frame, id, seq, ack, len;
    uint16_t    ports[2];
    uint8_t     flags, protocol;
    ssk_addr    src, dst;
} print;

typedef struct state {
    print    recent[RECENT];
    unsigned head;
    ssk_fact found; /* value 0: none */
    uint64_t packets;
} state;

static bool alike(const print *a, const print *b)
{
    return a->id == b->id && a->seq == b->seq && a->ack == b->ack && a->len == b->len &&
           a->flags == b->flags && a->protocol == b->protocol &&
           !memcmp(a->ports, b->ports, sizeof a->ports) && !memcmp(&a->src, &b->src, sizeof a->src) &&
           !memcmp(&a->dst, &b->dst, sizeof a->dst);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    (void)config;
    (void)out;
    /* Only IPv4 numbers its packets; without that a quick retransmission would do. */
    if (!step->flow || packet->ip.version != 4 || step->time == SSK_TIME_NONE || !packet->ip.id)
        return;
    bool tcp = packet->kind == SSK_PACKET_TCP;
    print now = {.time = step->time, .frame = packet->event->frame, .id = packet->ip.id,
                 .seq = tcp ? packet->tcp.seq : 0, .ack = tcp ? packet->tcp.ack : 0,
                 .len = packet->payload_len, .ports = {packet->src_port, packet->dst_port},
                 .flags = tcp ? packet->tcp.flags : 0, .protocol = packet->ip.protocol,
                 .src = packet->ip.src, .dst = packet->ip.dst};
    s->packets++;
    for (unsigned i = 1; i <= RECENT; i++) {
        const print *before = &s->recent[(s->head + RECENT - i) % RECENT];
        if (!before->frame || now.time - before->time > APART)
            break;
        if (!alike(before, &now))
            continue;
        if (!s->found.value)
            s->found = (ssk_fact){.kind = SSK_FACT_DUPLICATES, .start = now.time,
                                  .frame_first = before->frame};
        s->found.value++;
        s->found.end = now.time;
        s->found.frame_last = now.frame;
        break;
    }
    s->recent[s->head] = now;
    s->head = (s->head + 1) % RECENT;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    if (s->found.value) {
        ssk_fact fact = s->found;
        fact.extra = (int64_t)s->packets;
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_duplicate = {
    .name = "duplicate", .hears = SSK_HEARS(TCP) | SSK_HEARS(UDP),
    .state_size = sizeof(state), .on_step = on_step, .on_close = on_close,
};
