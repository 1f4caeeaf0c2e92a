/* packet-keepalive.c - an application's messages by their profile.
 *
 * Core frames and reads a message (core/message/framing.h, core/message/body.h) and finds the
 * profile of a conversation (core/message/message.h); here messages are put together
 * from segments by Wireshark, paired and drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-keepalive.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "core/message/body.h"
#include "core/flow/period.h"
#include "core/flow/stream.h"
#include "core/text.h"
#include "dissectors/bridge.h"
#include "dissectors/packet-timesync.h"
#include "dissectors/profiles.h"
#include "dissectors/protocol.h"

static int proto_keepalive;
static int hf_profile, hf_type, hf_label, hf_length, hf_seq, hf_sent, hf_delay, hf_text, hf_bytes;
static int hf_response_in, hf_response_to, hf_rtt, hf_missing, hf_interval, hf_late, hf_skipped,
    hf_duplicate, hf_originator;
static int ett_keepalive = -1;
static expert_field ei_missing = EI_INIT, ei_late = EI_INIT, ei_skipped = EI_INIT,
                    ei_duplicate = EI_INIT, ei_format = EI_INIT;

static dissector_handle_t handles[SSK_N_CARRIERS], timesync_handle;

/* ---- what is known of a conversation ---- */

/** A ping and what answered it. */
typedef struct exchange {
    gint64      seq;
    uint32_t    ping_frame, pong_frame; /**< 0: not seen */
    ssk_time_ns ping_time, pong_time;
} exchange;

/** One direction. */
typedef struct lane {
    wmem_map_t  *pings;  /**< by number */
    wmem_list_t *open;   /**< pings without a number, unanswered, oldest first */
    ssk_period   period;
    ssk_time_ns  last_ping;
    bool         has_seq;
    uint64_t     last_seq;
    bool         in_message; /**< one began that Wireshark could not put together ... */
    uint32_t     message_end; /**< ... and ends before this TCP sequence number */
    ssk_timesync *sync[SSK_N_ROLES]; /**< where the profile leaves the format of times open */
} lane;

typedef struct talk {
    const ssk_profile *profile;  /**< NULL: not known yet */
    ssk_messages      *detector; /**< at work until the profile is known */
    ssk_span_ns        period;   /**< said by the profile; 0: learned */
    bool               opener_known; /**< the first address opened the connection */
    lane               lane[2];  /**< [SSK_A]: the conversation's first address */
} talk;

/** What is kept with one message of a frame. */
typedef struct message_note {
    exchange   *exchange;  /**< NULL: none */
    ssk_span_ns interval;  /**< since this side's last ping; 0: none */
    ssk_span_ns late;      /**< 0: in time */
    uint64_t    skipped;   /**< numbers left out before this one */
    bool        duplicate;
} message_note;

static ssk_ws_bool free_detector(wmem_allocator_t *pool G_GNUC_UNUSED,
                                 wmem_cb_event_t event G_GNUC_UNUSED, void *data)
{
    talk *t = data;

    ssk_messages_free(t->detector);
    return FALSE;
}

static talk *talk_of(conversation_t *conversation)
{
    talk *t = conversation_get_proto_data(conversation, proto_keepalive);

    if (!t) {
        t = wmem_new0(wmem_file_scope(), talk);
        for (unsigned dir = 0; dir < 2; dir++) {
            t->lane[dir].pings = wmem_map_new(wmem_file_scope(), g_int64_hash, g_int64_equal);
            t->lane[dir].open = wmem_list_new(wmem_file_scope());
            t->lane[dir].last_ping = SSK_TIME_NONE;
            ssk_period_init(&t->lane[dir].period);
        }
        conversation_add_proto_data(conversation, proto_keepalive, t);
    }
    return t;
}

static ssk_dir dir_of(const conversation_t *conversation, const packet_info *pinfo)
{
    bool from_first = pinfo->srcport == conversation_key_port1(conversation->key_ptr) &&
                      addresses_equal(&pinfo->src, conversation_key_addr1(conversation->key_ptr));

    return from_first ? SSK_A : SSK_B;
}

static void ports_of(const conversation_t *conversation, uint16_t ret_ports[2])
{
    ret_ports[SSK_A] = (uint16_t)conversation_key_port1(conversation->key_ptr);
    ret_ports[SSK_B] = (uint16_t)conversation_key_port2(conversation->key_ptr);
}

