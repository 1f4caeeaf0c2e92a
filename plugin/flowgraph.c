/* flowgraph.c - Statistics > Flow Graph > Stalls: each stall as a picture.
 *
 * The last packet before, an arrow that says how long nothing came, what the other side and other
 * conversations of the host did meanwhile, the first packet after. What happened meanwhile is the
 * timeline of the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/flowgraph.h"

#include "dissectors/compat.h"

#ifdef SSK_FLOW_GRAPH

#include <epan/tap.h>

#include "core/base/text.h"
#include "dissectors/bridge.h"
#include "dissectors/packet-stallshark.h"
#include "report/story.h"

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *ui_name, const int proto_id,
                                         const char *tap_listener, guint tap_flags,
                                         tap_packet_cb tap_func);
WS_DLL_PUBLIC ssk_flow_item *sequence_analysis_create_sai_with_addresses(packet_info *pinfo,
                                                                         ssk_flow_list *list);

/** Rows of the graph: what a person can look through. */
#define ROWS 5000

#define WHITE      0xffffff
#define BLACK      0x000000
#define RED        0xb91c1c
#define LIGHT_RED  0xfee2e2
#define ORANGE     0xffa938
#define PALE       0xffe6b4
#define SILENCE_PX 4

/** A row of the graph, at the frame it is drawn for. */
typedef struct row {
    uint32_t frame; /**< in reading order */
    enum { BEGINS, MEANWHILE, ENDS } what;
    const ssk_result_stall *stall;
    const ssk_mark *mark; /**< MEANWHILE */
    bool other;           /**< of another conversation */
} row;

/** Of the result that was drawn last. */
static struct {
    const ssk_result *result;
    uint32_t packets; /**< that it rests on */
    GArray *rows;     /**< by frame */
} drawn;

static int by_frame(const void *a, const void *b)
{
    const row *x = a, *y = b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->what != y->what) /* a packet that ends one stall and is seen in another is an end */
        return x->what == MEANWHILE ? 1 : y->what == MEANWHILE ? -1 : (int)x->what - (int)y->what;
    return x->other - y->other;
}

static void add_stall(const ssk_result_stall *stall)
{
    const ssk_timeline *timeline = stall->timeline;
    row begin = {.frame = stall->frame_before, .what = BEGINS, .stall = stall};
    row end = {.frame = stall->frame_after, .what = ENDS, .stall = stall};

    if (begin.frame)
        g_array_append_val(drawn.rows, begin);
    if (end.frame)
        g_array_append_val(drawn.rows, end);
    for (size_t i = 0; timeline && i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        row one = {.frame = mark->frame,
                   .what = MEANWHILE,
                   .stall = stall,
                   .mark = mark,
                   .other = timeline->lanes[mark->lane].flow != stall->flow};
        if (mark->frame > stall->frame_before &&
            (!stall->frame_after || mark->frame < stall->frame_after))
            g_array_append_val(drawn.rows, one);
    }
}

/** Packets are told once, whatever stalls they were seen in. */
static void collect(const ssk_result *result)
{
    if (!drawn.rows)
        drawn.rows = g_array_new(FALSE, FALSE, sizeof(row));
    g_array_set_size(drawn.rows, 0);
    for (size_t i = 0; result && i < result->n_stalls && drawn.rows->len < ROWS; i++)
        add_stall(&result->stalls[i]);
    g_array_sort(drawn.rows, by_frame);
    drawn.result = result;
}

static const row *find(uint32_t frame)
{
    guint low = 0, high = drawn.rows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(drawn.rows, row, middle).frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < drawn.rows->len && g_array_index(drawn.rows, row, low).frame == frame
               ? &g_array_index(drawn.rows, row, low)
               : NULL;
}

static ssk_flow_item *add(ssk_flow_list *list, packet_info *pinfo, unsigned back, unsigned front)
{
    ssk_flow_item *item = sequence_analysis_create_sai_with_addresses(pinfo, list);

    if (!item)
        return NULL;
    item->frame_number = pinfo->num;
    item->port_src = (guint16)pinfo->srcport;
    item->port_dst = (guint16)pinfo->destport;
    item->line_style = 1;
    item->display = TRUE;
    item->has_color_filter = TRUE;
    item->bg_color = back;
    item->fg_color = front;
    g_queue_push_tail(list->items, item);
    return item;
}

