/* json_udp.c - on and off of datagrams, and how many came through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

static void put_spread(ssk_json *json, const char *key, const ssk_spread *spread)
{
    ssk_json_object(json, key, SSK_JSON_INLINE);
    ssk_json_int(json, "p50", spread->p50);
    ssk_json_int(json, "mad", spread->mad);
    ssk_json_int(json, "min", spread->min);
    ssk_json_int(json, "max", spread->max);
    ssk_json_end(json);
}

static void put_on_off(ssk_json *json, const ssk_result_udp *udp)
{
    if (!udp->has_on_off) {
        ssk_json_null(json, "on_off");
        return;
    }
    ssk_json_object(json, "on_off", SSK_JSON_LINES);
    ssk_json_string(json, "cut_by", udp->on_off.missing ? "numbers" : "gaps");
    ssk_json_known(json, "missing_numbers", udp->on_off.missing, udp->on_off.missing != 0);
    ssk_json_uint(json, "cycles", udp->on_off.cycles);
    ssk_json_uint(json, "cycles_alike", udp->on_off.alike);
    ssk_json_uint(json, "duty_permille", udp->on_off.duty_permille);
    put_spread(json, "on_ns", &udp->on_off.on_ns);
    put_spread(json, "off_ns", &udp->on_off.off_ns);
    put_spread(json, "on_bytes", &udp->on_off.on_bytes);
    put_spread(json, "on_packets", &udp->on_off.on_packets);
    ssk_json_string(json, "periodic_in", udp->on_off.periodic_in);
    ssk_json_uint(json, "cv_bytes_permille", udp->on_off.cv_bytes_permille);
    ssk_json_uint(json, "cv_seconds_permille", udp->on_off.cv_seconds_permille);
    ssk_json_uint(json, "goodput_on_bytes_per_s", udp->on_off.goodput_on);
    ssk_json_uint(json, "goodput_bytes_per_s", udp->on_off.goodput);
    ssk_json_known(json, "power_of_two_bytes", udp->on_off.power_of_two,
                   udp->on_off.power_of_two > 0);
    ssk_json_known(json, "power_of_two_off_permille", udp->on_off.power_of_two_off_permille,
                   udp->on_off.power_of_two > 0);
    ssk_json_string(json, "strip", udp->on_off.strip);
    ssk_json_time(json, "strip_start", udp->on_off.strip ? udp->on_off.strip_start : SSK_TIME_NONE);
    ssk_json_known(json, "strip_slice_ns", udp->on_off.strip_slice, udp->on_off.strip != NULL);
    ssk_json_put_series(json, "bursts_over_time_bytes", &udp->on_off.bursts);
    ssk_json_end(json);
}

static void put_reception(ssk_json *json, const ssk_result_udp *udp)
{
    if (!udp->has_reception) {
        ssk_json_null(json, "reception");
        return;
    }
    ssk_json_object(json, "reception", SSK_JSON_LINES);
    ssk_json_string(json, "reference", udp->reception.reference);
    ssk_json_uint(json, "received_packets", udp->reception.received_packets);
    ssk_json_uint(json, "reference_packets", udp->reception.reference_packets);
    ssk_json_uint(json, "received_bytes", udp->reception.received_bytes);
    ssk_json_uint(json, "reference_bytes", udp->reception.reference_bytes);
    ssk_json_uint(json, "delivered_permille", udp->reception.delivered_permille);
    ssk_json_array(json, "runs", SSK_JSON_LINES);
    for (size_t i = 0; i < udp->reception.n_runs; i++) {
        const ssk_udp_run *run = &udp->reception.runs[i];
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_bool(json, "received", run->received);
        ssk_json_uint(json, "packets", run->packets);
        ssk_json_uint(json, "bytes", run->bytes);
        ssk_json_time(json, "start", run->start);
        ssk_json_time(json, "end", run->end);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "runs_dropped", udp->reception.runs_dropped);
    ssk_json_end(json);
}

static void put_application(ssk_json *json, const ssk_result_udp *udp)
{
    bool bursts = udp->application.bursts > 0;
    if (!udp->has_application) {
        ssk_json_null(json, "application");
        return;
    }
    ssk_json_object(json, "application", SSK_JSON_LINES);
    ssk_json_string(json, "source", udp->application.source);
    ssk_json_uint(json, "received_bytes", udp->application.received_bytes);
    ssk_json_uint(json, "captured_bytes", udp->application.captured_bytes);
    ssk_json_uint(json, "delivered_permille", udp->application.delivered_permille);
    ssk_json_int(json, "clock_offset_ns", udp->application.offset);
    ssk_json_uint(json, "bursts", udp->application.bursts);
    ssk_json_string(json, "bursts_by", udp->application.by);
    if (bursts)
        put_spread(json, "on_bytes", &udp->application.on_bytes);
    else
        ssk_json_null(json, "on_bytes");
    ssk_json_known(json, "off_ns", udp->application.off, bursts);
    ssk_json_known(json, "duty_permille", udp->application.duty_permille, bursts);
    ssk_json_end(json);
}

void ssk_json_put_udp(ssk_json *json, const ssk_result_udp *udp)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_uint(json, "flow", udp->flow);
    ssk_json_string(json, "cast", udp->cast);
    ssk_json_string(json, "direction", udp->direction == SSK_A ? "a" : "b");
    ssk_json_uint(json, "packets", udp->packets);
    ssk_json_uint(json, "bytes", udp->bytes);
    ssk_json_known(json, "threshold_ns", udp->threshold, udp->threshold != 0);
    put_on_off(json, udp);
    put_reception(json, udp);
    put_application(json, udp);
    if (udp->judged) {
        ssk_json_put_verdict(json, &udp->verdict);
    } else { /* steady, or on/off without a sign of loss: nothing to blame */
        ssk_json_array(json, "verdict", SSK_JSON_INLINE);
        ssk_json_end(json);
        ssk_json_array(json, "causes", SSK_JSON_INLINE);
        ssk_json_end(json);
        ssk_json_array(json, "looked_at", SSK_JSON_INLINE);
        ssk_json_end(json);
        ssk_json_string(json, "next_capture", udp->verdict.next_capture);
    }
    ssk_json_end(json);
}
