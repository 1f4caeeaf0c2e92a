/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/request.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/decode/cursor.h"

/* What a reader is given: the captured bytes, and how many there were on the wire. */
typedef struct message {
    const uint8_t *data;
    uint32_t cap, len;
    bool greeted;
} message;

static ssk_cursor cursor_of(const message *m)
{
    return ssk_cursor_init(m->data, m->cap);
}

static bool begins_with(const message *m, const char *text)
{
    size_t len = strlen(text);
    return m->cap >= len && !memcmp(m->data, text, len);
}

static bool holds(const void *data, size_t len, const char *text)
{
    const uint8_t *bytes = data; /* with zeros among them */
    size_t size = strlen(text);
    for (size_t at = 0; at + size <= len; at++)
        if (bytes[at] == (uint8_t)text[0] && !memcmp(bytes + at, text, size))
            return true;
    return false;
}

/* ---- lines of text ---- */

/* RFC 9110, RFC 7826 and RFC 3261: METHOD target VERSION. */
static ssk_request of_request_line(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint32_t letters = 0;
    while (ssk_cursor_peek(&cursor) >= 'A' && ssk_cursor_peek(&cursor) <= 'Z' && letters < 20) {
        ssk_cursor_skip(&cursor, 1);
        letters++;
    }
    if (letters < 3 || ssk_cursor_peek(&cursor) != ' ')
        return SSK_REQUEST_UNKNOWN;
    const uint8_t *end = memchr(m->data, '\n', m->cap);
    size_t line = end ? (size_t)(end - m->data) : m->cap;
    if (holds(m->data, line, " SIP/2.0"))
        return begins_with(m, "ACK ") ? SSK_REQUEST_TELLS : SSK_REQUEST_ASKS;
    if (holds(m->data, line, " HTTP/") || holds(m->data, line, " RTSP/"))
        return SSK_REQUEST_ASKS;
    /* A long target is cut off before its version. */
    static const char *const methods[] = {"GET ", "POST ", "PUT ", "CONNECT "};
    for (size_t i = 0; !end && i < G_N_ELEMENTS(methods); i++)
        if (begins_with(m, methods[i]) && m->cap > 100)
            return SSK_REQUEST_ASKS;
    return SSK_REQUEST_UNKNOWN;
}

/* RFC 9051, 2.2.1: what IMAP puts before a command counts them; "Anonymous login" is a sentence. */
static bool is_tag(const char *word)
{
    size_t len = strlen(word);
    return len && len <= 12 && (len <= 2 || g_ascii_isdigit(word[len - 1]));
}

bool ssk_request_head_ends(const uint8_t *data, uint32_t cap_len, uint32_t len, bool more,
                           bool *at_line)
{
    const uint8_t *end = memchr(data, '\n', cap_len);
    size_t line = end ? (size_t)(end - data) : 0;
    bool begins = more || holds(data, line, " HTTP/1.") || holds(data, line, " RTSP/1.");
    if (!begins || cap_len < len || !len || len >= SSK_LIMIT(TYPED_MOST))
        return true;
    bool empty = more && *at_line;
    for (uint32_t i = 0; i < cap_len; i++) {
        if (data[i] == '\n') {
            if (empty)
                return true;
            empty = true;
        } else if (data[i] != '\r') {
            empty = false;
        }
    }
    *at_line = empty;
    return false;
}

