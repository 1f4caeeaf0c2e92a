/* bursts.c - the on-phases of datagrams, frame by frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/bursts.h"

#include <glib.h>

#include "core/udp/onoff.h"

/** Interfaces that are told apart; the ones beyond share the last. */
#define VIEWS 2

/** What one interface captured of a flow. */
typedef struct view {
    unsigned interface;
    ssk_span_ns last; /**< by the pattern's own clock */
    ssk_burst now;    /**< .number 0: no datagram yet */
} view;

typedef struct pattern {
    ssk_dir dir;
    ssk_span_ns cut;   /**< a longer gap is a pause */
    bool by_numbers;   /**< else by gaps */
    unsigned rungs;    /**< more of them missing is a pause; ssk_onoff_rungs() */
    ssk_span_ns clock; /**< all gaps so far */
    view views[VIEWS];
} pattern;

struct ssk_bursts {
    GHashTable *patterns; /**< flow -> pattern *, owned */
    GArray *list;         /**< ssk_burst, by order */
};

ssk_bursts *ssk_bursts_new(const ssk_result *result)
{
    ssk_bursts *bursts = NULL;

    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (!udp->has_on_off)
            continue;
        if (!bursts) {
            bursts = g_new0(ssk_bursts, 1);
            bursts->patterns = g_hash_table_new_full(NULL, NULL, NULL, g_free);
            bursts->list = g_array_new(FALSE, FALSE, sizeof(ssk_burst));
        }
        pattern *p = g_new0(pattern, 1);
        p->dir = udp->direction;
        p->by_numbers = udp->on_off.missing != 0;
        p->rungs = ssk_onoff_rungs(udp->on_off.missing);
        p->cut = ssk_onoff_cut(udp->threshold, result->config.udp_off != 0);
        g_hash_table_insert(bursts->patterns, GUINT_TO_POINTER(udp->flow), p);
    }
    return bursts;
}

void ssk_bursts_free(ssk_bursts *bursts)
{
    if (!bursts)
        return;
    g_hash_table_destroy(bursts->patterns);
    g_array_free(bursts->list, TRUE);
    g_free(bursts);
}

static view *view_of(pattern *p, unsigned interface)
{
    unsigned i = 0;

    while (i < VIEWS - 1 && p->views[i].now.number && p->views[i].interface != interface)
        i++;
    p->views[i].interface = interface;
    return &p->views[i];
}

void ssk_bursts_add(ssk_bursts *bursts, uint32_t order, uint32_t flow, ssk_dir dir,
                    unsigned interface, ssk_span_ns gap, unsigned rungs, uint32_t bytes)
{
    pattern *p = g_hash_table_lookup(bursts->patterns, GUINT_TO_POINTER(flow));

    if (!p || p->dir != dir)
        return;
    /* A clock that steps back and forth by decades: the gaps forward add up beyond int64. */
    if (gap > 0 && __builtin_add_overflow(p->clock, gap, &p->clock))
        p->clock = INT64_MAX;
    view *v = view_of(p, interface);
    ssk_burst *now = &v->now;
    ssk_span_ns since = p->clock - v->last;
    now->starts = now->number && (p->by_numbers ? rungs > p->rungs : since > p->cut);
    if (now->starts || !now->number) {
        now->before = now->bytes;
        now->bytes = 0;
        now->off_before = now->starts ? since : 0;
        now->number++;
    }
    now->order = order;
    now->bytes += bytes;
    v->last = p->clock;
    g_array_append_val(bursts->list, *now);
}

const ssk_burst *ssk_bursts_find(const ssk_bursts *bursts, uint32_t order)
{
    guint low = 0, high = bursts ? bursts->list->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const ssk_burst *burst = &g_array_index(bursts->list, ssk_burst, middle);
        if (burst->order == order)
            return burst;
        if (burst->order < order)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
