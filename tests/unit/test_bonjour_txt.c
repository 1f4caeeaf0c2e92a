/* test_bonjour_txt.c - TXT records that change, and TXT records against RFC 6763.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_txt_changed(void)
{
    net *n = net_new();
    announce(n, 1, "role=a|version=1|flag|same=x");
    wait_ms(n, 2000);
    announce(n, 1, "role=b|version=1|new=1|same=x");
    expect(n, "txt-changed", FRAMES(1, 2), ": role, flag, new");

    n = net_new();
    announce(n, 1, "role=a|version=1");
    wait_ms(n, 2000);
    announce(n, 1, "version=1|role=a"); /* another order says the same */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    announce(n, 1, "role=a");
    wait_ms(n, 2000);
    goodbye(n, 1);
    wait_ms(n, 2000);
    announce(n, 1, "role=b"); /* a new life */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    announce(n, 1, "role=a");
    wait_ms(n, 2000);
    announce_as(n, 2, TYPE, WARD, "other|local", "role=b"); /* another's: a conflict */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    for (int i = 0; i < 3; i++) {
        wait_ms(n, 2000);
        GByteArray *out = message(0x8400, 0, 2, 0, 0); /* RFC 6763, section 6.8 */
        put_txt(out, WARD, 4500, "queue=1");
        put_txt(out, WARD, 4500, "queue=2");
        send(n, 1, out);
    }
    expect(n, "txt-changed", NULL, NULL);
}

static void test_bad_txt(void)
{
    net *n = net_new();
    announce(n, 1, "a=1|=x");
    expect(n, "bad-txt", FRAMES(1), "starts with '='");
    n = net_new();
    announce(n, 1, "role=1|ROLE=2");
    expect(n, "bad-txt", FRAMES(1), "(ROLE)");
    n = net_new();
    announce(n, 1, "b\xc3\xa9=1");
    expect(n, "bad-txt", FRAMES(1), "ASCII");

    n = net_new();
    GByteArray *out = message(0x8400, 0, 2, 0, 0);
    put_rr(out, WARD, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "\3a=1\x09zz", 7);
    put_rr(out, "b|" TYPE, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "", 0);
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_bonjour_findings, ==, 2);
    g_assert_nonnull(strstr(result->bonjour_findings[0].text, "more bytes"));
    g_assert_nonnull(strstr(result->bonjour_findings[1].text, "no string"));
    ssk_result_free(result);
    expect(n, "bad-message", NULL, NULL); /* the message itself is whole */

    n = net_new();
    announce(n, 1, "bin=\xff\x01|empty=|flag"); /* values are opaque */
    out = message(0x8400, 0, 1, 0, 0);
    put_rr(out, "b|" TYPE, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "", 1); /* an empty record */
    send(n, 1, out);
    expect(n, "bad-txt", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour txt/a TXT record that changes", test_txt_changed);
    g_test_add_func("/bonjour txt/TXT records against RFC 6763", test_bad_txt);
    return g_test_run();
}
