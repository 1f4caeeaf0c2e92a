"""What is read from files: formats, interfaces, several files, damaged ends.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import random
import re
import shutil
import subprocess

import pytest

import captures


def analyzed(report):
    """What must not depend on how the packets are stored."""
    return {key: value for key, value in report.items() if key != 'host'}


def write(path, content):
    path.write_bytes(content)
    return path


def test_formats_of_pcap_say_the_same(report, tmp_path):
    talk = captures.conversation()
    made = [write(tmp_path / name, content) for name, content in {
        'le_ns': captures.pcap(talk), 'be_ns': captures.pcap(talk, order='>'),
        'le_us': captures.pcap(talk, nanoseconds=False), 'be_us': captures.pcap(talk, nanoseconds=False, order='>'),
    }.items()]
    reports = [analyzed(report(path)) for path in made]
    assert reports[0]['flows'] and all(r == reports[0] for r in reports)
    flow = reports[0]['flows'][0]
    assert flow['directions'][0]['packets'] == 10
    assert flow['directions'][0]['max_gap_ns'] == 10**9
    assert flow['directions'][0]['max_gap_frames'] == [4, 6]


def test_nanoseconds_survive(report, tmp_path):
    talk = [(time + i, data) for i, (time, data) in enumerate(captures.conversation())]
    for name, content in {'a.pcap': captures.pcap(talk), 'a.pcapng': captures.pcapng(talk),
                          'b.pcapng': captures.pcapng(talk, '>')}.items():
        whole = report(write(tmp_path / name, content))
        assert whole['inputs'][0]['last'] == '1742841296.003000018'
        assert whole['flows'][0]['directions'][0]['max_gap_ns'] == 10**9 + 2


def test_interfaces_with_names_and_link_types(report, tmp_path):
    ethernet, cooked = captures.conversation(), captures.conversation(captures.T0 + 500, ports=(40001, 7000),
                                                                      link=captures.LINUX_SLL)
    content = (captures.section() + captures.interface(name='en0')
               + captures.interface(captures.LINUX_SLL, name='any')
               + b''.join(captures.packet(time, data, i) for time, data, i in
                          sorted([(t, d, 0) for t, d in ethernet] + [(t, d, 1) for t, d in cooked])))
    whole = report(write(tmp_path / 'two.pcapng', content))
    assert whole['inputs'][0]['interfaces'] == [{'id': 0, 'name': 'en0', 'linktype': 1},
                                               {'id': 1, 'name': 'any', 'linktype': 113}]
    assert [flow['directions'][0]['packets'] for flow in whole['flows']] == [10, 10]


def test_interfaces_beyond_the_limit_are_told(run, report, tmp_path):
    talk = captures.conversation()
    content = captures.section() + b''.join(captures.interface(name='en%d' % i) for i in range(70))
    content += b''.join(captures.packet(t, d, i + 60) for i, (t, d) in enumerate(talk[:10]))
    content += b''.join(captures.packet(t, d, i) for i, (t, d) in enumerate(talk[10:]))
    content += b''.join(captures.packet(talk[-1][0] + i, talk[-1][1], i) for i in range(70))
    path = write(tmp_path / 'many.pcapng', content)
    whole = report(path)
    assert len(whole['inputs'][0]['interfaces']) == 64
    assert whole['inputs'][0]['packets'] == 89 and whole['limits']['interfaces_dropped'] > 0
    assert re.search(r'LIMITS REACHED\n  interfaces +%d packets of interfaces that are not listed' %
                     whole['limits']['interfaces_dropped'], run(path).stdout)


def test_a_late_interface_has_its_name(report, tmp_path):
    talk = captures.conversation()
    content = captures.section() + captures.interface(name='lo')
    content += b''.join(captures.packet(t, d) for t, d in talk[:5]) + captures.interface(name='en7')
    content += b''.join(captures.packet(t, d, 1) for t, d in talk[5:])
    whole = report(write(tmp_path / 'late.pcapng', content))
    assert [i['name'] for i in whole['inputs'][0]['interfaces']] == ['lo', 'en7']
    assert whole['inputs'][0]['packets'] == 19


def test_packets_without_a_time_count_and_make_no_gap(report, tmp_path):
    talk = captures.conversation()
    content = captures.section() + captures.interface() + b''.join(captures.packet(t, d) for t, d in talk)
    content += captures.simple_packet(talk[5][1])
    whole = report(write(tmp_path / 'simple.pcapng', content))
    assert whole['inputs'][0]['packets'] == 20
    assert whole['inputs'][0]['bad_timestamps'] == 1
    assert sum(b['count'] for d in whole['flows'][0]['directions'] for b in d['gap_histogram']) == 17


def test_dropped_packets_of_the_capture_tool_are_told(report, tmp_path):
    talk = captures.conversation()
    content = captures.section() + captures.interface() + captures.interface()
    content += b''.join(captures.packet(t, d) for t, d in talk)
    plain = report(write(tmp_path / 'plain.pcapng', content))
    assert plain['host']['files'][0]['dropped'] is None
    content += captures.statistics(0, 3) + captures.statistics(1, 4) + captures.statistics(0, 5)
    assert report(write(tmp_path / 'stats.pcapng', content))['host']['files'][0]['dropped'] == 9


def test_other_records_count_as_frames(report, tmp_path):
    talk = captures.conversation()
    journal = captures.block(9, b'MESSAGE=hello\n__REALTIME_TIMESTAMP=%d\n' % (talk[1][0] // 1000))
    content = captures.section() + captures.interface()
    content += b''.join(captures.packet(t, d) for t, d in talk[:2]) + journal
    content += b''.join(captures.packet(t, d) for t, d in talk[2:])
    whole = report(write(tmp_path / 'journal.pcapng', content))
    assert whole['inputs'][0]['packets'] == 19
    assert whole['flows'][0]['directions'][0]['max_gap_frames'] == [5, 7]


@pytest.mark.parametrize('order', ['<', '>'])
def test_processes_of_apples_captures(report, tmp_path, order):
    def owned(packets, **options):
        options = b''.join(captures.option({'owner': 0x8001, 'behalf': 0x8003}[key], index.to_bytes(4, {
            '<': 'little', '>': 'big'}[order]), order) for key, index in options.items())
        return b''.join(captures.packet(t, d, 0, options, order) for t, d in packets)
    talks = [captures.conversation(captures.T0 + i * 1000, ports=(40000 + i, 7000)) for i in range(5)]
    content = captures.section(order) + captures.interface(order=order)
    content += captures.process(311, 'Wards', order) + owned(talks[0], owner=0)
    content += captures.process(99, 'networkd', order) + owned(talks[1], owner=1) + owned(talks[2], owner=1, behalf=0)
    content += owned(talks[3], owner=7)
    content += captures.section(order) + captures.interface(order=order)
    content += captures.process(5, 'other', order) + owned(talks[4], owner=0)
    whole = report(write(tmp_path / 'apple.pcapng', content))
    assert [flow['process'] for flow in whole['flows']] == [
        {'name': 'Wards', 'pid': 311}, {'name': 'networkd', 'pid': 99}, {'name': 'Wards', 'pid': 311}, None,
        {'name': 'other', 'pid': 5}]


def test_cut_process_blocks_are_an_error_not_a_crash(run, tmp_path):
    talk = captures.conversation(n=1)
    content = captures.section() + captures.interface() + captures.packet(*talk[0])
    block = captures.process(311, 'Wards')
    made = [write(tmp_path / str(cut), content + block[:cut]) for cut in range(1, len(block))]
    done = run('--each', *made)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == len(done.stderr.splitlines()) == len(made)


# ---- several files ----

def split(talk, parts):
    size = -(-len(talk) // parts)
    return [talk[i:i + size] for i in range(0, len(talk), size)]


@pytest.mark.parametrize('parts', [2, 3, 7])
def test_the_parts_of_a_file_make_the_report_of_the_whole(run, report, root, tmp_path, parts):
    if not shutil.which('editcap'):
        pytest.skip('no editcap')
    whole = root / 'testdata/lock-screen-stall/in.pcap'
    count = report(whole)['inputs'][0]['packets']
    subprocess.run(['editcap', '-F', 'nsecpcap', '-c', str(-(-count // parts)), whole, tmp_path / 'part.pcap'],
                   check=True)
    made = sorted(tmp_path.glob('part*'))
    assert len(made) == parts
    assert analyzed(report(*made)) == analyzed(report(whole))
    assert analyzed(report(*reversed(made))) == analyzed(report(whole))
    files = report(*made)['host']['files']
    assert files[0]['first_frame'] == 1 and files[1]['first_frame'] == -(-count // parts) + 1


@pytest.mark.parametrize('seed', range(4))
def test_frames_are_numbered_as_mergecap_would(run, report, tmp_path, seed):
    if not shutil.which('mergecap'):
        pytest.skip('no mergecap')
    rng = random.Random(seed)
    talk = captures.conversation(n=40)
    hands = [[], [], []]
    for time, data in talk:  # coarse timestamps, so that many are equal, and some steps back
        hands[rng.randrange(3)].append((time // 10**10 * 10**10 + rng.choice([0, 0, 0, -10**10]), data))
    made = [write(tmp_path / ('%d.pcap' % i), captures.pcap(hand)) for i, hand in enumerate(hands)]
    subprocess.run(['mergecap', '-F', 'nsecpcap', '-w', tmp_path / 'merged.pcap', *made], check=True)
    assert analyzed(report(*made)) == analyzed(report(tmp_path / 'merged.pcap'))


def test_an_interface_of_several_files_is_one(report, tmp_path):
    halves = split(captures.conversation(), 2)
    made = []
    for i, half in enumerate(halves):
        content = captures.section() + captures.interface(name='en%d' % i) + captures.interface(name='both')
        content += b''.join(captures.packet(t, d, j % 2) for j, (t, d) in enumerate(half))
        made.append(write(tmp_path / ('%d.pcapng' % i), content))
    whole = report(*made)
    assert [i['name'] for i in whole['inputs'][0]['interfaces']] == ['en0', 'both', 'en1']
    assert len(whole['flows']) == 1


def test_hundreds_of_ring_files(report, tmp_path):
    talk = captures.conversation(n=700)
    made = [write(tmp_path / ('ring%04d.pcap' % i), captures.pcap(part)) for i, part in enumerate(split(talk, 1300))]
    assert len(made) > 600
    whole = report(write(tmp_path / 'whole.pcap', captures.pcap(talk)))
    assert analyzed(report(*made)) == analyzed(whole)


def test_one_bad_file_of_several(run, tmp_path):
    halves = split(captures.conversation(), 2)
    first = write(tmp_path / 'a.pcap', captures.pcap(halves[0]))
    second = write(tmp_path / 'b.pcap', captures.pcap(halves[1])[:-7])
    done = run('--format', 'json', first, second, tmp_path / 'c.pcap')
    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == 'stallshark: %s: no such file' % (tmp_path / 'c.pcap')
    files = json.loads(done.stdout)['host']['files']
    assert [file['error'] is None for file in files] == [True, False, False]
    assert files[2]['error'] == 'no such file' and files[2]['first_frame'] is None
    assert json.loads(done.stdout)['inputs'][0]['packets'] == 18


# ---- damaged ends ----

def boundaries(content, name):
    """Offset of each record's end -> packets up to there."""
    ends, at, n = {}, 24, 0
    if name.endswith('.pcap'):
        ends[24] = 0
        while at < len(content):
            at += 16 + int.from_bytes(content[at + 8:at + 12], 'little')
            n += 1
            ends[at] = n
        return ends
    at = 0
    while at < len(content):
        n += content[at:at + 4] == b'\x06\0\0\0'
        at += int.from_bytes(content[at + 4:at + 8], 'little')
        ends[at] = n
    return ends


