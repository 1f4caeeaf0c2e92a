/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/leak.h"

#include <arpa/inet.h>
#include <string.h>

#include "bundle/protocol_words.h"
#include "core/base/hash.h"
#include "core/decode/applog.h"
#include "core/decode/cursor.h"
#include "core/decode/dnssd.h"
#include "core/decode/packet.h"

#define SHORTEST       4
#define SHORTEST_PLAIN 9
/* Letters in a row that are no accident. */
#define WORD 6
#define TOLD 10
/* Names remembered; a hostile capture holds one per packet. */
#define NEEDLES 1000000

struct ssk_leak {
    ssk_pseudonym *pseudonym;
    const char *name;  /* of the file whose frames are compared */
    GHashTable *words; /* that may stay */
    GHashTable *names; /* GBytes -> what */
    GHashTable
        *addresses; /* GBytes of 4, 6 or 16 -> GBytes of the pseudonym; only those that change */
    GHashTable *pseudonyms; /* GBytes */
    /* Made by the first search: */
    GHashTable *address_texts; /* char *: of the addresses that must be gone */
    GHashTable *lengths; /* first 4 bytes of a name -> GArray of guint: lengths of such names */
    uint8_t starts[65536 / 8]; /* bit per first 2 bytes of a name */
    size_t found;
    GString *text;
};

/* ---- what is looked for ---- */

static void add_word(ssk_leak *leak, const char *word, size_t len)
{
    g_hash_table_add(leak->words, g_ascii_strdown(word, (gssize)len));
}

static void add_words(ssk_leak *leak, const char *text)
{
    while (*text) {
        size_t n = 0;
        while (g_ascii_isalpha(text[n]))
            n++;
        if (n)
            add_word(leak, text, n);
        text += n ? n : 1;
    }
}

ssk_leak *ssk_leak_new(ssk_pseudonym *pseudonym, const ssk_profile_set *profiles)
{
    static const char kept[] =
        "local arpa true false null websocket upgrade connection switching "
        "protocols version iphone macbook studio airpods homepod galaxy pixel laptop tablet txtvers "
        "peerid deviceid clientid model osxvers srcvers features flags wireshark stallshark";
    ssk_leak *leak = g_new0(ssk_leak, 1);
    leak->pseudonym = pseudonym;
    leak->words = g_hash_table_new_full(ssk_str_hash, g_str_equal, g_free, NULL);
    leak->names = g_hash_table_new_full(ssk_gbytes_hash, g_bytes_equal,
                                        (GDestroyNotify)g_bytes_unref, NULL);
    leak->addresses = g_hash_table_new_full(ssk_gbytes_hash, g_bytes_equal,
                                            (GDestroyNotify)g_bytes_unref,
                                            (GDestroyNotify)g_bytes_unref);
    leak->pseudonyms = g_hash_table_new(ssk_gbytes_hash, g_bytes_equal);
    leak->text = g_string_new(NULL);
    add_words(leak, kept);
    add_words(leak, SSK_PROTOCOL_WORDS);
    add_word(leak, "in-addr", strlen("in-addr"));
    for (size_t i = 0; i < ssk_profile_set_size(profiles); i++)
        add_words(leak, ssk_profile_text(ssk_profile_set_get(profiles, i)));
    return leak;
}

void ssk_leak_free(ssk_leak *leak)
{
    if (!leak)
        return;
    g_hash_table_destroy(leak->words);
    g_hash_table_destroy(leak->names);
    g_hash_table_destroy(leak->pseudonyms);
    g_hash_table_destroy(leak->addresses);
    g_clear_pointer(&leak->address_texts, g_hash_table_destroy);
    g_clear_pointer(&leak->lengths, g_hash_table_destroy);
    g_string_free(leak->text, TRUE);
    g_free(leak);
}

static bool is_plain(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!g_ascii_islower(text[i]) && !g_ascii_isdigit(text[i]))
            return false;
    return true;
}

/** Addresses that begin a name: where they stay, it does. */
static bool is_address(const uint8_t *text, size_t len)
{
    size_t n = 0, separators = 0;
    while (n < len && (g_ascii_isxdigit(text[n]) || strchr(":.-@", text[n])))
        separators += !g_ascii_isxdigit(text[n++]);
    return separators >= 3 && (n == len || text[n] == '_' || n > 12);
}

