#!/usr/bin/env python3
"""Writes docs/fields.md from the fields that the module registers, so that the two cannot differ.

    docs/fields.py            write it
    docs/fields.py --check    fail if it is not up to date

The module in build/ is loaded into tshark: ./dev build comes first.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / 'docs/fields.md'

HEAD = '''# Fields

Made from the module's own table by `docs/fields.py`; do not edit.

Each works in display filters, columns, color rules, I/O graphs, `tshark -T fields` and `-z io,stat`.
What only the rest of the capture can tell (`keepalive.missing_response`, `stallshark.stall.*` on the frame that a
stall begins with) is known on the second visit: always in the window, in tshark with `-2`.
'''

PROTOCOLS = {
    'stallshark': 'Every frame of a TCP or UDP conversation',
    'keepalive': 'Messages of an application, by its profile ([profiles.md](profiles.md))',
    'timesync': "A message that tells its sender's clock",
    'bonjour': 'Services and TXT records in multicast DNS',
    'gdl90': 'GDL 90: GPS and traffic for aviation, on UDP',
    'applog': "Lines of an application's log, carried as frames",
}
TYPES = {'FT_STRING': 'text', 'FT_BYTES': 'bytes', 'FT_BOOLEAN': 'yes or no', 'FT_FRAMENUM': 'frame',
         'FT_RELATIVE_TIME': 'length of time', 'FT_ABSOLUTE_TIME': 'time', 'FT_DOUBLE': 'number', 'FT_IPv4': 'address',
         'FT_IPv6': 'address', 'FT_NONE': 'mark'}


def made():
    done = subprocess.run([str(ROOT / 'dev'), 'tshark', '-G', 'fields'], capture_output=True, text=True, check=True,
                          env={**os.environ, 'SSK_BUILT': '1'}, stdin=subprocess.DEVNULL)
    rows = [line.split('\t') for line in done.stdout.splitlines() if line.startswith('F\t')]
    out = [HEAD]
    for protocol, about in PROTOCOLS.items():
        # kind, name, filter name, type, protocol, base, mask, explanation
        of_it = sorted((row[2], row[1], row[3], row[7]) for row in rows if row[4] == protocol)
        assert of_it, protocol
        out.append('\n## `%s`\n\n%s.\n\n| field | type | what |\n|---|---|---|\n' % (protocol, about))
        for name, title, kind, text in of_it:
            what = '%s: %s' % (title, text[0].lower() + text[1:]) if text else title
            out.append('| `%s` | %s | %s |\n' % (name, TYPES.get(kind, 'number'), what.replace('|', '\\|')))
    return ''.join(out)


def main():
    text = made()
    if sys.argv[1:] == ['--check']:
        if not OUT.exists() or OUT.read_text() != text:
            sys.exit('docs/fields.md is not up to date: run docs/fields.py')
        return
    OUT.write_text(text)


if __name__ == '__main__':
    main()
