/* candidate.c - what messages prove: constants, numbers that count up or answer, times
 * that fit, a rhythm that is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/candidate.h"

#include <string.h>

/** Proof that makes a candidate the profile needs more than one message. */
#define RECOGNISED_CERTAIN 2
/** Proof that a number, a timestamp or a segment of the very size is worth. */
#define BITS_FIT      4
#define BITS_SEQUENCE 16
#define BITS_NEAR     12
#define BITS_TIME     16
#define BITS_PERIOD   16
/** Messages that may wait for the decision. */
#define QUEUE 32
/** A timestamp this near to the capture's time is a clock: causes.md and domain.md, section 3. */
#define CLOCK_RANGE (3653 * SSK_DAY)

void ssk_message_lane_clear(ssk_message_lane *l)
{
    g_clear_pointer(&l->head, g_free);
    l->head_len = l->head_room = 0;
    l->have = l->total = 0;
    l->head_cut = false;
}

void ssk_candidate_free(ssk_candidate *c)
{
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_message_lane_clear(&c->lane[dir]);
        for (unsigned role = 0; role < SSK_N_ROLES; role++)
            g_free(c->lane[dir].sync[role]);
    }
    if (c->queue)
        g_array_free(c->queue, TRUE);
    g_free(c);
}

typedef struct waiting {
    const ssk_message_lane *pings; /* of the other direction */
} waiting;

static int find_awaited(const ssk_message_lane *l, uint64_t seq)
{
    for (int i = 0; i < l->n_awaited; i++) {
        if (l->awaited[i] == seq)
            return i;
    }
    return -1;
}

static bool is_awaited(void *user, uint64_t seq)
{
    return find_awaited(((const waiting *)user)->pings, seq) >= 0;
}

static void add_awaited(ssk_message_lane *l, uint64_t seq)
{
    if (l->n_awaited < SSK_AWAITED) {
        l->awaited[l->n_awaited++] = seq;
        return;
    }
    l->awaited[l->oldest_awaited] = seq;
    l->oldest_awaited = (uint8_t)((l->oldest_awaited + 1) % SSK_AWAITED);
}

ssk_party ssk_candidate_party(const ssk_candidate *c, ssk_dir dir)
{
    return c->client < 0               ? SSK_PARTY_ANY
           : dir == (ssk_dir)c->client ? SSK_PARTY_CLIENT
                                       : SSK_PARTY_SERVER;
}

void ssk_candidate_read(const ssk_candidate *c, ssk_dir dir, const ssk_frame *frame,
                        const uint8_t *data, uint32_t known, ssk_time_ns now, ssk_reading *ret)
{
    ssk_scratch scratch;
    waiting pings = {&c->lane[ssk_dir_other(dir)]};
    ssk_context context = {.near = now,
                           .awaited = is_awaited,
                           .user = &pings,
                           .shapes = c->certain ? ssk_profile_set_shapes(c->owner->profiles) : NULL,
                           .party = ssk_candidate_party(c, dir)};
    if (c->client < 0 && frame->masked)
        context.party = SSK_PARTY_CLIENT; /* RFC 6455, 5.1: only clients mask */
    ssk_body_read(c->profile, frame, data, known, &context, &scratch, ret);
}

static bool is_clock(const ssk_reading *reading, ssk_time_ns now)
{
    return reading->has_time && now != SSK_TIME_NONE && reading->time > now - CLOCK_RANGE &&
           reading->time < now + CLOCK_RANGE;
}

bool ssk_candidate_needs_rhythm(const ssk_profile *profile, const ssk_profile_group *group)
{
    return group && group->max_size && profile->period;
}

static bool keeps_rhythm(const ssk_candidate *c, ssk_dir dir, const ssk_profile_group *group,
                         ssk_time_ns now)
{
    const ssk_message_lane *own = &c->lane[dir];
    if (!(own->has_time >> group->role & 1) || now == SSK_TIME_NONE)
        return false;
    ssk_span_ns away = now - own->last_time[group->role] - c->profile->period;
    return ABS(away) < c->profile->period / 4;
}

unsigned ssk_candidate_context_bits(const ssk_candidate *c, ssk_dir dir, const ssk_frame *frame,
                                    const ssk_reading *reading, const ssk_chunk *chunk)
{
    if (!reading->group)
        return 0;
    ssk_time_ns now = chunk->time;
    const ssk_message_lane *own = &c->lane[dir], *other = &c->lane[ssk_dir_other(dir)];
    ssk_role role = reading->group->role;
    unsigned bits = frame->len == chunk->wire_len ? BITS_FIT : 0;
    if (reading->has_seq) {
        uint64_t step = reading->seq - own->last_seq[role];
        if (role == SSK_ROLE_PONG && find_awaited(other, reading->seq) >= 0)
            bits += BITS_SEQUENCE;
        else if ((own->has_seq >> role & 1) && step == 1)
            bits += BITS_SEQUENCE;
        else if ((own->has_seq >> role & 1) && step - 1 < 4096)
            bits += c->certain ? BITS_NEAR : 0;
    }
    if (is_clock(reading, now))
        bits += BITS_TIME;
    return bits;
}

