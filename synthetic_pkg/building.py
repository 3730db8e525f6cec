"""Draws the clean group of (spec, seed): every company with one book, its schedules and its archived figures.

Called by synthetic_pkg.settle, which adds nudges where an answer lies next to a rounding tie.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from synthetic_pkg.archive_figures import draw_prior
from synthetic_pkg.chart import CASH, COST_OF_SALES, OTHER_SGA, SALES, accounts
from synthetic_pkg.comments import LARGE_PERCENT
from synthetic_pkg.group import PARENT_CODE, Company, draw_group
from synthetic_pkg.holdings import DIVIDEND_INCOME, WHOLE, Funds, cost_of_shares, draw_holders, hold, receive
from synthetic_pkg.intercompany import (
    Dealing,
    Row,
    dividend_income,
    dividend_row,
    draw_dealings,
    in_order,
    outside_dealing,
    rows_of,
    with_reported,
)
from synthetic_pkg.layout import not_applicable
from synthetic_pkg.ledger import Draft, Ledger, draw_ledger, draw_sales_yen
from synthetic_pkg.packing import Shelf, pack, unpack
from synthetic_pkg.period import PERIODS
from synthetic_pkg.rates import RateTable, draw_rates
from synthetic_pkg.schedule_draws import draw_schedules, makers_of
from synthetic_pkg.schedules import Note
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.world import Book, World, stream

BALANCING_LIABILITY = "2114"
NO_ROW = ("", "")
NEWCOMER_SALES_YEN = 1_000_000_000  # a quarter: large enough for movements that others must comment on
NEWCOMER_TRAPS = ("R01-new-trap", "R18-new-trap", "R24-new-trap")


@dataclass(frozen=True)
class Nudge:
    """A change of a few units that moves an answer off a rounding tie and keeps the ledger balanced.

    against: the account that takes it up. row: (partner, label) of the row to change instead of the ledger;
    tx_delta: by how much in its own currency, of which its amount in the book follows.
    """

    company: str
    code: str
    delta: int
    against: str = ""
    row: tuple[str, str] = NO_ROW
    tx_delta: int = 0


def build_world(spec: DatasetSpec, seed: int, nudges: Sequence[Nudge] = ()) -> World:
    """The clean group of (spec, seed), nothing planted yet."""
    return CleanGroup(spec, seed).world(nudges)


class CleanGroup:
    """The group of (spec, seed), drawn company by company; with other nudges, only the nudged ones again.

    What it keeps is packed, so that a company takes a few KB.
    """

    def __init__(self, spec: DatasetSpec, seed: int) -> None:
        self._spec, self._seed, self._mix, self._period = spec, seed, spec.mix(), PERIODS[spec.period]
        self._rates = draw_rates(stream(seed, "rates"), self._period.quarters)
        self._companies = draw_group(spec.companies, self._rates, stream(seed, "group"))
        self._makers = makers_of(self._companies)
        self._margins = {c.code: c.margin_bp for c in self._companies}
        self._sales = {c.code: draw_sales_yen(c, stream(seed, f"sales/{c.code}")) for c in self._companies}
        self._roles = _roles(self._companies, self._sales, self._mix, stream(seed, "roles"))
        self._special = tuple(map(frozenset, self._roles))
        self._dealings = self._draw_dealings()
        self._ledgers: dict[str, bytes] = {}  # rows and ledgers of companies whose book is still to be drawn
        self._clean: dict[str, tuple[list[Nudge], Book]] = {}
        self._funds: dict[str, Funds] = {}
        self._holders = self._draw_holders()
        self._held: dict[str, list[Company]] = {}
        for company in self._companies:
            if company.code in self._holders:
                self._held.setdefault(self._holders[company.code].code, []).append(company)

    def world(self, nudges: Sequence[Nudge] = ()) -> World:
        """Every company with its clean book."""
        by_company: dict[str, list[Nudge]] = {}
        for nudge in nudges:
            by_company.setdefault(nudge.company, []).append(nudge)
        books = [self._book(company, by_company.get(company.code, [])) for company in self._companies]
        companies = [book.company for book in books]
        world = World(self._period, companies, self._rates, [], *self._roles, shelf=Shelf())
        for book in books:
            world.add(book)
        for code, holder in self._holders.items():
            world.holders[code] = holder.code
            world.note(code, f"{holder.code}を通じて保有（配当は{holder.code}へ支払う）")
        for code in world.newcomers:
            world.note(code, f"新規連結（重要性が増したため{self._since}から。みなし連結日は期首）")
        return world

    def _draw_dealings(self) -> dict[str, list[Dealing]]:
        """Each company's own, as creditor or debtor."""
        own: dict[str, list[Dealing]] = {code: [] for code in (PARENT_CODE, *self._sales)}
        rng = stream(self._seed, "dealings")
        for dealing in draw_dealings(self._companies, self._sales, self._period.quarters, self._rates, rng):
            own[dealing.creditor].append(dealing)
            own[dealing.debtor].append(dealing)
        _, outside, _ = self._special
        for company in self._companies:
            if company.code in outside:
                own[company.code].append(outside_dealing(company, self._sales[company.code], self._rates))
        return own

    def _draw_holders(self) -> dict[str, Company]:
        """Holders by whom they hold. Every ledger is drawn for it, and kept for the book."""
        deficit, _, newcomers = self._special
        for company in self._companies:
            rows, ledger = self._draw_ledger(company)
            self._funds[company.code] = Funds.of(ledger)
            self._ledgers[company.code] = pack((rows, ledger))
        established = [c for c in self._companies if c.code not in newcomers and c.code not in deficit]
        return draw_holders(established, self._funds, self._rates, stream(self._seed, "holders"))

    def _draw_ledger(self, company: Company) -> tuple[list[Row], Ledger]:
        """What the company has with others, and the ledger that holds it; no dividends yet."""
        deficit, _, newcomers = self._special
        may_pay = company.code not in newcomers and (self._spec.level != "core" or not company.overseas)
        draft = Draft(
            company,
            self._sales[company.code],
            rows_of(company, self._dealings[company.code], self._rates),
            company.code in deficit,
            self._period.quarters,
            dividends=may_pay,
        )
        ledger = draw_ledger(draft, self._rates, self._stream("ledger", company))
        if company.code in newcomers:
            ledger.prior_pl = dict.fromkeys(ledger.prior_pl, 0)
        return draft.rows, ledger

    def _book(self, company: Company, nudges: list[Nudge]) -> Book:
        """The company's clean book, to be planted on; drawn unless it was drawn with these nudges already."""
        known = self._clean.get(company.code)
        if not known or known[0] != nudges:
            known = nudges, self._draw_book(_with_nudged_rate(company, nudges), nudges)
            known[1].close()
            self._clean[company.code] = known
        return known[1].copy()

    def _draw_book(self, company: Company, nudges: list[Nudge]) -> Book:
        """The ledger and the dividends first, then what must tie to them."""
        packed = self._ledgers.pop(company.code, None)
        rows, ledger = unpack(packed) if packed and not nudges else self._draw_ledger(company)
        received, year_before = self._book_dividends(company, rows, ledger)
        rows = in_order(rows)
        for nudge in nudges:
            _apply(nudge, company, self._rates, ledger, rows)
        schedules = draw_schedules(company, ledger, rows, self._makers, self._stream("schedules", company))
        for stock in schedules.unrealised:
            stock.margin_bp = self._margins[stock.partner]
        rng = self._stream("prior", company)
        prior = draw_prior(company, ledger, self._period.quarters, year_before, rng)
        absent = not_applicable(company, schedules)
        book = Book(company, 1, ledger, rows, schedules, prior, not_applicable=absent)
        *_, newcomers = self._special
        if company.code in newcomers:
            text = f"重要性が増したため、{self._since}から連結の範囲に含めた（みなし連結日は期首）"
            schedules.notes.append(Note("連結範囲", "連結の範囲の変更", text))
            book.comments[("04", SALES)] = "新規連結のため前年同期なし"
        if received and _grew(ledger, DIVIDEND_INCOME):
            book.comments[("04", DIVIDEND_INCOME)] = "子会社からの配当金の受取による"
        return book

    def _book_dividends(self, company: Company, rows: list[Row], ledger: Ledger) -> tuple[int, int]:
        """Put dividends into rows: those that subsidiaries pay to this company, also into its ledger with the shares
        it holds; its own.

        What it received this year and the year before.
        """
        received = year_before = cost = 0
        rng = self._stream("received", company)
        for payer in self._held.get(company.code, ()):
            income = dividend_income(payer, self._funds[payer.code].dividend, company, self._rates)
            rows.append(income)
            received += income.amount
            year_before += receive(ledger, income.amount, self._period.quarters, rng)
            cost += cost_of_shares(payer, self._funds[payer.code].paid_in, company)
        hold(ledger, cost)
        if ledger.dividend:
            holder = self._holders.get(company.code)
            rows.append(dividend_row(company, ledger.dividend, holder.code if holder else PARENT_CODE))
        return received, year_before

    def _stream(self, purpose: str, company: Company) -> random.Random:
        """A company's own stream; dormant companies share one, so that they are twins."""
        return stream(self._seed, f"{purpose}/{'dormant' if company.shape == 'dormant' else company.code}")

    @property
    def _since(self) -> str:
        return f"当第{self._period.quarters}四半期"


