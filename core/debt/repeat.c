/* repeat.c - the debt of an answer over UDP.
 *
 * UDP acknowledges nothing, so a single datagram owes nobody anything. Two things show that its
 * sender waits: it repeats the datagram - the same bytes, or one that a protocol of requests names
 * so, with growing pauses; or each of its datagrams was answered so far, one by one and at once,
 * and now it asks on and nothing comes.
 *
 * The debt ends with the first datagram back, or with the last request when the sender gives up.
 * Datagrams that all look alike and that nobody ever answers are a beacon, no request.
 *
 * Source: RFC 3261, 17.1.1; RFC 7252, 4.2; RFC 8489, 6.2.1; RFC 9002, 6.2 (back-off).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/decode/request.h"
#include "core/flow/copies.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_repeat_debt;

typedef struct run {
    ssk_time_ns since, last; /* of the tries that nobody answered */
    ssk_time_ns end;         /* last datagram of the last try */
    ssk_span_ns pause;       /* between the last two */
    ssk_span_ns first_pause; /* between the first two */
    uint64_t digest;
    uint32_t frame, last_frame;
    uint32_t len;
    uint16_t sent, again; /* tries; of them, repetitions */
    uint16_t grew;        /* pauses in a row that were longer than the one before */
    uint8_t turns;        /* of the last tries, those that were answered one by one */
    uint8_t missed;       /* ... and those that were not */
    bool asks;            /* a protocol's request */
} run;
_Static_assert(sizeof(run) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    run of[2]; /* by sender */
    bool spoke[2];
} state;

/* Discovery has a folder of its own, and no debts. */
static bool wants(const ssk_step *step)
{
    return step->flow->service && !ssk_addr_may_be_group(&step->packet->ip.dst) &&
           step->packet->payload_len >= SSK_LIMIT(REQUEST_SMALLEST);
}

static uint64_t digest_of(const ssk_packet *packet)
{
    return ssk_hash(packet->payload, packet->payload_cap) + packet->payload_len;
}

static bool takes_turns(const run *r)
{
    return r->turns >= SSK_LIMIT(UDP_TURNS) &&
           r->turns >= SSK_LIMIT(UDP_TURNS_PER_MISS) * r->missed;
}

static bool repeats(const run *r)
{
    return r->again + 1 >= SSK_LIMIT(TRIES_LEAST) && 2 * r->again + 1 >= r->sent;
}

static bool is_debt(const run *r, bool given_up, bool was_heard)
{
    if (r->sent < SSK_LIMIT(TRIES_LEAST))
        return false;
    if (takes_turns(r))
        return true;
    if (!repeats(r))
        return false;
    /* Unreadable: soon again, and farther and farther apart, or given up in the end. */
    return r->asks ||
           (r->first_pause <= SSK_LIMIT(IMPATIENT) &&
            (r->grew >= 2 || (given_up && (was_heard || r->sent >= SSK_LIMIT(STEADY_LEAST)))));
}

static void tell(const state *s, const ssk_flow *flow, ssk_dir sender, ssk_time_ns end,
                 uint32_t frame, unsigned how, const ssk_config *config, ssk_facts *out)
{
    const run *r = &s->of[sender];
    ssk_dir debtor = ssk_dir_other(sender);
    if (!r->sent || r->last - r->since <= config->min_gap || end - r->since <= config->min_gap ||
        !is_debt(r, how & SSK_DEBT_GIVEN_UP, s->spoke[debtor]))
        return;
    bool beacon = !r->asks && r->grew < 2 && !takes_turns(r) && !s->spoke[debtor];
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ANSWER, .asked = r->sent),
                     .dir = (uint8_t)debtor,
                     .flow_id = flow->id,
                     .start = r->since,
                     .frame_first = r->frame,
                     .end = end,
                     .frame_last = frame,
                     .open = how == 0,
                     .flags = how | (r->asks ? SSK_DEBT_READ : 0) | (beacon ? SSK_DEBT_BEACON : 0)};
    ssk_facts_add(out, &fact);
}

/* Longer than any pause before it: the sender has stopped asking. */
static bool gave_up(const run *r, ssk_time_ns now)
{
    return now - r->last > MAX(4 * r->pause, r->asks || r->grew >= 2 ? SSK_LIMIT(REPEATS_SLOWEST)
                                                                     : 2 * SSK_LIMIT(IMPATIENT));
}

