/* host_counter.c - what the kernel of a host counted while the capture ran.
 *
 * Its lines come as those of a log (core/decode/host_counter.h); what a counter
 * rose by from one reading to the next is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/host_counter.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode/applog.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_host_counter;

#define FILES_MOST   16
#define ROWS_MOST    512
#define CHANGES_MOST 4096

/* One counter of one file. */
typedef struct row {
    ssk_host_counter_id id;
    uint8_t part;
    uint16_t port;
    ssk_host_connection connection;
    uint64_t value, readings;
    ssk_time_ns first, last;
    uint64_t before,
        told;          /* at the reading before; the part of this one that is a change already */
    ssk_time_ns since; /* of the reading before */
    GArray *changes;   /* of ssk_counter_change */
} row;

typedef struct file {
    char *name;
    ssk_host_counter_reader reader;
    GArray *rows;           /* of row */
    ssk_time_ns at, before; /* of the lines now, and of those before that time; SSK_TIME_NONE */
} file;

typedef struct state {
    GPtrArray *files; /* NULL: none yet */
    uint64_t dropped; /* counters beyond the limits */
} state;

static void file_free(gpointer pointer)
{
    file *f = pointer;
    for (guint i = 0; i < f->rows->len; i++)
        g_array_free(g_array_index(f->rows, row, i).changes, TRUE);
    g_array_free(f->rows, TRUE);
    g_free(f->name);
    g_free(f);
}

static file *file_of(state *s, const char *name)
{
    if (!s->files)
        s->files = g_ptr_array_new_with_free_func(file_free);
    for (guint i = 0; i < s->files->len; i++)
        if (!g_strcmp0(((file *)s->files->pdata[i])->name, name))
            return s->files->pdata[i];
    if (s->files->len == FILES_MOST)
        return NULL;
    file *f = g_new0(file, 1);
    f->name = g_strdup(name);
    f->rows = g_array_new(FALSE, FALSE, sizeof(row));
    f->at = f->before = SSK_TIME_NONE;
    g_ptr_array_add(s->files, f);
    return f;
}

static bool same_connection(const ssk_host_connection *a, const ssk_host_connection *b)
{
    return a->peer_port == b->peer_port && !strcmp(a->local, b->local) && !strcmp(a->peer, b->peer);
}

/* There may be thousands of connections that lose nothing: one has a row since it lost something. Until
 * then it had lost nothing, or did not exist. */
static bool is_wanted(const ssk_host_counter *said)
{
    return said->id != SSK_HOST_COUNTER_CONNECTION_DROPS || said->value;
}

static void begin_at_zero(const file *f, row *r)
{
    if (r->id != SSK_HOST_COUNTER_CONNECTION_DROPS || f->before == SSK_TIME_NONE)
        return;
    r->readings = 1;
    r->first = r->last = f->before;
}

static row *find_row(file *f, const ssk_host_counter *said)
{
    for (guint i = 0; i < f->rows->len; i++) {
        row *r = &g_array_index(f->rows, row, i);
        if (r->id == said->id && r->part == said->part && r->port == said->port &&
            same_connection(&r->connection, &said->connection))
            return r;
    }
    return NULL;
}

static row *row_of(file *f, const ssk_host_counter *said)
{
    row *found = find_row(f, said);
    if (found)
        return found;
    if (f->rows->len == ROWS_MOST)
        return NULL;
    row added = {.id = said->id,
                 .part = said->part,
                 .port = said->port,
                 .connection = said->connection,
                 .changes = g_array_new(FALSE, FALSE, sizeof(ssk_counter_change))};
    begin_at_zero(f, &added);
    g_array_append_val(f->rows, added);
    return &g_array_index(f->rows, row, f->rows->len - 1);
}

static void tell(row *r, ssk_time_ns since, ssk_time_ns time, uint64_t by)
{
    if (r->changes->len < CHANGES_MOST) {
        ssk_counter_change change = {.since = since, .at = time, .by = by};
        g_array_append_val(r->changes, change);
        return;
    }
    ssk_counter_change *last = &g_array_index(r->changes, ssk_counter_change, CHANGES_MOST - 1);
    last->at = time;
    last->by += by;
}

/* The same again at the same time: another socket of that port, whose drops are added; of a host's
 * counter, another tool that reads the very same. */
