/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/engine.h"
#include "tests/unit/frame.h"

#define CLIENT "0a000005"
#define SERVER "0a000001"
#define SYN    0x02
#define RST    0x04
#define ACK    0x10
#define FIN    0x01

typedef struct run {
    ssk_engine *engine;
    uint32_t frame;
} run;

static run begin(void)
{
    ssk_config config;
    ssk_config_init(&config);
    return (run){.engine = ssk_engine_new(&config, NULL)};
}

static ssk_feedback feed(run *r, uint16_t linktype, const char *hex)
{
    frame f = frame_hex(hex);
    ssk_feedback said;
    ssk_event event = {.frame = ++r->frame,
                       .time = r->frame * SSK_MS,
                       .linktype = linktype,
                       .bytes = f.data,
                       .cap_len = f.len,
                       .wire_len = f.len};
    ssk_engine_feed(r->engine, &event, &said);
    return said;
}

/** One TCP segment without payload. @param word data offset and flags */
static ssk_feedback segment(run *r, bool from_client, unsigned word, uint32_t seq, uint32_t ack)
{
    char *hex =
        g_strdup_printf("4500 0028 0001 4000 4006 0000 %s %s %s %08x %08x %04x ffff 00000000",
                        from_client ? CLIENT : SERVER, from_client ? SERVER : CLIENT,
                        from_client ? "c3531b58" : "1b58c353", seq, ack, word);
    ssk_feedback said = feed(r, 101, hex);
    g_free(hex);
    return said;
}

#define TCP(r, from_client, flags, seq, ack) segment(r, from_client, 0x5000 | (flags), seq, ack)

static ssk_result *finish(run *r)
{
    ssk_result *result = ssk_engine_snapshot(r->engine);
    ssk_engine_free(r->engine);
    return result;
}

static void test_new_connection(void)
{
    run r = begin();
    g_assert_cmpuint(TCP(&r, true, SYN, 100, 0).stream, ==, 0);
    g_assert_cmpuint(TCP(&r, false, SYN | ACK, 500, 101).stream, ==, 0);
    g_assert_cmpuint(TCP(&r, true, SYN, 100, 0).stream, ==, 0); /* retransmitted */
    g_assert_cmpuint(TCP(&r, true, SYN, 900, 0).stream, ==, 1);
    g_assert_cmpuint(TCP(&r, false, SYN | ACK, 700, 901).stream, ==, 1);
    ssk_result *result = finish(&r);
    g_assert_cmpuint(result->n_flows, ==, 2);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].packets, ==, 2);
    ssk_result_free(result);
}

static void test_after_unseen_start(void)
{
    /* the end of one connection, of which the sender of the next SYN shows a reset at most */
    run r = begin();
    g_assert_cmpuint(TCP(&r, false, FIN | ACK, 500, 300).stream, ==, 0);
    g_assert_cmpuint(TCP(&r, true, RST, 300, 0).stream, ==, 0);
    g_assert_cmpuint(TCP(&r, true, SYN, 100, 0).stream, ==, 1);
    ssk_result_free(finish(&r));

    r = begin();
    g_assert_cmpuint(TCP(&r, true, RST, 300, 0).stream, ==, 0);
    g_assert_cmpuint(TCP(&r, true, SYN, 100, 0).stream, ==, 1);
    ssk_result_free(finish(&r));
}

static void test_swapped_handshake(void)
{
    /* the capture has the answer before the question: still one connection, opened by the client */
    run r = begin();
    TCP(&r, false, SYN | ACK, 500, 101);
    ssk_feedback said = TCP(&r, true, SYN, 100, 0);
    g_assert_cmpuint(said.stream, ==, 0);
    g_assert_cmpuint(said.dir, ==, SSK_A);
    ssk_result *result = finish(&r);
    g_assert_cmpuint(result->n_flows, ==, 1);
    g_assert_cmpuint(result->flows[0].port[SSK_A], ==, 50003);
    ssk_result_free(result);
}

static void test_damaged_header(void)
{
    run r = begin();
    TCP(&r, true, SYN, 100, 0);
    segment(&r, true, 0x2000 | RST, 0, 0); /* data offset 2 */
    segment(&r, true, 0x2000 | SYN, 7, 0);
    ssk_result *result = finish(&r);
    g_assert_cmpuint(result->n_flows, ==, 1);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].packets, ==, 3);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].zero_windows, ==, 0);
    g_assert_cmpint(result->flows[0].closed, ==, SSK_CLOSE_NONE);
    g_assert_cmpuint(result->inputs[0].undecoded_packets, ==, 2);
    ssk_result_free(result);
}

static void test_vlan_does_not_matter(void)
{
    run r = begin();
    feed(&r, 1,
         "0a0000000002 0a0000000001 8100 0064 0800 4500 001c 0001 0000 4011 0000" CLIENT SERVER
         "1388 1389 0008 0000");
    ssk_feedback said =
        feed(&r, 1,
             "0a0000000001 0a0000000002 0800 4500 001c 0001 0000 4011 0000" SERVER CLIENT
             "1389 1388 0008 0000");
    g_assert_cmpuint(said.flow, ==, 1);
    g_assert_cmpuint(said.dir, ==, SSK_B);
    ssk_result_free(finish(&r));
}

static void test_process(void)
{
    run r = begin();
    feed(&r, 258,
         "6c000000 01000000 0c000000 656e30000000000000000000 000000000000000000000000"
         "01400000 02000000 0e000000 00000000 37010000 41707000000000000000000000000000 00 000000"
         "00000000 06000000 ffffffff 0000000000000000000000000000000000000000"
         "4500 001c 0001 0000 4011 0000" CLIENT SERVER "1388 1389 0008 0000");
    ssk_result *result = finish(&r);
    g_assert_cmpuint(result->n_flows, ==, 1);
    g_assert_cmpstr(result->flows[0].process_name, ==, "App");
    g_assert_cmpint(result->flows[0].process_pid, ==, 311);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flow_table/another SYN is another connection", test_new_connection);
    g_test_add_func("/flow_table/a SYN after the end of an unseen connection is a new one",
                    test_after_unseen_start);
    g_test_add_func("/flow_table/a handshake out of order is one connection",
                    test_swapped_handshake);
    g_test_add_func("/flow_table/a damaged TCP header counts and moves nothing",
                    test_damaged_header);
    g_test_add_func("/flow_table/directions with and without a VLAN tag meet",
                    test_vlan_does_not_matter);
    g_test_add_func("/flow_table/a PKTAP header names the flow's process", test_process);
    return g_test_run();
}
