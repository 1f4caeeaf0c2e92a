/* upper_pdu.h - a payload that names the dissector it is for.
 *
 * Link type WIRESHARK_UPPER_PDU: tags of a 16-bit type and length, big-endian,
 * then the payload. Lines of an application's log are carried this way, under
 * the name "applog".
 *
 * Source: tcpdump.org/linktypes.html, 252; epan/exported_pdu.h of Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_UPPER_PDU_H
#define SSK_DECODE_UPPER_PDU_H

#include "core/base/types.h"

#define SSK_LINKTYPE_UPPER_PDU 252
/** The name under which lines of a log travel. */
#define SSK_UPPER_PDU_LOG "applog"

typedef struct ssk_upper_pdu {
    const char *name; /**< of the dissector; not terminated, borrowed; NULL: none given */
    uint32_t name_len;
    uint32_t payload_offset; /**< <= cap_len */
} ssk_upper_pdu;

/** @param data borrowed by @p ret
 * @return SSK_OK; SSK_ETRUNC: the tags do not end */
SSK_WARN_UNUSED ssk_status ssk_decode_upper_pdu(const uint8_t *data, uint32_t cap_len,
                                                ssk_upper_pdu *ret);

/** Is it a line of a log? */
bool ssk_upper_pdu_is_log(const ssk_upper_pdu *pdu);

#endif
