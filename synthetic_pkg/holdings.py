"""Subsidiaries that are held through another one: their dividend goes to it instead of the parent.

Called by synthetic_pkg.building once every ledger of the group is drawn, before the schedules.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from synthetic_pkg.chart import CAPITAL, CASH, PRETAX, RETAINED_EARNINGS, SURPLUS, add_up
from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import dividend_income
from synthetic_pkg.ledger import PERMILLE, Ledger
from synthetic_pkg.rates import RateTable

DIVIDEND_INCOME, STOCKS = "7102", "1402"
WHOLE = 100  # %
COMPANIES_PER_HOLDER = 30
MOST_HELD = 2  # companies, by one holder
LARGEST_SHARE = 4  # what a holder receives, untaxed, is at most one part in so many of its other profit
YEAR_BEFORE = (800, 1150)  # 1/1,000 of this year's dividend


class Funds(NamedTuple):
    """What matters of a ledger here, in book units: the dividend it pays, profit before taxes, capital paid in."""

    dividend: int
    pretax: int
    paid_in: int

    @classmethod
    def of(cls, ledger: Ledger) -> Funds:
        paid_in = ledger.closing[CAPITAL] + ledger.closing[SURPLUS]
        return cls(ledger.dividend, add_up("PL", ledger.pl)[PRETAX], paid_in)


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
        if holder.code in held:
            continue
        taken = {*held, *holders, holder.code}
        open_ = [c for c in payers.get(holder.region, ()) if c.code not in taken]
        for company in _affordable(holder, rng.sample(open_, len(open_)), funds, rates):
            held[company.code] = holder
            holders.add(holder.code)
    return held


def _affordable(
    holder: Company, payers: list[Company], funds: Mapping[str, Funds], rates: RateTable
) -> Iterator[Company]:
    """The first payers whose dividends together stay small beside the profit of the holder."""
    room, taken = funds[holder.code].pretax // LARGEST_SHARE, 0
    for payer in payers:
        income = dividend_income(payer, funds[payer.code].dividend, holder, rates).amount
        if taken < MOST_HELD and 0 < income <= room:
            room, taken = room - income, taken + 1
            yield payer


def cost_of_shares(payer: Company, paid_in: int, holder: Company) -> int:
    """The holder's share of the capital paid in, in units of the holder's book; both at their historical rates."""
    micro_yen = paid_in * payer.share * payer.unit * payer.hr
    return -(-micro_yen // (WHOLE * holder.hr * holder.unit))


def hold(ledger: Ledger, cost: int) -> None:
    """Let the holder show at least what its shares cost; its parent has put in what is missing, years ago."""
    missing = max(0, cost - ledger.closing[STOCKS])
    for balances in (ledger.opening, ledger.closing):
        balances[STOCKS] += missing
        balances[SURPLUS] += missing


def receive(ledger: Ledger, amount: int, quarters: int, rng: random.Random) -> int:
    """Book a dividend in the holder's ledger, in cash and free of tax; the one of last year, which is returned, too.

    Dividends are resolved in the first quarter, so the last of two quarters knows nothing of it.
    """
    for pl in (ledger.pl, ledger.quarter_pl) if quarters == 1 else (ledger.pl,):
        pl[DIVIDEND_INCOME] += amount
    for code in (CASH, RETAINED_EARNINGS):
        ledger.closing[code] += amount
    last_year = amount * rng.randint(*YEAR_BEFORE) // PERMILLE
    ledger.prior_pl[DIVIDEND_INCOME] += last_year
    return last_year
