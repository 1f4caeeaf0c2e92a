/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pcapng_rewrite.h"

#include <string.h>

/* Longest block; libwiretap reads none beyond 16 MiB. */
#define MAX_BLOCK (64u << 20)
/* Memory follows what is there, not what a length claims. */
#define CHUNK 65536

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_PACKET = 2, /* obsolete */
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_ENHANCED_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_SECRETS = 10,
    BLOCK_SYSDIG_EVENT = 0x204,
    BLOCK_SYSDIG_EVENT_2 = 0x216,
    BLOCK_SYSDIG_EVENT_2_LARGE = 0x221,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_CUSTOM_KEPT = 0x40000bad, /* not to be copied when changed: packets around it are not */
};

#define MAGIC          0x1a2b3c4du
#define SECTION_HEAD   16 /* magic, version, length */
#define PACKET_HEAD    20 /* interface, time, lengths: of blocks 2 and 6 */
#define OPTION_END     0
#define OPTION_COMMENT 1

typedef struct rewriter {
    const ssk_pcapng_io *io;
    const ssk_pcapng_edit *edit;
    ssk_pcapng_outcome *out;
    bool big_endian; /* of this section */
    bool in_section, summary_done;
    size_t next; /* comment */
    GByteArray *body;
} rewriter;

bool ssk_pcapng_is(const uint8_t *head)
{
    return head[0] == 0x0a && head[1] == 0x0d && head[2] == 0x0d && head[3] == 0x0a;
}

/* ---- numbers in the section's order ---- */

static uint32_t get32(const rewriter *r, const uint8_t *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return r->big_endian ? GUINT32_FROM_BE(value) : GUINT32_FROM_LE(value);
}

static uint16_t get16(const rewriter *r, const uint8_t *p)
{
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return r->big_endian ? GUINT16_FROM_BE(value) : GUINT16_FROM_LE(value);
}

static void put32(const rewriter *r, uint32_t value, uint8_t *p)
{
    value = r->big_endian ? GUINT32_TO_BE(value) : GUINT32_TO_LE(value);
    memcpy(p, &value, sizeof value);
}

static void put16(const rewriter *r, uint16_t value, uint8_t *p)
{
    value = r->big_endian ? GUINT16_TO_BE(value) : GUINT16_TO_LE(value);
    memcpy(p, &value, sizeof value);
}

static uint32_t padded(uint32_t length)
{
    return (length + 3) & ~3u;
}

/* ---- comments into a block's options ---- */

/** Where a further option goes: at the end of the options.
 * @param[out] ret_has_end an end-of-options stands there
 * @return false: the options are damaged */
static bool find_end(const rewriter *r, uint32_t at, uint32_t *ret_at, bool *ret_has_end)
{
    const uint8_t *body = r->body->data;
    uint32_t size = r->body->len;
    *ret_has_end = false;
    while (at < size) {
        if (size - at < 4)
            return false;
        uint16_t code = get16(r, body + at), length = get16(r, body + at + 2);
        if (code == OPTION_END) {
            *ret_has_end = true;
            break;
        }
        if (size - at - 4 < padded(length))
            return false;
        at += 4 + padded(length);
    }
    *ret_at = at;
    return true;
}

static void append_comment(const rewriter *r, GByteArray *options, const char *text)
{
    uint8_t head[4], zeros[4] = {0};
    uint16_t length = (uint16_t)MIN(strlen(text), SSK_COMMENT_BYTES * 2);
    put16(r, OPTION_COMMENT, head);
    put16(r, length, head + 2);
    g_byte_array_append(options, head, sizeof head);
    g_byte_array_append(options, (const uint8_t *)text, length);
    g_byte_array_append(options, zeros, padded(length) - length);
}

/** @param texts comments
 *  @param at    where the options of the block begin
 *  @return false: they do not fit in, nothing was changed */
static bool insert(rewriter *r, uint32_t at, const char *const *texts, size_t n)
{
    uint32_t end;
    bool has_end;
    if (at > r->body->len || !find_end(r, at, &end, &has_end))
        return false;
    GByteArray *options = g_byte_array_new();
    for (size_t i = 0; i < n; i++)
        append_comment(r, options, texts[i]);
    if (!has_end)
        g_byte_array_append(options, (const uint8_t[4]){0}, 4);
    GByteArray *grown = g_byte_array_sized_new(r->body->len + options->len);
    g_byte_array_append(grown, r->body->data, end);
    g_byte_array_append(grown, options->data, options->len);
    g_byte_array_append(grown, r->body->data + end, r->body->len - end);
    g_byte_array_free(options, TRUE);
    g_byte_array_free(r->body, TRUE);
    r->body = grown;
    return true;
}

/* ---- blocks ---- */

static size_t read_bytes(const rewriter *r, void *bytes, size_t length)
{
    return r->io->read(r->io->user, bytes, length);
}

