"""Captures made to harm, and captures damaged at random: nothing crashes, overflows or hangs, and each report is one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import subprocess
import sys

import pytest

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
    assert all('unevenly' in text for text in recurring), recurring


@here
@pytest.mark.parametrize('capture', SMALL, ids=lambda path: path.name)
def test_hostile_captures_give_valid_reports(analysis, capture):
    assert analysis(capture)


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
