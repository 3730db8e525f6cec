"""Two screens beside each other as one picture: left the golden one, right the present one, changed rows marked.

Takes two screens and the rows that differ, writes a PNG. Used by the stage check.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from runner.palette import DARK, Rgb
from runner.studio.canvas import CELL_HEIGHT
from runner.studio.drawing import PADDING, draw_screen, image_size
from runner.studio.screen_changes import RowChange
from runner.studio.screens import MarkedScreen
from runner.studio.typeset import draw_line

HEAD = 84  # pixels above both screens, for what they are
HEAD_SIZE, HEAD_BASELINE = 30, 54
GAP = 12  # pixels between the screens
BAR = 14  # width of the mark at both edges of a changed row
MARK: Rgb = (255, 176, 32)
TINT = 0.22  # how much of the mark's colour lies over a changed row
GROUND: Rgb = (40, 44, 52)


def side_by_side(
    golden: MarkedScreen | None,
    now: MarkedScreen | None,
    changes: Sequence[RowChange],
    heads: tuple[str, str],
    size: tuple[int, int],
) -> Image.Image:
    """The picture; a screen that is None stays empty. `heads` stand above them, `size` is (columns, rows)."""
    width, height = image_size(*size)
    image = Image.new("RGB", (2 * width + GAP, HEAD + height), GROUND)
    for left, screen, head in ((0, golden, heads[0]), (width + GAP, now, heads[1])):
        draw_line(image, (left + PADDING, HEAD_BASELINE), head, HEAD_SIZE, DARK.foreground)
        if screen is None:
            continue
        drawn, _ = draw_screen(screen.cells, screen.cursor)
        for change in changes:
            _mark(drawn, change.row)
        image.paste(drawn, (left, HEAD))
    return image


def write_side_by_side(path: Path, image: Image.Image) -> None:
    """Under a temporary name, then renamed. Raises OSError."""
    temporary = path.with_name(f".{path.name}.tmp")
    image.save(temporary, format="PNG", optimize=False)
    temporary.replace(path)


def _mark(image: Image.Image, row: int) -> None:
    """Tint a row, counted from 1, and put a bar at both of its ends."""
    top = PADDING + (row - 1) * CELL_HEIGHT
    box = (0, top, image.width, top + CELL_HEIGHT)
    if top + CELL_HEIGHT > image.height:
        return
    strip = image.crop(box)
    image.paste(Image.blend(strip, Image.new("RGB", strip.size, MARK), TINT), box)
    for left in (0, image.width - BAR):
        image.paste(MARK, (left, top, left + BAR, top + CELL_HEIGHT))
