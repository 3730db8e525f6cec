"""Renders one submitted book to .xlsx: the form an accountant knows, formulas with cached values.

The sheets are filled as grids, the book's edits are applied, every formula is evaluated, then all is written.
The same book gives the same bytes: the creation date is fixed and nothing depends on the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from synthetic_pkg import bending
from synthetic_pkg.formula import address
from synthetic_pkg.grid import Content, Evaluator, Formula, Grid, write
from synthetic_pkg.layout import SHEETS
from synthetic_pkg.sheets import (
    s00_cover,
    s01_profile,
    s02_consistency,
    s03_statements,
    s05_manufacturing,
    s06_equity,
    s07_cash_flow,
    s08_intercompany,
    s10_unrealised,
    s11_assets,
    s12_securities,
    s13_borrowings,
    s14_provisions,
    s15_taxes,
    s16_notes,
    s17_variance,
    s18_translation,
)
from synthetic_pkg.sheets.page import Fill, Page
from synthetic_pkg.workbook_look import LINE_HEIGHT, Look, properties
from synthetic_pkg.world import Book, World

A4 = 9  # paper size
FILLS: dict[str, Fill] = {
    "00": s00_cover.fill,
    "01": s01_profile.fill,
    "02": s02_consistency.fill,
    "03": s03_statements.fill_balance_sheet,
    "04": s03_statements.fill_income_statement,
    "05": s05_manufacturing.fill,
    "06": s06_equity.fill,
    "07": s07_cash_flow.fill,
    "08": s08_intercompany.fill_balances,
    "09": s08_intercompany.fill_trade,
    "10": s10_unrealised.fill,
    "11": s11_assets.fill,
    "12": s12_securities.fill,
    "13": s13_borrowings.fill,
    "14": s14_provisions.fill,
    "15": s15_taxes.fill,
    "16": s16_notes.fill,
    "17": s17_variance.fill,
    "18": s18_translation.fill,
}


def render(book: Book, world: World, sentinel: str, path: Path) -> None:
    """Write the book to `path`."""
    content = BytesIO()  # the disk is met once, by one write
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    properties(file, f"PKG {book.company.code}", sentinel)
    look = Look(file)
    edits = book.edits
    grids, shown = prepare(Page(look, book, world, sentinel))
    save(file, grids, sentinel, shown, frozenset(edits.pasted), frozenset(book.missing))
    for extra in edits.hidden_sheets:
        _write_hidden(file, bending.hidden_grid(extra, edits.seen, look))
    file.close()
    path.write_bytes(content.getvalue())


def prepare(page: Page) -> tuple[dict[str, Grid], bending.Shown]:
    """Every sheet as it will be written: its edits applied, its rows and columns where the book has them."""
    edits = page.book.edits
    grids, shown = fill(page)
    if edits:
        edits.seen = _seen(grids, shown)
    if bending.moves_rows(edits):
        grids, shown = bending.bend(grids, edits, page.look, shown)
    bending.hide_rows(grids, edits)
    return grids, shown


def fill(page: Page) -> tuple[dict[str, Grid], bending.Shown]:
    """Every sheet of the book by its number, with the cells that its edits change."""
    grids = {sheet: filler(page) for sheet, filler in FILLS.items() if page.has(sheet)}
    return grids, bending.change_cells(grids, page.book.edits, page.look) if page.book.edits else {}


def save(
    file: Any,
    grids: Mapping[str, Grid],
    sentinel: str,
    shown: bending.Shown,
    pasted: frozenset[str] = frozenset(),
    missing: frozenset[str] = frozenset(),
) -> None:
    """Write grids into an XlsxWriter workbook and set up their pages. Sheets are named by number here."""
    by_name = {grid.name: grid for grid in grids.values()}
    texts = {(grids[s].name, row, column): text for (s, row, column), text in shown.items()}
    names = {sheet: grid.name for sheet, grid in grids.items()}
    as_values = frozenset(names[s] for s in pasted if s in names)
    left_out = frozenset(SHEETS[s] for s in missing)
    for name, ws in write(file, by_name, texts, as_values, left_out).items():
        set_up_page(ws, by_name[name], sentinel)


def set_up_page(ws: Any, grid: Grid, sentinel: str) -> None:
    """Widths, heights, print area, header rows and footer of a written sheet."""
    for column, width in enumerate(grid.widths):
        ws.set_column(column, column, width)
    ws.set_default_row(LINE_HEIGHT)
    for row in sorted({*grid.heights, *grid.hidden_rows}):
        ws.set_row(row, grid.heights.get(row), None, {"hidden": True} if row in grid.hidden_rows else {})
    ws.hide_gridlines(2)
    ws.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    ws.set_paper(A4)
    ws.fit_to_pages(1, 0)
    if grid.landscape:
        ws.set_landscape()
    ws.set_footer(f"&L&8{sentinel}&R&8&P / &N")
    ws.ignore_errors({"number_stored_as_text": f"A1:N{grid.last_row + 1}"})
    ws.print_area(0, 0, grid.last_row, max(len(grid.widths) - 1, 0))
    if grid.freeze:
        ws.freeze_panes(grid.freeze, 0)
        ws.repeat_rows(grid.freeze - 1)


def _seen(grids: Mapping[str, Grid], shown: bending.Shown) -> dict[tuple[str, str], Content]:
    """What each cell shows, by (sheet number, address of the form)."""
    values = Evaluator({grid.name: grid for grid in grids.values()})
    seen: dict[tuple[str, str], Content] = {}
    for sheet, grid in grids.items():
        for (row, column), (content, _) in grid.cells.items():
            value = shown.get((sheet, row, column), content)
            if isinstance(value, Formula):
                value = values.value(grid.name, row, column) if value.cached is None else value.cached
            seen[(sheet, address(row, column))] = value
    return seen


def _write_hidden(file: Any, grid: Grid) -> None:
    ws = file.add_worksheet(grid.name)
    for (row, column), (content, look) in sorted(grid.cells.items(), key=lambda item: item[0]):
        ws.write(row, column, content, look)
    if grid.state == "veryHidden":
        ws.very_hidden()
    else:
        ws.hide()
