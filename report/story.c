/* story.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "report/cause_words.h"
#include "report/safe_text.h"

/* Frames named after a sentence; the JSON has all of them. */
#define FRAMES_SHOWN 6
#define TXT_BYTES_SHOWN 32

void ssk_story_init(ssk_story *story, const ssk_result *result, const ssk_host *host)
{
    const char *tz = result->config.tz;
    *story = (ssk_story){result, host, NULL, SSK_TIME_NONE, SSK_TIME_NONE};
    for (size_t i = 0; i < result->n_inputs; i++) {
        const ssk_result_input *input = &result->inputs[i];
        if (input->first != SSK_TIME_NONE &&
            (story->origin == SSK_TIME_NONE || input->first < story->origin))
            story->origin = input->first;
        if (input->last != SSK_TIME_NONE && input->last > story->end)
            story->end = input->last;
    }
    story->zone = *tz ? g_time_zone_new_identifier(tz) : g_time_zone_new_local();
}

void ssk_story_clear(ssk_story *story)
{
    if (story->zone)
        g_time_zone_unref(story->zone);
    story->zone = NULL;
}

/* ---- parts ---- */

static void put_span(GString *out, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, ssk_span_text(span, buf));
}

static void put_count(GString *out, uint64_t count, const char *one, const char *many)
{
    g_string_append_printf(out, "%" G_GUINT64_FORMAT " %s", count, count == 1 ? one : many);
}

/* "55.1 %" of 551. */
static void put_permille(GString *out, int64_t permille)
{
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "%%",
                           permille < 0 ? "-" : "", ABS(permille) / 10, ABS(permille) % 10);
}

static void put_offset(GString *out, ssk_span_ns span)
{
    uint64_t ms = (uint64_t)(span < 0 ? -(span + 1) : span) / SSK_MS;
    g_string_append_printf(out, "%s%" G_GUINT64_FORMAT ".%03u s", span < 0 ? "-" : "", ms / 1000,
                           (unsigned)(ms % 1000));
}

void ssk_story_time(const ssk_story *story, ssk_time_ns time, GString *out)
{
    char buf[SSK_TEXT_ROOM];
    if (time == SSK_TIME_NONE) {
        g_string_append(out, "not known");
        return;
    }
    g_string_append(out, ssk_time_local(time, story->zone, buf));
    ssk_span_ns since;
    if (story->origin != SSK_TIME_NONE && !__builtin_sub_overflow(time, story->origin, &since)) {
        g_string_append(out, " (");
        put_offset(out, since);
        g_string_append_c(out, ')');
    }
}

static void put_addr(GString *out, const ssk_addr *addr)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, addr->family ? ssk_addr_text(addr, buf) : "an unknown host");
}

void ssk_story_end_point(const ssk_result_flow *flow, ssk_dir side, GString *out)
{
    const ssk_addr *addr = &flow->addr[side];
    if (addr->family == 6)
        g_string_append_c(out, '[');
    put_addr(out, addr);
    if (addr->family == 6)
        g_string_append_c(out, ']');
    g_string_append_printf(out, ":%u", flow->port[side]);
}

void ssk_story_conversation(const ssk_result_flow *flow, GString *out)
{
    ssk_story_end_point(flow, SSK_A, out);
    g_string_append(out, " -> ");
    ssk_story_end_point(flow, SSK_B, out);
}

void ssk_story_flow(const ssk_story *story, uint32_t id, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, id);
    g_string_append_printf(out, "flow %u", id);
    if (!flow)
        return;
    g_string_append(out, ": ");
    ssk_story_conversation(flow, out);
    g_string_append_printf(out, ", %s stream %u", flow->transport == SSK_TCP ? "TCP" : "UDP",
                           flow->stream);
    if (flow->process_name) {
        g_string_append(out, ", ");
        ssk_safe_text_append(out, flow->process_name);
        if (flow->process_pid >= 0)
            g_string_append_printf(out, " (pid %d)", flow->process_pid);
    }
}

