/* request.h - does this payload ask for an answer?
 *
 * Only what a protocol's own first bytes prove: a request line, a header whose length fits. What is
 * not known is said to be unknown; requests that may rightly wait for an event (a subscription, a
 * blocking read, a change notification) want no answer in any time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_REQUEST_H
#define SSK_DECODE_REQUEST_H

#include "core/base/types.h"

typedef enum ssk_request {
    SSK_REQUEST_UNKNOWN = 0,
    SSK_REQUEST_ASKS,  /**< an answer is due */
    SSK_REQUEST_TELLS, /**< none is, or in its own time */
} ssk_request;

/** The first bytes of what a client sends over TCP.
 * @param cap_len bytes readable, at most @p len
 * @param greeted the server spoke first on this connection */
ssk_request ssk_request_of_segment(const uint8_t *data, uint32_t cap_len, uint32_t len,
                                   bool greeted);

/** Lines of a request of HTTP or RTSP that somebody types, or that come in pieces: it asks for
 * nothing before the empty line behind its head.
 * @param more it goes on with one that has begun
 * @param[in,out] at_line the next byte begins a line
 * @return the head is over, or nobody can tell */
bool ssk_request_head_ends(const uint8_t *data, uint32_t cap_len, uint32_t len, bool more,
                           bool *at_line);

/** Where requests may overlap, their number tells which answer is whose: of Modbus.
 * @param[out] ret of the last request, or answer, of this segment
 * @return false: it has none */
bool ssk_request_number(const uint8_t *data, uint32_t cap_len, uint32_t len, uint16_t *ret);

/** Does a header with that number begin in this segment? An answer may be cut by segments. */
bool ssk_request_number_in(const uint8_t *data, uint32_t cap_len, uint16_t number);

/** A message that is there to keep the connection, and for nothing else: of Redis, NATS, IRC, XMPP,
 * STOMP, AMQP, MySQL, HTTP/2; NOOP. Nobody but a timer sends it. */
bool ssk_request_is_ping(const uint8_t *data, uint32_t cap_len, uint32_t len);

/** How long its sender waits until it asks the next time, where it says so: of NTP.
 * @return 0: it does not */
ssk_span_ns ssk_request_poll(const uint8_t *data, uint32_t cap_len, uint32_t len);

/** One datagram. */
ssk_request ssk_request_of_datagram(const uint8_t *data, uint32_t cap_len, uint32_t len);

#endif
