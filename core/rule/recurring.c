/* recurring.c - incidents of one host that come again, at what spacing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "core/rule/finding_list.h"
#include "core/text.h"

extern const ssk_rule ssk_rule_recurring;

/* Two could be chance; three have two spacings to compare. */
#define INCIDENTS_LEAST 3
/* Spacings this even are a timer or a scan of the radio, not the weather. */
#define EVEN_PERMILLE 100
#define FRAMES 16

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t median(int64_t *list, size_t n)
{
    qsort(list, n, sizeof *list, by_value);
    return list[n / 2];
}

static void judge_host(ssk_result *result, const ssk_addr *host)
{
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
    uint32_t frames[FRAMES];
    size_t n_frames = 0;
    for (size_t i = 0; i < result->n_incidents; i++) {
        const ssk_result_incident *incident = &result->incidents[i];
        if (memcmp(&incident->host, host, sizeof *host))
            continue;
        g_array_append_val(starts, incident->start);
        if (n_frames < FRAMES)
            frames[n_frames++] = result->stalls[incident->stalls[0] - 1].frame_before;
    }
    size_t n = starts->len;
    if (n >= INCIDENTS_LEAST) {
        int64_t *spacing = g_new(int64_t, n - 1), first = g_array_index(starts, int64_t, 0);
        for (size_t i = 0; i + 1 < n; i++)
            spacing[i] = g_array_index(starts, int64_t, i + 1) - g_array_index(starts, int64_t, i);
        int64_t middle = median(spacing, n - 1);
        for (size_t i = 0; i + 1 < n; i++)
            spacing[i] = llabs(spacing[i] - middle);
        int64_t spread = median(spacing, n - 1);
        g_free(spacing);
        bool even = middle > 0 && spread / EVEN_PERMILLE <= middle / 1000;
        char who[SSK_TEXT_ROOM], apart[SSK_TEXT_ROOM], about[SSK_TEXT_ROOM], phase[SSK_TEXT_ROOM];
        char *text = g_strdup_printf(
            "%s: %u incidents, %s apart (median, spread %s), %s; the first at %s of that spacing",
            ssk_addr_text(host, who), (unsigned)n, ssk_span_text(middle, apart),
            ssk_span_text(spread, about),
            even ? "evenly: a timer or a scan, not chance" : "unevenly",
            ssk_span_text(middle > 0 ? first % middle : 0, phase));
        ssk_finding_add(result, &result->findings, &result->n_findings, "recurring-stall",
                        "warning", text, NULL, 0, frames, n_frames);
        g_free(text);
    }
    g_array_free(starts, TRUE);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    (void)facts;
    for (size_t i = 0; i < result->n_incidents; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = memcmp(&result->incidents[k].host, &result->incidents[i].host, sizeof(ssk_addr));
        if (first)
            judge_host(result, &result->incidents[i].host);
    }
}

const ssk_rule ssk_rule_recurring = {
    .name = "recurring-stall", .source = "docs/causes.md, beyond one flow", .judge = judge,
};
