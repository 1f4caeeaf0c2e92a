/* digest.h - an incident's stalls, told once.
 *
 * Stalls of one incident mostly say the same, with other numbers. Those whose
 * verdict names the same causes form one group; a group has one verdict, and each
 * observation stands in it once, with the flows that it was made on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DIGEST_H
#define SSK_DIGEST_H

#include "report/flow_set.h"
#include "report/story.h"

/** What was observed: one sentence for all stalls of the group that it holds of. */
typedef struct ssk_reason {
    const ssk_evidence *evidence; /**< of the first of them; numbers and frames are its */
    ssk_flow_set *flows;          /**< by number */
    bool everywhere;              /**< it holds of all stalls of the group */
    bool varies;                  /**< with other numbers on other flows */
    bool contra;                  /**< listed, and speaks for no standing cause */
    bool looked_at;               /**< of a stall whose cause is unknown: listed too */
    bool repeated;                /**< an earlier group of the incident lists it, by this number */
    char *key;                    /**< what it has in common with those that say the same; owned */
    unsigned
        number; /**< in the list of what was seen, from 1 in an incident; 0: not listed there */
} ssk_reason;

/** A cause, and the observations for or against it. */
typedef struct ssk_opinion {
    const ssk_cause *cause; /**< of the first stall that names it */
    uint32_t flow;          /**< of that stall */
    bool stands;
    bool everywhere;         /**< all stalls of the group name it */
    ssk_flow_set *flows;     /**< where it is named, by number */
    GPtrArray *pro, *contra; /**< of ssk_reason, borrowed */
} ssk_opinion;

typedef struct ssk_digest {
    GPtrArray *stalls;            /**< of const ssk_result_stall; the one that speaks for all first,
                                       the others by start */
    const ssk_result_stall *lead; /**< stalls[0] */
    GPtrArray *reasons;           /**< of ssk_reason; owned */
    GPtrArray *listed;            /**< of these, what speaks for or against a standing cause: in the
                                       order of telling; borrowed */
    GPtrArray *standing;          /**< of ssk_opinion, best first; owned */
    GPtrArray *ruled_out;         /**< of ssk_opinion; owned */
} ssk_digest;

/** The groups of an incident, the one of its longest stall first.
 * @return of ssk_digest, owned by the caller; never empty unless the incident has no stall */
GPtrArray *ssk_digest_incident(const ssk_story *story, const ssk_result_incident *incident);
/** The verdict on datagrams, in the same form. Owned by the caller: ssk_digest_free(). */
ssk_digest *ssk_digest_verdict(const ssk_verdict *verdict, uint32_t flow);
void ssk_digest_free(ssk_digest *digest);

/** The stall that speaks for its incident: with a verdict, then the longest. NULL: none */
const ssk_result_stall *ssk_digest_lead(const ssk_result *result,
                                        const ssk_result_incident *incident);
/** @return NULL: no such stall */
const ssk_result_stall *ssk_digest_find_stall(const ssk_result *result, uint32_t id);

/** The sentence without its numbers, and without its addresses unless @p hosts: those of one shape say the same of other packets. Owned by the
 * caller. */
char *ssk_digest_shape(const char *text, bool hosts);

/** Whether every standing cause rests on it: then it decides nothing between them. */
bool ssk_digest_is_shared(const ssk_digest *digest, const ssk_reason *reason);

/** "flow 3: nothing that the server sent was ... (frame 12)"; the flow only where it is not all. */
void ssk_digest_reason(const ssk_reason *reason, GString *out);
/** "those of flow 3": whose numbers and frames the listed reasons print, where flows differ in them.
 * @return false: they do not differ, nothing appended */
bool ssk_digest_numbers(const ssk_digest *digest, GString *out);
/** Lines of causes that were ruled out, those with the same reasons together: "host asleep
 * (10.0.0.5), because of 2" or "..., because the missed pings came (frame 3)". */
void ssk_digest_ruled_out(const ssk_story *story, const ssk_digest *digest, bool by_number,
                          void (*take)(void *user, const char *line), void *user);
/** Lines of what speaks for or against some standing causes and not all: "4 speaks for radio off". */
void ssk_digest_weighing(const ssk_story *story, const ssk_digest *digest,
                         void (*take)(void *user, const char *line), void *user);

#endif
