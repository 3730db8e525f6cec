"""Mistakes made once a book is translated: one class of accounts, retained earnings, or what is left over.

Each takes a company's translated figures and tells them differently; the ledger is the one that the basis counts.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping

from synthetic_pkg.chart import CTA, RETAINED_EARNINGS, accounts
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.mistakes.reading import Found
from synthetic_pkg.mistakes.recount import Amounts, Retell, Seen, plugged, seen_through, with_company
from synthetic_pkg.mistakes.wording import rule, table
from synthetic_pkg.rates import Rate, RateTable
from synthetic_pkg.world import Book, World


def found(world: World) -> Iterator[Found]:
    yield from _accounts_alone(world)
    yield from _retained(world)
    yield from _left_over(world)


def _accounts_alone(world: World) -> Iterator[Found]:
    """Rates confused for the accounts of a class, while retained earnings are worked out at the right ones."""

    def at(classes: Mapping[str, str]) -> Retell:
        def retell(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
            company = book.company
            rate = rates[(company.currency, company.year_end)]
            wrong = dict(amounts)
            for code in amounts.keys() & {c for c, a in accounts().items() if a.fx in classes}:
                held = ledger.pl if accounts()[code].statement == "PL" else ledger.closing
                wrong[code] = held[code] * company.unit * getattr(rate, classes[accounts()[code].fx])
            return plugged(book, wrong)

        return retell

    for name, title, classes in (
        ("pl_at_cr", "PLの科目を期末日レートで換算した（利益剰余金の計算は正しい）", {"AR": "closing"}),
        (
            "all_at_cr",
            "すべての科目を期末日レートで換算した（利益剰余金の計算は正しい）",
            {"AR": "closing", "HR": "closing"},
        ),
        (
            "all_at_ar",
            "すべての科目を期中平均レートで換算した（利益剰余金の計算は正しい）",
            {"CR": "average", "HR": "average"},
        ),
    ):
        yield f"rate.accounts.{name}", title, rule("換算"), Seen(world, retell=at(classes), move=False)

    def share(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        return {code: amount * book.company.share // 100 for code, amount in amounts.items()}

    title = "各社の金額に持分比率を掛けて集計した"
    yield "share.applied", title, table("会社一覧"), Seen(world, retell=share, move=False)


def _retained(world: World) -> Iterator[Found]:
    item = rule("利益剰余金（RE）")

    def at(pick: Callable[[Book, Rate], int]) -> Retell:
        def retell(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
            if RETAINED_EARNINGS not in amounts:
                return amounts
            rate = rates[(book.company.currency, book.company.year_end)]
            closing = ledger.closing[RETAINED_EARNINGS]
            yen = closing * book.company.unit * pick(book, rate)
            return plugged(book, {**amounts, RETAINED_EARNINGS: yen})

        return retell

    for name, title, pick in (
        ("closing", "期末日レート", lambda b, r: r.closing),
        ("average", "期中平均レート", lambda b, r: r.average),
        ("hr", "資本金レート", lambda b, r: b.company.hr),
    ):  # type: tuple[str, str, Callable[[Book, Rate], int]]
        words = f"利益剰余金の期末残高をそのまま{title}で換算した"
        yield f"RE.{name}", words, item, Seen(world, retell=at(pick), move=False)

    def without(field: str) -> Callable[[Book], Book]:
        def change(book: Book) -> Book:
            figures = book.ledger.replaced({})
            setattr(figures, field, 0)
            wrong = copy.copy(book)
            wrong.ledger = figures
            return wrong

        return change

    yield (
        "RE.no_dividend",
        "利益剰余金の計算で配当を考慮していない",
        item,
        Seen(seen_through(world, without("dividend")), move=False),
    )
    words = "利益剰余金の計算で期首利益剰余金円貨額を加えていない"
    yield "RE.no_opening_yen", words, item, Seen(seen_through(world, without("opening_re_yen")), move=False)

    def ignored(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        """Dividends left out of both terms but the opening balance kept: the profit alone is added."""
        if RETAINED_EARNINGS not in amounts:
            return amounts
        rate = rates[(book.company.currency, book.company.year_end)]
        paid = ledger.dividend * book.company.unit * rate.dividend
        return plugged(book, {**amounts, RETAINED_EARNINGS: amounts[RETAINED_EARNINGS] + paid})

    yield (
        "RE.dividend_not_paid",
        "利益剰余金の計算で配当を差し引いていない",
        item,
        Seen(world, retell=ignored, move=False),
    )


def _left_over(world: World) -> Iterator[Found]:
    item = rule("為替換算調整勘定（CTA）")

    def submitted(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        if not book.company.overseas or CTA not in amounts:
            return amounts
        rate = rates[(book.company.currency, book.company.year_end)]
        return {**amounts, CTA: ledger.closing[CTA] * book.company.unit * rate.closing}

    def opposite(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        return {**amounts, CTA: -amounts[CTA]} if book.company.overseas and CTA in amounts else amounts

    def domestic_too(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        if book.company.overseas or CTA not in amounts:
            return amounts
        return plugged(with_company(book, currency=""), amounts)

    def alone(book: Book, ledger: Ledger, amounts: Amounts, rates: RateTable) -> Amounts:
        """Worked out without the other valuation differences."""
        if not book.company.overseas or CTA not in amounts:
            return amounts
        others = sum(amounts[code] for code in ("3201", "3202", "3204", "3301"))
        return {**amounts, CTA: amounts[CTA] + others}

    for name, title, retell in (
        ("submitted", "為替換算調整勘定を差引で求めず、提出された金額（0）のままとした", submitted),
        ("sign", "為替換算調整勘定の符号を逆にした", opposite),
        ("domestic", "国内会社の為替換算調整勘定も差引で求めた（貸借差額が入る）", domestic_too),
        ("alone", "為替換算調整勘定の差引で、他の評価・換算差額等を差し引いていない", alone),
    ):
        yield f"CTA.{name}", title, item, Seen(world, retell=retell, move=False)
