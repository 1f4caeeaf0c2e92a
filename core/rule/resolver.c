/* resolver.c - names asked past the usual resolver, not answered, or slowly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_resolver;

static bool is_of(const ssk_fact *fact, const ssk_fact *like)
{
    return fact->kind == SSK_FACT_DNS && ssk_addr_equal(&fact->host, &like->host) &&
           fact->peer.family == like->peer.family;
}

/* What DHCP gave this client, or gave without saying to whom. */
static bool offered(const ssk_fact *list, size_t n, const ssk_addr *client,
                    const ssk_addr *resolver, bool *ret_any)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != SSK_FACT_DNS_OFFER ||
            (list[i].host.family && !ssk_addr_equal(&list[i].host, client)))
            continue;
        *ret_any = true;
        found = found || ssk_addr_equal(&list[i].peer, resolver);
    }
    return found;
}

static void judge_choice(ssk_result *result, const ssk_fact *list, size_t n, const ssk_fact *asked)
{
    int64_t total = 0;
    bool by_dhcp = false;
    const ssk_fact *usual = NULL;
    if (!asked->names.chosen || offered(list, n, &asked->host, &asked->peer, &by_dhcp))
        return;
    for (size_t i = 0; i < n; i++) {
        if (!is_of(&list[i], asked))
            continue;
        bool any = false;
        total += list[i].names.chosen;
        if (by_dhcp ? offered(list, n, &asked->host, &list[i].peer, &any)
                    : !usual || list[i].names.chosen > usual->names.chosen)
            usual = &list[i];
    }
    if (!by_dhcp &&
        (!usual || usual == asked || usual->names.chosen < SSK_LIMIT(RESOLVER_USUAL_LEAST) ||
         (int64_t)usual->names.chosen * 1000 < total * SSK_LIMIT(RESOLVER_USUAL_PERMILLE)))
        return;
    char who[SSK_TEXT_ROOM], other[SSK_TEXT_ROOM], expected[SSK_TEXT_ROOM], names[SSK_TEXT_ROOM];
    const char *text =
        ssk_result_printf(result,
                          by_dhcp ? "%s asked %s for %s, past the resolver that DHCP gave%s%s"
                                  : "%s asked %s for %s, past its usual resolver%s%s",
                          ssk_addr_text(&asked->host, who), ssk_addr_text(&asked->peer, other),
                          ssk_count_text((uint64_t)asked->names.chosen, "name", "names", names),
                          usual ? " " : "", usual ? ssk_addr_text(&usual->peer, expected) : "");
    uint32_t frames[2] = {asked->frame_first, asked->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_DNS_OTHER_RESOLVER,
                    "note", text, NULL, 0, frames, frames[0] == frames[1] ? 1 : 2);
}

static void judge_answers(ssk_result *result, const ssk_fact *asked)
{
    int64_t total = (int64_t)asked->names.chosen + asked->names.also;
    int64_t unanswered = asked->names.unanswered;
    if (unanswered < SSK_LIMIT(UNANSWERED_LEAST) ||
        unanswered * 1000 < total * SSK_LIMIT(UNANSWERED_PERMILLE) ||
        ssk_finding_in_hole(result, asked->start, asked->end))
        return;
    char who[SSK_TEXT_ROOM], resolver[SSK_TEXT_ROOM], names[SSK_TEXT_ROOM];
    ssk_addr_text(&asked->host, who);
    ssk_addr_text(&asked->peer, resolver);
    ssk_count_text((uint64_t)total, "name", "names", names);
    const char *text = asked->flags & SSK_DNS_NO_ANSWER
                           ? ssk_result_printf(result, "%s asked %s for %s, and none was answered",
                                               who, resolver, names)
                           : ssk_result_printf(result,
                                               "%s asked %s for %s; %" G_GINT64_FORMAT
                                               " never got an answer",
                                               who, resolver, names, unanswered);
    uint32_t frames[2] = {asked->frame_first, asked->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_DNS_OTHER_RESOLVER,
                    "warning", text, NULL, 0, frames, 2);
}

/* Is it the question that was asked again, of which judge_late() tells? */
static bool is_told_as_late(const ssk_fact *list, size_t n, const ssk_fact *slowest)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == SSK_FACT_DNS_LATE && ssk_addr_equal(&list[i].host, &slowest->host) &&
            ssk_addr_equal(&list[i].peer, &slowest->peer) &&
            list[i].late.longest >= slowest->slowest.took)
            return true;
    return false;
}

static void judge_slowest(ssk_result *result, const ssk_fact *list, size_t n,
                          const ssk_fact *slowest)
{
    if (slowest->slowest.took < SSK_LIMIT(RESOLVER_SLOW) || is_told_as_late(list, n, slowest) ||
        ssk_finding_in_hole(result, slowest->start, slowest->end))
        return;
    char who[SSK_TEXT_ROOM], resolver[SSK_TEXT_ROOM], took[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(result, "%s waited %s for an answer from the resolver %s",
                                         ssk_addr_text(&slowest->host, who),
                                         ssk_span_text(slowest->slowest.took, took),
                                         ssk_addr_text(&slowest->peer, resolver));
    uint32_t frames[2] = {slowest->frame_first, slowest->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_DNS_OTHER_RESOLVER,
                    "note", text, NULL, 0, frames, 2);
}

/* Its stub resolver waited out its timeout; once may be one lost datagram. */
static void judge_late(ssk_result *result, const ssk_fact *late)
{
    if (late->late.longest < SSK_LIMIT(RESOLVER_SLOW) ||
        ssk_finding_in_hole(result, late->start, late->end))
        return;
    char who[SSK_TEXT_ROOM], resolver[SSK_TEXT_ROOM], took[SSK_TEXT_ROOM], names[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(
        result,
        "%s had to ask the resolver %s twice or more for %s before it was answered, and waited up to "
        "%s",
        ssk_addr_text(&late->host, who), ssk_addr_text(&late->peer, resolver),
        ssk_count_text((uint64_t)late->late.names, "name", "names", names),
        ssk_span_text(late->late.longest, took));
    uint32_t frames[2] = {late->frame_first, late->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_DNS_ANSWER_LATE,
                    late->late.names >= SSK_LIMIT(LATE_OFTEN) ? "warning" : "note", text, NULL, 0,
                    frames, 2);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind == SSK_FACT_DNS) {
            judge_choice(result, list, n, &list[i]);
            judge_answers(result, &list[i]);
        } else if (list[i].kind == SSK_FACT_DNS_SLOWEST) {
            judge_slowest(result, list, n, &list[i]);
        } else if (list[i].kind == SSK_FACT_DNS_LATE) {
            judge_late(result, &list[i]);
        }
    }
}

const ssk_rule ssk_rule_resolver = {
    .name = "resolver",
    .source = "RFC 1035; RFC 2132, 3.8; RFC 1123, 6.1.3.3",
    .judge = judge,
};
