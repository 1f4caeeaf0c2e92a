"""The keep-alive, time, GDL 90 and log dissectors in tshark: on captures with planted truth, on conversations made
here (TLS with its real handshake, a WebSocket with masked frames), and on damaged ones.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import base64
import hashlib
import json
import os
import ssl
import struct
import subprocess
import time

import pytest

from captures import T0, pcap, tcp

MS = 10**6
# The table of message profiles: on, profile, carrier, where, period, timeout.
TABLE = 'uat:stallshark_profiles:"%s","%s","%s","%s","%s","%s"'
NO_HEURISTICS = ['--disable-heuristic', 'keepalive_tcp', '--disable-heuristic', 'keepalive_udp',
                 '--disable-heuristic', 'keepalive_ws']


def fields(tshark, capture, names, *options):
    """[{field: text}] of the frames that pass."""
    done = tshark('-r', capture, '-T', 'fields', '-E', 'separator=/t', *(word for name in names for word in ('-e', name)),
                  *options)
    assert done.returncode == 0, done.stderr
    return [dict(zip(names, line.split('\t'))) for line in done.stdout.splitlines()]


def messages(rows, name='keepalive.type'):
    return [text for row in rows for text in row[name].split(',') if text]


# ---- a capture with planted truth ----

@pytest.fixture(scope='module')
def stall(root):
    return root / 'testdata/lock-screen-stall/in.pcap'


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_messages_are_those_of_the_report(passes, stall, tshark, report):
    told = [flow['keepalive'] for flow in report(stall)['flows'] if flow['keepalive']]
    assert told
    rows = fields(tshark, stall, ['keepalive.type', 'keepalive.profile'], '-Y', 'keepalive', *passes)
    for role, key in (('ping', 'pings'), ('pong', 'pongs'), ('time', 'times')):
        assert messages(rows).count(role) == sum(flow[key] for flow in told)
    assert set(messages(rows, 'keepalive.profile')) == {flow['profile'] for flow in told}


def test_round_trips_are_those_of_the_report(stall, tshark, report):
    told = [flow['keepalive']['rtt_ns'] for flow in report(stall)['flows'] if flow['keepalive']]
    rows = fields(tshark, stall, ['keepalive.rtt'], '-Y', 'keepalive.type == "pong"')
    trips = sorted(round(float(text) * 1e9) for text in messages(rows, 'keepalive.rtt'))
    assert trips[0] == min(trip['min'] for trip in told)
    assert trips[-1] == max(trip['max'] for trip in told)


def test_a_ping_and_its_pong_point_at_each_other(stall, tshark):
    names = ['frame.number', 'keepalive.seq', 'keepalive.response_in', 'keepalive.response_to']
    rows = fields(tshark, stall, names, '-2', '-Y', 'keepalive.seq')
    to = {row['frame.number']: row['keepalive.response_to'] for row in rows if row['keepalive.response_to']}
    pings = [row for row in rows if row['keepalive.response_in']]
    assert len(pings) == len(to) > 50
    for row in pings:
        assert row['frame.number'] in to[row['keepalive.response_in']].split(',')


def test_unanswered_pings_show_on_the_second_visit_only(root, tshark, report):
    capture = root / 'testdata/nat-state-loss/in.pcap'
    unanswered = sum(flow['keepalive']['unanswered'] for flow in report(capture)['flows'] if flow['keepalive'])
    rows = fields(tshark, capture, ['keepalive.missing_response'], '-2', '-Y', 'keepalive.missing_response')
    assert len(messages(rows, 'keepalive.missing_response')) == unanswered > 0
    assert not fields(tshark, capture, ['frame.number'], '-Y', 'keepalive.missing_response')


def test_a_retransmission_is_never_out_of_step(shared, tshark):
    """Wireshark 4.6 hands one on where the capture cut it, 4.0 and 4.4 do not."""
    capture = shared / 'captures/lab/07_server_suspended_fmt-json_stall-28_s12/client.pcap'
    marked = fields(tshark, capture, ['frame.number', 'tcp.analysis.retransmission'], '-Y', 'keepalive.unreadable')
    assert len(marked) > 1000
    assert not [row for row in marked if row['tcp.analysis.retransmission']]


def test_late_pings_and_who_sends_them(root, tshark):
    capture = root / 'testdata/client-suspended/in.pcap'
    rows = fields(tshark, capture, ['keepalive.late', 'keepalive.originator'], '-Y', 'keepalive.late > 9')
    assert len(rows) == 1 and set(messages(rows, 'keepalive.originator')) == {'client'}


def test_the_senders_clock(stall, tshark):
    rows = fields(tshark, stall, ['timesync.offset', 'timesync.format', 'frame.protocols'], '-Y', 'timesync')
    assert len(rows) > 50
    assert {row['timesync.format'] for row in rows} == {'unix-ms'}
    assert all(abs(float(row['timesync.offset'])) < 0.1 for row in rows)
    assert all(row['frame.protocols'].endswith(':keepalive:timesync') for row in rows)


def test_udp_bursts(root, tshark, report):
    """Each burst begins after a pause and grows to the size that the report measures."""
    capture = root / 'testdata/udp-bursts-lost/in.pcap'
    names = ['stallshark.udp.state', 'stallshark.udp.burst', 'stallshark.udp.burst_bytes', 'stallshark.udp.off_before']
    measured = next(row for row in report(capture)['udp'] if row['on_off'])['on_off']
    for passes in ([], ['-2']):
        rows = fields(tshark, capture, names, *passes, '-Y', 'stallshark.udp.burst')
        starts = [row for row in rows if row['stallshark.udp.state'] == '1']
        assert len(starts) > measured['cycles'] / 2
        for row in starts:
            assert float(row['stallshark.udp.off_before']) * 1e9 >= measured['off_ns']['min'] * 0.9
        sizes = {}
        for row in rows:
            sizes[int(row['stallshark.udp.burst'])] = int(row['stallshark.udp.burst_bytes'])
        whole = sorted(sizes.values())[1:]  # the last one is cut by the end of the capture
        assert whole[len(whole) // 2] == measured['on_bytes']['p50']


def test_fields_work_with_nothing_else_asking_for_the_protocol(stall, tshark):
    for field in ('keepalive.rtt', 'timesync.offset', 'stallshark.gap'):
        for passes in ([], ['-2']):
            done = tshark('-q', *passes, '-r', stall, '-z', 'io,stat,0,MAX(%s)%s' % (field, field))
            row = next(line for line in done.stdout.splitlines() if '<>' in line)
            assert float(row.split('|')[2]) != 0, (field, passes)


def test_fields_beside_a_report(stall, tshark):
    """The report has an engine of its own; the fields keep theirs whenever somebody asks for them."""
    for passes in ([], ['-2']):
        words = [*passes, '-r', stall, '-T', 'fields', '-e', 'frame.number', '-e', 'stallshark.gap', '-e', 'stallshark.flow']
        alone = tshark(*words).stdout.splitlines()
        both = tshark(*words, '-z', 'stallshark,report,json').stdout.splitlines()
        assert both[:len(alone)] == alone and both[len(alone)].startswith('{')
        column = ['-o', 'gui.column.format:"Gap","%Cus:stallshark.gap:0:R"']
        alone = tshark(*passes, '-r', stall, *column).stdout.splitlines()
        both = tshark(*passes, '-r', stall, *column, '-z', 'stallshark,report,json').stdout.splitlines()
        assert both[:len(alone)] == alone and any(line.strip() for line in alone)
        counted = ['io,stat,0,COUNT(stallshark.gap)stallshark.gap']
        rows = [next(line for line in tshark(*passes, '-q', '-r', stall, '-z', counted[0], *more).stdout.splitlines()
                     if '<>' in line) for more in ([], ['-z', 'stallshark,report,json'])]
        assert rows[0] == rows[1]


def test_a_custom_column(stall, tshark):
    done = tshark('-r', stall, '-o', 'gui.column.format:"Type","%Cus:keepalive.type:0:R","Gap","%Cus:stallshark.gap:0:R"',
                  '-Y', 'keepalive.type == "ping"')
    assert done.stdout.split()[0] == 'ping'


# ---- bindings ----

def json_message(text):
    return struct.pack('>I', len(text)) + text.encode()


def talk(parts, ports=(40000, 7000), step=MS):
    """[(time, bytes)]: a handshake, then segments; parts: [(side, payload)]."""
    made = [(T0, tcp(0, 2, seq=0, ack=0, ports=ports)), (T0 + 1, tcp(1, 0x12, seq=0, ports=ports)),
            (T0 + 2, tcp(0, 0x10, ports=ports))]
    sent = [1, 1]
    for i, (side, payload) in enumerate(parts):
        for at in range(0, len(payload), 1400):
            piece = payload[at:at + 1400]
            made.append((T0 + (i + 1) * step + at, tcp(side, 0x18, piece, sent[side], sent[1 - side], ports)))
            sent[side] += len(piece)
    return made


@pytest.fixture
def capture_of(tmp_path):
    def make(packets, name='in.pcap', **options):
        path = tmp_path / name
        path.write_bytes(pcap(packets, **options))
        return path
    return make


ONE_PING = [(0, json_message('{"type":"ping","seq":1}')), (1, json_message('{"type":"pong","seq":1}'))]


def types_of(tshark, capture, *options):
    return messages(fields(tshark, capture, ['keepalive.type'], '-Y', 'keepalive.type', *options))


def test_a_single_exchange_is_not_certain_enough_to_be_taken_unasked(capture_of, tshark):
    capture = capture_of(talk(ONE_PING[:1]))
    assert types_of(tshark, capture) == []


def test_decode_as_takes_the_first_message(capture_of, tshark):
    capture = capture_of(talk(ONE_PING))
    assert types_of(tshark, capture, *NO_HEURISTICS) == []
    assert types_of(tshark, capture, *NO_HEURISTICS, '-d', 'tcp.port==7000,keepalive') == ['ping', 'pong']


def test_the_port_preference_takes_the_first_message(capture_of, tshark):
    capture = capture_of(talk(ONE_PING))
    assert types_of(tshark, capture, *NO_HEURISTICS, '-o', 'keepalive.tcp.port:7000') == ['ping', 'pong']


def test_the_table_names_profile_port_and_period(capture_of, tshark):
    late = [(0, json_message('{"type":"ping","seq":%d}' % i)) for i in range(3)]
    capture = capture_of(talk(late, step=4 * 10**9))
    row = TABLE % ('TRUE', 'json-len32', 'TCP port', '7000', '2s', '')
    rows = fields(tshark, capture, ['keepalive.late'], *NO_HEURISTICS, '-o', row, '-Y', 'keepalive.late')
    assert [float(row['keepalive.late']) for row in rows] == [2.0, 2.0]
    assert types_of(tshark, capture, *NO_HEURISTICS, '-o', row.replace('TRUE', 'FALSE')) == []


@pytest.mark.parametrize('row', [('TRUE', 'no-such', 'TCP port', '7000', '', ''),
                                 ('TRUE', 'json-len32', 'TCP port', '70000', '', ''),
                                 ('TRUE', 'json-len32', 'TCP port', '7000', 'soon', '')])
def test_a_row_that_makes_no_sense_is_refused(row, capture_of, tshark):
    done = tshark('-r', capture_of(talk(ONE_PING)), '-o', TABLE % row)
    assert done.returncode != 0 and 'Sanitizer' not in done.stderr


def test_the_tables_timeout_reaches_the_report(stall, tshark):
    done = tshark('-q', '-r', stall, '-o', TABLE % ('TRUE', 'json-len32', 'TCP port', '7000', '', '33s'),
                  '-z', 'stallshark,report,json')
    told = [flow['keepalive'] for flow in json.loads(done.stdout)['flows'] if flow['keepalive']]
    assert told and all(flow['timeout_ns'] == 33 * 10**9 for flow in told)


PERSONAL = """[profile]
name=beats
framing=delimiter
delimiter=;
body=text

