"""What a rerun can say of a script beside its exit code: files that stood there, files it made, limits it ran into.

Takes the folder of the rerun, whose programs have ended, and the end of a script. Called by `rerun`.
"""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from runner.gather import MAX_DEPTH
from runner.verdict import LimitName

MOST_LISTED = 200
OUTPUT, INPUT = "output", "input"
CACHE = "__pycache__"
_TOLD: tuple[tuple[LimitName, re.Pattern[str]], ...] = (
    ("memory", re.compile(r"MemoryError|Cannot allocate memory|\[Errno 12\]|std::bad_alloc")),
    ("processes", re.compile(r"can't start new thread|Resource temporarily unavailable|\[Errno 11\]")),
    ("file_size", re.compile(r"File too large|\[Errno 27\]")),
    ("disk", re.compile(r"No space left on device|\[Errno 28\]")),
    ("open_files", re.compile(r"Too many open files|\[Errno 24\]")),
)
_BY_SIGNAL: dict[signal.Signals, LimitName] = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "file_size"}


def files_in(work: Path, leave: frozenset[str] = frozenset()) -> dict[str, tuple[int, int]]:
    """Path → (size, time of writing in ns) of what is below `work`, without input/ and the names in `leave` at the
    top. Links count as files and are not followed; a folder too deep counts as one file. The first 200 met."""
    found: dict[str, tuple[int, int]] = {}
    todo = [(str(work), "", 0)]
    while todo and len(found) < MOST_LISTED:
        folder, above, depth = todo.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except PermissionError:
            continue  # the agent's uid closed it; what is in it cannot be brought out either
        for entry in entries:
            path = f"{above}{entry.name}"
            if entry.name == CACHE or (not above and entry.name in {INPUT, *leave}):
                continue
            if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                todo.append((entry.path, f"{path}/", depth + 1))
            elif len(found) < MOST_LISTED:
                seen = entry.stat(follow_symlinks=False)
                shown = path.encode("utf-8", "backslashreplace").decode()
                found[shown] = (seen.st_size, seen.st_mtime_ns)
    return dict(sorted(found.items()))


def made_between(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    """Files below output/ that are new or were written, relative to it."""
    return [
        path.removeprefix(f"{OUTPUT}/")
        for path, state in after.items()
        if path.startswith(f"{OUTPUT}/") and before.get(path) != state
    ]


def limits_hit(
    *,
    timed_out: bool,
    ended_by: signal.Signals | None,
    disk_full: bool,
    stderr_tail: str,
    failed: bool,
    largest_file: int,
    file_bytes: int,
) -> list[LimitName]:
    """The limits that a script ran into: what ended it, a file cut off at its bound, or what its last words name."""
    found: list[LimitName] = ["wall"] if timed_out else []
    if ended_by in _BY_SIGNAL:
        found.append(_BY_SIGNAL[ended_by])
    if disk_full:
        found.append("disk")
    if largest_file >= file_bytes:
        found.append("file_size")
    if failed:
        found += [name for name, words in _TOLD if words.search(stderr_tail)]
    return list(dict.fromkeys(found))
