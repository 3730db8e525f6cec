"""From books to totals in 千円: exact translation, intercompany elimination, one rounding at the very end.

Works on the books in memory (ledger and plants), never on a workbook. Amounts are integers in micro-yen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from synthetic_pkg.answers import WHOLE_GROUP, Basis, Total
from synthetic_pkg.chart import (
    CTA,
    DIFFERENCE_BS,
    DIFFERENCE_PL,
    RETAINED_EARNINGS,
    TOTAL_ASSETS,
    accounts,
    add_up,
    details,
    output_codes,
)
from synthetic_pkg.group import names
from synthetic_pkg.intercompany import BALANCES, RULE_BY_LABEL, Row
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.rates import MICRO, RateTable
from synthetic_pkg.world import Book, World

THOUSAND_YEN = 1000 * MICRO  # micro-yen in 1 千円
TIE_MARGIN = THOUSAND_YEN // 500  # 0.002 千円: twice what is promised

Key = tuple[Basis, str, str]  # basis, segment, account code
PairKey = tuple[str, str, str, str]  # creditor, debtor, creditor's label, currency


@dataclass
class PairSum:
    """Both sides of one intercompany key, in transaction currency and in micro-yen."""

    creditor_tx: int = 0
    debtor_tx: int = 0
    creditor_yen: int = 0
    debtor_yen: int = 0


def translate(book: Book, rates: RateTable, ledger: Ledger | None = None) -> dict[str, int]:
    """Every detail of the sheets the book holds, in micro-yen; `ledger` instead of the book's own if given."""
    company, ledger = book.company, ledger or book.ledger
    rate = rates[(company.currency, company.year_end)]
    result: dict[str, int] = {}
    if "04" not in book.missing:
        result |= {code: ledger.pl[code] * company.unit * rate.average for code in details("PL")}
    if "03" not in book.missing:
        result |= _balance_sheet(ledger.opening, ledger.closing, book, rate.closing, rate.average)
    return result


def _balance_sheet(
    opening: Mapping[str, int], closing: Mapping[str, int], book: Book, cr: int, ar: int
) -> dict[str, int]:
    unit, hr = book.company.unit, book.company.hr
    chart = accounts()
    factor = {"CR": cr * unit, "HR": hr * unit}
    result = {
        code: closing[code] * factor[chart[code].fx] for code in details("BS") if chart[code].fx in factor
    }
    change = closing[RETAINED_EARNINGS] - opening[RETAINED_EARNINGS]
    result[RETAINED_EARNINGS] = book.ledger.opening_re_yen * MICRO + change * unit * ar
    if book.company.overseas:
        result[CTA] = 0
        totals = add_up("BS", result)
        result[CTA] = totals[TOTAL_ASSETS] - totals["3999"]
    else:
        result[CTA] = closing[CTA] * unit * MICRO
    return result


def included(world: World) -> list[Book]:
    """Books that count in 修正後: the latest version of companies whose required sheets are all there."""
    return [book for book in world.latest() if not book.missing and not book.excluded]


def pair_up(books: list[Book], rates: RateTable) -> dict[PairKey, PairSum]:
    """Intercompany rows of the given books matched by key; partners not among the books are left out."""
    present = {book.company.code for book in books}
    pairs: dict[PairKey, PairSum] = defaultdict(PairSum)
    for book in books:
        own = book.company.code
        for row in book.corrected_rows():
            if row.partner not in present:
                continue
            rule = RULE_BY_LABEL[row.label]
            yen = row_yen(book, row, rates)
            if row.label == rule.creditor_label:
                pair = pairs[(own, row.partner, rule.creditor_label, row.currency)]
                pair.creditor_tx += row.tx_amount
                pair.creditor_yen += yen
            else:
                pair = pairs[(row.partner, own, rule.creditor_label, row.currency)]
                pair.debtor_tx += row.tx_amount
                pair.debtor_yen += yen
    return dict(pairs)


def row_yen(book: Book, row: Row, rates: RateTable) -> int:
    """A row's 報告通貨額 in micro-yen, at the company's own closing (08) or average (09) rate."""
    rate = rates[(book.company.currency, book.company.year_end)]
    return row.amount * book.company.unit * (rate.closing if row.sheet == BALANCES else rate.average)


def exact_totals(world: World) -> dict[Key, int]:
    """Every answer before rounding, in micro-yen."""
    sums: dict[Key, int] = {}
    bases: tuple[Basis, Basis] = ("提出値", "修正後")
    for basis in bases:
        for segment in [*names()["segments"], WHOLE_GROUP]:
            for code in output_codes():
                sums[(basis, segment, code)] = 0
    for basis, books in zip(bases, (world.latest(), included(world)), strict=True):
        for book in books:
            ledger = book.submitted() if basis == "提出値" else book.corrected()
            for code, amount in translate(book, world.rates, ledger).items():
                sums[(basis, book.company.segment, code)] += amount
    for segment, code, amount in _eliminations(world):
        sums[("修正後", segment, code)] += amount
    for (basis, segment, code), amount in list(sums.items()):
        if segment != WHOLE_GROUP:
            sums[(basis, WHOLE_GROUP, code)] += amount
    return sums


def _eliminations(world: World) -> Iterator[tuple[str, str, int]]:
    """(segment, account, micro-yen) of every elimination; what is left over goes to the debtor's segment."""
    for (creditor, debtor, label, _), pair in pair_up(included(world), world.rates).items():
        rule = RULE_BY_LABEL[label]
        debtor_segment = world.company[debtor].segment
        yield world.company[creditor].segment, rule.creditor_code, -pair.creditor_yen
        yield debtor_segment, rule.debtor_code, -pair.debtor_yen
        if rule.sheet == BALANCES:
            yield debtor_segment, DIFFERENCE_BS, pair.debtor_yen - pair.creditor_yen
        else:
            yield debtor_segment, DIFFERENCE_PL, pair.creditor_yen - pair.debtor_yen


def round_to_thousand_yen(micro_yen: int) -> int:
    """四捨五入: half away from zero."""
    rounded = (2 * abs(micro_yen) + THOUSAND_YEN) // (2 * THOUSAND_YEN)
    return rounded if micro_yen >= 0 else -rounded


def near_tie(micro_yen: int) -> bool:
    """Is an amount so close to a half that a script working in floats might round it the other way?"""
    return abs(abs(micro_yen) % THOUSAND_YEN - THOUSAND_YEN // 2) < TIE_MARGIN


def totals(exact: Mapping[Key, int]) -> list[Total]:
    """The answers in 千円, in the order 区分, セグメント, 科目."""
    chart = accounts()
    return [
        Total(
            basis=basis,
            segment=segment,
            code=code,
            name=chart[code].name,
            amount=round_to_thousand_yen(amount),
        )
        for (basis, segment, code), amount in exact.items()
    ]
