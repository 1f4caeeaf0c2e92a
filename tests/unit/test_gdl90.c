/* test_gdl90.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/gdl90.h"

#include <glib.h>
#include <string.h>

/* The specification's example of a heartbeat, section 2.2.4. */
static const uint8_t example[] = {0x7e, 0x00, 0x81, 0x41, 0xdb, 0xd0, 0x08, 0x02, 0xb3, 0x8b, 0x7e};

static void put_frame(GByteArray *out, const uint8_t *message, size_t len)
{
    uint16_t crc = ssk_gdl90_crc(message, len);
    uint8_t flag = 0x7e, escape = 0x7d;
    g_byte_array_append(out, &flag, 1);
    for (size_t i = 0; i < len + 2; i++) {
        uint8_t byte = i < len ? message[i] : (uint8_t)(crc >> (i == len ? 0 : 8));
        if (byte == 0x7e || byte == 0x7d) {
            g_byte_array_append(out, &escape, 1);
            byte ^= 0x20;
        }
        g_byte_array_append(out, &byte, 1);
    }
    g_byte_array_append(out, &flag, 1);
}

static ssk_gdl90_frame frame_of(const void *message, size_t len)
{
    GByteArray *out = g_byte_array_new();
    put_frame(out, message, len);
    ssk_gdl90_reader reader = ssk_gdl90_open(out->data, out->len);
    ssk_gdl90_frame frame;
    g_assert_true(ssk_gdl90_next(&reader, &frame));
    g_assert_cmpint(frame.status, ==, SSK_OK);
    g_assert_cmpuint(frame.wire_len, ==, out->len);
    g_assert_cmpmem(frame.message, frame.len, message, len);
    g_assert_false(ssk_gdl90_next(&reader, &frame));
    g_byte_array_unref(out);
    return frame;
}

static void test_example(void)
{
    ssk_gdl90_reader reader = ssk_gdl90_open(example, sizeof example);
    ssk_gdl90_frame frame;
    ssk_gdl90_heartbeat heartbeat;

    g_assert_true(ssk_gdl90_next(&reader, &frame));
    g_assert_cmpint(frame.status, ==, SSK_OK);
    g_assert_cmphex(frame.crc, ==, 0x8bb3);
    g_assert_cmpint(ssk_gdl90_read_heartbeat(&frame, &heartbeat), ==, SSK_OK);
    g_assert_cmpuint(heartbeat.seconds, ==, 53467);
    g_assert_true(heartbeat.gps_valid && heartbeat.uat_initialized && heartbeat.utc_ok);
    g_assert_false(heartbeat.maintenance || heartbeat.csa_not_available);
    g_assert_true(heartbeat.csa_requested);
    g_assert_cmpuint(heartbeat.uplinks, ==, 1);
    g_assert_cmpuint(heartbeat.basic_longs, ==, 2);
    g_assert_false(ssk_gdl90_next(&reader, &frame));
}

static void test_escapes(void)
{
    uint8_t message[] = {SSK_GDL90_HAT, 0x7e, 0x7d};
    ssk_gdl90_frame frame = frame_of(message, sizeof message);
    int32_t feet;
    g_assert_cmpuint(frame.wire_len, >=, 9); /* both bytes doubled */
    g_assert_cmpint(ssk_gdl90_read_hat(&frame, &feet), ==, SSK_OK);
    g_assert_cmpint(feet, ==, 0x7e7d);
}

static void test_bad_frames(void)
{
    static const uint8_t data[] = {
        0x11, 0x22,                                                       /* noise */
        0x7e, 0x00, 0x81, 0x41, 0xdb, 0xd0, 0x08, 0x02, 0xb3, 0x8c, 0x7e, /* CRC */
        0x7e, 0x00, 0x7e,                                                 /* too short */
        0x7e, 0x00, 0x81, 0x7d, 0x7e,                                     /* escape, then end */
        0x00, 0x81, 0x41, 0xdb, 0xd0, 0x08, 0x02, 0xb3, 0x8b, 0x7e, /* shares its first flag */
        0x7e, 0x00, 0x81,                                           /* no end */
    };
    static const ssk_status expected[] = {SSK_EFORMAT, SSK_EFORMAT, SSK_EFORMAT, SSK_OK,
                                          SSK_ETRUNC};
    ssk_gdl90_reader reader = ssk_gdl90_open(data, sizeof data);
    ssk_gdl90_frame frame;

    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(ssk_gdl90_next(&reader, &frame));
        g_assert_cmpint(frame.status, ==, expected[i]);
    }
    g_assert_false(ssk_gdl90_next(&reader, &frame));
}

