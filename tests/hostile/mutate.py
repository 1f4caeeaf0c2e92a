#!/usr/bin/env python3
"""Damage captures the way files, networks and attackers do, the same way for the same seed.

  mutate.py OUT COUNT SEED CAPTURE...   write OUT/00000.pcap or .pcapng and so on

Half of the results keep their bytes and get other times; of the rest, records are cut, repeated, dropped, shuffled,
spliced, and bits and bytes inside packets and between them are changed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import gzip
import pathlib
import random
import struct
import sys

MAGIC = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}
LIMIT = 1 << 61  # SSK_TIME_MAX
OFFSET = 2305843010  # seconds before 1970 that the files begin at, so that every time is a positive number
EDGES = [0, 1, -1, LIMIT, LIMIT - 1, LIMIT + 1, -LIMIT, -LIMIT + 1, -LIMIT - 1, LIMIT // 2, -LIMIT // 2,
         (1 << 32) * 10**9 % LIMIT, 10**18]
BYTES = [0, 1, 0x7f, 0x80, 0xc0, 0xff]


def read_pcap(raw):
    order = '<' if struct.unpack('<I', raw[:4])[0] in MAGIC else '>'
    unit = MAGIC.get(struct.unpack(order + 'I', raw[:4])[0])
    if not unit:
        return None
    link = struct.unpack(order + 'I', raw[20:24])[0] & 0xffff
    records, at = [], 24
    while at + 16 <= len(raw):
        seconds, part, held, wire = struct.unpack(order + '4I', raw[at:at + 16])
        if held > 1 << 18:
            break
        records.append([seconds * 10**9 + part * unit, raw[at + 16:at + 16 + held], wire, link])
        at += 16 + held
    return records


def read_pcapng(raw):
    """The packets of enhanced blocks; resolutions and offsets of interfaces do not matter to what comes out."""
    order = '<' if raw[8:12] == b'\x4d\x3c\x2b\x1a' else '>'
    records, links, at = [], [], 0
    while at + 12 <= len(raw):
        kind, size = struct.unpack(order + 'II', raw[at:at + 8])
        if size < 12 or at + size > len(raw):
            break
        body = raw[at + 8:at + size - 4]
        if kind == 1 and len(body) >= 8:
            links.append(struct.unpack(order + 'H', body[:2])[0])
        elif kind == 6 and len(body) >= 20:
            interface, high, low, held, wire = struct.unpack(order + 'IIIII', body[:20])
            link = links[interface] if interface < len(links) else 1
            records.append([1742841256 * 10**9 + (high << 32 | low) % 10**15, body[20:20 + held], wire, link])
        at += size
    return records


def read(path):
    raw = path.read_bytes()
    if raw[:2] == b'\x1f\x8b':
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError):
            return []
    if len(raw) < 24:
        return []
    records = read_pcapng(raw) if raw[:4] == b'\x0a\x0d\x0d\x0a' else read_pcap(raw)
    return records or []


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)


def write_pcapng(records):
    """Nanoseconds from OFFSET on: all that fits in 64 bits, before 1970 too."""
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))]
    links = sorted({link for _, _, _, link in records}) or [1]
    for link in links:
        out.append(block(1, struct.pack('<HHI', link, 0, 0) + struct.pack('<HHBxxx', 9, 1, 9)
                         + struct.pack('<HHq', 14, 8, -OFFSET) + struct.pack('<I', 0)))
    for time, data, wire, link in records:
        stamp = (time + OFFSET * 10**9) % (1 << 64)
        out.append(block(6, struct.pack('<IIIII', links.index(link), stamp >> 32, stamp & 0xffffffff, len(data),
                                        min(wire, 0xffffffff)) + data))
    return b''.join(out)


def write_pcap(records):
    link = records[0][3] if records else 1
    out = [struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, link)]
    for time, data, wire, _ in records:
        out.append(struct.pack('<4I', time // 10**9 % (1 << 32), time % 10**9, len(data), min(wire, 0xffffffff)) + data)
    return b''.join(out)


# ---- times ----

def edge(rng):
    return rng.choice(EDGES) + rng.choice([0, 0, rng.randrange(-10**9, 10**9)])


def times_scattered(rng, records):
    for record in rng.sample(records, max(1, len(records) // rng.choice([2, 10, 50]))):
        record[0] = edge(rng)


def times_from_then_on(rng, records):
    for _ in range(rng.randrange(1, 5)):
        at, by = rng.randrange(len(records)), edge(rng)
        for record in records[at:]:
            record[0] += by if abs(record[0] + by) < 1 << 62 else -by


def times_stretched(rng, records):
    first, factor = records[0][0], rng.choice([2, 10, 1000, 10**6, 10**8, 10**9])
    begin = edge(rng)
    for record in records:
        record[0] = max(-LIMIT - 5, min(LIMIT + 5, begin + (record[0] - first) * factor))


def times_two_ends(rng, records):
    low, high = sorted((edge(rng), edge(rng)))
    first = records[0][0]
    for i, record in enumerate(records):
        record[0] = (high if rng.random() < .5 else low) + (record[0] - first) % 10**12


def times_back_and_forth(rng, records):
    by = rng.choice([10**6, 10**9, 3600 * 10**9, 86400 * 10**9, 10**17])
    for record in records:
        record[0] += rng.choice([-by, 0, 0, by])


TIMES = [times_scattered, times_from_then_on, times_stretched, times_two_ends, times_back_and_forth]


# ---- records and bytes ----

def flip_bits(rng, records):
    for record in rng.sample(records, max(1, len(records) // rng.choice([1, 5, 50]))):
        data = bytearray(record[1])
        for _ in range(rng.choice([1, 1, 3, 20])):
            if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        record[1] = bytes(data)


def set_bytes(rng, records):
    for record in rng.sample(records, max(1, len(records) // rng.choice([1, 5, 50]))):
        data = bytearray(record[1])
        for _ in range(rng.choice([1, 2, 8])):
            if data:
                data[rng.randrange(min(len(data), rng.choice([20, 60, 10**6])))] = rng.choice(BYTES)
        record[1] = bytes(data)


def cut_packets(rng, records):
    for record in rng.sample(records, max(1, len(records) // rng.choice([1, 3, 20]))):
        record[1] = record[1][:rng.randrange(len(record[1]) + 1)]


def lie_of_length(rng, records):
    for record in rng.sample(records, max(1, len(records) // 10)):
        record[2] = rng.choice([0, 1, len(record[1]) // 2, 65535, 2**31, 2**32 - 1])


def drop_records(rng, records):
    share = rng.choice([.01, .1, .5, .9])
    records[:] = [record for record in records if rng.random() >= share] or records[:1]


def repeat_records(rng, records):
    out = []
    for record in records:
        out += [list(record) for _ in range(1 if rng.random() < .8 else rng.randrange(2, 6))]
    records[:] = out


def shuffle_records(rng, records):
    for _ in range(max(1, len(records) // 10)):
        a = rng.randrange(len(records))
        b = min(len(records) - 1, a + rng.randrange(1, 20))
        records[a][1], records[b][1] = records[b][1], records[a][1]


def splice_packets(rng, records):
    for record in rng.sample(records, max(1, len(records) // 10)):
        other = rng.choice(records)[1]
        at = rng.randrange(min(len(record[1]), len(other)) + 1)
        record[1] = record[1][:at] + other[at:]


def other_link(rng, records):
    link = rng.choice([0, 1, 101, 105, 113, 127, 149, 228, 252, 258, 276, 65535])
    for record in records:
        record[3] = link


RECORDS = [flip_bits, set_bytes, cut_packets, lie_of_length, drop_records, repeat_records, shuffle_records,
           splice_packets, other_link]


def damage_file(rng, raw):
    data = bytearray(raw)
    for _ in range(rng.choice([1, 3, 10])):
        data[rng.randrange(len(data))] = rng.choice(BYTES + [rng.randrange(256)])
    return bytes(data[:rng.randrange(len(data))] if rng.random() < .2 else data)


def mutate(rng, records):
    """The bytes of a file."""
    most = rng.choice([200, 200, 200, 3000])  # many short ones find more than few long ones
    if len(records) > most:
        at = rng.randrange(len(records) - most)
        records = records[at:at + most]
    records = [list(record) for record in records]
    if rng.random() < .5:
        rng.choice(TIMES)(rng, records)
        return write_pcapng(records)
    for _ in range(rng.choice([1, 1, 2, 4])):
        rng.choice(RECORDS + TIMES[:1])(rng, records)
    if rng.random() < .5 and len({record[3] for record in records}) == 1:
        raw = write_pcap(records)
    else:
        raw = write_pcapng(records)
    return damage_file(rng, raw) if rng.random() < .15 else raw


def main(arguments):
    out, count, seed = pathlib.Path(arguments[0]), int(arguments[1]), int(arguments[2])
    seeds = [records for records in (read(pathlib.Path(path)) for path in arguments[3:]) if records]
    if not seeds:
        sys.exit('mutate.py: no capture with packets')
    out.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        rng = random.Random(seed * 1000003 + i)
        raw = mutate(rng, rng.choice(seeds))
        suffix = 'pcapng' if raw[:4] == b'\x0a\x0d\x0d\x0a' else 'pcap'
        (out / ('%05d.%s' % (i, suffix))).write_bytes(raw)


if __name__ == '__main__':
    main(sys.argv[1:])
