/* profile_model.h - what is inside a message profile.
 *
 * For those who read messages by it: everybody else sees core/message/profile.h.
 * docs/profiles.md says what each key means; core/message/profile_key_head.c and
 * profile_key_role.c hold the tables of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROFILE_MODEL_H
#define SSK_PROFILE_MODEL_H

#include "core/decode/timesync.h"
#include "core/message/profile.h"

typedef enum ssk_framing {
    SSK_FRAMING_LENGTH = 0, /**< a length field, then as many bytes */
    SSK_FRAMING_DELIMITER,  /**< up to a delimiter */
    SSK_FRAMING_FIXED,      /**< always the same size; a group may add a trailer */
    SSK_FRAMING_WEBSOCKET,  /**< RFC 6455, the HTTP upgrade included */
    SSK_FRAMING_MQTT,       /**< type byte, length of 1 to 4 bytes: MQTT 3.1.1, section 2.2 */
    SSK_FRAMING_DATAGRAM,   /**< each packet's payload is one message */
    SSK_N_FRAMINGS
} ssk_framing;

typedef enum ssk_body {
    SSK_BODY_JSON = 0,
    SSK_BODY_TEXT,
    SSK_BODY_REGEX,
    SSK_BODY_BYTES,
    SSK_N_BODIES
} ssk_body;

/** Who sends a message: the side that opened the connection, or the other. */
typedef enum ssk_party { SSK_PARTY_ANY = 0, SSK_PARTY_CLIENT, SSK_PARTY_SERVER } ssk_party;

/** Bytes of a delimiter, and of one thing that a message must hold. */
#define SSK_DELIMITER_MAX       4
#define SSK_PROFILE_MATCH_BYTES 32
/** Such things per group, groups and ports per profile. */
#define SSK_PROFILE_MATCHES 8
#define SSK_PROFILE_GROUPS  32
#define SSK_PROFILE_PORTS   16

/** Where a field lies, by the profile's kind of body. */
typedef struct ssk_field {
    bool set;
    char *path;      /**< JSON path, or the name of a group in the regular expression */
    uint16_t word;   /**< text: 1 is the first */
    uint16_t offset; /**< bytes */
    uint8_t size;    /**< bytes: 1, 2, 4 or 8 */
    bool from_body;  /**< offset counts from the body, not from the message */
    bool little;
    bool real;  /**< an IEEE 754 double */
    bool whole; /**< bytes: a digest of the whole body */
} ssk_field;

/** A thing that a message of the group must hold. */
typedef struct ssk_profile_match {
    char *path, *value; /**< JSON */
    uint16_t offset;    /**< bytes */
    bool from_body;
    uint8_t len, bytes[SSK_PROFILE_MATCH_BYTES], mask[SSK_PROFILE_MATCH_BYTES];
} ssk_profile_match;

/** One group of a profile: how to know a message of one role, and its fields. */
typedef struct ssk_profile_group {
    ssk_role role;
    char *label; /**< as in the group's name: "ping", "other hello" */
    ssk_party party;
    int opcode; /**< WebSocket; -1: any message */
    uint32_t min_size, max_size;
    ssk_profile_match match[SSK_PROFILE_MATCHES];
    unsigned n_match;
    char *words; /**< text: what the line begins with */
    GRegex *regex;
    ssk_field sequence, time, trailer;
    ssk_time_format time_format;
    bool awaited;  /**< only if its sequence number is that of a ping that waits for an answer */
    bool common;   /**< other formats have the same message: it tells nothing of the format */
    unsigned bits; /**< how much a match proves: chance one in 2^bits */
} ssk_profile_group;

struct ssk_profile {
    char *name, *description, *text; /**< owned, as all below */
    bool tcp, udp;
    uint16_t ports[SSK_PROFILE_PORTS];
    unsigned n_ports;
    uint16_t usual_ports[SSK_PROFILE_PORTS];
    unsigned n_usual_ports;
    ssk_span_ns period, timeout;
    ssk_framing framing;
    unsigned length_size, length_offset; /**< SSK_FRAMING_LENGTH: bytes */
    bool length_little,
        length_whole; /**< whole: the length counts the message from its first byte */
    uint8_t delimiter[SSK_DELIMITER_MAX];
    unsigned delimiter_len;
    uint32_t size;        /**< SSK_FRAMING_FIXED: bytes */
    uint32_t max_message; /**< bytes */
    ssk_body body;
    unsigned regex_bytes; /**< of a message that the expression is given */
    bool strict;          /**< a message of no group is none of this format */
    unsigned n_groups;
    ssk_profile_group
        groups[SSK_PROFILE_GROUPS]; /**< in the order of the text: the first that fits is it */
};

/** Texts of the built-in profiles, in the order in which detection tries them; NULL-terminated. */
extern const char *const ssk_profile_builtins[];

/** Read a profile's text, or say which line of @p origin is wrong.
 * @return a profile with one reference, for g_atomic_rc_box_release_full(); NULL: error set */
ssk_profile *ssk_profile_parse(const char *text, const char *origin, GError **error);
/** Free what it owns, not itself: for the release above. */
void ssk_profile_clear(ssk_profile *profile);

#endif
