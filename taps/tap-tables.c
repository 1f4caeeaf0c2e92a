/* tap-tables.c - Statistics > Stallshark: the report as tables.
 *
 * A table is a row of the array at the end: columns, how many rows, what is in
 * a row. Each has an engine of its own, fed what its display filter lets pass;
 * its rows are written anew from one snapshot whenever it is drawn.
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
#include "core/text.h"
#include "dissectors/bridge.h"
#include "dissectors/prefs.h"
#include "report/safe_text.h"
#include "report/story.h"

/* ---- cells ---- */

typedef stat_tap_table_item_type cell;

/** A row being written, from its first cell on. */
typedef struct row_writer {
    const ssk_story *story;
    cell            *next;
} row_writer;

static void empty(cell *at)
{
    if (at->type == TABLE_ITEM_STRING)
        g_free((char *)at->value.string_value);
    *at = (cell){ .type = TABLE_ITEM_NONE };
}

/** Takes @p text. */
static void put_own(row_writer *row, char *text)
{
    empty(row->next);
    row->next->type = TABLE_ITEM_STRING;
    row->next->value.string_value = text;
    row->next++;
}

/** Text that may come from the capture; NULL leaves the cell empty. */
static void put_text(row_writer *row, const char *text)
{
    GString *safe = g_string_new(NULL);

    if (text)
        ssk_safe_text_append(safe, text);
    put_own(row, g_string_free(safe, FALSE));
}

static void put_uint(row_writer *row, uint32_t value)
{
    empty(row->next);
    row->next->type = TABLE_ITEM_UINT;
    row->next->value.uint_value = value;
    row->next++;
}

static void put_seconds(row_writer *row, ssk_span_ns span)
{
    empty(row->next);
    row->next->type = TABLE_ITEM_FLOAT;
    row->next->value.float_value = (double)span / (double)SSK_S;
    row->next++;
}

/* Wireshark's numbers have 32 bits, and none of them can be left out: what may
 * be larger or missing is text, filled up so that it sorts like the number. */

static void put_count(row_writer *row, uint64_t count)
{
    put_own(row, g_strdup_printf("%12" G_GUINT64_FORMAT, count));
}

static void put_count_if(row_writer *row, int64_t count, bool known)
{
    put_own(row, known ? g_strdup_printf("%12" G_GINT64_FORMAT, count) : g_strdup(""));
}

/** 0: none. */
static void put_frame(row_writer *row, uint32_t frame)
{
    put_count_if(row, frame, frame != 0);
}

static void put_seconds_if(row_writer *row, ssk_span_ns span, bool known)
{
    char     digits[SSK_TEXT_ROOM];
    uint64_t size = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;

    if (!known) {
        put_text(row, "");
        return;
    }
    g_snprintf(digits, sizeof digits, "%s%" G_GUINT64_FORMAT ".%09u", span < 0 ? "-" : "",
               size / SSK_S, (unsigned)(size % SSK_S));
    put_own(row, g_strdup_printf("%20s", digits));
}

static void put_epoch(row_writer *row, ssk_time_ns time)
{
    char buf[SSK_TEXT_ROOM];

    put_text(row, time == SSK_TIME_NONE ? "" : ssk_time_epoch(time, buf));
}

static void put_side(row_writer *row, ssk_side side)
{
    put_text(row, ssk_side_text(side));
}

static void put_conversation(row_writer *row, uint32_t id)
{
    const ssk_result_flow *flow = ssk_result_find_flow(row->story->result, id);
    GString               *text = g_string_new(NULL);

    if (flow)
        ssk_story_conversation(flow, text);
    put_own(row, g_string_free(text, FALSE));
}

/** "radio-off, uplink-loss". */
static void put_verdict(row_writer *row, const ssk_verdict *verdict)
{
    GString *text = g_string_new(verdict->n_verdict ? NULL : "unknown");

    for (size_t i = 0; i < verdict->n_verdict; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", verdict->causes[i].id);
    put_own(row, g_string_free(text, FALSE));
}

static void put_numbers(row_writer *row, const uint32_t *list, size_t count)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%u", i ? ", " : "", list[i]);
    put_own(row, g_string_free(text, FALSE));
}

/* ---- what is in the tables ---- */

#define NUMBER(name) { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, name, "%u" }
#define SECONDS(name) { TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, name " [s]", "%.9f" }
#define COUNT(name) { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, name, "%s" }
#define SECONDS_IF(name) { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, name " [s]", "%s" }
#define TEXT(name) { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, name, "%s" }

