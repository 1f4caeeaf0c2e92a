/* framing.h - where a message of a profile ends. Keeps no state.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FRAMING_H
#define SSK_FRAMING_H

#include "core/message/profile_model.h"

/** Bytes of a message that are looked at; of a longer one only its length counts. */
#define SSK_HEAD_MAX 4096
/** Longest HTTP header of a WebSocket upgrade. */
#define SSK_UPGRADE_MAX 8192

typedef struct ssk_frame {
    uint64_t len;      /**< of the whole message */
    uint32_t body;     /**< offset of its body */
    uint32_t body_end; /**< bytes at the end that are framing */
    int opcode;        /**< WebSocket; -1: none */
    bool upgrade;      /**< the HTTP request or answer in front of a WebSocket's frames */
    bool masked;
    bool deflated; /**< RFC 7692: the body cannot be read */
    uint8_t mask[4];
} ssk_frame;

/** Measure the message that starts at @p data.
 *
 * @param known bytes readable
 * @param left  bytes that this packet holds from @p data on; >= known
 * @param[out] ret set only when SSK_OK is returned; its len may be beyond left
 * @return SSK_OK; SSK_ETRUNC: cannot be said from this many bytes; SSK_EFORMAT: no message of this
 *         framing starts here
 */
ssk_status ssk_framing_measure(const ssk_profile *profile, const uint8_t *data, uint32_t known,
                               uint32_t left, ssk_frame *ret) SSK_WARN_UNUSED;

/** Does the fixed part at @p data hold all bytes that @p group wants?
 * @return SSK_OK; SSK_EFORMAT: no; SSK_ETRUNC: some of them cannot be read */
ssk_status ssk_profile_group_matches(const ssk_profile_group *group, const uint8_t *data,
                                     uint32_t known, uint32_t body);

/** Integer of 1, 2, 4 or 8 bytes at a field's offset. @return false: cannot be read */
bool ssk_field_uint(const ssk_field *field, const uint8_t *data, uint32_t known, uint32_t body,
                    uint64_t *ret);

#endif
