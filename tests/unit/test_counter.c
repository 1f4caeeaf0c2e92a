/* test_counter.c - the sender's own numbering.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/udp/counter.h"

enum { N = SSK_LIMIT(COUNTER_LEARN) };

typedef void (*fill_fn)(uint32_t number, uint8_t *bytes);

static void put(uint8_t *at, unsigned width, bool little, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        at[little ? i : width - 1 - i] = (uint8_t)(value >> 8 * i);
}

static void fill_rtp(uint32_t number, uint8_t *bytes)
{
    bytes[0] = 0x80;
    bytes[1] = 96;
    put(bytes + 2, 2, false, number & 0xffff);
    put(bytes + 4, 4, false, number / 3 * 3000); /* three packets per frame */
    put(bytes + 8, 4, false, 0xdeadbeef);
    for (unsigned i = 12; i < SSK_COUNTER_BYTES; i++)
        bytes[i] = (uint8_t)g_random_int();
}

static void fill_big(uint32_t number, uint8_t *bytes)
{
    memcpy(bytes, "SLUD", 4);
    put(bytes + 4, 4, false, number);
    put(bytes + 8, 4, false, g_random_int());
}

static void fill_little(uint32_t number, uint8_t *bytes)
{
    memcpy(bytes, "SENS\x01\x02", 6);
    put(bytes + 6, 4, true, number);
}

static void fill_clock(uint32_t number, uint8_t *bytes)
{
    put(bytes + 1, 4, true, number * 100); /* milliseconds at 10 Hz */
}

static void fill_random(uint32_t number, uint8_t *bytes)
{
    (void)number;
    for (unsigned i = 0; i < SSK_COUNTER_BYTES; i++)
        bytes[i] = (uint8_t)g_random_int();
}

static void fill_text(uint32_t number, uint8_t *bytes)
{
    char text[64];
    g_snprintf(text, sizeof text, "$GPGGA,%06u.00,4807.%03u,N,0113", 120000 + number,
               g_random_int_range(0, 1000));
    memcpy(bytes, text, SSK_COUNTER_BYTES);
}

static bool find(fill_fn fill, uint32_t from, ssk_counter *ret)
{
    ssk_counter_sample samples[N] = {0};
    for (unsigned i = 0; i < N; i++) {
        samples[i].len = SSK_COUNTER_BYTES;
        fill(from + i, samples[i].bytes);
    }
    return ssk_counter_find(samples, N, ret);
}

static ssk_counter_step add(ssk_counter *counter, fill_fn fill, uint32_t number)
{
    uint8_t bytes[SSK_COUNTER_BYTES] = {0};
    fill(number, bytes);
    return ssk_counter_add(counter, bytes, sizeof bytes, 20000);
}

static void test_found(void)
{
    static const struct {
        fill_fn fill;
        uint32_t from;
        int32_t step;
    } cases[] = {
        {fill_rtp, 10, 1},   {fill_rtp, 65520, 1},    {fill_big, 0, 1},     {fill_big, 240, 1},
        {fill_little, 7, 1}, {fill_little, 65500, 1}, {fill_clock, 5, 100},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ssk_counter counter;
        g_assert_true(find(cases[i].fill, cases[i].from, &counter));
        /* 100 000 datagrams, each 10th lost, and one long loss */
        uint64_t received = 0, lost = 0;
        for (uint32_t n = cases[i].from; n < cases[i].from + 100000; n++) {
            bool gone = n % 10 == 3 || (n > 50000 && n < 60000);
            if (n > cases[i].from && gone) {
                lost++;
                continue;
            }
            add(&counter, cases[i].fill, n);
            received++;
        }
        const ssk_counter_field *f = ssk_counter_chosen(&counter);
        g_assert_cmpint(f->step, ==, cases[i].step);
        g_assert_cmpuint(f->received, ==, received);
        g_assert_cmpuint(f->skipped, ==, lost);
        g_assert_cmpuint(f->restarts, ==, 0);
    }
}

static void test_not_found(void)
{
    ssk_counter counter;
    for (unsigned i = 0; i < 200; i++) {
        g_assert_false(find(fill_random, 0, &counter));
        g_assert_false(find(fill_text, i, &counter));
    }
}

