"""One capture, told as other machines would have recorded it.

Each variant changes packets and says what became of a moment in time, so that planted truth can be moved with it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ipaddress
import random
import struct
from typing import Callable, NamedTuple

import pcapfile
from pcapfile import Parts

MS = 10**6
FIN_SYN_RST = 7
IP4, IP6, ARP = 0x0800, 0x86dd, 0x0806


def cut(packets, length=96):
    """A snap length."""
    return [packet._replace(data=packet.data[:length]) for packet in packets]


def doubled(packets, by=40_000):
    """A mirror port that copies both its sides: each packet twice within microseconds."""
    return by_time([copy for packet in packets for copy in (packet, packet._replace(time=packet.time + by))])


def by_time(packets):
    return sorted(packets, key=lambda packet: packet.time)


def late(packets, share=0.05, most=20 * MS):
    """Packets that overtake each other on the way."""
    chance = random.Random(7)
    return by_time([packet._replace(time=packet.time + chance.randrange(most))
                    if chance.random() < share else packet for packet in packets])


def shuffled(packets, share=0.05):
    """A capture with several queues: records out of order, each with its true timestamp."""
    chance, out = random.Random(7), list(packets)
    for at in range(len(out) - 1):
        if chance.random() < share and out[at + 1].time - out[at].time < MS:
            out[at], out[at + 1] = out[at + 1], out[at]
    return out


def thinned(packets, share=0.01):
    """A capture that lost single packets."""
    chance = random.Random(7)
    return [packet for packet in packets if chance.random() >= share]


def coarse(packets, tick=MS):
    """Timestamps of whole milliseconds."""
    return [packet._replace(time=packet.time // tick * tick) for packet in packets]


def micro(packets):
    return coarse(packets, 1000)


def tagged(packets, vlan=42):
    """One side's packets carry a VLAN tag, as from two ports of a switch."""
    return [packet._replace(data=packet.data[:12] + struct.pack('>HH', 0x8100, vlan) + packet.data[12:],
                            wire=packet.wire + 4) if packet.data[5] < packet.data[11] else packet
            for packet in packets]


def merged(packets, within=MS, most=60_000):
    """Receive offload: consecutive segments of one direction arrive as one."""
    out, open_at = [], {}
    for packet in packets:
        parts = Parts(packet.data)
        if parts.transport is None or parts.protocol != 6 or len(packet.data) < packet.wire:
            out.append(packet)
            continue
        ends = parts.endpoint(0), parts.endpoint(1)
        open_at.pop(ends[::-1], None)  # the other side spoke: what it answers must stay before it
        flags = packet.data[parts.transport + 13]
        body = payload(parts)
        held = open_at.get(ends)
        if held is not None and body and not flags & FIN_SYN_RST:
            first = Parts(out[held].data)
            before = payload(first)
            if (pcapfile.sequence(out[held].data) + len(before) & 0xffffffff == pcapfile.sequence(packet.data)
                    and packet.time - out[held].time < within and len(before) + len(body) < most):
                out[held] = appended(out[held], first, body)
                continue
        if body and not flags & FIN_SYN_RST:
            open_at[ends] = len(out)
        else:
            open_at.pop(ends, None)
        out.append(packet)
    return out


def payload(parts):
    """The TCP payload by the IP length: Ethernet pads short frames."""
    data = parts.data
    if parts.ethertype == IP4:
        end = parts.ip + struct.unpack_from('>H', data, parts.ip + 2)[0]
    else:
        end = parts.ip + 40 + struct.unpack_from('>H', data, parts.ip + 4)[0]
    return bytes(data[parts.transport + (data[parts.transport + 12] >> 4) * 4:end])


def appended(packet, parts, body):
    data = parts.data
    at, base = (parts.ip + 2, parts.ip) if parts.ethertype == IP4 else (parts.ip + 4, parts.ip + 40)
    length = struct.unpack_from('>H', data, at)[0]
    del data[base + length:]
    data += body
    struct.pack_into('>H', data, at, length + len(body))
    parts.data = data
    whole = parts.finish()
    return packet._replace(data=whole, wire=len(whole))


PREFIX = ipaddress.ip_address('2001:db8:5::').packed[:12]
ALL_NODES = ipaddress.ip_address('ff02::1').packed


def address6(packed):
    """A one-to-one map; broadcast and multicast become multicast."""
    if packed[0] >= 224:
        return ALL_NODES[:12] + packed if packed != b'\xff' * 4 else ALL_NODES
    return PREFIX + packed


def version6(packets):
    """The same conversations over IPv6; ARP becomes neighbor discovery."""
    out = []
    for packet in packets:
        parts = Parts(packet.data)
        data = bytes(parts.data)
        if parts.ethertype == IP4 and parts.transport is not None:
            end = parts.ip + struct.unpack_from('>H', data, parts.ip + 2)[0]
            body = data[parts.ip + (data[parts.ip] & 15) * 4:end]
            header = struct.pack('>IHBB', 6 << 28, end - parts.ip - (data[parts.ip] & 15) * 4, parts.protocol,
                                 data[parts.ip + 8])
            header += address6(data[parts.ip + 12:parts.ip + 16]) + address6(data[parts.ip + 16:parts.ip + 20])
            frame = Parts(data[:parts.network - 2] + struct.pack('>H', IP6) + header + body).finish()
            out.append(packet._replace(data=frame, wire=packet.wire + len(frame) - len(data)))
        elif parts.ethertype == ARP and parts.addresses:
            out.append(discovery(packet, parts))
        else:
            out.append(packet)
    return out


