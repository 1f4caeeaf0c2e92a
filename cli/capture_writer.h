/* capture_writer.h - events as a pcapng file with comments.
 *
 * Source: draft-ietf-opsawg-pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CAPTURE_WRITER_H
#define SSK_CAPTURE_WRITER_H

#include "cli/output.h"
#include "core/model/event.h"

typedef struct ssk_capture_writer ssk_capture_writer;

/** @param output  borrowed
 *  @param summary comment of the whole; NULL: none */
ssk_capture_writer *ssk_capture_writer_new(ssk_output *output, const char *summary);
void ssk_capture_writer_free(ssk_capture_writer *writer);

/** Append a frame. An interface is declared with its first frame.
 * @param comments texts, each below 65536 bytes */
void ssk_capture_writer_add(ssk_capture_writer *writer, const ssk_event *event,
                            const char *const *comments, size_t n_comments);

#endif
