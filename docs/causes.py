#!/usr/bin/env python3
"""Writes docs/causes.md from the two tables that decide what a verdict says: report/cause_words.c (what each
cause is called and means) and core/rule/ambiguity.c (what looks alike from where).

    docs/causes.py            write it
    docs/causes.py --check    fail if it is not up to date

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / 'docs/causes.md'
HEAD = '''# Causes: why it went silent

Made by `docs/causes.py`, with the tables of `report/cause_words.c` and `core/rule/ambiguity.c`; do not edit.

A verdict is a **set**: the causes that this capture cannot tell apart, best first. One cause alone means that the
evidence rules out the others; `unknown` means that nothing in the capture tells why. What was considered and ruled out
follows with the reason. The score only orders them; it is no probability.

## Definitions

**Vantage**: where the capture was taken: at the client, at the server, between them, or on the air. Given with
`--vantage`, or read off the capture: a host that captures itself is in every unicast packet, and the side beside the
capture answers a handshake at once. The side that stands at the capture is *near*, the other *far*. What near sends
proves only that its program runs; what far sends proves its host, its link and the path.

**Learned period** of a direction: the median interval between its messages of one type, if the median absolute
deviation stays below a quarter of it over at least five intervals. Where nothing is decoded, packets closer than a
tenth of the 90th percentile of its intervals are one beat. The period survives a silence and is learned again after
it. A flow too young for one takes that of its service, where the little it shows fits.

**Gap of a direction**: from its last message to the next one, longer than three periods, than `min_gap` and than twice
what one in ten of its intervals exceeds. Retransmissions, acknowledgements and answered keep-alives do not end it. If
no message comes any more, it ends with the first packet of that side heard after it was overdue; where that side went
on sending other new packets, with the first FIN or RST; else it is open at the end of the capture.

**Stall**: a gap on a flow that owed something: a period, data that the other side had to send again, an answer, a
handshake. A flow that owes nothing is idle, however long. After a close in time no gap opens. Failed attempts of one
host to one address and port are one stall of kind `connect`, from the first SYN to the first success.

**Kind**: `app-silence`: that side sent other new packets meanwhile; `no-progress`: only retransmissions; `connect`;
else `silence`.

**Recovery kind**: `resume-with-backlog`: three or more messages within 150 ms of the resume, so they were produced
during the silence; `resume-without-backlog`; `new-connection`, `rst`, `fin`, `never`. The cause ends when the silent
host is heard again on any flow; what is left of the stall is TCP's back-off (RFC 6298).

**Incident**: stalls that overlap in time and share a host.

**UDP on/off** (see [udp.md](udp.md)) is a measurement; it is a fault only where something shows that datagrams were
lost, or whose the pauses are.

## Order of reasoning

1. Can the capture be trusted here? A hole, a clock step or a boundary between files that explains the silence is the
   answer, and there is no stall.
2. Who owed a packet? Unacknowledged data, an expected beat, an open question. If nobody, that is said.
3. The reverse path. Data sent into the silence and acknowledged at once: the other kernel lives. Sent again and again
   without an answer: unreachable. The far side's FIN arriving meanwhile: the way here works.
4. Witnesses: other flows between the two hosts, other hosts, ARP. A witness must have made progress over half of the
   interval; retransmissions and SYNs prove nothing.
5. The resume: backlog, time stamps, first numbers, a new connection.
6. What is left is the verdict, with its evidence, what speaks against it, and the capture that would settle it.
'''
TAIL = '''
## Choices

Thresholds that are no laws, and why they are what they are:

| choice | value | reason |
|---|---|---|
| shortest stall | 2 s (`min_gap`), and three periods | one lost beat and its retransmission are everyday |
| messages at the resume that make a backlog | 3 within 150 ms | a stopped sender has one; a queue leaves within a few round trips |
| answers at the resume of a suspended server | 4 within 150 ms | it answers all that waited; a wedged one, what came last |
| a witness | alive over half of the interval | the recovery of one flow must not vouch for the silence of another |
| judged interval | from 1.2 periods after the last message until the host is heard again | the rest is back-off |
| a copy | within 2 ms | what a switch and a merge add at most |
| even spacing | spread below 10 % | timers and scans keep it, people and weather do not |
'''
# What speaks for a cause of a stall, and what against it.
FOR_AND_AGAINST = {
    'radio-off': (
        'all flows of the device silent together, ARP for it unanswered; then a backlog of the missed'
        ' messages within 150 ms, the first packet a retransmission; at the device: every host silent'
        ' at once',
        'ARP answered, or any packet of the device heard, during the silence'),
    'host-asleep': (
        'as radio-off, but the device comes back without a backlog, or its TCP time stamps lost the '
        'time of the silence',
        'a backlog: something ran and produced messages'),
    'process-suspended': (
        'what the other side sent, even its FIN, is acknowledged at once; other flows of the host go '
        'on; nothing is sent again',
        "unanswered retransmissions; all flows of the host silent. The application's own log decides "
        'against `app-wedged`'),
    'app-wedged': (
        'the same packets as process-suspended; a server that resumes with fewer than four answers',
        'a server that answers everything that waited, at once'),
    'timer-throttled': (
        'three or more silences in a row with single messages between them',
        'unanswered retransmissions; the host silent on all flows'),
    'reader-blocked': (
        'its receive window is 0, and probes of the other side go on',
        'a window that stayed open'),
    'app-closed': (
        'nothing was left unanswered, and the silent side itself sends the first FIN; or its server '
        'refuses new connections after closing the old ones',
        'the other side closed first: then that FIN is only the answer'),
    'app-crashed': (
        'the same with a RST',
        'the same'),
    'host-down': (
        'ARP for it unanswered for the whole silence, nothing of it on any flow',
        'any packet or ARP answer of it meanwhile'),
    'host-rebooted': (
        'ARP unanswered during the silence, then a RST to the retransmission',
        'ARP answered throughout: then the RST has another reason'),
    'uplink-loss': (
        'at the client: what it sends is sent again with back-off while packets of the server still '
        'arrive, its close for one; at the server: nothing of the client arrives though ARP for it is'
        ' answered',
        'acknowledgements of what was sent meanwhile'),
    'downlink-loss': (
        'at the server: packets of the client keep arriving, sent again and acknowledging nothing new',
        'acknowledgements of what was sent meanwhile'),
    'path-blackout': (
        'nothing arrives in either direction',
        'one packet through, either way'),
    'flow-blackout': (
        'this connection is dead while others between the same two hosts go on; or a RST to the first'
        ' data after an idle time',
        'no other flow between the two hosts, or all of them silent too'),
    'frames-held': (
        'what arrives at the resume carries TCP time stamps as old as the silence; at the sender: two'
        ' or more different stamps from the silence are echoed at once',
        'stamps as young as their arrival: it was lost and sent again'),
    'roaming': (
        'EAPOL, association or DHCP of the station within 2 s of the resume',
        "none of them, or another station's"),
    'channel-hopping': (
        'four or more short losses of one host, evenly spaced (spread below 10 %)',
        'spacing that varies; silences of programs rather than losses. It is reported in `findings`'),
    'arp-failure': (
        'packets of the host are heard, but questions for its address stay unanswered',
        'an answer to the question'),
    'address-changed': (
        'the same MAC address appears with a new address of the same family',
        'that MAC had several addresses before: a router'),
    'stale-address': (
        'only unanswered ARP, or SYNs to an address that nobody has; in Bonjour: an announced address'
        ' that is not the one in use',
        'the address was heard in this capture'),
    'icmp-unreachable': (
        'an ICMP error that quotes a packet of this flow; its code says whether host, port or route',
        'quoted ports or addresses of another flow'),
    'connect-unanswered': (
        'the SYN is sent again without an answer while the host is heard otherwise; a deaf listener '
        'and a full backlog look the same',
        'a RST, or unanswered ARP'),
    'connect-refused': (
        'RST to each SYN',
        'a SYN-ACK, or silence'),
    'policy-close': (
        "the far side's FIN, its timeout after the last message it had; the time is learned from the "
        'capture',
        'the silent side closed first'),
}
# What the others rest on.
EVIDENCE = {
    'capture-hole':
        'sequence and acknowledgement numbers move across the silence by at least half of the '
        'messages that were due, and the bytes never come',
    'capture-drops':
        "bytes acknowledged but never seen, outside silences; or the capture's own drop count",
    'clock-step':
        "the capture's clock jumps against the TCP time stamps of two hosts or more, for every flow, "
        'and stays so',
    'one-direction':
        'TCP data of one side without a single packet of the other',
    'file-boundary':
        'the silence lies between the last packet of one input file and the first of the next, and no'
        ' connection goes on across it with the next byte',
    'mirror-duplicates':
        'packets with the same numbers in their headers within 2 ms, 5 % of all and ten at least; '
        'copies count as packets and are not taken for retransmissions',
    'udp-receive-buffer-full':
        "the capture itself names a full socket buffer as the reason of drops; or the program's receive log has"
        ' fewer than nine of ten captured bytes, in equal lumps that came faster than the stream',
    'udp-lost-in-receiver':
        "the program's receive log has fewer than nine of ten bytes that the device's capture has; no "
        'capture alone gives this id',
    'udp-lost-before-receiver':
        "the sender's numbers (sequence, embedded clock, IPv4 identification) rise across the pauses "
        'by what was due; or a second capture nearer to the sender has the datagrams',
    'udp-sender-pauses':
        "the sender's numbers do not rise across the pauses; or a second capture at the sender pauses"
        ' too',
    'wifi-dtim-bunching':
        'arrivals on a grid of n x 102.4 ms with a phase coherence of 0.9 or more, and nothing lost',
    'udp-membership-lost':
        "IGMP or MLD queries without a report, then the group's traffic ends",
    'udp-no-port':
        'ICMP port unreachable that quotes a datagram of this flow',
    'udp-policy':
        'in a comparison: the reference has datagrams for a port at which the device got none at all',
    'no-goodbye':
        'a service unheard until its records expire, without a record of TTL 0',
    'ttl-not-refreshed':
        'a record that ran out while its service was still in use',
    'name-conflict':
        'two devices that answer for one name',
    'txt-changed':
        'another TXT record for the same instance without the cache-flush bit or an announcement',
    'bad-service-name':
        'a type that breaks RFC 6335, section 5.1',
    'bad-txt':
        'strings that break RFC 6763, section 6',
    'bad-message':
        'a count or a length that the message does not hold, or a name that points into itself',
    'duplicate-peer':
        'two instances with one peer id',
    'persistent-identifier':
        'a UUID or serial number in a TXT record or name',
    'personal-name':
        'a name as people have it in an instance name',
    'duplicate-connection':
        'two live flows that introduced themselves with the same word, or a pair of peers connected '
        'each to the other',
    'connect-slow':
        'a SYN sent twice or more and answered only after 7 s, or in vain for 30 s',
    'dns-other-resolver':
        'names asked of a resolver that DHCP did not give, or of a second one while the first did not'
        ' answer',
    'udp-port-churn':
        'new UDP source ports of one host, most within a second and a minute',
    'multicast-unjoined':
        "a group's datagrams while no report for it is heard, though others report",
    'multicast-no-send':
        'a group that is joined and never gets a datagram',
    'address-conflict':
        'one address claimed by two MAC addresses by turns; one MAC that answers for two by turns; a '
        'probe that is answered (RFC 5227)',
    'eapol-failed':
        'message 1 or 3 of the key exchange sent again and again, never completed; or EAP failure',
    'receiver-limited':
        'a receive window that closes again and again, and for how long in all',
    'keepalive-risk':
        'a heartbeat that the client originates, where that client fell silent; one rarer than 5 min; '
        'none at all on a connection that lay idle for 5 min',
    'port-scan':
        '16 or more ports of one host, half of the connections in vain; or one port of 16 or more hosts, three '
        'in four of them without any success',
    'recurring-stall':
        'three or more incidents of one host: median spacing, its spread, its phase',
    'unknown':
        'nothing above fits',
}
FAMILIES = {'ENDPOINT': 'In an endpoint', 'PATH': 'On the path', 'CONNECT': 'While connecting',
            'CONSEQUENCE': 'A consequence, never the root', 'MEASUREMENT': 'In the measurement (`measurement[]`)',
            'UDP': 'UDP reception (`udp[].verdict`)', 'DISCOVERY': 'Discovery (`bonjour.findings`)',
            'FINDING': 'Beyond one flow (`findings`)'}


def text_of(literals):
    """Adjacent C string literals as one string."""
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')


def words():
    source = (ROOT / 'report/cause_words.c').read_text()
    for cause, family, name, meaning in re.findall(
            r'\{"([\w-]+)", SSK_FAMILY_(\w+), "([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}', source):
        yield cause, family, name, text_of(meaning)


def patterns():
    source = (ROOT / 'core/rule/ambiguity.c').read_text()
    for body in re.findall(r'\[SSK_PATTERN_\w+\] = \{(.*?)\},\n(?=    \[|\};)', source, re.S):
        def ids(part):
            return re.findall(r'\{"([\w-]+)", \'\w\'\}', part)
        both = re.search(r'BOTH\((.*?)\)[,;]?\s*(?:\.text|"|$)', body, re.S)
        if both:
            client = server = ids(both.group(1))
        else:
            client = ids(re.search(r'\.client = \{(.*?)\},\n', body, re.S).group(1))
            server = ids(re.search(r'\.server = \{(.*?)\},\n', body, re.S).group(1))
        named = re.search(r'\.text =\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', body)
        sentence = text_of(named.group(1) if named else body[body.rindex("'}") if both is None else both.end(1):])
        for word, plain in (('silent', 'the silent side'), ('far', 'the far side'), ('near', 'the capturing side')):
            sentence = sentence.replace('{%s}' % word, plain)
        yield sentence, client, server


def page():
    out = [HEAD]
    rows = list(words())
    for family in dict.fromkeys(row[1] for row in rows):
        own = [row for row in rows if row[1] == family]
        out.append('\n## %s\n' % FAMILIES.get(family, family.capitalize()))
        if own[0][0] in FOR_AND_AGAINST:
            out += ['| id | meaning | speaks for it | speaks against it |', '|---|---|---|---|']
            out += ['| `%s` | %s | %s | %s |' % (cause, meaning, *FOR_AND_AGAINST[cause])
                    for cause, _, _, meaning in own]
        else:
            out += ['| id | meaning | evidence |', '|---|---|---|']
            out += ['| `%s` | %s | %s |' % (cause, meaning, EVIDENCE[cause]) for cause, _, _, meaning in own]
    out += ['\n## What one capture cannot tell\n',
            'Each row is what one capture shows of a stall, and every cause that shows it, likeliest first. The near side'
            ' is the one at which the capture stands; from between, the side that went on is the witness. Other evidence'
            ' then rules causes out; it never adds any.\n',
            '| what the capture shows | taken at the client | taken at the server |', '|---|---|---|']
    for sentence, client, server in patterns():
        for token, side in (('{silent}', 'the silent side'), ('{near}', 'the near side'), ('{far}', 'the far side')):
            sentence = sentence.replace(token, side)
        out.append('| %s | %s | %s |' % (sentence, ', '.join('`%s`' % i for i in client),
                                         ', '.join('`%s`' % i for i in server)))
    return '\n'.join(out) + '\n' + TAIL


def main():
    text = page()
    if sys.argv[1:] == ['--check']:
        if not OUT.exists() or OUT.read_text() != text:
            sys.exit('docs/causes.md is not up to date: run docs/causes.py')
        return
    OUT.write_text(text)


if __name__ == '__main__':
    main()
