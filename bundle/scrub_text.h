/* scrub_text.h - names and messages with other words and other addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_TEXT_H
#define SSK_SCRUB_TEXT_H

#include <glib.h>

#include "bundle/pseudonym.h"

/** What people call things: a host, a service, a process, a TXT value. Each word
 * becomes another one, but for words that name a kind of device ("iPad") and
 * numbers of two digits; an address or a UUID becomes another one.
 * Spaces and punctuation stay, bytes that are no UTF-8 text become letters.
 * @param to @p len bytes; may be @p from */
void ssk_scrub_name(ssk_pseudonym *pseudonym, const uint8_t *from, uint32_t len, uint8_t *to);

/** The same for text that ends in NUL; owned by the caller. */
char *ssk_scrub_name_text(ssk_pseudonym *pseudonym, const char *text);

/** Parts of a message whose numbers stay. */
#define SSK_SCRUB_NUMBERS 32
typedef struct ssk_scrub_numbers {
    struct {
        uint32_t at, len;
    } list[SSK_SCRUB_NUMBERS];
    unsigned n;
} ssk_scrub_numbers;

/** A message as text, JSON or not, in place: kept are punctuation, numbers, and the
 * words that @p words holds; identifiers and addresses become others, the rest x.
 * @param numbers the numbers that stay, the others' digits become others; NULL: all stay
 * @return bytes replaced */
uint32_t ssk_scrub_message(ssk_pseudonym *pseudonym, GHashTable *words,
                           const ssk_scrub_numbers *numbers, uint8_t *text, uint32_t len);

#endif
