/* cycles.h - the cycles that one threshold cuts out of a stream of datagrams.
 *
 * Sums over all of them; an evenly spread sample of the full ones, for medians
 * and for what is alike; the first few in a row, for the picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CYCLES_H
#define SSK_CYCLES_H

#include "core/base/types.h"

/** Full cycles kept. When full, every second one goes and every second new one
 * is kept: still evenly spread over the capture. */
#define SSK_CYCLES_SAMPLES 192
/** Consecutive cycles kept for the strip. */
#define SSK_CYCLES_STRIP 12

/** What the counters say. All stay 0 where nothing is known. */
typedef struct ssk_onoff_marks {
    uint64_t sequence; /**< of the payload's sequence number, in steps since the first packet */
    uint64_t ip_id;    /**< of the IPv4 identification, unwrapped, since the first packet */
    uint32_t missing;  /**< numbers missing right before this packet, by the better of the two */
    bool numbered;     /**< the numbers have held so far */
} ssk_onoff_marks;

/** Where a stream stands after a packet. */
typedef struct ssk_cycles_place {
    ssk_time_ns time;
    uint64_t packets, bytes; /**< so far */
    uint32_t frame;
    ssk_onoff_marks marks;
} ssk_cycles_place;

typedef struct ssk_cycle {
    ssk_span_ns on, off;
    uint32_t bytes, packets; /**< UINT32_MAX: this many or more */
} ssk_cycle;

typedef struct ssk_strip_cycle {
    ssk_span_ns on, off;
} ssk_strip_cycle;

/** How far the numbers rose. */
typedef struct ssk_onoff_rise {
    uint64_t sequence, ip_id;
} ssk_onoff_rise;

/** All zero is a valid empty one. */
typedef struct ssk_cycles {
    ssk_cycles_place start; /**< of the on-phase under way: before its first packet, its time */
    ssk_span_ns off_before;
    uint32_t bursts; /**< on-phases begun after a pause */
    /* sums over complete cycles, and over the full ones of them */
    uint64_t count, full;
    uint64_t packets, full_packets;
    double bytes, on, off, full_on, full_off;
    ssk_onoff_rise rise_on, rise_off;
    double ip_id_rate, ip_id_rate_squared;
    ssk_span_ns longest_off;
    uint32_t longest_frames[2];
    ssk_time_ns strip_start;
    ssk_strip_cycle *strip; /**< owned; NULL: no full cycle yet */
    uint16_t n_strip;
    uint16_t n_samples, room;
    uint32_t stride, skip;
    ssk_cycle *samples; /**< owned; of full ones */
} ssk_cycles;

void ssk_cycles_clear(ssk_cycles *cycles);

/** @return the same, to go its own way from here */
ssk_cycles ssk_cycles_copy(const ssk_cycles *cycles);

/** A pause ended with a packet: an on-phase, if one was under way, is complete.
 * @param last  after the last packet before the pause
 * @param next  time, frame and marks of the first one after it
 * @param least packets of a full cycle */
void ssk_cycles_pause(ssk_cycles *cycles, const ssk_cycles_place *last,
                      const ssk_cycles_place *next, unsigned least);

/** Bytes of memory that it owns. */
size_t ssk_cycles_memory(const ssk_cycles *cycles);

/** Between two timestamps; half a millennium apart is damage: the longest span. */
ssk_span_ns ssk_cycles_span(ssk_time_ns from, ssk_time_ns to);

#endif
