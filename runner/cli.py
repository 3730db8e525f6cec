"""The command line: parse, call, print. Everything that is decided is decided elsewhere.

`swallow-demo list | run | verify | play`; exit codes as in docs/architecture.md.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Scripted coding-agent demos on synthetic reporting packages: run, check, record.",
)

BAD_INPUT, KIT_ERROR = 2, 4


class EndpointChoice(StrEnum):
    rehearsal = "rehearsal"
    live = "live"


class Pace(StrEnum):
    human = "human"
    fast = "fast"


def stop(message: str, code: int) -> NoReturn:
    """One clear line on stderr, and out."""
    typer.echo(f"swallow-demo: {message}", err=True)
    raise typer.Exit(code)


@app.command("list")
def list_scenarios() -> None:
    """Show the scenarios that can be run."""
    from runner import scenario as scenarios

    for name in scenarios.available():
        try:
            typer.echo(f"{name}\t{scenarios.load(scenarios.find(name)).title}")
        except scenarios.ScenarioError as error:
            stop(str(error), BAD_INPUT)


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or path of a scenario file (.yaml).")],
    endpoint: Annotated[
        EndpointChoice, typer.Option(help="rehearsal: the cassette, no network; live: ANTHROPIC_BASE_URL.")
    ] = EndpointChoice.rehearsal,
    pace: Annotated[Pace, typer.Option(help="human: typed like a person; fast: no pauses.")] = Pace.human,
    headless: Annotated[
        bool, typer.Option("--headless", help="Without the screen and the recording.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31, help="Another dataset than the scenario's.")
    ] = None,
    recordings: Annotated[Path | None, typer.Option(help="Where takes go (default: recordings/).")] = None,
    no_sandbox: Annotated[bool, typer.Option("--no-sandbox", hidden=True)] = False,
) -> None:
    """Run a scenario: build the data, drive Claude Code, rerun its scripts, check them, record the take."""
    from runner import agent_version, sandbox
    from runner import scenario as scenarios
    from runner.endpoint import EndpointError, live_endpoint
    from runner.outcome import EXIT_CODES
    from runner.progress import Progress
    from runner.show import show_trial
    from runner.trial import Options, TakeFolderError, run_trial
    from synthetic_pkg.errors import DatasetError

    if no_sandbox:
        stop(
            "--no-sandbox is refused: the agent and its scripts run in the sandbox only; remove it", BAD_INPUT
        )
    _interrupt_once()
    try:
        chosen = scenarios.load(scenarios.find(scenario))
        live = live_endpoint(os.environ, scenarios.KIT_ROOT / ".env") if endpoint == "live" else None
    except (scenarios.ScenarioError, EndpointError) as error:
        stop(str(error), BAD_INPUT)
    options = Options(
        recordings=(recordings or scenarios.KIT_ROOT / "recordings").resolve(),
        cache=scenarios.KIT_ROOT / ".cache",
        mode="headless" if headless else "interactive",
        pace=pace.value,
        live=live,
        seed=seed,
    )
    try:
        with Progress(chosen, options) as progress:
            trial = run_trial(chosen, options, new_take_id(), progress.tell)
    except DatasetError as error:
        stop(f"{chosen.path}: {error}", BAD_INPUT)
    except (sandbox.SandboxError, agent_version.AgentMissing) as error:
        stop(str(error), KIT_ERROR)
    except TakeFolderError as error:
        stop(str(error), BAD_INPUT)
    except OSError as error:
        stop(f"the record cannot be written: {error.filename}: {error.strerror}", KIT_ERROR)
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # the trial is over and on disk: its exit code tells how it ended
    show_trial(trial)
    raise typer.Exit(EXIT_CODES[trial.run.outcome])


@app.command()
def verify(take: Annotated[Path, typer.Argument(help="Folder of a take.")]) -> None:
    """Check a recorded take again from its files, without driving the agent."""
    from runner.grading import TakeError, verify_take
    from runner.show import show_verdict

    try:
        verdict = verify_take(take)
    except TakeError as error:
        stop(str(error), BAD_INPUT)
    show_verdict(verdict)
    raise typer.Exit({"passed": 0, "failed": 1, "kit_error": 4}[verdict.outcome])


@app.command()
def play(
    take: Annotated[Path, typer.Argument(help="Folder of a take.")],
    speed: Annotated[float, typer.Option(min=0.1, max=20, help="2 plays twice as fast.")] = 1.0,
) -> None:
    """Play a take's recording in this terminal (asciinema)."""
    from runner import child

    cast = take / "session.cast"
    if not cast.is_file():
        stop(f"{cast}: no recording here; headless trials have none, choose another take", BAD_INPUT)
    if not sys.stdout.isatty():
        stop("standard output is no terminal; play needs one of at least 100x30 characters", BAD_INPUT)
    with tempfile.TemporaryDirectory() as configuration:
        command = [
            sys.executable,
            "-P",
            "-m",
            "asciinema",
            "play",
            "--speed",
            str(speed),
            str(cast.resolve()),
        ]
        environment = {**child.clean_env(), "ASCIINEMA_CONFIG_HOME": configuration}
        raise typer.Exit(child.run_in_foreground(command, env=environment))


def new_take_id() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _interrupt_once() -> None:
    """The first Ctrl-C, SIGTERM or SIGHUP interrupts the trial: children ended, record written. Further ones are
    ignored, so that they cannot cut that short; it is bounded."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