static void put_frames(GString *out, const uint32_t *frames, size_t count)
{
    if (!count)
        return;
    g_string_append(out, count == 1 ? " (frame " : " (frames ");
    size_t shown = MIN(count, FRAMES_SHOWN);
    for (size_t i = 0; i < shown; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", frames[i]);
    if (shown < count)
        g_string_append_printf(out, " and %zu more", count - shown);
    g_string_append_c(out, ')');
}

/* Begin a sentence or a row afresh. */
static GString *clean(GString *line)
{
    return g_string_truncate(line, 0);
}

/* A sentence begins with a capital letter, unless it begins with an address. */
static void capitalise(GString *out, gsize at)
{
    gsize word = strcspn(out->str + at, " ");
    if (!memchr(out->str + at, ':', word))
        out->str[at] = g_ascii_toupper(out->str[at]);
}

/* ---- the whole ---- */

void ssk_story_program(const ssk_story *story, GString *out)
{
    const ssk_host *host = story->host;
    g_string_append(out, "stallshark ");
    ssk_safe_text_append(out, host->version ? host->version : "");
    if (host->wireshark && strcmp(host->program, "stallshark") != 0) {
        g_string_append(out, " in ");
        ssk_safe_text_append(out, host->program);
        g_string_append_c(out, ' ');
        ssk_safe_text_append(out, host->wireshark);
    }
}

static void put_problem(GString *line, uint64_t count, const char *what)
{
    if (count)
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT " %s", line->len ? ", " : "", count,
                               what);
}

static void input_rows(const ssk_story *story, const ssk_result_input *input, GString *line,
                       ssk_story_row row, void *user)
{
    put_count(clean(line), input->packets, "packet", "packets");
    g_string_append(line, ", ");
    put_count(line, input->bytes, "byte", "bytes");
    if (input->records) {
        g_string_append(line, "; ");
        put_count(line, input->records, "record that is no packet", "records that are no packets");
    }
    row(user, "packets", line->str);

    if (input->first != SSK_TIME_NONE && input->last != SSK_TIME_NONE) {
        ssk_story_time(story, input->first, clean(line));
        row(user, "from", line->str);
        ssk_story_time(story, input->last, clean(line));
        row(user, "to", line->str);
    }

    clean(line);
    for (size_t i = 0; i < input->n_interfaces; i++) {
        g_string_append_printf(line, "%s%u", i ? ", " : "", input->interfaces[i].id);
        if (input->interfaces[i].name) {
            g_string_append_c(line, ' ');
            ssk_safe_text_append(line, input->interfaces[i].name);
        }
        g_string_append_printf(line, " (link type %u)", input->interfaces[i].linktype);
    }
    if (input->n_interfaces > 1)
        row(user, "interfaces", line->str);

    clean(line);
    put_problem(line, input->undecoded_packets, "not decoded");
    put_problem(line, input->truncated_packets, "cut short by the snap length");
    put_problem(line, input->fragments, "later IP fragments");
    put_problem(line, input->backward_timestamps, "stamped earlier than the one before");
    put_problem(line, input->bad_timestamps, "without a usable time stamp");
    if (line->len)
        row(user, "of these", line->str);
    for (size_t i = 0; i < input->n_undecoded; i++) {
        clean(line);
        ssk_safe_text_append(line, input->undecoded[i].what);
        g_string_append(line, ": ");
        put_count(line, input->undecoded[i].packets, "packet", "packets");
        row(user, "not decoded", line->str);
    }
}

void ssk_story_input(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);

    for (size_t i = 0; i < story->host->n_files; i++) {
        const ssk_host_file *file = &story->host->files[i];
        clean(line);
        ssk_safe_text_append(line, file->path);
        if (file->format) {
            g_string_append(line, " (");
            ssk_safe_text_append(line, file->format);
            g_string_append_c(line, ')');
        }
        if (file->has_dropped && file->dropped) {
            g_string_append(line, ", ");
            put_count(line, file->dropped, "packet", "packets");
            g_string_append(line, " lost by the capture tool, as it says itself");
        }
        row(user, "file", line->str);
        if (file->error) {
            clean(line);
            ssk_safe_text_append(line, file->error);
            row(user, "not read on", line->str);
        }
    }
    for (size_t i = 0; i < result->n_inputs; i++)
        input_rows(story, &result->inputs[i], line, row, user);

    clean(line);
    g_string_append(line, ssk_vantage_text(result->vantage.value));
    g_string_append(line, result->vantage.given ? ", as given" : ", inferred");
    if (result->vantage.why) {
        g_string_append(line, ": ");
        ssk_safe_text_append(line, result->vantage.why);
    }
    row(user, "taken at", line->str);
    g_string_free(line, TRUE);
}

static void put_causes(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out);

