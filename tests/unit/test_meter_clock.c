/* test_meter_clock.c - clocks: what messages show about their sender's clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* The server says the time once a second, @p ahead of the capture's clock. */
static void a_servers_clock(void)
{
    static const ssk_span_ns offsets[] = {0, 90 * SSK_S, -3 * SSK_S};
    for (size_t k = 0; k < G_N_ELEMENTS(offsets); k++) {
        talk t;
        talk_begin(&t);
        connection c = talk_connection(&t, 5, 1, 7000);
        tcp_connect(&c);
        for (unsigned i = 0; i < 20; i++) {
            tcp_beats(&c, 1, 500 * SSK_MS);
            GDateTime *time = g_date_time_new_from_unix_utc((t.now + offsets[k]) / SSK_S);
            char *text = g_date_time_format(time, "TIME %Y-%m-%dT%H:%M:%SZ\n");
            tcp_text(&c, SERVER, text);
            tcp_ack(&c, CLIENT);
            g_free(text);
            g_date_time_unref(time);
            talk_wait(&t, 500 * SSK_MS);
        }
        ssk_result *result = ssk_engine_snapshot(t.engine);
        g_assert_cmpuint(result->n_clocks, ==, 1);
        g_assert_cmpint(ABS(result->clocks[0].offset - offsets[k]), <, 1100 * SSK_MS);
        g_assert_cmpuint(result->clocks[0].samples, >=, 15);
        g_assert_cmpuint(result->clocks[0].n_steps, ==, 0);
        ssk_result_free(result);
        talk_end(&t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter clock/a servers clock", a_servers_clock);
    return g_test_run();
}
