/* darwin.h - who owned a socket: what Apple's tcpdump adds to pcapng.
 *
 * A Darwin Process Event Block (0x80000001) declares a process; packets name it
 * by its index within the section, in options of the Enhanced Packet Block.
 * Both are in the section's byte order.
 *
 * Source: bsd/net/pktap.h and libpcap's pcapng.c of Apple's open source
 * releases, and captures made by macOS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_DARWIN_H
#define SSK_DECODE_DARWIN_H

#include "core/base/types.h"

#define SSK_DARWIN_PROCESS_BLOCK 0x80000001u

/** Options of an Enhanced Packet Block. */
enum {
    SSK_DARWIN_PROCESS = 0x8001,   /**< index of a process block */
    SSK_DARWIN_SERVICE = 0x8002,   /**< SO_TC_* service class */
    SSK_DARWIN_EFFECTIVE = 0x8003, /**< index of the process on whose behalf it is */
    SSK_DARWIN_FLAGS = 0x8004,     /**< SSK_DARWIN_NEW_FLOW and so on */
    SSK_DARWIN_FLOW = 0x8005,
    SSK_DARWIN_DROP = 0x8007, /**< reason for which the kernel dropped it */
};

/** Bits of SSK_DARWIN_FLAGS. Of 2 and 4 one is a retransmission, the other a
 * keep-alive: no source at hand says which, so neither is named. */
enum {
    SSK_DARWIN_NEW_FLOW = 1 << 0,
    SSK_DARWIN_SOCKET = 1 << 3,
    SSK_DARWIN_NEXUS = 1 << 4,
    SSK_DARWIN_WAKE = 1 << 5,
};

typedef struct ssk_darwin_process {
    int32_t pid;
    char name[64]; /**< as found, up to its first NUL; "": none */
} ssk_darwin_process;

/** What the options of one packet say; zero-fill before the first. */
typedef struct ssk_darwin_packet {
    bool has_process, has_effective;
    uint32_t process, effective; /**< indices of process blocks */
    uint32_t flags;              /**< SSK_DARWIN_NEW_FLOW and so on; 0: not given */
    uint32_t drop_reason;        /**< 0: none */
} ssk_darwin_packet;

/** Decode the body of a process block.
 * @return SSK_OK; SSK_ETRUNC: no room for a process id. Options that do not fit
 *         end the block early. */
SSK_WARN_UNUSED ssk_status ssk_decode_darwin_process(const uint8_t *body, uint32_t len,
                                                     bool big_endian, ssk_darwin_process *ret);

/** Decode one option of a packet into @p packet.
 * @return SSK_OK; SSK_EUNSUPPORTED: not one of Apple's; SSK_EFORMAT: not 4 bytes */
SSK_WARN_UNUSED ssk_status ssk_decode_darwin_option(uint16_t code, const uint8_t *value,
                                                    uint32_t len, bool big_endian,
                                                    ssk_darwin_packet *packet);

/* ---- the processes of one section ---- */

/** Processes kept; packets of the ones beyond have none. */
#define SSK_DARWIN_PROCESSES 65536

typedef struct ssk_darwin_table ssk_darwin_table;

ssk_darwin_table *ssk_darwin_table_new(void);
void ssk_darwin_table_free(ssk_darwin_table *table);
/** A new section counts from 0 again. */
void ssk_darwin_table_clear(ssk_darwin_table *table);
/** @param process NULL: a block that could not be read; it counts too */
void ssk_darwin_table_add(ssk_darwin_table *table, const ssk_darwin_process *process);
/** The process on whose behalf the packet is, else the one that owns the socket.
 * @return borrowed until the next add or clear; NULL: not known */
const ssk_darwin_process *ssk_darwin_table_find(const ssk_darwin_table *table,
                                                const ssk_darwin_packet *packet);

#endif