static void clear(run *r)
{
    r->sent = r->again = r->grew = 0;
    r->asks = false;
    r->pause = 0;
}

static void begin(run *r, const ssk_step *step)
{
    r->since = step->time;
    r->frame = step->packet->event->frame;
}

static void send(run *r, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    if (r->sent && step->time - r->end < SSK_LIMIT(ONE_TRY)) {
        r->end = step->time;
        return;
    }
    uint64_t digest = digest_of(packet);
    ssk_request what = ssk_request_of_datagram(packet->payload, packet->payload_cap,
                                               packet->payload_len);
    bool asks = what == SSK_REQUEST_ASKS;
    if (what == SSK_REQUEST_TELLS)
        return;
    if (asks && !r->asks)
        clear(r); /* what came before was no request */
    if (!r->sent)
        begin(r, step);
    ssk_span_ns pause = r->sent ? step->time - r->last : 0;
    bool longer = r->sent >= 2 && pause > r->pause + r->pause / 4;
    if (longer && r->sent <= SSK_LIMIT(BACK_OFF_WITHIN))
        r->grew++;
    else if (r->grew < 2)
        r->grew = 0;
    bool alike = r->sent && (digest == r->digest || (longer && packet->payload_len == r->len));
    r->asks |= asks;
    r->again += alike && r->again < UINT16_MAX;
    r->sent += r->sent < UINT16_MAX;
    r->digest = digest;
    r->len = packet->payload_len;
    r->pause = pause;
    if (r->sent == 2)
        r->first_pause = pause;
    r->last = r->end = step->time;
    r->last_frame = packet->event->frame;
}

/* The same datagram again at once: a mirror port's copy that carries no number to tell it by. */
static bool is_copy(const run *own, const ssk_step *step)
{
    return own->sent && step->time >= own->end &&
           step->time - own->end <= SSK_LIMIT(COPIES_APART) &&
           step->packet->payload_len == own->len && digest_of(step->packet) == own->digest;
}

/* Who asks takes its time before it does; what follows at once is itself an answer. */
static bool led(const run *asker, const run *answerer, ssk_time_ns now)
{
    return asker->since - answerer->end > now - asker->since;
}

/* The other side's datagram: the answer to one try, or to none. */
static void count_turn(run *r, const run *answerer, ssk_time_ns now)
{
    bool answered = r->sent == 1 && now - r->end < SSK_LIMIT(TURN_AT_ONCE) && r->since == r->end &&
                    led(r, answerer, now);
    if (r->turns + r->missed >= UINT8_MAX) { /* the latest count most */
        r->turns /= 2;
        r->missed /= 2;
    }
    *(answered ? &r->turns : &r->missed) += 1;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    ssk_dir from = step->dir, to = ssk_dir_other(from);
    if (step->time == SSK_TIME_NONE)
        return;
    run *own = &s->of[from], *other = &s->of[to];
    if (s->spoke[to] && is_copy(own, step))
        return;
    if (other->sent) {
        tell(s, step->flow, to, step->time, step->packet->event->frame, SSK_DEBT_PAID, config, out);
        count_turn(other, own, step->time);
        clear(other);
    } else if (s->spoke[to]) {
        count_turn(other, own, INT64_MAX); /* unasked */
    }
    s->spoke[from] = true;
    if (own->sent && (step->time < own->last || gave_up(own, step->time))) {
        tell(s, step->flow, from, own->last, own->last_frame, SSK_DEBT_GIVEN_UP, config, out);
        clear(own);
    }
    if (step->packet->payload_len >= SSK_LIMIT(REQUEST_SMALLEST))
        send(own, step);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const run *r = &s->of[dir];
        bool over = r->sent && end - r->last > MAX(3 * r->pause, 2 * SSK_S);
        tell(s, flow, dir, over ? r->last : end, over ? r->last_frame : 0,
             over ? SSK_DEBT_GIVEN_UP : 0, config, out);
    }
}

const ssk_meter ssk_meter_repeat_debt = {
    .name = "repeat-debt",
    .hears = SSK_HEARS(UDP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wants = wants,
    .on_step = on_step,
    .on_close = on_close,
};
