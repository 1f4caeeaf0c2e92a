/* group.c - group traffic that nobody joined, and groups that stay empty.
 *
 * A report that is not seen proves little: a switch that snoops passes reports
 * on to the querier alone. So "unjoined" needs a querier that asked while the
 * data flowed, and reports for other groups that did come by here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_group;

/* Groups that hosts never report, or join whether or not anyone sends. */
static bool is_well_known(const ssk_addr *group)
{
    const uint8_t *b = group->bytes;
    if (group->family == 4) /* RFC 5771, sections 4 and 5; RFC 2365, section 9: SSDP, SLP */
        return (b[0] == 224 && b[1] == 0 && b[2] <= 1) ||
               (b[0] == 239 && b[1] == 255 && b[2] == 255);
    bool transient = b[1] & 0x10; /* RFC 4291, section 2.7 */
    return !transient || (b[1] & 0x0f) <= 2;
}

static const ssk_fact *queries_of(const ssk_fact *list, size_t n, uint8_t family)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == SSK_FACT_GROUP_QUERIES && list[i].host.family == family)
            return &list[i];
    return NULL;
}

static void judge_unjoined(ssk_result *result, const ssk_fact *group, const ssk_fact *queries)
{
    if (group->group.reports || group->group.datagrams < SSK_LIMIT(GROUP_DATAGRAMS_LEAST) ||
        !queries || !queries->queries.queries || !queries->queries.reports ||
        queries->start + SSK_LIMIT(GROUP_RESPONSE) > group->end || queries->end < group->start)
        return;
    char addr[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(
        result,
        "%" G_GINT64_FORMAT " datagrams went to %s, a querier asked who wants groups, reports for "
        "other groups came, none for this one: a snooping switch will stop passing it on",
        group->group.datagrams, ssk_addr_text(&group->host, addr));
    uint32_t frames[3] = {group->frame_first, queries->frame_first, group->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_MULTICAST_UNJOINED,
                    "warning", text, NULL, 0, frames, 3);
}

static void judge_empty(ssk_result *result, const ssk_fact *group)
{
    if (!group->group.reports || group->group.datagrams ||
        group->end - group->start < SSK_LIMIT(GROUP_EMPTY_LEAST))
        return;
    char addr[SSK_TEXT_ROOM], waited[SSK_TEXT_ROOM];
    const char *text =
        ssk_result_printf(result,
                          "%s was joined (%" G_GINT64_FORMAT
                          " reports), but nothing was sent to it in the %s that followed",
                          ssk_addr_text(&group->host, addr), group->group.reports,
                          ssk_span_text(group->end - group->start, waited));
    uint32_t frames[2] = {group->frame_first, group->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_MULTICAST_NO_SEND,
                    "note", text, NULL, 0, frames, frames[0] == frames[1] ? 1 : 2);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != SSK_FACT_GROUP || is_well_known(&list[i].host))
            continue;
        judge_unjoined(result, &list[i], queries_of(list, n, list[i].host.family));
        judge_empty(result, &list[i]);
    }
}

const ssk_rule ssk_rule_group = {
    .name = "group",
    .source = "RFC 2236; RFC 3376; RFC 2710; RFC 3810; RFC 4541",
    .judge = judge,
};
