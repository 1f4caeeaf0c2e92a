/* test_cause_path.c - causes on the way between two hosts: for each a case
 * where it is named, and the near misses where it must not be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

/* ---- uplink-loss ---- */

/* At the device: its pings are lost for 31 s, its other flows are dead too. */
static void nothing_answered_at_device(ward *w, unsigned others)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    tcp_ping(&w->ext);
    tcp_ping(&w->main);
    ward_retries(w, &w->ext, CLIENT, 5, others);
    tcp_again(&w->main, CLIENT);
    ward_seconds(w, 20, others);
}

static void the_close_of_the_server_still_arrives(void)
{
    ward w;
    nothing_answered_at_device(&w, OTHER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0); /* acknowledges nothing of it */
    ward_seconds(&w, 3, OTHER);
    tcp_again(&w.ext, CLIENT);
    ward_seconds(&w, 10, OTHER);
    tcp_again(&w.main, CLIENT);
    tcp_pong(&w.main);
    ward_seconds(&w, 6, MAIN | AUX | OTHER);
    expect_verdict(&w.t, PORT_EXT, "uplink-loss");
}

static void the_device_answers_arp_but_none_of_its_packets_arrive(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 8, PEER);
    talk_arp(&w.t, 1, SERVER_HOST, DEVICE);
    talk_wait(&w.t, SSK_MS);
    talk_arp(&w.t, 2, DEVICE, SERVER_HOST);
    ward_seconds(&w, 12, PEER);
    ward_burst(&w.ext, 18);
    tcp_pong(&w.ext);
    ward_seconds(&w, 6, OF_DEVICE | PEER);
    expect_verdict(&w.t, PORT_EXT, "uplink-loss path-blackout");
}

/* Lesson 6: the close may be the first sign that the path is back. */
static void the_close_comes_with_the_recovery_of_the_others(void)
{
    ward w;
    nothing_answered_at_device(&w, OTHER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, 20 * SSK_MS);
    tcp_again(&w.main, CLIENT);
    tcp_pong(&w.main);
    ward_seconds(&w, 6, MAIN | AUX | OTHER);
    expect_verdict(&w.t, PORT_MAIN, "downlink-loss path-blackout host-down uplink-loss");
}

static void its_packets_are_acknowledged(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    for (unsigned i = 0; i < 15; i++) {
        tcp_ping(&w.ext);
        talk_wait(&w.t, SSK_MS);
        tcp_ack(&w.ext, SERVER);
        ward_second(&w, AUX | OTHER);
        w.t.now -= SSK_MS;
    }
    ward_seconds(&w, 3, OTHER);
    expect_other(&w.t, PORT_EXT, "uplink-loss");
}

/* ---- downlink-loss ---- */

/* At the server: the client's pings come, again and again; @p heard: it
 * acknowledges what the server sends. */
static void client_repeats(ward *w, bool heard)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    tcp_ping(&w->ext);
    talk_wait(&w->t, SSK_MS);
    uint32_t stale = w->ext.heard[CLIENT];
    tcp_pong(&w->ext);
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(w, 1u << i, PEER);
        if (heard) {
            tcp_ack(&w->ext, CLIENT);
            continue;
        }
        w->ext.heard[CLIENT] = stale;
        tcp_again(&w->ext, CLIENT);
        talk_wait(&w->t, SSK_MS);
        tcp_again(&w->ext, SERVER);
        talk_wait(&w->t, SSK_MS);
    }
    ward_seconds(w, 2, PEER);
    tcp_ack(&w->ext, CLIENT);
    ward_seconds(w, 8, OF_DEVICE | PEER);
}

static void the_client_keeps_coming_and_acknowledges_nothing_new(void)
{
    ward w;
    client_repeats(&w, false);
    expect_verdict(&w.t, PORT_EXT, "downlink-loss");
}

/* At the server, whose own answers are blocked behind one that is retransmitted and
 * again: its application is not what is silent. */
static void the_servers_answers_are_sent_again_in_vain(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    tcp_ping(&w.ext);
    talk_wait(&w.t, SSK_MS);
    tcp_pong(&w.ext);
    for (unsigned i = 0; i < 12; i++) {
        tcp_ping(&w.ext); /* new, and acknowledges nothing */
        talk_wait(&w.t, SSK_MS);
        tcp_ack(&w.ext, SERVER);
        if (i == 1 || i == 3 || i == 7)
            tcp_raw(&w.ext, SERVER, ACK, w.ext.next[SERVER] - 7, w.ext.heard[SERVER], "PONG 13", 7);
        ward_second(&w, PEER);
        w.t.now -= SSK_MS;
    }
    tcp_ack(&w.ext, CLIENT);
    ward_seconds(&w, 8, OF_DEVICE | PEER);
    expect_verdict(&w.t, PORT_EXT, "downlink-loss");
}

/* BSD's stack fills what it sends again with what was said since: each one
 * brings news, and is acknowledged in vain. @p neighbor: the server asks for the
 * client's address, in vain as well */
static void client_repeats_and_adds(ward *w, bool neighbour)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    uint32_t stale = w->ext.heard[CLIENT], left = w->ext.next[CLIENT], pong = w->ext.next[SERVER];
    GString *unheard = g_string_new(NULL);
    for (unsigned i = 0; i < 5; i++) {
        for (unsigned said = 0; said < 1u << i; said++)
            g_string_append_printf(unheard, "PING %u\n", ++w->ext.pings);
        w->ext.heard[CLIENT] = stale;
        tcp_raw(&w->ext, CLIENT, ACK, left, stale, unheard->str, (uint32_t)unheard->len);
        w->ext.next[CLIENT] = left + (uint32_t)unheard->len;
        talk_wait(&w->t, 40 * SSK_MS);
        if (i == 0)
            tcp_pong(&w->ext);
        tcp_ack(&w->ext, SERVER);
        for (unsigned second = 0; second < 1u << i; second++) {
            if (neighbour && second + 1 == 1u << i)
                talk_arp(&w->t, 1, SERVER_HOST, DEVICE);
            ward_second(w, AUX | PEER);
            if (i < 3 && second == 0)
                tcp_raw(&w->ext, SERVER, ACK, pong, w->ext.heard[SERVER], "PONG 13\n", 8);
        }
    }
    g_string_free(unheard, TRUE);
    tcp_ack(&w->ext, CLIENT);
    ward_seconds(w, 8, OF_DEVICE | PEER);
}

