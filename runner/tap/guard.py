"""Rule G01: no workbook or table stands before the agent that is neither the dataset's nor the agent's own.

The core is pure: files as they were found, hashes of the manifest and intervals of tool use in, violations
out. `FileGuard` is the thin scanner around it; anything it cannot read blocks. Called by `runner.tap.gate`.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.tap.config import GuardConfig

RULE = "G01"
WATCHED = (".xlsx", ".xlsm", ".xls", ".xlsb", ".csv", ".tsv", ".ods")
FRESH_NS = 100_000_000
"""A file changed this recently may change again in the same tick of the kernel's clock: no caching."""

_CLOSING = ("PostToolUse", "PostToolUseFailure")
_TURN_ENDS = ("Stop", "StopFailure")


class GuardError(Exception):
    """The guard cannot see what it must judge, so it blocks; says what and where."""


@dataclass(frozen=True)
class FoundFile:
    """A watched file as it was found. `sha256` is None for what is not a regular file."""

    path: str
    ctime_ns: int
    uid: int
    sha256: str | None


@dataclass(frozen=True)
class Interval:
    """A tool of the agent ran from `start_ns` to `end_ns`, both included; None means it still runs."""

    start_ns: int
    end_ns: int | None


@dataclass(frozen=True)
class HookRow:
    """What the guard reads of one event of the hook journal."""

    event: str
    time_ns: int
    tool_use_id: str | None
    denied: bool


def is_watched(name: str) -> bool:
    """Whether a file of this name can hold figures: its ending counts, in any case and width."""
    return unicodedata.normalize("NFKC", name).casefold().rstrip().endswith(WATCHED)


def intervals_of(rows: Iterable[HookRow]) -> list[Interval]:
    """When the agent's tools ran: from each PreToolUse that was not denied to its PostToolUse.

    A tool whose end was not reported is taken to run until the turn ends, and else still to run.
    """
    open_since: dict[str | None, int] = {}
    found: list[Interval] = []
    for row in sorted(rows, key=lambda row: row.time_ns):
        if row.event == "PreToolUse" and not row.denied:
            open_since[row.tool_use_id] = row.time_ns
        elif row.event in _CLOSING and row.tool_use_id in open_since:
            found.append(Interval(open_since.pop(row.tool_use_id), row.time_ns))
        elif row.event in _TURN_ENDS:
            found += [Interval(start, row.time_ns) for start in open_since.values()]
            open_since = {}
    return found + [Interval(start, None) for start in open_since.values()]


def violations(
    files: Iterable[FoundFile],
    manifest: frozenset[str],
    intervals: list[Interval],
    now_ns: int,
    agent_uid: int | None,
) -> list[FoundFile]:
    """The files that rule G01 does not allow, in the order given."""
    return [
        file
        for file in files
        if file.sha256 not in manifest and not _written_by_agent(file, intervals, now_ns, agent_uid)
    ]


def _written_by_agent(file: FoundFile, intervals: list[Interval], now_ns: int, agent_uid: int | None) -> bool:
    if agent_uid is not None and file.uid != agent_uid:
        return False
    return any(
        each.start_ns <= file.ctime_ns <= (now_ns if each.end_ns is None else each.end_ns)
        for each in intervals
    )


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    files: int
    """Watched files seen."""
    blocked: list[str]

    @property
    def message(self) -> str:
        """One line for the person who has to act. Empty when nothing is blocked."""
        if not self.blocked:
            return ""
        more = f" and {len(self.blocked) - 1} more" if len(self.blocked) > 1 else ""
        return (
            f"TAP-G01 {self.blocked[0]}{more}: neither in the dataset's manifest nor written by the agent;"
            " nothing was sent. Remove it and start again: only synthetic data may reach the endpoint"
        )


WALKS = 5
"""How often the folders are walked before a folder that keeps vanishing counts as a fault."""


