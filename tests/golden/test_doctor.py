"""stallshark doctor: which Wireshark loads the module, and what mends it where none does.

The Wiresharks here are scripts that answer as tshark does; one test asks the real one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

TSHARK = '''#!/bin/sh
case "$*" in
--version) echo 'TShark (Wireshark) {version} (Git commit 0123).' ;;
'-G folders') printf 'Personal Plugins:    \\t{folder}/personal/{minor}\\nGlobal Plugins:      \\t{folder}/global/{minor}\\n' ;;
'-G plugins')
    printf 'l16mono.so      \\t0.1.0\\tcodec\\t/somewhere/l16mono.so\\n'
    {loads}
    ;;
esac
'''


def module(path, version, wireshark):
    path.parent.mkdir(parents=True)
    path.write_bytes(b'\x7fELF' + bytes(1000) + b'stallshark-module %s for Wireshark %s\0more' % (
        version.encode(), wireshark.encode()))
    return path


@pytest.fixture
def machine(run, tmp_path):
    """machine.install(folder, tshark's version, shell commands of -G plugins); machine.doctor() -> (status, lines)"""
    class Machine:
        path = tmp_path
        programs = []

        def install(self, folder, version, loads=':'):
            program = tmp_path / folder / 'tshark'
            program.parent.mkdir(exist_ok=True)
            program.write_text(TSHARK.format(version=version, minor=version.rpartition('.')[0], folder=tmp_path,
                                             loads=loads))
            program.chmod(0o755)
            self.programs.append(str(program.parent))

        def doctor(self):
            done = run('doctor', env={**os.environ, 'PATH': ':'.join(self.programs)})
            assert done.stderr == ''
            lines = done.stdout.splitlines()
            ours = [i for i, line in enumerate(lines) if line.startswith('tshark') and str(tmp_path) in line]
            end = next((i for i in range(ours[-1] + 1, len(lines)) if not lines[i].startswith(' ')), len(lines))
            return done.returncode, lines[ours[0]:end]

    machine = Machine()
    machine.programs = []
    return machine


def loads(path, version='0.1.0'):
    return "printf 'stallshark.so   \\t%s\\tdissector\\t%s\\n'" % (version, path)


def own_version(run):
    return run('--version').stdout.split()[1]


def test_a_module_that_is_loaded_is_named(machine, run):
    version = own_version(run)
    path = module(machine.path / 'global/4.0/epan/stallshark.so', version, '4.0')
    machine.install('bin', '4.0.17', loads(path))
    assert machine.doctor()[1] == ['tshark 4.0.17: %s/bin/tshark' % machine.path,
                                   '  loaded: module %s, %s' % (version, path)]


def test_after_an_upgrade_of_wireshark_one_line_says_why_the_module_is_gone(machine):
    path = module(machine.path / 'global/4.0/epan/stallshark.so', '0.1.0', '4.0')
    machine.install('bin', '4.4.1')
    status, lines = machine.doctor()
    assert status == 1
    assert '  %s: it is for Wireshark 4.0, this is 4.4' % path in lines
    assert lines[-1].startswith('  To mend it, with the development files of Wireshark 4.4 installed')
    assert lines[-1].endswith('./dev install')


def test_each_wireshark_is_asked(machine, run):
    path = module(machine.path / 'global/4.6/epan/stallshark.so', own_version(run), '4.6')
    machine.install('old', '4.4.1')
    machine.install('new', '4.6.0', loads(path))
    status, lines = machine.doctor()
    assert status == 1
    assert [line for line in lines if not line.startswith(' ')] == [
        'tshark 4.4.1: %s/old/tshark' % machine.path, 'tshark 4.6.0: %s/new/tshark' % machine.path]
    assert lines[-1] == '  loaded: module %s, %s' % (own_version(run), path)


def test_a_module_in_the_wrong_folder_is_told(machine):
    path = module(machine.path / 'global/4.4/stallshark.so', '0.1.0', '4.4')
    machine.install('bin', '4.4.1')
    assert '  %s: it must lie in the folder epan' % path in machine.doctor()[1]


def test_a_module_of_another_version_in_the_right_folder_is_told(machine):
    """Copied by hand: the folder fits, the file does not."""
    path = module(machine.path / 'global/4.4/epan/stallshark.so', '0.1.0', '4.2')
    machine.install('bin', '4.4.1', "echo 'tshark: The plugin stallshark.so was compiled for 4.2' >&2")
    _, lines = machine.doctor()
    assert '  %s: it is for Wireshark 4.2, this is 4.4' % path in lines
    assert '  tshark says: tshark: The plugin stallshark.so was compiled for 4.2' in lines


def test_a_module_of_another_version_than_the_program_is_told(machine, run):
    path = module(machine.path / 'global/4.4/epan/stallshark.so', '0.0.1', '4.4')
    machine.install('bin', '4.4.1', loads(path))
    status, lines = machine.doctor()
    assert status == 1
    assert 'It differs from this program (%s)' % own_version(run) in lines[-1]


def test_a_personal_module_is_not_loaded_for_root(machine):
    path = module(machine.path / 'personal/4.4/epan/stallshark.so', '0.1.0', '4.4')
    machine.install('bin', '4.4.1')
    if os.getuid() == 0:
        why = 'Wireshark loads no personal plugins for root'
    else:
        why = 'it fits, but Wireshark did not load it'
    assert '  %s: %s' % (path, why) in machine.doctor()[1]


def test_what_answers_like_no_wireshark_is_no_wireshark(machine, run):
    machine.install('bin', '4.4.1')
    other = machine.path / 'other/tshark'
    other.parent.mkdir()
    other.write_text('#!/bin/sh\nexit 1\n')
    other.chmod(0o755)
    machine.programs.insert(0, str(other.parent))
    assert str(other) not in run('doctor', env={**os.environ, 'PATH': ':'.join(machine.programs)}).stdout


def test_without_its_libwiretap_the_program_says_so_in_a_line_and_reads_on(release_program, root, tmp_path):
    """As after an upgrade of Wireshark: wiretap.so is there and cannot be loaded."""
    if not (release_program.parent / 'wiretap.so').exists():
        pytest.skip('built without libwiretap')
    program = tmp_path / 'stallshark'
    shutil.copy(release_program, program)
    (tmp_path / 'wiretap.so').write_text('no library')
    capture = root / 'testdata/lock-screen-stall/in.pcap'

    def call(*arguments):
        return subprocess.run([program, *arguments], capture_output=True, text=True)

    done = call('--format', 'json', capture)
    assert done.returncode == 0 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith('stallshark: reads only pcap and pcapng, without libwiretap: ')
    assert 'wiretap.so' in done.stderr and 'stallshark doctor' in done.stderr
    told, whole = json.loads(done.stdout), json.loads(subprocess.run(
        [release_program, '--format', 'json', capture], capture_output=True, text=True, check=True).stdout)
    assert told['stalls'] == whole['stalls'] and told['stalls']
    assert call('profiles').stderr == ''
    doctor = call('doctor')
    assert doctor.returncode == 1
    assert '  without libwiretap: ' in doctor.stdout and 'To mend it, build and install' in doctor.stdout


def test_the_real_tshark_loads_the_module_that_was_built(with_module, release_program):
    if not shutil.which('tshark'):
        pytest.skip('no tshark')
    told = with_module(release_program, 'doctor').stdout.splitlines()
    line = next(line for line in told if line.startswith('  loaded: '))
    assert line.endswith('/epan/stallshark.so')
    assert pathlib.Path(line.rpartition(', ')[2]).parts[-2] == 'epan'
