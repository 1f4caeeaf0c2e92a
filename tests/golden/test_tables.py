"""Tools > Stallshark > Tables: every cell of every table is the report's number, through tshark, tshark -2 and sharkd.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import pathlib
import shutil

import pytest

import captures
from table_rows import TABLES, conversation, flows, verdicts, wrong

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
TREE_BOUNDS = ['      0 to 0.1 ms', '    0.1 to 1 ms', '      1 to 10 ms', '     10 to 100 ms', '    100 to 1000 ms',
               '   1000 to 5000 ms', '   5000 to 30000 ms', '  30000 ms and more']


# ---- the tables, as rows ----

def from_tshark(section):
    """(title, rows) of one of tshark's tables, in which each cell ends with " |"."""
    head, _, columns, _, *lines = section.strip('\n').split('\n')
    return head, [line.split(' |')[:columns.count(' |')] for line in lines]


def sharkd_session(with_module, capture, *requests):
    """The results of a session in which @p capture was loaded first."""
    calls = [('load', {'file': str(capture)}), *requests]
    lines = ''.join(json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': parameters}) + '\n'
                    for i, (method, parameters) in enumerate(calls, 1))
    done = with_module('sharkd', '-', input=lines, stdin=None)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(calls), done.stderr
    for answer in answers:
        assert 'error' not in answer, answer
    return [answer['result'] for answer in answers[1:]]


@pytest.fixture(scope='module')
def sharkd(with_module):
    if not shutil.which('sharkd'):
        pytest.skip('sharkd is not installed')
    return lambda capture, *requests: sharkd_session(with_module, capture, *requests)


def nstats(result):
    """{argument: rows}"""
    return {tap['tap'].partition(':')[2]: tap['tables'][0]['i'] for tap in result['taps'] if tap['type'] == 'nstat'}


def ask_for_all():
    return ('tap', {'tap%d' % i: 'nstat:stallshark,' + name for i, name in enumerate(TABLES)})


@pytest.fixture(scope='module')
def report_of(tshark):
    def call(capture, *more):
        done = tshark('-q', '-r', capture, '-z', ','.join(['stallshark,report,json', *more]))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return call


@pytest.fixture(scope='module')
def told(report, run):
    """The report with the words that people read of it."""
    return lambda capture: {**report(capture), 'words': verdicts(run('analyze', '--verbose', capture).stdout)}


def differences_of_tshark(want, tshark, capture, *passes):
    taps = [word for name in TABLES for word in ('-z', 'stallshark,' + name)]
    done = tshark(*passes, '-q', '-r', capture, *taps)
    assert done.returncode == 0 and done.stderr == '', done.stderr
    sections = done.stdout.split('=' * 101 + '\n')[1::2]
    assert len(sections) == len(TABLES)
    found = []
    for name, section in zip(reversed(TABLES), sections):  # last come, first served
        head, rows = from_tshark(section)
        found += wrong(TABLES[name](want), rows, head)
    return found


def differences_of_sharkd(want, result):
    found = []
    for name, rows in nstats(result).items():
        name = name.partition(',')[2]
        wanted = list(TABLES[name](want))
        if name == 'stalls':  # a number, of which sharkd prints six decimals
            for row in wanted:
                row[2] = '%.6f' % float(row[2])
            rows = [[*row[:2], '%.6f' % row[2], *row[3:]] for row in rows]
        found += wrong(wanted, rows, name)
    return found


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_tables_of_tshark_hold_the_programs_numbers(capture, told, tshark):
    want = told(capture)
    assert differences_of_tshark(want, tshark, capture) == []
    assert differences_of_tshark(want, tshark, capture, '-2') == []


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_tables_of_sharkd_hold_the_programs_numbers(capture, told, sharkd):
    want = told(capture)
    first, again = sharkd(capture, ask_for_all(), ask_for_all())
    assert nstats(first) == nstats(again)
    assert differences_of_sharkd(want, first) == []


def test_tables_of_200_000_packets_hold_the_programs_numbers(tmp_path, told, tshark, sharkd):
    """A host draws in the middle of so many; the window is held against the same numbers in tests/gui."""
    capture = tmp_path / 'crowd.pcap'
    capture.write_bytes(captures.pcap(captures.crowd()))
    tmp_path.chmod(0o755)
    want = told(capture)
    assert len(want['stalls']) >= 10 and want['inputs'][0]['packets'] > 150_000
    assert differences_of_tshark(want, tshark, capture) == []
    result, = sharkd(capture, ask_for_all())
    assert differences_of_sharkd(want, result) == []


def test_a_table_counts_what_its_display_filter_lets_pass(root, report_of, tshark):
    capture = root / 'testdata/lock-screen-stall/in.pcap'
    one = report_of(capture, 'tcp.stream == 1')
    assert 0 < len(one['flows']) < len(report_of(capture)['flows'])
    done = tshark('-q', '-r', capture, '-z', 'stallshark,flows,tcp.stream == 1')
    assert wrong(flows(one), from_tshark(done.stdout.split('=' * 101 + '\n')[1])[1], 'flows') == []


def test_a_table_asked_for_twice_is_refused_and_not_mixed(root, tshark):
    done = tshark('-q', '-r', root / 'testdata/lock-screen-stall/in.pcap', '-z', 'stallshark,stalls', '-z',
                  'stallshark,stalls,udp')
    assert 'stallshark,stalls: asked for twice' in done.stderr


def test_tables_of_an_empty_capture_are_empty(tmp_path, tshark):
    capture = tmp_path / 'empty.pcap'
    capture.write_bytes(captures.pcap([]))
    done = tshark('-q', '-r', capture, '-z', 'stallshark,stalls', '-z', 'stallshark_gaps,tree')
    assert done.returncode == 0 and 'Stallshark: Stalls' in done.stdout


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_the_tree_of_gaps_counts_what_the_report_counts(capture, report, sharkd):
    want = {}
    for flow in report(capture)['flows']:
        for d in flow['directions']:
            n = sum(cell['count'] for cell in d['gap_histogram'])
            if n:
                name = 'flow %d: %s' % (flow['id'], conversation({'flows': [flow]}, flow['id'], d['from']))
                want[name] = (n, round(d['max_gap_ns'] / 1e6), d['gaps_over']['1s'], d['gaps_over']['30s'])
    tree, = sharkd(capture, ('tap', {'tap0': 'stat:stallshark_gaps'}))
    got = {}
    for root in tree['taps'][0]['stats']:
        for node in root['sub']:
            count = {leaf['name']: leaf['count'] for leaf in node['sub']}
            assert sum(count.values()) == node['count'] and set(count) <= set(TREE_BOUNDS)
            over_30 = count.get('  30000 ms and more', 0)
            over_1 = sum(count.get(name, 0) for name in TREE_BOUNDS[5:])
            got[node['name']] = (node['count'], round(node['max']), over_1, over_30)
    assert got == want
