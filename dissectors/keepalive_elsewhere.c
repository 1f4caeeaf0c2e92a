/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dissectors/keepalive_elsewhere.h"

#include "core/flow/flow.h"
#include "dissectors/keepalive_fields.h"
#include "dissectors/packet-keepalive.h"

/** One message of a frame. */
typedef struct told {
    ssk_said said;
    const ssk_pairing_note *note;
    const char *originator;
    struct told *next;
} told;

static GHashTable *pairings; /* flow id -> ssk_pairing */
static GHashTable *frames;   /* reading order -> told */

void ssk_elsewhere_open(void)
{
    pairings = g_hash_table_new(NULL, NULL);
    frames = g_hash_table_new(NULL, NULL);
}

void ssk_elsewhere_close(void)
{
    g_clear_pointer(&pairings, g_hash_table_destroy);
    g_clear_pointer(&frames, g_hash_table_destroy);
}

static ssk_pairing *pairing_of(const ssk_flow *flow)
{
    ssk_pairing *pairing = g_hash_table_lookup(pairings, GUINT_TO_POINTER(flow->id));

    if (!pairing) {
        pairing = wmem_new(wmem_file_scope(), ssk_pairing);
        ssk_pairing_init(pairing);
        pairing->period = ssk_profile_period(flow->profile);
        g_hash_table_insert(pairings, GUINT_TO_POINTER(flow->id), pairing);
    }
    return pairing;
}

static void keep(uint32_t order, told *message)
{
    told *first = g_hash_table_lookup(frames, GUINT_TO_POINTER(order)), *last = first;

    if (!first) {
        g_hash_table_insert(frames, GUINT_TO_POINTER(order), message);
        return;
    }
    while (last->next)
        last = last->next;
    last->next = message;
}

void ssk_elsewhere_take(packet_info *pinfo, const ssk_feedback *said,
                        uint32_t (*number_of)(uint32_t order))
{
    const ssk_flow *flow = said->of;

    if (!said->n_messages || ssk_keepalive_took(pinfo) || !ssk_keepalive_looks(flow->transport))
        return;
    ssk_pairing *pairing = pairing_of(flow);
    for (size_t i = 0; i < said->n_messages; i++) {
        const ssk_message *m = &said->messages[i];
        if (!m->label)
            continue; /* the profile has no word for it, the other dissector has many */
        told *message = wmem_new0(wmem_file_scope(), told);
        message->said = (ssk_said){
            .profile = m->profile,
            .role = m->role,
            .label = m->label,
            .known = true,
            .dir = m->dir,
            .len = m->len,
            .has_seq = m->has_seq,
            .seq = m->seq,
            .has_sent = m->has_sent,
            .sent = m->sent,
            .now = m->time,
        };
        message->originator = !flow->handshake ? NULL : m->dir == SSK_A ? "client" : "server";
        message->note = ssk_pairing_take(pairing, &message->said, number_of(m->frame));
        keep(m->frame, message);
    }
}

bool ssk_elsewhere_any(void)
{
    return frames && g_hash_table_size(frames) > 0;
}

void ssk_elsewhere_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, uint32_t order)
{
    const told *message = g_hash_table_lookup(frames, GUINT_TO_POINTER(order));

    if (!message || ssk_keepalive_took(pinfo))
        return;
    for (; message; message = message->next)
        ssk_keepalive_draw(tree, tvb, pinfo, 0, 0, &message->said, message->note,
                           message->originator);
}
