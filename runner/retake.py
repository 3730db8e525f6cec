"""A scene recorded anew: the good pictures of an earlier take, the new ones of this run, in one recording.

Takes a take, the scenario and a scene's name; `planned` says what may be composed or why not, `compose` writes the
recording into the fresh take. Two performances fit together only when they do the same: so a person's take
(rehearsal) of the same scenario, data, prompts, scripts and Claude Code. Called by the command line and the trial.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from runner.cast import TIME_DIGITS, Cast, read_cast, write_cast
from runner.course import CourseError, Pace, Step, steps_named, steps_of
from runner.record import (
    CAST,
    PROVENANCE_LABELS,
    RunRecord,
    SceneRecord,
    changed_files,
    file_hashes,
    read_run,
)
from runner.scenario import Scenario
from synthetic_pkg.dataset import dataset_id


class RetakeError(Exception):
    """These takes do not fit together; one line: what differs, what to do."""


@dataclass(frozen=True)
class Retake:
    """The take whose pictures are kept, and the steps (from 0) of the course that are recorded anew."""

    take: Path
    run: RunRecord
    anew: frozenset[int]

    def paces(self, course: Sequence[Step]) -> tuple[Pace, ...]:
        """What will be seen is played like a person does it, the rest at once."""
        return tuple("human" if step in self.anew else "fast" for step in range(len(course)))


def planned(scenario: Scenario, scene: str, take: Path, claude_code: str) -> Retake:
    """Whether this scene can be recorded anew for this take. Raises RetakeError."""
    run = _record_of(take)
    try:
        anew = steps_named(scenario.scenes, scene)
    except CourseError as error:
        raise RetakeError(str(error)) from error
    if refusal := _refusal(run, scenario, claude_code) or _course_differs(
        run, steps_of(scenario.scenes), anew
    ):
        raise RetakeError(f"{take}: {refusal}")
    if changed := changed_files(take, run):
        raise RetakeError(
            f"{take}: {len(changed)} files are not as they were recorded ({changed[0]}); restore them"
        )
    return Retake(take, run, anew)


def compose(retake: Retake, take: Path, fresh: RunRecord) -> None:
    """Write the composed recording into the fresh take and say in its record where each scene comes from.

    The agent's files of both takes must be the same. Raises RetakeError, CastError, OSError.
    """
    if fresh.provenance != retake.run.provenance:
        raise RetakeError(
            f"{retake.take}: {PROVENANCE_LABELS[retake.run.provenance]}, but now the answers were "
            f"{PROVENANCE_LABELS[fresh.provenance]}; record the whole take"
        )
    kept, now = _scripts(retake.run.files), _scripts(file_hashes(take))
    if differing := sorted(name for name in {*now, *kept} if now.get(name) != kept.get(name)):
        raise RetakeError(
            f"{retake.take}: the agent wrote another {differing[0]} this time, so the kept pictures would not show "
            "this work; record the whole take"
        )
    old, new = read_cast(retake.take / CAST), read_cast(take / CAST)
    cast, scenes = composed(old, new, retake.run.scenes, fresh.scenes, retake.anew)
    fresh.notes += uneven_seams(old, new, retake.run.scenes, fresh.scenes, retake.anew)
    write_cast(take / CAST, cast)
    fresh.scenes = scenes


def composed(
    old: Cast,
    new: Cast,
    old_scenes: Sequence[SceneRecord],
    new_scenes: Sequence[SceneRecord],
    anew: frozenset[int],
) -> tuple[Cast, list[SceneRecord]]:
    """The steps in `anew` from `new`, the others from `old`, and where each then stands; pure.

    At each seam the terminal is brought to the state in which the next step began. Markers go with their steps.
    """
    from runner.studio.editing import concat, keep  # loads the emulator, which only a retake needs

    pieces: list[Cast] = []
    scenes: list[SceneRecord] = []
    now_s = 0.0
    for is_new, group in groupby(range(len(new_scenes)), lambda step: step in anew):
        steps = list(group)
        source, spans = (new, new_scenes) if is_new else (old, old_scenes)
        start_s, end_s = spans[steps[0]].start_s, spans[steps[-1]].end_s
        piece = keep(source, start_s, end_s)
        scenes += [_moved(spans[step], now_s - start_s) for step in steps]
        pieces.append(piece)
        now_s += piece.duration_s
    joined = concat(pieces)
    return Cast(new.header, joined.events), scenes


def uneven_seams(
    old: Cast,
    new: Cast,
    old_scenes: Sequence[SceneRecord],
    new_scenes: Sequence[SceneRecord],
    anew: frozenset[int],
) -> list[str]:
    """A note (Japanese) for each seam at which the screens before and after differ by more than clocks and counters."""
    from runner.studio.replay import Replay  # loads the emulator too
    from runner.studio.screen_changes import changed_rows

    notes = []
    replays = Replay(old), Replay(new)
    for step in range(1, len(new_scenes)):
        if (step in anew) == (step - 1 in anew):
            continue
        screens = (replays[0].before(old_scenes[step].start_s), replays[1].before(new_scenes[step].start_s))
        changes = changed_rows(*(screen.cells() for screen in screens))
        if changes:
            rows = "、".join(str(change.row) for change in changes)
            notes.append(
                f"録り直しのつなぎ目「{new_scenes[step].marker}」の前後で、画面の{rows}行目が異なります"
            )
    return notes


def _moved(scene: SceneRecord, by_s: float) -> SceneRecord:
    times = {name: round(getattr(scene, name) + by_s, TIME_DIGITS) for name in ("start_s", "end_s")}
    return scene.model_copy(update=times)


def _scripts(files: Mapping[str, str]) -> dict[str, str]:
    """What the agent wrote to be run, of {path in the take: sha256}."""
    return {name: digest for name, digest in files.items() if re.fullmatch(r"work/[^/]+\.py", name)}


def _record_of(take: Path) -> RunRecord:
    if not take.is_dir():
        raise RetakeError(f"{take}: no folder of a take; give one below recordings/<scenario>/ as --take")
    try:
        return read_run(take)
    except FileNotFoundError as error:
        raise RetakeError(
            f"{take}: no run.json: the take was interrupted or is none; choose another one"
        ) from error
    except (OSError, ValidationError) as error:
        raise RetakeError(
            f"{take}: its run.json is not a record of this version; choose another take"
        ) from error


def _refusal(run: RunRecord, scenario: Scenario, claude_code: str) -> str | None:
    """Why nothing can be composed with this take, if so."""
    if run.scenario != scenario.scenario:
        return f"a take of the scenario {run.scenario}, not of {scenario.scenario}; give one of {scenario.scenario}"
    if run.outcome not in ("passed", "failed"):
        return f"the take ended with `{run.outcome}`, so it is not whole; choose another one"
    if run.provenance not in ("authored", "replay"):
        return "a model answered in it, and two runs of a model do not fit together; record the whole take"
    if (made_with := run.versions.get("claude_code")) != claude_code:
        return f"recorded on Claude Code {made_with}, now it is {claude_code}; record the whole take"
    for seed, kept in ((run.seed, run.dataset_id), (run.held_out_seed, run.held_out_dataset_id)):
        if (made := dataset_id(scenario.dataset, seed)) != kept:
            return f"made on the data {kept}, now it would be {made}; record the whole take"
    if run.mode == "headless":
        return "a headless take has no recording; choose another one"
    if not run.scenes:
        return "made before takes knew where their scenes begin; record the whole take"
    return None


def _course_differs(run: RunRecord, course: Sequence[Step], anew: frozenset[int]) -> str | None:
    """What the scenario has a person type otherwise by now in a scene whose pictures are to be kept."""
    if len(run.scenes) != len(course):
        return f"it has {len(run.scenes)} scenes, the scenario now {len(course)}; record the whole take"
    for number, (scene, step) in enumerate(zip(run.scenes, course, strict=True)):
        if number not in anew and (scene.marker, scene.typed) != (step.label, step.typed):
            return f"the scenario's scene {step.label!r} is not as it was recorded; record the whole take"
    return None
