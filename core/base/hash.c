/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/hash.h"

#include <string.h>

static uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

static uint64_t pair_key[3] = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344),
                               UINT64_C(0xa4093822299f31d1)};

void ssk_hash_set_key(uint64_t first, uint64_t second)
{
    key[0] = first;
    key[1] = second;
    for (unsigned i = 0; i < G_N_ELEMENTS(pair_key); i++)
        pair_key[i] = ssk_hash_number(i) | 1; /* not those of the other hash, and never zero */
}

static inline uint64_t rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

typedef struct sip {
    uint64_t v0, v1, v2, v3;
} sip;

static inline sip begin(void)
{
    return (sip){key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                 key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)};
}

static inline void mix(sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 = rotate(s->v2, 32);
}

static inline void take(sip *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    s->v0 ^= word;
}

static inline uint64_t finish(sip *s)
{
    s->v2 ^= 0xff;
    mix(s);
    mix(s);
    mix(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t ssk_hash(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint64_t last = (uint64_t)len << 56;
    sip s = begin();
    for (; len >= 8; len -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        take(&s, GUINT64_FROM_LE(word));
    }
    for (size_t i = 0; i < len; i++)
        last |= (uint64_t)bytes[i] << 8 * i;
    take(&s, last);
    return finish(&s);
}

uint64_t ssk_hash_number(uint64_t number)
{
    sip s = begin();
    take(&s, number);
    return finish(&s);
}

uint64_t ssk_hash_pair(uint64_t first, uint64_t second)
{
    return ssk_hash_fold(ssk_hash_fold(first ^ pair_key[0], second ^ pair_key[1]) ^ pair_key[2],
                         UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t ssk_hash_text(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint64_t state = pair_key[0] ^ len, word = 0;
    for (; len >= 8; len -= 8, bytes += 8) {
        memcpy(&word, bytes, sizeof word);
        state = ssk_hash_fold(state ^ word, pair_key[1]);
    }
    word = 0;
    memcpy(&word, bytes, len);
    return ssk_hash_pair(state ^ word, len);
}

guint ssk_str_hash(gconstpointer text)
{
    return (guint)ssk_hash(text, strlen(text));
}

guint ssk_gbytes_hash(gconstpointer bytes)
{
    gsize len;
    const void *data = g_bytes_get_data((GBytes *)bytes, &len);
    return (guint)ssk_hash(data, len);
}

guint ssk_direct_hash(gconstpointer value)
{
    return (guint)ssk_hash_number(GPOINTER_TO_SIZE(value));
}
