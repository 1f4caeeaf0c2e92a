"""What tshark with the module says of a capture: all that the tests ask, in as few starts of it as can be.

A start of tshark costs more than the reading of a planted case, and a dozen tests ask about each of them. So all
reports and tables of a run are asked for at once; that each of them is told alone, too, has tests of its own.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import re

from table_rows import TABLES

RULE = '=' * 101 + '\n'
FIELDS = ['frame.number', 'stallshark.stall.id', 'stallshark.stall.role', 'stallshark.stall.duration',
          'stallshark.stall.before', 'stallshark.stall.after', 'stallshark.stall.incident', 'stallshark.stall.kind',
          'stallshark.stall', 'stallshark.stall.from', '_ws.expert.message']
SEPARATOR = '\x1f'

Told = collections.namedtuple('Told', 'report tables experts')


def table(section):
    """(title, rows) of one of tshark's tables, in which each cell ends with " |"."""
    head, _, columns, _, *lines = section.strip('\n').split('\n')
    return head, [line.split(' |')[:columns.count(' |')] for line in lines]


def experts(text):
    """{(protocol, summary): how often} of -z expert."""
    rows = re.findall(r'^ +(\d+) +\S+ +(\S+)  (.*)$', text, re.M)
    return collections.Counter({(protocol, summary): int(count) for count, protocol, summary in rows})


def told(tshark, capture, *passes):
    """The JSON report, the tables {name: (title, rows)} and the expert infos of one run without a tree."""
    taps = [word for name in TABLES for word in ('-z', 'stallshark,' + name)]
    done = tshark(*passes, '-q', '-r', capture, '-z', 'expert', '-z', 'stallshark,report,json', *taps)
    assert done.returncode == 0 and done.stderr == '', done.stderr
    *sections, rest = done.stdout.split(RULE)
    sections = [section for section in sections if section.strip('\n')]
    assert len(sections) == len(TABLES)
    begin, end = rest.index('{\n'), rest.index('\n}\n') + 3
    return Told(rest[begin:end], dict(zip(reversed(TABLES), map(table, sections))),  # last come, first served
                experts(rest[end:]))


def frames(tshark, capture):
    """[{field: [values]}] of each frame on the second pass, with trees."""
    done = tshark('-2', '-r', capture, '-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=' + SEPARATOR,
                  *(word for name in FIELDS for word in ('-e', name)))
    assert done.returncode == 0 and done.stderr == '', done.stderr
    return [dict(zip(FIELDS, (cell.split(SEPARATOR) if cell else [] for cell in line.split('\t'))))
            for line in done.stdout.split('\n')[:-1]]
