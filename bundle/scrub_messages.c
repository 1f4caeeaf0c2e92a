/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_messages.h"

#include <glib.h>
#include <string.h>

#include "bundle/scrub_text.h"
#include "core/base/hash.h"
#include "core/decode/json.h"
#include "core/flow/stream.h"
#include "core/message/body.h"

/* Beginning of a message that is looked at, as core/message/messages.c does. */
#define HEAD (SSK_HEAD_MAX + SSK_UPGRADE_MAX)
/* Messages of which one must say what it is, to get in step again; and the proof of its form. */
#define BITS_LEAST 16

typedef struct piece {
    uint64_t at;   /* in the stream */
    uint32_t from; /* in the bytes */
    uint32_t len;
} piece;

/** One direction of a connection. */
typedef struct lane {
    ssk_stream *stream;
    bool begun;        /* base is known */
    uint32_t base;     /* sequence number of position 0 */
    uint64_t position; /* of the next chunk */
    uint64_t near;     /* where the last segment of the second pass was */
    bool in_step;
    GByteArray *head; /* of a message that goes on */
    uint64_t have, total;
    ssk_frame frame;
    GArray *pieces;
} lane;

typedef struct connection {
    uint32_t first_frame, last_frame;
    const ssk_profile *profile;
    GHashTable *words;
    lane lane[2];
    struct ssk_scrub_messages *owner;
} connection;

typedef struct flow_key {
    ssk_addr addr[2];
    uint16_t port[2];
    uint32_t transport;
} flow_key;

struct ssk_scrub_messages {
    ssk_pseudonym *pseudonym;
    GHashTable *flows; /* flow_key -> GPtrArray of connection */
    GByteArray *bytes;
    uint64_t dropped;
    bool declared_only; /* of numbers, those that the profile reads */
};

/* ---- flows ---- */

static guint key_hash(gconstpointer data)
{
    return (guint)ssk_hash(data, sizeof(flow_key));
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(flow_key));
}

/** The same for both directions; padding is zero.
 * @return which direction this is */
static int key_fill(flow_key *key, uint32_t transport, const ssk_addr *a, const ssk_addr *b,
                    uint16_t port_a, uint16_t port_b)
{
    int order = memcmp(a, b, sizeof *a);
    bool swap = order > 0 || (order == 0 && port_a > port_b);
    memset(key, 0, sizeof *key);
    key->transport = transport;
    key->addr[swap] = *a;
    key->addr[!swap] = *b;
    key->port[swap] = port_a;
    key->port[!swap] = port_b;
    return swap;
}

static void connection_free(gpointer data)
{
    connection *c = data;
    for (int i = 0; i < 2; i++) {
        ssk_stream_free(c->lane[i].stream);
        g_byte_array_free(c->lane[i].head, TRUE);
        g_array_free(c->lane[i].pieces, TRUE);
    }
    g_hash_table_destroy(c->words);
    g_free(c);
}

ssk_scrub_messages *ssk_scrub_messages_new(ssk_pseudonym *pseudonym, bool declared_only)
{
    ssk_scrub_messages *m = g_new0(ssk_scrub_messages, 1);
    m->pseudonym = pseudonym;
    m->declared_only = declared_only;
    m->flows = g_hash_table_new_full(key_hash, key_equal, g_free,
                                     (GDestroyNotify)g_ptr_array_unref);
    m->bytes = g_byte_array_new();
    return m;
}

void ssk_scrub_messages_free(ssk_scrub_messages *m)
{
    if (!m)
        return;
    g_hash_table_destroy(m->flows);
    g_byte_array_free(m->bytes, TRUE);
    g_free(m);
}

uint64_t ssk_scrub_messages_dropped(const ssk_scrub_messages *m)
{
    return m->dropped;
}

static void add_words(GHashTable *words, const char *text)
{
    while (*text) {
        size_t n = 0;
        while (g_ascii_isalnum(text[n]))
            n++;
        if (n)
            g_hash_table_add(words, g_strndup(text, n));
        text += n ? n : 1;
    }
}

