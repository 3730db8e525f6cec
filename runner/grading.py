"""From the agent's files to a verdict: collect them, rerun the scripts on both datasets, hold all against the answers.

Everything a verdict depends on is written into the take, so `verify_take` can judge it again from its files alone.
Called by the trial and by `swallow-demo verify`. Nothing here runs the agent's code but through the sandbox.
"""

from __future__ import annotations

import json
import math
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from runner.agent_python import find_agent_python
from runner.checks.input_listing import InputListing, list_input
from runner.outcome import DriveEnd
from runner.phases import Phases
from runner.record import read_run, write_text
from runner.rerun import RECORD, RerunLimits, rerun
from runner.stage import Stage
from runner.verdict import Checks, RerunEvidence, Verdict
from runner.verify_outputs import DatasetCase, VerifyCase, verify
from synthetic_pkg.dataset import Dataset
from synthetic_pkg.manifest import Manifest

SCRIPTS = ("aggregate_pkg.py", "detect_anomalies.py")
LABELS: tuple[Literal["seen"], Literal["heldout"]] = ("seen", "heldout")
MOST_MODULES = 50
ANSWERS, RERUN, WORK = "answers", "rerun", "work"
INPUT_AFTER, MANIFEST, TRANSCRIPT = "input_after.json", "manifest.json", "transcript.jsonl"


class TakeError(Exception):
    """A take cannot be verified again; one line: what is missing, where, what to do."""


def keep_datasets(take: Path, datasets: tuple[Dataset, Dataset]) -> None:
    """Copy manifests and answer keys into the take; the sandbox reaches neither."""
    (take / ANSWERS).mkdir()
    shutil.copyfile(datasets[0].root / MANIFEST, take / MANIFEST)
    for label, dataset in zip(LABELS, datasets, strict=True):
        shutil.copyfile(dataset.answers_path, take / ANSWERS / f"{label}.json")
        shutil.copyfile(dataset.root / MANIFEST, take / ANSWERS / f"{label}.manifest.json")


def collect(stage: Stage, take: Path) -> None:
    """Bring the agent's files and Claude Code's own log out, and list what `input/` held at the end."""
    stage.workspace.gather_work(take / WORK)
    listing = list_input(stage.workspace.work / "input")
    write_text(take / INPUT_AFTER, listing.model_dump_json() + "\n")
    logs = stage.workspace.transcripts()
    if logs:
        shutil.copyfile(logs[-1], take / TRANSCRIPT, follow_symlinks=False)


def rerun_both(
    take: Path, datasets: tuple[Dataset, Dataset], wall_s: float, scratch: Path, phases: Phases
) -> None:
    """Rerun the collected scripts on the seen and on the held-out data, side by side; evidence goes into the take.

    `scratch` is an existing folder on a disk with room for two copies of the input. Raises SandboxError.
    """
    scripts = [take / WORK / name for name in SCRIPTS]
    modules = [file for file in sorted((take / WORK).glob("*.py")) if file.name not in SCRIPTS][:MOST_MODULES]
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
            cancelled=cancel.is_set,
        )

    with phases.phase("rerun"), ThreadPoolExecutor(max_workers=len(LABELS)) as pool:
        try:
            for done in [pool.submit(one, label, data) for label, data in zip(LABELS, datasets, strict=True)]:
                done.result()
        except KeyboardInterrupt:
            cancel.set()  # the pool waits for its threads: they must not run to the end of their scripts
            raise


def grade(take: Path, checks: Checks, end: DriveEnd) -> Verdict:
    """The verdict on a take, from its files alone."""
    failure = end.kind if end.kind in ("timeout", "protocol") else None
    case = VerifyCase(
        checks=checks,
        work=take / WORK,
        input_after=InputListing.model_validate_json((take / INPUT_AFTER).read_text(encoding="utf-8")),
        manifest=Manifest.model_validate_json((take / MANIFEST).read_text(encoding="utf-8")),
        datasets=[_dataset_case(take, label) for label in LABELS],
        drive_failure=failure,
    )
    return verify(case)


def _dataset_case(take: Path, label: Literal["seen", "heldout"]) -> DatasetCase:
    folder = take / RERUN / label
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    evidence = RerunEvidence.model_validate(record["evidence"])
    return DatasetCase(label, take / ANSWERS / f"{label}.json", folder, evidence)


def verify_take(take: Path) -> Verdict:
    """Judge a recorded take again; TakeError when files are missing."""
    try:
        run = read_run(take)
        return grade(take, run.checks, DriveEnd(run.drive_end))
    except FileNotFoundError as error:
        raise TakeError(
            f"{error.filename}: not there, so this is no finished take; give a folder below recordings/<scenario>/"
        ) from error
    except (ValidationError, NotADirectoryError) as error:
        raise TakeError(f"{take}: a file of this take is damaged ({str(error).splitlines()[0]})") from error
