/* story_view.c - captures that were held against each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include "core/base/text.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* Pairs of hosts whose losses are told one by one. */
#define WAYS_TOLD 12
/* Stalls of another capture that are. */
#define STALLS_TOLD 3

static char base_letter(const ssk_result *result)
{
    return result->views[result->n_views - 1].letter;
}

/* "; 2 stalls that capture b does not show: 10.0.0.5 and 10.0.0.1, 12.5 s from its frame 67, ..." */
static void put_own_stalls(const ssk_story *story, const ssk_result_view *view, GString *line)
{
    if (!view->n_stalls)
        return;
    g_string_append(line, "; ");
    ssk_phrase_count(line, view->n_stalls + view->stalls_more, "stall", "stalls");
    g_string_append_printf(line, " that capture %c does not show: ", base_letter(story->result));
    for (size_t i = 0; i < MIN(view->n_stalls, STALLS_TOLD); i++) {
        const ssk_result_view_stall *stall = &view->stalls[i];
        g_string_append(line, i ? ", " : "");
        ssk_phrase_addr(line, &stall->host[0]);
        g_string_append(line, " and ");
        ssk_phrase_addr(line, &stall->host[1]);
        g_string_append(line, " for ");
        ssk_phrase_span(line, stall->duration);
        if (stall->frame)
            g_string_append_printf(line, " from its frame %u", stall->frame);
    }
    if (view->n_stalls + view->stalls_more > STALLS_TOLD)
        g_string_append(line, " ...");
    g_string_append(line, "; analyze it alone to see why");
}

static void put_view(const ssk_story *story, const ssk_result_view *view, GString *line)
{
    const ssk_host *host = story->host;
    char base = base_letter(story->result);
    unsigned files = 0;
    if (host->of_interfaces)
        g_string_append_printf(line, "interface %u", view->given);
    for (size_t i = 0; i < host->n_files && !host->of_interfaces; i++) {
        if (!g_strcmp0(host->files[i].kind, "log") || host->files[i].capture != view->given)
            continue;
        if (!files++)
            ssk_safe_text_append(line, host->files[i].path);
    }
    if (files > 1) {
        g_string_append(line, " and ");
        ssk_phrase_count(line, files - 1, "file more", "files more");
    }
    if (files || host->of_interfaces)
        g_string_append(line, view->stands ? ", taken at " : "; ");
    if (view->stands) {
        ssk_safe_text_append(line, view->stands);
        g_string_append(line, "; ");
    }
    if (view->base)
        g_string_append(line, "this report is of it");
    else if (view->unrelated)
        g_string_append_printf(line, "it shares no traffic with capture %c and tells nothing of it",
                               base);
    else if (view->identical)
        g_string_append_printf(
            line, "it holds the very same packets as capture %c, and the clocks are equal", base);
    else {
        ssk_phrase_count(line, view->both, "packet", "packets");
        g_string_append_printf(line,
                               " in both, %" G_GUINT64_FORMAT
                               " only in capture %c, %" G_GUINT64_FORMAT " only here",
                               view->only_base, base, view->only_here);
    }
    if (view->flows) {
        g_string_append(line, "; ");
        ssk_phrase_count(line, view->flows, "conversation", "conversations");
        g_string_append_printf(line, " that capture %c could not see", base);
    }
    put_own_stalls(story, view, line);
}

static void put_sender(const ssk_result_flow *flow, ssk_side from, GString *line)
{
    ssk_phrase_addr(line, &flow->addr[from == SSK_SIDE_B ? SSK_B : SSK_A]);
}

/* "10.0.0.5 sent 7 packets (143 bytes), by this capture; none of them is in capture a". */
static void put_crossing(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_result_crossing *crossing, GString *line)
{
    const ssk_crossing_count *c = &crossing->count;
    char base = base_letter(result), sender = c->here_first ? base : c->view,
         receiver = c->here_first ? c->view : base;
    put_sender(flow, crossing->from, line);
    if (!c->sent) {
        g_string_append_printf(
            line, " sent nothing, by capture %c: whether that way was open cannot be known",
            sender);
        return;
    }
    g_string_append(line, " sent ");
    ssk_phrase_count(line, c->sent, "packet", "packets");
    if (c->sent_bytes) {
        g_string_append(line, " (");
        ssk_phrase_count(line, c->sent_bytes, "byte", "bytes");
        g_string_append_c(line, ')');
    }
    g_string_append_printf(line, ", by capture %c; ", sender);
    if (c->arrived == c->sent)
        g_string_append_printf(line, "capture %c has them all", receiver);
    else if (!c->arrived && !c->late)
        g_string_append_printf(line, "capture %c has none of them", receiver);
    else {
        g_string_append_printf(line, "capture %c has %" G_GUINT64_FORMAT " of them", receiver,
                               c->arrived + c->late);
        if (c->late) {
            g_string_append_printf(line, ", %" G_GUINT64_FORMAT " of these up to ", c->late);
            ssk_phrase_span(line, c->delay);
            g_string_append(line, " later");
        }
    }
    if (c->lost && c->lost_frames[0]) {
        size_t n = c->lost_frames[0] == c->lost_frames[1] ? 1 : 2;
        g_string_append_printf(line, "; lost, in capture %c", sender);
        ssk_phrase_frames(line, c->lost_frames, n);
    }
}

