/* recurring.c - incidents of one host that come again, at what spacing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_recurring;

#define SHOWN 16

typedef struct series {
    const ssk_addr *host;
    GArray *starts, *lengths; /* of int64_t */
    uint32_t frames[SHOWN], flows[SHOWN];
    size_t n_frames, n_flows;
    bool on_the_way; /* each of them: packets were lost, no program fell silent */
} series;

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int64_t median(GArray *list)
{
    qsort(list->data, list->len, sizeof(int64_t), by_value);
    return g_array_index(list, int64_t, list->len / 2);
}

/* Does a cause stand that a radio off its channel would show as well? */
static bool lost_on_the_way(const ssk_verdict *verdict)
{
    static const ssk_cause_id ids[] = {SSK_CAUSE_RADIO_OFF,     SSK_CAUSE_UPLINK_LOSS,
                                       SSK_CAUSE_DOWNLINK_LOSS, SSK_CAUSE_PATH_BLACKOUT,
                                       SSK_CAUSE_FRAMES_HELD,   SSK_CAUSE_HOST_ASLEEP};
    for (size_t i = 0; i < verdict->n_verdict; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(ids); k++)
            if (verdict->causes[i].id == ids[k])
                return true;
    return false;
}

static void add_incident(series *s, const ssk_result *result, const ssk_result_incident *incident)
{
    const ssk_result_stall *first = &result->stalls[incident->stalls[0] - 1];
    int64_t length = incident->end == SSK_TIME_NONE ? result->inputs[0].last - incident->start
                                                    : incident->end - incident->start;
    bool lost = false;
    for (size_t i = 0; i < incident->n_stalls; i++)
        lost |= lost_on_the_way(&result->stalls[incident->stalls[i] - 1].verdict);
    g_array_append_val(s->starts, incident->start);
    g_array_append_val(s->lengths, length);
    s->on_the_way &= lost;
    if (s->n_frames < SHOWN)
        s->frames[s->n_frames++] = first->frame_before;
    bool known = false;
    for (size_t i = 0; i < s->n_flows; i++)
        known |= s->flows[i] == first->flow;
    if (!known && s->n_flows < SHOWN)
        s->flows[s->n_flows++] = first->flow;
}

static void tell(ssk_result *result, const series *s)
{
    size_t n = s->starts->len;
    int64_t first = g_array_index(s->starts, int64_t, 0);
    GArray *spacing = g_array_new(FALSE, FALSE, sizeof(int64_t));
    for (size_t i = 0; i + 1 < n; i++) {
        int64_t one = g_array_index(s->starts, int64_t, i + 1) -
                      g_array_index(s->starts, int64_t, i);
        g_array_append_val(spacing, one);
    }
    int64_t middle = median(spacing);
    for (size_t i = 0; i + 1 < n; i++)
        g_array_index(spacing, int64_t, i) = llabs(g_array_index(spacing, int64_t, i) - middle);
    int64_t spread = median(spacing);
    g_array_free(spacing, TRUE);
    /* In this order, because a year of nanoseconds times a thousand is beyond int64. */
    bool even = middle > 0 && spread <= middle / 1000 * SSK_LIMIT(SPACING_EVEN_PERMILLE) +
                                            middle % 1000 * SSK_LIMIT(SPACING_EVEN_PERMILLE) / 1000;
    char who[SSK_TEXT_ROOM], apart[SSK_TEXT_ROOM], about[SSK_TEXT_ROOM], phase[SSK_TEXT_ROOM];
    ssk_addr_text(s->host, who);
    ssk_span_text(middle, apart);
    ssk_span_text(spread, about);
    const char *text =
        even ? ssk_result_printf(
                   result,
                   "%u incidents of %s began %s apart, evenly (median; spread %s; phase "
                   "%s); look for a timer, a lease or a scan of that period",
                   (unsigned)n, who, apart, about, ssk_span_text(first % middle, phase))
             : ssk_result_printf(result,
                                 "%u incidents of %s began %s apart, unevenly (median; spread %s)",
                                 (unsigned)n, who, apart, about);
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_RECURRING_STALL,
                    "warning", text, s->flows, s->n_flows, s->frames, s->n_frames);
    int64_t length = median(s->lengths);
    if (!even || n < SSK_LIMIT(HOPS_LEAST) || !s->on_the_way || 2 * length > middle)
        return;
    text = ssk_result_printf(
        result,
        "%s is lost for %s every %s, %u times: a radio that leaves its channel at regular times, for a "
        "scan or a peer-to-peer link, looks like this",
        who, ssk_span_text(length, phase), apart, (unsigned)n);
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_CHANNEL_HOPPING,
                    "warning", text, s->flows, s->n_flows, s->frames, s->n_frames);
}

static void free_series(gpointer opaque)
{
    series *s = opaque;
    g_array_free(s->starts, TRUE);
    g_array_free(s->lengths, TRUE);
    g_free(s);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    (void)facts;
    GHashTable *by_host = g_hash_table_new(ssk_addr_hash, ssk_addr_equal);
    GPtrArray *all = g_ptr_array_new_with_free_func(free_series); /* by their first incidents */
    for (size_t i = 0; i < result->n_incidents; i++) {
        const ssk_addr *host = &result->incidents[i].host;
        series *s = g_hash_table_lookup(by_host, host);
        if (!s) {
            s = g_new0(series, 1);
            s->host = host;
            s->on_the_way = true;
            s->starts = g_array_new(FALSE, FALSE, sizeof(int64_t));
            s->lengths = g_array_new(FALSE, FALSE, sizeof(int64_t));
            g_hash_table_insert(by_host, (gpointer)host, s);
            g_ptr_array_add(all, s);
        }
        add_incident(s, result, &result->incidents[i]);
    }
    for (guint i = 0; i < all->len; i++) {
        const series *s = all->pdata[i];
        if (s->starts->len >= SSK_LIMIT(INCIDENTS_LEAST))
            tell(result, s);
    }
    g_hash_table_destroy(by_host);
    g_ptr_array_free(all, TRUE);
}

const ssk_rule ssk_rule_recurring = {
    .name = "recurring-stall",
    .source = "docs/causes.md, beyond one flow",
    .judge = judge,
};
