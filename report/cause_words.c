/* cause_words.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/cause_words.h"

#include <string.h>

/* clang-format off */
static const ssk_cause_words table[] = {
    {"radio-off", SSK_FAMILY_ENDPOINT, "radio off",
     "The device's radio was asleep or off while its programs ran on; what they sent waited inside the device."},
    {"host-asleep", SSK_FAMILY_ENDPOINT, "host asleep",
     "The whole host slept: nothing ran on it, so nothing was produced that could have been sent."},
    {"process-suspended", SSK_FAMILY_ENDPOINT, "process suspended",
     "The operating system stopped the process; its kernel went on answering for it."},
    {"app-wedged", SSK_FAMILY_ENDPOINT, "application wedged",
     "The process ran, but the code that sends did not."},
    {"timer-throttled", SSK_FAMILY_ENDPOINT, "timer throttled",
     "The sender's timer was stretched: messages came, but at much longer intervals than before."},
    {"reader-blocked", SSK_FAMILY_ENDPOINT, "reader blocked",
     "The receiving application did not read, so its window closed and the other side had to wait."},
    {"app-closed", SSK_FAMILY_ENDPOINT, "application closed the connection",
     "The application closed its connection in an orderly way."},
    {"app-crashed", SSK_FAMILY_ENDPOINT, "application crashed",
     "The process ended without closing: its kernel reset the connection."},
    {"host-down", SSK_FAMILY_ENDPOINT, "host down",
     "The host is gone: nothing is heard from it anywhere."},
    {"host-rebooted", SSK_FAMILY_ENDPOINT, "host rebooted",
     "The host came back without its connections and resets what belongs to the old ones."},

    {"uplink-loss", SSK_FAMILY_PATH, "loss towards the server",
     "What the client sent did not arrive; the other way may have worked."},
    {"downlink-loss", SSK_FAMILY_PATH, "loss towards the client",
     "What the server sent did not arrive; the client's own packets got through."},
    {"path-blackout", SSK_FAMILY_PATH, "path dead both ways",
     "Nothing got through in either direction."},
    {"flow-blackout", SSK_FAMILY_PATH, "this connection blocked on the way",
     "A NAT or firewall on the way lost or dropped this one connection; others between the same hosts went on."},
    {"frames-held", SSK_FAMILY_PATH, "frames held back",
     "Packets were not lost but held in a queue, and were then delivered all at once."},
    {"roaming", SSK_FAMILY_PATH, "roaming",
     "The device moved to another access point."},
    {"channel-hopping", SSK_FAMILY_PATH, "radio on other channels",
     "The radio left the channel at regular times, for a scan or a peer-to-peer link."},
    {"arp-failure", SSK_FAMILY_PATH, "neighbour not resolved",
     "The link-layer address of the peer could not be found, so nothing could be sent to it."},
    {"address-changed", SSK_FAMILY_PATH, "address changed",
     "The device moved to a new address; its connections stayed behind on the old one."},
    {"stale-address", SSK_FAMILY_PATH, "stale address",
     "The peer is sought, or announces itself, at an address that it no longer has."},
    {"icmp-unreachable", SSK_FAMILY_PATH, "reported unreachable",
     "A router or the host itself said that the destination cannot be reached."},

    {"connect-unanswered", SSK_FAMILY_CONNECT, "connection attempt unanswered",
     "The attempts to connect got no answer although the host was alive: a deaf listener or a full backlog."},
    {"connect-refused", SSK_FAMILY_CONNECT, "connection refused",
     "The host answered that nothing listens on that port."},

    {"policy-close", SSK_FAMILY_CONSEQUENCE, "closed after a timeout",
     "The far side waited its timeout for a message and then closed: a consequence of the silence, not its cause."},

    {"capture-hole", SSK_FAMILY_MEASUREMENT, "hole in the capture",
     "The capture was silent, not the network: byte counters moved on while nothing was recorded."},
    {"capture-drops", SSK_FAMILY_MEASUREMENT, "packets missing from the capture",
     "Single packets were on the network but not recorded: they were acknowledged, or the capture counted them as dropped."},
    {"clock-step", SSK_FAMILY_MEASUREMENT, "step of the capture's clock",
     "The clock that stamps the packets jumped; every sender's own clock went on evenly."},
    {"one-direction", SSK_FAMILY_MEASUREMENT, "only one direction captured",
     "One side was never seen although it is being acknowledged."},
    {"file-boundary", SSK_FAMILY_MEASUREMENT, "gap between two files",
     "The silence is the time between the end of one file and the start of the next."},
    {"mirror-duplicates", SSK_FAMILY_MEASUREMENT, "packets captured twice",
     "The same packets were recorded twice, as from a mirror port that copies both of its sides."},

    {"udp-receive-buffer-full", SSK_FAMILY_UDP, "receive buffer full",
     "Datagrams arrived but the application did not fetch them in time, so its socket buffer overflowed."},
    {"udp-lost-in-receiver", SSK_FAMILY_UDP, "lost inside the receiver",
     "All datagrams arrived at the receiving host; the application did not get all of them."},
    {"udp-lost-before-receiver", SSK_FAMILY_UDP, "lost before the receiver",
     "The sender went on; datagrams were lost on the way, in the radio or the access point."},
    {"udp-sender-pauses", SSK_FAMILY_UDP, "the sender pauses",
     "The sender itself sends in bursts."},
    {"wifi-dtim-bunching", SSK_FAMILY_UDP, "bunched by the access point",
     "The access point holds broadcasts until its beacon: they come late and in bunches, but all of them."},
    {"udp-membership-lost", SSK_FAMILY_UDP, "group membership lost",
     "The network stopped forwarding the group because no membership report renewed it."},
    {"udp-no-port", SSK_FAMILY_UDP, "no socket at the port",
     "The receiving host answered that nothing listens on that port."},
    {"udp-policy", SSK_FAMILY_UDP, "blocked by policy",
     "No datagram ever came through: a firewall or a permission is in the way."},

    {"no-goodbye", SSK_FAMILY_DISCOVERY, "left without a goodbye",
     "A service went away without withdrawing its records; others keep seeing it until they expire."},
    {"ttl-not-refreshed", SSK_FAMILY_DISCOVERY, "record not refreshed",
     "A record ran out while its service was still in use."},
    {"name-conflict", SSK_FAMILY_DISCOVERY, "name conflict",
     "Two hosts claim the same name."},
    {"txt-changed", SSK_FAMILY_DISCOVERY, "TXT record changed",
     "The contents of a TXT record changed without being announced."},
    {"bad-service-name", SSK_FAMILY_DISCOVERY, "bad service name",
     "The service type is not one that RFC 6335 allows."},
    {"bad-txt", SSK_FAMILY_DISCOVERY, "bad TXT record",
     "A TXT record is not made as RFC 6763 asks."},
    {"bad-message", SSK_FAMILY_DISCOVERY, "broken mDNS message",
     "A discovery message contradicts itself or ends too early, so parts of it are lost."},
    {"duplicate-peer", SSK_FAMILY_DISCOVERY, "duplicate peer",
     "Two services announce the same peer id."},
    {"persistent-identifier", SSK_FAMILY_DISCOVERY, "persistent identifier",
     "A lasting identifier is announced to the whole network, so the device can be followed."},
    {"personal-name", SSK_FAMILY_DISCOVERY, "personal name",
     "A person's name is announced to the whole network."},

    {"duplicate-connection", SSK_FAMILY_FINDING, "duplicate connection",
     "One device, or one pair of peers, has two live connections at once."},
    {"connect-slow", SSK_FAMILY_FINDING, "slow connects",
     "Connections stayed half open for long before they succeeded or were given up."},
    {"dns-other-resolver", SSK_FAMILY_FINDING, "other resolver",
     "Names were asked of a resolver other than the usual one, or answers were missing or slow."},
    {"udp-port-churn", SSK_FAMILY_FINDING, "UDP ports used up quickly",
     "New UDP source ports are opened so fast that the range may run out."},
    {"multicast-unjoined", SSK_FAMILY_FINDING, "group never joined",
     "Traffic for a group flows, but no membership report for it was seen."},
    {"multicast-no-send", SSK_FAMILY_FINDING, "group without traffic",
     "A group was joined, but nothing was ever sent to it."},
    {"address-conflict", SSK_FAMILY_FINDING, "address conflict",
     "Two hosts use the same address, or one host answers for two."},
    {"eapol-failed", SSK_FAMILY_FINDING, "Wi-Fi key exchange failed",
     "The key exchange with the access point did not complete."},
    {"receiver-limited", SSK_FAMILY_FINDING, "limited by the receiver",
     "The transfer waited for the receiving application, which read too slowly."},
    {"keepalive-risk", SSK_FAMILY_FINDING, "keep-alive at risk",
     "The way this connection is kept alive invites silences, or makes them last."},
    {"port-scan", SSK_FAMILY_FINDING, "port scan",
     "A host tried many ports of one host, or one port of many hosts, in vain: it looked around and waited for nobody."},
    {"recurring-stall", SSK_FAMILY_FINDING, "recurring stalls",
     "Stalls come back at regular intervals: look for a timer, a lease or a scan of that period."},

    {"unknown", SSK_FAMILY_UNKNOWN, "cause unknown",
     "Nothing in this capture tells why."},
};
/* clang-format on */

const ssk_cause_words *ssk_cause_words_table(size_t *ret_count)
{
    *ret_count = sizeof table / sizeof table[0];
    return table;
}

const ssk_cause_words *ssk_cause_words_find(const char *id)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].id, id) == 0)
            return &table[i];
    return NULL;
}

const char *ssk_cause_name(const char *id)
{
    const ssk_cause_words *words = ssk_cause_words_find(id);
    return words ? words->name : id;
}
