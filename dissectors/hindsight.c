/* hindsight.c - fields that need the frames to come.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight.h"

#include "dissectors/hindsight_part.h"
#include "dissectors/overdue.h"
#include "dissectors/protocol.h"

/** All fields, for the question whether one of them is asked for. */
static const int *fields[64];
static size_t n_fields;
static int expert_protocol;

/* ---- what a file told ---- */

ssk_hindsight *ssk_hindsight_new(ssk_result *result)
{
    ssk_hindsight *hindsight = g_new0(ssk_hindsight, 1);

    hindsight->result = result;
    hindsight->parts = ssk_parts_new(result);
    hindsight->bursts = ssk_bursts_new(result);
    hindsight->udp = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < result->n_udp; i++)
        if (result->udp[i].has_on_off || result->udp[i].judged)
            g_hash_table_insert(hindsight->udp, GUINT_TO_POINTER(result->udp[i].flow),
                                &result->udp[i]);
    ssk_story_init(&hindsight->story, result, NULL);
    return hindsight;
}

void ssk_hindsight_free(ssk_hindsight *hindsight)
{
    if (!hindsight)
        return;
    ssk_story_clear(&hindsight->story);
    g_hash_table_destroy(hindsight->udp);
    ssk_bursts_free(hindsight->bursts);
    ssk_parts_free(hindsight->parts);
    ssk_result_free(hindsight->result);
    g_free(hindsight);
}

static const ssk_result_udp *udp_of(const ssk_hindsight *hindsight, uint32_t flow)
{
    return flow ? g_hash_table_lookup(hindsight->udp, GUINT_TO_POINTER(flow)) : NULL;
}

static const ssk_result_stall *inside(const ssk_hindsight *hindsight, const ssk_frame *frame)
{
    return frame->retransmission ? ssk_parts_inside(hindsight->parts, frame->flow, frame->order)
                                 : NULL;
}

static bool is_end(const ssk_part *part)
{
    return part->stall &&
           (part->kind == SSK_PART_LAST_BEFORE || part->kind == SSK_PART_FIRST_AFTER);
}

bool ssk_hindsight_has(const ssk_hindsight *hindsight, const ssk_frame *frame, bool *ret_ends)
{
    size_t count;
    const ssk_part *list = ssk_parts_find(hindsight->parts, frame->order, &count);

    *ret_ends = false;
    for (size_t i = 0; i < count; i++)
        *ret_ends |= is_end(&list[i]);
    return count || inside(hindsight, frame) || udp_of(hindsight, frame->flow);
}

/* ---- drawing ---- */

static void draw_part(const ssk_drawing *d, const ssk_part *part)
{
    if (part->stall)
        ssk_stall_draw(d, part->stall, part->kind);
    else if (part->fault)
        ssk_fault_draw(d, part->fault, part->kind);
    else if (part->finding)
        ssk_finding_draw(d, part->finding, part->kind);
}

void ssk_hindsight_draw(const ssk_hindsight *hindsight, proto_item *item, proto_tree *tree,
                        tvbuff_t *tvb, packet_info *pinfo, const ssk_frame *frame,
                        uint32_t (*number_of)(uint32_t order))
{
    const ssk_drawing d = {tree, item, tvb, pinfo, &hindsight->story, number_of};
    const ssk_result_stall *around = inside(hindsight, frame);
    const ssk_result_udp *udp = udp_of(hindsight, frame->flow);
    size_t count;
    const ssk_part *list = ssk_parts_find(hindsight->parts, frame->order, &count);
    bool tells = false;

    for (size_t i = 0; i < count; i++) /* what matters most comes first */
        if (is_end(&list[i]))
            draw_part(&d, &list[i]);
    for (size_t i = 0; i < count; i++) {
        if (!is_end(&list[i]) && (!around || list[i].stall != around))
            draw_part(&d, &list[i]);
        tells |= list[i].udp && list[i].udp == udp;
    }
    bool told = false; /* the end of a stall, and retransmitted inside it */
    for (size_t i = 0; i < count; i++)
        told |= is_end(&list[i]) && list[i].stall == around;
    if (around && !told)
        ssk_stall_draw(&d, around, SSK_PART_RETRANSMISSION);
    if (udp)
        ssk_udp_draw(&d, udp, ssk_bursts_find(hindsight->bursts, frame->order), tells);
}

void ssk_hindsight_draw_silence(proto_tree *tree, tvbuff_t *tvb, ssk_span_ns length, uint32_t from)
{
    ssk_stall_draw_silence(tree, tvb, length, from);
}

bool ssk_hindsight_wants_silences(proto_tree *tree)
{
    return ssk_stall_wants_silences(tree);
}

void ssk_hindsight_draw_burst(proto_tree *tree, tvbuff_t *tvb, const ssk_burst *burst)
{
    ssk_udp_draw_burst(tree, tvb, burst);
}

/* ---- who asks ---- */

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

void ssk_hindsight_add_fields(int proto, hf_register_info *list, size_t count)
{
    g_assert(n_fields + count <= G_N_ELEMENTS(fields));
    for (size_t i = 0; i < count; i++)
        fields[n_fields++] = list[i].p_id;
    proto_register_field_array(proto, list, (int)count);
}

static int ett_head = -1; /* 4.0 wants it so */

int ssk_hindsight_register(int proto)
{
    static int *ett[] = {&ett_head};
    expert_module_t *expert = expert_register_protocol(proto);

    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    ssk_stall_register(proto, expert);
    ssk_udp_register(proto, expert);
    ssk_finding_register(proto, expert);
    ssk_overdue_register(proto, expert);
    return ett_head;
}

/** Once: what the user closes later stays closed. Wireshark has no room for it earlier. */
static void open_trees(void)
{
    static bool opened;

    if (opened)
        return;
    tree_expanded_set(ett_head, TRUE);
    ssk_stall_open_tree();
    opened = true;
}

void ssk_hindsight_open(void)
{
    open_trees();
    expert_protocol = proto_get_id_by_filter_name("_ws.expert");
}
