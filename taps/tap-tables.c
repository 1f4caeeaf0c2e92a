/* tap-tables.c - Tools > Stallshark > Tables: the report as tables.
 *
 * What is in them stands in table_content.c. Each has an engine of its own, fed
 * what its display filter lets pass; its rows are written anew from one snapshot
 * whenever it is drawn.
 *
 * Wireshark tells a table of packets, and never that it is about to be shown.
 * So the first packet registers a second listener: listeners are drawn last
 * come, first served, and that one writes the rows in time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "taps/tap-tables.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "core/engine.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"
#include "taps/menu_path.h"
#include "taps/table.h"

/** A table while packets come. */
typedef struct table_tap {
    const ssk_table *table;
    stat_tap_table_ui ui;
    ssk_engine *engine;
    const void *reader; /**< who asked; NULL: nobody yet */
    bool listening;     /**< the second listener is registered */
    bool fed;           /**< since the rows were written */
    GPtrArray *spare;   /**< blank rows; a window may still point at them */
} table_tap;

static table_tap taps[SSK_TABLES];

/* ---- rows ---- */

static void blank(const table_tap *tap, ssk_cell *row)
{
    for (size_t i = 0; i < tap->table->n_columns; i++) {
        ssk_cell_empty(&row[i]);
        row[i].type = TABLE_ITEM_STRING;
        row[i].value.string_value = g_strdup("");
    }
}

/** A row that is needed no more is blanked and kept: a window that was opened
 * for this table before sorts by what it points at. */
static void resize(table_tap *tap, stat_tap_table *table, guint count)
{
    while (table->num_elements > count) {
        ssk_cell *row = table->elements[--table->num_elements];
        blank(tap, row);
        g_ptr_array_add(tap->spare, row);
    }
    if (table->num_elements == count)
        return;
    table->elements = g_renew(ssk_cell *, table->elements, count);
    while (table->num_elements < count)
        table->elements[table->num_elements++] =
            tap->spare->len ? g_ptr_array_steal_index_fast(tap->spare, tap->spare->len - 1)
                            : g_new0(ssk_cell, tap->table->n_columns);
}

static void on_draw(void *data)
{
    table_tap *tap = data;
    stat_tap_table *table = stat_tap_find_table(&tap->ui, tap->table->title);

    if (!tap->fed || !table)
        return;
    tap->fed = false;
    ssk_result *result = ssk_engine_snapshot(tap->engine);
    ssk_story story;
    ssk_story_init(&story, result, NULL);
    resize(tap, table, (guint)tap->table->count(result));
    for (guint i = 0; i < table->num_elements; i++) {
        ssk_row row = {&story, table->elements[i]};
        tap->table->write(&row, result, i);
    }
    ssk_story_clear(&story);
    ssk_result_free(result);
}

/* ---- packets ---- */

/** Wireshark draws every few seconds while it reads, and draws again only a
 * listener whose packets asked for it since. */
static tap_packet_status on_more(void *data G_GNUC_UNUSED, packet_info *pinfo G_GNUC_UNUSED,
                                 epan_dissect_t *edt G_GNUC_UNUSED, const void *event G_GNUC_UNUSED,
                                 tap_flags_t flags G_GNUC_UNUSED)
{
    return TAP_PACKET_REDRAW;
}

static void forget(void *data)
{
    table_tap *tap = data;

    g_clear_pointer(&tap->engine, ssk_engine_free);
    tap->fed = false;
}

static table_tap *tap_of(const stat_tap_table_ui *ui)
{
    for (size_t i = 0; i < SSK_TABLES; i++)
        if (ui == &taps[i].ui)
            return &taps[i];
    return NULL;
}

