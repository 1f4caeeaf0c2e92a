/* config.c - ONE table of options, and text to values by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/model/config.h"

#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"

#define FIELD(member) offsetof(ssk_config, member), sizeof(((ssk_config *)0)->member)

static const char *const vantages[] = {"auto", "server", "client", "middle", "air", NULL};

static const char *const flows_shown[] = {"auto", "all", "notable", "none", NULL};

static gboolean zone_exists(const char *text)
{
    /* GLib would open any path it is given */
    if (*text == '/' || text[strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_/+-:")])
        return FALSE;
    GTimeZone *zone = g_time_zone_new_identifier(text);
    if (!zone)
        return FALSE;
    g_time_zone_unref(zone);
    return TRUE;
}

static const ssk_option options[] = {
    {.name = "vantage",
     .title = "Captured at",
     .kind = SSK_OPTION_CHOICE,
     FIELD(vantage),
     .preset = "auto",
     .choices = vantages,
     .help = "Place where the capture was taken; auto infers it and prints the reason."},
    {.name = "min_gap",
     .title = "Shortest stall",
     .kind = SSK_OPTION_SPAN,
     FIELD(min_gap),
     .min = SSK_MS,
     .max = SSK_HOUR,
     .preset = "2s",
     .help = "Shortest silence that can be a stall."},
    {.name = "period",
     .title = "Message period",
     .kind = SSK_OPTION_SPAN,
     FIELD(period),
     .min = SSK_MS,
     .max = SSK_DAY,
     .zero_is_auto = true,
     .preset = "auto",
     .help = "Period of the application's messages; auto learns it per flow."},
    {.name = "udp_off",
     .title = "UDP pause",
     .kind = SSK_OPTION_SPAN,
     FIELD(udp_off),
     .min = SSK_US,
     .max = SSK_HOUR,
     .zero_is_auto = true,
     .preset = "auto",
     .help = "Shortest UDP pause that ends an on time; auto derives it from the flow's own gaps."},
    {.name = "profile",
     .title = "Message profile",
     .kind = SSK_OPTION_TEXT,
     FIELD(profile),
     .preset = "",
     .help = "Name of the only message profile to try; empty detects one per flow."},
    {.name = "from",
     .title = "From",
     .kind = SSK_OPTION_TIME,
     FIELD(from),
     .preset = "none",
     .help = "Ignore packets before this time."},
    {.name = "to",
     .title = "To",
     .kind = SSK_OPTION_TIME,
     FIELD(to),
     .preset = "none",
     .help = "Ignore packets after this time."},
    {.name = "tz",
     .title = "Time zone",
     .kind = SSK_OPTION_TEXT,
     FIELD(tz),
     .preset = "",
     .accept = zone_exists,
     .allowed = "a time zone, as Europe/Berlin, UTC or +02:00",
     .help =
         "Print times in ZONE, and interpret times without a zone in it. Default: the machine's zone."},
    {.name = "max_flows",
     .title = "Flows kept",
     .kind = SSK_OPTION_COUNT,
     FIELD(max_flows),
     .min = 1,
     .max = 100000000,
     .preset = "200000",
     .help =
         "Maximum number of flows kept at once. The flow idle longest is dropped first (counted)."},
    {.name = "max_facts",
     .title = "Facts kept",
     .kind = SSK_OPTION_COUNT,
     FIELD(max_facts),
     .min = 1000,
     .max = 100000000,
     .preset = "1000000",
     .help = "Maximum number of measured facts kept. Facts beyond it are dropped (counted)."},
    {.name = "flows",
     .title = "Flows listed",
     .kind = SSK_OPTION_CHOICE,
     FIELD(flows),
     .preset = "auto",
     .choices = flows_shown,
     .help =
         "Flows to list. notable: those with a rhythm and those that the report names. auto: JSON "
         "lists all, or only the notable ones beyond 10000; the text report lists at most 20."},
};

GQuark ssk_config_error_quark(void)
{
    return g_quark_from_static_string("ssk-config-error");
}

const ssk_option *ssk_config_options(size_t *ret_count)
{
    *ret_count = G_N_ELEMENTS(options);
    return options;
}

/** Same name, hyphens and underscores being one. */
static bool same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        char x = *a == '-' ? '_' : *a, y = *b == '-' ? '_' : *b;
        if (x != y)
            return false;
        if (!x)
            return true;
    }
}

const ssk_option *ssk_config_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        if (same_name(options[i].name, name))
            return &options[i];
    return NULL;
}

/* What may have been meant by @p name, which is no option. */
static char *hint_for(const char *name)
{
    const char *names[G_N_ELEMENTS(options) + 1] = {NULL};
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        names[i] = options[i].name;
    char *folded = g_strdelimit(g_strdup(name), "-", '_');
    char *hint = ssk_words_hint(folded, names);
    g_free(folded);
    return hint;
}

static char *choices_text(const char *const *choices)
{
    GString *out = g_string_new(choices[0]);
    for (size_t i = 1; choices[i]; i++)
        g_string_append_printf(out, "%s%s", choices[i + 1] ? ", " : " or ", choices[i]);
    return g_string_free(out, FALSE);
}

