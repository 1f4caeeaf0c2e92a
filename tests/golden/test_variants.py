"""The same conversation recorded otherwise must be judged the same.

The cases of testdata/ in every variant; of the labeled runs beside the source a sample, or with SSK_VARIANTS=all every
one of them (some minutes; tests/bench/variants.py does the same and prints what changed).

SPDX-License-Identifier: GPL-2.0-or-later
"""
import os

import pytest

import cases
import pcapfile
import variants

CASES = ['address-change', 'capture-hole', 'client-suspended', 'clock-step', 'connect-refused', 'graceful-close',
         'healthy-jitter', 'lock-screen-stall', 'nat-state-loss', 'slow-reader', 'uplink-loss-ipv6']
SAME = [name for name, variant in variants.VARIANTS.items() if variant.same]
SAMPLE = ('01_radio_asleep_mode-psbuffer', '04_uplink_loss_stall-38', '07_server_suspended_fmt-text', '10_server_host_down_fmt-json',
          '15_capture_gap_mode-restart_fmt-text', '17_healthy_jitter_fmt-json_s13')


# At 96 bytes nothing is left of the messages behind an IPv6 header: their period is that of the segments.
CUT_SHORT = {('10_server_host_down_fmt-bin_ip-6_s11', 'snap length 96'), ('uplink-loss-ipv6', 'snap length 96')}


def has_no_speed(stall, flow):
    """Told by timers of TCP, of a reader, of who repeats a datagram, or by the pace of a call: at another speed it is another."""
    return stall['debt']['kind'] in ('acknowledgment', 'answer', 'window') or flow['transport'] == 'udp'


def stalls_of(report, factor):
    flows = {flow['id']: flow for flow in report['flows']}
    return [stall for stall in report['stalls'] if factor == 1 or not has_no_speed(stall, flows[stall['flow']])]


def in_short(report, factor=1):
    """What is judged, without numbers that a variant changes: faults of the capture, and per stall the verdict and side."""
    flows = {flow['id']: flow for flow in report['flows']}

    def port(flow):
        return min(max(side['port'], pcapfile.other_port(side['port'])) for side in (flow['a'], flow['b']))

    def silent(stall):  # which end of a UDP flow is "a" is a matter of microseconds
        flow = flows[stall['flow']]
        if stall['direction'] == 'both':
            return 'both'
        own = flow[stall['direction']]['port']
        return 'service' if max(own, pcapfile.other_port(own)) == port(flow) else 'client'
    stalls = [(port(flows[stall['flow']]), silent(stall), tuple(sorted(stall['verdict']))) for stall in stalls_of(report, factor)
              if stall['kind'] != 'connect']  # which of many attempts comes first is a matter of microseconds
    connects = {(port(flows[stall['flow']]), tuple(sorted(stall['verdict']))) for stall in stalls_of(report, factor)
                if stall['kind'] == 'connect'}
    return sorted(stalls), sorted(connects), sorted(row['id'] for row in report['measurement']
                                                    if row['id'] not in ('mirror-duplicates', 'capture-drops'))


def edges(report, factor, first, speed=None):
    """Start and end of each stall in seconds of the run, told at that speed."""
    speed = speed or factor
    return sorted(tuple(round((cases.nanoseconds(stall[end]) - first) / speed / 1e9, 1) for end in ('start', 'end'))
                  for stall in stalls_of(report, factor) if stall['end'])


def judged(report, options, folder, link, packets):
    return report(*options, pcapfile.write(folder / 'x.pcap', link, packets))


def check(report, folder, options, path, name):
    variant = variants.VARIANTS[name]
    link, packets = pcapfile.read(path)
    plain = report(*options, path)
    told = judged(report, [*options, *variant.options], folder, variant.link, variant.change(packets))
    if variant.factor == 1:
        assert in_short(told) == in_short(plain)
    else:  # The timers of TCP and ARP were rescaled as well, which no network does: that may rule out less, and a
        # host that makes sure of a neighbor every other second then asks as one does whose answers are lost.
        for got, want in zip(in_short(told, variant.factor), in_short(plain, variant.factor)):
            assert [row[:-1] if isinstance(row, tuple) else row for row in got] == \
                [row[:-1] if isinstance(row, tuple) else row for row in want]
            assert all(set(a[-1]) <= set(b[-1]) or set(b[-1]) <= set(a[-1]) or 'arp-failure' in a[-1]
                       for a, b in zip(got, want) if isinstance(a, tuple))
    if name != 'a day later':
        first = packets[0].time
        for got, want in zip(edges(told, variant.factor, first), edges(plain, variant.factor, first, 1)):
            assert all(abs(one - other) <= 0.3 for one, other in zip(got, want)), 'edges %s, were %s' % (got, want)


