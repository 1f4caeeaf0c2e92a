/* clock.c - the clocks of both sides, by the timestamps in their messages, and by
 * GDL 90's second of the day.
 *
 * A TIME message that follows the pong to a ping is an exchange: the ping asked,
 * the timestamp answered. One that comes on its own, and the timestamp in a ping, are
 * one way. A pong's own timestamp counts only if it does not repeat the ping's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/clock.h"
#include "core/base/limits.h"

#include <glib.h>
#include <string.h>

#include "core/decode/gdl90.h"
#include "core/decode/timesync.h"
#include "core/message/profile.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_clock;

/* Pings whose answer may still come: later ones make no good exchange anyway. */
#define ASKED 16

typedef struct asked {
    bool has_seq, has_sent;
    uint64_t seq;
    ssk_time_ns time, sent;
} asked;

/* What one side sent. */
typedef struct lane {
    ssk_clock *clock;
    asked *ping; /* [ASKED]; NULL: none yet */
    uint8_t next;
    uint16_t waiting; /* bit per ping: not answered yet; spares a look at the others */
    bool gdl90;
    ssk_time_ns pong,
        pong_asked; /* its last pong, and the ping that this answered; SSK_TIME_NONE */
} lane;

typedef struct state {
    bool begun;
    lane lane[2];
} state;

static bool has_second(const ssk_step *step, uint32_t *ret_second)
{
    const ssk_packet *packet = step->packet;
    return packet->kind == SSK_PACKET_UDP && packet->payload_cap > 0 &&
           step->time != SSK_TIME_NONE &&
           ssk_gdl90_seconds(packet->payload, packet->payload_cap, ret_second);
}

static bool wants(const ssk_step *step)
{
    uint32_t second;
    for (size_t i = 0; i < step->n_messages; i++) {
        if (step->messages[i].has_clock || step->messages[i].has_sent)
            return true;
    }
    return has_second(step, &second);
}

static ssk_clock *clock_of(lane *l)
{
    if (!l->clock)
        l->clock = ssk_clock_new();
    return l->clock;
}

static void take_ping(lane *own, const ssk_message *m)
{
    if (!own->ping)
        own->ping = g_new(asked, ASKED);
    if (!own->waiting)
        own->next = 0; /* one slot stays in the cache */
    own->ping[own->next] = (asked){.has_seq = m->has_seq,
                                   .seq = m->seq,
                                   .time = m->time,
                                   .has_sent = m->has_sent,
                                   .sent = m->sent};
    own->waiting |= (uint16_t)(1u << own->next);
    own->next = (own->next + 1) % ASKED;
    if (m->has_sent)
        ssk_clock_add(clock_of(own), m->time, m->sent);
}

/* The oldest ping that it answers, which waits no longer. */
static const asked *take_asked(lane *other, const ssk_message *m)
{
    for (unsigned i = 0; i < ASKED && other->waiting; i++) {
        unsigned at = (other->next + i) % ASKED;
        const asked *ping = &other->ping[at];
        if (!(other->waiting >> at & 1) || (ping->has_seq && m->has_seq && ping->seq != m->seq))
            continue;
        other->waiting &= (uint16_t) ~(1u << at);
        return ping;
    }
    return NULL;
}

static void take_pong(lane *own, lane *other, const ssk_message *m)
{
    const asked *ping = take_asked(other, m);
    own->pong = SSK_TIME_NONE;
    if (!ping)
        return;
    own->pong = m->time;
    own->pong_asked = ping->time;
    if (m->has_sent && !(ping->has_sent && ping->sent == m->sent)) {
        ssk_clock_add_exchange(clock_of(own), ping->time, m->time, m->sent);
        own->pong = SSK_TIME_NONE;
    }
}

static void take_time(lane *own, const ssk_message *m)
{
    if (!m->has_clock)
        return;
    if (own->pong != SSK_TIME_NONE && m->time != SSK_TIME_NONE && m->time >= own->pong &&
        m->time - own->pong < SSK_LIMIT(CLOCK_TOGETHER))
        ssk_clock_add_exchange(clock_of(own), own->pong_asked, m->time, m->clock);
    else
        ssk_clock_add(clock_of(own), m->time, m->clock);
    own->pong = SSK_TIME_NONE;
}

