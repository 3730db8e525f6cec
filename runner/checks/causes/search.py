"""Looks for the known mistakes that give exactly the reported figures: one, two, or separate ones side by side.

A mistake counts only when it gives every figure of the question as reported: those that differ, and no other one.
Pure; called by runner.checks.likely_cause.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from runner.checks.causes.known import KnownMistakes, Mistaken
from runner.checks.causes.rounding import NEAREST, OTHERS, Rounding
from runner.checks.read_outputs import Key
from synthetic_pkg.translation import THOUSAND_YEN

MOST_APART = 4  # separate mistakes side by side
MOST_PAIRS = 20_000  # looked at in full
Together = tuple[Mistaken, ...]


@dataclass(frozen=True)
class Answer:
    """Mistakes that together give the reported figures, and how these were rounded."""

    mistakes: Together
    rounding: Rounding = NEAREST

    @property
    def ids(self) -> tuple[str, ...]:
        names = tuple(mistake.id for mistake in self.mistakes)
        return (*names, self.rounding.id) if self.rounding.id else names


@dataclass
class Search:
    """One question: the usable reported figures of one basis or both (千円), and the known totals beside them."""

    known: KnownMistakes
    expected: Mapping[Key, int]
    reported: Mapping[Key, int | float]
    _sorted: dict[Key, tuple[list[int], list[Mistaken]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        different = [key for key, amount in self.reported.items() if amount != self.expected[key]]
        different.sort(key=lambda key: (-abs(self.reported[key] - self.expected[key]), key))
        self.different = different
        self._set = frozenset(different)
        self.mistakes = self.known.all

    def answers(self) -> list[Answer]:
        """All answers of the simplest sort that has any: one mistake, two, or several apart from one another."""
        return self.single() or self.rounded() or self.pairs() or self.apart()

    # ------------------------------------------------------------ one

    def single(self) -> list[Answer]:
        return [Answer((mistake,)) for mistake in self._near if self._violated((mistake,)) is None]

    def rounded(self) -> list[Answer]:
        """Another way of rounding, alone or with one mistake."""
        found = []
        for way in OTHERS:
            for together in ((), *((mistake,) for mistake in self._near)):
                if self._violated(together, way) is None:
                    found.append(Answer(together, way))
            if found:
                return found
        return found

    @cached_property
    def _near(self) -> list[Mistaken]:
        """The mistakes that give the largest difference but for its rounding: no other one can give all."""
        key = self.different[0]
        missing = self.reported[key] * THOUSAND_YEN - self.known.exact(key)
        return [mistake for mistake in self.mistakes if abs(missing - mistake.at(key)) <= 2 * THOUSAND_YEN]

    def _violated(self, together: Together, way: Rounding = NEAREST) -> Key | None:
        """The first figure that these mistakes do not give as reported; None when they give all."""
        for key in self.different:
            if not self._gives(together, key, way):
                return key
        if way is not NEAREST:
            return next((key for key in self.reported if not self._gives(together, key, way)), None)
        for mistake in together:
            for key in mistake.figures():
                if key in self.reported and key not in self._set and not self._gives(together, key, way):
                    return key
        return None

    def _gives(self, together: Together, key: Key, way: Rounding = NEAREST) -> bool:
        amount = self.known.exact(key)
        for mistake in together:
            amount += mistake.at(key)
        return way.gives(amount, self.reported[key])

    # ------------------------------------------------------------ two

    def pairs(self) -> list[Answer]:
        """Two mistakes whose sum gives the figures: one touches the largest difference, the other makes up the rest."""
        found: list[Answer] = []
        seen: set[frozenset[str]] = set()
        left = MOST_PAIRS
        for first in self.mistakes:
            if not first.at(self.different[0]):
                continue
            key = self._violated((first,))
            assert key is not None
            for second in self._making_up(key, (first,)):
                names = frozenset((first.id, second.id))
                left -= 1
                if left and second is not first and names not in seen:
                    seen.add(names)
                    if self._violated((first, second)) is None:
                        found.append(Answer((first, second)))
        return found

    def _making_up(self, key: Key, together: Together) -> Iterator[Mistaken]:
        """The mistakes that add what is still missing at this figure, within what rounding hides."""
        if key not in self._sorted:
            touching = sorted((change, n) for n, m in enumerate(self.mistakes) if (change := m.at(key)))
            self._sorted[key] = ([a for a, _ in touching], [self.mistakes[n] for _, n in touching])
        amounts, mistakes = self._sorted[key]
        missing = round(self.reported[key] * THOUSAND_YEN) - self.known.exact(key)
        missing -= sum(mistake.at(key) for mistake in together)
        low = bisect_left(amounts, missing - THOUSAND_YEN // 2)
        high = bisect_right(amounts, missing + THOUSAND_YEN // 2)
        return iter(mistakes[low:high])

    # ------------------------------------------------------------ several, apart

    def apart(self) -> list[Answer]:
        """Mistakes that touch no common figure, each giving all the figures it touches; together all that differ."""
        return [Answer(together) for together in self._cover((), frozenset())]

    def _cover(self, chosen: Together, taken: frozenset[Key]) -> Iterator[Together]:
        """Sets of separate mistakes that hold `chosen` and give every differing figure."""
        key = next((key for key in self.different if key not in taken), None)
        if key is None:
            yield chosen
            return
        for mistake in self._making_up(key, ()) if len(chosen) < MOST_APART else ():
            touched = frozenset(key for key in mistake.touched if key in self.reported)
            if not touched & taken and all(self._gives((mistake,), key) for key in touched):
                yield from self._cover((*chosen, mistake), taken | touched)


def of_basis(figures: Mapping[Key, int | float], basis: str) -> dict[Key, int | float]:
    return {key: amount for key, amount in figures.items() if key.basis == basis}


def common(first: Sequence[Answer], second: Sequence[Answer]) -> list[Answer]:
    """Answers to one question that also answer another."""
    names = {answer.ids for answer in second}
    return [answer for answer in first if answer.ids in names]
