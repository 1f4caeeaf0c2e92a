/* feed.c - `feed [OPTION=VALUE]...`: packets that a program makes itself, judged while they come.
 *
 * A client asks once a second, by UDP; after 20 s the server answers no more. A program that
 * captures on its own feeds its packets like this.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include <stallshark/stallshark.h>

#define SECOND INT64_C(1000000000)

enum { RAW_IP = 101 }; /* LINKTYPE_RAW: the frame begins with the IP header */
enum { IP = 20, UDP = 8, PAYLOAD = 8, PACKET = IP + UDP + PAYLOAD };

/** A datagram between 10.0.0.1, port 5001, and 10.0.0.2, port 5002. */
static void make_packet(uint8_t bytes[PACKET], int from, const char *payload)
{
    static const uint8_t head[IP + UDP] = {0x45, 0, 0,  PACKET, 0, 0, 0,  0, 64, 17,
                                           0,    0, 10, 0,      0, 0, 10, 0, 0,  0};
    memcpy(bytes, head, sizeof head);
    bytes[15] = (uint8_t)from;
    bytes[19] = (uint8_t)(3 - from);
    bytes[20] = bytes[22] = 5000 / 256;
    bytes[21] = (uint8_t)(5000 % 256 + from);
    bytes[23] = (uint8_t)(5000 % 256 + 3 - from);
    bytes[25] = UDP + PAYLOAD;
    memcpy(bytes + sizeof head, payload, PAYLOAD);
}

static void feed(stallshark_engine *engine, int64_t time_ns, int from, const char *payload)
{
    uint8_t bytes[PACKET];
    make_packet(bytes, from, payload);
    stallshark_event event = {.time_ns = time_ns,
                              .linktype = RAW_IP,
                              .bytes = bytes,
                              .captured = PACKET,
                              .length = PACKET};
    stallshark_engine_feed(engine, &event);
}

/** What is known by now; asking changes nothing. */
static void tell(stallshark_engine *engine, int second)
{
    stallshark_result *result = stallshark_engine_judge(engine);
    size_t n = stallshark_result_stalls(result);
    printf("after %d s, stalls: %zu\n", second, n);
    for (size_t i = 0; i < n; i++) {
        const stallshark_stall *stall = stallshark_result_stall(result, i);
        printf("  %s%s\n", stall->title,
               stall->end_ns == STALLSHARK_TIME_NONE ? " (not over)" : "");
    }
    stallshark_result_free(result);
}

int main(int argc, char **argv)
{
    stallshark_config *config = stallshark_config_new();
    for (int i = 1; i < argc; i++) {
        char *value = strchr(argv[i], '='), *problem = NULL;
        if (value)
            *value++ = 0;
        if (!stallshark_config_set(config, argv[i], value ? value : "", &problem)) {
            fprintf(stderr, "feed: %s\n", problem);
            stallshark_free(problem);
            stallshark_config_free(config);
            return 2;
        }
    }
    stallshark_engine *engine = stallshark_engine_new(config);
    stallshark_config_free(config);
    for (int second = 0; second < 40; second++) {
        feed(engine, second * SECOND, 1, "question");
        if (second < 20)
            feed(engine, second * SECOND + SECOND / 100, 2, "answered");
        if (second % 20 == 19)
            tell(engine, second + 1);
    }
    stallshark_engine_free(engine);
    return 0;
}