static stat_tap_table_item stall_columns[] = {
    NUMBER("Stall"), COUNT("Last frame before"), COUNT("First frame after"), SECONDS("Duration"),
    TEXT("Verdict"), TEXT("Whose fault"), TEXT("Conversation"), TEXT("Silent"), TEXT("Kind"),
    COUNT("Missed"), TEXT("Recovery"), TEXT("Start"), NUMBER("Flow"), NUMBER("Incident"),
    TEXT("Display filter"),
};

static size_t count_stalls(const ssk_result *result)
{
    return result->n_stalls;
}

static void write_stall(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_stall *stall = &result->stalls[index];
    const ssk_verdict      *verdict = &stall->verdict;

    put_uint(row, stall->id);
    put_frame(row, stall->frame_before);
    put_frame(row, stall->frame_after);
    put_seconds(row, stall->duration);
    put_verdict(row, verdict);
    put_side(row, verdict->n_verdict ? verdict->causes[0].side : SSK_SIDE_NONE);
    put_conversation(row, stall->flow);
    put_side(row, stall->direction);
    put_text(row, stall->kind);
    put_count_if(row, stall->missed, stall->missed >= 0);
    put_text(row, stall->recovery);
    put_epoch(row, stall->start);
    put_uint(row, stall->flow);
    put_uint(row, stall->incident);
    put_text(row, stall->filter);
}

static stat_tap_table_item flow_columns[] = {
    NUMBER("Flow"), TEXT("Direction"), TEXT("Sender and receiver"), TEXT("Transport"),
    NUMBER("Stream"), TEXT("Process"), COUNT("Packets"), COUNT("Bytes"), COUNT("Payload packets"),
    SECONDS_IF("Longest gap"), COUNT("Gap from frame"), COUNT("Gap to frame"),
    SECONDS_IF("Gap p50"), SECONDS_IF("Gap p90"), SECONDS_IF("Gap p99"), COUNT("Gaps > 1 s"), COUNT("Gaps > 5 s"),
    COUNT("Gaps > 30 s"), SECONDS_IF("Period"), COUNT("Retransmitted"), COUNT("Zero windows"),
    COUNT("TCP keep-alives"), TEXT("Closed"),
};

static size_t count_directions(const ssk_result *result)
{
    return 2 * result->n_flows;
}

static void put_direction(row_writer *row, const ssk_result_flow *flow, ssk_dir from)
{
    GString *text = g_string_new(NULL);

    ssk_story_end_point(flow, from, text);
    g_string_append(text, " -> ");
    ssk_story_end_point(flow, ssk_dir_other(from), text);
    put_own(row, g_string_free(text, FALSE));
}

static void write_direction(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_flow      *flow = &result->flows[index / 2];
    const ssk_dir               from = index % 2 ? SSK_B : SSK_A;
    const ssk_result_direction *dir = &flow->dir[from];
    const bool                  has_gaps = ssk_hist_total(&dir->gaps) != 0;

    put_uint(row, flow->id);
    put_text(row, from == SSK_A ? "a" : "b");
    put_direction(row, flow, from);
    put_text(row, flow->transport == SSK_TCP ? "tcp" : "udp");
    put_uint(row, flow->stream);
    put_text(row, flow->process_name);
    put_count(row, dir->packets);
    put_count(row, dir->bytes);
    put_count(row, dir->payload_packets);
    put_seconds_if(row, dir->max_gap, dir->has_max_gap);
    put_frame(row, dir->has_max_gap ? dir->max_gap_frames[0] : 0);
    put_frame(row, dir->has_max_gap ? dir->max_gap_frames[1] : 0);
    put_seconds_if(row, ssk_result_gap_quantile(dir, 500), has_gaps);
    put_seconds_if(row, ssk_result_gap_quantile(dir, 900), has_gaps);
    put_seconds_if(row, ssk_result_gap_quantile(dir, 990), has_gaps);
    for (size_t i = 0; i < G_N_ELEMENTS(dir->gaps_over); i++)
        put_count(row, dir->gaps_over[i]);
    put_seconds_if(row, dir->period, dir->period != 0);
    put_count(row, dir->retransmitted_packets);
    put_count(row, dir->zero_windows);
    put_count(row, dir->tcp_keepalives);
    put_text(row, flow->closed);
}

static stat_tap_table_item keepalive_columns[] = {
    NUMBER("Flow"), TEXT("Conversation"), TEXT("Profile"), TEXT("Originator"), COUNT("Pings"),
    COUNT("Pongs"), COUNT("Unanswered"), COUNT("Time messages"), SECONDS_IF("RTT min"),
    SECONDS_IF("RTT p50"), SECONDS_IF("RTT p99"), SECONDS_IF("RTT max"), SECONDS_IF("Period"),
    SECONDS_IF("Timeout"),
};

