/* follow.c - in step with the messages of one direction: where each ends, what goes on in
 * the next segment, and where to begin anew.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/candidate.h"

#include <string.h>

/** Proof for the first bytes of a direction whose peer speaks the format already. */
#define BITS_ANSWER 8
/** Messages looked at for a start. */
#define START_MESSAGES 8

static ssk_status measure(const ssk_candidate *c, const ssk_chunk *chunk, uint32_t pos,
                          ssk_frame *ret)
{
    return ssk_framing_measure(c->profile, ssk_chunk_at(chunk, pos), ssk_chunk_readable(chunk, pos),
                               chunk->wire_len - pos, ret);
}

bool ssk_candidate_proves(const ssk_candidate *c, ssk_dir dir, const ssk_chunk *chunk, uint32_t pos)
{
    unsigned least = c->bits >= 2 * SSK_BITS_LEAST && !c->lane[dir].was_lost ? BITS_ANSWER
                                                                             : SSK_BITS_LEAST;
    for (unsigned n = 0; n < START_MESSAGES && ssk_chunk_readable(chunk, pos); n++) {
        ssk_frame frame;
        ssk_reading reading;
        ssk_status status = measure(c, chunk, pos, &frame);
        if (status == SSK_EFORMAT)
            return false;
        if (status == SSK_ETRUNC) {
            /* a line that the capture or the packet cuts short may still say what it is */
            if (c->profile->framing != SSK_FRAMING_DELIMITER)
                return false;
            frame = (ssk_frame){.len = (uint64_t)chunk->wire_len - pos + 1, .opcode = -1};
        }
        ssk_candidate_read(c, dir, &frame, ssk_chunk_at(chunk, pos), ssk_chunk_readable(chunk, pos),
                           chunk->time, &reading);
        if (c->profile->strict && !reading.group)
            return false;
        /* anything ends in a newline sooner or later: a line must prove itself */
        if (c->profile->framing == SSK_FRAMING_DELIMITER && !reading.group)
            return false;
        if (ssk_candidate_needs_rhythm(c->profile, reading.group) ||
            (reading.group && c->profile->n_ports))
            return true; /* it will have to keep time, or was declared for this port */
        if (reading.bits + ssk_candidate_context_bits(c, dir, &frame, &reading, chunk) >= least)
            return true;
        if (frame.len >= chunk->wire_len - pos)
            return false;
        pos += (uint32_t)frame.len;
    }
    return false;
}

uint32_t ssk_candidate_next_line(const ssk_candidate *c, const ssk_chunk *chunk, uint32_t pos)
{
    ssk_frame line;
    return measure(c, chunk, pos, &line) == SSK_OK ? pos + (uint32_t)line.len : chunk->wire_len;
}

/* Get back in step at or after @p pos. @return where; chunk->wire_len: not in this chunk */
static uint32_t find_start(ssk_candidate *c, ssk_dir dir, const ssk_chunk *chunk, uint32_t pos)
{
    ssk_message_lane *l = &c->lane[dir];
    if (pos == 0 && ssk_candidate_proves(c, dir, chunk, 0)) {
        l->in_step = true;
        return 0;
    }
    if (c->profile->framing != SSK_FRAMING_DELIMITER)
        return chunk->wire_len;
    if (pos == 0)
        pos = ssk_candidate_next_line(c, chunk, 0);
    while (pos < chunk->wire_len && ssk_chunk_readable(chunk, pos)) {
        if (ssk_candidate_proves(c, dir, chunk, pos)) {
            l->in_step = true;
            return pos;
        }
        pos = ssk_candidate_next_line(c, chunk, pos);
    }
    return chunk->wire_len;
}

static void keep(ssk_message_lane *l, const ssk_chunk *chunk, uint32_t pos, uint32_t wire)
{
    uint32_t len = MIN(ssk_chunk_readable(chunk, pos), wire);
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
static bool complete(ssk_message_sink *s, const ssk_frame *frame, const uint8_t *data,
                     uint32_t known)
{
    ssk_reading reading;
    ssk_candidate_read(s->candidate, s->dir, frame, data, (uint32_t)MIN(known, frame->len),
                       s->chunk->time, &reading);
    if (s->candidate->profile->strict && !reading.group)
        return false;
    ssk_candidate_emit(s, frame, &reading);
    return true;
}

/* The message at @p pos. @return bytes taken; 0: out of step */
static uint32_t take(ssk_message_sink *s, uint32_t pos)
{
    ssk_candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    ssk_message_lane *l = &c->lane[s->dir];
    uint32_t known = ssk_chunk_readable(chunk, pos), left = chunk->wire_len - pos;
    ssk_frame frame;
    if (!known)
        return 0;
    ssk_status status = measure(c, chunk, pos, &frame);
    if (status == SSK_OK && frame.len <= left)
        return complete(s, &frame, ssk_chunk_at(chunk, pos), known) ? (uint32_t)frame.len : 0;
    if (status == SSK_EFORMAT)
        return 0;
    if (status == SSK_ETRUNC && known < left) {
        /* The end cannot be seen. A line is told by its beginning, and most end with the packet. */
        frame = (ssk_frame){.len = left, .opcode = -1};
        ssk_reading reading;
        if (c->profile->framing == SSK_FRAMING_DELIMITER) {
            ssk_candidate_read(c, s->dir, &frame, ssk_chunk_at(chunk, pos), known, chunk->time,
                               &reading);
            if (reading.group)
                ssk_candidate_emit(s, &frame, &reading);
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
static uint32_t resume(ssk_message_sink *s)
{
    ssk_candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    ssk_message_lane *l = &c->lane[s->dir];
    uint64_t had = l->have;

    if (!l->total && l->head_cut) {
        ssk_message_lane_clear(l);
        return 0;
    }
    uint32_t take_all = (uint32_t)(l->total ? MIN(chunk->wire_len, l->total - had)
                                            : chunk->wire_len);
    keep(l, chunk, 0, take_all);
    if (!l->total) {
        ssk_frame frame;
        ssk_status status = ssk_framing_measure(c->profile, l->head, l->head_len, l->head_len,
                                                &frame);
        if (status == SSK_EFORMAT || (status == SSK_ETRUNC && l->head_cut)) {
            ssk_message_lane_clear(l);
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
    ssk_message_lane_clear(l);
    return good ? taken : 0;
}

void ssk_candidate_follow(ssk_message_sink *s)
{
    ssk_candidate *c = s->candidate;
    const ssk_chunk *chunk = s->chunk;
    ssk_message_lane *l = &c->lane[s->dir];
    uint32_t pos = 0;

    if (c->owner->transport == SSK_UDP) {
        ssk_message_lane_clear(l);
        l->in_step = true;
    }
    if (chunk->skipped) {
        /* within a message of known length the framing holds */
        if (l->total && chunk->skipped <= l->total - l->have - 1) {
            l->have += chunk->skipped;
            l->head_cut = true;
        } else {
            ssk_message_lane_clear(l);
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
        pos = pos ? (c->profile->framing == SSK_FRAMING_DELIMITER
                         ? ssk_candidate_next_line(c, chunk, pos)
                         : chunk->wire_len)
                  : find_start(c, s->dir, chunk,
                               c->profile->framing == SSK_FRAMING_DELIMITER
                                   ? MAX(1u, ssk_candidate_next_line(c, chunk, 0))
                                   : 1);
    }
}
