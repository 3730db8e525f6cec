"""The hook journal of one trial: what Claude Code's hooks wrote inside the sandbox, read from outside.

One JSON file an event, named by its time; the writer (runner/inside/hook.py) renames it into place, so a
file that can be seen is whole. Read by the driver (turn ends, dialogs).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_EVENT_CHARACTERS = 32 << 20  # a tool's whole answer is in it


@dataclass(frozen=True)
class HookEvent:
    name: str
    time_ns: int
    payload: dict[str, Any]


def read_event(path: Path) -> HookEvent | None:
    """One event; None for a link, or a file that no hook of ours wrote: the agent may write in this folder too."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, encoding="utf-8") as file:
            row = json.loads(file.read(MAX_EVENT_CHARACTERS))
        return HookEvent(str(row["event"]), int(row["time_ns"]), dict(row["payload"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Journal:
    """New events since the last look, in order of time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: set[str] = set()

    def new_events(self) -> list[HookEvent]:
        fresh = sorted(p for p in self._folder.glob("*.json") if p.name not in self._seen)
        events = []
        for path in fresh:
            self._seen.add(path.name)
            event = read_event(path)
            if event is not None:
                events.append(event)
        return events
