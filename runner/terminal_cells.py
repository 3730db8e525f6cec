"""Reads the cells of the emulated screen: all of them, or only the rows that changed since they were last read.

Takes pyghostty's emulator, gives `Cell` values row by row. Used by runner.terminal alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import finalize

import pyghostty
from pyghostty._ffi import ffi, lib

from runner.palette import Palette, Rgb, palette_256

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
    underline: int = 0  # 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed
    inverse: bool = False
    strike: bool = False
    underline_colour: Rgb | None = None  # None: the colour of the text


_BLANK = Cell("", 1, None, None)


class CellReader:
    """Reads through the render state: style cell by cell through the screen costs twenty times as much."""

    def __init__(self, emulator: pyghostty.Terminal, palette: Palette) -> None:
        self._emulator = emulator
        self._indexed = palette_256(palette.ansi)
        self._state, self._rows, self._cells = render_state(self)
        self._raw = ffi.new("GhosttyCell*")
        self._int = ffi.new("int*")
        self._length = ffi.new("uint32_t*")
        self._bool = ffi.new("bool*")
        self._rgb = ffi.new("GhosttyColorRgb*")
        self._style = ffi.new("GhosttyStyle*")
        self._style.size = ffi.sizeof("GhosttyStyle")
        self._codepoints = ffi.new("uint32_t[]", 64)

    def read(self) -> list[list[Cell]]:
        """Every row from top to bottom."""
        self._update()
        grid: list[list[Cell]] = []
        while lib.ghostty_render_state_row_iterator_next(self._rows[0]):
            grid.append(self._row())
        return grid

    def changed(self) -> dict[int, list[Cell]]:
        """The rows (from 0) that were written to since the last call; all of them the first time."""
        self._update()
        state = self._state[0]
        check(
            lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_DIRTY, self._int),
            "reading what changed",
        )
        everything = self._int[0] == lib.GHOSTTY_RENDER_STATE_DIRTY_FULL
        found: dict[int, list[Cell]] = {}
        if self._int[0] == lib.GHOSTTY_RENDER_STATE_DIRTY_FALSE:
            return found
        y = -1
        clean = ffi.new("bool*", False)
        while lib.ghostty_render_state_row_iterator_next(self._rows[0]):
            y += 1
            dirty = lib.ghostty_render_state_row_get(
                self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_DIRTY, self._bool
            )
            check(dirty, "reading what changed")
            if everything or self._bool[0]:
                found[y] = self._row()
                seen = lib.ghostty_render_state_row_set(
                    self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_OPTION_DIRTY, clean
                )
                check(seen, "noting what was read")
        none = ffi.new("int*", lib.GHOSTTY_RENDER_STATE_DIRTY_FALSE)
        check(
            lib.ghostty_render_state_set(state, lib.GHOSTTY_RENDER_STATE_OPTION_DIRTY, none),
            "noting what was read",
        )
        return found

    def _update(self) -> None:
        state = self._state[0]
        check(lib.ghostty_render_state_update(state, self._emulator._t[0]), "reading the screen")
        check(
            lib.ghostty_render_state_get(state, lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR, self._rows),
            "reading the rows",
        )

    def _row(self) -> list[Cell]:
        found = lib.ghostty_render_state_row_get(
            self._rows[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells
        )
        check(found, "reading the cells of a row")
        row: list[Cell] = []
        while lib.ghostty_render_state_row_cells_next(self._cells[0]):
            row.append(self._cell())
        return row

    def _cell(self) -> Cell:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_RAW, self._raw)
        if not self._raw[0]:
            return _BLANK  # nothing was ever written here
        check(lib.ghostty_cell_get(self._raw[0], lib.GHOSTTY_CELL_DATA_WIDE, self._int), "reading a width")
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
            underline=int(style.underline),
            inverse=bool(style.inverse),
            strike=bool(style.strikethrough),
            underline_colour=self._underline_colour() if style.underline else None,
        )

    def _char(self) -> str:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._length)
        length = self._length[0]
        if not length:
            return ""
        codepoints = self._codepoints if length <= 64 else ffi.new("uint32_t[]", length)
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, codepoints)
        return chr(codepoints[0]) if length == 1 else "".join(map(chr, codepoints[0:length]))

    def _colour(self, which: int) -> Rgb | None:
        """The colour in RGB, or None when the cell leaves it to the default."""
        result = lib.ghostty_render_state_row_cells_get(self._cells[0], which, self._rgb)
        if result == lib.GHOSTTY_INVALID_VALUE or result == lib.GHOSTTY_NO_VALUE:
            return None
        check(result, "reading a colour")
        return self._rgb.r, self._rgb.g, self._rgb.b

    def _underline_colour(self) -> Rgb | None:
        colour = self._style.underline_color
        if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
            return self._indexed[colour.value.palette]
        if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
            return colour.value.rgb.r, colour.value.rgb.g, colour.value.rgb.b
        return None

    def _get(self, what: int, into: Any) -> None:
        result = lib.ghostty_render_state_row_cells_get(self._cells[0], what, into)
        check(result, "reading a cell")


def render_state(reader: object) -> tuple[Any, Any, Any]:
    """(render state, row iterator, cell iterator) of the emulator, freed with `reader`. Raises TerminalError."""
    state = ffi.new("GhosttyRenderState*")
    rows = ffi.new("GhosttyRenderStateRowIterator*")
    cells = ffi.new("GhosttyRenderStateRowCells*")
    check(lib.ghostty_render_state_new(ffi.NULL, state), "making a render state")
    finalize(reader, lib.ghostty_render_state_free, state[0])
    check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, rows), "making a row iterator")
    finalize(reader, lib.ghostty_render_state_row_iterator_free, rows[0])
    check(lib.ghostty_render_state_row_cells_new(ffi.NULL, cells), "making a cell iterator")
    finalize(reader, lib.ghostty_render_state_row_cells_free, cells[0])
    return state, rows, cells


def check(result: int, what: str) -> None:
    """Raises TerminalError unless the emulator's library took the call."""
    if result != lib.GHOSTTY_SUCCESS:
        raise TerminalError(
            f"the terminal emulator failed {what} (code {result}); is pyghostty 0.1.3 installed?"
        )
