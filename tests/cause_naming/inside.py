"""Mistakes of the list, made elsewhere: in the authored scripts' source, and in exact figures of single companies.

Each mutant names, by the beginning of their ids, the mistakes that it holds; nothing here reads mistakes.jsonl.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from runner.checks.read_outputs import Key
from tests.cause_naming.author import Author, Figures
from tests.cause_naming.script_mistakes import SCRIPTS

WHOLE = "全社"
# Mistakes that come together in practice; each is one of SCRIPTS.
TOGETHER = (
    "△ is dropped", "the first version", "CTA as submitted", "nothing is eliminated", "no difference account",
    "excluded companies are not in 提出値", "dividends at average rates", "a copied book is counted",
    "slipped digits are left", "approved accounts are left out", "capital at closing rates", "only creditors",
    "one account is lost",
)  # fmt: skip
# Those that change the same figures: together they do not add up, and the sum is not what comes out.
OVERLAPPING = {
    frozenset(pair)
    for pair in (
        ("CTA as submitted", "capital at closing rates"), ("CTA as submitted", "△ is dropped"),
        ("CTA as submitted", "dividends at average rates"), ("CTA as submitted", "the first version"),
        ("CTA as submitted", "approved accounts are left out"),
        ("CTA as submitted", "excluded companies are not in 提出値"),
        ("nothing is eliminated", "no difference account"), ("nothing is eliminated", "only creditors"),
        ("nothing is eliminated", "a copied book is counted"), ("only creditors", "no difference account"),
        ("only creditors", "a copied book is counted"), ("no difference account", "a copied book is counted"),
        ("one account is lost", "the first version"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """Wrong totals and the beginnings of the ids of what is wrong with them."""

    name: str
    right: tuple[str, ...]
    totals: Callable[[], Figures]


def scripts(author: Author) -> Iterator[Mutant]:
    """One mistake in the scripts' source each."""
    for name, (right, replacements) in SCRIPTS.items():
        yield Mutant(name, right, lambda r=replacements: author.totals(r))  # type: ignore[misc]


def together(author: Author) -> Iterator[Mutant]:
    """Two mistakes at once."""
    for first, second in combinations(TOGETHER, 2):
        if frozenset((first, second)) not in OVERLAPPING:
            (one, changed), (other, also) = SCRIPTS[first], SCRIPTS[second]
            yield Mutant(
                f"{first} + {second}",
                (*one, *other),
                lambda r=(*changed, *also): author.totals(r),  # type: ignore[misc]
            )


def companies(author: Author, chance: random.Random, count: int) -> Iterator[Mutant]:
    """Single companies dropped, doubled, or in another segment, worked out from exact figures of each."""
    parts, segments = author.parts
    exact = author.exact
    names = sorted(set(segments.values()))
    codes = sorted({company for _, company in parts})
    for number in range(count):
        code = chance.choice(codes)
        where = segments[code]
        changes: list[tuple[str, dict[str, int]]] = [
            (f"company.dropped.{code}", {where: -1}),
            (f"company.doubled.{code}", {where: 1}),
            (f"company.segment.own.{chance.choice([n for n in names if n != where])}.{code}", {}),
        ]
        id_, change = changes[number % len(changes)]
        if not change:
            change = {where: -1, id_.split(".")[3]: 1}
        yield Mutant(
            id_,
            (id_, id_.replace(".own", "")),
            lambda c=code, ch=change: _changed(parts, exact, c, ch),  # type: ignore[misc]
        )


def _changed(
    parts: Mapping[tuple[str, str], Mapping[str, Decimal]],
    exact: Mapping[Key, Decimal],
    company: str,
    change: Mapping[str, int],
) -> Figures:
    totals = dict(exact)
    for (basis, code), amounts in parts.items():
        if code == company:
            for segment, factor in change.items():
                for account, yen in amounts.items():
                    for place in (segment, WHOLE):
                        key = Key(basis, place, account)
                        totals[key] = totals.get(key, Decimal(0)) + factor * yen
    return in_thousands(totals)


def in_thousands(totals: Mapping[Key, Decimal], rounding: str = ROUND_HALF_UP) -> Figures:
    return {key: int((yen / 1000).quantize(Decimal(1), rounding)) for key, yen in totals.items()}
