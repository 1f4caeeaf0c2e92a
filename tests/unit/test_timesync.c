/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/decode/timesync.h"

#define NOW (INT64_C(1742841288) * SSK_S) /* 2025-03-24 18:34:48 UTC */

static ssk_stamp text_of(const char *text)
{
    return (ssk_stamp){
        .kind = SSK_STAMP_TEXT, .text = (const uint8_t *)text, .len = (uint32_t)strlen(text)};
}

static ssk_stamp integer_of(uint64_t integer, uint8_t size)
{
    return (ssk_stamp){.kind = SSK_STAMP_INTEGER, .integer = integer, .size = size};
}

static ssk_stamp real_of(double real)
{
    return (ssk_stamp){.kind = SSK_STAMP_REAL, .real = real};
}

static void reads(ssk_stamp stamp, ssk_time_format format, ssk_time_ns wanted)
{
    ssk_time_ns time;
    g_assert_true(ssk_stamp_read(&stamp, format, NOW, &time));
    g_assert_cmpint(time, ==, wanted);
}

static void refuses(ssk_stamp stamp, ssk_time_format format)
{
    ssk_time_ns time = 7;
    g_assert_false(ssk_stamp_read(&stamp, format, NOW, &time));
    g_assert_cmpint(time, ==, 7);
}

static void counts(void)
{
    reads(integer_of(1742841288, 0), SSK_FORMAT_UNIX_S, NOW);
    reads(integer_of(1742841288001, 0), SSK_FORMAT_UNIX_MS, NOW + SSK_MS);
    reads(integer_of(1742841288000002, 0), SSK_FORMAT_UNIX_US, NOW + 2 * SSK_US);
    reads(integer_of(1742841288000000003, 0), SSK_FORMAT_UNIX_NS, NOW + 3);
    reads(integer_of(133873148880000005, 0), SSK_FORMAT_FILETIME, NOW + 500);
    reads(integer_of(1426876488 + 18, 0), SSK_FORMAT_GPS, NOW);
    reads(real_of(764534088.5), SSK_FORMAT_COCOA, NOW + SSK_S / 2);
    reads(text_of("764534088.25"), SSK_FORMAT_COCOA, NOW + SSK_S / 4);
    reads(text_of("1742841288.123456789123"), SSK_FORMAT_UNIX_S, NOW + 123456789);
    reads(text_of("-1.5"), SSK_FORMAT_UNIX_S, -3 * SSK_S / 2);
    reads(integer_of(0, 0), SSK_FORMAT_UNIX_S, 0);
    refuses(integer_of(UINT64_MAX, 0), SSK_FORMAT_UNIX_S);
    refuses(integer_of(INT64_MAX, 0), SSK_FORMAT_UNIX_S);
    refuses(real_of(1e300), SSK_FORMAT_UNIX_S);
    refuses(real_of(0.0 / 0.0), SSK_FORMAT_COCOA);
    refuses(text_of("12a"), SSK_FORMAT_UNIX_S);
    refuses(text_of("."), SSK_FORMAT_UNIX_S);
    refuses(text_of(""), SSK_FORMAT_UNIX_S);
}

static void dates(void)
{
    static const struct {
        const char *text;
        ssk_time_format format;
        int64_t ms; /* after NOW; -1: refused */
    } cases[] = {
        {"2025-03-24T18:34:48Z", SSK_FORMAT_ISO_8601, 0},
        {"2025-03-24T18:34:48.250Z", SSK_FORMAT_ISO_8601, 250},
        {"2025-03-24T18:34:48,250", SSK_FORMAT_ISO_8601, 250},
        {"2025-03-24 19:34:48+01:00", SSK_FORMAT_ISO_8601, 0},
        {"2025-03-24T13:04:48-0530", SSK_FORMAT_ISO_8601, 0},
        {"20250324T193448+01", SSK_FORMAT_ISO_8601, 0},
        {"2025-03-24T18:35Z", SSK_FORMAT_ISO_8601, 12000},
        {"2025-02-29T00:00:00Z", SSK_FORMAT_ISO_8601, -1},
        {"2025-13-01T00:00:00Z", SSK_FORMAT_ISO_8601, -1},
        {"2025-03-24T24:00:00Z", SSK_FORMAT_ISO_8601, -1},
        {"2025-03-24T18:34:48Zx", SSK_FORMAT_ISO_8601, -1},
        {"2025-03-24", SSK_FORMAT_ISO_8601, -1},
        {"9999-12-31T23:59:59Z", SSK_FORMAT_ISO_8601, -1}, /* beyond SSK_TIME_MAX */
        {"Mon, 24 Mar 2025 18:34:48 GMT", SSK_FORMAT_RFC_1123, 0},
        {"Mon, 24 Mar 2025 19:34:49 +0100", SSK_FORMAT_RFC_1123, 1000},
        {"Mon 24 Mar 2025 18:34:48 GMT", SSK_FORMAT_RFC_1123, -1},
        {"Mon, 31 Feb 2025 18:34:48 GMT", SSK_FORMAT_RFC_1123, -1},
        {"2359:153306.5", SSK_FORMAT_GPS, 500},
        {"2359:604801", SSK_FORMAT_GPS, -1},
        {"183448.5", SSK_FORMAT_DAY_CLOCK, 500},
        {"186048", SSK_FORMAT_DAY_CLOCK, -1},
        {"66889", SSK_FORMAT_DAY_S, 1000},
        {"86401", SSK_FORMAT_DAY_S, -1},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].text);
        if (cases[i].ms < 0)
            refuses(text_of(cases[i].text), cases[i].format);
        else
            reads(text_of(cases[i].text), cases[i].format, NOW + cases[i].ms * SSK_MS);
    }
}

