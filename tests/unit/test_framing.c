/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/message/framing.h"

static ssk_status measure(const ssk_profile *profile, const char *bytes, uint32_t len,
                          ssk_frame *ret)
{
    /* a copy of the very size, so that a read beyond it is seen */
    uint8_t *copy = g_memdup2(bytes, len);
    ssk_status status = ssk_framing_measure(profile, copy, len, len, ret);
    g_free(copy);
    return status;
}

static void a_length_counts_the_body_or_the_whole_message(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_LENGTH,
                           .length_size = 4,
                           .max_message = 65536,
                           .body = SSK_BODY_BYTES};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "\0\0\0\5hello", 9, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 9);
    g_assert_cmpuint(frame.body, ==, 4);
    g_assert_cmpint(measure(&profile, "\0\0\0", 3, &frame), ==, SSK_ETRUNC);
    g_assert_cmpint(measure(&profile, "\1\0\0\0", 4, &frame), ==,
                    SSK_EFORMAT); /* above the limit */
    profile.length_whole = true;
    g_assert_cmpint(measure(&profile, "\0\0\0\11hello", 9, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 9);
    g_assert_cmpint(measure(&profile, "\0\0\0\3", 4, &frame), ==,
                    SSK_EFORMAT); /* less than itself */
    profile.length_little = true;
    g_assert_cmpint(measure(&profile, "\11\0\0\0hello", 9, &frame), ==, SSK_OK);
}

static void a_json_body_begins_with_a_brace_or_a_bracket(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_LENGTH,
                           .length_size = 4,
                           .max_message = 65536,
                           .body = SSK_BODY_JSON};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "\0\0\0\2{}", 6, &frame), ==, SSK_OK);
    g_assert_cmpint(measure(&profile, "\0\0\0\2[]", 6, &frame), ==, SSK_OK);
    g_assert_cmpint(measure(&profile, "\0\0\0\2ab", 6, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\0\0\0\0", 4, &frame), ==, SSK_EFORMAT);
}

static void a_line_ends_with_its_delimiter(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_DELIMITER,
                           .delimiter = "\r\n",
                           .delimiter_len = 2,
                           .max_message = 8};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "ab\rc\r\nd", 7, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 6);
    g_assert_cmpuint(frame.body_end, ==, 2);
    g_assert_cmpint(measure(&profile, "abc\r", 4, &frame), ==, SSK_ETRUNC);
    g_assert_cmpint(measure(&profile, "abcdefghi", 9, &frame), ==, SSK_EFORMAT);
}

static void a_trailer_follows_the_fixed_part_of_its_group(void)
{
    ssk_profile profile = {
        .framing = SSK_FRAMING_FIXED, .size = 3, .max_message = 100, .n_groups = 1};
    profile.groups[0] = (ssk_profile_group){.n_match = 1,
                                            .match = {{.len = 1, .bytes = {'T'}, .mask = {0xff}}},
                                            .trailer = {.set = true, .offset = 1, .size = 2}};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "P\0\0", 3, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 3);
    g_assert_cmpint(measure(&profile, "T\0\7", 3, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 10);
    g_assert_cmpint(measure(&profile, "T\0", 2, &frame), ==, SSK_ETRUNC);
    g_assert_cmpint(measure(&profile, "T\1\0", 3, &frame), ==, SSK_EFORMAT);
}

static void websocket_lengths_have_one_form_each(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_WEBSOCKET, .max_message = 1 << 20};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "\x81\x85mask12345", 11, &frame), ==, SSK_OK);
    g_assert_true(frame.masked);
    g_assert_cmpuint(frame.len, ==, 11);
    g_assert_cmpint(frame.opcode, ==, 1);
    g_assert_cmpint(measure(&profile, "\x82\x7e\0\x7e", 4, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 4 + 126);
    g_assert_cmpint(measure(&profile, "\x82\x7e\0\x7d", 4, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\x09\x00", 2, &frame), ==,
                    SSK_EFORMAT); /* a ping in parts */
    g_assert_cmpint(measure(&profile, "\x81\x7e\x01", 3, &frame), ==, SSK_ETRUNC);
}

static void mqtt_lengths_take_the_fewest_bytes(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_MQTT, .max_message = 1 << 20};
    ssk_frame frame;
    g_assert_cmpint(measure(&profile, "\xc0\0", 2, &frame), ==, SSK_OK); /* PINGREQ */
    g_assert_cmpuint(frame.len, ==, 2);
    g_assert_cmpint(measure(&profile, "\x30\x80\1", 3, &frame), ==, SSK_OK);
    g_assert_cmpuint(frame.len, ==, 3 + 128);
    g_assert_cmpint(measure(&profile, "\x30\x80\0", 3, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\x30\xff\xff\xff\xff", 5, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\xc0\1", 2, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\xc1\0", 2, &frame), ==, SSK_EFORMAT);
}

static void a_field_beyond_what_can_be_read_has_no_value(void)
{
    ssk_field field = {.set = true, .offset = 1, .size = 2, .from_body = true};
    uint64_t value = 7;
    g_assert_true(ssk_field_uint(&field, (const uint8_t *)"\0\0\0\1\2", 5, 2, &value));
    g_assert_cmpuint(value, ==, 0x0102);
    g_assert_false(ssk_field_uint(&field, (const uint8_t *)"\0\0\0\1", 4, 2, &value));
    g_assert_cmpuint(value, ==, 0x0102);
    field.little = true;
    g_assert_true(ssk_field_uint(&field, (const uint8_t *)"\0\0\0\1\2", 5, 2, &value));
    g_assert_cmpuint(value, ==, 0x0201);
}

/* As EtherNet/IP's commands look: 70 00 begins as a PUBCOMP would, which has an identifier. */
static void mqtt_packets_hold_at_least_their_identifiers(void)
{
    ssk_profile profile = {.framing = SSK_FRAMING_MQTT, .max_message = 1 << 20};
    ssk_frame frame;
    static const char *const too_short[] = {"\x70\0", "\x40\1\7", "\x30\0\0", "\x20\0\0"};
    for (size_t i = 0; i < G_N_ELEMENTS(too_short); i++)
        g_assert_cmpint(measure(&profile, too_short[i], 3, &frame), ==, SSK_EFORMAT);
    g_assert_cmpint(measure(&profile, "\x40\2\0\7", 4, &frame), ==, SSK_OK);
    g_assert_cmpint(measure(&profile, "\xe0\0", 2, &frame), ==, SSK_OK); /* DISCONNECT */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/framing/a length counts the body or the whole message",
                    a_length_counts_the_body_or_the_whole_message);
    g_test_add_func("/framing/a JSON body begins with a brace or a bracket",
                    a_json_body_begins_with_a_brace_or_a_bracket);
    g_test_add_func("/framing/a line ends with its delimiter", a_line_ends_with_its_delimiter);
    g_test_add_func("/framing/a trailer follows the fixed part of its group",
                    a_trailer_follows_the_fixed_part_of_its_group);
    g_test_add_func("/framing/websocket lengths have one form each",
                    websocket_lengths_have_one_form_each);
    g_test_add_func("/framing/MQTT lengths take the fewest bytes",
                    mqtt_lengths_take_the_fewest_bytes);
    g_test_add_func("/framing/MQTT packets hold at least their identifiers",
                    mqtt_packets_hold_at_least_their_identifiers);
    g_test_add_func("/framing/a field beyond what can be read has no value",
                    a_field_beyond_what_can_be_read_has_no_value);
    return g_test_run();
}
