#!/usr/bin/env python3
"""Damaged captures through program and module under sanitizers: `./dev damage [COUNT [SEED]]`.

The captures of testdata/, and where they are here the hostile and malformed ones, go through both as they are (seed 0
alone) and damaged at random, the same way for the same seed (mutate.py). The program reads each by itself, and its
report must fit the schema; the module in tshark reads them by BATCH in one file, in two passes, and draws each packet.
What found something stays in build-dev/damaged/.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import jsonschema

import mutate

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared/captures'
PROGRAM = ROOT / 'build-dev/stallshark'
FOLDER = ROOT / 'build-dev/damaged'
BATCH = 100
HANG = 60  # seconds, under sanitizers; ordinary is 0.1
SCHEMA = json.loads((ROOT / 'report/schema.json').read_text())
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
ENVIRONMENT = {**os.environ, 'SSK_BUILT': '1', 'SSK_MODULE_BUILD': 'build-dev', 'WIRESHARK_LOG_FATAL': 'critical'}
DRAWN = 'stallshark,bonjour,gdl90,timesync,applog'  # the whole tree is built, these are printed
CUT_SHORT = 2  # tshark's status for a file that ends inside a packet


def captures():
    found = list((ROOT / 'testdata').glob('*/in.pcap*'))
    for folder in (SHARED / 'hostile', SHARED / 'public/malformed'):
        found += [path for path in folder.rglob('*') if path.is_file() and path.suffix not in ('.md', '.c', '.txt')]
    return sorted(found)


def outcome(command, statuses, timeout, **options):
    """What is wrong with how the command went: '' is nothing. And its output."""
    running = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, start_new_session=True, **options)
    try:
        text, error = running.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)  # tshark does not heed SIGTERM while it dissects
        running.communicate()
        return 'hangs', b''
    error = error.decode(errors='replace')
    if 'Sanitizer' in error or 'runtime error:' in error or running.returncode not in statuses:
        return 'status %d\n%s' % (running.returncode, error[-3000:]), text
    return '', text


def wiresharks_own(capture):
    """Does tshark fail on it without the module, too?"""
    with tempfile.TemporaryDirectory() as empty:
        wrong, _ = outcome(['tshark', '-2', '-r', capture, '-V'], (0, 1, CUT_SHORT), HANG,
                           env={**os.environ, 'WIRESHARK_PLUGIN_DIR': empty, 'HOME': empty})
    return bool(wrong)


def wrong_report(text):
    """Why the JSON is no report."""
    if not text:
        return ''
    try:
        VALIDATOR.validate(json.loads(text))
    except (ValueError, jsonschema.ValidationError) as error:
        return str(error)[:1000]
    return ''


class Run:
    def __init__(self, seed):
        self.seed = seed
        self.programs = self.modules = self.reports = self.slowest = self.wiresharks = 0
        self.failed = []

    def fail(self, capture, what):
        kept = FOLDER / ('failed-%d-%d-%s' % (self.seed, len(self.failed), capture.name))
        shutil.copy(capture, kept)
        self.failed.append((kept, what))
        print('FAILED: %s: %s' % (kept, what), flush=True)

    def program(self, capture):
        begin = time.monotonic()
        wrong, text = outcome([PROGRAM, 'analyze', '--format', 'json', capture], range(10), HANG)
        wrong = wrong or wrong_report(text)
        self.slowest = max(self.slowest, time.monotonic() - begin)
        self.programs += 1
        self.reports += bool(text)
        if wrong:
            self.fail(capture, 'program: ' + wrong)

    def tell(self):
        """What was done so far: whoever stops it knows how much that was."""
        print('seed %d: %d captures through the program (%d gave a report, the slowest took %.1f s), %d through the '
              'module (%d times it was Wireshark itself that failed); findings: %d' %
              (self.seed, self.programs, self.reports, self.slowest, self.modules, self.wiresharks, len(self.failed)),
              flush=True)

    def module(self, capture, count=1):
        wrong, _ = outcome([ROOT / 'dev', 'tshark', '-2', '-r', capture, '-O', DRAWN, '-z',
                            'stallshark,report,json'],
                           (0, 1, CUT_SHORT), 10 * HANG, env=ENVIRONMENT)
        self.modules += count
        if wrong and wiresharks_own(capture):
            self.wiresharks += 1
            print('Wireshark itself, without the module, fails on these, too')
        elif wrong:
            self.fail(capture, 'module: ' + wrong)


def main(arguments):
    count, seed = (int(a) for a in (arguments + ['1000', '0'][len(arguments):])[:2])
    FOLDER.mkdir(parents=True, exist_ok=True)
    run, whole = Run(seed), captures()
    seeds = [records for records in map(mutate.read, whole) if records]
    if seed == 0:
        for capture in whole:
            run.program(capture)
            run.module(capture)
    batch = []
    for i in range(count):
        rng = random.Random(seed * 1000003 + i)
        raw = mutate.mutate(rng, rng.choice(seeds))
        path = FOLDER / 'one.pcapng'
        path.write_bytes(raw)
        run.program(path)
        batch.append(mutate.read(path))
        if len(batch) == BATCH or i + 1 == count:
            path = FOLDER / 'batch.pcapng'
            path.write_bytes(mutate.write_pcapng([record for records in batch for record in records]))
            run.module(path, len(batch))
            batch = []
            run.tell()
    return 1 if run.failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
