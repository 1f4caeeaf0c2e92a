/* test_meter_identity.c - SSK_FACT_IDENTITY: the words with which a client introduces itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static unsigned words(const char *greeting)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_text(&c, CLIENT, greeting);
    tcp_beats(&c, 6, SSK_S);
    unsigned count = talk_count(&t, SSK_FACT_IDENTITY);
    talk_end(&t);
    return count;
}

static void names_with_letters_and_digits_are_kept(void)
{
    g_assert_cmpuint(words("HELLO 15bf60ec01 iPhone|Ward-3|6C7F\n"), ==, 2);
}

static void keywords_and_numbers_are_not(void)
{
    g_assert_cmpuint(words("HELLO 123456789 everybody\n"), ==, 0);
}

static void short_words_are_not(void)
{
    g_assert_cmpuint(words("HELLO a1b2C 3\n"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter identity/names with letters and digits are kept",
                    names_with_letters_and_digits_are_kept);
    g_test_add_func("/meter identity/keywords and numbers are not", keywords_and_numbers_are_not);
    g_test_add_func("/meter identity/short words are not", short_words_are_not);
    return g_test_run();
}
