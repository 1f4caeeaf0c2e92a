/* json_capture.c - who made the report, with which options, of which input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

#include <string.h>

void ssk_json_put_host(ssk_json *json, const ssk_host *host)
{
    ssk_json_object(json, "host", SSK_JSON_LINES);
    ssk_json_string(json, "program", host->program);
    ssk_json_string(json, "version", host->version);
    ssk_json_string(json, "wireshark", host->wireshark);
    ssk_json_array(json, "files", SSK_JSON_LINES);
    for (size_t i = 0; i < host->n_files; i++) {
        const ssk_host_file *file = &host->files[i];
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "path", file->path);
        ssk_json_string(json, "format", file->format);
        ssk_json_string(json, "kind", file->kind);
        ssk_json_known(json, "first_frame", file->first_frame, file->first_frame != 0);
        if (file->has_dropped)
            ssk_json_uint(json, "dropped", file->dropped);
        else
            ssk_json_null(json, "dropped");
        ssk_json_string(json, "error", file->error);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_array(json, "decrypted_flows", SSK_JSON_INLINE);
    for (size_t i = 0; i < host->n_decrypted_flows; i++)
        ssk_json_string(json, NULL, host->decrypted_flows[i]);
    ssk_json_end(json);
    ssk_json_end(json);
}

static void put_option(ssk_json *json, const ssk_config *config, const ssk_option *option)
{
    const char *field = (const char *)config + option->offset;

    switch (option->kind) {
    case SSK_OPTION_SPAN: {
        char *key = g_strconcat(option->name, "_ns", NULL);
        ssk_span_ns span;
        memcpy(&span, field, sizeof span);
        ssk_json_known(json, key, span, span != 0 || !option->zero_is_auto);
        g_free(key);
        break;
    }
    case SSK_OPTION_TIME: {
        ssk_time_ns time;
        memcpy(&time, field, sizeof time);
        ssk_json_time(json, option->name, time);
        break;
    }
    case SSK_OPTION_COUNT: {
        int64_t count;
        memcpy(&count, field, sizeof count);
        ssk_json_known(json, option->name, count, count != 0 || !option->zero_is_auto);
        break;
    }
    case SSK_OPTION_CHOICE: {
        char *choice = ssk_config_get(config, option);
        ssk_json_string(json, option->name, choice);
        g_free(choice);
        break;
    }
    case SSK_OPTION_TEXT:
        ssk_json_string(json, option->name, *field ? field : NULL);
        break;
    }
}

void ssk_json_put_config(ssk_json *json, const ssk_config *config)
{
    size_t count;
    const ssk_option *options = ssk_config_options(&count);

    ssk_json_object(json, "config", SSK_JSON_LINES);
    for (size_t i = 0; i < count; i++)
        put_option(json, config, &options[i]);
    ssk_json_end(json);
}

void ssk_json_put_input(ssk_json *json, const ssk_result_input *input)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_array(json, "interfaces", SSK_JSON_LINES);
    for (size_t i = 0; i < input->n_interfaces; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_uint(json, "id", input->interfaces[i].id);
        ssk_json_string(json, "name", input->interfaces[i].name);
        ssk_json_uint(json, "linktype", input->interfaces[i].linktype);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "packets", input->packets);
    ssk_json_uint(json, "bytes", input->bytes);
    ssk_json_time(json, "first", input->first);
    ssk_json_time(json, "last", input->last);
    ssk_json_uint(json, "truncated_packets", input->truncated_packets);
    ssk_json_uint(json, "undecoded_packets", input->undecoded_packets);
    ssk_json_uint(json, "fragments", input->fragments);
    ssk_json_uint(json, "backward_timestamps", input->backward_timestamps);
    ssk_json_uint(json, "bad_timestamps", input->bad_timestamps);
    ssk_json_uint(json, "records", input->records);
    ssk_json_array(json, "undecoded", SSK_JSON_LINES);
    for (size_t i = 0; i < input->n_undecoded; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "what", input->undecoded[i].what);
        ssk_json_uint(json, "packets", input->undecoded[i].packets);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_end(json);
}

void ssk_json_put_vantage(ssk_json *json, const ssk_result *result)
{
    ssk_json_object(json, "vantage", SSK_JSON_INLINE);
    ssk_json_string(json, "value", ssk_vantage_text(result->vantage.value));
    ssk_json_string(json, "source", result->vantage.given ? "given" : "inferred");
    if (result->vantage.given)
        ssk_json_null(json, "margin");
    else
        ssk_json_thousandths(json, "margin", result->vantage.margin_permille);
    ssk_json_string(json, "why", result->vantage.why);
    ssk_json_end(json);
}
