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
def told(crowd, report):
    return report(crowd)


@pytest.fixture(scope='module')
def window(screen, crowd, told):
    window = Window(screen, '-C', 'stallshark', crowd)
    wait('the packets', lambda: window.packets.n_rows == told['inputs'][0]['packets'], LONG)
    yield window
    window.close()


def columns(table, *titles):
    """The rows, of these columns."""
    header = table.header()
    places = [header.index(title) for title in titles]
    return [[table.cell(row, place).name.strip() for place in places] for row in range(table.n_rows)]


def shows(window, name, titles, rows):
    table = window.table(name)
    wait('as many rows as the report has', lambda: table.n_rows == len(rows), LONG)
    # The last number comes last: all others are there when it is right.
    wait('the report\'s numbers in ' + name, lambda: columns(table, *titles) == rows, LONG)


def test_flows_counts_all_packets(window, told):
    shows(window, 'Flows', ('Flow', 'Packets', 'Bytes'), [
        [str(flow['id']), str(side['packets']), str(side['bytes'])]
        for flow in told['flows'] for side in flow['directions']])


def test_udp_counts_all_cycles(window, told):
    shows(window, 'UDP on and off', ('Cycles', 'Packets'), [
        [str(row['on_off']['cycles']), str(row['packets'])] for row in told['udp']])


def test_keepalives_counts_all_pings(window, told):
    shows(window, 'Keep-alives', ('Flow', 'Pings', 'Pongs'), [
        [str(flow['id']), str(flow['keepalive']['pings']), str(flow['keepalive']['pongs'])]
        for flow in told['flows'] if flow['keepalive']])


def test_stalls_knows_where_each_begins_and_ends(window, told):
    assert len(told['stalls']) >= 10
    shows(window, 'Stalls', ('Stall', 'Last frame before', 'First frame after'), [
        [str(stall[key] or '') for key in ('id', 'frame_before', 'frame_after')] for stall in told['stalls']])


def test_it_ends_well(window):
    assert window.close() == 0
    assert window.complaints() == []
