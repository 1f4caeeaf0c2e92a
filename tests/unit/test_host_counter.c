/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/decode/host_counter.h"

/* Reads lines of a tool one after another. */
typedef struct reading {
    ssk_host_counter_reader reader;
    ssk_host_counter last; /* counter read */
    unsigned n;            /* counters in all */
} reading;

static reading *read_lines(const char *text)
{
    reading *r = g_new0(reading, 1);
    char **lines = g_strsplit(text, "\n", 0);
    for (char **line = lines; *line; line++) {
        ssk_host_counter said[SSK_HOST_COUNTER_MOST];
        size_t n = ssk_host_counter_read(&r->reader, *line, strlen(*line), said);
        if (n)
            r->last = said[n - 1];
        r->n += (unsigned)n;
    }
    g_strfreev(lines);
    return r;
}

static void expect(const char *text, ssk_host_counter_id id, uint16_t port, uint64_t value)
{
    reading *r = read_lines(text);
    g_assert_cmpuint(r->n, ==, 1);
    g_assert_cmpint(r->last.id, ==, id);
    g_assert_cmpuint(r->last.port, ==, port);
    g_assert_cmpuint(r->last.value, ==, value);
    g_free(r);
}

static void expect_none(const char *text)
{
    reading *r = read_lines(text);
    g_assert_cmpuint(r->n, ==, 0);
    g_free(r);
}

static void sockets_of_ss(void)
{
    expect(
        "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
        "UNCONN 0      0            0.0.0.0:4000      0.0.0.0:*    users:((\"app\",pid=7,fd=3))\n"
        "\t skmem:(r0,rb131072,t0,tb212992,f0,w0,o48,bl0,d2023)",
        SSK_HOST_COUNTER_SOCKET_DROPS, 4000, 2023);
    expect("UNCONN 0 0 [fe80::1]%eth0:5353 [::]:* skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d5)",
           SSK_HOST_COUNTER_SOCKET_DROPS, 5353, 5);
    expect("udp UNCONN 0 0 *:4000 *:*\n\t skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d9)",
           SSK_HOST_COUNTER_SOCKET_DROPS, 4000, 9);
}

static void expect_connection(const char *text, uint16_t port, const char *local, const char *peer,
                              uint16_t peer_port)
{
    reading *r = read_lines(text);
    g_assert_cmpuint(r->n, ==, 1);
    g_assert_cmpint(r->last.id, ==, SSK_HOST_COUNTER_CONNECTION_DROPS);
    g_assert_cmpuint(r->last.value, ==, 9);
    g_assert_cmpuint(r->last.port, ==, port);
    g_assert_cmpstr(r->last.connection.local, ==, local);
    g_assert_cmpstr(r->last.connection.peer, ==, peer);
    g_assert_cmpuint(r->last.connection.peer_port, ==, peer_port);
    g_free(r);
}

static void connections_of_ss(void)
{
    expect_connection("UNCONN 0 0 0.0.0.0:4000 0.0.0.0:*\n"
                      "ESTAB 0 52 10.0.0.1:22 10.0.0.2:40000 users:((\"sshd\",pid=7,fd=4))\n"
                      "\t skmem:(r0,rb131072,t0,tb87040,f0,w0,o0,bl0,d9) cubic rto:204 rtt:0.1/0.1",
                      22, "10.0.0.1", "10.0.0.2", 40000);
    expect_connection("CLOSE-WAIT 1 0 [::ffff:10.0.0.1]:8080 [::ffff:10.0.0.2]:40000 "
                      "skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d9)",
                      8080, "10.0.0.1", "10.0.0.2", 40000);
    expect_connection("tcp ESTAB 0 0 [fe80::1]%eth0:80 [fe80::2]:40000\n"
                      "\t skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d9)",
                      80, "fe80::1", "fe80::2", 40000);
    expect_none("ESTAB 0 0 10.0.0.1:22 10.0.0.2\n\t skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d9)");
    expect_none("LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n\t skmem:(r0,rb1,t0,tb2,f0,w0,o0,bl0,d9)");
}

static void sockets_of_proc(void)
{
    expect("   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
           "timeout inode ref pointer drops\n"
           "  253: 00000000:0FA0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0    "
           "    0 5109081 2 000000008ef11f80 17",
           SSK_HOST_COUNTER_SOCKET_DROPS, 4000, 17);
}

