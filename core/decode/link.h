/* link.h - from the link type to the network layer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_LINK_H
#define SSK_DECODE_LINK_H

#include "core/base/types.h"

/** LINKTYPE_ values as in pcap files; source: tcpdump.org/linktypes.html. */
enum {
    SSK_LINKTYPE_NULL = 0,
    SSK_LINKTYPE_ETHERNET = 1,
    SSK_LINKTYPE_PPP = 9,
    SSK_LINKTYPE_RAW_12 = 12, /**< DLT_RAW as some systems wrote it */
    SSK_LINKTYPE_RAW_14 = 14,
    SSK_LINKTYPE_PPP_HDLC = 50,
    SSK_LINKTYPE_PPP_ETHER = 51,
    SSK_LINKTYPE_RAW = 101,
    SSK_LINKTYPE_C_HDLC = 104,
    SSK_LINKTYPE_IEEE802_11 = 105,
    SSK_LINKTYPE_LOOP = 108,
    SSK_LINKTYPE_LINUX_SLL = 113,
    SSK_LINKTYPE_IEEE802_11_RADIOTAP = 127,
    SSK_LINKTYPE_DLT_USER2 = 149, /**< PKTAP in older Apple files */
    SSK_LINKTYPE_PPP_WITH_DIR = 166,
    SSK_LINKTYPE_PPI = 192,
    SSK_LINKTYPE_IPV4 = 228,
    SSK_LINKTYPE_IPV6 = 229,
    SSK_LINKTYPE_NFLOG = 239,
    SSK_LINKTYPE_WIRESHARK_UPPER_PDU = 252,
    SSK_LINKTYPE_PKTAP = 258,
    SSK_LINKTYPE_LINUX_SLL2 = 276,
};

/** 802.11 as far as power save and roaming need it. */
typedef struct ssk_wlan {
    bool present;
    uint8_t type, subtype; /**< frame control: 0 management, 1 control, 2 data */
    bool to_ds, from_ds, retry, power_management, more_data, protected_frame;
    ssk_mac transmitter, receiver, bssid;
} ssk_wlan;

/** 802.11 has four, a frame in a frame two more. */
#define SSK_LINK_MACS 8

/** What the link layer said. */
typedef struct ssk_link {
    uint16_t ethertype; /**< of the network layer; 0: none (LLC, management frame) */
    bool has_macs;
    ssk_mac src, dst;  /**< Linux SLL and SLL2 have no dst: zeros */
    uint8_t vlan_tags; /**< how many were skipped */
    uint16_t vlan_id;  /**< of the outermost tag */
    ssk_wlan wlan;
    /** Process named by a PKTAP header. name is not terminated: use name_len. */
    bool has_process;
    const char *process_name; /**< borrowed from the frame */
    uint8_t process_name_len;
    int32_t process_pid;
    uint32_t process_flags; /**< PTH_FLAG_* */
    /** Where in the frame MAC addresses stand, for one who replaces them. */
    uint8_t n_macs;
    uint16_t mac_at[SSK_LINK_MACS];
} ssk_link;

/** Find the network layer of a frame.
 *
 * Peels Ethernet (VLAN, QinQ), Linux SLL and SLL2, NULL/LOOP, RAW, PPP, PKTAP,
 * PPI, NFLOG, Cisco HDLC, raw IPv4/IPv6, MPLS, PPPoE session, radiotap and
 * unencrypted 802.11, each with its source named at its function.
 *
 * @param linktype LINKTYPE_ of the frame
 * @param data     first byte; borrowed, not kept
 * @param cap_len  bytes readable at @p data
 * @param[out] ret_link   what the layers said; always set as far as decoded
 * @param[out] ret_offset first byte of the network layer, when SSK_OK
 * @return SSK_OK; SSK_EUNSUPPORTED unknown link type; SSK_ETRUNC cut inside a
 *         header; SSK_EFORMAT; SSK_ELIMIT more than 8 layers
 */
SSK_WARN_UNUSED ssk_status ssk_decode_link(uint16_t linktype, const uint8_t *data, uint32_t cap_len,
                                           ssk_link *ret_link, uint32_t *ret_offset);

#endif
