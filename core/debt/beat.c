/* beat.c - silences of a direction, and what is owed by the clock: the next message of a
 * program that keeps a timer, the answer to its decoded pings, the next datagram of a stream.
 *
 * A silence is a fact; it is a debt only where the side's own timer is proven (ssk_flow_timer()),
 * or a ping waits for its answer. Who answers the other side's questions at their pace keeps no
 * timer, and owes nothing once they stop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_beat_debt;

_Static_assert(sizeof(ssk_quiet) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

static bool kept_sending(const ssk_quiet *quiet)
{
    return quiet->news_early || quiet->news >= SSK_LIMIT(NEWS_KEPT);
}

/* What the silence leaves open in any case. */
static unsigned traces_of(const ssk_flow *flow, ssk_dir dir, const ssk_quiet *quiet)
{
    /* Its own orderly close shows that the silent side was there and had done; not that of a
     * WebSocket without a word of it (RFC 6455, 7.1.6), which is how a proxy ends an idle one. */
    bool left = !flow->websocket && quiet->close_frame && flow->closed == SSK_CLOSE_FIN &&
                flow->closed_by == dir;
    bool traced = quiet->retransmissions || quiet->owes_ack || (quiet->close_frame && !left);
    return (traced ? SSK_DEBT_TRACED : 0) | (kept_sending(quiet) ? SSK_DEBT_PEER_SPOKE : 0) |
           (quiet->retransmissions ? SSK_DEBT_RETRANSMITTED : 0);
}

static unsigned how_ended(ssk_silence_end how)
{
    return how == SSK_END_MESSAGE ? SSK_DEBT_PAID
           : how == SSK_END_HEARD ? SSK_DEBT_HEARD
           : how == SSK_END_CLOSE ? SSK_DEBT_CLOSED
                                  : 0;
}

/* A side that seldom speaks said something as the stream stopped: its command, most likely. */
static bool was_told_to_stop(const ssk_flow *flow, ssk_dir dir, const ssk_silence *silence)
{
    const ssk_quiet *quiet = &silence->quiet;
    uint64_t own = flow->side[dir].payload_packets;
    uint64_t others = flow->side[ssk_dir_other(dir)].payload_packets;
    return silence->timer == SSK_TIMER_LEARNED && quiet->told != SSK_TIME_NONE &&
           5 * others < own && quiet->told - quiet->since <= MAX(2 * silence->period, SSK_S / 2);
}

/* Who breaks its promise is closed by its peer, after one and a half or two of it. Where not even
 * that was captured, the capture holds no more of this connection. */
static bool is_out_of_sight(const ssk_flow *flow, ssk_dir dir, const ssk_silence *silence,
                            ssk_silence_end how)
{
    ssk_span_ns promised = flow->side[dir].declared;
    return promised && flow->transport == SSK_TCP && how == SSK_END_OPEN &&
           !silence->quiet.close_frame && flow->last - silence->quiet.since < promised &&
           silence->end - silence->quiet.since > 3 * promised;
}

/* Few beats prove a timer if its peer went on, missed the next one too, and closed. */
static bool was_missed(const ssk_silence *silence)
{
    const ssk_quiet *quiet = &silence->quiet;
    return quiet->missed &&
           quiet->close - quiet->since <= SSK_LIMIT(MISSED_WITHIN) * silence->period;
}

static bool keeps_timer(const ssk_silence *silence)
{
    return silence->timer == SSK_TIMER_BRIEF ? was_missed(silence)
                                             : silence->timer != SSK_TIMER_NONE;
}

/* A message of another size than most is not the one that was due: the beat had stopped, and
 * something else began. */
static bool is_another(const ssk_flow_side *side, uint32_t len)
{
    bool most = 2 * (uint64_t)side->common_votes > side->payload_packets;
    return most && (len > 2 * (uint64_t)side->common_len || 2 * (uint64_t)len < side->common_len);
}

