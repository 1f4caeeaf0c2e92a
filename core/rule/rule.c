/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_vantage, ssk_rule_measurement, ssk_rule_cause, ssk_rule_stall, ssk_rule_udp;
extern const ssk_rule ssk_rule_connect_stall, ssk_rule_recovery, ssk_rule_incident;
extern const ssk_rule ssk_rule_stale_address;

const ssk_rule *const ssk_rules[] = {
    &ssk_rule_vantage,
    &ssk_rule_measurement,
    &ssk_rule_stall,
    &ssk_rule_connect_stall,
    &ssk_rule_recovery,
    &ssk_rule_incident,
    &ssk_rule_cause,
    &ssk_rule_stale_address,
    &ssk_rule_udp,
    NULL,
};
