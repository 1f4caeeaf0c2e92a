/* http2.h - what the frames of one segment of HTTP/2 are for.
 *
 * Its programs talk in frames, and so do its libraries: settings, pings and windows are answered
 * where the program behind them hangs. Frames that begin with their segment are read, no others;
 * a segment in the middle of a frame is not known.
 *
 * Source: RFC 9113, 4.1 and 6. SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_HTTP2_H
#define SSK_DECODE_HTTP2_H

#include "core/base/types.h"

typedef struct ssk_http2 {
    bool opens;   /**< begins with the client's preface */
    bool library; /**< nothing but settings, pings, windows, priorities, resets */
    bool asks;    /**< the end of a request: nothing more of that stream will come */
    bool cancels; /**< resets a stream */
    bool widens;  /**< nothing but windows, pings and settings, one window among them */
} ssk_http2;

/** @param cap_len bytes readable, at most @p len
 * @return false: this does not begin with a frame */
bool ssk_http2_read(const uint8_t *data, uint32_t cap_len, uint32_t len, ssk_http2 *ret);

#endif
