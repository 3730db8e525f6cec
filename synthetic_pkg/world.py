"""One dataset in memory: companies, rates, dealings, and the books as they will be submitted.

build_world draws the clean state from a seed; irregularities then edit the books and record it.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from synthetic_pkg.answers import Anomaly, Normalisation, Trap
from synthetic_pkg.chart import CASH, COST_OF_SALES, DIFFERENCE_BS, OTHER_SGA, accounts
from synthetic_pkg.edits import Edits
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.group import OUTSIDE_CODE, PARENT_CODE, Company, draw_group
from synthetic_pkg.intercompany import BALANCES, TRADE, Row, draw_dealings, outside_dealing, rows_of
from synthetic_pkg.layout import OPTIONAL_SHEETS
from synthetic_pkg.ledger import Ledger, draw_ledger, draw_sales_yen
from synthetic_pkg.rates import RateTable, draw_rates
from synthetic_pkg.spec import DatasetSpec

if TYPE_CHECKING:
    from synthetic_pkg.irregularities.casting import Cast

BALANCING_LIABILITY = "2114"


@dataclass(frozen=True)
class Nudge:
    """A change of a few units that moves an answer off a rounding tie and keeps the ledger balanced."""

    company: str
    code: str
    delta: int


@dataclass(frozen=True)
class Reported:
    """A figure of sheet 03 or 04 that differs from the ledger. kept: 修正後 uses it as well."""

    value: int
    kept: bool


@dataclass
class Book:
    """One submitted file. missing: sheets that should be there; excluded: left out of 修正後 for another reason.

    reported: figures that differ from the ledger, by (sheet, account, column); edits: how its cells show.
    misscaled: the whole book is this many times too large, which 修正後 undoes.
    true_rows: rows as 修正後 takes them, when a fix changes the submitted ones.
    """

    company: Company
    version: int
    ledger: Ledger
    rows: list[Row]
    not_applicable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    footnotes: dict[str, str] = field(default_factory=dict)  # by account code of sheet 03
    comments: dict[tuple[str, str], str] = field(default_factory=dict)  # by (sheet, account), not the usual
    edits: Edits = field(default_factory=Edits)
    reported: dict[tuple[str, str, str], Reported] = field(default_factory=dict)
    misscaled: int = 1
    excluded: bool = False
    true_rows: list[Row] | None = None

    def copy(self) -> Book:
        return copy.deepcopy(self)

    def shown_value(self, sheet: str, address: str, default: Any) -> Any:
        """What a written cell shows; `default` when no edit touches the book."""
        return self.edits.shown_value(sheet, address, default)

    def submitted(self) -> Ledger:
        """The figures as the book shows them: the base of 提出値."""
        ledger = self._with(lambda figure: True)
        return ledger.times(self.misscaled) if self.misscaled != 1 else ledger

    def corrected(self) -> Ledger:
        """The figures once every `fix` of 要領 is applied: the base of 修正後."""
        return self._with(lambda figure: figure.kept)

    def corrected_rows(self) -> list[Row]:
        """Rows of 08 and 09 that 修正後 eliminates."""
        return self.rows if self.true_rows is None else self.true_rows

    def _with(self, wanted: Callable[[Reported], bool]) -> Ledger:
        chosen = {key: figure.value for key, figure in self.reported.items() if wanted(figure)}
        return self.ledger.replaced(chosen) if chosen else self.ledger


@dataclass
class World:
    """The state that plants edit and answers are worked out from."""

    companies: list[Company]
    rates: RateTable
    books: list[Book]
    in_deficit: list[str]
    with_outside_partner: list[str]
    anomalies: list[Anomaly] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)
    reserved: set[str] = field(default_factory=set)
    withdrawn: dict[str, Ledger] = field(default_factory=dict)  # of companies whose file is not submitted
    master_notes: dict[str, str] = field(default_factory=dict)  # 備考 of 会社一覧, by company
    cast: Cast | None = None  # who may carry what; None: each company one plant at most (core)

    def __post_init__(self) -> None:
        self.company = {c.code: c for c in self.companies}

    def book(self, code: str) -> Book:
        """The latest version submitted by a company; KeyError when it submitted nothing."""
        return max((b for b in self.books if b.company.code == code), key=lambda b: b.version)

    def latest(self) -> list[Book]:
        """The latest version of each company that submitted one, in the order of the companies."""
        newest: dict[str, Book] = {}
        for book in self.books:
            kept = newest.get(book.company.code)
            if kept is None or kept.version < book.version:
                newest[book.company.code] = book
        return [newest[c.code] for c in self.companies if c.code in newest]

    def withdraw(self, book: Book) -> None:
        """Take a company's only book out of what was submitted."""
        self.books.remove(book)
        self.withdrawn[book.company.code] = book.ledger

    def free(self) -> list[Book]:
        """Books of active companies that carry no plant yet."""
        return [
            b for b in self.latest() if b.company.code not in self.reserved and b.company.shape != "dormant"
        ]

    def pick(
        self, kind: str, count: int, rng: random.Random, fits: Callable[[Book], bool] = lambda book: True
    ) -> list[Book]:
        """`count` free books that fit, reserved for this kind. DatasetError when there are not enough."""
        if self.cast:
            chosen = self.cast.pick(kind, count, rng, [b for b in self.latest() if fits(b)])
            self.enough(kind, count, len(chosen))
            return chosen
        candidates = [book for book in self.free() if fits(book)]
        self.enough(kind, count, len(candidates))
        chosen = rng.sample(candidates, count)
        self.reserved.update(book.company.code for book in chosen)
        return chosen

    def enough(self, kind: str, wanted: int, available: int) -> None:
        if wanted > available:
            raise DatasetError(
                f"dataset: {kind}: {wanted} wanted, but only {available} of {len(self.companies)} companies "
                f"can still carry it; lower irregularities.{kind} or raise companies"
            )


