/* outcome.c - what several captures add to the result of the base.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/model/facts.h"
#include "core/rule/finding_list.h"
#include "core/rule/udp.h"
#include "core/view/inside.h"

/* ---- inputs, and where each capture stands ---- */

static ssk_result_input copy_input(ssk_result *result, const ssk_result_input *from)
{
    ssk_result_input to = *from;
    to.interfaces = ssk_result_alloc(result, to.n_interfaces * sizeof *to.interfaces);
    for (size_t k = 0; k < to.n_interfaces; k++) {
        to.interfaces[k] = from->interfaces[k];
        to.interfaces[k].name = ssk_result_text(result, to.interfaces[k].name);
    }
    to.undecoded = ssk_result_alloc(result, to.n_undecoded * sizeof *to.undecoded);
    if (to.n_undecoded) /* its texts are static */
        memcpy(to.undecoded, from->undecoded, to.n_undecoded * sizeof *to.undecoded);
    return to;
}

static void add_inputs(const ssk_views *views, ssk_result *base)
{
    ssk_result_input *inputs = ssk_result_alloc(base, views->n * sizeof *inputs);
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (views->others[i].result->n_inputs)
            inputs[i] = copy_input(base, &views->others[i].result->inputs[0]);
    if (base->n_inputs)
        inputs[views->n - 1] = base->inputs[0];
    base->inputs = inputs;
    base->n_inputs = views->n;
}

/* Sum over the conversations that both should hold. */
static ssk_passage sum_all(const ssk_other *other)
{
    ssk_passage sum = {.first = SSK_TIME_NONE, .last = SSK_TIME_NONE};
    for (uint32_t i = 0; i < other->ground->n_here; i++)
        for (unsigned from = 0; other->ground->here[i].expected && from < 2; from++) {
            ssk_passage one;
            ssk_ledger_sum(other->ledger, ssk_lane_number(other, false, i, from), INT64_MIN + 1,
                           INT64_MAX, &one);
            ssk_passage_add(&sum, &one);
        }
    for (uint32_t i = 0; i < other->ground->n_there; i++)
        for (unsigned from = 0; other->ground->there[i].expected &&
                                other->ground->there[i].number == SSK_SCOUT_NONE && from < 2;
             from++) {
            ssk_passage one;
            ssk_ledger_sum(other->ledger, ssk_lane_number(other, true, i, from), INT64_MIN + 1,
                           INT64_MAX, &one);
            ssk_passage_add(&sum, &one);
        }
    return sum;
}

static uint64_t flows_elsewhere(const ssk_other *other)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < other->ground->n_there; i++)
        n += other->ground->there[i].number == SSK_SCOUT_NONE && !other->ground->there[i].expected;
    return n;
}

static const char *place_of(const ssk_views *views, unsigned view, ssk_result *result)
{
    if (views->places[view] != SSK_VANTAGE_AUTO)
        return ssk_result_printf(result, "the %s, as --vantage says",
                                 ssk_vantage_text(views->places[view]));
    const ssk_scout *scout = views->scouts[view];
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(scout, &n);
    const ssk_addr *only = NULL;
    for (size_t i = 0; i < n; i++)
        for (unsigned end = 0; end < 2; end++) {
            const ssk_addr *addr = &list[i].ends.addr[end];
            if (!ssk_scout_is_local(scout, addr) || (only && ssk_addr_equal(only, addr)))
                continue;
            if (!only || addr->family == 4)
                only = addr;
        }
    char text[SSK_TEXT_ROOM];
    return only ? ssk_result_printf(result, "%s, which is in all of its unicast packets",
                                    ssk_addr_text(only, text))
                : NULL;
}

static bool is_identical(const ssk_views *views, const ssk_other *other, const ssk_passage *sum)
{
    const ssk_pace *pace = &other->ground->pace;
    return !other->unrelated && sum->both && !sum->only[0] && !sum->only[1] && !sum->delay &&
           pace->n_pieces == 1 && !pace->pieces[0].offset && !pace->pieces[0].slope_ppb &&
           ssk_scout_packets(views->scouts[views->base]) ==
               ssk_scout_packets(views->scouts[other->view]);
}

