/* dnssd.h - DNS messages as Multicast DNS and DNS-Based Service Discovery use
 * them, down to one key of a TXT record.
 *
 * Nothing here allocates: readers walk the caller's bytes, names are copied
 * out uncompressed. Compression pointers must go back, each further than the
 * one before, so a name ends however hostile the message is.
 *
 * Source: RFC 1035, sections 3 and 4; RFC 2782 (SRV); RFC 3596 (AAAA);
 * RFC 4034, section 4 (NSEC); RFC 6762; RFC 6763; RFC 6335, section 5.1.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_DNSSD_H
#define SSK_DECODE_DNSSD_H

#include "core/base/types.h"

/** UDP ports. RFC 6762, section 3; RFC 1035, section 4.2.1. */
enum { SSK_PORT_MDNS = 5353, SSK_PORT_DNS = 53 };

enum {
    SSK_DNS_A = 1,
    SSK_DNS_CNAME = 5,
    SSK_DNS_PTR = 12,
    SSK_DNS_TXT = 16,
    SSK_DNS_AAAA = 28,
    SSK_DNS_SRV = 33,
    SSK_DNS_NSEC = 47,
    SSK_DNS_ANY = 255,
};

/* ---- names ---- */

/** Bytes of the longest name, length bytes and root included. RFC 1035, section 3.1. */
#define SSK_DNS_NAME_MAX 255
/** Room for any name as text: four characters per byte, and the terminator. */
#define SSK_DNS_TEXT_ROOM (4 * SSK_DNS_NAME_MAX + 1)

/** A name in wire form without compression: length byte, label, ... 0. */
typedef struct ssk_dns_name {
    uint8_t len; /**< 1..255, the final 0 included; 0: no name */
    uint8_t bytes[SSK_DNS_NAME_MAX];
} ssk_dns_name;

/** Equal but for the case of ASCII letters. RFC 6762, section 16. */
bool ssk_dns_name_equal(const ssk_dns_name *a, const ssk_dns_name *b);
/** Equal names have equal hashes. */
uint32_t ssk_dns_name_hash(const ssk_dns_name *name);

/** The name as text without a final dot; "." is the root. A dot or backslash inside a
 * label is escaped with a backslash, control bytes as \DDD (RFC 6763, section
 * 4.3; RFC 1035, section 5.1); other bytes stay as they are, so the text need not be UTF-8.
 * @return length of @p buf */
size_t ssk_dns_name_text(const ssk_dns_name *name, char buf[SSK_DNS_TEXT_ROOM]);

typedef enum ssk_dnssd_kind {
    SSK_DNSSD_NONE = 0, /**< no service name: a host, a reverse lookup ... */
    SSK_DNSSD_INSTANCE, /**< Ward 3._hospital._tcp.local */
    SSK_DNSSD_TYPE,     /**< _hospital._tcp.local */
    SSK_DNSSD_SUBTYPE,  /**< _icu._sub._hospital._tcp.local */
    SSK_DNSSD_META,     /**< _services._dns-sd._udp.local: "which types are there?" */
} ssk_dnssd_kind;

/** A service name taken apart, as positions in its ssk_dns_name. RFC 6763, section 4.1. */
typedef struct ssk_dnssd_parts {
    ssk_dnssd_kind kind;
    uint8_t type_at;   /**< bytes before it: the instance (or the subtype with _sub) */
    uint8_t domain_at; /**< bytes from here on: the domain */
} ssk_dnssd_parts;

/** @return kind SSK_DNSSD_NONE: no service name */
ssk_dnssd_parts ssk_dnssd_split(const ssk_dns_name *name);

/** Parts as text: "Ward 3", "_hospital._tcp", "local". An instance of one
 * label, as it should be, is not escaped: it is text for people (RFC 6763, section 4.1.1).
 * @return length of @p buf, which may hold bytes that are no UTF-8, NUL too */
size_t ssk_dnssd_instance_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                               char buf[SSK_DNS_TEXT_ROOM]);
size_t ssk_dnssd_type_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                           char buf[SSK_DNS_TEXT_ROOM]);
size_t ssk_dnssd_domain_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                             char buf[SSK_DNS_TEXT_ROOM]);

/** What RFC 6335, section 5.1 has against the service name of a type.
 * @return NULL: nothing; else a sentence's end, "is longer than 15 characters"; static */
const char *ssk_dnssd_name_fault(const ssk_dns_name *name, const ssk_dnssd_parts *parts);

/* ---- messages ---- */

typedef enum ssk_dns_section {
    SSK_DNS_QUESTION = 0,
    SSK_DNS_ANSWER,    /**< in a query: the known answers. RFC 6762, section 7.1 */
    SSK_DNS_AUTHORITY, /**< in a query: what a probe proposes. RFC 6762, section 8.2 */
    SSK_DNS_ADDITIONAL,
    SSK_N_DNS_SECTIONS
} ssk_dns_section;

typedef struct ssk_dns_header {
    uint16_t id, flags;
    bool response, authoritative, truncated;
    uint8_t opcode, rcode;
    uint16_t counts[SSK_N_DNS_SECTIONS]; /**< as claimed */
} ssk_dns_header;

