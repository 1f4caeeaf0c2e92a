/* lines.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/lines.h"

static unsigned width_of(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

unsigned ssk_lines_columns(const char *text)
{
    unsigned columns = 0;
    for (; *text; text = g_utf8_next_char(text))
        columns += width_of(g_utf8_get_char(text));
    return columns;
}

static void put_blanks(GString *out, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        g_string_append_c(out, ' ');
}

/* The longest beginning of @p text that fits into @p room columns. */
static const char *fitting(const char *text, unsigned room)
{
    unsigned used = 0;
    while (*text && used + width_of(g_utf8_get_char(text)) <= room) {
        used += width_of(g_utf8_get_char(text));
        text = g_utf8_next_char(text);
    }
    return text;
}

/* Not between a number and its unit: "30 s" stays together. */
static gboolean may_break(const char *text, const char *blank)
{
    if (*blank != ' ')
        return FALSE;
    if (blank == text || !g_ascii_isdigit(blank[-1]))
        return TRUE;
    gsize letters = 0;
    while (g_ascii_isalpha(blank[1 + letters]))
        letters++;
    return letters == 0 || letters > 3;
}

void ssk_lines_wrap(GString *out, const char *lead, const char *text, unsigned width)
{
    unsigned indent = ssk_lines_columns(lead);
    unsigned room = width > indent + 20 ? width - indent : 20;

    g_string_append(out, lead);
    while (*text == ' ')
        text++;
    for (;;) {
        const char *end = fitting(text, room);
        const char *next = end;
        if (*end) { /* break at the last blank that fits, if there is one */
            const char *blank = end, *slash;
            while (blank > text && !may_break(text, blank))
                blank--;
            if (blank > text)
                end = next = blank;
            else if ((slash = g_strrstr_len(text, end - text, "/")) && slash > text)
                end = next = slash + 1; /* a long path breaks between its folders */
            while (*next == ' ')
                next++;
        }
        while (end > text && end[-1] == ' ')
            end--;
        g_string_append_len(out, text, end - text);
        g_string_append_c(out, '\n');
        if (!*next)
            return;
        text = next;
        put_blanks(out, indent);
    }
}

void ssk_lines_cell(GString *out, const char *text, unsigned columns)
{
    unsigned used = ssk_lines_columns(text);
    if (used > columns) {
        const char *end = fitting(text, columns > 3 ? columns - 3 : 0);
        char *part = g_strndup(text, (gsize)(end - text));
        g_string_append(out, part);
        used = ssk_lines_columns(part) + MIN(columns, 3);
        g_string_append_len(out, "...", MIN(columns, 3));
        g_free(part);
    } else {
        g_string_append(out, text);
    }
    put_blanks(out, columns - used);
}
