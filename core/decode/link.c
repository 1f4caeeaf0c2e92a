/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/link.h"

#include "core/decode/cursor.h"

/** Tags, labels and capture headers stacked in one frame. Real ones stay below five. */
#define MAX_LAYERS 8

/* Source: IANA "IEEE 802 Numbers"; 0x9100 and up are QinQ as vendors shipped it before 802.1ad. */
enum {
    ETHERTYPE_NONE = 0,
    ETHERTYPE_MIN = 0x0600, /* IEEE 802.3, 3.2.6: below, the field is a length */
    ETHERTYPE_IPV4 = 0x0800,
    ETHERTYPE_ARP = 0x0806,
    ETHERTYPE_BRIDGED = 0x6558, /* a whole Ethernet frame */
    ETHERTYPE_VLAN = 0x8100,
    ETHERTYPE_IPV6 = 0x86dd,
    ETHERTYPE_MPLS = 0x8847,
    ETHERTYPE_MPLS_MULTICAST = 0x8848,
    ETHERTYPE_PPPOE_SESSION = 0x8864,
    ETHERTYPE_VLAN_SERVICE = 0x88a8,
    ETHERTYPE_VLAN_9100 = 0x9100,
    ETHERTYPE_VLAN_9200 = 0x9200,
    ETHERTYPE_VLAN_9300 = 0x9300,
};

/** What the bytes at the cursor are. */
typedef enum layer {
    LAYER_LINKTYPE,  /* value: LINKTYPE_ */
    LAYER_ETHERTYPE, /* value: ethertype; 0: nothing we look into */
    LAYER_LLC,
} layer;

/** One frame being peeled: each peel_ function takes a header and names the next one. */
typedef struct peeler {
    ssk_cursor cursor;
    ssk_link *link;
    layer next;
    uint32_t value;
} peeler;

static void next_is(peeler *p, layer next, uint32_t value)
{
    p->next = next;
    p->value = value;
}

static void next_is_nothing(peeler *p)
{
    next_is(p, LAYER_ETHERTYPE, ETHERTYPE_NONE);
}

/** An ethertype, or the length of an 802.3 frame, which LLC follows. */
static void next_is_type_or_length(peeler *p, uint16_t value)
{
    if (value >= ETHERTYPE_MIN)
        next_is(p, LAYER_ETHERTYPE, value);
    else if (value <= 1500)
        next_is(p, LAYER_LLC, 0);
    else
        next_is_nothing(p);
}

/** The first nibble tells the version. */
static ssk_status next_is_ip(peeler *p)
{
    uint8_t version = ssk_cursor_peek(&p->cursor) >> 4;
    if (!ssk_cursor_left(&p->cursor))
        return SSK_ETRUNC;
    if (version != 4 && version != 6)
        return SSK_EFORMAT;
    next_is(p, LAYER_ETHERTYPE, version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6);
    return SSK_OK;
}

static ssk_mac take_mac(peeler *p)
{
    if (p->link->n_macs < SSK_LINK_MACS && p->cursor.pos <= UINT16_MAX &&
        ssk_cursor_left(&p->cursor) >= sizeof(ssk_mac))
        p->link->mac_at[p->link->n_macs++] = (uint16_t)p->cursor.pos;
    return ssk_cursor_mac(&p->cursor);
}

/* IEEE 802.3, clause 3 */
static ssk_status peel_ethernet(peeler *p)
{
    p->link->dst = take_mac(p);
    p->link->src = take_mac(p);
    p->link->has_macs = !p->cursor.failed;
    next_is_type_or_length(p, ssk_cursor_be16(&p->cursor));
    return SSK_OK;
}

/* IEEE 802.1Q, clause 9 */
static ssk_status peel_vlan(peeler *p)
{
    uint16_t tci = ssk_cursor_be16(&p->cursor);
    if (p->link->vlan_tags++ == 0)
        p->link->vlan_id = tci & 0x0fff;
    next_is_type_or_length(p, ssk_cursor_be16(&p->cursor));
    return SSK_OK;
}

