"""Every sentence of a report, checked against the packets.

`lies(report, capture)` reads a JSON report and the capture behind it (packets.py: a reader of its own) and returns what
is not so. Three tables say what is looked at:
  FORMS        the sentences of evidence: a pattern and the check of what it claims. A sentence that no pattern knows is
               a lie too, so whoever writes a new one teaches it here.
  INVARIANTS   what holds of each stall whatever is said of it: edges, frames, durations, kinds
  KNOWN        sentences about other things than one stall, that other tests check or that no packet can refute

SPDX-License-Identifier: GPL-2.0-or-later
"""
import calendar
import collections
import re
import time as time_module
from typing import NamedTuple

from packets import ACK, FIN, RST, SYN, address, between

SECOND = 10**9
RESUME = 150 * 10**6  # what the report calls "within 150 ms of the resume"
OTHER = {'a': 'b', 'b': 'a'}
SIDE = {'client': 'a', 'server': 'b'}
OTHER_ROLE = {'client': 'server', 'server': 'client'}
INSIDE_PATH = {'radio-off', 'uplink-loss', 'downlink-loss', 'path-blackout', 'flow-blackout', 'frames-held', 'roaming',
               'arp-failure', 'stale-address', 'address-changed'}


class Lie(NamedTuple):
    stall: int  # 0: said of something else
    check: str  # which check found it
    sentence: str
    why: str
    frames: list

    def __str__(self):
        return 'stall %s: %s (frames %s): %s [%s]' % (self.stall, self.sentence, self.frames, self.why, self.check)


def nanoseconds(text):
    if text is None:
        return None
    seconds, _, rest = text.partition('.')
    whole = abs(int(seconds)) * 10**9 + int((rest + '0' * 9)[:9])
    return -whole if seconds.startswith('-') else whole


def after(a, b):
    """Sequence number a stands behind b."""
    return 0 < (a - b & 0xffffffff) < 1 << 31


class Flow:
    def __init__(self, report, capture, row):
        self.row, self.id = row, row['id']
        self.ends = {side: (address(row[side]['addr']), row[side]['port']) for side in 'ab'}
        first, last = row['frames']
        self.packets = [p for p in capture.flow(row['transport'], self.ends['a'], self.ends['b'])
                        if first <= p.frame <= last]
        self.from_side = {side: [p for p in self.packets if p.ends[0] == self.ends[side]] for side in 'ab'}
        if self.ends['a'] == self.ends['b']:
            self.from_side = {'a': self.packets, 'b': []}
        counted = [d['packets'] for d in row['directions']]
        # Copies from a mirror port count as packets in the report, too; what differs is a layer this reader lacks.
        self.readable = counted == [len(self.from_side['a']), len(self.from_side['b'])]

    @property
    def tcp(self):
        return self.row['transport'] == 'tcp'

    @property
    def hosts(self):
        return {self.ends['a'][0], self.ends['b'][0]}

    def host(self, side):
        return self.ends[side][0]

    def closed_before(self, time):
        """FIN or RST was seen before that time."""
        return any(p.flags & (FIN | RST) and p.time is not None and p.time <= time for p in self.packets if self.tcp)


class Fresh:
    """Which TCP packets of one sender bring bytes that were not seen before, and which repeat some."""

    def __init__(self, packets):
        self.repeats, self.brings, self.partly = set(), set(), set()
        seen, first = [], None  # [start, end) relative to the first number
        for p in packets:
            length = p.payload or (p.flags & (SYN | FIN) != 0)
            if not length or p.flags & RST:
                continue
            first = p.seq if first is None else first
            low = (p.seq - first + (1 << 31) & 0xffffffff) - (1 << 31)
            high, covered = low + length, 0
            for a, b in seen:
                covered += max(0, min(b, high) - max(a, low))
            (self.repeats if covered >= length else self.brings).add(p.frame)
            if covered:
                self.partly.add(p.frame)
            if covered < length:
                seen = merged(seen + [(low, high)])
        self.seen, self.first = seen, first

    def unseen(self, low, high):
        """How many of the numbers from low to high no packet ever carried."""
        low = (low - self.first + (1 << 31) & 0xffffffff) - (1 << 31)
        high = (high - self.first + (1 << 31) & 0xffffffff) - (1 << 31)
        return high - low - sum(max(0, min(b, high) - max(a, low)) for a, b in self.seen)


def merged(spans):
    out = []
    for a, b in sorted(spans):
        if out and a <= out[-1][1]:
            out[-1] = out[-1][0], max(b, out[-1][1])
        else:
            out.append((a, b))
    return out[-64:]


