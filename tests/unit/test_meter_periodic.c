/* test_meter_periodic.c - keep-alives that cannot be read, by their size and pace.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

#define PERIOD (10 * SSK_S)

/* Bytes that no profile takes for a message. */
static void send_sealed(connection *c, int from, uint32_t len)
{
    uint8_t record[200] = {0x17, 3, 3, 0, (uint8_t)(len - 5)};
    for (uint32_t i = 5; i < len; i++)
        record[i] = (uint8_t)(c->next[from] * 37 + i * 91);
    tcp_send(c, from, ACK, record, len);
}

/* @param sizes of the client's messages, taken in turn; @param answer 0: only acknowledged */
static ssk_result *exchange(unsigned count, const uint32_t *sizes, unsigned n_sizes,
                            uint32_t answer)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 443);
    tcp_connect(&c);
    for (unsigned i = 0; i < count; i++) {
        talk_wait(&t, PERIOD);
        send_sealed(&c, CLIENT, sizes[i % n_sizes]);
        talk_wait(&t, 20 * SSK_MS);
        if (answer)
            send_sealed(&c, SERVER, answer);
        else
            tcp_ack(&c, SERVER);
    }
    ssk_result *result = ssk_engine_snapshot(t.engine);
    talk_end(&t);
    return result;
}

static void a_size_that_keeps_time_is_a_keepalive(void)
{
    const uint32_t size = 50;
    ssk_result *result = exchange(20, &size, 1, 45);
    const ssk_result_keepalive *keepalive = result->flows[0].keepalive;
    g_assert_nonnull(keepalive);
    g_assert_cmpstr(keepalive->profile, ==, "periodic");
    g_assert_cmpint(keepalive->originator, ==, SSK_SIDE_A);
    g_assert_cmpint(keepalive->period / SSK_MS, ==, (PERIOD + 20 * SSK_MS) / SSK_MS);
    g_assert_cmpuint(keepalive->pings, ==, 20);
    g_assert_cmpuint(keepalive->pongs, ==, 20);
    ssk_result_free(result);
}

static void sizes_that_differ_are_none(void)
{
    const uint32_t sizes[] = {50, 61, 72, 83, 94, 105, 116};
    ssk_result *result = exchange(20, sizes, G_N_ELEMENTS(sizes), 0);
    g_assert_null(result->flows[0].keepalive);
    ssk_result_free(result);
}

static void a_few_in_step_are_chance(void)
{
    const uint32_t size = 50;
    ssk_result *result = exchange(12, &size, 1, 45);
    g_assert_null(result->flows[0].keepalive);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter periodic/a size that keeps time is a keep-alive",
                    a_size_that_keeps_time_is_a_keepalive);
    g_test_add_func("/meter periodic/sizes that differ are none", sizes_that_differ_are_none);
    g_test_add_func("/meter periodic/a few in step are chance", a_few_in_step_are_chance);
    return g_test_run();
}