/* FTP, SMTP, POP3, IMAP: a command line to a server that greeted. IDLE and DONE may wait. */
static ssk_request of_command(const message *m)
{
    static const char *const commands[] = {
        "USER", "PASS", "ACCT", "CWD",  "CDUP", "QUIT", "PORT", "PASV", "EPRT",    "EPSV", "TYPE",
        "MODE", "STRU", "RETR", "STOR", "APPE", "REST", "RNFR", "RNTO", "ABOR",    "DELE", "RMD",
        "MKD",  "PWD",  "LIST", "NLST", "SITE", "SYST", "STAT", "HELP", "NOOP",    "FEAT", "OPTS",
        "SIZE", "MDTM", "MLSD", "PBSZ", "PROT", "AUTH", "HELO", "EHLO", "MAIL",    "RCPT", "DATA",
        "RSET", "VRFY", "STLS", "CAPA", "APOP", "UIDL", "TOP",  "EXPN", "STARTTLS"};
    static const char *const tagged[] = {"LOGIN",  "CAPABILITY", "SELECT", "EXAMINE",  "FETCH",
                                         "UID",    "LIST",       "LSUB",   "STATUS",   "SEARCH",
                                         "LOGOUT", "STARTTLS",   "CLOSE",  "NAMESPACE"};
    if (!m->greeted || m->cap < 5 || m->cap > 512 || m->data[m->cap - 1] != '\n' ||
        !g_ascii_isalnum(m->data[0]))
        return SSK_REQUEST_UNKNOWN;
    char line[80];
    size_t kept = MIN(m->cap, sizeof line - 1);
    memcpy(line, m->data, kept);
    line[kept] = 0;
    char **words = g_strsplit_set(line, " \r\n", 3);
    ssk_request is = SSK_REQUEST_UNKNOWN;
    for (size_t i = 0; words[0] && i < G_N_ELEMENTS(commands); i++)
        if (!g_ascii_strcasecmp(words[0], commands[i]))
            is = SSK_REQUEST_ASKS;
    bool numbered = words[0] && words[1] && is_tag(words[0]);
    for (size_t i = 0; numbered && i < G_N_ELEMENTS(tagged); i++)
        if (!g_ascii_strcasecmp(words[1], tagged[i]))
            is = SSK_REQUEST_ASKS;
    g_strfreev(words);
    return is;
}

/* Redis, RESP: *N CRLF $len CRLF WORD. Some commands wait for an event by design. */
static ssk_request of_redis(const message *m)
{
    static const char *const waiting[] = {"SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "BLPOP",
                                          "BRPOP",     "BRPOPLPUSH", "BLMOVE",     "BLMPOP",
                                          "BZPOPMIN",  "BZPOPMAX",   "XREAD",      "XREADGROUP",
                                          "MONITOR",   "WAIT",       "PSYNC",      "REPLCONF"};
    if (m->cap < 8 || m->data[0] != '*' || !g_ascii_isdigit(m->data[1]))
        return SSK_REQUEST_UNKNOWN;
    const uint8_t *dollar = memchr(m->data, '$', MIN(m->cap, 8));
    const uint8_t *word = dollar ? memchr(dollar, '\n', MIN((size_t)(m->data + m->cap - dollar), 6))
                                 : NULL;
    if (!word)
        return SSK_REQUEST_UNKNOWN;
    word++;
    size_t left = (size_t)(m->data + m->cap - word);
    for (size_t i = 0; i < G_N_ELEMENTS(waiting); i++)
        if (left >= strlen(waiting[i]) &&
            !g_ascii_strncasecmp((const char *)word, waiting[i], strlen(waiting[i])))
            return SSK_REQUEST_TELLS;
    return SSK_REQUEST_ASKS;
}

static ssk_request of_opening(const message *m)
{
    if (begins_with(m, "PRI * HTTP/2.0") || begins_with(m, "AMQP"))
        return SSK_REQUEST_ASKS;
    if (begins_with(m, "SSH-") && !m->greeted)
        return SSK_REQUEST_ASKS;
    static const char *const memcached[] = {"get ", "gets ", "set ", "add ", "version\r\n"};
    for (size_t i = 0; i < G_N_ELEMENTS(memcached); i++)
        if (begins_with(m, memcached[i]) && holds(m->data, m->cap, "\r\n"))
            return SSK_REQUEST_ASKS;
    return SSK_REQUEST_UNKNOWN;
}

/* ---- binary headers ---- */

