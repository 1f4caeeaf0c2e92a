"""What is installed works from where it was installed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import subprocess


def installed(root, folder):
    """The tree that `cmake --install` makes below DESTDIR."""
    done = subprocess.run(['cmake', '--install', str(root / 'build')], env={**os.environ, 'DESTDIR': str(folder)},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())


def test_the_program_the_page_of_the_manual_and_the_module_are_installed(root, release_program, tmp_path):
    files = installed(root, tmp_path)
    assert 'usr/local/bin/stallshark' in files
    assert 'usr/local/share/man/man1/stallshark.1' in files
    if list(root.glob('build/plugins/*/epan/stallshark.so')):
        assert len([name for name in files if name.endswith('/epan/stallshark.so')]) == 1


def test_the_installed_program_needs_nothing_of_the_source_tree(root, release_program, tmp_path):
    installed(root, tmp_path)
    program = tmp_path / 'usr/local/bin/stallshark'
    capture = root / 'testdata/lock-screen-stall/in.pcap'
    done = subprocess.run([str(program), '--format', 'html', str(capture)], cwd='/', capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '</html>' in done.stdout
    assert str(root) not in done.stdout.replace(str(capture), '')
