"""A book's sheets as plain cells before they become a file: what each cell holds and how it looks.

Sheets fill a Grid each; `evaluate` works out every formula over all grids of a book; `write` puts them into
an XlsxWriter workbook. Between the two, plants may override cells and vary the layout (synthetic_pkg.book).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from synthetic_pkg.formula import CellError, Value, compiled, sheets_in
from synthetic_pkg.formula_sheet import FormulaSheet


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula cell. cached: a value to store instead of the right one (a stale file); None = the right one."""

    text: str
    cached: Value = None


Content = int | float | str | datetime | Formula | None
Cell = tuple[Content, Any]  # content, XlsxWriter format


@dataclass
class Grid:
    """One sheet. Rows and columns are 0-based; `scale` multiplies every amount."""

    name: str
    title: str
    widths: tuple[float, ...]
    scale: int = 1
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    freeze: int = 0  # rows that stay in sight
    landscape: bool = False
    merged_header: int | None = None  # row whose cells are merged with the row below
    state: str = "visible"

    def put(self, row: int, column: int, content: Content, look: Any) -> None:
        self.cells[(row, column)] = (content, look)

    def amount(self, row: int, column: int, value: int, look: Any) -> None:
        """A figure in units of the book."""
        self.cells[(row, column)] = (value * self.scale, look)

    def formula(self, row: int, column: int, text: str, look: Any) -> None:
        self.cells[(row, column)] = (Formula(text), look)

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        return max((column for _, column in self.cells), default=0)


class Evaluator:
    """Values of all cells of one book; an error value stands as its text, such as "#REF!"."""

    def __init__(self, grids: Mapping[str, Grid]) -> None:
        self.cells = {name: grid.cells for name, grid in grids.items()}
        self.known: dict[tuple[str, int, int], Value] = {}
        self.failed: dict[tuple[str, int, int], str] = {}

    def value(self, sheet: str, row: int, column: int) -> Value:
        """A cell's value; an error value is text here."""
        try:
            return self._look(sheet, row, column)
        except CellError as error:
            return str(error)

    def _look(self, sheet: str, row: int, column: int) -> Value:
        cell = self.cells[sheet].get((row, column))
        if cell is None:
            return None
        content = cell[0]
        if not isinstance(content, Formula):
            return content if not isinstance(content, datetime) else None
        key = (sheet, row, column)
        if key in self.known:
            return self.known[key]
        if key in self.failed:
            raise CellError(self.failed[key])
        try:
            value = compiled(content.text)(lambda other, r, c: self._look(other or sheet, r, c))
        except CellError as error:
            self.failed[key] = str(error)
            raise
        if isinstance(value, bool):
            value = int(value)
        self.known[key] = 0 if value is None else value
        return self.known[key]


def write(
    file: Any,
    grids: Mapping[str, Grid],
    shown: Mapping[tuple[str, int, int], str],
    as_values: frozenset[str],
    left_out: frozenset[str],
) -> dict[str, Any]:
    """Write the grids as sheets of `file`; gives the worksheets by name for page set-up.

    shown: texts that stand in a cell instead of its number. as_values: sheets pasted without formulas;
    left_out: sheets that are not in the file. A formula that refers to either kind is written as its value.
    """
    values = Evaluator(grids)
    frozen = as_values | left_out
    sheets: dict[str, Any] = {}
    for name, grid in grids.items():
        if name in left_out:
            continue
        ws = sheets[name] = file.add_worksheet(name, FormulaSheet)
        paste = name in as_values
        for (row, column), (content, look) in sorted(grid.cells.items(), key=_place):
            text = shown.get((name, row, column)) if shown else None
            if text is not None:
                content = text or None
            if row == grid.merged_header:
                ws.merge_range(row, column, row + 1, column, content, look)
                continue
            if isinstance(content, Formula):
                value = values.value(name, row, column) if content.cached is None else content.cached
                if paste or (frozen and sheets_in(content.text) & frozen):
                    content = value
                else:
                    ws.write_formula(row, column, content.text, look, value)
                    continue
            _write_plain(ws, row, column, content, look)
    return sheets


def _place(item: tuple[tuple[int, int], Cell]) -> tuple[int, int]:
    return item[0]


def _write_plain(ws: Any, row: int, column: int, content: Content, look: Any) -> None:
    if isinstance(content, str):
        ws.write_string(row, column, content, look)
    elif content is None:
        ws.write_blank(row, column, None, look)
    elif isinstance(content, datetime):
        ws.write_datetime(row, column, content, look)
    else:
        ws.write_number(row, column, content, look)
