/* html_page.c - text, rows and sections of the page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include "report/safe_text.h"

void ssk_html_put(ssk_document *document, const char *html)
{
    g_string_append(document->out, html);
}

void ssk_html_text(ssk_document *document, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);
    g_string_append(document->out, escaped);
    g_free(escaped);
}

GString *ssk_html_fresh(ssk_document *document)
{
    return g_string_truncate(document->line, 0);
}

void ssk_html_line(ssk_document *document, const char *open, const char *close)
{
    ssk_html_put(document, open);
    ssk_html_text(document, document->line->str);
    ssk_html_put(document, close);
}

void ssk_html_row(void *user, const char *label, const char *text)
{
    ssk_document *document = user;
    ssk_html_put(document, "<dt>");
    ssk_html_text(document, label);
    ssk_html_put(document, "</dt><dd>");
    ssk_html_text(document, text);
    ssk_html_put(document, "</dd>\n");
}

void ssk_html_open_section(ssk_document *document, const char *id, const char *title)
{
    g_string_append_printf(
        document->out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n",
        id, id, id, title);
}

void ssk_html_close_section(ssk_document *document)
{
    ssk_html_put(document, "</section>\n");
}

void ssk_html_more(ssk_document *document, size_t count, size_t shown)
{
    if (count > shown)
        g_string_append_printf(document->out,
                               "<p class=\"more\">... and %zu more; the JSON report has all.</p>\n",
                               count - shown);
}

void ssk_html_filter(ssk_document *document, const char *filter)
{
    if (!filter)
        return;
    ssk_safe_text_append(ssk_html_fresh(document), filter);
    ssk_html_line(document, "<div class=\"filter\"><code>",
                  "</code> <button type=\"button\" class=\"copy\" "
                  "aria-label=\"Copy the display filter\">Copy</button></div>\n");
}
