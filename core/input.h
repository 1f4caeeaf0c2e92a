/* input.h - what the events themselves show about the capture they came from.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_INPUT_H
#define SSK_INPUT_H

#include "core/decode/packet.h"
#include "core/model/result.h"

/** Interfaces listed; a file may declare a million. */
#define SSK_INPUT_INTERFACES 64

typedef struct ssk_input {
    uint64_t packets, bytes, records;
    ssk_time_ns first, last, previous; /**< SSK_TIME_NONE: no packet has a timestamp */
    uint64_t truncated, undecoded, fragments, backward, bad_timestamps;
    uint64_t problems[SSK_N_PROBLEMS];
    struct {
        uint32_t id;
        uint16_t linktype;
        char *name;
        ssk_time_ns first, last;
    } interfaces[SSK_INPUT_INTERFACES];
    size_t n_interfaces;
    uint64_t interfaces_dropped; /**< packets of interfaces beyond the limit */
} ssk_input;

void ssk_input_init(ssk_input *input);
void ssk_input_clear(ssk_input *input);
/** Count a packet, its times and its interface. */
void ssk_input_count(ssk_input *input, const ssk_packet *packet);
/** As the one input of @p result, with what was not decoded and why. */
void ssk_input_freeze(const ssk_input *input, ssk_result *result);

#endif
