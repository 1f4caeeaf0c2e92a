/* learning.c - periods from the messages of each role, or from bursts where none are decoded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/flow/learning.h"

#include "core/base/limits.h"
#include "core/decode/declared.h"
#include "core/decode/request.h"

static void learn_role(ssk_flow_side *side, const ssk_message *message)
{
    if (!side->role_period) {
        side->learned = side->ordinary = 0; /* bursts told something else */
        side->role_period = g_new0(ssk_period *, SSK_N_ROLES);
    }
    ssk_period **period = &side->role_period[message->role];
    if (!*period)
        *period = ssk_period_new();
    ssk_span_ns before = (*period)->value, ordinary = (*period)->ordinary;
    ssk_period_add(*period, message->time);
    if ((*period)->value == before && (*period)->ordinary == ordinary)
        return;
    side->learned = side->ordinary = 0;
    /* Of a side that sends pings their period counts: the rest comes as there is something to say. */
    const ssk_period *ping = side->role_period[SSK_ROLE_PING];
    if (ping && ping->value) {
        side->learned = ping->value;
        side->ordinary = ping->ordinary;
    }
    for (int role = 0; !ping && role < SSK_N_ROLES; role++) {
        const ssk_period *of = side->role_period[role];
        if (of && of->value && (!side->learned || of->value < side->learned)) {
            side->learned = of->value;
            side->ordinary = of->ordinary;
        }
    }
}

/* A greeting, then nothing: too little to decode, but what there is fits. */
static bool speaks_like_its_service(const ssk_flow *flow)
{
    return flow->messages && flow->service->profile &&
           ssk_messages_may_be(flow->messages, flow->service->profile);
}

/* Right behind the other side's last message, when that is newer than this side's own? */
static bool follows_at_once(const ssk_flow *flow, const ssk_step *step)
{
    ssk_time_ns asked = flow->side[ssk_dir_other(step->dir)].quiet.since;
    ssk_time_ns own = flow->side[step->dir].rhythm.period
                          ? flow->side[step->dir].rhythm.period->last
                          : SSK_TIME_NONE;
    ssk_span_ns delay;
    return asked != SSK_TIME_NONE && step->time != SSK_TIME_NONE &&
           !__builtin_sub_overflow(step->time, asked, &delay) && delay >= 0 &&
           delay / 4 < MAX(SSK_LIMIT(ANSWERED_AT_ONCE) / 4, flow->rtt) &&
           (flow->transport == SSK_TCP || (own == SSK_TIME_NONE || delay < (step->time - own) / 4));
}

/* Of what both sides propose the shorter pause holds. */
static void promise(ssk_flow_side *side, ssk_span_ns pause)
{
    if (pause && (!side->declared || pause < side->declared))
        side->declared = pause;
}

/* Nothing is promised unless both say something: of the two the longer pause holds. */
static void agree(ssk_flow *flow, ssk_dir dir, ssk_span_ns pause)
{
    ssk_flow_side *side = &flow->side[dir];
    bool first = !flow->side[SSK_A].agreeing && !flow->side[SSK_B].agreeing;
    side->declared = first || (side->declared && pause) ? MAX(side->declared, pause) : 0;
}

/* Did this datagram come when it was due? Within half of the time more, and not in a burst. */
static bool keeps_promise(const ssk_flow_side *side, ssk_time_ns now)
{
    const ssk_rhythm *rhythm = &side->rhythm;
    ssk_time_ns last = rhythm->period ? rhythm->period->last : rhythm->first;
    ssk_span_ns pause;
    return side->declared && last != SSK_TIME_NONE && now != SSK_TIME_NONE &&
           !__builtin_sub_overflow(now, last, &pause) && pause >= side->declared / 2 &&
           pause - side->declared <= side->declared / 2;
}

static void learn_declared(ssk_flow *flow, const ssk_step *step)
{
    ssk_flow_side *side = &flow->side[step->dir];
    ssk_declared declared;
    const ssk_packet *packet = step->packet;
    if (flow->transport == SSK_UDP) {
        if (ssk_declared_at_port(packet->dst_port) &&
            ssk_declared_read_datagram(packet->payload, packet->payload_cap, &declared)) {
            side->kept += keeps_promise(side, step->time) && side->kept < UINT8_MAX;
            side->declared = declared.own;
            side->stands_back = !declared.own;
        }
        return;
    }
    if (!step->tcp.new_bytes || side->payload_packets > SSK_LIMIT(DECLARED_WITHIN))
        return;
    flow->websocket |= ssk_declares_websocket(packet->payload, packet->payload_cap);
    if (!ssk_declared_read(packet->payload, packet->payload_cap, &declared))
        return;
    if (declared.agreed && !side->agreeing) {
        agree(flow, step->dir, declared.own);
        agree(flow, ssk_dir_other(step->dir), declared.other);
        side->agreeing = true;
        return;
    }
    if (declared.agreed)
        return;
    promise(side, declared.own);
    promise(&flow->side[ssk_dir_other(step->dir)], declared.other);
}

static void count_ping(ssk_flow_side *side, const ssk_packet *packet)
{
    if (!ssk_request_is_ping(packet->payload, packet->payload_cap, packet->payload_len))
        side->pings = 0;
    else if (side->pings < UINT8_MAX)
        side->pings++;
}

void ssk_flow_learn(const ssk_step *step, const ssk_config *config)
{
    ssk_flow *flow = step->flow;
    if (!flow->service)
        return;
    for (size_t i = 0; i < step->n_messages; i++)
        learn_role(&flow->side[step->messages[i].dir], &step->messages[i]);
    learn_declared(flow, step);
    ssk_flow_side *side = &flow->side[step->dir];
    if (!side->role_period && step->progress) {
        bool answers = follows_at_once(flow, step);
        if (flow->transport == SSK_TCP) {
            count_ping(side, step->packet);
            ssk_rhythm_add_segment(&side->rhythm, step->time, answers);
        } else {
            ssk_rhythm_add(&side->rhythm, step->time, answers);
        }
        const ssk_period *period = side->rhythm.period;
        side->learned = period ? period->value : 0;
        side->ordinary = period ? period->ordinary : 0;
        /* Question and answer in turn, a round trip each: the path's pace, not a timer's. */
        if (side->learned <= MAX(flow->rtt + flow->rtt / 2, SSK_LIMIT(PERIOD_CLOCKED) / 2))
            side->learned = 0;
        ssk_span_ns service = flow->service->period[step->dir];
        side->inherits = !side->learned && service &&
                         ((period && ssk_period_resembles(period, service)) ||
                          speaks_like_its_service(flow));
    }
    if (flow->profile)
        flow->service->profile = flow->profile;
    if (step->progress || step->n_messages)
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
            if (flow->side[dir].learned)
                flow->service->period[dir] = ssk_flow_period(flow, dir, config, NULL);
}
