"""The lines of mistakes.jsonl: the exact totals, how each known mistake would change them, and each company's part.

Written by synthetic_pkg.mistakes beside answers.json, read by whoever explains a wrong total. Amounts: micro-yen.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from synthetic_pkg.answers import Basis

FILE_NAME = "mistakes.jsonl"
BySegment = dict[str, dict[str, int]]  # segment -> account code -> micro-yen


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Exact(Line):
    """Every total before rounding, by segment; 全社 is their sum. contra: accounts shown as △ and added."""

    record: Literal["exact"] = "exact"
    amounts: dict[Basis, BySegment]
    credit: list[str] = Field(description="codes of accounts whose natural side is the credit side")
    contra: list[str]
    income: list[str] = Field(description="codes of the income statement")
    differences: list[str] = Field(description="codes of the group's difference accounts")
    names: dict[str, str] = Field(description="account names by code")
    pairs: list[tuple[str, str]] = Field(
        description="codes of the two sides of a dealing, as 要領 pairs them"
    )


class Mistake(Line):
    """One known mistake: what it is in Japanese, the input that shows it, and what it adds to the totals.

    title ends as a clause that 「場合」 can follow. deltas: zeros are left out.
    """

    record: Literal["mistake"] = "mistake"
    id: str
    title: str
    evidence: str = ""
    deltas: dict[Basis, BySegment]


class CompanyParts(Line):
    """What one company adds to the totals, for the mistakes that can befall any of them.

    own: its figures by basis. rows: what eliminating its own rows of 08 and 09 moves; partners: what eliminating
    its partners' rows that name it moves; held: all moves of eliminations that are booked at it.
    """

    record: Literal["company"] = "company"
    company: str
    name: str
    segment: str
    evidence: str
    own: dict[Basis, dict[str, int]]
    rows: BySegment
    partners: BySegment
    held: dict[str, int]


AnyLine = Exact | Mistake | CompanyParts
_MODELS: dict[str, type[Exact] | type[Mistake] | type[CompanyParts]] = {
    "exact": Exact,
    "mistake": Mistake,
    "company": CompanyParts,
}


def read(path: Path) -> Iterator[AnyLine]:
    """The lines of a file (.gz: packed), one at a time. ValueError, naming the field, when one is not as above."""
    with (gzip.open if path.suffix == ".gz" else Path.open)(path, "rt", encoding="utf-8") as file:
        for text in file:
            record = text[len('{"record":"') :].partition('"')[0]
            if record not in _MODELS:
                raise ValueError(f"{path.name}: a line begins with {text[:20]!r}, not with a known record")
            yield _MODELS[record].model_validate_json(text)
