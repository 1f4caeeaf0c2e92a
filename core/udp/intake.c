/* intake.c - what a program says it received, beside what its host captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/intake.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/udp/alike.h"

/* Shapes are compared in windows of a second or more: a line that is late by a
 * scheduler's turn, or a buffer that is emptied at once, is no difference. */
#define WINDOW       SSK_S
#define WINDOWS_MOST 512
#define OFFSET_STEP  (SSK_S / 5)
/* Zones differ by quarters of an hour, up to 14 h from UTC on either side. */
#define ZONE_STEP (15 * SSK_MINUTE)
#define ZONE_MOST (14 * SSK_HOUR)

/* ---- lines ---- */

void ssk_intake_clear(ssk_intake *intake)
{
    g_free(intake->lines);
    *intake = (ssk_intake){0};
}

void ssk_intake_add(ssk_intake *intake, ssk_time_ns at, uint64_t bytes)
{
    if (intake->used == SSK_INTAKE_LINES) {
        for (uint32_t i = 0; i < SSK_INTAKE_LINES / 2; i++)
            intake->lines[i] =
                (ssk_intake_line){intake->lines[2 * i + 1].at,
                                  intake->lines[2 * i].bytes + intake->lines[2 * i + 1].bytes};
        intake->used = SSK_INTAKE_LINES / 2;
    }
    if (intake->used == intake->room) {
        intake->room = intake->room ? intake->room * 2 : 64;
        intake->lines = g_renew(ssk_intake_line, intake->lines, intake->room);
    }
    if (intake->used && at < intake->lines[intake->used - 1].at)
        at = intake->lines[intake->used - 1].at;
    intake->lines[intake->used++] = (ssk_intake_line){at, bytes};
    intake->bytes += bytes;
}

/* ---- laying over ---- */

typedef struct window {
    ssk_time_ns from, to;
    double bytes;
} window;

/* When the interval of the first line began: as long before it as lines are apart. */
static ssk_time_ns begin_of(const ssk_intake *intake)
{
    const ssk_intake_line *first = &intake->lines[0], *last = &intake->lines[intake->used - 1];
    return first->bytes ? first->at - (last->at - first->at) / (intake->used - 1) : first->at;
}

static unsigned make_windows(const ssk_intake *intake, window *ret)
{
    ssk_time_ns from = begin_of(intake);
    ssk_span_ns length = (intake->lines[intake->used - 1].at - from) / (WINDOWS_MOST - 1);
    length = MAX(length, WINDOW);
    unsigned n = 0;
    window w = {.from = from};
    for (uint32_t i = 0; i < intake->used; i++) {
        w.to = intake->lines[i].at;
        w.bytes += (double)intake->lines[i].bytes;
        if (w.to - w.from < length || n == WINDOWS_MOST)
            continue;
        ret[n++] = w;
        w = (window){.from = w.to};
    }
    return n;
}

/* Of the program's bytes, how many lie where a steady share of the arrivals puts them. */
static uint32_t likeness(const window *windows, unsigned n, const ssk_arrivals *a,
                         ssk_span_ns offset)
{
    double received = 0, captured = 0, apart = 0;
    for (unsigned i = 0; i < n; i++) {
        received += windows[i].bytes;
        captured += (double)(ssk_arrivals_until(a, windows[i].to - offset) -
                             ssk_arrivals_until(a, windows[i].from - offset));
    }
    if (received <= 0 || captured <= 0)
        return 0;
    for (unsigned i = 0; i < n; i++) {
        double due = (double)(ssk_arrivals_until(a, windows[i].to - offset) -
                              ssk_arrivals_until(a, windows[i].from - offset)) *
                     received / captured;
        apart += due > windows[i].bytes ? due - windows[i].bytes : windows[i].bytes - due;
    }
    return (uint32_t)(1000 * MAX(0, 1 - apart / 2 / received) + 0.5);
}

/* Datagrams of one length add up to whole numbers of them. */
static bool could_hold(const ssk_intake *intake, const ssk_arrivals *a)
{
    if (a->shortest != a->longest || !a->longest)
        return true;
    for (uint32_t i = 0; i < intake->used; i++)
        if (intake->lines[i].bytes % a->longest)
            return false;
    return true;
}

