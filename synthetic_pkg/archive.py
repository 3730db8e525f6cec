"""Renders a company's archived book of the period before (前期PKG): BS, PL and eight quarters of sales and cost.

Nothing is planted here: it is what 前期末 and the quarter's figures are checked against.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import xlsxwriter

from synthetic_pkg.archive_figures import PriorBook
from synthetic_pkg.chart import COST_OF_SALES, SALES, accounts
from synthetic_pkg.grid import Grid
from synthetic_pkg.group import Company
from synthetic_pkg.layout import FIRST_ROW, HEADER_ROW
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.schedules import Schedules
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.sheets.s03_statements import fill_balance_sheet, fill_income_statement
from synthetic_pkg.workbook import save
from synthetic_pkg.workbook_look import NOTICE, Look, properties
from synthetic_pkg.world import Book, World

QUARTERS_SHEET = "90_四半期推移"


def render(company: Company, prior: PriorBook, world: World, sentinel: str, path: Path) -> None:
    """Write the archived book to `path`."""
    content = BytesIO()  # the disk is met once, by one write
    file = xlsxwriter.Workbook(content, {"in_memory": True})
    properties(file, f"前期PKG {company.code}", sentinel)
    ledger = Ledger(prior.opening, prior.closing, prior.pl, prior.prior_pl, 0, prior.quarter_pl)
    book = Book(company, 1, ledger, [], Schedules(), prior)
    page = Page(Look(file), book, world, sentinel, period=world.period.archive_title)
    grids = {
        "00": _cover(page),
        "03": fill_balance_sheet(page),
        "04": fill_income_statement(page),
        "90": _quarters(page, prior),
    }
    save(file, grids, sentinel, {})
    file.close()
    path.write_bytes(content.getvalue())


def _cover(page: Page) -> Grid:
    company, look = page.company, page.look
    grid = page.grid("00", (3, 20, 50, 10))
    fields = {
        "会社コード": company.code,
        "会社名": company.name,
        "対象期": page.period,
        "報告通貨": company.currency,
        "単位": company.unit_label,
        "内容": "提出済みPKGの控え（03・04シートと四半期推移）",
        "データ識別": page.sentinel,
        "注意": NOTICE,
    }
    for row, (label, value) in enumerate(fields.items(), start=2):
        grid.put(row, 1, label, look.label)
        grid.put(row, 2, value, look.input_text)
    return grid


def _quarters(page: Page, prior: PriorBook) -> Grid:
    """Sales, cost of sales and gross margin of the eight quarters before ours, oldest first."""
    look, history = page.look, page.world.period.history
    grid = Grid(QUARTERS_SHEET, "四半期推移", (8, 24, *[15] * len(history)))
    grid.put(0, 0, "四半期推移", look.title)
    grid.put(1, 0, page.company.code, look.text)
    grid.put(1, 1, page.company.name, look.text)
    grid.put(1, len(history) + 1, f"(単位：{page.company.unit_label})", look.right)
    for column, title in enumerate(("コード", "科目", *history)):
        grid.put(HEADER_ROW - 1, column, title, look.header)
    for row, code in enumerate((SALES, COST_OF_SALES), start=FIRST_ROW - 1):
        grid.put(row, 0, code, look.code)
        grid.put(row, 1, accounts()[code].name, look.indented)
        for column, quarter in enumerate(prior.quarters, start=2):
            grid.amount(row, column, quarter[row - FIRST_ROW + 1], look.number)
    share = FIRST_ROW + 1
    grid.put(share, 0, "GM", look.code)
    grid.put(share, 1, "売上総利益率", look.indented)
    for column in range(2, 2 + len(history)):
        letter = "ABCDEFGHIJ"[column]
        formula = f'=IF({letter}6=0,"",({letter}6-{letter}7)/{letter}6)'
        grid.formula(share, column, formula, look.formula_percent)
    grid.freeze = HEADER_ROW
    grid.landscape = True
    return grid