static void add_name(ssk_leak *leak, const void *bytes, size_t len, const char *what)
{
    const uint8_t *text = bytes;
    while (len && !text[len - 1])
        len--;
    bool number = true;
    for (size_t i = 0; i < len; i++)
        number = number && !g_ascii_isalpha(text[i]) && text[i] < 0x80;
    if (len < SHORTEST || number || (is_plain(text, len) && len < SHORTEST_PLAIN) ||
        text[0] == '_' || (!leak->pseudonym && is_address(text, len)) ||
        g_hash_table_size(leak->names) >= NEEDLES)
        return;
    char *lower = g_ascii_strdown(bytes, (gssize)len);
    if (!g_hash_table_contains(leak->words, lower))
        g_hash_table_insert(leak->names, g_bytes_new(bytes, len), (gpointer)what);
    g_free(lower);
}

/** One that has a pseudonym of its own. */
static void add_address(ssk_leak *leak, const uint8_t *bytes, size_t len)
{
    uint8_t made[16];
    if (!leak->pseudonym || g_hash_table_size(leak->addresses) >= NEEDLES)
        return;
    GBytes *from = g_bytes_new(bytes, len);
    if (!g_hash_table_contains(leak->addresses, from)) {
        memcpy(made, bytes, len);
        if (len == 4)
            ssk_pseudonym_ipv4(leak->pseudonym, made);
        else if (len == 16)
            ssk_pseudonym_ipv6(leak->pseudonym, made);
        else
            ssk_pseudonym_mac(leak->pseudonym, made);
        if (memcmp(made, bytes, len) != 0) {
            GBytes *to = g_bytes_new(made, len);
            g_hash_table_insert(leak->addresses, g_bytes_ref(from), to);
            g_hash_table_add(leak->pseudonyms, to);
        }
    }
    g_bytes_unref(from);
}

/* ---- frames of the original ---- */

static void learn_name(ssk_leak *leak, const ssk_dns_name *name)
{
    char text[SSK_DNS_TEXT_ROOM];
    size_t len = ssk_dns_name_text(name, text);
    bool known = name->len && name->bytes[0] && name->bytes[1] == '_';
    if (!known && len > 6 && !g_str_has_suffix(text, ".arpa"))
        add_name(leak, text, len, "a name in DNS");
    for (unsigned i = 0; i < name->len && name->bytes[i]; i += name->bytes[i] + 1u)
        add_name(leak, name->bytes + i + 1, name->bytes[i], "a name in DNS");
}

static void learn_dns(ssk_leak *leak, const ssk_packet *packet)
{
    ssk_dns_reader reader;
    ssk_dns_record record;
    if (ssk_dns_open(&reader, packet->payload, packet->payload_cap) != SSK_OK)
        return;
    while (ssk_dns_next(&reader, &record)) {
        learn_name(leak, &record.name);
        if (record.section == SSK_DNS_QUESTION)
            continue;
        if (record.rdata_status == SSK_OK &&
            (record.type == SSK_DNS_PTR || record.type == SSK_DNS_SRV ||
             record.type == SSK_DNS_CNAME))
            learn_name(leak, &record.target);
        if (record.addr.family && (record.type == SSK_DNS_A || record.type == SSK_DNS_AAAA))
            add_address(leak, record.addr.bytes, record.addr.family == 4 ? 4 : 16);
        if (record.type != SSK_DNS_TXT)
            continue;
        ssk_txt_reader txt = ssk_txt_open(record.rdata, record.rdata_len);
        ssk_txt_string string;
        while (ssk_txt_next(&txt, &string))
            if (string.has_value)
                add_name(leak, string.value, string.value_len, "a TXT value");
    }
}

/* @return the value of the next DHCP option, RFC 2132; NULL: no further one */
static const uint8_t *next_option(ssk_cursor *cursor, uint8_t *ret_code, uint8_t *ret_len)
{
    enum { OPTIONS = 240, PAD = 0, END = 255 };
    if (cursor->pos < OPTIONS)
        ssk_cursor_seek(cursor, OPTIONS);
    do {
        *ret_code = ssk_cursor_u8(cursor);
    } while (*ret_code == PAD && ssk_cursor_left(cursor));
    *ret_len = ssk_cursor_u8(cursor);
    return *ret_code == END || cursor->failed ? NULL : ssk_cursor_take(cursor, *ret_len);
}

