"""The checks of 検査一覧 that look at ratios and habits: D04, F02, F03 and F04."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from .books import BS, PL, Book
from .reading import Sheet, decimal

Found = Iterator[tuple[str, str, str]]  # check, sheet, cell
QUARTERS = "90_四半期推移"
NEVER_PLUGS = {"3101", "3102", "2104", "2105", "2201"}


def check_quarters(book: Book) -> Found:
    """D04: one row a company, at 4101 where that is among the wrong lines."""
    wrong = book.misplaced_quarters()
    if wrong:
        code = "4101" if "4101" in wrong else min(wrong)
        yield "D04", PL, book.lines[PL][code].address("当期累計")


def check_tax_rate(book: Book) -> Found:
    """F02."""
    if "F02" not in book.rules.checks or PL not in book.sheets:
        return
    if "実効税率" in book.lines[PL]["8301"].text("コメント"):
        return
    pretax, share = tax_rate(book)
    yen = pretax * book.rules.unit(book.company) * book.rules.rate(book.company, "期中平均レート")
    statutory = decimal(book.rules.companies[book.company]["法定実効税率"])
    if yen / 1000 >= book.rules.tolerance["K12"] and abs(share - statutory) > book.rules.tolerance["K13"]:
        yield "F02", PL, book.lines[PL]["8301"].address("当期累計")


def tax_rate(book: Book) -> tuple[Fraction, Fraction]:
    """Profit before tax, and the share of it that is tax (0 without a profit or loss)."""
    tax = book.fixed["8301"] + book.fixed["8302"]
    sides = {c: 1 if book.rules.accounts[c]["正常残高"] == "貸方" else -1 for c in book.rules.details("PL")}
    pretax = sum((book.fixed[c] * side for c, side in sides.items()), Fraction(0)) + tax
    return pretax, tax / pretax if pretax else Fraction(0)


def check_margin(book: Book) -> Found:
    """F03: this quarter's gross margin against the eight quarters before."""
    if "F03" not in book.rules.checks or PL not in book.sheets or not book.prior:
        return
    quarter = book.figures(PL, "当四半期")
    if not quarter["4101"] or "売上総利益率" in book.lines[PL]["5101"].text("コメント"):
        return
    margin = float(1 - quarter["5101"] / quarter["4101"])
    mean, spread = usual_margin(book)
    far = abs(margin - mean) > float(book.rules.tolerance["K14"]) * spread
    if far and abs(margin - mean) > float(book.rules.tolerance["K15"]):
        yield "F03", PL, book.lines[PL]["5199"].address("当期累計")


def usual_margin(book: Book) -> tuple[float, float]:
    """Average and standard deviation of the eight archived quarters."""
    history = list(_margins(book.prior[QUARTERS]))
    mean = sum(history) / len(history)
    return mean, math.sqrt(sum((m - mean) ** 2 for m in history) / (len(history) - 1))


def _margins(sheet: Sheet) -> Iterator[float]:
    lines = sheet.by_code()
    for title in list(lines["4101"].columns)[2:10]:
        sales, cost = lines["4101"].figure(title), lines["5101"].figure(title)
        if sales:
            yield float(1 - cost / sales)


def check_plugs(book: Book) -> Found:
    """F04."""
    if "F04" not in book.rules.checks or BS not in book.sheets or book.rules.unit(book.company) == 1_000_000:
        return
    round_ = round_lines(book)
    if len(round_) >= book.rules.tolerance["K11"]:
        yield "F04", BS, book.lines[BS][round_[0]].address("当四半期末")


def round_lines(book: Book) -> list[str]:
    """Lines of whole millions that did not move."""
    unit, opening = book.rules.unit(book.company), book.opening()
    return [
        code
        for code in book.rules.details("BS")
        if code not in NEVER_PLUGS
        and book.fixed[code] == opening[code] != 0
        and (book.fixed[code] * unit) % 1_000_000 == 0
    ]


RATIO_CHECKS: tuple[Callable[[Book], Found], ...] = (
    check_quarters,
    check_tax_rate,
    check_margin,
    check_plugs,
)