static void each_packet_sent_again_brings_news_of_the_client(void)
{
    ward w;
    client_repeats_and_adds(&w, false);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "downlink-loss");
    /* one silence, not one from each retransmission to the next */
    unsigned stalls = 0;
    for (size_t i = 0; i < result->n_stalls; i++)
        stalls += result->flows[result->stalls[i].flow - 1].port[SSK_B] == PORT_EXT;
    g_assert_cmpuint(stalls, ==, 1);
    g_assert_cmpint(stall_on(result, PORT_EXT)->duration, >, 25 * SSK_S);
    g_free(got);
    ssk_result_free(result);
}

static void the_questions_for_its_address_do_not_reach_it_either(void)
{
    ward w;
    client_repeats_and_adds(&w, true);
    expect_verdict(&w.t, PORT_EXT, "arp-failure downlink-loss");
}

static void the_client_acknowledges_what_it_was_sent(void)
{
    ward w;
    client_repeats(&w, true);
    expect_other(&w.t, PORT_EXT, "downlink-loss");
}

/* ---- path-blackout ---- */

static void nothing_passes_in_either_direction(void)
{
    ward w;
    nothing_answered_at_device(&w, OTHER);
    tcp_again(&w.ext, CLIENT);
    tcp_pong(&w.ext);
    ward_seconds(&w, 6, OF_DEVICE);
    expect_verdict(&w.t, PORT_EXT, "downlink-loss path-blackout host-down uplink-loss");
}

static void one_direction_still_works(void)
{
    ward w;
    client_repeats(&w, false);
    expect_other(&w.t, PORT_EXT, "path-blackout");
}

/* ---- flow-blackout ---- */

/* This connection dies, others between the two hosts do as told. */
static void one_connection_dies(ward *w, unsigned others)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    tcp_ping(&w->ext);
    ward_retries(w, &w->ext, CLIENT, 6, others);
    ward_seconds(w, 3, others);
}

static void others_between_the_two_hosts_go_on(void)
{
    ward w;
    one_connection_dies(&w, MAIN | AUX | OTHER);
    expect_verdict(&w.t, PORT_EXT, "flow-blackout");
}

static void the_first_data_after_an_idle_time_is_reset(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_seconds(&w, 20, MAIN | AUX | OTHER);
    tcp_ping(&w.ext);
    talk_wait(&w.t, SSK_MS);
    tcp_raw(&w.ext, SERVER, RST, w.ext.heard[SERVER], 0, NULL, 0);
    ward_seconds(&w, 5, MAIN | AUX | OTHER);
    expect_said(&w.t, "flow-blackout", false); /* at the device: it was the client that paused */
}

static void a_middle_box_resets_what_the_server_sends_again(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 10, MAIN | AUX | PEER);
    tcp_text(&w.ext, SERVER, "PONG 12\n");
    ward_retries(&w, &w.ext, SERVER, 4, MAIN | AUX | PEER);
    tcp_raw(&w.ext, CLIENT, RST, w.ext.heard[CLIENT], 0, NULL, 0);
    ward_seconds(&w, 5, MAIN | AUX | PEER);
    expect_verdict(&w.t, PORT_EXT, "flow-blackout");
}

/* A router that lost its table of connections: it resets what the server says to one, and the other
 * one's client never finds out. Datagrams make a new entry. @param routers that the RST passed */
static void a_connection_is_reset_and_the_other_falls_silent(ward *w, uint8_t routers)
{
    ward_begin(w, "server");
    w->t.routers[DEVICE] = 1;
    connection *both[] = {&w->ext, &w->main};
    for (int i = 0; i < 2; i++) {
        *both[i] = talk_connection(&w->t, DEVICE, SERVER_HOST, both[i]->port[SERVER]);
        both[i]->port[CLIENT]++;
        tcp_connect(both[i]);
    }
    ward_seconds(w, 12, OF_DEVICE | PEER);
    tcp_text(&w->main, SERVER, "PONG 13\n");
    talk_wait(&w->t, SSK_MS);
    w->t.routers[DEVICE] = routers;
    tcp_raw(&w->main, CLIENT, RST, w->main.heard[CLIENT], 0, NULL, 0);
    ward_seconds(w, 30, AUX | PEER);
}

static void a_rst_comes_from_nearer_than_its_sender(void)
{
    ward w;
    a_connection_is_reset_and_the_other_falls_silent(&w, 0);
    expect_verdict(&w.t, PORT_EXT, "flow-blackout");
}

static void a_rst_passed_as_many_routers_as_its_sender(void)
{
    ward w;
    a_connection_is_reset_and_the_other_falls_silent(&w, 1);
    expect_verdict(&w.t, PORT_EXT, "process-suspended app-wedged flow-blackout");
}

/* A flushed table kills all old connections of two hosts: that a sibling fell silent too rules
 * nothing out. */
static void a_sibling_fell_silent_too(void)
{
    ward w;
    one_connection_dies(&w, OTHER);
    ssk_result *result = talk_judge(&w.t);
    const ssk_verdict *verdict = &stall_on(result, PORT_EXT)->verdict;
    for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++)
        g_assert_cmpstr(ssk_cause_text(verdict->causes[i].id), !=, "flow-blackout");
    ssk_result_free(result);
}

/* A sign of life is old once what was sent later stays without an answer. */
static void it_answered_while_both_were_quiet_and_then_no_more(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    ward_seconds(&w, 2, MAIN | AUX | OTHER);
    tcp_raw(&w.ext, CLIENT, ACK, w.ext.next[CLIENT] - 1, w.ext.heard[CLIENT], NULL, 0);
    talk_wait(&w.t, SSK_MS);
    tcp_raw(&w.ext, SERVER, ACK, w.ext.next[SERVER], w.ext.heard[SERVER], NULL, 0);
    ward_seconds(&w, 3, MAIN | AUX | OTHER);
    tcp_ping(&w.ext);
    ward_retries(&w, &w.ext, CLIENT, 6, MAIN | AUX | OTHER);
    ward_seconds(&w, 3, MAIN | AUX | OTHER);
    expect_verdict(&w.t, PORT_EXT, "flow-blackout");
}

