/* fuzz_conversation.c - hosts that talk for hours, fail, fall silent and come back.
 *
 * Where fuzz_engine makes packets, this makes what happens to them: two bytes of the input are one
 * step of six hosts and their connections - questions and answers, bytes retransmitted in vain, hosts
 * that are gone for a while, windows that close, clocks that step - so that most inputs have debts
 * and stalls to judge. Oracle:
 *  - flows given up for want of room are counted, and no other flow is missing;
 *  - what was measured is not lost for want of room while less than half of the flows were measured;
 *  - a stall has a flow, a debtor, and lies within the capture; an incident holds its stalls;
 *  - facts and the report grow with the packets and no faster;
 *  - the report is JSON, and the text of each format is UTF-8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/json.h"
#include "report/writer.h"
#include "tests/unit/conversation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONNECTIONS 12
#define HOSTS       6
#define MAX_STEPS   500

typedef struct world {
    talk t;
    connection list[CONNECTIONS];
    bool open[CONNECTIONS];
    bool gone[HOSTS + 1]; /* hosts that do not hear or answer */
    uint32_t flows;       /* ids given so far */
    uint64_t floods;
} world;

static void follow(world *w)
{
    w->flows = MAX(w->flows, w->t.said.flow);
}

static connection *open_connection(world *w, unsigned n)
{
    connection *c = &w->list[n];
    if (!w->open[n]) {
        *c = talk_connection(&w->t, 1 + n % (HOSTS - 1), HOSTS, (uint16_t)(7000 + n));
        tcp_connect(c);
        follow(w);
        w->open[n] = true;
    }
    return c;
}

/* A question, and its answer unless that host is gone: then the question is retransmitted. */
static void ask(world *w, unsigned n, uint8_t how)
{
    static const char *const questions[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                            "{\"type\":\"ping\"}", "hello", "\xc0\0"};
    connection *c = open_connection(w, n);
    int from = how & 1 ? SERVER : CLIENT;
    tcp_text(c, from, questions[how >> 1 & 3]);
    follow(w);
    talk_wait(&w->t, SSK_MS);
    if (w->gone[c->host[!from]]) {
        for (unsigned i = 0; i < (how >> 5); i++) {
            talk_wait(&w->t, SSK_S << i);
            tcp_again(c, from);
        }
        return;
    }
    tcp_arrives(c, from);
    if (how & 8)
        tcp_ack(c, !from);
    else
        tcp_text(c, !from, "HTTP/1.1 200 OK\r\n\r\n");
    tcp_arrives(c, !from);
}

static void beat(world *w, unsigned n, uint8_t how)
{
    connection *c = open_connection(w, n);
    unsigned count = 1 + (how & 15);
    if (w->gone[c->host[SERVER]] || w->gone[c->host[CLIENT]])
        talk_wait(&w->t, count * SSK_S);
    else
        tcp_beats(c, count, (1 + (how >> 4 & 7)) * SSK_S / 2);
}

static void close_connection(world *w, unsigned n, uint8_t how)
{
    if (!w->open[n])
        return;
    connection *c = &w->list[n];
    int from = how & 1;
    tcp_send(c, from, how & 2 ? RST | ACK : FIN | ACK, NULL, 0);
    if (!(how & 2) && !w->gone[c->host[!from]]) {
        tcp_arrives(c, from);
        tcp_send(c, !from, FIN | ACK, NULL, 0);
        tcp_ack(c, from);
    }
    w->open[n] = false;
}

static void window(world *w, unsigned n, uint8_t how)
{
    connection *c = open_connection(w, n);
    c->window[SERVER] = 0;
    tcp_ack(c, SERVER);
    for (unsigned i = 0; i < (how & 7); i++) {
        talk_wait(&w->t, SSK_S << i);
        tcp_raw(c, CLIENT, ACK, c->next[CLIENT] - 1, c->heard[CLIENT], "x", 1);
        tcp_ack(c, SERVER);
    }
    c->window[SERVER] = how & 8 ? 0 : 65535;
    tcp_ack(c, SERVER);
}

static void flood(world *w, uint8_t how)
{
    for (unsigned i = 0; i <= how; i++) {
        uint8_t payload[4];
        put32(payload, (uint32_t)w->floods);
        talk_datagram(&w->t, 1 + how % HOSTS, (uint16_t)(20000 + w->floods++ % 40000), HOSTS, 9999,
                      payload, sizeof payload);
        talk_wait(&w->t, SSK_MS);
        follow(w);
    }
}

