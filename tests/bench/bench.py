#!/usr/bin/env python3
"""Speed and memory, side by side on generated captures: `./dev bench [PACKETS]`; `./dev bench ratios [PACKETS]` prints
the table of the README alone, `./dev bench pairs` the comparisons of two captures.

A row is (name, command, input). Each command runs RUNS times (a slow one less often) after one warm-up, the
programs by turns, so that a busy moment of the machine hits all of them. Seconds are wall time, their median counts;
of CPU time (user and system), which others on the machine can only lengthen, the least counts. Memory is the peak of
resident memory as the kernel says it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build' / 'bench'
PROGRAM = ROOT / 'build' / 'stallshark'
RUNS = 5
SLOW_SECONDS = 10
OPENED = 1_000_000  # packets of the capture that Wireshark opens


def generator(name):
    source = ROOT / 'tests/bench' / (name + '.c')
    binary = FOLDER / name
    made = max(path.stat().st_mtime for path in (source, *source.parent.glob('*.h')))
    if not binary.exists() or binary.stat().st_mtime < made:
        subprocess.run([os.environ.get('CC', 'cc'), '-std=c11', '-O2', str(source), '-o', str(binary)], check=True)
        for old in FOLDER.glob(name + '-*.pcap'):
            old.unlink()
    return binary


def generate(name, *numbers):
    """A capture made by tests/bench/NAME.c; kept from run to run."""
    path = FOLDER / ('-'.join([name, *map(str, numbers)]) + '.pcap')
    binary = generator(name)
    if not path.exists():
        part = path.with_suffix('.%d.part' % os.getpid())  # another run may make the same
        with open(part, 'wb') as out:
            subprocess.run([str(binary), *map(str, numbers)], stdout=out, check=True)
        part.rename(path)
    return path


def connections(count):
    """A capture of `count` ordinary connections: handshake, a question, an answer, both FINs."""
    path = FOLDER / ('connections-%d.pcap' % count)
    if path.exists():
        return path
    # from the client?, flags, payload; SYN and FIN take a number of their own
    steps = [(1, 0x02, 0), (0, 0x12, 0), (1, 0x10, 0), (1, 0x18, 200), (0, 0x10, 0), (0, 0x18, 600), (1, 0x10, 0),
             (1, 0x11, 0), (0, 0x11, 0), (1, 0x10, 0)]
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i in range(count):
            numbers = {1: 1000, 0: 5000}
            ends = {1: (0x0a000000 + i // 20000, 40000 + i % 20000), 0: (0x0a800001, 443)}
            for k, (client, flags, size) in enumerate(steps):
                (source, from_port), (target, to_port) = ends[client], ends[1 - client]
                packet = struct.pack('>BBHHHBBHIIHHIIBBHHH', 0x45, 0, 40 + size, i * 10 + k & 0xffff, 0, 64, 6, 0,
                                     source, target, from_port, to_port, numbers[client],
                                     numbers[1 - client] if flags & 0x10 else 0, 0x50, flags, 64240, 0, 0)
                numbers[client] += size + (flags & 3 > 0)
                micros = i * 1000 + k * 90
                out.write(struct.pack('<IIII', 1700000000 + micros // 1000000, micros % 1000000, 40 + size, 40 + size))
                out.write(packet + b'x' * size)
    return path


def as_pcapng(path):
    """The same packets in Enhanced Packet Blocks."""
    made = path.with_suffix('.pcapng')
    if made.exists():
        return made
    content = path.read_bytes()
    units = {0xa1b2c3d4: 10**6, 0xa1b23c4d: 10**9}[struct.unpack_from('<I', content)[0]]
    with open(made, 'wb') as out:
        out.write(struct.pack('<IIIHHqI', 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28))
        resolution = struct.pack('<HHBxxxHH', 9, 1, 9 if units == 10**9 else 6, 0, 0)
        out.write(struct.pack('<IIHHI', 1, 32, struct.unpack_from('<I', content, 20)[0], 0, 0) + resolution
                  + struct.pack('<I', 32))
        at = 24
        while at < len(content):
            seconds, fraction, cap, wire = struct.unpack_from('<IIII', content, at)
            data = content[at + 16:at + 16 + cap] + bytes(-cap % 4)
            stamp, size = seconds * units + fraction, 32 + len(data)
            out.write(struct.pack('<IIIIIII', 6, size, 0, stamp >> 32, stamp & 0xffffffff, cap, wire) + data
                      + struct.pack('<I', size))
            at += 16 + cap
    return made


def discovery(count, hosts=200):
    """A capture of `count` mDNS packets: of each host now a question, now its service with host name and address."""
    path = FOLDER / ('discovery-%d.pcap' % count)
    if path.exists():
        return path

    def name(*labels):
        return b''.join(bytes([len(label)]) + label.encode() for label in labels) + b'\0'

    def record(owner, kind, data, ttl):
        return owner + struct.pack('>HHIH', kind, 0x8001 if kind != 12 else 1, ttl, len(data)) + data

    kind = name('_airplay', '_tcp', 'local')
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i in range(count):
            host = i * 7 % hosts
            service, target = name('Room %d' % host, '_airplay', '_tcp', 'local'), name('room-%d' % host, 'local')
            if i // hosts % 2:
                message = struct.pack('>HHHHHH', 0, 0, 1, 0, 0, 0) + kind + struct.pack('>HH', 12, 1)
            else:
                message = struct.pack('>HHHHHH', 0, 0x8400, 0, 4, 0, 0) + record(kind, 12, service, 4500)
                message += record(service, 33, struct.pack('>HHH', 0, 0, 7000) + target, 120)
                message += record(service, 16, b'\x0bmodel=X%04d' % host, 4500)
                message += record(target, 1, struct.pack('>I', 0x0a000002 + host), 120)
            size = 28 + len(message)
            packet = struct.pack('>BBHHHBBHIIHHHH', 0x45, 0, size, i & 0xffff, 0, 255, 17, 0, 0x0a000002 + host,
                                 0xe00000fb, 5353, 5353, size - 20, 0) + message
            micros = i * 1000
            out.write(struct.pack('<IIII', 1700000000 + micros // 1000000, micros % 1000000, size, size) + packet)
    return path


def tuples(count):
    """A capture of `count` connections of three packets: SYN, SYN-ACK, RST."""
    path = FOLDER / ('tuples-%d.pcap' % count)
    if path.exists():
        return path
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i in range(count):
            ends = ((0x0a000000 + i // 20000, 40000 + i % 20000), (0x0a800001, 443))
            for k, (source, flags, number, answered) in enumerate(((0, 2, 999, 0), (1, 0x12, 4999, 1000), (0, 4, 1000, 0))):
                (here, from_port), (there, to_port) = ends[source], ends[1 - source]
                micros = i * 100 + k * 20
                out.write(struct.pack('<IIII', 1700000000 + micros // 1000000, micros % 1000000, 40, 40)
                          + struct.pack('>BBHHHBBHIIHHIIBBHHH', 0x45, 0, 40, i * 3 + k & 0xffff, 0, 64, 6, 0, here, there,
                                        from_port, to_port, number, answered, 0x50, flags, 64240, 0, 0))
    return path


def bulk(count):
    """A capture of one download: `count` segments of 1448 bytes, one acknowledgment for two of them."""
    path = FOLDER / ('bulk-%d.pcap' % count)
    if path.exists():
        return path
    numbers, body = [1000, 5000], b'x' * 1448
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for i in range(count + count // 2):
            server = i % 3 < 2
            ends = ((0x0a000001, 40000), (0x0a800001, 443))
            (here, from_port), (there, to_port) = ends[server], ends[1 - server]
            size = 40 + len(body) * server
            micros = i * 100
            out.write(struct.pack('<IIII', 1700000000 + micros // 1000000, micros % 1000000, size, size)
                      + struct.pack('>BBHHHBBHIIHHIIBBHHH', 0x45, 0, size, i & 0xffff, 0, 64, 6, 0, here, there, from_port,
                                    to_port, numbers[server], numbers[1 - server], 0x50, 0x10, 64240, 0, 0)
                      + body * server)
            numbers[1] = numbers[1] + len(body) * server & 0xffffffff
    return path


def bare_loop():
    binary = FOLDER / 'bare'
    source = ROOT / 'tests/bench/bare.c'
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        subprocess.run([os.environ.get('CC', 'cc'), '-O2', str(source), '-o', str(binary), '-lpcap'], check=True)
    return binary


# name, what makes it, the ratio that it must not exceed, the ratio to aim at
RATIOS = [
    ('keep-alives, 500 flows, decoded', lambda n: generate('generate', n, 500), 3.0, 2.0),
    ('the same as pcapng', lambda n: as_pcapng(generate('generate', n, 500)), 4.5, 3.0),
    ('a UDP stream, 1 kB', lambda n: generate('generate_udp', n // 2), 1.7, 1.3),
    ('bulk TCP', lambda n: bulk(n // 15), 1.7, 1.3),
    ('connections of 10 packets', lambda n: connections(n // 20), 7, 4),
    ('tuples of 3 packets', lambda n: tuples(n // 2), 12, 6),
    ('mDNS, 200 hosts', lambda n: discovery(n // 10), 6, 3),
]


def ratios(packets):
    """CPU time beside that of a loop over libpcap alone, and of tcptrace where it is installed; medians, by turns."""
    print('\nCPU time, in times of a loop over libpcap that does nothing')
    print('  %-34s %9s %9s %9s %7s %7s %10s' % ('', 'libpcap s', 'ours s', 'ratio', 'must', 'aim', 'tcptrace'))
    for name, make, must, aim in RATIOS:
        path = str(make(packets))
        commands = {'bare': [str(bare_loop()), path], 'ours': [str(PROGRAM), 'analyze', path]}
        if shutil.which('tcptrace') and not path.endswith('ng'):
            commands['tcptrace'] = ['tcptrace', '-n', '-q', path]
        seen = {which: [] for which in commands}
        for turn in range(RUNS + 1):
            for which, command in commands.items():
                cpu = measure(command)[1]
                if turn:
                    seen[which].append(cpu)
        bare = max(statistics.median(seen['bare']), 0.001)
        ours = statistics.median(seen['ours'])
        print('  %-34s %9.3f %9.3f %8.1fx %6.1fx %6.1fx %10s' % (
            name, bare, ours, ours / bare, must, aim,
            '%.1fx' % (statistics.median(seen['tcptrace']) / bare) if 'tcptrace' in seen else ''))
        sys.stdout.flush()


def two_captures(title, devices, seconds, with_log):
    """A comparison beside the analyses of its two captures: the log is read by one of these."""
    client, server = (str(generate('generate_pair', view, devices, seconds)) for view in ('client', 'server'))
    log = ['--log', str(generate('generate_pair', 'log', devices, seconds)), '--log-timezone', 'UTC'] if with_log else []
    rows = [[str(PROGRAM), 'analyze', client, *log], [str(PROGRAM), 'analyze', server],
            [str(PROGRAM), 'compare', client, server, *log]]
    seen = [[measure(row)[1:] for _ in range(2)] for row in rows]
    cpu = [min(c for c, _ in each) for each in seen]
    print('  %-44s %9.2f %9.2f %8.2fx %10.1f' % (title, cpu[0] + cpu[1], cpu[2], cpu[2] / (cpu[0] + cpu[1]),
                                                max(m for _, m in seen[2]) / 1e6))
    sys.stdout.flush()


def comparisons():
    print('\nTwo captures held against each other: must stay within 2.5 times both analyses, and within 200 MB')
    print('  %-44s %9s %9s %9s %10s' % ('', 'alone s', 'both s', 'ratio', 'peak MB'))
    two_captures('a day of 40 devices, and 100 MB of a log', 40, 86400, True)
    two_captures('a day of 40 devices', 40, 86400, False)
    two_captures('two hours of 1000 devices', 1000, 7200, False)


def memory_per_flow():
    few, many = 20_000, 120_000
    peaks = [min(measure([str(PROGRAM), 'analyze', str(connections(n))])[2] for _ in range(2)) for n in (few, many)]
    print('\nMemory of an ordinary TCP connection of 10 packets')
    print('  %.0f bytes, report included (%d connections: %.1f MB, %d: %.1f MB)' % (
        (peaks[1] - peaks[0]) / (many - few), few, peaks[0] / 1e6, many, peaks[1] / 1e6))


def udp_figures():
    """What the unit test of the on/off meter measures over its grid of generated streams."""
    test = ROOT / 'build-dev/tests/test_onoff'
    if not test.exists():
        print('\nUDP on/off over a generated grid: run ./dev test first')
        return
    done = subprocess.run([str(test), '-p', '/onoff'], capture_output=True, text=True, check=True)
    print('\nUDP on/off over a generated grid of burst size, duty, rate, jitter and loss')
    for line in done.stdout.splitlines():
        if line.startswith(('# grid', '# steady')):
            print('  ' + line[2:])


def measure(command):
    """Return (seconds, CPU seconds, peak bytes); a command that fails ends the benchmark."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit('%s ended with %d: %s' % (' '.join(command), child.returncode, error.decode(errors='replace')[-500:]))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * (1 if sys.platform == 'darwin' else 1024)


