/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissectors/keepalive_fields.h"

#include <string.h>

#include <epan/expert.h>

#include "core/base/text.h"
#include "core/message/profile.h"
#include "dissectors/protocol.h"

static int proto_keepalive;
static int hf_profile, hf_type, hf_label, hf_length, hf_seq, hf_sent, hf_delay, hf_text, hf_bytes;
static int hf_response_in, hf_response_to, hf_rtt, hf_missing, hf_interval, hf_late, hf_skipped,
    hf_duplicate, hf_originator;
static int ett_keepalive = -1;
static expert_field ei_missing = EI_INIT, ei_late = EI_INIT, ei_skipped = EI_INIT,
                    ei_duplicate = EI_INIT, ei_format = EI_INIT;

/** One message in hand. */
typedef struct drawing {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree; /**< of the keep-alive protocol */
    int offset, len;  /**< len: as far as captured */
    const ssk_said *said;
} drawing;

static void add_generated(proto_item *item)
{
    proto_item_set_generated(item);
}

static void draw_exchange(const drawing *m, const ssk_exchange *e)
{
    bool ping = m->said->role == SSK_ROLE_PING;

    if (ping && e->pong_frame)
        add_generated(proto_tree_add_uint(m->tree, hf_response_in, m->tvb, 0, 0, e->pong_frame));
    if (!ping)
        add_generated(proto_tree_add_uint(m->tree, hf_response_to, m->tvb, 0, 0, e->ping_frame));
    if (e->pong_frame && e->ping_time != SSK_TIME_NONE && e->pong_time != SSK_TIME_NONE)
        add_generated(ssk_add_span(m->tree, hf_rtt, m->tvb, 0, 0, e->pong_time - e->ping_time));
    /* Only a later visit knows that no answer came. */
    if (ping && !e->pong_frame && PINFO_FD_VISITED(m->pinfo)) {
        proto_item *item = proto_tree_add_boolean(m->tree, hf_missing, m->tvb, 0, 0, TRUE);
        add_generated(item);
        expert_add_info(m->pinfo, item, &ei_missing);
    }
}

static void draw_note(const drawing *m, const ssk_pairing_note *note)
{
    char span[SSK_TEXT_ROOM];
    proto_item *item;

    if (note->exchange)
        draw_exchange(m, note->exchange);
    if (note->interval)
        add_generated(ssk_add_span(m->tree, hf_interval, m->tvb, 0, 0, note->interval));
    if (note->late) {
        item = ssk_add_span(m->tree, hf_late, m->tvb, 0, 0, note->late);
        add_generated(item);
        expert_add_info_format(m->pinfo, item, &ei_late, "Ping late by %s",
                               ssk_span_text(note->late, span));
    }
    if (note->skipped) {
        item = proto_tree_add_uint64(m->tree, hf_skipped, m->tvb, 0, 0, note->skipped);
        add_generated(item);
        expert_add_info_format(m->pinfo, item, &ei_skipped,
                               "%" G_GUINT64_FORMAT " numbers skipped before this one",
                               note->skipped);
    }
    if (note->duplicate) {
        item = proto_tree_add_boolean(m->tree, hf_duplicate, m->tvb, 0, 0, TRUE);
        add_generated(item);
        expert_add_info(m->pinfo, item, &ei_duplicate);
    }
}

const char *ssk_said_name(const ssk_said *said)
{
    return said->label ? said->label : "message";
}

static void draw_said(const drawing *m, const char *originator)
{
    const ssk_said *said = m->said;
    const char *type = ssk_role_text(said->role);

    add_generated(
        proto_tree_add_string(m->tree, hf_profile, m->tvb, 0, 0, ssk_profile_name(said->profile)));
    proto_tree_add_string(m->tree, hf_type, m->tvb, m->offset, m->len, type);
    if (said->known && strcmp(said->label, type) != 0)
        proto_tree_add_string(m->tree, hf_label, m->tvb, m->offset, m->len, said->label);
    proto_tree_add_uint64(m->tree, hf_length, m->tvb, m->offset, m->len, said->len);
    if (said->has_seq)
        proto_tree_add_uint64(m->tree, hf_seq, m->tvb, m->offset, m->len, said->seq);
    if (said->has_sent) {
        ssk_add_time(m->tree, hf_sent, m->tvb, m->offset, m->len, said->sent);
        if (said->now != SSK_TIME_NONE)
            add_generated(ssk_add_span(m->tree, hf_delay, m->tvb, 0, 0, said->now - said->sent));
    }
    if (originator && said->role == SSK_ROLE_PING)
        add_generated(proto_tree_add_string(m->tree, hf_originator, m->tvb, 0, 0, originator));
}

