/* inside.h - what the files of views.h share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_INSIDE_H
#define SSK_VIEW_INSIDE_H

#include "core/model/second.h"
#include "core/udp/match.h"
#include "core/view/flow_index.h"
#include "core/view/ground.h"
#include "core/view/ledger.h"
#include "core/view/views.h"

/** Datagrams of one sender of one conversation, in the base and another capture. */
typedef struct ssk_view_lane {
    ssk_match *match; /**< NULL: given up */
    uint32_t conversation;
    uint8_t from;
    uint32_t first_frame[2]; /**< other, base */
} ssk_view_lane;

/** One of the captures that is not the base. */
typedef struct ssk_other {
    unsigned view; /**< as it was given */
    char letter;
    ssk_ground *ground; /**< here: the base, there: this one */
    bool unrelated;
    ssk_ledger *ledger;
    size_t asked[2];    /**< ssk_views_lost(): where the next frame is looked for; base, this one */
    GHashTable *lanes;  /**< number -> ssk_view_lane, of UDP */
    ssk_result *result; /**< during a snapshot */
    ssk_flow_index *flows;  /**< its */
    const ssk_facts *facts; /**< that it was judged by */
    ssk_span_ns ahead; /**< by the last snapshot: it shows so much more of stalls than the base */
} ssk_other;

struct ssk_views {
    unsigned n, base;
    ssk_config config;
    const ssk_profile_set *profiles; /**< borrowed */
    bool turned;                     /**< the base is not the one that stands nearest to clients */
    bool keeps_lost;
    ssk_engine *engines[SSK_VIEWS_MOST];
    ssk_scout *scouts[SSK_VIEWS_MOST];
    ssk_copies copies[SSK_VIEWS_MOST];
    ssk_vantage places[SSK_VIEWS_MOST]; /**< that were told; AUTO: none */
    ssk_other others[SSK_VIEWS_MOST];   /**< n - 1, in an order of their own */
};

/** Number of a lane in the ledger. @param there the conversation is one of the other capture alone */
static inline uint32_t ssk_lane_number(const ssk_other *other, bool there, uint32_t conversation,
                                       unsigned from)
{
    return 2 * (conversation + (there ? (uint32_t)other->ground->n_here : 0)) + from;
}

/** The letter of the base. */
static inline char ssk_views_letter(const ssk_views *views)
{
    return (char)('a' + views->n - 1);
}

/** Answers questions about flows of the base's result: witness.c. */
ssk_second ssk_views_witness(ssk_views *views);

/** Did the other capture run for at least half of [*from, *to]? @param[in,out] from, to cut to its time */
bool ssk_views_was_running(const ssk_views *views, const ssk_other *other, ssk_time_ns *from,
                           ssk_time_ns *to);

/** What a flow's side sent in exactly [@p begin, @p end], by whole slices of the ledger.
 * @return view 0: this capture cannot tell */
ssk_crossing_count ssk_views_count(const ssk_views *views, const ssk_other *other,
                                   const ssk_result_flow *flow, ssk_dir from, ssk_time_ns begin,
                                   ssk_time_ns end);

/** What one end of a conversation that is no flow sent, while both captures ran.
 * @param there  the conversation is one of the other capture alone
 * @return view 0: nobody can tell */
ssk_crossing_count ssk_views_count_unnamed(const ssk_views *views, const ssk_other *other,
                                           bool there, uint32_t number, unsigned from);

/** Datagrams of one end of a base's conversation whose first fragment arrived and a later one did not.
 * @param[out] frames  the first and the last that were lost, by the sender's capture */
uint64_t ssk_views_broken(const ssk_views *views, const ssk_other *other, uint32_t number,
                          unsigned from, uint32_t frames[2]);

/** Make @p base the base, with nothing read but by the scouts: views.c. */
void ssk_views_stand(ssk_views *views, unsigned base);
/** Which stalls only another capture shows: turn.c. */
void ssk_views_weigh(ssk_views *views, ssk_result *base);

/** What became of ICMP, into the row of the other capture: icmp.c. */
void ssk_views_tell_icmp(const ssk_views *views, const ssk_other *other, ssk_result *base,
                         ssk_result_view *view);

/** What all of it adds to the base's result: outcome.c. */
void ssk_views_tell(ssk_views *views, ssk_result *base);

#endif
