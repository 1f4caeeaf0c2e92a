/* log_form.c - lines of an own format, told by regular expressions in a key file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/log_form.h"

#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

/* What a line tells, in words that core/decode/applog.c knows; of its groups the first that is there. */
static const struct {
    const char *key, *words;
    struct {
        const char *group, *before, *behind;
    } values[3];
} kinds[] = {
    {"send", "sendKeepAliveRequest", {{"sequence", " seq=", ""}}},
    {"receive", "received keep-alive", {{"sequence", " seq=", ""}}},
    {"warn", "No keep-alive received for", {{"seconds", " ", " seconds"}}},
    {"connect", "connected", {{NULL, NULL, NULL}}},
    {"close", "disconnected", {{NULL, NULL, NULL}}},
    {"bytes", "received", {{"size", " bytes=", ""}, {"total", " total=", ""}}},
    {"sleep", "going to sleep", {{NULL, NULL, NULL}}},
    {"wake", "woke up", {{NULL, NULL, NULL}}},
};

struct ssk_log_form {
    GRegex *time;
    GRegex *kinds[G_N_ELEMENTS(kinds)]; /* NULL: not told */
};

void ssk_log_form_free(ssk_log_form *form)
{
    if (!form)
        return;
    if (form->time)
        g_regex_unref(form->time);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (form->kinds[i])
            g_regex_unref(form->kinds[i]);
    g_free(form);
}

/* ---- the key file ---- */

static GRegex *regex_of(GKeyFile *keys, const char *key, GError **error)
{
    GError *problem = NULL;
    char *text = g_key_file_get_value(keys, "log", key, NULL); /* as it stands: \d is no escape */
    GRegex *regex = text ? g_regex_new(text, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &problem) : NULL;
    if (problem) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: %s", key, problem->message);
        g_error_free(problem);
    }
    g_free(text);
    return regex;
}

static bool is_known(const char *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!strcmp(key, kinds[i].key))
            return true;
    return !strcmp(key, "time");
}

static bool check_keys(GKeyFile *keys, GError **error)
{
    char **names = g_key_file_get_keys(keys, "log", NULL, error);
    bool fine = names != NULL;
    for (size_t i = 0; names && names[i] && fine; i++)
        if (!is_known(names[i])) {
            g_set_error(error, SSK_OPTIONS_ERROR, 0,
                        "%s: no such key; there are time, send, receive, warn, connect, close, "
                        "bytes, sleep and wake",
                        names[i]);
            fine = false;
        }
    g_strfreev(names);
    return fine;
}

/** @return false with an error */
static bool fill(ssk_log_form *form, GKeyFile *keys, GError **error)
{
    GError *problem = NULL;
    if (!check_keys(keys, error))
        return false;
    form->time = regex_of(keys, "time", &problem);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !problem; i++)
        form->kinds[i] = regex_of(keys, kinds[i].key, &problem);
    if (!problem && !form->time)
        g_set_error(&problem, SSK_OPTIONS_ERROR, 0,
                    "time: is missing; it has the groups year, month, day, hour, minute, second, "
                    "fraction and zone, or epoch");
    if (problem)
        g_propagate_error(error, problem);
    return !problem;
}

ssk_log_form *ssk_log_form_load(const char *path, GError **error)
{
    ssk_log_form *form = g_new0(ssk_log_form, 1);
    GKeyFile *keys = g_key_file_new();
    if (!g_key_file_load_from_file(keys, path, G_KEY_FILE_NONE, error) ||
        !fill(form, keys, error)) {
        ssk_log_form_free(form);
        form = NULL;
    }
    g_key_file_free(keys);
    return form;
}

/* ---- a line ---- */

static char *group(const GMatchInfo *match, const char *name)
{
    char *text = g_match_info_fetch_named(match, name);
    if (text && *text)
        return text;
    g_free(text);
    return NULL;
}

static bool put_number(const GMatchInfo *match, const char *name, const char *before, int digits,
                       GString *out)
{
    char *text = group(match, name);
    bool fine = text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 9;
    if (fine)
        g_string_append_printf(out, "%s%0*ld", before, digits, strtol(text, NULL, 10));
    g_free(text);
    return fine;
}

static void put_fraction(const GMatchInfo *match, GString *out)
{
    char *text = group(match, "fraction");
    if (text && strspn(text, "0123456789") == strlen(text))
        g_string_append_printf(out, ".%.9s", text);
    g_free(text);
}

/* Seconds since 1970, with or without a fraction. */
static bool put_epoch(const GMatchInfo *match, GString *out)
{
    char *text = group(match, "epoch"), *end = NULL;
    if (!text)
        return false;
    gint64 seconds = g_ascii_strtoll(text, &end, 10);
    GDateTime *time = end != text ? g_date_time_new_from_unix_utc(seconds) : NULL;
    if (time) {
        char *stamp = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
        g_string_append(out, stamp);
        if (*end == '.' || *end == ',')
            g_string_append_printf(out, ".%.9s", end + 1);
        g_string_append_c(out, 'Z');
        g_free(stamp);
        g_date_time_unref(time);
    }
    g_free(text);
    return time != NULL;
}

static bool put_time(const ssk_log_form *form, const char *line, gsize len, GString *out)
{
    GMatchInfo *match = NULL;
    bool fine = g_regex_match_full(form->time, line, (gssize)len, 0, 0, &match, NULL);
    if (fine && !put_epoch(match, out)) {
        fine = put_number(match, "year", "", 4, out) && put_number(match, "month", "-", 2, out) &&
               put_number(match, "day", "-", 2, out) && put_number(match, "hour", "T", 2, out) &&
               put_number(match, "minute", ":", 2, out) && put_number(match, "second", ":", 2, out);
        put_fraction(match, out);
        char *zone = group(match, "zone");
        g_string_append(out, zone ? zone : "");
        g_free(zone);
    }
    g_match_info_free(match);
    return fine;
}

static bool put_kind(const ssk_log_form *form, size_t kind, const char *line, gsize len,
                     GString *out)
{
    GMatchInfo *match = NULL;
    bool fine = form->kinds[kind] &&
                g_regex_match_full(form->kinds[kind], line, (gssize)len, 0, 0, &match, NULL);
    if (fine) {
        g_string_append_printf(out, " %s", kinds[kind].words);
        for (size_t i = 0; i < G_N_ELEMENTS(kinds[kind].values); i++) {
            char *value = kinds[kind].values[i].group ? group(match, kinds[kind].values[i].group)
                                                      : NULL;
            if (value)
                g_string_append_printf(out, "%s%s%s", kinds[kind].values[i].before, value,
                                       kinds[kind].values[i].behind);
            g_free(value);
        }
        char *connection = group(match, "connection");
        if (connection)
            g_string_append_printf(out, " connection ID=%s", connection);
        g_free(connection);
    }
    if (match)
        g_match_info_free(match);
    return fine;
}

char *ssk_log_form_rewrite(const ssk_log_form *form, const char *line, gsize len)
{
    GString *out = g_string_new(NULL);
    if (!put_time(form, line, len, out)) {
        g_string_free(out, TRUE);
        return NULL;
    }
    bool told = false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && !told; i++)
        told = put_kind(form, i, line, len, out);
    g_string_append(out, told ? " | " : " ");
    g_string_append_len(out, line, (gssize)len);
    return g_string_free(out, FALSE);
}
