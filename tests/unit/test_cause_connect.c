/* test_cause_connect.c - connections that never come to be: for each cause a
 * case where it is named, and the near misses where it must not be.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

enum { PORT_NEW = 7100 };

/* A SYN and its retransmissions, 1, 2, 4, 8, ... s apart, while the others go
 * on as told. @p refused: each is answered by RST at once */
static void connects(ward *w, unsigned count, unsigned others, bool refused)
{
    connection c = talk_connection(&w->t, DEVICE, SERVER_HOST, PORT_NEW);
    for (unsigned i = 0; i < count; i++) {
        if (refused) {
            c.port[CLIENT] = (uint16_t)(41100 + i);
            tcp_send(&c, CLIENT, SYN, NULL, 0);
            tcp_raw(&c, SERVER, RST | ACK, 0, c.next[CLIENT], NULL, 0);
            c.next[CLIENT]--;
            ward_seconds(w, 2, others);
            continue;
        }
        if (i == 0)
            tcp_send(&c, CLIENT, SYN, NULL, 0);
        else
            tcp_again(&c, CLIENT);
        ward_seconds(w, 1u << i, others);
    }
}

static void begin_at(ward *w, const char *vantage)
{
    ward_begin(w, vantage);
    ward_seconds(w, 8, OF_DEVICE | PEER);
}

/* ---- connect-unanswered ---- */

static void the_host_lives_and_does_not_answer(void)
{
    ward w;
    begin_at(&w, "client");
    connects(&w, 4, OF_DEVICE, false);
    ssk_result *result = talk_judge(&w.t);
    char *got = verdict_on(result, PORT_NEW);
    g_assert_cmpstr(got, ==, "connect-unanswered");
    g_assert_cmpint(stall_on(result, PORT_NEW)->kind, ==, SSK_STALL_CONNECT);
    g_assert_cmpint(stall_on(result, PORT_NEW)->attempts, ==, 1);
    g_free(got);
    ssk_result_free(result);
}

/* The client tries for 15 s, and then never again while the capture goes on for @p more seconds. */
static const ssk_result_stall *tried_and_left(ward *w, unsigned more, ssk_result **ret)
{
    begin_at(w, "client");
    connects(w, 4, OF_DEVICE, false);
    ward_seconds(w, more, OF_DEVICE);
    *ret = talk_judge(&w->t);
    return stall_on(*ret, PORT_NEW);
}

static void who_gave_up_is_owed_nothing_more(void)
{
    ward w;
    ssk_result *result;
    const ssk_result_stall *stall = tried_and_left(&w, 90, &result);
    g_assert_false(stall->open);
    g_assert_cmpint(stall->duration / SSK_S, ==, 7); /* to its last SYN */
    g_assert_cmpint(stall->recovery, ==, SSK_RECOVERY_NEVER);
    ssk_result_free(result);
    stall = tried_and_left(&w, 20, &result); /* it may try again yet */
    g_assert_true(stall->open);
    ssk_result_free(result);
}

static void nothing_is_known_of_the_host(void)
{
    talk t;
    talk_begin(&t);
    talk_set(&t, "vantage", "client");
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, PORT_NEW);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, (1 << i) * SSK_S);
        tcp_again(&c, CLIENT);
    }
    ssk_result *result = talk_judge(&t);
    char *got = verdict_on(result, PORT_NEW);
    g_assert_cmpstr(got, ==,
                    "uplink-loss downlink-loss path-blackout host-down connect-unanswered");
    g_free(got);
    ssk_result_free(result);
}

/* Three SYNs to a host; @p datagram: when it sends one, 0: not at all. Then it answers. */
static ssk_result *answered_late(talk *t, ssk_span_ns datagram)
{
    talk_begin(t);
    talk_set(t, "vantage", "client");
    connection c = talk_connection(t, DEVICE, SERVER_HOST, PORT_NEW);
    if (datagram < 0)
        talk_udp(t, SERVER_HOST, 4000, DEVICE, 4001, 8);
    talk_wait(t, SSK_S);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    if (datagram > 0) {
        talk_wait(t, datagram);
        talk_udp(t, SERVER_HOST, 4000, DEVICE, 4001, 8);
    }
    for (unsigned i = 0; i < 2; i++) {
        talk_wait(t, (1 << i) * SSK_S);
        tcp_again(&c, CLIENT);
    }
    tcp_arrives(&c, CLIENT);
    talk_wait(t, 3 * SSK_S);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    tcp_ack(&c, CLIENT);
    return talk_judge(t);
}