static void play(world *w, uint8_t what, uint8_t how)
{
    unsigned n = (what >> 4) % CONNECTIONS;
    switch (what & 15) {
    case 0:
    case 1:
        talk_wait(&w->t, how * SSK_S / 4);
        break;
    case 2:
        talk_wait(&w->t, (ssk_span_ns)how * how * SSK_S);
        break;
    case 3:
    case 4:
        ask(w, n, how);
        break;
    case 5:
    case 6:
        beat(w, n, how);
        break;
    case 7:
        w->gone[1 + how % HOSTS] ^= true;
        break;
    case 8:
        close_connection(w, n, how);
        break;
    case 9:
        window(w, n, how);
        break;
    case 10:
        flood(w, how & 63);
        break;
    case 11: /* the capture's clock steps */
        w->t.now += (how & 1 ? -1 : 1) * (ssk_span_ns)how * SSK_S;
        break;
    case 12: /* a packet that the capture misses */
        w->t.unseen = true;
        break;
    case 13:
        talk_arp(&w->t, 1 + (how & 1), 1 + how % HOSTS, 1 + (how >> 3) % HOSTS);
        break;
    case 14:
        talk_unreachable(&w->t, HOSTS, how & 7, 1 + how % HOSTS, 20000, HOSTS, 9999);
        break;
    case 15:
        w->list[n].slept[how & 1] += how * SSK_S;
        break;
    }
    follow(w);
}

static void check_stalls(const ssk_result *result)
{
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_assert_nonnull(ssk_result_find_flow(result, stall->flow));
        g_assert_cmpint(stall->debt.kind, !=, SSK_DEBT_NONE);
        g_assert_cmpint(stall->duration, >, result->config.min_gap);
        g_assert_cmpuint(stall->incident, >=, 1);
        g_assert_cmpuint(stall->incident, <=, result->n_incidents);
        if (!stall->open)
            g_assert_cmpint(stall->end - stall->start, ==, stall->duration);
    }
    size_t held = 0;
    for (size_t i = 0; i < result->n_incidents; i++) {
        held += result->incidents[i].n_stalls;
        for (size_t k = 0; k < result->incidents[i].n_stalls; k++)
            g_assert_cmpuint(result->stalls[result->incidents[i].stalls[k] - 1].incident, ==,
                             i + 1);
    }
    g_assert_cmpuint(held, ==, result->n_stalls);
}

static void check(const world *w, const ssk_result *result, const ssk_facts *facts, size_t most)
{
    g_assert_cmpuint(result->n_flows + result->limits.flows_evicted, ==, w->flows);
    g_assert_cmpuint(result->n_flows, <=, most);
    g_assert_cmpuint(facts->count, <=, 64 + 8 * (size_t)w->t.frame);
    /* None of CONNECTIONS conversations is dropped in a flood, if there is room for twice as many. */
    for (size_t i = 0; most >= 8 * CONNECTIONS && w->flows < 2 * most && i < facts->count; i++)
        if (facts->list[i].kind == SSK_FACT_DEBT && (facts->list[i].flags & SSK_DEBT_PAID))
            g_assert_nonnull(ssk_result_find_flow(result, facts->list[i].flow_id));
    check_stalls(result);
}

static void check_json(const world *w, const ssk_result *result, const GString *text)
{
    g_assert_cmpint(ssk_json_check((const uint8_t *)text->str, (uint32_t)text->len), ==, SSK_OK);
    g_assert_cmpuint(text->len, <=,
                     8192 + 1200 * result->n_flows + 256 * (size_t)w->t.frame +
                         40000 * result->n_stalls);
    /* For tests/golden/test_schema.py, which holds each of them against the schema. */
    const char *folder = g_getenv("SSK_FUZZ_REPORTS");
    if (folder) {
        static unsigned count;
        char *path = g_strdup_printf("%s/%u.json", folder, count++);
        g_assert_true(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
        g_free(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    world *w = g_new0(world, 1);
    talk_begin(&w->t);
    size_t most = size && data[0] & 1 ? 100 : 100000;
    w->t.config.max_flows = (int64_t)most;
    w->t.family = size && data[0] & 2 ? 6 : 4;
    w->t.timestamps = !(size && data[0] & 4);
    open_connection(w, 0);
    for (size_t at = 1; at + 2 <= size && at < 2 * MAX_STEPS; at += 2)
        play(w, data[at], data[at + 1]);
    if (w->t.engine) {
        ssk_result *result = ssk_engine_snapshot(w->t.engine);
        ssk_facts facts = ssk_engine_facts(w->t.engine);
        check(w, result, &facts, most);
        ssk_host host = {.program = "stallshark", .version = "0"};
        for (size_t i = 0; ssk_writers[i]; i++) {
            GString *text = g_string_new(NULL);
            ssk_writers[i]->write(result, &host, text);
            g_assert_true(g_utf8_validate(text->str, (gssize)text->len, NULL));
            if (!strcmp(ssk_writers[i]->name, "json"))
                check_json(w, result, text);
            g_string_free(text, TRUE);
        }
        ssk_facts_clear(&facts);
        ssk_result_free(result);
    }
    talk_end(&w->t);
    g_free(w);
    return 0;
}
