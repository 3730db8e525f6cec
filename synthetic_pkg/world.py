"""One dataset in memory: companies, rates, dealings, and the books as they will be submitted.

Drawn clean by synthetic_pkg.building; irregularities then edit the books and record it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from synthetic_pkg.answers import Anomaly, Normalisation, Trap
from synthetic_pkg.archive_figures import PriorBook
from synthetic_pkg.edits import Edits
from synthetic_pkg.errors import DoesNotFit
from synthetic_pkg.group import Company
from synthetic_pkg.intercompany import Row
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.packing import Parcel, Part, Shelf, often
from synthetic_pkg.period import Period
from synthetic_pkg.rates import RateTable
from synthetic_pkg.schedules import Schedules

if TYPE_CHECKING:
    from synthetic_pkg.irregularities.casting import Cast


@dataclass(frozen=True)
class Reported:
    """A figure of sheet 03 or 04 that differs from the ledger. kept: 修正後 uses it as well."""

    value: int
    kept: bool


@dataclass(frozen=True)
class Author:
    """Who wrote the comments of a copied book, and with which archived figures before them."""

    company: Company
    version: int
    prior: PriorBook


@dataclass
class Marks:
    """What planting left on a book; see Book for its parts."""

    footnotes: dict[str, str] = field(default_factory=dict)
    comments: dict[tuple[str, str], str] = field(default_factory=dict)
    edits: Edits = field(default_factory=Edits)
    used_rates: dict[str, int] = field(default_factory=dict)
    reported: dict[tuple[str, str, str], Reported] = field(default_factory=dict)
    true_rows: list[Row] | None = None
    author: Author | None = None


often(Marks())


class Book(Parcel):
    """One submitted file. missing: sheets that should be there; excluded: left out of 修正後 for another reason.

    misscaled: the whole book is this many times too large, which 修正後 undoes.
    true_rows: rows as 修正後 takes them, when a fix changes the submitted ones.
    """

    __slots__ = ("company", "excluded", "misscaled", "missing", "not_applicable", "version")

    ledger = Part[Ledger](0)
    rows = Part[list[Row]](1)
    schedules = Part[Schedules](2)
    prior = Part[PriorBook](3)
    marks = Part[Marks](4)

    def __init__(
        self,
        company: Company,
        version: int,
        ledger: Ledger,
        rows: list[Row],
        schedules: Schedules,
        prior: PriorBook,
        not_applicable: tuple[str, ...] = (),
    ) -> None:
        super().__init__([ledger, rows, schedules, prior, Marks()])
        self.company, self.version = company, version
        self.not_applicable = not_applicable
        self.missing: tuple[str, ...] = ()
        self.misscaled = 1
        self.excluded = False

    @property
    def footnotes(self) -> dict[str, str]:
        """By account code of sheet 03."""
        return self.marks.footnotes

    @property
    def comments(self) -> dict[tuple[str, str], str]:
        """By (sheet, account), where not the usual."""
        return self.marks.comments

    @property
    def edits(self) -> Edits:
        """How its cells show."""
        return self.marks.edits

    @property
    def used_rates(self) -> dict[str, int]:
        """Of sheet 18, "CR" | "AR", where not the group's."""
        return self.marks.used_rates

    @property
    def reported(self) -> dict[tuple[str, str, str], Reported]:
        """Figures that differ from the ledger, by (sheet, account, column)."""
        return self.marks.reported

    @property
    def author(self) -> Author:
        """Whose comments the book shows."""
        return self.marks.author or Author(self.company, self.version, self.prior)

    @property
    def true_rows(self) -> list[Row] | None:
        return self.marks.true_rows

    @true_rows.setter
    def true_rows(self, rows: list[Row] | None) -> None:
        self.marks.true_rows = rows

    def __getstate__(self) -> tuple[Any, ...]:
        own = (self.company, self.version, self.not_applicable, self.missing, self.misscaled, self.excluded)
        return (*own, self.packed())

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        *own, packed = state
        self.company, self.version, self.not_applicable, self.missing, self.misscaled, self.excluded = own
        self.unpacked(packed)

    def copy(self) -> Book:
        """The same book again, to be changed for itself."""
        twin = Book.__new__(Book)
        twin.__setstate__(self.__getstate__())
        twin.put_on(self._shelf)
        return twin

    def take_figures(self, other: Book) -> None:
        """Show everything the other book shows; company, version and file stay one's own."""
        twin = other.copy()
        edits, twin.marks.edits = self.edits, Edits()
        self.marks = twin.marks
        self.marks.edits, self.marks.author = edits, twin.author
        self.ledger, self.rows, self.schedules = twin.ledger, twin.rows, twin.schedules
        self.not_applicable, self.missing = twin.not_applicable, twin.missing
        self.misscaled, self.excluded = twin.misscaled, twin.excluded

    def shown_value(self, sheet: str, address: str, default: Any) -> Any:
        """What a written cell shows; `default` when no edit touches the book."""
        return self.edits.shown_value(sheet, address, default)

    def submitted(self) -> Ledger:
        """The figures as the book shows them: the base of 提出値."""
        ledger = self.shown()
        return ledger.times(self.misscaled) if self.misscaled != 1 else ledger

    def shown(self) -> Ledger:
        """The same in the unit the book should have."""
        return self._with(lambda figure: True)

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

    period: Period
    companies: list[Company]
    rates: RateTable
    books: list[Book]
    in_deficit: list[str]
    with_outside_partner: list[str]
    newcomers: list[str] = field(default_factory=list)  # newly consolidated: without an archived book
    anomalies: list[Anomaly] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)
    normalisations: list[Normalisation] = field(default_factory=list)
    reserved: set[str] = field(default_factory=set)
    withdrawn: dict[str, Book] = field(default_factory=dict)  # of companies whose file is not submitted
    holders: dict[str, str] = field(default_factory=dict)  # the subsidiary that holds a company, by company
    master_notes: dict[str, str] = field(default_factory=dict)  # 備考 of 会社一覧, by company
    cast: Cast | None = None  # who may carry what; None: each company one plant at most (core)
    shelf: Shelf = field(default_factory=Shelf)  # keeps most books packed

    def __post_init__(self) -> None:
        self.company = {c.code: c for c in self.companies}

    def add(self, book: Book) -> None:
        """Take in the next company's clean book."""
        book.close()
        book.put_on(self.shelf)
        self.books.append(book)

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

    def note(self, code: str, text: str) -> None:
        """Add to a company's 備考 in 会社一覧."""
        self.master_notes[code] = "。".join(filter(None, (self.master_notes.get(code, ""), text)))

    def withdraw(self, book: Book) -> None:
        """Take a company's only book out of what was submitted."""
        self.books.remove(book)
        self.withdrawn[book.company.code] = book

    def book_of_each(self) -> Iterator[Book]:
        """One book of every company, its latest or the one that was withdrawn."""
        newest = {book.company.code: book for book in self.latest()} | self.withdrawn
        return (newest[company.code] for company in self.companies)

    def free(self) -> list[Book]:
        """Books of active companies that carry no plant yet."""
        return [
            b for b in self.latest() if b.company.code not in self.reserved and b.company.shape != "dormant"
        ]

    def pick(
        self, kind: str, count: int, rng: random.Random, fits: Callable[[Book], bool] = lambda book: True
    ) -> list[Book]:
        """`count` free books that fit, reserved for this kind. DoesNotFit when there are not enough.

        fits only looks at a book: what it would change is lost.
        """

        def fitting(book: Book) -> bool:
            return self.shelf.look(book, fits)

        if self.cast:
            chosen = self.cast.pick(kind, count, rng, self.latest(), fitting)
            self.enough(kind, count, len(chosen))
            return chosen
        candidates = [book for book in self.free() if fitting(book)]
        self.enough(kind, count, len(candidates))
        chosen = rng.sample(candidates, count)
        self.reserved.update(book.company.code for book in chosen)
        return chosen

    def may_carry(self, book: Book, kind: str) -> bool:
        """Would pick consider this book for the kind?"""
        code = book.company.code
        open_ = self.cast.may_carry(code, kind) if self.cast else code not in self.reserved
        return open_ and book.company.shape != "dormant"

    def reserve(self, code: str, kind: str) -> None:
        """Keep a company for one kind."""
        self.reserved.add(code)
        if self.cast:
            self.cast.book(code, kind)

    def enough(self, kind: str, wanted: int, available: int) -> None:
        if wanted > available:
            raise DoesNotFit(
                f"dataset: {kind}: {wanted} wanted, but only {available} of {len(self.companies)} companies "
                f"can still carry it; lower irregularities.{kind} or raise companies"
            )


def stream(seed: int, purpose: str) -> random.Random:
    """An own random stream for each purpose, so that one draw more in one place changes nothing elsewhere."""
    return random.Random(f"{seed}/{purpose}")
