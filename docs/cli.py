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

Over months and sites, what the reports have in common: the gaps of all of them in one histogram for each service, and
how often which verdict was given.

```
$ stallshark merge reports.ndjson
14 reports, 69 flows, 18 stalls of 4 min 7 s in all
     5  process-suspended or app-wedged
     3  address-changed
     3  downlink-loss or uplink-loss or path-blackout
     3  radio-off or uplink-loss or path-blackout
     2  flow-blackout
     1  connect-refused
     1  process-suspended or reader-blocked or app-wedged

packets to or from   flows       gaps        p50        p90        p99    longest    >1s    >5s   >30s
all                     69       9221   2.208 ms   483.3 ms    1.024 s     31.4 s    113     23      6
tcp 8443 to             21       1283     244 us   249.9 ms    1.671 s    6.656 s     13      3      0
tcp 8443 from           21        758     384 us   372.7 ms   401.4 ms     7.04 s      5      2      0
tcp 7777 to             11       1095     276 us   462.8 ms    1.024 s    7.734 s     18      3      0
tcp 7777 from           11        741     584 us   479.2 ms    1.032 s    7.734 s     18      3      0
tcp 9000 to              7        633     236 us   491.5 ms    1.024 s    1.028 s     10      0      0
...
$ stallshark merge --format json site*/reports.ndjson | jq '.services[] | select(.port == 5223) | .gap_quantiles_ns'
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
    out += '.SH DESCRIPTION\n' + '.PP\n'.join(roff(' '.join(p.split())) + '\n' for p in intro[3:])
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