/* What the datagrams' story is, for one who reads nothing else. */
static void put_udp_verdicts(const ssk_story *story, GString *out)
{
    enum { SHOWN = 3 };
    const ssk_result *result = story->result;
    size_t n = 0;
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (!udp->judged || !udp->verdict.n_verdict || n++ >= SHOWN)
            continue;
        g_string_append_printf(out, " UDP flow %u: ", udp->flow);
        put_causes(story, &udp->verdict, udp->flow, out);
        if (udp->has_reception) {
            g_string_append(out, ", ");
            put_permille(out, udp->reception.delivered_permille);
            g_string_append(out, " came through");
        }
        g_string_append_c(out, '.');
    }
    if (n > SHOWN)
        g_string_append_printf(out, " %" G_GSIZE_FORMAT " more UDP flows have a verdict.", n - SHOWN);
}

void ssk_story_summary(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    if (!result->n_stalls)
        g_string_append(out, "No stall found");
    else
        put_count(out, result->n_stalls, "stall", "stalls");
    if (result->n_incidents) {
        g_string_append(out, " in ");
        put_count(out, result->n_incidents, "incident", "incidents");
    }
    g_string_append_c(out, '.');
    put_udp_verdicts(story, out);
}

void ssk_story_scope(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    uint64_t tcp = 0, udp = 0, with_period = 0, undecoded = 0;

    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        *(flow->transport == SSK_TCP ? &tcp : &udp) += 1;
        with_period += flow->dir[SSK_A].period || flow->dir[SSK_B].period;
    }
    for (size_t i = 0; i < result->n_inputs; i++)
        undecoded += result->inputs[i].undecoded_packets;

    put_count(line, tcp, "TCP connection", "TCP connections");
    g_string_append(line, " and ");
    put_count(line, udp, "UDP flow", "UDP flows");
    g_string_append_printf(line, ", %" G_GUINT64_FORMAT " of them with a regular message",
                           with_period);
    row(user, "looked at", line->str);

    clean(line);
    g_string_append(line, "a silence longer than ");
    put_span(line, result->config.min_gap);
    g_string_append(line,
                    " and than three periods, on a flow that owed a packet: a regular message, "
                    "unacknowledged data, an unanswered request or a handshake");
    row(user, "looked for", line->str);

    clean(line);
    g_string_append(line, "shorter silences; flows that owe nothing when they are quiet");
    if (with_period < tcp + udp)
        g_string_append(line, ", as those without a regular message may");
    g_string_append(line, "; what happened before the capture began");
    if (undecoded) {
        g_string_append(line, "; ");
        put_count(line, undecoded, "packet", "packets");
        g_string_append(line, " that could not be decoded");
    }
    if (result->limits.flows_evicted || result->limits.facts_dropped)
        g_string_append(line, "; what the limits below cost");
    row(user, "not visible", line->str);
    g_string_free(line, TRUE);
}

bool ssk_story_has_limits(const ssk_story *story)
{
    const ssk_result *result = story->result;
    return result->limits.flows_evicted || result->limits.facts_dropped ||
           result->limits.log_lines_dropped || result->services_dropped;
}