static bool rests_on(const ssk_result *result, const char *words)
{
    const ssk_verdict *verdict = &stall_on(result, PORT_NEW)->verdict;
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        for (size_t k = 0; k < cause->n_evidence; k++)
            if (strstr(cause->evidence[k].text, words))
                return true;
        for (size_t k = 0; k < cause->n_against; k++)
            if (strstr(cause->against[k].text, words))
                return true;
    }
    return false;
}

/* The answer that ends the waiting was not heard meanwhile. */
static void its_answer_alone_is_heard(void)
{
    talk t;
    const ssk_span_ns datagrams[] = {0, -1}; /* and none between, or one before */
    for (size_t i = 0; i < G_N_ELEMENTS(datagrams); i++) {
        ssk_result *result = answered_late(&t, datagrams[i]);
        char *got = verdict_on(result, PORT_NEW);
        g_assert_cmpstr(got, ==,
                        "uplink-loss downlink-loss path-blackout host-down connect-unanswered");
        g_assert_true(rests_on(result, "nothing was heard of the server until it answered"));
        g_assert_false(rests_on(result, "meanwhile"));
        g_free(got);
        ssk_result_free(result);
    }
}

/* ... and one datagram of it was. */
static void one_datagram_of_the_host_is_heard_meanwhile(void)
{
    talk t;
    ssk_result *result = answered_late(&t, SSK_S / 2);
    char *got = verdict_on(result, PORT_NEW);
    g_assert_cmpstr(got, ==, "connect-unanswered uplink-loss");
    g_assert_true(rests_on(result, "the server itself was alive: it was heard meanwhile"));
    g_assert_false(rests_on(result, "nothing else was heard"));
    g_free(got);
    ssk_result_free(result);
}

static void one_syn_was_lost(void)
{
    ward w;
    begin_at(&w, "client");
    connection c = talk_connection(&w.t, DEVICE, SERVER_HOST, PORT_NEW);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    ward_second(&w, OF_DEVICE);
    tcp_again(&c, CLIENT);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    tcp_ack(&c, CLIENT);
    ward_seconds(&w, 5, OF_DEVICE);
    expect_no_stall(&w.t);
}

static void the_same_host_connects_many_times_at_once(void)
{
    /* one stall for one address and port, from the first SYN to the first success */
    ward w;
    begin_at(&w, "client");
    ssk_time_ns first = w.t.now;
    for (unsigned i = 0; i < 5; i++) {
        connection c = talk_connection(&w.t, DEVICE, SERVER_HOST, PORT_NEW);
        c.port[CLIENT] = (uint16_t)(42000 + i);
        c.next[CLIENT] += 5000 * i;
        tcp_send(&c, CLIENT, SYN, NULL, 0);
        ward_second(&w, OF_DEVICE);
        tcp_again(&c, CLIENT);
        ward_seconds(&w, 2, OF_DEVICE);
    }
    connection last = talk_connection(&w.t, DEVICE, SERVER_HOST, PORT_NEW);
    tcp_connect(&last);
    ssk_time_ns end = w.t.now;
    ward_seconds(&w, 5, OF_DEVICE);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_result_stall *stall = &result->stalls[0];
    g_assert_cmpint(stall->start, ==, first);
    g_assert_cmpint(end - stall->end, <, 10 * SSK_MS);
    g_assert_cmpint(stall->attempts, ==, 5);
    g_assert_cmpint(stall->recovery, ==, SSK_RECOVERY_NEW_CONNECTION);
    ssk_result_free(result);
}

/* ---- attempts and outages ---- */

/* At the device, which sends again and again and hears nothing of the server on this
 * connection. @p others_alive: but on others it does */
static void in_an_outage(ward *w, bool others_alive)
{
    begin_at(w, "client");
    ward_seconds(w, 4, OF_DEVICE | OTHER);
    tcp_ping(&w->ext);
    ward_seconds(w, 1, others_alive ? MAIN | AUX | OTHER : OTHER);
    connection c = talk_connection(&w->t, DEVICE, SERVER_HOST, PORT_NEW);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    for (unsigned i = 0; i < 4; i++) {
        tcp_again(&w->ext, CLIENT);
        ward_seconds(w, 1u << i, others_alive ? MAIN | AUX | OTHER : OTHER);
        tcp_again(&c, CLIENT);
    }
}

