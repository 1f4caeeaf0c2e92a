/* json_view.c - captures that were held against each other, and what passed between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

static void put_letter(ssk_json *json, const char *key, char letter)
{
    ssk_json_string(json, key, letter ? (const char[]){letter, '\0'} : NULL);
}

static void put_own_stall(ssk_json *json, const ssk_result_view_stall *stall)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_array(json, "hosts", SSK_JSON_INLINE);
    for (int i = 0; i < 2; i++)
        ssk_json_addr(json, NULL, &stall->host[i]);
    ssk_json_end(json);
    ssk_json_time(json, "start", stall->start);
    ssk_json_int(json, "duration_ns", stall->duration);
    ssk_json_known(json, "frame", stall->frame, stall->frame != 0);
    ssk_json_end(json);
}

static void put_frames(ssk_json *json, const char *key, const uint32_t frames[2])
{
    size_t n = frames[0] == frames[1] ? 1 : 2;
    ssk_json_numbers(json, key, frames, frames[0] ? n : 0);
}

static void put_icmp(ssk_json *json, const ssk_result_view_icmp *row)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_addr(json, "from", &row->from);
    ssk_json_addr(json, "to", &row->to);
    ssk_json_string(json, "sent_seen_by", row->count.here_first ? "base" : "view");
    ssk_json_uint(json, "sent", row->count.sent);
    ssk_json_uint(json, "arrived", row->count.arrived);
    ssk_json_uint(json, "late", row->count.late);
    ssk_json_uint(json, "lost", row->count.lost);
    put_frames(json, "lost_frames", row->count.lost_frames);
    ssk_json_end(json);
}

void ssk_json_put_view(ssk_json *json, const ssk_result_view *view)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    put_letter(json, "view", view->letter);
    ssk_json_uint(json, "input", view->input);
    ssk_json_bool(json, "base", view->base);
    ssk_json_string(json, "stands", view->stands);
    ssk_json_bool(json, "unrelated", view->unrelated);
    ssk_json_bool(json, "identical", view->identical);
    ssk_json_uint(json, "in_both", view->both);
    ssk_json_uint(json, "only_in_base", view->only_base);
    ssk_json_uint(json, "only_here", view->only_here);
    ssk_json_uint(json, "flows_elsewhere", view->flows);
    ssk_json_array(json, "stalls_only_here", SSK_JSON_INLINE);
    for (size_t i = 0; i < view->n_stalls; i++)
        put_own_stall(json, &view->stalls[i]);
    ssk_json_end(json);
    ssk_json_uint(json, "stalls_not_listed", view->stalls_more);
    ssk_json_array(json, "icmp", SSK_JSON_INLINE);
    for (size_t i = 0; i < view->n_icmp; i++)
        put_icmp(json, &view->icmp[i]);
    ssk_json_end(json);
    ssk_json_end(json);
}

void ssk_json_put_crossings(ssk_json *json, const ssk_result_crossing *list, size_t count)
{
    if (!count)
        return;
    ssk_json_array(json, "between", SSK_JSON_LINES);
    for (size_t i = 0; i < count; i++) {
        const ssk_crossing_count *c = &list[i].count;
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "from", ssk_side_text(list[i].from));
        put_letter(json, "view", c->view);
        ssk_json_string(json, "sent_seen_by", c->here_first ? "base" : "view");
        ssk_json_uint(json, "sent", c->sent);
        ssk_json_uint(json, "sent_data", c->sent_data);
        ssk_json_uint(json, "sent_bytes", c->sent_bytes);
        ssk_json_uint(json, "arrived", c->arrived);
        ssk_json_uint(json, "arrived_data", c->arrived_data);
        ssk_json_uint(json, "late", c->late);
        ssk_json_uint(json, "lost", c->lost);
        ssk_json_uint(json, "lost_data", c->lost_data);
        ssk_json_uint(json, "lost_bytes", c->lost_bytes);
        ssk_json_uint(json, "unsent", c->unsent);
        ssk_json_int(json, "delay_max_ns", c->delay);
        put_frames(json, "frames", c->here);
        put_frames(json, "frames_there", c->there);
        put_frames(json, "lost_frames", c->lost_frames);
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

/* "exchange": step by step, for drawing; nothing outside a comparison. */
void ssk_json_put_exchange(ssk_json *json, const ssk_result_stall *stall)
{
    if (!stall->n_exchange)
        return;
    ssk_json_int(json, "exchange_step_ns", stall->exchange_step);
    ssk_json_array(json, "exchange", SSK_JSON_LINES);
    for (size_t i = 0; i < stall->n_exchange; i++) {
        const ssk_result_exchange *e = &stall->exchange[i];
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_time(json, "at", e->at);
        ssk_json_string(json, "from", ssk_side_text(e->from));
        put_letter(json, "view", e->view);
        ssk_json_uint(json, "sent", e->sent);
        ssk_json_uint(json, "arrived", e->arrived);
        ssk_json_uint(json, "late", e->late);
        ssk_json_end(json);
    }
    ssk_json_end(json);
}
