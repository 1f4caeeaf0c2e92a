/* test_messages.c - a flow's messages: candidate.c, follow.c and recent.c too, which have
 * no other callers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/messages.h"

#define NOW (INT64_C(1795349283773) * SSK_MS)

typedef struct bench {
    ssk_profile_set *set;
    ssk_messages *messages;
    GString *heard; /* "a:ping 1 b:pong 1 ..." */
    uint32_t frame;
    uint32_t frames[64];
    ssk_message last;
    unsigned count;
} bench;

static void hear(void *user, const ssk_message *m)
{
    bench *b = user;
    g_string_append_printf(b->heard, "%c:%s ", m->dir == SSK_A ? 'a' : 'b', ssk_role_text(m->role));
    if (m->has_seq)
        g_string_append_printf(b->heard, "%u ", (unsigned)m->seq);
    if (b->count < G_N_ELEMENTS(b->frames))
        b->frames[b->count] = m->frame;
    b->count++;
    b->last = *m;
}

static bench begin(const char *profile, ssk_transport transport)
{
    static const uint16_t ports[2] = {50000, 7000};
    bench b = {.set = ssk_profile_set_new(), .heard = g_string_new(NULL)};
    if (profile) {
        GError *error = NULL;
        ssk_profile_set_add(b.set, profile, "test.profile", &error);
        g_assert_no_error(error);
    }
    b.messages = ssk_messages_new(b.set, transport, ports);
    return b;
}

static void end(bench *b)
{
    ssk_messages_free(b->messages);
    ssk_profile_set_free(b->set);
    g_string_free(b->heard, TRUE);
}

static void push_cut(bench *b, ssk_dir dir, const void *data, size_t len, size_t cap,
                     uint64_t skipped)
{
    /* an exact copy, so that a read beyond it is seen */
    uint8_t *exact = g_memdup2(data, cap);
    const ssk_chunk chunk = {.data = exact,
                             .cap_len = (uint32_t)cap,
                             .wire_len = (uint32_t)len,
                             .skipped = skipped,
                             .frame = ++b->frame,
                             .time = NOW + b->frame * SSK_S / 2};
    ssk_messages_push(b->messages, dir, &chunk, hear, b);
    g_free(exact);
}

static void push(bench *b, ssk_dir dir, const void *data, size_t len)
{
    push_cut(b, dir, data, len, len, 0);
}

static void push_text(bench *b, ssk_dir dir, const char *text)
{
    push(b, dir, text, strlen(text));
}

/* A JSON text behind its length, appended to @p out. */
static void add_json(GByteArray *out, const char *text)
{
    uint32_t len = GUINT32_TO_BE((uint32_t)strlen(text));
    g_byte_array_append(out, (const uint8_t *)&len, 4);
    g_byte_array_append(out, (const uint8_t *)text, (guint)strlen(text));
}

static GByteArray *ping_pong(unsigned from, unsigned to, bool answers)
{
    GByteArray *out = g_byte_array_new();
    for (unsigned n = from; n <= to; n++) {
        char *text =
            answers ? g_strdup_printf("{\"type\":\"pong\",\"seq\":%u}", n)
                    : g_strdup_printf("{\"type\":\"ping\",\"seq\":%u,\"sent\":1795349283773}", n);
        add_json(out, text);
        g_free(text);
    }
    return out;
}

static void push_bytes(bench *b, ssk_dir dir, GByteArray *bytes)
{
    push(b, dir, bytes->data, bytes->len);
    g_byte_array_free(bytes, TRUE);
}

static void json_roles(void)
{
    bench b = begin(NULL, SSK_TCP);
    GByteArray *time = g_byte_array_new();
    add_json(time, "{\"type\":\"time\",\"unix_ms\":1795349283780}");
    push_bytes(&b, SSK_A, ping_pong(1, 1, false));
    g_assert_cmpuint(b.count, ==, 0);
    g_assert_null(ssk_messages_profile(b.messages));
    push_bytes(&b, SSK_B, ping_pong(1, 1, true));
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 b:pong 1 ");
    g_assert_cmpuint(b.frames[0], ==, 1);
    g_assert_cmpuint(b.frames[1], ==, 2);
    push_bytes(&b, SSK_B, time);
    g_assert_true(b.last.has_clock);
    g_assert_cmpint(b.last.clock, ==, NOW + 7 * SSK_MS);
    g_assert_cmpuint(b.last.len, ==, 43);
    push_bytes(&b, SSK_A, ping_pong(2, 2, false));
    g_assert_true(b.last.has_sent);
    g_assert_cmpint(b.last.sent, ==, NOW);
    g_assert_cmpstr(ssk_profile_name(ssk_messages_profile(b.messages)), ==, "json-len32");
    end(&b);
}

