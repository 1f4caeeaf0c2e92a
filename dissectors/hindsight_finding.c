/* hindsight_finding.c - faults of the capture, and what else was found, at the packets that show it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight_part.h"

#include <string.h>

static int hf_fault, hf_fault_role, hf_fault_duration, hf_fault_by, hf_fault_bytes, hf_fault_before,
    hf_fault_after, hf_fault_evidence;
static int hf_finding, hf_finding_text, hf_finding_severity;
static int ett_fault = -1, ett_finding = -1; /* 4.0 wants it so */
static expert_field ei_fault = EI_INIT, ei_view = EI_INIT, ei_note = EI_INIT, ei_warning = EI_INIT,
                    ei_error = EI_INIT;

/** Faults of how it was captured, not of what was captured. */
static bool is_view(const ssk_result_measurement *fault)
{
    return fault->id != SSK_CAUSE_CAPTURE_HOLE && fault->id != SSK_CAUSE_CAPTURE_DROPS &&
           fault->id != SSK_CAUSE_CLOCK_STEP;
}

void ssk_fault_draw(const ssk_drawing *d, const ssk_result_measurement *fault, ssk_part_kind kind)
{
    const char *length = ssk_draw_span_words(d, fault->has_by ? fault->by : fault->duration);
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree_format(d->tree, d->tvb, 0, 0, ett_fault, &item,
                                                     "Fault of the capture: %s, %s",
                                                     ssk_cause_text(fault->id), length);

    proto_item_append_text(d->head, ", fault of the capture: %s, %s", ssk_cause_text(fault->id),
                           length);
    proto_item_set_generated(item);
    ssk_draw_text(d, tree, hf_fault, ssk_cause_text(fault->id));
    ssk_draw_uint(d, tree, hf_fault_role, kind);
    ssk_draw_span(d, tree, hf_fault_duration, fault->duration);
    if (fault->has_by)
        ssk_draw_span(d, tree, hf_fault_by, fault->by);
    if (fault->hidden_bytes >= 0)
        proto_item_set_generated(proto_tree_add_uint64(tree, hf_fault_bytes, d->tvb, 0, 0,
                                                       (uint64_t)fault->hidden_bytes));
    ssk_draw_frame(d, tree, hf_fault_before, fault->frame_first);
    ssk_draw_frame(d, tree, hf_fault_after, fault->frame_last);
    for (size_t i = 0; i < fault->n_evidence; i++)
        ssk_draw_text(d, tree, hf_fault_evidence, fault->evidence[i].text);
    if (kind == SSK_PART_FIRST_AFTER)
        expert_add_info_format(d->pinfo, item, is_view(fault) ? &ei_view : &ei_fault, "%s: %s",
                               ssk_cause_text(fault->id), length);
}

/** Once: at the first of its packets. */
void ssk_finding_draw(const ssk_drawing *d, const ssk_result_finding *finding, ssk_part_kind kind)
{
    GString *words = g_string_new(NULL);
    ssk_result_finding shown = *finding;

    shown.frames = ssk_draw_numbers(d, finding->frames, &shown.n_frames);
    ssk_story_finding(&shown, words);
    const char *text = ssk_draw_keep(d, words);
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree_format(d->tree, d->tvb, 0, 0, ett_finding, &item,
                                                     "Found: %s", text);

    proto_item_set_generated(item);
    proto_item_append_text(d->head, ", found: %s", ssk_cause_text(finding->id));
    ssk_draw_text(d, tree, hf_finding, ssk_cause_text(finding->id));
    ssk_draw_text(d, tree, hf_finding_text, finding->text);
    ssk_draw_text(d, tree, hf_finding_severity, finding->severity);
    if (kind == SSK_PART_FIRST)
        expert_add_info_format(d->pinfo, item,
                               !g_strcmp0(finding->severity, "error")     ? &ei_error
                               : !g_strcmp0(finding->severity, "warning") ? &ei_warning
                                                                          : &ei_note,
                               "%s", text);
}

void ssk_finding_register(int proto, expert_module_t *expert)
{
    static const value_string roles[] = {
        {SSK_PART_LAST_BEFORE, "last before"},
        {SSK_PART_FIRST_AFTER, "first after"},
        {SSK_PART_RETRANSMISSION, "retransmission inside"},
        {SSK_PART_WITNESS, "witness"},
        {0, NULL},
    };
    static hf_register_info hf[] = {
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
        {&hf_finding,
         {"Finding", "stallshark.finding", FT_STRING, BASE_NONE, NULL, 0,
          "Something worth saying that is no stall, as duplicate-peer; second pass", HFILL}},
        {&hf_finding_text,
         {"What was found", "stallshark.finding.text", FT_STRING, BASE_NONE, NULL, 0,
          "The finding in words; second pass", HFILL}},
        {&hf_finding_severity,
         {"Severity", "stallshark.finding.severity", FT_STRING, BASE_NONE, NULL, 0,
          "note, warning or error; second pass", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_fault,
         {"stallshark.fault.seen", PI_SEQUENCE, PI_WARN,
          "The capture is incomplete, or its clock stepped", EXPFILL}},
        {&ei_view,
         {"stallshark.fault.view", PI_SEQUENCE, PI_NOTE, "The capture shows less than it seems to",
          EXPFILL}},
        {&ei_note, {"stallshark.finding.note", PI_SEQUENCE, PI_NOTE, "Found", EXPFILL}},
        {&ei_warning, {"stallshark.finding.warning", PI_SEQUENCE, PI_WARN, "Found", EXPFILL}},
        {&ei_error, {"stallshark.finding.error", PI_SEQUENCE, PI_ERROR, "Found", EXPFILL}},
    };
    static int *ett[] = {&ett_fault, &ett_finding};

    ssk_hindsight_add_fields(proto, hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert, ei, G_N_ELEMENTS(ei));
}
