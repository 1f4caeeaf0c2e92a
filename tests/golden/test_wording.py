"""What a reader of the report would stumble over: words that are not true of the packets, signs without a legend,
numbers that do not stand in line.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re

import pytest

import captures

MS = 10**6
SERVER, CLIENT = (10, 9, 9, 9), (10, 1, 0, 1)


def talk(*packets, ports=(40000, 7000)):
    """[(ms, from the client, flags, payload, seq, ack)] -> a capture."""
    return captures.pcap([(captures.T0 + round(at * MS), captures.between(CLIENT, SERVER, ports, *rest)) for at, *rest in packets])


def keepalive(beats, start=0, pongs=True):
    made = [(start, True, 2, b'', 0, 0), (start + 8, False, 0x12, b'', 0, 1), (start + 16, True, 0x10, b'', 1, 1)]
    for beat in beats:
        at = start + 500 + 1000 * beat
        made.append((at, True, 0x18, b'ping %6d\n' % beat, 1 + 12 * beats.index(beat), 1 + 12 * beats.index(beat)))
        if pongs:
            made.append((at + 8, False, 0x18, b'pong %6d\n' % beat, 1 + 12 * beats.index(beat), 13 + 12 * beats.index(beat)))
    return made


@pytest.fixture
def text(run, tmp_path):
    def call(capture, *arguments):
        path = tmp_path / 'in.pcap'
        path.write_bytes(capture)
        return run('analyze', *arguments, path).stdout
    return call


def test_who_only_acknowledged_did_not_send_nothing(text, shared):
    report = text((shared / 'captures/field/amqp_blocked/server.pcap').read_bytes())
    assert 'INCIDENT 1: 192.168.7.21 got no message through to 192.168.7.10 for' in report and 'sent nothing' not in report


def test_whose_packets_do_not_come_was_not_heard(run, root):
    head = run('analyze', root / 'testdata/lock-screen-stall/in.pcap').stdout.splitlines()[0]
    assert '10.236.115.56 was not heard by 10.236.115.15 for 31.4 s' in head


def test_only_a_capture_at_the_silent_host_says_that_it_sent_nothing(run, root):
    head = run('analyze', '--vantage', 'client', root / 'testdata/lock-screen-stall/in.pcap').stdout.splitlines()[0]
    assert '10.236.115.56 sent nothing to 10.236.115.15 for 31.4 s' in head


def test_a_timeline_goes_on_behind_a_close_and_points_to_its_times(text, shared):
    lines = text((shared / 'captures/field/tls_uplink/server.pcap').read_bytes()).splitlines()
    client, server, scale = lines[4:7]
    assert client[scale.rindex('^')] == '|'  # the first packet after
    assert server[18:].count('F') > 4 and 'F' in server[scale.rindex('^') - 16:]  # frame 314 and its kind


@pytest.mark.parametrize('form', ['text', 'markdown', 'html'])
def test_an_attempt_to_connect_is_told_by_its_incident_alone(run, shared, form):
    capture = shared / 'captures/field/arp_deaf/client.pcap'
    report = run('analyze', '--format', form, capture).stdout.split('<script type="application/json"')[0]
    found = json.loads(run('analyze', '--format', 'json', capture).stdout)['findings']
    assert 'could not connect to' in report and 'took long to open' not in report
    assert 'connect-slow' in [finding['id'] for finding in found]


def test_whose_fragments_did_not_come_together_is_told_by_who_sends_the_error(run, shared):
    report = run('analyze', shared / 'captures/field/udp_frag/server.pcap').stdout
    words = ' '.join(report.split())
    assert 'ICMP says that fragments of the client never came together at the server' in words


@pytest.mark.parametrize('capture, words, absent', [
    ('field/h2_flow/server.pcap', 'shows whether it ran', 'stopped process'),  # no suspended process in the set
    ('field/sip_nat/server.pcap', 'shows whether it sent', 'rvictl'),            # no radio
    ('field/mqtt_cable/client.pcap', 'captures at both ends', 'on the client'),  # this one may be the client's
])
def test_the_next_capture_is_about_the_causes_that_are_left(run, shared, capture, words, absent):
    report = ' '.join(run('analyze', shared / 'captures' / capture).stdout.split())
    advice = report[report.index('next capture'):][:200]
    assert words in advice and absent not in advice


def test_one_port_at_both_ends_is_asked_for_at_both(run, shared):
    filters = [stall['filter'] for stall in json.loads(
        run('analyze', '--format', 'json', shared / 'captures/field/sip_nat/server.pcap').stdout)['stalls']]
    assert filters and all('udp.srcport == 5060 && udp.dstport == 5060' in text for text in filters)


def test_a_group_is_no_receiver_that_lost_datagrams(run, shared):
    report = run('analyze', shared / 'captures/udpair/k03_drain_udp-duty-cast-broadcast-mode-rcvbuf/device.pcap.gz', '--log',
                 shared / 'captures/udpair/k03_drain_udp-duty-cast-broadcast-mode-rcvbuf/recv.log').stdout
    assert 'ost inside the receiver' in report and 'receiver (10.' not in report


@pytest.mark.parametrize('capture', ['nginx_504/server.pcap', 'ws_nginx_timeout/server.pcap'])
def test_a_proxy_that_waits_for_its_own_server_is_called_by_its_address(run, shared, capture):
    """It is the server of one stalled flow and the client of the other."""
    stalls = json.loads(run('analyze', '--format', 'json', shared / 'captures/field' / capture).stdout)['stalls']
    lines = [line['text'] for stall in stalls for cause in stall['causes'] for line in cause['evidence'] + cause['against']]
    assert any(line.startswith('192.168.7.1') for line in lines)
    assert not [line for line in lines if re.match(r"(the client|the server)\b", line)]


@pytest.mark.parametrize('capture', ['field/nginx_504/server.pcap', 'field/arp_deaf/client.pcap',
                                     'lab/04_uplink_loss_stall-38_fmt-json_s11/server.pcap'])
def test_no_sentence_of_a_verdict_is_said_twice(text, shared, capture):
    """What two columns say alike, such as an answer to keep-alives or to a SYN, is told by one of them."""
    report = text((shared / 'captures' / capture).read_bytes())
    for incident in report.split('\nINCIDENT ')[1:]:
        lines = re.findall(r'^  (?:seen|against)? +\d+ (\D.*)$', incident, re.M)
        said = [re.sub(r' (?:meanwhile|during the silence)|\([^)]*\)', '', line).strip() for line in lines]
        assert len(said) == len(set(said)), said


@pytest.mark.parametrize('capture', ['public/stalls/sifely-hub-01.pcap', 'public/large/emix.pcap', 'field/nginx_504/server.pcap'])
def test_a_flow_that_stalled_again_and_again_is_named_once(text, shared, capture):
    report = ' '.join(text((shared / 'captures' / capture).read_bytes()).split())
    lists = [re.findall(r'\d+', found) for found in re.findall(r'\bflows? (\d+(?:, \d+)*)', report)]
    assert lists and all(len(flows) == len(set(flows)) for flows in lists)


def test_what_was_found_of_many_hosts_alike_is_told_of_some(run, shared):
    capture = shared / 'captures/hostile/injection.pcapng'
    report = run('analyze', capture).stdout
    assert report.count('! DNS resolution: 10.1.1.') == 3 and '... and 13 more (the JSON report has all)' in report
    assert run('analyze', '--flows=all', capture).stdout.count('! DNS resolution: 10.1.1.') == 16


def test_one_attempt_is_not_counted_where_it_had_many_syns(text, shared):
    report = text((shared / 'captures/public/large/emix.pcap').read_bytes())
    assert '192.168.1.124 could not connect to 82.3.97.99:6667 for 26.96 s' in ' '.join(report.split())
    assert '(7 attempts)' in report and '(1 attempt)' not in report


def test_a_long_path_breaks_between_its_folders(run, tmp_path):
    path = tmp_path / ('folder' * 12) / ('capture' * 10 + '.pcap')
    path.parent.mkdir()
    path.write_bytes(talk(*keepalive(range(9))))
    assert re.search(r'/\n +' + path.name + r'\s', run('analyze', path).stdout)


def test_every_sign_of_a_timeline_has_a_legend(text, shared):
    for path in ('amqp_blocked/server.pcap', 'arp_deaf/client.pcap', 'server_reboot/client.pcap'):
        report = text((shared / 'captures/field' / path).read_bytes())
        explained = set()
        for line in report.splitlines():
            found = re.fullmatch(r'  [\w.:]+ {2,}([.:|xwkSFR]{40,})', line)
            if found:
                drawn = set(found[1])
                continue
            if re.fullmatch(r' {18}(?:\S [A-Za-z ]+(?:, |$))+', line):
                explained |= {part[0] for part in line.strip().split(', ')}
            if line.startswith('  verdict') and 'drawn' in locals():
                assert drawn <= explained, line


def test_the_numbers_of_a_table_stand_in_line(text, shared):
    """However long a stall lasted: 1 min 8 s has more letters than 31.4 s."""
    report = text((shared / 'captures/field/dup_ip/client.pcap').read_bytes())
    head = next(line for line in report.splitlines() if line.startswith('  flow  conversation'))
    rows = [line for line in report.splitlines() if re.match(r' +\d+  [\d.]+:\d+ -> .*(never|#)', line)]
    assert len(rows) >= 2 and any(' min ' in row for row in rows)
    assert {len(row) for row in rows} == {len(head)}


def test_no_line_is_wider_than_the_page(run, root):
    report = run('analyze', root / 'testdata/lock-screen-stall/in.pcap').stdout
    assert max(len(line) for line in report.splitlines() if not line.startswith('  filter ')) <= 100


def test_a_pause_without_a_debt_is_not_called_the_longest_gap(text):
    """Seven beats prove no timer: their pause is no stall, and the first line says that nothing was owed."""
    report = ' '.join(text(talk(*keepalive([*range(7), *range(27, 31)]))).split())
    assert report.startswith('No stall: 1 TCP connection')
    assert 'the longest gap between regular messages was 2' not in report
    assert '1 flow paused for up to 21 s, and nothing shows that it owed a packet' in report


def test_a_slow_name_is_in_the_first_line_where_nothing_stalled(text, shared):
    report = text((shared / 'captures/field/dns_5s/client.pcap').read_bytes())
    assert 'Also found: names answered late' in report.splitlines()[0]
    assert '0 flows' not in report and 'no flow sends a regular message' in report


def test_who_owed_is_named_where_it_was_not_the_silent_side(text, shared):
    report = ' '.join(text((shared / 'captures/field/arp_deaf/client.pcap').read_bytes()).split())
    assert '192.168.7.10 owed the rest of the handshake' in report and 'a retransmitted SYN was answered' in report
    assert ' 0 never' not in report


def holes():
    """A keep-alive of which the capture misses ten beats, twice; another one goes on through all of it."""
    kept = {(40000, 7000): [beat for beat in range(60) if beat < 10 or not beat // 10 % 2], (40001, 7001): range(60)}
    packets = [(at, ports, *rest) for ports in kept for at, *rest in keepalive(list(range(60)))
               if at < 500 or (at - 500) // 1000 in kept[ports]]
    return captures.pcap([(captures.T0 + round(at * MS), captures.between(CLIENT, SERVER, ports, *rest))
                          for at, ports, *rest in sorted(packets, key=lambda packet: packet[0])])


def test_a_hole_is_of_the_flows_that_it_concerns(text):
    """Other packets were recorded meanwhile, so the report does not say that nothing was; what a hole is stands once."""
    report = ' '.join(text(holes()).split())
    assert 'Parts of the traffic are missing from the capture (2 findings).' in report
    assert 'Hole in the capture (2 times).' in report and report.count('the capture lacks them') == 1
    assert report.count('flow 1 lacks 240 bytes, about 10 segments in one direction') == 2
    assert 'nothing was recorded' not in report and '0 messages' not in report


def test_who_did_not_resume_has_no_first_packet_after(text, shared):
    report = ' '.join(text((shared / 'captures/wild/ntop_nDPI__webex/capture.pcap').read_bytes()).split())
    assert not re.search(r'#\d+ +[\d.]+ s +- owed an answer; did not resume before', report)


def test_a_place_that_is_not_known_is_not_inferred(text):
    report = ' '.join(text(talk(*keepalive(range(3))[1:])).split())
    assert 'captured at unknown: no complete TCP handshake' in report and 'unknown, inferred' not in report


@pytest.mark.parametrize('turn, place', [(0.1, 'client, inferred: the client answers at once in the only handshake (100 us)'),
                                         (3, 'unknown: as if near the client, but not on it: it answers handshakes after 3 ms')])
def test_a_router_of_the_client_is_not_the_client(text, turn, place):
    """Its capture shows all packets of one host as that host's own would, but each answer comes a hop later."""
    packets = keepalive(range(9))
    packets[1:3] = [(30, False, 0x12, b'', 0, 1), (30 + turn, True, 0x10, b'', 1, 1)]
    report = ' '.join(text(talk(*[(round(at * 10) * 0.1, *rest) for at, *rest in packets])).split())
    assert 'captured at ' + place in report
