"""Draws borrowings, leases and securities of one company from its finished ledger (sheets 12 and 13)."""

from __future__ import annotations

import math
import random

from synthetic_pkg.chart import SALES
from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import BALANCES, Row
from synthetic_pkg.ledger import INTEREST, Ledger, tax_on_net
from synthetic_pkg.schedules import LEASE, LONG, SHORT, Borrowing, Security
from synthetic_pkg.wear import LEASED_CURRENT, LEASED_LATER, RIGHT_OF_USE, instalments

BASIS_POINTS = 10_000
DOMESTIC_BANKS = ("市中銀行A（架空）", "市中銀行B（架空）", "政府系金融機関C（架空）")
LOCAL_BANKS = ("現地銀行A（架空）", "現地銀行B（架空）", "邦銀現地支店C（架空）")
LESSOR = "リース会社D（架空）"
LISTED = ("上場銘柄A（架空）", "上場銘柄B（架空）")
UNLISTED = "非上場銘柄C（架空）"
LISTED_KIND, UNLISTED_KIND = "その他有価証券（上場）", "その他有価証券（非上場）"
RELATED = "関連会社E（架空）"
QUARTERS, MONTHS = 4, 12
FIRST_YEAR = 2026  # in which the years of the books begin or, with a year-end in December, which they are
SPREADS = {SHORT: -25, LONG: 10, LEASE: 15}  # 1/10,000, around what the company pays on average
LOWEST_BP = 10
PUNCTUAL = (900, 1150)  # 1/1,000 of what was due


