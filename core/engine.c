/* engine.c - the loop: a packet through its flow to the meters, and at each snapshot
 * what they measured through the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/engine.h"

#include <glib.h>
#include <string.h>

#include "core/flow/copies.h"
#include "core/flow/decoding.h"
#include "core/flow/flow_table.h"
#include "core/flow/learning.h"
#include "core/flow/tcp_track.h"
#include "core/input.h"
#include "core/meter/meter.h"
#include "core/meter/roster.h"
#include "core/rule/rule.h"
#include "core/udp/udp_lane.h"

/* Minimum early timestamps in a row before the clock counts as set back. */
#define STAYS_BACK 16

/* What calling a meter takes, in one line of the cache. */
typedef struct listener {
    void (*on_step)(void *state, const ssk_config *config, const ssk_step *step, ssk_facts *out);
    void *state; /* of the capture's; NULL: the flow has it, or there is none */
    size_t slot; /* of a flow's */
} listener;

struct ssk_engine {
    ssk_config config;
    ssk_profile_set *profiles;
    ssk_input input;
    ssk_copies copies;
    ssk_flow_table *flows;
    ssk_facts facts;
    size_t n_meters;
    void **capture_state; /* [n_meters], of the meters that are not per flow */
    ssk_roster roster;
    ssk_meter_mask enough; /* meters of the capture that asked for no more */
    ssk_meter_mask asleep; /* meters of the capture that nothing has concerned yet */
    listener listeners[SSK_METERS];
    ssk_feedback unheard; /* where nobody asks for it; never read */
    GArray *messages;     /* that the packet at hand completed */
    ssk_time_ns now;      /* latest timestamp, of those after the clock was set back */
    unsigned behind;      /* timestamps in a row that are clearly earlier */
};

static void *state_of(const ssk_engine *engine, const ssk_flow *flow, size_t i)
{
    return flow->awake >> i & 1 ? flow->meter_state[engine->roster.slot[i]] : NULL;
}

static void close_flow(ssk_engine *engine, const ssk_flow *flow)
{
    const ssk_roster *roster = &engine->roster;
    for (ssk_meter_mask left = roster->closers & (flow->awake | ~roster->sleepers); left;
         left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        ssk_meters[i]->on_close(state_of(engine, flow, i), &engine->config, flow, engine->now,
                                &engine->facts);
    }
}

static void free_state(ssk_engine *engine, ssk_flow *flow, size_t i)
{
    void *state = state_of(engine, flow, i);
    if (state && ssk_meters[i]->free_state)
        ssk_meters[i]->free_state(state);
    g_free(state);
    flow->awake &= ~(UINT64_C(1) << i);
}

static void on_evict(void *user, ssk_flow *flow)
{
    ssk_engine *engine = user;
    close_flow(engine, flow);
    for (ssk_meter_mask left = flow->awake; left; left &= left - 1)
        free_state(engine, flow, (unsigned)__builtin_ctzll(left));
    g_free(flow->meter_state);
}

ssk_engine *ssk_engine_new(const ssk_config *config, const ssk_profile_set *profiles)
{
    ssk_engine *engine = g_new0(ssk_engine, 1);
    engine->config = *config;
    engine->profiles = profiles ? ssk_profile_set_copy(profiles) : ssk_profile_set_new();
    if (*config->profile)
        ssk_profile_set_keep(engine->profiles, config->profile);
    engine->flows = ssk_flow_table_new((size_t)config->max_flows, on_evict, engine);
    engine->messages = g_array_new(FALSE, FALSE, sizeof(ssk_message));
    engine->now = SSK_TIME_NONE;
    ssk_facts_init(&engine->facts, (size_t)config->max_facts);
    ssk_input_init(&engine->input);
    while (ssk_meters[engine->n_meters])
        engine->n_meters++;
    engine->capture_state = g_new0(void *, engine->n_meters);
    for (size_t i = 0; i < engine->n_meters; i++)
        if (!ssk_meters[i]->per_flow && ssk_meters[i]->state_size)
            engine->capture_state[i] = g_malloc0(ssk_meters[i]->state_size);
    ssk_roster_init(&engine->roster, ssk_meters);
    for (size_t i = 0; i < engine->n_meters; i++)
        engine->listeners[i] = (listener){ssk_meters[i]->on_step, engine->capture_state[i],
                                          engine->roster.slot[i]};
    engine->asleep = engine->roster.drowsy;
    return engine;
}

