/* stale_address.c - somebody is sought at an address that nobody has.
 *
 * Where a neighbor does not resolve, no SYN is ever sent: unanswered ARP is
 * all there is to see of a connection that "connects" for minutes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_stale_address;

/** All questions of one asker for one address. */
typedef struct sought {
    const ssk_fact *first, *last; /* in the order of the facts */
    int64_t asked;
} sought;

static int by_host(gconstpointer a, gconstpointer b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    return memcmp(&x->host, &y->host, sizeof x->host);
}

/* Facts of one list, so that their places tell their order. */
static int by_pair(gconstpointer a, gconstpointer b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    int order = by_host(a, b);
    order = order ? order : memcmp(&x->peer, &y->peer, sizeof x->peer);
    return order ? order : (x > y) - (x < y);
}

static int by_first(gconstpointer a, gconstpointer b)
{
    const sought *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/** Sorted, not compared each with each: a scan asks for thousands of addresses.
 * @return of sought, in the order of their first questions */
static GArray *find_sought(const ssk_facts *facts)
{
    GPtrArray *questions = g_ptr_array_new();
    GArray *all = g_array_new(FALSE, FALSE, sizeof(sought));
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_ARP));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        if (!fact->arp.answered)
            g_ptr_array_add(questions, (gpointer)fact);
    g_ptr_array_sort(questions, by_pair);
    for (guint i = 0; i < questions->len; i++) {
        const ssk_fact *fact = questions->pdata[i];
        sought *now = all->len ? &g_array_index(all, sought, all->len - 1) : NULL;
        if (!now || by_host(&now->first, &fact) ||
            !ssk_addr_equal(&now->first->peer, &fact->peer)) {
            sought next = {.first = fact};
            g_array_append_val(all, next);
            now = &g_array_index(all, sought, all->len - 1);
        }
        now->last = fact;
        now->asked += fact->arp.questions;
    }
    g_ptr_array_free(questions, TRUE);
    g_array_sort(all, by_first);
    return all;
}

/** Facts of the hosts that were heard, by address. */
static GPtrArray *find_heard(const ssk_facts *facts)
{
    GPtrArray *heard = g_ptr_array_new();
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_HOST));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        g_ptr_array_add(heard, (gpointer)fact);
    g_ptr_array_sort(heard, by_host);
    return heard;
}

static bool was_heard(const GPtrArray *heard, const ssk_fact *host)
{
    return heard->len && bsearch(&host, heard->pdata, heard->len, sizeof *heard->pdata, by_host);
}

static void add_finding(ssk_result *result, const sought *s)
{
    char asker[SSK_TEXT_ROOM], target[SSK_TEXT_ROOM];
    uint32_t frames[2] = {s->first->frame_first, s->last->frame_last};
    char *text = g_strdup_printf(
        "%s asked %u times who has %s and nobody answered; that address was never heard in this "
        "capture. Queries for a peer that moved or left still go there.",
        ssk_addr_text(&s->first->peer, asker), (unsigned)s->asked,
        ssk_addr_text(&s->first->host, target));
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_STALE_ADDRESS,
                    "warning", text, NULL, 0, frames, 2);
    g_free(text);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *all = find_sought(facts);
    GPtrArray *heard = find_heard(facts);
    for (guint i = 0; i < all->len; i++) {
        const sought *s = &g_array_index(all, sought, i);
        if (s->asked >= SSK_LIMIT(ASKED_LEAST) && !was_heard(heard, s->first))
            add_finding(result, s);
    }
    g_ptr_array_free(heard, TRUE);
    g_array_free(all, TRUE);
}

const ssk_rule ssk_rule_stale_address = {
    .name = "stale-address",
    .source = "RFC 826; RFC 4861, 7.2.2",
    .judge = judge,
};
