/* stream_window.c - the debt of reading where HTTP/2 keeps windows of its own.
 *
 * Its streams have receive windows beside TCP's, which stay open: a program that does not read
 * lets them run out. That it was so shows when they are widened: much was sent since the last
 * time, then nothing for long, and data comes as soon as they are.
 *
 * Source: RFC 9113, 5.2 and 6.9. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/decode/http2.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_stream_window;

typedef struct sender {
    ssk_time_ns last;           /* data */
    ssk_time_ns since, widened; /* it sent nothing between; widened 0: it did not wait */
    uint64_t bytes;             /* since then */
    ssk_time_ns spoke;          /* its reader's library, first, well after that; 0: it did not */
    bool spoken;                /* ... and well before the window was widened */
    uint32_t frame, since_frame, widened_frame;
} sender;
_Static_assert(sizeof(sender) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    sender of[2];
} state;

static bool read_frames(const ssk_step *step, ssk_http2 *ret)
{
    const ssk_packet *packet = step->packet;
    return ssk_http2_read(packet->payload, packet->payload_cap, packet->payload_len, ret);
}

/* Both sides begin with settings, the client behind its preface. */
static bool wants(const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    ssk_http2 frames;
    return flow->side[SSK_A].payload_packets + flow->side[SSK_B].payload_packets == 1 &&
           read_frames(step, &frames);
}

static void widen(sender *s, const ssk_step *step, const ssk_config *config)
{
    if (s->bytes >= SSK_LIMIT(STREAM_MUCH) && step->time - s->last > config->min_gap) {
        s->since = s->last;
        s->since_frame = s->frame;
        s->widened = step->time;
        s->widened_frame = step->packet->event->frame;
        s->spoken = s->spoke && step->time - s->spoke > config->min_gap;
    }
    s->bytes = 0;
}

/* The library of a program that does not read, which answers pings all the same. */
static void hear_library(sender *s, const ssk_step *step, bool widens, const ssk_config *config)
{
    if (widens)
        widen(s, step, config);
    else if (!s->spoke && step->time - s->last > config->min_gap / 2)
        s->spoke = step->time;
}

static void tell(const sender *s, ssk_dir reader, const ssk_flow *flow, ssk_facts *out)
{
    ssk_fact fact = {.kind = SSK_FACT_ZERO_WINDOW,
                     .dir = (uint8_t)reader,
                     .flow_id = flow->id,
                     .start = s->since,
                     .frame_first = s->since_frame,
                     .end = s->widened,
                     .frame_last = s->widened_frame,
                     .flags = SSK_WINDOW_OF_STREAMS | (s->spoken ? SSK_WINDOW_READER_SPOKE : 0)};
    ssk_facts_add(out, &fact);
    fact.kind = SSK_FACT_DEBT;
    fact.debt.kind = SSK_DEBT_WINDOW;
    fact.flags = SSK_DEBT_PAID;
    ssk_facts_add(out, &fact);
}

static void send(sender *s, const ssk_step *step, ssk_facts *out)
{
    if (s->widened && step->time - s->widened <= SSK_LIMIT(WINDOW_USED))
        tell(s, ssk_dir_other(step->dir), step->flow, out);
    s->widened = s->spoke = 0;
    s->bytes += step->tcp.new_bytes;
    s->last = step->time;
    s->frame = step->packet->event->frame;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    ssk_http2 frames;
    if (step->time == SSK_TIME_NONE || !step->tcp.new_bytes)
        return;
    bool library = read_frames(step, &frames) && frames.library;
    if (!library)
        send(&s->of[step->dir], step, out);
    else
        hear_library(&s->of[ssk_dir_other(step->dir)], step, frames.widens, config);
}

const ssk_meter ssk_meter_stream_window = {
    .name = "stream-window",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_NEW_BYTES,
    .wakes = SSK_SIGN_NEW_BYTES,
    .wants = wants,
    .once = true,
    .on_step = on_step,
};
