/* declared.h - how often a side says that it will send: keep-alives that a protocol declares.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_DECLARED_H
#define SSK_DECODE_DECLARED_H

#include "core/base/types.h"

/** Longest pauses that a message promises. */
typedef struct ssk_declared {
    ssk_span_ns own;   /**< of its sender; 0: nothing is promised */
    ssk_span_ns other; /**< of its receiver */
    bool agreed;       /**< what both sides say counts, the longer of the two; 0: none at all */
} ssk_declared;

/** The ports of HSRP, of both versions, of LDP and of BFD. */
static inline bool ssk_declared_at_port(uint16_t port)
{
    return port == 1985 || port == 2029 || port == 646 || port == 3784 || port == 4784;
}

/** Of the routers that stand in for each other: RFC 2281, 5.1 (HSRP, and its version 2); of hellos
 * of LDP: RFC 5036, 3.5.2; of BFD: RFC 5880, 4.1. Each datagram says it anew: who is neither active
 * nor standby, or whose session is not up, promises nothing (own 0).
 * @return false: this is none; @p ret is not touched */
bool ssk_declared_read_datagram(const uint8_t *data, uint32_t cap_len, ssk_declared *ret);

/** An HTTP answer that makes the connection a WebSocket: RFC 6455, 4.2.2. */
bool ssk_declares_websocket(const uint8_t *data, uint32_t cap_len);

/** Read the declaration that begins at @p data, if there is one.
 * MQTT 3.1.1, 3.1.2.10 (CONNECT, of the client alone); AMQP 0-9-1, 4.2.7 (Tune-Ok, of both);
 * RFC 4271, 4.2 (BGP OPEN: a third of the hold time, of both); RFC 5036, 3.5.3 (LDP, of both);
 * AMQP 1.0, 2.7.1 (idle timeout, of the receiver); STOMP 1.2 (heart-beat, as both agree); Engine.IO, protocol 4 (pingInterval, of both).
 * @param cap_len bytes readable
 * @return false: none; @p ret is not touched */
bool ssk_declared_read(const uint8_t *data, uint32_t cap_len, ssk_declared *ret);

#endif
