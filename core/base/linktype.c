/* linktype.c - a host's own link-layer numbers to LINKTYPE_ values.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/linktype.h"

void ssk_linktypes_init(ssk_linktypes *table, int (*to_encap)(int linktype), int unknown)
{
    for (int i = 0; i < SSK_N_LINKTYPES; i++) {
        int encap = to_encap(i);
        /* No encapsulation is negative but "per packet", which no record has. */
        table->encap[i] = encap == unknown ? -1 : encap;
    }
}

uint16_t ssk_linktypes_find(const ssk_linktypes *table, int encap)
{
    if (encap >= 0)
        for (int i = 0; i < SSK_N_LINKTYPES; i++)
            if (table->encap[i] == encap)
                return (uint16_t)i;
    return SSK_LINKTYPE_NONE;
}
