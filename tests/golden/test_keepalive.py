"""Keep-alive messages of whole captures: against the reference answers, against the applications' own logs, and on
captures that start in the middle or are cut short.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json
import re
import struct

import pytest

from conftest import SHARED

PUBLIC = SHARED / 'captures/public'
LAB = SHARED / 'captures/lab'
pytestmark = pytest.mark.skipif(not PUBLIC.is_dir(), reason='../shared/captures is not here')

PROFILES = {'json': 'json-len32', 'text': 'text-lines', 'bin': 'bin-13'}

# What the references have not, and why. An entry that is not found any more fails.
BEYOND = {
    ('keepalive/many-protocols.pcap', 0): 'WebSocket pings of a connection whose upgrade was not captured: tshark sees no WebSocket',
}

# Runs in which server.pcap does not hold what the server's log tells, and why.
PARTIAL = {
    '07_server_suspended_fmt-json_stall-28_s12': 'a snap length of 160 hides the pings behind bulk data in one segment',
    '08_server_slow_reader_fmt-text_ip-6_s11': 'a snap length of 160 hides the pings behind bulk data in one segment',
    '15_capture_gap_mode-restart_fmt-json_s10': 'the capture has a hole',
    '15_capture_gap_mode-restart_fmt-text_s11': 'the capture has a hole',
}


@pytest.fixture(scope='module')
def report(fast_report):
    """Of a great many captures: the sanitizers watch the program elsewhere."""
    return fast_report


def keepalives(report):
    """stream -> (pings, pongs) of each TCP connection with keep-alive messages."""
    return {f['stream']: (f['keepalive']['pings'], f['keepalive']['pongs'])
            for f in report['flows'] if f['transport'] == 'tcp' and f['keepalive']
            and f['keepalive']['pings'] + f['keepalive']['pongs']}


def test_pings_and_pongs_equal_the_references(report):
    found = 0
    for path in sorted((PUBLIC / 'reference').glob('keepalive__*.json')):
        name = path.name.replace('__', '/').removesuffix('.json')
        reference = json.loads(path.read_text())['tshark']
        expected = {}
        for kind, ping, pong in (('mqtt', 'pingreq', 'pingresp'), ('websocket', 'ping', 'pong')):
            for stream, counts in (reference[kind] or {}).items():
                pair = tuple(sum(counts.get(role, {}).values()) for role in (ping, pong))
                if any(pair):
                    expected[int(stream)] = pair
        seen = keepalives(report(PUBLIC / name))
        for (capture, stream) in BEYOND:
            if capture == name:
                assert stream not in expected and seen.pop(stream, None), BEYOND[capture, stream]
        assert seen == expected, name
        found += len(expected)
    assert found >= 8


def logged_pings(folder):
    """connection -> pings that the server application says it received."""
    counts = collections.Counter()
    for line in (folder / 'server.log').read_text().splitlines():
        match = re.search(r'received keep-alive seq=\d+ connection ID=(\w+)', line)
        if match:
            counts[match[1]] += 1
    return counts


def lab_runs():
    runs = sorted(LAB.glob('*/server.log')) if LAB.is_dir() else []
    return [pytest.param(path.parent, id=path.parent.name) for path in runs]


@pytest.mark.parametrize('folder', lab_runs())
def test_pings_equal_what_the_server_logged(folder, report):
    label = json.loads((folder / 'label.json').read_text())
    profile, logged = PROFILES[label['params']['fmt']], logged_pings(folder)
    flows = report(folder / 'server.pcap')['flows']
    for truth in label['flows']:
        if truth['proto'] != 'tcp' or not truth.get('established'):
            continue
        seen = [f['keepalive'] for f in flows
                if f['transport'] == 'tcp' and truth['cport'] in (f['a']['port'], f['b']['port'])]
        pings = logged[truth['connection_id'][:4]]
        assert len(seen) == 1, truth['id']
        if pings > 1:
            assert seen[0] and seen[0]['profile'] == profile, truth['id']
            # the capture ends a moment before the application; a dead one receives what it cannot log
            if folder.name not in PARTIAL:
                assert abs(seen[0]['pings'] - pings) <= 2, truth['id']
            assert seen[0]['pongs'] <= pings + 2 and seen[0]['times'] <= pings + 2


def rewrite(path, target, first=0, snap=262144):
    """A copy without its first packets, each cut to a snap length."""
    data = path.read_bytes()
    out, at, index = bytearray(data[:24]), 24, 0
    while at < len(data):
        seconds, fraction, cap, wire = struct.unpack_from('<IIII', data, at)
        if index >= first:
            out += struct.pack('<IIII', seconds, fraction, min(cap, snap), wire) + data[at + 16:at + 16 + min(cap, snap)]
        at += 16 + cap
        index += 1
    target.write_bytes(out)
    return target


@pytest.mark.parametrize('name', ['04_uplink_loss_stall-38_fmt-json_s11',
                                  '03_client_app_wedged_mode-loglies_fmt-text_ip-4_scale-0.5_s12',
                                  '01_radio_asleep_mode-above_stall-38_fmt-bin_ip-4_s11'])
def test_messages_are_found_in_what_is_left(name, report, tmp_path):
    path = LAB / name / 'client.pcap'
    profile = PROFILES[name.split('fmt-')[1].split('_')[0]]
    whole = keepalives(report(path))
    assert len(whole) >= 2
    for first, snap in ((40, 262144), (0, 96), (40, 96)):
        part = report(rewrite(path, tmp_path / 'part.pcap', first, snap))
        named = [f['keepalive']['profile'] for f in part['flows'] if f['transport'] == 'tcp' and f['keepalive']]
        assert len(named) == len(whole) and set(named) == {profile}, (first, snap)
        pings = sum(pair[0] for pair in keepalives(part).values())
        lost = sum(pair[0] for pair in whole.values()) - pings
        assert 0 <= lost <= (first / 5 if first else 2), (first, snap)