def stream(seed: int, purpose: str) -> random.Random:
    """An own random stream for each purpose, so that one draw more in one place changes nothing elsewhere."""
    return random.Random(f"{seed}/{purpose}")


def build_world(spec: DatasetSpec, seed: int, nudges: Sequence[Nudge] = ()) -> World:
    """The clean group of (spec, seed): every company with one book, nothing planted yet."""
    mix = spec.mix()
    rates = draw_rates(stream(seed, "rates"))
    companies = _with_nudged_rates(draw_group(spec.companies, rates, stream(seed, "group")), nudges)
    active = [c for c in companies if c.shape != "dormant"]
    sales = {c.code: draw_sales_yen(c, stream(seed, f"sales/{c.code}")) for c in companies}
    rng = stream(seed, "roles")
    special = rng.sample(
        [c.code for c in active], min(len(active), mix.get("T01", 0) + mix.get("R08-trap", 0))
    )
    deficit, outside = special[: mix.get("T01", 0)], special[mix.get("T01", 0) :]
    dealings = draw_dealings(companies, sales, rates, stream(seed, "dealings"))
    by_company: dict[str, list[Row]] = {}
    for company in companies:
        own = [d for d in dealings if company.code in (d.creditor, d.debtor)]
        if company.code in outside:
            own.append(outside_dealing(company, sales[company.code], rates))
        by_company[company.code] = rows_of(company, own, rates)
    books = []
    for company in companies:
        rows = by_company[company.code]
        seed_name = "ledger/dormant" if company.shape == "dormant" else f"ledger/{company.code}"
        in_deficit = company.code in deficit
        ledger = draw_ledger(company, sales[company.code], rows, rates, in_deficit, stream(seed, seed_name))
        empty = OPTIONAL_SHEETS if company.shape == "dormant" else ()
        books.append(Book(company, 1, ledger, rows, not_applicable=empty))
    world = World(companies, rates, books, deficit, outside)
    for nudge in nudges:
        _apply(nudge, world.book(nudge.company))
    return world


def _with_nudged_rates(companies: list[Company], nudges: Sequence[Nudge]) -> list[Company]:
    """Historical rates are master data of the company, so their nudges come before the ledgers."""
    moved: dict[str, int] = {}
    for nudge in nudges:
        if _fx(nudge.code) == "HR":
            moved[nudge.company] = moved.get(nudge.company, 0) + nudge.delta
    return [replace(c, hr=c.hr + moved[c.code]) if c.code in moved else c for c in companies]


def _fx(code: str) -> str:
    return accounts()[code].fx


def _apply(nudge: Nudge, book: Book) -> None:
    fx, ledger = _fx(nudge.code), book.ledger
    if fx in ("RE", "CTA"):
        ledger.opening_re_yen += nudge.delta
    elif fx == "AR":
        other = COST_OF_SALES if nudge.code == OTHER_SGA else OTHER_SGA
        ledger.pl[nudge.code] += nudge.delta
        same_side = accounts()[nudge.code].side == accounts()[other].side
        ledger.pl[other] += -nudge.delta if same_side else nudge.delta
    elif fx == "CR":
        other = BALANCING_LIABILITY if nudge.code == CASH else CASH
        ledger.closing[nudge.code] += nudge.delta
        same_side = accounts()[nudge.code].side == accounts()[other].side
        ledger.closing[other] += -nudge.delta if same_side else nudge.delta
    elif fx == "差異":
        index = movable_row(book, nudge.code)
        if index is not None:
            row = book.rows[index]
            book.rows[index] = replace(row, amount=row.amount - nudge.delta)


def movable_row(book: Book, difference_code: str) -> int | None:
    """Index of a row that is eliminated into this difference account and can lose a few units unnoticed."""
    sheet = BALANCES if difference_code == DIFFERENCE_BS else TRADE
    return next(
        (
            index
            for index, row in enumerate(book.rows)
            if row.sheet == sheet and row.partner not in (PARENT_CODE, OUTSIDE_CODE) and row.amount > 100
        ),
        None,
    )
