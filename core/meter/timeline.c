/* timeline.c - what is drawn around a stall: its flow, the host's other flows,
 * ARP and mDNS, packet by packet.
 *
 * Which silence will be a stall is known only at the end, and by then its
 * packets are gone. So the latest packets stay in a ring, thinned to twenty a
 * second per direction, and a silence that ends copies its share out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/text.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_timeline;

#define RING 16384
#define THIN (50 * SSK_MS)
/* Drawn before and after a silence. */
#define MARGIN     (3 * SSK_S)
#define RECORDINGS 64
#define LATE_MOST  256 /* of those that the ring still has */
#define LANE_SHARE \
    (SSK_TIMELINE_MARKS / SSK_TIMELINE_LANES) /* of a lane that is not the stalled flow's */
#define LANES_KEPT (2 * SSK_TIMELINE_LANES)   /* some may turn out to be another host's */
#define FLOWS      4096 /* power of two: thinning forgets a flow when another takes its place */

typedef struct mark {
    ssk_time_ns at;
    uint32_t frame, flow; /* flow 0: ARP, mDNS */
    uint8_t dir, kind;
    uint16_t host[2]; /* digests of the flow's addresses: other hosts' flows are not drawn */
    uint16_t more;    /* in a recording: marks of its lane left out after this one */
} mark;

typedef struct recording {
    uint32_t flow;
    uint16_t host;          /* digest of the silent one's address */
    bool connect;           /* any flow of these two hosts may be an attempt: */
    uint16_t pair[2];       /* digests of both addresses */
    ssk_time_ns since, due; /* of the silence; when to copy */
    mark *marks;            /* NULL: still due */
    size_t n_marks;
} recording;

typedef struct state {
    mark *ring; /* RING of them */
    uint32_t head, used;
    struct {
        uint32_t flow;
        uint16_t host[2]; /* digests of its addresses */
        ssk_time_ns at[2];
    } recent[FLOWS];
    recording list[RECORDINGS];
    unsigned n_list, next_due; /* recordings below next_due are copied */
} state;

static uint8_t kind_of(const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    if (packet->kind == SSK_PACKET_UDP)
        return packet->dst_port == 5353 ? SSK_MARK_MDNS : SSK_MARK_DATA;
    uint8_t flags = packet->tcp.flags;
    return flags & SSK_TCP_RST                             ? SSK_MARK_RST
           : flags & SSK_TCP_SYN                           ? SSK_MARK_SYN
           : flags & SSK_TCP_FIN                           ? SSK_MARK_FIN
           : step->tcp.zero_window                         ? SSK_MARK_ZERO_WINDOW
           : step->tcp.retransmission                      ? SSK_MARK_RETRANSMISSION
           : step->tcp.probe || step->tcp.keepalive_answer ? SSK_MARK_KEEPALIVE
           : step->progress                                ? SSK_MARK_DATA
                                                           : SSK_MARK_PACKET;
}

static bool is_neighbour(const ssk_packet *packet)
{
    return packet->kind == SSK_PACKET_ARP ||
           (packet->kind == SSK_PACKET_ICMP && packet->icmp.version == 6 &&
            (packet->icmp.type == 135 || packet->icmp.type == 136));
}

static uint16_t digest_of(const ssk_addr *addr)
{
    uint32_t hash = ssk_slot_hash(addr, sizeof *addr);
    return (uint16_t)(hash ^ hash >> 16);
}

/* Ordinary packets of a busy direction say nothing that twenty a second do not. */
static bool thinned(state *s, const ssk_step *step, uint8_t kind)
{
    uint32_t at = step->flow->id & (FLOWS - 1);
    if (s->recent[at].flow != step->flow->id) {
        memset(&s->recent[at], 0, sizeof s->recent[at]);
        s->recent[at].flow = step->flow->id;
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
            s->recent[at].host[dir] = digest_of(&step->flow->addr[dir]);
    }
    if (kind != SSK_MARK_DATA && kind != SSK_MARK_PACKET)
        return false;
    ssk_time_ns *last = &s->recent[at].at[step->dir];
    if (*last && step->time >= *last && step->time - *last < THIN &&
        step->ended[step->dir].quiet.since == SSK_TIME_NONE)
        return true;
    *last = step->time;
    return false;
}

