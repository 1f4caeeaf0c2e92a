"""What the tests of the whole program share.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import functools
import json
import os
import pathlib
import shutil
import subprocess

import pytest

import hosts

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared'
TIMEOUT = 300


def pytest_configure(config):
    config.addinivalue_line('markers', 'xdist_group(name): tests that ask about the same capture, for one worker')


def pytest_collection_modifyitems(items):
    """What was found out about a capture is kept, by the worker that did: its tests go to the same one."""
    for item in items:
        for value in item.callspec.params.values() if hasattr(item, 'callspec') else ():
            if isinstance(value, pathlib.Path):
                case = value.parents[1] == ROOT / 'testdata'
                item.add_marker(pytest.mark.xdist_group(value.parent.name if case else value.name))
            elif isinstance(value, str) and (ROOT / 'testdata' / value / 'case.toml').exists():
                item.add_marker(pytest.mark.xdist_group(value))


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
    """Without sanitizers, for tests that judge what is said about a great many captures."""
    return pathlib.Path(os.environ.get('SSK_PROGRAM') or built(ROOT / 'build/stallshark', './dev build'))


def find_of_tests(name):
    """What tests/CMakeLists.txt builds, of whichever build there is."""
    paths = [ROOT / build / 'tests' / name for build in ('build-dev', 'build')]
    return next((path for path in paths if path.exists()), None) or built(paths[0], './dev test')


@pytest.fixture(scope='session')
def of_tests():
    return find_of_tests


@pytest.fixture(scope='session')
def report_sample():
    """report_sample(format, ...) -> the bytes of a report made by hand (tests/unit/report_sample.c)."""
    def call(*arguments):
        done = subprocess.run([str(find_of_tests('report_sample')), *arguments], capture_output=True, timeout=60)
        assert done.returncode == 0 and not done.stderr, done.stderr.decode(errors='replace')
        return done.stdout
    return call


@pytest.fixture(scope='session')
def shared():
    """The folder of captures that are not ours to give away."""
    if not (SHARED / 'captures').is_dir():
        pytest.skip('../shared/captures is not here')
    return SHARED


def runner(program):
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
def run(program):
    """run(*arguments) -> CompletedProcess with text output; a sanitizer's report fails the test."""
    return runner(program)


@pytest.fixture(scope='session')
def fast_run(release_program):
    """The same with the release build."""
    return runner(release_program)


def stays(arguments):
    """Whether all that they name is in testdata/, so that a second run would say the same."""
    paths = [pathlib.Path(argument) for argument in map(str, arguments) if '/' in argument]
    return paths and all(ROOT / 'testdata' in path.parents for path in paths)


def reporter(run):
    kept = {}

    def call(*arguments):
        key = tuple(map(str, arguments))
        text = kept.get(key)
        if text is None:
            done = run('analyze', '--format', 'json', *arguments)
            assert done.returncode == 0, done.stderr
            text = done.stdout
            if stays(arguments):
                kept[key] = text
        return json.loads(text)
    return call


@pytest.fixture(scope='session')
def report(run):
    """report(*arguments) -> the JSON report as a dict; any exit but 0 fails."""
    return reporter(run)


@pytest.fixture(scope='session')
def fast_report(fast_run):
    """The same of the release build."""
    return reporter(fast_run)


@pytest.fixture(scope='session')
def schema(root):
    jsonschema = pytest.importorskip('jsonschema')
    schema = json.loads((root / 'report/schema.json').read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@pytest.fixture(scope='session')
def check(schema):
    """check(report): it fits, and holds no key that the schema does not describe."""
    jsonschema = pytest.importorskip('jsonschema')
    validator = jsonschema.Draft202012Validator(schema)
    closed = jsonschema.Draft202012Validator(close(schema))

    def call(report):
        for one in (validator, closed):
            errors = ['%s: %s' % ('/'.join(map(str, error.absolute_path)), error.message[:300])
                      for error in one.iter_errors(report)]
            assert not errors, '\n'.join(errors[:20])
    return call


@pytest.fixture(scope='session')
def compare(run, check):
    """compare(*arguments) -> the report of `stallshark compare`, which fits the schema."""
    def call(*arguments):
        done = run('compare', '--format', 'json', *arguments)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        check(report)
        return report
    return call


def close(node):
    """The schema with every described object closed: users may meet new keys, our own output may not."""
    if isinstance(node, list):
        return [close(part) for part in node]
    if not isinstance(node, dict):
        return node
    closed = {key: close(value) for key, value in node.items()}
    if node.get('type') == 'object' and 'required' in node:
        closed['additionalProperties'] = False
    return closed


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


@pytest.fixture(scope='session')
def told_by_tshark(tshark):
    """told_by_tshark(capture, *passes) -> hosts.Told, of a capture in testdata/ once."""
    return functools.cache(functools.partial(hosts.told, tshark))


@pytest.fixture(scope='session')
def frames_of_tshark(tshark):
    """frames_of_tshark(capture) -> hosts.frames(), of a capture in testdata/ once."""
    return functools.cache(functools.partial(hosts.frames, tshark))


# What a stock tshark prints about a frame.
FIELDS = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len', 'frame.md5_hash', 'frame.encap_type',
          'frame.interface_name', 'frame.packet_flags']


@pytest.fixture
def stock():
    """stock(file, *more fields) -> rows of fields, read by a tshark without our module."""
    if not shutil.which('tshark'):
        pytest.skip('no tshark')

    def call(path, *more):
        command = ['tshark', '-r', path, '-o', 'frame.generate_md5_hash:TRUE', '-T', 'fields', '-n']
        command += [word for field in FIELDS + list(more) for word in ('-e', field)]
        environment = {**os.environ, 'WIRESHARK_PLUGIN_DIR': '/nonexistent'}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, errors='replace')
        return [line.split('\t') for line in done.stdout.splitlines()], done.stderr
    return call


def instant(text):
    """Nanoseconds; tshark prints a fraction beyond a second as it stands in the file."""
    seconds, _, fraction = text.partition('.')
    return int(seconds) * 10**9 + int(fraction)


def public_captures(shared, sample):
    """Those of `sample`; with SSK_ALL_CAPTURES in the environment all of them."""
    folder = shared / 'captures/public'
    if not os.environ.get('SSK_ALL_CAPTURES'):
        return [folder / name for name in sample]
    return [path for path in sorted(folder.glob('*/*')) if path.parent.name != 'reference']


@pytest.fixture
def file_system(tmp_path):
    """file_system(options, command) -> (status, standard error, names left): the command, a list in which {} stands
    for a folder, runs with a tmpfs mounted there with those options."""
    def call(options, command):
        folder = tmp_path / 'mounted'
        folder.mkdir(exist_ok=True)
        script = 'mount -t tmpfs -o "$1" none "$2" || exit 99; shift; folder=$1; shift; "$@"; status=$?; ls -A "$folder"; exit $status'
        words = [str(word).replace('{}', str(folder)) for word in command]
        done = subprocess.run(['unshare', '--mount', 'sh', '-c', script, 'sh', options, str(folder), *words],
                              capture_output=True, text=True, timeout=TIMEOUT)
        if done.returncode == 99 or 'unshare' in done.stderr:
            pytest.skip('no file system can be mounted here: %s' % done.stderr.strip()[:200])
        return done.returncode, done.stderr, done.stdout.split()
    return call
