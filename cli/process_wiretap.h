/* process_wiretap.h - Apple's process blocks and packet options in pcapng.
 *
 * libwiretap 4.0 to 4.4 skips them, but calls back for blocks and options that
 * are registered. From 4.6 on it knows them itself and nothing is registered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROCESS_WIRETAP_H
#define SSK_PROCESS_WIRETAP_H

#include <wireshark.h>
#include <wiretap/wtap.h>

#include "core/model/event.h"

/** Once, after wtap_init(). */
void ssk_process_register(void);

/** What one file has said of processes. */
typedef struct ssk_process_reader ssk_process_reader;

ssk_process_reader *ssk_process_reader_new(void);
void ssk_process_reader_free(ssk_process_reader *reader);

/** Around each call that reads from the file: the callbacks have no context of
 * their own. @param wth NULL while the file is being opened */
void ssk_process_begin(ssk_process_reader *reader, wtap *wth);
void ssk_process_end(void);

/** Who owned the packet that was read last.
 * @param rec the packet
 * @param[out] ret borrows its name until the next read */
bool ssk_process_find(ssk_process_reader *reader, const wtap_rec *rec, ssk_process *ret);

#endif
