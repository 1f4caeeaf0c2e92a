"""A capture that takes Wireshark longer to read than it takes to draw: what is shown is all of it, not the beginning.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import sys

import pytest

from accessible import wait
from window import Window

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'golden'))
import captures  # noqa: E402
from table_rows import TABLES, verdicts, wrong  # noqa: E402


LONG = 300  # seconds: Wireshark reads all packets for each table, and a busy machine takes its time


@pytest.fixture(scope='module')
def crowd(tmp_path_factory):
    """200 keep-alive connections and a sender in bursts, 200 000 packets."""
    folder = tmp_path_factory.mktemp('crowd')
    for place in (folder, folder.parent):
        place.chmod(0o755)
    (folder / 'crowd.pcap').write_bytes(captures.pcap(captures.crowd()))
    return folder / 'crowd.pcap'


@pytest.fixture(scope='module')
def told(crowd, report, program):
    return {**report(crowd), 'words': verdicts(program('--verbose', crowd))}


@pytest.fixture(scope='module')
def window(screen, crowd, told):
    window = Window(screen, '-C', 'stallshark', crowd)
    wait('the packets', lambda: window.packets.n_rows == told['inputs'][0]['packets'], LONG)
    yield window
    window.close()


def comparable(name, rows):
    """With the one number that is no text as Wireshark 4.0 shows it, with six decimals; 4.6 shows nine."""
    return [[*row[:2], '%.6f' % float(row[2]), *row[3:]] if name == 'stalls' else row for row in rows]


@pytest.mark.parametrize('name, title', [
    ('stalls', 'Stalls'), ('flows', 'Flows'), ('keepalives', 'Keep-alives'), ('udp', 'UDP on and off'),
    ('findings', 'Findings')])
def test_each_cell_of_a_table_is_the_reports(window, told, name, title):
    """Wireshark draws a table while it reads, and again at the end: all of it, not the beginning."""
    want = comparable(name, TABLES[name](told))
    assert want
    table = window.table(title)
    wait('as many rows as the report has', lambda: table.n_rows == len(want), LONG)
    # The last number comes last: all others are there when it is right.
    wait('the last row', lambda: not wrong(want[-1:], comparable(name, [table.row(len(want) - 1)]), title), LONG)
    assert wrong(want, comparable(name, table.rows()), title) == []


def test_it_ends_well(window):
    assert window.close() == 0
    assert window.complaints() == []