static void remember(ssk_candidate *c, ssk_dir dir, const ssk_reading *reading, ssk_time_ns now)
{
    ssk_message_lane *own = &c->lane[dir], *other = &c->lane[ssk_dir_other(dir)];
    const ssk_profile_group *group = reading->group;
    if (group->party && c->client < 0)
        c->client = (int8_t)(group->party == SSK_PARTY_CLIENT ? dir : ssk_dir_other(dir));
    own->last_time[group->role] = now;
    own->has_time |= (uint8_t)((now != SSK_TIME_NONE) << group->role);
    if (!reading->has_seq)
        return;
    own->last_seq[group->role] = reading->seq;
    own->has_seq |= (uint8_t)(1u << group->role);
    if (group->role == SSK_ROLE_PING) {
        add_awaited(own, reading->seq);
    } else if (group->role == SSK_ROLE_PONG) {
        int i = find_awaited(other, reading->seq);
        if (i >= 0)
            other->awaited[i] = other->awaited[--other->n_awaited];
    }
}

static void decide(ssk_message_sink *s)
{
    ssk_candidate *c = s->candidate;
    ssk_messages *m = c->owner;
    unsigned real_roles = c->roles & ~(1u << SSK_ROLE_OTHER);
    bool bound = c->profile->n_ports && c->recognised;
    if (!real_roles ||
        !(bound || (c->bits >= SSK_BITS_CERTAIN && c->recognised >= RECOGNISED_CERTAIN)))
        return;
    c->certain = true;
    for (unsigned i = 0; i < m->n_candidates; i++) {
        if (m->candidates[i] != c)
            ssk_candidate_free(m->candidates[i]);
    }
    m->candidates[0] = c;
    m->n_candidates = 1;
    GArray *queue = g_steal_pointer(&c->queue);
    for (guint i = 0; queue && i < queue->len; i++)
        s->deliver(s->user, &g_array_index(queue, ssk_message, i));
    if (queue)
        g_array_free(queue, TRUE);
}

/* A time whose format the profile leaves open. */
static void find_time(ssk_message_lane *l, ssk_reading *reading, ssk_time_ns now)
{
    ssk_timesync **sync = &l->sync[reading->group->role];
    if (!*sync)
        *sync = g_new0(ssk_timesync, 1);
    ssk_timesync_add(*sync, &reading->stamp, now);
    reading->has_time = ssk_timesync_read(*sync, &reading->stamp, now, &reading->time);
}

void ssk_candidate_emit(ssk_message_sink *s, const ssk_frame *frame, ssk_reading *reading)
{
    ssk_candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    ssk_message message = {.profile = c->profile,
                           .dir = s->dir,
                           .frame = chunk->frame,
                           .time = chunk->time,
                           .len = (uint32_t)frame->len};
    if (!c->certain) {
        unsigned bits = reading->bits +
                        ssk_candidate_context_bits(c, s->dir, frame, reading, chunk);
        if (reading->group && reading->group->common)
            bits = 0;
        if (ssk_candidate_needs_rhythm(c->profile, reading->group)) {
            bool keeps = keeps_rhythm(c, s->dir, reading->group, chunk->time);
            bits = keeps ? BITS_PERIOD : 0;
            c->bits = keeps ? c->bits : 0; /* in a row, or chance would add up */
        }
        if (bits >= SSK_BITS_LEAST)
            c->bits = MIN(c->bits + bits, 1u << 20);
        c->since_proof = bits >= SSK_BITS_LEAST ? 0 : c->since_proof + 1;
    }
    if (reading->group) {
        if (reading->stamp.kind != SSK_STAMP_NONE)
            find_time(&c->lane[s->dir], reading, chunk->time);
        message.role = reading->group->role;
        message.label = reading->group->label;
        message.has_seq = reading->has_seq;
        message.seq = reading->seq;
        if (message.role == SSK_ROLE_TIME) {
            message.has_clock = reading->has_time;
            message.clock = reading->time;
        } else if (reading->has_time) {
            message.has_sent = true;
            message.sent = reading->time;
        }
        remember(c, s->dir, reading, chunk->time);
        c->recognised += !reading->group->common;
        c->roles |= 1u << message.role;
    }
    if (c->certain) {
        s->deliver(s->user, &message);
        return;
    }
    if (!c->queue)
        c->queue = g_array_sized_new(FALSE, FALSE, sizeof(ssk_message), 4);
    if (c->queue->len < QUEUE)
        g_array_append_val(c->queue, message);
    decide(s);
}