static void the_others_are_dead_as_well(void)
{
    ward w;
    one_connection_dies(&w, OTHER);
    expect_other(&w.t, PORT_EXT, "flow-blackout");
}

/* Lesson 3: what is retransmitted again and again proves no life. */
static void the_only_other_connection_just_retransmits(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    tcp_text(&w.ext, SERVER, "PONG 12\n");
    tcp_text(&w.main, SERVER, "PONG 12\n");
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(&w, 1u << i, PEER);
        tcp_again(&w.ext, SERVER);
        tcp_again(&w.main, SERVER);
    }
    expect_other(&w.t, PORT_EXT, "flow-blackout");
}

/* The client's next number reveals pings that never arrived. */
static void its_numbers_moved_on_but_nothing_arrived(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 30, MAIN | AUX | PEER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, 300 * SSK_MS);
    w.ext.next[CLIENT] += 16;
    tcp_ack(&w.ext, CLIENT);
    ward_seconds(&w, 5, MAIN | AUX | PEER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpstr(ssk_cause_text(stall_on(result, PORT_EXT)->verdict.causes[0].id), ==,
                    "flow-blackout");
    ssk_result_free(result);
}

/* Its kernel's keep-alives arrive on this very connection. */
static void keepalives_of_its_kernel_arrive(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    for (unsigned i = 0; i < 20; i++) {
        tcp_raw(&w.ext, CLIENT, ACK, w.ext.next[CLIENT] - 1, w.ext.heard[CLIENT], NULL, 0);
        talk_wait(&w.t, SSK_MS);
        tcp_raw(&w.ext, SERVER, ACK, w.ext.next[SERVER], w.ext.heard[SERVER], NULL, 0);
        ward_second(&w, MAIN | AUX | PEER);
    }
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "process-suspended app-wedged");
    g_free(got);
    ssk_result_free(result);
}

/* The path comes back; until the client's next timeout its kernel acknowledges
 * the server's close, and then all comes that was said meanwhile. */
static void its_kernel_answers_before_the_backlog_comes(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_lost(&w, &w.ext, CLIENT, "PING 13\n");
    w.ext.pings++;
    ward_seconds(&w, 30, MAIN | AUX | PEER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, SSK_MS);
    tcp_raw(&w.ext, CLIENT, ACK, w.ext.last_seq[CLIENT], w.ext.next[SERVER], NULL, 0);
    w.ext.heard[CLIENT] = w.ext.next[SERVER];
    ward_seconds(&w, 3, MAIN | AUX | PEER);
    tcp_again(&w.ext, CLIENT);
    ward_burst(&w.ext, 28);
    ward_seconds(&w, 6, MAIN | AUX | PEER);
    expect_verdict(&w.t, PORT_EXT, "flow-blackout");
}

/* ---- frames-held ---- */

/* At the server: everything arrives at once after 8 s; @p held: with the
 * timestamps of when it was sent. */
static void all_at_once(ward *w, bool held)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_seconds(w, 8, PEER);
    for (unsigned i = 0; i < 7; i++) {
        if (held)
            w->t.held = (8 - i) * SSK_S;
        tcp_ping(&w->ext);
        talk_wait(&w->t, 50 * SSK_US);
    }
    ward_answers(&w->ext, 7);
    talk_wait(&w->t, SSK_MS);
    tcp_ack(&w->ext, CLIENT);
    talk_wait(&w->t, 900 * SSK_MS);
    ward_seconds(w, 8, OF_DEVICE | PEER);
}

static void what_arrives_is_as_old_as_the_silence(void)
{
    ward w;
    all_at_once(&w, true);
    expect_verdict(&w.t, PORT_EXT, "frames-held");
}

static void what_arrives_is_fresh(void)
{
    ward w;
    all_at_once(&w, false);
    expect_other(&w.t, PORT_EXT, "frames-held");
}

/* At the device: the server's answers echo @p stamps different timestamps from the silence, beginning with
 * that of its second @p first. */
static void echoes_from(ward *w, unsigned first, unsigned stamps)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    uint32_t echo[8];
    uint32_t seq = w->ext.next[CLIENT];
    for (unsigned i = 0; i < 8; i++) {
        tcp_ping(&w->ext);
        echo[i] = w->ext.echo[SERVER];
        ward_second(w, 0);
    }
    for (unsigned i = 0; i < stamps; i++) {
        w->ext.echo[SERVER] = echo[first + i];
        tcp_raw(&w->ext, SERVER, ACK, w->ext.next[SERVER], seq += 8, NULL, 0);
        talk_wait(&w->t, 100 * SSK_US);
    }
    w->ext.echo[SERVER] = echo[7];
    tcp_again(&w->ext, CLIENT); /* the answer echoes this one */
    talk_wait(&w->t, SSK_MS);
    ward_answers(&w->ext, 8);
    talk_wait(&w->t, SSK_MS);
    tcp_ack(&w->ext, CLIENT);
    talk_wait(&w->t, 900 * SSK_MS);
    ward_seconds(w, 8, OF_DEVICE);
}

static void several_stamps_of_the_silence_are_echoed(void)
{
    ward w;
    echoes_from(&w, 0, 2);
    expect_verdict(&w.t, PORT_EXT, "frames-held");
}

/* The server is back after 8 s, on one connection; the other echoes 20 s later what was sent into its
 * own, longer silence. */
static void another_connection_echoes_them_long_after(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    uint32_t echo[8];
    uint32_t seq = w.ext.next[CLIENT];
    for (unsigned i = 0; i < 8; i++) {
        tcp_ping(&w.ext);
        tcp_ping(&w.main);
        echo[i] = w.ext.echo[SERVER];
        ward_second(&w, 0);
    }
    tcp_again(&w.main, CLIENT);
    talk_wait(&w.t, SSK_MS);
    ward_answers(&w.main, 8);
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&w.main, CLIENT);
    ward_seconds(&w, 20, MAIN | AUX);
    for (unsigned i = 0; i < 4; i++) {
        w.ext.echo[SERVER] = echo[i];
        tcp_raw(&w.ext, SERVER, ACK, w.ext.next[SERVER], seq += 8, NULL, 0);
        talk_wait(&w.t, 100 * SSK_US);
    }
    ward_seconds(&w, 8, MAIN | AUX);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_MAIN);
    g_assert_null(strstr(got, "frames-held"));
    g_free(got);
    ssk_result_free(result);
}

