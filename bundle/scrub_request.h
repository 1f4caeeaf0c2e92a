/* scrub_request.h - of any payload what tells the analysis that it asks, or promises.
 *
 * Whether a request waits for its answer, and how often a side will send, is read from the first
 * bytes of a payload (core/decode/request.h, declared.h, http2.h). What these readers need is found
 * by asking them: a byte stays if they would say something else without it, and no other does. A
 * word stays only if it is a protocol's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_REQUEST_H
#define SSK_SCRUB_REQUEST_H

#include "core/base/types.h"

typedef enum ssk_scrub_payload {
    SSK_SCRUB_SEGMENT,  /**< of TCP */
    SSK_SCRUB_DATAGRAM, /**< of UDP */
    SSK_SCRUB_HELLO,    /**< of UDP, at a port of hellos: one that promises nothing counts, too */
} ssk_scrub_payload;

/** @param kind     what it is a payload of
 * @param from     the payload as it was
 * @param to       as it is left so far; gets back what is needed
 * @param len      bytes of both
 * @param wire_len bytes of the payload on the wire, at least @p len
 * @return bytes that came back */
uint32_t ssk_scrub_request(ssk_scrub_payload kind, const uint8_t *from, uint8_t *to, uint32_t len,
                           uint32_t wire_len);

#endif
