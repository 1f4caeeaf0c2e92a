/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/leak.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "core/decode/link.h"
#include "frame.h"

static const uint8_t key[SSK_PSEUDONYM_KEY] = {9};

#define ETHERNET       "020000000002 020000000001 0800 "
#define IPV4(protocol) "4500 0000 0000 0000 40 " protocol " 0000 0a000005 0a000001 "
#define TCP            "9c40 1b58 00000001 00000001 5018 ffff 1234 0000 "

typedef struct fixture {
    ssk_profile_set *profiles;
    ssk_pseudonym *pseudonym;
    ssk_leak *leak;
} fixture;

static void set_up(fixture *f, gconstpointer data)
{
    (void)data;
    f->profiles = ssk_profile_set_new();
    f->pseudonym = ssk_pseudonym_new(key, true);
    f->leak = ssk_leak_new(f->pseudonym, f->profiles);
}

static void tear_down(fixture *f, gconstpointer data)
{
    (void)data;
    ssk_leak_free(f->leak);
    ssk_pseudonym_free(f->pseudonym);
    ssk_profile_set_free(f->profiles);
}

static ssk_event event_of(const char *hex)
{
    frame f = frame_hex(hex);
    return (ssk_event){.frame = 1,
                       .linktype = SSK_LINKTYPE_ETHERNET,
                       .bytes = f.data,
                       .cap_len = f.len,
                       .wire_len = f.len};
}

static size_t search(ssk_leak *leak, const char *text)
{
    char *path = g_build_filename(g_get_tmp_dir(), "ssk-leak-XXXXXX", NULL);
    size_t before = ssk_leak_found(leak);
    close(g_mkstemp(path));
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_true(ssk_leak_search(leak, path, "report.md", NULL));
    g_unlink(path);
    g_free(path);
    return ssk_leak_found(leak) - before;
}

static void finds_a_word_that_was_left(fixture *f, gconstpointer data)
{
    (void)data;
    ssk_event original = event_of(ETHERNET IPV4("06") TCP "7061746965 6e74"); /* patient */
    ssk_event scrubbed = event_of(ETHERNET IPV4("06") TCP "0000000000 0000");
    ssk_leak_compare(f->leak, "capture.pcapng", &original, &scrubbed);
    size_t addresses = ssk_leak_found(f->leak); /* none learned yet */
    g_assert_cmpuint(addresses, ==, 0);
    ssk_leak_compare(f->leak, "capture.pcapng", &original, &original);
    g_assert_cmpuint(ssk_leak_found(f->leak), ==, 1);
    g_assert_nonnull(strstr(ssk_leak_text(f->leak), "packet 1"));
    g_assert_null(strstr(ssk_leak_text(f->leak), "patient")); /* to tell it would leak it */
}

static void finds_an_address_that_was_left(fixture *f, gconstpointer data)
{
    (void)data;
    ssk_event original = event_of(ETHERNET IPV4("06") TCP "0000 0a000005 0000");
    ssk_leak_learn(f->leak, &original);
    ssk_leak_compare(f->leak, "capture.pcapng", &original, &original);
    uint8_t a[4] = {10, 0, 0, 5}, b[4] = {10, 0, 0, 1};
    ssk_pseudonym_ipv4(f->pseudonym, a);
    ssk_pseudonym_ipv4(f->pseudonym, b);
    g_assert_cmpuint(ssk_leak_found(f->leak), >=, 2u * (a[3] != 5) + (b[3] != 1));
    g_assert_cmpuint(ssk_leak_found(f->leak), >, 1);
}

static void finds_names_and_addresses_in_text(fixture *f, gconstpointer data)
{
    (void)data;
    /* 151.152.153.154 asks for Annas-iPad.local */
    ssk_event original = event_of(
        ETHERNET
        "4500 0000 0000 0000 40 11 0000 9798999a e00000fb 14e9 14e9 0000 0000"
        "0000 0000 0001 0000 0000 0000 0a 416e6e61732d69506164 05 6c6f63616c 00 0001 0001");
    ssk_leak_learn(f->leak, &original);
    g_assert_cmpuint(search(f->leak, "nothing in here"), ==, 0);
    g_assert_cmpuint(search(f->leak, "from Annas-iPad, late"), ==, 1);
    g_assert_cmpuint(search(f->leak, "from Annas-iPads, late"), ==, 0);
    g_assert_cmpuint(search(f->leak, "at 151.152.153.154:80"), ==, 1);
    g_assert_cmpuint(search(f->leak, "at 151.152.153.1541 and 151.152.153.154.7"), ==, 0);
    g_assert_cmpuint(search(f->leak, "to 224.0.0.251"), ==, 0); /* everybody's */
}

static void words_of_messages_may_stay(fixture *f, gconstpointer data)
{
    (void)data;
    ssk_event original = event_of(ETHERNET IPV4("06") TCP
                                  "72657175657374 20 5f686f73706974616c"); /* request _hospital */
    ssk_leak_compare(f->leak, "capture.pcapng", &original, &original);
    g_assert_cmpuint(ssk_leak_found(f->leak), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/leak/finds a word that was left", fixture, NULL, set_up,
               finds_a_word_that_was_left, tear_down);
    g_test_add("/leak/finds an address that was left", fixture, NULL, set_up,
               finds_an_address_that_was_left, tear_down);
    g_test_add("/leak/finds names and addresses in text", fixture, NULL, set_up,
               finds_names_and_addresses_in_text, tear_down);
    g_test_add("/leak/words of messages may stay", fixture, NULL, set_up,
               words_of_messages_may_stay, tear_down);
    return g_test_run();
}
