/* timestamp.c - TCP timestamps against the capture's clock.
 *
 * A sender writes its own clock into each segment that leaves TCP. A frame
 * that waited in a queue shows an old timestamp; a capture clock that jumped shows
 * every sender's timestamp jump at once, and stay so.
 *
 * Source: RFC 7323, sections 3 and 5.4 (the clock may tick 1 ms to 1 s).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_timestamp;

#define ECHOES 8

typedef struct sender {
    bool seen;
    ssk_time_ns first, last;
    uint32_t first_ts, last_ts, last_frame;
    int64_t ns_per_tick; /* 0: not known yet */
    /* A lag being watched; base is the last packet before it. */
    bool watching;
    ssk_fact fact;
    ssk_time_ns base;
    uint32_t base_ts;
    /* Echoes after a silence of this sender. */
    ssk_time_ns resumed; /* SSK_TIME_NONE or 0: not counting */
    ssk_time_ns silent_since;
    uint32_t sent_from, sent_to; /* TSvals of the other side, sent into the silence */
    uint32_t echo[ECHOES];
    unsigned n_echoes;
    ssk_span_ns oldest_echo; /* since the timestamp was sent */
    uint32_t resume_frame;
} sender;

typedef struct state {
    sender of[2];
} state;

/* How much older the timestamp is than the capture's clock says it should be. */
static ssk_span_ns lag(const sender *from, ssk_time_ns base, uint32_t base_ts, ssk_time_ns now,
                       uint32_t ts)
{
    ssk_span_ns by = (now - base) - (int64_t)(int32_t)(ts - base_ts) * from->ns_per_tick;
    return CLAMP(by, -SSK_TIME_MAX, SSK_TIME_MAX); /* so that the difference of two fits */
}

/* RFC 7323: 1 ms to 1 s a tick; some stacks tick faster, down to 1 us.
 * @return 0: too short a stretch to tell; -1: no clock ticks like that */
static int64_t rate_of(ssk_span_ns stretch, int64_t ticks)
{
    if (ticks <= 0 || stretch < SSK_LIMIT(RATE_LEARN_FAST) ||
        (stretch < SSK_LIMIT(RATE_LEARN) && ticks < SSK_LIMIT(RATE_LEARN_TICKS)))
        return 0;
    int64_t rate = stretch / ticks;
    return rate >= SSK_US && rate <= SSK_S + SSK_S / 10 ? rate : -1;
}

static void learn_rate(sender *from, ssk_time_ns now, uint32_t ts)
{
    int64_t rate = rate_of(now - from->first, (int32_t)(ts - from->first_ts));
    if (!rate)
        return;
    /* Two stretches must agree before a rate is believed: what left the sender
     * late would pass for a slow clock. */
    if (!from->ns_per_tick && now - from->last > SSK_LIMIT(RATE_LEARN_FAST)) {
        int64_t before = rate_of(from->last - from->first,
                                 (int32_t)(from->last_ts - from->first_ts));
        if (before <= 0 || llabs(before - rate) > rate / 20) {
            from->first = from->last;
            from->first_ts = from->last_ts;
            return;
        }
    }
    if (rate > 0)
        from->ns_per_tick = rate;
    else
        from->seen = false;
}

static void settle(sender *from, ssk_time_ns now, uint32_t ts, ssk_facts *out)
{
    from->fact.lag.stayed = lag(from, from->base, from->base_ts, now, ts);
    ssk_facts_add(out, &from->fact);
    from->watching = false;
    /* Learn again from here: the two clocks may have parted. */
    from->first = now;
    from->first_ts = ts;
}

static void tell_ran(const sender *from, const ssk_step *step, ssk_facts *out)
{
    ssk_fact fact = {SSK_AS_TS_RAN(.span = step->time - from->last),
                     .dir = (uint8_t)step->dir,
                     .flow_id = step->flow->id,
                     .start = from->last,
                     .end = step->time,
                     .frame_first = from->last_frame,
                     .frame_last = step->packet->event->frame};
    ssk_facts_add(out, &fact);
}