[ping]
match=BEAT
sequence=2

[pong]
match=ECHO
sequence=2
"""


def test_a_personal_profile_is_used_by_the_program_and_the_module_alike(tmp_path, monkeypatch, capture_of, tshark,
                                                                        release_program):
    folder = tmp_path / 'config/stallshark/profiles'
    folder.mkdir(parents=True)
    (folder / 'beats.profile').write_text(PERSONAL)
    tmp_path.chmod(0o755)
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path / 'config'))
    capture = capture_of(talk([(side, b'%s %d;' % (word, i)) for i in range(9) for side, word in
                               ((0, b'BEAT'), (1, b'ECHO'))], ports=(40000, 51234), step=10**9))
    told = json.loads(subprocess.run([str(release_program), '--format', 'json', str(capture)], capture_output=True,
                                     check=True).stdout)
    assert [flow['keepalive']['profile'] for flow in told['flows']] == ['beats']
    heard = json.loads(tshark('-q', '-r', capture, '-z', 'stallshark,report,json').stdout)
    assert {**told, 'host': None} == {**heard, 'host': None}
    got = types_of(tshark, capture, '-2')
    assert got.count('ping') == got.count('pong') == 9


CLOCKS = """[profile]
name=clocks
framing=delimiter
delimiter=\\n
body=json

