"""run.json: the record of one trial, written whatever happens; and the files of a take beside it.

Paths are relative to the take, times are seconds; hashes are sha256. A take without run.json is an
interrupted attempt. A hash here proves that a file was not changed since, not who made it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from runner.outcome import Outcome
from runner.verdict import Cause, Checks

RUN = "run.json"
Provenance = Literal["live", "replay", "authored"]


class RunRecord(BaseModel):
    """One trial: how it ended, on what, how long each phase took."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = 1
    scenario: str
    take_id: str
    started_at: str  # ISO 8601 with zone
    outcome: Outcome
    cause: Cause | None = None
    message: str = ""
    drive_end: Literal["timeout", "protocol", "kit", "aborted"] | None = (
        None  # None: every prompt had its turn
    )
    provenance: Provenance | None = None  # from the endpoint's answers; None when nothing answered
    endpoint: Literal["rehearsal", "live"]
    model: str  # asked for
    answered_by: str | None = None  # the model's name in the endpoint's answers
    mode: Literal["interactive", "headless"]
    pace: Literal["human", "fast"]
    seed: int
    held_out_seed: int
    dataset_id: str | None = None
    held_out_dataset_id: str | None = None
    versions: dict[str, str] = {}
    timings_s: dict[str, float] = {}
    turns: list[dict[str, Any]] = []
    tokens: dict[str, int] = {}
    notes: list[str] = []  # what a person should know beside the outcome
    endpoint_errors: list[dict[str, Any]] = []
    checks: Checks = Checks()  # the scenario's thresholds, so that the take can be judged again
    files: dict[str, str] = {}  # path in the take → sha256, of everything but run.json


def write_text(path: Path, text: str) -> None:
    """Write under a temporary name, then rename: readers see the old file or the new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def file_hashes(take: Path) -> dict[str, str]:
    """sha256 of every regular file below the take except run.json; links are not followed."""
    found = {}
    for path in sorted(take.rglob("*")):
        if path.is_file() and not path.is_symlink() and path != take / RUN:
            with path.open("rb") as stream:
                found[path.relative_to(take).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def write_run(take: Path, run: RunRecord) -> None:
    run.files = file_hashes(take)
    write_text(take / RUN, run.model_dump_json(indent=2) + "\n")


def read_run(take: Path) -> RunRecord:
    return RunRecord.model_validate_json((take / RUN).read_text(encoding="utf-8"))
