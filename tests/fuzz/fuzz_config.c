/* fuzz_config.c - what parses prints, and parses back to the same; what is
 * refused changes nothing and says so in one line.
 *
 * Input: lines. "NAME=VALUE" goes to ssk_config_set(), each line also to the
 * span and the time parser; two bytes of a line are also tried as numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"
#include "core/model/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_numbers(int64_t value)
{
    char buf[SSK_TEXT_ROOM];
    int64_t back;

    g_assert_true(ssk_span_parse(ssk_span_exact(value, buf), &back));
    g_assert_cmpint(back, ==, value);
    g_assert_cmpuint(strlen(ssk_span_text(value, buf)), <, SSK_TEXT_ROOM - 1);
    if (value == SSK_TIME_NONE)
        return;
    g_assert_true(ssk_time_parse(ssk_time_epoch(value, buf), &back));
    g_assert_cmpint(back, ==, value);
    ssk_time_local(value, NULL, buf);
    if (value < INT64_MIN + SSK_MS) /* cut to milliseconds it is before 1677-09-21 00:12:43.145 */
        return;
    g_assert_true(ssk_time_parse(buf, &back));
    g_assert_cmpint(back, <=, value);
    g_assert_true(value - back < SSK_MS);
}

static void check_set(const char *name, const char *value)
{
    ssk_config config, before;
    GError *error = NULL;

    ssk_config_init(&config);
    before = config;
    if (!ssk_config_set(&config, name, value, &error)) {
        g_assert_nonnull(error);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        g_assert_null(strpbrk(error->message, "\n\r\x1b"));
        g_assert_cmpuint(strlen(error->message), <, 400);
        g_assert_cmpmem(&config, sizeof config, &before, sizeof before);
        g_error_free(error);
        return;
    }
    const ssk_option *option = ssk_config_find(name);
    char *text = ssk_config_get(&config, option);
    before = config;
    g_assert_true(ssk_config_set(&config, option->name, text, NULL));
    g_assert_cmpmem(&config, sizeof config, &before, sizeof before);
    g_free(text);
}

static void check_line(char *line)
{
    int64_t value;

    if (ssk_span_parse(line, &value))
        check_numbers(value);
    if (ssk_time_parse(line, &value)) {
        g_assert_cmpint(value, !=, SSK_TIME_NONE);
        check_numbers(value);
    }
    size_t length = strlen(line);
    if (length >= sizeof value) {
        memcpy(&value, line, sizeof value);
        check_numbers(value);
    }
    char *safe = ssk_text_safe(line, 20);
    g_assert_true(g_utf8_validate(safe, -1, NULL));
    g_assert_cmpint(g_utf8_strlen(safe, -1), <=, 23);
    g_free(safe);

    char *equals = strchr(line, '=');
    if (equals) {
        *equals = '\0';
        check_set(line, equals + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size);
    char **lines = g_strsplit(text, "\n", 64);
    for (char **line = lines; *line; line++)
        check_line(*line);
    g_strfreev(lines);
    g_free(text);
    return 0;
}
