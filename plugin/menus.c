/* menus.c - Tools > Stallshark: the report, and the way from stall to stall.
 *
 * The report reads all packets anew, as Wireshark's own statistics do, so that
 * its progress window and its stop button are Wireshark's. Going from stall to
 * stall needs none of that: the fields of the open file know them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/menus.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "core/engine.h"
#include "core/model/filter.h"
#include "dissectors/bridge.h"
#include "dissectors/packet-stallshark.h"
#include "dissectors/prefs.h"
#include "plugin/manuals.h"
#include "report/writer.h"

#define TITLE "Stallshark"
/** What Wireshark's text window shows of a line before it wraps it. */
#define WINDOW_COLUMNS 72

/** @return NULL outside the window, or while it is being closed */
static const funnel_ops_t *window(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    return ops && ops->ops_id && ops->new_text_window ? ops : NULL;
}

/** @return NULL: no window that could tell */
static const ws_info_t *window_info(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->ws_info_supported ? info : NULL;
}

static void show(const char *title, const char *text)
{
    const funnel_ops_t *ops = window();

    if (!ops)
        return;
    funnel_text_window_t *shown = ops->new_text_window(ops->ops_id, title);
    ops->append_text(shown, text); /* set_text() would take it for HTML if it looks like it */
}

/* ---- the report ---- */

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
    const funnel_ops_t *ops = window();
    const ws_info_t *info = window_info();
    reading r = {NULL, 0};

    if (!ops || !info || info->cf_state == FILE_CLOSED || !info->cf_filename) {
        report_failure(TITLE ": no capture is open");
        return NULL;
    }
    on_reset(&r);
    GString *bad = register_tap_listener(SSK_TAP_NAME, &r, filter, TL_IGNORE_DISPLAY_FILTER,
                                         on_reset, on_event, NULL, NULL);
    if (bad) {
        report_failure(TITLE ": %s", bad->str);
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
    char *text = write_report(ssk_writer_find("text"), WINDOW_COLUMNS, filter);

    if (text)
        show(TITLE ": Report", text);
    g_free(text);
}

static void on_report(void *unused G_GNUC_UNUSED)
{
    report_on(NULL);
}

static void on_report_displayed(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = window();
    const char *filter = ops ? ops->get_filter(ops->ops_id) : NULL;
    char *kept = g_strdup(filter && *filter ? filter : NULL);

    report_on(kept);
    g_free(kept);
}

/* ---- saving it ---- */

static const struct extension {
    const char *suffix, *format;
} extensions[] = {
    {".html", "html"},   {".htm", "html"},          {".json", "json"},
    {".md", "markdown"}, {".markdown", "markdown"}, {".txt", "text"},
};

static const ssk_writer *writer_for(const char *path)
{
    for (size_t i = 0; i < G_N_ELEMENTS(extensions); i++)
        if (g_str_has_suffix(path, extensions[i].suffix))
            return ssk_writer_find(extensions[i].format);
    return NULL;
}

static void save(const char *path)
{
    const ssk_writer *writer = writer_for(path);
    GError *error = NULL;

    if (!writer) {
        report_failure(TITLE ": %s: the name must end in .html, .json, .md or .txt", path);
        return;
    }
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        report_failure(TITLE ": %s exists; choose another name", path);
        return;
    }
    char *text = write_report(writer, 0, NULL);
    if (text && !g_file_set_contents(path, text, -1, &error)) {
        report_failure(TITLE ": %s", error->message);
        g_error_free(error);
    }
    g_free(text);
}

/** @param input owned; NULL-terminated */
static void on_name_given(char **input, void *unused G_GNUC_UNUSED)
{
    if (input[0] && *input[0])
        save(input[0]);
    g_strfreev(input);
}

static void on_save(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = window();
    const ws_info_t *info = window_info();
    const char *capture = info && info->cf_filename ? info->cf_filename : "capture";
    char *name = g_strconcat(capture, ".html", NULL);
    const char *labels[] = {"File (.html, .json, .md or .txt)", NULL};
    const char *values[] = {name, NULL};

    if (ops)
        ops->new_dialog(ops->ops_id, TITLE ": Save Report", labels, values, on_name_given, NULL,
                        NULL);
    g_free(name);
}

/* ---- from stall to stall ---- */

/** The packet to show of a stall, by Wireshark's number: the last before it. */
static uint32_t anchor_of(const ssk_result_stall *stall)
{
    uint32_t frame = ssk_file_frame(stall->frame_before);

    return frame ? frame : ssk_file_frame(stall->frame_after);
}

static const ssk_result *stalls_or_complaint(void)
{
    const ssk_result *result = ssk_file_result();

    if (!result)
        report_failure(TITLE ": %s", ssk_prefs_fields()
                                         ? "no capture is open"
                                         : "the preference \"Fields for every frame\" is off");
    else if (!result->n_stalls)
        report_failure(TITLE ": no stall was found in this capture");
    return result && result->n_stalls ? result : NULL;
}

