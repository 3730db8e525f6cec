"""The whole of one trial: prepare → drive → collect → rerun → verify → record, each phase timed.

Takes a scenario and options; gives a take folder under recordings/ and its RunRecord. The record is written
whatever happens: a wrong answer, a broken endpoint, the guard's word, Ctrl-C. Called by the CLI.
"""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from runner import child, sandbox
from runner.agent_python import find_agent_python
from runner.agent_version import installed_version
from runner.cast import CastError
from runner.course import Pace, steps_of
from runner.driving import drive
from runner.endpoint import REHEARSAL_MODEL, LiveEndpoint
from runner.folders import FolderError
from runner.grading import collect, grade, keep_datasets, rerun_both
from runner.outcome import Ending, after_verdict, before_verdict
from runner.phases import Phases
from runner.record import RunRecord, write_run, write_text
from runner.retake import Retake, RetakeError, compose
from runner.sandbox import SandboxError
from runner.scenario import Scenario
from runner.services import Blocked, ServiceError
from runner.stage import open_stage
from runner.stills import stills_of
from runner.verdict import Verdict
from runner.verdict_page import verdict_page
from runner.workspace import WorkspaceError
from synthetic_pkg.dataset import Dataset, build_dataset
from synthetic_pkg.errors import DatasetError

Listener = Callable[[str, str], None]


class TakeFolderError(Exception):
    """The take's folder cannot be made; the message says which and why."""


@dataclass(frozen=True)
class Options:
    """How to run: `live` None means the rehearsal endpoint; `seed` replaces the scenario's; `retake`: which scenes
    are recorded anew, for which take."""

    recordings: Path
    cache: Path
    mode: Literal["interactive", "headless"] = "interactive"
    pace: Pace = "human"
    live: LiveEndpoint | None = None
    seed: int | None = None
    retake: Retake | None = None


@dataclass(frozen=True)
class Trial:
    """What a trial leaves: the take folder, the record and, when the work was graded, the verdict.

    `has_story`: a film can be made of it."""

    take: Path
    run: RunRecord
    verdict: Verdict | None
    has_story: bool = False


def run_trial(scenario: Scenario, options: Options, take_id: str, tell: Listener) -> Trial:
    """One trial, from preflight to run.json.

    Raises what makes a trial impossible, and leaves no take then: SandboxError, AgentMissing, TakeFolderError,
    DatasetError, RetakeError. A defect of the kit is raised too, after the record was written.
    """
    sandbox.preflight()
    find_agent_python()
    version = installed_version()
    for folder in (options.recordings, options.cache):
        if sandbox.is_shown(folder):
            raise TakeFolderError(
                f"{folder}: the agent's sandbox shows this part of the system; choose another folder"
            )
    take = options.recordings / scenario.scenario / take_id
    try:
        take.mkdir(parents=True)
    except OSError as error:
        raise TakeFolderError(f"{error.filename}: {error.strerror}; choose another --recordings") from error
    run = _new_record(scenario, options, take_id, version)
    phases = Phases(time.monotonic, tell)
    verdict: Verdict | None = None
    began = time.monotonic()
    ending = Ending("kit_error", None, "the kit itself broke off; its message is in the terminal")
    try:
        ending, verdict = _perform(scenario, options, take, run, phases)
    except KeyboardInterrupt:
        ending = Ending("interrupted", None, "interrupted by the user")
    except Blocked as found:
        ending = Ending("blocked", None, str(found))
    except (ServiceError, child.ChildError, FolderError, CastError, SandboxError, WorkspaceError) as error:
        ending = Ending("kit_error", None, str(error))
    except OSError as error:
        ending = Ending("kit_error", None, str(error))
    except (DatasetError, RetakeError):
        shutil.rmtree(take)  # bad input: nothing is left behind
        raise
    finally:
        child.stop_all()
        if take.is_dir():
            run.outcome, run.cause, run.message = ending.outcome, ending.cause, ending.message
            run.timings_s = {**phases.seconds, "total": round(time.monotonic() - began, 3)}
            write_run(take, run)
    return Trial(take, run, verdict, scenario.story is not None)


def _perform(
    scenario: Scenario, options: Options, take: Path, run: RunRecord, phases: Phases
) -> tuple[Ending, Verdict | None]:
    mode, paces = options.mode, _paces(scenario, options)
    with open_stage(
        scenario, take, options.cache, mode=mode, paces=paces, seed=run.seed, live=options.live
    ) as stage:
        datasets = _datasets(run, scenario, options, phases)
        with phases.phase("prepare"):
            keep_datasets(take, datasets)
            stage.set(datasets[0])
        end = drive(stage, run, phases)
        run.drive_end = end.kind
        events = stage.close_endpoints()
        with phases.phase("collect"):
            collect(stage, take, run.notes)
        if end.screen:
            write_text(take / "last_screen.txt", end.screen + "\n")
        early = before_verdict(end, events)
        if early is not None:
            return early, None
        if options.retake is not None:
            compose(options.retake, take, run)
        with stills_of(take, run.notes):
            rerun_both(take, datasets, scenario.checks, scenario.rerun_wall_s, stage.private, phases)
    with phases.phase("verify"):
        verdict = grade(take, scenario.checks, end)
        write_text(take / "verdict.json", verdict.as_json())
        write_text(take / "verdict.html", verdict_page(verdict, run))
    return after_verdict(end, verdict), verdict


def _paces(scenario: Scenario, options: Options) -> tuple[Pace, ...]:
    course = steps_of(scenario.scenes)
    return options.retake.paces(course) if options.retake else (options.pace,) * len(course)


def _datasets(
    run: RunRecord, scenario: Scenario, options: Options, phases: Phases
) -> tuple[Dataset, Dataset]:
    def build(seed: int, label: str) -> Dataset:
        def progress(done: int, of: int) -> None:
            phases.tell("dataset", f"{label} {done}/{of}")

        return build_dataset(scenario.dataset, seed, options.cache / "datasets", progress)

    with phases.phase("dataset"):
        made = build(run.seed, "提出データ"), build(run.held_out_seed, "別データ")
    run.dataset_id, run.held_out_dataset_id = made[0].dataset_id, made[1].dataset_id
    return made


def _new_record(scenario: Scenario, options: Options, take_id: str, version: str) -> RunRecord:
    seed = scenario.seed if options.seed is None else options.seed
    shift = seed - scenario.seed
    return RunRecord(
        scenario=scenario.scenario,
        title=scenario.title,
        take_id=take_id,
        started_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        outcome="interrupted",
        endpoint="rehearsal" if options.live is None else "live",
        model=REHEARSAL_MODEL if options.live is None else options.live.model,
        mode=options.mode,
        pace=options.pace,
        seed=seed,
        held_out_seed=scenario.held_out_seed + shift,
        checks=scenario.checks,
        versions={"claude_code": version, "python": platform.python_version()},
    )
