"""17_増減分析: every account against the earlier period, and the reason where the movement is large."""

from __future__ import annotations

from synthetic_pkg.chart import accounts
from synthetic_pkg.comments import LARGE_PERCENT, threshold
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import CURRENT, EARLIER, SHEETS, STATEMENT_SHEETS, cell, rows_by_code
from synthetic_pkg.sheets.page import Page

SHEET = "17"


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 34, 6, *[16] * 3, 10, 7, 44)), page.look
    rate = page.rate
    for row, label, value in ((2, "金額基準（BS）", rate.closing), (3, "金額基準（PL）", rate.average)):
        grid.put(row, 4, label, look.label)
        grid.amount(row, 5, threshold(page.company, value), look.input_number)
    grid.put(2, 6, "率基準", look.label)
    grid.put(2, 7, LARGE_PERCENT, look.whole_percent)
    for code, number in rows_by_code(SHEET).items():
        _line(page, grid, code, number)
    return grid


def _line(page: Page, grid: Grid, code: str, number: int) -> None:
    look, index = page.look, number - 1
    account = accounts()[code]
    sheet = next(s for s, name in STATEMENT_SHEETS.items() if name == account.statement)
    other = f"'{SHEETS[sheet]}'!"
    grid.put(index, 0, code, look.code)
    grid.put(index, 1, account.name, look.indented)
    grid.put(index, 2, account.statement, look.code)
    grid.formula(index, 3, f"={other}{cell(sheet, code, EARLIER)}", look.formula_number)
    grid.formula(index, 4, f"={other}{cell(sheet, code, CURRENT)}", look.formula_number)
    grid.formula(index, 5, f"=E{number}-D{number}", look.formula_number)
    grid.formula(index, 6, f'=IF(D{number}=0,"",F{number}/ABS(D{number}))', look.formula_percent)
    limit = "$F$3" if sheet == "03" else "$F$4"
    large = f"AND(ABS(F{number})>={limit},ABS(F{number})*100>=ABS(D{number})*$H$3)"
    grid.formula(index, 7, f'=IF({large},"要","")', look.formula_center)
    comment = f"{other}{cell(sheet, code, 'G')}"
    grid.formula(index, 8, f'=IF({comment}="","",{comment})', look.formula_text)
