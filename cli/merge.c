/* merge.c - `stallshark merge REPORT...`: many reports as one row per service.
 *
 * A service is a transport and the port that flows lead to; its two directions
 * are told apart. Histograms are added bucket by bucket, so the quantiles are
 * those of all gaps, as if one run had seen them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/merge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "cli/source.h"
#include "core/base/histogram.h"
#include "core/base/text.h"
#include "core/decode/json.h"
#include "report/json_stream.h"

#define SCHEMA        "stallshark/1"
#define SCHEMA_MERGED "stallshark-merge/1"
/* A port scan makes a service of each port. */
#define SERVICES 10000
#define CHUNK    65536

static const char *const spans[] = {"1s", "5s", "30s"};
static const unsigned quantiles[] = {500, 900, 990, 999};
static const char *const quantile_names[] = {"p50", "p90", "p99", "p999"};

/** One direction of a service, or of all. */
typedef struct row {
    const char *transport; /* static; NULL: all */
    uint16_t port;
    char from; /* 'a', 'b' */
    uint64_t flows, packets, over[G_N_ELEMENTS(spans)];
    ssk_span_ns max_gap;
    uint32_t max_report; /* that holds it, from 1 */
    ssk_hist gaps;
} row;

typedef struct merged {
    uint32_t reports;
    uint64_t flows, unlisted, stalls, silent, dropped; /* silent: length of the stalls in ns */
    GHashTable *rows;                                  /* key -> row */
    row all;
    GHashTable *verdicts; /* text -> count */
} merged;

/* ---- reading ---- */

static bool get(const ssk_json_value *object, const char *path, ssk_json_value *ret)
{
    return ssk_json_find(object->text, object->len, path, ret) == SSK_OK;
}

static uint64_t get_uint(const ssk_json_value *object, const char *path)
{
    ssk_json_value value;
    uint64_t number = 0;
    return get(object, path, &value) && ssk_json_to_uint(&value, &number) ? number : 0;
}

static row *row_of(merged *all, const char *transport, uint16_t port, char from)
{
    gpointer key = GUINT_TO_POINTER((guint)(*transport == 't') << 24 | (guint)(from == 'b') << 16 |
                                    port);
    row *found = g_hash_table_lookup(all->rows, key);
    if (!found && g_hash_table_size(all->rows) < 2 * SERVICES) {
        found = g_new0(row, 1);
        *found = (row){.transport = transport, .port = port, .from = from};
        g_hash_table_insert(all->rows, key, found);
    }
    return found;
}

static void add_cells(ssk_hist *into, const ssk_json_value *histogram)
{
    ssk_json_walk walk = ssk_json_enter(histogram);
    ssk_json_value name, cell, bound;
    while (ssk_json_next(&walk, &name, &cell)) {
        uint64_t up_to, count = get_uint(&cell, "count");
        if (!get(&cell, "up_to_ns", &bound) || !count)
            continue;
        if (bound.kind == SSK_JSON_NULL)
            up_to = INT64_MAX;
        else if (!ssk_json_to_uint(&bound, &up_to))
            continue;
        ssk_hist_cell one = {
            .bucket = (uint16_t)ssk_hist_bucket_of((ssk_span_ns)MIN(up_to, (uint64_t)INT64_MAX)),
            .count_high = (uint16_t)(count >> 32),
            .count_low = (uint32_t)count};
        ssk_hist_merge(into, &(ssk_hist){.cells = &one, .used = 1, .room = 1});
    }
}

static void add_direction(merged *all, row *into, const ssk_json_value *direction)
{
    uint64_t longest = get_uint(direction, "max_gap_ns");
    ssk_json_value value;
    into->flows++;
    into->packets += get_uint(direction, "packets");
    if (longest <= INT64_MAX && (ssk_span_ns)longest > into->max_gap) {
        into->max_gap = (ssk_span_ns)longest;
        into->max_report = all->reports;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        char *path = g_strdup_printf("gaps_over.%s", spans[i]);
        into->over[i] += get_uint(direction, path);
        g_free(path);
    }
    if (get(direction, "gap_histogram", &value))
        add_cells(&into->gaps, &value);
}

