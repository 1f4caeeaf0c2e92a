/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/scrub.h"

#include "core/decode/link.h"
#include "frame.h"

static const uint8_t key[32] = { 7 };

/* 10.0.0.5:40000 -> 10.0.0.1:7000 */
#define ETHERNET "020000000002 020000000001 0800 "
#define IPV4(total, protocol) "4500 " total " 0000 0000 40 " protocol " 0000 0a000005 0a000001 "
#define TCP "9c40 1b58 00000001 00000001 5018 ffff 1234 0000 "

static ssk_event event_of(frame f)
{
    return (ssk_event){ .frame = 1, .linktype = SSK_LINKTYPE_ETHERNET, .bytes = f.data,
                        .cap_len = f.len, .wire_len = f.len, .interface_name = "en0" };
}

static void keep(ssk_scrub *scrub, const char *text, bool binary)
{
    ssk_addr addr[2] = { { 4, { 10, 0, 0, 1 } }, { 4, { 10, 0, 0, 5 } } };
    uint16_t port[2] = { 7000, 40000 };
    ssk_scrub_keep_words(scrub, SSK_TCP, addr, port, text, binary);
}

/** @p payload in a TCP segment of the flow that keep() names; what is left of it, as text. */
static char *scrub_text(ssk_scrub *scrub, const char *payload, size_t len)
{
    frame       head = frame_hex(ETHERNET IPV4("0000", "06") TCP); /* length 0: offload */
    GByteArray *whole = g_byte_array_new();
    g_byte_array_append(whole, head.data, head.len);
    g_byte_array_append(whole, (const uint8_t *)payload, (guint)len);
    ssk_event event = event_of((frame){ whole->data, whole->len });
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(event.cap_len, ==, head.len + len);
    g_assert_cmpmem(event.bytes, 50, head.data, 50); /* up to the checksum */
    char *left = g_strndup((const char *)event.bytes + head.len, len);
    g_byte_array_free(whole, TRUE);
    return left;
}

static void check_text(const char *words, bool binary, const char *payload, const char *expected)
{
    ssk_scrub *scrub = ssk_scrub_new(key);
    if (words)
        keep(scrub, words, binary);
    char *left = scrub_text(scrub, payload, strlen(payload));
    g_assert_cmpstr(left, ==, expected);
    g_free(left);
    ssk_scrub_free(scrub);
}

static void empties_an_unknown_payload(void)
{
    check_text(NULL, false, "Anna has an appointment", "");
}

static void keeps_numbers_and_the_profiles_words(void)
{
    check_text("match=type=ping", false, "{\"type\":\"ping\",\"seq\":17,\"who\":\"Anna\",\"up\":true}",
               "{\"type\":\"ping\",\"xxx\":17,\"xxx\":\"xxxx\",\"xx\":true}");
}

static void keeps_json_whole_where_escapes_are(void)
{
    check_text("type", false, "{\"type\":\"a \\\"quoted\\\" \\u00e9t\\u00e9\"}",
               "{\"type\":\"x \\\"xxxxxx\\\" xxxxxxxxxxxxx\"}");
}

static void keeps_times(void)
{
    check_text("TIME", false, "TIME 2025-03-24T18:34:16.298Z 1.5e9 72e6ab", "TIME 2025-03-24T18:34:16.298Z 1.5e9 xxxxxx");
}

static void leaves_no_text_in_two_byte_letters(void)
{
    ssk_scrub *scrub = ssk_scrub_new(key);
    keep(scrub, "type", false);
    char *left = scrub_text(scrub, "A\0n\0n\0a\0 \0B\0", 12);
    g_assert_cmpstr(left, ==, "x");
    g_free(left);
    ssk_scrub_free(scrub);
}

static void keeps_a_length_before_json(void)
{
    check_text("type", false, "\x01\xc8{\"type\":1}", "\x01\xc8{\"type\":1}");
    check_text("type", false, "\x01\x41{\"type\":1}", "\x01\x41{\"type\":1}");
}

