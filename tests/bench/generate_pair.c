/* generate_pair.c - writes one of two captures of the same day, or the log of one of the devices.
 *
 *   generate_pair client|server|log DEVICES SECONDS > FILE
 *
 * Each device pings the server every 5 s. In every two hours it has an outage: its packets are lost, or the
 * server's, or both, or the server's program hangs; after 30 s without an answer it connects anew. One packet in 200
 * is lost at any time, and retransmitted. The client's side sees the first half of the devices only; its clock is ahead and
 * runs fast. The log is of the first device, with much else in it. The same arguments give the same bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "big_endian.h"

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };
enum { IPV4 = 20, TCP = 32, PING = 24 };
enum { CLIENT = 0, SERVER = 1 };
enum { MAX_DEVICES = 2000 };

#define MS      INT64_C(1000000)
#define S       INT64_C(1000000000)
#define BEGIN   (INT64_C(1742774400) * S)
#define EVERY   (5 * S)
#define BLOCK   (7200 * S)
#define GIVE_UP (30 * S)

typedef enum outage { UP = 0, DOWN, BOTH, HANG } outage;

typedef struct device {
    uint32_t number, port;
    uint32_t seq[2]; /* next of each side */
    uint32_t sent;   /* pings of this connection without an answer */
    int64_t since;   /* of the first of these */
    bool open;
} device;

/* ---- the dice: by what is asked, so that either view throws the same ---- */

static uint64_t mixed(uint64_t a, uint64_t b)
{
    uint64_t x = a * UINT64_C(0x9e3779b97f4a7c15) + b * UINT64_C(0xd1b54a32d192ed03);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static bool in_outage(const device *d, int64_t at, outage *ret)
{
    int64_t block = at / BLOCK;
    uint64_t dice = mixed(d->number + 1, (uint64_t)block);
    int64_t from = block * BLOCK + (int64_t)(dice % 7000) * S;
    *ret = (outage)(dice >> 40 & 3);
    return at >= from && at < from + (12 + (int64_t)(dice >> 50 & 31)) * S;
}

static bool is_lost(const device *d, unsigned from, int64_t at)
{
    outage kind;
    if (in_outage(d, at, &kind) && (kind == BOTH || kind == (from == CLIENT ? UP : DOWN)))
        return true;
    return mixed((uint64_t)at, d->number * 2 + from) % 200 == 0;
}

/* ---- packets ---- */

typedef struct packet {
    int64_t time;
    uint32_t order, len;
    uint8_t bytes[IPV4 + TCP + PING];
} packet;

static unsigned view;
static packet *kept;
static size_t n_kept, room;
static uint32_t devices, order;

static void keep(const device *d, unsigned from, int64_t sent, int64_t time, unsigned flags,
                 const char *payload)
{
    if (view == CLIENT) {
        if (d->number >= (devices + 1) / 2)
            return;
        time += 3 * S / 2 + time / 50000; /* 20 ppm */
    }
    if (n_kept == room) {
        room = room ? 2 * room : 1024;
        kept = realloc(kept, room * sizeof *kept);
        if (!kept)
            exit(1);
    }
    packet *p = &kept[n_kept++];
    uint32_t size = (uint32_t)strlen(payload), end[2] = {0x0a000002 + d->number, 0x0a800001};
    uint32_t port[2] = {d->port, 5223};
    memset(p, 0, sizeof *p);
    p->time = time;
    p->order = order++;
    p->len = IPV4 + TCP + size;
    uint8_t *ip = p->bytes, *tcp = ip + IPV4;
    ip[0] = 0x45;
    put16(ip + 2, p->len);
    ip[6] = 0x40;
    ip[8] = view == from ? 64 : 63;
    ip[9] = 6;
    put32(ip + 12, end[from]);
    put32(ip + 16, end[!from]);
    put16(tcp, port[from]);
    put16(tcp + 2, port[!from]);
    put32(tcp + 4, d->seq[from]);
    put32(tcp + 8, flags & ACK ? d->seq[!from] : 0);
    tcp[12] = TCP / 4 << 4;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 512);
    tcp[20] = tcp[21] = 1;
    tcp[22] = 8;
    tcp[23] = 10;
    put32(tcp + 24, (uint32_t)(sent / MS));
    memcpy(tcp + TCP, payload, size);
}

/* One packet, as either view has it. It takes 4 to 12 ms. @return when it arrived; -1: never */
static int64_t pass(const device *d, unsigned from, int64_t at, unsigned flags, const char *payload)
{
    int64_t came = at + 4 * MS + (int64_t)(mixed((uint64_t)at, d->number) % 8000000);
    bool lost = is_lost(d, from, at);
    if (view == from)
        keep(d, from, at, at, flags, payload);
    else if (!lost)
        keep(d, from, at, came, flags, payload);
    return lost ? -1 : came;
}

/* ---- a device ---- */

