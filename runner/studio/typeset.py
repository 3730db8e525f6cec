"""Lines of text of any size: titles, captions, labels. BIZ UDGothic; what it lacks is drawn as on the screen.

Takes text, size in pixels and weight; measures, breaks and draws into a picture. Used by cards, frame and footer.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from runner.palette import Rgb
from runner.studio import fonts
from runner.studio.captions import break_penalty
from runner.studio.glyphs import glyph

_DROPPED = ("Cf", "Mn", "Me")  # joiners, variation selectors, marks that no one character took in
_RAGGED = 0.02  # penalty of a line break for each pixel of difference between the two lines
_FORBIDDEN = 1000.0


@dataclass(frozen=True)
class Letter:
    """A character's mask or colour picture, `left` and `top` pixels from the pen on the baseline."""

    image: Image.Image | None
    left: int
    top: int
    advance: int
    missing: str = ""  # the character, when no font here has it and a dot stands for it


@lru_cache(maxsize=4096)
def letter(char: str, size: int, weight: str = fonts.REGULAR) -> Letter:
    """How to draw a character at this size. Raises FontError when the font is not installed."""
    found = fonts.letter(char, weight, size)
    if found is not None:
        return Letter(*found)
    cells = 2 if unicodedata.east_asian_width(char) in "WF" else 1
    drawn = glyph(char, cells, bold=weight == fonts.BOLD)
    if drawn is None:
        return Letter(None, 0, 0, cells * size // 2)
    scale = size / fonts.FONT_SIZE
    scaled = (max(1, round(drawn.image.width * scale)), max(1, round(drawn.image.height * scale)))
    return Letter(
        drawn.image.resize(scaled, Image.Resampling.BOX if scale < 1 else Image.Resampling.LANCZOS),
        round(drawn.left * scale),
        round((drawn.top - fonts.BASELINE) * scale),
        cells * size // 2,
        char if drawn.missing else "",
    )


def one_line(text: str) -> str:
    """The text composed, on one line, without characters that have no width."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(char for char in composed if unicodedata.category(char) not in _DROPPED)
    kept = "".join(char if char.isprintable() or char == "\u3000" else " " for char in shown)
    return " ".join(part for part in kept.split(" ") if part)


def width(text: str, size: int, weight: str = fonts.REGULAR) -> int:
    """Pixels from the first character's pen to the end of the last."""
    return sum(letter(char, size, weight).advance for char in text)


def draw_line(
    image: Image.Image,
    place: tuple[int, int],
    text: str,
    size: int,
    colour: Rgb,
    weight: str = fonts.REGULAR,
) -> frozenset[str]:
    """Draw from `place` (x, baseline's y) to the right; gives the characters that no font here has."""
    x, y = place
    missing: set[str] = set()
    for char in text:
        shape = letter(char, size, weight)
        if shape.image is not None:
            ink = shape.image if shape.image.mode == "RGBA" else colour
            image.paste(ink, (x + shape.left, y + shape.top), shape.image)
        if shape.missing:
            missing.add(shape.missing)
        x += shape.advance
    return frozenset(missing)


def wrapped(text: str, size: int, room: int, weight: str = fonts.REGULAR) -> list[str]:
    """The text in lines of at most `room` pixels, broken where the Japanese rules allow it and a reader would pause."""
    lines: list[str] = []
    rest = one_line(text)
    while rest and width(rest, size, weight) > room:
        at = _break(rest, size, room, weight)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, rest] if rest or not lines else lines


def fitting(
    text: str, sizes: tuple[int, ...], room: int, most_lines: int, weight: str
) -> tuple[int, list[str]]:
    """(size, lines): the first of the sizes at which the text takes at most so many lines; else the last one."""
    for size in sizes[:-1]:
        lines = wrapped(text, size, room, weight)
        if len(lines) <= most_lines:
            return size, lines
    return sizes[-1], wrapped(text, sizes[-1], room, weight)


def _break(text: str, size: int, room: int, weight: str) -> int:
    """Where the first line ends: fully used, or balanced with the second when that is the last."""
    ends = [sum(letter(char, size, weight).advance for char in text[:at]) for at in range(len(text) + 1)]
    fits = [at for at in range(1, len(text)) if ends[at] <= room]
    if not fits:
        return 1
    whole = ends[-1]
    last_two = whole - ends[fits[-1]] <= room

    def cost(at: int) -> float:
        target = max(whole / 2, whole - room) if last_two else room
        return break_penalty(text, at) + abs(target - ends[at]) * _RAGGED * 16 / size * 4

    allowed = [at for at in fits if break_penalty(text, at) < _FORBIDDEN]
    return min(allowed or fits[-1:], key=cost)
