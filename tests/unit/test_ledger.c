/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/view/ledger.h"

#define START (1742841288 * SSK_S)

static ssk_print datagram(uint64_t content)
{
    return (ssk_print){.key = {content, content}, .len = 100};
}

static ssk_print segment(uint32_t seq, uint32_t len, uint32_t stamp)
{
    uint64_t key = (uint64_t)seq << 32 | stamp;
    return (ssk_print){
        .key = {key ^ len, key ^ len}, .len = len, .ranged = true, .seq = seq, .stamp = stamp};
}

static void add(ssk_ledger *ledger, unsigned view, ssk_print print, ssk_span_ns after)
{
    static uint32_t frame;
    ssk_ledger_add(ledger, 7, view, &print, 0, START + after, ++frame);
}

static ssk_passage sum(ssk_ledger *ledger, ssk_span_ns from, ssk_span_ns to)
{
    ssk_passage ret;
    ssk_ledger_settle(ledger);
    ssk_ledger_sum(ledger, 7, START + from, START + to, &ret);
    return ret;
}

static void what_arrives_and_what_is_lost(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    for (unsigned i = 0; i < 100; i++) {
        add(ledger, 0, datagram(i), i * 100 * SSK_MS);
        if (i < 40 || i >= 70)
            add(ledger, 1, datagram(i), i * 100 * SSK_MS + 20 * SSK_MS);
    }
    ssk_passage all = sum(ledger, 0, 100 * SSK_S), gap = sum(ledger, 4 * SSK_S, 6900 * SSK_MS);
    g_assert_cmpuint(all.both, ==, 70);
    g_assert_cmpuint(all.only[0], ==, 30);
    g_assert_cmpuint(all.only[1], ==, 0);
    g_assert_cmpint(all.delay, ==, 20 * SSK_MS);
    g_assert_cmpuint(gap.both, ==, 0);
    g_assert_cmpuint(gap.only[0], ==, 30);
    g_assert_cmpuint(gap.only_bytes[0], ==, 3000);
    ssk_ledger_free(ledger);
}

static void either_may_be_seen_first(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    add(ledger, 1, datagram(1), 0);
    add(ledger, 0, datagram(1), SSK_MS);
    ssk_passage all = sum(ledger, 0, SSK_S);
    g_assert_cmpuint(all.both, ==, 1);
    g_assert_cmpuint(all.only[0] + all.only[1], ==, 0);
    ssk_ledger_free(ledger);
}

static void what_was_held_is_late_and_not_lost(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    for (unsigned i = 0; i < 5; i++)
        add(ledger, 0, datagram(i), i * SSK_S);
    for (unsigned i = 0; i < 5; i++)
        add(ledger, 1, datagram(i), 20 * SSK_S + i * SSK_MS);
    ssk_passage all = sum(ledger, 0, 10 * SSK_S);
    g_assert_cmpuint(all.both, ==, 5);
    g_assert_cmpuint(all.late, ==, 5);
    g_assert_cmpint(all.delay, ==, 20 * SSK_S);
    ssk_ledger_free(ledger);
}

static void equal_datagrams_go_to_the_nearest(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    for (unsigned i = 0; i < 5; i++)
        add(ledger, 0, datagram(9), i * SSK_S); /* four are lost, the last arrives */
    add(ledger, 1, datagram(9), 4 * SSK_S + SSK_MS);
    ssk_passage lost = sum(ledger, 0, 3500 * SSK_MS), last = sum(ledger, 4 * SSK_S, 5 * SSK_S);
    g_assert_cmpuint(lost.only[0], ==, 4);
    g_assert_cmpuint(last.both, ==, 1);
    g_assert_cmpint(last.delay, ==, SSK_MS);
    ssk_ledger_free(ledger);
}

static void a_big_segment_is_many_small_ones(void)
{
    for (unsigned big = 0; big < 2; big++) {
        ssk_ledger *ledger = ssk_ledger_new();
        add(ledger, big, segment(UINT32_MAX - 3000, 14480, 5), 0); /* the numbers go round */
        for (unsigned i = 0; i < 10; i++)
            add(ledger, !big, segment(UINT32_MAX - 3000 + i * 1448, 1448, 5),
                SSK_MS + i * 10 * SSK_US);
        ssk_passage all = sum(ledger, 0, SSK_S);
        g_assert_cmpuint(all.both_bytes, ==, 14480);
        g_assert_cmpuint(all.both, ==, big ? 10 : 1);
        g_assert_cmpuint(all.only[0] + all.only[1], ==, 0);
        ssk_ledger_free(ledger);
    }
}

static void a_part_of_a_big_segment_is_lost(void)
{
    for (unsigned big = 0; big < 2; big++) {
        ssk_ledger *ledger = ssk_ledger_new();
        add(ledger, big, segment(1000, 14480, 5), 0);
        for (unsigned i = 0; i < 8; i++)
            add(ledger, !big, segment(1000 + i * 1448, 1448, 5), SSK_MS + i * 10 * SSK_US);
        ssk_passage all = sum(ledger, 0, SSK_S);
        g_assert_cmpuint(all.both_bytes, ==, 8 * 1448);
        g_assert_cmpuint(all.only_bytes[big], ==, 2 * 1448);
        g_assert_cmpuint(all.only[!big], ==, 0);
        ssk_ledger_free(ledger);
    }
}

static void a_retransmission_is_another_packet(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    add(ledger, 0, segment(1000, 100, 5), 0);
    add(ledger, 0, segment(1000, 100, 205), 200 * SSK_MS);
    add(ledger, 1, segment(1000, 100, 205), 210 * SSK_MS);
    ssk_passage all = sum(ledger, 0, SSK_S);
    g_assert_cmpuint(all.both, ==, 1);
    g_assert_cmpuint(all.only[0], ==, 1);
    ssk_ledger_free(ledger);
}

/* A million conversations' worth of time does not take a million slices. */
static void memory_is_bounded(void)
{
    ssk_ledger *ledger = ssk_ledger_new();
    uint64_t n = 2 * (uint64_t)SSK_LEDGER_SLICES;
    for (uint64_t i = 0; i < n; i++)
        add(ledger, 0, datagram(i), (ssk_span_ns)i * SSK_S);
    ssk_passage all = sum(ledger, 0, (ssk_span_ns)n * SSK_S);
    g_assert_cmpuint(all.only[0], ==, n);
    g_assert_cmpint(ssk_ledger_slice(ledger), >, 100 * SSK_MS);
    ssk_ledger_free(ledger);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ledger/what arrives and what is lost", what_arrives_and_what_is_lost);
    g_test_add_func("/ledger/either may be seen first", either_may_be_seen_first);
    g_test_add_func("/ledger/what was held is late and not lost",
                    what_was_held_is_late_and_not_lost);
    g_test_add_func("/ledger/of equal datagrams the nearest is the one",
                    equal_datagrams_go_to_the_nearest);
    g_test_add_func("/ledger/a big segment is many small ones", a_big_segment_is_many_small_ones);
    g_test_add_func("/ledger/a part of a big segment is lost", a_part_of_a_big_segment_is_lost);
    g_test_add_func("/ledger/a retransmission is another packet",
                    a_retransmission_is_another_packet);
    g_test_add_func("/ledger/memory is bounded", memory_is_bounded);
    return g_test_run();
}
