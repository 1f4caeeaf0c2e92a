/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub.h"

#include <string.h>

#include "bundle/scrub_log.h"
#include "core/decode/applog.h"
#include "core/decode/packet.h"
#include "core/message/profile.h"
#include "frame.h"

static const uint8_t key[32] = {7};

/* 10.0.0.5:40000 -> 10.0.0.1:7000 */
#define ETHERNET              "020000000002 020000000001 0800 "
#define IPV4(total, protocol) "4500 " total " 0000 0000 40 " protocol " 0000 0a000005 0a000001 "
#define TCP                   "9c40 1b58 00000001 00000001 5018 ffff 1234 0000 "

static ssk_event event_of(frame f)
{
    return (ssk_event){.frame = 1,
                       .linktype = SSK_LINKTYPE_ETHERNET,
                       .bytes = f.data,
                       .cap_len = f.len,
                       .wire_len = f.len,
                       .interface_name = "en0"};
}

/* A profile of the flow, JSON behind a 4-byte length or bytes of a fixed size. */
static ssk_profile_set *keep(ssk_scrub *scrub, const char *name, ssk_transport transport)
{
    ssk_addr addr[2] = {{4, {10, 0, 0, 1}}, {4, {10, 0, 0, 5}}};
    uint16_t port[2] = {7000, 40000};
    ssk_profile_set *set = ssk_profile_set_new();
    ssk_scrub_keep_messages(scrub, transport, addr, port, 1, 100, ssk_profile_set_find(set, name));
    return set;
}

/* A segment of the flow: @p at bytes from its beginning. */
static GByteArray *segment(uint32_t at, const void *payload, size_t len)
{
    frame head = frame_hex(ETHERNET IPV4("0000", "06") TCP); /* length 0: offload */
    GByteArray *whole = g_byte_array_new();
    g_byte_array_append(whole, head.data, head.len);
    g_byte_array_append(whole, payload, (guint)len);
    whole->data[14 + 20 + 7] = (uint8_t)(1 + at); /* sequence number */
    return whole;
}

static void learn(ssk_scrub *scrub, const GByteArray *bytes)
{
    ssk_event event = event_of((frame){bytes->data, bytes->len});
    ssk_scrub_learn(scrub, &event);
}

/* What is left of the payload, as text. */
static char *scrubbed(ssk_scrub *scrub, const GByteArray *bytes)
{
    ssk_event event = event_of((frame){bytes->data, bytes->len});
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(event.cap_len, ==, bytes->len);
    g_assert_cmpmem(event.bytes, 50, bytes->data, 50); /* up to the checksum */
    char *left = g_malloc0(bytes->len - 54 + 1);
    memcpy(left, event.bytes + 54, bytes->len - 54);
    return left;
}

static void check_text(const char *profile, const void *payload, size_t len, const void *expected)
{
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    ssk_profile_set *set = profile ? keep(scrub, profile, SSK_TCP) : NULL;
    GByteArray *bytes = segment(0, payload, len);
    learn(scrub, bytes);
    ssk_scrub_rewind(scrub);
    char *left = scrubbed(scrub, bytes);
    g_assert_cmpmem(left, len, expected, len);
    g_free(left);
    g_byte_array_free(bytes, TRUE);
    ssk_scrub_free(scrub);
    ssk_profile_set_free(set);
}

#define CHECK(profile, payload, expected) \
    check_text(profile, payload, sizeof(payload) - 1, "" expected)

