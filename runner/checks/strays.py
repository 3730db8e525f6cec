"""Names the files that nobody asked for: in the agent's work folder, beside the outputs of the reruns, left behind.

They decide nothing; the reader of a verdict may want to know of them. Called by `runner.verify_outputs`.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from runner.checks.question import Case
from runner.checks.safe_files import OutputError, show
from runner.checks.table_files import TABLE_SUFFIXES, find_table

MOST_STRAYS = 50
MAX_LISTED = 3_000


def stray_files(case: Case, refused: Sequence[str]) -> list[str]:
    """Paths relative to the take, sorted; what could not be brought out is marked. At most 50, then a count."""
    asked = {_plain(name) for question in case.questions for name in question.asked_files()}
    known = asked | _tables(case.work, asked)
    found = [
        f"work/{path}" for path in _files(case.work) if _plain(path) not in known and not _is_program(path)
    ]
    found += [f"work/{path}（取り出せないもの）" for path in refused]
    for rerun in case.reruns:
        place = f"rerun/{rerun.label}"
        known = asked | _tables(rerun.folder, asked)
        found += [f"{place}/{path}" for path in _files(rerun.folder, "output") if _plain(path) not in known]
        found += [f"{place}/{path}" for path in rerun.evidence.strays]
    shown = [show(path, 120) for path in found]
    more = len(shown) - MOST_STRAYS
    return [*shown[:MOST_STRAYS], f"ほか {more:,} 件"] if more > 0 else shown


def _plain(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _tables(folder: Path, asked: set[str]) -> set[str]:
    """The files that stand for the asked tables, under whatever spelling of the name."""
    found = set()
    for name in asked:
        if name.endswith(TABLE_SUFFIXES):
            with suppress(OutputError):
                found.add(_plain(find_table(folder, name)))
    return found


def _files(folder: Path, below: str = "") -> Iterator[str]:
    """Files below a folder as paths relative to it, in order, without the agent's input/; links are not entered."""
    listed = 0
    for place, folders, files in os.walk(folder / below):
        folders[:] = sorted(name for name in folders if Path(place, name) != folder / "input")
        for name in sorted(files):
            listed += 1
            if listed > MAX_LISTED:
                return
            yield Path(place, name).relative_to(folder).as_posix()


def _is_program(path: str) -> bool:
    """The agent's own tools at the top of its folder: modules of the scripts, a program for a text."""
    return "/" not in path and path.endswith(".py")
