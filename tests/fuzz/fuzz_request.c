/* fuzz_request.c - any payload. Oracle: an answer of the documented range; what is cut off never
 * makes the reader look behind it; and nothing is declared that is longer than a day.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/decode/declared.h"
#include "core/decode/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    for (size_t cap = 0; cap <= size; cap += 1 + size / 8) {
        uint8_t *copy = g_memdup2(data, cap); /* of just that size: a byte more is found out */
        for (int greeted = 0; greeted <= 1; greeted++)
            g_assert_cmpint(ssk_request_of_segment(copy, (uint32_t)cap, (uint32_t)size, greeted),
                            <=, SSK_REQUEST_TELLS);
        g_assert_cmpint(ssk_request_of_datagram(copy, (uint32_t)cap, (uint32_t)size), <=,
                        SSK_REQUEST_TELLS);
        ssk_declared declared;
        if (ssk_declared_read(copy, (uint32_t)cap, &declared)) {
            g_assert_true(declared.own >= 0 && declared.own <= SSK_DAY); /* 0: nothing promised */
            g_assert_true(declared.other >= 0 && declared.other <= SSK_DAY);
        }
        g_free(copy);
    }
    return 0;
}
