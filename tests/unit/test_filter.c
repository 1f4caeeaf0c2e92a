/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/model/filter.h"

static ssk_result *new_result(void)
{
    ssk_config config;
    ssk_config_init(&config);
    return ssk_result_new(&config);
}

static const ssk_result_flow flow4 = {
    .transport = SSK_TCP,
    .port = {40000, 443},
    .first_frame = 3,
    .last_frame = 99,
    .addr = {{.family = 4, .bytes = {10, 0, 0, 1}}, {.family = 4, .bytes = {192, 0, 2, 7}}},
};

static void check(const ssk_result_flow *flow, const char *wanted)
{
    char *filter = ssk_filter_flow(flow);
    g_assert_cmpstr(filter, ==, wanted);
    g_free(filter);
}

static void a_flow_is_its_addresses_and_ports(void)
{
    check(&flow4, "ip.addr == 10.0.0.1 && ip.addr == 192.0.2.7 && tcp.port == 40000 && "
                  "tcp.port == 443");
    ssk_result_flow flow6 = {.transport = SSK_UDP,
                             .port = {5353, 5353},
                             .addr = {{.family = 6, .bytes = {0xfe, 0x80, [15] = 1}},
                                      {.family = 6, .bytes = {0xff, 0x02, [15] = 0xfb}}}};
    check(&flow6, "ipv6.addr == fe80::1 && ipv6.addr == ff02::fb && udp.srcport == 5353 && "
                  "udp.dstport == 5353"); /* one udp.port would be met by a packet of either */
}

static void a_flow_that_shares_its_tuple_is_told_by_its_frames_too(void)
{
    ssk_result_flow flow = flow4;
    flow.shares_tuple = true;
    check(&flow, "ip.addr == 10.0.0.1 && ip.addr == 192.0.2.7 && tcp.port == 40000 && "
                 "tcp.port == 443 && frame.number >= 3 && frame.number <= 99");
}

static void what_is_still_open_has_no_last_frame(void)
{
    ssk_result *result = new_result();
    g_assert_true(g_str_has_suffix(ssk_filter_frames(result, &flow4, 12, 0),
                                   "&& tcp.port == 443 && frame.number >= 12"));
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/filter/a flow is its addresses and ports", a_flow_is_its_addresses_and_ports);
    g_test_add_func("/filter/a flow that shares its tuple is told by its frames too",
                    a_flow_that_shares_its_tuple_is_told_by_its_frames_too);
    g_test_add_func("/filter/what is still open has no last frame",
                    what_is_still_open_has_no_last_frame);
    return g_test_run();
}
