/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/rule.h"

/* In the order in which they judge: each may read what those above it said. */
#define RULES(X)            \
    X(vantage)              \
    X(measurement)          \
    X(clock)                \
    X(stall)                \
    X(connect_stall)        \
    X(recovery)             \
    X(incident)             \
    X(cause)                \
    X(recurring)            \
    X(stale_address)        \
    X(udp)                  \
    X(connect_slow)         \
    X(duplicate_connection) \
    X(keepalive_risk)       \
    X(receiver_limited)     \
    X(resolver)             \
    X(group)                \
    X(udp_ports)            \
    X(claim)                \
    X(idle_close)           \
    X(key_exchange)

#define DECLARE(name) extern const ssk_rule ssk_rule_##name;
RULES(DECLARE)

#define ROW(name) &ssk_rule_##name,
const ssk_rule *const ssk_rules[] = {RULES(ROW) NULL};
