/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/flow/tcp_track.h"

static ssk_tcp_step send_tcp(ssk_flow *flow, ssk_dir dir, uint8_t flags, uint32_t seq, uint32_t ack,
                             uint32_t len, uint16_t window)
{
    ssk_packet packet;
    ssk_tcp_step step;
    memset(&packet, 0, sizeof packet);
    packet.kind = SSK_PACKET_TCP;
    packet.tcp.flags = flags;
    packet.tcp.seq = seq;
    packet.tcp.ack = ack;
    packet.tcp.window = window;
    packet.payload_len = len;
    ssk_tcp_track(flow, dir, &packet, &step);
    return step;
}

/* Sequence numbers that wrap a hundred bytes in. */
#define A0 UINT32_C(0xffffff9c)
#define B0 UINT32_C(1000)

static void open_flow(ssk_flow *flow)
{
    memset(flow, 0, sizeof *flow);
    g_assert_true(send_tcp(flow, SSK_A, SSK_TCP_SYN, A0 - 1, 0, 0, 1000).new_syn);
    send_tcp(flow, SSK_B, SSK_TCP_SYN | SSK_TCP_ACK, B0 - 1, A0, 0, 1000);
    send_tcp(flow, SSK_A, SSK_TCP_ACK, A0, B0, 0, 1000);
}

static void close_flow(ssk_flow *flow)
{
    g_free(flow->side[SSK_A].tcp.holes);
    g_free(flow->side[SSK_B].tcp.holes);
}

static void bytes_seen_before_are_a_retransmission_across_the_wrap_too(void)
{
    ssk_flow flow;
    open_flow(&flow);
    g_assert_cmpuint(send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 150, 1000).new_bytes, ==, 150);
    ssk_tcp_step again = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 150, 1000);
    g_assert_true(again.retransmission);
    g_assert_cmpuint(again.old_bytes, ==, 150);
    ssk_tcp_step both = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0 + 100, B0, 80, 1000);
    g_assert_false(both.retransmission);
    g_assert_cmpuint(both.new_bytes, ==, 30);
    g_assert_cmpuint(both.old_bytes, ==, 50);
    close_flow(&flow);
}

static void what_fills_a_hole_is_new(void)
{
    ssk_flow flow;
    open_flow(&flow);
    ssk_tcp_step ahead = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0 + 50, B0, 50, 1000);
    g_assert_cmpuint(ahead.jumped_bytes, ==, 50);
    ssk_tcp_step late = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 50, 1000);
    g_assert_true(late.fills_hole);
    g_assert_cmpuint(late.new_bytes, ==, 50);
    g_assert_true(send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 50, 1000).retransmission);
    close_flow(&flow);
}

static void a_one_byte_message_sent_again_is_no_keep_alive(void)
{
    ssk_flow flow;
    open_flow(&flow);
    send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 1, 1000);
    ssk_tcp_step again = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 1, 1000);
    g_assert_true(again.retransmission);
    g_assert_false(again.keepalive_probe);
    send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + 1, 0, 1000);
    ssk_tcp_step probe = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 1, 1000);
    g_assert_true(probe.keepalive_probe);
    g_assert_true(send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + 1, 0, 1000).keepalive_answer);
    close_flow(&flow);
}

static void the_same_packet_asks_a_closed_window(void)
{
    ssk_flow flow;
    open_flow(&flow);
    g_assert_true(send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0, 0, 0).zero_window);
    ssk_tcp_step probe = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0 - 1, B0, 0, 1000);
    g_assert_true(probe.window_probe);
    g_assert_false(probe.keepalive_probe);
    close_flow(&flow);
}

static void bytes_acknowledged_but_never_seen_are_told(void)
{
    ssk_flow flow;
    open_flow(&flow);
    g_assert_cmpuint(send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + 300, 0, 1000).acked_unseen, ==,
                     300);
    g_assert_cmpuint(send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + 300, 0, 1000).acked_unseen, ==,
                     0);
    close_flow(&flow);
}

/* Segments about the edge where in order, repeated, lost and closed meet. */
#define GIGABYTES UINT32_C(0x60000000)