char *ssk_config_allowed(const ssk_option *option)
{
    char low[SSK_TEXT_ROOM], high[SSK_TEXT_ROOM];
    switch (option->kind) {
    case SSK_OPTION_SPAN:
        return g_strdup_printf("%s..%s%s", ssk_span_exact(option->min, low),
                               ssk_span_exact(option->max, high),
                               option->zero_is_auto ? " or auto" : "");
    case SSK_OPTION_TIME:
        return g_strdup(
            "a time from 1677 to 2262, as 2025-03-24T18:34:16Z or 1742841256.5, or none");
    case SSK_OPTION_COUNT:
        return g_strdup_printf("%" PRId64 "..%" PRId64 "%s", option->min, option->max,
                               option->zero_is_auto ? " or auto" : "");
    case SSK_OPTION_CHOICE:
        return choices_text(option->choices);
    case SSK_OPTION_TEXT:
        if (option->allowed)
            return g_strdup(option->allowed);
        return g_strdup_printf("text of at most %u bytes, without control characters",
                               (unsigned)option->size - 1);
    }
    return NULL;
}

char *ssk_config_refusal(const ssk_option *option, const char *value)
{
    ssk_span_ns span;
    char *allowed = ssk_config_allowed(option);
    bool no_length = option->kind == SSK_OPTION_SPAN && !ssk_span_parse(value, &span);
    char *refusal = g_strdup_printf("must be %s%s", allowed,
                                    no_length ? ", with a unit: ns, us, ms, s, min, h or d" : "");
    g_free(allowed);
    return refusal;
}

static gboolean text_is_clean(const char *text)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if (g_unichar_iscntrl(g_utf8_get_char(p)))
            return FALSE;
    return TRUE;
}

/** @return false: @p value is not allowed; @p config untouched */
static bool set_value(ssk_config *config, const ssk_option *option, const char *value)
{
    void *field = (char *)config + option->offset;
    int64_t number;

    switch (option->kind) {
    case SSK_OPTION_SPAN:
    case SSK_OPTION_COUNT:
        if (option->zero_is_auto && !strcmp(value, "auto"))
            number = 0;
        else if (option->kind == SSK_OPTION_SPAN
                     ? !ssk_span_parse(value, &number)
                     : !g_ascii_string_to_signed(value, 10, INT64_MIN, INT64_MAX, &number, NULL))
            return false;
        if (!(number == 0 && option->zero_is_auto) &&
            (number < option->min || number > option->max))
            return false;
        memcpy(field, &number, sizeof number);
        return true;
    case SSK_OPTION_TIME:
        if (!*value || !strcmp(value, "none"))
            number = SSK_TIME_NONE;
        else if (!ssk_time_parse(value, &number))
            return false;
        memcpy(field, &number, sizeof number);
        return true;
    case SSK_OPTION_CHOICE:
        for (int32_t i = 0; option->choices[i]; i++)
            if (!strcmp(value, option->choices[i])) {
                memcpy(field, &i, sizeof i);
                return true;
            }
        return false;
    case SSK_OPTION_TEXT:
        if (strlen(value) >= option->size || !text_is_clean(value) ||
            (*value && option->accept && !option->accept(value)))
            return false;
        g_strlcpy(field, value, option->size);
        return true;
    }
    return false;
}

void ssk_config_init(ssk_config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        set_value(config, &options[i], options[i].preset);
}

gboolean ssk_config_set(ssk_config *config, const char *name, const char *value, GError **error)
{
    const ssk_option *option = ssk_config_find(name);
    if (!option) {
        char *hint = hint_for(name);
        char *safe = ssk_text_safe(name, 40);
        g_set_error(error, SSK_CONFIG_ERROR, 0, "%s: no such option; %s", safe, hint);
        g_free(safe);
        g_free(hint);
        return FALSE;
    }
    if (set_value(config, option, value))
        return TRUE;

    char *safe = ssk_text_safe(value, 40);
    char *refusal = ssk_config_refusal(option, value);
    g_set_error(error, SSK_CONFIG_ERROR, 0, "%s=%s: %s", option->name, safe, refusal);
    g_free(refusal);
    g_free(safe);
    return FALSE;
}

char *ssk_config_get(const ssk_config *config, const ssk_option *option)
{
    const void *field = (const char *)config + option->offset;
    char buf[SSK_TEXT_ROOM];
    int64_t number = 0;
    int32_t choice;

    switch (option->kind) {
    case SSK_OPTION_SPAN:
    case SSK_OPTION_COUNT:
        memcpy(&number, field, sizeof number);
        if (number == 0 && option->zero_is_auto)
            return g_strdup("auto");
        if (option->kind == SSK_OPTION_COUNT)
            return g_strdup_printf("%" PRId64, number);
        return g_strdup(ssk_span_exact(number, buf));
    case SSK_OPTION_TIME:
        memcpy(&number, field, sizeof number);
        return g_strdup(ssk_time_epoch(number, buf));
    case SSK_OPTION_CHOICE:
        memcpy(&choice, field, sizeof choice);
        return g_strdup(option->choices[choice]);
    case SSK_OPTION_TEXT:
        return g_strdup(field);
    }
    return NULL;
}

gboolean ssk_config_check(const ssk_config *config, GError **error)
{
    if (config->from == SSK_TIME_NONE || config->to == SSK_TIME_NONE || config->from <= config->to)
        return TRUE;
    char from[SSK_TEXT_ROOM], to[SSK_TEXT_ROOM];
    g_set_error(error, SSK_CONFIG_ERROR, 0, "from=%s: must not be after to=%s",
                ssk_time_epoch(config->from, from), ssk_time_epoch(config->to, to));
    return FALSE;
}

const char *ssk_vantage_text(ssk_vantage vantage)
{
    return vantage == SSK_VANTAGE_UNKNOWN ? "unknown" : vantages[vantage];
}
