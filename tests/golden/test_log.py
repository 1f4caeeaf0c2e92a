"""Logs of applications beside a capture: --log, and as records of a merged capture.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import gzip
import json
import random
import re
import struct
import subprocess

import pytest

import pcapfile
from test_parity import without_host

LINE = re.compile(r'^(\S+ \S+) (.*)$')


@pytest.fixture(scope='module')
def case(root):
    return root / 'testdata/log-says-sent'


def log_of(report, name='client.log'):
    found = [log for log in report['logs'] if log['name'] == name and log['flow']]
    assert len(found) == 1, report['logs']
    return found[0]


def rewritten(path, out, form):
    """The log with other timestamps: form(time, text) -> line."""
    lines = []
    for line in path.read_text().splitlines():
        stamp, text = LINE.match(line).groups()
        lines.append(form(datetime.datetime.fromisoformat(stamp), text))
    out.write_text('\n'.join(lines) + '\n')
    return out


def evidence(stall):
    return [item['text'] for item in stall['causes'][0]['evidence']]


def test_the_log_is_drawn_beside_the_packets(run, case):
    """What it says was sent stands over the column in which nothing left."""
    lines = run('analyze', '--log', case / 'client.log', '--log-timezone', 'UTC', case / 'in.pcap').stdout.splitlines()
    drawn = next(n for n, line in enumerate(lines) if line.startswith('  log client.log'))
    log, app = lines[drawn][18:], lines[drawn + 1][18:]
    assert lines[drawn + 1].startswith('  192.168.7.24')
    silent = re.search(r'\.[.k]{30,}', app)
    assert silent and set(app[silent.start():silent.end()]) == {'.', 'k'}
    assert log[silent.start():silent.end()].count('>') >= 10
    assert '> sent, by the log' in lines[drawn + 4]


def test_the_log_settles_what_the_capture_cannot(report, case):
    alone = report(case / 'in.pcap')['stalls'][0]
    assert alone['verdict'] == ['process-suspended', 'app-wedged']
    both = report(case / 'in.pcap', '--log', case / 'client.log', '--log-timezone', 'UTC')
    stall = both['stalls'][0]
    assert stall['verdict'] == ['app-wedged']
    against = next(cause for cause in stall['causes'] if cause['id'] == 'process-suspended')['against']
    assert 'the program ran' in against[0]['text']
    sent = next(re.search(r'records (\d+) messages sent', text) for text in evidence(stall) if 'messages sent' in text)
    assert 20 <= int(sent[1]) <= 25  # 12 s, a ping each 0.48 s
    log = log_of(both)
    assert log['side'] == 'a' and log['flow'] == stall['flow'] and log['matched'] == log['sent'] - int(sent[1]) - 2
    assert abs(log['offset_ns']) < 2_000_000
    clock = [clock for clock in both['clocks'] if clock['source'] == 'log']
    assert [(c['flow'], c['side'], c['offset_ns']) for c in clock] == [(log['flow'], 'a', log['offset_ns'])]
    files = both['host']['files']
    assert [(f['kind'], f['format'], f['first_frame']) for f in files[1:]] == [('log', 'log', None)]


def test_a_log_that_pauses_too_speaks_for_a_stopped_process(report, root):
    folder = root / 'testdata/client-suspended'
    stall = report(folder / 'in.pcap', '--log', folder / 'client.log', '--log-timezone', 'UTC')['stalls'][0]
    assert stall['verdict'][0] == 'process-suspended'
    assert any('paused too' in text for text in evidence(stall))
    assert 'sysdiagnose' in stall['next_capture']


@pytest.mark.parametrize('begin, end, ran', [(9.5, 11.5, True), (4, 6, False)], ids=['until it ends', 'for a moment amid it'])
def test_lines_that_go_on_until_the_silence_ends_show_a_running_program(report, case, tmp_path, begin, end, ran):
    """Two seconds of twelve. A program that is woken for a moment amid its sleep writes, too."""
    start = float(report(case / 'in.pcap')['stalls'][0]['start'])
    kept = []
    for line in (case / 'client.log').read_text().splitlines():
        stamp = LINE.match(line)[1]
        at = datetime.datetime.fromisoformat(stamp + '+00:00').timestamp() - start
        if not 0 < at < 12.5:
            kept.append(line)
        elif begin <= at <= end:
            kept.append(stamp + ' settings were read')
    (tmp_path / 'client.log').write_text('\n'.join(kept) + '\n')
    verdict = report(case / 'in.pcap', '--log', tmp_path / 'client.log', '--log-timezone', 'UTC')['stalls'][0]['verdict']
    assert ('process-suspended' not in verdict) == ran and 'app-wedged' in verdict


def test_a_log_of_one_connection_speaks_for_the_program_that_accepted_all(run, shared):
    """Its server reads nothing for six seconds, and complains of it: it was not stopped, on no connection."""
    folder = shared / 'captures/lab/08_server_slow_reader_fmt-text_ip-6_s11'
    done = run('compare', '--format=json', '--log', folder / 'client.log', '--log', folder / 'server.log', '--log-timezone', 'UTC',
               folder / 'client.pcap', folder / 'server.pcap')
    told = json.loads(done.stdout)
    assert len({stall['flow'] for stall in told['stalls']}) == 2
    assert not any('process-suspended' in stall['verdict'] for stall in told['stalls'])
    assert any('reader-blocked' in stall['verdict'] for stall in told['stalls'])


def test_frame_numbers_stay_those_of_the_capture(report, case):
    alone = report(case / 'in.pcap')
    both = report(case / 'in.pcap', '--log', case / 'server.log', '--log-timezone', 'UTC')
    assert both['flows'] == alone['flows']
    assert both['inputs'] == alone['inputs']


def test_lines_are_drawn_at_the_capture_s_time(report, run, case):
    both = report(case / 'in.pcap', '--log', case / 'client.log', '--log-timezone', 'UTC')
    timeline = both['stalls'][0]['timeline']
    lane = [lane['name'] for lane in timeline['lanes']].index('log client.log')
    marks = [mark for mark in timeline['marks'] if mark['lane'] == lane]
    assert len(marks) > 20 and {mark['kind'] for mark in marks} == {'log'}
    assert any(mark['text'] == 'sendKeepAliveRequest()' for mark in marks)
    assert timeline['marks'] == sorted(timeline['marks'], key=lambda mark: mark['at'])
    page = run('analyze', case / 'in.pcap', '--log', case / 'client.log', '--log-timezone', 'UTC', '--format', 'html')
    assert 'log client.log' in page.stdout
    # A static chart shows where the lines are; a zoomable one says what they are, too.
    assert 'sendKeepAliveRequest()' in page.stdout or 'The charts are static' in page.stdout


@pytest.mark.parametrize('hours', [-9, 1, 5.75])
def test_a_zone_taken_wrongly_is_found(report, case, tmp_path, hours):
    log = rewritten(case / 'client.log', tmp_path / 'client.log',
                    lambda time, text: '%s %s' % ((time + datetime.timedelta(hours=hours)).isoformat(' ', 'milliseconds'), text))
    both = report(case / 'in.pcap', '--log', log, '--log-timezone', 'UTC')
    assert both['stalls'][0]['verdict'] == ['app-wedged']
    assert abs(log_of(both)['offset_ns'] - hours * 3600e9) < 2_000_000


def test_a_clock_seconds_off_is_found(report, case, tmp_path):
    log = rewritten(case / 'server.log', tmp_path / 'server.log',
                    lambda time, text: '%s %s' % ((time - datetime.timedelta(seconds=7.25)).isoformat(' ', 'milliseconds'), text))
    both = report(case / 'in.pcap', '--log', log, '--log-timezone', 'UTC')
    offsets = [found['offset_ns'] for found in both['logs'] if found['flow']]
    assert len(offsets) == 3 and all(abs(offset + 7.25e9) < 2_000_000 for offset in offsets), offsets


FORMS = {
    'iso': lambda t, text: t.isoformat('T', 'milliseconds') + 'Z ' + text,
    'iso-zone': lambda t, text: (t + datetime.timedelta(hours=2)).isoformat('T', 'microseconds') + '+02:00 Ext: ' + text,
    'syslog': lambda t, text: '%s iPhone Ext(Network)[311] <Notice>: %s' % (t.strftime('%b %e %H:%M:%S.%f'), text),
    'rfc5424': lambda t, text: '<165>1 %sZ iPhone Ext 311 - - %s' % (t.isoformat('T', 'milliseconds'), text),
    'log-show': lambda t, text: '%s+0000 0x1a2b     Default     0x0                  311    0    Ext: (Net) [a.b:c] %s'
                                % (t.isoformat(' ', 'microseconds'), text),
    'log-show-compact': lambda t, text: '%s Df Ext[311:1a2b] [a.b:c] %s' % (t.isoformat(' ', 'milliseconds'), text),
    'log-show-syslog': lambda t, text: '%s+0000  localhost Ext[311]: (Net) [a.b:c] %s'
                                       % (t.isoformat(' ', 'microseconds'), text),
    'own-words': lambda t, text: '%s %s' % (t.isoformat(' ', 'milliseconds'),
                                            text.replace('sendKeepAliveRequest()', 'heartbeat #7 sent successfully')),
}


@pytest.mark.parametrize('form', sorted(FORMS))
def test_formats(report, case, tmp_path, form):
    plain = log_of(report(case / 'in.pcap', '--log', case / 'client.log', '--log-timezone', 'UTC'))
    log = rewritten(case / 'client.log', tmp_path / 'client.log', FORMS[form])
    found = report(case / 'in.pcap', '--log', log, '--log-timezone', 'UTC')
    assert found['stalls'][0]['verdict'] == ['app-wedged']
    got = log_of(found)
    assert got['source'] == (None if form in ('iso', 'own-words') else 'Ext')
    assert {key: got[key] for key in ('lines', 'sent', 'received', 'flow', 'side', 'matched', 'offset_ns', 'connection')} == \
        {key: plain[key] for key in ('lines', 'sent', 'received', 'flow', 'side', 'matched', 'offset_ns', 'connection')}


def test_zone_with_summer_time(report, case, tmp_path):
    log = rewritten(case / 'client.log', tmp_path / 'client.log',
                    lambda t, text: '%s %s' % ((t - datetime.timedelta(hours=6)).isoformat(' ', 'milliseconds'), text))
    both = report(case / 'in.pcap', '--log', log, '--log-timezone', 'America/Chicago')
    assert abs(log_of(both)['offset_ns']) < 2_000_000


def test_a_log_about_something_else_is_no_evidence(report, case, root):
    alone = report(case / 'in.pcap')
    other = report(case / 'in.pcap', '--log', root / 'testdata/client-suspended/client.log', '--log-timezone', 'UTC')
    assert [(s['verdict'], s['causes']) for s in other['stalls']] == [(s['verdict'], s['causes']) for s in alone['stalls']]
    assert [log['flow'] for log in other['logs']] == [None] * len(other['logs'])
    assert any('log' in item['what'] for item in other['not_analysed'])


def test_merged_into_the_capture_all_hosts_say_the_same(run, tshark, case, tmp_path):
    log, merged = tmp_path / 'log.pcapng', tmp_path / 'merged.pcapng'
    done = run('log', case / 'client.log', case / 'server.log', '--log-timezone', 'UTC', '-o', log)
    assert done.returncode == 0 and done.stderr == ''
    subprocess.run(['mergecap', '-w', merged, case / 'in.pcap', log], check=True)
    want = run('analyze', merged, '--format', 'json').stdout
    for passes in ([], ['-2']):
        done = tshark(*passes, '-q', '-r', merged, '-z', 'stallshark,report,json')
        assert without_host(done.stdout) == without_host(want)
    stall = json.loads(want)['stalls'][0]
    assert stall['verdict'] == ['app-wedged']
    frames = [item['frames'] for item in stall['causes'][0]['evidence'] if 'messages sent' in item['text']][0]
    done = tshark('-r', merged, '-Y', 'frame.number in {%s}' % ', '.join(map(str, frames)), '-T', 'fields', '-e',
                  'applog.event', '-e', 'frame.protocols')
    assert [line.split('\t')[0] for line in done.stdout.splitlines()] == ['ping sent'] * len(frames)


def test_logs_are_fitted_to_their_own_connection(fast_report, shared):
    """Labeled runs: programs of one kind with one rhythm, begun at one moment; one of them is of another host."""
    right, wrong, foreign, said = 0, [], [], 0
    for folder in sorted((shared / 'captures/lab').iterdir()):
        if not (folder / 'peer.log').exists():
            continue
        label = json.loads((folder / 'label.json').read_text())
        ports = {f['connection_id'][:4]: f['cport'] for f in label['flows'] if f.get('connection_id')}
        for name in ('client.log', 'main.log', 'peer.log'):
            if not (folder / name).exists():
                continue
            got = fast_report(folder / 'client.pcap', '--log', folder / name)
            flows = {f['id']: f for f in got['flows']}
            fitted = [log for log in got['logs'] if log['flow']]
            if name == 'peer.log':
                foreign += [folder.name] * bool(fitted)
                said += any(item['what'] == 'the lines of peer.log as evidence' for item in got['not_analysed'])
                continue
            for log in fitted:
                end = flows[log['flow']][log['side']]
                right += end['port'] == ports.get(log['connection'])
                wrong += [folder.name] * (end['port'] != ports.get(log['connection']))
    assert right >= 75 and not wrong
    assert len(foreign) <= 4 and said >= 30, foreign


def test_errors_say_what_and_where(run, case, tmp_path):
    text, empty, packed = tmp_path / 'notes.txt', tmp_path / 'empty.log', tmp_path / 'client.log.gz'
    text.write_text('Dear all,\nnothing works.\n')
    empty.write_text('')
    packed.write_bytes(gzip.compress((case / 'client.log').read_bytes()))
    for path, message in ((text, 'line 1: begins with no time in a form of docs/logs.md (ISO 8601, syslog ...), nor does any up to line 2'),
                          (empty, 'is empty'), (packed, 'is compressed; decompress it first'),
                          (tmp_path / 'nowhere.log', 'no such file')):
        done = run('analyze', case / 'in.pcap', '--log', path, '--format', 'json')
        assert done.returncode == 3 and done.stderr == 'stallshark: %s: %s\n' % (path, message)
        file = json.loads(done.stdout)['host']['files'][1]
        assert file['error'] == message and file['kind'] == 'log'
        assert run('log', path, '-o', tmp_path / 'out.pcapng', '--force').returncode == 3
    for zone in ('Mars/Olympus', '', '/etc/passwd'):
        done = run('analyze', case / 'in.pcap', '--log', case / 'client.log', '--log-timezone=' + zone)
        assert done.returncode == 2 and done.stderr == \
            'stallshark: --log-timezone=%s: must be a time zone, as Europe/Berlin, UTC or +02:00\n' % zone
    done = run('analyze', case / 'in.pcap', '--log', case / 'client.log', '-o', case / 'client.log', '--force')
    assert done.returncode == 2 and 'is one of the inputs' in done.stderr


def test_hostile_logs(run, case, tmp_path):
    log = tmp_path / 'bad.log'
    log.write_bytes((case / 'client.log').read_bytes() + bytes(range(256)) * 100 + b'\n' +
                    b'2026-11-22 12:08:50.000 \x1b[31m<script>alert(1)</script>\xff\xfe ping sent\n' +
                    b'2026-11-22 12:08:51.000 ' + b'x' * 100000 + b'\n' + b'9999-99-99 99:99:99 ping sent\n')
    for form in ('text', 'html', 'markdown', 'json'):
        done = run('analyze', case / 'in.pcap', '--log', log, '--log-timezone', 'UTC', '--format', form)
        assert done.returncode == 0
        assert '<script>alert' not in done.stdout or form == 'json'
        assert '\x1b' not in done.stdout
    assert json.loads(done.stdout)['stalls'][0]['verdict'] == ['app-wedged']


def test_lines_beyond_the_limit_are_counted(fast_run, case, tmp_path):
    log = tmp_path / 'long.log'
    with log.open('w') as file:
        file.write((case / 'client.log').read_text())
        for i in range(300000):
            file.write('2026-11-22 13:%02d:%02d.000 tick\n' % (i // 60 % 60, i % 60))
    done = fast_run('analyze', case / 'in.pcap', '--log', log, '--log-timezone', 'UTC', '--format', 'json')
    got = json.loads(done.stdout)
    kept = sum(row['lines'] for row in got['logs'])
    assert kept + got['limits']['log_lines_dropped'] == 300000 + len((case / 'client.log').read_text().splitlines())
    assert got['limits']['log_lines_dropped'] > 0
    assert got['stalls'][0]['verdict'] == ['app-wedged']


OWN_FORMAT = r'''[log]
time = ^(?<day>\d\d)\.(?<month>\d\d)\.(?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d),(?<fraction>\d+)
send = TX beat #(?<sequence>\d+)
warn = quiet for (?<seconds>\d+)
'''


def own_format(text):
    """The lines of a log, in a format that nobody knows."""
    out = []
    for line in text.splitlines():
        date, time, rest = line.split(' ', 2)
        year, month, day = date.split('-')
        rest = rest.replace('sendKeepAliveRequest()', 'TX beat')
        out.append(f'{day}.{month}.{year} {time.replace(".", ",")} {rest}')
    return '\n'.join(out) + '\n'


def test_a_format_of_ones_own(run, tmp_path, shared):
    folder = shared / 'captures/lab/03_client_app_wedged_mode-loglies_fmt-json_ip-6_s13'
    log = folder / 'client.log'
    (tmp_path / 'own.log').write_text(own_format(log.read_text()))
    (tmp_path / 'own.ini').write_text(OWN_FORMAT.replace(r'beat #(?<sequence>\d+)', 'beat'))
    known = json.loads(run('analyze', folder / 'client.pcap', '--log', log, '--format', 'json').stdout)
    own = json.loads(run('analyze', folder / 'client.pcap', '--log', tmp_path / 'own.log', '--log-format', tmp_path / 'own.ini',
                         '--format', 'json').stdout)
    matched = [max(log['matched'] for log in report['logs']) for report in (known, own)]
    assert matched[0] == matched[1] > 8
    assert [s['verdict'] for s in known['stalls']] == [s['verdict'] for s in own['stalls']]


@pytest.mark.parametrize('text, word', [('', 'log'), ('[log]\nsend = x\n', 'time'), ('[log]\ntime = (\n', 'time'),
                                        ('[log]\ntime = x\nsned = y\n', 'sned')])
def test_a_wrong_format_is_told(run, root, tmp_path, text, word):
    (tmp_path / 'own.ini').write_text(text)
    done = run('analyze', root / 'testdata/healthy-jitter/in.pcap', '--log-format', tmp_path / 'own.ini')
    assert done.returncode == 2 and word in done.stderr and done.stderr.count('\n') == 1


@pytest.mark.parametrize('form', ['bytes={came} total={received}', 'total={received}'], ids=['since the line before', 'so far'])
def test_a_socket_that_hears_several_senders(run, tmp_path, form):
    """The program reads the datagrams of three senders from one socket, and gets 60 % of them all."""
    start, received, packets, lines = 1_742_841_288 * 10**9, 0, [], []
    dice = random.Random('senders')
    for slot in range(300):  # of a tenth of a second
        came = 0
        for sender in range(3):
            for n in range(dice.randrange(8) if (slot // (10 + 3 * sender)) % 2 else 1):
                udp = struct.pack('>HHHH', 5000 + sender, 6000, 508, 0) + bytes(500)
                ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 528, 0, 0, 64, 17, 0, bytes((10, 0, 0, 11 + sender)), bytes((10, 0, 0, 1)))
                frame = bytes(12) + b'\x08\x00' + ip + udp
                packets.append(pcapfile.Packet(start + slot * 10**8 + n * 10**7 + sender * 10**6, len(frame), frame))
                came += 500 * (dice.random() < 0.6)
        received += came
        stamp = datetime.datetime.fromtimestamp(start / 10**9 + (slot + 1) / 10, datetime.timezone.utc)
        lines.append(f'{stamp:%Y-%m-%dT%H:%M:%S}.{stamp.microsecond // 1000:03}Z received ' + form.format(came=came, received=received) + '\n')
    packets.sort(key=lambda packet: packet.time)
    capture = pcapfile.write(tmp_path / 'in.pcap', 1, packets)
    (tmp_path / 'recv.log').write_text(''.join(lines))
    rows = json.loads(run('analyze', capture, '--log', tmp_path / 'recv.log', '--format', 'json').stdout)['udp']
    assert len(rows) == 3
    for row in rows:
        assert abs(row['application']['delivered_permille'] - 1000 * received / (500 * len(packets))) < 10
        assert row['application']['source'].endswith('of all 3 flows to this socket')
        assert 'udp-lost-in-receiver' in row['verdict']


def counters(path, begin, readings, form):
    """A file as the loop of docs/logs.md writes it."""
    with open(path, 'w') as out:
        for n, value in enumerate(readings):
            at = datetime.datetime.fromtimestamp(begin + n, datetime.timezone.utc)
            out.write('%sZ\n%s\n' % (at.isoformat(timespec='milliseconds')[:23], form % value))
    return path


SOCKETS = 'State  Recv-Q Send-Q Local Address:Port Peer Address:Port\nUNCONN 0 0 0.0.0.0:%d 0.0.0.0:*\n\t skmem:(r0,rb131072,d%%d)'


def test_what_the_kernel_dropped_at_the_socket_is_a_full_buffer(report, root, tmp_path):
    source = root / 'testdata/udp-bursts-lost/in.pcap'
    alone = report(source)
    row = alone['udp'][0]
    flow = next(f for f in alone['flows'] if f['id'] == row['flow'])
    to = flow['b' if row['direction'] == 'a' else 'a']['port']
    begin = int(float(flow['first'])) - 1
    for port, dropped, said in ((to, [5, 5, 105, 305], True), (to, [305, 305, 305], False), (to + 1, [5, 105, 305], False)):
        log = counters(tmp_path / 'counters.log', begin, dropped, SOCKETS % port)
        told = report(source, '--log', log)
        assert ('udp-receive-buffer-full' in told['udp'][0]['verdict']) == said, (port, dropped)
        assert not told['logs']  # its lines are no application's
        if said:
            cause = next(c for c in told['udp'][0]['causes'] if c['id'] == 'udp-receive-buffer-full')
            assert '300 datagrams dropped at the socket of port %d' % port in cause['evidence'][0]['text']
            assert [(c['counter'], c['port'], c['increase']) for c in told['counters']] == [('socket-drops', port, 300)]


def test_an_overflow_of_the_listener_explains_attempts_without_an_answer(report, shared, tmp_path):
    source = shared / 'captures/lab/13_syn_blackhole_mode-deaf_fmt-json_s10/server.pcap'
    begin = int(float(report(source)['stalls'][0]['start'])) - 2
    form = 'TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 %d 0'
    told = report(source, '--log', counters(tmp_path / 'counters.log', begin, [3] * 4 + [9] * 8, form))
    cause = told['stalls'][0]['causes'][0]
    assert cause['id'] == 'connect-unanswered'
    assert "the kernel counted 6 overflows of a listener's queue (counters.log)" in [e['text'] for e in cause['evidence']]
    calm = report(source, '--log', counters(tmp_path / 'counters.log', begin, [3] * 12, form))
    assert 'overflow' not in json.dumps(calm['stalls'])


def test_a_listener_that_drops_explains_attempts_without_an_answer(report, shared, tmp_path):
    """For another reason than a full queue: then its own counter is the only one that rises."""
    source = shared / 'captures/lab/13_syn_blackhole_mode-deaf_fmt-json_s10/server.pcap'
    begin = int(float(report(source)['stalls'][0]['start'])) - 2
    said = 'the kernel counted 6 connection requests that a listener dropped (counters.log)'
    for form, told in (('TcpExt: ListenOverflows ListenDrops\nTcpExt: 0 %d', True),
                       ('TcpExt: ListenOverflows ListenDrops\nTcpExt: %d 9', False)):
        log = counters(tmp_path / 'counters.log', begin, [3] * 4 + [9] * 8, form)
        cause = report(source, '--log', log)['stalls'][0]['causes'][0]
        assert cause['id'] == 'connect-unanswered'
        assert (said in [e['text'] for e in cause['evidence']]) == told


def test_timeouts_of_tcp_speak_for_a_loss(report, shared, tmp_path):
    """What a host had to send again by its timer was not acknowledged: no program's fault."""
    source = shared / 'captures/lab/06_path_blackout_stall-20_fmt-text_s10/client.pcap'
    begin = int(float(report(source)['stalls'][0]['start'])) - 2
    said = 'the kernel counted 4 retransmission timeouts meanwhile (counters.log): what that host sent was not acknowledged in time'
    for readings, told in (([3] * 4 + [7] * 20, True), ([3] * 24, False)):
        stall = report(source, '--log', counters(tmp_path / 'counters.log', begin, readings, 'TcpExtTCPTimeouts %d 0.0'))['stalls'][0]
        assert any(said in [e['text'] for e in cause['evidence']] for cause in stall['causes']) == told


