"""05_製造原価報告書: from materials, labour and expenses to the cost of sales of a manufacturer."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, form
from synthetic_pkg.sheets.page import Page

SHEET = "05"


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (9, 38, 18, 34)), page.look
    inputs = page.book.schedules.manufacturing
    for index, row in enumerate(form(SHEET), start=FIRST_ROW - 1):
        total = row.kind == "total"
        grid.put(index, 0, row.code, look.total_code if total else look.code)
        grid.put(index, 1, row.label, look.total_text if total else look.indented)
        if total:
            grid.formula(index, 2, page.formula(SHEET, row.formula, "C"), look.total_number)
        else:
            grid.amount(index, 2, inputs.get(row.code, 0), look.input_number)
        grid.put(index, 3, row.note, look.total_note if total else look.small)
    return grid