/* RFC 3032, section 2.1. The label names no protocol: the first nibble does (RFC 4928, section 3). */
static ssk_status peel_mpls(peeler *p)
{
    bool bottom = ssk_cursor_be32(&p->cursor) & 0x100;
    if (!bottom)
        return SSK_OK; /* one more label: next stays MPLS */
    uint8_t nibble = ssk_cursor_peek(&p->cursor) >> 4;
    if (nibble == 4 || nibble == 6)
        return next_is_ip(p);
    next_is_nothing(p);
    return SSK_OK;
}

/* IEEE 802.2; SNAP: RFC 1042 */
static ssk_status peel_llc(peeler *p)
{
    uint8_t dsap = ssk_cursor_u8(&p->cursor);
    uint8_t ssap = ssk_cursor_u8(&p->cursor);
    uint8_t control = ssk_cursor_u8(&p->cursor);
    next_is_nothing(p);
    if (dsap == 0xaa && ssap == 0xaa && control == 0x03) {
        uint32_t oui = (uint32_t)ssk_cursor_be16(&p->cursor) << 8;
        oui |= ssk_cursor_u8(&p->cursor);
        uint16_t type = ssk_cursor_be16(&p->cursor);
        if (oui == 0 || oui == 0x0000f8) /* the latter: 802.1H tunnel of the same */
            next_is(p, LAYER_ETHERTYPE, type);
    } else if (dsap == 0x06 && ssap == 0x06 && control == 0x03) {
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
    }
    return SSK_OK;
}

/* RFC 1661; RFC 1662, section 3.1 (the address and control bytes of HDLC framing) */
static ssk_status peel_ppp(peeler *p)
{
    if (ssk_cursor_peek(&p->cursor) == 0xff)
        ssk_cursor_skip(&p->cursor, 2);
    /* RFC 1661, 6.5: an odd first byte is a compressed, whole protocol number */
    uint16_t protocol = ssk_cursor_u8(&p->cursor);
    if (!(protocol & 1))
        protocol = (uint16_t)(protocol << 8 | ssk_cursor_u8(&p->cursor));
    switch (protocol) {
    case 0x0021:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
        break;
    case 0x0057:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
        break;
    case 0x0281:
    case 0x0283:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_MPLS);
        break;
    default: /* LCP, IPCP, authentication ... */
        next_is_nothing(p);
    }
    return SSK_OK;
}

/* RFC 2516, section 4 */
static ssk_status peel_pppoe_session(peeler *p)
{
    uint8_t version_type = ssk_cursor_u8(&p->cursor);
    ssk_cursor_skip(&p->cursor, 5); /* code, session, length: IP brings its own */
    if (version_type != 0x11 && !p->cursor.failed)
        return SSK_EFORMAT;
    return peel_ppp(p);
}

/* tcpdump.org/linktypes: LINKTYPE_C_HDLC; RFC 1547, section 4.3.1 */
static ssk_status peel_cisco_hdlc(peeler *p)
{
    ssk_cursor_skip(&p->cursor, 2);
    next_is_type_or_length(p, ssk_cursor_be16(&p->cursor));
    return SSK_OK;
}

/* LINKTYPE_PPP_HDLC: PPP in HDLC-like framing, or Cisco HDLC on the same line */
static ssk_status peel_ppp_hdlc(peeler *p)
{
    uint8_t address = ssk_cursor_peek(&p->cursor);
    if (address == 0x0f || address == 0x8f)
        return peel_cisco_hdlc(p);
    return peel_ppp(p);
}

/* LINKTYPE_NULL and LINKTYPE_LOOP: the address family as the capturing system numbers it, in its
 * byte order (LOOP: network order, but not every writer kept to it). */
static ssk_status peel_null(peeler *p)
{
    uint32_t family = ssk_cursor_be32(&p->cursor);
    if (family > 0xffff) /* families are small: the other byte order */
        family = family >> 24 | (family >> 8 & 0xff00);
    switch (family) {
    case 2:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
        break;
    case 10: /* Linux */
    case 23: /* Windows */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* Darwin */
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
        break;
    default:
        next_is_nothing(p);
    }
    return SSK_OK;
}