static const mark *ring_at(const state *s, uint32_t i) /* 0: the oldest */
{
    return &s->ring[(s->head + RING - s->used + i) % RING];
}

/* What one lane of a recording took. */
typedef struct taken {
    uint32_t flow, count;
    uint8_t dir; /* of flow 0: is it ARP? */
    guint last;  /* mark */
} taken;

/* @return NULL: too many lanes */
static taken *lane_taken(taken *lanes, unsigned *n_lanes, const mark *m)
{
    uint8_t dir = m->flow ? m->dir : m->kind == SSK_MARK_ARP;
    for (unsigned i = 0; i < *n_lanes; i++)
        if (lanes[i].flow == m->flow && lanes[i].dir == dir)
            return &lanes[i];
    if (*n_lanes == LANES_KEPT)
        return NULL;
    lanes[*n_lanes] = (taken){.flow = m->flow, .dir = dir};
    return &lanes[(*n_lanes)++];
}

/* What can be drawn of a recording, and no more. */
static void copy_marks(const state *s, recording *rec, ssk_time_ns from, ssk_time_ns to)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(mark));
    taken lanes[LANES_KEPT] = {{.flow = rec->flow, .dir = SSK_A},
                               {.flow = rec->flow, .dir = SSK_B}};
    unsigned n_lanes = 2;
    for (uint32_t i = 0; i < s->used; i++) {
        const mark *m = ring_at(s, i);
        if (m->at < from || m->at > to)
            continue;
        bool own = m->flow &&
                   (m->flow == rec->flow || (rec->connect && m->host[SSK_A] == rec->pair[SSK_A] &&
                                             m->host[SSK_B] == rec->pair[SSK_B]));
        if (m->flow && !own && m->host[SSK_A] != rec->host && m->host[SSK_B] != rec->host)
            continue;
        taken *lane = own ? &lanes[m->dir] : lane_taken(lanes, &n_lanes, m);
        if (!lane)
            continue;
        if (lane->count++ < (own ? SSK_TIMELINE_MARKS : LANE_SHARE)) {
            lane->last = marks->len;
            g_array_append_vals(marks, m, 1);
        } else {
            g_array_index(marks, mark, lane->last).more++;
        }
    }
    rec->n_marks = marks->len;
    rec->marks = g_memdup2(marks->data, MAX(marks->len, 1) * sizeof(mark));
    g_array_free(marks, TRUE);
}

static void schedule(state *s, const ssk_flow *flow, ssk_dir dir, ssk_time_ns since,
                     ssk_time_ns now)
{
    if (s->n_list == RECORDINGS)
        return; /* the report draws the first ones */
    for (unsigned i = s->next_due; i < s->n_list; i++)
        if (s->list[i].flow == flow->id && s->list[i].since == since) {
            s->list[i].due = now + MARGIN; /* a close in the silence: it went on */
            return;
        }
    s->list[s->n_list++] = (recording){
        .flow = flow->id, .host = digest_of(&flow->addr[dir]), .since = since, .due = now + MARGIN};
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    (void)out;
    if (step->time == SSK_TIME_NONE || (!step->flow && !is_neighbour(packet)))
        return;
    while (s->next_due < s->n_list && step->time > s->list[s->next_due].due) {
        recording *rec = &s->list[s->next_due++];
        copy_marks(s, rec, rec->since - MARGIN, rec->due);
    }
    uint8_t kind = step->flow ? kind_of(step) : SSK_MARK_ARP;
    if (step->flow && thinned(s, step, kind))
        return;
    if (!s->ring)
        s->ring = g_new(mark, RING);
    mark *m = &s->ring[s->head];
    *m = (mark){
        .at = step->time, .frame = packet->event->frame, .dir = (uint8_t)step->dir, .kind = kind};
    if (step->flow && kind != SSK_MARK_MDNS) {
        m->flow = step->flow->id;
        memcpy(m->host, s->recent[m->flow & (FLOWS - 1)].host, sizeof m->host);
    }
    s->head = (s->head + 1) % RING;
    s->used = MIN(s->used + 1, RING);
    if (!step->flow)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const ssk_quiet *quiet = &step->flow->side[dir].quiet;
        if (step->ended[dir].quiet.since != SSK_TIME_NONE)
            schedule(s, step->flow, dir, step->ended[dir].quiet.since, step->time);
        else if ((kind == SSK_MARK_FIN || kind == SSK_MARK_RST) && quiet->since != SSK_TIME_NONE &&
                 step->time - quiet->since > config->min_gap)
            schedule(s, step->flow, dir, quiet->since, step->time);
    }
}