/** What a profile's text says about messages, and the words of its framing. */
static GHashTable *words_of(const ssk_profile *profile)
{
    static const char *const others_keys[] = {"name", "description", "delimiter"};
    static const char *const others[] = {"true", "false", "null"};
    static const char *const http[] = {"GET",       "HTTP",      "Host",       "Upgrade", "upgrade",
                                       "websocket", "WebSocket", "Connection", "Sec",     "sec",
                                       "Version",   "Switching", "Protocols"};
    GHashTable *words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char **lines = g_strsplit(profile->text, "\n", -1);
    for (size_t i = 0; lines[i]; i++) {
        bool other = lines[i][0] == '#';
        for (size_t k = 0; k < G_N_ELEMENTS(others_keys); k++)
            other = other || g_str_has_prefix(lines[i], others_keys[k]);
        if (!other)
            add_words(words, lines[i]);
    }
    g_strfreev(lines);
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_hash_table_add(words, g_strdup(others[i]));
    for (size_t i = 0; profile->framing == SSK_FRAMING_WEBSOCKET && i < G_N_ELEMENTS(http); i++)
        g_hash_table_add(words, g_strdup(http[i]));
    return words;
}

void ssk_scrub_messages_add(ssk_scrub_messages *m, ssk_transport transport, const ssk_addr addr[2],
                            const uint16_t port[2], uint32_t first_frame, uint32_t last_frame,
                            const ssk_profile *profile)
{
    flow_key key;
    connection *c = g_new0(connection, 1);
    key_fill(&key, transport, &addr[0], &addr[1], port[0], port[1]);
    *c = (connection){.first_frame = first_frame,
                      .last_frame = last_frame,
                      .profile = profile,
                      .words = words_of(profile),
                      .owner = m};
    for (int i = 0; i < 2; i++) {
        c->lane[i].head = g_byte_array_new();
        c->lane[i].pieces = g_array_new(FALSE, FALSE, sizeof(piece));
    }
    GPtrArray *list = g_hash_table_lookup(m->flows, &key);
    if (!list) {
        list = g_ptr_array_new_with_free_func(connection_free);
        g_hash_table_insert(m->flows, g_memdup2(&key, sizeof key), list);
    }
    g_ptr_array_add(list, c);
}

/** @param[out] ret_lane direction of the packet */
static connection *find(const ssk_scrub_messages *m, const ssk_packet *packet, int *ret_lane)
{
    flow_key key;
    connection *found = NULL;
    *ret_lane = key_fill(&key, packet->kind == SSK_PACKET_TCP ? SSK_TCP : SSK_UDP, &packet->ip.src,
                         &packet->ip.dst, packet->src_port, packet->dst_port);
    GPtrArray *list = g_hash_table_lookup(m->flows, &key);
    for (guint i = 0; list && i < list->len; i++) {
        connection *c = list->pdata[i];
        if (packet->event->frame >= c->first_frame && packet->event->frame <= c->last_frame)
            found = c; /* the last one: a connection's first packet ends the one before */
    }
    return found;
}

/* ---- what is left of one message ---- */

static void copy_part(const uint8_t *from, uint8_t *to, uint32_t known, uint32_t at, uint32_t len)
{
    if (at < known)
        memcpy(to + at, from + at, MIN(len, known - at));
}

static void copy_field(const ssk_field *field, const ssk_frame *frame, const uint8_t *from,
                       uint8_t *to, uint32_t known)
{
    if (field->set && field->size)
        copy_part(from, to, known, field->offset + (field->from_body ? frame->body : 0),
                  field->size);
}

/** Bytes that the profile's groups look at. A body that stands for a number as a whole becomes
 * another one, equal where it was. */
