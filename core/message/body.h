/* body.h - a message's role and fields, by its profile. Keeps no state.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BODY_H
#define SSK_BODY_H

#include "core/message/framing.h"
#include "core/message/shape.h"

/** What a message says. */
typedef struct ssk_reading {
    const ssk_profile_group *group; /**< the group it belongs to; NULL: none */
    unsigned bits;                  /**< how much its form alone proves: chance one in 2^bits */
    bool has_seq;
    uint64_t seq;
    bool has_time;
    ssk_time_ns
        time; /**< of its time field, in the format that the profile declares or the text shows */
    ssk_time_format format; /**< of that time */
    ssk_stamp stamp;        /**< the field itself where the format is to be found out: no text */
} ssk_reading;

/** What a reading may rest on beside the bytes. */
typedef struct ssk_context {
    ssk_time_ns near;                          /**< capture time of the message */
    ssk_party party;                           /**< who sent it; ANY: not known */
    bool (*awaited)(void *user, uint64_t seq); /**< does a ping of that number wait? NULL: no */
    void *user;
    ssk_shapes *shapes; /**< to save work only; NULL: none */
} ssk_context;

/** Room for an unmasked body and decoded base64, given by the caller: no allocation per message. */
typedef struct ssk_scratch {
    uint8_t body[SSK_HEAD_MAX];
    uint8_t inner[SSK_HEAD_MAX];
} ssk_scratch;

/** Read a message.
 *
 * @param data     its first byte, framing included
 * @param known    bytes of it that can be read; the rest lies beyond a snap length or SSK_HEAD_MAX
 */
void ssk_body_read(const ssk_profile *profile, const ssk_frame *frame, const uint8_t *data,
                   uint32_t known, const ssk_context *context, ssk_scratch *scratch,
                   ssk_reading *ret);

/** The same for a message like one that was read before.
 *
 * @param text JSON, its whole body
 * @param context with shapes
 * @param[in,out] hint as for ssk_shapes_find()
 * @param[out] ret set only when true is returned
 * @return false: none like it is known */
bool ssk_body_read_alike(const ssk_profile *profile, const uint8_t *text, uint32_t len,
                         const ssk_context *context, uint8_t *hint, ssk_reading *ret);

#endif
