"""Known answers and what the scripts wrote → a verdict. Pure over files: runs, imports, follows nothing.

Takes a `VerifyCase` (a scenario's checks, the work folder as the agent left it, and per dataset the answers and what
the rerun made), gives a `Verdict`. Called after the rerun, and again by `swallow-demo verify`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from runner.checks.causes.known import mistakes_beside
from runner.checks.files import Files
from runner.checks.input_listing import InputListing, list_input
from runner.checks.question import DATASET_NAMES, Case, Question, Rerun, TableQuestion
from runner.checks.safe_files import OutputError
from runner.checks.strays import stray_files
from runner.checks.table_files import find_table
from runner.verdict import Calculation, Cause, Check, LimitName, RerunEvidence, Verdict
from synthetic_pkg.answers import load_answers
from synthetic_pkg.manifest import Manifest

__all__ = ["DatasetCase", "VerifyCase", "list_input", "verify"]

LIMIT_NAMES: dict[LimitName, str] = {
    "wall": "実行時間",
    "cpu": "CPU時間",
    "memory": "メモリ",
    "processes": "プロセス数",
    "disk": "ディスク使用量",
    "file_size": "ファイルの大きさ",
    "open_files": "同時に開けるファイル数",
}


@dataclass(frozen=True)
class DatasetCase:
    """One dataset the scripts were rerun on: `folder` holds the `output/` that this rerun made."""

    label: Literal["seen", "heldout"]
    answers: Path
    folder: Path
    evidence: RerunEvidence


@dataclass(frozen=True)
class VerifyCase:
    """All that a verdict depends on. `refused` names what of the agent's files could not be brought out;
    `calculated` holds its own tables whose formulas the kit had to calculate, `calculation` says how that went."""

    checks: Sequence[Question]
    work: Path
    input_after: InputListing
    manifest: Manifest
    datasets: Sequence[DatasetCase]
    refused: Sequence[str] = ()
    calculated: Path | None = None
    calculation: Calculation | None = None
    drive_failure: Literal["timeout", "protocol"] | None = None


def verify(case: VerifyCase) -> Verdict:
    """Judge the work. Raises OSError or the answers' own error only when the kit's files cannot be read."""
    asked = Case(
        work=case.work,
        input_after=case.input_after,
        manifest=case.manifest,
        reruns=[
            Rerun(
                one.label,
                one.folder,
                load_answers(one.answers),
                one.evidence,
                mistakes_beside(one.answers),
            )
            for one in case.datasets
        ],
        questions=case.checks,
        calculated=case.calculated,
    )
    checks = [] if case.drive_failure is None else [_drive_check(case.drive_failure)]
    checks += _uncalculated(asked, case.calculation)
    for question in case.checks:
        checks += question.judge(asked)
    outcome, cause = _outcome(case, checks)
    return Verdict(
        outcome=outcome,
        cause=cause,
        checks=checks,
        limits=[*_limits(case.datasets), *(check.limit for check in checks if check.limit)],
        strays=stray_files(asked, case.refused),
    )


def _drive_check(failure: Literal["timeout", "protocol"]) -> Check:
    title = (
        "エージェントが制限時間内に終えた" if failure == "timeout" else "エージェントが手順どおりに応答した"
    )
    actual = "時間切れ" if failure == "timeout" else "応答の形式が不正"
    return Check(
        id="drive",
        kind="drive",
        title=title,
        ok=False,
        compared=1,
        non_null=1,
        expected="完了",
        actual=actual,
    )


def _uncalculated(case: Case, delivered: Calculation | None) -> list[Check]:
    """Formulas without values, and no LibreOffice to calculate them: nobody can say what the tables hold."""
    wanted = {name for one in case.questions if isinstance(one, TableQuestion) for name in one.asked_files()}
    places = [
        ("delivered", "提出物", "work", case.work, delivered),
        *(
            (rerun.label, rerun.name, f"rerun/{rerun.label}", rerun.folder, rerun.evidence.calculation)
            for rerun in case.reruns
        ),
    ]
    return [
        Check(
            id=f"{label}.calculation",
            kind="calculation",
            title=f"数式の計算（{title}）",
            ok=False,
            compared=0,
            detail=found.missing,
            where=f"{where}/output/",
        )
        for label, title, where, folder, found in places
        if found is not None
        and found.missing
        and _tables_in(folder, wanted) & {f"output/{name}" for name in found.not_calculated}
    ]


def _tables_in(folder: Path, asked: set[str]) -> set[str]:
    """The files that stand for the asked tables, whatever their spelling; one that is not there is told elsewhere."""
    found = set()
    for name in asked:
        with suppress(OutputError):
            found.add(find_table(folder, name))
    return found


def _outcome(
    case: VerifyCase, checks: Sequence[Check]
) -> tuple[Literal["passed", "failed", "kit_error"], Cause | None]:
    if not checks or any(check.compared == 0 or check.non_null == 0 for check in checks):
        return "kit_error", None
    if all(check.ok for check in checks):
        return "passed", None
    return "failed", _cause(case, checks)


def _cause(case: VerifyCase, checks: Sequence[Check]) -> Cause:
    """Out of time explains what is missing, missing explains what is wrong: the first that holds."""
    if case.drive_failure is not None:
        return case.drive_failure
    if any(run.timed_out for dataset in case.datasets for run in dataset.evidence.scripts):
        return "timeout"
    present = {question.name for question in case.checks if isinstance(question, Files)}
    if any(check.id in present and not check.ok for check in checks):
        return "missing"
    return "wrong"


def _limits(datasets: Sequence[DatasetCase]) -> list[str]:
    return [
        f"{run.script}（{DATASET_NAMES[dataset.label]}）: {LIMIT_NAMES[name]}の上限"
        for dataset in datasets
        for run in dataset.evidence.scripts
        for name in run.hit
    ]
