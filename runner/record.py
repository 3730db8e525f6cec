"""run.json: the record of one trial, written whatever happens; and the files of a take beside it.

Paths are relative to the take, times are seconds; hashes are sha256. A take without run.json is an
interrupted attempt. A hash here proves that a file was not changed since, not who made it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

from runner.checks.catalogue import Checks
from runner.checks.earlier import checks_of_thresholds
from runner.outcome import Outcome
from runner.verdict import Cause

RUN, CAST = "run.json", "session.cast"
CURATED = "curated"  # name of the one take of a scenario that is kept in the repository
FILM = "video"  # the folder of what is made from a take later on; no part of its record
Provenance = Literal["live", "replay", "authored"]


class SceneRecord(BaseModel):
    """One step of the course in session.cast: a command, the agent's start or a prompt, up to where the next begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    marker: str
    typed: str  # the command or prompt
    start_s: float  # of the recording
    end_s: float
    take_id: str  # of the take in which it was recorded: another one where this take was composed


class RunRecord(BaseModel):
    """One trial: how it ended, on what, how long each phase took."""

    model_config = ConfigDict(extra="forbid")

    schema_version: Literal[1] = 1
    scenario: str
    title: str = ""  # the scenario's, for those who read pages; takes before 0.2 have none
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
    scenes: list[SceneRecord] = []  # [] in a headless take, and in one made before 0.2
    tokens: dict[str, int] = {}
    notes: list[str] = []  # what a person should know beside the outcome
    endpoint_errors: list[dict[str, Any]] = []
    checks: Checks  # the scenario's, so that the take can be judged again
    files: dict[str, str] = {}  # path in the take → sha256, of everything but run.json
    _earlier = field_validator("checks", mode="before")(checks_of_thresholds)


# How an audience is told who answered; None: nobody did.
PROVENANCE_LABELS: dict[Provenance | None, str] = {
    "authored": "リハーサル（台本による応答）",
    "replay": "再生（記録した実行の再現）",
    "live": "本番（モデルが応答）",
    None: "応答なし",
}


def path_from_here(path: Path) -> str:
    """As a person types it: relative below the current folder, else as it is."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def write_text(path: Path, text: str) -> None:
    """Write under a temporary name, then rename: readers see the old file or the new one. OSError names `path`."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def file_hashes(take: Path) -> dict[str, str]:
    """sha256 of every regular file below the take except run.json and the film; links are not followed."""
    found = {}
    for path in sorted(take.rglob("*")):
        if (
            path.is_file()
            and not path.is_symlink()
            and path != take / RUN
            and take / FILM not in path.parents
        ):
            with path.open("rb") as stream:
                found[path.relative_to(take).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def changed_files(take: Path, run: RunRecord) -> list[str]:
    """Paths whose content is not what the record says: changed, gone or added since."""
    now = file_hashes(take)
    return sorted(path for path in {*now, *run.files} if now.get(path) != run.files.get(path))


def write_run(take: Path, run: RunRecord) -> None:
    run.files = file_hashes(take)
    write_text(take / RUN, run.model_dump_json(indent=2) + "\n")


def read_run(take: Path) -> RunRecord:
    return RunRecord.model_validate_json((take / RUN).read_text(encoding="utf-8"))
