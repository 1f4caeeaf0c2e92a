/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/meter/roster.h"

static void on_step(void *state, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    (void)state;
    (void)config;
    (void)step;
    (void)out;
}

static bool is_of_names(const ssk_flow *flow)
{
    return ssk_flow_has_port(flow, 53);
}

enum { EVERY, OF_TCP, OF_SYN, SLEEPER, COPIES, OF_NAMES, OF_LINES };

static const ssk_meter every = {.name = "every", .on_step = on_step},
                       of_tcp = {.name = "of-tcp", .hears = SSK_HEARS(TCP), .on_step = on_step},
                       of_syn = {.name = "of-syn",
                                 .per_flow = true,
                                 .heeds = SSK_SIGN_SYN,
                                 .on_step = on_step},
                       sleeper = {.name = "sleeper",
                                  .per_flow = true,
                                  .state_size = 8,
                                  .wakes = SSK_SIGN_SYN,
                                  .on_step = on_step},
                       copies = {.name = "copies", .hears_copies = true, .on_step = on_step},
                       of_names = {.name = "of-names",
                                   .hears = SSK_HEARS(UDP),
                                   .concerns = is_of_names,
                                   .on_step = on_step},
                       of_lines = {.name = "of-lines",
                                   .hears = SSK_HEARS(LOG) | SSK_HEARS(UDP),
                                   .wakes = SSK_SIGN_LINE,
                                   .on_step = on_step};
static const ssk_meter *const meters[] = {&every,  &of_tcp,   &of_syn,   &sleeper,
                                          &copies, &of_names, &of_lines, NULL};

static ssk_meter_mask called(ssk_packet_kind kind, uint8_t flags, ssk_flow *flow, bool copy)
{
    ssk_roster roster;
    ssk_packet packet = {.kind = kind, .tcp = {.flags = flags}};
    ssk_step step = {.packet = &packet, .flow = flow, .copy = copy};
    step.ended[SSK_A].quiet.since = step.ended[SSK_B].quiet.since = SSK_TIME_NONE;
    ssk_roster_init(&roster, meters);
    g_assert_cmpuint(roster.n_sleepers, ==, 1);
    return ssk_roster_call(&roster, roster.drowsy, &step);
}

#define BIT(meter) (UINT64_C(1) << (meter))

static void a_meter_hears_its_kinds_of_packet(void)
{
    g_assert_cmphex(called(SSK_PACKET_ARP, 0, NULL, false), ==, BIT(EVERY) | BIT(COPIES));
    ssk_flow flow = {0};
    g_assert_cmphex(called(SSK_PACKET_TCP, SSK_TCP_ACK, &flow, false), ==,
                    BIT(EVERY) | BIT(OF_TCP) | BIT(COPIES));
}

static void a_flow_concerns_a_meter_or_not_from_its_first_packet_on(void)
{
    ssk_roster roster;
    ssk_roster_init(&roster, meters);
    ssk_flow names = {.port = {40000, 53}}, other = {.port = {40000, 54}};
    g_assert_cmphex(ssk_roster_unconcerned(&roster, meters, &names), ==, 0);
    other.enough = ssk_roster_unconcerned(&roster, meters, &other);
    g_assert_cmphex(other.enough, ==, BIT(OF_NAMES));
    ssk_meter_mask all = BIT(EVERY) | BIT(COPIES);
    g_assert_cmphex(called(SSK_PACKET_UDP, 0, &names, false), ==, all | BIT(OF_NAMES));
    g_assert_cmphex(called(SSK_PACKET_UDP, 0, &other, false), ==, all);
}

static void a_meter_of_the_capture_sleeps_until_its_sign(void)
{
    ssk_roster roster;
    ssk_roster_init(&roster, meters);
    g_assert_cmphex(roster.drowsy, ==, BIT(OF_LINES));
    g_assert_cmphex(called(SSK_PACKET_LOG, 0, NULL, false) & BIT(OF_LINES), ==, BIT(OF_LINES));
    ssk_packet packet = {.kind = SSK_PACKET_UDP};
    ssk_step step = {.packet = &packet};
    step.ended[SSK_A].quiet.since = step.ended[SSK_B].quiet.since = SSK_TIME_NONE;
    g_assert_cmphex(ssk_roster_call(&roster, BIT(OF_LINES), &step) & BIT(OF_LINES), ==, 0);
    g_assert_cmphex(ssk_roster_call(&roster, 0, &step) & BIT(OF_LINES), ==, BIT(OF_LINES));
}

static void a_sleeper_wakes_at_its_sign_and_hears_all_from_then_on(void)
{
    ssk_flow flow = {0};
    ssk_meter_mask all = BIT(EVERY) | BIT(OF_TCP) | BIT(COPIES);
    g_assert_cmphex(called(SSK_PACKET_TCP, SSK_TCP_SYN, &flow, false), ==,
                    all | BIT(OF_SYN) | BIT(SLEEPER));
    flow.awake = BIT(SLEEPER);
    g_assert_cmphex(called(SSK_PACKET_TCP, SSK_TCP_ACK, &flow, false), ==, all | BIT(SLEEPER));
}

static void copies_are_for_those_who_ask_for_them(void)
{
    ssk_flow flow = {.awake = BIT(SLEEPER)};
    g_assert_cmphex(called(SSK_PACKET_TCP, SSK_TCP_SYN, &flow, true), ==, BIT(COPIES));
}

static void who_has_heard_enough_is_left_alone(void)
{
    ssk_flow flow = {.awake = BIT(SLEEPER), .enough = BIT(SLEEPER)};
    g_assert_cmphex(called(SSK_PACKET_TCP, SSK_TCP_SYN, &flow, false), ==,
                    BIT(EVERY) | BIT(OF_TCP) | BIT(OF_SYN) | BIT(COPIES));
}

static void who_rests_hears_only_what_would_wake_it(void)
{
    ssk_flow flow = {.awake = BIT(SLEEPER), .resting = BIT(SLEEPER)};
    g_assert_false(called(SSK_PACKET_TCP, SSK_TCP_ACK, &flow, false) & BIT(SLEEPER));
    g_assert_true(called(SSK_PACKET_TCP, SSK_TCP_SYN, &flow, false) & BIT(SLEEPER));
}

static void there_is_a_bit_for_each_meter(void)
{
    unsigned count = 0;
    while (ssk_meters[count])
        count++;
    g_assert_cmpuint(count, <=, SSK_METERS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/roster/a meter hears its kinds of packet", a_meter_hears_its_kinds_of_packet);
    g_test_add_func("/roster/a flow concerns a meter or not from its first packet on",
                    a_flow_concerns_a_meter_or_not_from_its_first_packet_on);
    g_test_add_func("/roster/a meter of the capture sleeps until its sign",
                    a_meter_of_the_capture_sleeps_until_its_sign);
    g_test_add_func("/roster/a sleeper wakes at its sign and hears all from then on",
                    a_sleeper_wakes_at_its_sign_and_hears_all_from_then_on);
    g_test_add_func("/roster/copies are for those who ask for them",
                    copies_are_for_those_who_ask_for_them);
    g_test_add_func("/roster/who has heard enough is left alone",
                    who_has_heard_enough_is_left_alone);
    g_test_add_func("/roster/who rests hears only what would wake it",
                    who_rests_hears_only_what_would_wake_it);
    g_test_add_func("/roster/there is a bit for each meter", there_is_a_bit_for_each_meter);
    return g_test_run();
}