static void follow_clock(sender *from, const ssk_step *step, ssk_facts *out)
{
    ssk_time_ns now = step->time;
    uint32_t ts = step->packet->tcp.ts_val;
    if (!from->seen || (step->packet->tcp.flags & SSK_TCP_SYN)) {
        *from = (sender){.seen = true, .first = now, .first_ts = ts};
    } else if (from->watching) {
        if (now - from->fact.end >= SSK_LIMIT(LAG_SETTLES) || now < from->fact.end)
            settle(from, now, ts, out);
    } else if (from->ns_per_tick) {
        ssk_span_ns behind = lag(from, from->last, from->last_ts, now, ts);
        /* Ticks are coarse and rates are estimates: allow both. */
        ssk_span_ns allowed = SSK_LIMIT(LAG_NOISE) + 2 * from->ns_per_tick +
                              llabs(now - from->last) / 50;
        if (llabs(behind) > allowed) {
            from->watching = true;
            from->base = from->last;
            from->base_ts = from->last_ts;
            from->fact = (ssk_fact){SSK_AS_TS_LAG(.first = behind, .stayed = behind),
                                    .dir = (uint8_t)step->dir,
                                    .flow_id = step->flow->id,
                                    .start = from->last,
                                    .end = now,
                                    .frame_first = from->last_frame,
                                    .frame_last = step->packet->event->frame};
        } else {
            if (step->ended[step->dir].quiet.since != SSK_TIME_NONE &&
                now - from->last > SSK_LIMIT(CLOCK_RAN_LEAST))
                tell_ran(from, step, out);
            learn_rate(from, now, ts);
        }
    } else {
        learn_rate(from, now, ts);
    }
    from->last = now;
    from->last_ts = ts;
    from->last_frame = step->packet->event->frame;
}

static void flush_echoes(sender *from, const ssk_flow *flow, ssk_dir dir, ssk_facts *out)
{
    if (from->n_echoes) {
        ssk_fact fact = {SSK_AS_TS_ECHO(.timestamps = from->n_echoes, .oldest = from->oldest_echo),
                         .dir = (uint8_t)dir,
                         .flow_id = flow->id,
                         .start = from->silent_since,
                         .end = from->resumed,
                         .frame_first = from->resume_frame,
                         .frame_last = from->resume_frame};
        ssk_facts_add(out, &fact);
    }
    from->resumed = 0;
    from->n_echoes = 0;
    from->oldest_echo = 0;
}

static void follow_echoes(state *s, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    sender *from = &s->of[step->dir], *peer = &s->of[ssk_dir_other(step->dir)];
    if (from->resumed && step->time - from->resumed > SSK_LIMIT(RESUME))
        flush_echoes(from, step->flow, step->dir, out);
    if (!from->seen || !peer->seen || !peer->ns_per_tick)
        return;
    if (!from->resumed && step->time - from->last > config->min_gap) {
        from->resumed = step->time;
        from->silent_since = from->last;
        from->resume_frame = step->packet->event->frame;
        /* What the other side sent from a little after the last packet heard
         * until a little before this one: a question retransmitted as the path
         * came back is answered a round trip later, and was not held. */
        ssk_span_ns just_sent = MAX(SSK_LIMIT(RESUME), 2 * step->flow->rtt);
        int64_t begin = peer->last - from->last - SSK_S / 2;
        int64_t late = peer->last - (step->time - just_sent);
        from->sent_to = peer->last_ts - (uint32_t)(late > 0 ? late / peer->ns_per_tick : 0);
        from->sent_from = peer->last_ts - (uint32_t)(begin > 0 ? begin / peer->ns_per_tick : 0);
    }
    if (!from->resumed)
        return;
    uint32_t echo = step->packet->tcp.ts_ecr;
    if ((int32_t)(echo - from->sent_from) <= 0 || (int32_t)(echo - from->sent_to) > 0)
        return;
    for (unsigned i = 0; i < from->n_echoes; i++)
        if (from->echo[i] == echo)
            return;
    ssk_span_ns age = step->time - peer->last +
                      (int64_t)(int32_t)(peer->last_ts - echo) * peer->ns_per_tick;
    from->oldest_echo = MAX(from->oldest_echo, age);
    if (from->n_echoes < ECHOES)
        from->echo[from->n_echoes++] = echo;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE)
        return;
    follow_echoes(s, config, step, out);
    follow_clock(&s->of[step->dir], step, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        sender copy = s->of[dir];
        if (copy.watching) { /* too early to say that it stayed, unless half the time has passed */
            bool stayed = copy.last - copy.fact.end >= SSK_LIMIT(LAG_SETTLES) / 2;
            ssk_span_ns now = lag(&copy, copy.base, copy.base_ts, copy.last, copy.last_ts);
            copy.fact.lag.stayed = stayed ? now : 0;
            if (!stayed && now >= copy.fact.lag.first / 2)
                copy.fact.flags |= SSK_LAG_UNSETTLED;
            ssk_facts_add(out, &copy.fact);
        }
        if (copy.resumed)
            flush_echoes(&copy, flow, dir, out);
    }
}

const ssk_meter ssk_meter_timestamp = {
    .name = "timestamp",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_TIMESTAMPS,
    .on_step = on_step,
    .on_close = on_close,
};