[ping]
match=type=ping

[time]
match=type=time
time=at
"""


@pytest.mark.parametrize('name, value', [
    ('cocoa', lambda ns: '%.6f' % (ns / 1e9 - 978307200)),
    ('unix-ms', lambda ns: '%d' % (ns // MS)),
    ('filetime', lambda ns: '%d' % (ns // 100 + 116444736000000000)),
    ('iso-8601', lambda ns: '"%s"' % time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(ns // 10**9))),
])
def test_the_format_of_a_clock_is_found_out_and_said(name, value, tmp_path, monkeypatch, capture_of, tshark):
    folder = tmp_path / 'config/stallshark/profiles'
    folder.mkdir(parents=True)
    (folder / 'clocks.profile').write_text(CLOCKS)
    tmp_path.chmod(0o755)
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmp_path / 'config'))
    ahead = 2 * 10**9
    parts = [(0, b'{"type":"time","at":%s}\n' % value(T0 + (i + 1) * 10**9 + ahead).encode()) for i in range(20)]
    capture = capture_of(talk(parts, step=10**9))
    row = TABLE % ('TRUE', 'clocks', 'TCP port', '7000', '', '')
    got = fields(tshark, capture, ['timesync.format', 'timesync.offset', 'timesync.why'], '-o', row, '-2', '-Y', 'timesync')
    assert len(got) == 20
    assert {entry['timesync.format'] for entry in got} == {name}
    assert all(abs(float(entry['timesync.offset']) - 2) < 1.1 for entry in got)
    shown = name == 'iso-8601'  # a date needs no second one
    assert all(entry['timesync.why'].startswith('its text' if shown else name) for entry in got)
    first = fields(tshark, capture, ['timesync.format'], '-o', row, '-Y', 'timesync')
    assert len(first) == 20 if shown else 0 < len(first) < 20


# ---- segments ----

MANY = [json_message('{"type":"ping","seq":%d}' % i) for i in range(12)]


def test_several_messages_in_one_segment(capture_of, tshark):
    capture = capture_of(talk([(0, b''.join(MANY[:4])), (0, b''.join(MANY[4:]))]))
    assert types_of(tshark, capture, '-d', 'tcp.port==7000,keepalive') == ['ping'] * 12


@pytest.mark.parametrize('size', [1, 3, 5, 26, 28, 1000])
@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_messages_across_segments(size, passes, capture_of, tshark):
    stream = b''.join(MANY[:6])
    parts = [(0, stream[at:at + size]) for at in range(0, len(stream), size)]
    row = TABLE % ('TRUE', 'json-len32', 'TCP port', '7000', '', '')
    got = fields(tshark, capture_of(talk(parts)), ['keepalive.seq'], '-o', row, '-Y', 'keepalive.seq', *passes)
    assert messages(got, 'keepalive.seq') == [str(i) for i in range(6)]


@pytest.mark.parametrize('size', [1, 4, 9, 1000])
def test_lines_across_segments(size, capture_of, tshark):
    stream = b''.join(b'PING %d\r\n' % i for i in range(6))
    parts = [(0, stream[at:at + size]) for at in range(0, len(stream), size)]
    row = TABLE % ('TRUE', 'text-lines', 'TCP port', '7000', '', '')
    got = fields(tshark, capture_of(talk(parts)), ['keepalive.seq'], '-o', row, '-Y', 'keepalive.seq')
    assert messages(got, 'keepalive.seq') == [str(i) for i in range(6)]


def test_a_retransmission_with_a_new_message(capture_of, tshark):
    """With TCP's own preference for it, as in the profile that comes with the module."""
    packets = talk([(0, MANY[0]), (0, MANY[1])])
    both = MANY[1] + MANY[2]
    packets.append((packets[-1][0] + MS, tcp(0, 0x18, both, 1 + len(MANY[0]), 1)))
    got = fields(tshark, capture_of(packets), ['keepalive.seq'], '-d', 'tcp.port==7000,keepalive',
                 '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', 'keepalive.seq')
    assert messages(got, 'keepalive.seq') == ['0', '1', '2']


