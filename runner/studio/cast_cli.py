"""`swallow-demo cast info | cut | redact | lint`: any asciicast, also of another recorder.

Parse, call, print; decided elsewhere. Exit codes: 0 done, 1 findings, 2 bad input, 4 it cannot be written.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:  # loaded by the commands, so that the others start fast
    from runner.cast import Cast

app = typer.Typer(
    no_args_is_help=True, help="Look at, cut, redact and check recordings (asciicast v2 and v3)."
)

FINDINGS, BAD_INPUT, KIT_ERROR = 1, 2, 4
IDLE_S = 1.0  # a longer pause counts as idle

Recording = Annotated[Path, typer.Argument(metavar="CAST", help="A recording, such as TAKE/session.cast.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Where the new recording goes.")]
Force = Annotated[bool, typer.Option("--force", help="Replace OUT when it exists.")]


@app.command()
def info(cast: Recording) -> None:
    """Show size, duration, events, markers and how much of the time nothing happens."""
    from runner.studio.lint import pauses

    found = _read(cast)
    header = found.header
    kinds: dict[str, int] = {}
    for event in found.events:
        kinds[event.kind] = kinds.get(event.kind, 0) + 1
    names = {"o": "output", "i": "input", "m": "marker", "r": "resize", "x": "exit"}
    idle_s = sum(pause_s for _, pause_s in pauses(found) if pause_s > IDLE_S)
    share = idle_s / found.duration_s if found.duration_s else 0.0
    characters = sum(len(event.data) for event in found.events if event.kind == "o")
    lines = [
        ("version", f"asciicast v{header.version}"),
        ("title", header.title or "-"),
        ("size", f"{header.width} columns x {header.height} rows"),
        ("duration", f"{_clock(found.duration_s)} ({found.duration_s:.3f} s)"),
        ("events", ", ".join(f"{count} {names.get(kind, kind)}" for kind, count in kinds.items()) or "none"),
        ("output", f"{characters:,} characters"),
        ("idle", f"{share:.0%} ({idle_s:.1f} s in pauses of more than {IDLE_S:g} s)"),
        ("markers", str(len(found.markers)) if found.markers else "none"),
    ]
    for name, value in lines:
        typer.echo(f"{name:<9} {value}")
    for time_s, label in found.markers:
        typer.echo(f"  {_clock(time_s):>9}  {label or '(no label)'}")


@app.command()
def cut(
    cast: Recording,
    out: Out,
    start: Annotated[str, typer.Option("--from", help="Seconds, M:SS, or a marker's label.")] = "0",
    end: Annotated[str, typer.Option("--to", help="As --from; the end when left out.")] = "",
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the span out instead of keeping it.")
    ] = False,
    idle: Annotated[float | None, typer.Option(min=0, help="Then leave no pause of more seconds.")] = None,
    force: Force = False,
) -> None:
    """Keep the part from --from until --to (or all but it); the screen is right at every seam."""
    from runner.cast import CastError
    from runner.studio import editing

    _check_free(out, cast, force)
    found = _read(cast)
    start_s = _time(found, start, "--from")
    end_s = _time(found, end, "--to") if end else found.duration_s
    try:
        part = (editing.cut if remove else editing.keep)(found, start_s, end_s)
        part = part if idle is None else editing.limit_idle(part, idle)
    except CastError as error:
        _stop(f"{cast}: {error}", BAD_INPUT)
    _write(out, part)


@app.command()
def redact(
    cast: Recording,
    out: Out,
    policy: Annotated[Path, typer.Option(help="YAML: keys, patterns, home_paths, users, hosts, mask.")],
    force: Force = False,
) -> None:
    """Hide the words of a policy wherever they can be read: screen, titles, links, markers, header."""
    from runner.studio.policy import PolicyError, load_policy
    from runner.studio.redaction import redact as redacted

    _check_free(out, cast, force)
    found = _read(cast)
    try:
        rules = load_policy(policy)
    except PolicyError as error:
        _stop(str(error), BAD_INPUT)
    told = redacted(found, rules)
    changed = len(set(told.events) - set(found.events))
    _write(out, told)
    typer.echo(f"{out}: {changed} of {len(told.events)} events told anew")


@app.command()
def lint(
    cast: Recording,
    policy: Annotated[Path | None, typer.Option(help="Look for the words of this policy too (YAML).")] = None,
) -> None:
    """Say what is wrong with a recording before it is shown: one line each; exit code 1 when there is something.

    Advice (for the film and its page) is told too, and does not count.
    """
    from runner.studio.lint import lint as findings_of
    from runner.studio.policy import PolicyError, load_policy

    found = _read(cast, tell=False)
    try:
        rules = load_policy(policy) if policy else None
    except PolicyError as error:
        _stop(str(error), BAD_INPUT)
    findings = findings_of(found, rules)
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(FINDINGS if any(not finding.advice for finding in findings) else 0)


def _read(path: Path, tell: bool = True) -> Cast:
    from runner.cast import CastError, read_cast

    try:
        cast = read_cast(path)
    except CastError as error:
        _stop(str(error), BAD_INPUT)
    for note in [*([cast.truncated] if cast.truncated else []), *cast.notes] if tell else []:
        typer.echo(f"swallow-demo: {note}", err=True)
    return cast


def _check_free(out: Path, source: Path, force: bool) -> None:
    if out.exists() and out.resolve() == source.resolve():
        _stop(f"{out}: is the recording itself; name another file", BAD_INPUT)
    if out.exists() and not force:
        _stop(f"{out}: exists already; name another file, or replace it with --force", BAD_INPUT)


def _write(out: Path, cast: Cast) -> None:
    from runner.cast import CastError, write_cast

    try:
        write_cast(out, cast)
    except CastError as error:
        _stop(str(error), KIT_ERROR)


def _time(cast: Cast, told: str, option: str) -> float:
    """Seconds, minutes:seconds, or the label of a marker: whole, or a part that only one has."""
    minutes, _, seconds = told.rpartition(":")
    try:
        return 60 * int(minutes or 0) + float(seconds)
    except ValueError:
        pass
    exact = [time_s for time_s, label in cast.markers if label == told]
    part = [time_s for time_s, label in cast.markers if told in label]
    if len(exact) == 1 or (not exact and len(part) == 1):
        return (exact or part)[0]
    if exact or part:
        called = [(time_s, label) for time_s, label in cast.markers if time_s in (exact or part)]
        places = ", ".join(f"{label}@{_clock(time_s)}" for time_s, label in called)
        _stop(f"{option} {told}: {len(called)} markers are so called; give the time: {places}", BAD_INPUT)
    labels = ", ".join(label for _, label in cast.markers) or "none"
    why = "no marker is so called"
    _stop(f"{option} {told}: {why}; give seconds, M:SS or one of the labels: {labels}", BAD_INPUT)


def _clock(time_s: float) -> str:
    tenths = round(time_s * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(f"swallow-demo: {message}", err=True)
    raise typer.Exit(code)
