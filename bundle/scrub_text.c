/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/decode/dnssd.h"

static bool is_word(uint8_t byte)
{
    return g_ascii_isalnum(byte);
}

/* ---- addresses in text ---- */

/** Six pairs of hexadecimal digits, with one and the same separator or none.
 * @return its length; 0: none */
static uint32_t read_mac(const uint8_t *text, uint32_t len, uint8_t ret[6])
{
    uint32_t step = len > 2 && (text[2] == ':' || text[2] == '-') ? 3 : 2, end = 5 * step + 2;
    if (len < end)
        return 0;
    for (uint32_t i = 0; i < 6; i++) {
        int high = g_ascii_xdigit_value((char)text[i * step]);
        int low = g_ascii_xdigit_value((char)text[i * step + 1]);
        if (high < 0 || low < 0 || (step == 3 && i < 5 && text[i * step + 2] != text[2]))
            return 0;
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return end;
}

static void put_hex(uint8_t *to, uint8_t byte, bool upper)
{
    const char *all = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    to[0] = (uint8_t)all[byte >> 4];
    to[1] = (uint8_t)all[byte & 15];
}

static bool has_upper(const uint8_t *text, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++)
        if (g_ascii_isupper(text[i]))
            return true;
    return false;
}

/** Without separators only an address that was seen: any twelve digits could be one. */
static uint32_t put_mac(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    uint8_t mac[6];
    uint32_t end = read_mac(from, len, mac);
    if (!end || (end == 12 && !ssk_pseudonym_knows_mac(p, mac)) ||
        (end == 17 && len > end && is_word(from[end])))
        return 0;
    bool upper = has_upper(from, end);
    ssk_pseudonym_mac(p, mac);
    for (uint32_t i = 0; i < 6; i++)
        put_hex(to + i * (end / 5), mac[i], upper);
    for (uint32_t i = 2; end == 17 && i < end; i += 3)
        to[i] = from[i];
    return end;
}

/** Four numbers with one and the same separator, '.' or '-'. */
static uint32_t put_ipv4(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    uint8_t bytes[4], separator = 0;
    uint32_t at = 0;
    for (unsigned i = 0; i < 4; i++) {
        unsigned value = 0, n = 0;
        if (i && (at >= len || (from[at] != '.' && from[at] != '-') ||
                  (separator && from[at] != separator)))
            return 0;
        if (i)
            separator = from[at++];
        while (at < len && n < 4 && g_ascii_isdigit(from[at])) {
            value = value * 10 + (unsigned)(from[at++] - '0');
            n++;
        }
        if (!n || n > 3 || value > 255)
            return 0;
        bytes[i] = (uint8_t)value;
    }
    if (at < len && (is_word(from[at]) ||
                     (from[at] == separator && at + 1 < len && g_ascii_isdigit(from[at + 1]))))
        return 0;
    ssk_pseudonym_ipv4(p, bytes);
    char *text = g_strdup_printf("%u%c%u%c%u%c%u", bytes[0], separator, bytes[1], separator,
                                 bytes[2], separator, bytes[3]);
    if (strlen(text) == at) /* leading zeros were there */
        memcpy(to, text, at);
    else
        memset(to, '0', at);
    g_free(text);
    return at;
}

static uint32_t put_ipv6(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    char text[INET6_ADDRSTRLEN] = "";
    uint8_t bytes[16];
    uint32_t n = 0, colons = 0;
    while (n < len && n < sizeof text - 1 &&
           (g_ascii_isxdigit(from[n]) || from[n] == ':' || from[n] == '.')) {
        colons += from[n] == ':';
        text[n] = (char)from[n];
        n++;
    }
    while (n && text[n - 1] == '.')
        text[--n] = 0;
    if (colons < 2 || n < 4 || (n < len && is_word(from[n])) ||
        inet_pton(AF_INET6, text, bytes) != 1)
        return 0;
    bool upper = has_upper(from, n);
    ssk_pseudonym_ipv6(p, bytes);
    char made[INET6_ADDRSTRLEN] = "";
    inet_ntop(AF_INET6, bytes, made, sizeof made);
    if (strlen(made) == n) {
        for (uint32_t i = 0; i < n; i++)
            to[i] = (uint8_t)(upper ? g_ascii_toupper(made[i]) : made[i]);
        return n;
    }
    for (uint32_t at = 0; at < n; at++) /* written in a form of its own */
        to[at] = from[at] == ':' || from[at] == '.' ? from[at] : '0';
    return n;
}

