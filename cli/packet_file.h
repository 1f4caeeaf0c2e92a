/* packet_file.h - pcap and pcapng, read by ourselves.
 *
 * Nearly all files are of these two formats, and to read a record takes a tenth of what it takes through
 * libwiretap. Where libwiretap is at hand it has the last word: this reader is strict then, and stops at
 * the first record that could be read in another way (source_own.h). Without libwiretap it reads what it
 * can.
 *
 * Sources: draft-ietf-opsawg-pcap; draft-ietf-opsawg-pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_FILE_H
#define SSK_PACKET_FILE_H

#include "core/merge.h"
#include "core/model/event.h"

typedef struct ssk_packet_file ssk_packet_file;

/** What came of reading on. */
typedef enum ssk_packet_step {
    SSK_PACKET_STEP_RECORD,
    SSK_PACKET_STEP_END,     /**< of the file, behind a whole record */
    SSK_PACKET_STEP_CUT,     /**< the file ends in a record */
    SSK_PACKET_STEP_DAMAGED, /**< no such record can be */
    SSK_PACKET_STEP_ODD,     /**< only if strict: it may be read in more than one way */
} ssk_packet_step;

/** What becomes of a LINKTYPE_ of a file.
 * @return as the event holds it; SSK_LINKTYPE_NONE: its records hold more than the frame */
typedef uint16_t (*ssk_packet_linktype_fn)(uint32_t linktype);

/** @param fd taken over, at the start of the file
 *  @param linktype NULL: as it is
 *  @return NULL: neither pcap nor pcapng, or of a version or, if strict, a link type that is not read */
ssk_packet_file *ssk_packet_file_open(int fd, bool strict, ssk_packet_linktype_fn linktype);
void ssk_packet_file_close(ssk_packet_file *file);

/** The next record. After any other step than a record the same comes again.
 * @param[out] ret all but .frame; what it points to lives until the next call */
ssk_packet_step ssk_packet_file_next(ssk_packet_file *file, ssk_event *ret, ssk_stamp *ret_stamp);

/** As libwiretap names it: "pcap", "nsecpcap", "pcapng"; static. */
const char *ssk_packet_file_format(const ssk_packet_file *file);
/** Bytes read so far. */
uint64_t ssk_packet_file_offset(const ssk_packet_file *file);
/** Packets the capture tool lost, by the statistics read so far. @return false: there were none */
bool ssk_packet_file_dropped(const ssk_packet_file *file, uint64_t *ret);

#endif