static void midnight(void)
{
    ssk_time_ns day = NOW - NOW % SSK_DAY, time;
    ssk_stamp late = text_of("86399"), early = text_of("000001");
    g_assert_true(ssk_stamp_read(&late, SSK_FORMAT_DAY_S, day + SSK_S, &time));
    g_assert_cmpint(time, ==, day - SSK_S);
    g_assert_true(ssk_stamp_read(&early, SSK_FORMAT_DAY_CLOCK, day - SSK_S, &time));
    g_assert_cmpint(time, ==, day + SSK_S);
    g_assert_false(ssk_stamp_read(&late, SSK_FORMAT_DAY_S, SSK_TIME_NONE, &time));
}

static void eras(void)
{
    ssk_time_ns time;
    uint64_t seconds = 1742841288 + UINT64_C(2208988800);
    ssk_stamp stamp = integer_of(seconds << 32 | UINT32_C(0x80000000), 8);
    reads(stamp, SSK_FORMAT_NTP, NOW + SSK_S / 2);
    /* 2036-02-07 06:28:16: era 1 begins, and 5 s later the count is 5 */
    ssk_time_ns era = INT64_C(2085978496) * SSK_S;
    stamp = integer_of(UINT64_C(5) << 32, 8);
    g_assert_true(ssk_stamp_read(&stamp, SSK_FORMAT_NTP, era + 7 * SSK_S, &time));
    g_assert_cmpint(time, ==, era + 5 * SSK_S);
    refuses(integer_of(0, 8), SSK_FORMAT_NTP); /* "not known" */
}

/* Feed a field that counts from the epoch as @p format does, 30 ms fast. */
static ssk_time_format found(ssk_timesync *sync, ssk_stamp (*make)(ssk_time_ns), int values)
{
    memset(sync, 0, sizeof *sync);
    for (int i = 0; i < values; i++) {
        ssk_time_ns local = NOW + i * SSK_S + (i * 7919 % 13) * SSK_MS;
        ssk_stamp stamp = make(local + 30 * SSK_MS);
        ssk_timesync_add(sync, &stamp, local);
    }
    return (ssk_time_format)sync->format;
}