static void test_learned_through_loss(void)
{
    /* half of the stream lost in runs, 8 % at random: still found */
    ssk_counter_sample samples[N] = {0};
    uint32_t number = 1000;
    for (unsigned i = 0; i < N; i++) {
        samples[i].len = SSK_COUNTER_BYTES;
        fill_big(number, samples[i].bytes);
        number += i % 12 == 5 ? 2 : i == 20 ? 83 : 1;
    }
    ssk_counter counter;
    g_assert_true(ssk_counter_find(samples, N, &counter));
    g_assert_cmpint(counter.fields[0].offset, ==, 4);
}

static void test_late(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_big, 0, &counter));
    for (uint32_t n = 0; n < 100; n++)
        add(&counter, fill_big, n);
    ssk_counter_step step = add(&counter, fill_big, 103);
    g_assert_cmpint(step.kind, ==, SSK_COUNTER_NEXT);
    g_assert_cmpint(step.skipped, ==, 3);
    g_assert_cmpint(add(&counter, fill_big, 101).kind, ==, SSK_COUNTER_LATE);
    g_assert_cmpint(add(&counter, fill_big, 101).kind, ==, SSK_COUNTER_DUPLICATE);
    g_assert_cmpint(add(&counter, fill_big, 103).kind, ==, SSK_COUNTER_DUPLICATE);
    const ssk_counter_field *f = ssk_counter_chosen(&counter);
    g_assert_cmpuint(f->skipped, ==, 2);
    g_assert_cmpuint(f->late, ==, 1);
    g_assert_cmpuint(f->duplicates, ==, 2);
    g_assert_cmpuint(f->received, ==, 102);
}

static void test_restart(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_big, 5000000, &counter));
    for (uint32_t n = 0; n < 50; n++)
        add(&counter, fill_big, 5000000 + n);
    g_assert_cmpint(add(&counter, fill_big, 3).kind, ==, SSK_COUNTER_RESTART);
    g_assert_cmpint(add(&counter, fill_big, 4).kind, ==, SSK_COUNTER_NEXT);
    g_assert_cmpuint(ssk_counter_chosen(&counter)->skipped, ==, 0);
}

static void test_too_far(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_big, 100, &counter));
    uint8_t bytes[SSK_COUNTER_BYTES] = {0};
    for (uint32_t n = 100; n < 150; n++)
        add(&counter, fill_big, n);
    fill_big(1000, bytes);
    ssk_counter_step step = ssk_counter_add(&counter, bytes, sizeof bytes, 100);
    g_assert_cmpint(step.kind, ==, SSK_COUNTER_RESTART);
    g_assert_cmpuint(ssk_counter_chosen(&counter)->skipped, ==, 0);
}

static void fill_flags(uint32_t number, uint8_t *bytes)
{
    memset(bytes, 0xa5, SSK_COUNTER_BYTES);
    bytes[0] = number % 50 < 40 ? 0 : 0x10; /* flags beside a counter of 8 bits */
    bytes[1] = (uint8_t)number;
}

static void test_flags(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_flags, 0, &counter));
    for (uint32_t n = 0; n < 2500; n++)
        add(&counter, fill_flags, n);
    g_assert_cmpuint(ssk_counter_chosen(&counter)->skipped, ==, 0);
}

static void test_short(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_big, 0, &counter));
    uint8_t bytes[7] = {0};
    ssk_counter_step step = ssk_counter_add(&counter, bytes, sizeof bytes, 20000);
    g_assert_cmpint(step.kind, ==, SSK_COUNTER_NEXT);
    g_assert_cmpuint(counter.fields[0].received, ==, 0);
}

/* A byte that counts, beside one that never changes. */
static void fill_narrow(uint32_t number, uint8_t *bytes)
{
    memcpy(bytes, "\x11\x22\x33", 3);
    bytes[3] = (uint8_t)number;
    for (unsigned i = 4; i < SSK_COUNTER_BYTES; i++)
        bytes[i] = (uint8_t)g_random_int();
}

