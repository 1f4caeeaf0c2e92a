#!/usr/bin/env python3
"""What captures cost that were made to be slow, beside ordinary ones of as many packets: `./dev bench hostile [PACKETS]`.

Each kind aims at one structure: a table whose buckets it fills, a chain that it makes long, a list that somebody walks
for each entry of another list. A row is the CPU time (user and system, the least of RUNS) of that capture, of the same
traffic made not to be slow, and of as many packets of the most ordinary kind, connections of ten packets each; and how
many times the first costs the dearer one of those; more than MOST fails.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import functools
import itertools
import os
import pathlib
import resource
import struct
import subprocess
import sys

import bench

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build' / 'bench'
PROGRAM = pathlib.Path(os.environ.get('SSK_PROGRAM') or ROOT / 'build' / 'stallshark')
RUNS, MOST = 3, 5
T0 = 1742841256 * 10**9
MASK = (1 << 64) - 1


class Writer:
    def __init__(self, path):
        self.out = open(path, 'wb')
        self.out.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
        self.time = T0

    def add(self, frame, step=50_000):
        self.time += step
        self.out.write(struct.pack('<4I', *divmod(self.time, 10**9), len(frame), len(frame)) + frame)

    def close(self):
        self.out.close()


ETHERNET = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1])


IDENTIFICATION = itertools.count(1)  # or the next packet would be taken for a copy of the one before


def ip4(protocol, source, target, payload):
    return ETHERNET + b'\x08\x00' + struct.pack('>BBHHHBBHII', 0x45, 0, 20 + len(payload), next(IDENTIFICATION) & 0xffff, 0,
                                                64, protocol, 0, source, target) + payload


def ip6(protocol, source, target, payload):
    return ETHERNET + b'\x86\xdd' + struct.pack('>IHBB', 0x60000000, len(payload), protocol, 64) + source + target + payload


def udp(ports, data):
    return struct.pack('>HHHH', *ports, 8 + len(data), 0) + data


def tcp(ports, seq, ack, flags, data=b''):
    return struct.pack('>HHIIBBHHH', *ports, seq & 0xffffffff, ack & 0xffffffff, 0x50, flags, 64240, 0, 0) + data


def client(i):
    """Address and port of the i-th of many."""
    return 0x0a000001 + i // 50000, 1024 + i % 50000


SERVER = 0x0a800001


# ---- kinds: each writes n packets, made to be slow or not ----

def unmix(value):
    """Back from the mixing that the flow table used before its hashes were keyed."""
    factor = 0xd6e8feb86659fd93
    value ^= value >> 32
    value = value * pow(factor, -1, 1 << 64) & MASK
    return value ^ value >> 32


def collisions(writer, n, slow):
    """IPv6 endpoints that met in one bucket."""
    wanted = unmix(0x1234567890abcdef)
    for i in range(n):
        high = struct.pack('>Q', 0x20010db800000000 | i // 50000)
        port = 1024 + i % 50000
        low = (unmix(wanted ^ struct.unpack('<Q', high)[0]) - port) & MASK if slow else i * 7919
        writer.add(ip6(17, high + struct.pack('<Q', low), high[:8] + bytes(7) + b'\1', udp((port, 9000), bytes(20))))


def reconnects(writer, n, slow):
    """SYNs of one address and port, each a connection of its own."""
    for i in range(n):
        address, port = (0x0a000001, 30000) if slow else client(i)
        writer.add(ip4(6, address, SERVER, tcp((port, 443), i * 100000, 0, 2)))


def compression(writer, n, slow):
    """DNS names that are chains of pointers, in many records."""
    base = 12
    head = b'\1a\0' + struct.pack('>HHI', 16, 1, 120)
    at, chain = base + len(head) + 2, b''
    last = base
    while len(chain) < 680:
        chain += struct.pack('>H', 0xc000 | last) if slow else b'\1a'
        last = at + len(chain) - 2 if slow else base
    body = head + struct.pack('>H', len(chain)) + chain
    record = struct.pack('>HHHIHH', 0xc000 | last, 12, 1, 120, 2, 0xc000 | last)
    count = (1380 - len(body)) // len(record)
    message = struct.pack('>6H', 0, 0x8400, 0, 1 + count, 0, 0) + body + record * count
    for _ in range(n):
        writer.add(ip4(17, 0x0a000001, 0xe00000fb, udp((5353, 5353), message)), 1_000_000)


def questions(writer, n, slow):
    """ARP requests of as many hosts as packets: each asks for an address of its own, or all the same one."""
    for i in range(n):
        sender, target = client(i)[0] + i, SERVER + (i if slow else 0)
        mac = struct.pack('>HI', 0x0200, i)
        writer.add(b'\xff' * 6 + mac + b'\x08\x06' + struct.pack('>HHBBH', 1, 0x0800, 6, 4, 1) + mac
                   + struct.pack('>I', sender) + bytes(6) + struct.pack('>I', target))


def keepalives(writer, n, slow):
    """One connection; every twentieth message comes after a hole in the capture."""
    sent = [1, 1]
    for i in range(n // 2):
        skip = 30 if slow and i > 50 and i % 20 == 0 else 1
        for side, kind in ((0, b'ping'), (1, b'pong')):
            body = b'{"type":"%s","seq":%07d}' % (kind, i)
            payload = struct.pack('>I', len(body)) + body
            sent[side] += (skip - 1) * len(payload)
            ends = (0x0a000001, SERVER)
            ports = (30000, 7000)
            writer.add(ip4(6, ends[side], ends[1 - side], tcp((ports[side], ports[1 - side]), sent[side], sent[1 - side],
                                                             0x18, payload)), 300_000 if side else skip * 10**9)
            sent[side] += len(payload)


def txt_keys(writer, n, slow):
    """TXT records of 1400 bytes whose keys are all different, or all the same."""
    owner = b''.join(bytes([len(label)]) + label for label in (b'svc', b'_x', b'_tcp', b'local')) + b'\0'
    for i in range(n):
        strings = b''.join(b'\6%04x=%d' % ((k ^ i & 0xff) if slow else 0, i % 7) for k in range(190))
        message = struct.pack('>6H', 0, 0x8400, 0, 1, 0, 0) + owner + struct.pack('>HHIH', 16, 0x8001, 120, len(strings))
        writer.add(ip4(17, 0x0a000001, 0xe00000fb, udp((5353, 5353), message + strings)), 1_000_000)


def collisions4(writer, n, slow):
    """IPv4 endpoints that met in one bucket."""
    wanted = unmix(0x1234567890abcdef)
    for i in range(n):
        address, port = client(i)
        if slow:
            mixed = unmix(wanted + i) & 0xffffffffffff
            address, port = mixed >> 16 & 0xffffff | 0x0a000000, mixed & 0xffff | 1
        writer.add(ip4(17, address, SERVER, udp((port, 9000), bytes(20))))


def services(writer, n, slow):
    """Services of IPv6 servers whose sums met: the hash of a service was a sum once."""
    for i in range(n):
        low = (0x100 - i % 0x100 if slow else i) << 32 | i
        server = struct.pack('>QQ', 0x20010db800000001, low & MASK)
        writer.add(ip6(17, server[:8] + bytes(7) + b'\1', server, udp((1024 + i % 50000, 9000), bytes(20))))


def talk(writer, times, address, port, answers):
    """A connection in which a request is sent at each of the times, and acknowledged and answered or not."""
    made, numbers = [], [1000, 5000]

    def add(time, side, flags, data=b''):
        ends, ports = (address, SERVER), (port, 7000)
        made.append((time, ip4(6, ends[side], ends[1 - side], tcp((ports[side], ports[1 - side]), numbers[side],
                                                                  numbers[1 - side] if flags & 16 else 0, flags, data))))

    add(times[0], 0, 2)
    numbers[0] += 1
    add(times[0] + 10**6, 1, 0x12)
    numbers[1] += 1
    add(times[0] + 2 * 10**6, 0, 0x10)
    for time, answered in zip(times[1:], answers):
        for again in (0, 1, 3, 7) if not answered else (0,):
            add(time + again * 10**9, 0, 0x18, b'ping')
        numbers[0] += 4
        add(time + (15 * 10**9 if not answered else 3 * 10**6), 1, 0x18, b'pong')
        numbers[1] += 4
    return made


def outage(writer, n, slow):
    """One server that many clients talk with is gone for 15 s: each of them has a stall of its own."""
    flows, made = max(1, n // 19), []
    for i in range(flows):
        start = i * 10**9 // flows
        made += talk(writer, [start + k * 10**9 for k in (0, 1, 2, 3, 19, 20)], *client(i), [1, 1, not slow, 1, 1])
    write_all(writer, made)


def write_all(writer, made):
    for time, frame in sorted(made, key=lambda one: one[0]):
        writer.time = T0 + time
        writer.add(frame, 0)


def outages(writer, n, slow):
    """One client that loses its server again and again: incidents that recur."""
    made = talk(writer, [k * 20 * 10**9 for k in range(n // 5)], *client(1), [k % 2 or not slow for k in range(n // 5)])
    write_all(writer, made)


def starts(writer, n, slow):
    """As many connections as packets: a SYN each, or all in one connection."""
    for i in range(n):
        address, port = client(i) if slow else client(1)
        writer.add(ip4(6, address, SERVER, tcp((port, 443), 1000 + i, 1, 2 if slow else 0x10)), 20_000)


def leaps(writer, n, slow):
    """Conversations with hours between them, or none: pauses of the capture."""
    for i in range(n):
        writer.add(ip4(17, *client(i)[:1], SERVER, udp((client(i)[1], 9000), bytes(20))),
                   7200 * 10**9 if slow else 50_000)


KINDS = [
    ('hash4', collisions4, 1, 'addresses of one bucket of the flow table, IPv4'),
    ('svc6', services, 1, 'services of one bucket'),
    ('stalls', outage, 1, 'stalls of as many flows'),
    ('recurring', outages, 1, 'outages of one host, one after the other'),
    ('flows', starts, 1, 'connections of one packet each'),
    ('1M flows', starts, 25, 'the same, a million of them where PACKETS is not given'),
    ('pauses', leaps, 1, 'hours without a packet'),
    ('hash6', collisions, 1, 'addresses of one bucket of the flow table'),
    ('synreuse', reconnects, 1, 'connections on one pair of ports'),
    ('dnschain', compression, .1, 'names made of compression pointers'),
    ('arp', questions, 1, 'addresses sought in vain'),
    ('holes', keepalives, 1, 'holes in one connection'),
    ('txtkeys', txt_keys, .1, 'TXT records of many keys'),
]


def made(name, n, slow=True):
    """The capture of a kind, of about n packets."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / ('hostile-%s-%d-%s.pcap' % (name.replace(' ', ''), n, 'slow' if slow else 'ordinary'))
    writer = Writer(path)
    next(write for kind, write, _, _ in KINDS if kind == name)(writer, n, slow)
    writer.close()
    return path


def cost(path):
    """CPU seconds, the least of RUNS."""
    best = None
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)  # os.times() counts in hundredths of a second
        done = subprocess.run([str(PROGRAM), 'analyze', '--format', 'json', str(path)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode:
            sys.exit('hostile.py: %s: %s' % (path, done.stderr.decode(errors='replace')))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        best = spent if best is None else min(best, spent)
    return best


@functools.lru_cache
def ordinary_cost(n):
    return cost(bench.connections(n // 10))


def main(arguments):
    packets = int(arguments[0]) if arguments else 40_000
    failed = False
    print('%-10s %8s %9s %9s %9s %6s  %s' % ('kind', 'packets', 'slow', 'not slow', 'ordinary', 'times', 'what'))
    for name, _, part, what in KINDS:
        n, seconds = int(packets * part), []
        for slow in (True, False):
            path = made(name, n, slow)
            seconds.append(cost(path))
            path.unlink()
        seconds.append(ordinary_cost(n))
        times = seconds[0] / max(seconds[1:])
        failed = failed or times > MOST
        print('%-10s %8d %7.2f s %7.2f s %7.2f s %6.1f  %s' % (name, n, *seconds, times, what), flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