static ssk_stamp make_s(ssk_time_ns t)
{
    return integer_of((uint64_t)(t / SSK_S), 4);
}
static ssk_stamp make_ms(ssk_time_ns t)
{
    return integer_of((uint64_t)(t / SSK_MS), 8);
}
static ssk_stamp make_us(ssk_time_ns t)
{
    return integer_of((uint64_t)(t / SSK_US), 8);
}
static ssk_stamp make_ns(ssk_time_ns t)
{
    return integer_of((uint64_t)t, 8);
}
static ssk_stamp make_cocoa(ssk_time_ns t)
{
    return real_of((double)t / 1e9 - 978307200.0);
}
static ssk_stamp make_filetime(ssk_time_ns t)
{
    return integer_of((uint64_t)(t / 100) + UINT64_C(116444736000000000), 8);
}
static ssk_stamp make_gps(ssk_time_ns t)
{
    return integer_of((uint64_t)(t / SSK_S) - 315964800 + 18, 4);
}
static ssk_stamp make_day(ssk_time_ns t)
{
    return integer_of((uint64_t)(t % SSK_DAY / SSK_S), 4);
}
static ssk_stamp make_ntp(ssk_time_ns t)
{
    uint64_t fraction = ((uint64_t)(t % SSK_S) << 32) / SSK_S;
    return integer_of((uint64_t)(t / SSK_S + INT64_C(2208988800)) << 32 | fraction, 8);
}
static ssk_stamp make_swapped(ssk_time_ns t)
{
    return integer_of(GUINT64_SWAP_LE_BE((uint64_t)(t / SSK_MS)), 8);
}
static ssk_stamp make_double(ssk_time_ns t)
{
    double real = (double)t / 1e9 - 978307200.0;
    ssk_stamp stamp = integer_of(0, 8);
    memcpy(&stamp.integer, &real, 8);
    return stamp;
}
static ssk_stamp make_counter(ssk_time_ns t)
{
    return integer_of((uint64_t)(t - NOW) / SSK_S + 1000000, 4);
}
static ssk_stamp make_constant(ssk_time_ns t)
{
    (void)t;
    return integer_of(1742841288, 4);
}
static ssk_stamp make_fast(ssk_time_ns t)
{
    return integer_of((uint64_t)(NOW + (t - NOW) * 2) / SSK_MS, 8);
}

static void finds(void)
{
    ssk_timesync sync;
    static const struct {
        ssk_stamp (*make)(ssk_time_ns);
        ssk_time_format format;
    } cases[] = {
        {make_s, SSK_FORMAT_UNIX_S},     {make_ms, SSK_FORMAT_UNIX_MS},
        {make_us, SSK_FORMAT_UNIX_US},   {make_ns, SSK_FORMAT_UNIX_NS},
        {make_cocoa, SSK_FORMAT_COCOA},  {make_filetime, SSK_FORMAT_FILETIME},
        {make_gps, SSK_FORMAT_GPS},      {make_day, SSK_FORMAT_DAY_S},
        {make_ntp, SSK_FORMAT_NTP},      {make_swapped, SSK_FORMAT_UNIX_MS},
        {make_double, SSK_FORMAT_COCOA},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        char why[SSK_TIMESYNC_WHY];
        g_assert_cmpint(found(&sync, cases[i].make, 12), ==, cases[i].format);
        g_assert_nonnull(
            strstr(ssk_timesync_why(&sync, why), ssk_time_format_name(cases[i].format)));
        ssk_stamp stamp = cases[i].make(NOW + 20 * SSK_S);
        ssk_time_ns time;
        g_assert_true(ssk_timesync_read(&sync, &stamp, NOW + 20 * SSK_S, &time));
        g_assert_cmpint(ABS(time - NOW - 20 * SSK_S), <, SSK_MS); /* all whole seconds here */
    }
}

static void finds_none(void)
{
    ssk_timesync sync;
    char why[SSK_TIMESYNC_WHY];
    g_assert_cmpint(found(&sync, make_ms, 2), ==, SSK_FORMAT_AUTO); /* too few */
    g_assert_cmpint(found(&sync, make_counter, 30), ==, SSK_FORMAT_AUTO);
    g_assert_cmpint(found(&sync, make_constant, 30), ==, SSK_FORMAT_AUTO);
    g_assert_cmpint(found(&sync, make_fast, 30), ==, SSK_FORMAT_AUTO);
    g_assert_nonnull(strstr(ssk_timesync_why(&sync, why), "not known"));
}

static void steps(void)
{
    ssk_timesync sync;
    ssk_time_ns time;
    g_assert_cmpint(found(&sync, make_ms, 10), ==, SSK_FORMAT_UNIX_MS);
    for (int i = 10; i < 20; i++) {
        ssk_stamp stamp = make_ms(NOW + i * SSK_S - SSK_HOUR);
        ssk_timesync_add(&sync, &stamp, NOW + i * SSK_S);
        g_assert_true(ssk_timesync_read(&sync, &stamp, NOW + i * SSK_S, &time));
        g_assert_cmpint(time, ==, NOW + i * SSK_S - SSK_HOUR);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/timesync/units counted from an epoch", counts);
    g_test_add_func("/timesync/dates and times of day", dates);
    g_test_add_func("/timesync/a time of day is that nearest to the capture", midnight);
    g_test_add_func("/timesync/NTP goes on after 2036", eras);
    g_test_add_func("/timesync/the format is found, byte order and all", finds);
    g_test_add_func("/timesync/what is no clock has no format", finds_none);
    g_test_add_func("/timesync/a step does not lose the format", steps);
    return g_test_run();
}
