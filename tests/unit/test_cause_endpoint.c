/* test_cause_endpoint.c - causes inside a host: for each a case where it is
 * named, and the near misses where it must not be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

/* The device is gone for 20 s; then the ping that was lost comes again, and
 * @p backlog more behind it. @p meanwhile: 5 s into the silence; NULL: nothing */
static void device_gone_at_server(ward *w, unsigned backlog, void (*meanwhile)(ward *))
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_lost(w, &w->ext, CLIENT, "PING 13\n");
    w->ext.pings++;
    ward_lost(w, &w->main, CLIENT, "PING 13\n");
    w->main.pings++;
    ward_seconds(w, 5, PEER);
    if (meanwhile)
        meanwhile(w);
    ward_seconds(w, 15, PEER);
    tcp_again(&w->ext, CLIENT);
    talk_wait(&w->t, 2 * SSK_MS);
    tcp_again(&w->main, CLIENT);
    talk_wait(&w->t, 2 * SSK_MS);
    if (backlog) {
        ward_burst(&w->ext, backlog);
        talk_wait(&w->t, 2 * SSK_MS);
        ward_burst(&w->main, backlog);
        talk_wait(&w->t, 2 * SSK_MS);
    }
    tcp_pong(&w->ext);
    tcp_pong(&w->main);
    talk_wait(&w->t, 900 * SSK_MS);
    ward_seconds(w, 6, OF_DEVICE | PEER);
}

static void arp_answered(ward *w)
{
    talk_arp(&w->t, 1, SERVER_HOST, DEVICE);
    talk_wait(&w->t, SSK_MS);
    talk_arp(&w->t, 2, DEVICE, SERVER_HOST);
}

/* ---- radio-off ---- */

static void the_device_falls_silent_everywhere_and_returns_with_a_backlog(void)
{
    ward w;
    device_gone_at_server(&w, 18, NULL);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "radio-off uplink-loss path-blackout");
    const ssk_result_stall *stall = stall_on(result, PORT_EXT);
    g_assert_cmpint(stall->direction, ==, SSK_SIDE_A);
    g_assert_cmpint(stall->recovery, ==, SSK_RECOVERY_BACKLOG);
    g_assert_cmpuint(result->n_incidents, ==, 1);
    g_assert_nonnull(stall->verdict.next_capture);
    g_free(got);
    ssk_result_free(result);
}

static void it_answered_arp_meanwhile(void)
{
    ward w;
    device_gone_at_server(&w, 18, arp_answered);
    expect_verdict(&w.t, PORT_EXT, "uplink-loss path-blackout");
}

/* The server's data waits for its own timeout, long after the device is back. */
static void arp_answered_in_the_back_off(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_lost(&w, &w.ext, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    ward_retries(&w, &w.ext, SERVER, 6, PEER); /* to 18.9 s; the next is due at 38 s */
    ward_seconds(&w, 12, PEER);
    arp_answered(&w);
    ward_seconds(&w, 6, PEER);
    tcp_again(&w.ext, SERVER);
    talk_wait(&w.t, SSK_MS);
    ward_burst(&w.ext, 30);
    ward_seconds(&w, 6, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "radio-off uplink-loss path-blackout");
    g_free(got);
    ssk_result_free(result);
}

/* Lesson 4: what is answered in the recovery tail says nothing of the silence. */
static void arp_answered_only_as_it_returned(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_lost(&w, &w.ext, CLIENT, "PING 13\n");
    ward_seconds(&w, 20, PEER);
    arp_answered(&w);
    talk_wait(&w.t, 10 * SSK_MS);
    tcp_again(&w.ext, CLIENT);
    ward_burst(&w.ext, 18);
    tcp_pong(&w.ext);
    ward_seconds(&w, 6, OF_DEVICE | PEER);
    expect_verdict(&w.t, PORT_EXT, "radio-off uplink-loss path-blackout");
}

/* At the device; @p arp: the server asks for addresses meanwhile. */
static void every_host_is_silent(ward *w, bool arp)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    ward_lost(w, &w->ext, CLIENT, "PING 13\n");
    ward_lost(w, &w->main, CLIENT, "PING 13\n");
    for (unsigned i = 0; i < 5; i++) { /* its programs go on asking */
        if (arp)
            talk_arp(&w->t, 1, SERVER_HOST, 77);
        talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        talk_udp(&w->t, DEVICE, 41001, OTHER_HOST, 6001, 20);
        tcp_again(&w->ext, CLIENT);
        tcp_again(&w->main, CLIENT);
        talk_wait(&w->t, (1 << i) * SSK_S);
    }
    tcp_again(&w->ext, CLIENT);
    tcp_pong(&w->ext);
    tcp_again(&w->main, CLIENT);
    tcp_pong(&w->main);
    ward_seconds(w, 6, OF_DEVICE);
}

