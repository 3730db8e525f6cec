"""Renders one submitted book to .xlsx: the form an accountant knows, formulas with cached values.

The same book gives the same bytes: the creation date is fixed and nothing depends on the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from synthetic_pkg.chart import Account, add_up, aliases, statement, terms
from synthetic_pkg.comments import VarianceProvider
from synthetic_pkg.edits import add_hidden_sheets, edited
from synthetic_pkg.group import Company, names
from synthetic_pkg.intercompany import PAIR_RULES, Row
from synthetic_pkg.layout import (
    COLUMNS,
    CURRENT,
    EARLIER,
    FIRST_ROW,
    HEADER_ROW,
    SHEETS,
    TITLES,
    rows_by_code,
)
from synthetic_pkg.rates import MICRO
from synthetic_pkg.workbook_look import NOTICE, Look, properties
from synthetic_pkg.world import Book, World

PERIOD = "2027年3月期 第1四半期"
TITLE_HEIGHT, LINE_HEIGHT = 27, 16.5  # points
LARGE_MOVE_YEN = 1_000_000  # and 20%: a comment is due
EARLIER_INDEX, CURRENT_INDEX, LAST_INDEX, COMMENT_INDEX = 3, 4, 5, 6


@dataclass
class Page:
    """What every sheet of one book needs to draw itself."""

    file: Any
    look: Look
    book: Book
    world: World
    sentinel: str
    comments: VarianceProvider

    @property
    def company(self) -> Company:
        return self.book.company


def render(book: Book, world: World, sentinel: str, comments: VarianceProvider, path: Path) -> None:
    """Write the book to `path`."""
    file = xlsxwriter.Workbook(str(path), {"in_memory": True})
    properties(file, f"PKG {book.company.code}", sentinel)
    page = Page(file, Look(file), book, world, sentinel, comments)
    _cover(page)
    _profile(page)
    for sheet in ("03", "04"):
        if sheet not in book.missing:
            _statement(page, sheet)
    for sheet in ("08", "09"):
        if sheet not in book.missing and sheet not in book.not_applicable:
            _intercompany(page, sheet)
    add_hidden_sheets(file, book.edits, page.look)
    file.close()


def _new_sheet(page: Page, sheet: str, widths: tuple[float, ...]) -> Any:
    """A sheet with its title, form number, unit, company and period; the caller fills the rest."""
    ws = edited(page.file.add_worksheet(SHEETS[sheet]), sheet, page.book.edits, page.look)
    look, company, last = page.look, page.company, len(widths) - 1
    for column, width in enumerate(widths):
        ws.set_column(column, column, width)
    ws.set_default_row(LINE_HEIGHT)
    ws.set_row(0, TITLE_HEIGHT)
    ws.hide_gridlines(2)
    ws.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    ws.set_paper(9)
    ws.fit_to_pages(1, 0)
    ws.set_footer(f"&L&8{page.sentinel}&R&8&P / &N")
    ws.write_string(0, last, f"様式{sheet}", look.form_number)
    ws.write_string(0, 0, TITLES[sheet], look.title)
    if sheet not in ("00", "01"):
        ws.write_string(1, 0, company.code, look.text)
        ws.write_string(1, 1, company.name, look.text)
        ws.write_string(1, last, f"(単位：{company.unit_label})", look.right)
        ws.write_string(2, 0, "対象期", look.text)
        ws.write_string(2, 1, PERIOD, look.text)
        for column, title in enumerate(COLUMNS[sheet]):
            ws.write_string(HEADER_ROW - 1, column, title, look.header)
        ws.freeze_panes(HEADER_ROW, 0)
        ws.repeat_rows(HEADER_ROW - 1)
    return ws


def _cover(page: Page) -> None:
    company, look, book = page.company, page.look, page.book
    ws = _new_sheet(page, "00", (3, 20, 44, 14, 10))
    closing = datetime(*company.closing_date)
    submitted = datetime(2026, 7, 8 + int(company.code) % 9 + book.version)
    fields: list[tuple[str, Any]] = [
        ("様式版", "2027-1.0"),
        ("会社コード", company.code),
        ("会社名", company.name),
        ("対象期", PERIOD),
        ("決算日", closing),
        ("報告通貨", company.currency),
        ("単位", company.unit_label),
        ("端数処理", "単位未満四捨五入"),
        ("提出版数", book.version),
        ("提出日", submitted),
        ("作成", "担当A"),
        ("承認", "担当B"),
        ("データ識別", page.sentinel),
        ("注意", NOTICE),
    ]
    for row, (label, value) in enumerate(fields, start=2):
        ws.write_string(row, 1, label, look.label)
        _write_field(ws, row, value, look)
    start = 2 + len(fields) + 1
    for column, title in enumerate(("様式番号", "シート名", "提出区分"), start=1):
        ws.write_string(start, column, title, look.header)
    for row, (sheet, name) in enumerate(SHEETS.items(), start=start + 1):
        ws.write_string(row, 1, sheet, look.code)
        ws.write_string(row, 2, name, look.cell)
        ws.write_string(row, 3, "該当なし" if sheet in book.not_applicable else "提出", look.input_text)
    ws.ignore_errors({"number_stored_as_text": f"B1:C{start + 8}"})
    ws.print_area(0, 0, start + len(SHEETS), 4)


def _write_field(ws: Any, row: int, value: Any, look: Look) -> None:
    if isinstance(value, datetime):
        ws.write_datetime(row, 2, value, look.japanese_date)
    elif isinstance(value, float):
        ws.write_number(row, 2, value, look.percent)
    elif isinstance(value, int):
        ws.write_number(row, 2, value, look.input_left)
    else:
        ws.write_string(row, 2, value, look.input_text)


def _profile(page: Page) -> None:
    company, look = page.company, page.look
    ws = _new_sheet(page, "01", (3, 20, 44, 10))
    fields: list[tuple[str, Any]] = [
        ("会社コード", company.code),
        ("会社名", company.name),
        ("国", company.country),
        ("地域", company.region),
        ("セグメント", company.segment),
        ("事業内容", names()["business"][company.shape]),
        ("持分比率", company.share / 100),
        ("決算月", company.year_end),
        ("仮決算有無", "無"),
        ("従業員数", company.employees),
        ("法人番号", company.corporate_number or "（国内のみ）"),
    ]
    for row, (label, value) in enumerate(fields, start=2):
        ws.write_string(row, 1, label, look.label)
        _write_field(ws, row, value, look)
    ws.ignore_errors({"number_stored_as_text": "C1:C20"})
    ws.print_area(0, 0, len(fields) + 2, 3)


def _statement(page: Page, sheet: str) -> None:
    ws = _new_sheet(page, sheet, (8, 34, 46, 16, 16, 16, 34))
    ledger, name = page.book.ledger, "BS" if sheet == "03" else "PL"
    amounts = (ledger.opening, ledger.closing) if sheet == "03" else (ledger.prior_pl, ledger.pl)
    earlier, current = (add_up(name, values) for values in amounts)
    for index, account in enumerate(statement(name), start=FIRST_ROW - 1):
        if account.kind == "head":
            for column in range(7):
                ws.write_string(index, column, account.name if column == 1 else "", page.look.section)
            continue
        _account_names(page, ws, index, account)
        for column, letter, values in ((EARLIER_INDEX, EARLIER, earlier), (CURRENT_INDEX, CURRENT, current)):
            _amount(page, ws, sheet, (index, column, letter), account, values[account.code])
        _derived(page, ws, sheet, index, account, earlier[account.code], current[account.code])
        _comment(page, ws, sheet, index, account, earlier[account.code], current[account.code])
    last = FIRST_ROW - 1 + len(statement(name))
    for offset, text in enumerate(page.book.footnotes.values() if sheet == "03" else (), start=1):
        ws.write_string(last + offset, 1, f"(注){offset}  {text}", page.look.text)
    ws.ignore_errors({"number_stored_as_text": f"A1:E{last + 1}"})
    ws.print_area(0, 0, last + (2 if page.book.footnotes else 0), 6)


def _account_names(page: Page, ws: Any, index: int, account: Account) -> None:
    total = account.kind == "total"
    name = account.name
    if page.company.alias_names and account.code in aliases():
        name = aliases()[account.code][0]
    ws.write_string(index, 0, account.code, page.look.total_code if total else page.look.code)
    ws.write_string(index, 1, name, page.look.total_text if total else page.look.indented)
    ws.write_string(index, 2, account.name_en, page.look.total_text if total else page.look.cell)


def _amount(page: Page, ws: Any, sheet: str, at: tuple[int, int, str], account: Account, value: int) -> None:
    """An input cell, or a total with its formula."""
    index, column, letter = at
    if account.kind != "total":
        ws.write_number(index, column, value, page.look.input_number)
    else:
        ws.write_formula(index, column, _formula(sheet, account, letter), page.look.total_number, value)


def _formula(sheet: str, account: Account, letter: str) -> str:
    rows = rows_by_code(sheet)
    parts = terms(account.code)
    if ":" in account.parts:
        return f"=SUM({letter}{rows[parts[0][0]]}:{letter}{rows[parts[-1][0]]})"
    return "=" + "".join(f"{'+' if sign > 0 else '-'}{letter}{rows[code]}" for code, sign in parts).lstrip(
        "+"
    )


def _derived(
    page: Page, ws: Any, sheet: str, index: int, account: Account, earlier: int, current: int
) -> None:
    """増減 on the balance sheet; 当四半期 on the income statement (in Q1 the cumulative figure)."""
    value = current - earlier if sheet == "03" else current
    format_ = page.look.total_number if account.kind == "total" else page.look.formula_number
    row = index + 1
    formula = f"={CURRENT}{row}-{EARLIER}{row}" if sheet == "03" else f"={CURRENT}{row}"
    ws.write_formula(index, LAST_INDEX, formula, format_, value)


def _comment(
    page: Page, ws: Any, sheet: str, index: int, account: Account, earlier: int, current: int
) -> None:
    text = ""
    if sheet == "03" and account.kind != "total":
        company = page.company
        rate = page.world.rates[(company.currency, company.year_end)].closing
        move_yen = abs(current - earlier) * company.unit * rate // MICRO
        if (sheet, account.code) in page.book.comments:
            text = page.book.comments[(sheet, account.code)]
        elif account.code in page.book.footnotes:
            text = f"(注){[*page.book.footnotes].index(account.code) + 1}"
        elif move_yen >= LARGE_MOVE_YEN and abs(current - earlier) * 5 >= abs(earlier):
            text = page.comments.variance_comment(current > earlier)
    total = account.kind == "total"
    ws.write_string(index, COMMENT_INDEX, text, page.look.total_text if total else page.look.input_text)


def _intercompany(page: Page, sheet: str) -> None:
    ws = _new_sheet(page, sheet, (15, 42, 11, 18, 10, 20, 18, 40))
    look, rows = page.look, [row for row in page.book.rows if row.sheet == sheet]
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        texts = (row.partner, _partner_name(page, row), row.code, row.label, row.currency)
        for column, text in enumerate(texts):
            ws.write_string(index, column, text, look.input_text)
        ws.write_number(index, 5, row.tx_amount, look.input_number)
        ws.write_number(index, 6, row.amount, look.input_number)
        ws.write_string(index, 7, row.note, look.input_text)
    if not rows:
        ws.write_string(FIRST_ROW - 1, 1, "（当四半期は該当取引なし）", look.text)
    first, last = FIRST_ROW, FIRST_ROW + max(1, len(rows)) - 1
    rules = [rule for rule in PAIR_RULES if rule.sheet == sheet]
    titles = ("債権合計", "債務合計") if sheet == "08" else ("収益合計", "費用合計")
    labels = ([rule.creditor_label for rule in rules], [rule.debtor_label for rule in rules])
    for offset, (title, of) in enumerate(zip(titles, labels, strict=True), start=last):
        terms_ = "+".join(f'SUMIF(D{first}:D{last},"{label}",G{first}:G{last})' for label in of)
        for column in range(8):
            ws.write_string(offset, column, title if column == 0 else "", look.total_text)
        value = sum(row.amount for row in rows if row.label in of)
        ws.write_formula(offset, 6, f"={terms_}", look.total_number, value)
    ws.ignore_errors({"number_stored_as_text": f"A1:C{last + 2}"})
    ws.set_landscape()
    ws.print_area(0, 0, last + 1, 7)


def _partner_name(page: Page, row: Row) -> str:
    for special in (names()["parent"], names()["outside"]):
        if row.partner == special["code"]:
            return str(special["name"])
    return page.world.company[row.partner].name