static void leave_fields(const connection *c, const ssk_frame *frame, const uint8_t *from,
                         uint8_t *to, uint32_t known)
{
    for (unsigned i = 0; i < c->profile->n_groups; i++) {
        const ssk_profile_group *group = &c->profile->groups[i];
        if (group->opcode >= 0 && group->opcode != frame->opcode)
            continue;
        if (ssk_profile_group_matches(group, from, known, frame->body) == SSK_EFORMAT)
            continue;
        for (unsigned k = 0; k < group->n_match; k++)
            copy_part(from, to, known,
                      group->match[k].offset + (group->match[k].from_body ? frame->body : 0),
                      group->match[k].len);
        copy_field(&group->sequence, frame, from, to, known);
        copy_field(&group->time, frame, from, to, known);
        copy_field(&group->trailer, frame, from, to, known);
        if (group->sequence.whole) {
            uint8_t noise[SSK_PSEUDONYM_NOISE];
            GString *body = g_string_new(NULL);
            for (uint32_t at = frame->body; at < known; at++)
                g_string_append_c(body, (char)(from[at] ^ frame->mask[(at - frame->body) & 3]));
            ssk_pseudonym_noise(c->owner->pseudonym, (const uint8_t *)body->str, body->len, noise);
            for (uint32_t at = frame->body; at < known; at++)
                to[at] = (uint8_t)((noise[(at - frame->body) % sizeof noise] & 0x3f) ^
                                   frame->mask[(at - frame->body) & 3]);
            g_string_free(body, TRUE);
        }
    }
}

/* ---- the numbers that a profile reads ---- */

static void add_number(ssk_scrub_numbers *numbers, uint32_t at, uint32_t len)
{
    if (numbers->n == SSK_SCRUB_NUMBERS)
        return;
    numbers->list[numbers->n].at = at;
    numbers->list[numbers->n++].len = len;
}

static void add_json(ssk_scrub_numbers *numbers, const char *path, const uint8_t *text,
                     uint32_t len)
{
    ssk_json_value value;
    if (path && ssk_json_find(text, len, path, &value) == SSK_OK)
        add_number(numbers, (uint32_t)(value.text - text), value.len);
}

/** @param wanted 1: the first word of the line */
static void add_word(ssk_scrub_numbers *numbers, unsigned wanted, const uint8_t *text, uint32_t len)
{
    uint32_t at = 0;
    for (unsigned n = 1; at < len; n++) {
        while (at < len && (text[at] == ' ' || text[at] == '\t'))
            at++;
        uint32_t start = at;
        while (at < len && text[at] != ' ' && text[at] != '\t')
            at++;
        if (n == wanted)
            add_number(numbers, start, at - start);
    }
}

static void add_named(ssk_scrub_numbers *numbers, const GMatchInfo *match, const ssk_field *field)
{
    gint start, end;
    if (field->set && field->path &&
        g_match_info_fetch_named_pos(match, field->path, &start, &end) && start >= 0)
        add_number(numbers, (uint32_t)start, (uint32_t)(end - start));
}

static void add_matched(ssk_scrub_numbers *numbers, const ssk_profile *profile,
                        const ssk_profile_group *group, const uint8_t *text, uint32_t len)
{
    GMatchInfo *match = NULL;
    if (group->regex &&
        g_regex_match_full(group->regex, (const char *)text, (gssize)MIN(len, profile->regex_bytes),
                           0, 0, &match, NULL)) {
        add_named(numbers, match, &group->sequence);
        add_named(numbers, match, &group->time);
    }
    g_clear_pointer(&match, g_match_info_free);
}

/** Sequence numbers, times and what tells the kinds of message apart: what a profile declares. */
static ssk_scrub_numbers declared_numbers(const ssk_profile *profile, const uint8_t *text,
                                          uint32_t len)
{
    ssk_scrub_numbers numbers = {.n = 0};
    for (unsigned i = 0; i < profile->n_groups; i++) {
        const ssk_profile_group *group = &profile->groups[i];
        const ssk_field *fields[] = {&group->sequence, &group->time};
        for (unsigned k = 0; profile->body == SSK_BODY_JSON && k < group->n_match; k++)
            add_json(&numbers, group->match[k].path, text, len);
        for (size_t k = 0; k < G_N_ELEMENTS(fields); k++) {
            if (fields[k]->set && profile->body == SSK_BODY_JSON)
                add_json(&numbers, fields[k]->path, text, len);
            else if (fields[k]->set && profile->body == SSK_BODY_TEXT)
                add_word(&numbers, fields[k]->word, text, len);
        }
        if (profile->body == SSK_BODY_REGEX)
            add_matched(&numbers, profile, group, text, len);
    }
    return numbers;
}

