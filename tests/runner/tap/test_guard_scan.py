"""The guard over real folders and through the real process: what it sees, keeps, and refuses to overlook."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.tap import guard as guard_module
from runner.tap.config import GuardConfig
from runner.tap.guard import FRESH_NS, FileGuard, GuardError
from tests.runner.endpoints import Endpoints, RunningTap, request, rows
from tests.runner.tap.upstream import Upstream

LATER_NS = 10 * FRESH_NS


class Folders:
    """What a guard looks at, made by a test."""

    def __init__(self, folder: Path) -> None:
        self.work, self.hooks, self.manifest = folder / "work", folder / "hooks", folder / "manifest.json"
        (self.work / "input").mkdir(parents=True)
        self.hooks.mkdir()
        self.declare()

    def declare(self, *contents: bytes) -> None:
        """Put files of these contents into the manifest."""
        files = [{"path": "x", "sha256": hashlib.sha256(content).hexdigest()} for content in contents]
        self.manifest.write_text(json.dumps({"files": files}))

    def hook(self, event: str, time_ns: int, tool: str = "t1", decision: str = "allow") -> None:
        row = {"event": event, "time_ns": time_ns, "payload": {"tool_use_id": tool}, "decision": decision}
        (self.hooks / f"{time_ns}-{event}.json").write_text(json.dumps(row))

    def guard(self, clock_ns: Callable[[], int] = time.time_ns, uid: int | None = None) -> FileGuard:
        config = GuardConfig(
            roots=[self.work],
            manifest=self.manifest,
            hooks=self.hooks,
            agent_uid=uid,
        )
        return FileGuard(config, clock_ns)

    def blocked(self, **options: Any) -> list[str]:
        """Names of the blocked files, at a fresh look."""
        return [Path(path).name for path in self.guard(**options).look().blocked]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_a_copy_of_an_input_is_allowed_anywhere_and_a_changed_one_is_not(folders: Folders) -> None:
    folders.declare(b"book")
    (folders.work / "input" / "P001.xlsx").write_bytes(b"book")
    (folders.work / "copy.XLSX").write_bytes(b"book")
    assert folders.blocked() == []
    (folders.work / "input" / "P001.xlsx").write_bytes(b"book with real figures")
    assert folders.blocked() == ["P001.xlsx"]


def test_what_the_agent_writes_while_its_tool_runs_is_allowed(folders: Folders) -> None:
    folders.hook("PreToolUse", time.time_ns() - LATER_NS)
    (folders.work / "集計結果.xlsx").write_bytes(b"result")
    assert folders.blocked() == []


def test_what_is_changed_after_the_tool_ended_is_blocked_whatever_times_it_claims(folders: Folders) -> None:
    folders.hook("PreToolUse", time.time_ns() - LATER_NS)
    result = folders.work / "集計結果.xlsx"
    result.write_bytes(b"result")
    end_ns = result.stat().st_ctime_ns
    folders.hook("PostToolUse", end_ns)
    assert folders.blocked() == []
    while result.stat().st_ctime_ns <= end_ns:  # until the clock that stamps files has moved on
        result.write_bytes(b"somebody else's")
    os.utime(result, ns=(end_ns, end_ns))
    assert folders.blocked() == ["集計結果.xlsx"]


def test_a_file_of_another_owner_is_blocked_when_the_agents_is_known(folders: Folders) -> None:
    folders.hook("PreToolUse", time.time_ns() - LATER_NS)
    (folders.work / "a.csv").write_bytes(b"1")
    assert folders.blocked(uid=os.getuid()) == []
    assert folders.blocked(uid=os.getuid() + 1) == ["a.csv"]


def test_links_pipes_and_folders_are_never_opened(folders: Folders, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.xlsx").write_bytes(b"real")
    (folders.work / "far").symlink_to(outside)
    (folders.work / "link.xlsx").symlink_to(outside / "secret.xlsx")
    (folders.work / "dangling.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folders.work / "pipe.csv")  # opening it would hang
    (folders.work / "folder.xlsx").mkdir()
    assert sorted(folders.blocked()) == ["dangling.csv", "link.xlsx", "pipe.csv"]


def test_an_unchanged_file_is_hashed_once(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    folders.declare(b"book")
    (folders.work / "a.xlsx").write_bytes(b"book")
    hashed: list[int] = []
    digest = hashlib.file_digest
    monkeypatch.setattr(
        guard_module.hashlib, "file_digest", lambda *given: (hashed.append(1), digest(*given))[1]
    )
    guard = folders.guard(lambda: time.time_ns() + LATER_NS)
    assert guard.look().blocked == guard.look().blocked == []
    assert len(hashed) == 1
    (folders.work / "a.xlsx").write_bytes(b"book")  # same bytes, new ctime
    assert guard.look().blocked == []
    assert len(hashed) == 2


def test_a_file_changed_within_the_clocks_tick_is_hashed_again(folders: Folders) -> None:
    folders.declare(b"book")
    (folders.work / "a.xlsx").write_bytes(b"book")
    guard = folders.guard(lambda: (folders.work / "a.xlsx").stat().st_ctime_ns)
    assert guard.look().blocked == []
    (folders.work / "a.xlsx").write_bytes(b"BOOK")
    assert [Path(path).name for path in guard.look().blocked] == ["a.xlsx"]


@pytest.mark.parametrize("breakage", ["root", "hooks", "manifest", "manifest shape"])
def test_what_cannot_be_seen_or_read_blocks(folders: Folders, breakage: str) -> None:
    if breakage == "root":
        (folders.work / "input").rmdir()
        folders.work.rmdir()
    elif breakage == "hooks":
        folders.hooks.rmdir()
    else:
        folders.manifest.write_text("{" if breakage == "manifest" else '{"files": [{"path": "x"}]}')
    with pytest.raises((GuardError, OSError)):
        folders.guard().look()


def test_a_folder_that_goes_away_under_the_walk_is_no_fault_and_hides_nothing(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = folders.work / "passing"
    passing.mkdir()
    (passing / "実績.xlsx").write_bytes(b"REAL")
    real_scandir = os.scandir

    def scandir_late(path: Any = ".") -> Any:
        if str(path) == str(passing) and passing.exists():
            # Moved to a folder that the walk has left already.
            (passing / "実績.xlsx").rename(folders.work / "実績.xlsx")
            passing.rmdir()
        return real_scandir(path)

    monkeypatch.setattr(os, "scandir", scandir_late)
    assert folders.blocked() == ["実績.xlsx"]


@pytest.mark.parametrize("content", ["{", '{"event": "PreToolUse"}', "[" * 100_000, None])
def test_what_no_hook_wrote_opens_no_interval(folders: Folders, tmp_path: Path, content: str | None) -> None:
    planted = folders.hooks / "1-PreToolUse.json"
    if content is None:
        (tmp_path / "elsewhere.json").write_text('{"event": "PreToolUse", "time_ns": 1, "payload": {}}')
        planted.symlink_to(tmp_path / "elsewhere.json")
    else:
        planted.write_text(content)
    (folders.work / "実績.xlsx").write_bytes(b"REAL")
    assert folders.blocked() == ["実績.xlsx"]


def test_ninety_books_are_looked_at_again_within_ten_milliseconds(folders: Folders) -> None:
    books = [os.urandom(60_000) for _ in range(91)]
    folders.declare(*books)
    for number, book in enumerate(books):
        (folders.work / "input" / f"P{number:03}.xlsx").write_bytes(book)
    guard = folders.guard(lambda: time.time_ns() + LATER_NS)
    assert guard.look().files == 91
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert guard.look().blocked == []
        took.append(time.perf_counter() - began)
    assert min(took) < 0.010


def test_the_tap_does_not_become_ready_over_a_foreign_book(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.spawned_tap()
    (tap.work / "本物_PKG.xlsx").write_bytes(b"real figures")
    tap.process.configure(tap.config(upstream.url))
    event = tap.wait_for("blocked")
    assert (event["rule"], Path(event["path"]).name) == ("G01", "本物_PKG.xlsx")
    assert tap.process.stop() == 5
    assert tap.events("ready") == []
    assert rows(tap.audit)[0]["verdict"] == "block"


def test_a_foreign_book_that_appears_later_stops_every_request(
    endpoints: Endpoints, upstream: Upstream
) -> None:
    tap = endpoints.tap(upstream.url)
    assert tap.post(request("はい")).status == 200
    foreign = tap.work / "dropped.csv"
    foreign.write_text("実数,1")
    for _ in range(2):
        answer = tap.post(request("はい"))
        assert (answer.status, answer.message[:7]) == (400, "TAP-G01")
    assert len(upstream.requests) == 1
    assert "dropped.csv" in tap.wait_for("blocked")["message"]
    assert [row["verdict"] for row in rows(tap.audit)] == ["allow", "allow", "block", "block"]
    foreign.unlink()
    assert tap.post(request("はい")).status == 200


def test_a_guard_that_cannot_look_blocks(endpoints: Endpoints, upstream: Upstream) -> None:
    tap = endpoints.tap(upstream.url)
    tap.hooks.rename(tap.hooks.with_name("gone"))
    assert tap.post(request("はい")).message.startswith("TAP-G01 the files could not be checked")
    assert upstream.requests == []
    assert tap.wait_for("blocked")["path"] is None


def test_a_manifest_that_is_missing_is_told_before_anything_starts(endpoints: Endpoints) -> None:
    tap: RunningTap = endpoints.spawned_tap()
    tap.manifest.unlink()
    tap.process.configure(tap.config("http://127.0.0.1:9"))
    assert "manifest.json" in tap.wait_for("kit_error")["message"]
    assert tap.process.stop() == 4