static void add_flow(merged *all, const ssk_json_value *flow)
{
    ssk_json_value value, name, direction;
    bool tcp = get(flow, "transport", &value) && ssk_json_equals(&value, "tcp");
    uint64_t port = get_uint(flow, "b.port");
    all->flows++;
    if (!get(flow, "directions", &value))
        return;
    ssk_json_walk walk = ssk_json_enter(&value);
    for (char from = 'a'; from <= 'b' && ssk_json_next(&walk, &name, &direction); from++) {
        row *into = row_of(all, tcp ? "tcp" : "udp", (uint16_t)port, from);
        add_direction(all, &all->all, &direction);
        if (into)
            add_direction(all, into, &direction);
        else
            all->dropped++;
    }
}

static void add_stall(merged *all, const ssk_json_value *stall)
{
    ssk_json_value value, name, id;
    GString *verdict = g_string_new(NULL);
    all->stalls++;
    all->silent += get_uint(stall, "duration_ns");
    if (get(stall, "verdict", &value)) {
        ssk_json_walk walk = ssk_json_enter(&value);
        while (ssk_json_next(&walk, &name, &id))
            g_string_append_printf(verdict, "%s%.*s", verdict->len ? " or " : "",
                                   (int)MIN(id.len, 40u), (const char *)id.text);
    }
    char *text = ssk_text_safe(verdict->str, 200);
    g_string_free(verdict, TRUE);
    gpointer count = g_hash_table_lookup(all->verdicts, text);
    g_hash_table_insert(all->verdicts, text, GUINT_TO_POINTER(GPOINTER_TO_UINT(count) + 1));
}

/** @return false: no report of ours */
static bool add_report(merged *all, const ssk_json_value *report)
{
    ssk_json_value value, name, element;
    if (report->kind != SSK_JSON_OBJECT || !get(report, "schema", &value) ||
        !ssk_json_equals(&value, SCHEMA))
        return false;
    all->reports++;
    all->unlisted += get_uint(report, "limits.flows_unlisted");
    if (get(report, "flows", &value))
        for (ssk_json_walk walk = ssk_json_enter(&value); ssk_json_next(&walk, &name, &element);)
            add_flow(all, &element);
    if (get(report, "stalls", &value))
        for (ssk_json_walk walk = ssk_json_enter(&value); ssk_json_next(&walk, &name, &element);)
            add_stall(all, &element);
    return true;
}

static GByteArray *read_whole(const char *path, GError **error)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!file) {
        g_set_error(error, SSK_SOURCE_ERROR, 0, "%s",
                    errno == ENOENT ? "no such file" : g_strerror(errno));
        return NULL;
    }
    GByteArray *whole = g_byte_array_new();
    size_t got = 1;
    while (got && whole->len < INT32_MAX) {
        guint at = whole->len;
        g_byte_array_set_size(whole, at + CHUNK);
        got = fread(whole->data + at, 1, CHUNK, file);
        g_byte_array_set_size(whole, at + (guint)got);
    }
    if (ferror(file))
        g_set_error(error, SSK_SOURCE_ERROR, 0, "cannot be read");
    else if (whole->len >= INT32_MAX)
        g_set_error(error, SSK_SOURCE_ERROR, 0, "holds more than 2 GiB; give its parts");
    if (file != stdin)
        fclose(file);
    if (!*error)
        return whole;
    g_byte_array_free(whole, TRUE);
    return NULL;
}

static unsigned line_of(const GByteArray *bytes, uint32_t pos)
{
    unsigned line = 1;
    for (uint32_t i = 0; i < MIN(pos, bytes->len); i++)
        line += bytes->data[i] == '\n';
    return line;
}

