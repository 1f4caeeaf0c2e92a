/* text.c - spans, times and addresses to text and back, without the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct unit {
    const char *name;
    uint64_t ns;
} unit;

/* From long to short: ssk_span_exact() takes the first that divides. */
static const unit units[] = {
    {"d", SSK_DAY}, {"h", SSK_HOUR}, {"min", SSK_MINUTE},   {"s", SSK_S},
    {"ms", SSK_MS}, {"us", SSK_US},  {"\xc2\xb5s", SSK_US}, {"ns", 1},
};

static const uint64_t pow10[] = {1,      10,      100,      1000,      10000,
                                 100000, 1000000, 10000000, 100000000, 1000000000};
#define MAX_DECIMALS 9

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static uint64_t div_round(uint64_t value, uint64_t by)
{
    return value / by + (value % by >= by - by / 2);
}

/* ---- spans ---- */

/** One number with up to four digits that say something: 1.234, 30.04, 250.
 * @return false: rounding carried it to @p limit units or more */
static bool print_rounded(char *buf, const char *sign, uint64_t ns, const unit *u, uint64_t limit)
{
    int decimals = ns < 10 * u->ns ? 3 : ns < 100 * u->ns ? 2 : 1;
    while (u->ns < pow10[decimals])
        decimals--;
    uint64_t scaled = div_round(ns, u->ns / pow10[decimals]);
    if (scaled >= limit * pow10[decimals])
        return false;
    while (decimals && scaled % 10 == 0) {
        scaled /= 10;
        decimals--;
    }
    if (decimals)
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 ".%0*" PRIu64 " %s", sign,
                   scaled / pow10[decimals], decimals, scaled % pow10[decimals], u->name);
    else
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 " %s", sign, scaled, u->name);
    return true;
}

static void print_pair(char *buf, const char *sign, uint64_t count, const char *big, uint64_t rest,
                       const char *small)
{
    if (rest)
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 " %s %" PRIu64 " %s", sign, count, big, rest,
                   small);
    else
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 " %s", sign, count, big);
}

const char *ssk_span_text(ssk_span_ns span, char buf[SSK_TEXT_ROOM])
{
    static const unit ns_unit = {"ns", 1}, us_unit = {"us", SSK_US}, ms_unit = {"ms", SSK_MS},
                      s_unit = {"s", SSK_S};
    const char *sign = span < 0 ? "-" : "";
    uint64_t ns = magnitude(span);

    if (ns == 0) {
        g_strlcpy(buf, "0 s", SSK_TEXT_ROOM);
        return buf;
    }
    if (ns < (uint64_t)SSK_US && print_rounded(buf, sign, ns, &ns_unit, 1000))
        return buf;
    if (ns < (uint64_t)SSK_MS && print_rounded(buf, sign, ns, &us_unit, 1000))
        return buf;
    if (ns < (uint64_t)SSK_S && print_rounded(buf, sign, ns, &ms_unit, 1000))
        return buf;
    if (ns < (uint64_t)SSK_MINUTE && print_rounded(buf, sign, ns, &s_unit, 60))
        return buf;

    uint64_t seconds = div_round(ns, SSK_S);
    if (seconds < 3600) {
        print_pair(buf, sign, seconds / 60, "min", seconds % 60, "s");
        return buf;
    }
    uint64_t minutes = div_round(ns, SSK_MINUTE);
    if (minutes < 24 * 60) {
        print_pair(buf, sign, minutes / 60, "h", minutes % 60, "min");
        return buf;
    }
    uint64_t hours = div_round(ns, SSK_HOUR);
    print_pair(buf, sign, hours / 24, "d", hours % 24, "h");
    return buf;
}

const char *ssk_count_text(uint64_t count, const char *one, const char *many,
                           char buf[SSK_TEXT_ROOM])
{
    g_snprintf(buf, SSK_TEXT_ROOM, "%" G_GUINT64_FORMAT " %s", count, count == 1 ? one : many);
    return buf;
}