static void test_too_long(void)
{
    uint8_t message[SSK_GDL90_MESSAGE_MAX - 1] = {SSK_GDL90_TRAFFIC};
    GByteArray *out = g_byte_array_new();
    ssk_gdl90_frame frame;

    put_frame(out, message, sizeof message);
    g_byte_array_append(out, example, sizeof example);
    ssk_gdl90_reader reader = ssk_gdl90_open(out->data, out->len);
    g_assert_true(ssk_gdl90_next(&reader, &frame));
    g_assert_cmpint(frame.status, ==, SSK_ELIMIT);
    g_assert_true(ssk_gdl90_next(&reader, &frame)); /* and the next one is found */
    g_assert_cmpint(frame.status, ==, SSK_OK);
    g_byte_array_unref(out);
    frame_of(message, sizeof message - 1); /* the longest that is kept */
}

static void test_traffic(void)
{
    /* The specification's example, section 3.5.4. */
    static const uint8_t message[] = {0x14, 0x00, 0xab, 0x45, 0x49, 0x1f, 0xef, 0x15, 0xa8, 0x89,
                                      0x78, 0x0f, 0x09, 0xa9, 0x07, 0xb0, 0x01, 0x20, 0x01, 'N',
                                      '8',  '2',  '5',  'V',  ' ',  ' ',  ' ',  0x00};
    ssk_gdl90_frame frame = frame_of(message, sizeof message);
    ssk_gdl90_report report;

    g_assert_cmpint(ssk_gdl90_read_report(&frame, &report), ==, SSK_OK);
    g_assert_cmphex(report.address, ==, 0xab4549);
    /* The specification prints 44.90708 and -122.99488; one unit is 214.6e-7 degree. */
    g_assert_cmpint(ABS(report.latitude - 449070800), <=, 215);
    g_assert_cmpint(ABS(report.longitude + 1229948800), <=, 215);
    g_assert_cmpint(report.altitude_ft, ==, 5000);
    g_assert_true(report.airborne);
    g_assert_cmpuint(report.track_type, ==, 1);
    g_assert_cmpuint(report.nic, ==, 10);
    g_assert_cmpuint(report.nacp, ==, 9);
    g_assert_cmpint(report.speed_kt, ==, 123);
    g_assert_cmpint(report.climb_fpm, ==, 64);
    g_assert_cmpuint(report.track_decidegrees, ==, 450);
    g_assert_cmpuint(report.emitter, ==, 1);
    g_assert_cmpstr(report.call_sign, ==, "N825V");

    frame.id = frame.message[0] = SSK_GDL90_OWNSHIP;
    g_assert_cmpint(ssk_gdl90_read_report(&frame, &report), ==, SSK_OK);
    frame.len--;
    g_assert_cmpint(ssk_gdl90_read_report(&frame, &report), ==, SSK_ETRUNC);
}

