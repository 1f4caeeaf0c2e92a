"""Every public capture against the reference answers that were made without this project's code.

Per 4-tuple: packets of each direction. Per connection: longest gap with its two frames, gaps over 1, 5 and 30 s.
own.flows is the truth for tuples with one connection, tshark.streams for the others. What may differ is listed here, with
its reason; an entry that no longer differs fails.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import gzip
import json

import pytest

from conftest import SHARED

PUBLIC = SHARED / 'captures/public'
pytestmark = pytest.mark.skipif(not PUBLIC.is_dir(), reason='../shared/captures is not here')

# Captures on which the two references do not agree with each other: they are no truth.
UNDECIDED = {
    'malformed/fuzz-2006-09-29-28586.pcap': 'one frame says it has fewer bytes than its TCP header',
    'malformed/timestamp_invalid_micro.pcap': 'a fraction of a second above one million',
}

# Captures that differ from the reference: how many directions, and why.
DIFFERENT = {
    'malformed/packets.merged.pcapng': (2, 'timestamps of the year 2345 lie beyond 2043: they count and make no gap'),
    'odd-linktypes/bug8.pcap': (1, 'a stamp with 8.9 s of microseconds: libwiretap keeps 32 bits of it, so no step back'),
}

# Captures whose custom blocks are frames to libwiretap, so to us: tshark's frame numbers are the truth.
CUSTOM_BLOCKS = {'odd-linktypes/complex.pcapng', 'odd-linktypes/test102.pcapng'}

# Captures whose stream numbers differ from Wireshark's, and why.
STREAMS = {
    'large/emix.pcap': 'SOCKS: Wireshark gives a number to the connection inside the proxied one, too',
}


def load(path):
    with (gzip.open if path.suffix == '.gz' else open)(path, 'rt') as file:
        return json.load(file)


def references():
    paths = sorted((PUBLIC / 'reference').glob('*.json*'))
    return [pytest.param(path, id=path.name.split('.json')[0]) for path in paths]


def end(addr, port):
    return '%s %d' % (addr, port)


def by_sender(flows, ends, sides):
    """(transport, sender, receiver) -> the direction's numbers, in order of first frame."""
    found = collections.defaultdict(list)
    for flow in flows:
        a, b = ends(flow)
        for sender, receiver, side in ((a, b, sides[0](flow)), (b, a, sides[1](flow))):
            if sender != receiver or side is sides[0](flow):
                found[(flow.get('proto') or flow.get('transport'), sender, receiver)].append(side)
    return found


def ours(report):
    return by_sender(report['flows'], lambda f: (end(**f['a']), end(**f['b'])),
                     (lambda f: f['directions'][0], lambda f: f['directions'][1]))


def theirs(flows):
    return by_sender(flows, lambda f: (end(*f['a']), end(*f['b'])), (lambda f: f['ab'], lambda f: f['ba']))


def gaps(side):
    """The figures of a direction that must agree, from our report or from a reference."""
    over = side.get('gaps_over') or side['gaps_gt']
    return {'packets': side['packets'], 'max_gap_ns': side['max_gap_ns'], 'max_gap_frames': side['max_gap_frames'],
            'over': [over['1s'], over['5s'], over['30s']], 'backward': side['backward']}


def differences(name, reference, report):
    """All that differs, as lines of text."""
    whole, streams = theirs(reference['own']['flows']), theirs(reference['tshark']['streams'])
    mine = ours(report)
    said = []
    for key in sorted(set(mine) | set(whole)):
        have = sum(side['packets'] for side in mine.get(key, []))
        want = sum(side['packets'] for side in whole.get(key, []))
        if have != want:
            said.append('%s: %d packets, not %d' % (key, have, want))
    for key, sides in sorted(mine.items()):
        several = key[0] == 'tcp' and len(streams.get(key, [])) > 1  # UDP: one flow per 4-tuple, always
        wanted = (streams if several or name in CUSTOM_BLOCKS else whole).get(key, [])
        if len(sides) != len(wanted):
            said.append('%s: %d connections, not %d' % (key, len(sides), len(wanted)))
            continue
        for number, (have, want) in enumerate(zip(sides, wanted)):
            if gaps(have) != gaps(want):
                said.append('%s, connection %d: %s, not %s' % (key, number + 1, gaps(have), gaps(want)))
    return said


@pytest.fixture(scope='module')
def reports(fast_run):
    """reports(name) -> the JSON report of a public capture, read once for all tests."""
    read = {}
    everything = 'libwiretap' in fast_run('--version').stdout

    def call(name):
        if name not in read:
            done = fast_run('analyze', '--format', 'json', PUBLIC / name)
            assert done.returncode in (0, 3), done.stderr
            read[name] = done.returncode, json.loads(done.stdout) if done.stdout else None
        status, report = read[name]
        if status == 3 and not everything:
            pytest.skip('without libwiretap not all of it is read')
        return report
    return call


@pytest.mark.parametrize('path', references())
def test_packets_and_gaps_equal_the_reference(path, reports):
    reference = load(path)
    name = reference['name']
    agree = reference['cross_check']['agree']
    assert agree == (name not in UNDECIDED)
    report = reports(name)
    if report is None:
        assert not reference['own']['flows']
        return
    said = differences(name, reference, report)
    if not agree:
        assert said, '%s no longer differs: take it out of UNDECIDED' % name
    else:
        count, _ = DIFFERENT.get(name, (0, None))
        assert len(said) == count, '\n'.join(said)


@pytest.mark.parametrize('path', references())
def test_stream_numbers_equal_wiresharks(path, reports):
    reference = load(path)
    name = reference['name']
    report = reports(name)
    wanted = {(s['proto'], s['first_frame']): s['stream'] for s in reference['tshark']['streams']}
    differ = []
    for flow in report['flows'] if report else []:
        number = wanted.get((flow['transport'], flow['frames'][0]))
        if number != flow['stream']:
            differ.append('%s frame %d: stream %d, %s.stream %s' % (flow['transport'], flow['frames'][0], flow['stream'],
                                                                    flow['transport'], number))
    if differ:
        print('%s: %s\n  %s' % (name, STREAMS.get(name, 'not explained'), '\n  '.join(differ[:5])))
    assert bool(differ) == (name in STREAMS), '\n'.join(differ[:20]) or 'no longer differs: take it out of STREAMS'
