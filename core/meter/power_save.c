/* power_save.c - stations that told their access point that they doze.
 *
 * Source: IEEE 802.11-2020, 9.2.4.1.7 (power management bit) and 11.2.3.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_power_save;

#define STATIONS 256

typedef struct state {
    unsigned used;
    struct {
        ssk_mac mac;
        ssk_fact doze;
    } station[STATIONS]; /* doze.kind 0: awake */
} state;

static void end_doze(ssk_fact *doze, ssk_facts *out)
{
    if (doze->end - doze->start >= SSK_LIMIT(DOZE_LEAST))
        ssk_facts_add(out, doze);
    doze->kind = 0;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_wlan *wlan = &step->packet->link.wlan;
    (void)config;
    /* The bit means it only in frames of a station to its access point. */
    if (!wlan->present || step->time == SSK_TIME_NONE || wlan->from_ds || wlan->type == 1)
        return;
    unsigned at = 0;
    while (at < s->used && memcmp(&s->station[at].mac, &wlan->transmitter, sizeof(ssk_mac)))
        at++;
    if (at == s->used) {
        if (s->used == STATIONS || !wlan->power_management)
            return;
        s->station[s->used++].mac = wlan->transmitter;
    }
    ssk_fact *doze = &s->station[at].doze;
    if (wlan->power_management && !doze->kind)
        *doze = (ssk_fact){.kind = SSK_FACT_POWER_SAVE,
                           .mac = wlan->transmitter,
                           .start = step->time,
                           .frame_first = step->packet->event->frame};
    if (!doze->kind)
        return;
    doze->end = step->time;
    doze->frame_last = step->packet->event->frame;
    if (!wlan->power_management)
        end_doze(doze, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    for (unsigned i = 0; i < s->used; i++) {
        ssk_fact doze = s->station[i].doze;
        if (!doze.kind)
            continue;
        doze.end = end;
        doze.open = true;
        end_doze(&doze, out);
    }
}

const ssk_meter ssk_meter_power_save = {
    .name = "power-save",
    .heeds = SSK_SIGN_WLAN,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
