"""06_株主資本等変動: every component of net assets from opening to closing."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, form
from synthetic_pkg.sheets.page import Page

SHEET = "06"
INPUT_COLUMNS = {
    2: "3101", 3: "3102", 4: "3103", 5: "3104", 7: "3201", 8: "3202", 9: "3203", 10: "3204",
}  # fmt: skip
CAPITAL_TOTAL, INCOME_TOTAL, NET_ASSETS, NOTE = 6, 11, 12, 13


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 32, *[13] * 4, 14, *[13] * 4, 14, 15, 18)), page.look
    rows = form(SHEET)
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        total, number = row.kind == "total", index + 1
        figures = look.total_number if total else look.input_number
        grid.put(index, 0, row.code, look.total_code if total else look.code)
        grid.put(index, 1, row.label, look.total_text if total else look.indented)
        for column, account in INPUT_COLUMNS.items():
            if total:
                letter = "ABCDEFGHIJK"[column]
                grid.formula(index, column, f"=SUM({letter}{FIRST_ROW}:{letter}{number - 1})", figures)
            else:
                grid.amount(index, column, page.book.schedules.equity.get((row.code, account), 0), figures)
        derived = look.total_number if total else look.formula_number
        grid.formula(index, CAPITAL_TOTAL, f"=SUM(C{number}:F{number})", derived)
        grid.formula(index, INCOME_TOTAL, f"=SUM(H{number}:K{number})", derived)
        grid.formula(index, NET_ASSETS, f"=G{number}+L{number}", derived)
        grid.put(index, NOTE, row.note, look.total_note if total else look.small)
    grid.heights[FIRST_ROW - 2] = 48
    grid.landscape = True
    return grid
