/* messages.c - one flow's messages: which profile they are of.
 *
 * Undecided, a flow costs one look at the start of each segment; only a start
 * that looks like a message of a profile makes a candidate, which then follows
 * both directions and gathers proof: constants, lengths that fit, numbers that
 * count up or answer, timestamps near the capture's time, each worth the bits that
 * chance would need. The candidate that gathers enough first is the profile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/messages.h"

#include "core/message/candidate.h"

/** Proof that a port where the format is usual is worth. */
#define BITS_USUAL_PORT 24
/** Looks at a flow without a candidate: one for a segment that could be a keep-alive, LARGE_COST
 * for a larger one. */
#define BUDGET     512
#define LARGE      512
#define LARGE_COST 8
/** Messages within which a candidate must reach SSK_BITS_LEAST new bits. */
#define PATIENCE 64

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

void ssk_messages_free(ssk_messages *messages)
{
    if (!messages)
        return;
    for (unsigned i = 0; i < messages->n_candidates; i++)
        ssk_candidate_free(messages->candidates[i]);
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

/* ---- messages in pieces ---- */

/* The oldest recent piece with which messages begin. @return recent->n: none */
static unsigned find_piece(const ssk_candidate *c, ssk_dir dir, ssk_recent *recent,
                           const ssk_chunk *chunk)
{
    ssk_chunk joined;
    for (unsigned i = 0; i < recent->n; i++) {
        ssk_recent_join(recent, i, chunk, &joined);
        if (ssk_candidate_proves(c, dir, &joined, 0))
            return i;
    }
    return recent->n;
}

/* Get in step in one of the segments before this one. */
static void catch_up(ssk_message_sink *s, ssk_recent *recent)
{
    ssk_message_lane *l = &s->candidate->lane[s->dir];
    const ssk_chunk *now = s->chunk;
    if (!recent->n || l->in_step || l->have || now->skipped ||
        ssk_candidate_proves(s->candidate, s->dir, now, 0))
        return;
    unsigned i = find_piece(s->candidate, s->dir, recent, now);
    l->in_step = i < recent->n;
    for (; i < recent->n; i++) {
        ssk_chunk piece;
        ssk_recent_piece(recent, i, &piece);
        s->chunk = &piece;
        ssk_candidate_follow(s);
    }
    s->chunk = now;
}

static void keep_recent(ssk_messages *m, const ssk_message_sink *s)
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
    ssk_candidate_free(m->candidates[index]);
    m->candidates[index] = m->candidates[--m->n_candidates];
}

/* A candidate for each profile that a message of could begin here. */
static void look(ssk_messages *m, ssk_dir dir, const ssk_chunk *chunk)
{
    size_t count = ssk_profile_set_size(m->profiles);
    ssk_candidate probe = {.owner = m}; /* asked what it would prove, which changes nothing in it */
    for (size_t i = 0; i < count && m->n_candidates < SSK_CANDIDATES; i++) {
        const ssk_profile *profile = ssk_profile_set_get(m->profiles, i);
        if (!may_carry(m, profile) || is_candidate(m, profile))
            continue;
        probe.profile = profile;
        probe.client = m->client < 0 ? client_by_port(m, profile) : m->client;
        uint32_t line = profile->framing == SSK_FRAMING_DELIMITER
                            ? ssk_candidate_next_line(&probe, chunk, 0)
                            : 0;
        ssk_recent *recent = &m->recent[dir];
        if (!ssk_candidate_proves(&probe, dir, chunk, 0) &&
            !(line && ssk_candidate_proves(&probe, dir, chunk, line)) &&
            (chunk->skipped || find_piece(&probe, dir, recent, chunk) == recent->n))
            continue;
        ssk_candidate *c = g_new(ssk_candidate, 1);
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
    ssk_message_sink s = {.dir = dir, .chunk = chunk, .deliver = deliver, .user = user};
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
        ssk_candidate_follow(&s);
        if (ssk_messages_profile(m))
            break;
        if (s.candidate->since_proof > PATIENCE && s.candidate->bits < SSK_BITS_CERTAIN) {
            remove_candidate(m, i--);
            m->budget -= PATIENCE;
        }
    }
    m->gave_up = !m->n_candidates && m->budget <= 0;
    keep_recent(m, &s);
}

bool ssk_messages_push_alike(ssk_messages *messages, ssk_dir dir, const ssk_chunk *chunk,
                             ssk_message_fn deliver, void *user)
{
    ssk_messages *m = messages;
    ssk_candidate *c = m->candidates[0];
    if (m->n_candidates != 1 || !c->certain || m->transport != SSK_TCP || m->recent[dir].n)
        return false;
    const ssk_profile *profile = c->profile;
    ssk_message_lane *lane = &c->lane[dir];
    ssk_frame frame = {.opcode = -1};
    if (!lane->in_step || lane->have || chunk->skipped || chunk->cap_len != chunk->wire_len ||
        profile->framing != SSK_FRAMING_LENGTH || profile->body != SSK_BODY_JSON ||
        ssk_framing_measure(profile, chunk->data, chunk->cap_len, chunk->wire_len, &frame) !=
            SSK_OK ||
        frame.len != chunk->wire_len)
        return false;
    ssk_context context = {.near = chunk->time,
                           .party = ssk_candidate_party(c, dir),
                           .shapes = ssk_profile_set_shapes(m->profiles)};
    ssk_reading reading;
    if (!ssk_body_read_alike(profile, chunk->data + frame.body, chunk->wire_len - frame.body,
                             &context, &lane->shape, &reading))
        return false;
    ssk_message_sink sink = {
        .candidate = c, .dir = dir, .chunk = chunk, .deliver = deliver, .user = user};
    ssk_candidate_emit(&sink, &frame, &reading);
    return true;
}

const ssk_profile *ssk_profile_guess(const ssk_profile_set *profiles, ssk_transport transport,
                                     const uint16_t ports[2], const ssk_chunk *chunk)
{
    ssk_messages one = {.profiles = profiles,
                        .transport = transport,
                        .ports = {ports[SSK_A], ports[SSK_B]},
                        .client = -1};
    size_t count = ssk_profile_set_size(profiles);
    for (size_t i = 0; i < count && chunk->cap_len; i++) {
        const ssk_profile *profile = ssk_profile_set_get(profiles, i);
        ssk_candidate probe = {.owner = &one, .profile = profile, .client = -1};
        if (may_carry(&one, profile) && ssk_candidate_proves(&probe, SSK_A, chunk, 0))
            return profile;
    }
    return NULL;
}
