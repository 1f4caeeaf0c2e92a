/* udp_lane.c - the datagrams of one UDP flow in one direction, at one interface.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/udp_lane.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/decode/gdl90.h"
#include "core/udp/beacon.h"
#include "core/udp/counter.h"
#include "core/udp/onoff.h"

/* Windows of SSK_LIMIT(COUNTER_LEARN) datagrams looked at before a flow is taken to
 * carry no numbers. */
#define ATTEMPTS 4
/* Fewest datagrams of a flow that ended before its first window did. */
#define FEWEST 10
/* Apple's droptap: FULL_SOCK_RCVBUF. Source: xnu, bsd/net/droptap.h. */
#define DROP_FULL_SOCK_RCVBUF 0x02040001u
/* The idle time that Linux counts, or more. Source: ip_idents_reserve(), in ticks of 1 to 10 ms. */
#define IDLE SSK_MS

typedef struct datagram {
    ssk_time_ns time;
    uint32_t frame, bytes;
    uint16_t ip_id;
    bool has_ip_id;
    int32_t second; /* of the day, in a GDL 90 heartbeat; -1: none */
    bool aside;     /* of another protocol that shares the port: has no number */
    ssk_counter_sample sample;
} datagram;

/* How long a step by one takes, and a number where it jumps. */
typedef struct pace {
    ssk_span_ns one_gaps, jump_gaps;
    uint64_t ones, jumps, jump_rises;
} pace;

/* The IPv4 identification as a counter, unwrapped. RFC 6864 asks for no order,
 * but most stacks count per destination or per host. */
typedef struct ip_id_track {
    bool started;
    uint16_t last;
    uint64_t position, steps, ones, implausible;
    uint64_t skipped, skipped_idle; /* in all; what an idle time in ticks of 1 ms may explain */
    pace busy, idle;                /* after less than IDLE, and after more */
    /* how fast it rises across gaps that are long enough to tell */
    uint64_t rises;
    double rate, rate_squared;
} ip_id_track;

/* The second of the day in GDL 90 heartbeats: one per second, so it counts. */
typedef struct clock_track {
    bool started;
    uint32_t second;
    uint64_t bytes; /* since the last heartbeat */
    ssk_delivery delivery;
} clock_track;

/* How far the sender's numbers went ahead of the datagrams: one datagram's part. */
typedef struct skipped {
    bool known;
    uint32_t flag; /* SSK_NUMBERING_* */
    uint64_t count;
} skipped;

/* What the datagrams that wait no longer add up to. */
typedef struct tally {
    ssk_counter *counter; /* NULL: none found */
    ip_id_track ip_id;
    clock_track *clock; /* NULL: no GDL 90 */
    ssk_onoff_marks marks;
    ssk_onoff *onoff;
    ssk_beacon *beacon;
    ssk_delivery by_counter, by_ip_id;
    uint32_t longest_loss[2]; /* by counter and by IP id: datagrams */
    uint32_t loss_frames[2][2];
    uint64_t counted_packets;
    ssk_time_ns first, last;
    uint32_t last_frame;
} tally;

typedef ssk_udp_lane lane;

struct ssk_udp_lane {
    uint32_t interface_id;
    uint32_t buffer_drop_frame;
    uint64_t buffer_drops;
    uint64_t bytes, packets;
    ssk_time_ns arrived; /* last, waiting ones included */
    ssk_hist own_gaps;
    bool split; /* gaps are own_gaps, else the flow's */
    uint8_t n_learning, room, attempts;
    datagram *learning; /* NULL once decided */
    tally *tally;       /* NULL: all wait for the first window's end */
};

ssk_udp_lane *ssk_udp_lane_new(uint32_t interface_id)
{
    lane *l = g_new0(lane, 1);
    l->interface_id = interface_id;
    l->arrived = SSK_TIME_NONE;
    return l;
}

static tally *tally_new(void)
{
    tally *t = g_new0(tally, 1);
    t->first = t->last = SSK_TIME_NONE;
    return t;
}

