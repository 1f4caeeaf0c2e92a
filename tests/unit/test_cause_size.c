/* test_cause_size.c - what only large packets suffer, and who shares an address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

/* ---- pmtu-black-hole ---- */

enum { LARGE = 1200, SMALL = 100 };

/* The server sends a large segment and a small one, and the large one again and again. The client
 * acknowledges @p got behind it. */
static void large_one_is_lost(ward *w, uint32_t got)
{
    static const char text[LARGE] = "x";
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    uint32_t left = w->ext.next[SERVER];
    tcp_raw(&w->ext, SERVER, ACK, left, w->ext.heard[SERVER], text, LARGE);
    tcp_raw(&w->ext, SERVER, ACK, left + LARGE, w->ext.heard[SERVER], text, SMALL);
    talk_wait(&w->t, SSK_MS);
    w->ext.sack[0] = left + LARGE;
    w->ext.sack[1] = left + LARGE + got;
    tcp_send(&w->ext, CLIENT, ACK, NULL, 0);
    for (unsigned i = 0; i < 5; i++) {
        ward_seconds(w, 1u << i, MAIN | AUX | PEER);
        tcp_raw(&w->ext, SERVER, ACK, left, w->ext.heard[SERVER], text, LARGE);
    }
    ward_seconds(w, 4, MAIN | AUX | PEER);
}

static void a_large_segment_vanishes_and_a_small_one_arrives(void)
{
    ward w;
    large_one_is_lost(&w, SMALL);
    expect_verdict(&w.t, PORT_EXT, "pmtu-black-hole");
}

/* Once the large segments pass again, the connection goes on with more of them. */
static void the_large_ones_pass_again_in_the_end(void)
{
    static const char text[LARGE] = "x";
    ward w;
    large_one_is_lost(&w, SMALL);
    uint32_t next = w.ext.sack[1];
    w.ext.sack[0] = w.ext.sack[1] = 0;
    tcp_raw(&w.ext, CLIENT, ACK, w.ext.next[CLIENT], next, NULL, 0);
    for (unsigned i = 0; i < 4; i++) {
        tcp_raw(&w.ext, SERVER, ACK, next, w.ext.heard[SERVER], text, LARGE);
        next += LARGE;
        talk_wait(&w.t, SSK_MS);
        tcp_raw(&w.ext, CLIENT, ACK, w.ext.next[CLIENT], next, NULL, 0);
        ward_seconds(&w, 1, MAIN | AUX | PEER);
    }
    expect_verdict(&w.t, PORT_EXT, "pmtu-black-hole");
}

/* At the device: of what the server sends only @p small arrives, @p hole bytes ahead of it do not. */
static void bytes_do_not_come(ward *w, uint32_t hole, uint32_t small)
{
    static const char text[LARGE] = "x";
    ward_begin(w, "client");
    ward_seconds(w, 12, OF_DEVICE | OTHER);
    tcp_ping(&w->ext);
    uint32_t left = w->ext.next[SERVER];
    tcp_raw(&w->ext, SERVER, ACK, left + hole, w->ext.next[CLIENT], text, small);
    for (unsigned i = 0; i < 2; i++) {
        w->ext.sack[0] = left + hole;
        w->ext.sack[1] = left + hole + small;
        tcp_raw(&w->ext, CLIENT, ACK, w->ext.next[CLIENT], left, NULL, 0);
        ward_seconds(w, 12, MAIN | AUX | OTHER);
    }
}

static void the_device_lacks_a_large_segment(void)
{
    ward w;
    bytes_do_not_come(&w, LARGE, SMALL);
    expect_verdict(&w.t, PORT_EXT, "pmtu-black-hole");
}

static void the_device_lacks_a_small_segment(void)
{
    ward w;
    bytes_do_not_come(&w, SMALL, LARGE);
    expect_other(&w.t, PORT_EXT, "pmtu-black-hole");
}

/* Nobody else talks with the server, so nothing of it is heard while it tries the large one. */
static void it_is_all_that_the_server_has_to_send(void)
{
    static const char text[LARGE] = "x";
    talk t;
    talk_begin(&t);
    talk_set(&t, "vantage", "client");
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, PORT_EXT);
    tcp_connect(&c);
    tcp_text(&c, CLIENT, "GET / HTTP/1.1\r\n\r\n");
    tcp_arrives(&c, CLIENT);
    talk_wait(&t, 90 * SSK_MS);
    uint32_t left = c.next[SERVER];
    tcp_raw(&c, SERVER, ACK, left + LARGE, c.next[CLIENT], text, SMALL);
    c.sack[0] = left + LARGE;
    c.sack[1] = left + LARGE + SMALL;
    tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], left, NULL, 0);
    talk_wait(&t, 20 * SSK_S);
    tcp_raw(&c, SERVER, ACK, left, c.next[CLIENT], text, 536);
    tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], left + 536, NULL, 0);
    expect_verdict(&t, PORT_EXT, "pmtu-black-hole");
}

