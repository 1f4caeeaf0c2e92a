/* toolbar.c - the toolbar: which stalls there are, and the way through them.
 *
 * Its list is filled whenever Wireshark has read a file to the end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/toolbar.h"

#include <stdlib.h>

#include "plugin/window.h"

#include "dissectors/packet-stallshark.h"
#include "plugin/report_menu.h"
#include "plugin/walk.h"
#include "report/story.h"

/** Stalls in the list; a list of more is no list to choose from. */
#define LISTED 500
/** Room for a line, before there is one: the list never grows. */
#define ROOM "                                                                                "

static ext_toolbar_t *list;

static void on_button(void *button G_GNUC_UNUSED, void *unused G_GNUC_UNUSED, void *call)
{
    ((funnel_menu_callback)call)(NULL);
}

static void on_stall(void *selector G_GNUC_UNUSED, void *data, void *unused G_GNUC_UNUSED)
{
    const ext_toolbar_value_t *chosen = data;
    const ssk_result *result = ssk_file_result();
    unsigned long id = chosen && chosen->value ? strtoul(chosen->value, NULL, 10) : 0;

    for (size_t i = 0; result && i < result->n_stalls; i++)
        if (result->stalls[i].id == id)
            plugin_if_goto_frame(ssk_walk_anchor(&result->stalls[i]));
}

static GList *add_line(GList *lines, unsigned id, GString *text)
{
    lines = ext_toolbar_add_val(lines, g_strdup_printf("%u", id), g_strdup(text->str), id == 0);
    g_string_free(text, TRUE);
    return lines;
}

/** "2: 10.0.0.5 sent nothing to 10.0.0.1 for 31.4 s: radio off (10.0.0.5), or 2 more" */
static GString *line_of(const ssk_story *story, const ssk_result_stall *stall)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u: ", stall->id);
    ssk_story_stall_title(story, stall, text);
    g_string_append(text, ": ");
    if (stall->verdict.n_verdict)
        ssk_story_cause_title(story, &stall->verdict.causes[0], stall->flow, text);
    else
        g_string_append(text, "unknown");
    if (stall->verdict.n_verdict > 1)
        g_string_append_printf(text, ", or %zu more", stall->verdict.n_verdict - 1);
    return text;
}

static GString *head_of(const ssk_result *result)
{
    GString *text = g_string_new(NULL);

    if (!result || !result->n_stalls)
        g_string_append(text, "no stall in this capture");
    else
        g_string_append_printf(text, "%zu stall%s: choose one", result->n_stalls,
                               result->n_stalls > 1 ? "s" : "");
    if (result && result->n_stalls > LISTED)
        g_string_append_printf(text, " of the first %d", LISTED);
    return text;
}

static void on_file_read(void)
{
    if (!list || !ssk_window())
        return;
    const ssk_result *result = ssk_file_result();
    GList *lines = add_line(NULL, 0, head_of(result));

    if (result) {
        ssk_story story;
        ssk_story_init(&story, result, NULL);
        for (size_t i = 0; i < MIN(result->n_stalls, LISTED); i++)
            lines = add_line(lines, result->stalls[i].id, line_of(&story, &result->stalls[i]));
        ssk_story_clear(&story);
    }
    ext_toolbar_update_data(list, lines, TRUE);
}

void ssk_toolbar_register(void)
{
    static const struct button {
        const char *name, *help;
        funnel_menu_callback call;
    } buttons[] = {
        {"Previous Stall", "Go to the stall before the selected packet", ssk_walk_previous},
        {"Next Stall", "Go to the stall after the selected packet", ssk_walk_next},
        {"Filter on Stall", "Show the packets of this stall alone", ssk_walk_filter_selected},
        {"Report", "What went silent, and why", ssk_report_show},
    };
    ext_toolbar_t *bar = ext_toolbar_register_toolbar(SSK_TITLE);
    GList *none = ext_toolbar_add_val(NULL, g_strdup("0"), g_strdup("no capture was read" ROOM),
                                      TRUE);

    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++)
        ext_toolbar_add_entry(bar, EXT_TOOLBAR_BUTTON, buttons[i].name, NULL, buttons[i].help,
                              FALSE, NULL, FALSE, NULL, on_button, (void *)buttons[i].call);
    list = ext_toolbar_add_entry(bar, EXT_TOOLBAR_SELECTOR, "Stalls", NULL,
                                 "Who was silent, for how long, and why: go there", FALSE, none,
                                 FALSE, NULL, on_stall, NULL);
    register_postseq_cleanup_routine(on_file_read);
}
