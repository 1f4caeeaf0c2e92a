/* shape.h - messages that differ only in their numbers.
 *
 * A keep-alive says the same thing all day. A JSON message that was read once
 * is remembered as its text with places for numbers; the next one like it is
 * compared, not parsed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SHAPE_H
#define SSK_SHAPE_H

#include "core/message/profile_model.h"

/** Longest text remembered, and most numbers in it. */
#define SSK_SHAPE_TEXT    96
#define SSK_SHAPE_NUMBERS 4
/** Shapes remembered, of all conversations: those of one service say the same. */
#define SSK_SHAPES 8
/** To learn one costs so much credit, and each message that has one pays back 1: texts that never
 * come again must not cost more than the others save. */
#define SSK_SHAPE_PRICE  4
#define SSK_SHAPE_CREDIT 256 /**< at first, and at most */

typedef struct ssk_shape {
    const ssk_profile *profile;     /**< NULL: empty */
    const ssk_profile_group *group; /**< whose message it is */
    ssk_party party;                /**< who sent it, as known then */
    int8_t seq, time;               /**< which number; -1: none */
    uint8_t n_numbers, len;
    uint32_t uses;
    struct {
        uint8_t at, len;
    } number[SSK_SHAPE_NUMBERS]; /**< in the text, in order */
    uint8_t text[SSK_SHAPE_TEXT];
} ssk_shape;

typedef struct ssk_shapes {
    ssk_shape list[SSK_SHAPES];
    unsigned credit;
} ssk_shapes;

void ssk_shapes_init(ssk_shapes *shapes);

/** Those of a set of profiles. They change no result, so the set may be const; they end with it. */
ssk_shapes *ssk_profile_set_shapes(const ssk_profile_set *set);

/** Remember a text that was read as a message of @p group, unless its numbers, or
 * more than the text, decide what it is.
 *
 * @param text JSON, whole */
void ssk_shapes_learn(ssk_shapes *shapes, const ssk_profile *profile,
                      const ssk_profile_group *group, ssk_party party, const uint8_t *text,
                      uint32_t len);

/** The shape of @p text, which is then a message of its group.
 * @param[in,out] hint where to look first, 0 or as a call left it: then where it was found
 * @param[out] ret_seq, ret_time set where the shape has such a number
 * @return NULL: none known */
const ssk_shape *ssk_shapes_find(ssk_shapes *shapes, uint8_t *hint, const ssk_profile *profile,
                                 ssk_party party, const uint8_t *text, uint32_t len,
                                 uint64_t *ret_seq, uint64_t *ret_time);

#endif