proto_tree *ssk_keepalive_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int offset,
                               int len, const ssk_said *said, const ssk_pairing_note *note,
                               const char *originator)
{
    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, offset, len, ENC_NA);
    drawing m = {.tvb = tvb,
                 .pinfo = pinfo,
                 .said = said,
                 .offset = offset,
                 .len = len,
                 .tree = proto_item_add_subtree(item, ett_keepalive)};

    proto_item_append_text(item, ": %s", ssk_said_name(said));
    if (said->has_seq)
        proto_item_append_text(item, " %" G_GUINT64_FORMAT, said->seq);
    draw_said(&m, originator);
    if (note)
        draw_note(&m, note);
    return m.tree;
}

void ssk_keepalive_draw_body(proto_tree *sub, tvbuff_t *tvb, int offset, int len, bool is_text)
{
    if (len <= 0)
        return;
    proto_tree_add_item(sub, is_text ? hf_text : hf_bytes, tvb, offset, len,
                        is_text ? ENC_UTF_8 : ENC_NA);
}

void ssk_keepalive_draw_rest(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int offset,
                             const char *why)
{
    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, offset, -1, ENC_NA);

    if (!why) {
        expert_add_info(pinfo, item, &ei_format);
        why = "not in step with the messages";
    }
    proto_item_append_text(item, ": %s", why);
    col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", why);
}

void ssk_keepalive_draw_continued(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int len)
{
    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, 0,
                                           MIN(len, (int)tvb_captured_length(tvb)), ENC_NA);

    proto_item_append_text(item, ": message continued");
    col_append_str(pinfo->cinfo, COL_INFO, "message continued");
}

int ssk_keepalive_register(void)
{
    static hf_register_info hf[] = {
        {&hf_profile,
         {"Profile", "keepalive.profile", FT_STRING, BASE_NONE, NULL, 0,
          "The message profile that reads this conversation", HFILL}},
        {&hf_type,
         {"Type", "keepalive.type", FT_STRING, BASE_NONE, NULL, 0,
          "ping, pong, time, ack, close or other", HFILL}},
        {&hf_label,
         {"Name", "keepalive.label", FT_STRING, BASE_NONE, NULL, 0,
          "What the profile calls this message, where that says more than its type", HFILL}},
        {&hf_length,
         {"Length", "keepalive.length", FT_UINT64, BASE_DEC, NULL, 0, "Bytes, framing included",
          HFILL}},
        {&hf_seq,
         {"Number", "keepalive.seq", FT_UINT64, BASE_DEC, NULL, 0,
          "Sequence number of a ping or pong", HFILL}},
        {&hf_sent,
         {"Sent", "keepalive.sent", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
          "The sender's own timestamp", HFILL}},
        {&hf_delay,
         {"Delay", "keepalive.delay", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "The capture's time minus the sender's timestamp: network delay plus clock offset",
          HFILL}},
        {&hf_text, {"Text", "keepalive.text", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_bytes, {"Bytes", "keepalive.bytes", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_response_in,
         {"Answered in", "keepalive.response_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The pong to this ping", HFILL}},
        {&hf_response_to,
         {"Answers", "keepalive.response_to", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The ping of this pong", HFILL}},
        {&hf_rtt,
         {"Round trip", "keepalive.rtt", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "From the ping to its pong", HFILL}},
        {&hf_missing,
         {"No answer", "keepalive.missing_response", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "This capture holds no pong to this ping; known on the second visit only", HFILL}},
        {&hf_interval,
         {"Interval", "keepalive.interval", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Since this side's last ping", HFILL}},
        {&hf_late,
         {"Late", "keepalive.late", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Beyond the period, when by more than half of it", HFILL}},
        {&hf_skipped,
         {"Numbers skipped", "keepalive.skipped", FT_UINT64, BASE_DEC, NULL, 0,
          "Between this side's last ping and this one", HFILL}},
        {&hf_duplicate,
         {"Repeated", "keepalive.duplicate", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "The same number came before", HFILL}},
        {&hf_originator,
         {"Originator", "keepalive.originator", FT_STRING, BASE_NONE, NULL, 0,
          "Who sends the pings: client or server", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_missing,
         {"keepalive.missing", PI_SEQUENCE, PI_WARN, "No answer to this ping in the capture",
          EXPFILL}},
        {&ei_late, {"keepalive.late.ping", PI_SEQUENCE, PI_NOTE, "Ping late", EXPFILL}},
        {&ei_skipped,
         {"keepalive.skipped.numbers", PI_SEQUENCE, PI_NOTE, "Numbers skipped", EXPFILL}},
        {&ei_duplicate,
         {"keepalive.repeated", PI_SEQUENCE, PI_NOTE, "The same number came before", EXPFILL}},
        {&ei_format,
         {"keepalive.unreadable", PI_UNDECODED, PI_NOTE, "No message of the profile begins here",
          EXPFILL}},
    };
    static int *ett[] = {&ett_keepalive};

    proto_keepalive = ssk_protocol_register("Keep-alive of an application", "KeepAlive",
                                            "keepalive", hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto_keepalive), ei, G_N_ELEMENTS(ei));
    return proto_keepalive;
}
