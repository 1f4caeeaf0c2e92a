/* source_wiretap.c - capture files through libwiretap: every format Wireshark
 * reads, with the same frame numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <string.h>

#include <gmodule.h>
#include <wireshark.h>
#include <wiretap/pcap-encap.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include "cli/annotate_wiretap.h"
#include "cli/backend.h"
#include "cli/compat.h"
#include "cli/process_wiretap.h"
#include "cli/source.h"
#include "core/base/linktype.h"
#include "core/base/text.h"

typedef struct wiretap_source {
    ssk_source base;
    wtap *wth;
    wtap_rec rec;
    Buffer buffer;
    int64_t size; /* bytes of the file; 0: not known */
    uint64_t records;
    ssk_process_reader *processes;
    ssk_process process;   /* of the packet at hand */
    GPtrArray *interfaces; /* of names, NULL where there is none; the file owns them */
    bool has_options;      /* packets may have some; asking each one is dear */
    bool ended;
} wiretap_source;

static ssk_linktypes linktypes;

static const char formats[] =
    "pcap, pcapng, both gzip-compressed too, and all other capture formats of Wireshark are read";

/* ---- the library ---- */

static void wiretap_init(const char *program)
{
    ssk_wtap_log_init("stallshark");
    /* What it guesses of files that are no capture is not said: our own line tells the error. */
    if (!g_getenv("WIRESHARK_LOG_LEVEL"))
        ws_log_set_level(LOG_LEVEL_CRITICAL);
    init_process_policies();
    g_free(ssk_wtap_configuration_init(program));
    wtap_init(FALSE);
    ssk_process_register();
    ssk_linktypes_init(&linktypes, wtap_pcap_encap_to_wtap_encap, WTAP_ENCAP_UNKNOWN);
}

/* ---- errors ---- */

/** Takes @p info. @p where: "in the file header", "after packet 17" */
static void set_error(GError **error, int code, char *info, const char *where)
{
    char *detail = info ? ssk_text_safe(info, 300) : NULL;
    const char *colon = detail ? ": " : "", *more = detail ? detail : "";

    switch (code) {
    case WTAP_ERR_FILE_UNKNOWN_FORMAT:
        g_set_error(error, SSK_SOURCE_ERROR, 0, "not a capture file; %s", formats);
        break;
    case WTAP_ERR_SHORT_READ:
        g_set_error(error, SSK_SOURCE_ERROR, 0, "cut short %s", where);
        break;
    case WTAP_ERR_BAD_FILE:
        g_set_error(error, SSK_SOURCE_ERROR, 0, "damaged %s%s%s", where, colon, more);
        break;
    case WTAP_ERR_DECOMPRESS:
        g_set_error(error, SSK_SOURCE_ERROR, 0, "compressed data damaged %s%s%s", where, colon,
                    more);
        break;
    case WTAP_ERR_UNSUPPORTED:
        g_set_error(error, SSK_SOURCE_ERROR, 0, "not supported %s%s%s", where, colon, more);
        break;
    default:
        if (code > 0) /* of the system: says all when it comes before the first byte */
            g_set_error(error, SSK_SOURCE_ERROR, 0, "%s%s%s", g_strerror(code), *where ? " " : "",
                        where);
        else
            g_set_error(error, SSK_SOURCE_ERROR, 0, "%s%s%s%s%s", wtap_strerror(code),
                        *where ? " " : "", where, colon, more);
    }
    g_free(detail);
    g_free(info);
}

/* ---- interfaces ---- */

static void take_interfaces(wiretap_source *self)
{
    wtap_block_t idb;
    while ((idb = wtap_get_next_interface_description(self->wth))) {
        char *name = NULL;
        if (wtap_block_get_string_option_value(idb, OPT_IDB_NAME, &name) != WTAP_OPTTYPE_SUCCESS &&
            wtap_block_get_string_option_value(idb, OPT_IDB_DESCRIPTION, &name) !=
                WTAP_OPTTYPE_SUCCESS)
            name = NULL;
        g_ptr_array_add(self->interfaces, name);
    }
}

static bool wiretap_dropped(ssk_source *source, uint64_t *ret_dropped)
{
    wiretap_source *self = (wiretap_source *)source;
    wtapng_iface_descriptions_t *described = wtap_file_get_idb_info(self->wth);
    uint64_t sum = 0;
    bool known = false;

    for (guint i = 0; i < described->interface_data->len; i++) {
        wtap_block_t idb = g_array_index(described->interface_data, wtap_block_t, i);
        const wtapng_if_descr_mandatory_t *interface = wtap_block_get_mandatory_data(idb);
        /* each block counts from the start of the capture: the last one holds */
        for (guint j = interface->num_stat_entries; j-- > 0;) {
            guint64 dropped;
            wtap_block_t isb = g_array_index(interface->interface_statistics, wtap_block_t, j);
            if (wtap_block_get_uint64_option_value(isb, OPT_ISB_IFDROP, &dropped) ==
                WTAP_OPTTYPE_SUCCESS) {
                sum += dropped;
                known = true;
                break;
            }
        }
    }
    g_free(described);
    if (known)
        *ret_dropped = sum;
    return known;
}

/* ---- records ---- */

