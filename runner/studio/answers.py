"""Who answered in a take, as its cassette tells: what each answer said of itself, and what class of host gave it.

Takes cassette.jsonl, which the tap wrote while the agent worked; gives an `Answers`. Used by take.
The class is read off the address that the tap was told to call, nothing more: behind a loopback address a tunnel may
lead anywhere, so that is a class of its own, and a name that does not say where it is counts as outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, Literal, get_args

HostClass = Literal["inside", "loopback", "outside", "unknown"]
HOST_CLASSES: dict[HostClass, str] = {
    "inside": "社内",
    "loopback": "この端末",
    "outside": "社外",
    "unknown": "不明",
}
_INSIDE = tuple(  # RFC 1918, 4193, 3927, 4291
    map(
        ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "169.254.0.0/16", "fe80::/10"),
    )
)
_INSIDE_NAMES = (".local", ".internal", ".home.arpa")  # never delegated in the public DNS


class AnswersError(Exception):
    """A cassette that does not tell who answered; one line: what, where, what to do."""


@dataclass(frozen=True)
class Answers:
    """`provenance` of the first answer, of all answers, and the classes of the hosts that gave them, sorted."""

    provenance: str | None
    provenances: frozenset[str]
    hosts: tuple[HostClass, ...]


def read_answers(cassette: Path) -> Answers:
    """Read a cassette line by line. AnswersError when it cannot be read or a line is not JSON."""
    first: str | None = None
    provenances: set[str] = set()
    hosts: set[HostClass] = set()
    try:
        with cassette.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if number > 1 and b'"end"' not in line[:20]:
                    continue  # bodies and events: most of the file
                row = _row(cassette, number, line)
                if number == 1 and row.get("type") == "meta":
                    first = _text(row.get("provenance"))
                elif row.get("type") == "end":
                    attrs = row.get("attrs")
                    attrs = attrs if isinstance(attrs, dict) else {}
                    if said := _text(attrs.get("tap.provenance")):
                        provenances.add(said)
                        hosts.add(host_class(_text(attrs.get("server.address")) or ""))
    except OSError as error:
        raise AnswersError(f"{cassette}: cannot be read: {error.strerror}; choose another take") from error
    return Answers(first, frozenset(provenances), tuple(sorted(hosts, key=get_args(HostClass).index)))


def host_class(host: str) -> HostClass:
    """The class of a host by its name or address alone; nothing is looked up."""
    name = host.strip("[]").rstrip(".").lower()
    if not name:
        return "unknown"
    try:
        return _class_of_address(ip_address(name.partition("%")[0]))
    except ValueError:
        pass
    if name == "localhost" or name.endswith(".localhost"):
        return "loopback"
    return "inside" if "." not in name or name.endswith(_INSIDE_NAMES) else "outside"


def told(hosts: Iterable[HostClass]) -> str:
    """The classes for an audience."""
    return "・".join(HOST_CLASSES[host] for host in hosts) or HOST_CLASSES["unknown"]


def _class_of_address(address: IPv4Address | IPv6Address) -> HostClass:
    plain = (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
    if plain.is_loopback:
        return "loopback"
    return "inside" if any(plain in network for network in _INSIDE) else "outside"


def _row(cassette: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        which = "the first line" if number == 1 else f"line {number}"
        raise AnswersError(f"{cassette}: {which} is not JSON; record the take again") from error
    return row if isinstance(row, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
