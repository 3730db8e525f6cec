"""The part of the screen that must be read, enlarged: which rows, how large, for how long they stand there whole.

`passage` finds a text in a recording (used by the editor); `view` says which cells a close-up shows (used by frame).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from runner.studio.canvas import CELL_WIDTH
from runner.studio.captions import units
from runner.studio.card_screen import cells
from runner.studio.layout import SCREEN_BOX
from runner.studio.moments import squeezed
from runner.studio.replay import Replay
from runner.studio.storyboard import Lines
from runner.studio.timeline import CloseUp

LARGEST = 2 * CELL_WIDTH  # pixels of a cell's width: text of 64 pixels
LEAST = CELL_WIDTH + 2  # a close-up that enlarges less than this is none
MARGIN = 1  # cell left free on either side
SAME_SIZE = 0.85  # text so much smaller is hardly smaller
_BEFORE = " │└⎿●○⏺•❯"  # stands before a row's text and is not part of it


class View(NamedTuple):
    """The cells that a close-up shows, and their size in pixels (a cell is twice as high as wide).

    `clear`: so many of the columns are seen wholly; the others fade towards the edge, behind which the rows go on.
    """

    top: int
    left: int
    rows: int
    columns: int
    cell: int
    clear: int


@dataclass(frozen=True)
class Passage:
    """Rows that stand whole from `start_s` until `gone_s` of the recording, `width` full-width characters of text."""

    start_s: float
    gone_s: float
    width: float
    close_ups: tuple[tuple[float, CloseUp], ...]  # (from when, which): rows move when the screen scrolls


def passage(
    replay: Replay, times: Sequence[float], read: Lines, at_s: float, seconds: float, stop_s: float
) -> Passage | None:
    """The rows of `read` as they stand `seconds` after `at_s`, and how long they do.

    `times`: when anything was written. None when they are not on the screen from `at_s` to `stop_s`.
    """
    seen: list[tuple[float, int | None, tuple[str, ...]]] = []
    for time_s in [at_s, *(time for time in times if at_s < time <= stop_s)]:
        terminal = replay.at(time_s)
        if terminal.redrawing and seen:
            continue
        screen = terminal.rows()
        row = row_of(screen, read.text)
        seen.append(
            (time_s, row, _written(screen[row : row + read.rows], read.to) if row is not None else ())
        )
    found = [each for each in seen if each[1] is not None]
    if not found:
        return None
    wanted = next((each for each in reversed(found) if each[0] <= at_s + seconds), found[0])[2]
    first = next(number for number, each in enumerate(seen) if each[2] == wanted)
    last = next((number for number in range(first, len(seen)) if seen[number][2] != wanted), len(seen))
    gone_s = seen[last][0] if last < len(seen) else stop_s
    close_ups: list[tuple[float, CloseUp]] = []
    for time_s, row, _ in seen[first:last]:
        assert row is not None
        shown = _close_up(wanted, row)
        if shown is not None and not (close_ups and close_ups[-1][1] == shown):
            close_ups.append((time_s, shown))
    return Passage(seen[first][0], gone_s, units(squeezed("".join(wanted))), tuple(close_ups))


def row_of(screen: Sequence[str], text: str) -> int | None:
    """The row in which the last `text` on the screen begins, whatever blanks or line wraps stand within it."""
    parts = [squeezed(row) for row in screen]
    at = "".join(parts).rfind(squeezed(text))
    if at < 0:
        return None
    for number, part in enumerate(parts):
        if at < len(part):
            return number
        at -= len(part)
    return None


def view(close_up: CloseUp, size: tuple[int, int]) -> View:
    """What of a screen of (columns, rows) is shown: the close-up's rows in the middle, if the screen allows it."""
    cell = close_up.cell
    columns = min(size[0], (SCREEN_BOX[2] - SCREEN_BOX[0]) // cell)
    rows = min(size[1], (SCREEN_BOX[3] - SCREEN_BOX[1]) // (2 * cell))
    top = max(0, min(close_up.row - (rows - close_up.rows) // 2, size[1] - rows))
    left = max(0, min(close_up.column, size[0] - columns))
    clear = columns if left + columns == size[0] else close_up.column + close_up.columns - left
    return View(top, left, rows, columns, cell, min(clear, columns))


def _written(rows: Sequence[str], to: str | None) -> tuple[str, ...]:
    """The rows without blanks at their ends, the last one up to `to`, if that stands in it."""
    *above, last = (row.rstrip() for row in rows)
    at = -1 if to is None else last.rfind(to)
    return (*above, last if to is None or at < 0 else last[: at + len(to)])


def _close_up(texts: Sequence[str], row: int) -> CloseUp | None:
    """As large as the rows' text allows; None when that is hardly larger than the screen itself."""
    written = [text for text in texts if text.strip()]
    left = min(cells(text[: len(text) - len(text.lstrip(_BEFORE))]) for text in written)
    right = max(map(cells, written)) + MARGIN
    room = SCREEN_BOX[2] - SCREEN_BOX[0], SCREEN_BOX[3] - SCREEN_BOX[1]
    first = max(0, left - MARGIN)
    if room[0] // right >= SAME_SIZE * (room[0] // (right - first)):
        first = 0  # no row is cut on the left
    cell = min(LARGEST, room[0] // (right - first), room[1] // (2 * len(texts)))
    cell -= cell % 2  # pictures of even size only
    if cell < LEAST:
        return None
    return CloseUp(row=row, rows=len(texts), column=first, columns=right - first, cell=cell)
