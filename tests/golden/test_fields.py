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


def test_the_gap_between_messages_passes_over_acknowledgments(tmp_path, tshark):
    second = 10**9
    packets = captures.conversation(n=4)
    at = captures.T0 + 3 * second + second // 2
    packets.append((at, captures.tcp(0, seq=1 + 7 * 3, ack=1 + 7 * 3)))  # only an acknowledgment
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


@pytest.mark.parametrize('name', ['lock-screen-stall', 'uplink-loss-ipv6', 'connect-refused', 'log-says-sent',
                                  'people-talk', 'batches', 'healthy-jitter'])
def test_a_stall_ends_where_the_report_says(report, tshark, name):
    """Also in one pass, as far as the frames before tell; nothing matches where none ends."""
    capture = ROOT / 'testdata' / name / 'in.pcap'
    ends = {}
    for stall in report(capture)['stalls']:
        if stall['frame_after']:
            ends.setdefault(stall['frame_after'], set()).add(stall['frame_before'])
    rows = fields(tshark, capture, ['frame.number', 'stallshark.stall.from'], '-Y', 'stallshark.stall')
    assert {int(row['frame.number'][0]): {int(frame) for frame in row['stallshark.stall.from']} for row in rows} == ends


def test_fields_can_be_switched_off(stall, tshark):
    assert fields(tshark, stall, ['frame.number'], '-2', '-Y', 'stallshark', '-o', 'stallshark.fields:FALSE') == []


# ---- known on the second pass ----

@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_the_second_pass_tells_each_stall_of_the_report_at_both_ends(capture, report, frames_of_tshark):
    want = set()
    for s in report(capture)['stalls']:
        told = (s['id'], s['duration_ns'], s['incident'], s['kind'], s['frame_before'], s['frame_after'])
        want |= {(frame, role, *told) for frame, role in ((s['frame_before'], 'last before'),
                                                          (s['frame_after'], 'first after')) if frame}
    got = set()
    for row in frames_of_tshark(capture):
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
    assert row['stallshark.stall.verdict'] == [
        'Most likely radio off (10.236.115.56); also possible: loss towards the server, path dead both ways.']
    told = [e['text'] for cause in want['causes'] if cause['id'] in want['verdict'] for e in cause['evidence']]
    assert row['stallshark.stall.evidence'] == list(dict.fromkeys(told))
    assert row['stallshark.stall.missed'] == [str(want['missed'])]
    assert row['stallshark.stall.next_capture'] == [want['next_capture']]


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_a_silence_that_ends_is_a_stall_of_the_report(capture, report, frames_of_tshark):
    want = sorted((s['frame_after'], s['duration_ns'], s['frame_before']) for s in report(capture)['stalls']
                  if s['frame_after'])
    got = []
    for row in frames_of_tshark(capture):
        before = row['stallshark.stall.from'] or [None] * len(row['stallshark.stall'])
        got += [(int(row['frame.number'][0]), ns(length), int(frame) if frame else None)
                for length, frame in zip(row['stallshark.stall'], before)]
    assert sorted(got, key=str) == sorted(want, key=str)


def test_the_packet_tree_begins_with_the_likely_cause_and_goes_on_with_why(stall, report, tshark):
    want = report(stall)['stalls'][0]
    text = tshark('-2', '-r', stall, '-V', '-Y', 'frame.number == %d' % want['frame_before']).stdout
    lines = text[text.index('[Stallshark'):].splitlines()
    assert lines[0].endswith(', most likely radio off (10.236.115.56)]')
    assert lines[1].strip() == '[Stall 1 begins after this packet: 10.236.115.56 was not heard by 10.236.115.15 for 31.4 s]'
    assert lines[2].strip() == ('[Most likely radio off (10.236.115.56); also possible: loss towards the server, '
                                'path dead both ways.]')
    assert lines[3].strip().startswith('[Seen: ') and 'Seen in: 339' in lines[4]
    order = [next(i for i, line in enumerate(lines) if line.strip().startswith('[' + lead))
             for lead in ('Seen: ', 'Ruled out, host asleep (10.236.115.56): ', 'Next capture: ', 'Flow: ')]
    assert order == sorted(order)


# ---- datagrams ----

@pytest.fixture(scope='module')
def bursts(tmp_path_factory):
    """32 bursts of 131072 bytes, a fifth of the time on."""
    path = tmp_path_factory.mktemp('bursts') / 'bursts.pcap'
    path.write_bytes(captures.pcap(captures.bursts(n=32, packets=128, size=1024, pause=512 * 10**6)))
    return path


def test_each_pause_between_datagrams_is_marked_with_the_burst_before_it(bursts, report, tshark):
    row, = report(bursts)['udp']
    names = ['stallshark.udp.burst', 'stallshark.udp.burst_bytes', 'stallshark.udp.burst_before',
             'stallshark.udp.off_before', 'frame.number']
    starts = fields(tshark, bursts, names, '-2', '-Y', 'stallshark.udp.state == 1')
    assert row['on_off']['cycles'] == len(starts) - 1 == 30  # the first burst and the last make no whole cycle
    assert [start['stallshark.udp.burst'] for start in starts] == [[str(i)] for i in range(2, 33)]
    assert all(start['stallshark.udp.burst_before'] == ['131072'] for start in starts)
    assert all(start['stallshark.udp.burst_bytes'] == ['1024'] for start in starts)
    assert [int(start['frame.number'][0]) for start in starts] == list(range(129, 128 * 32, 128))


def test_bursts_rise_like_a_saw_to_what_the_buffer_holds(bursts, tshark):
    rows = fields(tshark, bursts, ['stallshark.udp.burst_bytes'], '-2')
    assert [int(row['stallshark.udp.burst_bytes'][0]) for row in rows] == [1024 * (i % 128 + 1) for i in range(4096)]


def test_datagrams_tell_their_verdict_and_one_of_them_as_an_expert_info(root, report, tshark):
    capture = root / 'testdata/udp-bursts-lost/in.pcap'
    row, = report(capture)['udp']
    names = ['stallshark.udp.verdict', 'stallshark.udp.cause', 'stallshark.udp.duty', 'stallshark.udp.delivered']
    rows = fields(tshark, capture, names, '-2', '-Y', 'stallshark.flow == %d' % row['flow'])
    told = {tuple(map(tuple, one.values())) for one in rows}
    assert told == {(('Lost before the receiver.',), ('udp-lost-before-receiver',),
                     ('%.1f' % (row['on_off']['duty_permille'] / 10),),
                     ('%.1f' % (row['reception']['delivered_permille'] / 10),))}
    once = fields(tshark, capture, ['_ws.expert.message'], '-2', '-Y', 'stallshark.udp.lost')
    assert [one['_ws.expert.message'] for one in once] == [['Datagrams of flow 2: lost before the receiver']]


def test_findings_are_expert_infos_at_their_first_packet(root, report, tshark):
    capture = root / 'testdata/bonjour-bad-txt/in.pcap'
    told = report(capture)
    want = sorted((f['frames'][0], f['id']) for f in told['findings'] + told['bonjour']['findings'])
    rows = fields(tshark, capture, ['frame.number', 'stallshark.finding', '_ws.expert.message'], '-2', '-Y',
                  'stallshark.finding.note || stallshark.finding.warning || stallshark.finding.error')
    got = {(int(row['frame.number'][0]), finding) for row in rows for finding in row['stallshark.finding']}
    assert want and set(want) <= got


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
    assert all(any('to the end of the capture' in text for text in row['_ws.expert.message']) for row in told)


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
