/* scrub_dhcp.h - a DHCP message with other names and addresses.
 *
 * Kept are who is offered what, for how long and by whom; other options keep
 * their length.
 *
 * Source: RFC 2131, section 2; RFC 2132.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_DHCP_H
#define SSK_SCRUB_DHCP_H

#include "bundle/pseudonym.h"

enum { SSK_PORT_DHCP_SERVER = 67, SSK_PORT_DHCP_CLIENT = 68 };

/** @param to @p len zeros, to be filled
 *  @return false: no DHCP message; @p to is unchanged */
bool ssk_scrub_dhcp(ssk_pseudonym *pseudonym, const uint8_t *from, uint8_t *to, uint32_t len);

#endif