/* The next message of a timer; where only pings of the other side are read, their answer. */
static void owe(const ssk_flow *flow, ssk_dir dir, const ssk_silence *silence, ssk_silence_end how,
                const ssk_config *config, ssk_facts *out)
{
    const ssk_quiet *quiet = &silence->quiet;
    bool datagrams = flow->transport == SSK_UDP && !flow->side[ssk_dir_other(dir)].packets;
    bool answers = silence->timer == SSK_TIMER_ANSWERS;
    if (!keeps_timer(silence) || (answers && !quiet->asked_frame) ||
        was_told_to_stop(flow, dir, silence) || is_out_of_sight(flow, dir, silence, how))
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = answers     ? SSK_DEBT_ANSWER
                                         : datagrams ? SSK_DEBT_STREAM
                                                     : SSK_DEBT_BEAT,
                                 .asked = answers, .period = answers ? 0 : silence->period),
                     .dir = (uint8_t)dir,
                     .open = how == SSK_END_OPEN,
                     .flow_id = flow->id,
                     .frame_first = answers ? quiet->asked_frame : quiet->frame,
                     .frame_last = silence->end_frame,
                     .start = answers ? quiet->asked : quiet->since,
                     .end = silence->end,
                     .samples = silence->samples,
                     .flags = how_ended(how) | traces_of(flow, dir, quiet) |
                              (answers ? SSK_DEBT_READ : 0) |
                              (answers && quiet->received ? SSK_DEBT_RECEIVED : 0) |
                              (silence->timer > SSK_TIMER_LEARNED ? SSK_DEBT_DECODED : 0)};
    if (fact.end - fact.start > config->min_gap && (answers || silence->period))
        ssk_facts_add(out, &fact);
}

static void report(const ssk_flow *flow, ssk_dir dir, const ssk_silence *silence,
                   ssk_silence_end how, const ssk_config *config, ssk_facts *out)
{
    const ssk_quiet *quiet = &silence->quiet;
    ssk_fact fact = {SSK_AS_SILENCE(.period = silence->period, .ended_by = how),
                     .dir = (uint8_t)dir,
                     .open = how == SSK_END_OPEN,
                     .flow_id = flow->id,
                     .frame_first = quiet->frame,
                     .frame_last = silence->end_frame,
                     .start = quiet->since,
                     .end = silence->end,
                     .samples = silence->samples,
                     .flags = (silence->inherited ? SSK_SILENCE_INHERITED : 0) |
                              (kept_sending(quiet) ? SSK_SILENCE_NEWS : 0) |
                              (quiet->owes_ack ? SSK_SILENCE_OWED_ACK : 0) |
                              (quiet->close_frame ? SSK_SILENCE_CLOSED : 0)};
    ssk_facts_add(out, &fact);
    owe(flow, dir, silence, how, config, out);
}

/* What nothing has ended by the end of the capture. */
static void report_open(const ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                        ssk_time_ns end, ssk_facts *out)
{
    const ssk_quiet *quiet = &flow->side[dir].quiet;
    if (quiet->since == SSK_TIME_NONE || quiet->orderly)
        return;
    ssk_period_origin origin;
    ssk_span_ns period = ssk_flow_period(flow, dir, config, &origin);
    ssk_silence silence = {.quiet = *quiet,
                           .end = end,
                           .period = period,
                           .inherited = origin.inherited,
                           .declared = origin.declared,
                           .samples = origin.samples,
                           .timer = ssk_flow_timer(flow, dir, config)};
    ssk_silence_end how = SSK_END_OPEN;
    /* That its host acknowledged the ping is no sign of the program that owes the answer. */
    bool host_alone = silence.timer == SSK_TIMER_ANSWERS && quiet->received;
    if (quiet->heard != SSK_TIME_NONE && !kept_sending(quiet) && !host_alone) {
        how = SSK_END_HEARD;
        silence.end = quiet->heard;
        silence.end_frame = quiet->heard_frame;
    } else if (quiet->close_frame) {
        how = SSK_END_CLOSE;
        silence.end = quiet->close;
        silence.end_frame = quiet->close_frame;
    }
    if (silence.end - quiet->since > ssk_flow_patience(flow, dir, period, config))
        report(flow, dir, &silence, how, config, out);
}

static ssk_silence_end end_by(const ssk_step *step, ssk_dir dir)
{
    const ssk_silence *ended = &step->ended[dir];
    bool waited = ended->quiet.retransmissions; /* then it comes in segments as large as can be */
    bool another = ended->timer == SSK_TIMER_LEARNED && !waited && step->dir == dir &&
                   is_another(&step->flow->side[dir], step->packet->payload_len);
    return another ? SSK_END_HEARD : SSK_END_MESSAGE;
}

static void on_step(void *unused, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    (void)unused;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (step->ended[dir].quiet.since != SSK_TIME_NONE)
            report(step->flow, dir, &step->ended[dir], end_by(step, dir), config, out);
}

static void on_close(const void *unused, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    (void)unused;
    report_open(flow, SSK_A, config, end, out);
    report_open(flow, SSK_B, config, end, out);
}

const ssk_meter ssk_meter_beat_debt = {
    .name = "beat-debt",
    .per_flow = true, /* all it needs stands in the flow */
    .heeds = SSK_SIGN_SILENCE,
    .on_step = on_step,
    .on_close = on_close,
};