static void at_the_device_every_host_is_silent_at_once(void)
{
    ward w;
    every_host_is_silent(&w, false);
    expect_verdict(&w.t, PORT_EXT, "radio-off");
}

static void at_the_device_the_servers_arp_arrives(void)
{
    ward w;
    every_host_is_silent(&w, true);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_null(strstr(got, "radio-off"));
    g_free(got);
    ssk_result_free(result);
}

/* Only the server is known at the device; its link goes down, and takes along
 * even what is retransmitted. */
static void at_the_device_a_link_delivers_what_waited(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT | AUX);
    ward_seconds(&w, 6, 0);
    ward_burst(&w.ext, 6);
    tcp_pong(&w.ext);
    talk_wait(&w.t, 900 * SSK_MS);
    ward_seconds(&w, 8, EXT | AUX);
    ssk_result *result = talk_judge(&w.t);
    char *ext = verdict_on(result, PORT_EXT), *aux = verdict_on(result, 6000);
    g_assert_cmpstr(ext, ==, "radio-off");
    g_assert_cmpstr(aux, ==, "radio-off");
    g_free(ext);
    g_free(aux);
    ssk_result_free(result);
}

/* The link is back, as another host shows; the server's close waited for its
 * next timeout, and its other connection still does. */
static void at_the_device_the_close_comes_after_another_host_is_back(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_lost(&w, &w.ext, CLIENT, "PING 13\n");
    ward_lost(&w, &w.main, CLIENT, "PING 13\n");
    ward_retries(&w, &w.ext, CLIENT, 6, 0);
    talk_wait(&w.t, 8 * SSK_S);
    ward_seconds(&w, 4, OTHER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&w.ext, CLIENT);
    ward_seconds(&w, 4, OTHER);
    tcp_again(&w.main, CLIENT);
    tcp_pong(&w.main);
    ward_seconds(&w, 6, MAIN | AUX | OTHER);
    expect_other(&w.t, PORT_EXT, "uplink-loss");
}

static void at_the_device_another_host_goes_on(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_lost(&w, &w.ext, CLIENT, "PING 13\n");
    ward_retries(&w, &w.ext, CLIENT, 6, OTHER);
    tcp_pong(&w.ext);
    ward_seconds(&w, 6, OF_DEVICE);
    expect_other(&w.t, PORT_EXT, "radio-off");
}

/* The server closes both connections early in the silence: after that they say
 * nothing of the device, and not that it went on. */
static void its_connections_were_closed_early_in_the_silence(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 4, PEER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    tcp_send(&w.main, SERVER, FIN | ACK, NULL, 0);
    ward_seconds(&w, 16, PEER);
    ward_seconds(&w, 6, AUX | PEER);
    expect_verdict(&w.t, 6000, "radio-off uplink-loss path-blackout host-asleep");
}

/* Its null frames to the access point, captured beside the wire. */
static void says_it_dozes(ward *w, bool dozes)
{
    uint8_t frame[24] = {0x48, (uint8_t)(dozes ? 0x11 : 0x01)};
    put_mac(frame + 4, 77);
    put_mac(frame + 10, DEVICE);
    put_mac(frame + 16, 77);
    w->t.linktype = 105;
    talk_feed(&w->t, frame, sizeof frame);
    w->t.linktype = 0;
}