const char *ssk_permille_text(int64_t permille, char buf[SSK_TEXT_ROOM])
{
    const char *sign = permille < 0 ? "-" : "";
    uint64_t size = permille < 0 ? -(uint64_t)permille : (uint64_t)permille;
    if (size % 10)
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" G_GUINT64_FORMAT ".%u%%", sign, size / 10,
                   (unsigned)(size % 10));
    else
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" G_GUINT64_FORMAT "%%", sign, size / 10);
    return buf;
}

const char *ssk_span_exact(ssk_span_ns span, char buf[SSK_TEXT_ROOM])
{
    if (span == 0) {
        g_strlcpy(buf, "0", SSK_TEXT_ROOM);
        return buf;
    }
    uint64_t ns = magnitude(span);
    const unit *u = units;
    while (ns % u->ns)
        u++;
    g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 "%s", span < 0 ? "-" : "", ns / u->ns, u->name);
    return buf;
}

/** Digits and an optional fraction: value = whole + fraction / 10^decimals,
 * trailing zeros of the fraction dropped. */
static bool take_number(const char **text, uint64_t *ret_whole, uint64_t *ret_fraction,
                        int *ret_decimals)
{
    const char *p = *text;
    uint64_t whole = 0, fraction = 0;
    int decimals = 0;

    if (!g_ascii_isdigit(*p))
        return false;
    for (; g_ascii_isdigit(*p); p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (whole > (UINT64_MAX - digit) / 10)
            return false;
        whole = whole * 10 + digit;
    }
    if (*p == '.') {
        p++;
        size_t length = strspn(p, "0123456789"), used = length;
        if (!length)
            return false;
        while (used && p[used - 1] == '0')
            used--;
        if (used > MAX_DECIMALS)
            return false;
        for (size_t i = 0; i < used; i++)
            fraction = fraction * 10 + (uint64_t)(p[i] - '0');
        decimals = (int)used;
        p += length;
    }
    *text = p;
    *ret_whole = whole;
    *ret_fraction = fraction;
    *ret_decimals = decimals;
    return true;
}

/** @return false: beyond int64, or finer than a nanosecond */
static bool to_ns(bool negative, uint64_t whole, uint64_t fraction, int decimals, uint64_t unit_ns,
                  int64_t *ret)
{
    const uint64_t limit = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    if (unit_ns % pow10[decimals])
        return false;
    uint64_t part = fraction * (unit_ns / pow10[decimals]); /* < unit_ns */
    if (whole > limit / unit_ns || part > limit - whole * unit_ns)
        return false;
    uint64_t ns = whole * unit_ns + part;
    *ret = negative ? (int64_t)(0 - ns) : (int64_t)ns;
    return true;
}

bool ssk_span_parse(const char *text, ssk_span_ns *ret_span)
{
    const char *p = text;
    bool negative = *p == '-';
    uint64_t whole, fraction;
    int decimals;

    if (negative)
        p++;
    if (!take_number(&p, &whole, &fraction, &decimals))
        return false;
    if (!*p && !whole && !fraction) {
        *ret_span = 0;
        return true;
    }
    while (*p == ' ')
        p++;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (!strcmp(p, units[i].name))
            return to_ns(negative, whole, fraction, decimals, units[i].ns, ret_span);
    return false;
}

/* ---- times ---- */

const char *ssk_time_epoch(ssk_time_ns time, char buf[SSK_TEXT_ROOM])
{
    uint64_t ns = magnitude(time);
    if (time == SSK_TIME_NONE)
        g_strlcpy(buf, "none", SSK_TEXT_ROOM);
    else
        g_snprintf(buf, SSK_TEXT_ROOM, "%s%" PRIu64 ".%09" PRIu64, time < 0 ? "-" : "",
                   ns / (uint64_t)SSK_S, ns % (uint64_t)SSK_S);
    return buf;
}