static void tally_free(tally *t)
{
    if (!t)
        return;
    g_free(t->counter);
    ssk_onoff_free(t->onoff);
    g_free(t->beacon);
    if (t->clock)
        ssk_delivery_clear(&t->clock->delivery);
    g_free(t->clock);
    ssk_delivery_clear(&t->by_counter);
    ssk_delivery_clear(&t->by_ip_id);
    g_free(t);
}

void ssk_udp_lane_free(ssk_udp_lane *l)
{
    if (!l)
        return;
    ssk_hist_clear(&l->own_gaps);
    g_free(l->learning);
    tally_free(l->tally);
    g_free(l);
}

void ssk_udp_lane_split(ssk_udp_lane *l, const ssk_hist *so_far, ssk_time_ns time)
{
    l->split = true;
    if (!so_far)
        return;
    l->own_gaps = ssk_hist_copy(so_far);
    ssk_span_ns last; /* of the flow's, and between the two lanes */
    if (time != SSK_TIME_NONE && l->arrived != SSK_TIME_NONE &&
        !__builtin_sub_overflow(time, l->arrived, &last) && last >= 0)
        ssk_hist_remove(&l->own_gaps, last);
}

uint32_t ssk_udp_lane_interface(const ssk_udp_lane *l)
{
    return l->interface_id;
}

uint64_t ssk_udp_lane_packets(const ssk_udp_lane *l)
{
    return l->packets;
}

uint64_t ssk_udp_lane_bytes(const ssk_udp_lane *l)
{
    return l->bytes;
}

uint32_t ssk_udp_bytes(const ssk_packet *packet)
{
    return packet->ip.more_fragments && packet->udp.length > 8 ? packet->udp.length - 8u
                                                               : packet->payload_len;
}

void ssk_udp_lane_replay(const ssk_udp_lane *l, ssk_match *match, unsigned view)
{
    for (unsigned i = 0; i < l->n_learning; i++) {
        const datagram *d = &l->learning[i];
        ssk_match_add(
            match, view,
            &(ssk_match_datagram){.time = d->time,
                                  .frame = d->frame,
                                  .bytes = d->bytes,
                                  .ip_id = d->has_ip_id ? d->ip_id : 0,
                                  .digest = ssk_match_digest(d->sample.bytes, d->sample.len)});
    }
}

/* ---- counting ---- */

static void note_loss(tally *l, int which, uint32_t lost, uint32_t frame)
{
    if (lost <= l->longest_loss[which])
        return;
    l->longest_loss[which] = lost;
    l->loss_frames[which][0] = l->last_frame;
    l->loss_frames[which][1] = frame;
}

/* Numbers that the time since the last datagram has room for. */
static uint32_t most_missing(const tally *l, const datagram *d)
{
    ssk_span_ns gap, before;
    if (l->counted_packets < 2 || d->time == SSK_TIME_NONE ||
        __builtin_sub_overflow(d->time, l->last, &gap) ||
        __builtin_sub_overflow(l->last, l->first, &before) || before <= 0)
        return 256;
    double due = (double)MAX(gap, 0) * (double)l->counted_packets / (double)before;
    return (uint32_t)MIN(SSK_COUNTER_SPARE + SSK_COUNTER_GENEROUS * due, 1e9);
}

