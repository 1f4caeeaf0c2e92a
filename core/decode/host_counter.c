/* host_counter.c - what the kernel of a host counts, as its tools print it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/host_counter.h"

#include <string.h>

/* A stretch of a line. */
typedef struct word {
    const char *at;
    size_t len;
} word;

/* As nstat names them: the group and the name of /proc/net/snmp and netstat in one word. */
static const struct {
    const char *group, *name;
    uint8_t id, part;
} names[] = {
    {"Udp", "RcvbufErrors", SSK_HOST_COUNTER_BUFFER_FULL, 0},
    {"Udp6", "RcvbufErrors", SSK_HOST_COUNTER_BUFFER_FULL, 1},
    {"TcpExt", "ListenOverflows", SSK_HOST_COUNTER_LISTEN_FULL, 0},
    {"TcpExt", "ListenDrops", SSK_HOST_COUNTER_LISTEN_DROPS, 0},
    {"TcpExt", "TCPTimeouts", SSK_HOST_COUNTER_TIMEOUTS, 0},
    {"Tcp", "InCsumErrors", SSK_HOST_COUNTER_BAD_SUMS, 0},
    {"Udp", "InCsumErrors", SSK_HOST_COUNTER_BAD_UDP_SUMS, 0},
    {"Udp6", "InCsumErrors", SSK_HOST_COUNTER_BAD_UDP_SUMS, 1},
};

/* As `netstat -s` says it: Linux, then macOS and the BSDs. */
static const struct {
    char protocol;
    const char *words;
    uint8_t id;
} phrases[] = {
    {'u', "receive buffer errors", SSK_HOST_COUNTER_BUFFER_FULL},
    {'t', "times the listen queue of a socket overflowed", SSK_HOST_COUNTER_LISTEN_FULL},
    {'t', "SYNs to LISTEN sockets dropped", SSK_HOST_COUNTER_LISTEN_DROPS},
    {'t', "other TCP timeouts", SSK_HOST_COUNTER_TIMEOUTS},
    {'u', "dropped due to full socket buffers", SSK_HOST_COUNTER_BUFFER_FULL},
    {'t', "listen queue overflow", SSK_HOST_COUNTER_LISTEN_FULL},
    {'t', "retransmit timeout", SSK_HOST_COUNTER_TIMEOUTS},
    {'t', "discarded for bad checksum", SSK_HOST_COUNTER_BAD_SUMS},
    {'u', "with bad checksum", SSK_HOST_COUNTER_BAD_UDP_SUMS},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of [*at, end); false: there is none. */
static bool next_word(const char **at, const char *end, word *ret)
{
    while (*at < end && is_blank(**at))
        ++*at;
    ret->at = *at;
    while (*at < end && !is_blank(**at))
        ++*at;
    ret->len = (size_t)(*at - ret->at);
    return ret->len > 0;
}

static bool same(const word *w, const char *text)
{
    return w->len == strlen(text) && !memcmp(w->at, text, w->len);
}

static bool ends_in(const word *w, char last)
{
    return w->len > 1 && w->at[w->len - 1] == last;
}

/* @return how many digits; 0: none, or more than fit */
static size_t read_number(const char *at, const char *end, uint64_t *ret)
{
    size_t n = 0;
    uint64_t value = 0;
    for (; at + n < end && is_digit(at[n]); n++) {
        if (value > (UINT64_MAX - 9) / 10)
            return 0;
        value = value * 10 + (uint64_t)(at[n] - '0');
    }
    *ret = value;
    return n;
}

static bool is_number(const word *w, uint64_t *ret)
{
    return w->len && read_number(w->at, w->at + w->len, ret) == w->len;
}

static const char *find(const char *at, const char *end, const char *words)
{
    size_t len = strlen(words);
    for (; at + len <= end; at++)
        if (*at == *words && !memcmp(at, words, len))
            return at;
    return NULL;
}

static size_t put(ssk_host_counter *ret, size_t n, uint8_t id, uint8_t part, uint16_t port,
                  uint64_t value)
{
    if (n < SSK_HOST_COUNTER_MOST)
        ret[n++] = (ssk_host_counter){
            .id = (ssk_host_counter_id)id, .part = part, .port = port, .value = value};
    return n;
}

/* ---- /proc/net/snmp, /proc/net/netstat ---- */

/* A row of names, and the row of numbers behind it. */
static size_t read_table(ssk_host_counter_reader *reader, const char *line, const char *end,
                         ssk_host_counter *ret)
{
    const char *at = line, *head = reader->head, *head_end = reader->head + reader->head_len;
    word group, name, value, of;
    uint64_t number;
    size_t n = 0;
    if (!next_word(&at, end, &group) || !ends_in(&group, ':') || !next_word(&at, end, &value))
        return 0;
    if (!is_number(&value, &number) && value.at[0] != '-') {
        reader->head_len = (uint32_t)((size_t)(end - line) < sizeof reader->head
                                          ? (size_t)(end - line)
                                          : sizeof reader->head);
        memcpy(reader->head, line, reader->head_len);
        return 0;
    }
    if (!next_word(&head, head_end, &of) || of.len != group.len ||
        memcmp(of.at, group.at, of.len) != 0)
        return 0;
    of.len--;
    for (bool more = true; more && next_word(&head, head_end, &name);
         more = next_word(&at, end, &value))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (same(&of, names[i].group) && same(&name, names[i].name) &&
                is_number(&value, &number))
                n = put(ret, n, names[i].id, names[i].part, 0, number);
    reader->head_len = 0;
    return n;
}

/* ---- nstat ---- */

/* "UdpRcvbufErrors   12   0.0", or "UdpRcvbufErrors":12 anywhere. */
static size_t read_nstat(const char *line, const char *end, ssk_host_counter *ret)
{
    bool json = find(line, end, "{\"") != NULL;
    size_t n = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t group = strlen(names[i].group), name = strlen(names[i].name);
        for (const char *at = line; (at = find(at, end, names[i].group)); at++) {
            const char *behind = at + group + name;
            uint64_t number;
            if (behind >= end || memcmp(at + group, names[i].name, name) != 0 ||
                (json ? at == line || at[-1] != '"' : at != line))
                continue;
            if (json && behind + 1 < end && behind[0] == '"' && behind[1] == ':')
                behind += 2;
            else if (json || !is_blank(*behind))
                continue;
            while (behind < end && is_blank(*behind))
                behind++;
            if (read_number(behind, end, &number))
                n = put(ret, n, names[i].id, names[i].part, 0, number);
            break;
        }
    }
    return n;
}

