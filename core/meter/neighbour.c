/* neighbour.c - ARP and neighbor discovery: who was sought, who answered.
 *
 * Source: RFC 826; RFC 4861, section 7.2. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_neighbour;

/* Addresses sought at one time; a scan must not push out a real question. */
#define SOUGHT 64

typedef struct state {
    ssk_fact question[SOUGHT]; /* kind 0: free */
} state;

static bool same(const ssk_addr *a, const ssk_addr *b)
{
    return !memcmp(a, b, sizeof *a);
}

/* A switch shows everybody's questions, but only our own answers: whose
 * question it was matters. */
static ssk_fact *find(state *s, const ssk_addr *asker, const ssk_addr *target)
{
    for (unsigned i = 0; i < SOUGHT; i++)
        if (s->question[i].kind && same(&s->question[i].host, target) &&
            same(&s->question[i].peer, asker))
            return &s->question[i];
    return NULL;
}

static void close_question(ssk_fact *question, ssk_facts *out)
{
    ssk_facts_add(out, question);
    question->kind = 0;
}

static void ask(state *s, const ssk_addr *asker, const ssk_addr *target, const ssk_event *event,
                ssk_facts *out)
{
    ssk_fact *question = find(s, asker, target);
    if (question && event->time - question->end > SSK_LIMIT(NEIGHBOR_QUESTION)) {
        close_question(question, out);
        question = NULL;
    }
    if (!question) {
        question = &s->question[0]; /* a free place, else the oldest one's */
        for (unsigned i = 0; i < SOUGHT && question->kind; i++)
            if (!s->question[i].kind || s->question[i].end < question->end)
                question = &s->question[i];
        if (question->kind)
            close_question(question, out);
        *question = (ssk_fact){.kind = SSK_FACT_ARP,
                               .host = *target,
                               .peer = *asker,
                               .start = event->time,
                               .frame_first = event->frame};
    }
    question->arp.questions++;
    question->end = event->time;
    question->frame_last = event->frame;
}

static void answer_one(ssk_fact *question, const ssk_mac *mac, const ssk_event *event,
                       ssk_facts *out)
{
    /* Asked again and again before: the earlier questions stayed unanswered. */
    if (question->arp.questions >= 2 && event->time - question->start > SSK_S) {
        ssk_fact vain = *question;
        vain.arp.questions--;
        ssk_facts_add(out, &vain);
        question->start = question->end;
        question->frame_first = question->frame_last;
        question->arp.questions = 1;
    }
    question->arp.answered = 1;
    question->end = event->time;
    question->frame_last = event->frame;
    if (mac)
        question->mac = *mac;
    close_question(question, out);
}

/* The one sought was heard: whoever asked for it. */
static void answer(state *s, const ssk_addr *target, const ssk_mac *mac, const ssk_event *event,
                   ssk_facts *out)
{
    for (unsigned i = 0; i < SOUGHT; i++)
        if (s->question[i].kind && same(&s->question[i].host, target))
            answer_one(&s->question[i], mac, event, out);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    (void)config;
    if (event->time == SSK_TIME_NONE)
        return;
    if (packet->kind == SSK_PACKET_ARP) {
        const ssk_arp_hdr *arp = &packet->arp;
        bool gratuitous = !memcmp(&arp->sender, &arp->target, sizeof arp->sender);
        if (arp->operation == 1 && !gratuitous)
            ask(s, &arp->sender, &arp->target, event, out);
        answer(s, &arp->sender, &arp->sender_mac, event, out);
    } else if (packet->kind == SSK_PACKET_ICMP && packet->icmp.version == 6) {
        if (packet->icmp.type == 135 && packet->icmp.has_target)
            ask(s, &packet->ip.src, &packet->icmp.target, event, out);
        else if (packet->icmp.type == 136 && packet->icmp.has_target)
            answer(s, &packet->icmp.target,
                   packet->icmp.has_target_mac ? &packet->icmp.target_mac : NULL, event, out);
    }
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (unsigned i = 0; i < SOUGHT; i++)
        if (s->question[i].kind)
            ssk_facts_add(out, &s->question[i]);
}

const ssk_meter ssk_meter_neighbour = {
    .name = "neighbour",
    .hears = SSK_HEARS(ARP) | SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
