/* overdue.c - while a capture runs: who is silent right now.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/overdue.h"

#include <string.h>

#include "core/base/text.h"
#include "dissectors/hindsight_part.h"
#include "dissectors/protocol.h"
#include "report/phrase.h"

/** A capture whose last packet is older than this is a file. */
#define LIVE (10 * SSK_S)
/** Silences reported of one capture. */
#define NOTICES 10000

typedef struct notice {
    uint32_t order, flow;
    ssk_side direction;
    ssk_time_ns start;
    char *text; /**< owned */
} notice;

static int hf_overdue;
static expert_field ei_overdue = EI_INIT;
static GArray *notices; /**< by order; NULL: none yet */

static void clear_notice(void *at)
{
    g_free(((notice *)at)->text);
}

void ssk_overdue_forget(void)
{
    g_clear_pointer(&notices, g_array_unref);
}

static bool is_live(const ssk_story *story)
{
    ssk_time_ns now = g_get_real_time() * SSK_US;

    return story->end != SSK_TIME_NONE && story->end > now - LIVE && story->end < now + LIVE;
}

static bool is_known(const ssk_result_stall *stall)
{
    for (guint i = notices ? notices->len : 0; i-- > 0;) {
        const notice *one = &g_array_index(notices, notice, i);
        if (one->flow == stall->flow && one->direction == stall->direction &&
            one->start == stall->start)
            return true;
    }
    return false;
}

/** "10.0.0.5 has been silent for 8 s" */
static char *words_of(const ssk_story *story, const ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    GString *text = g_string_new(NULL);

    if (flow && (stall->direction == SSK_SIDE_A || stall->direction == SSK_SIDE_B))
        ssk_phrase_addr(text, &flow->addr[stall->direction == SSK_SIDE_A ? SSK_A : SSK_B]);
    else
        g_string_append_printf(text, "flow %u", stall->flow);
    g_string_append(text, " has been silent for ");
    ssk_phrase_span(text, stall->duration);
    return g_string_free(text, FALSE);
}

void ssk_overdue_take(const ssk_story *story, uint32_t order)
{
    const ssk_result *result = story->result;

    if (!result->n_stalls || !is_live(story))
        return;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (!stall->open || is_known(stall) || (notices && notices->len == NOTICES))
            continue;
        if (!notices) {
            notices = g_array_new(FALSE, FALSE, sizeof(notice));
            g_array_set_clear_func(notices, clear_notice);
        }
        notice one = {order, stall->flow, stall->direction, stall->start, words_of(story, stall)};
        g_array_append_val(notices, one);
    }
}

/** @return the first of that frame's; notices->len: none */
static guint find(uint32_t order)
{
    guint low = 0, high = notices ? notices->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(notices, notice, middle).order < order)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool ssk_overdue_has(uint32_t order)
{
    guint at = find(order);

    return notices && at < notices->len && g_array_index(notices, notice, at).order == order;
}

void ssk_overdue_draw(proto_item *head, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                      uint32_t order)
{
    for (guint i = find(order);
         notices && i < notices->len && g_array_index(notices, notice, i).order == order; i++) {
        const char *text = g_array_index(notices, notice, i).text;
        proto_item *item = ssk_add_text(tree, hf_overdue, tvb, pinfo, 0, 0, text, strlen(text));
        proto_item_set_generated(item);
        proto_item_append_text(head, ", %s", text);
        expert_add_info_format(pinfo, item, &ei_overdue, "%s", text);
    }
}

void ssk_overdue_register(int proto, expert_module_t *expert)
{
    static hf_register_info hf[] = {
        {&hf_overdue,
         {"Overdue", "stallshark.overdue", FT_STRING, BASE_NONE, NULL, 0,
          "Who was silent when this packet came, seen while the capture ran; told once", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_overdue,
         {"stallshark.overdue.seen", PI_SEQUENCE, PI_NOTE, "A side is silent right now", EXPFILL}},
    };

    ssk_hindsight_add_fields(proto, hf, G_N_ELEMENTS(hf));
    expert_register_field_array(expert, ei, G_N_ELEMENTS(ei));
}
