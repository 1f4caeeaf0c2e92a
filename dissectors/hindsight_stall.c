/* hindsight_stall.c - a stall, at the packets that have to do with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight_part.h"

#include "dissectors/protocol.h"

static int hf_part, hf_id, hf_role, hf_incident, hf_kind, hf_host, hf_duration, hf_missed,
    hf_before, hf_after, hf_recovery, hf_silence, hf_silence_from, hf_debt, hf_debtor,
    hf_debt_frame;
static ssk_verdict_fields verdict_fields = {.ett_evidence = -1}; /* 4.0 wants it so */
static int ett_end = -1, ett_other = -1;
static expert_field ei_stall = EI_INIT, ei_lost = EI_INIT;

static const value_string roles[] = {
    {SSK_PART_LAST_BEFORE, "last before"},
    {SSK_PART_FIRST_AFTER, "first after"},
    {SSK_PART_RETRANSMISSION, "retransmission inside"},
    {SSK_PART_WITNESS, "witness"},
    {0, NULL},
};

void ssk_stall_draw_silence(proto_tree *tree, tvbuff_t *tvb, ssk_span_ns length, uint32_t from)
{
    proto_item_set_generated(ssk_add_span(tree, hf_silence, tvb, 0, 0, length));
    if (from)
        proto_item_set_generated(proto_tree_add_uint(tree, hf_silence_from, tvb, 0, 0, from));
}

bool ssk_stall_wants_silences(proto_tree *tree)
{
    return tree && (proto_field_is_referenced(tree, hf_silence) ||
                    proto_field_is_referenced(tree, hf_silence_from));
}

/** "10.0.0.5 sent nothing to 10.0.0.1 for 31.4 s" */
static const char *title_of(const ssk_drawing *d, const ssk_result_stall *stall)
{
    GString *words = g_string_new(NULL);

    ssk_story_stall_title(d->story, stall, words);
    return ssk_draw_keep(d, words);
}

static void draw_facts(const ssk_drawing *d, proto_tree *tree, const ssk_result_stall *stall,
                       ssk_part_kind kind)
{
    static const char *const words[] = {
        [SSK_PART_LAST_BEFORE] = "begins",
        [SSK_PART_FIRST_AFTER] = "ends",
        [SSK_PART_RETRANSMISSION] = "retransmission",
        [SSK_PART_WITNESS] = "evidence",
    };

    ssk_draw_frame(d, tree, hf_before, stall->frame_before);
    ssk_draw_frame(d, tree, hf_after, stall->frame_after);
    ssk_draw_text(d, tree, hf_part,
                  wmem_strdup_printf(d->pinfo->pool, "%u %s", stall->id, words[kind]));
    ssk_draw_uint(d, tree, hf_id, stall->id);
    ssk_draw_uint(d, tree, hf_role, kind);
    ssk_draw_uint(d, tree, hf_incident, stall->incident);
    ssk_draw_text(d, tree, hf_kind, ssk_stall_kind_text(stall->kind));
    ssk_draw_text(d, tree, hf_host, ssk_draw_host_words(d, stall->flow, stall->direction));
    ssk_draw_span(d, tree, hf_duration, stall->duration);
    if (stall->missed >= 0)
        ssk_draw_uint64(d, tree, hf_missed, (uint64_t)stall->missed);
    ssk_draw_text(d, tree, hf_recovery, ssk_recovery_text(stall->recovery));
    ssk_draw_text(d, tree, hf_debt, stall->debt.name);
    ssk_draw_text(d, tree, hf_debtor, ssk_draw_host_words(d, stall->flow, stall->debt.debtor));
    ssk_draw_frame(d, tree, hf_debt_frame, stall->debt.frame);
}

/** Told once: where it ends, or where it begins if it does not end.
 * @param item a line inside: the tree of one with an expert info is closed at first */
static void tell(const ssk_drawing *d, proto_item *item, const ssk_result_stall *stall,
                 ssk_part_kind kind, const char *title)
{
    GString *words = g_string_new(NULL);

    ssk_story_causes(d->story, &stall->verdict, stall->flow, words);
    const char *causes = ssk_draw_keep(d, words);
    if (kind == SSK_PART_FIRST_AFTER)
        expert_add_info_format(d->pinfo, item, &ei_stall, "Stall %u: %s: %s", stall->id, title,
                               causes);
    else if (kind == SSK_PART_LAST_BEFORE && !d->number_of(stall->frame_after))
        expert_add_info_format(d->pinfo, item, &ei_lost,
                               "Stall %u: %s, to the end of the capture: %s", stall->id, title,
                               causes);
}