/** The tail that both "cooked" headers share: what the ARPHRD_ type says about the rest. */
static void next_is_cooked(peeler *p, uint16_t hardware, uint16_t protocol)
{
    enum { ARPHRD_80211 = 801, ARPHRD_80211_RADIOTAP = 803, PROTOCOL_LLC = 4 };
    if (hardware == ARPHRD_80211)
        next_is(p, LAYER_LINKTYPE, SSK_LINKTYPE_IEEE802_11);
    else if (hardware == ARPHRD_80211_RADIOTAP)
        next_is(p, LAYER_LINKTYPE, SSK_LINKTYPE_IEEE802_11_RADIOTAP);
    else if (protocol == PROTOCOL_LLC)
        next_is(p, LAYER_LLC, 0);
    else if (protocol >= ETHERTYPE_MIN)
        next_is(p, LAYER_ETHERTYPE, protocol);
    else
        next_is_nothing(p);
}

/** Eight bytes of address space, of which a MAC address fills six. */
static void read_cooked_address(peeler *p, unsigned len)
{
    if (len == 6) {
        p->link->src = take_mac(p);
        ssk_cursor_skip(&p->cursor, 2);
        p->link->has_macs = !p->cursor.failed;
    } else {
        ssk_cursor_skip(&p->cursor, 8);
    }
}

/* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html */
static ssk_status peel_sll(peeler *p)
{
    ssk_cursor_skip(&p->cursor, 2);
    uint16_t hardware = ssk_cursor_be16(&p->cursor);
    uint16_t address_len = ssk_cursor_be16(&p->cursor);
    read_cooked_address(p, address_len);
    next_is_cooked(p, hardware, ssk_cursor_be16(&p->cursor));
    return SSK_OK;
}

/* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
static ssk_status peel_sll2(peeler *p)
{
    uint16_t protocol = ssk_cursor_be16(&p->cursor);
    ssk_cursor_skip(&p->cursor, 2 + 4);
    uint16_t hardware = ssk_cursor_be16(&p->cursor);
    ssk_cursor_skip(&p->cursor, 1);
    uint8_t address_len = ssk_cursor_u8(&p->cursor);
    read_cooked_address(p, address_len);
    next_is_cooked(p, hardware, protocol);
    return SSK_OK;
}

/* tcpdump.org/linktypes/LINKTYPE_PKTAP.html; bsd/net/pktap.h of XNU. Little-endian. */
static ssk_status peel_pktap(peeler *p)
{
    enum { MIN_HEADER = 108, NAME_SIZE = 17, TYPE_PACKET = 1, IFNAME_SIZE = 24 };
    uint32_t start = p->cursor.pos;
    uint32_t header_len = ssk_cursor_le32(&p->cursor);
    uint32_t record = ssk_cursor_le32(&p->cursor);
    uint32_t dlt = ssk_cursor_le32(&p->cursor);
    ssk_cursor_skip(&p->cursor, IFNAME_SIZE);
    uint32_t flags = ssk_cursor_le32(&p->cursor);
    ssk_cursor_skip(&p->cursor, 3 * 4); /* protocol family, lengths before and after */
    int32_t pid = (int32_t)ssk_cursor_le32(&p->cursor);
    const char *name = (const char *)ssk_cursor_take(&p->cursor, NAME_SIZE);
    if (p->cursor.failed)
        return SSK_ETRUNC;
    if (header_len < MIN_HEADER || header_len > UINT16_MAX)
        return SSK_EFORMAT;
    const char *end = memchr(name, 0, NAME_SIZE);
    p->link->has_process = true;
    p->link->process_name = name;
    p->link->process_name_len = (uint8_t)(end ? end - name : NAME_SIZE);
    p->link->process_pid = pid;
    p->link->process_flags = flags;
    ssk_cursor_seek(&p->cursor, start + header_len);
    if (record != TYPE_PACKET)
        next_is_nothing(p);
    else if (dlt > UINT16_MAX)
        return SSK_EUNSUPPORTED;
    else
        next_is(p, LAYER_LINKTYPE, dlt);
    return SSK_OK;
}

/** LINKTYPE_USER2 is anyone's; Apple's tools wrote PKTAP there before it had a number. */
static ssk_status peel_user2(peeler *p)
{
    ssk_status status = peel_pktap(p);
    return status == SSK_EFORMAT ? SSK_EUNSUPPORTED : status;
}

