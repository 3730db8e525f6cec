"""A drawing surface the size of one terminal cell: shapes in its pixels, smooth edges, always the same bytes.

Gives 8-bit masks (0 nothing, 255 ink). Used for the characters that are drawn as geometry, not from a font.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

CELL_WIDTH, CELL_HEIGHT = 16, 32  # pixels; half-width characters take one cell, kana and kanji two
INK = 255
_FINE = 8  # shapes are drawn this much larger, then averaged: whole pixels stay sharp, slopes become smooth

Point = tuple[float, float]


class Canvas:
    """One cell, x to the right and y down from its top left corner. Later shapes lie on earlier ones."""

    def __init__(self) -> None:
        self._image = Image.new("L", (CELL_WIDTH * _FINE, CELL_HEIGHT * _FINE))
        self._draw = ImageDraw.Draw(self._image)

    def mask(self) -> Image.Image:
        """What was drawn, in the size of the cell."""
        return self._image.reduce(_FINE)

    def rectangle(self, left: float, top: float, right: float, bottom: float, ink: int = INK) -> None:
        """Fill; right and bottom are the first pixels not filled. Nothing when it has no area."""
        if right > left and bottom > top:
            box = (_fine(left), _fine(top), _fine(right) - 1, _fine(bottom) - 1)
            self._draw.rectangle(box, fill=ink)

    def disc(self, x: float, y: float, radius: float, ink: int = INK) -> None:
        """Fill a circle around (x, y)."""
        box = (_fine(x - radius), _fine(y - radius), _fine(x + radius) - 1, _fine(y + radius) - 1)
        self._draw.ellipse(box, fill=ink)

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        """A circle whose outer edge has the radius; what it surrounds is emptied."""
        self.disc(x, y, radius)
        self.disc(x, y, radius - width, ink=0)

    def polygon(self, points: Sequence[Point], ink: int = INK) -> None:
        """Fill."""
        self._draw.polygon([(_fine(x), _fine(y)) for x, y in points], fill=ink)

    def stroke(self, points: Sequence[Point], width: float, closed: bool = False, ink: int = INK) -> None:
        """A line through the points with round ends and joints."""
        path = [*points, points[0]] if closed else points
        for (x0, y0), (x1, y1) in pairwise(path):
            length = math.hypot(x1 - x0, y1 - y0)
            across_x, across_y = (y0 - y1) / length * width / 2, (x1 - x0) / length * width / 2
            corners = [(x0 + across_x, y0 + across_y), (x1 + across_x, y1 + across_y)]
            self.polygon([*corners, (x1 - across_x, y1 - across_y), (x0 - across_x, y0 - across_y)], ink)
        for x, y in path:
            self.disc(x, y, width / 2, ink)


def regular_polygon(x: float, y: float, radius: float, corners: int, turn_degrees: float = 0) -> list[Point]:
    """Corners on a circle, the first one at the top, turned clockwise."""
    step = 2 * math.pi / corners
    start = math.radians(turn_degrees)
    angles = (start + step * corner for corner in range(corners))
    return [(x + radius * math.sin(angle), y - radius * math.cos(angle)) for angle in angles]


def _fine(value: float) -> int:
    return round(value * _FINE)