/* ---- drawing: after the rules have judged ---- */

typedef struct drawing {
    ssk_result *result;
    ssk_timeline *line;
    const ssk_result_flow *flow;
    bool connect;                      /* the stall is one of attempts to connect */
    const ssk_addr *host;              /* whose other flows are drawn */
    unsigned room[SSK_TIMELINE_LANES]; /* marks per lane */
} drawing;

static const char *flow_name(drawing *d, const ssk_result_flow *flow, ssk_dir from)
{
    char *end[2];
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        char addr[SSK_TEXT_ROOM];
        ssk_addr_text(&flow->addr[dir], addr);
        bool v6 = flow->addr[dir].family == 6; /* RFC 5952, section 6 */
        if (d->connect && flow == d->flow && dir == SSK_A)
            end[dir] = g_strdup(addr); /* each attempt has a port of its own */
        else
            end[dir] = g_strdup_printf(v6 ? "[%s]:%u" : "%s:%u", addr, flow->port[dir]);
    }
    const char *name = ssk_result_printf(d->result, "%s -> %s", end[from],
                                         end[ssk_dir_other(from)]);
    g_free(end[SSK_A]);
    g_free(end[SSK_B]);
    return name;
}

/* @param name of what is no flow */
static int find_lane(drawing *d, const char *name, const ssk_result_flow *flow, ssk_dir dir)
{
    ssk_timeline *line = d->line;
    uint32_t id = flow ? flow->id : 0;
    ssk_side from = !flow ? SSK_SIDE_NONE : dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    for (size_t i = 0; i < line->n_lanes; i++)
        if (line->lanes[i].flow == id && line->lanes[i].from == from &&
            (flow || !strcmp(line->lanes[i].name, name)))
            return (int)i;
    if (line->n_lanes == SSK_TIMELINE_LANES)
        return -1;
    if (flow)
        name = flow_name(d, flow, dir);
    line->lanes[line->n_lanes] =
        (ssk_lane){.name = ssk_result_text(d->result, name), .flow = id, .from = from};
    return (int)line->n_lanes++;
}

static bool shares_host(const drawing *d, const ssk_result_flow *flow)
{
    return ssk_addr_equal(&flow->addr[SSK_A], d->host) ||
           ssk_addr_equal(&flow->addr[SSK_B], d->host);
}

/* Attempts of one host to reach one port of another are drawn as one. */
static bool same_target(const drawing *d, const ssk_result_flow *flow)
{
    return d->connect && ssk_addr_equal(&flow->addr[SSK_A], &d->flow->addr[SSK_A]) &&
           ssk_addr_equal(&flow->addr[SSK_B], &d->flow->addr[SSK_B]) &&
           flow->port[SSK_B] == d->flow->port[SSK_B];
}

