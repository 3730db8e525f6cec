"""What class of host answered is read off the address in the cassette, and is never claimed to be nearer than it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.studio.answers import AnswersError, HostClass, host_class, read_answers, told


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("10.20.30.40", "inside"),
        ("172.31.0.1", "inside"),
        ("192.168.1.20", "inside"),
        ("fd00::1", "inside"),
        ("gpu-server", "inside"),
        ("swallow.keiri.internal", "inside"),
        ("GPU.local.", "inside"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("localhost", "loopback"),
        ("172.32.0.1", "outside"),
        ("203.0.113.9", "outside"),
        ("100.64.0.1", "outside"),
        ("2001:db8::1", "outside"),
        ("abc123-11434.proxy.runpod.net", "outside"),
        ("ollama.example.co.jp", "outside"),
        ("local.example.com", "outside"),
        ("10.0.0.1.example.com", "outside"),
        ("", "unknown"),
    ],
)
def test_an_address_has_a_class(host: str, expected: HostClass) -> None:
    assert host_class(host) == expected


def cassette(folder: Path, *ends: tuple[str, str]) -> Path:
    rows = [{"type": "meta", "provenance": "live"}, {"type": "sse", "data": '"end"'}]
    path = folder / "cassette.jsonl"
    told_rows = [{"type": "end", "attrs": {"server.address": h, "tap.provenance": p}} for h, p in ends]
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, *told_rows]), encoding="utf-8")
    return path


def test_every_answer_counts(tmp_path: Path) -> None:
    found = read_answers(cassette(tmp_path, ("pod.example.net", "live"), ("10.1.1.1", "live")))
    assert (found.provenance, found.provenances) == ("live", {"live"})
    assert found.hosts == ("inside", "outside") and told(found.hosts) == "社内・社外"


def test_where_nothing_is_told_nothing_is_claimed(tmp_path: Path) -> None:
    found = read_answers(cassette(tmp_path))
    assert (found.provenances, found.hosts, told(found.hosts)) == (frozenset(), (), "不明")


def test_a_damaged_cassette_is_told_with_its_line(tmp_path: Path) -> None:
    path = cassette(tmp_path, ("10.1.1.1", "live"))
    path.write_text(path.read_text(encoding="utf-8")[:-10], encoding="utf-8")
    with pytest.raises(AnswersError, match=r"cassette\.jsonl: line 3 is not JSON; record the take again"):
        read_answers(path)
