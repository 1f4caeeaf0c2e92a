/* test_cause_second.c - what a capture at the silent host itself adds to a verdict.
 *
 * This capture is the server's; what the device's own capture answers is made up, count by count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/cause.h"
#include "tests/unit/ward.h"

typedef struct ways {
    unsigned sent, arrived, others_sent, others_arrived, late;
} ways;

/* What the device's capture says about the silence. */
typedef struct told {
    ways from_device, to_device;
    unsigned heard, heard_before; /* packets of third hosts, then and before */
    unsigned device_sent;         /* packets of any of its flows */
} told;

static ways ways_from(const told *what, ssk_dir from)
{
    return from == SSK_A ? what->from_device : what->to_device;
}

static ssk_crossing_count crossed(void *user, const ssk_result_flow *flow, ssk_dir from,
                                  ssk_time_ns begin, ssk_time_ns end)
{
    (void)begin, (void)end;
    bool told_of = flow->port[SSK_B] == PORT_EXT;
    ways way = told_of ? ways_from(user, from) : (ways){.sent = 0};
    return (ssk_crossing_count){.view = 'b',
                                .here_first = from == SSK_B,
                                .sent = way.sent,
                                .sent_data = way.sent,
                                .arrived = way.arrived,
                                .arrived_data = way.arrived,
                                .late = way.late,
                                .lost = way.sent - way.arrived - way.late,
                                .lost_data = way.sent - way.arrived - way.late};
}

static ssk_crossing_count crossed_beside(void *user, const ssk_result_flow *flow, ssk_dir from,
                                         ssk_time_ns begin, ssk_time_ns end)
{
    (void)flow, (void)begin, (void)end;
    ways way = ways_from(user, from);
    return (ssk_crossing_count){.view = 'b',
                                .here_first = from == SSK_B,
                                .sent = way.others_sent,
                                .arrived = way.others_arrived,
                                .through = way.others_arrived > 0,
                                .gone = way.others_sent && !way.others_arrived};
}

static ssk_link_count link_of(void *user, const ssk_result_flow *flow, ssk_dir at,
                              ssk_time_ns begin, ssk_time_ns end)
{
    (void)flow, (void)end;
    const told *what = user;
    if (at != SSK_A)
        return (ssk_link_count){.spoke = SSK_TIME_NONE};
    return (ssk_link_count){.view = 'b',
                            .own = true,
                            .heard = what->heard,
                            .before = what->heard_before,
                            .sent = what->device_sent,
                            .spoke = what->device_sent ? begin : SSK_TIME_NONE};
}

static ssk_elsewhere elsewhere(void *user, const ssk_result_flow *flow, ssk_dir at)
{
    (void)user, (void)flow, (void)at;
    return (ssk_elsewhere){.view = 0};
}

static int nearer_client(void *user)
{
    (void)user;
    return -1;
}

static ssk_time_ns time_there(void *user, char view, ssk_time_ns here)
{
    (void)user, (void)view;
    return here;
}

/* Ends the ward. The caller frees what it says of the connection. */
static char *judged_with(ward *w, told what)
{
    ssk_second second = {.user = &what,
                         .crossed = crossed,
                         .crossed_beside = crossed_beside,
                         .link = link_of,
                         .elsewhere = elsewhere,
                         .nearer_client = nearer_client,
                         .time_there = time_there};
    ssk_result *result = ssk_engine_snapshot_with(w->t.engine, &second);
    result->second = &second;
    cells_note(w->t.engine, result);
    result->second = NULL;
    char *got = verdict_on(result, PORT_EXT);
    ssk_result_free(result);
    talk_end(&w->t);
    return got;
}

static void expect_with(ward *w, told what, const char *verdict)
{
    char *got = judged_with(w, what);
    g_assert_cmpstr(got, ==, verdict);
    g_free(got);
}

static void expect_others_with(ward *w, told what, const char *id)
{
    char *got = judged_with(w, what), **ids = g_strsplit(got, " ", -1);
    g_assert_cmpstr(got, !=, "");
    if (g_strv_contains((const char *const *)ids, id))
        g_error("%s must not be said, and was: %s", id, got);
    g_strfreev(ids);
    g_free(got);
}

/* At the server: nothing is heard of the device but what @p others are, then it is back with what it
 * had said meanwhile. */
static void device_falls_silent(ward *w, unsigned others)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_lost(w, &w->ext, CLIENT, "PING 13\n");
    tcp_text(&w->ext, SERVER, "NEWS 1\n");
    ward_retries(w, &w->ext, SERVER, 6, others);
    tcp_again(&w->ext, CLIENT);
    ward_burst(&w->ext, 18);
    tcp_pong(&w->ext);
    ward_seconds(w, 6, OF_DEVICE | PEER);
}

