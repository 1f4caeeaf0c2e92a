/* bonjour.h - what Multicast DNS said in a capture: services, hosts, and the
 * life of their records from probe to goodbye.
 *
 * One tracker per capture. It hears UDP port 5353 (and answers from port 53
 * about services), ARP and neighbor discovery; any other packet
 * costs two comparisons. Everything it keeps is capped; what is dropped is counted.
 *
 * Source: RFC 6762, RFC 6763.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BONJOUR_H
#define SSK_BONJOUR_H

#include "core/decode/packet.h"
#include "core/model/result.h"

typedef struct ssk_bonjour ssk_bonjour;

ssk_bonjour *ssk_bonjour_new(void);
void ssk_bonjour_free(ssk_bonjour *bonjour);

/** Hear a packet; cheap for one that is not ours.
 * @param time SSK_TIME_NONE: no timestamp */
void ssk_bonjour_hear(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_time_ns time);

/** Write services, txt_records and bonjour_findings of the result. Changes
 * nothing; call again at will.
 * @param end end of the capture */
void ssk_bonjour_freeze(const ssk_bonjour *bonjour, ssk_time_ns end, ssk_result *result);

#endif
