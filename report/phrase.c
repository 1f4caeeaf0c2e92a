/* phrase.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/phrase.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

GString *ssk_phrase_begin(GString *line)
{
    return g_string_truncate(line, 0);
}

void ssk_phrase_capitalise(GString *out, gsize at)
{
    gsize word = strcspn(out->str + at, " ");
    if (!memchr(out->str + at, ':', word))
        out->str[at] = g_ascii_toupper(out->str[at]);
}

void ssk_phrase_span(GString *out, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, ssk_span_text(span, buf));
}

void ssk_phrase_count(GString *out, uint64_t count, const char *one, const char *many)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, ssk_count_text(count, one, many, buf));
}

void ssk_phrase_permille(GString *out, int64_t permille)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, ssk_permille_text(permille, buf));
}

void ssk_phrase_addr(GString *out, const ssk_addr *addr)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out, addr->family ? ssk_addr_text(addr, buf) : "an unknown host");
}

static void put_numbers(GString *out, const uint32_t *numbers, size_t count)
{
    size_t shown = MIN(count, SSK_PHRASE_FRAMES);
    for (size_t i = 0; i < shown; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", numbers[i]);
    if (shown < count)
        g_string_append_printf(out, " and %zu more", count - shown);
}

void ssk_phrase_flows(GString *out, const uint32_t *flows, size_t count)
{
    g_string_append(out, count == 1 ? "flow " : "flows ");
    put_numbers(out, flows, count);
}

void ssk_phrase_frames(GString *out, const uint32_t *frames, size_t count)
{
    if (!count)
        return;
    g_string_append(out, count == 1 ? " (frame " : " (frames ");
    put_numbers(out, frames, count);
    g_string_append_c(out, ')');
}
