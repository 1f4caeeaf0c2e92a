#!/usr/bin/env python3
"""Writes docs/cli.md and docs/stallshark.1 from the program's own --help, so that they cannot differ.

    docs/cli.py [PROGRAM]           write them; PROGRAM is build/stallshark if not given
    docs/cli.py [PROGRAM] --check   fail if they are not up to date

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

HEAD = '''# The command line

Made from `stallshark --help` by `docs/cli.py`; do not edit.
'''

MORE = '''
## In scripts

Many captures, one line of JSON each, and a status that says whether anything stalled:

```
$ stallshark --each --fail-on 'stall>5s' captures/*.pcapng > reports.ndjson
$ echo $?
1
$ jq -r 'select(.stalls != []) | .host.files[0].path' reports.ndjson
captures/monday.pcapng
```

A file that cannot be read is told on standard error and makes the status 3; the others are reported all the same.
'''


def help_of(program, *command):
    done = subprocess.run([program, *command, '--help'], capture_output=True, text=True, check=True)
    return done.stdout


def commands(text):
    """Names in the first list of --help."""
    block = text.split('\n\n')[2]
    return re.findall(r'^  (\w+)', block, re.M)


def markdown(program):
    whole = help_of(program)
    out = HEAD + '\n```\n' + whole + '```\n'
    for name in commands(whole)[1:]:
        out += '\n## stallshark %s\n\n```\n%s```\n' % (name, help_of(program, name))
    return out + MORE


def roff(text):
    return text.replace('\\', r'\e').replace('-', r'\-').replace('\n.', '\n\\&.').replace("\n'", "\n\\&'")


def man_options(block):
    """The two columns of --help as tagged paragraphs."""
    out = ''
    for item in re.split(r'\n(?=  \S)', block):
        lines = item.split('\n')
        head, _, first = lines[0].strip().partition('  ')
        words = ' '.join([first.strip()] + [line.strip() for line in lines[1:]]).strip()
        out += '.TP\n.B %s\n%s\n' % (roff(head), roff(words))
    return out


def man(program):
    whole = help_of(program)
    version = whole.split()[1]
    parts = re.split(r'\n\n(?=\w[\w ]*:\n)', whole)
    intro = parts[0].split('\n\n')
    usage = [line.replace('usage:', '').strip() for line in intro[1].split('\n')]
    out = '.\\" Made from stallshark --help by docs/cli.py; do not edit.\n'
    out += '.\\" SPDX-License-Identifier: GPL-2.0-or-later\n'
    out += '.TH STALLSHARK 1 "" "stallshark %s" "User Commands"\n' % version
    out += '.SH NAME\n%s\n' % roff(re.sub(r' [\d.]+ ', ' ', intro[0], count=1))
    out += '.SH SYNOPSIS\n' + '\n.br\n'.join(roff(line) for line in usage) + '\n'
    out += '.SH DESCRIPTION\n' + roff(' '.join(intro[3].split())) + '\n'
    out += '.SH COMMANDS\n' + man_options(intro[2])
    for part in parts[1:]:
        title, _, block = part.partition(':\n')
        out += '.SH %s\n' % title.upper()
        if title == 'Examples':
            out += '.nf\n%s\n.fi\n' % roff(block.rstrip('\n'))
        else:
            out += man_options(block.rstrip('\n'))
    for name in commands(whole)[1:]:
        text = help_of(program, name)
        about, _, options = text.partition('\nOptions:\n')
        own = options.split('\n\n')[0].rstrip('\n')
        paragraphs = about.strip().split('\n\n')[1:]
        out += '.SH STALLSHARK %s\n' % name.upper()
        out += '.PP\n'.join(roff(' '.join(p.split())) + '\n' for p in paragraphs) + man_options(own)
    return out


def main(arguments):
    check = '--check' in arguments
    program = next((a for a in arguments if a != '--check'), HERE.parent / 'build/stallshark')
    stale = 0
    for name, content in (('cli.md', markdown(program)), ('stallshark.1', man(program))):
        path = HERE / name
        if not check:
            path.write_text(content)
        elif not path.exists() or path.read_text() != content:
            print('docs/%s is not up to date: run docs/cli.py' % name, file=sys.stderr)
            stale = 1
    return stale


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
