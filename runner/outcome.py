"""What became of a trial: the driver's end, the tap's events and the verdict in; outcome and cause out. Pure.

The order is the rule: the guard before all, then a fault of the kit, then of the endpoint, then the model's work.
An endpoint fault that Claude Code's own retry overcame is no fault of the trial.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from runner.verdict import Cause, Verdict

Outcome = Literal["passed", "failed", "endpoint_error", "kit_error", "blocked", "interrupted"]

EXIT_CODES: dict[Outcome, int] = {
    "passed": 0,
    "failed": 1,
    "endpoint_error": 3,
    "kit_error": 4,
    "blocked": 5,
    "interrupted": 130,
}


@dataclass(frozen=True)
class DriveEnd:
    """How the driving ended: `kind` is None when every prompt had its turn."""

    kind: Literal["timeout", "protocol", "kit", "aborted"] | None
    message: str = ""
    screen: str = ""


@dataclass(frozen=True)
class Ending:
    """Outcome, cause (with `failed` only) and one line that says why."""

    outcome: Outcome
    cause: Cause | None = None
    message: str = ""


def stop_reason(events: Sequence[dict[str, Any]]) -> str | None:
    """Why the driver should stop now, from the tap's events; None while all is well."""
    for event in events:
        if event["event"] in ("blocked", "kit_error") or (
            event["event"] == "endpoint_error" and event["fatal"]
        ):
            return str(event["message"])
    return None


def before_verdict(drive: DriveEnd, events: Sequence[dict[str, Any]]) -> Ending | None:
    """The ending when the work is not graded at all; None when the verdict decides."""
    for name in ("blocked", "kit_error"):
        for event in events:
            if event["event"] == name:
                return Ending("blocked" if name == "blocked" else "kit_error", None, str(event["message"]))
    if drive.kind is None:
        return None
    faults = [e for e in events if e["event"] in ("endpoint_error", "exchange")]
    if faults and faults[-1]["event"] == "endpoint_error":
        return Ending("endpoint_error", None, str(faults[-1]["message"]))
    if drive.kind in ("kit", "aborted"):
        return Ending("kit_error", None, drive.message)
    return None


def after_verdict(drive: DriveEnd, verdict: Verdict) -> Ending:
    """The ending when the work was graded: a broken or late conversation is `failed` whatever was left behind."""
    if verdict.outcome == "kit_error":
        wrong = next((c for c in verdict.checks if not c.compared or not c.non_null), None)
        why = f"{wrong.id}{f' ({wrong.detail})' if wrong.detail else ''}" if wrong else "there is no check"
        return Ending("kit_error", None, f"a check compared nothing: {why}")
    if drive.kind == "timeout":
        return Ending("failed", "timeout", drive.message)
    if drive.kind == "protocol":
        return Ending("failed", "protocol", drive.message)
    if verdict.outcome == "failed":
        first = verdict.failed_checks[0]
        return Ending("failed", verdict.cause, f"{first.title}: {first.detail or first.difference}")
    return Ending("passed")
