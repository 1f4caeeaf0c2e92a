/* test_profile.c - profiles, built in and of one's own: profile_text.c and the keys too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/messages.h"

static void built_in(void)
{
    static const char *const names[] = {
        "json-len32", "text-lines", "bin-13", "simplepush", "home-assistant",
        "websocket",  "nats",       "irc",    "mqtt"};
    ssk_profile_set *set = ssk_profile_set_new();
    g_assert_cmpuint(ssk_profile_set_size(set), ==, G_N_ELEMENTS(names));
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const ssk_profile *p = ssk_profile_set_get(set, i);
        g_assert_nonnull(p);
        g_assert_cmpstr(ssk_profile_name(p), ==, names[i]);
        g_assert_true(*ssk_profile_description(p));
        /* what is printed can be read again */
        GError *error = NULL;
        ssk_profile_set_add(set, ssk_profile_text(p), "again", &error);
        g_assert_no_error(error);
        ssk_profile_set_free(set);
        set = ssk_profile_set_new();
    }
    g_assert_null(ssk_profile_set_find(set, "none"));
    ssk_profile_set_free(set);
}

#define HEAD "[profile]\nname=x\n"
#define PING "[ping]\nmatch=type=ping\n"

static void wrong(void)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "f:1: no group [profile]"},
        {HEAD, "f:1: no group for a role"},
        {PING, "f:1: no group [profile]"},
        {"name=x\n",
         "f:1: must be [group], key=value or a # comment; the first group is [profile]"},
        {HEAD "junk\n" PING, "f:3: must be [group], key=value or a # comment"},
        {HEAD "framing=lines\n" PING,
         "f:3: framing=lines: must be length, delimiter, fixed, websocket, mqtt or datagram"},
        {HEAD "# a comment\n\n periodd = 1s\n" PING,
         "f:5: periodd: no such key; [profile] has name, "},
        {HEAD "period=0\n" PING, "f:3: period=0: must be 1ms..1d"},
        {HEAD "period=2d\n" PING, "f:3: period=2d: must be 1ms..1d"},
        {HEAD "ports=80;70000\n" PING, "f:3: ports=80;70000: must be up to 16 of 1..65535"},
        {HEAD "length-size=3\n" PING, "f:3: length-size=3: must be 1, 2 or 4"},
        {HEAD "framing=fixed\n" PING, "f:1: [profile]: framing=fixed needs size"},
        {HEAD "name=y\n" PING, "f:3: name: said before"},
        {HEAD PING PING, "f:5: [ping]: said before"},
        {HEAD "[pling]\nmatch=type=ping\n", "f:3: [pling]: must begin with ping, pong, time, ack"},
        {HEAD "[ping]\n", "f:3: [ping]: the group needs a match, an opcode or a size"},
        {HEAD "[ping]\nsize=40\n", "f:3: [ping]: a group that goes by size alone needs period"},
        {HEAD "[ping]\nmatch=ping\n", "f:4: match=ping: must be up to 8 PATH=VALUE"},
        {HEAD "body=bytes\n[ping]\nmatch=0:c\n", "f:5: match=0:c: must be up to 8 OFFSET:HEX"},
        {HEAD "body=bytes\n[ping]\nmatch=0:c0/ffff\n",
         "f:5: match=0:c0/ffff: must be up to 8 OFFSET:HEX"},
        {HEAD "body=bytes\n[ping]\nmatch=0:c0\nsequence=1:3\n",
         "f:6: sequence=1:3: must be OFFSET:SIZE"},
        {HEAD "body=text\n[ping]\nmatch=PING\nsequence=seq\n",
         "f:6: sequence=seq: must be the number of a word, 1..64"},
        {HEAD "body=regex\n[ping]\nmatch=(\n", "f:5: match=(: must be "},
        {HEAD "body=regex\n[ping]\nmatch=^a (?<n>\\d)\nsequence=m\n",
         "f:6: sequence=m: must be a named group of the expression"},
        {HEAD PING "opcode=9\n", "f:5: opcode=9: must be 0..15, only with framing=websocket"},
        {HEAD PING "time=t\ntime-format=epoch\n", "f:6: time-format=epoch: must be auto, unix-s, "},
        {HEAD PING "awaited=true\n", "f:3: [ping]: awaited needs a sequence"},
        {HEAD PING "trailer=5:8\n", "f:5: trailer=5:8: must be only with framing=fixed"},
        {"[profile]\nname=a b\n" PING, "f:2: name=a b: must be 1 to 64 letters"},
        {"\xff", "f:1: not UTF-8"},
    };
    ssk_profile_set *set = ssk_profile_set_new_empty();
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        g_assert_false(ssk_profile_set_add(set, cases[i].text, "f", &error));
        g_assert_error(error, SSK_PROFILE_ERROR, 0);
        if (!g_str_has_prefix(error->message, cases[i].error))
            g_assert_cmpstr(error->message, ==, cases[i].error);
        g_assert_null(strchr(error->message, '\n'));
        g_error_free(error);
    }
    g_assert_cmpuint(ssk_profile_set_size(set), ==, 0);
    ssk_profile_set_free(set);
}

