/* answer.c - the debt of an answer: a request that its receiver's host acknowledged, and its
 * program does not answer.
 *
 * Who asks is the side that opened the connection. What it sends is a request if its own first
 * bytes say so (core/decode/request.h), or if the two have taken turns for long enough: each of its
 * turns was answered, and nothing came unasked. Then the next turn is the other side's, and the
 * first new byte of it pays. Messages that a profile decodes have debts of their own (beat.c).
 *
 * Source: RFC 9293, 3.8.1 (what an acknowledgment says, and what it does not).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/base/port.h"
#include "core/decode/http2.h"
#include "core/decode/request.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_answer_debt;

typedef struct state {
    ssk_time_ns since;   /* last byte of the open request */
    ssk_time_ns acked;   /* when its host had acknowledged all of it; SSK_TIME_NONE: not yet */
    uint32_t len;        /* of its last segment */
    uint32_t frame, end; /* of that byte: its packet, and the sequence number behind it */
    uint32_t turns;      /* answered ones */
    uint32_t led; /* of them, those that the asker began: it took longer than the answer did */
    ssk_time_ns answered; /* last byte of the other side */
    ssk_span_ns thought;  /* before the open request, since then */
    ssk_time_ns latest;   /* request of them */
    ssk_time_ns canceled; /* when its asker took it back, and asked nothing since; else 0 */
    uint32_t latest_frame, latest_end, canceled_frame;
    uint32_t requests; /* segments or bursts that asked while this debt is open */
    uint16_t number;   /* of the latest, where requests are numbered */
    uint8_t asker : 1, asker_known : 1;
    bool numbered : 1, echoes : 1; /* the answers bear its number */
    bool http2 : 1, opening : 1;   /* its frames are read; only the preface waits for an answer */
    uint8_t kind;                  /* ssk_request of the open one */
    bool prompt : 1;               /* it was answered at once, at least one time */
    bool alike : 1;                /* each answer had the length of its question */
    bool open : 1;                 /* something was asked and nothing answered */
    bool greeted : 1;              /* the server spoke before anything was asked */
    bool spoke : 1;                /* the asker spoke at least once */
    bool no_turns : 1;             /* the two do not take turns: one spoke twice, or unasked */
    bool unfinished : 1;           /* the head of the open request is not over yet */
    bool at_line : 1;              /* ... and what comes begins a line of it */
    bool tls : 1;                  /* its bytes are records of TLS that nobody can read */
    bool odd : 1;                  /* what pays is no answer of that port's service */
} state;
_Static_assert(sizeof(state) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

static bool wants(const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    bool first = flow->side[SSK_A].payload_packets + flow->side[SSK_B].payload_packets == 1;
    return (first || !flow->profile) && step->tcp.new_bytes > 0;
}

/* The side that opened the connection; else the one whose peer has a well-known port. */
static void find_asker(state *s, const ssk_flow *flow)
{
    const ssk_flow_side *a = &flow->side[SSK_A], *b = &flow->side[SSK_B];
    s->asker_known = true;
    if (flow->handshake && a->tcp.syn_seen != b->tcp.syn_seen)
        s->asker = a->tcp.syn_seen ? SSK_A : SSK_B;
    else if (flow->handshake)
        s->asker = SSK_A; /* the flow began with its SYN */
    else if (ssk_port_is_well_known(flow->port[SSK_B]) != ssk_port_is_well_known(flow->port[SSK_A]))
        s->asker = ssk_port_is_well_known(flow->port[SSK_B]) ? SSK_A : SSK_B;
    else
        s->asker_known = false;
    if (ssk_port_is_well_known(flow->port[s->asker]) &&
        !ssk_port_is_well_known(flow->port[!s->asker]))
        s->asker_known = false; /* a server that opens the connection, as for FTP's data */
}

/* ssh, telnet, rlogin, rsh: output comes when a command has something to say. */
static bool is_shell(uint16_t port)
{
    return port == 22 || port == 23 || port == 513 || port == 514;
}

/* Messages of one length, none at once behind the other side's: each keeps a timer of its own. */
static bool keeps_timers(const state *s)
{
    return s->alike && !s->prompt;
}

/* What cannot be read was a request if such were answered before; or, of a well-known service,
 * if it was answered in the end. */
static bool is_debt(const state *s, const ssk_flow *flow, unsigned how)
{
    if (!s->open || s->unfinished || s->kind == SSK_REQUEST_TELLS)
        return false;
    if (s->kind == SSK_REQUEST_ASKS || flow->profile)
        return s->kind == SSK_REQUEST_ASKS;
    bool shell = is_shell(flow->port[!s->asker]);
    bool served = ssk_port_is_well_known(flow->port[!s->asker]) && !shell;
    bool leads = 2 * s->led >= s->turns; /* else it is the other side that asks */
    /* The first request of a connection is one if those of others were. The handshake of a shell is
     * all turns, and a command takes its time. */
    bool known = !shell && (s->turns >= SSK_LIMIT(ANSWER_TURNS) ||
                            (!s->turns && flow->service &&
                             flow->service->answered >= SSK_LIMIT(ANSWER_OTHERS)));
    /* What follows the other side's word at once may itself be the answer to it. */
    bool replies = s->thought <= SSK_LIMIT(RECEIVED);
    bool typed = s->tls && s->len < SSK_LIMIT(TYPED_RECORD);
    return !s->no_turns && leads && !keeps_timers(s) &&
           (known || (served && !typed && !replies && !s->odd && how & SSK_DEBT_PAID));
}

/* Where the other side may be the one that asks, it took its time all the same: how long what may be
 * an answer usually takes shows in all of them. */
static bool may_be_answer(const state *s, const ssk_flow *flow, unsigned how)
{
    return s->open && !s->unfinished && s->kind == SSK_REQUEST_UNKNOWN && !flow->profile &&
           !s->no_turns && !keeps_timers(s) && s->turns && !is_shell(flow->port[!s->asker]) &&
           (how & SSK_DEBT_PAID);
}

/* The debt runs for as long as its host had all of the request: before, an acknowledgment is owed. */
static void tell(const state *s, const ssk_flow *flow, ssk_time_ns end, uint32_t frame,
                 unsigned how, const ssk_config *config, ssk_facts *out)
{
    if (s->canceled && s->canceled < end) { /* who took its question back waits no longer */
        end = s->canceled;
        frame = s->canceled_frame;
        how = SSK_DEBT_GIVEN_UP;
    }
    bool asked = is_debt(s, flow, how);
    if ((!asked && !may_be_answer(s, flow, how)) || s->acked == SSK_TIME_NONE ||
        end - s->acked <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ANSWER, .asked = s->requests),
                     .dir = (uint8_t)ssk_dir_other(s->asker),
                     .flow_id = flow->id,
                     .start = s->since,
                     .frame_first = s->frame,
                     .end = end,
                     .frame_last = frame,
                     .open = how == 0,
                     .samples = s->turns,
                     .flags = how | (asked ? SSK_DEBT_RECEIVED : SSK_DEBT_UNASKED) |
                              (s->kind == SSK_REQUEST_ASKS ? SSK_DEBT_READ : 0)};
    ssk_facts_add(out, &fact);
}