static void count_sequence(tally *l, const datagram *d, skipped *ret)
{
    if (!l->counter || d->aside)
        return;
    uint8_t before = l->counter->chosen;
    ssk_counter_step step = ssk_counter_add(l->counter, d->sample.bytes, d->sample.len,
                                            most_missing(l, d));
    if (l->counter->chosen != before) {
        const ssk_counter_field *f = ssk_counter_chosen(l->counter);
        ssk_delivery_recount(&l->by_counter, d->time, f->received, f->skipped);
        l->marks.missing = step.skipped;
        l->marks.sequence = MAX(l->marks.sequence, f->position);
        return;
    }
    if (step.kind == SSK_COUNTER_DUPLICATE)
        return;
    if (step.kind == SSK_COUNTER_LATE) {
        ssk_delivery_late(&l->by_counter, d->bytes);
        return;
    }
    if (step.kind == SSK_COUNTER_NEXT)
        *ret = (skipped){true, SSK_NUMBERING_SEQUENCE, step.skipped};
    l->marks.missing = step.skipped;
    ssk_delivery_lost(&l->by_counter, d->time, step.skipped, SSK_DELIVERY_MEAN);
    ssk_delivery_received(&l->by_counter, d->time, d->bytes);
    note_loss(l, 0, step.skipped, d->frame);
    l->marks.sequence += step.skipped + 1;
}

static void count_clock(tally *l, const datagram *d, skipped *ret)
{
    if (d->second < 0 && !l->clock)
        return;
    if (!l->clock)
        l->clock = g_new0(clock_track, 1);
    clock_track *t = l->clock;
    t->bytes += d->bytes;
    if (d->second < 0)
        return;
    int32_t rise = t->started ? ssk_gdl90_step(t->second, (uint32_t)d->second) : 1;
    if (rise <= 0)
        return; /* repeated, or late */
    if (t->started && !ret->known)
        *ret = (skipped){true, SSK_NUMBERING_CLOCK, (uint64_t)rise - 1};
    ssk_delivery_lost(&t->delivery, d->time, (uint64_t)rise - 1, SSK_DELIVERY_MEAN);
    ssk_delivery_received(&t->delivery, d->time, t->bytes);
    t->started = true;
    t->second = (uint32_t)d->second;
    t->bytes = 0;
}

/* Linux adds a random number after an idle time; what was sent at one rate and
 * lost rises evenly, from gap to gap. */
static void note_rise(ip_id_track *t, ssk_time_ns last, ssk_time_ns time, uint32_t ids)
{
    ssk_span_ns gap;
    if (time == SSK_TIME_NONE || last == SSK_TIME_NONE || ids < 2 ||
        __builtin_sub_overflow(time, last, &gap) || gap < SSK_LIMIT(RISE_GAP))
        return;
    double rate = (double)ids / (double)gap;
    t->rises++;
    t->rate += rate;
    t->rate_squared += rate * rate;
}

static void note_pace(ip_id_track *t, ssk_time_ns last, ssk_time_ns time, uint32_t rise)
{
    ssk_span_ns gap;
    if (time == SSK_TIME_NONE || last == SSK_TIME_NONE ||
        __builtin_sub_overflow(time, last, &gap) || gap < 0)
        return;
    pace *p = gap < IDLE ? &t->busy : &t->idle;
    if (gap > INT64_MAX / 4 - p->one_gaps || gap > INT64_MAX / 4 - p->jump_gaps)
        return;
    if (rise == 1) {
        p->one_gaps += gap;
        p->ones++;
    } else if (rise <= SSK_LIMIT(SMALL_JUMP)) {
        p->jump_gaps += gap;
        p->jump_rises += rise;
        p->jumps++;
    }
}

/* Where numbers are lost, their time passes too; where other traffic takes them, it does not. */
static bool takes_time(const pace *jumps, ssk_span_ns one_gaps, uint64_t ones)
{
    return !jumps->jumps || !ones ||
           (double)jumps->jump_gaps / (double)jumps->jump_rises >=
               SSK_SHARE(PACE_PERMILLE) * (double)one_gaps / (double)ones;
}

static double often(const pace *p)
{
    return p->ones + p->jumps ? (double)p->jumps / (double)(p->ones + p->jumps) : 0;
}

static bool keeps_pace(const ip_id_track *t)
{
    pace all = {.jump_gaps = t->busy.jump_gaps + t->idle.jump_gaps,
                .jump_rises = t->busy.jump_rises + t->idle.jump_rises,
                .jumps = t->busy.jumps + t->idle.jumps};
    bool idle_adds = !takes_time(&t->idle, t->idle.one_gaps, t->idle.ones) &&
                     often(&t->idle) > SSK_LIMIT(IDLE_RATIO) * often(&t->busy);
    return !idle_adds &&
           takes_time(&all, t->busy.one_gaps + t->idle.one_gaps, t->busy.ones + t->idle.ones);
}