/** All reports in a file: a line each, or one over many lines. */
static void add_file(merged *all, const char *path, GError **error)
{
    GByteArray *bytes = read_whole(path, error);
    uint32_t pos = 0, reports = all->reports;
    if (!bytes)
        return;
    for (;;) {
        ssk_json_value report;
        while (pos < bytes->len && g_ascii_isspace(bytes->data[pos]))
            pos++;
        unsigned line = 0;
        ssk_status status = ssk_json_read(bytes->data, bytes->len, &pos, &report);
        if (status == SSK_EUNSUPPORTED)
            break;
        bool good = status == SSK_OK && add_report(all, &report);
        if (good)
            continue;
        line = line_of(bytes, status == SSK_OK ? (uint32_t)(report.text - bytes->data) : pos);
        g_set_error(error, SSK_SOURCE_ERROR, 0, "line %u: %s", line,
                    status == SSK_OK       ? "JSON, but no report of `stallshark --format json`"
                    : status == SSK_ETRUNC ? "cut short"
                                           : "no JSON");
        break;
    }
    if (!*error && all->reports == reports)
        g_set_error(error, SSK_SOURCE_ERROR, 0, "holds no report");
    g_byte_array_free(bytes, TRUE);
}

/* ---- writing ---- */

static gint by_traffic(gconstpointer a, gconstpointer b)
{
    const row *left = *(row *const *)a, *right = *(row *const *)b;
    if (left->flows != right->flows)
        return left->flows > right->flows ? -1 : 1;
    if (left->transport != right->transport)
        return strcmp(left->transport, right->transport);
    if (left->port != right->port)
        return left->port < right->port ? -1 : 1;
    return left->from - right->from;
}

static gint by_count(gconstpointer a, gconstpointer b, gpointer counts)
{
    guint left = GPOINTER_TO_UINT(g_hash_table_lookup(counts, *(char *const *)a));
    guint right = GPOINTER_TO_UINT(g_hash_table_lookup(counts, *(char *const *)b));
    return left != right ? (left > right ? -1 : 1) : strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *sorted_rows(const merged *all)
{
    GPtrArray *rows = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, all->rows);
    while (g_hash_table_iter_next(&each, NULL, &value))
        g_ptr_array_add(rows, value);
    g_ptr_array_sort(rows, by_traffic);
    return rows;
}

static GPtrArray *sorted_verdicts(const merged *all)
{
    GPtrArray *texts = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, all->verdicts);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(texts, key);
    g_ptr_array_sort_with_data(texts, by_count, all->verdicts);
    return texts;
}

/** A bucket's bound may lie above all that is in it. */
static ssk_span_ns quantile(const row *r, unsigned permille)
{
    return MIN(ssk_hist_quantile(&r->gaps, permille), r->max_gap);
}

