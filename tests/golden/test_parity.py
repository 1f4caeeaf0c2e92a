"""Parity: the program, tshark and tshark -2 say the same of the same capture, byte for byte, apart from "host".

Of the captures beside the source a sample: one labeled run of each kind, by its client's or its server's capture in turn,
and SAMPLE of each public folder. All of them with SSK_ALL_CAPTURES in the environment (some minutes).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import concurrent.futures
import os
import pathlib
import re

import pytest

import captures

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = ROOT.parent / 'shared/captures'
ALL = bool(os.environ.get('SSK_ALL_CAPTURES'))
SAMPLE = 5
HOST = re.compile(r'^ "host": \{.*?^ \},\n', re.M | re.S)


def without_host(report):
    text, count = HOST.subn('', report)
    assert count == 1, 'no "host" object in: %s' % report[:300]
    return text


def first_difference(a, b):
    for number, (left, right) in enumerate(zip(a.splitlines(), b.splitlines()), 1):
        if left != right:
            at = next((i for i, (x, y) in enumerate(zip(left, right)) if x != y), min(len(left), len(right)))
            start = max(0, at - 60)
            return 'line %d: %r / %r' % (number, left[start:at + 60], right[start:at + 60])
    return 'one is longer: %d / %d bytes' % (len(a), len(b))


PASSES = [(), ('-2',)]


def differences(program, tshark, capture, passes=PASSES):
    """What the hosts say differently of one capture; None: nothing."""
    done = program('analyze', '--format', 'json', capture)
    if done.returncode not in (0, 3) or not done.stdout:
        return 'the program gave up with %d: %s' % (done.returncode, done.stderr.strip())
    want = without_host(done.stdout)
    for option in passes:
        done = tshark(*option, '-q', '-r', capture, '-z', 'stallshark,report,json')
        if not done.stdout:
            return 'tshark %s said nothing: %s' % (' '.join(option), done.stderr.strip()[:300])
        got = without_host(done.stdout)
        if got != want:
            return 'program / tshark %s: %s' % (' '.join(option), first_difference(want, got))
    return None


def compare_all(program, tshark, captures):
    """Of the sample the captures take turns, in one pass and in two."""
    passes = [PASSES if ALL else PASSES[i % 2:i % 2 + 1] for i in range(len(captures))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        found = list(pool.map(lambda *one: differences(program, tshark, *one), captures, passes))
    return ['%s: %s' % (capture.name if capture.parent.parent == CAPTURES / 'public' else capture, what)
            for capture, what in zip(captures, found) if what]


@pytest.fixture(scope='module')
def fast_program(release_program):
    """The release build: the sanitizers watch it elsewhere."""
    import subprocess

    def call(*arguments):
        return subprocess.run([str(release_program), *map(str, arguments)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300)
    return call


CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_a_planted_case_is_the_same_in_every_host(capture, fast_program, told_by_tshark):
    want = without_host(fast_program('analyze', '--format', 'json', capture).stdout)
    for passes in PASSES:
        got = without_host(told_by_tshark(capture, *passes).report)
        assert got == want, first_difference(want, got)


def test_every_labelled_run_is_the_same_in_every_host(shared, fast_program, tshark):
    runs = sorted((shared / 'captures/lab').glob('*/'))
    if not ALL:
        runs = list({run.name[:2]: run for run in runs}.values())  # "01_radio_asleep_...": the last of its number
    captures = [sorted(run.glob('*.pcap*')) for run in runs]
    captures = [capture for i, found in enumerate(captures) for capture in (found if ALL else found[i // 2 % len(found):][:1])]
    assert len(captures) >= len(runs) > 20
    assert compare_all(fast_program, tshark, captures) == []


def test_bytes_behind_the_ip_packet_cut_nothing(fast_program, tshark, tmp_path):
    """Where nothing stands before IP, its dissector cuts the frame to the packet: padding made it look truncated."""
    talk = [(time, data + bytes(6)) for time, data in captures.conversation(link=captures.RAW)]
    path = tmp_path / 'padded.pcap'
    path.write_bytes(captures.pcap(talk, link=captures.RAW))
    assert differences(fast_program, tshark, path) is None


def readable(program, capture):
    return program('analyze', '--format', 'json', capture).stdout != ''


@pytest.mark.parametrize('folder', ['bonjour', 'keepalive', 'large', 'malformed', 'odd-linktypes', 'process-info',
                                    'stalls', 'udp-bursts', 'wifi'])
def test_public_captures_are_the_same_in_every_host(folder, shared, fast_program, tshark):
    captures = sorted(path for path in (shared / 'captures/public' / folder).rglob('*')
                      if path.is_file() and path.suffix not in ('.md', '.txt', '.tsv', '.json', '.keys', '.log'))
    assert captures
    captures = [capture for capture in captures if readable(fast_program, capture)]
    assert captures, 'none of them can be read'
    if not ALL:
        captures = captures[::-(-len(captures) // SAMPLE)]
    assert compare_all(fast_program, tshark, captures) == []
