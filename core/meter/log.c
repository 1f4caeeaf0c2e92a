/* log.c - what the logs of applications tell, beside what the capture shows.
 *
 * Lines are kept as they come. Whose they are, and how far the clock they were
 * written by is off, is found at the end: keep-alives that a program says it
 * sent or received are matched with those of each flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/base/log_match.h"
#include "core/base/text.h"
#include "core/decode/applog.h"
#include "core/decode/host_counter.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_log;

#define LINES_MOST    (1u << 18)
#define TEXT_BYTES    (1u << 24)
#define TEXT_CHARS    120u /* of a line, for the drawing */
#define TRACKS_MOST   256
#define SERIES_MOST   1024 /* directions of flows whose messages are kept */
#define SAMPLES       256  /* messages kept of each */
#define PAIRS_MOST    INT64_C(20000000)
#define MARKS_PER_LOG 100
/* Differences of such times fit into 64 bits: 1827..2116. */
#define TIME_MOST (INT64_MAX / 2)

/* Zones differ by quarters of an hour, up to 14 h from UTC on either side. */
#define ZONE_STEP (15 * SSK_MINUTE)
#define ZONE_MOST (14 * SSK_HOUR)

typedef struct line {
    ssk_time_ns at;
    uint32_t frame, text; /* text: where in state.texts it begins */
    uint16_t track;
    uint8_t tells, len; /* ssk_log_tells */
} line;

/* One program's lines about one connection. */
typedef struct track {
    char *name, *source, *connection; /* NULL: not known */
    uint32_t writer;
    ssk_time_ns begun; /* first line of connecting or being connected; SSK_TIME_NONE */
} track;

/* Messages of one direction, thinned out evenly where there are many. */
typedef struct series {
    uint32_t flow;
    uint8_t dir;
    bool decoded; /* pings; else whatever brought new payload */
    uint32_t stride, seen, n;
    ssk_time_ns at[SAMPLES];
} series;

typedef struct state {
    GArray *lines;
    GByteArray *texts;
    GArray *tracks;
    GHashTable *track_ids;  /* "log, source, connection" -> its index + 1 */
    GHashTable *writer_ids; /* "log, source" -> id, from 1 */
    GHashTable *current;    /* writer id -> track + 1 of the connection it opened last */
    GPtrArray *series;
    GHashTable *series_ids; /* flow << 1 | dir -> series */
    uint64_t dropped;
} state;

static bool is_sane(ssk_time_ns time)
{
    return time > -TIME_MOST && time < TIME_MOST;
}

/* ---- lines ---- */

static void begin(state *s)
{
    s->lines = g_array_new(FALSE, FALSE, sizeof(line));
    s->texts = g_byte_array_new();
    s->tracks = g_array_new(FALSE, FALSE, sizeof(track));
    s->track_ids = g_hash_table_new_full(ssk_str_hash, g_str_equal, g_free, NULL);
    s->writer_ids = g_hash_table_new_full(ssk_str_hash, g_str_equal, g_free, NULL);
    s->current = g_hash_table_new(NULL, NULL);
    s->series = g_ptr_array_new_with_free_func(g_free);
    s->series_ids = g_hash_table_new(NULL, NULL);
}

static char *stretch(const ssk_applog_text *text)
{
    return text->bytes ? g_strndup(text->bytes, text->len) : NULL;
}

static uint32_t writer_of(state *s, const char *name, const char *source)
{
    char *key = g_strdup_printf("%s\n%s", name ? name : "", source ? source : "");
    uint32_t id = GPOINTER_TO_UINT(g_hash_table_lookup(s->writer_ids, key));
    if (id) {
        g_free(key);
        return id;
    }
    id = g_hash_table_size(s->writer_ids) + 1;
    g_hash_table_insert(s->writer_ids, key, GUINT_TO_POINTER(id));
    return id;
}

