"""`stallshark merge`: the reports of many captures as one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import json

import pytest

import captures


def silent(seconds, n=20):
    talk = captures.conversation(n=n)
    return captures.pcap([(time + (seconds * 10**9 if i > n else 0), data) for i, (time, data) in enumerate(talk)])


@pytest.fixture
def reports(run, tmp_path):
    """A line each of three captures, and the reports themselves."""
    for i, seconds in enumerate((0, 12, 40)):
        (tmp_path / ('%d.pcap' % i)).write_bytes(silent(seconds))
    lines = run('--each', *sorted(tmp_path.glob('*.pcap'))).stdout
    (tmp_path / 'all.ndjson').write_text(lines)
    return tmp_path / 'all.ndjson', [json.loads(line) for line in lines.splitlines()]


def merge(run, *arguments, **options):
    done = run('merge', '--format', 'json', *arguments, **options)
    assert (done.returncode, done.stderr) == (0, '')
    return json.loads(done.stdout)


def cells(rows):
    counted = collections.Counter()
    for row in rows:
        for cell in row['gap_histogram']:
            counted[cell['up_to_ns']] += cell['count']
    return counted


def test_histograms_are_added_bucket_by_bucket(run, reports):
    path, originals = reports
    merged = merge(run, path)
    directions = [part for report in originals for flow in report['flows'] for part in flow['directions']]
    assert merged['schema'] == 'stallshark-merge/1'
    assert merged['reports'] == 3 and merged['flows'] == sum(len(report['flows']) for report in originals)
    assert cells([merged['all']]) == cells(directions)
    assert merged['all']['gaps'] == sum(cells(directions).values())
    assert merged['all']['packets'] == sum(part['packets'] for part in directions)
    assert merged['all']['max_gap_ns'] == max(part['max_gap_ns'] for part in directions)
    assert merged['all']['max_gap_report'] == 3
    assert merged['all']['gaps_over'] == {span: sum(part['gaps_over'][span] for part in directions)
                                          for span in ('1s', '5s', '30s')}
    both = merged['services']
    assert [(row['transport'], row['port'], row['from'], row['flows']) for row in both] == [('tcp', 7000, side, 3)
                                                                                            for side in 'ab']
    assert cells(both) == cells(directions)


def test_quantiles_are_those_of_all_gaps(run, reports):
    path, originals = reports
    merged = merge(run, path)
    gaps = sorted(cells([merged['all']]).elements())
    for name, part in (('p50', 500), ('p90', 900), ('p99', 990)):
        rank = -(-part * len(gaps) // 1000)
        assert merged['all']['gap_quantiles_ns'][name] == min(gaps[rank - 1], merged['all']['max_gap_ns'])


def test_stalls_are_counted_by_verdict(run, reports):
    path, originals = reports
    merged = merge(run, path)
    stalls = [stall for report in originals for stall in report['stalls']]
    assert stalls
    assert merged['stalls']['count'] == len(stalls)
    assert merged['stalls']['duration_ns'] == sum(stall['duration_ns'] for stall in stalls)
    assert {row['verdict']: row['count'] for row in merged['stalls']['verdicts']} == \
        collections.Counter(' or '.join(stall['verdict']) for stall in stalls)


def test_lines_files_and_standard_input_are_the_same(run, reports, tmp_path):
    path, originals = reports
    whole = merge(run, path)
    for i, report in enumerate(originals):
        (tmp_path / ('%d.json' % i)).write_text(json.dumps(report, indent=1))
    assert merge(run, *sorted(tmp_path.glob('*.json'))) == whole
    with path.open() as lines:
        assert merge(run, '-', stdin=lines) == whole


def test_text_for_reading(run, reports):
    path, originals = reports
    text = run('merge', path).stdout
    stalls = sum(len(report['stalls']) for report in originals)
    assert text.startswith('3 reports, 3 flows, %d stalls' % stalls)
    assert 'tcp 7000 to' in text and 'tcp 7000 from' in text


def test_what_is_no_report_is_told_with_its_line(run, reports, tmp_path):
    path, _ = reports
    good = path.read_text()
    for content, told in (('', 'holds no report'), ('{"a":1}\n', 'line 1: JSON, but no report of'),
                          (good + '[1, 2\n', 'line 4: cut short'), (good + '\nhello\n', 'line 5: no JSON'),
                          (good[:-100], 'line 3: cut short')):
        (tmp_path / 'bad').write_text(content)
        done = run('merge', tmp_path / 'bad')
        assert done.returncode == 3
        assert done.stderr.startswith('stallshark: %s: %s' % (tmp_path / 'bad', told)) and done.stderr.count('\n') == 1
    done = run('merge', path, tmp_path / 'missing')
    assert done.returncode == 3 and done.stdout.startswith('3 reports')
    assert done.stderr == 'stallshark: %s: no such file\n' % (tmp_path / 'missing')


def test_hostile_numbers_do_not_matter(run, tmp_path):
    (tmp_path / 'in').write_text('{"schema": "stallshark/1", "flows": [{"transport": 7, "b": {"port": 99999999999999999999},'
                                 '"directions": [{"gap_histogram": [{"up_to_ns": -1, "count": 18446744073709551615},'
                                 '{"up_to_ns": 99999999999999999999, "count": 1}, {"up_to_ns": null, "count": 2}, 7],'
                                 '"max_gap_ns": 18446744073709551615}, 3]}, [], null], "stalls": [1, {"verdict": {}}]}')
    merged = merge(run, tmp_path / 'in')
    assert merged['reports'] == 1 and merged['flows'] == 3
    assert merged['all']['gaps'] == 2


def test_wrong_usage(run, reports):
    path, _ = reports
    for arguments, told in ((['--format', 'html', path], '--format=html: must be text or json'),
                            (['-o', path, '--force', path], '-o %s: is one of the inputs' % path)):
        done = run('merge', *arguments)
        assert (done.returncode, done.stderr) == (2, 'stallshark: %s\n' % told)
