"""A report of a part of a capture, and one of all of it: what was a stall stays one, or a sentence says why it is none.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import subprocess
import zlib

import pytest

import cases
from sentences import SECOND, nanoseconds

ALL = os.environ.get('SSK_SENTENCES') == 'all'
LARGEST = 64 << 20 if ALL else 400_000
SETS = {'lab': 9, 'field': 9, 'wild': 30}  # one file in this many
CUTS = 9


def report(program, path, *options):
    done = subprocess.run([str(program), 'analyze', '--format', 'json', '--flows=all', *options, str(path)],
                          capture_output=True, timeout=600)
    return json.loads(done.stdout) if done.returncode == 0 else None


def name(row):
    """A flow by its ends and its first packet, for its number may differ."""
    return row['transport'], row['a']['addr'], row['a']['port'], row['b']['addr'], row['b']['port'], row['frames'][0]


def spans(told):
    """[(flow, from, to)] of the stalls of a report."""
    flows = {row['id']: name(row) for row in told['flows']}
    last = max(nanoseconds(source['last']) or 0 for source in told['inputs'])
    return [(flows[row['flow']], nanoseconds(row['start']),
             last if row['end'] is None else nanoseconds(row['end'])) for row in told['stalls']]


def explained(whole):
    """[(flow or None, from, to)] of what a sentence says instead: a stall, a fault of the capture, a silence that is
    none, reception of datagrams."""
    flows = {row['id']: name(row) for row in whole['flows']}
    found = spans(whole)
    for row in whole['measurement']:
        found += [(flows.get(flow), nanoseconds(row['start']), nanoseconds(row['end'])) for flow in row['flows'] or [0]]
    for row in whole['findings']:
        if row['id'] in ('no-debt', 'receiver-limited'):
            found += [(flows[flow], 0, 1 << 62) for flow in row['flows']]
    return found


def cut_times(whole):
    """Evenly over the capture, and a little after each stall began: there the most is open."""
    first = min(nanoseconds(source['first']) or 0 for source in whole['inputs'])
    last = max(nanoseconds(source['last']) or 0 for source in whole['inputs'])
    even = [first + (last - first) * i // (CUTS + 1) for i in range(1, CUTS + 1)]
    return sorted(even + [start + 7 * SECOND for _, start, end in spans(whole)[:CUTS] if start + 7 * SECOND < end])


def vanished(program, path):
    """Stalls of a part that the whole neither has nor explains."""
    whole = report(program, path)
    if not whole or not whole['flows'] or any(row['id'] == 'clock-step' for row in whole['measurement']):
        return []
    known, lost = explained(whole), []
    for time in cut_times(whole):
        part = report(program, path, '--to', '%d.%09d' % divmod(time, SECOND))
        for flow, start, end in spans(part or {'flows': [], 'stalls': [], 'inputs': [{'last': None}]}):
            if not any(other in (flow, None) and begins < end and ends > start for other, begins, ends in known):
                lost.append('%s: cut at %.1f s: %s from %.1f to %.1f s' % (path.name, time / SECOND, flow, start / SECOND, end / SECOND))
    return lost


def test_a_stall_of_a_part_of_our_captures_is_one_of_the_whole_or_explained(release_program):
    assert not [line for case in cases.names() for line in vanished(release_program, cases.capture(case))]


@pytest.mark.parametrize('folder', SETS)
def test_a_stall_of_a_part_of_another_capture_is_one_of_the_whole_or_explained(release_program, shared, folder):
    found = [path for path in sorted((shared / 'captures' / folder).rglob('*'))
             if '.pcap' in path.name and path.is_file() and path.stat().st_size <= LARGEST]
    sample = found if ALL else [path for path in found
                                if zlib.crc32(str(path.relative_to(shared)).encode()) % SETS[folder] == 0]
    assert sample
    assert not [line for path in sample for line in vanished(release_program, path)]


def test_a_stall_that_vanishes_is_seen(release_program, monkeypatch):
    monkeypatch.setitem(globals(), 'explained', lambda whole: [])
    assert vanished(release_program, cases.capture('lock-screen-stall'))
