#!/usr/bin/env python3
"""Fresh UDP streams with a known truth, on and off or not, and how many are judged right.

    tests/bench/udp_cases.py [--program PATH] [--count N] [--seed N] [--only TEXT] [--pair] [-v]

A stream is a sender that hesitates as real ones do (by a random tail up to a part of the pause), a gate that makes the
pattern (so many bytes, or so much time, then a pause), losses besides, and a way of numbering. A third of the streams
have no pattern: steady ones, losses by chance and in runs, and what only looks like one: QUIC, DHCP, telephony, video,
mDNS, market data, syslog. Pictures, beacons and the like pulse by nature: on/off is neither demanded nor forbidden
there, only the verdict counts. Truth is what the gate did, never what the program found.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import json
import math
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOST = 'udp-lost-before-receiver'
PAUSES = 'udp-sender-pauses'


# ---- senders: lists of (time, size) ----

def hesitate(rng, kind, longest):
    """One hesitation, at most `longest`."""
    if kind == 'pareto':
        return min(longest, longest / 8 * rng.paretovariate(1.2))
    if kind == 'lognormal':
        return min(longest, longest / 5 * rng.lognormvariate(0, 0.8))
    if kind == 'uniform':
        return rng.uniform(0, longest)
    return min(longest, rng.expovariate(4 / longest))


def steady(rng, rate, size, seconds, kind=None, longest=0.0, per_second=0.0, catch_up=True, batch=0.0):
    """A constant rate; now and then the sender is late, and sends what waited, or goes on from there."""
    out, due, late, interval = [], 0.0, 0.0, size / rate
    last = 0.0
    while due < seconds:
        if kind and rng.random() < per_second * interval:
            wait = hesitate(rng, kind, longest)
            if catch_up:
                late = max(late, due + wait)
            else:
                due += wait
        at = max(due, late)
        if batch:
            at = max(at, math.ceil(due / batch) * batch)
        last = max(at + rng.uniform(0, 0.1 * interval), last + 8e-6)
        out.append((last, size))
        due += interval
    return out


def pictures(rng, rate, seconds, size=1300, per_second=30):
    out, n = [], 0
    for i in range(int(seconds * per_second)):
        packets = max(1, round(rate / per_second / size * (3.0 if i % 30 == 0 else rng.uniform(0.5, 1.3))))
        at = i / per_second + rng.uniform(0, 0.002)
        for k in range(packets):
            out.append((at + k * 30e-6, size if k < packets - 1 else rng.randint(200, size)))
            n += 1
    return out


def aggregated(rng, stream, every, most=64):
    """What waits goes out at once, as 802.11 aggregates do."""
    out, at, i = [], 0.0, 0
    while i < len(stream):
        at = max(at + every * rng.uniform(0.7, 1.3), stream[i][0])
        n = 0
        while i < len(stream) and stream[i][0] <= at and n < most:
            out.append((at + n * 25e-6, stream[i][1]))
            i += 1
            n += 1
    return out


# ---- gates: which of the stream pass; (passed flags, cycles as (first, behind) indices) ----

def gate_bytes(rng, stream, limit, off, spread, off_spread):
    passed, cycles = [], []
    got, shut_until, first = 0, -1.0, 0
    target = limit
    for i, (at, size) in enumerate(stream):
        if at < shut_until:
            passed.append(False)
            continue
        if not got:
            first = i
        passed.append(True)
        got += size
        if got >= target:
            cycles.append((first, i + 1))
            got, shut_until = 0, at + off * max(0.2, rng.gauss(1, off_spread))
            target = limit * max(0.2, rng.gauss(1, spread))
    return passed, cycles


def gate_time(rng, stream, on, off, spread):
    passed, cycles, begin, i = [False] * len(stream), [], rng.uniform(0, on), 0
    while i < len(stream):
        length, pause = on * max(0.2, rng.gauss(1, spread)), off * max(0.2, rng.gauss(1, spread))
        first = i
        while i < len(stream) and stream[i][0] < begin + length:
            passed[i] = True
            i += 1
        if i > first:
            cycles.append((first, i))
        begin += length + pause
        while i < len(stream) and stream[i][0] < begin:
            i += 1
    return passed, cycles


def rests(rng, rate, size, limit, off, seconds, off_spread, **how):
    """A sender that sends `limit` bytes and rests: nothing is lost."""
    out, at, cycles = [], 0.0, []
    while at < seconds:
        burst = steady(rng, rate, size, limit / rate - 1e-9, **how)
        cycles.append((len(out), len(out) + len(burst)))
        out += [(at + t, s) for t, s in burst]
        at = out[-1][0] + off * max(0.2, rng.gauss(1, off_spread))
    return out, cycles


# ---- the capture ----

def frames(rng, stream, numbering, ids, cast):
    """All that the sender sends, as (time, frame, length on the wire). Headers and 54 bytes of payload are kept."""
    target = {'broadcast': '0a0000ff', 'multicast': 'ef010203', 'unicast': '0a000002'}[cast]
    mac = {'broadcast': 'ffffffffffff', 'multicast': '01005e010203', 'unicast': '020000000002'}[cast]
    noise = bytes(rng.randrange(256) for _ in range(64))
    identity, last, out = rng.randrange(65536), None, []
    for number, (at, size) in enumerate(stream):
        if ids == 'up':
            identity += 1
        elif ids == 'shared':
            identity += 1 + (rng.randrange(1, 4) if rng.random() < 0.08 else 0)
        elif ids == 'linux':
            idle = (at - last if last is not None else 0) * 1000
            identity += 1 if idle < 1 else 1 + rng.randrange(int(idle) + 1)
        elif ids == 'random':
            identity = rng.randrange(65536)
        else:
            identity = 0
        last = at
        head = {'u32be': struct.pack('>4sI', noise[:4], number & 0xffffffff),
                'u16le': struct.pack('<3sH', noise[:3], number & 0xffff),
                'rtp': struct.pack('>BBHII', 0x80, 96, number & 0xffff, int(at * 90000) & 0xffffffff, 0x1234),
                'none': bytes(rng.randrange(256) for _ in range(12))}[numbering]
        kept = min(size, 54)
        payload = (head + noise)[:kept].ljust(kept, b'\0')
        ip = struct.pack('>BBHHHBBH', 0x45, 0, size + 28, identity & 0xffff, 0, 64, 17, 0)
        frame = (bytes.fromhex(mac) + bytes.fromhex('0200000000010800') + ip + bytes.fromhex('0a000001' + target) +
                 struct.pack('>HHHH', 40000, 4000, size + 8, 0) + payload)
        out.append((at, frame, size + 42))
    return out


def write(path, base, rows):
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
        for at, frame, length in rows:
            stamp = int((base + at) * 1e9)
            out.write(struct.pack('<IIII', stamp // 10**9, stamp % 10**9, len(frame), length) + frame)


def write_pair(rng, folder, case):
    """The device's capture; and the sender's, which has all and a clock of its own. The way between takes time:
    it holds what a radio bunches. Paths of both."""
    base = 1_800_000_000 + rng.random()
    sent = frames(rng, case['stream'], case['numbering'], case['ids'], case['cast'])
    name = case['name'].replace(' ', '-')
    device, wire = (os.path.join(folder, '%s.%s.pcap' % (name, side)) for side in ('device', 'wire'))
    write(device, base, [row for row, arrived in zip(sent, case['arrived']) if arrived])
    way = random.Random(case['name'])
    clock, floor, spread = way.uniform(-36000, 36000), way.uniform(0.0005, 0.005), way.choice([0, 0.0001, 0.0005])
    left, last = [], -1e9
    for (at, frame, length), due in zip(sent, case['sent']):
        last = max(last + 1e-6, min(at, due) - floor - way.uniform(0, spread))
        left.append((last, frame, length))
    write(wire, base + clock, left)
    return device, wire


# ---- cases ----

def cycle_truth(packets, cycles):
    """Of complete cycles, as docs/udp.md measures: bytes, duty."""
    rows = []
    for (first, behind), (following, _) in zip(cycles[1:-1], cycles[2:]):
        burst = [p for p in packets[first:behind] if p]
        if len(burst) < 2 or not packets[following]:
            continue
        active = burst[-1][0] - burst[0][0]
        on = active + active / (len(burst) - 1)
        rows.append((sum(p[1] for p in burst), on, packets[following][0] - burst[0][0]))
    if len(rows) < 3:
        return None
    return {'bytes': statistics.median(r[0] for r in rows),
            'duty': 1000 * sum(r[1] for r in rows) / sum(r[2] for r in rows)}


def positive(rng, n):
    size = rng.choice([400, 512, 768, 1024, 1200, 1400])
    limit = rng.choice([32, 48, 64, 96, 128, 200, 256, 512]) * 1024
    duty = rng.choice([0.25, 0.35, 0.45, 0.55, 0.65, 0.8])
    # a cycle between 0.1 and 1 s
    cycle = rng.uniform(max(0.12, limit / 4e6 / duty), max(0.3, min(1.0, limit / 2e5)))
    rate, off = limit / (cycle * duty), cycle * (1 - duty)
    kind = rng.choice(['pareto', 'lognormal', 'exp', 'uniform'])
    level = rng.choice([0.04, 0.15, 0.3, 0.5, 0.7, 0.85])
    seconds = min(14.0, max(3.0, rng.uniform(9, 20) * cycle))
    how = {'kind': kind, 'longest': level * off, 'per_second': rng.uniform(0.5, 3) / cycle,
           'catch_up': rng.random() < 0.6, 'batch': rng.choice([0, 0, 0.002, 0.004])}
    gate = rng.choice(['bytes'] * 6 + ['time', 'time', 'rests', 'ampdu', 'ampdu', 'pictures'])
    sent = None
    spread, off_spread = rng.choice([0, 0, 0.02, 0.05]), rng.choice([0.01, 0.03, 0.1, 0.2])
    if gate == 'rests':
        stream, cycles = rests(rng, rate, size, limit, off, seconds, off_spread, **how)
        passed = [True] * len(stream)
    else:
        stream = pictures(rng, rate, seconds) if gate == 'pictures' else steady(rng, rate, size, seconds, **how)
        if gate == 'ampdu':
            sent = [at for at, _ in stream]
            stream = aggregated(rng, stream, rng.uniform(0.004, max(0.005, 0.4 * min(off, 0.05))))
        if gate == 'time':
            passed, cycles = gate_time(rng, stream, cycle * duty, off, rng.choice([0, 0.01, 0.05]))
        else:
            passed, cycles = gate_bytes(rng, stream, limit, off, spread, off_spread)
    numbering = 'rtp' if gate == 'pictures' else rng.choice(['u32be', 'u16le', 'rtp', 'none'])
    ids = rng.choice(['up', 'zero', 'random', 'shared'] + (['linux'] if gate != 'rests' else []))
    if numbering == 'none' and level > 0.6:
        ids = 'up'  # a tail as long as that, and nothing numbered: docs/udp.md, limits
    return {'what': gate, 'level': level, 'stream': stream, 'sent': sent or [at for at, _ in stream], 'passed': passed, 'cycles': cycles,
            'loss': rng.choice([0, 0, 0.01, 0.04]), 'numbering': numbering, 'ids': ids,
            'verdict': {PAUSES} if gate == 'rests' else {LOST}, 'forbidden': {LOST} if gate == 'rests' else
            {'wifi-dtim-bunching', 'udp-receive-buffer-full'}, 'free': gate == 'pictures' and False}


def quic(rng, seconds):
    """A page now and then: a window that doubles, paced by acknowledgments."""
    out, at = [], 0.0
    while at < seconds:
        window, left, rtt = 10, rng.randrange(15, 600), rng.uniform(0.015, 0.06)
        while left > 0:
            for k in range(min(window, left)):
                out.append((at + k * rng.uniform(20e-6, 200e-6), 1200))
            left -= window
            window = min(2 * window, 200)
            at = max(at + rtt * rng.uniform(0.95, 1.3), out[-1][0] + 1e-4)
        at += rng.expovariate(1 / 0.6)
    return sorted(out)


def sparse(rng, seconds, mean, sizes, burst=(1, 1)):
    out, at = [], 0.0
    while at < seconds:
        at += rng.expovariate(1 / mean)
        out += [(at + k * rng.uniform(50e-6, 5e-3), rng.choice(sizes)) for k in range(rng.randint(*burst))]
    return sorted(out)


def negative(rng, n):
    kinds = ['steady', 'hesitating', 'hesitating', 'loss', 'runs', 'quic', 'voip', 'dhcp', 'mdns', 'market', 'syslog',
             'video', 'ampdu', 'batches', 'game', 'idle', 'dtim']
    what = kinds[n % len(kinds)]
    sent = None
    rate, size, seconds = rng.uniform(1e5, 2e6), rng.choice([300, 512, 1024, 1400]), rng.uniform(5, 10)
    case = {'what': what, 'level': None, 'loss': 0, 'numbering': rng.choice(['u32be', 'rtp', 'none']),
            'ids': rng.choice(['up', 'zero', 'random', 'shared', 'linux']), 'verdict': set(), 'free': False,
            'forbidden': {LOST, PAUSES, 'wifi-dtim-bunching', 'udp-receive-buffer-full', 'udp-lost-in-receiver'}}
    if what in ('hesitating', 'loss', 'runs', 'ampdu'):
        stream = steady(rng, rate, size, seconds, rng.choice(['pareto', 'lognormal', 'exp', 'uniform']),
                        rng.uniform(0.005, 0.15), rng.uniform(3, 60), rng.random() < 0.5, rng.choice([0, 0.002]))
    if what == 'steady':
        stream = steady(rng, rate, size, seconds)
    elif what == 'loss':
        case['loss'] = rng.uniform(0.01, 0.06)
    elif what == 'ampdu':
        sent = [at for at, _ in stream]
        stream = aggregated(rng, stream, rng.uniform(0.003, 0.02))
    elif what == 'quic':
        stream, case['numbering'] = quic(rng, 4 * seconds), 'none'
    elif what == 'voip':
        stream = [(t, 172) for t, _ in steady(rng, 8600, 172, 12 * seconds, 'exp', 0.06, 1)]
        silent = rng.random() < 0.5  # silence suppression: spurts of a second or so
        spurts, at = [], 0.0
        while silent and at < 13 * seconds:
            length = rng.expovariate(1)
            spurts.append((at, at + length))
            at += length + rng.expovariate(1 / 1.3)
        stream = [p for p in stream if not silent or any(a <= p[0] < b for a, b in spurts)]
        case['numbering'] = 'rtp'
        case['forbidden'] -= {PAUSES} if silent else set()
    elif what == 'dhcp':
        stream, case['numbering'] = sparse(rng, 3000, 12, [300, 320, 342], (1, 4)), 'none'
    elif what == 'mdns':
        stream, case['numbering'] = sparse(rng, 2000, 8, [60, 120, 400, 900], (1, 12)), 'none'
    elif what == 'market':
        stream = sparse(rng, seconds, 0.004, [90, 200, 500, 1300], (1, 40))
    elif what == 'syslog':
        stream, case['numbering'] = sparse(rng, 300, 1.0, [120, 180, 250], (1, 60)), 'none'
    elif what == 'video':
        stream, case['numbering'], case['free'] = pictures(rng, rng.uniform(2e5, 1e6), seconds), 'rtp', True
        case['forbidden'] -= {PAUSES}
    elif what == 'batches':
        stream = steady(rng, rate, size, seconds, batch=rng.choice([0.002, 0.004, 0.008, 0.01]))
    elif what == 'game':
        stream = [(i / 60 + rng.uniform(0, 0.004), rng.randint(60, 500)) for i in range(int(60 * seconds))]
    elif what == 'idle':
        stream = sparse(rng, 400, 3.0, [80], (1, 3))
    elif what == 'dtim':
        stream = steady(rng, 40000, 400, 14)
        grid, last, held = 0.1024 * rng.randint(1, 3), 0.0, []
        for at, length in stream:
            last = max(math.ceil(at / grid) * grid, last + 150e-6)
            held.append((last, length))
        sent = [at for at, _ in stream]
        stream, case['free'] = held, True
        case['forbidden'] -= {'wifi-dtim-bunching'}
        case['verdict'] = {'wifi-dtim-bunching'}
    case['stream'], case['passed'], case['cycles'] = stream, [True] * len(stream), None
    case['sent'] = sent or [at for at, _ in stream]
    if what == 'runs':  # Gilbert and Elliott: a good state, a bad one, of random length
        bad, until = False, 0.0
        for i, (at, _) in enumerate(stream):
            while at >= until:
                bad = not bad
                until += rng.expovariate(1 / (0.03 if bad else 0.4))
            case['passed'][i] = not bad or rng.random() < 0.2
        case['forbidden'] -= {LOST}
    return case


def make(seed, n, every=3):
    rng = random.Random(seed * 100003 + n)
    case = negative(rng, n // every) if n % every == 2 else positive(rng, n)
    case['cast'] = rng.choice(['broadcast', 'multicast', 'unicast'])
    packets = [(at, size, i) if ok and rng.random() >= case['loss'] else None
               for i, ((at, size), ok) in enumerate(zip(case['stream'], case['passed']))]
    case['truth'] = cycle_truth(packets, case['cycles']) if case['cycles'] else None
    seen = [p for p in packets if p]
    case['arrived'] = [p is not None for p in packets]
    case['name'] = '%03d %s' % (n, case['what'])
    case['delivered'] = 1000 * len(seen) / (seen[-1][2] - seen[0][2] + 1)
    return rng, case


def judge_pair(case, report):
    """The same with the sender's capture beside it, which leaves no doubt of what was sent."""
    rows = report['udp']
    if len(rows) != 1:
        return ({} if not case['truth'] and not rows else {'pair row': False}), rows
    row, marks = rows[0], {}
    found, truth, received = row['on_off'], case['truth'], row['reception'] and row['reception']['delivered_permille']
    if truth:
        marks['pair all'] = (bool(found) and abs(found['on_bytes']['p50'] - truth['bytes']) <= 0.05 * truth['bytes'] and
                             abs(found['duty_permille'] - truth['duty']) <= 40)
    elif not case['cycles'] and not case['free']:
        marks['pair no false'] = not found
    said = set(row['verdict'])
    marks['pair verdict'] = not said & case['forbidden'] and (not case['verdict'] or bool(said & case['verdict']))
    marks['pair delivered'] = received is not None and abs(received - case['delivered']) <= 10
    return marks, {'on_off': found and (found['on_bytes']['p50'], found['duty_permille']), 'verdict': row['verdict'],
                   'delivered': received}


