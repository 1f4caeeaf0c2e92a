/* window.c - the debt of reading: a receiver that closes its window while its peer has data.
 *
 * That the peer has data is shown by its probes, by segments that it cut to what the window lets
 * through, or by the data that it sends as soon as the window opens. Linux probes are 0 bytes one
 * below the next sequence number and look like keep-alives: only the last announced window tells
 * them apart.
 *
 * A window that is too small for one of the peer's segments is as good as closed: the peer waits
 * until it is larger, or sends the little that fits once in a while. So is one that opens for a
 * segment or two and is closed again for long, which is what a receiver that avoids small windows
 * makes of it. Only an opening to a useful size pays; what hardly opens by turns is one debt.
 *
 * Source: RFC 9293, sections 3.8.6 and 3.8.6.2 (silly window). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_window;

/* What one side announces. */
typedef struct reader {
    ssk_time_ns since, until; /* useless: from, and to the last announcement of that */
    ssk_time_ns closed_since, closed_until; /* window 0, likewise */
    uint32_t frame, last_frame;             /* of the first two */
    uint32_t closed_frame, closed_last_frame;
    uint32_t asked;        /* times that its peer showed that it waits, since it is useless */
    uint32_t closed_asked; /* probes, since it is 0 */
    uint32_t bytes;        /* of its peer that came all the same; as many as fit */
    uint32_t between;      /* of its peer since the window was closed last; likewise */
    uint32_t reopened_frame;
    ssk_time_ns reopened;   /* for a segment or more, and not used up since; 0: it is not */
    ssk_time_ns vain_since; /* probes that nobody answered: the first */
    uint16_t vain;          /* ... and how many */
    uint16_t segment;       /* longest of its peer so far */
    uint16_t largest;       /* window, since it is useless */
    bool useless : 1;       /* now */
    bool closed : 1;        /* now */
    bool was_closed : 1;    /* since it is useless */
    bool opened : 1;        /* at .until, unasked: what its peer sends next tells */
    bool known : 1;         /* what came before its window was small is taken over */
    bool filled : 1;        /* little was read before it was closed */
} reader;
_Static_assert(sizeof(reader) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    reader of[2];
} state;

/* RFC 9293, 3.8.6.1: a kernel answers each probe, whoever does not read. Where it does not, an
 * acknowledgment is owed (ack.c), and of its window nobody knows any more. */
static bool is_out_of_reach(const reader *r, ssk_time_ns now, const ssk_config *config)
{
    return r->vain >= SSK_LIMIT(REPEATS_LEAST) && now - r->vain_since > config->min_gap;
}

static void owe(const reader *r, const ssk_flow *flow, ssk_dir dir, ssk_time_ns end, unsigned how,
                const ssk_config *config, ssk_facts *out)
{
    if (end - r->since <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_WINDOW, .asked = r->asked),
                     .dir = (uint8_t)dir,
                     .open = how == 0,
                     .flow_id = flow->id,
                     .frame_first = r->frame,
                     .frame_last = how ? r->last_frame : 0,
                     .start = r->since,
                     .end = end,
                     .flags = how};
    ssk_facts_add(out, &fact);
    if (r->was_closed)
        return;
    fact.kind = SSK_FACT_ZERO_WINDOW;
    fact.window.probes = r->asked;
    fact.window.size = r->largest;
    fact.flags = SSK_WINDOW_SMALL;
    ssk_facts_add(out, &fact);
}

static void tell_closed(const reader *r, const ssk_flow *flow, ssk_dir dir, ssk_time_ns end,
                        bool open, ssk_facts *out)
{
    ssk_fact fact = {SSK_AS_ZERO_WINDOW(.probes = r->closed_asked),
                     .dir = (uint8_t)dir,
                     .open = open,
                     .flow_id = flow->id,
                     .frame_first = r->closed_frame,
                     .frame_last = r->closed_last_frame,
                     .start = r->closed_since,
                     .end = end,
                     .flags = r->filled ? SSK_WINDOW_FILLED : 0};
    ssk_facts_add(out, &fact);
}

