"""Keep-alives that cannot be read: one size, one direction, one pace.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import random
import struct

import pytest

from captures import pcap

T0 = 1_800_000_000 * 10**9
S = 10**9
MS = 10**6


class Flow:
    """Segments of one TCP connection; times in ns after T0."""

    def __init__(self, port=443):
        self.port, self.sent, self.made = port, [1, 1], []
        self.add(0, 0, 2)
        self.add(20 * MS, 1, 0x12)

    def add(self, at, side, flags=0x18, payload=b''):
        self.made.append((at, side, flags, payload))

    def packets(self):
        out, sent = [], [0, 0]
        for at, side, flags, payload in sorted(self.made, key=lambda item: item[0]):
            ports = (40000, self.port) if side == 0 else (self.port, 40000)
            ends = [bytes([10, 0, 0, 5]), bytes([10, 0, 0, 1])]
            tcp = struct.pack('>HHIIBBHHH', *ports, 1000 * (side + 1) + sent[side],
                              0 if flags == 2 else 1000 * (2 - side) + sent[1 - side], 0x50, flags, 8192, 0, 0) + payload
            ip = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + ends[side] + ends[1 - side]
            out.append((T0 + at, bytes([2, 0, 0, 0, 0, 2 - side, 2, 0, 0, 0, 0, 1 + side]) + b'\x08\x00' + ip + tcp))
            sent[side] += len(payload) + (flags & 2) // 2
        return out


def record(rng, size):
    return b'\x17\x03\x03' + struct.pack('>H', size) + rng.randbytes(size)


@pytest.fixture
def told(report, tmp_path):
    def ask(packets):
        path = tmp_path / 'in.pcap'
        path.write_bytes(pcap(packets))
        return report(path)
    return ask


def beats(rng, count=40, period=5 * S, jitter=50 * MS, mixed=True, lost=()):
    """Pings of the server, answered by the client, with other records between."""
    flow = Flow()
    for i in range(count):
        at = 1 * S + i * period + rng.randrange(jitter)
        if i in lost:
            continue
        flow.add(at, 1, payload=record(rng, 40))
        flow.add(at + 15 * MS + rng.randrange(5 * MS), 0, payload=record(rng, 44))
        if mixed and i % 3 == 0:
            flow.add(at + 2 * S, 0, payload=record(rng, rng.randrange(60, 900)))
            flow.add(at + 2 * S + 30 * MS, 1, payload=record(rng, rng.randrange(60, 900)))
    return flow.packets()


@pytest.mark.parametrize('mixed', [False, True], ids=['alone', 'among other records'])
def test_pings_and_answers_by_size_and_pace(mixed, told):
    flow, = told(beats(random.Random(1), mixed=mixed))['flows']
    keepalive = flow['keepalive']
    assert keepalive['profile'] == 'periodic' and keepalive['originator'] == 'b'
    assert keepalive['pings'] == keepalive['pongs'] == 40 and keepalive['unanswered'] == 0
    assert abs(keepalive['period_ns'] - 5 * S) < 60 * MS
    assert 15 * MS <= keepalive['rtt_ns']['min'] * 1.03 and keepalive['rtt_ns']['max'] <= 20.7 * MS


def test_beats_that_were_lost_do_not_end_it(told):
    keepalive = told(beats(random.Random(2), lost={9, 10, 20}))['flows'][0]['keepalive']
    assert keepalive['profile'] == 'periodic' and keepalive['pings'] == 37


def test_one_way(told):
    rng, flow = random.Random(3), Flow()
    for i in range(30):
        flow.add(1 * S + i * S, 0, payload=record(rng, 40))
    keepalive = told(flow.packets())['flows'][0]['keepalive']
    assert (keepalive['profile'], keepalive['pings'], keepalive['pongs'], keepalive['originator']) == ('periodic', 30, 0, None)


def uneven(rng):
    flow, at = Flow(), S
    for i in range(60):
        at += rng.randrange(S // 2, 9 * S)
        flow.add(at, 0, payload=record(rng, 40))
    return flow.packets()


def sizes(rng):
    flow = Flow()
    for i in range(60):
        flow.add(S + i * S, 0, payload=record(rng, rng.randrange(30, 400)))
    return flow.packets()


def download(rng):
    flow = Flow()
    for i in range(2000):
        flow.add(S + i * MS, 1, payload=record(rng, 1400))
    return flow.packets()


def few(rng):
    return beats(rng, count=10)


def fast(rng):
    return beats(rng, count=60, period=S // 10, jitter=MS, mixed=False)


@pytest.mark.parametrize('make', [uneven, sizes, download, few, fast], ids=lambda make: make.__name__)
def test_what_is_no_keep_alive(make, told):
    assert told(make(random.Random(4)))['flows'][0]['keepalive'] is None


def udp(side, payload):
    ports = (50000, 4000) if side == 0 else (4000, 50000)
    ends = [bytes([10, 0, 0, 5]), bytes([10, 0, 0, 1])]
    packet = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + ends[side] + ends[1 - side]
    packet += struct.pack('>HHHH', *ports, 8 + len(payload), 0) + payload
    return bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]) + b'\x08\x00' + packet


def test_udp_needs_answers(told):
    rng = random.Random(5)
    stream = [(T0 + i * S, udp(0, rng.randbytes(90))) for i in range(40)]
    answers = [(T0 + i * S + 3 * MS, udp(1, rng.randbytes(50))) for i in range(40)]
    assert told(stream)['flows'][0]['keepalive'] is None
    keepalive = told(sorted(stream + answers))['flows'][0]['keepalive']
    assert keepalive['profile'] == 'periodic' and keepalive['pings'] == keepalive['pongs'] == 40
    assert keepalive['originator'] == 'a'


def test_silences_are_judged_as_without_it(told):
    """A pause of the pings alone, while other data flows, is no stall."""
    report = told(beats(random.Random(6), count=60, lost=set(range(30, 36))))
    assert report['flows'][0]['keepalive']['profile'] == 'periodic'
    assert all(stall['duration_ns'] < 35 * S for stall in report['stalls'])


def test_a_message_that_can_be_read_is_read(root, report):
    profiles = {flow['keepalive']['profile'] for flow in report(root / 'testdata/lock-screen-stall/in.pcap')['flows']
                if flow['transport'] == 'tcp' and flow['keepalive']}
    assert profiles == {'json-len32'}