static void own_first(void)
{
    ssk_profile_set *set = ssk_profile_set_new(), *copy;
    g_assert_true(ssk_profile_set_add(set, HEAD "period=5s\ntimeout=1500ms\n" PING, "f", NULL));
    g_assert_cmpstr(ssk_profile_name(ssk_profile_set_get(set, 0)), ==, "x");
    size_t size = ssk_profile_set_size(set);
    g_assert_true(ssk_profile_set_add(set, HEAD "period=6s\n" PING, "f", NULL));
    g_assert_cmpuint(ssk_profile_set_size(set), ==, size);
    copy = ssk_profile_set_copy(set);
    ssk_profile_set_free(set);
    g_assert_cmpint(ssk_profile_period(ssk_profile_set_find(copy, "x")), ==, 6 * SSK_S);
    g_assert_cmpint(ssk_profile_timeout(ssk_profile_set_find(copy, "x")), ==, 0);
    g_assert_false(ssk_profile_set_keep(copy, "nobody"));
    g_assert_true(ssk_profile_set_keep(copy, "mqtt"));
    g_assert_cmpuint(ssk_profile_set_size(copy), ==, 1);
    ssk_profile_set_free(copy);
}

static void documented(void)
{
    char *path = g_build_filename(SSK_SOURCE_DIR, "docs", "profiles.md", NULL), *text;
    char *keys = ssk_profile_keys_markdown();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, keys)); /* else: print ssk_profile_keys_markdown() into it */
    /* every example in it is a profile */
    unsigned examples = 0;
    ssk_profile_set *set = ssk_profile_set_new();
    for (char *at = text; (at = strstr(at, "```ini\n")); at++) {
        char *start = at + 7, *example = g_strndup(start, (gsize)(strstr(start, "```") - start));
        GError *error = NULL;
        ssk_profile_set_add(set, example, "docs/profiles.md", &error);
        g_assert_no_error(error);
        g_free(example);
        examples++;
    }
    g_assert_cmpuint(examples, >=, 2);
    for (size_t i = 0; i < ssk_profile_set_size(set); i++) {
        char *name = g_strdup_printf("`%s`", ssk_profile_name(ssk_profile_set_get(set, i)));
        char *example = g_strdup_printf("name=%s\n", ssk_profile_name(ssk_profile_set_get(set, i)));
        g_assert_true(strstr(text, name) || strstr(text, example));
        g_free(example);
        g_free(name);
    }
    ssk_profile_set_free(set);
    g_free(keys);
    g_free(text);
    g_free(path);
}

/* ---- each framing and body, from bytes to messages ---- */

typedef struct talk {
    ssk_profile_set *set;
    ssk_messages *messages;
    GString *heard;
    uint32_t frame;
    ssk_time_ns time;
} talk;

