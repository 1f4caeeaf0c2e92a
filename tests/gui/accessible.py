"""What a window shows, read over D-Bus as a screen reader does (AT-SPI 2).

libatspi keeps a picture of each program that is wrong for good when a program is asked while it starts; this asks
anew each time.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import re
import time

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

ACCESSIBLE = 'org.a11y.atspi.Accessible'
SHOWING = 25  # ATSPI_STATE_SHOWING
ENABLED = 8
TABLES = ('table', 'tree', 'tree table')
LONGEST = int(os.environ.get('SSK_WAIT', 60))  # seconds that anything in the window may take


class Timeout(AssertionError):
    pass


def wait(what, ask, seconds=LONGEST):
    """The first true answer. What vanishes while it is read is asked for again."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
        except GLib.Error:
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise Timeout('waited %d s for %s' % (seconds, what))
        time.sleep(0.05)


class Bus:
    """The accessibility bus of this session."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, 0,
                                         10000, None).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(self.address, flags)
        # Or the first program would wait for it to start.
        self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'StartServiceByName', '(su)',
                  ('org.a11y.atspi.Registry', 0))

    def call(self, name, path, interface, method, *arguments, timeout=10000):
        signature, values = arguments if arguments else ('()', ())
        return self.connection.call_sync(name, path, interface, method, GLib.Variant(signature, values), None, 0,
                                         timeout, None).unpack()

    def program(self, pid):
        """The program with this process id, if it can be read by now. The registry is not asked: it forgets some."""
        names = self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus', 'ListNames')[0]
        for name in names:
            if name.startswith(':') and self.call('org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                                                  'GetConnectionUnixProcessID', '(s)', (name,))[0] == pid:
                return Node(self, name, '/org/a11y/atspi/accessible/root')
        return None


class Node:
    """One thing on the screen."""

    def __init__(self, bus, name_on_bus, path):
        self.bus, self.name_on_bus, self.path = bus, name_on_bus, path

    def call(self, interface, method, *arguments, timeout=10000):
        return self.bus.call(self.name_on_bus, self.path, interface, method, *arguments, timeout=timeout)

    def ask(self, interface, name):
        return self.call('org.freedesktop.DBus.Properties', 'Get', '(ss)', (interface, name))[0]

    def child(self, reference):
        return Node(self.bus, *reference)

    def children(self):
        return [self.child(reference) for reference in self.call(ACCESSIBLE, 'GetChildren')[0]
                if not reference[1].endswith('/null')]

    @property
    def name(self):
        return self.ask(ACCESSIBLE, 'Name')

    @property
    def role(self):
        return self.call(ACCESSIBLE, 'GetRoleName')[0]

    @property
    def showing(self):
        return bool(self.call(ACCESSIBLE, 'GetState')[0][0] & 1 << SHOWING)

    @property
    def enabled(self):
        return bool(self.call(ACCESSIBLE, 'GetState')[0][0] & 1 << ENABLED)

    @property
    def box(self):
        """(x, y, width, height) on the screen."""
        return self.call('org.a11y.atspi.Component', 'GetExtents', '(u)', (0,))[0]

    @property
    def text(self):
        return self.call('org.a11y.atspi.Text', 'GetText', '(ii)', (0, -1))[0]

    def set_text(self, text):
        assert self.call('org.a11y.atspi.EditableText', 'SetTextContents', '(s)', (text,))[0]

    def press(self, action=None, modal=False):
        """@p modal: what opens answers only when it is closed again."""
        names = [row[0] for row in self.call('org.a11y.atspi.Action', 'GetActions')[0]]
        index = names.index(action) if action else 0
        try:
            assert self.call('org.a11y.atspi.Action', 'DoAction', '(i)', (index,), timeout=500 if modal else 10000)[0]
        except GLib.Error:
            if not modal:
                raise

    def all(self, role=None, name=None):
        """Everything below that fits; never looks into tables, which may be long."""
        for child in self.children():
            try:
                role_of_child = child.role
                if (role is None or role_of_child in role.split('|')) and (
                        name is None or re.fullmatch(name, child.name)):
                    yield child
                if role_of_child not in TABLES:
                    yield from child.all(role, name)
            except GLib.Error:
                continue

    def first(self, role=None, name=None):
        return next(self.all(role, name), None)

    # ---- tables ----

    def table(self, method, *arguments):
        return self.call('org.a11y.atspi.Table', method, *arguments)[0]

    @property
    def n_rows(self):
        return self.ask('org.a11y.atspi.Table', 'NRows')

    @property
    def n_columns(self):
        return self.ask('org.a11y.atspi.Table', 'NColumns')

    def header(self):
        return [self.table('GetColumnDescription', '(i)', (i,)) for i in range(self.n_columns)]

    def cell(self, row, column):
        return self.child(self.table('GetAccessibleAt', '(ii)', (row, column)))

    def row(self, number):
        return [self.cell(number, i).name for i in range(self.n_columns)]

    def rows(self):
        """All at once: the header comes first, where there is one."""
        cells, width = self.children(), self.n_columns
        names = [cell.name for cell in cells[len(cells) - self.n_rows * width:]]
        return [names[i:i + width] for i in range(0, len(names), width)]

    def item(self, pattern):
        """The cell whose text fits."""
        return next((child for child in self.children() if re.search(pattern, child.name)), None)
