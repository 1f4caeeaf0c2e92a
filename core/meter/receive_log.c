/* receive_log.c - what a program says it received of a UDP stream.
 *
 * The capture shows what reached the device, the program's receive log what
 * came out of it. Both are kept as curves; at the end each log is laid over
 * the streams, and the one that it fits is the one it is about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/decode/applog.h"
#include "core/meter/meter.h"
#include "core/udp/intake.h"
#include "core/udp/udp_lane.h"

extern const ssk_meter ssk_meter_receive_log;

#define TRACKS_MOST  16
#define STREAMS_MOST 256
/* Differences of such times fit into 64 bits: 1827..2116. */
#define TIME_MOST (INT64_MAX / 2)

/* One program's lines. */
typedef struct track {
    char *name, *source;
    ssk_intake intake;
    bool has_total;
    uint64_t total; /* by the last line that told it */
} track;

/* Where several senders send to: a program reads them all from one socket. */
typedef struct socket_end {
    ssk_addr addr;
    uint16_t port, unused;
} socket_end;

typedef struct socket_in {
    socket_end end;
    uint32_t streams;
    ssk_arrivals arrivals; /* of all of them */
} socket_in;

/* One direction of a flow. */
typedef struct stream {
    uint32_t flow;
    ssk_dir dir;
    socket_in *to; /* borrowed */
    ssk_arrivals arrivals;
} stream;

typedef struct state {
    GPtrArray *tracks;      /* NULL: no line yet, and so nothing is kept */
    GPtrArray *streams;     /* of stream */
    GHashTable *stream_ids; /* flow << 1 | dir -> stream */
    GHashTable *sockets;    /* socket_end -> socket_in */
    uint64_t streams_dropped, lines_dropped;
} state;

static void track_free(gpointer pointer)
{
    track *t = pointer;
    ssk_intake_clear(&t->intake);
    g_free(t->name);
    g_free(t->source);
    g_free(t);
}

static void stream_free(gpointer pointer)
{
    stream *s = pointer;
    ssk_arrivals_clear(&s->arrivals);
    g_free(s);
}

static void socket_free(gpointer pointer)
{
    socket_in *s = pointer;
    ssk_arrivals_clear(&s->arrivals);
    g_free(s);
}

static guint end_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(socket_end));
}

static gboolean end_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(socket_end));
}

static socket_in *socket_of(state *s, const ssk_flow *flow, ssk_dir from)
{
    ssk_dir to = ssk_dir_other(from);
    socket_end end = {.addr = flow->addr[to], .port = flow->port[to]};
    socket_in *found = g_hash_table_lookup(s->sockets, &end);
    if (!found) {
        found = g_new0(socket_in, 1);
        found->end = end;
        g_hash_table_insert(s->sockets, &found->end, found);
    }
    found->streams++;
    return found;
}

static bool is_sane(ssk_time_ns time)
{
    return time > -TIME_MOST && time < TIME_MOST;
}

static track *track_of(state *s, const char *name, const ssk_applog_text *source)
{
    if (!s->tracks) {
        s->tracks = g_ptr_array_new_with_free_func(track_free);
        s->streams = g_ptr_array_new_with_free_func(stream_free);
        s->stream_ids = g_hash_table_new(NULL, NULL);
        s->sockets = g_hash_table_new_full(end_hash, end_equal, NULL, socket_free);
    }
    char *of = source->bytes ? g_strndup(source->bytes, source->len) : NULL;
    for (guint i = 0; i < s->tracks->len; i++) {
        track *t = s->tracks->pdata[i];
        if (!g_strcmp0(t->name, name) && !g_strcmp0(t->source, of)) {
            g_free(of);
            return t;
        }
    }
    if (s->tracks->len == TRACKS_MOST) {
        g_free(of);
        return NULL;
    }
    track *t = g_new0(track, 1);
    t->name = g_strdup(name);
    t->source = of;
    g_ptr_array_add(s->tracks, t);
    return t;
}

