/* udp_sender.h - one sender of datagrams, a capture that sees part of them, and the
 * row of udp[] that comes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_UDP_SENDER_H
#define SSK_TEST_UDP_SENDER_H

#include <glib.h>
#include <string.h>

#include "core/decode/gdl90.h"
#include "core/engine.h"
#include "tests/unit/cause.h"

typedef enum cast { UNICAST, MULTICAST_4, MULTICAST_6, LIMITED, SUBNET, ITSELF } cast;
typedef enum ids { IDS_NONE, IDS_COUNT, IDS_IDLE_RANDOM, IDS_RANDOM, IDS_CONSTANT } ids;

/* One sender, and a capture that sees part of what it sends. */
typedef struct sender {
    ssk_engine *engine;
    GRand *rand;
    cast cast;
    ids ids;
    bool numbered, rtp;
    uint32_t frame, ip_id, number;
    ssk_time_ns last;           /* of this sender's datagrams, seen or not */
    const ssk_process *process; /* of the next datagram; NULL: not known */
    const char *aside;          /* how the next one begins if it is none of the stream */
} sender;

static inline void sender_init(sender *s, cast to, ids kind, bool numbered)
{
    ssk_config config;
    ssk_config_init(&config);
    *s = (sender){.engine = ssk_engine_new(&config, NULL),
                  .rand = g_rand_new_with_seed(9),
                  .cast = to,
                  .ids = kind,
                  .ip_id = 65000,
                  .numbered = numbered};
}

static inline ssk_result *sender_finish(sender *s)
{
    ssk_result *result = ssk_engine_snapshot(s->engine);
    ssk_engine_free(s->engine);
    g_rand_free(s->rand);
    return result;
}

static inline void put(uint8_t *at, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

static inline uint32_t put_headers(const sender *s, uint8_t *frame, uint32_t payload_len)
{
    static const uint8_t group_mac[] = {0x01, 0x00, 0x5e, 1, 2, 3},
                         all_mac[] = "\xff\xff\xff\xff\xff\xff";
    memcpy(frame,
           s->cast == UNICAST || s->cast == ITSELF ? (const uint8_t *)"\x02\0\0\0\0\x02"
           : s->cast < LIMITED                     ? group_mac
                                                   : all_mac,
           6);
    memcpy(frame + 6, "\x02\0\0\0\0\x01", 6);
    uint8_t *ip = frame + 14;
    if (s->cast == MULTICAST_6) {
        put(frame + 12, 2, 0x86dd);
        ip[0] = 0x60;
        put(ip + 4, 2, payload_len + 8);
        ip[6] = 17;
        ip[7] = 64;
        memcpy(ip + 8, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
        memcpy(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x05", 16);
        ip += 40;
    } else {
        static const uint32_t to[] = {[UNICAST] = 0x0a000002,
                                      [MULTICAST_4] = 0xef010203,
                                      [LIMITED] = 0xffffffff,
                                      [SUBNET] = 0x0a0000ff,
                                      [ITSELF] = 0x7f000001};
        put(frame + 12, 2, 0x0800);
        ip[0] = 0x45;
        put(ip + 2, 2, payload_len + 28);
        put(ip + 4, 2, s->ip_id & 0xffff);
        ip[8] = 64;
        ip[9] = 17;
        put(ip + 12, 4, s->cast == ITSELF ? 0x7f000001 : 0x0a000001);
        put(ip + 16, 4, to[s->cast]);
        ip += 20;
    }
    put(ip, 2, 40000);
    put(ip + 2, 2, 4000);
    put(ip + 4, 2, payload_len + 8);
    return (uint32_t)(ip + 8 - frame);
}

/* The sender sends; the capture may see it. */
static inline void send(sender *s, ssk_time_ns time, uint32_t len, bool seen)
{
    uint8_t frame[1600] = {0};
    ssk_span_ns idle = time - s->last;
    s->last = time;
    switch (s->ids) {
    case IDS_COUNT:
        s->ip_id++;
        break;
    case IDS_IDLE_RANDOM: /* Linux, 1000 ticks a second */
        s->ip_id +=
            1 + (idle >= SSK_MS ? (uint32_t)g_rand_int_range(s->rand, 0, (int)(idle / SSK_MS)) : 0);
        break;
    case IDS_RANDOM:
        s->ip_id = g_rand_int(s->rand);
        break;
    case IDS_CONSTANT:
        s->ip_id = 7;
        break;
    case IDS_NONE:
        s->ip_id = 0;
    }
    uint32_t number = s->number++;
    if (!seen)
        return;
    uint32_t at = put_headers(s, frame, len);
    for (uint32_t i = 0; i < len && i < 64; i++)
        frame[at + i] = (uint8_t)g_rand_int(s->rand);
    if (s->aside) {
        memcpy(frame + at, s->aside, s->aside[0] ? 4 : 8);
    } else if (s->rtp) {
        frame[at] = 0x80;
        frame[at + 1] = 96;
        put(frame + at + 2, 2, number);
        put(frame + at + 8, 4, 0x1234);
    } else if (s->numbered) {
        put(frame + at + 4, 4, number);
    }
    ssk_engine_feed(s->engine,
                    &(ssk_event){.frame = ++s->frame,
                                 .time = 1800000000 * SSK_S + time,
                                 .linktype = 1,
                                 .bytes = frame,
                                 .cap_len = at + MIN(len, 54),
                                 .wire_len = at + len,
                                 .process = s->process},
                    NULL);
}

static inline bool has(const ssk_result_udp *udp, const char *id)
{
    for (size_t i = 0; i < udp->verdict.n_verdict; i++)
        if (!strcmp(ssk_cause_text(udp->verdict.causes[i].id), id))
            return true;
    return false;
}

static const ssk_result_udp *only_row(const ssk_result *result)
{
    g_assert_cmpuint(result->n_udp, ==, 1);
    return &result->udp[0];
}

/* 128 datagrams of 1 kB at 1 MB/s pass, then as many are due unseen;
 * @return how many the gate took between the first and the last seen */
static inline uint32_t gate(sender *s, int cycles, bool sender_pauses)
{
    ssk_time_ns now = 0;
    uint32_t lost = 0;
    for (int cycle = 0; cycle < cycles; cycle++)
        for (int i = 0; i < 235; i++) {
            now += SSK_MS + g_rand_int_range(s->rand, -100, 100) * SSK_US;
            bool on = i < 128;
            if (!on && sender_pauses)
                continue;
            send(s, now, 1024, on);
            lost += !on && cycle + 1 < cycles;
        }
    return lost;
}

#endif
