/* merge.c - a binary heap of the inputs that have a record waiting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/merge.h"

#include <glib.h>

typedef struct waiting {
    ssk_stamp stamp;
    size_t input;
} waiting;

struct ssk_merge {
    size_t count, capacity;
    waiting heap[];
};

static bool comes_first(const waiting *a, const waiting *b)
{
    const ssk_stamp *x = &a->stamp, *y = &b->stamp;
    if (!x->known || !y->known)
        return x->known != y->known ? !x->known : a->input < b->input;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds < y->nanoseconds;
    return a->input > b->input;
}

static void swap(ssk_merge *merge, size_t a, size_t b)
{
    waiting held = merge->heap[a];
    merge->heap[a] = merge->heap[b];
    merge->heap[b] = held;
}

ssk_merge *ssk_merge_new(size_t n_inputs)
{
    ssk_merge *merge = g_malloc(sizeof *merge + n_inputs * sizeof merge->heap[0]);
    merge->count = 0;
    merge->capacity = n_inputs;
    return merge;
}

void ssk_merge_free(ssk_merge *merge)
{
    g_free(merge);
}

void ssk_merge_put(ssk_merge *merge, size_t input, const ssk_stamp *stamp)
{
    if (merge->count == merge->capacity)
        return;
    size_t at = merge->count++;
    merge->heap[at] = (waiting){*stamp, input};
    for (; at && comes_first(&merge->heap[at], &merge->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(merge, at, (at - 1) / 2);
}

bool ssk_merge_take(ssk_merge *merge, size_t *ret_input)
{
    if (!merge->count)
        return false;
    *ret_input = merge->heap[0].input;
    merge->heap[0] = merge->heap[--merge->count];
    for (size_t at = 0;;) {
        size_t first = at, left = 2 * at + 1, right = left + 1;
        if (left < merge->count && comes_first(&merge->heap[left], &merge->heap[first]))
            first = left;
        if (right < merge->count && comes_first(&merge->heap[right], &merge->heap[first]))
            first = right;
        if (first == at)
            return true;
        swap(merge, at, first);
        at = first;
    }
}

ssk_time_ns ssk_stamp_time(const ssk_stamp *stamp)
{
    return stamp->known ? ssk_time_of(stamp->seconds, stamp->nanoseconds) : SSK_TIME_NONE;
}
