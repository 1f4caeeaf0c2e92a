/* test_rule_group.c - groups that nobody joined, and groups that nothing is sent to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

static void igmp(lan *l, unsigned from, unsigned type, unsigned group)
{
    begin_ip(l, from, 0, group ? group : 1, 2, 8);
    put8(l->out, type);
    put8(l->out, 100);
    put16(l->out, 0);
    if (group)
        put(l->out, "\xef\1\1", 3), put8(l->out, group);
    else
        put32(l->out, 0);
    end(l);
}

static void igmp3_report(lan *l, unsigned from, unsigned record_type, unsigned group)
{
    begin_ip(l, from, 0, 1, 2, 16);
    put32(l->out, 0x22000000);
    put32(l->out, 1);
    put8(l->out, record_type);
    put8(l->out, 0);
    put16(l->out, 0);
    put(l->out, "\xef\1\1", 3);
    put8(l->out, group);
    end(l);
}

static void stream(lan *l, unsigned group, unsigned seconds)
{
    for (unsigned i = 0; i < seconds; i++) {
        udp_to(l, 7, 0, group, 5000, 5000, "data", 4);
        wait_ms(l, 1000);
    }
}

static void test_unjoined(void)
{
    enum { QUERY = 0x11, REPORT = 0x16 };
    lan *l = lan_new();
    igmp(l, 1, QUERY, 0);
    igmp(l, 5, REPORT, 9);
    stream(l, 4, 20);
    expect(l, "multicast-unjoined", "20 datagrams went to 239.1.1.4");

    l = lan_new();
    igmp(l, 1, QUERY, 0);
    igmp(l, 5, REPORT, 9);
    igmp3_report(l, 5, 4, 4); /* joined, in version 3's words */
    stream(l, 4, 20);
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    stream(l, 4, 20); /* nobody asks here: nothing can be told */
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    igmp(l, 1, QUERY, 0);
    stream(l, 4, 20); /* no report at all comes by here */
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    igmp(l, 5, REPORT, 9);
    stream(l, 4, 15);
    igmp(l, 1, QUERY, 0);
    stream(l, 4, 5); /* reports may still come */
    expect(l, "multicast-unjoined", NULL);
}

static void test_no_send(void)
{
    lan *l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 40000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", "239.1.1.4 was joined");

    l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 40000);
    stream(l, 4, 1);
    expect(l, "multicast-no-send", NULL);

    l = lan_new();
    igmp3_report(l, 5, 3, 4); /* left, not joined */
    wait_ms(l, 40000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", NULL);

    l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule group/a group nobody joined", test_unjoined);
    g_test_add_func("/rule group/a group nothing is sent to", test_no_send);
    return g_test_run();
}
