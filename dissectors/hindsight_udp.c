/* hindsight_udp.c - on and off of datagrams, and why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight_part.h"

#include <string.h>

#include "dissectors/protocol.h"

static int hf_state, hf_burst, hf_burst_bytes, hf_burst_before, hf_off_before;
static int hf_duty, hf_delivered, hf_cycles;
static ssk_verdict_fields verdict_fields = {.ett_evidence = -1}; /* 4.0 wants it so */
static int ett_udp = -1;
static expert_field ei_lost = EI_INIT, ei_pattern = EI_INIT;

void ssk_udp_draw_burst(proto_tree *tree, tvbuff_t *tvb, const ssk_burst *burst)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf_state, tvb, 0, 0, burst->starts));
    proto_item_set_generated(proto_tree_add_uint(tree, hf_burst, tvb, 0, 0, burst->number));
    proto_item_set_generated(proto_tree_add_uint64(tree, hf_burst_bytes, tvb, 0, 0, burst->bytes));
    if (burst->off_before)
        proto_item_set_generated(ssk_add_span(tree, hf_off_before, tvb, 0, 0, burst->off_before));
    if (burst->starts && burst->before)
        proto_item_set_generated(
            proto_tree_add_uint64(tree, hf_burst_before, tvb, 0, 0, burst->before));
}

/** Whose pauses they are is no fault; that datagrams were lost is one. */
static expert_field *severity_of(const ssk_verdict *verdict)
{
    return verdict->n_verdict && verdict->causes[0].id != SSK_CAUSE_UDP_SENDER_PAUSES &&
                   verdict->causes[0].id != SSK_CAUSE_WIFI_DTIM_BUNCHING
               ? &ei_lost
               : &ei_pattern;
}

static void draw_judged(const ssk_drawing *d, proto_item *item, proto_tree *tree,
                        const ssk_result_udp *udp, bool tells)
{
    GString *words = g_string_new(NULL);

    ssk_story_causes(d->story, &udp->verdict, udp->flow, words);
    const char *causes = ssk_draw_keep(d, words);
    proto_item_append_text(item, ": %s", causes);
    proto_item_append_text(d->head, ", datagrams: %s%s",
                           udp->verdict.n_verdict > 1 ? "most likely " : "",
                           ssk_draw_likely_words(d, &udp->verdict, udp->flow));
    ssk_draw_verdict(d, tree, &verdict_fields, &udp->verdict, udp->flow);
    if (tells)
        expert_add_info_format(d->pinfo, item, severity_of(&udp->verdict),
                               "Datagrams of flow %u: %s", udp->flow, causes);
}

void ssk_udp_draw(const ssk_drawing *d, const ssk_result_udp *udp, const ssk_burst *burst,
                  bool tells)
{
    proto_item *item;
    proto_tree *tree = proto_tree_add_subtree(d->tree, d->tvb, 0, 0, ett_udp, &item,
                                              "Datagrams of this flow");

    proto_item_set_generated(item);
    if (udp->judged)
        draw_judged(d, item, tree, udp, tells);
    if (udp->has_on_off) {
        ssk_draw_percent(d, tree, hf_duty, udp->on_off.duty_permille);
        ssk_draw_uint(d, tree, hf_cycles, udp->on_off.cycles);
    }
    if (udp->has_reception)
        ssk_draw_percent(d, tree, hf_delivered, udp->reception.delivered_permille);
    if (burst)
        ssk_udp_draw_burst(d->tree, d->tvb, burst);
}

void ssk_udp_register(int proto, expert_module_t *expert)
{
    static const value_string states[] = {
        {0, "on"},
        {1, "on again after a pause"},
        {0, NULL},
    };
    static hf_register_info hf[] = {
        {&hf_state,
         {"UDP reception", "stallshark.udp.state", FT_UINT8, BASE_DEC, VALS(states), 0,
          "Of datagrams that come in bursts; in one pass by the pattern known so far", HFILL}},
        {&hf_burst,
         {"UDP burst", "stallshark.udp.burst", FT_UINT32, BASE_DEC, NULL, 0,
          "Number of this on-phase", HFILL}},
        {&hf_burst_bytes,
         {"UDP burst bytes", "stallshark.udp.burst_bytes", FT_UINT64, BASE_DEC, NULL, 0,
          "Payload bytes of this on-phase so far, this datagram included", HFILL}},
        {&hf_burst_before,
         {"UDP burst before", "stallshark.udp.burst_before", FT_UINT64, BASE_DEC, NULL, 0,
          "Payload bytes of the on-phase before the pause that this datagram ends; second pass",
          HFILL}},
        {&hf_off_before,
         {"UDP pause before", "stallshark.udp.off_before", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "The pause before this on-phase", HFILL}},
        {&hf_duty,
         {"On", "stallshark.udp.duty", FT_DOUBLE, BASE_NONE, NULL, 0,
          "Share of the time that is on, in percent; second pass", HFILL}},
        {&hf_cycles,
         {"Cycles", "stallshark.udp.cycles", FT_UINT32, BASE_DEC, NULL, 0,
          "Whole on-phases with the pause after them: the first burst and the last are none; "
          "second pass",
          HFILL}},
        {&hf_delivered,
         {"Delivered", "stallshark.udp.delivered", FT_DOUBLE, BASE_NONE, NULL, 0,
          "Share of the datagrams that came through, in percent; second pass", HFILL}},
        {&verdict_fields.verdict,
         {"Verdict", "stallshark.udp.verdict", FT_STRING, BASE_NONE, NULL, 0,
          "Why the datagrams come as they do, in words; second pass", HFILL}},
        {&verdict_fields.likely,
         {"Most likely", "stallshark.udp.likely", FT_STRING, BASE_NONE, NULL, 0,
          "The first cause of the verdict, in words; second pass", HFILL}},
        {&verdict_fields.cause,
         {"Cause", "stallshark.udp.cause", FT_STRING, BASE_NONE, NULL, 0,
          "One of the verdict, as docs/causes.md names it; second pass", HFILL}},
        {&verdict_fields.evidence,
         {"Seen", "stallshark.udp.evidence", FT_STRING, BASE_NONE, NULL, 0,
          "What the verdict rests on; second pass", HFILL}},
        {&verdict_fields.evidence_frame,
         {"Seen in", "stallshark.udp.evidence.frame", FT_FRAMENUM, BASE_NONE, NULL, 0,
          "A packet that shows it; second pass", HFILL}},
        {&verdict_fields.against,
         {"Against it", "stallshark.udp.against", FT_STRING, BASE_NONE, NULL, 0,
          "What speaks against a cause of the verdict; second pass", HFILL}},
        {&verdict_fields.ruled_out,
         {"Ruled out", "stallshark.udp.ruled_out", FT_STRING, BASE_NONE, NULL, 0,
          "Why a cause is none of the verdict; second pass", HFILL}},
        {&verdict_fields.next_capture,
         {"Next capture", "stallshark.udp.next_capture", FT_STRING, BASE_NONE, NULL, 0,
          "Which capture would tell more; second pass", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_lost,
         {"stallshark.udp.lost", PI_SEQUENCE, PI_WARN, "Datagrams were lost or held up", EXPFILL}},
        {&ei_pattern,
         {"stallshark.udp.pattern", PI_SEQUENCE, PI_NOTE, "Datagrams come in bursts", EXPFILL}},
    };
    static int *ett[] = {&ett_udp, &verdict_fields.ett_evidence};

    ssk_hindsight_add_fields(proto, hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert, ei, G_N_ELEMENTS(ei));
}
