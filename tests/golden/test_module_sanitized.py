"""The module under AddressSanitizer and UndefinedBehaviorSanitizer in the stock tshark, whose critical messages end it.

Each planted case in two passes, every fourth in one, too. Of the public captures every third by itself (all of them with
SSK_ALL_CAPTURES in the environment), and the packets of a folder as one capture.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'hostile'))
import mutate  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLIC = ROOT.parent / 'shared/captures/public'
CASES = sorted((ROOT / 'testdata').glob('*/in.pcap*'))
CUT_SHORT = 2  # tshark's status for a file that ends inside a packet


@pytest.fixture(scope='module', autouse=True)
def module():
    found = list(ROOT.glob('build-dev/plugins/*/epan/stallshark.so'))
    if not found and 'SSK_PROGRAM' in os.environ:
        pytest.skip('SSK_PROGRAM is tested: nothing was built under sanitizers')
    if not found:
        pytest.fail('build-dev/plugins/*/epan/stallshark.so is missing: run ./dev test')
    return found[0]


def sanitized(*arguments):
    environment = {**os.environ, 'SSK_BUILT': '1', 'SSK_MODULE_BUILD': 'build-dev', 'WIRESHARK_LOG_FATAL': 'critical'}
    done = subprocess.run([str(ROOT / 'dev'), 'tshark', *map(str, arguments)], env=environment, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=300)
    error = done.stderr.decode(errors='replace')
    assert 'Sanitizer' not in error and 'runtime error:' not in error, error[-4000:]
    return done, error


def test_the_module_is_really_watched(module):
    assert b'__asan_init' in module.read_bytes()


def as_one(folder, captures):
    """The packets of all of them, one capture after the other."""
    path = folder / 'all.pcapng'
    path.write_bytes(mutate.write_pcapng([record for capture in captures for record in mutate.read(capture)]))
    folder.chmod(0o755)
    return path


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_planted_cases(capture):
    done, error = sanitized('-2', '-r', capture, '-V', '-z', 'stallshark,report')
    assert done.returncode == 0, error


@pytest.mark.parametrize('capture', CASES[::4], ids=lambda path: path.parent.name)
def test_planted_cases_in_one_pass(capture):
    done, error = sanitized('-r', capture, '-V', '-z', 'stallshark,report')
    assert done.returncode == 0, error


@pytest.mark.skipif(not PUBLIC.is_dir(), reason='../shared/captures is not here')
@pytest.mark.parametrize('folder', ['malformed', 'odd-linktypes', 'process-info', 'bonjour'])
def test_public_captures(folder, tmp_path):
    found = sorted((PUBLIC / folder).iterdir())
    sample = found if os.environ.get('SSK_ALL_CAPTURES') else found[::3]
    for capture in [*sample, as_one(tmp_path, found)]:
        done, error = sanitized('-2', '-r', capture, '-V', '-z', 'stallshark,report,json')
        assert done.returncode in (0, CUT_SHORT), (capture.name, error)
