/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/opinion.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

unsigned ssk_opinion_form(const ssk_facts *facts, const ssk_host_index *index,
                          const ssk_result *result, const ssk_result_stall *stall, ssk_opinion *ret)
{
    ssk_dir near[2];
    unsigned n = ssk_case_places(index, result, stall, near);
    for (unsigned i = 0; i < n; i++) {
        ssk_tri answers[SSK_N_OBSERVATIONS];
        ssk_case_build(facts, index, result, stall, near[i], n == 1, &ret[i].c);
        ssk_observe(&ret[i].c, ret[i].seen);
        for (size_t o = 0; o < SSK_N_OBSERVATIONS; o++)
            answers[o] = ret[i].seen[o].answer;
        ssk_judge(&ssk_stall_table, answers, ret[i].rows);
    }
    return n;
}

ssk_side ssk_opinion_side(const ssk_case *c, const ssk_hypothesis *hypothesis)
{
    ssk_dir dir = hypothesis->place == SSK_PLACE_NEAR        ? c->near
                  : hypothesis->place == SSK_PLACE_FAR       ? c->far
                  : hypothesis->place == SSK_PLACE_MOVER     ? c->mover
                  : hypothesis->place == SSK_PLACE_UNREACHED ? c->icmp.unreached
                                                             : c->silent;
    return hypothesis->place == SSK_PLACE_PATH ? SSK_SIDE_PATH
           : dir == SSK_A                      ? SSK_SIDE_A
                                               : SSK_SIDE_B;
}

ssk_cause_id ssk_opinion_id(const ssk_case *c, const ssk_hypothesis *hypothesis)
{
    return c->near == c->client ? hypothesis->at_client : hypothesis->at_server;
}

static int by_score(const void *a, const void *b)
{
    const ssk_held *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return x->row != y->row ? (int)x->row - y->row : (int)x->place - y->place;
}

static bool is_held(const ssk_held_set *set, ssk_cause_id id, ssk_side side)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->list[i].id == id && set->list[i].side == side)
            return true;
    return false;
}

/* Each row that is not ruled out, best first; it says of none that it is the cause.
 * @param supported only those that something speaks for
 * @param[out] ret [2 * SSK_HYPOTHESES] */
static size_t rank(const ssk_opinion *opinions, unsigned n, bool supported, ssk_held *ret)
{
    size_t n_all = 0;
    for (unsigned place = 0; place < n; place++)
        for (size_t row = 0; row < ssk_n_hypotheses; row++) {
            const ssk_opinion *o = &opinions[place];
            if (o->rows[row].out || (supported && !o->rows[row].supported))
                continue;
            ret[n_all++] = (ssk_held){.row = (uint8_t)row,
                                      .place = (uint8_t)place,
                                      .id = ssk_opinion_id(&o->c, &ssk_hypotheses[row]),
                                      .side = ssk_opinion_side(&o->c, &ssk_hypotheses[row]),
                                      .score = o->rows[row].score};
        }
    qsort(ret, n_all, sizeof *ret, by_score);
    return n_all;
}

void ssk_opinion_hold(const ssk_opinion *opinions, unsigned n, ssk_held_set *ret)
{
    ssk_held all[2 * SSK_HYPOTHESES];
    size_t n_all = rank(opinions, n, true, all);
    ret->n = 0;
    if (!n_all || all[0].score <= 0)
        return;
    for (size_t i = 0; i < n_all && all[i].score >= all[0].score - (int)SSK_JUDGE_MARGIN; i++)
        if (!is_held(ret, all[i].id, all[i].side) && ret->n < SSK_HYPOTHESES)
            ret->list[ret->n++] = all[i];
}

/* ---- what to take next ---- */

static bool holds(const ssk_held_set *held, ssk_cause_id id)
{
    for (size_t i = 0; i < held->n; i++)
        if (held->list[i].id == id)
            return true;
    return false;
}

