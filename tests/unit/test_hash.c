/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/hash.h"

#include <glib.h>

/* SipHash-1-3 of the bytes 0, 1, 2 ... under the key 00 01 .. 0f, by a program that with two and
 * four rounds gives the vector of the paper's appendix A. */
static void known_values(void)
{
    static const uint64_t wanted[] = {
        UINT64_C(0xabac0158050fc4dc), UINT64_C(0xc9f49bf37d57ca93), UINT64_C(0x82cb9b024dc7d44d),
        UINT64_C(0x8bf80ab8e7ddf7fb), UINT64_C(0xcf75576088d38328), UINT64_C(0xdef9d52f49533b67),
        UINT64_C(0xc50d2b50c59f22a7), UINT64_C(0xd3927d989bb11140), UINT64_C(0x369095118d299a8e),
    };
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (size_t len = 0; len < G_N_ELEMENTS(wanted); len++)
        g_assert_cmphex(ssk_hash(bytes, len), ==, wanted[len]);
}

static void another_key_gives_other_values(void)
{
    uint64_t before = ssk_hash("abc", 3), number = ssk_hash_number(7);
    uint64_t pair = ssk_hash_pair(7, 8);
    ssk_hash_set_key(1, 2);
    g_assert_cmphex(ssk_hash_pair(7, 8), !=, pair);
    g_assert_cmphex(ssk_hash_pair(7, 8), !=, ssk_hash_pair(8, 7));
    g_assert_cmphex(ssk_hash("abc", 3), !=, before);
    g_assert_cmphex(ssk_hash_number(7), !=, number);
    g_assert_cmpuint(ssk_str_hash("abc"), ==, (guint)ssk_hash("abc", 3));
}

/* Addresses that all met in one bucket of the table before. */
static void neighbours_spread(void)
{
    enum { N = 4096, BUCKETS = 1024 };
    static unsigned used[BUCKETS];
    unsigned most = 0;
    for (uint64_t i = 0; i < N; i++) {
        unsigned *at = &used[ssk_hash_number(i << 32) % BUCKETS];
        most = MAX(most, ++*at);
    }
    g_assert_cmpuint(most, <, 20); /* 4 on average */
}

static void pairs_spread(void)
{
    enum { N = 4096, BUCKETS = 1024 };
    for (unsigned shift = 0; shift <= 48; shift += 16)
        for (unsigned of_second = 0; of_second < 2; of_second++) {
            unsigned used[BUCKETS] = {0}, most = 0;
            for (uint64_t i = 0; i < N; i++) {
                uint64_t one = i << shift;
                uint64_t hash = of_second ? ssk_hash_pair(443, one) : ssk_hash_pair(one, 443);
                unsigned count = ++used[hash % BUCKETS];
                most = MAX(most, count);
            }
            g_assert_cmpuint(most, <, 20); /* 4 on average */
        }
}

static void texts_spread(void)
{
    enum { N = 4096, BUCKETS = 1024 };
    unsigned used[BUCKETS] = {0}, most = 0;
    for (unsigned i = 0; i < N; i++) {
        char text[32];
        int len = g_snprintf(text, sizeof text, "room-%u.local", i);
        unsigned count = ++used[ssk_hash_text(text, (size_t)len) % BUCKETS];
        most = MAX(most, count);
    }
    g_assert_cmpuint(most, <, 20); /* 4 on average */
    static const uint8_t zeros[64];
    for (size_t len = 1; len < sizeof zeros; len++) /* how many of them there are counts */
        g_assert_cmphex(ssk_hash_text(zeros, len), !=, ssk_hash_text(zeros, len - 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hash/values as the definition gives them", known_values);
    g_test_add_func("/hash/another key gives other values", another_key_gives_other_values);
    g_test_add_func("/hash/numbers in a row spread over the buckets", neighbours_spread);
    g_test_add_func("/hash/pairs that differ in one place spread", pairs_spread);
    g_test_add_func("/hash/texts that are alike spread", texts_spread);
    return g_test_run();
}