static void it_had_told_its_access_point_that_it_dozes(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    says_it_dozes(&w, true);
    ward_seconds(&w, 20, PEER);
    says_it_dozes(&w, false);
    ward_burst(&w.ext, 18);
    tcp_pong(&w.ext);
    ward_seconds(&w, 6, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    const ssk_verdict *verdict = &stall_on(result, PORT_EXT)->verdict;
    g_assert_cmpstr(ssk_cause_text(verdict->causes[0].id), ==, "radio-off");
    bool told = false;
    for (size_t i = 0; i < verdict->causes[0].n_evidence; i++)
        told |= strstr(verdict->causes[0].evidence[i].text, "it dozes") != NULL;
    g_assert_true(told);
    ssk_result_free(result);
}

/* ---- host-asleep ---- */

static void the_device_returns_without_a_backlog_and_its_clock_lost_the_time(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 20, PEER);
    w.ext.slept[CLIENT] = w.main.slept[CLIENT] = 20 * SSK_S;
    ward_seconds(&w, 8, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpstr(ssk_cause_text(stall_on(result, PORT_EXT)->verdict.causes[0].id), ==,
                    "host-asleep");
    g_assert_cmpint(stall_on(result, PORT_EXT)->recovery, ==, SSK_RECOVERY_NO_BACKLOG);
    ssk_result_free(result);
}

/* At the device: nothing in, nothing out; @p waited pings had been produced during the silence. */
static void device_is_gone_for_itself(ward *w, unsigned waited, bool slept)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    ward_seconds(w, 20, 0);
    if (slept)
        w->ext.slept[CLIENT] = w->main.slept[CLIENT] = 20 * SSK_S;
    if (waited) {
        ward_burst(&w->ext, waited);
        tcp_pong(&w->ext);
        talk_wait(&w->t, 900 * SSK_MS);
    }
    ward_seconds(w, 6, OF_DEVICE);
}

static void at_the_device_nothing_had_waited(void)
{
    ward w;
    /* Each of its pings was answered so far: it may have waited for an answer, and its TCP clock
     * went on. */
    device_is_gone_for_itself(&w, 0, false);
    expect_verdict(&w.t, PORT_EXT, "radio-off host-asleep");
    device_is_gone_for_itself(&w, 0, true); /* and its clock with it */
    expect_verdict(&w.t, PORT_EXT, "host-asleep");
}

/* Only the server is known here. */
static void at_the_device_its_own_clock_lost_the_time(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT | AUX);
    ward_seconds(&w, 20, 0);
    w.ext.slept[CLIENT] = 20 * SSK_S;
    ward_seconds(&w, 8, EXT | AUX);
    expect_verdict(&w.t, PORT_EXT, "host-asleep");
}

static void at_the_device_its_messages_had_waited(void)
{
    ward w;
    device_is_gone_for_itself(&w, 18, false);
    expect_verdict(&w.t, PORT_EXT, "radio-off");
}

/* At the device, as rvictl captures it: nothing for 30 s, then the server's FIN. */
static ssk_result *nothing_until(uint32_t flags)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_seconds(&w, 30, 0);
    ssk_process process = {.name = "kernel_task", .pid = 0, .flags = flags};
    w.t.process = &process;
    tcp_text(&w.ext, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&w.ext, CLIENT);
    talk_wait(&w.t, SSK_S);
    ward_seconds(&w, 6, OF_DEVICE);
    return talk_judge(&w.t);
}

static void a_packet_woke_it(void)
{
    ssk_result *result = nothing_until(1 << 5);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "host-asleep");
    g_assert_cmpint(stall_on(result, PORT_EXT)->verdict.causes[0].side, ==, SSK_SIDE_A);
    g_free(got);
    ssk_result_free(result);
}

static void the_packet_that_ended_it_woke_nobody(void)
{
    ssk_result *result = nothing_until(1 << 3);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, !=, "host-asleep");
    g_free(got);
    ssk_result_free(result);
}

static void a_backlog_was_produced_meanwhile(void)
{
    ward w;
    device_gone_at_server(&w, 18, NULL);
    ssk_result *result = talk_judge(&w.t);
    const ssk_verdict *verdict = &stall_on(result, PORT_EXT)->verdict;
    g_assert_false(says(result, "host-asleep"));
    const ssk_cause *out = NULL; /* ruled out, and why */
    for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++)
        if (!strcmp(ssk_cause_text(verdict->causes[i].id), "host-asleep"))
            out = &verdict->causes[i];
    g_assert_nonnull(out);
    g_assert_nonnull(strstr(out->against[0].text, "had waited"));
    ssk_result_free(result);
}