def test_what_a_connection_s_socket_threw_away_had_got_there(report, shared, tmp_path):
    """A loss on one of the two ways: which one, the other host's kernel tells."""
    source = shared / 'captures/lab/05_downlink_loss_stall-20_fmt-text_s10/client.pcap'
    alone = report(source)
    stall = max(alone['stalls'], key=lambda s: s['duration_ns'])
    flow = next(f for f in alone['flows'] if f['id'] == stall['flow'])
    server, client = flow['b'], flow['a']
    assert 'uplink-loss' in stall['verdict'] and 'downlink-loss' in stall['verdict']
    begin = int(float(stall['start'])) - 2
    for readings, port, told in (([0] * 6 + [4] * 20, client['port'], True), ([4] * 26, client['port'], False),
                                 ([0] * 6 + [4] * 20, 1 + client['port'] % 60000, False)):
        ends = 'ESTAB 0 0 %s:%d %s:%d\n\t skmem:(r0,rb131072,t0,tb87040,f0,w0,o0,bl0,d%%d) cubic' % (
            server['addr'], server['port'], client['addr'], port)
        both = report(source, '--log', counters(tmp_path / 'counters.log', begin, readings, ends))
        verdict = next(s['verdict'] for s in both['stalls'] if s['id'] == stall['id'])
        assert ('uplink-loss' not in verdict) == told and 'downlink-loss' in verdict
        assert [(c['counter'], c['port'], c['peer'], c['increase']) for c in both['counters']] == (
            [('connection-drops', server['port'], '%s:%d' % (client['addr'], port), 4)] if len(set(readings)) > 1 else [])


