/* turn.c - whose stalls the report is of, once it is known what each capture shows.
 *
 * A host that loses its link, or its power, has no capture of what follows: the other one shows that it
 * is waited for. What only one of two captures shows of traffic that both stand on is told, and where
 * another one shows more than the base, the report becomes one of that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/view/inside.h"

/* Stalls of one capture that are compared; the first in the order of the report. */
#define SPANS 1024
/* Those that are told one by one. */
#define TOLD 8

/* When two hosts, as the base names them, had a stall: by the base's clock. */
typedef struct span {
    ssk_addr host[2];
    ssk_time_ns from, to;
    const ssk_result_stall *stall;
} span;

static bool name_hosts(const ssk_views *views, const ssk_other *other, bool in_base,
                       const ssk_result_flow *flow, span *ret)
{
    unsigned a;
    size_t n;
    ssk_ends ends = ssk_flow_ends(flow, SSK_A, &a);
    uint32_t number = ssk_scout_find(views->scouts[in_base ? views->base : other->view], &ends);
    if (number == SSK_SCOUT_NONE)
        return false;
    const ssk_twin *twin = in_base ? &other->ground->here[number] : &other->ground->there[number];
    if (twin->number == SSK_SCOUT_NONE && !twin->expected)
        return false; /* the other one could not see it */
    memcpy(ret->host, ends.addr, sizeof ret->host);
    if (!in_base && twin->number != SSK_SCOUT_NONE)
        memcpy(ret->host,
               ssk_scout_conversations(views->scouts[views->base], &n)[twin->number].ends.addr,
               sizeof ret->host);
    return true;
}

static size_t list_spans(const ssk_views *views, const ssk_other *other, const ssk_result *base,
                         bool in_base, span ret[SPANS])
{
    const ssk_result *result = in_base ? base : other->result;
    size_t n = 0;
    for (size_t i = 0; i < result->n_stalls && n < SPANS; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        span *s = &ret[n];
        s->stall = stall;
        s->from = in_base ? stall->start
                          : ssk_pace_here(&other->ground->pace, stall->frame_before, stall->start);
        if (!flow || s->from == SSK_TIME_NONE ||
            __builtin_add_overflow(s->from, stall->duration, &s->to))
            continue;
        n += name_hosts(views, other, in_base, flow, s);
    }
    return n;
}

static bool same_hosts(const span *a, const span *b)
{
    return (ssk_addr_equal(&a->host[0], &b->host[0]) && ssk_addr_equal(&a->host[1], &b->host[1])) ||
           (ssk_addr_equal(&a->host[0], &b->host[1]) && ssk_addr_equal(&a->host[1], &b->host[0]));
}

/* A stall between the same hosts fills at least half of it. */
static bool is_shown(const span *s, const span *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ssk_time_ns from = MAX(s->from, list[i].from), to = MIN(s->to, list[i].to);
        if (same_hosts(s, &list[i]) && to > from && to - from >= (s->to - s->from) / 2)
            return true;
    }
    return false;
}

static void tell_own(ssk_result *base, ssk_result_view *view, const span *s)
{
    if (!view->stalls)
        view->stalls = ssk_result_alloc(base, TOLD * sizeof *view->stalls);
    if (view->n_stalls < TOLD)
        view->stalls[view->n_stalls++] = (ssk_result_view_stall){
            .host = {s->host[0], s->host[1]},
            .start = s->from,
            .duration = s->stall->duration,
            .frame = s->stall->frame_before,
        };
    else
        view->stalls_more++;
}

/* How much longer the stalls are that only this capture shows than those that only the base shows. */
static ssk_span_ns weigh(const ssk_views *views, const ssk_other *other, ssk_result *base,
                         ssk_result_view *view)
{
    if (other->unrelated || !other->result->n_stalls)
        return 0;
    span *here = g_new(span, SPANS), *there = g_new(span, SPANS);
    size_t n_here = list_spans(views, other, base, true, here);
    size_t n_there = list_spans(views, other, base, false, there);
    ssk_span_ns ahead = 0;
    for (size_t i = 0; i < n_here; i++)
        if (!is_shown(&here[i], there, n_there))
            ahead = ssk_time_shifted(ahead, -here[i].stall->duration);
    for (size_t i = 0; i < n_there; i++)
        if (!is_shown(&there[i], here, n_here)) {
            ahead = ssk_time_shifted(ahead, there[i].stall->duration);
            tell_own(base, view, &there[i]);
        }
    g_free(here);
    g_free(there);
    return ahead;
}

void ssk_views_weigh(ssk_views *views, ssk_result *base)
{
    for (unsigned i = 0; i + 1 < views->n; i++)
        views->others[i].ahead = weigh(views, &views->others[i], base, &base->views[i]);
}

bool ssk_views_turn(ssk_views *views)
{
    const ssk_other *best = NULL;
    for (unsigned i = 0; i + 1 < views->n && !views->turned; i++)
        if (views->others[i].ahead > (best ? best->ahead : 0))
            best = &views->others[i];
    if (!best)
        return false;
    views->turned = true;
    ssk_views_stand(views, best->view);
    return true;
}
