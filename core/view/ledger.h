/* ledger.h - what became of the packets between two captures, over time.
 *
 * Each packet of either capture waits for its twin. Merged and split segments
 * are held against each other by their bytes. What has waited longer than
 * SSK_LEDGER_HOLD is settled as seen by one capture only. Settled packets are
 * counted per conversation, sender and slice of time; slices grow where there
 * are too many of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_LEDGER_H
#define SSK_VIEW_LEDGER_H

#include "core/view/print.h"
#include "core/view/views.h"

/** Longest time on the way that is recognized. */
#define SSK_LEDGER_HOLD (120 * SSK_S)
/** Packets that wait at a time; beyond that the oldest are settled early. */
#define SSK_LEDGER_WAITING (1u << 18)
/** Slices kept. */
#define SSK_LEDGER_SLICES (1u << 17)

/** Packets without a twin that are kept one by one, where that is asked for. */
#define SSK_LEDGER_ALONE SSK_VIEWS_LOST

/** A packet that only one of the two has. */
typedef struct ssk_alone {
    uint32_t frame, lane;
    uint8_t view;
} ssk_alone;

/** Packets of one sender of one conversation. */
typedef struct ssk_passage {
    uint64_t both, both_data, both_bytes;
    uint64_t only[2], only_data[2], only_bytes[2]; /**< by capture */
    uint64_t only_rst[2];
    uint64_t late;
    uint64_t headed;            /**< of both: first fragments of datagrams */
    uint64_t broken[2];         /**< datagrams of which only later fragments are missing there */
    ssk_span_ns delay;          /**< longest; by the common clock */
    uint32_t frames[2][2];      /**< first and last, by capture; 0: none */
    uint32_t only_frames[2][2]; /**< of those that only this capture has */
    ssk_time_ns first, last;    /**< of all; SSK_TIME_NONE: none */
} ssk_passage;

typedef struct ssk_ledger ssk_ledger;

ssk_ledger *ssk_ledger_new(void);
void ssk_ledger_free(ssk_ledger *ledger);

/** One more packet. Times are of the common clock and should rise about.
 * @param lane  the conversation and its sender: any number below 2^31
 * @param view  0 or 1
 * @param key   print->key[] to go by */
void ssk_ledger_add(ssk_ledger *ledger, uint32_t lane, unsigned view, const ssk_print *print,
                    unsigned key, ssk_time_ns time, uint32_t frame);
/** One of a conversation that the other capture does not have at all: no twin is waited for. */
void ssk_ledger_add_alone(ssk_ledger *ledger, uint32_t lane, unsigned view, const ssk_print *print,
                          ssk_time_ns time, uint32_t frame);
/** Nothing more comes: what waits is settled. May be called again after more was added. */
void ssk_ledger_settle(ssk_ledger *ledger);

/** Keep them from now on, up to SSK_LEDGER_ALONE. */
void ssk_ledger_keep_alone(ssk_ledger *ledger);
/** Settled ones, by view and frame; more than were kept are counted in @p ret_dropped. */
const ssk_alone *ssk_ledger_alone(ssk_ledger *ledger, size_t *ret_count, uint64_t *ret_dropped);

/** Sum of a lane's slices that begin in [@p from, @p to]. Only settled packets count. */
void ssk_ledger_sum(const ssk_ledger *ledger, uint32_t lane, ssk_time_ns from, ssk_time_ns to,
                    ssk_passage *ret);
/** Lanes with a number below this have been used. */
uint32_t ssk_ledger_lanes(const ssk_ledger *ledger);
/** A slice is so long by now. */
ssk_span_ns ssk_ledger_slice(const ssk_ledger *ledger);

/** Adds @p more to @p sum. */
void ssk_passage_add(ssk_passage *sum, const ssk_passage *more);

#endif
