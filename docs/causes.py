#!/usr/bin/env python3
"""Writes docs/causes.md from the tables that decide what a verdict says: core/model/causes.def (what each cause is
called and means), core/verdict/observations.def and hypotheses.c (what is looked at, and what each cause predicts of
it) and core/base/limits.def (the thresholds).

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

Made by `docs/causes.py`, with the tables of `core/model/causes.def` and `core/verdict/`; do not edit.

A verdict is a **set**: the causes that this capture cannot tell apart, best first. One cause alone means that the
evidence rules out the others; `unknown` means that nothing in the capture tells why. What was considered and ruled out
follows with the reason. The score only orders them; it is no probability.

## Definitions

**Vantage**: where the capture was taken: at the client, at the server, between them, or on the air. Given with
`--vantage`, or read off the capture: a host that captures itself is in every unicast packet, and the side beside the
capture answers a handshake at once. The side at the capture is *near*, the other *far*. What near sends
proves only that its program runs; what far sends proves its host, its link and the path.

**Debt**: what one side owes the other from a packet on. There are six kinds: `acknowledgment` of data, from the first
byte that is not acknowledged; `answer` to a request that arrived; `beat`, the next message of a side that keeps a timer
of its own or declared one; `handshake`, the rest of it; `window`, an open one for a side with data to send; `stream`, the
next packet of a steady one. A debt is paid by the packet that it asks for, and ends with a close in time. A side that
owes nothing is idle, however long it is quiet.

**Period** of a direction: the median interval between its messages of one type, where they are regular over at least
{PERIOD_LEAST} intervals, or what the two sides declared. It survives a silence. A flow too young for one of its own takes that of
its service, where the little it shows fits.

**Stall**: a debt that stayed unpaid for longer than `min_gap`; a beat also for longer than three periods; an answer for
longer than programs may well think, and than is usual for that service. It begins at the packet that made the debt, and
ends at the packet that paid it. Failed attempts of one host to reach one port of another are one stall, from the first
SYN to the first success.

**Kind**: `answer`, `window` and `connect` as the debt says; else `silence` where no packet of that side came,
`app-silence` where its system was heard and its program was not, and `no-progress` where it was heard and acknowledged
nothing new, or only repeated what it had sent.

**Recovery kind**: `resume-with-backlog`: {BACKLOG_LEAST} or more within {RESUME} of the resume, so they were produced
during the silence; `resume-without-backlog`; `new-connection`, `rst`, `fin`, `never`. The cause ends when the silent
host sends again on any flow; what is left of the stall is TCP's back-off (RFC 6298).

**Incident**: stalls that overlap in time and share a host.

**UDP on/off** (see [udp.md](udp.md)) is a measurement; it is a fault only where something shows that datagrams were
lost, or whose the pauses are.

## Order of reasoning

1. Can the capture be trusted here? A hole, a clock step or a boundary between files that explains the silence is the
   answer, and there is no stall.
2. Who owed a packet? If nobody, that is said.
3. The reverse path. Data sent into the silence and acknowledged at once: the other kernel lives. Sent again and again
   without an answer: unreachable. The other side's FIN arriving meanwhile: the way here works.
4. Witnesses: other flows between the two hosts, other hosts, ARP. A witness must have made progress over half of the
   interval; retransmissions and SYNs prove nothing.
5. The resume: backlog, timestamps, first numbers, a new connection.
6. What is left is the verdict, with its evidence, what speaks against it, and the capture that would settle it.
'''
# What the others rest on.
EVIDENCE = {
    'capture-hole':
        'sequence and acknowledgment numbers move across the silence by at least half of the '
        'messages that were due, and the bytes never come',
    'capture-drops':
        "bytes acknowledged but never seen, outside silences; or the capture's own drop count",
    'clock-step':
        "the capture's clock jumps against the TCP timestamps of two hosts or more, for every flow, "
        'and stays so',
    'one-direction':
        'TCP data of one side without a single packet of the other',
    'file-boundary':
        'the silence lies between the last packet of one input file and the first of the next, and no'
        ' connection goes on across it with the next byte',
    'capture-pause':
        'nothing at all is captured for an hour, and no conversation has packets on both sides of it; or'
        ' nothing for a year',
    'mirror-duplicates':
        'packets with the same numbers in their headers within {COPIES_APART}, {COPIES_PERMILLE} of all and {COPIES_LEAST} at least; '
        'copies count as packets and are not taken for retransmissions',
    'udp-receive-buffer-full':
        "the capture itself names a full socket buffer as the reason of drops; or the program's receive log has"
        ' less than {APPLICATION_PERMILLE} of the captured bytes, in equal lumps that came faster than the stream',
    'udp-lost-in-receiver':
        "the program's receive log has less than {APPLICATION_PERMILLE} of the bytes that the device's capture has; no "
        'capture alone gives this id',
    'udp-lost-before-receiver':
        "the sender's numbers (sequence, embedded clock, IPv4 identification) rise across the pauses "
        'by what was due; or a second capture nearer to the sender has the datagrams',
    'udp-sender-pauses':
        "the sender's numbers do not rise across the pauses; or a second capture at the sender pauses"
        ' too',
    'wifi-dtim-bunching':
        'arrivals on a grid of beacons with a phase coherence of {BEACON_COHERENT_PERMILLE} or more, and nothing lost',
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
        'a SYN sent twice or more and answered only after {CONNECT_SLOW}, or in vain for {CONNECT_IN_VAIN}',
    'dns-other-resolver':
        'names asked of a resolver that DHCP did not give, or of a second one while the first did not'
        ' answer',
    'dns-answer-late':
        'the same question to the same resolver again after {DNS_AGAIN} or more, then the answer: the client waited'
        ' {RESOLVER_SLOW} or more',
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
        'message 1 or 3 of the key exchange repeated and never completed; or EAP failure',
    'receiver-limited':
        'a receive window that closes again and again, and for how long in all',
    'no-debt':
        'a silence longer than its rhythm, an answer or a window that took long, and a reason why that is '
        'usual there',
    'keepalive-risk':
        'a heartbeat that the client originates, where that client fell silent; one rarer than {PATH_FORGETS}; '
        'none at all on a connection that lay idle for {PATH_FORGETS}',
    'port-scan':
        '{SCAN_LEAST} or more ports of one host, half of the connections in vain; or one port of {SCAN_LEAST} or more hosts, three '
        'in four of them without any success',
    'recurring-stall':
        '{INCIDENTS_LEAST} or more incidents of one host: median spacing, its spread, its phase',
    'unknown':
        'nothing above fits',
}
FAMILIES = {'ENDPOINT': 'In an endpoint', 'PATH': 'On the path', 'CONNECT': 'While connecting',
            'CONSEQUENCE': 'A consequence, never the root', 'MEASUREMENT': 'In the measurement (`measurement[]`)',
            'UDP': 'UDP reception (`udp[].verdict`)', 'DISCOVERY': 'Discovery (`bonjour.findings`)',
            'FINDING': 'Beyond one flow (`findings`)'}


def rows_of(path):
    """The X(...) rows of a .def file: lists of fields, string literals joined."""
    source = re.sub(r'/\*.*?\*/', '', (ROOT / path).read_text(), flags=re.S)
    for body in re.findall(r'^X\(((?:"(?:[^"\\]|\\.)*"|[^")])*)\)', source, re.M):
        fields = re.findall(r'((?:\s*"(?:[^"\\]|\\.)*")+|[^,"]+)(?:,|$)', body)
        yield [''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', f)) if '"' in f else ' '.join(f.split()) for f in fields]


def hypotheses():
    """(id at the client, id at the server, place, {observation: cell}) of each row."""
    source = re.sub(r'/\*.*?\*/', '', (ROOT / 'core/verdict/hypotheses.c').read_text(), flags=re.S)
    macros = {name: body.replace('\\\n', ' ') for name, body in re.findall(r'#define (\w+) +((?:.*\\\n)*.*)', source)}

    def expand(text):
        def one(match):
            return expand(macros[match.group()])
        return re.sub(r'\b(?!P\b|SAME\b)(%s)\b' % '|'.join(map(re.escape, macros)), one, text)
    table = source[source.index('ssk_hypotheses[] = {'):source.index('const size_t ssk_n_hypotheses')]
    for ids, place, cells in re.findall(r'\{((?:SAME\(\w+\))|(?:SSK_CAUSE_\w+,\s*SSK_CAUSE_\w+)),\s*SSK_PLACE_(\w+),\s*\{(.*?)\}\}',
                                        table, re.S):
        names = re.findall(r'SAME\((\w+)\)', ids) * 2 or re.findall(r'SSK_CAUSE_(\w+)', ids)
        yield names[0], names[1], place, dict(re.findall(r"P\((\w+), '(.)'\)", expand(cells)))


SIDES = (('silent', 'the silent side'), ('near', 'the near side'), ('far', 'the far side'), ('client', 'the client'),
         ('server', 'the server'), ('n messages', 'N messages'), ('n', 'N'), ('s', 's'), ('flows', 'flows'), ('span', 'a time'), ('text', '...'), ('ARP', 'ARP'))
PLACES = {'SILENT': 'silent side', 'NEAR': 'near side', 'FAR': 'far side', 'PATH': 'path', 'MOVER': 'the side that moved',
          'UNREACHED': 'the side that cannot be reached'}
WEIGHTS = ('EXCLUDES', 'ORDERS', 'SPLITS', 'SIGN', 'PROOF')
SOURCES = {'CAPTURE': 'this capture', 'SECOND_CAPTURE': 'a second capture', 'LOG': "the program's log",
           'STACK_SAMPLES': 'samples of the process', 'CRASH_REPORT': 'a crash report', 'HOST_COUNTERS': "the kernel's counters"}


def plain(words):
    for token, side in SIDES:
        words = words.replace('{%s}' % token, side)
    return words


def stall_causes(names):
    """For each row of the table: what must be seen, what must not, and what it says otherwise."""
    label = {name: words_yes if words_yes not in ('NULL', '...') and '{text}' not in words_yes else ''
             for name, _, _, _, _, _, words_yes, _ in rows_of('core/verdict/observations.def')}
    usual = {row[0]: row[3] for row in rows_of('core/verdict/observations.def')}
    out = ['\n## What each cause of a stall predicts\n',
           'The near side is the one at the capture. `Y` must be seen and `N` must not: a known answer to the'
           ' contrary rules the cause out. `y` and `n`: usually. What is not named says nothing, or what the column says'
           ' by default.\n',
           '| cause | whose | must be seen | must not be seen | usually seen | usually not seen |', '|---|---|---|---|---|---|']
    for at_client, at_server, place, cells in hypotheses():
        ids = [names[at_client]] + ([names[at_server] + ' (at the server)'] if at_server != at_client else [])
        lists = ['<br>'.join('`%s`' % o for o in sorted(cells) if cells[o] == cell) for cell in 'YNyn']
        out.append('| %s | %s | %s | %s | %s | %s |' % (', '.join('`%s`' % i for i in ids), PLACES[place], *lists))
    out += ['\n## What is looked at\n',
            'An observation is answered yes, no, or *cannot be known from here*. Its weight says how much a prediction that'
            ' comes true, or fails, counts: `excludes` 0 (it only contradicts), `orders` 1 (it splits no set by itself),'
            ' `splits` 2, `sign` 3, `proof` 4.\n',
            '| observation | yes / no | by default | from | what a yes says |', '|---|---|---|---|---|']
    for name, yes, no, default, _, source, words_yes, _ in rows_of('core/verdict/observations.def'):
        out.append('| `%s` | %s / %s | %s | %s | %s |' % (
            name, yes.lower(), no.lower(), {'SILENT': '', 'NEVER': 'N', 'UNLIKELY': 'n'}[default], SOURCES[source],
            plain(label[name])))
    assert set(usual) >= {o for *_, cells in hypotheses() for o in cells}
    return out


def span(value, unit):
    if unit == 'permille':
        return '%g %%' % (int(value) / 10)
    if unit != 'ns':
        return '%s %s' % (value, unit if unit != 'count' else '')
    number, _, word = value.rpartition(' * SSK_')
    return '%s %s' % (number or 1, {'US': 'us', 'MS': 'ms', 'S': 's', 'MINUTE': 'min', 'HOUR': 'h', 'DAY': 'd'}[word.replace('SSK_', '')])


def filled(words, limits):
    """The words with the value of each {THRESHOLD}."""
    return re.sub(r'\{(\w+)\}', lambda match: limits[match.group(1)], words)


def page():
    limits = {name: span(value, unit).strip() for name, value, unit, _, _ in rows_of('core/base/limits.def')}
    evidence = {cause: filled(words, limits) for cause, words in EVIDENCE.items()}
    out = [filled(HEAD, limits)]
    rows = list(rows_of('core/model/causes.def'))
    for family in dict.fromkeys(row[2] for row in rows):
        own = [row for row in rows if row[2] == family]
        out.append('\n## %s\n' % FAMILIES.get(family, family.capitalize()))
        if own[0][1] in evidence:
            out += ['| id | meaning | evidence |', '|---|---|---|']
            out += ['| `%s` | %s | %s |' % (cause, meaning, evidence[cause]) for _, cause, _, _, meaning, _ in own]
        else:
            out += ['| id | meaning |', '|---|---|']
            out += ['| `%s` | %s |' % (cause, meaning) for _, cause, _, _, meaning, _ in own]
    out += stall_causes({row[0]: row[1] for row in rows})
    out += ['\n## Choices\n', 'Thresholds that are no laws, and why they are what they are:\n',
            '| threshold | value | what it is | reason |', '|---|---|---|---|']
    out += ['| `%s` | %s | %s | %s |' % (name, span(value, unit).strip(), what, why)
            for name, value, unit, what, why in rows_of('core/base/limits.def')]
    return '\n'.join(out) + '\n'


def main():
    text = page()
    if sys.argv[1:] == ['--check']:
        if not OUT.exists() or OUT.read_text() != text:
            sys.exit('docs/causes.md is not up to date: run docs/causes.py')
        return
    OUT.write_text(text)


if __name__ == '__main__':
    main()
