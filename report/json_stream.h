/* json_stream.h - writes JSON as it goes: no tree, no locale, no floating point.
 *
 * Text is made valid: bytes that are no UTF-8 become U+FFFD, control and
 * direction-changing characters are written as \u escapes.
 *
 * Source: RFC 8259.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_JSON_STREAM_H
#define SSK_JSON_STREAM_H

#include <glib.h>

#include "core/base/types.h"

/** Containers open at once. */
#define SSK_JSON_DEPTH 32

typedef enum ssk_json_layout {
    SSK_JSON_LINES = 0, /**< each member on its own line, indented by its depth */
    SSK_JSON_INLINE,    /**< on one line, and so everything inside */
} ssk_json_layout;

/** A document being written. Plain data; nothing to free. */
typedef struct ssk_json {
    GString *out; /**< borrowed */
    unsigned depth;
    bool lean; /**< for the caller: leave out what only charts are drawn from */
    struct {
        char close; /**< '}' or ']' */
        bool filled, lines;
    } open[SSK_JSON_DEPTH];
} ssk_json;

/** @param layout SSK_JSON_INLINE makes the whole document one line */
void ssk_json_init(ssk_json *json, GString *out, ssk_json_layout layout);

/* A member of an object has a key; an element of an array, and the document
 * itself, have the key NULL. */
void ssk_json_object(ssk_json *json, const char *key, ssk_json_layout layout);
void ssk_json_array(ssk_json *json, const char *key, ssk_json_layout layout);
/** Close the innermost container. */
void ssk_json_end(ssk_json *json);

/** @param text NULL: null */
void ssk_json_string(ssk_json *json, const char *key, const char *text);
void ssk_json_int(ssk_json *json, const char *key, int64_t value);
void ssk_json_uint(ssk_json *json, const char *key, uint64_t value);
void ssk_json_bool(ssk_json *json, const char *key, bool value);
void ssk_json_null(ssk_json *json, const char *key);
/** value / 1000, in as few digits as are exact: 700 is 0.7. */
void ssk_json_thousandths(ssk_json *json, const char *key, int64_t value);
/** Bytes as lower-case hexadecimal digits. */
void ssk_json_hex(ssk_json *json, const char *key, const uint8_t *bytes, size_t length);

#endif
