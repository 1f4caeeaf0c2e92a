"""Wireshark sessions with the module: preferences, read filters, live capture, file after file, and switched off.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import itertools
import pathlib
import re
import statistics
import subprocess
import sys

import pytest

from accessible import Timeout, wait
from window import Window

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/golden'))
import pcapfile  # noqa: E402

CAPTURE = ROOT / 'testdata/lock-screen-stall/in.pcap'
UDP = ROOT / 'testdata/udp-bursts-lost/in.pcap'
HOLE = ROOT / 'testdata/capture-hole/in.pcap'
BONJOUR = ROOT / 'testdata/bonjour-bad-txt/in.pcap'
PROFILE = ROOT / 'plugin/profile'
PROTOCOLS = ['stallshark', 'keepalive', 'timesync', 'bonjour', 'gdl90', 'applog']
PROTOCOL, STALL = 4, 5  # columns
ALONE = ['unshare', '--user', '--map-current-user', '--net', '--keep-caps', sys.executable,
         str(pathlib.Path(__file__).with_name('alone.py'))]
REOPENED = 10
GROWTH_BYTES = 500_000  # with each two files


def ends_well(window):
    assert window.close() == 0
    assert window.complaints() == []


def without(tshark, *arguments):
    """What a tshark says that never heard of the module."""
    return tshark(*arguments, WIRESHARK_PLUGIN_DIR='/nowhere')


def find_preference(window, screen, name):
    """Edit > Preferences > Advanced, as a person does it. @return the dialog, and the rows that were found"""
    window.choose('Edit', window.entries('Edit')[-1], modal=True)
    dialog = window.window('Preferences')
    screen.resize('Preferences', 1200, 620)  # all columns of Advanced are on the screen
    pages = wait('the pages', lambda: next(
        (tree for tree in dialog.all('tree') if tree.box[2] and tree.item('^Advanced$')), None))
    screen.click(pages.item('^Advanced$'))
    wait('all preferences', lambda: next(
        (tree for tree in dialog.all('tree') if tree.showing and tree.header()[:2] == ['Name', 'Status']), None))
    entry = wait('the search', lambda: next((text for text in dialog.all('text') if text.showing and text.box[2]), None))
    screen.click(entry)
    screen.hand('type', name)
    return dialog, wait('the preference', lambda: next(
        (tree for tree in dialog.all('tree') if tree.box[2] and tree.item('^%s$' % name) and tree.n_rows < 9), None))


def overwrite(screen, cell, text):
    screen.click(cell, times=2)
    screen.hand('key', 'ctrl+a', 'type', text)
    screen.hand('key', 'Return')


def set_preference(window, screen, name, value):
    dialog, found = find_preference(window, screen, name)
    overwrite(screen, next(cell for cell in found.children() if cell.name == '2s'), value)
    wait('the value', lambda: found.item('^%s$' % value))
    window.dismiss(dialog, 'OK')


@pytest.fixture(scope='module')
def changed(screen):
    """A window whose preferences change."""
    window = Window(screen, '-C', 'stallshark', CAPTURE)
    yield window
    window.close()


def test_a_changed_preference_judges_anew(changed, screen):
    wait('the stall', lambda: changed.packets.cell(164, STALL).name == '1 begins')
    set_preference(changed, screen, 'stallshark.min_gap', '1min')
    wait('no stall', lambda: changed.packets.cell(164, STALL).name == '')


def test_the_table_of_profiles_says_which_one_applies(changed, screen):
    """Bound to a profile that it does not speak, the app's port is not decoded; a name that is none is refused."""
    window = changed
    wait('the first message', lambda: window.packets.cell(13, PROTOCOL).name == 'KeepAlive')
    preferences, found = find_preference(window, screen, 'keepalive.profiles')
    screen.click(next(cell for cell in found.children() if cell.name.startswith('[Managed')), times=2)
    dialog = window.window('Message profiles in use')
    dialog.first('push button').press()
    table = dialog.first('tree')
    wait('a new row', lambda: table.n_rows == 1)
    overwrite(screen, table.cell(0, 3), '5223')
    overwrite(screen, table.cell(0, 1), 'text-line')
    wait('why not', lambda: dialog.first('label', 'text-line: no such message profile; nearest: text-lines'))
    overwrite(screen, table.cell(0, 1), 'text-lines')
    wait('no complaint', lambda: not dialog.first('label', 'text-line: .*'))
    window.dismiss(dialog, 'OK')
    window.dismiss(preferences, 'OK')
    wait('no message', lambda: window.packets.cell(13, PROTOCOL).name == 'TCP')
    ends_well(window)


def repeated(capture, times, path):
    """The same packets over and over, a while later each time."""
    link, packets = pcapfile.read(capture)
    span = packets[-1].time - packets[0].time + 10**9
    pcapfile.write(path, link, [packet._replace(time=packet.time + i * span) for i in range(times) for packet in packets])
    return times * len(packets)


