/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/base/linktype.h"

enum { UNKNOWN = 0, RAW = 7, ETHERNET = 1 };

static int to_encap(int linktype)
{
    switch (linktype) {
    case 1:
        return ETHERNET;
    case 12:
    case 14:
    case 101:
        return RAW;
    default:
        return UNKNOWN;
    }
}

static void test_find(void)
{
    ssk_linktypes table;

    ssk_linktypes_init(&table, to_encap, UNKNOWN);
    g_assert_cmpuint(ssk_linktypes_find(&table, ETHERNET), ==, 1);
    g_assert_cmpuint(ssk_linktypes_find(&table, RAW), ==, 12);
    g_assert_cmpuint(ssk_linktypes_find(&table, UNKNOWN), ==, SSK_LINKTYPE_NONE);
    g_assert_cmpuint(ssk_linktypes_find(&table, -1), ==, SSK_LINKTYPE_NONE);
    g_assert_cmpuint(ssk_linktypes_find(&table, 99), ==, SSK_LINKTYPE_NONE);
}

static void test_time_of(void)
{
    g_assert_cmpint(ssk_time_of(0, 0), ==, 0);
    g_assert_cmpint(ssk_time_of(-1, 999999999), ==, -1);
    g_assert_cmpint(ssk_time_of(1742841288, 808000000), ==, INT64_C(1742841288808000000));
    g_assert_cmpint(ssk_time_of(2305843009, 213693952), ==, SSK_TIME_MAX);
    g_assert_cmpint(ssk_time_of(2305843009, 213693953), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(2305843010, 0), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(9223372035, 999999999), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(INT64_MAX, 0), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(INT64_MIN, 0), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(-2305843009, 0), >, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(0, 1000000000), ==, SSK_TIME_NONE);
    g_assert_cmpint(ssk_time_of(0, INT32_MIN), ==, SSK_TIME_NONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/linktype/the lowest number of several stands for all", test_find);
    g_test_add_func("/linktype/a timestamp before 1896-12-06 or after 2043-01-25 is none",
                    test_time_of);
    return g_test_run();
}