/** Names of the host, its domain, its boot server and file. */
static void learn_dhcp(ssk_leak *leak, const ssk_packet *packet)
{
    static const uint8_t names[] = {12, 15, 66, 67};
    ssk_cursor cursor = ssk_cursor_init(packet->payload, packet->payload_cap);
    const uint8_t *value;
    uint8_t code, len;
    while ((value = next_option(&cursor, &code, &len)))
        if (memchr(names, code, sizeof names))
            add_name(leak, value, len, "a name in DHCP");
}

static bool has_port(const ssk_packet *packet, uint16_t port)
{
    return packet->src_port == port || packet->dst_port == port;
}

/** Names of the program, its connections and the other side. */
static void learn_line(ssk_leak *leak, const ssk_event *event)
{
    ssk_applog_line line;
    if (ssk_decode_applog((const char *)event->bytes, event->cap_len, &line) != SSK_OK)
        return;
    const ssk_applog_text *names[] = {&line.source, &line.connection, &line.name};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i]->bytes)
            add_name(leak, names[i]->bytes, names[i]->len, "a name in a log");
}

void ssk_leak_learn(ssk_leak *leak, const ssk_event *event)
{
    enum { LLMNR = 5355 };
    ssk_packet packet;
    if (event->kind == SSK_EVENT_LOG)
        learn_line(leak, event);
    if (event->kind != SSK_EVENT_FRAME)
        return;
    ssk_decode_packet(event, &packet);
    if (event->interface_name)
        add_name(leak, event->interface_name, strlen(event->interface_name), "an interface's name");
    if (event->process && event->process->name)
        add_name(leak, event->process->name, strlen(event->process->name), "a process's name");
    if (packet.link.has_process)
        add_name(leak, packet.link.process_name, packet.link.process_name_len, "a process's name");
    for (unsigned i = 0; i < packet.link.n_macs; i++)
        add_address(leak, event->bytes + packet.link.mac_at[i], 6);
    if (packet.kind == SSK_PACKET_ARP) {
        add_address(leak, packet.arp.sender.bytes, 4);
        add_address(leak, packet.arp.target.bytes, 4);
    } else if (packet.ip.version) {
        add_address(leak, packet.ip.src.bytes, packet.ip.version == 4 ? 4 : 16);
        add_address(leak, packet.ip.dst.bytes, packet.ip.version == 4 ? 4 : 16);
    }
    if (packet.kind == SSK_PACKET_UDP && packet.payload_cap &&
        (has_port(&packet, SSK_PORT_DNS) || has_port(&packet, SSK_PORT_MDNS) ||
         has_port(&packet, LLMNR)))
        learn_dns(leak, &packet);
    if (packet.kind == SSK_PACKET_UDP && (has_port(&packet, 67) || has_port(&packet, 68)))
        learn_dhcp(leak, &packet);
}

void ssk_leak_allow(ssk_leak *leak, const char *text)
{
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        GBytes *key = g_bytes_new_static(line, len);
        g_hash_table_remove(leak->names, key);
        g_bytes_unref(key);
        line += len + (line[len] != 0);
    }
}

void ssk_leak_allow_words(ssk_leak *leak, const char *text)
{
    add_words(leak, text);
}

/* ---- blocks of the original file ---- */

/** Runs of text in what is no packet. */
static void learn_texts(ssk_leak *leak, const uint8_t *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        size_t n = 0;
        while (at + n < len && bytes[at + n] >= 0x20 && bytes[at + n] != 0x7f)
            n++;
        if (n >= WORD && g_utf8_validate((const char *)bytes + at, (gssize)n, NULL))
            add_name(leak, bytes + at, n, "a text of the file's own blocks");
        at += n + 1;
    }
}

static bool is_pcapng(const uint8_t *head)
{
    static const uint8_t section[] = {0x0a, 0x0d, 0x0d, 0x0a};
    return memcmp(head, section, sizeof section) == 0;
}