#define NOW (INT64_C(1795349283773) * SSK_MS)

static void hear(void *user, const ssk_message *m)
{
    talk *t = user;
    g_string_append_printf(t->heard, "%c:%s", m->dir == SSK_A ? 'a' : 'b',
                           m->label ? m->label : "?");
    if (m->has_seq)
        g_string_append_printf(t->heard, ":%" G_GUINT64_FORMAT, m->seq);
    if (m->has_sent)
        g_string_append_printf(t->heard, "@%" G_GINT64_FORMAT, (m->sent - NOW) / SSK_MS);
    if (m->has_clock)
        g_string_append_printf(t->heard, "=%" G_GINT64_FORMAT, (m->clock - NOW) / SSK_MS);
    g_string_append_c(t->heard, ' ');
}

static talk start(const char *profile, ssk_transport transport, uint16_t server_port)
{
    const uint16_t ports[2] = {50000, server_port};
    talk t = {.set = ssk_profile_set_new(), .heard = g_string_new(NULL), .time = NOW};
    if (profile) {
        GError *error = NULL;
        ssk_profile_set_add(t.set, profile, "test", &error);
        g_assert_no_error(error);
    }
    t.messages = ssk_messages_new(t.set, transport, ports);
    return t;
}

static void say(talk *t, ssk_dir dir, const void *data, size_t len)
{
    uint8_t *exact = g_memdup2(data, len);
    const ssk_chunk chunk = {exact, (uint32_t)len, (uint32_t)len, 0, ++t->frame, t->time};
    ssk_messages_push(t->messages, dir, &chunk, hear, t);
    g_free(exact);
    t->time += SSK_S;
}

#define SAY(t, dir, literal) say(t, dir, literal, sizeof(literal) - 1)

static void stop(talk *t, const char *profile, const char *heard)
{
    const ssk_profile *p = ssk_messages_profile(t->messages);
    g_assert_cmpstr(t->heard->str, ==, heard);
    g_assert_cmpstr(p ? ssk_profile_name(p) : NULL, ==, profile);
    g_string_free(t->heard, TRUE);
    ssk_messages_free(t->messages);
    ssk_profile_set_free(t->set);
}

static void say_little(talk *t, ssk_dir dir, const char *json)
{
    uint32_t len = GUINT32_TO_LE((uint32_t)strlen(json));
    GByteArray *out = g_byte_array_new();
    g_byte_array_append(out, (const uint8_t *)&len, 4);
    g_byte_array_append(out, (const uint8_t *)json, (guint)strlen(json));
    say(t, dir, out->data, out->len);
    g_byte_array_free(out, TRUE);
}

static void simplepush(void)
{
    talk t = start(NULL, SSK_TCP, 3000);
    say_little(&t, SSK_A,
               "{\"command\":\"request\",\"requestIdentifier\":1,\"payload\":"
               "{\"codingKey\":1,\"data\":\"e30=\"}}");
    say_little(&t, SSK_B, "{\"requestIdentifier\":1,\"command\":\"acknowledge\"}");
    say_little(&t, SSK_B,
               "{\"payload\":{\"data\":\"eyJjb3VudCI6MX0=\",\"codingKey\":4},"
               "\"requestIdentifier\":9,\"command\":\"request\"}");
    say_little(&t, SSK_A, "{\"command\":\"acknowledge\",\"requestIdentifier\":9}");
    stop(&t, "simplepush", "a:other request:1 b:ack:1 b:ping:9 a:pong:9 ");
}

static void base64_inside(void)
{
    talk t = start("[profile]\nname=inner\nframing=length\nlength-order=little\n"
                   "[ping]\nmatch=payload.codingKey=4\nsequence=payload.data.@base64.count\n",
                   SSK_TCP, 3000);
    say_little(&t, SSK_B, "{\"payload\":{\"data\":\"eyJjb3VudCI6MX0=\",\"codingKey\":4}}");
    say_little(&t, SSK_B, "{\"payload\":{\"data\":\"eyJjb3VudCI6Mn0=\",\"codingKey\":4}}");
    stop(&t, "inner", "b:ping:1 b:ping:2 ");
}

