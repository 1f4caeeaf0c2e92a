/* fuzz_views.c - any two captures: the counts add up, and neither order crashes.
 *
 * Input: per packet a byte (bit 0 view, bit 1 step back in time, bits 2..3 kind,
 * the rest content), a byte of time and one of length.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/view/views.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A TCP or UDP packet over raw IPv4, or ARP over Ethernet. */
static size_t build(uint8_t head, uint8_t len, uint8_t bytes[256], uint16_t *linktype)
{
    unsigned kind = head >> 2 & 3, content = head >> 4;
    memset(bytes, 0, 256);
    *linktype = 101;
    size_t payload = len % 64, header = kind == 1 ? 8 : 20;
    bytes[0] = 0x45;
    bytes[3] = (uint8_t)(20 + header + payload);
    bytes[5] = (uint8_t)(content << 1);
    bytes[8] = (uint8_t)(len & 64 ? 63 : 64);
    bytes[9] = kind == 1 ? 17 : 6;
    bytes[12] = bytes[16] = 10;
    bytes[15] = kind == 3 ? 2 : 1;
    bytes[19] = kind == 3 ? 1 : 2;
    bytes[20] = bytes[22] = 1;
    if (kind == 1) {
        bytes[25] = (uint8_t)(8 + payload);
    } else {
        bytes[27] = (uint8_t)(content * 20);
        bytes[32] = 0x50;
        bytes[33] = len & 128 ? 0x02 : 0x10;
    }
    memset(bytes + 20 + header, (int)content, payload);
    return 20 + header + payload;
}

static void read_all(ssk_views *views, bool scouting, unsigned flip, const uint8_t *data,
                     size_t size)
{
    ssk_time_ns now = 0;
    uint32_t frames[2] = {0, 0};
    for (size_t i = 0; i + 2 < size; i += 3) {
        uint8_t bytes[256];
        uint16_t linktype;
        unsigned view = (data[i] & 1) ^ flip;
        size_t len = build(data[i], data[i + 2], bytes, &linktype);
        ssk_span_ns step = (ssk_span_ns)data[i + 1] * data[i + 1] * SSK_MS;
        now += data[i] & 2 ? -step : step;
        ssk_event event = {.frame = ++frames[view],
                           .time = data[i + 1] == 255 ? SSK_TIME_NONE : now,
                           .linktype = linktype,
                           .bytes = bytes,
                           .cap_len = (uint32_t)len,
                           .wire_len = (uint32_t)len};
        (scouting ? ssk_views_scout : ssk_views_feed)(views, view, &event);
    }
}

static ssk_result *compare(unsigned flip, const uint8_t *data, size_t size)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_views *views = ssk_views_new(2, &config, NULL);
    read_all(views, true, flip, data, size);
    ssk_views_survey(views);
    read_all(views, false, flip, data, size);
    ssk_result *result = ssk_views_snapshot(views);
    if (ssk_views_turn(views)) {
        ssk_result_free(result);
        read_all(views, false, flip, data, size);
        result = ssk_views_snapshot(views);
    }
    ssk_views_free(views);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_result *result = compare(0, data, size), *other = compare(1, data, size);
    g_assert_cmpuint(result->n_views, ==, 2);
    g_assert_cmpuint(result->n_inputs, ==, 2);
    for (size_t i = 0; i < result->n_flows; i++)
        for (size_t k = 0; k < result->flows[i].n_crossings; k++) {
            const ssk_crossing_count *c = &result->flows[i].crossings[k].count;
            g_assert_cmpuint(c->sent, ==, c->arrived + c->late + c->lost);
            g_assert_cmpuint(c->sent, >=, c->sent_data);
            g_assert_cmpuint(c->lost, >=, c->lost_data);
        }
    ssk_result_free(result);
    ssk_result_free(other);
    return 0;
}