static void numbers_that_both_sides_name_are_believed_however_far_they_are(void)
{
    ssk_flow flow;
    open_flow(&flow);
    send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0, B0, 100, 1000);
    /* Alone it may be damage. */
    g_assert_cmpuint(send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0 + GIGABYTES, B0, 50, 1000).new_bytes,
                     ==, 50);
    g_assert_cmpuint(flow.side[SSK_A].tcp.next, ==, A0 + 100);
    ssk_tcp_step ack = send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + GIGABYTES + 50, 0, 1000);
    g_assert_cmpuint(ack.newly_acked, >, 0);
    g_assert_cmpuint(ack.acked_unseen, >, 0);
    g_assert_cmpuint(flow.side[SSK_A].tcp.next, ==, A0 + GIGABYTES + 50);
    /* The other way round, and across the wrap: what was acknowledged goes on from there. */
    send_tcp(&flow, SSK_B, SSK_TCP_ACK, B0, A0 + 2 * GIGABYTES, 0, 1000);
    ssk_tcp_step more = send_tcp(&flow, SSK_A, SSK_TCP_ACK, A0 + 2 * GIGABYTES, B0, 30, 1000);
    g_assert_cmpuint(more.new_bytes, ==, 30);
    g_assert_cmpuint(flow.side[SSK_A].tcp.next, ==, A0 + 2 * GIGABYTES + 30);
    close_flow(&flow);
}

static void draw_segment(GRand *rand, const ssk_flow *flow, ssk_dir dir, ssk_packet *ret)
{
    static const uint8_t flags[] = {SSK_TCP_ACK,
                                    SSK_TCP_ACK,
                                    SSK_TCP_ACK | SSK_TCP_PSH,
                                    SSK_TCP_ACK,
                                    SSK_TCP_SYN,
                                    SSK_TCP_SYN | SSK_TCP_ACK,
                                    SSK_TCP_ACK | SSK_TCP_FIN,
                                    SSK_TCP_RST,
                                    0};
    bool usual = g_rand_int_range(rand, 0, 8) > 0;
    memset(ret, 0, sizeof *ret);
    ret->kind = SSK_PACKET_TCP;
    ret->tcp.flags = flags[g_rand_int_range(rand, 0, usual ? 4 : G_N_ELEMENTS(flags))];
    ret->tcp.seq = flow->side[dir].tcp.next + (usual ? 0 : (uint32_t)g_rand_int_range(rand, -3, 4));
    ret->tcp.ack = flow->side[!dir].tcp.next - (uint32_t)g_rand_int_range(rand, usual ? 0 : -3, 4);
    ret->tcp.window = (uint16_t)g_rand_int_range(rand, usual, 3);
    ret->tcp.has_window_scale = g_rand_boolean(rand);
    ret->tcp.window_scale = (uint8_t)g_rand_int_range(rand, 0, 15);
    ret->payload_len = (uint32_t)g_rand_int_range(rand, 0, 4);
}

static void check_same_side(const ssk_tcp_side *a, const ssk_tcp_side *b)
{
    ssk_tcp_side x = *a, y = *b;
    g_assert_cmpmem(x.holes, x.n_holes * sizeof *x.holes, y.holes, y.n_holes * sizeof *y.holes);
    x.holes = y.holes = NULL;
    g_assert_cmpmem(&x, sizeof x, &y, sizeof y);
}

static void a_segment_in_order_does_what_it_would_do_the_long_way(void)
{
    GRand *rand = g_rand_new_with_seed(20261130);
    for (int run = 0; run < 2000; run++) {
        ssk_flow quick, slow;
        memset(&quick, 0, sizeof quick);
        memset(&slow, 0, sizeof slow);
        for (int i = 0; i < 60; i++) {
            ssk_packet packet;
            ssk_tcp_step a, b;
            ssk_dir dir = g_rand_boolean(rand) ? SSK_B : SSK_A;
            draw_segment(rand, &quick, dir, &packet);
            memset(&a, 0, sizeof a);
            memset(&b, 0, sizeof b);
            ssk_tcp_track(&quick, dir, &packet, &a);
            ssk_tcp_track_any(&slow, dir, &packet, &b);
            g_assert_cmpmem(&a, sizeof a, &b, sizeof b);
            check_same_side(&quick.side[SSK_A].tcp, &slow.side[SSK_A].tcp);
            check_same_side(&quick.side[SSK_B].tcp, &slow.side[SSK_B].tcp);
        }
        close_flow(&quick);
        close_flow(&slow);
    }
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcp_track/bytes seen before are a retransmission, across the wrap too",
                    bytes_seen_before_are_a_retransmission_across_the_wrap_too);
    g_test_add_func("/tcp_track/what fills a hole is new", what_fills_a_hole_is_new);
    g_test_add_func("/tcp_track/a one-byte message sent again is no keep-alive",
                    a_one_byte_message_sent_again_is_no_keep_alive);
    g_test_add_func("/tcp_track/the same packet asks a closed window",
                    the_same_packet_asks_a_closed_window);
    g_test_add_func("/tcp_track/bytes acknowledged but never seen are told",
                    bytes_acknowledged_but_never_seen_are_told);
    g_test_add_func("/tcp_track/numbers that both sides name are believed",
                    numbers_that_both_sides_name_are_believed_however_far_they_are);
    g_test_add_func("/tcp_track/a segment in order does what it would do the long way",
                    a_segment_in_order_does_what_it_would_do_the_long_way);
    return g_test_run();
}
