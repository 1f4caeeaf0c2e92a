/* observe.h - what the predicates of the observations share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_OBSERVE_H
#define SSK_VERDICT_OBSERVE_H

#include <glib.h>

#include "core/base/limits.h"
#include "core/verdict/observation.h"

static inline ssk_tri ssk_yes_or_no(bool yes)
{
    return yes ? SSK_YES : SSK_NO;
}

/** A sign: seen, or nothing can be said. */
static inline ssk_tri ssk_yes_or_unknown(bool yes)
{
    return yes ? SSK_YES : SSK_UNKNOWN;
}

static inline bool ssk_far_is_silent(const ssk_case *c)
{
    return c->silent == c->far;
}

/** Near waits for something: it retransmits, goes on sending datagrams, or cannot even send
 * for want of a neighbor. */
static inline bool ssk_near_waits(const ssk_case *c)
{
    return c->retransmitted[c->near].count > 0 ||
           c->probed[c->near].count >= SSK_LIMIT(REPEATS_LEAST) ||
           c->near_asked.count >= SSK_LIMIT(ASKED_LEAST) ||
           (!c->tcp && (c->kept_talking[c->near] || c->asked >= SSK_LIMIT(ASKED_LEAST)));
}

/** The error says that what was sent cannot get there. */
bool ssk_says_unreachable(const ssk_case_icmp *icmp);

/** TCP delivers all that was made, as soon as it is due again: what comes at once
 * was waiting, and who made it had not stopped. */
static inline bool ssk_delivered_all(const ssk_case *c)
{
    return c->hoarded[c->silent] && 2 * c->backlog[c->silent] >= c->stall->missed;
}

/** Alive, dead, or no such flow was expected to speak. */
static inline ssk_tri ssk_alive(int64_t alive, int64_t dead)
{
    return alive ? SSK_YES : dead ? SSK_NO : SSK_UNKNOWN;
}

static inline ssk_tri ssk_ask(ssk_tri (*ask)(const ssk_case *, ssk_seen *), const ssk_case *c)
{
    ssk_seen unused = {.answer = SSK_UNKNOWN};
    return ask(c, &unused);
}

#endif
