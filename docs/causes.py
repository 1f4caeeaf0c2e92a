#!/usr/bin/env python3
"""Writes docs/causes.md from the two tables that decide what a verdict says: report/cause_words.c (what each
cause is called and means) and core/rule/ambiguity.c (what looks alike from where).

    docs/causes.py            write it
    docs/causes.py --check    fail if it is not up to date

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
OUT = ROOT / 'docs/causes.md'
HEAD = '''# Causes: why it went silent

Made by `docs/causes.py` from the tables in `report/cause_words.c` and `core/rule/ambiguity.c`; do not edit.

## What counts as a stall

A **gap** of one direction runs from its last application message to the next one. Retransmissions, bare ACKs and
answered TCP keep-alives do not end it: they hide dead applications. It is longer than three periods of that
direction's messages and than `min_gap` (2 s). If no message comes any more, it ends with the first packet of that side
heard after the message was overdue, or with the close of the flow, or it is open at the end of the capture.

The **period** is learned: the median interval of one kind of message, if the median absolute deviation is below a
quarter of it over at least five intervals. A pace that is the path's own (an answer per round trip) is none, nor is
one that the flow did not keep.

A **stall** is a gap on a flow that **owed** something: a period, data that the other side had to send again, an
unanswered ping, a handshake. A flow that owes nothing is idle, however long. After an orderly close nothing is owed.

## The order of reasoning

1. Can the capture be trusted here? A hole or a clock step that explains the silence is reported as such, and no stall.
2. Who owed a packet, and was anything left unacknowledged?
3. Did the silent side's stack acknowledge what it was sent? Then its host lives, and the application is the question.
4. Which other flows, expected to speak, went on, and which fell silent too?
5. What came at the resume: a backlog, old time stamps, a RST, another address?
6. The set of causes that this evidence cannot tell apart, likeliest first, and the capture that would split it.
'''
FAMILIES = {'ENDPOINT': 'In an endpoint', 'PATH': 'On the path', 'CONNECT': 'While connecting',
            'CONSEQUENCE': 'A consequence, never the root', 'MEASUREMENT': 'In the measurement (`measurement[]`)',
            'UDP': 'UDP reception (`udp[].verdict`)', 'DISCOVERY': 'Discovery (`bonjour.findings`)',
            'FINDING': 'Beyond one flow (`findings`)'}


def text_of(literals):
    """Adjacent C string literals as one string."""
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"')


def words():
    source = (ROOT / 'report/cause_words.c').read_text()
    for cause, family, name, meaning in re.findall(
            r'\{"([\w-]+)", SSK_FAMILY_(\w+), "([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}', source):
        yield cause, family, name, text_of(meaning)


def patterns():
    source = (ROOT / 'core/rule/ambiguity.c').read_text()
    for body in re.findall(r'\[SSK_PATTERN_\w+\] = \{(.*?)\},\n(?=    \[|\};)', source, re.S):
        def ids(part):
            return re.findall(r'\{"([\w-]+)", \'\w\'\}', part)
        both = re.search(r'BOTH\((.*?)\)[,;]?\s*(?:\.text|"|$)', body, re.S)
        if both:
            client = server = ids(both.group(1))
        else:
            client = ids(re.search(r'\.client = \{(.*?)\},\n', body, re.S).group(1))
            server = ids(re.search(r'\.server = \{(.*?)\},\n', body, re.S).group(1))
        named = re.search(r'\.text =\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', body)
        sentence = text_of(named.group(1) if named else body[body.rindex("'}") if both is None else both.end(1):])
        for word, plain in (('silent', 'the silent side'), ('far', 'the far side'), ('near', 'the capturing side')):
            sentence = sentence.replace('{%s}' % word, plain)
        yield sentence, client, server


def page():
    out = [HEAD]
    rows = list(words())
    for family in dict.fromkeys(row[1] for row in rows):
        out += ['\n## %s\n' % FAMILIES.get(family, family.capitalize()), '| id | name | meaning |', '|---|---|---|']
        out += ['| `%s` | %s | %s |' % (cause, name, meaning) for cause, of, name, meaning in rows if of == family]
    out += ['\n## What one capture cannot tell\n',
            'Each row is what one capture shows of a stall, and every cause that shows it. Other evidence then rules'
            ' causes out; it never adds any.\n',
            '| what the capture shows | taken at the client | taken at the server |', '|---|---|---|']
    for sentence, client, server in patterns():
        out.append('| %s | %s | %s |' % (sentence, ', '.join('`%s`' % i for i in client),
                                         ', '.join('`%s`' % i for i in server)))
    return '\n'.join(out) + '\n'


def main():
    text = page()
    if sys.argv[1:] == ['--check']:
        if not OUT.exists() or OUT.read_text() != text:
            sys.exit('docs/causes.md is not up to date: run docs/causes.py')
        return
    OUT.write_text(text)


if __name__ == '__main__':
    main()
