/* story_verdict.c - causes and what they rest on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_story_cause_title(const ssk_story *story, const ssk_cause *cause, uint32_t flow_id,
                           GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, flow_id);
    ssk_safe_text_append(out, ssk_cause_name(cause->id));
    if (flow && (cause->side == SSK_SIDE_A || cause->side == SSK_SIDE_B)) {
        g_string_append(out, " (");
        ssk_phrase_addr(out, &flow->addr[cause->side == SSK_SIDE_A ? SSK_A : SSK_B]);
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
        g_string_append(out, ssk_cause_name("unknown"));
}

void ssk_story_verdict(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out)
{
    gsize at = out->len;
    ssk_story_causes(story, verdict, flow, out);
    ssk_phrase_capitalise(out, at);
    if (verdict->n_verdict > 1)
        g_string_append_printf(out, "; %s cannot tell which, the likeliest is named first",
                               story->result->n_views ? "these captures" : "this capture");
    else if (!verdict->n_verdict)
        g_string_append_printf(out, ": nothing in %s tells why",
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

void ssk_story_evidence(const ssk_evidence *evidence, GString *out)
{
    if (evidence->view)
        g_string_append_printf(out, "in capture %c: ", evidence->view);
    ssk_safe_text_append(out, evidence->text ? evidence->text : "");
    ssk_phrase_frames(out, evidence->frames, evidence->n_frames);
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
