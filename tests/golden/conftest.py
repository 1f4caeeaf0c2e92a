"""What the tests of the whole program share.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared'
TIMEOUT = 300


def built(path, how):
    if not path.exists():
        pytest.fail('%s is missing: run %s' % (path, how))
    return path


@pytest.fixture(scope='session')
def root():
    return ROOT


@pytest.fixture(scope='session')
def program():
    """The program under sanitizers; SSK_PROGRAM names another one."""
    return pathlib.Path(os.environ.get('SSK_PROGRAM') or built(ROOT / 'build-dev/stallshark', './dev test'))


@pytest.fixture(scope='session')
def release_program():
    return built(ROOT / 'build/stallshark', './dev build')


@pytest.fixture(scope='session')
def shared():
    """The folder of captures that are not ours to give away."""
    if not (SHARED / 'captures').is_dir():
        pytest.skip('../shared/captures is not here')
    return SHARED


@pytest.fixture(scope='session')
def run(program):
    """run(*arguments) -> CompletedProcess with text output; a sanitizer's report fails the test."""
    def call(*arguments, **options):
        options = {'capture_output': True, 'text': True, 'timeout': TIMEOUT, 'stdin': subprocess.DEVNULL, **options}
        done = subprocess.run([str(program), *map(str, arguments)], **options)
        error = done.stderr or ''
        if isinstance(error, bytes):
            error = error.decode(errors='replace')
        shown = ' '.join(map(str, arguments))[:300]
        if 'Sanitizer' in error or 'runtime error:' in error or done.returncode < 0:
            pytest.fail('%s ended with %d\n%s' % (shown, done.returncode, error[-4000:]))
        return done
    return call


@pytest.fixture(scope='session')
def report(run):
    """report(*arguments) -> the JSON report as a dict; any exit but 0 fails."""
    def call(*arguments):
        done = run('analyze', '--format', 'json', *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return call


@pytest.fixture(scope='session')
def with_module():
    """with_module(command, *arguments) -> CompletedProcess, with the module from build/, through ./dev with-module."""
    if not list(ROOT.glob('build/plugins/*/epan/stallshark.so')):
        pytest.fail('build/plugins/*/epan/stallshark.so is missing: run ./dev build')

    def call(*arguments, **options):
        options = {'capture_output': True, 'text': True, 'timeout': TIMEOUT, 'stdin': subprocess.DEVNULL, **options}
        environment = {**os.environ, 'SSK_BUILT': '1'}
        return subprocess.run([str(ROOT / 'dev'), 'with-module', *map(str, arguments)], env=environment, **options)
    return call


@pytest.fixture(scope='session')
def tshark(with_module):
    """tshark(*arguments) -> CompletedProcess."""
    return lambda *arguments, **options: with_module('tshark', *arguments, **options)
