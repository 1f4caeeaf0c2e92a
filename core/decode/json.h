/* json.h - looks a value up in a JSON text, without building a tree.
 *
 * Bounded and non-allocating. The text may be cut short (a small snap length,
 * a long message): what lies before the cut is found, what lies beyond is
 * SSK_ETRUNC. Of duplicate names the first wins. Bytes above 0x7f pass as they
 * are. Source: RFC 8259.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_JSON_H
#define SSK_DECODE_JSON_H

#include "core/base/types.h"

/** Deepest nesting that is read: keep-alives are flat, hostile texts are not. */
#define SSK_JSON_DEPTH 32

typedef enum ssk_json_kind {
    SSK_JSON_STRING = 1,
    SSK_JSON_NUMBER,
    SSK_JSON_TRUE,
    SSK_JSON_FALSE,
    SSK_JSON_NULL,
    SSK_JSON_OBJECT,
    SSK_JSON_ARRAY,
} ssk_json_kind;

typedef struct ssk_json_value {
    ssk_json_kind kind;
    const uint8_t
        *text; /**< in the caller's bytes; of a string: without its quotes, escapes as they are */
    uint32_t len;
    bool whole; /**< false: the text ends inside it, or might */
} ssk_json_value;

/** Check one value with blanks around it.
 * @return SSK_OK; SSK_ETRUNC: a beginning of one; SSK_EFORMAT; SSK_ELIMIT: deeper than
 *         SSK_JSON_DEPTH */
ssk_status ssk_json_check(const uint8_t *text, uint32_t len);

/** Find the value at @p path: names and array indices separated by dots
 * ("payload.codingKey", "times.0"); "" is the text's own value. What follows it
 * in the text is not checked.
 *
 * @param[out] ret set only when SSK_OK is returned
 * @return SSK_OK; SSK_EUNSUPPORTED: nothing there; SSK_ETRUNC: the text ends before it;
 *         SSK_EFORMAT: no JSON; SSK_ELIMIT: nested too deep
 */
ssk_status ssk_json_find(const uint8_t *text, uint32_t len, const char *path,
                         ssk_json_value *ret) SSK_WARN_UNUSED;

/** The members of an object or the elements of an array, one after the other. */
typedef struct ssk_json_walk {
    const uint8_t *text;
    uint32_t len, pos;
    bool object, begun;
    ssk_status status; /**< SSK_OK; why ssk_json_next() stopped early */
} ssk_json_walk;

/** The next of the values that follow each other in a text, as lines of JSON do.
 * @param[in,out] pos 0 to begin with
 * @return SSK_OK; SSK_EUNSUPPORTED: no further value; else as ssk_json_check() */
ssk_status ssk_json_read(const uint8_t *text, uint32_t len, uint32_t *pos,
                         ssk_json_value *ret) SSK_WARN_UNUSED;

/** @param container what is neither object nor array has no members */
ssk_json_walk ssk_json_enter(const ssk_json_value *container);
/** @param[out] ret_name of an object's member; of an element: not set
 *  @return false: no further one, or damaged */
bool ssk_json_next(ssk_json_walk *walk, ssk_json_value *ret_name, ssk_json_value *ret);

/** Members of an object remembered by ssk_json_members_find(). */
#define SSK_JSON_MEMBERS 8

/** One text, asked for several names: it is scanned once, as far as the questions reach.
 * Set text (borrowed) and len, and the rest of what stands before the list to 0. */
typedef struct ssk_json_members {
    const uint8_t *text;
    uint32_t len;
    uint32_t pos; /**< behind the last member read; 0: none yet */
    unsigned count;
    ssk_status end; /**< why there are no more; SSK_OK: there may be */
    struct {
        ssk_json_value name, value;
    } list[SSK_JSON_MEMBERS];
} ssk_json_members;

/** As ssk_json_find() does. */
ssk_status ssk_json_members_find(ssk_json_members *members, const char *path,
                                 ssk_json_value *ret) SSK_WARN_UNUSED;

/** Is it the string @p text, escapes resolved, or a number, true, false, null written so? */
bool ssk_json_equals(const ssk_json_value *value, const char *text);

/** A whole non-negative integer, bare or as a string of digits.
 * @return false: none, or above UINT64_MAX */
bool ssk_json_to_uint(const ssk_json_value *value, uint64_t *ret);

#endif
