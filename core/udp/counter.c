/* counter.c - the sender's own numbering, found in its datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/counter.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

static uint32_t read_field(const uint8_t *bytes, const ssk_counter_field *f)
{
    uint16_t narrow;
    uint32_t wide;
    if (f->width == 2) {
        memcpy(&narrow, bytes + f->offset, sizeof narrow);
        return f->little ? GUINT16_FROM_LE(narrow) : GUINT16_FROM_BE(narrow);
    }
    memcpy(&wide, bytes + f->offset, sizeof wide);
    return f->little ? GUINT32_FROM_LE(wide) : GUINT32_FROM_BE(wide);
}

/* Difference of two values of the field, as a signed distance. */
static int64_t distance(const ssk_counter_field *f, uint32_t from, uint32_t to)
{
    return f->width == 2 ? (int16_t)(uint16_t)(to - from) : (int32_t)(to - from);
}

static bool plausible(const ssk_counter_field *f, int64_t delta, uint32_t most,
                      int64_t *ret_numbers)
{
    if (delta % f->step)
        return false;
    int64_t numbers = delta / f->step;
    if (numbers - 1 > most || numbers <= -SSK_LIMIT(COUNTER_BACK))
        return false;
    *ret_numbers = numbers;
    return true;
}

/* The low byte counts on, and what stands above it changed by more than a
 * carry: flags beside a counter of 8 bits. Unless the time that passed had room. */
static bool is_flag_change(const ssk_counter_field *f, int64_t delta, uint32_t most)
{
    return !f->carried && delta > 256 && (delta & 0xff) == f->step &&
           delta / f->step > (int64_t)most - SSK_COUNTER_SPARE;
}

/* A counter of 8 bits beside what never changes. */
static bool is_wrap(const ssk_counter_field *f, int64_t delta)
{
    return !f->carried && delta > -256 && delta < -SSK_LIMIT(COUNTER_BACK);
}

static ssk_counter_step field_add(ssk_counter_field *f, uint32_t value, uint32_t most)
{
    ssk_counter_step out = {SSK_COUNTER_NEXT, 0};
    int64_t numbers;
    if (!f->started) {
        f->started = true;
        f->highest = value;
        f->window = 1;
        f->received++;
        return out;
    }
    int64_t delta = distance(f, f->highest, value);
    if (!plausible(f, delta, most, &numbers) || is_flag_change(f, delta, most)) {
        f->restarts++;
        if (is_wrap(f, delta) && f->wrapped < UINT8_MAX)
            f->wrapped++;
        f->received++;
        f->position++;
        f->highest = value;
        f->window = 1;
        out.kind = SSK_COUNTER_RESTART;
    } else if (numbers > 0) {
        f->received++;
        f->skipped += (uint64_t)numbers - 1;
        f->position += (uint64_t)numbers;
        f->carried |= delta < 256 && (value & 0xff) < (f->highest & 0xff);
        f->highest = value;
        f->window = numbers >= SSK_LIMIT(COUNTER_BACK) ? 1 : f->window << numbers | 1;
        out.skipped = (uint32_t)numbers - 1;
    } else if (f->window >> -numbers & 1) {
        f->duplicates++;
        out.kind = SSK_COUNTER_DUPLICATE;
    } else {
        f->window |= UINT64_C(1) << -numbers;
        /* before the first datagram nothing was counted as skipped */
        if (f->skipped > 0 && f->position >= (uint64_t)-numbers) {
            f->skipped--;
            f->late++;
            out.kind = SSK_COUNTER_LATE;
        }
        f->received++;
    }
    return out;
}

/* Most datagrams are the next one: what field_add() does with that.
 * @return false: it is another one, nothing was done */
static inline bool field_next(ssk_counter_field *f, uint32_t value)
{
    uint32_t rise = value - f->highest;
    if (!f->started || (f->width == 2 ? (uint16_t)rise : rise) != (uint32_t)f->step)
        return false;
    f->received++;
    f->position++;
    f->carried |= f->step < 256 && (value & 0xff) < (f->highest & 0xff);
    f->highest = value;
    f->window = f->window << 1 | 1;
    return true;
}

static inline ssk_counter_step add(ssk_counter *counter, const uint8_t *bytes, size_t len,
                                   uint32_t most, bool quick)
{
    ssk_counter_step out = {SSK_COUNTER_NEXT, 0}, steps[SSK_COUNTER_FIELDS] = {0};
    uint8_t best = counter->chosen;
    for (uint8_t i = 0; i < counter->n_fields; i++) {
        ssk_counter_field *f = &counter->fields[i];
        if (f->offset + f->width <= len) {
            uint32_t value = read_field(bytes, f);
            if (!quick || !field_next(f, value))
                steps[i] = field_add(f, value, most);
        }
        if (f->restarts < counter->fields[best].restarts)
            best = i;
    }
    counter->chosen = best;
    if (counter->n_fields)
        out = steps[best];
    return out;
}

ssk_counter_step ssk_counter_add(ssk_counter *counter, const uint8_t *bytes, size_t len,
                                 uint32_t most)
{
    return add(counter, bytes, len, most, true);
}

ssk_counter_step ssk_counter_add_any(ssk_counter *counter, const uint8_t *bytes, size_t len,
                                     uint32_t most)
{
    return add(counter, bytes, len, most, false);
}

void ssk_counter_answer(ssk_counter *counter, const uint8_t *bytes, size_t len)
{
    const ssk_counter_field *f = ssk_counter_chosen(counter);
    if (!f || !f->started || len < f->offset + f->width || counter->answers == UINT32_MAX)
        return;
    int64_t back = -distance(f, f->highest, read_field(bytes, f));
    counter->answers++;
    counter->echoes += back >= 0 && back % f->step == 0 &&
                       back / f->step < SSK_LIMIT(COUNTER_BACK) &&
                       (f->window >> back / f->step & 1);
}

