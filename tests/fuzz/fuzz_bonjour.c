/* fuzz_bonjour.c - a network of hostile hosts: what is counted is what was
 * sent, limits hold, freezing changes nothing and points at frames that were.
 *
 * Input: packets of a 4-byte head (kind, host, seconds since the last, length)
 * and as many bytes of payload.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/bonjour/tracker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count_txt(const uint8_t *data, uint32_t size)
{
    ssk_dns_reader reader;
    ssk_dns_record record;
    unsigned count = 0;
    if (ssk_dns_open(&reader, data, size) != SSK_OK)
        return 0;
    while (ssk_dns_next(&reader, &record))
        count += record.section != SSK_DNS_QUESTION && record.type == SSK_DNS_TXT;
    return count;
}

static void check(const ssk_bonjour *bonjour, ssk_time_ns end, uint32_t frames,
                  unsigned txt_records)
{
    ssk_config config = {0};
    ssk_result *result = ssk_result_new(&config), *again = ssk_result_new(&config);
    ssk_bonjour_freeze(bonjour, end, result);
    ssk_bonjour_freeze(bonjour, end, again);

    g_assert_cmpuint(result->txt_records, ==, txt_records);
    g_assert_cmpuint(result->n_services, <=, SSK_BONJOUR_NAMES);
    g_assert_cmpuint(result->n_services, ==, again->n_services);
    g_assert_cmpuint(result->n_bonjour_findings, ==, again->n_bonjour_findings);
    for (size_t i = 0; i < result->n_services; i++) {
        const ssk_result_service *service = &result->services[i];
        g_assert_true(g_utf8_validate(service->instance, -1, NULL));
        g_assert_true(service->first <= service->last);
        g_assert_cmpuint(service->n_txt_seen, <=, SSK_BONJOUR_TXT_SETS);
        for (size_t k = 0; k < service->n_txt; k++)
            g_assert_true(g_utf8_validate(service->txt[k].key, -1, NULL));
    }
    for (size_t i = 0; i < result->n_bonjour_findings; i++) {
        const ssk_result_finding *finding = &result->bonjour_findings[i];
        g_assert_cmpstr(finding->text, ==, again->bonjour_findings[i].text);
        g_assert_true(g_utf8_validate(finding->text, -1, NULL));
        g_assert_cmpuint(finding->n_frames, >, 0);
        for (size_t k = 0; k < finding->n_frames; k++)
            g_assert_true(finding->frames[k] >= 1 && finding->frames[k] <= frames);
    }
    ssk_result_free(result);
    ssk_result_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_bonjour *bonjour = ssk_bonjour_new();
    ssk_time_ns now = INT64_C(1742841200) * SSK_S;
    unsigned txt_records = 0;
    uint32_t frame = 0;

    while (size >= 4) {
        unsigned kind = data[0] % 8, host = data[1] % 4;
        now += (int64_t)data[2] * SSK_S / 4;
        uint32_t len = MIN((size_t)data[3] * 4, size - 4);
        uint8_t *exact = g_memdup2(data + 4, len);
        ssk_event event = {.frame = ++frame, .time = now};
        ssk_packet packet = {
            .event = &event,
            .kind = SSK_PACKET_UDP,
            .link = {.has_macs = kind != 5, .src = {{2, 0, 0, 0, 0, (uint8_t)host}}},
            .src_port = SSK_PORT_MDNS,
            .dst_port = SSK_PORT_MDNS,
            .payload = exact,
            .payload_cap = len,
            .payload_len = len};
        packet.ip.src = (ssk_addr){.family = 4, .bytes = {192, 0, 2, (uint8_t)(host + 1)}};
        packet.udp.length = (uint16_t)(len + 8);
        if (kind == 7) {
            packet.kind = SSK_PACKET_ARP;
            packet.arp = (ssk_arp_hdr){.operation = len % 3, .sender = packet.ip.src};
            packet.arp.sender_mac.bytes[0] = 2;
            packet.arp.sender_mac.bytes[5] = (uint8_t)host;
            packet.arp.target = packet.arp.sender;
            packet.arp.target.bytes[3] = (uint8_t)(len % 8);
        } else if (kind == 6) {
            packet.src_port = SSK_PORT_DNS;
            packet.dst_port = 40000;
        } else {
            txt_records += count_txt(exact, len);
        }
        ssk_bonjour_hear(bonjour, &packet, kind == 4 ? SSK_TIME_NONE : now);
        g_free(exact);
        data += 4 + len;
        size -= 4 + len;
    }
    check(bonjour, now, frame, txt_records);
    ssk_bonjour_free(bonjour);
    return 0;
}
