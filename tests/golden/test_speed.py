"""What a packet costs, in instructions: the same on every machine, unlike time. The bound is a third above what was
measured when it was set (./dev bench gives times).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import cases

sys.path.insert(0, str(cases.ROOT / 'tests/bench'))
import bench  # noqa: E402

BOUND = 7400


def instructions(program, capture, folder):
    out = folder / (pathlib.Path(capture).name + '.callgrind')
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=%s' % out, str(program), 'analyze',
                           str(capture)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    return int(re.search(r'Collected : (\d+)', done.stderr)[1])


@pytest.mark.skipif(not shutil.which('valgrind'), reason='valgrind is not installed')
@pytest.mark.skipif(not shutil.which('cc'), reason='no C compiler')
def test_a_packet_costs_so_many_instructions(tmp_path):
    bench.FOLDER.mkdir(parents=True, exist_ok=True)
    few, many = (bench.generate('generate', n, 50) for n in (20_000, 60_000))
    cost = (instructions(bench.PROGRAM, many, tmp_path) - instructions(bench.PROGRAM, few, tmp_path)) / 40_000
    print('%.0f instructions per packet' % cost)
    assert cost < BOUND
