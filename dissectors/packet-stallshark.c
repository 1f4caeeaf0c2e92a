/* packet-stallshark.c - the post-dissector: frames in, fields and events out.
 *
 * One engine lives as long as the open file. It is fed each frame once, on the
 * first pass; what it said of the frame is kept with the frame and only drawn
 * on later visits. What needs the frames to come is told from a snapshot of the
 * engine, taken when a frame is visited again and someone asks.
 *
 * The engine counts frames itself, in reading order: Wireshark gives the number
 * of a frame that a read filter rejects to the next frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-stallshark.h"

#include "dissectors/compat.h"

#include <string.h>

#include <epan/tap.h>
#include <epan/to_str.h>

#include "core/engine.h"
#include "core/flow/flow.h"
#include "dissectors/bridge.h"
#include "dissectors/endings.h"
#include "dissectors/hindsight.h"
#include "dissectors/keepalive_elsewhere.h"
#include "dissectors/overdue.h"
#include "dissectors/prefs.h"
#include "dissectors/protocol.h"

/** What is kept with a frame. Frames are in reading order, 1-based, 0: none. */
typedef struct frame_note {
    ssk_span_ns gap, any_gap, message_gap; /**< < 0: none */
    uint32_t number;                       /**< Wireshark's; 0: rejected by a read filter */
    uint32_t flow;                         /**< 0: none */
    uint32_t gap_frame;
    uint16_t datagram; /**< payload bytes of a UDP datagram */
    uint8_t interface; /**< the first 255 are told apart */
    uint8_t dir : 1;   /**< ssk_dir */
    uint8_t retransmission : 1;
    uint8_t missing_rungs : 5; /**< ssk_onoff_rungs() */
} frame_note;
G_STATIC_ASSERT(sizeof(frame_note) <= 40);

/** What one pass knows of the frame that was fed last, and nobody asks for again. */
static struct {
    const ssk_ending *endings;
    size_t n_endings;
    ssk_burst burst; /**< .number 0: no pattern is known */
} at_once;

static int proto_stallshark;
static int tap_stallshark;
static int hf_flow, hf_direction, hf_process, hf_gap, hf_gap_from, hf_gap_any, hf_gap_message;
static int ett_plain = -1; /* 4.0 wants it so */
static int ett_stall;      /**< of a packet that a stall begins or ends with */

static ssk_engine *engine;
/** It has not been fed with all frames. */
static bool skipped;
/** [reading order - 1]. In one piece: notes allocated one by one would take half as much again,
 * and protocol data of each frame twice as much. */
static GArray *notes;
/** [Wireshark's number - 1], of the frame that has it last: its reading order; 0: no note. */
static GArray *orders;
/** Flow to process name, of those that have one; the names live as long as the file. */
static GHashTable *processes;

/** Judging a live capture anew takes at most 1/HINDSIGHT_SHARE of the time. */
#define HINDSIGHT_SHARE 20
#define HINDSIGHT_PAUSE G_USEC_PER_SEC

/** What the whole file told when it was last asked. */
static struct {
    ssk_hindsight *told;
    guint frames; /**< that it rests on */
    gint64 due;   /**< not asked again before; monotonic microseconds */
} hindsight;

static void open_file(void)
{
    notes = g_array_new(FALSE, FALSE, sizeof(frame_note));
    orders = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    processes = g_hash_table_new(NULL, NULL);
    ssk_hindsight_open();
    ssk_elsewhere_open();
}

static void forget_hindsight(void)
{
    ssk_hindsight_free(hindsight.told);
    memset(&hindsight, 0, sizeof hindsight);
}

static void close_file(void)
{
    forget_hindsight();
    ssk_overdue_forget();
    ssk_endings_forget();
    at_once.n_endings = 0;
    ssk_engine_free(engine);
    engine = NULL;
    g_clear_pointer(&processes, g_hash_table_destroy);
    if (notes) {
        g_array_free(notes, TRUE);
        g_array_free(orders, TRUE);
    }
    notes = orders = NULL;
    skipped = false;
    ssk_elsewhere_close();
    ssk_bridge_reset();
}

uint32_t ssk_file_packets(void)
{
    return notes ? notes->len : 0;
}

uint32_t ssk_file_order(uint32_t number)
{
    return number && orders && number <= orders->len ? g_array_index(orders, uint32_t, number - 1)
                                                     : 0;
}

uint32_t ssk_file_frame(uint32_t order)
{
    return order && notes && order <= notes->len
               ? g_array_index(notes, frame_note, order - 1).number
               : 0;
}

uint32_t ssk_file_flow(uint32_t number)
{
    uint32_t order = ssk_file_order(number);

    return order ? g_array_index(notes, frame_note, order - 1).flow : 0;
}

