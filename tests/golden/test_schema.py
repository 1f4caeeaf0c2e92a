"""The report is what report/schema.json and docs/report.md say.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import random
import subprocess
import sys

import pytest

import cases

jsonschema = pytest.importorskip('jsonschema')


@pytest.mark.parametrize('arguments', [(), ('empty',), ('40', '30')], ids=['small', 'empty', 'large'])
def test_a_hand_made_report_fits(check, report_sample, arguments):
    check(json.loads(report_sample('json', *arguments)))


def test_one_line_says_the_same(report_sample):
    line = report_sample('ndjson')
    assert line.count(b'\n') == 1
    assert json.loads(line) == json.loads(report_sample('json'))


def test_numbers_survive(report_sample):
    """Nothing went through a double: what Python reads as an integer is one."""
    text = report_sample('json').decode()
    floats = []
    json.loads(text, parse_float=lambda digits: floats.append(digits) or 0.0)
    assert set(floats) <= {'0.7', '0.5', '-1.234'}


def test_the_schema_refuses_what_is_wrong(schema, report_sample):
    report = json.loads(report_sample('json'))
    validator = jsonschema.Draft202012Validator(schema)
    for spoil in (lambda r: r['stalls'][0].update(start=1742841288.8), lambda r: r['stalls'][0].pop('missed'),
                  lambda r: r['stalls'][0].update(kind='quiet'), lambda r: r['stalls'][0].update(verdict=[]),
                  lambda r: r['flows'][0]['directions'].pop(), lambda r: r.update(schema='stallshark/2'),
                  lambda r: r['stalls'][0].update(duration_ns=0.5), lambda r: r['measurement'][0].update(flows=[])):
        copy = json.loads(json.dumps(report))
        spoil(copy)
        assert list(validator.iter_errors(copy))


def test_the_schema_accepts_new_keys(schema, report_sample):
    report = json.loads(report_sample('json'))
    report['new'] = report['flows'][0]['new'] = report['stalls'][0]['causes'][0]['new'] = 1
    jsonschema.Draft202012Validator(schema).validate(report)


def test_the_document_describes_every_key(root):
    done = subprocess.run([sys.executable, str(root / 'docs/report.py'), '--check'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize('name', cases.names())
def test_real_output_fits(check, report, name):
    check(report(*cases.load(name).get('options', []), cases.capture(name)))


def test_whatever_hosts_do_to_each_other_fits(check, of_tests, tmp_path):
    """Steps at random (tests/fuzz/fuzz_conversation.c): hosts fail, ask in vain, close, come back; clocks step."""
    scripts, reports = tmp_path / 'scripts', tmp_path / 'reports'
    scripts.mkdir()
    reports.mkdir()
    for seed in range(60):
        chance = random.Random(seed)
        (scripts / str(seed)).write_bytes(chance.randbytes(1 + 2 * chance.randrange(20, 200)))
    subprocess.run([str(of_tests('fuzz_conversation')), str(scripts)], check=True, timeout=120,
                   env={**os.environ, 'SSK_FUZZ_REPORTS': str(reports)}, capture_output=True)
    made = [json.loads(path.read_text()) for path in reports.iterdir()]
    assert len(made) == 60
    for one in made:
        check(one)
    kinds = {stall['debt']['kind'] for one in made for stall in one['stalls']}
    assert len(kinds) >= 3, kinds
    assert any(one['limits']['flows_evicted'] for one in made)
