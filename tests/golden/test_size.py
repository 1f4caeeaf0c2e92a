"""How long a report gets: one incident is told once, however many connections it holds.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import subprocess

import pytest

import captures

CONNECTIONS = 500


@pytest.fixture(scope='module', params=['alike', 'in four ways'])
def outage(request, tmp_path_factory):
    path = tmp_path_factory.mktemp('outage') / 'in.pcap'
    path.write_bytes(captures.pcap(captures.dead_server(CONNECTIONS, request.param == 'alike')))
    return path


def lines_of(release_program, *arguments):
    return subprocess.run([str(release_program), *map(str, arguments)], stdout=subprocess.PIPE, check=True,
                          text=True).stdout.splitlines()


@pytest.mark.parametrize('kind', ['text', 'markdown'])
def test_500_connections_of_one_dead_server_are_told_in_120_lines(release_program, outage, kind):
    lines = lines_of(release_program, '--format', kind, outage)
    assert '500 connections' in ' '.join(lines[:4])
    assert len(lines) <= 120, '\n'.join(lines)


def test_the_headline_counts_the_hosts_of_an_incident(release_program, outage):
    """It is not one client that got nothing through on 500 connections."""
    head = ' '.join(lines_of(release_program, outage)[:2])
    assert re.match(r'One incident: 500 hosts (only retransmitted to|were not heard by) 10\.9\.9\.9 for (up to )?[\d.]+ s on 500 connections; ', head)


def test_stalls_that_went_the_same_way_are_told_once(release_program, outage):
    text = ' '.join(' '.join(lines_of(release_program, outage)).split())
    for words in ('resumed without a backlog', 'did not resume; the connection was reset', 'replaced by flow'):
        assert text.count(words) <= 1
    told = re.findall(r'\((?:also|similar:) flows ([\d, ]+) and (\d+) more\)', text)
    assert sum(1 + len(named.split(', ')) + int(more) for named, more in told) == CONNECTIONS, told


def test_every_stall_of_a_large_incident_is_there_on_request(release_program, outage):
    text = '\n'.join(lines_of(release_program, '--flows=all', outage))
    rows = re.findall(r'^ +\d+  10\.1\.\d+\.\d+:\d+ +-> 10\.9\.9\.9:7000 .* #\d+ ', text, re.M)
    assert len(rows) == CONNECTIONS