/* The peer's packet: does it wait for more room? */
static void hear_peer(reader *r, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    const ssk_tcp_side *own = &step->flow->side[ssk_dir_other(step->dir)].tcp;
    uint32_t len = packet->payload_len;
    r->segment = (uint16_t)MAX(r->segment, MIN(len, SSK_LIMIT(FULL_SEGMENT)));
    r->between += MIN(step->tcp.new_bytes, UINT32_MAX - r->between);
    if (step->tcp.window_probe) {
        r->vain_since = r->vain ? r->vain_since : step->time;
        r->vain += r->vain < UINT16_MAX;
    }
    if (r->useless) {
        /* To the last byte that the window lets through, and less than it would send. */
        bool cut = len && len <= own->window && 2 * len <= r->segment &&
                   packet->tcp.seq + len == step->flow->side[step->dir].tcp.acked + own->window;
        r->closed_asked += r->closed && step->tcp.window_probe;
        bool waited = r->was_closed && r->reopened && step->tcp.new_bytes &&
                      step->time - r->reopened <= SSK_LIMIT(WINDOW_USED);
        r->asked += step->tcp.window_probe || cut || waited;
        r->bytes += MIN(step->tcp.new_bytes, UINT32_MAX - r->bytes);
    } else if (r->opened && step->tcp.new_bytes) {
        if (step->time - r->until <= SSK_LIMIT(WINDOW_USED))
            owe(r, step->flow, ssk_dir_other(step->dir), r->until, SSK_DEBT_PAID, config, out);
        r->opened = false;
    }
}

/* Without both SYNs nobody knows the scale; a closed window is closed at any. */
static bool is_useless(const reader *r, const ssk_step *step)
{
    const ssk_flow_side *side = step->flow->side;
    bool scaled = side[SSK_A].tcp.syn_seen && side[SSK_B].tcp.syn_seen;
    uint32_t window = step->tcp.window;
    if (step->tcp.zero_window)
        return true;
    if (!r->useless)
        return scaled && window < SSK_WINDOW_USEFUL && 2 * window < r->segment;
    if (!scaled)
        return false;
    uint64_t due = SSK_LIMIT(WINDOW_RATE) * (uint64_t)MAX((step->time - r->since) / SSK_S, 1);
    return r->bytes + window < due && window < SSK_LIMIT(WINDOW_WIDE);
}

/* What was known of the window ends with its last announcement. */
static void lose_sight(reader *r, const ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                       ssk_facts *out)
{
    if (r->closed)
        tell_closed(r, flow, dir, r->closed_until, false, out);
    if (r->useless && r->asked)
        owe(r, flow, dir, r->until, SSK_DEBT_GIVEN_UP, config, out);
    r->closed = r->useless = r->opened = false;
}

static void announce(reader *r, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    uint32_t frame = step->packet->event->frame;
    bool ends = (step->packet->tcp.flags & (SSK_TCP_FIN | SSK_TCP_RST)) != 0;
    if (is_out_of_reach(r, step->time, config))
        lose_sight(r, step->flow, step->dir, config, out);
    r->vain = 0;
    bool useless = !ends && is_useless(r, step), closed = !ends && step->tcp.zero_window;
    if (closed && !r->closed) {
        r->closed_since = step->time;
        r->closed_frame = frame;
        r->closed_asked = 0;
        r->filled = r->between <= SSK_LIMIT(WINDOW_FILLS);
        r->between = 0;
    }
    if (closed || r->closed) {
        r->closed_until = step->time;
        r->closed_last_frame = frame;
    }
    if (r->closed && !closed)
        tell_closed(r, step->flow, step->dir, step->time, false, out);
    r->closed = closed;
    if (useless && !r->useless) {
        r->since = step->time;
        r->frame = frame;
        r->asked = r->bytes = r->largest = 0;
        r->was_closed = r->opened = false;
    }
    r->was_closed |= closed;
    r->largest = (uint16_t)MAX(r->largest, useless ? step->tcp.window : 0);
    if (useless || r->useless) {
        r->until = step->time;
        r->last_frame = frame;
    }
    bool room = useless && step->tcp.window >= SSK_WINDOW_USEFUL;
    if (room && !r->reopened)
        r->reopened_frame = frame;
    r->reopened = !room ? 0 : r->reopened ? r->reopened : step->time;
    if (r->useless && !useless) {
        if (r->asked)
            owe(r, step->flow, step->dir, step->time, ends ? SSK_DEBT_CLOSED : SSK_DEBT_PAID,
                config, out);
        /* Room for little may be all that its peer needs; none is seldom there by chance. */
        r->opened = !r->asked && !ends && r->was_closed;
    }
    r->useless = useless;
}

