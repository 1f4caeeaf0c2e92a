/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/message/shape.h"

static const char profile_text[] =
    "[profile]\nname=test\nframing=length\nlength-size=4\nbody=json\n"
    "[ping]\nmatch=type=ping\nsequence=seq\ntime=sent\n"
    "[time]\nmatch=op=12\ntime=now\n"
    "[pong]\nmatch=type=pong\nsequence=seq\nawaited=true\n";

typedef struct bench {
    ssk_profile *profile;
    ssk_shapes shapes;
    uint64_t seq, time;
} bench;

static bench begin(void)
{
    bench b = {.profile = ssk_profile_parse(profile_text, "test", NULL)};
    g_assert_nonnull(b.profile);
    ssk_shapes_init(&b.shapes);
    return b;
}

static void end(bench *b)
{
    g_atomic_rc_box_release_full(b->profile, (GDestroyNotify)ssk_profile_clear);
}

static void learn(bench *b, unsigned group, const char *text)
{
    ssk_shapes_learn(&b->shapes, b->profile, &b->profile->groups[group], SSK_PARTY_ANY,
                     (const uint8_t *)text, (uint32_t)strlen(text));
}

static const ssk_shape *find(bench *b, const char *text)
{
    /* a copy of the very size, so that a read beyond it is seen */
    uint32_t len = (uint32_t)strlen(text);
    uint8_t *copy = g_memdup2(text, len), hint = 0;
    const ssk_shape *shape = ssk_shapes_find(&b->shapes, &hint, b->profile, SSK_PARTY_ANY, copy,
                                             len, &b->seq, &b->time);
    g_free(copy);
    return shape;
}

static void only_the_numbers_may_differ(void)
{
    bench b = begin();
    learn(&b, 0, "{\"type\":\"ping\",\"seq\":7,\"v\":[1, 2],\"sent\":1700000000000}");
    const ssk_shape *shape = find(&b, "{\"type\":\"ping\",\"seq\":1234,\"v\":[10, 0],\"sent\":5}");
    g_assert_nonnull(shape);
    g_assert_true(shape->group == &b.profile->groups[0]);
    g_assert_true(shape->seq >= 0 && shape->time >= 0);
    g_assert_cmpuint(b.seq, ==, 1234);
    g_assert_cmpuint(b.time, ==, 5);
    g_assert_null(find(&b, "{\"type\":\"pinG\",\"seq\":7,\"v\":[1, 2],\"sent\":1700000000000}"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":7,\"v\":[1, 2],\"sent\":1700000000000} "));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":7,\"v\":[1, 2],\"sent\":1700000000000"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":,\"v\":[1, 2],\"sent\":1700000000000}"));
    end(&b);
}

static void what_json_calls_no_whole_number_fits_nowhere(void)
{
    bench b = begin();
    learn(&b, 0, "{\"type\":\"ping\",\"seq\":7}");
    g_assert_nonnull(find(&b, "{\"type\":\"ping\",\"seq\":0}"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":07}"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":-7}"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":7.5}"));
    g_assert_null(find(&b, "{\"type\":\"ping\",\"seq\":12345678901234567890}"));
    end(&b);
}

static void a_number_that_a_group_asks_for_must_be_the_same(void)
{
    bench b = begin();
    learn(&b, 1, "{\"op\":12,\"now\":1700000000}");
    g_assert_nonnull(find(&b, "{\"op\":12,\"now\":1700000001}"));
    g_assert_null(find(&b, "{\"op\":13,\"now\":1700000001}"));
    end(&b);
}

static void what_rests_on_more_than_the_text_is_not_learned(void)
{
    bench b = begin();
    const char awaited[] = "{\"type\":\"pong\",\"seq\":7}";
    learn(&b, 2, awaited);
    g_assert_null(find(&b, awaited));
    const char escaped[] = "{\"type\":\"pin\\u0067\",\"seq\":7}";
    learn(&b, 0, escaped);
    g_assert_null(find(&b, escaped));
    const char text[] =
        "{\"type\":\"ping\",\"seq\":\"7\"}"; /* a string: its digits are not looked at */
    learn(&b, 0, text);
    g_assert_null(find(&b, text));
    end(&b);
}

static void texts_that_never_come_again_use_the_credit_up(void)
{
    bench b = begin();
    for (unsigned i = 0; i < SSK_SHAPE_CREDIT; i++) {
        char *text = g_strdup_printf("{\"type\":\"ping\",\"seq\":7,\"id\":\"x%u\"}", i);
        learn(&b, 0, text);
        g_free(text);
    }
    const char late[] = "{\"type\":\"ping\",\"seq\":8}";
    learn(&b, 0, late);
    g_assert_null(find(&b, late));
    for (unsigned i = 0; i < SSK_SHAPE_PRICE; i++)
        g_assert_nonnull(find(&b, "{\"type\":\"ping\",\"seq\":7,\"id\":\"x1\"}"));
    learn(&b, 0, late);
    g_assert_nonnull(find(&b, late));
    end(&b);
}

static void wherever_one_looks_first_it_is_found(void)
{
    bench b = begin();
    const char ping[] = "{\"type\":\"ping\",\"seq\":7}";
    learn(&b, 0, ping);
    for (unsigned first = 0; first < SSK_SHAPES; first++) {
        uint8_t hint = (uint8_t)first;
        for (int again = 0; again < 2; again++)
            g_assert_nonnull(ssk_shapes_find(&b.shapes, &hint, b.profile, SSK_PARTY_ANY,
                                             (const uint8_t *)ping, sizeof ping - 1, &b.seq,
                                             &b.time));
    }
    end(&b);
}

static void another_sender_or_profile_has_shapes_of_its_own(void)
{
    bench b = begin(), other = begin();
    const char ping[] = "{\"type\":\"ping\",\"seq\":7}";
    uint8_t hint = 0;
    learn(&b, 0, ping);
    g_assert_null(ssk_shapes_find(&b.shapes, &hint, b.profile, SSK_PARTY_SERVER,
                                  (const uint8_t *)ping, sizeof ping - 1, &b.seq, &b.time));
    g_assert_null(ssk_shapes_find(&b.shapes, &hint, other.profile, SSK_PARTY_ANY,
                                  (const uint8_t *)ping, sizeof ping - 1, &b.seq, &b.time));
    end(&b);
    end(&other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shape/only the numbers may differ", only_the_numbers_may_differ);
    g_test_add_func("/shape/what JSON calls no whole number fits nowhere",
                    what_json_calls_no_whole_number_fits_nowhere);
    g_test_add_func("/shape/a number that a group asks for must be the same",
                    a_number_that_a_group_asks_for_must_be_the_same);
    g_test_add_func("/shape/what rests on more than the text is not learned",
                    what_rests_on_more_than_the_text_is_not_learned);
    g_test_add_func("/shape/texts that never come again use the credit up",
                    texts_that_never_come_again_use_the_credit_up);
    g_test_add_func("/shape/another sender or profile has shapes of its own",
                    another_sender_or_profile_has_shapes_of_its_own);
    g_test_add_func("/shape/wherever one looks first, it is found",
                    wherever_one_looks_first_it_is_found);
    return g_test_run();
}
