/* witness.c - what the other captures say of a flow of the base, and when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/view/inside.h"

/* ---- where a flow stands in the books ---- */

typedef struct place {
    uint32_t number; /* of the base's conversation */
    unsigned from;   /* index in its ends of the side that is asked about */
    const ssk_twin *twin;
} place;

static bool find_place(const ssk_views *views, const ssk_other *other, const ssk_result_flow *flow,
                       ssk_dir dir, place *ret)
{
    ssk_ends ends = ssk_flow_ends(flow, dir, &ret->from);
    ret->number = ssk_scout_find(views->scouts[views->base], &ends);
    if (ret->number == SSK_SCOUT_NONE || other->unrelated)
        return false;
    ret->twin = &other->ground->here[ret->number];
    return ret->twin->expected || (ret->twin->number != SSK_SCOUT_NONE &&
                                   other->ground->there[ret->twin->number].expected);
}

/* Where the other capture does not have the conversation at all, it is known by the host it stands at. */
static bool is_here_first(const ssk_views *views, const ssk_other *other, const place *p)
{
    ssk_first first = ssk_twin_first(p->twin, p->from);
    if (p->twin->number != SSK_SCOUT_NONE)
        return first == SSK_FIRST_HERE;
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(views->scouts[views->base], &n);
    return !ssk_scout_is_local(views->scouts[other->view], &list[p->number].ends.addr[p->from]);
}

/* What the nearer capture has and the other one has not is lost only where that one stands on its way. */
static bool is_asked(const ssk_views *views, const ssk_other *other, const place *p)
{
    return p->twin->number == SSK_SCOUT_NONE || is_here_first(views, other, p)
               ? p->twin->expected
               : other->ground->there[p->twin->number].expected;
}

/* ---- when the other capture was running ---- */

static ssk_time_ns to_here(const ssk_other *other, const ssk_views *views, bool last)
{
    const ssk_scout *scout = views->scouts[other->view];
    return ssk_pace_here(&other->ground->pace, last ? UINT32_MAX : 1,
                         last ? ssk_scout_last(scout) : ssk_scout_first(scout));
}

static ssk_span_ns overlap(ssk_time_ns a, ssk_time_ns b, ssk_time_ns from, ssk_time_ns to)
{
    ssk_time_ns left = MAX(a, from), right = MIN(b, to);
    return right > left ? right - left : 0;
}

/* All of its time but a half at most: outside, and in a hole, what is missing was not lost. */
bool ssk_views_was_running(const ssk_views *views, const ssk_other *other, ssk_time_ns *from,
                           ssk_time_ns *to)
{
    ssk_time_ns first = to_here(other, views, false), last = to_here(other, views, true);
    ssk_span_ns asked = *to - *from, left;
    if (first == SSK_TIME_NONE || last == SSK_TIME_NONE || asked <= 0)
        return false;
    *from = MAX(*from, first);
    *to = MIN(*to, last);
    left = MAX(*to - *from, 0);
    for (size_t i = 0; other->result && i < other->result->n_measurement; i++) {
        const ssk_result_measurement *m = &other->result->measurement[i];
        if (m->id != SSK_CAUSE_CAPTURE_HOLE && m->id != SSK_CAUSE_CAPTURE_PAUSE)
            continue;
        left -= overlap(ssk_pace_here(&other->ground->pace, m->frame_first, m->start),
                        ssk_pace_here(&other->ground->pace, m->frame_last, m->end), *from, *to);
    }
    return left > 0 && left >= asked / 2;
}

/* ---- answers ---- */

static void count_in(ssk_crossing_count *into, const ssk_passage *p, bool here_first)
{
    unsigned sender = here_first ? 0 : 1;
    uint64_t late_data = MIN(p->late, p->both_data);
    into->sent += p->both + p->only[sender];
    into->sent_data += p->both_data + p->only_data[sender];
    into->sent_bytes += p->both_bytes + p->only_bytes[sender];
    into->arrived += p->both - p->late;
    into->arrived_data += p->both_data - late_data;
    into->late += p->late;
    into->lost += p->only[sender];
    into->lost_data += p->only_data[sender];
    into->lost_bytes += p->only_bytes[sender];
    into->unsent += p->only[!sender];
    into->unsent_resets += p->only_rst[!sender];
    into->delay = MAX(into->delay, p->delay);
    for (int i = 0; i < 2; i++) {
        bool wider = i ? p->frames[0][1] > into->here[1]
                       : !into->here[0] || (p->frames[0][0] && p->frames[0][0] < into->here[0]);
        if (wider && p->frames[0][i])
            into->here[i] = p->frames[0][i];
        wider = i ? p->frames[1][1] > into->there[1]
                  : !into->there[0] || (p->frames[1][0] && p->frames[1][0] < into->there[0]);
        if (wider && p->frames[1][i])
            into->there[i] = p->frames[1][i];
        wider = i ? p->only_frames[sender][1] > into->lost_frames[1]
                  : !into->lost_frames[0] || (p->only_frames[sender][0] &&
                                              p->only_frames[sender][0] < into->lost_frames[0]);
        if (wider && p->only_frames[sender][i])
            into->lost_frames[i] = p->only_frames[sender][i];
    }
}