/* @return index + 1; 0: no room for one more */
static guint track_of(state *s, const char *name, const ssk_applog_line *said)
{
    char *source = stretch(&said->source), *connection = stretch(&said->connection);
    uint32_t writer = s->tracks->len < TRACKS_MOST ? writer_of(s, name, source) : 0;
    char *key = g_strdup_printf("%s\n%s\n%s", name ? name : "", source ? source : "",
                                connection ? connection : "");
    guint id = GPOINTER_TO_UINT(g_hash_table_lookup(s->track_ids, key));
    if (!id && s->tracks->len < TRACKS_MOST) {
        track added = {g_strdup(name), source, connection, writer, SSK_TIME_NONE};
        g_array_append_val(s->tracks, added);
        id = s->tracks->len;
        g_hash_table_insert(s->track_ids, key, GUINT_TO_POINTER(id));
        return id;
    }
    g_free(source);
    g_free(connection);
    g_free(key);
    return id;
}

/* Only the side that connects has one connection at a time: its lines without
 * an id belong to that. */
static guint attribute(state *s, const char *name, const ssk_applog_line *said)
{
    guint id = track_of(s, name, said);
    if (!id)
        return 0;
    gpointer writer = GUINT_TO_POINTER(g_array_index(s->tracks, track, id - 1).writer);
    if (said->connection.bytes) {
        if (said->event == SSK_APPLOG_CONNECTING)
            g_hash_table_insert(s->current, writer, GUINT_TO_POINTER(id));
        return id;
    }
    guint current = GPOINTER_TO_UINT(g_hash_table_lookup(s->current, writer));
    return current ? current : id;
}

static ssk_log_tells tells(ssk_applog_event event)
{
    return event == SSK_APPLOG_PING_SENT       ? SSK_LOG_SENT
           : event == SSK_APPLOG_PING_RECEIVED ? SSK_LOG_RECEIVED
           : event == SSK_APPLOG_PING_MISSING  ? SSK_LOG_MISSED
                                               : SSK_LOG_OTHER;
}

static void note_begin(track *t, const ssk_applog_line *said, ssk_time_ns time)
{
    if (t->begun == SSK_TIME_NONE &&
        (said->event == SSK_APPLOG_CONNECTING || said->event == SSK_APPLOG_CONNECTED))
        t->begun = time;
}

static void take_line(state *s, const ssk_packet *packet)
{
    const ssk_event *event = packet->event;
    ssk_applog_line said;
    if (ssk_decode_applog((const char *)packet->payload, packet->payload_cap, &said) != SSK_OK)
        return; /* the rest of the line before it */
    if (said.source.len == strlen(SSK_HOST_COUNTER_SOURCE) &&
        !memcmp(said.source.bytes, SSK_HOST_COUNTER_SOURCE, said.source.len))
        return; /* core/meter/host_counter.c reads them */
    if (!s->lines)
        begin(s);
    uint32_t len = MIN(said.text.len, TEXT_CHARS);
    guint id = s->lines->len < LINES_MOST && s->texts->len + len <= TEXT_BYTES &&
                       is_sane(event->time)
                   ? attribute(s, event->interface_name, &said)
                   : 0;
    if (!id) {
        s->dropped++;
        return;
    }
    line added = {.at = event->time,
                  .frame = event->frame,
                  .text = s->texts->len,
                  .track = (uint16_t)(id - 1),
                  .tells = (uint8_t)tells(said.event),
                  .len = (uint8_t)len};
    note_begin(&g_array_index(s->tracks, track, id - 1), &said, event->time);
    g_byte_array_append(s->texts, (const uint8_t *)said.text.bytes, len);
    g_array_append_val(s->lines, added);
}

/* ---- messages ---- */

static series *series_of(state *s, uint32_t flow, ssk_dir dir)
{
    gpointer key = GUINT_TO_POINTER(flow << 1 | (uint32_t)dir);
    series *found = g_hash_table_lookup(s->series_ids, key);
    if (!found && s->series->len < SERIES_MOST && flow < UINT32_MAX / 2) {
        found = g_new0(series, 1);
        found->flow = flow;
        found->dir = (uint8_t)dir;
        found->stride = 1;
        g_ptr_array_add(s->series, found);
        g_hash_table_insert(s->series_ids, key, found);
    }
    return found;
}

