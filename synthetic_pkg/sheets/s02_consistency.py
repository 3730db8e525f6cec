"""02_整合性チェック: formulas that compare the sheets with each other, OK or NG."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, FormRow, form
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.tolerances import footing_units

SHEET = "02"
LEFT, RIGHT, GAP, ALLOWED, RESULT, REASON = 3, 5, 6, 7, 8, 9  # 0-based columns


def fill(page: Page) -> Grid:
    grid = page.grid(SHEET, (8, 20, 22, 16, 36, 16, 14, 8, 10, 24))
    for index, row in enumerate(form(SHEET), start=FIRST_ROW - 1):
        _line(page, grid, index, row)
    grid.landscape = True
    return grid


def _line(page: Page, grid: Grid, index: int, row: FormRow) -> None:
    look, number = page.look, index + 1
    for column, text in ((0, row.code), (1, row.label), (2, row.left_label), (4, row.right_label)):
        grid.put(index, column, text, look.code if column == 0 else look.indented)
    grid.put(index, REASON, "", look.input_text)
    left_sheets = page.needs(row.formula) - {"03", "04"}
    if left_sheets and not any(page.has(sheet) for sheet in left_sheets):
        for column in (LEFT, RIGHT, GAP, ALLOWED):
            grid.put(index, column, None, look.formula_number)
        grid.put(index, RESULT, "該当なし", look.formula_center)
        return
    grid.formula(index, LEFT, page.formula(SHEET, row.formula, "D"), look.formula_number)
    grid.formula(index, RIGHT, page.formula(SHEET, row.right, "F"), look.formula_number)
    gap = (
        f"=IF(D{number}>F{number},D{number}-F{number},0)" if row.kind == "limit" else f"=D{number}-F{number}"
    )
    grid.formula(index, GAP, gap, look.formula_number)
    grid.put(index, ALLOWED, footing_units(), look.formula_number)
    grid.formula(index, RESULT, f'=IF(ABS(G{number})<=H{number},"OK","NG")', look.formula_center)
