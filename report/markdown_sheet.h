/* markdown_sheet.h - what the parts of the Markdown report are put together from.
 *
 * For the files of the Markdown writer only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MARKDOWN_SHEET_H
#define SSK_MARKDOWN_SHEET_H

#include "report/digest.h"

/** How much of each section is printed. */
typedef struct ssk_extent {
    size_t incidents, stalls, evidence, entries, txt, flows;
} ssk_extent;

typedef struct ssk_sheet {
    ssk_story story;
    ssk_extent extent;
    GString *out, *line; /**< line: scratch */
    GHashTable *told;    /**< meanings of causes, advice: said once; borrowed text */
} ssk_sheet;

/** @p text so that it makes no markup, no link and no mention of a user. */
void ssk_sheet_escape(GString *out, const char *text);
/** The scratch line, emptied. */
GString *ssk_sheet_fresh(ssk_sheet *sheet);
/** The scratch line, escaped, between two texts. */
void ssk_sheet_line(ssk_sheet *sheet, const char *before, const char *after);
/** The scratch line, escaped, as an item of a list. */
void ssk_sheet_item(ssk_sheet *sheet, const char *lead);
/** What was left out of a list; nothing if nothing was. */
void ssk_sheet_more(ssk_sheet *sheet, size_t count, size_t shown);
void ssk_sheet_heading(ssk_sheet *sheet, const char *title);
void ssk_sheet_begin_rows(ssk_sheet *sheet);
/** A ssk_story_row. @param user the sheet */
void ssk_sheet_row(void *user, const char *label, const char *text);
void ssk_sheet_code(ssk_sheet *sheet, const char *text);
void ssk_sheet_open_details(ssk_sheet *sheet, const char *summary);
void ssk_sheet_close_details(ssk_sheet *sheet);

/* ---- markdown_incident.c ---- */

/** Verdict, evidence, what was ruled out, next capture. */
void ssk_sheet_digest(ssk_sheet *sheet, const ssk_digest *digest, const ssk_verdict *verdict,
                      uint32_t flow);
/** All sections of incidents. */
void ssk_sheet_incidents(ssk_sheet *sheet);

#endif
