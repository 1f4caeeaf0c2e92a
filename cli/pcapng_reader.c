/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pcapng_reader.h"

#include <glib.h>
#include <string.h>

#include "core/base/linktype.h"
#include "core/decode/darwin.h"

/* As libwiretap has it. */
#define MOST_BLOCK ((uint32_t)16 << 20)
/* Type and length in front, the length again behind. */
#define BLOCK_HEAD  8
#define BLOCK_FRAME 12
#define MAGIC       0x1a2b3c4du

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_NAMES = 4,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_SYSDIG_EVENT = 0x204,
    BLOCK_SYSDIG_EVENT_2 = 0x216,
    BLOCK_SYSDIG_EVENT_2_LARGE = 0x221,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_CUSTOM_KEPT = 0x40000bad,
};

enum { OPTION_END = 0, OPTION_COMMENT = 1 };
enum {
    INTERFACE_NAME = 2,
    INTERFACE_DESCRIPTION = 3,
    INTERFACE_RESOLUTION = 9,
    INTERFACE_OFFSET = 14
};
enum { PACKET_DROPPED = 4 };
enum { STATISTICS_DROPPED = 5 };

typedef struct interface {
    uint16_t linktype;
    uint32_t snap_len; /* 0: none */
    uint64_t units;    /* of a timestamp in a second */
    int64_t offset;    /* s, to add to a timestamp */
    char *name;        /* owned; NULL: none */
    bool odd;          /* its packets are for libwiretap */
    bool has_dropped;
    uint64_t dropped; /* by its last statistics */
} interface;

struct ssk_pcapng_reader {
    ssk_byte_window *window;
    bool strict;
    ssk_packet_linktype_fn linktype;
    bool in_section, swapped;
    GArray *interfaces; /* of all sections: names and counts outlive theirs */
    guint first;        /* of this section */
    ssk_darwin_table *processes;
    ssk_darwin_packet owner; /* of the packet at hand */
    ssk_process process;
};

/** What is between the head and the tail of a block. */
typedef struct body {
    const uint8_t *at;
    uint32_t len;
} body;

typedef struct option {
    uint16_t code, len;
    const uint8_t *value;
} option;

/* ---- numbers in the section's order ---- */

static inline uint16_t get16(const ssk_pcapng_reader *r, const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return r->swapped ? GUINT16_SWAP_LE_BE(value) : value;
}