static void leave_text(const connection *c, const ssk_frame *frame, const uint8_t *from,
                       uint8_t *to, uint32_t known)
{
    uint32_t len = known - MIN(known, frame->body);
    uint8_t *text = g_malloc(len + 1);
    for (uint32_t i = 0; i < len; i++)
        text[i] = from[frame->body + i] ^ frame->mask[i & 3];
    ssk_scrub_numbers numbers = declared_numbers(c->profile, text, len);
    ssk_scrub_message(c->owner->pseudonym, c->words, c->owner->declared_only ? &numbers : NULL,
                      text, len);
    for (uint32_t i = 0; i < len; i++)
        to[frame->body + i] = text[i] ^ frame->mask[i & 3];
    g_free(text);
}

/** An HTTP header may hold anything: its form and a few words. */
static void leave_upgrade(const connection *c, const uint8_t *from, uint8_t *to, uint32_t known)
{
    static const char *const kept[] = {"101", "1", "13"};
    for (uint32_t at = 0; at < known;) {
        uint32_t n = 0;
        while (at + n < known && g_ascii_isalnum(from[at + n]))
            n++;
        char *word = g_strndup((const char *)from + at, n);
        bool known_word = g_hash_table_contains(c->words, word);
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
            known_word = known_word || !strcmp(word, kept[i]);
        g_free(word);
        if (known_word)
            memcpy(to + at, from + at, n);
        else if (n)
            memset(to + at, 'x', n);
        else
            to[at] = from[at] < 0x80 ? from[at] : '?';
        at += n ? n : 1;
    }
}

static void leave(const connection *c, const ssk_frame *frame, const uint8_t *from, uint8_t *to,
                  uint32_t known)
{
    bool text = c->profile->body != SSK_BODY_BYTES;
    if (frame->upgrade) {
        leave_upgrade(c, from, to, known);
        return;
    }
    copy_part(from, to, known, 0, frame->body);
    if (frame->opcode >= 8 || !text) /* control frames of WebSocket hold what they like */
        leave_fields(c, frame, from, to, known);
    else if (!frame->deflated)
        leave_text(c, frame, from, to, known);
}

/* ---- following a stream ---- */

static void add_piece(ssk_scrub_messages *m, lane *l, uint64_t at, const uint8_t *bytes,
                      uint32_t len)
{
    while (len && !bytes[len - 1]) /* zeros need no memory */
        len--;
    if (m->bytes->len + len > SSK_SCRUB_MESSAGES_ROOM) {
        m->dropped++;
    } else if (len) {
        piece p = {at, m->bytes->len, len};
        g_byte_array_append(m->bytes, bytes, len);
        g_array_append_val(l->pieces, p);
    }
}

static void remember(connection *c, lane *l, uint64_t at, const ssk_frame *frame,
                     const uint8_t *data, uint32_t known)
{
    uint8_t *to = g_malloc0(known + 1);
    leave(c, frame, data, to, known);
    add_piece(c->owner, l, at, to, known);
    g_free(to);
}

static void forget_head(lane *l)
{
    g_byte_array_set_size(l->head, 0);
    l->have = l->total = 0;
}

/** @param[out] ret set only when it says what it is
 *  @return false: it is none of the profile's */
static bool says(const connection *c, const ssk_frame *frame, const uint8_t *data, uint32_t known,
                 bool *ret)
{
    ssk_reading reading;
    ssk_scratch scratch;
    ssk_context context = {.near = SSK_TIME_NONE};
    ssk_body_read(c->profile, frame, data, (uint32_t)MIN(known, frame->len), &context, &scratch,
                  &reading);
    *ret = reading.group || reading.bits >= BITS_LEAST || frame->upgrade;
    return reading.group || !c->profile->strict;
}

/** Does a message that says what it is begin here? */
static bool begins(const connection *c, const uint8_t *data, uint32_t known, uint32_t left)
{
    ssk_frame frame;
    bool sure = false;
    return known && ssk_framing_measure(c->profile, data, known, left, &frame) == SSK_OK &&
           says(c, &frame, data, known, &sure) && sure;
}

/** A message that is all there. @return false: it is none */
static bool complete(connection *c, lane *l, uint64_t at, const ssk_frame *frame,
                     const uint8_t *data, uint32_t known)
{
    bool sure;
    known = (uint32_t)MIN(MIN(known, frame->len), (uint64_t)HEAD);
    if (c->profile->strict && !says(c, frame, data, known, &sure))
        return false;
    remember(c, l, at, frame, data, known);
    return true;
}

