/* packet-gdl90.c - GDL 90: aviation GPS and traffic data in UDP datagrams.
 *
 * Core decodes (core/decode/gdl90.h); here its frames are drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-gdl90.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/expert.h>

#include "core/decode/gdl90.h"
#include "dissectors/protocol.h"

static int proto_gdl90;

static int hf_id, hf_name, hf_crc, hf_crc_good, hf_length;
static int hf_seconds, hf_gps_valid, hf_utc_ok, hf_uat_initialized, hf_battery_low, hf_uplinks,
    hf_reports;
static int hf_address, hf_address_type, hf_alert, hf_latitude, hf_longitude, hf_altitude,
    hf_airborne, hf_track, hf_speed, hf_climb, hf_call_sign;
static int hf_vertical_error, hf_terrain;
static int hf_serial, hf_device, hf_device_long;
static int hf_roll, hf_pitch, hf_heading;
static int hf_ahrs_valid;

static int ett_gdl90 = -1, ett_message = -1;
static expert_field ei_bad = EI_INIT, ei_gps = EI_INIT;

/** Degrees in @p parts of a degree. A quotient is the double nearest to the decimal number, so Wireshark
 * 4.6, which prints all digits, shows no more than were sent; a product with 1e-7 is not. */
static void add_degrees(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len, int32_t value,
                        int parts)
{
    if (value != SSK_GDL90_NONE)
        proto_tree_add_double(tree, hf, tvb, offset, len, (double)value / parts);
}

static void add_int(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len, int32_t value)
{
    if (value != SSK_GDL90_NONE)
        proto_tree_add_int(tree, hf, tvb, offset, len, value);
}

static void draw_heartbeat(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, int at, int len,
                           const ssk_gdl90_frame *frame)
{
    ssk_gdl90_heartbeat beat;

    if (ssk_gdl90_read_heartbeat(frame, &beat) != SSK_OK)
        return;
    ssk_add_span(tree, hf_seconds, tvb, at, len, beat.seconds * SSK_S);
    proto_item *item = proto_tree_add_boolean(tree, hf_gps_valid, tvb, at, len, beat.gps_valid);
    if (!beat.gps_valid)
        expert_add_info(pinfo, item, &ei_gps);
    proto_tree_add_boolean(tree, hf_utc_ok, tvb, at, len, beat.utc_ok);
    proto_tree_add_boolean(tree, hf_uat_initialized, tvb, at, len, beat.uat_initialized);
    proto_tree_add_boolean(tree, hf_battery_low, tvb, at, len, beat.gps_battery_low);
    proto_tree_add_uint(tree, hf_uplinks, tvb, at, len, beat.uplinks);
    proto_tree_add_uint(tree, hf_reports, tvb, at, len, beat.basic_longs);
}

static void draw_report(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, int at, int len,
                        const ssk_gdl90_frame *frame)
{
    ssk_gdl90_report report;

    if (ssk_gdl90_read_report(frame, &report) != SSK_OK)
        return;
    ssk_add_text(tree, hf_call_sign, tvb, pinfo, at, len, report.call_sign,
                 strlen(report.call_sign));
    proto_tree_add_uint(tree, hf_address, tvb, at, len, report.address);
    proto_tree_add_uint(tree, hf_address_type, tvb, at, len, report.address_type);
    proto_tree_add_uint(tree, hf_alert, tvb, at, len, report.alert);
    add_degrees(tree, hf_latitude, tvb, at, len, report.latitude, 10000000);
    add_degrees(tree, hf_longitude, tvb, at, len, report.longitude, 10000000);
    add_int(tree, hf_altitude, tvb, at, len, report.altitude_ft);
    proto_tree_add_boolean(tree, hf_airborne, tvb, at, len, report.airborne);
    if (report.track_type)
        add_degrees(tree, hf_track, tvb, at, len, report.track_decidegrees, 10);
    add_int(tree, hf_speed, tvb, at, len, report.speed_kt);
    add_int(tree, hf_climb, tvb, at, len, report.climb_fpm);
}

static void draw_foreflight(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, int at, int len,
                            const ssk_gdl90_frame *frame)
{
    ssk_gdl90_foreflight_id id;
    ssk_gdl90_ahrs ahrs;

    if (ssk_gdl90_read_foreflight_id(frame, &id) == SSK_OK) {
        if (id.serial != UINT64_MAX)
            proto_tree_add_uint64(tree, hf_serial, tvb, at, len, id.serial);
        ssk_add_text(tree, hf_device, tvb, pinfo, at, len, id.name, strlen(id.name));
        ssk_add_text(tree, hf_device_long, tvb, pinfo, at, len, id.long_name, strlen(id.long_name));
    }
    if (ssk_gdl90_read_ahrs(frame, &ahrs) == SSK_OK) {
        add_degrees(tree, hf_roll, tvb, at, len, ahrs.roll_decidegrees, 10);
        add_degrees(tree, hf_pitch, tvb, at, len, ahrs.pitch_decidegrees, 10);
        add_degrees(tree, hf_heading, tvb, at, len, ahrs.heading_decidegrees, 10);
        add_int(tree, hf_speed, tvb, at, len, ahrs.true_kt);
    }
}

