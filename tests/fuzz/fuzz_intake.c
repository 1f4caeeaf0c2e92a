/* fuzz_intake.c - any receive log over any arrivals: shares are shares.
 *
 * Input: per event a byte (bit 0: a line of the log; the rest bytes), a byte of
 * time, signed, squared.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/udp/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_intake intake = {0};
    ssk_arrivals arrivals = {0};
    ssk_time_ns now = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        int64_t step = (int8_t)data[i + 1];
        now += step * ABS(step) * SSK_MS;
        if (data[i] & 1) {
            ssk_intake_add(&intake, now, data[i] >> 1);
        } else {
            ssk_arrivals_add(&arrivals, now, data[i] >> 1);
            bytes += data[i] >> 1;
        }
    }
    g_assert_cmpuint(arrivals.bytes, ==, bytes);
    g_assert_cmpuint(ssk_arrivals_until(&arrivals, INT64_MAX), ==, bytes);
    uint64_t before = 0;
    for (ssk_time_ns at = arrivals.first - SSK_S; arrivals.packets && at < arrivals.last;
         at += MAX((arrivals.last - arrivals.first) / 50,
                   SSK_S / 50)) { /* few, if all came at once */
        uint64_t until = ssk_arrivals_until(&arrivals, at);
        g_assert_cmpuint(until, >=, before);
        before = until;
    }
    ssk_intake_fit fit;
    if (ssk_intake_lay(&intake, &arrivals, &fit)) {
        ssk_intake_bursts bursts;
        g_assert_cmpuint(fit.received, <=, fit.captured);
        g_assert_cmpuint(fit.likeness_permille, <=, 1000);
        ssk_intake_measure(&intake, &arrivals, &fit, &bursts);
        g_assert_cmpuint(bursts.bursts, <=, intake.used);
        g_assert_cmpint(bursts.bytes.min, <=, bursts.bytes.p50);
        g_assert_cmpint(bursts.bytes.p50, <=, bursts.bytes.max);
    }
    ssk_arrivals_clear(&arrivals);
    ssk_intake_clear(&intake);
    return 0;
}