static void test_narrow(void)
{
    ssk_counter counter;
    g_assert_true(find(fill_narrow, 0, &counter));
    for (uint32_t n = 0; n < 200; n++)
        add(&counter, fill_narrow, n);
    g_assert_true(ssk_counter_holds(&counter)); /* nothing says that it is narrow yet */
    for (uint32_t n = 200; n < 2000; n++)
        add(&counter, fill_narrow, n);
    g_assert_false(ssk_counter_holds(&counter));
}

static void test_questions(void)
{
    /* asked three times each */
    ssk_counter counter;
    g_assert_true(find(fill_big, 100, &counter));
    for (uint32_t n = 0; n < 300; n++)
        add(&counter, fill_big, 100 + n / 3);
    g_assert_false(ssk_counter_holds(&counter));
}

static void test_answers(void)
{
    ssk_counter asked, both;
    uint8_t bytes[SSK_COUNTER_BYTES] = {0};
    g_assert_true(find(fill_big, 100, &asked) && find(fill_big, 100, &both));
    for (uint32_t n = 100; n < 400; n++) {
        add(&asked, fill_big, n);
        fill_big(n, bytes);
        ssk_counter_answer(&asked, bytes, sizeof bytes);
        add(&both, fill_big, n);
        fill_big(n + 70000, bytes); /* the other side's own count */
        ssk_counter_answer(&both, bytes, sizeof bytes);
    }
    g_assert_false(ssk_counter_holds(&asked));
    g_assert_true(ssk_counter_holds(&both));
}

static void test_the_short_way_counts_as_the_long_one(void)
{
    enum { ROUNDS = 400 };
    uint64_t received = 0; /* since the last restart of each round: of one alone it may be few */
    for (int round = 0; round < ROUNDS; round++) {
        ssk_counter quick = {.n_fields = 2}, slow;
        bool little = g_test_rand_bit();
        quick.fields[0] = (ssk_counter_field){.width = 4, .little = little};
        quick.fields[1] =
            (ssk_counter_field){.offset = little ? 0 : 2, .width = 2, .little = little};
        quick.fields[0].step = quick.fields[1].step = g_test_rand_int_range(1, 300);
        slow = quick;
        uint32_t number = (uint32_t)g_test_rand_int();
        for (int i = 0; i < 600; i++) {
            uint8_t bytes[SSK_COUNTER_BYTES] = {0};
            int what = g_test_rand_int_range(0, 20);
            number += (uint32_t)quick.fields[0].step *
                      (what ? 1u : (uint32_t)g_test_rand_int_range(-80, 80));
            put(bytes, 4, little, number);
            size_t len = what == 1 ? 3 : sizeof bytes;
            ssk_counter_step a = ssk_counter_add(&quick, bytes, len, 100);
            ssk_counter_step b = ssk_counter_add_any(&slow, bytes, len, 100);
            g_assert_true(a.kind == b.kind && a.skipped == b.skipped);
            g_assert_true(!memcmp(&quick, &slow, sizeof quick));
        }
        received += quick.fields[0].received;
    }
    g_assert_cmpuint(received, >, 300 * ROUNDS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/counter/counters of every form are found and count losses exactly",
                    test_found);
    g_test_add_func("/counter/random bytes and text hold none", test_not_found);
    g_test_add_func("/counter/losses do not hide a counter", test_learned_through_loss);
    g_test_add_func("/counter/late datagrams fill their hole, duplicates do not", test_late);
    g_test_add_func("/counter/a restart is no loss", test_restart);
    g_test_add_func("/counter/more missing than the time allows is a restart", test_too_far);
    g_test_add_func("/counter/flags beside a narrow counter are no loss", test_flags);
    g_test_add_func("/counter/a datagram too short is not counted", test_short);
    g_test_add_func("/counter/a counter of 8 bits is none of 16", test_narrow);
    g_test_add_func("/counter/the ids of questions that are asked again are no numbers",
                    test_questions);
    g_test_add_func("/counter/what the other side repeats is an id, its own count is not",
                    test_answers);
    g_test_add_func("/counter/the short way counts as the long one",
                    test_the_short_way_counts_as_the_long_one);
    return g_test_run();
}