def table(title, rows, packets):
    """Measure the rows by turns and print them; speeds are given relative to the first."""
    rows = [(name, command) for name, command in rows if shutil.which(command[0])
            or print('not installed: ' + command[0])]
    seen = {name: [] for name, _ in rows}
    for turn in range(RUNS + 1):
        for name, command in rows:
            if turn == 0 or turn == 1 or statistics.median(t for t, _, _ in seen[name]) < SLOW_SECONDS:
                result = measure(command)
                if turn > 0:
                    seen[name].append(result)
    print('\n' + title)
    print('  %-36s %9s %9s %12s %9s %9s %10s %5s' % (
        '', 'seconds', 'CPU s', 'packets/s', 'speed', 'CPU', 'peak MB', 'runs'))
    first = None
    for name, _ in rows:
        seconds = statistics.median(t for t, _, _ in seen[name])
        cpu = min(c for _, c, _ in seen[name])
        first = first or (seconds, cpu)
        count = packets[name] if isinstance(packets, dict) else packets
        print('  %-36s %9.3f %9.3f %12.0f %8.2fx %8.2fx %10.1f %5d' % (
            name, seconds, cpu, count / seconds, first[0] / seconds, cpu / first[1],
            statistics.median(m for _, _, m in seen[name]) / 1e6, len(seen[name])))
    sys.stdout.flush()


