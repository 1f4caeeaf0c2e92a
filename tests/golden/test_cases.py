"""Each case in testdata/ is found as planted.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import copy
import json

import pytest

import cases


@pytest.mark.parametrize('name', cases.names())
def test_planted_truth_is_reported(report, name):
    case = cases.load(name)
    checker = cases.Checker(case, report(*case['options'], cases.capture(name)))
    wrong = checker.run()
    assert checker.checks, 'the case plants nothing'
    assert not wrong, '\n'.join(wrong)


@pytest.mark.parametrize('name', [name for name in cases.names() if cases.load(name).get('full')])
def test_whole_report_is_as_expected(report, name):
    path = cases.FOLDER / name / 'expect.json'
    assert path.exists(), 'no expectation; look at the report, then run ./dev refresh %s' % name
    got = cases.comparable(report(*cases.load(name)['options'], cases.capture(name)))
    expected = json.loads(path.read_text())
    for key in {**expected, **got}:
        assert got.get(key) == expected.get(key), 'key "%s"; ./dev refresh %s if this is intended' % (key, name)


def test_there_are_cases():
    assert len(cases.names()) >= 8
    assert any(cases.load(name).get('full') for name in cases.names())


def test_there_is_a_case_of_each_kind_of_debt(report):
    kinds = {stall['debt']['kind'] for name in cases.names()
             for stall in report(*cases.load(name)['options'], cases.capture(name))['stalls']}
    assert kinds >= {'acknowledgment', 'answer', 'beat', 'handshake', 'window', 'stream'}


def test_the_checker_sees_a_wrong_report(report):
    """A checker that finds nothing wrong with a spoilt report would prove nothing."""
    case = cases.load('lock-screen-stall')
    good = report(*case['options'], cases.capture('lock-screen-stall'))
    for spoil in (lambda r: r.update(stalls=[]),
                  lambda r: [s.update(verdict=['clock-step']) for s in r['stalls']],
                  lambda r: [s.update(start=r['inputs'][0]['first']) for s in r['stalls']],
                  lambda r: r['measurement'].append({'id': 'capture-hole', 'start': '1.0', 'end': '2.0', 'by_ns': None})):
        bad = copy.deepcopy(good)
        spoil(bad)
        assert cases.Checker(case, bad).run()
