/* stallshark.c - core, report and the reader of capture files behind the public header.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define STALLSHARK_API __attribute__((visibility("default")))
#include "stallshark/stallshark.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cli/packet_file.h"
#include "core/base/text.h"
#include "core/engine.h"
#include "report/story.h"
#include "report/writer.h"

/* One word for both, so that a side is handed on as it is. */
_Static_assert(STALLSHARK_SIDE_NONE == (int)SSK_SIDE_NONE && STALLSHARK_SIDE_A == (int)SSK_SIDE_A &&
                   STALLSHARK_SIDE_B == (int)SSK_SIDE_B &&
                   STALLSHARK_SIDE_PATH == (int)SSK_SIDE_PATH &&
                   STALLSHARK_SIDE_BOTH == (int)SSK_SIDE_BOTH,
               "the sides of the header are those of the analysis");
_Static_assert(STALLSHARK_TIME_NONE == SSK_TIME_NONE, "no time is no time");

struct stallshark_config {
    ssk_config config;
};

struct stallshark_engine {
    ssk_engine *engine;
    uint32_t frame; /* fed last */
    GArray *files;  /* ssk_host_file, whose texts are owned */
};

struct stallshark_result {
    ssk_result *result;
    GArray *files; /* of its own, as in the engine */
    stallshark_stall *stalls;
};

const char *stallshark_version(void)
{
    return SSK_VERSION;
}

void stallshark_free(char *text)
{
    g_free(text);
}

/* ---- config ---- */

stallshark_config *stallshark_config_new(void)
{
    stallshark_config *config = g_new0(stallshark_config, 1);
    ssk_config_init(&config->config);
    return config;
}

void stallshark_config_free(stallshark_config *config)
{
    g_free(config);
}

static void tell(char **ret_problem, const char *problem)
{
    if (ret_problem)
        *ret_problem = g_strdup(problem);
}

bool stallshark_config_set(stallshark_config *config, const char *name, const char *value,
                           char **ret_problem)
{
    ssk_config changed = config->config;
    GError *error = NULL;
    if (ssk_config_set(&changed, name, value, &error) && ssk_config_check(&changed, &error)) {
        config->config = changed;
        return true;
    }
    tell(ret_problem, error->message);
    g_error_free(error);
    return false;
}

/* ---- engine ---- */

static void clear_file(gpointer data)
{
    ssk_host_file *file = data;
    g_free((char *)file->path);
    g_free((char *)file->error);
}

static GArray *new_files(void)
{
    GArray *files = g_array_new(FALSE, FALSE, sizeof(ssk_host_file));
    g_array_set_clear_func(files, clear_file);
    return files;
}

stallshark_engine *stallshark_engine_new(const stallshark_config *config)
{
    stallshark_engine *engine = g_new0(stallshark_engine, 1);
    ssk_config preset;
    ssk_config_init(&preset);
    engine->engine = ssk_engine_new(config ? &config->config : &preset, NULL);
    engine->files = new_files();
    return engine;
}

void stallshark_engine_free(stallshark_engine *engine)
{
    if (!engine)
        return;
    ssk_engine_free(engine->engine);
    g_array_free(engine->files, TRUE);
    g_free(engine);
}

/** @return false: there are no more numbers */
static bool feed(stallshark_engine *engine, ssk_event *event)
{
    if (engine->frame == UINT32_MAX)
        return false;
    event->frame = ++engine->frame;
    ssk_engine_feed(engine->engine, event, NULL);
    return true;
}

bool stallshark_engine_feed(stallshark_engine *engine, const stallshark_event *event)
{
    ssk_event own = {.kind = SSK_EVENT_FRAME,
                     .time = event->time_ns,
                     .linktype = event->linktype,
                     .file = (uint16_t)MIN(engine->files->len, UINT16_MAX),
                     .interface_id = event->interface_id,
                     .bytes = event->bytes,
                     .cap_len = event->captured,
                     .wire_len = MAX(event->length, event->captured)};
    return feed(engine, &own);
}

/** @return what is wrong with the file; NULL: nothing; owned by the caller */
static char *feed_all(stallshark_engine *engine, ssk_packet_file *file, ssk_host_file *row)
{
    uint32_t before = engine->frame;
    ssk_packet_step step;
    ssk_event event;
    ssk_stamp stamp;

    while ((step = ssk_packet_file_next(file, &event, &stamp)) == SSK_PACKET_STEP_RECORD) {
        event.file = (uint16_t)MIN(engine->files->len, UINT16_MAX);
        if (!feed(engine, &event))
            return g_strdup("more than 4294967295 packets");
    }
    row->format = ssk_packet_file_format(file);
    row->first_frame = engine->frame > before ? before + 1 : 0;
    row->has_dropped = ssk_packet_file_dropped(file, &row->dropped);
    if (step == SSK_PACKET_STEP_END)
        return NULL;
    return g_strdup_printf("%s after packet %u",
                           step == SSK_PACKET_STEP_CUT ? "cut short" : "damaged",
                           engine->frame - before);
}