/* tcpdump.org/linktypes: LINKTYPE_PPI; "PPI Packet Header" 1.0.10, section 3 */
static ssk_status peel_ppi(peeler *p)
{
    uint32_t start = p->cursor.pos;
    ssk_cursor_skip(&p->cursor, 2); /* version, flags */
    uint16_t header_len = ssk_cursor_le16(&p->cursor);
    uint32_t dlt = ssk_cursor_le32(&p->cursor);
    if (p->cursor.failed)
        return SSK_ETRUNC;
    if (header_len < 8)
        return SSK_EFORMAT;
    ssk_cursor_seek(&p->cursor, start + header_len);
    if (dlt > UINT16_MAX)
        return SSK_EUNSUPPORTED;
    next_is(p, LAYER_LINKTYPE, dlt);
    return SSK_OK;
}

/* tcpdump.org/linktypes/LINKTYPE_NFLOG.html. TLVs in the byte order of the capturing machine. */
static ssk_status peel_nflog(peeler *p)
{
    enum { NFPROTO_IPV4 = 2, NFPROTO_ARP = 3, NFPROTO_IPV6 = 10, NFULA_PAYLOAD = 9 };
    uint8_t family = ssk_cursor_u8(&p->cursor);
    uint8_t version = ssk_cursor_u8(&p->cursor);
    ssk_cursor_skip(&p->cursor, 2);
    if (version != 0)
        return SSK_EFORMAT;
    while (ssk_cursor_left(&p->cursor)) {
        uint16_t len = ssk_cursor_le16(&p->cursor);
        uint16_t type = ssk_cursor_le16(&p->cursor);
        if (type > 0xff) { /* types are small: the other byte order */
            type = (uint16_t)(type << 8 | type >> 8);
            len = (uint16_t)(len << 8 | len >> 8);
        }
        if (p->cursor.failed)
            break;
        if (type == NFULA_PAYLOAD) {
            next_is(p, LAYER_ETHERTYPE,
                    family == NFPROTO_IPV4   ? ETHERTYPE_IPV4
                    : family == NFPROTO_IPV6 ? ETHERTYPE_IPV6
                    : family == NFPROTO_ARP  ? ETHERTYPE_ARP
                                             : ETHERTYPE_NONE);
            return SSK_OK;
        }
        if (len < 4)
            return SSK_EFORMAT;
        ssk_cursor_skip(&p->cursor, (len + 3u) / 4 * 4 - 4);
    }
    return SSK_ETRUNC; /* ended before its payload */
}

/** 802.11 frame control, second byte. Source: IEEE 802.11-2020, 9.2.4.1. */
enum {
    WLAN_TO_DS = 0x01,
    WLAN_FROM_DS = 0x02,
    WLAN_RETRY = 0x08,
    WLAN_POWER_MANAGEMENT = 0x10,
    WLAN_MORE_DATA = 0x20,
    WLAN_PROTECTED = 0x40,
    WLAN_ORDER = 0x80,
};

enum { WLAN_MANAGEMENT = 0, WLAN_CONTROL = 1, WLAN_DATA = 2 };

