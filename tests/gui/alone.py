"""Run a command on a machine that has nothing but a loopback, and on it two connections: one goes on and on, the other
falls silent again and again: whenever a test looks, the next silence is near.

    unshare --user --map-current-user --net --keep-caps python3 alone.py COMMAND [ARGUMENT]...

SPDX-License-Identifier: GPL-2.0-or-later
"""
import fcntl
import os
import socket
import struct
import sys
import time

SIOCSIFFLAGS = 0x8914
IFF_UP_RUNNING = 0x41
PERIOD_S = 0.05
BEFORE = 160  # ticks: 8 s
SILENT = 80
PORTS = (7000, 7001)


def raise_loopback():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', IFF_UP_RUNNING))


class Talk:
    """A connection with a keep-alive: only who owes a message can be overdue."""

    def __init__(self, port):
        self.server = socket.create_server(('127.0.0.1', port))
        self.client = socket.create_connection(('127.0.0.1', port))
        self.other, _ = self.server.accept()
        self.number = 0

    def tick(self):
        self.client.sendall(b'PING %d\n' % self.number)
        self.other.recv(100)
        self.other.sendall(b'PONG %d\n' % self.number)
        self.client.recv(100)
        self.number += 1


def talk(parent):
    """Until the command ends."""
    steady, moody = (Talk(port) for port in PORTS)
    left, next_silence = 0, BEFORE
    while os.getppid() == parent:
        steady.tick()
        if left:
            left -= 1
        else:
            moody.tick()
        if moody.number == next_silence:
            left, next_silence = SILENT, next_silence + BEFORE
        time.sleep(PERIOD_S)


raise_loopback()
me = os.getpid()
if os.fork() == 0:
    talk(me)
    os._exit(0)
os.execvp(sys.argv[1], sys.argv[1:])