static void add_sample(state *s, uint32_t flow, ssk_dir dir, ssk_time_ns at, bool decoded)
{
    series *list = is_sane(at) ? series_of(s, flow, dir) : NULL;
    if (!list || (list->decoded && !decoded))
        return;
    if (decoded && !list->decoded) {
        list->decoded = true;
        list->n = list->seen = 0;
        list->stride = 1;
    }
    if (list->seen++ % list->stride)
        return;
    if (list->n == SAMPLES) {
        for (uint32_t i = 0; i < SAMPLES / 2; i++)
            list->at[i] = list->at[2 * i];
        list->n = SAMPLES / 2;
        list->stride *= 2;
    }
    uint32_t to = list->n++;
    for (; to > 0 && list->at[to - 1] > at; to--)
        list->at[to] = list->at[to - 1];
    list->at[to] = at;
}

static void take_messages(state *s, const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    for (size_t i = 0; i < step->n_messages; i++) {
        const ssk_message *m = &step->messages[i];
        if (m->role == SSK_ROLE_PING)
            add_sample(s, flow->id, m->dir, m->time, true);
    }
    if (!flow->profile && step->progress)
        add_sample(s, flow->id, step->dir, step->time, false);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    if (step->packet->kind == SSK_PACKET_LOG)
        take_line(s, step->packet);
    else if (s->lines)
        take_messages(s, step);
}

/* ---- which flow a log is about ---- */

/* What a track tells, and the messages that it fits. */
typedef struct account {
    GArray *told; /* of ssk_log_line, by time as written */
    ssk_log_match found;
    const series *with; /* NULL: none */
    bool of_sent;       /* by the lines that record sending; else receiving */
} account;

static int by_line_time(const void *a, const void *b)
{
    const ssk_log_line *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

static account *open_accounts(const state *s)
{
    account *list = g_new0(account, s->tracks->len);
    for (guint i = 0; i < s->tracks->len; i++)
        list[i].told = g_array_new(FALSE, FALSE, sizeof(ssk_log_line));
    for (guint i = 0; i < s->lines->len; i++) {
        const line *l = &g_array_index(s->lines, line, i);
        ssk_log_line told = {.at = l->at, .frame = l->frame, .tells = l->tells};
        g_array_append_val(list[l->track].told, told);
    }
    for (guint i = 0; i < s->tracks->len; i++)
        g_array_sort(list[i].told, by_line_time);
    return list;
}

static GArray *times_of(const account *a, ssk_log_tells tells)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(ssk_time_ns));
    for (guint i = 0; i < a->told->len; i++) {
        const ssk_log_line *told = &g_array_index(a->told, ssk_log_line, i);
        if (told->tells == tells)
            g_array_append_val(times, told->at);
    }
    return times;
}

/* More messages found; where that is about even, the clock that is less off. */
static bool is_better(const ssk_log_match *a, const account *than)
{
    const ssk_log_match *b = &than->found;
    if (!than->with || 4 * a->matched > 5 * b->matched)
        return true;
    return 5 * a->matched >= 4 * b->matched && ABS(a->offset) < ABS(b->offset);
}

/* Where both the log and the capture have the connection's beginning, it is one moment. */
static const ssk_log_range *range_of(const track *t, const ssk_result_flow *flow,
                                     ssk_log_range *range)
{
    if (!flow || !flow->handshake || !is_sane(flow->first) || t->begun == SSK_TIME_NONE)
        return NULL;
    ssk_span_ns offset = t->begun - flow->first;
    *range = (ssk_log_range){offset - SSK_LIMIT(LOG_BEGIN_WITHIN),
                             offset + SSK_LIMIT(LOG_BEGIN_WITHIN)};
    return range;
}

