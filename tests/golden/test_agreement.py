"""Text, Markdown and HTML say of each incident and stall what the JSON report says: words of the evidence, frames,
count, filter. What the stalls of an incident have in common is said once.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import html
import re

import pytest

import cases

HEADING = {'text': r'^INCIDENT (\d+): ', 'markdown': r'^## Incident (\d+): ', 'html': r'<h3>Incident (\d+): '}
REST = {'text': r'^(?:INCIDENT|STALL|THE CAPTURE|UDP|CLOCKS|BONJOUR|ALSO|OTHER|FLOWS|NOT|LIMITS)\b', 'markdown': r'^## ', 'html': r'</section>'}
FRAME = {'text': '#%d ', 'markdown': 'frame %d,', 'html': 'frame %d,'}
UNITS = 'ns|us|ms|s|min|h|d'


def sections(form, document, heading=HEADING):
    """{number: its part of the document, in one line}"""
    parts = re.split(heading[form], document, flags=re.M)
    rest = re.compile(REST[form], re.M)
    return {int(number): one_line(form, rest.split(text)[0]) for number, text in zip(parts[1::2], parts[2::2])}


def one_line(form, text):
    if form == 'markdown':
        text = html.unescape(re.sub(r'\\(.)', r'\1', text))
    if form == 'html':
        text = html.unescape(re.sub(r'<[^>]*>', ' ', text))
    return ' '.join(text.split())


def shape(text):
    """A sentence without its numbers, addresses and plurals: what the stalls of an incident share."""
    words, after = [], False
    for word in text.split():
        core = word.rstrip('.,:;)')
        number = any(c.isdigit() for c in core)
        if after and (number or re.fullmatch(UNITS, core) or core in ('and', 'more')):
            continue
        words.append('#' if number else core[:-1] if len(core) > 1 and core.endswith('s') else core)
        after = number
    return ' '.join(words)


def reasons(stall, ruled_out=None):
    """Of the causes that were ruled out, of those that stand, or of both."""
    for cause in stall['causes']:
        if ruled_out == (cause['id'] in stall['verdict']):
            continue
        yield from (line['text'] for line in cause['evidence'] + cause['against'])


def led_by(report, incident):
    """The stall that speaks for the incident: with a verdict, then the longest, then the first."""
    stalls = [stall for stall in report['stalls'] if stall['id'] in incident['stalls']]
    return max(stalls, key=lambda stall: (stall['verdict'] != ['unknown'], stall['duration_ns'], -stall['id']))


@pytest.mark.parametrize('form', HEADING)
@pytest.mark.parametrize('name', cases.names())
def test_each_incident_is_told_as_in_the_json(run, report, name, form):
    case = cases.load(name)
    whole = report(*case['options'], cases.capture(name))
    command = 'analyze', *case['options'], '--format', form, cases.capture(name)
    told = sections(form, run(*command).stdout)
    assert sorted(told) == [incident['id'] for incident in whole['incidents']]
    # The short text names the first reasons that rule something out, and says how many more there are.
    in_full = sections(form, run(*command, '--verbose').stdout) if form == 'text' else told
    for incident in whole['incidents']:
        text = told[incident['id']]
        lead = led_by(whole, incident)
        missing = [words for ruled_out, where in ((False, text), (True, in_full[incident['id']]))
                   for words in reasons(lead, ruled_out) if ' '.join(words.split()) not in where]
        shapes, all_shapes = shape(text), shape(in_full[incident['id']])
        for stall in whole['stalls']:
            if stall['id'] not in incident['stalls']:
                continue
            missing += [words for ruled_out, where in ((False, shapes), (True, all_shapes))
                        for words in reasons(stall, ruled_out) if shape(words) not in where]
            missing += [FRAME[form] % frame for frame in (stall['frame_before'], stall['frame_after'])
                        if frame and FRAME[form] % frame not in text]
            if stall['new_flow'] and 'replaced by flow %d' % stall['new_flow'] not in text:
                missing.append('flow %d' % stall['new_flow'])
        if lead['filter'] not in text:
            missing.append(lead['filter'])
        assert not missing, 'incident %d of the %s report lacks %s' % (incident['id'], form, missing)


@pytest.mark.parametrize('name', cases.names())
def test_verbose_has_all_evidence_of_each_stall(run, report, name):
    case = cases.load(name)
    stalls = report(*case['options'], cases.capture(name))['stalls']
    document = run('analyze', *case['options'], '--verbose', cases.capture(name)).stdout
    told = sections('text', document, {'text': r'^STALL (\d+): '})
    assert sorted(told) == [stall['id'] for stall in stalls]
    for stall in stalls:
        wanted = ['frame %d' % stall['frame_before'], stall['filter'], *reasons(stall)]
        wanted += ['frame %d' % stall['frame_after']] if stall['frame_after'] else []
        wanted += ['%d message' % stall['missed']] if stall['missed'] else []
        wanted += ['flow %d' % stall['new_flow']] if stall['new_flow'] else []
        missing = [words for words in wanted if ' '.join(words.split()) not in told[stall['id']]]
        assert not missing, 'stall %d lacks %s' % (stall['id'], missing)
        if stall['next_capture']:
            assert ' '.join(stall['next_capture'].split()) in ' '.join(document.split())


@pytest.mark.parametrize('name', cases.names())
def test_no_line_is_said_twice(run, name):
    case = cases.load(name)
    lines = run('analyze', *case['options'], cases.capture(name)).stdout.splitlines()
    if not lines[0].startswith('One incident'):
        return  # others may be alike
    words = [line.strip() for line in lines if re.search(r'[a-z]{3}.* .*[a-z]{3}', line) and len(line.split()) > 4]
    twice = [line for line, n in collections.Counter(words).items() if n > 1 and not line.startswith(('flow ', 'weighing '))]
    assert not twice


def test_the_demo_fits_on_one_screen(run):
    lines = run('analyze', cases.capture('lock-screen-stall')).stdout.splitlines()
    assert len(lines) <= 50
    assert all(len(line) <= 100 for line in lines if not line.startswith('  filter '))


def test_the_demo_fits_into_a_ticket(run):
    text = run('analyze', '--format', 'markdown', cases.capture('lock-screen-stall')).stdout
    assert len(text.splitlines()) <= 60 and text.count('<details>') == text.count('</details>') == 3


def test_who_did_not_read_is_not_said_to_have_sent_nothing(run):
    text = run('analyze', '--verbose', cases.capture('slow-reader')).stdout
    told = sections('text', text, {'text': r'^STALL (\d+): '})
    assert 'accepted nothing from fd6c:8b83:f4d2:1::28' in told[2] and 'reader blocked' in told[2].lower()


def test_there_is_something_to_compare(report):
    assert sum(len(report(*cases.load(name)['options'], cases.capture(name))['stalls']) for name in cases.names()) > 10
