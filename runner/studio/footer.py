"""The line below a still: the recording's title, small and grey, in the margin under the screen.

Takes a picture and a title, draws into the picture. The title names who answered (a rehearsal, a model), so that
no picture goes about without it. Used by the stills.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from runner.palette import ANSI, Rgb
from runner.studio import fonts
from runner.studio.drawing import PADDING
from runner.studio.glyphs import Glyph, glyph

SIZE = 18  # pixels, a little over half the size of the screen's text
COLOUR: Rgb = ANSI[8]  # the grey of hints
BASELINE = 8  # pixels above the picture's lower edge
ELLIPSIS = "…"
_LAST_BRACKET = re.compile(r"【[^【】]*】$")  # who answered: kept when the title is shortened
_SCALE = SIZE / fonts.FONT_SIZE
_DROPPED = ("Cf", "Mn", "Me")  # joiners, variation selectors, marks that no one character took in


@dataclass(frozen=True)
class _Placed:
    """A character's mask or picture, `left` and `top` pixels from the pen on the baseline."""

    image: Image.Image | None
    left: int
    top: int
    advance: int
    missing: str = ""


def draw_footer(image: Image.Image, title: str) -> frozenset[str]:
    """Write the title into the lower margin; gives the characters that no font here has."""
    line = [_placed(char) for char in shortened(title, image.width - 2 * PADDING)]
    x, y = PADDING, image.height - BASELINE
    for placed in line:
        if placed.image is not None:
            ink = placed.image if placed.image.mode == "RGBA" else COLOUR
            image.paste(ink, (x + placed.left, y + placed.top), placed.image)
        x += placed.advance
    return frozenset(placed.missing for placed in line if placed.missing)


def shortened(title: str, room: int) -> str:
    """The title as one line of at most `room` pixels: its middle goes first, its last 【…】 stays if it can."""
    composed = unicodedata.normalize("NFC", title)
    shown = "".join(char for char in composed if unicodedata.category(char) not in _DROPPED)
    line = " ".join("".join(char if char.isprintable() else " " for char in shown).split())
    if _width(line) <= room:
        return line
    bracket = _LAST_BRACKET.search(line)
    end = ELLIPSIS + (bracket.group() if bracket else "")
    if _width(end) > room:
        end = ELLIPSIS
    start = line.removesuffix(end.removeprefix(ELLIPSIS))
    while start and _width(start + end) > room:
        start = start[:-1]
    return start.rstrip() + end


def _width(chars: Iterable[str]) -> int:
    return sum(_placed(char).advance for char in chars)


def _placed(char: str) -> _Placed:
    """BIZ UDGothic in the footer's size; what it lacks is drawn as on the screen, made smaller."""
    cells = 2 if unicodedata.east_asian_width(char) in "WF" else 1
    found = fonts.japanese(char, fonts.REGULAR, SIZE)
    if found is not None:
        mask, advance = found
        return _Placed(mask, -fonts.MARGIN, -fonts.MARGIN - fonts.BASELINE, advance)
    large = glyph(char, cells)
    return _Placed(None, 0, 0, cells * SIZE // 2) if large is None else _smaller(char, large, cells)


def _smaller(char: str, large: Glyph, cells: int) -> _Placed:
    size = (max(1, round(large.image.width * _SCALE)), max(1, round(large.image.height * _SCALE)))
    return _Placed(
        large.image.resize(size, Image.Resampling.BOX),
        round(large.left * _SCALE),
        round((large.top - fonts.BASELINE) * _SCALE),
        cells * SIZE // 2,
        char if large.missing else "",
    )
