"""From the agent's files to a verdict: collect them, rerun the scripts on both datasets, hold all against the answers.

Everything a verdict depends on is written into the take, so `verify_take` can judge it again from its files alone.
Called by the trial and by `swallow-demo verify`. Nothing here runs the agent's code but through the sandbox.
"""

from __future__ import annotations

import gzip
import json
import math
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, TypeAdapter, ValidationError

from runner.agent_python import find_agent_python
from runner.calculation import calculate
from runner.checks.causes.known import mistakes_beside
from runner.checks.input_listing import InputListing, list_input
from runner.checks.question import Question, scripts_of
from runner.checks.script_needs_only_input import ScriptNeedsOnlyInput
from runner.outcome import DriveEnd
from runner.phases import Phases
from runner.record import RunRecord, changed_files, read_run, write_text
from runner.rerun import RECORD, RerunLimits, rerun
from runner.stage import Stage
from runner.verdict import Calculation, RerunEvidence, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, verify
from synthetic_pkg.answers import load_answers
from synthetic_pkg.dataset import Dataset
from synthetic_pkg.manifest import Manifest

LABELS: tuple[Literal["seen"], Literal["heldout"]] = ("seen", "heldout")
MOST_MODULES = 50
MOST_PACKAGES = 10
MOST_NOTES = 20
ANSWERS, RERUN, WORK = "answers", "rerun", "work"
INPUT_AFTER, MANIFEST, TRANSCRIPT = "input_after.json", "manifest.json", "transcript.jsonl"
REFUSED = "work_refused.json"  # only when something could not be brought out
CALCULATION = "calculation.json"  # below rerun/delivered/: what became of them
DELIVERED = "delivered"  # below rerun/: the agent's own tables, calculated, when they needed it


class TakeError(Exception):
    """A take cannot be verified again; one line: what is missing, where, what to do."""


class _RerunRecord(BaseModel):
    """What a verdict takes from rerun.json."""

    evidence: RerunEvidence


def keep_datasets(take: Path, datasets: tuple[Dataset, Dataset]) -> None:
    """Copy manifests and answer keys into the take; the sandbox reaches neither."""
    (take / ANSWERS).mkdir()
    shutil.copyfile(datasets[0].root / MANIFEST, take / MANIFEST)
    for label, dataset in zip(LABELS, datasets, strict=True):
        shutil.copyfile(dataset.answers_path, take / ANSWERS / f"{label}.json")
        known = gzip.compress(mistakes_beside(dataset.answers_path).read_bytes(), mtime=0)
        mistakes_beside(take / ANSWERS / f"{label}.json").write_bytes(known)
        shutil.copyfile(dataset.root / MANIFEST, take / ANSWERS / f"{label}.manifest.json")


def collect(stage: Stage, take: Path, notes: list[str]) -> None:
    """Bring the agent's files and Claude Code's own log out, and list what `input/` held at the end.

    What may not be brought out (a link, a device, too much) is told in `notes`.
    """
    gathered = stage.workspace.gather_work(take / WORK)
    notes.extend(f"work/{path}: {reason}" for path, reason in list(gathered.refused.items())[:MOST_NOTES])
    if gathered.refused:
        write_text(take / REFUSED, json.dumps(gathered.refused, ensure_ascii=False, indent=1) + "\n")
    listing = list_input(stage.workspace.work / "input")
    write_text(take / INPUT_AFTER, listing.model_dump_json() + "\n")
    logs = stage.workspace.transcripts()
    if logs:
        shutil.copyfile(logs[-1], take / TRANSCRIPT, follow_symlinks=False)


