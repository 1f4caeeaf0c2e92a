/* pcapng_reader.h - the blocks of a pcapng file, for packet_file.c alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PCAPNG_READER_H
#define SSK_PCAPNG_READER_H

#include "cli/byte_window.h"
#include "cli/packet_file.h"

/** The longest packet: as libwiretap and libpcap have it. */
#define SSK_PACKET_MOST 262144

typedef struct ssk_pcapng_reader ssk_pcapng_reader;

/** @param window at the first block; borrowed */
ssk_pcapng_reader *ssk_pcapng_reader_new(ssk_byte_window *window, bool strict,
                                         ssk_packet_linktype_fn linktype);
void ssk_pcapng_reader_free(ssk_pcapng_reader *reader);

ssk_packet_step ssk_pcapng_reader_next(ssk_pcapng_reader *reader, ssk_event *ret,
                                       ssk_stamp *ret_stamp);
bool ssk_pcapng_reader_dropped(const ssk_pcapng_reader *reader, uint64_t *ret);

#endif
