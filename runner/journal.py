"""The hook journal of one trial: what Claude Code's hooks wrote inside the sandbox, read from outside.

One JSON file an event, named by its time; the writer (runner/inside/hook.py) renames it into place, so a
file that can be seen is whole. Read by the driver (turn ends, dialogs).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class HookEvent:
    name: str
    time_ns: int
    payload: dict[str, Any]


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
            row = json.loads(path.read_text(encoding="utf-8"))
            events.append(HookEvent(row["event"], row["time_ns"], row["payload"]))
        return events