void ssk_stall_draw(const ssk_drawing *d, const ssk_result_stall *stall, ssk_part_kind kind)
{
    static const char *const words[] = {
        [SSK_PART_LAST_BEFORE] = "begins after this packet",
        [SSK_PART_FIRST_AFTER] = "ends with this packet",
        [SSK_PART_RETRANSMISSION] = "has this packet as a retransmission without an answer",
        [SSK_PART_WITNESS] = "has this packet as evidence",
    };
    const bool end = kind == SSK_PART_LAST_BEFORE || kind == SSK_PART_FIRST_AFTER;
    const char *title = title_of(d, stall);
    proto_item *item;
    proto_tree *tree =
        proto_tree_add_subtree_format(d->tree, d->tvb, 0, 0, end ? ett_end : ett_other, &item,
                                      "Stall %u %s: %s", stall->id, words[kind], title);

    proto_item_set_generated(item);
    proto_item_append_text(d->head, ", stall %u %s: %s, %s%s", stall->id, words[kind], title,
                           stall->verdict.n_verdict > 1 ? "most likely " : "",
                           ssk_draw_likely_words(d, &stall->verdict, stall->flow));
    proto_item *likely = ssk_draw_verdict(d, tree, &verdict_fields, &stall->verdict, stall->flow);
    draw_facts(d, tree, stall, kind);
    tell(d, likely, stall, kind, title);
    if (kind == SSK_PART_FIRST_AFTER)
        ssk_stall_draw_silence(tree, d->tvb, stall->duration, d->number_of(stall->frame_before));
}

void ssk_stall_open_tree(void)
{
    tree_expanded_set(ett_end, TRUE);
}

void ssk_stall_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        {&hf_part,
         {"Part", "stallshark.stall.part", FT_STRING, BASE_NONE, NULL, 0,
          "Number of the stall and what this packet is to it, for a column; second pass", HFILL}},
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
        {&hf_debt,
         {"Owed", "stallshark.stall.debt", FT_STRING, BASE_NONE, NULL, 0,
          "Kind of what stayed unpaid, as in the report; second pass", HFILL}},
        {&hf_debtor,
         {"Owed by", "stallshark.stall.debtor", FT_STRING, BASE_NONE, NULL, 0,
          "Address of who owed it; second pass", HFILL}},
        {&hf_debt_frame,
         {"Owed since", "stallshark.stall.debt.frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "The packet that made the debt; second pass", HFILL}},
        {&hf_silence,
         {"Silence ended", "stallshark.stall", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "Length of the stall that this packet ends; in one pass, by what is known then", HFILL}},
        {&hf_silence_from,
         {"Last packet before the silence", "stallshark.stall.from", FT_FRAMENUM, BASE_NONE, NULL,
          0, "The last packet that moved this direction on before the silence", HFILL}},
        {&verdict_fields.verdict,
         {"Verdict", "stallshark.stall.verdict", FT_STRING, BASE_NONE, NULL, 0,
          "What is likely, and what is possible too, in words; second pass", HFILL}},
        {&verdict_fields.likely,
         {"Most likely", "stallshark.stall.likely", FT_STRING, BASE_NONE, NULL, 0,
          "The first cause of the verdict, in words; second pass", HFILL}},
        {&verdict_fields.cause,
         {"Cause", "stallshark.stall.cause", FT_STRING, BASE_NONE, NULL, 0,
          "One of the verdict, as docs/causes.md names it; second pass", HFILL}},
        {&verdict_fields.evidence,
         {"Seen", "stallshark.stall.evidence", FT_STRING, BASE_NONE, NULL, 0,
          "What the verdict rests on; second pass", HFILL}},
        {&verdict_fields.evidence_frame,
         {"Seen in", "stallshark.stall.evidence.frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "A packet that shows it; second pass", HFILL}},
        {&verdict_fields.against,
         {"Against it", "stallshark.stall.against", FT_STRING, BASE_NONE, NULL, 0,
          "What speaks against a cause of the verdict; second pass", HFILL}},
        {&verdict_fields.ruled_out,
         {"Ruled out", "stallshark.stall.ruled_out", FT_STRING, BASE_NONE, NULL, 0,
          "Why a cause is none of the verdict; second pass", HFILL}},
        {&verdict_fields.next_capture,
         {"Next capture", "stallshark.stall.next_capture", FT_STRING, BASE_NONE, NULL, 0,
          "Which capture would tell more; second pass", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_stall,
         {"stallshark.stall.ended", PI_SEQUENCE, PI_WARN, "Stall: a side was silent", EXPFILL}},
        {&ei_lost,
         {"stallshark.stall.not_ended", PI_SEQUENCE, PI_ERROR,
          "Stall: a side fell silent and was not heard again", EXPFILL}},
    };
    static int *ett[] = {&ett_end, &ett_other, &verdict_fields.ett_evidence};

    ssk_hindsight_add_fields(proto, hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert, ei, G_N_ELEMENTS(ei));
}