static bool rises_evenly(const ip_id_track *t)
{
    if (t->rises < SSK_LIMIT(RISES_LEAST))
        return false;
    double n = (double)t->rises, mean = t->rate / n;
    double variance = (t->rate_squared - n * mean * mean) / (n - 1);
    return variance * 1e6 <= mean * mean * SSK_UDP_EVEN_PERMILLE * SSK_UDP_EVEN_PERMILLE;
}

static void count_ip_id(tally *l, const datagram *d, skipped *ret)
{
    ip_id_track *t = &l->ip_id;
    if (!d->has_ip_id)
        return;
    uint16_t rise = (uint16_t)(d->ip_id - t->last);
    if (!t->started) {
        t->started = true;
    } else if (rise == 0 || rise > SSK_LIMIT(IP_ID_JUMP)) {
        t->steps++;
        t->implausible++;
        if (rise > 0x10000 - 64) /* out of order: the highest stays */
            return;
    } else {
        t->steps++;
        t->ones += rise == 1;
        l->marks.ip_id += rise;
        t->skipped += rise - 1u;
        note_rise(t, l->last, d->time, rise - 1u);
        note_pace(t, l->last, d->time, rise);
        if (d->time != SSK_TIME_NONE && l->last != SSK_TIME_NONE &&
            d->time / SSK_MS - l->last / SSK_MS >= rise - 1)
            t->skipped_idle += rise - 1u;
        if (!ret->known)
            *ret = (skipped){true, SSK_NUMBERING_IP_ID, rise - 1u};
        if (!l->counter) {
            l->marks.missing = rise - 1u;
            ssk_delivery_lost(&l->by_ip_id, d->time, rise - 1u, SSK_DELIVERY_MEAN);
            note_loss(l, 1, rise - 1u, d->frame);
        }
    }
    if (!l->counter)
        ssk_delivery_received(&l->by_ip_id, d->time, d->bytes);
    t->last = d->ip_id;
}

/* The identification is the sender's own count: at most one in 50 steps jumps. */
static bool ip_id_counts(const ip_id_track *t)
{
    return t->steps >= 8 && 50 * t->implausible <= t->steps;
}

/* Half of the steps are by one: what it skips in between, a pattern can be read off. */
static bool ip_id_steps(const ip_id_track *t)
{
    return t->steps >= 8 && 2 * t->ones >= t->steps && 33 * t->implausible <= t->steps;
}

static bool sequence_holds(const tally *l)
{
    return l->counter && ssk_counter_holds(l->counter);
}

/* A pause far beyond the flow's own rhythm: did the sender go on meanwhile? */
static void tell_pause(const tally *l, const ssk_config *config, uint32_t flow_id, ssk_dir dir,
                       const datagram *d, const skipped *numbers, ssk_facts *out)
{
    ssk_span_ns gap, before;
    if (!numbers->known || l->counted_packets < 3 ||
        __builtin_sub_overflow(d->time, l->last, &gap) ||
        __builtin_sub_overflow(l->last, l->first, &before) || gap <= config->min_gap ||
        (numbers->flag == SSK_NUMBERING_IP_ID && !ip_id_counts(&l->ip_id)))
        return;
    ssk_span_ns mean = before / (ssk_span_ns)(l->counted_packets - 1);
    if (mean <= 0 || gap / 3 <= mean)
        return;
    if (numbers->flag == SSK_NUMBERING_CLOCK)
        mean = SSK_S;
    ssk_fact fact = {SSK_AS_NUMBERING(.skipped = (int64_t)numbers->count, .due = gap / mean - 1),
                     .dir = (uint8_t)dir,
                     .flow_id = flow_id,
                     .frame_first = l->last_frame,
                     .frame_last = d->frame,
                     .start = l->last,
                     .end = d->time,
                     .flags = numbers->flag};
    ssk_facts_add(out, &fact);
}

