/* story_stall.c - who was silent for how long, and how it went on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/model/facts.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* It was heard meanwhile, and what it owed is an acknowledgment. */
static bool acknowledges(const ssk_result_stall *stall)
{
    return stall->debt.kind == SSK_DEBT_ACK && stall->debt.debtor == stall->direction &&
           stall->kind == SSK_STALL_NO_PROGRESS;
}

static const char *kind_meaning(const ssk_result_stall *stall)
{
    static const char *const meanings[SSK_N_STALL_KINDS] = {
        [SSK_STALL_SILENCE] = "no new packet of the silent side was captured on this connection",
        [SSK_STALL_APP_SILENCE] = "the system kept answering, but its application sent nothing",
        [SSK_STALL_NO_PROGRESS] = "what had been sent was retransmitted, and nothing new came",
        [SSK_STALL_CONNECT] = "the connection could not be opened",
        [SSK_STALL_ANSWER] = "a request waited for its answer",
        [SSK_STALL_WINDOW] =
            "the window of the reader was closed while the other side had data to send",
    };
    return stall->held           ? "the other side had something to send and had to wait"
           : acknowledges(stall) ? "the silent side was heard, and acknowledged nothing new"
                                 : meanings[stall->kind];
}

/* How a flow went on that fell silent; what it owed came, if that was one thing. */
static const char *resume_meaning(const ssk_result_stall *stall, bool datagrams)
{
    const bool backlog = stall->recovery == SSK_RECOVERY_BACKLOG;
    if (stall->kind == SSK_STALL_ANSWER)
        return "the answer came";
    if (stall->debt.kind == SSK_DEBT_ACK && !stall->period)
        return "the acknowledgment came";
    if (stall->held || stall->kind == SSK_STALL_WINDOW)
        return "the receiver opened its window again, and messages resumed";
    if (!backlog)
        return datagrams ? "resumed; UDP does not retransmit datagrams that were lost"
                         : "resumed without a backlog: the missed messages never came";
    return 2 * stall->backlog < stall->missed
               ? "resumed with several messages at once, far fewer than were missed"
               : "resumed with a backlog: the missed messages arrived together, so they had been "
                 "sent but not delivered";
}

static const char *recovery_meaning(const ssk_result_stall *stall, bool datagrams)
{
    switch (stall->recovery) {
    case SSK_RECOVERY_BACKLOG:
    case SSK_RECOVERY_NO_BACKLOG:
        return resume_meaning(stall, datagrams);
    case SSK_RECOVERY_RETRANSMIT:
        return stall->kind == SSK_STALL_CONNECT ? "a retransmitted SYN was answered"
                                                : "resumed with a retransmission";
    case SSK_RECOVERY_NEW_CONNECTION:
        return "resumed on a new connection";
    case SSK_RECOVERY_RST:
        return "did not resume; the connection was reset (RST)";
    case SSK_RECOVERY_FIN:
        return "did not resume; the connection was closed (FIN)";
    default:
        return "did not resume before the end of the capture";
    }
}

bool ssk_story_sent_nothing(const ssk_story *story, const ssk_result_stall *stall)
{
    const ssk_timeline *timeline = stall->timeline;
    const ssk_time_ns end = stall->end != SSK_TIME_NONE ? stall->end : story->end;
    if (!timeline || timeline->marks_dropped)
        return false;
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        const ssk_lane *lane = mark->lane < timeline->n_lanes ? &timeline->lanes[mark->lane] : NULL;
        if (lane && lane->flow == stall->flow && lane->from == stall->direction &&
            mark->at > stall->start && mark->at < end && mark->frame != stall->frame_after)
            return false;
    }
    return true;
}

/* The silent host; of several, their number. */
static void put_subject(const ssk_addr *addr, unsigned hosts, GString *out)
{
    if (hosts > 1)
        g_string_append_printf(out, "%u hosts", hosts);
    else
        ssk_phrase_addr(out, addr);
}

