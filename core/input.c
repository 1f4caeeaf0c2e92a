/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/input.h"

#include <glib.h>
#include <string.h>

void ssk_input_init(ssk_input *input)
{
    memset(input, 0, sizeof *input);
    input->first = input->last = input->previous = SSK_TIME_NONE;
}

void ssk_input_clear(ssk_input *input)
{
    for (size_t i = 0; i < input->n_interfaces; i++)
        g_free(input->interfaces[i].name);
    ssk_input_init(input);
}

static void widen(ssk_time_ns time, ssk_time_ns *first, ssk_time_ns *last)
{
    if (*last != SSK_TIME_NONE && time > *last) { /* most of all: later than the rest */
        *last = time;
        return;
    }
    if (time == SSK_TIME_NONE)
        return;
    if (*first == SSK_TIME_NONE || time < *first)
        *first = time;
    if (*last == SSK_TIME_NONE || time > *last)
        *last = time;
}

static void count_interface(ssk_input *input, const ssk_event *event)
{
    for (size_t i = 0; i < input->n_interfaces; i++)
        if (input->interfaces[i].id == event->interface_id &&
            input->interfaces[i].linktype == event->linktype) {
            widen(event->time, &input->interfaces[i].first, &input->interfaces[i].last);
            return;
        }
    if (input->n_interfaces == SSK_INPUT_INTERFACES) {
        input->interfaces_dropped++;
        return;
    }
    size_t at = input->n_interfaces++;
    input->interfaces[at].id = event->interface_id;
    input->interfaces[at].linktype = event->linktype;
    input->interfaces[at].name = g_strdup(event->interface_name);
    input->interfaces[at].first = input->interfaces[at].last = event->time;
}

void ssk_input_count(ssk_input *input, const ssk_packet *packet)
{
    const ssk_event *event = packet->event;
    input->packets++;
    input->bytes += event->wire_len;
    input->truncated += event->cap_len < event->wire_len;
    input->fragments += packet->kind == SSK_PACKET_FRAGMENT;
    if (packet->problem != SSK_PROBLEM_NONE) {
        input->undecoded++;
        input->problems[packet->problem]++;
    }
    count_interface(input, event);
    if (event->time == SSK_TIME_NONE) {
        input->bad_timestamps++;
        return;
    }
    if (input->previous != SSK_TIME_NONE && event->time < input->previous)
        input->backward++;
    input->previous = event->time;
    widen(event->time, &input->first, &input->last);
}

static int by_id(const void *a, const void *b)
{
    const ssk_result_interface *x = a, *y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id)
                          : (x->linktype > y->linktype) - (x->linktype < y->linktype);
}

void ssk_input_freeze(const ssk_input *input, ssk_result *result)
{
    ssk_result_input *row = ssk_result_alloc(result, sizeof *row);
    result->inputs = row;
    result->n_inputs = 1;
    row->packets = input->packets;
    row->bytes = input->bytes;
    row->records = input->records;
    result->limits.interfaces_dropped = input->interfaces_dropped;
    row->first = input->first;
    row->last = input->last;
    row->truncated_packets = input->truncated;
    row->undecoded_packets = input->undecoded;
    row->fragments = input->fragments;
    row->backward_timestamps = input->backward;
    row->bad_timestamps = input->bad_timestamps;
    row->n_interfaces = input->n_interfaces;
    row->interfaces = ssk_result_alloc(result, input->n_interfaces * sizeof *row->interfaces);
    for (size_t i = 0; i < input->n_interfaces; i++) {
        row->interfaces[i].id = input->interfaces[i].id;
        row->interfaces[i].linktype = input->interfaces[i].linktype;
        row->interfaces[i].first = input->interfaces[i].first;
        row->interfaces[i].last = input->interfaces[i].last;
        row->interfaces[i].name = ssk_result_text(result, input->interfaces[i].name);
    }
    if (input->n_interfaces)
        qsort(row->interfaces, row->n_interfaces, sizeof *row->interfaces, by_id);
    row->undecoded = ssk_result_alloc(result, SSK_N_PROBLEMS * sizeof *row->undecoded);
    for (int problem = 1; problem < SSK_N_PROBLEMS; problem++) {
        if (!input->problems[problem])
            continue;
        row->undecoded[row->n_undecoded].what = ssk_problem_text((ssk_problem)problem);
        row->undecoded[row->n_undecoded++].packets = input->problems[problem];
    }
}
