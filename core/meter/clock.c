/* clock.c - the senders' clocks: time messages, and GDL 90's second of the day.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/clock.h"

#include <glib.h>
#include <string.h>

#include "core/decode/gdl90.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_clock;

typedef struct state {
    ssk_clock *clock[2]; /* by direction; NULL: none */
    bool       gdl90[2];
} state;

static bool has_second(const ssk_step *step, uint32_t *ret_second)
{
    const ssk_packet *packet = step->packet;
    return packet->kind == SSK_PACKET_UDP && packet->payload_cap > 0 &&
           ssk_gdl90_seconds(packet->payload, packet->payload_cap, ret_second);
}

static bool wants(const ssk_step *step)
{
    uint32_t second;
    for (size_t i = 0; i < step->n_messages; i++)
        if (step->messages[i].has_clock)
            return true;
    return has_second(step, &second);
}

/* The moment nearest to @p near at which the day is that old. */
static ssk_time_ns of_day(uint32_t second, ssk_time_ns near)
{
    ssk_time_ns of_near = ((near % SSK_DAY) + SSK_DAY) % SSK_DAY;
    ssk_span_ns ahead = (ssk_span_ns)second * SSK_S - of_near;
    if (ahead > SSK_DAY / 2)
        ahead -= SSK_DAY;
    else if (ahead < -SSK_DAY / 2)
        ahead += SSK_DAY;
    ssk_time_ns moment;
    return __builtin_add_overflow(near, ahead, &moment) ? SSK_TIME_NONE : moment;
}

static void add(state *s, ssk_dir dir, ssk_time_ns at, ssk_time_ns stamp)
{
    if (!s->clock[dir])
        s->clock[dir] = g_new0(ssk_clock, 1);
    ssk_clock_add(s->clock[dir], at, stamp);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    uint32_t second;
    (void)config;
    (void)out;
    for (size_t i = 0; i < step->n_messages; i++)
        if (step->messages[i].has_clock)
            add(s, step->messages[i].dir, step->messages[i].time, step->messages[i].clock);
    if (step->time != SSK_TIME_NONE && has_second(step, &second)) {
        s->gdl90[step->dir] = true;
        add(s, step->dir, step->time, of_day(second, step->time));
    }
}

static void put_clock(const ssk_clock *clock, bool gdl90, ssk_dir dir, const ssk_flow *flow,
                      ssk_result *result)
{
    ssk_clock_reading reading;
    if (!clock || !ssk_clock_read(clock, &reading))
        return;
    if (!(result->n_clocks & (result->n_clocks - 1))) { /* the room is the next power of two */
        size_t room = MAX(2 * result->n_clocks, (size_t)1);
        ssk_result_clock *larger = ssk_result_alloc(result, room * sizeof *larger);
        if (result->n_clocks)
            memcpy(larger, result->clocks, result->n_clocks * sizeof *larger);
        result->clocks = larger;
    }
    ssk_result_clock *row = &result->clocks[result->n_clocks++];
    *row = (ssk_result_clock){
        .flow = flow->id, .source = gdl90 ? "gdl90" : "time-messages",
        .side = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B, .format = gdl90 ? "second of the day" : NULL,
        .offset = reading.offset, .error = reading.error, .has_skew = reading.has_skew,
        .skew_ppb = reading.skew_ppb, .samples = clock->samples,
        .n_steps = reading.n_steps,
    };
    row->steps = ssk_result_alloc(result, reading.n_steps * sizeof *row->steps);
    for (unsigned i = 0; i < reading.n_steps; i++) {
        row->steps[i].at = reading.steps[i].at;
        row->steps[i].by = reading.steps[i].by;
    }
    ssk_series *series = &row->offset_over_time;
    series->points = ssk_result_alloc(result, clock->used * sizeof *series->points);
    for (uint32_t i = 0; i < clock->used; i++) {
        series->points[i].at = clock->window[i].at;
        series->points[i].value = clock->window[i].offset;
    }
    series->n_points = clock->used;
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    (void)row;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        put_clock(s->clock[dir], s->gdl90[dir], dir, flow, result);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    g_free(s->clock[SSK_A]);
    g_free(s->clock[SSK_B]);
}

const ssk_meter ssk_meter_clock = {
    .name = "clock", .per_flow = true, .state_size = sizeof(state),
    .wants = wants, .on_step = on_step, .freeze = freeze, .free_state = free_state,
};