static bool begin_asking(const ssk_views *views, const ssk_other *other, ssk_time_ns *begin,
                         ssk_time_ns *end)
{
    ssk_span_ns slack = ssk_ledger_slice(other->ledger) + SSK_LIMIT(ON_THE_WAY);
    if (__builtin_sub_overflow(*end, slack, end) || *end <= *begin)
        return false;
    ssk_span_ns fits;
    if (__builtin_sub_overflow(*end, *begin, &fits))
        return false;
    return ssk_views_was_running(views, other, begin, end);
}

static const ssk_addr *name_there(const ssk_views *views, const ssk_other *other, const place *at,
                                  unsigned end);

/* Datagrams in fragments that one host sent another, of which the first arrived. */
static uint64_t count_headed(const ssk_views *views, const ssk_other *other, const place *p,
                             ssk_time_ns begin, ssk_time_ns end)
{
    ssk_scout *base = views->scouts[views->base];
    size_t n, all;
    const ssk_conversation *list = ssk_scout_conversations(base, &all);
    const ssk_addr *from = &list[p->number].ends.addr[p->from];
    const uint32_t *among = ssk_scout_between(base, from, &list[p->number].ends.addr[!p->from], &n);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        ssk_passage one;
        unsigned end_of = !ssk_addr_equal(&list[among[i]].ends.addr[0], from);
        if (list[among[i]].ends.protocol != SSK_UDP)
            continue;
        ssk_ledger_sum(other->ledger, ssk_lane_number(other, false, among[i], end_of), begin, end,
                       &one);
        sum += one.headed;
    }
    return sum;
}

/* A datagram whose later fragments did not arrive did not arrive. Those name only the two hosts, so
 * where several flows between them have such datagrams, these are shared out alike. */
static void count_fragments(const ssk_views *views, const ssk_other *other, const place *p,
                            ssk_time_ns begin, ssk_time_ns end, bool here_first, ssk_passage *sum)
{
    size_t n;
    const ssk_ends *ends = &ssk_scout_conversations(views->scouts[views->base], &n)[p->number].ends;
    ssk_ends hosts = {.protocol = SSK_PRINT_FRAGMENT};
    memcpy(hosts.addr, ends->addr, sizeof hosts.addr);
    unsigned sender = here_first ? 0 : 1;
    bool there = false;
    uint32_t number = ssk_scout_find(views->scouts[views->base], &hosts);
    if (number == SSK_SCOUT_NONE) { /* none arrived: the other capture's conversation */
        for (unsigned e = 0; e < 2; e++)
            hosts.addr[e] = *name_there(views, other, p, e);
        number = ssk_scout_find(views->scouts[other->view], &hosts);
        there = true;
    }
    if (!sum->headed || number == SSK_SCOUT_NONE)
        return;
    ssk_passage later;
    ssk_ledger_sum(other->ledger, ssk_lane_number(other, there, number, p->from), begin, end,
                   &later);
    if (!later.broken[sender])
        return;
    uint64_t all = MAX(count_headed(views, other, p, begin, end), sum->headed);
    uint64_t lost = MIN(later.broken[sender] * sum->headed / all, sum->headed);
    sum->both -= lost;
    sum->both_data -= MIN(lost, sum->both_data);
    sum->only[sender] += lost;
    sum->only_data[sender] += lost;
    uint32_t *frames = sum->only_frames[sender], *more = later.only_frames[sender];
    frames[0] = frames[0] ? MIN(frames[0], more[0]) : more[0];
    frames[1] = MAX(frames[1], more[1]);
}

