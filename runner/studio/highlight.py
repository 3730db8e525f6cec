"""Makes TAKE/video/: the film as MP4, GIF, captions, stills, page and plan; all of it, or nothing.

Takes a take and a story; calls editor, redaction, film and page in turn. Everything is made under a temporary name
beside the folder and renamed at the end. Called by `swallow-demo highlight`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from runner.cast import Cast
from runner.record import CAST, FILM
from runner.studio.audit import MissingGlyph, glyph_audit
from runner.studio.editing import edited
from runner.studio.editor import Edit, plan
from runner.studio.facts import facts_of, notice_of
from runner.studio.film import render, write_chapter_stills
from runner.studio.gif import write_gif
from runner.studio.matching import leaks
from runner.studio.page import page, prompts_of
from runner.studio.policy import USUAL, Policy
from runner.studio.redaction import redact
from runner.studio.storyboard import Story
from runner.studio.take import OpenTake
from runner.studio.vtt import format_vtt

NAME = "highlight"
NO_PROMPTS = "記録に指示の文面がないため、ページに指示のコピーボタンはありません"

Tell = Callable[[str, int, int], None]  # (phase, done, of how many): of frames while the film is rendered


class LeakError(Exception):
    """Something that the policy hides can still be read in the film; one line, without the secret."""


@dataclass(frozen=True)
class Highlight:
    """What was written, in the folder `folder`; `notes` are for a person (Japanese)."""

    folder: Path
    files: tuple[Path, ...]
    duration_s: float
    notes: tuple[str, ...]


def planned(
    take: OpenTake,
    story: Story,
    budget_s: float | None,
    theme: Literal["dark", "light"],
    policy: Policy = USUAL,
) -> tuple[Cast, Edit, list[MissingGlyph]]:
    """(the take's recording with everything hidden that must be, its film's plan, characters that no font has).

    Moments are found in the recording as it is: a policy may hide a word that the story waits for, and hiding moves
    nothing in time. Raises FactsError, EditError, CaptionError, FontError.
    """
    edit = plan(take.cast, story, facts_of(take), budget_s, theme)
    cast = redact(take.cast, policy)
    timeline = edit.timeline.model_copy(update={"title": cast.header.title or edit.timeline.title})
    edit = replace(edit, timeline=timeline)
    if not prompts_of(take.run):
        edit = replace(edit, notes=(*edit.notes, NO_PROMPTS))
    return cast, edit, glyph_audit(cast, edit.timeline)


def write_highlight(take: OpenTake, cast: Cast, edit: Edit, tell: Tell, policy: Policy = USUAL) -> Highlight:
    """Render what `planned` gave into TAKE/video/, which is replaced as a whole.

    Raises LeakError, FilmError, FfmpegError, GifError, PageError, FontError, OSError (no space); TAKE/video/ is then
    as it was.
    """

    def scan(second: float, text: str) -> None:
        if found := leaks(text, policy):
            raise LeakError(
                f"{take.folder}: at {second:.1f} s the film still shows what the policy hides ({found[0]}); no film "
                "was made: name the whole word in the policy, or take it out of the story"
            )

    with _replacing(take.folder / FILM) as folder:
        film = folder / f"{NAME}.mp4"
        report = render(
            cast, edit.timeline, film, progress=lambda done, of: tell("film", done, of), frame_texts=scan
        )
        tell("stills", 0, 1)
        for still in write_chapter_stills(cast, edit.timeline, folder):
            still.rename(still.with_name(f"chapter-{still.name}"))
        tell("gif", 0, 1)
        write_gif(cast, edit.timeline, folder / f"{NAME}.gif")
        tell("page", 0, 1)
        (folder / "index.html").write_text(_page(take, cast, edit, scan), encoding="utf-8")
        (folder / f"{NAME}.vtt").write_text(format_vtt(edit.timeline.captions), encoding="utf-8")
        (folder / f"{NAME}.json").write_text(_plan_as_json(take, edit), encoding="utf-8")
        names = sorted(path.name for path in folder.iterdir())
    written = tuple(take.folder / FILM / name for name in names)
    return Highlight(take.folder / FILM, written, report.duration_s, edit.notes)


def _page(take: OpenTake, cast: Cast, edit: Edit, scan: Callable[[float, str], None]) -> str:
    """The page; what it tells beside the film is scanned as the frames are."""
    told = [prompt.text for prompt in prompts_of(take.run)]
    told += [
        text for check in take.verdict.checks for text in check.model_dump().values() if isinstance(text, str)
    ]
    scan(0.0, "\n".join(told))
    return page(edited(cast, edit.timeline), edit.timeline, take.run, take.verdict, notice_of(take))


def _plan_as_json(take: OpenTake, edit: Edit) -> str:
    """highlight.json: from which recording, what was done, the whole timeline."""
    content = {
        "source": {"path": CAST, "sha256": take.cast_sha256},
        "duration_s": round(edit.timeline.duration_s, 3),
        "notes": edit.notes,
        "timeline": edit.timeline.model_dump(mode="json"),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A new folder that takes the place of `folder` when the block is left without an error, or goes."""
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    fresh.mkdir()
    try:
        yield fresh
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    finally:
        for rest in (fresh, old):
            if rest.exists():
                shutil.rmtree(rest)
