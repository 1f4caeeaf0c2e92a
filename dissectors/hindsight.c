/* hindsight.c - fields that need the frames to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight.h"

#include <string.h>

#include <epan/expert.h>

#include "core/base/text.h"
#include "dissectors/protocol.h"

static int hf_id, hf_role, hf_incident, hf_kind, hf_host, hf_duration, hf_missed, hf_before,
    hf_after, hf_cause, hf_verdict, hf_evidence, hf_against, hf_next_capture, hf_recovery;
static int hf_fault, hf_fault_role, hf_fault_duration, hf_fault_by, hf_fault_bytes, hf_fault_before,
    hf_fault_after, hf_fault_evidence;
static int ett_stall = -1, ett_fault = -1; /* 4.0 wants it so */
static expert_field ei_stall = EI_INIT, ei_lost = EI_INIT, ei_fault = EI_INIT, ei_view = EI_INIT;

/** All fields, for the question whether one of them is asked for. */
static const int *fields[32];
static size_t n_fields;
static int expert_protocol;

bool ssk_hindsight_wanted(proto_tree *tree)
{
    if (ssk_expert_is_tapped())
        return true;
    if (!tree)
        return false; /* nobody looks, and this is asked for each frame */
    if (expert_protocol > 0 && proto_field_is_referenced(tree, expert_protocol))
        return true;
    for (size_t i = 0; i < n_fields; i++)
        if (proto_field_is_referenced(tree, *fields[i]))
            return true;
    return false;
}

/* ---- words ---- */

static const char *words_of(packet_info *pinfo, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];

    return wmem_strdup(pinfo->pool, ssk_span_text(span, buf));
}

/** "10.0.0.5", "both sides"; of the side that a stall or a cause names. */
static const char *host_of(packet_info *pinfo, const ssk_result *result,
                           const ssk_result_stall *stall, ssk_side side)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    char buf[SSK_TEXT_ROOM];

    if (side == SSK_SIDE_BOTH)
        return "both sides";
    if (side == SSK_SIDE_PATH)
        return "the path";
    if (!flow || side == SSK_SIDE_NONE)
        return NULL;
    return wmem_strdup(pinfo->pool,
                       ssk_addr_text(&flow->addr[side == SSK_SIDE_A ? SSK_A : SSK_B], buf));
}

/** "radio-off (10.0.0.5), uplink-loss". */
static const char *verdict_of(packet_info *pinfo, const ssk_result *result,
                              const ssk_result_stall *stall)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, stall->verdict.n_verdict ? "" : "unknown");

    for (size_t i = 0; i < stall->verdict.n_verdict; i++) {
        const ssk_cause *cause = &stall->verdict.causes[i];
        const char *host = cause->side == SSK_SIDE_A || cause->side == SSK_SIDE_B
                               ? host_of(pinfo, result, stall, cause->side)
                               : NULL;
        wmem_strbuf_append_printf(text, "%s%s", i ? ", " : "", cause->id);
        if (host)
            wmem_strbuf_append_printf(text, " (%s)", host);
    }
    return wmem_strbuf_get_str(text);
}

/* ---- drawing ---- */

typedef struct drawing {
    proto_tree *tree;
    tvbuff_t *tvb;
    packet_info *pinfo;
    const ssk_result *result;
    uint32_t (*number_of)(uint32_t order);
} drawing;

static void add_uint(const drawing *d, proto_tree *tree, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, d->tvb, 0, 0, value));
}

static void add_frame(const drawing *d, proto_tree *tree, int hf, uint32_t order)
{
    uint32_t number = d->number_of(order);

    if (number)
        add_uint(d, tree, hf, number);
}

static void add_span(const drawing *d, proto_tree *tree, int hf, ssk_span_ns span)
{
    proto_item_set_generated(ssk_add_span(tree, hf, d->tvb, 0, 0, span));
}

/** Text that may hold what the capture held. NULL: none. */
static void add_text(const drawing *d, proto_tree *tree, int hf, const char *text)
{
    if (text)
        proto_item_set_generated(
            ssk_add_text(tree, hf, d->tvb, d->pinfo, 0, 0, text, strlen(text)));
}