/* Bytes since the line before. A line may tell only the sum so far, which begins anew with the program. */
static uint64_t since_last_line(track *t, const ssk_applog_line *said)
{
    uint64_t before = t->has_total ? t->total : said->total;
    if (said->has_total) {
        t->has_total = true;
        t->total = said->total;
    }
    return said->has_value ? said->value : said->total > before ? said->total - before : 0;
}

static void take_line(state *s, const ssk_packet *packet)
{
    ssk_applog_line said;
    ssk_time_ns time = packet->event->time;
    if (ssk_decode_applog((const char *)packet->payload, packet->payload_cap, &said) != SSK_OK ||
        said.event != SSK_APPLOG_RECEIVED || !(said.has_value || said.has_total))
        return;
    track *t = is_sane(time) ? track_of(s, packet->event->interface_name, &said.source) : NULL;
    if (t)
        ssk_intake_add(&t->intake, time, since_last_line(t, &said));
    else
        s->lines_dropped++;
}

static void take_datagram(state *s, const ssk_step *step)
{
    if (!is_sane(step->time) || step->flow->id > UINT32_MAX / 2)
        return;
    gpointer key = GUINT_TO_POINTER(step->flow->id << 1 | (uint32_t)step->dir);
    stream *found = g_hash_table_lookup(s->stream_ids, key);
    if (!found) {
        if (s->streams->len == STREAMS_MOST) {
            s->streams_dropped++;
            return;
        }
        found = g_new0(stream, 1);
        found->flow = step->flow->id;
        found->dir = step->dir;
        found->to = socket_of(s, step->flow, step->dir);
        g_ptr_array_add(s->streams, found);
        g_hash_table_insert(s->stream_ids, key, found);
    }
    ssk_arrivals_add(&found->arrivals, step->time, ssk_udp_bytes(step->packet));
    ssk_arrivals_add(&found->to->arrivals, step->time, ssk_udp_bytes(step->packet));
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    if (step->packet->kind == SSK_PACKET_LOG)
        take_line(s, step->packet);
    else if (s->tracks && step->flow)
        take_datagram(s, step);
}

/* ---- freezing ---- */

static ssk_result_udp *row_of(const ssk_result *result, const stream *s)
{
    for (size_t i = 0; i < result->n_udp; i++)
        if (result->udp[i].flow == s->flow && result->udp[i].direction == s->dir)
            return &result->udp[i];
    return NULL;
}

static uint32_t share_of(const ssk_intake_fit *fit)
{
    return fit->captured ? (uint32_t)(1000 * (double)fit->received / (double)fit->captured + 0.5)
                         : 0;
}

/* The stream of which the program got the largest share; NULL: none, or two alike. */
static const stream *find_stream(const state *s, const ssk_result *result, const track *t,
                                 ssk_intake_fit *ret)
{
    const stream *best = NULL;
    uint32_t second = 0;
    ssk_intake_fit fit;
    for (guint i = 0; i < s->streams->len; i++) {
        const stream *of = s->streams->pdata[i];
        if (!row_of(result, of) || !ssk_intake_lay(&t->intake, &of->arrivals, &fit))
            continue;
        if (best && share_of(&fit) <= share_of(ret)) {
            second = MAX(second, share_of(&fit));
            continue;
        }
        second = best ? share_of(ret) : 0;
        best = of;
        *ret = fit;
    }
    bool exact = best && ret->received == ret->captured;
    return best && (exact || second + SSK_LIMIT(LOG_DOUBT_PERMILLE) < share_of(ret)) ? best : NULL;
}

/* The socket with several senders of which the program got the largest share, in the order of its
 * first stream; NULL: none, or two alike. */
static const socket_in *find_socket(const state *s, const track *t, ssk_intake_fit *ret)
{
    const socket_in *best = NULL, *last = NULL;
    uint32_t second = 0;
    ssk_intake_fit fit;
    for (guint i = 0; i < s->streams->len; i++) {
        const socket_in *to = ((const stream *)s->streams->pdata[i])->to;
        if (to->streams < 2 || to == best || to == last ||
            !ssk_intake_lay(&t->intake, &to->arrivals, &fit))
            continue;
        last = to;
        if (best && share_of(&fit) <= share_of(ret)) {
            second = MAX(second, share_of(&fit));
            continue;
        }
        second = best ? share_of(ret) : 0;
        best = to;
        *ret = fit;
    }
    return best && second + SSK_LIMIT(LOG_DOUBT_PERMILLE) < share_of(ret) ? best : NULL;
}