static void say_frame(talk *t, ssk_dir dir, int opcode, const char *text, bool masked)
{
    static const uint8_t mask[4] = {0x12, 0x34, 0x56, 0x78};
    uint8_t out[140] = {(uint8_t)(0x80 | opcode), (uint8_t)strlen(text)};
    size_t at = 2, len = strlen(text);
    if (masked) {
        out[1] |= 0x80;
        memcpy(out + at, mask, 4);
        at += 4;
    }
    for (size_t i = 0; i < len; i++)
        out[at + i] = (uint8_t)(text[i] ^ (masked ? mask[i & 3] : 0));
    say(t, dir, out, at + len);
}

static void home_assistant(void)
{
    talk t = start(NULL, SSK_TCP, 8123);
    SAY(&t, SSK_A,
        "GET /api/websocket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    SAY(&t, SSK_B, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n");
    say_frame(&t, SSK_B, 1, "{\"type\":\"auth_required\",\"ha_version\":\"2025.1\"}", false);
    say_frame(&t, SSK_A, 1, "{\"type\":\"auth\",\"access_token\":\"x\"}", true);
    say_frame(&t, SSK_B, 1, "{\"type\":\"auth_ok\"}", false);
    say_frame(&t, SSK_A, 1, "{\"id\":7,\"type\":\"ping\"}", true);
    say_frame(&t, SSK_B, 1, "{\"id\":7,\"type\":\"pong\"}", false);
    say_frame(&t, SSK_B, 8, "", false);
    stop(&t, "home-assistant",
         "a:? b:? b:other required a:? b:other authorised a:ping:7 b:pong:7 b:close ");
}

static void websocket_frames(void)
{
    /* from the middle, and with text of another application between */
    talk t = start(NULL, SSK_TCP, 80);
    for (int i = 0; i < 3; i++) {
        say_frame(&t, SSK_B, 9, "", false);
        say_frame(&t, SSK_A, 10, "", true);
        say_frame(&t, SSK_A, 1, "{\"op\":\"tick\"}", true);
    }
    stop(&t, "websocket", "b:ping a:pong a:? b:ping a:pong a:? b:ping a:pong a:? ");
    t = start(NULL, SSK_TCP, 80);
    say_frame(&t, SSK_B, 9, "one", false);
    say_frame(&t, SSK_A, 10, "one", true);
    say_frame(&t, SSK_B, 9, "two", false);
    say_frame(&t, SSK_A, 10, "two", true);
    g_assert_nonnull(ssk_messages_profile(t.messages));
    char **words = g_strsplit(t.heard->str, " ", -1); /* the pong has its ping's number */
    g_assert_cmpstr(words[0] + 6, ==, words[1] + 6);
    g_assert_cmpstr(words[2] + 6, ==, words[3] + 6);
    g_assert_cmpstr(words[0] + 6, !=, words[2] + 6);
    g_strfreev(words);
    char *heard = g_strdup(t.heard->str);
    stop(&t, "websocket", heard);
    g_free(heard);
}

static void mqtt(void)
{
    talk t = start(NULL, SSK_TCP, 4711);
    SAY(&t, SSK_A, "\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04iPad");
    SAY(&t, SSK_B, "\x20\x02\x00\x00");
    SAY(&t, SSK_A, "\x30\x07\x00\x03top!!\xc0\x00");
    SAY(&t, SSK_B, "\xd0\x00");
    SAY(&t, SSK_A, "\xe0\x00");
    stop(&t, "mqtt", "a:other connect b:other connack a:? a:ping b:pong a:close ");
    /* from the middle, on the usual port: one round is enough */
    t = start(NULL, SSK_TCP, 1883);
    SAY(&t, SSK_A, "\xc0\x00");
    SAY(&t, SSK_B, "\xd0\x00");
    stop(&t, "mqtt", "a:ping b:pong ");
}

