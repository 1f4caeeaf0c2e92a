/* keepalive.c - pings, pongs, round trips, and who originates.
 *
 * A pong answers the oldest waiting ping of the other side with its sequence
 * number, or, where the profile has none, the oldest waiting ping.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/profile.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_keepalive;

/* Pings that may wait for their pong: a minute of the fastest keep-alive seen. */
#define WAITING 64
/* Round trips kept for drawing: when full, every second one goes. */
#define SAMPLES 256
/* Room at first, for both: most pings are answered at once, and most flows are short. */
#define FEW 4

typedef struct waiting {
    uint64_t seq;
    ssk_time_ns time;
    ssk_dir dir;
    bool has_seq;
} waiting;

typedef struct sample {
    ssk_time_ns at;
    ssk_span_ns rtt;
} sample;

typedef struct state {
    uint64_t pings[2], pongs, times, lost;
    waiting *ping; /* a ring of room, a power of two; the oldest at head */
    unsigned head, n_waiting, room;
    unsigned samples, sample_room, stride, skipped;
    sample *sample; /* evenly thinned */
    ssk_hist rtt;
    ssk_span_ns rtt_min, rtt_max;
} state;

static waiting *ping_at(const state *s, unsigned i) /* 0: the oldest */
{
    return &s->ping[(s->head + i) & (s->room - 1)];
}

static void make_room(state *s)
{
    unsigned room = s->room ? s->room * 2 : FEW;
    waiting *ping = g_new(waiting, room);
    for (unsigned i = 0; i < s->n_waiting; i++)
        ping[i] = *ping_at(s, i);
    g_free(s->ping);
    s->ping = ping;
    s->room = room;
    s->head = 0;
}

static void add_ping(state *s, const ssk_message *message)
{
    s->pings[message->dir]++;
    if (!s->n_waiting)
        s->head = 0; /* most pings find the ring empty: one slot stays in the cache */
    if (s->n_waiting == WAITING) {
        s->head = (s->head + 1) & (s->room - 1);
        s->n_waiting--;
        s->lost++;
    }
    if (s->n_waiting == s->room)
        make_room(s);
    *ping_at(s, s->n_waiting++) = (waiting){.seq = message->seq,
                                            .has_seq = message->has_seq,
                                            .time = message->time,
                                            .dir = message->dir};
}

static void add_sample(state *s, ssk_time_ns at, ssk_span_ns rtt)
{
    if (s->skipped++ % MAX(s->stride, 1))
        return;
    if (s->samples == SAMPLES) {
        for (unsigned i = 0; i < SAMPLES / 2; i++)
            s->sample[i] = s->sample[2 * i];
        s->samples = SAMPLES / 2;
        s->stride = 2 * MAX(s->stride, 1);
    }
    if (s->samples == s->sample_room) {
        s->sample_room = s->sample_room ? s->sample_room * 2 : FEW;
        s->sample = g_renew(sample, s->sample, s->sample_room);
    }
    s->sample[s->samples++] = (sample){at, rtt};
}

static void add_pong(state *s, const ssk_message *message)
{
    s->pongs++;
    for (unsigned i = 0; i < s->n_waiting; i++) {
        const waiting *ping = ping_at(s, i);
        if (ping->dir == message->dir ||
            (ping->has_seq && message->has_seq && ping->seq != message->seq))
            continue;
        ssk_span_ns rtt;
        if (message->time != SSK_TIME_NONE && ping->time != SSK_TIME_NONE &&
            !__builtin_sub_overflow(message->time, ping->time, &rtt) && rtt >= 0) {
            s->rtt_min = s->rtt.used && s->rtt_min < rtt ? s->rtt_min : rtt;
            s->rtt_max = s->rtt_max > rtt ? s->rtt_max : rtt;
            ssk_hist_add(&s->rtt, rtt);
            add_sample(s, ping->time, rtt);
        }
        for (; i + 1 < s->n_waiting; i++)
            *ping_at(s, i) = *ping_at(s, i + 1);
        s->n_waiting--;
        return;
    }
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    for (size_t i = 0; i < step->n_messages; i++) {
        const ssk_message *message = &step->messages[i];
        if (message->role == SSK_ROLE_PING)
            add_ping(s, message);
        else if (message->role == SSK_ROLE_PONG)
            add_pong(s, message);
        else if (message->role == SSK_ROLE_TIME)
            s->times++;
    }
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    if (!flow->profile)
        return;
    ssk_result_keepalive *keepalive = ssk_result_alloc(result, sizeof *keepalive);
    keepalive->profile = ssk_result_text(result, ssk_profile_name(flow->profile));
    keepalive->originator = s->pings[SSK_A] && s->pings[SSK_B] ? SSK_SIDE_BOTH
                            : s->pings[SSK_A]                  ? SSK_SIDE_A
                            : s->pings[SSK_B]                  ? SSK_SIDE_B
                                                               : SSK_SIDE_NONE;
    keepalive->pings = s->pings[SSK_A] + s->pings[SSK_B];
    keepalive->pongs = s->pongs;
    keepalive->times = s->times;
    keepalive->unanswered = s->lost + s->n_waiting;
    if (s->rtt.used) {
        keepalive->has_rtt = true;
        keepalive->rtt_min = s->rtt_min;
        keepalive->rtt_max = s->rtt_max;
        keepalive->rtt_p50 = MIN(ssk_hist_quantile(&s->rtt, 500), s->rtt_max);
        keepalive->rtt_p99 = MIN(ssk_hist_quantile(&s->rtt, 990), s->rtt_max);
    }
    ssk_dir from = s->pings[SSK_B] > s->pings[SSK_A] ? SSK_B : SSK_A;
    const ssk_period *period = ssk_flow_role_period(&flow->side[from], SSK_ROLE_PING);
    if (period)
        keepalive->period = ssk_period_value(period, NULL);
    keepalive->timeout = ssk_profile_timeout(flow->profile);
    ssk_series *series = &keepalive->rtt_over_time;
    series->points = ssk_result_alloc(result, s->samples * sizeof *series->points);
    series->n_points = s->samples;
    for (unsigned i = 0; i < s->samples; i++) {
        series->points[i].at = s->sample[i].at;
        series->points[i].value = s->sample[i].rtt;
    }
    row->keepalive = keepalive;
}

static void free_state(void *opaque)
{
    state *s = opaque;
    ssk_hist_clear(&s->rtt);
    g_free(s->sample);
    g_free(s->ping);
}

const ssk_meter ssk_meter_keepalive = {
    .name = "keepalive",
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_MESSAGES,
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
