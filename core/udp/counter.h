/* counter.h - the sender's own numbering, found in its datagrams.
 *
 * Many protocols number their datagrams: RTP, GPS and sensor feeds, game and
 * telemetry traffic. A 16- or 32-bit field at a fixed offset, big or little
 * endian, that rises by a constant from datagram to datagram is such a
 * number: what it skips was sent and not seen here. Nothing needs to be known
 * about the protocol.
 *
 * Source: RFC 3550, appendix A.1 and A.3 (sequence numbers, loss); the
 * receive window of RFC 4303, section 3.4.3 (late and duplicate datagrams).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_COUNTER_H
#define SSK_COUNTER_H

#include "core/base/types.h"

/** Payload bytes looked at. */
#define SSK_COUNTER_BYTES 32
/** Fields followed at once until one is certain. */
#define SSK_COUNTER_FIELDS 8

/** What one datagram's number says. */
typedef enum ssk_counter_step_kind {
    SSK_COUNTER_NEXT = 0,  /**< the next one, or ahead: skipped says by how many */
    SSK_COUNTER_LATE,      /**< fills a hole: was counted as skipped before */
    SSK_COUNTER_DUPLICATE, /**< seen before */
    SSK_COUNTER_RESTART,   /**< no plausible successor: counting began again */
} ssk_counter_step_kind;

typedef struct ssk_counter_step {
    ssk_counter_step_kind kind;
    uint32_t skipped; /**< numbers missing right before this one */
} ssk_counter_step;

/** One field under observation. */
typedef struct ssk_counter_field {
    uint8_t offset, width; /**< bytes; width 2 or 4 */
    bool little;
    bool started;
    bool carried;    /**< its low byte ran over into the next: it is that wide */
    uint8_t wrapped; /**< times that its low byte ran over, and nothing else changed */
    int32_t step;    /**< rise per datagram */
    uint32_t highest;
    uint64_t window;   /**< bit i: highest - i*step was seen */
    uint64_t position; /**< numbers since the first, the skipped ones included */
    uint64_t received, skipped, late, duplicates, restarts;
} ssk_counter_field;

/** Plain data; all zero is a valid "no counter". */
typedef struct ssk_counter {
    bool is_rtp; /**< looks like RTP (RFC 3550, section 5.1): field 0 is its sequence number */
    uint8_t n_fields;
    uint8_t chosen;           /**< field in force */
    uint32_t answers, echoes; /**< datagrams of the other side; of these, with such a number */
    ssk_counter_field fields[SSK_COUNTER_FIELDS];
} ssk_counter;

/** First bytes of a datagram. */
typedef struct ssk_counter_sample {
    uint8_t len;
    uint8_t bytes[SSK_COUNTER_BYTES];
} ssk_counter_sample;

/** Look for counters in successive datagrams of one direction.
 * @param count 2 or more; the first SSK_LIMIT(COUNTER_LEARN) are looked at
 * @param[out] ret ready to count from the first of them on
 * @return false: no field rises by a constant */
bool ssk_counter_find(const ssk_counter_sample *samples, size_t count, ssk_counter *ret);

/** What may be missing by the time that passed: generously so, since the rate so
 * far counts pauses in, and may have been lower before. */
#define SSK_COUNTER_SPARE    64
#define SSK_COUNTER_GENEROUS 8

/** Take the next datagram.
 * @param most numbers that may be missing before it, SSK_COUNTER_SPARE and
 *             SSK_COUNTER_GENEROUS times what is due: more is no loss but a restart.
 * A datagram too short to hold the field says NEXT with nothing skipped, and is
 * not counted. */
ssk_counter_step ssk_counter_add(ssk_counter *counter, const uint8_t *bytes, size_t len,
                                 uint32_t most);

/** The same without the short way for the next number, which must not be told apart from it. */
ssk_counter_step ssk_counter_add_any(ssk_counter *counter, const uint8_t *bytes, size_t len,
                                     uint32_t most);

/** A datagram of the other side: does it repeat one of the last numbers? */
void ssk_counter_answer(ssk_counter *counter, const uint8_t *bytes, size_t len);

/** The field in force counts datagrams: it does not begin again and again, is not
 * a narrower one, and is not an id that pairs answers with questions: said twice
 * where a question is asked again, or repeated by the other side. */
bool ssk_counter_holds(const ssk_counter *counter);

/** The field in force; NULL: none. */
const ssk_counter_field *ssk_counter_chosen(const ssk_counter *counter);

#endif
