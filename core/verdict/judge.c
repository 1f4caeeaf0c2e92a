/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/judge.h"

ssk_cell ssk_judge_cell(const ssk_table *table, size_t row, size_t column)
{
    ssk_cell cell = (ssk_cell)table->cells(row)[column];
    return cell == SSK_CELL_USUAL ? table->columns[column].usual : cell;
}

static bool says(ssk_cell cell, ssk_tri answer)
{
    return cell != SSK_CELL_SILENT && cell != SSK_CELL_USUAL && answer != SSK_UNKNOWN;
}

bool ssk_judge_agrees(ssk_cell cell, ssk_tri answer)
{
    bool yes = cell == SSK_CELL_MUST || cell == SSK_CELL_LIKELY;
    return says(cell, answer) && yes == (answer == SSK_YES);
}

bool ssk_judge_contradicts(ssk_cell cell, ssk_tri answer)
{
    return says(cell, answer) && !ssk_judge_agrees(cell, answer);
}

void ssk_judge(const ssk_table *table, const ssk_tri *answers, ssk_judgement *ret)
{
    for (size_t row = 0; row < table->n_rows; row++) {
        ssk_judgement *j = &ret[row];
        *j = (ssk_judgement){.contradicted_by = table->n_columns};
        for (size_t column = 0; column < table->n_columns; column++) {
            ssk_tri answer = answers[column];
            ssk_cell cell = ssk_judge_cell(table, row, column);
            if (!says(cell, answer))
                continue;
            int worth = (int)table->columns[column].worth[answer];
            bool agrees = ssk_judge_agrees(cell, answer);
            j->score += agrees ? worth : -worth;
            j->supported |= agrees && worth > 0;
            if (agrees || cell == SSK_CELL_LIKELY || cell == SSK_CELL_UNLIKELY || j->out)
                continue;
            j->out = true;
            j->contradicted_by = column;
        }
    }
}