static void tables_of_proc(void)
{
    expect("Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\n"
           "Udp: 900 1 2 800 77 0",
           SSK_HOST_COUNTER_BUFFER_FULL, 0, 77);
    expect("TcpExt: SyncookiesSent ListenOverflows\nTcpExt: 0 12", SSK_HOST_COUNTER_LISTEN_FULL, 0,
           12);
    expect("TcpExt: SyncookiesSent ListenDrops\nTcpExt: 0 13", SSK_HOST_COUNTER_LISTEN_DROPS, 0,
           13);
    expect("TcpExt: TCPTimeouts TCPSpuriousRTOs\nTcpExt: 14 1", SSK_HOST_COUNTER_TIMEOUTS, 0, 14);
    expect("Udp: InDatagrams InCsumErrors\nUdp: 900 3", SSK_HOST_COUNTER_BAD_UDP_SUMS, 0, 3);
    expect("Tcp: RtoAlgorithm MaxConn InCsumErrors\nTcp: 1 -1 4", SSK_HOST_COUNTER_BAD_SUMS, 0, 4);
    /* Numbers of another group than the names before them. */
    expect_none("Udp: InDatagrams RcvbufErrors\nUdpLite: 1 2");
}

static void both_forms_of_nstat(void)
{
    expect("#kernel\nUdpRcvbufErrors                 12                 0.0",
           SSK_HOST_COUNTER_BUFFER_FULL, 0, 12);
    expect(
        "{\"kernel\":{\"IpInReceives\":170168,\"TcpExtListenOverflows\":31,\"IpForwDatagrams\":0}}",
        SSK_HOST_COUNTER_LISTEN_FULL, 0, 31);
    expect_none("UdpLiteRcvbufErrors             3                  0.0");
}

static void netstat_of_linux_and_macos(void)
{
    expect("Udp:\n    900 packets received\n    2023 receive buffer errors",
           SSK_HOST_COUNTER_BUFFER_FULL, 0, 2023);
    expect("TcpExt:\n    31 times the listen queue of a socket overflowed",
           SSK_HOST_COUNTER_LISTEN_FULL, 0, 31);
    expect("udp:\n\t12 datagrams received\n\t5 dropped due to full socket buffers",
           SSK_HOST_COUNTER_BUFFER_FULL, 0, 5);
    expect("tcp:\n\t3 listen queue overflows", SSK_HOST_COUNTER_LISTEN_FULL, 0, 3);
    expect("TcpExt:\n    31 SYNs to LISTEN sockets dropped", SSK_HOST_COUNTER_LISTEN_DROPS, 0, 31);
    expect("TcpExt:\n    7 other TCP timeouts", SSK_HOST_COUNTER_TIMEOUTS, 0, 7);
    expect("tcp:\n\t7 retransmit timeouts", SSK_HOST_COUNTER_TIMEOUTS, 0, 7);
    expect("tcp:\n\t2 discarded for bad checksums", SSK_HOST_COUNTER_BAD_SUMS, 0, 2);
    expect("Tcp:\n    4 segments received\n    InCsumErrors: 2", SSK_HOST_COUNTER_BAD_SUMS, 0, 2);
    expect("udp:\n\t6 with bad checksum", SSK_HOST_COUNTER_BAD_UDP_SUMS, 0, 6);
    expect("Udp:\n    InCsumErrors: 6", SSK_HOST_COUNTER_BAD_UDP_SUMS, 0, 6);
    /* The same words in another section. */
    expect_none("icmp:\n\t5 dropped due to full socket buffers");
}

static void what_is_no_counter(void)
{
    expect_none("");
    expect_none("2026-11-30T20:57:57.164Z keep-alive sent");
    expect_none("Udp: 1 2 3");
    expect_none("UdpRcvbufErrors 99999999999999999999999999 0.0");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/host_counter/sockets, as ss lists them", sockets_of_ss);
    g_test_add_func("/host_counter/connections that ss lists have both their ends",
                    connections_of_ss);
    g_test_add_func("/host_counter/sockets, as /proc lists them", sockets_of_proc);
    g_test_add_func("/host_counter/tables of /proc", tables_of_proc);
    g_test_add_func("/host_counter/nstat as text and as JSON", both_forms_of_nstat);
    g_test_add_func("/host_counter/netstat of Linux and of macOS", netstat_of_linux_and_macos);
    g_test_add_func("/host_counter/what is none", what_is_no_counter);
    return g_test_run();
}
