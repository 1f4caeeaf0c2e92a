/* incident_split.c - stalls of one incident that cannot have one cause are several incidents.
 *
 * Two contradict each other if all that one of them may be is ruled out by the other, of the same
 * host, or is the fault of a host that the other has nothing to do with: that nothing shows it is no
 * contradiction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/rule/incident_split.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/rule/stall_list.h"

/* Parts of one incident that another stall is held against: what fits none of so many is one by
 * itself. */
#define PARTS 64

typedef struct part {
    GArray *stalls;                 /* of uint32_t */
    const ssk_result_stall *speaks; /* the first whose cause is known; NULL */
} part;

static const ssk_addr *host_of(const ssk_result *result, const ssk_result_stall *stall,
                               ssk_side side)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    return side == SSK_SIDE_A ? &flow->addr[SSK_A] : side == SSK_SIDE_B ? &flow->addr[SSK_B] : NULL;
}

/* Of the same host, or both of the path? */
static bool is_same(const ssk_result *result, const ssk_result_stall *x, const ssk_cause *of_x,
                    const ssk_result_stall *y, const ssk_cause *of_y)
{
    const ssk_addr *here = host_of(result, x, of_x->side), *there = host_of(result, y, of_y->side);
    return of_x->id == of_y->id && (here && there ? ssk_addr_equal(here, there) : here == there);
}

static bool names(const ssk_result *result, const ssk_result_stall *x, const ssk_cause *cause,
                  const ssk_result_stall *y, bool ruled_out)
{
    const ssk_verdict *verdict = &y->verdict;
    size_t from = ruled_out ? verdict->n_verdict : 0,
           to = ruled_out ? verdict->n_causes : verdict->n_verdict;
    for (size_t i = from; i < to; i++)
        if (is_same(result, x, cause, y, &verdict->causes[i]))
            return true;
    return false;
}

/* The fault of a host that does not take part in y. */
static bool is_elsewhere(const ssk_result *result, const ssk_result_stall *x, const ssk_cause *of_x,
                         const ssk_result_stall *y)
{
    const ssk_addr *host = host_of(result, x, of_x->side);
    const ssk_result_flow *flow = ssk_result_find_flow(result, y->flow);
    return host && !ssk_result_flow_has(flow, host);
}

/* Whether all that x may be is the fault of somebody who does not take part in y. */
static bool is_foreign(const ssk_result *result, const ssk_result_stall *x,
                       const ssk_result_stall *y)
{
    for (size_t i = 0; i < x->verdict.n_verdict; i++)
        if (!is_elsewhere(result, x, &x->verdict.causes[i], y))
            return false;
    return x->verdict.n_verdict > 0;
}

/* Whether y rules out all that x may be. */
static bool denies(const ssk_result *result, const ssk_result_stall *y, const ssk_result_stall *x)
{
    for (size_t i = 0; i < x->verdict.n_verdict; i++) {
        const ssk_cause *cause = &x->verdict.causes[i];
        if (names(result, x, cause, y, false) || !names(result, x, cause, y, true))
            return false;
    }
    return true;
}

/* An attempt to connect takes the cause of the outage it lies in, or is its consequence; who waits for
 * another host goes with that. */
static bool has_say(const ssk_result_stall *stall)
{
    return stall->verdict.n_verdict && !stall->waits_for && stall->kind != SSK_STALL_CONNECT;
}

static bool contradict(const ssk_result *result, const ssk_result_stall *x,
                       const ssk_result_stall *y)
{
    return denies(result, x, y) || denies(result, y, x) || is_foreign(result, x, y) ||
           is_foreign(result, y, x);
}

/* A stall that says nothing goes with the first that may be its cause. */
static bool fits(const ssk_result *result, const part *to, const ssk_result_stall *stall)
{
    if (!to->speaks)
        return true;
    return has_say(stall) ? !contradict(result, to->speaks, stall)
                          : !is_foreign(result, to->speaks, stall);
}

static ssk_result_stall *stall_of(ssk_result *result, uint32_t id)
{
    return id && id <= result->n_stalls && result->stalls[id - 1].id == id ? &result->stalls[id - 1]
                                                                           : NULL;
}