/* Lesson 10: three were produced meanwhile, two may be the first beats after it. */
static void three_messages_are_a_backlog_two_are_none(void)
{
    ward w;
    device_gone_at_server(&w, 2, NULL);
    expect_said(&w.t, "host-asleep", false);
    device_gone_at_server(&w, 1, NULL);
    expect_said(&w.t, "host-asleep", true);
}

/* ---- process-suspended, app-wedged ---- */

/* The program stops; the kernel acknowledges the server's FIN at 30 s. */
static void program_stops_at_server(ward *w, bool fin_acknowledged)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_seconds(w, 30, MAIN | AUX | PEER);
    tcp_send(&w->ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w->t, SSK_MS);
    if (fin_acknowledged) {
        tcp_ack(&w->ext, CLIENT);
        ward_seconds(w, 10, MAIN | AUX | PEER);
    } else {
        ward_retries(w, &w->ext, SERVER, 6, MAIN | AUX | PEER);
    }
}

static void the_kernel_acknowledges_the_close_of_the_server(void)
{
    ward w;
    program_stops_at_server(&w, true);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "process-suspended app-wedged");
    g_assert_cmpint(stall_on(result, PORT_EXT)->direction, ==, SSK_SIDE_A);
    g_assert_cmpint(stall_on(result, PORT_EXT)->verdict.causes[0].side, ==, SSK_SIDE_A);
    g_free(got);
    ssk_result_free(result);
}

/* All of the device's programs stop; @p apart: until the first comes back. */
static void only_the_kernel_is_left(ward *w, unsigned apart)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_seconds(w, 30, PEER);
    tcp_send(&w->ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w->t, SSK_MS);
    tcp_ack(&w->ext, CLIENT);
    ward_seconds(w, apart, PEER);
    tcp_ping(&w->ext);
    ward_seconds(w, 8, MAIN | AUX | PEER);
}

static void only_the_kernel_answers_on_any_connection(void)
{
    ward w;
    only_the_kernel_is_left(&w, 6);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged");
}

static void its_programs_come_back_with_its_kernel(void)
{
    ward w;
    only_the_kernel_is_left(&w, 1);
    expect_other(&w.t, PORT_EXT, "process-suspended");
}

/* One conversation is all that is known: the server's own heartbeat stops, and
 * goes on where it had stopped. */
static void nothing_was_made_meanwhile(void)
{
    ward w;
    ward_begin(&w, "client");
    for (unsigned i = 0; i < 40; i++) {
        if (i < 12 || i > 30) {
            tcp_text(&w.ext, SERVER, "PING\n");
            talk_wait(&w.t, SSK_MS);
            tcp_ack(&w.ext, CLIENT);
            tcp_text(&w.ext, CLIENT, "PONG\n");
            talk_wait(&w.t, SSK_MS);
            tcp_ack(&w.ext, SERVER);
            talk_wait(&w.t, -2 * SSK_MS);
        }
        talk_wait(&w.t, SSK_S);
    }
    expect_verdict(&w.t, PORT_EXT, "app-wedged process-suspended"); /* its clock went on */
}

/* At the server, which asks and does not answer: it asks nobody any more. */
static void the_server_stops_asking_its_clients(void)
{
    ward w;
    ward_begin(&w, "server");
    connection *clients[] = {&w.ext, &w.peer};
    for (unsigned i = 0; i < 40; i++) {
        for (unsigned k = 0; k < 2 && (i < 12 || i > 30); k++) {
            tcp_text(clients[k], SERVER, "PING\n");
            talk_wait(&w.t, SSK_MS);
            tcp_ack(clients[k], CLIENT);
            tcp_text(clients[k], CLIENT, "PONG\n");
            talk_wait(&w.t, SSK_MS);
            tcp_ack(clients[k], SERVER);
            talk_wait(&w.t, -2 * SSK_MS);
        }
        talk_wait(&w.t, SSK_S);
    }
    ssk_result *result = talk_judge(&w.t);
    const ssk_verdict *verdict = &stall_on(result, PORT_EXT)->verdict;
    g_assert_cmpstr(ssk_cause_text(verdict->causes[0].id), ==, "app-wedged");
    g_assert_true(says(result, "process-suspended"));
    ssk_result_free(result);
}