@pytest.mark.parametrize('name', ['golden.pcap', 'golden.pcapng'])
def test_every_truncation_is_read_up_to_the_cut(run, tmp_path, name):
    talk = captures.conversation(n=4)
    content = captures.pcap(talk) if name.endswith('.pcap') else captures.pcapng(talk)
    ends = boundaries(content, name)
    cuts = range(1, len(content))
    made = {str(write(tmp_path / ('%05d' % cut), content[:cut])): cut for cut in cuts}
    done = run('--each', *made)
    assert done.returncode == 3
    reports = {made[line['host']['files'][0]['path']]: line for line in map(json.loads, done.stdout.splitlines())}
    complaints = {made[line.split(': ')[1]]: line for line in done.stderr.splitlines()}
    assert len(complaints) == len(done.stderr.splitlines())
    libwiretap = 'libwiretap' in run('--version').stdout
    for cut in cuts:
        packets = max((n for end, n in ends.items() if end <= cut), default=0)
        whole = cut in ends
        if not libwiretap and packets == 0:
            continue  # cut in its header it is no capture file
        assert (cut in complaints) == (not whole), cut
        assert (cut in reports) == (whole or packets > 0), cut
        if cut in reports:
            assert reports[cut]['inputs'][0]['packets'] == packets
            assert (reports[cut]['host']['files'][0]['error'] is None) == whole


