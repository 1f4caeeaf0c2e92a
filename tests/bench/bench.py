#!/usr/bin/env python3
"""Speed and memory, side by side on generated captures: `./dev bench [PACKETS]`.

A row is (name, command, input). Each command runs RUNS times (a slow one less often) after one warm-up, the
programs by turns, so that a busy moment of the machine hits all of them; the median counts. Time is wall time,
memory is the peak of resident memory as the kernel says it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'build' / 'bench'
PROGRAM = ROOT / 'build' / 'stallshark'
RUNS = 5
SLOW_SECONDS = 10


def generator(name):
    source = ROOT / 'tests/bench' / (name + '.c')
    binary = FOLDER / name
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        subprocess.run([os.environ.get('CC', 'cc'), '-std=c11', '-O2', str(source), '-o', str(binary)], check=True)
        for old in FOLDER.glob(name + '-*.pcap'):
            old.unlink()
    return binary


def generate(name, *numbers):
    """A capture made by tests/bench/NAME.c; kept from run to run."""
    path = FOLDER / ('-'.join([name, *map(str, numbers)]) + '.pcap')
    binary = generator(name)
    if not path.exists():
        part = path.with_suffix('.part')
        with open(part, 'wb') as out:
            subprocess.run([str(binary), *map(str, numbers)], stdout=out, check=True)
        part.rename(path)
    return path


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
    """Return (seconds, peak bytes); a command that fails ends the benchmark."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit('%s ended with %d: %s' % (' '.join(command), child.returncode, error.decode(errors='replace')[-500:]))
    return seconds, usage.ru_maxrss * (1 if sys.platform == 'darwin' else 1024)


def table(title, rows, packets):
    """Measure the rows by turns and print them; speeds are given relative to the first."""
    rows = [(name, command) for name, command in rows if shutil.which(command[0])
            or print('not installed: ' + command[0])]
    seen = {name: [] for name, _ in rows}
    for turn in range(RUNS + 1):
        for name, command in rows:
            if turn == 0 or turn == 1 or statistics.median(t for t, _ in seen[name]) < SLOW_SECONDS:
                result = measure(command)
                if turn > 0:
                    seen[name].append(result)
    print('\n' + title)
    print('  %-36s %9s %12s %9s %10s %5s' % ('', 'seconds', 'packets/s', 'speed', 'peak MB', 'runs'))
    first = None
    for name, _ in rows:
        seconds = statistics.median(t for t, _ in seen[name])
        first = first or seconds
        count = packets[name] if isinstance(packets, dict) else packets
        print('  %-36s %9.3f %12.0f %8.2fx %10.1f %5d' % (
            name, seconds, count / seconds, first / seconds, statistics.median(m for _, m in seen[name]) / 1e6,
            len(seen[name])))
    sys.stdout.flush()


def main(arguments):
    packets = int(arguments[0]) if arguments else 2_000_000
    FOLDER.mkdir(parents=True, exist_ok=True)
    big, small = generate('generate', packets, 500), generate('generate', packets // 10, 500)
    program = [str(PROGRAM), 'analyze']
    table('%d packets, 500 TCP flows, %.0f MB' % (packets, big.stat().st_size / 1e6), [
        ('stallshark', program + [str(big)]),
        ('capinfos', ['capinfos', str(big)]),
        ('tcptrace -n', ['tcptrace', '-n', str(big)]),
        ('tshark -q -z conv,tcp', ['tshark', '-n', '-q', '-z', 'conv,tcp', '-r', str(big)]),
    ], packets)
    names = ['stallshark, %d packets' % n for n in (packets, packets // 10)]
    table('Memory does not grow with packets', [
        (names[0], program + [str(big)]), (names[1], program + [str(small)]),
    ], dict(zip(names, (packets, packets // 10))))
    rows = [('stallshark, %d datagrams' % n, program + [str(generate('generate_udp', n))], n)
            for n in (packets, packets // 10)]
    table('One UDP stream in bursts', [row[:2] for row in rows], {row[0]: row[2] for row in rows})
    udp_figures()
    subprocess.run([str(ROOT / 'dev'), 'with-module', sys.executable, str(ROOT / 'tests/bench/cost.py'), str(small)],
                   env={**os.environ, 'SSK_BUILT': '1'}, check=True)


if __name__ == '__main__':
    main(sys.argv[1:])
