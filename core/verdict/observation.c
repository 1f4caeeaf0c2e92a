/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/observation.h"

#include <glib.h>
#include <string.h>

#include "core/base/text.h"

const ssk_observation ssk_observations[SSK_N_OBSERVATIONS] = {
#define X(name, yes, no, usual, scope, source, words_yes, words_no) \
    {ssk_ask_##name, SSK_SCOPE_##scope, SSK_SOURCE_##source, {NULL, words_no, words_yes}},
#include "core/verdict/observations.def"
#undef X
};

const ssk_column ssk_observation_columns[SSK_N_OBSERVATIONS] = {
#define X(name, yes, no, usual, scope, source, words_yes, words_no) \
    {#name, {SSK_EXCLUDES, SSK_##no, SSK_##yes}, SSK_CELL_##usual},
#include "core/verdict/observations.def"
#undef X
};

void ssk_observe(const ssk_case *c, ssk_seen *ret)
{
    for (size_t i = 0; i < SSK_N_OBSERVATIONS; i++) {
        ssk_scope scope = ssk_observations[i].scope;
        ret[i] = (ssk_seen){.answer = SSK_UNKNOWN};
        if (scope == SSK_SCOPE_BOTH || (scope == SSK_SCOPE_CONNECTS) == c->connecting)
            ret[i].answer = ssk_observations[i].ask(c, &ret[i]);
    }
}

const char *ssk_case_role(const ssk_case *c, ssk_dir dir)
{
    return c->by_address ? c->address[dir] : dir == c->client ? "the client" : "the server";
}

/* "flow 3", "flows 3, 5 and 2 more" */
static void put_flows(GString *out, const ssk_tally *flows)
{
    g_string_append(out, flows->count == 1 ? "flow " : "flows ");
    for (unsigned i = 0; i < flows->n_frames; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", flows->frames[i]);
    if (flows->count > flows->n_frames)
        g_string_append_printf(out, " and %u more", (unsigned)flows->count - flows->n_frames);
}

static void put_token(GString *out, const char *token, size_t length, const ssk_case *c,
                      const ssk_seen *seen)
{
    const struct {
        const char *name;
        ssk_dir dir;
    } hosts[] = {{"silent", c->silent},
                 {"near", c->near},
                 {"far", c->far},
                 {"client", c->client},
                 {"server", ssk_dir_other(c->client)}};
    char span[SSK_TEXT_ROOM];
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
        if (strlen(hosts[i].name) == length && !strncmp(token, hosts[i].name, length))
            g_string_append(out, ssk_case_role(c, hosts[i].dir));
    if (length == 1 && *token == 'n')
        g_string_append_printf(out, "%" G_GINT64_FORMAT, seen->tally.count);
    else if (!strncmp(token, "n messages", length))
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT " message%s",
                               seen->by_length ? "data as long as " : "", seen->tally.count,
                               seen->tally.count == 1 ? "" : "s");
    else if (length == 1 && *token == 's')
        g_string_append(out, seen->tally.count == 1 ? "" : "s");
    else if (!strncmp(token, "ARP", length))
        g_string_append(out, c->flow->addr[SSK_A].family == 6 ? "neighbor discovery" : "ARP");
    else if (!strncmp(token, "flows", length))
        put_flows(out, &seen->flows);
    else if (!strncmp(token, "span", length))
        g_string_append(out, ssk_span_text(seen->span, span));
    else if (!strncmp(token, "text", length))
        g_string_append(out, seen->text);
}

static const char *words_of(ssk_observation_id id, const ssk_seen *seen)
{
    const char *words = seen->words[seen->answer];
    return words ? words : ssk_observations[id].words[seen->answer];
}

bool ssk_observation_says(ssk_observation_id id, const ssk_seen *seen)
{
    const char *words = words_of(id, seen);
    return words && *words;
}

void ssk_observation_share(const ssk_case *c, ssk_observation_id other, ssk_tri answer,
                           ssk_seen *seen)
{
    ssk_seen its = {.answer = SSK_UNKNOWN};
    its.answer = ssk_observations[other].ask(c, &its);
    if (its.answer != SSK_YES)
        return;
    const char *words = words_of(other, &its);
    *seen = its;
    seen->words[answer] = words;
}

char *ssk_observation_text(const ssk_case *c, ssk_observation_id id, const ssk_seen *seen)
{
    if (!ssk_observation_says(id, seen))
        return NULL;
    GString *out = g_string_sized_new(160);
    for (const char *at = words_of(id, seen); *at;) {
        size_t plain = strcspn(at, "{");
        g_string_append_len(out, at, (gssize)plain);
        at += plain;
        const char *end = strchr(at, '}');
        if (!end) {
            g_string_append(out, at);
            break;
        }
        put_token(out, at + 1, (size_t)(end - at - 1), c, seen);
        at = end + 1;
    }
    return g_string_free(out, FALSE);
}

const char *ssk_source_text(ssk_source source)
{
    static const char *const texts[SSK_N_SOURCES] = {
        "this capture",        "a second capture",       "the application's log",
        "the host's counters", "samples of the process", "a crash report"};
    return texts[source];
}
