/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/verdict.h"

#include <string.h>

#include "core/rule/ambiguity.h"

#define SUSPECTS 8
#define LINES    16

typedef struct suspect {
    const char *id;
    ssk_side side;
    ssk_evidence against[LINES];
    size_t n_against;
} suspect;

struct ssk_verdict_draft {
    ssk_result *result;
    suspect list[SUSPECTS];
    size_t n;
    ssk_evidence evidence[LINES];
    size_t n_evidence;
};

ssk_verdict_draft *ssk_verdict_draft_new(ssk_result *result)
{
    ssk_verdict_draft *draft = ssk_result_alloc(result, sizeof *draft);
    draft->result = result;
    return draft;
}

void ssk_verdict_suspect(ssk_verdict_draft *draft, const char *id, ssk_side side)
{
    if (draft->n < SUSPECTS)
        draft->list[draft->n++] = (suspect){.id = id, .side = side};
}

/* Frames by number, whatever the order in which they were found. */
static ssk_evidence line(ssk_verdict_draft *draft, const ssk_tally *frames, const char *text)
{
    ssk_evidence evidence = {.text = ssk_result_text(draft->result, text)};
    evidence.frames = ssk_result_alloc(draft->result, frames->n_frames * sizeof(uint32_t));
    for (unsigned i = 0; i < frames->n_frames; i++) {
        size_t at = evidence.n_frames++;
        for (; at > 0 && evidence.frames[at - 1] > frames->frames[i]; at--)
            evidence.frames[at] = evidence.frames[at - 1];
        evidence.frames[at] = frames->frames[i];
    }
    return evidence;
}

void ssk_verdict_for(ssk_verdict_draft *draft, const ssk_tally *frames, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (draft->n_evidence < LINES)
        draft->evidence[draft->n_evidence++] = line(draft, frames, text);
    g_free(text);
}

void ssk_verdict_against(ssk_verdict_draft *draft, const char *id, const ssk_tally *frames,
                         const char *text)
{
    for (size_t i = 0; i < draft->n; i++)
        if (!strcmp(draft->list[i].id, id) && draft->list[i].n_against < LINES)
            draft->list[i].against[draft->list[i].n_against++] = line(draft, frames, text);
}

void ssk_verdict_prefer(ssk_verdict_draft *draft, const char *id)
{
    for (size_t i = 0; i < draft->n; i++)
        if (!strcmp(draft->list[i].id, id)) {
            suspect first = draft->list[i];
            memmove(draft->list + 1, draft->list, i * sizeof *draft->list);
            draft->list[0] = first;
        }
}

/* Likelihoods are not measured, so scores only rank: what stands shares the
 * certainty, each place below the first a fifth less; what is ruled out has 0. */
static int score_of(size_t place, size_t standing)
{
    int score = standing == 1 ? 900 : 800 - 160 * (int)place;
    return score > 100 ? score : 100;
}

void ssk_verdict_finish(ssk_verdict_draft *draft, bool at_client, ssk_verdict *ret)
{
    ssk_result *result = draft->result;
    const char *ids[SUSPECTS];
    size_t standing = 0, at = 0;
    for (size_t i = 0; i < draft->n; i++)
        if (!draft->list[i].n_against)
            ids[standing++] = draft->list[i].id;
    ret->causes = ssk_result_alloc(result, draft->n * sizeof *ret->causes);
    ret->n_causes = draft->n;
    ret->n_verdict = standing;
    for (int out = 0; out <= 1; out++)
        for (size_t i = 0; i < draft->n; i++) {
            const suspect *from = &draft->list[i];
            if ((from->n_against > 0) != out)
                continue;
            ssk_cause *cause = &ret->causes[at];
            cause->id = from->id;
            cause->side = from->side;
            cause->score_permille = out ? 0 : score_of(at, standing);
            cause->n_evidence = draft->n_evidence;
            cause->evidence = draft->evidence; /* shared: it speaks for the pattern */
            cause->n_against = from->n_against;
            cause->against = ssk_result_alloc(result, from->n_against * sizeof *cause->against);
            if (from->n_against)
                memcpy(cause->against, from->against, from->n_against * sizeof *cause->against);
            at++;
        }
    ret->next_capture = ssk_next_capture(at_client, ids, standing);
}
