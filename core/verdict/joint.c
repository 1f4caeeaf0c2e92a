/* joint.c - one outage has one cause, whatever number of stalls it makes.
 *
 * Only causes that all connections of the two hosts suffer from are shared: by the table, those that
 * do not foretell that others go on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/joint.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/verdict/hypothesis.h"

/* Stalls of the same two hosts that are asked for each of them. */
#define PARTNERS 32

typedef struct joint {
    ssk_result *result;
    bool shared[SSK_N_CAUSES];
    ssk_verdict *alone; /* of each stall, as it was judged by itself */
    bool *outage;       /* may others share it? */
} joint;

typedef struct set {
    ssk_cause causes[SSK_HYPOTHESES];
    size_t n;
} set;

static void read_table(joint *j)
{
    for (size_t row = 0; row < ssk_n_hypotheses; row++) {
        const ssk_hypothesis *h = &ssk_hypotheses[row];
        ssk_cell others = ssk_judge_cell(&ssk_stall_table, row, SSK_OBS_SAME_HOSTS);
        if (h->place == SSK_PLACE_SILENT || others == SSK_CELL_MUST || others == SSK_CELL_LIKELY)
            continue;
        j->shared[h->at_client] = j->shared[h->at_server] = true;
    }
}

static bool is_shared(const joint *j, const ssk_cause *cause)
{
    return j->shared[cause->id];
}

/* Known, and nothing in it that concerns one connection alone. */
static bool is_outage(const joint *j, size_t stall)
{
    const ssk_verdict *verdict = &j->alone[stall];
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (!is_shared(j, &verdict->causes[i]))
            return false;
    return verdict->n_verdict > 0 && j->result->stalls[stall].kind != SSK_STALL_CONNECT;
}

static ssk_time_ns end_of(const joint *j, size_t i)
{
    return ssk_result_stall_end(j->result, &j->result->stalls[i]);
}

/* Between the same two hosts? @param[out] ret_swapped sides A and B change places */
static bool same_two(const joint *j, size_t one, size_t other, bool *ret_swapped)
{
    const ssk_result_flow *x = ssk_result_find_flow(j->result, j->result->stalls[one].flow),
                          *y = ssk_result_find_flow(j->result, j->result->stalls[other].flow);
    *ret_swapped = !ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_A]);
    return *ret_swapped ? ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_B]) &&
                              ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_A])
                        : ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_B]);
}

/* An attempt lies inside an outage; others have most of their time in common with it. */
static bool is_inside(const joint *j, size_t one, size_t outage)
{
    const ssk_result_stall *stall = &j->result->stalls[one], *o = &j->result->stalls[outage];
    ssk_time_ns begin = MAX(stall->start, o->start), end = MIN(end_of(j, one), end_of(j, outage));
    ssk_span_ns shorter = MIN(end_of(j, one) - stall->start, end_of(j, outage) - o->start);
    if (stall->kind == SSK_STALL_CONNECT) {
        ssk_time_ns over = o->cause_end != SSK_TIME_NONE ? o->cause_end : end_of(j, outage);
        return stall->start > o->start - SSK_LIMIT(SETTLED) && stall->start < over;
    }
    return 2 * (end - begin) >= shorter;
}

static bool holds(const ssk_cause *causes, size_t n, ssk_cause_id id, ssk_side side)
{
    for (size_t i = 0; i < n; i++)
        if (causes[i].id == id && causes[i].side == side)
            return true;
    return false;
}

static ssk_side side_of(ssk_side side, bool swapped)
{
    return !swapped             ? side
           : side == SSK_SIDE_A ? SSK_SIDE_B
           : side == SSK_SIDE_B ? SSK_SIDE_A
                                : side;
}

/* RFC 6298, 5.5: after an outage the next attempt may come as late again as the outage was long. */
static bool ends_with(const joint *j, size_t one, size_t outage)
{
    const ssk_result_stall *stall = &j->result->stalls[one], *o = &j->result->stalls[outage];
    ssk_time_ns over = o->cause_end != SSK_TIME_NONE ? o->cause_end : end_of(j, outage);
    return end_of(j, one) - over <= over - stall->start + SSK_LIMIT(FIRST_TIMEOUT);
}

