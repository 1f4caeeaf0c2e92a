/* opinion_write.c - the verdict in words: what it rests on, and what was ruled out.
 *
 * Evidence is what discriminated: a prediction that came true and that some other cause failed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/verdict/opinion.h"

typedef struct writing {
    const ssk_opinion *opinions;
    unsigned n;
    const ssk_held_set *held;
    ssk_result *result;
    /* Asked for each cause, and the same for all of them, by place: */
    bool rival[2][SSK_HYPOTHESES];
    bool discriminates[2][SSK_N_OBSERVATIONS];
    uint16_t known[2][SSK_N_OBSERVATIONS]; /* what was answered, in the order of its lines */
    size_t n_known[2];
    ssk_evidence line[2][SSK_N_OBSERVATIONS]; /* without a text: not yet written */
} writing;

/* Frames by number, whatever the order in which they were found. */
static ssk_evidence write_line(const writing *w, const ssk_tally *frames, const char *text)
{
    ssk_evidence evidence = {.text = ssk_result_text(w->result, text)};
    evidence.frames = ssk_result_alloc(w->result, frames->n_frames * sizeof(uint32_t));
    for (unsigned i = 0; i < frames->n_frames; i++) {
        size_t at = evidence.n_frames++;
        for (; at > 0 && evidence.frames[at - 1] > frames->frames[i]; at--)
            evidence.frames[at] = evidence.frames[at - 1];
        evidence.frames[at] = frames->frames[i];
    }
    return evidence;
}

static void add(writing *w, unsigned place, size_t observation, GArray *lines)
{
    const ssk_opinion *o = &w->opinions[place];
    const ssk_seen *seen = &o->seen[observation];
    ssk_evidence *line = &w->line[place][observation];
    if (!ssk_observation_says((ssk_observation_id)observation, seen))
        return;
    if (!line->text) {
        char *text = ssk_observation_text(&o->c, (ssk_observation_id)observation, seen);
        *line = write_line(w, &seen->tally, text);
        g_free(text);
    }
    g_array_append_val(lines, *line);
}

/* From either place much looks the same, and two columns may share a line. */
static void add_new(writing *w, unsigned place, size_t observation, GArray *lines)
{
    guint before = lines->len;
    add(w, place, observation, lines);
    for (guint i = 0; i < before && lines->len > before; i++)
        if (!strcmp(g_array_index(lines, ssk_evidence, i).text,
                    g_array_index(lines, ssk_evidence, before).text))
            g_array_set_size(lines, before);
}

static ssk_evidence *frozen(const writing *w, GArray *lines, size_t *ret_count)
{
    ssk_evidence *copy = ssk_result_alloc(w->result, lines->len * sizeof *copy);
    if (lines->len)
        memcpy(copy, lines->data, lines->len * sizeof *copy);
    *ret_count = lines->len;
    g_array_free(lines, TRUE);
    return copy;
}

/* Not in the set, and thinkable for this kind of stall and these hosts: the columns that only
 * exclude say who may be blamed at all. */
static bool is_rival(const writing *w, unsigned place, size_t row)
{
    const ssk_opinion *o = &w->opinions[place];
    for (size_t i = 0; i < w->held->n; i++)
        if (w->held->list[i].row == row && w->held->list[i].place == place)
            return false;
    static const ssk_observation_id who[] = {SSK_OBS_CONNECT, SSK_OBS_CLIENT_FAR,
                                             SSK_OBS_SERVER_FAR};
    for (size_t i = 0; i < G_N_ELEMENTS(who); i++)
        if (ssk_judge_contradicts(ssk_judge_cell(&ssk_stall_table, row, who[i]),
                                  o->seen[who[i]].answer))
            return false;
    return true;
}

/* Does this answer speak against somebody who is not in the set, or is it a sign that some of them
 * do not explain? */
