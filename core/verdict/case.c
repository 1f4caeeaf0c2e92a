/* case.c - one stall, and where its capture stands.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/port.h"
#include "core/base/ttl.h"

ssk_span_ns ssk_case_silence(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir,
                             ssk_time_ns from, ssk_time_ns to)
{
    ssk_span_ns silent = 0;
    ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_SILENCE), from, to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == dir)
            silent += MIN(ssk_case_overlap(fact->start, fact->end, from, to), to - from - silent);
    return silent;
}

ssk_time_ns ssk_case_after(const ssk_case *c)
{
    return ssk_time_shifted(c->end, MAX(SSK_LIMIT(FIRST_TIMEOUT), c->stall->duration / 8));
}

/* ---- where the capture stands ---- */

/* Of a flow that began before the capture, side A is only whoever was heard
 * first: then the connections that the same two hosts opened later tell.
 * @return 0, 1: the side; -1: nothing tells */
static int client_by_handshake(const ssk_host_index *index, const ssk_result_flow *flow)
{
    return flow->handshake ? SSK_A : ssk_host_index_opener(index, flow);
}

ssk_dir ssk_case_client(const ssk_host_index *index, const ssk_result *result,
                        const ssk_result_flow *flow, bool *ret_guessed)
{
    ssk_vantage vantage = result->vantage.value;
    int known = client_by_handshake(index, flow),
        by_port = ssk_port_client(flow->port[SSK_A], flow->port[SSK_B]);
    *ret_guessed = known < 0 && flow->transport == SSK_TCP;
    if (known < 0 &&
        ssk_port_is_well_known(flow->port[SSK_A]) != ssk_port_is_well_known(flow->port[SSK_B]))
        known = by_port;
    if (known >= 0)
        return (ssk_dir)known;
    ssk_dir near;
    if (vantage == SSK_VANTAGE_CLIENT && ssk_case_place_by_second(result, flow, &near))
        return near;
    const ssk_addr *local = ssk_host_index_local(index);
    bool is_a = local && ssk_addr_equal(local, &flow->addr[SSK_A]),
         is_b = local && ssk_addr_equal(local, &flow->addr[SSK_B]);
    if (is_a != is_b && (vantage == SSK_VANTAGE_CLIENT || vantage == SSK_VANTAGE_SERVER))
        return is_a == (vantage == SSK_VANTAGE_CLIENT) ? SSK_A : SSK_B;
    /* With nothing else, whoever was heard first. */
    return by_port < 0 ? SSK_A : (ssk_dir)by_port;
}

void ssk_case_note_roles(ssk_host_index *index, const ssk_result *result)
{
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(result, result->stalls[i].flow);
        bool guessed;
        ssk_dir client = ssk_case_client(index, result, flow, &guessed);
        ssk_host_index_note_client(index, &flow->addr[client], &flow->addr[ssk_dir_other(client)]);
    }
}

/* "the client" is somebody else in the next line where a proxy waits for its own server: then all
 * are called by their addresses. */
static void name_hosts(ssk_case *c)
{
    c->by_address = ssk_host_index_plays_both(c->index, &c->flow->addr[SSK_A]) ||
                    ssk_host_index_plays_both(c->index, &c->flow->addr[SSK_B]);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        ssk_addr_text(&c->flow->addr[dir], c->address[dir]);
}

/* The side whose packets have passed no router, where the other's have: the capture stands with it. */
bool ssk_case_place_by_ttl(const ssk_result_flow *flow, ssk_dir *ret_near)
{
    uint8_t a = flow->dir[SSK_A].ttl, b = flow->dir[SSK_B].ttl;
    bool fresh[2] = {ssk_ttl_routers(a) == 0, ssk_ttl_routers(b) == 0};
    *ret_near = fresh[SSK_A] ? SSK_A : SSK_B;
    return a && b && fresh[SSK_A] != fresh[SSK_B];
}

/* It sent a packet, on any flow. */
static bool was_heard(const ssk_host_index *index, const ssk_addr *addr)
{
    ssk_host_facts hosts = ssk_host_facts_of(index, addr, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                             INT64_MAX);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&hosts));)
        if (ssk_addr_equal(&fact->host, addr) && (fact->flags & SSK_HOST_BY_IP))
            return true;
    return false;
}