/* At the server: the device's kernel acknowledges, and its program says nothing. */
static void program_falls_silent(ward *w)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    for (unsigned i = 0; i < 20; i++) {
        tcp_text(&w->ext, SERVER, "NEWS 1\n");
        talk_wait(&w->t, SSK_MS);
        tcp_ack(&w->ext, CLIENT);
        ward_second(w, MAIN | AUX | PEER);
    }
    ward_seconds(w, 6, OF_DEVICE | PEER);
}

static const told all_is_lost = {.from_device = {.sent = 30},
                                 .to_device = {.sent = 7},
                                 .heard = 40,
                                 .heard_before = 40,
                                 .device_sent = 30};
static const told link_is_dead = {
    .from_device = {.sent = 30}, .to_device = {.sent = 7}, .heard_before = 40, .device_sent = 30};
static const told nothing_is_sent = {.to_device = {.sent = 7}, .heard_before = 40};
static const told way_out_is_lost = {.from_device = {.sent = 30},
                                     .to_device = {.sent = 7, .arrived = 7},
                                     .heard = 40,
                                     .heard_before = 40,
                                     .device_sent = 30};
static const told others_arrive = {
    .from_device = {.sent = 30, .others_sent = 40, .others_arrived = 40},
    .to_device = {.sent = 7, .others_sent = 40, .others_arrived = 40},
    .heard = 40,
    .heard_before = 40,
    .device_sent = 70};
static const told all_arrives = {.from_device = {.sent = 20, .arrived = 20},
                                 .to_device = {.sent = 20, .arrived = 20},
                                 .heard = 40,
                                 .heard_before = 40,
                                 .device_sent = 60};
static const told all_is_late = {.from_device = {.sent = 30, .late = 30},
                                 .to_device = {.sent = 7, .late = 7},
                                 .heard = 40,
                                 .heard_before = 40,
                                 .device_sent = 30};

static void both_ways_are_lost_and_its_link_lives(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_with(&w, all_is_lost, "path-blackout");
}

static void the_way_to_it_is_open(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, way_out_is_lost, "path-blackout");
}

static void what_it_sends_is_lost_and_what_it_is_sent_is_not(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_with(&w, way_out_is_lost, "uplink-loss");
}

static void the_way_to_it_is_closed_too(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, all_is_lost, "uplink-loss");
}

static void it_sends_on_and_hears_nobody(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_with(&w, link_is_dead, "radio-off");
}

static void it_hears_third_hosts(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, all_is_lost, "radio-off");
}

static void it_neither_hears_nor_sends(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, nothing_is_sent, "path-blackout");
}

static void it_sends_all_the_while(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, link_is_dead, "host-asleep");
}

static void what_it_sends_on_others_arrives(void)
{
    ward w;
    device_falls_silent(&w, MAIN | AUX | PEER);
    expect_with(&w, others_arrive, "flow-blackout");
}

static void what_it_sends_here_arrives(void)
{
    ward w;
    program_falls_silent(&w);
    expect_others_with(&w, all_arrives, "flow-blackout");
}

static void all_that_was_sent_arrives(void)
{
    ward w;
    program_falls_silent(&w);
    expect_with(&w, all_arrives, "process-suspended app-wedged");
}

static void what_it_sent_was_lost(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, all_is_lost, "app-wedged");
}

static void all_comes_late(void)
{
    ward w;
    device_falls_silent(&w, PEER);
    expect_others_with(&w, all_is_late, "host-asleep");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("path-blackout", "by its own capture both ways are lost and its link lives",
          both_ways_are_lost_and_its_link_lives);
    SILENT("path-blackout", "by its own capture the way to it is open", the_way_to_it_is_open);
    FIRES("uplink-loss", "by its own capture what it sends is lost, and what it is sent is not",
          what_it_sends_is_lost_and_what_it_is_sent_is_not);
    SILENT("uplink-loss", "by its own capture the way to it is closed too",
           the_way_to_it_is_closed_too);
    FIRES("radio-off", "by its own capture it sends on and hears nobody",
          it_sends_on_and_hears_nobody);
    SILENT("radio-off", "by its own capture it hears third hosts", it_hears_third_hosts);
    SILENT("path-blackout", "by its own capture it neither hears nor sends",
           it_neither_hears_nor_sends);
    SILENT("host-asleep", "by its own capture it sends all the while", it_sends_all_the_while);
    SILENT("host-asleep", "by its own capture what it sent came late", all_comes_late);
    FIRES("flow-blackout", "by its own capture what it sends on others arrives",
          what_it_sends_on_others_arrives);
    SILENT("flow-blackout", "by its own capture what it sends here arrives",
           what_it_sends_here_arrives);
    FIRES("app-wedged", "by its own capture all that was sent arrives", all_that_was_sent_arrives);
    SILENT("app-wedged", "by its own capture what it sent was lost", what_it_sent_was_lost);
    return g_test_run();
}
