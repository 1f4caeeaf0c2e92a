/* messages.c - one flow's messages: which profile, where they begin, what they say.
 *
 * Undecided, a flow costs one look at the start of each segment; only a start
 * that looks like a message of a profile makes a candidate, which then follows
 * both directions and gathers proof: constants, lengths that fit, numbers that
 * count up or answer, stamps near the capture's time, each worth the bits that
 * chance would need. The candidate that gathers enough first is the profile.
 *
 * A direction is in step while each message starts where the last one ended.
 * Lost (the capture starts or goes on in the middle, a hole), it gets back in
 * step at the start of a segment, or of a line, that proves itself, alone or
 * together with the segments that follow it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/flow/stream.h"
#include "core/message/body.h"
#include "core/message/recent.h"

/** Proof that makes a candidate the profile: no chance in 2^64, and no single message. */
#define BITS_CERTAIN 64
#define RECOGNISED_CERTAIN 2
/** Proof that a single message must give to count: less is found in any data that repeats. Also what
 * the first messages of a segment must give to get in step: one false start in 65536. */
#define BITS_LEAST 16
/** The same for the first bytes of a direction whose peer speaks the format already. */
#define BITS_ANSWER 8
/** Messages looked at for that. */
#define START_MESSAGES 8
/** Proof that a number, a stamp or a segment of the very size is worth. */
#define BITS_FIT 4
#define BITS_SEQUENCE 16
#define BITS_NEAR 12
#define BITS_TIME 16
#define BITS_PERIOD 16
#define BITS_USUAL_PORT 24
/** Looks at a flow without a candidate: one for a segment that could be a keep-alive, LARGE_COST
 * for a larger one. */
#define BUDGET 512
#define LARGE 512
#define LARGE_COST 8
/** A candidate below BITS_LEAST new bits in so many messages is none. */
#define PATIENCE 64
#define CANDIDATES 3
/** Messages that may wait for the decision. */
#define QUEUE 32
#define AWAITED 16
/** A stamp this near to the capture's time is a clock: causes.md and domain.md, section 3. */
#define CLOCK_RANGE (3653 * SSK_DAY)

/** Framing of one direction. */
typedef struct lane {
    bool     in_step;
    bool     was_lost; /* by a hole, or by bytes that were no message */
    bool     head_cut; /* no more bytes can be added to head */
    uint8_t *head;     /* beginning of a message that goes on in the next chunk */
    uint32_t head_len, head_room;
    uint64_t have, total; /* bytes of it so far; of all of it, 0: not known yet */
    ssk_frame frame;      /* valid with total */
    uint64_t last_seq[SSK_N_ROLES];
    ssk_time_ns last_time[SSK_N_ROLES];
    uint8_t  has_seq, has_time;  /* bit per role */
    ssk_timesync *sync[SSK_N_ROLES]; /* where the profile leaves the format of times open */
    uint64_t awaited[AWAITED];   /* numbers of its pings without an answer */
    uint8_t  n_awaited, oldest_awaited;
} lane;

typedef struct candidate {
    ssk_messages      *owner;
    const ssk_profile *profile;
    lane        lane[2];
    int8_t      client; /* ssk_dir; -1: not known */
    bool        certain;
    unsigned    bits, recognised, roles, since_proof;
    GArray     *queue;  /* ssk_message, until certain */
} candidate;

struct ssk_messages {
    const ssk_profile_set *profiles;
    ssk_transport transport;
    uint16_t      ports[2];
    int8_t        client;
    bool          gave_up;
    int           budget;
    unsigned      n_candidates;
    candidate    *candidates[CANDIDATES]; /* [0] is the profile once one is certain */
    ssk_recent    recent[2]; /* of a direction that is not in step */
};

/** Where messages go during one push. */
typedef struct sink {
    candidate       *candidate;
    ssk_dir          dir;
    const ssk_chunk *chunk;
    ssk_message_fn   deliver;
    void            *user;
    bool             took; /* some bytes as messages */
} sink;

ssk_messages *ssk_messages_new(const ssk_profile_set *profiles, ssk_transport transport,
                               const uint16_t ports[2])
{
    ssk_messages *messages = g_new0(ssk_messages, 1);
    messages->profiles = profiles;
    messages->transport = transport;
    messages->ports[SSK_A] = ports[SSK_A];
    messages->ports[SSK_B] = ports[SSK_B];
    messages->client = -1;
    messages->budget = BUDGET;
    return messages;
}

