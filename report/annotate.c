/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/annotate.h"

#include <string.h>

#include "report/safe_text.h"
#include "report/story.h"

#define MARK "stallshark: "

typedef struct builder {
    ssk_story story;
    GArray *list; /* of ssk_comment, in the order of the report */
    uint64_t dropped;
} builder;

/* ---- collecting ---- */

static void add(builder *b, uint32_t frame, const GString *text)
{
    if (!frame)
        return;
    if (b->list->len == SSK_COMMENTS) {
        b->dropped++;
        return;
    }
    size_t length = text->len;
    if (length > SSK_COMMENT_BYTES) {
        length = SSK_COMMENT_BYTES;
        while ((text->str[length] & 0xC0) == 0x80)
            length--;
    }
    ssk_comment comment = {frame, g_strndup(text->str, length)};
    g_array_append_val(b->list, comment);
}

/** @param shared what every cause of this verdict rests on is left out; NULL: nothing */
static void add_evidence(builder *b, const char *lead, const ssk_evidence *list, size_t n,
                         const ssk_verdict *shared)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        if (shared && ssk_story_is_shared(shared, &list[i]))
            continue;
        g_string_assign(text, MARK);
        g_string_append(text, lead);
        ssk_safe_text_append(text, list[i].text);
        for (size_t j = 0; j < list[i].n_frames; j++)
            if (list[i].view != 'a') /* the other capture's numbers */
                add(b, list[i].frames[j], text);
    }
    g_string_free(text, TRUE);
}

/** @param what "stall 1", "flow 7" */
static void add_verdict(builder *b, const char *what, const ssk_verdict *verdict, uint32_t flow)
{
    GString *lead = g_string_new(NULL);
    for (size_t i = 0; verdict->n_verdict && i < verdict->causes[0].n_evidence; i++) {
        const ssk_evidence *evidence = &verdict->causes[0].evidence[i];
        g_string_printf(lead, "%s: ", what);
        if (ssk_story_is_shared(verdict, evidence))
            add_evidence(b, lead->str, evidence, 1, NULL);
    }
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        g_string_printf(lead, "%s, for ", what);
        ssk_story_cause_title(&b->story, cause, flow, lead);
        g_string_append(lead, ": ");
        add_evidence(b, lead->str, cause->evidence, cause->n_evidence, verdict);
        g_string_printf(lead, "%s, against ", what);
        ssk_story_cause_title(&b->story, cause, flow, lead);
        g_string_append(lead, ": ");
        add_evidence(b, lead->str, cause->against, cause->n_against, NULL);
    }
    g_string_free(lead, TRUE);
}

/** What is measured of a stall, in as few comments as Wireshark shows in full. */
typedef struct rows {
    builder *b;
    const ssk_result_stall *stall;
    GString *text;     /* of the comment begun; empty: none */
    char *consequence; /* owned; NULL: none told */
} rows;

static void end_comment(rows *r)
{
    if (r->text->len)
        add(r->b, r->stall->frame_before, r->text);
    g_string_truncate(r->text, 0);
}

static void append_row(void *user, const char *label, const char *text)
{
    rows *r = user;
    if (r->text->len + strlen(label) + strlen(text) + strlen("; : ") > SSK_COMMENT_SHOWN)
        end_comment(r);
    if (r->text->len)
        g_string_append_printf(r->text, "; %s: %s", label, text);
    else
        g_string_printf(r->text, MARK "stall %u, %s: %s", r->stall->id, label, text);
    if (!strcmp(label, SSK_STORY_CONSEQUENCE)) {
        g_free(r->consequence);
        r->consequence = g_strdup(text);
    }
}

/* ---- what is commented ---- */

/** "stallshark: 10.0.0.5 sent nothing to 10.0.0.1 for 31.4 s: radio off (10.0.0.5) or loss towards
 * the server. Stall 1 begins after this frame." Where there is no room for all causes, the first. */
static void put_lead(const builder *b, const ssk_result_stall *stall, const char *where,
                     GString *out)
{
    const ssk_verdict *verdict = &stall->verdict;
    char *tail = g_strdup_printf(". Stall %" G_GUINT32_FORMAT " %s.", stall->id, where);

    g_string_assign(out, MARK);
    ssk_story_stall_title(&b->story, stall, out);
    g_string_append(out, ": ");
    gsize at = out->len;
    ssk_story_causes(&b->story, verdict, stall->flow, out);
    if (out->len + strlen(tail) > SSK_COMMENT_SHOWN && verdict->n_verdict > 1) {
        g_string_truncate(out, at);
        ssk_story_cause_title(&b->story, &verdict->causes[0], stall->flow, out);
        g_string_append_printf(out, ", or %zu more", verdict->n_verdict - 1);
    }
    g_string_append(out, tail);
    g_free(tail);
}

