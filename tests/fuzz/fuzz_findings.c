/* fuzz_findings.c - a LAN of hostile hosts through the whole engine: DNS, DHCP,
 * IGMP and MLD, ARP, EAPOL, UDP from many ports.
 *
 * Input: a head of four bytes (kind, from and to, time since the last, length)
 * and as many bytes of payload, again and again. Oracle: findings are text
 * fit to print, point at frames and flows that exist, name each frame once,
 * and stay the same when asked again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IPV4 = 0x0800, ARP = 0x0806, IPV6 = 0x86dd, EAPOL = 0x888e };

static void put16(GByteArray *out, unsigned value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    g_byte_array_append(out, bytes, 2);
}

static void put_mac(GByteArray *out, unsigned host)
{
    uint8_t mac[6] = {2, 0, 0, 0, 0, (uint8_t)host};
    g_byte_array_append(out, mac, 6);
}

static void put_ip(GByteArray *out, unsigned from, unsigned to, bool group, unsigned protocol,
                   unsigned len)
{
    uint8_t head[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 192, 0, 2, 0, 192, 0, 2, 0};
    head[2] = (uint8_t)((len + 20) >> 8);
    head[3] = (uint8_t)(len + 20);
    head[9] = (uint8_t)protocol;
    head[15] = (uint8_t)from;
    head[16] = group ? 239 : 192;
    head[19] = (uint8_t)to;
    g_byte_array_append(out, head, 20);
}

static void put_ip6(GByteArray *out, unsigned from, unsigned len)
{
    uint8_t head[40] = {0x60, 0, 0, 0, 0, (uint8_t)len, 58, 1, 0xfe, 0x80};
    head[23] = (uint8_t)from;
    head[24] = 0xff;
    head[25] = 2;
    head[39] = 0x16;
    g_byte_array_append(out, head, 40);
}

static GByteArray *frame_of(unsigned kind, unsigned from, unsigned to, unsigned number,
                            const uint8_t *payload, unsigned len)
{
    static const uint16_t ports[][2] = {{40000, 53}, {53, 40000}, {67, 68}, {5353, 5353}};
    static const uint16_t types[] = {IPV4, IPV4, IPV4, IPV4, IPV4, IPV4, IPV6, ARP, EAPOL};
    GByteArray *out = g_byte_array_new();
    kind %= 9;
    put_mac(out, to);
    put_mac(out, from);
    put16(out, types[kind]);
    if (kind == 5) {
        put_ip(out, from, to, true, 2, len);
    } else if (kind < 5) {
        put_ip(out, from, to, kind == 4 && to % 2, 17, len + 8);
        put16(out, kind < 4 ? ports[kind][0] : 20000 + number % 4096);
        put16(out, kind < 4 ? ports[kind][1] : 6000);
        put16(out, len + 8);
        put16(out, 0);
    } else if (kind == 6) {
        put_ip6(out, from, len);
    }
    g_byte_array_append(out, payload, len);
    return out;
}

static void check_list(const ssk_result *result, const ssk_result_finding *list, size_t count,
                       uint32_t frames)
{
    for (size_t i = 0; i < count; i++) {
        const ssk_result_finding *finding = &list[i];
        g_assert_true(g_utf8_validate(finding->text, -1, NULL));
        for (const char *at = finding->text; *at; at++)
            g_assert_false(g_ascii_iscntrl(*at));
        for (size_t k = 0; k < finding->n_frames; k++)
            g_assert_true(finding->frames[k] >= 1 && finding->frames[k] <= frames);
        for (size_t k = 0; k < finding->n_flows; k++)
            g_assert_nonnull(ssk_result_find_flow(result, finding->flows[k]));
    }
}

static void check(ssk_engine *engine, uint32_t frames)
{
    ssk_result *result = ssk_engine_snapshot(engine), *again = ssk_engine_snapshot(engine);
    g_assert_cmpuint(result->n_findings, ==, again->n_findings);
    for (size_t i = 0; i < result->n_findings; i++)
        g_assert_cmpstr(result->findings[i].text, ==, again->findings[i].text);
    check_list(result, result->findings, result->n_findings, frames);
    check_list(result, result->bonjour_findings, result->n_bonjour_findings, frames);
    ssk_result_free(result);
    ssk_result_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_engine *engine = ssk_engine_new(&config, NULL);
    ssk_time_ns now = INT64_C(1742841200) * SSK_S;
    uint32_t frame = 0;

    while (size >= 4) {
        unsigned len = (unsigned)MIN((size_t)data[3], size - 4);
        now += (int64_t)data[2] * data[2] * SSK_MS;
        GByteArray *bytes = frame_of(data[0], data[1] & 7, data[1] >> 4, frame, data + 4, len);
        uint8_t *exact = g_memdup2(bytes->data, bytes->len);
        ssk_event event = {.kind = SSK_EVENT_FRAME,
                           .frame = ++frame,
                           .time = now,
                           .linktype = 1,
                           .bytes = exact,
                           .cap_len = bytes->len,
                           .wire_len = bytes->len};
        ssk_engine_feed(engine, &event, NULL);
        g_byte_array_unref(bytes);
        g_free(exact);
        data += 4 + len;
        size -= 4 + len;
    }
    check(engine, frame);
    ssk_engine_free(engine);
    return 0;
}