static void many_in_one(void)
{
    bench b = begin(NULL, SSK_TCP);
    push_bytes(&b, SSK_A, ping_pong(1, 4, false));
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 3 a:ping 4 ");
    end(&b);
}

static void one_in_many(void)
{
    for (size_t step = 1; step < 50; step++) {
        bench b = begin(NULL, SSK_TCP);
        GByteArray *all = ping_pong(3, 5, false);
        push_bytes(&b, SSK_A, ping_pong(1, 2, false));
        for (size_t at = 0; at < all->len; at += step)
            push(&b, SSK_A, all->data + at, MIN(step, all->len - at));
        g_byte_array_free(all, TRUE);
        g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 3 a:ping 4 a:ping 5 ");
        g_assert_cmpuint(b.frames[4], ==, b.frame);
        end(&b);
    }
}

/* Both sides write each message in pieces of @p cut bytes: no segment proves anything alone. */
static void talk_in_pieces(bench *b, size_t cut)
{
    for (unsigned n = 1; n <= 6; n++) {
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            GByteArray *one = ping_pong(n, n, dir == SSK_B);
            for (size_t at = 0; at < one->len; at += cut)
                push(b, dir, one->data + at, MIN(cut, one->len - at));
            g_byte_array_free(one, TRUE);
        }
    }
}

static void never_whole(void)
{
    for (size_t cut = 13; cut < 50; cut++) { /* a ping has 49 bytes: up to four pieces */
        bench b = begin(NULL, SSK_TCP);
        talk_in_pieces(&b, cut);
        g_assert_cmpstr(b.heard->str, ==,
                        "a:ping 1 b:pong 1 a:ping 2 b:pong 2 a:ping 3 b:pong 3 "
                        "a:ping 4 b:pong 4 a:ping 5 b:pong 5 a:ping 6 b:pong 6 ");
        end(&b);
    }
}

static void pieces_behind_a_hole(void)
{
    bench b = begin(NULL, SSK_TCP);
    GByteArray *next = ping_pong(7, 8, false);
    push_bytes(&b, SSK_A, ping_pong(1, 2, false));
    push_cut(&b, SSK_A, next->data, 9, 9, 100);
    push(&b, SSK_A, next->data + 9, next->len - 9);
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 7 a:ping 8 ");
    g_byte_array_free(next, TRUE);
    end(&b);
}

static void starts_in_the_middle(void)
{
    bench b = begin(NULL, SSK_TCP);
    push_text(&b, SSK_B,
              "xx\",\"name\":\"the end of a message whose beginning was not captured\"}");
    push_bytes(&b, SSK_B, ping_pong(17, 17, true));
    push_bytes(&b, SSK_A, ping_pong(18, 18, false));
    push_bytes(&b, SSK_B, ping_pong(18, 18, true));
    g_assert_cmpstr(b.heard->str, ==, "b:pong 17 a:ping 18 b:pong 18 ");
    end(&b);
}

static void hole(void)
{
    bench b = begin(NULL, SSK_TCP);
    GByteArray *next = ping_pong(7, 8, false);
    push_bytes(&b, SSK_A, ping_pong(1, 2, false));
    push_cut(&b, SSK_A, next->data + 20, next->len - 20, next->len - 20, 220);
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 ");
    push(&b, SSK_A, next->data, next->len);
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 7 a:ping 8 ");
    g_byte_array_free(next, TRUE);
    end(&b);
}

static void hole_within(void)
{
    bench b = begin(NULL, SSK_TCP);
    GByteArray *blob = g_byte_array_new();
    char *x = g_strnfill(5000, 'x'),
         *text = g_strdup_printf("{\"type\":\"blob\",\"data\":\"%s\"}", x);
    add_json(blob, text);
    push_bytes(&b, SSK_A, ping_pong(1, 2, false));
    push(&b, SSK_A, blob->data, 1000);
    GByteArray *rest = ping_pong(3, 3, false);
    g_byte_array_prepend(rest, blob->data + 3000, blob->len - 3000);
    push_cut(&b, SSK_A, rest->data, rest->len, rest->len, 2000);
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:other a:ping 3 ");
    g_byte_array_free(rest, TRUE);
    g_byte_array_free(blob, TRUE);
    g_free(text);
    g_free(x);
    end(&b);
}

