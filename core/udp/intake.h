/* intake.h - what a program says it received, beside what its host captured.
 *
 * A program that logs how many bytes it received since its last line gives a
 * second count of the stream, behind the host's own buffers. It is laid over
 * the arrivals in the capture: the same stream has the same shape, at one
 * offset between the two clocks. What arrived and was not received was lost
 * inside the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_INTAKE_H
#define SSK_INTAKE_H

#include "core/model/result.h"
#include "core/udp/arrivals.h"

/** Lines kept; when full, two become one. */
#define SSK_INTAKE_LINES 16384

typedef struct ssk_intake_line {
    ssk_time_ns at;
    uint64_t bytes; /**< received since the line before */
} ssk_intake_line;

/** All zero is a valid empty one. */
typedef struct ssk_intake {
    ssk_intake_line *lines; /**< owned; by time as they came */
    uint32_t used, room;
    uint64_t bytes;
} ssk_intake;

/** @param at a timestamp; lines that step back in time are set to the one before */
void ssk_intake_add(ssk_intake *intake, ssk_time_ns at, uint64_t bytes);
void ssk_intake_clear(ssk_intake *intake);

typedef struct ssk_intake_fit {
    ssk_span_ns offset; /**< the log's clock minus the capture's */
    uint32_t likeness_permille;
    uint64_t received, captured; /**< bytes, while the log was written */
} ssk_intake_fit;

/** Lay the log over the arrivals.
 * @return false: the program received something else */
bool ssk_intake_lay(const ssk_intake *intake, const ssk_arrivals *arrivals, ssk_intake_fit *ret);

/** How the program's bytes come: in bursts with nothing between, or not. */
typedef struct ssk_intake_bursts {
    uint32_t bursts;  /**< 0: no bursts that are alike */
    const char *by;   /**< "lumps": whole ones in each line; "runs" of lines between lines without
                        bytes; "rhythm": of the lines, where bursts and lines overlap; static */
    ssk_spread bytes; /**< by rhythm: the mean, and its error */
    bool waited;      /**< they came faster than the stream: they had waited in a buffer */
} ssk_intake_bursts;

/** @param fit as ssk_intake_lay() gave it */
void ssk_intake_measure(const ssk_intake *intake, const ssk_arrivals *arrivals,
                        const ssk_intake_fit *fit, ssk_intake_bursts *ret);

#endif