static tap_packet_status on_event(void *data, packet_info *pinfo G_GNUC_UNUSED,
                                  epan_dissect_t *edt G_GNUC_UNUSED, const void *event,
                                  tap_flags_t flags G_GNUC_UNUSED)
{
    table_tap *tap = tap_of(((stat_data_t *)data)->stat_tap_data);

    if (!tap->reader)
        tap->reader = data;
    if (tap->reader != data) {
        report_failure("-z %s: asked for twice; one table can have one filter",
                       tap->table->argument);
        return TAP_PACKET_FAILED;
    }
    if (!tap->listening) {
        GString *bad = register_tap_listener(SSK_TAP_NAME, tap, NULL, 0, forget, on_more, on_draw,
                                             NULL);
        if (bad) {
            report_failure("-z %s: %s", tap->table->argument, bad->str);
            g_string_free(bad, TRUE);
            return TAP_PACKET_FAILED;
        }
        tap->listening = true;
    }
    if (!tap->engine)
        tap->engine = ssk_engine_new(ssk_prefs_config(), ssk_prefs_profiles());
    ssk_engine_feed(tap->engine, event, NULL);
    tap->fed = true;
    return TAP_PACKET_REDRAW;
}

/** Called before each reading, in every host. */
static void on_init(stat_tap_table_ui *ui)
{
    table_tap *tap = tap_of(ui);
    stat_tap_table *table = stat_tap_find_table(ui, tap->table->title);

    if (tap->listening) /* never inside a draw: it must come after the reader again */
        remove_tap_listener(tap);
    tap->listening = false;
    forget(tap);
    tap->reader = NULL;
    if (table)
        resize(tap, table, 0);
    else
        stat_tap_add_table(
            ui, stat_tap_init_table(tap->table->title, (int)tap->table->n_columns, 0, NULL));
}

static void on_reset(stat_tap_table *table)
{
    for (size_t i = 0; i < SSK_TABLES; i++)
        if (!strcmp(taps[i].table->title, table->title)) {
            forget(&taps[i]);
            resize(&taps[i], table, 0);
        }
}

static void on_free_cell(stat_tap_table *table G_GNUC_UNUSED, guint row G_GNUC_UNUSED,
                         guint column G_GNUC_UNUSED, ssk_cell *at)
{
    ssk_cell_empty(at);
}

/** "Stallshark: Flows" as an entry of Tools > Stallshark > Tables; the stalls come first of all.
 * For the life of the program, as Wireshark keeps it. */
static const char *menu_entry(size_t index)
{
    const char *name = strchr(ssk_tables[index].title, ' ') + 1;

    if (!index)
        return ssk_menu_path("Stallshark", SSK_MENU_STALLS, "&Stalls");
    char *tables = ssk_menu_path("Stallshark", SSK_MENU_TABLES, "&Tables");
    char *path = ssk_menu_path(tables, (unsigned)index, name);
    g_free(tables);
    return path;
}

/** Wireshark's window has put the menu entries in place; from now on their text is a window's. */
static void name_windows(void)
{
    for (size_t i = 0; i < SSK_TABLES; i++)
        taps[i].ui.title = taps[i].table->title;
}

void register_tap_listener_stallshark_tables(void)
{
    static tap_param params[] = {
        {PARAM_FILTER, "filter", "Filter", NULL, TRUE},
    };

    for (size_t i = 0; i < SSK_TABLES; i++) {
        table_tap *tap = &taps[i];
        tap->table = &ssk_tables[i];
        tap->spare = g_ptr_array_new();
        tap->ui = (stat_tap_table_ui){
            .group = REGISTER_TOOLS_GROUP_UNSORTED,
            .title = menu_entry(i),
            .tap_name = SSK_TAP_NAME,
            .cli_string = tap->table->argument,
            .stat_tap_init_cb = on_init,
            .packet_func = on_event,
            .stat_tap_reset_table_cb = on_reset,
            .stat_tap_free_table_item_cb = on_free_cell,
            .nfields = tap->table->n_columns,
            .fields = tap->table->columns,
            .nparams = G_N_ELEMENTS(params),
            .params = params,
        };
        register_stat_tap_table_ui(&tap->ui);
    }
    register_init_routine(name_windows);
}
