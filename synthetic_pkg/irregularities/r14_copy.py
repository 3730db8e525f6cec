"""R14: a company sent another company's book under its own code. Trap: two dormant companies alike (R13-trap)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

from synthetic_pkg.answers import Symptom
from synthetic_pkg.irregularities.base import Kind, check, report
from synthetic_pkg.irregularities.casting import WHOLE
from synthetic_pkg.irregularities.r08_r09_partner import NAME_CELL
from synthetic_pkg.world import Book, World


def _open_books(world: World) -> list[Book]:
    """Domestic books with the same unit that carry nothing."""
    cast = world.cast
    taken = cast.taken.keys() | cast.witnesses if cast else world.reserved
    return [
        book
        for book in world.latest()
        if not book.company.overseas and book.company.shape != "dormant" and book.company.code not in taken
    ]


def _pairs(world: World, count: int, rng: random.Random) -> Iterator[tuple[Book, Book]]:
    """(sender, original) `count` times, drawn evenly from the pairs in which the original does not deal with the
    sender; no book twice."""
    books = _open_books(world)
    partners = [{row.partner for row in world.shelf.look(book, lambda book: book.rows)} for book in books]
    for _ in range(count):
        dealing = Counter(partner for own in partners for partner in own)
        choices = [len(books) - 1 - dealing[sender.company.code] for sender in books]
        world.enough("R14", 1, sum(choices))
        drawn = rng.choice(range(sum(choices)))
        position = 0
        while drawn >= choices[position]:
            drawn -= choices[position]
            position += 1
        code = books[position].company.code
        originals = [n for n, own in enumerate(partners) if n != position and code not in own]
        pair = position, originals[drawn]
        yield books[pair[0]], books[pair[1]]
        for number in sorted(pair, reverse=True):
            del books[number], partners[number]


def plant(world: World, count: int, rng: random.Random) -> None:
    for number, (sender, original) in enumerate(_pairs(world, count, rng), start=1):
        company, other = sender.company, original.company
        world.reserve(company.code, "R14")
        world.reserve(other.code, "original of a copy")
        opening_re = sender.ledger.opening_re_yen
        sender.take_figures(original)
        sender.ledger.opening_re_yen = opening_re
        sender.edits.text[NAME_CELL] = other.name
        sender.excluded = True
        why = f"{other.code} のブックと金額がすべて同じ（表紙の会社名も {other.name}）"
        report(
            world, KIND, number, sender, NAME_CELL, (other.name, company.name), why,
            severity=3, also=[Symptom(company=other.code, check_ids=[KIND.checks[0].id])],
        )  # fmt: skip


KIND = Kind(
    id="R14",
    title="同一ブックの提出",
    treatment="exclude",
    plant=plant,
    checks=(check("A04"),),
    areas=frozenset({WHOLE}),
)