static void draw_message(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb, int at, int len,
                         const ssk_gdl90_frame *frame)
{
    ssk_gdl90_geo_altitude altitude;
    ssk_gdl90_stratux stratux;
    int32_t feet;

    draw_heartbeat(tree, pinfo, tvb, at, len, frame);
    draw_report(tree, pinfo, tvb, at, len, frame);
    draw_foreflight(tree, pinfo, tvb, at, len, frame);
    if (ssk_gdl90_read_geo_altitude(frame, &altitude) == SSK_OK) {
        add_int(tree, hf_altitude, tvb, at, len, altitude.altitude_ft);
        add_int(tree, hf_vertical_error, tvb, at, len, altitude.vertical_error_m);
    }
    if (ssk_gdl90_read_hat(frame, &feet) == SSK_OK)
        add_int(tree, hf_terrain, tvb, at, len, feet);
    if (ssk_gdl90_read_stratux(frame, &stratux) == SSK_OK) {
        proto_tree_add_boolean(tree, hf_gps_valid, tvb, at, len, stratux.gps_valid);
        proto_tree_add_boolean(tree, hf_ahrs_valid, tvb, at, len, stratux.ahrs_valid);
    }
}

static const char *frame_fault(ssk_status status)
{
    switch (status) {
    case SSK_ETRUNC:
        return "no closing flag";
    case SSK_ELIMIT:
        return "longer than any message";
    default:
        return "checksum wrong";
    }
}

static void draw_frame(proto_tree *tree, packet_info *pinfo, tvbuff_t *tvb,
                       const ssk_gdl90_frame *frame)
{
    int at = (int)frame->offset, len = (int)frame->wire_len;
    proto_item *item;
    proto_tree *sub = proto_tree_add_subtree(tree, tvb, at, len, ett_message, &item, "Message");

    if (frame->status != SSK_OK) {
        proto_item_append_text(item, ", bad");
        expert_add_info_format(pinfo, item, &ei_bad, "GDL 90 frame: %s",
                               frame_fault(frame->status));
        return;
    }
    const char *name = ssk_gdl90_name(frame->id);
    proto_item_set_text(item, "%s", name ? name : "Unknown message");
    proto_tree_add_uint(sub, hf_id, tvb, at, len, frame->id);
    proto_tree_add_string(sub, hf_name, tvb, at, len, name ? name : "");
    proto_tree_add_uint(sub, hf_length, tvb, at, len, frame->len);
    proto_tree_add_uint(sub, hf_crc, tvb, at, len, frame->crc);
    proto_item_set_generated(proto_tree_add_boolean(sub, hf_crc_good, tvb, at, len, TRUE));
    draw_message(sub, pinfo, tvb, at, len, frame);
}

/** What the packet list says: "Heartbeat, Ownship report, 3 x Traffic report". */
static void describe(packet_info *pinfo, const uint8_t *bytes, uint32_t size)
{
    ssk_gdl90_reader reader = ssk_gdl90_open(bytes, size);
    ssk_gdl90_frame frame;
    const char *last = NULL;
    unsigned times = 0;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "GDL90");
    col_clear(pinfo->cinfo, COL_INFO);
    for (bool more = true; more;) {
        more = ssk_gdl90_next(&reader, &frame);
        const char *name = !more                    ? NULL
                           : frame.status != SSK_OK ? "bad frame"
                                                    : ssk_gdl90_name(frame.id);
        if (more && !name)
            name = "unknown message";
        if (last && (!name || strcmp(name, last) != 0)) {
            if (times > 1)
                col_append_sep_fstr(pinfo->cinfo, COL_INFO, ", ", "%u x %s", times, last);
            else
                col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", last);
            times = 0;
        }
        last = name;
        times++;
    }
}

static int dissect_gdl90(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                         void *data G_GNUC_UNUSED)
{
    uint32_t size = tvb_captured_length(tvb);
    const uint8_t *bytes = size ? tvb_get_ptr(tvb, 0, (int)size) : NULL;

    if (!bytes || !ssk_gdl90_detect(bytes, size))
        return 0;
    describe(pinfo, bytes, size);

    proto_item *item = proto_tree_add_item(tree, proto_gdl90, tvb, 0, -1, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_gdl90);

    ssk_gdl90_reader reader = ssk_gdl90_open(bytes, size);
    ssk_gdl90_frame frame;
    while (ssk_gdl90_next(&reader, &frame))
        draw_frame(sub, pinfo, tvb, &frame);
    return (int)size;
}

