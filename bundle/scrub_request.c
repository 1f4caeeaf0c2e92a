/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_request.h"

#include <glib.h>
#include <string.h>

#include "bundle/protocol_words.h"
#include "core/decode/declared.h"
#include "core/decode/http2.h"
#include "core/decode/request.h"

/* So often the readers are asked for one payload at most. */
#define ASKED_MOST 1000
/* As long as the words that a leak is looked for by. */
#define WORD 4

/** What the readers say. */
typedef struct reading {
    ssk_request plain, greeted;
    ssk_declared declared;
    ssk_http2 frames;
    ssk_span_ns poll;
    uint16_t number;
    bool declares, framed, numbered, ping;
    bool websocket;
} reading;

typedef struct search {
    ssk_scrub_payload kind;
    uint32_t len, wire_len;
    const uint8_t *scrubbed;
    uint8_t *bytes; /* of both, as far as is known */
    reading wanted;
    unsigned asked;
} search;

/* A form that fits and promises nothing tells nothing: zeros fit some. */
static bool promises(bool fits, ssk_declared *declared)
{
    static const ssk_declared nothing;
    if (!fits)
        memset(declared, 0, sizeof *declared);
    return memcmp(declared, &nothing, sizeof nothing) != 0;
}

static reading read_all(const search *s, const uint8_t *bytes)
{
    reading r;
    memset(&r, 0, sizeof r); /* compared as bytes */
    if (s->kind != SSK_SCRUB_SEGMENT) {
        r.plain = ssk_request_of_datagram(bytes, s->len, s->wire_len);
        r.poll = ssk_request_poll(bytes, s->len, s->wire_len);
        bool fits = ssk_declared_read_datagram(bytes, s->len, &r.declared);
        r.declares = promises(fits, &r.declared) || (fits && s->kind == SSK_SCRUB_HELLO);
        return r;
    }
    r.plain = ssk_request_of_segment(bytes, s->len, s->wire_len, false);
    r.greeted = ssk_request_of_segment(bytes, s->len, s->wire_len, true);
    r.declares = promises(ssk_declared_read(bytes, s->len, &r.declared), &r.declared);
    r.framed = ssk_http2_read(bytes, s->len, s->wire_len, &r.frames);
    if (!r.framed)
        memset(&r.frames, 0, sizeof r.frames);
    r.numbered = ssk_request_number(bytes, s->len, s->wire_len, &r.number);
    if (!r.numbered)
        r.number = 0;
    r.websocket = ssk_declares_websocket(bytes, s->len);
    r.ping = ssk_request_is_ping(bytes, s->len, s->wire_len);
    return r;
}

static bool reads_as_wanted(search *s)
{
    reading r = read_all(s, s->bytes);
    s->asked++;
    return !memcmp(&r, &s->wanted, sizeof r);
}

/* Make of this range what is not needed as it was scrubbed. */
static void settle(search *s, const uint8_t *from, uint32_t begin, uint32_t end)
{
    if (begin == end || s->asked >= ASKED_MOST ||
        !memcmp(from + begin, s->scrubbed + begin, end - begin))
        return;
    memcpy(s->bytes + begin, s->scrubbed + begin, end - begin);
    if (reads_as_wanted(s))
        return;
    memcpy(s->bytes + begin, from + begin, end - begin);
    if (end - begin == 1)
        return;
    uint32_t middle = begin + (end - begin) / 2;
    settle(s, from, middle, end);
    settle(s, from, begin, middle);
}

static bool is_protocols(const char *word)
{
    char *padded = g_strconcat(" ", word, " ", NULL);
    bool found = strstr(" " SSK_PROTOCOL_WORDS, padded) != NULL;
    g_free(padded);
    return found;
}

/* Only words that are every user's. */
static bool says_nothing(const search *s, const uint8_t *from)
{
    for (uint32_t at = 0; at < s->len;) {
        uint32_t n = 0;
        while (at + n < s->len && g_ascii_isalpha(from[at + n]) && s->bytes[at + n] == from[at + n])
            n++;
        if (n >= WORD) {
            char *word = g_ascii_strdown((const char *)from + at, n);
            bool known = is_protocols(word);
            g_free(word);
            if (!known)
                return false;
        }
        at += n ? n : 1;
    }
    return true;
}

uint32_t ssk_scrub_request(ssk_scrub_payload kind, const uint8_t *from, uint8_t *to, uint32_t len,
                           uint32_t wire_len)
{
    search s = {.kind = kind, .len = len, .wire_len = wire_len, .scrubbed = to};
    uint32_t back = 0;
    s.wanted = read_all(&s, from);
    reading left = read_all(&s, to);
    if (!memcmp(&left, &s.wanted, sizeof left))
        return 0;
    s.bytes = g_memdup2(from, len);
    settle(&s, from, 0, len);
    if (s.asked < ASKED_MOST && says_nothing(&s, from)) {
        for (uint32_t i = 0; i < len; i++)
            back += s.bytes[i] != to[i];
        memcpy(to, s.bytes, len);
    }
    g_free(s.bytes);
    return back;
}
