"""The command line: parse, call, print. Everything that is decided is decided elsewhere.

`swallow-demo list | run | record | verify | play | highlight | cast | stage`; exit codes as in docs/architecture.md.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer

from runner.studio.cast_cli import app as cast_app
from synthetic_pkg.interrupting import interrupt_once

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Scripted coding-agent demos on synthetic reporting packages: run, check, record.",
)

app.add_typer(cast_app, name="cast")
stage_app = typer.Typer(
    no_args_is_help=True, help="Whether the stage is as it was when the curated take was made."
)
app.add_typer(stage_app, name="stage")

BAD_INPUT, KIT_ERROR, INTERRUPTED = 2, 4, 130


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
    if no_sandbox:
        stop(
            "--no-sandbox is refused: the agent and its scripts run in the sandbox only; remove it", BAD_INPUT
        )
    mode: Literal["interactive", "headless"] = "headless" if headless else "interactive"
    _make_take(
        scenario, recordings, film=False, endpoint=endpoint.value, mode=mode, pace=pace.value, seed=seed
    )


@app.command()
def record(
    scenario: Annotated[
        str | None, typer.Argument(help="Name of a scenario, or path of a scenario file (.yaml).")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Record every scenario, one after another.")] = False,
    retake: Annotated[
        str | None,
        typer.Option(metavar="SCENE", help="Record only this scene anew (its number or marker); see --take."),
    ] = None,
    take: Annotated[
        Path | None, typer.Option(help="Folder of the take whose other scenes are kept (with --retake).")
    ] = None,
    film: Annotated[
        bool, typer.Option("--highlight", help="Make the take's film at once (see `highlight`).")
    ] = False,
    endpoint: Annotated[
        EndpointChoice, typer.Option(help="rehearsal: the cassette, no network; live: ANTHROPIC_BASE_URL.")
    ] = EndpointChoice.rehearsal,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**31, help="Another dataset than the scenario's.")
    ] = None,
    recordings: Annotated[Path | None, typer.Option(help="Where takes go (default: recordings/).")] = None,
) -> None:
    """Record a scenario at human pace: a run that is made to be shown. With --retake only one scene of it."""
    if every == (scenario is not None):
        stop("give the name of one scenario, or --all (see `swallow-demo list`)", BAD_INPUT)
    if scenario is not None:
        words = {"endpoint": endpoint.value, "seed": seed, "retake": retake, "take": take}
        _make_take(scenario, recordings, film=film, **words)
    if film or retake is not None or take is not None:
        stop("--all records whole takes; use --retake, --take and --highlight with one scenario", BAD_INPUT)
    _record_all(recordings, endpoint=endpoint.value, seed=seed)


def _make_take(name: str, recordings: Path | None, *, film: bool, **words: Any) -> NoReturn:
    """Make and show one take, and its film if wanted; leave with the exit code of the outcome."""
    from runner.outcome import EXIT_CODES
    from runner.performing import PerformError, Wish, perform
    from runner.show import show_next, show_trial

    interrupt_once()
    try:
        trial = perform(name, Wish(recordings, **words))
    except PerformError as error:
        stop(str(error), error.code)
    if film and trial.verdict is not None:
        show_trial(trial)
        _make_film(trial.take, None, Theme.dark, None, name)
        raise typer.Exit(EXIT_CODES[trial.run.outcome])
    # the trial is over and on disk: its exit code tells how it ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    show_trial(trial)
    show_next(trial)
    raise typer.Exit(EXIT_CODES[trial.run.outcome])


def _record_all(recordings: Path | None, **words: Any) -> NoReturn:
    from rich.console import Console

    from runner.performing import PerformError, Wish, perform_all
    from runner.scenario import available

    interrupt_once()
    try:
        code = perform_all(available(), Wish(recordings, **words), Console())
    except PerformError as error:
        stop(str(error), error.code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    raise typer.Exit(code)


@app.command()
def verify(
    take: Annotated[Path, typer.Argument(help="Folder of a take.")],
    html: Annotated[Path | None, typer.Option(help="Write the verdict as a page (.html) there.")] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write the verdict as the trial would (.json) there.")
    ] = None,
) -> None:
    """Check a recorded take again from its files, without driving the agent."""
    from runner.grading import TakeError, verify_take
    from runner.record import write_text
    from runner.show import show_verdict
    from runner.verdict_page import verdict_page

    try:
        verdict, recorded, changed = verify_take(take)
    except TakeError as error:
        stop(str(error), BAD_INPUT)
    for path, option, text in (
        (html, "--html", verdict_page(verdict, recorded)),
        (json, "--json", verdict.as_json()),
    ):
        if path is not None:
            try:
                write_text(path, text)
            except OSError as error:
                stop(f"{path}: cannot be written: {error.strerror}; give another {option}", BAD_INPUT)
    show_verdict(verdict, recorded, changed)
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
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    if columns < 100 or rows < 30:
        typer.echo(f"swallow-demo: this terminal is {columns}x{rows}; the recording wants 100x30", err=True)
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
        code = child.run_in_foreground(command, env=environment)
    raise typer.Exit(code if code >= 0 else INTERRUPTED)


class Theme(StrEnum):
    dark = "dark"
    light = "light"


@app.command()
def highlight(
    take: Annotated[Path, typer.Argument(help="Folder of a take.")],
    budget: Annotated[
        float | None, typer.Option(min=10, max=600, help="Seconds of film at most (default: the story's).")
    ] = None,
    theme: Annotated[Theme, typer.Option(help="Colours of terminal and cards.")] = Theme.dark,
    policy: Annotated[
        Path | None, typer.Option(help="YAML file of what must not be seen (keys, paths, names).")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Take the story of this scenario (default: the take's own).")
    ] = None,
) -> None:
    """Make the film of a take: TAKE/video/ with MP4, GIF, captions, stills, page and plan."""
    interrupt_once()
    _make_film(take, budget, theme, policy, scenario)


def _make_film(
    take: Path, budget: float | None, theme: Theme, policy: Path | None, scenario: str | None
) -> None:
    from runner.highlighting import HighlightError, make_highlight

    try:
        make_highlight(take, budget, theme.value, policy, scenario)
    except HighlightError as error:
        stop(str(error), error.code)
    except KeyboardInterrupt:
        stop(f"{take}: interrupted; the film was not made, what was there before still is", INTERRUPTED)


@stage_app.command("check")
def stage_check(
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario, or path of a scenario file (.yaml).")
    ] = "pkg_batch",
    golden: Annotated[
        Path | None, typer.Option(help="Take to compare with (default: recordings/SCENARIO/curated).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where pictures of changed scenes go (default: recordings/SCENARIO/stage-check)."),
    ] = None,
) -> None:
    """Play a rehearsal and compare each marker's screen with the curated take's: 0 the same, 1 changed, 2 bad input."""
    from runner.performing import PerformError
    from runner.stage_check import check_stage

    interrupt_once()
    try:
        changed = check_stage(scenario, golden, out)
    except PerformError as error:
        stop(str(error), error.code)
    except KeyboardInterrupt:
        stop("interrupted; nothing was compared", INTERRUPTED)
    raise typer.Exit(1 if changed else 0)


def main() -> None:
    """The last net: a defect of the kit is exit code 4, one line, and a file with details; never 1, a verdict."""
    try:
        app()
    except Exception as error:  # noqa: BLE001  told, kept and turned into an exit code: nothing is swallowed
        with tempfile.NamedTemporaryFile("w", prefix="swallow-demo-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(
            f"swallow-demo: the kit broke off: {type(error).__name__}: {error}; see {log.name}", err=True
        )
        sys.exit(KIT_ERROR)


if __name__ == "__main__":
    main()