/* At the device, whose programs all rest; its kernel acknowledges once. */
static void at_the_device_its_kernel_answers_on_another_connection(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_seconds(&w, 20, 0);
    tcp_text(&w.main, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&w.main, CLIENT);
    ward_seconds(&w, 15, 0);
    ward_seconds(&w, 6, OF_DEVICE);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged");
}

static void the_close_is_never_acknowledged(void)
{
    ward w;
    program_stops_at_server(&w, false);
    expect_other(&w.t, PORT_EXT, "process-suspended");
}

static void at_the_device_nothing_waited_to_be_sent(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_seconds(&w, 20, MAIN | AUX | OTHER);
    ward_seconds(&w, 6, OF_DEVICE);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged");
}

/* The server's program stops: its kernel acknowledges pings; after 15 s it
 * answers @p answers of them at once. */
static void server_stops(ward *w, unsigned answers)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    for (unsigned i = 0; i < 15; i++) {
        tcp_ping(&w->ext);
        talk_wait(&w->t, SSK_MS);
        tcp_ack(&w->ext, SERVER);
        ward_second(w, AUX | OTHER);
        w->t.now -= SSK_MS;
    }
    ward_answers(&w->ext, answers);
    talk_wait(&w->t, SSK_MS);
    tcp_ack(&w->ext, CLIENT);
    talk_wait(&w->t, 900 * SSK_MS);
    ward_seconds(w, 6, OF_DEVICE);
}

static void the_server_answers_all_that_waited_at_once(void)
{
    ward w;
    server_stops(&w, 15);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged");
    server_stops(&w, 4); /* lesson 10: four are enough */
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged");
}

/* Its patience was over when it ran again. */
static void the_server_closes_as_soon_as_it_runs_again(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    for (unsigned i = 0; i < 28; i++) {
        tcp_ping(&w.ext);
        talk_wait(&w.t, SSK_MS);
        tcp_ack(&w.ext, SERVER);
        ward_second(&w, AUX | OTHER);
        w.t.now -= SSK_MS;
    }
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&w.ext, CLIENT);
    ward_seconds(&w, 6, AUX | OTHER);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged app-closed");
}

static void the_server_goes_on_without_answering_what_waited(void)
{
    ward w;
    server_stops(&w, 1);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "app-wedged process-suspended");
    g_assert_cmpint(stall_on(result, PORT_EXT)->direction, ==, SSK_SIDE_B);
    g_free(got);
    ssk_result_free(result);
}

static void what_it_was_sent_stays_unanswered(void)
{
    ward w;
    device_gone_at_server(&w, 18, NULL);
    expect_other(&w.t, PORT_EXT, "app-wedged");
}

/* ---- timer-throttled ---- */

static void stretched(ward *w, unsigned times)
{
    ward_begin(w, "server");
    ward_seconds(w, 20, OF_DEVICE | PEER);
    for (unsigned i = 0; i < times; i++) {
        ward_seconds(w, 9, MAIN | AUX | PEER);
        ward_second(w, OF_DEVICE | PEER);
    }
    ward_seconds(w, 5, OF_DEVICE | PEER);
}

static void single_messages_come_far_apart(void)
{
    ward w;
    stretched(&w, 4);
    expect_verdict(&w.t, PORT_EXT, "timer-throttled");
    stretched(&w, 3); /* three in a row are a slower rhythm */
    expect_verdict(&w.t, PORT_EXT, "timer-throttled");
}

static void two_silences_in_a_row(void)
{
    ward w;
    stretched(&w, 2);
    expect_other(&w.t, PORT_EXT, "timer-throttled");
}

/* ---- reader-blocked ---- */

