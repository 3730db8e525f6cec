"""Runs inside the sandbox: the way out to the tap, and then the program itself.

Takes an address to listen on, the tap's Unix socket and a command; a forked child copies bytes between the
two, the parent becomes the command. The listener stands before the command starts, so its first request
cannot be early.
"""

import os
import signal
import socket
import sys
import threading

CHUNK = 1 << 16


def main() -> None:
    """relay.py HOST:PORT SOCKET -- COMMAND..."""
    if len(sys.argv) < 5 or sys.argv[3] != "--":
        sys.exit("usage: relay.py HOST:PORT SOCKET -- COMMAND [ARGUMENT ...]")
    host, _, port = sys.argv[1].rpartition(":")
    tap, command = sys.argv[2], sys.argv[4:]
    listener = socket.create_server((host, int(port)), backlog=64)
    listener.set_inheritable(False)
    if os.fork() == 0:
        detach()
        serve(listener, tap)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"relay: cannot start {command[0]}: {error.strerror}")


def detach() -> None:
    """Out of the command's process group and terminal: a Ctrl-C meant for it must not end the way out."""
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def serve(listener: socket.socket, tap: str) -> None:
    """Accepts for ever; the sandbox's end ends it."""
    while True:
        inner, _ = listener.accept()
        threading.Thread(target=join, args=(inner, tap), daemon=True).start()


def join(inner: socket.socket, tap: str) -> None:
    """Connects one connection with the tap and copies both ways until both directions are closed."""
    outer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with inner, outer:
        try:
            outer.connect(tap)
        except OSError:
            return  # the tap is not there: the program sees its connection closed
        inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = threading.Thread(target=copy, args=(outer, inner), daemon=True)
        back.start()
        copy(inner, outer)
        back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    """One direction. The end of the source is passed on as a half-close; a broken side ends both."""
    try:
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already closed by the other direction


if __name__ == "__main__":
    main()
