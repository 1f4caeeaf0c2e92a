/* fuzz_applog.c - what is read lies in the line, and its time, printed the way
 * it was written, reads back the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/decode/applog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(ssk_applog_text text, const char *line, size_t len)
{
    if (!text.bytes) {
        g_assert_cmpuint(text.len, ==, 0);
        return;
    }
    g_assert_true(text.bytes >= line && text.bytes + text.len <= line + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    ssk_applog_line line, again;

    if (ssk_decode_applog(text, size, &line) != SSK_OK)
        return 0;
    check_text(line.source, text, size);
    check_text(line.text, text, size);
    check_text(line.connection, text, size);
    check_text(line.name, text, size);
    g_assert_nonnull(line.text.bytes);
    g_assert_cmpuint(line.fraction_digits, <=, 9);
    g_assert_cmpint(ABS(line.zone_s), <=, 14 * 3600 + 59 * 60);
    g_assert_true(line.event < SSK_N_APPLOG_EVENTS);
    g_assert_nonnull(ssk_applog_event_text(line.event));
    g_assert_true(line.has_zone || line.zone_s == 0);

    /* A year is chosen within one of the moment named; nothing else of the date moves,
     * but for a leap second at the year's end. */
    ssk_time_ns near = (ssk_time_ns)(size % 400) * 180 * SSK_DAY - 200 * 180 * SSK_DAY;
    ssk_time_ns at = ssk_applog_near(&line, near);
    g_assert_cmpint(((at - line.local) % SSK_DAY + SSK_DAY) % SSK_DAY, ==, 0);
    if (line.has_year || near == SSK_TIME_NONE)
        g_assert_cmpint(at, ==, line.local);
    else if (at != line.local)
        g_assert_cmpint(ABS(at - near), <=, 731 * SSK_DAY);

    /* GLib's calendar and ours agree, to the millisecond. */
    char buf[SSK_TEXT_ROOM];
    ssk_time_local(line.local, NULL, buf);
    if (g_str_has_prefix(buf, "2262")) /* a leap second at the end of the last year read */
        return 0;
    char *printed = g_strdup_printf("%.23s %.*s", buf, (int)line.text.len, line.text.bytes);
    g_assert_cmpint(ssk_decode_applog(printed, strlen(printed), &again), ==, SSK_OK);
    g_assert_cmpint(again.local, ==, line.local - ((line.local % SSK_MS) + SSK_MS) % SSK_MS);
    g_free(printed);
    return 0;
}
