"""Says in which rows two screens differ, apart from what may differ between two performances of the same course.

Takes cells of two emulated screens, gives `RowChange` values; pure. Used by the stage check and by the retake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from runner.palette import Rgb
from runner.terminal import Cell

# What stands on a screen for a moment or is counted, measured or drawn by lot. Each is compared as its sign; "" is
# a hint, which may be there or not.
VOLATILE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("", re.compile(r"\d+% (?:until auto-compact|context (?:left|used))")),
    ("", re.compile(r"[○◐●◉◯] (?:low|medium|high|max) · /effort")),
    ("", re.compile(r"\(shift\+tab to cycle\)")),
    ("⟨date⟩", re.compile(r"\b[A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d| \d{4})")),  # ls -l
    ("⟨date⟩", re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?")),
    ("⟨time⟩", re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?\b", re.I)),
    ("⟨tokens⟩", re.compile(r"[↑↓]? ?\d[\d,.]*k? tokens\b")),
    ("⟨seconds⟩", re.compile(r"(?<![\d.,\w])(?:\d+h ?)?(?:\d+m ?)?\d+(?:\.\d+)? ?(?:ms|s|秒)(?![A-Za-z\d])")),
    ("⟨id⟩", re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")),
    ("⟨id⟩", re.compile(r"\b(?:toolu|msg|req|session)_\w+")),
    ("⟨temporary⟩", re.compile(r"/tmp/[\w./-]+")),
    ("⟨bytes⟩", re.compile(r"(?<=demo demo)\s+\d+\b")),  # ls -l: an .xlsx holds the time it was written
)
_PROGRESS = re.compile(r"esc to interrupt|^\s*[·✢✳✶✻✽*∗⋆] \w+…|^\s*⎿\s+(?:Running|Waiting)…")
_BLINKING = frozenset("●⏺·✢✳✶✻✽*○◐◉◯")  # signs of progress: their colour and weight change while they stand

Screen = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class RowChange:
    """One row, counted from 1: as it stood on the golden screen, as it stands now; `colour`: only its look differs."""

    row: int
    golden: str
    now: str
    kind: Literal["text", "colour"]


class _Look(NamedTuple):
    char: str
    fg: Rgb | None
    bg: Rgb | None
    style: tuple[bool | int, ...]


def changed_rows(golden: Screen, now: Screen) -> list[RowChange]:
    """The rows that differ, from the top. Rows that one screen does not have count as empty."""
    changes = []
    for index in range(max(len(golden), len(now))):
        before = golden[index] if index < len(golden) else ()
        after = now[index] if index < len(now) else ()
        texts = row_text(before), row_text(after)
        if comparable(texts[0]) != comparable(texts[1]):
            changes.append(RowChange(index + 1, *texts, "text"))
        elif texts[0] == texts[1] and _looks(before) != _looks(after):
            changes.append(RowChange(index + 1, *texts, "colour"))
    return changes


def row_text(row: Sequence[Cell]) -> str:
    """The row as text, blanks at its end cut."""
    return "".join(cell.char or " " for cell in row if cell.width).rstrip()


def comparable(text: str) -> str:
    """The text with everything volatile as its sign and every run of blanks as one; a row of progress is ⟨progress⟩."""
    line = unicodedata.normalize("NFC", text)
    if _PROGRESS.search(line):
        return "⟨progress⟩"
    for sign, pattern in VOLATILE:
        line = pattern.sub(sign, line)
    return " ".join(line.split())


def _looks(row: Sequence[Cell]) -> list[_Look | None]:
    """What a person sees of each cell beside progress; blanks without a ground of their own are all one."""
    if _PROGRESS.search(row_text(row)):
        return []
    looks: list[_Look | None] = []
    for cell in row:
        blank = (
            cell.char in ("", " ") and cell.bg is None and not (cell.inverse or cell.underline or cell.strike)
        )
        if blank or cell.char in _BLINKING:
            looks.append(None)
            continue
        style = (cell.bold, cell.faint, cell.italic, cell.underline, cell.inverse, cell.strike)
        looks.append(_Look(cell.char, cell.fg, cell.bg, style))
    return looks