/** @return the @p index'th of them; NULL beyond the last, with their number */
static const ssk_result_flow *keepalive_flow(const ssk_result *result, size_t index,
                                             size_t *ret_count)
{
    size_t count = 0;

    for (size_t i = 0; i < result->n_flows; i++)
        if (result->flows[i].keepalive && count++ == index)
            return &result->flows[i];
    *ret_count = count;
    return NULL;
}

static size_t count_keepalives(const ssk_result *result)
{
    size_t count = 0;

    keepalive_flow(result, SIZE_MAX, &count);
    return count;
}

static void write_keepalive(row_writer *row, const ssk_result *result, size_t index)
{
    size_t                      count;
    const ssk_result_flow      *flow = keepalive_flow(result, index, &count);
    const ssk_result_keepalive *keepalive = flow->keepalive;

    put_uint(row, flow->id);
    put_conversation(row, flow->id);
    put_text(row, keepalive->profile);
    put_side(row, keepalive->originator);
    put_count(row, keepalive->pings);
    put_count(row, keepalive->pongs);
    put_count(row, keepalive->unanswered);
    put_count(row, keepalive->times);
    put_seconds_if(row, keepalive->rtt_min, keepalive->has_rtt);
    put_seconds_if(row, keepalive->rtt_p50, keepalive->has_rtt);
    put_seconds_if(row, keepalive->rtt_p99, keepalive->has_rtt);
    put_seconds_if(row, keepalive->rtt_max, keepalive->has_rtt);
    put_seconds_if(row, keepalive->period, keepalive->period != 0);
    put_seconds_if(row, keepalive->timeout, keepalive->timeout != 0);
}

static stat_tap_table_item udp_columns[] = {
    NUMBER("Flow"), TEXT("Conversation"), TEXT("Cast"), COUNT("Packets"), COUNT("Bytes"),
    SECONDS_IF("Threshold"), COUNT("Cycles"), COUNT("Duty [permille]"), SECONDS_IF("On p50"),
    SECONDS_IF("Off p50"), COUNT("On p50 [bytes]"), COUNT("Spread [bytes]"),
    COUNT("Nearest power of two"), TEXT("Periodic in"), COUNT("Goodput on [bytes/s]"),
    COUNT("Delivered [permille]"), TEXT("Verdict"),
};

static size_t count_udp(const ssk_result *result)
{
    return result->n_udp;
}

static void write_udp(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_udp *udp = &result->udp[index];
    const bool            on_off = udp->has_on_off;

    put_uint(row, udp->flow);
    put_conversation(row, udp->flow);
    put_text(row, udp->cast);
    put_count(row, udp->packets);
    put_count(row, udp->bytes);
    put_seconds_if(row, udp->threshold, udp->threshold != 0);
    put_count_if(row, udp->on_off.cycles, on_off);
    put_count_if(row, udp->on_off.duty_permille, on_off);
    put_seconds_if(row, udp->on_off.on_ns.p50, on_off);
    put_seconds_if(row, udp->on_off.off_ns.p50, on_off);
    put_count_if(row, udp->on_off.on_bytes.p50, on_off);
    put_count_if(row, udp->on_off.on_bytes.mad, on_off);
    put_count_if(row, udp->on_off.power_of_two, on_off);
    put_text(row, on_off ? udp->on_off.periodic_in : "");
    put_count_if(row, (int64_t)udp->on_off.goodput_on, on_off);
    put_count_if(row, udp->reception.delivered_permille, udp->has_reception);
    if (udp->judged)
        put_verdict(row, &udp->verdict);
    else
        put_text(row, "");
}

static stat_tap_table_item clock_columns[] = {
    NUMBER("Flow"), TEXT("Conversation"), TEXT("Source"), TEXT("Whose clock"), TEXT("Format"),
    SECONDS_IF("Offset"), SECONDS_IF("Error"), COUNT("Skew [ppb]"), COUNT("Samples"),
    COUNT("Steps"), SECONDS_IF("First step"), TEXT("Step at"),
};

static size_t count_clocks(const ssk_result *result)
{
    return result->n_clocks;
}

static void write_clock(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_clock *one = &result->clocks[index];

    put_uint(row, one->flow);
    put_conversation(row, one->flow);
    put_text(row, one->source);
    put_side(row, one->side);
    put_text(row, one->format);
    put_seconds_if(row, one->offset, true);
    put_seconds_if(row, one->error, true);
    put_count_if(row, one->skew_ppb, one->has_skew);
    put_count(row, one->samples);
    put_count(row, one->n_steps);
    put_seconds_if(row, one->n_steps ? one->steps[0].by : 0, one->n_steps > 0);
    put_epoch(row, one->n_steps ? one->steps[0].at : SSK_TIME_NONE);
}