static void keeps_binary_messages_but_for_words(void)
{
    check_text("match=0:02", true, "\x02\x01\x01" "abc\xff" "Anna", "\x02\x01\x01" "abc\xff" "xxxx");
}

static void an_absent_udp_checksum_stays_absent(void)
{
    frame      f = frame_hex(ETHERNET IPV4("0020", "11") "1388 1770 000c 0000 61626364");
    ssk_event  event = event_of(f);
    ssk_scrub *scrub = ssk_scrub_new(key);
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(event.bytes[40], ==, 0);
    g_assert_cmpuint(event.bytes[41], ==, 0);
    for (uint32_t i = 42; i < event.cap_len; i++)
        g_assert_cmpuint(event.bytes[i], <, 0x40);
    ssk_scrub_free(scrub);
}

static void equal_datagrams_stay_equal_and_others_differ(void)
{
    static const char *const payloads[] = { "6162636465666768", "6162636465666768", "6162636465666769" };
    uint8_t    left[3][8];
    ssk_scrub *scrub = ssk_scrub_new(key);
    for (size_t i = 0; i < 3; i++) {
        char     *hex = g_strconcat(ETHERNET IPV4("0024", "11") "1388 1770 0010 0000", payloads[i], NULL);
        ssk_event event = event_of(frame_hex(hex));
        ssk_scrub_frame(scrub, &event);
        memcpy(left[i], event.bytes + 42, 8);
        g_free(hex);
    }
    g_assert_cmpmem(left[0], 8, left[1], 8);
    g_assert_true(memcmp(left[0], left[2], 8) != 0);
    ssk_scrub_free(scrub);
}

static void a_capture_header_with_names_is_taken_off(void)
{
    frame     f = frame_hex("02000000 0c000a00 72756c6520310000 04000900" IPV4("0028", "06") TCP);
    ssk_event event = event_of(f);
    event.linktype = SSK_LINKTYPE_NFLOG;
    ssk_scrub *scrub = ssk_scrub_new(key);
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(event.linktype, ==, SSK_LINKTYPE_RAW);
    g_assert_cmpuint(event.cap_len, ==, 40);
    g_assert_cmpuint(event.wire_len, ==, 40);
    g_assert_null(event.interface_name);
    g_assert_cmpmem(event.bytes, 40, f.data + 20, 40);
    ssk_scrub_free(scrub);
}

static void what_cannot_be_read_is_emptied(void)
{
    ssk_event event = event_of(frame_hex("416e6e61 416e6e61 416e6e61 416e6e61"));
    event.linktype = 999;
    ssk_scrub *scrub = ssk_scrub_new(key);
    ssk_scrub_frame(scrub, &event);
    for (uint32_t i = 0; i < event.cap_len; i++)
        g_assert_cmpuint(event.bytes[i], ==, 0);
    g_assert_cmpuint(ssk_scrub_done(scrub)->other_bytes, ==, 16);
    ssk_scrub_free(scrub);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scrub/empties an unknown payload", empties_an_unknown_payload);
    g_test_add_func("/scrub/keeps numbers and the profile's words", keeps_numbers_and_the_profiles_words);
    g_test_add_func("/scrub/keeps JSON whole where escapes are", keeps_json_whole_where_escapes_are);
    g_test_add_func("/scrub/keeps times", keeps_times);
    g_test_add_func("/scrub/leaves no text in two-byte letters", leaves_no_text_in_two_byte_letters);
    g_test_add_func("/scrub/keeps a length before JSON", keeps_a_length_before_json);
    g_test_add_func("/scrub/keeps binary messages but for words", keeps_binary_messages_but_for_words);
    g_test_add_func("/scrub/an absent UDP checksum stays absent", an_absent_udp_checksum_stays_absent);
    g_test_add_func("/scrub/equal datagrams stay equal and others differ", equal_datagrams_stay_equal_and_others_differ);
    g_test_add_func("/scrub/a capture header with names is taken off", a_capture_header_with_names_is_taken_off);
    g_test_add_func("/scrub/what cannot be read is emptied", what_cannot_be_read_is_emptied);
    return g_test_run();
}
