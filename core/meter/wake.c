/* wake.c - packets that woke the host which captured them, by Apple's word.
 *
 * Source: PKTAP header, PTH_FLAG_WAKE_PKT; pcapng option 0x8004.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/darwin.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_wake;

#define PTH_FLAG_WAKE_PKT 0x00100000u

static void on_step(void *unused, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    const ssk_event *event = step->packet->event;
    (void)unused;
    (void)config;
    bool woke = (step->packet->link.process_flags & PTH_FLAG_WAKE_PKT) ||
                (event->process && (event->process->flags & SSK_DARWIN_WAKE));
    if (!woke || step->time == SSK_TIME_NONE)
        return;
    ssk_fact fact = {.kind = SSK_FACT_WAKE,
                     .start = step->time,
                     .end = step->time,
                     .frame_first = event->frame,
                     .frame_last = event->frame};
    ssk_facts_add(out, &fact);
}

const ssk_meter ssk_meter_wake = {
    .name = "wake",
    .hears_copies = true,
    .heeds = SSK_SIGN_REMARK,
    .on_step = on_step,
};