void ssk_leak_learn_file(ssk_leak *leak, const char *path)
{
    enum { PACKET = 6, SIMPLE = 3, OLD = 2, HEAD = 28 };
    GMappedFile *file = g_mapped_file_new(path, FALSE, NULL);
    if (!file)
        return;
    const uint8_t *bytes = (const uint8_t *)g_mapped_file_get_contents(file);
    size_t size = g_mapped_file_get_length(file);
    bool big = false;
    if (size < 12 || !is_pcapng(bytes))
        size = 0;
    for (size_t at = 0; at + 12 <= size;) {
        uint32_t words[7] = {0};
        memcpy(words, bytes + at, MIN(sizeof words, size - at));
        if (is_pcapng(bytes + at))
            big = GUINT32_FROM_BE(words[2]) == 0x1a2b3c4d;
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
            words[i] = big ? GUINT32_FROM_BE(words[i]) : GUINT32_FROM_LE(words[i]);
        if (words[1] < 12 || words[1] % 4 || words[1] > size - at)
            break;
        size_t skipped = words[0] == SIMPLE ? words[1] : 8;
        if ((words[0] == PACKET || words[0] == OLD) && words[1] >= HEAD + 4u)
            skipped = MIN((size_t)HEAD + (words[5] + 3u) / 4 * 4, words[1]);
        if (skipped < words[1] - 4u)
            learn_texts(leak, bytes + at + skipped, words[1] - 4 - skipped);
        at += words[1];
    }
    g_mapped_file_unref(file);
}

/* ---- telling ---- */

G_GNUC_PRINTF(2, 3) static void tell(ssk_leak *leak, const char *format, ...)
{
    va_list arguments;
    if (leak->found++ >= TOLD)
        return;
    va_start(arguments, format);
    g_string_append_vprintf(leak->text, format, arguments);
    va_end(arguments);
    g_string_append_c(leak->text, '\n');
}

size_t ssk_leak_found(const ssk_leak *leak)
{
    return leak->found;
}

const char *ssk_leak_text(const ssk_leak *leak)
{
    return leak->text->str;
}

/* ---- frame by frame ---- */

/** Where text may be, in which no chance bytes look like it. */
static uint32_t text_from(const ssk_packet *packet, uint32_t network)
{
    enum { RTP = 12, ICMP_QUOTE = 56 };
    const ssk_event *event = packet->event;
    if (packet->kind == SSK_PACKET_OTHER)
        return packet->ip.version ? event->cap_len : network;
    if (packet->kind == SSK_PACKET_ARP)
        return network + 28;
    if (!packet->payload)
        return event->cap_len;
    uint32_t at = (uint32_t)(packet->payload - event->bytes);
    if (packet->kind == SSK_PACKET_ICMP)
        return at + ICMP_QUOTE;
    if (packet->kind == SSK_PACKET_UDP && packet->payload_cap >= RTP &&
        (packet->payload[0] >> 6 == 2 || packet->payload[0] == 0x7e))
        return at + RTP;
    return at;
}

/** The list of options that a DHCP client wishes for: their codes may be those of letters. */
static bool is_option_code(const ssk_packet *packet, uint32_t at)
{
    enum { WISHES = 55 };
    if (packet->kind != SSK_PACKET_UDP || !(has_port(packet, 67) || has_port(packet, 68)))
        return false;
    ssk_cursor cursor = ssk_cursor_init(packet->payload, packet->payload_cap);
    const uint8_t *value;
    uint8_t code, len;
    while ((value = next_option(&cursor, &code, &len))) {
        uint32_t from = (uint32_t)(value - packet->event->bytes);
        if (code == WISHES && at >= from && at < from + len)
            return true;
    }
    return false;
}

/** Part of a type of service: "_apple-mobdev2". */
static bool is_type(const uint8_t *bytes, uint32_t at)
{
    while (at && (g_ascii_isalnum(bytes[at - 1]) || bytes[at - 1] == '-'))
        at--;
    return at && bytes[at - 1] == '_';
}

static void compare_words(ssk_leak *leak, const ssk_event *original, const ssk_event *scrubbed)
{
    ssk_packet packet;
    ssk_link link;
    uint32_t network = 0;
    if (ssk_decode_link(original->linktype, original->bytes, original->cap_len, &link, &network) !=
        SSK_OK)
        network = 0;
    ssk_decode_packet(original, &packet);
    for (uint32_t at = text_from(&packet, network); at < original->cap_len;) {
        uint32_t n = 0;
        while (at + n < original->cap_len && g_ascii_isalpha(original->bytes[at + n]) &&
               original->bytes[at + n] == scrubbed->bytes[at + n])
            n++;
        if (n >= WORD) {
            char *word = g_ascii_strdown((const char *)original->bytes + at, n);
            bool known = is_type(original->bytes, at) || is_option_code(&packet, at) ||
                         word[strspn(word, "x")] == 0; /* scrubbing writes that, too */
            if (!known && !g_hash_table_contains(leak->words, word))
                tell(leak,
                     "%s: packet %" G_GUINT32_FORMAT " of the input, byte %" G_GUINT32_FORMAT
                     ": a word of the payload",
                     leak->name, original->frame, at);
            g_free(word);
        }
        at += n ? n : 1;
    }
}