def test_a_short_snap_length_keeps_messages_in_step(root, tshark, report):
    capture = root / 'testdata/slow-reader/in.pcap'
    told = sum(flow['keepalive']['pings'] for flow in report(capture)['flows'] if flow['keepalive'])
    assert types_of(tshark, capture, '-2').count('ping') == told


def test_skipped_and_repeated_numbers(capture_of, tshark):
    capture = capture_of(talk([(0, MANY[i]) for i in (1, 2, 2, 7)]))
    rows = fields(tshark, capture, ['keepalive.duplicate', 'keepalive.skipped'], '-d', 'tcp.port==7000,keepalive',
                  '-Y', 'keepalive')
    assert [row['keepalive.skipped'] for row in rows] == ['', '', '', '4']
    assert [bool(row['keepalive.duplicate']) for row in rows] == [False, False, True, False]


# ---- TLS ----

def tls_conversation(tmp_path, alpn=None):
    """Real records of two ssl objects, recorded; the secrets go to keys.txt."""
    certificate, key = tmp_path / 'cert.pem', tmp_path / 'key.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-subj', '/CN=test', '-days', '2', '-keyout', key, '-out', certificate],
                   check=True, capture_output=True)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificate, key)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_mode = ssl.CERT_NONE
    client_context.keylog_filename = str(tmp_path / 'keys.txt')
    if alpn:
        server_context.set_alpn_protocols([alpn])
        client_context.set_alpn_protocols([alpn])
    parts = []

    class Wire:
        """Moves what one side wrote to the other, and keeps it."""

        def __init__(self, side, source):
            self.side, self.bio = side, source

        def flush(self, target):
            if self.bio.pending:
                data = self.bio.read()
                parts.append((self.side, data))
                target.write(data)

    # each object writes into its own out-BIO and reads from its own in-BIO
    client_in, client_out, server_in, server_out = (ssl.MemoryBIO() for _ in range(4))
    client = client_context.wrap_bio(client_in, client_out)
    server = server_context.wrap_bio(server_in, server_out, server_side=True)
    up, down = Wire(0, client_out), Wire(1, server_out)
    done = set()
    while len(done) < 2:
        for peer in (client, server):
            try:
                peer.do_handshake()
                done.add(peer)
            except ssl.SSLWantReadError:
                pass
            up.flush(server_in)
            down.flush(client_in)
    for i in range(4):
        client.write(json_message('{"type":"ping","seq":%d}' % i))
        up.flush(server_in)
        server.read(100)
        server.write(json_message('{"type":"pong","seq":%d}' % i))
        down.flush(client_in)
        client.read(100)
    return parts


