"""`text_facts`: a text that the agent wrote keeps the facts: the right amounts under the right names, the companies.

Amounts may be in any unit, rounded or cut off as written. An amount counts only where its words stand (「売上高」)
and under its own basis (「提出値」, 「修正後」); an amount there that no known figure explains is a wrong fact.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from runner.checks.companies_told import Told, companies_told
from runner.checks.money_in_text import Amount, amounts_in
from runner.checks.question import Case, Question, RelativePath
from runner.checks.safe_files import OutputError, show
from runner.checks.text_file import read_text
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Answers, Basis

BASIS_WORDS: dict[Basis, tuple[str, ...]] = {
    "提出値": ("提出値", "単純合算"),
    "修正後": ("修正後", "消去後"),
}
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TotalFact(_Fact):
    """A total of the answer key must be told in a paragraph (or table) that holds one of `words`."""

    fact: Literal["total"]
    basis: Basis
    segment: Word
    code: Word
    words: list[Word] = Field(min_length=1)


class CompaniesFact(_Fact):
    """The companies whose planted anomaly has this treatment, and no other, must be told under one of `words`.

    Under: in its sentence, or in the list or table that it heads.
    """

    fact: Literal["companies"]
    treatment: Literal["fix", "keep", "exclude"]
    words: list[Word] = Field(min_length=1)


class WordsFact(_Fact):
    """One of these words must stand in the text."""

    fact: Literal["words"]
    any: list[Word] = Field(min_length=1)


AnyFact = Annotated[TotalFact | CompaniesFact | WordsFact, Field(discriminator="fact")]


class TextFacts(Question):
    """Facts for one delivered text, known from the data that the agent saw."""

    default_id: ClassVar[str] = "facts"
    check: Literal["text_facts"]
    file: RelativePath
    facts: list[AnyFact] = Field(min_length=1)

    def asked_files(self) -> tuple[str, ...]:
        return (self.file,)

    def judge(self, case: Case) -> list[Check]:
        where = f"work/{self.file}"
        unreadable, text = "", ""
        try:
            text = read_text(case.work, self.file)
        except OutputError as error:
            unreadable = str(error)
        told = _Text(text, frozenset(file.company_code for file in case.manifest.files if file.company_code))
        asked = [one for fact in self.facts for one in _asked(fact, case.seen.answers)]
        lost = [finding for one in asked if (finding := one.lost(told, where))]
        wrong = [] if unreadable else _contradictions(told, self.facts, case, where)
        unknown = [fact for fact in self.facts if not list(_asked(fact, case.seen.answers))]
        findings = [*lost, *wrong]
        return [
            Check(
                id=self.name,
                kind=self.check,
                title="要約の事実",
                ok=bool(asked) and not unreadable and not findings and not unknown,
                compared=0 if unknown else len(asked),
                non_null=sum(1 for one in asked if one.says_something),
                expected=f"{len(asked)} 件",
                actual="読めない" if unreadable else f"{len(asked) - len(lost)} 件が一致",
                difference=f"{len(findings)} 件" if findings else "",
                findings=findings[:MOST_FINDINGS],
                detail=unreadable
                or " / ".join(f"{f.item}: 正解 {f.expected}、{f.actual}" for f in findings[:4])
                or "、".join(f"正解データにない事実です: {fact!r}" for fact in unknown),
                where=where,
            )
        ]


class _Paragraph:
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


class _Text:
    """A text with its amounts, and the paragraphs they stand in.

    The text may be hostile: what is asked of each amount is looked up, never searched for from the start again.
    """

    def __init__(self, text: str, group: frozenset[str]) -> None:
        self.text = text
        self.group = group
        self._told: dict[tuple[str, ...], Told] = {}
        self.amounts = amounts_in(text)
        self.paragraphs = _paragraphs(text)
        self._starts = [one.start for one in self.paragraphs]
        for amount in self.amounts:
            self.paragraph(amount).places.append(amount.start)

    def paragraph(self, amount: Amount) -> _Paragraph:
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

    def basis(self, amount: Amount) -> Basis | None:
        """Under which basis an amount is told; None when its paragraph names none."""
        paragraph = self.paragraph(amount)
        return self._basis_in_table(paragraph, amount) or _basis_in_words(self.text, paragraph, amount)

    def _basis_in_table(self, paragraph: _Paragraph, amount: Amount) -> Basis | None:
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


def _paragraphs(text: str) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    lines: list[str] = []
    start = at = 0
    for line in [*text.split("\n"), ""]:
        if line.strip():
            start = start if lines else at
            lines.append(line)
        elif lines:
            found.append(_Paragraph("\n".join(lines), start))
            lines = []
        at += len(line) + 1
    return found


def _place(named: tuple[int, Basis]) -> int:
    return named[0]


_IN_BRACKETS = re.compile(r"\s*\(([^()0-9]*)\)")


def _basis_in_words(text: str, paragraph: _Paragraph, amount: Amount) -> Basis | None:
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


@dataclass(frozen=True)
class _Asked:
    """One fact that must be told."""

    item: str
    expected: str
    total: int | None = None
    basis: Basis | None = None
    words: tuple[str, ...] = ()
    code: str = ""
    companies: frozenset[str] = frozenset()

    @property
    def says_something(self) -> bool:
        """A total of zero is no fact that a text could lose."""
        return self.total != 0

    def lost(self, told: _Text, where: str) -> Finding | None:
        """What is wrong with how it is told; None when it is right."""
        if self.total is not None:
            return self._lost_amount(told, where)
        found = (
            self.code in told.companies(self.words, self.companies).codes
            if self.code
            else any(word in told.text for word in self.words)
        )
        return (
            None if found else Finding(item=self.item, expected=self.expected, actual="記載なし", where=where)
        )

    def _lost_amount(self, told: _Text, where: str) -> Finding | None:
        assert self.total is not None
        elsewhere = ""
        beside = {
            one.start for one in told.paragraphs if any(word in one.text for word in self.words)
        }  # where the paragraphs begin that hold its words
        for amount in told.amounts:
            if told.paragraph(amount).start in beside and amount.stands_for(self.total):
                basis = told.basis(amount)
                if basis in (None, self.basis) and amount.unit:
                    return None
                elsewhere = "単位の記載なし" if basis in (None, self.basis) else f"「{basis}」として記載"
        actual = elsewhere or "一致する金額の記載なし"
        return Finding(item=self.item, expected=self.expected, actual=actual, where=where)


def _asked(fact: AnyFact, answers: Answers) -> Iterator[_Asked]:
    match fact:
        case TotalFact():
            for total in answers.totals:
                if (total.basis, total.segment, total.code) == (fact.basis, fact.segment, fact.code):
                    yield _Asked(
                        item=f"{total.name}（{total.basis}・{total.segment}）",
                        expected=f"{total.amount:,} 千円",
                        total=total.amount,
                        basis=fact.basis,
                        words=tuple(fact.words),
                    )
        case CompaniesFact():
            codes = _companies(fact, answers)
            for code in sorted(codes):
                yield _Asked(
                    item=f"会社 {code}",
                    expected="記載あり",
                    words=tuple(fact.words),
                    code=code,
                    companies=codes,
                )
        case WordsFact():
            yield _Asked(item="・".join(fact.any), expected="記載あり", words=tuple(fact.any))


def _companies(fact: CompaniesFact, answers: Answers) -> frozenset[str]:
    return frozenset(one.company for one in answers.anomalies if one.treatment == fact.treatment)


def _contradictions(told: _Text, facts: Sequence[AnyFact], case: Case, where: str) -> list[Finding]:
    """What stands beside the words of a fact and is not so."""
    findings: list[Finding] = []
    for fact in facts:
        if isinstance(fact, TotalFact):
            findings += _strange_amounts(told, fact, case.seen.answers, where)
            findings += _under_another_basis(told, fact, case.seen.answers, where)
        elif isinstance(fact, CompaniesFact):
            findings += _too_many_companies(told, fact, case, where)
    return list(dict.fromkeys(findings))


def _strange_amounts(told: _Text, fact: TotalFact, answers: Answers, where: str) -> Iterator[Finding]:
    """Amounts in a clause with the words that are no figure of the account, nor the difference of two bases."""
    beside = [any(word in told.text[start:end] for word in fact.words) for start, end in told.clauses]
    starts = [start for start, _ in told.clauses]
    figures = _figures(fact.code, answers)
    for amount in told.amounts:
        here = beside[bisect_right(starts, amount.start) - 1]
        if here and not any(amount.stands_for(sign * figure) for figure in figures for sign in (1, -1)):
            yield Finding(
                item=f"{'・'.join(fact.words)} {show(told.text[amount.start : amount.end], 40)}",
                expected="集計表にある金額",
                actual="集計表にない金額",
                where=where,
            )


def _under_another_basis(told: _Text, fact: TotalFact, answers: Answers, where: str) -> Iterator[Finding]:
    """The total in a paragraph with the words, told under the other basis, whose own total is another."""
    totals = {t.basis: t.amount for t in answers.totals if (t.segment, t.code) == (fact.segment, fact.code)}
    beside = {one.start for one in told.paragraphs if any(word in one.text for word in fact.words)}
    for amount in told.amounts:
        if told.paragraph(amount).start not in beside or fact.basis not in totals:
            continue
        basis = told.basis(amount) if amount.stands_for(totals[fact.basis]) else None
        if basis not in (None, fact.basis) and not amount.stands_for(totals.get(basis, 0)):
            yield Finding(
                item=f"{'・'.join(fact.words)}（{basis}）",
                expected=f"{totals.get(basis, 0):,} 千円",
                actual=f"{show(told.text[amount.start : amount.end], 40)}（{fact.basis}の金額）",
                where=where,
            )


def _too_many_companies(told: _Text, fact: CompaniesFact, case: Case, where: str) -> Iterator[Finding]:
    wanted = _companies(fact, case.seen.answers)
    named = told.companies(fact.words, wanted)
    if wanted and named.denied:
        yield Finding(
            item=f"{'・'.join(fact.words)}の会社",
            expected=f"{len(wanted)} 社",
            actual="「なし」とも記載",
            where=where,
        )
    if others := sorted(named.codes - wanted):
        yield Finding(
            item=f"{'・'.join(fact.words)}の会社",
            expected=f"{len(wanted)} 社",
            actual=f"ほかに {len(others)} 社（{'、'.join(others[:4])}{' など' if len(others) > 4 else ''}）",
            where=where,
        )


def _figures(code: str, answers: Answers) -> set[int]:
    """All that may be said of an account in 千円: its totals, and by how much a basis changes one."""
    by_segment: dict[str, list[int]] = {}
    for total in answers.totals:
        if total.code == code:
            by_segment.setdefault(total.segment, []).append(total.amount)
    changes = {one - other for pair in by_segment.values() for one in pair for other in pair}
    return changes | {figure for pair in by_segment.values() for figure in pair}
