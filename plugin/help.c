/* help.c - Tools > Stallshark > Help: a walk through a capture, and where everything is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/help.h"

#include "plugin/manuals.h"
#include "plugin/window.h"

static const char guide[] = /* in lines of at most SSK_WINDOW_COLUMNS */
    "A walk through a capture\n"
    "  Open a capture with a stall. With the source comes one of a tablet\n"
    "  that was locked for 30 s: testdata/lock-screen-stall/in.pcap.\n"
    "  1. Choose the configuration profile \"stallshark\" at the right end\n"
    "     of the status bar: it brings columns, colors, buttons and a\n"
    "     toolbar.\n"
    "  2. The toolbar's list says who was silent, for how long and why.\n"
    "     Choose a stall: its last packet is selected, and the packet\n"
    "     details show what was seen and what was ruled out.\n"
    "  3. Double-click a blue line there: you are at that packet.\n"
    "  4. Stalls, beside the display filter, leaves the packets that have\n"
    "     to do with one. Red are the last before and the first after,\n"
    "     orange what was retransmitted meanwhile.\n"
    "  5. Report says all of it in sentences; Report in Browser draws it;\n"
    "     Copy for a Ticket puts it on the clipboard.\n"
    "\n"
    "Where to look\n"
    "  Tools > Stallshark > Tables      stalls, flows, clocks ...\n"
    "  Statistics > Flow Graph          Flow type: Stalls\n"
    "  Statistics > I/O Graphs          gaps, UDP bursts, round trips\n"
    "  Statistics > Stallshark > Gaps   how gaps spread, flow by flow\n"
    "  Analyze > Expert Information     each stall and finding once\n"
    "  Right click > Conversation Filter > Stall of this conversation\n"
    "\n"
    "Display filters\n"
    "  stallshark.stall.id                      beside or inside a stall\n"
    "  stallshark.stall.role == \"last before\"   where one begins\n"
    "  stallshark.stall.role == \"first after\"   where it ends\n"
    "  stallshark.stall.cause == \"radio-off\"    by cause\n"
    "  stallshark.gap > 5                       seconds without a packet\n"
    "  stallshark.fault                         holes, clock steps\n"
    "  stallshark.udp.off_before > 0.5          pauses between bursts\n"
    "  keepalive.missing_response               pings without an answer\n"
    "  bonjour.txt.key == \"peerID\"              services that have it\n"
    "\n"
    "Preferences\n"
    "  Edit > Preferences > Protocols > Stallshark; KeepAlive for the\n"
    "  messages of your own application.\n"
    "\n"
    "Manuals\n";

void ssk_help_show(void *unused G_GNUC_UNUSED)
{
    char *folder = ssk_manuals_folder();
    char *text = g_strconcat(guide, "  ", folder ? folder : "not installed on this machine", "\n",
                             NULL);

    ssk_window_show(SSK_TITLE ": Help", text);
    g_free(text);
    g_free(folder);
}