class Stall:
    """A stall of the report with the packets it concerns."""

    def __init__(self, book, row):
        self.book, self.row, self.capture = book, row, book.capture
        self.flow = book.flows[row['flow']]
        self.start = nanoseconds(row['start'])
        self.end = nanoseconds(row['end'])
        self.until = book.last if self.end is None else self.end
        self.over = nanoseconds(row['cause_end']) or self.until
        self.silent = row['direction']
        # A silence begins with its last message; what its kernel still says in the same breath is none of it.
        self.quiet = self.start + min(2 * SECOND, (self.over - self.start) // 10)
        # What follows a close or a replacement shows that the old connection was dead.
        ended = row['recovery'] in ('fin', 'rst', 'new-connection', 'never')
        self.shown = book.last if ended else self.until

    def sent(self, side, first=None, last=None):
        """What a side sent on this flow between two times, its ends left out."""
        return between(self.flow.from_side[side], self.start if first is None else first,
                       self.until if last is None else last)

    def heard(self, side):
        """Packets of a host, on any flow and in ARP, while the stall's cause lasted."""
        host = self.flow.host(side)
        return between(self.capture.sent_by.get(host, []) + self.capture.answers.get(host, [])
                       + [p for asked in self.capture.questions.values() for p in asked if p.src == host],
                       self.quiet, self.over - RESUME)

    def fresh(self, side):
        return self.book.fresh(self.flow, side)

    def attempts(self):
        """SYNs of the client to the port of a connect stall, whatever port they come from."""
        to = self.flow.ends['b']
        return [p for p in self.capture.sent_by.get(self.flow.host('a'), [])
                if p.kind == 'tcp' and p.flags & (SYN | ACK) == SYN and p.ends[1] == to
                and self.start <= p.time <= self.until]


class Book:
    """A report beside its capture."""

    def __init__(self, report, capture):
        self.report, self.capture = report, capture
        self.last = max([nanoseconds(source['last']) or 0 for source in report['inputs']] + [0])
        self.rows = {row['id']: row for row in report['flows']}
        self.flows, self.cache = Flows(self), {}
        self.near = {'server': 'b', 'client': 'a'}.get(report['vantage']['value'])

    def fresh(self, flow, side):
        key = flow.id, side
        if key not in self.cache:
            self.cache[key] = Fresh(flow.from_side[side])
        return self.cache[key]


class Flows(dict):
    def __init__(self, book):
        super().__init__()
        self.book = book

    def __missing__(self, number):
        self[number] = Flow(self.book.report, self.book.capture, self.book.rows[number])
        return self[number]


# ---- sentences ----
# A check gets the stall, the frames that are given and the groups of its pattern; it returns why the sentence is false.

FORMS = []


def form(pattern):
    def keep(check):
        FORMS.append((re.compile(pattern + '$'), check))
        return check
    return keep


def packets_of(stall, frames, side=None):
    """The packets behind frame numbers, and what is wrong with them."""
    found = [stall.capture.by_frame.get(frame) for frame in frames]
    if None in found:
        return [], 'no such frame'
    if side and any(p.ends[0] != stall.flow.ends[side] or p.ends[1] != stall.flow.ends[OTHER[side]] for p in found):
        return [], 'a frame is not of that side of this flow'
    return found, None


@form(r'the (client|server) sent (\d+) packets? again without an answer')
def sent_again(stall, frames, who, count):
    side = SIDE[who]
    found, wrong = packets_of(stall, frames, side)
    if wrong:
        return wrong
    if any(p.time > stall.shown for p in found):
        return 'a frame is later than the stall'
    return in_vain(stall, side, found, int(count))


def in_vain(stall, side, found, count=0):
    """The packets from the first to the last of these were retransmitted so often, and no acknowledgment of them came
    before the last."""
    if not found:
        return 'no frame shows it'
    first, last = found[0].frame, max(p.frame for p in found)
    again = [p for p in stall.flow.from_side[side] if first <= p.frame <= last and (
        p.frame in stall.fresh(side).partly or probe(p))]
    if len(again) < count:
        return 'only %d packets were sent again from frame %d to frame %d' % (len(again), first, last)
    for p in found:
        for q in stall.flow.from_side[OTHER[side]]:
            if p.frame < q.frame < last and q.flags & ACK and not q.flags & RST and not after(p.next, q.ack):
                return 'frame %d acknowledges frame %d' % (q.frame, p.frame)
    return None


def probe(packet):
    """A keep-alive or a window probe: one byte at most."""
    return packet.payload <= 1 and packet.flags & (SYN | FIN | RST) == 0


@form(r"the (client|server)'s stack acknowledged data during the silence")
def acknowledged(stall, frames, who):
    return acknowledges(stall, frames, SIDE[who], stall.start, stall.until)


@form(r"the (client|server)'s stack acknowledged data before its messages came again")
def acknowledged_in_tail(stall, frames, who):
    return acknowledges(stall, frames, SIDE[who], stall.start, stall.until)


def acknowledges(stall, frames, side, first, last):
    found, wrong = packets_of(stall, frames, side)
    if wrong:
        return wrong
    mine, theirs = stall.flow.from_side[side], stall.flow.from_side[OTHER[side]]
    if not found:
        return 'no frame shows it'
    for p in found:
        if not first <= p.time <= last:
            return 'frame %d is not inside the stall' % p.frame
        earlier = [q.ack for q in mine if q.frame < p.frame and q.flags & ACK]
        data = [q for q in theirs if q.frame < p.frame and q.payload and not after(q.next, p.ack)]
        if not data:
            return 'frame %d covers no data' % p.frame
        if earlier and not after(p.ack, earlier[-1]) and not any(
                q.frame in stall.fresh(OTHER[side]).repeats or probe(q) for q in data[-3:]):
            return 'frame %d acknowledges nothing new' % p.frame
    return None


@form(r"the (client|server)'s sequence numbers moved on by (\d+) bytes that never arrived here")
def moved_on(stall, frames, who, count):
    side = SIDE[who]
    found, wrong = packets_of(stall, frames, side)
    if wrong:
        return wrong
    earlier = [p for p in stall.flow.from_side[side] if p.time <= stall.start]
    later = [p for p in stall.flow.from_side[side] if p.time > stall.start]
    if not earlier or not later:
        return 'nothing came before or after'
    high = earlier[-1].next
    for p in earlier:
        high = p.next if after(p.next, high) else high
    unseen = max([stall.fresh(side).unseen(high, p.seq) for p in later if after(p.seq, high)] + [0])
    if unseen < int(count):
        return 'only %d bytes are missing' % unseen
    return None


@form(r'the (client|server) announced a window of 0')
def closed_window(stall, frames, who):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong:
        return wrong
    if not found or any(p.window or p.flags & (SYN | RST) for p in found):
        return 'not all of these frames close the window'
    return None


@form(r'TCP time stamps (.+) older than their arrival')
def held(stall, frames, span):
    found, wrong = packets_of(stall, frames)
    return wrong or (None if all(p.stamp is not None for p in found) else 'a frame without time stamps')


@form(r'(\d+) different time stamps sent into the silence were echoed at once after it')
def echoes(stall, frames, count):
    found, wrong = packets_of(stall, frames)
    return wrong or (None if len({p.echo for p in found}) > 1 or int(count) > len(found) else 'the echoes are equal')


@form(r"the (client|server)'s TCP clock lost time over the silence")
def clock_behind(stall, frames, who):
    stamps = [p for p in stall.flow.from_side[SIDE[who]] if p.stamp is not None]
    return None if stamps else 'that side sent no time stamps'


@form(r"the (client|server)'s close arrived here")
def close_arrived(stall, frames, who):
    found, wrong = packets_of(stall, frames, SIDE[who])
    return wrong or (None if found and all(p.flags & (FIN | RST) for p in found) else 'no close in these frames')


@form(r'the (client|server) then closed with (FIN|RST)')
def then_closed(stall, frames, who, how):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong:
        return wrong
    if not found or not all(p.flags & (FIN if how == 'FIN' else RST) for p in found):
        return 'no %s in these frames' % how
    return None if all(p.time > stall.start for p in found) else 'it closed before the stall'


@form(r'the (client|server) answered with RST')
def reset(stall, frames, who):
    found, wrong = packets_of(stall, frames)
    host = stall.flow.host(SIDE[who])
    if wrong:
        return wrong
    if not frames:
        found = [p for p in stall.capture.sent_by.get(host, []) if p.flags & RST and p.dst in stall.flow.hosts
                 and stall.start <= p.time <= stall.shown]
    return None if found and all(p.kind == 'tcp' and p.flags & RST and p.src == host for p in found) else \
        'no RST of that side in these frames'


@form(r'the (client|server) was itself waiting for (\S+), on flow (\d+)')
def waited_itself(stall, frames, who, whom, number):
    flow, host = stall.book.flows[int(number)], stall.flow.host(SIDE[who])
    if flow.hosts != {host, address(whom)}:
        return 'flow %s is between others' % number
    asked = [p for p in flow.packets if p.src == host and p.payload and abs(p.time - stall.start) <= SECOND]
    owed = [s for s in stall.book.report['stalls'] if s['flow'] == int(number) and abs(nanoseconds(s['start']) - stall.start) <= SECOND]
    return None if asked or owed else 'it asked nothing on flow %s then, and nothing was owed there' % number


@form(r'no IP packet of the (client|server) is in this capture')
@form(r'no packet of the (client|server) but neighbor discovery is in this capture')
def never_heard(stall, frames, who):
    sent = by_ip(stall, SIDE[who])
    return 'frame %d is one' % sent[0].frame if sent else None


@form(r'a RST between the two hosts had passed fewer routers than other packets in its name: something on the way sent it')
def reset_on_the_way(stall, frames):
    found, wrong = packets_of(stall, frames)
    for p in found:
        first = next((q for q in stall.capture.sent_by[p.src] if q.ends == p.ends), None)
        begun = [next(n for n in (64, 128, 255) if q.hops <= n) - q.hops for q in (p, first)]
        if not p.flags & RST or {p.src, p.dst} != stall.flow.hosts or begun[0] >= begun[1]:
            wrong = 'frame %d is no RST, of others, or from as far' % p.frame
    return wrong or (None if found else 'no frame')


@form(r'the (client|server) went on with another connection from before the silence, so it had not rebooted')
def not_rebooted(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    for row in stall.book.report['flows']:
        if row['id'] == stall.flow.id or row['transport'] != 'tcp':
            continue
        flow = stall.book.flows[row['id']]
        if host in flow.hosts and any(p.src == host and p.time <= stall.start for p in flow.packets) and \
                any(p.src == host and p.time >= stall.over and not p.flags & RST for p in flow.packets):
            return None
    return 'no connection of it from before goes on'


@form(r'the (client|server) went on with this connection, so it had not rebooted')
def not_rebooted_here(stall, frames, who):
    return None if any(p.time >= stall.over and not p.flags & (RST | SYN) for p in stall.flow.from_side[SIDE[who]]) else \
        'it did not go on'


@form(r"the (client|server)'s address was resolved meanwhile")
def resolved(stall, frames, who):
    return spoke(stall, stall.capture.answers.get(stall.flow.host(SIDE[who]), []), 'no answer of that address')


@form(r'the (client|server) sent ARP meanwhile')
def sent_arp(stall, frames, who):
    return spoke(stall, stall.capture.answers.get(stall.flow.host(SIDE[who]), []), 'no ARP of that address')


def spoke(stall, packets, otherwise):
    return None if between(packets, stall.start, stall.until + 1) else otherwise


@form(r"(\d+) (?:ARP|neighbor discovery) requests? for the (client|server)'s address stayed unanswered")
def unanswered(stall, frames, count, who):
    """Of the rows of questions without an answer between them, those that touch the stall."""
    host = stall.flow.host(SIDE[who])
    told = sorted(p.frame for p in stall.capture.answers.get(host, []))
    rows = {}
    for p in stall.capture.questions.get(host, []):
        rows.setdefault(sum(frame < p.frame for frame in told), []).append(p)
    asked = sum(len(row) for row in rows.values() if row[0].time <= stall.until and row[-1].time >= stall.start)
    return None if asked >= int(count) else 'it was sought %d times only' % asked


@form(r'(.+) did not even answer ARP')
def no_neighbour(stall, frames, who):
    host = stall.flow.host(SIDE[who.rpartition(' ')[2]])
    told = between(stall.capture.answers.get(host, []), stall.quiet, stall.over - RESUME)
    if told:
        return 'frame %d is ARP of that address' % told[0].frame
    return None if between(stall.capture.questions.get(host, []), stall.start - 1, stall.until + 1) else \
        'nobody asked for that address'


@form(r"the (client|server)'s MAC address appears with (\S+)")
def moved(stall, frames, who, new):
    host, new = stall.flow.host(SIDE[who]), address(new)
    macs = {p.mac for p in stall.flow.packets if p.src == host}
    with_new = {p.mac for p in stall.capture.sent_by.get(new, []) + stall.capture.answers.get(new, [])}
    if not macs & with_new:
        return 'no packet of that address comes from that MAC'
    for mac in macs & with_new:
        speakers = {p.src for p in stall.capture.packets if p.mac == mac and p.src and any(p.src)
                    and len(p.src) == len(host) and p.kind != 'arp'}
        if len(speakers) > 3:
            return 'that MAC speaks for %d addresses: a router' % len(speakers)
    return None


@form('the same MAC address turned up with another IP address')
def moved_at_all(stall, frames):
    return None


@form(r'ICMP(v6)? type (\d+) code (\d+)(?: of (the client|the server|\S+))? quotes this flow(: a firewall rejects it)?')
def quoted(stall, frames, v6, kind, code, reporter, forbidden):
    found, wrong = packets_of(stall, frames)
    if wrong:
        return wrong
    if forbidden and (int(kind), int(code)) not in ([(1, 1), (1, 5), (1, 6)] if v6 else [(3, 9), (3, 10), (3, 13)]):
        return 'that code is no refusal by a rule'
    if reporter in ('the client', 'the server'):
        reporter = None
    if reporter and address(reporter) not in {p.src for p in stall.capture.packets if p.kind == 'icmp'}:
        return '%s sent none' % reporter
    for p in found:
        if p.kind != 'icmp' or (p.type, p.code) != (int(kind), int(code)):
            return 'frame %d is no such message' % p.frame
        quote = p.data[p.at:]
        if not all(host in quote for host in stall.flow.hosts):
            return 'frame %d quotes other addresses' % p.frame
    return None if found else 'no frame shows it'


@form(r'the (client|server) joined the network(, association)?(, EAPOL)?(, DHCP)?')
@form(r"by the capture's own word this packet woke the (client|server)")
@form(r'the (client|server) had told its access point that it dozes')
def radio(stall, frames, *_):
    return packets_of(stall, frames)[1]


def flow_numbers(text):
    listed, _, more = text.partition(' and ')
    return [int(n) for n in re.findall(r'\d+', listed)]


@form(r'flows? ([\d, ]+(?: and \d+ more)?) of (the client|the server|other hosts) went on')
def went_on(stall, frames, numbers, whose):
    for number in flow_numbers(numbers):
        wrong, packets = witness(stall, number, whose)
        if wrong:
            return wrong
        if not between(packets, stall.start, stall.over):
            return 'flow %d: nothing of that host during the stall' % number
    return None


@form(r'flows? ([\d, ]+(?: and \d+ more)?) of (the client|the server|other hosts) fell silent too')
def fell_silent(stall, frames, numbers, whose):
    for number in flow_numbers(numbers):
        wrong, packets = witness(stall, number, whose)
        if wrong:
            return wrong
        if stall.book.flows[number].closed_before(stall.start):
            return 'flow %d was closed before' % number
        if not any(p.time <= stall.over for p in packets):
            return 'flow %d had not begun' % number
        times = sorted({stall.start, stall.over, *(p.time for p in between(packets, stall.start, stall.over))})
        longest = max([b - a for a, b in zip(times, times[1:])] + [0])
        if 2 * longest < stall.over - stall.start:
            return 'flow %d: %d packets of that host during the stall' % (number, len(times) - 2)
    return None


def witness(stall, number, whose):
    """(why the flow is no witness, its packets of the hosts in question)"""
    if number not in stall.book.rows:
        return 'flow %d does not exist' % number, []
    if number == stall.flow.id:
        return 'flow %d is the stall itself' % number, []
    flow = stall.book.flows[number]
    if whose == 'other hosts':
        near = stall.book.near and stall.flow.host(stall.book.near)
        return None, [p for p in flow.packets if p.src != near]
    host = stall.flow.host(SIDE[whose.rpartition(' ')[2]])
    if host not in flow.hosts:
        return 'flow %d is none of that host' % number, []
    return None, [p for p in flow.packets if p.src == host]


@form(r'(\d+) messages? of the (client|server) arrived within 150 ms of the resume')
def backlog(stall, frames, count, who):
    side = SIDE[who]
    keepalive = stall.flow.row['keepalive']
    if keepalive and keepalive['profile'] != 'periodic':
        return None  # decoded: a packet may hold many messages
    # What is meant begins when the cause was over, or when the stall's own messages came again.
    came = max(sum(1 for p in stall.flow.from_side[side] if p.payload and at <= p.time <= at + RESUME + 10**6)
               for at in (stall.until, stall.over))
    return None if int(count) <= came else 'only %d packets with payload arrived then' % came


# ---- the pattern of the stall: the sentence that the verdict rests on ----

def unacknowledged(stall, side):
    """Data for `side` sent during the stall, a second before its end at the latest, that it never acknowledged."""
    acks = [p.ack for p in stall.flow.from_side[side] if p.flags & ACK and p.time <= stall.until]
    highest = None
    for ack in acks:
        highest = ack if highest is None or after(ack, highest) else highest
    return [p for p in stall.sent(OTHER[side], None, stall.until - SECOND)
            if p.payload and not p.flags & RST and (highest is None or after(p.next, highest)) and not probe(p)]


@form(r"the (client|server)'s kernel acknowledged what it was sent, so host and path were alive; .*")
@form(r'nothing sent to the (client|server) was left unanswered and its other flows went on: .*')
@form(r'the (client|server) was silent on this flow only, and nothing sent to it was left unanswered')
def all_acknowledged(stall, frames, who):
    if not stall.flow.tcp:
        return None
    left = unacknowledged(stall, SIDE[who])
    return 'frame %d was never acknowledged' % left[0].frame if left else None


@form(r'the (client|server) had nothing waiting to be sent again: .*')
@form(r'the (client|server) had nothing waiting to be sent again, and no other flow of it tells .*')
def nothing_waited(stall, frames, who):
    side = SIDE[who]
    again = [p for p in stall.sent(side) if p.frame in stall.fresh(side).repeats and not probe(p)] if stall.flow.tcp else []
    return 'frame %d was sent again' % again[0].frame if again else None


@form(r"the (client|server)'s receive window was closed: .*")
def window_was_closed(stall, frames, who):
    side = SIDE[who]
    shut = [p for p in stall.flow.from_side[side] if not p.window and not p.flags & (SYN | RST)
            and p.time <= stall.until]
    return None if shut else 'it was never closed'


@form(r'what arrived at the end carries time stamps from the silence: .*')
@form(r'single messages of the (client|server) came, several times farther apart than before: .*')
def told_by_clocks(stall, frames, *_):
    return None


@form(r'packets of the (client|server) kept arriving here, yet it acknowledged nothing sent to it')
def one_way(stall, frames, who):
    side = SIDE[who]
    if not stall.heard(side):
        return 'no packet of that host arrived'
    if stall.flow.tcp:
        before_ = [p.ack for p in stall.flow.from_side[side] if p.time <= stall.start and p.flags & ACK]
        meant = [p for p in stall.sent(side, None, stall.over - RESUME) if p.flags & ACK and before_
                 and after(p.ack, before_[-1]) and any(q.payload and q.time > stall.start for q in
                                                       stall.sent(OTHER[side]) if not after(q.next, p.ack))]
        if meant:
            return 'frame %d acknowledges data' % meant[0].frame
    return None


@form('this connection was dead while other flows between the same two hosts went on')
def one_flow(stall, frames):
    return None if others_between(stall) else 'no other flow of these hosts went on'


@form(r'on this connection packets of the (client|server) arrived, but nothing reached it; other flows went on')
def one_flow_one_way(stall, frames, who):
    if not others_between(stall):
        return 'no other flow of these hosts went on'
    return None if stall.sent(SIDE[who]) else 'no packet of that side arrived on this connection'


def others_between(stall):
    return [row['id'] for row in stall.book.report['flows'] if row['id'] != stall.flow.id
            and stall.book.flows[row['id']].hosts == stall.flow.hosts
            and between(stall.book.flows[row['id']].packets, stall.start, stall.over)]


@form(r'not one packet of the (client|server) arrived, on any flow')
def not_one(stall, frames, who):
    if stall.row['kind'] == 'app-silence':
        return 'an app-silence: its system kept answering'
    return first_heard(stall, SIDE[who], [])


def first_heard(stall, side, kinds):
    heard = [p for p in stall.heard(side) if p.kind not in kinds]
    return 'frame %d of it arrived %.3f s into the stall' % (
        heard[0].frame, (heard[0].time - stall.start) / 1e9) if heard else None


@form(r'the (client|server) was heard in ARP meanwhile, so it was on the link, but none of its IP packets arrived')
def only_arp(stall, frames, who):
    return first_heard(stall, SIDE[who], ('arp', 'ask', 'tell'))


@form(r'the (client|server) answered a retransmission with RST after the silence: .*')
def state_lost(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    return None if any(p.flags & RST and p.src == host and p.time > stall.start for p in stall.flow.packets) else \
        'no RST of it'


@form(r'every host fell silent for the (client|server) at the same time: its own link or radio')
def alone(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    heard = [p for p in between(stall.capture.packets, stall.quiet, stall.over - RESUME) if p.src is not None and p.src != host
             and (p.dst == host or p.kind == 'arp')]
    return 'frame %d of another host arrived' % heard[0].frame if heard else None


@form(r'the (client|server) neither sent nor heard anything on any flow, and nothing had waited .*')
def neither(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    some = [p for p in between(stall.capture.packets, stall.quiet, stall.over - RESUME) if host in (p.src, p.dst)]
    return 'frame %d is of it' % some[0].frame if some else None


@form(r'the (client|server) went on where it had stopped, without what was due meanwhile: .*')
def not_made(stall, frames, who):
    side = SIDE[who]
    later = [p for p in stall.flow.from_side[side] if p.time >= stall.until and p.payload]
    earlier = [p for p in stall.flow.from_side[side] if p.time <= stall.start]
    if not later or not earlier:
        return 'nothing came before or after'
    return None if not after(later[0].seq, max((p for p in earlier), key=lambda p: p.frame).next) else \
        'frame %d leaves out bytes' % later[0].frame


@form(r'nothing of the (client|server) came until its kernel acknowledged at once what it was sent; .*')
@form(r'nothing at all was captured until a packet woke the (client|server): it slept')
@form(r'the (client|server) was silent everywhere and then joined the network again')
def back_late(stall, frames, who):
    return None


@form(r'the (client|server) answered each SYN with RST: nothing listens on that port')
def refused(stall, frames, who):
    for syn in stall.attempts():
        if not any(p.flags & (RST | SYN) and p.ends == syn.ends[::-1] and p.time >= syn.time
                   and (p.flags & RST or p.time >= stall.until - RESUME) for p in stall.capture.flow('tcp', *syn.ends)):
            return 'frame %d got no RST' % syn.frame
    return None


@form(r'the server closed its connections and then refused new ones: its process was gone')
def refused_after_close(stall, frames):
    server = stall.flow.ends['b']
    closed = [p for key, packets in stall.capture.flows.items() if server in key[1:] for p in packets
              if p.ends[0] == server and p.kind == 'tcp' and p.flags & (FIN | RST) and not p.flags & SYN]
    return None if closed else 'it closed nothing'


@form(r'no SYN was answered though the (client|server) itself was alive: .*')
def deaf(stall, frames, who):
    wrong = syn_answered(stall)
    if wrong:
        return wrong
    host = stall.flow.host(SIDE[who])
    near = stall.book.near and stall.flow.host(stall.book.near) == host
    return None if near or stall.capture.sent_by.get(host) or stall.capture.answers.get(host) else \
        'nothing was ever heard of it'


@form(r'no SYN was answered and nothing else was heard of the (client|server)')
def deaf_or_gone(stall, frames, who):
    return syn_answered(stall) or first_heard(stall, SIDE[who], ())


def syn_answered(stall):
    for syn in stall.attempts():
        for p in stall.capture.flow('tcp', *syn.ends):
            if p.ends == syn.ends[::-1] and p.flags & SYN and stall.start <= p.time < stall.until - RESUME:
                return 'frame %d answers frame %d' % (p.frame, syn.frame)
    return None


@form('the address was sought and nobody answered, neither ARP nor SYN')
def nobody(stall, frames):
    host = stall.flow.host('b')
    if not between(stall.capture.questions.get(host, []), stall.start - SECOND, stall.until + 1):
        return 'it was not sought'
    return syn_answered(stall) or spoken(stall, host)


def spoken(stall, host):
    told = between(stall.capture.answers.get(host, []), stall.start, stall.over)
    return 'frame %d of that address' % told[0].frame if told else None


@form('an ICMP error says the destination could not be reached')
@form(r'a router says that the (client|server) could not be reached: it does not answer on its own link')
@form(r'the (client|server) answers with an ICMP error: no program of it listens on that port')
def told_by_icmp(stall, frames, *_):
    quotes = [p for p in stall.capture.packets if p.kind == 'icmp' and p.type in (1, 3)
              and all(host in p.data[p.at:] for host in stall.flow.hosts)]
    return None if quotes else 'no such message quotes these hosts'


@form(r'packets of the (client|server) were heard, but questions for its address stayed unanswered')
@form(r'packets of the (client|server) kept arriving here, yet neither data nor questions for its address reached it')
def unresolved(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    if not between(stall.capture.sent_by.get(host, []), stall.start - 1, stall.until + 1):
        return 'no packet of it was heard'
    return None if between(stall.capture.questions.get(host, []), stall.start - 1, stall.until + 1) else \
        'nobody asked for that address'


@form(r'the (client|server) was reachable but sent nothing, and in the end it closed the connection itself')
def closed_late(stall, frames, who):
    return closes(stall, SIDE[who], FIN)


@form(r'the (client|server) was reachable but sent nothing, and in the end its kernel reset the connection')
def reset_late(stall, frames, who):
    return closes(stall, SIDE[who], RST)


def closes(stall, side, flag):
    return None if any(p.flags & flag and p.time > stall.start for p in stall.flow.from_side[side]) else \
        'it did not close'


# ---- against a cause ----

@form('its messages were produced during the silence and arrived as a backlog')
def were_produced(stall, frames):
    found, wrong = packets_of(stall, frames)
    return wrong or (None if any(p.payload for p in found) else 'no payload in these frames')


@form("the kernel's own clock stood still as well, by its TCP time stamps")
@form('a stream that nobody answers stopped, and no number of a later packet tells whether its sender went on')
@form(r"across the silence the sender's (?:sequence numbers|IPv4 identifications) moved on by (\d+) more than the datagrams seen; (\d+) were due")
def said_elsewhere(stall, frames, *_):
    return packets_of(stall, frames)[1]


# ---- the words of core/verdict/observations.def ----

UNITS = {'d': 86400 * SECOND, 'h': 3600 * SECOND, 'min': 60 * SECOND, 's': SECOND, 'ms': 10**6, 'us': 10**3, 'ns': 1}


def span_of(text):
    """(nanoseconds, how far rounding may be off) of "31.4 s", "1 min 13 s", "576.8 ms"."""
    parts = [(number, UNITS[unit]) for number, unit in re.findall(r'(\d+(?:\.\d+)?) (d|h|min|s|ms|us|ns)\b', text)]
    total = sum(float(number) * unit for number, unit in parts)
    number, unit = parts[-1]
    return int(total), unit // 10 ** len(number.partition('.')[2]) + 1


@form(r'the (client|server) retransmitted (\d+) packets? without an acknowledgment')
@form(r'the (client|server) retransmitted (\d+) packets? that are in this capture, without an acknowledgment of the (?:client|server)')
def retransmitted(stall, frames, who, count):
    return sent_again(stall, frames, who, count)


@form(r'nothing that the (client|server) sent was retransmitted without an acknowledgment')
@form(r'the (client|server) had nothing waiting to be retransmitted(?:: its application sent nothing)?')
def nothing_retransmitted(stall, frames, who):
    if not stall.flow.tcp:
        return None
    side = SIDE[who]
    acks = [p.ack for p in stall.flow.from_side[OTHER[side]] if p.flags & ACK and p.time <= stall.until]
    left = [p for p in stall.sent(side, stall.quiet) if p.frame in stall.fresh(side).repeats and not probe(p)
            and not any(not after(p.next, ack) for ack in acks)]
    return 'frame %d was, and is not acknowledged' % left[0].frame if left else None


@form(r'packets of the (client|server) kept arriving on this connection, but acknowledged nothing of what the (client|server) retransmitted')
@form(r'the close of the (client|server) arrived, but acknowledged nothing of what the (client|server) retransmitted')
def heard_one_way(stall, frames, who, other):
    if not stall.sent(SIDE[who], None, stall.shown + 1):
        return 'no packet of it arrived on this connection'
    found, wrong = packets_of(stall, frames)
    if wrong:
        return wrong
    again = [p for p in stall.sent(SIDE[other]) if p.frame in stall.fresh(SIDE[other]).repeats and not probe(p)]
    for p in found:
        if p.ends[0] == stall.flow.ends[SIDE[who]] and p.flags & ACK and not p.flags & RST and p.time < stall.over - RESUME:
            covered = [q for q in again if q.frame < p.frame and not after(q.next, p.ack)]
            if covered:
                return 'frame %d acknowledges frame %d' % (p.frame, covered[-1].frame)
    until = max([stall.over - RESUME] + [p.time + 1 for p in found if p.flags & FIN])  # which may end the stall
    left = [p for p in again if any(p.frame < q.frame and q.flags & ACK and after(p.next, q.ack)
                                    for q in stall.sent(SIDE[who], p.time, until))]
    return None if left else 'each packet acknowledged it'


@form(r'packets of the (client|server) kept arriving on this connection')
def kept_arriving(stall, frames, who):
    return None if stall.sent(SIDE[who], stall.quiet, stall.over - RESUME) else 'no packet of it arrived'


@form(r'the (client|server) sent no packet on this connection meanwhile')
def sent_none(stall, frames, who):
    some = stall.sent(SIDE[who], stall.quiet, stall.over - RESUME)
    return 'frame %d is of it' % some[0].frame if some else None


@form(r'the (client|server) retransmitted (\d+) packets? that the (client|server) had already acknowledged(?: in this capture)?')
def acknowledged_already(stall, frames, who, count, other):
    side, acks, found = SIDE[who], None, 0
    again, wrong = packets_of(stall, frames, side)
    if wrong or not again:
        return wrong or 'no frame shows it'
    for p in stall.flow.packets:
        if p.frame > max(q.frame for q in again):
            break
        if p.ends[0] == stall.flow.ends[side]:
            found += bool(p.frame >= again[0].frame and p.frame in stall.fresh(side).partly and acks is not None
                          and not after(p.next, acks))
        elif p.flags & ACK:
            acks = p.ack if acks is None or after(p.ack, acks) else acks
    return None if found >= int(count) else 'only %d such packets' % found


@form(r"the (client|server)'s sequence numbers moved on by (\d+) bytes? that are not in this capture")
def not_captured(stall, frames, who, count):
    return moved_on(stall, frames, who, count)


@form(r'the (client|server) sent other new packets on this connection')
def sent_new(stall, frames, who):
    return None if stall.sent(SIDE[who]) else 'none'


@form(r"the (client|server)'s kernel acknowledged data (?:during the silence|before its next message|meanwhile)")
def kernel_acknowledged(stall, frames, who):
    return acknowledges(stall, frames, SIDE[who], stall.start, stall.until) if frames else None


@form(r"the (client|server)'s kernel answered (?:a )?keep-alive probes? (?:during the silence|before its next message|meanwhile)")
def answered_probes(stall, frames, who):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong:
        return wrong
    for p in found:
        asked = [q for q in stall.flow.from_side[OTHER[SIDE[who]]] if q.frame < p.frame]
        if not asked or not probe(asked[-1]) or after(p.ack, asked[-1].seq + 1 & 0xffffffff) or not stall.start <= p.time <= stall.until:
            return 'frame %d answers no probe inside the stall' % p.frame
    return None


@form(r"the (client|server)'s kernel acknowledged the request that its application did not answer")
def received(stall, frames, who):
    return None if acked(stall, frames, SIDE[who]) else 'no packet of it acknowledges the request'


@form(r"the (client|server)'s host did not acknowledge what it was sent")
def not_received(stall, frames, who):
    return 'a packet of it does' if acked(stall, frames, SIDE[who]) else None


def acked(stall, frames, side):
    """Does a packet of this side acknowledge what the first of these frames brought, before the stall ends?"""
    asked = [p for p in stall.flow.packets if p.frame in frames]
    return any(p.flags & ACK and not p.flags & RST and not after(asked[0].next, p.ack)
               for p in stall.sent(side, asked[0].time, stall.until - 1)) if asked else False


@form(r'the (client|server) went on sending on (flows? [\d, ]+(?: and \d+ more)?)')
def sends_on(stall, frames, who, numbers):
    return went_on(stall, frames, numbers.partition(' ')[2], 'the ' + who)


@form(r'the (client|server) sent nothing on (flows? [\d, ]+(?: and \d+ more)?) either')
def sends_nothing(stall, frames, who, numbers):
    return fell_silent(stall, frames, numbers.partition(' ')[2], 'the ' + who)


@form(r'nothing of the (client|server) came until its kernel acknowledged data; its application sent nothing for .* more')
@form(r'the (client|server) asked (?:\d+) times again for the address of the (?:client|server), though the (?:client|server) had just answered')
@form(r'the (client|server) kept sending datagrams')
def kept_on(stall, frames, who):
    return packets_of(stall, frames)[1]


@form(r'the (client|server) asked again and again for bytes of the (client|server) that did not come')
def asked_for_bytes(stall, frames, who, other):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong or not found:
        return wrong or 'no frame shows it'
    wanted = found[0].ack
    if sum(p.ack == wanted for p in stall.flow.from_side[SIDE[who]] if p.flags & ACK) < 2:
        return 'that byte is asked for once'
    came = [p for p in stall.sent(SIDE[other], found[0].time, stall.quiet + (stall.over - stall.quiet) // 2)
            if p.payload and not after(p.seq, wanted) and after(p.next, wanted)]
    return 'frame %d brings it' % came[0].frame if came else None


@form(r'(\d+) bytes of the (client|server) in a row did not come, while shorter segments of it did')
def lacks_longest(stall, frames, count, who):
    return asked_for_bytes(stall, frames, {'client': 'server', 'server': 'client'}[who], who)


@form(r'the (client|server) acknowledged other packets of the (client|server) meanwhile')
def reached(stall, frames, who, other):
    ends = stall.flow.host(SIDE[who]), stall.flow.host(SIDE[other])
    return None if any(p.ends and p.ends[1][0] == ends[1] and p.flags & ACK for p in between(
        stall.capture.sent_by.get(ends[0], []), stall.start, stall.until)) else 'it sent nothing there'


@form(r'the (client|server) asked for the address of the (client|server): it had a way to send')
def had_a_way(stall, frames, who, other):
    return None if stall.capture.questions.get(stall.flow.host(SIDE[other])) else 'nobody asked for it'


@form(r"the (client|server)'s program sent HTTP/2 frames meanwhile: it ran")
def program_ran(stall, frames, who):
    return None if any(p.payload for p in stall.sent(SIDE[who], stall.start, stall.until)) else 'it sent nothing'


@form(r"the (client|server)'s application sent no datagram on this flow meanwhile")
def sent_no_datagram(stall, frames, who):
    some = stall.sent(SIDE[who], stall.quiet, stall.over - RESUME)
    return 'frame %d is of it' % some[0].frame if some else None


@form(r'the (client|server) answered (\d+) questions at once in the end: they had waited, and were not lost')
def answered_at_once(stall, frames, who, count):
    times = [p.time for p in stall.flow.from_side[SIDE[who]] if p.time >= stall.start]
    near = max((sum(t <= u < t + RESUME + SECOND // 100 for u in times) for t in times), default=0)
    return None if near >= int(count) else 'only %d answers at once' % near


@form(r'flow (\d+) between the same two hosts stalled at the same time')
def went_on_together(stall, frames, number):
    if stall.book.flows[int(number)].hosts != stall.flow.hosts:
        return 'it is of other hosts'
    for other in stall.book.report['stalls']:
        begin, end = nanoseconds(other['start']), nanoseconds(other['end'])
        if other['flow'] == int(number) and begin < stall.until and (end is None or end > stall.start - SECOND):
            return None
    return 'no stall of it at that time'


@form(r'the (client|server) then went on with the same connection')
def went_on_there(stall, frames, who):
    found, wrong = packets_of(stall, frames, SIDE[who])
    return wrong or (None if found and found[0].payload and found[0].time >= stall.start else 'no message of it')


@form(r'the first packet of the (client|server) echoes the timestamp of one that the (client|server) had sent (.+) before, so the (?:client|server) received it meanwhile')
def had_heard(stall, frames, who, other, span):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong or not found:
        return wrong or 'no frame shows it'
    claimed, rounding = span_of(span)
    sent = [q for q in stall.flow.from_side[SIDE[other]] if q.stamp == found[-1].echo]
    return None if any(abs(found[-1].time - q.time - claimed) <= rounding + SECOND // 20 for q in sent) else \
        'no packet of that age is echoed'


@form(r'the (client|server) sent segments of (\d+) bytes again and again in vain, while smaller ones were acknowledged')
def large_only(stall, frames, who, length):
    side = SIDE[who]
    large = [p for p in stall.flow.from_side[side] if p.payload == int(length) and p.frame in stall.fresh(side).partly]
    return packets_of(stall, frames, side)[1] or (None if len(large) > 1 else 'not sent again so often')


@form(r'(\d+) datagrams? of the (client|server) went out in fragments; those that were answered before did not')
@form(r'(\d+) datagrams? of the (client|server) arrived without all of their fragments')
def in_fragments(stall, frames, count, who):
    return packets_of(stall, frames, SIDE[who])[1]


@form(r'ICMP says that fragments of the (client|server) never came together at the (client|server)')
def never_joined(stall, frames, who, at):
    found, wrong = packets_of(stall, frames)
    where, whose = stall.flow.host(SIDE[at]), stall.flow.host(SIDE[who])
    return wrong or (None if found and all((p.type, p.code) == (11, 1) and p.src == where and p.dst == whose
                                           for p in found) else 'no such message')


@form(r"the (client|server)'s own timer was due, and no data of it arrived on this connection, not even again")
def beat_gone(stall, frames, who):
    some = [p for p in stall.sent(SIDE[who], stall.quiet, stall.over - RESUME) if p.payload]
    return 'frame %d is of it' % some[0].frame if some else None


@form(r'(flows? [\d, ]+(?: and \d+ more)?) between the same two hosts began meanwhile, and worked')
def began_meanwhile(stall, frames, numbers):
    for number in flow_numbers(numbers):
        flow = stall.book.flows[number]
        if flow.hosts != stall.flow.hosts or flow.packets[0].time < stall.start:
            return 'flow %d is of others, or began before' % number
        if not all(any(p.payload for p in flow.from_side[side]) for side in 'ab'):
            return 'flow %d carried nothing' % number
    return None


@form(r'pings of the (client|server) kept arriving')
@form(r'the (client|server) answered pings of the (?:client|server)')
def pings(stall, frames, who):
    found, wrong = packets_of(stall, frames)
    host = stall.flow.host(SIDE[who])
    return wrong or (None if found and all(p.kind == 'icmp' and p.src == host for p in found) else 'no ping of it')


@form(r"the (client|server)'s kernel sent (\d+) TCP probes?(?: without an answer|, and the (?:client|server)'s did not answer)")
def probed(stall, frames, who, count):
    found = [p for p in stall.sent(SIDE[who], stall.start - 1, stall.until + 1) if probe(p)]
    return None if len(found) >= int(count) else 'only %d probes' % len(found)


@form(r'the (client|server) asked (\d+) times without an answer')
def asked_again(stall, frames, who, count):
    """The question may be repeated from other ports."""
    to = stall.flow.ends[OTHER[SIDE[who]]]
    sent = [p for p in between(stall.capture.sent_by.get(stall.flow.host(SIDE[who]), []), stall.start - 1, stall.until + 1)
            if p.kind == 'udp' and p.ends[1] == to]
    return None if len(sent) >= int(count) else 'only %d datagrams' % len(sent)


@form(r"the (client|server)'s interface came up as the silence ended: it probed for its address, or reported its groups unasked")
def interface_up(stall, frames, who):
    return packets_of(stall, frames)[1]


@form(r"the (client|server)'s TCP timestamp clock went on over the silence")
def clock_went_on(stall, frames, who):
    stamps = [p for p in stall.flow.from_side[SIDE[who]] if p.stamp is not None]
    inside = [q.stamp - p.stamp & 0xffffffff for p, q in zip(stamps, stamps[1:]) if q.time - p.time > 2 * SECOND]
    return None if any(0 < step < 1 << 31 for step in inside) else 'no clock that went on'


@form(r'two MAC addresses claim the (client|server), one of them ([\da-f:]+)')
def claimed_by_two(stall, frames, who, mac):
    return packets_of(stall, frames)[1]


@form(r'packets of the server arrived meanwhile')
def server_heard(stall, frames):
    return was_heard(stall, frames, 'server')


@form(r'the (client|server) was heard during the silence')
def was_heard(stall, frames, who):
    """By IP, between the edges: the packet that ends a stall was not heard meanwhile."""
    host = stall.flow.host(SIDE[who])
    heard = between(stall.capture.sent_by.get(host, []), stall.start, stall.until)
    strange = set(frames) - {p.frame for p in heard}
    if strange:
        return 'frames %s are not of it, or not between the edges' % sorted(strange)
    return None if heard else 'no packet of it arrived'


@form('nothing was heard of the server until it answered')
def nothing_until(stall, frames):
    heard = between(stall.capture.sent_by.get(stall.flow.host('b'), []), stall.start, stall.until)
    return 'frame %d is of it' % heard[0].frame if heard else None


def by_ip(stall, side):
    """What that host sent on any flow, but neighbor discovery (RFC 4861): that is IPv6's ARP."""
    return [p for p in stall.capture.sent_by.get(stall.flow.host(side), []) if p.time is not None and p.kind not in ('ask', 'tell')
            and not (p.kind == 'icmp' and len(p.src) == 16 and p.type in (133, 134, 137))]


@form(r'no IP packet of the (client|server) arrived for (.+), on any flow')
@form(r'no packet of the (client|server) but neighbor discovery arrived for (.+), on any flow')
def none_for(stall, frames, who, span):
    claimed, rounding = span_of(span)
    times = sorted(p.time for p in by_ip(stall, SIDE[who]))
    edges_ = [min(stall.capture.packets[0].time, stall.start), *times, max(stall.book.last, stall.until)]
    longest = max([b - a for a, b in zip(edges_, edges_[1:]) if b > stall.start and a < stall.until] + [0])
    return None if claimed - rounding <= longest else 'the longest time without one was %.3f s' % (longest / 1e9)


@form(r'(flows? [\d, ]+(?: and \d+ more)?) between the same two hosts (went on|fell silent too)')
def same_hosts(stall, frames, numbers, what):
    for number in flow_numbers(numbers):
        if number in stall.book.rows and stall.book.flows[number].hosts != stall.flow.hosts:
            return 'flow %d is of other hosts' % number
    whose = 'the client' if stall.book.near == 'b' else 'the server'
    return (went_on if what == 'went on' else fell_silent)(stall, frames, numbers.partition(' ')[2], whose)


@form(r'(flows? [\d, ]+(?: and \d+ more)?), on which the (client|server) talks with other hosts, fell silent too')
def with_others(stall, frames, numbers, who):
    return fell_silent(stall, frames, numbers.partition(' ')[2], 'other hosts')


@form('nothing at all was captured for most of the silence')
def nothing_captured(stall, frames):
    times = [stall.start, *(p.time for p in between(stall.capture.packets, stall.start, stall.until)), stall.until]
    longest = max(b - a for a, b in zip(times, times[1:]))
    return None if 2 * longest > stall.over - stall.start else 'at most %.3f s without a packet' % (longest / 1e9)


@form(r'the (client|server) sent (?:ARP|neighbor discovery) packets meanwhile')
def arp_meanwhile(stall, frames, who):
    return sent_arp(stall, frames, who)


@form(r'packets of the (client|server) arrived, but (\d+) (?:ARP|neighbor discovery) requests? for its address stayed unanswered')
def unresolved_count(stall, frames, who, count):
    return unresolved(stall, frames, who) or unanswered(stall, frames, count, who)


@form(r"(?:ARP|neighbor discovery) requests for the (client|server)'s address had stayed unanswered before its RST")
def sought_before(stall, frames, who):
    host = stall.flow.host(SIDE[who])
    return None if stall.capture.questions.get(host) else 'nobody asked for it'


@form(r'(data as long as )?(\d+) messages? of the (client|server) arrived within (.+) of its resume: it had sent them, and they had waited')
def waited(stall, frames, by_length, count, who, span):
    return together(stall, by_length, count, who, span)


@form(r'of what the (client|server) missed, (data as long as )?(\d+) messages? arrived within (.+) of its resume')
@form(r'the (client|server) sent (?:only )?(data as long as )?(\d+) messages? within (.+) of its resume')
def sent_within(stall, frames, who, by_length, count, span):
    return together(stall, by_length, count, who, span)


def together(stall, by_length, count, who, span):
    keepalive, side = stall.flow.row['keepalive'], SIDE[who]
    if keepalive and keepalive['profile'] != 'periodic':
        return None  # decoded: a packet may hold many messages
    length = sum(span_of(span))
    came = max(([p for p in stall.flow.from_side[side] if p.payload and at <= p.time <= at + length]
                for at in [stall.until, stall.over]  # or at the first that is no retransmission
                + [p.time for p in stall.sent(side, stall.over - 1, stall.until + RESUME)]), key=len)
    if by_length:
        usual = collections.Counter(p.payload for p in stall.flow.from_side[side] if p.payload).most_common(1)
        size = sum(p.payload for p in came)
        return None if usual and size >= (int(count) - 1) * usual[0][0] / 2 else 'only %d bytes arrived then' % size
    return None if int(count) <= len(came) else 'only %d packets with payload arrived then' % len(came)


@form(r'(?:data as long as )?(\d+) messages? of the (?:client|server) arrived together at the end: they had waited')
@form(r'messages of the (client|server) left together at the end: they had waited')
@form(r"the (client|server)'s TCP timestamp clock lost time over the silence")
@form(r'packets arrived with TCP timestamps (.+) older than their arrival')
@form(r'(\d+) different timestamps sent into the silence were echoed at once after it')
@form(r'single messages of the (client|server) came, several times farther apart than before')
@form(r'the capture says that this packet woke the (client|server)')
@form(r'the (client|server) went on where it had stopped, without the messages due meanwhile: .*')
def by_the_resume(stall, frames, *_):
    return packets_of(stall, frames)[1]


@form(r'the (client|server) answered with RST(?: what the (?:client|server) had sent)?')
def with_reset(stall, frames, who):
    return reset(stall, frames, who)


@form(r'the (client|server) then closed the connection with (FIN|RST)')
def closed_then(stall, frames, who, how):
    return then_closed(stall, frames, who, how)


@form(r'the (client|server) closed the connection (.+) after the last message of either side: as a timer does')
def closed_on_time(stall, frames, who, span):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong or not found or not found[0].flags & (FIN | RST):
        return wrong or 'no close in these frames'
    last = max([p.time for p in stall.flow.packets if p.payload and p.time < found[0].time], default=None)
    claimed, rounding = span_of(span)
    return None if last and -SECOND // 20 <= found[0].time - last - claimed <= SECOND else 'not after such a time'


@form(r'the (client|server) then opened new connections(, and nothing more of it came on this one)?')
def opened_anew(stall, frames, who, dead):
    host = stall.flow.host(SIDE[who])
    syns = [p for p in stall.capture.sent_by.get(host, []) if p.kind == 'tcp' and p.flags & (SYN | ACK) == SYN
            and p.time > stall.start]
    late = [p for p in stall.flow.from_side[SIDE[who]] if syns and p.time > syns[0].time]
    return 'it opened none' if not syns else 'frame %d came on this one' % late[0].frame if dead and late else None


@form(r'both ends are one host: what it sends to itself passes no link')
def one_host(stall, frames):
    a, b = stall.flow.hosts if len(set(stall.flow.hosts)) == 2 else (list(stall.flow.hosts)[0],) * 2
    return None if a == b or str(a).startswith('127.') else 'they are two'


@form(r'the stream came back (.+) after a host reported the group without being asked')
def joined_again(stall, frames, span):
    return None if len(frames) == 2 and frames[0] < frames[1] else 'no report before it'


@form(r'the (client|server) announced a receive window of 0')
def window_of_nothing(stall, frames, who):
    return closed_window(stall, frames, who)


@form(r'data came as soon as the (client|server) widened its HTTP/2 window')
def widened_at_last(stall, frames, who):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong:
        return wrong
    if not found:
        return 'no frame shows it'
    data = [p for p in stall.flow.from_side[OTHER[SIDE[who]]] if p.payload and found[0].time <= p.time <= found[0].time + SECOND]
    return None if found[0].payload and data else 'no data within a second of it'


@form(r'the (client|server) left its receive window at (\d+) bytes at most, too few for a segment')
def small_window(stall, frames, who, most):
    found, wrong = packets_of(stall, frames, SIDE[who])
    if wrong:
        return wrong
    if not stall.flow.row['handshake']:
        return 'nobody knows the scale'
    scale = [p.scale for p in stall.flow.packets if p.flags & SYN]
    shift = scale[0 if SIDE[who] == 'a' else 1] if len(scale) > 1 and None not in scale else 0
    larger = [p for p in stall.sent(SIDE[who]) if p.window << shift > int(most) and not p.flags & (RST | SYN)]
    return 'frame %d announces more' % larger[0].frame if larger else None


@form(r'the MAC address of the (client|server) appears with (\S+)')
def mac_appears(stall, frames, who, new):
    return moved(stall, frames, who, new)


@form(r'the client tried to connect, and none of these attempts was answered for (.+)')
def not_answered_for(stall, frames, span):
    told, rounding = span_of(span)
    return none_answered(stall, frames) or \
        (None if abs(stall.until - stall.start - told) <= rounding else 'the stall is not so long')


@form(r'none of these attempts was answered')
def none_answered(stall, frames):
    """Attempts are connections: others of the same client may have been answered meanwhile."""
    to, vain = stall.flow.ends['b'], set()
    for syn in stall.attempts():
        if not any(p.ends == syn.ends[::-1] and p.flags & SYN and p.ack == syn.next and syn.time <= p.time < stall.until
                   for p in stall.capture.flow('tcp', *syn.ends)):
            vain.add((syn.sport, syn.seq))
    own = [p for p in stall.flow.packets if p.ends[1] == to and p.flags & (SYN | ACK) == SYN]
    if not own or (own[0].sport, own[0].seq) not in vain:
        return 'the first of them was'
    return None if len(vain) >= (stall.row['attempts'] or 0) else 'only %d were not' % len(vain)


@form(r'the server had closed its connections of this service shortly before')
def closed_shortly(stall, frames):
    return refused_after_close(stall, frames)


@form(r'the server itself was alive: it sent (?:ARP|neighbor discovery) packets')
def alive_by_arp(stall, frames):
    return None if stall.capture.answers.get(stall.flow.host('b')) else 'no ARP of it'


@form('the (client|server) itself was alive: it was heard meanwhile')  # "client": one host that is both
def alive_itself(stall, frames, who):
    return was_heard(stall, frames, who)


@form('nothing else was heard of the server')
def nothing_else(stall, frames):
    return nothing_until(stall, frames)


@form(r'the (client|server) asked (\d+) times? for the address of the (client|server) without an answer')
def asked_in_vain(stall, frames, who, count, other):
    return unanswered(stall, frames, count, other)



# ---- what a log of an application says: matched in test_log.py ----

LOG = r"the (?:client|server)'s log \(.*\) "


@form(LOG + r'tells of (\d+) messages? sent during the silence; the capture has none of them then')
@form(LOG + r'went on: (\d+) lines? during the silence.*')
@form(LOG + r'tells of (\d+) messages? received during the silence, which this capture did not see')
@form(LOG + r'says (\d+) times? that nothing comes')
@form(LOG + r'records \d+ messages? sent during the silence; none of them is in this capture then')
@form(LOG + r'paused too')
def of_a_log(stall, frames, *_):
    return None


# ---- what holds of each stall ----

def edges(stall):
    """Times equal those of their frames, which are of this flow; lengths are differences."""
    row, frames = stall.row, stall.capture.by_frame
    if row['duration_ns'] != stall.until - stall.start:
        yield 'duration_ns %d is not end - start' % row['duration_ns']
    if row['end'] is None and not row['open'] and row['new_flow'] is None:
        yield 'it has no end, is not open, and nothing replaced it'
    if row['open'] and row['recovery'] == 'new-connection':
        yield 'open, and recovered by a new connection'
    for key, at in (('frame_before', stall.start), ('frame_after', stall.end)):
        packet = frames.get(row[key])
        if row[key] is None:
            continue
        if packet is None:
            yield '%s %d does not exist' % (key, row[key])
        elif packet.time is not None and packet.time != at:
            yield '%s %d is not stamped as the edge' % (key, row[key])
        elif packet.kind in ('tcp', 'udp') and not {packet.src, packet.dst} <= stall.flow.hosts and not row['new_flow'] \
                and not (key == 'frame_after' and cut_short(stall)):
            yield '%s %d is of other hosts' % (key, row[key])
        elif key == 'frame_before' and set(packet.ends) != set(stall.flow.ends.values()):
            yield '%s %d is not of this flow' % (key, row[key])
    if row['cause_end'] is not None and not stall.start <= stall.over <= stall.until:
        yield 'cause_end is outside the stall'


def cut_short(stall):
    """Does it end where the capture paused, or where another one begins in the same file?"""
    return any(row['id'] == 'capture-pause' and nanoseconds(row['start']) == stall.end
               for row in stall.book.report['measurement'])


def debts(stall):
    """A stall begins with its debt, and the debtor is who is charged."""
    debt = stall.row.get('debt')
    if not debt:
        return
    packet = stall.capture.by_frame.get(debt['frame'])
    if debt['frame'] is None:
        return
    if packet is None:
        yield 'debt: frame %d does not exist' % debt['frame']
    elif packet.time > stall.start:
        yield 'debt: frame %d is later than the start' % debt['frame']
    elif set(packet.ends) != set(stall.flow.ends.values()) and stall.row['kind'] != 'connect':
        yield 'debt: frame %d is not of this flow' % debt['frame']
    elif debt['debtor'] in SIDE.values() and debt['kind'] in ('answer', 'acknowledgment', 'handshake') and \
            packet.ends[0] == stall.flow.ends[debt['debtor']] and stall.flow.ends['a'] != stall.flow.ends['b'] and \
            not (debt['kind'] == 'acknowledgment' and leaves_some(stall, packet)):
        yield 'debt: frame %d is from the debtor itself' % debt['frame']


def leaves_some(stall, packet):
    """An acknowledgment of a part: what is left is owed since then."""
    return packet.flags & ACK and any(after(p.next, packet.ack) for p in stall.flow.packets
                                      if p.frame < packet.frame and p.ends[1] == packet.ends[0])


def kinds(stall):
    """silence: no new packet of that side; app-silence: packets, but no new payload; answer: no payload; no-progress:
    only repeats, or, where an acknowledgment is owed, packets that are none. A message that ends it may come in several
    segments."""
    kind, sides = stall.row['kind'], ('ab' if stall.silent == 'both' else stall.silent)
    if kind not in ('silence', 'app-silence', 'no-progress', 'answer') or not stall.flow.tcp:
        if kind in ('silence', 'answer'):
            for side in sides:
                between_ = stall.sent(side)
                if between_:
                    yield 'silence: frame %d is of the silent side' % between_[0].frame
        return
    for side in sides:
        news = [p for p in stall.sent(side, None, stall.until - RESUME) if p.payload and p.frame in stall.fresh(side).brings and not probe(p)]
        debt = stall.row['debt'] or {}
        if kind == 'no-progress' and debt.get('kind') == 'acknowledgment' and debt.get('debtor') == side:
            made = stall.capture.by_frame.get(debt['frame'])
            if made and made.payload and not probe(made) and not any('already acknowledged' in text for text, _ in evidence(stall.row)) \
                    and acked(stall, [made.frame], side):
                yield 'no-progress: that side acknowledged frame %d' % made.frame
            continue
        if kind == 'no-progress':  # what nobody acknowledged did not get through
            acks = [p.ack for p in stall.sent(OTHER[side], None, stall.over - RESUME) if p.flags & ACK]
            news = [p for p in news if any(not after(p.next, ack) for ack in acks)]
        if news:
            yield '%s: frame %d brings new payload of the silent side' % (kind, news[0].frame)
        if kind == 'app-silence' and not stall.sent(side, stall.quiet):
            yield 'app-silence: not one packet of that side arrived'


def windows(stall):
    """window: its reader had closed its window, or shrunk it to a small part of what it was."""
    if stall.row['kind'] != 'window' or stall.silent not in SIDE.values():
        return
    if any('HTTP/2 window' in text for text, _ in evidence(stall.row)):
        return  # TCP's stays open: widened_at_last()
    told = [p for p in stall.flow.from_side[stall.silent] if not p.flags & (SYN | RST) and p.time <= stall.until]
    within = [p.window for p in told if p.time >= stall.start]
    if not within or min(within) * 4 > max(p.window for p in told):
        yield 'window: it never shrank'


def pauses(stall):
    """No stall while the whole capture paused: two talkers or more that have nothing to do with it were steady before
    and after, and not heard meanwhile."""
    if stall.end is None or stall.until - stall.start < 2 * SECOND:
        return
    named = [m for m in stall.book.report['measurement'] if m['id'] in ('capture-pause', 'capture-hole', 'clock-step',
                                                                      'file-boundary')]
    if any(nanoseconds(m['start']) <= stall.until and (nanoseconds(m['end']) or stall.book.last) >= stall.start
           for m in named):
        return
    length, paused = stall.until - stall.start, []
    for host, packets in stall.capture.sent_by.items():
        if host in stall.flow.hosts or any(p.dst in stall.flow.hosts for p in packets):
            continue
        earlier = [p.time for p in packets if stall.start - 2 * length < p.time <= stall.start]
        later = [p.time for p in packets if stall.until <= p.time < stall.until + 2 * length]
        if len(earlier) < 8 or len(later) < 8:
            continue
        gaps = [b - a for times in (earlier, later) for a, b in zip(times, times[1:])]
        if max(gaps) * 4 > length:
            continue
        if between(packets, stall.start + length // 10, stall.until - length // 10):
            return
        paused.append(host)
    if len(paused) >= 2:
        yield '%d other talkers, steady before and after, were not heard either: the capture paused' % len(paused)


def equal_addresses(stall):
    if stall.flow.host('a') == stall.flow.host('b'):
        wrong = INSIDE_PATH & set(stall.row['verdict'])
        if wrong:
            yield 'a host that talks to itself has no path and no radio: %s' % ', '.join(sorted(wrong))


def closes_by_timeout(stall):
    """"closed the connection 30.02 s after the last message it had received" """
    what = stall.row['consequence']
    if not what or what['by'] not in SIDE.values():
        return
    for frame in what['frames']:
        packet = stall.capture.by_frame.get(frame)
        if packet is None or packet.ends[0] != stall.flow.ends[what['by']] or not packet.flags & (FIN | RST):
            yield 'consequence: frame %d does not close the connection' % frame
        elif what['timeout_ns'] is not None:
            got = [p.time for p in stall.flow.from_side[OTHER[what['by']]] if p.payload and p.time < packet.time]
            if not any(abs(packet.time - time - what['timeout_ns']) < 2 * 10**6 for time in got):
                yield 'consequence: no message came %.3f s before frame %d' % (what['timeout_ns'] / 1e9, frame)


def replaced(stall):
    number = stall.row['new_flow']
    if number is None:
        return
    if number not in stall.book.rows or not stall.book.flows[number].packets:
        yield 'new_flow %d does not exist' % number
    elif stall.book.flows[number].packets[0].time < stall.start:
        yield 'new_flow %d is older than the stall' % number
    elif not stall.book.flows[number].hosts & stall.flow.hosts:
        yield 'new_flow %d is of other hosts' % number


def connects(stall):
    if stall.row['kind'] == 'connect' and stall.row['attempts'] is not None and \
            stall.row['attempts'] > len(stall.attempts()):
        yield '%d attempts, but %d SYNs' % (stall.row['attempts'], len(stall.attempts()))


def counts(stall):
    """Retransmissions and closed windows of the flow, as its row counts them."""
    if not stall.flow.tcp:
        return
    for direction in stall.flow.row['directions']:
        side = direction['from']
        again = sum(1 for p in stall.flow.from_side[side] if p.frame in stall.fresh(side).repeats)
        if direction['retransmitted_packets'] > again + sum(map(probe, stall.flow.from_side[side])):
            yield '%d retransmitted packets of %s, %d by their numbers' % (direction['retransmitted_packets'], side, again)
        shut = sum(1 for p in stall.flow.from_side[side] if not p.window and not p.flags & (SYN | RST))
        if direction['zero_windows'] > shut:
            yield '%d closed windows of %s announced, %d by the packets' % (direction['zero_windows'], side, shut)


def resumes(stall):
    """"Did not resume": no new payload of the silent side comes that the other side acknowledges."""
    side = stall.silent
    if stall.row['recovery'] != 'never' or not stall.flow.tcp or stall.row['kind'] == 'connect' or side not in 'ab':
        return
    later = [p for p in stall.sent(side, stall.until - 1, stall.book.last + 1)
             if p.payload and p.frame in stall.fresh(side).brings and not probe(p)]
    acks = [a.ack for a in stall.sent(OTHER[side], stall.until - 1, stall.book.last + 1) if a.flags & ACK and not a.flags & RST]
    for p in later:
        if any(not after(p.next, ack) for ack in acks):
            yield 'never: frame %d brings new payload, and it is acknowledged' % p.frame
            return


INVARIANTS = [edges, debts, kinds, windows, pauses, equal_addresses, closes_by_timeout, replaced, connects, counts, resumes]

# ---- the rest of the report: each sentence must be known ----

FINDINGS = []


def finding(pattern):
    def keep(check):
        FINDINGS.append((re.compile(pattern + '$', re.S), check))
        return check
    return keep


@finding(r'(\S+) asked (\d+) times who has (\S+) and nobody answered; that address was never heard .*')
def sought_in_vain(book, asker, count, target):
    target, asker = address(target), address(asker)
    asked = [p for p in book.capture.questions.get(target, []) if p.src == asker]
    if len(asked) < int(count):
        return 'it asked %d times' % len(asked)
    heard = book.capture.answers.get(target, []) + book.capture.sent_by.get(target, [])
    return 'frame %d is of that address' % heard[0].frame if heard else None


def attempts_of(book, client, server, port=None):
    """SYNs by the ends of their connection."""
    found = {}
    for p in book.capture.sent_by.get(address(client), []):
        if p.kind == 'tcp' and p.flags & (SYN | ACK) == SYN and p.dst == address(server) and port in (None, p.dport):
            found.setdefault((p.sport, p.dport), []).append(p)
    return found


@finding(r'(\S+) tried (\d+) ports of (\S+), (\d+) connections in vain: .*')
def tried_ports(book, client, ports, server, count):
    found = attempts_of(book, client, server)
    if len({to for _, to in found}) < int(ports):
        return 'it tried %d ports' % len({to for _, to in found})
    return None if sum(map(len, found.values())) >= int(count) else 'fewer attempts'


@finding(r'(\d+) connections? of (\S+) to (\S+) port (\d+) took long to open, the longest .+ with (\d+) SYNs(?:; without an answer at all: (\d+))?')
def connecting_long(book, count, client, server, port, syns, never):
    found = attempts_of(book, client, server, int(port))
    if len([1 for tries in found.values() if len(tries) > 1]) < int(count):
        return 'fewer connections repeated their SYN'
    return None if max(map(len, found.values())) >= int(syns) else 'at most %d SYNs' % max(map(len, found.values()))


@finding(r'(\S+) closed its receive window (\d+) times on flow (\d+), for .*')
def closes_window(book, reader, count, number):
    flow, shut, times = book.flows[int(number)], False, 0
    for p in flow.packets:
        if p.src == address(reader) and not p.flags & (SYN | RST):
            times += not p.window and not shut
            shut = not p.window
    return None if not flow.readable or times >= int(count) else 'it closed %d times' % times


@finding(r'(?:\d+|a) (.*?) of (?:up to )?(\S+(?: \S+)*?) on (?:flow (\d+)|(\d+) flows)(?:, one each .+ on average,)? '
         r'(?:is no stall|are no stalls): .+')
def no_debt(book, what, span, number, many):
    told, rounding = span_of(span)
    flows = [book.flows[int(number)]] if number else [book.flows[row] for row in book.rows]
    if many and int(many) > len(flows):
        return 'there are not so many flows'
    for flow in flows:
        if not flow.readable or what.startswith('closed'):
            return None
        for side in 'ab':
            said = [p.time for p in flow.from_side[side] if p.payload and p.time is not None] + [book.last]
            if any(later - earlier >= told - rounding for earlier, later in zip(said, said[1:])) or \
                    said[-1] - min(said) >= told - rounding and 'answer' in what:
                return None
    return 'no side of it was silent so long'


@finding(r'two MAC addresses claim (\S+) by turns \((\d+) times back and forth\), the latest (\S+)')
def claimed_by_turns(book, host, count, latest):
    macs = [p.mac for p in book.capture.answers.get(address(host), []) if p.mac]
    changes = sum(a != b for a, b in zip(macs, macs[1:]))
    if len(set(macs)) < 2 or changes < int(count):
        return '%d MAC addresses, %d changes' % (len(set(macs)), changes)
    return None if bytes.fromhex(latest.replace(':', '')) in macs else 'that one never claims it'


KNOWN = [re.compile(pattern + '$', re.S) for pattern in (
    # Bonjour: test_bonjour_fields.py, test_discovery.py
    r'.*looks like a person\'s name for a device.*', r'.*: the device can be followed from network to network',
    r'TXT of ".*', r'.* are announced at once with one .*', r'\d+ Multicast DNS messages, .*', r'.* was probed for again .*',
    r'.* was announced at .*', r'two hosts wanted the name .*', r'.* was asked for \d+ times near the end .*',
    r'the service name of .*',
    # findings: unit tests of their rules
    r'\S+ closed (a connection|\d+ connections) to (its )?port \d+, .* after the last message, .*',
    r'the clients of \S+ port \d+ originate the heartbeat .*', r'\S+ asked \S+ for \d+ names?[,;] .*',
    r'\S+ tried port \d+ of \d+ hosts, .*', r'\S+ waited .* for an answer from the resolver \S+',
    r'\d+ incidents of \S+ began .* apart, (?:un)?evenly \(.*\).*', r'\d+ connections? to \S+ port \d+ lay idle .*',
    r'\S+ had to ask the resolver \S+ twice or more for \d+ names? before .*',
    r'\S+ was joined \(\d+ reports\), .*', r'\S+ has two live connections to one server, .*',
    r'the key exchange of station .*', r'\S+ is lost for .* every .*, \d+ times: .*',
    # the capture itself: test_clocks.py, test_reading.py
    r'sequence and acknowledgment numbers moved by \d+ bytes across the silence and the bytes were never retransmitted',
    r'\d+ packets? acknowledged bytes that were never captured', r'\d+ of \d+ packets came a second time within .*',
    r"the capture's clock moved by .*", r'only one direction of \d+ TCP flows? was captured',
    r'the capture itself counts \d+ packets? that it lost, .*',
    r'nothing at all was captured, and no conversation continues after it',  # checked below: pause()
    r'nothing at all was captured for longer than a year',
    r'nothing at all was captured: flows that have no host in common fell silent together',  # likewise
    # reception of datagrams: tests/unit, test_compare.py
    r'over \d+ pauses .*', r"a sender's own rhythm keeps no phase with beacons", r'\d+ of \d+ datagrams came through, .*',
    r'the bunches arrive on a grid .*', r'the bursts (?:vary by|are equal in) .*: a buffer decides when they end', r'the receiver answered (?:once|\d+ times) that the port is unreachable: .*',
    r'[\d.]+% were delivered, by .*',
)]


def evidence(owner):
    """(sentence, frames), each once, of all causes of a verdict."""
    seen = set()
    for lines in [cause['evidence'] + cause['against'] for cause in owner['causes']] + [owner['looked_at']]:
        for line in lines:
            key = line['text'], tuple(line['frames'])
            if key not in seen:
                seen.add(key)
                yield line['text'], line['frames']


def by_role(stall, text):
    """A host that is the client here and the server there is called by its address, as is its peer."""
    for role, side in SIDE.items():
        name = re.escape(stall.flow.row[side]['addr'])
        text = re.sub(r'(?<![\w.:])' + name + r'(?![\w:]|\.\d)', 'the ' + role, text)
    return text


UNKNOWN = 'no form of sentence in tests/golden/sentences.py knows this'


def judge(stall, text, frames):
    """(check, why) if the sentence is false or of no known form."""
    known = False
    if stall.row['client'] == 'b':  # the checks call side A the client
        text = re.sub(r'\bthe (client|server)\b', lambda found: 'the ' + OTHER_ROLE[found[1]], text)
    text = by_role(stall, text)
    for pattern, check in FORMS:
        found = pattern.match(text)
        if found:
            known = True
            wrong = check(stall, frames, *found.groups())
            if wrong:
                return check.__name__, wrong
    return None if known else ('unknown', UNKNOWN)


def told(report):
    """Every sentence of the report that is about no stall."""
    def walk(value, key):
        if isinstance(value, dict):
            if isinstance(value.get('text'), str) and key != 'marks':
                yield value['text']
            for name, inner in value.items():
                if name != 'stalls':
                    yield from walk(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner, key)
    yield from walk(report, '')


def steady(capture):
    """Whether the capture's clock never steps back by a second: else no sentence about times means anything."""
    latest = 0
    for packet in capture.packets:
        if packet.time is None or packet.time < latest - SECOND:
            return False
        latest = max(latest, packet.time)
    return True


def pause(report, capture):
    """Nothing at all was captured in a pause of the capture."""
    for row in report['measurement']:
        if row['id'] == 'capture-pause' and row['end'] is not None:
            inside = between(capture.packets, nanoseconds(row['start']) + SECOND, nanoseconds(row['end']))  # copies follow
            if inside:
                yield Lie(0, 'pause', row['evidence'][0]['text'] if row['evidence'] else row['id'],
                          'frame %d was captured meanwhile' % inside[0].frame, [])


def of_findings(report, capture):
    book = Book(report, capture)
    for row in report['findings']:
        for line in row['evidence'] if isinstance(row.get('evidence'), list) else [row]:
            for pattern, check in FINDINGS:
                said = pattern.match(line.get('text') or '')
                wrong = said and check(book, *said.groups())
                if wrong:
                    yield Lie(0, check.__name__, line['text'], wrong, line.get('frames') or [])


def stalls(report, capture):
    book = Book(report, capture)
    return [Stall(book, row) for row in report['stalls']]


def lies(report, capture, most=200):
    """What the report says and the packets do not; and how many of its stalls this reader could judge."""
    found, judged = [], 0
    for text in told(report):
        if not any(pattern.match(text) for pattern in KNOWN) and not any(p.match(text) for p, _ in FINDINGS):
            found.append(Lie(0, 'unknown', text, UNKNOWN, []))
    if not steady(capture):
        return found, judged
    found += of_findings(report, capture)
    found += pause(report, capture)
    for stall in stalls(report, capture)[:most]:
        if not stall.flow.readable:
            continue
        judged += 1
        number = stall.row['id']
        for text, frames in evidence(stall.row):
            wrong = judge(stall, text, frames)
            if wrong:
                found.append(Lie(number, wrong[0], text, wrong[1], frames))
        for invariant in INVARIANTS:
            for wrong in invariant(stall):
                found.append(Lie(number, invariant.__name__, 'its row', wrong,
                                 [stall.row['frame_before'], stall.row['frame_after']]))
    return found, judged


# ---- what the text adds to the numbers of the JSON ----

MOMENT = r'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) \+00:00 \((-?[\d.]+) s\)'


def blocks_of(text):
    """(number, title, {label: line}) of each STALL in a text report; lines that go on are joined."""
    found = []
    for line in text.splitlines():
        head = re.match(r'STALL (\d+): (.*)', line)
        row = re.match(r'  (?:  )?(\S.{0,11}?) {2,}(\S.*)', line)
        if head:
            found.append((int(head[1]), head[2], {}))
        elif not found or not line.strip():
            continue
        elif re.match(r' {13,}\S', line) and found[-1][2]:
            rows = found[-1][2]
            last = next(reversed(rows))
            rows[last] += ' ' + line.strip()
        elif row:
            label = row[1]
            while label in found[-1][2]:
                label += '+'
            found[-1][2][label] = row[2]
    return found


def at_moment(line, time, frame):
    """Whether "2026-11-22 12:08:03.411 +00:00 (7.714 s), frame 165" is that time and frame."""
    found = re.match(MOMENT + r'(?:, frame (\d+))?', line)
    if not found:
        return 'no time'
    stamp = calendar.timegm(time_module.strptime(found[1][:19], '%Y-%m-%d %H:%M:%S')) * SECOND + int(found[1][20:]) * 10**6
    if abs(stamp - time) > 10**6:
        return 'another time than %d' % time
    return None if (int(found[3]) if found[3] else None) == frame else 'another frame than %s' % frame


def text_lies(text, report, capture):
    """What the text says of stalls and the packets do not."""
    book, found = Book(report, capture), []
    numbered = {row['id']: Stall(book, row) for row in report['stalls']}
    for number, title, rows in blocks_of(text):
        stall = numbered.get(number)
        if stall is None:
            found.append(Lie(number, 'text', title, 'no such stall', []))
            continue
        for sentence, wrong in text_of(stall, title, rows):
            if wrong:
                found.append(Lie(number, 'text', sentence, wrong, []))
    heads = text.replace('\n', ' ')
    one = re.match(r'One incident: (.*?);', heads)
    told = [('1', one[1])] if one else re.findall(r'INCIDENT (\d+): (.*?) {2}when', heads)
    for number, title in told:
        inside = [numbered[i] for i in report['incidents'][int(number) - 1]['stalls']]
        wrong = headline_lie(title, inside)
        if wrong:
            found.append(Lie(0, 'text', 'incident %s: %s' % (number, title), wrong, []))
    return found


def headline_lie(title, inside):
    """Why the headline of these stalls is false, or None: how many hosts, stalls and connections, and how long."""
    extent = re.search(r'(?:, (\d+) stalls)? on (\d+) (?:connection|flow)s?\b', title)
    rest = re.search(r', with (\d+) more stalls?\b', title)
    others = int(rest[1]) if rest else 0
    hosts = re.match(r'(?:The applications on |the applications on )?(\d+) (?:pairs of )?hosts\b', title)
    if extent:
        of, connections = int(extent[1] or extent[2]), int(extent[2])
        if of + others != len(inside):
            return '%d stalls' % len(inside)
        flows = len({stall.flow.id for stall in inside})
        if connections > flows or not others and connections != flows:
            return 'on %d' % flows
    elif 1 + others != len(inside):
        return '%d stalls' % len(inside)
    if hosts and int(hosts[1]) > len({(s.flow.host(0), s.flow.host(1)) for s in inside}):
        return 'not so many hosts'
    span = re.search(r' for (up to )?((?:[\d.]+ (?:d|h|min|s|ms|us|ns) ?)+)', title)
    if span:
        length, rounding = span_of(span[2])
        lasted = [stall.row['duration_ns'] for stall in inside]
        if not any(abs(length - one) <= rounding for one in lasted):
            return 'no stall lasted so long'
        if not others and not span[1] and min(lasted) < 0.94 * length:
            return 'one was shorter'
    return None


def text_of(stall, title, rows):
    """(sentence, why it is false or None) of one block."""
    row = stall.row
    length = re.search(r' for ((?:[\d.]+ (?:d|h|min|s|ms|us|ns) ?)+)', title)
    if length:
        told, rounding = span_of(length[1])
        yield title, None if abs(told - row['duration_ns']) <= rounding else 'it lasted %d ns' % row['duration_ns']
    before_ = rows.get('last before') or rows.get('first try')
    if before_:
        yield before_, at_moment(before_, stall.start, row['frame_before'])
    if rows.get('first after') and stall.end is not None:
        told = rows['first after'].removeprefix('never; counted to ')
        yield rows['first after'], at_moment(told, stall.end, row['frame_after'])
    if rows.get('cause ended'):
        yield rows['cause ended'], at_moment(rows['cause ended'], stall.over, None)
    missed = re.match(r'(\d+) messages?, one was due every (.*)', rows.get('missed', ''))
    if missed:
        told, rounding = span_of(missed[2])
        yield rows['missed'], None if (int(missed[1]) - 1) * (told - rounding) <= row['duration_ns'] else \
            'so many were not due in %.3f s' % (row['duration_ns'] / 1e9)
