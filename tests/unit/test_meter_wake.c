/* test_meter_wake.c - SSK_FACT_WAKE: packets that woke the host, by Apple's word.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/darwin.h"
#include "tests/unit/conversation.h"

static void a_packet_that_woke_the_host_is_told(void)
{
    static const ssk_process woken = {
        .name = "mDNSResponder", .pid = 300, .flags = SSK_DARWIN_WAKE};
    talk t;
    connection c = talk_in_rhythm(&t);
    t.process = &woken;
    tcp_ping(&c);
    ssk_fact fact = talk_fact(&t, SSK_FACT_WAKE);
    g_assert_cmpuint(fact.frame_first, ==, t.frame);
    g_assert_cmpint(fact.start, ==, t.now);
    talk_end(&t);
}

static void a_process_alone_says_nothing_of_sleep(void)
{
    static const ssk_process named = {.name = "HospitalExtension", .pid = 311};
    talk t;
    connection c = talk_in_rhythm(&t);
    t.process = &named;
    tcp_ping(&c);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_WAKE), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter wake/a packet that woke the host is told",
                    a_packet_that_woke_the_host_is_told);
    g_test_add_func("/meter wake/a process alone says nothing of sleep",
                    a_process_alone_says_nothing_of_sleep);
    return g_test_run();
}
