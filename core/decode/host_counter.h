/* host_counter.h - what the kernel of a host counts, as its tools print it.
 *
 * Read are `ss` with the memory of sockets (-m), /proc/net/udp and udp6,
 * /proc/net/snmp and netstat, `nstat` as text and as JSON, and `netstat -s` of
 * Linux, macOS and the BSDs. Source: Linux Documentation/networking/snmp_counter.rst,
 * ss(8), proc(5); xnu bsd/netinet/udp_usrreq.c and tcp_subr.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_HOST_COUNTER_H
#define SSK_DECODE_HOST_COUNTER_H

#include "core/base/types.h"

/** Whom the lines of a log name as their writer that are a kernel's counters. */
#define SSK_HOST_COUNTER_SOURCE "counters"

typedef enum ssk_host_counter_id {
    SSK_HOST_COUNTER_SOCKET_DROPS = 0, /**< datagrams, for want of room; of one UDP socket */
    SSK_HOST_COUNTER_BUFFER_FULL,      /**< the same of all UDP sockets */
    SSK_HOST_COUNTER_LISTEN_FULL,      /**< connections, as the queue of a listener was full */
    SSK_HOST_COUNTER_LISTEN_DROPS,     /**< connection requests that a listener dropped, why ever */
    SSK_HOST_COUNTER_TIMEOUTS,         /**< TCP's retransmission timer ran out */
    SSK_HOST_COUNTER_BAD_SUMS,         /**< TCP segments with a wrong checksum */
    SSK_HOST_COUNTER_BAD_UDP_SUMS,     /**< datagrams with a wrong checksum */
    SSK_HOST_COUNTER_CONNECTION_DROPS, /**< segments that one TCP socket was given and threw away */
    SSK_N_HOST_COUNTERS
} ssk_host_counter_id;

/** Bytes of an address as `ss` writes it, without brackets, scope, or the mark of IPv4 in IPv6. */
#define SSK_HOST_COUNTER_ADDR 46

/** The ends of a connection, as its host names them; port 0: of none. */
typedef struct ssk_host_connection {
    char local[SSK_HOST_COUNTER_ADDR], peer[SSK_HOST_COUNTER_ADDR];
    uint16_t peer_port;
} ssk_host_connection;

typedef struct ssk_host_counter {
    ssk_host_counter_id id;
    uint8_t
        part; /**< of a host: counters of one id are added up, which of them; of a socket: who lists it */
    uint16_t port;  /**< of the socket; 0: of the host */
    uint64_t value; /**< since the kernel or the socket began */
    ssk_host_connection connection;
} ssk_host_counter;

/** Counters on one line at most. */
#define SSK_HOST_COUNTER_MOST 8
#define SSK_HOST_COUNTER_HEAD 4096

/** What the lines before say of the next one; zero-filled at first. */
typedef struct ssk_host_counter_reader {
    char head[SSK_HOST_COUNTER_HEAD]; /**< "Udp: InDatagrams NoPorts ..." */
    uint32_t head_len;
    uint16_t port;                  /**< of the socket that `ss` listed last */
    ssk_host_connection connection; /**< the same */
    uint8_t protocol;               /**< section of `netstat -s`: 'u', 't' or 0 */
} ssk_host_counter_reader;

/** Reads one line.
 * @return how many counters it holds */
size_t ssk_host_counter_read(ssk_host_counter_reader *reader, const char *line, size_t len,
                             ssk_host_counter ret[SSK_HOST_COUNTER_MOST]);

/** "socket-drops" ...; static. */
const char *ssk_host_counter_text(ssk_host_counter_id id);

#endif
