"""A take as the film may use it: read and checked once, as a whole, before anything is planned.

`open_take(folder)` gives an `OpenTake`: record, verdict, manifest and recording that belong together and say the same
of who answered and how it ended. Used by facts, highlight and the command line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from runner.cast import Cast, parse_cast
from runner.record import CAST, PROVENANCE_LABELS, RUN, RunRecord, changed_files, read_run
from runner.studio.answers import Answers, AnswersError, read_answers
from runner.verdict import Verdict
from synthetic_pkg.manifest import Manifest

CASSETTE = "cassette.jsonl"
MOST_NAMES = 3  # files named in one line


class FactsError(Exception):
    """A take from which no film may be made, or a placeholder it has no figure for; one line."""


@dataclass(frozen=True)
class OpenTake:
    """Everything the film tells, each file as run.json has its sha256."""

    folder: Path
    run: RunRecord
    verdict: Verdict
    manifest: Manifest
    cast: Cast
    cast_sha256: str
    recorded_on: date
    answers: Answers


def open_take(folder: Path) -> OpenTake:
    """Read a take. FactsError when a file is missing, changed or no such file, or when two of them contradict each
    other; CastError when the recording cannot be read."""
    run = record_of(folder)
    if run.provenance is None:
        raise FactsError(
            f"{folder}: no endpoint answered in this take, so there is nothing to show; choose another take"
        )
    if not (folder / CAST).is_file():
        raise FactsError(
            f"{folder / CAST}: no recording here: headless trials have none; choose another take"
        )
    if changed := changed_files(folder, run):
        names = ", ".join(changed[:MOST_NAMES]) + (", …" if len(changed) > MOST_NAMES else "")
        raise FactsError(
            f"{folder}: {len(changed)} file(s) not as recorded (changed, gone or added: {names}); restore them or "
            "record the take again"
        )
    verdict = _verdict(folder)
    if (run.outcome, run.cause) != (verdict.outcome, verdict.cause):
        raise FactsError(
            f"{folder}: run.json says {_ended(run)}, verdict.json says {_ended(verdict)}: no film may choose between "
            "them; choose another take"
        )
    content = _bytes(folder / CAST)
    cast = parse_cast(content, str(folder / CAST))
    answers = _answers(folder)
    if not cast.truncated:  # the editor refuses the other; its title need not be there
        _check_provenance(folder, run, cast, answers)
    return OpenTake(
        folder=folder,
        run=run,
        verdict=verdict,
        manifest=_manifest(folder),
        cast=cast,
        cast_sha256=hashlib.sha256(content).hexdigest(),
        recorded_on=_day(folder, run),
        answers=answers,
    )


def record_of(folder: Path) -> RunRecord:
    """The record alone. FactsError when there is none, or when the take ended without a verdict."""
    try:
        run = read_run(folder)
    except FileNotFoundError as error:
        raise FactsError(
            f"{folder}: no run.json: the take was interrupted or is none; choose another take"
        ) from error
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        said = error.strerror if isinstance(error, OSError) else "not a record of this version"
        raise FactsError(f"{folder / RUN}: cannot be read: {said}; choose another take") from error
    if run.outcome not in ("passed", "failed"):
        raise FactsError(
            f"{folder}: the take ended with `{run.outcome}` and has no verdict to show; choose another take"
        )
    return run


def _check_provenance(folder: Path, run: RunRecord, cast: Cast, answers: Answers) -> None:
    """Who answered stands in several places. run.json alone is in no list of hashes, so the others must agree."""
    label = f"【{PROVENANCE_LABELS[run.provenance]}】"
    contradictions = []
    if run.provenance == "live" and run.endpoint == "rehearsal":
        contradictions.append("its own endpoint is the rehearsal")
    if answers.provenance != run.provenance:
        contradictions.append(f"{CASSETTE} says `{answers.provenance}`")
    elif run.provenance == "live" and answers.provenances != {"live"}:
        others = sorted(answers.provenances - {"live"}) or ["nothing"]
        contradictions.append(f"answers in {CASSETTE} say {', '.join(f'`{other}`' for other in others)}")
    if not (cast.header.title or "").endswith(label):
        contradictions.append(f"the title of {CAST} does not end with {label}")
    if contradictions:
        raise FactsError(
            f"{folder / RUN}: provenance is `{run.provenance}`, but {' and '.join(contradictions)}; restore run.json "
            "or record the take again"
        )


def _answers(folder: Path) -> Answers:
    try:
        return read_answers(folder / CASSETTE)
    except AnswersError as error:
        raise FactsError(str(error)) from error


def _verdict(folder: Path) -> Verdict:
    try:
        return Verdict.model_validate_json(_bytes(folder / "verdict.json"))
    except ValidationError as error:
        raise FactsError(
            f"{folder / 'verdict.json'}: not a verdict of this version; verify the take again"
        ) from error


def _manifest(folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(_bytes(folder / "manifest.json"))
    except ValidationError as error:
        raise FactsError(
            f"{folder / 'manifest.json'}: not a manifest of this version; record the take again"
        ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FactsError(f"{path}: cannot be read: {error.strerror}; record the take again") from error


def _day(folder: Path, run: RunRecord) -> date:
    try:
        return datetime.fromisoformat(run.started_at).date()
    except ValueError as error:
        raise FactsError(
            f"{folder / RUN}: field `started_at`: not a time in ISO 8601: {run.started_at!r}; restore run.json"
        ) from error


def _ended(record: RunRecord | Verdict) -> str:
    return f"`{record.outcome}`" + (f" ({record.cause})" if record.cause else "")
