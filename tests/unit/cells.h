/* cells.h - which predictions that must hold the unit tests of causes have seen broken.
 *
 * A cell that says must is exercised by a case whose packets say the contrary. test_cells.c runs the
 * tests of causes with SSK_CELLS naming a file, and reads what they note there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_CELLS_H
#define SSK_TEST_CELLS_H

#include <glib.h>
#include <stdio.h>

#include "core/engine.h"
#include "core/verdict/opinion.h"

static inline bool cells_is_must(size_t row, size_t column)
{
    ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, column);
    return cell == SSK_CELL_MUST || cell == SSK_CELL_NEVER;
}

/** "host-down#2 LINK_ALIVE": the second row of that cause. The caller frees it. */
static inline char *cells_name(size_t row, size_t column)
{
    unsigned number = 1;
    for (size_t i = 0; i < row; i++)
        number += ssk_hypotheses[i].at_client == ssk_hypotheses[row].at_client;
    return g_strdup_printf("%s#%u %s", ssk_cause_text(ssk_hypotheses[row].at_client), number,
                           ssk_observation_columns[column].name);
}

static inline void cells_note_one(FILE *file, const ssk_opinion *opinion)
{
    for (size_t row = 0; row < ssk_n_hypotheses; row++)
        for (size_t column = 0; column < SSK_N_OBSERVATIONS; column++) {
            ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, column);
            if (!cells_is_must(row, column) ||
                !ssk_judge_contradicts(cell, opinion->seen[column].answer))
                continue;
            char *name = cells_name(row, column);
            fprintf(file, "%s\n", name);
            g_free(name);
        }
}

/** Of all stalls of a case, if somebody wants to know. */
static inline void cells_note(ssk_engine *engine, const ssk_result *result)
{
    const char *path = g_getenv("SSK_CELLS");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file)
        return;
    ssk_facts facts = ssk_engine_facts(engine);
    ssk_facts_sort(&facts);
    ssk_host_index *index = ssk_host_index_new(&facts, result);
    ssk_opinion *opinions = g_new(ssk_opinion, 2);
    for (size_t i = 0; i < result->n_stalls; i++) {
        unsigned n = ssk_opinion_form(&facts, index, result, &result->stalls[i], opinions);
        for (unsigned place = 0; place < n; place++)
            cells_note_one(file, &opinions[place]);
    }
    g_free(opinions);
    ssk_host_index_free(index);
    ssk_facts_clear(&facts);
    fclose(file);
}

#endif
