/* views.c - several captures of the same traffic, one result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/views.h"

#include <stdlib.h>
#include <string.h>

#include "core/udp/udp_lane.h"
#include "core/view/inside.h"

ssk_views *ssk_views_new(unsigned n, const ssk_config *config, const ssk_profile_set *profiles)
{
    ssk_views *views = g_new0(ssk_views, 1);
    views->n = CLAMP(n, 1, SSK_VIEWS_MOST);
    views->config = *config;
    views->profiles = profiles;
    for (unsigned i = 0; i < views->n; i++) {
        views->engines[i] = ssk_engine_new(config, profiles);
        views->scouts[i] = ssk_scout_new();
    }
    return views;
}

static void lane_free(gpointer pointer)
{
    ssk_view_lane *lane = pointer;
    ssk_match_free(lane->match);
    g_free(lane);
}

static void forget_others(ssk_views *views)
{
    for (unsigned i = 0; i + 1 < views->n; i++) {
        ssk_other *other = &views->others[i];
        ssk_ground_free(other->ground);
        ssk_ledger_free(other->ledger);
        if (other->lanes)
            g_hash_table_destroy(other->lanes);
        *other = (ssk_other){0};
    }
}

void ssk_views_free(ssk_views *views)
{
    if (!views)
        return;
    for (unsigned i = 0; i < views->n; i++) {
        ssk_engine_free(views->engines[i]);
        ssk_scout_free(views->scouts[i]);
    }
    forget_others(views);
    g_free(views);
}

void ssk_views_place(ssk_views *views, unsigned view, ssk_vantage place)
{
    views->places[view] = place;
}

/* How far from the clients somebody said that it stands; -1: nobody did. */
static int told_distance(const ssk_views *views, unsigned view)
{
    switch (views->places[view]) {
    case SSK_VANTAGE_CLIENT:
        return 0;
    case SSK_VANTAGE_AIR:
        return 1;
    case SSK_VANTAGE_MIDDLE:
        return 2;
    case SSK_VANTAGE_SERVER:
        return 3;
    default:
        return -1;
    }
}

/* > 0: @p here was said to be nearer to the clients than @p there. Naming one place implies the other. */
static int told_nearer(const ssk_views *views, unsigned here, unsigned there)
{
    int a = told_distance(views, here), b = told_distance(views, there);
    if (a < 0 && b < 0)
        return 0;
    a = 2 * (a < 0 ? 3 - b : a) + (a < 0);
    b = 2 * (b < 0 ? 3 - told_distance(views, here) : b) + (b < 0);
    return (b > a) - (b < a);
}

static ssk_ground *ground_of(const ssk_views *views, unsigned here, unsigned there)
{
    return ssk_ground_new(views->scouts[here], views->scouts[there],
                          told_nearer(views, here, there));
}

/* ---- the first reading ---- */

static bool is_wanted(const ssk_views *views, ssk_time_ns time)
{
    const ssk_config *config = &views->config;
    return (config->from == SSK_TIME_NONE || time >= config->from) &&
           (config->to == SSK_TIME_NONE || (time <= config->to && time != SSK_TIME_NONE));
}

void ssk_views_scout(ssk_views *views, unsigned view, const ssk_event *event)
{
    if (is_wanted(views, event->time))
        ssk_scout_add(views->scouts[view], event);
}

/* ---- the survey ---- */

/* An order that does not depend on the one in which they were given. */
static bool comes_before(const ssk_views *views, unsigned a, unsigned b)
{
    const ssk_scout *x = views->scouts[a], *y = views->scouts[b];
    uint64_t p = ssk_scout_packets(x), q = ssk_scout_packets(y);
    if (p != q)
        return p > q;
    if (ssk_scout_first(x) != ssk_scout_first(y))
        return ssk_scout_first(x) < ssk_scout_first(y);
    if (ssk_scout_last(x) != ssk_scout_last(y))
        return ssk_scout_last(x) < ssk_scout_last(y);
    return a < b;
}

