/* test_bonjour.c - packets to what the tracker keeps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_every_section(void)
{
    net *n = net_new();
    GByteArray *out = message(0, 1, 1, 1, 1);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_txt(out, WARD, 4500, "a=1");
    put_txt(out, WARD, 4500, "a=2");
    put_txt(out, WARD, 4500, "a=3");
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 3);
    g_assert_cmpuint(result->services[0].n_txt_seen, ==, 3);
    ssk_result_free(result);
    expect(n, "txt-changed", NULL, NULL);
}

static void test_bad_message(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 2, 0, 0);
    put_txt(out, WARD, 4500, "a=1");
    send(n, 1, out);
    expect(n, "bad-message", FRAMES(1), "192.0.2.1");

    n = net_new();
    out = message(0x8400, 0, 1, 0, 0);
    put_txt(out, WARD, 4500, "a=1");
    send_cut(n, 1, out, 3); /* by the capture's snap length */
    expect(n, "bad-message", NULL, NULL);
}

static void test_no_time(void)
{
    net *n = net_new();
    n->now = SSK_TIME_NONE;
    announce(n, 1, "a=1");
    n->now = INT64_MAX;
    announce(n, 1, "a=2");
    n->now = INT64_MIN + 1;
    announce(n, 1, "a=3");
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 3);
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour/TXT records of all sections count", test_every_section);
    g_test_add_func("/bonjour/broken messages are not cut ones", test_bad_message);
    g_test_add_func("/bonjour/frames without a usable time are heard", test_no_time);
    return g_test_run();
}
