"""A generated capture of healthy traffic holds no stall but the planted ones.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import subprocess

import pytest

KEEPALIVE, REQUESTS, DOWNLOAD = 7000, 7001, 7002


@pytest.fixture(scope='module')
def generated(root, report, tmp_path_factory):
    folder = tmp_path_factory.mktemp('generated')
    subprocess.run([os.environ.get('CC', 'cc'), '-std=c11', '-O1', str(root / 'tests/bench/generate.c'), '-o',
                    str(folder / 'generate')], check=True)
    with open(folder / 'in.pcap', 'wb') as out:
        subprocess.run([str(folder / 'generate'), '60000', '20'], stdout=out, check=True)
    return report(folder / 'in.pcap')


def stalls_to(generated, port):
    flows = {flow['id']: flow for flow in generated['flows']}
    return [(flows[s['flow']]['a']['port'], s) for s in generated['stalls'] if flows[s['flow']]['b']['port'] == port]


def test_every_planted_silence_is_found(generated):
    first = next(f for f in generated['flows'] if f['b']['port'] == KEEPALIVE and f['a']['port'] == 40000)
    planted = first['directions'][0]['gaps_over']['30s']
    found = stalls_to(generated, KEEPALIVE)
    assert planted > 0
    assert [port for port, _ in found] == [40000] * planted
    assert all(30e9 < stall['duration_ns'] < 32e9 for _, stall in found)


def test_a_pause_after_a_download_is_none(generated):
    """Segments that ACKs clock are no rhythm, and what was sent twice and acknowledged is no debt."""
    flows = [f for f in generated['flows'] if f['b']['port'] == DOWNLOAD]
    assert sum(f['directions'][1]['retransmitted_packets'] for f in flows) > 0
    assert sum(f['directions'][1]['gaps_over']['5s'] for f in flows) > 10
    assert stalls_to(generated, DOWNLOAD) == []
