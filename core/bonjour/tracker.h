/* tracker.h - what is kept of Multicast DNS, and the parts that keep it.
 *
 * For core/bonjour only: everybody else sees bonjour.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BONJOUR_TRACKER_H
#define SSK_BONJOUR_TRACKER_H

#include <glib.h>

#include "core/bonjour/bonjour.h"
#include "core/decode/dnssd.h"

/** Names kept of each kind: a large conference network has some hundreds. */
#define SSK_BONJOUR_NAMES 2048
/** Different TXT records kept per service, and bytes of all of them. */
#define SSK_BONJOUR_TXT_SETS  16
#define SSK_BONJOUR_TXT_BYTES (4u << 20)
#define SSK_BONJOUR_ADDRESSES 16
#define SSK_BONJOUR_FRAMES    8

/** Where something was seen; frame 0: never. */
typedef struct ssk_sighting {
    uint32_t frame;
    ssk_time_ns time;
} ssk_sighting;

/** A few frames that show something, and how many there were. */
typedef struct ssk_shown {
    uint32_t frames[SSK_BONJOUR_FRAMES];
    uint32_t count;
} ssk_shown;

struct ssk_bonjour_service;

/** A machine: by MAC address where the link layer has one, else by IP address. */
typedef struct ssk_bonjour_device {
    struct {
        ssk_mac mac;   /**< zero where there is none */
        ssk_addr addr; /**< zero where there is a MAC */
    } key;
    ssk_sighting heard;
    struct {
        ssk_addr addr;
        ssk_sighting first, last;
    } used[2][4]; /**< addresses it sent from: IPv4, IPv6; family 0: free */
    /** Name it could not have; NULL: none, or it found another. */
    struct ssk_bonjour_service *lost;
} ssk_bonjour_device;

/** Questions that no answer followed. */
typedef struct ssk_bonjour_asks {
    uint32_t count;
    ssk_sighting first, last;
    uint32_t at_refresh; /**< of them, after 80 % of the TTL. RFC 6762, section 5.2 */
} ssk_bonjour_asks;

/** One kind of record (PTR, SRV, TXT) of one service. */
typedef struct ssk_bonjour_rr {
    ssk_sighting first, last; /**< announced, with a TTL above 0 */
    uint32_t ttl;             /**< seconds, of the last */
    ssk_sighting goodbye;     /**< frame 0: none since the last announcement */
    ssk_time_ns known_until;  /**< by others' known answers; SSK_TIME_NONE */
} ssk_bonjour_rr;

typedef struct ssk_bonjour_txt {
    GBytes *rdata;
    uint32_t frame;
} ssk_bonjour_txt;

typedef enum ssk_bonjour_txt_fault {
    SSK_BAD_TXT_LENGTH = 1 << 0,  /**< a string longer than the record */
    SSK_BAD_TXT_NOTHING = 1 << 1, /**< no string at all */
    SSK_BAD_TXT_NO_KEY = 1 << 2,
    SSK_BAD_TXT_KEY_BYTES = 1 << 3,
    SSK_BAD_TXT_DUPLICATE = 1 << 4,
    SSK_BAD_TXT_LARGE = 1 << 5,
} ssk_bonjour_txt_fault;

