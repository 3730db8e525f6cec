"""`glossary`: a text uses the terms it must use, and none of those that say something else.

A forbidden term may be part of a word that is right (「連結」 in 「連結PKG」): `but` lists these.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from runner.checks.question import Case, Question, RelativePath
from runner.checks.safe_files import OutputError, show
from runner.checks.text_file import read_text, without_space
from runner.verdict import MOST_FINDINGS, Check, Finding

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_AROUND = 12  # characters shown on each side of a forbidden term


class Forbidden(BaseModel):
    """A term that may not stand in the text, but as a part of these words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: Term
    but: list[Term] = Field(default_factory=list)
    why: str = Field(default="", description="Japanese, told when it was used")


class Glossary(Question):
    """Terms for one delivered text."""

    default_id: ClassVar[str] = "terms"
    check: Literal["glossary"]
    file: RelativePath
    use: list[Term] = Field(default_factory=list)
    avoid: list[Forbidden] = Field(default_factory=list)

    @model_validator(mode="after")
    def asks_something(self) -> Self:
        if not (self.use or self.avoid):
            raise ValueError("asks for nothing: give use or avoid")
        return self

    def asked_files(self) -> tuple[str, ...]:
        return (self.file,)

    def judge(self, case: Case) -> list[Check]:
        where = f"work/{self.file}"
        asked = len(self.use) + len(self.avoid)
        findings: list[Finding] = []
        unreadable = ""
        try:
            text = without_space(read_text(case.work, self.file))
        except OutputError as error:
            unreadable = str(error)
        else:
            findings = [*self._unused(text, where), *self._used_wrongly(text, where)]
        kept = 0 if unreadable else asked - len(findings)
        return [
            Check(
                id=self.name,
                kind=self.check,
                title="用語の使い方",
                ok=not unreadable and not findings,
                compared=asked,
                non_null=asked,
                expected=f"{asked} 語",
                actual="読めない" if unreadable else f"{kept} 語が適切",
                difference=f"{len(findings)} 語" if findings else "",
                findings=findings[:MOST_FINDINGS],
                detail=unreadable or " / ".join(f"{f.item}: {f.actual}" for f in findings),
                where=where,
            )
        ]

    def _unused(self, text: str, where: str) -> list[Finding]:
        return [
            Finding(item=f"「{term}」", expected="使う", actual="使われていない", where=where)
            for term in self.use
            if without_space(term) not in text
        ]

    def _used_wrongly(self, text: str, where: str) -> list[Finding]:
        return [
            Finding(
                item=f"「{one.term}」",
                expected="使わない",
                actual=f"使われている（…{show(place, 60)}…）",
                where=where,
                cause=one.why,
            )
            for one in self.avoid
            if (place := _first_use(text, one))
        ]


def _first_use(text: str, forbidden: Forbidden) -> str:
    """The first place where the term stands for itself, with some text around it; "" when there is none."""
    allowed = sorted(
        found.span()
        for word in map(without_space, forbidden.but)
        for found in re.finditer(re.escape(word), text)
    )
    term = without_space(forbidden.term)
    at = reach = 0  # how far the allowed words reach that begin no later than the term
    for found in re.finditer(re.escape(term), text):
        while at < len(allowed) and allowed[at][0] <= found.start():
            reach = max(reach, allowed[at][1])
            at += 1
        if reach < found.end():
            return text[max(found.start() - _AROUND, 0) : found.end() + _AROUND]
    return ""
