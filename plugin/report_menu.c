/* report_menu.c - the report of the open file: shown, saved, in the browser, on the clipboard.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/report_menu.h"

#include <string.h>
#include <unistd.h>

#include "plugin/place.h"
#include "plugin/window.h"

#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "core/engine.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"
#include "report/writer.h"

typedef struct reading {
    ssk_engine *engine;
    uint32_t seen; /**< frames that came by, fed or not */
} reading;

static tap_packet_status on_event(void *data, packet_info *pinfo G_GNUC_UNUSED,
                                  epan_dissect_t *edt G_GNUC_UNUSED, const void *event,
                                  tap_flags_t flags)
{
    reading *r = data;

    r->seen++;
    if (!(flags & TL_DISPLAY_FILTER_IGNORED))
        ssk_engine_feed(r->engine, event, NULL);
    return TAP_PACKET_DONT_REDRAW;
}

static void on_reset(void *data)
{
    reading *r = data;

    ssk_engine_free(r->engine);
    r->engine = ssk_engine_new(ssk_prefs_config(), ssk_prefs_profiles());
    r->seen = 0;
}

/** Read all packets anew and write what they tell.
 * @param columns of the window that shows it; 0: none does
 * @param filter display filter; NULL: all packets
 * @return owned by the caller; NULL: it was told why not */
static char *write_report(const ssk_writer *writer, unsigned columns, const char *filter)
{
    const funnel_ops_t *ops = ssk_window();
    const ws_info_t *info = ssk_window_info();
    reading r = {NULL, 0};

    if (!ops || !info || info->cf_state == FILE_CLOSED || !info->cf_filename) {
        report_failure(SSK_TITLE ": no capture is open");
        return NULL;
    }
    on_reset(&r);
    GString *bad = register_tap_listener(SSK_TAP_NAME, &r, filter, TL_IGNORE_DISPLAY_FILTER,
                                         on_reset, on_event, NULL, NULL);
    if (bad) {
        report_failure(SSK_TITLE ": %s", bad->str);
        g_string_free(bad, TRUE);
        ssk_engine_free(r.engine);
        return NULL;
    }
    ops->retap_packets(ops->ops_id);
    remove_tap_listener(&r);

    const ssk_host_file file = {.path = info->cf_filename,
                                .kind = "capture",
                                .first_frame = 1,
                                .error = r.seen < info->cf_count ? "reading was stopped" : NULL};
    const ssk_host host = {.program = "wireshark",
                           .version = SSK_VERSION,
                           .wireshark = epan_get_version(),
                           .files = &file,
                           .n_files = 1,
                           .columns = columns};
    ssk_result *result = ssk_engine_snapshot(r.engine);
    GString *out = g_string_new(NULL);
    writer->write(result, &host, out);
    ssk_result_free(result);
    ssk_engine_free(r.engine);
    return g_string_free(out, FALSE);
}

static void report_on(const char *filter)
{
    char *text = write_report(ssk_writer_find("text"), SSK_WINDOW_COLUMNS, filter);

    if (text)
        ssk_window_show(SSK_TITLE ": Report", text);
    g_free(text);
}

void ssk_report_show(void *unused G_GNUC_UNUSED)
{
    report_on(NULL);
}

void ssk_report_show_displayed(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = ssk_window();
    const char *filter = ops ? ops->get_filter(ops->ops_id) : NULL;
    char *kept = g_strdup(filter && *filter ? filter : NULL);

    report_on(kept);
    g_free(kept);
}

/* ---- elsewhere ---- */

/** In the folder for temporary files, which the system clears: the browser reads it when it likes. */
void ssk_report_browse(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = ssk_window();
    char *text = write_report(ssk_writer_find("html"), 0, NULL), *path = NULL;
    GError *error = NULL;
    int file = text ? g_file_open_tmp("stallshark-XXXXXX.html", &path, &error) : -1;

    if (file >= 0)
        close(file);
    if (file >= 0 && g_file_set_contents(path, text, -1, &error))
        ops->browser_open_data_file(path);
    if (error) {
        report_failure(SSK_TITLE ": %s", error->message);
        g_error_free(error);
    }
    g_free(path);
    g_free(text);
}

/** What was copied is shown too: nothing else would tell that it was. */
void ssk_report_copy(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = ssk_window();
    char *text = write_report(ssk_writer_find("markdown"), 0, NULL);

    if (!text)
        return;
    GString *copy = g_string_new(text);
    ops->copy_to_clipboard(copy);
    g_string_free(copy, TRUE);
    ssk_window_show(SSK_TITLE ": Copied for a Ticket", text);
    g_free(text);
}

/* ---- saving it ---- */

static const struct kind {
    const char *format, *ending;
} kinds[] = {{"html", ".html"}, {"markdown", ".md"}, {"text", ".txt"}, {"json", ".json"}};

static const char *ending_of(const char *format)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (!strcmp(kinds[i].format, format))
            return kinds[i].ending;
    g_assert_not_reached();
}

static void tell_where(const char *path)
{
    char *text = g_strdup_printf("The report is written:\n  %s\n", path);

    ssk_window_show(SSK_TITLE ": Report Saved", text);
    g_free(text);
}

void ssk_report_save(void *format)
{
    char *text = write_report(ssk_writer_find(format), 0, NULL);
    const ws_info_t *info = text ? ssk_window_info() : NULL;
    GError *error = NULL;

    if (!info || !info->cf_filename) { /* closed meanwhile, or it was told why not */
        g_free(text);
        return;
    }
    char *path = ssk_place_beside(info->cf_filename, ending_of(format));
    if (g_file_set_contents(path, text, -1, &error))
        tell_where(path);
    else
        report_failure(SSK_TITLE ": %s", error->message);
    g_clear_error(&error);
    g_free(path);
    g_free(text);
}
