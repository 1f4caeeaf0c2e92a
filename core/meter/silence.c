/* silence.c - silences of a direction, and the close of a flow, as facts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_silence;

static void on_step(void *unused, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    (void)unused;
    (void)config;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (step->ended[dir].quiet.since != SSK_TIME_NONE)
            ssk_quiet_ended(step->flow, dir, &step->ended[dir], out);
}

static void on_close(const void *unused, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    (void)unused;
    ssk_quiet_open(flow, SSK_A, config, end, out);
    ssk_quiet_open(flow, SSK_B, config, end, out);
}

const ssk_meter ssk_meter_silence = {
    .name = "silence", .per_flow = true, /* all it needs stands in the flow */
    .heeds = SSK_SIGN_SILENCE,
    .on_step = on_step, .on_close = on_close,
};
