/* config.h - ONE table of options.
 *
 * The program's flags, the Wireshark preferences, the -z arguments, the
 * "config" object of the report and docs/options.md are all made from it.
 * One option, four spellings: --min-gap 2s, min_gap=2s, stallshark.min_gap,
 * "min_gap_ns".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CONFIG_H
#define SSK_CONFIG_H

#include <glib.h>

#include "core/base/types.h"

typedef enum ssk_vantage {
    SSK_VANTAGE_AUTO = 0, /**< infer it, and say why */
    SSK_VANTAGE_SERVER,
    SSK_VANTAGE_CLIENT,
    SSK_VANTAGE_MIDDLE,
    SSK_VANTAGE_AIR,
    SSK_VANTAGE_UNKNOWN, /**< only as an outcome of inference */
} ssk_vantage;

/** Which flows a report in JSON lists. */
typedef enum ssk_flows_shown {
    SSK_FLOWS_AUTO = 0, /**< all, up to a number of them; beyond that the notable ones */
    SSK_FLOWS_ALL,
    SSK_FLOWS_NOTABLE, /**< those that the rest of the report names, and those with a rhythm */
    SSK_FLOWS_NONE,
} ssk_flows_shown;

/** Plain data: copy it with an assignment. */
typedef struct ssk_config {
    int32_t vantage;      /**< ssk_vantage */
    ssk_span_ns min_gap;  /**< shortest silence that can be a stall */
    ssk_span_ns period;   /**< of messages; 0: learn it */
    ssk_span_ns udp_off;  /**< UDP pause that ends an on-phase; 0: find it in the flow's own gaps */
    ssk_time_ns from, to; /**< packets outside are not analyzed; SSK_TIME_NONE: no bound */
    int64_t max_flows;
    int64_t max_facts;
    int32_t flows;     /**< ssk_flows_shown */
    char tz[64];       /**< zone of times in text; "": the machine's */
    char profile[128]; /**< only this message profile; "": detect */
} ssk_config;

typedef enum ssk_option_kind {
    SSK_OPTION_SPAN,   /**< ssk_span_ns, "2s" */
    SSK_OPTION_TIME,   /**< ssk_time_ns, epoch seconds or ISO 8601; "none" or "" is SSK_TIME_NONE */
    SSK_OPTION_COUNT,  /**< int64_t */
    SSK_OPTION_CHOICE, /**< int32_t, one of .choices */
    SSK_OPTION_TEXT,   /**< char[size] */
} ssk_option_kind;

typedef struct ssk_option {
    const char *name;  /**< with underscores */
    const char *title; /**< for a form */
    ssk_option_kind kind;
    size_t offset, size;                  /**< in ssk_config */
    int64_t min, max;                     /**< SPAN and COUNT; TEXT: unused */
    bool zero_is_auto;                    /**< 0 is allowed too and is written "auto" */
    const char *preset;                   /**< default, as a user would write it */
    const char *const *choices;           /**< CHOICE: NULL-terminated */
    gboolean (*accept)(const char *text); /**< TEXT: NULL: any; never asked for "" */
    const char *allowed;                  /**< TEXT: what accept() takes, in words */
    const char *help;                     /**< one sentence */
} ssk_option;

#define SSK_CONFIG_ERROR ssk_config_error_quark()
GQuark ssk_config_error_quark(void);

/** The table. */
const ssk_option *ssk_config_options(size_t *ret_count);
/** @param name with underscores or hyphens; @return NULL: no such option */
const ssk_option *ssk_config_find(const char *name);

/** Every option at its default. */
void ssk_config_init(ssk_config *config);

/** Set one option from text.
 * @return FALSE with an error that says what, where and what is allowed:
 *         "min_gap=0: must be 1ms..1h" */
gboolean ssk_config_set(ssk_config *config, const char *name, const char *value, GError **error);

/** The value as a user would write it; owned by the caller. */
char *ssk_config_get(const ssk_config *config, const ssk_option *option);

/** What the option takes, in words: "1ms..1h", "auto, server, ... or air"; owned by the caller. */
char *ssk_config_allowed(const ssk_option *option);

/** Why @p value is not allowed: "must be 1ms..1h"; a length without a unit is told the units. Owned
 * by the caller. */
char *ssk_config_refusal(const ssk_option *option, const char *value);

/** What one option alone cannot tell: from must not be after to. */
gboolean ssk_config_check(const ssk_config *config, GError **error);

/** "server", "client" ... "unknown"; static. */
const char *ssk_vantage_text(ssk_vantage vantage);

#endif