/* The server writes, the client's program does not read. @p window at the end */
static void bulk_unread(ward *w, uint16_t window)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    w->ext.window[CLIENT] = window;
    tcp_ack(&w->ext, CLIENT);
    for (unsigned i = 0; i < 20; i++) { /* Linux: 0 bytes, one below what is next */
        tcp_raw(&w->ext, SERVER, ACK, w->ext.next[SERVER] - 1, w->ext.heard[SERVER], NULL, 0);
        talk_wait(&w->t, SSK_MS);
        tcp_raw(&w->ext, CLIENT, ACK, w->ext.next[CLIENT], w->ext.heard[CLIENT], NULL, 0);
        ward_second(w, MAIN | AUX | PEER);
    }
    w->ext.window[CLIENT] = 65535;
    tcp_ack(&w->ext, CLIENT);
    ward_seconds(w, 6, OF_DEVICE | PEER);
}

static void its_window_is_closed_and_probed(void)
{
    ward w;
    bulk_unread(&w, 0);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_stall *stall = stall_on(result, PORT_EXT);
    g_assert_cmpstr(ssk_cause_text(stall->verdict.causes[0].id), ==, "reader-blocked");
    g_assert_cmpint(stall->direction, ==, SSK_SIDE_A);
    ssk_result_free(result);
}

static void the_window_stayed_open_under_keepalives(void)
{
    ward w;
    bulk_unread(&w, 2000);
    expect_other(&w.t, PORT_EXT, "reader-blocked");
}

/* ---- app-closed, app-crashed ---- */

static void quiet_then(ward *w, unsigned seconds, int who, unsigned flags)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_seconds(w, seconds, MAIN | AUX | PEER);
    tcp_send(&w->ext, who, flags, NULL, 0);
    talk_wait(&w->t, SSK_MS);
    if (!(flags & RST)) {
        tcp_ack(&w->ext, !who);
        talk_wait(&w->t, SSK_MS);
        tcp_send(&w->ext, !who, FIN | ACK, NULL, 0);
        talk_wait(&w->t, SSK_MS);
        tcp_ack(&w->ext, who);
    }
    ward_seconds(w, 6, MAIN | AUX | PEER);
}

static void the_silent_side_closes_in_the_end(void)
{
    ward w;
    quiet_then(&w, 20, CLIENT, FIN | ACK);
    expect_verdict(&w.t, PORT_EXT, "app-closed process-suspended app-wedged");
}

static void the_other_side_closes_first(void)
{
    ward w;
    quiet_then(&w, 20, SERVER, FIN | ACK);
    expect_other(&w.t, PORT_EXT, "app-closed");
}

static void it_closes_in_time(void)
{
    ward w;
    quiet_then(&w, 1, CLIENT, FIN | ACK);
    expect_no_stall(&w.t);
}

static void the_silent_side_resets_in_the_end(void)
{
    ward w;
    quiet_then(&w, 20, CLIENT, RST | ACK);
    expect_verdict(&w.t, PORT_EXT, "app-crashed process-suspended app-wedged");
}

static void it_is_reset_in_time(void)
{
    ward w;
    quiet_then(&w, 1, CLIENT, RST | ACK);
    expect_no_stall(&w.t);
}

static void the_other_side_resets_it(void)
{
    ward w;
    quiet_then(&w, 20, SERVER, RST | ACK);
    expect_other(&w.t, PORT_EXT, "app-crashed");
}

/* ---- host-down, host-rebooted ---- */

/* Seen from the device, on the server's own link. */
static void server_gone(ward *w, bool arp_is_answered)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    tcp_ping(&w->ext);
    ward_retries(w, &w->ext, CLIENT, 4, OTHER);
    for (unsigned i = 0; i < 3; i++) {
        talk_arp(&w->t, 1, DEVICE, SERVER_HOST);
        talk_wait(&w->t, SSK_MS);
        if (arp_is_answered)
            talk_arp(&w->t, 2, SERVER_HOST, DEVICE);
        ward_second(w, OTHER);
    }
    ward_seconds(w, 12, OTHER);
    tcp_again(&w->ext, CLIENT);
    ward_seconds(w, 3, OTHER);
}

