/* hypothesis.h - what each cause of a stall predicts: the rows of the verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_HYPOTHESIS_H
#define SSK_VERDICT_HYPOTHESIS_H

#include "core/model/cause.h"
#include "core/verdict/observation.h"

/** Whose fault it would be. */
typedef enum ssk_place {
    SSK_PLACE_SILENT = 0, /**< the side whose messages are missing */
    SSK_PLACE_NEAR,       /**< the side at the capture */
    SSK_PLACE_FAR,
    SSK_PLACE_PATH,
    SSK_PLACE_MOVER,    /**< the side that moved */
    SSK_PLACE_UNREACHED /**< the side that the error says cannot be reached */
} ssk_place;

typedef struct ssk_hypothesis {
    ssk_cause_id at_client, at_server; /**< its id where near is the client, the server */
    ssk_place place;
    char cells[SSK_N_OBSERVATIONS]; /**< ssk_cell; 0: the observation's default */
} ssk_hypothesis;

/** Of equals the commoner comes first. */
extern const ssk_hypothesis ssk_hypotheses[];
extern const size_t ssk_n_hypotheses;
/** They and the observations, for ssk_judge(). */
extern const ssk_table ssk_stall_table;
#define SSK_HYPOTHESES 64

#endif