/** Wireshark makes a TCP conversation at its first packet; a SYN comes first
 * only from the side that opens it. */
static void learn_opener(talk *t, packet_info *pinfo)
{
    enum { SYN_SENT = 1 }; /* TCP_COMPLETENESS_SYNSENT of packet-tcp.c */

    if (t->opener_known || pinfo->ptype != PT_TCP)
        return;
    /* NULL: a conversation would clear what TCP knows of this very packet. */
    const struct tcp_analysis *tcp = get_tcp_conversation_data(NULL, pinfo);
    t->opener_known = tcp && (tcp->conversation_completeness & SYN_SENT);
}

/* ---- pairing, on the first visit ---- */

static exchange *start_exchange(lane *l, const ssk_reading *said, uint32_t frame, ssk_time_ns now)
{
    exchange *e = wmem_new0(wmem_file_scope(), exchange);

    e->ping_frame = frame;
    e->ping_time = now;
    if (said->has_seq) {
        e->seq = (gint64)said->seq;
        wmem_map_insert(l->pings, &e->seq, e);
    } else {
        wmem_list_append(l->open, e);
    }
    return e;
}

static void note_ping(talk *t, lane *l, const ssk_reading *said, uint32_t frame, ssk_time_ns now,
                      message_note *note)
{
    gint64 seq = (gint64)said->seq;

    if (said->has_seq && (note->exchange = wmem_map_lookup(l->pings, &seq)) &&
        !note->exchange->pong_frame) {
        note->duplicate = true;
        return;
    }
    note->exchange = start_exchange(l, said, frame, now);
    if (said->has_seq && l->has_seq && said->seq > l->last_seq)
        note->skipped = said->seq - l->last_seq - 1;
    if (said->has_seq) {
        l->has_seq = true;
        l->last_seq = said->seq;
    }
    if (now == SSK_TIME_NONE)
        return;
    ssk_span_ns period = t->period ? t->period : ssk_period_value(&l->period, NULL);
    if (l->last_ping != SSK_TIME_NONE && now > l->last_ping) {
        note->interval = now - l->last_ping;
        if (period && note->interval > period + period / 2)
            note->late = note->interval - period;
    }
    ssk_period_add(&l->period, now);
    l->last_ping = now;
}

/** The ping of the other side that a pong answers. */
static exchange *asked(lane *l, const ssk_reading *said)
{
    if (said->has_seq) {
        gint64 seq = (gint64)said->seq;
        return wmem_map_lookup(l->pings, &seq);
    }
    wmem_list_frame_t *oldest = wmem_list_head(l->open);
    if (!oldest)
        return NULL;
    exchange *e = wmem_list_frame_data(oldest);
    wmem_list_remove_frame(l->open, oldest);
    return e;
}

static void note_pong(lane *other, const ssk_reading *said, uint32_t frame, ssk_time_ns now,
                      message_note *note)
{
    note->exchange = asked(other, said);
    if (!note->exchange)
        return;
    if (note->exchange->pong_frame) {
        note->duplicate = true;
        return;
    }
    note->exchange->pong_frame = frame;
    note->exchange->pong_time = now;
}

static const message_note *make_note(talk *t, ssk_dir dir, const ssk_reading *said, uint32_t frame,
                                     ssk_time_ns now)
{
    if (!said->rule || (said->rule->role != SSK_ROLE_PING && said->rule->role != SSK_ROLE_PONG))
        return NULL;
    message_note *note = wmem_new0(wmem_file_scope(), message_note);
    if (said->rule->role == SSK_ROLE_PING)
        note_ping(t, &t->lane[dir], said, frame, now, note);
    else
        note_pong(&t->lane[ssk_dir_other(dir)], said, frame, now, note);
    return note;
}

/* ---- drawing ---- */

/** One message in hand. */
typedef struct drawing {
    tvbuff_t    *tvb;
    packet_info *pinfo;
    proto_tree  *tree; /**< of the keep-alive protocol */
    int          offset, len; /**< len: as far as captured */
    const ssk_frame   *frame;
    const ssk_reading *said;
    const talk        *talk;
    ssk_dir            dir;
    ssk_time_ns        now;
} drawing;

static bool is_role(const drawing *m, ssk_role role)
{
    return m->said->rule && m->said->rule->role == role;
}

