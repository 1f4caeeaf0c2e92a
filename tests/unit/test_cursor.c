/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/cursor.h"
#include "tests/unit/frame.h"

static void test_reads_in_both_orders(void)
{
    frame f = frame_hex("01 0203 0302 04050607 07060504 08090a0b0c0d0e0f 0f0e0d0c0b0a0908");
    ssk_cursor cursor = ssk_cursor_init(f.data, f.len);
    g_assert_cmphex(ssk_cursor_u8(&cursor), ==, 0x01);
    g_assert_cmphex(ssk_cursor_be16(&cursor), ==, 0x0203);
    g_assert_cmphex(ssk_cursor_le16(&cursor), ==, 0x0203);
    g_assert_cmphex(ssk_cursor_be32(&cursor), ==, 0x04050607);
    g_assert_cmphex(ssk_cursor_le32(&cursor), ==, 0x04050607);
    g_assert_cmphex(ssk_cursor_be64(&cursor), ==, 0x08090a0b0c0d0e0f);
    g_assert_cmphex(ssk_cursor_le64(&cursor), ==, 0x08090a0b0c0d0e0f);
    g_assert_cmpuint(ssk_cursor_left(&cursor), ==, 0);
    g_assert_false(cursor.failed);
}

static void test_failure_sticks(void)
{
    frame f = frame_hex("ffffff");
    ssk_cursor cursor = ssk_cursor_init(f.data, f.len);
    g_assert_cmphex(ssk_cursor_be32(&cursor), ==, 0);
    g_assert_true(cursor.failed);
    g_assert_cmphex(ssk_cursor_u8(&cursor), ==, 0);
    g_assert_cmpuint(ssk_cursor_left(&cursor), ==, 0);
    g_assert_true(cursor.failed);
}

static void test_huge_lengths_do_not_wrap(void)
{
    frame f = frame_hex("01020304");
    ssk_cursor cursor = ssk_cursor_init(f.data, f.len);
    ssk_cursor_skip(&cursor, 2);
    g_assert_null(ssk_cursor_take(&cursor, UINT32_MAX));
    g_assert_true(cursor.failed);
    cursor = ssk_cursor_init(f.data, f.len);
    ssk_cursor_seek(&cursor, UINT32_MAX);
    g_assert_true(cursor.failed);
}

static void test_part_is_bounded(void)
{
    frame f = frame_hex("010203");
    ssk_cursor cursor = ssk_cursor_init(f.data, f.len);
    ssk_cursor part = ssk_cursor_sub(&cursor, 2);
    g_assert_cmphex(ssk_cursor_be16(&part), ==, 0x0102);
    g_assert_cmphex(ssk_cursor_u8(&part), ==, 0);
    g_assert_true(part.failed);
    g_assert_cmphex(ssk_cursor_u8(&cursor), ==, 3);
    g_assert_false(cursor.failed);
    ssk_cursor none = ssk_cursor_sub(&cursor, 1);
    g_assert_true(none.failed);
    g_assert_cmpuint(none.size, ==, 0);
}

static void test_nothing_is_readable(void)
{
    ssk_cursor cursor = ssk_cursor_init(NULL, 0);
    g_assert_nonnull(ssk_cursor_take(&cursor, 0));
    g_assert_cmpuint(ssk_cursor_peek(&cursor), ==, 0);
    g_assert_false(cursor.failed);
    ssk_addr addr = ssk_cursor_addr(&cursor, 6);
    g_assert_cmpuint(addr.family, ==, 6);
    g_assert_cmpuint(addr.bytes[15], ==, 0);
    g_assert_true(cursor.failed);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cursor/numbers are read in both byte orders", test_reads_in_both_orders);
    g_test_add_func("/cursor/a read past the end gives zeros from then on", test_failure_sticks);
    g_test_add_func("/cursor/a huge length does not wrap around", test_huge_lengths_do_not_wrap);
    g_test_add_func("/cursor/a part ends where it was cut", test_part_is_bounded);
    g_test_add_func("/cursor/no bytes at all is no error until one is read",
                    test_nothing_is_readable);
    return g_test_run();
}
