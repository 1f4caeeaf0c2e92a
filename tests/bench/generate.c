/* generate.c - writes a large capture of healthy and stalling TCP connections.
 *
 *   generate PACKETS FLOWS > FILE.pcap
 *
 * Seven flows in ten carry a keep-alive (length-prefixed JSON, one ping a
 * second), two ask and are answered, one downloads. One segment in 200 is
 * sent twice, and every 50th flow falls silent for 30 s now and then. The
 * same arguments give the same bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "big_endian.h"

enum { ETHERNET = 14, IPV4 = 20, TCP = 20, HEADERS = ETHERNET + IPV4 + TCP };
enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };
enum { SEGMENT = 1448, CLIENT = 0, SERVER = 1 };
enum { MAX_FLOWS = 60000 };

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S  INT64_C(1000000000)

typedef enum flow_kind { KEEPALIVE, REQUESTS, DOWNLOAD } flow_kind;

typedef struct flow {
    int64_t due; /* when it sends its next packet */
    uint32_t number;
    flow_kind kind;
    uint32_t step;   /* 0..2 handshake, then the steps of one exchange */
    uint32_t left;   /* segments of the answer still to send */
    uint32_t count;  /* exchanges done */
    uint32_t seq[2]; /* next sequence number of each side */
} flow;

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64*: fast, and the same everywhere. */
static uint32_t random_below(uint32_t bound)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(((state * 0x2545f4914f6cdd1du) >> 33) % bound);
}

static uint32_t packets_left;

static void send_segment(flow *f, int side, unsigned flags, uint32_t seq, const void *payload,
                         uint32_t length)
{
    static uint8_t frame[HEADERS + SEGMENT];
    if (packets_left == 0)
        return;
    packets_left--;

    memset(frame, 0, HEADERS);
    frame[0] = frame[6] = 0x02;
    frame[5] = side == CLIENT ? 1 : 2;
    frame[11] = side == CLIENT ? 2 : 1;
    put16(frame + 12, 0x0800);

    uint8_t *ip = frame + ETHERNET;
    ip[0] = 0x45;
    put16(ip + 2, IPV4 + TCP + length);
    static uint32_t identification;
    put16(ip + 4, ++identification & 0xffff);
    ip[8] = 64;
    ip[9] = 6;
    uint32_t client = 0x0a000000u + f->number + 256, server = 0x0a800001u;
    put32(ip + 12, side == CLIENT ? client : server);
    put32(ip + 16, side == CLIENT ? server : client);
    uint32_t sum = 0;
    for (int i = 0; i < IPV4; i += 2)
        sum += (uint32_t)ip[i] << 8 | ip[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    put16(ip + 10, ~(sum + (sum >> 16)) & 0xffff);

    uint8_t *tcp = ip + IPV4;
    uint32_t client_port = 40000 + f->number % 20000, server_port = 7000 + f->kind;
    put16(tcp, side == CLIENT ? client_port : server_port);
    put16(tcp + 2, side == CLIENT ? server_port : client_port);
    put32(tcp + 4, seq);
    put32(tcp + 8, flags & ACK ? f->seq[!side] : 0);
    tcp[12] = TCP / 4 << 4;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 64240);
    if (length)
        memcpy(tcp + TCP, payload, length);

    uint32_t size = HEADERS + length;
    uint32_t record[4] = {(uint32_t)(f->due / S), (uint32_t)(f->due % S), size, size};
    if (fwrite(record, sizeof record, 1, stdout) != 1 || fwrite(frame, size, 1, stdout) != 1) {
        perror("generate");
        exit(1);
    }
}

static void send_data(flow *f, int side, const void *payload, uint32_t length)
{
    send_segment(f, side, PSH | ACK, f->seq[side], payload, length);
    if (random_below(200) == 0) {
        f->due += 200 * US;
        send_segment(f, side, PSH | ACK, f->seq[side], payload, length);
    }
    f->seq[side] += length;
}

static void send_message(flow *f, int side, const char *json)
{
    uint8_t message[256];
    size_t length = strlen(json);
    put32(message, (uint32_t)length);
    memcpy(message + 4, json, length);
    send_data(f, side, message, (uint32_t)length + 4);
}

