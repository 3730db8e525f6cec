"""The command line of the datasets: parse, call, print.

`python -m synthetic_pkg build | inspect | explain`. Exit codes: 2 bad input, 4 a fault of the kit, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Synthetic PKG books of a fictional group, with known answers.",
)
BAD_INPUT, KIT_FAULT, INTERRUPTED = 2, 4, 130
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a dataset.")]


def stop(message: str, code: int) -> NoReturn:
    """One clear line on stderr, and out."""
    typer.echo(f"synthetic_pkg: {' '.join(message.split())}", err=True)
    raise typer.Exit(code)


@app.command()
def build(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to make; must be empty or not exist.")],
    companies: Annotated[
        int, typer.Option(help="How many subsidiaries (12, at core 17, at hard 24, to 9000).")
    ] = 90,
    level: Annotated[str, typer.Option(help="core, easy, standard or hard.")] = "standard",
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="The same seed gives the same bytes.")] = 7,
    period: Annotated[str, typer.Option(help="2027Q1 or 2027Q2.")] = "2027Q1",
    plant: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=COUNT", help="Instead of the level's count, such as R07=6."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many processes write books.")] = min(
        2, os.cpu_count() or 1
    ),
) -> None:
    """Build a dataset: input/, manifest.json, answers.json, answers_detail.jsonl."""
    from synthetic_pkg import masters
    from synthetic_pkg.errors import DatasetError, KitFault
    from synthetic_pkg.interrupting import interrupt_once

    interrupt_once()
    try:
        masters.check()
        from synthetic_pkg.build_view import BuildProgress
        from synthetic_pkg.dataset import build_folder
        from synthetic_pkg.spec import read_spec

        spec = read_spec(companies=companies, period=period, level=level, irregularities=_counts(plant or []))
        with BuildProgress() as progress:
            dataset = build_folder(spec, seed, out, progress.tell, processes)
    except KitFault as error:
        stop(str(error), KIT_FAULT)
    except DatasetError as error:
        stop(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        stop("interrupted; nothing is left behind", INTERRUPTED)
    typer.echo(f"{dataset.root}: {len(dataset.manifest.files)} files, {dataset.dataset_id}")


def _counts(plants: list[str]) -> dict[str, int]:
    counts = {}
    for text in plants:
        kind, _, count = text.partition("=")
        if not count.strip().isdecimal():
            stop(f"--plant {text}: write KIND=COUNT, such as R07=6", BAD_INPUT)
        counts[kind.strip()] = int(count)
    return counts


@app.command()
def inspect(folder: Folder) -> None:
    """Show what was planted: every root cause, and how many traps and unusual notations."""
    from synthetic_pkg import presenter

    try:
        presenter.show_planted(folder)
    except presenter.PresenterError as error:
        stop(str(error), BAD_INPUT)


@app.command()
def explain(
    folder: Folder, root: Annotated[str, typer.Option(metavar="ID", help="A root id, such as R07-003.")]
) -> None:
    """Explain one planted item: where it is, what stands there, what should, and why."""
    from synthetic_pkg import presenter

    try:
        presenter.show_item(folder, root)
    except presenter.PresenterError as error:
        stop(str(error), BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line (the process's own without `arguments`); one that cannot be read is one line as well, and
    so is a defect of the kit, with a file that has its details."""
    name = "python -m synthetic_pkg"
    try:
        code = app(arguments, prog_name=name, standalone_mode=False)
    except TyperException as error:
        message = " ".join(error.format_message().split())
        typer.echo(f"synthetic_pkg: {message} ({name} --help shows what there is)", err=True)
        code = BAD_INPUT
    except Exception as error:  # noqa: BLE001  told, kept and turned into an exit code: nothing is swallowed
        with tempfile.NamedTemporaryFile("w", prefix="synthetic-pkg-", suffix=".log", delete=False) as log:
            log.write(traceback.format_exc())
        typer.echo(f"synthetic_pkg: broke off: {type(error).__name__}: {error}; see {log.name}", err=True)
        code = KIT_FAULT
    sys.exit(code)