def _roles(
    companies: list[Company], sales: dict[str, int], mix: dict[str, int], rng: random.Random
) -> tuple[list[str], list[str], list[str]]:
    """Companies whose ledger is drawn for a trap: with net assets below zero; with a partner outside; new ones."""
    active = [c.code for c in companies if c.shape != "dormant"]
    in_deficit, outside = mix.get("T01", 0), mix.get("R08-trap", 0)
    special = rng.sample(active, min(len(active), in_deficit + outside))
    fitting = [code for code in active if code not in special and sales[code] >= NEWCOMER_SALES_YEN]
    newcomers = rng.sample(fitting, min(len(fitting), max(mix.get(trap_id, 0) for trap_id in NEWCOMER_TRAPS)))
    return special[:in_deficit], special[in_deficit:], newcomers


def _with_nudged_rate(company: Company, nudges: Iterable[Nudge]) -> Company:
    """The historical rate is master data of the company, so its nudges come before the ledger."""
    moved = sum(nudge.delta for nudge in nudges if _fx(nudge.code) == "HR")
    return replace(company, hr=company.hr + moved) if moved else company


def _grew(ledger: Ledger, code: str) -> bool:
    """By so much that the line wants a comment."""
    before = ledger.prior_pl[code]
    return (ledger.pl[code] - before) * WHOLE >= before * LARGE_PERCENT


