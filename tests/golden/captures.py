"""Capture files made for a test, byte by byte.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import struct

T0 = 1742841288 * 10**9
ETHERNET, LINUX_SLL, RAW = 1, 113, 101


def tcp(side=0, flags=0x10, payload=b'', seq=1, ack=1, ports=(40000, 7000), link=ETHERNET):
    """A TCP segment between 10.0.0.5 and 10.0.0.1; side 1 answers."""
    source, target = (ports[side], ports[1 - side])
    addresses = (bytes([10, 0, 0, 5]), bytes([10, 0, 0, 1]))
    segment = struct.pack('>HHIIBBHHH', source, target, seq, ack, 0x50, flags, 65535, 0, 0) + payload
    packet = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0)
    packet += addresses[side] + addresses[1 - side] + segment
    if link == ETHERNET:
        return bytes([2, 0, 0, 0, 0, 2 - side, 2, 0, 0, 0, 0, 1 + side]) + b'\x08\x00' + packet
    if link == LINUX_SLL:
        return struct.pack('>HHH8sH', 0, 1, 6, bytes(8), 0x0800) + packet
    return packet


def conversation(start=T0, n=8, step=10**9, ports=(40000, 7000), link=ETHERNET):
    """[(time, bytes)]: a handshake, then n requests with their answers."""
    made = [(start, tcp(0, 2, seq=0, ack=0, ports=ports, link=link)),
            (start + 10**6, tcp(1, 0x12, seq=0, ports=ports, link=link)),
            (start + 2 * 10**6, tcp(0, 0x10, ports=ports, link=link))]
    for i in range(n):
        at = start + (i + 1) * step
        made.append((at, tcp(0, 0x18, b'PING %d\n' % i, 1 + 7 * i, 1 + 7 * i, ports, link)))
        made.append((at + 3 * 10**6, tcp(1, 0x18, b'PONG %d\n' % i, 1 + 7 * i, 8 + 7 * i, ports, link)))
    return made


def datagram(payload, ident=0, ports=(5000, 5001)):
    """A UDP datagram from 10.0.0.9 to 10.0.0.1."""
    body = struct.pack('>HHHH', *ports, 8 + len(payload), 0) + payload
    packet = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), ident, 0, 64, 17, 0)
    packet += bytes([10, 0, 0, 9]) + bytes([10, 0, 0, 1]) + body
    return bytes([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9]) + b'\x08\x00' + packet


def bursts(start=T0, n=32, packets=120, pause=10**9, apart=10**6, size=1092, ports=(5000, 5001)):
    """[(time, bytes)]: n bursts of numbered datagrams; n - 1 pauses between them."""
    made = []
    for burst in range(n):
        at = start + burst * (pause + packets * apart)
        for i in range(packets):
            number = burst * packets + i
            made.append((at + i * apart, datagram(struct.pack('>II', 0, number) + bytes(size - 8), number & 0xffff, ports)))
    return made


def crowd(flows=200, packets=200_000):
    """[(time, bytes)]: many keep-alive connections, every 20th of which is silent for 20 s once; and a sender in
    bursts. About so many packets, in the order of time."""
    made = bursts()
    pings = (packets - len(made)) // flows // 2
    for flow in range(flows):
        one = conversation(T0 + flow * 3 * 10**6, pings, 10**9, (20000 + flow, 7000))
        if flow % 20 == 0:
            one = [(time + (20 * 10**9 if i > len(one) // 2 else 0), data) for i, (time, data) in enumerate(one)]
        made += [packet for packet in one if packet[0] < T0 + pings * 10**9]
    return sorted(made)


def pcap(packets, link=ETHERNET, nanoseconds=True, order='<'):
    magic, unit = (0xa1b23c4d, 1) if nanoseconds else (0xa1b2c3d4, 1000)
    out = [struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, 262144, link)]
    out += [struct.pack(order + 'IIII', time // 10**9, time % 10**9 // unit, len(data), len(data)) + data
            for time, data in packets]
    return b''.join(out)


def option(code, value, order='<'):
    return struct.pack(order + 'HH', code, len(value)) + value + bytes(-len(value) % 4)


def block(kind, body, order='<'):
    body += bytes(-len(body) % 4)
    length = struct.pack(order + 'I', len(body) + 12)
    return struct.pack(order + 'I', kind) + length + body + length


def section(order='<'):
    return block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1), order)


def interface(link=ETHERNET, name=None, order='<'):
    options = option(9, b'\x09', order)
    if name:
        options = option(2, name.encode(), order) + options
    return block(1, struct.pack(order + 'HHI', link, 0, 0) + options + option(0, b'', order), order)


def packet(time, data, interface_id=0, options=b'', order='<'):
    body = struct.pack(order + 'IIIII', interface_id, time >> 32, time & 0xffffffff, len(data), len(data))
    body += data + bytes(-len(data) % 4)
    return block(6, body + (options + option(0, b'', order) if options else b''), order)


def simple_packet(data, order='<'):
    return block(3, struct.pack(order + 'I', len(data)) + data, order)


def statistics(interface_id, dropped, order='<'):
    return block(5, struct.pack(order + 'III', interface_id, 0, 0) + option(5, struct.pack(order + 'Q', dropped), order)
                 + option(0, b'', order), order)


def process(pid, name, order='<'):
    """Apple's process block; packets name it by its index, option 0x8001 or 0x8003."""
    return block(0x80000001, struct.pack(order + 'I', pid) + option(2, name.encode() + b'\0', order)
                 + option(4, bytes(16), order) + option(0, b'', order), order)


def pcapng(packets, order='<'):
    out = section(order) + interface(order=order)
    return out + b''.join(packet(time, data, order=order) for time, data in packets)
