/* fuzz_shape.c - messages read with remembered shapes and without must say the
 * same: the lines of the input, and each again with other digits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char profile_text[] =
    "[profile]\nname=fuzz\nframing=length\nlength-size=4\nbody=json\n"
    "[ping]\nmatch=type=ping\nsequence=seq\ntime=sent\ntime-format=unix-ms\n"
    "[pong]\nmatch=op=12\nsequence=a.b\ntime=a.t\n"
    "[time]\nmatch=type=time\ntime=now\ntime-format=unix-s\n"
    "[ack]\nmatch=type=12\nsequence=0\n";

static void read_both(const ssk_profile *profile, ssk_shapes *shapes, const GString *text)
{
    const ssk_frame frame = {.len = text->len, .opcode = -1};
    ssk_context with = {.near = 1700000000 * SSK_S, .shapes = shapes}, without = with;
    ssk_scratch scratch;
    ssk_reading a, b;
    without.shapes = NULL;
    uint8_t *copy = g_memdup2(text->str, MAX(text->len, 1));
    ssk_body_read(profile, &frame, copy, (uint32_t)text->len, &with, &scratch, &a);
    ssk_body_read(profile, &frame, copy, (uint32_t)text->len, &without, &scratch, &b);
    g_free(copy);
    g_assert_true(a.group == b.group);
    g_assert_cmpuint(a.bits, ==, b.bits);
    g_assert_true(a.has_seq == b.has_seq);
    g_assert_true(a.has_time == b.has_time);
    if (a.has_seq)
        g_assert_cmpuint(a.seq, ==, b.seq);
    if (a.has_time)
        g_assert_cmpint(a.time, ==, b.time);
    g_assert_true(a.format == b.format);
    g_assert_true(a.stamp.kind == b.stamp.kind);
    if (a.stamp.kind == SSK_STAMP_INTEGER)
        g_assert_cmpuint(a.stamp.integer, ==, b.stamp.integer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ssk_profile *profile;
    static const char *const digits[] = {"1",
                                         "0",
                                         "12",
                                         "99",
                                         "7000",
                                         "1700000000123",
                                         "00",
                                         "18446744073709551615",
                                         "9999999999999999999"};
    if (!profile)
        profile = ssk_profile_parse(profile_text, "fuzz", NULL);
    g_assert_nonnull(profile);
    ssk_shapes shapes;
    ssk_shapes_init(&shapes);
    size_t start = 0;
    for (size_t i = 0; i <= size; i++) {
        if (i < size && data[i] != '\n')
            continue;
        if (i > start) {
            GString *text = g_string_new_len((const char *)data + start, (gssize)(i - start));
            read_both(profile, &shapes, text);
            for (size_t turn = 0; turn < 2 * G_N_ELEMENTS(digits); turn++) {
                g_string_truncate(text, 0);
                for (size_t k = start, run = 0; k < i; k++) {
                    if (!g_ascii_isdigit(data[k]))
                        g_string_append_c(text, (char)data[k]);
                    else if (k == start || !g_ascii_isdigit(data[k - 1]))
                        g_string_append(text, digits[(turn + turn / G_N_ELEMENTS(digits) * run++) %
                                                     G_N_ELEMENTS(digits)]);
                }
                read_both(profile, &shapes, text);
            }
            g_string_free(text, TRUE);
        }
        start = i + 1;
    }
    return 0;
}
