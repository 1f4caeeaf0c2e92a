/* bundle_capture.c - the packets that a bundle keeps, with comments: around each stall and
 * each fault of the capture, and the beginning of each stalled flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include <string.h>

#include "cli/capture_writer.h"
#include "cli/source.h"
#include "core/decode/packet.h"
#include "report/annotate.h"

/* Kept on either side of a stall, and of a stalled flow's beginning. */
#define MARGIN            SSK_MINUTE
#define HANDSHAKE_PACKETS 10

typedef struct copy {
    ssk_capture_writer *writer;
    const ssk_comments *comments;
    size_t next;            /* comment */
    uint32_t frames;        /* seen */
    uint32_t *flow_packets; /* kept of each flow's beginning */
} copy;

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

static void copy_frame(ssk_bundle *self, const ssk_event *event, void *user)
{
    copy *c = user;
    const ssk_comments *all = c->comments;
    const char *texts[SSK_COMMENTS_PER_FRAME + 1];
    size_t n = 0;

    c->frames = event->frame;
    if (event->kind != SSK_EVENT_FRAME)
        return;
    for (; c->next < all->n && all->list[c->next].frame <= event->frame; c->next++)
        if (all->list[c->next].frame == event->frame && n < SSK_COMMENTS_PER_FRAME)
            texts[n++] = all->list[c->next].text;
    bool beginning = is_beginning(self, c, event);
    bool window = !self->shared->n_stalls || in_a_window(self, event->time);
    if (!n && !beginning && !window) {
        self->cut = true;
        return;
    }
    self->written++;
    self->unstamped += event->time == SSK_TIME_NONE || event->time < 0;
    char *number = NULL;
    if (n) {
        g_hash_table_insert(self->numbers, GUINT_TO_POINTER(event->frame),
                            GUINT_TO_POINTER(self->written));
        if (event->frame != self->written)
            texts[n++] = number = g_strdup_printf(
                "stallshark: packet %" G_GUINT32_FORMAT " of the report", event->frame);
    }
    ssk_capture_writer_add(c->writer, event, texts, n);
    g_free(number);
}

gboolean ssk_bundle_write_capture(ssk_bundle *self, GError **error)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    ssk_output *output = ssk_output_open(self->paths[SSK_BUNDLE_CAPTURE], FALSE, error);
    if (!output)
        return FALSE;
    ssk_comments *comments = ssk_comments_new(self->shared, &host);
    copy c = {.writer = ssk_capture_writer_new(output, comments->summary),
              .comments = comments,
              .flow_packets = g_new0(uint32_t, self->shared->n_stalls + 1)};
    ssk_bundle_read(self, self->scrub != NULL, copy_frame, &c);
    ssk_capture_writer_free(c.writer);
    ssk_comments_free(comments);
    g_free(c.flow_packets);
    if (c.frames != self->read) {
        g_set_error(error, SSK_SOURCE_ERROR, 0, "the input changed while it was read");
        ssk_output_cancel(output);
        return FALSE;
    }
    return ssk_output_commit(output, error);
}
