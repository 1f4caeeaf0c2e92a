/* linktype.h - a host's own link-layer numbers to LINKTYPE_ values.
 *
 * libwiretap numbers encapsulations its own way and exports only the mapping
 * from pcap's numbers to its own. Several pcap numbers mean one encapsulation
 * (12, 14 and 101 are all raw IP): every host takes the lowest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LINKTYPE_H
#define SSK_LINKTYPE_H

#include "core/base/types.h"

/** No pcap number exists for what the host read. */
#define SSK_LINKTYPE_NONE UINT16_MAX

/** pcap's numbers end below this; encapsulations that pcap knows too. */
#define SSK_N_LINKTYPES 300

typedef struct ssk_linktypes {
    int encap[SSK_N_LINKTYPES];
} ssk_linktypes;

/** @param to_encap the host's own mapping, wtap_pcap_encap_to_wtap_encap();
 *                  @p unknown for numbers it does not know */
void ssk_linktypes_init(ssk_linktypes *table, int (*to_encap)(int linktype), int unknown);

/** @return the lowest LINKTYPE_ of @p encap; SSK_LINKTYPE_NONE: there is none */
uint16_t ssk_linktypes_find(const ssk_linktypes *table, int encap);

#endif
