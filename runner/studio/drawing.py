"""Pictures of terminal rows and screens: takes cells, gives RGB images; the same cells give the same pixels.

Used by the stills (whole screens) and the film (single rows). Characters come from glyphs; colours that the
program left open from a palette.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from PIL import Image

from runner.palette import DARK, Palette, Rgb, contrast
from runner.studio.boxes import is_box
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.glyphs import glyph
from runner.studio.underlines import STRIKE, underline_mask
from runner.terminal import Cell

PADDING = 30  # pixels around the screen
OVERHANG = 16  # pixels at both ends of a row's picture: glyphs may reach out of the outermost cells
READABLE = 4.5  # least contrast of text (WCAG AA): darker text of a program's own theme is lifted to it
HIDDEN = 1.2  # below this contrast text was not meant to be seen, and is left as it is
DARK_GROUND = 7.0  # least contrast with a light theme of a ground that was written for a dark one
TINT = 0.16  # how much of such a ground stays; the rest is the light background
FAINT = 0.55  # how much of the text's colour stays in faint text; the rest is background
_LIFT_STEPS = 20

Cursor = tuple[int, int] | None  # (x, y) in cells from the top left, None: not shown
_Painted = tuple[Cell, Rgb, Rgb]  # a cell, its colour of text and of background as they are seen


def image_size(cols: int, rows: int) -> tuple[int, int]:
    """(width, height) in pixels of the picture of a screen."""
    return cols * CELL_WIDTH + 2 * PADDING, rows * CELL_HEIGHT + 2 * PADDING


def draw_screen(
    cells: Sequence[Sequence[Cell]], cursor: Cursor = None, palette: Palette = DARK
) -> tuple[Image.Image, frozenset[str]]:
    """(picture, characters that no font here has). The cursor is drawn as a block."""
    image = Image.new("RGB", image_size(len(cells[0]), len(cells)), palette.background)
    missing: set[str] = set()
    for y, row in enumerate(cells):
        strip, not_drawn = draw_row(row, cursor_columns(row, y, cursor), palette)
        image.paste(strip, (PADDING - OVERHANG, PADDING + y * CELL_HEIGHT))
        missing |= not_drawn
    return image, frozenset(missing)


def draw_row(
    row: Sequence[Cell], cursor: range = range(0), palette: Palette = DARK
) -> tuple[Image.Image, frozenset[str]]:
    """(picture of one row, characters that no font here has): its cells and OVERHANG pixels at both ends."""
    painted = _painted(row, cursor, palette)
    size = (len(row) * CELL_WIDTH + 2 * OVERHANG, CELL_HEIGHT)
    image = Image.new("RGB", size, palette.background)
    _draw_backgrounds(image, painted, palette.background)
    return image, _draw_text(image, painted, palette.background)


def cursor_columns(row: Sequence[Cell], y: int, cursor: Cursor) -> range:
    """The columns of row `y` that the cursor covers: none, one, or the two of a wide character."""
    if cursor is None or cursor[1] != y or cursor[0] >= len(row):
        return range(0)
    return range(cursor[0], cursor[0] + max(1, row[cursor[0]].width))


def colours_of(
    cells: Sequence[Sequence[Cell]], cursor: Cursor = None, palette: Palette = DARK
) -> frozenset[Rgb]:
    """Every colour of text and of background in the picture of this screen, and of the margin."""
    rows = [_painted(row, cursor_columns(row, y, cursor), palette) for y, row in enumerate(cells)]
    drawn = (colour for row in rows for _, text, ground in row for colour in (text, ground))
    return frozenset((palette.background, *drawn))


def _painted(row: Sequence[Cell], cursor: range, palette: Palette) -> list[_Painted]:
    painted = []
    for x, cell in enumerate(row):
        text, ground = cell.fg or palette.foreground, cell.bg or palette.background
        believed = cell.bg or DARK.background
        if cell.inverse:
            text, ground, believed = ground, text, text
        else:
            ground = fitting_ground(ground, palette)
        if cell.faint:
            text = _mixed(text, ground, FAINT)
        if x in cursor:
            text, ground = palette.background, palette.cursor
        if not is_box(cell.char):
            # White text on the light theme was not hidden: it was written for a dark terminal.
            text = readable(text, ground, believed)
        painted.append((cell, text, ground))
    return painted


@lru_cache(maxsize=4096)
def fitting_ground(ground: Rgb, palette: Palette) -> Rgb:
    """The ground itself; in a light theme a pale one of its hue for one that is dark, as a light terminal has it."""
    light = contrast(palette.background, (0, 0, 0)) > contrast(palette.background, (255, 255, 255))
    if not light or contrast(ground, palette.background) < DARK_GROUND:
        return ground
    return _mixed(ground, palette.background, TINT)


@lru_cache(maxsize=4096)
def readable(text: Rgb, ground: Rgb, written_for: Rgb | None = None) -> Rgb:
    """The colour itself, or mixed with white (on a light ground: black) just until it can be read.

    `written_for`: the ground that the program believed in, where it is not `ground`.
    """
    if contrast(text, ground) < HIDDEN and contrast(text, written_for or ground) < HIDDEN:
        return text
    target = max(((255, 255, 255), (0, 0, 0)), key=lambda extreme: contrast(extreme, ground))
    steps = (_mixed(target, text, step / _LIFT_STEPS) for step in range(_LIFT_STEPS + 1))
    return next((colour for colour in steps if contrast(colour, ground) >= READABLE), target)


def _mixed(over: Rgb, under: Rgb, share: float) -> Rgb:
    red, green, blue = (round(o * share + u * (1 - share)) for o, u in zip(over, under, strict=True))
    return red, green, blue


def _draw_backgrounds(image: Image.Image, row: list[_Painted], background: Rgb) -> None:
    x = OVERHANG
    for ground, run in groupby(painted[2] for painted in row):
        right = x + CELL_WIDTH * len(list(run))
        if ground != background:
            image.paste(ground, (x, 0, right, CELL_HEIGHT))
        x = right


def _draw_text(image: Image.Image, row: list[_Painted], background: Rgb) -> frozenset[str]:
    """Glyphs and lines of one row; gives the characters that could not be drawn."""
    missing: set[str] = set()
    for x, (cell, text, ground) in enumerate(row):
        left = OVERHANG + x * CELL_WIDTH
        if cell.width and cell.char not in ("", " "):
            room = cell.width == 1 and _is_blank(row, x + 1, ground, background)
            found = glyph(cell.char, cell.width, cell.bold, cell.italic, room)
            if found is not None:
                ink = found.image if found.image.mode == "RGBA" else found.colour or text
                image.paste(ink, (left + found.left, found.top), found.image)
                if found.missing:
                    missing.add(cell.char)
        if cell.underline:
            image.paste(cell.underline_colour or text, (left, 0), underline_mask(cell.underline))
        if cell.strike:
            image.paste(text, (left, STRIKE[0], left + CELL_WIDTH, STRIKE[1]))
    return frozenset(missing)


def _is_blank(row: list[_Painted], x: int, ground: Rgb, background: Rgb) -> bool:
    """True when a glyph may run over into this cell: nothing in it, on the same background."""
    if x >= len(row):
        return ground == background
    cell, _, its_ground = row[x]
    return cell.width == 1 and cell.char in ("", " ") and its_ground == ground and not cell.underline
