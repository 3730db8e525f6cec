"""From books to totals in 千円: exact translation, intercompany elimination, one rounding at the very end.

Works on the books in memory (ledger and plants), never on a workbook. Amounts are integers in micro-yen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

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
from synthetic_pkg.rates import MICRO, Rate, RateTable
from synthetic_pkg.world import Book, World

THOUSAND_YEN = 1000 * MICRO  # micro-yen in 1 千円
TIE_MARGIN = THOUSAND_YEN // 500  # 0.002 千円: twice what is promised

Key = tuple[Basis, str, str]  # basis, segment, account code
DetailKey = tuple[Basis, str, str, str, str]  # basis, stage, kind of scope, scope, account code
STAGES = ("消去前", "消去後")


def translate(book: Book, rates: RateTable, ledger: Ledger | None = None) -> dict[str, int]:
    """Every detail of the sheets the book holds, in micro-yen; `ledger` instead of the book's own if given."""
    company, ledger = book.company, ledger or book.ledger
    rate = rates[(company.currency, company.year_end)]
    result: dict[str, int] = {}
    if "04" not in book.missing:
        result |= {code: ledger.pl[code] * company.unit * rate.average for code in details("PL")}
    if "03" not in book.missing:
        result |= _balance_sheet(ledger, book, rate)
    return result


def _balance_sheet(ledger: Ledger, book: Book, rate: Rate) -> dict[str, int]:
    """Closing balances; retained earnings by what moved them, the translation adjustment as what is left."""
    unit, hr, closing = book.company.unit, book.company.hr, ledger.closing
    chart = accounts()
    factor = {"CR": rate.closing * unit, "HR": hr * unit}
    result = {
        code: closing[code] * factor[chart[code].fx] for code in details("BS") if chart[code].fx in factor
    }
    earned = closing[RETAINED_EARNINGS] - ledger.opening[RETAINED_EARNINGS] + ledger.dividend
    result[RETAINED_EARNINGS] = book.ledger.opening_re_yen * MICRO + unit * (
        earned * rate.average - ledger.dividend * rate.dividend
    )
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


def row_yen(book: Book, row: Row, rates: RateTable) -> int:
    """A row's 報告通貨額 in micro-yen, at the company's own rate: closing (08), average (09), of the resolution
    for a dividend paid."""
    rate = rates[(book.company.currency, book.company.year_end)]
    by_name = {
        "期末日レート": rate.closing,
        "期中平均レート": rate.average,
        "配当決議日レート": rate.dividend,
    }
    return row.amount * book.company.unit * by_name[RULE_BY_LABEL[row.label].rate_name(row.label)]


def eliminations(world: World, basis: Basis) -> Iterator[tuple[str, str, int]]:
    """(company, account, micro-yen) of every elimination, row by row; what is left over goes to the debtor.

    Rows with partners that sent nothing are left out. 提出値: amounts as they came in, also of a book that is too
    large as a whole.
    """
    submitted = basis == "提出値"
    books = world.latest() if submitted else included(world)
    present = {book.company.code for book in books}
    for book in books:
        own, factor = book.company.code, book.misscaled if submitted else 1
        for row in world.shelf.look(book, Book.corrected_rows):
            if row.partner not in present or row.sheet in book.missing:
                continue
            rule = RULE_BY_LABEL[row.label]
            yen = row_yen(book, row, world.rates) * factor
            creditor = row.label == rule.creditor_label
            if creditor or rule.debtor_eliminated:
                yield own, rule.creditor_code if creditor else rule.debtor_code, -yen
            debtor = row.partner if creditor else own
            if rule.sheet == BALANCES:
                yield debtor, DIFFERENCE_BS, -yen if creditor else yen
            else:
                yield debtor, DIFFERENCE_PL, yen if creditor else -yen


def company_details(world: World) -> Iterator[tuple[Basis, str, str, dict[str, int]]]:
    """(basis, stage, company, its accounts in micro-yen), one company at a time, so that thousands need no memory."""
    bases: tuple[Basis, Basis] = ("提出値", "修正後")
    for basis in bases:
        submitted = basis == "提出値"
        moved: dict[str, dict[str, int]] = {c.code: {} for c in world.companies}
        for company, code, amount in eliminations(world, basis):
            moved[company][code] = moved[company].get(code, 0) + amount
        figures = _submitted_figures if submitted else _corrected_figures
        for book in world.latest() if submitted else included(world):
            own = book.company.code
            before = world.shelf.look(book, partial(figures, world.rates))
            yield basis, STAGES[0], own, before
            after = dict(before)
            for code, amount in moved.pop(own).items():
                after[code] = after.get(code, 0) + amount
            yield basis, STAGES[1], own, after


def _submitted_figures(rates: RateTable, book: Book) -> dict[str, int]:
    return translate(book, rates, book.submitted())


def _corrected_figures(rates: RateTable, book: Book) -> dict[str, int]:
    return translate(book, rates, book.corrected())


def exact_details(world: World) -> tuple[dict[DetailKey, int], list[DetailKey]]:
    """Every answer of the group, its segments and regions before rounding, in micro-yen: both bases, before and
    after elimination. Beside it the keys of those that lie next to a rounding tie, single companies' too."""
    sums: dict[DetailKey, int] = {}
    ties: list[DetailKey] = []
    for basis, stage, company, amounts in company_details(world):
        own, *shared = scopes(world, company)
        ties += [(basis, stage, *own, code) for code, amount in amounts.items() if near_tie(amount)]
        for kind, scope in shared:
            for code, amount in amounts.items():
                key = (basis, stage, kind, scope, code)
                sums[key] = sums.get(key, 0) + amount
    return sums, ties + [key for key, amount in sums.items() if near_tie(amount)]


def scopes(world: World, company: str) -> tuple[tuple[str, str], ...]:
    """What a company's figures count in: (kind, name), itself first."""
    own = world.company[company]
    return (
        ("会社", company),
        ("セグメント", own.segment),
        ("地域", own.region),
        (WHOLE_GROUP, WHOLE_GROUP),
    )


def exact_totals(details_: Mapping[DetailKey, int]) -> dict[Key, int]:
    """The answers that the agent is asked for: 提出値 before, 修正後 after elimination, by segment."""
    totals_: dict[Key, int] = {}
    bases: tuple[tuple[Basis, str], ...] = (("提出値", STAGES[0]), ("修正後", STAGES[1]))
    for basis, stage in bases:
        for segment in [*names()["segments"], WHOLE_GROUP]:
            kind = WHOLE_GROUP if segment == WHOLE_GROUP else "セグメント"
            for code in output_codes():
                totals_[(basis, segment, code)] = details_.get((basis, stage, kind, segment, code), 0)
    return totals_


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