def test_a_report_that_takes_long_can_be_stopped(screen, tmp_path):
    tmp_path.chmod(0o755)
    count = repeated(CAPTURE, 1000, tmp_path / 'long.pcap')
    window = Window(screen, tmp_path / 'long.pcap')
    wait('the rows', lambda: window.packets.n_rows == count)
    progress = next(box for box in window.main.first('status bar').all()
                    if any(child.role == 'progress bar' for child in box.children()))
    stop = progress.first('push button')  # now: while packets are read, answers take long
    window.choose('Tools', 'Stallshark', 'Report', modal=True)
    wait('the stop button', lambda: stop.showing)
    stop.press()
    text = wait('the report', lambda: window.window('Stallshark: Report').first('text').text)
    assert re.search(r'read error +reading was stopped', text)
    read = int(re.search(r'\b(\d+) packets, ', ' '.join(text.split())).group(1))
    assert 0 < read < count
    ends_well(window)


def test_a_read_filter_leaves_the_stall_what_it_was(screen, tshark):
    passing = tshark('-2', '-r', CAPTURE, '-R', 'tcp.stream == 0', '-T', 'fields', '-e', 'stallshark.stall.role',
                     '-e', 'stallshark.stall.duration').splitlines()
    window = Window(screen, '-C', 'stallshark', '-R', 'tcp.stream == 0', CAPTURE)
    wait('the rows', lambda: window.packets.n_rows == len(passing))
    before = next(i for i, line in enumerate(passing) if line.startswith('1'))
    window.choose('Tools', 'Stallshark', 'Next Stall')
    wait('where it begins', lambda: window.selected() == before + 1)
    assert window.packets.cell(before, STALL).name == '1 begins'
    assert any('for 31.4 s, most likely radio off' in text for text in window.tell())
    ends_well(window)


def filter_until_found(window, text):
    """What is known in hindsight stands in the packets that are read again: as a user does, with Return."""
    for _ in range(20):
        window.filter(text)
        try:
            return wait(text, lambda: 0 < window.packets.n_rows < 20, 3)
        except Timeout:
            pass
    raise Timeout('never found ' + text)