static void lane_clear(lane *l)
{
    g_clear_pointer(&l->head, g_free);
    l->head_len = l->head_room = 0;
    l->have = l->total = 0;
    l->head_cut = false;
}

static void candidate_free(candidate *c)
{
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        lane_clear(&c->lane[dir]);
        for (unsigned role = 0; role < SSK_N_ROLES; role++)
            g_free(c->lane[dir].sync[role]);
    }
    if (c->queue)
        g_array_free(c->queue, TRUE);
    g_free(c);
}

void ssk_messages_free(ssk_messages *messages)
{
    if (!messages)
        return;
    for (unsigned i = 0; i < messages->n_candidates; i++)
        candidate_free(messages->candidates[i]);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        ssk_recent_clear(&messages->recent[dir]);
    g_free(messages);
}

void ssk_messages_client(ssk_messages *messages, ssk_dir client)
{
    messages->client = (int8_t)client;
    for (unsigned i = 0; i < messages->n_candidates; i++)
        messages->candidates[i]->client = (int8_t)client;
}

const ssk_profile *ssk_messages_profile(const ssk_messages *messages)
{
    return messages->n_candidates && messages->candidates[0]->certain
               ? messages->candidates[0]->profile
               : NULL;
}

const ssk_timesync *ssk_messages_timesync(const ssk_messages *messages, ssk_dir dir, ssk_role role)
{
    return ssk_messages_profile(messages) && (unsigned)role < SSK_N_ROLES
               ? messages->candidates[0]->lane[dir].sync[role]
               : NULL;
}

bool ssk_messages_gave_up(const ssk_messages *messages)
{
    return messages->gave_up;
}

/* ---- reading one message ---- */

typedef struct waiting {
    const lane *pings; /* of the other direction */
} waiting;

static int find_awaited(const lane *l, uint64_t seq)
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

static void add_awaited(lane *l, uint64_t seq)
{
    if (l->n_awaited < AWAITED) {
        l->awaited[l->n_awaited++] = seq;
        return;
    }
    l->awaited[l->oldest_awaited] = seq;
    l->oldest_awaited = (uint8_t)((l->oldest_awaited + 1) % AWAITED);
}

static void read_message(const candidate *c, ssk_dir dir, const ssk_frame *frame,
                         const uint8_t *data, uint32_t known, ssk_time_ns now, ssk_reading *ret)
{
    ssk_scratch scratch;
    waiting pings = { &c->lane[ssk_dir_other(dir)] };
    ssk_context context = { .near = now, .awaited = is_awaited, .user = &pings,
                            .shapes = c->certain ? ssk_profile_set_shapes(c->owner->profiles) : NULL };
    if (c->client >= 0)
        context.party = dir == (ssk_dir)c->client ? SSK_PARTY_CLIENT : SSK_PARTY_SERVER;
    else if (frame->masked)
        context.party = SSK_PARTY_CLIENT; /* RFC 6455, 5.1: only clients mask */
    ssk_body_read(c->profile, frame, data, known, &context, &scratch, ret);
}

static bool is_clock(const ssk_reading *reading, ssk_time_ns now)
{
    return reading->has_time && now != SSK_TIME_NONE && reading->time > now - CLOCK_RANGE &&
           reading->time < now + CLOCK_RANGE;
}

/* Sizes alone say little: such a message counts only if it keeps the declared period. */
static bool needs_rhythm(const ssk_profile *profile, const ssk_profile_group *group)
{
    return group && group->max_size && profile->period;
}

static bool keeps_rhythm(const candidate *c, ssk_dir dir, const ssk_profile_group *group,
                         ssk_time_ns now)
{
    const lane *own = &c->lane[dir];
    if (!(own->has_time >> group->role & 1) || now == SSK_TIME_NONE)
        return false;
    ssk_span_ns away = now - own->last_time[group->role] - c->profile->period;
    return ABS(away) < c->profile->period / 4;
}

