/* file_span.c - when each file of a capture in several files begins and ends:
 * between two of them nothing was captured, or nothing was to be heard.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_file_span;

typedef struct span {
    ssk_time_ns first, last;
    uint32_t first_frame, last_frame; /* 0: not heard yet */
} span;

typedef struct state {
    GArray *spans; /* by file; NULL: one file so far */
    span only;     /* of file 0, the only one that most captures have */
} state;

static span *span_of(state *s, uint16_t file)
{
    if (file == 0)
        return &s->only;
    if (!s->spans)
        s->spans = g_array_new(FALSE, TRUE, sizeof(span));
    if (s->spans->len < file)
        g_array_set_size(s->spans, file);
    return &g_array_index(s->spans, span, file - 1u);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    (void)config;
    (void)out;
    if (step->time == SSK_TIME_NONE)
        return;
    span *of = span_of(opaque, step->packet->event->file);
    if (!of->first_frame || step->time < of->first) {
        of->first = step->time;
        of->first_frame = step->packet->event->frame;
    }
    if (!of->last_frame || step->time >= of->last) {
        of->last = step->time;
        of->last_frame = step->packet->event->frame;
    }
}

static int by_first(gconstpointer a, gconstpointer b)
{
    const span *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)flow;
    (void)end;
    if (!s->spans)
        return;
    GArray *order = g_array_new(FALSE, FALSE, sizeof(span));
    if (s->only.first_frame)
        g_array_append_val(order, s->only);
    for (guint i = 0; i < s->spans->len; i++)
        if (g_array_index(s->spans, span, i).first_frame)
            g_array_append_vals(order, &g_array_index(s->spans, span, i), 1);
    g_array_sort(order, by_first);
    const span *latest = order->len ? &g_array_index(order, span, 0) : NULL;
    for (guint i = 1; i < order->len; i++) {
        const span *next = &g_array_index(order, span, i);
        ssk_span_ns apart;
        if (!__builtin_sub_overflow(next->first, latest->last, &apart) &&
            apart > config->min_gap / 2) {
            ssk_fact fact = {.kind = SSK_FACT_FILE_GAP,
                             .start = latest->last,
                             .end = next->first,
                             .frame_first = latest->last_frame,
                             .frame_last = next->first_frame};
            ssk_facts_add(out, &fact);
        }
        if (next->last >= latest->last)
            latest = next;
    }
    g_array_free(order, TRUE);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->spans)
        g_array_free(s->spans, TRUE);
}

const ssk_meter ssk_meter_file_span = {
    .name = "file-span",
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
