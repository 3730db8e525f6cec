"""Applies a book's Edits to its grids: cells that show something else, rows and columns that moved.

Runs before formulas are evaluated, so that every dependent cell's cached value follows. See synthetic_pkg.edits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from synthetic_pkg.edits import Edits, HiddenSheet
from synthetic_pkg.formula import address, position, rewrite
from synthetic_pkg.grid import Content, Formula, Grid
from synthetic_pkg.layout import FIRST_ROW, HEADER_ROW, SHEETS
from synthetic_pkg.workbook_look import LINE_HEIGHT, Look

EARLIER_COLUMN, CURRENT_COLUMN, MOVEMENT_COLUMN = 3, 4, 5  # of the statements, 0-based
Place = tuple[int, int]
Shown = dict[tuple[str, int, int], str]


def change_cells(grids: dict[str, Grid], edits: Edits, look: Look) -> Shown:
    """Edits of single cells, in place; gives the texts that pasted sheets show over a number that counts."""
    shown: Shown = {}
    for (sheet, at), text in edits.text.items():
        cells, place = grids[sheet].cells, position(at)
        content, style = cells.get(place, (None, look.input_text))
        if sheet in edits.pasted and isinstance(content, int | float | Formula):
            shown[(sheet, *place)] = text
            cells[place] = (content, look.input_shown if text else style)
        elif "\n" in text:
            cells[place] = (text, look.two_lines)
            grids[sheet].heights[place[0]] = LINE_HEIGHT * (text.count("\n") + 1)
        else:
            typed_over = isinstance(content, datetime | int | float | Formula)
            cells[place] = (text or None, look.input_text if text and typed_over else style)
    for (sheet, at), number in edits.number.items():
        _replace(grids[sheet], at, number, look)
    for (sheet, at), error in edits.error.items():
        _replace(grids[sheet], at, Formula("=SUM(#REF!)", cached=error), look)
    for (sheet, at), value in edits.cached.items():
        content = grids[sheet].cells[position(at)][0]
        if isinstance(content, Formula):
            _replace(grids[sheet], at, replace(content, cached=value), look)
    for (sheet, at), extra in edits.extra.items():
        is_formula = isinstance(extra, str) and extra.startswith("=")
        grids[sheet].put(*position(at), Formula(str(extra)) if is_formula else extra, look.right)
    return shown


def _replace(grid: Grid, at: str, content: Content, look: Look) -> None:
    place = position(at)
    style = grid.cells.get(place, (None, look.input_number))[1]
    grid.cells[place] = (content, style)


def moves_rows(edits: Edits) -> bool:
    return bool(edits.inserted or edits.split_headers or edits.indented)


def move(edits: Edits, sheet: str, row: int, column: int) -> Place:
    """Where a cell of the form (0-based) stands once rows are inserted, headers split, columns indented."""
    inserted = edits.inserted.get(sheet)
    moved = row + (1 if sheet in edits.split_headers and row >= FIRST_ROW - 1 else 0)
    moved += 1 if inserted and row >= inserted.after else 0
    return moved, column + (1 if sheet in edits.indented else 0)


def final_address(edits: Edits, sheet: str, at: str) -> str:
    """The address that a cell of the form has in this book, for the answer key."""
    return address(*move(edits, sheet, *position(at)))


def bend(grids: dict[str, Grid], edits: Edits, look: Look, shown: Shown) -> tuple[dict[str, Grid], Shown]:
    """The grids with every cell and every reference where the edits put them."""
    numbers = {name: sheet for sheet, name in SHEETS.items()}
    bent: dict[str, Grid] = {}
    for sheet, grid in grids.items():
        own = _mover(edits, numbers, sheet)
        cells = {}
        for (row, column), (content, style) in grid.cells.items():
            if isinstance(content, Formula):
                content = Formula(rewrite(content.text, own), content.cached)
            cells[move(edits, sheet, row, column)] = (content, style)
        bent[sheet] = replace(grid, cells=cells)
        _insert(bent[sheet], edits, sheet, look)
        bent[sheet].heights = {move(edits, sheet, r, 0)[0]: h for r, h in grid.heights.items()}
        if sheet in edits.indented:
            bent[sheet].widths = (2.0, *grid.widths)
        if sheet in edits.split_headers:
            bent[sheet].freeze = grid.freeze + 1
            bent[sheet].merged_header = HEADER_ROW - 1
    return bent, {(s, *move(edits, s, r, c)): text for (s, r, c), text in shown.items()}


def _mover(edits: Edits, numbers: dict[str, str], own: str) -> Callable[[str, int, int], Place]:
    return lambda name, row, column: move(edits, numbers.get(name, own) if name else own, row, column)


def _insert(grid: Grid, edits: Edits, sheet: str, look: Look) -> None:
    line = edits.inserted.get(sheet)
    if line is None:
        return
    row, first = move(edits, sheet, line.after - 1, 0)
    styles = (look.code, look.indented, look.cell, look.input_number, look.input_number, look.formula_number)
    for column, inserted in enumerate(line.values):
        style = styles[column] if column < len(styles) else look.comment
        grid.put(row + 1, first + column, inserted, style)
    before, after = (address(row + 1, first + column) for column in (EARLIER_COLUMN, CURRENT_COLUMN))
    grid.formula(row + 1, first + MOVEMENT_COLUMN, f"={after}-{before}", look.formula_number)


def hide_rows(grids: dict[str, Grid], edits: Edits) -> None:
    for sheet, rows in edits.hidden_rows.items():
        grids[sheet].hidden_rows |= {move(edits, sheet, row - 1, 0)[0] for row in rows}


def hidden_grid(extra: HiddenSheet, seen: dict[tuple[str, str], Content], look: Look) -> Grid:
    """A sheet that is not part of the form: notes, parameters, or an older copy of another sheet."""
    grid = Grid(extra.title, extra.title, (), state="veryHidden" if extra.very else "hidden")
    for row, values in enumerate(extra.rows):
        for column, text in enumerate(values):
            grid.put(row, column, text, look.text)
    for (sheet, at), value in seen.items():
        if sheet == extra.copy_of and value is not None:
            changed = value * extra.percent // 100 if isinstance(value, int) else value
            grid.put(*position(at), changed, look.text)
    return grid
