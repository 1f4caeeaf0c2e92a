/* gdl90.c - GDL 90: aviation GPS and traffic data in UDP datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/gdl90.h"

#include "core/decode/cursor.h"

enum { FLAG = 0x7e, ESCAPE = 0x7d, ESCAPE_XOR = 0x20, DAY = 86400 };

/* ---- frames ---- */

uint16_t ssk_gdl90_crc(const uint8_t *message, size_t len)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        uint16_t entry = crc & 0xff00;
        for (int bit = 0; bit < 8; bit++)
            entry = (uint16_t)(entry << 1 ^ (entry & 0x8000 ? 0x1021 : 0));
        crc = (uint16_t)(entry ^ crc << 8 ^ message[i]);
    }
    return crc;
}

ssk_gdl90_reader ssk_gdl90_open(const uint8_t *data, uint32_t size)
{
    return (ssk_gdl90_reader){.data = data, .size = size};
}

/* From behind the opening flag to the closing one. */
static ssk_status read_message(ssk_cursor *cursor, ssk_gdl90_frame *frame)
{
    bool escaped = false, too_long = false;

    while (ssk_cursor_left(cursor) > 0) {
        uint8_t byte = ssk_cursor_u8(cursor);
        if (byte == FLAG)
            return escaped ? SSK_EFORMAT : too_long ? SSK_ELIMIT : SSK_OK;
        if (byte == ESCAPE && !escaped) {
            escaped = true;
            continue;
        }
        if (escaped)
            byte ^= ESCAPE_XOR;
        escaped = false;
        if (frame->len < SSK_GDL90_MESSAGE_MAX)
            frame->message[frame->len++] = byte;
        else
            too_long = true;
    }
    return SSK_ETRUNC;
}

bool ssk_gdl90_next(ssk_gdl90_reader *reader, ssk_gdl90_frame *ret)
{
    ssk_cursor cursor = ssk_cursor_init(reader->data, reader->size);
    ssk_cursor_seek(&cursor, reader->pos);
    while (ssk_cursor_left(&cursor) > 0 && ssk_cursor_peek(&cursor) != FLAG)
        ssk_cursor_skip(&cursor, 1);
    /* One flag may close a frame and open the next: of a run, the last opens. */
    uint32_t start = cursor.pos;
    while (ssk_cursor_left(&cursor) > 0 && ssk_cursor_peek(&cursor) == FLAG) {
        start = cursor.pos;
        ssk_cursor_skip(&cursor, 1);
    }
    if (ssk_cursor_left(&cursor) == 0)
        return false;

    ret->offset = start;
    ret->id = 0;
    ret->len = 0;
    ret->crc = ret->crc_computed = 0;
    ret->status = read_message(&cursor, ret);
    ret->wire_len = cursor.pos - start;
    if (ret->status == SSK_OK && ret->len < 3)
        ret->status = SSK_EFORMAT;
    if (ret->len > 0)
        ret->id = ret->message[0];
    if (ret->status == SSK_OK) {
        ssk_cursor message = ssk_cursor_init(ret->message, ret->len);
        ret->len -= 2;
        ssk_cursor_seek(&message, ret->len);
        ret->crc = ssk_cursor_le16(&message);
        ret->crc_computed = ssk_gdl90_crc(ret->message, ret->len);
        if (ret->crc != ret->crc_computed)
            ret->status = SSK_EFORMAT;
    }
    /* The closing flag may be the only one between two frames. */
    reader->pos = ret->status == SSK_ETRUNC ? cursor.pos : cursor.pos - 1;
    return true;
}

const char *ssk_gdl90_name(uint8_t id)
{
    switch (id) {
    case SSK_GDL90_HEARTBEAT:
        return "Heartbeat";
    case SSK_GDL90_INITIALIZATION:
        return "Initialization";
    case SSK_GDL90_UPLINK:
        return "Uplink data";
    case SSK_GDL90_HAT:
        return "Height above terrain";
    case SSK_GDL90_OWNSHIP:
        return "Ownship report";
    case SSK_GDL90_GEO_ALTITUDE:
        return "Ownship geometric altitude";
    case SSK_GDL90_TRAFFIC:
        return "Traffic report";
    case SSK_GDL90_BASIC:
        return "Basic report";
    case SSK_GDL90_LONG:
        return "Long report";
    case SSK_GDL90_FOREFLIGHT:
        return "ForeFlight";
    case SSK_GDL90_STRATUX:
        return "Stratux heartbeat";
    default:
        return NULL;
    }
}

