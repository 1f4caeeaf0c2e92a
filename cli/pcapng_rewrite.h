/* pcapng_rewrite.h - a pcapng file copied block by block, comments put in.
 *
 * What is not asked for stays as it is, byte for byte: blocks and options that
 * nobody here knows, name resolution, secrets, custom blocks, padding. Changed
 * are only the blocks that get a comment, and the length that a section may
 * declare in its header: "not specified" takes its place.
 *
 * Source: draft-ietf-opsawg-pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PCAPNG_REWRITE_H
#define SSK_PCAPNG_REWRITE_H

#include "core/base/types.h"
#include "report/annotate.h"

typedef struct ssk_pcapng_io {
    /** @return bytes read, fewer than @p length only at the end */
    size_t (*read)(void *user, void *bytes, size_t length);
    void (*write)(void *user, const void *bytes, size_t length);
    void *user;
} ssk_pcapng_io;

typedef struct ssk_pcapng_edit {
    const char *summary;         /**< comment of the first section; NULL: none */
    const ssk_comment *comments; /**< by frame */
    size_t n_comments;
    uint32_t max_frames; /**< stop behind this one; 0: copy everything */
    bool strip_secrets;  /**< leave out Decryption Secrets Blocks */
} ssk_pcapng_edit;

typedef struct ssk_pcapng_outcome {
    uint32_t frames; /**< records that libwiretap numbers, copied */
    size_t placed;   /**< comments */
    size_t unplaced; /**< their block has no room for options, or is not there */
} ssk_pcapng_outcome;

/** Copy. What is whole before a damage is copied.
 * @return SSK_OK; SSK_ETRUNC: cut in the middle of a block; SSK_EFORMAT: damaged;
 *         both fill @p ret */
SSK_WARN_UNUSED ssk_status ssk_pcapng_rewrite(const ssk_pcapng_io *io, const ssk_pcapng_edit *edit,
                                              ssk_pcapng_outcome *ret);

/** @param head the first bytes of a file, 4 at least */
bool ssk_pcapng_is(const uint8_t *head);

#endif
