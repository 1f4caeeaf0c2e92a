"""Tools > Stallshark > Tables: every cell of every table is the report's number, through tshark, tshark -2 and sharkd.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import pathlib
import shutil

import pytest

import captures
import hosts
from table_rows import TABLES, conversation, flows, verdicts, wrong

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
TREE_BOUNDS = ['      0 to 0.1 ms', '    0.1 to 1 ms', '      1 to 10 ms', '     10 to 100 ms', '    100 to 1000 ms',
               '   1000 to 5000 ms', '   5000 to 30000 ms', '  30000 ms and more']


# ---- the tables, as rows ----

def sharkd_session(with_module, *calls):
    """The results of a session."""
    lines = ''.join(json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': parameters}) + '\n'
                    for i, (method, parameters) in enumerate(calls, 1))
    done = with_module('sharkd', '-', input=lines, stdin=None)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(calls), done.stderr
    for answer in answers:
        assert 'error' not in answer, answer
    return [answer['result'] for answer in answers]


@pytest.fixture(scope='module')
def sharkd(with_module):
    if not shutil.which('sharkd'):
        pytest.skip('sharkd is not installed')
    return lambda *calls: sharkd_session(with_module, *calls)


def load(capture):
    return 'load', {'file': str(capture)}


def nstats(result):
    """{argument: rows}"""
    return {tap['tap'].partition(':')[2]: tap['tables'][0]['i'] for tap in result['taps'] if tap['type'] == 'nstat'}


def ask_for_all():
    return ('tap', {'tap%d' % i: 'nstat:stallshark,' + name for i, name in enumerate(TABLES)})


def ask_for_gaps():
    return 'tap', {'tap0': 'stat:stallshark_gaps'}


def wanted_gaps(report):
    """{direction: (gaps, longest in ms, over a second, over thirty)}"""
    want = {}
    for flow in report['flows']:
        for d in flow['directions']:
            n = sum(cell['count'] for cell in d['gap_histogram'])
            if n:
                name = 'flow %d: %s' % (flow['id'], conversation({'flows': [flow]}, flow['id'], d['from']))
                want[name] = (n, round(d['max_gap_ns'] / 1e6), d['gaps_over']['1s'], d['gaps_over']['30s'])
    return want


def tree_of_gaps(result):
    """The same, by the tree of Statistics > Stallshark."""
    got = {}
    for root in result['taps'][0]['stats']:
        for node in root['sub']:
            count = {leaf['name']: leaf['count'] for leaf in node['sub']}
            assert sum(count.values()) == node['count'] and set(count) <= set(TREE_BOUNDS)
            over_30 = count.get('  30000 ms and more', 0)
            over_1 = sum(count.get(name, 0) for name in TREE_BOUNDS[5:])
            got[node['name']] = (node['count'], round(node['max']), over_1, over_30)
    return got


@pytest.fixture(scope='module')
def report_of(tshark):
    def call(capture, *more):
        done = tshark('-q', '-r', capture, '-z', ','.join(['stallshark,report,json', *more]))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return call


@pytest.fixture(scope='module')
def told(fast_report, fast_run):
    """The report with the words that people read of it."""
    return lambda capture: {**fast_report(capture), 'words': verdicts(fast_run('analyze', '--verbose', capture).stdout)}


def differences_of_tshark(want, tables):
    found = []
    for name, (head, rows) in tables.items():
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
def test_tables_of_tshark_hold_the_programs_numbers(capture, told, told_by_tshark):
    want = told(capture)
    assert differences_of_tshark(want, told_by_tshark(capture).tables) == []
    assert differences_of_tshark(want, told_by_tshark(capture, '-2').tables) == []


def test_tables_of_sharkd_hold_the_programs_numbers(report, told, sharkd):
    """File after file in one session, and each table asked for twice."""
    answers = sharkd(*(call for capture in CASES for call in (load(capture), ask_for_all(), ask_for_all(), ask_for_gaps())))
    for capture, first, again, gaps in zip(CASES, answers[1::4], answers[2::4], answers[3::4]):
        assert nstats(first) == nstats(again), capture
        assert differences_of_sharkd(told(capture), first) == [], capture
        assert tree_of_gaps(gaps) == wanted_gaps(report(capture)), capture


def test_tables_of_200_000_packets_hold_the_programs_numbers(tmp_path, told, tshark, sharkd):
    """A host draws in the middle of so many; the window is held against the same numbers in tests/gui."""
    capture = tmp_path / 'crowd.pcap'
    capture.write_bytes(captures.pcap(captures.crowd()))
    tmp_path.chmod(0o755)
    want = told(capture)
    assert len(want['stalls']) >= 10 and want['inputs'][0]['packets'] > 150_000
    assert differences_of_tshark(want, hosts.told(tshark, capture).tables) == []
    _, result = sharkd(load(capture), ask_for_all())
    assert differences_of_sharkd(want, result) == []


def test_a_table_counts_what_its_display_filter_lets_pass(root, report_of, tshark):
    capture = root / 'testdata/lock-screen-stall/in.pcap'
    one = report_of(capture, 'tcp.stream == 1')
    assert 0 < len(one['flows']) < len(report_of(capture)['flows'])
    done = tshark('-q', '-r', capture, '-z', 'stallshark,flows,tcp.stream == 1')
    assert wrong(flows(one), hosts.table(done.stdout.split(hosts.RULE)[1])[1], 'flows') == []


def test_a_table_asked_for_twice_is_refused_and_not_mixed(root, tshark):
    done = tshark('-q', '-r', root / 'testdata/lock-screen-stall/in.pcap', '-z', 'stallshark,stalls', '-z',
                  'stallshark,stalls,udp')
    assert 'stallshark,stalls: asked for twice' in done.stderr


def test_tables_of_an_empty_capture_are_empty(tmp_path, tshark):
    capture = tmp_path / 'empty.pcap'
    capture.write_bytes(captures.pcap([]))
    done = tshark('-q', '-r', capture, '-z', 'stallshark,stalls', '-z', 'stallshark_gaps,tree')
    assert done.returncode == 0 and 'Stallshark: Stalls' in done.stdout
