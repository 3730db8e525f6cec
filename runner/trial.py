"""The whole of one trial: prepare → drive → collect → rerun → verify → record, each phase timed.

Takes a scenario and options; gives a take folder under recordings/ and its RunRecord. The record is written
whatever happens: a wrong answer, a broken endpoint, the guard's word, Ctrl-C. Called by the CLI.
"""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from runner import child, sandbox
from runner.agent_version import PINNED, installed_version
from runner.driving import drive
from runner.endpoint import REHEARSAL_MODEL, LiveEndpoint
from runner.grading import collect, grade, rerun_both
from runner.outcome import DriveEnd, Ending, after_verdict, before_verdict
from runner.phases import Phases
from runner.record import RunRecord, write_run, write_text
from runner.scenario import Scenario
from runner.services import ServiceError
from runner.stage import Stage
from runner.verdict import Verdict
from synthetic_pkg.dataset import Dataset, build_dataset

Listener = Callable[[str, str], None]


@dataclass(frozen=True)
class Options:
    """How to run: `live` None means the rehearsal endpoint; `seed` replaces the scenario's."""

    recordings: Path
    cache: Path
    mode: Literal["interactive", "headless"] = "interactive"
    pace: Literal["human", "fast"] = "human"
    live: LiveEndpoint | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Trial:
    """What a trial leaves: the take folder, the record and, when the work was graded, the verdict."""

    take: Path
    run: RunRecord
    verdict: Verdict | None


def run_trial(scenario: Scenario, options: Options, take_id: str, tell: Listener) -> Trial:
    """One trial, from preflight to run.json. Raises only before the take folder exists."""
    sandbox.preflight()
    version = installed_version()
    take = options.recordings / scenario.scenario / take_id
    take.mkdir(parents=True)
    run = _new_record(scenario, options, take_id, version)
    phases = Phases(time.monotonic, tell)
    verdict: Verdict | None = None
    began = time.monotonic()
    try:
        ending, verdict = _perform(scenario, options, take, run, phases)
    except KeyboardInterrupt:
        ending = Ending("interrupted", None, "interrupted by the user")
    except (ServiceError, child.ChildError, sandbox.SandboxError) as error:
        ending = Ending("kit_error", None, str(error))
    finally:
        child.stop_all()
    run.outcome, run.cause, run.message = ending.outcome, ending.cause, ending.message
    with phases.phase("record"):
        run.timings_s = {**phases.seconds, "total": round(time.monotonic() - began, 3)}
        write_run(take, run)
    return Trial(take, run, verdict)


def _perform(
    scenario: Scenario, options: Options, take: Path, run: RunRecord, phases: Phases
) -> tuple[Ending, Verdict | None]:
    with Stage.open(scenario, options, take, phases) as stage:
        seen, held_out = _datasets(run, scenario, options, phases)
        shutil.copyfile(seen.root / "manifest.json", take / "manifest.json")
        shutil.copyfile(held_out.root / "manifest.json", take / "manifest_held_out.json")
        with phases.phase("prepare"):
            stage.set(seen)
        end: DriveEnd = drive(stage, run, phases)
        events = stage.close_endpoints()
        stage.note_exchanges(run, events)
        with phases.phase("collect"):
            collect(stage, take)
        early = before_verdict(end, events)
        if early is not None:
            return early, None
        reruns = rerun_both(stage, take, seen, held_out, phases)
        with phases.phase("verify"):
            verdict = grade(scenario, take, seen, held_out, reruns, stage.workspace)
            write_text(take / "verdict.json", verdict.model_dump_json(indent=2) + "\n")
        return after_verdict(end, verdict), verdict


def _datasets(run: RunRecord, scenario: Scenario, options: Options, phases: Phases) -> tuple[Dataset, Dataset]:
    with phases.phase("dataset"):
        made = [
            build_dataset(
                scenario.dataset,
                seed,
                options.cache / "datasets",
                lambda done, of, label=label: phases.tell("dataset", f"{label} {done}/{of}"),
            )
            for seed, label in ((run.seed, "提出データ"), (run.held_out_seed, "未公開データ"))
        ]
    run.dataset_id, run.held_out_dataset_id = made[0].dataset_id, made[1].dataset_id
    return made[0], made[1]


def _new_record(scenario: Scenario, options: Options, take_id: str, version: str) -> RunRecord:
    seed = scenario.seed if options.seed is None else options.seed
    shift = seed - scenario.seed
    return RunRecord(
        scenario=scenario.scenario,
        take_id=take_id,
        started_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        outcome="interrupted",
        endpoint="rehearsal" if options.live is None else "live",
        model=REHEARSAL_MODEL if options.live is None else options.live.model,
        mode=options.mode,
        pace=options.pace,
        seed=seed,
        held_out_seed=scenario.held_out_seed + shift,
        versions={"claude_code": version, "pinned_claude_code": PINNED, "python": platform.python_version()},
    )