/** Data frames of IEEE 802.11-2020, 9.3.2.1: who is who, and where the payload begins. */
static void peel_wlan_data(peeler *p, uint8_t flags, bool padded)
{
    enum { SUBTYPE_NO_DATA = 4, SUBTYPE_QOS = 8, QOS_AMSDU = 0x0080 };
    ssk_wlan *wlan = &p->link->wlan;
    uint32_t header = p->cursor.pos - (2 + 2 + 6 + 6); /* frame control, duration, two addresses */
    ssk_mac third = take_mac(p);
    uint16_t fragment = ssk_cursor_le16(&p->cursor) & 0x0f;
    ssk_mac fourth = {{0}};
    uint16_t qos = 0;
    if (wlan->to_ds && wlan->from_ds)
        fourth = take_mac(p);
    if (wlan->subtype & SUBTYPE_QOS) {
        qos = ssk_cursor_le16(&p->cursor);
        if (flags & WLAN_ORDER)
            ssk_cursor_skip(&p->cursor, 4); /* HT control */
    }
    if (p->cursor.failed)
        return;

    p->link->dst = wlan->to_ds ? third : wlan->receiver;
    p->link->src = !wlan->from_ds ? wlan->transmitter : wlan->to_ds ? fourth : third;
    p->link->has_macs = true;
    if (!wlan->to_ds || !wlan->from_ds)
        wlan->bssid = wlan->to_ds ? wlan->receiver : wlan->from_ds ? wlan->transmitter : third;

    if (padded) /* some drivers align the payload to 4 bytes, and radiotap says so */
        ssk_cursor_skip(&p->cursor, -(p->cursor.pos - header) & 3u);
    if ((wlan->subtype & SUBTYPE_NO_DATA) || wlan->protected_frame || fragment)
        next_is_nothing(p);
    else if (qos & QOS_AMSDU)
        /* the first subframe has Ethernet's layout; the others stay unread */
        next_is(p, LAYER_LINKTYPE, SSK_LINKTYPE_ETHERNET);
    else
        next_is(p, LAYER_LLC, 0);
}

static ssk_status peel_wlan(peeler *p, bool padded)
{
    enum { CONTROL_CTS = 12, CONTROL_ACK = 13 };
    ssk_wlan *wlan = &p->link->wlan;
    uint8_t control = ssk_cursor_u8(&p->cursor);
    uint8_t flags = ssk_cursor_u8(&p->cursor);
    ssk_cursor_skip(&p->cursor, 2); /* duration */
    ssk_mac first = take_mac(p);
    if (p->cursor.failed)
        return SSK_ETRUNC;
    if (control & 3)
        return SSK_EFORMAT; /* protocol version */
    wlan->present = true;
    wlan->type = control >> 2 & 3;
    wlan->subtype = control >> 4;
    wlan->to_ds = flags & WLAN_TO_DS;
    wlan->from_ds = flags & WLAN_FROM_DS;
    wlan->retry = flags & WLAN_RETRY;
    wlan->power_management = flags & WLAN_POWER_MANAGEMENT;
    wlan->more_data = flags & WLAN_MORE_DATA;
    wlan->protected_frame = flags & WLAN_PROTECTED;
    wlan->receiver = first;
    next_is_nothing(p);
    if (wlan->type == WLAN_CONTROL &&
        (wlan->subtype == CONTROL_CTS || wlan->subtype == CONTROL_ACK))
        return SSK_OK; /* these name nobody but the receiver */
    wlan->transmitter = take_mac(p);
    if (wlan->type == WLAN_DATA)
        peel_wlan_data(p, flags, padded);
    else if (wlan->type == WLAN_MANAGEMENT)
        wlan->bssid = take_mac(p);
    return SSK_OK;
}

/* Bits of radiotap's first word of presence, and one of its flags. */
#define RADIOTAP_TSFT          0x00000001u
#define RADIOTAP_FLAGS         0x00000002u
#define RADIOTAP_MORE          0x80000000u
#define RADIOTAP_FLAG_DATA_PAD 0x20

/* radiotap.org: the header, and of its fields only "flags" */
static ssk_status peel_radiotap(peeler *p)
{
    ssk_cursor head = p->cursor;
    ssk_cursor_skip(&head, 2); /* version, pad */
    uint16_t header_len = ssk_cursor_le16(&head);
    if (head.failed)
        return SSK_ETRUNC;
    head = ssk_cursor_sub(&p->cursor, header_len);
    if (p->cursor.failed)
        return SSK_ETRUNC;
    ssk_cursor_skip(&head, 4);
    uint32_t present = ssk_cursor_le32(&head);
    uint32_t more = present;
    while (more & RADIOTAP_MORE)
        more = ssk_cursor_le32(&head); /* 0 at the end */
    if (present & RADIOTAP_TSFT) {
        ssk_cursor_skip(&head, -head.pos & 7u); /* aligned to its size */
        ssk_cursor_skip(&head, 8);
    }
    bool padded = (present & RADIOTAP_FLAGS) && (ssk_cursor_u8(&head) & RADIOTAP_FLAG_DATA_PAD);
    if (head.failed)
        return SSK_EFORMAT; /* its own fields do not fit into it */
    return peel_wlan(p, padded);
}