static void the_server_does_not_even_answer_arp(void)
{
    ward w;
    server_gone(&w, false);
    expect_verdict(&w.t, PORT_EXT, "host-down");
}

static void the_server_still_answers_arp(void)
{
    ward w;
    server_gone(&w, true);
    expect_other(&w.t, PORT_EXT, "host-down");
}

static void reset_afterwards(ward *w)
{
    tcp_again(&w->ext, CLIENT);
    talk_wait(&w->t, SSK_MS);
    tcp_raw(&w->ext, SERVER, RST, w->ext.heard[SERVER], 0, NULL, 0);
    ward_seconds(w, 2, OTHER);
}

static void it_answers_no_arp_and_then_resets_what_is_sent_again(void)
{
    ward w;
    server_gone(&w, false);
    reset_afterwards(&w);
    expect_verdict(&w.t, PORT_EXT, "host-rebooted");
}

static void it_answered_arp_all_the_while(void)
{
    ward w;
    server_gone(&w, true);
    reset_afterwards(&w);
    expect_other(&w.t, PORT_EXT, "host-rebooted");
}

static void it_goes_on_with_another_connection(void)
{
    ward w;
    server_gone(&w, false);
    tcp_send(&w.main, SERVER, FIN | ACK, NULL, 0); /* a rebooted host knows of no such connection */
    reset_afterwards(&w);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "host-down");
    g_free(got);
    ssk_result_free(result);
}

/* The device is gone, and boots: it asks for its address, then connects anew.
 * @param remembers its kernel goes on with the old connection instead */
static void a_device_boots(ward *w, bool remembers)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_lost(w, &w->ext, SERVER, "TIME 2026-11-30T12:00:00Z\n");
    ward_seconds(w, ward_retries(w, &w->ext, SERVER, 5, PEER) ? 4 : 0, PEER);
    talk_dhcp(&w->t, DEVICE);
    talk_wait(&w->t, SSK_S);
    connection anew = talk_connection(&w->t, DEVICE, SERVER_HOST, 7009);
    tcp_connect(&anew);
    tcp_beats(&anew, 3, 100 * SSK_MS);
    tcp_again(&w->ext, SERVER);
    talk_wait(&w->t, SSK_MS);
    if (remembers) {
        tcp_arrives(&w->ext, SERVER);
        tcp_ping(&w->ext);
    } else {
        tcp_raw(&w->ext, CLIENT, RST, w->ext.next[CLIENT], 0, NULL, 0);
    }
    talk_wait(&w->t, SSK_MS);
    ward_seconds(w, 6, PEER);
}

static void it_asks_for_its_address_and_begins_anew(void)
{
    ward w;
    a_device_boots(&w, false);
    expect_verdict(&w.t, PORT_EXT, "host-rebooted");
}

