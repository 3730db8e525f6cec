"""Symbols of terminal programs as geometry of one cell: bullets, marks, spinners, arrows, check boxes.

Japanese fonts draw them two cells wide or lack them; a terminal gives them one. Takes a character, gives its
mask (and the colour of its own, for emoji such as a green check), or None. Used by glyphs.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from runner.palette import ANSI, Rgb
from runner.studio.canvas import CELL_WIDTH, Canvas, Point, regular_polygon

Shape = Callable[[Canvas], None]

X, Y = 8.0, 16.0  # the middle of the cell
THIN, BOLD = 1.8, 3.0  # strokes
BASELINE = 29.0


def symbol_mask(char: str) -> Image.Image | None:
    """The mask of a symbol that is drawn as geometry; None for any other character."""
    shape = _SHAPES.get(char)
    if shape is None:
        return None
    canvas = Canvas()
    shape(canvas)
    return canvas.mask()


def symbol_colour(char: str) -> Rgb | None:
    """The colour of an emoji that is drawn as geometry; None for symbols in the colour of the text."""
    return _COLOURS.get(char)


def symbols() -> str:
    """Every character that is drawn as geometry here."""
    return "".join(_SHAPES)


def _disc(radius: float, y: float = Y) -> Shape:
    return lambda canvas: canvas.disc(X, y, radius)


def _ring(*radii: float) -> Shape:
    def draw(canvas: Canvas) -> None:
        for radius in radii:
            canvas.ring(X, Y, radius, THIN)

    return draw


def _ring_and_dot(canvas: Canvas) -> None:
    canvas.ring(X, Y, 6.5, THIN)
    canvas.disc(X, Y, 3.0)


def _half_disc(start_degrees: int) -> Shape:
    """A circle, filled for half a turn clockwise from the angle (0 is at the top)."""
    angles = [math.radians(angle) for angle in range(start_degrees, start_degrees + 181, 3)]
    half = [(X + 6.0 * math.sin(angle), Y - 6.0 * math.cos(angle)) for angle in angles]
    return _all(_ring(6.5), _polygon(half))


def _square(half: float, filled: bool = True) -> Shape:
    def draw(canvas: Canvas) -> None:
        canvas.rectangle(X - half, Y - half, X + half, Y + half)
        if not filled:
            inner = half - THIN
            canvas.rectangle(X - inner, Y - inner, X + inner, Y + inner, ink=0)

    return draw


def _polygon(points: list[Point], filled: bool = True) -> Shape:
    if filled:
        return lambda canvas: canvas.polygon(points)
    return lambda canvas: canvas.stroke(points, THIN, closed=True)


def _strokes(width: float, *paths: list[Point]) -> Shape:
    def draw(canvas: Canvas) -> None:
        for path in paths:
            canvas.stroke(path, width)

    return draw


def _all(*shapes: Shape) -> Shape:
    def draw(canvas: Canvas) -> None:
        for shape in shapes:
            shape(canvas)

    return draw


def _triangle(direction: str, size: float = 6.5) -> list[Point]:
    """Points towards up, right, down or left."""
    tip, base = size, size * 0.85
    x, y = {"up": (0, -1), "right": (1, 0), "down": (0, 1), "left": (-1, 0)}[direction]
    return [
        (X + tip * x * 0.9, Y + tip * y * 0.9),
        (X - tip * x * 0.8 + base * y, Y - tip * y * 0.8 + base * x),
        (X - tip * x * 0.8 - base * y, Y - tip * y * 0.8 - base * x),
    ]


def _arrow(x: float, y: float) -> Shape:
    """An arrow in the direction (x, y), across the cell."""
    length, head = (7.0, 4.6) if not (x and y) else (6.0, 4.6)
    tip = (X + length * x, Y + length * y)
    tail = (X - length * x, Y - length * y)
    barbs = [(tip[0] - head * (x + side * y), tip[1] - head * (y - side * x)) for side in (1, -1)]
    return _strokes(2.0, [tail, tip], [barbs[0], tip, barbs[1]])


def _both_ways(x: float, y: float) -> Shape:
    return _all(_arrow(x, y), _arrow(-x, -y))


def _spokes(count: int, width: float, tip: float = 0, length: float = 7.0) -> Shape:
    """An asterisk; with a `tip`, each spoke ends in a drop of that radius, as in the teardrop asterisks."""

    def draw(canvas: Canvas) -> None:
        for x, y in regular_polygon(X, Y, length - tip, count):
            canvas.stroke([(X, Y), (x, y)], width)
            if tip:
                across = (-(y - Y) / (length - tip) * tip, (x - X) / (length - tip) * tip)
                canvas.polygon([(X, Y), (x + across[0], y + across[1]), (x - across[0], y - across[1])])
                canvas.disc(x, y, tip)

    return draw


def _star(points: int, outer: float, inner: float, filled: bool = True) -> Shape:
    tips = regular_polygon(X, Y, outer, points)
    notches = regular_polygon(X, Y, inner, points, turn_degrees=180 / points)
    return _polygon([point for pair in zip(tips, notches, strict=True) for point in pair], filled)


def _dots(*positions: Point, radius: float = 1.7) -> Shape:
    def draw(canvas: Canvas) -> None:
        for x, y in positions:
            canvas.disc(x, y, radius)

    return draw


def _warning(canvas: Canvas) -> None:
    canvas.polygon([(X, 8.0), (15.9, 24.0), (0.1, 24.0)])
    canvas.stroke([(X, 13.5), (X, 18.3)], 2.0, ink=0)
    canvas.disc(X, 21.4, 1.2, ink=0)


_CHECK: list[Point] = [(1.7, 17.0), (6.1, 22.5), (14.3, 9.5)]
_CROSS: tuple[list[Point], list[Point]] = ([(2.7, 10.7), (13.3, 21.3)], [(13.3, 10.7), (2.7, 21.3)])
_SMALL_CROSS: tuple[list[Point], list[Point]] = ([(4.0, 12.0), (12.0, 20.0)], [(12.0, 12.0), (4.0, 20.0)])
_CHECK_IN_BOX: list[Point] = [(4.7, 16.2), (7.1, 19.0), (11.5, 12.6)]
_CROSS_IN_BOX: tuple[list[Point], list[Point]] = ([(5.2, 13.2), (10.8, 18.8)], [(10.8, 13.2), (5.2, 18.8)])
_DIAMOND: list[Point] = [(X, 8.5), (15.5, Y), (X, 23.5), (0.5, Y)]
_CHEVRON: list[Point] = [(4.5, 8.5), (11.5, 16.0), (4.5, 23.5)]
_SMALL_CHEVRON: list[Point] = [(5.5, 11.0), (10.5, 16.0), (5.5, 21.0)]


def _mirrored(points: list[Point]) -> list[Point]:
    return [(CELL_WIDTH - x, y) for x, y in points]


_SHAPES: dict[str, Shape] = {
    # straight quotes: the font slants them, which reads wrongly in code
    '"': _strokes(2.2, [(4.9, 5.0), (4.9, 11.0)], [(11.1, 5.0), (11.1, 11.0)]),
    "'": _strokes(2.2, [(X, 5.0), (X, 11.0)]),
    # bullets and circles
    "⏺": _disc(6.5),
    "●": _disc(6.5),
    "⬤": _disc(7.5),
    "•": _disc(4.0),
    "·": _disc(2.4),
    "∙": _disc(2.4),
    "⋅": _disc(2.4),
    "○": _ring(6.5),
    "◯": _ring(7.5),
    "◦": _ring(4.0),
    "◎": _ring(7.0, 3.6),
    "◉": _ring_and_dot,
    "⊙": _ring_and_dot,
    "◐": _half_disc(180),
    "◑": _half_disc(0),
    "◒": _half_disc(90),
    "◓": _half_disc(270),
    # squares, check boxes and diamonds
    "■": _square(6.5),
    "◼": _square(6.0),
    "▪": _square(3.5),
    "⏹": _square(6.0),
    "□": _square(6.5, filled=False),
    "◻": _square(6.0, filled=False),
    "▫": _square(3.5, filled=False),
    "☐": _square(7.0, filled=False),
    "☑": _all(_square(7.0, filled=False), _strokes(2.0, _CHECK_IN_BOX)),
    "☒": _all(_square(7.0, filled=False), _strokes(2.0, *_CROSS_IN_BOX)),
    "◆": _polygon(_DIAMOND),
    "◇": _polygon(_DIAMOND, filled=False),
    # check marks and crosses
    "✓": _strokes(2.0, _CHECK),
    "✔": _strokes(BOLD, _CHECK),
    "✗": _strokes(2.0, *_CROSS),
    "✘": _strokes(BOLD, *_CROSS),
    "✕": _strokes(2.0, *_CROSS),
    "✖": _strokes(BOLD, *_CROSS),
    "×": _strokes(2.0, *_SMALL_CROSS),
    "✅": _strokes(3.4, _CHECK),
    "❌": _strokes(3.4, *_CROSS),
    "⚠": _warning,
    # triangles, chevrons and media keys
    "▲": _polygon(_triangle("up")),
    "△": _polygon(_triangle("up"), filled=False),
    "▼": _polygon(_triangle("down")),
    "▽": _polygon(_triangle("down"), filled=False),
    "▶": _polygon(_triangle("right")),
    "▷": _polygon(_triangle("right"), filled=False),
    "◀": _polygon(_triangle("left")),
    "◁": _polygon(_triangle("left"), filled=False),
    "►": _polygon(_triangle("right")),
    "◄": _polygon(_triangle("left")),
    "⏵": _polygon(_triangle("right")),
    "⏴": _polygon(_triangle("left")),
    "⏶": _polygon(_triangle("up")),
    "⏷": _polygon(_triangle("down")),
    "▴": _polygon(_triangle("up", 4.5)),
    "▸": _polygon(_triangle("right", 4.5)),
    "▾": _polygon(_triangle("down", 4.5)),
    "◂": _polygon(_triangle("left", 4.5)),
    "‣": _polygon(_triangle("right", 4.5)),
    "⏸": _strokes(BOLD, [(4.5, 11.0), (4.5, 21.0)], [(11.5, 11.0), (11.5, 21.0)]),
    "❯": _strokes(BOLD, _CHEVRON),
    "❮": _strokes(BOLD, _mirrored(_CHEVRON)),
    "›": _strokes(2.0, _SMALL_CHEVRON),
    "‹": _strokes(2.0, _mirrored(_SMALL_CHEVRON)),
    # asterisks and stars: the agent's spinner among them
    "✢": _spokes(4, 1.4, tip=2.0),
    "✣": _spokes(4, 1.8, tip=2.4),
    "✳": _spokes(8, 1.8),
    "✱": _spokes(6, 2.6),
    "✲": _spokes(6, 2.0),
    "∗": _spokes(6, 2.0, length=5.0),
    "✻": _spokes(6, 1.4, tip=1.7),
    "✽": _spokes(6, 1.8, tip=2.2),
    "✶": _star(6, 7.5, 3.4),
    "✦": _star(4, 7.5, 2.2),
    "✧": _star(4, 7.5, 2.4, filled=False),
    "★": _star(5, 8.0, 3.2),
    "☆": _star(5, 7.6, 3.2, filled=False),
    # arrows, joints and dots
    "←": _arrow(-1, 0),
    "↑": _arrow(0, -1),
    "→": _arrow(1, 0),
    "↓": _arrow(0, 1),
    "↔": _both_ways(1, 0),
    "↕": _both_ways(0, 1),
    "↗": _arrow(0.75, -0.75),
    "↘": _arrow(0.75, 0.75),
    "↙": _arrow(-0.75, 0.75),
    "↖": _arrow(-0.75, -0.75),
    "↵": _strokes(2.0, [(14.0, 9.0), (14.0, 18.0), (2.0, 18.0)], [(6.5, 13.5), (2.0, 18.0), (6.5, 22.5)]),
    "⏎": _strokes(2.0, [(14.0, 9.0), (14.0, 18.0), (2.0, 18.0)], [(6.5, 13.5), (2.0, 18.0), (6.5, 22.5)]),
    "↳": _strokes(2.0, [(2.5, 7.0), (2.5, 18.0), (14.0, 18.0)], [(9.5, 13.5), (14.0, 18.0), (9.5, 22.5)]),
    "⎿": _all(lambda c: c.rectangle(4, 2, 6, 17), lambda c: c.rectangle(4, 15, 14, 17)),
    "⎯": lambda canvas: canvas.rectangle(0, 15, CELL_WIDTH, 17),
    "…": _dots((2.5, BASELINE - 2), (X, BASELINE - 2), (13.5, BASELINE - 2)),
    "⋯": _dots((2.5, Y), (X, Y), (13.5, Y)),
    "⋮": _dots((X, 8.0), (X, Y), (X, 24.0)),
}

_COLOURS: dict[str, Rgb] = {"✅": ANSI[2], "❌": ANSI[1], "⚠\ufe0f": ANSI[3]}