def test_a_live_capture_shows_the_stall_while_it_runs(screen):
    if subprocess.run(ALONE + ['true'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        pytest.skip('no network namespaces for an unprivileged user here')
    window = Window(screen, '-C', 'stallshark', '-o', 'stallshark.min_gap:500ms', '-o', 'gui.ask_unsaved:FALSE',
                    '-i', 'lo', '-k', wrapper=ALONE)
    wait('packets', lambda: window.packets.n_rows > 200)
    filter_until_found(window, 'stallshark.stall.role == 2')
    assert re.fullmatch(r'\d+ ends', window.packets.cell(0, STALL).name)
    window.choose('Tools', 'Stallshark', 'Report')
    report = window.window('Stallshark: Report')
    wait('a report', lambda: 'INCIDENT 1' in report.first('text').text)
    window.dismiss(report)  # it may lie over the filter
    window.filter('stallshark.overdue')  # told while it is silent
    wait('who is silent now', lambda: window.packets.n_rows > 0)
    assert re.match(r'127\.0\.0\.1 has been silent for \d', window.packets.cell(0, STALL).name)
    window.choose('Capture', 'Stop')
    window.filter('')
    wait('all packets', lambda: window.packets.n_rows > 200)
    ends_well(window)


# ---- file after file in one window ----

def open_again(window, path, rows):
    window.choose('File', 'Open Recent', str(path))
    wait(path.parent.name, lambda: window.packets.n_rows == rows[path])


@pytest.fixture(scope='module')
def rows(report):
    return {path: report(path)['inputs'][0]['packets'] for path in (CAPTURE, UDP, HOLE, BONJOUR)}


@pytest.fixture(scope='module')
def window(screen):
    window = Window(screen, '-C', 'stallshark', CAPTURE, recent=(CAPTURE, UDP, HOLE, BONJOUR))
    yield window
    window.close()


def test_file_after_file_the_tables_tell_of_the_open_one(window, rows):
    for path, name in ((UDP, 'UDP on and off'), (BONJOUR, 'Bonjour services'), (HOLE, 'Measurement faults')):
        open_again(window, path, rows)
        table = window.table(name)
        wait('rows of ' + name, lambda: table.n_rows > 0)
        window.dismiss(window.window('Stallshark: ' + name))


def test_a_hole_of_the_capture_has_its_colour(window, screen, rows):
    rule = next(line for line in PROFILE.joinpath('colorfilters').read_text().splitlines() if '@stallshark.fault@' in line)
    violet = '#' + ''.join('%02x' % (int(value) >> 8) for value in re.findall(r'\d+', rule.split('@')[3])[:3])
    open_again(window, HOLE, rows)
    window.filter('stallshark.fault')
    wait('packets beside the hole', lambda: 1 < window.packets.n_rows < 20)
    cell = window.packets.cell(1, 0)  # the first is selected, and so blue
    wait('violet', lambda: screen.colors(cell.box).get(violet, 0) > 50)
    window.filter('')
    wait('all packets', lambda: window.packets.n_rows == rows[HOLE])


@pytest.mark.parametrize('capture, drawn', [
    (CAPTURE, {'Longest gap [s]', 'Keep-alive round trip [s]', 'Clock offset [s]'}), (UDP, {'UDP burst so far [bytes]', 'UDP burst before a pause [bytes]'})],
    ids=['lock-screen-stall', 'udp-bursts-lost'])
def test_each_graph_of_the_profile_shows_what_there_is(window, screen, rows, capture, drawn):
    colors = dict(re.findall(r'"\w+","(.*?)",".*?","(#\w+)"', PROFILE.joinpath('io_graphs').read_text()))
    open_again(window, capture, rows)
    window.choose('Statistics', 'I/O Graphs')
    dialog = window.window('I/O Graphs')
    screen.resize('I/O Graphs', 902, 760)
    between = next(grip for grip in dialog.all('grip') if grip.box[2])
    screen.drag(between, -200)
    graphs = dialog.first('tree')
    plot = next(filler for filler in dialog.all('filler') if filler.box[3] > 100 and not filler.children())
    names = list(colors)
    wait('the graphs', lambda: [row[1] for row in graphs.rows()] == names)

    def tick(name):
        x, y, _, height = graphs.cell(names.index(name), 0).box
        screen.hand('mousemove', x + 8, y + height // 2, 'click', 1)

    def pixels(name):
        dialog.first('push button', 'Reset').press()  # the axes are not fitted to a graph that comes later
        return screen.colors(plot.box).get(colors[name], 0)

    tick('Longest gap [s]')  # it is on at first
    for name in drawn:
        tick(name)
        wait(name, lambda: pixels(name) > 5)
        tick(name)
        wait('no ' + name, lambda: pixels(name) == 0)
    window.dismiss(dialog)


def test_txt_strings_are_the_same_when_a_packet_is_shown_again(window, screen, rows, tshark):
    lines = [line.lstrip() for line in tshark('-2', '-V', '-r', BONJOUR, '-Y', 'frame.number == 3').splitlines()]
    ours = lines[lines.index('[Bonjour (DNS-Based Service Discovery)]'):]
    told = [line for line in ours if line.startswith('TXT: ')]
    assert len(told) > 4
    open_again(window, BONJOUR, rows)
    window.filter('bonjour.txt')
    wait('the announcements', lambda: 2 < window.packets.n_rows < 100)
    screen.click(window.packets.cell(0, 0))
    wait('the first', lambda: window.selected() == 3)
    window.expand(r'^\[Bonjour', r'^TXT ')

    def strings():
        return [text for text in window.tell() if text.startswith('TXT: ')]

    wait('its strings', lambda: strings() == told)
    screen.click(window.packets.cell(1, 0))
    wait('another', lambda: window.selected() != 3)
    screen.click(window.packets.cell(0, 0))
    wait('the first again', lambda: window.selected() == 3)
    wait('its strings again', lambda: strings() == told)


def test_nothing_was_said_on_stderr_and_it_ends_well(window):
    ends_well(window)


def growth(screen, rows, **options):
    """Bytes that a session takes more with each two files that are opened in turn: the median over all pairs of rounds,
    without the first, in which much is made that stays."""
    window = Window(screen, CAPTURE, recent=(HOLE,), **options)
    sizes = []
    for _ in range(REOPENED):
        for path in (HOLE, CAPTURE):
            open_again(window, path, rows)
        sizes.append(window.memory())
    ends_well(window)
    rounds = list(enumerate(sizes))[1:]
    return statistics.median((b - a) / (j - i) for (i, a), (j, b) in itertools.combinations(rounds, 2))


def test_no_memory_stays_behind_closed_files(screen, rows):
    """Wireshark 4.0 itself takes more with every file that is opened: what counts is what the module adds."""
    alone = growth(screen, rows, wrapper=['env', 'WIRESHARK_PLUGIN_DIR=/nowhere'])
    assert growth(screen, rows) - max(alone, 0) < GROWTH_BYTES


@pytest.mark.parametrize('capture', [CAPTURE, UDP, BONJOUR], ids=lambda path: path.parent.name)
def test_switched_off_it_changes_nothing_in_the_dissection(capture, tshark):
    off = [word for name in PROTOCOLS for word in ('--disable-protocol', name)]
    assert tshark('-2', '-V', '-r', capture, *off) == without(tshark, '-2', '-V', '-r', capture)


def test_switched_off_the_window_is_as_without_it(screen, tshark):
    off = [word for name in PROTOCOLS for word in ('--disable-protocol', name)]
    told = [line.replace('\t→\t', '\t').split('\t') for line in without(
        tshark, '-2', '-T', 'tabs', '-r', CAPTURE).splitlines()]
    window = Window(screen, *off, CAPTURE)
    wait('the rows', lambda: window.packets.n_rows == len(told))
    for number in range(0, len(told), 60):
        assert window.packets.row(number) == [cell.strip() for cell in told[number]]
    assert not any('Stallshark' in text for text in window.tell())
    ends_well(window)