/* What this segment asks; frames of HTTP/2 are told apart once its preface was read.
 * @return false: it is the library's, and asks nothing of the program */
static bool read_request(state *s, const ssk_step *step, ssk_request *ret)
{
    const ssk_packet *packet = step->packet;
    ssk_http2 frames;
    bool framed = ssk_http2_read(packet->payload, packet->payload_cap, packet->payload_len,
                                 &frames);
    if (framed && frames.opens)
        s->http2 = true;
    if (!s->http2) {
        *ret = ssk_request_of_segment(packet->payload, packet->payload_cap, packet->payload_len,
                                      s->greeted);
        s->numbered = ssk_request_number(packet->payload, packet->payload_cap, packet->payload_len,
                                         &s->number);
        return true;
    }
    *ret = !framed                       ? SSK_REQUEST_UNKNOWN
           : frames.asks || frames.opens ? SSK_REQUEST_ASKS
                                         : SSK_REQUEST_TELLS;
    if (framed && frames.cancels && s->open) {
        s->canceled = step->time;
        s->canceled_frame = packet->event->frame;
    }
    s->opening = framed && (frames.opens || s->opening) && !frames.asks;
    return !framed || frames.opens || !frames.library;
}

/* Another piece of a head that is not over. */
static void go_on(state *s, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    bool at_line = s->at_line;
    s->unfinished = !step->tcp.jumped_bytes &&
                    !ssk_request_head_ends(packet->payload, packet->payload_cap,
                                           packet->payload_len, true, &at_line);
    s->at_line = at_line;
    s->since = s->latest = step->time;
    s->acked = SSK_TIME_NONE;
    s->frame = s->latest_frame = packet->event->frame;
    s->end = s->latest_end = step->flow->side[step->dir].tcp.next;
}