static void fill_event(wiretap_source *self, ssk_event *event)
{
    wtap_rec *rec = &self->rec;
    const wtap_packet_header *packet = &rec->rec_header.packet_header;
    guint64 drops = 0;

    if (rec->rec_type != REC_TYPE_PACKET) {
        event->kind = SSK_EVENT_RECORD;
        return;
    }
    event->kind = SSK_EVENT_FRAME;
    event->linktype = ssk_linktypes_find(&linktypes, packet->pkt_encap);
    event->bytes = ssk_wtap_bytes(rec, &self->buffer);
    event->cap_len = packet->caplen;
    event->wire_len = packet->len;
    if (rec->presence_flags & WTAP_HAS_INTERFACE_ID) {
        guint index = ssk_wtap_interface(self->wth, rec);
        event->interface_id = packet->interface_id;
        if (index < self->interfaces->len)
            event->interface_name = g_ptr_array_index(self->interfaces, index);
    }
    if (self->has_options && rec->block &&
        wtap_block_get_uint64_option_value(rec->block, OPT_PKT_DROPCOUNT, &drops) ==
            WTAP_OPTTYPE_SUCCESS)
        event->drops = drops;
    if (ssk_process_find(self->processes, rec, &self->process))
        event->process = &self->process;
}

static bool wiretap_next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp, GError **error)
{
    wiretap_source *self = (wiretap_source *)source;
    int code = 0;
    char *info = NULL;
    gint64 offset;

    if (self->ended)
        return false;
    wtap_rec_reset(&self->rec); /* drops the block of options that wtap_read() made */
    ssk_process_begin(self->processes, self->wth);
    bool read = ssk_wtap_read(self->wth, &self->rec, &self->buffer, &code, &info, &offset);
    ssk_process_end();
    take_interfaces(self);
    if (!read) {
        self->ended = true;
        if (code) {
            char *where = g_strdup_printf("after packet %" PRIu64, self->records);
            set_error(error, code, info, where);
            g_free(where);
        }
        return false;
    }
    self->records++;
    *ret = (ssk_event){.time = SSK_TIME_NONE};
    *ret_stamp = (ssk_stamp){.known = self->rec.presence_flags & WTAP_HAS_TS,
                             .seconds = self->rec.ts.secs,
                             .nanoseconds = self->rec.ts.nsecs};
    ret->time = ssk_stamp_time(ret_stamp);
    fill_event(self, ret);
    return true;
}

static int wiretap_progress(ssk_source *source)
{
    wiretap_source *self = (wiretap_source *)source;
    if (self->size <= 0)
        return -1;
    return (int)MIN(wtap_read_so_far(self->wth) * 1000 / self->size, 1000);
}

static void wiretap_close(ssk_source *source)
{
    wiretap_source *self = (wiretap_source *)source;
    ssk_wtap_rec_cleanup(&self->rec, &self->buffer);
    wtap_close(self->wth);
    ssk_process_reader_free(self->processes);
    g_ptr_array_free(self->interfaces, TRUE);
    g_free(self);
}

static const ssk_source_ops wiretap_ops = {
    .next = wiretap_next,
    .progress = wiretap_progress,
    .dropped = wiretap_dropped,
    .close = wiretap_close,
};

/** Files that Wireshark opens as one "packet": pictures, films, JSON, certificates. */
static bool is_document(int encap)
{
    return encap == WTAP_ENCAP_JSON || encap == WTAP_ENCAP_MIME || encap == WTAP_ENCAP_MP4 ||
           encap == WTAP_ENCAP_RFC7468 || encap == WTAP_ENCAP_RUBY_MARSHAL;
}

static ssk_source *wiretap_open(const char *path, GError **error)
{
    int code = 0;
    char *info = NULL;
    ssk_process_reader *processes = ssk_process_reader_new();
    ssk_process_begin(processes, NULL);
    wtap *wth = wtap_open_offline(path, WTAP_TYPE_AUTO, &code, &info, FALSE);
    ssk_process_end();
    if (!wth) {
        ssk_process_reader_free(processes);
        set_error(error, code, info, code > 0 ? "" : "in the file header");
        return NULL;
    }
    if (is_document(wtap_file_encap(wth))) {
        wtap_close(wth);
        ssk_process_reader_free(processes);
        set_error(error, WTAP_ERR_FILE_UNKNOWN_FORMAT, NULL, "");
        return NULL;
    }
    wiretap_source *self = g_new0(wiretap_source, 1);
    self->base.ops = &wiretap_ops;
    self->base.format = wtap_file_type_subtype_name(wtap_file_type_subtype(wth));
    self->base.kind = "capture";
    self->wth = wth;
    self->has_options = wtap_file_type_subtype(wth) == wtap_pcapng_file_type_subtype();
    self->processes = processes;
    self->size = strcmp(path, "-") ? wtap_file_size(wth, &code) : 0;
    self->interfaces = g_ptr_array_new();
    ssk_wtap_rec_init(&self->rec, &self->buffer);
    take_interfaces(self);
    return &self->base;
}

/** The usual ones, of those whose records hold the frame and nothing else. */
static uint16_t find_plain(uint32_t linktype)
{
    static const int plain[] = {
        WTAP_ENCAP_ETHERNET, WTAP_ENCAP_RAW_IP, WTAP_ENCAP_RAW_IP4, WTAP_ENCAP_RAW_IP6,
        WTAP_ENCAP_NULL,     WTAP_ENCAP_LOOP,   WTAP_ENCAP_SLL,     WTAP_ENCAP_IEEE_802_11_RADIOTAP,
        WTAP_ENCAP_PKTAP,
    };
    int encap = linktype < SSK_N_LINKTYPES ? linktypes.encap[linktype] : -1;
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (encap == plain[i])
            return ssk_linktypes_find(&linktypes, encap);
    return SSK_LINKTYPE_NONE;
}

G_MODULE_EXPORT const ssk_backend ssk_backend_wiretap = {
    .name = "libwiretap " SSK_WIRESHARK_VERSION ": all capture formats Wireshark reads",
    .wireshark = SSK_WIRESHARK_VERSION,
    .init = wiretap_init,
    .cleanup = wtap_cleanup,
    .open = wiretap_open,
    .linktype = find_plain,
    .convert = ssk_annotate_convert_wiretap,
};
