/* ward.h - a device, its server and their neighbors, second by second, and
 * what the engine says of them.
 *
 * The device (host 5) has two connections to the server (host 1), EXT and MAIN,
 * a UDP conversation with another process there (AUX) and one with another host
 * (OTHER, host 9); a second device (host 6) has a connection of its own (PEER).
 * A test lets each of them beat or be quiet. Names of tests are sentences:
 * FIRES("radio-off", "...") and SILENT("radio-off", "...").
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_WARD_H
#define SSK_TEST_WARD_H

#include "core/model/result.h"
#include "tests/unit/cause.h"
#include "tests/unit/cells.h"
#include "tests/unit/conversation.h"

enum { DEVICE = 5, PEER_DEVICE = 6, SERVER_HOST = 1, OTHER_HOST = 9 };
enum { EXT = 1, MAIN = 2, AUX = 4, OTHER = 8, PEER = 16 };
enum { PORT_EXT = 7000, PORT_MAIN = 7001, PORT_PEER = 7002 };
#define OF_DEVICE (EXT | MAIN | AUX | OTHER)
/* What each place can see. */
#define SEEN_AT_SERVER (EXT | MAIN | AUX | PEER)
#define SEEN_AT_CLIENT OF_DEVICE

typedef struct ward {
    talk t;
    connection ext, main, peer;
    unsigned seen;
} ward;

/** @param vantage "client" or "server": the other conversations are not in the capture */
static inline void ward_begin(ward *w, const char *vantage)
{
    talk_begin(&w->t);
    talk_set(&w->t, "vantage", vantage);
    w->seen = !strcmp(vantage, "server") ? SEEN_AT_SERVER : SEEN_AT_CLIENT;
    w->ext = talk_connection(&w->t, DEVICE, SERVER_HOST, PORT_EXT);
    w->main = talk_connection(&w->t, DEVICE, SERVER_HOST, PORT_MAIN);
    w->peer = talk_connection(&w->t, PEER_DEVICE, SERVER_HOST, PORT_PEER);
    tcp_connect(&w->ext);
    if (w->seen & MAIN)
        tcp_connect(&w->main);
    if (w->seen & PEER)
        tcp_connect(&w->peer);
}

static inline void ward_beat(connection *c)
{
    tcp_ping(c);
    talk_wait(c->t, SSK_MS);
    tcp_pong(c);
    talk_wait(c->t, SSK_MS);
    tcp_ack(c, CLIENT);
    talk_wait(c->t, 20 * SSK_MS);
}

/** One second in which these beat, whatever of them is seen here. */
static inline void ward_second(ward *w, unsigned who)
{
    ssk_time_ns start = w->t.now;
    who &= w->seen;
    if (who & EXT)
        ward_beat(&w->ext);
    if (who & MAIN)
        ward_beat(&w->main);
    if (who & PEER)
        ward_beat(&w->peer);
    if (who & AUX) {
        talk_udp(&w->t, DEVICE, 41000, SERVER_HOST, 6000, 20);
        talk_wait(&w->t, SSK_MS);
        talk_udp(&w->t, SERVER_HOST, 6000, DEVICE, 41000, 20);
    }
    if (who & OTHER) {
        talk_udp(&w->t, DEVICE, 41001, OTHER_HOST, 6001, 20);
        talk_wait(&w->t, SSK_MS);
        talk_udp(&w->t, OTHER_HOST, 6001, DEVICE, 41001, 20);
    }
    w->t.now = start + SSK_S;
}

static inline void ward_seconds(ward *w, unsigned count, unsigned who)
{
    while (count--)
        ward_second(w, who);
}

/** The next segment gets lost: its receiver never acknowledges it. At its
 * sender it is in the capture, elsewhere not. */
static inline void ward_lost(ward *w, connection *c, int from, const char *text)
{
    bool here = (w->seen & OTHER) ? from == CLIENT : from == SERVER;
    w->t.unseen = !here;
    tcp_text(c, from, text);
}

/** The sender's timeouts double: sends its last segment again after 0.3, 0.6, 1.2 s ...
 * while the others beat. @return seconds that passed, whole ones */