static void framings(void)
{
    talk t = start("[profile]\nname=one\nframing=length\nlength-size=1\nlength-offset=2\n"
                   "length-counts=message\nbody=bytes\n"
                   "[ping]\nmatch=0:abcd; +0:50494e47\nsequence=+4:2 little\n",
                   SSK_TCP, 1);
    SAY(&t, SSK_A, "\xab\xcd\x09PING\x07\x00\xab\xcd\x09PING\x08\x00");
    SAY(&t, SSK_A, "\xab\xcd\x09PING\x09");
    SAY(&t, SSK_A, "\x01");
    stop(&t, "one", "a:ping:7 a:ping:8 a:ping:265 ");

    t = start("[profile]\nname=two\nframing=length\nlength-size=2\nlength-order=little\nbody=text\n"
              "[ping]\nmatch=are you there\nsequence=4\n",
              SSK_TCP, 1);
    SAY(&t, SSK_A,
        "\x0f\x00"
        "are you there 1\x0f\x00"
        "are you there 2");
    stop(&t, "two", "a:ping:1 a:ping:2 ");

    t = start("[profile]\nname=end\nframing=delimiter\ndelimiter=\\r\\n\\x00\nbody=text\n"
              "[ping]\nmatch=HEARTBEAT\nsequence=2\n",
              SSK_TCP, 1);
    SAY(&t, SSK_A, "HEARTBEAT 1\r\n\0HEARTBEAT 2\r");
    SAY(&t, SSK_A, "\n\0");
    stop(&t, "end", "a:ping:1 a:ping:2 ");

    t = start("[profile]\nname=udp\ntransport=udp\nframing=datagram\n"
              "[ping]\nmatch=op=beat\nsequence=n\n",
              SSK_UDP, 1);
    SAY(&t, SSK_A, "{\"op\":\"beat\",\"n\":1}");
    SAY(&t, SSK_A, "not ours");
    SAY(&t, SSK_A, "{\"op\":\"beat\",\"n\":2}");
    stop(&t, "udp", "a:ping:1 a:? a:ping:2 ");
}

static void regular_expression(void)
{
    talk t = start("[profile]\nname=re\nframing=delimiter\nbody=regex\nregex-bytes=40\n"
                   "[ping]\nmatch=^BEAT (?<n>\\d+) at=(?<t>[0-9.]+)\nsequence=n\ntime=t\n"
                   "time-format=unix-s\n[pong]\nmatch=^OK (?<n>\\d+)$\nsequence=n\n",
                   SSK_TCP, 1);
    SAY(&t, SSK_A, "BEAT 1 at=1795349283.773\n");
    SAY(&t, SSK_B, "OK 1\n");
    SAY(&t, SSK_A, "                                         BEAT 2 at=1\n");
    stop(&t, "re", "a:ping:1@0 b:pong:1 a:? ");

    /* a pattern that backtracks without end is stopped */
    t = start("[profile]\nname=slow\nframing=delimiter\nbody=regex\nregex-bytes=4096\n"
              "[ping]\nmatch=^(a+)+$\n",
              SSK_TCP, 1);
    GString *line = g_string_new(NULL);
    for (int i = 0; i < 3000; i++)
        g_string_append_c(line, 'a');
    g_string_append(line, "b\n");
    gint64 before = g_get_monotonic_time();
    for (int i = 0; i < 10; i++)
        say(&t, SSK_A, line->str, line->len);
    g_assert_cmpint(g_get_monotonic_time() - before, <, 5 * G_USEC_PER_SEC);
    g_string_free(line, TRUE);
    stop(&t, NULL, "");
}