const char *ssk_time_local(ssk_time_ns time, GTimeZone *zone, char buf[SSK_TEXT_ROOM])
{
    if (time == SSK_TIME_NONE) {
        g_strlcpy(buf, "none", SSK_TEXT_ROOM);
        return buf;
    }
    int64_t seconds = time / SSK_S, ns = time % SSK_S;
    if (ns < 0) {
        seconds--;
        ns += SSK_S;
    }
    GDateTime *utc = g_date_time_new_from_unix_utc(seconds);
    GDateTime *local = zone ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);
    int64_t offset = g_date_time_get_utc_offset(local) / G_USEC_PER_SEC;
    int n = g_snprintf(buf, SSK_TEXT_ROOM, "%04d-%02d-%02d %02d:%02d:%02d.%03d %c%02d:%02d",
                       g_date_time_get_year(local), g_date_time_get_month(local),
                       g_date_time_get_day_of_month(local), g_date_time_get_hour(local),
                       g_date_time_get_minute(local), g_date_time_get_second(local),
                       (int)(ns / SSK_MS), offset < 0 ? '-' : '+', (int)(llabs(offset) / 3600),
                       (int)(llabs(offset) / 60 % 60));
    if (offset % 60) /* local mean time, before the zones */
        g_snprintf(buf + n, (gulong)(SSK_TEXT_ROOM - n), ":%02d", (int)(llabs(offset) % 60));
    g_date_time_unref(local);
    g_date_time_unref(utc);
    return buf;
}

static bool take_digits(const char **text, int count, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        char digit = (*text)[i];
        if (!g_ascii_isdigit(digit))
            return false;
        value = value * 10 + (digit - '0');
    }
    *text += count;
    *ret_value = value;
    return true;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    (*text)++;
    return true;
}

/** "Z", "+01:00", "+0100", "+01", "+00:53:28"; nothing at all is UTC. */
static bool take_zone(const char **text, int64_t *ret_offset)
{
    int hours, minutes = 0, seconds = 0;
    while (take_char(text, ' '))
        ;
    *ret_offset = 0;
    if (!**text || take_char(text, 'Z') || take_char(text, 'z'))
        return true;
    bool east = take_char(text, '+');
    if ((!east && !take_char(text, '-')) || !take_digits(text, 2, &hours) || hours > 23)
        return false;
    bool colon = take_char(text, ':');
    if ((colon || **text) && (!take_digits(text, 2, &minutes) || minutes > 59))
        return false;
    if (colon && take_char(text, ':') && (!take_digits(text, 2, &seconds) || seconds > 59))
        return false;
    int64_t offset = hours * 3600 + minutes * 60 + seconds;
    *ret_offset = east ? offset : -offset;
    return true;
}

/** ISO 8601 calendar date, then optionally a time of day and a zone. */
static bool parse_iso(const char *text, ssk_time_ns *ret_time)
{
    int year, month, day, hour = 0, minute = 0, second = 0, decimals = 0;
    uint64_t whole, fraction = 0;
    int64_t offset = 0;

    if (!take_digits(&text, 4, &year) || !take_char(&text, '-') || !take_digits(&text, 2, &month) ||
        !take_char(&text, '-') || !take_digits(&text, 2, &day))
        return false;
    if (take_char(&text, 'T') || take_char(&text, 't') || take_char(&text, ' ')) {
        if (!take_digits(&text, 2, &hour) || !take_char(&text, ':') ||
            !take_digits(&text, 2, &minute))
            return false;
        if (take_char(&text, ':')) {
            const char *start = text;
            if (!take_digits(&text, 2, &second))
                return false;
            text = start;
            if (!take_number(&text, &whole, &fraction, &decimals) || whole != (uint64_t)second)
                return false;
        }
        if (!take_zone(&text, &offset))
            return false;
    }
    if (*text)
        return false;

    GDateTime *utc = g_date_time_new_utc(year, month, day, hour, minute, second);
    if (!utc)
        return false;
    int64_t seconds = g_date_time_to_unix(utc) - offset;
    g_date_time_unref(utc);
    int64_t ns = (int64_t)(fraction * (1000000000 / pow10[decimals]));
    if (seconds < 0 && ns) { /* sign and magnitude, so that no step overflows */
        seconds++;
        ns -= SSK_S;
    }
    bool negative = seconds < 0 || ns < 0;
    return to_ns(negative, magnitude(seconds), magnitude(ns), 9, (uint64_t)SSK_S, ret_time);
}