static void match_account(const state *s, const ssk_result *result, const track *t,
                          ssk_span_ns zone, int64_t *budget, account *a)
{
    for (ssk_log_tells told = SSK_LOG_SENT; told <= SSK_LOG_RECEIVED && !a->with; told++) {
        GArray *times = times_of(a, told);
        for (guint k = 0; k < s->series->len; k++) {
            const series *with = s->series->pdata[k];
            ssk_log_range range;
            ssk_log_match found;
            if (ssk_log_match_find((const ssk_time_ns *)(const void *)times->data, times->len,
                                   with->at, with->n, zone,
                                   range_of(t, ssk_result_find_flow(result, with->flow), &range),
                                   budget, &found) &&
                is_better(&found, a)) {
                a->found = found;
                a->with = with;
                a->of_sent = told == SSK_LOG_SENT;
            }
        }
        g_array_free(times, TRUE);
    }
}

/* Of two that contradict each other, the weaker: a flow's side has one log, and a
 * program's clock one offset. Its lines are about what this capture does not have. */
static bool gives_way(const account *a, const account *to, bool same_writer)
{
    ssk_span_ns apart = ABS(a->found.offset - to->found.offset);
    if (a->with == to->with && a->of_sent == to->of_sent)
        return is_better(&to->found, a) && !is_better(&a->found, to);
    return same_writer && apart > SSK_LIMIT(LOG_BEGIN_WITHIN) &&
           a->found.matched < to->found.matched;
}

static void settle(const state *s, account *list)
{
    for (guint i = 0; i < s->tracks->len; i++)
        for (guint k = 0; k < s->tracks->len && list[i].with; k++)
            if (k != i && list[k].with &&
                gives_way(&list[i], &list[k],
                          g_array_index(s->tracks, track, i).writer ==
                              g_array_index(s->tracks, track, k).writer))
                list[i].with = NULL;
}

/* As the timestamps are; only if that fits nothing, in other zones. */
static void match_all(const state *s, const ssk_result *result, account *list)
{
    int64_t budget = PAIRS_MOST;
    bool any = false;
    for (ssk_span_ns zone = 0; zone <= ZONE_MOST && !any && budget > 0; zone += ZONE_STEP)
        for (int sign = 1; sign >= (zone ? -1 : 1); sign -= 2)
            for (guint i = 0; i < s->tracks->len; i++) {
                match_account(s, result, &g_array_index(s->tracks, track, i), sign * zone, &budget,
                              &list[i]);
                any |= list[i].with != NULL;
            }
    settle(s, list);
}

/* ---- the result ---- */

/* The offset of a program's clock holds for all that it wrote. */
static const ssk_log_match *clock_of(const state *s, const account *list, guint of)
{
    const ssk_log_match *best = NULL;
    uint32_t writer = g_array_index(s->tracks, track, of).writer;
    if (list[of].with)
        return &list[of].found;
    for (guint i = 0; i < s->tracks->len; i++)
        if (list[i].with && g_array_index(s->tracks, track, i).writer == writer &&
            (!best || list[i].found.matched > best->matched))
            best = &list[i].found;
    return best;
}

static void freeze_lines(const account *a, ssk_result *result, ssk_result_log *row)
{
    row->lines = row->n_list = a->told->len;
    row->list = ssk_result_alloc(result, row->n_list * sizeof *row->list);
    for (size_t i = 0; i < row->n_list; i++) {
        row->list[i] = g_array_index(a->told, ssk_log_line, i);
        row->list[i].at -= row->offset;
        row->sent += row->list[i].tells == SSK_LOG_SENT;
        row->received += row->list[i].tells == SSK_LOG_RECEIVED;
    }
    row->first = row->n_list ? row->list[0].at : SSK_TIME_NONE;
    row->last = row->n_list ? row->list[row->n_list - 1].at : SSK_TIME_NONE;
}

