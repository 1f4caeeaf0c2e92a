/* story_service.c - a service found by Bonjour and its TXT record.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <string.h>

#include "report/phrase.h"
#include "report/safe_text.h"

/* Of a value that is no text; the JSON has all of it. */
#define TXT_BYTES_SHOWN 32

void ssk_story_service(const ssk_story *story, const ssk_result_service *service, GString *out)
{
    const char *const name[] = {service->instance, service->type, service->domain};
    for (size_t i = 0; i < G_N_ELEMENTS(name); i++) {
        if (!name[i])
            continue;
        if (i && name[i - 1])
            g_string_append_c(out, '.');
        ssk_safe_text_append(out, name[i]);
    }
    if (service->host) {
        g_string_append(out, " on ");
        ssk_safe_text_append(out, service->host);
        if (service->has_port)
            g_string_append_printf(out, " port %u", service->port);
    }
    for (size_t i = 0; i < service->n_addresses; i++) {
        g_string_append(out, i ? ", " : " at ");
        ssk_phrase_addr(out, &service->addresses[i]);
    }
    if (service->state && strcmp(service->state, "alive") != 0) {
        g_string_append(out, "; ");
        g_string_append(out,
                        strcmp(service->state, "goodbye") == 0 ? "said goodbye" : service->state);
        g_string_append(out, ", last heard ");
        ssk_story_time(story, service->last, out);
    }
}

static bool is_readable(const ssk_result_txt *txt)
{
    if (strlen(txt->value) != txt->value_len ||
        memcmp(txt->value, txt->value_bytes, txt->value_len))
        return false;
    for (const char *p = txt->value; *p; p = g_utf8_next_char(p))
        if (ssk_safe_text_forbids(g_utf8_get_char(p)))
            return false;
    return true;
}

void ssk_story_txt(const ssk_result_txt *txt, GString *out)
{
    ssk_safe_text_append(out, txt->key ? txt->key : "");
    if (!txt->value)
        return;
    g_string_append_c(out, '=');
    if (g_utf8_validate(txt->value, -1, NULL) && is_readable(txt)) {
        g_string_append(out, txt->value);
        return;
    }
    g_string_append_printf(out, "(%zu bytes: ", txt->value_len);
    for (size_t i = 0; i < MIN(txt->value_len, TXT_BYTES_SHOWN); i++)
        g_string_append_printf(out, "%02x", txt->value_bytes[i]);
    g_string_append(out, txt->value_len > TXT_BYTES_SHOWN ? "...)" : ")");
}
