/* test_bonjour_identity.c - what tells devices and people apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_duplicate_peer(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=" UUID);
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, "Ward 4|" TYPE, "other|local", "peerid=" UUID);
    expect(n, "duplicate-peer", FRAMES(1, 2), "Ward 4");

    n = net_new();
    announce(n, 1, "peerID=" UUID);
    wait_ms(n, 1000);
    goodbye(n, 1); /* renamed in good order */
    wait_ms(n, 1000);
    announce_as(n, 1, TYPE, "Ward 4|" TYPE, HOST, "peerID=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);

    n = net_new();
    announce(n, 1, "peerID=" UUID); /* one device offers two services */
    announce_as(n, 1, "_files|_tcp|local", "Ward 3|_files|_tcp|local", HOST, "peerID=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);

    n = net_new();
    announce(n, 1, "gid=" UUID); /* a group has one id for many */
    announce_as(n, 2, TYPE, "Ward 4|" TYPE, "other|local", "gid=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);
}

static void test_identifier(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=" UUID);
    expect(n, "persistent-identifier", FRAMES(1), "peerID");
    n = net_new();
    announce_as(n, 1, TYPE, "cam-02:00:00:00:00:01|" TYPE, HOST, "a=1");
    expect(n, "persistent-identifier", FRAMES(1), "MAC address in its name");
    n = net_new();
    announce_as(n, 1, TYPE, WARD, "cam020000000001|local", "a=1");
    expect(n, "persistent-identifier", FRAMES(1), "host name");
    n = net_new();
    announce(n, 1, "session=6ba7b8109dad|mac=02:00:00:00:00:02|version=1.2.3"); /* another's MAC */
    expect(n, "persistent-identifier", NULL, NULL);
}

static void test_personal(void)
{
    static const char *const personal[] = {"Anna\xe2\x80\x99s iPad", "Anna's MacBook Pro (2)",
                                           "iPhone von Anna", "Annas-iPhone"};
    static const char *const neutral[] = {"Ward 3 iPad", "iPhone", "Nurse's desk", "Desk iMac",
                                          "HP LaserJet's tray"};
    for (size_t i = 0; i < G_N_ELEMENTS(personal); i++) {
        net *n = net_new();
        char *name = g_strconcat(personal[i], "|", TYPE, NULL);
        announce_as(n, 1, TYPE, name, HOST, "a=1");
        g_free(name);
        expect(n, "personal-name", FRAMES(1), personal[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(neutral); i++) {
        net *n = net_new();
        char *name = g_strconcat(neutral[i], "|", TYPE, NULL);
        announce_as(n, 1, TYPE, name, HOST, "a=1");
        g_free(name);
        expect(n, "personal-name", NULL, NULL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour identity/two services of one peer", test_duplicate_peer);
    g_test_add_func("/bonjour identity/identifiers that last", test_identifier);
    g_test_add_func("/bonjour identity/names of people", test_personal);
    return g_test_run();
}
