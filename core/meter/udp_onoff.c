/* udp_onoff.c - reception of each UDP flow: on and off, lost and delivered.
 *
 * Where one capture hears a flow at two interfaces, as a merged file of sender
 * and receiver does, each has a lane of its own, and what the one saw and the
 * other did not is counted datagram by datagram.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/meter/meter.h"
#include "core/udp/counter.h"
#include "core/udp/udp_lane.h"

extern const ssk_meter ssk_meter_udp_onoff;

/* Datagrams after which a flow that only one interface hears is not matched. */
#define ALONE 4096
/* So long a capture may still turn out to have a second interface: one whose
 * clock is behind shows its first packet late. Only the first flows are kept
 * ready for that: it takes memory. */
#define YOUNG       (60 * SSK_S)
#define YOUNG_FLOWS 32
/* A lane's first window, which can be replayed, ends before this one. */
#define FIRST_WINDOW (SSK_LIMIT(COUNTER_LEARN) - 1)

typedef struct way {
    ssk_udp_lane *lanes[2]; /* by interface, the one heard first first */
    ssk_match *match;       /* NULL: one interface, or given up */
    bool given_up;
    bool link_broadcast; /* it goes to everybody on the link */
} way;

typedef struct state {
    way ways[2];
} state;

/* Its lane; NULL: a third interface. */
static ssk_udp_lane *lane_of(way *w, const ssk_step *step, unsigned *ret_view)
{
    uint32_t id = step->packet->event->interface_id;
    for (unsigned view = 0; view < 2; view++) {
        if (!w->lanes[view]) {
            w->lanes[view] = ssk_udp_lane_new(id);
            if (view) {
                ssk_udp_lane_split(w->lanes[0], &step->flow->side[step->dir].gaps, step->time);
                ssk_udp_lane_split(w->lanes[1], NULL, step->time);
            }
        }
        if (ssk_udp_lane_interface(w->lanes[view]) == id) {
            *ret_view = view;
            return w->lanes[view];
        }
    }
    return NULL;
}

static void match_datagram(way *w, const ssk_step *step, unsigned view)
{
    const ssk_packet *packet = step->packet;
    ssk_match_add(
        w->match, view,
        &(ssk_match_datagram){.time = step->time,
                              .frame = packet->event->frame,
                              .bytes = ssk_udp_bytes(packet),
                              .ip_id = packet->ip.version == 4 ? packet->ip.id : 0,
                              .digest = ssk_match_digest(packet->payload, packet->payload_cap)});
    bool merged = step->several_interfaces;
    bool alone = ssk_match_added(w->match, !view) == 0 && ssk_match_added(w->match, view) > ALONE;
    if (alone || ssk_match_is_hopeless(w->match) || (!merged && step->age >= YOUNG)) {
        ssk_match_free(w->match);
        w->match = NULL;
        w->given_up = merged;
    }
}

/* The datagrams before the first of the second interface are wanted too. */
static bool wants_match(const way *w, const ssk_step *step)
{
    if (w->match || w->given_up)
        return false;
    if (w->lanes[1])
        return true;
    uint64_t packets = ssk_udp_lane_packets(w->lanes[0]);
    return (packets >= FIRST_WINDOW && step->several_interfaces) ||
           (packets == FIRST_WINDOW && step->age < YOUNG && step->flow->id <= YOUNG_FLOWS);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    way *w = &s->ways[step->dir];
    unsigned view;
    ssk_udp_lane *lane = lane_of(w, step, &view);
    if (!lane)
        return;
    if (packet->link.has_macs) {
        static const ssk_mac all = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
        w->link_broadcast = !memcmp(&packet->link.dst, &all, sizeof all);
    }
    if (wants_match(w, step)) {
        w->match = ssk_match_new();
        ssk_udp_lane_replay(w->lanes[0], w->match, 0);
    }
    ssk_udp_lane_take(lane, config, step, out);
    if (s->ways[!step->dir].lanes[0])
        ssk_udp_lane_answered(s->ways[!step->dir].lanes[0], packet);
    if (w->match)
        match_datagram(w, step, view);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        for (int view = 0; view < 2; view++)
            if (s->ways[dir].lanes[view])
                ssk_udp_lane_close(s->ways[dir].lanes[view], config, flow, dir, out);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    for (int dir = 0; dir < 2; dir++) {
        ssk_udp_lane_free(s->ways[dir].lanes[0]);
        ssk_udp_lane_free(s->ways[dir].lanes[1]);
        ssk_match_free(s->ways[dir].match);
    }
}

/* ---- freezing ---- */

static bool is_limited_broadcast(const ssk_addr *addr)
{
    return addr->family == 4 && addr->bytes[0] == 0xff && addr->bytes[1] == 0xff &&
           addr->bytes[2] == 0xff && addr->bytes[3] == 0xff;
}

static const char *cast_of(const way *w, const ssk_flow *flow, ssk_dir dir)
{
    const ssk_addr *to = &flow->addr[ssk_dir_other(dir)];
    if (ssk_addr_is_multicast(to))
        return "multicast";
    if (is_limited_broadcast(to) || w->link_broadcast)
        return "broadcast";
    return "unicast";
}

