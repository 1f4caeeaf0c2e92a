/* packet-stallshark.c - the post-dissector: frames in, fields and events out.
 *
 * One engine lives as long as the open file. It is fed each frame once, on the
 * first pass; what it said of the frame is kept with the frame and only drawn
 * on later visits.
 *
 * The engine counts frames itself, in reading order: Wireshark gives the number
 * of a frame that a read filter rejects to the next frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-stallshark.h"

#include "dissectors/compat.h"

#include <epan/proto_data.h>
#include <epan/tap.h>

#include "core/engine.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"
#include "dissectors/protocol.h"

/** What is kept with a frame. Frames are in reading order, 1-based, 0: none. */
typedef struct frame_note {
    ssk_span_ns gap, any_gap, silence; /**< < 0: none */
    uint32_t    flow;
    uint32_t    gap_frame, silence_frame;
} frame_note;

/** Only of datagrams in an on/off pattern that is known by then. */
typedef struct udp_note {
    ssk_span_ns off_before; /**< 0: no pause yet */
    uint64_t    burst_bytes;
    uint32_t    burst;
    bool        starts;
} udp_note;

/** Kinds of note kept with a frame. */
enum { KEY_FRAME = 0, KEY_UDP = 1 };

static int proto_stallshark;
static int tap_stallshark;
static int hf_flow, hf_gap, hf_gap_from, hf_gap_any, hf_stall, hf_stall_from;
static int hf_udp_state, hf_udp_burst, hf_udp_burst_bytes, hf_udp_off_before;
static int ett_stallshark = -1; /* 4.0 wants it so */

static ssk_engine *engine;
/** [reading order - 1]: Wireshark's number; 0: rejected by a read filter. */
static GArray *numbers;

static void open_file(void)
{
    numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

static void close_file(void)
{
    ssk_engine_free(engine);
    engine = NULL;
    if (numbers)
        g_array_free(numbers, TRUE);
    numbers = NULL;
    ssk_bridge_reset();
}

/** Wireshark's number of the frame read @p order'th. */
static uint32_t number_of(uint32_t order)
{
    return order ? g_array_index(numbers, uint32_t, order - 1) : 0;
}

/** First visit: let the engine see the frame, keep what it says. */
static void feed(packet_info *pinfo, const ssk_event *event)
{
    if (numbers->len) {
        uint32_t *last = &g_array_index(numbers, uint32_t, numbers->len - 1);
        if (event->frame < *last)
            return; /* shown before its turn came: the engine cannot go back */
        if (event->frame == *last)
            *last = 0;
    }
    g_array_append_val(numbers, event->frame);

    if (!engine)
        engine = ssk_engine_new(ssk_prefs_config(), NULL);
    ssk_event    in_order = *event;
    ssk_feedback said;
    in_order.frame = numbers->len;
    ssk_engine_feed(engine, &in_order, &said);
    if (!said.flow)
        return;

    frame_note *note = wmem_new(wmem_file_scope(), frame_note);
    *note = (frame_note){
        .gap = said.has_gap ? said.gap : -1,
        .any_gap = said.has_any_gap ? said.any_gap : -1,
        .silence = said.ends_silence ? said.silence : -1,
        .flow = said.flow,
        .gap_frame = said.has_gap ? said.gap_frame : 0,
        .silence_frame = said.ends_silence ? said.silence_frame : 0,
    };
    p_add_proto_data(wmem_file_scope(), pinfo, proto_stallshark, KEY_FRAME, note);
    if (said.udp.known) {
        udp_note *udp = wmem_new(wmem_file_scope(), udp_note);
        *udp = (udp_note){ said.udp.off_before, said.udp.burst_bytes, said.udp.burst,
                           said.udp.starts };
        p_add_proto_data(wmem_file_scope(), pinfo, proto_stallshark, KEY_UDP, udp);
    }
}

static void add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t order)
{
    uint32_t number = number_of(order);

    if (number)
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void draw_udp(proto_tree *tree, tvbuff_t *tvb, const udp_note *udp)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf_udp_state, tvb, 0, 0, udp->starts));
    proto_item_set_generated(proto_tree_add_uint(tree, hf_udp_burst, tvb, 0, 0, udp->burst));
    proto_item_set_generated(
        proto_tree_add_uint64(tree, hf_udp_burst_bytes, tvb, 0, 0, udp->burst_bytes));
    if (udp->off_before)
        proto_item_set_generated(
            ssk_add_span(tree, hf_udp_off_before, tvb, 0, 0, udp->off_before));
}

