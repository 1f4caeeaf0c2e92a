/* html_page.h - the parts that the page is put together from.
 *
 * For the files of the HTML writer only; others see html.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HTML_PAGE_H
#define SSK_HTML_PAGE_H

#include "report/chart.h"
#include "report/digest.h"

/** Rows of the table of flows; the JSON report has all of them. */
#define SSK_HTML_FLOWS 500

typedef struct ssk_document {
    ssk_story story;
    bool library;      /**< charts are drawn by the embedded library, not as SVG */
    GString *out;      /**< the page; borrowed */
    GString *line;     /**< scratch; owned */
    GPtrArray *charts; /**< of ssk_chart, for the script; library only; owned */
    size_t named;      /**< marks that tell their frames, as SVG */
} ssk_document;

/* ---- html_page.c ---- */

/** As it is. */
void ssk_html_put(ssk_document *document, const char *html);
/** Escaped. */
void ssk_html_text(ssk_document *document, const char *text);
/** The scratch line, emptied. */
GString *ssk_html_fresh(ssk_document *document);
/** The scratch line, escaped, between two tags. */
void ssk_html_line(ssk_document *document, const char *open, const char *close);
/** A ssk_story_row of a list of definitions. @param user the document */
void ssk_html_row(void *user, const char *label, const char *text);
/** @param id, title HTML */
void ssk_html_open_section(ssk_document *document, const char *id, const char *title);
void ssk_html_close_section(ssk_document *document);
/** What was left out of a list; nothing if nothing was. */
void ssk_html_more(ssk_document *document, size_t count, size_t shown);
/** A display filter to copy. @param filter NULL: none, nothing */
void ssk_html_filter(ssk_document *document, const char *filter);

/* ---- html_chart.c ---- */

/** @param chart ownership is taken; NULL draws nothing */
void ssk_html_chart(ssk_document *document, ssk_chart *chart, const char *caption);
/** The shapes of marks: one definition for SVG, the legend and the script. */
void ssk_html_shapes(ssk_document *document);

/* ---- html_incident.c, html_picture.c ---- */

/** Causes that stand, what was seen, what was ruled out, and what to capture next. */
void ssk_html_digest(ssk_document *document, const ssk_digest *digest, const ssk_verdict *verdict,
                     uint32_t flow);
/** The section of all incidents; nothing if there is none. */
void ssk_html_incidents(ssk_document *document);
/** The whole capture in one picture; nothing if it has no time. */
void ssk_html_picture(ssk_document *document);

/* ---- html_flow.c ---- */

void ssk_html_flows(ssk_document *document);

/* ---- html_data.c ---- */

/** The report itself, but for what only charts need; a very large one without
 * the flows that the page does not list either. */
void ssk_html_report_data(ssk_document *document);
/** JSON for the script. */
void ssk_html_data(ssk_document *document, const char *id, const GString *json);
void ssk_html_chart_data(ssk_document *document);

#endif
