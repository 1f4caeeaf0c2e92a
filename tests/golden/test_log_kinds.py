"""The kinds of logs of docs/logs.md: one and the same log in each of them tells the same.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import json

import pytest

from test_log import log_of, rewritten


@pytest.fixture(scope='module')
def case(root):
    return root / 'testdata/log-says-sent'


def epoch(time):
    return round(time.replace(tzinfo=datetime.timezone.utc).timestamp() * 10**6)


def iso(time, zone='+0000'):
    return time.isoformat('T', 'microseconds') + zone


KINDS = {  # the line, and the program that it names
    'journald json': (lambda t, text: json.dumps({'__REALTIME_TIMESTAMP': str(epoch(t)), 'SYSLOG_IDENTIFIER': 'Ext', 'MESSAGE': text}), 'Ext'),
    'journald short-iso-precise': (lambda t, text: f'{iso(t)} phone Ext[311]: {text}', 'Ext'),
    'logcat': (lambda t, text: f'{t:%m-%d} {t.time().isoformat("milliseconds")}  1234  5678 I Ext     : {text}', 'Ext'),
    'Home Assistant': (lambda t, text: f'{t.isoformat(" ", "milliseconds")} INFO (MainThread) [Ext] {text}', 'Ext'),
    'Apple ndjson': (lambda t, text: json.dumps({'timestamp': iso(t).replace('T', ' '), 'processImagePath': '/private/var/Ext',
                                                 'eventMessage': text, 'processID': 311}), 'Ext'),
    'redis': (lambda t, text: f'4901:M {t:%d %b %Y} {t.time().isoformat("milliseconds")} * {text}', None),
}


@pytest.mark.parametrize('kind', KINDS)
def test_a_log_of_each_kind_tells_what_the_plain_one_tells(report, case, tmp_path, kind):
    form, source = KINDS[kind]
    plain = report(case / 'in.pcap', '--log', case / 'client.log', '--log-timezone', 'UTC')
    found = report(case / 'in.pcap', '--log', rewritten(case / 'client.log', tmp_path / 'client.log', form), '--log-timezone', 'UTC')
    assert found['stalls'][0]['verdict'] == plain['stalls'][0]['verdict'] == ['app-wedged']
    got, want = log_of(found), log_of(plain)
    keys = ('lines', 'sent', 'received', 'flow', 'side', 'matched', 'offset_ns', 'connection')
    assert {key: got[key] for key in keys} == {key: want[key] for key in keys}
    if source:
        assert got['source'] == source


WHOLE_SECONDS = {
    'mosquitto': lambda t, text: f'{epoch(t) // 10**6}: {text}',
    'nginx error': lambda t, text: f'{t:%Y/%m/%d %H:%M:%S} [info] 123#0: *1 {text}',
    'nginx access': lambda t, text: f'10.1.0.21 - - [{t:%d/%b/%Y:%H:%M:%S} +0000] "GET /{text.split()[0]} HTTP/1.1" 200 3 "-" "-"',
}


@pytest.mark.parametrize('kind', WHOLE_SECONDS)
def test_lines_of_whole_seconds_are_drawn_when_they_were_written(report, case, tmp_path, kind):
    """Too coarse to find a message by; each stands in its second all the same."""
    log = rewritten(case / 'client.log', tmp_path / 'app.log', WHOLE_SECONDS[kind])
    got = report(case / 'in.pcap', '--log', log, '--log-timezone', 'UTC')
    assert sum(row['lines'] for row in got['logs']) == len((case / 'client.log').read_text().splitlines())
    timeline = got['stalls'][0]['timeline']
    lanes = {i for i, lane in enumerate(timeline['lanes']) if lane['name'].startswith('log app.log')}
    drawn = [mark for mark in timeline['marks'] if mark['lane'] in lanes]
    assert len(drawn) > 15
    if not any(row['flow'] for row in got['logs']):
        assert all(mark['at'].endswith('.000000000') for mark in drawn)
        assert any(item['what'] == 'the lines of app.log as evidence' for item in got['not_analysed'])


def test_several_kinds_in_one_run(report, case, tmp_path):
    """Each log is read in its own form, and each of one and the same program is fitted once."""
    logs = []
    for kind in ('journald json', 'logcat', 'redis'):
        path = tmp_path / (kind.split()[0] + '.log')
        logs += ['--log', rewritten(case / 'client.log', path, KINDS[kind][0])]
    got = report(case / 'in.pcap', *logs, '--log-timezone', 'UTC')
    lines = len((case / 'client.log').read_text().splitlines())
    for name in ('journald.log', 'logcat.log', 'redis.log'):
        assert sum(row['lines'] for row in got['logs'] if row['name'] == name) == lines
    assert sum(row['flow'] is not None for row in got['logs']) >= 1
    assert got['stalls'][0]['verdict'] == ['app-wedged']
