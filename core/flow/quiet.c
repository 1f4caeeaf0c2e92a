/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/quiet.h"

#include <glib.h>

#include "core/base/limits.h"
#include "core/flow/step.h"

ssk_span_ns ssk_quiet_limit(ssk_span_ns period, ssk_span_ns min_gap)
{
    return period > SSK_DAY ? INT64_MAX / 4 : MAX(3 * period, min_gap);
}

void ssk_quiet_init(ssk_quiet *quiet)
{
    *quiet = (ssk_quiet){.since = SSK_TIME_NONE,
                         .heard = SSK_TIME_NONE,
                         .last_news = SSK_TIME_NONE,
                         .told = SSK_TIME_NONE};
}

static void hear_news(ssk_quiet *quiet, ssk_time_ns now, uint32_t frame, ssk_span_ns period,
                      ssk_span_ns limit)
{
    ssk_span_ns quiet_for = now - quiet->since;
    if (quiet_for <= period + period / 5)
        return; /* part of the last beat: its delayed ACK, say */
    if (quiet_for <= limit) {
        quiet->news_early = quiet->news_early || period > 0;
        return;
    }
    if (quiet->heard == SSK_TIME_NONE) {
        quiet->heard = now;
        quiet->heard_frame = frame;
    }
    if (quiet->last_news == SSK_TIME_NONE || now - quiet->last_news >= SSK_LIMIT(NEWS_APART)) {
        quiet->news += quiet->news < UINT16_MAX;
        quiet->last_news = now;
    }
}

/* A message of this side: it may end a silence, and another begins. */
static void speak(ssk_flow *flow, ssk_dir dir, const ssk_config *config, ssk_time_ns now,
                  uint32_t frame, ssk_silence *ret_ended)
{
    ssk_quiet *quiet = &flow->side[dir].quiet;
    if (quiet->since != SSK_TIME_NONE && now - quiet->since > config->min_gap && !quiet->orderly) {
        ssk_period_origin origin;
        ssk_span_ns period = ssk_flow_period(flow, dir, config, &origin);
        if (now - quiet->since > ssk_flow_patience(flow, dir, period, config)) {
            *ret_ended = (ssk_silence){.quiet = *quiet,
                                       .end = now,
                                       .end_frame = frame,
                                       .period = period,
                                       .inherited = origin.inherited,
                                       .declared = origin.declared,
                                       .samples = origin.samples,
                                       .timer = ssk_flow_timer(flow, dir, config)};
        }
    }
    if (quiet->asked_frame && now - quiet->asked > SSK_LIMIT(PONG_WITHIN))
        flow->side[dir].spoke_unponged = true;
    ssk_quiet_init(quiet);
    quiet->since = now;
    quiet->frame = frame;
    quiet->orderly = flow->closed != SSK_CLOSE_NONE; /* what comes after a close is no promise */
}

/* The other side's ping: from now on an answer is owed. With the message that tells the profile come
 * those before it, too: what this side sent since has answered them. */
static void hear_ping(ssk_quiet *quiet, ssk_dir dir, const ssk_step *step)
{
    for (size_t i = 0; i < step->n_messages; i++)
        if (step->messages[i].dir != dir && step->messages[i].role == SSK_ROLE_PING &&
            step->messages[i].time >= quiet->since) {
            quiet->asked = step->time;
            quiet->asked_frame = step->packet->event->frame;
            return;
        }
}

/* Protocols close after one and a half periods or two; a peer that sends nothing itself may close for
 * any reason. */
static bool was_missed(const ssk_flow *flow, ssk_dir dir, const ssk_config *config, ssk_time_ns now)
{
    const ssk_quiet *quiet = &flow->side[dir].quiet;
    ssk_span_ns period = quiet->tellings >= SSK_LIMIT(TOLD_LEAST)
                             ? ssk_flow_period(flow, dir, config, NULL)
                             : 0;
    return period && (now - quiet->since) / 3 > period / 2 &&
           ssk_flow_timer(flow, dir, config) != SSK_TIMER_NONE;
}

/* The other side's plain acknowledgments change nothing of what this side owes. */
static bool is_noteworthy(const ssk_tcp_step *tcp, bool own, bool rst)
{
    return own || rst || tcp->newly_acked || tcp->retransmission || tcp->new_fin;
}

/* Most packets come long before anything can be overdue, whatever the period.
 * @return whether this one comes when it is */
static bool hear_overdue(ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                         const ssk_step *step)
{
    ssk_quiet *quiet = &flow->side[dir].quiet;
    bool news = step->dir == dir && !step->tcp.retransmission && !step->progress;
    if (!news && step->time - quiet->since <= config->min_gap)
        return false;
    ssk_span_ns period = ssk_flow_period(flow, dir, config, NULL);
    ssk_span_ns limit = ssk_flow_patience(flow, dir, period, config);
    if (news)
        hear_news(quiet, step->time, step->packet->event->frame, period, limit);
    return step->time - quiet->since > limit;
}