void ssk_story_limits(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    const struct {
        uint64_t count;
        const char *label, *means;
    } limits[] = {
        {result->limits.flows_evicted, "flows",
         "closed early to make room (max_flows): a later silence on them is not seen"},
        {result->limits.facts_dropped, "facts",
         "dropped at the limit (max_facts): stalls may be missing"},
        {result->limits.log_lines_dropped, "log lines", "dropped"},
        {result->services_dropped, "services", "left out"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (!limits[i].count)
            continue;
        char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %s", limits[i].count, limits[i].means);
        row(user, limits[i].label, text);
        g_free(text);
    }
}

/* ---- stalls ---- */

static const char *kind_meaning(const char *kind)
{
    static const struct {
        const char *kind, *meaning;
    } kinds[] = {
        {"silence", "no new packet of the silent side was captured on this connection"},
        {"app-silence", "the system kept answering, but its application sent nothing"},
        {"no-progress", "packets were repeated, but nothing new got through"},
        {"connect", "the connection could not be opened"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kind && strcmp(kind, kinds[i].kind) == 0)
            return kinds[i].meaning;
    return NULL;
}

static const char *recovery_meaning(const ssk_result_stall *stall, bool datagrams)
{
    const char *recovery = stall->recovery;
    static const struct {
        const char *recovery, *meaning;
    } recoveries[] = {
        {"resume-with-backlog",
         "messages came again, the missed ones all at once: they had been made but not delivered"},
        {"resume-without-backlog",
         "messages came again, without the missed ones: those had not been made"},
        {"retransmit", "it went on with a retransmission"},
        {"new-connection", "it went on over a new connection"},
        {"rst", "none: the connection was reset (RST)"},
        {"fin", "none: the connection was closed (FIN)"},
        {"never", "none before the end of the capture"},
    };
    if (recovery && datagrams && strcmp(recovery, "resume-without-backlog") == 0)
        return "messages came again; datagrams that were lost meanwhile are not sent again";
    if (recovery && strcmp(recovery, "resume-with-backlog") == 0 && 2 * stall->backlog < stall->missed)
        return "messages came again, several at once, but by far not all that were missed";
    for (size_t i = 0; i < G_N_ELEMENTS(recoveries); i++)
        if (recovery && strcmp(recovery, recoveries[i].recovery) == 0)
            return recoveries[i].meaning;
    return NULL;
}

/* Who was silent, and what that was like: "10.0.0.5 sent nothing for 30.04 s". */
static void put_silence(const ssk_story *story, const ssk_result_stall *stall, ssk_span_ns duration,
                        GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const char *kind = stall->kind ? stall->kind : "silence";
    bool silence = true;

    if (!flow) {
        g_string_append_printf(out, "flow %u was silent", stall->flow);
    } else if (strcmp(kind, "connect") == 0) {
        put_addr(out, &flow->addr[SSK_A]);
        g_string_append(out, " could not connect to ");
        ssk_story_end_point(flow, SSK_B, out);
        silence = false;
    } else if (stall->direction == SSK_SIDE_A || stall->direction == SSK_SIDE_B) {
        ssk_dir side = stall->direction == SSK_SIDE_A ? SSK_A : SSK_B;
        if (strcmp(kind, "app-silence") == 0)
            g_string_append(out, "the application on ");
        put_addr(out, &flow->addr[side]);
        g_string_append(out, strcmp(kind, "no-progress") == 0 ? " got nothing new through to "
                                                              : " sent nothing to ");
        put_addr(out, &flow->addr[ssk_dir_other(side)]);
    } else {
        put_addr(out, &flow->addr[SSK_A]);
        g_string_append(out, " and ");
        put_addr(out, &flow->addr[SSK_B]);
        g_string_append(out, strcmp(kind, "no-progress") == 0 ? " got nothing new through"
                                                              : " were silent");
    }
    g_string_append(out, " for ");
    put_span(out, duration);
    if (!silence && stall->attempts > 0) {
        g_string_append(out, " (");
        put_count(out, (uint64_t)stall->attempts, "attempt", "attempts");
        g_string_append_c(out, ')');
    }
}

void ssk_story_stall_title(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    gsize at = out->len;
    put_silence(story, stall, stall->duration, out);
    capitalise(out, at);
}

void ssk_story_cause_title(const ssk_story *story, const ssk_cause *cause, uint32_t flow_id,
                           GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, flow_id);
    ssk_safe_text_append(out, ssk_cause_name(cause->id));
    if (flow && (cause->side == SSK_SIDE_A || cause->side == SSK_SIDE_B)) {
        g_string_append(out, " (");
        put_addr(out, &flow->addr[cause->side == SSK_SIDE_A ? SSK_A : SSK_B]);
        g_string_append_c(out, ')');
    }
}

/* "radio off (10.0.0.5), host asleep (10.0.0.5) or loss towards the server" */
static void put_causes(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out)
{
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        if (i)
            g_string_append(out, i + 1 == verdict->n_verdict ? " or " : ", ");
        ssk_story_cause_title(story, &verdict->causes[i], flow, out);
    }
    if (!verdict->n_verdict)
        g_string_append(out, ssk_cause_name("unknown"));
}

void ssk_story_verdict(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out)
{
    gsize at = out->len;
    put_causes(story, verdict, flow, out);
    capitalise(out, at);
    if (verdict->n_verdict > 1)
        g_string_append(out, "; this capture cannot tell which, the likeliest is named first");
    else if (!verdict->n_verdict)
        g_string_append(out, ": nothing in this capture tells why");
    g_string_append_c(out, '.');
}

static const ssk_result_stall *find_stall(const ssk_result *result, uint32_t id)
{
    for (size_t i = 0; i < result->n_stalls; i++)
        if (result->stalls[i].id == id)
            return &result->stalls[i];
    return NULL;
}

/* The stall that speaks for its incident: with a verdict, then the longest. */
static const ssk_result_stall *lead_stall(const ssk_result *result,
                                          const ssk_result_incident *incident)
{
    const ssk_result_stall *lead = NULL;
    for (size_t i = 0; i < incident->n_stalls; i++) {
        const ssk_result_stall *stall = find_stall(result, incident->stalls[i]);
        if (!stall)
            continue;
        bool judged = stall->verdict.n_verdict != 0;
        bool lead_judged = lead && lead->verdict.n_verdict != 0;
        if (!lead || judged > lead_judged ||
            (judged == lead_judged && stall->duration > lead->duration))
            lead = stall;
    }
    return lead;
}

