"""07_CF精算: movements of the balance sheet sorted into cash-flow items, and the statement they give."""

from __future__ import annotations

from synthetic_pkg.chart import accounts
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import FIRST_ROW, SHEETS, FormRow, cash_flow_accounts, cell, form, rows_by_code
from synthetic_pkg.sheets.page import Page

SHEET = "07"
CATEGORY = {
    **dict.fromkeys(("1119", "1409", "2112", "2113", "2204", "1404", "2205", "3204"), "CF14"),
    **dict.fromkeys(("1102", "1103", "1104", "1105"), "CF15"),
    **dict.fromkeys(("1106", "1107", "1108"), "CF16"),
    **dict.fromkeys(("2101", "2102", "2103"), "CF17"),
    "2109": "CF19",
    **dict.fromkeys(("1401", "1402", "1405", "2203", "3201"), "CF31"),
    **dict.fromkeys(("1201", "1202", "1203", "1204", "1205", "1206", "1301", "1302", "1303"), "CF33"),
    **dict.fromkeys(("1111", "1403", "1406"), "CF34"),
    "2104": "CF51",
    **dict.fromkeys(("2105", "2201"), "CF53"),
    **dict.fromkeys(("2106", "2202"), "CF54"),
    "3103": "CF55",
    **dict.fromkeys(("3101", "3102", "3104"), "CF56"),
}
OTHER = "CF18"
AFTER_TAX, DEFERRED_ASSET, STATUTORY = ("3202", "3204"), "1405", "{15:TX11:D}"
NON_CASH = {
    DEFERRED_ASSET: "{04:8302:E}",
    "1110": "-{06:EQ15:E}",  # what a change in accounting policy made of 前払費用
    "2202": "{13:L2202:G}+{11:1205:E}",
    "3103": "{04:8399:E}+{06:EQ15:E}",
}
LAST_ACCOUNT = FIRST_ROW + len(cash_flow_accounts()) - 1


def fill(page: Page) -> Grid:
    grid = page.grid(SHEET, (9, 40, 15, 15, 15, 12, 16, 9))
    for index, code in enumerate(cash_flow_accounts(), start=FIRST_ROW - 1):
        _movement(page, grid, index, code)
    heading = FIRST_ROW - 1 + len(cash_flow_accounts())
    titles = {1: "キャッシュ・フロー計算書", 3: "精算表より", 4: "損益・明細より", 6: "金額"}
    for column in range(8):
        grid.put(heading, column, titles.get(column, ""), page.look.section)
    for row in form(SHEET):
        _item(page, grid, rows_by_code(SHEET)[row.code] - 1, row)
    return grid


def _movement(page: Page, grid: Grid, index: int, code: str) -> None:
    look, number = page.look, index + 1
    account = accounts()[code]
    grid.put(index, 0, code, look.code)
    grid.put(index, 1, account.name, look.indented)
    grid.formula(index, 2, f"='{SHEETS['03']}'!{cell('03', code, 'F')}", look.formula_number)
    grid.formula(index, 3, f"={'-' if account.side == 'debit' else ''}C{number}", look.formula_number)
    template = NON_CASH.get(code, "")
    if code in AFTER_TAX:
        template = f"-ROUND(D{number}*{STATUTORY}/(1-{STATUTORY}),0)"
    elif code == DEFERRED_ASSET:
        template += "".join(f"-E{rows_by_code(SHEET)[reserve]}" for reserve in AFTER_TAX)
    elif CATEGORY.get(code) == "CF33":
        template = f"-({{11:{code}:F}}+{{11:{code}:G}})" + (
            "-{13:L2202:G}-{11:1205:E}" if code == "1205" else ""
        )
    if any(page.has(sheet) for sheet in page.needs(template)):
        grid.formula(index, 4, page.formula(SHEET, template, "E"), look.formula_number)
    else:
        grid.put(index, 4, 0, look.formula_number)
    if CATEGORY.get(code) == "CF33" and page.has("11"):
        grid.formula(index, 5, page.formula(SHEET, f"-{{11:{code}:I}}", "F"), look.formula_number)
    else:
        grid.put(index, 5, 0, look.input_number)
    grid.formula(index, 6, f"=D{number}-E{number}-F{number}", look.formula_number)
    grid.put(index, 7, CATEGORY.get(code, OTHER), look.formula_center)


def _item(page: Page, grid: Grid, index: int, row: FormRow) -> None:
    look, number = page.look, index + 1
    total = row.kind == "total"
    amount = look.total_number if total else look.formula_number
    grid.put(index, 0, row.code, look.total_code if total else look.code)
    grid.put(index, 1, row.label, look.total_text if total else look.indented)
    for column in (2, 3, 4, 5, 7):
        grid.put(index, column, None, look.total_text if total else look.cell)
    if row.kind == "input":
        opening, closing = page.book.schedules.time_deposits
        grid.amount(index, 6, opening if row.code == "CF82" else closing, look.input_number)
    elif row.kind == "translation":
        grid.formula(index, 6, f"=SUM(F{FIRST_ROW}:F{LAST_ACCOUNT})", amount)
    elif row.kind in ("total", "own"):
        grid.formula(index, 6, page.formula(SHEET, row.formula, "G"), amount)
    else:
        first, last = FIRST_ROW, LAST_ACCOUNT
        sumif = f"=SUMIF(H{first}:H{last},A{number},G{first}:G{last})"
        grid.formula(index, 3, sumif, look.formula_number)
        if row.formula:
            grid.formula(index, 4, page.formula(SHEET, row.formula, "G"), look.formula_number)
        grid.formula(index, 6, f"=D{number}+E{number}", amount)
