/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/debt_usual.h"

#include <string.h>

#include "core/base/limits.h"

typedef struct service {
    ssk_addr addr;
    uint32_t port;
} service;

static guint hash(gconstpointer key)
{
    const service *s = key;
    guint value = s->port;
    for (size_t i = 0; i < sizeof s->addr.bytes; i++)
        value = value * 31 + s->addr.bytes[i];
    return value;
}

static gboolean equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(service)) == 0;
}

static service service_of(const ssk_result_flow *flow, ssk_dir dir)
{
    service s;
    memset(&s, 0, sizeof s);
    s.addr = flow->addr[dir];
    s.port = flow->port[dir];
    return s;
}

/** An answer; and of it and all that took longer, those that ended first and that began last. */
typedef struct answer {
    ssk_span_ns length;
    ssk_time_ns first_ends[SSK_LIMIT(USUAL_OTHERS)], last_starts[SSK_LIMIT(USUAL_OTHERS)];
} answer;

static void free_answers(gpointer answers)
{
    g_array_free(answers, TRUE);
}

static int by_length(gconstpointer a, gconstpointer b)
{
    const answer *x = a, *y = b;
    return (x->length < y->length) - (x->length > y->length);
}

/* Into a list of the least, the greatest at its end; the one that falls out is lost. */
static void keep_least(ssk_time_ns *list, ssk_time_ns time)
{
    for (int i = 0; i < SSK_LIMIT(USUAL_OTHERS); i++)
        if (time < list[i]) {
            ssk_time_ns next = list[i];
            list[i] = time;
            time = next;
        }
}

static void keep_greatest(ssk_time_ns *list, ssk_time_ns time)
{
    for (int i = 0; i < SSK_LIMIT(USUAL_OTHERS); i++)
        if (time > list[i]) {
            ssk_time_ns next = list[i];
            list[i] = time;
            time = next;
        }
}

/* Longest first, so that one lookup answers for all that are at least as long. */
static void order(GArray *answers)
{
    g_array_sort(answers, by_length);
    for (guint i = 0; i < answers->len; i++) {
        answer *now = &g_array_index(answers, answer, i);
        ssk_time_ns end = now->first_ends[0], start = now->last_starts[0];
        for (int k = 0; k < SSK_LIMIT(USUAL_OTHERS); k++) {
            now->first_ends[k] = i ? g_array_index(answers, answer, i - 1).first_ends[k]
                                   : INT64_MAX;
            now->last_starts[k] = i ? g_array_index(answers, answer, i - 1).last_starts[k]
                                    : INT64_MIN;
        }
        keep_least(now->first_ends, end);
        keep_greatest(now->last_starts, start);
    }
}

void ssk_usual_init(ssk_usual *usual, const ssk_facts *facts, const ssk_result *result)
{
    usual->services = g_hash_table_new_full(hash, equal, g_free, free_answers);
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        const ssk_result_flow *flow;
        if (fact->kind != SSK_FACT_DEBT || fact->debt.kind != SSK_DEBT_ANSWER ||
            !(flow = ssk_result_find_flow(result, fact->flow_id)))
            continue;
        service key = service_of(flow, fact->dir);
        GArray *answers = g_hash_table_lookup(usual->services, &key);
        if (!answers) {
            answers = g_array_new(FALSE, FALSE, sizeof(answer));
            g_hash_table_insert(usual->services, g_memdup2(&key, sizeof key), answers);
        }
        answer one = {.length = fact->end - fact->start,
                      .first_ends = {fact->end},
                      .last_starts = {fact->start}};
        g_array_append_val(answers, one);
    }
    GHashTableIter each;
    gpointer answers;
    g_hash_table_iter_init(&each, usual->services);
    while (g_hash_table_iter_next(&each, NULL, &answers))
        order(answers);
}

void ssk_usual_clear(ssk_usual *usual)
{
    g_hash_table_destroy(usual->services);
}

ssk_span_ns ssk_usual_least(const ssk_result *result, const ssk_result_flow *flow,
                            const ssk_fact *debt)
{
    ssk_span_ns least = flow->transport != SSK_TCP    ? 0
                        : debt->flags & SSK_DEBT_READ ? SSK_LIMIT(ANSWER_SLOW)
                                                      : SSK_LIMIT(TURN_SLOW);
    return MAX(least, result->config.min_gap);
}

bool ssk_usual_exceeds(const ssk_usual *usual, const ssk_result *result,
                       const ssk_result_flow *flow, const ssk_fact *debt)
{
    ssk_span_ns length = debt->end - debt->start;
    if (length < ssk_usual_least(result, flow, debt))
        return false;
    service key = service_of(flow, debt->dir);
    const GArray *answers = g_hash_table_lookup(usual->services, &key);
    guint low = 0, high = answers ? answers->len : 0;
    while (low < high) { /* the shortest that is long enough is the one before */
        guint middle = low + (high - low) / 2;
        if (g_array_index(answers, answer, middle).length >= length / 2)
            low = middle + 1;
        else
            high = middle;
    }
    unsigned others = 0;
    for (int k = 0; low && k < SSK_LIMIT(USUAL_OTHERS); k++) {
        const answer *last = &g_array_index(answers, answer, low - 1);
        others += last->first_ends[k] <= debt->start;
        others += last->last_starts[k] >= debt->end;
    }
    return others < SSK_LIMIT(USUAL_OTHERS);
}
