#!/usr/bin/env python3
"""How much of core/ the tests run: `./dev coverage` builds with counters, runs units, fuzz replays and the planted cases,
and this prints lines and branches per folder, and what they are short of. Needs gcov.

    tests/coverage.py BUILD

SPDX-License-Identifier: GPL-2.0-or-later
"""
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
LINES, BRANCHES = 95, 85  # percent of core that must be run
SHOWN = 12


def read(build):
    """{file: ({line: times}, {(line, number): times})}, of files of core/ and report/."""
    lines, branches = collections.defaultdict(dict), collections.defaultdict(dict)
    notes = sorted(path.resolve() for path in pathlib.Path(build).rglob('*.gcda') if '/core.dir/' in str(path) or
                   '/report.dir/' in str(path))
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(notes), 50):
            subprocess.run(['gcov', '--branch-probabilities', '--json-format', *map(str, notes[at:at + 50])], cwd=folder,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        for path in pathlib.Path(folder).glob('*.gcov.json.gz'):
            with gzip.open(path) as file:
                told = json.load(file)
            for one in told['files']:
                name = pathlib.Path(told['current_working_directory'], one['file']).resolve()
                if ROOT not in name.parents:
                    continue
                name = str(name.relative_to(ROOT))
                for line in one['lines']:
                    number = line['line_number']
                    lines[name][number] = lines[name].get(number, 0) + line['count']
                    for i, branch in enumerate(line['branches']):
                        key = number, i
                        branches[name][key] = branches[name].get(key, 0) + branch['count']
    return {name: (lines[name], branches[name]) for name in lines}


def share(counts):
    """(percent, run, all)"""
    run = sum(1 for count in counts if count)
    return 100 * run / max(1, len(counts)), run, len(counts)


def main(build):
    files = {name: told for name, told in read(build).items() if name.endswith('.c')}
    folders = collections.defaultdict(lambda: ([], []))
    for name, (lines, branches) in files.items():
        for folder in (str(pathlib.PurePath(name).parent), name.split('/')[0] + ', all of it'):
            folders[folder][0].extend(lines.values())
            folders[folder][1].extend(branches.values())
    print('%-24s %7s %9s %7s %9s' % ('', 'lines', '', 'branches', ''))
    for folder in sorted(folders):
        a, b = share(folders[folder][0]), share(folders[folder][1])
        print('%-24s %6.1f%% %9s %6.1f%% %9s' % (folder, a[0], '%d/%d' % a[1:], b[0], '%d/%d' % b[1:]))
    print('\nlines that no test runs, most first')
    missed = sorted(((sum(1 for count in lines.values() if not count), name) for name, (lines, _) in files.items()
                     if name.startswith('core/')), reverse=True)
    for count, name in missed[:SHOWN]:
        print('%5d  %s' % (count, name))
    core = folders['core, all of it']
    short = share(core[0])[0] < LINES or share(core[1])[0] < BRANCHES
    if short:
        print('core: fewer than %d %% of the lines or %d %% of the branches' % (LINES, BRANCHES))
    return int(short)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