static void draw_exchange(const drawing *m, const exchange *e)
{
    bool ping = is_role(m, SSK_ROLE_PING);

    if (ping && e->pong_frame)
        proto_item_set_generated(
            proto_tree_add_uint(m->tree, hf_response_in, m->tvb, 0, 0, e->pong_frame));
    if (!ping)
        proto_item_set_generated(
            proto_tree_add_uint(m->tree, hf_response_to, m->tvb, 0, 0, e->ping_frame));
    if (e->pong_frame && e->ping_time != SSK_TIME_NONE && e->pong_time != SSK_TIME_NONE)
        proto_item_set_generated(
            ssk_add_span(m->tree, hf_rtt, m->tvb, 0, 0, e->pong_time - e->ping_time));
    /* Only a later visit knows that no answer came. */
    if (ping && !e->pong_frame && PINFO_FD_VISITED(m->pinfo)) {
        proto_item *item = proto_tree_add_boolean(m->tree, hf_missing, m->tvb, 0, 0, TRUE);
        proto_item_set_generated(item);
        expert_add_info(m->pinfo, item, &ei_missing);
    }
}

static void draw_note(const drawing *m, const message_note *note)
{
    char        span[SSK_TEXT_ROOM];
    proto_item *item;

    if (note->exchange)
        draw_exchange(m, note->exchange);
    if (note->interval) {
        item = ssk_add_span(m->tree, hf_interval, m->tvb, 0, 0, note->interval);
        proto_item_set_generated(item);
    }
    if (note->late) {
        item = ssk_add_span(m->tree, hf_late, m->tvb, 0, 0, note->late);
        proto_item_set_generated(item);
        expert_add_info_format(m->pinfo, item, &ei_late, "Ping late by %s",
                               ssk_span_text(note->late, span));
    }
    if (note->skipped) {
        item = proto_tree_add_uint64(m->tree, hf_skipped, m->tvb, 0, 0, note->skipped);
        proto_item_set_generated(item);
        expert_add_info_format(m->pinfo, item, &ei_skipped,
                               "%" G_GUINT64_FORMAT " numbers skipped before this one",
                               note->skipped);
    }
    if (note->duplicate) {
        item = proto_tree_add_boolean(m->tree, hf_duplicate, m->tvb, 0, 0, TRUE);
        proto_item_set_generated(item);
        expert_add_info(m->pinfo, item, &ei_duplicate);
    }
}

static bool is_text(const ssk_profile *profile)
{
    return profile->body != SSK_BODY_BYTES;
}

static void draw_body(const drawing *m)
{
    int start = (int)m->frame->body, end = m->len;

    if (m->frame->len <= (uint64_t)m->len)
        end = m->len - (int)m->frame->body_end;
    if (start >= end)
        return;
    if (m->frame->masked || m->frame->deflated || !is_text(m->talk->profile))
        proto_tree_add_item(m->tree, hf_bytes, m->tvb, m->offset + start, end - start, ENC_NA);
    else
        proto_tree_add_item(m->tree, hf_text, m->tvb, m->offset + start, end - start, ENC_UTF_8);
}

static const char *label_of(const drawing *m)
{
    return m->said->rule ? m->said->rule->label : m->frame->upgrade ? "upgrade" : "message";
}

static void draw_message(const drawing *m, const message_note *note)
{
    const ssk_reading *said = m->said;

    proto_item_set_generated(
        proto_tree_add_string(m->tree, hf_profile, m->tvb, 0, 0, ssk_profile_name(m->talk->profile)));
    proto_tree_add_string(m->tree, hf_type, m->tvb, m->offset, m->len,
                          ssk_role_text(said->rule ? said->rule->role : SSK_ROLE_OTHER));
    if (said->rule && strcmp(said->rule->label, ssk_role_text(said->rule->role)) != 0)
        proto_tree_add_string(m->tree, hf_label, m->tvb, m->offset, m->len, said->rule->label);
    proto_tree_add_uint64(m->tree, hf_length, m->tvb, m->offset, m->len, m->frame->len);
    if (said->has_seq)
        proto_tree_add_uint64(m->tree, hf_seq, m->tvb, m->offset, m->len, said->seq);
    if (said->has_time && !is_role(m, SSK_ROLE_TIME)) {
        ssk_add_time(m->tree, hf_sent, m->tvb, m->offset, m->len, said->time);
        if (m->now != SSK_TIME_NONE)
            proto_item_set_generated(
                ssk_add_span(m->tree, hf_delay, m->tvb, 0, 0, m->now - said->time));
    }
    if (m->talk->opener_known && is_role(m, SSK_ROLE_PING))
        proto_item_set_generated(proto_tree_add_string(m->tree, hf_originator, m->tvb, 0, 0,
                                                       m->dir == SSK_A ? "client" : "server"));
    if (note)
        draw_note(m, note);
    draw_body(m);
}