/** A section's header tells its byte order behind its length. */
static ssk_status take_order(rewriter *r)
{
    guint at = r->body->len;
    g_byte_array_set_size(r->body, at + 4);
    if (read_bytes(r, r->body->data + at, 4) != 4)
        return SSK_ETRUNC;
    r->big_endian = true;
    if (get32(r, r->body->data + at) != MAGIC)
        r->big_endian = false;
    r->in_section = true;
    return get32(r, r->body->data + at) == MAGIC ? SSK_OK : SSK_EFORMAT;
}

/** Read the next block: its body is r->body.
 * @param[out] ret_end the file has ended */
static ssk_status read_block(rewriter *r, uint32_t *ret_type, bool *ret_end)
{
    uint8_t head[8], tail[4];
    size_t got = read_bytes(r, head, sizeof head);

    *ret_end = got == 0;
    g_byte_array_set_size(r->body, 0);
    if (got == 0)
        return SSK_OK;
    if (got < sizeof head)
        return SSK_ETRUNC;
    if (ssk_pcapng_is(head)) {
        ssk_status status = take_order(r);
        if (status != SSK_OK)
            return status;
    } else if (!r->in_section) {
        return SSK_EFORMAT;
    }
    uint32_t total = get32(r, head + 4);
    if (total < 12 + r->body->len || total % 4 || total > MAX_BLOCK)
        return SSK_EFORMAT;
    for (uint32_t left = total - 12 - r->body->len; left;) {
        uint32_t part = MIN(left, CHUNK);
        guint at = r->body->len;
        g_byte_array_set_size(r->body, at + part);
        if (read_bytes(r, r->body->data + at, part) != part)
            return SSK_ETRUNC;
        left -= part;
    }
    if (read_bytes(r, tail, sizeof tail) != sizeof tail)
        return SSK_ETRUNC;
    if (get32(r, tail) != total)
        return SSK_EFORMAT;
    *ret_type = get32(r, head);
    return SSK_OK;
}

static void write_block(const rewriter *r, uint32_t type)
{
    uint8_t head[8];
    uint32_t total = r->body->len + 12;
    put32(r, type, head);
    put32(r, total, head + 4);
    r->io->write(r->io->user, head, sizeof head);
    r->io->write(r->io->user, r->body->data, r->body->len);
    r->io->write(r->io->user, head + 4, 4);
}

/* ---- what each block gets ---- */

static void edit_section(rewriter *r)
{
    if (r->body->len < SECTION_HEAD)
        return;
    if (r->edit->n_comments || r->edit->summary || r->edit->strip_secrets || r->edit->max_frames)
        memset(r->body->data + 8, 0xff, 8); /* "not specified" */
    if (!r->summary_done && r->edit->summary)
        insert(r, SECTION_HEAD, &r->edit->summary, 1);
    r->summary_done = true;
}

/** The comments of the frame just counted. */
static void edit_packet(rewriter *r, uint32_t type)
{
    const ssk_pcapng_edit *edit = r->edit;
    const char *texts[SSK_COMMENTS_PER_FRAME];
    size_t n = 0;

    for (; r->next < edit->n_comments && edit->comments[r->next].frame <= r->out->frames; r->next++)
        if (edit->comments[r->next].frame == r->out->frames && n < G_N_ELEMENTS(texts))
            texts[n++] = edit->comments[r->next].text;
    if (!n)
        return;
    bool has_options = type == BLOCK_ENHANCED_PACKET || type == BLOCK_PACKET;
    if (has_options && r->body->len >= PACKET_HEAD) {
        uint32_t cap_len = get32(r, r->body->data + 12);
        if (cap_len <= r->body->len - PACKET_HEAD &&
            insert(r, PACKET_HEAD + padded(cap_len), texts, n))
            r->out->placed += n;
    }
}

/** Whether libwiretap numbers it as a frame. */
static bool is_frame(uint32_t type)
{
    switch (type) {
    case BLOCK_PACKET:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_ENHANCED_PACKET:
    case BLOCK_JOURNAL:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_KEPT:
    case BLOCK_SYSDIG_EVENT:
    case BLOCK_SYSDIG_EVENT_2:
    case BLOCK_SYSDIG_EVENT_2_LARGE:
        return true;
    }
    return false;
}

static void pass_on(rewriter *r, uint32_t type)
{
    if (type == BLOCK_SECRETS && r->edit->strip_secrets)
        return;
    if (type == BLOCK_SECTION)
        edit_section(r);
    if (is_frame(type)) {
        r->out->frames++;
        edit_packet(r, type);
    }
    write_block(r, type);
}

ssk_status ssk_pcapng_rewrite(const ssk_pcapng_io *io, const ssk_pcapng_edit *edit,
                              ssk_pcapng_outcome *ret)
{
    rewriter r = {.io = io, .edit = edit, .out = ret, .body = g_byte_array_new()};
    ssk_status status = SSK_OK;
    uint32_t type;
    bool end;

    *ret = (ssk_pcapng_outcome){0};
    while ((!edit->max_frames || ret->frames < edit->max_frames) &&
           (status = read_block(&r, &type, &end)) == SSK_OK && !end)
        pass_on(&r, type);
    ret->unplaced = edit->n_comments - ret->placed;
    g_byte_array_free(r.body, TRUE);
    return status;
}
