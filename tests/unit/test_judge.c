/* test_judge.c - the evaluator and its table: the order of rows and columns decides nothing, and a
 * prediction that must hold rules a cause out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/verdict/hypothesis.h"
#include "core/verdict/udp_table.h"

enum { COLUMNS = SSK_N_OBSERVATIONS };

/* The table of stalls with its rows and columns in another order. */
static struct {
    size_t row[SSK_HYPOTHESES], column[COLUMNS];
    ssk_column columns[COLUMNS];
    char cells[SSK_HYPOTHESES][COLUMNS];
} other;

static void shuffle(GRand *random, size_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = i;
    for (size_t i = n - 1; i > 0; i--) {
        size_t k = (size_t)g_rand_int_range(random, 0, (gint32)i + 1), kept = list[i];
        list[i] = list[k];
        list[k] = kept;
    }
}

static ssk_table shuffled_table(GRand *random)
{
    shuffle(random, other.row, ssk_n_hypotheses);
    shuffle(random, other.column, COLUMNS);
    for (size_t column = 0; column < COLUMNS; column++)
        other.columns[column] = ssk_observation_columns[other.column[column]];
    for (size_t row = 0; row < ssk_n_hypotheses; row++)
        for (size_t column = 0; column < COLUMNS; column++)
            other.cells[row][column] = ssk_hypotheses[other.row[row]].cells[other.column[column]];
    return (ssk_table){other.columns, COLUMNS, ssk_n_hypotheses, other.cells[0], COLUMNS};
}

/* Most observations are not known of a stall. */
static void any_answers(GRand *random, ssk_tri answers[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        gint32 dice = g_rand_int_range(random, 0, 6);
        answers[i] = dice == 0 ? SSK_YES : dice == 1 ? SSK_NO : SSK_UNKNOWN;
    }
}

static void rows_and_columns_in_any_order_give_the_same(void)
{
    GRand *random = g_rand_new_with_seed(7);
    for (unsigned round = 0; round < 2000; round++) {
        ssk_tri answers[COLUMNS], moved[COLUMNS];
        ssk_judgement here[SSK_HYPOTHESES], there[SSK_HYPOTHESES];
        any_answers(random, answers);
        ssk_table table = shuffled_table(random);
        for (size_t i = 0; i < COLUMNS; i++)
            moved[i] = answers[other.column[i]];
        ssk_judge(&ssk_stall_table, answers, here);
        ssk_judge(&table, moved, there);
        for (size_t row = 0; row < ssk_n_hypotheses; row++) {
            const ssk_judgement *one = &here[other.row[row]], *same = &there[row];
            g_assert_cmpint(one->score, ==, same->score);
            g_assert_cmpint(one->out, ==, same->out);
            g_assert_cmpint(one->supported, ==, same->supported);
        }
    }
    g_rand_free(random);
}

/* Each cell that must hold or must not: the contrary alone rules its row out, and what it says does
 * not. */
static void each_must_rules_its_cause_out(void)
{
    unsigned musts = 0;
    for (size_t row = 0; row < ssk_n_hypotheses; row++)
        for (size_t column = 0; column < COLUMNS; column++) {
            ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, column);
            if (cell != SSK_CELL_MUST && cell != SSK_CELL_NEVER)
                continue;
            ssk_tri answers[COLUMNS] = {0};
            ssk_judgement judged[SSK_HYPOTHESES];
            answers[column] = cell == SSK_CELL_MUST ? SSK_NO : SSK_YES;
            ssk_judge(&ssk_stall_table, answers, judged);
            g_assert_true(judged[row].out);
            g_assert_cmpuint(judged[row].contradicted_by, ==, column);
            g_assert_cmpint(judged[row].score, <=, 0);
            answers[column] = cell == SSK_CELL_MUST ? SSK_YES : SSK_NO;
            ssk_judge(&ssk_stall_table, answers, judged);
            g_assert_false(judged[row].out);
            musts++;
        }
    g_assert_cmpuint(musts, >, 100);
}

/* What is usual only weighs: whatever the answer, the cause stands. */
static void what_is_usual_rules_nothing_out(void)
{
    for (size_t row = 0; row < ssk_n_hypotheses; row++)
        for (size_t column = 0; column < COLUMNS; column++) {
            ssk_cell cell = ssk_judge_cell(&ssk_stall_table, row, column);
            if (cell == SSK_CELL_MUST || cell == SSK_CELL_NEVER)
                continue;
            for (ssk_tri answer = SSK_NO; answer <= SSK_YES; answer++) {
                ssk_tri answers[COLUMNS] = {0};
                ssk_judgement judged[SSK_HYPOTHESES];
                answers[column] = answer;
                ssk_judge(&ssk_stall_table, answers, judged);
                g_assert_false(judged[row].out);
            }
        }
}

/* The same of the table of datagrams. */
static void each_must_of_datagrams_rules_its_cause_out(void)
{
    unsigned musts = 0;
    for (size_t row = 0; row < ssk_udp_table.n_rows; row++)
        for (size_t column = 0; column < SSK_N_UDP_OBSERVATIONS; column++) {
            ssk_cell cell = ssk_judge_cell(&ssk_udp_table, row, column);
            if (cell != SSK_CELL_MUST && cell != SSK_CELL_NEVER)
                continue;
            ssk_tri answers[SSK_N_UDP_OBSERVATIONS] = {0};
            ssk_judgement judged[SSK_UDP_HYPOTHESES];
            answers[column] = cell == SSK_CELL_MUST ? SSK_NO : SSK_YES;
            ssk_judge(&ssk_udp_table, answers, judged);
            g_assert_true(judged[row].out);
            answers[column] = cell == SSK_CELL_MUST ? SSK_YES : SSK_NO;
            ssk_judge(&ssk_udp_table, answers, judged);
            g_assert_false(judged[row].out);
            musts++;
        }
    g_assert_cmpuint(musts, >=, 8);
}

static void nothing_known_supports_nothing(void)
{
    ssk_tri answers[COLUMNS] = {0};
    ssk_judgement judged[SSK_HYPOTHESES];
    ssk_judge(&ssk_stall_table, answers, judged);
    for (size_t row = 0; row < ssk_n_hypotheses; row++) {
        g_assert_cmpint(judged[row].score, ==, 0);
        g_assert_false(judged[row].supported || judged[row].out);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/judge/rows and columns in any order give the same",
                    rows_and_columns_in_any_order_give_the_same);
    g_test_add_func("/judge/each must rules its cause out", each_must_rules_its_cause_out);
    g_test_add_func("/judge/each must of datagrams rules its cause out",
                    each_must_of_datagrams_rules_its_cause_out);
    g_test_add_func("/judge/what is usual rules nothing out", what_is_usual_rules_nothing_out);
    g_test_add_func("/judge/nothing known supports nothing", nothing_known_supports_nothing);
    return g_test_run();
}
