"""The encoder's buffer: exact BT.709 colours, each picture where it was placed, and nothing else changed."""

from __future__ import annotations

import pytest
from PIL import Image

from runner.palette import Rgb
from runner.studio.surfaces import YuvSurface

WIDTH, HEIGHT = 16, 8


def planes(surface: YuvSurface) -> tuple[bytes, bytes, bytes]:
    luma, quarter = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
    content = bytes(surface.buffer)
    return content[:luma], content[luma : luma + quarter], content[luma + quarter :]


@pytest.mark.parametrize(
    ("colour", "samples"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_colours_are_those_of_bt_709(colour: Rgb, samples: tuple[int, int, int]) -> None:
    surface = YuvSurface(WIDTH, HEIGHT)
    surface.place(surface.prepare(Image.new("RGB", (WIDTH, HEIGHT), colour)), 0, 0)
    assert [set(plane) for plane in planes(surface)] == [{sample} for sample in samples]


def test_a_picture_lies_where_it_was_placed_and_leaves_the_rest() -> None:
    surface = YuvSurface(WIDTH, HEIGHT)
    surface.place(surface.prepare(Image.new("RGB", (WIDTH, HEIGHT))), 0, 0)
    surface.place(surface.prepare(Image.new("RGB", (6, 2), (255, 255, 255))), 4, 2)
    luma = planes(surface)[0]
    white = {(at % WIDTH, at // WIDTH) for at, level in enumerate(luma) if level == 235}
    assert white == {(x, y) for x in range(4, 10) for y in (2, 3)}


def test_a_colour_sample_is_the_mean_of_its_four_pixels() -> None:
    surface = YuvSurface(WIDTH, HEIGHT)
    image = Image.new("RGB", (2, 2))
    image.paste((255, 0, 0), (0, 0, 1, 2))
    surface.place(surface.prepare(image), 0, 0)
    red = planes(surface)[2][0]
    assert abs(red - (128 + 240) / 2) <= 1
