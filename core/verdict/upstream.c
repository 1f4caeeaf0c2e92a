/* upstream.c - a proxy is asked, asks its own server, and waits for that: two stalls, one cause.
 *
 * Source: RFC 9110, 15.6.5: a gateway that got no answer in time from the server it asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/upstream.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/cause.h"

/* Stalls in which one host waits that are asked for each that it makes. */
#define ASKED 32

static ssk_dir debtor_of(const ssk_result_stall *stall)
{
    return stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
}

/* It owes an answer, or its application's next message. */
static bool owes_words(const ssk_result_stall *stall)
{
    return stall->kind == SSK_STALL_ANSWER || stall->kind == SSK_STALL_SILENCE ||
           stall->kind == SSK_STALL_APP_SILENCE;
}

/* It asked as soon as it was asked, and got no answer for most of the time. */
static bool covers(const ssk_result *result, const ssk_result_stall *inner,
                   const ssk_result_stall *outer)
{
    ssk_time_ns begin = MAX(inner->start, outer->start),
                end = MIN(ssk_result_stall_end(result, inner), ssk_result_stall_end(result, outer));
    return ABS(inner->start - outer->start) <= SSK_LIMIT(ASKED_ON) &&
           2 * (end - begin) >= ssk_result_stall_end(result, outer) - outer->start;
}

/* The third host, and not the one that waits in the outer stall. */
static bool is_further(const ssk_result *result, const ssk_result_stall *inner,
                       const ssk_result_stall *outer)
{
    const ssk_result_flow *in = ssk_result_find_flow(result, inner->flow),
                          *out = ssk_result_find_flow(result, outer->flow);
    const ssk_addr *creditor = &out->addr[ssk_dir_other(debtor_of(outer))];
    return !ssk_result_flow_has(in, creditor);
}

/* All stalls, by the host that waits. */
static GHashTable *by_creditor(const ssk_result *result)
{
    GHashTable *waits = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL,
                                              (GDestroyNotify)g_array_unref);
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        gpointer host = (gpointer)&flow->addr[ssk_dir_other(debtor_of(stall))];
        GArray *list = g_hash_table_lookup(waits, host);
        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof(size_t));
            g_hash_table_insert(waits, host, list);
        }
        g_array_append_val(list, i);
    }
    return waits;
}

static const ssk_result_stall *inner_of(const ssk_result *result, GHashTable *waits,
                                        const ssk_result_stall *outer)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, outer->flow);
    const GArray *list = g_hash_table_lookup(waits, &flow->addr[debtor_of(outer)]);
    if (!owes_words(outer) || !list)
        return NULL;
    /* By start: begin where it may begin. */
    guint low = 0, high = list->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const ssk_result_stall *at = &result->stalls[g_array_index(list, size_t, middle)];
        if (at->start < outer->start - SSK_LIMIT(ASKED_ON))
            low = middle + 1;
        else
            high = middle;
    }
    for (guint i = low; i < list->len && i < low + ASKED; i++) {
        const ssk_result_stall *inner = &result->stalls[g_array_index(list, size_t, i)];
        if (inner != outer && covers(result, inner, outer) && is_further(result, inner, outer))
            return inner;
    }
    return NULL;
}

static void add_line(ssk_result *result, ssk_cause *cause, const char *text, bool against)
{
    const ssk_evidence **lines = against ? (const ssk_evidence **)&cause->against
                                         : (const ssk_evidence **)&cause->evidence;
    size_t *n = against ? &cause->n_against : &cause->n_evidence;
    ssk_evidence *copy = ssk_result_alloc(result, (*n + 1) * sizeof *copy);
    copy[0] = (ssk_evidence){.text = text};
    if (*n)
        memcpy(copy + 1, *lines, *n * sizeof *copy);
    *lines = copy;
    ++*n;
}

/* It speaks for a program that ran and had nothing to send, against one that did not run. */
static void say(ssk_result *result, ssk_result_stall *outer, const ssk_result_stall *inner)
{
    char who[SSK_TEXT_ROOM], whom[SSK_TEXT_ROOM];
    const ssk_result_flow *flow = ssk_result_find_flow(result, inner->flow);
    ssk_dir debtor = debtor_of(inner);
    const char *text = ssk_result_printf(result, "%s was itself waiting for %s, on flow %u",
                                         ssk_addr_text(&flow->addr[ssk_dir_other(debtor)], who),
                                         ssk_addr_text(&flow->addr[debtor], whom),
                                         (unsigned)inner->flow);
    for (size_t i = 0; i < outer->verdict.n_verdict; i++) {
        ssk_cause *cause = &outer->verdict.causes[i];
        if (cause->id == SSK_CAUSE_APP_WEDGED)
            add_line(result, cause, text, false);
        else if (cause->id == SSK_CAUSE_PROCESS_SUSPENDED)
            add_line(result, cause, text, true);
    }
}

void ssk_upstream_judge(ssk_result *result)
{
    GHashTable *waits = by_creditor(result);
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_result_stall *outer = &result->stalls[i];
        const ssk_result_stall *inner = inner_of(result, waits, outer);
        if (!inner || inner->waits_for == outer->id)
            continue;
        outer->waits_for = inner->id;
        say(result, outer, inner);
    }
    g_hash_table_destroy(waits);
}
