/* html_data.c - the report and the charts as data in the page, for its script.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include <string.h>

#include "report/formats.h"

/* A longer report is embedded without the ends of its longest lists. */
#define ROOM 900000
#define ROWS 100

/* In JSON a '<' stands only inside a text: as \u003c it can end no script. */
void ssk_html_data(ssk_document *document, const char *id, const GString *json)
{
    g_string_append_printf(document->out, "<script type=\"application/json\" id=\"%s\">", id);
    for (const char *run = json->str; *run;) {
        gsize length = strcspn(run, "<");
        const char *end = run + length;
        g_string_append_len(document->out, run, (gssize)length);
        if (!*end)
            break;
        ssk_html_put(document, "\\u003c");
        run = end + 1;
    }
    ssk_html_put(document, "</script>\n");
}

void ssk_html_report_data(ssk_document *document)
{
    GString *text = g_string_new(NULL);
    ssk_json json;
    ssk_result shown = *document->story.result;

    if (shown.n_flows > SSK_HTML_FLOWS)
        shown.n_flows = SSK_HTML_FLOWS;
    ssk_json_init(&json, text, SSK_JSON_INLINE);
    json.lean = true;
    ssk_json_report(&json, &shown, document->story.host);
    if (text->len > ROOM) { /* the beginning of each list, then */
        shown.n_flows = MIN(shown.n_flows, ROWS);
        shown.n_stalls = MIN(shown.n_stalls, ROWS);
        g_string_truncate(text, 0);
        ssk_json_init(&json, text, SSK_JSON_INLINE);
        json.lean = true;
        ssk_json_report(&json, &shown, document->story.host);
    }
    ssk_html_data(document, "report", text);
    g_string_free(text, TRUE);
}

void ssk_html_chart_data(ssk_document *document)
{
    GString *text = g_string_new(NULL);
    ssk_json json;

    ssk_json_init(&json, text, SSK_JSON_INLINE);
    ssk_json_array(&json, NULL, SSK_JSON_INLINE);
    for (guint i = 0; i < document->charts->len; i++)
        ssk_chart_json(document->charts->pdata[i], &json);
    ssk_json_end(&json);
    ssk_html_data(document, "charts", text);
    g_string_free(text, TRUE);
}
