/* fuzz_counter.c - any datagrams: what is counted adds up, and the short way counts as the long one.
 *
 * Input: datagrams of (length byte, bytes).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/udp/counter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_counter_sample samples[SSK_LIMIT(COUNTER_LEARN)] = {0};
    ssk_counter counter = {0};
    size_t count = 0, fed = 0, at = 0;
    bool found = false;
    while (at < size) {
        size_t len = data[at++] % (SSK_COUNTER_BYTES + 1);
        if (len > size - at)
            len = size - at;
        if (count < SSK_LIMIT(COUNTER_LEARN)) {
            samples[count].len = (uint8_t)len;
            memcpy(samples[count++].bytes, data + at, len);
            if (count == SSK_LIMIT(COUNTER_LEARN))
                found = ssk_counter_find(samples, count, &counter);
        } else {
            ssk_counter other = counter;
            ssk_counter_step step = ssk_counter_add(&counter, data + at, len, 1000);
            ssk_counter_step long_way = ssk_counter_add_any(&other, data + at, len, 1000);
            g_assert_true(step.kind == long_way.kind && step.skipped == long_way.skipped);
            g_assert_true(!memcmp(&counter, &other, sizeof counter));
            g_assert_true(step.kind == SSK_COUNTER_NEXT || step.skipped == 0);
            fed++;
        }
        at += len;
    }
    g_assert_true(found == (ssk_counter_chosen(&counter) != NULL));
    g_assert_cmpuint(counter.n_fields, <=, SSK_COUNTER_FIELDS);
    for (unsigned i = 0; i < counter.n_fields; i++) {
        const ssk_counter_field *f = &counter.fields[i];
        g_assert_cmpint(f->step, >=, 1);
        g_assert_cmpuint(f->offset + f->width, <=, SSK_COUNTER_BYTES);
        g_assert_cmpuint(f->received + f->duplicates, <=, fed);
        g_assert_cmpuint(f->restarts + f->late, <=, f->received);
        if (f->started)
            g_assert_cmpuint(f->position + 1, <=, f->received + f->skipped);
    }
    return 0;
}
