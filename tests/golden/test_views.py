"""Two captures of one conversation, made with a known truth: clocks, losses, NAT, offload, and pairs that are none.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import json
import os
import random
import shutil
import struct
import subprocess

import pytest

import pcapfile

CLIENT, SERVER, NAT = (bytes((10, 0, 0, 5)), 50123), (bytes((10, 0, 0, 1)), 7000), (bytes((192, 0, 2, 9)), 61000)
START = 1_742_841_288 * 10**9
MS = 10**6


def segment(src, dst, seq, ack, flags, payload, stamp, vlan=False):
    """Ethernet, IPv4, TCP with timestamps."""
    options = struct.pack('>BBBBII', 1, 1, 8, 10, stamp & 0xffffffff, 0)
    tcp = struct.pack('>HHIIBBHHH', src[1], dst[1], seq & 0xffffffff, ack & 0xffffffff, 0x80, flags, 500, 0, 0) + options
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp) + len(payload), 0, 0x4000, 64, 6, 0, src[0], dst[0])
    ether = bytes((2, 0, 0, 0, 0, 1)) + bytes((2, 0, 0, 0, 0, 2)) + (struct.pack('>HH', 0x8100, 7) if vlan else b'')
    return ether + struct.pack('>H', 0x0800) + ip + tcp + payload


class World:
    """A ping of the client every half second, answered by the server; each packet as both captures see it."""

    def __init__(self, seconds=3600, loss=0.0, jitter=0.0, nat=False, vlan=False, big=0, outage=None):
        dice = random.Random('world')
        self.lost = {'client': 0, 'server': 0}
        self.views = {'client': [], 'server': []}
        self.nat, self.vlan = nat, vlan
        here, there = 1000, 9000
        self.pass_('client', 0, here, 0, 2, b'', dice, 0, jitter)
        self.pass_('server', 0.001, there, here + 1, 18, b'', dice, 0, jitter)
        here, there = here + 1, there + 1
        for n in range(1, 2 * seconds):
            at = n / 2
            gone = loss if not outage or not outage[0] <= at < outage[1] else 1.0
            ping, pong = b'PING %06d\n' % here, b'PONG %06d\n' % here + b'.' * big
            if not self.pass_('client', at, here, there, 24, ping, dice, gone, jitter):
                continue  # the same bytes again, half a second later
            here += len(ping)
            while not self.pass_('server', at + 0.2, there, here, 24, pong, dice, loss, jitter):
                at += 0.05
            there += len(pong)

    def pass_(self, sender, at, seq, ack, flags, payload, dice, loss, jitter):
        receiver = 'server' if sender == 'client' else 'client'
        sent = START + round(at * 10**9)
        came = sent + MS + round(dice.random() * jitter * 10**9)
        gone = dice.random() < loss
        self.lost[sender] += gone
        for view, time in ((sender, sent), (receiver, came)):
            if view == receiver and gone:
                continue
            client = NAT if self.nat and view == 'server' else CLIENT
            src, dst = (client, SERVER) if sender == 'client' else (SERVER, client)
            size = 1448 if view == 'client' else len(payload) or 1  # the server's card splits, the client's merges nothing
            for part in range(0, max(len(payload), 1), size):
                data = segment(src, dst, seq + part, ack, flags, payload[part:part + size], (sent - START) // MS,
                               self.vlan and view == 'server')
                self.views[view].append((time + part, data))
        return not gone

    def write(self, folder, offset=0, ppm=0, step=None):
        """The server's clock is the true one."""
        paths = []
        for view in ('client', 'server'):
            packets = []
            for time, data in sorted(self.views[view]):
                if view == 'client':
                    since = time - START
                    time += offset + since * ppm // 10**6 + (step[1] if step and since >= step[0] else 0)
                packets.append(pcapfile.Packet(time, len(data), data))
            paths.append(pcapfile.write(folder / (view + '.pcap'), 1, packets))
        return paths


def plain(report):
    return {key: value for key, value in report.items() if key not in ('host', 'inputs')}


def clock_of(report):
    return next(c for c in report['clocks'] if c['source'] == 'two-captures')


def stamp(time):
    """As a log writes it, in UTC."""
    return datetime.datetime.fromtimestamp(time / 10**9, datetime.timezone.utc).strftime('%Y-%m-%d %H:%M:%S.%f')[:-3]


def lost(report, sender):
    return sum(b['lost_data'] for f in report['flows'] for b in f.get('between', []) if b['from'] == sender)


