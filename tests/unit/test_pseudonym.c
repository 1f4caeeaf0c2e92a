/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/pseudonym.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#include "bundle/scrub_text.h"

static const uint8_t key[SSK_PSEUDONYM_KEY] = {3, 1, 4};

/* The pseudonym of an address as text; static. */
static const char *of(ssk_pseudonym *p, const char *text)
{
    static char made[4][INET6_ADDRSTRLEN];
    static unsigned next;
    char *to = made[next++ % 4];
    uint8_t bytes[16];
    int family = strchr(text, ':') ? AF_INET6 : AF_INET;
    g_assert_cmpint(inet_pton(family, text, bytes), ==, 1);
    if (family == AF_INET6)
        ssk_pseudonym_ipv6(p, bytes);
    else
        ssk_pseudonym_ipv4(p, bytes);
    inet_ntop(family, bytes, to, INET6_ADDRSTRLEN);
    g_assert_cmpuint(strlen(to), ==, strlen(text)); /* it fits wherever the address stood */
    return to;
}

static void special_addresses_stay(void)
{
    static const char *const special[] = {
        "0.0.0.0",
        "127.0.0.1",
        "255.255.255.255",
        "224.0.0.251",
        "239.255.255.250",
        "192.0.2.0",
        "::",
        "::1",
        "ff02::fb",
        "ff02::1:2",
        "fe80::",
        "::ffff:127.0.0.1",
    };
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    for (size_t i = 0; i < G_N_ELEMENTS(special); i++)
        g_assert_cmpstr(of(p, special[i]), ==, special[i]);
    ssk_pseudonym_free(p);
}

static void ranges_that_mean_something_stay(void)
{
    static const char *const ranges[][2] = {
        {"10.1.2.3", "10."},
        {"192.168.17.3", "192.168."},
        {"169.254.17.3", "169.254."},
        {"198.51.100.7", "198.51.100."},
        {"203.0.113.77", "203.0.113."},
        {"fe80::12:34ff:fe56:789a", "fe80::"},
        {"2001:db8::5", "2001:db8::"},
        {"fd6c:8b83:f4d2:1::28", "fd"},
    };
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++)
        g_assert_true(g_str_has_prefix(of(p, ranges[i][0]), ranges[i][1]));
    for (unsigned v = 0; v < 256; v++) {
        char *text = g_strdup_printf("172.%u.9.255", v);
        const char *to = of(p, text);
        unsigned second = (unsigned)atoi(strchr(to, '.') + 1);
        g_assert_cmpint(second >= 16 && second < 32, ==, v >= 16 && v < 32);
        g_assert_true(g_str_has_suffix(to, ".255"));
        g_free(text);
    }
    ssk_pseudonym_free(p);
}

static void public_addresses_stay_public_and_differ(void)
{
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    bool seen[256] = {false};
    unsigned changed = 0;
    for (unsigned v = 0; v < 256; v++) {
        uint8_t bytes[4] = {(uint8_t)v, 77, 66, 55};
        ssk_pseudonym_ipv4(p, bytes);
        g_assert_false(seen[bytes[0]]); /* one to one */
        seen[bytes[0]] = true;
        changed += bytes[0] != v;
        if (v && v != 10 && v != 127 && v < 224)
            g_assert_true(bytes[0] && bytes[0] != 10 && bytes[0] != 127 && bytes[0] < 224);
    }
    g_assert_cmpuint(changed, >, 150);
    ssk_pseudonym_free(p);
}

static void a_common_beginning_stays_common(void)
{
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    for (unsigned octets = 0; octets < 4; octets++) {
        uint8_t a[4] = {51, 52, 53, 54}, b[4] = {51, 52, 53, 54};
        b[octets] = 77;
        ssk_pseudonym_ipv4(p, a);
        ssk_pseudonym_ipv4(p, b);
        g_assert_cmpmem(a, octets, b, octets);
        g_assert_cmpuint(a[octets], !=, b[octets]);
    }
    for (unsigned digits = 4; digits < 16; digits++) { /* of the network part */
        uint8_t a[16] = {0x26, 0x07, 0xf8, 0xb0}, b[16];
        memset(a + 4, 0x77, 12);
        memcpy(b, a, sizeof b);
        b[digits / 2] ^= digits % 2 ? 0x01 : 0x10;
        ssk_pseudonym_ipv6(p, a);
        ssk_pseudonym_ipv6(p, b);
        g_assert_cmpmem(a, digits / 2, b, digits / 2);
        g_assert_true(memcmp(a, b, sizeof a) != 0);
    }
    ssk_pseudonym_free(p);
}

