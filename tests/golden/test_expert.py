"""Analyze > Expert Information and `tshark -z expert` ask without a tree, and are told the same as with one.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import pathlib

import pytest

import hosts

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / 'testdata').glob('*/in.pcap*'))
WIRESHARKS = {'Trailing stray characters'}  # its own dissector of DNS says that in a tree alone


@pytest.mark.parametrize('capture', CASES, ids=lambda path: path.parent.name)
def test_expert_infos_need_no_tree(capture, told_by_tshark, frames_of_tshark):
    without = told_by_tshark(capture, '-2').experts
    trees = collections.Counter(text for frame in frames_of_tshark(capture) for text in frame['_ws.expert.message'])
    for text in WIRESHARKS:
        trees.pop(text, None)
    assert {(text, count) for (_, text), count in without.items()} == set(trees.items())


def test_goodbyes_and_bad_keys_are_filed_under_bonjour(root, tshark):
    done = tshark('-2', '-q', '-r', root / 'testdata/bonjour-bad-txt/in.pcap', '-z', 'expert')
    assert done.returncode == 0, done.stderr
    told = hosts.experts(done.stdout)
    assert told['Bonjour', 'The record is withdrawn'] == 4
    assert told['Bonjour', 'TXT: this key came before: ignored (RFC 6763, section 6.4)'] == 7