static void short_snap(void)
{
    bench b = begin(NULL, SSK_TCP);
    for (unsigned n = 1; n < 4; n++) {
        GByteArray *ping = ping_pong(n, n, false);
        push_cut(&b, SSK_A, ping->data, ping->len, 27, 0);
        g_byte_array_free(ping, TRUE);
    }
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 3 ");
    g_assert_false(b.last.has_sent);
    GByteArray *ping = ping_pong(4, 4, false);
    push_cut(&b, SSK_A, ping->data, ping->len, 26, 0); /* behind the digit: another may follow */
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 a:ping 2 a:ping 3 a:ping ");
    g_byte_array_free(ping, TRUE);
    end(&b);
}

static void lines(void)
{
    bench b = begin(NULL, SSK_TCP);
    push_text(&b, SSK_A, "f a line\nHELLO 6834 iPhone|Main\r\nPING 1\n");
    push_text(&b, SSK_B, "PONG 1\nTIME 2026-11-22T12:08:03.773Z\nPO");
    g_assert_cmpstr(b.heard->str, ==, "a:other a:ping 1 b:pong 1 b:time ");
    g_assert_cmpint(b.last.clock, ==, NOW);
    push_text(&b, SSK_B, "NG 2\n");
    g_assert_cmpstr(b.heard->str, ==, "a:other a:ping 1 b:pong 1 b:time b:pong 2 ");
    g_assert_cmpuint(b.last.frame, ==, 3);
    push_cut(&b, SSK_A, "oken line\nPING 5\n", 17, 17, 30);
    g_assert_cmpuint(b.last.seq, ==, 5);
    end(&b);
}

static void line_cut(void)
{
    bench b = begin(NULL, SSK_TCP);
    char blob[1428];
    memset(blob, 'x', sizeof blob);
    memcpy(blob, "BLOB 2 ", 7);
    push_text(&b, SSK_A, "PING 1\n");
    push_text(&b, SSK_B, "PONG 1\n");
    push_cut(&b, SSK_A, blob, sizeof blob, 70, 0);
    push_cut(&b, SSK_A, blob + 7, 300, 70, 0);
    push_text(&b, SSK_A, "PING 2\n");
    g_assert_cmpstr(b.heard->str, ==, "a:ping 1 b:pong 1 a:ping 2 ");
    end(&b);
}

static void add_bin(GByteArray *out, uint8_t type, uint32_t seq, uint64_t value)
{
    seq = GUINT32_TO_BE(seq);
    value = GUINT64_TO_BE(value);
    g_byte_array_append(out, &type, 1);
    g_byte_array_append(out, (const uint8_t *)&seq, 4);
    g_byte_array_append(out, (const uint8_t *)&value, 8);
}

static void binary(void)
{
    bench b = begin(NULL, SSK_TCP);
    GByteArray *out = g_byte_array_new();
    static const uint8_t blob[3000] = {2, 2, 2};
    for (uint32_t n = 40; n < 44; n++) {
        add_bin(out, 2, n, NOW / SSK_MS + n);
        push(&b, SSK_A, out->data, out->len);
        g_byte_array_set_size(out, 0);
        add_bin(out, 3, n, 0);
        add_bin(out, 4, 0, NOW / SSK_MS + n + 1);
        push(&b, SSK_B, out->data, out->len);
        g_byte_array_set_size(out, 0);
        if (n == 41) {
            add_bin(out, 5, 1, sizeof blob);
            g_byte_array_append(out, blob, sizeof blob);
            push(&b, SSK_A, out->data, 500);
            push(&b, SSK_A, out->data + 500, out->len - 500);
            g_byte_array_set_size(out, 0);
        }
    }
    g_assert_cmpstr(b.heard->str, ==,
                    "a:ping 40 b:pong 40 b:time a:ping 41 b:pong 41 b:time a:other "
                    "a:ping 42 b:pong 42 b:time a:ping 43 b:pong 43 b:time ");
    g_assert_cmpstr(ssk_profile_name(ssk_messages_profile(b.messages)), ==, "bin-13");
    g_byte_array_free(out, TRUE);
    end(&b);
}

static void quiet(bench *b)
{
    g_assert_cmpuint(b->count, ==, 0);
    g_assert_null(ssk_messages_profile(b->messages));
    end(b);
}

