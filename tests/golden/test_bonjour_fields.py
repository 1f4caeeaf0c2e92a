"""The Bonjour dissector in tshark: every TXT string of the reference, byte for byte, and nothing else disturbed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import gzip
import json
import struct

import pytest

import captures


def references(shared):
    """(capture, {frame: [strings as bytes]}) of every public capture with TXT records."""
    for path in sorted((shared / 'captures/public/reference').glob('*.json*')):
        with (gzip.open if path.suffix == '.gz' else open)(path, 'rt', encoding='utf-8') as file:
            reference = json.load(file)
        records = (reference['own'].get('mdns') or {}).get('txt') or []
        if not records:
            continue
        category, name = path.name.removesuffix('.gz').removesuffix('.json').split('__', 1)
        want = {}
        for record in records:
            want.setdefault(record['frame'], []).extend(text.encode() for text in record['strings'])
        yield shared / 'captures/public' / category / name, want


@pytest.mark.parametrize('passes', [[], ['-2']], ids=['one pass', 'two passes'])
def test_txt_strings_equal_the_reference_as_raw_bytes(passes, shared, tshark):
    compared = 0
    for capture, want in references(shared):
        done = tshark(*passes, '-r', capture, '-Y', 'bonjour.txt.raw', '-T', 'fields', '-E', 'aggregator=/s',
                      '-e', 'frame.number', '-e', 'bonjour.txt.raw')
        got = {}
        for line in done.stdout.splitlines():
            frame, _, strings = line.partition('\t')
            got[int(frame)] = [bytes.fromhex(text.replace('<MISSING>', '')) for text in strings.split()]
        assert got == want, capture
        compared += sum(map(len, want.values()))
    assert compared > 150


@pytest.fixture(scope='module')
def bonjour(root):
    found = sorted((root / 'testdata/bonjour-bad-txt').glob('in.pcap*'))
    assert found
    return found[0]


def test_the_frame_keeps_its_protocols(bonjour, tshark):
    fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'frame.protocols', '-e', '_ws.col.Info']
    done = tshark('-r', bonjour, '-Y', 'mdns', *fields)
    without = tshark('-r', bonjour, '-Y', 'mdns', '--disable-protocol', 'bonjour', *fields)
    assert done.stdout == without.stdout != ''


def test_mdns_can_be_disabled_and_bonjour_alone_too(bonjour, tshark):
    assert tshark('-r', bonjour, '-Y', 'bonjour').stdout
    assert not tshark('-r', bonjour, '-Y', 'bonjour || mdns', '--disable-protocol', 'mdns').stdout
    assert not tshark('-r', bonjour, '-Y', 'bonjour', '--disable-protocol', 'bonjour').stdout


def test_another_dissector_can_be_chosen_for_the_port(bonjour, tshark):
    assert not tshark('-r', bonjour, '-d', 'udp.port==5353,data', '-Y', 'bonjour || mdns').stdout


def test_fields_count_without_anything_else_asking_for_the_protocol(bonjour, tshark):
    done = tshark('-q', '-r', bonjour, '-z', 'io,stat,0,COUNT(bonjour.txt.key)bonjour.txt.key')
    counts = [line.split('|')[2].strip() for line in done.stdout.splitlines() if '<>' in line]
    assert len(counts) == 1 and int(counts[0]) > 0


def test_details_show_key_value_and_bytes(bonjour, tshark):
    text = tshark('-r', bonjour, '-V').stdout
    for label in ('Instance: ', 'Service type: ', 'Key: ', 'Value: ', 'Value bytes: '):
        assert label in text


def test_services_in_unicast_dns_and_nothing_in_other_dns(shared, tshark):
    capture = shared / 'captures/public/bonjour/anyconnect-vpn.pcap'
    fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'frame.protocols', '-e', '_ws.col.Info']
    done = tshark('-r', capture, '-Y', 'dns && udp.port == 53', *fields)
    without = tshark('-r', capture, '-Y', 'dns && udp.port == 53', '--disable-protocol', 'bonjour', *fields)
    assert done.stdout == without.stdout != ''
    drawn = tshark('-r', capture, '-Y', 'bonjour && udp.port == 53', '-T', 'fields', '-e', 'dns.qry.name').stdout
    names = drawn.split()
    assert names and all('._tcp.' in name or '._udp.' in name for name in names)


def test_a_nul_hides_nothing(bonjour, tshark):
    values = tshark('-r', bonjour, '-Y', 'bonjour.txt', '-T', 'fields', '-e', 'bonjour.txt.value').stdout
    assert '\u2400\ufffd\ufffd=' in values


def test_a_name_cannot_turn_the_direction_of_writing(tshark, tmp_path):
    """With U+202E a name reads backwards in the packet list; it is spelled out, as in the report."""
    owner = b''.join(bytes([len(label)]) + label for label in (b'door', b'_wards', b'_tcp', b'local')) + b'\0'
    text = 'room=\u202egpj.exe\u2066\ufeff'.encode()
    rdata = bytes([len(text)]) + text
    message = struct.pack('>6H', 0, 0x8400, 0, 1, 0, 0) + owner + struct.pack('>HHIH', 16, 0x8001, 120, len(rdata)) + rdata
    datagram = struct.pack('>HHHH', 5353, 5353, 8 + len(message), 0) + message
    frame = bytes([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]) + b'\x08\x00' + struct.pack(
        '>BBHHHBBH', 0x45, 0, 20 + len(datagram), 7, 0, 255, 17, 0) + bytes([10, 0, 0, 5, 224, 0, 0, 251]) + datagram
    path = tmp_path / 'turned.pcap'
    path.write_bytes(captures.pcap([(captures.T0, frame)]))
    value = tshark('-r', path, '-T', 'fields', '-e', 'bonjour.txt.value').stdout
    assert '\u202e' not in value and 'u202egpj.exe' in value and 'u2066' in value and 'ufeff' in value
    assert '\u202e' not in tshark('-r', path, '-O', 'bonjour', '-V').stdout.split('Bonjour', 1)[1]
