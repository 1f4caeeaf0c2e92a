/* markdown_sheet.c - text that makes no markup, and the lines and tables made of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/markdown_sheet.h"

#include <string.h>

#include "report/safe_text.h"

/* One line of text, so that no single value fills the report. */
#define LINE_ROOM 600

/* ---- escaping ---- */

/* GitHub, GitLab and Jira look for mentions and references in the rendered text, where an entity
 * is the character again and a backslash is gone. Only a character between the sign and the name
 * stops them: this one joins words and has no width. */
#define JOINER "\xe2\x81\xa0"

/* "@user", "#12", "!12", "~label", "%milestone", "$snippet", "^alert", and GitLab's "&epic". */
static bool is_sign(const char *p)
{
    bool quoted = (*p == '~' || *p == '%') && p[1] == '"'; /* ~"two words" */
    return strchr("@#!~%$^&", *p) && (g_ascii_isalnum(p[1]) || quoted);
}

/* An issue of Jira or GitHub: "ABC-123", "GH-12". */
static bool is_issue_dash(const char *text, const char *p)
{
    const char *start = p;
    if (*p != '-' || !g_ascii_isdigit(p[1]))
        return false;
    while (start > text && (g_ascii_isalnum(start[-1]) || start[-1] == '_'))
        start--;
    if (p - start < 2 || !g_ascii_isalpha(*start))
        return false;
    for (const char *at = start; at < p; at++)
        if (g_ascii_islower(*at))
            return false;
    return true;
}

/* Six hexadecimal digits of a run that may name a commit, 7 to 40 of them. */
static bool is_in_commit(const char *text, const char *p)
{
    const char *start = p + 1, *end = p + 1;
    bool letter = false;
    while (start > text && end - start < 7 && g_ascii_isxdigit(start[-1]))
        start--;
    if (end - start != 6)
        return false;
    while (end - start <= 40 && g_ascii_isxdigit(*end))
        end++;
    for (const char *at = start; at < end; at++)
        letter = letter || g_ascii_isalpha(*at);
    return letter && end - start >= 7 && end - start <= 40 &&
           (start == text || !g_ascii_isalnum(start[-1])) && !g_ascii_isalnum(*end);
}

void ssk_sheet_escape(GString *out, const char *text)
{
    const char *end = text;
    for (unsigned i = 0; *end && i < LINE_ROOM; i++)
        end = g_utf8_next_char(end);
    for (const char *p = text; p < end; p++) {
        if (strchr("&<@#", *p)) /* no entity and no tag, in Markdown itself */
            g_string_append_printf(out, "&#%d;", *p);
        else if (strchr("\\`*_[]|~$", *p))
            g_string_append_printf(out, "\\%c", *p);
        else if ((*p == ':' && p[1] == '/') ||
                 (*p == '.' && p - text >= 3 && g_ascii_strncasecmp(p - 3, "www", 3) == 0))
            g_string_append_printf(out, "&#%d;", *p); /* no link */
        else
            g_string_append_c(out, *p);
        if (is_sign(p) || is_issue_dash(text, p) || is_in_commit(text, p))
            g_string_append(out, JOINER);
    }
    if (*end)
        g_string_append(out, " ...");
}

GString *ssk_sheet_fresh(ssk_sheet *sheet)
{
    return g_string_truncate(sheet->line, 0);
}

void ssk_sheet_line(ssk_sheet *sheet, const char *before, const char *after)
{
    g_string_append(sheet->out, before);
    ssk_sheet_escape(sheet->out, sheet->line->str);
    g_string_append(sheet->out, after);
}

void ssk_sheet_item(ssk_sheet *sheet, const char *lead)
{
    ssk_sheet_line(sheet, lead, "\n");
}

void ssk_sheet_more(ssk_sheet *sheet, size_t count, size_t shown)
{
    if (count > shown)
        g_string_append_printf(sheet->out, "\n... and %zu more; the JSON report has all.\n",
                               count - shown);
}

void ssk_sheet_heading(ssk_sheet *sheet, const char *title)
{
    g_string_append_printf(sheet->out, "\n## %s\n\n", title);
}

/* ---- tables of labeled lines ---- */

void ssk_sheet_begin_rows(ssk_sheet *sheet)
{
    g_string_append(sheet->out, "| | |\n|---|---|\n");
}

void ssk_sheet_row(void *user, const char *label, const char *text)
{
    ssk_sheet *sheet = user;
    g_string_append_printf(sheet->out, "| %s | ", label);
    ssk_sheet_escape(sheet->out, text);
    g_string_append(sheet->out, " |\n");
}

void ssk_sheet_code(ssk_sheet *sheet, const char *text)
{
    g_string_append(sheet->out, "\n````\n");
    ssk_safe_text_append(sheet->out, text);
    g_string_append(sheet->out, "\n````\n");
}

void ssk_sheet_open_details(ssk_sheet *sheet, const char *summary)
{
    g_string_append(sheet->out, "\n<details><summary>");
    ssk_sheet_escape(sheet->out, summary);
    g_string_append(sheet->out, "</summary>\n\n");
}

void ssk_sheet_close_details(ssk_sheet *sheet)
{
    g_string_append(sheet->out, "\n</details>\n");
}
