"""Adds a group up as somebody would who sees it wrongly, and tells the exact difference to the right totals.

A mistake is a `See`: a function that gives the world as it would be seen (other books, rates or companies), on
which translation and elimination run as they are. Called by the modules of synthetic_pkg.mistakes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from synthetic_pkg.answers import Basis
from synthetic_pkg.chart import CTA, TOTAL_ASSETS, add_up
from synthetic_pkg.layout import CURRENT, cell
from synthetic_pkg.ledger import Ledger
from synthetic_pkg.mistakes.model import BySegment, Mistake
from synthetic_pkg.rates import RateTable
from synthetic_pkg.translation import eliminations, included, translate
from synthetic_pkg.world import Book, Reported, World

BASES: tuple[Basis, Basis] = ("提出値", "修正後")
Amounts = dict[str, int]  # account -> micro-yen
# A company's translated figures as they come out instead; the ledger is the one that the basis counts.
Retell = Callable[[Book, Ledger, Amounts, RateTable], Amounts]
Change = Callable[[Book], Book | None]
Sums = dict[tuple[Basis, str, str], int]  # basis, segment, account


@dataclass(frozen=True)
class Seen:
    """A world as it is seen wrongly. retell: what goes wrong after a book is translated.

    tell: the books are seen wrongly; move: eliminations are. bases: where the mistake is made.
    """

    world: World
    retell: Retell | None = None
    tell: bool = True
    move: bool = True
    bases: tuple[Basis, ...] = BASES


def counted(world: World, basis: Basis) -> list[Book]:
    """The books whose figures a basis adds up."""
    return world.latest() if basis == "提出値" else included(world)


def figures(book: Book, basis: Basis, rates: RateTable, retell: Retell | None = None) -> Amounts:
    """One book's translated accounts as a basis counts them."""
    ledger = book.submitted() if basis == "提出値" else book.corrected()
    amounts = translate(book, rates, ledger)
    return retell(book, ledger, amounts, rates) if retell else amounts


def moved(world: World, basis: Basis = "修正後") -> dict[tuple[str, str], int]:
    """What eliminations move, by (segment, account)."""
    sums: dict[tuple[str, str], int] = {}
    for company, code, amount in eliminations(world, basis):
        key = (world.company[company].segment, code)
        sums[key] = sums.get(key, 0) + amount
    return sums


