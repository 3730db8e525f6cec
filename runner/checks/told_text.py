"""A text as it tells amounts: its paragraphs, and under which basis (提出値, 修正後) each amount stands. Pure.

The text may be hostile: what is asked of each amount is looked up, never searched for from the start again.
For `runner.checks.text_facts`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache

from runner.checks.companies_told import Told, companies_told
from runner.checks.money_in_text import Amount, amounts_in
from synthetic_pkg.answers import WHOLE_GROUP, Basis

BASIS_WORDS: dict[Basis, tuple[str, ...]] = {
    "提出値": ("提出値", "単純合算"),
    "修正後": ("修正後", "消去後"),
}
WHOLE_WORDS = ("全社", "全体", "全セグメント", "グループ計")
MOST_OF_A_HEADING = 30  # characters of a line above a paragraph that names what the paragraph is about


class Paragraph:
    """Lines up to a blank one, with the places of the amounts in them (all counted from the text's start)."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.start = start
        self.places: list[int] = []

    @cached_property
    def bases(self) -> list[tuple[int, Basis]]:
        return [(self.start + place, basis) for place, basis in _bases(self.text)]

    @cached_property
    def head(self) -> list[str]:
        """The cells of the first row of a Markdown table in it."""
        rows = (line for line in self.text.split("\n") if line.lstrip().startswith("|"))
        return next(rows, "").split("|")


class ToldText:
    """A text with its amounts, and the paragraphs they stand in. group: the company codes that count as one."""

    def __init__(self, text: str, group: frozenset[str]) -> None:
        self.text = text
        self.group = group
        self._told: dict[tuple[str, ...], Told] = {}
        self.amounts = amounts_in(text)
        self.paragraphs = _paragraphs(text)
        self._starts = [one.start for one in self.paragraphs]
        for amount in self.amounts:
            self.paragraph(amount).places.append(amount.start)

    def paragraph(self, amount: Amount) -> Paragraph:
        """The paragraph of an amount."""
        return self.paragraphs[bisect_right(self._starts, amount.start) - 1]

    def companies(self, words: Sequence[str], wanted: frozenset[str]) -> Told:
        """The companies of the group that are told under one of `words`."""
        key = (*words, "", *sorted(wanted))
        if key not in self._told:
            self._told[key] = companies_told(self.text, words, wanted, self.group | wanted)
        return self._told[key]

    @cached_property
    def clauses(self) -> list[tuple[int, int]]:
        """Start and end of every stretch between commas, full stops, cells and line ends."""
        return [found.span() for found in re.finditer(r"[^、。;\n|]+", self.text)]

    def segment(self, amount: Amount, names: frozenset[str]) -> str | None:
        """The segment that an amount is told of; 全社 where a word for all of them stands nearest; None: not said.

        The name nearest before it in its paragraph, else the first behind it in its clause, else a heading's.
        """
        places, named = _segments(self.text, names)
        paragraph = self.paragraph(amount)
        before = bisect_left(places, amount.start) - 1
        if before >= 0 and places[before] >= paragraph.start:
            return named[before]
        start, end = self.clauses[bisect_right(self.clauses, (amount.start, len(self.text))) - 1]
        if start <= amount.start and before + 1 < len(places) and places[before + 1] < end:
            return named[before + 1]
        above = self.text[: paragraph.start].rstrip()
        heading = above.rfind("\n") + 1
        if before >= 0 and places[before] >= heading and len(above) - heading <= MOST_OF_A_HEADING:
            return named[before]
        return None

    def basis(self, amount: Amount) -> Basis | None:
        """Under which basis an amount is told; None when its paragraph names none."""
        paragraph = self.paragraph(amount)
        return self._basis_in_table(paragraph, amount) or _basis_in_words(self.text, paragraph, amount)

    def _basis_in_table(self, paragraph: Paragraph, amount: Amount) -> Basis | None:
        """In a Markdown table: the basis that the head of the column names, else the row."""
        line_start = self.text.rfind("\n", 0, amount.start) + 1
        if not self.text[line_start : amount.start].lstrip().startswith("|"):
            return None
        column = self.text.count("|", line_start, amount.start)
        if column < len(paragraph.head) and (named := _bases(paragraph.head[column])):
            return named[0][1]
        end = self.text.find("\n", amount.start) % (len(self.text) + 1)
        at = bisect_left(paragraph.bases, line_start, key=_place)
        return next((basis for place, basis in paragraph.bases[at : at + 1] if place < end), None)


def _paragraphs(text: str) -> list[Paragraph]:
    found: list[Paragraph] = []
    lines: list[str] = []
    start = at = 0
    for line in [*text.split("\n"), ""]:
        if line.strip():
            start = start if lines else at
            lines.append(line)
        elif lines:
            found.append(Paragraph("\n".join(lines), start))
            lines = []
        at += len(line) + 1
    return found


@lru_cache(maxsize=4)
def _segments(text: str, names: frozenset[str]) -> tuple[list[int], list[str]]:
    """Where segments are named, in their order, and which one; every word for all of them is 全社."""
    words = sorted({*names, *WHOLE_WORDS}, key=lambda word: (-len(word), word))
    found = list(re.finditer("|".join(map(re.escape, words)), text))
    return [one.start() for one in found], [WHOLE_GROUP if one[0] in WHOLE_WORDS else one[0] for one in found]


def _place(named: tuple[int, Basis]) -> int:
    return named[0]


_IN_BRACKETS = re.compile(r"\s*\(([^()0-9]*)\)")


def _basis_in_words(text: str, paragraph: Paragraph, amount: Amount) -> Basis | None:
    """The basis in brackets behind the amount, else the one named last before it.

    「提出値と修正後は、それぞれ1円、2円」: as many amounts after as many names are told in their order.
    """
    bases, places = paragraph.bases, paragraph.places
    behind = _IN_BRACKETS.match(text, amount.end)  # another amount in the brackets has its own name
    if behind and (inside := _bases(behind[1])):
        return inside[0][1]
    count = bisect_left(bases, amount.start, key=_place)  # of the bases named before it
    if not count:
        return bases[0][1] if bases else None
    last_name = bases[count - 1][0]
    first = bisect_left(places, last_name)  # of the amounts since
    earlier = places[first - 1] if first else -1
    names: list[Basis] = []
    for _, basis in bases[bisect_left(bases, earlier, key=_place) : count]:
        if not names or names[-1] != basis:
            names.append(basis)
    following = bases[count][0] if count < len(bases) else len(text)
    row = places[first : bisect_left(places, following)]
    if len(row) == len(names) > 1:
        return names[row.index(amount.start)]
    return bases[count - 1][1]


def _bases(text: str) -> list[tuple[int, Basis]]:
    """(place, basis) of every word that names a basis, in their order."""
    return sorted(
        (found.start(), basis)
        for basis, words in BASIS_WORDS.items()
        for word in words
        for found in re.finditer(re.escape(word), text)
    )
