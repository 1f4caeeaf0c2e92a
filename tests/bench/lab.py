#!/usr/bin/env python3
"""Labeled runs of a keep-alive application, made with the real kernel in network namespaces. Needs root and tcpdump.

    tests/bench/lab.py OUT [NAME...] [-j 12]      make these runs (default: all) in OUT, as many at once
    .../captures/score.py --set OUT --tool '...'   judge them

A device (c), a second device (d), the server (s) and another host (o) hang on one switch, which is this program: it
holds, drops, delays and reorders what it is told to. Two captures and the truth, label.json, come out of each run.
All times of the application are multiplied by `scale`; those of TCP are not.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import argparse
import ctypes
import fcntl
import heapq
import json
import os
import pathlib
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
HOSTS = {'c': 5, 'd': 6, 's': 1, 'o': 9}
DEFAULTS = dict(scale=0.25, warm=8.0, stall=24.0, tail=10.0, period=1.0, timeout=30.0, fmt='json', ip=4, mode='', repeat=1,
                between=8.0, snaplen=0, reconnect=2.0, delay=0.0, jitter=0.0, loss=0.0, dup=0.0, reorder=0.0,
                nodelay=1, keepalive=0, port=5223, bulk_bps=0, rcvbuf=0, start=0.0, both=0)


# ---- namespaces ----

def sh(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def enter(name):
    with open('/var/run/netns/' + name) as handle:
        if LIBC.setns(handle.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), 'setns')


def plain_frames(interface):
    """No checksum or segmentation offload: the switch reads what is on the wire."""
    with socket.socket() as any_socket:
        for command in (0x17, 0x1f, 0x24, 0x2c):  # ETHTOOL_STXCSUM, STSO, SGSO, SGRO
            value = ctypes.create_string_buffer(struct.pack('II', command, 0))
            request = struct.pack('16sP', interface.encode(), ctypes.addressof(value))
            try:
                fcntl.ioctl(any_socket, 0x8946, request)
            except OSError:
                pass


class Network:
    def __init__(self, name, ip, number):
        self.name, self.ip = name, ip
        self.net = '10.%d.%d.' % (60 + number // 250, number % 250) if ip == 4 else 'fd77:%x::' % (number + 1)
        self.names = [name + host for host in 'cdsom']
        for one in self.names:
            sh('ip', 'netns', 'add', one)
        for host in HOSTS:
            sh('ip', 'link', 'add', host + '0', 'netns', name + host, 'type', 'veth', 'peer', 'm' + host, 'netns',
               name + 'm')
            self.run(host, 'ip', 'link', 'set', 'lo', 'up')
            if ip == 4:
                self.run(host, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
            self.run(host, 'ip', 'addr', 'add', self.address(host) + ('/24' if ip == 4 else '/64'), 'dev', host + '0',
                     *([] if ip == 4 else ['nodad']))
            self.run(host, 'ip', 'link', 'set', host + '0', 'up')
            if ip == 6:
                self.run(host, 'sysctl', '-qw', 'net.ipv6.conf.%s0.keep_addr_on_down=1' % host)
            for key, value in dict(base_reachable_time_ms=1500, delay_first_probe_time=1).items():
                self.run(host, 'sysctl', '-qw', 'net.ipv%d.neigh.%s0.%s=%d' % (ip, host, key, value))
            self.run('m', 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1')
            self.run('m', 'ip', 'link', 'set', 'm' + host, 'up', 'promisc', 'on')

    def address(self, host):
        return '%s%d' % (self.net, HOSTS.get(host, 0) or host)

    def run(self, host, *words):
        sh('ip', 'netns', 'exec', self.name + host, *words)

    def close(self):
        for one in self.names:
            subprocess.run(['ip', 'netns', 'del', one], stderr=subprocess.DEVNULL)


# ---- the switch ----

class Switch(threading.Thread):
    """rule(frame, from_host, to_host) -> True: drop; 'hold': keep until released."""

    def __init__(self, network, options):
        super().__init__(daemon=True)
        self.options, self.rule, self.held, self.later = options, None, [], []
        self.chance, self.known, self.ports, self.count = random.Random(options['seed']), {}, {}, 0
        self.ending = False
        here = os.open('/proc/self/ns/net', os.O_RDONLY)
        enter(network.name + 'm')
        for host in HOSTS:
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            port.bind(('m' + host, 0))
            self.ports[host] = port
        LIBC.setns(here, CLONE_NEWNET)

    def run(self):
        by_socket = {port: host for host, port in self.ports.items()}
        while not self.ending:
            wait = max(0, self.later[0][0] - time.monotonic()) if self.later else 0.2
            ready, _, _ = select.select(list(by_socket), [], [], min(wait, 0.2))
            while self.later and self.later[0][0] <= time.monotonic():
                _, _, to, frame = heapq.heappop(self.later)
                self.send(to, frame)
            for port in ready:
                try:
                    frame, info = port.recvfrom(65535)
                except OSError:  # its link is down
                    continue
                if info[2] != 4:  # PACKET_OUTGOING
                    self.take(frame, by_socket[port])

    def take(self, frame, source):
        self.known[frame[6:12]] = source
        target = None if frame[0] & 1 else self.known.get(frame[:6])
        for host in ([target] if target else [h for h in HOSTS if h != source]):
            self.forward(frame, source, host)

    def forward(self, frame, source, target):
        verdict = self.rule(frame, source, target) if self.rule else None
        if verdict == 'hold':
            self.held.append((target, frame))
        elif not verdict and self.chance.random() * 100 >= self.options['loss']:
            copies = 2 if self.chance.random() * 100 < self.options['dup'] else 1
            late = 0.02 if self.chance.random() * 100 < self.options['reorder'] else 0
            for copy in range(copies):
                self.plan(target, frame, self.options['delay'] / 1000 + late + copy * 0.001
                          + self.chance.random() * self.options['jitter'] / 1000)

    def plan(self, target, frame, wait):
        if wait <= 0:
            self.send(target, frame)
            return
        self.count += 1
        heapq.heappush(self.later, (time.monotonic() + wait, self.count, target, frame))

    def send(self, target, frame):
        try:
            self.ports[target].send(frame)
        except OSError:
            pass

    def release(self):
        self.rule, held, self.held = None, self.held, []
        for target, frame in held:
            self.send(target, frame)


def is_ip(frame):
    return frame[12:14] in (b'\x08\x00', b'\x86\xdd') and not (frame[12:14] == b'\x86\xdd' and frame[20] == 58)


def has_port(frame, port):
    at = 34 if frame[12:14] == b'\x08\x00' else 54
    return is_ip(frame) and port in struct.unpack_from('>HH', frame, at) if len(frame) >= at + 4 else False


# ---- the application ----

def encode(fmt, kind, number):
    now = int(time.time() * 1000)
    if fmt == 'text':
        stamp = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        return {'ping': b'PING %d\n' % number, 'pong': b'PONG %d\n' % number, 'time': b'TIME %s\n' % stamp.encode(),
                'hello': b'HELLO %d device\n' % number}[kind]
    if fmt == 'bin':
        return struct.pack('>BIQ', {'hello': 1, 'ping': 2, 'pong': 3, 'time': 4}[kind], number, now)
    body = json.dumps({'ping': {'type': 'ping', 'seq': number, 'sent': now}, 'pong': {'type': 'pong', 'seq': number},
                       'time': {'type': 'time', 'unix_ms': now}, 'hello': {'type': 'hello', 'id': number}}[kind],
                      separators=(',', ':')).encode()
    return struct.pack('>I', len(body)) + body


def split(fmt, data):
    """[(kind, number)], rest"""
    out = []
    while True:
        if fmt == 'text':
            line, mark, rest = data.partition(b'\n')
            if not mark:
                return out, data
            words = line.decode().split()
            out.append((words[0].lower(), int(words[1]) if words[1].isdigit() else 0))
        elif fmt == 'bin':
            if len(data) < 13:
                return out, data
            kind, number, _ = struct.unpack('>BIQ', data[:13])
            out.append(({1: 'hello', 2: 'ping', 3: 'pong', 4: 'time'}.get(kind, 'other'), number))
            rest = data[13:]
        else:
            if len(data) < 4 or len(data) < 4 + struct.unpack('>I', data[:4])[0]:
                return out, data
            length = struct.unpack('>I', data[:4])[0]
            message = json.loads(data[4:4 + length])
            out.append((message['type'], message.get('seq', 0)))
            rest = data[4 + length:]
        data = rest


def stream_socket(ip):
    return socket.socket(socket.AF_INET if ip == 4 else socket.AF_INET6, socket.SOCK_STREAM)


FLAG = {'on': True}


def client(o, target, port, log, role):
    """Connect, say hello, ping every period, connect again when it ends."""
    signal.signal(signal.SIGUSR1, lambda *_: FLAG.update(on=False))
    signal.signal(signal.SIGUSR2, lambda *_: FLAG.update(on=True))
    chance = random.Random(o['seed'] + zlib.crc32(role.encode()))
    while True:
        tcp = stream_socket(o['ip'])
        tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, o['nodelay'])
        if o['keepalive'] and role == 'ext':
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, o['keepalive'])
            tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, o['keepalive'])
        try:
            tcp.connect((target, port))
            log(role, *tcp.getsockname()[:2], target, port)
            talk(tcp, o, role, chance)
        except OSError:
            pass
        tcp.close()
        time.sleep(o['reconnect'] * o['scale'])


def talk(tcp, o, role, chance):
    tcp.sendall(encode(o['fmt'], 'hello', os.getpid()))
    number, due, rest = 0, time.monotonic(), b''
    tcp.setblocking(False)
    ended = o.get('ends') and role == 'ext' and time.monotonic() + o['ends'] * o['scale']
    blob = b'x' * max(1, int(o['bulk_bps'] / 8 * o['period'] * o['scale'])) if o['bulk_bps'] and role == 'ext' else b''
    while True:
        ready, _, _ = select.select([tcp], [], [], max(0, due - time.monotonic()))
        if ready:
            data = tcp.recv(65536)
            if not data:
                return
            rest = split(o['fmt'], rest + data)[1]
        if ended and time.monotonic() > ended:
            tcp.close()
            time.sleep(1000)
        if time.monotonic() >= due:
            if FLAG['on']:
                number += 1
                message = encode(o['fmt'], 'ping', number)
                if blob and o['fmt'] == 'bin':
                    message += struct.pack('>BIQ', 5, number, len(blob)) + blob
                try:
                    tcp.send(message)
                except BlockingIOError:
                    pass
            due += o['period'] * o['scale'] * (1 + chance.uniform(-0.1, 0.1))
            due = max(due, time.monotonic())  # what a stopped timer missed is not made up for


def server(o, port):
    """Answer each ping with a pong and the time; close what was silent for the timeout."""
    signal.signal(signal.SIGUSR1, lambda *_: FLAG.update(on=False))
    signal.signal(signal.SIGUSR2, lambda *_: FLAG.update(on=True))
    listener = stream_socket(o['ip'])
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if o['rcvbuf']:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, o['rcvbuf'])
    listener.bind(('::' if o['ip'] == 6 else '0.0.0.0', port))
    listener.listen(16)
    peers = {}
    while True:
        ready, _, _ = select.select(([listener] + list(peers)) if FLAG['on'] or o['mode'] == 'wedge' else [], [], [], 0.1)
        now = time.monotonic()
        for one in ready:
            if one is listener:
                tcp = one.accept()[0]
                tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, o['nodelay'])
                peers[tcp] = [b'', now, 0]
                continue
            try:
                data = one.recv(65536)
            except OSError:
                data = b''
            if not data:
                one.close()
                del peers[one]
                continue
            peers[one][1] = now
            if peers[one][2]:
                peers[one][2] -= min(len(data), peers[one][2])
                continue
            if o['bulk_bps'] and o['fmt'] == 'bin':  # blobs are skipped by their size
                data = data[:13] if data[:1] in (b'\x01', b'\x02') else b''
                peers[one][0] = b''
            messages, peers[one][0] = split(o['fmt'], peers[one][0] + data)
            for kind, number in messages:
                if kind == 'ping' and FLAG['on']:
                    try:
                        one.send(encode(o['fmt'], 'pong', number))
                        one.send(encode(o['fmt'], 'time', number))
                    except OSError:
                        pass
        for one in [x for x, state in peers.items() if now - state[1] > o['timeout'] * o['scale']]:
            if FLAG['on']:
                one.close()
                del peers[one]


def asker(o, target, port, log, role):
    udp = socket.socket(socket.AF_INET if o['ip'] == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    udp.bind(('::' if o['ip'] == 6 else '0.0.0.0', 0))  # not connected: it survives a change of address
    log(role, o['own'], udp.getsockname()[1], target, port)
    number = 0
    while True:
        number += 1
        try:
            udp.sendto(b'question %02d' % (number % 100), (target, port))
            while select.select([udp], [], [], 0)[0]:
                udp.recv(2000)
        except OSError:
            pass
        time.sleep(o['period'] * o['scale'])


def echo(o, port):
    udp = socket.socket(socket.AF_INET if o['ip'] == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    udp.bind(('::' if o['ip'] == 6 else '0.0.0.0', port))
    while True:
        data, who = udp.recvfrom(2000)
        udp.sendto(data, who)


def deaf(o, port):
    """A listener whose queue is full: the kernel drops the SYNs."""
    listener = stream_socket(o['ip'])
    listener.bind(('::' if o['ip'] == 6 else '0.0.0.0', port))
    listener.listen(0)
    kept = []
    for _ in range(3):
        tcp = stream_socket(o['ip'])
        tcp.setblocking(False)
        tcp.connect_ex(('::1' if o['ip'] == 6 else '127.0.0.1', port))
        kept.append(tcp)
    time.sleep(10000)


class Run:
    def __init__(self, name, number, folder, options):
        self.o = dict(DEFAULTS, seed=number, **options)
        self.name, self.folder, self.flows, self.pids = name, folder / name, [], {}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.net = Network('x%d' % number, self.o['ip'], number)
        self.stalls = []

    def fork(self, role, host, function, *arguments):
        pid = os.fork()
        if pid:
            self.pids[role] = pid
            return
        try:
            enter(self.net.name + host)
            function(self.o, *arguments)
        except BaseException as error:  # noqa: B902 - a child must not go on with the parent's code
            sys.stderr.write('%s %s: %r\n' % (self.name, role, error))
        os._exit(0)

    def log(self, role, addr, cport, target, sport):
        with open(self.folder / 'flows', 'a') as out:
            out.write(json.dumps(dict(role=role, client=addr, cport=cport, server=target, sport=sport)) + '\n')

    def signal(self, role, number):
        os.kill(self.pids[role], number)

    def sleep(self, seconds):
        time.sleep(seconds * self.o['scale'])

    def start(self):
        o, net = self.o, self.net
        for host in 'cs':
            plain = 'client' if host == 'c' else 'server'
            self.pids['dump' + host] = subprocess.Popen(
                ['ip', 'netns', 'exec', net.name + host, 'tcpdump', '-qUni', host + '0', '-s', str(o['snaplen']),
                 '--time-stamp-precision=nano', '-Z', 'root', '-w', str(self.folder / (plain + '.pcap'))],
                stderr=subprocess.DEVNULL).pid
        for host in HOSTS:
            here = os.open('/proc/self/ns/net', os.O_RDONLY)
            enter(net.name + host)
            plain_frames(host + '0')
            LIBC.setns(here, CLONE_NEWNET)
            os.close(here)
        time.sleep(1.5)
        self.fork('server', 's', server, o['port'])
        self.fork('auxd', 's', echo, o['port'] + 1)
        self.fork('otherd', 'o', echo, 5300)
        self.switch = Switch(net, o)
        self.switch.start()
        if o['mode'] == 'deaf':
            self.fork('deaf', 's', deaf, 9000)
        time.sleep(0.3 + o['start'])
        target = net.address('s')
        o['own'] = net.address('c')
        self.fork('ext', 'c', client, o.get('target') or target, o['port'] if not o.get('target_port') else o['target_port'],
                  self.log, 'ext')
        self.fork('main', 'c', client, target, o['port'], self.log, 'main')
        self.fork('aux', 'c', asker, target, o['port'] + 1, self.log, 'aux')
        self.fork('other', 'c', asker, net.address('o'), 5300, self.log, 'other')
        self.fork('peer', 'd', client, target, o['port'], self.log, 'peer')

    def now(self):
        return time.time_ns()

    def end(self):
        for role, pid in self.pids.items():
            try:
                os.kill(pid, signal.SIGCONT)
                os.kill(pid, signal.SIGKILL if not role.startswith('dump') else signal.SIGTERM)
                os.waitpid(pid, 0)
            except (OSError, ChildProcessError):
                pass
        self.switch.ending = True
        self.switch.join()
        self.net.close()


def blackout(run, rule, length=None):
    run.switch.rule = rule
    run.sleep(run.o['stall'] if length is None else length)
    run.switch.release()


def ext_port(run):
    flows = [json.loads(line) for line in (run.folder / 'flows').read_text().splitlines()]
    return [flow['cport'] for flow in flows if flow['role'] == 'ext'][-1]


def between(a, b, only=None):
    return lambda frame, source, target: (source, target) in ((a, b),) and is_ip(frame) and (not only or has_port(frame, only))


def either(*rules):
    return lambda *arguments: any(rule(*arguments) for rule in rules)


# Each scenario: what happens after the warm-up. (cause, silent, negative, affected)
def radio_asleep(run):
    hold = run.o['mode'] == 'psbuffer'
    if run.o['mode'] == 'linkdown':
        run.net.run('m', 'ip', 'link', 'set', 'mc', 'down')
        run.sleep(run.o['stall'])
        run.net.run('m', 'ip', 'link', 'set', 'mc', 'up')
        return
    asleep = {'c', 'd'} if run.o['both'] else {'c'}
    blackout(run, lambda frame, source, target: ('hold' if hold else True) if asleep & {source, target} else None)


def client_suspended(run):
    run.signal('ext', signal.SIGSTOP)
    run.sleep(run.o['stall'])
    run.signal('ext', signal.SIGCONT)


def client_app_wedged(run):
    run.signal('ext', signal.SIGUSR1)
    run.sleep(run.o['stall'])
    run.signal('ext', signal.SIGUSR2)


def uplink_loss(run):
    blackout(run, between('c', 's', ext_port(run) if run.o['mode'] == 'flow' else None))


def downlink_loss(run):
    blackout(run, between('s', 'c', ext_port(run) if run.o['mode'] == 'flow' else None))


def path_blackout(run):
    only = ext_port(run) if run.o['mode'] == 'flow' else None
    blackout(run, either(between('c', 's', only), between('s', 'c', only)))


def server_suspended(run):
    first, last = (signal.SIGUSR1, signal.SIGUSR2) if run.o['mode'] == 'wedge' else (signal.SIGSTOP, signal.SIGCONT)
    run.signal('server', first)
    run.sleep(run.o['stall'])
    run.signal('server', last)


def server_slow_reader(run):
    run.signal('server', signal.SIGUSR1)
    run.sleep(run.o['stall'])
    run.signal('server', signal.SIGUSR2)


def server_crash(run):
    if run.o['mode'] == 'reboot':
        run.switch.rule = lambda frame, source, target: 's' in (source, target)
    for role in ('server', 'auxd') if run.o['mode'] == 'reboot' else ('server',):
        run.signal(role, signal.SIGKILL)
        os.waitpid(run.pids[role], 0)
    if run.o['mode'] == 'reboot':  # a rebooted kernel knows no connection
        run.sleep(run.o['stall'] / 2)
        run.net.run('s', 'ip', 'link', 'set', 's0', 'down')
        subprocess.run(['ip', 'netns', 'exec', run.net.name + 's', 'ss', '-K'], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        run.net.run('s', 'ip', 'link', 'set', 's0', 'up')
        run.sleep(run.o['stall'] / 2)
        run.switch.release()
        run.fork('auxd', 's', echo, run.o['port'] + 1)
    else:
        run.sleep(run.o['stall'])
    run.fork('server', 's', server, run.o['port'])


def server_host_down(run):
    blackout(run, lambda frame, source, target: 's' in (source, target))


def nat_timeout(run):
    path_blackout(run)


def address_change(run):
    old, new = run.net.address('c'), run.net.address(77)
    width = '/24' if run.o['ip'] == 4 else '/64'
    run.net.run('c', 'ip', 'addr', 'del', old + width, 'dev', 'c0')
    run.net.run('c', 'ip', 'addr', 'add', new + width, 'dev', 'c0', *([] if run.o['ip'] == 4 else ['nodad']))
    run.sleep(run.o['stall'])


def syn_blackhole(run):
    run.sleep(run.o['stall'])


def connect_refused(run):
    run.sleep(run.o['stall'])


def healthy(run):
    run.sleep(run.o['stall'])


SCENARIOS = {  # function, cause, silent, negative, affected
    'radio_asleep': (radio_asleep, 'client-radio-asleep', 'client', False, ['ext', 'main', 'aux', 'other']),
    'client_suspended': (client_suspended, 'client-process-suspended', 'client', False, ['ext']),
    'client_app_wedged': (client_app_wedged, 'client-app-wedged', 'client', False, ['ext']),
    'uplink_loss': (uplink_loss, 'uplink-loss', 'client', False, ['ext', 'main', 'aux']),
    'downlink_loss': (downlink_loss, 'downlink-loss', 'server', False, ['ext', 'main', 'aux']),
    'path_blackout': (path_blackout, 'path-blackout', 'both', False, ['ext', 'main', 'aux']),
    'server_suspended': (server_suspended, 'server-process-suspended', 'server', False, ['ext', 'main', 'peer']),
    'server_slow_reader': (server_slow_reader, 'server-slow-reader', 'server', False, ['ext', 'main', 'peer']),
    'server_crash': (server_crash, 'server-crash', 'server', False, ['ext', 'main', 'peer', 'aux']),
    'server_host_down': (server_host_down, 'server-host-down', 'server', False, ['ext', 'main', 'aux', 'peer']),
    'address_change': (address_change, 'client-address-change', 'client', False, ['ext', 'main', 'aux', 'other']),
    'syn_blackhole': (syn_blackhole, 'syn-blackhole', 'server', False, ['ext']),
    'connect_refused': (connect_refused, 'connect-refused', 'server', False, ['ext']),
    'healthy': (healthy, 'none', 'none', True, ['ext']),
    'graceful_close': (healthy, 'none', 'none', True, ['ext']),
}

WILD = dict(delay=30, jitter=25, loss=1, dup=1, reorder=2)
RUNS = {
    'radio_asleep': [dict(stall=40), dict(stall=30, fmt='text', ip=6), dict(stall=14, repeat=3, between=30, fmt='bin'),
                     dict(scale=1.0, stall=12), dict(period=5.0, stall=60, timeout=100), dict(period=0.5, stall=20),
                     dict(period=10.0, stall=100, timeout=200, scale=0.15), dict(timeout=15, stall=30, fmt='text'),
                     dict(delay=15, jitter=30, loss=1, stall=36), dict(mode='linkdown', stall=28, fmt='bin'),
                     dict(mode='linkdown', stall=44, ip=6), dict(mode='psbuffer', stall=28, fmt='text'),
                     dict(mode='psbuffer', stall=20, ip=6, fmt='bin'), dict(mode='psbuffer', stall=14, delay=10, jitter=10),
                     dict(snaplen=96, stall=26), dict(nodelay=0, stall=26, fmt='text'), dict(WILD, stall=32, fmt='text'),
                     dict(stall=90, fmt='bin', timeout=60), dict(stall=40, port=443, ip=6), dict(stall=24, both=1),
                     dict(stall=9, scale=1.0, repeat=2, between=20.0, fmt='text'), dict(WILD, mode='psbuffer', stall=24),
                     dict(mode='linkdown', stall=16, repeat=2, between=30)],
    'client_suspended': [dict(stall=24), dict(stall=44, fmt='text', ip=6), dict(stall=12, repeat=2, fmt='bin'),
                         dict(stall=28, snaplen=96), dict(stall=60, period=5.0, timeout=100),
                         dict(stall=36, jitter=30, delay=20, loss=2), dict(stall=30, keepalive=1), dict(timeout=60, stall=70),
                         dict(WILD, stall=40, fmt='text'), dict(stall=10, scale=1.0, fmt='bin'), dict(stall=24, start=3.0, port=8883)],
    'client_app_wedged': [dict(stall=24), dict(stall=40, fmt='bin'), dict(stall=20, ip=6, fmt='text', reorder=3, delay=5),
                          dict(stall=30, keepalive=1, fmt='text'), dict(stall=36, timeout=25), dict(WILD, stall=30), dict(stall=9, scale=1.0, ip=6)],
    'uplink_loss': [dict(stall=24), dict(stall=44, fmt='text'), dict(stall=36, ip=6), dict(stall=20, mode='flow', fmt='bin'),
                    dict(stall=50, period=2.0), dict(stall=28, delay=20, jitter=20, loss=2), dict(stall=36, mode='flow', ip=6),
                    dict(stall=14, repeat=2, between=30),
                    dict(WILD, stall=34, fmt='bin'), dict(stall=10, scale=1.0), dict(stall=80, timeout=100, fmt='text')],
    'downlink_loss': [dict(stall=24), dict(stall=30, fmt='bin', ip=6), dict(stall=44, fmt='text'),
                      dict(stall=20, mode='flow'), dict(stall=50, period=2.0), dict(stall=28, delay=20, jitter=20, loss=2),
                      dict(WILD, stall=34, ip=6), dict(stall=10, scale=1.0, fmt='text'), dict(stall=80, timeout=100)],
    'path_blackout': [dict(stall=24), dict(stall=40, fmt='text', ip=6), dict(stall=30, fmt='bin', mode='flow'),
                      dict(stall=22, repeat=2), dict(stall=60, period=5.0, timeout=90),
                      dict(WILD, stall=34, mode='flow'), dict(WILD, stall=30, fmt='text'), dict(stall=10, scale=1.0, mode='flow', fmt='text')],
    'server_suspended': [dict(stall=24), dict(stall=40, fmt='text'), dict(stall=20, mode='wedge', fmt='bin'),
                         dict(stall=28, ip=6, mode='wedge'), dict(stall=24, ip=6, delay=15, jitter=15),
                         dict(stall=50, period=5.0), dict(WILD, stall=36), dict(stall=10, scale=1.0, fmt='bin'),
                         dict(WILD, stall=26, mode='wedge', fmt='text')],
    'server_slow_reader': [dict(stall=40, fmt='bin', bulk_bps=400000, rcvbuf=8192), dict(stall=30, fmt='bin', bulk_bps=800000, rcvbuf=16384, ip=6)],
    'server_crash': [dict(stall=16, mode='clean'), dict(stall=24, mode='clean', fmt='text', ip=6), dict(stall=20, mode='reboot', fmt='bin'), dict(stall=40, mode='reboot', ip=6), dict(WILD, stall=24, mode='clean')],
    'server_host_down': [dict(stall=24), dict(stall=40, fmt='text', ip=6), dict(stall=30, fmt='bin', delay=10), dict(WILD, stall=26)],
    'address_change': [dict(stall=30), dict(stall=40, fmt='text'), dict(stall=30, ip=6, fmt='bin')],
    'syn_blackhole': [dict(stall=40, mode='deaf', fmt='text'), dict(stall=40, mode='stale_ip'), dict(stall=40, mode='deaf', ip=6)],
    'connect_refused': [dict(stall=40, fmt='bin'), dict(stall=40, ip=6)],
    'healthy': [dict(stall=60, jitter=60, delay=10), dict(stall=100, period=15.0, timeout=60, fmt='text'),
                dict(stall=60, loss=4, fmt='bin'), dict(stall=60, reorder=5, dup=3, delay=10, ip=6),
                dict(stall=240, period=60.0, timeout=200, scale=0.15), dict(stall=60, period=0.5, jitter=40),
                dict(stall=60, keepalive=1, fmt='text', loss=3), dict(WILD, stall=80), dict(WILD, stall=80, loss=5, fmt='text', ip=6)],
    'graceful_close': [dict(stall=50, ends=16.0), dict(stall=50, ends=20.0, fmt='text', ip=6)],
}


def make(name, scenario, options, number, folder):
    function, cause, silent, negative, affected = SCENARIOS[scenario]
    run = Run(name, number, folder, options)
    o = run.o
    if cause == 'client-radio-asleep' and o['mode'] == '':
        o['mode'] = 'above'
    if scenario == 'server_suspended' and o['mode'] == 'wedge':
        cause = 'server-app-wedged'
    if scenario == 'server_crash' and o['mode'] == 'reboot':
        cause = 'server-reboot'
    extra = {}
    if scenario in ('syn_blackhole', 'connect_refused'):
        cause = 'stale-address' if o['mode'] == 'stale_ip' else cause
        o['target'] = run.net.address(88) if o['mode'] == 'stale_ip' else None
        o['target_port'] = 9000
        extra['target'] = '%s:%d' % (o['target'] or run.net.address('s'), 9000)
    try:
        run.start()
        stalls = []
        if scenario in ('syn_blackhole', 'connect_refused'):
            stalls.append(time.time_ns())
        else:
            run.sleep(max(o['warm'], 8 * o['period']))
        for turn in range(int(o['repeat'])):
            if turn:
                run.sleep(max(o['between'], 8 * o['period']))
            if len(stalls) % 2 == 0:
                stalls.append(time.time_ns())
            function(run)
            stalls.append(time.time_ns())
        run.sleep(max(o['tail'], 5 * o['period']))
    finally:
        run.end()
    flows = []
    if (run.folder / 'flows').exists():
        flows = [json.loads(line) for line in (run.folder / 'flows').read_text().splitlines()]
    if scenario in ('syn_blackhole', 'connect_refused'):
        target, _, port = extra['target'].rpartition(':')
        flows.append(dict(role='ext', client=run.net.address('c'), cport=None, server=target, sport=int(port)))
    if o['both']:
        affected = affected + ['peer']
    if o['mode'] == 'flow':
        affected = ['ext']
    label = dict(schema='stalllab/1', scenario=scenario, run=name, negative=negative, cause=cause, silent=silent,
                 affected=affected, params={k: v for k, v in o.items() if k not in ('target', 'seed')}, extra=extra,
                 stalls=[] if negative else [dict(start_ns=stalls[i], end_ns=stalls[i + 1]) for i in range(0, len(stalls), 2)],
                 flows=flows)
    (run.folder / 'label.json').write_text(json.dumps(label, indent=1))


def all_runs():
    for scenario, variants in RUNS.items():
        for options in variants:
            yield '%s_%s' % (scenario, '_'.join('%s-%s' % item for item in options.items())), scenario, options


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('out', type=pathlib.Path)
    parser.add_argument('names', nargs='*', help='runs whose name begins so')
    parser.add_argument('-j', type=int, default=12, help='runs at once')
    arguments = parser.parse_args()
    wanted = [one for one in all_runs() if not arguments.names or any(one[0].startswith(n) for n in arguments.names)]
    active, number = {}, os.getpid() % 200 * 100
    while wanted or active:
        while wanted and len(active) < arguments.j:
            name, scenario, options = wanted.pop(0)
            number += 1
            pid = os.fork()
            if not pid:
                os.setpgid(0, 0)
                code = 0
                try:
                    make(name, scenario, options, number % 20000, arguments.out)
                    print(name, flush=True)
                except BaseException as error:  # noqa: B902
                    print('%s: %r' % (name, error), flush=True)
                    code = 1
                os._exit(code)
            active[pid] = name
        pid, _ = os.wait()
        active.pop(pid, None)
    return 0


if __name__ == '__main__':
    sys.exit(main())
