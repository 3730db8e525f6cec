"""From the sandbox no network is reached, not even the loopback of the host."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator

import pytest

from tests.runner.boxes import TestBox


@pytest.fixture
def host_listeners() -> Iterator[tuple[int, str]]:
    """A TCP port and an abstract Unix socket of the host."""
    name = f"\0{uuid.uuid4()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(name)
        unix.listen()
        yield tcp.getsockname()[1], name


def test_no_network_is_reached_not_even_the_hosts_loopback(
    box: TestBox, host_listeners: tuple[int, str]
) -> None:
    port, name = host_listeners
    program = f"""
import json, socket
def reached(family, address):
    with socket.socket(family) as tried:
        tried.settimeout(2)
        try:
            tried.connect(address)
        except OSError as error:
            return False
        return True
def resolved(name):
    try:
        return socket.getaddrinfo(name, 80) != []
    except OSError:
        return False
interfaces = [name for _, name in socket.if_nameindex()]
print(json.dumps([interfaces, reached(socket.AF_INET, ('127.0.0.1', {port})), reached(socket.AF_UNIX, {name!r}),
                  reached(socket.AF_INET, ('192.0.2.1', 80)), resolved('example.com'), resolved('localhost')]))
"""
    assert box.sees(program) == [["lo"], False, False, False, False, True]
