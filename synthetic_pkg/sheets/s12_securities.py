"""12_有価証券: cost, fair value and valuation difference, line by line."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.sheets.s08_intercompany import partner_name

SHEET, GROUP_STOCKS = "12", "1402"
TOTALS = {"S1401": "投資有価証券 計", "S1402": "関係会社株式 計"}


def _held(page: Page) -> str:
    """The subsidiaries that this one holds; empty when it holds none."""
    codes = [code for code, holder in page.world.holders.items() if holder == page.company.code]
    more = f" ほか{len(codes) - 1}社" if len(codes) > 1 else ""
    return partner_name(page, codes[0]) + more if codes else ""


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 26, 42, 10, 15, 17, 14, 13, 14, 18)), page.look
    rows = page.book.schedules.securities
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        number = index + 1
        name = _held(page) if row.code == GROUP_STOCKS else row.name
        for column, text in enumerate((f"{index - FIRST_ROW + 2:03d}", row.kind, name or row.name, row.code)):
            grid.put(index, column, text, look.code if column == 0 else look.input_text)
        grid.amount(index, 4, row.cost, look.input_number)
        grid.amount(index, 5, row.fair, look.input_number)
        grid.formula(index, 6, f"=F{number}-E{number}", look.formula_number)
        grid.amount(index, 7, row.tax, look.input_number)
        grid.formula(index, 8, f"=G{number}-H{number}", look.formula_number)
        grid.put(index, 9, "", look.input_text)
    first, last = FIRST_ROW, FIRST_ROW + len(rows) - 1
    for code, label in (*TOTALS.items(), ("S99", "合計")):
        index = page.totals[(SHEET, code)] - 1
        for column in range(10):
            grid.put(index, column, {0: code, 1: label}.get(column, ""), look.total_text)
        for letter in "EFGHI":
            span = f"{letter}{first}:{letter}{last}"
            of_account = f'=SUMIF(D{first}:D{last},"{code[1:]}",{span})'
            formula = f"=SUM({span})" if code == "S99" else of_account
            grid.formula(index, ord(letter) - 65, formula, look.total_number)
    grid.landscape = True
    return grid
