/* host_index.h - flows and facts of the hosts that have a stall, by address and time.
 *
 * Each case asks what else went on at its two hosts. Where a server fails there are ten thousand
 * cases, and each is about a host with ten thousand flows: so nobody walks all flows for one case,
 * and of one host no more than SSK_HOST_FLOWS are asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_HOST_INDEX_H
#define SSK_VERDICT_HOST_INDEX_H

#include "core/model/facts.h"
#include "core/model/result.h"

/** Flows of a host that are asked for one case: those that began first, of all that were there. */
#define SSK_HOST_FLOWS 256

typedef struct ssk_host_index ssk_host_index;

/** Of the hosts of all stalls of @p result. Borrows both; facts are sorted. */
ssk_host_index *ssk_host_index_new(const ssk_facts *facts, const ssk_result *result);
void ssk_host_index_free(ssk_host_index *index);

/** The same of another capture, of all its hosts; made when first asked for, and kept with @p index. */
const ssk_host_index *ssk_host_index_elsewhere(const ssk_host_index *index, const ssk_facts *facts,
                                               const ssk_result *result);

/** The host that captured itself, by its packets; NULL: not known. */
const ssk_addr *ssk_host_index_local(const ssk_host_index *index);

/** Of the first handshake between the flow's two hosts: the side that opened it.
 * @return 0, 1: a side of @p flow; -1: none was seen */
int ssk_host_index_opener(const ssk_host_index *index, const ssk_result_flow *flow);

/** Both are hosts of a stall. */
void ssk_host_index_note_client(ssk_host_index *index, const ssk_addr *client,
                                const ssk_addr *server);
/** Is this host the client in one stalled flow and the server in another, as a proxy is? */
bool ssk_host_index_plays_both(const ssk_host_index *index, const ssk_addr *addr);

/** Did a conversation in which both sides speak, other than @p but, begin between the two? */
bool ssk_host_index_begun(const ssk_host_index *index, const ssk_result_flow *but,
                          ssk_time_ns after, ssk_time_ns before);

/** ssk_facts_among() of a flow of the result, without the search. */
ssk_facts_walk ssk_host_index_facts(const ssk_host_index *index, const ssk_result_flow *flow,
                                    uint64_t kinds, ssk_time_ns from, ssk_time_ns to);

struct ssk_host_list;

/** Flows of one host or of two, in the order of their ids. */
typedef struct ssk_host_walk {
    const ssk_host_index *index;
    const struct ssk_host_list *list[2];
    unsigned at[2];
    ssk_time_ns from, to;
    bool heard;
    uint64_t kinds; /**< of SSK_KIND(): only flows with such facts; 0: all. The caller's to set */
    uint32_t own;
    unsigned left;
} ssk_host_walk;

/** Those that may have been open between the two times. The flow @p own always, if it is one of
 * them. @param one, other hosts of stalls; the second may be NULL */
ssk_host_walk ssk_host_flows(const ssk_host_index *index, const ssk_addr *one,
                             const ssk_addr *other, ssk_time_ns from, ssk_time_ns to, uint32_t own);
/** Only those that were heard since @p from. */
ssk_host_walk ssk_host_flows_heard(const ssk_host_index *index, const ssk_addr *one,
                                   ssk_time_ns from, ssk_time_ns to, uint32_t own);
/** @return NULL at the end */
const ssk_result_flow *ssk_host_next(ssk_host_walk *walk);

/** Facts of the whole capture that name one host or one station. */
typedef struct ssk_host_facts {
    const ssk_host_index *index;
    const struct ssk_host_list *list;
    unsigned at;
    uint64_t kinds;
    ssk_time_ns from, to;
} ssk_host_facts;

/** HOST, of that host; or of HOST_SILENCE, ARP, ICMP, ECHO and CLAIM those whose host or peer it is.
 * @param host of a stall */
ssk_host_facts ssk_host_facts_of(const ssk_host_index *index, const ssk_addr *host, uint64_t kinds,
                                 ssk_time_ns from, ssk_time_ns to);
/** HOST; or of ASSOCIATION and POWER_SAVE those of that MAC. @param mac of a stall's host */
ssk_host_facts ssk_host_facts_of_mac(const ssk_host_index *index, const ssk_mac *mac,
                                     uint64_t kinds, ssk_time_ns from, ssk_time_ns to);
/** @return NULL at the end */
const ssk_fact *ssk_host_facts_next(ssk_host_facts *walk);

/** Did this address speak ARP or neighbor discovery for itself?
 * @param[out] ret_any did anybody? */
bool ssk_host_index_resolves(const ssk_host_index *index, const ssk_addr *addr, bool *ret_any);

#endif