static void freeze_clock(const ssk_result_log *log, ssk_result *result)
{
    ssk_result_clock *clock = ssk_result_add_clock(result);
    clock->flow = log->flow;
    clock->source = "log";
    clock->side = log->side;
    clock->format = log->name;
    clock->offset = log->offset;
    clock->error = log->error;
    clock->samples = log->matched;
}

static void freeze_log(const track *t, const account *a, const ssk_log_match *clock,
                       ssk_result *result)
{
    ssk_result_log *log = &result->logs[result->n_logs++];
    log->name = ssk_result_text(result, t->name);
    log->source = ssk_result_text(result, t->source);
    log->connection = ssk_result_text(result, t->connection);
    log->writer = t->writer;
    log->has_offset = clock != NULL;
    log->offset = clock ? clock->offset : 0;
    log->error = clock ? clock->error : 0;
    freeze_lines(a, result, log);
    if (!a->with)
        return;
    ssk_dir dir = (ssk_dir)a->with->dir, writer = a->of_sent ? dir : ssk_dir_other(dir);
    log->flow = a->with->flow;
    log->side = writer == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    log->matched = a->found.matched;
    freeze_clock(log, result);
}

static bool is_first_of_log(const state *s, guint track_number)
{
    const char *name = g_array_index(s->tracks, track, track_number).name;
    for (guint i = 0; i < track_number; i++)
        if (!g_strcmp0(g_array_index(s->tracks, track, i).name, name))
            return false;
    return true;
}

/* A log of which nothing is found in the capture: of other hosts, or of another time. */
static void tell_foreign(const state *s, const char *name, ssk_result *result)
{
    uint64_t records = 0;
    for (guint i = 0; i < s->tracks->len; i++) {
        const ssk_result_log *log = &result->logs[i];
        if (g_strcmp0(log->name, name) != 0)
            continue;
        if (log->flow)
            return;
        records += log->sent + log->received;
    }
    for (size_t i = 0; i < result->n_udp; i++) /* what it tells is received bytes */
        if (result->udp[i].has_application &&
            (!name || strstr(result->udp[i].application.source, name)))
            return;
    ssk_result_add_not_analysed(
        result,
        name ? ssk_result_printf(result, "the lines of %s as evidence", name)
             : "the log's lines as evidence",
        records
            ? "no flow has messages at the times at which they record keep-alives sent or "
              "received: a log of other hosts, or of another time"
            : "they record no keep-alives sent or received, by which a log is matched with a flow");
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)row;
    result->limits.log_lines_dropped = s->dropped;
    if (!s->lines || !s->lines->len)
        return;
    account *list = open_accounts(s);
    match_all(s, result, list);
    result->logs = ssk_result_alloc(result, s->tracks->len * sizeof *result->logs);
    for (guint i = 0; i < s->tracks->len; i++)
        freeze_log(&g_array_index(s->tracks, track, i), &list[i], clock_of(s, list, i), result);
    for (guint i = 0; i < s->tracks->len; i++)
        if (is_first_of_log(s, i))
            tell_foreign(s, g_array_index(s->tracks, track, i).name, result);
    for (guint i = 0; i < s->tracks->len; i++)
        g_array_free(list[i].told, TRUE);
    g_free(list);
}

/* ---- drawing ---- */

/* Of this flow, of another one of its hosts, or of nobody known. */
static bool concerns(const ssk_result *result, const ssk_result_log *log,
                     const ssk_result_stall *stall)
{
    const ssk_result_flow *own = ssk_result_find_flow(result, stall->flow);
    const ssk_result_flow *other = ssk_result_find_flow(result, log->flow);
    if (!other || !own || other == own)
        return true;
    ssk_dir writer = log->side == SSK_SIDE_B ? SSK_B : SSK_A;
    return ssk_addr_equal(&other->addr[writer], &own->addr[SSK_A]) ||
           ssk_addr_equal(&other->addr[writer], &own->addr[SSK_B]);
}

