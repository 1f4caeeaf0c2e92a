"""Analyze > Expert Information and `tshark -z expert` ask without a tree, and are told the same as with one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
WIRESHARKS = {'Trailing stray characters'}  # its own dissector of DNS says that in a tree alone
SEPARATOR = '\x1f'


def listed(tshark, capture):
    """{(protocol, summary): how often} of -z expert."""
    done = tshark('-2', '-q', '-r', capture, '-z', 'expert')
    assert done.returncode == 0, done.stderr
    rows = re.findall(r'^ +(\d+) +\S+ +(\S+)  (.*)$', done.stdout, re.M)
    return collections.Counter({(protocol, text): int(count) for count, protocol, text in rows})


def in_trees(tshark, capture):
    """{summary: how often} in the packets' trees."""
    done = tshark('-2', '-r', capture, '-T', 'fields', '-E', 'aggregator=' + SEPARATOR, '-e', '_ws.expert.message')
    return collections.Counter(text for line in done.stdout.splitlines() for text in line.split(SEPARATOR) if text)


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_expert_infos_need_no_tree(capture, tshark):
    without, trees = listed(tshark, capture), in_trees(tshark, capture)
    for text in WIRESHARKS:
        trees.pop(text, None)
    assert {(text, count) for (_, text), count in without.items()} == set(trees.items())


def test_goodbyes_and_bad_keys_are_filed_under_bonjour(root, tshark):
    told = listed(tshark, root / 'testdata/bonjour-bad-txt/in.pcap')
    assert told['Bonjour', 'The record is withdrawn'] == 4
    assert told['Bonjour', 'TXT: this key came before: ignored (RFC 6763, section 6.4)'] == 7
