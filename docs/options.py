#!/usr/bin/env python3
"""Writes docs/options.md from `stallshark --help`, which is made from the table in core/model/config.c.

    docs/options.py [PROGRAM]            write it; PROGRAM is build/stallshark if not given
    docs/options.py [PROGRAM] --check    fail if it is not up to date

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import subprocess
import sys

OUT = pathlib.Path(__file__).resolve().parent / 'options.md'
HEAD = '''# Options of the analysis

Made from `stallshark --help` by `docs/options.py`; do not edit.

One table in `core/model/config.c` makes all four spellings of an option:

| where | `min_gap` is written |
|---|---|
| the program | `--min-gap 2s` |
| tshark and Wireshark, `-z` | `stallshark,report,min_gap=2s` |
| Wireshark's preferences | `stallshark.min_gap` (Edit > Preferences > Protocols > Stallshark, or `-o stallshark.min_gap:2s`) |
| the JSON report | `"min_gap_ns": 2000000000` in `config` |

A value that is not allowed is refused in one line that says what is: `min_gap=0: must be 1ms..1h`.

| option | meaning | values | default |
|---|---|---|---|
'''


def rows(text):
    """(name, argument, meaning, values, default) of each option in the help text."""
    part = text.partition('Options of the analysis:\n')[2].partition('\n\n')[0]
    for entry in re.split(r'\n(?=  --)', part):
        name, argument, about = re.fullmatch(r'  --([\w-]+) (\w+)\s+(.*)', ' '.join(entry.split('\n')), re.S).groups()
        about = ' '.join(about.split())
        meaning, _, rest = about.partition(' Values: ')
        values, _, default = rest.rstrip('.').partition('; default ')
        yield name, argument, meaning, values, default


def main(arguments):
    program = next((a for a in arguments if a != '--check'), OUT.parents[1] / 'build/stallshark')
    help_text = subprocess.run([program, '--help'], stdout=subprocess.PIPE, text=True, check=True).stdout
    lines = ['| `--%s %s` | %s | %s | %s |\n' % (n, a, m, v, d and '`%s`' % d) for n, a, m, v, d in rows(help_text)]
    made = HEAD + ''.join(lines)
    if '--check' not in arguments:
        OUT.write_text(made)
    elif OUT.read_text() != made:
        sys.exit('docs/options.md is out of date: run docs/options.py')


if __name__ == '__main__':
    main(sys.argv[1:])
