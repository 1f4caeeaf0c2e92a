/* compat.h - what differs between Wireshark 4.0, 4.4 and 4.6.
 *
 * The only file with #if on Wireshark's version, and included before its
 * headers, which do not include what they need.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_COMPAT_H
#define SSK_DISSECTORS_COMPAT_H

#include <wireshark.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tvbuff.h>
#include <wiretap/wtap.h>
#include <ws_version.h>

#define SSK_WS_AT_LEAST(major, minor)     \
    (WIRESHARK_VERSION_MAJOR > (major) || \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* Preference variables, heuristic results, the stop flag of a progress window. */
#if SSK_WS_AT_LEAST(4, 4)
typedef bool ssk_ws_bool;
#else
typedef gboolean ssk_ws_bool;
#endif

/* What a plugin says of itself, from 4.2 on. */
#if SSK_WS_AT_LEAST(4, 2)
#include <wsutil/plugins.h>
#define SSK_PLUGIN_DESCRIBE(flags)                \
    WS_DLL_PUBLIC uint32_t plugin_describe(void); \
    uint32_t plugin_describe(void)                \
    {                                             \
        return (flags);                           \
    }
#define SSK_PLUGIN_FLAGS (WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER)
#else
#define SSK_PLUGIN_DESCRIBE(flags)
#endif

/* A -z argument that makes no sense: from 4.6 on its init says so, before it
 * the program ends there, as Wireshark's own taps do. */
#if SSK_WS_AT_LEAST(4, 6)
typedef bool ssk_tap_init_result;
#define SSK_TAP_INIT_DONE   true
#define SSK_TAP_INIT_FAILED false
#else
typedef void ssk_tap_init_result;
#define SSK_TAP_INIT_DONE
#define SSK_TAP_INIT_FAILED
#define SSK_TAP_INIT_EXITS 1
#endif

/* Between the parts of a name in Statistics. */
#if SSK_WS_AT_LEAST(4, 4)
#define SSK_STATS_MENU_SEPARATOR "//"
#else
#define SSK_STATS_MENU_SEPARATOR "/"
#endif

#if SSK_WS_AT_LEAST(4, 4)
#define ssk_tvb_u8(tvb, offset) tvb_get_uint8(tvb, offset)
#else
#define ssk_tvb_u8(tvb, offset) tvb_get_guint8(tvb, offset)
#endif

/* 4.6 knows Apple's blocks and options itself. */
#if SSK_WS_AT_LEAST(4, 5)
#define SSK_WIRETAP_HOOKS_DARWIN 0
#else
#define SSK_WIRETAP_HOOKS_DARWIN 1
#endif

/* What a filter of a conversation is asked with. */
#if SSK_WS_AT_LEAST(4, 2)
#define SSK_CONVERSATION_USER , void *user G_GNUC_UNUSED
#define SSK_CONVERSATION_REGISTER(name, shown, valid, build) \
    register_conversation_filter(name, shown, valid, build, NULL)
#else
#define SSK_CONVERSATION_USER
#define SSK_CONVERSATION_REGISTER(name, shown, valid, build) \
    register_conversation_filter(name, shown, valid, build)
#endif

/* Statistics > Flow Graph. Its functions are exported, its header is not installed, and what is in
 * its structs is known of the versions below: elsewhere there are no stalls in the Flow Graph. Items
 * are made by Wireshark, so what follows the last field named here is none of our business. */
#if !SSK_WS_AT_LEAST(4, 2)
#define SSK_FLOW_GRAPH 1
typedef gboolean ssk_flow_bool;
#elif SSK_WS_AT_LEAST(4, 4) && !SSK_WS_AT_LEAST(4, 7)
#define SSK_FLOW_GRAPH 1
typedef bool ssk_flow_bool;
#endif
#ifdef SSK_FLOW_GRAPH
typedef struct ssk_flow_item {
    uint32_t frame_number;
    address src_addr;
    uint16_t port_src;
    address dst_addr;
    uint16_t port_dst;
    char *frame_label;
    char *time_str;
    char *comment;
    uint16_t conv_num;
    unsigned fg_color, bg_color; /* 0xRRGGBB */
    ssk_flow_bool has_color_filter;
    ssk_flow_bool display;
    unsigned src_node, dst_node;
    uint16_t line_style; /* width in pixels */
} ssk_flow_item;

typedef struct ssk_flow_list {
    const char *name;
    ssk_flow_bool any_addr;
    int nconv;
    GQueue *items;
} ssk_flow_list;
#endif

/** "Decrypted TLS (27 bytes)"; free with wmem_free(NULL). */
static inline char *ssk_data_source_text(const struct data_source *source)
{
#if SSK_WS_AT_LEAST(4, 5)
    return get_data_source_description(source);
#else
    return get_data_source_name(source);
#endif
}

static inline const char *ssk_interface_name(packet_info *pinfo, uint32_t id)
{
#if SSK_WS_AT_LEAST(4, 4)
    return epan_get_interface_name(pinfo->epan, id, pinfo->rec->section_number);
#else
    return epan_get_interface_name(pinfo->epan, id);
#endif
}

#endif