/* ---- messages ---- */

/* A reader behind the id, or why there is none. */
static ssk_status open_message(const ssk_gdl90_frame *frame, uint8_t id, uint16_t len,
                               ssk_cursor *ret)
{
    if (frame->status != SSK_OK || frame->id != id)
        return SSK_EUNSUPPORTED;
    if (frame->len < len)
        return SSK_ETRUNC;
    *ret = ssk_cursor_init(frame->message, frame->len);
    ssk_cursor_skip(ret, 1);
    return SSK_OK;
}

static uint32_t be24(ssk_cursor *cursor)
{
    uint32_t high = ssk_cursor_u8(cursor);
    return high << 16 | ssk_cursor_be16(cursor);
}

static int32_t sign_extend(uint32_t value, unsigned bits)
{
    uint32_t sign = 1u << (bits - 1);
    return (int32_t)((value ^ sign) - sign);
}

ssk_status ssk_gdl90_read_heartbeat(const ssk_gdl90_frame *frame, ssk_gdl90_heartbeat *ret)
{
    ssk_cursor cursor;
    ssk_status status = open_message(frame, SSK_GDL90_HEARTBEAT, 7, &cursor);
    if (status != SSK_OK)
        return status;
    uint8_t one = ssk_cursor_u8(&cursor), two = ssk_cursor_u8(&cursor);
    uint32_t seconds = ssk_cursor_le16(&cursor);
    uint16_t counts = ssk_cursor_be16(&cursor);
    *ret = (ssk_gdl90_heartbeat){
        .gps_valid = one & 0x80,
        .maintenance = one & 0x40,
        .ident = one & 0x20,
        .address_talkback = one & 0x10,
        .gps_battery_low = one & 0x08,
        .ratcs = one & 0x04,
        .uat_initialized = one & 0x01,
        .csa_requested = two & 0x40,
        .csa_not_available = two & 0x20,
        .utc_ok = two & 0x01,
        .seconds = seconds | (two & 0x80 ? 0x10000u : 0),
        .uplinks = (uint8_t)(counts >> 11),
        .basic_longs = counts & 0x3ff,
    };
    return SSK_OK;
}

/* Semicircles of 24 bits: 180 / 2^23 degrees each. */
static int32_t degrees(uint32_t value)
{
    return (int32_t)((int64_t)sign_extend(value, 24) * 1800000000 / 8388608);
}

ssk_status ssk_gdl90_read_report(const ssk_gdl90_frame *frame, ssk_gdl90_report *ret)
{
    ssk_cursor cursor;
    uint8_t id = frame->id == SSK_GDL90_OWNSHIP ? SSK_GDL90_OWNSHIP : SSK_GDL90_TRAFFIC;
    ssk_status status = open_message(frame, id, 28, &cursor);
    if (status != SSK_OK)
        return status;

    ssk_gdl90_report report = {0};
    uint8_t byte = ssk_cursor_u8(&cursor);
    report.alert = byte >> 4;
    report.address_type = byte & 0xf;
    report.address = be24(&cursor);
    report.latitude = degrees(be24(&cursor));
    report.longitude = degrees(be24(&cursor));
    uint16_t word = ssk_cursor_be16(&cursor);
    report.altitude_ft = word >> 4 == 0xfff ? SSK_GDL90_NONE : (word >> 4) * 25 - 1000;
    report.airborne = word & 0x8;
    report.extrapolated = word & 0x4;
    report.track_type = word & 0x3;
    byte = ssk_cursor_u8(&cursor);
    report.nic = byte >> 4;
    report.nacp = byte & 0xf;
    uint32_t speeds = be24(&cursor);
    uint32_t climb = speeds & 0xfff;
    report.speed_kt = speeds >> 12 == 0xfff ? SSK_GDL90_NONE : (int32_t)(speeds >> 12);
    report.climb_fpm = climb == 0x800 ? SSK_GDL90_NONE : sign_extend(climb, 12) * 64;
    report.track_decidegrees = (uint16_t)(ssk_cursor_u8(&cursor) * 3600u / 256);
    report.emitter = ssk_cursor_u8(&cursor);
    ssk_cursor_copy(&cursor, report.call_sign, 8);
    for (int i = 0; i < 8; i++)
        if (report.call_sign[i] < 0x20 || report.call_sign[i] > 0x7e)
            report.call_sign[i] = ' ';
    for (int i = 7; i >= 0 && report.call_sign[i] == ' '; i--)
        report.call_sign[i] = 0;
    report.priority = ssk_cursor_u8(&cursor) >> 4;
    *ret = report;
    return SSK_OK;
}