bool stallshark_engine_feed_file(stallshark_engine *engine, const char *path, char **ret_problem)
{
    ssk_host_file row = {.path = g_strdup(path), .kind = "capture"};
    char *problem = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        problem = g_strdup(g_strerror(errno));
    else {
        ssk_packet_file *file = ssk_packet_file_open(fd, false, NULL);
        problem = file ? feed_all(engine, file, &row)
                       : g_strdup("not a capture file: neither pcap nor pcapng, uncompressed");
        ssk_packet_file_close(file);
    }
    row.error = problem;
    g_array_append_val(engine->files, row);
    if (problem)
        tell(ret_problem, problem);
    return !problem;
}

/* ---- result ---- */

static ssk_host host_of(const stallshark_result *result)
{
    return (ssk_host){.program = "stallshark",
                      .version = SSK_VERSION,
                      .files = (const ssk_host_file *)(const void *)result->files->data,
                      .n_files = result->files->len};
}

static const char *address(ssk_result *result, const ssk_addr *addr)
{
    char buf[SSK_TEXT_ROOM];
    return ssk_result_text(result, ssk_addr_text(addr, buf));
}

static const stallshark_cause *causes_of(ssk_result *result, const ssk_verdict *verdict)
{
    if (!verdict->n_verdict)
        return NULL;
    stallshark_cause *causes = ssk_result_alloc(result, verdict->n_verdict * sizeof *causes);
    for (size_t i = 0; i < verdict->n_verdict; i++)
        causes[i] = (stallshark_cause){ssk_cause_text(verdict->causes[i].id),
                                       (stallshark_side)verdict->causes[i].side};
    return causes;
}

static void show(ssk_result *result, const ssk_story *story, const ssk_result_stall *stall,
                 stallshark_stall *ret)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    GString *title = g_string_new(NULL);
    ssk_story_stall_title(story, stall, title);
    *ret = (stallshark_stall){
        .id = stall->id,
        .incident = stall->incident,
        .kind = ssk_stall_kind_text(stall->kind),
        .udp = flow->transport == SSK_UDP,
        .host = {address(result, &flow->addr[SSK_A]), address(result, &flow->addr[SSK_B])},
        .port = {flow->port[SSK_A], flow->port[SSK_B]},
        .from = (stallshark_side)stall->direction,
        .debtor = (stallshark_side)stall->debt.debtor,
        .start_ns = stall->start,
        .end_ns = stall->end,
        .duration_ns = stall->duration,
        .frame_before = stall->frame_before,
        .frame_after = stall->frame_after,
        .title = ssk_result_text(result, title->str),
        .causes = causes_of(result, &stall->verdict),
        .n_causes = stall->verdict.n_verdict,
        .next_capture = stall->verdict.next_capture};
    g_string_free(title, TRUE);
}

stallshark_result *stallshark_engine_judge(stallshark_engine *engine)
{
    stallshark_result *self = g_new0(stallshark_result, 1);
    self->files = new_files();
    for (guint i = 0; i < engine->files->len; i++) {
        ssk_host_file file = g_array_index(engine->files, ssk_host_file, i);
        file.path = g_strdup(file.path);
        file.error = g_strdup(file.error);
        g_array_append_val(self->files, file);
    }
    ssk_result *result = self->result = ssk_engine_snapshot(engine->engine);
    ssk_host host = host_of(self);
    ssk_story story;
    ssk_story_init(&story, result, &host);
    self->stalls = g_new0(stallshark_stall, result->n_stalls);
    for (size_t i = 0; i < result->n_stalls; i++)
        show(result, &story, &result->stalls[i], &self->stalls[i]);
    ssk_story_clear(&story);
    return self;
}

void stallshark_result_free(stallshark_result *result)
{
    if (!result)
        return;
    ssk_result_free(result->result);
    g_array_free(result->files, TRUE);
    g_free(result->stalls);
    g_free(result);
}

size_t stallshark_result_stalls(const stallshark_result *result)
{
    return result->result->n_stalls;
}

const stallshark_stall *stallshark_result_stall(const stallshark_result *result, size_t index)
{
    return index < result->result->n_stalls ? &result->stalls[index] : NULL;
}

/* ---- writer ---- */

char *stallshark_result_write(const stallshark_result *result, const char *format,
                              size_t *ret_length)
{
    const ssk_writer *writer = ssk_writer_find(format);
    if (!writer)
        return NULL;
    ssk_host host = host_of(result);
    GString *out = g_string_new(NULL);
    writer->write(result->result, &host, out);
    if (ret_length)
        *ret_length = out->len;
    return g_string_free(out, FALSE);
}

const char *stallshark_format(size_t index)
{
    for (size_t i = 0; ssk_writers[i]; i++)
        if (i == index)
            return ssk_writers[i]->name;
    return NULL;
}
