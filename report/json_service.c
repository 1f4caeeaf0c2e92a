/* json_service.c - a service found by Bonjour and its TXT records.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

static void put_txt(ssk_json *json, const ssk_result_txt *txt)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "key", txt->key);
    ssk_json_string(json, "value", txt->value);
    if (txt->value)
        ssk_json_hex(json, "value_hex", txt->value_bytes, txt->value_len);
    else
        ssk_json_null(json, "value_hex");
    ssk_json_end(json);
}

void ssk_json_put_service(ssk_json *json, const ssk_result_service *service)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_string(json, "instance", service->instance);
    ssk_json_string(json, "type", service->type);
    ssk_json_string(json, "domain", service->domain);
    ssk_json_string(json, "host", service->host);
    ssk_json_known(json, "port", service->port, service->has_port);
    ssk_json_array(json, "addresses", SSK_JSON_INLINE);
    for (size_t i = 0; i < service->n_addresses; i++)
        ssk_json_addr(json, NULL, &service->addresses[i]);
    ssk_json_end(json);
    ssk_json_array(json, "txt", SSK_JSON_LINES);
    for (size_t i = 0; i < service->n_txt; i++)
        put_txt(json, &service->txt[i]);
    ssk_json_end(json);
    ssk_json_array(json, "txt_seen", SSK_JSON_LINES);
    for (size_t i = 0; i < service->n_txt_seen; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_uint(json, "frame", service->txt_seen[i].frame);
        ssk_json_array(json, "strings_hex", SSK_JSON_INLINE);
        for (size_t k = 0; k < service->txt_seen[i].n_strings; k++)
            ssk_json_hex(json, NULL, service->txt_seen[i].strings[k].bytes,
                         service->txt_seen[i].strings[k].len);
        ssk_json_end(json);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "txt_seen_dropped", service->txt_seen_dropped);
    ssk_json_time(json, "first", service->first);
    ssk_json_time(json, "last", service->last);
    ssk_json_string(json, "state", service->state);
    ssk_json_end(json);
}