static void put_row(ssk_json *json, const row *r)
{
    if (r->transport) {
        ssk_json_string(json, "transport", r->transport);
        ssk_json_uint(json, "port", r->port);
        ssk_json_string(json, "from", r->from == 'a' ? "a" : "b");
    }
    ssk_json_uint(json, r->transport ? "flows" : "directions", r->flows);
    ssk_json_uint(json, "packets", r->packets);
    ssk_json_uint(json, "gaps", ssk_hist_total(&r->gaps));
    ssk_json_int(json, "max_gap_ns", r->max_gap);
    ssk_json_uint(json, "max_gap_report", r->max_report);
    ssk_json_object(json, "gaps_over", SSK_JSON_INLINE);
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
        ssk_json_uint(json, spans[i], r->over[i]);
    ssk_json_end(json);
    ssk_json_object(json, "gap_quantiles_ns", SSK_JSON_INLINE);
    for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++)
        ssk_json_int(json, quantile_names[i], quantile(r, quantiles[i]));
    ssk_json_end(json);
    ssk_json_array(json, "gap_histogram", SSK_JSON_INLINE);
    for (size_t i = 0; i < r->gaps.used; i++) {
        ssk_span_ns up_to = ssk_hist_cell_up_to(&r->gaps, i);
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        if (up_to == INT64_MAX)
            ssk_json_null(json, "up_to_ns");
        else
            ssk_json_int(json, "up_to_ns", up_to);
        ssk_json_uint(json, "count", ssk_hist_cell_count(&r->gaps, i));
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

static void write_json(const merged *all, GString *out)
{
    ssk_json json;
    GPtrArray *rows = sorted_rows(all), *verdicts = sorted_verdicts(all);
    ssk_json_init(&json, out, SSK_JSON_LINES);
    ssk_json_object(&json, NULL, SSK_JSON_LINES);
    ssk_json_string(&json, "schema", SCHEMA_MERGED);
    ssk_json_uint(&json, "reports", all->reports);
    ssk_json_uint(&json, "flows", all->flows);
    ssk_json_uint(&json, "flows_unlisted", all->unlisted);
    ssk_json_object(&json, "stalls", SSK_JSON_LINES);
    ssk_json_uint(&json, "count", all->stalls);
    ssk_json_uint(&json, "duration_ns", all->silent);
    ssk_json_array(&json, "verdicts", SSK_JSON_LINES);
    for (guint i = 0; i < verdicts->len; i++) {
        ssk_json_object(&json, NULL, SSK_JSON_INLINE);
        ssk_json_string(&json, "verdict", verdicts->pdata[i]);
        ssk_json_uint(&json, "count",
                      GPOINTER_TO_UINT(g_hash_table_lookup(all->verdicts, verdicts->pdata[i])));
        ssk_json_end(&json);
    }
    ssk_json_end(&json);
    ssk_json_end(&json);
    ssk_json_object(&json, "all", SSK_JSON_LINES);
    put_row(&json, &all->all);
    ssk_json_end(&json);
    ssk_json_array(&json, "services", SSK_JSON_LINES);
    for (guint i = 0; i < rows->len; i++) {
        ssk_json_object(&json, NULL, SSK_JSON_LINES);
        put_row(&json, rows->pdata[i]);
        ssk_json_end(&json);
    }
    ssk_json_end(&json);
    ssk_json_uint(&json, "directions_dropped", all->dropped);
    ssk_json_end(&json);
    g_string_append_c(out, '\n');
    g_ptr_array_unref(rows);
    g_ptr_array_unref(verdicts);
}

static void append_row(GString *out, const char *name, const row *r, uint64_t flows)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append_printf(out, "%-18s %7" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT, name, flows,
                           ssk_hist_total(&r->gaps));
    for (size_t i = 0; i < 3; i++)
        g_string_append_printf(out, " %10s", ssk_span_text(quantile(r, quantiles[i]), buf));
    g_string_append_printf(out, " %10s", ssk_span_text(r->max_gap, buf));
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++)
        g_string_append_printf(out, " %6" G_GUINT64_FORMAT, r->over[i]);
    g_string_append_c(out, '\n');
}

