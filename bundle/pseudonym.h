/* pseudonym.h - other addresses and other words, the same ones everywhere.
 *
 * A pseudonym is decided by a key and by what it stands for, and is as long in
 * text as that: it fits wherever the address stood, a reverse lookup or a TXT
 * record too. As in Crypto-PAn (Fan, Xu, Ammar and Moon, 2004) what two
 * addresses have in common at their beginning their pseudonyms have in common,
 * here in whole octets (IPv4) and hexadecimal digits (IPv6), and nothing else
 * of them. An octet keeps its number of decimal digits, a hexadecimal digit 0
 * stays 0; the PRF is HMAC-SHA-256.
 *
 * Kept are the ranges that mean something (IANA's special-purpose registries):
 * unspecified, loopback, link-local, private, shared, documentation, multicast,
 * broadcast; an IPv4 address that ends in .0 or .255 keeps that octet.
 * Of a MAC address the vendor's part is kept, and the group and local bits; the
 * rest is replaced, in IPv6 addresses made of it and in solicited-node groups
 * alike. Of one that is locally administered (random) all is replaced.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PSEUDONYM_H
#define SSK_PSEUDONYM_H

#include "core/base/types.h"

#define SSK_PSEUDONYM_KEY 32

typedef struct ssk_pseudonym ssk_pseudonym;

/** @param key       SSK_PSEUDONYM_KEY random bytes
 *  @param addresses false: addresses stay what they are, words do not */
ssk_pseudonym *ssk_pseudonym_new(const uint8_t *key, bool addresses);
void ssk_pseudonym_free(ssk_pseudonym *pseudonym);

/* In place. */
void ssk_pseudonym_ipv4(ssk_pseudonym *pseudonym, uint8_t bytes[4]);
void ssk_pseudonym_ipv6(ssk_pseudonym *pseudonym, uint8_t bytes[16]);
void ssk_pseudonym_mac(ssk_pseudonym *pseudonym, uint8_t bytes[6]);

/** Was this MAC address one of the frames'? ssk_pseudonym_mac() remembers them. */
bool ssk_pseudonym_knows_mac(const ssk_pseudonym *pseudonym, const uint8_t bytes[6]);

/** Letters become letters of the same case, digits digits; equal words, whatever
 * their case, get equal ones. A word's last letter is an s if it was one.
 * Bytes that are neither become letters.
 * @param to may be @p from */
void ssk_pseudonym_word(const ssk_pseudonym *pseudonym, const uint8_t *from, uint32_t len,
                        uint8_t *to);
/** Hexadecimal digits of the same case, all else stays. */
void ssk_pseudonym_hex(const ssk_pseudonym *pseudonym, const uint8_t *from, uint32_t len,
                       uint8_t *to);

#define SSK_PSEUDONYM_NOISE 32
/** Bytes that these bytes and the key decide. */
void ssk_pseudonym_noise(const ssk_pseudonym *pseudonym, const uint8_t *from, size_t len,
                         uint8_t ret[SSK_PSEUDONYM_NOISE]);

#endif