def _fx(code: str) -> str:
    return accounts()[code].fx


def counterpart(code: str, turn: int) -> str:
    """An account that can take up a nudge of this one; another in the next turn, if there is one."""
    able = (OTHER_SGA, COST_OF_SALES) if _fx(code) == "AR" else (CASH, BALANCING_LIABILITY)
    others = [other for other in able if other != code]
    return others[turn % len(others)]


def change_of_counterpart(code: str, other: str) -> int:
    """What one unit more of this account is for the one that takes it up."""
    return -1 if accounts()[code].side == accounts()[other].side else 1


def _apply(nudge: Nudge, company: Company, rates: RateTable, ledger: Ledger, rows: list[Row]) -> None:
    fx = _fx(nudge.code)
    if nudge.row != NO_ROW:
        for index, row in enumerate(rows):
            if (row.partner, row.label) == nudge.row:
                if nudge.tx_delta:
                    rows[index] = with_reported(row, row.tx_amount - nudge.tx_delta, company, rates)
                else:
                    rows[index] = replace(row, amount=row.amount - nudge.delta)
                return
    elif fx in ("RE", "CTA"):
        ledger.opening_re_yen += nudge.delta
    elif fx in ("AR", "CR"):
        other, change = nudge.against, change_of_counterpart(nudge.code, nudge.against)
        for amounts in (ledger.pl, ledger.quarter_pl) if fx == "AR" else (ledger.closing,):
            amounts[nudge.code] += nudge.delta
            amounts[other] += change * nudge.delta
