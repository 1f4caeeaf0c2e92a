/* ambiguity.h - the one place that says which causes look alike.
 *
 * A pattern is what one capture shows of a stall; the table names every cause
 * that shows this pattern from this side. Rules then rule out what other
 * evidence speaks against; they never add.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_AMBIGUITY_H
#define SSK_AMBIGUITY_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ssk_pattern {
    SSK_PATTERN_NONE = 0,
    SSK_PATTERN_STACK_ALIVE,   /**< no message, but its kernel acknowledges at once */
    SSK_PATTERN_NOTHING_SENT,  /**< no message from near, nothing outstanding */
    SSK_PATTERN_NOTHING_HEARD, /**< ... and it has no other flow that could tell more */
    SSK_PATTERN_NOTHING_OWED, /**< far silent, nothing outstanding here, its other flows live; it went on by itself */
    SSK_PATTERN_QUIET_PEER,          /**< ... and it never went on */
    SSK_PATTERN_WINDOW_CLOSED,       /**< the reader's window is shut */
    SSK_PATTERN_HELD,                /**< everything arrives later, with old stamps */
    SSK_PATTERN_ONE_WAY,             /**< far keeps coming, but never hears us */
    SSK_PATTERN_ONE_FLOW,            /**< this flow dead, others between the same hosts alive */
    SSK_PATTERN_ONE_FLOW_ONE_WAY,    /**< ... and far keeps coming on it without hearing us */
    SSK_PATTERN_UNREACHABLE,         /**< far is silent on every flow */
    SSK_PATTERN_UNREACHABLE_ON_LINK, /**< ... but answers ARP meanwhile */
    SSK_PATTERN_NO_NEIGHBOUR,        /**< ... and does not answer ARP */
    SSK_PATTERN_STATE_LOST,          /**< ... and afterwards knows nothing of the connection */
    SSK_PATTERN_ALONE,               /**< every host fell silent for us */
    SSK_PATTERN_ALONE_QUIET, /**< ... and nothing was sent, nor had anything waited in the end */
    SSK_PATTERN_NOT_MADE, /**< far silent, nothing owed to it, no other flow of it; it went on without a backlog */
    SSK_PATTERN_ONLY_STACK_BACK, /**< far silent on every flow, then only its kernel was back */
    SSK_PATTERN_WOKEN,           /**< nothing at all was captured until a packet woke the host */
    SSK_PATTERN_MOVED,           /**< its MAC has another address now */
    SSK_PATTERN_REFUSED,         /**< SYN answered by RST */
    SSK_PATTERN_REFUSED_AFTER_CLOSE, /**< ... by a server that closed its connections before */
    SSK_PATTERN_DEAF,                /**< SYN unanswered by a host that lives */
    SSK_PATTERN_DEAF_OR_GONE,        /**< SYN unanswered, and no sign of that host at all */
    SSK_PATTERN_NOBODY,              /**< SYN unanswered by a host never heard, ARP unanswered */
    SSK_PATTERN_UNREACHED,           /**< ICMP says so */
    SSK_PATTERN_NOBODY_LISTENS,      /**< near's kernel says that the port is closed */
    SSK_PATTERN_HOST_UNREACHED,      /**< ICMP says that the host itself is not there */
    SSK_PATTERN_UNRESOLVED,          /**< heard all the while, but its address did not resolve */
    SSK_PATTERN_ONE_WAY_UNRESOLVED,  /**< ... and what we send does not reach it */
    SSK_PATTERN_STRETCHED,           /**< single messages, far apart */
    SSK_PATTERN_CLOSED_LATE,         /**< nothing left unanswered, then its own FIN */
    SSK_PATTERN_RESET_LATE,          /**< ... its own RST */
    SSK_PATTERN_JOINED,              /**< silent everywhere, then it joined a network */
    SSK_N_PATTERNS
} ssk_pattern;

typedef struct ssk_suspect {
    const char *id; /**< of docs/causes.md; NULL ends a list */
    char side;      /**< 'n' near, 'f' far, 's' silent side, 'm' the one that moved, 'p' path */
} ssk_suspect;

/** Causes that look like this from here, likeliest first; NULL-id-terminated.
 * @param at_client the capture stands at the client, or the client is its witness */
const ssk_suspect *ssk_ambiguity(ssk_pattern pattern, bool at_client);

/** What to capture to split a set that is left; NULL: nothing would.
 * @param ids the verdict */
const char *ssk_next_capture(bool at_client, const char *const *ids, size_t n);

/** What a pattern is in words, without a period at its end; owned by the caller.
 * @param silent, near, far what to call the sides: "the client" */
char *ssk_pattern_text(ssk_pattern pattern, const char *silent, const char *near, const char *far);

#endif
