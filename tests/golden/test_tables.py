"""Tools > Stallshark > Tables: every cell of every table is the report's number, through tshark, tshark -2 and sharkd.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import decimal
import json
import pathlib
import re
import shutil

import pytest

from cases import nanoseconds

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
TREE_BOUNDS = ['      0 to 0.1 ms', '    0.1 to 1 ms', '      1 to 10 ms', '     10 to 100 ms', '    100 to 1000 ms',
               '   1000 to 5000 ms', '   5000 to 30000 ms', '  30000 ms and more']


# ---- what the report says, as rows ----

def seconds(ns):
    return '' if ns is None else str(decimal.Decimal(ns).scaleb(-9).quantize(decimal.Decimal('1e-9')))


def known(value):
    return '' if value is None else str(value)


def joined(values):
    return ', '.join(map(str, values))


def point(end):
    return ('[%s]:%d' if ':' in end['addr'] else '%s:%d') % (end['addr'], end['port'])


def conversation(report, flow_id, sender='a'):
    flow = next(flow for flow in report['flows'] if flow['id'] == flow_id)
    return '%s -> %s' % (point(flow[sender]), point(flow['b' if sender == 'a' else 'a']))


def percent(permille):
    return '%d.%d' % divmod(permille, 10)


def host(report, flow_id, side):
    """The address of a side."""
    if side in (None, 'path', 'both'):
        return {None: '', 'path': 'the path', 'both': 'both sides'}[side]
    return next(flow for flow in report['flows'] if flow['id'] == flow_id)[side]['addr']


def moment(report, epoch):
    """Date and time of day, and seconds since the capture's start, both to the millisecond."""
    at, start = nanoseconds(epoch), nanoseconds(report['inputs'][0]['first'])
    whole = datetime.datetime.fromtimestamp(at // 10**9).astimezone()
    zone = whole.strftime('%z')
    return '%s.%03d %s:%s (%d.%03d s)' % (whole.strftime('%Y-%m-%d %H:%M:%S'), at % 10**9 // 10**6, zone[:3], zone[3:],
                                         (at - start) // 10**9, (at - start) % 10**9 // 10**6)


def verdicts(text):
    """{(where, number): causes} of a report in text, where the sentence is wrapped."""
    found = {}
    for where, number, body in re.findall(r'^(STALL|  \* flow) (\d+): (.*?)(?=^\S|^  \*|\Z)', text, re.M | re.S):
        sentence = re.search(r'^  verdict +(.*(?:\n {15}.*)*)', body, re.M)
        if sentence:
            words = re.split(r'; this capture|: nothing|\.$', ' '.join(sentence.group(1).split()))[0]
            found[where.strip(' *'), int(number)] = words[0].lower() + words[1:]
    return found


def stalls(report):
    for s in report['stalls']:
        guilty = next((c['side'] for c in s['causes'] if c['id'] == s['verdict'][0]), None)
        yield [str(s['id']), host(report, s['flow'], s['direction']), seconds(s['duration_ns']), report['words']['STALL', s['id']],
               known(s['frame_before']), known(s['frame_after']), moment(report, s['start']),
               conversation(report, s['flow']), host(report, s['flow'], guilty), s['kind'],
               known(s['missed']), s['recovery'], str(s['flow']), str(s['incident']), s['filter']]


def flows(report):
    for f in report['flows']:
        for d in f['directions']:
            frames = d['max_gap_frames'] or [None, None]
            quantiles = d['gap_quantiles_ns']
            yield [str(f['id']), conversation(report, f['id'], d['from']), seconds(d['max_gap_ns']), str(d['packets']),
                   str(d['bytes']), str(d['payload_packets']), f['transport'],
                   str(f['stream']), known(f['process'] and f['process']['name']), known(frames[0]), known(frames[1]),
                   *(seconds(quantiles[p]) for p in ('p50', 'p90', 'p99')),
                   *(str(d['gaps_over'][n]) for n in ('1s', '5s', '30s')), seconds(d['period_ns']),
                   str(d['retransmitted_packets']), str(d['zero_windows']), str(d['tcp_keepalives']),
                   known(f['closed'])]


def keepalives(report):
    for f in report['flows']:
        k = f['keepalive']
        if k:
            rtt = k['rtt_ns'] or {}
            yield [str(f['id']), conversation(report, f['id']), k['profile'],
                   host(report, f['id'], k['originator']), str(k['pings']), str(k['pongs']), str(k['unanswered']), str(k['times']),
                   *(seconds(rtt.get(p)) for p in ('min', 'p50', 'p99', 'max')), seconds(k['period_ns']),
                   seconds(k['timeout_ns'])]


def udp(report):
    for u in report['udp']:
        o, r = u['on_off'], u['reception']
        row = [str(u['flow']), None, report['words']['flow', u['flow']] if u['verdict'] else '', percent(o['duty_permille']) if o else '',
               percent(r['delivered_permille']) if r else '']
        row += ([str(o['cycles']), seconds(o['on_ns']['p50']), seconds(o['off_ns']['p50']),
                 str(o['on_bytes']['p50']), str(o['on_bytes']['mad']), None, o['periodic_in'], None] if o else [''] * 8)
        yield row + [u['cast'], None, str(u['bytes']), seconds(u['threshold_ns'])]


def clocks(report):
    for c in report['clocks']:
        step = c['steps'][0] if c['steps'] else None
        yield [str(c['flow']), conversation(report, c['flow']), c['source'], None, None, seconds(c['offset_ns']),
               seconds(c['error_ns']), None, str(c['samples']), str(len(c['steps'])),
               seconds(step['by_ns']) if step else '', moment(report, step['at']) if step else '']


def services(report):
    for i, s in enumerate(report['bonjour']['services'], 1):
        yield [str(i), s['instance'], s['type'], s['domain'], known(s['host']), known(s['port']),
               joined(s['addresses']), None, s['state'],
               moment(report, s['first']), moment(report, s['last'])]


def faults(report):
    for i, m in enumerate(report['measurement'], 1):
        yield [str(i), m['id'], seconds(m['duration_ns']), None, None, None, seconds(m['by_ns']),
               'all' if m['flows'] == 'all' else joined(m['flows']), known(m['hidden_bytes']),
               known(m['hidden_messages']), moment(report, m['start'])]


def findings(report):
    for i, f in enumerate(report['findings'] + report['bonjour']['findings'], 1):
        yield [str(i), known(f.get('severity')) or None, f['id'], f['text'], joined(f.get('flows') or []),
               joined(f['frames'])]


TABLES = {'stalls': stalls, 'flows': flows, 'keepalives': keepalives, 'udp': udp, 'clocks': clocks,
          'services': services, 'faults': faults, 'findings': findings}


def wrong(want, got, where):
    """Cells that differ; None in a wanted row is not in the report."""
    want, got = list(want), [[str(cell).strip() for cell in row] for row in got]
    if len(want) != len(got):
        return ['%s: %d rows instead of %d' % (where, len(got), len(want))]
    found = []
    for number, (a, b) in enumerate(zip(want, got), 1):
        if len(a) != len(b):
            found.append('%s, row %d: %d cells instead of %d: %s' % (where, number, len(b), len(a), b))
        found += ['%s, row %d, column %d: %r instead of %r' % (where, number, column, y, x)
                  for column, (x, y) in enumerate(zip(a, b), 1) if x is not None and x.strip() != y]
    return found


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
    return lambda capture: {**report(capture), 'words': verdicts(run('analyze', capture).stdout)}


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_tables_of_tshark_hold_the_programs_numbers(capture, told, tshark):
    want = told(capture)
    for passes in ([], ['-2']):
        taps = [word for name in TABLES for word in ('-z', 'stallshark,' + name)]
        done = tshark(*passes, '-q', '-r', capture, *taps)
        assert done.returncode == 0 and done.stderr == '', done.stderr
        found = []
        sections = done.stdout.split('=' * 101 + '\n')[1::2]
        assert len(sections) == len(TABLES)
        for name, section in zip(reversed(TABLES), sections):  # last come, first served
            head, rows = from_tshark(section)
            found += wrong(TABLES[name](want), rows, head)
        assert found == []


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_tables_of_sharkd_hold_the_programs_numbers(capture, told, sharkd):
    want = told(capture)
    first, again = sharkd(capture, ask_for_all(), ask_for_all())
    assert nstats(first) == nstats(again)
    found = []
    for name, rows in nstats(first).items():
        name = name.partition(',')[2]
        wanted = list(TABLES[name](want))
        if name == 'stalls':  # a number, of which sharkd prints six decimals
            for row in wanted:
                row[2] = '%.6f' % float(row[2])
            rows = [[*row[:2], '%.6f' % row[2], *row[3:]] for row in rows]
        found += wrong(wanted, rows, name)
    assert found == []


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
    from captures import pcap
    capture = tmp_path / 'empty.pcap'
    capture.write_bytes(pcap([]))
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