static void it_asks_for_its_address_and_goes_on(void)
{
    ward w;
    a_device_boots(&w, true);
    expect_other(&w.t, PORT_EXT, "host-rebooted");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("radio-off", "the device falls silent everywhere and returns with a backlog",
          the_device_falls_silent_everywhere_and_returns_with_a_backlog);
    g_test_add_func("/cause/radio-off/at the device the server's ARP arrives",
                    at_the_device_the_servers_arp_arrives);
    FIRES("radio-off", "at the device every host is silent at once",
          at_the_device_every_host_is_silent_at_once);
    FIRES("radio-off", "the device answers ARP only as it returns",
          arp_answered_only_as_it_returned);
    FIRES("radio-off", "it had told its access point that it dozes",
          it_had_told_its_access_point_that_it_dozes);
    FIRES("radio-off", "its connections were closed early in the silence",
          its_connections_were_closed_early_in_the_silence);
    SILENT("uplink-loss", "at the device the close comes after another host is back",
           at_the_device_the_close_comes_after_another_host_is_back);
    FIRES("radio-off", "it answered ARP while data waited for a timeout",
          arp_answered_in_the_back_off);
    FIRES("radio-off", "at the device a link that was away delivers what waited",
          at_the_device_a_link_delivers_what_waited);
    SILENT("radio-off", "it answered ARP meanwhile", it_answered_arp_meanwhile);
    SILENT("radio-off", "at the device another host goes on", at_the_device_another_host_goes_on);
    FIRES("host-asleep", "the device returns without a backlog and its clock lost the time",
          the_device_returns_without_a_backlog_and_its_clock_lost_the_time);
    FIRES("host-asleep", "at the device nothing came or went, and nothing had waited",
          at_the_device_nothing_had_waited);
    FIRES("host-asleep", "at the device its own clock lost the time",
          at_the_device_its_own_clock_lost_the_time);
    SILENT("host-asleep", "at the device its messages had waited",
           at_the_device_its_messages_had_waited);
    FIRES("host-asleep", "nothing was captured until a packet woke it", a_packet_woke_it);
    g_test_add_func("/cause/host-asleep/is not certain when the packet that ended it woke nobody",
                    the_packet_that_ended_it_woke_nobody);
    SILENT("host-asleep", "a backlog was produced meanwhile", a_backlog_was_produced_meanwhile);
    SILENT("host-asleep", "three messages come at once, not when two do",
           three_messages_are_a_backlog_two_are_none);
    FIRES("process-suspended", "the kernel acknowledges the close of the server",
          the_kernel_acknowledges_the_close_of_the_server);
    FIRES("process-suspended", "at the device nothing waited to be sent",
          at_the_device_nothing_waited_to_be_sent);
    FIRES("process-suspended", "the server answers all that waited at once",
          the_server_answers_all_that_waited_at_once);
    FIRES("process-suspended", "only the kernel answers on any connection",
          only_the_kernel_answers_on_any_connection);
    FIRES("process-suspended", "the server closes as soon as it runs again",
          the_server_closes_as_soon_as_it_runs_again);
    FIRES("process-suspended", "nothing was made meanwhile, by the only connection there is",
          nothing_was_made_meanwhile);
    FIRES("app-wedged", "the server stops asking its clients", the_server_stops_asking_its_clients);
    FIRES("process-suspended", "at the device its kernel answers on another connection",
          at_the_device_its_kernel_answers_on_another_connection);
    SILENT("process-suspended", "its programs come back with its kernel",
           its_programs_come_back_with_its_kernel);
    SILENT("process-suspended", "the close is never acknowledged", the_close_is_never_acknowledged);
    FIRES("app-wedged", "the server goes on without answering what waited",
          the_server_goes_on_without_answering_what_waited);
    SILENT("app-wedged", "what it was sent stays unanswered", what_it_was_sent_stays_unanswered);
    FIRES("timer-throttled", "single messages come far apart", single_messages_come_far_apart);
    SILENT("timer-throttled", "there are two silences in a row", two_silences_in_a_row);
    FIRES("reader-blocked", "its window is closed and probed", its_window_is_closed_and_probed);
    SILENT("reader-blocked", "the window stayed open under keep-alives",
           the_window_stayed_open_under_keepalives);
    FIRES("app-closed", "the silent side closes in the end", the_silent_side_closes_in_the_end);
    SILENT("app-closed", "the other side closes first", the_other_side_closes_first);
    SILENT("app-closed", "it closes in time", it_closes_in_time);
    FIRES("app-crashed", "the silent side resets in the end", the_silent_side_resets_in_the_end);
    SILENT("app-crashed", "it is reset in time", it_is_reset_in_time);
    SILENT("app-crashed", "the other side resets it", the_other_side_resets_it);
    FIRES("host-down", "the server does not even answer ARP", the_server_does_not_even_answer_arp);
    SILENT("host-down", "the server still answers ARP", the_server_still_answers_arp);
    FIRES("host-rebooted", "it answers no ARP and then resets what is sent again",
          it_answers_no_arp_and_then_resets_what_is_sent_again);
    SILENT("host-rebooted", "it goes on with another connection",
           it_goes_on_with_another_connection);
    FIRES("host-rebooted", "it asks for its address and begins anew",
          it_asks_for_its_address_and_begins_anew);
    SILENT("host-rebooted", "it asks for its address and goes on with the old connection",
           it_asks_for_its_address_and_goes_on);
    SILENT("host-rebooted", "it answered ARP all the while", it_answered_arp_all_the_while);
    return g_test_run();
}