static void a_mac_address_is_the_same_in_ipv6(void)
{
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    uint8_t mac[6] = {0x14, 0x20, 0x5e, 0x57, 0xec, 0xa6};
    uint8_t group[6] = {0x33, 0x33, 0xff, 0x57, 0xec, 0xa6};
    uint8_t local[16] = {0xfe, 0x80, 0,    0,    0,    0,    0,    0,
                         0x16, 0x20, 0x5e, 0xff, 0xfe, 0x57, 0xec, 0xa6};
    uint8_t solicited[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x57, 0xec, 0xa6};
    ssk_pseudonym_mac(p, mac);
    ssk_pseudonym_mac(p, group);
    ssk_pseudonym_ipv6(p, local);
    ssk_pseudonym_ipv6(p, solicited);
    g_assert_cmpmem(mac, 3, "\x14\x20\x5e", 3); /* the vendor */
    g_assert_true(memcmp(mac + 3, "\x57\xec\xa6", 3) != 0);
    g_assert_cmpmem(local + 8, 5, "\x16\x20\x5e\xff\xfe", 5);
    g_assert_cmpmem(local + 13, 3, mac + 3, 3);
    g_assert_cmpmem(solicited + 13, 3, mac + 3, 3);
    g_assert_cmpmem(group + 3, 3, mac + 3, 3);
    ssk_pseudonym_free(p);
}

static void a_random_mac_address_is_replaced_whole(void)
{
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    uint8_t mac[6] = {0xda, 0x77, 0x5e, 0x57, 0xec, 0xa6};
    ssk_pseudonym_mac(p, mac);
    g_assert_cmpuint(mac[0] & 3, ==, 2);
    g_assert_true(memcmp(mac + 1, "\x77\x5e", 2) != 0);
    uint8_t all[6];
    memset(all, 0xff, sizeof all);
    ssk_pseudonym_mac(p, all);
    g_assert_cmpmem(all, 6, "\xff\xff\xff\xff\xff\xff", 6);
    ssk_pseudonym_free(p);
}

static void another_key_another_pseudonym(void)
{
    static const uint8_t other[SSK_PSEUDONYM_KEY] = {2, 7, 1};
    ssk_pseudonym *a = ssk_pseudonym_new(key, true), *b = ssk_pseudonym_new(other, true);
    g_assert_cmpstr(of(a, "151.152.153.154"), !=, of(b, "151.152.153.154"));
    ssk_pseudonym_free(a);
    ssk_pseudonym_free(b);
}

static void addresses_in_text_are_the_same(void)
{
    static const char *const texts[] = {"at 10.20.30.44, or", "ip-10-20-30-44", "[2001:db8:7::a1]",
                                        "fe80::1620:5eff:fe57:eca6"};
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    char *made = ssk_scrub_name_text(p, texts[2]),
         *expected = g_strdup_printf("[%s]", of(p, "2001:db8:7::a1"));
    g_assert_cmpstr(made, ==, expected);
    g_free(made);
    g_free(expected);
    made = ssk_scrub_name_text(p, texts[0]);
    g_assert_nonnull(strstr(made, of(p, "10.20.30.44")));
    g_free(made);
    made = ssk_scrub_name_text(p, texts[1]);
    expected = g_strdelimit(g_strdup(of(p, "10.20.30.44")), ".", '-');
    g_assert_true(g_str_has_suffix(made, expected));
    g_free(made);
    g_free(expected);
    made = ssk_scrub_name_text(p, texts[3]);
    g_assert_cmpstr(made, ==, of(p, texts[3]));
    g_free(made);
    ssk_pseudonym_free(p);
}

static void a_name_keeps_its_form(void)
{
    ssk_pseudonym *p = ssk_pseudonym_new(key, true);
    char *a = ssk_scrub_name_text(p, "Anna\xe2\x80\x99s iPad (2)"),
         *b = ssk_scrub_name_text(p, "annas-iPad");
    g_assert_cmpuint(strlen(a), ==, strlen("Anna\xe2\x80\x99s iPad (2)"));
    g_assert_true(g_str_has_suffix(a, "\xe2\x80\x99s iPad (2)"));
    g_assert_false(g_str_has_prefix(a, "Anna"));
    g_assert_true(g_str_has_suffix(b, "s-iPad"));
    g_assert_null(strstr(b, "anna"));
    g_free(a);
    g_free(b);
    ssk_pseudonym_free(p);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pseudonym/special addresses stay", special_addresses_stay);
    g_test_add_func("/pseudonym/ranges that mean something stay", ranges_that_mean_something_stay);
    g_test_add_func("/pseudonym/public addresses stay public and differ",
                    public_addresses_stay_public_and_differ);
    g_test_add_func("/pseudonym/a common beginning stays common", a_common_beginning_stays_common);
    g_test_add_func("/pseudonym/a MAC address is the same in IPv6",
                    a_mac_address_is_the_same_in_ipv6);
    g_test_add_func("/pseudonym/a random MAC address is replaced whole",
                    a_random_mac_address_is_replaced_whole);
    g_test_add_func("/pseudonym/another key, another pseudonym", another_key_another_pseudonym);
    g_test_add_func("/pseudonym/addresses in text are the same", addresses_in_text_are_the_same);
    g_test_add_func("/pseudonym/a name keeps its form", a_name_keeps_its_form);
    return g_test_run();
}