/** Causes of one verdict rest on much the same. */
static bool is_told(const ssk_verdict *verdict, size_t before, const char *text)
{
    for (size_t i = 0; i < before; i++)
        for (size_t j = 0; j < verdict->causes[i].n_evidence; j++)
            if (!strcmp(verdict->causes[i].evidence[j].text, text))
                return true;
    return false;
}

static void add_causes(const drawing *d, proto_tree *tree, const ssk_result_stall *stall)
{
    const ssk_verdict *verdict = &stall->verdict;

    for (size_t i = 0; i < verdict->n_verdict; i++)
        add_text(d, tree, hf_cause, verdict->causes[i].id);
    if (!verdict->n_verdict)
        add_text(d, tree, hf_cause, "unknown");
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        for (size_t j = 0; j < cause->n_evidence; j++)
            if (!is_told(verdict, i, cause->evidence[j].text))
                add_text(d, tree, hf_evidence, cause->evidence[j].text);
        for (size_t j = 0; j < cause->n_against; j++)
            add_text(d, tree, hf_against, cause->against[j].text);
    }
    add_text(d, tree, hf_next_capture, verdict->next_capture);
}

static void draw_stall(const drawing *d, const ssk_result_stall *stall, ssk_part_kind kind)
{
    static const char *const words[] = {
        [SSK_PART_LAST_BEFORE] = "begins after this packet",
        [SSK_PART_FIRST_AFTER] = "ends with this packet",
        [SSK_PART_RETRANSMISSION] = "has this packet sent again in vain",
        [SSK_PART_WITNESS] = "has this packet as evidence",
    };
    const char *verdict = verdict_of(d->pinfo, d->result, stall);
    const char *known = host_of(d->pinfo, d->result, stall, stall->direction);
    const char *host = known ? known : "one side", *what = stall->held ? "took nothing" : "silent";
    const char *length = words_of(d->pinfo, stall->duration);
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree_format(
        d->tree, d->tvb, 0, 0, ett_stall, &item, "Stall %u %s: %s %s for %s. Verdict: %s",
        stall->id, words[kind], host, what, length, verdict);

    /* Seen without opening anything. */
    proto_item_append_text(proto_tree_get_parent(d->tree), ", stall %u %s: %s %s for %s", stall->id,
                           words[kind], host, what, length);
    proto_item_set_generated(item);
    add_uint(d, tree, hf_id, stall->id);
    add_uint(d, tree, hf_role, kind);
    add_uint(d, tree, hf_incident, stall->incident);
    add_text(d, tree, hf_kind, stall->kind);
    add_text(d, tree, hf_host, known);
    add_span(d, tree, hf_duration, stall->duration);
    add_frame(d, tree, hf_before, stall->frame_before);
    add_frame(d, tree, hf_after, stall->frame_after);
    if (stall->missed >= 0)
        proto_item_set_generated(
            proto_tree_add_uint64(tree, hf_missed, d->tvb, 0, 0, (uint64_t)stall->missed));
    add_text(d, tree, hf_recovery, stall->recovery);
    add_text(d, tree, hf_verdict, verdict);
    add_causes(d, tree, stall);

    /* Told once: where it ends, or where it begins if it does not end. */
    if (kind == SSK_PART_FIRST_AFTER)
        expert_add_info_format(d->pinfo, item, &ei_stall, "Stall %u: %s %s for %s: %s", stall->id,
                               host, stall->held ? what : "was silent", length, verdict);
    else if (kind == SSK_PART_LAST_BEFORE && !d->number_of(stall->frame_after))
        expert_add_info_format(d->pinfo, item, &ei_lost,
                               "Stall %u: %s %s for %s and was not heard again: %s", stall->id,
                               host, stall->held ? what : "fell silent", length, verdict);
}

/** Faults of how it was captured, not of what was captured. */
static bool is_view(const ssk_result_measurement *fault)
{
    return strcmp(fault->id, "capture-hole") != 0 && strcmp(fault->id, "capture-drops") != 0 &&
           strcmp(fault->id, "clock-step") != 0;
}

