"""A trial as a person sees it made: from the command line's words to a take; progress, one line when it fails.

`perform` makes one take; `perform_all` one of each scenario, a line each. Called by the command line, the stage check.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from rich.console import Console

from runner import agent_version, sandbox
from runner import scenario as scenarios
from runner.course import Pace
from runner.endpoint import EndpointError, live_endpoint
from runner.outcome import EXIT_CODES
from runner.progress import Progress
from runner.retake import RetakeError, planned
from runner.scenario import KIT_ROOT, Scenario
from runner.show import one_line
from runner.trial import Options, TakeFolderError, Trial, run_trial
from synthetic_pkg.errors import DatasetError

BAD_INPUT, KIT_ERROR, INTERRUPTED = 2, 4, 130
WORST_LAST = (0, 1, 3, 5, KIT_ERROR, BAD_INPUT, INTERRUPTED)  # exit codes


class PerformError(Exception):
    """No take was made; the message is one line, `code` the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Wish:
    """What the command line asks for beside the scenario."""

    recordings: Path | None = None  # None: recordings/ of the kit
    endpoint: Literal["rehearsal", "live"] = "rehearsal"
    mode: Literal["interactive", "headless"] = "interactive"
    pace: Pace = "human"
    seed: int | None = None
    retake: str | None = None  # a scene's number or marker
    take: Path | None = None  # whose other scenes are kept


def perform(name: str, wish: Wish) -> Trial:
    """One take of the scenario `name`. Raises PerformError."""
    scenario = _loaded(name)
    return _performed(scenario, options_of(scenario, wish))


def perform_all(names: Sequence[str], wish: Wish, console: Console) -> int:
    """A take of each scenario, one after another, a line each; gives the worst exit code.

    Every scenario is read before the first is performed. Raises PerformError when one cannot be read.
    """
    wanted = [_loaded(name) for name in names]
    each = [(scenario, options_of(scenario, wish)) for scenario in wanted]
    codes: list[int] = []
    for scenario, options in each:
        try:
            trial = _performed(scenario, options)
        except PerformError as error:
            console.print(f"{scenario.scenario}　{error}", markup=False, highlight=False, soft_wrap=True)
            codes.append(error.code)
            continue
        console.print(one_line(trial), highlight=False, soft_wrap=True)
        codes.append(EXIT_CODES[trial.run.outcome])
        if trial.run.outcome == "interrupted":
            break
    return worst(codes)


def worst(codes: Sequence[int]) -> int:
    """The exit code that says most about what is to be done; 0 for none."""
    return max(codes, key=WORST_LAST.index, default=0)


def options_of(scenario: Scenario, wish: Wish) -> Options:
    """How to run it. Raises PerformError for an endpoint or a retake that cannot be."""
    try:
        live = live_endpoint(os.environ, KIT_ROOT / ".env") if wish.endpoint == "live" else None
        retake = None
        if wish.retake is not None:
            if wish.take is None:
                raise RetakeError(
                    f"--retake {wish.retake} needs --take TAKE, the take whose other scenes are kept"
                )
            retake = planned(scenario, wish.retake, wish.take, agent_version.installed_version())
        elif wish.take is not None:
            raise RetakeError(
                f"--take {wish.take} goes with --retake SCENE; say which scene is to be recorded anew"
            )
        if retake is not None and (live is not None or wish.seed not in (None, retake.run.seed)):
            raise RetakeError(
                "--retake plays the rehearsal on the take's own data; leave out --endpoint and --seed"
            )
    except (EndpointError, RetakeError) as error:
        raise PerformError(str(error), BAD_INPUT) from error
    except agent_version.AgentMissing as error:
        raise PerformError(str(error), KIT_ERROR) from error
    return Options(
        recordings=(wish.recordings or KIT_ROOT / "recordings").resolve(),
        cache=KIT_ROOT / ".cache",
        mode=wish.mode,
        pace=wish.pace,
        live=live,
        seed=retake.run.seed if retake is not None else wish.seed,
        retake=retake,
    )


def _loaded(name: str) -> Scenario:
    try:
        return scenarios.load(scenarios.find(name))
    except scenarios.ScenarioError as error:
        raise PerformError(str(error), BAD_INPUT) from error


def _performed(scenario: Scenario, options: Options) -> Trial:
    try:
        with Progress(scenario, options) as progress:
            return run_trial(scenario, options, new_take_id(), progress.tell)
    except DatasetError as error:
        raise PerformError(f"{scenario.path}: {error}", BAD_INPUT) from error
    except (TakeFolderError, RetakeError) as error:
        raise PerformError(str(error), BAD_INPUT) from error
    except (sandbox.SandboxError, agent_version.AgentMissing) as error:
        raise PerformError(str(error), KIT_ERROR) from error
    except OSError as error:
        raise PerformError(
            f"the record cannot be written: {error.filename}: {error.strerror}", KIT_ERROR
        ) from error


def new_take_id() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