/* A head that comes in pieces asks when its last one has come. */
static void begin_head(state *s, const ssk_packet *packet)
{
    bool at_line = false;
    s->unfinished = s->kind == SSK_REQUEST_ASKS &&
                    !ssk_request_head_ends(packet->payload, packet->payload_cap,
                                           packet->payload_len, false, &at_line);
    s->at_line = at_line;
}

static bool is_tls_data(const ssk_packet *packet)
{
    return packet->payload_cap >= 3 && packet->payload[0] == 23 && packet->payload[1] == 3;
}

static void ask(state *s, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    ssk_request kind;
    if (s->open && s->unfinished) {
        go_on(s, step);
        return;
    }
    if (!read_request(s, step, &kind))
        return;
    bool asks = kind == SSK_REQUEST_ASKS;
    bool received = s->acked != SSK_TIME_NONE && step->time - s->acked > SSK_LIMIT(RECEIVED);
    /* Another one is no part of the first; whether its host acknowledged that is not waited for. */
    bool next = s->kind == SSK_REQUEST_ASKS && asks && s->acked != SSK_TIME_NONE;
    bool goes_on = s->open && step->time - s->since < SSK_LIMIT(ONE_REQUEST) && !received && !next;
    bool again = s->open && !goes_on && packet->payload_len == s->len &&
                 step->time - s->since < SSK_LIMIT(ASKS_AGAIN);
    if (s->open && !goes_on && !again && s->kind == SSK_REQUEST_UNKNOWN)
        s->no_turns = true; /* it does not wait for its answer */
    s->spoke = true;
    s->latest = step->time;
    s->latest_frame = packet->event->frame;
    s->latest_end = step->flow->side[step->dir].tcp.next;
    if (asks)
        s->canceled = 0;
    if (again || (s->open && !goes_on && s->kind == SSK_REQUEST_ASKS)) {
        s->requests++; /* the oldest one is still owed */
        return;
    }
    s->len = packet->payload_len;
    if (!goes_on || s->kind != SSK_REQUEST_ASKS)
        s->kind = (uint8_t)kind;
    if (!goes_on) {
        s->requests = 1;
        s->canceled = 0;
        s->thought = s->turns || s->greeted ? step->time - s->answered : INT64_MAX;
    }
    s->open = true;
    s->since = step->time;
    s->acked = SSK_TIME_NONE;
    s->frame = packet->event->frame;
    s->end = step->flow->side[step->dir].tcp.next;
    if (!goes_on) {
        s->tls = is_tls_data(packet);
        begin_head(s, packet);
    }
}

/* Of requests that overlap, was it one before the latest that this answers? Where answers bore the
 * numbers of their questions, the latest is answered by the one that bears its own. */
