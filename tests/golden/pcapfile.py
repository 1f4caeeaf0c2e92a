"""Read, change and write small pcap files: enough to retell a capture in other words.

Only what the tests rewrite is understood: classic pcap in either byte order, Ethernet, ARP, IPv4 and IPv6 with TCP
or UDP right behind. Anything else passes through as it is.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ipaddress
import struct
from typing import NamedTuple

MAGIC = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}  # nanoseconds in a unit of the second half of the timestamp
ETHERNET = 1


class Packet(NamedTuple):
    time: int  # nanoseconds since 1970
    wire: int  # bytes on the wire
    data: bytes


def read(path):
    """Return (link type, [Packet])."""
    raw = path.read_bytes()
    order = '<' if struct.unpack('<I', raw[:4])[0] in MAGIC else '>'
    unit = MAGIC[struct.unpack(order + 'I', raw[:4])[0]]
    link = struct.unpack(order + 'I', raw[20:24])[0]
    packets, at = [], 24
    while at + 16 <= len(raw):
        seconds, part, held, wire = struct.unpack(order + '4I', raw[at:at + 16])
        packets.append(Packet(seconds * 10**9 + part * unit, wire, raw[at + 16:at + 16 + held]))
        at += 16 + held
    return link, packets


def write(path, link, packets):
    out = [struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, link)]
    for packet in packets:
        out.append(struct.pack('<4I', *divmod(packet.time, 10**9), len(packet.data), packet.wire) + packet.data)
    path.write_bytes(b''.join(out))
    return path


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Parts:
    """Where the fields of an Ethernet frame stand."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.ethertype = None
        self.ip = self.transport = self.protocol = None
        at = 12
        while len(data) >= at + 2:
            self.ethertype = struct.unpack_from('>H', data, at)[0]
            at += 2
            if self.ethertype not in (0x8100, 0x88a8):
                break
            at += 2
        self.network = at
        if self.ethertype == 0x0800 and len(data) >= at + 20:
            self.ip, self.protocol = at, data[at + 9]
            if struct.unpack_from('>H', data, at + 6)[0] & 0x1fff == 0:
                self.transport = at + (data[at] & 15) * 4
        elif self.ethertype == 0x86dd and len(data) >= at + 40:
            self.ip, self.protocol, self.transport = at, data[at + 6], at + 40
        if self.protocol not in (6, 17) or self.transport is not None and len(data) < self.transport + 8:
            self.transport = None

    @property
    def addresses(self):
        """[(offset, length)] of source and destination."""
        if self.ip is not None:
            return [(self.ip + 12, 4), (self.ip + 16, 4)] if self.ethertype == 0x0800 else \
                [(self.ip + 8, 16), (self.ip + 24, 16)]
        if self.ethertype == 0x0806 and len(self.data) >= self.network + 28:
            return [(self.network + 14, 4), (self.network + 24, 4)]
        return []

    def endpoint(self, index):
        """(address, port) of source (0) or destination (1)."""
        at, length = self.addresses[index]
        return (str(ipaddress.ip_address(bytes(self.data[at:at + length]))),
                struct.unpack_from('>H', self.data, self.transport + 2 * index)[0])

    def finish(self):
        """Correct the checksums that the new fields need; return the frame."""
        data = self.data
        if self.ip is not None and self.ethertype == 0x0800:
            data[self.ip + 10:self.ip + 12] = b'\0\0'
            header = bytes(data[self.ip:self.ip + (data[self.ip] & 15) * 4])
            struct.pack_into('>H', data, self.ip + 10, checksum(header))
            end = self.ip + struct.unpack_from('>H', data, self.ip + 2)[0]
        elif self.ip is not None:
            end = self.ip + 40 + struct.unpack_from('>H', data, self.ip + 4)[0]
        if self.transport is not None and len(data) >= end > self.transport:
            at = self.transport + (16 if self.protocol == 6 else 6)
            if at + 2 <= len(data):
                struct.pack_into('>H', data, at, 0)
                body = bytes(data[self.transport:end])
                pseudo = b''.join(bytes(data[a:a + n]) for a, n in self.addresses)
                struct.pack_into('>H', data, at, checksum(
                    pseudo + struct.pack('>II', len(body), self.protocol) + body) or 0xffff)
        return bytes(data)


def shift(packets, by_ns):
    return [packet._replace(time=packet.time + by_ns) for packet in packets]


def other_address(packed):
    """A one-to-one map of unicast addresses that keeps networks, broadcast and multicast what they are."""
    new = bytearray(packed)
    if len(packed) == 4:
        if packed[0] < 224 and packed[0] not in (0, 127) and packed[:2] != b'\xa9\xfe':
            new[2] ^= 0x15
    elif packed[0] != 0xff and packed[:2] != b'\xfe\x80' and any(packed[:15]):
        new[5] ^= 0x15
    return bytes(new)


# Ports that tell a reader what is spoken there: mDNS, SSDP, MQTT, NATS, IRC, BFD.
KNOWN = (5353, 1900, 1883, 4222, 6667, 3784, 4784)


def other_port(port):
    """One-to-one; names of services that a decoder knows by their port stay."""
    return port if port < 1024 or port in KNOWN else port ^ 0x41


