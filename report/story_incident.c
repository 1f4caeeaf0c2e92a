/* story_incident.c - the answer in one sentence, and the headline of each incident.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/model/cause.h"
#include "report/digest.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* UDP flows whose verdict is in the answer; things that were not analyzed. */
#define UDP_ANSWERED 3
#define NOT_ANALYZED 2
/* Kinds of findings in the answer, where nothing stalled. */
#define FINDINGS_NAMED 2

/* ---- a cause as a clause ---- */

/* @param subject whom the sentence is about: the one that "it" means; NULL: nobody */
static void put_clause(const ssk_story *story, const ssk_cause *cause, uint32_t flow_id,
                       const ssk_addr *subject, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, flow_id);
    const char *clause = ssk_cause_table[cause->id].clause;
    const char *close = clause ? strchr(clause, '}') : NULL;
    if (!clause) {
        g_string_append(out, "the cause is ");
        g_string_append(out, ssk_cause_name(cause->id));
        return;
    }
    if (!close) {
        g_string_append(out, clause);
        return;
    }
    bool whose = g_str_has_prefix(clause, "{its}");
    const ssk_addr *blamed = flow && (cause->side == SSK_SIDE_A || cause->side == SSK_SIDE_B)
                                 ? &flow->addr[cause->side == SSK_SIDE_A ? SSK_A : SSK_B]
                                 : NULL;
    if (blamed && subject && memcmp(blamed, subject, sizeof *blamed) != 0) {
        ssk_phrase_addr(out, blamed);
        g_string_append(out, whose ? "'s" : "");
    } else {
        g_string_append(out, whose ? "its" : "it");
    }
    g_string_append(out, close + 1);
}

static void put_names(const ssk_verdict *verdict, GString *out)
{
    for (size_t i = 1; i < verdict->n_verdict; i++) {
        g_string_append(out, i == 1 ? "" : i + 1 == verdict->n_verdict ? " and " : ", ");
        g_string_append(out, ssk_cause_name(verdict->causes[i].id));
    }
}

/* "; most likely its radio was off. Not ruled out: loss towards the server." */
static void put_why(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                    const ssk_addr *subject, GString *out)
{
    if (!verdict->n_verdict) {
        g_string_append_printf(out, "; nothing in %s tells why.",
                               story->result->n_views ? "these captures" : "this capture");
        return;
    }
    g_string_append(out, verdict->n_verdict > 1 ? "; most likely "
                                                : "; the only cause that fits is that ");
    put_clause(story, &verdict->causes[0], flow, subject, out);
    g_string_append_c(out, '.');
    if (verdict->n_verdict > 1) {
        g_string_append(out, " Not ruled out: ");
        put_names(verdict, out);
        g_string_append_c(out, '.');
    }
}

/* ---- hosts ---- */

/* The name that a host announces by Bonjour, without its domain; nothing if it has none. */
static void put_host_name(const ssk_story *story, const ssk_addr *addr, GString *out)
{
    const ssk_result *result = story->result;
    for (size_t i = 0; addr && i < result->n_services; i++) {
        const ssk_result_service *service = &result->services[i];
        for (size_t k = 0; service->host && k < service->n_addresses; k++)
            if (ssk_addr_equal(&service->addresses[k], addr)) {
                char *name = g_strndup(service->host, MIN(strcspn(service->host, "."), 40));
                ssk_safe_text_append(out, name);
                g_string_append_c(out, ' ');
                g_free(name);
                return;
            }
    }
}

const ssk_addr *ssk_story_subject(const ssk_story *story, const ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    if (!flow)
        return NULL;
    return &flow->addr[stall->direction == SSK_SIDE_B ? SSK_B : SSK_A];
}

/* ---- incidents ---- */

/* The stalls of an incident of which its headline holds, and the others. */
typedef struct ssk_reach {
    unsigned stalls, flows, hosts, others;
    bool udp;
    bool nothing;            /* none of the silent hosts sent any packet */
    ssk_span_ns least, most; /* of their durations */
} ssk_reach;

static ssk_reach reach_of(const ssk_story *story, const ssk_result_incident *incident,
                          const ssk_result_stall *lead)
{
    ssk_reach reach = {.least = lead->duration, .most = lead->duration, .nothing = true};
    GHashTable *flows = g_hash_table_new(NULL, NULL);
    GHashTable *hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < incident->n_stalls; i++) {
        const ssk_result_stall *stall = ssk_digest_find_stall(story->result, incident->stalls[i]);
        if (!stall)
            continue;
        if (!ssk_story_is_alike(story, stall, lead)) {
            reach.others++;
            continue;
        }
        const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
        GString *who = g_string_new(NULL);
        ssk_story_who(story, stall, 1, false, who);
        g_hash_table_add(hosts, g_string_free(who, FALSE));
        g_hash_table_add(flows, GUINT_TO_POINTER(stall->flow));
        reach.stalls++;
        reach.nothing = reach.nothing && ssk_story_sent_nothing(story, stall);
        reach.udp |= flow && flow->transport == SSK_UDP;
        reach.least = MIN(reach.least, stall->duration);
        reach.most = MAX(reach.most, stall->duration);
    }
    reach.flows = g_hash_table_size(flows);
    reach.hosts = g_hash_table_size(hosts);
    g_hash_table_destroy(flows);
    g_hash_table_destroy(hosts);
    return reach;
}