void ssk_story_incident(const ssk_story *story, const ssk_result_incident *incident, GString *out)
{
    const ssk_result_stall *lead = lead_stall(story->result, incident);
    gsize at = out->len;
    ssk_time_ns end = incident->end != SSK_TIME_NONE ? incident->end : story->end;
    ssk_span_ns length;

    if (!lead) {
        put_addr(out, &incident->host);
        g_string_append(out, " was silent");
    } else {
        if (end == SSK_TIME_NONE || __builtin_sub_overflow(end, incident->start, &length) ||
            length < lead->duration)
            length = lead->duration;
        put_silence(story, lead, length, out);
    }
    capitalise(out, at);
    if (incident->n_stalls > 1)
        g_string_append_printf(out, ", %zu connections", incident->n_stalls);
    if (incident->end == SSK_TIME_NONE)
        g_string_append(out, ", to the end of the capture");
    g_string_append(out, ", from ");
    ssk_story_time(story, incident->start, out);
    if (lead) {
        g_string_append(out, ": ");
        put_causes(story, &lead->verdict, lead->flow, out);
    }
    g_string_append_c(out, '.');
}

/* The period that missed messages are counted by. */
static ssk_span_ns period_of(const ssk_result_flow *flow, const ssk_result_stall *stall)
{
    const ssk_side direction = stall->direction;
    if (stall->period)
        return stall->period;
    if (direction == SSK_SIDE_A || direction == SSK_SIDE_B) {
        ssk_span_ns period = flow->dir[direction == SSK_SIDE_A ? SSK_A : SSK_B].period;
        if (period)
            return period;
    }
    return flow->keepalive ? flow->keepalive->period : 0;
}

static void stall_ends(const ssk_story *story, const ssk_result_stall *stall, GString *line,
                       ssk_story_row row, void *user)
{
    ssk_story_time(story, stall->start, clean(line));
    if (stall->frame_before)
        g_string_append_printf(line, ", frame %u", stall->frame_before);
    row(user, strcmp(stall->kind ? stall->kind : "", "connect") == 0 ? "first try" : "last before",
        line->str);

    clean(line);
    if (stall->open || stall->end == SSK_TIME_NONE) {
        g_string_append(line, "nothing, to the end of the capture");
    } else {
        ssk_story_time(story, stall->end, line);
        if (stall->frame_after)
            g_string_append_printf(line, ", frame %u", stall->frame_after);
    }
    row(user, "first after", line->str);
}

static void stall_aftermath(const ssk_story *story, const ssk_result_stall *stall, GString *line,
                            ssk_story_row row, void *user)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const char *recovery = recovery_meaning(stall, flow && flow->transport == SSK_UDP);

    if (stall->cause_end != SSK_TIME_NONE) {
        ssk_story_time(story, stall->cause_end, clean(line));
        if (stall->recovery_tail >= SSK_STORY_TAIL) {
            g_string_append(line, "; the ");
            put_span(line, stall->recovery_tail);
            g_string_append(line, " after that were recovery, not cause");
        }
        row(user, "cause over", line->str);
    }
    if (stall->next_retry != SSK_TIME_NONE) {
        ssk_story_time(story, stall->next_retry, clean(line));
        row(user, "next retry", line->str);
    }
    if (recovery || stall->recovery)
        row(user, "recovery", recovery ? recovery : stall->recovery);
    if (stall->consequence.id) {
        clean(line);
        if (flow && (stall->consequence.by == SSK_SIDE_A || stall->consequence.by == SSK_SIDE_B))
            put_addr(line, &flow->addr[stall->consequence.by == SSK_SIDE_A ? SSK_A : SSK_B]);
        else
            g_string_append(line, "the far side");
        g_string_append(line, " closed the connection");
        if (stall->consequence.timeout > 0) {
            g_string_append(line, " ");
            put_span(line, stall->consequence.timeout);
            g_string_append(line, " after the last message it had received");
        }
        put_frames(line, &stall->consequence.frame, stall->consequence.frame != 0);
        g_string_append(line, ": its timeout, not the cause");
        row(user, SSK_STORY_CONSEQUENCE, line->str);
    }
    if (stall->new_flow) {
        ssk_story_flow(story, stall->new_flow, clean(line));
        row(user, "replaced by", line->str);
    }
}