static bool changes(const ssk_leak *leak, const uint8_t *bytes, size_t len)
{
    GBytes *key = g_bytes_new_static(bytes, len);
    bool found = g_hash_table_contains(leak->addresses, key);
    g_bytes_unref(key);
    return found;
}

static void check_address(ssk_leak *leak, const ssk_event *original, const uint8_t *before,
                          const uint8_t *after, size_t len)
{
    if (!memcmp(before, after, len) && changes(leak, before, len))
        tell(leak, "%s: packet %" G_GUINT32_FORMAT " of the input: an address of a header",
             leak->name, original->frame);
}

static void compare_headers(ssk_leak *leak, const ssk_packet *before, const ssk_packet *after)
{
    const ssk_event *original = before->event, *scrubbed = after->event;
    for (unsigned i = 0; i < before->link.n_macs; i++)
        check_address(leak, original, original->bytes + before->link.mac_at[i],
                      scrubbed->bytes + before->link.mac_at[i], 6);
    if (before->kind == SSK_PACKET_ARP && after->kind == SSK_PACKET_ARP) {
        check_address(leak, original, before->arp.sender.bytes, after->arp.sender.bytes, 4);
        check_address(leak, original, before->arp.target.bytes, after->arp.target.bytes, 4);
    } else if (before->ip.version && before->kind != SSK_PACKET_ARP) {
        size_t len = before->ip.version == 4 ? 4 : 16;
        check_address(leak, original, before->ip.src.bytes, after->ip.src.bytes, len);
        check_address(leak, original, before->ip.dst.bytes, after->ip.dst.bytes, len);
    }
}

/** In headers and in what lies behind. */
static void compare_addresses(ssk_leak *leak, const ssk_event *original, const ssk_event *scrubbed)
{
    static const size_t lengths[] = {16, 6, 4};
    ssk_packet before, after;
    ssk_decode_packet(original, &before);
    ssk_decode_packet(scrubbed, &after);
    compare_headers(leak, &before, &after);
    if (!before.payload)
        return;
    for (uint32_t at = (uint32_t)(before.payload - original->bytes); at + 4 <= original->cap_len;
         at++) {
        uint32_t same = 0;
        while (same < 16 && at + same < original->cap_len &&
               original->bytes[at + same] == scrubbed->bytes[at + same])
            same++;
        for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++)
            if (same >= lengths[i] && changes(leak, original->bytes + at, lengths[i]))
                tell(leak,
                     "%s: packet %" G_GUINT32_FORMAT " of the input, byte %" G_GUINT32_FORMAT
                     ": an address",
                     leak->name, original->frame, at);
    }
}

void ssk_leak_compare(ssk_leak *leak, const char *name, const ssk_event *original,
                      const ssk_event *scrubbed)
{
    leak->name = name;
    if (original->cap_len != scrubbed->cap_len) {
        tell(leak, "%s: packet %" G_GUINT32_FORMAT " of the input has another length", leak->name,
             original->frame);
        return;
    }
    compare_words(leak, original, scrubbed);
    if (leak->pseudonym)
        compare_addresses(leak, original, scrubbed);
}

/* ---- files ---- */

static void add_needle(ssk_leak *leak, const uint8_t *bytes, guint len)
{
    uint16_t two;
    uint32_t start;
    memcpy(&two, bytes, sizeof two);
    memcpy(&start, bytes, sizeof start);
    leak->starts[two / 8] |= (uint8_t)(1 << two % 8);
    GArray *lengths = g_hash_table_lookup(leak->lengths, GUINT_TO_POINTER(start));
    if (!lengths) {
        lengths = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(leak->lengths, GUINT_TO_POINTER(start), lengths);
    }
    for (guint i = 0; i < lengths->len; i++)
        if (g_array_index(lengths, guint, i) == len)
            return;
    g_array_append_val(lengths, len);
}

static char *address_text(const uint8_t *bytes, size_t len)
{
    char text[INET6_ADDRSTRLEN];
    if (len == 6)
        return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
                               bytes[3], bytes[4], bytes[5]);
    return g_strdup(inet_ntop(len == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text));
}

