"""The module in the real Wireshark window: what is shown, what the menus do, and that nothing else changes.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

import pytest

from accessible import wait
from window import Window

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURE = ROOT / 'testdata/lock-screen-stall/in.pcap'
COLUMNS = ['No.', 'Time', 'Source', 'Destination', 'Protocol', 'Stall', 'Silence', 'Cause', 'Gap', 'Info']
STALL = COLUMNS.index('Stall')
TABLES = ['Stalls', 'Flows', 'Keep-alives', 'UDP on and off', 'Clocks', 'Bonjour services', 'Measurement faults',
          'Findings']


@pytest.fixture(scope='module')
def window(screen):
    """One window for all that only looks; what is opened stays open until the end."""
    window = Window(screen, '-C', 'stallshark', CAPTURE)
    yield window
    window.close()


@pytest.fixture(scope='module')
def saver(screen, tmp_path_factory):
    """(window, folder): what is saved lands beside the capture, so it has a copy; one window for all, as one saves."""
    folder = tmp_path_factory.mktemp('saved')
    for place, mode in ((folder.parent, 0o755), (folder, 0o777)):
        place.chmod(mode)
    shutil.copy(CAPTURE, folder / 'in.pcap')
    own = Window(screen, '-C', 'stallshark', folder / 'in.pcap')
    yield own, folder
    assert own.close() == 0
    assert own.complaints() == []


@pytest.fixture(scope='module')
def stalls(report):
    return report(CAPTURE)['stalls']


def colour_rules():
    """{filter: background as '#rrggbb'} of the profile."""
    rules = {}
    for line in (ROOT / 'plugin/profile/colorfilters').read_text().splitlines():
        if line.startswith('@'):
            _, _, text, colors = line.split('@', 3)
            rules[text] = '#' + ''.join('%02x' % (int(value) >> 8) for value in
                                        re.match(r'\[(\d+),(\d+),(\d+)\]', colors).groups())
    return rules


def background(screen, node):
    found = screen.colors(node.box)
    return max(found, key=found.get)


def shown(window, count):
    wait('%d rows' % count, lambda: window.packets.n_rows == count)
    return window.packets


# ---- the packet list ----

def test_the_columns_are_the_profiles(window):
    assert shown(window, 540).header() == COLUMNS
    widths = [window.packets.cell(0, i).box[2] for i in range(len(COLUMNS))]
    assert widths[0] > 60 and widths[STALL] > 120  # four digits; "1 retransmission"


def test_the_cells_are_those_of_tshark(window, tshark):
    told = [line.replace('\t→\t', '\t').split('\t') for line in tshark(
        '-2', '-C', 'stallshark', '-T', 'tabs', '-r', CAPTURE).splitlines()]
    for number in sorted({*range(0, 540, 60), 164, 169, 331, 342, 352, 354}):
        assert window.packets.row(number) == [cell.strip() for cell in told[number]]


def test_a_filter_button_shows_the_stall_in_its_colours(window, screen, tshark, images):
    roles = tshark('-2', '-r', CAPTURE, '-Y', 'stallshark.stall.id', '-T', 'fields', '-e',
                   'stallshark.stall.role').splitlines()
    screen.click(window.main.first('push button', 'Stalls') or window.main.first(None, 'Stalls'))
    packets = shown(window, len(roles))
    rules = colour_rules()
    of_role = {'1': 'stallshark.stall.role in {1, 2}', '2': 'stallshark.stall.role in {1, 2}',
               '3': 'stallshark.stall.role == 3', '4': 'stallshark.stall.role == 4'}
    for row, role in list(enumerate(roles))[1:]:  # the first is selected, and so blue
        cell = packets.cell(row, 0)
        wait('the color of row %d' % row, lambda: background(screen, cell) == rules[of_role[min(role.split(','))]])
    screen.picture(images / 'stalls.png', (0, 0, screen.width, 420))


def test_one_click_on_a_stall_tells_who_how_long_why_and_what_speaks_against_it(window, screen, stalls, images):
    """As a screen reader reads it, with nothing opened and nothing cut off."""
    number = [row[0] for row in window.packets.rows()].index(str(stalls[0]['frame_after']))
    screen.click(window.packets.cell(number, 0))
    wait('the packet', lambda: window.selected() == stalls[0]['frame_after'])
    told = wait('an open stall', lambda: next(
        (lines for lines in [window.tell()] if any(line.startswith('[Ruled out') for line in lines)), None))
    told = told[next(i for i, line in enumerate(told) if line.startswith('[Stallshark')):]
    who = '10.236.115.56 was not heard by 10.236.115.15 for 31.4 s'
    assert ', stall 1 ends with this packet: %s, most likely radio off (10.236.115.56)' % who in told[0]
    assert told[1:3] == ['[Stall 1 ends with this packet: %s]' % who,
                         '[Most likely radio off (10.236.115.56); also possible: loss towards the server, path dead '
                         'both ways.]']
    assert told[3].startswith('[Seen: the server retransmitted 3 packets without an acknowledgment')
    against = next(line for line in told if line.startswith('[Ruled out, host asleep (10.236.115.56): '))
    right = window.details.box[0] + window.details.box[2]
    for line in (told[0], told[1], told[2], told[3], against):
        item = next(child for child in window.details.children() if child.name == line)
        wait('all of "%s"' % line, lambda: item.box[0] + screen.width_of(line) < right)


def test_a_link_leads_from_one_end_of_a_stall_to_the_other(window, screen, stalls):
    assert '[Cause: %s]' % stalls[0]['verdict'][0] in window.tell()
    link = window.details.item(r'^\[Last packet before: %d\]' % stalls[0]['frame_before'])
    window.show(link)
    screen.click(link, times=2)
    wait('the other end', lambda: window.selected() == stalls[0]['frame_before'])


def test_a_display_filter_shows_what_it_says(window, tshark):
    text = 'stallshark.gap > 1'
    count = len(tshark('-2', '-r', CAPTURE, '-Y', text).splitlines())
    assert count
    window.filter(text)
    shown(window, count)
    window.filter('')
    shown(window, 540)


# ---- Tools > Stallshark ----

def test_the_menu_is_in_the_order_of_use(window):
    assert window.entries('Tools', 'Stallshark') == [
        'Stalls', 'Next Stall', 'Previous Stall', 'Filter on Stall', 'Report', 'Report in Browser',
        'Report on Displayed Packets', 'Copy for a Ticket', 'Save Report', 'Bundle for a Bug Report', 'Tables', 'Help']
    assert window.entries('Tools', 'Stallshark', 'Save Report') == ['as HTML', 'as Markdown', 'as Text', 'as JSON']
    assert window.entries('Tools', 'Stallshark', 'Bundle for a Bug Report') == [
        'without Payload', 'without Payload and Addresses', 'with Everything']
    assert window.entries('Tools', 'Stallshark', 'Tables') == TABLES[1:]
    assert not [name for name in window.entries('Statistics') if name.startswith('Stallshark:')]


def stall_list(window):
    return next(combo for combo in window.main.all('combo box') if 'choose one' in combo.name)


def test_the_toolbar_lists_the_stalls_and_goes_to_the_one_that_is_chosen(window, screen, stalls):
    choice = wait('the list', lambda: stall_list(window))
    assert choice.name == '3 stalls: choose one' and choice.showing
    window.pick(choice, r'2: 10\.236\.115\.56 was not heard by 10\.236\.115\.15 for 31\.38 s: '
                        r'radio off \(10\.236\.115\.56\), or 2 more')
    wait('its last packet before', lambda: window.selected() == stalls[1]['frame_before'])
    for name in ('Previous Stall', 'Next Stall', 'Filter on Stall', 'Report'):
        assert next(button for button in window.main.all('push button', name) if button.showing)


def test_a_button_of_the_toolbar_goes_to_the_next_stall(window, screen, stalls):
    window.choose('Go', 'First Packet')
    wait('the first packet', lambda: window.selected() == 1)
    screen.click(next(button for button in window.main.all('push button', 'Next Stall') if button.showing))
    wait('the first stall', lambda: window.selected() == min(stall['frame_before'] for stall in stalls))


def test_the_conversation_filter_leaves_the_stall_of_this_conversation(window, stalls, tshark):
    window.choose('Analyze', 'Conversation Filter', 'Stall of this conversation')
    shown(window, len(tshark('-r', CAPTURE, '-Y', stalls[0]['filter']).splitlines()))
    window.filter('')
    shown(window, 540)


def test_next_and_previous_go_from_stall_to_stall(window, screen, stalls, images):
    window.choose('Go', 'First Packet')
    wait('the first packet', lambda: window.selected() == 1)
    ends = sorted(stall['frame_before'] for stall in stalls)
    for step, frames in (('Next Stall', [*ends, ends[0]]), ('Previous Stall', [ends[-1]])):
        for frame in frames:
            window.choose('Tools', 'Stallshark', step)
            wait('%s to %d' % (step, frame), lambda: window.selected() == frame)
    window.choose('Tools', 'Stallshark', 'Next Stall')
    wait('the first stall', lambda: window.selected() == ends[0])
    screen.picture(images / 'next-stall.png')


def test_filter_on_a_stall_leaves_its_packets(window, stalls, tshark):
    window.choose('Tools', 'Stallshark', 'Filter on Stall')
    count = len(tshark('-r', CAPTURE, '-Y', stalls[0]['filter']).splitlines())
    shown(window, count)
    window.filter('')
    shown(window, 540)


def words_of(text, begin):
    """What the report says from there on, but for the drawing, which is as wide as the window, and for how the file was read."""
    lines = text[text.index(begin):text.index('\nTHE CAPTURE, ')].splitlines()
    return ' '.join(line for line in lines if '^' not in line and not re.search(r'\S{40}', line)).split()


def test_the_report_is_the_command_lines(window, screen, program, images):
    window.choose('Tools', 'Stallshark', 'Report')
    text = wait('the report', lambda: next(
        node.text for node in window.window('Stallshark: Report').all('text') if 'INCIDENT 1' in node.text))
    assert words_of(text, 'One incident: ') == words_of(program(CAPTURE), 'One incident: ')
    sentences = text[:re.search(r'\n(OTHER )?FLOWS', text).start()].splitlines()
    assert max(len(line) for line in sentences if 'filter' not in line) <= 72  # what the window shows


def test_the_report_on_displayed_packets_is_of_those(window, tshark):
    window.filter('tcp.stream == 0')
    wait('fewer rows', lambda: window.packets.n_rows < 540)
    window.choose('Tools', 'Stallshark', 'Report on Displayed Packets')
    told = tshark('-q', '-r', CAPTURE, '-z', 'stallshark,report,tcp.stream == 0')
    packets = re.search(r'\d+ packets, \d+ bytes', ' '.join(told.split())).group()
    text = wait('the report', lambda: next(
        (node.text for other in window.titled('Stallshark: Report') for node in other.all('text')
         if packets in ' '.join(node.text.split())), None))
    assert words_of(text, 'INCIDENT 1') == words_of(told, 'INCIDENT 1')
    window.filter('')
    shown(window, 540)


def without_host(report):
    """The lines that are the same whoever wrote them."""
    return [line for line in report.splitlines()
            if not re.search(r'in\.pcap|"host"|stallshark \d+\.\d+', line)]


def test_the_report_opens_in_the_browser(window, program):
    """`xdg-open` of the test takes the place of a browser."""
    window.choose('Tools', 'Stallshark', 'Report in Browser')
    opened = pathlib.Path(os.environ['HOME']) / 'opened'
    url = wait('the browser', lambda: opened.exists() and opened.read_text().strip())
    page = pathlib.Path(url.removeprefix('file://'))
    assert without_host(page.read_text()) == without_host(program('--format', 'html', CAPTURE))


def test_the_report_is_copied_for_a_ticket(screen, program):
    """In a window of its own, on top of all others: the keys go to it."""
    own = Window(screen, '-C', 'stallshark', CAPTURE)
    own.choose('Tools', 'Stallshark', 'Copy for a Ticket')
    text = wait('what was copied', lambda: own.window('Copied for a Ticket').first('text').text)
    assert without_host(text) == without_host(program('--format', 'markdown', CAPTURE))
    own.filter('')
    screen.hand('key', 'ctrl+v')
    entry = next(node for node in own.main.all('text', 'Display filter entry') if node.showing)
    wait('the clipboard', lambda: entry.text.startswith(text.splitlines()[0]))
    own.filter('')
    assert own.close() == 0


def save_report(window, kind, path):
    """The text of the file that Tools > Stallshark > Save Report > KIND writes."""
    window.choose('Tools', 'Stallshark', 'Save Report', kind)
    wait('where it is', lambda: any(str(path) in other.first('text').text for other in window.titled('Report Saved')))
    return path.read_text()


def test_a_report_is_saved_beside_the_capture_and_takes_no_others_place(saver, report):
    window, folder = saver
    told = report(CAPTURE)
    told.pop('host')
    for name in ('in.stallshark.json', 'in.stallshark-2.json'):
        saved = json.loads(save_report(window, 'as JSON', folder / name))
        assert saved.pop('host')['program'] == 'wireshark'
        assert saved == told


def test_the_report_knows_the_personal_profiles(screen, report, tmp_path):
    """What Tools > Report and the command line find must be the same: they read the same folder."""
    tmp_path.chmod(0o755)
    folder = pathlib.Path(os.environ['HOME']) / '.config/stallshark/profiles'
    folder.mkdir(parents=True)
    text = subprocess.run([ROOT / 'build/stallshark', 'profiles', 'show', 'json-len32'], capture_output=True,
                          text=True, check=True).stdout
    (folder / 'ward.profile').write_text(text.replace('name=json-len32', 'name=ward'))
    try:
        tmp_path.chmod(0o777)
        shutil.copy(CAPTURE, tmp_path / 'in.pcap')
        window = Window(screen, tmp_path / 'in.pcap')
        saved = json.loads(save_report(window, 'as JSON', tmp_path / 'in.stallshark.json'))
        assert window.close() == 0
        saved, told = (
            [flow['keepalive']['profile'] for flow in report['flows'] if flow['keepalive']]
            for report in (saved, report(CAPTURE)))
        assert saved == told and 'ward' in saved
    finally:
        shutil.rmtree(folder.parent)


@pytest.mark.parametrize('kind, ending, format', [
    ('as HTML', 'html', 'html'), ('as Markdown', 'md', 'markdown'), ('as Text', 'txt', 'text')])
def test_a_report_is_saved_as_what_was_chosen(saver, program, kind, ending, format):
    window, folder = saver
    # How the file was read is told last in text, and in lines that break where their words end.
    saved, told = (without_host(text.split('\nTHE CAPTURE, ')[0]) for text in (
        save_report(window, kind, folder / ('in.stallshark.' + ending)), program('--format', format, folder / 'in.pcap')))
    assert len(told) > 40 and saved == told


@pytest.mark.parametrize('choice, level, searched, name', [
    ('without Payload', 'payload', 'none is left', 'in.stallshark.tar.gz'),
    ('without Payload and Addresses', 'full', 'none is left', 'in.stallshark-2.tar.gz'),
    ('with Everything', 'off', 'Not searched', 'in.stallshark-3.tar.gz')])
def test_a_bundle_for_a_bug_report_is_made_without_what_was_chosen(saver, choice, level, searched, name):
    window, folder = saver
    window.choose('Tools', 'Stallshark', 'Bundle for a Bug Report', choice)
    told = wait('where it is', lambda: next((other.first('text').text for other in window.titled('Stallshark: Bundle')
                                             if name in other.first('text').text), None))
    assert str(folder / name) in told and 'scrub level): ' + level in told and searched in told
    with tarfile.open(folder / name) as bundle:
        names = {member.rpartition('/')[2] for member in bundle.getnames()}
    assert {'report.json', 'capture.pcapng', 'README.txt'} <= names


def test_without_the_program_the_bundle_says_what_to_install(screen, tmp_path):
    for name in ('wireshark', 'dumpcap'):
        (tmp_path / name).symlink_to(shutil.which(name))
    tmp_path.chmod(0o755)
    own = Window(screen, CAPTURE, wrapper=['env', 'PATH=%s' % tmp_path, 'HOME=/nonexistent'])
    own.choose('Tools', 'Stallshark', 'Bundle for a Bug Report', 'without Payload', modal=True)
    assert any('Install it' in node.name for node in own.alert().all('label'))
    own.dismiss_alert()
    assert own.close() == 0


def test_help_leads_through_a_capture(window):
    window.choose('Tools', 'Stallshark', 'Help')
    text = wait('help', lambda: window.window('Stallshark: Help').first('text').text)
    assert 'A walk through a capture' in text and max(map(len, text.splitlines()[:-1])) <= 72


# ---- Statistics ----

def test_each_table_opens_with_the_reports_rows(window, screen, report, images):
    told = report(CAPTURE)
    rows = {'Stalls': len(told['stalls']), 'Flows': sum(1 for f in told['flows'] for d in 'ab' if f.get(d)),
            'Clocks': len(told['clocks']), 'Findings': len(told['findings']) + len(told['bonjour']['findings']),
            'Bonjour services': len(told['bonjour']['services']), 'Measurement faults': len(told['measurement'])}
    for name in TABLES:
        table = window.table(name)
        if name in rows:
            wait('rows of ' + name, lambda: table.n_rows == rows[name])
        if name == 'Stalls':
            for row, stall in zip(table.rows(), told['stalls']):
                told_of = dict(zip(map(str.strip, table.header()), (cell.strip() for cell in row)))
                assert (told_of['Stall'], told_of['Silent'], told_of['Last frame before'],
                        told_of['First frame after']) == (
                    str(stall['id']), '10.236.115.56', str(stall['frame_before']), str(stall['frame_after']))
                assert told_of['Verdict'].startswith('radio off (10.236.115.56), ')


def test_a_tables_own_filter_is_applied(window, screen):
    dialog = window.window('Stallshark: Flows')
    table = dialog.first('tree')
    entry = dialog.first('text')
    entry.set_text('udp')
    dialog.first('push button', 'Apply').press()
    wait('the UDP flow alone', lambda: table.n_rows == 2)
    entry.set_text('')
    dialog.first('push button', 'Apply').press()
    wait('all flows', lambda: table.n_rows == 12)


def test_the_tree_of_gaps_opens(window):
    window.choose('Statistics', 'Stallshark', 'Gaps')
    dialog = window.window('Gaps')
    tree = wait('the tree', lambda: dialog.first('tree'))
    wait('its rows', lambda: tree.n_rows > 12)
    assert tree.row(0)[0].startswith('Gaps between packets of one direction')


def test_expert_information_tells_the_stalls(window, stalls):
    window.choose('Analyze', 'Expert Information')
    tree = wait('the list', lambda: window.window('Expert Information').first('tree'))
    wait('the stalls', lambda: any('Stall: a side was silent' in cell for row in tree.rows() for cell in row))


def test_the_flow_graph_draws_the_stalls(window, screen, images):
    window.choose('Statistics', 'Flow Graph')
    dialog = window.window('Flow · ')
    window.pick(wait('flow types', lambda: dialog.first('combo box', 'All Flows')), 'Stalls')
    wait('rows', lambda: dialog.first('label', r'\d+ node\(s\), \d\d item\(s\) *'))
    for color in ('#b91c1c', '#fee2e2', '#ffe6b4'):  # an end, the silence, what came meanwhile
        wait('the color ' + color, lambda: screen.colors(dialog.box).get(color, 0) > 500)
    screen.picture(images / 'flow-graph.png', dialog.box)
    dialog.first('push button', 'Close').press()


def test_the_graph_of_gaps_is_drawn(window, screen, images):
    window.choose('Statistics', 'I/O Graphs')
    dialog = window.window('I/O Graphs')
    x, y, width, height = dialog.box
    plot = (x + 60, y + 40, width - 80, height // 2 - 20)
    wait('the graph', lambda: screen.colors(plot).get('#b91c1c', 0) > 100)
    screen.picture(images / 'io-graph.png', dialog.box)


def test_nothing_was_said_on_stderr_and_it_ends_well(window):
    assert window.close() == 0
    assert window.complaints() == []
