/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/judge.h"

/* One column for all rows: most answers are unknown, and their columns are passed by as a whole. */
static void count(const ssk_table *table, size_t column, ssk_tri answer, ssk_judgement *ret)
{
    int worth = (int)table->columns[column].worth[answer];
    bool seen = answer == SSK_YES;
    ssk_cell likely = seen ? SSK_CELL_LIKELY : SSK_CELL_UNLIKELY,
             must = seen ? SSK_CELL_MUST : SSK_CELL_NEVER;
    for (size_t row = 0; row < table->n_rows; row++) {
        ssk_judgement *j = &ret[row];
        ssk_cell cell = ssk_judge_cell(table, row, column);
        if (cell == SSK_CELL_SILENT || cell == SSK_CELL_USUAL)
            continue;
        if (cell == likely || cell == must) {
            j->score += worth;
            j->supported |= worth > 0;
            continue;
        }
        j->score -= worth;
        if (cell == SSK_CELL_LIKELY || cell == SSK_CELL_UNLIKELY || j->out)
            continue;
        j->out = true;
        j->contradicted_by = column;
    }
}

void ssk_judge(const ssk_table *table, const ssk_tri *answers, ssk_judgement *ret)
{
    for (size_t row = 0; row < table->n_rows; row++)
        ret[row] = (ssk_judgement){.contradicted_by = table->n_columns};
    for (size_t column = 0; column < table->n_columns; column++)
        if (answers[column] != SSK_UNKNOWN)
            count(table, column, answers[column], ret);
}