static void put_in_order(const ssk_views *views, unsigned order[SSK_VIEWS_MOST])
{
    for (unsigned i = 0; i < views->n; i++) {
        unsigned at = i;
        for (; at > 0 && comes_before(views, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* The capture nearest to the clients. */
static unsigned find_base(const ssk_views *views, const unsigned order[SSK_VIEWS_MOST])
{
    double sums[SSK_VIEWS_MOST] = {0};
    unsigned best = 0;
    for (unsigned i = 0; i < views->n; i++)
        for (unsigned k = i + 1; k < views->n; k++) {
            ssk_ground *ground = ground_of(views, order[i], order[k]);
            sums[i] += ground->nearer_client;
            sums[k] -= ground->nearer_client;
            ssk_ground_free(ground);
        }
    for (unsigned i = 1; i < views->n; i++)
        if (sums[i] > sums[best])
            best = i;
    return order[best];
}

static void meet_others(ssk_views *views)
{
    unsigned order[SSK_VIEWS_MOST] = {0}, n = 0;
    put_in_order(views, order);
    for (unsigned i = 0; i < views->n; i++) {
        if (order[i] == views->base)
            continue;
        ssk_other *other = &views->others[n];
        other->view = order[i];
        other->letter = (char)('a' + n++);
        other->ground = ground_of(views, views->base, order[i]);
        other->unrelated = ssk_ground_is_unrelated(other->ground);
        other->ledger = ssk_ledger_new();
        other->lanes = g_hash_table_new_full(NULL, NULL, NULL, lane_free);
        if (views->keeps_lost)
            ssk_ledger_keep_alone(other->ledger);
    }
}

void ssk_views_survey(ssk_views *views)
{
    unsigned order[SSK_VIEWS_MOST] = {0};
    put_in_order(views, order);
    views->base = find_base(views, order);
    meet_others(views);
}

void ssk_views_stand(ssk_views *views, unsigned base)
{
    forget_others(views);
    for (unsigned i = 0; i < views->n; i++) {
        ssk_engine_free(views->engines[i]);
        views->engines[i] = ssk_engine_new(&views->config, views->profiles);
        views->copies[i] = (ssk_copies){0};
    }
    views->base = base;
    meet_others(views);
}

unsigned ssk_views_base(const ssk_views *views)
{
    return views->base;
}

/* ---- the second reading ---- */

static const ssk_other *other_of(const ssk_views *views, unsigned view)
{
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (views->others[i].view == view)
            return &views->others[i];
    return NULL;
}

ssk_time_ns ssk_views_time(const ssk_views *views, unsigned view, const ssk_event *event)
{
    const ssk_other *other = view == views->base ? NULL : other_of(views, view);
    return other ? ssk_pace_here(&other->ground->pace, event->frame, event->time) : event->time;
}

static void match_datagram(ssk_other *other, uint32_t number, bool in_base,
                           const ssk_packet *packet, ssk_time_ns time)
{
    ssk_view_lane *lane = g_hash_table_lookup(other->lanes, GUINT_TO_POINTER(number));
    if (!lane) {
        lane = g_new0(ssk_view_lane, 1);
        lane->match = ssk_match_new();
        lane->from = number & 1;
        lane->conversation = number / 2;
        g_hash_table_insert(other->lanes, GUINT_TO_POINTER(number), lane);
    }
    if (!lane->match)
        return;
    if (!lane->first_frame[in_base])
        lane->first_frame[in_base] = packet->event->frame;
    uint32_t most = other->ground->key ? SSK_PRINT_SHORT : SSK_PRINT_LONG;
    ssk_match_add(lane->match, in_base,
                  &(ssk_match_datagram){
                      .time = time,
                      .frame = packet->event->frame,
                      .bytes = ssk_udp_bytes(packet),
                      .ip_id = packet->ip.version == 4 ? packet->ip.id : 0,
                      .digest = ssk_match_digest(packet->payload, MIN(packet->payload_cap, most)),
                  });
    if (ssk_match_is_hopeless(lane->match)) {
        ssk_match_free(lane->match);
        lane->match = NULL;
    }
}

/* One packet, in the books of the base and one other capture. */
static void enter(ssk_views *views, ssk_other *other, bool in_base, const ssk_print *print,
                  const ssk_packet *packet, ssk_time_ns time)
{
    const ssk_ground *ground = other->ground;
    uint32_t found = ssk_scout_find(views->scouts[in_base ? views->base : other->view],
                                    &print->ends);
    if (found == SSK_SCOUT_NONE || other->unrelated)
        return;
    const ssk_twin *twin = in_base ? &ground->here[found] : &ground->there[found];
    bool there = !in_base && twin->number == SSK_SCOUT_NONE;
    unsigned from = print->from;
    if (!in_base && !there) {
        found = twin->number;
        from ^= twin->turned;
    }
    uint32_t number = ssk_lane_number(other, there, found, from);
    if (twin->number == SSK_SCOUT_NONE)
        ssk_ledger_add_alone(other->ledger, number, in_base ? 0 : 1, print, time,
                             packet->event->frame);
    else
        ssk_ledger_add(other->ledger, number, in_base ? 0 : 1, print, ground->key, time,
                       packet->event->frame);
    if (print->ends.protocol == SSK_UDP)
        match_datagram(other, number, in_base, packet, time);
}

void ssk_views_feed(ssk_views *views, unsigned view, const ssk_event *event)
{
    ssk_packet packet;
    ssk_print print;
    ssk_event room;
    event = ssk_event_admit(event, &room);
    ssk_engine_feed(views->engines[view], event, NULL);
    if (views->n < 2 || event->kind != SSK_EVENT_FRAME || !is_wanted(views, event->time))
        return;
    ssk_decode_packet(event, &packet);
    if (!ssk_print_of(&packet, &print) || ssk_copies_again(&views->copies[view], &packet))
        return;
    ssk_time_ns time = ssk_views_time(views, view, event);
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (view == views->base || views->others[i].view == view)
            enter(views, &views->others[i], view == views->base, &print, &packet, time);
}

void ssk_views_take_line(ssk_views *views, const ssk_event *event)
{
    ssk_engine_feed(views->engines[views->base], event, NULL);
}

/* ---- the result ---- */

ssk_result *ssk_views_snapshot(ssk_views *views)
{
    for (unsigned i = 0; i + 1 < views->n; i++) {
        ssk_other *other = &views->others[i];
        ssk_ledger_settle(other->ledger);
        other->result = ssk_engine_open(views->engines[other->view], NULL, &other->facts);
        other->flows = ssk_flow_index_new(views->scouts[other->view], other->result);
    }
    ssk_second second = ssk_views_witness(views);
    ssk_result *result = ssk_engine_snapshot_with(views->engines[views->base],
                                                  views->n > 1 ? &second : NULL);
    ssk_views_tell(views, result);
    for (unsigned i = 0; i + 1 < views->n; i++) {
        ssk_engine_close(views->engines[views->others[i].view]);
        ssk_flow_index_free(views->others[i].flows);
        ssk_result_free(views->others[i].result);
        views->others[i].result = NULL;
        views->others[i].flows = NULL;
        views->others[i].facts = NULL;
    }
    return result;
}