static void draw_fault(const drawing *d, const ssk_result_measurement *fault, ssk_part_kind kind)
{
    const char *length = words_of(d->pinfo, fault->has_by ? fault->by : fault->duration);
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree_format(
        d->tree, d->tvb, 0, 0, ett_fault, &item, "Fault of the capture: %s, %s", fault->id, length);

    proto_item_append_text(proto_tree_get_parent(d->tree), ", fault of the capture: %s, %s",
                           fault->id, length);
    proto_item_set_generated(item);
    add_text(d, tree, hf_fault, fault->id);
    add_uint(d, tree, hf_fault_role, kind);
    add_span(d, tree, hf_fault_duration, fault->duration);
    if (fault->has_by)
        add_span(d, tree, hf_fault_by, fault->by);
    if (fault->hidden_bytes >= 0)
        proto_item_set_generated(proto_tree_add_uint64(tree, hf_fault_bytes, d->tvb, 0, 0,
                                                       (uint64_t)fault->hidden_bytes));
    add_frame(d, tree, hf_fault_before, fault->frame_first);
    add_frame(d, tree, hf_fault_after, fault->frame_last);
    for (size_t i = 0; i < fault->n_evidence; i++)
        add_text(d, tree, hf_fault_evidence, fault->evidence[i].text);
    if (kind == SSK_PART_FIRST_AFTER)
        expert_add_info_format(d->pinfo, item, is_view(fault) ? &ei_view : &ei_fault, "%s: %s",
                               fault->id, length);
}

bool ssk_hindsight_has(const ssk_parts *parts, const ssk_frame *frame)
{
    size_t count;

    ssk_parts_find(parts, frame->order, &count);
    return count || (frame->retransmission && ssk_parts_inside(parts, frame->flow, frame->order));
}

void ssk_hindsight_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                        const ssk_result *result, const ssk_parts *parts, const ssk_frame *frame,
                        uint32_t (*number_of)(uint32_t order))
{
    const drawing d = {tree, tvb, pinfo, result, number_of};
    size_t count;
    const ssk_part *list = ssk_parts_find(parts, frame->order, &count);
    const ssk_result_stall *inside = frame->retransmission
                                         ? ssk_parts_inside(parts, frame->flow, frame->order)
                                         : NULL;

    for (size_t i = 0; i < count; i++) {
        if (list[i].fault)
            draw_fault(&d, list[i].fault, list[i].kind);
        else if (list[i].stall == inside)
            continue; /* a witness too: told below */
        else
            draw_stall(&d, list[i].stall, list[i].kind);
    }
    if (inside)
        draw_stall(&d, inside, SSK_PART_RETRANSMISSION);
}

/* ---- registration ---- */

