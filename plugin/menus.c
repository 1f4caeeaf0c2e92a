/* menus.c - Tools > Stallshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/menus.h"

#include "plugin/bundle_menu.h"
#include "plugin/help.h"
#include "plugin/report_menu.h"
#include "plugin/walk.h"
#include "plugin/window.h"
#include "taps/menu_path.h"

typedef struct entry {
    unsigned position; /**< those between are the tables' */
    const char *name;
    funnel_menu_callback call;
    const char *data;
} entry;

static void add(const char *menu, const entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *path = ssk_menu_path(menu, entries[i].position, entries[i].name);
        funnel_register_menu(path, REGISTER_TOOLS_GROUP_UNSORTED, entries[i].call,
                             (void *)entries[i].data, NULL, FALSE);
        g_free(path);
    }
}

static void add_submenu(unsigned position, const char *name, const entry *entries, size_t n)
{
    char *path = ssk_menu_path(SSK_TITLE, position, name);

    add(path, entries, n);
    g_free(path);
}

void ssk_menus_register(void)
{
    static const entry first[] = {
        {SSK_MENU_STALLS + 1, "&Next Stall", ssk_walk_next, NULL},
        {SSK_MENU_STALLS + 2, "&Previous Stall", ssk_walk_previous, NULL},
        {SSK_MENU_STALLS + 3, "&Filter on Stall", ssk_walk_filter_selected, NULL},
        {SSK_MENU_STALLS + 4, "&Report", ssk_report_show, NULL},
        {SSK_MENU_STALLS + 5, "Report in &Browser", ssk_report_browse, NULL},
        {SSK_MENU_STALLS + 6, "Report on &Displayed Packets", ssk_report_show_displayed, NULL},
        {SSK_MENU_STALLS + 7, "&Copy for a Ticket", ssk_report_copy, NULL},
    };
    static const entry saves[] = {
        {0, "as &HTML", ssk_report_save, "html"},
        {1, "as &Markdown", ssk_report_save, "markdown"},
        {2, "as &Text", ssk_report_save, "text"},
        {3, "as &JSON", ssk_report_save, "json"},
    };
    static const entry bundles[] = {
        {0, "without &Payload", ssk_bundle_make, "payload"},
        {1, "without Payload and &Addresses", ssk_bundle_make, "full"},
        {2, "with &Everything", ssk_bundle_make, "off"},
    };
    static const entry last[] = {{SSK_MENU_TABLES + 1, "&Help", ssk_help_show, NULL}};

    add(SSK_TITLE, first, G_N_ELEMENTS(first));
    add_submenu(SSK_MENU_STALLS + 8, "Sa&ve Report", saves, G_N_ELEMENTS(saves));
    add_submenu(SSK_MENU_STALLS + 9, "B&undle for a Bug Report", bundles, G_N_ELEMENTS(bundles));
    add(SSK_TITLE, last, G_N_ELEMENTS(last));
}