/** A question or a resource record. */
typedef struct ssk_dns_record {
    ssk_dns_section section;
    ssk_dns_name name;
    uint16_t type, class; /**< class without its top bit */
    bool top_bit;         /**< question: QU, a unicast answer is welcome; record: cache-flush */
    uint32_t ttl;         /**< seconds; 0: goodbye; a question has none */
    uint32_t offset, len; /**< of the whole record in the message */
    const uint8_t *rdata; /**< borrowed */
    uint32_t rdata_offset, rdata_len;
    /** SSK_EFORMAT: the fields below, by type, could not be read from rdata. */
    ssk_status rdata_status;
    ssk_dns_name target;             /**< PTR, CNAME, SRV: host; NSEC: next name */
    uint16_t priority, weight, port; /**< SRV */
    ssk_addr addr;                   /**< A, AAAA */
    const uint8_t *bitmap;           /**< NSEC: type bit maps */
    uint32_t bitmap_len;
} ssk_dns_record;

typedef struct ssk_dns_reader {
    ssk_dns_header header;
    const uint8_t *data;
    uint32_t size, pos;
    uint8_t section;
    uint16_t left;     /**< records still claimed in the section */
    ssk_status status; /**< SSK_OK; why ssk_dns_next() stopped early */
} ssk_dns_reader;

/** Begin to read a message.
 * @param data    first byte of the UDP payload; borrowed while reading
 * @return SSK_OK; SSK_ETRUNC if size < 12; SSK_EUNSUPPORTED if the opcode is no query */
SSK_WARN_UNUSED ssk_status ssk_dns_open(ssk_dns_reader *reader, const uint8_t *data, uint32_t size);

/** The next question or record, in message order.
 * @return false: none; then reader->status is SSK_OK if all claimed records
 *         were read, SSK_ETRUNC (the message ends inside one) or SSK_EFORMAT (a name) */
bool ssk_dns_next(ssk_dns_reader *reader, ssk_dns_record *ret);

/** Is @p type in an NSEC record's bit maps? */
bool ssk_dns_nsec_has(const ssk_dns_record *record, uint16_t type);

/* ---- TXT ---- */

/** Strings among which the first of two equal keys is looked for: keeps a hostile record cheap. */
#define SSK_TXT_LOOKBACK 256
/** Longest record that RFC 6763, section 6.2 recommends. */
#define SSK_TXT_RECOMMENDED_MAX 1300

/** What RFC 6763, section 6.4 says of one string. */
typedef enum ssk_txt_kind {
    SSK_TXT_PAIR = 0,  /**< key=value; the value may be empty and may hold any byte */
    SSK_TXT_BOOLEAN,   /**< key alone */
    SSK_TXT_EMPTY,     /**< length 0: an empty record, or padding; ignored */
    SSK_TXT_NO_KEY,    /**< starts with '='; ignored */
    SSK_TXT_BAD_KEY,   /**< a key with bytes that are no printable US-ASCII */
    SSK_TXT_DUPLICATE, /**< this key came before; ignored */
} ssk_txt_kind;

typedef struct ssk_txt_string {
    ssk_txt_kind kind;
    uint32_t offset;      /**< of the length byte, in the rdata */
    const uint8_t *bytes; /**< whole string, borrowed; never NULL */
    uint8_t len;
    uint8_t key_len;      /**< the key is bytes[0..key_len) */
    bool has_value;       /**< an '=' was there */
    const uint8_t *value; /**< borrowed; never NULL when has_value */
    uint8_t value_len;
} ssk_txt_string;

typedef struct ssk_txt_reader {
    const uint8_t *rdata;
    uint32_t size, pos;
    ssk_status status; /**< SSK_ETRUNC: the last string claims more bytes than there are */
    uint32_t n_read;   /**< strings */
    uint16_t seen[2 * SSK_TXT_LOOKBACK]; /**< keys, by hash: their strings' offsets plus 1 */
} ssk_txt_reader;

/** Begin to read TXT rdata. No bytes at all, forbidden but seen, read as no string. */
ssk_txt_reader ssk_txt_open(const uint8_t *rdata, uint32_t size);
bool ssk_txt_next(ssk_txt_reader *reader, ssk_txt_string *ret);

/** Does the string take part in the record's meaning (PAIR, BOOLEAN)? */
static inline bool ssk_txt_counts(const ssk_txt_string *string)
{
    return string->kind == SSK_TXT_PAIR || string->kind == SSK_TXT_BOOLEAN;
}

/** Find the value of @p key in TXT rdata, as a client would.
 * @return false: no such key; a boolean key gives has_value false */
bool ssk_txt_find(const uint8_t *rdata, uint32_t size, const char *key, ssk_txt_string *ret);

/** Of a string's key, whatever its case; and do two strings have the same one? */
uint64_t ssk_txt_key_hash(const ssk_txt_string *string);
bool ssk_txt_same_key(const ssk_txt_string *a, const ssk_txt_string *b);

/* ---- identifiers ---- */

/** Find a UUID in 8-4-4-4-12 form (RFC 9562, section 4). @return its first byte, or NULL */
const uint8_t *ssk_uuid_find(const uint8_t *bytes, size_t len);
/** Length of a UUID as text. */
#define SSK_UUID_LEN 36

#endif