static int lane_of(ssk_result *result, ssk_timeline *timeline, const ssk_result_log *log)
{
    const char *name = ssk_result_printf(result, "log %s%s%s", log->name ? log->name : "",
                                         log->source ? " " : "", log->source ? log->source : "");
    for (size_t i = 0; i < timeline->n_lanes; i++)
        if (!strcmp(timeline->lanes[i].name, name))
            return (int)i;
    if (timeline->n_lanes == SSK_TIMELINE_LANES)
        return -1;
    timeline->lanes[timeline->n_lanes] = (ssk_lane){.name = name};
    return (int)timeline->n_lanes++;
}

static int by_mark_time(const void *a, const void *b)
{
    const ssk_mark *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->lane - y->lane;
}

static void draw_lines(const state *s, ssk_result *result, const ssk_result_stall *stall,
                       GArray *marks)
{
    ssk_timeline *timeline = stall->timeline;
    unsigned room[SSK_TIMELINE_LANES] = {0};
    for (guint i = 0; i < s->lines->len; i++) {
        const line *l = &g_array_index(s->lines, line, i);
        const ssk_result_log *log = &result->logs[l->track];
        ssk_time_ns at = l->at - log->offset;
        if (at < timeline->from || at > timeline->to || !concerns(result, log, stall))
            continue;
        int lane = lane_of(result, timeline, log);
        if (lane < 0 || room[lane] == MARKS_PER_LOG) {
            timeline->marks_dropped++;
            continue;
        }
        room[lane]++;
        char *text = g_strndup((const char *)s->texts->data + l->text, l->len);
        ssk_mark mark = {.at = at,
                         .frame = l->frame,
                         .lane = (uint8_t)lane,
                         .kind = SSK_MARK_LOG,
                         .tells = l->tells};
        char *safe = ssk_text_safe(text, TEXT_CHARS);
        mark.text = ssk_result_text(result, safe);
        g_array_append_val(marks, mark);
        g_free(safe);
        g_free(text);
    }
}

static void draw(const void *opaque, ssk_result *result)
{
    const state *s = opaque;
    for (size_t i = 0; result->n_logs && i < result->n_stalls; i++) {
        ssk_timeline *timeline = result->stalls[i].timeline;
        if (!timeline)
            continue;
        GArray *marks = g_array_new(FALSE, FALSE, sizeof(ssk_mark));
        g_array_append_vals(marks, timeline->marks, (guint)timeline->n_marks);
        draw_lines(s, result, &result->stalls[i], marks);
        qsort(marks->data, marks->len, sizeof(ssk_mark), by_mark_time);
        timeline->marks = ssk_result_alloc(result, marks->len * sizeof(ssk_mark));
        timeline->n_marks = marks->len;
        memcpy(timeline->marks, marks->data, marks->len * sizeof(ssk_mark));
        g_array_free(marks, TRUE);
    }
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (!s->lines)
        return;
    for (guint i = 0; i < s->tracks->len; i++) {
        track *t = &g_array_index(s->tracks, track, i);
        g_free(t->name);
        g_free(t->source);
        g_free(t->connection);
    }
    g_array_free(s->lines, TRUE);
    g_byte_array_free(s->texts, TRUE);
    g_array_free(s->tracks, TRUE);
    g_hash_table_destroy(s->track_ids);
    g_hash_table_destroy(s->writer_ids);
    g_hash_table_destroy(s->current);
    g_ptr_array_free(s->series, TRUE);
    g_hash_table_destroy(s->series_ids);
}

const ssk_meter ssk_meter_log = {
    .name = "log",
    .hears = SSK_HEARS(LOG) | SSK_HEARS(TCP) | SSK_HEARS(UDP),
    .heeds = SSK_SIGN_LINE | SSK_SIGN_MESSAGES | SSK_SIGN_NEW_BYTES | SSK_SIGN_DATAGRAM,
    .wakes = SSK_SIGN_LINE,
    .state_size = sizeof(state),
    .on_step = on_step,
    .freeze = freeze,
    .draw = draw,
    .free_state = free_state,
};
