/* story_verdict.c - causes and what they rest on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include "core/base/addr.h"
#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_story_cause_title(const ssk_story *story, const ssk_cause *cause, uint32_t flow_id,
                           GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, flow_id);
    g_string_append(out, ssk_cause_name(cause->id));
    if (flow && (cause->side == SSK_SIDE_A || cause->side == SSK_SIDE_B)) {
        const ssk_addr *host = &flow->addr[cause->side == SSK_SIDE_A ? SSK_A : SSK_B];
        if (ssk_addr_may_be_group(host))
            return; /* of whom it is the address is not known */
        g_string_append(out, " (");
        ssk_phrase_addr(out, host);
        g_string_append_c(out, ')');
    }
}

/* "radio off (10.0.0.5), host asleep (10.0.0.5) or loss towards the server" */
void ssk_story_causes(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out)
{
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        if (i)
            g_string_append(out, i + 1 == verdict->n_verdict ? " or " : ", ");
        ssk_story_cause_title(story, &verdict->causes[i], flow, out);
    }
    if (!verdict->n_verdict)
        g_string_append(out, ssk_cause_name(SSK_CAUSE_UNKNOWN));
}

void ssk_story_verdict(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out)
{
    gsize at = out->len;
    ssk_story_causes(story, verdict, flow, out);
    ssk_phrase_capitalise(out, at);
    if (verdict->n_verdict > 1)
        g_string_append_printf(out, ". %s tell these apart (most likely first)",
                               story->result->n_views ? "These captures cannot"
                                                      : "This capture cannot");
    else if (!verdict->n_verdict)
        g_string_append_printf(out, "; nothing in %s tells why",
                               story->result->n_views ? "these captures" : "this capture");
    g_string_append_c(out, '.');
}

void ssk_story_likely(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out)
{
    if (verdict->n_verdict < 2) {
        ssk_story_verdict(story, verdict, flow, out);
        return;
    }
    g_string_append(out, "Most likely ");
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        if (i)
            g_string_append(out, i == 1 ? "; also possible: " : ", ");
        ssk_story_cause_title(story, &verdict->causes[i], flow, out);
    }
    g_string_append_c(out, '.');
}

void ssk_story_in_turn(const ssk_story *story, const ssk_verdict *verdict, size_t number,
                       uint32_t flow, GString *out)
{
    gsize at = out->len;
    if (verdict->n_verdict > 1)
        g_string_append(out, number ? "or " : "most likely ");
    ssk_story_cause_title(story, &verdict->causes[number], flow, out);
    ssk_phrase_capitalise(out, at);
}

void ssk_story_first(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                     GString *out)
{
    const char *captures = story->result->n_views ? "these captures" : "this capture";
    if (!verdict->n_verdict) {
        g_string_append_printf(out, "Cause unknown; nothing in %s tells why.", captures);
        return;
    }
    ssk_story_in_turn(story, verdict, 0, flow, out);
    g_string_append(out, ". ");
    g_string_append(out, ssk_cause_table[verdict->causes[0].id].meaning);
}

void ssk_story_others(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out)
{
    for (size_t i = 1; i < verdict->n_verdict; i++) {
        if (i > 1)
            g_string_append(out, i + 1 == verdict->n_verdict ? " and " : ", ");
        ssk_story_cause_title(story, &verdict->causes[i], flow, out);
    }
}

void ssk_story_evidence(const ssk_evidence *evidence, GString *out)
{
    ssk_safe_text_append(out, evidence->text ? evidence->text : "");
    ssk_phrase_frames(out, evidence->frames, evidence->n_frames);
    if (!evidence->view)
        return;
    if (evidence->n_frames) {
        g_string_truncate(out, out->len - 1);
        g_string_append_printf(out, " of capture %c)", evidence->view);
    } else
        g_string_append_printf(out, " (capture %c)", evidence->view);
}

static bool has_evidence(const ssk_cause *cause, const ssk_evidence *evidence)
{
    for (size_t i = 0; i < cause->n_evidence; i++)
        if (cause->evidence[i].view == evidence->view &&
            g_strcmp0(cause->evidence[i].text, evidence->text) == 0)
            return true;
    return false;
}

bool ssk_story_is_shared(const ssk_verdict *verdict, const ssk_evidence *evidence)
{
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (!has_evidence(&verdict->causes[i], evidence))
            return false;
    return verdict->n_verdict > 1;
}
