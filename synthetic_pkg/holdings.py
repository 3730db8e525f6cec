"""Subsidiaries that are held through another one: their dividend goes to it instead of the parent.

Called by synthetic_pkg.building once every ledger of the group is drawn, before the schedules.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

from synthetic_pkg.chart import CASH, OTHER_SGA
from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import dividend_income
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.rates import RateTable

DIVIDEND_INCOME, STOCKS = "7102", "1402"
CASH_SHARE = 20  # one part in so many of the cash went into shares that no draw has put there
WHOLE = 100  # %
COMPANIES_PER_HOLDER = 30
MOST_HELD = 2  # companies, by one holder
LARGEST_SHARE = 3  # a dividend is at most one part in so many of the holder's other expenses


class Funds(NamedTuple):
    """What matters of a ledger here, in book units: the dividend it pays, its other expenses."""

    dividend: int
    expenses: int

    @classmethod
    def of(cls, ledger: Ledger) -> Funds:
        return cls(ledger.dividend, ledger.pl[OTHER_SGA])


def draw_holders(
    companies: list[Company], funds: Mapping[str, Funds], rates: RateTable, rng: random.Random
) -> dict[str, Company]:
    """Holder by the code of the company it holds: both in one region, the holder wholly owned by the parent."""
    payers: dict[str, list[Company]] = {}
    for company in companies:
        if funds[company.code].dividend:
            payers.setdefault(company.region, []).append(company)
    owners = [c for c in companies if c.share == WHOLE and c.shape != "dormant"]
    rng.shuffle(owners)
    held: dict[str, Company] = {}
    holders: set[str] = set()
    for holder in owners:
        if len(holders) >= max(1, len(companies) // COMPANIES_PER_HOLDER):
            break
        taken = {*held, *holders, holder.code}
        open_ = [c for c in payers.get(holder.region, ()) if c.code not in taken]
        fitting = [c for c in open_ if holder.code not in held and _fits(c, holder, funds, rates)]
        for company in rng.sample(fitting, min(len(fitting), MOST_HELD)):
            held[company.code] = holder
            holders.add(holder.code)
    return held


def _fits(payer: Company, holder: Company, funds: Mapping[str, Funds], rates: RateTable) -> bool:
    row = dividend_income(payer, funds[payer.code].dividend, holder, rates)
    return 0 < row.amount * LARGEST_SHARE <= funds[holder.code].expenses


def receive(ledger: Ledger, amount: int, quarters: int) -> None:
    """Book the income in the holder's ledger; other expenses of the same amount leave profit and balances alone.

    Dividends are resolved in the first quarter, so the last of two quarters knows nothing of it.
    """
    if not ledger.closing[STOCKS]:  # who receives a dividend holds the shares
        paid = max(1, min(ledger.opening[CASH], ledger.closing[CASH]) // CASH_SHARE)
        for balances in (ledger.opening, ledger.closing):
            balances[STOCKS] += paid
            balances[CASH] -= paid
    for pl in (ledger.pl, ledger.quarter_pl) if quarters == 1 else (ledger.pl,):
        pl[DIVIDEND_INCOME] += amount
        pl[OTHER_SGA] += amount
