/* endings.c - the stalls that end with the frame at hand.
 *
 * Whether a stall ends is judged by all that was read so far, which takes time by the number of flows, facts and stalls. Few
 * frames can end one. Where there are many all the same, the frames that were read pay for it, not the clock: the same
 * file gives the same fields.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/endings.h"

#include "core/flow/flow.h"

/* Both in frames that are dissected in the same time. */
#define CREDIT_AT_FIRST 20000
#define COST(result, facts) \
    (10 + 10 * (result)->n_stalls + ((result)->n_flows + (facts)->count) / 8)

/** More of one frame than anybody reads. */
#define ENDINGS 64

static struct {
    bool opened;
    int64_t credit;
    ssk_ending list[ENDINGS];
    size_t count;
} endings;

void ssk_endings_forget(void)
{
    endings.opened = false;
}

/** Something that was measured ends, a direction is heard after a while or for the first time, or the flow is closed. */
static bool may_end_one(const ssk_feedback *said, uint32_t order, ssk_span_ns min_gap)
{
    return said->of && (said->measured || !said->has_gap || said->gap > min_gap ||
                        said->of->closed_frame == order);
}

/** By the side that was waited for, or for good: one that is done sending may still hear the other. */
static bool ends(const ssk_result_stall *stall, const ssk_feedback *said, uint32_t order)
{
    const ssk_side heard = said->dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;

    return !stall->open && stall->frame_after == order &&
           (stall->flow != said->flow || stall->direction == heard ||
            said->of->closed == SSK_CLOSE_RST);
}

static void add(ssk_span_ns length, uint32_t from)
{
    if (endings.count < ENDINGS)
        endings.list[endings.count++] = (ssk_ending){length, from};
}

const ssk_ending *ssk_endings_of(ssk_engine *engine, const ssk_feedback *said, uint32_t order,
                                 ssk_span_ns min_gap, size_t *ret_count)
{
    if (!endings.opened)
        endings.credit = CREDIT_AT_FIRST;
    endings.opened = true;
    endings.credit++;
    endings.count = 0;
    if (may_end_one(said, order, min_gap) && endings.credit > 0) {
        const ssk_facts *facts;
        ssk_result *result = ssk_engine_open(engine, NULL, &facts);
        for (size_t i = 0; i < result->n_stalls; i++)
            if (ends(&result->stalls[i], said, order))
                add(result->stalls[i].duration, result->stalls[i].frame_before);
        endings.credit -= (int64_t)COST(result, facts);
        ssk_engine_close(engine);
        ssk_result_free(result);
    } else if (said->ends_silence && endings.credit <= 0) {
        add(said->silence, said->silence_frame); /* it may be one */
    }
    *ret_count = endings.count;
    return endings.list;
}
