/* merge.h - which of several inputs has the next record.
 *
 * Several files of one run are one time line, in the order in which mergecap
 * (Wireshark's merge.c) would write them, so that frame numbers hold in the
 * merged file too: the earliest record waiting; a record without a timestamp
 * before any other; of equal timestamps the one of the last input.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MERGE_H
#define SSK_MERGE_H

#include "core/base/types.h"

/** A timestamp as files hold it: wider than ssk_time_ns. */
typedef struct ssk_stamp {
    bool known;
    int64_t seconds;
    int32_t nanoseconds; /**< 0..999999999 in sane files; compared as it is */
} ssk_stamp;

typedef struct ssk_merge ssk_merge;

ssk_merge *ssk_merge_new(size_t n_inputs);
void ssk_merge_free(ssk_merge *merge);

/** A record of @p input waits. One at a time per input: put the next only
 * after this one was taken. */
void ssk_merge_put(ssk_merge *merge, size_t input, const ssk_stamp *stamp);

/** @return false: no record waits */
bool ssk_merge_take(ssk_merge *merge, size_t *ret_input);

/** @return SSK_TIME_NONE: not known, beyond SSK_TIME_MAX, or damaged */
ssk_time_ns ssk_stamp_time(const ssk_stamp *stamp);

#endif