/* @return parts->len: none has it */
static guint part_of(const GArray *parts, uint32_t stall)
{
    for (guint i = 0; i < parts->len; i++) {
        const GArray *stalls = g_array_index(parts, part, i).stalls;
        for (guint k = 0; k < stalls->len; k++)
            if (g_array_index(stalls, uint32_t, k) == stall)
                return i;
    }
    return parts->len;
}

static void put(const ssk_result *result, GArray *parts, const ssk_result_stall *stall)
{
    guint asked = MIN(parts->len, PARTS),
          at = stall->waits_for ? part_of(parts, stall->waits_for) : 0;
    while (at < asked && !stall->waits_for && !fits(result, &g_array_index(parts, part, at), stall))
        at++;
    if (at >= asked) {
        part fresh = {.stalls = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
        at = parts->len;
        g_array_append_val(parts, fresh);
    }
    part *home = &g_array_index(parts, part, at);
    g_array_append_val(home->stalls, stall->id);
    if (!home->speaks && has_say(stall))
        home->speaks = stall;
}

/* Of the two of the first stall the one that all have, the silent one rather. */
static ssk_addr host_of_all(ssk_result *result, const ssk_result_incident *row)
{
    const ssk_result_stall *first = stall_of(result, row->stalls[0]);
    const ssk_result_flow *flow = ssk_result_find_flow(result, first->flow);
    ssk_dir silent = first->direction == SSK_SIDE_B ? SSK_B : SSK_A;
    bool shared = true;
    for (size_t i = 1; i < row->n_stalls; i++)
        shared &= ssk_result_flow_has(
            ssk_result_find_flow(result, stall_of(result, row->stalls[i])->flow),
            &flow->addr[silent]);
    return flow->addr[shared ? silent : ssk_dir_other(silent)];
}

static ssk_result_incident row_of(ssk_result *result, const GArray *stalls)
{
    ssk_result_incident row = {.n_stalls = stalls->len};
    bool open = false;
    row.stalls = ssk_result_alloc(result, stalls->len * sizeof(uint32_t));
    memcpy(row.stalls, stalls->data, stalls->len * sizeof(uint32_t));
    for (guint i = 0; i < stalls->len; i++) {
        const ssk_result_stall *stall = stall_of(result, row.stalls[i]);
        row.start = i ? MIN(row.start, stall->start) : stall->start;
        row.end = i ? MAX(row.end, ssk_result_stall_end(result, stall))
                    : ssk_result_stall_end(result, stall);
        open |= stall->end == SSK_TIME_NONE;
    }
    if (open)
        row.end = SSK_TIME_NONE;
    row.host = host_of_all(result, &row);
    return row;
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const ssk_result_incident *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->stalls[0] > y->stalls[0]) - (x->stalls[0] < y->stalls[0]);
}

static void split(ssk_result *result, const ssk_result_incident *whole, GArray *rows)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(part));
    for (int waiting = 0; waiting < 2; waiting++)
        for (size_t i = 0; i < whole->n_stalls; i++) {
            const ssk_result_stall *stall = stall_of(result, whole->stalls[i]);
            if (stall && (stall->waits_for != 0) == waiting)
                put(result, parts, stall);
        }
    for (guint i = 0; i < parts->len; i++) {
        GArray *stalls = g_array_index(parts, part, i).stalls;
        ssk_result_incident row = parts->len == 1 ? *whole : row_of(result, stalls);
        g_array_append_val(rows, row);
        g_array_free(stalls, TRUE);
    }
    g_array_free(parts, TRUE);
}

void ssk_incidents_split(ssk_result *result)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ssk_result_incident));
    for (size_t i = 0; i < result->n_incidents; i++)
        split(result, &result->incidents[i], rows);
    if (rows->len > result->n_incidents) {
        g_array_sort(rows, by_start);
        result->n_incidents = rows->len;
        result->incidents = ssk_result_alloc(result, rows->len * sizeof *result->incidents);
        memcpy(result->incidents, rows->data, rows->len * sizeof *result->incidents);
        for (size_t i = 0; i < result->n_incidents; i++) {
            ssk_result_incident *row = &result->incidents[i];
            row->id = (uint32_t)i + 1;
            for (size_t k = 0; k < row->n_stalls; k++)
                stall_of(result, row->stalls[k])->incident = row->id;
        }
    }
    g_array_free(rows, TRUE);
}
