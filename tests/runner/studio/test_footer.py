"""The title below a still: in the margin, calm, whole where it fits, and never without who answered."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from runner.palette import BACKGROUND, contrast
from runner.studio.drawing import PADDING, READABLE, image_size
from runner.studio.footer import COLOUR, SIZE, draw_footer, shortened

TITLE = "子会社90社の連結PKGを集計し、異常値を検出する【リハーサル（台本による応答）】"


def footer(title: str, columns: int = 100) -> tuple[Image.Image, tuple[int, int, int, int] | None]:
    image = Image.new("RGB", image_size(columns, 3), BACKGROUND)
    draw_footer(image, title)
    return image, ImageChops.difference(image, Image.new("RGB", image.size, BACKGROUND)).getbbox()


@pytest.mark.parametrize("title", [TITLE, TITLE * 9, "gjpqy|（）【】" * 40, "→①✓█😀" * 40])
def test_the_title_lies_in_the_lower_margin_and_within_the_screens_columns(title: str) -> None:
    image, box = footer(title)
    assert box is not None
    left, top, right, bottom = box
    assert top >= image.height - PADDING + 2, "clear of the last row"
    assert bottom <= image.height - 2
    assert left >= PADDING
    assert right <= image.width - PADDING


def test_the_title_is_grey_and_readable() -> None:
    image, _ = footer(TITLE)
    assert COLOUR in {colour for _, colour in image.getcolors(1 << 16) or []}
    assert READABLE <= contrast(COLOUR, BACKGROUND) < 8


def test_a_blank_title_draws_nothing() -> None:
    assert footer(" \n\t ")[1] is None


@pytest.mark.parametrize(
    ("title", "room", "shown"),
    [
        pytest.param("決算", 2 * SIZE, "決算", id="it fits"),
        pytest.param("連結決算の集計", 4 * SIZE, "連結決…", id="it does not"),
        pytest.param("連結決算【実機】", 7 * SIZE, "連結…【実機】", id="who answered stays"),
        pytest.param("連結決算【実機】", 3 * SIZE, "連結…", id="unless there is no room at all"),
        pytest.param("決算 の\n集計", 9 * SIZE, "決算 の 集計", id="one line"),
        pytest.param("か\u3099\u200d\ufe0f\x1b[1m", 9 * SIZE, "が [1m", id="nothing that has no width"),
        pytest.param("abcdef", 2 * SIZE, "ab…", id="half-width characters take half"),
    ],
)
def test_a_long_title_is_shortened_in_its_middle(title: str, room: int, shown: str) -> None:
    assert shortened(title, room) == shown


@pytest.mark.usefixtures("no_machine_fonts")
def test_a_character_of_the_title_without_a_glyph_is_told() -> None:
    assert draw_footer(Image.new("RGB", image_size(100, 3)), "🂡 国") == {"🂡"}