static void describe(const drawing *m, const message_note *note)
{
    char text[SSK_TEXT_ROOM];

    col_append_sep_str(m->pinfo->cinfo, COL_INFO, ", ", label_of(m));
    if (m->said->has_seq)
        col_append_fstr(m->pinfo->cinfo, COL_INFO, " %" G_GUINT64_FORMAT, m->said->seq);
    if (note && note->exchange && is_role(m, SSK_ROLE_PONG) &&
        note->exchange->ping_time != SSK_TIME_NONE && m->now != SSK_TIME_NONE)
        col_append_fstr(m->pinfo->cinfo, COL_INFO, " after %s",
                        ssk_span_text(m->now - note->exchange->ping_time, text));
}

/* ---- one message ---- */

/** How many messages of this frame were taken before; the same on every visit. */
static uint32_t count_message(packet_info *pinfo)
{
    uint32_t *count = p_get_proto_data(pinfo->pool, pinfo, proto_keepalive, 0);

    if (!count) {
        count = wmem_new0(pinfo->pool, uint32_t);
        p_add_proto_data(pinfo->pool, pinfo, proto_keepalive, 0, count);
    }
    return ++*count;
}

static bool is_awaited(void *user, uint64_t number)
{
    gint64          seq = (gint64)number;
    const exchange *e = wmem_map_lookup(((lane *)user)->pings, &seq);

    return e && !e->pong_frame;
}

/** A time whose format the profile leaves open: found out on the first visit. */
static ssk_timesync *find_time(lane *l, ssk_reading *said, ssk_time_ns now, bool visited)
{
    if (!said->rule || said->stamp.kind == SSK_STAMP_NONE)
        return NULL;
    ssk_timesync **sync = &l->sync[said->rule->role];
    if (!*sync)
        *sync = wmem_new0(wmem_file_scope(), ssk_timesync);
    if (!visited)
        ssk_timesync_add(*sync, &said->stamp, now);
    said->has_time = ssk_timesync_read(*sync, &said->stamp, now, &said->time);
    return *sync;
}

static void take_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, talk *t, ssk_dir dir,
                         int offset, const ssk_frame *frame)
{
    int            known = MIN(tvb_captured_length_remaining(tvb, offset),
                               (int)MIN(frame->len, (uint64_t)INT_MAX));
    uint32_t       index = count_message(pinfo);
    ssk_scratch   *scratch = wmem_new(pinfo->pool, ssk_scratch);
    ssk_reading    said;
    ssk_context    context = {
           .near = ssk_bridge_time(pinfo),
           .party = !t->opener_known ? SSK_PARTY_ANY
                    : dir == SSK_A   ? SSK_PARTY_CLIENT
                                     : SSK_PARTY_SERVER,
           .awaited = PINFO_FD_VISITED(pinfo) ? NULL : is_awaited,
           .user = &t->lane[ssk_dir_other(dir)],
    };

    ssk_body_read(t->profile, frame, tvb_get_ptr(tvb, offset, known),
                  MIN((uint32_t)known, SSK_HEAD_MAX), &context, scratch, &said);

    const ssk_timesync *sync =
        find_time(&t->lane[dir], &said, context.near, PINFO_FD_VISITED(pinfo));
    const message_note *note;
    if (PINFO_FD_VISITED(pinfo)) {
        note = p_get_proto_data(wmem_file_scope(), pinfo, proto_keepalive, index);
    } else {
        note = make_note(t, dir, &said, pinfo->num, context.near);
        if (note)
            p_add_proto_data(wmem_file_scope(), pinfo, proto_keepalive, index, (void *)note);
    }

    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, offset, known, ENC_NA);
    drawing     m = {
            .tvb = tvb, .pinfo = pinfo, .tree = proto_item_add_subtree(item, ett_keepalive),
            .offset = offset, .len = known, .frame = frame, .said = &said,
            .talk = t, .dir = dir, .now = context.near,
    };
    proto_item_append_text(item, ": %s", label_of(&m));
    if (said.has_seq)
        proto_item_append_text(item, " %" G_GUINT64_FORMAT, said.seq);
    draw_message(&m, note);
    describe(&m, note);
    if (is_role(&m, SSK_ROLE_TIME) && said.has_time) {
        ssk_timesync_data clock = {
            .clock = said.time,
            .capture = m.now,
            .format = sync ? (ssk_time_format)sync->format : said.format,
            .declared = said.rule->time_format != SSK_FORMAT_AUTO,
            .found = sync,
        };
        call_dissector_with_data(timesync_handle, tvb_new_subset_length(tvb, offset, known), pinfo,
                                 tree, &clock);
    }
}