/* Who does not use the room that there is for a segment has nothing to send. */
static void end_unused(reader *r, const ssk_flow *flow, ssk_dir dir, ssk_time_ns now,
                       const ssk_config *config, ssk_facts *out)
{
    if (!r->useless || !r->reopened || now - r->reopened <= SSK_LIMIT(WINDOW_USED))
        return;
    r->last_frame = r->reopened_frame;
    if (r->asked)
        owe(r, flow, dir, r->reopened, SSK_DEBT_PAID, config, out);
    r->useless = false;
    r->reopened = 0;
}

static void stay_open(const reader *r, const ssk_flow *flow, ssk_dir dir, ssk_time_ns end,
                      const ssk_config *config, ssk_facts *out)
{
    reader last = *r;
    if (is_out_of_reach(r, end, config))
        lose_sight(&last, flow, dir, config, out);
    ssk_time_ns told = r->reopened && end - r->reopened <= SSK_LIMIT(WINDOW_USED)
                           ? r->reopened + SSK_LIMIT(WINDOW_USED) + 1
                           : end;
    end_unused(&last, flow, dir, told, config, out);
    if (last.closed)
        tell_closed(&last, flow, dir, end, true, out);
    if (last.useless && last.asked)
        owe(&last, flow, dir, end, 0, config, out);
}

static void cut_off(reader *r, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    ssk_dir dir = ssk_dir_other(step->dir);
    if (is_out_of_reach(r, step->time, config))
        lose_sight(r, step->flow, dir, config, out);
    r->last_frame = r->closed_last_frame = step->packet->event->frame;
    if (r->closed)
        tell_closed(r, step->flow, dir, step->time, false, out);
    if (r->useless && r->asked)
        owe(r, step->flow, dir, step->time, SSK_DEBT_CLOSED, config, out);
    r->closed = r->useless = r->opened = false;
}

static bool wants(const ssk_step *step)
{
    const ssk_flow_side *side = step->flow->side;
    return step->tcp.zero_window || (side[SSK_A].tcp.syn_seen && side[SSK_B].tcp.syn_seen);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_flow_side *side = step->flow->side;
    uint8_t flags = step->packet->tcp.flags;
    if (step->time == SSK_TIME_NONE || (flags & SSK_TCP_SYN))
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (!s->of[dir].known) {
            s->of[dir].segment = (uint16_t)MIN(side[!dir].common_len, SSK_LIMIT(FULL_SEGMENT));
            s->of[dir].between = (uint32_t)MIN(side[!dir].payload_bytes, UINT32_MAX);
            s->of[dir].known = true;
        }
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        end_unused(&s->of[dir], step->flow, dir, step->time, config, out);
    if (!(flags & SSK_TCP_RST))
        hear_peer(&s->of[ssk_dir_other(step->dir)], step, config, out);
    announce(&s->of[step->dir], step, config, out);
    if (flags & SSK_TCP_RST) /* of the one who waited */
        cut_off(&s->of[ssk_dir_other(step->dir)], step, config, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        stay_open(&s->of[dir], flow, dir, end, config, out);
}

const ssk_meter ssk_meter_window = {
    .name = "window",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SMALL_WINDOW,
    .wants = wants,
    .on_step = on_step,
    .on_close = on_close,
};
