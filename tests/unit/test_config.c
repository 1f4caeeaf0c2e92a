/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/model/config.h"

static void refused(const char *name, const char *value, const char *message)
{
    ssk_config config, before;
    GError *error = NULL;
    ssk_config_init(&config);
    before = config;
    g_assert_false(ssk_config_set(&config, name, value, &error));
    g_assert_error(error, SSK_CONFIG_ERROR, 0);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpmem(&config, sizeof config, &before, sizeof before);
    g_error_free(error);
}

static void defaults_hold(void)
{
    ssk_config config;
    ssk_config_init(&config);
    g_assert_cmpint(config.vantage, ==, SSK_VANTAGE_AUTO);
    g_assert_cmpint(config.min_gap, ==, 2 * SSK_S);
    g_assert_cmpint(config.period, ==, 0);
    g_assert_cmpint(config.udp_off, ==, 0);
    g_assert_cmpint(config.from, ==, SSK_TIME_NONE);
    g_assert_cmpint(config.to, ==, SSK_TIME_NONE);
    g_assert_cmpstr(config.tz, ==, "");
    g_assert_cmpstr(config.profile, ==, "");
    g_assert_cmpint(config.max_flows, ==, 200000);
    g_assert_cmpint(config.max_facts, ==, 1000000);
}

static void table_is_sound(void)
{
    size_t n;
    const ssk_option *options = ssk_config_options(&n);
    for (size_t i = 0; i < n; i++) {
        const ssk_option *o = &options[i];
        g_assert_true(ssk_config_find(o->name) == o);
        g_assert_cmpuint(o->offset + o->size, <=, sizeof(ssk_config));
        g_assert_true(g_str_has_suffix(o->help, "."));
        for (const char *p = o->name; *p; p++)
            g_assert_true(g_ascii_islower(*p) || *p == '_');
        for (size_t j = 0; j < i; j++)
            g_assert_true(options[j].offset + options[j].size <= o->offset ||
                          o->offset + o->size <= options[j].offset);
        /* a default is printed as it is written in the table */
        ssk_config config;
        ssk_config_init(&config);
        char *text = ssk_config_get(&config, o);
        g_assert_cmpstr(text, ==, o->preset);
        g_free(text);
        char *allowed = ssk_config_allowed(o);
        g_assert_cmpuint(strlen(allowed), >, 0);
        g_free(allowed);
    }
}

