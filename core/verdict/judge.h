/* judge.h - which hypotheses a set of answers leaves, best first.
 *
 * It names no cause and no observation: a hypothesis is a row of cells, one for
 * each observation, and a cell says what the hypothesis predicts. The weight of
 * an observation says how much a fulfilled or a broken prediction counts; a
 * prediction that must hold and does not rules the hypothesis out. Only the
 * order of equals depends on the order of rows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_JUDGE_H
#define SSK_VERDICT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum ssk_tri {
    SSK_UNKNOWN = 0, /**< cannot be known from here */
    SSK_NO,
    SSK_YES
} ssk_tri;

/** What a hypothesis predicts of one observation. */
typedef enum ssk_cell {
    SSK_CELL_USUAL = 0,     /**< the observation's own default */
    SSK_CELL_SILENT = '.',  /**< nothing */
    SSK_CELL_MUST = 'Y',    /**< it must be seen */
    SSK_CELL_NEVER = 'N',   /**< it must not be seen */
    SSK_CELL_LIKELY = 'y',  /**< it is usually seen */
    SSK_CELL_UNLIKELY = 'n' /**< it is usually not seen */
} ssk_cell;

/** How much an observation counts. */
typedef enum ssk_weight {
    SSK_EXCLUDES = 0, /**< it only contradicts: to agree earns nothing */
    SSK_ORDERS = 1,   /**< it orders a set, and splits none by itself */
    SSK_SPLITS = 2,   /**< it splits a set */
    SSK_SIGN = 3,     /**< it is a sign of one cause */
    SSK_PROOF = 4     /**< ... that hardly anything else leaves */
} ssk_weight;

/** How far below the best a score still belongs to the set: what only orders does not split. */
#define SSK_JUDGE_MARGIN SSK_ORDERS

/** The observations that a table asks, as far as the evaluator needs them. */
typedef struct ssk_column {
    const char *name;
    ssk_weight worth[3]; /**< by ssk_tri */
    ssk_cell usual;      /**< where a row says nothing */
} ssk_column;

/** Rows of cells: n_columns of them from @c cells on, the next row's so many bytes behind. */
typedef struct ssk_table {
    const ssk_column *columns;
    size_t n_columns, n_rows;
    const char *cells;
    size_t bytes_per_row;
} ssk_table;

typedef struct ssk_judgement {
    int score;
    bool supported; /**< something that counts speaks for it */
    bool out;
    size_t contradicted_by; /**< first observation that rules it out; n_columns: none does */
} ssk_judgement;

/** What the row predicts of the column, its default filled in. */
static inline ssk_cell ssk_judge_cell(const ssk_table *table, size_t row, size_t column)
{
    ssk_cell cell = (ssk_cell)table->cells[row * table->bytes_per_row + column];
    return cell == SSK_CELL_USUAL ? table->columns[column].usual : cell;
}

static inline bool ssk_judge_says(ssk_cell cell, ssk_tri answer)
{
    return cell != SSK_CELL_SILENT && cell != SSK_CELL_USUAL && answer != SSK_UNKNOWN;
}

/** Did the prediction come true? Only where the cell says something and the answer is known. */
static inline bool ssk_judge_agrees(ssk_cell cell, ssk_tri answer)
{
    bool yes = cell == SSK_CELL_MUST || cell == SSK_CELL_LIKELY;
    return ssk_judge_says(cell, answer) && yes == (answer == SSK_YES);
}

static inline bool ssk_judge_contradicts(ssk_cell cell, ssk_tri answer)
{
    return ssk_judge_says(cell, answer) && !ssk_judge_agrees(cell, answer);
}

/** @param[out] ret n_rows */
void ssk_judge(const ssk_table *table, const ssk_tri *answers, ssk_judgement *ret);

#endif
