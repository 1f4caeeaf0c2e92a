"""What the tests of the window share. `./dev gui` gives them Wireshark with the module, a scratch home, a session bus.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import shutil
import subprocess

import pytest
from _pytest.runner import runtestprotocol

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ['wireshark', 'Xvfb', 'xdotool', 'xprop', 'import']
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


def pytest_runtest_protocol(item, nextitem):
    """A window that a loaded machine keeps waiting is no fault of the module: what fails is tried once more, and said."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    if any(report.failed for report in reports):
        terminal = item.config.pluginmanager.get_plugin('terminalreporter')
        terminal.write_line('%s failed, once more: %s' % (item.name, next(
            report.longreprtext.splitlines()[-1] for report in reports if report.failed)))
        item._initrequest()
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.fixture(scope='session')
def screen():
    from window import Screen
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture(scope='session', autouse=True)
def path():
    """Our program is found, and what Wireshark takes for a browser writes down what it was asked to open."""
    home = pathlib.Path(os.environ['HOME'])
    program = home / 'bin/xdg-open'
    program.parent.mkdir(exist_ok=True)
    program.write_text('#!/bin/sh\necho "$1" >"%s/opened"\n' % home)
    program.chmod(0o755)
    os.environ['PATH'] = '%s:%s:%s' % (program.parent, ROOT / 'build', os.environ['PATH'])


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