static void test_not_available(void)
{
    uint8_t message[28] = {SSK_GDL90_TRAFFIC};
    ssk_gdl90_report report;
    message[11] = 0xff, message[12] = 0xf0;                     /* altitude */
    message[14] = 0xff, message[15] = 0xf8, message[16] = 0x00; /* speed, climb */
    ssk_gdl90_frame frame = frame_of(message, sizeof message);
    g_assert_cmpint(ssk_gdl90_read_report(&frame, &report), ==, SSK_OK);
    g_assert_cmpint(report.altitude_ft, ==, SSK_GDL90_NONE);
    g_assert_cmpint(report.speed_kt, ==, SSK_GDL90_NONE);
    g_assert_cmpint(report.climb_fpm, ==, SSK_GDL90_NONE);
    g_assert_cmpstr(report.call_sign, ==, "");

    int32_t feet;
    frame = frame_of("\x09\x80\x00", 3);
    g_assert_cmpint(ssk_gdl90_read_hat(&frame, &feet), ==, SSK_OK);
    g_assert_cmpint(feet, ==, SSK_GDL90_NONE);
    frame = frame_of("\x09\xff\xff", 3);
    g_assert_cmpint(ssk_gdl90_read_hat(&frame, &feet), ==, SSK_OK);
    g_assert_cmpint(feet, ==, -1);
}

static void test_geo_altitude(void)
{
    ssk_gdl90_geo_altitude altitude;
    ssk_gdl90_frame frame = frame_of("\x0b\xff\x38\x80\x0a", 5);
    g_assert_cmpint(ssk_gdl90_read_geo_altitude(&frame, &altitude), ==, SSK_OK);
    g_assert_cmpint(altitude.altitude_ft, ==, -1000);
    g_assert_true(altitude.warning);
    g_assert_cmpint(altitude.vertical_error_m, ==, 10);
}

static void test_air(void)
{
    static const struct {
        uint8_t id;
        uint16_t len;
    } kinds[] = {{SSK_GDL90_UPLINK, 432}, {SSK_GDL90_BASIC, 18}, {SSK_GDL90_LONG, 34}};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        uint8_t message[436] = {kinds[i].id, 0x80, 0x96, 0x98, 0x5a}; /* 10 000 000 units */
        ssk_gdl90_frame frame = frame_of(message, 4u + kinds[i].len);
        ssk_gdl90_air air;
        g_assert_cmpint(ssk_gdl90_read_air(&frame, &air), ==, SSK_OK);
        g_assert_cmpint(air.received_ns, ==, 800000000);
        g_assert_cmpuint(air.payload_len, ==, kinds[i].len);
        g_assert_cmpuint(air.payload[0], ==, 0x5a);
        frame.len--;
        g_assert_cmpint(ssk_gdl90_read_air(&frame, &air), ==, SSK_ETRUNC);
    }
}

static void test_foreflight(void)
{
    uint8_t message[39] = {0x65, 0, 1, 0, 0, 0, 0, 0, 0, 0x12, 0x34};
    ssk_gdl90_foreflight_id id;
    ssk_gdl90_ahrs ahrs;
    memcpy(message + 11, "Receiver", 8); /* all eight bytes used: no NUL of its own */
    memcpy(message + 19, "A receiver", 10);
    message[38] = 1;
    ssk_gdl90_frame frame = frame_of(message, sizeof message);
    g_assert_cmpint(ssk_gdl90_read_foreflight_id(&frame, &id), ==, SSK_OK);
    g_assert_cmphex(id.serial, ==, 0x1234);
    g_assert_cmpstr(id.name, ==, "Receiver");
    g_assert_cmpstr(id.long_name, ==, "A receiver");
    g_assert_cmpuint(id.capabilities, ==, 1);
    g_assert_cmpint(ssk_gdl90_read_ahrs(&frame, &ahrs), ==, SSK_EUNSUPPORTED);

    frame = frame_of("\x65\x01\xff\xf6\x7f\xff\x87\x08\x00\x78\xff\xff", 12);
    g_assert_cmpint(ssk_gdl90_read_ahrs(&frame, &ahrs), ==, SSK_OK);
    g_assert_cmpint(ahrs.roll_decidegrees, ==, -10);
    g_assert_cmpint(ahrs.pitch_decidegrees, ==, SSK_GDL90_NONE);
    g_assert_cmpint(ahrs.heading_decidegrees, ==, 1800);
    g_assert_true(ahrs.heading_magnetic);
    g_assert_cmpint(ahrs.indicated_kt, ==, 120);
    g_assert_cmpint(ahrs.true_kt, ==, SSK_GDL90_NONE);
    g_assert_cmpint(ssk_gdl90_read_foreflight_id(&frame, &id), ==, SSK_EUNSUPPORTED);
}

