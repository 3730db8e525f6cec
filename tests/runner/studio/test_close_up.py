"""A close-up shows rows larger and nothing else differently: badge, steps, caption and all that follows stay."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from runner.studio.close_up import row_of, view
from runner.studio.layout import CAPTION_BOX, PANEL_BOX, TERMINAL_BOX
from runner.studio.reel import Reel
from runner.studio.surfaces import RgbSurface
from runner.studio.timeline import Clip, CloseUp
from tests.runner.studio.films import cast_of, timeline_of

ROWS = "\x1b[?25l" + "\r\n".join(f"\x1b[{97 if row == 12 else 37}m行{row}" for row in range(30))
LINE = CloseUp(row=12, rows=1, column=0, columns=8, cell=32)


def frames(theme: str, close_up: CloseUp, size: tuple[int, int] = (100, 30)) -> list[Image.Image]:
    """The screen as it is, its close-up, and as it is again."""
    clips = [Clip(start_s=0, end_s=0.1), Clip(start_s=0.1, end_s=0.2, close_up=close_up)]
    timeline = timeline_of([*clips, Clip(start_s=0.2, end_s=0.3)], theme=theme)  # type: ignore[arg-type]
    surface = RgbSurface(1920, 1080)
    reel = Reel(cast_of([(0.0, ROWS), (1.0, "")], *size), timeline, surface)
    pictures = []
    for number in (0, 4, 8):
        assert reel.show(number)
        pictures.append(surface.image.copy())
        assert "行12" in reel.frame.text() and "行29" in reel.frame.text(), (
            "what is looked through for secrets"
        )
    return pictures


def light(image: Image.Image) -> Image.Image:
    """The picture by its distance from the ground."""
    ground = Image.new("RGB", image.size, image.getpixel((2, 2)))  # type: ignore[arg-type]
    return ImageChops.difference(image, ground).convert("L")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_rows_are_shown_twice_as_large_and_the_rest_steps_back(theme: str) -> None:
    whole, large, again = frames(theme, LINE)
    for box in (PANEL_BOX, CAPTION_BOX):
        assert whole.crop(box).tobytes() == large.crop(box).tobytes(), "badge, steps, speed and caption"
    assert again.tobytes() == whole.tobytes()
    part = view(LINE, (100, 30))
    assert (part.cell, part.columns, part.rows, part.top) == (32, 50, 15, 5)
    small, tall, beside = (
        light(picture.crop(TERMINAL_BOX)).crop(box)
        for picture, box in (
            (whole, (0, 4 + 12 * 32, 1640, 4 + 13 * 32)),
            (large, (0, 4 + 7 * 64, 1640, 4 + 8 * 64)),
            (large, (0, 4 + 8 * 64, 1640, 4 + 9 * 64)),
        )
    )
    ink, larger = (
        small.point(lambda level: 255 * (level > 60)).getbbox(),
        tall.point(lambda level: 255 * (level > 60)).getbbox(),
    )
    assert ink is not None and larger is not None
    assert [larger[2] - larger[0], larger[3] - larger[1]] == pytest.approx(
        [2 * (ink[2] - ink[0]), 2 * (ink[3] - ink[1])], abs=4
    )
    assert beside.getextrema()[1] < 0.75 * tall.getextrema()[1]  # type: ignore[operator]


@pytest.mark.parametrize("size", [(40, 30), (140, 50)])
def test_a_close_up_of_a_screen_of_any_size_stays_in_its_box(size: tuple[int, int]) -> None:
    whole, large, again = frames("dark", LINE, size)
    assert again.tobytes() == whole.tobytes()
    box = light(large.crop(TERMINAL_BOX)).point(lambda level: 255 * (level > 20)).getbbox()
    assert box is not None and 24 <= box[0] < box[2] <= 1624 and 4 <= box[1] < box[3] <= 964


@pytest.mark.parametrize(
    ("close_up", "top", "left", "clear"),
    [
        (LINE, 5, 0, 8),
        (CloseUp(row=0, rows=2, column=0, columns=9, cell=32), 0, 0, 9),
        (CloseUp(row=29, rows=1, column=0, columns=9, cell=32), 15, 0, 9),
        (CloseUp(row=12, rows=1, column=70, columns=20, cell=32), 5, 50, 50),
    ],
    ids=["middle", "top", "bottom", "right"],
)
def test_a_view_keeps_to_the_screen(close_up: CloseUp, top: int, left: int, clear: int) -> None:
    part = view(close_up, (100, 30))
    assert (part.top, part.left, part.clear) == (top, left, clear)


def test_a_text_is_found_where_it_was_written_last_whatever_wraps_it() -> None:
    screen = ["集計しました", "", "● 集計し", "  ました。", "終わり"]
    assert row_of(screen, "集計しました") == 2
    assert row_of(screen, "ました。") == 3
    assert row_of(screen, "無い") is None
