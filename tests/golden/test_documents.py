"""The documents say what is.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import re
import subprocess
import sys

import pytest

import cases

DOCUMENTS = sorted(p.relative_to(cases.ROOT).as_posix() for p in [*cases.ROOT.glob('*.md'), *cases.ROOT.glob('docs/*.md')])


def test_the_readme_shows_the_real_output_of_the_demo(program):
    shown = cases.demo_in_readme()
    assert 'INCIDENT 1' in shown
    assert shown == cases.demo(program), 'run ./dev refresh README'


@pytest.mark.parametrize('name', cases.SHOWING)
def test_all_output_shown_is_real(program, name):
    text = (cases.ROOT / name).read_text()
    assert cases.BLOCK.search(text)
    assert cases.refreshed(program, text) == text, 'run ./dev refresh README'


@pytest.mark.parametrize('name', DOCUMENTS)
def test_links_lead_somewhere(name):
    path = cases.ROOT / name
    for target in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize('name', DOCUMENTS)
def test_files_named_in_code_marks_exist(name):
    """`core/engine.c` and the like, of our own folders."""
    text = (cases.ROOT / name).read_text()
    for target in re.findall(r'`((?:core|report|cli|dissectors|taps|plugin|tests|docs)/[\w./-]+\.(?:c|h|py|json|md))`', text):
        assert (cases.ROOT / target).exists(), target


def test_the_readme_begins_with_the_two_commands():
    lines = (cases.ROOT / 'README.md').read_text().splitlines()
    assert [line.split('#')[0].strip() for line in lines[2:4]] == ['./dev demo', './dev test']


def test_every_command_of_dev_is_in_its_help():
    script = (cases.ROOT / 'dev').read_text()
    shown = subprocess.run([str(cases.ROOT / 'dev'), 'help'], stdout=subprocess.PIPE, text=True, check=True).stdout
    commands = re.findall(r'^dev_(\w+)\(\)', script, re.M)
    assert len(commands) >= 8
    for command in commands:
        assert re.search(r'^  %s\b' % command, shown, re.M), command


def test_the_words_of_the_changelog_are_those_of_keep_a_changelog():
    headings = re.findall(r'^### (.+)$', (cases.ROOT / 'CHANGELOG.md').read_text(), re.M)
    assert headings
    assert set(headings) <= {'Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'}


def test_the_page_of_causes_is_up_to_date():
    done = subprocess.run([sys.executable, str(cases.ROOT / 'docs/causes.py'), '--check'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_list_of_options_is_up_to_date(program):
    done = subprocess.run([sys.executable, str(cases.ROOT / 'docs/options.py'), str(program), '--check'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_threshold_of_the_page_of_causes_is_copied_by_hand():
    """Its sentences name rows of core/base/limits.def; those of the tables come from there."""
    spoken = cases.ROOT.joinpath('docs/causes.py').read_text()
    spoken = spoken[spoken.index("HEAD = '''"):spoken.index('\nFAMILIES')]
    assert re.findall(r'\d[\d.]* ?(?:ns|us|ms|s|min|h|d|%|permille|packets|messages|bytes)\b', spoken) == []
    assert set(re.findall(r'\{([A-Z_]+)\}', spoken)) <= set(limits())


def limits():
    return dict(re.findall(r'^X\((\w+), ([^,]+),', cases.ROOT.joinpath('core/base/limits.def').read_text(), re.M))


def test_thresholds_in_time_stand_in_their_table():
    """What is drawn, and the steps of zones, are no thresholds."""
    free = {'THIN', 'MARGIN', 'ZONE_STEP', 'ZONE_MOST', 'YOUNG', 'LONG_LIFE', 'SSK_STREAM_PATIENCE'}
    found = {}
    for folder in ('debt', 'flow', 'meter', 'rule', 'verdict', 'model'):
        for path in cases.ROOT.glob('core/%s/*.[ch]' % folder):
            for name in re.findall(r'^#define (\w+) .*\bSSK_(?:US|MS|S|MINUTE|HOUR|DAY)\b', path.read_text(), re.M):
                found[name] = path.name
    assert set(found) <= free, found


def test_no_sentence_of_an_analysis_spells_out_a_time():
    for path in [*cases.ROOT.glob('core/rule/*.c'), *cases.ROOT.glob('core/verdict/*.c'), cases.ROOT / 'core/verdict/observations.def']:
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r'/\*.*?\*/', '', path.read_text(), flags=re.S)):
            assert not re.search(r'(?<![%\w])\d[\d.]* (?:ns|us|ms|s|min|h|d)\b', text), '%s: %s' % (path.name, text)
