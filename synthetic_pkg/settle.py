"""Finds the world of (spec, seed) in which no answer lies next to a rounding tie.

Draws the world, plants the mix, works out every answer; where one is too close to a half, a few units of an
overseas company's ledger are moved (balanced) and the whole is drawn again. Deterministic in (spec, seed).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from synthetic_pkg.building import Nudge, build_world
from synthetic_pkg.chart import DIFFERENCE_BS, accounts
from synthetic_pkg.errors import DatasetError
from synthetic_pkg.intercompany import BALANCES, RULE_BY_LABEL
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.spec import DatasetSpec
from synthetic_pkg.translation import DetailKey, exact_details, included, scopes
from synthetic_pkg.world import Book, World

ROUNDS = 60
SMALLEST_ROW = 100  # book units


def settle(spec: DatasetSpec, seed: int) -> tuple[World, dict[DetailKey, int]]:
    """The planted world and its exact answers (micro-yen) above single companies. DatasetError if a tie stays."""
    nudges: list[Nudge] = []
    for round_ in range(ROUNDS):
        world = build_world(spec, seed, nudges)
        plant_all(world, spec.mix(), seed, spec.carriers())
        exact, ties = exact_details(world)
        if not ties:
            return world, exact
        nudges += _nudges(world, ties, round_)
        del world, exact  # never two groups in memory at once
    raise DatasetError(
        f"dataset: seed {seed}: answers stay next to a rounding tie after {ROUNDS} rounds; take another seed"
    )


def _nudges(world: World, ties: list[DetailKey], round_: int) -> list[Nudge]:
    """One change for each tie, at most one for each company and account; narrow scopes come first."""
    chosen: dict[tuple[str, str], Nudge] = {}
    latest = {book.company.code: book for book in world.latest()}
    done: set[tuple[str, str, str]] = set()
    for _, _, kind, scope, code in sorted(ties, key=lambda key: (key[2] != "会社", key)):
        if (kind, scope, code) in done:
            continue
        done.add((kind, scope, code))
        books = [latest[scope]] if kind == "会社" else latest.values()
        candidates = list(_candidates(world, books, (kind, scope), code, round_))
        if not candidates:
            raise DatasetError(
                f"dataset: no overseas company can move {code} ({scope}) off a rounding tie; take another seed"
            )
        nudge = candidates[round_ % len(candidates)]
        if kind != "会社" and any((n.company, code) in chosen for n in candidates):
            continue  # moved already in this round
        chosen[(nudge.company, code)] = nudge
    return list(chosen.values())


def _candidates(
    world: World, books: Iterable[Book], scope: tuple[str, str], code: str, round_: int
) -> Iterator[Nudge]:
    """Changes in these books that move this answer by a fraction of 千円."""
    fx = accounts()[code].fx
    size = 1 + round_ % 7
    others = {other.company.code: other for other in included(world)} if fx == "差異" else {}
    for book in books:
        company = book.company
        if scope not in scopes(world, company.code):
            continue
        if fx == "差異":
            yield from _row_changes(others, book, code, size)
        elif company.overseas and _can_move(book, code):
            yield Nudge(company.code, code, _sized(size, fx, company.hr))


def _sized(size: int, fx: str, hr: int) -> int:
    if fx == "HR":
        return size * (100 if hr > 100_000 else 1)
    return size * 37 if fx in ("RE", "CTA") else size


def _can_move(book: Book, code: str) -> bool:
    """Does the book hold anything that this account's answer depends on?"""
    fx = accounts()[code].fx
    amounts = book.ledger.pl if fx == "AR" else book.ledger.closing
    return fx in ("RE", "CTA") or amounts[code] != 0


def _row_changes(others: Mapping[str, Book], book: Book, code: str, size: int) -> Iterator[Nudge]:
    """Changes of rows that leave a difference with this debtor: its own row or, if it is domestic, the other side's."""
    sheet = BALANCES if code == DIFFERENCE_BS else "09"
    for row in book.rows:
        rule = RULE_BY_LABEL[row.label]
        if row.sheet != sheet or row.label != rule.debtor_label or row.partner not in others:
            continue
        if book.company.overseas and row.amount > SMALLEST_ROW:
            yield Nudge(book.company.code, code, size, (row.partner, row.label))
        elif others[row.partner].company.overseas:
            yield Nudge(row.partner, code, size, (book.company.code, rule.creditor_label))