def other_mac(packed):
    return packed if packed[0] & 1 or not any(packed) else packed[:3] + bytes([packed[3] ^ 0x15]) + packed[4:]


def relabel(packets):
    """The same capture with other addresses, ports and hardware addresses."""
    out = []
    for packet in packets:
        parts = Parts(packet.data)
        data = parts.data
        for at in (0, 6):
            data[at:at + 6] = other_mac(bytes(data[at:at + 6]))
        if parts.ethertype == 0x0806 and parts.addresses:
            for at in (parts.network + 8, parts.network + 18):
                data[at:at + 6] = other_mac(bytes(data[at:at + 6]))
        for at, length in parts.addresses:
            data[at:at + length] = other_address(bytes(data[at:at + length]))
        relabel_neighbours(parts)
        if parts.transport is not None:
            for at in (parts.transport, parts.transport + 2):
                struct.pack_into('>H', data, at, other_port(struct.unpack_from('>H', data, at)[0]))
        out.append(packet._replace(data=parts.finish()))
    return out


def relabel_neighbours(parts):
    """The addresses inside neighbor solicitations and advertisements (RFC 4861, sections 4.3, 4.4 and 4.6.1)."""
    data, at = parts.data, parts.network + 40
    if parts.ethertype != 0x86dd or parts.protocol != 58 or len(data) < at + 24 or data[at] not in (135, 136):
        return
    data[at + 8:at + 24] = other_address(bytes(data[at + 8:at + 24]))
    option = at + 24
    while option + 8 <= len(data) and data[option + 1]:
        if data[option] in (1, 2):
            data[option + 2:option + 8] = other_mac(bytes(data[option + 2:option + 8]))
        option += 8 * data[option + 1]


SYN, ACK = 2, 16


def turn_connections(packets):
    """The same capture, but each TCP connection was opened by the side that accepted it.

    SYN, SYN-ACK and the ACK after them are told again the other way round, with the sequence numbers and options of
    the new speakers. Connections whose SYN was not answered at once are left alone.
    """
    out = list(packets)
    opened = {}  # (client, server) -> index of the SYN, then of the SYN-ACK
    for index, packet in enumerate(packets):
        parts = Parts(packet.data)
        if parts.transport is None or parts.protocol != 6 or len(packet.data) < parts.transport + 20:
            continue
        flags = packet.data[parts.transport + 13] & 0x17
        ends = parts.endpoint(0), parts.endpoint(1)
        if flags == SYN:
            opened[ends] = [index]
        elif flags == SYN | ACK and len(opened.get(ends[::-1], [])) == 1:
            opened[ends[::-1]].append(index)
        elif flags == ACK and len(opened.get(ends, [])) == 2:
            first, second = opened.pop(ends)
            syn, syn_ack = packets[first], packets[second]
            out[first] = syn._replace(data=handshake(syn_ack.data, SYN, 0), wire=syn_ack.wire)
            out[second] = syn_ack._replace(data=handshake(syn.data, SYN | ACK, sequence(syn_ack.data) + 1),
                                           wire=syn.wire)
            out[index] = packet._replace(data=plain_ack(syn_ack.data, packet.data, sequence(syn.data) + 1))
    return out


def sequence(data):
    return struct.unpack_from('>I', data, Parts(data).transport + 4)[0]


def handshake(data, flags, acknowledged):
    """A SYN or SYN-ACK of the sender of `data`, its options kept."""
    parts = Parts(data)
    struct.pack_into('>I', parts.data, parts.transport + 8, acknowledged & 0xffffffff)
    parts.data[parts.transport + 13] = flags
    return parts.finish()


def plain_ack(syn_ack, ack, acknowledged):
    """The ACK `ack`, sent by the sender of `syn_ack` instead."""
    parts, origin = Parts(ack), Parts(syn_ack)
    parts.data[0:12] = origin.data[0:12]
    length = parts.addresses[0][1]
    at, from_at = parts.addresses[0][0], origin.addresses[0][0]
    parts.data[at:at + 2 * length] = origin.data[from_at:from_at + 2 * length]
    parts.data[parts.transport:parts.transport + 4] = origin.data[origin.transport:origin.transport + 4]
    struct.pack_into('>II', parts.data, parts.transport + 4, sequence(syn_ack) + 1 & 0xffffffff,
                     acknowledged & 0xffffffff)
    stamp, echo = timestamps(syn_ack), timestamp_offset(ack)
    if echo and stamp:
        # its own clock, echoing the timestamp of the peer that the true ACK carried
        peer = struct.unpack_from('>I', ack, echo)[0]
        struct.pack_into('>II', parts.data, echo, stamp[0], peer)
    return parts.finish()


def timestamp_offset(data):
    """Where the value of a TCP timestamp option stands (RFC 7323, section 3)."""
    transport = Parts(data).transport
    at, end = transport + 20, transport + (data[transport + 12] >> 4) * 4
    while at + 1 < end:
        if data[at] == 1:
            at += 1
        elif data[at] == 0 or data[at + 1] < 2:
            break
        elif data[at] == 8:
            return at + 2
        else:
            at += data[at + 1]
    return None


def timestamps(data):
    at = timestamp_offset(data)
    return struct.unpack_from('>II', data, at) if at else None
