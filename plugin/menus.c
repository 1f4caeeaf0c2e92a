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

void ssk_menus_register(void)
{
    static const struct entry {
        unsigned position; /**< those between are the tables' */
        const char *name;
        funnel_menu_callback call;
    } entries[] = {
        {SSK_MENU_STALLS + 1, "&Next Stall", ssk_walk_next},
        {SSK_MENU_STALLS + 2, "&Previous Stall", ssk_walk_previous},
        {SSK_MENU_STALLS + 3, "&Filter on Stall", ssk_walk_filter_selected},
        {SSK_MENU_STALLS + 4, "&Report", ssk_report_show},
        {SSK_MENU_STALLS + 5, "Report in &Browser", ssk_report_browse},
        {SSK_MENU_STALLS + 6, "Report on &Displayed Packets", ssk_report_show_displayed},
        {SSK_MENU_STALLS + 7, "&Copy for a Ticket", ssk_report_copy},
        {SSK_MENU_STALLS + 8, "Sa&ve Report...", ssk_report_save},
        {SSK_MENU_STALLS + 9, "B&undle for a Bug Report...", ssk_bundle_ask},
        {SSK_MENU_TABLES + 1, "&Help", ssk_help_show},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(entries); i++) {
        char *path = ssk_menu_path(SSK_TITLE, entries[i].position, entries[i].name);
        funnel_register_menu(path, REGISTER_TOOLS_GROUP_UNSORTED, entries[i].call, NULL, NULL,
                             FALSE);
        g_free(path);
    }
}
