"""10_棚卸未実現: stock bought inside the group and the seller's profit still in it."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.sheets.s08_intercompany import partner_name

SHEET = "10"
BASIS_POINTS = 10_000


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (17, 42, 11, 18, 10, 18, 30)), page.look
    rows = page.book.schedules.unrealised
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        number = index + 1
        for column, text in enumerate((row.partner, partner_name(page, row.partner), row.code)):
            grid.put(index, column, text, look.input_text)
        grid.amount(index, 3, row.stock, look.input_number)
        grid.put(index, 4, row.margin_bp / BASIS_POINTS, look.input_percent)
        grid.formula(index, 5, f"=ROUND(D{number}*E{number},0)", look.formula_number)
        grid.put(index, 6, "", look.input_text)
    first, total = FIRST_ROW, page.totals[(SHEET, "U99")]
    for column in range(7):
        grid.put(total - 1, column, "合計" if column == 0 else "", look.total_text)
        grid.put(total, column, "BS棚卸資産" if column == 0 else "", look.cell)
    for column, letter in ((3, "D"), (5, "F")):
        grid.formula(total - 1, column, f"=SUM({letter}{first}:{letter}{total - 1})", look.total_number)
    stock = "{03:1106:E}+{03:1107:E}+{03:1108:E}"
    grid.formula(total, 3, page.formula(SHEET, stock, "D"), look.formula_number)
    grid.landscape = True
    return grid
