"""Run a command on a machine that has nothing but a loopback, and on it one connection that falls silent, ever more
seldom: as often, it would be a rhythm of its own.

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
BEFORE = 60
SILENCE_S = 1.5
PORT = 7000


def raise_loopback():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack('16sh14x', b'lo', IFF_UP_RUNNING))


def talk(parent):
    """Until the command ends."""
    server = socket.create_server(('127.0.0.1', PORT))
    client = socket.create_connection(('127.0.0.1', PORT))
    other, _ = server.accept()
    number, silent = 0, BEFORE
    while os.getppid() == parent:
        client.sendall(b'tick %08d\n' % number)
        other.recv(100)
        number += 1
        if number == silent:
            silent *= 3
            time.sleep(SILENCE_S)
        else:
            time.sleep(PERIOD_S)


raise_loopback()
me = os.getpid()
if os.fork() == 0:
    talk(me)
    os._exit(0)
os.execvp(sys.argv[1], sys.argv[1:])