static void an_attempt_inside_an_outage_takes_its_cause(void)
{
    ward w;
    in_an_outage(&w, false);
    ssk_result *result = talk_judge(&w.t);
    char *outage = verdict_on(result, PORT_EXT), *attempt = verdict_on(result, PORT_NEW);
    g_assert_cmpstr(attempt, ==, outage);
    g_assert_cmpstr(attempt, !=, "unknown");
    g_assert_null(strstr(attempt, "connect-unanswered"));
    g_free(outage);
    g_free(attempt);
    ssk_result_free(result);
}

/* What concerns one connection alone is no cause of another. */
static void an_attempt_beside_a_blocked_connection_keeps_its_own(void)
{
    ward w;
    in_an_outage(&w, true);
    ssk_result *result = talk_judge(&w.t);
    char *blocked = verdict_on(result, PORT_EXT), *attempt = verdict_on(result, PORT_NEW);
    g_assert_cmpstr(blocked, ==, "flow-blackout");
    g_assert_cmpstr(attempt, ==, "connect-unanswered");
    g_free(blocked);
    g_free(attempt);
    ssk_result_free(result);
}

/* ---- connect-refused ---- */

static void each_syn_is_answered_by_rst(void)
{
    ward w;
    begin_at(&w, "client");
    connects(&w, 6, OF_DEVICE, true);
    expect_verdict(&w.t, PORT_NEW, "connect-refused");
}

static void no_syn_is_answered(void)
{
    ward w;
    begin_at(&w, "client");
    connects(&w, 4, OF_DEVICE, false);
    expect_other(&w.t, PORT_NEW, "connect-refused");
}

static void the_server_closed_its_connections_just_before(void)
{
    ward w;
    begin_at(&w, "client");
    connection c = talk_connection(&w.t, DEVICE, SERVER_HOST, PORT_NEW);
    c.port[CLIENT] = 41000;
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&w.t, SSK_MS);
    tcp_ack(&c, CLIENT);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    tcp_ack(&c, SERVER);
    ward_seconds(&w, 2, AUX | OTHER);
    connects(&w, 6, AUX | OTHER, true);
    expect_verdict(&w.t, PORT_NEW, "app-closed connect-refused app-crashed");
}

/* Seen from the server, it is still the server's own program that is not there. */
static void at_the_server_its_own_side_is_named(void)
{
    ward w;
    begin_at(&w, "server");
    connects(&w, 6, EXT | PEER, true);
    ssk_result *result = talk_judge(&w.t);
    const ssk_cause *cause = &stall_on(result, PORT_NEW)->verdict.causes[0];
    g_assert_cmpstr(ssk_cause_text(cause->id), ==, "connect-refused");
    g_assert_cmpint(cause->side, ==, SSK_SIDE_B);
    g_assert_nonnull(strstr(cause->evidence[0].text, "the server answered with RST"));
    ssk_result_free(result);
}

/* ---- stale-address ---- */

static void sought(ward *w, unsigned who, unsigned times, bool answered)
{
    begin_at(w, "client");
    for (unsigned i = 0; i < times; i++) {
        talk_arp(&w->t, 1, DEVICE, who);
        talk_wait(&w->t, SSK_MS);
        if (answered)
            talk_arp(&w->t, 2, who, DEVICE);
        ward_second(w, OF_DEVICE);
    }
}

static void an_address_nobody_has_is_sought_three_times(void)
{
    ward w;
    sought(&w, 44, 3, false);
    expect_said(&w.t, "stale-address", true);
}

static void it_is_sought_twice(void)
{
    ward w;
    sought(&w, 44, 2, false);
    expect_said(&w.t, "stale-address", false);
}

static void somebody_answers(void)
{
    ward w;
    sought(&w, 44, 3, true);
    expect_said(&w.t, "stale-address", false);
}

static void the_address_was_heard_before(void)
{
    ward w;
    sought(&w, OTHER_HOST, 3, false);
    expect_said(&w.t, "stale-address", false);
}

/* ---- port-scan ---- */

/* Two SYNs each to @p hosts hosts, at @p ports ports of each; @p answered of the hosts accept. */
static void look_around(ward *w, unsigned hosts, unsigned ports, unsigned answered)
{
    begin_at(w, "client");
    for (unsigned i = 0; i < hosts * ports; i++) {
        unsigned host = i / ports;
        connection c = talk_connection(&w->t, DEVICE, 100 + host, (uint16_t)(8000 + i % ports));
        tcp_send(&c, CLIENT, SYN, NULL, 0);
        talk_wait(&w->t, 100 * SSK_MS);
        if (host >= hosts - answered) {
            tcp_arrives(&c, CLIENT);
            tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
            tcp_ack(&c, CLIENT);
            continue;
        }
        talk_wait(&w->t, 900 * SSK_MS);
        tcp_again(&c, CLIENT);
    }
    ward_seconds(w, 8, OF_DEVICE);
}

