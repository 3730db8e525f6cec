"""The screen at each marker of a recording: replays a cast through the emulated terminal.

Takes a `Cast`, gives `MarkedScreen` values one by one. Used by the stills; pure but for the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runner.cast import MARKER, Cast
from runner.studio.replay import feed
from runner.terminal import Cell, Terminal

REDRAW_LIMIT_S = 1.0  # a terminal shows a synchronized update after this long even when it is not finished


@dataclass(frozen=True)
class MarkedScreen:
    """What a person saw at one marker. `cursor` is (x, y) from 0, or None while the program hides it."""

    number: int  # from 1, in order of time
    time_s: float
    label: str
    text: str
    cells: list[list[Cell]]
    cursor: tuple[int, int] | None


def screens_at_markers(cast: Cast) -> Iterator[MarkedScreen]:
    """The screens in order of their markers. A marker in a redraw shows the screen after it."""
    terminal = Terminal(*cast.size)
    number = 0
    waiting: list[tuple[float, str]] = []  # markers whose redraw has not ended
    for event in cast.events:
        if waiting and event.time_s > waiting[0][0] + REDRAW_LIMIT_S:
            yield from _shown(terminal, waiting, number)
            number, waiting = number + len(waiting), []
        feed(terminal, event)
        if event.kind == MARKER:
            waiting.append((event.time_s, event.data))
        if waiting and not terminal.redrawing:
            yield from _shown(terminal, waiting, number)
            number, waiting = number + len(waiting), []
    yield from _shown(terminal, waiting, number)


def _shown(terminal: Terminal, markers: list[tuple[float, str]], after: int) -> Iterator[MarkedScreen]:
    for number, (time_s, label) in enumerate(markers, start=after + 1):
        cursor = terminal.cursor if terminal.cursor_visible else None
        yield MarkedScreen(number, time_s, label, terminal.text(), terminal.cells(), cursor)
