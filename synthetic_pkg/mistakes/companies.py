"""What each company adds to the totals, so that any of them dropped, doubled or misplaced can be recognised.

One line a company, streamed; `runner.checks.causes` makes the mistakes from it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

from synthetic_pkg.mistakes.model import BySegment, CompanyParts
from synthetic_pkg.mistakes.recount import BASES, counted, figures, moved
from synthetic_pkg.mistakes.treating import silent
from synthetic_pkg.mistakes.wording import file_of
from synthetic_pkg.translation import eliminations, included
from synthetic_pkg.world import Book, World


def parts(world: World) -> Iterator[CompanyParts]:
    """One line for every company that submitted a book."""
    there = {book.company.code: book for book in included(world)}
    names: dict[str, set[str]] = {code: set() for code in there}  # who deals with whom, on either side
    for code, book in there.items():
        for row in book.corrected_rows():
            if row.partner in there:
                names[code].add(row.partner)
                names[row.partner].add(code)
    counts = {basis: {book.company.code for book in counted(world, basis)} for basis in BASES}
    for book in world.latest():
        code = book.company.code
        own = {basis: figures(book, basis, world.rates) for basis in BASES if code in counts[basis]}
        rows, partners, held = _moves(world, book, [there[other] for other in sorted(names.get(code, ()))])
        yield CompanyParts(
            company=code,
            name=book.company.name,
            segment=book.company.segment,
            evidence=file_of(world, book),
            own={basis: {c: n for c, n in amounts.items() if n} for basis, amounts in own.items()},
            rows=rows,
            partners=partners,
            held=held,
        )


def _moves(world: World, book: Book, others: list[Book]) -> tuple[BySegment, BySegment, dict[str, int]]:
    """What its own rows move, what its partners' rows move, and what of both is booked at it."""
    if not others:
        return {}, {}, {}
    pocket = copy.copy(world)
    pocket.companies = [book.company, *(other.company for other in others)]
    pocket.books = [book, *(silent(other) for other in others)]
    rows = moved(pocket)
    both = copy.copy(pocket)
    both.books = [book, *(_to(other, book.company.code) for other in others)]
    partners = moved(both)
    for key, amount in rows.items():
        partners[key] = partners.get(key, 0) - amount
    held: dict[str, int] = {}
    for company, account, amount in eliminations(both, "修正後"):
        if company == book.company.code:
            held[account] = held.get(account, 0) + amount
    return _by_segment(rows), _by_segment(partners), {c: n for c, n in held.items() if n}


def _to(book: Book, partner: str) -> Book:
    """A book with those rows alone that name one partner."""
    wrong = copy.copy(book)
    wrong.rows, wrong.true_rows = [row for row in book.corrected_rows() if row.partner == partner], None
    return wrong


def _by_segment(moves: Mapping[tuple[str, str], int]) -> BySegment:
    result: BySegment = {}
    for (segment, code), amount in moves.items():
        if amount:
            result.setdefault(segment, {})[code] = amount
    return result