def test_flipped_bytes_never_crash(run, tmp_path):
    rng = random.Random(2)
    talk = captures.conversation(n=4)
    made = []
    for name, content in (('pcap', captures.pcap(talk)), ('pcapng', captures.pcapng(talk))):
        for i in range(150):
            damaged = bytearray(content)
            for _ in range(rng.randrange(1, 6)):
                damaged[rng.randrange(len(damaged))] = rng.choice([0, 255, 128, rng.randrange(256)])
            made.append(write(tmp_path / ('%s%03d' % (name, i)), damaged))
    done = run('--each', *made)
    assert done.returncode in (0, 3)
    for line in done.stdout.splitlines():
        json.loads(line)
    for line in done.stderr.splitlines():
        assert line.startswith('stallshark: %s/' % tmp_path)


@pytest.mark.parametrize('seed', range(2))
def test_stamps_centuries_apart_never_overflow(run, tmp_path, seed):
    """2 * span or a sum of spans is beyond 64 bits here."""
    rng = random.Random(seed)
    talk = captures.conversation(n=12) + captures.conversation(n=6, ports=(5, 6))
    made = []
    for i in range(150):
        hostile = []
        for time, data in talk:
            if rng.random() < .2:
                time = rng.choice([0, rng.randrange(2**32) * 10**9, 2**62, (2**32 - 1) * 10**9])
            data = bytearray(data)
            if rng.random() < .2:
                data[rng.randrange(len(data))] = rng.randrange(256)
            hostile.append((time, bytes(data)))
        if rng.random() < .3:
            rng.shuffle(hostile)
        made.append(write(tmp_path / ('%03d.pcapng' % i), captures.pcapng(hostile)))
    done = run('--each', '--min-gap', '1s', *made)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(made)


def test_public_captures_end_in_a_report_or_one_line(run, shared):
    files = sorted(path for path in (shared / 'captures/public').glob('*/*')
                   if path.parent.name != 'reference' and path.is_file())
    assert files
    done = run('--each', *files)
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    complaints = done.stderr.splitlines()
    failed = {line.split(': ')[1] for line in complaints}
    told = {report['host']['files'][0]['path'] for report in reports}
    assert len(failed) == len(complaints)
    assert failed | told == set(map(str, files))
    for report in reports:
        file = report['host']['files'][0]
        assert (file['error'] is not None) == (file['path'] in failed)
