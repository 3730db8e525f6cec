"""11_固定資産増減: every class of fixed assets from opening to closing."""

from __future__ import annotations

from synthetic_pkg.chart import accounts
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import rows_by_code
from synthetic_pkg.schedules import ASSET_CODES, FixedAsset
from synthetic_pkg.sheets.page import Page

SHEET = "11"
RIGHT_OF_USE = "1205"
TOTALS = {"1299": ("1201", "1206"), "1399": ("1301", "1303")}
COLUMNS = "CDEFGHI"  # 期首 … 換算差額


def fill(page: Page) -> Grid:
    grid, look = page.grid(SHEET, (8, 26, *[13] * 8, 20)), page.look
    places = rows_by_code(SHEET)
    for code in ASSET_CODES:
        index = places[code] - 1
        row = page.book.schedules.asset(code) or FixedAsset(code, 0)
        grid.put(index, 0, code, look.code)
        grid.put(index, 1, accounts()[code].name, look.indented)
        movements = (
            row.opening,
            row.acquired,
            row.disposed,
            row.depreciation,
            row.impairment,
            row.transfer,
            row.fx,
        )
        for column, value in enumerate(movements, start=2):
            grid.amount(index, column, value, look.input_number)
        grid.formula(index, 9, f"=SUM(C{index + 1}:I{index + 1})", look.formula_number)
        grid.put(index, 10, _remark(row), look.input_text)
    for code, (first, last) in TOTALS.items():
        for letter in (*COLUMNS, "J"):
            formula = f"=SUM({letter}{places[first]}:{letter}{places[last]})"
            grid.formula(places[code] - 1, ord(letter) - 65, formula, look.total_number)
        _name(page, grid, places[code] - 1, code, accounts()[code].name)
    for letter in (*COLUMNS, "J"):
        formula = f"={letter}{places['1299']}+{letter}{places['1399']}"
        grid.formula(places["FA99"] - 1, ord(letter) - 65, formula, look.total_number)
    _name(page, grid, places["FA99"] - 1, "FA99", "固定資産合計")
    grid.landscape = True
    return grid


def _remark(row: FixedAsset) -> str:
    if row.fx:
        return "在外支店の換算差額"
    return "契約の解約による" if row.code == RIGHT_OF_USE and row.disposed else ""


def _name(page: Page, grid: Grid, index: int, code: str, name: str) -> None:
    grid.put(index, 0, code, page.look.total_code)
    grid.put(index, 1, name, page.look.total_text)
    grid.put(index, 10, "", page.look.total_text)