static void add_views(const ssk_views *views, ssk_result *base)
{
    base->views = ssk_result_alloc(base, views->n * sizeof *base->views);
    base->n_views = views->n;
    for (unsigned i = 0; i + 1 < views->n; i++) {
        const ssk_other *other = &views->others[i];
        ssk_passage sum = sum_all(other);
        base->views[i] = (ssk_result_view){.letter = other->letter,
                                           .input = i,
                                           .given = other->view,
                                           .stands = place_of(views, other->view, base),
                                           .unrelated = other->unrelated,
                                           .identical = is_identical(views, other, &sum),
                                           .both = sum.both,
                                           .only_base = sum.only[0],
                                           .only_here = sum.only[1],
                                           .flows = flows_elsewhere(other)};
        if (!other->unrelated)
            ssk_views_tell_icmp(views, other, base, &base->views[i]);
    }
    base->views[views->n - 1] = (ssk_result_view){.letter = ssk_views_letter(views),
                                                  .base = true,
                                                  .input = views->n - 1,
                                                  .given = views->base,
                                                  .stands = place_of(views, views->base, base)};
}

/* ---- clocks ---- */

/* The flow that most of the measurement rests on. */
static uint32_t main_flow(const ssk_views *views, const ssk_other *other, const ssk_result *base)
{
    uint32_t flow = 0, most = 0;
    for (size_t i = 0; i < base->n_flows; i++) {
        unsigned from;
        ssk_ends ends = ssk_flow_ends(&base->flows[i], SSK_A, &from);
        uint32_t number = ssk_scout_find(views->scouts[views->base], &ends);
        uint32_t shared = number == SSK_SCOUT_NONE ? 0 : other->ground->here[number].shared;
        if (!flow || shared > most) {
            flow = base->flows[i].id;
            most = shared;
        }
    }
    return flow;
}

static void add_clock(const ssk_views *views, const ssk_other *other, ssk_result *base)
{
    const ssk_pace *pace = &other->ground->pace;
    const ssk_pace_piece *best = NULL;
    uint32_t flow = main_flow(views, other, base);
    if (!pace->n_pieces || !flow)
        return;
    ssk_result_clock *clock = ssk_result_add_clock(base);
    clock->flow = flow;
    clock->source = "two-captures";
    clock->view = other->letter;
    clock->steps = ssk_result_alloc(base, pace->n_pieces * sizeof *clock->steps);
    for (unsigned i = 0; i < pace->n_pieces; i++) {
        const ssk_pace_piece *p = &pace->pieces[i];
        clock->samples += p->crossings;
        if (!best || p->crossings > best->crossings)
            best = p;
        if (!i) {
            ssk_time_ns there = ssk_pace_there(pace, 1, p->since);
            clock->at = p->since;
            if (there == SSK_TIME_NONE || __builtin_sub_overflow(there, p->since, &clock->offset))
                clock->offset = p->offset;
            continue;
        }
        ssk_time_ns was = ssk_pace_there(pace, p->here_from - 1, p->since);
        ssk_time_ns is = ssk_pace_there(pace, p->here_from, p->since);
        ssk_span_ns by;
        if (was == SSK_TIME_NONE || is == SSK_TIME_NONE || __builtin_sub_overflow(is, was, &by))
            continue;
        clock->steps[clock->n_steps].at = p->since;
        clock->steps[clock->n_steps++].by = by;
    }
    clock->error = best->error;
    clock->has_skew = best->has_slope;
    clock->skew_ppb = best->slope_ppb;
    clock->one_way = best->one_way;
    base->limits.clock_steps_dropped += pace->steps_dropped;
}

/* ---- what passed between ---- */

static void add_crossing(ssk_result *base, ssk_result_crossing **list, size_t *n, ssk_side from,
                         const ssk_crossing_count *count)
{
    if (!count->view)
        return;
    if (!*list)
        *list = ssk_result_alloc(base, 2 * sizeof **list);
    (*list)[(*n)++] = (ssk_result_crossing){from, *count};
}

/* @return how many of @p list it fills: what one other capture tells */
static size_t list_exchange(const ssk_views *views, const ssk_other *other,
                            const ssk_result_stall *stall, const ssk_result_flow *flow,
                            ssk_span_ns step, ssk_result_exchange list[2 * SSK_EXCHANGE_STEPS])
{
    size_t n = 0;
    ssk_time_ns at = ssk_time_shifted(stall->start, -2 * step);
    for (int i = 0; i < SSK_EXCHANGE_STEPS; i++, at = ssk_time_shifted(at, step))
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            ssk_time_ns from = at, to = ssk_time_shifted(at, step - 1);
            if (!ssk_views_was_running(views, other, &from, &to))
                continue; /* what it has not was not lost */
            ssk_crossing_count count = ssk_views_count(views, other, flow, dir, from, to);
            if (!count.view || !count.sent)
                continue;
            list[n++] = (ssk_result_exchange){.at = at,
                                              .from = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B,
                                              .view = count.view,
                                              .here_first = count.here_first,
                                              .sent = count.sent,
                                              .arrived = count.arrived,
                                              .late = count.late};
        }
    return n;
}

