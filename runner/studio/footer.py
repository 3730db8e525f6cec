"""The line below a still: the recording's title, small and grey, in the margin under the screen.

Takes a picture and a title, draws into the picture. The title names who answered (a rehearsal, a model), so that
no picture goes about without it. Used by the stills.
"""

from __future__ import annotations

import re

from PIL import Image

from runner.palette import ANSI, Rgb
from runner.studio.drawing import PADDING
from runner.studio.typeset import draw_line, one_line, width

SIZE = 18  # pixels, a little over half the size of the screen's text
COLOUR: Rgb = ANSI[8]  # the grey of hints
BASELINE = 8  # pixels above the picture's lower edge
ELLIPSIS = "…"
_LAST_BRACKET = re.compile(r"【[^【】]*】$")  # who answered: kept when the title is shortened


def draw_footer(image: Image.Image, title: str) -> frozenset[str]:
    """Write the title into the lower margin; gives the characters that no font here has."""
    line = shortened(title, image.width - 2 * PADDING)
    return draw_line(image, (PADDING, image.height - BASELINE), line, SIZE, COLOUR)


def shortened(title: str, room: int) -> str:
    """The title as one line of at most `room` pixels: its middle goes first, its last 【…】 stays if it can."""
    line = one_line(title)
    if width(line, SIZE) <= room:
        return line
    bracket = _LAST_BRACKET.search(line)
    end = ELLIPSIS + (bracket.group() if bracket else "")
    if width(end, SIZE) > room:
        end = ELLIPSIS
    start = line.removesuffix(end.removeprefix(ELLIPSIS))
    while start and width(start + end, SIZE) > room:
        start = start[:-1]
    return start.rstrip() + end
