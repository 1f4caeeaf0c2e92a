/* writer.c - the table of formats.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/writer.h"

#include <string.h>

#include "report/formats.h"

const ssk_writer *const ssk_writers[] = {
    &ssk_writer_text, &ssk_writer_html,   &ssk_writer_markdown,
    &ssk_writer_json, &ssk_writer_ndjson, NULL,
};

const ssk_writer *ssk_writer_find(const char *name)
{
    for (const ssk_writer *const *writer = ssk_writers; *writer; writer++)
        if (strcmp((*writer)->name, name) == 0)
            return *writer;
    return NULL;
}
