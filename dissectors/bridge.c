/* bridge.c - the only reader of packet_info.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/bridge.h"

#include <string.h>

#include <wiretap/pcap-encap.h>
#include <wiretap/wtap_opttypes.h>

#include "core/base/linktype.h"
#include "dissectors/process.h"

/** More than any capture has; the ones beyond are asked for packet by packet. */
#define CACHED_INTERFACES 1024

static ssk_linktypes linktypes;
/** Their dissectors write what they carry over the record's encapsulation. */
static int proto_ppi, proto_pktap;
/** Names as the open file has them: asking allocates. "" is no name. */
static char *interface_names[CACHED_INTERFACES];
/** Of the event described last: taps are called when Wireshark calls its frame visited. */
static bool first_visit;
static bool single_pass;

void ssk_bridge_init(void)
{
    ssk_linktypes_init(&linktypes, wtap_pcap_encap_to_wtap_encap, WTAP_ENCAP_UNKNOWN);
    ssk_process_register();
    proto_ppi = proto_get_id_by_filter_name("ppi");
    proto_pktap = proto_get_id_by_filter_name("pktap");
}

void ssk_bridge_heard(void)
{
    single_pass |= first_visit;
}

bool ssk_bridge_is_single_pass(void)
{
    return single_pass;
}

void ssk_bridge_reset(void)
{
    single_pass = false;
    for (size_t i = 0; i < CACHED_INTERFACES; i++)
        g_clear_pointer(&interface_names[i], g_free);
}

/** @return NULL: the file does not name it */
static const char *ask_interface_name(packet_info *pinfo, uint32_t id)
{
    const char *name = ssk_interface_name(pinfo, id);

    /* libwireshark's word for an interface without a name. */
    return name && *name && strcmp(name, "unknown") != 0 ? name : NULL;
}

static const char *interface_name(packet_info *pinfo, uint32_t id)
{
    if (id >= CACHED_INTERFACES)
        return ask_interface_name(pinfo, id);
    if (!interface_names[id]) {
        const char *name = ask_interface_name(pinfo, id);
        interface_names[id] = g_strdup(name ? name : "");
    }
    return *interface_names[id] ? interface_names[id] : NULL;
}

ssk_time_ns ssk_bridge_time(const packet_info *pinfo)
{
    return pinfo->presence_flags & PINFO_HAS_TS
               ? ssk_time_of(pinfo->abs_ts.secs, pinfo->abs_ts.nsecs)
               : SSK_TIME_NONE;
}

/** As the file has it. */
static int encapsulation(const packet_info *pinfo)
{
    wmem_list_frame_t *frame = wmem_list_head(pinfo->layers);
    wmem_list_frame_t *link = frame ? wmem_list_frame_next(frame) : NULL;
    int proto = link ? GPOINTER_TO_INT(wmem_list_frame_data(link)) : -1;

    if (proto > 0 && proto == proto_ppi)
        return WTAP_ENCAP_PPI;
    if (proto > 0 && proto == proto_pktap)
        return WTAP_ENCAP_PKTAP;
    return pinfo->rec->rec_header.packet_header.pkt_encap;
}

static bool is_plain(const struct data_source *source)
{
    char *text = ssk_data_source_text(source);
    bool plain = g_str_has_prefix(text, "Decrypted TLS");

    wmem_free(NULL, text);
    return plain;
}

/** What TLS was opened in this frame; Wireshark shows it as a data source of its own. */
static void add_plain(packet_info *pinfo, ssk_event *event)
{
    unsigned count = g_slist_length(pinfo->data_src);

    if (count < 2) /* the frame itself */
        return;
    ssk_plain *plain = wmem_alloc_array(pinfo->pool, ssk_plain, count);
    for (GSList *at = pinfo->data_src; at; at = at->next) {
        tvbuff_t *tvb = get_data_source_tvb(at->data);
        unsigned len = tvb ? tvb_captured_length(tvb) : 0;
        if (len && is_plain(at->data))
            plain[event->n_plain++] = (ssk_plain){tvb_get_ptr(tvb, 0, (int)len), len};
    }
    event->plain = plain;
}

void ssk_bridge_event(tvbuff_t *tvb, packet_info *pinfo, ssk_event *ret)
{
    wtap_rec *rec = pinfo->rec;

    first_visit = !PINFO_FD_VISITED(pinfo);
    *ret = (ssk_event){
        .kind = SSK_EVENT_RECORD,
        .frame = pinfo->num,
        .time = ssk_bridge_time(pinfo),
    };
    if (rec->rec_type != REC_TYPE_PACKET)
        return;

    ret->kind = SSK_EVENT_FRAME;
    ret->linktype = ssk_linktypes_find(&linktypes, encapsulation(pinfo));
    if (rec->presence_flags & WTAP_HAS_INTERFACE_ID) {
        ret->interface_id = rec->rec_header.packet_header.interface_id;
        ret->interface_name = interface_name(pinfo, ret->interface_id);
    }
    /* Both lengths are the record's: the tvb's reported length ends at 2^31, and where nothing
     * stands before IP (LINKTYPE_RAW) its dissector cuts this very tvb to the packet's length.
     * The bytes behind are still there. */
    unsigned readable = tvb_captured_length(tvb);
    ret->cap_len = readable ? rec->rec_header.packet_header.caplen : 0;
    ret->wire_len = rec->rec_header.packet_header.len;
    ret->bytes = readable ? tvb_get_ptr(tvb, 0, (int)readable) : NULL;

    uint64_t drops;
    if (rec->block && wtap_block_get_uint64_option_value(rec->block, OPT_PKT_DROPCOUNT, &drops) ==
                          WTAP_OPTTYPE_SUCCESS)
        ret->drops = drops;
    ret->process = ssk_process_of(pinfo);
    add_plain(pinfo, ret);
}
