/* test_upper_pdu.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/upper_pdu.h"

#include <glib.h>
#include <string.h>

#define DECODE(bytes, ret) ssk_decode_upper_pdu((const uint8_t *)(bytes), sizeof bytes - 1, ret)

static void test_log(void)
{
    static const char bytes[] = "\0\x0c\0\x08"
                                "applog\0\0"
                                "\0\0\0\0"
                                "line";
    ssk_upper_pdu pdu;
    g_assert_cmpint(DECODE(bytes, &pdu), ==, SSK_OK);
    g_assert_cmpmem(pdu.name, pdu.name_len, "applog", 6);
    g_assert_cmpuint(pdu.payload_offset, ==, 16);
    g_assert_true(ssk_upper_pdu_is_log(&pdu));
}

static void test_others(void)
{
    static const char other[] = "\0\x14\0\4"
                                "abcd"
                                "\0\x0c\0\x04"
                                "http"
                                "\0\0\0\0";
    ssk_upper_pdu pdu;
    g_assert_cmpint(DECODE(other, &pdu), ==, SSK_OK);
    g_assert_cmpmem(pdu.name, pdu.name_len, "http", 4);
    g_assert_false(ssk_upper_pdu_is_log(&pdu));
    g_assert_cmpint(DECODE("\0\0\0\0", &pdu), ==, SSK_OK);
    g_assert_null(pdu.name);
    g_assert_false(ssk_upper_pdu_is_log(&pdu));
}

static void test_lies(void)
{
    ssk_upper_pdu pdu = {.payload_offset = 77};
    g_assert_cmpint(DECODE("", &pdu), ==, SSK_ETRUNC);
    g_assert_cmpint(DECODE("\0\x0c\xff\xff"
                           "applog",
                           &pdu),
                    ==, SSK_ETRUNC);
    g_assert_cmpint(DECODE("\0\x0c\0\x04"
                           "appl",
                           &pdu),
                    ==, SSK_ETRUNC);
    g_assert_cmpuint(pdu.payload_offset, ==, 77);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/upper_pdu/a line of a log", test_log);
    g_test_add_func("/upper_pdu/what is for other dissectors, or for none, is no log", test_others);
    g_test_add_func("/upper_pdu/tags that do not end", test_lies);
    return g_test_run();
}
