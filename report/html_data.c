/* html_data.c - the report and the charts as data in the page, for its script.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include <string.h>

#include "report/formats.h"

/* In JSON a '<' stands only inside a text: as \u003c it can end no script. */
static void put_data(ssk_document *document, const char *id, const GString *json)
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
    put_data(document, "report", text);
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
    put_data(document, "charts", text);
    g_string_free(text, TRUE);
}
