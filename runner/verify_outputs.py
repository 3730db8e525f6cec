"""Known answers and what the scripts wrote → a verdict. Pure over files: runs, imports, follows nothing.

Takes a `VerifyCase` (thresholds, the work folder as the agent left it, and per dataset the answers and what
the rerun made), gives a `Verdict`. Called after the rerun, and again by `swallow-demo verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runner.checks.anomalies import check_anomalies
from runner.checks.input_listing import InputListing, list_input
from runner.checks.totals import check_totals
from runner.checks.work import check_deliverables, check_input, check_own_output, check_rerun
from runner.verdict import Cause, Check, Checks, RerunEvidence, Verdict
from synthetic_pkg.answers import load_answers
from synthetic_pkg.manifest import Manifest

__all__ = ["DatasetCase", "VerifyCase", "list_input", "verify"]


@dataclass(frozen=True)
class DatasetCase:
    """One dataset the scripts were rerun on: `folder` holds the `output/` that this rerun made."""

    label: Literal["seen", "heldout"]
    answers: Path
    folder: Path
    evidence: RerunEvidence


@dataclass(frozen=True)
class VerifyCase:
    """All that a verdict depends on; `datasets[0]` is the one the agent saw."""

    checks: Checks
    work: Path
    input_after: InputListing
    manifest: Manifest
    datasets: Sequence[DatasetCase]
    scripts: tuple[str, ...] = ("aggregate_pkg.py", "detect_anomalies.py")
    drive_failure: Literal["timeout", "protocol"] | None = None


def verify(case: VerifyCase) -> Verdict:
    """Judge the work. Raises OSError or the answers' own error only when the kit's files cannot be read."""
    checks = [] if case.drive_failure is None else [_drive_check(case.drive_failure)]
    checks.append(check_deliverables(case.work, case.scripts))
    checks.append(check_input(case.input_after, case.manifest))
    for dataset in case.datasets:
        answers = load_answers(dataset.answers)
        checks.append(check_rerun(dataset.label, dataset.evidence, case.scripts, case.work))
        checks.extend(check_totals(dataset.label, dataset.folder, answers))
        checks.extend(check_anomalies(dataset.label, dataset.folder, answers, case.checks))
    seen = next(dataset for dataset in case.datasets if dataset.label == "seen")
    checks.append(check_own_output(case.work, seen.folder))
    return _verdict(case, checks)


def _drive_check(failure: Literal["timeout", "protocol"]) -> Check:
    title = (
        "エージェントが制限時間内に終えた" if failure == "timeout" else "エージェントが手順どおりに応答した"
    )
    actual = "時間切れ" if failure == "timeout" else "応答の形式が不正"
    return Check(id="drive", title=title, ok=False, compared=1, expected="完了", actual=actual)


def _verdict(case: VerifyCase, checks: list[Check]) -> Verdict:
    if any(check.compared == 0 for check in checks):
        return Verdict(outcome="kit_error", checks=checks)
    if all(check.ok for check in checks):
        return Verdict(outcome="passed", checks=checks)
    return Verdict(outcome="failed", cause=_cause(case, checks), checks=checks)


def _cause(case: VerifyCase, checks: Sequence[Check]) -> Cause:
    """Out of time explains what is missing, missing explains what is wrong: the first that holds."""
    if case.drive_failure is not None:
        return case.drive_failure
    if any(run.timed_out for dataset in case.datasets for run in dataset.evidence.scripts):
        return "timeout"
    if any(check.id == "deliverables" and not check.ok for check in checks):
        return "missing"
    return "wrong"