void ssk_engine_free(ssk_engine *engine)
{
    if (!engine)
        return;
    ssk_flow_table_free(engine->flows);
    for (size_t i = 0; i < engine->n_meters; i++) {
        if (engine->capture_state[i] && ssk_meters[i]->free_state)
            ssk_meters[i]->free_state(engine->capture_state[i]);
        g_free(engine->capture_state[i]);
    }
    g_free(engine->capture_state);
    ssk_facts_clear(&engine->facts);
    ssk_input_clear(&engine->input);
    ssk_profile_set_free(engine->profiles);
    g_array_free(engine->messages, TRUE);
    g_free(engine);
}

/* ---- counters ---- */

static void add_gap(ssk_flow_side *side, ssk_transport transport, ssk_span_ns gap)
{
    if (transport != SSK_TCP) { /* its meters read the histogram as it grows */
        ssk_hist_add(&side->gaps, gap);
        return;
    }
    side->queued[side->n_queued++] = (uint16_t)ssk_hist_bucket_of(gap);
    if (side->n_queued == SSK_GAP_QUEUE) {
        ssk_hist_add_buckets(&side->gaps, side->queued, SSK_GAP_QUEUE);
        side->n_queued = 0;
    }
}

static void count_gap(ssk_flow_side *side, ssk_transport transport, ssk_time_ns now, uint32_t frame,
                      ssk_feedback *feedback)
{
    ssk_span_ns gap;
    if (__builtin_sub_overflow(now, side->last, &gap))
        return; /* timestamps half a millennium apart: one of them is damaged */
    feedback->has_gap = true;
    feedback->gap = gap;
    feedback->gap_frame = side->last_frame;
    if (gap < 0) {
        side->backward++;
        return;
    }
    add_gap(side, transport, gap);
    if (gap > side->max_gap || !side->max_gap_frames[0]) {
        side->max_gap = gap;
        side->max_gap_frames[0] = side->last_frame;
        side->max_gap_frames[1] = frame;
    }
    for (int i = 0; i < SSK_N_GAP_LIMITS && gap > ssk_gap_limits[i]; i++)
        side->gaps_over[i]++;
}

static void count(ssk_flow *flow, ssk_dir dir, const ssk_event *event, const ssk_packet *packet,
                  ssk_feedback *feedback)
{
    ssk_flow_side *side = &flow->side[dir];
    if (!side->packets)
        side->ttl = packet->ip.ttl;
    side->packets++;
    side->bytes += event->wire_len;
    if (packet->payload_len) {
        side->payload_packets++;
        side->payload_bytes += packet->payload_len;
        /* R. Boyer and J Moore's majority vote: one candidate, no table. */
        if (!side->common_votes)
            side->common_len = packet->payload_len;
        side->common_votes += side->common_len == packet->payload_len ? 1 : -1u;
    }
    flow->last_frame = event->frame;
    if (event->time == SSK_TIME_NONE) {
        side->unstamped++;
        return;
    }
    if (side->last != SSK_TIME_NONE)
        count_gap(side, flow->transport, event->time, event->frame, feedback);
    else
        side->first = event->time;
    if (flow->last != SSK_TIME_NONE &&
        !__builtin_sub_overflow(event->time, flow->last, &feedback->any_gap))
        feedback->has_any_gap = true;
    if (flow->first == SSK_TIME_NONE)
        flow->first = event->time;
    ssk_span_ns since;
    if (event->time >= side->first && !__builtin_sub_overflow(event->time, side->first, &since))
        ssk_activity_add(&side->activity, since);
    side->last = flow->last = event->time;
    side->last_frame = event->frame;
}

/* Since when the oldest byte of each side waits for its acknowledgment. */
static void follow_unacked(ssk_flow *flow, const ssk_step *step)
{
    ssk_tcp_side *me = &flow->side[step->dir].tcp;
    ssk_tcp_side *peer = &flow->side[ssk_dir_other(step->dir)].tcp;
    if (peer->unacked_frame && peer->acked_valid) {
        if (peer->acked == peer->next)
            peer->unacked_frame = 0;
        else if (step->tcp.newly_acked) {
            peer->unacked_since = step->time;
            peer->unacked_frame = step->packet->event->frame;
        }
    }
    if (!me->unacked_frame && (step->tcp.new_bytes || step->tcp.new_fin)) {
        me->unacked_since = step->time;
        me->unacked_frame = step->packet->event->frame;
    }
}

