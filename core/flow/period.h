/* period.h - the learned period of one kind of message.
 *
 * Median interval, if the median absolute deviation stays below a quarter of
 * it over at least five intervals. Intervals below a tenth of the 90th
 * percentile belong to one burst: an answer of two messages is one beat. A
 * silence does not change the period: it is kept through it and learned again
 * after it.
 *
 * Source: docs/causes.md, "learned period".
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PERIOD_H
#define SSK_PERIOD_H

#include "core/base/types.h"

#define SSK_PERIOD_SAMPLES 32
typedef struct ssk_period {
    ssk_time_ns last;         /**< of the kind; SSK_TIME_NONE: none yet */
    ssk_span_ns value;        /**< current period; 0: none */
    ssk_span_ns ordinary;     /**< nine in ten intervals were not longer; 0: no period */
    ssk_time_ns hurried_from; /**< when the first of the hurried ones began */
    uint16_t hurried;         /**< successive intervals below a tenth of the period */
    uint16_t outliers;        /**< successive intervals above three periods */
    uint16_t beats;           /**< intervals the value rests on */
    bool timer; /**< they are those of a timer: enough of them, most within a narrow band */
    bool exact; /**< few or many, none differs from the value by more than one in 32 */
    uint16_t head, used;
    uint32_t us[SSK_PERIOD_SAMPLES]; /**< ring of intervals in microseconds, bursts included */
} ssk_period;

void ssk_period_init(ssk_period *period);
/** @return to be freed with g_free() */
ssk_period *ssk_period_new(void);
void ssk_period_add(ssk_period *period, ssk_time_ns time);

/** Too few intervals for a period of its own, but do they look like @p value?
 * At least two of them, and half of all, within a factor of two. */
bool ssk_period_resembles(const ssk_period *period, ssk_span_ns value);

/** @param[out] ret_beats intervals it rests on; may be NULL
 *  @return the period, or 0 if none is known */
ssk_span_ns ssk_period_value(const ssk_period *period, unsigned *ret_beats);

/** The rhythm of what cannot be read. Most connections send one burst and no
 * more: they have no period to keep. */
typedef struct ssk_rhythm {
    ssk_time_ns first;   /**< of the first burst; SSK_TIME_NONE: none yet */
    ssk_time_ns clocked; /**< last segment, bursts included; SSK_TIME_NONE: none yet */
    ssk_period *period;  /**< NULL: fewer than two bursts */
    uint8_t bursts,
        answers; /**< of the latest bursts, those that came right behind the other side's */
} ssk_rhythm;

void ssk_rhythm_init(ssk_rhythm *rhythm);
void ssk_rhythm_clear(ssk_rhythm *rhythm);
/** A burst, or a part of one. @param time not SSK_TIME_NONE
 * @param answers it comes so soon after the other side's that it may be its answer */
void ssk_rhythm_add(ssk_rhythm *rhythm, ssk_time_ns time, bool answers);
/** The same for a TCP segment of which nothing but its time is known. */
void ssk_rhythm_add_segment(ssk_rhythm *rhythm, ssk_time_ns time, bool answers);
/** Does a timer of this side make the rhythm? Not one that answers the other side's, whatever
 * the pace of the questions. */
bool ssk_rhythm_is_timer(const ssk_rhythm *rhythm);
/** Fewer intervals, which no hand or load makes so equal; each may follow one of the other side's
 * messages, which woke its sender. */
bool ssk_rhythm_is_exact(const ssk_rhythm *rhythm);

#endif
