/* silence.c - silences of a direction, and the close of a flow, as facts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_silence;

/* So many of them, after a message was overdue, and the side "kept sending". */
#define NEWS_KEPT 3

static bool kept_sending(const ssk_quiet *quiet)
{
    return quiet->news_early || quiet->news >= NEWS_KEPT;
}

static void report(const ssk_flow *flow, ssk_dir dir, const ssk_silence *silence,
                   ssk_silence_end how, ssk_facts *out)
{
    const ssk_quiet *quiet = &silence->quiet;
    ssk_fact fact = {.kind = SSK_FACT_SILENCE,
                     .dir = (uint8_t)dir,
                     .open = how == SSK_END_OPEN,
                     .flow_id = flow->id,
                     .frame_first = quiet->frame,
                     .frame_last = silence->end_frame,
                     .start = quiet->since,
                     .end = silence->end,
                     .value = silence->period,
                     .extra = how,
                     .samples = silence->samples,
                     .flags = (silence->inherited ? SSK_SILENCE_INHERITED : 0) |
                              (silence->declared ? SSK_SILENCE_DECLARED : 0) |
                              (kept_sending(quiet) ? SSK_SILENCE_NEWS : 0) |
                              (quiet->retransmissions ? SSK_SILENCE_RETRANSMITTED : 0) |
                              (quiet->owes_ack ? SSK_SILENCE_OWED_ACK : 0) |
                              (quiet->close_frame ? SSK_SILENCE_CLOSED : 0)};
    ssk_facts_add(out, &fact);
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
                           .samples = origin.samples};
    ssk_silence_end how = SSK_END_OPEN;
    if (quiet->heard != SSK_TIME_NONE && !kept_sending(quiet)) {
        how = SSK_END_HEARD;
        silence.end = quiet->heard;
        silence.end_frame = quiet->heard_frame;
    } else if (quiet->close_frame) {
        how = SSK_END_CLOSE;
        silence.end = quiet->close;
        silence.end_frame = quiet->close_frame;
    }
    if (silence.end - quiet->since > ssk_flow_patience(flow, dir, period, config))
        report(flow, dir, &silence, how, out);
}

static void on_step(void *unused, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    (void)unused;
    (void)config;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (step->ended[dir].quiet.since != SSK_TIME_NONE)
            report(step->flow, dir, &step->ended[dir], SSK_END_MESSAGE, out);
}

static void on_close(const void *unused, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    (void)unused;
    report_open(flow, SSK_A, config, end, out);
    report_open(flow, SSK_B, config, end, out);
}

const ssk_meter ssk_meter_silence = {
    .name = "silence",
    .per_flow = true, /* all it needs stands in the flow */
    .heeds = SSK_SIGN_SILENCE,
    .on_step = on_step,
    .on_close = on_close,
};
