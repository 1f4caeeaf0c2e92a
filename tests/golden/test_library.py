"""libstallshark, as others use it: installed, linked with, and run.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import re
import subprocess

import pytest

import cases


@pytest.fixture(scope='module')
def prefix(root, release_program, tmp_path_factory):
    folder = tmp_path_factory.mktemp('installed')
    done = subprocess.run(['cmake', '--install', str(root / 'build'), '--prefix', str(folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope='module')
def example(root, prefix, tmp_path_factory):
    """example(name, *arguments) -> what it did; built once, from a copy that has nothing of the source tree beside it."""
    folder = tmp_path_factory.mktemp('examples')
    for path in (root / 'examples').iterdir():
        (folder / path.name).write_text(path.read_text())
    for command in (['cmake', '-G', 'Ninja', '-S', folder, '-B', folder / 'build', '-DCMAKE_PREFIX_PATH=%s' % prefix, '-DCMAKE_C_FLAGS=-Wall -Wextra -Werror'],
                    ['cmake', '--build', folder / 'build']):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    def call(name, *arguments):
        return subprocess.run([str(folder / 'build' / name), *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return call


@pytest.mark.parametrize('name', sorted(path.parent.name for path in cases.ROOT.glob('testdata/*/in.pcap*')))
def test_the_library_reports_what_the_program_reports_but_for_the_host(example, release_program, root, name):
    capture = next((root / 'testdata' / name).glob('in.pcap*'))
    by_library = json.loads(example('stalls', capture, 'json').stdout)
    done = subprocess.run([str(release_program), 'analyze', '--format', 'json', str(capture)], capture_output=True, text=True)
    by_program = json.loads(done.stdout)
    assert by_library['host']['files'] == by_program['host']['files']
    for report in (by_library, by_program):
        del report['host']
    assert by_library == by_program


def test_each_stall_is_a_line_with_its_causes_and_packets(example, root):
    capture = root / 'testdata/lock-screen-stall/in.pcap'
    expected = json.loads(example('stalls', capture, 'json').stdout)['stalls']
    lines = example('stalls', capture).stdout.splitlines()
    assert len(lines) == len(expected) > 0
    for line, stall in zip(lines, expected):
        assert ' or '.join(stall['verdict']) in line
        assert '(packets %d to %d)' % (stall['frame_before'], stall['frame_after']) in line


def test_packets_of_the_programs_own_are_judged_while_they_come(example):
    assert example('feed').stdout.splitlines() == [
        'after 20 s, stalls: 0',
        'after 40 s, stalls: 1',
        '  10.0.0.2 did not answer 10.0.0.1 for 19 s (not over)']


def test_an_option_is_set_as_the_program_sets_it(example):
    assert 'stalls: 1' not in example('feed', 'min_gap=30s').stdout
    wrong = example('feed', 'min_gap=30')
    assert wrong.returncode == 2
    assert wrong.stderr == 'feed: min_gap=30: must be 1ms..1h, with a unit: ns, us, ms, s, min, h or d\n'


def test_a_file_that_ends_within_a_packet_is_reported_up_to_there(example, root, tmp_path):
    whole = (root / 'testdata/lock-screen-stall/in.pcap').read_bytes()
    cut = tmp_path / 'cut.pcap'
    cut.write_bytes(whole[:-3])
    done = example('stalls', cut, 'json')
    assert done.returncode == 1
    assert re.search(r'cut short after packet \d+', done.stderr)
    assert len(json.loads(done.stdout)['stalls']) == 3


def test_what_is_no_capture_or_no_format_is_said(example, root, tmp_path):
    other = tmp_path / 'other.txt'
    other.write_text('no capture')
    assert 'neither pcap nor pcapng' in example('stalls', other).stderr
    assert 'No such file' in example('stalls', tmp_path / 'missing').stderr
    assert 'no format xml; there are: text html' in example('stalls', root / 'testdata/lock-screen-stall/in.pcap', 'xml').stderr


def test_the_library_shows_its_own_names_and_no_others(prefix):
    library = next(prefix.rglob('libstallshark.so*'))
    shown = subprocess.run(['nm', '-D', '--defined-only', str(library)], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in shown.splitlines()}
    header = (prefix / 'include/stallshark/stallshark.h').read_text()
    assert names == set(re.findall(r'STALLSHARK_API [^;]*?\b(stallshark_\w+)\(', header))


def test_pkg_config_knows_it(prefix, root, tmp_path):
    page = next(prefix.rglob('stallshark.pc'))
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'stallshark'], env={'PKG_CONFIG_PATH': str(page.parent), 'PATH': '/usr/bin:/bin'},
                           capture_output=True, text=True, check=True).stdout.split()
    source = tmp_path / 'version.c'
    source.write_text('#include <stallshark/stallshark.h>\n#include <stdio.h>\nint main(void) { return puts(stallshark_version()) < 0; }\n')
    subprocess.run(['cc', '-o', str(tmp_path / 'version'), str(source), *flags], check=True)
    library = next(prefix.rglob('libstallshark.so*')).parent
    said = subprocess.run([str(tmp_path / 'version')], env={'LD_LIBRARY_PATH': str(library)}, capture_output=True, text=True).stdout
    assert said.strip() == re.search(r'VERSION (\d[\d.]*)', (root / 'CMakeLists.txt').read_text().split('project(')[1]).group(1)