static bool discriminates(const writing *w, unsigned place, size_t observation)
{
    ssk_tri answer = w->opinions[place].seen[observation].answer;
    for (size_t row = 0; row < ssk_n_hypotheses; row++) {
        if (!w->rival[place][row])
            continue;
        ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, observation);
        if (answer == SSK_YES ? !ssk_judge_agrees(cell, answer)
                              : ssk_judge_contradicts(cell, answer))
            return true;
    }
    return false;
}

/* Signs first, then what splits, then what only orders. */
static void list_known(writing *w, unsigned place)
{
    const ssk_seen *seen = w->opinions[place].seen;
    size_t next[SSK_PROOF + 2] = {0}; /* by how far below a proof: where the next one goes */
    for (size_t i = 0; i < SSK_N_OBSERVATIONS; i++)
        if (seen[i].answer != SSK_UNKNOWN)
            next[SSK_PROOF - ssk_observation_columns[i].worth[seen[i].answer] + 1]++;
    for (size_t below = 1; below <= SSK_PROOF + 1; below++)
        next[below] += next[below - 1];
    w->n_known[place] = next[SSK_PROOF + 1];
    for (size_t i = 0; i < SSK_N_OBSERVATIONS; i++)
        if (seen[i].answer != SSK_UNKNOWN)
            w->known[place][next[SSK_PROOF - ssk_observation_columns[i].worth[seen[i].answer]]++] =
                (uint16_t)i;
}

static void compare(writing *w)
{
    for (unsigned place = 0; place < w->n; place++) {
        list_known(w, place);
        for (size_t row = 0; row < ssk_n_hypotheses; row++)
            w->rival[place][row] = is_rival(w, place, row);
        for (size_t i = 0; i < SSK_N_OBSERVATIONS; i++)
            w->discriminates[place][i] = w->opinions[place].seen[i].answer != SSK_UNKNOWN &&
                                         discriminates(w, place, i);
    }
}

static void put_evidence(writing *w, const ssk_held *held, bool against, GArray *lines)
{
    const ssk_opinion *o = &w->opinions[held->place];
    for (size_t k = 0; k < w->n_known[held->place]; k++) {
        size_t i = w->known[held->place][k];
        ssk_tri answer = o->seen[i].answer;
        ssk_cell cell = ssk_judge_cell(&ssk_stall_table, held->row, i);
        if (against ? ssk_judge_contradicts(cell, answer)
                    : ssk_judge_agrees(cell, answer) && w->discriminates[held->place][i])
            add_new(w, held->place, i, lines);
    }
}

/* The strongest thing that rules the row out and can be said; SSK_N_OBSERVATIONS: there is none. */
static size_t reason_against(const writing *w, unsigned place, size_t row)
{
    const ssk_opinion *o = &w->opinions[place];
    for (size_t k = 0; k < w->n_known[place]; k++) {
        size_t i = w->known[place][k];
        ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, i);
        if ((cell == SSK_CELL_MUST || cell == SSK_CELL_NEVER) &&
            ssk_judge_contradicts(cell, o->seen[i].answer) &&
            ssk_observation_says((ssk_observation_id)i, &o->seen[i]))
            return i;
    }
    return SSK_N_OBSERVATIONS;
}

/* It only says whether a row applies here at all. */
static bool is_wordless(size_t observation)
{
    return !ssk_observations[observation].words[SSK_YES] &&
           !ssk_observations[observation].words[SSK_NO];
}

/* It would explain something that splits: worth a line when it is ruled out. Unless what must be
 * seen of it, a sign of hardly anything else, was looked for and is not there. */
static bool was_considered(const writing *w, unsigned place, size_t row)
{
    bool explains = false;
    for (size_t k = 0; k < w->n_known[place]; k++) {
        size_t i = w->known[place][k];
        ssk_tri answer = w->opinions[place].seen[i].answer;
        ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, i);
        const ssk_column *column = &ssk_observation_columns[i];
        if (cell == SSK_CELL_MUST && answer == SSK_NO &&
            (column->worth[SSK_YES] >= SSK_PROOF || is_wordless(i)))
            return false;
        explains |= column->worth[answer] >= SSK_SPLITS && ssk_judge_agrees(cell, answer);
    }
    return explains;
}