/* The whole hours that a zone may be wrong by: the fewest at which both run at one time,
 * but for what else the clock may be off. */
static bool find_zone(const ssk_intake *intake, const ssk_arrivals *a, ssk_span_ns *ret)
{
    ssk_time_ns first = begin_of(intake), last = intake->lines[intake->used - 1].at;
    ssk_span_ns need = MIN(last - first, a->last - a->first) / 2;
    for (ssk_span_ns zone = 0; zone <= ZONE_MOST; zone += ZONE_STEP)
        for (int sign = 1; sign >= (zone ? -1 : 1); sign -= 2) {
            ssk_span_ns both = MIN(last - sign * zone, a->last) -
                               MAX(first - sign * zone, a->first);
            if (both + SSK_LIMIT(INTAKE_WITHIN) >= need) {
                *ret = sign * zone;
                return true;
            }
        }
    return false;
}

static uint32_t find_offset(const window *windows, unsigned n, const ssk_arrivals *a,
                            ssk_span_ns zone, ssk_span_ns *ret)
{
    uint32_t best = likeness(windows, n, a, zone), found = best;
    *ret = zone;
    if (best >= SSK_LIMIT(SURE_PERMILLE))
        return best;
    for (ssk_span_ns by = OFFSET_STEP; by <= SSK_LIMIT(INTAKE_WITHIN); by += OFFSET_STEP)
        for (int sign = 1; sign >= -1; sign -= 2) {
            uint32_t now = likeness(windows, n, a, zone + sign * by);
            if (now > found && now >= best + SSK_LIMIT(BETTER_PERMILLE)) {
                found = now;
                *ret = zone + sign * by;
            }
        }
    return found;
}

bool ssk_intake_lay(const ssk_intake *intake, const ssk_arrivals *a, ssk_intake_fit *ret)
{
    window windows[WINDOWS_MOST];
    ssk_span_ns zone;
    if (intake->used < SSK_LIMIT(INTAKE_LINES) || !intake->bytes || !a->packets ||
        !could_hold(intake, a) || !find_zone(intake, a, &zone))
        return false;
    unsigned n = make_windows(intake, windows);
    if (n < SSK_LIMIT(INTAKE_WINDOWS))
        return false;
    ssk_intake_fit fit = {.received = intake->bytes};
    fit.likeness_permille = find_offset(windows, n, a, zone, &fit.offset);
    ssk_time_ns last = intake->lines[intake->used - 1].at;
    fit.captured = ssk_arrivals_until(a, last - fit.offset) -
                   ssk_arrivals_until(a, begin_of(intake) - fit.offset);
    if (fit.likeness_permille < SSK_LIMIT(ALIKE_PERMILLE) ||
        fit.received > fit.captured + fit.captured / 1000 * SSK_LIMIT(SPARE_PERMILLE) + a->longest)
        return false;
    fit.received = MIN(fit.received, fit.captured);
    *ret = fit;
    return true;
}