static uint32_t put_uuid(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    if (len < SSK_UUID_LEN || ssk_uuid_find(from, SSK_UUID_LEN) != from)
        return 0;
    ssk_pseudonym_hex(p, from, SSK_UUID_LEN, to);
    return SSK_UUID_LEN;
}

/** An identifier of a fixed form that begins at @p at.
 * @return its length; 0: none */
static uint32_t put_identifier(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint32_t at,
                               uint8_t *to)
{
    if (!g_ascii_isxdigit(from[at]) && from[at] != ':')
        return 0;
    uint32_t left = len - at, taken = put_uuid(p, from + at, left, to + at);
    if (!taken)
        taken = put_mac(p, from + at, left, to + at);
    if (at && (is_word(from[at - 1]) || from[at - 1] == '.'))
        return taken; /* the middle of something */
    if (!taken)
        taken = put_ipv4(p, from + at, left, to + at);
    return taken ? taken : put_ipv6(p, from + at, left, to + at);
}

/* ---- names ---- */

static bool is_kept_word(const uint8_t *word, uint32_t len)
{
    /* Of bonjour_findings.c: what makes a name a person's name for a device. */
    static const char *const kept[] = {
        "iPhone", "iPad",   "iPod",  "MacBook", "iMac",    "Mac", "mini",   "Pro",   "Air",
        "Studio", "Apple",  "Watch", "AirPods", "HomePod", "TV",  "Galaxy", "Pixel", "Phone",
        "Laptop", "Tablet", "s",     "von",     "de",      "of",  "di",     "van",   "d",
    };
    bool number = len <= 2;
    for (uint32_t i = 0; i < len; i++)
        number = number && g_ascii_isdigit(word[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++)
        if (strlen(kept[i]) == len && !memcmp(kept[i], word, len))
            return true;
    return number;
}

/** General Punctuation, U+2010 to U+2027: dashes and quotation marks. */
static bool is_punctuation(const uint8_t *text, uint32_t len)
{
    return len >= 3 && text[0] == 0xe2 && text[1] == 0x80 && text[2] >= 0x90 && text[2] <= 0xa7;
}

static uint32_t word_length(const uint8_t *text, uint32_t len)
{
    uint32_t n = 0;
    while (n < len && (is_word(text[n]) || text[n] < 0x20 || text[n] == 0x7f ||
                       (text[n] >= 0x80 && !is_punctuation(text + n, len - n))))
        n++;
    return n;
}

void ssk_scrub_name(ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    uint8_t *text = g_memdup2(from, len ? len : 1);
    for (uint32_t at = 0, taken; at < len; at += taken) {
        taken = put_identifier(p, text, len, at, to);
        if (taken)
            continue;
        uint32_t n = word_length(text + at, len - at);
        taken = n || !is_punctuation(text + at, len - at) ? 1 : 3;
        while (taken < n && !put_identifier(p, text, at + n, at + taken, to))
            taken++;
        if (!n || (taken == n && is_kept_word(text + at, n)))
            memcpy(to + at, text + at, taken);
        else
            ssk_pseudonym_word(p, text + at, taken, to + at);
    }
    g_free(text);
}

char *ssk_scrub_name_text(ssk_pseudonym *pseudonym, const char *text)
{
    char *made = g_strdup(text);
    ssk_scrub_name(pseudonym, (const uint8_t *)text, (uint32_t)strlen(text), (uint8_t *)made);
    return made;
}

/* ---- messages ---- */

/** "17", "5e9", "24T18", "16Z": digits, with one letter behind the first at most. */
static bool is_number(const uint8_t *p, uint32_t len)
{
    size_t letters = 0;
    for (uint32_t i = 0; i < len; i++)
        letters += g_ascii_isalpha(p[i]) != 0;
    return g_ascii_isdigit(p[0]) && letters <= 1;
}

static bool is_known(GHashTable *words, const uint8_t *text, uint32_t len)
{
    char *word = g_strndup((const char *)text, len);
    bool known = g_hash_table_contains(words, word);
    g_free(word);
    return known;
}

/** What core/meter/identity.c may take for one word. */
static uint32_t run_length(const uint8_t *text, uint32_t len)
{
    uint32_t n = 0;
    while (n < len && text[n] > ' ' && text[n] < 0x7f && !strchr("\"',{}[]():;=&?<>\\", text[n]))
        n++;
    return n;
}

/** Does it identify somebody, as the same file judges? */
static bool identifies(GHashTable *words, const uint8_t *run, uint32_t len)
{
    unsigned lower = 0, upper = 0, digits = 0, others = 0;
    bool plain = true;
    for (uint32_t i = 0; i < len; i++) {
        lower += g_ascii_islower(run[i]);
        upper += g_ascii_isupper(run[i]);
        digits += g_ascii_isdigit(run[i]);
        others += !g_ascii_isalnum(run[i]);
    }
    for (uint32_t i = 0; i < len;) {
        uint32_t n = 0;
        while (i + n < len && is_word(run[i + n]))
            n++;
        plain = plain && (!n || is_number(run + i, n) || is_known(words, run + i, n));
        i += n ? n : 1;
    }
    return !plain && len >= 6 && digits && lower + upper && (upper || others || digits > 1);
}

static void replace_run(const ssk_pseudonym *p, uint8_t *run, uint32_t len)
{
    uint8_t *to = g_malloc(len);
    ssk_pseudonym_word(p, run, len, to);
    for (uint32_t i = 0; i < len; i++)
        if (is_word(run[i]))
            run[i] = to[i];
    g_free(to);
}

/** A message at work. */
typedef struct writing {
    ssk_pseudonym *pseudonym;
    GHashTable *words;
    const ssk_scrub_numbers *numbers; /* NULL: all stay */
    uint8_t *text;
    uint32_t len;
} writing;

static bool number_stays(const writing *w, uint32_t at, uint32_t len)
{
    bool stays = !w->numbers;
    for (unsigned i = 0; w->numbers && i < w->numbers->n && !stays; i++)
        stays = at >= w->numbers->list[i].at &&
                at + len <= w->numbers->list[i].at + w->numbers->list[i].len;
    return stays;
}

/** Of the same length, and a number again where JSON forbids a leading zero. */
static void replace_number(const writing *w, uint32_t at, uint32_t len)
{
    uint8_t *word = w->text + at, *to = g_malloc(len);
    ssk_pseudonym_word(w->pseudonym, word, len, to);
    for (uint32_t i = 0; i < len; i++)
        if (g_ascii_isdigit(word[i]))
            word[i] = to[i];
    if (word[0] == '0')
        word[0] = '1';
    g_free(to);
}

static void replace_word(const writing *w, uint32_t at, uint32_t len)
{
    uint8_t *word = w->text + at;
    if (is_known(w->words, word, len))
        return;
    if (!is_number(word, len))
        memset(word, 'x', len);
    else if (!number_stays(w, at, len))
        replace_number(w, at, len);
}

static uint32_t replace_escape(uint8_t *text, uint32_t len)
{
    if (len > 1 && text[1] == 'u')
        memset(text, 'x', MIN(len, 6u));
    return len > 1 && text[1] == 'u' ? MIN(len, 6u) : MIN(len, 2u);
}

static uint32_t replace_at(const writing *w, uint32_t at)
{
    uint8_t *text = w->text;
    uint32_t left = w->len - at, taken = put_identifier(w->pseudonym, text, w->len, at, text);
    if (taken)
        return taken;
    if (text[at] == '\\')
        return replace_escape(text + at, left);
    uint32_t run = run_length(text + at, left), n = 0;
    if (run && identifies(w->words, text + at, run)) {
        replace_run(w->pseudonym, text + at, run);
        return run;
    }
    if (text[at] >= 0x7f) {
        text[at] = '?';
        return 1;
    }
    while (n < left && is_word(text[at + n]))
        n++;
    if (n)
        replace_word(w, at, n);
    return n ? n : 1;
}

uint32_t ssk_scrub_message(ssk_pseudonym *pseudonym, GHashTable *words,
                           const ssk_scrub_numbers *numbers, uint8_t *text, uint32_t len)
{
    const writing w = {pseudonym, words, numbers, text, len};
    uint8_t *before = g_memdup2(text, len ? len : 1);
    uint32_t replaced = 0;
    for (uint32_t at = 0; at < len;)
        at += replace_at(&w, at);
    for (uint32_t i = 0; i < len; i++)
        replaced += text[i] != before[i];
    g_free(before);
    return replaced;
}
