/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/message/body.h"
#include "core/message/profile.h"

#define NOW (INT64_C(1795349283773) * SSK_MS)

static const char OWN[] = "[profile]\nname=own\nframing=delimiter\nbody=text\n"
                          "[ping]\nmatch=BEAT\ndirection=client\nsequence=2\n"
                          "[pong]\nmatch=BEAT\ndirection=server\nsequence=2\n";

typedef struct told {
    int role;            /* -1: none */
    ssk_reading reading; /* its group went with the profiles */
} told;

static told read_by(const char *name, const void *data, uint32_t len, uint32_t known,
                    ssk_party party)
{
    ssk_profile_set *set = ssk_profile_set_new();
    GError *error = NULL;
    ssk_profile_set_add(set, OWN, "own.profile", &error);
    g_assert_no_error(error);
    const ssk_profile *profile = ssk_profile_set_find(set, name);
    g_assert_nonnull(profile);
    ssk_frame frame;
    ssk_scratch scratch;
    told t;
    ssk_context context = {.near = NOW, .party = party};
    uint8_t *exact = g_memdup2(data, known); /* so that a read beyond it is seen */
    g_assert_cmpint(ssk_framing_measure(profile, exact, known, len, &frame), ==, SSK_OK);
    ssk_body_read(profile, &frame, exact, known, &context, &scratch, &t.reading);
    t.role = t.reading.group ? (int)t.reading.group->role : -1;
    g_free(exact);
    ssk_profile_set_free(set);
    return t;
}

static void json(void)
{
    static const char ping[] = "\0\0\0\x2c{\"type\":\"ping\",\"seq\":9,\"sent\":1795349283773}";
    told t = read_by("json-len32", ping, sizeof ping - 1, sizeof ping - 1, SSK_PARTY_ANY);
    g_assert_cmpint(t.role, ==, SSK_ROLE_PING);
    g_assert_true(t.reading.has_seq && t.reading.has_time);
    g_assert_cmpuint(t.reading.seq, ==, 9);
    g_assert_cmpint(t.reading.time, ==, NOW);
}

static void json_in_another_order(void)
{
    static const char pong[] = "\0\0\0\x17{\"seq\":9,\"type\":\"pong\"}";
    told t = read_by("json-len32", pong, sizeof pong - 1, sizeof pong - 1, SSK_PARTY_ANY);
    g_assert_cmpint(t.role, ==, SSK_ROLE_PONG);
    g_assert_cmpuint(t.reading.seq, ==, 9);
}

static void cut(void)
{
    static const char ping[] = "\0\0\0\x2c{\"type\":\"ping\",\"seq\":9,\"sent\":1795349283773}";
    told t = read_by("json-len32", ping, sizeof ping - 1, 30, SSK_PARTY_ANY);
    g_assert_cmpint(t.role, ==, SSK_ROLE_PING);
    g_assert_true(t.reading.has_seq);
    g_assert_false(t.reading.has_time);
}

static void foreign(void)
{
    static const char text[] = "\0\0\0\x0f{\"kind\":\"ping\"}";
    told t = read_by("json-len32", text, sizeof text - 1, sizeof text - 1, SSK_PARTY_ANY);
    g_assert_cmpint(t.role, ==, -1);
}

static void by_who_says_it(void)
{
    static const char line[] = "BEAT 7\n";
    told client = read_by("own", line, 7, 7, SSK_PARTY_CLIENT);
    told server = read_by("own", line, 7, 7, SSK_PARTY_SERVER);
    g_assert_cmpint(client.role, ==, SSK_ROLE_PING);
    g_assert_cmpint(server.role, ==, SSK_ROLE_PONG);
    g_assert_cmpuint(server.reading.seq, ==, 7);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/body/role, number and time of JSON", json);
    g_test_add_func("/body/members in any order", json_in_another_order);
    g_test_add_func("/body/a short snap length leaves what can be read", cut);
    g_test_add_func("/body/JSON of something else has no role", foreign);
    g_test_add_func("/body/one text, two roles, by who says it", by_who_says_it);
    return g_test_run();
}