/* What a message proves by its numbers and times, given those before it. */
static unsigned context_bits(const candidate *c, ssk_dir dir, const ssk_frame *frame,
                             const ssk_reading *reading, const ssk_chunk *chunk)
{
    if (!reading->group)
        return 0;
    ssk_time_ns now = chunk->time;
    const lane *own = &c->lane[dir], *other = &c->lane[ssk_dir_other(dir)];
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

static void remember(candidate *c, ssk_dir dir, const ssk_reading *reading, ssk_time_ns now)
{
    lane *own = &c->lane[dir], *other = &c->lane[ssk_dir_other(dir)];
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

static void decide(sink *s)
{
    candidate *c = s->candidate;
    ssk_messages *m = c->owner;
    unsigned real_roles = c->roles & ~(1u << SSK_ROLE_OTHER);
    bool bound = c->profile->n_ports && c->recognised;
    if (!real_roles ||
        !(bound || (c->bits >= BITS_CERTAIN && c->recognised >= RECOGNISED_CERTAIN)))
        return;
    c->certain = true;
    for (unsigned i = 0; i < m->n_candidates; i++) {
        if (m->candidates[i] != c)
            candidate_free(m->candidates[i]);
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
static void find_time(lane *l, ssk_reading *reading, ssk_time_ns now)
{
    ssk_timesync **sync = &l->sync[reading->group->role];
    if (!*sync)
        *sync = g_new0(ssk_timesync, 1);
    ssk_timesync_add(*sync, &reading->stamp, now);
    reading->has_time = ssk_timesync_read(*sync, &reading->stamp, now, &reading->time);
}

static void emit(sink *s, const ssk_frame *frame, ssk_reading *reading)
{
    candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    ssk_message message = { .profile = c->profile,
                            .dir = s->dir,
                            .frame = chunk->frame,
                            .time = chunk->time,
                            .len = (uint32_t)frame->len };
    if (!c->certain) {
        unsigned bits = reading->bits + context_bits(c, s->dir, frame, reading, chunk);
        if (reading->group && reading->group->common)
            bits = 0;
        if (needs_rhythm(c->profile, reading->group)) {
            bool keeps = keeps_rhythm(c, s->dir, reading->group, chunk->time);
            bits = keeps ? BITS_PERIOD : 0;
            c->bits = keeps ? c->bits : 0; /* in a row, or chance would add up */
        }
        if (bits >= BITS_LEAST)
            c->bits = MIN(c->bits + bits, 1u << 20);
        c->since_proof = bits >= BITS_LEAST ? 0 : c->since_proof + 1;
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

/* ---- framing one direction ---- */

static uint32_t readable(const ssk_chunk *chunk, uint32_t pos)
{
    return chunk->cap_len > pos ? chunk->cap_len - pos : 0;
}

static const uint8_t *at(const ssk_chunk *chunk, uint32_t pos)
{
    return readable(chunk, pos) ? chunk->data + pos : NULL;
}

static ssk_status measure(const candidate *c, const ssk_chunk *chunk, uint32_t pos, ssk_frame *ret)
{
    return ssk_framing_measure(c->profile, at(chunk, pos), readable(chunk, pos),
                               chunk->wire_len - pos, ret);
}

/* Do messages of the candidate's profile begin at @p pos? */
static bool proves_itself(const candidate *c, ssk_dir dir, const ssk_chunk *chunk, uint32_t pos)
{
    unsigned least = c->bits >= 2 * BITS_LEAST && !c->lane[dir].was_lost ? BITS_ANSWER : BITS_LEAST;
    for (unsigned n = 0; n < START_MESSAGES && readable(chunk, pos); n++) {
        ssk_frame frame;
        ssk_reading reading;
        ssk_status status = measure(c, chunk, pos, &frame);
        if (status == SSK_EFORMAT)
            return false;
        if (status == SSK_ETRUNC) {
            /* a line that the capture or the packet cuts short may still say what it is */
            if (c->profile->framing != SSK_FRAMING_DELIMITER)
                return false;
            frame = (ssk_frame){ .len = (uint64_t)chunk->wire_len - pos + 1, .opcode = -1 };
        }
        read_message(c, dir, &frame, at(chunk, pos), readable(chunk, pos), chunk->time, &reading);
        if (c->profile->strict && !reading.group)
            return false;
        /* anything ends in a newline sooner or later: a line must prove itself */
        if (c->profile->framing == SSK_FRAMING_DELIMITER && !reading.group)
            return false;
        if (needs_rhythm(c->profile, reading.group) || (reading.group && c->profile->n_ports))
            return true; /* it will have to keep time, or was declared for this port */
        if (reading.bits + context_bits(c, dir, &frame, &reading, chunk) >= least)
            return true;
        if (frame.len >= chunk->wire_len - pos)
            return false;
        pos += (uint32_t)frame.len;
    }
    return false;
}

/* The next line's start, or the chunk's end. */
static uint32_t next_line(const candidate *c, const ssk_chunk *chunk, uint32_t pos)
{
    ssk_frame line;
    return measure(c, chunk, pos, &line) == SSK_OK ? pos + (uint32_t)line.len : chunk->wire_len;
}

/* Get back in step at or after @p pos. @return where; chunk->wire_len: not in this chunk */
static uint32_t find_start(candidate *c, ssk_dir dir, const ssk_chunk *chunk, uint32_t pos)
{
    lane *l = &c->lane[dir];
    if (pos == 0 && proves_itself(c, dir, chunk, 0)) {
        l->in_step = true;
        return 0;
    }
    if (c->profile->framing != SSK_FRAMING_DELIMITER)
        return chunk->wire_len;
    if (pos == 0)
        pos = next_line(c, chunk, 0);
    while (pos < chunk->wire_len && readable(chunk, pos)) {
        if (proves_itself(c, dir, chunk, pos)) {
            l->in_step = true;
            return pos;
        }
        pos = next_line(c, chunk, pos);
    }
    return chunk->wire_len;
}

static void keep(lane *l, const ssk_chunk *chunk, uint32_t pos, uint32_t wire)
{
    uint32_t len = MIN(readable(chunk, pos), wire);
    uint32_t room = SSK_HEAD_MAX + SSK_UPGRADE_MAX - l->head_len;
    if (l->head_cut)
        len = 0;
    l->head_cut = l->head_cut || len < wire || len > room;
    len = MIN(len, room);
    if (l->head_len + len > l->head_room) {
        l->head_room = MAX(l->head_len + len, 64);
        l->head = g_realloc(l->head, l->head_room);
    }
    if (len)
        memcpy(l->head + l->head_len, chunk->data + pos, len);
    l->head_len += len;
    l->have += wire;
}

/* A complete message: @return false if it is none of this profile's. */
static bool complete(sink *s, const ssk_frame *frame, const uint8_t *data, uint32_t known)
{
    ssk_reading reading;
    read_message(s->candidate, s->dir, frame, data, (uint32_t)MIN(known, frame->len),
                 s->chunk->time, &reading);
    if (s->candidate->profile->strict && !reading.group)
        return false;
    emit(s, frame, &reading);
    return true;
}

/* The message at @p pos. @return bytes taken; 0: out of step */
static uint32_t take(sink *s, uint32_t pos)
{
    candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    lane *l = &c->lane[s->dir];
    uint32_t known = readable(chunk, pos), left = chunk->wire_len - pos;
    ssk_frame frame;
    if (!known)
        return 0;
    ssk_status status = measure(c, chunk, pos, &frame);
    if (status == SSK_OK && frame.len <= left)
        return complete(s, &frame, at(chunk, pos), known) ? (uint32_t)frame.len : 0;
    if (status == SSK_EFORMAT)
        return 0;
    if (status == SSK_ETRUNC && known < left) {
        /* The end cannot be seen. A line is told by its beginning, and most end with the packet. */
        frame = (ssk_frame){ .len = left, .opcode = -1 };
        ssk_reading reading;
        if (c->profile->framing == SSK_FRAMING_DELIMITER) {
            read_message(c, s->dir, &frame, at(chunk, pos), known, chunk->time, &reading);
            if (reading.group)
                emit(s, &frame, &reading);
        }
        return 0;
    }
    l->total = 0;
    if (status == SSK_OK) {
        l->total = frame.len;
        l->frame = frame;
    }
    keep(l, chunk, pos, left);
    return left;
}

/* Go on with a message that began in an earlier chunk.
 * @return bytes taken; 0: out of step */
static uint32_t resume(sink *s)
{
    candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    lane *l = &c->lane[s->dir];
    uint64_t had = l->have;

    if (!l->total && l->head_cut) {
        lane_clear(l);
        return 0;
    }
    uint32_t take_all = (uint32_t)(l->total ? MIN(chunk->wire_len, l->total - had) : chunk->wire_len);
    keep(l, chunk, 0, take_all);
    if (!l->total) {
        ssk_frame frame;
        ssk_status status =
            ssk_framing_measure(c->profile, l->head, l->head_len, l->head_len, &frame);
        if (status == SSK_EFORMAT || (status == SSK_ETRUNC && l->head_cut)) {
            lane_clear(l);
            return 0;
        }
        if (status == SSK_ETRUNC)
            return chunk->wire_len;
        l->total = frame.len;
        l->frame = frame;
    }
    if (l->have < l->total)
        return chunk->wire_len;
    uint32_t taken = (uint32_t)(l->total - had);
    bool good = complete(s, &l->frame, l->head, l->head_len);
    lane_clear(l);
    return good ? taken : 0;
}

static void follow(sink *s)
{
    candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    lane *l = &c->lane[s->dir];
    uint32_t pos = 0;

    if (c->owner->transport == SSK_UDP) {
        lane_clear(l);
        l->in_step = true;
    }
    if (chunk->skipped) {
        /* within a message of known length the framing holds */
        if (l->total && chunk->skipped <= l->total - l->have - 1) {
            l->have += chunk->skipped;
            l->head_cut = true;
        } else {
            lane_clear(l);
            l->in_step = false;
            l->was_lost = true;
        }
    }
    if (l->have) {
        pos = resume(s);
        if (!pos) {
            l->in_step = false;
            l->was_lost = true;
        }
    }
    s->took = s->took || pos;
    while (pos < chunk->wire_len) {
        if (!l->in_step) {
            pos = find_start(c, s->dir, chunk, pos);
            continue;
        }
        uint32_t taken = take(s, pos);
        if (taken) {
            s->took = true;
            pos += taken;
            continue;
        }
        l->in_step = false;
        l->was_lost = true;
        /* at the segment's start a new beginning may show itself; one try, or it would not end */
        pos = pos ? (c->profile->framing == SSK_FRAMING_DELIMITER ? next_line(c, chunk, pos)
                                                                   : chunk->wire_len)
                  : find_start(c, s->dir, chunk, c->profile->framing == SSK_FRAMING_DELIMITER
                                                     ? MAX(1u, next_line(c, chunk, 0))
                                                     : 1);
    }
}

/* ---- messages in pieces ---- */

/* The oldest recent piece with which messages begin. @return recent->n: none */
static unsigned find_piece(const candidate *c, ssk_dir dir, ssk_recent *recent, const ssk_chunk *chunk)
{
    ssk_chunk joined;
    for (unsigned i = 0; i < recent->n; i++) {
        ssk_recent_join(recent, i, chunk, &joined);
        if (proves_itself(c, dir, &joined, 0))
            return i;
    }
    return recent->n;
}

/* Get in step in one of the segments before this one. */
static void catch_up(sink *s, ssk_recent *recent)
{
    lane *l = &s->candidate->lane[s->dir];
    const ssk_chunk *now = s->chunk;
    if (!recent->n || l->in_step || l->have || now->skipped ||
        proves_itself(s->candidate, s->dir, now, 0))
        return;
    unsigned i = find_piece(s->candidate, s->dir, recent, now);
    l->in_step = i < recent->n;
    for (; i < recent->n; i++) {
        ssk_chunk piece;
        ssk_recent_piece(recent, i, &piece);
        s->chunk = &piece;
        follow(s);
    }
    s->chunk = now;
}

static void keep_recent(ssk_messages *m, const sink *s)
{
    bool in_step = ssk_messages_profile(m) && m->candidates[0]->lane[s->dir].in_step;
    if (m->transport != SSK_TCP || in_step || s->took || m->gave_up)
        ssk_recent_clear(&m->recent[s->dir]);
    else
        ssk_recent_add(&m->recent[s->dir], s->chunk);
}

/* ---- detection ---- */

static bool has_port(const uint16_t *ports, unsigned count, uint16_t port)
{
    for (unsigned i = 0; i < count; i++) {
        if (ports[i] == port)
            return true;
    }
    return false;
}

static bool may_carry(const ssk_messages *m, const ssk_profile *profile)
{
    if (m->transport == SSK_UDP ? !profile->udp : !profile->tcp)
        return false;
    return !profile->n_ports || has_port(profile->ports, profile->n_ports, m->ports[SSK_A]) ||
           has_port(profile->ports, profile->n_ports, m->ports[SSK_B]);
}

/* The server is the side whose port the profile names. */
static int8_t client_by_port(const ssk_messages *m, const ssk_profile *profile)
{
    bool a = has_port(profile->ports, profile->n_ports, m->ports[SSK_A]);
    bool b = has_port(profile->ports, profile->n_ports, m->ports[SSK_B]);
    return a == b ? -1 : a ? SSK_B : SSK_A;
}

static bool is_usual(const ssk_messages *m, const ssk_profile *profile)
{
    return has_port(profile->usual_ports, profile->n_usual_ports, m->ports[SSK_A]) ||
           has_port(profile->usual_ports, profile->n_usual_ports, m->ports[SSK_B]);
}

static bool is_candidate(const ssk_messages *m, const ssk_profile *profile)
{
    for (unsigned i = 0; i < m->n_candidates; i++) {
        if (m->candidates[i]->profile == profile)
            return true;
    }
    return false;
}

bool ssk_messages_may_be(const ssk_messages *messages, const ssk_profile *profile)
{
    return is_candidate(messages, profile);
}

static void remove_candidate(ssk_messages *m, unsigned index)
{
    candidate_free(m->candidates[index]);
    m->candidates[index] = m->candidates[--m->n_candidates];
}

/* A candidate for each profile that a message of could begin here. */
static void look(ssk_messages *m, ssk_dir dir, const ssk_chunk *chunk)
{
    size_t count = ssk_profile_set_size(m->profiles);
    for (size_t i = 0; i < count && m->n_candidates < CANDIDATES; i++) {
        const ssk_profile *profile = ssk_profile_set_get(m->profiles, i);
        if (!may_carry(m, profile) || is_candidate(m, profile))
            continue;
        candidate probe = { .owner = m, .profile = profile, .client = m->client };
        if (probe.client < 0)
            probe.client = client_by_port(m, profile);
        uint32_t line = profile->framing == SSK_FRAMING_DELIMITER ? next_line(&probe, chunk, 0) : 0;
        ssk_recent *recent = &m->recent[dir];
        if (!proves_itself(&probe, dir, chunk, 0) && !(line && proves_itself(&probe, dir, chunk, line)) &&
            (chunk->skipped || find_piece(&probe, dir, recent, chunk) == recent->n))
            continue;
        candidate *c = g_new(candidate, 1);
        *c = probe;
        c->bits = is_usual(m, profile) ? BITS_USUAL_PORT : 0;
        m->candidates[m->n_candidates++] = c;
    }
}

void ssk_messages_push(ssk_messages *messages, ssk_dir dir, const ssk_chunk *chunk,
                       ssk_message_fn deliver, void *user)
{
    ssk_messages *m = messages;
    if (m->gave_up || !chunk->wire_len)
        return;
    sink s = { .dir = dir, .chunk = chunk, .deliver = deliver, .user = user };
    if (!ssk_messages_profile(m)) {
        unsigned before = m->n_candidates;
        if (chunk->cap_len && m->budget > 0)
            look(m, dir, chunk);
        if (m->n_candidates == before)
            m->budget -= chunk->wire_len > LARGE ? LARGE_COST : 1;
    }
    for (unsigned i = 0; i < m->n_candidates; i++) {
        s.candidate = m->candidates[i];
        catch_up(&s, &m->recent[dir]);
        follow(&s);
        if (ssk_messages_profile(m))
            break;
        if (s.candidate->since_proof > PATIENCE && s.candidate->bits < BITS_CERTAIN) {
            remove_candidate(m, i--);
            m->budget -= PATIENCE;
        }
    }
    m->gave_up = !m->n_candidates && m->budget <= 0;
    keep_recent(m, &s);
}

const ssk_profile *ssk_profile_guess(const ssk_profile_set *profiles, ssk_transport transport,
                                     const uint16_t ports[2], const ssk_chunk *chunk)
{
    ssk_messages one = { .profiles = profiles, .transport = transport,
                         .ports = { ports[SSK_A], ports[SSK_B] }, .client = -1 };
    size_t count = ssk_profile_set_size(profiles);
    for (size_t i = 0; i < count && chunk->cap_len; i++) {
        const ssk_profile *profile = ssk_profile_set_get(profiles, i);
        candidate probe = { .owner = &one, .profile = profile, .client = -1 };
        if (may_carry(&one, profile) && proves_itself(&probe, SSK_A, chunk, 0))
            return profile;
    }
    return NULL;
}
