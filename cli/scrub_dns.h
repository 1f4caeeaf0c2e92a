/* scrub_dns.h - a DNS message with other names of the same lengths.
 *
 * Kept are the structure, numbers and addresses, labels that name a service
 * type (_http) or a well-known domain (local, arpa), digits, and in TXT records
 * where the '=' is. Equal labels and equal strings stay equal.
 *
 * Source: RFC 1035, section 4; RFC 6763, section 6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_DNS_H
#define SSK_SCRUB_DNS_H

#include "core/types.h"

/** @param key 32 bytes
 *  @param to  @p len zeros, to be filled
 *  @return false: not read to its end; @p to may then hold a part */
bool ssk_scrub_dns(const uint8_t *key, const uint8_t *from, uint8_t *to, uint32_t len);

#endif
