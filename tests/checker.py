"""What the checks of the source tree share: their command line.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib


def run(arguments, self_test, check_tree, nothing, sum_up):
    """Without an argument the check plants its own violations and reads this tree; with `--self-test` only the first,
    with a folder only that one.
    nothing: what is said of a tree without files; sum_up: of how much was found. @return the exit status"""
    found = []
    if not arguments or arguments == ['--self-test']:
        found += ['self-test: ' + line for line in self_test()]
    if arguments != ['--self-test']:
        root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
        more, count = check_tree(root)
        found += more
        if not count:
            found.append('%s: %s' % (root, nothing))
    for line in found:
        print(line)
    print(sum_up % len(found))
    return 1 if found else 0