/* ---- bursts ---- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static ssk_spread spread_of(int64_t *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    ssk_spread spread = {.p50 = values[n / 2], .min = values[0], .max = values[n - 1]};
    for (size_t i = 0; i < n; i++)
        values[i] = ABS(values[i] - spread.p50);
    qsort(values, n, sizeof *values, by_value);
    spread.mad = values[n / 2];
    return spread;
}

static GArray *lines_with_bytes(const ssk_intake *intake)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (uint32_t i = 0; i < intake->used; i++) {
        int64_t bytes = (int64_t)MIN(intake->lines[i].bytes, INT64_MAX);
        if (bytes)
            g_array_append_val(list, bytes);
    }
    return list;
}

/* Lumps: each line has one or a few whole ones, never a part. */
static bool find_lumps(const ssk_intake *intake, const ssk_arrivals *a, ssk_intake_bursts *ret)
{
    GArray *list = lines_with_bytes(intake);
    int64_t *values = (int64_t *)(void *)list->data;
    unsigned n = list->len, whole = 0;
    double lump = 0;
    qsort(values, n, sizeof *values, by_value);
    for (int parts = 1; parts <= SSK_LIMIT(LUMPS_IN_LINE) && 10 * whole < 9 * n + 1; parts++) {
        lump = (double)values[n / 2] / parts;
        if (lump < (double)SSK_LIMIT(LUMP_DATAGRAMS) * a->longest)
            break;
        whole = 0;
        for (unsigned i = 0; i < n; i++) {
            double count = (double)values[i] / lump, nearest = (double)(int64_t)(count + 0.5);
            whole += nearest >= 1 && nearest <= SSK_LIMIT(LUMPS_IN_LINE) &&
                     ABS(count - nearest) <= SSK_SHARE(LUMP_NEAR) * nearest;
        }
    }
    bool found = n >= SSK_LIMIT(INTAKE_BURSTS) && 10 * whole >= 9 * n;
    for (unsigned i = found ? 0 : n; i < n; i++)
        values[i] =
            (int64_t)((double)values[i] / MAX(1.0, (double)(int64_t)(values[i] / lump + 0.5)));
    if (found)
        *ret = (ssk_intake_bursts){.bursts = n, .by = "lumps", .bytes = spread_of(values, n)};
    g_array_free(list, TRUE);
    return found;
}

/* Runs of lines with bytes between lines without. The first and the last may be cut. */
static GArray *find_runs(const ssk_intake *intake)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(ssk_alike_item));
    uint64_t run = 0;
    bool whole = false;
    for (uint32_t i = 0; i < intake->used; i++) {
        run += intake->lines[i].bytes;
        if (intake->lines[i].bytes)
            continue;
        ssk_alike_item item = {(double)run, (double)run};
        if (whole && run)
            g_array_append_val(runs, item);
        whole = true;
        run = 0;
    }
    return runs;
}

static bool find_bursts(const ssk_intake *intake, ssk_intake_bursts *ret)
{
    GArray *runs = find_runs(intake);
    ssk_alike_item *items = (ssk_alike_item *)(void *)runs->data;
    ssk_alike alike;
    ssk_alike_find(items, runs->len, SSK_SHARE(INTAKE_BURSTS_WIDTH), &alike);
    GArray *same = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (guint i = 0; i < runs->len; i++) {
        int64_t bytes = (int64_t)items[i].length;
        if (items[i].length >= alike.from && items[i].length <= alike.to)
            g_array_append_val(same, bytes);
    }
    bool found = same->len >= SSK_LIMIT(INTAKE_BURSTS) &&
                 alike.share >= SSK_SHARE(INTAKE_BURSTS_SHARE) &&
                 ssk_alike_chance(runs->len, same->len, SSK_SHARE(INTAKE_BURSTS_WIDTH)) <
                     SSK_SHARE(INTAKE_CHANCE);
    if (found)
        *ret = (ssk_intake_bursts){.bursts = same->len,
                                   .bytes = spread_of((int64_t *)(void *)same->data, same->len)};
    g_array_free(same, TRUE);
    g_array_free(runs, TRUE);
    return found;
}

/* ---- rhythm ---- */

/* Lines looked at. */
#define RHYTHM_LINES 512
#define PI           3.14159265358979

/* What lines have beyond their even share: when (seconds, middle), how long, bytes. */
typedef struct uneven {
    double at[RHYTHM_LINES], bytes[RHYTHM_LINES];
    unsigned n;
    double span, rate, step, energy; /* step: seconds from line to line */
} uneven;

