"""Finds the world of (spec, seed) in which no answer lies next to a rounding tie.

Draws the world, plants the mix, works out every answer; where one is too close to a half, a few units of one
overseas company's ledger are moved (balanced) and the whole is drawn again. Deterministic in (spec, seed).
"""

from __future__ import annotations

from synthetic_pkg.answers import WHOLE_GROUP
from synthetic_pkg.chart import accounts
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import Key, exact_totals, included, near_tie
from synthetic_pkg.world import Book, Nudge, World, build_world, movable_row

ROUNDS = 200


def settle(spec: DatasetSpec, seed: int) -> tuple[World, dict[Key, int]]:
    """The planted world and its exact answers (micro-yen). DatasetError if a tie cannot be moved away."""
    nudges: list[Nudge] = []
    for round_ in range(ROUNDS):
        world = build_world(spec, seed, nudges)
        plant_all(world, spec.mix(), seed)
        exact = exact_totals(world)
        ties = [key for key, amount in exact.items() if near_tie(amount)]
        if not ties:
            return world, exact
        nudges.append(_nudge(world, ties[0], round_))
    raise DatasetError(
        f"dataset: seed {seed}: answers stay next to a rounding tie after {ROUNDS} rounds; take another seed"
    )


def _nudge(world: World, key: Key, round_: int) -> Nudge:
    """A change to one overseas company that `key` depends on; another company and size each round."""
    _, segment, code = key
    fx = accounts()[code].fx
    candidates = []
    for book in included(world):
        company = book.company
        if not company.overseas or (segment != WHOLE_GROUP and company.segment != segment and fx != "差異"):
            continue
        if _can_move(book, code):
            candidates.append(company)
    if not candidates:
        raise DatasetError(
            f"dataset: no overseas company can move {code} ({segment}) off a rounding tie; take another seed"
        )
    company = candidates[round_ % len(candidates)]
    size = 1 + round_ // len(candidates) % 7
    if fx == "HR":
        size *= 100 if company.hr > 100_000 else 1
    if fx in ("RE", "CTA"):
        size *= 37
    return Nudge(company.code, code, size)


def _can_move(book: Book, code: str) -> bool:
    """Does the book hold anything that this account's answer depends on?"""
    fx = accounts()[code].fx
    if fx == "差異":
        return movable_row(book, code) is not None
    amounts = book.ledger.pl if fx == "AR" else book.ledger.closing
    return fx in ("RE", "CTA") or amounts[code] != 0
