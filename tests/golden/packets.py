"""An independent reader of captures: what the tests hold against what the program says.

Nothing here comes from the program: it is written from the formats' own descriptions (pcap and pcapng, RFC 791, 793,
768, 792, 826, 4443, 4861, 8200), in as few words as the sentences of a report need. What it does not understand stays
a packet without addresses; a flow of which the report counts other packets than this reader is not judged by it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import bisect
import gzip
import ipaddress
import struct

FIN, SYN, RST, ACK = 1, 2, 4, 16
NULL, ETHERNET, LOOP, SLL, SLL2 = 0, 1, 108, 113, 276
RAW = {12, 14, 101, 228, 229}
VLAN = {0x8100, 0x88a8, 0x9100, 0x9200, 0x9300}
SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, PACKET = 0x0a0d0d0a, 1, 2, 3, 6


class Packet:
    __slots__ = ('frame', 'time', 'link', 'data', 'wire', 'kind', 'src', 'dst', 'sport', 'dport', 'flags', 'seq', 'ack',
                 'window', 'payload', 'at', 'mac', 'stamp', 'echo', 'type', 'code', 'ident',
                 'hops')

    def __init__(self, frame, time, link, data, wire):
        self.frame, self.time, self.link, self.data, self.wire = frame, time, link, data, wire
        self.kind = None  # tcp, udp, icmp, arp, ask (solicitation), tell (advertisement); None: none of these
        self.src = self.dst = self.mac = self.stamp = self.echo = None
        self.sport = self.dport = self.flags = self.payload = 0

    @property
    def ends(self):
        return (self.src, self.sport), (self.dst, self.dport)

    @property
    def next(self):
        """The sequence number behind what it carries."""
        return self.seq + self.payload + (self.flags & SYN != 0) + (self.flags & FIN != 0) & 0xffffffff

    @property
    def bytes(self):
        return self.data[self.at:self.at + self.payload]


def records(path):
    """(frame, nanoseconds or None, link type, bytes, bytes on the wire) of each packet of a pcap or pcapng file."""
    raw = path.read_bytes()
    if raw[:2] == b'\x1f\x8b':
        raw = gzip.decompress(raw)
    for order in '<>':
        magic = struct.unpack(order + 'I', raw[:4])[0]
        if magic in (0xa1b2c3d4, 0xa1b23c4d):
            yield from classic(raw, order, 1 if magic == 0xa1b23c4d else 1000)
        elif magic == SECTION:
            yield from blocks(raw)
            return


def classic(raw, order, unit):
    link = struct.unpack(order + 'I', raw[20:24])[0] & 0xffff
    at, frame, head = 24, 0, struct.Struct(order + '4I')
    while at + 16 <= len(raw):
        seconds, part, held, wire = head.unpack_from(raw, at)
        at, frame = at + 16, frame + 1
        if at + held > len(raw):
            return
        yield frame, seconds * 10**9 + part * unit, link, raw[at:at + held], wire
        at += held


def options(body, order):
    at = 0
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + 'HH', body, at)
        if code == 0:
            return
        yield code, body[at + 4:at + 4 + length]
        at += 4 + (length + 3 & ~3)


def interface(body, order):
    """(link type, ticks per second, offset in seconds, snap length)"""
    ticks, offset = 10**6, 0
    for code, value in options(body[8:], order):
        if code == 9 and value:
            ticks = 2 ** (value[0] & 127) if value[0] & 128 else 10 ** value[0]
        elif code == 14 and len(value) == 8:
            offset = struct.unpack(order + 'q', value)[0]
    return struct.unpack_from(order + 'H', body)[0], ticks, offset, struct.unpack_from(order + 'I', body, 4)[0]


def blocks(raw):
    at, frame, order, interfaces = 0, 0, '<', []
    while at + 12 <= len(raw):
        kind = struct.unpack_from(order + 'I', raw, at)[0]
        if kind == SECTION:
            order = '<' if raw[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            interfaces = []
        length = struct.unpack_from(order + 'I', raw, at + 4)[0]
        if length < 12 or length % 4 or at + length > len(raw):
            return
        body = raw[at + 8:at + length - 4]
        at += length
        if kind == INTERFACE:
            interfaces.append(interface(body, order))
        elif kind in (PACKET, OLD_PACKET):
            frame += 1
            if kind == PACKET:
                number, high, low, held, wire = struct.unpack_from(order + '5I', body)
            else:
                number, _, high, low, held, wire = struct.unpack_from(order + 'HH4I', body)
            if number >= len(interfaces):
                return
            link, ticks, offset, _ = interfaces[number]
            yield frame, (high << 32 | low) * 10**9 // ticks + offset * 10**9, link, body[20:20 + held], wire
        elif kind == SIMPLE_PACKET:
            frame += 1
            wire = struct.unpack_from(order + 'I', body)[0]
            yield frame, None, interfaces[0][0], body[4:4 + min(wire, interfaces[0][3] or wire)], wire


def network(packet):
    """(ethertype, offset) of what the link layer carries; (None, 0): nothing known."""
    data, link = packet.data, packet.link
    if link == ETHERNET and len(data) >= 14:
        packet.mac = data[6:12]
        ethertype, at = struct.unpack_from('>H', data, 12)[0], 14
    elif link == SLL and len(data) >= 16:
        packet.mac = data[6:12]
        ethertype, at = struct.unpack_from('>H', data, 14)[0], 16
    elif link == SLL2 and len(data) >= 20:
        ethertype, at = struct.unpack_from('>H', data, 0)[0], 20
    elif link in RAW and data:
        return {4: 0x0800, 6: 0x86dd}.get(data[0] >> 4), 0
    elif link in (NULL, LOOP) and len(data) > 4:
        return {4: 0x0800, 6: 0x86dd}.get(data[4] >> 4), 4
    else:
        return None, 0
    while ethertype in VLAN and len(data) >= at + 4:
        ethertype, at = struct.unpack_from('>H', data, at + 2)[0], at + 4
    if ethertype == 0x8864 and len(data) >= at + 8:  # PPPoE
        protocol = struct.unpack_from('>H', data, at + 6)[0]
        ethertype, at = {0x0021: 0x0800, 0x0057: 0x86dd}.get(protocol), at + 8
    elif ethertype in (0x8847, 0x8848):  # MPLS: labels up to the bottom of the stack
        while len(data) >= at + 5 and not data[at + 2] & 1:
            at += 4
        at += 4
        ethertype = {4: 0x0800, 6: 0x86dd}.get(data[at] >> 4) if len(data) > at else None
    return ethertype, at


def decode(packet):
    data = packet.data
    ethertype, at = network(packet)
    if ethertype == 0x0806 and len(data) >= at + 28 and data[at + 4:at + 6] == b'\x06\x04':
        packet.kind, packet.code = 'arp', struct.unpack_from('>H', data, at + 6)[0]
        packet.src, packet.dst, packet.mac = data[at + 14:at + 18], data[at + 24:at + 28], data[at + 8:at + 14]
    elif ethertype == 0x0800 and len(data) >= at + 20 and data[at] >> 4 == 4:
        head, total, packet.ident, fragment = (data[at] & 15) * 4, *struct.unpack_from('>HHH', data, at + 2)
        packet.src, packet.dst, packet.hops = data[at + 12:at + 16], data[at + 16:at + 20], data[at + 8]
        end = at + (total or packet.wire - at)  # 0: left to the network card to fill in
        if fragment & 0x1fff == 0:
            transport(packet, data[at + 9], at + head, end)
    elif ethertype == 0x86dd and len(data) >= at + 40:
        length, protocol = struct.unpack_from('>HB', data, at + 4)
        packet.src, packet.dst, packet.hops = data[at + 8:at + 24], data[at + 24:at + 40], data[at + 7]
        at, end = at + 40, at + 40 + (length or packet.wire - at - 40)
        while protocol in (0, 43, 44, 60) and len(data) >= at + 8:
            if protocol == 44 and struct.unpack_from('>H', data, at + 2)[0] >> 3:
                return
            protocol, at = data[at], at + (8 if protocol == 44 else 8 + 8 * data[at + 1])
        transport(packet, protocol, at, end)


def transport(packet, protocol, at, end):
    data = packet.data
    if protocol == 6 and len(data) >= at + 16:
        packet.sport, packet.dport, packet.seq, packet.ack, offset, packet.flags, packet.window = \
            struct.unpack_from('>HHIIBBH', data, at)
        packet.at = at + (offset >> 4) * 4
        packet.kind, packet.payload = 'tcp', max(0, end - packet.at)
        time_stamps(packet, at + 20, packet.at)
    elif protocol == 17 and len(data) >= at + 8:
        packet.sport, packet.dport = struct.unpack_from('>HH', data, at)
        packet.kind, packet.at, packet.payload = 'udp', at + 8, max(0, end - at - 8)
    elif protocol in (1, 58) and len(data) >= at + 8:
        packet.type, packet.code, packet.at = data[at], data[at + 1], at + 8
        packet.kind = 'icmp'
        if protocol == 58 and packet.type in (135, 136) and len(data) >= at + 24:
            packet.kind = 'ask' if packet.type == 135 else 'tell'
            packet.at = at + 8


def time_stamps(packet, at, end):
    data = packet.data
    while at + 1 < min(end, len(data)):
        kind = data[at]
        if kind == 1:
            at += 1
            continue
        if kind == 0 or data[at + 1] < 2:
            return
        if kind == 8 and len(data) >= at + 10:
            packet.stamp, packet.echo = struct.unpack_from('>II', data, at + 2)
            return
        at += data[at + 1]


def address(text):
    return ipaddress.ip_address(text.partition('%')[0]).packed


class Capture:
    """All packets of a file, by frame, by flow and by sender."""

    def __init__(self, path):
        self.packets, self.flows, self.sent_by, self.to = [], {}, {}, {}
        self.questions, self.answers = {}, {}  # ARP and neighbor discovery, by the address that is sought or told
        for record in records(path):
            packet = Packet(*record)
            decode(packet)
            self.add(packet)
        self.by_frame = {packet.frame: packet for packet in self.packets}

    def add(self, packet):
        self.packets.append(packet)
        if packet.kind in ('tcp', 'udp'):
            one, other = packet.ends
            self.flows.setdefault((packet.kind, *sorted((one, other))), []).append(packet)
        if packet.kind == 'arp':
            if packet.code == 1 and packet.src != packet.dst:
                self.questions.setdefault(packet.dst, []).append(packet)
            self.answers.setdefault(packet.src, []).append(packet)
        elif packet.kind in ('ask', 'tell'):
            target = packet.data[packet.at:packet.at + 16]
            (self.questions if packet.kind == 'ask' else self.answers).setdefault(target, []).append(packet)
        if packet.src is not None and packet.kind != 'arp':
            self.sent_by.setdefault(packet.src, []).append(packet)
            self.to.setdefault(packet.dst, []).append(packet)

    def flow(self, transport_name, a, b):
        return self.flows.get((transport_name, *sorted((a, b))), [])


def between(packets, first, last):
    """Those with first < time < last; for packets in the order of time."""
    return [p for p in packets if p.time is not None and first < p.time < last]


def before(packets, frame):
    """How many of `packets` (in the order of frames) stand before that frame."""
    return bisect.bisect_left([p.frame for p in packets], frame)