class Recount:
    """The right totals of a world, and what a wrong view of it adds to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.moves = moved(world)

    def difference(self, seen: Seen) -> Sums:
        """Wrong minus right, zeros left out."""
        sums: Sums = {}
        for basis in seen.bases if seen.tell else ():
            self._books(seen, basis, sums)
        if seen.move and "修正後" in seen.bases:
            for sign, moves in ((1, moved(seen.world)), (-1, self.moves)):
                add_moves(sums, moves, sign)
        return {key: amount for key, amount in sums.items() if amount}

    def _books(self, seen: Seen, basis: Basis, sums: Sums) -> None:
        right = {id(book): book for book in counted(self.world, basis)}
        wrong = {id(book): book for book in counted(seen.world, basis)}
        for sign, world, books, others, retell in (
            (-1, self.world, right, wrong, None),
            (1, seen.world, wrong, right, seen.retell),
        ):
            for key, book in books.items():
                if key not in others or seen.retell or self._dearer(seen.world, book):
                    segment = world.company[book.company.code].segment
                    for code, amount in figures(book, basis, world.rates, retell).items():
                        sums[(basis, segment, code)] = sums.get((basis, segment, code), 0) + sign * amount

    def _dearer(self, wrong: World, book: Book) -> bool:
        """Is the book translated at other rates there?"""
        key = (book.company.currency, book.company.year_end)
        return wrong.rates is not self.world.rates and wrong.rates[key] != self.world.rates[key]


def add_moves(sums: Sums, moves: Mapping[tuple[str, str], int], sign: int) -> None:
    """Add (segment, account) amounts to 修正後."""
    for (segment, code), amount in moves.items():
        key: tuple[Basis, str, str] = ("修正後", segment, code)
        sums[key] = sums.get(key, 0) + sign * amount


def mistake(id_: str, title: str, sums: Mapping[tuple[Basis, str, str], int], evidence: str = "") -> Mistake:
    """A line of the file from differences by (basis, segment, account)."""
    deltas: dict[Basis, BySegment] = {}
    for (basis, segment, code), amount in sums.items():
        if amount:
            deltas.setdefault(basis, {}).setdefault(segment, {})[code] = amount
    return Mistake(id=id_, title=title, evidence=evidence, deltas=deltas)


# ---------------------------------------------------------------- ways to see a world wrongly


class OpenBook(Book):
    """A book whose parts stay open, and whose copies share with it what they do not change."""

    __slots__ = ()

    def __init__(self, book: Book) -> None:
        super().__init__(
            book.company,
            book.version,
            book.ledger,
            book.rows,
            book.schedules,
            book.prior,
            book.not_applicable,
        )
        self.marks = copy.copy(book.marks)
        self.missing, self.misscaled, self.excluded = book.missing, book.misscaled, book.excluded

    def __copy__(self) -> OpenBook:
        return OpenBook(self)


def opened(world: World) -> World:
    """The same world with every book open: a mistake looks at all of them, again and again."""
    wide = copy.copy(world)
    wide.books = [OpenBook(book) for book in world.books]
    return wide


def seen_through(world: World, change: Change, rates: RateTable | None = None) -> World:
    """The world with every book as `change` gives it (the book itself where nothing changes, None: not there)."""
    wrong = copy.copy(world)
    wrong.books = [book for book in map(change, world.books) if book is not None]
    wrong.rates = world.rates if rates is None else rates
    return wrong


def with_rates(world: World, change: Callable[[RateTable], RateTable]) -> World:
    """The world with another table of rates."""
    return seen_through(world, lambda book: book, change(world.rates))


def with_figures(book: Book, shown: Mapping[tuple[str, str, str], int]) -> Book:
    """A copy whose ledger holds other figures, by (sheet, account, column), in both bases."""
    wrong = copy.copy(book)
    wrong.ledger = book.ledger.replaced(shown)
    wrong.marks.reported = {key: figure for key, figure in book.reported.items() if key not in shown}
    return wrong


def shown_figures(book: Book, sheet: str, column: str, codes: Iterable[str]) -> dict[str, int]:
    """What a column of 03 or 04 shows, in the company's own unit, approved added rows with their accounts."""
    columns = {
        ("03", "D"): book.ledger.opening,
        ("03", "E"): book.ledger.closing,
        ("04", "D"): book.ledger.prior_pl,
        ("04", "E"): book.ledger.pl,
        ("04", "F"): book.ledger.quarter_pl,
    }
    amounts = columns[(sheet, column)]
    found = {}
    for code in codes:
        typed = book.edits.number.get((sheet, cell(sheet, code, column))) if column != CURRENT else None
        reported = book.reported.get((sheet, code, column))
        found[code] = int(typed) if typed is not None else reported.value if reported else amounts[code]
    return found


def with_company(book: Book, **changes: object) -> Book:
    """A copy that belongs to a company with other master data."""
    wrong = copy.copy(book)
    wrong.company = replace(book.company, **changes)  # type: ignore[arg-type]
    return wrong


def plugged(book: Book, amounts: Amounts) -> Amounts:
    """The translation adjustment of an overseas book worked out again as what is left."""
    if not book.company.overseas or CTA not in amounts:
        return amounts
    totals = add_up("BS", {**amounts, CTA: 0})
    return {**amounts, CTA: totals[TOTAL_ASSETS] - totals["3999"]}


def kept(figure: Reported) -> Reported:
    """A reported figure that 修正後 uses as well."""
    return replace(figure, kept=True)
