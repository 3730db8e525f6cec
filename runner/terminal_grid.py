"""Reads one screen of the emulator with everything a cell holds: text, exact style, hyperlink, protection.

Takes pyghostty's emulator, gives `Grid` values. Used by runner.terminal_reader; for pictures terminal_cells is faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyghostty._ffi import ffi, lib
from pyghostty.core import init_sized, read_buf

from runner.terminal_cells import check, render_state
from runner.terminal_state import BLANK, PLAIN, Colour, Grid, Pen, StateCell

_WIDTHS = {
    lib.GHOSTTY_CELL_WIDE_NARROW: 1,
    lib.GHOSTTY_CELL_WIDE_WIDE: 2,
    lib.GHOSTTY_CELL_WIDE_SPACER_TAIL: 0,
    lib.GHOSTTY_CELL_WIDE_SPACER_HEAD: -1,
}


class GridReader:
    """Reads cells with their exact style through a render state (asking cell by cell is far slower)."""

    def __init__(self) -> None:
        self._state, self._rows, self._cells = render_state(self)
        self._raw = ffi.new("GhosttyCell*")
        self._raw_row = ffi.new("GhosttyRow*")
        self._int = ffi.new("int*")
        self._bool = ffi.new("bool*")
        self._index = ffi.new("uint8_t*")
        self._length = ffi.new("uint32_t*")
        self._rgb = ffi.new("GhosttyColorRgb*")
        self._style = init_sized("GhosttyStyle")

    def read(self, emulator: Any) -> tuple[Grid, tuple[int, bool]]:
        """(the screen shown, (cursor shape, blinking))."""
        state = self._state[0]
        check(lib.ghostty_render_state_update(state, emulator._t[0]), "reading the screen")
        kind = lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR
        check(lib.ghostty_render_state_get(state, kind, self._rows), "reading the rows")
        rows: list[tuple[StateCell, ...]] = []
        wrapped: list[bool] = []
        while lib.ghostty_render_state_row_iterator_next(self._rows[0]):
            self._row_get(lib.GHOSTTY_RENDER_STATE_ROW_DATA_RAW, self._raw_row)
            wrapped.append(self._row_flag(lib.GHOSTTY_ROW_DATA_WRAP))
            links = self._row_flag(lib.GHOSTTY_ROW_DATA_HYPERLINK)
            self._row_get(lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells)
            row = self._row(emulator, len(rows), links)
            rows.append(row if row[-1].width != 2 else (*row[:-1], StateCell(pen=Pen(bg=row[-1].pen.bg))))
        kind = lib.GHOSTTY_RENDER_STATE_DATA_CURSOR_VISUAL_STYLE
        check(lib.ghostty_render_state_get(state, kind, self._int), "reading the cursor's shape")
        return Grid(tuple(_without_lone_heads(rows)), tuple(wrapped)), (self._int[0], bool(emulator.mode(12)))

    def pen(self, style: Any) -> Pen:
        return Pen(
            _colour(style.fg_color),
            _colour(style.bg_color),
            _colour(style.underline_color),
            bool(style.bold),
            bool(style.italic),
            bool(style.faint),
            bool(style.blink),
            bool(style.inverse),
            bool(style.invisible),
            bool(style.strikethrough),
            bool(style.overline),
            int(style.underline),
        )

    def _row(self, emulator: Any, y: int, links: bool) -> tuple[StateCell, ...]:
        """Equal raw cells of one row are equal, but for clusters and links, which are kept beside the row."""
        cells: list[StateCell] = []
        seen: dict[int, StateCell] = {0: BLANK}
        while lib.ghostty_render_state_row_cells_next(self._cells[0]):
            self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_RAW, self._raw)
            raw = self._raw[0]
            cell = seen.get(raw)
            if cell is None:
                cell, alone = self._cell(raw)
                if (
                    links
                    and (cell.char or not cell.width)
                    and self._cell_flag(raw, lib.GHOSTTY_CELL_DATA_HAS_HYPERLINK)
                ):
                    cell = cell._replace(link=_link(emulator, len(cells), y))
                elif not alone:
                    seen[raw] = cell
            cells.append(cell)
        return tuple(cells)

    def _cell(self, raw: int) -> tuple[StateCell, bool]:
        """(the cell, whether its text stands outside of the raw value)."""
        check(lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_WIDE, self._int), "reading a width")
        wide = self._int[0]
        width = _WIDTHS[wide]
        check(
            lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_CONTENT_TAG, self._int),
            "reading a cell's content",
        )
        tag = self._int[0]
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
            check(
                lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_COLOR_PALETTE, self._index),
                "reading a colour",
            )
            return StateCell("", width, Pen(bg=self._index[0])), False
        if tag == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
            check(lib.ghostty_cell_get(raw, lib.GHOSTTY_CELL_DATA_COLOR_RGB, self._rgb), "reading a colour")
            return StateCell("", width, Pen(bg=(self._rgb.r, self._rgb.g, self._rgb.b))), False
        pen = PLAIN
        if self._cell_flag(raw, lib.GHOSTTY_CELL_DATA_HAS_STYLING):
            self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style)
            pen = self.pen(self._style)
        char = self._char()
        if not char and width:  # left of something overwritten: only its background can be told to a terminal
            return StateCell("", width, Pen(bg=pen.bg)), False
        cell = StateCell(char, width, pen, "", self._cell_flag(raw, lib.GHOSTTY_CELL_DATA_PROTECTED))
        return cell, tag == lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME

    def _char(self) -> str:
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_LEN, self._length)
        if not self._length[0]:
            return ""
        codes = ffi.new("uint32_t[]", self._length[0])
        self._get(lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_BUF, codes)
        return "".join(map(chr, codes))

    def _cell_flag(self, raw: int, what: int) -> bool:
        check(lib.ghostty_cell_get(raw, what, self._bool), "reading a cell")
        return bool(self._bool[0])

    def _row_flag(self, what: int) -> bool:
        check(lib.ghostty_row_get(self._raw_row[0], what, self._bool), "reading a row")
        return bool(self._bool[0])

    def _row_get(self, what: int, into: Any) -> None:
        check(lib.ghostty_render_state_row_get(self._rows[0], what, into), "reading a row")

    def _get(self, what: int, into: Any) -> None:
        check(lib.ghostty_render_state_row_cells_get(self._cells[0], what, into), "reading a cell")


def _without_lone_heads(rows: list[tuple[StateCell, ...]]) -> Iterator[tuple[StateCell, ...]]:
    """A cell left free whose wide character is gone from the row below is a blank one."""
    for y, row in enumerate(rows):
        lone = row[-1].width < 0 and not (y + 1 < len(rows) and rows[y + 1][0].width == 2)
        yield (*row[:-1], StateCell(pen=Pen(bg=row[-1].pen.bg))) if lone else row


def _colour(colour: Any) -> Colour:
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(colour.value.palette)
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        return colour.value.rgb.r, colour.value.rgb.g, colour.value.rgb.b
    return None


def _link(emulator: Any, x: int, y: int) -> str:
    place = emulator.ref(x, y)
    return str(read_buf(lambda b, n, w: lib.ghostty_grid_ref_hyperlink_uri(place, b, n, w)))
