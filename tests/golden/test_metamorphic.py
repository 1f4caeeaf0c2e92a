"""The same capture told in other words must give the same report in those words.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import ipaddress
import re
import subprocess

import pytest

import cases
import pcapfile

CASES = [name for name in cases.names() if cases.capture(name).suffix == '.pcap']
STAMP = re.compile(r'-?\d{1,10}\.\d{9}')
IPV4 = re.compile(r'(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])')
IPV6 = re.compile(r'(?<![0-9a-f:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![0-9a-f:])')
MAC = re.compile(r'(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])')
SWAP = {'a': 'b', 'b': 'a'}


def walk(value, change, key=None):
    """A copy of a JSON value with change(key, leaf) at each leaf."""
    if isinstance(value, dict):
        return {k: walk(v, change, k) for k, v in value.items()}
    if isinstance(value, list):
        return [walk(v, change, key) for v in value]
    return change(key, value)


def same(got, expected):
    for key in {**expected, **got}:
        assert got.get(key) == expected.get(key), 'key "%s"' % key


@pytest.fixture(scope='module')
def whole(report):
    """whole(name) -> (link type, packets, report without host), each capture read once."""
    seen = {}

    def call(name):
        if name not in seen:
            path = cases.capture(name)
            seen[name] = (*pcapfile.read(path), cases.comparable(report(*cases.load(name)['options'], path)))
        return seen[name]
    return call


@pytest.mark.parametrize('name', CASES)
def test_all_times_shifted(report, whole, tmp_path, name):
    link, packets, expected = whole(name)
    by = 86_400 * 10**9 + 123_456_789
    got = report(*cases.load(name)['options'], pcapfile.write(tmp_path / 'x.pcap', link, pcapfile.shift(packets, by)))

    def later(key, leaf):
        if isinstance(leaf, str) and STAMP.fullmatch(leaf):
            return '%d.%09d' % divmod(cases.nanoseconds(leaf) + by, 10**9)
        return leaf
    # what the server says the time is stays, so its distance to the capture's clock changes
    drop = {'clocks'}
    same({k: v for k, v in cases.comparable(got).items() if k not in drop},
         {k: v for k, v in walk(expected, later).items() if k not in drop})


def relabeled(text):
    """A string of the report, with the addresses that pcapfile.relabel() gives."""
    def address(match):
        try:
            return str(ipaddress.ip_address(pcapfile.other_address(ipaddress.ip_address(match.group()).packed)))
        except ValueError:
            return match.group()

    def port(match):
        return match.group(1) + str(pcapfile.other_port(int(match.group(2))))

    def mac(match):
        return pcapfile.other_mac(bytes.fromhex(match.group().replace(':', ''))).hex(':')
    text = re.sub(r'(\b(?:tcp|udp)\.(?:src|dst)?port\s*==\s*)(\d+)', port, text)
    text = re.sub(r'(\d\.\d+\.\d+\.\d+:)(\d+)', port, text)
    text = re.sub(r'(\]:)(\d+)', port, text)
    text = re.sub(r'(\bport )(\d+)', port, text)
    return IPV6.sub(address, IPV4.sub(address, MAC.sub(mac, text)))


@pytest.mark.parametrize('name', [name for name in CASES if not name.startswith('bonjour')])
def test_addresses_and_ports_relabelled(report, whole, tmp_path, name):
    link, packets, expected = whole(name)
    got = report(*cases.load(name)['options'], pcapfile.write(tmp_path / 'x.pcap', link, pcapfile.relabel(packets)))

    def change(key, leaf):
        if key == 'port' and leaf is not None:
            return pcapfile.other_port(leaf)
        return relabeled(leaf) if isinstance(leaf, str) else leaf
    same(cases.comparable(got), walk(expected, change))


@pytest.mark.parametrize('name', CASES)
def test_two_halves_are_the_whole(report, whole, tmp_path, name):
    link, packets, expected = whole(name)
    half = len(packets) // 2
    files = [pcapfile.write(tmp_path / 'first.pcap', link, packets[:half]),
             pcapfile.write(tmp_path / 'second.pcap', link, packets[half:])]
    same(cases.comparable(report(*cases.load(name)['options'], *files)), expected)


def test_the_order_of_files_does_not_matter(report, whole, tmp_path):
    link, packets, expected = whole('lock-screen-stall')
    half = len(packets) // 2
    files = [pcapfile.write(tmp_path / 'first.pcap', link, packets[:half]),
             pcapfile.write(tmp_path / 'second.pcap', link, packets[half:])]
    same(cases.comparable(report(*cases.load('lock-screen-stall')['options'], *reversed(files))), expected)


def stalls_in_short(report, turned):
    """What was measured of each TCP stall; turned: as it should look when the other side had opened."""
    flows = {flow['id']: flow for flow in report['flows'] if flow['transport'] == 'tcp'}
    out = []
    for stall in report['stalls']:
        if stall['flow'] not in flows or stall['kind'] == 'connect':
            continue
        flow = flows[stall['flow']]
        ends = [(flow[side]['addr'], flow[side]['port']) for side in 'ab']
        out.append({
            'flow': ends[::-1] if turned else ends, 'kind': stall['kind'],
            'direction': SWAP.get(stall['direction'], stall['direction']) if turned else stall['direction'],
            'start': stall['start'], 'end': stall['end'], 'missed': stall['missed'],
            'frames': (stall['frame_before'], stall['frame_after'])})
    return out


TURNED_VANTAGE = {'server': 'client', 'client': 'server'}
# Not nat-state-loss: its later connections inherit the period of the service that they all go to, and once turned
# they go to no common service.
TURNED = ['lock-screen-stall', 'client-suspended', 'uplink-loss-ipv6', 'slow-reader', 'address-change']


@pytest.mark.parametrize('name', TURNED)
def test_the_other_side_opened_the_connections(report, whole, tmp_path, name):
    """Who sent the SYN names the sides and changes no measurement.

    The verdict is left out: it names a client's radio and a server's reboot, of loss towards the server and loss
    towards the client, so it rightly depends on who is which.
    """
    link, packets, expected = whole(name)
    turned = pcapfile.turn_connections(packets)
    options = [TURNED_VANTAGE.get(word, word) for word in cases.load(name)['options']]
    got = report(*options, pcapfile.write(tmp_path / 'x.pcap', link, turned))
    assert stalls_in_short(expected, True)
    assert stalls_in_short(got, False) == stalls_in_short(expected, True)


def test_the_report_does_not_depend_on_the_key_of_the_hashes(release_program):
    """Each run draws its own key; tables that are walked in their own order would show it."""
    for name in ('bonjour-bad-txt', 'capture-hole', 'lock-screen-stall', 'udp-bursts-lost'):
        command = [str(release_program), 'analyze', '--format', 'json', str(cases.capture(name))]
        reports = {subprocess.run(command, capture_output=True, check=True).stdout for _ in range(8)}
        assert len(reports) == 1, name
