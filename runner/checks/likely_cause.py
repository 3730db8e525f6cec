"""Why totals differ: the known mistake that gives exactly the reported figures, named with what shows it. Pure.

Takes the reported figures beside the known ones and the dataset's known mistakes, gives an `Explanation`. What no
mistake, pair or set of separate mistakes gives exactly is 「不明」; nothing is guessed. Called by the totals check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.checks.causes.known import KnownMistakes, load_mistakes
from runner.checks.causes.search import Answer, Search, common, of_basis
from runner.checks.read_outputs import Key

__all__ = ["UNKNOWN", "Cause", "Difference", "Explanation", "KnownMistakes", "explain", "load_mistakes"]

UNKNOWN = "不明（該当する仮説なし）"
_MOST_NAMED = 3  # answers that fit equally well
_SECTIONS = ("提出値", "修正後")


@dataclass(frozen=True, slots=True)
class Difference:
    """One total that is not as known, in 千円."""

    key: Key
    expected: int
    actual: int | float

    @property
    def amount(self) -> int | float:
        """Reported minus known."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Cause:
    """What gives the differing figures of one basis, or of both. answers: equally good ones, simplest sort only."""

    bases: tuple[str, ...]
    answers: tuple[Answer, ...]
    only_here: bool = False  # the other basis would differ under the same mistake, and does not

    @property
    def text(self) -> str:
        named = [_together(answer) for answer in self.answers[:_MOST_NAMED]]
        more = f" ほか{len(self.answers) - _MOST_NAMED}通り" if len(self.answers) > _MOST_NAMED else ""
        where = f"{'・'.join(self.bases)}だけで、" if self.only_here else ""
        if len(named) == 1:
            return f"{where}{named[0]}場合の値と一致"
        return f"{where}次のいずれかの場合の値と一致: {' または '.join(named)}{more}"

    @property
    def evidence(self) -> str:
        places = [m.evidence for answer in self.answers[:_MOST_NAMED] for m in answer.mistakes if m.evidence]
        return " / ".join(dict.fromkeys(places))

    def of(self, key: Key) -> tuple[str, str]:
        """Cause and evidence of one figure: those of the mistakes that touch it."""
        answer = self.answers[0]
        touching = [mistake for mistake in answer.mistakes if mistake.at(key)]
        if len(self.answers) > 1 or not touching:
            return self.text, self.evidence
        own = Cause(self.bases, (Answer(tuple(touching), answer.rounding),), self.only_here)
        return own.text, own.evidence


@dataclass(frozen=True)
class Explanation:
    """Why the figures of a table differ. causes: none, one for both bases, or one for each that is explained."""

    different: tuple[Key, ...]
    causes: tuple[Cause, ...]

    @property
    def names(self) -> frozenset[tuple[str, ...]]:
        """The ids of what was named, each answer by itself."""
        return frozenset(answer.ids for cause in self.causes for answer in cause.answers)

    @property
    def complete(self) -> bool:
        """Is every differing figure explained?"""
        return all(self._cause(key) for key in self.different)

    def _cause(self, key: Key) -> Cause | None:
        return next((cause for cause in self.causes if key.basis in cause.bases), None)

    def text(self, keys: Iterable[Key]) -> str:
        """The cause of these figures together: "" when none of them differs."""
        wanted = set(keys)
        differing = [key for key in self.different if key in wanted]
        found = [self._cause(key) for key in differing]
        parts = list(dict.fromkeys(cause.text for cause in found if cause))
        if None in found:
            parts.append(UNKNOWN)
        return "、".join(parts)

    def evidence(self, keys: Iterable[Key]) -> str:
        """What of the input shows the cause of these figures."""
        wanted = set(keys)
        found = [self._cause(key) for key in self.different if key in wanted]
        return " / ".join(dict.fromkeys(cause.evidence for cause in found if cause and cause.evidence))

    def of(self, key: Key) -> tuple[str, str]:
        """Cause and evidence of one differing figure."""
        cause = self._cause(key)
        return cause.of(key) if cause else (UNKNOWN, "")


def explain(
    reported: Mapping[Key, int | float], expected: Mapping[Key, int], known: KnownMistakes | None
) -> Explanation:
    """Why `reported` (千円, usable figures alone, each in `expected`) is not as expected.

    The mistakes must give all the figures of both bases, or failing that all those of one. Without known mistakes
    every difference is unknown.
    """
    different = tuple(key for key, amount in reported.items() if amount != expected[key])
    if not different or known is None:
        return Explanation(different, ())
    bases = tuple(basis for basis in _SECTIONS if any(key.basis == basis for key in different))
    whole = Search(known, expected, reported).answers()
    if whole:
        return Explanation(different, (Cause(bases, tuple(whole)),))
    found = {basis: Search(known, expected, of_basis(reported, basis)).answers() for basis in bases}
    if len(found) == len(_SECTIONS):
        for one, other in (_SECTIONS, _SECTIONS[::-1]):
            found[one] = common(found[one], found[other]) or found[one]
    causes = tuple(
        Cause((basis,), tuple(answers), only_here=_wider(answers[0], basis))
        for basis, answers in found.items()
        if answers
    )
    return Explanation(different, causes)


def _wider(answer: Answer, basis: str) -> bool:
    """Would these mistakes change figures of the other basis too?"""
    return any(key.basis != basis for mistake in answer.mistakes for key in mistake.touched)


def _together(answer: Answer) -> str:
    titles = [mistake.title for mistake in answer.mistakes]
    if answer.rounding.title:
        titles.append(answer.rounding.title)
    if len(titles) == 1:
        return titles[0]
    return "、".join(f"{'①②③④⑤'[number]}{title}" for number, title in enumerate(titles)) + "が重なった"