static inline uint32_t get32(const ssk_pcapng_reader *r, const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return r->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

static inline uint64_t get64(const ssk_pcapng_reader *r, const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return r->swapped ? GUINT64_SWAP_LE_BE(value) : value;
}

static bool is_big_endian(const ssk_pcapng_reader *r)
{
    return r->swapped != (G_BYTE_ORDER == G_BIG_ENDIAN);
}

static inline uint32_t padded(uint32_t len)
{
    return (len + 3) & ~3u;
}

static interface *find_interface(const ssk_pcapng_reader *r, uint32_t id)
{
    return id < r->interfaces->len - r->first
               ? &g_array_index(r->interfaces, interface, r->first + id)
               : NULL;
}

/* ---- options ---- */

/** The next of a list. @param[out] ret_fine false: it does not fit in what is left
 *  @return false: that was the last */
static bool next_option(const ssk_pcapng_reader *r, body *list, option *ret, bool *ret_fine)
{
    *ret_fine = true;
    if (!list->len)
        return false;
    if (list->len >= 4) {
        *ret = (option){get16(r, list->at), get16(r, list->at + 2), list->at + 4};
        if (ret->code == OPTION_END) {
            *ret_fine = !ret->len && list->len == 4;
            return false;
        }
        if (padded(ret->len) <= list->len - 4) {
            list->at += 4 + padded(ret->len);
            list->len -= 4 + padded(ret->len);
            return true;
        }
    }
    *ret_fine = false;
    return false;
}

/** Text up to its first NUL, the first of several. */
static void take_text(const option *o, char **ret)
{
    if (!*ret)
        *ret = g_strndup((const char *)o->value, o->len);
}

/** @return false: no such resolution */
static bool take_resolution(const option *o, uint64_t *ret)
{
    if (o->len != 1)
        return false;
    unsigned exponent = o->value[0] & 0x7f;
    bool of_two = o->value[0] & 0x80;
    if (exponent > (of_two ? 63 : 19))
        return false;
    *ret = of_two ? UINT64_C(1) << exponent : 1;
    for (unsigned i = 0; !of_two && i < exponent; i++)
        *ret *= 10;
    return true;
}

/* ---- blocks that describe ---- */

static ssk_packet_step take_section(ssk_pcapng_reader *r, body b)
{
    /* how interfaces are counted over sections depends on the version of libwiretap */
    if (r->strict && r->in_section)
        return SSK_PACKET_STEP_ODD;
    if (b.len < 16)
        return SSK_PACKET_STEP_DAMAGED;
    uint16_t major = get16(r, b.at + 4), minor = get16(r, b.at + 6);
    if (major != 1 || (minor != 0 && minor != 2))
        return SSK_PACKET_STEP_DAMAGED;
    r->in_section = true;
    r->first = r->interfaces->len;
    ssk_darwin_table_clear(r->processes);
    return SSK_PACKET_STEP_RECORD;
}

static ssk_packet_step take_interface(ssk_pcapng_reader *r, body b)
{
    if (b.len < 8)
        return SSK_PACKET_STEP_DAMAGED;
    uint16_t linktype = get16(r, b.at);
    interface i = {.linktype = r->linktype ? r->linktype(linktype) : linktype,
                   .snap_len = get32(r, b.at + 4),
                   .units = 1000000};
    char *description = NULL;
    body list = {b.at + 8, b.len - 8};
    bool fine, read = true;
    for (option o; next_option(r, &list, &o, &fine);)
        switch (o.code) {
        case INTERFACE_NAME:
            take_text(&o, &i.name);
            break;
        case INTERFACE_DESCRIPTION:
            take_text(&o, &description);
            break;
        case INTERFACE_RESOLUTION:
            read = read && take_resolution(&o, &i.units);
            break;
        case INTERFACE_OFFSET:
            read = read && o.len == 8;
            i.offset = o.len == 8 ? (int64_t)get64(r, o.value) : 0;
            break;
        default:
            break;
        }
    if (!i.name)
        i.name = g_steal_pointer(&description);
    g_free(description);
    i.odd = r->strict && (i.linktype == SSK_LINKTYPE_NONE || i.offset || !read || !fine ||
                          (i.units != 1000000 && i.units != 1000000000));
    g_array_append_val(r->interfaces, i);
    return SSK_PACKET_STEP_RECORD;
}

static ssk_packet_step take_statistics(ssk_pcapng_reader *r, body b)
{
    interface *i = b.len >= 12 ? find_interface(r, get32(r, b.at)) : NULL;
    if (!i)
        return SSK_PACKET_STEP_DAMAGED;
    body list = {b.at + 12, b.len - 12};
    bool fine, counted = false, well = true;
    for (option o; next_option(r, &list, &o, &fine);) {
        well = well && (o.code == OPTION_COMMENT || (o.code <= 8 && o.len == 8));
        if (o.code != STATISTICS_DROPPED || o.len != 8 || counted)
            continue;
        counted = i->has_dropped = true;
        i->dropped = get64(r, o.value);
    }
    return r->strict && !(well && fine) ? SSK_PACKET_STEP_ODD : SSK_PACKET_STEP_RECORD;
}

/** Nothing here is used, but libwiretap ends the file at one that is damaged. */
static ssk_packet_step take_names(const ssk_pcapng_reader *r, body b)
{
    enum { END = 0, IPV4 = 1, IPV6 = 2 };
    if (!r->strict)
        return SSK_PACKET_STEP_RECORD;
    while (b.len >= 4) {
        uint16_t type = get16(r, b.at), len = get16(r, b.at + 2);
        uint32_t address = type == IPV4 ? 4 : 16;
        if (type == END && !len && b.len == 4)
            return SSK_PACKET_STEP_RECORD;
        if ((type != IPV4 && type != IPV6) || len < address + 2u || padded(len) > b.len - 4 ||
            b.at[4 + len - 1] != '\0')
            break;
        b.at += 4 + padded(len);
        b.len -= 4 + padded(len);
    }
    return SSK_PACKET_STEP_ODD; /* with options, or damaged */
}

static void take_process(ssk_pcapng_reader *r, body b)
{
    ssk_darwin_process process;
    bool fine = ssk_decode_darwin_process(b.at, b.len, is_big_endian(r), &process) == SSK_OK;
    ssk_darwin_table_add(r->processes, fine ? &process : NULL);
}

/* ---- packets ---- */

static void set_time(const interface *i, uint64_t time, ssk_stamp *ret)
{
    ret->known = true;
    if (i->units == 1000000) { /* a division by a constant is a multiplication */
        ret->seconds = (int64_t)(time / 1000000);
        ret->nanoseconds = (int32_t)(time % 1000000 * 1000);
        return;
    }
    if (i->units == 1000000000) {
        ret->seconds = (int64_t)(time / 1000000000);
        ret->nanoseconds = (int32_t)(time % 1000000000);
        return;
    }
    uint64_t rest = time % i->units, units = i->units;
    ret->seconds = (int64_t)(time / i->units);
    for (; rest > UINT64_MAX / 1000000000; rest /= 2) /* far finer than nanoseconds */
        units /= 2;
    ret->nanoseconds = (int32_t)MIN(rest * 1000000000 / units, 999999999);
}

/** Apple's word on whose packet it is: on whose behalf, else who owns the socket. */
static void set_process(ssk_pcapng_reader *r, ssk_event *event)
{
    const ssk_darwin_packet *owner = &r->owner;
    const ssk_darwin_process *process = ssk_darwin_table_find(r->processes, owner);
    if (!process && !owner->flags && !owner->drop_reason)
        return;
    r->process = (ssk_process){.name = process && *process->name ? process->name : NULL,
                               .pid = process ? process->pid : -1,
                               .flags = owner->flags,
                               .drop_reason = owner->drop_reason};
    event->process = &r->process;
}

/** Options of known sizes, none twice that counts: what else there may be is for libwiretap. */
static bool is_usual_option(const option *o)
{
    switch (o->code) {
    case OPTION_COMMENT:
        return true;
    case 2: /* flags */
    case 6: /* queue */
    case SSK_DARWIN_PROCESS:
    case SSK_DARWIN_SERVICE:
    case SSK_DARWIN_EFFECTIVE:
    case SSK_DARWIN_FLAGS:
    case SSK_DARWIN_FLOW:
    case SSK_DARWIN_DROP:
        return o->len == 4;
    case PACKET_DROPPED:
    case 5: /* number of the packet */
        return o->len == 8;
    default:
        return false;
    }
}

/** @return false: odd */
static bool take_packet_options(ssk_pcapng_reader *r, body list, ssk_event *event)
{
    bool fine, usual = true, counted = false;
    r->owner = (ssk_darwin_packet){0};
    for (option o; next_option(r, &list, &o, &fine);) {
        usual = usual && is_usual_option(&o) && !(counted && o.code == PACKET_DROPPED);
        if (o.code == PACKET_DROPPED && o.len == 8 && !counted) {
            counted = true;
            event->drops = get64(r, o.value);
        } else if (ssk_decode_darwin_option(o.code, o.value, o.len, is_big_endian(r), &r->owner) !=
                   SSK_OK) {
            continue; /* not one of Apple's, or of another size: the packet is fine without */
        }
    }
    set_process(r, event);
    return usual && fine;
}

static void set_frame(const ssk_pcapng_reader *r, const interface *i, const uint8_t *bytes,
                      uint32_t cap_len, uint32_t wire_len, ssk_event *ret)
{
    *ret = (ssk_event){
        .kind = SSK_EVENT_FRAME,
        .time = SSK_TIME_NONE,
        .linktype = i->linktype,
        .interface_id = (uint32_t)(i - &g_array_index(r->interfaces, interface, 0)),
        .interface_name = i->name,
        .bytes = bytes,
        .cap_len = cap_len,
        .wire_len = wire_len,
    };
}

static ssk_packet_step take_packet(ssk_pcapng_reader *r, bool old, body b, ssk_event *ret,
                                   ssk_stamp *ret_stamp)
{
    if (b.len < 20)
        return SSK_PACKET_STEP_DAMAGED;
    const interface *i = find_interface(r, old ? get16(r, b.at) : get32(r, b.at));
    uint32_t cap_len = get32(r, b.at + 12), wire_len = get32(r, b.at + 16);
    if (!i || cap_len > SSK_PACKET_MOST || padded(cap_len) > b.len - 20)
        return SSK_PACKET_STEP_DAMAGED;
    if (r->strict && (old || i->odd || wire_len < cap_len || wire_len > INT32_MAX))
        return SSK_PACKET_STEP_ODD;
    *ret_stamp = (ssk_stamp){0};
    set_time(i, (uint64_t)get32(r, b.at + 4) << 32 | get32(r, b.at + 8), ret_stamp);
    set_frame(r, i, b.at + 20, cap_len, wire_len, ret);
    if (__builtin_add_overflow(ret_stamp->seconds, i->offset, &ret_stamp->seconds))
        ret_stamp->known = false;
    ret->time = ssk_stamp_time(ret_stamp);
    uint16_t lost = old ? get16(r, b.at + 2) : UINT16_MAX;
    ret->drops = lost == UINT16_MAX ? 0 : lost;
    body options = {b.at + 20 + padded(cap_len), b.len - 20 - padded(cap_len)};
    if (options.len && !take_packet_options(r, options, ret) && r->strict)
        return SSK_PACKET_STEP_ODD;
    return SSK_PACKET_STEP_RECORD;
}

/** Without a time, of the first interface. */
static ssk_packet_step take_simple_packet(ssk_pcapng_reader *r, body b, ssk_event *ret,
                                          ssk_stamp *ret_stamp)
{
    const interface *i = b.len >= 4 ? find_interface(r, 0) : NULL;
    if (!i)
        return SSK_PACKET_STEP_DAMAGED;
    uint32_t wire_len = get32(r, b.at), cap_len = wire_len;
    if (i->snap_len && cap_len > i->snap_len)
        cap_len = i->snap_len;
    if (cap_len > SSK_PACKET_MOST || padded(cap_len) > b.len - 4)
        return SSK_PACKET_STEP_DAMAGED;
    if (r->strict && (i->odd || wire_len > INT32_MAX))
        return SSK_PACKET_STEP_ODD;
    *ret_stamp = (ssk_stamp){0};
    set_frame(r, i, b.at + 4, cap_len, wire_len, ret);
    return SSK_PACKET_STEP_RECORD;
}

/* ---- blocks ---- */

/** A block that Wireshark shows as a frame, without being a packet. */
static bool counts_as_frame(uint32_t type)
{
    switch (type) {
    case BLOCK_JOURNAL:
    case BLOCK_SYSDIG_EVENT:
    case BLOCK_SYSDIG_EVENT_2:
    case BLOCK_SYSDIG_EVENT_2_LARGE:
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_KEPT:
        return true;
    default:
        return false;
    }
}

/** The byte order of the section that begins with this block. @return false: there is none */
static bool find_order(ssk_pcapng_reader *r, const uint8_t *head)
{
    uint32_t magic;
    memcpy(&magic, head + BLOCK_HEAD, sizeof magic);
    r->swapped = magic == GUINT32_SWAP_LE_BE(MAGIC);
    return magic == MAGIC || r->swapped;
}

/** @return RECORD: the whole next block, *ret_type and *ret_body; it is taken */
static ssk_packet_step next_block(ssk_pcapng_reader *r, uint32_t *ret_type, body *ret_body)
{
    const uint8_t *head = ssk_byte_window_peek(r->window, BLOCK_FRAME);
    if (!head)
        return ssk_byte_window_left(r->window) ? SSK_PACKET_STEP_CUT : SSK_PACKET_STEP_END;
    uint32_t type = get32(r, head);
    bool section = type == BLOCK_SECTION;
    if (section ? !find_order(r, head) : !r->in_section)
        return SSK_PACKET_STEP_DAMAGED;
    uint32_t len = get32(r, head + 4);
    if (len < BLOCK_FRAME || len % 4 || len > MOST_BLOCK)
        return SSK_PACKET_STEP_DAMAGED;
    const uint8_t *block = ssk_byte_window_peek(r->window, len);
    if (!block)
        return SSK_PACKET_STEP_CUT;
    if (get32(r, block + len - 4) != len)
        return SSK_PACKET_STEP_DAMAGED;
    ssk_byte_window_take(r->window, len);
    *ret_type = type;
    *ret_body = (body){block + BLOCK_HEAD, len - BLOCK_FRAME};
    return SSK_PACKET_STEP_RECORD;
}

/** @param[out] ret_event is the block one? */
static ssk_packet_step take_block(ssk_pcapng_reader *r, uint32_t type, body b, ssk_event *ret,
                                  ssk_stamp *ret_stamp, bool *ret_event)
{
    *ret_event = false;
    switch (type) {
    case BLOCK_SECTION:
        return take_section(r, b);
    case BLOCK_INTERFACE:
        return take_interface(r, b);
    case BLOCK_NAMES:
        return take_names(r, b);
    case BLOCK_STATISTICS:
        return take_statistics(r, b);
    case SSK_DARWIN_PROCESS_BLOCK:
        take_process(r, b);
        return SSK_PACKET_STEP_RECORD;
    case BLOCK_PACKET:
    case BLOCK_OLD_PACKET:
        *ret_event = true;
        return take_packet(r, type == BLOCK_OLD_PACKET, b, ret, ret_stamp);
    case BLOCK_SIMPLE_PACKET:
        *ret_event = true;
        return take_simple_packet(r, b, ret, ret_stamp);
    default:
        *ret_event = counts_as_frame(type);
        *ret = (ssk_event){.kind = SSK_EVENT_RECORD, .time = SSK_TIME_NONE};
        *ret_stamp = (ssk_stamp){0};
        return r->strict ? SSK_PACKET_STEP_ODD : SSK_PACKET_STEP_RECORD;
    }
}

ssk_packet_step ssk_pcapng_reader_next(ssk_pcapng_reader *reader, ssk_event *ret,
                                       ssk_stamp *ret_stamp)
{
    for (;;) {
        uint32_t type;
        body b;
        bool is_event;
        ssk_packet_step step = next_block(reader, &type, &b);
        if (step == SSK_PACKET_STEP_RECORD)
            step = take_block(reader, type, b, ret, ret_stamp, &is_event);
        if (step != SSK_PACKET_STEP_RECORD || is_event)
            return step;
    }
}

/* ---- life ---- */

ssk_pcapng_reader *ssk_pcapng_reader_new(ssk_byte_window *window, bool strict,
                                         ssk_packet_linktype_fn linktype)
{
    ssk_pcapng_reader *reader = g_new0(ssk_pcapng_reader, 1);
    reader->window = window;
    reader->strict = strict;
    reader->linktype = linktype;
    reader->interfaces = g_array_new(FALSE, FALSE, sizeof(interface));
    reader->processes = ssk_darwin_table_new();
    return reader;
}

void ssk_pcapng_reader_free(ssk_pcapng_reader *reader)
{
    if (!reader)
        return;
    for (guint i = 0; i < reader->interfaces->len; i++)
        g_free(g_array_index(reader->interfaces, interface, i).name);
    g_array_free(reader->interfaces, TRUE);
    ssk_darwin_table_free(reader->processes);
    g_free(reader);
}

bool ssk_pcapng_reader_dropped(const ssk_pcapng_reader *reader, uint64_t *ret)
{
    uint64_t sum = 0;
    bool known = false;
    for (guint i = 0; i < reader->interfaces->len; i++) {
        const interface *one = &g_array_index(reader->interfaces, interface, i);
        known = known || one->has_dropped;
        sum += one->has_dropped ? one->dropped : 0;
    }
    if (known)
        *ret = sum;
    return known;
}
