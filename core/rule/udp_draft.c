/* udp_draft.c - collects what speaks for and against each cause of a UDP row or
 * of a stream's silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/rule/udp_draft.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

void ssk_udp_saw(ssk_udp_draft *d, ssk_udp_observation observation, ssk_tri answer,
                 const uint32_t frames[2], const char *text)
{
    ssk_udp_seen *seen = &d->seen[observation];
    seen->answer = answer;
    if (!text || seen->n_lines == SSK_UDP_LINES)
        return;
    ssk_evidence *line = &seen->lines[seen->n_lines++];
    *line = (ssk_evidence){.text = text,
                           .frames = ssk_result_alloc(d->result, 2 * sizeof(uint32_t))};
    for (int i = 0; frames && i < 2; i++)
        if (frames[i])
            line->frames[line->n_frames++] = frames[i];
}

void ssk_udp_see_hosts(ssk_udp_draft *d, const ssk_result_flow *flow)
{
    if (flow && (ssk_addr_is_loopback(&flow->addr[SSK_A]) ||
                 ssk_addr_equal(&flow->addr[SSK_A], &flow->addr[SSK_B])))
        ssk_udp_saw(d, SSK_UDP_SAW_ONE_HOST, SSK_YES, NULL, NULL);
}

void ssk_udp_mark_view(ssk_udp_draft *d, ssk_udp_observation observation, char view)
{
    ssk_udp_seen *seen = &d->seen[observation];
    for (size_t i = 0; i < seen->n_lines; i++)
        seen->lines[i].view = view;
}

static void judge(const ssk_udp_draft *d, ssk_judgement *ret)
{
    ssk_tri answers[SSK_N_UDP_OBSERVATIONS];
    for (size_t i = 0; i < SSK_N_UDP_OBSERVATIONS; i++)
        answers[i] = d->seen[i].answer;
    ssk_judge(&ssk_udp_table, answers, ret);
}

bool ssk_udp_suspects(const ssk_udp_draft *d, ssk_cause_id id)
{
    ssk_judgement rows[SSK_UDP_HYPOTHESES];
    judge(d, rows);
    for (size_t row = 0; row < ssk_udp_table.n_rows; row++)
        if (ssk_udp_hypotheses[row].id == id)
            return rows[row].supported && !rows[row].out;
    return false;
}

/* The lines of what agrees with a row, or contradicts it. */
static ssk_evidence *lines_of(ssk_udp_draft *d, size_t row, bool against, size_t *ret_count)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(ssk_evidence));
    for (size_t i = 0; i < SSK_N_UDP_OBSERVATIONS; i++) {
        const ssk_udp_seen *seen = &d->seen[i];
        ssk_cell cell = ssk_judge_cell(&ssk_udp_table, row, i);
        if (against ? ssk_judge_contradicts(cell, seen->answer)
                    : ssk_judge_agrees(cell, seen->answer))
            g_array_append_vals(lines, seen->lines, (guint)seen->n_lines);
    }
    ssk_evidence *copy = ssk_result_alloc(d->result, lines->len * sizeof *copy);
    if (lines->len)
        memcpy(copy, lines->data, lines->len * sizeof *copy);
    *ret_count = lines->len;
    g_array_free(lines, TRUE);
    return copy;
}

static ssk_side side_of(ssk_udp_place place, ssk_dir sender)
{
    return place == SSK_UDP_PLACE_PATH     ? SSK_SIDE_PATH
           : place == SSK_UDP_PLACE_SENDER ? ssk_udp_side_of(sender)
                                           : ssk_udp_side_of(ssk_dir_other(sender));
}

/* Ruled out is told only of what was thought of. */
static bool is_told(const ssk_judgement *judged, size_t n_against, bool out)
{
    return out ? judged->out && n_against : judged->supported && !judged->out;
}

void ssk_udp_finish(ssk_udp_draft *d, ssk_dir sender, ssk_verdict *ret)
{
    ssk_judgement rows[SSK_UDP_HYPOTHESES];
    judge(d, rows);
    ret->causes = ssk_result_alloc(d->result, ssk_udp_table.n_rows * sizeof *ret->causes);
    for (int out = 0; out <= 1; out++)
        for (size_t row = 0; row < ssk_udp_table.n_rows; row++) {
            ssk_cause cause = {.id = ssk_udp_hypotheses[row].id,
                               .side = side_of(ssk_udp_hypotheses[row].place, sender)};
            cause.against = lines_of(d, row, true, &cause.n_against);
            if (!is_told(&rows[row], cause.n_against, out))
                continue;
            if (!out)
                cause.evidence = lines_of(d, row, false, &cause.n_evidence);
            ret->causes[ret->n_causes++] = cause;
            ret->n_verdict += !out;
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
        lost |= verdict->causes[i].id == SSK_CAUSE_UDP_LOST_BEFORE_RECEIVER;
        pauses |= verdict->causes[i].id == SSK_CAUSE_UDP_SENDER_PAUSES;
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