static stat_tap_table_item service_columns[] = {
    NUMBER("No."), TEXT("Instance"), TEXT("Type"), TEXT("Domain"), TEXT("Host"), COUNT("Port"),
    TEXT("Addresses"), TEXT("TXT"), TEXT("State"), TEXT("First"), TEXT("Last"),
};

static size_t count_services(const ssk_result *result)
{
    return result->n_services;
}

static void write_service(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_service *service = &result->services[index];
    GString                  *addresses = g_string_new(NULL), *txt = g_string_new(NULL);
    char                      buf[SSK_TEXT_ROOM];

    for (size_t i = 0; i < service->n_addresses; i++)
        g_string_append_printf(addresses, "%s%s", i ? ", " : "",
                               ssk_addr_text(&service->addresses[i], buf));
    for (size_t i = 0; i < service->n_txt; i++) {
        if (i)
            g_string_append(txt, ", ");
        ssk_story_txt(&service->txt[i], txt);
    }
    put_uint(row, (uint32_t)index + 1);
    put_text(row, service->instance);
    put_text(row, service->type);
    put_text(row, service->domain);
    put_text(row, service->host);
    put_count_if(row, service->port, service->has_port);
    put_own(row, g_string_free(addresses, FALSE));
    put_own(row, g_string_free(txt, FALSE));
    put_text(row, service->state);
    put_epoch(row, service->first);
    put_epoch(row, service->last);
}

static stat_tap_table_item fault_columns[] = {
    NUMBER("No."), TEXT("Fault"), COUNT("Last frame before"), COUNT("First frame after"),
    SECONDS_IF("Duration"), SECONDS_IF("By"), TEXT("Flows"), COUNT("Hidden bytes"),
    COUNT("Hidden messages"), TEXT("Start"), TEXT("What was seen"),
};

static size_t count_faults(const ssk_result *result)
{
    return result->n_measurement;
}

static void write_fault(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_measurement *fault = &result->measurement[index];
    GString                      *text = g_string_new(NULL);

    ssk_story_measurement(row->story, fault, text);
    put_uint(row, (uint32_t)index + 1);
    put_text(row, fault->id);
    put_frame(row, fault->frame_first);
    put_frame(row, fault->frame_last);
    put_seconds_if(row, fault->duration, true);
    put_seconds_if(row, fault->by, fault->has_by);
    if (fault->n_flows)
        put_numbers(row, fault->flows, fault->n_flows);
    else
        put_text(row, "all");
    put_count_if(row, fault->hidden_bytes, fault->hidden_bytes >= 0);
    put_count_if(row, fault->hidden_messages, fault->hidden_messages >= 0);
    put_epoch(row, fault->start);
    put_own(row, g_string_free(text, FALSE));
}

static stat_tap_table_item finding_columns[] = {
    NUMBER("No."), TEXT("Severity"), TEXT("Finding"), TEXT("What was seen"), TEXT("Flows"),
    TEXT("Frames"),
};

static size_t count_findings(const ssk_result *result)
{
    return result->n_findings + result->n_bonjour_findings;
}

static void write_finding(row_writer *row, const ssk_result *result, size_t index)
{
    const ssk_result_finding *finding =
        index < result->n_findings ? &result->findings[index]
                                   : &result->bonjour_findings[index - result->n_findings];

    put_uint(row, (uint32_t)index + 1);
    put_text(row, finding->severity);
    put_text(row, finding->id);
    put_text(row, finding->text);
    put_numbers(row, finding->flows, finding->n_flows);
    put_numbers(row, finding->frames, finding->n_frames);
}

/* ---- the tables ---- */

typedef struct table_tap {
    const char          *title, *argument;
    stat_tap_table_item *columns;
    size_t               n_columns;
    size_t (*count)(const ssk_result *result);
    void (*write)(row_writer *row, const ssk_result *result, size_t index);
    /* While packets come: */
    stat_tap_table_ui    ui;
    ssk_engine          *engine;
    const void          *reader;    /**< who asked; NULL: nobody yet */
    bool                 listening; /**< the second listener is registered */
    bool                 fed;       /**< since the rows were written */
    GPtrArray           *spare;     /**< blank rows; a window may still point at them */
} table_tap;

