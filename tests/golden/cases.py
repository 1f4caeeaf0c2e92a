#!/usr/bin/env python3
"""The cases in testdata/: planted truth against what the program says.

A case is a folder with in.pcap or in.pcapng and a case.toml:
  title, about, origin   what it is and where it comes from
  options                for `stallshark analyze`
  full = true            the whole report must equal expect.json, apart from "host"
  [[stall]]              a silence that was caused on purpose (times: epoch seconds, nanoseconds after the point)
      flow               "ADDRESS PORT ADDRESS PORT": client first, as in "a" and "b" of the report
      to                 "ADDRESS PORT" instead of flow, for connections that never were
      start, end         when the cause began and ended; early_ms, late_ms: how far the report may be off
      kind, direction    as in the report, where they are known
      verdict_has        at least one of these causes is named
      verdict_within     and none outside this list
  [[measurement]]        id, start, end: a fault of the capture that must be reported in that time, and no other
  [[udp]]                port, burst_bytes (3 %), duty_permille (+-30), verdict_has
  [[service]]            type, instance, keys, peer_id, finding
  [[finding]]            id; words, all of which its text holds; absent = true: it must not be there
  [quiet]                flows on which no stall may be reported; anywhere = true: none at all
expect.json is written anew by `./dev refresh CASE`, case by case, never by the tests.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import json
import os
import re
import shlex
import pathlib
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'testdata'


def names():
    return sorted(path.parent.name for path in FOLDER.glob('*/case.toml'))


def load(name):
    with open(FOLDER / name / 'case.toml', 'rb') as file:
        return tomllib.load(file)


def capture(name):
    found = [path for path in (FOLDER / name / 'in.pcapng', FOLDER / name / 'in.pcap') if path.exists()]
    if len(found) != 1:
        raise FileNotFoundError('testdata/%s must hold in.pcap or in.pcapng' % name)
    return found[0]


def nanoseconds(text):
    """'12.000000345' -> 12000000345; None stays None. Never through a double."""
    if text is None:
        return None
    seconds, _, rest = text.partition('.')
    return int(seconds) * 10**9 + int((rest + '0' * 9)[:9])


def comparable(report):
    """The report without what differs from host to host."""
    return {key: value for key, value in report.items() if key != 'host'}


def endpoints(text):
    words = text.split()
    return frozenset((words[i].lower(), int(words[i + 1])) for i in range(0, len(words), 2))


class Checker:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self, case, report):
        self.case, self.report, self.wrong = case, report, []
        self.checks = 0
        self.ends = {flow['id']: frozenset((flow[side]['addr'].lower(), flow[side]['port']) for side in 'ab')
                     for flow in report['flows']}
        self.last = max([nanoseconds(source['last']) or 0 for source in report['inputs']] + [0])

    def check(self, holds, *text):
        self.checks += 1
        if not holds:
            self.wrong.append(' '.join(map(str, text)))

    def verdict(self, want, got, where):
        if 'verdict_has' in want:
            self.check(set(want['verdict_has']) & set(got), where, 'verdict', got, 'names none of', want['verdict_has'])
        if 'verdict_within' in want:
            self.check(set(got) <= set(want['verdict_within']), where, 'verdict', got, 'goes beyond',
                       want['verdict_within'])

    def stall(self, want):
        ends = endpoints(want.get('flow') or want['to'])
        where = 'stall on %s:' % (want.get('flow') or want['to'])
        near = [s for s in self.report['stalls'] if ends <= self.ends[s['flow']]
                and s['kind'] == want.get('kind', s['kind'])]
        if 'start' in want:
            start, end = nanoseconds(want['start']), nanoseconds(want['end'])

            def common(stall):
                return min(nanoseconds(stall['end']) or self.last, end) - max(nanoseconds(stall['start']), start)
            near = sorted((s for s in near if common(s) > 0), key=common, reverse=True)
        self.check(near, where, 'not reported')
        if not near:
            return
        stall = near[0]
        if 'start' in want:
            early = (nanoseconds(stall['start']) - start) / 1e6
            late = ((nanoseconds(stall['end']) or self.last) - end) / 1e6
            self.check(abs(early) <= want['early_ms'], where, 'starts %+.0f ms from the truth' % early)
            closed = stall['recovery'] in ('fin', 'rst', 'new-connection')
            self.check((closed or late >= -want['early_ms']) and late <= want['late_ms'], where,
                       'ends %+.0f ms from the truth' % late)
        if 'direction' in want:
            self.check(stall['direction'] == want['direction'], where, 'direction', stall['direction'])
        self.verdict(want, stall['verdict'], where)

    def measurements(self, wanted):
        got = [m for m in self.report['measurement'] if m['id'] in ('capture-hole', 'clock-step')]
        self.check(len(got) >= len(wanted), 'measurement:', len(got), 'reported,', len(wanted), 'planted')
        for m in got:
            low, high = sorted((nanoseconds(m['start']), nanoseconds(m['end'])))
            fits = [w for w in wanted if w['id'] == m['id']
                    and low <= nanoseconds(w['end']) and high >= nanoseconds(w['start'])]
            self.check(fits, 'measurement:', m['id'], 'at', m['start'], 'is not planted')
            for want in fits:
                if 'by_ns' in want:
                    self.check(abs(m['by_ns'] - want['by_ns']) <= 10**8, 'clock step by', m['by_ns'], 'ns')

    def udp(self, want):
        where = 'udp stream to port %d:' % want['port']
        streams = [u for u in self.report['udp'] if any(port == want['port'] for _, port in self.ends[u['flow']])]
        on_off = [u['on_off'] for u in streams if u['on_off']]
        self.check(on_off, where, 'no on/off pattern in', len(streams), 'streams')
        for pattern in on_off[:1]:
            burst, duty = pattern['on_bytes']['p50'], pattern['duty_permille']
            self.check(abs(burst - want['burst_bytes']) <= 0.03 * want['burst_bytes'], where, 'bursts of', burst)
            self.check(abs(duty - want['duty_permille']) <= 30, where, 'duty', duty)
            self.verdict(want, streams[0]['verdict'] or [], where)

    def service(self, want):
        bonjour = self.report['bonjour']
        where = 'service %s:' % want['instance']
        found = [s for s in bonjour['services'] if s['type'] == want['type'] and s['instance'] == want['instance']]
        self.check(found, where, 'not listed')
        for service in found[:1]:
            keys = [pair['key'] for pair in service['txt']]
            self.check(set(want['keys']) <= set(keys), where, 'keys', keys)
            self.check(any(pair['value'] == want['peer_id'] for pair in service['txt']), where, 'peer id not shown')
        if 'finding' in want:
            ids = [finding['id'] for finding in bonjour['findings']]
            self.check(want['finding'] in ids, where, 'findings', ids)

    def finding(self, want):
        texts = [f['text'] for f in self.report['findings'] if f['id'] == want['id']]
        if want.get('absent'):
            self.check(not texts, 'finding', want['id'], 'must not be there:', texts)
        else:
            self.check(any(all(word in text for word in want.get('words', [])) for text in texts),
                       'finding', want['id'], want.get('words'), 'is not in', texts)

    def quiet(self, want):
        for text in want.get('flows', []):
            for stall in self.report['stalls']:
                self.check(self.ends[stall['flow']] != endpoints(text), 'stall on the quiet flow', text)
        if want.get('anywhere'):
            said = [(s['flow'], s['start'], s['verdict']) for s in self.report['stalls']]
            self.check(not said, 'stalls in a capture without any:', said)

    def run(self):
        for want in self.case.get('stall', []):
            self.stall(want)
        self.measurements(self.case.get('measurement', []))
        for want in self.case.get('udp', []):
            self.udp(want)
        for want in self.case.get('service', []):
            self.service(want)
        for want in self.case.get('finding', []):
            self.finding(want)
        self.quiet(self.case.get('quiet', {}))
        return self.wrong


README = ROOT / 'README.md'
DEMO_FROM, DEMO_TO = '<!-- demo: written by ./dev refresh README -->\n```\n', '```\n<!-- end of demo -->'


def demo(program):
    """What `./dev demo` prints where the time zone is UTC, whole."""
    done = subprocess.run([str(program), 'testdata/lock-screen-stall/in.pcap'], stdout=subprocess.PIPE, check=True,
                          cwd=ROOT, text=True, env={**os.environ, 'TZ': 'UTC'})
    return done.stdout


def demo_in_readme():
    text = README.read_text()
    return text.partition(DEMO_FROM)[2].partition(DEMO_TO)[0]


BLOCK = re.compile(r'<!-- output: (.*?) \| lines (\d+)-(\d+) -->\n```\n(.*?)```\n', re.S)
SHOWING = ['README.md', 'docs/tutorial.md', 'docs/faq.md', 'docs/logs.md']


def part_of_output(program, arguments, first, last):
    """Lines first to last of what the program prints, blanks at both ends left out."""
    done = subprocess.run([str(program), *shlex.split(arguments)], stdout=subprocess.PIPE, check=True, cwd=ROOT,
                          text=True, env={**os.environ, 'TZ': 'UTC'})
    return '\n'.join(done.stdout.splitlines()[int(first) - 1:int(last)]).strip('\n') + '\n'


def refreshed(program, text):
    """The text with each block of output as the program prints it today."""
    return BLOCK.sub(lambda block: '<!-- output: %s | lines %s-%s -->\n```\n%s```\n' % (
        *block.groups()[:3], part_of_output(program, *block.groups()[:3])), text)


def main(arguments):
    """Write expect.json of the cases named, or the README's report."""
    program = ROOT / 'build/stallshark'
    for name in arguments:
        if name == 'README':
            path = README
            text = path.read_text()
            before, rest = text.split(DEMO_FROM)
            path.write_text(before + DEMO_FROM + demo(program) + DEMO_TO + rest.split(DEMO_TO)[1])
            for shown in SHOWING:
                (ROOT / shown).write_text(refreshed(program, (ROOT / shown).read_text()))
        else:
            done = subprocess.run([str(program), 'analyze', '--format', 'json', *load(name)['options'],
                                   str(capture(name))], stdout=subprocess.PIPE, check=True)
            path = FOLDER / name / 'expect.json'
            path.write_text(json.dumps(comparable(json.loads(done.stdout)), indent=1, ensure_ascii=False) + '\n')
        print('written: %s; look at its diff before you commit it' % path.relative_to(ROOT))


if __name__ == '__main__':
    main(sys.argv[1:])
