/* pcapng_block.h - blocks of a pcapng file, put together and written.
 *
 * Source: draft-ietf-opsawg-pcapng, sections 3.1 and 3.5. Little-endian.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PCAPNG_BLOCK_H
#define SSK_PCAPNG_BLOCK_H

#include <glib.h>
#include <stdint.h>

#include "cli/output.h"

/** Append bytes to a block's body, and zeros up to a multiple of four. */
void ssk_pcapng_put(GByteArray *body, const void *bytes, size_t length);
void ssk_pcapng_put32(GByteArray *body, uint32_t value);
/** @param length at most 65535 */
void ssk_pcapng_put_option(GByteArray *body, uint16_t code, const void *bytes, size_t length);

/** The fixed part of a section header: of unknown length, version 1.0. */
void ssk_pcapng_put_section(GByteArray *body);

/** Write a block of @p type around @p body, which is empty then. */
void ssk_pcapng_write(ssk_output *output, uint32_t type, GByteArray *body);

#endif