/* Where a datagram comes from. */
typedef struct origin {
    const ssk_config *config;
    const ssk_flow *flow;
    ssk_dir dir;
    ssk_facts *out;
} origin;

static void count(tally *l, const origin *from, const datagram *d, const ssk_hist *gaps,
                  ssk_onoff_state *ret)
{
    skipped numbers = {0};
    l->marks.missing = 0;
    count_sequence(l, d, &numbers);
    count_clock(l, d, &numbers);
    count_ip_id(l, d, &numbers);
    l->marks.numbered = l->counter ? sequence_holds(l) : ip_id_steps(&l->ip_id);
    if (d->time != SSK_TIME_NONE) {
        if (!l->onoff)
            l->onoff = ssk_onoff_new(from->config->udp_off);
        if (l->last == SSK_TIME_NONE) {
            l->first = d->time;
        } else {
            tell_pause(l, from->config, from->flow->id, from->dir, d, &numbers, from->out);
            if (d->time / 2 - SSK_LIMIT(BEACON_GAP) / 2 > l->last / 2) {
                if (!l->beacon)
                    l->beacon = g_new0(ssk_beacon, 1);
                ssk_beacon_add(l->beacon, d->time);
            }
        }
        ssk_onoff_add(l->onoff, d->time, d->bytes, d->frame, &l->marks, gaps, ret);
        l->last = d->time;
        l->counted_packets++;
    }
    l->last_frame = d->frame;
}

/* ---- learning ---- */

static ssk_counter *find_counter(const lane *l)
{
    ssk_counter_sample samples[SSK_LIMIT(COUNTER_LEARN)];
    ssk_counter found;
    unsigned n = 0;
    for (unsigned i = 0; i < l->n_learning; i++)
        if (!l->learning[i].aside)
            samples[n++] = l->learning[i].sample;
    return 2 * n > l->n_learning && n >= FEWEST && ssk_counter_find(samples, n, &found)
               ? g_memdup2(&found, sizeof found)
               : NULL;
}

static void keep_learning(lane *l, const datagram *d)
{
    if (l->n_learning == l->room) {
        l->room = l->room ? l->room * 2 : 2;
        l->learning = g_renew(datagram, l->learning, l->room);
    }
    l->learning[l->n_learning++] = *d;
}

static tally *tally_learnt(const lane *l, const origin *from, const ssk_hist *gaps,
                           ssk_onoff_state *ret)
{
    tally *t = tally_new();
    t->counter = find_counter(l);
    for (unsigned i = 0; i < l->n_learning; i++)
        count(t, from, &l->learning[i], gaps, ret);
    return t;
}

static void take(lane *l, const origin *from, const datagram *d, ssk_onoff_state *ret)
{
    const ssk_hist *gaps = l->split ? &l->own_gaps : &from->flow->side[from->dir].gaps;
    bool learning = !l->tally || l->learning;
    if (learning)
        keep_learning(l, d);
    bool full = learning && l->n_learning == SSK_LIMIT(COUNTER_LEARN);
    if (!l->tally && full) {
        l->tally = tally_learnt(l, from, gaps, ret);
    } else if (l->tally) {
        if (full)
            l->tally->counter = find_counter(l);
        count(l->tally, from, d, gaps, ret);
    }
    if (!full)
        return;
    l->n_learning = 0;
    if (l->tally->counter || ++l->attempts == ATTEMPTS) {
        g_free(l->learning);
        l->learning = NULL;
    }
}

void ssk_udp_lane_close(const ssk_udp_lane *l, const ssk_config *config, const ssk_flow *flow,
                        ssk_dir dir, ssk_facts *out)
{
    if (l->tally || l->n_learning < FEWEST)
        return;
    tally_free(tally_learnt(l, &(origin){config, flow, dir, out}, NULL, NULL));
}

