"""03_BS and 04_PL: the statements, with totals as formulas, movements and comments."""

from __future__ import annotations

from collections.abc import Mapping

from synthetic_pkg.chart import Account, aliases, statement, terms
from synthetic_pkg.formula import column_letters
from synthetic_pkg.grid import Grid
from synthetic_pkg.layout import CURRENT, EARLIER, FIRST_ROW, STATEMENT_SHEETS, rows_by_code
from synthetic_pkg.sheets.page import Page

EARLIER_INDEX, CURRENT_INDEX, LAST_INDEX, COMMENT_INDEX = 3, 4, 5, 6
WIDTHS = (8, 30, 44, 16, 16, 16, 44)


def fill_balance_sheet(page: Page) -> Grid:
    ledger = page.ledger
    grid = _statement(page, "03", {EARLIER_INDEX: ledger.opening, CURRENT_INDEX: ledger.closing})
    last = FIRST_ROW - 1 + len(statement("BS"))
    for offset, text in enumerate(page.book.footnotes.values(), start=1):
        grid.put(last + offset, 1, f"(注){offset}  {text}", page.look.text)
    return grid


def fill_income_statement(page: Page) -> Grid:
    ledger = page.ledger
    columns = {EARLIER_INDEX: ledger.prior_pl, CURRENT_INDEX: ledger.pl}
    if page.period or page.world.period.quarters > 1:  # in our first quarter the last column is a formula
        columns[LAST_INDEX] = ledger.quarter_pl
    return _statement(page, "04", columns)


def _statement(page: Page, sheet: str, columns: Mapping[int, Mapping[str, int]]) -> Grid:
    grid, look = page.grid(sheet, WIDTHS), page.look
    for index, account in enumerate(statement(STATEMENT_SHEETS[sheet]), start=FIRST_ROW - 1):
        if account.kind == "head":
            for column in range(len(WIDTHS)):
                grid.put(index, column, account.name if column == 1 else "", look.section)
            continue
        total = account.kind == "total"
        _names(page, grid, index, account)
        for column, amounts in columns.items():
            if total:
                grid.formula(index, column, total_formula(sheet, account, column), look.total_number)
            else:
                grid.amount(index, column, amounts[account.code], look.input_number)
        if LAST_INDEX not in columns:
            row = index + 1
            formula = f"={CURRENT}{row}-{EARLIER}{row}" if sheet == "03" else f"={CURRENT}{row}"
            grid.formula(index, LAST_INDEX, formula, look.total_number if total else look.formula_number)
        grid.put(
            index,
            COMMENT_INDEX,
            "" if total else _comment(page, sheet, account.code),
            look.total_text if total else look.comment,
        )
    return grid


def _names(page: Page, grid: Grid, index: int, account: Account) -> None:
    look, total = page.look, account.kind == "total"
    name = account.name
    if page.company.alias_names and account.code in aliases():
        name = aliases()[account.code][0]
    grid.put(index, 0, account.code, look.total_code if total else look.code)
    grid.put(index, 1, name, look.total_text if total else look.indented)
    grid.put(index, 2, account.name_en, look.total_text if total else look.cell)


def total_formula(sheet: str, account: Account, column: int) -> str:
    """The formula of a total in one column (0-based)."""
    rows, letter = rows_by_code(sheet), column_letters(column)
    parts = terms(account.code)
    if ":" in account.parts:
        return f"=SUM({letter}{rows[parts[0][0]]}:{letter}{rows[parts[-1][0]]})"
    return "=" + "".join(f"{'+' if s > 0 else '-'}{letter}{rows[c]}" for c, s in parts).lstrip("+")


def _comment(page: Page, sheet: str, code: str) -> str:
    book = page.book
    if (sheet, code) in book.comments:
        return book.comments[(sheet, code)]
    if sheet == "03" and code in book.footnotes:
        return f"(注){[*book.footnotes].index(code) + 1}"
    return ""