ssk_crossing_count ssk_views_count(const ssk_views *views, const ssk_other *other,
                                   const ssk_result_flow *flow, ssk_dir from, ssk_time_ns begin,
                                   ssk_time_ns end)
{
    ssk_crossing_count count = {0};
    ssk_passage sum;
    place p;
    if (!find_place(views, other, flow, from, &p) || !is_asked(views, other, &p))
        return count;
    ssk_ledger_sum(other->ledger, ssk_lane_number(other, false, p.number, p.from), begin, end,
                   &sum);
    count.view = other->letter;
    count.here_first = is_here_first(views, other, &p);
    count_fragments(views, other, &p, begin, end, count.here_first, &sum);
    count_in(&count, &sum, count.here_first);
    return count;
}

ssk_crossing_count ssk_views_count_unnamed(const ssk_views *views, const ssk_other *other,
                                           bool there, uint32_t number, unsigned from)
{
    const ssk_scout *base = views->scouts[views->base];
    ssk_time_ns begin = ssk_scout_first(base), end = ssk_scout_last(base);
    ssk_crossing_count count = {0};
    ssk_passage sum;
    size_t n;
    if (begin == SSK_TIME_NONE || !begin_asking(views, other, &begin, &end))
        return count;
    ssk_ledger_sum(other->ledger, ssk_lane_number(other, there, number, from), begin, end, &sum);
    if (there) {
        const ssk_conversation *c = &ssk_scout_conversations(views->scouts[other->view],
                                                             &n)[number];
        if (!other->ground->there[number].expected || ssk_scout_is_local(base, &c->ends.addr[from]))
            return count;
    } else {
        place p = {.number = number, .from = from, .twin = &other->ground->here[number]};
        if (!is_asked(views, other, &p) ||
            (p.twin->number != SSK_SCOUT_NONE && ssk_twin_first(p.twin, from) == SSK_FIRST_UNKNOWN))
            return count;
        count.here_first = is_here_first(views, other, &p);
    }
    count.view = other->letter;
    count_in(&count, &sum, count.here_first);
    return count;
}

uint64_t ssk_views_broken(const ssk_views *views, const ssk_other *other, uint32_t number,
                          unsigned from, uint32_t frames[2])
{
    place p = {.number = number, .from = from, .twin = &other->ground->here[number]};
    ssk_passage sum;
    ssk_ledger_sum(other->ledger, ssk_lane_number(other, false, number, from), INT64_MIN + 1,
                   INT64_MAX, &sum);
    uint64_t first_arrived = sum.both;
    count_fragments(views, other, &p, INT64_MIN + 1, INT64_MAX, is_here_first(views, other, &p),
                    &sum);
    memcpy(frames, sum.only_frames[is_here_first(views, other, &p) ? 0 : 1],
           sizeof sum.only_frames[0]);
    return first_arrived - sum.both;
}

static ssk_crossing_count crossed(void *user, const ssk_result_flow *flow, ssk_dir from,
                                  ssk_time_ns begin, ssk_time_ns end)
{
    const ssk_views *views = user;
    ssk_crossing_count count = {0};
    for (unsigned i = 0; i + 1 < views->n && !count.view; i++) {
        ssk_time_ns since = begin, until = end;
        if (begin_asking(views, &views->others[i], &since, &until))
            count = ssk_views_count(views, &views->others[i], flow, from, since, until);
    }
    return count;
}

/* Two packets and more of one conversation: did they get through? */
static void judge_one(ssk_crossing_count *count, uint64_t sent, uint64_t arrived)
{
    if (sent < SSK_LIMIT(WAY_LEAST))
        return;
    count->through += ssk_way_is_open((int64_t)sent, (int64_t)arrived);
    count->gone += ssk_way_is_closed((int64_t)sent, (int64_t)arrived);
}

/* NAT gives several hosts one address. What of them the capture behind it holds went the same way as
 * the flow, though this capture cannot see it. */
static void count_behind_nat(const ssk_views *views, const ssk_other *other, const place *own,
                             ssk_time_ns since, ssk_time_ns until, ssk_crossing_count *count)
{
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(views->scouts[views->base], &n);
    const ssk_ends *ends = &list[own->number].ends;
    const ssk_addr *from = name_there(views, other, own, own->from),
                   *to = name_there(views, other, own, !own->from);
    if (!is_here_first(views, other, own) || ssk_addr_equal(from, &ends->addr[own->from]))
        return;
    const uint32_t *among = ssk_scout_between(views->scouts[other->view], from, to, &n);
    size_t all;
    list = ssk_scout_conversations(views->scouts[other->view], &all);
    for (size_t i = 0; i < n; i++)
        for (unsigned end = 0; end < 2; end++) {
            ssk_passage sum;
            uint32_t k = among[i];
            if (other->ground->there[k].number != SSK_SCOUT_NONE ||
                !ssk_addr_equal(&list[k].ends.addr[end], from) ||
                !ssk_addr_equal(&list[k].ends.addr[!end], to))
                continue;
            ssk_ledger_sum(other->ledger, ssk_lane_number(other, true, k, end), since, until, &sum);
            uint64_t before = count->through;
            judge_one(count, sum.only[1], sum.only[1]);
            count->behind += count->through - before;
        }
}

