#!/usr/bin/env python3
"""What opening a capture costs with the module and without: `./dev with-module tests/bench/open.py CAPTURE PACKETS`.

sharkd loads a file as the window does: one pass over all packets, no tree. The window itself is measured where the
packages of `./dev gui` are there. CPU time (user and system) and peak of resident memory; the median of RUNS, with
and without by turns. `./dev bench` runs it.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

RUNS = 3
MOST_TIME = 1.1
MOST_MEMORY = 1.15


def plugins_without(folder):
    """The same plugins but ours."""
    for path in pathlib.Path(os.environ['WIRESHARK_PLUGIN_DIR']).glob('*/*/*.so'):
        if path.name != 'stallshark.so':
            link = pathlib.Path(folder, *path.parts[-3:])
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())


def load(capture, plugins):
    """(CPU seconds, peak bytes) of sharkd when it has loaded the file."""
    child = subprocess.Popen(['sharkd', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, env={**os.environ, 'WIRESHARK_PLUGIN_DIR': plugins})
    child.stdin.write(json.dumps({'jsonrpc': '2.0', 'id': 1, 'method': 'load', 'params': {'file': capture}}).encode()
                      + b'\n')
    child.stdin.close()
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode or b'"OK"' not in said:
        sys.exit('sharkd: %d %s' % (child.returncode, said.decode(errors='replace')))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def show(capture, packets, plugins, screen):
    """The same of the window when the last packet is in its list."""
    from accessible import wait
    from window import Window
    os.environ['WIRESHARK_PLUGIN_DIR'], kept = plugins, os.environ['WIRESHARK_PLUGIN_DIR']
    try:
        window = Window(screen, capture)
        wait('all packets', lambda: window.packets.n_rows == packets, 300)
        fields = pathlib.Path('/proc/%d/stat' % window.process.pid).read_text().rpartition(')')[2].split()
        status = pathlib.Path('/proc/%d/status' % window.process.pid).read_text()
        window.process.kill()
        window.process.wait()
    finally:
        os.environ['WIRESHARK_PLUGIN_DIR'] = kept
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith('VmHWM:'))
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK'), peak * 1024


def compare(name, packets, with_it, without):
    seen = {True: [], False: []}
    for _ in range(RUNS):
        seen[False].append(without())
        seen[True].append(with_it())
    time, memory = ({key: statistics.median(row[i] for row in rows) for key, rows in seen.items()} for i in (0, 1))
    for key in (False, True):
        print('  %-32s %9.2f %10.1f' % (name + (', with the module' if key else ''), time[key], memory[key] / 1e6))
    for what, cost, most in (('time', time[True] / time[False], MOST_TIME),
                             ('memory', memory[True] / memory[False], MOST_MEMORY)):
        print('  %-32s %8.2fx at most %.2fx%s' % ('  ' + what, cost, most, '  MISSED' if cost > most else ''))
    print('  %-32s %9.0f' % ('  bytes more per packet', (memory[True] - memory[False]) / packets))
    sys.stdout.flush()


def main(capture, packets):
    ours = os.environ['WIRESHARK_PLUGIN_DIR']
    with tempfile.TemporaryDirectory() as theirs:
        plugins_without(theirs)
        print('\nOpening %d packets' % packets)
        print('  %-32s %9s %10s' % ('', 'CPU s', 'peak MB'))
        compare('sharkd', packets, lambda: load(capture, ours), lambda: load(capture, theirs))
        if 'DBUS_SESSION_BUS_ADDRESS' not in os.environ:
            return
        sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'gui'))
        from window import Screen
        screen = Screen()
        try:
            compare('wireshark', packets, lambda: show(capture, packets, ours, screen),
                    lambda: show(capture, packets, theirs, screen))
        finally:
            screen.close()


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]))
