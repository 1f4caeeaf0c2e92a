/* scattered.c - the debt of an answer to questions that each come from a port of their own.
 *
 * Who resolves a name, or asks for the time, takes another port each time, so the questions are on
 * many flows. They are one where the same host asks the same server; any answer of it pays. Three
 * in a row without an answer are a debt if the server answered before, or if they repeat a name:
 * else the capture may hold but one direction. What is repeated on one flow is told by repeat.c.
 *
 * Source: RFC 1035, 4.2.1 and 7.2; RFC 5905, 7.3. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/decode/dnssd.h"
#include "core/decode/request.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_scattered_debt;

/* Pairs of hosts that are followed; a newcomer takes the place of an older one. */
#define PAIRS    512
#define PORT_NTP 123

typedef struct run {
    ssk_addr client, server;
    ssk_time_ns since, last; /* questions without an answer */
    ssk_span_ns patience;    /* later than this behind the last one the next is another matter */
    uint32_t flow, frame, last_frame;
    uint32_t name; /* hash of the last one's */
    uint16_t port; /* of the server */
    uint16_t asked, again;
    uint8_t debtor : 1;   /* ssk_dir on that flow */
    bool answered : 1;    /* any question before */
    bool on_one_flow : 1; /* enough of them were, and repeat.c hears that flow */
} run;
_Static_assert(sizeof(run) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    run *runs;        /* [PAIRS]; NULL until the first question */
    uint64_t dropped; /* pairs dropped with a question open */
} state;

static void tell(const run *r, ssk_time_ns end, uint32_t frame, unsigned how,
                 const ssk_config *config, ssk_facts *out)
{
    if (r->asked < SSK_LIMIT(TRIES_LEAST) || r->on_one_flow || !(r->again || r->answered) ||
        r->last - r->since <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ANSWER, .asked = r->asked),
                     .dir = r->debtor,
                     .flow_id = r->flow,
                     .start = r->since,
                     .frame_first = r->frame,
                     .end = end,
                     .frame_last = frame,
                     .open = how == 0,
                     .flags = how | SSK_DEBT_READ};
    ssk_facts_add(out, &fact);
}

static run *run_of(state *s, const ssk_addr *client, const ssk_addr *server, uint16_t port)
{
    uint32_t slot = ssk_slot_hash(client, sizeof *client) ^
                    7 * ssk_slot_hash(server, sizeof *server) ^ port;
    return &s->runs[slot % PAIRS];
}

static bool is_of(const run *r, const ssk_addr *client, const ssk_addr *server, uint16_t port)
{
    return r->port == port && ssk_addr_equal(&r->client, client) &&
           ssk_addr_equal(&r->server, server);
}

static void clear(run *r)
{
    r->asked = r->again = 0;
    r->on_one_flow = false;
}

static void ask(state *s, const ssk_step *step, uint32_t name, ssk_span_ns poll,
                const ssk_config *config, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    run *r = run_of(s, &packet->ip.src, &packet->ip.dst, packet->dst_port);
    bool same = is_of(r, &packet->ip.src, &packet->ip.dst, packet->dst_port);
    if (same && r->asked && step->time - r->last > r->patience) {
        tell(r, r->last, r->last_frame, SSK_DEBT_GIVEN_UP, config, out);
        clear(r);
    }
    s->dropped += !same && r->asked;
    if (!same)
        *r = (run){.client = packet->ip.src, .server = packet->ip.dst, .port = packet->dst_port};
    if (!r->asked) {
        r->since = step->time;
        r->flow = step->flow->id;
        r->frame = packet->event->frame;
        r->debtor = (uint8_t)(ssk_dir_other(step->dir) & 1);
    }
    r->again += r->asked && r->name == name && r->again < UINT16_MAX;
    r->asked += r->asked < UINT16_MAX;
    r->on_one_flow |= (step->flow->service || !r->answered) &&
                      step->flow->side[step->dir].packets >= SSK_LIMIT(TRIES_LEAST);
    r->name = name;
    r->patience = MAX(SSK_LIMIT(NAME_GIVEN_UP), 3 * poll);
    r->last = step->time;
    r->last_frame = packet->event->frame;
}

static void answer(state *s, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    run *r = run_of(s, &packet->ip.dst, &packet->ip.src, packet->src_port);
    if (!is_of(r, &packet->ip.dst, &packet->ip.src, packet->src_port))
        return;
    tell(r, step->time, packet->event->frame, SSK_DEBT_PAID, config, out);
    clear(r);
    r->answered = true;
}

static void on_name(state *s, const ssk_step *step, bool asks, const ssk_config *config,
                    ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    ssk_dns_reader reader;
    ssk_dns_record question;
    if (ssk_dns_open(&reader, packet->payload, packet->payload_cap) != SSK_OK ||
        reader.header.response == asks || !ssk_dns_next(&reader, &question) ||
        question.section != SSK_DNS_QUESTION)
        return;
    if (asks)
        ask(s, step, ssk_dns_name_hash(&question.name) ^ question.type, 0, config, out);
    else
        answer(s, step, config, out);
}

static void on_time(state *s, const ssk_step *step, bool asks, const ssk_config *config,
                    ssk_facts *out)
{
    enum { MODE = 7, SERVER = 4 };
    const ssk_packet *packet = step->packet;
    ssk_span_ns poll = ssk_request_poll(packet->payload, packet->payload_cap, packet->payload_len);
    if (asks && poll)
        ask(s, step, step->packet->event->frame, poll, config, out); /* no two are the same */
    else if (!asks && packet->payload_cap && (packet->payload[0] & MODE) == SERVER)
        answer(s, step, config, out);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    if (packet->kind != SSK_PACKET_UDP || step->time == SSK_TIME_NONE || !step->flow)
        return;
    bool name = packet->dst_port == SSK_PORT_DNS || packet->src_port == SSK_PORT_DNS;
    bool time = packet->dst_port == PORT_NTP || packet->src_port == PORT_NTP;
    if ((!name && !time) || ssk_addr_may_be_group(&packet->ip.dst))
        return;
    if (!s->runs)
        s->runs = g_new0(run, PAIRS);
    if (name && (packet->dst_port == SSK_PORT_DNS) != (packet->src_port == SSK_PORT_DNS))
        on_name(s, step, packet->dst_port == SSK_PORT_DNS, config, out);
    else if (time) /* both ports may be the same */
        on_time(s, step,
                packet->dst_port == PORT_NTP &&
                    ssk_request_poll(packet->payload, packet->payload_cap, packet->payload_len),
                config, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)flow;
    for (unsigned i = 0; s->runs && i < PAIRS; i++) {
        const run *r = &s->runs[i];
        bool over = end - r->last > r->patience;
        tell(r, over ? r->last : end, over ? r->last_frame : 0, over ? SSK_DEBT_GIVEN_UP : 0,
             config, out);
    }
}

static void draw(const void *opaque, ssk_result *result)
{
    const state *s = opaque;
    result->limits.questions_dropped = s->dropped;
}

static void free_state(void *opaque)
{
    state *s = opaque;
    g_free(s->runs);
}

static bool concerns(const ssk_flow *flow)
{
    return ssk_flow_has_port(flow, SSK_PORT_DNS) || ssk_flow_has_port(flow, PORT_NTP);
}

const ssk_meter ssk_meter_scattered_debt = {
    .name = "scattered-debt",
    .hears = SSK_HEARS(UDP),
    .state_size = sizeof(state),
    .concerns = concerns,
    .on_step = on_step,
    .on_close = on_close,
    .draw = draw,
    .free_state = free_state,
};
