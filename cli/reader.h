/* reader.h - the files of one run as one stream of numbered events.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_READER_H
#define SSK_READER_H

#include <glib.h>

#include "core/model/event.h"
#include "report/writer.h"

typedef struct ssk_reader ssk_reader;

/** Opens all files. One that cannot be read is told on standard error, noted in
 * its row of ssk_reader_files(), and left out.
 * @param paths borrowed, NULL-terminated */
ssk_reader *ssk_reader_new(char *const *paths);
/** The same files once more: what cannot be read was told the first time. */
ssk_reader *ssk_reader_new_again(char *const *paths);
void ssk_reader_free(ssk_reader *reader);

/** The next record in time, frames numbered through from 1.
 * @param[out] ret what it points to lives until the next call
 * @return false: the end of all files */
bool ssk_reader_next(ssk_reader *reader, ssk_event *ret);

/** A row per file; complete once ssk_reader_next() has returned false. Borrowed. */
const ssk_host_file *ssk_reader_files(const ssk_reader *reader, size_t *ret_count);

/** Files that could not be read, or not to their end. */
size_t ssk_reader_failed(const ssk_reader *reader);
/** Not a single record and at least one failure: there is nothing to report on. */
bool ssk_reader_got_nothing(const ssk_reader *reader);

#endif