/** The message that begins at @p data. @return bytes taken; 0: none begins there */
static uint32_t take(connection *c, lane *l, uint64_t at, const uint8_t *data, uint32_t known,
                     uint32_t left)
{
    ssk_frame frame;
    ssk_status status = known ? ssk_framing_measure(c->profile, data, known, left, &frame)
                              : SSK_EFORMAT;
    if (status == SSK_OK && frame.len <= left)
        return complete(c, l, at, &frame, data, known) ? (uint32_t)frame.len : 0;
    if (status == SSK_EFORMAT || (status == SSK_ETRUNC && known < left))
        return 0;
    g_byte_array_append(l->head, data, MIN(known, HEAD));
    l->have = left;
    l->total = status == SSK_OK ? frame.len : 0;
    l->frame = status == SSK_OK ? frame : (ssk_frame){0};
    return left;
}

/** Go on with a message that began in an earlier chunk. @return bytes taken; 0: it was none */
static uint32_t resume(connection *c, lane *l, const uint8_t *data, uint32_t known, uint32_t left)
{
    uint64_t had = l->have;
    uint32_t taken = l->total ? (uint32_t)MIN(left, l->total - had) : left;
    bool whole = l->head->len == had; /* nothing is missing so far */
    if (whole)
        g_byte_array_append(l->head, data, MIN(MIN(known, taken), HEAD - MIN(HEAD, l->head->len)));
    l->have += taken;
    if (!l->total) {
        ssk_status status = ssk_framing_measure(c->profile, l->head->data, l->head->len,
                                                l->head->len, &l->frame);
        if (status == SSK_EFORMAT || (status == SSK_ETRUNC && l->head->len != l->have)) {
            forget_head(l);
            return 0;
        }
        if (status == SSK_ETRUNC)
            return taken;
        l->total = l->frame.len;
    }
    if (l->have < l->total)
        return taken;
    taken = (uint32_t)(l->total - had);
    bool good = complete(c, l, l->position - had, &l->frame, l->head->data, l->head->len);
    forget_head(l);
    return good ? taken : 0;
}

/** Of a line that is no message, or the end of one, the end is left: there the next may begin.
 * @return bytes until then */
static uint32_t pass_line(connection *c, lane *l, uint64_t at, const uint8_t *data, uint32_t known,
                          uint32_t left)
{
    const ssk_profile *profile = c->profile;
    ssk_frame line;
    if (profile->framing != SSK_FRAMING_DELIMITER || !known ||
        ssk_framing_measure(profile, data, known, left, &line) != SSK_OK || line.len > left)
        return left;
    add_piece(c->owner, l, at + line.len - profile->delimiter_len, profile->delimiter,
              profile->delimiter_len);
    return (uint32_t)line.len;
}

static void skip(lane *l, uint64_t skipped)
{
    l->position += skipped;
    if (l->total && skipped < l->total - l->have) { /* within a message the framing holds */
        l->have += skipped;
    } else {
        forget_head(l);
        l->in_step = false;
    }
}

static void take_chunk(connection *c, lane *l, const ssk_chunk *chunk)
{
    uint32_t at = 0;
    if (chunk->skipped)
        skip(l, chunk->skipped);
    if (l->have) {
        at = resume(c, l, chunk->cap_len ? chunk->data : (const uint8_t *)"", chunk->cap_len,
                    chunk->wire_len);
        l->in_step = at != 0;
    }
    while (at < chunk->wire_len) {
        uint32_t left = chunk->wire_len - at;
        uint32_t known = chunk->cap_len > at ? chunk->cap_len - at : 0;
        const uint8_t *data = known ? chunk->data + at : (const uint8_t *)"";
        l->in_step = l->in_step || begins(c, data, known, left);
        uint32_t taken = l->in_step ? take(c, l, l->position + at, data, known, left) : 0;
        l->in_step = taken != 0;
        at += taken ? taken : pass_line(c, l, l->position + at, data, known, left);
    }
    l->position += chunk->wire_len;
}

typedef struct delivery {
    connection *c;
    lane *l;
} delivery;

