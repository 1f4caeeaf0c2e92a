/* packet_file.c - which of the two formats; and pcap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/packet_file.h"

#include <glib.h>
#include <string.h>

#include "cli/pcapng_reader.h"
#include "core/base/linktype.h"

#define FILE_HEAD     24
#define RECORD_HEAD   16
#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define MAGIC_SECTION 0x0a0d0d0au

struct ssk_packet_file {
    ssk_byte_window window;
    bool strict;
    ssk_pcapng_reader *ng; /* NULL: it is pcap, as follows */
    bool swapped, nanoseconds;
    uint16_t minor; /* of the version, 2.x */
    uint16_t linktype;
    ssk_packet_step over; /* what it ended with; RECORD: it did not yet */
};

static inline uint32_t get32(const ssk_packet_file *file, const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return file->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

static inline uint16_t get16(const ssk_packet_file *file, const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return file->swapped ? GUINT16_SWAP_LE_BE(value) : value;
}

/* ---- pcap ---- */

#define MAJOR 2
#define MINOR 4

/** @return false: not pcap 2.4 (2.0 to 2.4 if not strict), or with a link type that is not read */
static bool open_pcap(ssk_packet_file *file, ssk_packet_linktype_fn linktype)
{
    const uint8_t *head = ssk_byte_window_peek(&file->window, FILE_HEAD);
    if (!head)
        return false;
    uint32_t magic = get32(file, head);
    file->swapped = magic == GUINT32_SWAP_LE_BE(MAGIC_US) || magic == GUINT32_SWAP_LE_BE(MAGIC_NS);
    magic = get32(file, head);
    file->nanoseconds = magic == MAGIC_NS;
    file->minor = get16(file, head + 6);
    if ((magic != MAGIC_US && magic != MAGIC_NS) || get16(file, head + 4) != MAJOR ||
        file->minor > MINOR || (file->strict && file->minor != MINOR))
        return false;
    /* the upper bits: length of the checksum behind each frame */
    uint32_t network = get32(file, head + 20);
    if (file->strict && network > UINT16_MAX)
        return false;
    network &= UINT16_MAX;
    file->linktype = linktype ? linktype(network) : (uint16_t)network;
    if (file->strict && file->linktype == SSK_LINKTYPE_NONE)
        return false;
    ssk_byte_window_take(&file->window, FILE_HEAD);
    return true;
}

static ssk_packet_step next_of_pcap(ssk_packet_file *file, ssk_event *ret, ssk_stamp *ret_stamp)
{
    const uint8_t *head = ssk_byte_window_peek(&file->window, RECORD_HEAD);
    if (!head)
        return ssk_byte_window_left(&file->window) ? SSK_PACKET_STEP_CUT : SSK_PACKET_STEP_END;
    uint32_t seconds = get32(file, head), fraction = get32(file, head + 4);
    uint32_t cap_len = get32(file, head + 8), wire_len = get32(file, head + 12);
    /* The two changed places with 2.3, and some that say 2.3 have them as before. */
    if (file->minor < 3 || (file->minor == 3 && cap_len > wire_len)) {
        uint32_t length = cap_len;
        cap_len = wire_len;
        wire_len = length;
    }
    if (cap_len > SSK_PACKET_MOST)
        return SSK_PACKET_STEP_DAMAGED;
    if (file->strict && (wire_len < cap_len || wire_len > INT32_MAX ||
                         fraction >= (file->nanoseconds ? 1000000000u : 1000000u)))
        return SSK_PACKET_STEP_ODD;
    const uint8_t *record = ssk_byte_window_peek(&file->window, RECORD_HEAD + (size_t)cap_len);
    if (!record)
        return SSK_PACKET_STEP_CUT;
    ssk_byte_window_take(&file->window, RECORD_HEAD + (size_t)cap_len);
    int64_t nanoseconds = file->nanoseconds ? (int64_t)fraction : fraction * SSK_US;
    *ret_stamp = (ssk_stamp){
        .known = true, .seconds = seconds, .nanoseconds = (int32_t)MIN(nanoseconds, INT32_MAX)};
    *ret = (ssk_event){
        .kind = SSK_EVENT_FRAME,
        .time = ssk_time_of(seconds, ret_stamp->nanoseconds),
        .linktype = file->linktype,
        .bytes = record + RECORD_HEAD,
        .cap_len = cap_len,
        .wire_len = wire_len,
    };
    return SSK_PACKET_STEP_RECORD;
}

/* ---- both ---- */

ssk_packet_file *ssk_packet_file_open(int fd, bool strict, ssk_packet_linktype_fn linktype)
{
    ssk_packet_file *file = g_new0(ssk_packet_file, 1);
    ssk_byte_window_init(&file->window, fd);
    file->strict = strict;
    const uint8_t *magic = ssk_byte_window_peek(&file->window, 4);
    if (magic && get32(file, magic) == MAGIC_SECTION) /* the same in both orders */
        file->ng = ssk_pcapng_reader_new(&file->window, strict, linktype);
    else if (!magic || !open_pcap(file, linktype)) {
        ssk_packet_file_close(file);
        return NULL;
    }
    return file;
}

void ssk_packet_file_close(ssk_packet_file *file)
{
    if (!file)
        return;
    ssk_pcapng_reader_free(file->ng);
    ssk_byte_window_clear(&file->window);
    g_free(file);
}

ssk_packet_step ssk_packet_file_next(ssk_packet_file *file, ssk_event *ret, ssk_stamp *ret_stamp)
{
    if (file->over != SSK_PACKET_STEP_RECORD)
        return file->over;
    file->over = file->ng ? ssk_pcapng_reader_next(file->ng, ret, ret_stamp)
                          : next_of_pcap(file, ret, ret_stamp);
    return file->over;
}

const char *ssk_packet_file_format(const ssk_packet_file *file)
{
    return file->ng ? "pcapng" : file->nanoseconds ? "nsecpcap" : "pcap";
}

uint64_t ssk_packet_file_offset(const ssk_packet_file *file)
{
    return file->window.offset;
}

bool ssk_packet_file_dropped(const ssk_packet_file *file, uint64_t *ret)
{
    return file->ng && ssk_pcapng_reader_dropped(file->ng, ret);
}
