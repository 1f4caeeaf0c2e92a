/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/ambiguity.h"

#include <glib.h>
#include <string.h>

#define MOST 6

typedef struct row {
    ssk_suspect client[MOST]; /* seen from the client: near is side A */
    ssk_suspect server[MOST]; /* seen from the server: near is side B */
    const char *text;
} row;

#define BOTH(...) .client = {__VA_ARGS__}, .server = {__VA_ARGS__}

/* docs/causes.md, section 4. Side letters: near, far, silent, path. */
static const row rows[SSK_N_PATTERNS] = {
    [SSK_PATTERN_STACK_ALIVE] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}),
         "{silent}'s kernel acknowledged what it was sent, so host and path were alive; its application sent nothing"},
    [SSK_PATTERN_NOTHING_SENT] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}),
         "{silent} had nothing waiting to be sent again: the application itself was quiet"},
    [SSK_PATTERN_NOTHING_HEARD] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}, {"host-asleep", 's'}),
         "{silent} had nothing waiting to be sent again, and no other flow of it tells whether the host was up"},
    [SSK_PATTERN_NOTHING_OWED] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}),
         "nothing sent to {silent} was left unanswered and its other flows went on: the application itself was quiet"},
    [SSK_PATTERN_QUIET_PEER] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}, {"flow-blackout", 'p'}),
         "{silent} was silent on this flow only, and nothing sent to it was left unanswered"},
    [SSK_PATTERN_WINDOW_CLOSED] =
        {BOTH({"reader-blocked", 's'}, {"process-suspended", 's'}, {"app-wedged", 's'}),
         "{silent}'s receive window was closed: its application did not read"},
    [SSK_PATTERN_HELD] =
        {BOTH({"frames-held", 'p'}),
         "what arrived at the end carries time stamps from the silence: it was sent in time, and held on the way"},
    [SSK_PATTERN_ONE_WAY] =
        {.client = {{"uplink-loss", 'p'}},
         .server = {{"downlink-loss", 'p'}},
         .text = "packets of {far} kept arriving here, yet it acknowledged nothing sent to it"},
    [SSK_PATTERN_ONE_FLOW] =
        {BOTH({"flow-blackout", 'p'}),
         "this connection was dead while other flows between the same two hosts went on"},
    [SSK_PATTERN_ONE_FLOW_ONE_WAY] =
        {.client = {{"flow-blackout", 'p'}, {"uplink-loss", 'p'}},
         .server = {{"flow-blackout", 'p'}, {"downlink-loss", 'p'}},
         .text =
             "on this connection packets of {far} arrived, but nothing reached it; other flows went on"},
    [SSK_PATTERN_UNREACHABLE] = {.client = {{"uplink-loss", 'p'},
                                            {"downlink-loss", 'p'},
                                            {"path-blackout", 'p'},
                                            {"host-down", 'f'}},
                                 .server = {{"radio-off", 'f'},
                                            {"uplink-loss", 'p'},
                                            {"path-blackout", 'p'},
                                            {"host-asleep", 'f'}},
                                 .text = "not one packet of {far} arrived, on any flow"},
    [SSK_PATTERN_UNREACHABLE_ON_LINK] =
        {.client = {{"downlink-loss", 'p'}, {"uplink-loss", 'p'}, {"path-blackout", 'p'}},
         .server = {{"uplink-loss", 'p'}, {"path-blackout", 'p'}},
         .text =
             "{far} was heard in ARP meanwhile, so it was on the link, but none of its IP packets arrived"},
    [SSK_PATTERN_NO_NEIGHBOUR] = {.client = {{"host-down", 'f'}},
                                  .server = {{"radio-off", 'f'},
                                             {"path-blackout", 'p'},
                                             {"host-asleep", 'f'}},
                                  .text = "{far} did not even answer ARP"},
    [SSK_PATTERN_STATE_LOST] =
        {BOTH({"host-rebooted", 'f'}, {"host-down", 'f'}),
         "{far} answered a retransmission with RST after the silence: it had lost the connection, by a reboot or by "
         "closing it while nothing got through"},
    [SSK_PATTERN_ALONE] =
        {.client = {{"radio-off", 'n'}},
         .server = {{"host-down", 'n'}},
         .text = "every host fell silent for {near} at the same time: its own link or radio"},
    [SSK_PATTERN_ALONE_QUIET] =
        {.client = {{"radio-off", 'n'}, {"host-asleep", 'n'}, {"process-suspended", 'n'}},
         .server = {{"process-suspended", 'n'},
                    {"app-wedged", 'n'},
                    {"host-asleep", 'n'},
                    {"host-down", 'n'}},
         .text =
             "{near} neither sent nor heard anything on any flow, and nothing had waited for the end of it"},
    [SSK_PATTERN_NOT_MADE] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}, {"host-asleep", 's'}),
         "{silent} went on where it had stopped, without what was due meanwhile: TCP would have delivered it"},
    [SSK_PATTERN_ONLY_STACK_BACK] =
        {BOTH({"process-suspended", 's'}, {"app-wedged", 's'}, {"host-asleep", 's'}),
         "nothing of {silent} came until its kernel acknowledged at once what it was sent; its application "
         "stayed silent even then"},
    [SSK_PATTERN_WOKEN] = {BOTH({"host-asleep", 'n'}),
                           "nothing at all was captured until a packet woke {near}: it slept"},
    [SSK_PATTERN_MOVED] = {BOTH({"address-changed", 'm'}),
                           "the same MAC address turned up with another IP address"},
    [SSK_PATTERN_REFUSED] = {BOTH({"connect-refused", 's'}),
                             "{silent} answered each SYN with RST: nothing listens on that port"},
    [SSK_PATTERN_REFUSED_AFTER_CLOSE] =
        {BOTH({"app-crashed", 's'}, {"app-closed", 's'}, {"connect-refused", 's'}),
         "the server closed its connections and then refused new ones: its process was gone"},
    [SSK_PATTERN_DEAF] =
        {BOTH({"connect-unanswered", 's'}),
         "no SYN was answered though {silent} itself was alive: a deaf listener or a full backlog"},
    [SSK_PATTERN_DEAF_OR_GONE] = {BOTH({"connect-unanswered", 's'}, {"path-blackout", 'p'},
                                       {"uplink-loss", 'p'}, {"downlink-loss", 'p'},
                                       {"host-down", 's'}),
                                  "no SYN was answered and nothing else was heard of {silent}"},
    [SSK_PATTERN_NOBODY] = {BOTH({"stale-address", 's'}),
                            "the address was sought and nobody answered, neither ARP nor SYN"},
    [SSK_PATTERN_UNREACHED] = {BOTH({"icmp-unreachable", 'f'}),
                               "an ICMP error says the destination could not be reached"},
    [SSK_PATTERN_NOBODY_LISTENS] =
        {BOTH({"icmp-unreachable", 'n'}),
         "{near} answers with an ICMP error: no program of it listens on that port"},
    [SSK_PATTERN_HOST_UNREACHED] =
        {BOTH({"host-down", 'f'}, {"icmp-unreachable", 'f'}),
         "a router says that {far} could not be reached: it does not answer on its own link"},
    [SSK_PATTERN_UNRESOLVED] =
        {BOTH({"arp-failure", 'p'}),
         "packets of {far} were heard, but questions for its address stayed unanswered"},
    [SSK_PATTERN_ONE_WAY_UNRESOLVED] =
        {.client = {{"uplink-loss", 'p'}, {"arp-failure", 'p'}},
         .server = {{"downlink-loss", 'p'}, {"arp-failure", 'p'}},
         .text =
             "packets of {far} kept arriving here, yet neither data nor questions for its address reached it"},
    [SSK_PATTERN_STRETCHED] =
        {BOTH({"timer-throttled", 's'}),
         "single messages of {silent} came, several times farther apart than before: its timer ran slow"},
    [SSK_PATTERN_CLOSED_LATE] =
        {BOTH({"app-closed", 's'}, {"app-wedged", 's'}, {"process-suspended", 's'}),
         "{silent} was reachable but sent nothing, and in the end it closed the connection itself"},
    [SSK_PATTERN_RESET_LATE] =
        {BOTH({"app-crashed", 's'}, {"app-wedged", 's'}, {"process-suspended", 's'}),
         "{silent} was reachable but sent nothing, and in the end its kernel reset the connection"},
    [SSK_PATTERN_JOINED] = {BOTH({"roaming", 'f'}, {"radio-off", 'f'}),
                            "{far} was silent everywhere and then joined the network again"},
};

