/* packet-keepalive.c - an application's messages by their profile.
 *
 * Core frames and reads a message (core/message/framing.h, core/message/body.h) and finds the
 * profile of a conversation (core/message/message.h); here messages are put together
 * from segments by Wireshark. Pairing and drawing have files of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-keepalive.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>

#include "core/base/text.h"
#include "core/message/body.h"
#include "core/message/messages.h"
#include "dissectors/bridge.h"
#include "dissectors/keepalive_fields.h"
#include "dissectors/packet-timesync.h"
#include "dissectors/profiles.h"

static int proto_keepalive;
static dissector_handle_t handles[SSK_N_CARRIERS], timesync_handle;

/* ---- what is known of a conversation ---- */

/** One direction. */
typedef struct lane {
    bool in_message;                 /**< one began that Wireshark could not put together ... */
    uint32_t message_end;            /**< ... and ends before this TCP sequence number */
    ssk_timesync *sync[SSK_N_ROLES]; /**< where the profile leaves the format of times open */
} lane;

typedef struct talk {
    const ssk_profile *profile; /**< NULL: not known yet */
    ssk_messages *detector;     /**< at work until the profile is known */
    bool opener_known;          /**< the first address opened the connection */
    lane lane[2];               /**< [SSK_A]: the conversation's first address */
    ssk_pairing pairing;
} talk;

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
        ssk_pairing_init(&t->pairing);
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

bool ssk_keepalive_took(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_keepalive, 0) != NULL;
}

/** Who asks whether a ping waits. */
typedef struct asker {
    const talk *talk;
    ssk_dir dir;
} asker;

static bool is_awaited(void *user, uint64_t number)
{
    const asker *by = user;

    return ssk_pairing_awaits(&by->talk->pairing, by->dir, number);
}

/** A time whose format the profile leaves open: found out on the first visit. */
static ssk_timesync *find_time(lane *l, ssk_reading *said, ssk_time_ns now, bool visited)
{
    if (!said->group || said->stamp.kind == SSK_STAMP_NONE)
        return NULL;
    ssk_timesync **sync = &l->sync[said->group->role];
    if (!*sync)
        *sync = wmem_new0(wmem_file_scope(), ssk_timesync);
    if (!visited)
        ssk_timesync_add(*sync, &said->stamp, now);
    said->has_time = ssk_timesync_read(*sync, &said->stamp, now, &said->time);
    return *sync;
}

static ssk_said say(const talk *t, ssk_dir dir, const ssk_frame *frame, const ssk_reading *reading,
                    ssk_time_ns now)
{
    const ssk_profile_group *group = reading->group;
    bool has_sent = reading->has_time && !(group && group->role == SSK_ROLE_TIME);

    return (ssk_said){
        .profile = t->profile,
        .role = group ? group->role : SSK_ROLE_OTHER,
        .label = group            ? group->label
                 : frame->upgrade ? "upgrade"
                                  : NULL,
        .known = group != NULL,
        .dir = dir,
        .len = frame->len,
        .has_seq = reading->has_seq,
        .seq = reading->seq,
        .has_sent = has_sent,
        .sent = reading->time,
        .now = now,
    };
}

static void describe(packet_info *pinfo, const ssk_said *said, const ssk_pairing_note *note)
{
    char text[SSK_TEXT_ROOM];

    col_append_sep_str(pinfo->cinfo, COL_INFO, ", ", ssk_said_name(said));
    if (said->has_seq)
        col_append_fstr(pinfo->cinfo, COL_INFO, " %" G_GUINT64_FORMAT, said->seq);
    if (note && note->exchange && said->role == SSK_ROLE_PONG &&
        note->exchange->ping_time != SSK_TIME_NONE && said->now != SSK_TIME_NONE)
        col_append_fstr(pinfo->cinfo, COL_INFO, " after %s",
                        ssk_span_text(said->now - note->exchange->ping_time, text));
}