/* @param placed the place of this capture is known */
static const char *next_second(const ssk_case *c, const ssk_held_set *held, bool placed)
{
    if (!placed)
        return "captures at both ends at the same time, and stallshark compare, show what was sent and "
               "what arrived";
    if (c->near == c->client)
        return c->connecting
                   ? "a capture at the server at the same time shows whether the SYNs arrive there"
                   : "a capture at the server at the same time shows which direction was lost";
    if (holds(held, SSK_CAUSE_RADIO_OFF))
        return "a capture on the client at the same time (rvictl on iOS) shows whether it sent, and an "
               "802.11 capture beside it whether its radio was on";
    return "a capture on the client at the same time shows whether it sent";
}

static const char *next_log(const ssk_held_set *held)
{
    return holds(held, SSK_CAUSE_PROCESS_SUSPENDED) && holds(held, SSK_CAUSE_APP_WEDGED)
               ? "the application's own log over this interval tells a stopped process (log silent) from "
                 "stuck sending code (log goes on); on iOS add a sysdiagnose"
               : "the application's own log over this interval shows whether it ran, and what it did";
}

/* What the source would show of those that are held; NULL: nobody can go and take it. */
static const char *next_text(ssk_source source, const ssk_case *c, const ssk_held_set *held,
                             bool placed)
{
    switch (source) {
    case SSK_SOURCE_SECOND_CAPTURE:
        return next_second(c, held, placed);
    case SSK_SOURCE_LOG:
        return next_log(held);
    case SSK_SOURCE_STACK_SAMPLES:
        return "a paused log may mean a stopped process or a stuck thread: a sysdiagnose, or samples of "
               "the process's stack taken meanwhile, tell which";
    case SSK_SOURCE_CRASH_REPORT:
        return "the log and the crash reports of that application at the time of its last packet tell "
               "why it ended";
    default:
        return NULL;
    }
}

/* Into how many classes would what this source could still show split the set? */
static size_t classes_of(const ssk_opinion *opinions, const ssk_held_set *held, ssk_source source)
{
    size_t classes = 0;
    for (size_t i = 0; i < held->n; i++) {
        bool fresh = true;
        for (size_t k = 0; k < i && fresh; k++) {
            bool alike = true;
            for (size_t o = 0; o < SSK_N_OBSERVATIONS && alike; o++) {
                if (ssk_observations[o].source != source ||
                    opinions[held->list[i].place].seen[o].answer != SSK_UNKNOWN)
                    continue;
                ssk_cell a = ssk_judge_cell(&ssk_stall_table, held->list[i].row, o),
                         b = ssk_judge_cell(&ssk_stall_table, held->list[k].row, o);
                alike = ssk_judge_agrees(a, SSK_YES) == ssk_judge_agrees(b, SSK_YES) &&
                        ssk_judge_agrees(a, SSK_NO) == ssk_judge_agrees(b, SSK_NO);
            }
            fresh = !alike;
        }
        classes += fresh;
    }
    return classes;
}

const char *ssk_opinion_next(const ssk_opinion *opinions, unsigned n, const ssk_held_set *held)
{
    ssk_source best = SSK_SOURCE_CAPTURE;
    size_t most = 1;
    ssk_held_set open = {.n = 0};
    if (!held->n) {
        ssk_held all[2 * SSK_HYPOTHESES];
        open.n = MIN(rank(opinions, n, false, all), SSK_HYPOTHESES);
        memcpy(open.list, all, open.n * sizeof *all);
        held = &open;
    }
    for (ssk_source source = SSK_SOURCE_SECOND_CAPTURE; source < SSK_N_SOURCES; source++) {
        bool taken = source == SSK_SOURCE_SECOND_CAPTURE && opinions[0].c.second.present;
        bool can = next_text(source, &opinions[0].c, held, n == 1) != NULL && !taken;
        size_t classes = can ? classes_of(opinions, held, source) : 0;
        if (classes > most) {
            best = source;
            most = classes;
        }
    }
    return most > 1 ? next_text(best, &opinions[0].c, held, n == 1) : NULL;
}