static ssk_crossing_count crossed_beside(void *user, const ssk_result_flow *flow, ssk_dir from,
                                         ssk_time_ns begin, ssk_time_ns end)
{
    const ssk_views *views = user;
    ssk_crossing_count count = {0};
    for (unsigned i = 0; i + 1 < views->n && !count.view; i++) {
        const ssk_other *other = &views->others[i];
        ssk_time_ns since = begin, until = end;
        place own;
        size_t n;
        if (!find_place(views, other, flow, from, &own) ||
            !begin_asking(views, other, &since, &until))
            continue;
        const ssk_conversation *list = ssk_scout_conversations(views->scouts[views->base], &n);
        const ssk_addr *hosts = list[own.number].ends.addr;
        const uint32_t *among = ssk_scout_between(views->scouts[views->base], &hosts[0], &hosts[1],
                                                  &n);
        for (size_t at = 0; at < n; at++) {
            place p = {among[at], own.from, &other->ground->here[among[at]]};
            if (p.number == own.number || !is_asked(views, other, &p) ||
                list[p.number].ends.protocol == SSK_PRINT_ARP)
                continue;
            ssk_passage sum;
            ssk_ledger_sum(other->ledger, ssk_lane_number(other, false, p.number, p.from), since,
                           until, &sum);
            bool here_first = is_here_first(views, other, &p);
            count_in(&count, &sum, here_first);
            judge_one(&count, sum.both + sum.only[here_first ? 0 : 1], sum.both - sum.late);
            count.view = other->letter;
        }
        count_behind_nat(views, other, &own, since, until, &count);
    }
    return count;
}

/* The address of side @p at as the other capture names it. */
static const ssk_addr *name_there(const ssk_views *views, const ssk_other *other, const place *at,
                                  unsigned end)
{
    size_t n;
    if (at->twin->number == SSK_SCOUT_NONE)
        return &ssk_scout_conversations(views->scouts[views->base], &n)[at->number].ends.addr[end];
    return &ssk_scout_conversations(views->scouts[other->view], &n)[at->twin->number]
                .ends.addr[end ^ at->twin->turned];
}

/* Taken at the host itself: it is in all packets; where only two talk, the one that answers at once and
 * whose packets passed no router. */
static bool is_own(const ssk_views *views, const ssk_other *other, const place *at,
                   const ssk_addr *host)
{
    const ssk_scout *scout = views->scouts[other->view];
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(scout, &n);
    if (ssk_scout_is_local(scout, host))
        return true;
    for (size_t i = 0; at->twin->shared && ssk_scout_may_be_local(scout, host) && i < n; i++)
        for (unsigned end = 0; end < 2; end++)
            if (list[i].turn[end] <= SSK_LIMIT(BESIDE) && list[i].fresh[end] &&
                ssk_addr_equal(&list[i].ends.addr[end], host))
                return true;
    return false;
}

static void count_link(const ssk_other *other, uint32_t number, bool own, ssk_time_ns before,
                       ssk_time_ns since, ssk_time_ns until, ssk_link_count *count)
{
    ssk_passage sum;
    ssk_ledger_sum(other->ledger, number, since, until, &sum);
    uint64_t heard = sum.both + sum.only[1];
    if (own) {
        count->sent += heard;
        if (heard && (count->spoke == SSK_TIME_NONE || sum.first < count->spoke))
            count->spoke = sum.first;
        return;
    }
    count->heard += heard;
    ssk_ledger_sum(other->ledger, number, before, since - 1, &sum);
    count->before += sum.both + sum.only[1];
}

