/* test_meter_multicast.c - SSK_FACT_GROUP, SSK_FACT_GROUP_QUERIES and SSK_FACT_MEMBERSHIP: groups, data and reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* IGMPv2 about 239.1.1.4: 0x11 query, 0x16 report, 0x17 leave. */
static void igmp(talk *t, unsigned from, uint8_t type)
{
    uint8_t frame[64];
    uint32_t at = put_headers(t, frame, from, from, 256, 2, 8);
    memset(frame + at, 0, 8);
    frame[at] = type;
    memcpy(frame + 30, type == 0x11 ? "\xe0\0\0\1" : "\xef\1\1\4", 4);
    if (type != 0x11)
        memcpy(frame + at + 4, "\xef\1\1\4", 4);
    talk_feed(t, frame, at + 8);
}

static void data(talk *t)
{
    uint8_t frame[128];
    uint32_t at = put_headers(t, frame, 7, 7, 256, 17, 16);
    memcpy(frame + 30, "\xef\1\1\4", 4);
    put16(frame + at, 5000);
    put16(frame + at + 2, 5000);
    put32(frame + at + 4, 16 << 16);
    memset(frame + at + 8, 'x', 8);
    talk_feed(t, frame, at + 16);
}

static void datagrams_and_reports_of_a_group(void)
{
    talk t;
    talk_begin(&t);
    igmp(&t, 1, 0x11);
    igmp(&t, 5, 0x16);
    for (unsigned i = 0; i < 5; i++, talk_wait(&t, SSK_S))
        data(&t);
    ssk_fact group = talk_fact(&t, SSK_FACT_GROUP);
    g_assert_cmpuint(group.host.bytes[0], ==, 239);
    g_assert_cmpint(group.group.datagrams, ==, 5);
    g_assert_cmpint(group.group.reports, ==, 1);
    ssk_fact queries = talk_fact(&t, SSK_FACT_GROUP_QUERIES);
    g_assert_cmpint(queries.queries.queries, ==, 1);
    g_assert_cmpint(queries.queries.reports, ==, 1);
    talk_end(&t);
}

static void queries_since_the_last_report_are_counted(void)
{
    talk t;
    talk_begin(&t);
    igmp(&t, 5, 0x16);
    for (unsigned i = 0; i < 3; i++, talk_wait(&t, 125 * SSK_S))
        igmp(&t, 1, 0x11);
    g_assert_cmpint(talk_fact(&t, SSK_FACT_MEMBERSHIP).membership.queries, ==, 3);
    talk_end(&t);
}

static void a_leave_ends_the_membership(void)
{
    talk t;
    talk_begin(&t);
    igmp(&t, 5, 0x16);
    talk_wait(&t, 10 * SSK_S);
    igmp(&t, 5, 0x17);
    ssk_fact fact = talk_fact(&t, SSK_FACT_MEMBERSHIP);
    g_assert_cmpint(fact.end - fact.start, ==, 10 * SSK_S);
    g_assert_cmpuint(fact.frame_last, ==, t.frame);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter multicast/datagrams and reports of a group",
                    datagrams_and_reports_of_a_group);
    g_test_add_func("/meter multicast/queries since the last report are counted",
                    queries_since_the_last_report_are_counted);
    g_test_add_func("/meter multicast/a leave ends the membership", a_leave_ends_the_membership);
    return g_test_run();
}
