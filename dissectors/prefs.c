/* prefs.c - preferences made from the table in core/model/config.c.
 *
 * A length of time is a text preference: Wireshark has no type for "2s".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/prefs.h"

#include "dissectors/compat.h"

#include <epan/prefs.h>
#include <wsutil/report_message.h>

#include "dissectors/profiles.h"

/** Where Wireshark stores what the user chose, by option. */
typedef union ssk_pref_value {
    const char *text;
    int choice;
} ssk_pref_value;

static ssk_pref_value *values;
static ssk_config config;
static ssk_ws_bool fields = TRUE;

static void apply(void)
{
    size_t count;
    const ssk_option *options = ssk_config_options(&count);

    ssk_config_init(&config);
    for (size_t i = 0; i < count; i++) {
        GError *error = NULL;
        const char *value = options[i].kind == SSK_OPTION_CHOICE
                                ? options[i].choices[values[i].choice]
                                : values[i].text;
        if (!ssk_config_set(&config, options[i].name, value, &error)) {
            report_failure("stallshark.%s", error->message);
            g_error_free(error);
        }
    }
}

static const enum_val_t *choices_of(const ssk_option *option)
{
    GArray *list = g_array_new(TRUE, TRUE, sizeof(enum_val_t));

    for (int i = 0; option->choices[i]; i++) {
        enum_val_t one = {option->choices[i], option->choices[i], i};
        g_array_append_val(list, one);
    }
    return (const enum_val_t *)(void *)g_array_free(list, FALSE);
}

void ssk_prefs_register(int proto)
{
    size_t count;
    const ssk_option *options = ssk_config_options(&count);
    module_t *module = prefs_register_protocol(proto, apply);

    /* Registered once and for the life of the program, as Wireshark keeps them. */
    values = g_new0(ssk_pref_value, count);
    ssk_config_init(&config);
    prefs_register_bool_preference(module, "fields", "Fields for every frame",
                                   "Measure gaps while a file is read, so that columns, filters "
                                   "and color rules can use them.",
                                   &fields);
    for (size_t i = 0; i < count; i++) {
        char *allowed = ssk_config_allowed(&options[i]);
        const char *help = g_strdup_printf("%s\nAllowed: %s. Default: %s.", options[i].help,
                                           allowed,
                                           *options[i].preset ? options[i].preset : "empty");
        g_free(allowed);
        if (options[i].kind == SSK_OPTION_CHOICE) {
            memcpy(&values[i].choice, (const char *)&config + options[i].offset, sizeof(int32_t));
            prefs_register_enum_preference(module, options[i].name, options[i].title, help,
                                           &values[i].choice, choices_of(&options[i]), FALSE);
        } else {
            values[i].text = options[i].preset;
            prefs_register_string_preference(module, options[i].name, options[i].title, help,
                                             &values[i].text);
        }
    }
}

const ssk_config *ssk_prefs_config(void)
{
    return &config;
}

bool ssk_prefs_fields(void)
{
    return fields;
}

const ssk_profile_set *ssk_prefs_profiles(void)
{
    return ssk_profiles();
}
