/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_backlog, ssk_meter_connect, ssk_meter_keepalive,
    ssk_meter_silence, ssk_meter_udp_onoff;

const ssk_meter *const ssk_meters[] = {
    &ssk_meter_silence,
    &ssk_meter_backlog,
    &ssk_meter_connect,
    &ssk_meter_keepalive,
    &ssk_meter_udp_onoff,
    NULL,
};