static void add_stall(builder *b, const ssk_result_stall *stall)
{
    GString *text = g_string_new(NULL);
    rows told = {b, stall, g_string_new(NULL), NULL};
    char *name = g_strdup_printf("stall %" G_GUINT32_FORMAT, stall->id);

    put_lead(b, stall, "begins after this frame", text);
    add(b, stall->frame_before, text);
    put_lead(b, stall, "ends here", text);
    add(b, stall->frame_after, text);

    g_string_printf(text, MARK "%s, verdict: ", name);
    ssk_story_verdict(&b->story, &stall->verdict, stall->flow, text);
    add(b, stall->frame_before, text);
    add_verdict(b, name, &stall->verdict, stall->flow);
    ssk_story_stall(&b->story, stall, append_row, &told);
    end_comment(&told);
    if (stall->verdict.next_capture) {
        g_string_printf(text, MARK "%s, next capture: ", name);
        ssk_safe_text_append(text, stall->verdict.next_capture);
        add(b, stall->frame_before, text);
    }
    if (stall->consequence.any && told.consequence) {
        g_string_printf(text, MARK "%s, consequence: %s", name, told.consequence);
        add(b, stall->consequence.frame, text);
    }
    g_free(told.consequence);
    g_string_free(told.text, TRUE);
    g_free(name);
    g_string_free(text, TRUE);
}

static void add_measurement(builder *b, const ssk_result_measurement *fault)
{
    GString *text = g_string_new(MARK);
    ssk_story_measurement(&b->story, fault, text);
    add(b, fault->frame_first, text);
    if (fault->frame_last != fault->frame_first)
        add(b, fault->frame_last, text);
    g_string_free(text, TRUE);
}

static void add_findings(builder *b, const ssk_result_finding *list, size_t n)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        g_string_assign(text, MARK);
        ssk_story_finding(&list[i], text);
        for (size_t j = 0; j < list[i].n_frames; j++)
            add(b, list[i].frames[j], text);
    }
    g_string_free(text, TRUE);
}

static void add_udp(builder *b, const ssk_result_udp *udp)
{
    if (!udp->judged)
        return;
    char *name = g_strdup_printf("flow %" G_GUINT32_FORMAT, udp->flow);
    add_verdict(b, name, &udp->verdict, udp->flow);
    g_free(name);
}

/* ---- the whole ---- */

static char *summary(const builder *b)
{
    const ssk_result *result = b->story.result;
    GString *text = g_string_new(NULL);
    ssk_story_program(&b->story, text);
    g_string_append(text, ": ");
    ssk_story_answer(&b->story, text);
    for (size_t i = 0; i < result->n_incidents && text->len < SSK_COMMENT_BYTES; i++) {
        g_string_append_c(text, '\n');
        ssk_story_incident(&b->story, &result->incidents[i], text);
    }
    for (size_t i = 0; i < result->n_measurement && text->len < SSK_COMMENT_BYTES; i++) {
        g_string_append_c(text, '\n');
        ssk_story_measurement(&b->story, &result->measurement[i], text);
    }
    return g_string_free(text, FALSE);
}

static int by_frame(const void *a, const void *b)
{
    const ssk_comment *const *x = a, *const *y = b;
    if ((*x)->frame != (*y)->frame)
        return (*x)->frame < (*y)->frame ? -1 : 1;
    return *x < *y ? -1 : *x > *y; /* the order of the report */
}

/** Sort, drop repetitions on a frame and what is beyond its share. */
static void freeze(builder *b, ssk_comments *ret)
{
    GPtrArray *order = g_ptr_array_new();
    for (guint i = 0; i < b->list->len; i++)
        g_ptr_array_add(order, &g_array_index(b->list, ssk_comment, i));
    g_ptr_array_sort(order, by_frame);

    ret->list = g_new(ssk_comment, order->len + 1);
    size_t first = 0; /* of the same frame */
    for (guint i = 0; i < order->len; i++) {
        ssk_comment *comment = order->pdata[i];
        if (first < ret->n && ret->list[first].frame != comment->frame)
            first = ret->n;
        bool repeated = false;
        for (size_t j = first; j < ret->n && !repeated; j++)
            repeated = !strcmp(ret->list[j].text, comment->text);
        if (repeated || ret->n - first == SSK_COMMENTS_PER_FRAME) {
            b->dropped += !repeated;
            g_free(comment->text);
        } else {
            ret->list[ret->n++] = *comment;
        }
    }
    g_ptr_array_free(order, TRUE);
}

ssk_comments *ssk_comments_new(const ssk_result *result, const ssk_host *host)
{
    ssk_comments *comments = g_new0(ssk_comments, 1);
    builder b = {.list = g_array_new(FALSE, FALSE, sizeof(ssk_comment))};

    ssk_story_init(&b.story, result, host);
    for (size_t i = 0; i < result->n_stalls; i++)
        add_stall(&b, &result->stalls[i]);
    for (size_t i = 0; i < result->n_measurement; i++)
        add_measurement(&b, &result->measurement[i]);
    for (size_t i = 0; i < result->n_udp; i++)
        add_udp(&b, &result->udp[i]);
    add_findings(&b, result->findings, result->n_findings);
    add_findings(&b, result->bonjour_findings, result->n_bonjour_findings);
    comments->summary = summary(&b);
    freeze(&b, comments);
    comments->dropped = b.dropped;
    ssk_story_clear(&b.story);
    g_array_free(b.list, TRUE);
    return comments;
}

void ssk_comments_free(ssk_comments *comments)
{
    if (!comments)
        return;
    for (size_t i = 0; i < comments->n; i++)
        g_free(comments->list[i].text);
    g_free(comments->list);
    g_free(comments->summary);
    g_free(comments);
}