def test_datagrams_that_do_not_sum_up_are_lost_in_the_receiver(report, root, tmp_path):
    source = root / 'testdata/udp-bursts-lost/in.pcap'
    begin = int(float(report(source)['flows'][0]['first'])) - 1
    log = counters(tmp_path / 'counters.log', begin, [5, 5, 105, 305], 'Udp: InDatagrams InCsumErrors\nUdp: 900 %d')
    cause = next(c for c in report(source, '--log', log)['udp'][0]['causes'] if c['id'] == 'udp-lost-in-receiver')
    assert cause['evidence'][0]['text'] == \
        'the kernel counted 300 datagrams with a wrong checksum at that host, which no program gets (counters.log)'


def test_drops_of_two_sockets_of_one_port_are_added(report, root, tmp_path):
    """What either lists by turns is no counter that begins anew; nor are two files that list one socket two sockets."""
    source = root / 'testdata/udp-bursts-lost/in.pcap'
    alone = report(source)
    row, flow = alone['udp'][0], alone['flows'][0]
    to = next(f for f in alone['flows'] if f['id'] == row['flow'])['b' if row['direction'] == 'a' else 'a']['port']
    begin = int(float(flow['first'])) - 1
    two = (SOCKETS % to).replace('%d', '7') + '\n' + (SOCKETS % to).split('\n', 1)[1]
    calm = report(source, '--log', counters(tmp_path / 'calm.log', begin, [105, 105, 105, 105], two))
    assert calm['counters'] == [] and 'udp-receive-buffer-full' not in (calm['udp'][0]['verdict'] or [])
    log, again = (counters(tmp_path / name, begin, [5, 5, 105, 305], two) for name in ('one.log', 'again.log'))
    told = report(source, '--log', log, '--log', again)
    assert [(c['counter'], c['port'], c['increase']) for c in told['counters']] == 2 * [('socket-drops', to, 300)]
    cause = next(c for c in told['udp'][0]['causes'] if c['id'] == 'udp-receive-buffer-full')
    assert '300 datagrams dropped at the socket' in cause['evidence'][0]['text']