static void track(ssk_flow *flow, ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    ssk_flow_side *side = &flow->side[step->dir];
    ssk_tcp_track(flow, step->dir, packet, &step->tcp);
    if (step->time != SSK_TIME_NONE)
        follow_unacked(flow, step);
    side->retransmitted_packets += step->tcp.retransmission;
    side->zero_windows += step->tcp.zero_window;
    side->tcp_keepalives += step->tcp.keepalive_probe;
    uint8_t flags = packet->tcp.flags;
    if (flags & SSK_TCP_SYN)
        flow->handshake = true;
    /* One that is retransmitted begins the round trip anew (RFC 6298, section 3). */
    bool again = (flags & SSK_TCP_SYN) && step->tcp.retransmission && flow->syn_at;
    if ((step->tcp.new_syn && !(flags & SSK_TCP_ACK)) || again)
        flow->syn_at = step->time == SSK_TIME_NONE ? 0 : step->time;
    else if (flow->syn_at && !flow->rtt && !(flags & SSK_TCP_SYN) && step->time > flow->syn_at)
        flow->rtt = MIN(step->time - flow->syn_at, SSK_DAY); /* so that multiples of it fit */
    if (step->tcp.new_syn && (flags & SSK_TCP_ACK)) {        /* what was reset was older */
        if (flow->closed != SSK_CLOSE_NONE)                  /* ... with all that waited in it */
            flow->side[ssk_dir_other(step->dir)].tcp.unacked_frame = 0;
        flow->closed = SSK_CLOSE_NONE;
        flow->closed_at = SSK_TIME_NONE;
    }
    if ((flags & (SSK_TCP_FIN | SSK_TCP_RST)) && flow->closed == SSK_CLOSE_NONE) {
        flow->closed = flags & SSK_TCP_RST ? SSK_CLOSE_RST : SSK_CLOSE_FIN;
        flow->closed_by = step->dir;
        flow->closed_at = step->time;
        flow->closed_frame = packet->event->frame;
    }
}

/* ---- one event ---- */

static void take_messages(const ssk_engine *engine, ssk_step *step)
{
    step->messages = (const ssk_message *)engine->messages->data;
    step->n_messages = engine->messages->len;
    for (size_t i = 0; i < step->n_messages; i++) {
        const ssk_message *message = &step->messages[i];
        step->spoke[message->dir]++;
        if (message->dir != step->dir && message->time != SSK_TIME_NONE)
            step->late = message;
    }
    step->progress = step->flow->profile
                         ? step->spoke[step->dir] > 0
                         : step->flow->transport == SSK_UDP || step->tcp.new_bytes > 0;
}

/** The host's word on the process, or PKTAP's in the frame itself. */
static void name_process(ssk_flow *flow, const ssk_packet *packet)
{
    const ssk_process *process = packet->event->process;
    const ssk_link *link = &packet->link;
    if (process && process->name) {
        flow->process_name = g_strdup(process->name);
        flow->process_pid = process->pid;
    } else if (link->has_process && link->process_name_len) {
        flow->process_name = g_strndup(link->process_name, link->process_name_len);
        flow->process_pid = link->process_pid;
    }
}

static void feed_flow(ssk_engine *engine, ssk_step *step, ssk_feedback *feedback)
{
    const ssk_packet *packet = step->packet;
    ssk_flow *flow = step->flow = ssk_flow_table_get(engine->flows, packet, &step->dir);
    count(flow, step->dir, packet->event, packet, feedback);
    if (flow->side[SSK_A].packets + flow->side[SSK_B].packets == 1)
        flow->enough = ssk_roster_unconcerned(&engine->roster, ssk_meters, flow);
    flow->side[step->dir].payload_copies += step->copy && packet->payload_len;
    feedback->flow = flow->id;
    feedback->stream = flow->stream;
    feedback->dir = (uint8_t)step->dir;
    feedback->of = flow;
    if (!flow->process_name)
        name_process(flow, packet);
    if (step->copy)
        return;
    /* of a damaged TCP header only the ports are good */
    if (flow->transport == SSK_TCP && packet->problem != SSK_PROBLEM_FORMAT)
        track(flow, step);
    if (engine->messages->len)
        g_array_set_size(engine->messages, 0);
    ssk_flow_decode(step, engine->profiles, engine->messages);
    take_messages(engine, step);
    feedback->messages = step->messages;
    feedback->n_messages = step->n_messages;
    feedback->retransmission = step->tcp.retransmission;
    ssk_time_ns last_message = flow->side[step->dir].quiet.since;
    if (step->progress && step->time != SSK_TIME_NONE && last_message != SSK_TIME_NONE &&
        step->time >= last_message &&
        !__builtin_sub_overflow(step->time, last_message, &feedback->message_gap))
        feedback->has_message_gap = true;
    ssk_quiet_step(flow, &engine->config, step);
    if (step->ended[step->dir].quiet.since != SSK_TIME_NONE) {
        feedback->ends_silence = true;
        feedback->silence = step->time - step->ended[step->dir].quiet.since;
        feedback->silence_frame = step->ended[step->dir].quiet.frame;
    }
    ssk_flow_learn(step, &engine->config);
}