static bool is_held(const ssk_verdict *verdict, const ssk_cause *cause)
{
    return holds(verdict->causes, verdict->n_verdict, cause->id, cause->side);
}

static bool is_ruled_out(const ssk_verdict *verdict, const ssk_cause *cause)
{
    return holds(verdict->causes + verdict->n_verdict, verdict->n_causes - verdict->n_verdict,
                 cause->id, cause->side);
}

/* An attempt to connect, or a stall that nothing else is known of: what the outage may be. */
static void take_over(const joint *j, size_t one, size_t outage, bool swapped, set *ret)
{
    const ssk_verdict *own = &j->alone[one], *its = &j->alone[outage];
    /* That it was alive after the outage says nothing of an attempt that was not repeated since. */
    bool blind = own->n_verdict && ends_with(j, one, outage);
    for (size_t i = 0; i < its->n_verdict && ret->n < SSK_HYPOTHESES; i++) {
        ssk_cause cause = its->causes[i];
        cause.side = side_of(cause.side, swapped);
        if (blind || is_held(own, &cause) || !is_ruled_out(own, &cause))
            ret->causes[ret->n++] = cause;
    }
}

/* Of what this stall may be, what the other one does not rule out; 0: they have nothing in common. */
static void keep(const joint *j, size_t one, size_t outage, bool swapped, set *ret)
{
    const ssk_verdict *own = &j->alone[one], *its = &j->alone[outage];
    bool common = false;
    for (size_t i = 0; i < own->n_verdict && ret->n < SSK_HYPOTHESES; i++) {
        ssk_cause cause = own->causes[i], there = cause;
        there.side = side_of(cause.side, swapped);
        common |= is_held(its, &there);
        if (!is_ruled_out(its, &there))
            ret->causes[ret->n++] = cause;
    }
    if (!common)
        ret->n = 0;
}

static const ssk_cause *own_cause(const ssk_verdict *own, const ssk_cause *cause)
{
    for (size_t i = 0; i < own->n_causes; i++)
        if (own->causes[i].id == cause->id && own->causes[i].side == cause->side)
            return &own->causes[i];
    return NULL;
}

static ssk_evidence *with_line(ssk_result *result, const ssk_evidence *lines, size_t n,
                               const char *text)
{
    ssk_evidence *copy = ssk_result_alloc(result, (n + 1) * sizeof *copy);
    if (n)
        memcpy(copy, lines, n * sizeof *copy);
    copy[n] = (ssk_evidence){.text = text};
    return copy;
}

/* Likelihoods are not measured: the same certainty as of a verdict alone. */
static void take(joint *j, size_t one, size_t outage, const set *held)
{
    const ssk_verdict *own = &j->alone[one];
    ssk_result_stall *stall = &j->result->stalls[one];
    const char *text =
        ssk_result_printf(j->result, "flow %u between the same two hosts stalled at the same time",
                          (unsigned)j->result->stalls[outage].flow);
    ssk_verdict verdict = {
        .next_capture = j->alone[outage].next_capture,
        .causes = ssk_result_alloc(j->result, (held->n + own->n_causes) * sizeof *verdict.causes)};
    for (size_t i = 0; i < held->n; i++) {
        const ssk_cause *mine = own_cause(own, &held->causes[i]);
        ssk_cause *cause = &verdict.causes[verdict.n_causes++];
        *cause = (ssk_cause){.id = held->causes[i].id,
                             .side = held->causes[i].side,
                             .score_permille = held->causes[i].score_permille};
        if (mine) {
            cause->against = mine->against;
            cause->n_against = mine->n_against;
        }
        cause->evidence = with_line(j->result, mine ? mine->evidence : NULL,
                                    mine ? mine->n_evidence : 0, text);
        cause->n_evidence = (mine ? mine->n_evidence : 0) + 1;
    }
    verdict.n_verdict = verdict.n_causes;
    for (size_t i = 0; i < own->n_causes; i++) {
        const ssk_cause *was = &own->causes[i];
        if (holds(held->causes, held->n, was->id, was->side))
            continue;
        ssk_cause *cause = &verdict.causes[verdict.n_causes++];
        *cause = *was;
        cause->score_permille = 0;
        if (i >= own->n_verdict)
            continue;
        cause->evidence = NULL;
        cause->n_evidence = 0;
        cause->against = with_line(j->result, was->against, was->n_against, text);
        cause->n_against = was->n_against + 1;
    }
    stall->verdict = verdict;
}

