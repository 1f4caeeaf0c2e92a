/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/host_index.h"

#include <glib.h>

#define HOSTS_A 5
#define SERVER  1

static ssk_addr addr_of(unsigned host)
{
    return (ssk_addr){4, {10, 0, (uint8_t)(host >> 8), (uint8_t)host}};
}

/** @p n flows of host 5 with host 1, a second apart, ten minutes each; the last has a stall. */
static ssk_result *fleet(size_t n)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    result->n_flows = n;
    result->flows = ssk_result_alloc(result, n * sizeof *result->flows);
    for (size_t i = 0; i < n; i++) {
        ssk_result_flow *flow = &result->flows[i];
        flow->id = (uint32_t)i + 1;
        flow->transport = SSK_TCP;
        flow->addr[SSK_A] = addr_of(HOSTS_A);
        flow->addr[SSK_B] = addr_of(SERVER);
        flow->first = (ssk_time_ns)i * SSK_S;
        flow->last = flow->first + 10 * SSK_MINUTE;
        flow->dir[SSK_A].packets = flow->dir[SSK_B].packets = 1;
    }
    result->n_stalls = 1;
    result->stalls = ssk_result_alloc(result, sizeof *result->stalls);
    result->stalls[0].flow = (uint32_t)n;
    return result;
}

static unsigned count(ssk_host_walk walk, uint32_t *ret_last)
{
    unsigned n = 0;
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&walk)); n++)
        *ret_last = flow->id;
    return n;
}

static void test_of_many_flows_some_and_always_the_own_one(void)
{
    ssk_facts facts = {0};
    ssk_result *result = fleet(1000);
    ssk_host_index *index = ssk_host_index_new(&facts, result);
    ssk_addr client = addr_of(HOSTS_A), server = addr_of(SERVER);
    uint32_t last = 0;
    g_assert_cmpuint(count(ssk_host_flows(index, &client, NULL, 0, INT64_MAX, 1000), &last), ==,
                     SSK_HOST_FLOWS + 1);
    g_assert_cmpuint(last, ==, 1000);
    g_assert_cmpuint(count(ssk_host_flows(index, &client, &server, 0, INT64_MAX, 0), &last), ==,
                     2 * SSK_HOST_FLOWS);
    ssk_addr stranger = addr_of(77);
    g_assert_cmpuint(count(ssk_host_flows(index, &stranger, NULL, 0, INT64_MAX, 0), &last), ==, 0);
    ssk_host_index_free(index);
    ssk_result_free(result);
}

static void test_only_those_of_that_time(void)
{
    ssk_facts facts = {0};
    ssk_result *result = fleet(2000);
    for (size_t i = 0; i < result->n_flows;
         i += 2) { /* these are over; of the others nobody knows */
        result->flows[i].closed = SSK_CLOSE_FIN;
        result->flows[i].closed_at = result->flows[i].last;
    }
    ssk_host_index *index = ssk_host_index_new(&facts, result);
    ssk_addr client = addr_of(HOSTS_A);
    uint32_t last = 0;
    /* of those that began by then and were not closed, more than are asked */
    g_assert_cmpuint(
        count(ssk_host_flows(index, &client, NULL, 701 * SSK_S, 701 * SSK_S, 0), &last), ==,
        SSK_HOST_FLOWS);
    ssk_host_walk early = ssk_host_flows(index, &client, NULL, 0, 100 * SSK_S, 0);
    g_assert_cmpuint(count(early, &last), ==, 101);
    ssk_host_walk heard = ssk_host_flows_heard(index, &client, 2500 * SSK_S, INT64_MAX, 0);
    g_assert_cmpuint(count(heard, &last), ==, 100); /* flows 1901 to 2000 */
    ssk_host_index_free(index);
    ssk_result_free(result);
}

static void test_a_conversation_that_began_between(void)
{
    ssk_facts facts = {0};
    ssk_result *result = fleet(10);
    ssk_host_index *index = ssk_host_index_new(&facts, result);
    const ssk_result_flow *own = &result->flows[5];
    g_assert_true(ssk_host_index_begun(index, own, 3 * SSK_S, 5 * SSK_S));
    g_assert_false(ssk_host_index_begun(index, own, 4 * SSK_S, 6 * SSK_S)); /* itself alone */
    g_assert_false(ssk_host_index_begun(index, own, 9 * SSK_S, 99 * SSK_S));
    ssk_host_index_free(index);
    ssk_result_free(result);
}

static void test_who_opened(void)
{
    ssk_facts facts = {0};
    ssk_result *result = fleet(3);
    ssk_result_flow *turned = &result->flows[2], *first = &result->flows[0];
    turned->addr[SSK_A] = addr_of(SERVER); /* begun before the capture: whoever was heard first */
    turned->addr[SSK_B] = addr_of(HOSTS_A);
    ssk_host_index *index = ssk_host_index_new(&facts, result);
    g_assert_cmpint(ssk_host_index_opener(index, turned), ==, -1);
    ssk_host_index_free(index);
    first->handshake = true;
    index = ssk_host_index_new(&facts, result);
    g_assert_cmpint(ssk_host_index_opener(index, turned), ==, SSK_B);
    g_assert_cmpint(ssk_host_index_opener(index, first), ==, SSK_A);
    ssk_host_index_free(index);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/host-index/of many flows some are asked, the stalled one always",
                    test_of_many_flows_some_and_always_the_own_one);
    g_test_add_func("/host-index/flows of another time are passed by",
                    test_only_those_of_that_time);
    g_test_add_func("/host-index/a conversation began meanwhile",
                    test_a_conversation_that_began_between);
    g_test_add_func("/host-index/the first handshake says who is the client", test_who_opened);
    return g_test_run();
}
