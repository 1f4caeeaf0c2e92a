/* test_bonjour_srv.c - names that two want, and a name that is probed again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_probed_again(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 8000);
    n->moved = 1; /* the same machine, another address */
    probe(n, 1, WARD, HOST);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", FRAMES(1, 2), "8 s");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 3000);
    goodbye(n, 1); /* said goodbye: no fault */
    wait_ms(n, 5000);
    probe(n, 1, WARD, HOST);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    probe(n, 1, WARD, HOST); /* the start of a life */
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", NULL, NULL);
}

static void test_conflict(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 5000);
    GByteArray *out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, "other|local", 7000);
    send(n, 2, out);
    announce(n, 1, "a=1"); /* the owner defends its name */
    wait_ms(n, 1000);
    probe(n, 2, "Ward 3 (2)|" TYPE, "other|local");
    announce_as(n, 2, TYPE, "Ward 3 (2)|" TYPE, "other|local", "a=2");
    expect(n, "name-conflict", FRAMES(2, 3), "\"Ward 3 (2)\"");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* two that never probed */
    expect(n, "name-conflict", FRAMES(1, 2), NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce(n, 2, "a=1"); /* a proxy, or a second interface: the same host */
    expect(n, "name-conflict", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    goodbye(n, 1);
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* the name was free */
    expect(n, "name-conflict", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 121000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* its SRV had expired */
    expect(n, "name-conflict", NULL, NULL);
}

static void test_simultaneous_probes(void)
{
    net *n = net_new();
    GByteArray *out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, HOST, 7000);
    send(n, 1, out);
    wait_ms(n, 100);
    out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, "other|local", 7000);
    send(n, 2, out);
    expect(n, "name-conflict", FRAMES(1, 2), NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour srv/probing again without goodbye", test_probed_again);
    g_test_add_func("/bonjour srv/two hosts want one service name", test_conflict);
    g_test_add_func("/bonjour srv/two probe at once", test_simultaneous_probes);
    return g_test_run();
}
