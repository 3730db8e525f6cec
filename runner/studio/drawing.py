"""A picture of one terminal screen: takes its cells, gives an RGB image; the same cells give the same pixels.

Used by the stills. Characters come from glyphs; colours that the program left open from the kit's palette.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from PIL import Image

from runner.palette import BACKGROUND, CURSOR, FOREGROUND, Rgb, contrast
from runner.studio.boxes import is_box
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.glyphs import glyph
from runner.terminal import Cell

PADDING = 30  # pixels around the screen
READABLE = 4.5  # least contrast of text (WCAG AA): darker text of a program's own theme is lifted to it
HIDDEN = 1.2  # below this contrast text was not meant to be seen, and is left as it is
FAINT = 0.55  # how much of the text's colour stays in faint text; the rest is background
_LIFT_STEPS = 20
_UNDERLINE = (32, 34)  # pixels from the top of the cell
_STRIKE = (17, 19)


def image_size(cols: int, rows: int) -> tuple[int, int]:
    """(width, height) in pixels of the picture of a screen."""
    return cols * CELL_WIDTH + 2 * PADDING, rows * CELL_HEIGHT + 2 * PADDING


def draw_screen(
    cells: list[list[Cell]], cursor: tuple[int, int] | None = None
) -> tuple[Image.Image, frozenset[str]]:
    """(picture, characters that no font here has). `cursor` is (x, y) in cells; it is drawn as a block."""
    image = Image.new("RGB", image_size(len(cells[0]), len(cells)), BACKGROUND)
    missing: set[str] = set()
    rows = [_painted(row, _cursor_columns(row, y, cursor)) for y, row in enumerate(cells)]
    for y, row in enumerate(rows):
        _draw_backgrounds(image, PADDING + y * CELL_HEIGHT, row)
    for y, row in enumerate(rows):  # after all backgrounds: glyphs may reach into the row below
        missing |= _draw_text(image, PADDING + y * CELL_HEIGHT, row)
    return image, frozenset(missing)


def colours_of(cells: list[list[Cell]], cursor: tuple[int, int] | None = None) -> frozenset[Rgb]:
    """Every colour of text and of background in the picture of this screen, and of the margin."""
    rows = [_painted(row, _cursor_columns(row, y, cursor)) for y, row in enumerate(cells)]
    drawn = (colour for row in rows for _, text, ground in row for colour in (text, ground))
    return frozenset((BACKGROUND, *drawn))


_Painted = tuple[Cell, Rgb, Rgb]  # a cell, its colour of text and of background as they are seen


def _cursor_columns(row: list[Cell], y: int, cursor: tuple[int, int] | None) -> range:
    if cursor is None or cursor[1] != y:
        return range(0)
    return range(cursor[0], cursor[0] + max(1, row[cursor[0]].width))


def _painted(row: list[Cell], cursor: range) -> list[_Painted]:
    painted = []
    for x, cell in enumerate(row):
        text, ground = cell.fg or FOREGROUND, cell.bg or BACKGROUND
        if cell.inverse:
            text, ground = ground, text
        if cell.faint:
            text = _mixed(text, ground, FAINT)
        if x in cursor:
            text, ground = BACKGROUND, CURSOR
        painted.append((cell, text if is_box(cell.char) else readable(text, ground), ground))
    return painted


@lru_cache(maxsize=4096)
def readable(text: Rgb, ground: Rgb) -> Rgb:
    """The colour itself, or mixed with white (on a light ground: black) just until it can be read."""
    if contrast(text, ground) < HIDDEN:
        return text
    target = max(((255, 255, 255), (0, 0, 0)), key=lambda extreme: contrast(extreme, ground))
    steps = (_mixed(target, text, step / _LIFT_STEPS) for step in range(_LIFT_STEPS + 1))
    return next((colour for colour in steps if contrast(colour, ground) >= READABLE), target)


def _mixed(over: Rgb, under: Rgb, share: float) -> Rgb:
    red, green, blue = (round(o * share + u * (1 - share)) for o, u in zip(over, under, strict=True))
    return red, green, blue


def _draw_backgrounds(image: Image.Image, top: int, row: list[_Painted]) -> None:
    x = PADDING
    for ground, run in groupby(painted[2] for painted in row):
        right = x + CELL_WIDTH * len(list(run))
        if ground != BACKGROUND:
            image.paste(ground, (x, top, right, top + CELL_HEIGHT))
        x = right


def _draw_text(image: Image.Image, top: int, row: list[_Painted]) -> set[str]:
    """Glyphs and lines of one row; gives the characters that could not be drawn."""
    missing: set[str] = set()
    for x, (cell, text, ground) in enumerate(row):
        left = PADDING + x * CELL_WIDTH
        if cell.width and cell.char not in ("", " "):
            room = cell.width == 1 and _is_blank(row, x + 1, ground)
            found = glyph(cell.char, cell.width, cell.bold, cell.italic, room)
            if found is not None:
                place = (left + found.left, top + found.top)
                ink = found.image if found.image.mode == "RGBA" else found.colour or text
                image.paste(ink, place, found.image)
                if found.missing:
                    missing.add(cell.char)
        for drawn, (upper, lower) in ((cell.underline, _UNDERLINE), (cell.strike, _STRIKE)):
            if drawn:
                image.paste(text, (left, top + upper, left + CELL_WIDTH, top + lower))
    return missing


def _is_blank(row: list[_Painted], x: int, ground: Rgb) -> bool:
    """True when a glyph may run over into this cell: nothing in it, on the same background."""
    if x >= len(row):
        return ground == BACKGROUND
    cell, _, its_ground = row[x]
    return cell.width == 1 and cell.char in ("", " ") and its_ground == ground and not cell.underline
