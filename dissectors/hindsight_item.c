/* hindsight_item.c - the items that hindsight adds to a packet's tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/hindsight_item.h"

#include <string.h>

#include "core/base/text.h"
#include "dissectors/protocol.h"
#include "report/phrase.h"

/* ---- words ---- */

const char *ssk_draw_keep(const ssk_drawing *d, GString *words)
{
    const char *kept = wmem_strdup(d->pinfo->pool, words->str);

    g_string_free(words, TRUE);
    return kept;
}

const char *ssk_draw_span_words(const ssk_drawing *d, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];

    return wmem_strdup(d->pinfo->pool, ssk_span_text(span, buf));
}

const char *ssk_draw_host_words(const ssk_drawing *d, uint32_t id, ssk_side side)
{
    const ssk_result_flow *flow = ssk_result_find_flow(d->story->result, id);
    char buf[SSK_TEXT_ROOM];

    if (side == SSK_SIDE_BOTH)
        return "both sides";
    if (side == SSK_SIDE_PATH)
        return "the path";
    if (!flow || side == SSK_SIDE_NONE)
        return NULL;
    return wmem_strdup(d->pinfo->pool,
                       ssk_addr_text(&flow->addr[side == SSK_SIDE_A ? SSK_A : SSK_B], buf));
}

const char *ssk_draw_likely_words(const ssk_drawing *d, const ssk_verdict *verdict, uint32_t flow)
{
    GString *words = g_string_new(NULL);

    if (verdict->n_verdict)
        ssk_story_cause_title(d->story, &verdict->causes[0], flow, words);
    else
        g_string_append(words, "unknown");
    return ssk_draw_keep(d, words);
}

uint32_t *ssk_draw_numbers(const ssk_drawing *d, const uint32_t *orders, size_t *count)
{
    uint32_t *numbers = wmem_alloc_array(d->pinfo->pool, uint32_t, *count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        uint32_t number = d->number_of(orders[i]);
        if (number)
            numbers[kept++] = number;
    }
    *count = kept;
    return numbers;
}

/* ---- items ---- */

void ssk_draw_uint(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, d->tvb, 0, 0, value));
}

void ssk_draw_uint64(const ssk_drawing *d, proto_tree *tree, int hf, uint64_t value)
{
    proto_item_set_generated(proto_tree_add_uint64(tree, hf, d->tvb, 0, 0, value));
}

void ssk_draw_frame(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t order)
{
    uint32_t number = d->number_of(order);

    if (number)
        ssk_draw_uint(d, tree, hf, number);
}

void ssk_draw_span(const ssk_drawing *d, proto_tree *tree, int hf, ssk_span_ns span)
{
    proto_item_set_generated(ssk_add_span(tree, hf, d->tvb, 0, 0, span));
}

void ssk_draw_percent(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t permille)
{
    proto_item_set_generated(proto_tree_add_double_format_value(
        tree, hf, d->tvb, 0, 0, permille / 10.0, "%u.%u %%", permille / 10, permille % 10));
}

proto_item *ssk_draw_text(const ssk_drawing *d, proto_tree *tree, int hf, const char *text)
{
    if (!text)
        return NULL;
    proto_item *item = ssk_add_text(tree, hf, d->tvb, d->pinfo, 0, 0, text, strlen(text));
    proto_item_set_generated(item);
    return item;
}

proto_item *ssk_draw_sentence(const ssk_drawing *d, proto_tree *tree, int hf, const char *text)
{
    const char *safe = ssk_packet_text(d->pinfo, text, strlen(text));
    proto_item *item = proto_tree_add_string_format(tree, hf, d->tvb, 0, 0, safe, "%s", safe);

    proto_item_set_generated(item);
    return item;
}

/* ---- a verdict ---- */

/** Evidence with the frames as Wireshark numbers them. */
static const char *evidence_words(const ssk_drawing *d, const ssk_evidence *evidence)
{
    ssk_evidence shown = *evidence;
    GString *words = g_string_new(NULL);

    shown.frames = ssk_draw_numbers(d, evidence->frames, &shown.n_frames);
    ssk_story_evidence(&shown, words);
    return ssk_draw_keep(d, words);
}

/** A line of evidence; its frames are links below it. */
static void draw_evidence(const ssk_drawing *d, proto_tree *tree, const ssk_verdict_fields *fields,
                          const char *lead, const ssk_evidence *evidence, int hf)
{
    proto_item *item = ssk_draw_text(d, tree, hf, evidence->text);

    if (!item)
        return;
    proto_item_set_text(item, "%s: %s", lead, evidence_words(d, evidence));
    proto_item_set_generated(item);
    proto_tree *links = evidence->n_frames ? proto_item_add_subtree(item, fields->ett_evidence)
                                           : NULL;
    for (size_t i = 0; i < evidence->n_frames; i++)
        ssk_draw_frame(d, links, fields->evidence_frame, evidence->frames[i]);
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

static const char *lead_words(const ssk_drawing *d, const char *lead, const ssk_cause *cause,
                              uint32_t flow)
{
    GString *words = g_string_new(lead);

    ssk_story_cause_title(d->story, cause, flow, words);
    return ssk_draw_keep(d, words);
}

static void draw_cause(const ssk_drawing *d, proto_tree *tree, const ssk_verdict_fields *fields,
                       const ssk_verdict *verdict, size_t index, uint32_t flow)
{
    const ssk_cause *cause = &verdict->causes[index];
    const char *for_it = verdict->n_verdict > 1 ? lead_words(d, "For ", cause, flow) : "For it";

    for (size_t i = 0; i < cause->n_evidence; i++) {
        const ssk_evidence *evidence = &cause->evidence[i];
        if (!is_told(verdict, index, evidence->text))
            draw_evidence(d, tree, fields, ssk_story_is_shared(verdict, evidence) ? "Seen" : for_it,
                          evidence, fields->evidence);
    }
    for (size_t i = 0; i < cause->n_against; i++)
        draw_evidence(d, tree, fields, lead_words(d, "Against ", cause, flow), &cause->against[i],
                      fields->against);
}

proto_item *ssk_draw_verdict(const ssk_drawing *d, proto_tree *tree,
                             const ssk_verdict_fields *fields, const ssk_verdict *verdict,
                             uint32_t flow)
{
    GString *words = g_string_new(NULL);

    ssk_story_likely(d->story, verdict, flow, words);
    proto_item *likely = ssk_draw_sentence(d, tree, fields->verdict, ssk_draw_keep(d, words));
    for (size_t i = 0; i < verdict->n_verdict; i++)
        draw_cause(d, tree, fields, verdict, i, flow);
    for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        const char *lead = lead_words(d, "Ruled out, ", cause, flow);
        if (cause->n_against)
            draw_evidence(d, tree, fields, lead, &cause->against[0], fields->ruled_out);
        else
            ssk_draw_sentence(d, tree, fields->ruled_out, lead);
    }
    ssk_draw_text(d, tree, fields->next_capture, verdict->next_capture);
    ssk_draw_text(d, tree, fields->likely, ssk_draw_likely_words(d, verdict, flow));
    for (size_t i = 0; i < verdict->n_verdict; i++)
        ssk_draw_text(d, tree, fields->cause, ssk_cause_text(verdict->causes[i].id));
    if (!verdict->n_verdict)
        ssk_draw_text(d, tree, fields->cause, "unknown");
    return likely;
}
