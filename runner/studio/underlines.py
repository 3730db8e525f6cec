"""The five kinds of lines under text (SGR 4:1 to 4:5) and where the line through text lies.

Gives masks of one cell that go on evenly into the next. Used by drawing.
"""

from __future__ import annotations

import math
from functools import cache

from PIL import Image

from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH, Canvas

STRIKE = (16, 18)  # pixels from the top of the cell: first, and first below
SINGLE, DOUBLE, CURLY, DOTTED, DASHED = 1, 2, 3, 4, 5
_TOP, _BOTTOM = CELL_HEIGHT - 2, CELL_HEIGHT
_WAVE_Y, _WAVE_HEIGHT, _WAVE_WIDTH = 29.0, 1.6, 1.6  # pixels: middle, amplitude, thickness of a curly line
_WAVE_STEPS = 32


@cache
def underline_mask(kind: int) -> Image.Image:
    """The line of this kind under one cell; a kind nobody has defined is a single line."""
    canvas = Canvas()
    if kind == DOUBLE:
        canvas.rectangle(0, _TOP - 3, CELL_WIDTH, _TOP - 1)
        canvas.rectangle(0, _TOP, CELL_WIDTH, _BOTTOM)
    elif kind == CURLY:
        canvas.stroke([_wave(step) for step in range(-4, _WAVE_STEPS + 5)], _WAVE_WIDTH)
    elif kind == DOTTED:
        for x in range(0, CELL_WIDTH, 4):
            canvas.rectangle(x + 1, _TOP, x + 3, _BOTTOM)
    elif kind == DASHED:
        for x in range(0, CELL_WIDTH, 8):
            canvas.rectangle(x + 1.5, _TOP, x + 6.5, _BOTTOM)
    else:
        canvas.rectangle(0, _TOP, CELL_WIDTH, _BOTTOM)
    return canvas.mask()


def _wave(step: int) -> tuple[float, float]:
    """A point of one period over the cell's width."""
    share = step / _WAVE_STEPS
    return share * CELL_WIDTH, _WAVE_Y + _WAVE_HEIGHT * math.sin(2 * math.pi * share)