/* ---- netstat -s ---- */

static size_t read_phrase(ssk_host_counter_reader *reader, const char *line, const char *end,
                          ssk_host_counter *ret)
{
    const char *at = line;
    word first, second;
    uint64_t number = 0; /* or gcc 14 would warn of what it cannot see */
    if (!next_word(&at, end, &first))
        return 0;
    if (ends_in(&first, ':') && !next_word(&at, end, &second)) { /* a section begins */
        char c = first.at[0];
        reader->protocol = c == 'U' || c == 'u' ? 'u' : c == 'T' || c == 't' ? 't' : 0;
        return 0;
    }
    at = line;
    (void)next_word(&at, end, &first);
    if (reader->protocol && same(&first, "InCsumErrors:") && next_word(&at, end, &second) &&
        is_number(&second, &number))
        return put(ret, 0,
                   reader->protocol == 't' ? SSK_HOST_COUNTER_BAD_SUMS
                                           : SSK_HOST_COUNTER_BAD_UDP_SUMS,
                   0, 0, number);
    if (!is_number(&first, &number))
        return 0;
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (phrases[i].protocol == reader->protocol && find(at, end, phrases[i].words))
            return put(ret, 0, phrases[i].id, 0, 0, number);
    return 0;
}

/* ---- sockets ---- */