void ssk_story_crossings(const ssk_story *story, const ssk_result_stall *stall, ssk_story_row row,
                         void *user)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    GString *line = g_string_new(NULL);
    for (size_t i = 0; flow && i < stall->n_crossings; i++) {
        put_crossing(story->result, flow, &stall->crossings[i], ssk_phrase_begin(line));
        row(user, "meanwhile", line->str);
    }
    g_string_free(line, TRUE);
}

/* What one host sent to another, on all flows, as one of the other captures tells it. */
typedef struct way {
    const ssk_addr *from, *to;
    char sender, receiver; /* captures */
    bool icmp;             /* which is no flow's */
    uint64_t flows, sent, arrived, late, lost, lossy;
    ssk_span_ns delay;
    uint32_t frames[SSK_PHRASE_FRAMES + 1]; /* the first that was lost of each flow */
    size_t n_frames;
} way;

static way *way_of(GHashTable *known, GPtrArray *ways, const ssk_result_flow *flow, ssk_side from,
                   char sender, char receiver)
{
    ssk_dir dir = from == SSK_SIDE_B ? SSK_B : SSK_A;
    char one[SSK_TEXT_ROOM], other[SSK_TEXT_ROOM];
    char *key = g_strdup_printf("%s %s %c%c", ssk_addr_text(&flow->addr[dir], one),
                                ssk_addr_text(&flow->addr[!dir], other), sender, receiver);
    way *found = g_hash_table_lookup(known, key);
    if (found) {
        g_free(key);
        return found;
    }
    found = g_new0(way, 1);
    *found = (way){&flow->addr[dir], &flow->addr[!dir], .sender = sender, .receiver = receiver};
    g_hash_table_insert(known, key, found);
    g_ptr_array_add(ways, found);
    return found;
}

static int most_lost_first(const void *a, const void *b)
{
    const way *x = *(way *const *)a, *y = *(way *const *)b;
    uint64_t of_x = x->lost + x->late, of_y = y->lost + y->late;
    return of_x != of_y ? (of_x < of_y ? 1 : -1) : 0;
}

static void count_way(way *w, const ssk_crossing_count *c)
{
    w->sent += c->sent;
    w->arrived += c->arrived;
    w->late += c->late;
    w->lost += c->lost;
    w->lossy += c->lost > 0;
    w->delay = c->late ? MAX(w->delay, c->delay) : w->delay;
    if (c->lost && c->lost_frames[0] && w->n_frames < G_N_ELEMENTS(w->frames))
        w->frames[w->n_frames++] = c->lost_frames[0];
}

static way *icmp_way(const ssk_result *result, const ssk_result_view_icmp *row)
{
    const ssk_crossing_count *c = &row->count;
    char base = base_letter(result);
    way *w = g_new0(way, 1);
    *w = (way){&row->from, &row->to, c->here_first ? base : c->view, c->here_first ? c->view : base,
               .icmp = true};
    count_way(w, c);
    return w;
}

/* @return of way, those with the most losses first; the caller frees it */
static GPtrArray *find_ways(const ssk_result *result)
{
    GPtrArray *ways = g_ptr_array_new_with_free_func(g_free);
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i + 1 < result->n_views; i++)
        for (size_t k = 0; k < result->views[i].n_icmp; k++)
            g_ptr_array_add(ways, icmp_way(result, &result->views[i].icmp[k]));
    for (size_t i = 0; result->n_views && i < result->n_flows; i++)
        for (size_t k = 0; k < result->flows[i].n_crossings; k++) {
            const ssk_result_flow *flow = &result->flows[i];
            const ssk_crossing_count *c = &flow->crossings[k].count;
            char base = base_letter(result);
            if (!c->sent)
                continue;
            way *w = way_of(known, ways, flow, flow->crossings[k].from,
                            c->here_first ? base : c->view, c->here_first ? c->view : base);
            w->flows++;
            count_way(w, c);
        }
    g_hash_table_destroy(known);
    g_ptr_array_sort(ways, most_lost_first);
    return ways;
}

