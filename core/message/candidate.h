/* candidate.h - a profile that one flow's messages may be of, and what speaks for it.
 *
 * A direction is in step while each message starts where the last one ended.
 * Lost (the capture starts or goes on in the middle, a hole), it gets back in
 * step at the start of a segment, or of a line, that proves itself, alone or
 * together with the segments that follow it.
 *
 * For core/message only: everybody else sees messages.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CANDIDATE_H
#define SSK_CANDIDATE_H

#include "core/message/body.h"
#include "core/message/messages.h"
#include "core/message/recent.h"

/** Proof that makes a candidate the profile: no chance in 2^64. */
#define SSK_BITS_CERTAIN 64
/** Proof that a single message must give to count: less is found in any data that repeats. Also
 * what the first messages of a segment must give to get in step: one false start in 65536. */
#define SSK_BITS_LEAST 16
#define SSK_CANDIDATES 3
#define SSK_AWAITED    16

/** Framing of one direction. */
typedef struct ssk_message_lane {
    bool in_step;
    bool was_lost; /**< by a hole, or by bytes that were no message */
    bool head_cut; /**< no more bytes can be added to head */
    uint8_t *head; /**< owned: beginning of a message that goes on in the next chunk */
    uint32_t head_len, head_room;
    uint64_t have, total; /**< bytes of it so far; of all of it, 0: not known yet */
    ssk_frame frame;      /**< valid with total */
    uint64_t last_seq[SSK_N_ROLES];
    ssk_time_ns last_time[SSK_N_ROLES];
    uint8_t has_seq, has_time;       /**< bit per role */
    ssk_timesync *sync[SSK_N_ROLES]; /**< owned; where the profile leaves the format open */
    uint64_t awaited[SSK_AWAITED];   /**< numbers of its pings without an answer */
    uint8_t n_awaited, oldest_awaited;
    uint8_t shape; /**< where that of its last message was: a hint */
} ssk_message_lane;

typedef struct ssk_candidate {
    ssk_messages *owner;
    const ssk_profile *profile;
    ssk_message_lane lane[2];
    int8_t client; /**< ssk_dir; -1: not known */
    bool certain;
    unsigned bits, recognised, roles, since_proof;
    GArray *queue; /**< ssk_message, until certain */
} ssk_candidate;

struct ssk_messages {
    const ssk_profile_set *profiles;
    ssk_transport transport;
    uint16_t ports[2];
    int8_t client; /**< ssk_dir; -1: not known */
    bool gave_up;
    int budget;
    unsigned n_candidates;
    ssk_candidate *candidates[SSK_CANDIDATES]; /**< owned; [0] is the profile once one is certain */
    ssk_recent recent[2];                      /**< of a direction that is not in step */
};

/** Where messages go during one push. */
typedef struct ssk_message_sink {
    ssk_candidate *candidate;
    ssk_dir dir;
    const ssk_chunk *chunk;
    ssk_message_fn deliver;
    void *user;
    bool took; /**< some bytes as messages */
} ssk_message_sink;

/* ---- one message: candidate.c ---- */

void ssk_candidate_free(ssk_candidate *c);
/** Forget the message that has begun. */
void ssk_message_lane_clear(ssk_message_lane *l);

/** What @p data says as a message of the candidate's profile.
 * @param known bytes of it that can be read */
void ssk_candidate_read(const ssk_candidate *c, ssk_dir dir, const ssk_frame *frame,
                        const uint8_t *data, uint32_t known, ssk_time_ns now, ssk_reading *ret);
/** Sizes alone say little: such a message counts only if it keeps the declared period. */
bool ssk_candidate_needs_rhythm(const ssk_profile *profile, const ssk_profile_group *group);
/** What a message proves by its numbers and times, given those before it: bits. */
unsigned ssk_candidate_context_bits(const ssk_candidate *c, ssk_dir dir, const ssk_frame *frame,
                                    const ssk_reading *reading, const ssk_chunk *chunk);
/** Who sends in this direction, as far as it is known. */
ssk_party ssk_candidate_party(const ssk_candidate *c, ssk_dir dir);
/** Count its proof, remember its numbers, and deliver it, or let it wait until
 * the profile is certain. */
void ssk_candidate_emit(ssk_message_sink *s, const ssk_frame *frame, ssk_reading *reading);

/* ---- one direction: follow.c ---- */

/** Do messages of the candidate's profile begin at @p pos? */
bool ssk_candidate_proves(const ssk_candidate *c, ssk_dir dir, const ssk_chunk *chunk,
                          uint32_t pos);
/** The next line's start, or the chunk's end. */
uint32_t ssk_candidate_next_line(const ssk_candidate *c, const ssk_chunk *chunk, uint32_t pos);
/** Take all of the sink's chunk. */
void ssk_candidate_follow(ssk_message_sink *s);

#endif
