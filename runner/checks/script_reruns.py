"""`script_reruns`: every script ends well on the same and on the held-out data, and makes what was delivered.

Takes the records of the reruns and the two outputs; runs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from runner.checks.files import absence
from runner.checks.question import Case, Rerun, ScriptQuestion, TableQuestion
from runner.checks.safe_files import OutputError, show
from runner.verdict import Check, Finding, RerunEvidence, ScriptRun


class ScriptReruns(ScriptQuestion):
    """Scripts by name; the tables that other questions ask for are what their output is compared by."""

    default_id: ClassVar[str] = "rerun"
    check: Literal["script_reruns"]

    def judge(self, case: Case) -> list[Check]:
        checks = [check_rerun(self.name, rerun, self.scripts, case.work) for rerun in case.reruns]
        tables = [question for question in case.questions if isinstance(question, TableQuestion)]
        return [*checks, check_own_output(tables, case)] if tables else checks


def check_rerun(name: str, rerun: Rerun, scripts: Sequence[str], work: Path) -> Check:
    """Every script ended with exit code 0 within its limits when the kit ran it."""
    runs = {run.script: run for run in rerun.evidence.scripts}
    faults = {script: fault for script in scripts if (fault := run_fault(script, runs.get(script)))}
    not_run = [script for script in scripts if script not in runs and not absence(work, script)]
    where = f"rerun/{rerun.label}/"
    return Check(
        id=f"{rerun.label}.{name}",
        kind="script_reruns",
        title=f"再実行の成否（{rerun.name}）",
        ok=not faults,
        compared=0 if not_run else len(scripts),
        non_null=0 if not_run else len(scripts),
        expected="終了コード " + "、".join("0" for _ in scripts),
        actual="終了コード "
        + "、".join(run_state(runs[script]) if script in runs else "実行なし" for script in scripts),
        difference=f"{len(faults)} 件失敗" if faults else "",
        findings=[
            Finding(
                item=script,
                expected="0",
                actual=run_state(runs[script]) if script in runs else "実行なし",
                where=where + ((runs[script].stderr or "") if script in runs else ""),
                cause=fault,
            )
            for script, fault in faults.items()
        ],
        detail=" / ".join(faults.values()),
        where=where + _first_complaint(rerun.evidence),
    )


def _first_complaint(evidence: RerunEvidence) -> str:
    """Name of the file with the error output of the first script that failed, if one did."""
    return next((run.stderr for run in evidence.scripts if run.stderr and run.exit_code != 0), "")


def run_state(run: ScriptRun) -> str:
    """How a run ended, in a word."""
    if run.timed_out:
        return "時間切れ"
    if run.exit_code is None:
        return run.limit or "強制終了"
    return f"{run.exit_code}"


def run_fault(name: str, run: ScriptRun | None) -> str:
    """What was wrong with a run, Japanese; "" when it ended well."""
    if run is None:
        return f"{name} がないため再実行できません"
    if run.timed_out:
        return f"{name} が {run.duration_s:.0f} 秒で終わりませんでした"
    if run.exit_code == 0:
        return ""
    last = run.stderr_tail.strip().splitlines()[-1:] or ["標準エラー出力なし"]
    return f"{name} が異常終了しました（{show(last[0], 100)}）"


def check_own_output(tables: Sequence[TableQuestion], case: Case) -> Check:
    """What the agent delivered is what its scripts make; other figures were written by hand."""
    parts = [_same_rows(table, case) for table in tables]
    compared, equal = sum(part.compared for part in parts), sum(part.equal for part in parts)
    faults = [part for part in parts if part.fault]
    return Check(
        id="own_output",
        kind="script_reruns",
        title="再実行との一致",
        ok=not faults,
        compared=compared,
        non_null=compared,
        expected=f"{compared:,} 件",
        actual=f"{equal:,} 件が一致",
        difference=f"{compared - equal:,} 件が相違" if faults else "",
        findings=[
            Finding(
                item=part.file,
                expected=f"{part.compared:,} 件",
                actual=f"{part.equal:,} 件が一致",
                where=f"work/{part.file}",
                cause=part.fault,
            )
            for part in faults
        ],
        detail=" / ".join(part.fault for part in faults),
        where="work/output/",
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """How many rows of one file were compared; a file that cannot be read counts as one that differs."""

    file: str
    compared: int
    equal: int
    fault: str


def _same_rows(table: TableQuestion, case: Case) -> _Comparison:
    file = table.asked_files()[0]
    rows = []
    for owner, folder in (("提出物", case.delivered(file)), ("再実行の結果", case.seen.folder)):
        try:
            rows.append(table.content(folder))
        except OutputError as error:
            return _Comparison(file, 1, 0, f"{owner}が読めません（{error}）")
    own, made = rows
    if own == made:
        # an empty list on both sides still compares one thing: that nothing was reported
        return _Comparison(file, max(own.total(), 1), max(own.total(), 1), "")
    compared, equal = max(own.total(), made.total()), (own & made).total()
    name = file.rpartition("/")[2]
    fault = f"{name}: {compared - equal:,} 行がスクリプトの実行結果と異なります（手書きの疑い）"
    return _Comparison(file, compared, equal, fault)
