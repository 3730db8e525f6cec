"""Which characters of a film would be drawn as a dot because no font here has them; asked before it is rendered.

Takes a cast and a timeline, plays them without drawing. Called by the highlight.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from runner.cast import Cast
from runner.studio.glyphs import glyph
from runner.studio.playback import Playback
from runner.studio.schedule import FPS, Schedule
from runner.studio.themes import THEMES
from runner.studio.timeline import Card, Timeline
from runner.studio.typeset import letter, one_line

_SIZE = 44  # pixels; whether a character can be drawn does not depend on it


@dataclass(frozen=True)
class MissingGlyph:
    """A character (one grapheme), and where it is first seen."""

    char: str
    time_s: float  # of the film
    where: str

    def __str__(self) -> str:
        """One line for a person."""
        codes = " ".join(f"U+{ord(code):04X}" for code in self.char)
        name = unicodedata.name(self.char[0], "unnamed")
        return (
            f"no font here has {codes} ({name}), first seen at {self.time_s:.1f} s, {self.where}; "
            f"drawn as a dot: {_remedy(self.char)}"
        )


def _remedy(char: str) -> str:
    if any("\U0001f1e6" <= code <= "\U0001f1ff" or "\U0001f300" <= code <= "\U0001faff" for code in char):
        return "install fonts-noto-color-emoji"
    return "write it in another way, or leave it out"


def glyph_audit(cast: Cast, timeline: Timeline) -> list[MissingGlyph]:
    """The characters that would be drawn as a dot, in order of their first appearance.

    Raises FilmError (timeline), FontError (font not installed).
    """
    found: dict[str, MissingGlyph] = {}
    for time_s, where, text in _texts(timeline):
        for char in one_line(text):
            if letter(char, _SIZE).missing:
                found.setdefault(char, MissingGlyph(char, time_s, where))
    for missing in _on_the_screen(cast, timeline):
        known = found.get(missing.char)
        if known is None or known.time_s > missing.time_s:
            found[missing.char] = missing
    return sorted(found.values(), key=lambda missing: (missing.time_s, missing.char))


def _texts(timeline: Timeline) -> Iterable[tuple[float, str, str]]:
    yield 0.0, "in the badge", timeline.badge
    for start, item in timeline.starts():
        if isinstance(item, Card):
            yield start, f"on the {item.kind} card", "".join([item.heading, *item.lines])
        else:
            yield start, "in the label of a ramp", item.label
    yield from ((caption.start_s, "in a caption", "".join(caption.lines)) for caption in timeline.captions)
    yield from ((chapter.start_s, "in the name of a chapter", chapter.title) for chapter in timeline.chapters)


def _on_the_screen(cast: Cast, timeline: Timeline) -> Iterable[MissingGlyph]:
    schedule = Schedule(cast, timeline)
    playback = Playback(cast, THEMES[timeline.theme].palette)
    seen = {""}
    for number in range(schedule.count):
        clip = schedule.clip(number)
        if clip is None:
            continue
        playback.seek(clip[0])
        for y, row in playback.look().rows.items():
            for cell in row:
                if cell.char in seen:
                    continue
                seen.add(cell.char)
                drawn = glyph(cell.char, max(1, cell.width))
                if drawn is not None and drawn.missing:
                    yield MissingGlyph(cell.char, number / FPS, f"row {y + 1} of the screen")