static const ssk_pairing_note *pair(packet_info *pinfo, talk *t, const ssk_said *said,
                                    uint32_t index)
{
    if (PINFO_FD_VISITED(pinfo))
        return p_get_proto_data(wmem_file_scope(), pinfo, proto_keepalive, index);
    const ssk_pairing_note *note = ssk_pairing_take(&t->pairing, said, pinfo->num);
    if (note)
        p_add_proto_data(wmem_file_scope(), pinfo, proto_keepalive, index, (void *)note);
    return note;
}

/** Bytes of the message between its framing, as far as captured. */
static void draw_body(proto_tree *sub, tvbuff_t *tvb, int offset, int known, const talk *t,
                      const ssk_frame *frame)
{
    int start = (int)frame->body, end = known;
    bool is_text = !frame->masked && !frame->deflated && t->profile->body != SSK_BODY_BYTES;

    if (frame->len <= (uint64_t)known)
        end = known - (int)frame->body_end;
    ssk_keepalive_draw_body(sub, tvb, offset + start, end - start, is_text);
}

static void take_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, talk *t, ssk_dir dir,
                         int offset, const ssk_frame *frame)
{
    int known = MIN(tvb_captured_length_remaining(tvb, offset),
                    (int)MIN(frame->len, (uint64_t)INT_MAX));
    uint32_t index = count_message(pinfo);
    ssk_scratch *scratch = wmem_new(pinfo->pool, ssk_scratch);
    ssk_reading reading;
    asker by = {t, dir};
    ssk_context context = {
        .near = ssk_bridge_time(pinfo),
        .party = !t->opener_known ? SSK_PARTY_ANY
                 : dir == SSK_A   ? SSK_PARTY_CLIENT
                                  : SSK_PARTY_SERVER,
        .awaited = PINFO_FD_VISITED(pinfo) ? NULL : is_awaited,
        .user = &by,
    };

    ssk_body_read(t->profile, frame, tvb_get_ptr(tvb, offset, known),
                  MIN((uint32_t)known, SSK_HEAD_MAX), &context, scratch, &reading);

    const ssk_timesync *sync = find_time(&t->lane[dir], &reading, context.near,
                                         PINFO_FD_VISITED(pinfo));
    ssk_said said = say(t, dir, frame, &reading, context.near);
    const ssk_pairing_note *note = pair(pinfo, t, &said, index);
    const char *originator = !t->opener_known ? NULL : dir == SSK_A ? "client" : "server";
    proto_tree *sub = ssk_keepalive_draw(tree, tvb, pinfo, offset, known, &said, note, originator);
    draw_body(sub, tvb, offset, known, t, frame);
    describe(pinfo, &said, note);
    if (said.role == SSK_ROLE_TIME && reading.has_time) {
        ssk_timesync_data clock = {
            .clock = reading.time,
            .capture = said.now,
            .format = sync ? (ssk_time_format)sync->format : reading.format,
            .declared = reading.group->time_format != SSK_FORMAT_AUTO,
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
    bool known; /**< straight on TCP, and no reassembled bytes */
    uint32_t seq;
} place;

static place place_of(const packet_info *pinfo, ssk_carrier carrier, const void *data)
{
    const struct tcpinfo *tcp = data;

    if (carrier != SSK_CARRIER_TCP || pinfo->ptype != PT_TCP || !tcp || tcp->is_reassembled)
        return (place){0};
    return (place){.known = true, .seq = tcp->seq};
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

/** TCP saw these bytes before. From 4.6 on it hands such a segment on where the capture cut it. */
static bool is_sent_again(packet_info *pinfo)
{
    enum { RETRANSMISSION = 1 }; /* TCP_A_RETRANSMISSION of packet-tcp.c */
    if (pinfo->ptype != PT_TCP)
        return false;
    const struct tcp_analysis *tcp = get_tcp_conversation_data(NULL, pinfo); /* as above */
    return tcp && tcp->ta && (tcp->ta->flags & RETRANSMISSION);
}

/** Messages one behind the other. */
static int take_messages(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, talk *t, ssk_dir dir,
                         place at)
{
    int captured = (int)tvb_captured_length(tvb), reported = (int)tvb_reported_length(tvb);
    lane *l = &t->lane[dir];
    int offset = continued_bytes(pinfo, l, at, reported);

    take_columns(pinfo);
    if (offset)
        ssk_keepalive_draw_continued(tree, tvb, pinfo, offset);
    while (offset < captured) {
        uint32_t left = (uint32_t)(reported - offset), known = (uint32_t)(captured - offset);
        ssk_frame frame;
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
            ssk_keepalive_draw_rest(tree, tvb, pinfo, offset,
                                    status == SSK_ETRUNC   ? "cut short"
                                    : is_sent_again(pinfo) ? "retransmitted"
                                                           : NULL);
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
    t->pairing.period = ssk_profile_period(profile);
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
    ssk_chunk chunk = chunk_of(tvb, pinfo);
    const ssk_profile *profile = ssk_profile_guess(ssk_profiles(), transport, ports, &chunk);

    if (profile)
        use_profile(t, profile);
    return profile != NULL;
}

/** By one whole message without its framing. */
static bool guessed_body(talk *t, tvbuff_t *tvb, packet_info *pinfo, const ssk_frame *frame)
{
    const ssk_profile_set *set = ssk_profiles();
    uint32_t known = MIN(tvb_captured_length(tvb), SSK_HEAD_MAX);
    ssk_context context = {.near = ssk_bridge_time(pinfo)};
    ssk_scratch *scratch = wmem_new(pinfo->pool, ssk_scratch);
    ssk_reading said;

    for (size_t i = 0; i < ssk_profile_set_size(set); i++) {
        const ssk_profile *profile = ssk_profile_set_get(set, i);
        if (profile->framing != SSK_FRAMING_WEBSOCKET)
            continue;
        ssk_body_read(profile, frame, tvb_get_ptr(tvb, 0, (int)known), known, &context, scratch,
                      &said);
        if (said.group && said.group->role != SSK_ROLE_OTHER) {
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
    talk *t = talk_of(conversation);
    uint16_t ports[2];

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
    talk *t = talk_of(conversation);
    uint16_t ports[2];
    ssk_frame frame = {.len = tvb_reported_length(tvb), .opcode = 1};

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
    talk *t = talk_of(conversation);
    ssk_dir dir = dir_of(conversation, pinfo);
    uint16_t ports[2];

    ports_of(conversation, ports);
    if (!t->profile && !detected_profile(t, tvb, pinfo, dir,
                                         carrier == SSK_CARRIER_UDP ? SSK_UDP : SSK_TCP, ports))
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

bool ssk_keepalive_looks(ssk_transport transport)
{
    const heur_dtbl_entry_t *entry = find_heur_dissector_by_unique_short_name(
        transport == SSK_UDP ? "keepalive_udp" : "keepalive_tcp");

    return entry && entry->enabled &&
           proto_is_protocol_enabled(find_protocol_by_id(proto_keepalive));
}

static dissector_handle_t handle_of(ssk_carrier carrier)
{
    return handles[carrier];
}

void proto_register_keepalive(void)
{
    proto_keepalive = ssk_keepalive_register();
    ssk_bindings_register(prefs_register_protocol(proto_keepalive, NULL), handle_of);

    static const struct {
        const char *name;
        dissector_t function;
    } entries[SSK_N_CARRIERS] = {
        [SSK_CARRIER_TCP] = {"keepalive", dissect_tcp},
        [SSK_CARRIER_UDP] = {"keepalive.udp", dissect_udp},
        [SSK_CARRIER_TLS] = {"keepalive.tls", dissect_tls},
        [SSK_CARRIER_ALPN] = {"keepalive.alpn", dissect_alpn},
        [SSK_CARRIER_WEBSOCKET] = {"keepalive.ws", dissect_websocket},
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