/* Lesson 5: one old timestamp is in any FIN and any answer retransmitted. */
static void one_stamp_of_the_silence_is_echoed(void)
{
    ward w;
    echoes_from(&w, 0, 1);
    expect_other(&w.t, PORT_EXT, "frames-held");
}

/* The path was back a little earlier: what arrived then waited for ARP to be answered. */
static void all_echoed_stamps_are_from_its_end(void)
{
    ward w;
    echoes_from(&w, 5, 3);
    expect_other(&w.t, PORT_EXT, "frames-held");
}

/* ---- roaming ---- */

static void eapol(ward *w, unsigned station)
{
    uint8_t frame[60] = {0};
    put_mac(frame, 77);
    put_mac(frame + 6, station);
    put16(frame + 12, 0x888e);
    frame[14] = 2;
    frame[15] = 1; /* EAPOL-Start */
    talk_feed(&w->t, frame, sizeof frame);
}

static void device_gone_then(ward *w, unsigned station, ssk_span_ns before)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_lost(w, &w->ext, CLIENT, "PING 13\n");
    ward_seconds(w, 20, PEER);
    w->t.now -= before;
    eapol(w, station);
    w->t.now += before;
    tcp_again(&w->ext, CLIENT);
    ward_burst(&w->ext, 18);
    tcp_pong(&w->ext);
    ward_seconds(w, 6, OF_DEVICE | PEER);
}

static void the_device_joins_the_network_as_it_returns(void)
{
    ward w;
    device_gone_then(&w, DEVICE, 100 * SSK_MS);
    expect_verdict(&w.t, PORT_EXT, "roaming");
}

static void another_station_joins(void)
{
    ward w;
    device_gone_then(&w, PEER_DEVICE, 100 * SSK_MS);
    expect_other(&w.t, PORT_EXT, "roaming");
}

/* ---- arp-failure ---- */

static void unresolved(ward *w, bool answered)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    tcp_text(&w->ext, SERVER, "PONG 12\n");
    for (unsigned i = 0; i < 5; i++) {
        talk_arp(&w->t, 1, SERVER_HOST, DEVICE);
        talk_wait(&w->t, SSK_MS);
        if (answered)
            talk_arp(&w->t, 2, DEVICE, SERVER_HOST);
        /* the device's own packets still arrive */
        talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        ward_seconds(w, 2, PEER);
        tcp_again(&w->ext, SERVER);
    }
    ward_seconds(w, 2, PEER);
}

static void its_packets_arrive_but_its_address_does_not_resolve(void)
{
    ward w;
    unresolved(&w, false);
    expect_verdict(&w.t, PORT_EXT, "arp-failure");
}

static void its_address_resolves(void)
{
    ward w;
    unresolved(&w, true);
    expect_other(&w.t, PORT_EXT, "arp-failure");
}

/* At the server, whose answers find no way: it asks once a second, until at last
 * it is told. */
static void asks_in_vain(ward *w, void (*client)(ward *))
{
    for (unsigned i = 0; i < 15; i++) {
        talk_arp(&w->t, 1, SERVER_HOST, DEVICE);
        client(w);
        ward_seconds(w, 1, PEER);
    }
    talk_arp(&w->t, 1, SERVER_HOST, DEVICE);
    talk_wait(&w->t, SSK_MS);
    talk_arp(&w->t, 2, DEVICE, SERVER_HOST);
    talk_wait(&w->t, SSK_MS);
}

static void datagram_comes(ward *w)
{
    talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 20);
}

static void its_answers_wait_for_a_neighbour(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    asks_in_vain(&w, datagram_comes);
    ward_seconds(&w, 6, AUX | PEER);
    expect_verdict(&w.t, 6000, "downlink-loss arp-failure");
}

static void syn_comes(ward *w)
{
    tcp_again(&w->ext, CLIENT);
}

static void the_answers_to_its_syns_find_no_way(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 6, PEER);
    w.ext = talk_connection(&w.t, DEVICE, SERVER_HOST, 7009);
    tcp_send(&w.ext, CLIENT, SYN, NULL, 0);
    asks_in_vain(&w, syn_comes);
    ward_seconds(&w, 6, PEER);
    expect_verdict(&w.t, 7009, "arp-failure");
}

/* ---- address-changed ---- */

/* The device's MAC speaks with address 25 after 5 s of silence. */
static void moves(ward *w, unsigned mac, bool before_the_silence)
{
    ward_begin(w, "server");
    ward_seconds(w, 6, OF_DEVICE | PEER);
    if (before_the_silence)
        talk_arp_as(&w->t, mac, 1, 25, SERVER_HOST);
    ward_seconds(w, 6, OF_DEVICE | PEER);
    tcp_text(&w->ext, SERVER, "PONG 12\n");
    ward_seconds(w, 5, PEER);
    if (!before_the_silence)
        talk_arp_as(&w->t, mac, 1, 25, SERVER_HOST);
    ward_retries(w, &w->ext, SERVER, 6, PEER);
}

static void the_same_mac_speaks_with_another_address(void)
{
    ward w;
    moves(&w, DEVICE, false);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_EXT);
    g_assert_cmpstr(got, ==, "address-changed");
    g_assert_cmpint(stall_on(result, PORT_EXT)->verdict.causes[0].side, ==, SSK_SIDE_A);
    g_free(got);
    ssk_result_free(result);
}

static void a_stranger_has_the_new_address(void)
{
    ward w;
    moves(&w, 33, false);
    expect_other(&w.t, PORT_EXT, "address-changed");
}

static void it_had_both_addresses_before(void)
{
    ward w;
    moves(&w, DEVICE, true);
    expect_other(&w.t, PORT_EXT, "address-changed");
}

