/* table.h - the report as tables of Wireshark: what is in them, cell by cell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TABLE_H
#define SSK_TABLE_H

#include "dissectors/compat.h"

#include <epan/stat_tap_ui.h>

#include "report/story.h"

typedef stat_tap_table_item_type ssk_cell;

/** A row being written, from its first cell on. */
typedef struct ssk_row {
    const ssk_story *story;
    ssk_cell *next;
} ssk_row;

typedef struct ssk_table {
    const char *title;    /**< of its window */
    const char *argument; /**< of -z */
    stat_tap_table_item *columns;
    size_t n_columns;
    size_t (*count)(const ssk_result *result); /**< rows */
    /** Write all cells of one row. @param index from 0 */
    void (*write)(ssk_row *row, const ssk_result *result, size_t index);
} ssk_table;

#define SSK_TABLES 8
extern const ssk_table ssk_tables[SSK_TABLES];

/* ---- cells: table_row.c; each writes the next one of the row ---- */

/** Free what a cell holds. */
void ssk_cell_empty(ssk_cell *at);

/** @param text owned by the cell from now on */
void ssk_row_own(ssk_row *row, char *text);
/** Text that may come from the capture; NULL leaves the cell empty. */
void ssk_row_text(ssk_row *row, const char *text);
void ssk_row_uint(ssk_row *row, uint32_t value);
void ssk_row_seconds(ssk_row *row, ssk_span_ns span);
void ssk_row_count(ssk_row *row, uint64_t count);
void ssk_row_count_if(ssk_row *row, int64_t count, bool known);
/** 0: none. */
void ssk_row_frame(ssk_row *row, uint32_t frame);
void ssk_row_seconds_if(ssk_row *row, ssk_span_ns span, bool known);
/** Date, time and seconds since the capture's start; SSK_TIME_NONE leaves the cell empty. */
void ssk_row_time(ssk_row *row, ssk_time_ns time);
/** "55.1" of 551. */
void ssk_row_percent_if(ssk_row *row, int64_t permille, bool known);
/** Address of a side of a flow, "both sides" or "the path". */
void ssk_row_host(ssk_row *row, uint32_t flow, ssk_side side);
void ssk_row_conversation(ssk_row *row, uint32_t id);
/** "radio off (10.0.0.5) or loss towards the server". */
void ssk_row_verdict(ssk_row *row, const ssk_verdict *verdict, uint32_t flow);
/** Numbers of frames or flows. */
void ssk_row_numbers(ssk_row *row, const uint32_t *list, size_t count);

#endif
