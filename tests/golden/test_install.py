"""What is installed works from where it was installed.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest


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


# ---- ./dev install and ./dev uninstall ----

def files_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())


def test_nothing_is_installed_outside_the_prefix(root, release_program, tmp_path):
    done = subprocess.run(['cmake', '--install', str(root / 'build'), '--prefix', str(tmp_path / 'here')],
                          env={**os.environ, 'DESTDIR': str(tmp_path / 'root')}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    below = str(tmp_path / 'here').lstrip('/')
    outside = [name for name in files_below(tmp_path / 'root') if not name.startswith(below)]
    assert outside == []
    assert 'bin/stallshark' in files_below(tmp_path / 'root' / below)


@pytest.fixture
def installer(root, tmp_path):
    """installer(verb) -> what it said: installs a made-up tree for one user below tmp_path, or removes it."""
    stage, home = tmp_path / 'stage', tmp_path / 'home'
    for name, text in (('bin/stallshark', 'the program'), ('lib/x/wireshark/plugins/4.0/epan/stallshark.so', 'module'),
                       ('share/wireshark/profiles/stallshark/recent', 'ours'),
                       ('share/wireshark/profiles/stallshark/preferences', 'ours too')):
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_text(text)
    home.mkdir()

    def call(verb, modules='plugins/4.0'):
        arguments = [stage, home / 'local', home / modules, home / 'profiles'] if verb == 'install' else [home / 'local']
        done = subprocess.run([root / 'packaging/install.sh', verb, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stderr
    call.stage, call.home = stage, home
    return call


def test_what_was_installed_is_removed_with_the_folders_that_were_made(installer):
    installer('install')
    assert files_below(installer.home) == [
        'local/bin/stallshark', 'local/share/stallshark/installed', 'plugins/4.0/epan/stallshark.so',
        'profiles/stallshark/preferences', 'profiles/stallshark/recent']
    installer('uninstall')
    assert list(installer.home.iterdir()) == []


def test_the_names_of_a_library_are_links_to_its_one_file(installer):
    folder = installer.stage / 'lib'
    (folder / 'libx.so.0.1.0').write_text('the library')
    (folder / 'libx.so.0.1').symlink_to('libx.so.0.1.0')
    (folder / 'libx.so').symlink_to('libx.so.0.1')
    installer('install')
    placed = installer.home / 'local/lib'
    assert (placed / 'libx.so').is_symlink() and (placed / 'libx.so').read_text() == 'the library'
    installer('uninstall')
    assert list(installer.home.iterdir()) == []


def test_a_second_installation_keeps_what_wireshark_wrote_into_the_profile(installer):
    installer('install')
    recent = installer.home / 'profiles/stallshark/recent'
    recent.write_text('what Wireshark wrote')
    for name in ('recent', 'preferences'):
        (installer.stage / 'share/wireshark/profiles/stallshark' / name).write_text('newer')
    assert 'kept: %s (changed' % recent in installer('install')
    assert recent.read_text() == 'what Wireshark wrote'
    assert recent.with_name('preferences').read_text() == 'newer'
    assert 'kept: %s' % recent in installer('uninstall')
    assert files_below(installer.home) == ['profiles/stallshark/recent']


def test_a_profile_that_was_there_before_is_not_ours_to_replace_or_remove(installer):
    recent = installer.home / 'profiles/stallshark/recent'
    recent.parent.mkdir(parents=True)
    recent.write_text('somebody else wrote this')
    assert 'kept' in installer('install')
    installer('uninstall')
    assert recent.read_text() == 'somebody else wrote this'


def test_modules_for_two_versions_of_wireshark_are_both_removed(installer):
    installer('install', 'plugins/4.0')
    installer('install', 'plugins/4.4')
    assert 'plugins/4.0/epan/stallshark.so' in files_below(installer.home)
    installer('uninstall')
    assert list(installer.home.iterdir()) == []


def test_root_builds_as_the_owner_of_the_checkout(root, tmp_path):
    """sudo ./dev install in somebody's checkout: cmake and ninja, here two scripts, run as that somebody."""
    if os.getuid() != 0:
        pytest.skip('only root can give files away')
    folder = tempfile.TemporaryDirectory()  # pytest's own lets nobody else in
    place = pathlib.Path(folder.name)
    place.chmod(0o755)
    checkout, tools, log = place / 'checkout', place / 'tools', place / 'log'
    (checkout / 'packaging').mkdir(parents=True)
    for name in ('dev', 'packaging/install.sh'):
        shutil.copy(root / name, checkout / name)
    tools.mkdir()
    for name in ('cmake', 'ninja'):
        (tools / name).write_text('#!/bin/sh\necho "%s $(id -u)" >>%s\n%s' % (
            name, log, '[ "$1" != --install ] || echo x >"$DESTDIR/file"\n' if name == 'cmake' else ''))
        (tools / name).chmod(0o755)
    log.touch()
    for path in (checkout, log):
        os.chown(path, 65534, 65534)
    done = subprocess.run([checkout / 'dev', 'install'], capture_output=True, text=True, env={
        **os.environ, 'PATH': '%s:%s' % (tools, os.environ['PATH']), 'DESTDIR': str(tmp_path),
        'PREFIX': '/usr/local'})
    assert done.returncode == 0, done.stderr
    assert set(log.read_text().split('\n')) == {'cmake 65534', 'ninja 65534', ''}
    assert files_below(tmp_path) == ['usr/local/file', 'usr/local/share/stallshark/installed']


# ---- ./dev release ----

@pytest.fixture
def checkout(root, tmp_path):
    """A checkout of a project that was never released."""
    for name in ('dev', 'CMakeLists.txt'):
        shutil.copy(root / name, tmp_path / name)
    (tmp_path / 'CHANGELOG.md').write_text('# Changelog\n\n## [Unreleased]\n\n- All of it.\n')

    def git(*arguments):
        subprocess.run(['git', '-c', 'user.name=x', '-c', 'user.email=x', *arguments], cwd=tmp_path, check=True, capture_output=True)
    git('init')
    git('add', '.')
    git('commit', '-m', 'all')
    git('tag', 'v9.0.0')
    return tmp_path


def refused(checkout, *arguments):
    done = subprocess.run([checkout / 'dev', 'release', *arguments], capture_output=True, text=True)
    assert done.returncode == 1 and subprocess.run(
        ['git', 'log', '--oneline'], cwd=checkout, capture_output=True, text=True, check=True).stdout.count('\n') == 1
    return done.stderr


def test_a_release_has_a_version_that_there_was_not(checkout):
    assert 'which version?' in refused(checkout)
    assert 'which version?' in refused(checkout, 'v1')
    assert 'there is a tag v9.0.0' in refused(checkout, '9.0.0')


def test_a_release_is_of_what_was_committed_and_tells_what_changed(checkout):
    (checkout / 'CHANGELOG.md').write_text('# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- All of it.\n')
    assert 'commit or put aside' in refused(checkout, '9.0.1')
    subprocess.run(['git', '-c', 'user.name=x', '-c', 'user.email=x', 'commit', '-q', '--amend', '-a', '-m', 'all'], cwd=checkout, check=True)
    assert 'nothing under Unreleased' in refused(checkout, '9.0.1')
