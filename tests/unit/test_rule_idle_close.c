/* test_rule_idle_close.c - connections that a timer closed, when nobody owed anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/cause.h"
#include "tests/unit/lan.h"

/* One question and its answer; then the server closes after so many milliseconds.
 * @param answered the client has acknowledged the answer */
static lan *closed_after(int64_t ms, bool answered, unsigned flags)
{
    lan *l = lan_new();
    handshake(l, 5, 40000, 1, 80);
    tcp(l, 5, 1, 40000, 80, 1, 1, ACK, 65535, "get\n");
    wait_ms(l, 1);
    tcp(l, 1, 5, 80, 40000, 1, 5, ACK, 65535, "here\n");
    if (answered)
        tcp(l, 5, 1, 40000, 80, 5, 6, ACK, 65535, "");
    wait_ms(l, ms);
    tcp(l, 1, 5, 80, 40000, 6, 5, flags | ACK, 65535, "");
    wait_ms(l, 1);
    tcp(l, 5, 1, 40000, 80, 5, 7, FIN | ACK, 65535, "");
    return l;
}

static void a_round_time_after_the_last_message(void)
{
    expect(closed_after(30000, true, FIN), "idle-timeout-close",
           "192.0.2.1 closed a connection to its port 80, 30 s after the last message");
    expect(closed_after(75310, true, FIN), "idle-timeout-close", "1 min 15 s after the last");
    expect(closed_after(20001, true, RST), "idle-timeout-close", "20 s after the last message");
}

static void at_no_round_time(void)
{
    expect(closed_after(32700, true, FIN), "idle-timeout-close", NULL);
    expect(closed_after(29900, true, FIN), "idle-timeout-close", NULL);
}

static void soon_after_the_last_message(void)
{
    expect(closed_after(5000, true, FIN), "idle-timeout-close", NULL);
}

static void the_answer_is_not_acknowledged(void)
{
    expect(closed_after(30000, false, FIN), "idle-timeout-close", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("idle-timeout-close", "it comes a round time after the last message",
          a_round_time_after_the_last_message);
    SILENT("idle-timeout-close", "it comes at no round time", at_no_round_time);
    SILENT("idle-timeout-close", "it comes soon after the last message",
           soon_after_the_last_message);
    SILENT("idle-timeout-close", "the last answer is not acknowledged",
           the_answer_is_not_acknowledged);
    return g_test_run();
}