static void put_words(ssk_flow_item *item, char *label, GString *comment)
{
    if (item) {
        item->frame_label = label;
        item->comment = g_string_free(comment, FALSE);
    } else {
        g_free(label);
        g_string_free(comment, TRUE);
    }
}

static GString *sentence(const char *form, unsigned id)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, form, id);
    return text;
}

/** What the silence was like: "silent 31.4 s", "no answer for 31.4 s". */
static char *silence_words(const ssk_result_stall *stall)
{
    static const struct {
        ssk_stall_kind kind;
        const char *form;
    } forms[] = {
        {SSK_STALL_ANSWER, "no answer for %s"},
        {SSK_STALL_WINDOW, "nothing read for %s"},
        {SSK_STALL_CONNECT, "no connection for %s"},
        {SSK_STALL_NO_PROGRESS, "nothing new for %s"},
    };
    const char *form = stall->held ? "nothing read for %s" : "silent %s";
    char length[SSK_TEXT_ROOM];

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (stall->kind == forms[i].kind)
            form = forms[i].form;
    ssk_span_text(stall->duration, length);
    return g_strdup_printf(form, length);
}

static void draw_begin(ssk_flow_list *list, packet_info *pinfo, const row *at)
{
    const ssk_result_stall *stall = at->stall;
    GString *why = sentence("Stall %u: ", stall->id);
    ssk_story story;

    put_words(add(list, pinfo, RED, WHITE), g_strdup("last before"),
              sentence("Stall %u begins", stall->id));
    ssk_story_init(&story, drawn.result, NULL);
    if (stall->verdict.n_verdict)
        ssk_story_cause_title(&story, &stall->verdict.causes[0], stall->flow, why);
    else
        g_string_append(why, "unknown");
    if (stall->verdict.n_verdict > 1)
        g_string_append_printf(why, ", or %zu more", stall->verdict.n_verdict - 1);
    ssk_story_clear(&story);
    ssk_flow_item *silence = add(list, pinfo, LIGHT_RED, RED);
    if (silence)
        silence->line_style = SILENCE_PX;
    put_words(silence, silence_words(stall), why);
}

static void draw(ssk_flow_list *list, packet_info *pinfo, const row *at)
{
    GString *comment = sentence("Stall %u ends", at->stall->id);

    switch (at->what) {
    case BEGINS:
        g_string_free(comment, TRUE);
        draw_begin(list, pinfo, at);
        break;
    case ENDS:
        g_string_append_printf(comment, ": %s", ssk_recovery_text(at->stall->recovery));
        put_words(add(list, pinfo, RED, WHITE), g_strdup("first after"), comment);
        break;
    case MEANWHILE:
        g_string_printf(comment, "during stall %u", at->stall->id);
        if (at->other)
            g_string_append_printf(comment, ": %s",
                                   at->stall->timeline->lanes[at->mark->lane].name);
        put_words(add(list, pinfo,
                      at->mark->kind == SSK_MARK_RETRANSMISSION ? ORANGE
                      : at->other                               ? WHITE
                                                                : PALE,
                      BLACK),
                  g_strdup(ssk_mark_text(at->mark->kind)), comment);
        break;
    }
}

static tap_packet_status on_packet(void *data, packet_info *pinfo,
                                   epan_dissect_t *edt G_GNUC_UNUSED,
                                   const void *event G_GNUC_UNUSED, tap_flags_t flags G_GNUC_UNUSED)
{
    const ssk_result *result = ssk_file_result();
    uint32_t packets = ssk_file_packets();

    if (result != drawn.result || packets != drawn.packets) {
        collect(result);
        drawn.packets = packets;
    }
    const row *at = result ? find(ssk_file_order(pinfo->num)) : NULL;
    if (!at)
        return TAP_PACKET_DONT_REDRAW;
    draw(data, pinfo, at);
    return TAP_PACKET_REDRAW;
}

void ssk_flowgraph_register(void)
{
    register_seq_analysis("stallshark", "Stalls", proto_get_id_by_filter_name("stallshark"),
                          SSK_TAP_NAME, 0, on_packet);
}

#else

void ssk_flowgraph_register(void)
{
}

#endif