/** @param step 1: the next after @p frame, -1: the one before it; around the ends */
static const ssk_result_stall *neighbour(const ssk_result *result, uint32_t frame, int step)
{
    const ssk_result_stall *near = NULL, *around = NULL;

    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        int64_t way = step * ((int64_t)anchor_of(stall) - frame);
        if (way > 0 && (!near || way < step * ((int64_t)anchor_of(near) - frame)))
            near = stall;
        if (!around || step * ((int64_t)anchor_of(stall) - anchor_of(around)) < 0)
            around = stall;
    }
    return near ? near : around;
}

/** The stall that the selected packet is part of, or the next one. */
static const ssk_result_stall *selected(const ssk_result *result, uint32_t frame)
{
    const ssk_result_stall *found = NULL;

    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        uint32_t after = ssk_file_frame(stall->frame_after);
        if (frame == anchor_of(stall) || frame == after)
            return stall;
        if (!found && frame > anchor_of(stall) && (!after || frame < after))
            found = stall;
    }
    return found ? found : neighbour(result, frame, 1);
}

static uint32_t selected_frame(void)
{
    const ws_info_t *info = window_info();

    return info ? info->cf_framenr : 0;
}

static void go_by(int step)
{
    const ssk_result *result = stalls_or_complaint();

    if (result)
        plugin_if_goto_frame(anchor_of(neighbour(result, selected_frame(), step)));
}

static void on_next(void *unused G_GNUC_UNUSED)
{
    go_by(1);
}

static void on_previous(void *unused G_GNUC_UNUSED)
{
    go_by(-1);
}

static void on_go_to_first(void *unused G_GNUC_UNUSED)
{
    const ssk_result *result = stalls_or_complaint();

    if (result)
        plugin_if_goto_frame(anchor_of(selected(result, selected_frame())));
}

/** In Wireshark's numbers, which a read filter makes other than the result's. */
static void on_filter(void *unused G_GNUC_UNUSED)
{
    const ssk_result *result = stalls_or_complaint();

    if (!result)
        return;
    const ssk_result_stall *stall = selected(result, selected_frame());
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    uint32_t first = ssk_file_frame(stall->frame_before);
    uint32_t last = ssk_file_frame(stall->frame_after);
    ssk_result *texts = ssk_result_new(&result->config);
    plugin_if_apply_filter(
        first && flow ? ssk_filter_frames(texts, flow, first, last) : stall->filter, TRUE);
    ssk_result_free(texts);
}

/* ---- documentation ---- */

static const char guide[] = /* in lines of at most WINDOW_COLUMNS */
    "Find the stall\n"
    "  Packets beside a stall are red, retransmissions inside it orange,\n"
    "  faults of the capture violet, in the configuration profile\n"
    "  \"stallshark\": choose it at the right end of the status bar.\n"
    "  Tools > Stallshark > Next Stall goes from one to the next; the\n"
    "  packet's details say why.\n"
    "\n"
    "Read about it\n"
    "  Tools > Stallshark > Report      all of it, in sentences\n"
    "  Statistics > Stallshark: ...     tables: stalls, flows, clocks ...\n"
    "  Statistics > Stallshark > Gaps   how gaps spread, flow by flow\n"
    "  Analyze > Expert Information     each stall once\n"
    "\n"
    "Display filters\n"
    "  stallshark.stall.id                      beside or inside a stall\n"
    "  stallshark.stall.role == \"last before\"   where one begins\n"
    "  stallshark.stall.role == \"first after\"   where it ends\n"
    "  stallshark.stall.cause == \"radio-off\"    by cause\n"
    "  stallshark.gap > 5                       seconds without a packet\n"
    "  stallshark.fault                         holes, clock steps\n"
    "  stallshark.udp.off_before > 0.5          pauses between bursts\n"
    "  keepalive.missing_response               pings without an answer\n"
    "  bonjour.txt.key == \"peerID\"              services that have it\n"
    "\n"
    "Preferences\n"
    "  Edit > Preferences > Protocols > Stallshark; KeepAlive for the\n"
    "  messages of your own application.\n"
    "\n"
    "Manuals\n";

static void on_documentation(void *unused G_GNUC_UNUSED)
{
    char *folder = ssk_manuals_folder();
    char *text = g_strconcat(guide, "  ", folder ? folder : "not installed on this machine", "\n",
                             NULL);

    show(TITLE ": Documentation", text);
    g_free(text);
    g_free(folder);
}

void ssk_menus_register(void)
{
    static const struct entry {
        const char *name;
        funnel_menu_callback call;
    } entries[] = {
        {"Documentation", on_documentation},
        {"Filter on Stall", on_filter},
        {"Go to First Packet of Stall", on_go_to_first},
        {"Next Stall", on_next},
        {"Previous Stall", on_previous},
        {"Report", on_report},
        {"Report on Displayed Packets", on_report_displayed},
        {"Save Report...", on_save},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        char *name = g_strconcat(TITLE "/", entries[i].name, NULL);
        funnel_register_menu(name, REGISTER_TOOLS_GROUP_UNSORTED, entries[i].call, NULL, NULL,
                             FALSE);
        g_free(name);
    }
}