@pytest.mark.parametrize('ppm', [0, 100, -100])
@pytest.mark.parametrize('offset', [0, 36_000 * 10**9, -36_000 * 10**9])
def test_clocks(compare, tmp_path, offset, ppm):
    """The report is of the client, so the server's clock is told: less by the offset, slower by the drift."""
    pair = World(loss=0.05, jitter=0.1, nat=True).write(tmp_path, offset, ppm)
    clock = clock_of(compare(*pair))
    assert abs(clock['offset_ns'] + offset) < 5 * MS
    assert abs(clock['skew_ppm'] + ppm) < 20
    assert clock['steps'] == []


def test_a_step_is_told(compare, tmp_path):
    pair = World(seconds=600, jitter=0.02).write(tmp_path, 2 * 10**9, 0, (300 * 10**9, 3 * 10**9))
    clock = clock_of(compare(*pair))
    assert abs(clock['offset_ns'] + 2 * 10**9) < 5 * MS
    assert [round(s['by_ns'] / 10**9, 1) for s in clock['steps']] == [-3.0]


@pytest.mark.parametrize('world', [dict(), dict(nat=True), dict(vlan=True), dict(big=5000), dict(nat=True, vlan=True, big=3000)],
                         ids=lambda world: '+'.join(world) or 'plain')
def test_what_is_lost_is_lost(compare, tmp_path, world):
    made = World(seconds=300, loss=0.05, jitter=0.02, **world)
    pair = made.write(tmp_path, -5 * 10**9)
    report = compare(*pair)
    assert lost(report, 'a') == made.lost['client']
    assert (lost(report, 'b') > 0) == (made.lost['server'] > 0)
    assert plain(report) == plain(compare(*reversed(pair)))
    assert report['flows'][0]['a']['addr'] == '10.0.0.5'


def test_a_stall_tells_both_ways(compare, tmp_path):
    report = compare(*World(seconds=120, outage=(60, 80)).write(tmp_path, 10**9))
    stall = max(report['stalls'], key=lambda s: s['duration_ns'])
    ways = {b['from']: b for b in stall['between']}
    assert ways['a']['lost_data'] >= 35 and ways['a']['arrived_data'] <= 1 and ways['a']['sent_seen_by'] == 'base'
    assert ways['b']['lost'] == 0


def gone_dark(folder, outage=None, again=9):
    """The client's host loses its power after a minute: its capture ends, the server sends again and again."""
    made = World(seconds=120, outage=outage)
    dark = START + 60 * 10**9
    made.views['client'] = [(time, data) for time, data in made.views['client'] if time < dark]
    heard = [(time, data) for time, data in made.views['server'] if time < dark]
    last = max((time, data) for time, data in heard if b'PONG' in data)[1]
    payload = last[last.index(b'PONG'):]
    ports = len(last) - len(payload) - 32
    seq = (int.from_bytes(last[ports + 4:ports + 8], 'big') + len(payload)) & 0xffffffff
    after = last[:ports + 4] + seq.to_bytes(4, 'big') + last[ports + 8:]
    made.views['server'] = heard + [(dark + round((0.2 * 2**k) * 10**9), after) for k in range(again)]
    return made.write(folder)


def test_a_host_that_goes_dark_leaves_its_stall_to_the_other_capture(run, compare, tmp_path):
    client, server = gone_dark(tmp_path)
    report = compare(client, server)
    assert plain(report) == plain(compare(server, client))
    stall, = report['stalls']
    assert stall['direction'] == 'a' and stall['duration_ns'] > 45 * 10**9
    base = next(v for v in report['views'] if v['base'])
    assert report['inputs'][base['input']]['packets'] == len(pcapfile.read(server)[1])
    assert not any(step['at'] > report['inputs'][0]['last'] for step in stall['exchange'])  # nothing is said to be lost
    assert 'No stall' not in run('compare', client, server).stdout