static void take_columns(packet_info *pinfo)
{
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "KeepAlive");
    col_clear(pinfo->cinfo, COL_INFO);
}

/* ---- finding messages ---- */

/** What begins here is no message that can be read: the capture cut it, or it
 * is out of step. */
static void draw_rest(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int offset, bool cut)
{
    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, offset, -1, ENC_NA);
    const char *why = cut ? "cut short" : "not in step with the messages";

    proto_item_append_text(item, ": %s", why);
    if (!cut)
        expert_add_info(pinfo, item, &ei_format);
    col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", why);
}

/** Ask for what is missing of the message at @p offset.
 * @return false: whoever carries it cannot put segments together */
static bool ask_for_more(packet_info *pinfo, int offset, uint32_t more)
{
    if (!pinfo->can_desegment)
        return false;
    pinfo->desegment_offset = offset;
    pinfo->desegment_len = more;
    return true;
}

/** Where a segment's bytes lie in the stream. */
typedef struct place {
    bool     known; /**< straight on TCP, and no reassembled bytes */
    uint32_t seq;
} place;

static place place_of(const packet_info *pinfo, ssk_carrier carrier, const void *data)
{
    const struct tcpinfo *tcp = data;

    if (carrier != SSK_CARRIER_TCP || pinfo->ptype != PT_TCP || !tcp || tcp->is_reassembled)
        return (place){ 0 };
    return (place){ .known = true, .seq = tcp->seq };
}

/** Bytes at the start that belong to a message that began in an earlier
 * segment: a short snap length keeps Wireshark from putting it together. */
static int continued_bytes(packet_info *pinfo, const lane *l, place at, int reported)
{
    /* Message notes count from 1; their number in one frame ends far below. */
    enum { KEY = INT_MAX };
    int *kept;

    if (!at.known)
        return 0;
    if (PINFO_FD_VISITED(pinfo)) {
        kept = p_get_proto_data(wmem_file_scope(), pinfo, proto_keepalive, KEY);
        return kept ? MIN(*kept, reported) : 0;
    }
    int32_t left = l->in_message ? (int32_t)(l->message_end - at.seq) : 0;
    if (left <= 0)
        return 0;
    kept = wmem_new(wmem_file_scope(), int);
    *kept = MIN(left, reported);
    p_add_proto_data(wmem_file_scope(), pinfo, proto_keepalive, KEY, kept);
    return *kept;
}

static void draw_continued(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, int len)
{
    proto_item *item = proto_tree_add_item(tree, proto_keepalive, tvb, 0,
                                           MIN(len, (int)tvb_captured_length(tvb)), ENC_NA);

    proto_item_append_text(item, ": message continued");
    col_append_str(pinfo->cinfo, COL_INFO, "message continued");
}

/** Messages one behind the other. */
static int take_messages(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, talk *t, ssk_dir dir,
                         place at)
{
    int   captured = (int)tvb_captured_length(tvb), reported = (int)tvb_reported_length(tvb);
    lane *l = &t->lane[dir];
    int   offset = continued_bytes(pinfo, l, at, reported);

    take_columns(pinfo);
    if (offset)
        draw_continued(tvb, pinfo, tree, offset);
    while (offset < captured) {
        uint32_t   left = (uint32_t)(reported - offset), known = (uint32_t)(captured - offset);
        ssk_frame  frame;
        ssk_status status = ssk_framing_measure(t->profile, tvb_get_ptr(tvb, offset, (int)known),
                                                known, left, &frame);
        bool longer = status == SSK_OK && frame.len > left;
        if (status == SSK_ETRUNC && known == left &&
            ask_for_more(pinfo, offset, DESEGMENT_ONE_MORE_SEGMENT))
            return reported;
        if (longer && frame.len - left < DESEGMENT_UNTIL_FIN &&
            ask_for_more(pinfo, offset, (uint32_t)(frame.len - left)))
            return reported;
        if (status != SSK_OK) {
            draw_rest(tvb, pinfo, tree, offset, status == SSK_ETRUNC);
            break;
        }
        if (at.known && !PINFO_FD_VISITED(pinfo)) {
            l->in_message = longer;
            l->message_end = at.seq + (uint32_t)offset + (uint32_t)frame.len;
        }
        take_message(tvb, pinfo, tree, t, dir, offset, &frame);
        if (frame.len > known)
            break;
        offset += (int)frame.len;
    }
    return reported;
}

