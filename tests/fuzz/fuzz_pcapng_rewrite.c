/* fuzz_pcapng_rewrite.c - a pcapng file copied with and without comments.
 *
 * Oracle: without an edit the copy is the input, up to the damage; with
 * comments the copy is whole, has the same frames, and each comment is placed
 * or counted; copying it again changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "cli/pcapng_rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct memory {
    const uint8_t *in;
    size_t left;
    GByteArray *out;
} memory;

static size_t read_memory(void *user, void *bytes, size_t length)
{
    memory *m = user;
    size_t n = MIN(length, m->left);
    memcpy(bytes, m->in, n);
    m->in += n;
    m->left -= n;
    return n;
}

static void write_memory(void *user, const void *bytes, size_t length)
{
    g_byte_array_append(((memory *)user)->out, bytes, (guint)length);
}

static GByteArray *rewrite(const uint8_t *data, size_t size, const ssk_pcapng_edit *edit,
                           ssk_pcapng_outcome *ret, ssk_status *ret_status)
{
    memory m = {size ? data : (const uint8_t *)"", size, g_byte_array_new()};
    ssk_pcapng_io io = {read_memory, write_memory, &m};
    *ret_status = ssk_pcapng_rewrite(&io, edit, ret);
    return m.out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[] = "stall 1 begins after this frame", other[] = "x";
    static ssk_comment comments[] = {{1, text}, {1, other}, {2, text}, {7, other}};
    ssk_pcapng_edit none = {0};
    ssk_pcapng_edit edit = {
        .summary = "3 stalls", .comments = comments, .n_comments = G_N_ELEMENTS(comments)};
    ssk_pcapng_outcome plain, edited, again;
    ssk_status status, edited_status, again_status;

    GByteArray *copy = rewrite(data, size, &none, &plain, &status);
    g_assert_cmpuint(copy->len, <=, size);
    g_assert_cmpmem(copy->data, copy->len, data, copy->len);
    if (status == SSK_OK)
        g_assert_cmpuint(copy->len, ==, size);

    GByteArray *noted = rewrite(data, size, &edit, &edited, &edited_status);
    g_assert_cmpint(edited_status, ==, status);
    g_assert_cmpuint(edited.frames, ==, plain.frames);
    g_assert_cmpuint(edited.placed + edited.unplaced, ==, G_N_ELEMENTS(comments));
    g_assert_cmpuint(noted->len, >=, copy->len);
    GByteArray *twice = rewrite(noted->data, noted->len, &none, &again, &again_status);
    g_assert_cmpint(again_status, ==, SSK_OK);
    g_assert_cmpuint(again.frames, ==, plain.frames);
    g_assert_cmpmem(twice->data, twice->len, noted->data, noted->len);

    g_byte_array_free(copy, TRUE);
    g_byte_array_free(noted, TRUE);
    g_byte_array_free(twice, TRUE);
    return 0;
}
