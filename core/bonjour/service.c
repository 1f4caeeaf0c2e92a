/* service.c - a service, as a row of the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include <string.h>

static const char *state_of(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    const ssk_bonjour_rr *rrs[] = {&service->ptr, &service->srv, &service->txt};
    ssk_time_ns expiry = SSK_TIME_NONE;
    if (ssk_bonjour_last_goodbye(service))
        return "goodbye";
    for (size_t i = 0; i < G_N_ELEMENTS(rrs); i++)
        expiry = MAX(expiry, ssk_bonjour_expiry(rrs[i]));
    return expiry < out->end ? "expired" : "alive";
}

static void put_txt(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                    ssk_result_service *row)
{
    if (!service->txt_now)
        return;
    gsize len;
    const uint8_t *rdata = g_bytes_get_data(service->txt_now, &len);
    ssk_txt_reader reader = ssk_txt_open(rdata, (uint32_t)len);
    ssk_txt_string string;
    size_t n = 0;
    while (ssk_txt_next(&reader, &string))
        n += ssk_txt_counts(&string);
    row->txt = ssk_result_alloc(out->result, n * sizeof *row->txt);
    reader = ssk_txt_open(rdata, (uint32_t)len);
    while (ssk_txt_next(&reader, &string)) {
        if (!ssk_txt_counts(&string))
            continue;
        ssk_result_txt *txt = &row->txt[row->n_txt++];
        txt->key = ssk_bonjour_safe_name(out, (const char *)string.bytes, string.key_len);
        if (!string.has_value)
            continue;
        uint8_t *copy = ssk_result_alloc(out->result, string.value_len + 1u);
        memcpy(copy, string.value, string.value_len);
        txt->value = ssk_bonjour_safe_name(out, (const char *)string.value, string.value_len);
        txt->value_bytes = copy;
        txt->value_len = string.value_len;
    }
}

static void put_txt_seen(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                         ssk_result_service *row)
{
    row->txt_seen_dropped = service->txt_sets_dropped;
    if (!service->txt_sets)
        return;
    row->n_txt_seen = service->txt_sets->len;
    row->txt_seen = ssk_result_alloc(out->result, row->n_txt_seen * sizeof *row->txt_seen);
    for (size_t i = 0; i < row->n_txt_seen; i++) {
        const ssk_bonjour_txt *set = &g_array_index(service->txt_sets, ssk_bonjour_txt, i);
        gsize len;
        const uint8_t *bytes = g_bytes_get_data(set->rdata, &len);
        uint8_t *rdata = ssk_result_alloc(out->result, len + 1);
        if (len)
            memcpy(rdata, bytes, len);
        ssk_txt_reader reader = ssk_txt_open(rdata, (uint32_t)len);
        ssk_txt_string string;
        size_t n = 0;
        while (ssk_txt_next(&reader, &string))
            n++;
        row->txt_seen[i].frame = set->frame;
        row->txt_seen[i].strings = ssk_result_alloc(out->result,
                                                    n * sizeof *row->txt_seen[i].strings);
        reader = ssk_txt_open(rdata, (uint32_t)len);
        while (ssk_txt_next(&reader, &string)) {
            size_t k = row->txt_seen[i].n_strings++;
            row->txt_seen[i].strings[k].bytes = string.bytes;
            row->txt_seen[i].strings[k].len = string.len;
        }
    }
}

static void put_addresses(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                          ssk_result_service *row)
{
    const ssk_bonjour_host *host = service->has_srv
                                       ? g_hash_table_lookup(out->bonjour->hosts, &service->host)
                                       : NULL;
    if (!host)
        return;
    /* Valid ones; where all are gone, those that went last. */
    bool any_valid = false;
    uint32_t last_gone = 0;
    for (unsigned i = 0; i < host->n_addrs; i++) {
        any_valid = any_valid || !host->addrs[i].gone.frame;
        last_gone = MAX(last_gone, host->addrs[i].gone.frame);
    }
    row->addresses = ssk_result_alloc(out->result, host->n_addrs * sizeof *row->addresses);
    for (unsigned family = 4; family <= 6; family += 2)
        for (unsigned i = 0; i < host->n_addrs; i++)
            if (host->addrs[i].addr.family == family &&
                host->addrs[i].gone.frame == (any_valid ? 0 : last_gone))
                row->addresses[row->n_addresses++] = host->addrs[i].addr;
}

void ssk_bonjour_put_service(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                             ssk_result_service *row)
{
    char buf[SSK_DNS_TEXT_ROOM];
    row->instance = ssk_bonjour_instance(out, service);
    row->type = ssk_bonjour_type_text(out, service);
    row->domain = ssk_bonjour_safe_name(
        out, buf, ssk_dnssd_domain_text(&service->name, &service->parts, buf));
    row->host = service->has_srv ? ssk_bonjour_name_text(out, &service->host) : NULL;
    row->has_port = service->has_srv;
    row->port = service->port;
    row->first = service->first.time;
    row->last = service->last.time;
    row->state = state_of(out, service);
    put_addresses(out, service, row);
    put_txt(out, service, row);
    put_txt_seen(out, service, row);
}
