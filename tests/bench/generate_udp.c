/* generate_udp.c - one broadcast stream in bursts, as a pcap on standard output.
 *
 *   generate_udp PACKETS
 *
 * 1 kB datagrams at 1 MB/s, numbered; 128 of them arrive, 105 do not. Cut to 96
 * bytes each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPTURED = 96, PAYLOAD = 1024, HEADERS = 42, ON = 128, OFF = 105 };

static void put(uint8_t *at, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

int main(int argc, char **argv)
{
    long packets = argc == 2 ? atol(argv[1]) : 0;
    if (packets < 1) {
        fprintf(stderr, "usage: generate_udp PACKETS\n");
        return 2;
    }
    const uint32_t head[] = {0xa1b23c4d, 4 << 16 | 2, 0, 0, 65535, 1};
    fwrite(head, sizeof head, 1, stdout);
    uint8_t frame[CAPTURED] = {0};
    memset(frame, 0xff, 6);
    memcpy(frame + 6, "\x02\0\0\0\0\x01\x08\0\x45", 9);
    put(frame + 16, 2, PAYLOAD + 28);
    frame[22] = 64;
    frame[23] = 17;
    put(frame + 26, 4, 0x0a000001);
    put(frame + 30, 4, 0x0a0000ff);
    put(frame + 34, 2, 40000);
    put(frame + 36, 2, 4000);
    put(frame + 38, 2, PAYLOAD + 8);
    uint64_t now = UINT64_C(1800000000000000000);
    uint32_t number = 0;
    for (long i = 0; i < packets; i++, number++) {
        uint64_t missing = i && i % ON == 0 ? OFF : 0;
        number += (uint32_t)missing;
        now += (missing + 1) * 1024000 + (uint64_t)(i * 7919 % 997) * 100;
        put(frame + 18, 2, number & 0xffff);
        put(frame + 42, 4, number);
        const uint32_t record[] = {(uint32_t)(now / 1000000000), (uint32_t)(now % 1000000000),
                                   CAPTURED, HEADERS + PAYLOAD};
        fwrite(record, sizeof record, 1, stdout);
        fwrite(frame, sizeof frame, 1, stdout);
    }
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
