#!/usr/bin/env python3
"""Count all tests of a run: "N passed, N failed, N skipped", the names of the failed ones, and why others were skipped.

    count_results.py DIR [KIND]     all of them, or those of DIR/KIND.*

Reads DIR/*.tap (steps of ./dev) and DIR/*.xml (JUnit, as ctest and pytest write it). A ctest entry whose
output is TAP, as GLib's test programs print, counts as the tests in that output. Ends with 1 if a test
failed, if a file is broken, or if nothing ran.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import sys
import xml.etree.ElementTree

TAP = re.compile(r'^(not )?ok \d+ (?:- )?(.*?)(\s+# SKIP\b.*)?$', re.M | re.I)


def of_tap(text, origin):
    """Yield (name, 'passed' | 'failed' | 'skipped'); a skipped one's name ends with the reason."""
    for negative, name, skip in TAP.findall(text):
        yield origin + name + because(skip.partition('SKIP')[2]), 'failed' if negative else 'skipped' if skip else 'passed'


def because(reason):
    return ' (%s)' % reason.strip() if reason and reason.strip() else ''


def of_junit(path):
    for case in xml.etree.ElementTree.parse(path).getroot().iter('testcase'):
        name = '%s: %s' % (path.stem, '/'.join(filter(None, (case.get('classname'), case.get('name')))))
        bad = case.find('failure') is not None or case.find('error') is not None or case.get('status') == 'fail'
        skipped = case.find('skipped') is not None or case.get('status') in ('notrun', 'disabled')
        inner = list(of_tap(case.findtext('system-out') or '', name + ' '))
        if inner:
            yield from inner
            # died half-way, or a sanitizer spoke after the last test
            if bad and not any(outcome == 'failed' for _, outcome in inner):
                yield name, 'failed'
        else:
            reason = case.find('skipped').get('message') if case.find('skipped') is not None else None
            yield name + because(reason), 'failed' if bad else 'skipped' if skipped else 'passed'


def main(folder, kind='*'):
    outcomes = []
    for path in sorted(pathlib.Path(folder).glob(kind + '.*')):
        try:
            if path.suffix == '.tap':
                outcomes += of_tap(path.read_text(), '')
            elif path.suffix == '.xml':
                outcomes += of_junit(path)
        except (OSError, ValueError, xml.etree.ElementTree.ParseError) as error:
            outcomes.append(('%s: %s' % (path, error), 'failed'))
    count = {kind: [name for name, outcome in outcomes if outcome == kind] for kind in ('passed', 'failed', 'skipped')}
    for name in count['skipped']:
        print('skipped: ' + name)
    for name in count['failed']:
        print('FAILED: ' + name)
    print(', '.join('%d %s' % (len(names), kind) for kind, names in count.items()))
    return 1 if count['failed'] or not count['passed'] else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