def main(arguments):
    only_ratios, only_pairs = arguments[:1] == ['ratios'], arguments[:1] == ['pairs']
    arguments = arguments[only_ratios or only_pairs:]
    packets = int(arguments[0]) if arguments else 2_000_000
    FOLDER.mkdir(parents=True, exist_ok=True)
    if only_ratios or only_pairs:
        ratios(packets) if only_ratios else comparisons()
        return
    big, small = generate('generate', packets, 500), generate('generate', packets // 10, 500)
    program = [str(PROGRAM), 'analyze']
    table('%d packets, 500 TCP flows, %.0f MB' % (packets, big.stat().st_size / 1e6), [
        ('stallshark', program + [str(big)]),
        ('capinfos', ['capinfos', str(big)]),
        ('tcptrace -n', ['tcptrace', '-n', str(big)]),
        ('tshark -q -z conv,tcp', ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', str(big)]),
    ], packets)
    names = ['stallshark, %d packets' % n for n in (packets, packets // 10)]
    table('Memory grows with flows and silences, not with packets', [
        (names[0], program + [str(big)]), (names[1], program + [str(small)]),
    ], dict(zip(names, (packets, packets // 10))))
    ratios(packets)
    memory_per_flow()
    comparisons()
    rows = [('stallshark, %d datagrams' % n, program + [str(generate('generate_udp', n))], n)
            for n in (packets, packets // 10)]
    table('One UDP stream in bursts', [row[:2] for row in rows], {row[0]: row[2] for row in rows})
    udp_figures()
    subprocess.run([str(ROOT / 'dev'), 'with-module', sys.executable, str(ROOT / 'tests/bench/cost.py'), str(small)],
                   env={**os.environ, 'SSK_BUILT': '1'}, check=True)
    million = generate('generate', OPENED, 500)
    session = ['dbus-run-session', '--'] if shutil.which('Xvfb') and shutil.which('dbus-run-session') else []
    subprocess.run([str(ROOT / 'dev'), 'with-module', *session, '/usr/bin/python3', str(ROOT / 'tests/bench/open.py'),
                    str(million), str(OPENED)], env={**os.environ, 'SSK_BUILT': '1'}, check=True)


if __name__ == '__main__':
    main(sys.argv[1:])