static int hex_digit(char c)
{
    return is_digit(c)            ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* "00000000:0FA0" */
static bool hex_port(const word *w, uint16_t *ret)
{
    uint32_t port = 0;
    if ((w->len != 13 && w->len != 37) || w->at[w->len - 5] != ':')
        return false;
    for (size_t i = w->len - 4; i < w->len; i++) {
        if (hex_digit(w->at[i]) < 0)
            return false;
        port = port << 4 | (uint32_t)hex_digit(w->at[i]);
    }
    *ret = (uint16_t)port;
    return true;
}

/* A row of /proc/net/udp: drops are its 13th column. */
static size_t read_proc(const char *line, const char *end, ssk_host_counter *ret)
{
    enum { DROPS = 12 };
    const char *at = line;
    word w;
    uint64_t drops;
    uint16_t port = 0;
    for (unsigned column = 0; column <= DROPS; column++) {
        if (!next_word(&at, end, &w) ||
            (column == 0 && (!ends_in(&w, ':') || !is_digit(w.at[0]))) ||
            (column == 1 && !hex_port(&w, &port)))
            return 0;
    }
    return is_number(&w, &drops) && port
               ? put(ret, 0, SSK_HOST_COUNTER_SOCKET_DROPS, 1, port, drops)
               : 0;
}

/* "10.0.0.1:4000", "[fe80::1]%eth0:4000", "*:4000" */
static bool decimal_port(const word *w, uint16_t *ret)
{
    size_t colon = w->len;
    uint64_t port = 0;
    while (colon && w->at[colon - 1] != ':')
        colon--;
    if (!colon || read_number(w->at + colon, w->at + w->len, &port) != w->len - colon || !port ||
        port > UINT16_MAX)
        return false;
    *ret = (uint16_t)port;
    return true;
}

/* "[::ffff:10.0.0.1%eth0]:80" -> "10.0.0.1" */
static void put_address(const word *w, char ret[SSK_HOST_COUNTER_ADDR])
{
    static const char mapped[] = "::ffff:";
    size_t from = 0, to = w->len;
    while (to && w->at[to - 1] != ':')
        to--;
    to -= to > 0;
    if (to > 1 && w->at[0] == '[')
        from = 1;
    if (to > from + sizeof mapped && !strncmp(w->at + from, mapped, sizeof mapped - 1) &&
        memchr(w->at + from, '.', to - from))
        from += sizeof mapped - 1;
    size_t len = 0;
    while (from + len < to && w->at[from + len] != '%' && w->at[from + len] != ']')
        len++;
    len = len < SSK_HOST_COUNTER_ADDR ? len : 0;
    if (len) /* an empty word is nowhere */
        memcpy(ret, w->at + from, len);
    ret[len] = 0;
}

/* The states in which data comes, as ss names them. */
static bool is_connected(const word *w)
{
    return same(w, "ESTAB") || same(w, "FIN-WAIT-1") || same(w, "FIN-WAIT-2") ||
           same(w, "CLOSE-WAIT");
}

/* "UNCONN 0 0 0.0.0.0:4000 0.0.0.0:* ..." or "ESTAB 0 0 10.0.0.5:50123 10.0.0.1:80 ...", then or on
 * the same line "skmem:(r0,...,d12)". Of UDP a connected socket is not told from one of TCP's, so those
 * have the ends of both; datagrams dropped there are nobody's evidence. */
static void read_ends(ssk_host_counter_reader *reader, const char *line, const char *end)
{
    const char *at = line;
    word w, local;
    uint64_t number;
    bool free_state = false, connected = false;
    while (next_word(&at, end, &w)) {
        bool was = free_state || connected;
        free_state |= !was && same(&w, "UNCONN");
        connected |= !was && is_connected(&w);
        if (!was || is_number(&w, &number))
            continue;
        if (!decimal_port(&w, &reader->port))
            return;
        reader->connection = (ssk_host_connection){.peer_port = 0};
        local = w;
        if (connected &&
            (!next_word(&at, end, &w) || !decimal_port(&w, &reader->connection.peer_port)))
            reader->port = 0;
        if (connected && reader->port) {
            put_address(&local, reader->connection.local);
            put_address(&w, reader->connection.peer);
        }
        return;
    }
}

static size_t read_socket(ssk_host_counter_reader *reader, const char *line, const char *end,
                          ssk_host_counter *ret)
{
    const char *memory = find(line, end, "skmem:("), *drops;
    uint64_t number;
    read_ends(reader, line, memory ? memory : end);
    if (!memory || !reader->port || !(drops = find(memory, end, ",d")) ||
        !read_number(drops + 2, end, &number))
        return 0;
    uint16_t port = reader->port;
    bool connected = reader->connection.peer_port != 0;
    reader->port = 0;
    size_t n = put(ret, 0,
                   connected ? SSK_HOST_COUNTER_CONNECTION_DROPS : SSK_HOST_COUNTER_SOCKET_DROPS, 0,
                   port, number);
    if (n && connected)
        ret[0].connection = reader->connection;
    return n;
}

size_t ssk_host_counter_read(ssk_host_counter_reader *reader, const char *line, size_t len,
                             ssk_host_counter ret[SSK_HOST_COUNTER_MOST])
{
    const char *end = line + len;
    size_t n = read_table(reader, line, end, ret);
    if (!n)
        n = read_nstat(line, end, ret);
    if (!n)
        n = read_proc(line, end, ret);
    if (!n)
        n = read_socket(reader, line, end, ret);
    if (!n)
        n = read_phrase(reader, line, end, ret);
    return n;
}

const char *ssk_host_counter_text(ssk_host_counter_id id)
{
    static const char *const texts[SSK_N_HOST_COUNTERS] = {
        [SSK_HOST_COUNTER_SOCKET_DROPS] = "socket-drops",
        [SSK_HOST_COUNTER_BUFFER_FULL] = "buffer-full",
        [SSK_HOST_COUNTER_LISTEN_FULL] = "listen-full",
        [SSK_HOST_COUNTER_LISTEN_DROPS] = "listen-drops",
        [SSK_HOST_COUNTER_TIMEOUTS] = "tcp-timeouts",
        [SSK_HOST_COUNTER_BAD_SUMS] = "bad-checksums",
        [SSK_HOST_COUNTER_BAD_UDP_SUMS] = "bad-udp-checksums",
        [SSK_HOST_COUNTER_CONNECTION_DROPS] = "connection-drops",
    };
    return (unsigned)id < SSK_N_HOST_COUNTERS ? texts[id] : texts[0];
}
