"""What the report says, as the rows of Tools > Stallshark > Tables, and how rows that were shown differ from them.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import datetime
import decimal
import re

from cases import nanoseconds


def seconds(ns):
    return '' if ns is None else str(decimal.Decimal(ns).scaleb(-9).quantize(decimal.Decimal('1e-9')))


def known(value):
    return '' if value is None else str(value)


def joined(values):
    return ', '.join(map(str, values))


def point(end):
    return ('[%s]:%d' if ':' in end['addr'] else '%s:%d') % (end['addr'], end['port'])


def conversation(report, flow_id, sender='a'):
    flow = next(flow for flow in report['flows'] if flow['id'] == flow_id)
    return '%s -> %s' % (point(flow[sender]), point(flow['b' if sender == 'a' else 'a']))


def percent(permille):
    return '%d.%d' % divmod(permille, 10)


def host(report, flow_id, side):
    """The address of a side."""
    if side in (None, 'path', 'both'):
        return {None: '', 'path': 'the path', 'both': 'both sides'}[side]
    return next(flow for flow in report['flows'] if flow['id'] == flow_id)[side]['addr']


def moment(report, epoch):
    """Date and time of day, and seconds since the capture's start, both to the millisecond."""
    at, start = nanoseconds(epoch), nanoseconds(report['inputs'][0]['first'])
    whole = datetime.datetime.fromtimestamp(at // 10**9).astimezone()
    zone = whole.strftime('%z')
    return '%s.%03d %s:%s (%d.%03d s)' % (whole.strftime('%Y-%m-%d %H:%M:%S'), at % 10**9 // 10**6, zone[:3], zone[3:],
                                         (at - start) // 10**9, (at - start) % 10**9 // 10**6)


def likely(verdict):
    """Causes as a table has them, "radio off or path dead both ways": of "Radio off or path ... ways. This capture ..." or
    of "Most likely radio off. What that means. Or path dead both ways. What ..."."""
    several = re.findall(r'(?:^Most likely |(?<=\. )Or )(.*?)\. (?=[A-Z])', verdict)
    words = several or re.split(r'\. |; nothing|\.$', verdict)[:1]
    words = [word[0].lower() + word[1:] for word in words]
    return ', '.join(words[:-1]) + (' or ' if words[1:] else '') + words[-1]


def verdicts(text):
    """{(where, number): causes} of a report in text with --verbose, where the sentence is wrapped."""
    found = {}
    for where, number, body in re.findall(r'^(STALL|  \* flow) (\d+): (.*?)(?=^\S|^  \*|\Z)', text, re.M | re.S):
        sentence = re.search(r'^  verdict +(.*(?:\n {15}.*)*)', body, re.M)
        if sentence:
            found[where.strip(' *'), int(number)] = likely(' '.join(sentence.group(1).split()))
    return found


def stalls(report):
    for s in report['stalls']:
        guilty = next((c['side'] for c in s['causes'] if c['id'] == s['verdict'][0]), None)
        yield [str(s['id']), host(report, s['flow'], s['direction']), seconds(s['duration_ns']), report['words']['STALL', s['id']],
               known(s['frame_before']), known(s['frame_after']), moment(report, s['start']),
               conversation(report, s['flow']), host(report, s['flow'], guilty), s['kind'],
               known(s['missed']), s['recovery'], str(s['flow']), str(s['incident']), s['filter']]


def flows(report):
    for f in report['flows']:
        for d in f['directions']:
            frames = d['max_gap_frames'] or [None, None]
            quantiles = d['gap_quantiles_ns']
            yield [str(f['id']), conversation(report, f['id'], d['from']), seconds(d['max_gap_ns']), str(d['packets']),
                   str(d['bytes']), str(d['payload_packets']), f['transport'],
                   str(f['stream']), known(f['process'] and f['process']['name']), known(frames[0]), known(frames[1]),
                   *(seconds(quantiles[p]) for p in ('p50', 'p90', 'p99')),
                   *(str(d['gaps_over'][n]) for n in ('1s', '5s', '30s')), seconds(d['period_ns']),
                   str(d['retransmitted_packets']), str(d['zero_windows']), str(d['tcp_keepalives']),
                   known(f['closed'])]


def keepalives(report):
    for f in report['flows']:
        k = f['keepalive']
        if k:
            rtt = k['rtt_ns'] or {}
            yield [str(f['id']), conversation(report, f['id']), k['profile'],
                   host(report, f['id'], k['originator']), str(k['pings']), str(k['pongs']), str(k['unanswered']), str(k['times']),
                   *(seconds(rtt.get(p)) for p in ('min', 'p50', 'p99', 'max')), seconds(k['period_ns']),
                   seconds(k['timeout_ns'])]


def udp(report):
    for u in report['udp']:
        o, r = u['on_off'], u['reception']
        row = [str(u['flow']), None, report['words']['flow', u['flow']] if u['verdict'] else '', percent(o['duty_permille']) if o else '',
               percent(r['delivered_permille']) if r else '']
        row += ([str(o['cycles']), seconds(o['on_ns']['p50']), seconds(o['off_ns']['p50']),
                 str(o['on_bytes']['p50']), str(o['on_bytes']['mad']), None, o['periodic_in'], None] if o else [''] * 8)
        yield row + [u['cast'], None, str(u['bytes']), seconds(u['threshold_ns'])]


def clocks(report):
    for c in report['clocks']:
        step = c['steps'][0] if c['steps'] else None
        yield [str(c['flow']), conversation(report, c['flow']), c['source'], None, None, seconds(c['offset_ns']),
               seconds(c['error_ns']), None, str(c['samples']), str(len(c['steps'])),
               seconds(step['by_ns']) if step else '', moment(report, step['at']) if step else '']


def services(report):
    for i, s in enumerate(report['bonjour']['services'], 1):
        yield [str(i), s['instance'], s['type'], s['domain'], known(s['host']), known(s['port']),
               joined(s['addresses']), None, s['state'],
               moment(report, s['first']), moment(report, s['last'])]


def faults(report):
    for i, m in enumerate(report['measurement'], 1):
        yield [str(i), m['id'], seconds(m['duration_ns']), None, None, None, seconds(m['by_ns']),
               'all' if m['flows'] == 'all' else joined(m['flows']), known(m['hidden_bytes']),
               known(m['hidden_messages']), moment(report, m['start'])]


def findings(report):
    for i, f in enumerate(report['findings'] + report['bonjour']['findings'], 1):
        yield [str(i), known(f.get('severity')) or None, f['id'], f['text'], joined(f.get('flows') or []),
               joined(f['frames'])]


TABLES = {'stalls': stalls, 'flows': flows, 'keepalives': keepalives, 'udp': udp, 'clocks': clocks,
          'services': services, 'faults': faults, 'findings': findings}


def wrong(want, got, where):
    """Cells that differ; None in a wanted row is not in the report."""
    want, got = list(want), [[str(cell).strip() for cell in row] for row in got]
    if len(want) != len(got):
        return ['%s: %d rows instead of %d' % (where, len(got), len(want))]
    found = []
    for number, (a, b) in enumerate(zip(want, got), 1):
        if len(a) != len(b):
            found.append('%s, row %d: %d cells instead of %d: %s' % (where, number, len(b), len(a), b))
        found += ['%s, row %d, column %d: %r instead of %r' % (where, number, column, y, x)
                  for column, (x, y) in enumerate(zip(a, b), 1) if x is not None and x.strip() != y]
    return found