/* The capture was taken at the host of the direction @p side. */
static bool captured_at(const ssk_result *result, const ssk_result_flow *flow, ssk_dir side)
{
    ssk_vantage at = side == SSK_A ? SSK_VANTAGE_CLIENT : SSK_VANTAGE_SERVER;
    return flow->handshake && result->n_views == 0 && result->vantage.value == at;
}

/* That it sent nothing is seen at its own host alone; elsewhere it may have been lost on the way.
 * @param nothing no packet of it came; else none with anything new */
static const char *unheard(const ssk_story *story, const ssk_result_flow *flow, ssk_dir side,
                           unsigned hosts, bool nothing)
{
    if (captured_at(story->result, flow, side))
        return nothing ? " sent nothing to " : " sent no message to ";
    if (!nothing)
        return " got no message through to ";
    if (ssk_addr_is_multicast(&flow->addr[ssk_dir_other(side)]))
        return hosts > 1 ? " were not heard on " : " was not heard on ";
    return hosts > 1 ? " were not heard by " : " was not heard by ";
}

void ssk_story_who(const ssk_story *story, const ssk_result_stall *stall, unsigned hosts,
                   bool nothing, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const ssk_stall_kind kind = stall->kind;

    if (!flow) {
        g_string_append_printf(out, "flow %u was silent", stall->flow);
    } else if (kind == SSK_STALL_CONNECT) {
        put_subject(&flow->addr[SSK_A], hosts, out);
        g_string_append(out, " could not connect to ");
        ssk_story_end_point(flow, SSK_B, out);
    } else if (stall->direction == SSK_SIDE_A || stall->direction == SSK_SIDE_B) {
        ssk_dir side = stall->direction == SSK_SIDE_A ? SSK_A : SSK_B;
        if (kind == SSK_STALL_APP_SILENCE)
            g_string_append(out, hosts > 1 ? "the applications on " : "the application on ");
        put_subject(&flow->addr[side], hosts, out);
        bool unread = stall->held || kind == SSK_STALL_WINDOW;
        g_string_append(out, unread                          ? " accepted nothing from "
                             : kind == SSK_STALL_ANSWER      ? " did not answer "
                             : acknowledges(stall)           ? " acknowledged nothing new from "
                             : kind == SSK_STALL_NO_PROGRESS ? " only retransmitted to "
                             : kind == SSK_STALL_APP_SILENCE
                                 ? " sent no message to "
                                 : unheard(story, flow, side, hosts, nothing));
        ssk_phrase_addr(out, &flow->addr[ssk_dir_other(side)]);
    } else {
        if (hosts > 1) {
            g_string_append_printf(out, "%u pairs of hosts", hosts);
        } else {
            ssk_phrase_addr(out, &flow->addr[SSK_A]);
            g_string_append(out, " and ");
            ssk_phrase_addr(out, &flow->addr[SSK_B]);
        }
        g_string_append(out,
                        kind == SSK_STALL_NO_PROGRESS ? " only retransmitted" : " were silent");
    }
}

void ssk_story_silence(const ssk_story *story, const ssk_result_stall *stall, ssk_span_ns duration,
                       GString *out)
{
    bool connect = stall->kind == SSK_STALL_CONNECT;
    ssk_story_who(story, stall, 1, ssk_story_sent_nothing(story, stall), out);
    g_string_append(out, " for ");
    ssk_phrase_span(out, duration);
    if (connect && stall->attempts > 1) { /* one may be many SYNs */
        g_string_append(out, " (");
        ssk_phrase_count(out, (uint64_t)stall->attempts, "attempt", "attempts");
        g_string_append_c(out, ')');
    }
}