bool ssk_counter_holds(const ssk_counter *counter)
{
    const ssk_counter_field *f = ssk_counter_chosen(counter);
    return f && SSK_LIMIT(RESTARTS_RARE) * f->restarts <= f->received &&
           (f->carried || f->wrapped < 2) &&
           (counter->answers < SSK_LIMIT(ECHO_LEAST) || 2 * counter->echoes < counter->answers) &&
           SSK_LIMIT(TWICE_RARE) * f->duplicates <= f->received &&
           SSK_LIMIT(LATE_RARE) * f->late <= f->received;
}

const ssk_counter_field *ssk_counter_chosen(const ssk_counter *counter)
{
    return counter->n_fields ? &counter->fields[counter->chosen] : NULL;
}

/* ---- finding ---- */

/* Most successive values rise by one constant: Boyer and Moore's majority vote. */
static int64_t majority_delta(const ssk_counter_field *f, const uint32_t *values, size_t count)
{
    int64_t candidate = 0;
    size_t votes = 0;
    for (size_t i = 1; i < count; i++) {
        int64_t delta = distance(f, values[i - 1], values[i]);
        if (votes == 0)
            candidate = delta;
        votes += delta == candidate ? 1 : -1;
    }
    return candidate;
}

/* A decimal number in text steps by one nine times in ten, and then jumps. */
static bool is_text(const ssk_counter_field *f, const ssk_counter_sample *samples, size_t count)
{
    unsigned place = f->step % 256 ? 0 : 1; /* the byte that the step changes */
    unsigned low = f->little ? f->offset + place : f->offset + f->width - 1u - place;
    for (size_t i = 0; i < count; i++)
        if (samples[i].bytes[low] < '0' || samples[i].bytes[low] > '9')
            return false;
    return true;
}

/* @return false: a sample is too short, or the field too seldom changes to count anything; most
 * fields of most payloads end here */
static bool read_values(const ssk_counter_field *f, const ssk_counter_sample *samples, size_t count,
                        uint32_t *ret)
{
    size_t changes = 0;
    for (size_t i = 0; i < count; i++) {
        if (samples[i].len < f->offset + f->width)
            return false;
        ret[i] = read_field(samples[i].bytes, f);
        changes += i && ret[i] != ret[i - 1];
    }
    return 10 * changes >=
           MIN(SSK_LIMIT(STEADY_TENTHS), SSK_LIMIT(STEADY_TENTHS_OTHER)) * (count - 1);
}

/* @param count at most SSK_LIMIT(COUNTER_LEARN) */
static bool counts(ssk_counter_field *f, const ssk_counter_sample *samples, size_t count)
{
    uint32_t values[SSK_LIMIT(COUNTER_LEARN)];
    if (!read_values(f, samples, count, values))
        return false;
    int64_t step = majority_delta(f, values, count);
    if (step < 1 || step > INT16_MAX || step % 256 == 0)
        return false; /* whole bytes: a narrower counter, higher up */
    f->step = (int32_t)step;
    if (is_text(f, samples, count))
        return false;
    size_t steady = 0, implausible = 0;
    for (size_t i = 1; i < count; i++) {
        int64_t delta = distance(f, values[i - 1], values[i]), numbers;
        steady += delta == step;
        implausible += !plausible(f, delta, SSK_LIMIT(COUNTER_LEARN_MOST), &numbers);
    }
    size_t least = step == 1 ? SSK_LIMIT(STEADY_TENTHS) : SSK_LIMIT(STEADY_TENTHS_OTHER);
    return 10 * steady >= least * (count - 1) &&
           20 * implausible <= SSK_LIMIT(IMPLAUSIBLE_TWENTIETHS) * (count - 1);
}

/* Keep the list in order of steps; of equal steps the first stays first. */
static void list_insert(ssk_counter *list, const ssk_counter_field *f)
{
    unsigned at = list->n_fields;
    while (at > 0 && list->fields[at - 1].step > f->step)
        at--;
    if (at == SSK_COUNTER_FIELDS)
        return;
    if (list->n_fields < SSK_COUNTER_FIELDS)
        list->n_fields++;
    memmove(&list->fields[at + 1], &list->fields[at],
            (list->n_fields - 1 - at) * sizeof list->fields[0]);
    list->fields[at] = *f;
}

/* Version 2 and one synchronization source; RFC 3550, section 5.1. */
static bool is_rtp(const ssk_counter_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (samples[i].len < 12 || samples[i].bytes[0] >> 6 != 2 ||
            memcmp(samples[i].bytes + 8, samples[0].bytes + 8, 4) != 0)
            return false;
    return true;
}

bool ssk_counter_find(const ssk_counter_sample *samples, size_t count, ssk_counter *ret)
{
    if (count < 2)
        return false;
    count = MIN(count, SSK_LIMIT(COUNTER_LEARN));
    /* Small steps first, then wide fields, then big endian: the first field
     * stays in force until it breaks where another does not. */
    ssk_counter found = {0};
    ssk_counter_field rtp = {.offset = 2, .width = 2};
    if (is_rtp(samples, count) && counts(&rtp, samples, count) && rtp.step == 1) {
        found.is_rtp = true;
        list_insert(&found, &rtp);
    }
    for (unsigned form = 0; form < 4; form++)
        for (uint8_t o = 0; o + (form & 2 ? 2 : 4) <= SSK_COUNTER_BYTES; o++) {
            ssk_counter_field f = {.offset = o, .width = form & 2 ? 2 : 4, .little = form & 1};
            if (counts(&f, samples, count))
                list_insert(&found, &f);
        }
    if (!found.n_fields)
        return false;
    *ret = found;
    return true;
}
