/* timesync.c - a sender's timestamp, whatever its format, to nanoseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/timesync.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/decode/cursor.h"

static const char *const names[SSK_N_FORMATS] = {
    [SSK_FORMAT_AUTO] = "auto",
    [SSK_FORMAT_UNIX_S] = "unix-s",
    [SSK_FORMAT_UNIX_MS] = "unix-ms",
    [SSK_FORMAT_UNIX_US] = "unix-us",
    [SSK_FORMAT_UNIX_NS] = "unix-ns",
    [SSK_FORMAT_COCOA] = "cocoa",
    [SSK_FORMAT_NTP] = "ntp",
    [SSK_FORMAT_FILETIME] = "filetime",
    [SSK_FORMAT_GPS] = "gps",
    [SSK_FORMAT_DAY_S] = "day-s",
    [SSK_FORMAT_DAY_CLOCK] = "day-clock",
    [SSK_FORMAT_ISO_8601] = "iso-8601",
    [SSK_FORMAT_RFC_1123] = "rfc-1123",
};

/** Formats that count a unit from an epoch. */
static const struct {
    int64_t unit;  /* nanoseconds */
    int64_t epoch; /* seconds after 1970 */
} counts[SSK_N_FORMATS] = {
    [SSK_FORMAT_UNIX_S] = {SSK_S, 0},
    [SSK_FORMAT_UNIX_MS] = {SSK_MS, 0},
    [SSK_FORMAT_UNIX_US] = {SSK_US, 0},
    [SSK_FORMAT_UNIX_NS] = {1, 0},
    [SSK_FORMAT_COCOA] = {SSK_S, INT64_C(978307200)},
    [SSK_FORMAT_FILETIME] = {100, INT64_C(-11644473600)},
    [SSK_FORMAT_GPS] = {SSK_S, INT64_C(315964800) - SSK_GPS_LEAP_SECONDS},
    [SSK_FORMAT_DAY_S] = {SSK_S, 0},
};

const char *ssk_time_format_name(ssk_time_format format)
{
    return (unsigned)format < SSK_N_FORMATS ? names[format] : "?";
}

bool ssk_time_format_find(const char *name, ssk_time_format *ret)
{
    for (int i = 0; i < SSK_N_FORMATS; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (ssk_time_format)i;
            return true;
        }
    }
    return false;
}

/* value * unit + fraction + epoch; false where that leaves the range. */
static bool scale(int64_t value, int64_t fraction_ns, int64_t unit, int64_t epoch, ssk_time_ns *ret)
{
    int64_t per_second = SSK_S / unit, seconds, ns;
    if (__builtin_add_overflow(value / per_second, epoch, &seconds) ||
        __builtin_mul_overflow(seconds, SSK_S, &ns) ||
        __builtin_add_overflow(ns, value % per_second * unit + fraction_ns, &ns) ||
        !ssk_time_fits(ns))
        return false;
    *ret = ns;
    return true;
}

/* "123", "-1.25": whole units and the fraction in nanoseconds. */
static bool read_decimal(const ssk_stamp *stamp, int64_t unit, int64_t *ret_value,
                         int64_t *ret_fraction)
{
    ssk_cursor c = ssk_cursor_init(stamp->text, stamp->len);
    bool negative = ssk_cursor_peek(&c) == '-';
    if (negative)
        ssk_cursor_skip(&c, 1);
    int64_t value = 0, fraction = 0;
    unsigned digits = 0;
    while (ssk_cursor_left(&c) && ssk_cursor_peek(&c) != '.') {
        unsigned digit = (unsigned)ssk_cursor_u8(&c) - '0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (int64_t)digit, &value))
            return false;
        digits++;
    }
    ssk_cursor_skip(&c, ssk_cursor_left(&c) ? 1 : 0);
    for (int64_t place = unit; ssk_cursor_left(&c);) {
        unsigned digit = (unsigned)ssk_cursor_u8(&c) - '0';
        if (digit > 9)
            return false;
        place /= 10; /* digits beyond a nanosecond add nothing */
        fraction += digit * place;
        digits++;
    }
    *ret_value = negative ? -value : value;
    *ret_fraction = negative ? -fraction : fraction;
    return digits > 0;
}

