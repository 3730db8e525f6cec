"""08_債権債務 and 09_取引高: dealings inside the group, as the company sees them."""

from __future__ import annotations

from synthetic_pkg.grid import Grid
from synthetic_pkg.group import names
from synthetic_pkg.intercompany import BALANCES, PAIR_RULES, TRADE
from synthetic_pkg.layout import FIRST_ROW
from synthetic_pkg.sheets.page import Page

WIDTHS = (15, 42, 11, 18, 10, 20, 18, 40)


def fill_balances(page: Page) -> Grid:
    return _intercompany(page, BALANCES, ("債権合計", "債務合計"))


def fill_trade(page: Page) -> Grid:
    return _intercompany(page, TRADE, ("収益合計", "費用合計"))


def _intercompany(page: Page, sheet: str, titles: tuple[str, str]) -> Grid:
    grid, look = page.grid(sheet, WIDTHS), page.look
    rows = [row for row in page.book.rows if row.sheet == sheet]
    for index, row in enumerate(rows, start=FIRST_ROW - 1):
        texts = (row.partner, partner_name(page, row.partner), row.code, row.label, row.currency)
        for column, text in enumerate(texts):
            grid.put(index, column, text, look.input_text)
        grid.put(index, 5, row.tx_amount, look.input_number)
        grid.amount(index, 6, row.amount, look.input_number)
        grid.put(index, 7, row.note, look.input_text)
    if not rows:
        grid.put(FIRST_ROW - 1, 1, "（当四半期は該当取引なし）", look.text)
    first, last = FIRST_ROW, FIRST_ROW + max(1, len(rows)) - 1
    rules = [rule for rule in PAIR_RULES if rule.sheet == sheet]
    labels = (  # a dividend paid is no expense
        [rule.creditor_label for rule in rules],
        [rule.debtor_label for rule in rules if rule.debtor_eliminated],
    )
    for offset, (title, of) in enumerate(zip(titles, labels, strict=True), start=last):
        sums = "+".join(f'SUMIF(D{first}:D{last},"{label}",G{first}:G{last})' for label in of)
        for column in range(len(WIDTHS)):
            grid.put(offset, column, title if column == 0 else "", look.total_text)
        grid.formula(offset, 6, f"={sums}", look.total_number)
    grid.landscape = True
    return grid


def partner_name(page: Page, code: str) -> str:
    """Name of a company of the group, of the parent or of "outside"; a code nobody has stays without a name."""
    for special in (names()["parent"], names()["outside"]):
        if code == special["code"]:
            return str(special["name"])
    known = page.world.company.get(code)
    return known.name if known else ""