def judge(case, report):
    """{figure: right?}, and what was found"""
    rows = report['udp']
    if len(rows) != 1:
        return ({} if not case['truth'] and not rows else {'row': False}), rows
    row, marks = rows[0], {}
    found, truth = row['on_off'], case['truth']
    if truth:
        marks['found'] = bool(found)
        marks['burst'] = bool(found) and abs(found['on_bytes']['p50'] - truth['bytes']) <= 0.05 * truth['bytes']
        marks['duty'] = bool(found) and abs(found['duty_permille'] - truth['duty']) <= 40
        marks['all'] = marks['burst'] and marks['duty']
    elif not case['cycles'] and not case['free']:
        marks['no false'] = not found
    said = set(row['verdict'])
    wanted = case['verdict']
    if case['numbering'] == 'none' and case['ids'] in ('zero', 'random', 'shared', 'linux'):
        wanted = set()  # nothing tells the path from the sender
        if case['cycles']:
            case['forbidden'] = case['forbidden'] - {LOST, PAUSES}
    marks['verdict'] = not said & case['forbidden'] and (not wanted or bool(said & wanted))
    received = row['reception'] and row['reception']['delivered_permille']
    if received is not None:
        marks['delivered'] = abs(received - case['delivered']) <= 20
    return marks, {'on_off': found and (found['on_bytes']['p50'], found['duty_permille']), 'verdict': row['verdict'],
                   'delivered': received}


