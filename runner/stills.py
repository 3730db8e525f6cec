"""Draws a take's stills in a process of their own while something else runs; called by the trial.

The studio reads files only; this hands it the take folder and gives back its notes (a glyph no font has, …).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner import child

DRAWING_S = 60.0
KIT_ROOT = Path(__file__).resolve().parents[1]
_TRACEBACK = "Traceback (most recent call last):"
_HOST_FOLDERS = re.compile(r"(?<![\w./])/(?:[^\s/:'\"]+/)+")  # of a path; its last part says enough


def worth_noting(said: str, take: Path) -> list[str]:
    """The lines that a person should read: of a traceback the error alone, and no folder of this machine.

    Paths in the take or the kit become relative to it; of other paths the file's name stays.
    """
    before, traceback, after = said.partition(_TRACEBACK)
    lines = before.splitlines()
    if traceback:
        in_the_end = after.rpartition(_TRACEBACK)[2].splitlines()
        lines += [line for line in in_the_end if line[:1].strip()][:1]
    for folder in (take, take.resolve(), KIT_ROOT):
        lines = [line.replace(f"{folder}/", "") for line in lines]
    return [_HOST_FOLDERS.sub("", line) for line in lines if line[:1].strip()]


@contextmanager
def stills_of(take: Path, notes: list[str]) -> Iterator[None]:
    """Start drawing on entry, wait for it on exit; what it says is appended to `notes`. A headless take has none."""
    if not (take / "session.cast").is_file():
        yield
        return
    log = take / ".stills.log"
    with log.open("wb") as said:
        drawing = child.start(
            [sys.executable, "-P", "-m", "runner.studio.stills", str(take)],
            stdout=child.DEVNULL,
            stderr=said,
        )
    try:
        yield
    except BaseException:
        drawing.stop()
        log.unlink()
        raise
    try:
        returncode = drawing.wait(DRAWING_S)
        lines = worth_noting(log.read_text(encoding="utf-8", errors="replace"), take)
        notes.extend(f"screens: {line}" for line in lines)
        if returncode != 0 and not lines:
            notes.append(f"screens: the drawing process ended with {returncode}")
    except child.ChildTimeoutError:
        notes.append(f"screens: not drawn within {DRAWING_S:g} s; see `python -m runner.studio.stills`")
    finally:
        drawing.stop()
        log.unlink()