static void values_are_set_and_printed_back(void)
{
    static const char *const cases[][3] = {
        {"min_gap", "250ms", "250ms"},
        {"min-gap", "1.5s", "1500ms"},
        {"min_gap", "1ms", "1ms"},
        {"min_gap", "1h", "1h"},
        {"period", "0", "auto"},
        {"period", "auto", "auto"},
        {"period", "1s", "1s"},
        {"udp_off", "7us", "7us"},
        {"vantage", "air", "air"},
        {"profile", "json-len32", "json-len32"},
        {"from", "2025-03-24", "1742774400.000000000"},
        {"to", "none", "none"},
        {"to", "", "none"},
        {"tz", "UTC", "UTC"},
        {"tz", "+05:30", "+05:30"},
        {"tz", "", ""},
        {"max_flows", "1", "1"},
        {"max_facts", "100000000", "100000000"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ssk_config config;
        GError *error = NULL;
        ssk_config_init(&config);
        g_assert_true(ssk_config_set(&config, cases[i][0], cases[i][1], &error));
        g_assert_no_error(error);
        char *text = ssk_config_get(&config, ssk_config_find(cases[i][0]));
        g_assert_cmpstr(text, ==, cases[i][2]);
        g_free(text);
    }
}

static void errors_say_what_is_allowed(void)
{
    refused("min_gap", "0", "min_gap=0: must be 1ms..1h");
    refused("min-gap", "2", "min_gap=2: must be 1ms..1h, with a unit: ns, us, ms, s, min, h or d");
    refused("min_gap", "", "min_gap=: must be 1ms..1h, with a unit: ns, us, ms, s, min, h or d");
    refused("min_gap", "-1s", "min_gap=-1s: must be 1ms..1h");
    refused("min_gap", "auto",
            "min_gap=auto: must be 1ms..1h, with a unit: ns, us, ms, s, min, h or d");
    refused("period", "2d", "period=2d: must be 1ms..1d or auto");
    refused("vantage", "unknown", "vantage=unknown: must be auto, server, client, middle or air");
    refused("from", "yesterday",
            "from=yesterday: must be a time from 1677 to 2262, as "
            "2025-03-24T18:34:16Z or 1742841256.5, or none");
    refused("tz", "Mars/Olympus",
            "tz=Mars/Olympus: must be a time zone, as Europe/Berlin, UTC or +02:00");
    refused("tz", "/etc/passwd",
            "tz=/etc/passwd: must be a time zone, as Europe/Berlin, UTC or +02:00");
    refused("tz", "../../../etc/passwd",
            "tz=../../../etc/passwd: must be a time zone, as Europe/Berlin, UTC or +02:00");
    refused("max_flows", "0", "max_flows=0: must be 1..100000000");
    refused("max_flows", "99999999999999999999",
            "max_flows=99999999999999999999: must be "
            "1..100000000");
    refused("max_flows", "10k", "max_flows=10k: must be 1..100000000");
    refused("profile", "a\x1b[31m",
            "profile=a\xef\xbf\xbd[31m: must be text of at most 127 bytes, without control "
            "characters");
}

static void unknown_names_give_the_nearest(void)
{
    refused("mingap", "2s", "mingap: no such option; nearest: min_gap");
    refused("vantge", "x", "vantge: no such option; nearest: vantage");
    refused("qqqq", "x",
            "qqqq: no such option; there are: vantage, min_gap, period, udp_off, profile, from, "
            "to, tz, max_flows, max_facts, flows");
    refused("", "x",
            ": no such option; there are: vantage, min_gap, period, udp_off, profile, from, to, "
            "tz, max_flows, max_facts, flows");
    g_assert_null(ssk_config_find("min_gap_ns"));
    g_assert_null(ssk_config_find("min"));
}

static void long_text_is_refused_whole(void)
{
    ssk_config config;
    GError *error = NULL;
    ssk_config_init(&config);
    char *text = g_strnfill(127, 'x');
    g_assert_true(ssk_config_set(&config, "profile", text, NULL));
    g_assert_cmpstr(config.profile, ==, text);
    g_free(text);
    text = g_strnfill(128, 'x');
    g_assert_false(ssk_config_set(&config, "profile", text, &error));
    g_assert_cmpuint(strlen(config.profile), ==, 127);
    g_assert_cmpuint(strlen(error->message), <, 200);
    g_error_free(error);
    g_free(text);
}

static void from_must_not_be_after_to(void)
{
    ssk_config config;
    GError *error = NULL;
    ssk_config_init(&config);
    g_assert_true(ssk_config_check(&config, NULL));
    g_assert_true(ssk_config_set(&config, "from", "20", NULL));
    g_assert_true(ssk_config_check(&config, NULL));
    g_assert_true(ssk_config_set(&config, "to", "20", NULL));
    g_assert_true(ssk_config_check(&config, NULL));
    g_assert_true(ssk_config_set(&config, "to", "10", NULL));
    g_assert_false(ssk_config_check(&config, &error));
    g_assert_cmpstr(error->message, ==, "from=20.000000000: must not be after to=10.000000000");
    g_error_free(error);
}

static void vantages_have_names(void)
{
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_AUTO), ==, "auto");
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_SERVER), ==, "server");
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_CLIENT), ==, "client");
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_MIDDLE), ==, "middle");
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_AIR), ==, "air");
    g_assert_cmpstr(ssk_vantage_text(SSK_VANTAGE_UNKNOWN), ==, "unknown");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/defaults hold", defaults_hold);
    g_test_add_func("/config/the table is sound", table_is_sound);
    g_test_add_func("/config/values are set and printed back", values_are_set_and_printed_back);
    g_test_add_func("/config/an error says what is allowed", errors_say_what_is_allowed);
    g_test_add_func("/config/an unknown name gives the nearest", unknown_names_give_the_nearest);
    g_test_add_func("/config/long text is refused whole", long_text_is_refused_whole);
    g_test_add_func("/config/from must not be after to", from_must_not_be_after_to);
    g_test_add_func("/config/vantages have names", vantages_have_names);
    return g_test_run();
}