class FileGuard:
    """Scans the agent's folders. Hashes are kept as long as a file's stat does not change.

    `clock_ns` is the same wall clock that stamps files.
    """

    def __init__(self, config: GuardConfig, clock_ns: Callable[[], int]) -> None:
        self._config = config
        self._clock_ns = clock_ns
        self._manifest = read_manifest(config.manifest)
        self._hashes: dict[str, tuple[tuple[int, ...], str]] = {}
        self._rows: dict[str, HookRow] = {}

    def look(self) -> Finding:
        """Judge everything that stands below the roots now. Raises GuardError or OSError when it cannot."""
        files = self._files()
        intervals = intervals_of(self._journal())
        bad = violations(files, self._manifest, intervals, self._clock_ns(), self._config.agent_uid)
        return Finding(len(files), [file.path for file in bad])

    def _files(self) -> list[FoundFile]:
        """All watched files. A folder that goes away under the walk (the client makes and removes some in its home)
        may have been moved to where the walk has been: then the whole is walked again."""
        for _ in range(WALKS - 1):
            try:
                return [file for root in self._config.roots for file in self._scan(root)]
            except FileNotFoundError:
                continue
        return [file for root in self._config.roots for file in self._scan(root)]

    def _scan(self, root: Path) -> Iterator[FoundFile]:
        if not root.is_dir():
            raise GuardError(f"{root}: the guard must scan this folder, and it is not there")
        for folder, _, names in os.walk(root, onerror=_raise, followlinks=False):
            # os.walk lists links to folders among the folders: never entered, and no data of their own.
            for name in names:
                if is_watched(name):
                    found = self._inspect(f"{folder}/{name}")
                    if found is not None:
                        yield found

    def _inspect(self, path: str) -> FoundFile | None:
        """The file as it stands, without following a link; None when it went away meanwhile."""
        try:
            seen = os.lstat(path)
            kept = self._hashes.get(path)
            if kept is not None and kept[0] == _identity(seen):
                return _found(path, seen, kept[1])
            return self._read(path) if stat.S_ISREG(seen.st_mode) else _found(path, seen, None)
        except FileNotFoundError:
            return None

    def _read(self, path: str) -> FoundFile:
        looked_ns = self._clock_ns()
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                return _found(path, before, None)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            after = os.fstat(handle)
        if _identity(before) == _identity(after) and looked_ns - after.st_ctime_ns > FRESH_NS:
            self._hashes[path] = (_identity(after), digest)
        return _found(path, after, digest)

    def _journal(self) -> Iterable[HookRow]:
        for entry in os.scandir(self._config.hooks):
            if entry.name.endswith(".json") and entry.name not in self._rows:
                self._rows[entry.name] = read_hook_row(Path(entry.path))
        return self._rows.values()


def read_manifest(path: Path) -> frozenset[str]:
    """The hashes of a dataset's manifest. Raises GuardError when it cannot be read or holds none."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
        return frozenset(str(file["sha256"]) for file in files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GuardError(
            f"{path}: not a manifest the guard can read: {type(error).__name__}: {error}"
        ) from error


def read_hook_row(path: Path) -> HookRow:
    """One event of the hook journal. Raises GuardError when it is not one."""
    try:
        # The agent may write in this folder: a link is not followed.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, encoding="utf-8") as file:
            row = json.load(file)
        payload: dict[str, Any] = row["payload"]
        return HookRow(
            str(row["event"]), int(row["time_ns"]), payload.get("tool_use_id"), row.get("decision") == "deny"
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GuardError(
            f"{path}: not an event of the hook journal: {type(error).__name__}: {error}"
        ) from error


def _identity(seen: os.stat_result) -> tuple[int, ...]:
    return (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _found(path: str, seen: os.stat_result, digest: str | None) -> FoundFile:
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    return FoundFile(shown, seen.st_ctime_ns, seen.st_uid, digest)


def _raise(error: OSError) -> None:
    raise error
