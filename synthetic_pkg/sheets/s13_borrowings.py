"""13_借入金・リース: every contract from opening to closing, and what is due within a year."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.sheets.page import BORROWING_TOTALS, Page
from synthetic_pkg.sheets.s08_intercompany import partner_name

SHEET = "13"
BASIS_POINTS = 10_000


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 16, 13, 40, 8, *[14] * 6, 12)), page.look
    rows = page.book.schedules.borrowings
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        number, lender = index + 1, partner_name(page, row.partner) if row.partner else row.lender
        for column, text in enumerate((f"{index - FIRST_ROW + 2:03d}", row.kind, row.partner, lender)):
            grid.put(index, column, text, look.code if column == 0 else look.input_text)
        grid.put(index, 4, row.rate_bp / BASIS_POINTS, look.input_percent)
        for column, value in enumerate((row.opening, row.borrowed, row.repaid, row.fx), start=5):
            grid.amount(index, column, value, look.input_number)
        grid.formula(index, 9, f"=SUM(F{number}:I{number})", look.formula_number)
        grid.amount(index, 10, row.current, look.input_number)
        grid.put(index, 11, row.due, look.input_text)
    first, last = FIRST_ROW, FIRST_ROW + len(rows) - 1
    for kind, code in (*BORROWING_TOTALS.items(), ("合計", "L99")):
        index = page.totals[(SHEET, code)] - 1
        label = "合計" if code == "L99" else f"{kind} 計"
        for column in range(12):
            grid.put(index, column, {0: code, 1: label}.get(column, ""), look.total_text)
        for letter in "FGHIJK":
            span = f"{letter}{first}:{letter}{last}"
            by_kind = f'=SUMIF(B{first}:B{last},"{kind}",{span})'
            formula = f"=SUM({span})" if code == "L99" else by_kind
            grid.formula(index, ord(letter) - 65, formula, look.total_number)
    grid.landscape = True
    return grid
