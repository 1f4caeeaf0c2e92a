/* ordinary.h - nine frames in ten: Ethernet or none, IPv4 without options, whole, with TCP or UDP.
 *
 * One look at the lengths, then every field is read where it must stand. A frame with anything
 * unusual goes the long way through the decoders of each layer; fuzz_packet holds the two ways
 * against each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_ORDINARY_H
#define SSK_DECODE_ORDINARY_H

#include "core/decode/packet.h"

/** @param[out] ret as ssk_decode_packet() would set it; in part overwritten on failure
 *  @return false: the frame is not ordinary, which says nothing against it */
SSK_WARN_UNUSED bool ssk_decode_ordinary(const ssk_event *event, ssk_packet *ret);

#endif