bool ssk_stamp_to_real(ssk_stamp *stamp)
{
    int64_t value, fraction;
    if (stamp->kind != SSK_STAMP_TEXT || !read_decimal(stamp, SSK_S, &value, &fraction))
        return false;
    *stamp = (ssk_stamp){.kind = SSK_STAMP_REAL, .real = (double)value + (double)fraction / SSK_S};
    return true;
}

/* Days from 1970-01-01, proleptic Gregorian calendar; years 1..9999. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    unsigned of_era = (unsigned)(year - era * 400);
    unsigned of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_digits(ssk_cursor *c, unsigned count, unsigned max, unsigned *ret)
{
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned digit = (unsigned)ssk_cursor_u8(c) - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return !c->failed && value <= max;
}

static bool take_char(ssk_cursor *c, char wanted)
{
    if (!ssk_cursor_left(c) || ssk_cursor_peek(c) != (uint8_t)wanted)
        return false;
    ssk_cursor_skip(c, 1);
    return true;
}

/* ".123" or ",123" in nanoseconds; 0 without. */
static int64_t read_fraction(ssk_cursor *c)
{
    int64_t fraction = 0;
    if (!take_char(c, '.') && !take_char(c, ','))
        return 0;
    for (int64_t place = SSK_S / 10; ssk_cursor_left(c); place /= 10) {
        unsigned digit = (unsigned)ssk_cursor_peek(c) - '0';
        if (digit > 9)
            break;
        ssk_cursor_skip(c, 1);
        fraction += digit * place;
    }
    return fraction;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return year && month && month <= 12 && day && day <= days[month - 1] &&
           (month != 2 || leap || day <= 28);
}

/* "2025-03-24T17:34:16.298+01:00", the basic form "20250324T173416Z" too. */
static bool read_iso_8601(ssk_cursor c, ssk_time_ns *ret)
{
    unsigned year, month, day, hour, minute, second = 0;
    if (!read_digits(&c, 4, 9999, &year))
        return false;
    bool extended = take_char(&c, '-');
    if (!read_digits(&c, 2, 12, &month) || (extended && !take_char(&c, '-')) ||
        !read_digits(&c, 2, 31, &day) || !is_day(year, month, day) ||
        (!take_char(&c, 'T') && !take_char(&c, 't') && !take_char(&c, ' ')))
        return false;
    if (!read_digits(&c, 2, 23, &hour) || (extended && !take_char(&c, ':')) ||
        !read_digits(&c, 2, 59, &minute))
        return false;
    if (extended ? take_char(&c, ':') : true) {
        if (!read_digits(&c, 2, 60, &second))
            return false;
    }
    int64_t fraction = read_fraction(&c);
    int64_t east = 0;
    if (!take_char(&c, 'Z') && !take_char(&c, 'z') && ssk_cursor_left(&c)) {
        int sign = take_char(&c, '+') ? 1 : take_char(&c, '-') ? -1 : 0;
        unsigned zone_hour, zone_minute = 0;
        if (!sign || !read_digits(&c, 2, 15, &zone_hour))
            return false;
        bool colon = take_char(&c, ':');
        if ((colon || ssk_cursor_left(&c)) && !read_digits(&c, 2, 59, &zone_minute))
            return false;
        east = sign * ((int64_t)zone_hour * 3600 + zone_minute * 60);
    }
    if (ssk_cursor_left(&c))
        return false;
    return scale(days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second -
                     east,
                 fraction, SSK_S, 0, ret);
}

