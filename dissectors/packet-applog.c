/* packet-applog.c - lines of an application's log, carried as frames.
 *
 * A log becomes records of the Upper-PDU kind that name this dissector, so
 * that its lines stand between the packets of a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-applog.h"

#include "dissectors/compat.h"

#include "core/decode/applog.h"
#include "dissectors/bridge.h"
#include "dissectors/protocol.h"

static int proto_applog;
static int hf_line, hf_time, hf_zone, hf_source, hf_event, hf_text, hf_connection, hf_name, hf_seq,
    hf_value, hf_total;
static int ett_applog = -1;

typedef struct drawing {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    const char *line;
} drawing;

static void add_stretch(const drawing *d, int hf, const ssk_applog_text *text)
{
    if (text->bytes)
        ssk_add_text(d->tree, hf, d->tvb, d->pinfo, (int)(text->bytes - d->line), (int)text->len,
                     text->bytes, text->len);
}

static void draw(const drawing *d, const ssk_applog_line *line)
{
    int len = (int)tvb_captured_length(d->tvb);

    ssk_add_time(d->tree, hf_time, d->tvb, 0,
                 (int)(line->text.bytes ? line->text.bytes - d->line : 0),
                 ssk_applog_near(line, ssk_bridge_time(d->pinfo)) - line->zone_s * SSK_S);
    if (line->has_zone)
        proto_tree_add_int(d->tree, hf_zone, d->tvb, 0, 0, line->zone_s);
    add_stretch(d, hf_source, &line->source);
    proto_tree_add_string(d->tree, hf_event, d->tvb, 0, len, ssk_applog_event_text(line->event));
    add_stretch(d, hf_text, &line->text);
    add_stretch(d, hf_connection, &line->connection);
    add_stretch(d, hf_name, &line->name);
    if (line->has_seq)
        proto_tree_add_uint64(d->tree, hf_seq, d->tvb, 0, len, line->seq);
    if (line->has_value)
        proto_tree_add_uint64(d->tree, hf_value, d->tvb, 0, len, line->value);
    if (line->has_total)
        proto_tree_add_uint64(d->tree, hf_total, d->tvb, 0, len, line->total);
}

static int dissect_applog(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                          void *data G_GNUC_UNUSED)
{
    uint32_t len = tvb_captured_length(tvb);
    if (!len)
        return 0;
    const char *bytes = (const char *)tvb_get_ptr(tvb, 0, (int)len);
    const char *text = ssk_packet_text(pinfo, bytes, len);

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "APPLOG");
    col_add_str(pinfo->cinfo, COL_INFO, text);

    proto_item *item = proto_tree_add_item(tree, proto_applog, tvb, 0, -1, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_applog);
    drawing d = {tvb, pinfo, sub, bytes};

    proto_tree_add_string(sub, hf_line, tvb, 0, (int)len, text);
    ssk_applog_line line;
    if (ssk_decode_applog(bytes, len, &line) == SSK_OK)
        draw(&d, &line);
    return (int)len;
}

void proto_register_applog(void)
{
    static hf_register_info hf[] = {
        {&hf_line, {"Line", "applog.line", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_time,
         {"Time", "applog.time", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
          "As written; without a zone in the line it is the device's local time, without a year the "
          "nearest one",
          HFILL}},
        {&hf_zone,
         {"Zone", "applog.zone", FT_INT32, BASE_DEC, NULL, 0, "Seconds east of UTC", HFILL}},
        {&hf_source,
         {"Source", "applog.source", FT_STRING, BASE_NONE, NULL, 0, "Which program wrote it",
          HFILL}},
        {&hf_event, {"Event", "applog.event", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_text, {"Text", "applog.text", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_connection,
         {"Connection", "applog.connection", FT_STRING, BASE_NONE, NULL, 0,
          "Id of the connection, as written", HFILL}},
        {&hf_name, {"Other side", "applog.name", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_seq, {"Number", "applog.seq", FT_UINT64, BASE_DEC, NULL, 0, "Of a ping", HFILL}},
        {&hf_value,
         {"Value", "applog.value", FT_UINT64, BASE_DEC, NULL, 0,
          "Milliseconds without a ping, bytes received or waiting, by event", HFILL}},
        {&hf_total,
         {"Total", "applog.total", FT_UINT64, BASE_DEC, NULL, 0, "Bytes received in all", HFILL}},
    };
    static int *ett[] = {&ett_applog};

    proto_applog = ssk_protocol_register("Application log", "AppLog", "applog", hf,
                                         G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    /* The name that Upper-PDU records ask for. */
    register_dissector("applog", dissect_applog, proto_applog);
}

void proto_reg_handoff_applog(void)
{
}
