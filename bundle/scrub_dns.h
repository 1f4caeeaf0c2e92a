/* scrub_dns.h - a DNS message with other names and addresses of the same lengths.
 *
 * Kept are the structure, numbers, labels that name a service type (_http) or a
 * well-known domain (local, arpa), and in TXT records where the '=' is and the
 * keys that many services share. Names of reverse lookups and addresses in names
 * become the pseudonyms that the addresses have elsewhere. Equal names stay equal.
 *
 * Source: RFC 1035, section 4; RFC 6763, section 6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_DNS_H
#define SSK_SCRUB_DNS_H

#include "bundle/pseudonym.h"

/** @param to  @p len zeros, to be filled
 *  @return false: damaged; @p to then holds what came before, and a damage */
bool ssk_scrub_dns(ssk_pseudonym *pseudonym, const uint8_t *from, uint8_t *to, uint32_t len);

#endif
