/* probe.c - the debt of an acknowledgment that a kernel would have asked for.
 *
 * A host that asks an idle connection by keep-alive probes asks each time after the same pause. When
 * its peer's hardware address is lost, it cannot even send the probe: it asks for the address
 * instead. So where probes stop, and that question has no answer (core/rule/excuse.c), the peer owes
 * what the probe would have asked for. Probes that are sent in vain are ack.c's.
 *
 * Source: RFC 1122, 2.3.2.2 and 4.2.3.6. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_probe_debt;

typedef struct asker {
    ssk_time_ns probed; /* last probe; 0: none yet */
    ssk_span_ns pause;  /* between the last two */
    uint32_t pauses;    /* in a row, about that long */
    uint32_t frame;     /* of that probe */
    ssk_time_ns heard;  /* last packet of the other side: behind the last probe, which it answers */
} asker;
_Static_assert(sizeof(asker) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    asker of[2];
} state;

static void tell(const asker *a, const ssk_flow *flow, ssk_dir dir, ssk_time_ns end, uint32_t frame,
                 const ssk_config *config, ssk_facts *out)
{
    ssk_span_ns silent = end - a->heard;
    if (a->pauses < SSK_LIMIT(PROBE_PAUSES) || a->probed > a->heard ||
        silent <= a->pause + a->pause / 2 || silent <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ACK),
                     .dir = (uint8_t)ssk_dir_other(dir),
                     .flow_id = flow->id,
                     .start = a->probed,
                     .frame_first = a->frame,
                     .end = end,
                     .frame_last = frame,
                     .open = !frame,
                     .flags = SSK_DEBT_UNASKED | (frame ? SSK_DEBT_PAID : 0)};
    ssk_facts_add(out, &fact);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE)
        return;
    asker *own = &s->of[step->dir], *peer = &s->of[ssk_dir_other(step->dir)];
    if (step->packet->tcp.flags & (SSK_TCP_SYN | SSK_TCP_FIN | SSK_TCP_RST)) {
        own->pauses = peer->pauses = 0;
        return;
    }
    uint32_t frame = step->packet->event->frame;
    tell(peer, step->flow, ssk_dir_other(step->dir), step->time, frame, config, out);
    peer->heard = step->time;
    if (!step->tcp.keepalive_probe)
        return;
    ssk_span_ns pause = own->probed ? step->time - own->probed : 0;
    bool alike = pause > 0 && ABS(pause - own->pause) <= own->pause / 8;
    own->pauses = alike ? own->pauses + 1 : pause > 0;
    own->pause = pause;
    own->probed = step->time;
    own->frame = frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        tell(&s->of[dir], flow, dir, end, 0, config, out);
}

const ssk_meter ssk_meter_probe_debt = {
    .name = "probe-debt",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_PROBE,
    .on_step = on_step,
    .on_close = on_close,
};
