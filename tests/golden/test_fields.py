"""Per-frame fields of the post-dissector in tshark: what is known at once, and what the second pass knows.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import decimal
import json
import pathlib
import subprocess

import pytest

import captures
from cases import nanoseconds

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
ROLES = {'1': 'last before', '2': 'first after', '3': 'retransmission inside', '4': 'witness'}


def fields(tshark, capture, names, *options):
    """[{field: [values]}] of the frames that pass."""
    done = tshark('-r', capture, '-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=|',
                  *(word for name in names for word in ('-e', name)), *options)
    assert done.returncode == 0 and done.stderr == '', done.stderr
    return [dict(zip(names, (cell.split('|') if cell else [] for cell in line.split('\t'))))
            for line in done.stdout.splitlines()]


def ns(text):
    return int(decimal.Decimal(text).scaleb(9))


@pytest.fixture(scope='module')
def stall(root):
    return root / 'testdata/lock-screen-stall/in.pcap'


# ---- known at once ----

def test_gaps_are_differences_of_time_stamps(stall, tshark):
    names = ['frame.number', 'frame.time_epoch', 'stallshark.flow', 'ip.src', 'stallshark.gap', 'stallshark.gap.from',
             'stallshark.gap.any']
    times, last, last_any, checked = {}, {}, {}, 0
    for row in fields(tshark, stall, names):
        if not row['stallshark.flow']:
            continue
        number, time, flow, side = (row[name][0] for name in names[:4])
        time = nanoseconds(time)
        before = last.get((flow, side))
        if before is None:
            assert row['stallshark.gap'] == []
        elif time >= times[before]:
            assert ns(row['stallshark.gap'][0]) == time - times[before]
            assert row['stallshark.gap.from'] == [before]
            checked += 1
        if flow in last_any and time >= times[last_any[flow]]:
            assert ns(row['stallshark.gap.any'][0]) == time - times[last_any[flow]]
        times[number], last[flow, side], last_any[flow] = time, number, number
    assert checked > 400


def test_the_gap_between_messages_passes_over_acknowledgements(tmp_path, tshark):
    second = 10**9
    packets = captures.conversation(n=4)
    at = captures.T0 + 3 * second + second // 2
    packets.append((at, captures.tcp(0, seq=1 + 7 * 3, ack=1 + 7 * 3)))  # only an acknowledgement
    path = tmp_path / 'ack.pcap'
    path.write_bytes(captures.pcap(sorted(packets)))
    rows = fields(tshark, path, ['stallshark.gap', 'stallshark.gap.message', 'tcp.len', 'tcp.srcport'])
    pings = [row for row in rows if row['tcp.srcport'] == ['40000'] and row['tcp.len'] == ['7']]
    assert [ns(row['stallshark.gap.message'][0]) for row in pings[1:]] == [second] * 3
    assert ns(pings[3]['stallshark.gap'][0]) == second // 2
    quiet = next(row for row in rows if row['tcp.srcport'] == ['40000'] and row['tcp.len'] == ['0']
                 and row['stallshark.gap'] and ns(row['stallshark.gap'][0]) == second // 2)
    assert quiet['stallshark.gap.message'] == []


def test_the_process_of_a_flow_is_named(tmp_path, tshark):
    out = captures.section() + captures.interface(name='en0') + captures.process(311, 'HospitalExtension')
    index = captures.option(0x8001, (0).to_bytes(4, 'little'))
    for i, (time, data) in enumerate(captures.conversation()):
        out += captures.packet(time, data, options=index if i == 0 else b'')
    path = tmp_path / 'process.pcapng'
    path.write_bytes(out)
    rows = fields(tshark, path, ['stallshark.process'], '-Y', 'stallshark.process')
    assert len(rows) == len(captures.conversation()) and {row['stallshark.process'][0] for row in rows} == {
        'HospitalExtension'}


def test_one_pass_tells_only_what_is_past(stall, tshark):
    assert fields(tshark, stall, ['frame.number'], '-Y', 'stallshark.stall.id || stallshark.fault') == []
    rows = fields(tshark, stall, ['frame.number', 'stallshark.stall', 'stallshark.stall.from'], '-Y',
                  'stallshark.stall > 10')
    assert ('353', '175') in [(row['frame.number'][0], row['stallshark.stall.from'][0]) for row in rows]


def test_fields_can_be_switched_off(stall, tshark):
    assert fields(tshark, stall, ['frame.number'], '-2', '-Y', 'stallshark', '-o', 'stallshark.fields:FALSE') == []


# ---- known on the second pass ----

WANTED = ['frame.number', 'stallshark.stall.id', 'stallshark.stall.role', 'stallshark.stall.duration',
          'stallshark.stall.before', 'stallshark.stall.after', 'stallshark.stall.incident', 'stallshark.stall.kind']


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_the_second_pass_tells_each_stall_of_the_report_at_both_ends(capture, report, tshark):
    want = set()
    for s in report(capture)['stalls']:
        told = (s['id'], s['duration_ns'], s['incident'], s['kind'], s['frame_before'], s['frame_after'])
        want |= {(frame, role, *told) for frame, role in ((s['frame_before'], 'last before'),
                                                          (s['frame_after'], 'first after')) if frame}
    got = set()
    for row in fields(tshark, capture, WANTED, '-2', '-Y', 'stallshark.stall.role in {1, 2}'):
        before, after = list(row['stallshark.stall.before']), list(row['stallshark.stall.after'])
        for i, role in enumerate(row['stallshark.stall.role']):
            if role in '12':
                stall = next(s for s in report(capture)['stalls'] if s['id'] == int(row['stallshark.stall.id'][i]))
                got.add((int(row['frame.number'][0]), ROLES[role], int(row['stallshark.stall.id'][i]),
                         ns(row['stallshark.stall.duration'][i]), int(row['stallshark.stall.incident'][i]),
                         row['stallshark.stall.kind'][i],
                         int(before.pop(0)) if stall['frame_before'] else None,
                         int(after.pop(0)) if stall['frame_after'] else None))
            else:  # keep the links of the other roles in step
                before and before.pop(0)
                after and after.pop(0)
    assert got == want


def test_causes_evidence_and_verdict_are_the_reports(stall, report, tshark):
    want = report(stall)['stalls'][0]
    row, = fields(tshark, stall, ['stallshark.stall.cause', 'stallshark.stall.verdict', 'stallshark.stall.evidence',
                                  'stallshark.stall.host', 'stallshark.stall.missed', 'stallshark.stall.next_capture'],
                  '-2', '-Y', 'frame.number == %d' % want['frame_after'])
    assert row['stallshark.stall.cause'] == want['verdict']
    assert all(cause in row['stallshark.stall.verdict'][0] for cause in want['verdict'])
    told = [e['text'] for cause in want['causes'] if cause['id'] in want['verdict'] for e in cause['evidence']]
    assert row['stallshark.stall.evidence'] == list(dict.fromkeys(told))
    assert row['stallshark.stall.missed'] == [str(want['missed'])]
    assert row['stallshark.stall.next_capture'] == [want['next_capture']]


def test_retransmissions_inside_a_stall_are_marked(stall, report, tshark):
    rows = fields(tshark, stall, ['frame.number', 'stallshark.flow'], '-2', '-Y', 'stallshark.stall.role == 3')
    inside = [int(row['frame.number'][0]) for row in rows]
    assert inside == [339, 340, 341, 342, 343, 344]
    for row in rows:
        stalls = [s for s in report(stall)['stalls'] if str(s['flow']) == row['stallshark.flow'][0]]
        assert any(s['frame_before'] < int(row['frame.number'][0]) < s['frame_after'] for s in stalls)


@pytest.mark.parametrize('case, fault', [('capture-hole', 'capture-hole'), ('clock-step', 'clock-step')])
def test_faults_of_the_capture_are_told_at_both_ends(case, fault, root, report, tshark):
    capture = next((root / 'testdata' / case).glob('in.pcap*'))
    want = [m for m in report(capture)['measurement'] if m['id'] == fault]
    rows = fields(tshark, capture, ['frame.number', 'stallshark.fault.role', 'stallshark.fault.duration',
                                    'stallshark.fault.by', 'stallshark.fault.hidden_bytes'], '-2', '-Y',
                  'stallshark.fault == "%s"' % fault)
    assert len(rows) == 2 * len(want) and want
    for m, first, last in zip(want, rows[::2], rows[1::2]):
        assert (first['stallshark.fault.role'], last['stallshark.fault.role']) == (['1'], ['2'])
        assert ns(last['stallshark.fault.duration'][0]) == m['duration_ns']
        assert [ns(by) for by in last['stallshark.fault.by']] == [by for by in [m['by_ns']] if by is not None]
        if m['hidden_bytes'] is not None:
            assert last['stallshark.fault.hidden_bytes'] == [str(m['hidden_bytes'])]


def test_a_frame_that_tells_nothing_of_ours_is_left_alone(stall, tshark):
    others = fields(tshark, stall, ['frame.number'], '-2', '-Y', '!tcp && !udp')
    assert others
    assert fields(tshark, stall, ['frame.number'], '-2', '-Y', 'stallshark && !stallshark.flow && '
                  '!stallshark.stall.id && !stallshark.fault') == []
    assert fields(tshark, stall, ['frame.number'], '-2', '-Y', 'tcp && !stallshark.flow') == []


# Wireshark's PI_NOTE, PI_WARN, PI_ERROR.
SEVERITIES = [
    ('lock-screen-stall', 'stallshark.stall.ended', 0x600000),
    ('client-suspended', 'stallshark.stall.ended', 0x600000),
    ('capture-hole', 'stallshark.fault.seen', 0x600000),
    ('clock-step', 'stallshark.fault.seen', 0x600000),
    ('nat-state-loss', 'keepalive.missing', 0x600000),
]


@pytest.mark.parametrize('case, expert, severity', SEVERITIES)
def test_what_went_wrong_is_an_expert_info_of_fitting_severity(case, expert, severity, root, tshark):
    capture = next((root / 'testdata' / case).glob('in.pcap*'))
    told = fields(tshark, capture, ['_ws.expert.severity'], '-2', '-Y', expert)
    assert told and all(str(severity) in row['_ws.expert.severity'] for row in told)


def test_a_side_that_is_not_heard_again_is_an_error(tmp_path, stall, tshark):
    """The same stall in a capture that ends inside it."""
    path = tmp_path / 'ends.pcap'
    subprocess.run(['editcap', '-r', stall, path, '1-340'], check=True)
    told = fields(tshark, path, ['_ws.expert.message', '_ws.expert.severity'], '-2', '-Y', 'stallshark.stall.not_ended')
    assert told and all(str(0x800000) in row['_ws.expert.severity'] for row in told)
    assert all(any('was not heard again' in text for text in row['_ws.expert.message']) for row in told)


def test_expert_infos_tell_each_stall_once(stall, report, tshark):
    rows = fields(tshark, stall, ['frame.number', '_ws.expert.message', '_ws.expert.severity'], '-2', '-Y',
                  'stallshark.stall.ended || stallshark.stall.not_ended')
    told = [text for row in rows for text in row['_ws.expert.message'] if text.startswith('Stall ')]
    assert len(told) == len(report(stall)['stalls'])
    done = tshark('-2', '-q', '-r', stall, '-z', 'expert')  # asks without a tree
    assert all(text in done.stdout for text in told)


def test_numbers_hold_under_a_read_filter(stall, report, tshark):
    """Wireshark numbers anew what passes; the silence is still the one on the wire."""
    want = report(stall)['stalls'][0]
    whole = fields(tshark, stall, ['frame.number', 'tcp.stream'])
    passing = [int(row['frame.number'][0]) for row in whole if row['tcp.stream'] == ['0']]
    rows = fields(tshark, stall, ['frame.number', 'stallshark.stall.id', 'stallshark.stall.role',
                                  'stallshark.stall.before', 'stallshark.stall.duration'], '-2', '-R',
                  'tcp.stream == 0', '-Y', 'stallshark.stall.role == 2')
    row, = [row for row in rows if row['stallshark.stall.id'] == ['1']]
    assert row['frame.number'] == [str(passing.index(want['frame_after']) + 1)]
    assert row['stallshark.stall.before'] == [str(passing.index(want['frame_before']) + 1)]
    assert ns(row['stallshark.stall.duration'][0]) == want['duration_ns']


def test_a_preference_changes_what_is_found(stall, tshark):
    rows = fields(tshark, stall, ['stallshark.stall.id'], '-2', '-Y', 'stallshark.stall.id', '-o',
                  'stallshark.min_gap:1min')
    assert rows == []


def test_fields_work_in_columns_and_statistics(stall, tshark):
    done = tshark('-2', '-r', stall, '-o', 'gui.column.format:"No.","%m","Gap","%Cus:stallshark.gap:0:R",'
                  '"Stall","%Cus:stallshark.stall.role:0:R"', '-Y', 'frame.number in {165, 355}')
    assert [line.split()[0] for line in done.stdout.splitlines()] == ['165', '355']
    assert 'last before' in done.stdout and '31.398651639' in done.stdout
    done = tshark('-q', '-r', stall, '-z', 'io,stat,0,MAX(stallshark.gap)stallshark.gap')
    assert '31.398652' in done.stdout


def test_sharkd_tells_it_on_each_visit(stall, with_module):
    calls = [('load', {'file': str(stall)}), *(('frame', {'frame': 355, 'proto': True}),) * 2,
             ('frames', {'filter': 'stallshark.stall.role == 2'})]
    done = with_module('sharkd', '-', stdin=None, input=''.join(
        json.dumps({'jsonrpc': '2.0', 'id': i, 'method': method, 'params': parameters}) + '\n'
        for i, (method, parameters) in enumerate(calls, 1)))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[1]['result'] == answers[2]['result']
    assert 'stallshark.stall.verdict' in json.dumps(answers[1])
    assert [frame['num'] for frame in answers[3]['result']] == [353, 355, 356]