/* ---- which profile ---- */

static void use_profile(talk *t, const ssk_profile *profile)
{
    t->profile = profile;
    t->period = ssk_profile_period(profile);
}

/** By the table in the preferences. */
static bool bound_profile(talk *t, ssk_carrier carrier, const uint16_t ports[2])
{
    const ssk_binding *row = ssk_binding_find(carrier, ports);
    const ssk_profile *profile = row ? ssk_profile_set_find(ssk_profiles(), row->profile) : NULL;

    if (profile)
        use_profile(t, profile);
    return profile != NULL;
}

static ssk_chunk chunk_of(tvbuff_t *tvb, const packet_info *pinfo)
{
    uint32_t cap_len = tvb_captured_length(tvb);

    return (ssk_chunk){
        .data = cap_len ? tvb_get_ptr(tvb, 0, (int)cap_len) : NULL,
        .cap_len = cap_len,
        .wire_len = tvb_reported_length(tvb),
        .frame = pinfo->num,
        .time = ssk_bridge_time(pinfo),
    };
}

/** By the message that begins here: the user said that there are messages. */
static bool guessed_profile(talk *t, tvbuff_t *tvb, const packet_info *pinfo,
                            ssk_transport transport, const uint16_t ports[2])
{
    ssk_chunk          chunk = chunk_of(tvb, pinfo);
    const ssk_profile *profile = ssk_profile_guess(ssk_profiles(), transport, ports, &chunk);

    if (profile)
        use_profile(t, profile);
    return profile != NULL;
}

/** By one whole message without its framing. */
static bool guessed_body(talk *t, tvbuff_t *tvb, packet_info *pinfo, const ssk_frame *frame)
{
    const ssk_profile_set *set = ssk_profiles();
    uint32_t               known = MIN(tvb_captured_length(tvb), SSK_HEAD_MAX);
    ssk_context            context = { .near = ssk_bridge_time(pinfo) };
    ssk_scratch           *scratch = wmem_new(pinfo->pool, ssk_scratch);
    ssk_reading            said;

    for (size_t i = 0; i < ssk_profile_set_size(set); i++) {
        const ssk_profile *profile = ssk_profile_set_get(set, i);
        if (profile->framing != SSK_FRAMING_WEBSOCKET)
            continue;
        ssk_body_read(profile, frame, tvb_get_ptr(tvb, 0, (int)known), known, &context, scratch,
                      &said);
        if (said.rule && said.rule->role != SSK_ROLE_OTHER) {
            use_profile(t, profile);
            return true;
        }
    }
    return false;
}

static void ignore_message(void *user G_GNUC_UNUSED, const ssk_message *message G_GNUC_UNUSED)
{
}

/** By what the conversation has shown so far; certain or not at all. */
static bool detected_profile(talk *t, tvbuff_t *tvb, const packet_info *pinfo, ssk_dir dir,
                             ssk_transport transport, const uint16_t ports[2])
{
    if (PINFO_FD_VISITED(pinfo))
        return false;
    if (!t->detector) {
        t->detector = ssk_messages_new(ssk_profiles(), transport, ports);
        wmem_register_callback(wmem_file_scope(), free_detector, t);
    }
    if (ssk_messages_gave_up(t->detector))
        return false;
    ssk_chunk chunk = chunk_of(tvb, pinfo);
    ssk_messages_push(t->detector, dir, &chunk, ignore_message, NULL);
    const ssk_profile *profile = ssk_messages_profile(t->detector);
    if (profile)
        use_profile(t, profile);
    return profile != NULL;
}

/* ---- what Wireshark calls ---- */

