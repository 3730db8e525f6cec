"""The answer key: totals, planted anomalies, traps and normalisations, as models and as answers.json.

Written by synthetic_pkg.dataset, read by whoever verifies; never placed where the agent can reach it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Basis = Literal["提出値", "修正後"]
WHOLE_GROUP = "全社"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Total(Model):
    """One figure of 集計結果.xlsx. amount: 千円."""

    basis: Basis
    segment: str
    code: str
    name: str
    amount: int


class Symptom(Model):
    """A reported row matches when company and check agree, and sheet and cell too where they are listed."""

    company: str
    check_ids: list[str]
    sheets: list[str] | None = None
    cells: list[str] | None = None


class Anomaly(Model):
    """One root cause. Found when any reported row matches any accepted symptom.

    as_ruled: how 要領 wants it reported, in words, where its place is another than the one that was changed.
    """

    root_id: str
    company: str
    kind: str
    check_id: str
    sheet: str = ""
    cell: str = ""
    expected_value: int | str | None
    observed: int | str | None
    severity: int = Field(ge=1, le=3)
    treatment: Literal["fix", "keep", "exclude"]
    accepted: list[Symptom]
    must_not_report: list[str] = Field(default_factory=list)
    why: str
    as_ruled: str = ""


class Trap(Model):
    """Something that looks wrong and is not: a row with one of these checks on it is a false alarm."""

    trap_id: str
    kind: str
    company: str
    check_ids: list[str]
    sheets: list[str] | None = None
    cells: list[str] | None = None
    why: str


class Normalisation(Model):
    """A cell or form that is unusual and means `value` (book units, an ISO date, or words)."""

    root_id: str
    kind: str
    company: str
    sheet: str
    cell: str
    observed: str
    value: int | str


class Answers(Model):
    """Everything that is known about a dataset."""

    dataset_id: str
    seed: int
    totals: list[Total]
    anomalies: list[Anomaly]
    traps: list[Trap]
    normalisations: list[Normalisation]


def load_answers(path: Path) -> Answers:
    """The answer key of a dataset; pydantic's error names the field when the file is not one."""
    return Answers.model_validate_json(path.read_bytes())
