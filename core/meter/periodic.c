/* periodic.c - keep-alives that cannot be read: messages of one size, in one
 * direction, at one pace.
 *
 * Where no profile reads a flow (TLS, most often), a size that keeps coming at a
 * steady interval is its keep-alive, whatever else passes between. Where a size of
 * the other side follows it each time and at once, that is the answer.
 *
 * Careful on purpose: this names what is there and who originates. The period that
 * silences are judged by is learned elsewhere, from all messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_periodic;

#define SIZES 4

/* Messages of one size. */
typedef struct beat {
    uint32_t size;
    uint32_t count, kept, stray, answers;
    ssk_time_ns last;
    ssk_span_ns interval; /* 0: none yet */
} beat;

typedef struct lane {
    beat *beats; /* SIZES at most; many connections send one size or two */
    unsigned n;
    ssk_hist lag; /* of those that answer */
} lane;

typedef struct state {
    lane lane[2];
} state;

static bool is_small(const ssk_step *step)
{
    uint32_t len = step->packet->payload_len;
    return !step->flow->profile && len > 0 && len <= SSK_LIMIT(BEAT_SIZE_MOST) &&
           (step->flow->transport == SSK_UDP || step->tcp.new_bytes > 0);
}

static bool resembles(ssk_span_ns a, ssk_span_ns b)
{
    return ABS(a - b) <= b / 8;
}

/* Some beats later: those between were lost, or never sent. */
static bool is_multiple(ssk_span_ns length, ssk_span_ns interval)
{
    ssk_span_ns rest = length % interval;
    return length > interval && MIN(rest, interval - rest) <= interval / 4;
}

static beat *find(lane *l, uint32_t size)
{
    beat *weakest = NULL; /* the one that kept its pace least and longest ago */
    for (unsigned i = 0; i < l->n; i++) {
        beat *b = &l->beats[i];
        if (b->size == size)
            return b;
        if (!weakest || b->kept < weakest->kept ||
            (b->kept == weakest->kept && b->last < weakest->last))
            weakest = b;
    }
    if (l->n < SIZES) {
        l->beats = g_renew(beat, l->beats, l->n + 1);
        weakest = &l->beats[l->n++];
    } else if (weakest->kept >= SSK_LIMIT(BEAT_KEPT_LEAST)) {
        return NULL; /* what is known by now is not given up */
    }
    *weakest = (beat){.size = size, .last = SSK_TIME_NONE};
    return weakest;
}

/* The interval between the last message and this one becomes the pace. */
static void begin(beat *b, ssk_span_ns apart)
{
    bool fits = apart >= SSK_LIMIT(BEAT_FASTEST) && apart <= SSK_LIMIT(BEAT_SLOWEST);
    b->interval = fits ? apart : 0;
    b->count = fits ? 2 : 1;
    b->kept = b->stray = b->answers = 0;
}

/* @return it is in step */
static bool follow(beat *b, ssk_time_ns now)
{
    ssk_span_ns apart;
    bool known = b->last != SSK_TIME_NONE && !__builtin_sub_overflow(now, b->last, &apart);
    b->last = now;
    b->count++;
    if (!known)
        return false;
    if (b->interval && resembles(apart, b->interval)) {
        b->interval += (apart - b->interval) / 8;
        b->kept++;
        return true;
    }
    if (b->interval && is_multiple(apart, b->interval))
        return false;
    b->stray++;
    if (!b->interval ||
        b->stray * SSK_LIMIT(BEAT_KEPT_PER_STRAY) > b->kept + SSK_LIMIT(BEAT_KEPT_PER_STRAY))
        begin(b, apart);
    return false;
}

static bool is_beat(const beat *b)
{
    return b->kept >= SSK_LIMIT(BEAT_KEPT_LEAST) &&
           b->stray * SSK_LIMIT(BEAT_KEPT_PER_STRAY) <= b->kept;
}

static void note_answer(lane *own, beat *b, const lane *other, ssk_time_ns now, ssk_span_ns rtt)
{
    for (unsigned i = 0; i < other->n; i++) {
        const beat *asked = &other->beats[i];
        ssk_span_ns lag;
        if (!asked->kept || !resembles(asked->interval, b->interval) ||
            __builtin_sub_overflow(now, asked->last, &lag) || lag < 0 ||
            lag > MIN(MAX(SSK_LIMIT(ANSWERED_AT_ONCE), 4 * rtt), b->interval / 4))
            continue;
        b->answers++;
        ssk_hist_add(&own->lag, lag);
        return;
    }
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    *step->enough = step->flow->profile; /* its keep-alive can be read, then */
    if (step->time == SSK_TIME_NONE || !is_small(step))
        return;
    lane *own = &s->lane[step->dir];
    beat *b = find(own, step->packet->payload_len);
    if (b && follow(b, step->time))
        note_answer(own, b, &s->lane[ssk_dir_other(step->dir)], step->time, step->flow->rtt);
}

/* The surest beat of a direction, an answer or not. */
static const beat *best(const lane *l, bool answer)
{
    const beat *found = NULL;
    for (unsigned i = 0; i < l->n; i++) {
        const beat *b = &l->beats[i];
        if (is_beat(b) && (5 * b->answers >= 4 * b->kept) == answer &&
            (!found || b->kept > found->kept))
            found = b;
    }
    return found;
}

static void fill(ssk_result_keepalive *keepalive, const beat *ping, const beat *pong,
                 const ssk_hist *lag)
{
    keepalive->profile = "periodic";
    keepalive->period = ping->interval;
    keepalive->pings = ping->count;
    if (!pong)
        return;
    keepalive->pongs = pong->count;
    keepalive->unanswered = ping->count > pong->count ? ping->count - pong->count : 0;
    keepalive->has_rtt = lag->used > 0;
    keepalive->rtt_min = ssk_hist_quantile(lag, 0);
    keepalive->rtt_p50 = ssk_hist_quantile(lag, 500);
    keepalive->rtt_p99 = ssk_hist_quantile(lag, 990);
    keepalive->rtt_max = ssk_hist_quantile(lag, 1000);
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    const beat *ping = NULL, *pong = NULL;
    ssk_dir from = SSK_A;
    (void)config;
    if (flow->profile || row->keepalive)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const beat *b = best(&s->lane[dir], false);
        const beat *answer = best(&s->lane[ssk_dir_other(dir)], true);
        if (answer && b && !resembles(answer->interval, b->interval))
            answer = NULL;
        /* a datagram a second is a stream; asked and answered it is a keep-alive */
        if (!b || (flow->transport == SSK_UDP && !answer))
            continue;
        if (!ping || (answer && !pong) || (!answer == !pong && b->kept > ping->kept)) {
            ping = b;
            pong = answer;
            from = dir;
        }
    }
    if (!ping)
        return;
    row->keepalive = ssk_result_alloc(result, sizeof *row->keepalive);
    /* without an answer it may itself answer what varies in size */
    row->keepalive->originator = !pong ? SSK_SIDE_NONE : from == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    fill(row->keepalive, ping, pong, &s->lane[ssk_dir_other(from)].lag);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        g_free(s->lane[dir].beats);
        ssk_hist_clear(&s->lane[dir].lag);
    }
}

const ssk_meter ssk_meter_periodic = {
    .name = "periodic",
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_NEW_BYTES | SSK_SIGN_DATAGRAM,
    .wants = is_small,
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
