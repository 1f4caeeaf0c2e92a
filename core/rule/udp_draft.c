/* udp_draft.c - collects what speaks for and against each cause of a UDP row or
 * of a stream's silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/rule/udp_draft.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

ssk_udp_suspect *ssk_udp_suspect_of(ssk_udp_draft *d, const char *id, ssk_side side)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->list[i].id, id))
            return &d->list[i];
    if (d->n == SSK_UDP_CAUSES)
        return &d->list[SSK_UDP_CAUSES - 1]; /* there are fewer ids than places */
    d->list[d->n] = (ssk_udp_suspect){.id = id, .side = side};
    return &d->list[d->n++];
}

/* @p frames: up to two; 0 is none */
static ssk_evidence evidence_of(ssk_udp_draft *d, const uint32_t frames[2], const char *text)
{
    ssk_evidence line = {.text = text, .frames = ssk_result_alloc(d->result, 2 * sizeof(uint32_t))};
    for (int i = 0; frames && i < 2; i++)
        if (frames[i])
            line.frames[line.n_frames++] = frames[i];
    return line;
}

bool ssk_udp_suspects(const ssk_udp_draft *d, const char *id)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->list[i].id, id))
            return !d->list[i].out;
    return false;
}

void ssk_udp_speak_for(ssk_udp_draft *d, ssk_udp_suspect *s, const uint32_t frames[2],
                       const char *text)
{
    if (s->n_evidence < SSK_UDP_LINES)
        s->evidence[s->n_evidence++] = evidence_of(d, frames, text);
}

void ssk_udp_speak_against(ssk_udp_draft *d, ssk_udp_suspect *s, const uint32_t frames[2],
                           const char *text)
{
    if (s->n_against < SSK_UDP_LINES)
        s->against[s->n_against++] = evidence_of(d, frames, text);
}

void ssk_udp_mark_view(ssk_udp_suspect *s, char view)
{
    ssk_evidence *lines = s->out ? s->against : s->evidence;
    size_t count = s->out ? s->n_against : s->n_evidence;
    if (count)
        lines[count - 1].view = view;
}

static ssk_evidence *lines_copy(ssk_udp_draft *d, const ssk_evidence *lines, size_t count)
{
    ssk_evidence *copy = ssk_result_alloc(d->result, count * sizeof *copy);
    if (count)
        memcpy(copy, lines, count * sizeof *copy);
    return copy;
}

void ssk_udp_finish(ssk_udp_draft *d, ssk_verdict *ret)
{
    ret->causes = ssk_result_alloc(d->result, d->n * sizeof *ret->causes);
    for (int out = 0; out <= 1; out++)
        for (size_t i = 0; i < d->n; i++) {
            ssk_udp_suspect *s = &d->list[i];
            if (s->out != (out != 0))
                continue;
            ssk_cause *cause = &ret->causes[ret->n_causes++];
            cause->id = s->id;
            cause->side = s->side;
            cause->evidence = lines_copy(d, s->evidence, s->n_evidence);
            cause->n_evidence = s->n_evidence;
            cause->against = lines_copy(d, s->against, s->n_against);
            cause->n_against = s->n_against;
            ret->n_verdict += !s->out;
        }
    /* What stands shares the certainty; what is ruled out has none. */
    for (size_t i = 0; i < ret->n_verdict; i++)
        ret->causes[i].score_permille = ret->n_verdict == 1 ? 900 : 700 - 150 * (int)i;
}

ssk_side ssk_udp_side_of(ssk_dir dir)
{
    return dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
}

ssk_udp_numbers ssk_udp_judge_share(uint64_t skipped, uint64_t due, bool exact)
{
    if (!due)
        return SSK_NUMBERS_NONE;
    double share = 1000.0 * (double)skipped / (double)due;
    if (share <= SSK_LIMIT(PAUSED_PERMILLE))
        return SSK_NUMBERS_PAUSED;
    if (share < SSK_LIMIT(WENT_ON_PERMILLE))
        return SSK_NUMBERS_BETWEEN;
    return exact || share <= SSK_LIMIT(SHARED_PERMILLE) ? SSK_NUMBERS_WENT_ON : SSK_NUMBERS_BETWEEN;
}

const char *ssk_udp_next_capture(const ssk_verdict *verdict, const ssk_result_udp *udp)
{
    bool lost = false, pauses = false;
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        lost |= !strcmp(verdict->causes[i].id, "udp-lost-before-receiver");
        pauses |= !strcmp(verdict->causes[i].id, "udp-sender-pauses");
    }
    if (udp && udp->seen.compared.present && verdict->n_verdict)
        return NULL;
    if (lost && pauses)
        return "a capture at the sender at the same time tells whether it paused; "
               "stallshark compare counts what was lost between the two";
    if (lost)
        return "a second capture nearer to the sender, and stallshark compare, show on which part "
               "of the path they were lost";
    if (verdict->n_verdict == 0 && udp && udp->has_reception && !udp->has_application &&
        udp->reception.delivered_permille >= SSK_LIMIT(DELIVERED_PERMILLE))
        return "the network delivered up to here: if the application got less, its receive log "
               "against this capture counts what its host lost";
    return NULL;
}