/* The outage that tells most: of equals the first. */
static void judge_one(joint *j, size_t one, const GArray *partners)
{
    const ssk_verdict *own = &j->alone[one];
    bool connecting = j->result->stalls[one].kind == SSK_STALL_CONNECT;
    if (connecting && j->result->stalls[one].connect_outcome == SSK_CONNECT_REFUSED)
        return;
    size_t least = connecting || !own->n_verdict ? SIZE_MAX : own->n_verdict, best = SIZE_MAX;
    set held = {.n = 0};
    for (guint i = 0; i < partners->len && i < PARTNERS; i++) {
        size_t outage = g_array_index(partners, uint32_t, i);
        bool swapped;
        set some;
        if (outage == one || !j->outage[outage] || !same_two(j, one, outage, &swapped) ||
            !is_inside(j, one, outage))
            continue;
        some.n = 0;
        (connecting || !own->n_verdict ? take_over : keep)(j, one, outage, swapped, &some);
        if (some.n && some.n < least) {
            least = some.n;
            best = outage;
            held = some;
        }
    }
    if (best != SIZE_MAX)
        take(j, one, best, &held);
}

static size_t place_of(const ssk_result *result, uint32_t id)
{
    return id - 1 < result->n_stalls && result->stalls[id - 1].id == id ? id - 1 : SIZE_MAX;
}

static guint pair_hash(gconstpointer key)
{
    const ssk_result_flow *flow = key;
    return ssk_addr_hash(&flow->addr[SSK_A]) ^ ssk_addr_hash(&flow->addr[SSK_B]);
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
    const ssk_result_flow *x = a, *y = b;
    return (ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_A]) &&
            ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_B])) ||
           (ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_B]) &&
            ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_A]));
}

static void free_list(gpointer list)
{
    g_array_free(list, TRUE);
}

/* Only those of the same two hosts are compared. */
static void judge_incident(joint *j, const ssk_result_incident *incident)
{
    GHashTable *pairs = g_hash_table_new_full(pair_hash, pair_equal, NULL, free_list);
    for (size_t i = 0; i < incident->n_stalls; i++) {
        uint32_t place = (uint32_t)place_of(j->result, incident->stalls[i]);
        if (place >= j->result->n_stalls)
            continue;
        gpointer flow = (gpointer)ssk_result_find_flow(j->result, j->result->stalls[place].flow);
        GArray *list = g_hash_table_lookup(pairs, flow);
        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof place);
            g_hash_table_insert(pairs, flow, list);
        }
        g_array_append_val(list, place);
    }
    GHashTableIter each;
    gpointer list;
    g_hash_table_iter_init(&each, pairs);
    while (g_hash_table_iter_next(&each, NULL, &list))
        for (guint i = 0; i < ((GArray *)list)->len; i++)
            judge_one(j, g_array_index((GArray *)list, uint32_t, i), list);
    g_hash_table_destroy(pairs);
}

void ssk_joint_judge(ssk_result *result)
{
    joint j = {.result = result,
               .alone = g_new(ssk_verdict, result->n_stalls + 1),
               .outage = g_new0(bool, result->n_stalls + 1)};
    read_table(&j);
    for (size_t i = 0; i < result->n_stalls; i++)
        j.alone[i] = result->stalls[i].verdict;
    for (size_t i = 0; i < result->n_stalls; i++)
        j.outage[i] = is_outage(&j, i);
    for (size_t i = 0; i < result->n_incidents; i++)
        if (result->incidents[i].n_stalls > 1)
            judge_incident(&j, &result->incidents[i]);
    g_free(j.alone);
    g_free(j.outage);
}
