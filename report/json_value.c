/* json_value.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

#include "core/base/text.h"

void ssk_json_time(ssk_json *json, const char *key, ssk_time_ns time)
{
    char buf[SSK_TEXT_ROOM];
    ssk_json_string(json, key, time == SSK_TIME_NONE ? NULL : ssk_time_epoch(time, buf));
}

void ssk_json_known(ssk_json *json, const char *key, int64_t value, bool known)
{
    if (known)
        ssk_json_int(json, key, value);
    else
        ssk_json_null(json, key);
}

void ssk_json_addr(ssk_json *json, const char *key, const ssk_addr *addr)
{
    char buf[SSK_TEXT_ROOM];
    ssk_json_string(json, key, addr->family ? ssk_addr_text(addr, buf) : NULL);
}

void ssk_json_numbers(ssk_json *json, const char *key, const uint32_t *list, size_t count)
{
    ssk_json_array(json, key, SSK_JSON_INLINE);
    for (size_t i = 0; i < count; i++)
        ssk_json_uint(json, NULL, list[i]);
    ssk_json_end(json);
}

void ssk_json_put_series(ssk_json *json, const char *key, const ssk_series *series)
{
    if (json->lean)
        return;
    ssk_json_array(json, key, SSK_JSON_INLINE);
    for (size_t i = 0; i < series->n_points; i++) {
        ssk_json_array(json, NULL, SSK_JSON_INLINE);
        ssk_json_time(json, NULL, series->points[i].at);
        ssk_json_int(json, NULL, series->points[i].value);
        ssk_json_end(json);
    }
    ssk_json_end(json);
}