typedef struct ssk_bonjour_service {
    ssk_dns_name name;
    ssk_dnssd_parts parts; /**< kind NONE: a TXT record of a name that is no service */
    bool unicast;          /**< heard from a DNS server only: no Multicast DNS rules hold */
    ssk_sighting first, last;
    ssk_bonjour_rr ptr, srv, txt;
    ssk_dns_name host;
    uint16_t port;
    bool has_srv;
    ssk_bonjour_device *owner, *txt_owner; /**< who announced SRV, and TXT, last; NULL: nobody */
    GArray *txt_sets; /**< ssk_bonjour_txt; the last one announced is txt_now */
    GBytes *txt_now;  /**< NULL: none, or dropped */
    uint64_t txt_sets_dropped;
    bool txt_several; /**< several TXT records at once: none replaces another */
    uint32_t txt_frame;

    /* what is worth a finding */
    uint32_t txt_faults; /**< ssk_bonjour_txt_fault */
    ssk_shown bad_txt, txt_changed, conflict;
    GString *txt_changes;    /**< "role, version"; NULL: none */
    ssk_bonjour_asks asked;  /**< since it was last announced */
    uint32_t type_asks;      /**< of its type's: answered or suppressed so far */
    ssk_bonjour_asks lapsed; /**< asked in vain until it expired, announced again later */
    ssk_sighting lapsed_until;
    ssk_sighting revived_from, revived; /**< probed again while alive: last announced, probe */
    ssk_sighting probe;                 /**< latest proposal of this name before anyone had it */
    ssk_bonjour_device *prober;
    ssk_dns_name probe_host;
    uint16_t probe_port;
    ssk_sighting contest; /**< someone else proposed it while it was taken */
    ssk_bonjour_device *contester;
    ssk_dns_name new_name; /**< the name the loser took; len 0: not seen */
} ssk_bonjour_service;

typedef struct ssk_bonjour_host_addr {
    ssk_addr addr;
    ssk_bonjour_device *owner;
    ssk_sighting first, last;
    uint32_t ttl;
    ssk_sighting gone; /**< goodbye or flushed; frame 0: still valid */
    /* sought in vain: asked for by ARP or ND and not answered */
    ssk_bonjour_asks sought;
    bool stale; /**< by now: sought in vain while its owner spoke from elsewhere */
    ssk_shown stale_shown;
    ssk_addr stale_instead;
    ssk_sighting stale_end; /**< withdrawn or replaced; frame 0: never */
} ssk_bonjour_host_addr;

typedef struct ssk_bonjour_host {
    ssk_dns_name name;
    uint8_t n_addrs;
    ssk_bonjour_host_addr addrs[SSK_BONJOUR_ADDRESSES];
    ssk_sighting contest;
    ssk_bonjour_device *contester;
    ssk_shown conflict;
} ssk_bonjour_host;

/** Latest questions kept per type. */
#define SSK_BONJOUR_ASKS 8

/** A service type that was asked for or announced. */
typedef struct ssk_bonjour_type {
    ssk_dns_name name;
    const char *fault; /**< of RFC 6335; NULL: none */
    ssk_shown shown;
    uint32_t asks; /**< questions so far; number n is in ring[n % SSK_BONJOUR_ASKS] */
    ssk_sighting ring[SSK_BONJOUR_ASKS];
} ssk_bonjour_type;

struct ssk_bonjour {
    ssk_bonjour_service *latest_service; /**< that was found last; NULL */
    ssk_bonjour_type *latest_type;
    GHashTable *services, *hosts, *types; /**< by ssk_dns_name; values owned by the lists */
    GHashTable *devices;
    GHashTable *addrs; /**< ssk_addr to its ssk_bonjour_host_addr */
    GPtrArray *service_list, *host_list, *type_list;
    uint64_t txt_records;
    uint64_t names_dropped; /**< services, hosts, types and devices beyond the limit */
    uint64_t addrs_dropped; /**< address records beyond SSK_BONJOUR_ADDRESSES of a host */
    size_t txt_bytes;
    ssk_shown bad_messages;
    ssk_addr bad_sender;
    ssk_time_ns now;
};

/* ---- what is kept: tracker.c ---- */

/* Each getter makes what is not there yet; NULL at the limit, counted. */

/** @param parts of @p name, ssk_dnssd_split() */
ssk_bonjour_service *ssk_bonjour_get_service(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                             const ssk_dnssd_parts *parts);
ssk_bonjour_host *ssk_bonjour_get_host(ssk_bonjour *bonjour, const ssk_dns_name *name);
/** By any name of the type: its own, a subtype's, an instance's. */
ssk_bonjour_type *ssk_bonjour_get_type(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                       const ssk_dnssd_parts *parts);
/** By what it is known by: the MAC where the link has one, else the address. */
ssk_bonjour_device *ssk_bonjour_get_device(ssk_bonjour *bonjour, const ssk_link *link,
                                           const ssk_addr *src);