def test_a_stall_that_only_the_other_capture_shows_is_told_beside_longer_ones(run, compare, tmp_path):
    """The server's capture begins after an outage, and goes on after the client went dark."""
    client, server = gone_dark(tmp_path, outage=(2, 38), again=7)
    link, packets = pcapfile.read(server)
    pcapfile.write(server, link, [p for p in packets if p.time > START + 40 * 10**9])
    report = compare(client, server)
    assert plain(report) == plain(compare(server, client))
    assert max(s['duration_ns'] for s in report['stalls']) > 30 * 10**9
    other, = (v for v in report['views'] if not v['base'])
    own, = other['stalls_only_here']
    assert own['hosts'] == ['10.0.0.1', '10.0.0.5'] and 10 * 10**9 < own['duration_ns'] < 20 * 10**9
    assert any(packets[own['frame'] - 1].time < START + 61 * 10**9 for packets in [pcapfile.read(server)[1]])
    assert '1 stall that capture b does not show: 10.0.0.1 and 10.0.0.5 for' in ' '.join(run('compare', client, server).stdout.split())


def test_the_same_file_twice(run, compare, tmp_path):
    one = World(seconds=60).write(tmp_path)[0]
    report = compare(one, one)
    assert report['views'][0]['identical']
    assert clock_of(report)['offset_ns'] == 0
    assert not any(b['lost'] for f in report['flows'] for b in f['between'])
    words = ' '.join(run('compare', one, one).stdout.split())
    assert 'the very same packets' in words and words.count('othing was lost') == 1


def test_unrelated_captures_say_so(run, compare, root, tmp_path):
    pair = World(seconds=60).write(tmp_path)[0], root / 'testdata/healthy-jitter/in.pcap'
    report = compare(*pair)
    assert report['views'][0]['unrelated']
    assert not any('between' in flow for flow in report['flows'])
    assert plain(report) == plain(compare(*reversed(pair)))
    assert 'shares no traffic' in ' '.join(run('compare', *pair).stdout.split())


@pytest.mark.parametrize('harm', ['truncated', 'backwards', 'empty', 'years later'])
def test_hostile_pairs_give_a_clear_word(run, tmp_path, harm):
    a, b = World(seconds=120).write(tmp_path)
    if harm == 'truncated':
        b.write_bytes(b.read_bytes()[:5000])
    elif harm == 'empty':
        pcapfile.write(b, 1, [])
    else:
        link, packets = pcapfile.read(b)
        by = 30 * 365 * 86400 * 10**9
        packets = packets[::-1] if harm == 'backwards' else [p._replace(time=p.time + by) for p in packets]
        pcapfile.write(b, link, packets)
    for pair in ((a, b), (b, a)):
        done = run('compare', *pair)
        assert done.returncode in (0, 3), done.stderr
        assert 'capture a' in done.stdout
        if harm == 'empty':
            assert 'shares no traffic' in ' '.join(done.stdout.split())


def test_the_second_capture_settles_what_one_cannot_know(run, shared):
    """Labeled runs: what one capture leaves open, and the other one refutes, is no longer named."""
    for name, alone, refuted in (('05_downlink_loss_stall-38_fmt-json_s11', 'downlink-loss', {'uplink-loss', 'path-blackout'}),
                                 ('04_uplink_loss_stall-38_fmt-json_s11', 'uplink-loss', {'downlink-loss', 'host-down'})):
        folder = shared / 'captures/lab' / name
        done = run('compare', '--format', 'json', folder / 'server.pcap', folder / 'client.pcap')
        label = json.loads((folder / 'label.json').read_text())
        flow = next(f for f in label['flows'] if f['role'] == 'ext')
        report = json.loads(done.stdout)
        ids = {f['id'] for f in report['flows'] if f['a']['port'] == flow['cport']}
        verdict = max((s for s in report['stalls'] if s['flow'] in ids), key=lambda s: s['duration_ns'])['verdict']
        assert alone in verdict, name
        assert not set(verdict) & refuted, name


def best_of_pair(run, folder, *ports):
    """The longest stall of a labeled pair, whatever the order of its captures."""
    reports = []
    for names in (('server', 'client'), ('client', 'server')):
        done = run('compare', '--format', 'json', *(folder / (name + '.pcap') for name in names))
        assert done.returncode == 0, done.stderr
        reports.append(json.loads(done.stdout))
    assert plain(reports[0]) == plain(reports[1])
    return max(reports[0]['stalls'], key=lambda s: s['duration_ns'])


