/* frame.h - frames for decoder tests, written as hex text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_FRAME_H
#define SSK_TEST_FRAME_H

#include <glib.h>
#include <string.h>

#include "core/base/types.h"

typedef struct frame {
    const uint8_t *data;
    uint32_t len;
} frame;

/** The first @p len bytes on a heap block of exactly that size, so that
 * AddressSanitizer sees a read past the end. Freed at the end of the test. */
static inline frame frame_cut(frame whole, uint32_t len)
{
    uint8_t *copy = g_malloc(len ? len : 1);
    if (len)
        memcpy(copy, whole.data, len);
    g_test_queue_free(copy);
    return (frame){len ? copy : NULL, len};
}

/** Hex digits to bytes; blanks are skipped. */
static inline frame frame_hex(const char *text)
{
    GByteArray *bytes = g_byte_array_new();
    while (*text) {
        if (g_ascii_isspace(*text)) {
            text++;
            continue;
        }
        g_assert_true(g_ascii_isxdigit(text[0]) && g_ascii_isxdigit(text[1]));
        uint8_t byte = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 |
                                 g_ascii_xdigit_value(text[1]));
        g_byte_array_append(bytes, &byte, 1);
        text += 2;
    }
    frame made = frame_cut((frame){bytes->data, bytes->len}, bytes->len);
    g_byte_array_free(bytes, TRUE);
    return made;
}

#endif