ssk_status ssk_gdl90_read_geo_altitude(const ssk_gdl90_frame *frame, ssk_gdl90_geo_altitude *ret)
{
    ssk_cursor cursor;
    ssk_status status = open_message(frame, SSK_GDL90_GEO_ALTITUDE, 5, &cursor);
    if (status != SSK_OK)
        return status;
    int32_t altitude = sign_extend(ssk_cursor_be16(&cursor), 16) * 5;
    uint16_t metrics = ssk_cursor_be16(&cursor);
    *ret = (ssk_gdl90_geo_altitude){
        .altitude_ft = altitude,
        .warning = metrics & 0x8000,
        .vertical_error_m = (metrics & 0x7fff) == 0x7fff ? SSK_GDL90_NONE : metrics & 0x7fff,
    };
    return SSK_OK;
}

ssk_status ssk_gdl90_read_hat(const ssk_gdl90_frame *frame, int32_t *ret_feet)
{
    ssk_cursor cursor;
    ssk_status status = open_message(frame, SSK_GDL90_HAT, 3, &cursor);
    if (status != SSK_OK)
        return status;
    uint16_t feet = ssk_cursor_be16(&cursor);
    *ret_feet = feet == 0x8000 ? SSK_GDL90_NONE : sign_extend(feet, 16);
    return SSK_OK;
}

ssk_status ssk_gdl90_read_air(const ssk_gdl90_frame *frame, ssk_gdl90_air *ret)
{
    uint16_t payload_len = frame->id == SSK_GDL90_UPLINK  ? 432
                           : frame->id == SSK_GDL90_BASIC ? 18
                           : frame->id == SSK_GDL90_LONG  ? 34
                                                          : 0;
    ssk_cursor cursor;
    if (!payload_len)
        return SSK_EUNSUPPORTED;
    ssk_status status = open_message(frame, frame->id, (uint16_t)(4 + payload_len), &cursor);
    if (status != SSK_OK)
        return status;
    /* Time of reception: 80 ns units, least significant byte first. */
    uint32_t units = ssk_cursor_le16(&cursor);
    units |= (uint32_t)ssk_cursor_u8(&cursor) << 16;
    ret->received_ns = units == 0xffffff ? -1 : (int64_t)units * 80;
    ret->payload = ssk_cursor_take(&cursor, payload_len);
    ret->payload_len = payload_len;
    return SSK_OK;
}

static ssk_status open_foreflight(const ssk_gdl90_frame *frame, uint8_t sub, uint16_t len,
                                  ssk_cursor *ret)
{
    ssk_status status = open_message(frame, SSK_GDL90_FOREFLIGHT, 2, ret);
    if (status != SSK_OK)
        return status;
    if (ssk_cursor_u8(ret) != sub)
        return SSK_EUNSUPPORTED;
    return frame->len < len ? SSK_ETRUNC : SSK_OK;
}