static bool is_listed(const ssk_cause *list, size_t n, ssk_cause_id id, ssk_side side)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].id == id && list[i].side == side)
            return true;
    return false;
}

static void put_ruled_out(writing *w, ssk_cause *causes, size_t *n)
{
    for (unsigned place = 0; place < w->n; place++)
        for (size_t row = 0; row < ssk_n_hypotheses; row++) {
            const ssk_opinion *o = &w->opinions[place];
            ssk_cause_id id = ssk_opinion_id(&o->c, &ssk_hypotheses[row]);
            ssk_side side = ssk_opinion_side(&o->c, &ssk_hypotheses[row]);
            if (!o->rows[row].out || !w->rival[place][row] || is_listed(causes, *n, id, side) ||
                !was_considered(w, place, row))
                continue;
            size_t reason = reason_against(w, place, row);
            if (reason == SSK_N_OBSERVATIONS)
                continue;
            GArray *lines = g_array_new(FALSE, FALSE, sizeof(ssk_evidence));
            add(w, place, reason, lines);
            ssk_cause *cause = &causes[(*n)++];
            *cause = (ssk_cause){.id = id, .side = side};
            cause->against = frozen(w, lines, &cause->n_against);
        }
}

/* No cause stands out: all that was seen, the strongest first, as far as it can be said. */
static void put_looked_at(writing *w, ssk_verdict *ret)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(ssk_evidence));
    for (int worth = SSK_PROOF; worth >= SSK_EXCLUDES; worth--)
        for (unsigned place = 0; place < w->n; place++)
            for (size_t i = 0; i < SSK_N_OBSERVATIONS; i++) {
                ssk_tri answer = w->opinions[place].seen[i].answer;
                if (answer != SSK_UNKNOWN && (int)ssk_observation_columns[i].worth[answer] == worth)
                    add_new(w, place, i, lines);
            }
    ret->looked_at = frozen(w, lines, &ret->n_looked_at);
}

/* Likelihoods are not measured, so scores only rank: what stands shares the
 * certainty, each place below the first a fifth less; what is ruled out has 0. */
static int permille_of(size_t place, size_t standing)
{
    return standing == 1 ? 900 : MAX(100, 800 - 160 * (int)place);
}

void ssk_opinion_write(const ssk_opinion *opinions, unsigned n, const ssk_held_set *held,
                       ssk_result *result, ssk_verdict *ret)
{
    writing w = {.opinions = opinions, .n = n, .held = held, .result = result};
    compare(&w);
    ssk_cause causes[3 * SSK_HYPOTHESES];
    size_t n_causes = 0;
    for (size_t i = 0; i < held->n; i++) {
        GArray *lines = g_array_new(FALSE, FALSE, sizeof(ssk_evidence)),
               *against = g_array_new(FALSE, FALSE, sizeof(ssk_evidence));
        put_evidence(&w, &held->list[i], false, lines);
        put_evidence(&w, &held->list[i], true, against);
        ssk_cause *cause = &causes[n_causes++];
        *cause = (ssk_cause){.id = held->list[i].id,
                             .side = held->list[i].side,
                             .score_permille = permille_of(i, held->n)};
        cause->evidence = frozen(&w, lines, &cause->n_evidence);
        cause->against = frozen(&w, against, &cause->n_against);
    }
    ret->n_verdict = n_causes;
    if (!held->n)
        put_looked_at(&w, ret);
    put_ruled_out(&w, causes, &n_causes);
    ret->n_causes = n_causes;
    ret->causes = ssk_result_alloc(result, n_causes * sizeof *causes);
    if (n_causes)
        memcpy(ret->causes, causes, n_causes * sizeof *causes);
    ret->next_capture = ssk_opinion_next(opinions, n, held);
}