/* IPv6 goes on sending from the lost address for a moment. */
static void the_new_address_spoke_just_before_the_last_message(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    talk_arp_as(&w.t, DEVICE, 1, 25, SERVER_HOST);
    ward_second(&w, EXT | PEER);
    tcp_text(&w.ext, SERVER, "PONG 12\n");
    ward_retries(&w, &w.ext, SERVER, 6, PEER);
    expect_verdict(&w.t, PORT_EXT, "address-changed");
}

/* ---- icmp-unreachable ---- */

/* Code 1: a router does not find the host; the host itself could not say so. */
enum { ROUTER = 254 };

static void refused_by_icmp(ward *w, unsigned code, uint16_t port)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    for (unsigned i = 0; i < 15; i++) {
        talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        talk_wait(&w->t, SSK_MS);
        talk_unreachable(&w->t, code == 1 ? ROUTER : SERVER_HOST, code, DEVICE, port, SERVER_HOST,
                         6000);
        ward_second(w, OTHER);
        w->t.now -= SSK_MS;
    }
}

static void the_error_quotes_this_flow(void)
{
    ward w;
    refused_by_icmp(&w, 3, 41000);
    expect_verdict(&w.t, 6000, "icmp-unreachable");
}

/* By whose rule, and that the one who asked is not the one who cannot be reached. */
static void a_firewall_rejects_it(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    for (unsigned i = 0; i < 15; i++) {
        talk_udp(&w.t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        talk_unreachable(&w.t, 12, 13, DEVICE, 41000, SERVER_HOST, 6000);
        ward_second(&w, MAIN | OTHER);
    }
    ssk_result *result = talk_judge(&w.t);
    const ssk_cause *cause = &stall_on(result, 6000)->verdict.causes[0];
    bool told = false;
    g_assert_cmpstr(ssk_cause_text(cause->id), ==, "icmp-unreachable");
    g_assert_cmpint(cause->side, ==, SSK_SIDE_B);
    for (size_t i = 0; i < cause->n_evidence; i++)
        told |= !strcmp(cause->evidence[i].text,
                        "ICMP type 3 code 13 of 10.0.0.12 quotes this flow: a firewall rejects it");
    g_assert_true(told);
    ssk_result_free(result);
}

/* At the server itself, whose program is gone. */
static void its_own_kernel_sends_the_error(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    for (unsigned i = 0; i < 15; i++) {
        talk_udp(&w.t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        talk_unreachable(&w.t, SERVER_HOST, 3, DEVICE, 41000, SERVER_HOST, 6000);
        ward_second(&w, PEER);
    }
    expect_verdict(&w.t, 6000, "icmp-unreachable");
}

/* RFC 792, code 1: the router got no answer to its own question for the address. */
static void a_router_does_not_find_the_host(void)
{
    ward w;
    refused_by_icmp(&w, 1, 41000);
    expect_verdict(&w.t, 6000, "host-down");
}

static void the_error_quotes_another_flow(void)
{
    ward w;
    refused_by_icmp(&w, 3, 41009);
    expect_other(&w.t, 6000, "icmp-unreachable");
}

/* ---- local-drop, no-route ---- */

/* At the device: the server's packets arrive, and it sends them again, since the device's own
 * kernel does not acknowledge them. @p again: the device goes on retransmitting meanwhile */
static void device_is_deaf(ward *w, bool again, bool acknowledges, unsigned others)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    if (again)
        tcp_ping(&w->ext);
    talk_wait(&w->t, SSK_MS);
    tcp_text(&w->ext, SERVER, "NEWS 1\n");
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(w, 1u << i, others);
        tcp_again(&w->ext, SERVER);
        talk_wait(&w->t, SSK_MS);
        if (again)
            tcp_again(&w->ext, CLIENT);
        if (acknowledges)
            tcp_ack(&w->ext, CLIENT);
    }
    ward_seconds(w, 2, others);
}

static void what_arrives_is_not_acknowledged_by_its_own_kernel(void)
{
    ward w;
    device_is_deaf(&w, true, false, MAIN | AUX | OTHER);
    expect_verdict(&w.t, PORT_EXT, "local-drop");
}

static void its_kernel_acknowledges_what_arrives(void)
{
    ward w;
    device_is_deaf(&w, true, true, MAIN | AUX | OTHER);
    expect_other(&w.t, PORT_EXT, "local-drop");
}

static void it_sends_nothing_though_packets_for_it_arrive(void)
{
    ward w;
    device_is_deaf(&w, false, false, OTHER);
    expect_verdict(&w.t, PORT_EXT, "no-route");
}

static void it_still_sends_what_is_not_acknowledged(void)
{
    ward w;
    device_is_deaf(&w, true, false, MAIN | AUX | OTHER);
    expect_other(&w.t, PORT_EXT, "no-route");
}

/* At the server, which only answers: the device's ping arrives again and again. */
static void server_is_deaf(ward *w, unsigned others)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    tcp_ping(&w->ext);
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(w, 1u << i, others);
        tcp_again(&w->ext, CLIENT);
    }
    ward_seconds(w, 2, others);
}

static void who_only_answers_may_have_had_nothing_to_send(void)
{
    ward w;
    server_is_deaf(&w, PEER);
    expect_verdict(&w.t, PORT_EXT, "local-drop no-route");
}

static void it_reaches_the_same_host_by_another_connection(void)
{
    ward w;
    server_is_deaf(&w, MAIN | AUX | PEER);
    expect_verdict(&w.t, PORT_EXT, "local-drop");
}

/* At the device: a rule at the server drops what comes to one of its ports. What the server sends
 * there arrives, again and again, since no acknowledgment reaches it. */
static void server_drops_one_port(ward *w, bool hears, unsigned others)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE);
    tcp_ping(&w->ext);
    talk_wait(&w->t, SSK_MS);
    if (hears)
        tcp_arrives(&w->ext, CLIENT);
    tcp_text(&w->ext, SERVER, "NEWS 1\n");
    talk_wait(&w->t, SSK_MS);
    tcp_arrives(&w->ext, SERVER);
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(w, 1u << i, others);
        tcp_again(&w->ext, SERVER);
        talk_wait(&w->t, SSK_MS);
        if (hears)
            tcp_ack(&w->ext, CLIENT);
        else
            tcp_again(&w->ext, CLIENT);
        talk_wait(&w->t, SSK_MS);
    }
    ward_seconds(w, 2, others);
}

