"""Captures made to harm, and captures damaged at random: nothing crashes, overflows or hangs, and each report is one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess
import sys

import pytest

import captures
from conftest import SHARED, ROOT

HOSTILE = SHARED / 'captures/hostile'
OVERFLOW = sorted(HOSTILE.glob('ts-overflow/*')) + sorted(HOSTILE.glob('ubsan-*.bin')) + \
    sorted(HOSTILE.glob('recurring-120d.pcap'))
SMALL = sorted(path for path in HOSTILE.rglob('*.pcap*') if path.stat().st_size < 2**18 and path not in OVERFLOW)

here = pytest.mark.skipif(not HOSTILE.is_dir(), reason='../shared/captures is not here')


@pytest.fixture
def analysis(run, check, tmp_path):
    """analysis(capture, *options) -> its report, valid; None: not a capture any more."""
    def call(capture, *options):
        done = run('analyze', '--format', 'json', *options, capture)
        if not done.stdout:
            assert done.returncode and done.stderr, capture
            return None
        report = json.loads(done.stdout)
        check(report)
        return report
    return call


@here
@pytest.mark.parametrize('capture', OVERFLOW, ids=lambda path: path.name)
def test_extreme_times_overflow_nothing(analysis, capture):
    analysis(capture)


@here
def test_an_overflow_is_no_rhythm(analysis):
    """Four months between incidents times a thousand is beyond 64 bits; it once came out as even."""
    report = analysis(HOSTILE / 'recurring-120d.pcap')
    recurring = [f['text'] for f in report['findings'] if f['id'] == 'recurring-stall']
    assert all(', unevenly' in text for text in recurring), recurring


@here
@pytest.mark.parametrize('capture', SMALL, ids=lambda path: path.name)
def test_hostile_captures_give_valid_reports(analysis, capture):
    assert analysis(capture)


EVICTION = HOSTILE / 'eviction'


@here
@pytest.mark.parametrize('options', [(), ('--max-flows', '1000')], ids=['as it is', 'room for 1000'])
@pytest.mark.parametrize('flood', ['stall-then-20k-flows.pcap', 'stall-then-220k-flows-default-limit.pcap.gz'])
def test_a_stall_is_not_washed_away_by_short_flows(release_program, flood, options):
    def stalls(capture):
        done = subprocess.run([str(release_program), 'analyze', '--format', 'json', *options, str(capture)],
                              capture_output=True, text=True, check=True)
        report = json.loads(done.stdout)
        return report, [(s['flow'], s['direction'], s['start'], s['end']) for s in report['stalls']]
    _, alone = stalls(EVICTION / 'stall-then-nothing.pcap')
    report, found = stalls(EVICTION / flood)
    assert alone and set(alone) <= set(found)
    assert {stall[0] for stall in found} <= {flow['id'] for flow in report['flows']}


@here
def test_a_silent_watched_flow_is_not_given_up_for_a_flood(analysis):
    capture = EVICTION / 'watch-flood-20k.pcap'
    whole, cramped = (analysis(capture, *options)['stalls'] for options in ((), ('--max-flows', '1000')))
    assert whole and [s['start'] for s in whole] == [s['start'] for s in cramped]


def test_the_report_lists_no_flow_or_only_the_notable_ones_when_asked(analysis):
    capture = ROOT / 'testdata/lock-screen-stall/in.pcap'
    whole = analysis(capture, '--flows', 'all')
    for shown in ('notable', 'none'):
        report = analysis(capture, '--flows', shown)
        assert len(report['flows']) + report['limits']['flows_unlisted'] == len(whole['flows'])
        assert report['stalls'] == whole['stalls']
    assert not report['flows']


def test_half_a_megabyte_of_connections_is_no_more_than_its_notable_flows(run, tmp_path):
    """11 000 SYNs to as many ports: listed, each of them would be 0.6 kB of JSON."""
    path = tmp_path / 'syns.pcap'
    path.write_bytes(captures.pcap([(captures.T0 + i * 10**5, captures.tcp(0, 2, seq=i, ack=0, ports=(1024 + i, 7000)))
                                    for i in range(11_000)]))
    done = run('analyze', '--format', 'json', path)
    report = json.loads(done.stdout)
    assert len(done.stdout) < 10_000 and report['limits']['flows_unlisted'] >= 10_999  # one reports the scan
    listed = json.loads(run('analyze', '--format', 'json', '--flows', 'all', path).stdout)
    assert len(listed['flows']) == 11_000 and listed['limits']['flows_unlisted'] == 0


@pytest.fixture(scope='module')
def damaged(tmp_path_factory):
    """80 captures, half of them with times at the edges of what can be told."""
    folder = tmp_path_factory.mktemp('damaged')
    seeds = sorted((ROOT / 'testdata').glob('*/in.pcap*'))
    subprocess.run([sys.executable, str(ROOT / 'tests/hostile/mutate.py'), str(folder), '80', '18', *map(str, seeds)],
                   check=True, timeout=60)
    return sorted(folder.iterdir())


def test_damaged_captures_give_valid_reports(analysis, damaged):
    whole = [report for report in map(analysis, damaged) if report]
    assert len(whole) > 60
    assert any(report['inputs'][0]['bad_timestamps'] for report in whole)
    assert any(report['stalls'] for report in whole)