static void the_device_lacks_a_segment_that_every_path_takes(void)
{
    ward w;
    bytes_do_not_come(&w, 630, SMALL);
    expect_other(&w.t, PORT_EXT, "pmtu-black-hole");
}

/* What was missing comes in one segment after all: such a segment passes. */
static void the_large_one_comes_whole_in_the_end(void)
{
    static const char text[LARGE] = "x";
    ward w;
    bytes_do_not_come(&w, LARGE, SMALL);
    uint32_t left = w.ext.next[SERVER];
    tcp_raw(&w.ext, SERVER, ACK, left, w.ext.next[CLIENT], text, LARGE);
    w.ext.sack[0] = w.ext.sack[1] = 0;
    tcp_raw(&w.ext, CLIENT, ACK, w.ext.next[CLIENT], left + LARGE + SMALL, NULL, 0);
    ward_seconds(&w, 4, MAIN | AUX | OTHER);
    expect_other(&w.t, PORT_EXT, "pmtu-black-hole");
}

static void nothing_of_this_connection_arrives(void)
{
    ward w;
    large_one_is_lost(&w, 0);
    expect_other(&w.t, PORT_EXT, "pmtu-black-hole");
}

/* ---- fragments-lost ---- */

/* At the server: the device asks by UDP, each question answered at once; then its questions are so
 * large that they come in two fragments. @p both: the second one arrives too */
static void questions_come_in_fragments(ward *w, bool both)
{
    ward_begin(w, "server");
    ward_seconds(w, 12, OF_DEVICE | PEER);
    for (unsigned i = 0; i < 20; i++) {
        w->t.fragment = 0x2000;
        talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 1400);
        if (both) {
            w->t.fragment = (8 + 1400) / 8;
            talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 600);
        }
        w->t.fragment = 0;
        ward_second(w, EXT | MAIN | PEER);
    }
}

static void only_the_first_fragments_arrive(void)
{
    ward w;
    questions_come_in_fragments(&w, false);
    expect_verdict(&w.t, 6000, "fragments-lost");
}

static void all_fragments_arrive(void)
{
    ward w;
    questions_come_in_fragments(&w, true);
    expect_other(&w.t, 6000, "fragments-lost");
}

/* ---- address-conflict ---- */

/* At the device: its packets leave and nothing comes back, while another host claims its address
 * @p times, and it claims it again. */
static void another_claims_its_address(ward *w, unsigned times)
{
    ward_begin(w, "client");
    talk_arp_as(&w->t, DEVICE, 1, DEVICE, SERVER_HOST);
    ward_seconds(w, 12, OF_DEVICE);
    tcp_ping(&w->ext);
    for (unsigned i = 0; i < 6; i++) {
        if (i < times) {
            talk_arp_as(&w->t, 77, 1, DEVICE, DEVICE);
            talk_arp_as(&w->t, DEVICE, 1, DEVICE, SERVER_HOST);
        }
        ward_seconds(w, 4, OTHER);
        tcp_again(&w->ext, CLIENT);
    }
    ward_seconds(w, 2, OTHER);
}

static void two_hosts_claim_its_address_by_turns(void)
{
    ward w;
    another_claims_its_address(&w, 4);
    expect_verdict(&w.t, PORT_EXT, "address-conflict");
}

static void another_took_it_once(void)
{
    ward w;
    another_claims_its_address(&w, 1);
    expect_other(&w.t, PORT_EXT, "address-conflict");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("pmtu-black-hole", "a large segment vanishes and a small one arrives",
          a_large_segment_vanishes_and_a_small_one_arrives);
    FIRES("pmtu-black-hole", "the large ones pass again in the end",
          the_large_ones_pass_again_in_the_end);
    FIRES("pmtu-black-hole", "the device lacks a large segment", the_device_lacks_a_large_segment);
    FIRES("pmtu-black-hole", "it is all that the server has to send",
          it_is_all_that_the_server_has_to_send);
    SILENT("pmtu-black-hole", "the device lacks a small segment", the_device_lacks_a_small_segment);
    SILENT("pmtu-black-hole", "the device lacks a segment that every path takes",
           the_device_lacks_a_segment_that_every_path_takes);
    SILENT("pmtu-black-hole", "the large one comes whole in the end",
           the_large_one_comes_whole_in_the_end);
    SILENT("pmtu-black-hole", "nothing of this connection arrives",
           nothing_of_this_connection_arrives);
    FIRES("fragments-lost", "only the first fragments arrive", only_the_first_fragments_arrive);
    SILENT("fragments-lost", "all fragments arrive", all_fragments_arrive);
    FIRES("address-conflict", "two hosts claim its address by turns",
          two_hosts_claim_its_address_by_turns);
    SILENT("address-conflict", "another took it once", another_took_it_once);
    return g_test_run();
}
