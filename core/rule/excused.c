/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/excused.h"

#include <glib.h>

#include "core/base/text.h"
#include "core/rule/finding_list.h"

/* What the silences of a reason are, and why they are no stalls. NULL: told elsewhere, or nothing to tell. */
static const struct {
    const char *one, *many, *why;
} reasons[SSK_N_EXCUSES] = {
    [SSK_EXCUSE_RHYTHM] = {"a silence", "silences", "taken as the sender's rhythm"},
    [SSK_EXCUSE_ENDED] = {"a silence", "silences",
                          "what had come regularly may have been stopped by its user"},
    [SSK_EXCUSE_RESTS] = {"a pause", "pauses", "all questions before had been answered"},
    [SSK_EXCUSE_TRIAL] = {"a silence", "silences",
                          "what came before lasted too short a time to be a rhythm"},
    [SSK_EXCUSE_GAVE_UP] = {"a silence", "silences", "who had asked in vain asked no more"},
    [SSK_EXCUSE_USUAL] = {"a wait for an answer", "waits for answers",
                          "that service takes as long at other times, too"},
    [SSK_EXCUSE_BEACON] = {"a datagram without an answer", "datagrams without an answer",
                           "the same was sent so often that it may want none"},
    [SSK_EXCUSE_ELSEWHERE] = {"a datagram without an answer", "datagrams without an answer",
                              "meanwhile its receiver sent to another port of the same host"},
    [SSK_EXCUSE_PINGS] = {"a ping without an answer", "pings without an answer",
                          "this side never answers pings, and went on"},
    [SSK_EXCUSE_OFF] = {"a silence", "silences", "taken as off-phases of the stream"},
    [SSK_EXCUSE_CHANCE] = {"a silence", "silences",
                           "datagrams are missing all the while, so that some in a row are chance"},
    [SSK_EXCUSE_TALK] = {"a silence", "silences",
                         "of a side of a call, which sends nothing while it has nothing to say"},
    [SSK_EXCUSE_PACE] = {"a closed window", "closed windows", "taken as the reader's pace"},
};

void ssk_excused_add(ssk_excused *excused, ssk_excuse why, const ssk_result_flow *flow,
                     const ssk_fact *debt)
{
    ssk_excused_group *g = &excused->of[why];
    if (!reasons[why].why)
        return;
    g->flows = g->flows ? g->flows : g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t last = g->flows->len ? g_array_index(g->flows, uint32_t, g->flows->len - 1) : 0;
    if (last != flow->id)
        g_array_append_val(g->flows, flow->id);
    g->two_sides |= g->count && g->dir != debt->dir;
    g->dir = (ssk_dir)debt->dir;
    g->first = g->count ? MIN(g->first, debt->start) : debt->start;
    g->last = g->count ? MAX(g->last, debt->start) : debt->start;
    g->longest = MAX(g->longest, debt->end - debt->start);
    g->count++;
    if (g->n_frames < G_N_ELEMENTS(g->frames) && debt->frame_first)
        g->frames[g->n_frames++] = debt->frame_first;
}

static const char *sentence(ssk_result *result, const ssk_excused_group *g, ssk_excuse why)
{
    char longest[SSK_TEXT_ROOM], apart[SSK_TEXT_ROOM];
    const char *where = g->flows->len == 1 ? ssk_result_printf(result, "flow %u",
                                                               g_array_index(g->flows, uint32_t, 0))
                                           : ssk_result_printf(result, "%u flows", g->flows->len);
    ssk_span_text(g->longest, longest);
    if (g->count == 1)
        return ssk_result_printf(result, "%s of %s on %s is no stall: %s", reasons[why].one,
                                 longest, where, reasons[why].why);
    const char *every = "";
    if (why == SSK_EXCUSE_RHYTHM && g->flows->len == 1 && !g->two_sides && g->last > g->first)
        every = ssk_result_printf(
            result, ", one each %s on average,",
            ssk_span_text((g->last - g->first) / (ssk_span_ns)(g->count - 1), apart));
    return ssk_result_printf(result,
                             "%" G_GUINT64_FORMAT " %s of up to %s on %s%s are no stalls: %s",
                             g->count, reasons[why].many, longest, where, every, reasons[why].why);
}

void ssk_excused_tell(ssk_excused *excused, ssk_result *result)
{
    for (int why = 0; why < SSK_N_EXCUSES; why++) {
        ssk_excused_group *g = &excused->of[why];
        if (!g->count)
            continue;
        ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_NO_DEBT, "note",
                        sentence(result, g, (ssk_excuse)why),
                        (const uint32_t *)(void *)g->flows->data, g->flows->len, g->frames,
                        g->n_frames);
        g_array_free(g->flows, TRUE);
    }
}
