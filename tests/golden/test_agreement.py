"""Text and Markdown say of each stall what the JSON report says: frames, count, words of the evidence, filter.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re

import pytest

import cases

HEADING = {'text': r'^STALL (\d+): ', 'markdown': r'^## Stall (\d+): '}


def sections(form, document):
    """{number of the stall: its part of the document, in one line}"""
    parts = re.split(HEADING[form], document, flags=re.M)
    rest = re.compile(r'^(## |\*\*[A-Z]|[A-Z][A-Z ()a-z]+$)' if form == 'text' else r'^## ', re.M)
    return {int(number): one_line(form, rest.split(text)[0]) for number, text in zip(parts[1::2], parts[2::2])}


def one_line(form, text):
    text = re.sub(r'\\(.)', r'\1', text) if form == 'markdown' else text
    return ' '.join(text.split())


def expected(stall):
    """What must stand in the stall's section, in its order of importance."""
    yield 'frame %d' % stall['frame_before']
    if stall['frame_after']:
        yield 'frame %d' % stall['frame_after']
    if stall['missed']:
        yield '%d message' % stall['missed']
    if stall['filter']:
        yield stall['filter']
    if stall['new_flow']:
        yield 'flow %d' % stall['new_flow']
    for cause in stall['causes']:
        if cause['id'] in stall['verdict']:
            yield from (line['text'] for line in cause['evidence'])
        yield from (line['text'] for line in cause['against'])


@pytest.mark.parametrize('form', HEADING)
@pytest.mark.parametrize('name', cases.names())
def test_each_stall_is_told_as_in_the_json(run, report, name, form):
    case = cases.load(name)
    stalls = report(*case['options'], cases.capture(name))['stalls']
    document = run('analyze', *case['options'], '--format', form, cases.capture(name)).stdout
    told = sections(form, document)
    assert sorted(told) == [stall['id'] for stall in stalls]
    advice = set()
    for stall in stalls:
        wanted = list(expected(stall))
        if stall['next_capture'] and stall['next_capture'] not in advice:  # said once, where it is first due
            wanted.append(stall['next_capture'])
            advice.add(stall['next_capture'])
        missing = [words for words in wanted if ' '.join(words.split()) not in told[stall['id']]]
        assert not missing, 'stall %d of the %s report lacks %s' % (stall['id'], form, missing)


def test_who_did_not_read_is_not_said_to_have_sent_nothing(run):
    told = sections('text', run('analyze', cases.capture('slow-reader')).stdout)
    assert 'read nothing from fd6c:8b83:f4d2:1::28' in told[2] and 'reader blocked' in told[2]


def test_there_is_something_to_compare(report):
    assert sum(len(report(*cases.load(name)['options'], cases.capture(name))['stalls']) for name in cases.names()) > 10