static int dissect_messages(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                            ssk_carrier carrier, const void *data)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    talk           *t = talk_of(conversation);
    uint16_t        ports[2];

    ports_of(conversation, ports);
    if (!t->profile && !bound_profile(t, carrier, ports) &&
        !guessed_profile(t, tvb, pinfo, carrier == SSK_CARRIER_UDP ? SSK_UDP : SSK_TCP, ports))
        return 0;
    learn_opener(t, pinfo);
    return take_messages(tvb, pinfo, tree, t, dir_of(conversation, pinfo),
                         place_of(pinfo, carrier, data));
}

static int dissect_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_messages(tvb, pinfo, tree, SSK_CARRIER_TCP, data);
}

static int dissect_udp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_messages(tvb, pinfo, tree, SSK_CARRIER_UDP, data);
}

static int dissect_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_messages(tvb, pinfo, tree, SSK_CARRIER_TLS, data);
}

static int dissect_alpn(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_messages(tvb, pinfo, tree, SSK_CARRIER_ALPN, data);
}

/** One message of a WebSocket: Wireshark has taken its framing off. */
static bool take_websocket(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    talk           *t = talk_of(conversation);
    uint16_t        ports[2];
    ssk_frame       frame = { .len = tvb_reported_length(tvb), .opcode = 1 };

    ports_of(conversation, ports);
    if (!frame.len || (!t->profile && !bound_profile(t, SSK_CARRIER_WEBSOCKET, ports) &&
                       !guessed_body(t, tvb, pinfo, &frame)))
        return false;
    learn_opener(t, pinfo);
    take_columns(pinfo);
    take_message(tvb, pinfo, tree, t, dir_of(conversation, pinfo), 0, &frame);
    return true;
}

static int dissect_websocket(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                             void *data G_GNUC_UNUSED)
{
    return take_websocket(tvb, pinfo, tree) ? (int)tvb_captured_length(tvb) : 0;
}

static ssk_ws_bool dissect_websocket_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                               void *data G_GNUC_UNUSED)
{
    return take_websocket(tvb, pinfo, tree);
}

static bool detect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, ssk_carrier carrier,
                   const void *data)
{
    conversation_t *conversation = find_or_create_conversation(pinfo);
    talk           *t = talk_of(conversation);
    ssk_dir         dir = dir_of(conversation, pinfo);
    uint16_t        ports[2];

    ports_of(conversation, ports);
    if (!t->profile && !detected_profile(t, tvb, pinfo, dir, carrier == SSK_CARRIER_UDP ? SSK_UDP : SSK_TCP,
                                         ports))
        return false;
    conversation_set_dissector(conversation, handles[carrier]);
    learn_opener(t, pinfo);
    take_messages(tvb, pinfo, tree, t, dir, place_of(pinfo, carrier, data));
    return true;
}

static ssk_ws_bool dissect_tcp_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                         void *data)
{
    return detect(tvb, pinfo, tree, SSK_CARRIER_TCP, data);
}

static ssk_ws_bool dissect_udp_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                         void *data)
{
    return detect(tvb, pinfo, tree, SSK_CARRIER_UDP, data);
}

static dissector_handle_t handle_of(ssk_carrier carrier)
{
    return handles[carrier];
}

