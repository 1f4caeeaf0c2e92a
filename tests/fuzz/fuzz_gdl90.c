/* fuzz_gdl90.c - frames lie in the datagram, in order; a good one, escaped
 * again, reads back the same; fields stay in the ranges gdl90.h gives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/gdl90.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(GByteArray *out, uint8_t byte)
{
    uint8_t pair[2] = {0x7d, (uint8_t)(byte ^ 0x20)};
    if (byte == 0x7e || byte == 0x7d)
        g_byte_array_append(out, pair, 2);
    else
        g_byte_array_append(out, &byte, 1);
}

static void check_again(const ssk_gdl90_frame *frame)
{
    GByteArray *out = g_byte_array_new();
    uint8_t flag = 0x7e;
    g_byte_array_append(out, &flag, 1);
    for (unsigned i = 0; i < frame->len; i++)
        put(out, frame->message[i]);
    put(out, (uint8_t)frame->crc);
    put(out, (uint8_t)(frame->crc >> 8));
    g_byte_array_append(out, &flag, 1);

    ssk_gdl90_reader reader = ssk_gdl90_open(out->data, out->len);
    ssk_gdl90_frame again;
    g_assert_true(ssk_gdl90_next(&reader, &again));
    g_assert_cmpint(again.status, ==, SSK_OK);
    g_assert_cmpmem(again.message, again.len, frame->message, frame->len);
    g_assert_false(ssk_gdl90_next(&reader, &again));
    g_byte_array_unref(out);
}

static void check_fields(const ssk_gdl90_frame *frame)
{
    ssk_gdl90_heartbeat heartbeat;
    ssk_gdl90_report report;
    ssk_gdl90_geo_altitude altitude;
    ssk_gdl90_air air;
    ssk_gdl90_foreflight_id id;
    ssk_gdl90_ahrs ahrs;
    ssk_gdl90_stratux stratux;
    int32_t feet;
    unsigned read = 0;

    if (ssk_gdl90_read_heartbeat(frame, &heartbeat) == SSK_OK) {
        read++;
        g_assert_cmpuint(heartbeat.seconds, <=, 131071);
        g_assert_cmpuint(heartbeat.uplinks, <=, 31);
        g_assert_cmpuint(heartbeat.basic_longs, <=, 1023);
    }
    if (ssk_gdl90_read_report(frame, &report) == SSK_OK) {
        read++;
        g_assert_true(report.latitude >= -1800000000 && report.latitude <= 1800000000);
        g_assert_true(report.longitude >= -1800000000 && report.longitude <= 1800000000);
        g_assert_true(report.altitude_ft == SSK_GDL90_NONE ||
                      (report.altitude_ft >= -1000 && report.altitude_ft <= 101350));
        g_assert_true(report.climb_fpm == SSK_GDL90_NONE || ABS(report.climb_fpm) <= 131008);
        g_assert_cmpuint(report.track_decidegrees, <, 3600);
        g_assert_cmpuint(strlen(report.call_sign), <=, 8);
        g_assert_true(g_str_is_ascii(report.call_sign));
    }
    if (ssk_gdl90_read_air(frame, &air) == SSK_OK) {
        read++;
        g_assert_true(air.payload >= frame->message &&
                      air.payload + air.payload_len <= frame->message + frame->len);
        g_assert_true(air.received_ns >= -1 && air.received_ns < 0xffffff * INT64_C(80));
    }
    if (ssk_gdl90_read_foreflight_id(frame, &id) == SSK_OK) {
        read++;
        g_assert_cmpuint(strlen(id.name), <=, 8);
        g_assert_cmpuint(strlen(id.long_name), <=, 16);
    }
    read += ssk_gdl90_read_geo_altitude(frame, &altitude) == SSK_OK;
    read += ssk_gdl90_read_hat(frame, &feet) == SSK_OK;
    read += ssk_gdl90_read_ahrs(frame, &ahrs) == SSK_OK;
    read += ssk_gdl90_read_stratux(frame, &stratux) == SSK_OK;
    g_assert_cmpuint(read, <=, 1); /* a frame is one message */
    g_assert_true(read == 0 || frame->status == SSK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8192)
        return 0;
    ssk_gdl90_reader reader = ssk_gdl90_open(data, (uint32_t)size);
    ssk_gdl90_frame frame;
    uint32_t end = 0, seconds = UINT32_MAX;
    bool heartbeat = false;

    while (ssk_gdl90_next(&reader, &frame)) {
        g_assert_cmpuint(frame.offset + 1, >=, end); /* two frames share at most a flag */
        g_assert_cmpuint(frame.wire_len, >=, 2);
        end = frame.offset + frame.wire_len;
        g_assert_cmpuint(end, <=, size);
        g_assert_cmpint(data[frame.offset], ==, 0x7e);
        g_assert_true(frame.status == SSK_ETRUNC || data[end - 1] == 0x7e);
        g_assert_cmpuint(frame.len, <=, SSK_GDL90_MESSAGE_MAX);
        if (frame.status == SSK_OK) {
            g_assert_cmphex(ssk_gdl90_crc(frame.message, frame.len), ==, frame.crc);
            check_again(&frame);
            heartbeat = heartbeat || frame.id == SSK_GDL90_HEARTBEAT;
        }
        check_fields(&frame);
    }
    if (ssk_gdl90_seconds(data, (uint32_t)size, &seconds)) {
        g_assert_true(heartbeat);
        g_assert_cmpuint(seconds, <, 86400);
    } else {
        g_assert_cmpuint(seconds, ==, UINT32_MAX);
    }
    (void)ssk_gdl90_detect(data, (uint32_t)size);
    return 0;
}
