/* json.c - the report as stallshark/1 JSON.
 *
 * docs/report.md describes every key, report/schema.json is the contract: keys
 * may be added, never renamed or given another meaning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/flow_list.h"
#include "report/formats.h"
#include "report/json_rows.h"
#include "report/limit.h"

/* `"key": [ ... ]` of one list of the result, in one place: the lists are all
 * alike and the order of the keys is the contract's. */
#define PUT_LIST(json, key, put, list, count)      \
    do {                                           \
        ssk_json_array(json, key, SSK_JSON_LINES); \
        for (size_t i_ = 0; i_ < (count); i_++)    \
            put(json, &(list)[i_]);                \
        ssk_json_end(json);                        \
    } while (0)

static void put_flows(ssk_json *json, const ssk_result *result, const bool *listed)
{
    ssk_json_array(json, "flows", SSK_JSON_LINES);
    for (size_t i = 0; i < result->n_flows; i++)
        if (!listed || listed[i])
            ssk_json_put_flow(json, &result->flows[i]);
    ssk_json_end(json);
}

void ssk_json_report(ssk_json *json, const ssk_result *result, const ssk_host *host)
{
    bool *listed = ssk_flow_list(result);
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_string(json, "schema", "stallshark/1");
    ssk_json_put_host(json, host);
    ssk_json_put_config(json, &result->config);
    PUT_LIST(json, "inputs", ssk_json_put_input, result->inputs, result->n_inputs);
    ssk_json_put_vantage(json, result);
    if (result->n_views)
        PUT_LIST(json, "views", ssk_json_put_view, result->views, result->n_views);
    put_flows(json, result, listed);
    PUT_LIST(json, "incidents", ssk_json_put_incident, result->incidents, result->n_incidents);
    PUT_LIST(json, "stalls", ssk_json_put_stall, result->stalls, result->n_stalls);
    PUT_LIST(json, "measurement", ssk_json_put_measurement, result->measurement,
             result->n_measurement);
    PUT_LIST(json, "udp", ssk_json_put_udp, result->udp, result->n_udp);
    PUT_LIST(json, "clocks", ssk_json_put_clock, result->clocks, result->n_clocks);
    PUT_LIST(json, "logs", ssk_json_put_log, result->logs, result->n_logs);
    PUT_LIST(json, "counters", ssk_json_put_counter, result->counters, result->n_counters);

    ssk_json_object(json, "bonjour", SSK_JSON_LINES);
    PUT_LIST(json, "services", ssk_json_put_service, result->services, result->n_services);
    ssk_json_uint(json, "services_dropped", result->services_dropped);
    ssk_json_uint(json, "txt_records", result->txt_records);
    PUT_LIST(json, "findings", ssk_json_put_finding, result->bonjour_findings,
             result->n_bonjour_findings);
    ssk_json_end(json);

    PUT_LIST(json, "findings", ssk_json_put_finding, result->findings, result->n_findings);
    ssk_json_array(json, "not_analysed", SSK_JSON_LINES);
    for (size_t i = 0; i < result->n_not_analysed; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "what", result->not_analysed[i].what);
        ssk_json_string(json, "why", result->not_analysed[i].why);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_object(json, "limits", SSK_JSON_INLINE);
    for (const ssk_limit *limit = ssk_limits; limit->label; limit++)
        if (limit->key)
            ssk_json_uint(json, limit->key, ssk_limit_count(limit, result));
    ssk_json_uint(json, "flows_unlisted", ssk_flow_list_left_out(result, listed));
    ssk_json_end(json);
    ssk_json_end(json);
    g_free(listed);
}

static void write_as(const ssk_result *result, const ssk_host *host, GString *out,
                     ssk_json_layout layout)
{
    ssk_json json;
    ssk_json_init(&json, out, layout);
    ssk_json_report(&json, result, host);
    g_string_append_c(out, '\n');
}

static void write_json(const ssk_result *result, const ssk_host *host, GString *out)
{
    write_as(result, host, out, SSK_JSON_LINES);
}

static void write_ndjson(const ssk_result *result, const ssk_host *host, GString *out)
{
    write_as(result, host, out, SSK_JSON_INLINE);
}

const ssk_writer ssk_writer_json = {"json", "one JSON object, schema stallshark/1", write_json};
const ssk_writer ssk_writer_ndjson = {"ndjson", "the same on one line", write_ndjson};