/* " on 3 connections", ", 8 stalls on 2 connections, with 3 more stalls": a connection may stall more
 * than once, and not all stalls need be like the one that the headline names. */
static void put_extent(const ssk_reach *reach, GString *out)
{
    if (reach->stalls > 1) {
        if (reach->flows == reach->stalls)
            g_string_append(out, " on ");
        else
            g_string_append_printf(out, ", %u stalls on ", reach->stalls);
        ssk_phrase_count(out, reach->flows, reach->udp ? "flow" : "connection",
                         reach->udp ? "flows" : "connections");
    }
    if (reach->others) {
        g_string_append(out, ", with ");
        ssk_phrase_count(out, reach->others, "more stall", "more stalls");
    }
}

/* "10.0.0.5 sent nothing to 10.0.0.1 for up to 31.4 s on 3 connections", "500 hosts ...". */
static void put_silence(const ssk_story *story, const ssk_result_stall *lead,
                        const ssk_reach *reach, GString *out)
{
    if (reach->stalls > 1) {
        ssk_story_who(story, lead, reach->hosts, reach->nothing, out);
        g_string_append(out, reach->least < reach->most / 20 * 19 ? " for up to " : " for ");
        ssk_phrase_span(out, reach->most);
    } else {
        ssk_story_silence(story, lead, lead->duration, out);
    }
    put_extent(reach, out);
}

static ssk_span_ns length_of(const ssk_story *story, const ssk_result_incident *incident,
                             const ssk_result_stall *lead)
{
    ssk_time_ns end = incident->end != SSK_TIME_NONE ? incident->end : story->end;
    ssk_span_ns length;
    if (end == SSK_TIME_NONE || __builtin_sub_overflow(end, incident->start, &length) ||
        length < lead->duration)
        return lead->duration;
    return length;
}

/* Whom "it" means in the sentence about the cause. */
static const ssk_addr *subject_of(const ssk_story *story, const ssk_result_stall *lead,
                                  const ssk_reach *reach)
{
    static const ssk_addr nobody;
    return reach->hosts > 1 ? &nobody : ssk_story_subject(story, lead);
}

void ssk_story_incident_title(const ssk_story *story, const ssk_result_incident *incident,
                              GString *out)
{
    const ssk_result_stall *lead = ssk_digest_lead(story->result, incident);
    gsize at = out->len;
    if (lead) {
        const ssk_reach reach = reach_of(story, incident, lead);
        put_silence(story, lead, &reach, out);
    } else {
        ssk_phrase_addr(out, &incident->host);
        g_string_append(out, " was silent");
    }
    ssk_phrase_capitalise(out, at);
}

void ssk_story_incident_when(const ssk_story *story, const ssk_result_incident *incident,
                             GString *out)
{
    ssk_story_time(story, incident->start, out);
    g_string_append(out, " to ");
    if (incident->end == SSK_TIME_NONE)
        g_string_append(out, "the end of the capture");
    else
        ssk_story_time(story, incident->end, out);
}

void ssk_story_incident(const ssk_story *story, const ssk_result_incident *incident, GString *out)
{
    const ssk_result_stall *lead = ssk_digest_lead(story->result, incident);
    ssk_story_incident_title(story, incident, out);
    g_string_append(out, ", from ");
    ssk_story_time(story, incident->start, out);
    if (incident->end == SSK_TIME_NONE)
        g_string_append(out, " to the end of the capture");
    if (lead) {
        const ssk_reach reach = reach_of(story, incident, lead);
        put_why(story, &lead->verdict, lead->flow, subject_of(story, lead, &reach), out);
    } else {
        g_string_append_c(out, '.');
    }
}

