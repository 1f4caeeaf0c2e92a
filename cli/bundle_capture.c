/* bundle_capture.c - the packets that a bundle keeps, with comments: around each stall and
 * each fault of the capture, and the beginning of each stalled flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include <string.h>

#include "cli/capture_writer.h"
#include "cli/side_by_side.h"
#include "cli/source.h"
#include "core/decode/packet.h"
#include "report/annotate.h"

/* Kept on either side of a stall, and of a stalled flow's beginning. */
#define MARGIN            SSK_MINUTE
#define HANDSHAKE_PACKETS 10
/* Kept of the captures that the report is not of, on either side of a stalled flow's first packet:
 * which of their packets are that flow's is not asked, as their addresses may be others. */
#define BEGINNING (2 * SSK_S)

typedef struct copy {
    ssk_capture_writer *writer;
    const ssk_comments *comments;
    size_t next;            /* comment */
    uint32_t frames;        /* seen */
    uint32_t *flow_packets; /* kept of each flow's beginning */
    ssk_bundle_side *side;
    unsigned view;
    bool base;       /* the report is of this capture */
    uint32_t behind; /* packets that were left out, when that was last told */
} copy;

/** @param time by the base's clock */
static bool in_a_window(const ssk_bundle *self, ssk_time_ns time)
{
    const ssk_result *result = self->shared;
    if (time == SSK_TIME_NONE)
        return true;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (time >= stall->start - MARGIN &&
            (stall->end == SSK_TIME_NONE || time <= stall->end + MARGIN))
            return true;
    }
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        if (time >= fault->start - MARGIN && time <= fault->end + MARGIN)
            return true;
    }
    return false;
}

static bool is_of(const ssk_packet *packet, const ssk_result_flow *flow)
{
    bool tcp = packet->kind == SSK_PACKET_TCP;
    if ((!tcp && packet->kind != SSK_PACKET_UDP) || (flow->transport == SSK_TCP) != tcp)
        return false;
    for (int a = 0; a < 2; a++)
        if (packet->src_port == flow->port[a] && packet->dst_port == flow->port[!a] &&
            !memcmp(&packet->ip.src, &flow->addr[a], sizeof flow->addr[a]) &&
            !memcmp(&packet->ip.dst, &flow->addr[!a], sizeof flow->addr[!a]))
            return true;
    return false;
}

/** One of the first packets of a flow that stalls later. */
static bool is_beginning(const ssk_bundle *self, copy *c, const ssk_event *event)
{
    ssk_packet packet;
    bool found = false;
    ssk_decode_packet(event, &packet);
    for (size_t i = 0; i < self->shared->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(self->shared,
                                                           self->shared->stalls[i].flow);
        if (flow && event->frame >= flow->first_frame && event->frame <= flow->last_frame &&
            c->flow_packets[i] < HANDSHAKE_PACKETS && is_of(&packet, flow)) {
            c->flow_packets[i]++;
            found = true;
        }
    }
    return found;
}

static bool is_near_beginning(const ssk_bundle *self, ssk_time_ns time)
{
    for (size_t i = 0; i < self->shared->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(self->shared,
                                                           self->shared->stalls[i].flow);
        if (flow && flow->first != SSK_TIME_NONE && time >= flow->first - BEGINNING &&
            time <= flow->first + BEGINNING)
            return true;
    }
    return false;
}

/** The comments of a packet of the base. */
static size_t report_comments(copy *c, uint32_t frame, const char **texts)
{
    const ssk_comments *all = c->comments;
    size_t n = 0;
    for (; c->next < all->n && all->list[c->next].frame <= frame; c->next++)
        if (all->list[c->next].frame == frame && n < SSK_COMMENTS_PER_FRAME)
            texts[n++] = all->list[c->next].text;
    return n;
}

static bool is_kept(const ssk_bundle *self, copy *c, const ssk_event *event)
{
    ssk_time_ns time = ssk_views_time(self->views, c->view, event);
    bool beginning = c->base ? is_beginning(self, c, event) : is_near_beginning(self, time);
    return beginning || !self->shared->n_stalls || in_a_window(self, time);
}

/** Of the base wherever there is a comment, of the others wherever the difference changes.
 * @return NULL: the packet is where one looks for it */
static char *number_comment(ssk_bundle *self, copy *c, const ssk_event *event, bool commented)
{
    uint32_t behind = event->frame - c->side->written;
    bool changed = behind != c->behind;
    c->behind = behind;
    if (c->base && commented)
        g_hash_table_insert(self->numbers, GUINT_TO_POINTER(event->frame),
                            GUINT_TO_POINTER(c->side->written));
    if (c->base ? !commented || !behind : !changed)
        return NULL;
    return g_strdup_printf("stallshark: packet %" G_GUINT32_FORMAT " of the report", event->frame);
}

static void copy_frame(ssk_bundle *self, const ssk_event *event, void *user)
{
    copy *c = user;
    ssk_bundle_side *side = c->side;
    const char *texts[SSK_COMMENTS_PER_FRAME + 2];
    char room[SSK_LOST_COMMENT];

    c->frames = event->frame;
    if (event->kind != SSK_EVENT_FRAME)
        return;
    size_t n = c->base ? report_comments(c, event->frame, texts) : 0;
    const char *lost = ssk_side_by_side_lost(self->views, c->view, event->frame, room);
    if (!n && !is_kept(self, c, event)) {
        side->cut = true;
        return;
    }
    if (lost)
        texts[n++] = lost;
    side->written++;
    side->unstamped += event->time == SSK_TIME_NONE || event->time < 0;
    char *number = number_comment(self, c, event, n > 0);
    if (number)
        texts[n++] = number;
    ssk_capture_writer_add(c->writer, event, texts, n);
    g_free(number);
}

gboolean ssk_bundle_write_capture(ssk_bundle *self, unsigned view, GError **error)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    size_t file = ssk_bundle_capture(self, view);
    ssk_bundle_side *side = &self->sides[view];
    bool base = view == ssk_views_base(self->views);
    ssk_output *output = ssk_output_open(self->paths[file], FALSE, error);
    if (!output)
        return FALSE;
    ssk_comments *comments = ssk_comments_new(self->shared, &host);
    copy c = {.writer = ssk_capture_writer_new(output, base ? comments->summary : NULL),
              .comments = comments,
              .flow_packets = g_new0(uint32_t, self->shared->n_stalls + 1),
              .side = side,
              .view = view,
              .base = base};
    ssk_bundle_read(self, view, true, copy_frame, &c);
    ssk_capture_writer_free(c.writer);
    ssk_comments_free(comments);
    g_free(c.flow_packets);
    if (side->cut)
        g_snprintf(side->called, sizeof side->called, "the whole capture, of which %s is cut",
                   ssk_bundle_files[file]);
    if (c.frames != side->read) {
        g_set_error(error, SSK_SOURCE_ERROR, 0, "the input changed while it was read");
        ssk_output_cancel(output);
        return FALSE;
    }
    return ssk_output_commit(output, error);
}