static void note(row *r, ssk_time_ns time, uint64_t value)
{
    bool again = r->readings && time == r->last;
    if (again) {
        value = r->port ? r->value + value : MAX(r->value, value);
    } else {
        r->before = r->value;
        r->since = r->last;
        r->first = r->readings++ ? r->first : time;
        r->told = 0;
    }
    /* Less than before: it began anew. */
    uint64_t by = r->readings == 1 ? 0 : value >= r->before ? value - r->before : value;
    r->last = time;
    r->value = value;
    if (r->told) { /* the change of this reading is counted anew */
        guint last = r->changes->len - 1;
        ssk_counter_change *change = &g_array_index(r->changes, ssk_counter_change, last);
        change->by -= r->told;
        if (!change->by)
            g_array_set_size(r->changes, last);
    }
    if (by)
        tell(r, r->since, time, by);
    r->told = by;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_event *event = step->packet->event;
    ssk_applog_line line;
    ssk_host_counter said[SSK_HOST_COUNTER_MOST];
    (void)config;
    (void)out;
    if (step->packet->kind != SSK_PACKET_LOG || event->time == SSK_TIME_NONE ||
        ssk_decode_applog((const char *)step->packet->payload, step->packet->payload_cap, &line) !=
            SSK_OK ||
        line.source.len != strlen(SSK_HOST_COUNTER_SOURCE) ||
        memcmp(line.source.bytes, SSK_HOST_COUNTER_SOURCE, line.source.len) != 0)
        return;
    file *f = file_of(s, event->interface_name);
    if (f && event->time != f->at) {
        f->before = f->at;
        f->at = event->time;
    }
    size_t n = f ? ssk_host_counter_read(&f->reader, line.text.bytes, line.text.len, said) : 0;
    s->dropped += !f;
    for (size_t i = 0; i < n; i++) {
        row *r = is_wanted(&said[i]) ? row_of(f, &said[i]) : find_row(f, &said[i]);
        if (r)
            note(r, event->time, said[i].value);
        else
            s->dropped++;
    }
}

/* Sockets that lost nothing are no news: there may be hundreds. */
static bool is_told(const row *r)
{
    return r->readings > 1 && (!r->port || r->changes->len);
}

static const char *named(const char *address)
{
    return *address ? address : NULL;
}

static void freeze_row(const file *f, const row *r, ssk_result *result, ssk_result_counter *ret)
{
    *ret = (ssk_result_counter){.name = ssk_result_text(result, f->name),
                                .counter = ssk_host_counter_text(r->id),
                                .port = r->port,
                                .host = ssk_result_text(result, named(r->connection.local)),
                                .peer = ssk_result_text(result, named(r->connection.peer)),
                                .peer_port = r->connection.peer_port,
                                .readings = r->readings,
                                .first = r->first,
                                .last = r->last,
                                .n_list = r->changes->len};
    ret->list = ssk_result_alloc(result, (ret->n_list + 1) * sizeof *ret->list);
    if (ret->n_list)
        memcpy(ret->list, r->changes->data, ret->n_list * sizeof *ret->list);
    for (size_t i = 0; i < ret->n_list; i++)
        ret->increase += ret->list[i].by;
}

static int by_reading(const void *a, const void *b)
{
    const ssk_counter_change *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->by > y->by) - (x->by < y->by);
}

/* Two counters of one host that count the same thing for two families are one row. */
static void join(const file *f, const row *r, ssk_result *result, ssk_result_counter *into)
{
    if (r->port) { /* two tools list it: the one that says most */
        ssk_result_counter other;
        freeze_row(f, r, result, &other);
        if (other.increase > into->increase)
            *into = other;
        return;
    }
    ssk_counter_change *list =
        ssk_result_alloc(result, (into->n_list + r->changes->len + 1) * sizeof *list);
    if (into->n_list)
        memcpy(list, into->list, into->n_list * sizeof *list);
    if (r->changes->len)
        memcpy(list + into->n_list, r->changes->data, r->changes->len * sizeof *list);
    into->n_list += r->changes->len;
    into->list = list;
    qsort(list, into->n_list, sizeof *list, by_reading);
    for (guint i = 0; i < r->changes->len; i++)
        into->increase += g_array_index(r->changes, ssk_counter_change, i).by;
    into->first = MIN(into->first, r->first);
    into->last = MAX(into->last, r->last);
}

static ssk_result_counter *told_row(ssk_result *result, size_t since, const row *r)
{
    for (size_t i = since; i < result->n_counters; i++)
        if (!strcmp(result->counters[i].counter, ssk_host_counter_text(r->id)) &&
            result->counters[i].port == r->port && !r->connection.peer_port)
            return &result->counters[i];
    return NULL;
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row_of_flow, ssk_result *result)
{
    const state *s = opaque;
    size_t n = 0;
    (void)config;
    (void)flow;
    (void)row_of_flow;
    for (guint i = 0; s->files && i < s->files->len; i++)
        n += ((const file *)s->files->pdata[i])->rows->len;
    result->counters = n ? ssk_result_alloc(result, n * sizeof *result->counters) : NULL;
    for (guint i = 0; n && i < s->files->len; i++) {
        const file *f = s->files->pdata[i];
        size_t since = result->n_counters;
        for (guint k = 0; k < f->rows->len; k++) {
            const row *r = &g_array_index(f->rows, row, k);
            ssk_result_counter *same = is_told(r) ? told_row(result, since, r) : NULL;
            if (same)
                join(f, r, result, same);
            else if (is_told(r))
                freeze_row(f, r, result, &result->counters[result->n_counters++]);
        }
    }
    if (s->dropped)
        ssk_result_add_not_analysed(
            result,
            ssk_result_printf(result, "%" G_GUINT64_FORMAT " counters of a host", s->dropped),
            ssk_result_printf(result, "beyond %d files of %d counters", FILES_MOST, ROWS_MOST));
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->files)
        g_ptr_array_free(s->files, TRUE);
}

const ssk_meter ssk_meter_host_counter = {
    .name = "host_counter",
    .hears = SSK_HEARS(LOG),
    .heeds = SSK_SIGN_LINE,
    .state_size = sizeof(state),
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
