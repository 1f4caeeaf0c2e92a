/* tap-tree.c - how gaps spread, flow by flow, as a tree of statistics.
 *
 * Counted are the gaps of the report: between packets of one flow and
 * direction, among those that the tree's filter lets pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "taps/tap-tree.h"

#include "dissectors/compat.h"

#include <epan/stats_tree.h>
#include <epan/tap.h>

#include "core/base/text.h"
#include "core/engine.h"
#include "core/flow/flow.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"

#define ROOT "Gaps between packets of one direction [ms]"

/** Bounds are inclusive above: 1, 5 and 30 s are those of the report. Wireshark sorts by name and
 * knows no numbers in it: one unit, and as many characters in front of the point. */
static const struct bucket {
    ssk_span_ns up_to;
    const char *name;
} buckets[] = {
    {100 * SSK_US, "      0 to 0.1 ms"}, {SSK_MS, "    0.1 to 1 ms"},
    {10 * SSK_MS, "      1 to 10 ms"},   {100 * SSK_MS, "     10 to 100 ms"},
    {SSK_S, "    100 to 1000 ms"},       {5 * SSK_S, "   1000 to 5000 ms"},
    {30 * SSK_S, "   5000 to 30000 ms"}, {INT64_MAX, "  30000 ms and more"},
};

/** stats_tree * -> ssk_engine *: a tree has no room for a pointer of ours. */
static GHashTable *engines;

static void free_engine(void *engine)
{
    ssk_engine_free(engine);
}

static void begin(stats_tree *tree)
{
    g_hash_table_replace(engines, tree, ssk_engine_new(ssk_prefs_config(), ssk_prefs_profiles()));
}

static void end(stats_tree *tree)
{
    g_hash_table_remove(engines, tree);
}

/** "flow 1: 10.0.0.5:50123 -> 10.0.0.1:7000", from the sender to the receiver. */
static char *name_of(const ssk_feedback *said)
{
    const ssk_flow *flow = said->of;
    const ssk_dir from = (ssk_dir)said->dir, to = ssk_dir_other(from);
    char a[SSK_TEXT_ROOM], b[SSK_TEXT_ROOM];
    const char *form = flow->addr[from].family == 6 ? "flow %u: [%s]:%u -> [%s]:%u"
                                                    : "flow %u: %s:%u -> %s:%u";

    return g_strdup_printf(form, flow->id, ssk_addr_text(&flow->addr[from], a), flow->port[from],
                           ssk_addr_text(&flow->addr[to], b), flow->port[to]);
}

static tap_packet_status on_event(stats_tree *tree, packet_info *pinfo G_GNUC_UNUSED,
                                  epan_dissect_t *edt G_GNUC_UNUSED, const void *event,
                                  tap_flags_t flags G_GNUC_UNUSED)
{
    ssk_engine *engine = g_hash_table_lookup(engines, tree);
    ssk_feedback said;

    ssk_engine_feed(engine, event, &said);
    if (!said.has_gap)
        return TAP_PACKET_DONT_REDRAW;

    const struct bucket *bucket = buckets;
    while (said.gap > bucket->up_to)
        bucket++;
    float length = (float)((double)said.gap / (double)SSK_MS);
    char *name = name_of(&said);
    int root = avg_stat_node_add_value_float(tree, ROOT, 0, TRUE, length);
    int node = avg_stat_node_add_value_float(tree, name, root, TRUE, length);
    avg_stat_node_add_value_float(tree, bucket->name, node, FALSE, length);
    g_free(name);
    return TAP_PACKET_REDRAW;
}

void register_tap_listener_stallshark_tree(void)
{
    engines = g_hash_table_new_full(NULL, NULL, NULL, free_engine);
    stats_tree_register_plugin(SSK_TAP_NAME, "stallshark_gaps",
                               "Stallshark" SSK_STATS_MENU_SEPARATOR "Gaps", 0, on_event, begin,
                               end);
}