static void foreign(void)
{
    bench b = begin(NULL, SSK_TCP);
    for (int i = 0; i < 100; i++) {
        push_text(&b, SSK_A, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
        push_text(&b, SSK_B, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    }
    quiet(&b);
    b = begin(NULL, SSK_TCP);
    for (int i = 0; i < 700; i++)
        push(&b, i & 1, "\x17\x03\x03\x00\x08 12345678", 13);
    g_assert_true(ssk_messages_gave_up(b.messages));
    quiet(&b);
    b = begin(NULL, SSK_TCP);
    for (int i = 0; i < 300; i++) {
        push_text(&b, SSK_A, "PING :irc.example.com\r\n"); /* a name, no number */
        push_text(&b, SSK_B, "PONG :irc.example.com\r\n");
    }
    quiet(&b);
}

static void repetitive(void)
{
    /* a palette in an image once passed for thirteen-byte messages */
    bench b = begin(NULL, SSK_TCP);
    uint8_t data[1300];
    for (unsigned value = 0; value < 6; value++) {
        memset(data, (int)value, sizeof data);
        for (int i = 0; i < 20; i++)
            push(&b, SSK_B, data, sizeof data);
    }
    quiet(&b);
}

static void random_bytes(void)
{
    GRand *random = g_rand_new_with_seed(7);
    for (int flow = 0; flow < 300; flow++) {
        bench b = begin(NULL, SSK_TCP);
        for (int i = 0; i < 60; i++) {
            uint8_t data[200];
            size_t len = (size_t)g_rand_int_range(random, 1, sizeof data);
            for (size_t k = 0; k < len; k++)
                data[k] = (uint8_t)(g_rand_int(random) & (flow & 1 ? 0xff : 7));
            push(&b, i & 1, data, len);
        }
        quiet(&b);
    }
    g_rand_free(random);
}

static void each_answer_finds_the_ping_that_waits_for_it(void)
{
    bench b =
        begin("[profile]\nname=asked\nframing=delimiter\ndelimiter=\\n\nbody=json\nports=7000\n"
              "[ping]\nmatch=say=ask\nsequence=n\n"
              "[pong]\nmatch=say=yes\nsequence=n\nawaited=true\n"
              "[ack]\nmatch=say=yes\nsequence=n\n",
              SSK_TCP);
    for (unsigned n = 1; n <= 20; n++) {
        char *ask = g_strdup_printf("{\"say\":\"ask\",\"n\":%u}\n", n);
        char *yes = g_strdup_printf("{\"say\":\"yes\",\"n\":%u}\n", n);
        push_cut(&b, SSK_A, ask, strlen(ask), strlen(ask), 0);
        push_cut(&b, SSK_B, yes, strlen(yes), strlen(yes), 0);
        g_assert_cmpuint(b.last.role, ==, SSK_ROLE_PONG);
        push_cut(&b, SSK_B, yes, strlen(yes), strlen(yes), 0); /* nobody asked for it twice */
        g_assert_cmpuint(b.last.role, ==, SSK_ROLE_ACK);
        g_free(ask);
        g_free(yes);
    }
    end(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/messages/JSON roles, numbers and times, delivered once certain", json_roles);
    g_test_add_func("/messages/several in one segment", many_in_one);
    g_test_add_func("/messages/one across segments of any size", one_in_many);
    g_test_add_func("/messages/each in pieces, from the first on", never_whole);
    g_test_add_func("/messages/in pieces behind a hole", pieces_behind_a_hole);
    g_test_add_func("/messages/detected from the middle of a connection", starts_in_the_middle);
    g_test_add_func("/messages/framing is found again after a hole", hole);
    g_test_add_func("/messages/a hole inside a long message keeps the framing", hole_within);
    g_test_add_func("/messages/a short snap length leaves role and number", short_snap);
    g_test_add_func("/messages/lines, in pieces and after a hole", lines);
    g_test_add_func("/messages/a line cut by the snap length ends with its segments", line_cut);
    g_test_add_func("/messages/binary headers with a blob between", binary);
    g_test_add_func("/messages/HTTP, TLS and IRC are none", foreign);
    g_test_add_func("/messages/data that repeats is none", repetitive);
    g_test_add_func("/messages/random bytes are none", random_bytes);
    g_test_add_func("/messages/each answer finds the ping that waits for it",
                    each_answer_finds_the_ping_that_waits_for_it);
    return g_test_run();
}