def run(program, *arguments):
    return json.loads(subprocess.run([program, *arguments, '--format', 'json'], capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--program', default=str(ROOT / 'build/stallshark'))
    parser.add_argument('--count', type=int, default=300)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', default='')
    parser.add_argument('--pair', action='store_true', help="compare with the sender's capture, too")
    parser.add_argument('--keep', help='folder for the captures')
    parser.add_argument('-v', action='store_true')
    options = parser.parse_args()
    sums, by = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for n in range(options.count):
            rng, case = make(options.seed, n)
            if options.only not in case['name']:
                continue
            device, wire = write_pair(rng, options.keep or folder, case)
            forbidden = set(case['forbidden'])
            marks, got = judge(case, run(options.program, 'analyze', device))
            if options.pair:
                case['forbidden'] = forbidden
                pair_marks, pair_got = judge_pair(case, run(options.program, 'compare', wire, device))
                marks.update(pair_marks)
                got = (got, pair_got)
            if not options.keep:
                os.unlink(device)
                os.unlink(wire)
            for figure, right in marks.items():
                for key in (figure, (case['what'], figure)):
                    a = (sums if key == figure else by).setdefault(key, [0, 0])
                    a[0] += right
                    a[1] += 1
            if options.v or not all(marks.values()):
                truth = case['truth'] and (case['truth']['bytes'], round(case['truth']['duty']))
                print('%-5s %-16s %s, ids %s, level %s, loss %s: want %s %s %d, got %s' % (
                    'ok' if all(marks.values()) else 'MISS', case['name'], case['numbering'], case['ids'],
                    case['level'], case['loss'], truth, '|'.join(case['verdict']), case['delivered'], got))
    print(json.dumps(sums))
    for what in sorted({k[0] for k in by}):
        print('  %-12s %s' % (what, '  '.join('%s %d/%d' % (k[1], *v) for k, v in by.items() if k[0] == what)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
