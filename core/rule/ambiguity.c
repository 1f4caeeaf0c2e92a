/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/ambiguity.h"

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
    [SSK_PATTERN_STACK_ALIVE] = {
        BOTH({"process-suspended", 's'}, {"app-wedged", 's'}),
        "its kernel acknowledged what it was sent, so host and path were alive; its application sent nothing"},
    [SSK_PATTERN_NOTHING_OWED] = {
        BOTH({"process-suspended", 's'}, {"app-wedged", 's'}),
        "it had nothing waiting to be sent again and its other flows went on: the application itself was quiet"},
    [SSK_PATTERN_QUIET_PEER] = {
        BOTH({"process-suspended", 's'}, {"app-wedged", 's'}, {"flow-blackout", 'p'}),
        "it was silent on this flow only, and nothing sent to it was left unanswered"},
    [SSK_PATTERN_WINDOW_CLOSED] = {
        BOTH({"reader-blocked", 's'}, {"process-suspended", 's'}, {"app-wedged", 's'}),
        "its receive window was closed: its application does not read"},
    [SSK_PATTERN_HELD] = {
        BOTH({"frames-held", 'p'}),
        "what arrived at the end carries time stamps from the silence: it was sent, and held on the way"},
    [SSK_PATTERN_ONE_WAY] = {
        .client = {{"uplink-loss", 'p'}},
        .server = {{"downlink-loss", 'p'}},
        .text = "its packets kept arriving here, yet it acknowledged nothing sent to it"},
    [SSK_PATTERN_ONE_FLOW] = {
        BOTH({"flow-blackout", 'p'}),
        "this connection was dead while other flows between the same two hosts went on"},
    [SSK_PATTERN_ONE_FLOW_ONE_WAY] = {
        .client = {{"flow-blackout", 'p'}, {"uplink-loss", 'p'}},
        .server = {{"flow-blackout", 'p'}, {"downlink-loss", 'p'}},
        .text = "on this connection its packets arrived but ours did not reach it, while other flows went on"},
    [SSK_PATTERN_UNREACHABLE] = {
        .client = {{"uplink-loss", 'p'}, {"downlink-loss", 'p'}, {"path-blackout", 'p'}, {"host-down", 'f'}},
        .server = {{"radio-off", 'f'}, {"uplink-loss", 'p'}, {"path-blackout", 'p'}, {"host-asleep", 'f'}},
        .text = "not one packet of that host arrived, on any flow"},
    [SSK_PATTERN_UNREACHABLE_ON_LINK] = {
        .client = {{"downlink-loss", 'p'}, {"uplink-loss", 'p'}, {"path-blackout", 'p'}},
        .server = {{"uplink-loss", 'p'}, {"path-blackout", 'p'}},
        .text = "the host was heard in ARP meanwhile, so it was on the link, but none of its IP packets arrived"},
    [SSK_PATTERN_NO_NEIGHBOUR] = {
        .client = {{"host-down", 'f'}},
        .server = {{"radio-off", 'f'}, {"path-blackout", 'p'}, {"host-asleep", 'f'}},
        .text = "the host did not even answer ARP"},
    [SSK_PATTERN_STATE_LOST] = {
        BOTH({"host-rebooted", 'f'}),
        "it answered a retransmission with RST after the silence: it had lost the connection"},
    [SSK_PATTERN_ALONE] = {
        .client = {{"radio-off", 'n'}},
        .server = {{"host-down", 'n'}},
        .text = "every host fell silent for the capturing one at the same time: its own link or radio"},
    [SSK_PATTERN_MOVED] = {
        BOTH({"address-changed", 'm'}),
        "the same MAC address turned up with another IP address"},
    [SSK_PATTERN_REFUSED] = {
        BOTH({"connect-refused", 'f'}),
        "the host answered each SYN with a RST: nothing listens on that port"},
    [SSK_PATTERN_REFUSED_AFTER_CLOSE] = {
        BOTH({"app-crashed", 'f'}, {"app-closed", 'f'}, {"connect-refused", 'f'}),
        "the server closed its connections and then refused new ones: its process was gone"},
    [SSK_PATTERN_DEAF] = {
        BOTH({"connect-unanswered", 'f'}),
        "the SYNs were not answered though the host itself was alive: a deaf listener or a full backlog"},
    [SSK_PATTERN_NOBODY] = {
        BOTH({"stale-address", 'f'}),
        "the address was sought and nobody answered, neither ARP nor SYN"},
    [SSK_PATTERN_UNREACHED] = {
        BOTH({"icmp-unreachable", 'f'}),
        "an ICMP error says the destination could not be reached"},
    [SSK_PATTERN_UNRESOLVED] = {
        BOTH({"arp-failure", 'p'}),
        "its packets were heard, but questions for its address stayed unanswered"},
    [SSK_PATTERN_STRETCHED] = {
        BOTH({"timer-throttled", 's'}),
        "single messages came, several times farther apart than before: its timer ran slow"},
    [SSK_PATTERN_JOINED] = {
        BOTH({"roaming", 'f'}, {"radio-off", 'f'}),
        "the host was silent everywhere and then joined the network again"},
};

const ssk_suspect *ssk_ambiguity(ssk_pattern pattern, bool at_client)
{
    return at_client ? rows[pattern].client : rows[pattern].server;
}

const char *ssk_pattern_text(ssk_pattern pattern)
{
    return rows[pattern].text;
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
    if (at_client)
        return "a capture at the server at the same time shows which direction was lost";
    return "a capture on the device at the same time (rvictl on iOS) shows whether it sent, and an 802.11 "
           "capture beside it whether its radio was on";
}
