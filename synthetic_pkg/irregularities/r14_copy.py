"""R14: a company sent another company's book under its own code. Trap: two dormant companies alike (R13-trap)."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Symptom
from synthetic_pkg.irregularities.base import Kind, check, report
from synthetic_pkg.irregularities.casting import WHOLE
from synthetic_pkg.irregularities.r08_r09_partner import NAME_CELL
from synthetic_pkg.world import Book, World


def _pairs(world: World) -> list[tuple[Book, Book]]:
    """(sender, original): domestic books with the same unit that carry nothing and do not deal with each other."""
    cast = world.cast
    taken = cast.taken.keys() | cast.witnesses if cast else world.reserved
    books = [
        book
        for book in world.latest()
        if not book.company.overseas and book.company.shape != "dormant" and book.company.code not in taken
    ]
    return [
        (sender, original)
        for sender in books
        for original in books
        if sender is not original and all(row.partner != sender.company.code for row in original.rows)
    ]


def plant(world: World, count: int, rng: random.Random) -> None:
    for number in range(1, count + 1):
        pairs = _pairs(world)
        world.enough("R14", 1, len(pairs))
        sender, original = rng.choice(pairs)
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