static void write_text(const merged *all, GString *out)
{
    enum { SHOWN = 20 };
    char buf[SSK_TEXT_ROOM];
    GPtrArray *rows = sorted_rows(all), *verdicts = sorted_verdicts(all);
    g_string_append_printf(out,
                           "%" G_GUINT32_FORMAT " reports, %" G_GUINT64_FORMAT
                           " flows, %" G_GUINT64_FORMAT " stalls",
                           all->reports, all->flows, all->stalls);
    if (all->stalls)
        g_string_append_printf(
            out, " of %s in all",
            ssk_span_text((ssk_span_ns)MIN(all->silent, (uint64_t)INT64_MAX), buf));
    g_string_append_c(out, '\n');
    if (all->unlisted)
        g_string_append_printf(out,
                               "%" G_GUINT64_FORMAT
                               " more flows are not in the reports, nor in the "
                               "figures below: analyze --flows=all lists them\n",
                               all->unlisted);
    for (guint i = 0; i < verdicts->len; i++)
        g_string_append_printf(
            out, "%6u  %s\n",
            GPOINTER_TO_UINT(g_hash_table_lookup(all->verdicts, verdicts->pdata[i])),
            (char *)verdicts->pdata[i]);
    g_string_append_printf(out, "\n%-18s %7s %10s %10s %10s %10s %10s %6s %6s %6s\n",
                           "packets to or from", "flows", "gaps", "p50", "p90", "p99", "longest",
                           ">1s", ">5s", ">30s");
    append_row(out, "all", &all->all, all->flows);
    for (guint i = 0; i < rows->len && i < SHOWN; i++) {
        const row *r = rows->pdata[i];
        char *name = g_strdup_printf("%s %u %s", r->transport, r->port,
                                     r->from == 'a' ? "to" : "from");
        append_row(out, name, r, r->flows);
        g_free(name);
    }
    if (rows->len > SHOWN)
        g_string_append_printf(out, "%u more in --format json\n", rows->len - SHOWN);
    if (all->dropped)
        g_string_append_printf(out,
                               "%" G_GUINT64_FORMAT
                               " directions are in the first row only: more than %d "
                               "services\n",
                               all->dropped, SERVICES);
    g_ptr_array_unref(rows);
    g_ptr_array_unref(verdicts);
}

/* ---- the command ---- */

static void row_free(gpointer data)
{
    ssk_hist_clear(&((row *)data)->gaps);
    g_free(data);
}

static int run_merge(const ssk_options *options)
{
    merged all = {0};
    GError *error = NULL;
    GString *text = g_string_new(NULL);
    bool json = options->format && !strcmp(options->format->name, "json"), failed = false;
    int status = SSK_EXIT_DONE;

    all.rows = g_hash_table_new_full(NULL, NULL, NULL, row_free);
    all.verdicts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (options->format && !json && strcmp(options->format->name, "text"))
        g_set_error(&error, SSK_OPTIONS_ERROR, 0, "--format=%s: must be text or json",
                    options->format->name);
    else if (ssk_options_output_is_input(options))
        g_set_error(&error, SSK_OPTIONS_ERROR, 0, "-o %s: is one of the inputs", options->output);
    for (char **path = options->arguments; *path && !error; path++) {
        GError *problem = NULL;
        add_file(&all, *path, &problem);
        if (!problem)
            continue;
        char *name = ssk_source_name(*path);
        fprintf(stderr, "stallshark: %s: %s\n", name, problem->message);
        g_free(name);
        g_error_free(problem);
        failed = true;
    }
    if (!error && all.reports) {
        ssk_output *output = ssk_output_open(options->output, options->force, &error);
        (json ? write_json : write_text)(&all, text);
        if (output) {
            ssk_output_write(output, text->str, text->len);
            ssk_output_commit(output, &error);
        }
    }
    if (error)
        status = ssk_output_complain(error);
    g_string_free(text, TRUE);
    g_hash_table_destroy(all.rows);
    g_hash_table_destroy(all.verdicts);
    ssk_hist_clear(&all.all.gaps);
    return status == SSK_EXIT_DONE && failed ? SSK_EXIT_INPUT : status;
}

const ssk_command ssk_command_merge = {
    .name = "merge",
    .arguments = "REPORT...",
    .help = "Add the reports of many captures: stalls by verdict, gaps by service.",
    .more =
        "REPORT is what --format json or --each wrote, any number of reports in a file; - is standard "
        "input. Histograms are added bucket by bucket: the quantiles are those of all gaps, at most "
        "1.6 % too high. A service is the port that flows lead to.",
    .min_arguments = 1,
    .run = run_merge,
};