static bool leaves_latest(state *s, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    uint16_t number;
    if (!s->numbered || packet->payload_cap < packet->payload_len)
        return false;
    bool latest = ssk_request_number_in(packet->payload, packet->payload_cap, s->number);
    s->echoes |= latest;
    bool another = s->requests > 1 && ssk_request_number(packet->payload, packet->payload_cap,
                                                         packet->payload_len, &number);
    return !latest && (s->echoes || another);
}

/* Settings, pings and windows come from the library, whatever its program does. */
static bool is_librarys(const state *s, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    ssk_http2 frames;
    return s->http2 && !s->opening &&
           ssk_http2_read(packet->payload, packet->payload_cap, packet->payload_len, &frames) &&
           frames.library;
}

/* RFC 9112, 4: an answer of HTTP begins with its version. Of another conversation at that port, seen
 * from the middle, nobody can tell what asked and what answers. */
static bool is_odd(const ssk_step *step)
{
    enum { PORT_HTTP = 80, VERSION = 5 };
    const ssk_packet *packet = step->packet;
    return !step->flow->handshake && packet->src_port == PORT_HTTP &&
           packet->payload_cap >= VERSION && memcmp(packet->payload, "HTTP/", VERSION) != 0;
}

static void answer(state *s, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    if (is_librarys(s, step))
        return;
    if (s->open) {
        s->alike = (!s->turns || s->alike) && step->packet->payload_len == s->len;
        s->prompt |= step->time - s->since <= SSK_LIMIT(PROMPT);
        s->odd = is_odd(step);
        tell(s, step->flow, step->time, step->packet->event->frame, SSK_DEBT_PAID, config, out);
        s->turns++;
        if (s->turns == 1 && step->flow->service && step->flow->service->answered < UINT32_MAX)
            step->flow->service->answered++;
        s->led += s->thought > step->time - s->since;
        s->answered = step->time;
        s->open = leaves_latest(s, step);
        if (s->open) {
            s->since = s->latest;
            s->frame = s->latest_frame;
            s->end = s->latest_end;
            s->acked = SSK_TIME_NONE;
            s->requests = MAX(s->requests, 2) - 1;
        }
        return;
    }
    s->answered = step->time;
    if (!s->spoke)
        s->greeted = true;
    else if (step->time - s->since > SSK_LIMIT(ONE_REQUEST))
        s->no_turns = true; /* unasked */
}

static void close_debt(state *s, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    bool asker_left = step->dir == s->asker && step->time - s->since <= config->min_gap;
    if (!asker_left)
        tell(s, step->flow, step->time, step->packet->event->frame, SSK_DEBT_CLOSED, config, out);
    *step->enough = true;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_flow *flow = step->flow;
    uint8_t flags = step->packet->tcp.flags;
    if (step->time == SSK_TIME_NONE)
        return;
    /* The first request stays open although its own bytes told which profile reads the rest. */
    if (flow->profile && !s->open && s->spoke) {
        *step->enough = true;
        return;
    }
    if (!s->asker_known)
        find_asker(s, flow);
    if (!s->asker_known) {
        *step->enough = true;
        return;
    }
    if (step->tcp.new_bytes && step->dir == s->asker)
        ask(s, step);
    else if (step->tcp.new_bytes || (step->dir != s->asker && step->tcp.jumped_bytes))
        answer(s, step, config, out);
    const ssk_tcp_side *asker = &flow->side[s->asker].tcp;
    if (s->open && s->acked == SSK_TIME_NONE && asker->acked_valid &&
        (int32_t)(asker->acked - s->end) >= 0)
        s->acked = step->time;
    if (step->tcp.new_fin || (flags & SSK_TCP_RST))
        close_debt(s, step, config, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    tell(opaque, flow, end, 0, 0, config, out);
}

const ssk_meter ssk_meter_answer_debt = {
    .name = "answer-debt",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_NEW_BYTES | SSK_SIGN_ACKED | SSK_SIGN_END,
    .wakes = SSK_SIGN_NEW_BYTES,
    .wants = wants,
    .on_step = on_step,
    .on_close = on_close,
};