ssk_status ssk_gdl90_read_foreflight_id(const ssk_gdl90_frame *frame, ssk_gdl90_foreflight_id *ret)
{
    ssk_cursor cursor;
    ssk_status status = open_foreflight(frame, 0, 39, &cursor);
    if (status != SSK_OK)
        return status;
    ssk_gdl90_foreflight_id id = {0};
    id.version = ssk_cursor_u8(&cursor);
    id.serial = ssk_cursor_be64(&cursor);
    ssk_cursor_copy(&cursor, id.name, 8);
    ssk_cursor_copy(&cursor, id.long_name, 16);
    id.capabilities = ssk_cursor_be32(&cursor);
    *ret = id;
    return SSK_OK;
}

ssk_status ssk_gdl90_read_ahrs(const ssk_gdl90_frame *frame, ssk_gdl90_ahrs *ret)
{
    ssk_cursor cursor;
    ssk_status status = open_foreflight(frame, 1, 12, &cursor);
    if (status != SSK_OK)
        return status;
    uint16_t roll = ssk_cursor_be16(&cursor), pitch = ssk_cursor_be16(&cursor);
    uint16_t heading = ssk_cursor_be16(&cursor);
    uint16_t indicated = ssk_cursor_be16(&cursor), true_speed = ssk_cursor_be16(&cursor);
    *ret = (ssk_gdl90_ahrs){
        .roll_decidegrees = roll == 0x7fff ? SSK_GDL90_NONE : sign_extend(roll, 16),
        .pitch_decidegrees = pitch == 0x7fff ? SSK_GDL90_NONE : sign_extend(pitch, 16),
        .heading_decidegrees = heading == 0xffff ? SSK_GDL90_NONE
                                                 : sign_extend(heading & 0x7fff, 15),
        .heading_magnetic = heading != 0xffff && heading & 0x8000,
        .indicated_kt = indicated == 0xffff ? SSK_GDL90_NONE : indicated,
        .true_kt = true_speed == 0xffff ? SSK_GDL90_NONE : true_speed,
    };
    return SSK_OK;
}

ssk_status ssk_gdl90_read_stratux(const ssk_gdl90_frame *frame, ssk_gdl90_stratux *ret)
{
    ssk_cursor cursor;
    ssk_status status = open_message(frame, SSK_GDL90_STRATUX, 2, &cursor);
    if (status != SSK_OK)
        return status;
    uint8_t byte = ssk_cursor_u8(&cursor);
    *ret = (ssk_gdl90_stratux){.ahrs_valid = byte & 1, .gps_valid = byte & 2, .version = byte >> 2};
    return SSK_OK;
}

/* ---- datagrams ---- */

bool ssk_gdl90_detect(const uint8_t *data, uint32_t size)
{
    ssk_cursor cursor = ssk_cursor_init(data, size);
    if (ssk_cursor_peek(&cursor) != FLAG)
        return false; /* most datagrams end here */
    ssk_gdl90_reader reader = ssk_gdl90_open(data, size);
    ssk_gdl90_frame frame;
    return ssk_gdl90_next(&reader, &frame) && frame.status == SSK_OK && ssk_gdl90_name(frame.id);
}

bool ssk_gdl90_seconds(const uint8_t *data, uint32_t size, uint32_t *ret_seconds)
{
    ssk_cursor cursor = ssk_cursor_init(data, size);
    if (ssk_cursor_peek(&cursor) != FLAG)
        return false;
    ssk_gdl90_reader reader = ssk_gdl90_open(data, size);
    ssk_gdl90_frame frame;
    ssk_gdl90_heartbeat heartbeat;
    while (ssk_gdl90_next(&reader, &frame)) {
        if (ssk_gdl90_read_heartbeat(&frame, &heartbeat) != SSK_OK)
            continue;
        if (!heartbeat.utc_ok || heartbeat.seconds > DAY)
            return false;
        *ret_seconds = heartbeat.seconds % DAY;
        return true;
    }
    return false;
}

int32_t ssk_gdl90_step(uint32_t before, uint32_t after)
{
    int32_t step = (int32_t)(after % DAY) - (int32_t)(before % DAY);
    if (step < -DAY / 2)
        step += DAY;
    if (step >= DAY / 2)
        step -= DAY;
    return step;
}