/* Steps of whole seconds, with two around the stall; by the first capture that stands on the flow's way. */
static void add_exchange(const ssk_views *views, ssk_result *base, ssk_result_stall *stall,
                         const ssk_result_flow *flow, ssk_time_ns end)
{
    ssk_result_exchange list[2 * SSK_EXCHANGE_STEPS];
    size_t n = 0;
    ssk_span_ns length;
    if (__builtin_sub_overflow(end, stall->start, &length) || length < 0)
        return;
    ssk_span_ns step = (length / (SSK_EXCHANGE_STEPS - 4) / SSK_S + 1) * SSK_S;
    for (unsigned i = 0; i + 1 < views->n && !n; i++)
        n = list_exchange(views, &views->others[i], stall, flow, step, list);
    stall->exchange = ssk_result_alloc(base, n * sizeof *list);
    stall->n_exchange = n;
    stall->exchange_step = step;
    if (n)
        memcpy(stall->exchange, list, n * sizeof *list);
}

static void add_crossings(const ssk_views *views, const ssk_second *second, ssk_result *base)
{
    for (size_t i = 0; i < base->n_flows; i++) {
        ssk_result_flow *flow = &base->flows[i];
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            ssk_crossing_count count = second->crossed(second->user, flow, dir, flow->first,
                                                       flow->last);
            add_crossing(base, &flow->crossings, &flow->n_crossings,
                         dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B, &count);
        }
    }
    for (size_t i = 0; i < base->n_stalls; i++) {
        ssk_result_stall *stall = &base->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(base, stall->flow);
        ssk_time_ns end = stall->end != SSK_TIME_NONE ? stall->end
                          : base->n_inputs            ? base->inputs[base->n_inputs - 1].last
                                                      : SSK_TIME_NONE;
        for (ssk_dir dir = SSK_A; flow && end != SSK_TIME_NONE && dir <= SSK_B; dir++) {
            ssk_crossing_count count = second->crossed(second->user, flow, dir, stall->start + 1,
                                                       end);
            add_crossing(base, &stall->crossings, &stall->n_crossings,
                         dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B, &count);
        }
        if (flow && end != SSK_TIME_NONE)
            add_exchange(views, base, stall, flow, end);
    }
}

/* ---- datagrams ---- */

static ssk_result_udp *row_of(const ssk_result *result, const ssk_flow_index *flows,
                              uint32_t conversation, unsigned from)
{
    size_t n;
    const ssk_flow_entry *list = ssk_flow_index_find(flows, conversation, &n);
    for (size_t i = 0; n && i < result->n_udp; i++)
        if (result->udp[i].flow == result->flows[list->flow].id &&
            result->udp[i].direction == (list->a == from ? SSK_A : SSK_B))
            return &result->udp[i];
    return NULL;
}

static void fill_row(const ssk_views *views, const ssk_other *other, const ssk_view_lane *lane,
                     ssk_result *base, const ssk_flow_index *flows)
{
    const ssk_twin *twin = &other->ground->here[lane->conversation];
    ssk_result_udp *udp = row_of(base, flows, lane->conversation, lane->from);
    const ssk_result_udp *reference = row_of(other->result, other->flows, twin->number,
                                             lane->from ^ twin->turned);
    if (!udp)
        return;
    ssk_match_report report;
    ssk_delivery delivery[2];
    ssk_match_extent extents[2] = {
        {ssk_pace_here(&other->ground->pace, 1, ssk_scout_first(views->scouts[other->view])),
         ssk_pace_here(&other->ground->pace, UINT32_MAX,
                       ssk_scout_last(views->scouts[other->view]))},
        {ssk_scout_first(views->scouts[views->base]), ssk_scout_last(views->scouts[views->base])}};
    ssk_match_measure(lane->match, extents, &report, delivery);
    if (report.matched) {
        uint32_t lost[2];
        uint64_t broken = ssk_views_broken(views, other, lane->conversation, lane->from, lost);
        ssk_delivery_take_back(&delivery[0], broken);
        ssk_delivery_freeze(&delivery[0], "the wire's capture", base, udp);
        udp->seen.compared.present = true;
        udp->seen.compared.view = other->letter;
        udp->seen.compared.missing = report.missing[0] + broken;
        udp->seen.compared.broken = broken;
        memcpy(udp->seen.compared.missing_frames, broken ? lost : report.frames[0],
               sizeof udp->seen.compared.missing_frames);
        if (reference && reference->has_on_off) {
            udp->seen.compared.reference_on_off = true;
            udp->seen.compared.cycles = reference->on_off.cycles;
        }
        ssk_udp_judge(NULL, base, udp);
    }
    ssk_delivery_clear(&delivery[0]);
    ssk_delivery_clear(&delivery[1]);
}