static void make_needles(ssk_leak *leak)
{
    GHashTableIter each;
    gpointer key;
    leak->address_texts = g_hash_table_new_full(ssk_str_hash, g_str_equal, g_free, NULL);
    leak->lengths = g_hash_table_new_full(ssk_direct_hash, NULL, NULL,
                                          (GDestroyNotify)g_array_unref);
    g_hash_table_iter_init(&each, leak->names);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        gsize len;
        const uint8_t *bytes = g_bytes_get_data(key, &len);
        add_needle(leak, bytes, (guint)len);
    }
    g_hash_table_iter_init(&each, leak->addresses);
    while (g_hash_table_iter_next(&each, &key, NULL)) {
        gsize len;
        const uint8_t *bytes = g_bytes_get_data(key, &len);
        char *text = g_hash_table_contains(leak->pseudonyms, key) ? NULL /* it is another one's */
                                                                  : address_text(bytes, len);
        if (text)
            g_hash_table_add(leak->address_texts, text);
    }
}

/* A name within a longer word is another one. */
static void search_name(ssk_leak *leak, const uint8_t *bytes, size_t size, size_t at,
                        const char *file)
{
    uint16_t two;
    uint32_t start;
    memcpy(&two, bytes + at, sizeof two);
    if (!(leak->starts[two / 8] >> two % 8 & 1) || (at && g_ascii_isalnum(bytes[at - 1])))
        return;
    memcpy(&start, bytes + at, sizeof start);
    GArray *lengths = g_hash_table_lookup(leak->lengths, GUINT_TO_POINTER(start));
    for (guint i = 0; lengths && i < lengths->len; i++) {
        guint len = g_array_index(lengths, guint, i);
        if (len > size - at || (len < size - at && g_ascii_isalnum(bytes[at + len])))
            continue;
        GBytes *key = g_bytes_new_static(bytes + at, len);
        const char *what = g_hash_table_lookup(leak->names, key);
        if (what)
            tell(leak, "%s: byte %" G_GSIZE_FORMAT ": %s", file, at, what);
        g_bytes_unref(key);
    }
}

static bool goes_on(const char *separators, uint8_t byte)
{
    return byte && (g_ascii_isxdigit(byte) || strchr(separators, byte));
}

/* What looks like an address of these separators and begins here, if it is one of ours; an address
 * within a longer one is another. One look-up a place, however many addresses there are. */
static void search_address(ssk_leak *leak, const uint8_t *bytes, size_t size, size_t at,
                           const char *separators, const char *file)
{
    char text[INET6_ADDRSTRLEN];
    size_t n = 0;
    if (at && (g_ascii_isalnum(bytes[at - 1]) || goes_on(separators, bytes[at - 1])))
        return;
    while (at + n < size && n < sizeof text - 1 && goes_on(separators, bytes[at + n])) {
        text[n] = (char)bytes[at + n];
        n++;
    }
    if (at + n < size && g_ascii_isalnum(bytes[at + n]))
        return;
    while (n > 1 && !g_ascii_isxdigit(text[n - 1]) && text[n - 2] != ':')
        n--; /* the end of a sentence; "::" ends an address */
    text[n] = 0;
    if (n >= SHORTEST && g_hash_table_contains(leak->address_texts, text))
        tell(leak, "%s: byte %" G_GSIZE_FORMAT ": an address", file, at);
}

static void search(ssk_leak *leak, const uint8_t *bytes, size_t size, const char *file)
{
    for (size_t at = 0; at + SHORTEST <= size; at++) {
        search_name(leak, bytes, size, at, file);
        if (!g_hash_table_size(leak->address_texts) || !goes_on(":", bytes[at]))
            continue;
        search_address(leak, bytes, size, at, ".", file);
        search_address(leak, bytes, size, at, ":", file);
    }
}

gboolean ssk_leak_search(ssk_leak *leak, const char *path, const char *name, GError **error)
{
    GMappedFile *file = g_mapped_file_new(path, FALSE, error);
    if (!file)
        return FALSE;
    if (!leak->lengths)
        make_needles(leak);
    search(leak, (const uint8_t *)g_mapped_file_get_contents(file), g_mapped_file_get_length(file),
           name);
    g_mapped_file_unref(file);
    return TRUE;
}