/** A device that holds nothing but its key, to look up with. */
ssk_bonjour_device ssk_bonjour_device_key(const ssk_link *link, const ssk_addr *src);
/** It was heard, from @p addr. @param device NULL: nothing happens */
void ssk_bonjour_device_uses(ssk_bonjour_device *device, const ssk_addr *addr, ssk_sighting at);
/** One more; the frame is kept while there is room, and once if it comes twice in a row. */
void ssk_shown_add(ssk_shown *shown, uint32_t frame);

/* ---- one message ---- */

typedef struct ssk_bonjour_message {
    const ssk_packet *packet;
    const ssk_dns_header *header;
    ssk_bonjour_device *device; /**< who sent it; NULL: not Multicast DNS, or beyond the limit */
    ssk_sighting at;
    bool multicast_dns; /**< else an answer of a DNS server */
} ssk_bonjour_message;

/** What a message does with a record. */
typedef enum ssk_bonjour_role {
    SSK_RECORD_ANNOUNCED, /**< by its owner, in a response */
    SSK_RECORD_PROPOSED,  /**< in a probe. RFC 6762, section 8.1 */
    SSK_RECORD_KNOWN,     /**< by a querier, who need not be told. RFC 6762, section 7.1 */
    SSK_RECORD_MENTIONED,
} ssk_bonjour_role;

ssk_bonjour_role ssk_bonjour_role_of(const ssk_bonjour_message *message,
                                     const ssk_dns_record *record);

/* ---- the life of a record: record.c ---- */

/** Can a TTL be added to this time, and one such time be taken from another?
 * Timestamps of damaged files reach from 1677 to 2262; a TTL is up to 136 years. */
bool ssk_bonjour_sane(ssk_time_ns time);

/** When a record is gone unless announced again. SSK_TIME_NONE: never seen. */
ssk_time_ns ssk_bonjour_expiry(const ssk_bonjour_rr *rr);
/** The goodbye that no announcement followed; NULL: none. */
const ssk_sighting *ssk_bonjour_last_goodbye(const ssk_bonjour_service *service);
bool ssk_bonjour_rr_alive(const ssk_bonjour_rr *rr, ssk_time_ns now);
void ssk_bonjour_asks_add(ssk_bonjour_asks *asks, ssk_sighting at);
/** A question that wants its answer from the owner, sent to all. A probe is
 * none; nor is one whose known answers follow in other messages. */
void ssk_bonjour_hear_question(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                               const ssk_dns_record *record);
/** @param rr the one of @p service that @p record is about */
void ssk_bonjour_hear_rr(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                         const ssk_dns_record *record, ssk_bonjour_service *service,
                         ssk_bonjour_rr *rr);

/* ---- kinds of records: srv.c, txt.c, address.c ---- */

void ssk_bonjour_hear_srv(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                          const ssk_bonjour_message *message, const ssk_dns_record *record);
void ssk_bonjour_hear_txt(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                          const ssk_bonjour_message *message, const ssk_dns_record *record);
/** An A or AAAA record. */
void ssk_bonjour_hear_addr(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                           const ssk_dns_record *record);
/** Someone looks for an announced address on the link. When that stays
 * unanswered while the announcer speaks from elsewhere, the record is stale. */
void ssk_bonjour_seek_addr(ssk_bonjour *bonjour, const ssk_addr *target,
                           const ssk_bonjour_device *seeker, ssk_sighting at);
/** Somebody has it: it is no longer sought in vain. */
void ssk_bonjour_addr_used(ssk_bonjour *bonjour, const ssk_addr *addr);

#endif
