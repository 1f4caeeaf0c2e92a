#!/usr/bin/env python3
"""What the module costs inside tshark: `./dev with-module tests/bench/cost.py CAPTURE`; `./dev bench` runs it.

CPU time (user and system) of tshark, by turns, the median of RUNS. The base is the same tshark with the same
dissectors, our post-dissector disabled.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import statistics
import subprocess
import sys

RUNS = 5
COUNT = ['-z', 'io,stat,0']
BOUND = ['-d', 'tcp.port==7000,keepalive']  # in all rows: port 7000 is Gryphon's otherwise
ROWS = [  # name, arguments, what it may cost at most
    ('tshark -z io,stat,0, without the fields', [*COUNT, '--disable-protocol', 'stallshark'], None),
    ('tshark -z io,stat,0, with the fields', COUNT, 1.25),
    ('tshark -z stallshark,report', ['-z', 'stallshark,report'], 1.3),
]


def cpu_seconds(command):
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit('%s ended with %d: %s' % (' '.join(command), child.returncode, error.decode(errors='replace')[-500:]))
    return usage.ru_utime + usage.ru_stime


def main(capture):
    seen = {name: [] for name, _, _ in ROWS}
    for turn in range(RUNS + 1):
        for name, arguments, _ in ROWS:
            seconds = cpu_seconds(['tshark', '-n', '-q', '-r', capture, *BOUND, *arguments])
            if turn:
                seen[name].append(seconds)
    print('\nCPU time of tshark with the module')
    print('  %-42s %9s %8s %8s' % ('', 'seconds', 'cost', 'at most'))
    base = statistics.median(seen[ROWS[0][0]])
    for name, _, most in ROWS:
        seconds = statistics.median(seen[name])
        cost, bound = '%.2fx' % (seconds / base), '%.2fx' % most if most else ''
        print('  %-42s %9.2f %8s %8s%s' % (name, seconds, cost, bound,
                                           '  MISSED' if most and seconds > most * base else ''))


if __name__ == '__main__':
    main(sys.argv[1])