/* The longest one with a verdict; of all if none has any. */
static const ssk_result_incident *gravest(const ssk_story *story, const ssk_result_stall **ret_lead)
{
    const ssk_result_incident *found = NULL;
    for (size_t i = 0; i < story->result->n_incidents; i++) {
        const ssk_result_incident *incident = &story->result->incidents[i];
        const ssk_result_stall *lead = ssk_digest_lead(story->result, incident);
        if (!lead)
            continue;
        bool judged = lead->verdict.n_verdict != 0;
        bool best_judged = found && (*ret_lead)->verdict.n_verdict != 0;
        if (!found || judged > best_judged ||
            (judged == best_judged &&
             length_of(story, incident, lead) > length_of(story, found, *ret_lead))) {
            found = incident;
            *ret_lead = lead;
        }
    }
    return found;
}

static void put_incidents(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    const ssk_result_stall *lead = NULL;
    const ssk_result_incident *incident = gravest(story, &lead);
    if (result->n_incidents == 1) {
        g_string_append(out, "One incident: ");
    } else {
        ssk_phrase_count(out, result->n_incidents, "incident", "incidents");
        g_string_append(out, " with ");
        ssk_phrase_count(out, result->n_stalls, "stall", "stalls");
        g_string_append(out, incident ? ". The main one: " : ".");
    }
    if (!incident)
        return;
    const ssk_reach reach = reach_of(story, incident, lead);
    if (reach.hosts == 1)
        put_host_name(story, ssk_story_subject(story, lead), out);
    put_silence(story, lead, &reach, out);
    if (result->n_incidents > 1)
        g_string_append_printf(out, " (incident %u)", incident->id);
    put_why(story, &lead->verdict, lead->flow, subject_of(story, lead, &reach), out);
}

/* ---- datagrams ---- */

static void put_burst(const ssk_result_udp *udp, GString *out)
{
    const bool pattern = udp->has_on_off && udp->on_off.alike && udp->on_off.on_bytes.p50 > 0;
    if (!pattern)
        return;
    g_string_append_printf(out, " in bursts of %" G_GINT64_FORMAT " bytes every ",
                           udp->on_off.on_bytes.p50);
    ssk_phrase_span(out, udp->on_off.on_ns.p50 + udp->on_off.off_ns.p50);
}

static void put_udp(const ssk_story *story, const ssk_result_udp *udp, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, udp->flow);
    bool partly = udp->has_reception || udp->has_application;
    /* One capture of an unknown place tells what passed there. */
    bool passed = udp->has_reception && !udp->has_application && story->result->n_views == 0 &&
                  story->result->vantage.value != SSK_VANTAGE_CLIENT;
    g_string_append_printf(out, "UDP flow %u: ", udp->flow);
    if (passed)
        g_string_append(out, "the capture");
    else if (flow && udp->has_reception && strcmp(udp->cast ? udp->cast : "", "unicast") == 0)
        ssk_phrase_addr(out, &flow->addr[ssk_dir_other(udp->direction)]);
    else
        g_string_append(out, partly ? "the receiver" : "datagrams");
    if (udp->has_reception) {
        g_string_append(out, passed ? " has " : " received ");
        ssk_phrase_permille(out, udp->reception.delivered_permille);
        g_string_append(out, " of the stream");
        put_burst(udp, out);
        if (udp->has_application) {
            g_string_append(out, ", and its program ");
            ssk_phrase_permille(out, udp->application.delivered_permille);
            g_string_append(out, " of what was captured");
        }
    } else if (udp->has_application) {
        g_string_append(out, "'s program received ");
        ssk_phrase_permille(out, udp->application.delivered_permille);
        g_string_append(out, " of what was captured");
        put_burst(udp, out);
    } else {
        g_string_append(out, " came");
        put_burst(udp, out);
    }
    put_why(story, &udp->verdict, udp->flow, NULL, out);
}

static void put_udps(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    size_t n = 0;
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (!udp->judged || !udp->verdict.n_verdict || n++ >= UDP_ANSWERED)
            continue;
        g_string_append(out, out->len ? " " : "");
        put_udp(story, udp, out);
    }
    if (n > UDP_ANSWERED)
        g_string_append_printf(out, " %" G_GSIZE_FORMAT " more UDP flows have a verdict.",
                               n - UDP_ANSWERED);
}

/* ---- healthy, empty and unread captures ---- */

static void put_nothing_read(const ssk_result *result, uint64_t packets, GString *out)
{
    if (!packets) {
        g_string_append(out, "Nothing was analyzed: the capture holds no packet.");
        return;
    }
    g_string_append(out, "Nothing was analyzed: no TCP or UDP packet was found in ");
    ssk_phrase_count(out, packets, "packet", "packets");
    for (size_t i = 0; i < result->n_inputs; i++)
        if (result->inputs[i].n_undecoded) {
            g_string_append(out, " (");
            ssk_safe_text_append(out, result->inputs[i].undecoded[0].what);
            g_string_append_c(out, ')');
            break;
        }
    g_string_append_c(out, '.');
}