static int lane_of(drawing *d, const mark *m)
{
    if (!m->flow)
        return find_lane(d, m->kind == SSK_MARK_ARP ? "ARP" : "mDNS", NULL, SSK_A);
    const ssk_result_flow *flow = ssk_result_find_flow(d->result, m->flow);
    if (!flow || (flow != d->flow && !shares_host(d, flow)))
        return -1;
    return find_lane(d, NULL, same_target(d, flow) ? d->flow : flow, (ssk_dir)m->dir);
}

static void draw_stall(ssk_result *result, ssk_result_stall *stall, const recording *rec)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    ssk_dir silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
    drawing d = {.result = result,
                 .flow = flow,
                 .connect = stall->kind == SSK_STALL_CONNECT,
                 .host = &flow->addr[silent]};
    ssk_timeline *line = d.line = ssk_result_alloc(result, sizeof *line);
    ssk_time_ns end = ssk_result_stall_end(result, stall);
    /* Before and after the capture there is nothing to see. */
    line->from = MAX(stall->start - MARGIN, result->inputs[0].first);
    line->to = MIN(end + MARGIN, MAX(result->inputs[0].last, end));
    line->lanes = ssk_result_alloc(result, SSK_TIMELINE_LANES * sizeof *line->lanes);
    line->marks = ssk_result_alloc(result,
                                   MIN(rec->n_marks, SSK_TIMELINE_MARKS) * sizeof *line->marks);
    find_lane(&d, NULL, flow, SSK_A);
    find_lane(&d, NULL, flow, SSK_B);
    for (size_t i = 0; i < rec->n_marks; i++) {
        const mark *m = &rec->marks[i];
        if (m->at < line->from || m->at > line->to)
            continue;
        int lane = lane_of(&d, m);
        if (lane < 0)
            continue;
        line->marks_dropped += m->more;
        /* The stalled flow may fill the drawing, others their share of it. */
        if (line->n_marks == SSK_TIMELINE_MARKS || (lane >= 2 && d.room[lane] >= LANE_SHARE)) {
            line->marks_dropped++;
            continue;
        }
        d.room[lane]++;
        line->marks[line->n_marks++] =
            (ssk_mark){.at = m->at, .frame = m->frame, .lane = (uint8_t)lane, .kind = m->kind};
    }
    if (line->n_marks)
        stall->timeline = line;
}

static void draw(const void *opaque, ssk_result *result)
{
    const state *s = opaque;
    unsigned late = 0;
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_result_stall *stall = &result->stalls[i];
        const recording *found = NULL;
        for (unsigned k = s->n_list; k-- > 0 && !found;) /* the latest goes furthest */
            if (s->list[k].marks && s->list[k].flow == stall->flow &&
                s->list[k].since == stall->start)
                found = &s->list[k];
        /* Recent, or still open, or it went on after a close: the ring has it. */
        bool whole = found && stall->end != SSK_TIME_NONE && found->due >= stall->end;
        if (whole || !s->used || ring_at(s, 0)->at > stall->start || ++late > LATE_MOST) {
            if (found)
                draw_stall(result, stall, found);
            continue;
        }
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        ssk_dir silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
        recording rec = {.flow = stall->flow,
                         .host = digest_of(&flow->addr[silent]),
                         .connect = stall->kind == SSK_STALL_CONNECT,
                         .pair = {digest_of(&flow->addr[SSK_A]), digest_of(&flow->addr[SSK_B])}};
        copy_marks(s, &rec, stall->start - MARGIN, ssk_result_stall_end(result, stall) + MARGIN);
        draw_stall(result, stall, &rec);
        g_free(rec.marks);
    }
}

static void free_state(void *opaque)
{
    state *s = opaque;
    for (unsigned i = 0; i < s->n_list; i++)
        g_free(s->list[i].marks);
    g_free(s->ring);
}

const ssk_meter ssk_meter_timeline = {
    .name = "timeline",
    .state_size = sizeof(state),
    .on_step = on_step,
    .draw = draw,
    .free_state = free_state,
};
