/* icmp.c - what became of ICMP between the captures: its packets are no flow's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/view/inside.h"

static int most_lost_first(const void *a, const void *b)
{
    const ssk_result_view_icmp *x = a, *y = b;
    if (x->count.lost != y->count.lost)
        return x->count.lost < y->count.lost ? 1 : -1;
    int by_from = memcmp(&x->from, &y->from, sizeof x->from);
    return by_from ? by_from : memcmp(&x->to, &y->to, sizeof x->to);
}

static void add_rows(const ssk_views *views, const ssk_other *other, bool there, GArray *rows)
{
    size_t n;
    const ssk_conversation *list =
        ssk_scout_conversations(views->scouts[there ? other->view : views->base], &n);
    for (uint32_t i = 0; i < n; i++) {
        /* What goes to a group, a bridge that listens in on MLD hands to its members only. */
        if (list[i].ends.protocol != SSK_PRINT_ICMP || list[i].group ||
            (there && other->ground->there[i].number != SSK_SCOUT_NONE))
            continue;
        for (unsigned from = 0; from < 2; from++) {
            ssk_result_view_icmp row = {
                .from = list[i].ends.addr[from],
                .to = list[i].ends.addr[!from],
                .count = ssk_views_count_unnamed(views, other, there, i, from)};
            if (row.count.view && row.count.sent)
                g_array_append_val(rows, row);
        }
    }
}

void ssk_views_tell_icmp(const ssk_views *views, const ssk_other *other, ssk_result *base,
                         ssk_result_view *view)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ssk_result_view_icmp));
    add_rows(views, other, false, rows);
    add_rows(views, other, true, rows);
    if (rows->len)
        qsort(rows->data, rows->len, sizeof(ssk_result_view_icmp), most_lost_first);
    view->n_icmp = MIN(rows->len, SSK_VIEW_ICMP);
    view->icmp = ssk_result_alloc(base, view->n_icmp * sizeof *view->icmp);
    if (view->n_icmp)
        memcpy(view->icmp, rows->data, view->n_icmp * sizeof *view->icmp);
    g_array_free(rows, TRUE);
}
