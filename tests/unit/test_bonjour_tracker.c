/* test_bonjour_tracker.c - what is beyond the limits is counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_limits(void)
{
    net *n = net_new();
    for (int i = 0; i < SSK_BONJOUR_NAMES + 10; i++) {
        char *name = g_strdup_printf("n%d|" TYPE, i);
        GByteArray *out = message(0x8400, 0, 1, 0, 0);
        put_txt(out, name, 4500, "a=1");
        send(n, 1, out);
        g_free(name);
    }
    for (int i = 0; i < SSK_BONJOUR_TXT_SETS + 5; i++) {
        char *txt = g_strdup_printf("v=%d", i);
        GByteArray *out = message(0x8400, 0, 1, 0, 0);
        put_txt(out, "n0|" TYPE, 4500, txt);
        send(n, 1, out);
        g_free(txt);
    }
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, SSK_BONJOUR_NAMES);
    g_assert_cmpuint(result->services_dropped, ==, 10);
    g_assert_cmpuint(result->txt_records, ==, SSK_BONJOUR_NAMES + 10 + SSK_BONJOUR_TXT_SETS + 5);
    g_assert_cmpuint(result->services[0].n_txt_seen, ==, SSK_BONJOUR_TXT_SETS);
    g_assert_cmpuint(result->services[0].txt_seen_dropped, ==, 6);
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour tracker/what is beyond the limits is counted", test_limits);
    return g_test_run();
}
