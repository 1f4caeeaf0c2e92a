/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/judge.h"

/* One column for all rows: most answers are unknown, and their columns are passed by as a whole. */
static void count(const ssk_table *table, size_t column, ssk_tri answer, ssk_judgement *ret)
{
    int worth = (int)table->columns[column].worth[answer];
    for (size_t row = 0; row < table->n_rows; row++) {
        ssk_judgement *j = &ret[row];
        ssk_cell cell = ssk_judge_cell(table, row, column);
        if (!ssk_judge_says(cell, answer))
            continue;
        bool agrees = ssk_judge_agrees(cell, answer);
        j->score += agrees ? worth : -worth;
        j->supported |= agrees && worth > 0;
        if (agrees || cell == SSK_CELL_LIKELY || cell == SSK_CELL_UNLIKELY || j->out)
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