/* @return the state of a flow meter; NULL: it does not want the packet */
static void *wake(ssk_engine *engine, unsigned i, const ssk_step *step)
{
    const ssk_meter *meter = ssk_meters[i];
    ssk_flow *flow = step->flow;
    if (meter->wants && !meter->wants(step)) {
        if (meter->once)
            flow->enough |= UINT64_C(1) << i;
        return NULL;
    }
    if (!flow->meter_state)
        flow->meter_state = g_new0(void *, engine->roster.n_sleepers);
    flow->awake |= UINT64_C(1) << i;
    return flow->meter_state[engine->roster.slot[i]] = g_malloc0(meter->state_size);
}

/* The meter needs no later event: a flow's not even the close, the capture's only its end. */
static void dismiss(ssk_engine *engine, ssk_flow *flow, unsigned i)
{
    bool of_flow = ssk_meters[i]->per_flow;
    *(of_flow ? &flow->enough : &engine->enough) |= UINT64_C(1) << i;
    if (of_flow)
        free_state(engine, flow, i);
}

/* What a stall may come of. */
#define MEASURED (SSK_KIND(SSK_FACT_SILENCE) | SSK_KIND(SSK_FACT_DEBT) | SSK_KIND(SSK_FACT_HIDDEN))

/* @return there is one */
static bool note_measured(const ssk_engine *engine, ssk_flow *flow, size_t first)
{
    bool any = false;
    for (size_t i = first; i < engine->facts.count; i++) {
        bool measured = MEASURED & SSK_KIND(engine->facts.list[i].kind);
        flow->measured |= measured && engine->facts.list[i].flow_id == flow->id;
        any |= measured;
    }
    return any;
}

/* What a meter says of itself while it hears a packet: looked at as one. */
typedef union remark {
    struct {
        bool enough, rests;
    };
    uint16_t any;
} remark;

/* @return something was measured that a stall may come of */
static bool run_meters(ssk_engine *engine, ssk_step *step)
{
    remark said = {.any = 0};
    ssk_flow *flow = step->flow;
    size_t facts = engine->facts.count;
    step->enough = &said.enough;
    step->rests = &said.rests;
    ssk_meter_mask left = ssk_roster_call(&engine->roster, engine->asleep, step) & ~engine->enough;
    engine->asleep &= ~left;
    ssk_meter_mask awake = 0,
                   unmade = 0; /* of those to call: with a state in the flow, and not yet */
    if (flow) {
        awake = flow->awake;
        unmade = engine->roster.sleepers & ~awake;
        flow->resting &= ~left;
    }
    for (; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        const listener *to = &engine->listeners[i];
        void *state = to->state;
        if (awake >> i & 1)
            state = flow->meter_state[to->slot];
        else if ((unmade >> i & 1) && !(state = wake(engine, i, step)))
            continue;
        to->on_step(state, &engine->config, step, &engine->facts);
        if (said.any) {
            if (said.enough)
                dismiss(engine, flow, i);
            else
                flow->resting |= UINT64_C(1) << i;
            said.any = 0;
        }
    }
    return flow && engine->facts.count != facts && note_measured(engine, flow, facts);
}

static void begin_step(ssk_engine *engine, const ssk_packet *packet, ssk_step *ret)
{
    const ssk_event *event = packet->event;
    memset(ret, 0, offsetof(ssk_step, tcp));
    ret->tcp = (ssk_tcp_step){0};
    /* What is left is larger than all this, and most packets end no silence. */
    ret->ended[SSK_A].quiet.since = ret->ended[SSK_B].quiet.since = SSK_TIME_NONE;
    ret->packet = packet;
    ret->time = event->time;
    ret->copy = ssk_copies_again(&engine->copies, packet);
    ret->several_interfaces = engine->input.n_interfaces > 1;
    if (event->time == SSK_TIME_NONE ||
        __builtin_sub_overflow(event->time, engine->input.first, &ret->age))
        ret->age = 0;
}

