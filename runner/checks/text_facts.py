"""`text_facts`: a text that the agent wrote keeps the facts: the right amounts under the right names, the companies.

Amounts may be in any unit, rounded or cut off as written. An amount counts only where its words stand (「売上高」)
and under its own basis (「提出値」, 「修正後」); an amount there that no known figure explains is a wrong fact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from runner.checks.money_in_text import Amount
from runner.checks.question import Case, Question, RelativePath
from runner.checks.safe_files import OutputError, show
from runner.checks.text_file import read_text
from runner.checks.told_text import ToldText
from runner.verdict import MOST_FINDINGS, Check, Finding
from synthetic_pkg.answers import Answers, Basis

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
        told = ToldText(
            text, frozenset(file.company_code for file in case.manifest.files if file.company_code)
        )
        asked = [one for fact in self.facts for one in _asked(fact, case.seen.answers)]
        lost = [finding for one in asked if (finding := one.lost(told, where))]
        wrong = [] if unreadable else _contradictions(told, self.facts, case, where)
        unknown = [fact for fact in self.facts if not list(_asked(fact, case.seen.answers))]
        findings = [*lost, *wrong]
        faults = [
            f"{what} {len(found)} 件"
            for what, found in (("欠けた事実", lost), ("誤った記載", wrong))
            if found
        ]
        return [
            Check(
                id=self.name,
                kind=self.check,
                title="要約の事実",
                ok=bool(asked) and not unreadable and not findings and not unknown,
                compared=0 if unknown else len(asked),
                non_null=sum(1 for one in asked if one.says_something),
                expected=f"{len(asked)} 件",
                actual="読めない"
                if unreadable
                else "、".join([f"{len(asked) - len(lost)} 件が一致", *faults[bool(lost) :]]),
                difference="、".join(faults),
                findings=findings[:MOST_FINDINGS],
                detail=unreadable
                or " / ".join(f"{f.item}: 正解 {f.expected}、{f.actual}" for f in findings[:4])
                or "、".join(f"正解データにない事実です: {fact!r}" for fact in unknown),
                where=where,
            )
        ]


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

    def lost(self, told: ToldText, where: str) -> Finding | None:
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

    def _lost_amount(self, told: ToldText, where: str) -> Finding | None:
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


def _contradictions(told: ToldText, facts: Sequence[AnyFact], case: Case, where: str) -> list[Finding]:
    """What stands beside the words of a fact and is not so."""
    findings: list[Finding] = []
    for fact in facts:
        if isinstance(fact, TotalFact):
            findings += _strange_amounts(told, fact, case.seen.answers, where)
            findings += _under_another_basis(told, fact, case.seen.answers, where)
        elif isinstance(fact, CompaniesFact):
            findings += _too_many_companies(told, fact, case, where)
    return list(dict.fromkeys(findings))


def _strange_amounts(told: ToldText, fact: TotalFact, answers: Answers, where: str) -> Iterator[Finding]:
    """Amounts in a clause with the words that are no figure of the account, or one of a segment that is not named."""
    beside = [any(word in told.text[start:end] for word in fact.words) for start, end in told.clauses]
    starts = [start for start, _ in told.clauses]
    figures = _figures(fact.code, answers)
    names = frozenset(figures)
    for amount in told.amounts:
        if not beside[bisect_right(starts, amount.start) - 1]:
            continue
        fitting = [segment for segment, own in figures.items() if _is_one_of(own, amount)]
        if fact.segment in fitting or (fitting and told.segment(amount, names) in fitting):
            continue
        yield Finding(
            item=f"{'・'.join(fact.words)} {show(told.text[amount.start : amount.end], 40)}",
            expected=f"{fact.segment}の金額" if fitting else "集計表にある金額",
            actual=f"セグメント「{fitting[0]}」の金額" if fitting else "集計表にない金額",
            where=where,
        )


def _is_one_of(figures: AbstractSet[int], amount: Amount) -> bool:
    return any(amount.stands_for(sign * figure) for figure in figures for sign in (1, -1))


def _under_another_basis(told: ToldText, fact: TotalFact, answers: Answers, where: str) -> Iterator[Finding]:
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


def _too_many_companies(told: ToldText, fact: CompaniesFact, case: Case, where: str) -> Iterator[Finding]:
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


def _figures(code: str, answers: Answers) -> dict[str, set[int]]:
    """All that may be said of an account in 千円, by segment: its totals, and by how much a basis changes one."""
    by_segment: dict[str, list[int]] = {}
    for total in answers.totals:
        if total.code == code:
            by_segment.setdefault(total.segment, []).append(total.amount)
    return {
        segment: {*amounts, *(one - other for one in amounts for other in amounts)}
        for segment, amounts in by_segment.items()
    }
