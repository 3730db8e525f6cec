"""What the verifier takes as thresholds and evidence, and what it gives: checks and an outcome.

Plain pydantic models that stand in files (`verdict.json`, rerun records, a scenario's `checks:`), no logic.
`runner.scenario` embeds `Checks`, `runner.rerun` fills `RerunEvidence`, `verify_outputs` gives `Verdict`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["passed", "failed", "kit_error"]
Cause = Literal["wrong", "missing", "timeout", "protocol"]


class Checks(BaseModel):
    """The thresholds of a scenario; totals have none, they are exact in 千円."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recall_min: float = Field(
        default=0.90, ge=0, le=1, description="share of planted root causes that must be found"
    )
    precision_min: float = Field(
        default=0.85, ge=0, le=1, description="found roots / (found roots + false alarms)"
    )
    trap_alarms_max: float = Field(
        default=0.10, ge=0, le=1, description="share of traps that may raise an alarm"
    )


class ScriptRun(BaseModel):
    """One script, rerun once by the kit. The exit code is evidence, never the verdict by itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    script: str = Field(description="file name at the top of the work folder")
    exit_code: int | None = Field(description="None when it was ended by a signal or a limit")
    timed_out: bool = Field(default=False, description="wall or CPU time ran out")
    limit: str | None = Field(default=None, description="the limit that ended it, in words, if one did")
    duration_s: float = Field(default=0.0, ge=0, description="wall seconds")
    stdout: str | None = Field(default=None, description="where the standard output is kept")
    stderr: str | None = Field(default=None, description="where the standard error is kept")
    stderr_tail: str = Field(default="", description="its last lines, for the reader of the verdict")


class RerunEvidence(BaseModel):
    """What happened when the scripts were rerun on one dataset; a script that was not there has no entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scripts: list[ScriptRun] = Field(default_factory=list)


class Check(BaseModel):
    """One question put to the work, with what was compared and what came out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(description="stable, e.g. `heldout.totals.corrected.segments`")
    title: str = Field(description="Japanese, for the table on screen")
    ok: bool
    compared: int = Field(
        ge=0, description="known values held against the work; 0 means the kit had nothing to ask"
    )
    expected: str = ""
    actual: str = ""
    difference: str = ""
    detail: str = Field(default="", description="Japanese; the largest differences and the likely cause")
    where: str = Field(
        default="", description="the file that was looked at, relative to the take where possible"
    )


class Verdict(BaseModel):
    """Every check and the overall outcome of one trial's work."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome
    cause: Cause | None = Field(default=None, description="only with `failed`")
    checks: list[Check]

    @property
    def failed_checks(self) -> list[Check]:
        """The checks that did not hold, in their order."""
        return [check for check in self.checks if not check.ok]