static int by_lane(const void *a, const void *b)
{
    guint x = GPOINTER_TO_UINT(*(const gconstpointer *)a);
    guint y = GPOINTER_TO_UINT(*(const gconstpointer *)b);
    return (x > y) - (x < y);
}

static void fill_rows(const ssk_views *views, const ssk_other *other, ssk_result *base,
                      const ssk_flow_index *flows)
{
    GPtrArray *numbers = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, other->lanes);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(numbers, key);
    if (numbers->len)
        qsort(numbers->pdata, numbers->len, sizeof *numbers->pdata, by_lane);
    for (guint i = 0; i < numbers->len; i++) {
        const ssk_view_lane *lane = g_hash_table_lookup(other->lanes, numbers->pdata[i]);
        if (lane->conversation >= other->ground->n_here || !lane->match)
            continue;
        const ssk_twin *twin = &other->ground->here[lane->conversation];
        if (twin->number != SSK_SCOUT_NONE && twin->expected &&
            ssk_twin_first(twin, lane->from) != SSK_FIRST_HERE)
            fill_row(views, other, lane, base, flows);
    }
    g_ptr_array_free(numbers, TRUE);
}

/* A stream of which nothing came, though the base stands where it should have. */
static void tell_never_arrived(const ssk_views *views, const ssk_other *other, uint32_t number,
                               ssk_result *base)
{
    size_t n;
    const ssk_conversation *c = &ssk_scout_conversations(views->scouts[other->view], &n)[number];
    for (unsigned from = 0; from < 2; from++) {
        char src[SSK_TEXT_ROOM], dst[SSK_TEXT_ROOM];
        ssk_passage sum;
        ssk_ledger_sum(other->ledger, ssk_lane_number(other, true, number, from), INT64_MIN + 1,
                       INT64_MAX, &sum);
        if (c->packets[from] < SSK_LIMIT(WORTH_TELLING) || sum.only[1] < SSK_LIMIT(WORTH_TELLING) ||
            ssk_scout_is_local(views->scouts[views->base], &c->ends.addr[from]))
            continue;
        const char *text = ssk_result_printf(
            base,
            "none of the %" G_GUINT64_FORMAT " datagrams from %s port %u to %s port %u in the "
            "wire's capture (its frame %u is the first) reached the device's",
            sum.only[1], ssk_addr_text(&c->ends.addr[from], src), c->ends.port[from],
            ssk_addr_text(&c->ends.addr[!from], dst), c->ends.port[!from], sum.frames[1][0]);
        ssk_finding_add(base, &base->findings, &base->n_findings, SSK_CAUSE_UDP_POLICY, "warning",
                        text, NULL, 0, NULL, 0);
    }
}

static void tell_missing(const ssk_views *views, const ssk_other *other, ssk_result *base)
{
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(views->scouts[other->view], &n);
    for (uint32_t i = 0; i < n; i++)
        if (list[i].ends.protocol == SSK_UDP && other->ground->there[i].expected &&
            other->ground->there[i].number == SSK_SCOUT_NONE)
            tell_never_arrived(views, other, i, base);
}

/* ---- all of it ---- */

static void tell_limits(const ssk_views *views, ssk_result *base)
{
    uint64_t dropped = 0;
    for (unsigned i = 0; i < views->n; i++)
        dropped += ssk_scout_dropped(views->scouts[i]);
    if (dropped)
        ssk_result_add_not_analysed(
            base,
            ssk_result_printf(base, "%" G_GUINT64_FORMAT " packets, in the other capture", dropped),
            ssk_result_printf(base, "of conversations beyond the first %u of a capture",
                              (unsigned)SSK_SCOUT_CONVERSATIONS));
}

void ssk_views_tell(ssk_views *views, ssk_result *base)
{
    ssk_second second = ssk_views_witness(views);
    if (views->n < 2)
        return;
    ssk_flow_index *flows = ssk_flow_index_new(views->scouts[views->base], base);
    add_crossings(views, &second, base);
    for (unsigned i = 0; i + 1 < views->n; i++) {
        const ssk_other *other = &views->others[i];
        if (other->unrelated)
            continue;
        fill_rows(views, other, base, flows);
        tell_missing(views, other, base);
        add_clock(views, other, base);
    }
    ssk_flow_index_free(flows);
    add_inputs(views, base);
    add_views(views, base);
    ssk_views_weigh(views, base);
    tell_limits(views, base);
}
