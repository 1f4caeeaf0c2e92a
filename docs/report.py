#!/usr/bin/env python3
"""Writes docs/report.md from report/schema.json, so that the two cannot differ.

    docs/report.py            write it
    docs/report.py --check    fail if it is not up to date

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parent / 'report/schema.json'
OUT = HERE / 'report.md'

HEAD = '''# The report

Made from `report/schema.json` by `docs/report.py`; do not edit.

| `--format` | for | bounds |
|---|---|---|
| `text` | reading: incidents first, then each stall with what speaks for and against each cause | 100 columns, or as the terminal is wide, but for tables and display filters: they are one line each, to be pasted; 50 stalls, 30 entries of each other kind, 20 flows |
| `html` | sending: one page with zoomable charts that works offline, prints, and asks for nothing over the network | 100 stalls, 1000 flows, 100 entries of each other kind |
| `markdown` | issue trackers | 60 000 characters; details are left out until it fits |
| `json` | programs: the contract below | everything |
| `ndjson` | the same on one line | everything |

What a bound leaves out is counted in the report. Text from the capture cannot become markup, a link, a script or a
terminal command in any of them.

The charts of the HTML report are drawn by [uPlot](https://github.com/leeoniya/uPlot) (MIT), which the build takes from
npm (`report/web/package-lock.json`, checked by SHA-256) or from the folder that `cmake -DSSK_UPLOT=DIR` names. A build
without it draws static charts and says so at the foot of the page.

# The JSON report: `stallshark/1`

`--format json` writes one object; `--format ndjson` and `--each` write the same on one line per report.
`tshark -z stallshark,report,json` writes the same too: only `host` differs between hosts.

- Keys may be added in any object. A key is never renamed or given another meaning.
- **Times** are strings of epoch seconds with nine decimals: `"1742841288.808000000"`.
- **Lengths of time** are integers of nanoseconds; their key ends in `_ns`.
- **`null`** is "not known", never a made-up 0.
- **Frame numbers** are Wireshark's: every record of the input counts, and several input files are numbered through.
- Text from the capture is valid UTF-8: bytes that are none become U+FFFD, control characters are `\\u` escapes.
- The same input gives the same bytes: flows by first frame, stalls by start, then flow.

Ids of causes and findings are explained in [causes.md](causes.md), options in [options.md](options.md).
'''


def type_of(node):
    """The JSON type of a schema node, as a reader would say it."""
    if '$ref' in node:
        name = node['$ref'].rsplit('/', 1)[1]
        return {'time': 'time', 'hex': 'hex string', 'cause_id': 'id'}.get(name, '[%s](#%s)' % (name, name))
    if 'const' in node:
        return '`%s`' % json.dumps(node['const'])
    if 'anyOf' in node:
        return ' or '.join(type_of(part) for part in node['anyOf'])
    if 'enum' in node:
        return ' / '.join('`%s`' % json.dumps(value) for value in node['enum'])
    kind = node['type']
    if isinstance(kind, list):
        return ' or '.join(type_of({**node, 'type': part}) for part in kind)
    if kind == 'array':
        if 'prefixItems' in node:
            return '[%s]' % ', '.join(type_of(item) for item in node['prefixItems'])
        inner = type_of(node['items'])
        return 'list of ' + {'object': 'objects', 'integer': 'integers', 'string': 'strings', 'time': 'times',
                             'id': 'ids'}.get(inner, inner)
    return kind


def objects_in(node):
    """The object schemas a key holds, directly, as list items or as one of several."""
    if node.get('type') == 'object' and 'properties' in node:
        yield '', node
    elif 'items' in node and node.get('type') == 'array':
        for suffix, inner in objects_in(node['items']):
            yield '[]' + suffix, inner
    for part in node.get('anyOf', []):
        yield from objects_in(part)


def section(path, node, out):
    out.append('\n## %s\n' % path if path else '\n## The report\n')
    out.append('| key | type | meaning |\n|---|---|---|')
    for key, value in node['properties'].items():
        optional = '' if key in node['required'] else ' (may be absent)'
        out.append('| `%s` | %s | %s%s |' % (key, type_of(value).replace('|', '\\|'),
                                             value['description'].replace('|', '\\|'), optional))
    for key, value in node['properties'].items():
        for suffix, inner in objects_in(value):
            section('%s%s%s' % (path + '.' if path else '', key, suffix), inner, out)


def make():
    schema = json.loads(SCHEMA.read_text())
    out = [HEAD.rstrip('\n')]
    section('', schema, out)
    for name, node in schema['$defs'].items():
        if node.get('type') == 'object':
            section(name, node, out)
        elif name in ('side', 'series', 'frames'):
            out.append('\n## %s\n\n%s: %s' % (name, type_of(node), node['description']))
    return '\n'.join(out) + '\n'


if __name__ == '__main__':
    if sys.argv[1:] == ['--check']:
        if not OUT.exists() or OUT.read_text() != make():
            sys.exit('docs/report.md is not what docs/report.py makes: run it')
    else:
        OUT.write_text(make())
