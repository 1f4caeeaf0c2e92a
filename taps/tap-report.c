/* tap-report.c - the report as a statistic:
 *
 *   -z stallshark,report[,FORMAT][,NAME=VALUE]...[,FILTER]
 *
 * Each -z has an engine of its own, with its own options and filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "taps/tap-report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissectors/compat.h"

#include <epan/plugin_if.h>
#include <epan/tap.h>
#include <wsutil/report_message.h>

#include "core/engine.h"
#include "core/model/filter.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"
#include "report/request.h"

#define ARGUMENT "stallshark,report"

typedef struct report_tap {
    ssk_request request;
    ssk_engine *engine;
    bool window; /**< not tshark */
} report_tap;

/** The real window answers, tshark does not. */
static bool in_window(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->ws_info_supported;
}

static void on_reset(void *data)
{
    report_tap *tap = data;

    ssk_engine_free(tap->engine);
    tap->engine = ssk_engine_new(&tap->request.config, ssk_prefs_profiles());
}

static tap_packet_status on_event(void *data, packet_info *pinfo G_GNUC_UNUSED,
                                  epan_dissect_t *edt G_GNUC_UNUSED, const void *event,
                                  tap_flags_t flags G_GNUC_UNUSED)
{
    report_tap *tap = data;

    if (!tap->window)
        ssk_bridge_heard();
    ssk_engine_feed(tap->engine, event, NULL);
    return TAP_PACKET_REDRAW;
}

/** The display filters of the flows that only Wireshark could read. */
static GPtrArray *decrypted_flows(const ssk_result *result)
{
    GPtrArray *flows = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < result->n_flows; i++)
        if (result->flows[i].decrypted)
            g_ptr_array_add(flows, ssk_filter_flow(&result->flows[i]));
    return flows;
}

static void on_draw(void *data)
{
    report_tap *tap = data;
    ssk_result *result = ssk_engine_snapshot(tap->engine);
    GPtrArray *decrypted = decrypted_flows(result);
    const ssk_host host = {
        .verbose = tap->request.verbose,
        .program = in_window() ? "wireshark" : "tshark",
        .version = SSK_VERSION,
        .wireshark = epan_get_version(),
        .decrypted_flows = (const char *const *)decrypted->pdata,
        .n_decrypted_flows = decrypted->len,
    };
    GString *out = g_string_new(NULL);

    tap->request.writer->write(result, &host, out);
    fwrite(out->str, 1, out->len, stdout);
    fflush(stdout);
    g_string_free(out, TRUE);
    g_ptr_array_free(decrypted, TRUE);
    ssk_result_free(result);
}

static void on_finish(void *data)
{
    report_tap *tap = data;

    ssk_engine_free(tap->engine);
    g_free(tap->request.filter);
    g_free(tap);
}

/** Say what is wrong with the argument, and end where Wireshark's own taps do. */
static void refuse(const char *argument, const char *why)
{
    report_failure("-z %s: %s", argument, why);
#ifdef SSK_TAP_INIT_EXITS
    if (!in_window())
        exit(1);
#endif
}

static ssk_tap_init_result init(const char *argument, void *user G_GNUC_UNUSED)
{
    ssk_request request;
    GError *error = NULL;

    if (!ssk_request_parse(argument + strlen(ARGUMENT), ssk_prefs_config(), &request, &error)) {
        refuse(argument, error->message);
        g_error_free(error);
        return SSK_TAP_INIT_FAILED;
    }

    report_tap *tap = g_new0(report_tap, 1);
    tap->request = request;
    tap->window = in_window();
    on_reset(tap);
    GString *bad = register_tap_listener(SSK_TAP_NAME, tap, request.filter, 0, on_reset, on_event,
                                         on_draw, on_finish);
    if (bad) {
        refuse(argument, bad->str);
        g_string_free(bad, TRUE);
        on_finish(tap);
        return SSK_TAP_INIT_FAILED;
    }
    return SSK_TAP_INIT_DONE;
}

void register_tap_listener_stallshark_report(void)
{
    static tap_param params[] = {
        {PARAM_FILTER, "filter", "Filter", NULL, TRUE},
    };
    static stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .title = NULL,
        .cli_string = ARGUMENT,
        .tap_init_cb = init,
        .nparams = G_N_ELEMENTS(params),
        .params = params,
    };

    register_stat_tap_ui(&ui, NULL);
}
