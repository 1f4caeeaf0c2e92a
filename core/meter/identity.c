/* identity.c - the words with which a client introduces itself.
 *
 * Which word of a greeting is the device's name no one knows beforehand. Each
 * word of the first payload that looks like an identifier is kept as a hash;
 * two connections that share one are for a rule to judge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/decode/dnssd.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_identity;

#define WORDS         8
#define LETTERS_LEAST 6
#define GREETING      512

typedef struct state {
    bool greeted;
    uint8_t n_words;
    uint8_t uuids; /* one bit per word */
    uint32_t word[WORDS];
    uint32_t frames[2]; /* of the greeting, of the last progress */
    ssk_time_ns times[2];
} state;

/* Without keep-alive messages a flow is no standing connection. */
static bool wants(const ssk_step *step)
{
    return step->dir == SSK_A && (step->flow->profile || !step->flow->decoding_ended);
}

/* What each byte of a greeting is; 0 parts words. It is looked at for each flow there is. */
enum { LOWER = 1, UPPER = 2, DIGIT = 4, OTHER = 8, TWO_DIGITS = 16 };
#define O     OTHER
#define TEN   DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT
#define OF(x) x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x
static const uint8_t byte_kind[256] = {
    /* clang-format off */
    [' '] = 0, ['!'] = O, ['"'] = 0, O, O, O, 0 /* & */, 0 /* ' */, 0, 0 /* () */, O, O, 0 /* , */, O, O, O,
    TEN, 0 /* : */, 0 /* ; */, 0 /* < */, 0 /* = */, 0 /* > */, 0 /* ? */, O,
    OF(UPPER), 0 /* [ */, O, 0 /* ] */, O, O, O,
    OF(LOWER), 0 /* { */, O, 0 /* } */, O,
    /* clang-format on */
};
#undef O
#undef TEN
#undef OF

/* A name or an id has more than one kind of character; a keyword or a number has one.
 * @param kinds of all its bytes; TWO_DIGITS: more than one of them is one */
static bool identifies(unsigned kinds, size_t len)
{
    return len >= LETTERS_LEAST && (kinds & DIGIT) && (kinds & (LOWER | UPPER)) &&
           (kinds & (UPPER | OTHER | TWO_DIGITS));
}

static void read_greeting(state *s, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    const uint8_t *at = packet->payload, *end = at + MIN(packet->payload_cap, GREETING);
    while (at < end && s->n_words < WORDS) {
        while (at < end && !byte_kind[*at])
            at++;
        const uint8_t *word = at;
        unsigned kinds = 0;
        for (unsigned kind; at < end && (kind = byte_kind[*at]); at++)
            kinds |= kind | (kinds & kind & DIGIT) << 2;
        uint32_t len = (uint32_t)(at - word);
        if (!identifies(kinds, len))
            continue;
        if (len == SSK_UUID_LEN && ssk_uuid_find(word, len))
            s->uuids |= (uint8_t)(1 << s->n_words);
        s->word[s->n_words++] = ssk_slot_hash(word, len);
    }
    s->greeted = true;
    s->frames[0] = packet->event->frame;
    s->times[0] = step->time;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    if (step->time == SSK_TIME_NONE || !wants(step))
        return;
    if (!s->greeted)
        read_greeting(s, step);
    s->frames[1] = step->packet->event->frame;
    s->times[1] = step->time;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)end;
    if (!flow->profile)
        return;
    for (unsigned i = 0; i < s->n_words; i++) {
        ssk_fact fact = {SSK_AS_IDENTITY(.hash = s->word[i]),
                         .flow_id = flow->id,
                         .flags = s->uuids >> i & 1 ? SSK_IDENTITY_UUID : 0,
                         .start = s->times[0],
                         .end = s->times[1],
                         .frame_first = s->frames[0],
                         .frame_last = s->frames[1]};
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_identity = {
    .name = "identity",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_NEW_BYTES,
    .wants = wants,
    .on_step = on_step,
    .on_close = on_close,
};
