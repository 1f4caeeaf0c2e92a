"""`stallshark annotate`: comments where they belong, everything else as it was.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import gzip
import json
import os
import re
import subprocess

import pytest

import captures
from conftest import FIELDS, instant, public_captures

def blocks(content):
    """[(type, body)] of a little-endian pcapng file."""
    found, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at + 4:at + 8], 'little')
        found.append((int.from_bytes(content[at:at + 4], 'little'), content[at + 8:at + length - 4]))
        at += length
    return found


def stalled(link=captures.ETHERNET):
    talk = captures.conversation(n=20, link=link)
    return [(time + (30 * 10**9 if i > 22 else 0), data) for i, (time, data) in enumerate(talk)]


def test_the_frames_of_a_stall_tell_it(run, report, stock, root, tmp_path):
    source = root / 'testdata/lock-screen-stall/in.pcap'
    out = tmp_path / 'out.pcapng'
    done = run('annotate', source, '-o', out)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')
    rows, _ = stock(out, 'frame.comment')
    comments = {int(row[0]): row[-1] for row in rows if row[-1]}
    whole = report(source)
    assert whole['stalls']
    for stall in whole['stalls']:
        assert 'Stall %d begins after this frame.' % stall['id'] in comments[stall['frame_before']]
        assert 'stall %d, verdict: ' % stall['id'] in comments[stall['frame_before']]
        assert 'Stall %d ends here.' % stall['id'] in comments[stall['frame_after']]
        for frame in (stall['consequence'] or {'frames': []})['frames']:
            assert 'stall %d, consequence: ' % stall['id'] in comments[frame]
        for cause in stall['causes']:
            for evidence in cause['evidence'] if cause['id'] in stall['verdict'] else []:
                for frame in evidence['frames']:
                    assert evidence['text'] in comments[frame]
    text = subprocess.run(['capinfos', '-k', out], capture_output=True, text=True).stdout
    assert 'stallshark %s: One incident: 10.236.115.56 was not heard' % whole['host']['version'] in text


def test_wireshark_shows_who_was_silent_how_long_and_why_before_it_cuts_a_comment(run, report, root, tmp_path):
    for case in ('lock-screen-stall', 'uplink-loss-ipv6'):  # short addresses, long ones
        source, out = root / 'testdata' / case / 'in.pcap', tmp_path / (case + '.pcapng')
        assert run('annotate', source, '-o', out).returncode == 0
        for stall in report(source)['stalls']:
            details = subprocess.run(['tshark', '-r', out, '-V', '-Y', 'frame.number == %d' % stall['frame_before']],
                                     capture_output=True, text=True, check=True).stdout
            begin = next(line.strip() for line in details.splitlines() if 'Stall %d begins' % stall['id'] in line)
            flow = next(flow for flow in report(source)['flows'] if flow['id'] == stall['flow'])
            assert re.match(r'stallshark: %s (was not heard by|got no message through to|did not answer|only retransmitted to) ' %
                            re.escape(flow[stall['direction']]['addr']), begin)
            assert re.search(r' for [0-9.]+ (ms|s|min): [a-z].*\. Stall %d begins after this frame\.$' % stall['id'],
                             begin)
            told = [line for line in details.splitlines() if 'stallshark: ' in line]
            assert len(told) > 5 and not [line for line in told if 'truncated' in line]


def test_the_report_of_the_copy_is_that_of_the_original(run, report, root, tmp_path):
    for case in ('lock-screen-stall', 'bonjour-bad-txt', 'clock-step'):
        source = next((root / 'testdata' / case).glob('in.*'))
        out = tmp_path / (case + '.pcapng')
        assert run('annotate', source, '-o', out).returncode == 0
        original, copy = report(source), report(out)
        del original['host'], copy['host']
        assert copy == original


def test_pcapng_is_kept_byte_for_byte(run, tmp_path):
    packets = stalled()
    extra = [captures.block(4, bytes(8)), captures.process(311, 'Wards'), captures.block(0x80000077, b'local'),
             captures.block(10, b'KLST' + (4).to_bytes(4, 'little') + b'keys'), captures.block(0x77, b'unknown!')]
    content = captures.section() + captures.interface(name='en0') + b''.join(extra)
    for i, (time, data) in enumerate(packets):
        content += captures.packet(time, data, options=captures.option(1, b'mine %d' % i) if i % 2 else b'')
    content += captures.statistics(0, 3) + extra[3]
    source, out = tmp_path / 'in.pcapng', tmp_path / 'out.pcapng'
    source.write_bytes(content)
    assert run('annotate', source, '-o', out).returncode == 0
    before, after = blocks(content), blocks(out.read_bytes())
    assert [kind for kind, _ in before] == [kind for kind, _ in after]
    changed = [(x, y) for x, y in zip(before, after) if x != y]
    assert 2 <= len(changed) <= 12
    for (kind, old), (_, new) in changed:
        assert kind in (0x0a0d0d0a, 6)
        assert b'stall' in new
        kept = old[:-4] if old.endswith(captures.option(0, b'')) and b'mine' in old else old
        assert new.startswith(kept[:8] if kind == 0x0a0d0d0a else kept)
    stripped = tmp_path / 'stripped.pcapng'
    assert run('annotate', '--strip-secrets', source, '-o', stripped).returncode == 0
    assert blocks(stripped.read_bytes()) == [pair for pair in after if pair[0] != 10]


def test_both_byte_orders_and_gzip(run, stock, tmp_path):
    rows = []
    for name, content in (('le', captures.pcapng(stalled())), ('be', captures.pcapng(stalled(), '>')),
                          ('gz', gzip.compress(captures.pcapng(stalled()))), ('pcap', captures.pcap(stalled()))):
        if name == 'gz' and 'libwiretap' not in run('--version').stdout:
            continue
        (tmp_path / name).write_bytes(content)
        done = run('annotate', tmp_path / name, '-o', tmp_path / (name + '.pcapng'))
        assert (done.returncode, done.stderr) == (0, ''), name
        rows.append(stock(tmp_path / (name + '.pcapng'), 'frame.comment')[0])
    assert len(rows[0]) == 43
    assert sum(row[-1] != '' for row in rows[0]) >= 2
    assert all(row == rows[0] for row in rows)


def test_a_packet_without_room_for_a_comment_is_told(run, tmp_path):
    if 'libwiretap' not in run('--version').stdout:
        pytest.skip('built without libwiretap')
    content = captures.section() + captures.interface()
    for i, (time, data) in enumerate(stalled()):
        content += captures.packet(time, data)
        if i == 22:  # again, in a block that holds no options
            content += captures.simple_packet(data)
    (tmp_path / 'in').write_bytes(content)
    done = run('annotate', tmp_path / 'in', '-o', tmp_path / 'out')
    assert done.returncode == 0
    assert [kind for kind, _ in blocks(content)] == [kind for kind, _ in blocks((tmp_path / 'out').read_bytes())]


def test_a_damaged_capture_is_copied_up_to_the_damage(run, tmp_path):
    for name, content in (('a', captures.pcapng(stalled())), ('b', captures.pcap(stalled()))):
        (tmp_path / name).write_bytes(content[:-50])
        done = run('annotate', tmp_path / name, '-o', tmp_path / (name + '.pcapng'))
        assert done.returncode == 3
        assert len(done.stderr.splitlines()) == 1
        assert [kind for kind, _ in blocks((tmp_path / (name + '.pcapng')).read_bytes())].count(6) == 42


def test_every_truncation_of_pcapng_gives_a_whole_file(run, tmp_path):
    content = captures.pcapng(captures.conversation(n=1))
    for cut in range(1, len(content), 7):
        (tmp_path / 'in').write_bytes(content[:cut])
        done = run('annotate', '--force', tmp_path / 'in', '-o', tmp_path / 'out')
        assert done.returncode in (0, 3)
        if (tmp_path / 'out').exists():
            blocks((tmp_path / 'out').read_bytes())
            assert run('--format', 'json', tmp_path / 'out').returncode == 0
            (tmp_path / 'out').unlink()


def test_wrong_usage(run, tmp_path):
    (tmp_path / 'in').write_bytes(captures.pcap(stalled()))
    cases = {
        (): 'annotate: takes FILE -o OUT.pcapng, 0 given; see stallshark annotate --help',
        ('-', '-o', 'x'): 'standard input: annotate reads its input twice; give a file',
        ('in', '-o', 'in', '--force'): '-o in: is one of the inputs',
        ('in', '--format', 'json'): '--format: no such option; nearest: --from, --force',
    }
    for arguments, text in cases.items():
        done = run('annotate', *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, '')
        if '--format' not in arguments:
            assert done.stderr == 'stallshark: %s\n' % text
    done = run('annotate', 'missing', '-o', 'x', cwd=tmp_path)
    assert (done.returncode, done.stderr) == (3, 'stallshark: missing: no such file\n')
    assert os.listdir(tmp_path) == ['in']


def test_disk_full(run, tmp_path):
    (tmp_path / 'in').write_bytes(captures.pcap(stalled()))
    done = run('annotate', tmp_path / 'in', '-o', '/dev/full')
    assert done.returncode != 0
    assert 'No space left on device' in done.stderr and len(done.stderr.splitlines()) == 1


SAMPLE = ['bonjour/dnssd.pcap', 'keepalive/doh.pcapng', 'malformed/timestamp_invalid_micro.pcap', 'malformed/trunc.pcap',
          'malformed/packets.merged.pcapng', 'odd-linktypes/comments.pcapng', 'odd-linktypes/complex.pcapng',
          'odd-linktypes/dlt_null.dmp.gz', 'odd-linktypes/many_interfaces.pcapng.1', 'odd-linktypes/nanosecs_big_endian.pcap',
          'odd-linktypes/test100.pcapng', 'odd-linktypes/test200.pcapng', 'process-info/LINKTYPE_PKTAP.pcap',
          'process-info/macos.pcapng.gz', 'process-info/radar-31053702.pcapng', 'stalls/6syns.dmp.gz',
          'stalls/http_espn_fail.pcapng', 'udp-bursts/TFTP.pcap', 'wifi/example-ft.pcapng', 'wifi/wpa3-sae.pcapng.gz']


def test_public_captures_keep_their_packets(run, stock, shared, tmp_path):
    if 'libwiretap' not in run('--version').stdout:
        pytest.skip('built without libwiretap: reads fewer formats than the tshark it is compared with')
    for source in public_captures(shared, SAMPLE):
        out = tmp_path / 'out.pcapng'
        done = run('annotate', '--force', source, '-o', out)
        assert done.returncode in (0, 3), source.name
        if done.returncode == 3 and not out.exists():
            continue
        before, _ = stock(source)
        after, complaint = stock(out)
        named, clock = FIELDS.index('frame.interface_name'), FIELDS.index('frame.time_epoch')
        if source.parent.name == 'malformed':  # microseconds of several seconds, which pcapng has no room for
            for row in before + after:
                row[clock] = None
        for row in before + after:  # 1.1000046 s is 2.000046 s
            row[clock] = row[clock] and instant(row[clock])
        for old, new in zip(before, after):  # pcapng has interfaces, other formats may have none
            if not old[named]:
                assert new[named] in ('', 'unknown')
                new[named] = ''
        assert after == before[:len(after)], source.name
        assert len(after) == len(before) or done.returncode == 3, source.name
        again = run('--format', 'json', out)
        assert again.returncode == 0, complaint
        assert subprocess.run(['capinfos', out], capture_output=True).returncode == 0
        out.unlink()


def test_a_small_or_read_only_disk_is_told_and_left_clean(file_system, program, root):
    source = root / 'testdata/lock-screen-stall/in.pcap'
    for options, told in (('size=16k', 'No space left on device'), ('ro', 'Read-only file system')):
        status, error, left = file_system(options, [program, 'annotate', source, '-o', '{}/out.pcapng'])
        assert status != 0 and error.count('\n') == 1 and told in error
        assert left == []
