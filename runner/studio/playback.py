"""A recording played into the emulated terminal up to any instant; says which rows changed since the last look.

Takes a `Cast`, gives rows of cells and the cursor. A synchronized update is never seen half. Used by the film.
"""

from __future__ import annotations

from dataclasses import dataclass

from runner.cast import OUTPUT, RESIZE, Cast
from runner.palette import Palette
from runner.studio.drawing import Cursor
from runner.studio.replay import feed
from runner.studio.screens import REDRAW_LIMIT_S
from runner.terminal import Cell, Terminal

_UPDATE_BEGINS, _UPDATE_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
_CLOSE = 1e-6  # seconds: times in a cast are microseconds


@dataclass(frozen=True)
class Look:
    """What changed since the look before: rows by number, all of them when the size did; cursor and size now."""

    rows: dict[int, list[Cell]]
    cursor: Cursor
    size: tuple[int, int]  # columns, rows


class Playback:
    """One pass over the recording. `seek` may go back, which plays it again from its beginning."""

    def __init__(self, cast: Cast, palette: Palette) -> None:
        self._cast, self._palette = cast, palette
        self._begin()

    def _begin(self) -> None:
        self._terminal = Terminal(*self._cast.size, palette=self._palette)
        self._next = 0
        self._now = 0.0
        self._update_since: float | None = None
        self._kept: dict[int, list[Cell]] = {}
        self._cursor: Cursor = None
        self._size = self._cast.size

    def seek(self, time_s: float) -> None:
        """Play up to this second of the recording, what happens at it included."""
        if time_s < self._now - _CLOSE:
            self._begin()
            self._kept = {}
        self._now = time_s
        events = self._cast.events
        pending: list[str] = []
        while self._next < len(events) and events[self._next].time_s <= time_s + _CLOSE:
            event = events[self._next]
            self._next += 1
            if event.kind == OUTPUT:
                pending.append(event.data)
            elif event.kind == RESIZE:
                self._feed("".join(pending).encode(), event.time_s)
                pending.clear()
                feed(self._terminal, event)
        if pending:
            self._feed("".join(pending).encode(), time_s)

    def look(self) -> Look:
        """What a person sees now that was not there at the last look."""
        unfinished = self._terminal.redrawing
        if not unfinished or self._overdue():
            self._keep()
        found, self._kept = self._kept, {}
        return Look(found, self._cursor, self._size)

    def _overdue(self) -> bool:
        """A terminal shows an update that takes too long, finished or not."""
        return self._update_since is not None and self._now - self._update_since > REDRAW_LIMIT_S

    def _feed(self, data: bytes, time_s: float) -> None:
        """Play; where an update begins that does not end in this data, remember what was seen before it."""
        begins = data.rfind(_UPDATE_BEGINS)
        if begins >= 0 and data.find(_UPDATE_ENDS, begins) < 0:
            self._terminal.feed(data[:begins])
            if not self._terminal.redrawing:
                self._keep()
                self._update_since = time_s
            self._terminal.feed(data[begins:])
        else:
            self._terminal.feed(data)

    def _keep(self) -> None:
        terminal = self._terminal
        self._update_since = None if not terminal.redrawing else self._update_since
        changed = terminal.changed_rows()
        if terminal.size != self._size:
            changed = dict(enumerate(terminal.cells()))
            self._size = terminal.size
            self._kept = {}
        self._kept.update(changed)
        self._cursor = terminal.cursor if terminal.cursor_visible else None
