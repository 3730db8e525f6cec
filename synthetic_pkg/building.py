"""Draws the clean group of (spec, seed): every company with one book, its schedules and its archived figures.

Called by synthetic_pkg.settle, which adds nudges where an answer lies next to a rounding tie.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from synthetic_pkg.archive_figures import draw_prior
from synthetic_pkg.chart import CASH, COST_OF_SALES, OTHER_SGA, accounts
from synthetic_pkg.group import PARENT_CODE, Company, draw_group
from synthetic_pkg.intercompany import (
    Dealing,
    Row,
    dividend_row,
    draw_dealings,
    in_order,
    outside_dealing,
    rows_of,
)
from synthetic_pkg.layout import not_applicable
from synthetic_pkg.ledger import Draft, Ledger, draw_ledger, draw_sales_yen
from synthetic_pkg.period import PERIODS
from synthetic_pkg.rates import RateTable, draw_rates
from synthetic_pkg.schedule_draws import draw_schedules
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.world import Book, World, stream

BALANCING_LIABILITY = "2114"


@dataclass(frozen=True)
class Nudge:
    """A change of a few units that moves an answer off a rounding tie and keeps the ledger balanced.

    row: (partner, label) of the row to change, for a difference account.
    """

    company: str
    code: str
    delta: int
    row: tuple[str, str] = ("", "")


def build_world(spec: DatasetSpec, seed: int, nudges: Sequence[Nudge] = ()) -> World:
    """The clean group of (spec, seed), nothing planted yet."""
    mix, period = spec.mix(), PERIODS[spec.period]
    rates = draw_rates(stream(seed, "rates"), period.quarters)
    companies = _with_nudged_rates(draw_group(spec.companies, rates, stream(seed, "group")), nudges)
    sales = {c.code: draw_sales_yen(c, stream(seed, f"sales/{c.code}")) for c in companies}
    deficit, outside = _roles(companies, mix.get("T01", 0), mix.get("R08-trap", 0), stream(seed, "roles"))
    rows = _rows(companies, sales, rates, outside, seed)
    by_company: dict[str, list[Nudge]] = {}
    for nudge in nudges:
        by_company.setdefault(nudge.company, []).append(nudge)
    margins = {c.code: c.margin_bp for c in companies}
    books = []
    for company in companies:
        draft = Draft(
            company,
            sales[company.code],
            rows[company.code],
            company.code in deficit,
            period.quarters,
            dividends=spec.level != "core" or not company.overseas,
        )
        books.append(_book(draft, rates, by_company.get(company.code, []), margins, seed))
    priors = {book.company.code: book.prior for book in books}
    return World(period, companies, rates, books, deficit, outside, priors=priors, mix=mix)


def _roles(
    companies: list[Company], in_deficit: int, with_outside: int, rng: random.Random
) -> tuple[list[str], list[str]]:
    """Companies whose ledger is drawn for a trap: with net assets below zero; with a partner outside."""
    active = [c.code for c in companies if c.shape != "dormant"]
    special = rng.sample(active, min(len(active), in_deficit + with_outside))
    return special[:in_deficit], special[in_deficit:]


def _rows(
    companies: list[Company], sales: dict[str, int], rates: RateTable, outside: list[str], seed: int
) -> dict[str, list[Row]]:
    """The rows of 08 and 09 by company."""
    dealings = draw_dealings(companies, sales, rates, stream(seed, "dealings"))
    own: dict[str, list[Dealing]] = {code: [] for code in (PARENT_CODE, *(c.code for c in companies))}
    for dealing in dealings:
        own[dealing.creditor].append(dealing)
        own[dealing.debtor].append(dealing)
    for company in companies:
        if company.code in outside:
            own[company.code].append(outside_dealing(company, sales[company.code], rates))
    return {company.code: rows_of(company, own[company.code], rates) for company in companies}


def _book(
    draft: Draft, rates: RateTable, nudges: Iterable[Nudge], margins: dict[str, int], seed: int
) -> Book:
    """One company's book: ledger first, then what must tie to it."""
    company = draft.company
    name = "dormant" if company.shape == "dormant" else company.code  # dormant companies are twins
    ledger = draw_ledger(draft, rates, stream(seed, f"ledger/{name}"))
    rows = list(draft.rows)
    if ledger.dividend:
        rows = in_order([*rows, dividend_row(company, ledger.dividend)])
    for nudge in nudges:
        _apply(nudge, ledger, rows)
    schedules = draw_schedules(company, ledger, rows, stream(seed, f"schedules/{name}"))
    for stock in schedules.unrealised:
        stock.margin_bp = margins[stock.partner]
    prior = draw_prior(ledger, draft.quarters, stream(seed, f"prior/{name}"))
    return Book(company, 1, ledger, rows, schedules, prior, not_applicable=not_applicable(company, schedules))


def _with_nudged_rates(companies: list[Company], nudges: Sequence[Nudge]) -> list[Company]:
    """Historical rates are master data of the company, so their nudges come before the ledgers."""
    moved: dict[str, int] = {}
    for nudge in nudges:
        if _fx(nudge.code) == "HR":
            moved[nudge.company] = moved.get(nudge.company, 0) + nudge.delta
    return [replace(c, hr=c.hr + moved[c.code]) if c.code in moved else c for c in companies]


def _fx(code: str) -> str:
    return accounts()[code].fx


def _apply(nudge: Nudge, ledger: Ledger, rows: list[Row]) -> None:
    fx = _fx(nudge.code)
    if fx in ("RE", "CTA"):
        ledger.opening_re_yen += nudge.delta
    elif fx == "AR":
        other = COST_OF_SALES if nudge.code == OTHER_SGA else OTHER_SGA
        same_side = accounts()[nudge.code].side == accounts()[other].side
        for amounts in (ledger.pl, ledger.quarter_pl):
            amounts[nudge.code] += nudge.delta
            amounts[other] += -nudge.delta if same_side else nudge.delta
    elif fx == "CR":
        other = BALANCING_LIABILITY if nudge.code == CASH else CASH
        ledger.closing[nudge.code] += nudge.delta
        same_side = accounts()[nudge.code].side == accounts()[other].side
        ledger.closing[other] += -nudge.delta if same_side else nudge.delta
    elif fx == "差異":
        for index, row in enumerate(rows):
            if (row.partner, row.label) == nudge.row:
                rows[index] = replace(row, amount=row.amount - nudge.delta)
                return