@pytest.mark.parametrize('case, cause', [
    ('arp_deaf', 'arp-failure'),           # the server's own questions for the client's address stay unanswered
    ('fw_reject', 'icmp-unreachable'),     # and what was rejected did not arrive
    ('redis_natflush', 'flow-blackout'),   # another host behind the same address still gets through
    ('ssh_freeze', 'flow-blackout'),       # a second connection of the same hosts works meanwhile
    ('tls_uplink', 'uplink-loss'),         # the server's close arrives while all of the client's packets are lost
    ('dup_ip', 'address-conflict'),        # what the server sent goes to the other host of that address
    ('pmtu_hole', 'pmtu-black-hole'),      # the server repeats large segments in vain, smaller ones arrive
    ('server_reboot', 'host-down'),        # its own capture shows that it sent and heard nothing for half a minute
])
def test_both_captures_name_the_cause(run, shared, case, cause):
    assert cause in best_of_pair(run, shared / 'captures/field' / case)['verdict']


def test_an_attempt_whose_answer_cannot_be_addressed_is_no_deaf_listener(run, shared):
    folder = shared / 'captures/field/arp_deaf'
    done = run('compare', '--format', 'json', folder / 'server.pcap', folder / 'client.pcap')
    connects = [s for s in json.loads(done.stdout)['stalls'] if s['kind'] == 'connect']
    assert connects and all(s['verdict'] == ['arp-failure'] for s in connects)


def test_what_was_lost_just_as_a_silence_began_was_sent(run, shared):
    """A NAT forgot two connections; the last answer of one met its RST. Another host behind it went on."""
    folder = shared / 'captures/field/redis_natflush'
    words = ' '.join(run('compare', folder / 'client.pcap', folder / 'server.pcap').stdout.split())
    assert 'the server sent data on this connection meanwhile' in words
    assert 'sent no data on this connection' not in words
    assert 'others behind the same address sent on their flows arrived' in words and 'on their other flows arrived' not in words


def test_fragments_that_are_lost_lose_their_datagrams(run, shared):
    stall = best_of_pair(run, shared / 'captures/field/udp_frag')
    sent = next(b for b in stall['between'] if b['sent'])
    assert sent['sent'] == sent['lost'] and not sent['arrived']


def test_beacons_that_hold_broadcasts_lose_nothing(run, shared):
    folder = shared / 'captures/udpair/k08_dtim_gdl90-mode-dtim'
    for names in (('wire', 'device'), ('device', 'wire')):
        done = run('compare', '--format', 'json', *(folder / (name + '.pcap.gz') for name in names))
        row = json.loads(done.stdout)['udp'][0]
        assert row['verdict'] == ['wifi-dtim-bunching']
        assert row['reception']['delivered_permille'] == 1000
        assert 'the the' not in done.stdout


def as_ring(path, folder, stem):
    """The capture as a ring of three files, named as dumpcap does."""
    link, packets = pcapfile.read(path)
    third = len(packets) // 3 + 1
    return [pcapfile.write(folder / f'{stem}_{i:05}_2026110112000{i}.pcap', link, packets[third * i:third * (i + 1)])
            for i in range(3)]


def test_files_of_a_ring_are_one_capture(compare, tmp_path):
    client, server = World(seconds=120, outage=(60, 80)).write(tmp_path, 10**9)
    whole = plain(compare(client, server))
    folder = tmp_path / 'ring'
    folder.mkdir()
    ring = as_ring(server, folder, 'srv')
    assert plain(compare(client, *reversed(ring))) == whole       # by their names
    assert plain(compare(folder, client)) == whole                # a folder
    assert plain(compare(','.join(map(str, ring)), client)) == whole
    assert plain(compare(*ring, *as_ring(client, tmp_path, 'cli'))) == whole  # on either side


def test_where_captures_stand_can_be_told(run, compare, tmp_path):
    client, server = World(seconds=120, loss=0.05).write(tmp_path, 10**9)
    told = compare(server, client, '--vantage', 'a=server,b=client')
    assert [v['stands'] for v in told['views']] == ['the server, as --vantage says', 'the client, as --vantage says']
    found = compare(server, client)
    assert told['flows'] == found['flows'] and told['stalls'] == found['stalls']
    turned = compare(server, client, '--vantage', 'a=client')  # nobody checks what is told
    assert turned['host']['files'][[v['base'] for v in turned['views']].index(True) - 1]['path'] == str(server)
    for wrong in ('c=server', 'a=roof', 'b=', 'elsewhere'):
        done = run('compare', server, client, '--vantage', wrong)
        assert done.returncode == 2 and '--vantage' in done.stderr


def comments_of(path):
    done = subprocess.run(['tshark', '-r', str(path), '-T', 'fields', '-e', 'frame.interface_name', '-e', 'frame.comment'],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.split('\t') for line in done.stdout.splitlines()]