/* RFC 8446, section 5.1. Of handshakes: a hello, or the client's key exchange (RFC 5246, 7.4.7). */
static ssk_request of_tls(const message *m)
{
    enum { ALERT = 21, HANDSHAKE = 22, DATA = 23, CLIENT_HELLO = 1, CLIENT_KEY_EXCHANGE = 16 };
    enum { ACK_OR_PING = 47 }; /* of HTTP/2: 17 bytes at most, and 29 of the record */
    ssk_cursor cursor = cursor_of(m);
    uint8_t type = ssk_cursor_u8(&cursor), major = ssk_cursor_u8(&cursor);
    uint8_t minor = ssk_cursor_u8(&cursor);
    uint16_t len = ssk_cursor_be16(&cursor);
    uint8_t what = ssk_cursor_u8(&cursor);
    if (cursor.failed || major != 3 || minor > 4 || !len || len > 16640)
        return SSK_REQUEST_UNKNOWN;
    if (type == ALERT || (type == DATA && m->len < ACK_OR_PING))
        return SSK_REQUEST_TELLS;
    return type == HANDSHAKE && (what == CLIENT_HELLO || what == CLIENT_KEY_EXCHANGE)
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* [MS-SMB], [MS-SMB2] behind RFC 1002, 4.3.1. Change notifications, locks, reads of pipes and
 * I/O controls may wait for an event. */
static ssk_request of_smb(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint32_t head = ssk_cursor_be32(&cursor), magic = ssk_cursor_be32(&cursor);
    if (cursor.failed || head + 4 > m->len) /* type 0: a message; its server waits for the rest */
        return SSK_REQUEST_UNKNOWN;
    if (magic == 0xff534d42) { /* SMB 1: negotiate, session setup, tree connect and the like */
        uint8_t command = ssk_cursor_u8(&cursor);
        ssk_cursor_skip(&cursor, 4);
        bool answer = ssk_cursor_u8(&cursor) & 0x80;
        static const uint8_t asks[] = {0x72, 0x73, 0x75, 0x74, 0x71, 0x32, 0xa2, 0x04, 0x2b};
        return cursor.failed || answer                   ? SSK_REQUEST_UNKNOWN
               : memchr(asks, command, sizeof asks) != 0 ? SSK_REQUEST_ASKS
                                                         : SSK_REQUEST_TELLS;
    }
    if (magic != 0xfe534d42)
        return SSK_REQUEST_UNKNOWN;
    ssk_cursor_skip(&cursor, 8);
    uint16_t command = ssk_cursor_le16(&cursor);
    ssk_cursor_skip(&cursor, 2);
    uint32_t flags = ssk_cursor_le32(&cursor);
    if (cursor.failed || flags & 1)
        return SSK_REQUEST_UNKNOWN;
    enum { READ = 8, LOCK = 10, IOCTL = 11, CANCEL = 12, NOTIFY = 15, OPLOCK_BREAK = 18 };
    return command == READ || command == LOCK || command == IOCTL || command == CANCEL ||
                   command == NOTIFY || command >= OPLOCK_BREAK
               ? SSK_REQUEST_TELLS
               : SSK_REQUEST_ASKS;
}

/* Modbus Application Protocol: transaction, protocol 0, length, unit, function. */
static ssk_request of_modbus(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    ssk_cursor_skip(&cursor, 2);
    uint16_t protocol = ssk_cursor_be16(&cursor), len = ssk_cursor_be16(&cursor);
    ssk_cursor_skip(&cursor, 1);
    uint8_t function = ssk_cursor_u8(&cursor);
    bool fits = !cursor.failed && !protocol && len >= 2 && len <= 254 &&
                (len + 6u == m->len || (len + 6u < m->len && m->len < 1000));
    return fits && function && function < 0x80 ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
}

/* RFC 1035, 4.1.1: a query of one question, and names that end. */
static ssk_request of_dns_query(ssk_cursor cursor)
{
    ssk_cursor_skip(&cursor, 2);
    uint16_t flags = ssk_cursor_be16(&cursor), questions = ssk_cursor_be16(&cursor);
    uint16_t answers = ssk_cursor_be16(&cursor), authorities = ssk_cursor_be16(&cursor);
    uint16_t more = ssk_cursor_be16(&cursor);
    if (cursor.failed || flags & 0xf80f || questions != 1 || answers || authorities || more > 2)
        return SSK_REQUEST_UNKNOWN;
    for (unsigned labels = 0; labels < 128; labels++) {
        uint8_t len = ssk_cursor_u8(&cursor);
        if (cursor.failed || len > 63)
            return SSK_REQUEST_UNKNOWN;
        if (!len)
            break;
        ssk_cursor_skip(&cursor, len);
    }
    ssk_cursor_skip(&cursor, 4);
    return cursor.failed ? SSK_REQUEST_UNKNOWN : SSK_REQUEST_ASKS;
}

static ssk_request of_dns_over_tcp(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint16_t len = ssk_cursor_be16(&cursor);
    return len + 2u == m->len ? of_dns_query(cursor) : SSK_REQUEST_UNKNOWN;
}

/* PostgreSQL frontend messages: start-up, simple query, password, a batch that ends with Sync. */
static ssk_request of_postgres(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint32_t first = ssk_cursor_be32(&cursor), second = ssk_cursor_be32(&cursor);
    if (!cursor.failed && first == m->len &&
        (second == 196608 || second == 80877103 || second == 80877104))
        return SSK_REQUEST_ASKS;
    cursor = cursor_of(m);
    uint8_t type = ssk_cursor_u8(&cursor);
    uint32_t len = ssk_cursor_be32(&cursor);
    if (cursor.failed || !m->greeted || len < 4)
        return SSK_REQUEST_UNKNOWN;
    if (type == 'X' && len == 4 && m->len == 5)
        return SSK_REQUEST_TELLS;
    if ((type == 'Q' || type == 'p') && len + 1 == m->len)
        return SSK_REQUEST_ASKS;
    if (!memchr("PBDECF", type, 6) || len + 1 >= m->len || m->cap != m->len)
        return SSK_REQUEST_UNKNOWN;
    ssk_cursor_seek(&cursor, m->cap - 5);
    return ssk_cursor_u8(&cursor) == 'S' && ssk_cursor_be32(&cursor) == 4 ? SSK_REQUEST_ASKS
                                                                          : SSK_REQUEST_UNKNOWN;
}

/* The login that follows MySQL's greeting: flags of protocol 4.1, the largest packet, a character
 * set, zeros. */
static bool is_mysql_login(ssk_cursor *cursor, uint32_t len)
{
    enum { HEAD = 4, PROTOCOL_41 = 0x200, CHARACTER_SET = 1, ZEROS = 19 };
    uint32_t flags = ssk_cursor_le32(cursor);
    ssk_cursor_skip(cursor, 4 + CHARACTER_SET);
    for (unsigned i = 0; i < ZEROS; i++)
        if (ssk_cursor_u8(cursor))
            return false;
    return !cursor->failed && (flags & PROTOCOL_41) && len > HEAD + 32;
}

/* MySQL: length, sequence 0, a command; or the login. Any protocol may begin with a length: what
 * follows must be what that command has. */
static ssk_request of_mysql(const message *m)
{
    enum { QUIT = 1, INIT_DB = 2, QUERY = 3, PING = 14, PREPARE = 22, EXECUTE = 23 };
    ssk_cursor cursor = cursor_of(m);
    uint32_t head = ssk_cursor_le32(&cursor);
    if (cursor.failed || !m->greeted || (head & 0xffffff) + 4 != m->len || head >> 24 > 1)
        return SSK_REQUEST_UNKNOWN;
    if (head >> 24 == 1)
        return is_mysql_login(&cursor, m->len) ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
    uint8_t command = ssk_cursor_u8(&cursor), first = ssk_cursor_u8(&cursor);
    bool bare = m->len == 5, text = g_ascii_isprint(first) || g_ascii_isspace(first);
    switch (command) {
    case QUIT:
        return bare ? SSK_REQUEST_TELLS : SSK_REQUEST_UNKNOWN;
    case PING:
        return bare ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
    case EXECUTE:
        return m->len >= 14 ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
    case INIT_DB:
    case QUERY:
    case PREPARE:
        return text ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
    default:
        return SSK_REQUEST_UNKNOWN;
    }
}

/* RFC 4511: an LDAPMessage; unbind and abandon want no answer. */
static ssk_request of_ldap(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    if (ssk_cursor_u8(&cursor) != 0x30)
        return SSK_REQUEST_UNKNOWN;
    uint8_t len = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, len & 0x80 ? len & 0x7f : 0);
    if (ssk_cursor_u8(&cursor) != 2)
        return SSK_REQUEST_UNKNOWN;
    ssk_cursor_skip(&cursor, ssk_cursor_u8(&cursor));
    uint8_t operation = ssk_cursor_u8(&cursor);
    if (cursor.failed)
        return SSK_REQUEST_UNKNOWN;
    return operation == 0x42 || operation == 0x50 ? SSK_REQUEST_TELLS
           : operation == 0x60 || operation == 0x63 || operation == 0x66 || operation == 0x68 ||
                   operation == 0x4a || operation == 0x77
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* RFC 1006 and ISO 8073: a connection request, or a job of S7. */
static ssk_request of_tpkt(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint16_t version = ssk_cursor_be16(&cursor), len = ssk_cursor_be16(&cursor);
    ssk_cursor_skip(&cursor, 1);
    uint8_t type = ssk_cursor_u8(&cursor), number = ssk_cursor_u8(&cursor);
    if (cursor.failed || version != 0x0300 || len != m->len)
        return SSK_REQUEST_UNKNOWN;
    if (type == 0xe0)
        return SSK_REQUEST_ASKS;
    return type == 0xf0 && number == 0x80 && ssk_cursor_be16(&cursor) == 0x3201
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* MQTT 3.1.1, section 3.1: CONNECT. */
static ssk_request of_mqtt(const message *m)
{
    return m->cap >= 10 && m->data[0] == 0x10 &&
                   (holds(m->data + 2, 8, "MQTT") || holds(m->data + 2, 8, "MQIs"))
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* EtherNet/IP encapsulation (CIP volume 2): session, list and data requests. */
static ssk_request of_enip(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint16_t command = ssk_cursor_le16(&cursor), len = ssk_cursor_le16(&cursor);
    ssk_cursor_skip(&cursor, 4);
    uint32_t status = ssk_cursor_le32(&cursor);
    bool known = command == 0x63 || command == 0x64 || command == 0x65 || command == 0x6f;
    return !cursor.failed && known && !status && len + 24u == m->len ? SSK_REQUEST_ASKS
                                                                     : SSK_REQUEST_UNKNOWN;
}

/* IEC 60870-5-104, 5.1: STARTDT, STOPDT and TESTFR want their confirmation. */
static ssk_request of_iec104(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint16_t head = ssk_cursor_be16(&cursor);
    uint8_t control = ssk_cursor_u8(&cursor);
    return !cursor.failed && head == 0x6804 && m->len == 6 &&
                   (control == 0x07 || control == 0x13 || control == 0x43)
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* ---- datagrams ---- */

/* RFC 8489, section 5; without the cookie RFC 3489. */
static ssk_request of_stun(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint16_t type = ssk_cursor_be16(&cursor), len = ssk_cursor_be16(&cursor);
    uint32_t cookie = ssk_cursor_be32(&cursor);
    if (cursor.failed || type & 0xc000 || len + 20u != m->len || len % 4)
        return SSK_REQUEST_UNKNOWN;
    if (cookie != 0x2112a442 && type != 1)
        return SSK_REQUEST_UNKNOWN;
    /* RFC 8445, 7.1.1: a connectivity check has a priority. Many of them fail by design. */
    ssk_cursor_seek(&cursor, 20);
    while (!cursor.failed && ssk_cursor_left(&cursor) >= 4) {
        uint16_t attribute = ssk_cursor_be16(&cursor), value = ssk_cursor_be16(&cursor);
        if (attribute == 0x0024)
            return SSK_REQUEST_TELLS;
        ssk_cursor_skip(&cursor, (value + 3u) & ~3u);
    }
    return type & 0x0110 ? SSK_REQUEST_TELLS : SSK_REQUEST_ASKS;
}

/* RFC 7252, section 3: confirmable, and a method. */
static ssk_request of_coap(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint8_t head = ssk_cursor_u8(&cursor), code = ssk_cursor_u8(&cursor);
    return !cursor.failed && (head & 0xf0) == 0x40 && (head & 0x0f) <= 8 && code >= 1 &&
                   code <= 7 && m->len >= 4u + (head & 0x0f)
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_UNKNOWN;
}

/* RFC 1157 and RFC 3416: gets and sets ask, traps tell. */
static ssk_request of_snmp(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    if (ssk_cursor_u8(&cursor) != 0x30)
        return SSK_REQUEST_UNKNOWN;
    uint8_t len = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, len & 0x80 ? len & 0x7f : 0);
    uint16_t integer = ssk_cursor_be16(&cursor);
    uint8_t version = ssk_cursor_u8(&cursor);
    if (cursor.failed || integer != 0x0201 || version > 3)
        return SSK_REQUEST_UNKNOWN;
    if (version == 3)
        return SSK_REQUEST_ASKS;
    if (ssk_cursor_u8(&cursor) != 4)
        return SSK_REQUEST_UNKNOWN;
    ssk_cursor_skip(&cursor, ssk_cursor_u8(&cursor));
    uint8_t pdu = ssk_cursor_u8(&cursor);
    return cursor.failed ? SSK_REQUEST_UNKNOWN
           : pdu == 0xa0 || pdu == 0xa1 || pdu == 0xa3 || pdu == 0xa5 || pdu == 0xa6
               ? SSK_REQUEST_ASKS
               : SSK_REQUEST_TELLS;
}

/* RFC 5905, 7.3: a client's packet; stratum and poll have their ranges. */
static bool is_ntp_client(ssk_cursor cursor, uint32_t len, uint8_t *ret_poll)
{
    uint8_t first = ssk_cursor_u8(&cursor), stratum = ssk_cursor_u8(&cursor);
    *ret_poll = ssk_cursor_u8(&cursor);
    bool client = (first & 7) == 3 && (first >> 3 & 7) >= 1 && (first >> 3 & 7) <= 4;
    return !cursor.failed && client && stratum <= 16 && *ret_poll <= 17 && len >= 48 && len <= 76;
}

ssk_span_ns ssk_request_poll(const uint8_t *data, uint32_t cap_len, uint32_t len)
{
    uint8_t poll;
    return is_ntp_client(ssk_cursor_init(data, cap_len), len, &poll) && poll ? SSK_S << poll : 0;
}

/* RFC 5905. RFC 2865, 3: a request's code and length. RFC 1350, 5. */
static ssk_request of_small_headers(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint8_t first = ssk_cursor_u8(&cursor), second = ssk_cursor_u8(&cursor);
    uint16_t third = ssk_cursor_be16(&cursor);
    if (cursor.failed)
        return SSK_REQUEST_UNKNOWN;
    uint8_t poll;
    if (is_ntp_client(cursor_of(m), m->len, &poll))
        return SSK_REQUEST_ASKS;
    if ((first == 1 || first == 4) && third == m->len && m->len >= 20)
        return SSK_REQUEST_ASKS;
    if (!first && (second == 1 || second == 2) && g_ascii_isprint(third >> 8) &&
        (holds(m->data, m->cap, "octet") || holds(m->data, m->cap, "netascii")))
        return SSK_REQUEST_ASKS;
    return SSK_REQUEST_UNKNOWN;
}

/* RFC 9000, 17.2: a long header with a known version is part of a handshake. RFC 6347: DTLS. */
static ssk_request of_handshake(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint8_t first = ssk_cursor_u8(&cursor);
    uint32_t version = ssk_cursor_be32(&cursor);
    if (cursor.failed)
        return SSK_REQUEST_UNKNOWN;
    bool quic = first & 0x80 &&
                (version == 1 || version == 0x6b3343cf || version >> 8 == 0xff0000 ||
                 version >> 24 == 'Q' || version >> 8 == 0xfaceb0);
    bool dtls = first == 22 && (version >> 16 == 0xfeff || version >> 16 == 0xfefd);
    return quic || dtls ? SSK_REQUEST_ASKS : SSK_REQUEST_UNKNOWN;
}

/* RFC 7296, 3.1, and RFC 2408, 3.1; behind four zeros on port 4500 (RFC 3948, 2.2). */
static ssk_request of_ike(const message *m)
{
    ssk_cursor cursor = cursor_of(m);
    uint32_t skipped = 0;
    if (ssk_cursor_be32(&cursor) == 0)
        skipped = 4;
    ssk_cursor_seek(&cursor, skipped + 17);
    uint8_t version = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 1);
    uint8_t flags = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 4);
    uint32_t len = ssk_cursor_be32(&cursor);
    if (cursor.failed || (version != 0x10 && version != 0x20) || len + skipped != m->len)
        return SSK_REQUEST_UNKNOWN;
    return flags & 0x20 ? SSK_REQUEST_TELLS : SSK_REQUEST_ASKS;
}

static ssk_request of_dns(const message *m)
{
    return of_dns_query(cursor_of(m));
}

/* RFC 3261, 7.2, and of UPnP's discovery: an answer. UPnP Device Architecture 2.0, 1.2.2: an
 * announcement. RFC 5424, 6.2.1: a line of syslog begins with <priority>. RTPS 2.5, 8.5.3:
 * who takes part announces itself, again and again, to addresses where nobody need be. */
static ssk_request of_news(const message *m)
{
    bool syslog = m->cap > 4 && m->data[0] == '<' && g_ascii_isdigit(m->data[1]) &&
                  memchr(m->data + 2, '>', 3);
    return begins_with(m, "SIP/2.0 ") || begins_with(m, "HTTP/1.") || begins_with(m, "NOTIFY * ") ||
                   begins_with(m, "RTPS") || syslog
               ? SSK_REQUEST_TELLS
               : SSK_REQUEST_UNKNOWN;
}

typedef ssk_request (*reader)(const message *m);

static ssk_request first_of(const reader *readers, size_t n, const message *m)
{
    ssk_request is = SSK_REQUEST_UNKNOWN;
    for (size_t i = 0; i < n && is == SSK_REQUEST_UNKNOWN; i++)
        is = readers[i](m);
    return is;
}

ssk_request ssk_request_of_segment(const uint8_t *data, uint32_t cap_len, uint32_t len,
                                   bool greeted)
{
    static const reader readers[] = {of_request_line, of_tls,      of_smb,   of_modbus,
                                     of_dns_over_tcp, of_postgres, of_mysql, of_redis,
                                     of_command,      of_opening,  of_ldap,  of_tpkt,
                                     of_mqtt,         of_enip,     of_iec104};
    const message m = {data, cap_len, len, greeted};
    return cap_len ? first_of(readers, G_N_ELEMENTS(readers), &m) : SSK_REQUEST_UNKNOWN;
}

bool ssk_request_is_ping(const uint8_t *data, uint32_t cap_len, uint32_t len)
{
    static const struct {
        const char *bytes;
        uint8_t len, whole; /* of the message; 0: it may go on */
    } pings[] = {
        {"*1\r\n$4\r\nping\r\n", 14, 14},
        {"*1\r\n$4\r\nPING\r\n", 14, 14},
        {"*2\r\n$4\r\nPING\r\n", 14, 0},
        {"PING\r\n", 6, 6},
        {"PING :", 6, 0}, /* RFC 1459, 4.6.2 */
        {"PING ", 5, 0},
        {"NOOP\r\n", 6, 6},
        {"\n", 1, 1}, /* STOMP 1.2, heart-beating */
        {" ", 1, 1},  /* RFC 6120, 4.6.1 */
        {"\x08\0\0\0\0\0\0\xce", 8, 8},
        {"\1\0\0\0\x0e", 5, 5},
        {"\0\0\x08\6\0\0\0\0\0", 9, 17},
    };
    if (!len || len > SSK_LIMIT(PING_MOST) || cap_len != len)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(pings); i++)
        if (data[0] == (uint8_t)pings[i].bytes[0] && len >= pings[i].len &&
            (!pings[i].whole || len == pings[i].whole) &&
            !memcmp(data, pings[i].bytes, pings[i].len))
            return true;
    return data[0] == '<' && holds(data, cap_len, "urn:xmpp:ping"); /* XEP-0199 */
}

