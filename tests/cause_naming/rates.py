"""How often the right cause is named on mistakes of the list, and a false one on mistakes outside of it.

`measure` gives both rates over one dataset; printed by the benchmarks, held by the tests.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from runner.checks.causes.known import KnownMistakes, load_mistakes, mistakes_beside
from runner.checks.likely_cause import Explanation, explain
from runner.checks.totals import known_totals
from synthetic_pkg.answers import load_answers
from synthetic_pkg.dataset import Dataset
from tests.cause_naming import inside, outside
from tests.cause_naming.author import Author
from tests.cause_naming.inside import Mutant


@dataclass
class Rates:
    """Names of mutants by what was said. seconds: the longest that one explanation took (CPU)."""

    right: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return len(self.right) + len(self.unknown) + len(self.false)

    @property
    def named(self) -> float:
        """Share whose right cause was named."""
        return len(self.right) / self.total

    @property
    def falsely(self) -> float:
        """Share that got a name which is not the right one."""
        return len(self.false) / self.total


class Bench:
    """One dataset, its answer key, and the authored scripts that make mutants over it."""

    def __init__(self, data: Dataset) -> None:
        self.author = Author(data)
        self.expected = known_totals(load_answers(data.answers_path))
        self.known: KnownMistakes = load_mistakes(mistakes_beside(data.answers_path))

    def explain(self, mutant: Mutant) -> Explanation:
        reported = {key: amount for key, amount in mutant.totals().items() if key in self.expected}
        return explain(reported, self.expected, self.known)

    def rates(self, mutants: Iterable[Mutant]) -> Rates:
        """What is said of each mutant; one that changes nothing is none, and is left out."""
        found = Rates()
        for mutant in mutants:
            reported = {key: amount for key, amount in mutant.totals().items() if key in self.expected}
            started = time.process_time()
            said = explain(reported, self.expected, self.known)
            found.seconds = max(found.seconds, time.process_time() - started)
            if said.different:
                kind = (
                    found.unknown
                    if not said.causes
                    else found.right
                    if is_right(said, mutant)
                    else found.false
                )
                kind.append(mutant.name)
        return found


def is_right(said: Explanation, mutant: Mutant) -> bool:
    """Does every cause that is named hold an answer of nothing but mistakes that the mutant has?"""
    return bool(said.causes) and all(
        any(all(id_.startswith(mutant.right) for id_ in answer.ids) for answer in cause.answers)
        for cause in said.causes
    )


def measure(data: Dataset, other: Dataset, seed: int = 1) -> tuple[Rates, Rates]:
    """(on the list, outside of it) over a dataset; `other` lends its figures. Takes a few minutes at 90 companies."""
    bench = Bench(data)
    chance = random.Random(seed)
    author = bench.author
    listed = chain(inside.scripts(author), inside.together(author), inside.companies(author, chance, 60))
    return bench.rates(listed), bench.rates(outside.mutants(right_figures(bench, other), seed, 11))


def right_figures(bench: Bench, other: Dataset) -> outside.Right:
    """What the mutants outside of the list are made from."""
    parts, segments = bench.author.parts
    exact = bench.author.exact
    known = {key: exact.get(key, Decimal(0)) for key in bench.expected}
    return outside.Right(known, parts, segments, dict(known_totals(load_answers(other.answers_path))))
