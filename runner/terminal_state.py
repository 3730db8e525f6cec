"""Everything the emulated terminal holds at one instant: both screens, cursor, pen, modes, colours, title.

Plain values: `runner.terminal_reader` reads them from the emulator, redaction masks them, and
`runner.terminal_dump` writes the escape sequence that brings a fresh terminal to the same state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from runner.palette import Rgb

Colour = int | Rgb | None  # number in the palette, exact colour, or the default


class Pen(NamedTuple):
    """How characters are drawn from here on."""

    fg: Colour = None
    bg: Colour = None
    underline_colour: Colour = None
    bold: bool = False
    italic: bool = False
    faint: bool = False
    blink: bool = False
    inverse: bool = False
    invisible: bool = False
    strike: bool = False
    overline: bool = False
    underline: int = 0  # 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed


PLAIN = Pen()


class StateCell(NamedTuple):
    """One cell. `char` is "" where nothing was written and in the right half of a wide character (width 0).

    Width -1: the last cell of a row, left free because a wide character did not fit.
    """

    char: str = ""
    width: int = 1
    pen: Pen = PLAIN
    link: str = ""  # address of an OSC 8 hyperlink
    protected: bool = False


BLANK = StateCell()


@dataclass(frozen=True)
class Grid:
    """One screen. `wrapped[y]`: the text of row y goes on in row y + 1; it matters when the size changes, and is
    left out of comparisons, because a row whose end was erased afterwards cannot be made to wrap again."""

    rows: tuple[tuple[StateCell, ...], ...]
    wrapped: tuple[bool, ...] = field(compare=False)


@dataclass(frozen=True)
class Cursor:
    """Where writing goes on, and how. `pending_wrap`: the row is full, the next character opens a new one."""

    x: int
    y: int
    pending_wrap: bool = False
    pen: Pen = PLAIN
    link: str = ""
    protected: bool = False
    charsets: str = ""  # the sequences that choose them, "" for plain ASCII
    origin: bool = False


@dataclass(frozen=True)
class MainScreen:
    """The first screen while the alternate one is shown, what was saved of its cursor, and the mode that left it."""

    grid: Grid
    saved: Cursor
    mode: int


@dataclass(frozen=True)
class State:
    """All of a terminal. Two terminals of equal state show the same and go on alike."""

    size: tuple[int, int]  # columns, rows
    grid: Grid
    main: MainScreen | None  # None: the first screen is the one shown
    cursor: Cursor
    saved: Cursor
    modes: tuple[
        tuple[str, bool], ...
    ]  # those that differ from a fresh terminal: ("?25", False), ("4", True)
    region: tuple[int, int, int, int] | None  # top, bottom, left, right, from 0; None: the whole screen
    tab_stops: tuple[int, ...]
    cursor_style: tuple[int, bool]  # shape (0 bar, 1 block, 2 underline, 3 hollow), blinking
    keyboard: str  # the sequences that choose kitty flags and modifyOtherKeys
    title: str
    folder: str  # OSC 7
    palette: tuple[tuple[int, Rgb], ...]  # entries that were changed
    colours: tuple[
        tuple[int, Rgb], ...
    ]  # changed default colours by OSC number: 10 text, 11 background, 12 cursor
    unfinished: bytes = field(default=b"")  # the beginning of a sequence that has not ended