static ssk_status peel_linktype(peeler *p)
{
    switch (p->value) {
    case SSK_LINKTYPE_ETHERNET:
        return peel_ethernet(p);
    case SSK_LINKTYPE_NULL:
    case SSK_LINKTYPE_LOOP:
        return peel_null(p);
    case SSK_LINKTYPE_RAW_12:
    case SSK_LINKTYPE_RAW_14:
    case SSK_LINKTYPE_RAW:
        return next_is_ip(p);
    case SSK_LINKTYPE_IPV4:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV4);
        return SSK_OK;
    case SSK_LINKTYPE_IPV6:
        next_is(p, LAYER_ETHERTYPE, ETHERTYPE_IPV6);
        return SSK_OK;
    case SSK_LINKTYPE_PPP: /* libwiretap knows one PPP only: both ways of framing come as it */
    case SSK_LINKTYPE_PPP_HDLC:
        return peel_ppp_hdlc(p);
    case SSK_LINKTYPE_PPP_WITH_DIR:
        ssk_cursor_skip(&p->cursor, 1); /* sent or received */
        return peel_ppp_hdlc(p);
    case SSK_LINKTYPE_PPP_ETHER:
        return peel_pppoe_session(p);
    case SSK_LINKTYPE_C_HDLC:
        return peel_cisco_hdlc(p);
    case SSK_LINKTYPE_LINUX_SLL:
        return peel_sll(p);
    case SSK_LINKTYPE_LINUX_SLL2:
        return peel_sll2(p);
    case SSK_LINKTYPE_PKTAP:
        return peel_pktap(p);
    case SSK_LINKTYPE_DLT_USER2:
        return peel_user2(p);
    case SSK_LINKTYPE_PPI:
        return peel_ppi(p);
    case SSK_LINKTYPE_NFLOG:
        return peel_nflog(p);
    case SSK_LINKTYPE_IEEE802_11:
        return peel_wlan(p, false);
    case SSK_LINKTYPE_IEEE802_11_RADIOTAP:
        return peel_radiotap(p);
    default:
        return SSK_EUNSUPPORTED;
    }
}

/** Peel one layer. *ret_done: the network layer (or nothing we look into) is reached. */
static ssk_status peel(peeler *p, bool *ret_done)
{
    if (p->next == LAYER_LINKTYPE)
        return peel_linktype(p);
    if (p->next == LAYER_LLC)
        return peel_llc(p);
    switch (p->value) {
    case ETHERTYPE_VLAN:
    case ETHERTYPE_VLAN_SERVICE:
    case ETHERTYPE_VLAN_9100:
    case ETHERTYPE_VLAN_9200:
    case ETHERTYPE_VLAN_9300:
        return peel_vlan(p);
    case ETHERTYPE_MPLS:
    case ETHERTYPE_MPLS_MULTICAST:
        return peel_mpls(p);
    case ETHERTYPE_PPPOE_SESSION:
        return peel_pppoe_session(p);
    case ETHERTYPE_BRIDGED:
        return peel_ethernet(p);
    default:
        *ret_done = true;
        return SSK_OK;
    }
}

ssk_status ssk_decode_link(uint16_t linktype, const uint8_t *data, uint32_t cap_len,
                           ssk_link *ret_link, uint32_t *ret_offset)
{
    peeler p = {.cursor = ssk_cursor_init(data, cap_len),
                .link = ret_link,
                .next = LAYER_LINKTYPE,
                .value = linktype};
    *ret_link = (ssk_link){0};
    /* one more turn than layers: the last only finds that nothing is left to peel */
    for (unsigned layers = 0; layers <= MAX_LAYERS; layers++) {
        bool done = false;
        ssk_status status = peel(&p, &done);
        if (p.cursor.failed)
            return SSK_ETRUNC;
        if (status != SSK_OK)
            return status;
        if (done) {
            ret_link->ethertype = (uint16_t)p.value;
            *ret_offset = p.cursor.pos;
            return SSK_OK;
        }
    }
    return SSK_ELIMIT;
}