static bool make_uneven(const ssk_intake *intake, uneven *ret)
{
    uint32_t first = 0, last = MIN(intake->used, RHYTHM_LINES + 1);
    while (first < last && !intake->lines[first].bytes)
        first++;
    while (last > first && !intake->lines[last - 1].bytes)
        last--;
    if (last - first < 4 * SSK_LIMIT(RHYTHM_CYCLES))
        return false;
    const ssk_intake_line *lines = &intake->lines[first];
    double total = 0;
    *ret = (uneven){.n = last - first - 1};
    ret->span = (double)(lines[ret->n].at - lines[0].at) / (double)SSK_S;
    for (unsigned i = 1; i <= ret->n; i++)
        total += (double)lines[i].bytes;
    ret->rate = total / MAX(ret->span, 1e-9);
    ret->step = ret->span / ret->n;
    for (unsigned i = 0; i < ret->n; i++) {
        double from = (double)(lines[i].at - lines[0].at) / (double)SSK_S;
        double to = (double)(lines[i + 1].at - lines[0].at) / (double)SSK_S;
        ret->at[i] = (from + to) / 2;
        ret->bytes[i] = (double)lines[i + 1].bytes - ret->rate * (to - from);
        ret->energy += ret->bytes[i] * ret->bytes[i];
    }
    return ret->span > 0 && ret->energy > 0;
}

static double power_at(const uneven *u, double frequency)
{
    double x = 0, y = 0;
    for (unsigned i = 0; i < u->n; i++) {
        x += u->bytes[i] * cos(2 * PI * frequency * u->at[i]);
        y += u->bytes[i] * sin(2 * PI * frequency * u->at[i]);
    }
    return 2 * (x * x + y * y) / (u->energy * u->n);
}

/* How uneven lines are, of their mean, where an on/off of that share has that frequency. */
static double unevenness(const uneven *u, double share, double frequency)
{
    double angle = PI * frequency * u->step;
    return 2 / PI * sin(PI * share) / share * fabs(sin(angle) / angle) / G_SQRT2;
}

/* Bursts shorter than a few lines: their frequency is that at which the lines are
 * uneven. Lines see a frequency f and 1/step - f alike, but for how much of it they
 * average out. */
static bool find_rhythm(const ssk_intake *intake, double share, ssk_intake_bursts *ret)
{
    uneven u;
    double best = 0, frequency = 0;
    if (share >= 0.95 || share <= 0.05 || !make_uneven(intake, &u))
        return false;
    for (double f = SSK_LIMIT(RHYTHM_CYCLES) / u.span; f < 0.48 / u.step; f += 0.2 / u.span) {
        double power = power_at(&u, f);
        if (power > best) {
            best = power;
            frequency = f;
        }
    }
    double is = sqrt(u.energy / u.n) / (u.rate * u.step);
    if (best < SSK_SHARE(RHYTHM_POWER) || is < SSK_SHARE(RHYTHM_LEAST) ||
        is * is < unevenness(&u, share, frequency) * unevenness(&u, share, 1 / u.step - frequency))
        return false;
    double bytes = u.rate / frequency, error = bytes * 0.5 / u.span / frequency;
    *ret = (ssk_intake_bursts){.bursts = (uint32_t)(frequency * u.span),
                               .by = "rhythm",
                               .bytes = {.p50 = (int64_t)(bytes + 0.5),
                                         .mad = (int64_t)(error + 0.5),
                                         .min = (int64_t)(bytes - error),
                                         .max = (int64_t)(bytes + error)}};
    return true;
}

/* More in a line than arrived while it was written: half of the lines and more. */
static bool had_waited(const ssk_intake *intake, const ssk_arrivals *a, ssk_span_ns offset)
{
    unsigned with = 0, faster = 0;
    for (uint32_t i = 1; i < intake->used; i++) {
        const ssk_intake_line *line = &intake->lines[i];
        uint64_t came = ssk_arrivals_until(a, line->at - offset) -
                        ssk_arrivals_until(a, line[-1].at - offset);
        with += line->bytes > 0;
        faster += line->bytes > came + came / 10 + 2 * (uint64_t)a->longest;
    }
    return 2 * faster > with;
}

void ssk_intake_measure(const ssk_intake *intake, const ssk_arrivals *a, const ssk_intake_fit *fit,
                        ssk_intake_bursts *ret)
{
    *ret = (ssk_intake_bursts){0};
    if (find_lumps(intake, a, ret))
        ret->waited = had_waited(intake, a, fit->offset);
    else if (!find_bursts(intake, ret) && fit->captured)
        (void)find_rhythm(intake, (double)fit->received / (double)fit->captured, ret);
}