def draw_borrowings(company: Company, ledger: Ledger, rows: list[Row], rng: random.Random) -> list[Borrowing]:
    """Rows that add up to 2104, to 2105 + 2201 and to 2106 + 2202, opening and closing; at rates that give 7201."""
    opening, closing = ledger.opening, ledger.closing
    banks = LOCAL_BANKS if company.overseas else DOMESTIC_BANKS
    found = []
    inside = [r for r in rows if r.sheet == BALANCES and r.label == SHORT]
    before, after = opening["2104"], closing["2104"]
    for row in inside:
        start = min(before, row.amount * rng.randint(85, 100) // 100)
        before, after = before - start, after - row.amount
        found.append(_row(SHORT, row.partner, "グループ会社", start, row.amount, row.amount, rng))
    if before or after:
        found.append(_row(SHORT, "", banks[0], before, after, after, rng))
    long_before, long_after = (amounts["2105"] + amounts["2201"] for amounts in (opening, closing))
    if long_before or long_after:
        share = rng.randint(40, 80)
        first = (long_before * share // 100, long_after * share // 100)
        current = closing["2105"] * share // 100
        found.append(_row(LONG, "", banks[1], *first, current, rng))
        rest = (long_before - first[0], long_after - first[1])
        found.append(_row(LONG, "", banks[2], *rest, closing["2105"] - current, rng))
    if closing[LEASED_CURRENT] or opening[LEASED_CURRENT]:
        found.append(_lease(ledger, rng))
    _set_rates(found, ledger, rows)
    for contract in found:
        if contract.kind == LEASE:
            contract.due = _last_instalment(contract, company.year_end, quarters_of(ledger))
    return found


def _lease(ledger: Ledger, rng: random.Random) -> Borrowing:
    """What was due in the period is repaid, about; rights of use rise by new leases only."""
    opening, closing = ledger.opening, ledger.closing
    before, after = (amounts[LEASED_CURRENT] + amounts[LEASED_LATER] for amounts in (opening, closing))
    repaid = instalments(opening, quarters_of(ledger), rng.randint(*PUNCTUAL))
    new = max(0, after - before + repaid, closing[RIGHT_OF_USE] - opening[RIGHT_OF_USE])
    return Borrowing(LEASE, "", LESSOR, 0, before, new, after - before - new, closing[LEASED_CURRENT], due="")


def _last_instalment(lease: Borrowing, year_end: int, quarters: int) -> str:
    """The quarter in which level payments end, of which those of the first year pay off `current`.

    Each year's principal is that of the year before plus the interest saved: a geometric series.
    """
    rate = lease.rate_bp / BASIS_POINTS
    years = math.log1p(lease.closing * rate / lease.current) / math.log1p(rate)
    month = year_end % MONTHS + 3 * (quarters + max(1, round(years * QUARTERS)))
    return f"{FIRST_YEAR + (month - 1) // MONTHS}年{(month - 1) % MONTHS + 1}月"


def _set_rates(contracts: list[Borrowing], ledger: Ledger, rows: list[Row]) -> None:
    """Rates a year at which the average balances cost the interest of the period: the group's first, then the rest."""
    annual = QUARTERS / max(1, quarters_of(ledger))
    left = ledger.pl[INTEREST] * annual
    for row in contracts:
        interest = sum(r.amount for r in rows if (r.partner, r.code) == (row.partner, INTEREST))
        if row.partner:
            row.rate_bp = _basis_points(interest * annual, _average(row))
            left -= interest * annual
    others = [row for row in contracts if not row.partner]
    owed = sum(map(_average, others))
    spread = sum(SPREADS[row.kind] * _average(row) for row in others)
    for row in others:
        row.rate_bp = max(
            LOWEST_BP, _basis_points(left, owed) + SPREADS[row.kind] - round(spread / max(1, owed))
        )


def quarters_of(ledger: Ledger) -> int:
    """How many quarters the income statement covers: one, two, or four in a book of the year before."""
    return round(ledger.pl[SALES] / ledger.quarter_pl[SALES])


def _average(row: Borrowing) -> float:
    return (row.opening + row.closing) / 2


def _basis_points(interest: float, balance: float) -> int:
    return round(interest * BASIS_POINTS / balance) if balance else 0


def _row(
    kind: str, partner: str, lender: str, opening: int, closing: int, current: int, rng: random.Random
) -> Borrowing:
    """One contract from opening to closing; something is borrowed and something repaid in most periods."""
    change = closing - opening
    turnover = min(opening, closing) * rng.randint(2, 9) // 100
    due = "2027年3月" if kind == SHORT else f"20{rng.randint(28, 34)}年{rng.choice((3, 6, 9, 12))}月"
    return Borrowing(
        kind=kind,
        partner=partner,
        lender=lender,
        rate_bp=0,
        opening=opening,
        borrowed=max(0, change) + turnover,
        repaid=min(0, change) - turnover,
        current=current,
        due=due,
    )


def draw_securities(company: Company, closing: dict[str, int], rng: random.Random) -> list[Security]:
    """Rows that add up to 1401, 1402 and, net of deferred tax, to 3201."""
    found = []
    book, net = closing["1401"], closing["3201"]
    if book:
        tax = tax_on_net(net, company)
        unlisted = max(0, book - 2 * (net + tax)) * rng.randint(10, 45) // 100
        found += _listed(company, book - unlisted, net + tax, tax, rng)
        if unlisted:
            found.append(Security(UNLISTED_KIND, UNLISTED, "1401", unlisted, unlisted))
    if closing["1402"]:
        found.append(Security("関係会社株式", RELATED, "1402", closing["1402"], closing["1402"]))
    return found


def _listed(company: Company, fair: int, gain: int, tax: int, rng: random.Random) -> list[Security]:
    """Two stocks that share a valuation difference unevenly: one did better than the other, which may have lost."""
    first = fair * rng.randint(40, 60) // 100
    apart = rng.choice((-1, 1)) * min(first, fair - first) * rng.randint(20, 120) // 1000
    first_gain = (gain * first // fair if fair else 0) + apart
    first_tax = first_gain * company.tax_bp // BASIS_POINTS
    return [
        Security(LISTED_KIND, LISTED[0], "1401", first - first_gain, first, first_tax),
        Security(
            LISTED_KIND, LISTED[1], "1401", fair - first - gain + first_gain, fair - first, tax - first_tax
        ),
    ]