void proto_register_keepalive(void)
{
    static hf_register_info hf[] = {
        { &hf_profile,
          { "Profile", "keepalive.profile", FT_STRING, BASE_NONE, NULL, 0,
            "The message profile that reads this conversation", HFILL } },
        { &hf_type,
          { "Type", "keepalive.type", FT_STRING, BASE_NONE, NULL, 0,
            "ping, pong, time, ack, close or other", HFILL } },
        { &hf_label,
          { "Name", "keepalive.label", FT_STRING, BASE_NONE, NULL, 0,
            "What the profile calls this message, where that says more than its type", HFILL } },
        { &hf_length,
          { "Length", "keepalive.length", FT_UINT64, BASE_DEC, NULL, 0,
            "Bytes, framing included", HFILL } },
        { &hf_seq,
          { "Number", "keepalive.seq", FT_UINT64, BASE_DEC, NULL, 0,
            "Sequence number of a ping or pong", HFILL } },
        { &hf_sent,
          { "Sent", "keepalive.sent", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
            "The sender's own stamp", HFILL } },
        { &hf_delay,
          { "Delay", "keepalive.delay", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "The capture's time minus the sender's stamp: the way, and the clocks' difference",
            HFILL } },
        { &hf_text, { "Text", "keepalive.text", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_bytes, { "Bytes", "keepalive.bytes", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL } },
        { &hf_response_in,
          { "Answered in", "keepalive.response_in", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0, "The pong to this ping", HFILL } },
        { &hf_response_to,
          { "Answers", "keepalive.response_to", FT_FRAMENUM, BASE_NONE,
            FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0, "The ping of this pong", HFILL } },
        { &hf_rtt,
          { "Round trip", "keepalive.rtt", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "From the ping to its pong", HFILL } },
        { &hf_missing,
          { "No answer", "keepalive.missing_response", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "This capture holds no pong to this ping; known on the second visit only", HFILL } },
        { &hf_interval,
          { "Interval", "keepalive.interval", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Since this side's last ping", HFILL } },
        { &hf_late,
          { "Late", "keepalive.late", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Beyond the period, when by more than half of it", HFILL } },
        { &hf_skipped,
          { "Numbers skipped", "keepalive.skipped", FT_UINT64, BASE_DEC, NULL, 0,
            "Between this side's last ping and this one", HFILL } },
        { &hf_duplicate,
          { "Repeated", "keepalive.duplicate", FT_BOOLEAN, BASE_NONE, NULL, 0,
            "The same number came before", HFILL } },
        { &hf_originator,
          { "Originator", "keepalive.originator", FT_STRING, BASE_NONE, NULL, 0,
            "Who sends the pings: client or server", HFILL } },
    };
    static ei_register_info ei[] = {
        { &ei_missing,
          { "keepalive.missing", PI_SEQUENCE, PI_WARN, "No answer to this ping in the capture",
            EXPFILL } },
        { &ei_late, { "keepalive.late.ping", PI_SEQUENCE, PI_NOTE, "Ping late", EXPFILL } },
        { &ei_skipped,
          { "keepalive.skipped.numbers", PI_SEQUENCE, PI_NOTE, "Numbers skipped", EXPFILL } },
        { &ei_duplicate,
          { "keepalive.repeated", PI_SEQUENCE, PI_NOTE, "The same number came before", EXPFILL } },
        { &ei_format,
          { "keepalive.unreadable", PI_UNDECODED, PI_NOTE, "No message of the profile begins here", EXPFILL } },
    };
    static int *ett[] = { &ett_keepalive };

    proto_keepalive = ssk_protocol_register("Keep-alive of an application", "KeepAlive",
                                            "keepalive", hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto_keepalive), ei, G_N_ELEMENTS(ei));
    ssk_bindings_register(prefs_register_protocol(proto_keepalive, NULL), handle_of);

    static const struct {
        const char *name;
        dissector_t function;
    } entries[SSK_N_CARRIERS] = {
        [SSK_CARRIER_TCP] = { "keepalive", dissect_tcp },
        [SSK_CARRIER_UDP] = { "keepalive.udp", dissect_udp },
        [SSK_CARRIER_TLS] = { "keepalive.tls", dissect_tls },
        [SSK_CARRIER_ALPN] = { "keepalive.alpn", dissect_alpn },
        [SSK_CARRIER_WEBSOCKET] = { "keepalive.ws", dissect_websocket },
    };
    /* A port preference finds its dissector by the protocol's title: no other description. */
    for (int i = 0; i < SSK_N_CARRIERS; i++)
        handles[i] = register_dissector(entries[i].name, entries[i].function, proto_keepalive);
}

void proto_reg_handoff_keepalive(void)
{
    timesync_handle = find_dissector("timesync");
    dissector_add_uint_range_with_preference("tcp.port", "", handles[SSK_CARRIER_TCP]);
    dissector_add_uint_range_with_preference("udp.port", "", handles[SSK_CARRIER_UDP]);
    dissector_add_for_decode_as("tls.port", handles[SSK_CARRIER_TLS]);
    /* Nothing is taken before it is certain: core's detection, as in the report. */
    heur_dissector_add("tcp", dissect_tcp_heuristic, "Keep-alive messages on any TCP port",
                       "keepalive_tcp", proto_keepalive, HEURISTIC_ENABLE);
    heur_dissector_add("udp", dissect_udp_heuristic, "Keep-alive messages on any UDP port",
                       "keepalive_udp", proto_keepalive, HEURISTIC_ENABLE);
    /* A single message decides here. */
    heur_dissector_add("ws", dissect_websocket_heuristic, "Keep-alive messages in any WebSocket",
                       "keepalive_ws", proto_keepalive, HEURISTIC_ENABLE);
}
