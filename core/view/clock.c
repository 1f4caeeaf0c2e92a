/* clock.c - how far one capture's clock is from another's, and how sure that is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/clock.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"

/* Stretches the crossings are looked at in: each gives its two tightest bounds. */
#define SLOTS 1024
/* Timestamps of one packet in two places are not better than this. */
#define SLACK (100 * SSK_US)
/* Differences of time that fit into the arithmetic: half a century. */
#define SPAN_MOST (INT64_MAX / 4)

/* offset <= upper.value at upper.at; offset >= lower.value at lower.at. */
typedef struct bound {
    double at, value; /* ns from the origin, ns from the base offset */
    bool present;
} bound;

typedef struct slot {
    bound upper, lower;
    uint32_t here_frame, there_frame; /* first of its crossings */
    size_t begin, end;                /* in the list */
} slot;

typedef struct fit {
    double slope, value; /* at the origin of its piece */
    double gap;          /* between the bounds, at that slope; negative: contradiction */
    bool both;
} fit;

static int by_time(const void *a, const void *b)
{
    const ssk_crossing *x = a, *y = b;
    if (x->here_frame != y->here_frame)
        return (x->here_frame > y->here_frame) - (x->here_frame < y->here_frame);
    return (x->here > y->here) - (x->here < y->here);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double offset_of(const ssk_crossing *c, ssk_span_ns base)
{
    return (double)(c->there - c->here - base);
}

/* ---- slots ---- */

static double median_of(const ssk_crossing *list, const slot *s, ssk_span_ns base)
{
    double *values = g_new(double, s->end - s->begin);
    size_t n = 0;
    for (size_t i = s->begin; i < s->end; i++)
        values[n++] = offset_of(&list[i], base);
    qsort(values, n, sizeof *values, by_value);
    double median = values[n / 2];
    g_free(values);
    return median;
}

static void tighten(bound *b, bool upper, double at, double value)
{
    if (!b->present || (upper ? value < b->value : value > b->value))
        *b = (bound){at, value, true};
}

/* The tightest bounds of one slot, without what lies farther from its middle than @p within. */
static void bind(const ssk_crossing *list, slot *s, ssk_time_ns origin, ssk_span_ns base,
                 double middle, double within)
{
    s->upper = s->lower = (bound){0};
    for (size_t i = s->begin; i < s->end; i++) {
        const ssk_crossing *c = &list[i];
        double value = offset_of(c, base), at = (double)(c->here - origin);
        if (fabs(value - middle) > within)
            continue;
        if (c->first != SSK_FIRST_THERE)
            tighten(&s->upper, true, at, value);
        if (c->first != SSK_FIRST_HERE)
            tighten(&s->lower, false, at, value);
    }
}

static bool contradicts(const slot *s)
{
    double drift = fabs(s->upper.at - s->lower.at) * SSK_PACE_MOST_PPB / 1e9;
    return s->upper.present && s->lower.present && s->lower.value > s->upper.value + SLACK + drift;
}

/* Packets wrongly taken for one another lie far from the rest. */
static bool settle_slot(const ssk_crossing *list, slot *s, ssk_time_ns origin, ssk_span_ns base)
{
    double middle = median_of(list, s, base), within = INFINITY;
    size_t most = (s->end - s->begin) * SSK_LIMIT(WRONG_PERMILLE) / 1000;
    bind(list, s, origin, base, middle, within);
    while (contradicts(s)) {
        within = MAX(fabs(s->upper.value - middle), fabs(s->lower.value - middle)) * 0.999;
        size_t out = 0;
        for (size_t i = s->begin; i < s->end; i++)
            out += fabs(offset_of(&list[i], base) - middle) > within;
        if (out > most)
            return false; /* a step lies inside */
        bind(list, s, origin, base, middle, within);
    }
    return true;
}

static GArray *cut_slots(const ssk_crossing *list, size_t count, ssk_time_ns origin,
                         ssk_span_ns base)
{
    GArray *slots = g_array_new(FALSE, FALSE, sizeof(slot));
    size_t each = MAX(8, (count + SLOTS - 1) / SLOTS);
    for (size_t begin = 0; begin < count; begin += each) {
        slot s = {.begin = begin,
                  .end = MIN(begin + each, count),
                  .here_frame = list[begin].here_frame,
                  .there_frame = list[begin].there_frame};
        if (s.end - s.begin < each / 2 && slots->len) { /* a short last one joins the one before */
            slot *last = &g_array_index(slots, slot, slots->len - 1);
            if (last->end == s.begin) {
                slot joined = *last;
                joined.end = s.end;
                if (settle_slot(list, &joined, origin, base)) {
                    *last = joined;
                    continue;
                }
            }
        }
        if (settle_slot(list, &s, origin, base)) {
            g_array_append_val(slots, s);
            continue;
        }
        /* Halves, down to single crossings: most of them lie beside the step. */
        for (size_t at = s.begin, part = MAX(1, each / 8); at < s.end; at += part) {
            slot small = {.begin = at,
                          .end = MIN(at + part, s.end),
                          .here_frame = list[at].here_frame,
                          .there_frame = list[at].there_frame};
            if (settle_slot(list, &small, origin, base))
                g_array_append_val(slots, small);
        }
    }
    return slots;
}

/* ---- the line between the bounds ---- */

/* Highest lower bound and lowest upper bound along a slope. */
static void press(const GArray *slots, guint from, guint to, double origin, double slope,
                  double *ret_low, double *ret_high)
{
    *ret_low = -INFINITY;
    *ret_high = INFINITY;
    for (guint i = from; i < to; i++) {
        const slot *s = &g_array_index(slots, slot, i);
        if (s->upper.present)
            *ret_high = MIN(*ret_high, s->upper.value - slope * (s->upper.at - origin));
        if (s->lower.present)
            *ret_low = MAX(*ret_low, s->lower.value - slope * (s->lower.at - origin));
    }
}

/* The gap is a concave function of the slope: each bound adds a plane. */
static double worth(const GArray *slots, guint from, guint to, double origin, double slope)
{
    double low, high;
    press(slots, from, to, origin, slope, &low, &high);
    return isinf(low) ? high : isinf(high) ? -low : high - low;
}

static double middle_of(const GArray *slots, guint from, guint to)
{
    const slot *first = &g_array_index(slots, slot, from);
    const slot *last = &g_array_index(slots, slot, to - 1);
    double begin = first->upper.present ? first->upper.at : first->lower.at;
    double end = last->upper.present ? last->upper.at : last->lower.at;
    return (begin + end) / 2;
}

static fit fit_line(const GArray *slots, guint from, guint to, bool may_drift)
{
    double origin = middle_of(slots, from, to), left = -SSK_PACE_MOST_PPB / 1e9, right = -left;
    fit f = {0};
    if (!may_drift)
        left = right = 0;
    for (int i = 0; i < 80 && may_drift; i++) {
        double a = left + (right - left) / 3, b = right - (right - left) / 3;
        if (worth(slots, from, to, origin, a) < worth(slots, from, to, origin, b))
            left = a;
        else
            right = b;
    }
    double low, high;
    f.slope = (left + right) / 2;
    press(slots, from, to, origin, f.slope, &low, &high);
    f.both = !isinf(low) && !isinf(high);
    f.gap = f.both ? high - low : 0;
    f.value = f.both ? (low + high) / 2 : isinf(low) ? high : low;
    return f;
}

static double span_of(const GArray *slots, guint from, guint to)
{
    const slot *a = &g_array_index(slots, slot, from), *b = &g_array_index(slots, slot, to - 1);
    double begin = a->upper.present ? a->upper.at : a->lower.at;
    double end = b->upper.present ? b->upper.at : b->lower.at;
    return fabs(end - begin);
}

/* ---- pieces ---- */

static bool jumps_one_way(const GArray *slots, guint from, guint at)
{
    const slot *s = &g_array_index(slots, slot, at), *t = &g_array_index(slots, slot, from);
    double a = t->upper.present ? t->upper.value : t->lower.value;
    double b = s->upper.present ? s->upper.value : s->lower.value;
    double drift = span_of(slots, from, at + 1) * SSK_PACE_MOST_PPB / 1e9;
    if (fabs(a - b) <= SSK_LIMIT(JUMP_ONE_WAY) + drift)
        return false;
    /* What waits on the way only looks late, and is over at some time; a clock stays where it is. */
    bool later = s->upper.present ? b > a : b < a;
    for (guint i = at + 1; later && i < slots->len; i++) {
        const slot *next = &g_array_index(slots, slot, i);
        double value = next->upper.present ? next->upper.value : next->lower.value;
        if (s->upper.present ? value < a + SSK_LIMIT(JUMP_ONE_WAY) + drift
                             : value > a - SSK_LIMIT(JUMP_ONE_WAY) - drift)
            return false;
    }
    return true;
}

static bool holds(const GArray *slots, guint from, guint to)
{
    fit f = fit_line(slots, from, to, true);
    if (f.both)
        return f.gap >= -SLACK;
    return !jumps_one_way(slots, from, to - 1);
}

/* The first slot that no line reaches any more, found by doubling and halving. */
static guint reach(const GArray *slots, guint from)
{
    guint good = from + 1, step = 1;
    while (good < slots->len) {
        guint next = MIN(good + step, slots->len);
        if (holds(slots, from, next)) {
            good = next;
            step *= 2;
        } else if (step == 1) {
            break;
        } else {
            step = MAX(1, step / 4);
        }
    }
    return good;
}

/* How far from @p slope the line can be turned before it meets a bound. */
static double turn_room(const GArray *slots, guint from, guint to, double origin, double slope,
                        double sign)
{
    double inside = 0, outside = 2 * SSK_PACE_MOST_PPB / 1e9;
    for (int i = 0; i < 50; i++) {
        double middle = (inside + outside) / 2;
        if (worth(slots, from, to, origin, slope + sign * middle) >= 0)
            inside = middle;
        else
            outside = middle;
    }
    return inside;
}

/* One way, the delays' own changes are all that tells how sure it is. */
static double spread_of(const GArray *slots, guint from, guint to, double origin, const fit *f)
{
    double *above = g_new(double, to - from);
    for (guint i = from; i < to; i++) {
        const slot *s = &g_array_index(slots, slot, i);
        const bound *b = s->upper.present ? &s->upper : &s->lower;
        above[i - from] = fabs(b->value - f->value - f->slope * (b->at - origin));
    }
    qsort(above, to - from, sizeof *above, by_value);
    double spread = above[(to - from) / 2];
    g_free(above);
    return spread;
}

static ssk_pace_piece make_piece(const ssk_crossing *list, const GArray *slots, guint from,
                                 guint to, ssk_time_ns origin, ssk_span_ns base)
{
    double span = span_of(slots, from, to);
    bool drifts = to - from >= 3 && span >= SSK_LIMIT(SLOPE_LEAST);
    fit f = fit_line(slots, from, to, drifts);
    double middle = middle_of(slots, from, to);
    double doubt = spread_of(slots, from, to, middle, &f);
    double most = SSK_PACE_SLOPE_PPB / 1e9;
    bool sure = f.both ? turn_room(slots, from, to, middle, f.slope, 1) < most &&
                             turn_room(slots, from, to, middle, f.slope, -1) < most
                       : span > 0 && doubt / span < most;
    const slot *first = &g_array_index(slots, slot, from);
    ssk_pace_piece piece = {
        .here_from = first->here_frame,
        .there_from = first->there_frame,
        .at = origin + (ssk_span_ns)middle,
        .offset = base + (ssk_span_ns)f.value,
        .error = f.both ? (ssk_span_ns)(fabs(f.gap) / 2) : (ssk_span_ns)doubt,
        .slope_ppb = (int64_t)(f.slope * 1e9),
        .has_slope = drifts && sure,
        .one_way = !f.both,
    };
    for (guint i = from; i < to; i++) {
        const slot *s = &g_array_index(slots, slot, i);
        piece.crossings += s->end - s->begin;
        for (size_t k = s->begin; k < s->end; k++)
            piece.there_from = MIN(piece.there_from, list[k].there_frame);
    }
    piece.there_at = piece.at + piece.offset;
    piece.since = list[first->begin].here;
    return piece;
}

static bool is_step(ssk_pace *pace, const ssk_pace_piece *piece)
{
    if (!pace->n_pieces)
        return true;
    ssk_time_ns was = ssk_pace_there(pace, piece->here_from ? piece->here_from - 1 : 0,
                                     piece->since);
    double slope = (double)piece->slope_ppb / 1e9;
    double is = (double)piece->since + (double)piece->offset +
                slope * (double)(piece->since - piece->at);
    const ssk_pace_piece *before = &pace->pieces[pace->n_pieces - 1];
    return fabs(is - (double)was) >
           SSK_LIMIT(VIEW_STEP_LEAST) + (double)MIN(piece->error, before->error);
}

static void cut_pieces(const ssk_crossing *list, const GArray *slots, ssk_time_ns origin,
                       ssk_span_ns base, ssk_pace *ret)
{
    for (guint from = 0; from < slots->len;) {
        guint to = reach(slots, from);
        ssk_pace_piece piece = make_piece(list, slots, from, to, origin, base);
        from = to;
        bool only = !ret->n_pieces && to == slots->len;
        if (piece.crossings < SSK_LIMIT(PIECE_LEAST) && !only)
            continue;
        if (!is_step(ret, &piece)) {
            ret->pieces[ret->n_pieces - 1].crossings += piece.crossings;
            continue;
        }
        if (ret->n_pieces == SSK_PACE_PIECES) {
            ret->steps_dropped++;
            continue;
        }
        ret->pieces[ret->n_pieces++] = piece;
    }
    if (ret->n_pieces)
        ret->pieces[0].here_from = ret->pieces[0].there_from = 0;
    for (unsigned i = 1; i < ret->n_pieces; i++)
        ret->pieces[i].there_from = MAX(ret->pieces[i].there_from, ret->pieces[i - 1].there_from);
}

static bool is_sane(const ssk_crossing *c)
{
    return c->here > -SPAN_MOST && c->here < SPAN_MOST && c->there > -SPAN_MOST &&
           c->there < SPAN_MOST;
}

void ssk_pace_find(ssk_crossing *list, size_t count, ssk_pace *ret)
{
    size_t n = 0;
    *ret = (ssk_pace){0};
    for (size_t i = 0; i < count; i++)
        if (is_sane(&list[i]))
            list[n++] = list[i];
    if (!n)
        return;
    qsort(list, n, sizeof *list, by_time);
    ssk_time_ns origin = list[0].here;
    ssk_span_ns base = list[0].there - list[0].here;
    GArray *slots = cut_slots(list, n, origin, base);
    if (slots->len)
        cut_pieces(list, slots, origin, base, ret);
    g_array_free(slots, TRUE);
}

/* ---- from one clock to the other ---- */

static ssk_time_ns moved(ssk_time_ns time, double by)
{
    ssk_time_ns shifted;
    if (time == SSK_TIME_NONE || !(fabs(by) < 9e18) ||
        __builtin_add_overflow(time, (ssk_span_ns)by, &shifted) || shifted == SSK_TIME_NONE)
        return SSK_TIME_NONE;
    return shifted;
}

ssk_time_ns ssk_pace_here(const ssk_pace *pace, uint32_t frame, ssk_time_ns there)
{
    if (!pace->n_pieces || there == SSK_TIME_NONE)
        return there;
    unsigned i = pace->n_pieces - 1;
    while (i > 0 && frame < pace->pieces[i].there_from)
        i--;
    const ssk_pace_piece *p = &pace->pieces[i];
    double slope = (double)p->slope_ppb / 1e9, since = (double)there - (double)p->there_at;
    ssk_time_ns here = moved(there, -since * slope / (1 + slope));
    return here == SSK_TIME_NONE || __builtin_sub_overflow(here, p->offset, &here) ? SSK_TIME_NONE
                                                                                   : here;
}

ssk_time_ns ssk_pace_there(const ssk_pace *pace, uint32_t frame, ssk_time_ns here)
{
    if (!pace->n_pieces || here == SSK_TIME_NONE)
        return here;
    unsigned i = pace->n_pieces - 1;
    while (i > 0 && frame < pace->pieces[i].here_from)
        i--;
    const ssk_pace_piece *p = &pace->pieces[i];
    double slope = (double)p->slope_ppb / 1e9, since = (double)here - (double)p->at;
    ssk_time_ns there = moved(here, since * slope);
    return there == SSK_TIME_NONE || __builtin_add_overflow(there, p->offset, &there)
               ? SSK_TIME_NONE
               : there;
}