static void freeze_bursts(const track *t, const ssk_arrivals *arrivals, const ssk_intake_fit *fit,
                          ssk_result_udp *udp)
{
    ssk_intake_bursts bursts;
    ssk_intake_measure(&t->intake, arrivals, fit, &bursts);
    double span = (double)(arrivals->last - arrivals->first);
    if (!bursts.bursts || !fit->received || span <= 0)
        return;
    /* a burst was on while so many bytes arrived, and a cycle as long as its share */
    double on = (double)bursts.bytes.p50 * span / (double)arrivals->bytes;
    double share = (double)fit->received / (double)fit->captured;
    udp->application.bursts = bursts.bursts;
    udp->application.by = bursts.by;
    udp->application.on_bytes = bursts.bytes;
    udp->application.waited = bursts.waited;
    udp->application.duty_permille = share_of(fit);
    udp->application.off = (ssk_span_ns)(on / share - on);
}

static void freeze_row(const track *t, const ssk_arrivals *arrivals, const ssk_intake_fit *of_log,
                       uint32_t streams, ssk_result *result, ssk_result_udp *udp)
{
    const ssk_intake_fit fit = *of_log;
    if (!udp || (udp->has_application && udp->application.captured_bytes >= fit.captured))
        return;
    udp->has_application = true;
    memset(&udp->application, 0, sizeof udp->application);
    udp->application.source = t->source ? ssk_result_printf(result, "%s, %s", t->name, t->source)
                                        : ssk_result_text(result, t->name);
    if (streams > 1)
        udp->application.source = ssk_result_printf(result, "%s, of all %u flows to this socket",
                                                    udp->application.source, streams);
    udp->application.received_bytes = fit.received;
    udp->application.captured_bytes = fit.captured;
    udp->application.delivered_permille = share_of(&fit);
    udp->application.offset = fit.offset;
    freeze_bursts(t, arrivals, &fit, udp);
}

static void freeze_track(const state *s, const track *t, ssk_result *result)
{
    ssk_intake_fit fit;
    const stream *of = find_stream(s, result, t, &fit);
    if (of) {
        freeze_row(t, &of->arrivals, &fit, 1, result, row_of(result, of));
        return;
    }
    const socket_in *to = find_socket(s, t, &fit);
    for (guint i = 0; to && i < s->streams->len; i++) {
        const stream *one = s->streams->pdata[i];
        if (one->to == to)
            freeze_row(t, &to->arrivals, &fit, to->streams, result, row_of(result, one));
    }
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)row;
    for (guint i = 0; s->tracks && i < s->tracks->len; i++)
        freeze_track(s, s->tracks->pdata[i], result);
    if (s->streams_dropped)
        ssk_result_add_not_analysed(
            result,
            ssk_result_printf(result, "%" G_GUINT64_FORMAT " UDP datagrams against the receive log",
                              s->streams_dropped),
            ssk_result_printf(result, "beyond the first %d one-way flows", STREAMS_MOST));
    if (s->lines_dropped)
        ssk_result_add_not_analysed(
            result,
            ssk_result_printf(result, "%" G_GUINT64_FORMAT " lines of received bytes",
                              s->lines_dropped),
            ssk_result_printf(result, "of more than %d programs, or without a usable time",
                              TRACKS_MOST));
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (!s->tracks)
        return;
    g_ptr_array_free(s->tracks, TRUE);
    g_ptr_array_free(s->streams, TRUE);
    g_hash_table_destroy(s->stream_ids);
    g_hash_table_destroy(s->sockets);
}

const ssk_meter ssk_meter_receive_log = {
    .name = "receive-log",
    .hears = SSK_HEARS(LOG) | SSK_HEARS(UDP),
    .heeds = SSK_SIGN_LINE | SSK_SIGN_DATAGRAM,
    .wakes = SSK_SIGN_LINE,
    .state_size = sizeof(state),
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