static inline unsigned ward_retries(ward *w, connection *c, int from, unsigned count,
                                    unsigned others)
{
    ssk_time_ns began = w->t.now, due = began, second = began;
    ssk_span_ns wait = 300 * SSK_MS;
    for (unsigned i = 0; i < count; i++, wait *= 2) {
        due += wait;
        while (second + SSK_S <= due) {
            w->t.now = second;
            ward_second(w, others);
            second += SSK_S;
        }
        w->t.now = MAX(w->t.now, due);
        tcp_again(c, from);
    }
    w->t.now = MAX(second, w->t.now);
    return (unsigned)((w->t.now - began) / SSK_S);
}

/** @p count pings in one segment, as a sender's queue leaves it. */
static inline void ward_burst(connection *c, unsigned count)
{
    GString *text = g_string_new(NULL);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "PING %u\n", ++c->pings);
    tcp_text(c, CLIENT, text->str);
    g_string_free(text, TRUE);
}

/** As many answers. */
static inline void ward_answers(connection *c, unsigned count)
{
    GString *text = g_string_new(NULL);
    tcp_arrives(c, CLIENT);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(text, "PONG %u\n", c->pings + 1 - count + i);
    tcp_text(c, SERVER, text->str);
    g_string_free(text, TRUE);
}

/* ---- what is said ---- */

/** Ends the ward. The caller frees the result. */
static inline ssk_result *talk_judge(talk *t)
{
    ssk_result *result = ssk_engine_snapshot(t->engine);
    cells_note(t->engine, result);
    talk_end(t);
    return result;
}

/** The longest stall of flows to @p port; NULL: none. */
static inline const ssk_result_stall *stall_on(const ssk_result *result, uint16_t port)
{
    const ssk_result_stall *longest = NULL;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (result->flows[stall->flow - 1].port[SSK_B] == port &&
            (!longest || stall->duration > longest->duration))
            longest = stall;
    }
    return longest;
}

/** "radio-off uplink-loss", best first; "": no stall. */
static inline char *verdict_on(const ssk_result *result, uint16_t port)
{
    const ssk_result_stall *stall = stall_on(result, port);
    GString *text = g_string_new(NULL);
    for (size_t i = 0; stall && i < stall->verdict.n_verdict; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "",
                               ssk_cause_text(stall->verdict.causes[i].id));
    if (stall && !stall->verdict.n_verdict)
        g_string_append(text, "unknown");
    return g_string_free(text, FALSE);
}

static inline bool says(const ssk_result *result, const char *id)
{
    bool found = false;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_verdict *verdict = &result->stalls[i].verdict;
        for (size_t k = 0; k < verdict->n_verdict; k++)
            found |= !strcmp(ssk_cause_text(verdict->causes[k].id), id);
        found |= result->stalls[i].consequence.any &&
                 !strcmp(ssk_cause_text(result->stalls[i].consequence.id), id);
    }
    for (size_t i = 0; i < result->n_measurement; i++)
        found |= !strcmp(ssk_cause_text(result->measurement[i].id), id);
    for (size_t i = 0; i < result->n_findings; i++)
        found |= !strcmp(ssk_cause_text(result->findings[i].id), id);
    return found;
}

/** Ends the ward: this is the verdict on the connection to @p port. */
static inline void expect_verdict(talk *t, uint16_t port, const char *verdict)
{
    ssk_result *result = talk_judge(t);
    char *got = verdict_on(result, port);
    g_assert_cmpstr(got, ==, verdict);
    g_free(got);
    ssk_result_free(result);
}

/** Ends the ward: @p id is said nowhere, and yet there is a stall. */
static inline void expect_other(talk *t, uint16_t port, const char *id)
{
    ssk_result *result = talk_judge(t);
    g_assert_nonnull(stall_on(result, port));
    if (says(result, id)) {
        for (size_t i = 0; i < result->n_stalls; i++)
            g_printerr("stall %u on port %u: %s\n", result->stalls[i].id,
                       result->flows[result->stalls[i].flow - 1].port[SSK_B],
                       result->stalls[i].verdict.n_verdict
                           ? ssk_cause_text(result->stalls[i].verdict.causes[0].id)
                           : "-");
        g_error("%s must not be said", id);
    }
    ssk_result_free(result);
}

/** Ends the ward: nothing was silent. */
static inline void expect_no_stall(talk *t)
{
    ssk_result *result = talk_judge(t);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/** Ends the ward. */
static inline void expect_said(talk *t, const char *id, bool said)
{
    ssk_result *result = talk_judge(t);
    if (says(result, id) != said)
        g_error("%s must%s be said", id, said ? "" : " not");
    ssk_result_free(result);
}

#endif