void ssk_story_stall(const ssk_story *story, const ssk_result_stall *stall, ssk_story_row row,
                     void *user)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    GString *line = g_string_new(NULL);

    ssk_story_flow(story, stall->flow, line);
    row(user, "connection", line->str);
    stall_ends(story, stall, line, row, user);
    if (stall->missed >= 0) {
        put_count(clean(line), (uint64_t)stall->missed, "message", "messages");
        ssk_span_ns period = flow ? period_of(flow, stall) : 0;
        if (period) {
            g_string_append(line, ", one was due every ");
            put_span(line, period);
        }
        row(user, "missed", line->str);
    }
    const char *meaning = kind_meaning(stall->kind);
    if (meaning || stall->kind) {
        clean(line);
        ssk_safe_text_append(line, stall->kind);
        if (meaning)
            g_string_append_printf(line, ": %s", meaning);
        row(user, "kind", line->str);
    }
    stall_aftermath(story, stall, line, row, user);
    g_string_free(line, TRUE);
}

void ssk_story_evidence(const ssk_evidence *evidence, GString *out)
{
    if (evidence->view)
        g_string_append_printf(out, "in capture %c: ", evidence->view);
    ssk_safe_text_append(out, evidence->text ? evidence->text : "");
    put_frames(out, evidence->frames, evidence->n_frames);
}

static bool has_evidence(const ssk_cause *cause, const ssk_evidence *evidence)
{
    for (size_t i = 0; i < cause->n_evidence; i++)
        if (cause->evidence[i].view == evidence->view &&
            g_strcmp0(cause->evidence[i].text, evidence->text) == 0)
            return true;
    return false;
}

bool ssk_story_is_shared(const ssk_verdict *verdict, const ssk_evidence *evidence)
{
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (!has_evidence(&verdict->causes[i], evidence))
            return false;
    return verdict->n_verdict > 1;
}

/* ---- everything else ---- */

void ssk_story_measurement(const ssk_story *story, const ssk_result_measurement *fault,
                           GString *out)
{
    const ssk_cause_words *words = ssk_cause_words_find(fault->id);
    gsize at = out->len;

    ssk_safe_text_append(out, ssk_cause_name(fault->id));
    capitalise(out, at);
    g_string_append(out, " at ");
    ssk_story_time(story, fault->start, out);
    if (fault->duration) {
        g_string_append(out, ", ");
        put_span(out, fault->duration);
    }
    if (fault->has_by) {
        g_string_append(out, ", by ");
        put_span(out, fault->by);
    }
    if (fault->n_flows) {
        g_string_append(out, fault->n_flows == 1 ? ", flow " : ", flows ");
        for (size_t i = 0; i < MIN(fault->n_flows, FRAMES_SHOWN); i++)
            g_string_append_printf(out, "%s%u", i ? ", " : "", fault->flows[i]);
        if (fault->n_flows > FRAMES_SHOWN)
            g_string_append_printf(out, " and %zu more", fault->n_flows - FRAMES_SHOWN);
    } else {
        g_string_append(out, ", all flows");
    }
    if (fault->hidden_bytes >= 0) {
        g_string_append(out, "; not captured: ");
        put_count(out, (uint64_t)fault->hidden_bytes, "byte", "bytes");
    }
    if (fault->hidden_messages >= 0) {
        g_string_append(out, fault->hidden_bytes >= 0 ? ", " : "; not captured: ");
        put_count(out, (uint64_t)fault->hidden_messages, "message", "messages");
    }
    g_string_append(out, ". ");
    if (words)
        g_string_append(out, words->meaning);
}

void ssk_story_udp_title(const ssk_story *story, const ssk_result_udp *udp, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, udp->flow);

    g_string_append_printf(out, "flow %u: ", udp->flow);
    if (flow) {
        ssk_story_end_point(flow, udp->direction, out);
        g_string_append(out, " -> ");
        ssk_story_end_point(flow, ssk_dir_other(udp->direction), out);
    }
    g_string_append_printf(out, ", %s, ", udp->cast ? udp->cast : "cast not known");
    put_count(out, udp->packets, "packet", "packets");
    g_string_append(out, ", ");
    put_count(out, udp->bytes, "byte", "bytes");
    if (!udp->has_on_off)
        g_string_append(out, ": no on/off pattern");
}