/* A clock that was set back stays back, and what the capture ends with is its
 * last timestamp; a single early one is a packet out of order. */
static void follow_clock(ssk_engine *engine, ssk_time_ns time)
{
    if (time == SSK_TIME_NONE)
        return;
    ssk_span_ns ahead;
    bool early = engine->now != SSK_TIME_NONE && time < engine->now &&
                 (__builtin_sub_overflow(engine->now, time, &ahead) || ahead > SSK_S);
    engine->behind = early ? engine->behind + 1 : 0;
    if (time > engine->now || engine->behind >= STAYS_BACK) {
        engine->now = time;
        engine->behind = 0;
    }
}

static bool is_wanted(const ssk_engine *engine, const ssk_event *event)
{
    const ssk_config *config = &engine->config;
    if (event->kind != SSK_EVENT_FRAME)
        return event->kind == SSK_EVENT_LOG;
    return (config->from == SSK_TIME_NONE || event->time >= config->from) &&
           (config->to == SSK_TIME_NONE ||
            (event->time <= config->to && event->time != SSK_TIME_NONE));
}

static void feed_packet(ssk_engine *engine, const ssk_packet *packet, ssk_feedback *feedback)
{
    ssk_input_count(&engine->input, packet);
    follow_clock(engine, packet->event->time);
    ssk_step step;
    begin_step(engine, packet, &step);
    step.udp = &feedback->udp;
    feedback->datagram = packet->kind == SSK_PACKET_UDP ? ssk_udp_bytes(packet) : 0;
    if (packet->kind == SSK_PACKET_TCP || packet->kind == SSK_PACKET_UDP)
        feed_flow(engine, &step, feedback);
    feedback->measured = run_meters(engine, &step);
}

/* No packet: it moves neither the capture's time nor its counts. */
static void feed_line(ssk_engine *engine, const ssk_packet *packet)
{
    ssk_step step = {.packet = packet, .time = packet->event->time};
    step.ended[SSK_A].quiet.since = step.ended[SSK_B].quiet.since = SSK_TIME_NONE;
    run_meters(engine, &step);
    engine->input.records += packet->event->kind == SSK_EVENT_FRAME;
}

void ssk_engine_feed(ssk_engine *engine, const ssk_event *event, ssk_feedback *ret)
{
    ssk_feedback *feedback = ret ? ret : &engine->unheard;
    if (ret)
        *ret = (ssk_feedback){0};
    ssk_event room;
    event = ssk_event_admit(event, &room);
    if (is_wanted(engine, event)) {
        ssk_packet packet;
        ssk_decode_packet(event, &packet);
        if (packet.kind == SSK_PACKET_LOG)
            feed_line(engine, &packet);
        else
            feed_packet(engine, &packet, feedback);
    } else if (event->kind == SSK_EVENT_RECORD) {
        engine->input.records++;
    }
}

/* ---- the outcome ---- */

typedef struct freezing {
    ssk_engine *engine;
    ssk_result *result;
} freezing;

static void freeze_direction(const ssk_engine *engine, const ssk_flow *flow, ssk_dir dir,
                             ssk_result_direction *row)
{
    const ssk_flow_side *side = &flow->side[dir];
    row->packets = side->packets;
    row->bytes = side->bytes;
    row->payload_packets = side->payload_packets;
    row->payload_bytes = side->payload_bytes;
    row->payload_copies = side->payload_copies;
    row->has_max_gap = side->max_gap_frames[0] != 0;
    row->max_gap = side->max_gap;
    memcpy(row->max_gap_frames, side->max_gap_frames, sizeof row->max_gap_frames);
    for (int i = 0; i < SSK_N_GAP_LIMITS; i++)
        row->gaps_over[i] = side->gaps_over[i];
    row->first = side->first;
    row->activity = side->activity;
    row->gaps = ssk_hist_copy(&side->gaps);
    ssk_hist_add_buckets(&row->gaps, side->queued, side->n_queued);
    row->backward = side->backward;
    row->common_len = side->common_len;
    row->ttl = side->ttl;
    ssk_period_origin origin;
    ssk_span_ns period = ssk_flow_period(flow, dir, &engine->config, &origin);
    row->period = origin.inherited ? 0 : period;
    row->retransmitted_packets = side->retransmitted_packets;
    row->zero_windows = side->zero_windows;
    row->tcp_keepalives = side->tcp_keepalives;
}

