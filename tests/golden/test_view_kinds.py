"""Two captures of one conversation that were taken in different ways: the same losses are counted.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import random
import re
import struct

import pytest

import pcapfile
from test_compare import write_merged
from test_views import CLIENT, NAT, SERVER, START, World, clock_of, lost, plain, segment

MS = 10**6
ETHERNET, RAW, SLL, SLL2, PKTAP = 1, 101, 113, 276, 258


def pktap(frame, interface, way):
    return struct.pack('<III', 108, 1, 1) + interface.ljust(24, b'\0') + struct.pack('<IIIII', way, 2, 14, 0, 311) + \
        b'app'.ljust(17, b'\0') + bytes(15) + b'app'.ljust(17, b'\0') + bytes(3) + frame


KINDS = {
    'raw IP': lambda p: (RAW, [p._replace(data=p.data[14:], wire=p.wire - 14)]),
    'cooked': lambda p: (SLL, [p._replace(data=struct.pack('>HHH8sH', 0, 1, 6, bytes(8), 0x800) + p.data[14:], wire=p.wire + 2)]),
    'cooked, version 2': lambda p: (SLL2, [p._replace(data=struct.pack('>HHIHBB8s', 0x800, 0, 2, 1, 0, 6, bytes(8)) + p.data[14:],
                                                      wire=p.wire + 6)]),
    'cut to 80 bytes': lambda p: (ETHERNET, [p._replace(data=p.data[:80])]),
    'each packet twice': lambda p: (ETHERNET, [p, p._replace(time=p.time + 5000)]),
    'PKTAP': lambda p: (PKTAP, [p._replace(data=pktap(p.data, b'en0', 1 + (p.data[26:30] == bytes((10, 0, 0, 1)))), wire=p.wire + 108)]),
    # The same packet on the tunnel and on what carries it, as PKTAP shows with all interfaces.
    'PKTAP of two interfaces': lambda p: (PKTAP, [p._replace(data=pktap(p.data, name, 1), wire=p.wire + 108, time=p.time + later)
                                                  for name, later in ((b'en0', 0), (b'en1', 20_000))]),
}


@pytest.mark.parametrize('nat', [False, True], ids=['', 'NAT'])
@pytest.mark.parametrize('kind', KINDS)
def test_captures_of_two_kinds_count_the_same_losses(compare, tmp_path, kind, nat):
    made = World(seconds=200, loss=0.05, jitter=0.02, nat=nat, outage=(100, 115))
    client, server = made.write(tmp_path, 2 * 10**9)
    whole = compare(client, server)
    packets, link = [], None
    for packet in pcapfile.read(server)[1]:
        link, seen = KINDS[kind](packet)
        packets += seen
    pcapfile.write(server, link, sorted(packets, key=lambda p: p.time))
    other = compare(client, server)
    assert plain(other) == plain(compare(server, client))
    for sender in 'ab':
        assert lost(other, sender) == lost(whole, sender)
    assert lost(other, 'a') == made.lost['client'] > 30
    assert abs(clock_of(other)['offset_ns'] - clock_of(whole)['offset_ns']) < MS
    assert [(s['flow'], s['start'], s['verdict']) for s in other['stalls']] == [(s['flow'], s['start'], s['verdict']) for s in whole['stalls']]


@pytest.mark.parametrize('first', ['client', 'server'])
def test_one_file_whose_interfaces_are_the_captures(compare, tmp_path, first):
    """TCP by its interfaces: the same as by two files."""
    made = World(seconds=200, loss=0.05, outage=(100, 115))
    pair = made.write(tmp_path)
    two = compare(*pair)
    views = [pcapfile.read(path)[1] for path in (pair if first == 'client' else reversed(pair))]
    one = compare(write_merged(tmp_path / 'both.pcapng', ETHERNET, views))
    assert [lost(one, sender) for sender in 'ab'] == [lost(two, sender) for sender in 'ab']
    assert lost(one, 'a') == made.lost['client']
    assert [(s['start'], s['duration_ns'], s['verdict']) for s in one['stalls']] == \
        [(s['start'], s['duration_ns'], s['verdict']) for s in two['stalls']]


def split(packet, size):
    """A segment as the other card sends it: in parts of @size."""
    parts = pcapfile.Parts(packet.data)
    head = 66
    payload = packet.data[head:]
    assert parts.protocol == 6
    if len(payload) <= size:
        return [packet]
    out = []
    for at in range(0, len(payload), size):
        data = bytearray(packet.data[:head] + payload[at:at + size])
        data[16:18] = struct.pack('>H', len(data) - 14)
        seq, = struct.unpack('>I', data[38:42])
        data[38:42] = struct.pack('>I', (seq + at) & 0xffffffff)
        out.append(packet._replace(time=packet.time + at, data=bytes(data), wire=len(data)))
    return out


@pytest.mark.parametrize('size', [700, 1000, 1448])
def test_segments_that_are_split_at_either_end_are_not_lost(compare, tmp_path, size):
    """Offload merges on one side what the wire carries in parts of another size; nothing of that is a loss."""
    client, server = World(seconds=100, big=5000).write(tmp_path)
    link, packets = pcapfile.read(client)
    pcapfile.write(client, link, [part for packet in packets for part in split(packet, size)])
    report = compare(client, server)
    assert [lost(report, sender) for sender in 'ab'] == [0, 0]
    assert report['stalls'] == []


def moved(data):
    """The packet in a connection with another server: other numbers, other clocks."""
    data = bytearray(data.replace(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 99))))
    for at in (38, 42, 58):
        data[at:at + 4] = struct.pack('>I', (struct.unpack('>I', data[at:at + 4])[0] + 777_777) & 0xffffffff)
    return bytes(data)


def test_a_capture_that_does_not_stand_on_the_way_says_nothing(compare, tmp_path):
    """Of two servers of one client, either one's capture has nothing to say of the other's connection."""
    made = World(seconds=100, loss=0.05)
    client, server = made.write(tmp_path)
    link, packets = pcapfile.read(client)
    elsewhere = [p._replace(data=moved(p.data)) for p in packets]
    pcapfile.write(client, link, sorted(packets + elsewhere, key=lambda p: p.time))
    report = compare(client, server)
    flows = {f['b']['addr'] if f['a']['addr'] == '10.0.0.5' else f['a']['addr']: f for f in report['flows']}
    assert flows['10.0.0.1']['between'] and not flows['10.0.0.99'].get('between')
    assert not any(f['id'] in ('udp-policy',) for f in report['findings'])
    assert lost(report, 'a') == made.lost['client']


WORLDS = {'offload': dict(big=5000), 'NAT and offload': dict(nat=True, big=3000), 'VLAN': dict(vlan=True), 'NAT': dict(nat=True)}


@pytest.mark.parametrize('ppm', [100, -100])
@pytest.mark.parametrize('world', WORLDS)
def test_clocks_of_pairs_of_every_kind(compare, tmp_path, world, ppm):
    """Ten hours off, 100 ppm, 5 % lost, up to 100 ms late: within 5 ms and 20 ppm all the same."""
    pair = World(seconds=1800, loss=0.05, jitter=0.1, **WORLDS[world]).write(tmp_path, 36_000 * 10**9, ppm)
    clock = clock_of(compare(*pair))
    assert abs(clock['offset_ns'] + 36_000 * 10**9) < 5 * MS
    assert abs(clock['skew_ppm'] + ppm) < 20 and clock['steps'] == []


@pytest.mark.parametrize('by', [-5 * 10**9, 40 * MS, 3600 * 10**9])
def test_a_step_among_drift_loss_and_jitter(compare, tmp_path, by):
    """A clock that drifts, and is set once."""
    pair = World(seconds=1800, loss=0.05, jitter=0.02, nat=True).write(tmp_path, -10**9, 50, (900 * 10**9, by))
    clock = clock_of(compare(*pair))
    assert abs(clock['offset_ns'] - 10**9) < 5 * MS
    drift = abs(by) * 50 // 10**6  # how far the other clock drifts in as much time
    if abs(by) > 100 * MS:
        assert [abs(step['by_ns'] + by) < 5 * MS + drift for step in clock['steps']] == [True]



HERE, THERE = bytes((10, 0, 0, 5)), bytes((10, 0, 0, 1))


def ethernet(kind, body):
    return bytes((2, 0, 0, 0, 0, 1)) + bytes((2, 0, 0, 0, 0, 2)) + struct.pack('>H', kind) + body


def packet(src, dst, protocol, body, ident, fragment, ttl):
    return ethernet(0x800, struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(body), ident, fragment, ttl, protocol, 0, src, dst) + body)


def echo(kind, number, src, dst, ttl):
    return packet(src, dst, 1, struct.pack('>BBHHHQ', kind, 0, 0, 77, number, number) + bytes(40), kind * 1000 + number, 0, ttl)


def question(asker, wanted):
    return ethernet(0x806, struct.pack('>HHBBH6s4s6s4s', 1, 0x800, 6, 4, 1, bytes((2, 0, 0, 0, 0, 2)), asker, bytes(6), wanted))


def fragments(number, src, dst, ttl, size=3000, port=6000):
    datagram = struct.pack('>HHHHI', 5000, port, size, 0, number) + bytes((number * 7 + i) & 255 for i in range(size - 12))
    return [packet(src, dst, 17, datagram[at:at + 1480], 20000 + number, at // 8 | (0x2000 if at + 1480 < size else 0), ttl)
            for at in range(0, size, 1480)]


class Unnumbered:
    """What no TCP numbers, of one host to another over a router: pings and their answers, questions for an address, and
    datagrams in three fragments. A tenth of it is lost."""

    def __init__(self, kinds=('echo', 'reply', 'fragments', 'question'), nat=False):
        self.views, self.lost, self.sent = ([], []), {}, {}
        dice, outside = random.Random('unnumbered'), bytes((192, 0, 2, 9)) if nat else HERE

        def pass_(what, at, side, make):
            """make(client's address, ttl); lost or not, one packet"""
            ends = (HERE, 64), (outside, 63)
            self.views[side].append((at, make(ends[side][0], 64)))
            gone = dice.random() < 0.1
            if not gone:
                self.views[1 - side].append((at + 2 * MS, make(ends[1 - side][0], 63)))
            return gone

        def count(what, gone):
            self.sent[what] = self.sent.get(what, 0) + 1
            self.lost[what] = self.lost.get(what, 0) + gone
            return gone

        for n in range(600):
            at = START + n * 500 * MS
            if 'echo' in kinds and not count('echo', pass_('echo', at, 0, lambda host, ttl: echo(8, n, host, THERE, ttl))):
                count('reply', pass_('reply', at + 5 * MS, 1, lambda host, ttl: echo(0, n, THERE, host, ttl)))
            if 'fragments' in kinds:
                count('datagram', any([pass_('fragment', at + (50 + i) * MS, 0, lambda host, ttl: fragments(n, host, THERE, ttl)[i])
                                       for i in range(3)]))
            if 'question' in kinds and n % 20 == 0:
                pass_('question', at + 100 * MS, 0, lambda host, ttl: question(host, THERE))

    def write(self, folder, offset=5 * 10**9):
        return [pcapfile.write(folder / (name + '.pcap'), 1, [pcapfile.Packet(at + late, len(data), data) for at, data in sorted(view)])
                for name, view, late in zip(('client', 'server'), self.views, (offset, 0))]


@pytest.mark.parametrize('nat', [False, True], ids=['plain', 'nat'])
def test_pings_questions_and_fragments_that_are_lost_are_counted(run, compare, tmp_path, nat):
    """To the packet, but for the last seconds, of which nobody knows what was on its way."""
    made = Unnumbered(nat=nat)
    pair = made.write(tmp_path)
    report = compare(*pair)
    assert plain(report) == plain(compare(*reversed(pair)))
    rows = {row['from'] == '10.0.0.1': row for row in report['views'][0]['icmp']}
    for answer, what in ((False, 'echo'), (True, 'reply')):
        assert abs(rows[answer]['lost'] - made.lost[what]) <= 2 and rows[answer]['sent'] - made.sent[what] in range(-12, 1)
    ways = {between['from']: between for between in report['flows'][0]['between']}
    assert abs(ways['a']['lost'] - made.lost['datagram']) <= 2  # a datagram that lacks a fragment did not arrive
    assert abs(clock_of(report)['offset_ns']) - 5 * 10**9 in range(-5 * MS, 5 * MS)
    said = run('compare', *pair).stdout
    assert 'packets of ICMP to' in said and 'Nothing was lost' not in said


@pytest.mark.parametrize('kind', ['echo', 'fragments'])
def test_pairs_of_pings_alone_and_of_fragments_alone(compare, tmp_path, kind):
    made = Unnumbered(kinds=(kind,))
    report = compare(*made.write(tmp_path))
    assert not any(view['unrelated'] for view in report['views'])
    lost = sum(row['lost'] for row in report['views'][0]['icmp']) if kind == 'echo' else report['flows'][0]['between'][0]['lost']
    assert abs(lost - sum(made.lost.values())) <= 2


def test_questions_for_addresses_alone_blame_nobody(run, tmp_path):
    """They go to everybody, and a router passes none on."""
    pair = Unnumbered(kinds=('question',)).write(tmp_path)
    done = run('compare', *pair)
    assert done.returncode == 0 and ' lost' not in done.stdout


def comments_by_packet(path):
    """Of each packet of a pcapng file that a bundle holds, as its blocks have them."""
    raw, at, packets = path.read_bytes(), 0, []
    while at < len(raw):
        kind, size = struct.unpack_from('<II', raw, at)
        if kind == 6:
            held, = struct.unpack_from('<I', raw, at + 20)
            options, end, texts = at + 28 + (held + 3) // 4 * 4, at + size - 4, []
            while options + 4 <= end:
                code, length = struct.unpack_from('<HH', raw, options)
                if code == 1:
                    texts.append(raw[options + 4:options + 4 + length].decode())
                options += 4 + (length + 3) // 4 * 4
            packets.append(texts)
        at += size
    return packets


@pytest.mark.parametrize('level', ['off', 'payload', 'full'])
@pytest.mark.parametrize('nat', [False, True], ids=['plain', 'nat'])
def test_a_bundle_of_two_captures_tells_what_they_told(run, compare, tmp_path, level, nat):
    """Scrubbed alike: what was the same packet is it still, and whoever gets the bundle gets the same report."""
    pair = World(seconds=400, loss=0.02, jitter=0.02, nat=nat, outage=(330, 350)).write(tmp_path, 5 * 10**9, 50)
    given, out = compare(*pair), tmp_path / 'bundle'
    done = run('bundle', *([] if level == 'off' else ['--check']), '--scrub', level, *pair, '-o', out)
    assert (done.returncode, done.stderr) == (0, '')
    captures = sorted(out.glob('*.pcapng'))
    assert [path.name for path in captures] == ['capture-a.pcapng', 'capture-b.pcapng']
    made, again = json.loads((out / 'report.json').read_text()), compare(*captures)
    for key in ('frame_before', 'frame_after', 'start', 'duration_ns', 'verdict', 'between'):
        assert [s[key] for s in made['stalls']] == [s[key] for s in given['stalls']], key
    assert [s['verdict'] for s in again['stalls']] == [s['verdict'] for s in given['stalls']] != []
    assert [lost(made, side) for side in 'ab'] == [lost(given, side) for side in 'ab'] != [0, 0]
    assert [clock['offset_ns'] for clock in made['clocks']] == [clock['offset_ns'] for clock in given['clocks']]
    readme = (out / 'README.txt').read_text()
    assert 'nothing: the same stalls' in readme or level == 'off'
    assert 'stallshark compare capture-*.pcapng' in readme and 'packet numbers differ' in readme  # an hour of which minutes are kept
    packets = [texts for path in captures for texts in comments_by_packet(path)]
    assert any(text.startswith('lost: frame ') for texts in packets for text in texts)
    whole = sum(i['packets'] for i in given['inputs'])
    assert len(packets) == sum(i['packets'] for i in again['inputs']) < whole
    assert 'holds %d of ' % len(comments_by_packet(captures[0])) in readme


def test_a_bundle_gives_a_host_one_name_in_all_captures_and_logs(run, report, tmp_path):
    pair = World(seconds=30).write(tmp_path, 10**9)
    done = run('bundle', '--scrub=full', '--check', *pair, '-o', tmp_path / 'bundle')
    assert done.returncode == 0, done.stderr
    hosts = [{flow[side]['addr'] for flow in report(path)['flows'] for side in 'ab'}
             for path in sorted((tmp_path / 'bundle').glob('*.pcapng'))]
    assert hosts[0] == hosts[1] and '10.0.0.5' not in hosts[0]


def test_a_packet_of_a_cut_capture_tells_its_number_in_the_report(run, tmp_path):
    """Of the capture that the report is not of, too: what it lost is told by its numbers."""
    pair = World(seconds=400, outage=(330, 350)).write(tmp_path)
    run('bundle', *pair, '-o', tmp_path / 'bundle')
    base = re.search(r'those of (capture-.\.pcapng)', (tmp_path / 'bundle/README.txt').read_text()).group(1)
    other, = (path for path in (tmp_path / 'bundle').glob('*.pcapng') if path.name != base)
    packets = comments_by_packet(other)
    told = [(at + 1, int(text.split()[2])) for at, texts in enumerate(packets) for text in texts
            if text.startswith('stallshark: packet ')]
    assert told and all(number > at for at, number in told)
    at, number = told[-1]
    whole = next(pcapfile.read(path)[1] for path in pair if len(pcapfile.read(path)[1]) == number + len(packets) - at)
    assert whole  # behind the last gap nothing is left out: as many packets follow here as there


def test_more_captures_than_can_be_held_against_each_other_make_no_bundle(run, tmp_path):
    pair = World(seconds=10).write(tmp_path)
    done = run('bundle', *([pair[0]] * 9), '-o', tmp_path / 'bundle')
    assert (done.returncode, done.stderr) == (2, 'stallshark: bundle takes up to 8 captures; these are 9\n')
    assert not (tmp_path / 'bundle').exists()


def test_of_three_captures_the_one_on_the_way_is_drawn(compare, tmp_path):
    """The third is of other hosts, holds more packets, and so has the first letter."""
    client, server = World(seconds=120, outage=(60, 80)).write(tmp_path)
    link, packets = pcapfile.read(server)
    (tmp_path / 'third').mkdir()
    third, _ = World(seconds=600).write(tmp_path / 'third')
    link, packets = pcapfile.read(third)
    pcapfile.write(third, link, [p._replace(data=moved(p.data)) for p in packets])
    report = compare(client, third, server)
    drawn = max(report['stalls'], key=lambda stall: stall['duration_ns'])['exchange']
    assert report['views'][0]['unrelated'] and {step['view'] for step in drawn} == {'b'}
    assert any(step['from'] == 'a' and step['sent'] and not step['arrived'] for step in drawn)


def test_a_datagram_of_which_only_the_first_fragment_came_was_not_received(run, compare, tmp_path):
    """On one link, where no router takes one off the TTL: nothing else tells which capture is the sender's."""
    views, lost = ([], []), 0
    for n in range(1500):
        for i, data in enumerate(fragments(n, HERE, THERE, 64)):
            at = START + n * 20 * MS + i * MS // 50
            views[0].append((at, data))
            if i and 500 <= n < 1000:
                lost += i == 1
                continue
            views[1].append((at + MS // 20, data))
    pair = [pcapfile.write(tmp_path / (name + '.pcap'), 1, [pcapfile.Packet(at, len(data), data) for at, data in view])
            for name, view in zip(('sender', 'receiver'), views)]
    report = compare(*pair)
    assert plain(report) == plain(compare(*reversed(pair)))
    row = report['udp'][0]
    assert row['verdict'] == ['udp-lost-before-receiver']
    assert row['reception']['received_packets'] == 1500 - lost and row['reception']['reference_packets'] == 1500
    said = ' '.join(run('compare', *pair).stdout.split())
    assert 'of 500 the first fragment came, and a later one did not' in said and 'Nothing was lost' not in said


def neighbour(view, at, number, payload, answer=False):
    """What another host behind the same NAT says to the server, and hears."""
    ends = (NAT[0], NAT[1] + 7), SERVER
    src, dst = reversed(ends) if answer else ends
    view.append((at, segment(src, dst, number, 5000, 24 if payload else 16, payload, (at - START) // MS)))


def test_what_a_neighbour_behind_the_same_nat_said_was_not_lost(run, compare, tmp_path):
    made = World(60, nat=True)
    for n in range(60):
        at = START + n * 1000 * MS + 300 * MS
        neighbour(made.views['server'], at, 70000 + n * 5, b'hello')
        neighbour(made.views['server'], at + MS, 5000, b'', answer=True)
    report = compare(*made.write(tmp_path))
    assert not [b for flow in report['flows'] for b in flow.get('between', []) if b['lost']]
    assert 'Nothing was lost between the captures' in ' '.join(run('compare', *made.write(tmp_path)).stdout.split())


def test_what_a_snooping_bridge_keeps_from_those_who_are_no_members_was_not_lost(compare, tmp_path):
    made = World(60)
    for n in range(5):  # "where is a router?"
        asked = packet(CLIENT[0], bytes((224, 0, 0, 2)), 1, struct.pack('>BBHI', 10, 0, 0, n), n, 0, 64)
        made.views['client'].append((START + n * 1000 * MS, asked))
    assert not any(row['lost'] for row in compare(*made.write(tmp_path))['views'][0]['icmp'])


def test_a_handshake_alone_is_enough_in_common(run, compare, tmp_path):
    """All that came after it was lost, and the server's capture is full of others."""
    made = World(10, nat=True, outage=(0, 10))
    for n in range(40):
        neighbour(made.views['server'], START + n * 200 * MS + 300 * MS, 70000 + n * 5, b'hello')
    pair = made.write(tmp_path)
    report = compare(*pair)
    assert plain(report) == plain(compare(*reversed(pair)))
    assert not any(view['unrelated'] for view in report['views']) and lost(report, 'a')