void ssk_hindsight_register(int proto)
{
    static const value_string roles[] = {
        {SSK_PART_LAST_BEFORE, "last before"},
        {SSK_PART_FIRST_AFTER, "first after"},
        {SSK_PART_RETRANSMISSION, "retransmission inside"},
        {SSK_PART_WITNESS, "witness"},
        {0, NULL},
    };
    static hf_register_info hf[] = {
        {&hf_id,
         {"Stall", "stallshark.stall.id", FT_UINT32, BASE_DEC, NULL, 0,
          "Number of the stall, as in the report; second pass", HFILL}},
        {&hf_role,
         {"Role in the stall", "stallshark.stall.role", FT_UINT8, BASE_DEC, VALS(roles), 0,
          "What this packet has to do with the stall; second pass", HFILL}},
        {&hf_incident,
         {"Incident", "stallshark.stall.incident", FT_UINT32, BASE_DEC, NULL, 0,
          "Stalls of one host at one time; second pass", HFILL}},
        {&hf_kind,
         {"Kind", "stallshark.stall.kind", FT_STRING, BASE_NONE, NULL, 0,
          "silence, app-silence, no-progress or connect; second pass", HFILL}},
        {&hf_host,
         {"Silent", "stallshark.stall.host", FT_STRING, BASE_NONE, NULL, 0,
          "Address of the side whose messages are missing; second pass", HFILL}},
        {&hf_duration,
         {"Duration", "stallshark.stall.duration", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Length of the stall; second pass", HFILL}},
        {&hf_missed,
         {"Messages missed", "stallshark.stall.missed", FT_UINT64, BASE_DEC, NULL, 0,
          "Messages that were due meanwhile; second pass", HFILL}},
        {&hf_before,
         {"Last packet before", "stallshark.stall.before", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "Where the stall begins; second pass", HFILL}},
        {&hf_after,
         {"First packet after", "stallshark.stall.after", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "Where the stall ends; second pass", HFILL}},
        {&hf_recovery,
         {"Recovery", "stallshark.stall.recovery", FT_STRING, BASE_NONE, NULL, 0,
          "How it went on; second pass", HFILL}},
        {&hf_verdict,
         {"Verdict", "stallshark.stall.verdict", FT_STRING, BASE_NONE, NULL, 0,
          "The causes that this capture cannot tell apart, best first; second pass", HFILL}},
        {&hf_cause,
         {"Cause", "stallshark.stall.cause", FT_STRING, BASE_NONE, NULL, 0,
          "One of the verdict; second pass", HFILL}},
        {&hf_evidence,
         {"Seen", "stallshark.stall.evidence", FT_STRING, BASE_NONE, NULL, 0,
          "What the verdict rests on; second pass", HFILL}},
        {&hf_against,
         {"Against it", "stallshark.stall.against", FT_STRING, BASE_NONE, NULL, 0,
          "What speaks against the verdict; second pass", HFILL}},
        {&hf_next_capture,
         {"Next capture", "stallshark.stall.next_capture", FT_STRING, BASE_NONE, NULL, 0,
          "Which capture would tell more; second pass", HFILL}},
        {&hf_fault,
         {"Fault", "stallshark.fault", FT_STRING, BASE_NONE, NULL, 0,
          "Fault of the capture at this packet: capture-hole, clock-step ...; second pass", HFILL}},
        {&hf_fault_role,
         {"Role in the fault", "stallshark.fault.role", FT_UINT8, BASE_DEC, VALS(roles), 0,
          "What this packet has to do with the fault; second pass", HFILL}},
        {&hf_fault_duration,
         {"Duration", "stallshark.fault.duration", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "From the last packet before to the first after; second pass", HFILL}},
        {&hf_fault_by,
         {"By", "stallshark.fault.by", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "How far the capture's clock stepped; second pass", HFILL}},
        {&hf_fault_bytes,
         {"Hidden bytes", "stallshark.fault.hidden_bytes", FT_UINT64, BASE_DEC, NULL, 0,
          "Sent during the hole, by the senders' own counting; second pass", HFILL}},
        {&hf_fault_before,
         {"Last packet before", "stallshark.fault.before", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "Where the fault begins; second pass", HFILL}},
        {&hf_fault_after,
         {"First packet after", "stallshark.fault.after", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "Where the fault ends; second pass", HFILL}},
        {&hf_fault_evidence,
         {"Seen", "stallshark.fault.evidence", FT_STRING, BASE_NONE, NULL, 0,
          "What tells the fault; second pass", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_stall,
         {"stallshark.stall.ended", PI_SEQUENCE, PI_WARN, "Stall: a side was silent", EXPFILL}},
        {&ei_lost,
         {"stallshark.stall.not_ended", PI_SEQUENCE, PI_ERROR,
          "Stall: a side fell silent and was not heard again", EXPFILL}},
        {&ei_fault,
         {"stallshark.fault.seen", PI_SEQUENCE, PI_WARN,
          "The capture is incomplete, or its clock stepped", EXPFILL}},
        {&ei_view,
         {"stallshark.fault.view", PI_SEQUENCE, PI_NOTE, "The capture shows less than it seems to",
          EXPFILL}},
    };
    static int *ett[] = {&ett_stall, &ett_fault};

    G_STATIC_ASSERT(G_N_ELEMENTS(hf) <= G_N_ELEMENTS(fields));
    for (size_t i = 0; i < G_N_ELEMENTS(hf); i++)
        fields[n_fields++] = hf[i].p_id;
    proto_register_field_array(proto, hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto), ei, G_N_ELEMENTS(ei));
}

void ssk_hindsight_open(void)
{
    expert_protocol = proto_get_id_by_filter_name("_ws.expert");
}
