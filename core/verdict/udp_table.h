/* udp_table.h - what each cause of datagrams that did not come predicts: a table of its own, for the same
 * evaluator (judge.h).
 *
 * Several may be true at once, each with its own share: so all stand that something speaks for and
 * nothing rules out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_UDP_TABLE_H
#define SSK_VERDICT_UDP_TABLE_H

#include "core/model/cause.h"
#include "core/verdict/judge.h"

typedef enum ssk_udp_observation {
#define X(name, yes, no, usual) SSK_UDP_SAW_##name,
#include "core/verdict/udp_observations.def"
#undef X
    SSK_N_UDP_OBSERVATIONS
} ssk_udp_observation;

/** Whose fault it would be. */
typedef enum ssk_udp_place {
    SSK_UDP_PLACE_PATH = 0,
    SSK_UDP_PLACE_SENDER,
    SSK_UDP_PLACE_RECEIVER
} ssk_udp_place;

typedef struct ssk_udp_hypothesis {
    ssk_cause_id id;
    ssk_udp_place place;
    char cells[SSK_N_UDP_OBSERVATIONS]; /**< ssk_cell; 0: the observation's default */
} ssk_udp_hypothesis;

/** In the order in which they are named. */
extern const ssk_udp_hypothesis ssk_udp_hypotheses[];
/** They and the observations, for ssk_judge(). */
extern const ssk_table ssk_udp_table;
/** More than there are rows. */
#define SSK_UDP_HYPOTHESES 8

#endif
