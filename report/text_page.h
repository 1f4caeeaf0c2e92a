/* text_page.h - what the parts of the text report are put together from.
 *
 * For the files of the text writer only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEXT_PAGE_H
#define SSK_TEXT_PAGE_H

#include "report/digest.h"

typedef struct ssk_page {
    ssk_story story;
    GString *out, *line; /**< line: scratch */
    unsigned columns;
    bool color, verbose;
    bool all;          /**< lists are printed whole */
    GHashTable *told;  /**< meanings of causes, advice: said once; borrowed text */
    GHashTable *shown; /**< ids of flows that stand in the table of an incident */
} ssk_page;

typedef enum ssk_paint {
    SSK_PAINT_PLAIN = 0,
    SSK_PAINT_BOLD,   /**< headings, the answer */
    SSK_PAINT_ALARM,  /**< an incident */
    SSK_PAINT_DIM,    /**< what helps to read the rest */
    SSK_PAINT_ADVICE, /**< what to do next */
} ssk_paint;

/** The scratch line, emptied. */
GString *ssk_page_fresh(ssk_page *page);
/** Colors what was written since @p at, line by line, where the terminal wants colors. */
void ssk_page_paint(ssk_page *page, gsize at, ssk_paint paint);
/** The scratch line after @p lead, wrapped. */
void ssk_page_line(ssk_page *page, const char *lead);
/** A ssk_story_row: label and text. @param user the page */
void ssk_page_row(void *user, const char *label, const char *text);
/** What was left out of a list; nothing if nothing was. */
void ssk_page_more(ssk_page *page, size_t count, size_t shown, const char *how);
void ssk_page_filter(ssk_page *page, const char *filter);
/** All reasons of one verdict, cause by cause. */
void ssk_page_verdict(ssk_page *page, const ssk_verdict *verdict, uint32_t flow);
/** @p text right-aligned in @p columns. */
void ssk_page_right(ssk_page *page, const char *text, unsigned columns);

/* ---- text_incident.c ---- */

/** Verdict, evidence, what was ruled out, next capture; of an incident's group or of datagrams.
 * @param first of its incident: what was ruled out is told */
void ssk_page_digest(ssk_page *page, const ssk_digest *digest, const ssk_verdict *verdict,
                     uint32_t flow, bool first);
/** All sections of incidents. */
void ssk_page_incidents(ssk_page *page);

#endif
