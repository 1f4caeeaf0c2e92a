/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/fail_on.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"

typedef char *(*check_fn)(const ssk_fail_on *condition, const ssk_result *result);

typedef struct kind {
    const char *name;
    bool takes_span, takes_id;
    check_fn check;
} kind;

struct ssk_fail_on {
    const kind *kind;
    bool any;           /* whatever its id */
    ssk_cause_id id;    /* else this one */
    ssk_span_ns longer; /* -1: any length */
};

GQuark ssk_fail_on_error_quark(void)
{
    return g_quark_from_static_string("ssk-fail-on-error");
}

/* ---- what meets a condition ---- */

static bool id_is(const ssk_fail_on *condition, ssk_cause_id id)
{
    return condition->any || condition->id == id;
}

static bool verdict_has(const ssk_fail_on *condition, const ssk_verdict *verdict)
{
    if (condition->any)
        return true;
    if (!verdict->n_verdict)
        return condition->id == SSK_CAUSE_UNKNOWN;
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (condition->id == verdict->causes[i].id)
            return true;
    return false;
}

static char *check_stall(const ssk_fail_on *condition, const ssk_result *result)
{
    char buf[SSK_TEXT_ROOM];
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (stall->duration > condition->longer && verdict_has(condition, &stall->verdict))
            return g_strdup_printf("stall %" G_GUINT32_FORMAT ", %s", stall->id,
                                   ssk_span_text(stall->duration, buf));
    }
    return NULL;
}

static char *check_gap(const ssk_fail_on *condition, const ssk_result *result)
{
    char buf[SSK_TEXT_ROOM];
    for (size_t i = 0; i < result->n_flows; i++)
        for (int dir = 0; dir < 2; dir++) {
            const ssk_result_direction *row = &result->flows[i].dir[dir];
            if (row->has_max_gap && row->max_gap > condition->longer)
                return g_strdup_printf("flow %" G_GUINT32_FORMAT " from %c, %s",
                                       result->flows[i].id, 'a' + dir,
                                       ssk_span_text(row->max_gap, buf));
        }
    return NULL;
}

static char *check_measurement(const ssk_fail_on *condition, const ssk_result *result)
{
    char buf[SSK_TEXT_ROOM];
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *row = &result->measurement[i];
        ssk_span_ns length = row->duration < 0 ? -row->duration : row->duration;
        if (length > condition->longer && id_is(condition, row->id))
            return g_strdup_printf("%s, %s", ssk_cause_text(row->id),
                                   ssk_span_text(row->duration, buf));
    }
    return NULL;
}

static char *check_udp(const ssk_fail_on *condition, const ssk_result *result)
{
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (udp->judged && udp->verdict.n_verdict && verdict_has(condition, &udp->verdict))
            return g_strdup_printf("flow %" G_GUINT32_FORMAT ", %s", udp->flow,
                                   ssk_cause_text(udp->verdict.causes[0].id));
    }
    return NULL;
}

static char *find_finding(const ssk_fail_on *condition, const ssk_result_finding *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (condition->any ? strcmp(rows[i].severity, "note") != 0 : id_is(condition, rows[i].id))
            return g_strdup(ssk_cause_text(rows[i].id));
    return NULL;
}

static char *check_finding(const ssk_fail_on *condition, const ssk_result *result)
{
    char *found = find_finding(condition, result->findings, result->n_findings);
    return found ? found
                 : find_finding(condition, result->bonjour_findings, result->n_bonjour_findings);
}

static const kind kinds[] = {
    {"stall", true, true, check_stall},
    {"gap", true, false, check_gap},
    {"measurement", true, true, check_measurement},
    {"udp", false, true, check_udp},
    {"finding", false, true, check_finding},
};

/* ---- text to a condition ---- */

static ssk_fail_on *refuse(GError **error, const char *text, const char *why)
{
    char *safe = ssk_text_safe(text, 60);
    g_set_error(error, SSK_FAIL_ON_ERROR, 0,
                "--fail-on=%s: %s; allowed: stall, gap, measurement, udp or finding, then "
                "optionally :ID and >LENGTH, as stall:radio-off>5s",
                safe, why);
    g_free(safe);
    return NULL;
}

ssk_fail_on *ssk_fail_on_new(const char *text, GError **error)
{
    size_t name_len = strcspn(text, ":>");
    char *name = g_strstrip(g_strndup(text, name_len));
    const kind *found = NULL;
    ssk_fail_on wanted = {.any = true, .longer = -1};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!strcmp(kinds[i].name, name))
            found = &kinds[i];
    g_free(name);
    if (!found)
        return refuse(error, text, "no such condition");
    const char *rest = text + name_len;
    const char *bigger = strchr(rest, '>');
    if (bigger) {
        const char *span = bigger + 1 + strspn(bigger + 1, " ");
        if (!found->takes_span)
            return refuse(error, text, "has no length");
        if (!ssk_span_parse(span, &wanted.longer) || wanted.longer < 0)
            return refuse(error, text, "what follows > must be a length of time, as 5s");
    }
    if (*rest == ':') {
        size_t length = bigger ? (size_t)(bigger - rest) - 1 : strlen(rest + 1);
        char *id = g_strstrip(g_strndup(rest + 1, length));
        wanted.any = !ssk_cause_find(id, &wanted.id);
        g_free(id);
        if (!found->takes_id || wanted.any)
            return refuse(error, text, found->takes_id ? "no such ID" : "has no ID");
    }
    wanted.kind = found;
    return g_memdup2(&wanted, sizeof wanted);
}

void ssk_fail_on_free(ssk_fail_on *condition)
{
    g_free(condition);
}

char *ssk_fail_on_check(const ssk_fail_on *condition, const ssk_result *result)
{
    return condition->kind->check(condition, result);
}