@pytest.mark.parametrize('how', ['table port', 'decode as', 'table alpn'])
def test_messages_inside_tls(how, tmp_path, capture_of, tshark):
    parts = tls_conversation(tmp_path, 'ping/1' if how == 'table alpn' else None)
    capture = capture_of(talk(parts, ports=(40000, 8443)))
    keys = tmp_path / 'keys.txt'
    for path in (tmp_path, keys):
        path.chmod(0o755)
    options = {'table port': ['-o', TABLE % ('TRUE', 'json-len32', 'TLS port', '8443', '', ''),
                              '-d', 'tcp.port==8443,tls'],
               'decode as': ['-d', 'tls.port==8443,keepalive', '-d', 'tcp.port==8443,tls'],
               'table alpn': ['-o', TABLE % ('TRUE', 'json-len32', 'TLS ALPN', 'ping/1', '', ''),
                              '-d', 'tcp.port==8443,tls']}[how]
    for passes in ([], ['-2']):
        got = types_of(tshark, capture, *NO_HEURISTICS, '-o', 'tls.keylog_file:%s' % keys, *options, *passes)
        assert got == ['ping', 'pong'] * 4


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_the_report_counts_messages_inside_tls_and_says_so(passes, tmp_path, capture_of, tshark):
    capture = capture_of(talk(tls_conversation(tmp_path), ports=(40000, 8443), step=10**9))
    tmp_path.chmod(0o755)
    (tmp_path / 'keys.txt').chmod(0o644)
    arguments = [*passes, '-q', '-r', capture, '-d', 'tcp.port==8443,tls', '-z', 'stallshark,report,json']
    told = json.loads(tshark(*arguments, '-o', 'tls.keylog_file:%s' % (tmp_path / 'keys.txt')).stdout)
    flow, = told['flows']
    assert told['host']['decrypted_flows'] == [flow['filter']]
    assert (flow['keepalive']['pings'], flow['keepalive']['pongs']) == (4, 4)
    locked = json.loads(tshark(*arguments).stdout)
    assert locked['host']['decrypted_flows'] == [] and not locked['flows'][0]['keepalive']