static void deliver(void *user, const ssk_chunk *chunk)
{
    delivery *to = user;
    take_chunk(to->c, to->l, chunk);
}

void ssk_scrub_messages_learn(ssk_scrub_messages *m, const ssk_packet *packet)
{
    int which;
    connection *c = packet->kind == SSK_PACKET_TCP ? find(m, packet, &which) : NULL;
    if (!c || packet->problem == SSK_PROBLEM_FORMAT || (packet->tcp.flags & SSK_TCP_RST))
        return;
    lane *own = &c->lane[which], *peer = &c->lane[!which];
    uint32_t seq = packet->tcp.seq + ((packet->tcp.flags & SSK_TCP_SYN) ? 1 : 0);
    if ((packet->tcp.flags & SSK_TCP_SYN) && !own->stream) {
        own->begun = own->in_step = true;
        own->base = seq;
    }
    if (packet->payload_len) {
        if (!own->begun)
            own->base = seq;
        own->begun = true;
        if (!own->stream)
            own->stream = ssk_stream_new(own->base);
        ssk_stream_push(own->stream, seq, packet->payload, packet->payload_cap, packet->payload_len,
                        packet->event->frame, packet->event->time, deliver, &(delivery){c, own});
    }
    if ((packet->tcp.flags & SSK_TCP_ACK) && peer->stream && ssk_stream_waiting(peer->stream))
        ssk_stream_acked(peer->stream, packet->tcp.ack, packet->event->frame, packet->event->time,
                         deliver, &(delivery){c, peer});
}

void ssk_scrub_messages_rewind(ssk_scrub_messages *m)
{
    GHashTableIter each;
    gpointer list;
    g_hash_table_iter_init(&each, m->flows);
    while (g_hash_table_iter_next(&each, NULL, &list))
        for (guint i = 0; i < ((GPtrArray *)list)->len; i++) {
            connection *c = ((GPtrArray *)list)->pdata[i];
            c->lane[0].near = c->lane[1].near = 0;
        }
}

/* ---- filling ---- */

static void overlay(const ssk_scrub_messages *m, const lane *l, uint64_t at, uint8_t *to,
                    uint32_t len)
{
    guint low = 0, high = l->pieces->len;
    while (low < high) { /* the first piece that ends behind at */
        guint middle = low + (high - low) / 2;
        const piece *p = &g_array_index(l->pieces, piece, middle);
        if (p->at + p->len <= at)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < l->pieces->len; low++) {
        const piece *p = &g_array_index(l->pieces, piece, low);
        if (p->at >= at + len)
            break;
        uint64_t from = MAX(p->at, at), end = MIN(p->at + p->len, at + len);
        memcpy(to + (from - at), m->bytes->data + p->from + (from - p->at), end - from);
    }
}

static void fill_datagram(connection *c, const ssk_packet *packet, uint8_t *to, uint32_t len)
{
    for (uint32_t at = 0; at < len;) {
        ssk_frame frame;
        if (ssk_framing_measure(c->profile, packet->payload + at, len - at,
                                packet->payload_len - at, &frame) != SSK_OK)
            return;
        leave(c, &frame, packet->payload + at, to + at, (uint32_t)MIN(frame.len, len - at));
        at += (uint32_t)MIN(frame.len, len - at);
    }
}

bool ssk_scrub_messages_fill(ssk_scrub_messages *m, const ssk_packet *packet, uint8_t *to,
                             uint32_t len)
{
    int which;
    connection *c = find(m, packet, &which);
    if (!c)
        return false;
    lane *l = &c->lane[which];
    if (packet->kind == SSK_PACKET_UDP) {
        fill_datagram(c, packet, to, len);
    } else if (l->begun) {
        uint32_t seq = packet->tcp.seq + ((packet->tcp.flags & SSK_TCP_SYN) ? 1 : 0);
        int64_t at = (int64_t)l->near + (int32_t)(seq - (l->base + (uint32_t)l->near));
        uint32_t before = at < 0 ? (uint32_t)MIN(-at, (int64_t)len) : 0; /* a probe */
        overlay(m, l, (uint64_t)(at + before), to + before, len - before);
        if (at > (int64_t)l->near)
            l->near = (uint64_t)at;
    }
    return true;
}