static void put_way(const way *w, GString *line)
{
    ssk_phrase_addr(line, w->from);
    g_string_append(line, " sent ");
    ssk_phrase_count(line, w->sent, w->icmp ? "packet of ICMP" : "packet",
                     w->icmp ? "packets of ICMP" : "packets");
    g_string_append(line, " to ");
    ssk_phrase_addr(line, w->to);
    if (!w->icmp) {
        g_string_append(line, " on ");
        ssk_phrase_count(line, w->flows, "flow", "flows");
    }
    g_string_append_printf(line, ", by capture %c; ", w->sender);
    if (w->lost) {
        g_string_append_printf(line, "capture %c lacks %" G_GUINT64_FORMAT " of them", w->receiver,
                               w->lost);
        if (w->flows > 1) {
            g_string_append(line, ", on ");
            ssk_phrase_count(line, w->lossy, "flow", "flows");
        }
        if (w->n_frames) {
            g_string_append(line, w->n_frames == 1 ? "; the first is frame"
                                                   : "; the first of each flow are frames");
            for (size_t i = 0; i < MIN(w->n_frames, SSK_PHRASE_FRAMES); i++)
                g_string_append_printf(line, "%s %u", i ? "," : "", w->frames[i]);
            g_string_append_printf(line, "%s of capture %c",
                                   w->n_frames > SSK_PHRASE_FRAMES ? " ..." : "", w->sender);
        }
    } else {
        g_string_append_printf(line, "capture %c has them all", w->receiver);
    }
    if (w->late) {
        g_string_append_printf(line, "; %" G_GUINT64_FORMAT " arrived up to ", w->late);
        ssk_phrase_span(line, w->delay);
        g_string_append(line, " later");
    }
}

void ssk_story_between(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    unsigned unrelated = 0, identical = 0;
    for (size_t i = 0; i < result->n_views; i++) {
        unrelated += result->views[i].unrelated;
        identical += result->views[i].identical;
    }
    if (identical && identical + 1 == result->n_views) {
        g_string_append(out,
                        " The captures hold the very same packets: nothing was lost between them.");
        return;
    }
    if (unrelated && unrelated + 1 == result->n_views) {
        g_string_append_printf(out,
                               " The captures share no traffic: this is about capture %c alone.",
                               base_letter(result));
        return;
    }
    GPtrArray *ways = find_ways(result);
    uint64_t lost = 0, others = 0, arrived = 0;
    bool icmp = false;
    for (guint i = 0; i < ways->len; i++) {
        const way *w = g_ptr_array_index(ways, i);
        lost += w->lost;
        arrived += w->arrived;
        others += i && w->lost;
        icmp |= i && w->lost && w->icmp;
    }
    if (lost) {
        const way *w = g_ptr_array_index(ways, 0);
        g_string_append_printf(out,
                               " Between the captures %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                               " packets %sfrom ",
                               w->lost, w->sent, w->icmp ? "of ICMP " : "");
        ssk_phrase_addr(out, w->from);
        g_string_append(out, " to ");
        ssk_phrase_addr(out, w->to);
        g_string_append(out, w->lost == 1 ? " was lost" : " were lost");
        if (others && icmp) { /* one of these may be in the same direction */
            g_string_append_printf(out, ", and %" G_GUINT64_FORMAT " other%s", lost - w->lost,
                                   lost - w->lost == 1 ? "" : "s");
        } else if (others) {
            g_string_append_printf(out, ", and %" G_GUINT64_FORMAT " in ", lost - w->lost);
            ssk_phrase_count(out, others, "other direction", "other directions");
        }
        g_string_append_c(out, '.');
    } else if (arrived && !result->n_stalls)
        g_string_append(out, " Nothing was lost between the captures.");
    g_ptr_array_free(ways, TRUE);
}

/* Every flow by itself. */
static void put_flows(const ssk_result *result, GString *line, ssk_story_row row, void *user)
{
    for (size_t i = 0; result->n_views && i < result->n_flows; i++)
        for (size_t k = 0; k < result->flows[i].n_crossings; k++) {
            const ssk_result_flow *flow = &result->flows[i];
            const ssk_result_crossing *crossing = &flow->crossings[k];
            if (!crossing->count.lost && !crossing->count.late)
                continue;
            g_string_append_printf(ssk_phrase_begin(line), "flow %u: ", flow->id);
            put_crossing(result, flow, crossing, line);
            row(user, "by flow", line->str);
        }
}

void ssk_story_views(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    for (size_t i = 0; i < result->n_views; i++) {
        char label[] = "capture a";
        label[sizeof label - 2] = result->views[i].letter;
        put_view(story, &result->views[i], ssk_phrase_begin(line));
        row(user, label, line->str);
    }
    GPtrArray *ways = find_ways(result);
    guint told = 0, all = 0;
    for (guint i = 0; i < ways->len; i++) {
        const way *w = g_ptr_array_index(ways, i);
        all += w->lost || w->late;
        if (!(w->lost || w->late) || told == WAYS_TOLD)
            continue;
        put_way(w, ssk_phrase_begin(line));
        row(user, w->lost ? "lost" : "delayed", line->str);
        told++;
    }
    if (all > told) {
        ssk_phrase_count(ssk_phrase_begin(line), all - told, "more direction", "more directions");
        row(user, "lost", line->str);
    }
    g_ptr_array_free(ways, TRUE);
    if (story->host->verbose)
        put_flows(result, line, row, user);
    g_string_free(line, TRUE);
}