# ---- WebSocket ----

def websocket_frame(text, mask=None, opcode=1):
    data = text.encode()
    head = bytes([0x80 | opcode, (0x80 if mask else 0) | len(data)])
    if mask:
        return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
    return head + data


def websocket_conversation(protocol=None):
    key = base64.b64encode(bytes(range(16))).decode()
    accept = base64.b64encode(hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest()).decode()
    named = 'Sec-WebSocket-Protocol: %s\r\n' % protocol if protocol else ''
    parts = [(0, ('GET /api/websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n' % (key, named)).encode()),
             (1, ('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                  'Sec-WebSocket-Accept: %s\r\n%s\r\n' % (accept, named)).encode())]
    for i in range(1, 5):
        parts.append((0, websocket_frame('{"id":%d,"type":"ping"}' % i, mask=bytes([7, i, 99, 200]))))
        parts.append((1, websocket_frame('{"id":%d,"type":"pong"}' % i)))
    return parts


@pytest.mark.parametrize('how', ['unasked', 'table'])
def test_messages_inside_a_websocket(how, capture_of, tshark):
    protocol = 'assistant.v1' if how == 'table' else None
    capture = capture_of(talk(websocket_conversation(protocol), ports=(40000, 80)))
    options = [] if how == 'unasked' else [*NO_HEURISTICS, '-o', TABLE % ('TRUE', 'home-assistant', 'WebSocket protocol',
                                                                         protocol, '', '')]
    rows = fields(tshark, capture, ['keepalive.type', 'keepalive.seq', 'frame.protocols'], '-Y', 'keepalive', *options)
    assert messages(rows) == ['ping', 'pong'] * 4
    assert messages(rows, 'keepalive.seq') == ['1', '1', '2', '2', '3', '3', '4', '4']
    assert all(':http:websocket:keepalive' in row['frame.protocols'] for row in rows)


# ---- keep-alives that another dissector draws ----

def mqtt_conversation():
    connect = b'\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04ward'
    parts = [(0, connect), (1, b'\x20\x02\x00\x00'), (0, b'\x82\x06\x00\x01\x00\x01a\x00'), (1, b'\x90\x03\x00\x01\x00')]
    for _ in range(5):
        parts += [(0, b'\xc0\x00'), (1, b'\xd0\x00')]
    return parts


def websocket_pings():
    parts = websocket_conversation()[:2]
    for i in range(5):
        parts.append((0, websocket_frame('n%d' % i, mask=bytes([7, i, 99, 200]), opcode=9)))
        parts.append((1, websocket_frame('n%d' % i, opcode=10)))
    return parts


@pytest.mark.parametrize('parts, ports, owner, profile', [
    (mqtt_conversation(), (40000, 1883), 'mqtt', 'mqtt'), (websocket_pings(), (40000, 80), 'websocket', 'websocket')],
    ids=['mqtt', 'websocket'])
def test_pings_that_another_dissector_draws(parts, ports, owner, profile, capture_of, tshark, report):
    capture = capture_of(talk(parts, ports=ports))
    told, = [flow['keepalive'] for flow in report(capture)['flows'] if flow['keepalive']]
    assert (told['profile'], told['pings'], told['pongs']) == (profile, 5, 5)
    names = ['frame.number', 'keepalive.type', 'keepalive.profile', 'keepalive.originator', 'keepalive.response_in',
             'keepalive.response_to', 'keepalive.rtt', 'frame.protocols', '_ws.col.Info']
    rows = fields(tshark, capture, names, '-2', '-Y', 'keepalive.type == "ping" || keepalive.type == "pong"')
    assert messages(rows) == ['ping', 'pong'] * 5
    for ping, pong in zip(rows[::2], rows[1::2]):
        assert ping['keepalive.response_in'] == pong['frame.number'] and pong['keepalive.response_to'] == ping['frame.number']
        assert ping['keepalive.profile'] == profile and ping['keepalive.originator'] == 'client'
        assert float(pong['keepalive.rtt']) > 0
    # the other dissector keeps the frame
    plain = ['frame.protocols', '_ws.col.Info']
    with_fields = fields(tshark, capture, plain)
    assert with_fields == fields(tshark, capture, plain, '--disable-protocol', 'keepalive')
    assert any(row['frame.protocols'].endswith(owner) for row in with_fields)
    # in one pass only what comes before certainty is missing
    seen = messages(fields(tshark, capture, ['keepalive.type'], '-Y', 'keepalive'))
    assert seen.count('pong') >= 4 and seen.count('ping') >= 3
    done = tshark('-q', '-2', '-r', capture, '-z', 'io,stat,0,COUNT(keepalive.rtt)keepalive.rtt')
    assert [line.split('|')[2].strip() for line in done.stdout.splitlines() if '<>' in line] == ['10']
    for off in (['--disable-protocol', 'keepalive'], NO_HEURISTICS):
        assert not fields(tshark, capture, ['frame.number'], '-2', '-Y', 'keepalive', *off)


# ---- GDL 90 and logs ----

def udp(payload, ports=(50000, 4000)):
    packet = struct.pack('>BBHHHBBH', 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + bytes([10, 0, 0, 5, 10, 0, 0, 1])
    packet += struct.pack('>HHHH', *ports, 8 + len(payload), 0) + payload
    return bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]) + b'\x08\x00' + packet


HEARTBEAT = bytes.fromhex('7E008141DBD00802B38B7E')  # of the specification, section 2.2.4


@pytest.mark.parametrize('port', [4000, 31415])
def test_a_heartbeat_of_the_specification(port, capture_of, tshark):
    capture = capture_of([(T0, udp(HEARTBEAT + HEARTBEAT, (50000, port)))])
    names = ['gdl90.message', 'gdl90.seconds', 'gdl90.gps_valid', 'gdl90.crc', '_ws.col.Info']
    row, = fields(tshark, capture, names)
    assert row['gdl90.message'] == 'Heartbeat,Heartbeat' and row['_ws.col.Info'] == '2 x Heartbeat'
    assert float(row['gdl90.seconds'].split(',')[0]) == 53467
    assert row['gdl90.gps_valid'] in ('1,1', 'True,True')  # as tshark 4.4 prints it
    assert row['gdl90.crc'] == '0x8bb3,0x8bb3'


def gdl90_crc(data):
    """Section 2.2.3 of the specification."""
    crc = 0
    for byte in data:
        table = crc >> 8 << 8
        for _ in range(8):
            table = (table << 1 ^ (0x1021 if table & 0x8000 else 0)) & 0xffff
        crc = table ^ (crc << 8 & 0xffff) ^ byte
    return crc


def test_degrees_have_no_more_digits_than_were_sent(capture_of, tshark):
    """The traffic report of the specification, section 3.5.4: N825V at 44.90708 north, 122.99488 west."""
    report = bytes.fromhex('1400AB45491FEF15A889780F09A907B001200143' '3832355620202000')
    assert gdl90_crc(HEARTBEAT[1:-3]) == 0x8bb3
    frame = b'\x7e' + report + struct.pack('<H', gdl90_crc(report)) + b'\x7e'
    row, = fields(tshark, capture_of([(T0, udp(frame))]), ['gdl90.latitude', 'gdl90.longitude'])
    assert (row['gdl90.latitude'], row['gdl90.longitude']) == ('44.9070668', '-122.9948616')


def test_a_damaged_frame_behind_a_good_one_is_told(capture_of, tshark):
    damaged = bytearray(HEARTBEAT)
    damaged[3] ^= 1
    row, = fields(tshark, capture_of([(T0, udp(HEARTBEAT + bytes(damaged)))]), ['gdl90.message', 'gdl90.bad'])
    assert row['gdl90.message'] == 'Heartbeat' and row['gdl90.bad']


def test_what_is_no_gdl90_is_left_alone(capture_of, tshark):
    row, = fields(tshark, capture_of([(T0, udp(b'hello, this is no flag byte'))]), ['frame.protocols'])
    assert row['frame.protocols'] == 'eth:ethertype:ip:udp:data'


def test_a_log_line_as_a_frame(capture_of, tshark):
    name = b'applog' + bytes(2)
    line = b'2025-03-24T18:34:16.298+01:00 Extension[311]: sendKeepAliveRequest()'
    record = struct.pack('>HH', 12, len(name)) + name + bytes(4) + line
    names = ['applog.time', 'applog.zone', 'applog.source', 'applog.event', 'applog.line']
    row, = fields(tshark, capture_of([(T0, record)], link=252), names)
    assert row['applog.zone'] == '3600' and row['applog.source'] == 'Extension'
    assert '17:34:16.298' in row['applog.time'] and row['applog.line'] == line.decode()
    assert row['applog.event'] == 'ping sent'


# ---- damage ----

def test_every_public_capture_type_survives_flipped_bytes(root, tmp_path, tshark):
    """Dissection of damaged captures ends with no critical message and no crash."""
    import random
    random.seed(90)
    frames = b''.join(struct.pack('<IIII', i, 0, len(packet), len(packet)) + packet for i, packet in enumerate(
        [udp(bytes.fromhex('7e008141dbd00802b38b7e') * 3)] * 200))
    (tmp_path / 'gdl90.pcap').write_bytes(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) + frames)
    lines = [struct.pack('>HH', 12, 8) + b'applog\0\0' + bytes(4) + line
             for line in (root / 'testdata/log-says-sent/server.log').read_bytes().splitlines()]
    (tmp_path / 'applog.pcap').write_bytes(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 252) + b''.join(
        struct.pack('<IIII', i, 0, len(line), len(line)) + line for i, line in enumerate(lines)))
    for name in ('lock-screen-stall', 'bonjour-bad-txt', 'slow-reader', 'uplink-loss-ipv6', 'gdl90', 'applog'):
        source = sorted((root / 'testdata' / name).glob('in.pcap')) or [tmp_path / (name + '.pcap')]
        for path in source:
            data = bytearray(path.read_bytes())
            at = 24
            while at + 16 <= len(data):
                held = struct.unpack('<I', data[at + 8:at + 12])[0]
                for _ in range(2):
                    spot = at + 16 + 34 + random.randrange(max(1, held - 34))
                    if spot < at + 16 + held:
                        data[spot] ^= 1 << random.randrange(8)
                at += 16 + held
            damaged = tmp_path / ('%s-damaged.pcap' % name)
            damaged.write_bytes(data)
            for passes in ([], ['-2']):
                os.environ['WIRESHARK_LOG_FATAL'] = 'critical'
                try:
                    done = tshark(*passes, '-r', damaged, '-V', '-d', 'tcp.port==7000-10100,keepalive')
                finally:
                    del os.environ['WIRESHARK_LOG_FATAL']
                assert done.returncode == 0, (name, done.returncode, done.stderr[-500:])


def test_the_documented_fields_are_those_of_the_module(root):
    done = subprocess.run([str(root / 'docs/fields.py'), '--check'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