static void take_second(lane *own, uint32_t second, ssk_time_ns now)
{
    const ssk_stamp stamp = {.kind = SSK_STAMP_INTEGER, .integer = second};
    ssk_time_ns time;
    if (!ssk_stamp_read(&stamp, SSK_FORMAT_DAY_S, now, &time))
        return;
    own->gdl90 = true;
    ssk_clock_add(clock_of(own), now, time);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    uint32_t second;
    (void)config;
    (void)out;
    if (!s->begun) {
        s->begun = true;
        s->lane[SSK_A].pong = s->lane[SSK_B].pong = SSK_TIME_NONE;
    }
    for (size_t i = 0; i < step->n_messages; i++) {
        const ssk_message *m = &step->messages[i];
        lane *own = &s->lane[m->dir], *other = &s->lane[ssk_dir_other(m->dir)];
        if (m->role == SSK_ROLE_PING)
            take_ping(own, m);
        else if (m->role == SSK_ROLE_PONG)
            take_pong(own, other, m);
        else if (m->role == SSK_ROLE_TIME)
            take_time(own, m);
    }
    if (has_second(step, &second))
        take_second(&s->lane[step->dir], second, step->time);
}

static const char *format_of(const lane *l, const ssk_flow *flow, ssk_dir dir, ssk_result *result)
{
    if (l->gdl90)
        return "second of the day";
    if (!flow->profile)
        return NULL;
    char buf[SSK_TIMESYNC_WHY];
    const ssk_timesync *sync = NULL;
    for (int role = 0; flow->messages && role < SSK_N_ROLES; role++) {
        const ssk_timesync *found = ssk_messages_timesync(flow->messages, dir, (ssk_role)role);
        if (found && (!sync || role == SSK_ROLE_TIME))
            sync = found;
    }
    if (sync)
        return ssk_result_text(result, ssk_timesync_why(sync, buf));
    return ssk_result_text(result, ssk_profile_time_format(flow->profile));
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    (void)row;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_clock_estimate e;
        if (!s->lane[dir].clock || !ssk_clock_judge(s->lane[dir].clock, &e))
            continue;
        ssk_result_clock *clock = ssk_result_add_clock(result);
        clock->flow = flow->id;
        clock->source = s->lane[dir].gdl90 ? "gdl90" : e.both_ways ? "ping-pong" : "time-messages";
        clock->side = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
        clock->format = format_of(&s->lane[dir], flow, dir, result);
        clock->offset = e.offset;
        clock->error = e.error;
        clock->has_skew = e.has_skew;
        clock->skew_ppb = e.skew_ppb;
        clock->samples = e.samples;
        result->limits.clock_steps_dropped += e.steps_dropped;
        clock->n_steps = e.n_steps;
        clock->steps = ssk_result_alloc(result, e.n_steps * sizeof *clock->steps);
        for (unsigned i = 0; i < e.n_steps; i++) {
            clock->steps[i].at = e.steps[i].at;
            clock->steps[i].by = e.steps[i].by;
        }
        ssk_time_ns at[SSK_CLOCK_SAMPLES];
        ssk_span_ns offset[SSK_CLOCK_SAMPLES];
        unsigned n = ssk_clock_points(s->lane[dir].clock, at, offset);
        clock->offset_over_time.points = ssk_result_alloc(result, n * sizeof(ssk_point));
        clock->offset_over_time.n_points = n;
        for (unsigned i = 0; i < n; i++)
            clock->offset_over_time.points[i] = (ssk_point){at[i], offset[i]};
    }
}

static void free_state(void *opaque)
{
    state *s = opaque;
    for (int dir = 0; dir < 2; dir++) {
        ssk_clock_free(s->lane[dir].clock);
        g_free(s->lane[dir].ping);
    }
}

const ssk_meter ssk_meter_clock = {
    .name = "clock",
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_MESSAGES | SSK_SIGN_FLAG_BYTE,
    .wants = wants,
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
