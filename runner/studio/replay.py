"""Plays a recording into an emulated terminal up to any instant. Used by the cast editing, redaction and lint."""

from __future__ import annotations

import math
from collections.abc import Callable

from runner.cast import OUTPUT, RESIZE, Cast, Event, size_of
from runner.terminal import Terminal


class Replay:
    """The screen of a recording at one instant, moved forward cheaply and back by starting over."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._start_over()

    def _start_over(self) -> None:
        self.terminal = Terminal(*self._cast.size)
        self._next = 0

    def before(self, time_s: float) -> Terminal:
        """The terminal before anything that happened at `time_s`."""
        return self._to(lambda event: event.time_s < time_s)

    def at(self, time_s: float) -> Terminal:
        """The terminal after everything that happened until and at `time_s`."""
        return self._to(lambda event: event.time_s <= time_s)

    def _to(self, wanted: Callable[[Event], bool]) -> Terminal:
        events = self._cast.events
        if self._next and not wanted(events[self._next - 1]):
            self._start_over()
        while self._next < len(events) and wanted(events[self._next]):
            feed(self.terminal, events[self._next])
            self._next += 1
        return self.terminal


def feed(terminal: Terminal, event: Event) -> None:
    """Show one event; those that do not change the screen are passed over."""
    if event.kind == OUTPUT:
        terminal.feed(event.data.encode())
    elif event.kind == RESIZE:
        terminal.resize(*size_of(event))


def screen_at(cast: Cast, time_s: float) -> Terminal:
    """The terminal as it stood at `time_s`, which may lie behind the end."""
    return Replay(cast).at(time_s if math.isfinite(time_s) else cast.duration_s)