/* Ping, pong, server time, ACK; then wait out the second. */
static void keepalive_step(flow *f)
{
    char json[128];
    switch (f->step) {
    case 3:
        snprintf(json, sizeof json, "{\"type\":\"ping\",\"seq\":%" PRIu32 ",\"sent\":%" PRId64 "}",
                 f->count, f->due / MS);
        send_message(f, CLIENT, json);
        f->due += 500 * US + random_below(2000) * US;
        break;
    case 4:
        snprintf(json, sizeof json, "{\"type\":\"pong\",\"seq\":%" PRIu32 ",\"sent\":%" PRId64 "}",
                 f->count, f->due / MS);
        send_message(f, SERVER, json);
        f->due += 50 * US;
        break;
    case 5:
        snprintf(json, sizeof json, "{\"type\":\"time\",\"unix_ms\":%" PRId64 "}", f->due / MS);
        send_message(f, SERVER, json);
        f->due += 40 * MS;
        break;
    default:
        send_segment(f, CLIENT, ACK, f->seq[CLIENT], NULL, 0);
        f->due += 900 * MS + random_below(100) * MS;
        f->count++;
        if (f->number % 50 == 0 && f->count % 200 == 0)
            f->due += 30 * S;
        f->step = 2;
    }
    f->step++;
}

/* A question, an answer of some segments with an ACK for every second one. */
static void exchange_step(flow *f)
{
    static const uint8_t body[SEGMENT] = "what was asked for, and much more of it";
    bool download = f->kind == DOWNLOAD;
    if (f->step == 3) {
        send_data(f, CLIENT, body, 300);
        f->left = download ? 100 + random_below(100) : 1 + random_below(4);
        f->due += 5 * MS + random_below(20) * MS;
        f->step = 4;
    } else if (f->left > 0 && f->step != 6) {
        send_data(f, SERVER, body, download ? SEGMENT : 200 + random_below(1000));
        f->left--;
        f->step = f->step == 4 && f->left ? 5 : 6;
        f->due += 20 * US + random_below(200) * US;
    } else {
        send_segment(f, CLIENT, ACK, f->seq[CLIENT], NULL, 0);
        f->step = f->left ? 4 : 3;
        f->due += f->left ? 20 * US : (download ? 20 * S : 300 * MS) + random_below(2000) * MS;
    }
}

static void flow_step(flow *f)
{
    if (f->step == 0) {
        send_segment(f, CLIENT, SYN, f->seq[CLIENT]++, NULL, 0);
    } else if (f->step == 1) {
        send_segment(f, SERVER, SYN | ACK, f->seq[SERVER]++, NULL, 0);
    } else if (f->step == 2) {
        send_segment(f, CLIENT, ACK, f->seq[CLIENT], NULL, 0);
    } else if (f->kind == KEEPALIVE) {
        keepalive_step(f);
        return;
    } else {
        exchange_step(f);
        return;
    }
    f->step++;
    f->due += 300 * US;
}

/* Restore the heap of due times after its first flow was moved on. */
static void sift_down(flow **heap, uint32_t count)
{
    flow *moved = heap[0];
    uint32_t at = 0, child;
    while ((child = 2 * at + 1) < count) {
        if (child + 1 < count && heap[child + 1]->due < heap[child]->due)
            child++;
        if (heap[child]->due >= moved->due)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}

int main(int argc, char **argv)
{
    static flow flows[MAX_FLOWS];
    static flow *heap[MAX_FLOWS];
    uint32_t count = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (count == 0 || count > MAX_FLOWS) {
        fprintf(stderr, "usage: generate PACKETS FLOWS (1..%d) > FILE.pcap\n", MAX_FLOWS);
        return 2;
    }
    packets_left = (uint32_t)strtoul(argv[1], NULL, 10);

    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    /* pcap, nanoseconds, Ethernet, in this machine's byte order */
    const struct {
        uint32_t magic;
        uint16_t major, minor;
        uint32_t zone, accuracy, snap_length, link_type;
    } header = {0xa1b23c4d, 2, 4, 0, 0, 262144, 1};
    fwrite(&header, sizeof header, 1, stdout);

    /* Rising start times make a heap as they are. */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t tenth = i % 10;
        flows[i] = (flow){.due = 1700000000 * S + i * 7 * MS,
                          .number = i,
                          .kind = tenth < 7   ? KEEPALIVE
                                  : tenth < 9 ? REQUESTS
                                              : DOWNLOAD,
                          .seq = {1000 + i, 500000 + i}};
        heap[i] = &flows[i];
    }
    while (packets_left) {
        flow_step(heap[0]);
        sift_down(heap, count);
    }
    if (fclose(stdout)) {
        perror("generate");
        return 1;
    }
    return 0;
}