def discovery(packet, parts):
    """Neighbor solicitation or advertisement instead of an ARP question or answer."""
    data, at = bytes(parts.data), parts.network
    question = data[at + 7] == 1
    sender, target = address6(data[at + 14:at + 18]), address6(data[at + 24:at + 28])
    if data[at + 14:at + 18] == bytes(4):
        sender = bytes(16)
    if question and sender != target:
        body = struct.pack('>BBHI', 135, 0, 0, 0) + target + b'\1\1' + data[at + 8:at + 14]
        to = ipaddress.ip_address('ff02::1:ff00:0').packed[:13] + target[13:]
    else:
        body = struct.pack('>BBHI', 136, 0, 0, 0x60000000) + sender + b'\2\1' + data[at + 8:at + 14]
        to = ALL_NODES if question else target
    pseudo = sender + to + struct.pack('>II', len(body), 58)
    body = body[:2] + struct.pack('>H', pcapfile.checksum(pseudo + body)) + body[4:]
    frame = data[:12] + struct.pack('>HIHBB', IP6, 6 << 28, len(body), 58, 255) + sender + to + body
    return packet._replace(data=frame, wire=len(frame))


def scaled(factor):
    def change(packets):
        first = packets[0].time
        return [packet._replace(time=first + int((packet.time - first) * factor)) for packet in packets]
    return change


def late_start(seconds):
    """The capture begins in mid-stream: handshakes are not in it."""
    def change(packets):
        first = packets[0].time
        return [packet for packet in packets if packet.time - first >= seconds * 10**9]
    return change


def tagged_twice(packets):
    """Everything in a service provider's tag and a VLAN."""
    return [packet._replace(data=packet.data[:12] + struct.pack('>HHHH', 0x88a8, 7, 0x8100, 42) + packet.data[12:],
                            wire=packet.wire + 8) for packet in packets]


def cooked(packets):
    """LINKTYPE_LINUX_SLL, as from the pseudo device "any": only the sender's hardware address is left."""
    return [packet._replace(data=struct.pack('>HHH', 0, 1, 6) + packet.data[6:12] + bytes(2) + packet.data[12:],
                            wire=packet.wire + 2) for packet in packets]


def raw(packets):
    """LINKTYPE_RAW, as from a tunnel: no hardware address, no ARP."""
    return [packet._replace(data=packet.data[14:], wire=packet.wire - 14) for packet in packets
            if packet.data[12:14] in (b'\x08\x00', b'\x86\xdd')]


ROUTER = bytes.fromhex('02005e005301')


def without_neighbours(packets):
    """Behind a router: no ARP and no neighbor discovery, one hardware address for all who are not here."""
    here = {}
    for packet in packets:
        for mac in (packet.data[:6], packet.data[6:12]):
            here[mac] = here.get(mac, 0) + 1
    local = max((mac for mac in here if not mac[0] & 1), key=here.get)
    out = []
    for packet in packets:
        parts = Parts(packet.data)
        if parts.ethertype == ARP or parts.ethertype == IP6 and parts.protocol == 58:
            continue
        macs = [mac if mac[0] & 1 or mac == local else ROUTER for mac in (packet.data[:6], packet.data[6:12])]
        out.append(packet._replace(data=b''.join(macs) + packet.data[12:]))
    return out


def early_end(seconds):
    """The capture is stopped before the run is over."""
    def change(packets):
        last = packets[-1].time
        return [packet for packet in packets if last - packet.time >= seconds * 10**9]
    return change


class Variant(NamedTuple):
    change: Callable  # packets -> packets
    factor: float = 1  # of every span of time
    options: tuple = ()  # for the program
    same: bool = True  # the verdicts must be the same set, not only hold the truth
    link: int = pcapfile.ETHERNET


VARIANTS = {
    'snap length 96': Variant(cut),
    'mirror duplicates': Variant(doubled),
    'overtaking': Variant(late),
    'records out of order': Variant(shuffled),
    '1 % not captured': Variant(thinned),
    'millisecond stamps': Variant(coarse),
    'microsecond stamps': Variant(micro),
    'one side tagged': Variant(tagged),
    'receive offload': Variant(merged),
    'other addresses': Variant(pcapfile.relabel),
    'IPv6': Variant(version6),
    'a day later': Variant(lambda packets: pcapfile.shift(packets, 86400 * 10**9 + 123456789)),
    'twice as fast': Variant(scaled(0.5), 0.5, ('--min-gap', '1s')),
    'half as fast': Variant(scaled(2), 2),
    'ten times slower': Variant(scaled(10), 10),
    'two tags': Variant(tagged_twice),
    'Linux cooked': Variant(cooked, link=113),
    'raw IP': Variant(raw, same=False, link=101),
    'behind a router': Variant(without_neighbours, same=False),
    'begins in mid-stream': Variant(late_start(1), same=False),
    'ends early': Variant(early_end(1), same=False),
}