static void draw(proto_tree *tree, tvbuff_t *tvb, const frame_note *note, const udp_note *udp)
{
    proto_item *item = proto_tree_add_item(tree, proto_stallshark, tvb, 0, 0, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_stallshark);

    proto_item_set_generated(item);
    proto_item_set_generated(proto_tree_add_uint(sub, hf_flow, tvb, 0, 0, note->flow));
    if (note->gap >= 0) {
        proto_item_set_generated(ssk_add_span(sub, hf_gap, tvb, 0, 0, note->gap));
        add_frame(sub, hf_gap_from, tvb, note->gap_frame);
    }
    if (note->any_gap >= 0)
        proto_item_set_generated(ssk_add_span(sub, hf_gap_any, tvb, 0, 0, note->any_gap));
    if (note->silence >= 0) {
        proto_item_set_generated(ssk_add_span(sub, hf_stall, tvb, 0, 0, note->silence));
        add_frame(sub, hf_stall_from, tvb, note->silence_frame);
    }
    if (udp)
        draw_udp(sub, tvb, udp);
}

/** A frame whose dissection failed inside an ICMP error's quote is still marked
 * as quoted, which hides it from statistics; the frame itself is no quote. */
static void tell(packet_info *pinfo, const ssk_event *event)
{
    ssk_ws_bool quoted = pinfo->flags.in_error_pkt;

    pinfo->flags.in_error_pkt = FALSE;
    tap_queue_packet(tap_stallshark, pinfo, event);
    pinfo->flags.in_error_pkt = quoted;
}

static int dissect_stallshark(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                              void *data G_GNUC_UNUSED)
{
    bool first_visit = !PINFO_FD_VISITED(pinfo) && ssk_prefs_fields();
    bool tapped = have_tap_listener(tap_stallshark);

    if (first_visit || tapped) {
        /* Lives until the taps of this frame have been called. */
        ssk_event *event = wmem_new(pinfo->pool, ssk_event);
        ssk_bridge_event(tvb, pinfo, event);
        if (first_visit)
            feed(pinfo, event);
        if (tapped)
            tell(pinfo, event);
    }
    if (tree) {
        const frame_note *note =
            p_get_proto_data(wmem_file_scope(), pinfo, proto_stallshark, KEY_FRAME);
        if (note)
            draw(tree, tvb, note,
                 p_get_proto_data(wmem_file_scope(), pinfo, proto_stallshark, KEY_UDP));
    }
    return (int)tvb_captured_length(tvb);
}

void proto_register_stallshark(void)
{
    static const value_string states[] = {
        { 0, "on" },
        { 1, "on again after a pause" },
        { 0, NULL },
    };

    static hf_register_info hf[] = {
        { &hf_flow,
          { "Flow", "stallshark.flow", FT_UINT32, BASE_DEC, NULL, 0,
            "Number of the conversation, as in the report", HFILL } },
        { &hf_gap,
          { "Gap", "stallshark.gap", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Time since the previous packet of this conversation and direction", HFILL } },
        { &hf_gap_from,
          { "Previous packet of this direction", "stallshark.gap.from", FT_FRAMENUM, BASE_NONE,
            NULL, 0, "The packet that the gap began with", HFILL } },
        { &hf_gap_any,
          { "Gap of both directions", "stallshark.gap.any", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Time since the previous packet of this conversation, either direction", HFILL } },
        { &hf_stall,
          { "Silence ended", "stallshark.stall", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "Length of the silence that this packet ends; the report judges whether it was a stall",
            HFILL } },
        { &hf_stall_from,
          { "Last packet before the silence", "stallshark.stall.from", FT_FRAMENUM, BASE_NONE, NULL,
            0, "The last packet that moved this direction on before the silence", HFILL } },
        { &hf_udp_state,
          { "UDP reception", "stallshark.udp.state", FT_UINT8, BASE_DEC, VALS(states), 0,
            "Of datagrams that come in bursts, by the pattern known so far", HFILL } },
        { &hf_udp_burst,
          { "UDP burst", "stallshark.udp.burst", FT_UINT32, BASE_DEC, NULL, 0,
            "Number of this on-phase", HFILL } },
        { &hf_udp_burst_bytes,
          { "UDP burst bytes", "stallshark.udp.burst_bytes", FT_UINT64, BASE_DEC, NULL, 0,
            "Payload bytes of this on-phase so far, this datagram included", HFILL } },
        { &hf_udp_off_before,
          { "UDP pause before", "stallshark.udp.off_before", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
            "The pause before this on-phase", HFILL } },
    };
    static int *ett[] = { &ett_stallshark };

    proto_stallshark =
        ssk_protocol_register("Stallshark", "Stallshark", "stallshark", hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    ssk_prefs_register(proto_stallshark);
    tap_stallshark = register_tap(SSK_TAP_NAME);
    register_init_routine(open_file);
    register_cleanup_routine(close_file);
}

void proto_reg_handoff_stallshark(void)
{
    ssk_bridge_init();
    register_postdissector(create_dissector_handle(dissect_stallshark, proto_stallshark));
}