bool ssk_time_parse(const char *text, ssk_time_ns *ret_time)
{
    const char *p = text;
    bool negative = *p == '-';
    uint64_t whole, fraction;
    int decimals;
    ssk_time_ns time;

    if (negative)
        p++;
    if (!take_number(&p, &whole, &fraction, &decimals) || *p) {
        if (!parse_iso(text, &time))
            return false;
    } else if (!to_ns(negative, whole, fraction, decimals, (uint64_t)SSK_S, &time)) {
        return false;
    }
    if (time == SSK_TIME_NONE)
        return false;
    *ret_time = time;
    return true;
}

/* ---- addresses ---- */

const char *ssk_addr_text(const ssk_addr *addr, char buf[SSK_TEXT_ROOM])
{
    if ((addr->family != 4 && addr->family != 6) ||
        !inet_ntop(addr->family == 4 ? AF_INET : AF_INET6, addr->bytes, buf, SSK_TEXT_ROOM))
        g_strlcpy(buf, "none", SSK_TEXT_ROOM);
    return buf;
}

const char *ssk_mac_text(const ssk_mac *mac, char buf[SSK_TEXT_ROOM])
{
    const uint8_t *b = mac->bytes;
    g_snprintf(buf, SSK_TEXT_ROOM, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4],
               b[5]);
    return buf;
}

/* ---- words ---- */

#define MAX_WORD    48
#define MAX_NEAREST 3

/** Optimal string alignment distance: insert, delete, replace, swap neighbors. */
static unsigned distance(const char *a, const char *b)
{
    size_t la = strnlen(a, MAX_WORD), lb = strnlen(b, MAX_WORD);
    unsigned row[3][MAX_WORD + 1];

    for (size_t j = 0; j <= lb; j++)
        row[0][j] = (unsigned)j;
    for (size_t i = 1; i <= la; i++) {
        unsigned *now = row[i % 3], *last = row[(i - 1) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= lb; j++) {
            unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, last[j] + 1);
            best = MIN(best, now[j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, before[j - 2] + 1);
            now[j] = best;
        }
    }
    return row[la % 3][lb];
}

char *ssk_words_nearest(const char *word, const char *const *words)
{
    const char *best[MAX_NEAREST] = {NULL};
    unsigned cost[MAX_NEAREST];
    size_t n = 0, length = strnlen(word, MAX_WORD);

    for (; length && *words; words++) {
        unsigned d = distance(word, *words);
        if (length > 2 && strstr(*words, word))
            d = MIN(d, 2);
        if (d > MAX(1, length / 3 + (length > 3)))
            continue;
        size_t at = n;
        while (at && d < cost[at - 1])
            at--;
        if (at == MAX_NEAREST)
            continue;
        n = MIN(n + 1, MAX_NEAREST);
        for (size_t i = n - 1; i > at; i--) {
            best[i] = best[i - 1];
            cost[i] = cost[i - 1];
        }
        best[at] = *words;
        cost[at] = d;
    }
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%s%s", i ? ", " : "", best[i]);
    return g_string_free(out, FALSE);
}

char *ssk_words_hint(const char *word, const char *const *words)
{
    char *near = ssk_words_nearest(word, words);
    char *all = *near ? NULL : g_strjoinv(", ", (char **)words);
    char *hint = g_strconcat(all ? "there are: " : "nearest: ", all ? all : near, NULL);

    g_free(all);
    g_free(near);
    return hint;
}

char *ssk_text_safe(const char *text, size_t max_chars)
{
    char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, max_chars * 6 + 6));
    GString *out = g_string_new(NULL);
    size_t chars = 0;

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (chars++ == max_chars) {
            g_string_append(out, "...");
            break;
        }
        g_string_append_unichar(out, g_unichar_isprint(c) ? c : 0xFFFD);
    }
    g_free(valid);
    return g_string_free(out, FALSE);
}
