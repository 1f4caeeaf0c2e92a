"""Clocks of whole captures. In the lab all machines share one clock, so the truth is an offset of 0 without steps, whatever
stalls, losses and jitter do; but where the capture's own timestamps were moved.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest

from conftest import SHARED

LAB = SHARED / 'captures/lab'
pytestmark = pytest.mark.skipif(not LAB.is_dir(), reason='../shared/captures is not here')

MOVED = '16_clock_step_'


@pytest.fixture(scope='module')
def report(fast_report):
    """Of a great many captures: the sanitizers watch the program elsewhere."""
    return fast_report


@pytest.mark.parametrize('path', [pytest.param(p, id=p.parent.name + '/' + p.stem) for p in sorted(LAB.glob('*/*.pcap'))
                                  if MOVED not in str(p)] if LAB.is_dir() else [])
def test_offset_is_nothing_within_its_error(path, report):
    for clock in report(path)['clocks']:
        # one way, the shortest delay of the path cannot be seen; in the jittery runs it is 7 ms
        unseen = 0 if clock['source'] == 'ping-pong' else 10**7
        assert -clock['error_ns'] - unseen <= clock['offset_ns'] <= clock['error_ns'], clock
        assert clock['steps'] == [], clock
        assert clock['skew_ppm'] is None or abs(clock['skew_ppm']) < 60, clock
        assert clock['format'] in ('unix-ms', 'iso-8601', 'second of the day'), clock


def test_clocks_are_there(report):
    clocks = report(LAB / '04_uplink_loss_stall-38_fmt-json_s11' / 'client.pcap')['clocks']
    assert {clock['source'] for clock in clocks} == {'time-messages', 'ping-pong'}
    assert {clock['side'] for clock in clocks} == {'a', 'b'}
    assert all(clock['samples'] - 3 <= len(clock['offset_over_time_ns']) <= clock['samples'] for clock in clocks)


def test_gdl90_tells_the_senders_clock(report):
    for run in sorted(LAB.glob('25_gdl90*')):
        (clock,) = report(run / 'client.pcap')['clocks']
        assert clock['source'] == 'gdl90' and clock['samples'] == 30


def test_a_step_of_the_capture_is_no_step_of_the_clocks(report):
    found = report(LAB / '16_clock_step_mode-forward_fmt-json_s10' / 'server.pcap')
    steps = [row for row in found['measurement'] if row['id'] == 'clock-step']
    assert len(steps) == 1 and len(found['clocks']) >= 4
    for clock in found['clocks']:
        assert clock['steps'] == []
        # but their offset is now what the capture's clock ran ahead
        assert abs(clock['offset_ns'] + steps[0]['by_ns']) <= clock['error_ns'] + 2 * 10**6