bool ssk_request_number(const uint8_t *data, uint32_t cap_len, uint32_t len, uint16_t *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    while (cap_len == len && len && !cursor.failed) {
        *ret = ssk_cursor_be16(&cursor);
        uint16_t protocol = ssk_cursor_be16(&cursor), rest = ssk_cursor_be16(&cursor);
        ssk_cursor_skip(&cursor, rest);
        if (protocol || rest < 2 || rest > 254)
            return false;
        if (!cursor.failed && !ssk_cursor_left(&cursor))
            return true;
    }
    return false;
}

bool ssk_request_number_in(const uint8_t *data, uint32_t cap_len, uint16_t number)
{
    for (uint32_t at = 0; at + 6 <= cap_len; at++) {
        ssk_cursor cursor = ssk_cursor_init(data + at, cap_len - at);
        uint16_t found = ssk_cursor_be16(&cursor), protocol = ssk_cursor_be16(&cursor);
        uint16_t rest = ssk_cursor_be16(&cursor);
        if (found == number && !protocol && rest >= 2 && rest <= 254)
            return true;
    }
    return false;
}

ssk_request ssk_request_of_datagram(const uint8_t *data, uint32_t cap_len, uint32_t len)
{
    static const reader readers[] = {of_news, of_request_line,  of_stun,      of_dns, of_coap,
                                     of_snmp, of_small_headers, of_handshake, of_ike};
    const message m = {data, cap_len, len, false};
    return cap_len ? first_of(readers, G_N_ELEMENTS(readers), &m) : SSK_REQUEST_UNKNOWN;
}
