/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/limit.h"

#define PLACE(member) offsetof(ssk_result, member)

const ssk_limit ssk_limits[] = {
    {"flows_evicted", "flows",
     "closed early to make room (max_flows): a later silence on them is not seen",
     PLACE(limits.flows_evicted)},
    {"facts_dropped", "facts", "dropped at the limit (max_facts): stalls may be missing",
     PLACE(limits.facts_dropped)},
    {"log_lines_dropped", "log lines", "dropped", PLACE(limits.log_lines_dropped)},
    {"interfaces_dropped", "interfaces", "packets of interfaces that are not listed",
     PLACE(limits.interfaces_dropped)},
    {"addresses_dropped", "addresses", "Bonjour address records of hosts that have too many",
     PLACE(limits.addresses_dropped)},
    {"clock_steps_dropped", "clock steps", "left out: that clock steps again and again",
     PLACE(limits.clock_steps_dropped)},
    {"questions_dropped", "questions",
     "forgotten: too many pairs of hosts asked for names or the time",
     PLACE(limits.questions_dropped)},
    {NULL, "services", "left out", PLACE(services_dropped)},
    {NULL, NULL, NULL, 0},
};

uint64_t ssk_limit_count(const ssk_limit *limit, const ssk_result *result)
{
    return *(const uint64_t *)(const void *)((const char *)result + limit->place);
}
