/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissectors/keepalive_pairing.h"

void ssk_pairing_init(ssk_pairing *pairing)
{
    *pairing = (ssk_pairing){0};
    for (unsigned dir = 0; dir < 2; dir++) {
        ssk_pairing_lane *l = &pairing->lane[dir];
        l->pings = wmem_map_new(wmem_file_scope(), g_int64_hash, g_int64_equal);
        l->open = wmem_list_new(wmem_file_scope());
        l->last_ping = SSK_TIME_NONE;
        ssk_period_init(&l->period);
    }
}

static ssk_exchange *find_ping(const ssk_pairing_lane *l, uint64_t seq)
{
    gint64 key = (gint64)seq;

    return wmem_map_lookup(l->pings, &key);
}

bool ssk_pairing_awaits(const ssk_pairing *pairing, ssk_dir dir, uint64_t seq)
{
    const ssk_exchange *e = find_ping(&pairing->lane[ssk_dir_other(dir)], seq);

    return e && !e->pong_frame;
}

static ssk_exchange *start_exchange(ssk_pairing_lane *l, const ssk_said *said, uint32_t frame)
{
    ssk_exchange *e = wmem_new0(wmem_file_scope(), ssk_exchange);

    e->ping_frame = frame;
    e->ping_time = said->now;
    if (said->has_seq) {
        e->seq = (gint64)said->seq;
        wmem_map_insert(l->pings, &e->seq, e);
    } else {
        wmem_list_append(l->open, e);
    }
    return e;
}

static void note_rhythm(const ssk_pairing *pairing, ssk_pairing_lane *l, ssk_time_ns now,
                        ssk_pairing_note *note)
{
    ssk_span_ns period = pairing->period ? pairing->period : ssk_period_value(&l->period, NULL);

    if (now == SSK_TIME_NONE)
        return;
    if (l->last_ping != SSK_TIME_NONE && now > l->last_ping) {
        note->interval = now - l->last_ping;
        if (period && note->interval > period + period / 2)
            note->late = note->interval - period;
    }
    ssk_period_add(&l->period, now);
    l->last_ping = now;
}

static void note_ping(const ssk_pairing *pairing, ssk_pairing_lane *l, const ssk_said *said,
                      uint32_t frame, ssk_pairing_note *note)
{
    note->exchange = said->has_seq ? find_ping(l, said->seq) : NULL;
    if (note->exchange && !note->exchange->pong_frame) {
        note->duplicate = true;
        return;
    }
    note->exchange = start_exchange(l, said, frame);
    if (said->has_seq && l->has_seq && said->seq > l->last_seq)
        note->skipped = said->seq - l->last_seq - 1;
    if (said->has_seq) {
        l->has_seq = true;
        l->last_seq = said->seq;
    }
    note_rhythm(pairing, l, said->now, note);
}

/** The ping of the other side that a pong answers. */
static ssk_exchange *asked(ssk_pairing_lane *l, const ssk_said *said)
{
    if (said->has_seq)
        return find_ping(l, said->seq);
    wmem_list_frame_t *oldest = wmem_list_head(l->open);
    if (!oldest)
        return NULL;
    ssk_exchange *e = wmem_list_frame_data(oldest);
    wmem_list_remove_frame(l->open, oldest);
    return e;
}

static void note_pong(ssk_pairing_lane *other, const ssk_said *said, uint32_t frame,
                      ssk_pairing_note *note)
{
    note->exchange = asked(other, said);
    if (!note->exchange)
        return;
    if (note->exchange->pong_frame) {
        note->duplicate = true;
        return;
    }
    note->exchange->pong_frame = frame;
    note->exchange->pong_time = said->now;
}

const ssk_pairing_note *ssk_pairing_take(ssk_pairing *pairing, const ssk_said *said, uint32_t frame)
{
    if (!said->known || (said->role != SSK_ROLE_PING && said->role != SSK_ROLE_PONG))
        return NULL;
    ssk_pairing_note *note = wmem_new0(wmem_file_scope(), ssk_pairing_note);
    if (said->role == SSK_ROLE_PING)
        note_ping(pairing, &pairing->lane[said->dir], said, frame, note);
    else
        note_pong(&pairing->lane[ssk_dir_other(said->dir)], said, frame, note);
    return note;
}
