"""Box drawing, block elements and Braille (U+2500-259F, U+2800-28FF) as geometry that joins cell to cell.

Takes a character, gives its mask of one cell, or None for other characters. The shapes follow the characters'
Unicode names ("BOX DRAWINGS UP HEAVY AND RIGHT DOWN LIGHT"), so there is no table to err. Used by glyphs.
"""

from __future__ import annotations

import unicodedata

from PIL import Image

from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH, INK, Canvas

LIGHT, HEAVY, DOUBLE = 2, 4, 6  # thickness in pixels; a double line is two light ones and a gap of 2
CENTRE_X, CENTRE_Y = 8, 16  # the lines of all cells run through this pixel corner
_WEIGHTS = {"LIGHT": LIGHT, "SINGLE": LIGHT, "HEAVY": HEAVY, "DOUBLE": DOUBLE}
_ARMS = {
    "LEFT": ("left",),
    "RIGHT": ("right",),
    "UP": ("up",),
    "DOWN": ("down",),
    "HORIZONTAL": ("left", "right"),
    "VERTICAL": ("up", "down"),
}
_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
_DASHES = {"DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}
_CORNER_RADIUS = 7
_DIAGONAL_WIDTH = 1.6
_BRAILLE_RADIUS = 2.1
_BRAILLE_X, _BRAILLE_Y = (4.5, 11.5), (4.5, 12.5, 20.5, 28.5)
_BRAILLE_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # (column, row) of bits 0-7
_SHADES = {"LIGHT SHADE": 64, "MEDIUM SHADE": 128, "DARK SHADE": 191}
_EIGHTHS = {
    word: eighths
    for eighths, word in enumerate(
        (
            "ONE EIGHTH",
            "ONE QUARTER",
            "THREE EIGHTHS",
            "HALF",
            "FIVE EIGHTHS",
            "THREE QUARTERS",
            "SEVEN EIGHTHS",
        ),
        start=1,
    )
}


def is_box(char: str) -> bool:
    """True for the characters drawn here: lines and surfaces, not text."""
    return len(char) == 1 and ("\u2500" <= char <= "\u259f" or "\u2800" <= char <= "\u28ff")


def box_mask(char: str) -> Image.Image | None:
    """The mask of a box, block or Braille character; None for any other."""
    if not is_box(char):
        return None
    canvas = Canvas()
    if char <= "\u257f":
        _box(canvas, unicodedata.name(char).removeprefix("BOX DRAWINGS "))
    elif char <= "\u259f":
        _block(canvas, unicodedata.name(char))
    else:
        _braille(canvas, ord(char) - 0x2800)
    return canvas.mask()


def _box(canvas: Canvas, name: str) -> None:
    if "DIAGONAL" in name:
        _diagonal(canvas, name)
    elif "DASH" in name:
        weight, count, _, direction = name.split()
        _dashes(canvas, _WEIGHTS[weight], _DASHES[count], direction)
    elif "ARC" in name:
        _arc(canvas, name)
    else:
        _lines(canvas, _arms(name))


def _arms(name: str) -> dict[str, int]:
    """The thickness of each of the four arms, 0 for none; a part without a weight has the whole's."""
    parts = [part.split() for part in name.split(" AND ")]
    whole = next(_WEIGHTS[word] for part in parts for word in part if word in _WEIGHTS)
    arms = dict.fromkeys(("left", "right", "up", "down"), 0)
    for part in parts:
        weight = next((_WEIGHTS[word] for word in part if word in _WEIGHTS), whole)
        for word in part:
            arms.update(dict.fromkeys(_ARMS.get(word, ()), weight))
    return arms


def _lines(canvas: Canvas, arms: dict[str, int]) -> None:
    """Draw the arms: bands of double lines first, then their gaps, then the single lines that cross them."""
    double = [arm for arm in arms if arms[arm] == DOUBLE]
    single = [arm for arm in arms if 0 < arms[arm] < DOUBLE]
    for arm in double:
        _arm(canvas, arm, DOUBLE, start=_double_start(arms, arm, DOUBLE))
    for arm in double:
        _arm(canvas, arm, LIGHT, start=_double_start(arms, arm, LIGHT), ink=0)
    for arm in single:
        _arm(canvas, arm, arms[arm], start=_single_start(arms, arm))


def _across(arms: dict[str, int], arm: str) -> tuple[int, int]:
    """The two arms at right angles to this one."""
    return (arms["up"], arms["down"]) if arm in ("left", "right") else (arms["left"], arms["right"])


def _double_start(arms: dict[str, int], arm: str, thickness: int) -> float:
    """Where a double line (or its gap, as thick as a light one) begins: pixels past the centre."""
    across = max(_across(arms, arm))
    if across == DOUBLE:
        return -thickness / 2  # meets another double line: outer edge to outer edge, gap to gap
    if arms[_OPPOSITE[arm]] == DOUBLE:
        return 0
    return LIGHT / 2 if thickness == LIGHT else -LIGHT / 2  # ends at a single line, which stays whole


def _single_start(arms: dict[str, int], arm: str) -> float:
    """As `_double_start`, for light and heavy lines: through a double line or up to it."""
    first, second = _across(arms, arm)
    if DOUBLE not in (first, second):
        return -max(first, second, LIGHT) / 2
    return 0 if arms[_OPPOSITE[arm]] else DOUBLE / 2


def _arm(canvas: Canvas, arm: str, thickness: int, start: float, ink: int = INK) -> None:
    """A band from `start` pixels past the centre to the cell's edge."""
    half = thickness / 2
    if arm == "right":
        canvas.rectangle(CENTRE_X + start, CENTRE_Y - half, CELL_WIDTH, CENTRE_Y + half, ink)
    elif arm == "left":
        canvas.rectangle(0, CENTRE_Y - half, CENTRE_X - start, CENTRE_Y + half, ink)
    elif arm == "down":
        canvas.rectangle(CENTRE_X - half, CENTRE_Y + start, CENTRE_X + half, CELL_HEIGHT, ink)
    else:
        canvas.rectangle(CENTRE_X - half, 0, CENTRE_X + half, CENTRE_Y - start, ink)


def _arc(canvas: Canvas, name: str) -> None:
    """A rounded corner: the quarter of a ring that faces the cell's centre, then straight on to the edges."""
    to_right, to_bottom = "RIGHT" in name, "DOWN" in name
    x = CENTRE_X + (_CORNER_RADIUS if to_right else -_CORNER_RADIUS)
    y = CENTRE_Y + (_CORNER_RADIUS if to_bottom else -_CORNER_RADIUS)
    left, right = (x, CELL_WIDTH) if to_right else (0, x)
    top, bottom = (y, CELL_HEIGHT) if to_bottom else (0, y)
    canvas.ring(x, y, _CORNER_RADIUS + LIGHT / 2, LIGHT)
    canvas.rectangle(left, 0, right, CELL_HEIGHT, ink=0)
    canvas.rectangle(0, top, CELL_WIDTH, bottom, ink=0)
    canvas.rectangle(left, CENTRE_Y - LIGHT / 2, right, CENTRE_Y + LIGHT / 2)
    canvas.rectangle(CENTRE_X - LIGHT / 2, top, CENTRE_X + LIGHT / 2, bottom)


def _dashes(canvas: Canvas, thickness: int, count: int, direction: str) -> None:
    """Dashes of two thirds of their pitch, half a gap at both edges: the next cell goes on evenly."""
    length = CELL_WIDTH if direction == "HORIZONTAL" else CELL_HEIGHT
    for number in range(count):
        start = (number + 1 / 6) * length / count
        end = (number + 5 / 6) * length / count
        if direction == "HORIZONTAL":
            canvas.rectangle(start, CENTRE_Y - thickness / 2, end, CENTRE_Y + thickness / 2)
        else:
            canvas.rectangle(CENTRE_X - thickness / 2, start, CENTRE_X + thickness / 2, end)


def _diagonal(canvas: Canvas, name: str) -> None:
    if "CROSS" in name or "UPPER RIGHT TO LOWER LEFT" in name:
        canvas.stroke([(CELL_WIDTH, 0), (0, CELL_HEIGHT)], _DIAGONAL_WIDTH)
    if "CROSS" in name or "UPPER LEFT TO LOWER RIGHT" in name:
        canvas.stroke([(0, 0), (CELL_WIDTH, CELL_HEIGHT)], _DIAGONAL_WIDTH)


def _block(canvas: Canvas, name: str) -> None:
    """FULL BLOCK, UPPER/LOWER/LEFT/RIGHT ... BLOCK, shades and quadrants; halves meet on whole pixels."""
    if name in _SHADES:
        canvas.rectangle(0, 0, CELL_WIDTH, CELL_HEIGHT, _SHADES[name])
    elif name == "FULL BLOCK":
        canvas.rectangle(0, 0, CELL_WIDTH, CELL_HEIGHT)
    elif name.startswith("QUADRANT "):
        for quadrant in name.removeprefix("QUADRANT ").split(" AND "):
            vertical, horizontal = quadrant.split()
            left, right = (0, CENTRE_X) if horizontal == "LEFT" else (CENTRE_X, CELL_WIDTH)
            top, bottom = (0, CENTRE_Y) if vertical == "UPPER" else (CENTRE_Y, CELL_HEIGHT)
            canvas.rectangle(left, top, right, bottom)
    else:
        side, size = name.removesuffix(" BLOCK").split(" ", 1)
        _part(canvas, side, _EIGHTHS[size])


def _part(canvas: Canvas, side: str, eighths: int) -> None:
    width, height = round(CELL_WIDTH * eighths / 8), round(CELL_HEIGHT * eighths / 8)
    if side == "UPPER":
        canvas.rectangle(0, 0, CELL_WIDTH, height)
    elif side == "LOWER":
        canvas.rectangle(0, CELL_HEIGHT - height, CELL_WIDTH, CELL_HEIGHT)
    elif side == "LEFT":
        canvas.rectangle(0, 0, width, CELL_HEIGHT)
    else:
        start = CENTRE_X if eighths == 4 else CELL_WIDTH - width
        canvas.rectangle(start, 0, CELL_WIDTH, CELL_HEIGHT)


def _braille(canvas: Canvas, dots: int) -> None:
    for bit, (column, row) in enumerate(_BRAILLE_DOTS):
        if dots >> bit & 1:
            canvas.disc(_BRAILLE_X[column], _BRAILLE_Y[row], _BRAILLE_RADIUS)