static void freeze_flow(void *user, ssk_flow *flow)
{
    freezing *freeze = user;
    ssk_engine *engine = freeze->engine;
    ssk_result *result = freeze->result;
    ssk_result_flow *row = &result->flows[result->n_flows++];
    row->id = flow->id;
    row->transport = flow->transport;
    memcpy(row->addr, flow->addr, sizeof row->addr);
    memcpy(row->port, flow->port, sizeof row->port);
    row->stream = flow->stream;
    row->process_name = ssk_result_text(result, flow->process_name);
    row->process_pid = flow->process_pid;
    row->decrypted = flow->decrypted;
    row->first_frame = flow->first_frame;
    row->last_frame = flow->last_frame;
    row->shares_tuple = flow->shares_tuple;
    row->first = flow->first;
    row->last = flow->last;
    row->closed = flow->closed;
    row->closed_by = flow->closed_by;
    row->closed_at = flow->closed_at;
    row->closed_frame = flow->closed_frame;
    row->handshake = flow->handshake;
    freeze_direction(engine, flow, SSK_A, &row->dir[SSK_A]);
    freeze_direction(engine, flow, SSK_B, &row->dir[SSK_B]);
    close_flow(engine, flow);
    for (ssk_meter_mask left = engine->roster.freezers & flow->awake; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        ssk_meters[i]->freeze(state_of(engine, flow, i), &engine->config, flow, row, result);
    }
}

/* Adds what is still open to what was measured, until ssk_facts_end(); flows frozen along the way. */
static const ssk_facts *collect(ssk_engine *engine, ssk_result *result)
{
    ssk_facts_begin(&engine->facts);
    ssk_input_freeze(&engine->input, result);
    result->flows = ssk_result_alloc(result,
                                     ssk_flow_table_size(engine->flows) * sizeof *result->flows);
    freezing freeze = {engine, result};
    ssk_flow_table_each(engine->flows, freeze_flow, &freeze);
    for (size_t i = 0; i < engine->n_meters; i++) {
        const ssk_meter *meter = ssk_meters[i];
        if (meter->per_flow)
            continue;
        if (meter->on_close)
            meter->on_close(engine->capture_state[i], &engine->config, NULL, engine->now,
                            &engine->facts);
        if (meter->freeze)
            meter->freeze(engine->capture_state[i], &engine->config, NULL, NULL, result);
    }
    ssk_facts_sort(&engine->facts);
    return &engine->facts;
}

ssk_result *ssk_engine_snapshot(ssk_engine *engine)
{
    return ssk_engine_snapshot_with(engine, NULL);
}

ssk_result *ssk_engine_snapshot_with(ssk_engine *engine, const ssk_second *second)
{
    const ssk_facts *facts;
    ssk_result *result = ssk_engine_open(engine, second, &facts);
    ssk_engine_close(engine);
    return result;
}

ssk_result *ssk_engine_open(ssk_engine *engine, const ssk_second *second,
                            const ssk_facts **ret_facts)
{
    ssk_result *result = ssk_result_new(&engine->config);
    result->second = second;
    const ssk_facts *facts = collect(engine, result);
    for (size_t i = 0; ssk_rules[i]; i++)
        ssk_rules[i]->judge(facts, result);
    for (size_t i = 0; i < engine->n_meters; i++)
        if (!ssk_meters[i]->per_flow && ssk_meters[i]->draw)
            ssk_meters[i]->draw(engine->capture_state[i], result);
    result->limits.flows_evicted = ssk_flow_table_evicted(engine->flows);
    result->limits.facts_dropped = facts->dropped;
    result->second = NULL;
    *ret_facts = facts;
    return result;
}

void ssk_engine_close(ssk_engine *engine)
{
    ssk_facts_end(&engine->facts);
}

ssk_facts ssk_engine_facts(ssk_engine *engine)
{
    ssk_result *result = ssk_result_new(&engine->config);
    ssk_facts facts = ssk_facts_copy(collect(engine, result));
    ssk_facts_end(&engine->facts);
    ssk_result_free(result);
    return facts;
}