static void put_no_stall(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    uint64_t tcp = 0, udp = 0, keepalives = 0, packets = 0, quiet = 0;
    ssk_span_ns longest = 0, longest_quiet = 0;

    for (size_t i = 0; i < result->n_inputs; i++)
        packets += result->inputs[i].packets;
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        *(flow->transport == SSK_TCP ? &tcp : &udp) += 1;
        keepalives += flow->keepalive != NULL;
        bool paused = false;
        for (int dir = 0; dir < 2; dir++) {
            const ssk_result_direction *side = &flow->dir[dir];
            if (!side->period || !side->has_max_gap)
                continue;
            bool long_gap = side->max_gap > result->config.min_gap &&
                            side->max_gap > 3 * side->period;
            paused |= long_gap;
            if (long_gap)
                longest_quiet = MAX(longest_quiet, side->max_gap);
            else
                longest = MAX(longest, side->max_gap);
        }
        quiet += paused;
    }
    if (!result->n_flows) {
        put_nothing_read(result, packets, out);
        return;
    }
    g_string_append(out, "No stall: ");
    if (tcp)
        ssk_phrase_count(out, tcp, "TCP connection", "TCP connections");
    g_string_append(out, tcp && udp ? " and " : "");
    if (udp)
        ssk_phrase_count(out, udp, "UDP flow", "UDP flows");
    if (keepalives)
        g_string_append_printf(out, ", %" G_GUINT64_FORMAT " with a keep-alive", keepalives);
    if (longest) {
        g_string_append(out, "; the longest gap between regular messages was ");
        ssk_phrase_span(out, longest);
    }
    /* Where the capture itself is at fault, that is said, and these gaps are its own. */
    if (quiet && !result->n_measurement) {
        g_string_append(out, "; ");
        ssk_phrase_count(out, quiet, "flow", "flows");
        g_string_append(out, " paused for up to ");
        ssk_phrase_span(out, longest_quiet);
        g_string_append_printf(out, ", and nothing shows that %s owed a packet",
                               quiet == 1 ? "it" : "they");
    }
    g_string_append_c(out, '.');
}

/* Where nothing stalled, what else was found is the news. */
static void put_findings(const ssk_result *result, GString *out)
{
    size_t shown = 0, more = 0;
    for (size_t i = 0; i < result->n_findings; i++) {
        ssk_cause_id id = result->findings[i].id;
        bool told = false;
        for (size_t k = 0; k < i && !told; k++)
            told = result->findings[k].id == id;
        if (told)
            continue;
        if (shown == FINDINGS_NAMED) {
            more++;
            continue;
        }
        g_string_append(out, shown++ ? ", " : " Also found: ");
        g_string_append(out, ssk_cause_name(id));
    }
    if (more)
        g_string_append_printf(out, " and %zu more", more);
    if (shown)
        g_string_append_c(out, '.');
}

static void put_not_analyzed(const ssk_result *result, GString *out)
{
    size_t shown = MIN(result->n_not_analysed, NOT_ANALYZED);
    for (size_t i = 0; i < shown; i++) {
        g_string_append(out, i ? ", " : " Not analyzed: ");
        ssk_safe_text_append(out, result->not_analysed[i].what);
        g_string_append(out, " (");
        ssk_safe_text_append(out, result->not_analysed[i].why);
        g_string_append_c(out, ')');
    }
    if (result->n_not_analysed > shown)
        g_string_append_printf(out, " and %zu more", result->n_not_analysed - shown);
    if (shown)
        g_string_append_c(out, '.');
}

/* "Parts of the traffic are missing from the capture (9 findings), and packets were captured twice." */
static void put_measurement(const ssk_result *result, GString *out)
{
    GArray *kinds = ssk_story_measurement_kinds(result);
    for (guint i = 0; i < kinds->len; i++) {
        const ssk_story_kind *kind = &g_array_index(kinds, ssk_story_kind, i);
        g_string_append(out, i ? ", and " : " ");
        const gsize at = out->len;
        g_string_append(out, ssk_cause_table[kind->id].clause);
        if (!i)
            ssk_phrase_capitalise(out, at);
        if (kind->count > 1)
            g_string_append_printf(out, " (%zu findings)", kind->count);
    }
    if (kinds->len)
        g_string_append_c(out, '.');
    g_array_free(kinds, TRUE);
}

void ssk_story_answer(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    if (result->n_stalls)
        put_incidents(story, line);
    else
        put_no_stall(story, line);
    put_udps(story, line);
    ssk_story_between(story, line);
    put_measurement(result, line);
    if (!result->n_stalls)
        put_findings(result, line);
    put_not_analyzed(result, line);
    g_string_append(out, line->str);
    g_string_free(line, TRUE);
}