const ssk_suspect *ssk_ambiguity(ssk_pattern pattern, bool at_client)
{
    return at_client ? rows[pattern].client : rows[pattern].server;
}

char *ssk_pattern_text(ssk_pattern pattern, const char *silent, const char *near, const char *far)
{
    const struct {
        const char *token, *name;
    } names[] = {{"{silent}", silent}, {"{near}", near}, {"{far}", far}};
    GString *text = g_string_new(rows[pattern].text);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *at = strstr(text->str, names[i].token);
        if (!at)
            continue;
        gssize offset = at - text->str;
        g_string_erase(text, offset, (gssize)strlen(names[i].token));
        g_string_insert(text, offset, names[i].name);
    }
    return g_string_free(text, FALSE);
}

static bool holds(const char *const *ids, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(ids[i], id))
            return true;
    return false;
}

const char *ssk_next_capture(bool at_client, const char *const *ids, size_t n)
{
    if (holds(ids, n, "process-suspended") && holds(ids, n, "app-wedged"))
        return "the application's own log over this interval tells a stopped process (log silent) from "
               "stuck sending code (log goes on); on iOS add a sysdiagnose";
    if (n < 2)
        return NULL;
    if (holds(ids, n, "app-crashed") || holds(ids, n, "app-closed"))
        return "the log and the crash reports of that application at the time of its last packet tell why "
               "it ended";
    if (holds(ids, n, "connect-unanswered"))
        return "a capture at the server at the same time shows whether the SYNs arrive there";
    if (at_client)
        return "a capture at the server at the same time shows which direction was lost";
    return "a capture on the device at the same time (rvictl on iOS) shows whether it sent, and an 802.11 "
           "capture beside it whether its radio was on";
}
