/* html_verdict.c - causes and what they rest on, in the page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include "core/model/cause.h"
#include "report/safe_text.h"

void ssk_html_evidence(ssk_document *document, const char *title, const char *class_name,
                       const ssk_evidence *list, size_t count, const ssk_verdict *shared_by,
                       bool shared)
{
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        if (shared_by && ssk_story_is_shared(shared_by, &list[i]) != shared)
            continue;
        if (!open)
            g_string_append_printf(document->out, "<p class=\"what\">%s</p><ul class=\"%s\">\n",
                                   title, class_name);
        open = true;
        ssk_story_evidence(&list[i], ssk_html_fresh(document));
        ssk_html_line(document, "<li>", "</li>\n");
    }
    if (open)
        ssk_html_put(document, "</ul>\n");
}

void ssk_html_verdict(ssk_document *document, const ssk_verdict *verdict, uint32_t flow)
{
    ssk_story_verdict(&document->story, verdict, flow, ssk_html_fresh(document));
    ssk_html_line(document, "<p class=\"verdict\">", "</p>\n");
}

void ssk_html_reasons(ssk_document *document, const ssk_verdict *verdict, uint32_t flow)
{
    if (verdict->n_verdict)
        ssk_html_evidence(document, "Seen, and fits each of them", "for",
                          verdict->causes[0].evidence, verdict->causes[0].n_evidence, verdict,
                          true);
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        const ssk_cause_words *words = ssk_cause_words_find(cause->id);
        ssk_story_cause_title(&document->story, cause, flow, ssk_html_fresh(document));
        ssk_html_line(document, "<div class=\"cause\"><h4>", "</h4>\n");
        if (words)
            g_string_append_printf(document->out, "<p>%s</p>\n", words->meaning);
        ssk_html_evidence(document, "What speaks for it", "for", cause->evidence, cause->n_evidence,
                          verdict, false);
        ssk_html_evidence(document, "What speaks against it", "against", cause->against,
                          cause->n_against, NULL, false);
        ssk_html_put(document, "</div>\n");
    }
    if (verdict->n_causes > verdict->n_verdict) {
        ssk_html_put(document, "<p class=\"what\">Ruled out</p><ul class=\"ruled-out\">\n");
        for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++) {
            const ssk_cause *cause = &verdict->causes[i];
            ssk_story_cause_title(&document->story, cause, flow, ssk_html_fresh(document));
            for (size_t k = 0; k < cause->n_against; k++) {
                g_string_append(document->line, k ? "; " : ": ");
                ssk_story_evidence(&cause->against[k], document->line);
            }
            ssk_html_line(document, "<li>", "</li>\n");
        }
        ssk_html_put(document, "</ul>\n");
    }
    if (verdict->next_capture) {
        ssk_safe_text_append(ssk_html_fresh(document), verdict->next_capture);
        ssk_html_line(document, "<p class=\"next\"><b>Next capture:</b> ", "</p>\n");
    }
}
