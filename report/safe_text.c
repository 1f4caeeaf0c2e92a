/* safe_text.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/safe_text.h"

bool ssk_safe_text_forbids(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void ssk_safe_text_append(GString *out, const char *text)
{
    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append(out, "\xef\xbf\xbd");
            text++;
            continue;
        }
        if (!ssk_safe_text_forbids(c))
            g_string_append_unichar(out, c);
        else if (c == '\t' || c == '\n')
            g_string_append_c(out, ' ');
        else if (c < 0x100)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_printf(out, "\\u%04x", c);
        text = g_utf8_next_char(text);
    }
}