static void one_port_is_not_heard_and_others_of_the_host_are(void)
{
    ward w;
    server_drops_one_port(&w, false, MAIN | AUX | OTHER);
    /* a firewall on the way that takes one direction looks the same from here */
    expect_verdict(&w.t, PORT_EXT, "flow-blackout local-drop");
}

static void no_port_of_the_host_is_heard(void)
{
    ward w;
    server_drops_one_port(&w, false, OTHER);
    expect_other(&w.t, PORT_EXT, "local-drop");
}

static void the_port_acknowledges_what_it_is_sent(void)
{
    ward w;
    server_drops_one_port(&w, true, MAIN | AUX | OTHER);
    expect_said(&w.t, "local-drop", false);
}

/* A host's connection to itself: its program goes on asking, and gets no answer. @p heard: the packets
 * are acknowledged */
static void asks_itself(ward *w, bool heard)
{
    ward_begin(w, "server");
    w->ext = talk_connection(&w->t, SERVER_HOST, SERVER_HOST, PORT_EXT);
    tcp_connect(&w->ext);
    ward_seconds(w, 12, EXT | PEER);
    for (unsigned i = 0; i < 20; i++) {
        tcp_ping(&w->ext);
        talk_wait(&w->t, SSK_MS);
        if (heard)
            tcp_ack(&w->ext, SERVER);
        ward_second(w, PEER);
    }
}

static void a_host_that_asks_itself_has_no_way_to_lose_it(void)
{
    for (int heard = 0; heard <= 1; heard++) {
        ward w;
        asks_itself(&w, heard);
        ssk_result *result = talk_judge(&w.t);
        const ssk_result_stall *stall = stall_on(result, PORT_EXT);
        g_assert_nonnull(stall);
        for (size_t i = 0; i < stall->verdict.n_verdict; i++)
            g_assert_cmpint(ssk_cause_table[stall->verdict.causes[i].id].family, !=,
                            SSK_FAMILY_PATH);
        ssk_result_free(result);
    }
}

/* ---- recurring-stall, channel-hopping ---- */

/* @p times the device is gone for 5 s, every 20 s or, if uneven, at odd times. */
static void comes_and_goes(ward *w, unsigned times, bool even, bool lost)
{
    static const unsigned odd[] = {6, 31, 11, 24, 47, 9};
    ward_begin(w, "server");
    ward_seconds(w, 15, OF_DEVICE | PEER);
    for (unsigned i = 0; i < times; i++) {
        if (lost) {
            ward_lost(w, &w->ext, CLIENT, "PING 0\n");
            ward_seconds(w, 5, PEER);
            tcp_again(&w->ext, CLIENT);
            ward_burst(&w->ext, 4);
            tcp_pong(&w->ext);
            ward_seconds(w, even ? 15 : odd[i], OF_DEVICE | PEER);
        } else {
            tcp_text(&w->ext, SERVER, "TIME 2025-03-24T18:34:16Z\n");
            talk_wait(&w->t, SSK_MS);
            ward_seconds(w, 2, MAIN | AUX | PEER);
            tcp_text(&w->ext, SERVER, "TIME 2025-03-24T18:34:18Z\n");
            talk_wait(&w->t, SSK_MS);
            tcp_ack(&w->ext, CLIENT);
            ward_seconds(w, 3, MAIN | AUX | PEER);
            ward_seconds(w, even ? 15 : odd[i], OF_DEVICE | PEER);
        }
    }
}

static void losses_come_back_four_times_evenly(void)
{
    ward w;
    comes_and_goes(&w, 4, true, true);
    expect_said(&w.t, "channel-hopping", true);
}

static void losses_come_back_three_times(void)
{
    ward w;
    comes_and_goes(&w, 3, true, true);
    expect_said(&w.t, "channel-hopping", false);
}

static void losses_come_at_odd_times(void)
{
    ward w;
    comes_and_goes(&w, 6, false, true);
    expect_said(&w.t, "channel-hopping", false);
}

static void a_program_is_silent_at_regular_times(void)
{
    ward w;
    comes_and_goes(&w, 5, true, false);
    ssk_result *result = talk_judge(&w.t);
    g_assert_true(says(result, "recurring-stall"));
    g_assert_false(says(result, "channel-hopping"));
    ssk_result_free(result);
}

static void a_third_incident_comes(void)
{
    ward w;
    comes_and_goes(&w, 3, false, true);
    ssk_result *result = talk_judge(&w.t);
    g_assert_true(says(result, "recurring-stall"));
    for (size_t i = 0; i < result->n_findings; i++)
        if (!strcmp(ssk_cause_text(result->findings[i].id), "recurring-stall"))
            g_assert_nonnull(strstr(result->findings[i].text, "3 incidents"));
    ssk_result_free(result);
}

static void there_are_two_incidents(void)
{
    ward w;
    comes_and_goes(&w, 2, true, true);
    expect_said(&w.t, "recurring-stall", false);
}

/* ---- policy-close ---- */

static void closed_after(ward *w, unsigned seconds, int by)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    ward_seconds(w, seconds, MAIN | AUX | PEER);
    tcp_send(&w->ext, by, FIN | ACK, NULL, 0);
    talk_wait(&w->t, SSK_MS);
    tcp_ack(&w->ext, !by);
    ward_seconds(w, 5, MAIN | AUX | PEER);
}

static void the_far_side_closes_when_its_patience_ends(void)
{
    ward w;
    closed_after(&w, 30, SERVER);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_stall *stall = stall_on(result, PORT_EXT);
    g_assert_cmpstr(ssk_cause_text(stall->consequence.id), ==, "policy-close");
    g_assert_cmpint(stall->consequence.by, ==, SSK_SIDE_B);
    /* learned, to the beat: nobody configured 30 s */
    g_assert_cmpint(stall->consequence.timeout, >, 29 * SSK_S);
    g_assert_cmpint(stall->consequence.timeout, <, 32 * SSK_S);
    g_assert_cmpint(result->flows[0].keepalive->timeout, ==, stall->consequence.timeout);
    g_assert_false(
        !strcmp(ssk_cause_text(stall->verdict.causes[0].id), "policy-close")); /* never the root */
    ssk_result_free(result);
}

