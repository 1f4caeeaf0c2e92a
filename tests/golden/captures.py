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


def between(client, server, ports, from_client, flags, payload, seq, ack):
    """A TCP segment between any two addresses of 10.0.0.0/8, captured at neither: time to live 60."""
    ends = [(client, ports[0]), (server, ports[1])]
    (source, sport), (target, dport) = ends if from_client else ends[::-1]
    segment = struct.pack('>HHIIBBHHH', sport, dport, seq, ack, 0x50, flags, 65535, 0, 0) + payload
    packet = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(segment), 0, 0, 60, 6, 0)
    packet += bytes(source) + bytes(target) + segment
    return bytes([2, 0, *target, 2, 0, *source]) + b'\x08\x00' + packet


def dead_server(connections=500, alike=True):
    """[(time, bytes)]: keep-alive clients of one server, each a host of its own; the server says nothing for 40 s.
    They retransmit with back-off, and go on, are reset, connect anew or stay silent by turns; alike: all go on."""
    ms = 10**6
    server, made = (10, 9, 9, 9), []
    for number in range(connections):
        client, port = (10, 1, number // 250, 1 + number % 250), 40000 + number
        ways = 0 if alike else number % 4

        def say(at, from_client, flags, payload, seq, ack, port=port, client=client):
            made.append((T0 + at * ms, between(client, server, (port, 7000), from_client, flags, payload, seq, ack)))

        def beats(start, n, sent, port, first=0):
            for beat in range(first, n):
                say(start + beat * 1000, True, 0x18, b'ping %6d\n' % beat, 1 + 12 * beat, 1 + 12 * beat, port)
                say(start + beat * 1000 + 8, False, 0x18, b'pong %6d\n' % beat, 1 + 12 * beat, 13 + 12 * beat, port)

        def connect(start, port):
            say(start, True, 2, b'', 0, 0, port)
            say(start + 8, False, 0x12, b'', 0, 1, port)
            say(start + 16, True, 0x10, b'', 1, 1, port)

        start = number * 997 % 1000  # ms: each in its own phase
        connect(start, port)
        beats(start + 500, 20, 0, port)
        silent = start + 500 + 20 * 1000
        again = [0, 200, 600, 1400, 3000, 6200, 12600, 25400]
        for late in again:
            say(silent + late, True, 0x18, b'ping %6d\n' % 20, 1 + 12 * 20, 1 + 12 * 20, port)
        if ways == 0:
            say(silent + 40000, True, 0x18, b'ping %6d\n' % 20, 1 + 12 * 20, 1 + 12 * 20, port)
            say(silent + 40008, False, 0x18, b'pong %6d\n' % 20, 1 + 12 * 20, 13 + 12 * 20, port)
            beats(silent + 20000, 30, 0, port, 21)
        elif ways == 1:
            say(silent + 40000, True, 0x18, b'ping %6d\n' % 20, 1 + 12 * 20, 1 + 12 * 20, port)
            say(silent + 40008, False, 0x14, b'', 1 + 12 * 20, 13 + 12 * 20, port)
        elif ways == 2:
            say(silent + 30000, True, 0x11, b'', 13 + 12 * 20, 1 + 12 * 20, port)
            connect(silent + 41000, port + 1000)
            beats(silent + 41500, 9, 0, port + 1000)
    return sorted(made)