/* What shares a port with RTP, RFC 7983 and 5761: STUN by its magic cookie (RFC
 * 8489, section 5), and RTCP, whose types are 200 to 207 and whose second word
 * is a length that fits. */
static bool shares_port(const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
    static const uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};
    if (cap_len < 8)
        return false;
    uint32_t words = (uint32_t)bytes[2] << 8 | bytes[3];
    return (bytes[0] < 4 && !memcmp(bytes + 4, cookie, sizeof cookie)) ||
           (bytes[0] >> 6 == 2 && bytes[1] >= 200 && bytes[1] <= 207 && 4 * (words + 1) <= len);
}

/* What these ports carry begins with an id that pairs answers with questions, and
 * is the same when a question is asked again. RFC 1035, 4.1.1; 1002, 4.2.1; 4795, 2.1.1. */
static bool has_ids(const ssk_packet *packet)
{
    static const uint16_t ports[] = {53, 137, 138, 5353, 5355};
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (packet->src_port == ports[i] || packet->dst_port == ports[i])
            return true;
    return false;
}

void ssk_udp_lane_take(ssk_udp_lane *l, const ssk_config *config, const ssk_step *step,
                       ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    if (event->process && event->process->drop_reason == DROP_FULL_SOCK_RCVBUF &&
        !l->buffer_drops++)
        l->buffer_drop_frame = event->frame;
    if (step->time != SSK_TIME_NONE) {
        ssk_span_ns gap;
        if (l->split && l->arrived != SSK_TIME_NONE &&
            !__builtin_sub_overflow(step->time, l->arrived, &gap) && gap >= 0)
            ssk_hist_add(&l->own_gaps, gap);
        l->arrived = step->time;
    }
    datagram d = {.time = step->time,
                  .frame = event->frame,
                  .bytes = ssk_udp_bytes(packet),
                  .ip_id = (uint16_t)packet->ip.id,
                  .has_ip_id = packet->ip.version == 4 && packet->ip.has_id,
                  .second = -1};
    l->bytes += d.bytes;
    l->packets++;
    d.sample.len = (uint8_t)MIN(packet->payload_cap, SSK_COUNTER_BYTES);
    if (d.sample.len)
        memcpy(d.sample.bytes, packet->payload, d.sample.len);
    d.aside = has_ids(packet) || shares_port(d.sample.bytes, d.sample.len, d.bytes);
    uint32_t second;
    if (d.sample.len && d.sample.bytes[0] == 0x7e &&
        ssk_gdl90_seconds(packet->payload, packet->payload_cap, &second))
        d.second = (int32_t)second;
    take(l, &(origin){config, step->flow, step->dir, out}, &d, step->udp);
}

void ssk_udp_lane_answered(ssk_udp_lane *l, const ssk_packet *packet)
{
    if (l->tally && l->tally->counter)
        ssk_counter_answer(l->tally->counter, packet->payload, packet->payload_cap);
}

/* ---- freezing ---- */

/* Nine of ten rises by one: the sender counts for this destination alone. And
 * what it skips is lost: not the random number that Linux adds after an idle
 * time, which is uneven. */
static bool ip_id_counts_alone(const ip_id_track *t)
{
    return t->steps >= SSK_LIMIT(COUNTER_LEARN) && ip_id_counts(t) &&
           10 * t->ones >= 9 * t->steps && keeps_pace(t) &&
           (2 * t->skipped_idle <= t->skipped || rises_evenly(t));
}

static const char *reference_text(const tally *l, ssk_result *result)
{
    const ssk_counter_field *f = ssk_counter_chosen(l->counter);
    if (l->counter->is_rtp && l->counter->chosen == 0)
        return "RTP sequence numbers";
    if (f->step != 1)
        return ssk_result_printf(result, "payload counter (%u bits at byte %u, %s, rising by %d)",
                                 f->width * 8u, f->offset,
                                 f->little ? "little endian" : "big endian", (int)f->step);
    return ssk_result_printf(result, "payload sequence number (%u bits at byte %u, %s)",
                             f->width * 8u, f->offset, f->little ? "little endian" : "big endian");
}

