/* json_rows.h - the objects of a report in JSON, one function each.
 *
 * For the files of the JSON writer. The order of the keys is part of the
 * contract (report/schema.json), so each object is written in one place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_JSON_ROWS_H
#define SSK_JSON_ROWS_H

#include "report/json_stream.h"
#include "report/writer.h"

/* ---- values that may be unknown, then null: json_value.c ---- */

/** "1742841256.298000000", seconds since 1970. */
void ssk_json_time(ssk_json *json, const char *key, ssk_time_ns time);
void ssk_json_known(ssk_json *json, const char *key, int64_t value, bool known);
/** Null for an address that is none. */
void ssk_json_addr(ssk_json *json, const char *key, const ssk_addr *addr);
/** Numbers of frames or flows. */
void ssk_json_numbers(ssk_json *json, const char *key, const uint32_t *list, size_t count);

/** Samples with their times, and how many there are. */
void ssk_json_put_series(ssk_json *json, const char *key, const ssk_series *series);

/* ---- json_capture.c ---- */

void ssk_json_put_host(ssk_json *json, const ssk_host *host);
void ssk_json_put_config(ssk_json *json, const ssk_config *config);
void ssk_json_put_input(ssk_json *json, const ssk_result_input *input);
void ssk_json_put_vantage(ssk_json *json, const ssk_result *result);

/* ---- json_view.c ---- */

void ssk_json_put_view(ssk_json *json, const ssk_result_view *view);
/** "between": what passed between this capture and others; nothing outside a comparison. */
void ssk_json_put_exchange(ssk_json *json, const ssk_result_stall *stall);
void ssk_json_put_crossings(ssk_json *json, const ssk_result_crossing *list, size_t count);

/* ---- json_flow.c ---- */

void ssk_json_put_flow(ssk_json *json, const ssk_result_flow *flow);

/* ---- json_verdict.c ---- */

void ssk_json_put_evidence(ssk_json *json, const char *key, const ssk_evidence *list, size_t count);
/** The keys of a verdict, into the object that is open. */
void ssk_json_put_verdict(ssk_json *json, const ssk_verdict *verdict);

/* ---- json_stall.c ---- */

void ssk_json_put_incident(ssk_json *json, const ssk_result_incident *incident);
void ssk_json_put_stall(ssk_json *json, const ssk_result_stall *stall);

/* ---- json_udp.c ---- */

void ssk_json_put_udp(ssk_json *json, const ssk_result_udp *udp);

/* ---- json_service.c ---- */

void ssk_json_put_service(ssk_json *json, const ssk_result_service *service);

/* ---- json_finding.c ---- */

void ssk_json_put_measurement(ssk_json *json, const ssk_result_measurement *fault);
void ssk_json_put_clock(ssk_json *json, const ssk_result_clock *clock);
void ssk_json_put_log(ssk_json *json, const ssk_result_log *log);
void ssk_json_put_counter(ssk_json *json, const ssk_result_counter *counter);
void ssk_json_put_finding(ssk_json *json, const ssk_result_finding *finding);

#endif
