/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/udp/align.h"

/* One UDP datagram in raw IPv4, told apart by its number. */
static void add(ssk_align *align, unsigned view, uint32_t number, ssk_time_ns time)
{
    uint8_t bytes[32] = {0x45,
                         0,
                         0,
                         32,
                         (uint8_t)(number >> 8),
                         (uint8_t)number,
                         0,
                         0,
                         64,
                         17,
                         0,
                         0,
                         10,
                         0,
                         0,
                         1,
                         10,
                         0,
                         0,
                         2,
                         0x30,
                         0x39,
                         0x30,
                         0x3a,
                         0,
                         12};
    memcpy(bytes + 28, &number, 4);
    ssk_event event = {.time = time,
                       .linktype = 101,
                       .bytes = bytes,
                       .cap_len = sizeof bytes,
                       .wire_len = sizeof bytes};
    ssk_align_add(align, view, &event);
}

static void the_offset_is_the_median_over_what_both_saw(void)
{
    ssk_align *align = ssk_align_new();
    ssk_span_ns offset = 0;
    for (uint32_t i = 0; i < 100; i++) {
        add(align, 0, i, i * SSK_S);
        if (i % 3) /* a third was lost on the way; one in ten was late */
            add(align, 1, i, i * SSK_S + SSK_HOUR + (i % 10 ? 0 : SSK_S));
    }
    g_assert_true(ssk_align_measure(align, &offset));
    g_assert_cmpint(offset, ==, SSK_HOUR);
    ssk_align_free(align);
}

static void too_little_in_common_gives_none(void)
{
    ssk_align *align = ssk_align_new();
    ssk_span_ns offset = 7;
    for (uint32_t i = 0; i < 100; i++) {
        add(align, 0, i, i * SSK_S);
        add(align, 1, i < SSK_ALIGN_LEAST - 1 ? i : 1000 + i, i * SSK_S);
    }
    g_assert_false(ssk_align_measure(align, &offset));
    g_assert_cmpint(offset, ==, 7);
    ssk_align_free(align);
}

static void what_came_twice_says_nothing(void)
{
    ssk_align *align = ssk_align_new();
    ssk_span_ns offset;
    for (uint32_t i = 0; i < 100; i++) {
        add(align, 0, i % 50, i * SSK_S);
        add(align, 1, i % 50, i * SSK_S);
    }
    g_assert_false(ssk_align_measure(align, &offset));
    ssk_align_free(align);
}

static void a_full_sample_is_thinned_out_alike_on_both_sides(void)
{
    ssk_align *align = ssk_align_new();
    ssk_span_ns offset = 0;
    for (uint32_t i = 0; i < 3 * SSK_ALIGN_ROOM; i++)
        add(align, 0, i, i * SSK_MS);
    for (uint32_t i = 0; i < 3 * SSK_ALIGN_ROOM; i++)
        add(align, 1, i, i * SSK_MS - 5 * SSK_S);
    g_assert_true(ssk_align_measure(align, &offset));
    g_assert_cmpint(offset, ==, -5 * SSK_S);
    ssk_align_free(align);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/align/the offset is the median over what both saw",
                    the_offset_is_the_median_over_what_both_saw);
    g_test_add_func("/align/too little in common gives none", too_little_in_common_gives_none);
    g_test_add_func("/align/what came twice says nothing", what_came_twice_says_nothing);
    g_test_add_func("/align/a full sample is thinned out alike on both sides",
                    a_full_sample_is_thinned_out_alike_on_both_sides);
    return g_test_run();
}
