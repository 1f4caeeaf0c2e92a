"""Bonjour of whole captures: TXT records as raw bytes against the reference answers, and the findings
that the labeled runs planted, in both their captures.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import gzip
import json

import pytest

from conftest import SHARED

PUBLIC = SHARED / 'captures/public'
LAB = SHARED / 'captures/lab'
pytestmark = pytest.mark.skipif(not PUBLIC.is_dir(), reason='../shared/captures is not here')


def references():
    """(capture, reference) of every public capture that holds a Multicast DNS TXT record."""
    for path in sorted((PUBLIC / 'reference').glob('*.json*')):
        text = gzip.open(path).read() if path.suffix == '.gz' else path.read_bytes()
        mdns = json.loads(text).get('own', {}) and json.loads(text)['own'].get('mdns')
        if mdns and mdns['txt']:
            yield PUBLIC / path.name.split('.json')[0].replace('__', '/', 1), mdns


def test_txt_records_equal_the_references_byte_for_byte(report):
    records = 0
    for capture, mdns in references():
        bonjour = report(capture)['bonjour']
        expected = {(record['name'].lower(), tuple(text.encode().hex() for text in record['strings']))
                    for record in mdns['txt']}
        seen = {('.'.join(part for part in (service['instance'], service['type'], service['domain']) if part).lower(),
                 tuple(record['strings_hex']))
                for service in bonjour['services'] for record in service['txt_seen']}
        assert seen == expected, capture.name
        assert bonjour['txt_records'] == len(mdns['txt']), capture.name
        records += len(mdns['txt'])
    assert records > 100


def test_public_captures_show_no_fault_that_is_not_there(report):
    """Names and identifiers are in plenty; faults there are none, and none may be invented."""
    for capture, _ in references():
        ids = {finding['id'] for finding in report(capture)['bonjour']['findings']}
        assert ids <= {'personal-name', 'persistent-identifier'}, capture.name


# What each run planted, beside what all of them hold: a key that stands twice (but for the empty record),
# a UUID, and a name that looks like a person's.
PLANTED = {
    'addrchange': set(),                             # announced at its new address at once: no fault
    'avahi': set(),
    'badtxt': set(),
    'conflict': {'name-conflict', 'duplicate-peer'},
    'crash': {'no-goodbye', 'stale-address'},
    'emptytxt': set(),
    'truncated': {'bad-message'},
}


@pytest.mark.parametrize('edge', sorted(PLANTED))
@pytest.mark.parametrize('side', ['client', 'server'])
def test_planted_discovery_faults_are_found_and_no_other(report, edge, side):
    runs = sorted(LAB.glob('26_bonjour_edge-%s_*' % edge))
    assert runs
    for run in runs:
        label = json.loads((run / 'label.json').read_text())['extra']['bonjour']
        bonjour = report(run / ('%s.pcap' % side))['bonjour']
        common = {'personal-name'} if edge == 'emptytxt' else {'personal-name', 'persistent-identifier', 'bad-txt'}
        assert {finding['id'] for finding in bonjour['findings']} == PLANTED[edge] | common
        service = bonjour['services'][0]
        assert (service['instance'], service['type'], service['state']) == (label['instance'], label['type'], 'goodbye')
        if edge in ('addrchange', 'avahi', 'conflict', 'crash'):   # the others' labels name an id that was not sent
            assert {'key': 'peerID', 'value': label['peerID'], 'value_hex': label['peerID'].encode().hex()} in service['txt']
        bad = [finding for finding in bonjour['findings'] if finding['id'] == 'bad-txt']
        assert [finding['severity'] for finding in bad] == {'emptytxt': [], 'badtxt': ['warning']}.get(edge, ['note'])
