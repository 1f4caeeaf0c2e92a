/* formats.h - the rows of the table in writer.c, one per file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FORMATS_H
#define SSK_FORMATS_H

#include "report/json_stream.h"
#include "report/writer.h"

extern const ssk_writer ssk_writer_text, ssk_writer_markdown, ssk_writer_html, ssk_writer_json,
    ssk_writer_ndjson;

/** The report as an object, in whatever document is being written. */
void ssk_json_report(ssk_json *json, const ssk_result *result, const ssk_host *host);

#endif
