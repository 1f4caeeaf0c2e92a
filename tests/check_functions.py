#!/usr/bin/env python3
"""Keep functions short: fail when one of core/ has a complexity above 30, or more than 80 lines.

Complexity is McCabe's, as pmccabe counts it, with each case of a switch: 1 for the function and 1 for each if, loop,
case, &&, || and ?:. A table is no function.
  check_functions.py [DIR]         check a source tree (default: this one)
  check_functions.py --self-test   plant a function of each kind, and see that it is found
Without an argument both are done.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import checker

COMPLEXITY_MOST = 30
LINES_MOST = 80
# Modified complexity, complexity, statements, first line, lines; "file(definition): name".
ROW = re.compile(r'\d+\t(?P<complexity>\d+)\t\d+\t\d+\t(?P<lines>\d+)\t(?P<where>.*)')


def check_tree(root):
    files = sorted(path.relative_to(root).as_posix() for path in (root / 'core').rglob('*.[ch]'))
    done = subprocess.run(['pmccabe', *files], cwd=root, capture_output=True, text=True)
    found = ['pmccabe: ' + line for line in done.stderr.splitlines()]
    count = 0
    for line in done.stdout.splitlines():
        row = ROW.fullmatch(line)
        count += 1
        if int(row['complexity']) > COMPLEXITY_MOST:
            found.append('%s: complexity %s, at most %d' % (row['where'], row['complexity'], COMPLEXITY_MOST))
        if int(row['lines']) > LINES_MOST:
            found.append('%s: %s lines, at most %d' % (row['where'], row['lines'], LINES_MOST))
    return found, count


def planted(complexity, lines):
    """A function of that complexity and so many lines."""
    body = ['    x += x && x;'] * (complexity - 1)
    body += ['    x++;'] * (lines - 3 - len(body))
    return 'int f(int x)\n{\n%s\n}\n' % '\n'.join(body)


def self_test():
    """What is at the limit passes; one more of either is found, alone."""
    wrong = []
    for complexity, lines, expected in ((COMPLEXITY_MOST, LINES_MOST, None), (COMPLEXITY_MOST + 1, LINES_MOST, 'complexity 31'),
                                        (COMPLEXITY_MOST, LINES_MOST + 1, '81 lines')):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / 'core/rule/long.c'
            path.parent.mkdir(parents=True)
            path.write_text(planted(complexity, lines))
            found, count = check_tree(pathlib.Path(folder))
            if count != 1 or (found != [] if not expected else len(found) != 1 or expected not in found[0]):
                wrong.append('complexity %d and %d lines: expected %s, found %s' % (complexity, lines, expected, found))
    return wrong


if __name__ == '__main__':
    sys.exit(checker.run(sys.argv[1:], self_test, check_tree, 'no functions', '%d long functions'))
