/* fuzz_profile.c - any text: a profile, or an error that names a line of it.
 * What is accepted decodes the rest of the input without trouble and is
 * accepted again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/messages.h"

static void hear(void *user, const ssk_message *message)
{
    g_assert_true(message->profile == user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t ports[2] = {7000, 50000};
    const uint8_t *end = size ? memchr(data, 0, size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    char *text = g_strndup((const char *)data, len);
    GError *error = NULL;
    ssk_profile_set *set = ssk_profile_set_new_empty();

    if (!ssk_profile_set_add(set, text, "f", &error)) {
        g_assert_error(error, SSK_PROFILE_ERROR, 0);
        g_assert_true(g_str_has_prefix(error->message, "f:"));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        guint64 line = g_ascii_strtoull(error->message + 2, NULL, 10), lines = 1;
        for (const char *c = text; *c; c++)
            lines += *c == '\n';
        g_assert_cmpuint(line, >=, 1);
        g_assert_cmpuint(line, <=, lines);
        g_error_free(error);
    } else {
        const ssk_profile *profile = ssk_profile_set_get(set, 0);
        g_assert_true(ssk_profile_set_add(set, ssk_profile_text(profile), "f", NULL));
        g_assert_cmpuint(ssk_profile_set_size(set), ==, 1);
        profile = ssk_profile_set_get(set, 0);
        for (int udp = 0; udp < 2; udp++) {
            ssk_messages *m = ssk_messages_new(set, udp ? SSK_UDP : SSK_TCP, ports);
            for (uint32_t frame = 1; end && len < size && frame < 20; frame++) {
                uint8_t *exact = g_memdup2(end, size - len);
                const ssk_chunk chunk = {exact, (uint32_t)(size - len), (uint32_t)(size - len), 0,
                                         frame, frame * SSK_S};
                ssk_messages_push(m, frame & 1, &chunk, hear, (void *)profile);
                g_free(exact);
            }
            ssk_messages_free(m);
        }
    }
    ssk_profile_set_free(set);
    g_free(text);
    return 0;
}