static uint64_t way_packets(const way *w)
{
    return (w->lanes[0] ? ssk_udp_lane_packets(w->lanes[0]) : 0) +
           (w->lanes[1] ? ssk_udp_lane_packets(w->lanes[1]) : 0);
}

static uint64_t way_bytes(const way *w)
{
    return (w->lanes[0] ? ssk_udp_lane_bytes(w->lanes[0]) : 0) +
           (w->lanes[1] ? ssk_udp_lane_bytes(w->lanes[1]) : 0);
}

static ssk_result_udp *add_row(ssk_result *result)
{
    /* grown in steps: rows come one by one */
    if ((result->n_udp & (result->n_udp - 1)) == 0) {
        size_t room = result->n_udp ? result->n_udp * 2 : 1;
        ssk_result_udp *rows = ssk_result_alloc(result, room * sizeof *rows);
        if (result->n_udp)
            memcpy(rows, result->udp, result->n_udp * sizeof *rows);
        result->udp = rows;
    }
    return &result->udp[result->n_udp++];
}

static ssk_match_extent extent_of(const ssk_result *result, uint32_t interface_id)
{
    const ssk_result_input *input = &result->inputs[0];
    for (size_t i = 0; i < input->n_interfaces; i++)
        if (input->interfaces[i].id == interface_id)
            return (ssk_match_extent){input->interfaces[i].first, input->interfaces[i].last};
    return (ssk_match_extent){SSK_TIME_NONE, SSK_TIME_NONE};
}

static const char *interface_text(ssk_result *result, uint32_t interface_id)
{
    const ssk_result_input *input = &result->inputs[0];
    for (size_t i = 0; i < input->n_interfaces; i++)
        if (input->interfaces[i].id == interface_id && input->interfaces[i].name)
            return ssk_result_printf(result, "interface %u (%s)", interface_id,
                                     input->interfaces[i].name);
    return ssk_result_printf(result, "interface %u", interface_id);
}

/* Two interfaces, the same datagrams: the one that saw fewer is the receiver's;
 * where both saw as many, the one that saw them later.
 * @return false: they are not views of one stream */
static bool freeze_views(const way *w, const ssk_hist *gaps, ssk_result *result,
                         ssk_result_udp *udp)
{
    ssk_match_extent extents[2];
    ssk_match_report report;
    ssk_delivery deliveries[2];
    for (int view = 0; view < 2; view++)
        extents[view] = extent_of(result, ssk_udp_lane_interface(w->lanes[view]));
    ssk_match_measure(w->match, extents, &report, deliveries);
    bool same = 2 * report.matched >= MIN(report.seen[0], report.seen[1]);
    if (same) {
        unsigned device = report.missing[0] != report.missing[1]
                              ? report.missing[0] > report.missing[1]
                              : report.offset > 0;
        ssk_result_udp reference = {0};
        ssk_udp_lane_freeze(w->lanes[!device], gaps, result, &reference);
        ssk_udp_lane_freeze(w->lanes[device], gaps, result, udp);
        ssk_delivery_freeze(&deliveries[!device],
                            interface_text(result, ssk_udp_lane_interface(w->lanes[!device])),
                            result, udp);
        udp->packets = ssk_udp_lane_packets(w->lanes[device]);
        udp->bytes = ssk_udp_lane_bytes(w->lanes[device]);
        udp->seen.compared.present = true;
        udp->seen.compared.reference_on_off = reference.has_on_off;
        udp->seen.compared.cycles = reference.on_off.cycles;
        udp->seen.compared.missing = report.missing[!device];
        memcpy(udp->seen.compared.missing_frames, report.frames[!device],
               sizeof udp->seen.compared.missing_frames);
    }
    ssk_delivery_clear(&deliveries[0]);
    ssk_delivery_clear(&deliveries[1]);
    return same;
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    uint64_t packets = way_packets(&s->ways[SSK_A]) + way_packets(&s->ways[SSK_B]);
    uint64_t bytes[2] = {way_bytes(&s->ways[SSK_A]), way_bytes(&s->ways[SSK_B])};
    if (packets < SSK_LIMIT(UDP_ROW_LEAST))
        return;
    ssk_dir dir = bytes[SSK_B] > bytes[SSK_A] || !s->ways[SSK_A].lanes[0] ? SSK_B : SSK_A;
    const way *w = &s->ways[dir];
    const ssk_hist *gaps = &flow->side[dir].gaps;
    ssk_result_udp *udp = add_row(result);
    udp->flow = row->id;
    udp->bytes = bytes[SSK_A] + bytes[SSK_B];
    udp->packets = packets;
    udp->cast = cast_of(w, flow, dir);
    udp->direction = dir;
    if (w->match && w->lanes[1] && freeze_views(w, gaps, result, udp))
        return;
    bool second = w->lanes[1] &&
                  ssk_udp_lane_packets(w->lanes[1]) > ssk_udp_lane_packets(w->lanes[0]);
    ssk_udp_lane_freeze(w->lanes[second], gaps, result, udp);
}

const ssk_meter ssk_meter_udp_onoff = {
    .name = "udp-onoff",
    .hears = SSK_HEARS(UDP),
    .per_flow = true,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
    .freeze = freeze,
    .free_state = free_state,
};
