"""The phases of a trial: how long each took, and who is told that it began.

The clock comes in; the listener is the CLI's progress display or nothing. Phases may nest and overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Phases:
    """Seconds by phase name; `tell(name, note)` is called as a phase begins or has news."""

    clock: Callable[[], float]
    tell: Callable[[str, str], None] = lambda _name, _note: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.tell(name, "")
        began = self.clock()
        try:
            yield
        finally:
            self.add(name, self.clock() - began)

    def add(self, name: str, seconds: float) -> None:
        self.seconds[name] = round(self.seconds.get(name, 0.0) + seconds, 3)
