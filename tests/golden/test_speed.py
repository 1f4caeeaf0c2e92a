"""What a packet costs, in instructions: the same on every machine, unlike time. The bounds are 3 % above what was
measured when they were set (./dev bench gives times).

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
import hostile  # noqa: E402

# name, what makes a capture of so many packets, two sizes, instructions per packet that were measured
KINDS = {
    'keep-alives': (lambda n: bench.generate('generate', n, 50), (20_000, 60_000), 3958),
    'keep-alives as pcapng': (lambda n: bench.as_pcapng(bench.generate('generate', n, 50)), (20_000, 60_000), 4091),
    'a UDP stream': (lambda n: bench.generate('generate_udp', n), (20_000, 60_000), 3592),
    'short connections': (lambda n: bench.connections(n // 10), (5_000, 25_000), 5097),
    'discovery': (bench.discovery, (4_000, 12_000), 7774),
    'stalls of one outage': (lambda n: hostile.made('stalls', n), (4_000, 12_000), 150380),
}


def instructions(program, capture, folder):
    out = folder / (pathlib.Path(capture).name + '.callgrind')
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=%s' % out, str(program), 'analyze',
                           str(capture)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    return int(re.search(r'Collected : (\d+)', done.stderr)[1])


@pytest.mark.skipif(not shutil.which('valgrind'), reason='valgrind is not installed')
@pytest.mark.skipif(not shutil.which('cc'), reason='no C compiler')
@pytest.mark.xdist_group('bench')  # one worker makes the captures, of which some are of two kinds
@pytest.mark.parametrize('kind', KINDS)
def test_a_packet_costs_so_many_instructions(tmp_path, kind):
    bench.FOLDER.mkdir(parents=True, exist_ok=True)
    make, (few, many), measured = KINDS[kind]
    spent = [instructions(bench.PROGRAM, make(n), tmp_path) for n in (few, many)]
    cost = (spent[1] - spent[0]) / (many - few)
    print('%s: %.0f instructions per packet' % (kind, cost))
    assert cost < 1.03 * measured