static void on_off_rows(const ssk_result_udp *udp, GString *line, ssk_story_row row, void *user)
{
    const char *periodic_in = udp->on_off.periodic_in;

    put_span(clean(line), udp->on_off.on_ns.p50);
    g_string_append_printf(line,
                           ", %" G_GINT64_FORMAT
                           " bytes (half of the bursts are within %" G_GINT64_FORMAT " of that)",
                           udp->on_off.on_bytes.p50, udp->on_off.on_bytes.mad);
    if (udp->on_off.power_of_two > 0) {
        g_string_append(line, "; the nearest power of two is ");
        g_string_append_printf(line, "%" G_GINT64_FORMAT ", ", udp->on_off.power_of_two);
        put_permille(line, udp->on_off.power_of_two_off_permille);
        g_string_append(line, " off");
    }
    row(user, "on", line->str);

    put_span(clean(line), udp->on_off.off_ns.p50);
    g_string_append(line, ", at most ");
    put_span(line, udp->on_off.off_ns.max);
    g_string_append(line, "; a gap above ");
    put_span(line, udp->threshold);
    g_string_append(line, " is a pause");
    row(user, "off", line->str);

    put_permille(clean(line), udp->on_off.duty_permille);
    g_string_append(line, " of the time, over ");
    put_count(line, udp->on_off.cycles, "cycle", "cycles");
    row(user, "share on", line->str);

    g_string_append_printf(clean(line),
                           "%" G_GUINT64_FORMAT " bytes/s while on, %" G_GUINT64_FORMAT
                           " bytes/s overall",
                           udp->on_off.goodput_on, udp->on_off.goodput);
    row(user, "rate", line->str);

    clean(line);
    if (periodic_in && strcmp(periodic_in, "bytes") == 0)
        g_string_append(line, "bytes, as a buffer that fills");
    else if (periodic_in && strcmp(periodic_in, "time") == 0)
        g_string_append(line, "time, as a radio or a timer");
    else
        g_string_append(line, "neither bytes nor time, clearly");
    g_string_append(line, ": bursts vary by ");
    put_permille(line, udp->on_off.cv_bytes_permille);
    g_string_append(line, " in bytes and ");
    put_permille(line, udp->on_off.cv_seconds_permille);
    g_string_append(line, " in time");
    row(user, "periodic in", line->str);
}

static void put_reception(const ssk_result_udp *udp, GString *out)
{
    put_permille(out, udp->reception.delivered_permille);
    g_string_append_printf(out,
                           ": %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                           " packets, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                           " bytes; reference: ",
                           udp->reception.received_packets, udp->reception.reference_packets,
                           udp->reception.received_bytes, udp->reception.reference_bytes);
    ssk_safe_text_append(out, udp->reception.reference ? udp->reception.reference : "not known");
}

void ssk_story_udp(const ssk_story *story, const ssk_result_udp *udp, ssk_story_row row, void *user)
{
    GString *line = g_string_new(NULL);
    if (udp->has_on_off)
        on_off_rows(udp, line, row, user);
    if (udp->has_reception) {
        put_reception(udp, clean(line));
        row(user, "received", line->str);
    }
    if (udp->has_on_off && udp->on_off.strip && udp->on_off.strip_slice > 0) {
        g_string_append(clean(line), "each character is ");
        put_span(line, udp->on_off.strip_slice);
        g_string_append(line, ": # on, . off; from ");
        ssk_story_time(story, udp->on_off.strip_start, line);
        row(user, "over time", line->str);
    }
    g_string_free(line, TRUE);
}

void ssk_story_clock(const ssk_story *story, const ssk_result_clock *clock, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, clock->flow);

    if (flow && (clock->side == SSK_SIDE_A || clock->side == SSK_SIDE_B))
        put_addr(out, &flow->addr[clock->side == SSK_SIDE_A ? SSK_A : SSK_B]);
    else
        g_string_append_printf(out, "The sender of flow %u", clock->flow);
    g_string_append(out, "'s clock is ");
    put_span(out, clock->offset < 0 && clock->offset != INT64_MIN ? -clock->offset : clock->offset);
    g_string_append(out, clock->offset < 0 ? " behind" : " ahead of");
    g_string_append(out, " the capture's, to within ");
    put_span(out, clock->error);
    g_string_append(out, " (");
    ssk_safe_text_append(out, clock->source ? clock->source : "");
    if (clock->format) {
        g_string_append(out, ", ");
        ssk_safe_text_append(out, clock->format);
    }
    g_string_append(out, ", ");
    put_count(out, clock->samples, "sample", "samples");
    g_string_append_printf(out, ", flow %u)", clock->flow);
    if (clock->has_skew) {
        uint64_t ppb = (uint64_t)clock->skew_ppb;
        if (clock->skew_ppb < 0)
            ppb = -ppb;
        g_string_append_printf(out, "; it runs %" G_GUINT64_FORMAT ".%03u ppm %s", ppb / 1000,
                               (unsigned)(ppb % 1000), clock->skew_ppb < 0 ? "slow" : "fast");
    }
    for (size_t i = 0; i < clock->n_steps; i++) {
        g_string_append(out, i ? ", " : "; it stepped by ");
        put_span(out, clock->steps[i].by);
        g_string_append(out, " at ");
        ssk_story_time(story, clock->steps[i].at, out);
    }
    g_string_append_c(out, '.');
}

