/* duplicate_connection.c - one device, or one pair of peers, connected twice.
 *
 * Two live connections of one client to one server on which the client gave
 * the same identifier; or two peers that found each other by Bonjour and both
 * connected, each to the other's service.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_duplicate_connection;

static int by_flow(gconstpointer a, gconstpointer b)
{
    const ssk_result_stall *x = *(const ssk_result_stall *const *)a,
                           *y = *(const ssk_result_stall *const *)b;
    return (x->flow > y->flow) - (x->flow < y->flow);
}

static GPtrArray *stalls_by_flow(const ssk_result *result)
{
    GPtrArray *stalls = g_ptr_array_new();
    for (size_t i = 0; i < result->n_stalls; i++)
        g_ptr_array_add(stalls, &result->stalls[i]);
    g_ptr_array_sort(stalls, by_flow);
    return stalls;
}

static bool silent_at(const GPtrArray *stalls, uint32_t flow, ssk_time_ns at)
{
    guint low = 0, high = stalls->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (((const ssk_result_stall *)stalls->pdata[middle])->flow < flow)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < stalls->len; low++) {
        const ssk_result_stall *stall = stalls->pdata[low];
        if (stall->flow != flow)
            break;
        if (stall->start <= at && (stall->end == SSK_TIME_NONE || stall->end >= at))
            return true;
    }
    return false;
}

static void tell(ssk_result *result, const char *text, uint32_t first, uint32_t second,
                 uint32_t first_frame, uint32_t second_frame)
{
    uint32_t flows[2] = {first, second}, frames[2] = {first_frame, second_frame};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_DUPLICATE_CONNECTION,
                    "warning", text, flows, 2, frames, 2);
}

/* ---- one identifier ---- */

static int by_word(const void *a, const void *b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    if (x->identity.hash != y->identity.hash)
        return x->identity.hash < y->identity.hash ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->flow_id > y->flow_id) - (x->flow_id < y->flow_id);
}

static bool are_duplicates(const ssk_result *result, const GPtrArray *stalls, const ssk_fact *first,
                           const ssk_fact *second)
{
    const ssk_result_flow *a = ssk_result_find_flow(result, first->flow_id);
    const ssk_result_flow *b = ssk_result_find_flow(result, second->flow_id);
    if (!a || !b || a == b || a->port[SSK_B] != b->port[SSK_B] ||
        !ssk_addr_equal(&a->addr[SSK_B], &b->addr[SSK_B]))
        return false;
    /* Another address may be another device of the same make; a UUID is nobody else's. */
    if (!(first->flags & SSK_IDENTITY_UUID) && !ssk_addr_equal(&a->addr[SSK_A], &b->addr[SSK_A]))
        return false;
    ssk_time_ns end = MIN(first->end, second->end);
    return end - second->start >= SSK_LIMIT(OVERLAP_LEAST) &&
           !silent_at(stalls, a->id, second->start);
}

static void judge_words(const ssk_facts *facts, ssk_result *result)
{
    GPtrArray *words = g_ptr_array_new();
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_IDENTITY));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        g_ptr_array_add(words, (gpointer)fact);
    if (words->len)
        qsort(words->pdata, words->len, sizeof *words->pdata, by_word);
    GPtrArray *stalls = stalls_by_flow(result);
    uint32_t told[2] = {0, 0};
    for (guint i = 0; i + 1 < words->len; i++) {
        const ssk_fact *first = words->pdata[i], *second = words->pdata[i + 1];
        if (first->identity.hash != second->identity.hash ||
            !are_duplicates(result, stalls, first, second) ||
            (told[0] == first->flow_id && told[1] == second->flow_id))
            continue;
        told[0] = first->flow_id;
        told[1] = second->flow_id;
        char who[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM];
        const ssk_result_flow *flow = ssk_result_find_flow(result, first->flow_id);
        tell(
            result,
            ssk_result_printf(result,
                              "%s has two live connections to one server, introduced with the same "
                              "identifier, for %s at least",
                              ssk_addr_text(&flow->addr[SSK_A], who),
                              ssk_span_text(MIN(first->end, second->end) - second->start, span)),
            first->flow_id, second->flow_id, first->frame_first, second->frame_first);
    }
    g_ptr_array_unref(stalls);
    g_ptr_array_unref(words);
}

/* ---- each to the other's service ---- */

/* Bytes alone: a key must have no padding. */
typedef struct place {
    ssk_addr addr;
    uint8_t port[2];
} place;

typedef struct ends {
    ssk_addr from, to;
} ends;

static place place_of(const ssk_addr *addr, uint16_t port)
{
    return (place){*addr, {(uint8_t)(port >> 8), (uint8_t)port}};
}

static guint place_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(place));
}

static gboolean place_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(place)) == 0;
}

static guint ends_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(ends));
}

static gboolean ends_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(ends)) == 0;
}

/* Where which type of service was announced. */
static GHashTable *list_places(const ssk_result *result)
{
    GHashTable *places = g_hash_table_new_full(place_hash, place_equal, g_free, NULL);
    for (size_t i = 0; i < result->n_services; i++) {
        const ssk_result_service *service = &result->services[i];
        for (size_t k = 0; service->has_port && k < service->n_addresses; k++) {
            place at = place_of(&service->addresses[k], service->port);
            g_hash_table_insert(places, g_memdup2(&at, sizeof at), (gpointer)service->type);
        }
    }
    return places;
}

static void judge_pair(ssk_result *result, const ssk_result_flow *first,
                       const ssk_result_flow *second, const char *type)
{
    if (MIN(first->last, second->last) - MAX(first->first, second->first) <
        SSK_LIMIT(OVERLAP_LEAST))
        return;
    char one[SSK_TEXT_ROOM], other[SSK_TEXT_ROOM];
    char *safe = ssk_text_safe(type, 80);
    tell(result,
         ssk_result_printf(
             result, "%s and %s both offer %s and are connected twice, each to the other's service",
             ssk_addr_text(&first->addr[SSK_A], one), ssk_addr_text(&first->addr[SSK_B], other),
             safe),
         first->id, second->id, first->first_frame, second->first_frame);
    g_free(safe);
}

/* Each flow against the latest of the same two peers the other way round. */
static void judge_pairs(ssk_result *result)
{
    if (!result->n_services)
        return;
    GHashTable *places = list_places(result);
    GHashTable *latest = g_hash_table_new_full(ends_hash, ends_equal, g_free, NULL);
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        place at = place_of(&flow->addr[SSK_B], flow->port[SSK_B]);
        const char *type = flow->transport == SSK_TCP ? g_hash_table_lookup(places, &at) : NULL;
        if (!type || flow->first == SSK_TIME_NONE || flow->last == SSK_TIME_NONE)
            continue;
        ends there = {flow->addr[SSK_A], flow->addr[SSK_B]}, back = {there.to, there.from};
        const ssk_result_flow *other = g_hash_table_lookup(latest, &back);
        if (other) {
            place from = place_of(&other->addr[SSK_B], other->port[SSK_B]);
            const char *others_type = g_hash_table_lookup(places, &from);
            if (others_type && strcmp(type, others_type) == 0)
                judge_pair(result, other, flow, type);
        }
        g_hash_table_replace(latest, g_memdup2(&there, sizeof there), (gpointer)flow);
    }
    g_hash_table_destroy(latest);
    g_hash_table_destroy(places);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    judge_words(facts, result);
    judge_pairs(result);
}

const ssk_rule ssk_rule_duplicate_connection = {
    .name = "duplicate-connection",
    .source = "Apple Developer Forums: two providers at once",
    .judge = judge,
};
