"""Balanced ledgers in whole units of each company's book: opening and closing BS, PL and last year's PL.

Amounts stand on the natural side of the account (contra lines negative); both balance sheets balance exactly.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from synthetic_pkg import wear
from synthetic_pkg.chart import (
    ALLOWANCE,
    CAPITAL,
    CASH,
    COST_OF_SALES,
    CTA,
    NET_INCOME,
    OTHER_SGA,
    PAYABLE,
    RECEIVABLE,
    RETAINED_EARNINGS,
    SALES,
    SHORT_LOANS,
    SURPLUS,
    TAX,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES_AND_NET_ASSETS,
    add_up,
    details,
    read_rows,
    with_codes,
    without_codes,
)
from synthetic_pkg.comparatives import last_quarter, prior_pl
from synthetic_pkg.group import Company, cost_per_head
from synthetic_pkg.intercompany import Row
from synthetic_pkg.rates import MICRO, RateTable
from synthetic_pkg.taxing import (
    BASIS_POINTS,
    DEFERRED_ASSET,
    DEFERRED_LIABILITY,
    DEFERRED_TAX,
    TAX_PAYABLE,
    charge_taxes,
    net_deferred,
    owe_taxes,
)
from synthetic_pkg.wear import DEPRECIATION, LEASES

PERMILLE = 1000
SMALL_MOVE, LARGE_MOVES = (9550, 10_450), ((6600, 7900), (12_600, 13_800))  # 1/10,000 of the closing figure
UNMOVED = {CAPITAL, SURPLUS, "1204", "1402"}
BONUS, BONUS_EXPENSE = BONUSES = ("2112", "6103")
NEVER_ZERO = {CASH, RECEIVABLE, PAYABLE, SALES, COST_OF_SALES, ALLOWANCE, "1203", DEPRECIATION}
NEVER_ZERO |= {*LEASES, *BONUSES}
STEADY = {
    "1404",
    "2113",
    "2204",
    "2205",
    *LEASES,
}  # by estimate or contract: pensions, warranties, retirement of assets, leases
SECURITIES, VALUATION = "1401", "3201"
TREASURY = "3104"
INTEREST, EXCHANGE, IMPAIRMENT, GOODWILL = "7201", ("7103", "7202"), "8202", "1301"
INTEREST_BEARING = (SHORT_LOANS, "2105", "2201", "2106", "2202")
ONLY_DOMESTIC = ("1103", "2102")  # 電子記録債権・債務 stand on a Japanese register
NET_OF_TAX = ("3201", "3202", "3204")
IMPAIRED_PERMILLE = 80  # of companies
HOME_CURRENCY, HOME_LENDING_BP = "JPY", 130
QUARTERS = 4
LOW_PAY = 2500  # 千円 a head and year
SMALL_MARKET, LARGE_MARKET = (10.3, 9.4), (10.95, 9.6)  # largest and usual sales of a quarter, powers of ten

Amounts = dict[str, int]


@dataclass
class Ledger:
    """Amounts by account code, details only.

    pl: the year so far; quarter_pl: its last quarter; prior_pl: the same part of the year before.
    opening_re_yen: opening retained earnings in yen; dividend: paid this year, book units.
    """

    opening: dict[str, int]
    closing: dict[str, int]
    pl: dict[str, int]
    prior_pl: dict[str, int]
    opening_re_yen: int
    quarter_pl: dict[str, int]
    dividend: int = 0

    def __getstate__(self) -> tuple[Any, ...]:
        balances = (without_codes("BS", amounts) for amounts in (self.opening, self.closing))
        incomes = (without_codes("PL", amounts) for amounts in (self.pl, self.prior_pl, self.quarter_pl))
        return (*balances, *incomes, self.opening_re_yen, self.dividend)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        opening, closing, pl, prior_pl, quarter_pl, self.opening_re_yen, self.dividend = state
        self.opening, self.closing = with_codes("BS", opening), with_codes("BS", closing)
        self.pl, self.prior_pl = with_codes("PL", pl), with_codes("PL", prior_pl)
        self.quarter_pl = with_codes("PL", quarter_pl)

    def imbalance(self, amounts: dict[str, int]) -> int:
        """資産合計 − 負債純資産合計 of one of the two balance sheets."""
        totals = add_up("BS", amounts)
        return totals[TOTAL_ASSETS] - totals[TOTAL_LIABILITIES_AND_NET_ASSETS]

    def replaced(self, figures: Mapping[tuple[str, str, str], int]) -> Ledger:
        """A copy with other figures, by (sheet, account, column) as the book shows them."""
        changed = copy.deepcopy(self)
        columns = {
            ("03", "D"): changed.opening,
            ("03", "E"): changed.closing,
            ("04", "D"): changed.prior_pl,
            ("04", "E"): changed.pl,
            ("04", "F"): changed.quarter_pl,
        }
        for (sheet, code, column), value in figures.items():
            columns[(sheet, column)][code] = value
        return changed

    def times(self, factor: int) -> Ledger:
        """A copy with every figure of the book multiplied; opening_re_yen is not in the book."""
        changed = copy.deepcopy(self)
        parts = (changed.opening, changed.closing, changed.pl, changed.prior_pl, changed.quarter_pl)
        for amounts in parts:
            for code in amounts:
                amounts[code] *= factor
        changed.dividend *= factor
        return changed


@cache
def _profile(shape: str) -> dict[str, int]:
    return {row["code"]: int(row[shape]) for row in read_rows("profiles.csv")}


def draw_sales_yen(company: Company, rng: random.Random) -> int:
    """A quarter's sales in yen: 3億 to about 900億 (200億 where pay is low), small companies in the majority.

    None when dormant.
    """
    if company.shape == "dormant":
        return 0
    exponent = rng.triangular(8.5, *(SMALL_MARKET if cost_per_head(company) < LOW_PAY else LARGE_MARKET))
    return int(10**exponent) // 1_000_000 * 1_000_000


@dataclass(frozen=True)
class Draft:
    """What a ledger is drawn for. quarters: of the year so far; dividends: may the company pay one."""

    company: Company
    sales_yen: int
    rows: list[Row]
    in_deficit: bool
    quarters: int
    dividends: bool


def draw_ledger(draft: Draft, rates: RateTable, rng: random.Random) -> Ledger:
    """A ledger that holds the company's intercompany rows inside its accounts."""
    company = draft.company
    rate = rates[(company.currency, company.year_end)]
    if company.shape == "dormant":
        return _dormant(company, draft.quarters, rng)
    inside: dict[str, int] = {}
    for row in draft.rows:
        inside[row.code] = inside.get(row.code, 0) + row.amount
    base = max(
        2000, draft.sales_yen * MICRO // (rate.average * company.unit)
    )  # quarter's sales in book units
    profile = _profile(company.shape)
    closing = _closing(profile, base * rng.randint(22, 36) // 10, inside, draft, rng)
    interest = _interest(company, closing, inside, rng) * draft.quarters // QUARTERS
    most = wear.most_depreciation(closing, draft.quarters)
    pl = _pl(profile, base * draft.quarters, inside, interest, most, company.tax_bp, rng)
    wear.spread_leases(closing, pl[DEPRECIATION], draft.quarters, rng)
    remainder = owe_taxes(closing, pl[TAX], draft.quarters, rng)
    dividend = 0
    if draft.dividends and closing[RETAINED_EARNINGS] > 200 and rng.random() < 0.6:
        dividend = closing[RETAINED_EARNINGS] * rng.randint(15, 90) // PERMILLE
    opening = _opening(closing, pl, remainder, dividend, draft, rng)
    prior = prior_pl(pl, rng)
    quarter = last_quarter(pl, rng) if draft.quarters > 1 else dict(pl)
    opening_re = opening[RETAINED_EARNINGS] * company.unit * company.hr // MICRO
    if company.overseas:
        opening_re = opening_re * rng.randint(940, 1060) // 1000
    return Ledger(opening, closing, pl, prior, opening_re, quarter, dividend)


def _vary(amount: int, rng: random.Random, low: int = 70, high: int = 135) -> int:
    return amount * rng.randint(low, high) * 100 // 10_000 + rng.randint(0, 9) * (1 if amount > 200 else 0)


def _line(code: str, profile: dict[str, int], base: int, rng: random.Random) -> int:
    """One account's third-party part; small accounts are sometimes not used at all."""
    weight = profile.get(code, 0)
    if weight == 0 or (abs(weight) <= 12 and code not in NEVER_ZERO and rng.random() < 0.18):
        return 0
    if weight < 0:
        return -_vary(-weight * base // PERMILLE, rng)
    return _vary(weight * base // PERMILLE, rng)


@cache
def lending_rates() -> dict[str, int]:
    """What banks ask for a year, by currency, 1/10,000."""
    return {HOME_CURRENCY: HOME_LENDING_BP} | {
        row["currency"]: int(row["lending_bp"]) for row in read_rows("currencies.csv")
    }


def _interest(company: Company, closing: dict[str, int], inside: dict[str, int], rng: random.Random) -> int:
    """A year's interest on what is owed to others than the group."""
    owed = sum(closing[code] for code in INTEREST_BEARING) - inside.get(SHORT_LOANS, 0)
    return owed * lending_rates()[company.currency] * rng.randint(85, 115) // (100 * BASIS_POINTS)


def _pl(
    profile: Amounts, base: int, inside: Amounts, interest: int, most: int, tax_bp: int, rng: random.Random
) -> dict[str, int]:
    pl = dict.fromkeys(details("PL"), 0)
    for code in details("PL"):
        if code not in (SALES, COST_OF_SALES, INTEREST, TAX, DEFERRED_TAX):
            pl[code] = _line(code, profile, base, rng) + inside.get(code, 0)
    pl[INTEREST] = interest + inside.get(INTEREST, 0)
    pl[DEPRECIATION] = max(1, min(pl[DEPRECIATION], most))
    pl[rng.choice(EXCHANGE)] = 0  # gains and losses are netted
    if rng.randint(1, PERMILLE) > IMPAIRED_PERMILLE:
        pl[IMPAIRMENT] = 0
    pl[SALES] = base + inside.get(SALES, 0) // 3 + rng.randint(0, 9)
    pl[SALES] = max(pl[SALES], inside.get(SALES, 0) * 5 // 4)
    share = profile[COST_OF_SALES] * rng.randint(95, 103) // 100
    pl[COST_OF_SALES] = max(pl[SALES] * share // PERMILLE, inside.get(COST_OF_SALES, 0) * 21 // 20)
    charge_taxes(pl, tax_bp, rng)
    return pl


def _closing(
    profile: dict[str, int], base: int, inside: dict[str, int], draft: Draft, rng: random.Random
) -> dict[str, int]:
    """Third-party parts by profile plus the intercompany rows; retained earnings close the gap."""
    closing = dict.fromkeys(details("BS"), 0)
    equity = (CAPITAL, SURPLUS, RETAINED_EARNINGS, TREASURY, CTA, "3301")
    for code in details("BS"):
        if code not in equity:
            closing[code] = _line(code, profile, base, rng) + inside.get(code, 0)
            if draft.in_deficit and code.startswith("2"):
                closing[code] += closing[code] * 9 // 10
    for code in ONLY_DOMESTIC if draft.company.overseas else ():
        closing[code] = 0
    wear.settle_leases(closing, rng)
    closing[VALUATION] = min(closing[VALUATION], closing[SECURITIES] * 3 // 10)
    net_deferred(closing, closing[DEFERRED_ASSET] - closing[DEFERRED_LIABILITY])
    step = 10 ** max(0, len(str(base)) - 3)
    closing[CAPITAL] = max(step, base * rng.randint(40, 90) // PERMILLE // step * step)
    closing[SURPLUS] = closing[CAPITAL] // 2 if rng.random() < 0.6 else 0
    with_other_owners = draft.company.share < 100 and not draft.company.overseas
    if with_other_owners and rng.random() < 0.6:  # bought back from them
        closing[TREASURY] = -(closing[CAPITAL] * rng.randint(5, 40) // PERMILLE)
    _close(closing, RETAINED_EARNINGS)
    return closing


def _opening(
    closing: Amounts, pl: Amounts, taxes: int, dividend: int, draft: Draft, rng: random.Random
) -> dict[str, int]:
    """The balance sheet at the start of the year: lines moved a little, retained earnings less the profit.

    taxes: owed then.
    """
    profit = add_up("PL", pl)[NET_INCOME]
    opening = {}
    for code, amount in closing.items():
        if code in UNMOVED:
            opening[code] = amount
        elif code == RETAINED_EARNINGS:
            opening[code] = amount - profit + dividend
        elif code == TAX_PAYABLE:
            opening[code] = taxes
        else:
            large = rng.random() < 0.1 and amount >= 0 and code not in STEADY
            low, high = rng.choice(LARGE_MOVES) if large else SMALL_MOVE
            size = abs(amount) * rng.randint(low, high) // BASIS_POINTS
            opening[code] = size if amount >= 0 else -size
    opening[GOODWILL] = closing[GOODWILL] * rng.randint(1020, 1045) // PERMILLE  # it is only written off
    worn = wear.open_leases(opening, closing, draft.quarters, rng)
    wear.let_wear_off(opening, closing, pl[DEPRECIATION] * 4 // 5 - worn, draft.quarters)
    _roll_forward(opening, closing, pl, draft.company)
    _close(opening, CASH)
    floor = closing[CASH] // 5
    if opening[CASH] < floor:
        opening[SHORT_LOANS] += floor - opening[CASH]
        opening[CASH] = floor
    return opening


def _roll_forward(
    opening: dict[str, int], closing: dict[str, int], pl: dict[str, int], company: Company
) -> None:
    """Opening figures from which taxes, provisions and securities can have become the closing ones."""
    opening[VALUATION] = min(opening[VALUATION], opening[SECURITIES] * 3 // 10)
    if company.shape != "manufacturer":  # whose whole provision runs through 6103
        opening[BONUS] = max(opening[BONUS], closing[BONUS] - pl[BONUS_EXPENSE])
    through_income = closing[DEFERRED_ASSET] - closing[DEFERRED_LIABILITY] + pl[DEFERRED_TAX]
    moved = sum(tax_on_net(closing[c], company) - tax_on_net(opening[c], company) for c in NET_OF_TAX)
    net_deferred(opening, through_income + moved)


def tax_on_net(net: int, company: Company) -> int:
    """Deferred tax on an item of other comprehensive income that stands in net assets after tax."""
    size = abs(net) * company.tax_bp // (BASIS_POINTS - company.tax_bp)
    return size if net >= 0 else -size


def _close(amounts: dict[str, int], code: str) -> None:
    """Let one account take up the difference between the two sides."""
    amounts[code] = 0
    totals = add_up("BS", amounts)
    gap = totals[TOTAL_ASSETS] - totals[TOTAL_LIABILITIES_AND_NET_ASSETS]
    amounts[code] = gap if code == RETAINED_EARNINGS else -gap


def _dormant(company: Company, quarters: int, rng: random.Random) -> Ledger:
    """A company that only keeps its bank account: some cash, its capital, no trade."""
    capital = 10_000
    cash = capital - rng.randint(600, 2500)
    opening = {
        **dict.fromkeys(details("BS"), 0),
        CASH: cash,
        CAPITAL: capital,
        RETAINED_EARNINGS: cash - capital,
    }
    fees = rng.randint(11, 40)
    quarter = {**dict.fromkeys(details("PL"), 0), OTHER_SGA: fees}
    pl = {**quarter, OTHER_SGA: fees * quarters}
    left = cash - fees * quarters
    closing = {**opening, CASH: left, RETAINED_EARNINGS: left - capital}
    return Ledger(opening, closing, pl, dict(pl), opening[RETAINED_EARNINGS] * company.unit, quarter)