static void it_closes_before_anything_is_overdue(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0); /* the server ends; the device never hears it */
    ward_retries(&w, &w.ext, SERVER, 6, PEER);
    expect_said(&w.t, "policy-close", false);
}

static void a_reset_answers_what_was_sent_again(void)
{
    ward w;
    one_connection_dies(&w, MAIN | AUX | OTHER);
    tcp_again(&w.ext, CLIENT);
    talk_wait(&w.t, SSK_MS);
    tcp_raw(&w.ext, SERVER, RST, w.ext.heard[SERVER], 0, NULL, 0);
    ward_seconds(&w, 2, MAIN | AUX | OTHER);
    expect_other(&w.t, PORT_EXT, "policy-close");
}

static void the_silent_side_closes_itself(void)
{
    ward w;
    closed_after(&w, 30, CLIENT);
    expect_said(&w.t, "policy-close", false);
}

/* A connection that greets and then says nothing owes what its service's others do. */
static void a_new_connection_greets_and_says_nothing(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    connection c = talk_connection(&w.t, PEER_DEVICE, SERVER_HOST, PORT_EXT);
    c.port[CLIENT] = 45000;
    tcp_connect(&c);
    tcp_text(&c, CLIENT, "HELLO 7 device\n");
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&c, SERVER);
    ward_seconds(&w, 20, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    g_assert_cmpuint(result->flows[result->stalls[0].flow - 1].port[SSK_A], ==, 45000);
    ssk_result_free(result);
}

static void a_stranger_at_the_same_service_says_something_else(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    connection c = talk_connection(&w.t, PEER_DEVICE, SERVER_HOST, PORT_EXT);
    c.port[CLIENT] = 45000;
    tcp_connect(&c);
    tcp_send(&c, CLIENT, ACK, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&c, SERVER);
    ward_seconds(&w, 20, OF_DEVICE | PEER);
    /* Not the stranger, that is: the server owes its hello an answer. */
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    g_assert_cmpint(result->stalls[0].debt.kind, ==, SSK_DEBT_ANSWER);
    g_assert_cmpint(result->stalls[0].debt.debtor, ==, SSK_SIDE_B);
    ssk_result_free(result);
}

/* ---- who is called what ---- */

/* A connection older than the capture, whose server is heard first; then nobody answers it.
 * @param client, server ports */
static ssk_result *server_is_heard_first(talk *t, uint16_t client, uint16_t server, bool sought)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, server);
    c.port[CLIENT] = client;
    tcp_text(&c, SERVER, "NEWS");
    for (unsigned i = 0; i < 5; i++) {
        talk_wait(t, (1u << i) * SSK_S);
        tcp_again(&c, SERVER);
        if (sought)
            talk_arp(t, 1, 9, 5);
    }
    return talk_judge(t);
}

static void the_well_known_port_is_the_servers(void)
{
    talk t;
    ssk_result *result = server_is_heard_first(&t, 50584, 443, false);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    g_assert_cmpint(result->stalls[0].client, ==, SSK_SIDE_B);
    g_assert_true(result->stalls[0].client_guessed);
    ssk_result_free(result);
    result = server_is_heard_first(&t, 50584, 7000, false);
    g_assert_cmpint(result->stalls[0].client, ==, SSK_SIDE_B);
    ssk_result_free(result);
    result = server_is_heard_first(&t, 9000, 7000, false); /* nothing but who was heard first */
    g_assert_cmpint(result->stalls[0].client, ==, SSK_SIDE_A);
    ssk_result_free(result);
}

