"""Damaged files: a clear message or a report of what is readable, exit 0 or 3, never a crash. Runs under sanitizers.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import struct

import pytest

from conftest import ROOT, SHARED

MALFORMED = SHARED / 'captures/public/malformed'
GOLDEN = ROOT / 'testdata/lock-screen-stall/in.pcap'
PACKETS = 24  # of the golden capture: enough for a handshake and a few messages


def packets():
    """The first records of the golden capture: (header, bytes), and the file's own header."""
    data = GOLDEN.read_bytes()
    assert data[:4] == struct.pack('<I', 0xa1b23c4d)  # nanoseconds
    at, found = 24, []
    while len(found) < PACKETS:
        size = struct.unpack_from('<I', data, at + 8)[0]
        found.append((data[at:at + 16], data[at + 16:at + 16 + size]))
        at += 16 + size
    return data[:24], found


def as_pcap():
    head, found = packets()
    parts = [head] + [header + body for header, body in found]
    return parts, 1


def block(kind, body):
    body += b'\0' * (-len(body) % 4)
    size = len(body) + 12
    return struct.pack('<II', kind, size) + body + struct.pack('<I', size)


def as_pcapng():
    head, found = packets()
    linktype = struct.unpack_from('<I', head, 20)[0]
    parts = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)),
             block(1, struct.pack('<HHI', linktype, 0, 0) + struct.pack('<HHB3xHH', 9, 1, 9, 0, 0))]
    for header, body in found:
        seconds, nanos, captured, length = struct.unpack('<IIII', header)
        stamp = seconds * 1000000000 + nanos
        parts.append(block(6, struct.pack('<IIIII', 0, stamp >> 32, stamp & 0xffffffff, captured, length) + body))
    return parts, 2


def check_failure(path, line, reason):
    """One line that says what is wrong with which file."""
    assert line.startswith('stallshark: %s: ' % path), line
    assert reason is None or line.endswith(reason), (line, reason)


@pytest.mark.parametrize('form', [as_pcap, as_pcapng])
def test_every_truncation_reports_what_is_readable(form, run, tmp_path):
    parts, headers = form()
    whole = b''.join(parts)
    ends = {0}
    for part in parts:
        ends.add(max(ends) + len(part))
    paths = []
    for size in range(len(whole) + 1):
        path = tmp_path / ('%06d' % size)
        path.write_bytes(whole[:size])
        paths.append(path)
    first = len(parts[0])
    for start in range(0, len(paths), 500):
        some = paths[start:start + 500]
        done = run('analyze', '--each', *some)
        reports = {r['host']['files'][0]['path']: r for r in map(json.loads, done.stdout.splitlines())}
        complaints = dict(line.split(': ')[1:3] for line in done.stderr.splitlines())
        assert len(done.stderr.splitlines()) == len(complaints)  # one line each
        for path in some:
            size = int(path.name)
            between_blocks = size in ends and size >= first
            assert (str(path) in complaints) == (not between_blocks)
            report = reports.get(str(path))
            read = sum(end <= size for end in ends) - 1 - headers
            if report is None:
                assert read <= 0 and not between_blocks
                continue
            assert report['inputs'][0]['packets'] == max(read, 0)
            assert report['host']['files'][0]['error'] == complaints.get(str(path))


@pytest.mark.parametrize('form', [as_pcap, as_pcapng])
def test_exit_status_of_a_truncation(form, run, tmp_path):
    parts, headers = form()
    whole = b''.join(parts)
    first = len(parts[0])
    path = tmp_path / 'cut'
    for size, status, reported in [(0, 3, False), (3, 3, False), (first, 0, True),
                                   (sum(map(len, parts[:-1])) + 5, 3, True), (len(whole) - 1, 3, True),
                                   (len(whole), 0, True)]:
        path.write_bytes(whole[:size])
        done = run('analyze', '--format', 'json', path)
        assert done.returncode == status, (size, done.stderr)
        assert bool(done.stdout) == reported
        assert len(done.stderr.splitlines()) == (status == 3)


@pytest.mark.parametrize('content', [b'x', b'hi\n', b'{"a": 1}', b'not a capture\n' * 100], ids=['a byte', 'two bytes',
                                                                                              'JSON', 'text'])
def test_what_is_no_capture_is_refused_in_one_line(content, run, tmp_path):
    path = tmp_path / 'notes'
    path.write_bytes(content)
    done = run('analyze', path)
    assert (done.returncode, done.stdout) == (3, '')
    assert len(done.stderr.splitlines()) == 1
    check_failure(path, done.stderr.strip(), None)
    assert 'not a capture file' in done.stderr


@pytest.mark.skipif(not MALFORMED.is_dir(), reason='../shared/captures is not here')
@pytest.mark.parametrize('path', sorted(MALFORMED.glob('*')) if MALFORMED.is_dir() else [], ids=lambda path: path.name)
def test_malformed_files_are_read_as_far_as_they_go(path, run):
    done = run('analyze', '--format', 'json', path)
    assert done.returncode in (0, 3), done.stderr
    if not done.stdout:
        assert done.returncode == 3
    else:
        error = json.loads(done.stdout)['host']['files'][0]['error']
        assert (error is None) == (done.returncode == 0)
    lines = done.stderr.splitlines()
    assert len(lines) == (done.returncode == 3), done.stderr
    if lines:
        check_failure(path, lines[0], None if not done.stdout else error)
    text = run('analyze', path)
    assert text.returncode == done.returncode