static void expect_scan(ward *w, const char *words, bool stalls)
{
    ssk_result *result = talk_judge(&w->t);
    const char *text = NULL;
    for (size_t i = 0; i < result->n_findings; i++)
        if (!strcmp(ssk_cause_text(result->findings[i].id), "port-scan"))
            text = result->findings[i].text;
    g_assert_true((text != NULL) == (words != NULL));
    if (words)
        g_assert_nonnull(strstr(text, words));
    bool found = false;
    for (size_t i = 0; i < result->n_stalls; i++)
        found |= result->stalls[i].kind == SSK_STALL_CONNECT;
    g_assert_true(found == stalls);
    ssk_result_free(result);
}

static void one_port_of_many_hosts_is_tried(void)
{
    ward w;
    look_around(&w, 20, 1, 0);
    expect_scan(&w, "tried port 8000 of 20 hosts, 20 connections in vain", false);
    look_around(&w, 20, 1, 4); /* some happen to listen */
    expect_scan(&w, "tried port 8000 of 20 hosts, 16 connections in vain", false);
}

static void many_ports_of_one_host_are_tried(void)
{
    ward w;
    look_around(&w, 1, 16, 0);
    expect_scan(&w, "tried 16 ports of 10.0.0.100, 16 connections in vain", false);
}

static void fifteen_hosts_are_tried(void)
{
    ward w;
    look_around(&w, 15, 1, 0);
    expect_scan(&w, NULL, true);
}

static void fifteen_ports_are_tried(void)
{
    ward w;
    look_around(&w, 1, 15, 0);
    expect_scan(&w, NULL, true);
}

/* A browser that lost its network knows servers that answered before. */
static void more_than_a_quarter_of_the_hosts_answered(void)
{
    ward w;
    look_around(&w, 24, 1, 8);
    expect_scan(&w, NULL, true);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cause/connect/who gave up is owed nothing more",
                    who_gave_up_is_owed_nothing_more);
    FIRES("connect-unanswered", "the host lives and does not answer",
          the_host_lives_and_does_not_answer);
    FIRES("connect-unanswered", "nothing is known of the host, among others",
          nothing_is_known_of_the_host);
    FIRES("connect-unanswered", "the host's answer alone is heard, among others",
          its_answer_alone_is_heard);
    FIRES("connect-unanswered", "one datagram of the host is heard meanwhile",
          one_datagram_of_the_host_is_heard_meanwhile);
    FIRES("connect-unanswered", "a host tries again and again, once",
          the_same_host_connects_many_times_at_once);
    SILENT("connect-unanswered", "one SYN was lost", one_syn_was_lost);
    g_test_add_func("/cause/an attempt inside an outage takes its cause",
                    an_attempt_inside_an_outage_takes_its_cause);
    g_test_add_func("/cause/an attempt beside a blocked connection keeps its own",
                    an_attempt_beside_a_blocked_connection_keeps_its_own);
    FIRES("connect-refused", "each SYN is answered by RST", each_syn_is_answered_by_rst);
    FIRES("connect-refused", "at the server its own side is named",
          at_the_server_its_own_side_is_named);
    SILENT("connect-refused", "no SYN is answered", no_syn_is_answered);
    FIRES("app-closed", "the server closed its connections and then refused new ones",
          the_server_closed_its_connections_just_before);
    FIRES("stale-address", "an address nobody has is sought three times",
          an_address_nobody_has_is_sought_three_times);
    SILENT("stale-address", "it is sought twice", it_is_sought_twice);
    SILENT("stale-address", "somebody answers", somebody_answers);
    SILENT("stale-address", "the address was heard before", the_address_was_heard_before);
    FIRES("port-scan", "one port of many hosts is tried", one_port_of_many_hosts_is_tried);
    FIRES("port-scan", "many ports of one host are tried", many_ports_of_one_host_are_tried);
    SILENT("port-scan", "fifteen hosts are tried", fifteen_hosts_are_tried);
    SILENT("port-scan", "fifteen ports are tried", fifteen_ports_are_tried);
    SILENT("port-scan", "more than a quarter of the hosts answered",
           more_than_a_quarter_of_the_hosts_answered);
    return g_test_run();
}
