/* test_outage.c - where an outage ends when the wire itself does not say so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "tests/unit/ward.h"

/* At the server: gone, heard again on UDP for 3 s, gone once more; TCP waits for
 * its next retry all the time. */
static void back_off_bridges_two_outages(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 8, PEER);
    ssk_time_ns back = w.t.now;
    ward_seconds(&w, 3, AUX | PEER);
    ward_seconds(&w, 8, PEER);
    ward_burst(&w.ext, 19);
    tcp_pong(&w.ext);
    ward_seconds(&w, 8, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_stall *stall = stall_on(result, PORT_EXT);
    g_assert_nonnull(stall);
    g_assert_cmpint(stall->duration / SSK_S, ==, 20);
    g_assert_cmpint((stall->cause_end - back) / SSK_S, ==, 0);
    g_assert_cmpint(stall->recovery_tail, >, 10 * SSK_S);
    char *verdict = verdict_on(result, PORT_EXT);
    g_assert_nonnull(strstr(verdict, "radio-off"));
    g_free(verdict);
    ssk_result_free(result);
}

/* The peer's last words are stamped before the step; for 4 s more, by a clock
 * 10 s behind, the others go on. Nobody is silent for 6 s. */
static void a_clock_set_back(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 20, OF_DEVICE | PEER);
    w.t.now -= 10 * SSK_S;
    ward_seconds(&w, 4, OF_DEVICE | PEER);
    tcp_send(&w.ext, CLIENT, FIN | ACK, NULL, 0);
    tcp_arrives(&w.ext, CLIENT);
    talk_wait(&w.t, SSK_MS);
    tcp_send(&w.ext, SERVER, FIN | ACK, NULL, 0);
    tcp_ack(&w.ext, CLIENT);
    ward_seconds(&w, 1, MAIN | AUX | PEER);
    expect_no_stall(&w.t);
}

/* One early packet is out of order, and sets nothing back. */
static void a_single_early_stamp(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 20, OF_DEVICE | PEER);
    ward_seconds(&w, 8, PEER);
    w.t.now -= 10 * SSK_S;
    talk_udp(&w.t, PEER_DEVICE, 5000, SERVER_HOST, 5001, 20);
    ssk_result *result = talk_judge(&w.t);
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

/* A call with a host that has no other conversation here. */
static void call(ward *w)
{
    ward_begin(w, "client");
    for (unsigned i = 0; i < 40; i++) {
        talk_udp(&w->t, DEVICE, 42000, 12, 6100, 60);
        talk_wait(&w->t, SSK_MS);
        talk_udp(&w->t, 12, 6100, DEVICE, 42000, 60);
        ward_second(w, OF_DEVICE);
        w->t.now -= SSK_MS;
    }
}

static void a_call_ends(void)
{
    ward w;
    call(&w);
    ward_seconds(&w, 30, OF_DEVICE);
    expect_no_stall(&w.t);
}

static void everything_ends_with_the_call(void)
{
    ward w;
    call(&w);
    ward_seconds(&w, 30, 0);
    talk_udp(&w.t, PEER_DEVICE, 5000, SERVER_HOST, 5001, 20);
    ssk_result *result = talk_judge(&w.t);
    g_assert_nonnull(stall_on(result, 6000));
    ssk_result_free(result);
}

/* The device's pings to two hosts are acknowledged, and not answered; or not even that. */
static ssk_result *two_servers_answer_nothing(ward *w, bool acknowledged)
{
    ward_begin(w, "client");
    connection other = talk_connection(&w->t, DEVICE, OTHER_HOST, PORT_PEER);
    connection *both[] = {&w->ext, &other};
    tcp_connect(&other);
    for (unsigned i = 0; i < 30; i++) {
        bool works = i < 12;
        for (unsigned k = 0; k < 2; k++) {
            if (works)
                ward_beat(both[k]);
            else if (acknowledged) {
                tcp_ping(both[k]);
                talk_wait(&w->t, SSK_MS);
                tcp_ack(both[k], SERVER);
            } else if (i == 12)
                tcp_ping(both[k]);
            else if (i == 13 || i == 15 || i == 19)
                tcp_again(both[k], CLIENT);
        }
        talk_wait(&w->t, SSK_S);
    }
    return talk_judge(&w->t);
}

