/* test_match.c - the same datagrams seen in two places.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/udp/match.h"

typedef struct packet {
    ssk_time_ns time; /* by the capture's own clock */
    uint32_t number, ip_id;
} packet;

static int by_time(const void *a, const void *b)
{
    const packet *x = a, *y = b;
    return (x->time > y->time) - (x->time < y->time);
}

static void add(ssk_match *match, unsigned view, const packet *p, bool same_payload)
{
    uint8_t payload[40] = {0};
    uint32_t number = same_payload ? 7 : p->number;
    memcpy(payload, &number, sizeof number);
    ssk_match_add(match, view,
                  &(ssk_match_datagram){.time = p->time,
                                        .bytes = 100,
                                        .ip_id = p->ip_id,
                                        .digest = ssk_match_digest(payload, sizeof payload)});
}

typedef struct setting {
    unsigned count;
    double loss;                /* random */
    unsigned gate_on, gate_off; /* datagrams in turn; 0: no gate */
    unsigned copies_every;      /* the capture records each n-th twice; 0: never */
    double disorder;            /* share that comes 5 ms late */
    ssk_span_ns offset;         /* of the device's clock */
    bool ip_id, same_payload;
} setting;

/* The captures as two lists, then fed by their timestamps as a merge would. */
static void run(const setting *s, uint32_t seed, ssk_match_report *ret,
                ssk_delivery ret_delivery[2], uint32_t *ret_lost)
{
    GRand *rand = g_rand_new_with_seed(seed);
    GArray *lists[2] = {g_array_new(FALSE, FALSE, sizeof(packet)),
                        g_array_new(FALSE, FALSE, sizeof(packet))};
    uint32_t lost = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        packet p = {.time = 1000 * SSK_S + i * SSK_MS,
                    .number = i,
                    .ip_id = s->ip_id ? (i & 0xffff) + !(i & 0xffff) : 0};
        packet copy = p;
        g_array_append_val(lists[0], p);
        copy.time += 20 * SSK_US;
        if (s->copies_every && i % s->copies_every == 0)
            g_array_append_val(lists[0], copy);
        bool gone = (s->gate_on && i % (s->gate_on + s->gate_off) >= s->gate_on) ||
                    g_rand_double(rand) < s->loss;
        if (i == 0 || i + 1 == s->count)
            gone = false;
        lost += gone;
        if (gone)
            continue;
        p.time += s->offset + 80 * SSK_US;
        if (g_rand_double(rand) < s->disorder)
            p.time += 5 * SSK_MS;
        copy = p;
        copy.time += 10 * SSK_US;
        g_array_append_val(lists[1], p);
        if (s->copies_every && i % s->copies_every == 1)
            g_array_append_val(lists[1], copy);
    }
    qsort(lists[1]->data, lists[1]->len, sizeof(packet), by_time);
    ssk_match *match = ssk_match_new();
    guint at[2] = {0, 0};
    while (at[0] < lists[0]->len || at[1] < lists[1]->len) {
        unsigned view = at[0] == lists[0]->len   ? 1
                        : at[1] == lists[1]->len ? 0
                                                 : g_array_index(lists[1], packet, at[1]).time <
                                                       g_array_index(lists[0], packet, at[0]).time;
        add(match, view, &g_array_index(lists[view], packet, at[view]++), s->same_payload);
    }
    ssk_match_measure(match, NULL, ret, ret_delivery);
    ssk_match_free(match);
    g_array_free(lists[0], TRUE);
    g_array_free(lists[1], TRUE);
    g_rand_free(rand);
    *ret_lost = lost;
}

static void check(const setting *s, uint32_t seed)
{
    ssk_match_report r;
    ssk_delivery delivery[2];
    uint32_t lost;
    run(s, seed, &r, delivery, &lost);
    g_assert_cmpuint(r.seen[0], ==, s->count);
    g_assert_cmpuint(r.seen[1], ==, s->count - lost);
    g_assert_cmpuint(r.matched, ==, s->count - lost);
    g_assert_cmpuint(r.missing[0], ==, lost);
    g_assert_cmpuint(r.missing[1], ==, 0);
    g_assert_cmpuint(delivery[0].received_packets, ==, s->count - lost);
    g_assert_cmpuint(delivery[0].lost_packets, ==, lost);
    if (s->copies_every) {
        g_assert_cmpuint(r.copies[0], ==, (s->count + s->copies_every - 1) / s->copies_every);
        g_assert_cmpuint(r.copies[1], >, 0);
    }
    g_assert_true(r.has_offset);
    g_assert_cmpint(ABS(r.offset - s->offset - 80 * SSK_US), <, SSK_MS);
    ssk_delivery_clear(&delivery[0]);
    ssk_delivery_clear(&delivery[1]);
}

