/* test_bonjour_finding.c - services that fall silent, and names against the rules: for each a
 * case where it fires, and near misses where it must stay silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void ask_in_vain(net *n, unsigned class)
{
    for (int i = 0; i < 4; i++) {
        wait_ms(n, 1000 << i);
        ask(n, 9, TYPE, SSK_DNS_PTR, class);
    }
    wait_ms(n, 5000);
}

static void test_gone(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    expect(n, "no-goodbye", FRAMES(1, 2, 5), "4 questions in 14 s");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1 | QU); /* the answers may have gone to the asker alone */
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    announce(n, 1, "a=1"); /* late, but there */
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    for (int i = 0; i < 4; i++) { /* a question that names what it knows wants no answer */
        wait_ms(n, 5000);
        GByteArray *out = message(0, 1, 1, 0, 0);
        put_question(out, TYPE, SSK_DNS_PTR, 1);
        put_ptr(out, TYPE, WARD, 4000);
        send(n, 9, out);
    }
    wait_ms(n, 5000);
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    for (int i = 0; i < 9; i++) /* answered within the last second */
        ask(n, 9, TYPE, SSK_DNS_PTR, 1);
    wait_ms(n, 5000);
    expect(n, "no-goodbye", NULL, NULL);
}

static void test_not_refreshed(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    ask(n, 1, "_http|_tcp|local", SSK_DNS_PTR, 1); /* the host is there, and asks for others */
    wait_ms(n, 5000);
    expect(n, "ttl-not-refreshed", FRAMES(1, 2, 5, 6), "went on speaking");

    n = net_new();
    announce(n, 1, "a=1");
    int percent[] = {80, 85, 90, 95};
    int64_t start = n->now;
    for (int i = 0; i < 4; i++) {
        n->now = start + percent[i] * 1200 * SSK_MS;
        ask(n, 9, WARD, SSK_DNS_SRV, 1);
    }
    wait_ms(n, 30000);
    announce(n, 1, "a=1");
    expect(n, "ttl-not-refreshed", FRAMES(2, 5, 6), "4 times");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 96000);
    ask(n, 9, WARD, SSK_DNS_SRV, 1);
    wait_ms(n, 20);
    announce(n, 1, "a=1"); /* refreshed when asked */
    wait_ms(n, 96000);
    expect(n, "ttl-not-refreshed", NULL, NULL);
}

static void test_bad_service_name(void)
{
    net *n = net_new();
    announce_as(n, 1, "_ward_app|_tcp|local", "x|_ward_app|_tcp|local", HOST, "a=1");
    expect(n, "bad-service-name", FRAMES(1), "_ward_app._tcp");
    n = net_new();
    ask(n, 9, "_sixteen-letters1|_tcp|local", SSK_DNS_PTR, 1);
    expect(n, "bad-service-name", FRAMES(1), "15");
    n = net_new();
    ask(n, 9, "_fifteen-letters|_tcp|local", SSK_DNS_PTR, 1);
    ask(n, 9, "_any thing|_sub|_http|_tcp|local", SSK_DNS_PTR, 1);
    ask(n, 9, "_services|_dns-sd|_udp|local", SSK_DNS_PTR, 1);
    expect(n, "bad-service-name", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour finding/questions left unanswered by one who is gone", test_gone);
    g_test_add_func("/bonjour finding/questions left unanswered by one who is there",
                    test_not_refreshed);
    g_test_add_func("/bonjour finding/service names against RFC 6335", test_bad_service_name);
    return g_test_run();
}
