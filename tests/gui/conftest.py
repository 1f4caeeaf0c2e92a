"""What the tests of the window share. `./dev gui` gives them Wireshark with the module, a scratch home, a session bus.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ['wireshark', 'Xvfb', 'xdotool', 'import']
TIMEOUT = 120


def missing():
    try:
        import gi  # noqa: F401
    except ImportError:
        return 'python3-gi is not installed'
    for program in PROGRAMS:
        if not shutil.which(program):
            return '%s is not installed' % program
    if not {'WIRESHARK_PLUGIN_DIR', 'DBUS_SESSION_BUS_ADDRESS'} <= set(os.environ):
        return 'only ./dev gui and ./dev test give the tests a window'
    return None


WHY_NOT = missing()
collect_ignore_glob = ['test_*.py'] if WHY_NOT else []


def pytest_terminal_summary(terminalreporter):
    if WHY_NOT:
        terminalreporter.write_line('tests/gui skipped: ' + WHY_NOT)


@pytest.fixture(scope='session')
def screen():
    from window import Screen
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture(scope='session')
def tshark():
    """tshark(*arguments, **environment) -> its output; it has the module that the window has."""
    def call(*arguments, **environment):
        done = subprocess.run(['tshark', *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, env={**os.environ, **environment})
        assert done.returncode == 0, done.stderr
        return done.stdout
    return call


@pytest.fixture(scope='session')
def program():
    """program(*arguments) -> output of the command line."""
    def call(*arguments):
        return subprocess.run([ROOT / 'build/stallshark', 'analyze', *map(str, arguments)], capture_output=True,
                              text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL, check=True).stdout
    return call


@pytest.fixture(scope='session')
def report(program):
    return lambda capture: json.loads(program('--format', 'json', capture))


@pytest.fixture(scope='session')
def images(tmp_path_factory):
    """Where pictures go: the folder of the documentation with ./dev refresh images."""
    return pathlib.Path(os.environ.get('SSK_IMAGES') or tmp_path_factory.mktemp('images'))
