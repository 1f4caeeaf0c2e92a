/* decoding.c - segments into the stream, the stream to the messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/flow/decoding.h"

typedef struct delivery {
    ssk_flow *flow;
    ssk_dir dir;
    GArray *messages; /* of ssk_message */
} delivery;

static void deliver_message(void *user, const ssk_message *message)
{
    g_array_append_vals(((delivery *)user)->messages, message, 1);
}

static void deliver_chunk(void *user, const ssk_chunk *chunk)
{
    delivery *to = user;
    if (to->flow->messages)
        ssk_messages_push(to->flow->messages, to->dir, chunk, deliver_message, to);
}

static void stop_decoding(ssk_flow *flow)
{
    ssk_messages_free(flow->messages);
    flow->messages = NULL;
    for (int dir = 0; dir < 2; dir++) {
        ssk_stream_free(flow->side[dir].stream);
        flow->side[dir].stream = NULL;
    }
}

/** @return false: nothing here is known */
static bool begin_decoding(const ssk_profile_set *profiles, ssk_flow *flow)
{
    if (flow->messages)
        return true;
    if (flow->decoding_ended)
        return false;
    flow->messages = ssk_messages_new(profiles, flow->transport, flow->port);
    if (flow->handshake)
        ssk_messages_client(flow->messages, SSK_A);
    return true;
}

/* Nothing will come that could still tell what a flow was. */
static bool is_over(const ssk_flow *flow)
{
    return flow->side[SSK_A].tcp.fin_acked && flow->side[SSK_B].tcp.fin_acked;
}

static void end_decoding(ssk_flow *flow)
{
    flow->profile = ssk_messages_profile(flow->messages);
    if (!flow->profile && (ssk_messages_gave_up(flow->messages) || is_over(flow))) {
        flow->decoding_ended = true;
        stop_decoding(flow);
    }
}

/** What the host decrypted takes the place of the bytes on the wire. */
static void decode_plain(ssk_step *step, const ssk_profile_set *profiles, GArray *messages)
{
    ssk_flow *flow = step->flow;
    const ssk_event *event = step->packet->event;
    delivery to = {flow, step->dir, messages};

    if (!flow->decrypted) {
        flow->decrypted = true;
        flow->decoding_ended = false;
        flow->profile = NULL;
        stop_decoding(flow);
    }
    for (uint32_t i = 0; i < event->n_plain && begin_decoding(profiles, flow); i++) {
        ssk_chunk chunk = {.data = event->plain[i].bytes,
                           .cap_len = event->plain[i].len,
                           .wire_len = event->plain[i].len,
                           .frame = event->frame,
                           .time = event->time};
        deliver_chunk(&to, &chunk);
        end_decoding(flow);
    }
}

static ssk_chunk chunk_of(const ssk_packet *packet)
{
    return (ssk_chunk){.data = packet->payload,
                       .cap_len = packet->payload_cap,
                       .wire_len = packet->payload_len,
                       .frame = packet->event->frame,
                       .time = packet->event->time};
}

/** A segment of a flow whose profile is certain that brings the next message and nothing else, or
 * only acknowledges. @return false: it takes the long way, nothing was done */
static bool decode_alike(ssk_step *step, GArray *messages)
{
    ssk_flow *flow = step->flow;
    const ssk_packet *packet = step->packet;
    ssk_stream *stream = flow->side[step->dir].stream, *peer = flow->side[!step->dir].stream;
    if (!flow->profile || !flow->messages || !stream || flow->transport != SSK_TCP ||
        flow->decrypted || packet->event->n_plain || step->tcp.probe ||
        (packet->tcp.flags & (SSK_TCP_RST | SSK_TCP_SYN | SSK_TCP_FIN)) ||
        (peer && ssk_stream_waiting(peer)))
        return false;
    if (!packet->payload_len)
        return true;
    ssk_chunk chunk = chunk_of(packet);
    delivery to = {flow, step->dir, messages};
    if (!ssk_stream_is_next(stream, packet->tcp.seq) ||
        !ssk_messages_push_alike(flow->messages, step->dir, &chunk, deliver_message, &to))
        return false;
    ssk_stream_pass(stream, packet->payload_len);
    return true;
}

void ssk_flow_decode(ssk_step *step, const ssk_profile_set *profiles, GArray *messages)
{
    ssk_flow *flow = step->flow;
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    ssk_flow_side *side = &flow->side[step->dir];
    delivery to = {flow, step->dir, messages};

    if (decode_alike(step, messages))
        return;
    if (event->n_plain)
        decode_plain(step, profiles, messages);
    if (flow->decrypted)
        return;
    if (!flow->messages && side->packets + flow->side[!step->dir].packets > 1 &&
        !packet->payload_len)
        return;
    if (!begin_decoding(profiles, flow))
        return;
    if (flow->transport == SSK_UDP) {
        ssk_chunk chunk = chunk_of(packet);
        ssk_messages_push(flow->messages, step->dir, &chunk, deliver_message, &to);
    } else if (!(packet->tcp.flags & SSK_TCP_RST) && !step->tcp.probe) {
        uint32_t seq = packet->tcp.seq + ((packet->tcp.flags & SSK_TCP_SYN) ? 1 : 0);
        if (step->tcp.new_syn && side->stream) {
            ssk_stream_free(side->stream);
            side->stream = NULL;
        }
        if (packet->payload_len) {
            if (!side->stream)
                side->stream = ssk_stream_new(side->tcp.syn_seen ? side->tcp.isn + 1 : seq);
            ssk_stream_push(side->stream, seq, packet->payload, packet->payload_cap,
                            packet->payload_len, event->frame, event->time, deliver_chunk, &to);
        }
        ssk_flow_side *peer = &flow->side[!step->dir];
        if ((packet->tcp.flags & SSK_TCP_ACK) && peer->stream && ssk_stream_waiting(peer->stream)) {
            to.dir = ssk_dir_other(step->dir);
            ssk_stream_acked(peer->stream, packet->tcp.ack, event->frame, event->time,
                             deliver_chunk, &to);
        }
    }
    end_decoding(flow);
}