static void add_bursts(ssk_bursts *bursts)
{
    for (guint i = 0; bursts && i < notes->len; i++) {
        const frame_note *note = &g_array_index(notes, frame_note, i);
        if (note->datagram)
            ssk_bursts_add(bursts, i + 1, note->flow, (ssk_dir)note->dir, note->interface,
                           note->gap, note->missing_rungs, note->datagram);
    }
}

const ssk_result *ssk_file_result(void)
{
    if (!engine || !notes->len)
        return NULL;
    if (hindsight.frames != notes->len) {
        gint64 start = g_get_monotonic_time();
        forget_hindsight();
        hindsight.told = ssk_hindsight_new(ssk_engine_snapshot(engine));
        hindsight.frames = notes->len;
        add_bursts(hindsight.told->bursts);
        ssk_overdue_take(&hindsight.told->story, notes->len);
        gint64 end = g_get_monotonic_time();
        hindsight.due = end + MAX(HINDSIGHT_PAUSE, HINDSIGHT_SHARE * (end - start));
    }
    return hindsight.told->result;
}

/** As good as it is now; while packets come in, not for every one of them. */
static void look_back(void)
{
    if (!hindsight.told || g_get_monotonic_time() >= hindsight.due)
        ssk_file_result();
}

static void remember_process(const ssk_flow *flow)
{
    if (flow && flow->process_name && !g_hash_table_contains(processes, GUINT_TO_POINTER(flow->id)))
        g_hash_table_insert(processes, GUINT_TO_POINTER(flow->id),
                            wmem_strdup(wmem_file_scope(), flow->process_name));
}

/** First visit: let the engine see the frame, keep what it says. */
static void feed(packet_info *pinfo, proto_tree *tree, const ssk_event *event)
{
    if (!event->frame)
        return; /* of no file */
    if (notes->len) {
        uint32_t *last = &g_array_index(notes, frame_note, notes->len - 1).number;
        if (event->frame < *last)
            return; /* shown before its turn came: the engine cannot go back */
        if (event->frame == *last)
            *last = 0;
    }

    if (!engine)
        engine = ssk_engine_new(ssk_prefs_config(), ssk_prefs_profiles());
    ssk_event in_order = *event;
    ssk_feedback said;
    in_order.frame = notes->len + 1;
    ssk_engine_feed(engine, &in_order, &said);

    frame_note note = {
        .gap = said.has_gap ? said.gap : -1,
        .any_gap = said.has_any_gap ? said.any_gap : -1,
        .message_gap = said.has_message_gap ? said.message_gap : -1,
        .number = event->frame,
        .flow = said.flow,
        .gap_frame = said.has_gap ? said.gap_frame : 0,
        .datagram = (uint16_t)said.datagram,
        .missing_rungs = said.udp.missing_rungs & 31,
        .interface = (uint8_t)MIN(event->interface_id, UINT8_MAX),
        .dir = said.dir,
        .retransmission = said.retransmission,
    };
    g_array_append_val(notes, note);
    g_array_set_size(orders, MAX(orders->len, event->frame));
    g_array_index(orders, uint32_t, event->frame - 1) = notes->len;
    at_once.n_endings = 0;
    if (ssk_hindsight_wants_silences(tree))
        at_once.endings = ssk_endings_of(engine, &said, notes->len, ssk_prefs_config()->min_gap,
                                         &at_once.n_endings);
    at_once.burst = (ssk_burst){.order = notes->len,
                                .number = said.udp.known ? said.udp.burst : 0,
                                .bytes = said.udp.burst_bytes,
                                .off_before = said.udp.off_before,
                                .starts = said.udp.starts};
    remember_process(said.of);
    ssk_elsewhere_take(pinfo, &said, ssk_file_frame);
}