static void test_stratux(void)
{
    ssk_gdl90_frame frame = frame_of("\xcc\x06", 2);
    ssk_gdl90_stratux stratux;
    g_assert_cmpint(ssk_gdl90_read_stratux(&frame, &stratux), ==, SSK_OK);
    g_assert_true(stratux.gps_valid);
    g_assert_false(stratux.ahrs_valid);
    g_assert_cmpuint(stratux.version, ==, 1);
    g_assert_cmpstr(ssk_gdl90_name(frame.id), ==, "Stratux heartbeat");
    g_assert_null(ssk_gdl90_name(0x99));
}

static void test_seconds(void)
{
    uint8_t stratux[] = {0xcc, 2}, late[] = {0, 1, 0x81, 0x7f, 0x51, 0, 0};
    uint8_t bad[] = {0, 1, 0x81, 0xff, 0xff, 0, 0}, no_utc[] = {0, 1, 0x80, 0x7f, 0x51, 0, 0};
    GByteArray *out = g_byte_array_new();
    uint32_t seconds = 1;

    put_frame(out, stratux, sizeof stratux);
    g_assert_true(ssk_gdl90_detect(out->data, out->len));
    g_assert_false(ssk_gdl90_seconds(out->data, out->len, &seconds));
    put_frame(out, late, sizeof late);
    g_assert_true(ssk_gdl90_seconds(out->data, out->len, &seconds));
    g_assert_cmpuint(seconds, ==, 86399);
    g_byte_array_set_size(out, 0);
    put_frame(out, bad, sizeof bad);
    g_assert_false(ssk_gdl90_seconds(out->data, out->len, &seconds));
    g_byte_array_set_size(out, 0);
    put_frame(out, no_utc, sizeof no_utc);
    g_assert_false(ssk_gdl90_seconds(out->data, out->len, &seconds));
    g_assert_cmpuint(seconds, ==, 86399); /* untouched on failure */
    g_byte_array_unref(out);

    g_assert_cmpint(ssk_gdl90_step(53467, 53468), ==, 1);
    g_assert_cmpint(ssk_gdl90_step(86399, 0), ==, 1);
    g_assert_cmpint(ssk_gdl90_step(86398, 2), ==, 4);
    g_assert_cmpint(ssk_gdl90_step(1, 86400), ==, -1);
    g_assert_cmpint(ssk_gdl90_step(5, 5), ==, 0);
    g_assert_cmpint(ssk_gdl90_step(0, 43200), ==, -43200);
}

static void test_detect(void)
{
    uint8_t flipped[sizeof example];
    g_assert_true(ssk_gdl90_detect(example, sizeof example));
    g_assert_false(ssk_gdl90_detect(example, 0));
    for (size_t bit = 0; bit < 8 * sizeof example; bit++) {
        memcpy(flipped, example, sizeof example);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        g_assert_false(ssk_gdl90_detect(flipped, sizeof flipped));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/gdl90/the specification's heartbeat reads 14:51:07 UTC", test_example);
    g_test_add_func("/gdl90/escaped bytes come back", test_escapes);
    g_test_add_func("/gdl90/bad frames are told and do not hide the next", test_bad_frames);
    g_test_add_func("/gdl90/a message beyond the limit is told", test_too_long);
    g_test_add_func("/gdl90/the specification's traffic report", test_traffic);
    g_test_add_func("/gdl90/values not available are not numbers", test_not_available);
    g_test_add_func("/gdl90/geometric altitude", test_geo_altitude);
    g_test_add_func("/gdl90/uplink, basic and long reports", test_air);
    g_test_add_func("/gdl90/ForeFlight identity and attitude", test_foreflight);
    g_test_add_func("/gdl90/Stratux heartbeat", test_stratux);
    g_test_add_func("/gdl90/the sender's clock, across midnight", test_seconds);
    g_test_add_func("/gdl90/detection refuses any flipped bit", test_detect);
    return g_test_run();
}
