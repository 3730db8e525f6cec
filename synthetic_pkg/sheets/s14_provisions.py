"""14_引当金・退職給付: provisions, allowances and retirement benefits from opening to closing."""

from __future__ import annotations

from synthetic_pkg.chart import accounts
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.schedules import PROVISION_CODES, Provision
from synthetic_pkg.sheets.page import Page

SHEET = "14"
NOTES = {"1119": "BSでは△表示", "1409": "BSでは△表示", "2204": "その他は数理計算上の差異"}


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 28, *[15] * 7, 26)), page.look
    for index, code in enumerate(PROVISION_CODES, start=FIRST_ROW - 1):
        row = page.book.schedules.provision(code) or Provision(code, 0)
        grid.put(index, 0, code, look.code)
        grid.put(index, 1, accounts()[code].name, look.indented)
        movements = (row.opening, row.added, row.added_cost, row.used, row.released, row.other)
        for column, value in enumerate(movements, start=2):
            grid.amount(index, column, value, look.input_number)
        grid.formula(index, 8, f"=SUM(C{index + 1}:H{index + 1})", look.formula_number)
        grid.put(index, 9, NOTES.get(code, ""), look.input_text)
    grid.landscape = True
    return grid
