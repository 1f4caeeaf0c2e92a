/* fuzz_timesync.c - timestamps against arithmetic and GLib's own dates, the
 * format finder and the clock estimator against what they promise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/decode/timesync.h"

#define NOW (INT64_C(1742841288) * SSK_S)

static void check_text(const uint8_t *data, uint32_t len)
{
    uint8_t *exact = g_memdup2(data, len);
    const ssk_stamp stamp = {.kind = SSK_STAMP_TEXT, .text = exact, .len = len};
    for (int f = 0; f < SSK_N_FORMATS; f++) {
        ssk_time_ns time = 7, again;
        bool read = ssk_stamp_read(&stamp, (ssk_time_format)f, NOW, &time);
        if (!read)
            g_assert_cmpint(time, ==, 7);
        else
            g_assert_cmpint(time, !=, SSK_TIME_NONE);
        g_assert_true(f != SSK_FORMAT_AUTO || !read);
        if (read && (f == SSK_FORMAT_DAY_S || f == SSK_FORMAT_DAY_CLOCK))
            g_assert_cmpint(ABS(time - NOW), <=, SSK_DAY / 2 + SSK_S);
        if (f == SSK_FORMAT_ISO_8601 && read && len >= 19 && memchr(exact, ':', len)) {
            /* what GLib reads too, it reads as the same moment */
            char *text = g_strndup((const char *)exact, len);
            GTimeZone *utc = g_time_zone_new_utc();
            GDateTime *date = g_date_time_new_from_iso8601(text, utc);
            if (date && !strchr(text, ',')) {
                g_assert_cmpint(g_date_time_to_unix(date), ==, time / SSK_S - (time % SSK_S < 0));
            }
            g_clear_pointer(&date, g_date_time_unref);
            g_time_zone_unref(utc);
            g_free(text);
        }
        if (read)
            g_assert_true(ssk_stamp_read(&stamp, (ssk_time_format)f, NOW, &again) && again == time);
    }
    ssk_stamp real = stamp;
    if (ssk_stamp_to_real(&real))
        g_assert_cmpint(real.kind, ==, SSK_STAMP_REAL);
    g_free(exact);
}

static void check_integer(uint64_t integer)
{
    static const struct {
        ssk_time_format format;
        int64_t unit;
    } units[] = {
        {SSK_FORMAT_UNIX_S, SSK_S},
        {SSK_FORMAT_UNIX_MS, SSK_MS},
        {SSK_FORMAT_UNIX_US, SSK_US},
        {SSK_FORMAT_UNIX_NS, 1},
    };
    const ssk_stamp stamp = {.kind = SSK_STAMP_INTEGER, .integer = integer, .size = 8};
    for (unsigned i = 0; i < G_N_ELEMENTS(units); i++) {
        ssk_time_ns time;
        bool fits = integer <= (uint64_t)(SSK_TIME_MAX / units[i].unit);
        g_assert_cmpint(ssk_stamp_read(&stamp, units[i].format, NOW, &time), ==, fits);
        if (fits)
            g_assert_cmpint(time, ==, (int64_t)integer * units[i].unit);
    }
    ssk_time_ns time;
    if (ssk_stamp_read(&stamp, SSK_FORMAT_NTP, NOW, &time)) {
        uint64_t seconds = (uint64_t)(time / SSK_S - (time % SSK_S < 0)) + UINT64_C(2208988800);
        g_assert_cmpuint((uint32_t)seconds, ==, integer >> 32);
        g_assert_cmpint(ABS(time - NOW) / SSK_S, <=, INT64_C(1) << 32);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1000)
        return 0;
    check_text(data, (uint32_t)size);

    ssk_timesync sync = {0};
    ssk_clock *clock = ssk_clock_new();
    ssk_time_ns local = NOW;
    for (size_t i = 0; i + 12 <= size; i += 12) {
        uint64_t integer;
        int32_t step;
        memcpy(&integer, data + i, 8);
        memcpy(&step, data + i + 8, 4);
        local += (int64_t)step * SSK_MS;
        check_integer(integer);
        const ssk_stamp stamp = {
            .kind = SSK_STAMP_INTEGER, .integer = integer, .size = 1u << (step & 3)};
        ssk_timesync_add(&sync, &stamp, local);
        ssk_time_ns time;
        if (ssk_timesync_read(&sync, &stamp, local, &time))
            g_assert_cmpint(sync.format, !=, SSK_FORMAT_AUTO);
        if (step & 4)
            ssk_clock_add(clock, local, (int64_t)integer);
        else
            ssk_clock_add_exchange(clock, local - (step & 0xffff) * SSK_US, local,
                                   local + (int64_t)(integer >> 30));
    }
    char why[SSK_TIMESYNC_WHY];
    g_assert_cmpuint(strlen(ssk_timesync_why(&sync, why)), >, 10);
    if (sync.format != SSK_FORMAT_AUTO)
        g_assert_cmpuint(sync.proof, >=, 3);

    ssk_clock_estimate e;
    if (ssk_clock_judge(clock, &e)) {
        g_assert_cmpint(e.error, >=, 0);
        g_assert_cmpuint(e.samples, >=, SSK_CLOCK_LEAST);
        g_assert_cmpuint(e.n_steps, <=, SSK_CLOCK_STEPS);
        for (unsigned i = 0; i < e.n_steps; i++)
            g_assert_cmpint(e.steps[i].by, !=, 0);
        g_assert_true(e.has_skew || !e.skew_ppb);
    }
    ssk_clock_free(clock);
    return 0;
}