void ssk_story_service(const ssk_story *story, const ssk_result_service *service, GString *out)
{
    const char *const name[] = {service->instance, service->type, service->domain};
    for (size_t i = 0; i < G_N_ELEMENTS(name); i++) {
        if (!name[i])
            continue;
        if (i && name[i - 1])
            g_string_append_c(out, '.');
        ssk_safe_text_append(out, name[i]);
    }
    if (service->host) {
        g_string_append(out, " on ");
        ssk_safe_text_append(out, service->host);
        if (service->has_port)
            g_string_append_printf(out, " port %u", service->port);
    }
    for (size_t i = 0; i < service->n_addresses; i++) {
        g_string_append(out, i ? ", " : " at ");
        put_addr(out, &service->addresses[i]);
    }
    if (service->state && strcmp(service->state, "alive") != 0) {
        g_string_append(out, "; ");
        g_string_append(out,
                        strcmp(service->state, "goodbye") == 0 ? "said goodbye" : service->state);
        g_string_append(out, ", last heard ");
        ssk_story_time(story, service->last, out);
    }
}

static bool is_readable(const ssk_result_txt *txt)
{
    if (strlen(txt->value) != txt->value_len ||
        memcmp(txt->value, txt->value_bytes, txt->value_len))
        return false;
    for (const char *p = txt->value; *p; p = g_utf8_next_char(p))
        if (ssk_safe_text_forbids(g_utf8_get_char(p)))
            return false;
    return true;
}

void ssk_story_txt(const ssk_result_txt *txt, GString *out)
{
    ssk_safe_text_append(out, txt->key ? txt->key : "");
    if (!txt->value)
        return;
    g_string_append_c(out, '=');
    if (g_utf8_validate(txt->value, -1, NULL) && is_readable(txt)) {
        g_string_append(out, txt->value);
        return;
    }
    g_string_append_printf(out, "(%zu bytes: ", txt->value_len);
    for (size_t i = 0; i < MIN(txt->value_len, TXT_BYTES_SHOWN); i++)
        g_string_append_printf(out, "%02x", txt->value_bytes[i]);
    g_string_append(out, txt->value_len > TXT_BYTES_SHOWN ? "...)" : ")");
}

void ssk_story_finding(const ssk_result_finding *finding, GString *out)
{
    const ssk_cause_words *words = ssk_cause_words_find(finding->id ? finding->id : "");
    gsize at = out->len;

    ssk_safe_text_append(out, words ? words->name : finding->id ? finding->id : "");
    capitalise(out, at);
    g_string_append(out, ": ");
    ssk_safe_text_append(out, finding->text ? finding->text : words ? words->meaning : "");
    put_frames(out, finding->frames, finding->n_frames);
}

/* ---- order of flows ---- */

typedef struct ssk_weighed {
    const ssk_result_flow *flow;
    unsigned stalls;
    uint64_t packets;
} ssk_weighed;

static int by_weight(const void *left, const void *right)
{
    const ssk_weighed *a = left, *b = right;
    if (a->stalls != b->stalls)
        return a->stalls > b->stalls ? -1 : 1;
    if (!a->flow->keepalive != !b->flow->keepalive)
        return a->flow->keepalive ? -1 : 1;
    if (a->packets != b->packets)
        return a->packets > b->packets ? -1 : 1;
    return a->flow->id < b->flow->id ? -1 : 1;
}

const ssk_result_flow **ssk_story_flows_by_weight(const ssk_story *story)
{
    const ssk_result *result = story->result;
    ssk_weighed *weighed = g_new0(ssk_weighed, result->n_flows);
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        weighed[i].flow = flow;
        weighed[i].packets = flow->dir[SSK_A].packets + flow->dir[SSK_B].packets;
    }
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(result, result->stalls[i].flow);
        if (flow)
            weighed[flow - result->flows].stalls++;
    }
    if (result->n_flows)
        qsort(weighed, result->n_flows, sizeof *weighed, by_weight);
    const ssk_result_flow **flows = g_new0(const ssk_result_flow *, result->n_flows);
    for (size_t i = 0; i < result->n_flows; i++)
        flows[i] = weighed[i].flow;
    g_free(weighed);
    return flows;
}
