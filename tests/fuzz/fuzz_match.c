/* fuzz_match.c - two views of any datagrams: the counts add up.
 *
 * Input: per datagram a byte (bit 0 view, bit 1 step back in time, the rest
 * content), a byte of time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/udp/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_match *match = ssk_match_new();
    ssk_match_extent extents[2] = {{SSK_TIME_NONE, SSK_TIME_NONE}, {SSK_TIME_NONE, SSK_TIME_NONE}};
    uint64_t added[2] = {0, 0};
    ssk_time_ns now = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned view = data[i] & 1, content = data[i] >> 2;
        ssk_span_ns step = (ssk_span_ns)data[i + 1] * data[i + 1] * 10 * SSK_US;
        now += data[i] & 2 ? -step : step;
        uint8_t payload[4] = {(uint8_t)(content & 15), 0, (uint8_t)(i & 0x40), 1};
        ssk_match_datagram datagram = {
            .time = data[i + 1] == 255 ? SSK_TIME_NONE : now,
            .frame = (uint32_t)i + 1,
            .bytes = content & 3,
            .ip_id = content & 16 ? content : 0,
            .digest = ssk_match_digest(payload, sizeof payload),
        };
        ssk_match_add(match, view, &datagram);
        added[view]++;
        if (datagram.time != SSK_TIME_NONE) {
            if (extents[view].first == SSK_TIME_NONE || now < extents[view].first)
                extents[view].first = now;
            if (extents[view].last == SSK_TIME_NONE || now > extents[view].last)
                extents[view].last = now;
        }
    }
    for (int with = 0; with < 2; with++) {
        ssk_match_report r;
        ssk_delivery delivery[2];
        ssk_match_measure(match, with ? extents : NULL, &r, delivery);
        for (int view = 0; view < 2; view++) {
            g_assert_cmpuint(r.seen[view] + r.copies[view], ==, added[view]);
            g_assert_cmpuint(r.seen[view], ==, r.matched + r.missing[view] + r.outside[view]);
            g_assert_cmpuint(delivery[view].received_packets, ==, r.matched);
            g_assert_cmpuint(delivery[view].lost_packets, ==, r.missing[view]);
            uint64_t packets = delivery[view].at_hand.packets;
            for (unsigned i = 0; i < delivery[view].n_runs; i++)
                packets += delivery[view].runs[i].packets;
            if (!delivery[view].dropped)
                g_assert_cmpuint(packets, ==, r.matched + r.missing[view]);
            ssk_delivery_clear(&delivery[view]);
        }
        g_assert_cmpint(r.spread, >=, 0);
    }
    ssk_match_free(match);
    return 0;
}