@pytest.mark.skipif(not shutil.which('tshark'), reason='no tshark')
def test_all_captures_in_one_file_for_wireshark(run, compare, tmp_path):
    made = World(seconds=120, loss=0.05, outage=(60, 80))
    pair = made.write(tmp_path, 3600 * 10**9)
    (tmp_path / 'app.log').write_text(''.join(f'2025-03-24T18:48:{i:02}.500Z note {i}\n' for i in range(10, 20)))
    merged = tmp_path / 'merged.pcapng'
    done = run('compare', *pair, '--log', tmp_path / 'app.log', '-o', merged)
    assert done.returncode == 0, done.stderr
    frames = comments_of(merged)
    sizes = {len(pcapfile.read(path)[1]) for path in pair}
    assert {sum(f[0] == name for f in frames) for name in ('capture a', 'capture b')} == sizes
    assert sum(f[0] == 'app.log' for f in frames) == 10
    lost = [f for f in frames if len(f) > 1 and 'lost: ' in f[1]]
    assert sum(f[0] == 'capture b' for f in lost) == made.lost['client']
    assert sum(f[0] == 'capture a' for f in lost) == made.lost['server']
    assert any('stall 1' in f[1] for f in frames if len(f) > 1)
    # It holds both captures as interfaces by one clock, and says the same.
    report = compare(merged)
    assert clock_of(report)['offset_ns'] == pytest.approx(0, abs=5 * MS)
    assert len(report['stalls']) == len(compare(*pair)['stalls'])


def test_the_order_of_captures_changes_no_report(compare, shared):
    """Real pairs, and captures that have nothing to do with each other: all is the same but the order of inputs."""
    every = 1 if os.environ.get('SSK_ALL_CAPTURES') else 9
    captures = shared / 'captures'
    found = [sorted(folder.glob('*.pcap*')) for kind in ('field', 'lab', 'udpair') for folder in sorted((captures / kind).iterdir())]
    pairs = [files for files in found if len(files) == 2]
    foreign = sorted((captures / 'wild').glob('*/*.pcap*'))
    pairs += list(zip(foreign[:60:2], foreign[61:1:-2]))
    assert len(pairs) > 100
    for pair in pairs[::every]:
        assert plain(compare(*pair)) == plain(compare(*reversed(pair))), pair


def test_what_passes_elsewhere_is_not_missing(compare, shared):
    """A question for an address goes to everybody; what its asker then sends the other host does not pass here."""
    folder = shared / 'captures/lab/04_uplink_loss_stall-38_fmt-json_s11'
    views = compare(folder / 'server.pcap', folder / 'client.pcap')['views']
    assert views[0]['only_here'] < 10


def test_the_seconds_around_a_stall_are_drawn_in_lanes(run, compare, tmp_path):
    """The log beside the capture of its host, an arrow for what arrived, a cross for what was lost: text and HTML."""
    made = World(seconds=120, outage=(60, 80))
    pair = made.write(tmp_path)
    log = tmp_path / 'app.log'
    log.write_text(''.join(f'{stamp(START + i * 500 * MS)} ping sent, number {i}\n' for i in range(1, 240)))
    arguments = (*pair, '--log', log, '--log-timezone', 'UTC')
    for columns in (72, 100):
        text = run('compare', *arguments, env={'COLUMNS': str(columns)}).stdout
        drawn = text[text.index('drawn'):].split('  flow  ')[0].splitlines()
        head = ' '.join(' '.join(drawn).split())
        assert 'drawn app.log | capture b, nearer to 10.0.0.5 | capture a, nearer to 10.0.0.1' in head
        lanes = [line for line in drawn if line.count('|') == 2 and ' s ' in line]
        assert max(map(len, lanes)) <= columns
        lost = [line for line in lanes if line.split('|')[1].rstrip().endswith('-x')]
        assert len(lost) >= 8 and all('>' in line.split('|')[0] for line in lost)  # sent, by the log
        assert lanes[0].split('|')[1].endswith('->') and any('|<-' in line for line in drawn)
    page = run('compare', '--format', 'html', *arguments).stdout
    figure = page[page.index('<figure class="exchange"'):]
    figure = figure[:figure.index('</figure>')]
    assert figure.count('class="cross"') == len(lost) and figure.count('class="tip"') >= 8
    assert 'class="said"' in figure and 'app.log | capture b' in figure
    assert not any('exchange' in stall for stall in json.loads(run('analyze', '--format', 'json', pair[0]).stdout)['stalls'])
