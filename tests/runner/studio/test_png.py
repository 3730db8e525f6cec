"""PNG files of screens: small, their colours exact where it counts and the same to the eye elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

from runner.cast import read_cast
from runner.palette import BACKGROUND, FOREGROUND, Rgb
from runner.studio.drawing import colours_of, draw_screen
from runner.studio.png import COLOURS, png, with_palette
from runner.studio.screens import screens_at_markers
from runner.terminal import Terminal

TAKE = Path(__file__).parent / "data" / "take"
INVISIBLE = 12  # of 255: the most that a shade at the edge of a letter may move


def colours(image: Image.Image) -> set[Rgb]:
    return {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or []}  # type: ignore[misc]


def colour_kept(image: Image.Image, written: Image.Image, colour: Rgb) -> bool:
    """True when every pixel of this colour has it still."""
    before, after = image.tobytes(), written.convert("RGB").tobytes()
    wanted = bytes(colour)
    pixels = (at for at in range(0, len(before), 3) if before[at : at + 3] == wanted)
    return all(after[at : at + 3] == wanted for at in pixels)


def test_every_screen_of_the_real_recording_is_less_than_half_as_large_and_looks_the_same() -> None:
    for screen in screens_at_markers(read_cast(TAKE / "session.cast")):
        image, _ = draw_screen(screen.cells, screen.cursor)
        plain = io.BytesIO()
        image.save(plain, "PNG", compress_level=2)
        exact = colours_of(screen.cells, screen.cursor)
        content = png(image, exact)
        assert len(content) < len(plain.getvalue()) / 2
        with Image.open(io.BytesIO(content)) as written:
            shown = written.convert("RGB")
        assert len(colours(shown)) <= COLOURS
        moved = ImageChops.difference(image, shown).getextrema()
        assert max(most for _, most in moved) <= INVISIBLE  # type: ignore[misc]


def test_colours_of_text_and_surfaces_stay_exact() -> None:
    terminal = Terminal(20, 3)
    styles = (f"\x1b[38;2;{level};119;87m国\x1b[0m\x1b[48;5;{level}m \x1b[0m" for level in range(150, 165))
    terminal.feed("".join(styles).encode())
    cells = terminal.cells()
    image, _ = draw_screen(cells, (3, 1))
    exact = colours_of(cells, (3, 1))
    assert {BACKGROUND, FOREGROUND} < exact
    with Image.open(io.BytesIO(png(image, exact))) as written:
        for colour in exact & colours(image):
            assert colour_kept(image, written, colour)


def gradient() -> Image.Image:
    """10,000 colours, of which a palette has the least choice."""
    image = Image.new("RGB", (100, 100))
    for x in range(100):
        for y in range(100):
            image.putpixel((x, y), (2 * x, 2 * y, 99))
    return image


def test_two_exact_colours_that_a_palette_would_merge_get_their_own_places() -> None:
    image = gradient()
    near: list[Rgb] = [(100, 100, 99), (100, 102, 99), (102, 100, 99)]
    with Image.open(io.BytesIO(png(image, near))) as written:
        assert written.mode == "P"
        assert len(colours(written)) <= COLOURS
        for colour in near:
            assert colour_kept(image, written, colour)


def test_more_near_colours_than_there_are_places_keep_the_picture_in_full_colour() -> None:
    image = gradient()
    near: list[Rgb] = [(2 * x, 2 * y, 99) for x in range(10) for y in range(10)]
    assert with_palette(image, near) is None
    with Image.open(io.BytesIO(png(image, near))) as written:
        assert written.tobytes() == image.tobytes()


def test_more_exact_colours_than_a_palette_takes_keep_the_picture_in_full_colour() -> None:
    image = Image.new("RGB", (200, 1))
    many: list[Rgb] = [(x, 0, 0) for x in range(200)]
    for x, colour in enumerate(many):
        image.putpixel((x, 0), colour)
    assert with_palette(image, many) is None


def test_the_same_picture_gives_the_same_bytes() -> None:
    image = Image.effect_noise((64, 64), 40).convert("RGB")
    assert png(image, {(128, 128, 128)}) == png(image.copy(), {(128, 128, 128)})