static void freeze_reception(const tally *l, ssk_result *result, ssk_result_udp *udp)
{
    int which = 0;
    if (sequence_holds(l)) {
        ssk_delivery_freeze(&l->by_counter, reference_text(l, result), result, udp);
        udp->reception.rtp = l->counter->is_rtp && l->counter->chosen == 0;
    } else if (ip_id_counts_alone(&l->ip_id) &&
               l->by_ip_id.received_packets >=
                   SSK_LIMIT(COUNTER_LEARN)) { /* not while a counter was tried */
        ssk_delivery_freeze(&l->by_ip_id, "IPv4 identification", result, udp);
        which = 1;
    } else {
        if (l->clock && l->clock->delivery.received_packets >= 10)
            ssk_delivery_freeze(&l->clock->delivery, "GDL 90 heartbeats (seconds of the day)",
                                result, udp);
        return;
    }
    memcpy(udp->seen.lost_frames, l->loss_frames[which], sizeof udp->seen.lost_frames);
}

static void freeze_on_off(const tally *l, const ssk_hist *gaps, ssk_result *result,
                          ssk_result_udp *udp)
{
    ssk_onoff_report r;
    ssk_onoff_measure(l->onoff, gaps, &r);
    if (!r.on_off)
        return;
    udp->threshold = r.threshold;
    udp->has_on_off = true;
    udp->on_off.missing = r.missing;
    udp->on_off.cycles = (uint32_t)MIN(r.cycles, UINT32_MAX);
    udp->on_off.alike = (uint32_t)MIN(r.alike, UINT32_MAX);
    udp->on_off.duty_permille = r.duty_permille;
    udp->on_off.on_ns = r.on_ns;
    udp->on_off.off_ns = r.off_ns;
    udp->on_off.on_bytes = r.on_bytes;
    udp->on_off.on_packets = r.on_packets;
    udp->on_off.cv_bytes_permille = r.cv_bytes_permille;
    udp->on_off.cv_seconds_permille = r.cv_seconds_permille;
    udp->on_off.periodic_in = r.periodic_in;
    udp->on_off.goodput_on = r.goodput_on;
    udp->on_off.goodput = r.goodput;
    udp->on_off.power_of_two = r.power_of_two;
    udp->on_off.power_of_two_off_permille = r.power_of_two_off_permille;
    udp->on_off.strip = (char *)ssk_result_text(result, r.strip);
    udp->on_off.strip_start = r.strip_start;
    udp->on_off.strip_slice = r.strip_slice;
    udp->seen.due_off = r.due_off;
    udp->seen.pauses = r.pauses;
    udp->seen.packets = r.packets;
    udp->seen.sequence_off = r.rise_off.sequence;
    udp->seen.ip_id_on = r.rise_on.ip_id;
    udp->seen.ip_id_off = r.rise_off.ip_id;
    udp->seen.ip_id_cv_permille = r.ip_id_cv_permille;
    memcpy(udp->seen.pause_frames, r.pause_frames, sizeof udp->seen.pause_frames);
}

void ssk_udp_lane_freeze(const ssk_udp_lane *l, const ssk_hist *gaps, ssk_result *result,
                         ssk_result_udp *udp)
{
    const tally *t = l->tally;
    udp->seen.buffer_drops = l->buffer_drops;
    udp->seen.buffer_drop_frame = l->buffer_drop_frame;
    if (!t)
        return;
    udp->seen.has_sequence = sequence_holds(t);
    udp->seen.has_ip_id = ip_id_counts(&t->ip_id);
    if (t->beacon)
        udp->seen.dtim = ssk_beacon_measure(t->beacon, &udp->seen.dtim_permille);
    if (t->onoff)
        freeze_on_off(t, l->split ? &l->own_gaps : gaps, result, udp);
    freeze_reception(t, result, udp);
}
