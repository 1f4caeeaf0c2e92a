/* port.h - what a port number tells by itself.
 *
 * Source: RFC 6335, 6: up to 1023 system ports, up to 49151 registered ones, the rest for clients. Linux
 * gives its clients ports from 32768 on (ip_local_port_range), most other systems from 49152 on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PORT_H
#define SSK_PORT_H

#include <stdbool.h>
#include <stdint.h>

/** A service that has its port by standard. */
static inline bool ssk_port_is_well_known(uint16_t port)
{
    return port < 1024;
}

/** Most clients get one of these. */
static inline bool ssk_port_is_ephemeral(uint16_t port)
{
    return port >= 32768;
}

/** Whose port of two is a client's, by their numbers.
 * @return 0: the first; 1: the second; -1: they do not tell */
static inline int ssk_port_client(uint16_t first, uint16_t second)
{
    if (ssk_port_is_well_known(first) != ssk_port_is_well_known(second))
        return ssk_port_is_well_known(first);
    if (ssk_port_is_ephemeral(first) != ssk_port_is_ephemeral(second))
        return ssk_port_is_ephemeral(second);
    return -1;
}

#endif
