"""18_換算表: the rates an overseas company used and its main totals in 千円."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, cell, form
from synthetic_pkg.rates import MICRO
from synthetic_pkg.sheets.page import Page

SHEET = "18"
RATE_ROWS = {"CR": "RT02", "AR": "RT03"}


def fill(page: Page) -> Grid:
    grid, look, rate = page.grid(SHEET, (9, 28, 20, 12, 15, 20, 24)), page.look, page.rate
    used = page.book.used_rates
    rates = {
        "RT01": rate.opening,
        "RT02": used.get("CR", rate.closing),
        "RT03": used.get("AR", rate.average),
    }
    for index, row in enumerate(form(SHEET), start=FIRST_ROW - 1):
        number = index + 1
        grid.put(index, 0, row.code, look.code)
        grid.put(index, 1, row.label, look.indented)
        if row.kind == "rate":
            for column in (2, 5):
                grid.put(index, column, None, look.cell)
            grid.put(index, 3, row.note, look.code)
            grid.put(index, 4, rates[row.code] / MICRO, look.input_rate)
        else:
            source = f"=$E${cell(SHEET, RATE_ROWS[row.right], '')}"
            grid.formula(index, 2, page.formula(SHEET, row.formula, "C"), look.formula_number)
            grid.put(index, 3, row.right, look.code)
            grid.formula(index, 4, source, look.formula_rate)
            yen = f"=ROUND(C{number}*{page.declared_unit}*E{number}/1000,0)"
            grid.formula(index, 5, yen, look.formula_number)
        grid.put(index, 6, "", look.input_text)
    grid.landscape = True
    return grid
