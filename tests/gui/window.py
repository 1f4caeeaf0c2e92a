"""The real Wireshark on a virtual screen, driven and read.

`./dev gui` gives it a user that may load the module, a scratch home and a session bus.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess

from gi.repository import GLib

from accessible import TABLES, Bus, Timeout, wait

# What Wireshark says by itself, with or without the module, and why that is none of our faults.
HARMLESS = re.compile('|'.join([
    r'nl80211 not found',  # a machine without Wi-Fi
    # Qt, of windows that are read while they close
    r'AtSpiAdaptor|Could not find accessible on path|Accessible invalid: QAccessibleInterface',
    r'Capture MESSAGE',  # that a capture began, and ended
    r'FIX Add drag reordering to UAT dialog',  # Wireshark's note to itself
    r'wildcard call disconnects from destroyed signal of Funnel',  # Qt 6.11, of Wireshark: see test_window.asked
    r'QThreadStorage: Thread .* exited after QThreadStorage \d+ destroyed',  # Qt 6, when a program ends
    r'QCPItemTracer::updatePosition\(\) graph has no data',  # its I/O Graphs, of each graph that is empty
    r'^\s*$',
]))

MAIN_TITLE = r'Wireshark Network Analyzer$|^Capturing from|\.pcap'
PROFILE = pathlib.Path(__file__).resolve().parents[2] / 'plugin/profile'


class Screen:
    """A virtual screen and what reads it; one for all windows of a test run."""

    def __init__(self, width=1280, height=800):
        runtime = pathlib.Path(os.environ['HOME']) / 'run'
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ['XDG_RUNTIME_DIR'] = str(runtime)
        self._serve(width, height)
        self.bus = Bus()
        os.environ['QT_LINUX_ACCESSIBILITY_ALWAYS_ON'] = '1'
        os.environ['GSETTINGS_BACKEND'] = 'memory'
        # Where Qt looks at once. Told by AT_SPI_BUS_ADDRESS or the session bus, Qt 5.15 often registers before it is
        # connected, never again, and stays mute.
        subprocess.run(['xprop', '-root', '-format', 'AT_SPI_BUS', '8s', '-set', 'AT_SPI_BUS', self.bus.address],
                       check=True)
        self.width, self.height = width, height

    def _serve(self, width, height, attempts=5):
        for _ in range(attempts):  # another server that starts or ends at the same time may take its place
            read_end, write_end = os.pipe()
            self.server = subprocess.Popen(['Xvfb', '-displayfd', str(write_end), '-screen', '0',
                                            '%dx%dx24' % (width, height), '-nolisten', 'tcp', '-noreset'],
                                           pass_fds=[write_end], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
            os.close(write_end)
            with os.fdopen(read_end) as number:
                os.environ['DISPLAY'] = ':' + number.readline().strip()
            if subprocess.run(['xdotool', 'getdisplaygeometry'], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                return
            self.close()
        raise AssertionError('no virtual screen')

    def picture(self, path, box=None):
        """The screen, or the box (x, y, width, height) of it, as a small PNG."""
        crop = ['-crop', '%dx%d+%d+%d' % (box[2], box[3], box[0], box[1]), '+repage'] if box else []
        subprocess.run(['import', '-window', 'root', *crop, '+dither', '-colors', '48',
                        'PNG8:' + str(path)], check=True)

    def colors(self, box):
        """{'#rrggbb': pixels} inside a box (x, y, width, height)."""
        raw = subprocess.run(['import', '-window', 'root', '-crop', '%dx%d+%d+%d' % (box[2], box[3], box[0], box[1]),
                              '-depth', '8', 'rgb:-'], check=True, stdout=subprocess.PIPE).stdout
        found = {}
        for i in range(0, len(raw), 3):
            color = '#' + raw[i:i + 3].hex()
            found[color] = found.get(color, 0) + 1
        return found

    @staticmethod
    def hand(*arguments):
        """Mouse and keyboard; without a window manager keys go where the mouse is."""
        subprocess.run(['xdotool', *map(str, arguments)], check=True)

    def click(self, node, times=1, button=1):
        x, y, width, height = node.box
        self.hand('mousemove', x + min(width // 2, 40), y + height // 2, 'click', '--repeat', times, '--delay', 60,
                  button)

    def drag(self, node, by):
        """Down by so many pixels."""
        x, y, width, height = node.box
        x, y = x + width // 2, y + height // 2
        self.hand('mousemove', x, y, 'mousedown', 1, 'mousemove', x, y + by // 2, 'mousemove', x, y + by, 'mouseup', 1)

    def resize(self, node_name, width, height):
        """A window by its title."""
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', node_name], stdout=subprocess.PIPE,
                               text=True, check=True).stdout.split()
        self.hand('windowsize', '--sync', found[-1], width, height)

    @staticmethod
    def width_of(text, pixels=8):
        """Pixels that a line takes in the font of the packet details, which has letters of one width."""
        return pixels * len(text)

    def close(self):
        self.server.terminate()
        self.server.wait()


def shown(name):
    """A menu entry as people see it: without its mnemonic, and what keeps it in its place."""
    return name.replace('&', '').replace('\u2060', '')


class Window:
    """One run of Wireshark. @p wrapper: a command that runs it; @p recent: files in File > Open Recent"""

    def __init__(self, screen, *arguments, wrapper=(), recent=()):
        self.screen = screen
        config = pathlib.Path(os.environ['WIRESHARK_CONFIG_DIR'])
        # As shipped: what a session before this one has changed stays out.
        shutil.rmtree(config / 'profiles', ignore_errors=True)
        shutil.copytree(PROFILE, config / 'profiles/stallshark', dirs_exist_ok=True)
        (config / 'recent_common').write_text(
            'gui.geometry_main_x: 0\ngui.geometry_main_y: 0\ngui.geometry_main_width: %d\n'
            'gui.geometry_main_height: %d\n' % (screen.width, screen.height) +
            ''.join('recent.capture_file: %s\n' % path for path in recent))
        self.errors = pathlib.Path(os.environ['HOME']) / 'stderr'
        with open(self.errors, 'w') as errors:
            self.process = subprocess.Popen([*wrapper, 'wireshark', *map(str, arguments)], stdout=errors, stderr=errors)
        try:
            wait('a window on the screen', self._is_up)
            self.app = wait('what is in the window', self._find_app)
            self.main = wait('the main window', lambda: next(
                (w for w in self.app.children() if w.first('menu bar')), None))
            wait('the packet list', lambda: self.packets)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _is_up(self):
        if self.process.poll() is not None:
            raise AssertionError('Wireshark ended with %d: %s' % (self.process.returncode, self.errors.read_text()))
        return self._count_shown(MAIN_TITLE) > 0

    @staticmethod
    def _count_shown(title):
        while True:  # a window may go while xdotool looks at it
            found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', title], capture_output=True)
            if b'X Error' not in found.stderr:
                return len(found.stdout.split())

    def _find_app(self):
        app = self.screen.bus.program(self.process.pid)
        return app if app and app.children() else None

    # ---- the main window ----

    @property
    def packets(self):
        return self.main.first('|'.join(TABLES), 'Packet list')

    @property
    def details(self):
        return self.main.first('|'.join(TABLES), 'Packet details')

    def menu(self, *path):
        """The menu item at the end of @p path, or the menu itself where it has one."""
        node = self.main.first('menu bar')
        for name in path:
            entry = wait('the menu entry %s of %s' % (name, path),  # recent files come when they are found to exist
                         lambda: next((child for child in node.children() if shown(child.name) == name), None))
            node = next((child for child in entry.children() if child.role == 'popup menu'), entry)
        return node

    def choose(self, *path, modal=False):
        entry = self.menu(*path)
        wait('%s to be of use' % entry.name, lambda: entry.enabled)  # Wireshark disables some while it reads a file
        entry.press(modal=modal)

    def entries(self, *path):
        return [shown(child.name) for child in self.menu(*path).children() if child.name]

    def table(self, name):
        """The rows of one of our tables, opened from the menu."""
        self.choose('Tools', 'Stallshark', *(('Stalls',) if name == 'Stalls' else ('Tables', name)))
        return wait('the table ' + name, lambda: self.window('Stallshark: ' + name).first('tree'))

    def pick(self, combo, pattern):
        """An entry of a list that opens, as a person picks it."""
        self.screen.click(combo)
        entry = wait('the entry ' + pattern, lambda: next(
            (node for node in combo.all('list item', pattern) if node.showing and node.box[3]), None))
        self.screen.click(entry)

    def expand(self, *patterns):
        """Open the items of the packet details one inside the other; @return the last."""
        for pattern in patterns:
            item = wait(pattern, lambda: self.details.item(pattern))
            before = len(self.details.children())
            self.screen.click(item, times=2)
            wait('what is in ' + pattern, lambda: len(self.details.children()) > before)
        return item

    def show(self, item):
        """Scroll the packet details to an item, with the wheel."""
        def within():
            x, y, _, height = item.box
            left, top, _, tall = self.details.box
            if top <= y and y + height <= top + tall:
                return True
            self.screen.hand('mousemove', left + 40, top + tall // 2, 'click', 5 if y > top else 4)
            return False
        wait('the item on the screen', within)

    def tell(self):
        """What the packet details show now."""
        return [child.name for child in self.details.children()]

    def selected(self):
        """Number of the packet whose details are shown; None: none."""
        frame = next((re.match(r'Frame (\d+):', text) for text in self.tell() if text.startswith('Frame ')), None)
        return int(frame.group(1)) if frame else None

    def filter(self, text):
        entry = next(node for node in self.main.all('text', 'Display filter entry') if node.showing)
        self.screen.click(entry)
        self.screen.hand('key', 'ctrl+a', 'key', 'Delete')
        if text:
            self.screen.hand('type', text)
        self.screen.hand('key', 'Return')

    # ---- other windows ----

    def windows(self):
        return [window.name for window in self._open()]

    def _open(self):
        """Windows that are there: one that was just closed is still listed for a while."""
        for window in self.app.children():
            try:
                if window.showing:
                    yield window
            except GLib.Error:
                continue

    def titled(self, title):
        return [window for window in self._open() if re.search(title, window.name)]

    def window(self, title):
        return wait('a window "%s"' % title, lambda: next(iter(self.titled(title)), None))

    def alert(self):
        return wait('an alert', lambda: next((w for w in self._open() if w.role == 'alert message'), None))

    def dismiss_alert(self):
        """The last that is asked of a window: see dismiss()."""
        self.alert().first('push button', 'OK').press(modal=True)
        wait('the alert to go', lambda: not [w for w in self._open() if w.role == 'alert message'])

    def dismiss(self, window, button='Close|OK'):
        """Press a button of a window, and see it go. The X server says so: where Qt is asked about a window that just
        goes, it later hides another that takes its place in memory."""
        title = window.name.rpartition(' · ')[2]
        before = self._count_shown(title)
        window.first('push button', button).press(modal=True)
        wait('a window to go', lambda: self._count_shown(title) < before)

    # ---- its end ----

    def complaints(self):
        return [line for line in self.errors.read_text().splitlines() if not HARMLESS.search(line)]

    def memory(self):
        """Resident bytes."""
        pages = int(pathlib.Path('/proc/%d/statm' % self.process.pid).read_text().split()[1])
        return pages * os.sysconf('SC_PAGE_SIZE')

    def close(self):
        """End it as a person would. @return its exit status"""
        if self.process.poll() is None:
            try:
                self.choose('File', 'Quit', modal=True)
                return self.process.wait(20)
            except (AssertionError, GLib.Error, subprocess.TimeoutExpired, Timeout):
                self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)