def rerun_both(
    take: Path,
    datasets: tuple[Dataset, Dataset],
    checks: Sequence[Question],
    wall_s: float,
    scratch: Path,
    phases: Phases,
) -> None:
    """Rerun the collected scripts on the seen and on the held-out data, side by side; evidence goes into the take.

    `scratch` is an existing folder on a disk with room for two copies of the input. Raises SandboxError.
    """
    names = scripts_of(checks)
    scripts = [take / WORK / name for name in names]
    modules = [file for file in sorted((take / WORK).glob("*.py")) if file.name not in names][:MOST_MODULES]
    modules += _packages(take / WORK)[:MOST_PACKAGES]
    limits = RerunLimits(wall_s=wall_s, cpu_s=math.ceil(wall_s))
    agent_python = find_agent_python()

    cancel = threading.Event()

    def one(label: str, dataset: Dataset) -> None:
        rerun(
            scripts,
            dataset.input_dir,
            take / RERUN / label,
            limits,
            agent_python=agent_python,
            scratch=scratch,
            modules=modules,
            alone=label == "heldout" and any(isinstance(check, ScriptNeedsOnlyInput) for check in checks),
            cancelled=cancel.is_set,
        )
        if label == "seen":
            # so that figures are compared with figures
            target = take / RERUN / DELIVERED
            found = calculate(take / WORK / "output", target / "output", scratch, cancel.is_set)
            if found is not None:
                target.mkdir(exist_ok=True)
                write_text(target / CALCULATION, found.model_dump_json(indent=1) + "\n")

    with phases.phase("rerun"), ThreadPoolExecutor(max_workers=len(LABELS)) as pool:
        try:
            for done in [pool.submit(one, label, data) for label, data in zip(LABELS, datasets, strict=True)]:
                done.result()
        except BaseException:
            cancel.set()  # the pool waits for its threads: they must not run to the end of their scripts
            raise


def _packages(work: Path) -> list[Path]:
    """Folders at the top of the work folder with Python files in them; the kit's own two are none."""
    kept = {"input", "output", "__pycache__"}
    return [
        folder
        for folder in sorted({file.parent for file in work.glob("*/*.py")})
        if folder.name not in kept and not folder.name.startswith(".") and not folder.is_symlink()
    ]


def grade(take: Path, checks: Sequence[Question], end: DriveEnd) -> Verdict:
    """The verdict on a take, from its files alone."""
    return verify(_read_case(take, checks, end))


def _read_case(take: Path, checks: Sequence[Question], end: DriveEnd) -> VerifyCase:
    """All that the verdict depends on. OSError, ValidationError or UnicodeDecodeError when a file is not as kept."""
    failure = end.kind if end.kind in ("timeout", "protocol") else None
    return VerifyCase(
        checks=checks,
        work=take / WORK,
        input_after=InputListing.model_validate_json((take / INPUT_AFTER).read_text(encoding="utf-8")),
        manifest=Manifest.model_validate_json((take / MANIFEST).read_text(encoding="utf-8")),
        datasets=[_dataset_case(take, label) for label in LABELS],
        refused=_refused(take),
        calculated=take / RERUN / DELIVERED,
        calculation=_calculation(take),
        drive_failure=failure,
    )


def _calculation(take: Path) -> Calculation | None:
    try:
        return Calculation.model_validate_json((take / RERUN / DELIVERED / CALCULATION).read_bytes())
    except FileNotFoundError:
        return None  # no table needed it


def _refused(take: Path) -> list[str]:
    try:
        return sorted(TypeAdapter(dict[str, str]).validate_json((take / REFUSED).read_bytes()))
    except FileNotFoundError:
        return []  # all was brought out


def _dataset_case(take: Path, label: Literal["seen", "heldout"]) -> DatasetCase:
    folder = take / RERUN / label
    record = _RerunRecord.model_validate_json((folder / RECORD).read_bytes())
    answers = take / ANSWERS / f"{label}.json"
    load_answers(answers)  # a damaged key is told as such, before anything is judged
    return DatasetCase(label, answers, folder, record.evidence)


def verify_take(take: Path) -> tuple[Verdict, RunRecord, list[str]]:
    """Judge a recorded take again: verdict, record, files changed since. TakeError when files are missing or broken.

    What goes wrong while it is judged is a fault of the kit, and raised as it is.
    """
    try:
        run = read_run(take)
        case = _read_case(take, run.checks, DriveEnd(run.drive_end))
        changed = changed_files(take, run)
    except FileNotFoundError as error:
        raise TakeError(
            f"{error.filename}: not there, so this is no finished take; give a folder below recordings/<scenario>/"
        ) from error
    except NotADirectoryError as error:
        raise TakeError(f"{take}: not a folder; give the folder of a take below recordings/") from error
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise TakeError(f"{take}: a file of this take is damaged ({str(error).splitlines()[0]})") from error
    return verify(case), run, changed