def test_two_tools_that_list_one_socket_are_one_counter(report, root, tmp_path):
    source = root / 'testdata/udp-bursts-lost/in.pcap'
    alone = report(source)
    row = alone['udp'][0]
    to = next(f for f in alone['flows'] if f['id'] == row['flow'])['b' if row['direction'] == 'a' else 'a']['port']
    log = counters(tmp_path / 'ss.log', int(float(alone['flows'][0]['first'])) - 1, [5, 5, 105, 305], SOCKETS % to)
    lines = []
    for line in log.read_text().splitlines():
        drops = line.partition(',d')[2].rstrip(')')
        lines += [line] + ([f' 71: 00000000:{to:04X} 00000000:0000 07 0:0 00:0 0 0 0 1 2 0 {drops}'] if drops else [])
    log.write_text('\n'.join(lines) + '\n')
    assert [(c['port'], c['increase']) for c in report(source, '--log', log)['counters']] == [(to, 300)]


def test_both_families_of_a_host_are_one_counter(report, root, tmp_path):
    source = root / 'testdata/udp-bursts-lost/in.pcap'
    begin = int(float(report(source)['flows'][0]['first'])) - 1
    form = 'Udp: InDatagrams RcvbufErrors\nUdp: 9 %d\nUdp6RcvbufErrors 4 0.0'
    told = report(source, '--log', counters(tmp_path / 'counters.log', begin, [5, 5, 105, 305], form))
    assert [(c['counter'], c['increase']) for c in told['counters']] == [('buffer-full', 300)]