static void take_turn(device *d, int64_t at)
{
    char ping[PING + 1], pong[PING + 1];
    outage kind;
    if (!d->open) {
        d->port = 20000 + (d->port + 1) % 40000;
        d->seq[CLIENT] = (uint32_t)mixed((uint64_t)at, 1);
        d->seq[SERVER] = (uint32_t)mixed((uint64_t)at, 2);
        int64_t came = pass(d, CLIENT, at, SYN, "");
        if (came < 0)
            return;
        d->seq[CLIENT]++;
        came = pass(d, SERVER, came + MS / 10, SYN | ACK, "");
        if (came < 0)
            return;
        d->seq[SERVER]++;
        pass(d, CLIENT, came + MS / 10, ACK, "");
        d->open = true;
        d->sent = 0;
        return;
    }
    if (d->sent && at - d->since >= GIVE_UP) {
        pass(d, CLIENT, at, FIN | ACK, "");
        d->open = false;
        return;
    }
    snprintf(ping, sizeof ping, "PING %08" PRIu64 "\n", (uint64_t)at / (10 * MS) % 100000000);
    snprintf(pong, sizeof pong, "PONG %08" PRIu64 "\n", (uint64_t)at / (10 * MS) % 100000000);
    int64_t came = -1;
    for (int64_t wait = 0; came < 0 && wait < 4 * S; wait = wait ? 2 * wait : 300 * MS)
        came = pass(d, CLIENT, at + wait, PSH | ACK, ping);
    if (!d->sent++)
        d->since = at;
    d->seq[CLIENT] += (uint32_t)strlen(ping);
    if (came < 0)
        return;
    bool hangs = in_outage(d, at, &kind) && kind == HANG;
    if (hangs) {
        pass(d, SERVER, came + MS / 10, ACK, "");
        return;
    }
    int64_t back = -1;
    for (int64_t wait = 0; back < 0 && wait < 4 * S; wait = wait ? 2 * wait : 300 * MS)
        back = pass(d, SERVER, came + MS + wait, PSH | ACK, pong);
    d->seq[SERVER] += (uint32_t)strlen(pong);
    if (back < 0)
        return;
    d->sent = 0;
    pass(d, CLIENT, back + 40 * MS, ACK, "");
}

/* ---- files ---- */

static int by_time(const void *a, const void *b)
{
    const packet *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void flush(int64_t until)
{
    size_t n = 0;
    qsort(kept, n_kept, sizeof *kept, by_time);
    for (; n < n_kept && kept[n].time < until; n++) {
        int64_t time = BEGIN + kept[n].time;
        uint32_t head[4] = {(uint32_t)(time / S), (uint32_t)(time % S), kept[n].len, kept[n].len};
        fwrite(head, sizeof head, 1, stdout);
        fwrite(kept[n].bytes, kept[n].len, 1, stdout);
    }
    n_kept -= n;
    memmove(kept, kept + n, n_kept * sizeof *kept);
}

static void write_capture(int64_t seconds)
{
    static device all[MAX_DEVICES];
    uint32_t head[6] = {0xa1b23c4d, 4u << 16 | 2, 0, 0, 65535, 101};
    fwrite(head, sizeof head, 1, stdout);
    for (uint32_t i = 0; i < devices; i++)
        all[i].number = i;
    for (int64_t tick = 0; tick < seconds * S; tick += EVERY) {
        for (uint32_t i = 0; i < devices; i++)
            take_turn(&all[i], tick + (int64_t)i * EVERY / devices);
        flush(tick + EVERY);
    }
    flush(INT64_MAX);
}

static void write_line(int64_t at, const char *text, uint64_t number)
{
    time_t seconds = (time_t)((BEGIN + at) / S);
    char day[32];
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", gmtime(&seconds));
    printf("%s.%03d ward Ext[311]: %s %" PRIu64 "\n", day, (int)(at % S / MS), text, number);
}

/* 86 lines in 5 s: 100 MB a day. */
static void write_log(int64_t seconds)
{
    for (int64_t tick = 0; tick < seconds * S; tick += EVERY) {
        write_line(tick, "keep-alive ping sent, sequence", (uint64_t)(tick / EVERY));
        for (int i = 1; i < 86; i++)
            write_line(tick + i * EVERY / 87, "view was laid out again, elements",
                       mixed((uint64_t)tick, (uint64_t)i) % 900);
    }
}

int main(int argc, char **argv)
{
    int64_t seconds = argc == 4 ? strtoll(argv[3], NULL, 10) : 0;
    devices = argc == 4 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (!devices || devices > MAX_DEVICES || seconds <= 0) {
        fprintf(stderr, "usage: generate_pair client|server|log DEVICES SECONDS\n");
        return 2;
    }
    if (!strcmp(argv[1], "log")) {
        write_log(seconds);
    } else {
        view = !strcmp(argv[1], "server");
        write_capture(seconds);
    }
    return fflush(stdout) != 0;
}
