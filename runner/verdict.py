"""What the verifier takes as evidence and what it gives: checks with their findings, and an outcome.

Plain pydantic models that stand in files (`verdict.json`, rerun records), no logic. `runner.rerun` fills
`RerunEvidence`, `verify_outputs` gives `Verdict`; what a scenario asks for stands in `runner.checks`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["passed", "failed", "kit_error"]
Cause = Literal["wrong", "missing", "timeout", "protocol"]


LimitName = Literal["wall", "cpu", "memory", "processes", "disk", "file_size", "open_files"]


class ScriptRun(BaseModel):
    """One script, rerun once by the kit. The exit code is evidence, never the verdict by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    script: str = Field(description="file name at the top of the work folder")
    exit_code: int | None = Field(description="None when it was ended by a signal or a limit")
    timed_out: bool = Field(default=False, description="wall or CPU time ran out")
    limit: str | None = Field(default=None, description="the limit that ended it, in words, if one did")
    hit: list[LimitName] = Field(
        default_factory=list, description="limits that it ran into, also those it was told of and went on"
    )
    beside: list[str] | None = Field(
        default=None,
        description="files that stood there when it started, without input/, the scripts and their modules; "
        "None: not recorded",
    )
    made: list[str] = Field(default_factory=list, description="files below output/ that it wrote")
    duration_s: float = Field(default=0.0, ge=0, description="wall seconds")
    stdout: str | None = Field(default=None, description="where the standard output is kept")
    stderr: str | None = Field(default=None, description="where the standard error is kept")
    stderr_tail: str = Field(default="", description="its last lines, for the reader of the verdict")


class Calculation(BaseModel):
    """Tables whose formulas stood there without values, and what LibreOffice made of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calculated: list[str] = Field(
        default_factory=list, description="below output/; the original is kept beside"
    )
    not_calculated: list[str] = Field(default_factory=list, description="LibreOffice could not read these")
    missing: str = Field(default="", description="why nothing could be calculated: the kit's fault, one line")


class RerunEvidence(BaseModel):
    """What happened when the scripts were rerun on one dataset; a script that was not there has no entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scripts: list[ScriptRun] = Field(default_factory=list)
    strays: list[str] = Field(
        default_factory=list, description="what the scripts left outside output/, or what could not be kept"
    )
    calculation: Calculation | None = Field(default=None, description="None: no table needed it")


class Finding(BaseModel):
    """One value that is not as known: what it is, both sides, where it stood and what explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(description="Japanese; what the value is about, e.g. 「修正後 全社 4010」")
    expected: str = ""
    actual: str = ""
    difference: str = ""
    where: str = Field(default="", description="file, sheet and cell (or line) of the OUTPUT")
    cause: str = Field(default="", description='Japanese; "" or 「不明…」 when nothing explains it')
    evidence: str = Field(default="", description="company, sheet and cell of the INPUT that shows the cause")


class Group(BaseModel):
    """Planted roots of one kind, or of one 検査番号: how many there are, were found, and were alarmed falsely."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Literal["kind", "check"]
    name: str = Field(description="e.g. `R07` or `C01`")
    planted: int = Field(ge=1)
    found: int = Field(ge=0)
    false_alarms: int = Field(ge=0)

    @property
    def recall(self) -> float:
        """Found / planted."""
        return self.found / self.planted

    @property
    def label(self) -> str:
        """Japanese, for a table."""
        return f"{'種類' if self.by == 'kind' else '検査'} {self.name}"


MOST_FINDINGS = 20


class Check(BaseModel):
    """One question put to the work, with what was compared and what came out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="stable, e.g. `heldout.totals.corrected.segments`")
    kind: str = Field(default="", description="name of the check kind, as in a scenario's `checks:`")
    title: str = Field(description="Japanese, for the table on screen")
    ok: bool
    compared: int = Field(
        ge=0, description="known values held against the work; 0 means the kit had nothing to ask"
    )
    non_null: int = Field(
        default=0, ge=0, description="of the known values, those that are not empty; 0 is the kit's error too"
    )
    expected: str = ""
    actual: str = ""
    difference: str = ""
    cause: str = Field(default="", description="Japanese; why the check as a whole did not hold")
    findings: list[Finding] = Field(
        default_factory=list, max_length=MOST_FINDINGS, description="largest difference first"
    )
    groups: list[Group] = Field(
        default_factory=list, description="of a set match: every kind and every 検査番号, also those found"
    )
    detail: str = Field(default="", description="Japanese; the largest differences and the likely cause")
    where: str = Field(
        default="", description="the file that was looked at, relative to the take where possible"
    )
    limit: str = Field(
        default="",
        exclude=True,
        description="Japanese; a bound of the kit's own, told among the verdict's limits",
    )


class Verdict(BaseModel):
    """Every check and the overall outcome of one trial's work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome
    cause: Cause | None = Field(default=None, description="only with `failed`")
    checks: list[Check]
    limits: list[str] = Field(default_factory=list, description="limits that a rerun hit, in words")
    strays: list[str] = Field(
        default_factory=list, description="files in the work folder or from the reruns that nobody asked for"
    )

    def as_json(self) -> str:
        """The content of verdict.json: the same verdict gives the same bytes."""
        return self.model_dump_json(indent=2) + "\n"

    @property
    def failed_checks(self) -> list[Check]:
        """The checks that did not hold, in their order."""
        return [check for check in self.checks if not check.ok]