#define TABLE(name, cli, what, column_list)                                                        \
    { .title = "Stallshark: " name, .argument = "stallshark," cli, .columns = column_list,         \
      .n_columns = G_N_ELEMENTS(column_list), .count = count_##what##s, .write = write_##what }
#define count_udps count_udp

static table_tap tables[] = {
    TABLE("Stalls", "stalls", stall, stall_columns),
    TABLE("Flows", "flows", direction, flow_columns),
    TABLE("Keep-alives", "keepalives", keepalive, keepalive_columns),
    TABLE("UDP on and off", "udp", udp, udp_columns),
    TABLE("Clocks", "clocks", clock, clock_columns),
    TABLE("Bonjour services", "services", service, service_columns),
    TABLE("Measurement faults", "faults", fault, fault_columns),
    TABLE("Findings", "findings", finding, finding_columns),
};

/* ---- rows ---- */

static void blank(const table_tap *tap, cell *row)
{
    for (size_t i = 0; i < tap->n_columns; i++) {
        empty(&row[i]);
        row[i].type = TABLE_ITEM_STRING;
        row[i].value.string_value = g_strdup("");
    }
}

/** A row that is needed no more is blanked and kept: a window that was opened
 * for this table before sorts by what it points at. */
static void resize(table_tap *tap, stat_tap_table *table, guint count)
{
    while (table->num_elements > count) {
        cell *row = table->elements[--table->num_elements];
        blank(tap, row);
        g_ptr_array_add(tap->spare, row);
    }
    if (table->num_elements == count)
        return;
    table->elements = g_renew(cell *, table->elements, count);
    while (table->num_elements < count)
        table->elements[table->num_elements++] =
            tap->spare->len ? g_ptr_array_steal_index_fast(tap->spare, tap->spare->len - 1)
                            : g_new0(cell, tap->n_columns);
}

static void on_draw(void *data)
{
    table_tap      *tap = data;
    stat_tap_table *table = stat_tap_find_table(&tap->ui, tap->title);

    if (!tap->fed || !table)
        return;
    tap->fed = false;
    ssk_result *result = ssk_engine_snapshot(tap->engine);
    ssk_story   story;
    ssk_story_init(&story, result, NULL);
    resize(tap, table, (guint)tap->count(result));
    for (guint i = 0; i < table->num_elements; i++) {
        row_writer row = { &story, table->elements[i] };
        tap->write(&row, result, i);
    }
    ssk_story_clear(&story);
    ssk_result_free(result);
}

/* ---- packets ---- */

static void forget(void *data)
{
    table_tap *tap = data;

    g_clear_pointer(&tap->engine, ssk_engine_free);
    tap->fed = false;
}

static table_tap *tap_of(const stat_tap_table_ui *ui)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (ui == &tables[i].ui)
            return &tables[i];
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
        report_failure("-z %s: asked for twice; one table can have one filter", tap->argument);
        return TAP_PACKET_FAILED;
    }
    if (!tap->listening) {
        GString *bad = register_tap_listener(SSK_TAP_NAME, tap, NULL, 0, forget, NULL, on_draw, NULL);
        if (bad) {
            report_failure("-z %s: %s", tap->argument, bad->str);
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
    table_tap      *tap = tap_of(ui);
    stat_tap_table *table = stat_tap_find_table(ui, tap->title);

    if (tap->listening) /* never inside a draw: it must come after the reader again */
        remove_tap_listener(tap);
    tap->listening = false;
    forget(tap);
    tap->reader = NULL;
    if (table)
        resize(tap, table, 0);
    else
        stat_tap_add_table(ui, stat_tap_init_table(tap->title, (int)tap->n_columns, 0, NULL));
}

static void on_reset(stat_tap_table *table)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        if (!strcmp(tables[i].title, table->title)) {
            forget(&tables[i]);
            resize(&tables[i], table, 0);
        }
}

static void on_free_cell(stat_tap_table *table G_GNUC_UNUSED, guint row G_GNUC_UNUSED,
                         guint column G_GNUC_UNUSED, cell *at)
{
    empty(at);
}

void register_tap_listener_stallshark_tables(void)
{
    static tap_param params[] = {
        { PARAM_FILTER, "filter", "Filter", NULL, TRUE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        table_tap *tap = &tables[i];
        tap->spare = g_ptr_array_new();
        tap->ui = (stat_tap_table_ui){
            .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
            .title = tap->title,
            .tap_name = SSK_TAP_NAME,
            .cli_string = tap->argument,
            .stat_tap_init_cb = on_init,
            .packet_func = on_event,
            .stat_tap_reset_table_cb = on_reset,
            .stat_tap_free_table_item_cb = on_free_cell,
            .nfields = tap->n_columns,
            .fields = tap->columns,
            .nparams = G_N_ELEMENTS(params),
            .params = params,
        };
        register_stat_tap_table_ui(&tap->ui);
    }
}
