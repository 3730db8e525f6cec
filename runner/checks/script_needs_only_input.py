"""`script_needs_only_input`: each script works alone, in a folder with nothing but `input/`, itself and its modules.

`script_reruns` lets a later script read what an earlier one made. For this question the kit reruns every script on
the held-out data in a fresh folder of its own; the record says what stood there and what the script made. A script
that lives on a file of the session, or on another script's output, fails here, and the file is named.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

from runner.checks.question import Case, Rerun, ScriptQuestion
from runner.checks.script_reruns import run_fault
from runner.verdict import Check, Finding, ScriptRun

MAX_LEFTOVERS = 2_000  # file names of the session that an error message is searched for
MIN_NAME = 3


class ScriptNeedsOnlyInput(ScriptQuestion):
    """Scripts by name."""

    default_id: ClassVar[str] = "only_input"
    check: Literal["script_needs_only_input"]

    def judge(self, case: Case) -> list[Check]:
        return [_check(self, rerun, case) for rerun in case.reruns if rerun.label == "heldout"]


def _check(question: ScriptNeedsOnlyInput, rerun: Rerun, case: Case) -> Check:
    runs = {run.script: run for run in rerun.evidence.scripts}
    made = {run.script: run.made for run in case.seen.evidence.scripts}
    faults = {
        script: fault
        for script in question.scripts
        if (fault := _fault(script, runs.get(script), made.get(script, []), case.work))
    }
    unproven = [script for script in question.scripts if script in runs and runs[script].beside != []]
    compared = 0 if unproven else len(question.scripts)
    return Check(
        id=question.name,
        kind="script_needs_only_input",
        title="入力だけで動くか",
        ok=not faults and not unproven,
        compared=compared,
        non_null=compared,
        expected=f"{len(question.scripts)} 本が単独で完了",
        actual=f"{len(question.scripts) - len(faults)} 本が単独で完了",
        difference=f"{len(faults)} 本" if faults else "",
        findings=[
            Finding(
                item=script, expected="単独で完了", actual="完了せず", cause=fault, where="rerun/heldout/"
            )
            for script, fault in faults.items()
        ],
        detail=" / ".join(faults.values())
        or (f"{'、'.join(unproven)} を入力だけのフォルダで実行した記録がありません" if unproven else ""),
        where="rerun/heldout/",
    )


def _fault(script: str, run: ScriptRun | None, made_before: Sequence[str], work: Path) -> str:
    if run is None:
        return f"{script} がありません"
    fault = run_fault(script, run)
    if fault:
        wanted = [name for name in _leftovers(work) if name in run.stderr_tail]
        needs = f"。入力にない {wanted[0]} を読もうとしています" if wanted else ""
        return fault + needs
    short = [name for name in made_before if name not in run.made]
    if short:
        return f"{script} は単独では output/{short[0]} を作りません"
    return "" if run.made else f"{script} は単独では output/ に何も作りません"


def _leftovers(work: Path) -> list[str]:
    """Names of the files that the session left, without the agent's programs and the input, longest first."""
    names: set[str] = set()
    for place, folders, files in os.walk(work):
        if Path(place) == work and "input" in folders:
            folders.remove("input")
        names.update(name for name in files if not name.endswith(".py") and len(name) >= MIN_NAME)
        if len(names) > MAX_LEFTOVERS:
            break
    return sorted(names, key=lambda name: (-len(name), name))[:MAX_LEFTOVERS]
