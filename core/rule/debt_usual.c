/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/debt_usual.h"

#include <string.h>

/* A server may take so long for a page, a login or a search without being silent. */
#define ANSWER_LEAST (5 * SSK_S)
/* ... and twice as long where only the turns of the two say that it was a request. */
#define UNREADABLE_LEAST (10 * SSK_S)
/* So many other answers that took at least half as long make it usual. Those of the same time do
 * not count: where a server hangs, all its clients wait. */
#define OTHERS 4

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

static void free_answers(gpointer answers)
{
    g_array_free(answers, TRUE);
}

void ssk_usual_init(ssk_usual *usual, const ssk_facts *facts, const ssk_result *result)
{
    usual->services = g_hash_table_new_full(hash, equal, g_free, free_answers);
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        const ssk_result_flow *flow;
        if (fact->kind != SSK_FACT_DEBT || fact->value != SSK_DEBT_ANSWER ||
            !(flow = ssk_result_find_flow(result, fact->flow_id)))
            continue;
        service key = service_of(flow, fact->dir);
        GArray *answers = g_hash_table_lookup(usual->services, &key);
        if (!answers) {
            answers = g_array_new(FALSE, FALSE, sizeof(const ssk_fact *));
            g_hash_table_insert(usual->services, g_memdup2(&key, sizeof key), answers);
        }
        g_array_append_val(answers, fact);
    }
}

void ssk_usual_clear(ssk_usual *usual)
{
    g_hash_table_destroy(usual->services);
}

bool ssk_usual_exceeds(const ssk_usual *usual, const ssk_result *result,
                       const ssk_result_flow *flow, const ssk_fact *debt)
{
    ssk_span_ns length = debt->end - debt->start;
    ssk_span_ns least = flow->transport != SSK_TCP    ? 0
                        : debt->flags & SSK_DEBT_READ ? ANSWER_LEAST
                                                      : UNREADABLE_LEAST;
    least = MAX(least, result->config.min_gap);
    if (length < least)
        return false;
    service key = service_of(flow, debt->dir);
    const GArray *answers = g_hash_table_lookup(usual->services, &key);
    unsigned others = 0;
    for (guint i = 0; answers && i < answers->len; i++) {
        const ssk_fact *other = g_array_index(answers, const ssk_fact *, i);
        bool at_once = other->start < debt->end && debt->start < other->end;
        others += !at_once && other->end - other->start >= length / 2;
    }
    return others < OTHERS;
}