static void times(void)
{
    static const struct {
        const char *format, *text;
        int64_t ms;
    } cases[] = {
        {"unix-s", "1795349283.773", 0},
        {"unix-us", "1795349283774000", 1},
        {"unix-ns", "1795349283775000000", 2},
        {"cocoa", "817042083.776", 3},
        {"auto", "\"2026-11-22T12:08:03.777Z\"", 4},
        {"iso-8601", "\"20261122T130803.778+0100\"", 5},
        {"rfc-1123", "\"Sun, 22 Nov 2026 12:08:04 GMT\"", 227},
        {"filetime", "134398228837780000", 5},
        {"day-clock", "\"120803.78\"", 7},
        {"gps", "\"2446:43701.781\"", 8},
        {"day-s", "43683.782", 9},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *profile =
            g_strdup_printf("[profile]\nname=t\nframing=delimiter\n[time]\nmatch=op=time\n"
                            "time=t\ntime-format=%s\n",
                            cases[i].format);
        char *line = g_strdup_printf("{\"op\":\"time\",\"t\":%s}\n", cases[i].text);
        char *expect = g_strdup_printf("b:time=%d b:time=%d ", (int)cases[i].ms, (int)cases[i].ms);
        talk t = start(profile, SSK_TCP, 1);
        say(&t, SSK_B, line, strlen(line));
        say(&t, SSK_B, line, strlen(line));
        stop(&t, "t", expect);
        g_free(expect);
        g_free(line);
        g_free(profile);
    }
}

static void encrypted(void)
{
    static const char profile[] =
        "[profile]\nname=beat\nperiod=1s\nframing=length\nlength-offset=3\n"
        "length-size=2\nbody=bytes\n"
        "[ping]\nmatch=0:170303\nsize=45\ndirection=client\n";
    uint8_t record[45] = {0x17, 3, 3, 0, 40};
    talk t = start(profile, SSK_TCP, 443);
    for (int i = 0; i < 6; i++)
        say(&t, SSK_A, record, sizeof record);
    stop(&t, "beat", "a:ping a:ping a:ping a:ping a:ping a:ping ");

    t = start(profile, SSK_TCP, 443); /* the same records without the rhythm */
    for (int i = 0; i < 200; i++) {
        say(&t, SSK_A, record, sizeof record);
        t.time += (i % 7) * 100 * SSK_MS - SSK_S + 400 * SSK_MS;
    }
    stop(&t, NULL, "");
}

static void ports(void)
{
    static const char profile[] =
        "[profile]\nname=bound\nports=7000\nframing=fixed\nsize=4\nbody=bytes\n"
        "[ping]\nmatch=0:01\ndirection=client\n[pong]\nmatch=0:01\n";
    talk t = start(profile, SSK_TCP, 7000); /* the same bytes, told apart by who sends them */
    SAY(&t, SSK_A, "\1\0\0\0");
    SAY(&t, SSK_B, "\1\0\0\0");
    stop(&t, "bound", "a:ping b:pong ");
    t = start(profile, SSK_TCP, 7001);
    SAY(&t, SSK_A, "\1\0\0\0");
    SAY(&t, SSK_B, "\1\0\0\0");
    stop(&t, NULL, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/the built-in ones can be read", built_in);
    g_test_add_func("/profile/a wrong one is refused with line and reason", wrong);
    g_test_add_func("/profile/the user's own come first, once per name", own_first);
    g_test_add_func("/profile/the documentation tells every key and its examples work", documented);
    g_test_add_func("/profile/SimplePush: an acknowledged heartbeat is a pong", simplepush);
    g_test_add_func("/profile/fields inside base64", base64_inside);
    g_test_add_func("/profile/Home Assistant from the HTTP upgrade on", home_assistant);
    g_test_add_func("/profile/WebSocket ping frames, masked and not", websocket_frames);
    g_test_add_func("/profile/MQTT pings", mqtt);
    g_test_add_func("/profile/every framing", framings);
    g_test_add_func("/profile/regular expressions are bounded", regular_expression);
    g_test_add_func("/profile/every time format", times);
    g_test_add_func("/profile/encrypted messages by size and rhythm", encrypted);
    g_test_add_func("/profile/ports decide what is looked for, and who is the client", ports);
    return g_test_run();
}