/* What the capture at the host itself has. */
static void count_links(const ssk_views *views, const ssk_other *other, const ssk_addr *host,
                        const ssk_addr *peer, ssk_time_ns since, ssk_time_ns until,
                        ssk_link_count *count)
{
    size_t n;
    const ssk_conversation *list = ssk_scout_conversations(views->scouts[other->view], &n);
    ssk_time_ns before;
    if (__builtin_sub_overflow(since, until - since, &before))
        before = INT64_MIN + 1;
    for (uint32_t k = 0; k < n; k++)
        for (unsigned from = 0; from < 2; from++) {
            const ssk_twin *twin = &other->ground->there[k];
            bool there = twin->number == SSK_SCOUT_NONE;
            bool own = ssk_addr_equal(&list[k].ends.addr[from], host);
            if (!list[k].packets[from] || ssk_addr_equal(&list[k].ends.addr[from], peer))
                continue;
            count_link(other,
                       ssk_lane_number(other, there, there ? k : twin->number,
                                       there ? from : from ^ twin->turned),
                       own, before, since, until, count);
        }
    /* Counts go by slices of time. */
    if (count->spoke != SSK_TIME_NONE)
        count->spoke = ssk_time_shifted(count->spoke, -ssk_ledger_slice(other->ledger));
}

static ssk_link_count link_at(void *user, const ssk_result_flow *flow, ssk_dir at,
                              ssk_time_ns begin, ssk_time_ns end)
{
    const ssk_views *views = user;
    ssk_link_count count = {.spoke = SSK_TIME_NONE};
    for (unsigned i = 0; i + 1 < views->n && !count.view; i++) {
        const ssk_other *other = &views->others[i];
        ssk_time_ns since = begin, until = end;
        place p;
        if (!find_place(views, other, flow, at, &p) || is_here_first(views, other, &p) ||
            !begin_asking(views, other, &since, &until))
            continue;
        const ssk_addr *host = name_there(views, other, &p, p.from);
        count.view = other->letter;
        count.own = is_own(views, other, &p, host);
        if (count.own)
            count_links(views, other, host, name_there(views, other, &p, !p.from), since, until,
                        &count);
    }
    return count;
}

/* ---- the flow in the other capture ---- */

/* The connection of a conversation that was there at the same time. */
static const ssk_result_flow *flow_there(const ssk_other *other, uint32_t number, unsigned from,
                                         ssk_time_ns first, ssk_time_ns last, ssk_dir *ret_dir)
{
    const ssk_result_flow *best = NULL;
    ssk_span_ns most = -1;
    size_t n;
    const ssk_flow_entry *list = ssk_flow_index_find(other->flows, number, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_result_flow *flow = &other->result->flows[list[i].flow];
        ssk_span_ns common = flow->first == SSK_TIME_NONE
                                 ? 0
                                 : overlap(flow->first, flow->last, first, last);
        if (common <= most)
            continue;
        most = common;
        best = flow;
        *ret_dir = list[i].a == from ? SSK_A : SSK_B;
    }
    return best;
}

static ssk_time_ns to_there(const ssk_other *other, ssk_time_ns here)
{
    const ssk_pace *pace = &other->ground->pace;
    unsigned i = pace->n_pieces;
    while (i > 1 && here < pace->pieces[i - 1].since)
        i--;
    return ssk_pace_there(pace, i ? pace->pieces[i - 1].here_from : 1, here);
}

static ssk_elsewhere elsewhere(void *user, const ssk_result_flow *flow, ssk_dir at)
{
    const ssk_views *views = user;
    ssk_elsewhere found = {0};
    for (unsigned i = 0; i + 1 < views->n && !found.view; i++) {
        const ssk_other *other = &views->others[i];
        place p;
        ssk_dir dir;
        if (!other->result || !find_place(views, other, flow, at, &p) ||
            p.twin->number == SSK_SCOUT_NONE || is_here_first(views, other, &p))
            continue;
        ssk_time_ns first = to_there(other, flow->first), last = to_there(other, flow->last);
        const ssk_result_flow *twin = flow_there(other, p.twin->number, p.from ^ p.twin->turned,
                                                 first, last, &dir);
        if (!twin)
            continue;
        found = (ssk_elsewhere){.view = other->letter,
                                .turned = dir != at,
                                .facts = other->facts,
                                .result = other->result,
                                .flow = twin};
    }
    return found;
}

static int nearer_client(void *user)
{
    const ssk_views *views = user;
    double sum = 0;
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (!views->others[i].unrelated)
            sum += views->others[i].ground->nearer_client;
    return (sum > 0) - (sum < 0);
}

static ssk_time_ns time_there(void *user, char view, ssk_time_ns here)
{
    const ssk_views *views = user;
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (views->others[i].letter == view)
            return to_there(&views->others[i], here);
    return SSK_TIME_NONE;
}

ssk_second ssk_views_witness(ssk_views *views)
{
    return (ssk_second){views,     crossed,       crossed_beside, link_at,
                        elsewhere, nearer_client, time_there};
}
