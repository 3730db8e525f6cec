"""The figures of the archived book of each company: what 前期末 and 前年同期 must agree with, and eight quarters.

Drawn after the ledger is final; never planted on. Rendered by synthetic_pkg.archive.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthetic_pkg.chart import (
    CASH,
    COST_OF_SALES,
    NET_INCOME,
    RETAINED_EARNINGS,
    SALES,
    SHORT_LOANS,
    TAX,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES_AND_NET_ASSETS,
    add_up,
    with_codes,
    without_codes,
)
from synthetic_pkg.group import Company
from synthetic_pkg.holdings import DIVIDEND_INCOME
from synthetic_pkg.ledger import UNMOVED, Ledger
from synthetic_pkg.taxing import DEFERRED_ASSET, DEFERRED_LIABILITY, TAX_PAYABLE, charge_taxes, net_deferred

HISTORY = 8  # quarters
PERMILLE = 1000
LAST_QUARTER = (200, 300)  # 1/1,000 of the year


@dataclass(frozen=True)
class PriorBook:
    """Balance sheets (opening, closing) and income statements of the archived period, book units.

    quarters: (sales, cost of sales) of the eight quarters before ours, oldest first.
    """

    opening: dict[str, int]
    closing: dict[str, int]
    pl: dict[str, int]
    prior_pl: dict[str, int]
    quarter_pl: dict[str, int]
    quarters: tuple[tuple[int, int], ...]

    def __reduce__(self) -> tuple[Any, ...]:
        balances = (without_codes("BS", amounts) for amounts in (self.opening, self.closing))
        incomes = (without_codes("PL", amounts) for amounts in (self.pl, self.prior_pl, self.quarter_pl))
        return _prior_book, (*balances, *incomes, self.quarters)


def _prior_book(
    opening: Any, closing: Any, pl: Any, prior_pl: Any, quarter_pl: Any, quarters: Any
) -> PriorBook:
    """A packed PriorBook opened."""
    balances = with_codes("BS", opening), with_codes("BS", closing)
    incomes = with_codes("PL", pl), with_codes("PL", prior_pl), with_codes("PL", quarter_pl)
    return PriorBook(*balances, *incomes, quarters)


def draw_prior(
    company: Company, ledger: Ledger, quarters: int, received: int, rng: random.Random
) -> PriorBook:
    """The archived book: of the last quarter of last year in Q1, of the first quarter of this year in Q2.

    received: dividends of subsidiaries in the year before, all in its first quarter.
    """
    history = _history(ledger, quarters, rng)
    if quarters == 1:
        return _last_year(company, ledger, history, received, rng)
    first = {code: ledger.pl[code] - ledger.quarter_pl[code] for code in ledger.pl}
    prior = {code: amount // 2 for code, amount in ledger.prior_pl.items()}
    prior[DIVIDEND_INCOME] = (ledger.prior_pl[DIVIDEND_INCOME] - received) // 2 + received
    profit = add_up("PL", first)[NET_INCOME]
    middle = {}
    for code, after in ledger.closing.items():
        before = ledger.opening[code]
        middle[code] = before + (after - before) * rng.randint(350, 650) // PERMILLE
    middle[RETAINED_EARNINGS] = ledger.opening[RETAINED_EARNINGS] + profit - ledger.dividend
    middle[TAX_PAYABLE] = ledger.closing[TAX_PAYABLE] * first[TAX] // max(1, ledger.pl[TAX])
    net_deferred(middle, middle[DEFERRED_ASSET] - middle[DEFERRED_LIABILITY])
    _balance(middle)
    return PriorBook(dict(ledger.opening), middle, first, prior, dict(first), history)


def _last_year(
    company: Company,
    ledger: Ledger,
    history: tuple[tuple[int, int], ...],
    received: int,
    rng: random.Random,
) -> PriorBook:
    regular = {**ledger.prior_pl, DIVIDEND_INCOME: ledger.prior_pl[DIVIDEND_INCOME] - received}
    year = {code: amount * rng.randint(385, 410) // 100 for code, amount in regular.items()}
    before = {code: amount * rng.randint(930, 1060) // PERMILLE for code, amount in year.items()}
    last = {code: amount * rng.randint(*LAST_QUARTER) // PERMILLE for code, amount in year.items()}
    for position, code in enumerate((SALES, COST_OF_SALES)):
        year[code] = sum(quarter[position] for quarter in history[4:])
        before[code] = sum(quarter[position] for quarter in history[:4])
        last[code] = history[-1][position]
    for pl in (year, before, last):
        charge_taxes(pl, company.tax_bp, rng)
    for pl in (year, before):
        pl[DIVIDEND_INCOME] += received
    opening = {code: amount * rng.randint(930, 1070) // PERMILLE for code, amount in ledger.opening.items()}
    for code in UNMOVED:
        opening[code] = ledger.opening[code]
    opening[RETAINED_EARNINGS] = ledger.opening[RETAINED_EARNINGS] - add_up("PL", year)[NET_INCOME]
    _balance(opening)
    return PriorBook(opening, dict(ledger.opening), year, before, last, history)


def _balance(amounts: dict[str, int]) -> None:
    """Close the gap with cash, and with short-term loans where cash would run out."""
    totals = add_up("BS", amounts)
    amounts[CASH] += totals[TOTAL_LIABILITIES_AND_NET_ASSETS] - totals[TOTAL_ASSETS]
    if amounts[CASH] < 0:
        amounts[SHORT_LOANS] -= amounts[CASH]
        amounts[CASH] = 0


def _history(ledger: Ledger, quarters: int, rng: random.Random) -> tuple[tuple[int, int], ...]:
    """Eight quarters of sales and cost around today's margin; last year's first quarters add up to prior_pl."""
    sales, cost = ledger.quarter_pl[SALES], ledger.quarter_pl[COST_OF_SALES]
    if sales == 0:
        return ((0, 0),) * HISTORY
    share = cost * PERMILLE // sales
    drawn = []
    for number in range(HISTORY):
        swing = rng.randint(6, 16) * (1 if number % 2 else -1)  # so that the deviation is never tiny
        amount = sales * rng.randint(900, 1040) // PERMILLE
        drawn.append((amount, amount * (share + swing) // PERMILLE))
    prior = ledger.prior_pl
    if quarters == 1:
        drawn[4] = (prior[SALES], prior[COST_OF_SALES])
    else:
        half = _halves(prior)
        drawn[3], drawn[4] = half
        drawn[7] = (ledger.pl[SALES] - sales, ledger.pl[COST_OF_SALES] - cost)
    return tuple(drawn)


def _halves(prior: Mapping[str, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    first = (prior[SALES] // 2, prior[COST_OF_SALES] // 2)
    return first, (prior[SALES] - first[0], prior[COST_OF_SALES] - first[1])
