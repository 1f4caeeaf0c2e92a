"""The recipes of docs/fleets.md do what they say.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess

import pytest

import captures

SILENCE = 40 * 10**9


def stalled(start, silence, port):
    """A keep-alive that misses some beats."""
    talk = captures.conversation(start, n=20, ports=(port, 7000))
    return talk + captures.conversation(talk[-1][0] + silence, n=20, ports=(port, 7000))


@pytest.fixture
def blocks(root):
    """blocks(kind) -> the code of docs/fleets.md of that kind, in order."""
    text = (root / 'docs/fleets.md').read_text()
    return lambda kind: re.findall(r'^```%s\n(.*?)^```' % kind, text, re.M | re.S)


@pytest.fixture
def fleet(program, tmp_path):
    """A folder with five captures, one of them damaged, and the program first in PATH."""
    (tmp_path / 'captures').mkdir()
    for i in range(4):
        talk = stalled(captures.T0 + i * 3600 * 10**9, SILENCE + i * 10**9, 40000 + i)
        (tmp_path / 'captures' / ('%d.pcap' % i)).write_bytes(captures.pcap(talk))
    (tmp_path / 'captures/9.pcap').write_bytes(b'no capture')
    (tmp_path / 'bin').mkdir()
    (tmp_path / 'bin/stallshark').symlink_to(program)
    (tmp_path / 'hosts').write_text(':\n')
    return tmp_path


def shell(fleet, script, **variables):
    environment = {**os.environ, 'PATH': '%s:%s' % (fleet / 'bin', os.environ['PATH']), **variables}
    return subprocess.run(['sh', '-c', script], cwd=fleet, env=environment, capture_output=True, text=True)


def paths(text):
    return [json.loads(line)['host']['files'][0]['path'] for line in text.splitlines()]


def test_one_machine(fleet, blocks):
    done = shell(fleet, blocks('sh')[0])
    assert done.returncode == 3 and 'captures/9.pcap' in done.stderr
    assert paths((fleet / 'reports.ndjson').read_text()) == ['captures/%d.pcap' % i for i in range(4)]


@pytest.mark.skipif(not shutil.which('parallel'), reason='GNU parallel is not installed')
def test_gnu_parallel(fleet, blocks):
    recipe = next(block for block in blocks('sh') if block.startswith('parallel'))
    shell(fleet, recipe.replace('--max-args 20', '--max-args 2'))
    assert paths((fleet / 'reports.ndjson').read_text()) == ['captures/%d.pcap' % i for i in range(4)]


def test_a_slurm_array_and_its_reports_together(fleet, blocks):
    (fleet / 'fleet.sh').write_text(next(block for block in blocks('sh') if block.startswith('#!/bin/sh')))
    shell(fleet, 'ls captures/*.pcap > list')
    for task in range(3):
        shell(fleet, 'sh fleet.sh', SLURM_ARRAY_TASK_COUNT='3', SLURM_ARRAY_TASK_ID=str(task))
    reports = sorted(fleet.glob('reports.*.ndjson'))
    assert sorted(path for report in reports for path in paths(report.read_text())) == [
        'captures/%d.pcap' % i for i in range(4)]
    merge = next(block for block in blocks('sh') if 'merge' in block)
    together = shell(fleet, merge).stdout
    assert together.startswith('4 reports, 4 flows, 4 stalls')
    shell(fleet, 'cat reports.*.ndjson > all; rm reports.*.ndjson; tac all > reports.ndjson')
    assert shell(fleet, merge).stdout == together


@pytest.mark.skipif(not shutil.which('sqlite3'), reason='sqlite3 is not installed')
@pytest.mark.skipif(sqlite3.sqlite_version_info < (3, 38), reason='SQLite is too old')
def test_questions(fleet, blocks):
    schema, verdicts, servers, hours = blocks('sql')
    (fleet / 'fleet.sql').write_text(schema)
    shell(fleet, blocks('sh')[0])
    loaded = shell(fleet, next(block for block in blocks('sh') if block.startswith('sqlite3')))
    assert (loaded.returncode, loaded.stderr) == (0, '')
    with sqlite3.connect(fleet / 'fleet.db') as db:
        stalls = [stall for line in (fleet / 'reports.ndjson').read_text().splitlines()
                  for stall in json.loads(line)['stalls']]
        assert len(stalls) == 4
        assert db.execute(verdicts).fetchall() == [
            (' or '.join(stalls[0]['verdict']), 4, round(sum(s['duration_ns'] for s in stalls) / 1e9, 1))]
        (_, port, count, captured, longest), = db.execute(servers).fetchall()
        assert (port, count, captured, longest) == (7000, 4, 4, round(max(s['duration_ns'] for s in stalls) / 1e9, 1))
        assert [(row[1], row[2]) for row in db.execute(hours)] == [
            (1, 'captures/%d.pcap, frame %d' % (i, stalls[i]['frame_before'])) for i in range(4)]