static void the_fault_of_one_host_is_not_anothers(void)
{
    ward w;
    ssk_result *result = two_servers_answer_nothing(&w, true);
    g_assert_cmpuint(result->n_stalls, ==, 2);
    g_assert_cmpuint(result->n_incidents, ==, 2);
    for (size_t i = 0; i < 2; i++) {
        const ssk_result_stall *stall = &result->stalls[result->incidents[i].stalls[0] - 1];
        const ssk_addr *server = &result->flows[stall->flow - 1].addr[SSK_B];
        g_assert_true(ssk_addr_equal(&result->incidents[i].host, server));
    }
    ssk_result_free(result);
}

static void what_both_lost_may_have_one_cause(void)
{
    ward w;
    ssk_result *result = two_servers_answer_nothing(&w, false);
    g_assert_cmpuint(result->n_stalls, ==, 2);
    g_assert_cmpuint(result->n_incidents, ==, 1);
    ssk_result_free(result);
}

/* The server is a proxy: what it is asked, it asks another host. @param apart seconds after the
 * proxy itself, the other host stops answering */
static ssk_result *proxy_and_its_server(ward *w, unsigned apart)
{
    ward_begin(w, "server");
    connection up = talk_connection(&w->t, SERVER_HOST, OTHER_HOST, 7003);
    tcp_connect(&up);
    for (unsigned i = 0; i < 44; i++) {
        connection *both[] = {&w->ext, &up};
        for (unsigned k = 0; k < 2; k++) {
            unsigned since = k ? 12 + apart : 12;
            if (i < since || i > 30 + apart) {
                ward_beat(both[k]);
            } else if (i == since) {
                tcp_ping(both[k]);
                talk_wait(&w->t, SSK_MS);
                tcp_ack(both[k], SERVER);
            }
        }
        ward_second(w, PEER);
    }
    return talk_judge(&w->t);
}

static void a_proxy_waits_for_its_server(void)
{
    ward w;
    ssk_result *result = proxy_and_its_server(&w, 0);
    const ssk_result_stall *outer = stall_on(result, PORT_EXT), *inner = stall_on(result, 7003);
    g_assert_nonnull(outer);
    g_assert_nonnull(inner);
    g_assert_cmpuint(outer->waits_for, ==, inner->id);
    g_assert_cmpuint(inner->waits_for, ==, 0);
    g_assert_cmpuint(outer->incident, ==, inner->incident);
    ssk_result_free(result);
}

static void a_proxy_and_its_server_fail_one_by_one(void)
{
    ward w;
    ssk_result *result = proxy_and_its_server(&w, 5);
    g_assert_nonnull(stall_on(result, PORT_EXT));
    g_assert_cmpuint(stall_on(result, PORT_EXT)->waits_for, ==, 0);
    ssk_result_free(result);
}

/* What was silent long before, while the host was still heard, is no witness of what began then. */
static void a_witness_that_was_silent_before(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT | MAIN);
    ward_seconds(&w, 8, EXT);
    for (unsigned i = 0; i < 12; i++) {
        tcp_ping(&w.ext);
        talk_wait(&w.t, SSK_MS);
        if (i < 2)
            tcp_ack(&w.ext, SERVER);
        talk_wait(&w.t, SSK_S);
    }
    ssk_result *result = talk_judge(&w.t);
    const ssk_verdict *verdict = &stall_on(result, PORT_EXT)->verdict;
    for (size_t i = 0; i < verdict->n_causes; i++)
        for (size_t k = 0; k < verdict->causes[i].n_evidence; k++)
            g_assert_null(strstr(verdict->causes[i].evidence[k].text, "fell silent too"));
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/outage/TCP's back-off may bridge two: the first is the cause",
                    back_off_bridges_two_outages);
    g_test_add_func("/outage/a clock set back is where the capture ends", a_clock_set_back);
    g_test_add_func("/outage/a single early stamp is not", a_single_early_stamp);
    g_test_add_func("/outage/a UDP call that ends on both sides is over", a_call_ends);
    g_test_add_func("/outage/one that ends with all other conversations is not",
                    everything_ends_with_the_call);
    g_test_add_func("/incident/the fault of one host is not another's: two incidents",
                    the_fault_of_one_host_is_not_anothers);
    g_test_add_func("/incident/what two hosts lost at one time may have one cause: one incident",
                    what_both_lost_may_have_one_cause);
    g_test_add_func("/incident/a proxy that waits for its own server is one incident with it",
                    a_proxy_waits_for_its_server);
    g_test_add_func("/incident/two that fail one after the other wait for nobody else",
                    a_proxy_and_its_server_fail_one_by_one);
    g_test_add_func("/witness/who was silent before, while the host was heard, is none",
                    a_witness_that_was_silent_before);
    return g_test_run();
}
