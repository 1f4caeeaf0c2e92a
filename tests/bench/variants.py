#!/usr/bin/env python3
"""Do the verdicts hold when the same capture is recorded otherwise? `python3 tests/bench/variants.py [NAME...]`

Runs ../shared/captures/score.py's own judgment over every labeled capture in every variant of
tests/golden/variants.py, and compares the verdicts with those of the capture as it is. Skipped where the captures
are not there.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import copy
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/golden'))

import pcapfile  # noqa: E402
import variants  # noqa: E402

CAPTURES = ROOT.parent / 'shared/captures'


def scorer():
    spec = importlib.util.spec_from_file_location('score', CAPTURES / 'score.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def analyze(program, path, options):
    done = subprocess.run([program, 'analyze', str(path), '--format', 'json', *options], capture_output=True,
                          timeout=120)
    if done.returncode:
        raise RuntimeError('%s: exit %d, %s' % (path, done.returncode, done.stderr.decode(errors='replace')[-300:]))
    return json.loads(done.stdout)


def moved(label, name, variant, first):
    """The label with its times and addresses as the variant has them."""
    label = copy.deepcopy(label)

    def at(time):
        time = first + int((time - first) * variant.factor)
        return time + 86400 * 10**9 + 123456789 if name == 'a day later' else time

    def address(text):
        if ':' in text or name not in ('IPv6', 'other addresses'):
            packed = variants.ipaddress.ip_address(text).packed
            return str(variants.ipaddress.ip_address(pcapfile.other_address(packed))) if name == 'other addresses' \
                else text
        packed = variants.ipaddress.ip_address(text).packed
        change = variants.address6 if name == 'IPv6' else pcapfile.other_address
        return str(variants.ipaddress.ip_address(change(packed)))

    def port(number):
        return pcapfile.other_port(number) if number and name == 'other addresses' else number
    for stall in label['stalls']:
        stall['start_ns'], stall['end_ns'] = at(stall['start_ns']), at(stall['end_ns'])
    extra = label['extra']
    if 'at_ns' in extra:
        extra['at_ns'] = at(extra['at_ns'])
        extra['step_ns'] = int(extra['step_ns'] * variant.factor)
    label['params']['scale'] *= variant.factor
    for flow in label['flows']:
        flow['client'], flow['server'] = address(flow['client']), address(flow['server'])
        flow['cport'], flow['sport'] = port(flow.get('cport')), port(flow['sport'])
    if 'target' in extra and extra['target']:
        host, _, number = extra['target'].rpartition(':')
        extra['target'] = '%s:%d' % (address(host.strip('[]')), port(int(number)))
    if 'stream' in extra and extra['stream'].get('port'):
        extra['stream']['port'] = port(extra['stream']['port'])
    return label


def in_short(report):
    """Verdicts by client port: flow numbers and addresses differ between variants."""
    port = {flow['id']: sorted((variants_port(flow['a']['port']), variants_port(flow['b']['port'])))[-1]
            for flow in report['flows']}
    return sorted((port[stall['flow']], tuple(sorted(stall['verdict']))) for stall in report['stalls'])


def variants_port(port):
    return min(port, pcapfile.other_port(port))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('names', nargs='*', help='variants; all of them if none is named')
    parser.add_argument('--program', default=str(ROOT / 'build/stallshark'))
    parser.add_argument('--only', default='', help='runs whose name holds this')
    parser.add_argument('--auto', action='store_true', help='let the vantage be inferred')
    parser.add_argument('-v', action='store_true', help='print every miss and every verdict that changed')
    arguments = parser.parse_args()
    if not CAPTURES.is_dir():
        print('%s is not here' % CAPTURES)
        return 0
    score = scorer()
    names = arguments.names or list(variants.VARIANTS)
    totals = {name: {} for name in names}
    changed = {name: 0 for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for run in sorted(path for path in (CAPTURES / 'lab').iterdir() if arguments.only in path.name):
            label = json.loads((run / 'label.json').read_text())
            for vantage in ('client', 'server'):
                capture = run / (vantage + '.pcap')
                if not capture.exists():
                    continue
                link, packets = pcapfile.read(capture)
                options = [] if arguments.auto else ['--vantage', vantage]
                plain = in_short(analyze(arguments.program, capture, options))
                for name in names:
                    variant = variants.VARIANTS[name]
                    told = variant.change(packets)
                    report = analyze(arguments.program, pcapfile.write(pathlib.Path(folder) / 'x.pcap', variant.link, told),
                                     [*options, *variant.options])
                    truth = moved(label, name, variant, packets[0].time)
                    rows = score.score_run(run, truth, report, vantage, {})
                    for kind, right, want, got in rows:
                        if kind == 'size':
                            continue
                        hits = totals[name].setdefault(kind, [0, 0])
                        hits[0] += bool(right)
                        hits[1] += 1
                        if arguments.v and not right:
                            print('%-20s MISS %-10s %s %s want %s got %s' % (name, kind, vantage, run.name, want, got))
                    if in_short(report) != plain:
                        changed[name] += 1
                        if arguments.v:
                            print('%-20s CHANGED %s %s\n  %s\n  %s' % (name, vantage, run.name, plain,
                                                                       in_short(report)))
    for name in names:
        misses = {kind: '%d/%d' % tuple(hits) for kind, hits in sorted(totals[name].items()) if hits[0] < hits[1]}
        print('%-22s %3d captures with other stalls or verdicts  %s' % (
            name, changed[name], ' '.join('%s %s' % item for item in misses.items()) or 'full marks'))
    return 0


if __name__ == '__main__':
    sys.exit(main())
