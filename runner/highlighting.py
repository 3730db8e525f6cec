"""The highlight as a person sees it made: what the editor did, which characters are missing, progress, where it is.

Takes the command line's words, finds the story, calls runner.studio.highlight; every failure is one line with its
exit code. Called by the command line.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from runner import scenario as scenarios
from runner.cast import CastError
from runner.endpoint import EndpointError, read_dotenv
from runner.record import FILM, path_from_here
from runner.studio.captions import CaptionError
from runner.studio.ffmpeg import FfmpegError
from runner.studio.fonts import FontError
from runner.studio.gif import GifError
from runner.studio.highlight import NAME, Highlight, LeakError, Tell, planned, write_highlight
from runner.studio.page import PageError
from runner.studio.policy import USUAL, Policy, PolicyError, load_policy, with_own_keys
from runner.studio.scenes import EditError
from runner.studio.schedule import FilmError
from runner.studio.storyboard import Story
from runner.studio.take import FactsError, open_take

BAD_INPUT, KIT_ERROR, BLOCKED = 2, 4, 5
PHASES = {"film": "映像を作成", "stills": "静止画を作成", "gif": "GIFを作成", "page": "ページを作成"}
NAMES = {".mp4": "映像", ".gif": "スライド用の動画", ".vtt": "字幕", ".json": "編集の記録", ".html": "ページ"}


class HighlightError(Exception):
    """No film was made; the message is one line, `code` the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def make_highlight(
    take: Path,
    budget_s: float | None,
    theme: Literal["dark", "light"],
    policy_file: Path | None,
    scenario: str | None,
    console: Console | None = None,
) -> Highlight:
    """Make TAKE/video/ and say what was done. Raises HighlightError."""
    console = console or Console(stderr=True)
    if not take.is_dir():
        raise HighlightError(f"{take}: no folder of a take; see `ls recordings/*`", BAD_INPUT)
    with _told(take):
        policy = _policy(policy_file)
        opened = open_take(take)
        story = _story(scenario or opened.run.scenario)
        cast, edit, missing = planned(opened, story, budget_s, theme, policy)
        for note in edit.notes:
            console.print(f"編集: {escape(note)}", highlight=False)
        for glyph in missing:
            console.print(f"[yellow]字形:[/] {escape(str(glyph))}", highlight=False, soft_wrap=True)
        with _progress(console) as tell:
            made = write_highlight(opened, cast, edit, tell, policy)
    for file in made.files:
        what = NAMES.get(file.suffix, "場面の静止画")
        console.print(f"  {path_from_here(file)}　{what}", soft_wrap=True, highlight=False)
    film = made.folder / f"{NAME}.mp4"
    console.print(
        f"映像: {path_from_here(film)}（{made.duration_s:.0f} 秒）", soft_wrap=True, highlight=False
    )
    return made


def _policy(file: Path | None) -> Policy:
    """The file's policy; the usual keys and those of the present endpoint are hidden in any case."""
    found = USUAL
    if file is not None:
        own = load_policy(file)
        found = own.model_copy(update={"patterns": (*USUAL.patterns, *own.patterns)})
    return with_own_keys(found, {**read_dotenv(scenarios.KIT_ROOT / ".env"), **os.environ})


def _story(name: str) -> Story:
    found = scenarios.load(scenarios.find(name))
    if found.story is None:
        raise FactsError(
            f"{found.path}: this scenario has no `story:`, so no film can be told; see docs/studio.md"
        )
    return found.story


@contextmanager
def _told(take: Path) -> Iterator[None]:
    """Every failure that a person can do something about, as one HighlightError."""
    try:
        yield
    except (
        FactsError,
        CastError,
        EditError,
        CaptionError,
        PolicyError,
        EndpointError,
        scenarios.ScenarioError,
    ) as error:
        raise HighlightError(str(error), BAD_INPUT) from error
    except LeakError as error:
        raise HighlightError(str(error), BLOCKED) from error
    except (FilmError, FfmpegError, GifError, PageError, FontError) as error:
        raise HighlightError(str(error), KIT_ERROR) from error
    except OSError as error:
        where = error.filename or take / FILM
        raise HighlightError(f"{where}: the film cannot be written: {error.strerror}", KIT_ERROR) from error


@contextmanager
def _progress(console: Console) -> Iterator[Tell]:
    """A bar with the time left on a terminal; one line a phase on a pipe."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("残り"),
        TimeRemainingColumn(),
    )
    told: set[str] = set()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def tell(phase: str, done: int, of: int) -> None:
            if console.is_terminal:
                bar.update(task, description=PHASES[phase], completed=done, total=of)
            elif phase not in told:
                console.print(f"… {PHASES[phase]}", highlight=False)
            told.add(phase)

        yield tell