static void test_losses(void)
{
    check(&(setting){.count = 8000, .gate_on = 128, .gate_off = 105, .ip_id = true}, 1);
    check(&(setting){.count = 8000, .gate_on = 128, .gate_off = 105}, 2);
    check(&(setting){.count = 8000, .loss = 0.05, .ip_id = true}, 3);
    check(&(setting){.count = 200000, .loss = 0.05, .ip_id = true},
          4); /* the identification wraps */
}

static void test_copies(void)
{
    check(&(setting){.count = 5000, .loss = 0.05, .copies_every = 7, .ip_id = true}, 5);
    check(
        &(setting){.count = 5000, .gate_on = 50, .gate_off = 50, .copies_every = 3, .ip_id = true},
        6);
}

static void test_order(void)
{
    check(&(setting){.count = 5000, .loss = 0.05, .disorder = 0.1, .ip_id = true}, 7);
    check(&(setting){.count = 5000, .gate_on = 50, .gate_off = 50, .disorder = 0.3}, 8);
}

static void test_clocks(void)
{
    static const ssk_span_ns offsets[] = {-30 * SSK_S, -SSK_S, 2 * SSK_S, 50 * SSK_S, 3600 * SSK_S};
    for (size_t i = 0; i < G_N_ELEMENTS(offsets); i++)
        check(&(setting){.count = 60000, .loss = 0.3, .offset = offsets[i], .ip_id = true}, 9);
}

static void test_equal(void)
{
    /* nothing tells them apart: the counts are right all the same */
    ssk_match_report r;
    uint32_t lost;
    run(&(setting){.count = 900, .loss = 0.1, .same_payload = true}, 10, &r, NULL, &lost);
    g_assert_cmpuint(r.seen[0], ==, 900);
    g_assert_cmpuint(r.matched, ==, 900 - lost);
    g_assert_cmpuint(r.missing[0], ==, lost);
}

static void test_unlike(void)
{
    ssk_match *match = ssk_match_new();
    for (uint32_t i = 0; i < 20000; i++) {
        packet p = {.time = i * SSK_MS, .number = i, .ip_id = i};
        add(match, 0, &p, false);
        p.number += 1000000;
        add(match, 1, &p, false);
    }
    g_assert_true(ssk_match_is_hopeless(match));
    ssk_match_free(match);
}

static void test_extents(void)
{
    /* the device's capture ran from 10 s to 20 s; its clock is 5 s ahead */
    ssk_match *match = ssk_match_new();
    for (uint32_t i = 0; i < 3000; i++) {
        packet p = {.time = i * 10 * SSK_MS, .number = i, .ip_id = i + 1};
        add(match, 0, &p, false);
        p.time += 5 * SSK_S;
        if (i >= 1000 && i < 2000 && i % 4)
            add(match, 1, &p, false);
    }
    ssk_match_extent extents[2] = {{0, 30 * SSK_S}, {15 * SSK_S, 25 * SSK_S - SSK_MS}};
    ssk_match_report r;
    ssk_match_measure(match, extents, &r, NULL);
    g_assert_cmpint(r.offset, ==, 5 * SSK_S);
    g_assert_cmpint(r.spread, ==, 0);
    g_assert_cmpuint(r.missing[0], ==, 250);
    g_assert_cmpuint(r.outside[0], ==, 2000);
    ssk_match_free(match);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/match/losses are counted to the datagram", test_losses);
    g_test_add_func("/match/copies are no losses", test_copies);
    g_test_add_func("/match/disorder is no loss", test_order);
    g_test_add_func("/match/the clocks may differ by any constant", test_clocks);
    g_test_add_func("/match/equal datagrams are matched in order", test_equal);
    g_test_add_func("/match/unlike flows are given up", test_unlike);
    g_test_add_func("/match/what one capture could not see is no loss", test_extents);
    return g_test_run();
}