static void add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t order)
{
    uint32_t number = ssk_file_frame(order);

    if (number)
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void draw_flow(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const frame_note *note)
{
    const char *process = g_hash_table_lookup(processes, GUINT_TO_POINTER(note->flow));

    proto_item_set_generated(proto_tree_add_uint(tree, hf_flow, tvb, 0, 0, note->flow));
    proto_item_set_generated(proto_tree_add_string_format_value(
        tree, hf_direction, tvb, 0, 0, note->dir == SSK_A ? "a" : "b", "%s (%s)",
        address_to_str(pinfo->pool, &pinfo->src), note->dir == SSK_A ? "a" : "b"));
    if (process)
        proto_item_set_generated(
            ssk_add_text(tree, hf_process, tvb, pinfo, 0, 0, process, strlen(process)));
    if (note->gap >= 0) {
        proto_item_set_generated(ssk_add_span(tree, hf_gap, tvb, 0, 0, note->gap));
        add_frame(tree, hf_gap_from, tvb, note->gap_frame);
    }
    if (note->any_gap >= 0)
        proto_item_set_generated(ssk_add_span(tree, hf_gap_any, tvb, 0, 0, note->any_gap));
    if (note->message_gap >= 0)
        proto_item_set_generated(ssk_add_span(tree, hf_gap_message, tvb, 0, 0, note->message_gap));
}

/** On the first visit, of the frame just fed. */
static void draw_at_once(proto_tree *tree, tvbuff_t *tvb)
{
    for (size_t i = 0; i < at_once.n_endings; i++)
        ssk_hindsight_draw_silence(tree, tvb, at_once.endings[i].length,
                                   ssk_file_frame(at_once.endings[i].from));
    if (at_once.burst.number)
        ssk_hindsight_draw_burst(tree, tvb, &at_once.burst);
}

static void draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, uint32_t order)
{
    const frame_note *note = &g_array_index(notes, frame_note, order - 1);
    const ssk_frame frame = {order, note->flow, note->retransmission};
    bool again = PINFO_FD_VISITED(pinfo), looks_back = again && ssk_hindsight_wanted(tree);
    bool ends = false;

    if (looks_back) {
        look_back();
        looks_back = ssk_hindsight_has(hindsight.told, &frame, &ends);
    }
    bool overdue = again && ssk_overdue_has(order);
    if (!note->flow && !looks_back && !overdue)
        return;

    proto_item *item = proto_tree_add_item(tree, proto_stallshark, tvb, 0, 0, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ends ? ett_stall : ett_plain);

    proto_item_set_generated(item);
    if (looks_back)
        ssk_hindsight_draw(hindsight.told, item, sub, tvb, pinfo, &frame, ssk_file_frame);
    if (overdue)
        ssk_overdue_draw(item, sub, tvb, pinfo, order);
    if (note->flow)
        draw_flow(sub, tvb, pinfo, note);
    if (!again && order == notes->len)
        draw_at_once(sub, tvb);
}

/** Wireshark makes a tree for any filter, column or color, and most of them ask
 * for nothing here; its list of expert infos asks without a tree. */
static bool is_asked_for(proto_tree *tree)
{
    return (tree && proto_field_is_referenced(tree, proto_stallshark)) ||
           ssk_hindsight_wanted(tree);
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

/** Without a tree, in the only pass, nobody will ever ask: the report alone has an engine then. */
static bool wants_fields(const proto_tree *tree)
{
    if (!tree && ssk_bridge_is_single_pass())
        skipped = true; /* and the rest too: the engine would see a hole */
    return !skipped && ssk_prefs_fields();
}

static int dissect_stallshark(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                              void *data G_GNUC_UNUSED)
{
    bool first_visit = !PINFO_FD_VISITED(pinfo) && wants_fields(tree);
    bool tapped = have_tap_listener(tap_stallshark);

    if (first_visit || tapped) {
        /* Lives until the taps of this frame have been called. */
        ssk_event *event = wmem_new(pinfo->pool, ssk_event);
        ssk_bridge_event(tvb, pinfo, event);
        if (first_visit)
            feed(pinfo, tree, event);
        if (tapped)
            tell(pinfo, event);
    }
    uint32_t order = ssk_file_order(pinfo->num);
    if (order && is_asked_for(tree))
        draw(tree, tvb, pinfo, order);
    if (order && tree && ssk_elsewhere_any())
        ssk_elsewhere_draw(tree, tvb, pinfo, order);
    return (int)tvb_captured_length(tvb);
}

void proto_register_stallshark(void)
{
    static hf_register_info hf[] = {
        {&hf_flow,
         {"Flow", "stallshark.flow", FT_UINT32, BASE_DEC, NULL, 0,
          "Number of the conversation, as in the report", HFILL}},
        {&hf_direction,
         {"Sender", "stallshark.direction", FT_STRING, BASE_NONE, NULL, 0,
          "a opened the connection or was heard first, b is the other side", HFILL}},
        {&hf_process,
         {"Process", "stallshark.process", FT_STRING, BASE_NONE, NULL, 0,
          "Who owned the socket, where the capture names it", HFILL}},
        {&hf_gap,
         {"Gap", "stallshark.gap", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Time since the previous packet of this conversation and direction", HFILL}},
        {&hf_gap_from,
         {"Previous packet of this direction", "stallshark.gap.from", FT_FRAMENUM, BASE_NONE, NULL,
          0, "The packet that the gap began with", HFILL}},
        {&hf_gap_any,
         {"Gap of both directions", "stallshark.gap.any", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Time since the previous packet of this conversation, either direction", HFILL}},
        {&hf_gap_message,
         {"Gap between messages", "stallshark.gap.message", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Time since the previous message of this direction: a decoded one, or new payload",
          HFILL}},
    };
    static int *ett[] = {&ett_plain};

    proto_stallshark = ssk_protocol_register("Stallshark", "Stallshark", "stallshark", hf,
                                             G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    ett_stall = ssk_hindsight_register(proto_stallshark);
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
