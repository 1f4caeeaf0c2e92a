/* plugin.c - what Wireshark calls: the exported symbols and two tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/compat.h"

#include <epan/proto.h>
#include <epan/tap.h>

#include "core/base/hash.h"
#include "dissectors/packet-applog.h"
#include "dissectors/packet-bonjour.h"
#include "dissectors/packet-gdl90.h"
#include "dissectors/packet-keepalive.h"
#include "dissectors/packet-stallshark.h"
#include "dissectors/packet-timesync.h"
#include "plugin/conversation.h"
#include "plugin/flowgraph.h"
#include "plugin/menus.h"
#include "plugin/toolbar.h"
#include "taps/tap-report.h"
#include "taps/tap-tables.h"
#include "taps/tap-tree.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = SSK_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

/* What `stallshark doctor` finds in the file, without loading it. */
#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)
WS_DLL_PUBLIC_DEF const char ssk_module_stamp[] =
    "stallshark-module " SSK_VERSION
    " for Wireshark " TEXT(WIRESHARK_VERSION_MAJOR) "." TEXT(WIRESHARK_VERSION_MINOR);

WS_DLL_PUBLIC void plugin_register(void);
SSK_PLUGIN_DESCRIBE(SSK_PLUGIN_FLAGS)

static const proto_plugin protocols[] = {
    {proto_register_applog, proto_reg_handoff_applog},
    {proto_register_bonjour, proto_reg_handoff_bonjour},
    {proto_register_gdl90, proto_reg_handoff_gdl90},
    {proto_register_keepalive, proto_reg_handoff_keepalive},
    {proto_register_timesync, proto_reg_handoff_timesync},
    {proto_register_stallshark, proto_reg_handoff_stallshark},
    /* sharkd never asks for taps: what it shows is registered with the protocols. */
    {register_tap_listener_stallshark_tables, NULL},
    {register_tap_listener_stallshark_tree, NULL},
    {ssk_menus_register, ssk_flowgraph_register},
    {ssk_toolbar_register, ssk_conversation_register},
};

static const tap_plugin taps[] = {
    {register_tap_listener_stallshark_report},
};

void plugin_register(void)
{
    ssk_hash_set_key((uint64_t)g_random_int() << 32 | g_random_int(),
                     (uint64_t)g_random_int() << 32 | g_random_int());
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++)
        proto_register_plugin(&protocols[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(taps); i++)
        tap_register_plugin(&taps[i]);
}