static void a_handshake_says_who_is_the_client(void)
{
    ward w;
    one_connection_dies(&w, MAIN | AUX | OTHER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpint(stall_on(result, PORT_EXT)->client, ==, SSK_SIDE_A);
    g_assert_false(stall_on(result, PORT_EXT)->client_guessed);
    ssk_result_free(result);
}

/* Of which no packet is in the capture: then nothing of it can have arrived. */
static void an_address_is_sought_in_vain(void)
{
    talk t;
    ssk_result *result = server_is_heard_first(&t, 50584, 443, true);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_verdict *verdict = &result->stalls[0].verdict;
    bool told = false;
    g_assert_cmpuint(verdict->n_verdict, >, 0);
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        g_assert_cmpstr(ssk_cause_text(verdict->causes[i].id), !=, "arp-failure");
        for (size_t k = 0; k < verdict->causes[i].n_evidence; k++)
            told |= !strcmp(verdict->causes[i].evidence[k].text,
                            "no IP packet of the client is in this capture");
    }
    g_assert_true(told);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("uplink-loss", "the close of the server still arrives",
          the_close_of_the_server_still_arrives);
    FIRES("uplink-loss", "the device answers ARP but none of its packets arrive",
          the_device_answers_arp_but_none_of_its_packets_arrive);
    SILENT("uplink-loss", "its packets are acknowledged", its_packets_are_acknowledged);
    FIRES("downlink-loss", "the client keeps coming and acknowledges nothing new",
          the_client_keeps_coming_and_acknowledges_nothing_new);
    FIRES("downlink-loss", "the server's answers are sent again in vain",
          the_servers_answers_are_sent_again_in_vain);
    FIRES("downlink-loss", "each packet sent again brings news of the client",
          each_packet_sent_again_brings_news_of_the_client);
    FIRES("downlink-loss", "the questions for its address do not reach it either",
          the_questions_for_its_address_do_not_reach_it_either);
    FIRES("downlink-loss", "the close comes with the recovery of the others",
          the_close_comes_with_the_recovery_of_the_others);
    SILENT("downlink-loss", "the client acknowledges what it was sent",
           the_client_acknowledges_what_it_was_sent);
    FIRES("path-blackout", "nothing passes in either direction",
          nothing_passes_in_either_direction);
    SILENT("path-blackout", "one direction still works", one_direction_still_works);
    FIRES("flow-blackout", "others between the two hosts go on",
          others_between_the_two_hosts_go_on);
    FIRES("flow-blackout", "it answered while both were quiet, and then no more",
          it_answered_while_both_were_quiet_and_then_no_more);
    FIRES("flow-blackout", "a middle box resets what the server sends again",
          a_middle_box_resets_what_the_server_sends_again);
    FIRES("flow-blackout", "the first data after an idle time is reset",
          the_first_data_after_an_idle_time_is_reset);
    FIRES("flow-blackout", "its numbers moved on but nothing arrived",
          its_numbers_moved_on_but_nothing_arrived);
    FIRES("flow-blackout", "a RST comes from nearer than its sender",
          a_rst_comes_from_nearer_than_its_sender);
    g_test_add_func("/cause/flow-blackout/is one of several where a RST passed as many routers",
                    a_rst_passed_as_many_routers_as_its_sender);
    g_test_add_func("/cause/flow-blackout/is not ruled out because a sibling fell silent too",
                    a_sibling_fell_silent_too);
    SILENT("flow-blackout", "keep-alives of its kernel arrive", keepalives_of_its_kernel_arrive);
    SILENT("flow-blackout", "the others are dead as well", the_others_are_dead_as_well);
    SILENT("flow-blackout", "the only other connection just retransmits",
           the_only_other_connection_just_retransmits);
    FIRES("flow-blackout", "its kernel answers before the backlog comes",
          its_kernel_answers_before_the_backlog_comes);
    FIRES("frames-held", "what arrives is as old as the silence",
          what_arrives_is_as_old_as_the_silence);
    FIRES("frames-held", "several stamps of the silence are echoed",
          several_stamps_of_the_silence_are_echoed);
    SILENT("frames-held", "what arrives is fresh", what_arrives_is_fresh);
    g_test_add_func("/cause/frames-held/another connection echoes them long after",
                    another_connection_echoes_them_long_after);
    SILENT("frames-held", "one stamp of the silence is echoed", one_stamp_of_the_silence_is_echoed);
    SILENT("frames-held", "all echoed stamps are from its end", all_echoed_stamps_are_from_its_end);
    FIRES("roaming", "the device joins the network as it returns",
          the_device_joins_the_network_as_it_returns);
    SILENT("roaming", "another station joins", another_station_joins);
    FIRES("arp-failure", "its packets arrive but its address does not resolve",
          its_packets_arrive_but_its_address_does_not_resolve);
    FIRES("arp-failure", "its answers wait for a neighbor", its_answers_wait_for_a_neighbour);
    FIRES("arp-failure", "the answers to its SYNs find no way",
          the_answers_to_its_syns_find_no_way);
    SILENT("arp-failure", "its address resolves", its_address_resolves);
    FIRES("address-changed", "the same MAC speaks with another address",
          the_same_mac_speaks_with_another_address);
    FIRES("address-changed", "the new address spoke just before the last message",
          the_new_address_spoke_just_before_the_last_message);
    SILENT("address-changed", "a stranger has the new address", a_stranger_has_the_new_address);
    SILENT("address-changed", "it had both addresses before", it_had_both_addresses_before);
    FIRES("icmp-unreachable", "the error quotes this flow", the_error_quotes_this_flow);
    FIRES("icmp-unreachable", "a firewall on the way rejects it", a_firewall_rejects_it);
    FIRES("icmp-unreachable", "its own kernel sends the error", its_own_kernel_sends_the_error);
    FIRES("host-down", "a router does not find the host", a_router_does_not_find_the_host);
    SILENT("icmp-unreachable", "the error quotes another flow", the_error_quotes_another_flow);
    FIRES("local-drop", "what arrives is not acknowledged by its own kernel",
          what_arrives_is_not_acknowledged_by_its_own_kernel);
    SILENT("local-drop", "its kernel acknowledges what arrives",
           its_kernel_acknowledges_what_arrives);
    FIRES("local-drop", "one port is not heard, and others of the host are",
          one_port_is_not_heard_and_others_of_the_host_are);
    SILENT("local-drop", "no port of the host is heard", no_port_of_the_host_is_heard);
    SILENT("local-drop", "the port acknowledges what it is sent",
           the_port_acknowledges_what_it_is_sent);
    SILENT("path-blackout", "a host asks itself", a_host_that_asks_itself_has_no_way_to_lose_it);
    FIRES("no-route", "it sends nothing though packets for it arrive",
          it_sends_nothing_though_packets_for_it_arrive);
    FIRES("no-route", "who only answers may have had nothing to send",
          who_only_answers_may_have_had_nothing_to_send);
    SILENT("no-route", "it reaches the same host by another connection",
           it_reaches_the_same_host_by_another_connection);
    SILENT("no-route", "it still sends what is not acknowledged",
           it_still_sends_what_is_not_acknowledged);
    FIRES("channel-hopping", "losses come back four times evenly",
          losses_come_back_four_times_evenly);
    SILENT("channel-hopping", "losses come back three times", losses_come_back_three_times);
    SILENT("channel-hopping", "losses come at odd times", losses_come_at_odd_times);
    SILENT("channel-hopping", "a program is silent at regular times",
           a_program_is_silent_at_regular_times);
    FIRES("recurring-stall", "a third incident comes", a_third_incident_comes);
    SILENT("recurring-stall", "there are two incidents", there_are_two_incidents);
    FIRES("policy-close", "the far side closes when its patience ends",
          the_far_side_closes_when_its_patience_ends);
    SILENT("policy-close", "it closes before anything is overdue",
           it_closes_before_anything_is_overdue);
    SILENT("policy-close", "a RST answers what was sent again",
           a_reset_answers_what_was_sent_again);
    SILENT("policy-close", "the silent side closes itself", the_silent_side_closes_itself);
    g_test_add_func("/cause/a new connection greets and says nothing: a stall",
                    a_new_connection_greets_and_says_nothing);
    g_test_add_func("/cause/a stranger at the same service owes nothing",
                    a_stranger_at_the_same_service_says_something_else);
    SILENT("arp-failure", "an address of which no packet is here is sought in vain",
           an_address_is_sought_in_vain);
    g_test_add_func("/cause/roles/of two ports the well-known one is the server's",
                    the_well_known_port_is_the_servers);
    g_test_add_func("/cause/roles/a handshake says who is the client",
                    a_handshake_says_who_is_the_client);
    return g_test_run();
}