static void empties_an_unknown_payload(void)
{
    CHECK(NULL, "Anna was here", "\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

static void keeps_numbers_and_the_profiles_words(void)
{
    CHECK("json-len32", "\0\0\0\x2f{\"type\":\"ping\",\"seq\":17,\"who\":\"Anna\",\"up\":true}",
          "\0\0\0\x2f{\"type\":\"ping\",\"seq\":17,\"xxx\":\"xxxx\",\"xx\":true}");
}

static void keeps_json_whole_where_escapes_are(void)
{
    CHECK("json-len32", "\0\0\0\x28{\"type\":\"a \\\"quoted\\\" \\u00e9t\\u00e9\"}   ",
          "\0\0\0\x28{\"type\":\"x \\\"xxxxxx\\\" xxxxxxxxxxxxx\"}   ");
}

static void keeps_times(void)
{
    CHECK("text-lines", "TIME 2025-03-24T18:34:16.298Z 1.5e9 Anna\n",
          "TIME 2025-03-24T18:34:16.298Z 1.5e9 xxxx\n");
}

static void leaves_no_text_in_two_byte_letters(void)
{
    CHECK("text-lines", "PING 1\nHELLO \0A\0n\0n\0a\xc3\xa9\n", "PING 1\nHELLO \0x\0x\0x\0x??\n");
}

static void keeps_the_declared_fields_of_binary_messages(void)
{
    CHECK("bin-13",
          "\x02\0\0\0\x07\0\0\x01\x95\xc9\x6e\x70\xe0"
          "\x05\0\0\0\0\0\0\0\0\0\0\0\x04"
          "Anna",
          "\x02\0\0\0\x07\0\0\x01\x95\xc9\x6e\x70\xe0"
          "\x05\0\0\0\0\0\0\0\0\0\0\0\x04"
          "\0\0\0\0");
}

static void keeps_what_an_mqtt_message_promises_and_not_its_client(void)
{
    CHECK("mqtt",
          "\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04"
          "Anna"
          "\xc0\0",
          "\x10\x10\0\x04MQTT\0\0\0\x3c\0\0"
          "\0\0\0\0"
          "\xc0\0");
}

static void messages_in_pieces_and_sent_again_are_the_same(void)
{
    static const char whole[] = "PING 17\nHELLO Anna\nPING 18\n";
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    ssk_profile_set *set = keep(scrub, "text-lines", SSK_TCP);
    GByteArray *parts[] = {segment(0, whole, 2), segment(2, whole + 2, 9),
                           segment(11, whole + 11, 16), segment(2, whole + 2, 25)};
    GByteArray *syn = segment(0, "", 0);
    syn->data[14 + 20 + 7] = 0;
    syn->data[14 + 20 + 13] = 0x02;
    learn(scrub, syn);
    g_byte_array_free(syn, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        learn(scrub, parts[i]);
    for (int pass = 0; pass < 2; pass++) {
        ssk_scrub_rewind(scrub);
        static const char *const left[] = {"PI", "NG 17\nHEL", "LO xxxx\nPING 18\n",
                                           "NG 17\nHELLO xxxx\nPING 18\n"};
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
            char *text = scrubbed(scrub, parts[i]);
            g_assert_cmpstr(text, ==, left[i]);
            g_free(text);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        g_byte_array_free(parts[i], TRUE);
    ssk_scrub_free(scrub);
    ssk_profile_set_free(set);
}

static ssk_event scrub_datagram(ssk_scrub *scrub, const char *payload, bool learned)
{
    char *hex = g_strdup_printf(ETHERNET IPV4("0000", "11") "1388 1770 0000 0000 %s", payload);
    ssk_event event = event_of(frame_hex(hex));
    if (learned)
        ssk_scrub_frame(scrub, &event);
    else
        ssk_scrub_learn(scrub, &event);
    g_free(hex);
    return event;
}

static void an_absent_udp_checksum_stays_absent(void)
{
    ssk_scrub *scrub = ssk_scrub_new(key, true);
    scrub_datagram(scrub, "61626364", false);
    ssk_event event = scrub_datagram(scrub, "61626364", true);
    g_assert_cmpuint(event.bytes[40], ==, 0);
    g_assert_cmpuint(event.bytes[41], ==, 0);
    for (uint32_t i = 42; i < event.cap_len; i++) /* it is always the same: nothing to tell apart */
        g_assert_cmpuint(event.bytes[i], ==, 0);
    ssk_scrub_free(scrub);
}

static void equal_datagrams_stay_equal_and_others_differ(void)
{
    static const char *const payloads[] = {"6162636465666768", "6162636465666768",
                                           "6162636465667879"};
    uint8_t left[3][8];
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    for (size_t i = 0; i < 3; i++)
        scrub_datagram(scrub, payloads[i], false);
    for (size_t i = 0; i < 3; i++)
        memcpy(left[i], scrub_datagram(scrub, payloads[i], true).bytes + 42, 8);
    g_assert_cmpmem(left[0], 8, left[1], 8);
    g_assert_true(memcmp(left[0], left[2], 8) != 0);
    g_assert_cmpmem(left[0], 6, "\0\0\0\0\0\0", 6);
    ssk_scrub_free(scrub);
}

static void the_senders_own_numbers_stay(void)
{
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < 40; i++) {
            char *hex = g_strdup_printf("416e6e61 %08x %04x", 1000 + i, (i * 40503u) & 0xffff);
            ssk_event event = scrub_datagram(scrub, hex, pass);
            if (pass) {
                g_assert_cmpmem(event.bytes + 42, 4, "\0\0\0\0", 4);
                g_assert_cmpuint(event.bytes[48] << 8 | event.bytes[49], ==, 1000 + i);
                g_assert_false((event.bytes[50] << 8 | event.bytes[51]) ==
                               (int)((i * 40503u) & 0xffff));
            }
            g_free(hex);
        }
    ssk_scrub_free(scrub);
}

static void a_capture_header_loses_its_names(void)
{
    frame f = frame_hex("02000000 0c000a00 72756c6520310000 04000900" IPV4("0028", "06") TCP);
    ssk_event event = event_of(f);
    event.linktype = SSK_LINKTYPE_NFLOG;
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(event.linktype, ==, SSK_LINKTYPE_NFLOG);
    g_assert_cmpuint(event.cap_len, ==, f.len);
    g_assert_null(event.interface_name);
    g_assert_cmpmem(event.bytes, 8, f.data, 8);
    g_assert_cmpmem(event.bytes + 8, 8, "\0\0\0\0\0\0\0\0", 8);
    g_assert_cmpmem(event.bytes + 16, 44, f.data + 16, 44);
    ssk_scrub_free(scrub);
}

static void a_process_gets_another_name(void)
{
    ssk_process process = {"Wards", 311, 0, 7};
    ssk_event event = event_of(frame_hex(ETHERNET IPV4("0028", "06") TCP));
    event.process = &process;
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpuint(strlen(event.process->name), ==, 5);
    g_assert_cmpstr(event.process->name, !=, "Wards");
    g_assert_cmpint(event.process->pid, ==, 311);
    g_assert_cmpuint(event.process->drop_reason, ==, 7);
    ssk_scrub_free(scrub);
}

static void addresses_become_others_with_good_checksums(void)
{
    /* with a good header checksum and a good TCP checksum */
    frame f = frame_hex(ETHERNET "45000028000000004006 65d1 0a0000ff 0a000001"
                                 "9c40 1b58 00000001 00000001 5018 ffff e332 0000");
    ssk_event event = event_of(f);
    ssk_packet before, after;
    ssk_decode_packet(&event, &before);
    ssk_scrub *scrub = ssk_scrub_new(key, true);
    ssk_scrub_frame(scrub, &event);
    ssk_decode_packet(&event, &after);
    g_assert_cmpuint(after.ip.src.bytes[0], ==, 10); /* private stays private, .255 stays */
    g_assert_cmpuint(after.ip.src.bytes[3], ==, 255);
    g_assert_cmpmem(after.ip.src.bytes, 3, after.ip.dst.bytes, 3);
    g_assert_true(memcmp(&before.ip.dst, &after.ip.dst, sizeof after.ip.dst) != 0 ||
                  memcmp(&before.link.src, &after.link.src, 6) != 0);
    for (unsigned part = 0; part < 2; part++) {
        uint32_t sum = part ? 6 + 20 : 0; /* protocol and length of the pseudo header */
        for (uint32_t i = part ? 26 : 14; i < (part ? f.len : 34); i += 2)
            sum += (uint32_t)(event.bytes[i] << 8 | event.bytes[i + 1]);
        while (sum >> 16)
            sum = (sum & 0xffff) + (sum >> 16);
        g_assert_cmphex(sum, ==, 0xffff);
    }
    ssk_scrub_free(scrub);
}

static void what_cannot_be_read_is_emptied(void)
{
    ssk_event event = event_of(frame_hex("416e6e61 416e6e61 416e6e61 416e6e61"));
    event.linktype = 999;
    ssk_scrub *scrub = ssk_scrub_new(key, false);
    ssk_scrub_frame(scrub, &event);
    for (uint32_t i = 0; i < event.cap_len; i++)
        g_assert_cmpuint(event.bytes[i], ==, 0);
    g_assert_cmpuint(ssk_scrub_done(scrub).other_bytes, ==, 16);
    ssk_scrub_free(scrub);
}

/* As the receiver's analysis reads it again. */
static void lines_of_logs_tell_the_same(void)
{
    static const char *const lines[] = {
        "2026-11-22 12:08:44.260 [Secretary] listening on 7777",
        "2026-11-22 12:08:44.260 [Secretary] connecting to 10.0.0.1:7777 connection ID=2853feed...",
        "2026-11-22 12:08:44.260 [Secretary] connected. connection ID=2853feed...",
        "2026-11-22 12:08:44.260 connect failed: Secretary unreachable",
        "2026-11-22 12:08:44.260 [Secretary] sendKeepAliveRequest() seq=17",
        "2026-11-22 12:08:44.260 Secretary: got pong seq=18",
        "2026-11-22 12:08:44.260 No keep-alive received for 16.25 seconds Secretary",
        "2026-11-22 12:08:44.260 keep-alive resumed after 31 Secretary",
        "2026-11-22 12:08:44.260 keepAliveTimer IS TIME OUT Secretary",
        "2026-11-22 12:08:44.260 peer closed Secretary",
        "2026-11-22 12:08:44.260 disconnected Secretary",
        "2026-11-22 12:08:44.260 send would block, 4711 Secretary",
        "2026-11-22 12:08:44.260 received bytes=1024 total=2048 Secretary",
        "2026-11-22 12:08:44.260 the Secretary said this",
    };
    ssk_pseudonym *names = ssk_pseudonym_new(key, true);
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        ssk_event event = {.kind = SSK_EVENT_LOG,
                           .time = 1795349324 * SSK_S + 260 * SSK_MS,
                           .bytes = (const uint8_t *)lines[i],
                           .cap_len = (uint32_t)strlen(lines[i])};
        ssk_applog_line before, after;
        g_string_truncate(out, 0);
        g_assert_true(ssk_scrub_log(names, 2, &event, out));
        g_assert_null(strstr(out->str, "Secretary"));
        g_assert_null(strstr(out->str, "2853feed"));
        g_assert_cmpint(ssk_decode_applog(lines[i], event.cap_len, &before), ==, SSK_OK);
        g_assert_cmpint(ssk_decode_applog(out->str, out->len - 1, &after), ==, SSK_OK);
        g_assert_cmpint(after.local - after.zone_s * SSK_S, ==, event.time);
        g_assert_cmpint(after.event, ==, before.event);
        g_assert_cmpint(after.has_value, ==, before.has_value);
        g_assert_cmpuint(after.value, ==, before.value);
        g_assert_cmpint(after.has_seq, ==, before.has_seq);
        g_assert_cmpuint(after.seq, ==, before.seq);
        g_assert_cmpuint(after.total, ==, before.total);
        g_assert_cmpint(after.connection.bytes != NULL, ==, before.connection.bytes != NULL);
        g_assert_cmpint(!strncmp(after.source.bytes, "log2", 4), ==, 1);
    }
    g_string_free(out, TRUE);
    ssk_pseudonym_free(names);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scrub/empties an unknown payload", empties_an_unknown_payload);
    g_test_add_func("/scrub/keeps numbers and the profile's words",
                    keeps_numbers_and_the_profiles_words);
    g_test_add_func("/scrub/keeps JSON whole where escapes are",
                    keeps_json_whole_where_escapes_are);
    g_test_add_func("/scrub/keeps times", keeps_times);
    g_test_add_func("/scrub/leaves no text in two-byte letters",
                    leaves_no_text_in_two_byte_letters);
    g_test_add_func("/scrub/keeps the declared fields of binary messages",
                    keeps_the_declared_fields_of_binary_messages);
    g_test_add_func("/scrub/keeps what an MQTT message promises and not its client",
                    keeps_what_an_mqtt_message_promises_and_not_its_client);
    g_test_add_func("/scrub/messages in pieces and sent again are the same",
                    messages_in_pieces_and_sent_again_are_the_same);
    g_test_add_func("/scrub/the sender's own numbers stay", the_senders_own_numbers_stay);
    g_test_add_func("/scrub/a process gets another name", a_process_gets_another_name);
    g_test_add_func("/scrub/addresses become others with good checksums",
                    addresses_become_others_with_good_checksums);
    g_test_add_func("/scrub/an absent UDP checksum stays absent",
                    an_absent_udp_checksum_stays_absent);
    g_test_add_func("/scrub/equal datagrams stay equal and others differ",
                    equal_datagrams_stay_equal_and_others_differ);
    g_test_add_func("/scrub/a capture header loses its names", a_capture_header_loses_its_names);
    g_test_add_func("/scrub/lines of logs tell the same, without their words",
                    lines_of_logs_tell_the_same);
    g_test_add_func("/scrub/what cannot be read is emptied", what_cannot_be_read_is_emptied);
    return g_test_run();
}