static bool read_word(ssk_cursor *c, const char *words, unsigned count, unsigned *ret)
{
    const uint8_t *word = ssk_cursor_take(c, 3);
    for (unsigned i = 0; word && i < count; i++) {
        if (memcmp(words + i * 3, word, 3) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* RFC 1123, section 5.2.14; RFC 9110's IMF-fixdate. */
static bool read_rfc_1123(ssk_cursor c, ssk_time_ns *ret)
{
    unsigned weekday, day, month, year, hour, minute, second;
    int64_t east = 0;
    if (!read_word(&c, "MonTueWedThuFriSatSun", 7, &weekday) || !take_char(&c, ',') ||
        !take_char(&c, ' ') || !read_digits(&c, 2, 31, &day) || !take_char(&c, ' ') ||
        !read_word(&c, "JanFebMarAprMayJunJulAugSepOctNovDec", 12, &month) || !take_char(&c, ' ') ||
        !read_digits(&c, 4, 9999, &year) || !take_char(&c, ' ') || !read_digits(&c, 2, 23, &hour) ||
        !take_char(&c, ':') || !read_digits(&c, 2, 59, &minute) || !take_char(&c, ':') ||
        !read_digits(&c, 2, 60, &second) || !take_char(&c, ' ') || !is_day(year, month + 1, day))
        return false;
    int sign = take_char(&c, '+') ? 1 : take_char(&c, '-') ? -1 : 0;
    if (sign) {
        unsigned zone_hour, zone_minute;
        if (!read_digits(&c, 2, 15, &zone_hour) || !read_digits(&c, 2, 59, &zone_minute))
            return false;
        east = sign * ((int64_t)zone_hour * 3600 + zone_minute * 60);
    } else {
        const uint8_t *zone = ssk_cursor_take(&c, 3);
        if (!zone || (memcmp(zone, "GMT", 3) != 0 && memcmp(zone, "UTC", 3) != 0))
            return false;
    }
    if (ssk_cursor_left(&c))
        return false;
    return scale(days_from_civil(year, month + 1, day) * 86400 + hour * 3600 + minute * 60 +
                     second - east,
                 0, SSK_S, 0, ret);
}

/* The time of day that lies nearest to the capture's. */
static bool place_in_day(int64_t of_day, ssk_time_ns near, ssk_time_ns *ret)
{
    if (near == SSK_TIME_NONE || of_day < 0 || of_day > SSK_DAY)
        return false;
    int64_t phase = near % SSK_DAY;
    if (phase < 0)
        phase += SSK_DAY;
    int64_t away = of_day - phase;
    if (away > SSK_DAY / 2)
        away -= SSK_DAY;
    else if (away < -SSK_DAY / 2)
        away += SSK_DAY;
    if (!ssk_time_fits(near + away))
        return false;
    *ret = near + away;
    return true;
}

/* NTP counts 2^32 s, then starts again: the era nearest to the capture. */
static bool read_ntp(uint64_t value, ssk_time_ns near, ssk_time_ns *ret)
{
    if (near == SSK_TIME_NONE || !value) /* 0: "not known", RFC 5905 section 6 */
        return false;
    int64_t seconds = (int64_t)(value >> 32) - INT64_C(2208988800);
    int64_t fraction = (int64_t)(((value & UINT32_MAX) * (uint64_t)SSK_S) >> 32);
    int64_t era = INT64_C(1) << 32;
    int64_t wanted = near / SSK_S;
    while (seconds < wanted - era / 2)
        seconds += era;
    return scale(seconds, fraction, SSK_S, 0, ret);
}

static bool read_count(const ssk_stamp *stamp, ssk_time_format format, ssk_time_ns *ret)
{
    int64_t unit = counts[format].unit, epoch = counts[format].epoch, value, fraction = 0;
    switch (stamp->kind) {
    case SSK_STAMP_INTEGER:
        if (stamp->integer > INT64_MAX)
            return false;
        value = (int64_t)stamp->integer;
        break;
    case SSK_STAMP_REAL: {
        double whole = floor(stamp->real);
        if (!(whole > -9.0e18 && whole < 9.0e18)) /* false for NaN too */
            return false;
        value = (int64_t)whole;
        fraction = (int64_t)((stamp->real - whole) * (double)unit);
        break;
    }
    default:
        if (!read_decimal(stamp, unit, &value, &fraction))
            return false;
    }
    return scale(value, fraction, unit, epoch, ret);
}

static bool read_day_clock(const ssk_stamp *stamp, ssk_time_ns near, ssk_time_ns *ret)
{
    unsigned hour, minute, second;
    int64_t fraction = 0;
    if (stamp->kind == SSK_STAMP_TEXT) {
        ssk_cursor c = ssk_cursor_init(stamp->text, stamp->len);
        if (!read_digits(&c, 2, 23, &hour) || !read_digits(&c, 2, 59, &minute) ||
            !read_digits(&c, 2, 60, &second))
            return false;
        fraction = read_fraction(&c);
        if (ssk_cursor_left(&c))
            return false;
    } else if (stamp->kind == SSK_STAMP_INTEGER && stamp->integer < 240000) {
        hour = (unsigned)stamp->integer / 10000;
        minute = (unsigned)stamp->integer / 100 % 100;
        second = (unsigned)stamp->integer % 100;
        if (minute > 59 || second > 60)
            return false;
    } else {
        return false;
    }
    return place_in_day((hour * 3600 + minute * 60 + second) * SSK_S + fraction, near, ret);
}

/* "2359:149656.5" is the week and the seconds in it. */
static bool read_gps(const ssk_stamp *stamp, ssk_time_ns *ret)
{
    const uint8_t *colon = stamp->kind == SSK_STAMP_TEXT && stamp->len
                               ? memchr(stamp->text, ':', stamp->len)
                               : NULL;
    if (!colon)
        return read_count(stamp, SSK_FORMAT_GPS, ret);
    uint32_t before = (uint32_t)(colon - stamp->text);
    const ssk_stamp week = {.kind = SSK_STAMP_TEXT, .text = stamp->text, .len = before};
    const ssk_stamp of_week = {
        .kind = SSK_STAMP_TEXT, .text = colon + 1, .len = stamp->len - before - 1};
    int64_t weeks, seconds, fraction, none;
    if (!read_decimal(&week, 1, &weeks, &none) || weeks < 0 || weeks > 100000 ||
        !read_decimal(&of_week, SSK_S, &seconds, &fraction) || seconds < 0 || seconds > 604800)
        return false;
    return scale(weeks * 604800 + seconds, fraction, SSK_S, counts[SSK_FORMAT_GPS].epoch, ret);
}

bool ssk_stamp_read(const ssk_stamp *stamp, ssk_time_format format, ssk_time_ns near,
                    ssk_time_ns *ret)
{
    ssk_time_ns of_day;
    switch (format) {
    case SSK_FORMAT_UNIX_S:
    case SSK_FORMAT_UNIX_MS:
    case SSK_FORMAT_UNIX_US:
    case SSK_FORMAT_UNIX_NS:
    case SSK_FORMAT_COCOA:
    case SSK_FORMAT_FILETIME:
        return stamp->kind != SSK_STAMP_NONE && read_count(stamp, format, ret);
    case SSK_FORMAT_GPS:
        return stamp->kind != SSK_STAMP_NONE && read_gps(stamp, ret);
    case SSK_FORMAT_NTP:
        return stamp->kind == SSK_STAMP_INTEGER && read_ntp(stamp->integer, near, ret);
    case SSK_FORMAT_DAY_S:
        return stamp->kind != SSK_STAMP_NONE && read_count(stamp, format, &of_day) &&
               place_in_day(of_day, near, ret);
    case SSK_FORMAT_DAY_CLOCK:
        return read_day_clock(stamp, near, ret);
    case SSK_FORMAT_ISO_8601:
        return stamp->kind == SSK_STAMP_TEXT &&
               read_iso_8601(ssk_cursor_init(stamp->text, stamp->len), ret);
    case SSK_FORMAT_RFC_1123:
        return stamp->kind == SSK_STAMP_TEXT &&
               read_rfc_1123(ssk_cursor_init(stamp->text, stamp->len), ret);
    case SSK_FORMAT_AUTO:
    case SSK_N_FORMATS:
        break;
    }
    return false;
}

/* ---- finding the format out ---- */

/** Values and time that a choice rests on: below, a wrong unit may still look right. */
#define SAMPLES_LEAST 3
#define SPAN_LEAST    (4 * SSK_S)
#define RANGE         (3653 * SSK_DAY) /* 10 years */
/** What delay and coarse units may add to the slope's 1e-3. */
#define JITTER SSK_S

/* The field's bytes read another way. @return false: it cannot be */
static bool reread(const ssk_stamp *stamp, unsigned reading, ssk_stamp *ret)
{
    *ret = *stamp;
    if (!reading)
        return stamp->kind != SSK_STAMP_NONE;
    if (!stamp->size || stamp->size == 1)
        return false;
    if (reading & 1) {
        uint64_t swapped = GUINT64_SWAP_LE_BE(stamp->integer);
        ret->integer = swapped >> (64 - 8 * stamp->size);
    }
    ret->kind = reading & 2 ? SSK_STAMP_REAL : SSK_STAMP_INTEGER;
    memcpy(&ret->real, &ret->integer, sizeof ret->real);
    return !(reading & 2) || stamp->size == 8;
}

static bool advances(ssk_span_ns value, ssk_span_ns local)
{
    ssk_span_ns away = value - local;
    return ABS(away) <= ABS(local) / 1000 + JITTER;
}

static void choose(ssk_timesync *sync)
{
    ssk_span_ns best = INT64_MAX;
    for (unsigned r = 0; r < SSK_STAMP_READINGS; r++) {
        for (unsigned f = 1; f < SSK_N_FORMATS; f++) {
            ssk_span_ns away = sync->guess[r][f].last - sync->last_local;
            if (sync->guess[r][f].dead || ABS(away) >= best)
                continue;
            best = ABS(away);
            sync->reading = (uint8_t)r;
            sync->format = (uint8_t)f;
            sync->proof = sync->samples;
            sync->span = sync->last_local - sync->first_local;
            sync->away = away;
        }
    }
}

void ssk_timesync_add(ssk_timesync *sync, const ssk_stamp *stamp, ssk_time_ns local)
{
    if (local == SSK_TIME_NONE || stamp->kind == SSK_STAMP_NONE)
        return;
    bool begins = !sync->samples;
    if (begins) {
        memset(sync->guess, 0, sizeof sync->guess);
        sync->first_local = local;
    }
    sync->samples++;
    sync->last_local = local;
    unsigned alive = 0;
    for (unsigned r = 0; r < SSK_STAMP_READINGS; r++) {
        ssk_stamp other;
        bool readable = reread(stamp, r, &other);
        for (unsigned f = 1; f < SSK_N_FORMATS; f++) {
            ssk_time_ns time;
            if (sync->guess[r][f].dead)
                continue;
            if (!readable || !ssk_stamp_read(&other, (ssk_time_format)f, local, &time) ||
                time < local - RANGE || time > local + RANGE ||
                (!begins && !advances(time - sync->guess[r][f].first, local - sync->first_local))) {
                sync->guess[r][f].dead = true;
                continue;
            }
            if (begins)
                sync->guess[r][f].first = time;
            sync->guess[r][f].last = time;
            alive++;
        }
    }
    if (!alive) /* the clock stepped, or that was no time: start again */
        sync->samples = 0;
    else if (sync->samples >= SAMPLES_LEAST && local - sync->first_local >= SPAN_LEAST)
        choose(sync);
}

bool ssk_timesync_read(const ssk_timesync *sync, const ssk_stamp *stamp, ssk_time_ns local,
                       ssk_time_ns *ret)
{
    ssk_stamp other;
    return sync->format != SSK_FORMAT_AUTO && reread(stamp, sync->reading, &other) &&
           ssk_stamp_read(&other, (ssk_time_format)sync->format, local, ret);
}

const char *ssk_timesync_why(const ssk_timesync *sync, char buf[SSK_TIMESYNC_WHY])
{
    static const char *const readings[SSK_STAMP_READINGS] = {
        "", ", bytes the other way round", ", as a double",
        ", as a double, bytes the other way round"};
    if (sync->format == SSK_FORMAT_AUTO)
        g_strlcpy(buf,
                  "format not known: no unit puts the values near the capture's time and lets "
                  "them advance with it",
                  SSK_TIMESYNC_WHY);
    else
        g_snprintf(buf, SSK_TIMESYNC_WHY,
                   "%s%s, found: %u values in %" G_GINT64_FORMAT
                   " ms advance with the capture's clock, "
                   "%" G_GINT64_FORMAT " ms from it",
                   names[sync->format], readings[sync->reading], sync->proof, sync->span / SSK_MS,
                   sync->away / SSK_MS);
    return buf;
}
