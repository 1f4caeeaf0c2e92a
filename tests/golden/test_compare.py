"""stallshark compare: what is missing is counted to the datagram.

The device's capture is made from the wire's by taking datagrams away, so the truth is known; clocks are shifted,
copies added and neighbors swapped. With ../shared, the labeled pairs are compared too.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import random
import struct
from decimal import Decimal

import pytest

import pcapfile


def datagrams(packets):
    """Indices of the UDP datagrams."""
    return [i for i, packet in enumerate(packets)
            if (parts := pcapfile.Parts(packet.data)).protocol == 17 and parts.transport is not None]


def biggest(rep):
    return max(rep['udp'], key=lambda row: row['packets'])


@pytest.fixture(scope='session')
def wire(root):
    return pcapfile.read(root / 'testdata/udp-bursts-lost/in.pcap')


def test_the_first_line_says_what_was_lost_between_the_captures(run, wire, tmp_path):
    link, packets = wire
    numbers = datagrams(packets)
    gone = set(numbers[100:400:3])
    paths = [pcapfile.write(tmp_path / 'wire.pcap', link, packets),
             pcapfile.write(tmp_path / 'device.pcap', link, [p for i, p in enumerate(packets) if i not in gone])]
    for form in ('text', 'markdown', 'html'):
        said = ' '.join(run('compare', '--format', form, *paths).stdout.replace('\\', '').split())
        assert f'Between the captures {len(gone)} of ' in said, form
        assert f'lacks {len(gone)} of them; the first is frame {numbers[100] + 1} of capture' in said, form
    same = run('compare', paths[0], paths[0]).stdout
    assert 'The captures hold the very same packets: nothing was lost between them.' in ' '.join(same.split()) and 'were lost' not in same


def test_captures_without_common_traffic_are_told_in_the_first_line(run, wire, root, tmp_path):
    link, packets = wire
    paths = pcapfile.write(tmp_path / 'wire.pcap', link, packets), root / 'testdata/lock-screen-stall/in.pcap'
    assert 'share no traffic' in ' '.join(run('compare', *paths).stdout.split('\n\n')[0].split())


SHIFTS = [0, 3 * 10**9, -47 * 10**9, 86400 * 10**9]


@pytest.mark.parametrize('shift', SHIFTS)
@pytest.mark.parametrize('trouble', ['loss', 'bursts', 'loss+copies', 'loss+disorder', 'copies on the wire'])
def test_exact_counts(compare, wire, tmp_path, shift, trouble):
    dice = random.Random(trouble + str(shift))
    link, packets = wire
    numbers = datagrams(packets)
    gone = set()
    if 'bursts' in trouble:
        gone = {n for k, n in enumerate(numbers) if k % 200 >= 130}
    elif 'loss' in trouble:
        gone = {n for n in numbers if dice.random() < 0.07}
    there = []
    for i, packet in enumerate(packets):
        if i in gone:
            continue
        time = packet.time + shift + 90_000
        if 'disorder' in trouble and dice.random() < 0.1:
            time += 3_000_000
        there.append(packet._replace(time=time))
        if 'loss+copies' == trouble and dice.random() < 0.1:
            there.append(packet._replace(time=time + 30_000))
    there.sort(key=lambda packet: packet.time)
    here = []
    for packet in packets:
        here.append(packet)
        if trouble == 'copies on the wire':
            here.append(packet._replace(time=packet.time + 20_000))
    rep = compare(pcapfile.write(tmp_path / 'wire.pcap', link, here),
                  pcapfile.write(tmp_path / 'device.pcap', link, there))
    row = biggest(rep)
    counted = row['reception']
    assert counted['reference'] == "the wire's capture"
    assert counted['reference_packets'] == len(numbers)
    assert counted['reference_packets'] - counted['received_packets'] == len(gone)
    clock = next(c for c in rep['clocks'] if c['source'] == 'two-captures')
    assert min(abs(clock['offset_ns'] + shift), abs(clock['offset_ns'] - shift)) < 2_000_000
    assert clock['offset_ns'] < 0 or shift <= 0 or not gone  # the report is the device's, if anything tells which that is
    if trouble == 'bursts':
        assert 'udp-lost-before-receiver' in row['verdict']


def test_the_other_order_blames_nobody(compare, wire, tmp_path):
    """Two equal captures: nothing is missing, whoever is called the wire."""
    link, packets = wire
    a = pcapfile.write(tmp_path / 'a.pcap', link, packets)
    row = biggest(compare(a, a))
    assert row['reception']['delivered_permille'] == 1000
    assert 'udp-lost-before-receiver' not in row['verdict']


def test_a_device_that_gets_nothing(compare, wire, tmp_path):
    link, packets = wire
    numbers = set(datagrams(packets))
    rep = compare(pcapfile.write(tmp_path / 'wire.pcap', link, packets),
                  pcapfile.write(tmp_path / 'device.pcap', link,
                                 [p for i, p in enumerate(packets) if i not in numbers]))
    finding = next(f for f in rep['findings'] if f['id'] == 'udp-policy')
    assert str(len(numbers)) in finding['text']


def test_usage(run, tmp_path, wire):
    alone = run('compare', pcapfile.write(tmp_path / 'alone.pcap', *wire))
    assert alone.returncode == 2 and 'one interface' in alone.stderr
    assert run('compare').returncode == 2
    assert run('compare', tmp_path / 'one.pcap').returncode == 3
    assert run('compare', tmp_path / 'none.pcap', tmp_path / 'nor.pcap').returncode == 3


def labeled(shared):
    for folder in sorted((shared / 'captures/lab').iterdir()):
        if '_udp_' in folder.name and (folder / 'label.json').exists():
            yield folder, json.loads((folder / 'label.json').read_text())


def test_labelled_pairs(compare, shared):
    for folder, label in labeled(shared):
        events = {(e['role'], e['ev']): e for e in label['app_events']}
        sent = events['send', 'sent']['datagrams']
        row = biggest(compare(folder / 'server.pcap', folder / 'client.pcap'))
        counted = row['reception']
        assert counted['reference_packets'] == sent, folder.name
        if label['extra'].get('truth', {}).get('mode') != 'rcvbuf':  # there the loss is behind the capture
            assert counted['received_packets'] == events['recv', 'received']['datagrams'], folder.name
        if label['scenario'] == 'udp_bursty_sender':
            assert row['verdict'] == ['udp-sender-pauses'], folder.name
        elif label['extra'].get('truth', {}).get('mode') == 'air':
            assert row['verdict'] == ['udp-lost-before-receiver'], folder.name
        else:
            assert row['on_off'] is None and row['verdict'] == [], folder.name


def test_public_rtp(compare, shared, tmp_path):
    """Real RTP with a known part taken away."""
    for name in ('h264.pcap', 'CARRIER_G711U.pcap', 'rtp.pcap'):
        link, packets = pcapfile.read(shared / 'captures/public/udp-bursts' / name)
        dice = random.Random(name)
        numbers = datagrams(packets)
        gone = {n for n in numbers[1:-1] if dice.random() < 0.2}
        there = [p._replace(time=p.time - 5 * 10**9) for i, p in enumerate(packets) if i not in gone]
        rep = compare(shared / 'captures/public/udp-bursts' / name,
                      pcapfile.write(tmp_path / name, link, there))
        rows = [row['reception'] for row in rep['udp'] if row['reception']]
        assert sum(r['reference_packets'] - r['received_packets'] for r in rows) == len(gone), name


def write_merged(path, link, views):
    """One pcapng with an interface per view, in order of time."""
    import struct

    def block(kind, body):
        body += b'\0' * (-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)

    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))]
    for _ in views:
        out.append(block(1, struct.pack('<HHI', link, 0, 262144) + struct.pack('<HHBxxxHH', 9, 1, 9, 0, 0)))
    merged = sorted(((packet.time, view, packet) for view, packets in enumerate(views) for packet in packets),
                    key=lambda entry: entry[:2])
    for time, view, packet in merged:
        out.append(block(6, struct.pack('<5I', view, time >> 32, time & 0xffffffff, len(packet.data), packet.wire)
                         + packet.data))
    path.write_bytes(b''.join(out))
    return path


@pytest.mark.parametrize('order', ['wire first', 'device first'])
@pytest.mark.parametrize('shift', [0, 2 * 10**9])
def test_one_merged_file(report, compare, wire, tmp_path, order, shift):
    """Two interfaces in one file tell what two files tell."""
    dice = random.Random(order)
    link, packets = wire
    numbers = datagrams(packets)
    gone = {n for n in numbers[1:-1] if dice.random() < 0.3}
    there = [p._replace(time=p.time + shift + 90_000) for i, p in enumerate(packets) if i not in gone]
    views = [packets, there] if order == 'wire first' else [there, packets]
    row = biggest(report(write_merged(tmp_path / 'merged.pcapng', link, views)))
    counted = row['reception']
    assert counted['reference'] == 'interface %d' % views.index(packets)
    assert counted['reference_packets'] == len(numbers)
    assert counted['received_packets'] == len(numbers) - len(gone)
    two = biggest(compare(pcapfile.write(tmp_path / 'wire.pcap', link, packets),
                          pcapfile.write(tmp_path / 'device.pcap', link, there)))
    assert row['verdict'] == two['verdict']
    assert row['on_off'] == two['on_off']
    def runs(of):  # one file tells them by the reference's clock, two by the device's
        first = Decimal(of['reception']['runs'][0]['start'])
        return [(r['received'], r['packets'], r['bytes'], Decimal(r['start']) - first, Decimal(r['end']) - first)
                for r in of['reception']['runs']]
    assert runs(row) == runs(two)
    split = biggest(compare(tmp_path / 'merged.pcapng'))
    assert split['reception']['reference_packets'] == len(numbers)
    assert split['reception']['received_packets'] == len(numbers) - len(gone)


def test_a_field_that_is_no_counter_loses_nothing(run, tmp_path):
    """The identification counts, and a byte of the payload goes up by seven until it does not: nothing was lost."""
    packets = []
    for n in range(3000):
        payload = bytes((n * 7 + k) & 255 for k in range(16)) + bytes(1384)
        udp = struct.pack('>HHHH', 5000, 6000, 8 + len(payload), 0) + payload
        ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), (n + 77) & 0xffff, 0, 64, 17, 0, bytes((10, 1, 1, 1)), bytes((10, 1, 1, 2)))
        frame = bytes(12) + b'\x08\x00' + ip + udp
        packets.append(pcapfile.Packet(1_790_000_000 * 10**9 + n * 466_667, len(frame), frame[:96]))
    done = run('analyze', '--format', 'json', pcapfile.write(tmp_path / 'in.pcap', 1, packets))
    row = json.loads(done.stdout)['udp'][0]
    assert not row['verdict'] and not (row['reception'] and not row['reception']['reference_packets'])