/* Of TCP: nobody captures at a host that sends nothing at all, or its acknowledgments would be here. */
static bool place_by_voice(const ssk_host_index *index, const ssk_result_flow *flow,
                           ssk_dir *ret_near)
{
    bool a = was_heard(index, &flow->addr[SSK_A]), b = was_heard(index, &flow->addr[SSK_B]);
    *ret_near = a ? SSK_A : SSK_B;
    return flow->transport == SSK_TCP && a != b;
}

unsigned ssk_case_places(const ssk_host_index *index, const ssk_result *result,
                         const ssk_result_stall *stall, ssk_dir ret_near[2])
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    bool guessed;
    ssk_dir client = ssk_case_client(index, result, flow, &guessed);
    const ssk_addr *local = ssk_host_index_local(index);
    bool is_a = local && ssk_addr_equal(local, &flow->addr[SSK_A]),
         is_b = local && ssk_addr_equal(local, &flow->addr[SSK_B]);
    /* A host may open some connections and accept others; that two captures saw the same packets one
     * after the other tells more than who is in most of them. */
    if (!result->vantage.given && ssk_case_place_by_second(result, flow, &ret_near[0]))
        return 1;
    if (!result->vantage.given && is_a != is_b)
        ret_near[0] = is_a ? SSK_A : SSK_B;
    else if (!result->vantage.given && (place_by_voice(index, flow, &ret_near[0]) ||
                                        ssk_case_place_by_ttl(flow, &ret_near[0])))
        return 1;
    else if (result->vantage.value == SSK_VANTAGE_CLIENT)
        ret_near[0] = client;
    else if (result->vantage.value == SSK_VANTAGE_SERVER)
        ret_near[0] = ssk_dir_other(client);
    else {
        /* The side that is not silent is the better witness. */
        ssk_dir silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
        ret_near[0] = ssk_dir_other(silent);
        ret_near[1] = silent;
        return 2;
    }
    return 1;
}

/* ---- one case ---- */

static ssk_case_debt debt_of(const ssk_result_stall *stall)
{
    return (ssk_case_debt){.kind = (ssk_debt_kind)stall->debt.kind,
                           .debtor = stall->debt.debtor == SSK_SIDE_B ? SSK_B : SSK_A,
                           .received = stall->debt.received,
                           .frame = stall->debt.frame};
}

void ssk_case_build(const ssk_facts *facts, const ssk_host_index *index, const ssk_result *result,
                    const ssk_result_stall *stall, ssk_dir near, bool placed, ssk_case *ret)
{
    ssk_case c = {.facts = facts,
                  .result = result,
                  .index = index,
                  .stall = stall,
                  .flow = ssk_result_find_flow(result, stall->flow),
                  .silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A,
                  .near = near,
                  .far = ssk_dir_other(near),
                  .placed = placed,
                  .connecting = stall->kind == SSK_STALL_CONNECT,
                  .answered_first = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .answered_last = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .resent_since = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .far_heard = SSK_TIME_NONE,
                  .in_vain_last = SSK_TIME_NONE,
                  .backlog = {-1, -1}};
    c.tcp = c.flow->transport == SSK_TCP;
    c.client = ssk_case_client(index, result, c.flow, &c.client_guessed);
    name_hosts(&c);
    /* A mirror of its switch port shows the same packets. */
    c.self_captured = placed && result->vantage.given;
    c.to = c.end = ssk_result_stall_end(result, stall);
    ssk_span_ns beat = stall->period + stall->period / 5;
    c.from = stall->start + MIN(MAX(beat, SSK_LIMIT(SILENCE_SETTLES)), stall->duration / 2);
    c.debt = debt_of(stall);
    ssk_case_read_asked(&c);
    ssk_case_bound_by_host(&c);
    ssk_case_bound_by_second(&c);
    ssk_case_read_flow(&c);
    ssk_case_read_hosts(&c);
    ssk_case_read_resume(&c);
    ssk_case_ask_witnesses(&c);
    if (c.connecting)
        ssk_case_read_service(&c);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        ssk_case_read_log(&c, dir, &c.log[dir]);
    ssk_case_read_second(&c);
    c.reading = !c.connecting && !c.moved.count && !(c.woken.count && c.capture_silent) &&
                (c.closed_window[SSK_A].count || c.closed_window[SSK_B].count);
    if (c.reading)
        c.silent = c.closed_window[SSK_A].count ? SSK_A : SSK_B;
    *ret = c;
}
