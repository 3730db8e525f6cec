"""What every kind of check has in common: one entry of a scenario's `checks:`, and the case it is asked of.

A kind is a small module with a `Question` of its own; `runner.checks.catalogue` lists them all. A question takes a
`Case` (folders, answers, evidence; nothing runs), and gives its `Check`s whatever it finds.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from runner.checks.input_listing import InputListing
from runner.checks.safe_files import OutputError
from runner.checks.table_files import find_table
from runner.checks.xlsx_parts import Budget
from runner.verdict import Check, RerunEvidence
from synthetic_pkg.answers import Answers
from synthetic_pkg.manifest import Manifest

DATASET_NAMES = {"seen": "同じデータ", "heldout": "別データ"}
OUTPUT = "output/"
MAX_UNPACKED = 200_000_000  # bytes of all parts of all workbooks that one verdict searches for canaries

RelativePath = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f]+(/[^/\\\x00-\x1f]+)*$")
]
"""A file below the work folder, with `/` between folders."""
Share = Annotated[float, Field(ge=0, le=1)]
Rows = Counter[tuple[object, ...]]


def at_least(share: float) -> str:
    """A lower limit in Japanese: 「90% 以上」, 「すべて」."""
    return "すべて" if share >= 1 else f"{share:.0%} 以上"


def at_most(share: float) -> str:
    """An upper limit in Japanese: 「10% 以下」, 「なし」."""
    return "なし" if share <= 0 else f"{share:.0%} 以下"


@dataclass(frozen=True)
class Rerun:
    """One dataset that the scripts were rerun on: what is known about it, and the folder with their `output/`."""

    label: Literal["seen", "heldout"]
    folder: Path
    answers: Answers
    evidence: RerunEvidence
    mistakes: Path | None = None  # the dataset's known mistakes, for why totals differ

    @property
    def name(self) -> str:
        """Japanese, for titles."""
        return DATASET_NAMES[self.label]


@dataclass(frozen=True)
class Case:
    """The work of one trial. `calculated` holds the agent's own tables whose formulas the kit had to calculate."""

    work: Path
    input_after: InputListing
    manifest: Manifest
    reruns: Sequence[Rerun]
    questions: Sequence[Question]
    calculated: Path | None = None
    unpacked: Budget = field(default_factory=lambda: Budget(MAX_UNPACKED))
    """What may still be unpacked in search of canaries, of all questions together."""

    @property
    def seen(self) -> Rerun:
        """The rerun on the data that the agent saw."""
        return next(rerun for rerun in self.reruns if rerun.label == "seen")

    def delivered(self, file: str) -> Path:
        """The folder in which a delivered file is read: the calculated copy where there is one."""
        if self.calculated is None:
            return self.work
        try:
            find_table(self.calculated, file)
        except OutputError:
            return self.work
        return self.calculated


class Question(BaseModel, ABC):
    """One check that a scenario asks for. `id` tells two of one kind apart and begins the ids of its `Check`s."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    default_id: ClassVar[str]

    id: str = Field(default="", pattern=r"^([a-z][a-z0-9_]*)?$", max_length=40)

    @property
    def name(self) -> str:
        """The stable part of its checks' ids."""
        return self.id or self.default_id

    @abstractmethod
    def judge(self, case: Case) -> list[Check]:
        """The checks of this question; never raises for what an agent left behind."""

    def asked_files(self) -> tuple[str, ...]:
        """Files below the work folder that this question asks for: they are no strays."""
        return ()


class TableQuestion(Question):
    """A question about a table that a script writes."""

    @abstractmethod
    def content(self, folder: Path) -> Rows:
        """All rows of the table below `folder`, by what must be the same in two runs of a script. OutputError."""


class ScriptQuestion(Question):
    """A question about scripts: the kit reruns every script that one of these names, in their order."""

    scripts: list[Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f]+\.py$", max_length=80)]] = (
        Field(min_length=1, description="file names at the top of the work folder")
    )

    def asked_files(self) -> tuple[str, ...]:
        return tuple(self.scripts)


def scripts_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """The scripts to rerun, each once, in the order in which the questions name them."""
    return tuple(
        dict.fromkeys(name for q in questions if isinstance(q, ScriptQuestion) for name in q.scripts)
    )
