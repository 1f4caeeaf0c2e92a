"""-o OUT: whole or not at all, and never over an existing file unasked.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import fcntl
import json
import os
import pty
import signal
import stat
import struct
import subprocess
import termios
import time

import pytest

import captures


@pytest.fixture
def good(tmp_path):
    (tmp_path / 'in').mkdir()
    path = tmp_path / 'in/good.pcap'
    path.write_bytes(captures.pcap(captures.conversation()))
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'out').mkdir()
    return tmp_path / 'out'


def test_the_file_holds_what_standard_output_would(run, good, folder):
    done = run('-o', folder / 'a.json', '--format', 'json', good)
    assert (done.returncode, done.stdout, done.stderr) == (0, '', '')
    assert (folder / 'a.json').read_text() == run('--format', 'json', good).stdout
    assert os.listdir(folder) == ['a.json']
    assert run('-o', '-', '--format', 'json', good).stdout == run('--format', 'json', good).stdout
    assert run('-o%s' % (folder / 'b'), good).returncode == 0


@pytest.mark.parametrize('columns, most', [(80, 80), (72, 72), (40, 72), (300, 100)])
def test_sentences_are_as_wide_as_the_terminal(program, root, columns, most):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    child = subprocess.Popen([program, 'analyze', root / 'testdata/lock-screen-stall/in.pcap'], stdout=theirs,
                             env={**os.environ, 'NO_COLOR': '1'})
    os.close(theirs)
    text = b''
    try:
        while more := os.read(ours, 65536):
            text += more
    except OSError:  # that is how the end of a terminal reads
        pass
    os.close(ours)
    assert child.wait() == 0
    sentences, _, _ = text.decode().partition('FLOWS')
    widths = {len(line.rstrip()) for line in sentences.splitlines() if not line.startswith('  filter ')}
    assert most - 8 < max(widths) <= most


def test_the_umask_holds(run, good, folder):
    for mask, mode in ((0o022, 0o644), (0o077, 0o600)):
        path = folder / ('%o' % mask)
        assert run('-o', path, good, preexec_fn=lambda: os.umask(mask)).returncode == 0
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_an_existing_file_needs_force(run, good, folder):
    path = folder / 'report'
    path.write_text('precious')
    done = run('-o', path, good)
    assert (done.returncode, done.stdout) == (2, '')
    assert done.stderr == 'stallshark: %s: exists; --force replaces it\n' % path
    assert path.read_text() == 'precious'
    assert run('-o', path, '--force', good).returncode == 0
    assert path.read_text().startswith('No stall: ')
    assert os.listdir(folder) == ['report']


def test_an_input_is_never_the_output(run, good):
    content = good.read_bytes()
    done = run('-o', good, '--force', good)
    assert done.returncode == 2
    assert done.stderr == 'stallshark: -o %s: is one of the inputs\n' % good
    assert good.read_bytes() == content


def test_folders(run, good, folder):
    done = run('-o', folder, good)
    assert (done.returncode, done.stderr) == (2, 'stallshark: %s: is a folder; give a file name in it\n' % folder)
    done = run('-o', folder / 'no/where', good)
    assert (done.returncode, done.stderr) == (2, 'stallshark: %s: no such folder\n' % (folder / 'no/where'))
    done = run('-o', '', good)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


def test_an_unreadable_input_leaves_no_output(run, folder):
    for arguments in ([], ['--each']):
        done = run('-o', folder / 'a', *arguments, folder / 'missing')
        assert done.returncode == 3
        assert os.listdir(folder) == []


def test_a_full_device(run, good):
    done = run('-o', '/dev/full', good)
    assert (done.returncode, done.stderr) == (2, 'stallshark: /dev/full: No space left on device\n')
    with open('/dev/full', 'w') as full:
        done = run(good, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, 'stallshark: standard output: No space left on device\n')
    with open('/dev/full', 'w') as full:
        done = run('--help', capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    for out in ('-o', '/dev/full'), ():
        with open('/dev/full', 'w') as full:
            done = run('annotate', good, *out, capture_output=False, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 2
        assert done.stderr == 'stallshark: %s: No space left on device\n' % (out[1] if out else 'standard output')


@pytest.fixture
def tiny(tmp_path):
    """A file system of 16 kB."""
    path = tmp_path / 'tiny'
    path.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', path], capture_output=True).returncode:
        pytest.skip('no right to mount a tmpfs')
    yield path
    subprocess.run(['umount', path], check=True)


def test_a_full_disk_leaves_no_half_file(run, tmp_path, tiny):
    many = [packet for port in range(200) for packet in captures.conversation(ports=(20000 + port, 7000))]
    source = tmp_path / 'many.pcap'
    source.write_bytes(captures.pcap(sorted(many)))
    assert len(run('--format', 'json', source).stdout) > 32768
    done = run('-o', tiny / 'a.json', '--format', 'json', source)
    assert (done.returncode, done.stderr) == (2, 'stallshark: %s: No space left on device\n' % (tiny / 'a.json'))
    assert os.listdir(tiny) == []
    (tiny / 'a.json').write_text('precious')
    assert run('-o', tiny / 'a.json', '--force', '--format', 'json', source).returncode == 2
    assert (tiny / 'a.json').read_text() == 'precious'
    assert os.listdir(tiny) == ['a.json']


def test_a_read_only_file_system(run, good, tiny):
    subprocess.run(['mount', '-o', 'remount,ro', tiny], check=True)
    done = run('-o', tiny / 'a', good)
    assert (done.returncode, done.stderr) == (2, 'stallshark: %s: Read-only file system\n' % (tiny / 'a'))


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing(program, folder, number):
    out = folder / 'report.json'
    with subprocess.Popen([str(program), '-o', str(out), '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)) as process:  # nohup ignores some
        process.stdin.write(captures.pcap(captures.conversation(n=2000)))
        process.stdin.flush()
        give_up = time.monotonic() + 30
        while not os.listdir(folder):
            assert time.monotonic() < give_up and process.poll() is None
        process.send_signal(number)
        if number == signal.SIGINT:  # the first one waits for the end of the pipe
            assert process.stderr.readline() == b'\n' and b'again' in process.stderr.readline()
            process.send_signal(number)
        process.wait(30)
        assert process.returncode == -number
        process.stdin.close()
    assert os.listdir(folder) == []


def test_a_reader_that_goes_away_is_no_error(program, good):
    done = subprocess.run('%s --format json %s | head -c 10' % (program, good), shell=True, capture_output=True)
    assert done.stdout == b'{\n "schema'
    assert done.stderr == b''


def test_a_link_is_followed(run, good, folder):
    (folder / 'link').symlink_to(folder / 'target')
    (folder / 'target').write_text('precious')
    assert run('-o', folder / 'link', good).returncode == 2
    assert (folder / 'target').read_text() == 'precious'
    assert run('-o', folder / 'link', '--force', good).returncode == 0
    assert (folder / 'link').is_symlink()
    assert (folder / 'target').read_text().startswith('No stall: ')


def test_a_bundle_is_a_folder_or_a_tar_gz(run, good, folder):
    done = run('bundle', good, '-o', folder / 'for-them.zip')
    assert done.returncode == 2
    assert done.stderr == 'stallshark: -o %s: must be FOLDER, FILE.tar.gz or FILE.tgz\n' % (folder / 'for-them.zip')
    assert not (folder / 'for-them.zip').exists()


def test_each_writes_a_line_of_json_per_file(run, good, tmp_path, folder):
    other = tmp_path / 'in/other.pcapng'
    other.write_bytes(captures.pcapng(captures.conversation(ports=(41000, 7001))))
    done = run('--each', good, tmp_path / 'missing', other)
    assert done.returncode == 3
    assert done.stderr == 'stallshark: %s: no such file\n' % (tmp_path / 'missing')
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line['host']['files'][0]['path'] for line in lines] == [str(good), str(other)]
    for line, path in zip(lines, (good, other)):
        assert line == json.loads(run('--format', 'json', path).stdout)
    several = run('--each', '-j', 3, good, tmp_path / 'missing', other)
    assert (several.returncode, several.stdout, several.stderr) == (done.returncode, done.stdout, done.stderr)
    assert run('--each', '-o', folder / 'all', good, other).returncode == 0
    assert [json.loads(line) for line in (folder / 'all').read_text().splitlines()] == lines
    assert run('--each', '-j', 0, '-o', folder / 'again', good, other).returncode == 0
    assert (folder / 'again').read_text() == (folder / 'all').read_text()
    assert run('-j', 2, good, other).stderr == (
        'stallshark: --jobs: several FILEs are one time line; give --each too\n')
    assert 'must be 0..1024' in run('--each', '-j', 'many', good).stderr
