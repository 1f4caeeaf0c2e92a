"""A debt on a connection that was given up or replaced does not last to the end of a capture of hours.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pytest

import captures

S = 10**9
CLIENT, SERVER, OTHER = (10, 1, 0, 1), (10, 9, 9, 9), (10, 1, 0, 2)
SYN, ACK, PUSH = 2, 0x10, 0x18


def pings(seconds, port, client=CLIENT):
    """[(time, bytes)]: a connection that pings once in each of these seconds."""
    first, made = seconds[0] * S, []

    def say(at, *rest):
        made.append((captures.T0 + at, captures.between(client, SERVER, (port, 7000), *rest)))
    say(first - S // 2, True, SYN, b'', 0, 0)
    say(first - S // 2 + 8 * 10**6, False, SYN | ACK, b'', 0, 1)
    say(first - S // 2 + 16 * 10**6, True, ACK, b'', 1, 1)
    for i, second in enumerate(seconds):
        say(second * S, True, PUSH, b'ping %6d\n' % i, 1 + 12 * i, 1 + 12 * i)
        say(second * S + 8 * 10**6, False, PUSH, b'pong %6d\n' % i, 1 + 12 * i, 13 + 12 * i)
    return made


def repeats(times, port, after):
    """The server sends again what nobody acknowledges."""
    return [(captures.T0 + at * S,
             captures.between(CLIENT, SERVER, (port, 7000), False, PUSH, b'news', 1 + 12 * after, 1 + 12 * after))
            for at in times]


@pytest.fixture
def stall(report, tmp_path):
    def of(*parts):
        path = tmp_path / 'in.pcap'
        path.write_bytes(captures.pcap(sorted(sum(parts, []))))
        found = [stall for stall in report(path)['stalls'] if stall['flow'] == 1]
        assert len(found) == 1
        return found[0]
    return of


def test_what_was_replaced_ends_where_its_successor_begins(stall):
    old = stall(pings(range(1, 41), 40000), repeats([41, 42, 44, 48], 40000, 40), pings(range(101, 801), 40001),
                pings(range(1, 801), 40002, OTHER))
    assert old['recovery'] == 'new-connection' and old['new_flow'] and not old['open']
    assert round(old['duration_ns'] / S) == 60


def test_what_was_given_up_ends_with_the_last_try(stall):
    tries = [41, 42, 44, 48, 56, 72, 104]
    old = stall(pings(range(1, 41), 40000), repeats(tries, 40000, 40), pings(range(1, 801), 40002, OTHER))
    assert old['recovery'] == 'never' and not old['open']
    assert old['frame_after'] and round(old['duration_ns'] / S) in (63, 64)


def test_who_may_try_once_more_still_waits(stall):
    tries = [41, 42, 44, 48, 56, 72, 104]
    old = stall(pings(range(1, 41), 40000), repeats(tries, 40000, 40), pings(range(1, 301), 40002, OTHER))
    assert old['open'] and old['end'] is None


def test_who_still_asks_on_the_old_connection_still_waits(stall):
    tries = [41, 42, 44, 48, 56, 72, 104, 168, 288, 408, 528, 648, 768]
    old = stall(pings(range(1, 41), 40000), repeats(tries, 40000, 40), pings(range(60, 801), 40001),
                pings(range(1, 801), 40002, OTHER))
    assert old['end'] is None


def test_who_had_connected_anew_and_resets_the_old_connection_may_have_given_it_up(stall):
    """Its kernel closed the old one while nothing got through: the RST does not show that something on the way forgot."""
    talk = pings(range(1, 41), 40000)[:3] + [
        (captures.T0 + at, captures.between(CLIENT, SERVER, (40000, 7000), *rest)) for at, *rest in (
            (2 * S, True, PUSH, b'watch this\n', 1, 1), (2 * S + 10**7, False, PUSH, b'I watch it\n', 1, 12),
            (2 * S + 2 * 10**7, True, ACK, b'', 12, 12), (15 * S, False, PUSH, b'first news\n', 12, 12),
            (15 * S + 10**7, True, ACK, b'', 12, 23),
            *((at * S, False, PUSH, b'second one\n', 23, 12) for at in (30, 31, 33, 37, 45, 61)),
            (61 * S + 10**7, True, 4, b'', 12, 0))]
    old = stall(talk, pings(range(55, 101), 40001), pings(range(1, 101), 40002, OTHER))
    assert 'flow-blackout' in old['verdict'] and {'uplink-loss', 'downlink-loss'} & set(old['verdict'])
