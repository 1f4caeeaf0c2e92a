/* packet-stallshark.h - the post-dissector: frames in, fields and events out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_STALLSHARK_H
#define SSK_PACKET_STALLSHARK_H

#include "core/model/result.h"

/** What the open file told so far, all of it: judged anew if frames came since.
 * Frames in it are in reading order: ssk_file_frame(). Not affected by display
 * filters. Valid until the next call, or until the file is closed.
 * @return NULL: no file, no frames, or fields are switched off */
const ssk_result *ssk_file_result(void);

/** Frames read so far of the open file. */
uint32_t ssk_file_packets(void);

/** Wireshark's number of the frame read @p order'th. @return 0: there is none */
uint32_t ssk_file_frame(uint32_t order);
/** The opposite: in which place the frame with Wireshark's number was read. @return 0: not at all */
uint32_t ssk_file_order(uint32_t number);
/** The conversation of the frame with Wireshark's number, as the result names it. @return 0: none */
uint32_t ssk_file_flow(uint32_t number);

void proto_register_stallshark(void);
void proto_reg_handoff_stallshark(void);

#endif
