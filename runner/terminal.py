"""An emulated terminal: takes the bytes a program writes; gives the screen a person sees and the replies due.

The only module that knows pyghostty. Used by runner.screen (a live pty) and runner.studio (a recorded cast).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import finalize

import pyghostty
from pyghostty._ffi import ffi, lib

from runner.palette import BACKGROUND, FOREGROUND, Rgb, palette_256

GRAPHEME_CLUSTERS = 2027  # DEC private mode: one emoji sequence or base + mark is one character
SYNCHRONIZED_OUTPUT = 2026  # DEC private mode: the program is in the middle of a redraw
SCROLLBACK_LINES = 0  # only the screen is ever read

_WIDTH = {
    lib.GHOSTTY_CELL_WIDE_NARROW: 1,
    lib.GHOSTTY_CELL_WIDE_WIDE: 2,
    lib.GHOSTTY_CELL_WIDE_SPACER_TAIL: 0,
    lib.GHOSTTY_CELL_WIDE_SPACER_HEAD: 1,
}


class TerminalError(Exception):
    """The emulator refused a call: wrong size, out of memory, or a library of another version."""


class Cell(NamedTuple):
    """One cell of the screen. `char` is "" in an untouched cell and in the right half of a wide character."""

    char: str
    width: int  # 1, or 2 for the left half of a wide character, or 0 for its right half
    fg: Rgb | None  # None: the default colour
    bg: Rgb | None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    strike: bool = False


class Terminal:
    """A screen of `cols` x `rows` cells; `on_reply` gets the answers to queries, during `feed`.

    Grapheme clustering (mode 2027) is on from the start and stays on over a reset, because the width of emoji
    and of Japanese marks depends on it. Raises TerminalError for a size that is not positive.
    """

    def __init__(self, cols: int, rows: int, on_reply: Callable[[bytes], object] | None = None) -> None:
        if cols < 1 or rows < 1:
            raise TerminalError(f"a terminal of {cols} x {rows} cells cannot be made; give at least 1 x 1")
        self._emulator = pyghostty.Terminal(
            cols, rows, scrollback=SCROLLBACK_LINES, fg=FOREGROUND, bg=BACKGROUND
        )
        self._cols, self._rows = cols, rows
        self._use_palette()
        self._keep_on(GRAPHEME_CLUSTERS)
        if on_reply is not None:
            self._emulator.on_reply(_returning_nothing(on_reply))
        self._reader = _CellReader(self._emulator)

    def feed(self, data: bytes) -> None:
        """Take what the program wrote; sequences and characters may be split between calls."""
        self._emulator.feed(data)

    def resize(self, cols: int, rows: int) -> None:
        """Another size from here on; the text is wrapped anew, as a terminal window does."""
        self._emulator.resize(cols, rows)
        self._cols, self._rows = cols, rows

    def rows(self) -> list[str]:
        """Every row from top to bottom, blanks at the right end cut; always as many as the screen has."""
        found = [line.rstrip(" ") for line in str(self._emulator.text()).split("\n")]
        return found + [""] * (self._rows - len(found))

    def text(self) -> str:
        """The rows joined by newlines, without the empty rows at the bottom."""
        return "\n".join(self.rows()).rstrip("\n")

    def cells(self) -> list[list[Cell]]:
        """Every cell with its style, row by row; about 15 ms for 100 x 30."""
        return self._reader.read()

    @property
    def size(self) -> tuple[int, int]:
        """(columns, rows)."""
        return self._cols, self._rows

    @property
    def cursor(self) -> tuple[int, int]:
        """(x, y) in cells from the top left, both from 0."""
        x, y = self._emulator.cursor
        return int(x), int(y)

    @property
    def cursor_visible(self) -> bool:
        """False while the program hides the cursor (DECTCEM)."""
        return bool(self._emulator.get("cursor_visible", "bool"))

    @property
    def redrawing(self) -> bool:
        """True inside a synchronized update (mode 2026): the screen is half old, half new."""
        return bool(self._emulator.mode(SYNCHRONIZED_OUTPUT))

    def _set(self, option: int, value: Any, what: str) -> None:
        _check(lib.ghostty_terminal_set(self._emulator._t[0], option, value), what)

    def _use_palette(self) -> None:
        colours = ffi.new("GhosttyColorRgb[256]", [{"r": r, "g": g, "b": b} for r, g, b in palette_256()])
        self._set(lib.GHOSTTY_TERMINAL_OPT_COLOR_PALETTE, colours, "setting the colours")

    def _keep_on(self, mode: int) -> None:
        config = ffi.new("GhosttyTerminalModeConfig*", {"mode": mode, "value": True})
        self._set(lib.GHOSTTY_TERMINAL_OPT_MODE_DEFAULT, config, f"keeping mode {mode} on")
        self._emulator.feed(b"\x1b[?%dh" % mode)


class _CellReader:
    """Reads all cells through the emulator's render state (asking cell by cell costs five times as much)."""

    def __init__(self, emulator: pyghostty.Terminal) -> None:
        self._emulator = emulator
        self._state = ffi.new("GhosttyRenderState*")
        self._rows = ffi.new("GhosttyRenderStateRowIterator*")
        self._cells = ffi.new("GhosttyRenderStateRowCells*")
        _check(lib.ghostty_render_state_new(ffi.NULL, self._state), "making a render state")
        finalize(self, lib.ghostty_render_state_free, self._state[0])
        _check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, self._rows), "making a row iterator")
        finalize(self, lib.ghostty_render_state_row_iterator_free, self._rows[0])
        _check(lib.ghostty_render_state_row_cells_new(ffi.NULL, self._cells), "making a cell iterator")
        finalize(self, lib.ghostty_render_state_row_cells_free, self._cells[0])
        self._raw = ffi.new("GhosttyCell*")
        self._int = ffi.new("int*")
        self._length = ffi.new("uint32_t*")
        self._bool = ffi.new("bool*")
        self._rgb = ffi.new("GhosttyColorRgb*")
        self._style = ffi.new("GhosttyStyle*")
        self._style.size = ffi.sizeof("GhosttyStyle")

    def read(self) -> list[list[Cell]]:
        state = self._state[0]
        _check(lib.ghostty_render_state_update(state, self._emulator._t[0]), "reading the screen")
        _check(
            lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._rows),
            "reading the rows",
        )
        grid: list[list[Cell]] = []
        while lib.ghostty_render_state_row_iterator_next(self._rows[0]):
            found = lib.ghostty_render_state_row_get(
                self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells
            )
            _check(found, "reading the cells of a row")
            row: list[Cell] = []
            while lib.ghostty_render_state_row_cells_next(self._cells[0]):
                row.append(self._cell())
            grid.append(row)
        return grid

    def _cell(self) -> Cell:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_RAW, self._raw)
        _check(lib.ghostty_cell_get(self._raw[0], lib.GHOSTTY_CELL_DATA_WIDE, self._int), "reading a width")
        width = _WIDTH[self._int[0]]
        char = self._char()
        bg = self._colour(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_BG_COLOR)
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_HAS_STYLING, self._bool)
        if not self._bool[0]:
            return Cell(char, width, None, bg)
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style)
        style = self._style
        return Cell(
            char=" " if style.invisible and char else char,
            width=width,
            fg=self._colour(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_FG_COLOR),
            bg=bg,
            bold=bool(style.bold),
            faint=bool(style.faint),
            italic=bool(style.italic),
            underline=style.underline != 0,
            inverse=bool(style.inverse),
            strike=bool(style.strikethrough),
        )

    def _char(self) -> str:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._length)
        if not self._length[0]:
            return ""
        codepoints = ffi.new("uint32_t[]", self._length[0])
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, codepoints)
        return "".join(map(chr, codepoints))

    def _colour(self, which: int) -> Rgb | None:
        """The colour in RGB, or None when the cell leaves it to the default."""
        result = lib.ghostty_render_state_row_cells_get(self._cells[0], which, self._rgb)
        if result == lib.GHOSTTY_INVALID_VALUE or result == lib.GHOSTTY_NO_VALUE:
            return None
        _check(result, "reading a colour")
        return self._rgb.r, self._rgb.g, self._rgb.b

    def _get(self, what: int, into: Any) -> None:
        result = lib.ghostty_render_state_row_cells_get(self._cells[0], what, into)
        _check(result, "reading a cell")


def _returning_nothing(listener: Callable[[bytes], object]) -> Callable[[bytes], None]:
    """The emulator refuses a callback that returns something, as a pty's send does."""

    def listen(reply: bytes) -> None:
        listener(reply)

    return listen


def _check(result: int, what: str) -> None:
    if result != lib.GHOSTTY_SUCCESS:
        raise TerminalError(
            f"the terminal emulator failed {what} (code {result}); is pyghostty 0.1.3 installed?"
        )