void ssk_story_stall_title(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    gsize at = out->len;
    ssk_story_silence(story, stall, stall->duration, out);
    ssk_phrase_capitalise(out, at);
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

bool ssk_story_is_resumed(const ssk_result_stall *stall)
{
    return !stall->open && stall->end != SSK_TIME_NONE && stall->recovery != SSK_RECOVERY_NEVER;
}

static void stall_ends(const ssk_story *story, const ssk_result_stall *stall, GString *line,
                       ssk_story_row row, void *user)
{
    ssk_story_time(story, stall->start, ssk_phrase_begin(line));
    if (stall->frame_before)
        g_string_append_printf(line, ", frame %u", stall->frame_before);
    row(user, stall->kind == SSK_STALL_CONNECT ? "first try" : "last before", line->str);

    ssk_phrase_begin(line);
    if (stall->open || stall->end == SSK_TIME_NONE) {
        g_string_append(line, "nothing, to the end of the capture");
    } else {
        if (!ssk_story_is_resumed(stall))
            g_string_append(line, "never; counted to ");
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

    if (stall->cause_end != SSK_TIME_NONE) {
        ssk_story_time(story, stall->cause_end, ssk_phrase_begin(line));
        if (stall->recovery_tail >= SSK_STORY_TAIL) {
            g_string_append(line, "; the ");
            ssk_phrase_span(line, stall->recovery_tail);
            g_string_append(line, " after that were recovery, not cause");
        }
        row(user, "cause ended", line->str);
    }
    if (stall->next_retry != SSK_TIME_NONE) {
        ssk_story_time(story, stall->next_retry, ssk_phrase_begin(line));
        row(user, "next retry", line->str);
    }
    row(user, "recovery", recovery_meaning(stall, flow && flow->transport == SSK_UDP));
    if (stall->consequence.any) {
        ssk_phrase_begin(line);
        if (flow && (stall->consequence.by == SSK_SIDE_A || stall->consequence.by == SSK_SIDE_B))
            ssk_phrase_addr(line, &flow->addr[stall->consequence.by == SSK_SIDE_A ? SSK_A : SSK_B]);
        else
            g_string_append(line, "the other side");
        g_string_append(line, " closed the connection");
        if (stall->consequence.timeout > 0) {
            g_string_append(line, " ");
            ssk_phrase_span(line, stall->consequence.timeout);
            g_string_append(line, " after the last message it had received");
        }
        ssk_phrase_frames(line, &stall->consequence.frame, stall->consequence.frame != 0);
        g_string_append(line, "; that is its timeout, not the cause");
        row(user, SSK_STORY_CONSEQUENCE, line->str);
    }
    if (stall->new_flow) {
        ssk_story_flow(story, stall->new_flow, ssk_phrase_begin(line));
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
        ssk_phrase_count(ssk_phrase_begin(line), (uint64_t)stall->missed, "message", "messages");
        ssk_span_ns period = flow ? period_of(flow, stall) : 0;
        if (period) {
            g_string_append(line, ", one was due every ");
            ssk_phrase_span(line, period);
        }
        row(user, "missed", line->str);
    }
    g_string_append_printf(ssk_phrase_begin(line), "%s: %s", ssk_stall_kind_text(stall->kind),
                           kind_meaning(stall));
    row(user, "kind", line->str);
    ssk_story_crossings(story, stall, row, user);
    stall_aftermath(story, stall, line, row, user);
    g_string_free(line, TRUE);
}

/* ---- one line for the table of an incident ---- */

static const char *debt_words(const ssk_result_stall *stall)
{
    static const struct {
        int kind;
        const char *words;
    } debts[] = {
        {SSK_DEBT_ACK, "owed an acknowledgment"},
        {SSK_DEBT_ANSWER, "owed an answer"},
        {SSK_DEBT_BEAT, "owed its next message"},
        {SSK_DEBT_HANDSHAKE, "owed the rest of the handshake"},
        {SSK_DEBT_WINDOW, "owed an open window"},
        {SSK_DEBT_STREAM, "owed the next datagram"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(debts); i++)
        if (debts[i].kind == stall->debt.kind)
            return debts[i].words;
    return NULL;
}

static void put_part(GString *out, gsize at)
{
    if (out->len > at)
        g_string_append(out, "; ");
}

static void put_recovery(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    if (stall->new_flow)
        g_string_append_printf(out, "replaced by flow %u", stall->new_flow);
    else
        g_string_append(out, recovery_meaning(stall, flow && flow->transport == SSK_UDP));
}

static void put_close(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    g_string_append(out, "closed by ");
    if (flow && (stall->consequence.by == SSK_SIDE_A || stall->consequence.by == SSK_SIDE_B))
        ssk_phrase_addr(out, &flow->addr[stall->consequence.by == SSK_SIDE_A ? SSK_A : SSK_B]);
    else
        g_string_append(out, "the other side");
    if (stall->consequence.timeout > 0) {
        g_string_append(out, " after ");
        ssk_phrase_span(out, stall->consequence.timeout);
    }
    ssk_phrase_frames(out, &stall->consequence.frame, stall->consequence.frame != 0);
}

/* "10.0.0.1 " where it is not the silent side that owed. */
static void put_debtor(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const bool connect = stall->kind == SSK_STALL_CONNECT;
    const ssk_side debtor = stall->debt.debtor;
    if (!flow || (debtor != SSK_SIDE_A && debtor != SSK_SIDE_B) ||
        debtor == (connect ? SSK_SIDE_A : stall->direction))
        return;
    ssk_phrase_addr(out, &flow->addr[debtor == SSK_SIDE_A ? SSK_A : SSK_B]);
    g_string_append_c(out, ' ');
}

bool ssk_story_is_alike(const ssk_story *story, const ssk_result_stall *a,
                        const ssk_result_stall *b)
{
    GString *left = g_string_new(NULL), *right = g_string_new(NULL);
    ssk_story_who(story, a, 2, false, left);
    ssk_story_who(story, b, 2, false, right);
    bool same = a->direction == b->direction && strcmp(left->str, right->str) == 0;
    g_string_free(left, TRUE);
    g_string_free(right, TRUE);
    return same;
}

/* Sentences say "the client" and "the server"; of a connection that is older than the capture, nobody
 * can be sure. */
static void put_roles(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    ssk_dir server = stall->client == SSK_SIDE_A ? SSK_B : SSK_A;
    g_string_append(out, "roles guessed, as no handshake was seen: ");
    ssk_phrase_addr(out, &flow->addr[server]);
    g_string_append_printf(out, " with port %u is called the server", (unsigned)flow->port[server]);
}

void ssk_story_stall_remark(const ssk_story *story, const ssk_result_stall *stall,
                            const ssk_result_stall *lead, GString *out)
{
    gsize at = out->len;
    const char *debt = debt_words(stall);
    if (lead && lead != stall && !ssk_story_is_alike(story, stall, lead))
        ssk_story_who(story, stall, 1, ssk_story_sent_nothing(story, stall), out);
    if (debt && lead && (lead == stall || lead->debt.kind != stall->debt.kind)) {
        put_part(out, at);
        put_debtor(story, stall, out);
        g_string_append(out, debt);
        if (stall->debt.frame && stall->debt.frame != stall->frame_before)
            ssk_phrase_frames(out, &stall->debt.frame, 1);
    }
    if (stall->client_guessed && (!lead || lead == stall || lead->flow != stall->flow)) {
        put_part(out, at);
        put_roles(story, stall, out);
    }
    if (stall->cause_end != SSK_TIME_NONE && stall->recovery_tail >= SSK_STORY_TAIL) {
        put_part(out, at);
        g_string_append(out, "the cause ended at ");
        ssk_story_offset(story, stall->cause_end, out);
        g_string_append(out, ", and the remaining ");
        ssk_phrase_span(out, stall->recovery_tail);
        g_string_append(out, " were recovery");
    }
    if (stall->consequence.any) {
        put_part(out, at);
        put_close(story, stall, out);
    }
    put_part(out, at);
    put_recovery(story, stall, out);
    if (!stall->new_flow && !stall->open && stall->frame_after && !ssk_story_is_resumed(stall))
        g_string_append_printf(out, "; its length is counted to frame %u", stall->frame_after);
}
