"""Two screens in one picture: the golden one left, the present one right, the changed rows marked on both."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from runner.studio.canvas import CELL_HEIGHT
from runner.studio.drawing import PADDING, image_size
from runner.studio.screen_changes import changed_rows
from runner.studio.screens import MarkedScreen
from runner.studio.side_by_side import GAP, HEAD, MARK, side_by_side, write_side_by_side
from runner.terminal import Terminal

SIZE = (40, 4)


def screen(*rows: str) -> MarkedScreen:
    terminal = Terminal(*SIZE)
    terminal.feed("\r\n".join(rows).encode())
    return MarkedScreen(1, 0.0, "集計を依頼", terminal.text(), terminal.cells(), None)


def marked_rows(image: Image.Image, left: int) -> list[int]:
    """The rows, from 1, with a bar at the left edge of the screen that begins at `left`."""
    tops = (HEAD + PADDING + row * CELL_HEIGHT for row in range(SIZE[1]))
    return [row for row, top in enumerate(tops, start=1) if image.getpixel((left + 2, top + 4)) == MARK]


def test_the_changed_rows_and_no_others_are_marked_on_both_sides() -> None:
    golden, now = screen("a", "b", "c"), screen("a", "x", "c", "d")
    image = side_by_side(golden, now, changed_rows(golden.cells, now.cells), ("基準", "今回"), SIZE)
    width = image_size(*SIZE)[0]
    assert image.width == 2 * width + GAP
    assert marked_rows(image, 0) == marked_rows(image, width + GAP) == [2, 4]


@pytest.mark.parametrize("side", ["golden", "now"])
def test_a_screen_that_one_take_does_not_have_stays_empty(side: str) -> None:
    shown = screen("a")
    pair = (None, shown) if side == "golden" else (shown, None)
    image = side_by_side(*pair, (), ("基準", "今回"), SIZE)
    width = image_size(*SIZE)[0]
    empty = image.crop(
        (0, HEAD, width, image.height) if side == "golden" else (width + GAP, HEAD, image.width, image.height)
    )
    assert len(empty.getcolors() or []) == 1


def test_the_picture_is_written_whole(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "x.png", side_by_side(screen("a"), screen("b"), (), ("基準", "今回"), SIZE))
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]
    with Image.open(tmp_path / "x.png") as image:
        image.load()