@pytest.mark.parametrize('variant', SAME)
@pytest.mark.parametrize('name', CASES)
def test_a_case_told_otherwise(fast_report, tmp_path, name, variant):
    if (name, variant) in CUT_SHORT:
        return
    check(fast_report, tmp_path, cases.load(name)['options'], cases.capture(name), variant)


def labeled(shared):
    runs = sorted(path for path in (shared / 'captures/lab').iterdir() if (path / 'label.json').exists())
    if os.environ.get('SSK_VARIANTS') == 'all':
        return [run for run in runs if 'udp' not in run.name and 'gdl90' not in run.name]
    return [run for run in runs if run.name.startswith(SAMPLE)]


@pytest.mark.parametrize('variant', SAME)
def test_labelled_runs_told_otherwise(fast_report, shared, tmp_path, variant):
    for run in labeled(shared):
        for vantage in ('client', 'server'):
            if (run / (vantage + '.pcap')).exists() and (run.name, variant) not in CUT_SHORT:
                try:
                    check(fast_report, tmp_path, ['--vantage', vantage], run / (vantage + '.pcap'), variant)
                except AssertionError as error:
                    raise AssertionError('%s, %s: %s' % (run.name, vantage, error)) from None


@pytest.mark.parametrize('side', [0, 1])
def test_only_one_direction(report, tmp_path, side):
    """Half of the packets: said so, and no stall is made of what was not captured."""
    link, packets = pcapfile.read(cases.capture('healthy-jitter'))
    kept = []
    for packet in packets:
        parts = pcapfile.Parts(packet.data)
        if parts.transport is not None and parts.protocol == 6 and (parts.endpoint(0) > parts.endpoint(1)) == bool(side):
            kept.append(packet)
    told = judged(report, [], tmp_path, link, kept)
    assert [row['id'] for row in told['measurement']] == ['one-direction']
    assert not told['stalls']


def test_two_captures_of_a_ring(report, tmp_path):
    """The pause between the files is the files'."""
    link, packets = pcapfile.read(cases.capture('healthy-jitter'))
    first, last = packets[0].time, packets[-1].time
    middle = first + (last - first) // 2
    paths = [pcapfile.write(tmp_path / 'a.pcap', link, [p for p in packets if p.time < middle]),
             pcapfile.write(tmp_path / 'b.pcap', link, [p for p in packets if p.time >= middle + 3 * 10**9])]
    told = report(*paths)
    assert [row['id'] for row in told['measurement']] == ['file-boundary']
    assert not told['stalls']


@pytest.mark.parametrize('seconds', [-30, -5, -1, 1, 5, 60])
def test_a_step_of_the_clock(report, tmp_path, seconds):
    link, packets = pcapfile.read(cases.capture('healthy-jitter'))
    middle = packets[len(packets) // 2].time
    told = judged(report, [], tmp_path, link, [packet._replace(time=packet.time + seconds * 10**9)
                                              if packet.time >= middle else packet for packet in packets])
    assert [row['id'] for row in told['measurement']] == ['clock-step']
    assert abs(told['measurement'][0]['by_ns'] - seconds * 10**9) < 0.1e9
    assert not told['stalls']


@pytest.mark.parametrize('seconds', [2.5, 5, 8])
def test_a_hole_in_the_capture(report, tmp_path, seconds):
    link, packets = pcapfile.read(cases.capture('healthy-jitter'))
    first, last = packets[0].time, packets[-1].time
    start = first + (last - first) // 4
    told = judged(report, [], tmp_path, link, [packet for packet in packets
                                              if not start <= packet.time < start + seconds * 10**9])
    assert [row['id'] for row in told['measurement']] == ['capture-hole']
    assert told['measurement'][0]['flows'] == 'all'
    assert not told['stalls']