static void count_retransmission(ssk_quiet *quiet, bool own, ssk_time_ns now)
{
    uint16_t *count = own ? &quiet->retransmissions : &quiet->peer_retransmissions;
    if (!own && !quiet->owes_ack) {
        quiet->owes_ack = true;
        quiet->owed_since = now;
    }
    *count += *count < UINT16_MAX;
}

/* What was sent twice and acknowledged in time is no debt: a download with
 * a lost segment, then a pause, or an upload that loses some all the while. */
static void pay(ssk_quiet *quiet, const ssk_tcp_side *peer, const ssk_step *step, bool overdue,
                const ssk_config *config)
{
    bool all_acked = !overdue && peer->acked_valid && peer->acked == peer->next;
    if (all_acked)
        quiet->peer_retransmissions = 0;
    if (all_acked || (step->tcp.newly_acked && step->time - quiet->owed_since <= config->min_gap))
        quiet->owes_ack = false;
}

/* An orderly end: this side's own FIN in time, or either side's that the
 * other acknowledged in time, or a RST. */
static bool ends_orderly(const ssk_flow *flow, const ssk_tcp_step *tcp, bool own, bool rst)
{
    return (own && tcp->new_fin) || rst || flow->side[SSK_A].tcp.fin_acked ||
           flow->side[SSK_B].tcp.fin_acked;
}

static void hear_segment(ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                         const ssk_step *step)
{
    ssk_quiet *quiet = &flow->side[dir].quiet;
    const ssk_tcp_step *tcp = &step->tcp;
    const ssk_packet *packet = step->packet;
    bool own = step->dir == dir, rst = packet->tcp.flags & SSK_TCP_RST;

    quiet->received |= own && quiet->asked_frame && tcp->newly_acked && !step->progress;
    if (!is_noteworthy(tcp, own, rst))
        return;
    bool overdue = hear_overdue(flow, dir, config, step);
    if (tcp->retransmission)
        count_retransmission(quiet, own, step->time);
    if (own)
        pay(quiet, &flow->side[!dir].tcp, step, overdue, config);
    if ((tcp->new_fin || rst) && !quiet->close_frame) {
        quiet->close = step->time;
        quiet->close_frame = packet->event->frame;
        quiet->missed = !own && was_missed(flow, dir, config, step->time);
    }
    if (!overdue && !quiet->missed && ends_orderly(flow, tcp, own, rst))
        quiet->orderly = true;
}

static void follow(ssk_flow *flow, ssk_dir dir, const ssk_config *config, ssk_step *step)
{
    ssk_quiet *quiet = &flow->side[dir].quiet;
    bool own = step->dir == dir;

    if (own && step->progress)
        speak(flow, dir, config, step->time, step->packet->event->frame, &step->ended[dir]);
    else if (!own && step->late &&
             (quiet->since == SSK_TIME_NONE || step->late->time > quiet->since))
        speak(flow, dir, config, step->late->time, step->late->frame, &step->ended[dir]);
    if (quiet->since == SSK_TIME_NONE)
        return;
    if (!own && step->progress) {
        quiet->told = quiet->told == SSK_TIME_NONE ? step->time : quiet->told;
        quiet->tellings += quiet->tellings < UINT16_MAX;
    }
    if (!own && step->n_messages && !quiet->asked_frame)
        hear_ping(quiet, dir, step);
    if (step->packet->kind == SSK_PACKET_TCP)
        hear_segment(flow, dir, config, step);
}

/* What follow() does for both sides with a datagram that is undecoded. */
static void follow_datagram(ssk_flow *flow, const ssk_config *config, ssk_step *step)
{
    ssk_quiet *other = &flow->side[ssk_dir_other(step->dir)].quiet;
    speak(flow, step->dir, config, step->time, step->packet->event->frame, &step->ended[step->dir]);
    if (other->since == SSK_TIME_NONE)
        return;
    if (other->told == SSK_TIME_NONE)
        other->told = step->time;
    other->tellings += other->tellings < UINT16_MAX;
}

void ssk_quiet_step_any(ssk_flow *flow, const ssk_config *config, ssk_step *step)
{
    step->ended[SSK_A].quiet.since = step->ended[SSK_B].quiet.since = SSK_TIME_NONE;
    if (step->time == SSK_TIME_NONE)
        return;
    follow(flow, SSK_A, config, step);
    follow(flow, SSK_B, config, step);
}

void ssk_quiet_step(ssk_flow *flow, const ssk_config *config, ssk_step *step)
{
    if (step->packet->kind != SSK_PACKET_UDP || step->time == SSK_TIME_NONE || !step->progress ||
        step->n_messages) {
        ssk_quiet_step_any(flow, config, step);
        return;
    }
    step->ended[SSK_A].quiet.since = step->ended[SSK_B].quiet.since = SSK_TIME_NONE;
    follow_datagram(flow, config, step);
}