static ssk_ws_bool dissect_gdl90_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                           void *data)
{
    return dissect_gdl90(tvb, pinfo, tree, data) > 0;
}

void proto_register_gdl90(void)
{
    static hf_register_info hf[] = {
        {&hf_id, {"Message id", "gdl90.id", FT_UINT8, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_name, {"Message", "gdl90.message", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_length,
         {"Length", "gdl90.length", FT_UINT16, BASE_DEC, NULL, 0,
          "Bytes of the message without flags, escapes and checksum", HFILL}},
        {&hf_crc, {"Checksum", "gdl90.crc", FT_UINT16, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_crc_good,
         {"Checksum good", "gdl90.crc.good", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_seconds,
         {"Seconds since midnight UTC", "gdl90.seconds", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "The sender's clock", HFILL}},
        {&hf_gps_valid,
         {"GPS position valid", "gdl90.gps_valid", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_utc_ok, {"UTC valid", "gdl90.utc_ok", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_uat_initialized,
         {"UAT initialized", "gdl90.uat_initialized", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_battery_low,
         {"GPS battery low", "gdl90.battery_low", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_uplinks,
         {"Uplinks received", "gdl90.uplinks", FT_UINT8, BASE_DEC, NULL, 0, "In the last second",
          HFILL}},
        {&hf_reports,
         {"Reports received", "gdl90.reports", FT_UINT16, BASE_DEC, NULL, 0,
          "Basic and long reports in the last second", HFILL}},
        {&hf_address,
         {"Participant address", "gdl90.address", FT_UINT24, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_address_type,
         {"Address type", "gdl90.address_type", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL}},
        {&hf_alert, {"Traffic alert", "gdl90.alert", FT_UINT8, BASE_DEC, NULL, 0, NULL, HFILL}},
        {&hf_latitude,
         {"Latitude", "gdl90.latitude", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees, north positive",
          HFILL}},
        {&hf_longitude,
         {"Longitude", "gdl90.longitude", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees, east positive",
          HFILL}},
        {&hf_altitude,
         {"Altitude", "gdl90.altitude", FT_INT32, BASE_DEC, NULL, 0,
          "Feet; pressure altitude in reports, above the ellipsoid in geometric altitude", HFILL}},
        {&hf_airborne, {"Airborne", "gdl90.airborne", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_track, {"Track", "gdl90.track", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees", HFILL}},
        {&hf_speed, {"Speed", "gdl90.speed", FT_INT32, BASE_DEC, NULL, 0, "Knots", HFILL}},
        {&hf_climb,
         {"Climb rate", "gdl90.climb", FT_INT32, BASE_DEC, NULL, 0, "Feet per minute", HFILL}},
        {&hf_call_sign,
         {"Call sign", "gdl90.call_sign", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_vertical_error,
         {"Vertical error", "gdl90.vertical_error", FT_INT32, BASE_DEC, NULL, 0, "Metres", HFILL}},
        {&hf_terrain,
         {"Height above terrain", "gdl90.terrain", FT_INT32, BASE_DEC, NULL, 0, "Feet", HFILL}},
        {&hf_serial, {"Device serial", "gdl90.serial", FT_UINT64, BASE_HEX, NULL, 0, NULL, HFILL}},
        {&hf_device, {"Device", "gdl90.device", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_device_long,
         {"Device, long name", "gdl90.device.long", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_roll, {"Roll", "gdl90.roll", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees", HFILL}},
        {&hf_pitch, {"Pitch", "gdl90.pitch", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees", HFILL}},
        {&hf_heading,
         {"Heading", "gdl90.heading", FT_DOUBLE, BASE_NONE, NULL, 0, "Degrees", HFILL}},
        {&hf_ahrs_valid,
         {"Attitude valid", "gdl90.ahrs_valid", FT_BOOLEAN, BASE_NONE, NULL, 0, NULL, HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_bad, {"gdl90.bad", PI_CHECKSUM, PI_WARN, "GDL 90 frame damaged", EXPFILL}},
        {&ei_gps,
         {"gdl90.no_gps", PI_SEQUENCE, PI_NOTE, "The sender has no valid GPS position", EXPFILL}},
    };
    static int *ett[] = {&ett_gdl90, &ett_message};

    proto_gdl90 = ssk_protocol_register("GDL 90 Data Interface", "GDL90", "gdl90", hf,
                                        G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto_gdl90), ei, G_N_ELEMENTS(ei));
}

void proto_reg_handoff_gdl90(void)
{
    dissector_add_uint_with_preference("udp.port", SSK_PORT_GDL90,
                                       create_dissector_handle(dissect_gdl90, proto_gdl90));
    /* A flag byte, an id and a good checksum: no chance match. */
    heur_dissector_add("udp", dissect_gdl90_heuristic, "GDL 90 on any port", "gdl90_udp",
                       proto_gdl90, HEURISTIC_ENABLE);
}
