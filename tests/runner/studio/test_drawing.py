"""Pictures of screens, read back pixel by pixel: lines join, wide characters are wide, colours are exact."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageDraw

from runner.palette import ANSI, BACKGROUND, CURSOR, DARK, FOREGROUND, LIGHT, Rgb, contrast
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.drawing import (
    PADDING,
    READABLE,
    colours_of,
    draw_screen,
    fitting_ground,
    image_size,
    readable,
)
from runner.terminal import Cell, Terminal

COLS, ROWS = 12, 3


def picture(written: str, cursor: tuple[int, int] | None = None) -> Image.Image:
    terminal = Terminal(COLS, ROWS)
    terminal.feed(written.encode())
    image, missing = draw_screen(terminal.cells(), cursor)
    assert not missing
    return image


def cell_of(image: Image.Image, x: int, y: int, cells: int = 1) -> Image.Image:
    left, top = PADDING + x * CELL_WIDTH, PADDING + y * CELL_HEIGHT
    return image.crop((left, top, left + cells * CELL_WIDTH, top + CELL_HEIGHT))


def colours(image: Image.Image) -> set[Rgb]:
    found = image.getcolors(maxcolors=image.width * image.height)
    assert found is not None
    return {colour for _, colour in found}  # type: ignore[misc]


def ink(image: Image.Image, ground: Rgb = BACKGROUND) -> tuple[int, int, int, int] | None:
    """The box of what is not background."""
    return ImageChops.difference(image, Image.new("RGB", image.size, ground)).getbbox()


def test_a_screen_of_100_by_30_leaves_room_for_captions_in_a_full_hd_picture() -> None:
    assert image_size(100, 30) == (1600 + 2 * PADDING, 960 + 2 * PADDING)


def test_an_empty_screen_is_background_only() -> None:
    assert colours(picture("")) == {BACKGROUND}


@pytest.mark.parametrize("line", list("─━═"))
def test_a_horizontal_line_is_continuous_across_cells(line: str) -> None:
    image = picture(line * COLS)
    middle = {"─": 16, "━": 16, "═": 13}[line]
    row = image.crop((PADDING, PADDING + middle, PADDING + COLS * CELL_WIDTH, PADDING + middle + 1))
    assert colours(row) == {FOREGROUND}


@pytest.mark.parametrize("line", list("│┃║"))
def test_a_vertical_line_is_continuous_across_rows(line: str) -> None:
    image = picture("\r\n".join(line * ROWS))
    middle = {"│": 8, "┃": 8, "║": 5}[line]
    column = image.crop((PADDING + middle, PADDING, PADDING + middle + 1, PADDING + ROWS * CELL_HEIGHT))
    assert colours(column) == {FOREGROUND}


@pytest.mark.parametrize(
    "frame",
    ["┌─┐│ │└─┘", "╭─╮│ │╰─╯", "┏━┓┃ ┃┗━┛", "╔═╗║ ║╚═╝", "╒═╕│ │╘═╛", "╓─╖║ ║╙─╜", "┍━┑│ │┕━┙", "├┬┤├ ┤├┴┤"],
)
def test_a_frame_lets_nothing_through(frame: str) -> None:
    image = picture("\r\n".join(frame[row * 3 : row * 3 + 3] for row in range(3)))
    inside = (PADDING + CELL_WIDTH * 3 // 2, PADDING + CELL_HEIGHT * 3 // 2)
    ImageDraw.floodfill(image, (0, 0), (255, 0, 255), thresh=40)
    assert image.getpixel((0, 0)) == (255, 0, 255)
    assert image.getpixel(inside) == BACKGROUND


def test_blocks_of_a_logo_join_without_seams() -> None:
    assert colours(cell_of(picture("███▌"), 0, 0, cells=3)) == {FOREGROUND}
    halves = ImageChops.lighter(cell_of(picture("▌"), 0, 0), cell_of(picture("▐"), 0, 0))
    assert colours(halves) == {FOREGROUND}


def test_a_wide_character_spans_two_cells_and_no_more() -> None:
    image = picture("国国 a")
    assert ink(cell_of(image, 0, 0)) is not None
    assert ink(cell_of(image, 1, 0)) is not None
    both = ink(cell_of(image, 0, 0, cells=2))
    assert both is not None
    assert both[2] - both[0] > 1.5 * CELL_WIDTH
    assert ink(cell_of(image, 4, 0)) is None
    assert ImageChops.difference(cell_of(image, 0, 0, 2), cell_of(image, 2, 0, 2)).getbbox() is None


def test_a_narrow_character_stays_in_its_cell() -> None:
    image = picture("W ｶ g")
    for x in (1, 3):
        assert ink(cell_of(image, x, 0)) is None


def test_an_ambiguous_character_runs_over_only_where_nothing_stands() -> None:
    alone, before_text = picture("① "), picture("①x")
    assert ink(cell_of(alone, 1, 0)) is not None
    assert ImageChops.difference(cell_of(before_text, 1, 0), cell_of(picture(" x"), 1, 0)).getbbox() is None
    coloured = picture("①\x1b[41m \x1b[0m")
    assert colours(cell_of(coloured, 1, 0)) == {ANSI[1]}


@pytest.mark.parametrize(
    ("style", "colour"),
    [
        pytest.param("\x1b[41m", ANSI[1], id="one of 16"),
        pytest.param("\x1b[48;5;110m", (135, 175, 215), id="one of 256"),
        pytest.param("\x1b[48;2;1;2;3m", (1, 2, 3), id="24 bits"),
        pytest.param("\x1b[7m", FOREGROUND, id="inverse of the default"),
        pytest.param("\x1b[7;38;2;1;2;3m", (1, 2, 3), id="inverse of 24 bits"),
    ],
)
def test_a_background_has_exactly_its_colour_and_ends_with_its_cells(style: str, colour: Rgb) -> None:
    image = picture(f" {style}  \x1b[0m ")
    assert colours(cell_of(image, 1, 0, cells=2)) == {colour}
    for x in (0, 3):
        assert colours(cell_of(image, x, 0)) == {BACKGROUND}


@pytest.mark.parametrize(
    ("style", "colour"),
    [
        pytest.param("", FOREGROUND, id="default"),
        pytest.param("\x1b[32m", ANSI[2], id="one of 16"),
        pytest.param("\x1b[38;2;215;119;87m", (215, 119, 87), id="24 bits"),
        pytest.param("\x1b[2m", (133, 136, 141), id="faint"),
    ],
)
def test_text_and_blocks_have_exactly_their_colour(style: str, colour: Rgb) -> None:
    image = picture(f"{style}█H国")
    assert colours(cell_of(image, 0, 0)) == {colour}
    assert colour in colours(cell_of(image, 1, 0))
    assert colour in colours(cell_of(image, 2, 0, cells=2))


def test_dark_text_of_a_programs_theme_is_lifted_until_it_can_be_read() -> None:
    comment: Rgb = (117, 113, 94)
    assert contrast(comment, BACKGROUND) < READABLE
    lifted = readable(comment, BACKGROUND)
    assert READABLE <= contrast(lifted, BACKGROUND) < READABLE + 0.6
    image = picture("\x1b[38;2;117;113;94m国█")
    assert lifted in colours(cell_of(image, 0, 0, cells=2))
    assert colours(cell_of(image, 2, 0)) == {comment}, "lines and blocks keep their colour"


def test_text_in_the_colour_of_its_background_stays_hidden() -> None:
    assert colours(cell_of(picture("\x1b[41;31mX"), 0, 0)) == {ANSI[1]}


def test_the_theme_is_readable() -> None:
    assert contrast(FOREGROUND, BACKGROUND) > 12
    assert all(contrast(colour, BACKGROUND) >= READABLE for colour in ANSI[1:])


@pytest.mark.parametrize(
    ("style", "top"), [pytest.param("\x1b[4m", 30, id="underline"), pytest.param("\x1b[9m", 16, id="strike")]
)
def test_lines_under_and_through_text_are_continuous(style: str, top: int) -> None:
    image = picture(f"{style}a 国")
    row = image.crop((PADDING, PADDING + top, PADDING + 4 * CELL_WIDTH, PADDING + top + 2))
    assert colours(row) == {FOREGROUND}


def test_bold_is_heavier_and_italic_leans_to_the_right() -> None:
    def weight(image: Image.Image) -> int:
        return sum(level * count for level, count in enumerate(image.convert("L").histogram()))

    plain, bold, italic = (cell_of(picture(f"{style}国"), 0, 0, 2) for style in ("", "\x1b[1m", "\x1b[3m"))
    assert weight(bold) > weight(plain) * 1.05
    upper, lower = (
        (0, 0, 2 * CELL_WIDTH, CELL_HEIGHT // 2),
        (0, CELL_HEIGHT // 2, 2 * CELL_WIDTH, CELL_HEIGHT),
    )

    def left_edge(image: Image.Image, part: tuple[int, int, int, int]) -> int:
        box = ink(image.crop(part))
        assert box is not None
        return box[0]

    assert left_edge(italic, upper) - left_edge(plain, upper) > left_edge(italic, lower) - left_edge(
        plain, lower
    )


def test_the_cursor_is_a_block_over_the_whole_character() -> None:
    image = picture("a国", cursor=(1, 0))
    block = cell_of(image, 1, 0, cells=2)
    assert {CURSOR, BACKGROUND} <= colours(block)
    assert block.getpixel((0, 0)) == block.getpixel((2 * CELL_WIDTH - 1, 0)) == CURSOR
    assert CURSOR not in colours(cell_of(image, 3, 0))


def test_the_same_screen_gives_the_same_pixels(forget_glyphs: Callable[[], None]) -> None:
    written = "\x1b[1;32m連結 ①→ ✻\r\n╭──╮ ⎿ ⠋ ░\r\n\x1b[3mitalic\x1b[2m薄い"
    first = picture(written).tobytes()
    forget_glyphs()
    assert picture(written).tobytes() == first


def test_a_ground_written_for_a_dark_terminal_is_pale_on_the_light_theme_and_its_text_can_be_read() -> None:
    greys = [(55, 55, 55), (0, 0, 0), (34, 92, 43), (122, 41, 54)]
    texts = [(255, 255, 255), (215, 215, 135), (175, 215, 0), (88, 88, 88)]
    for ground, text in itertools.product(greys, texts):
        pale = fitting_ground(ground, LIGHT)
        assert contrast(pale, LIGHT.background) < 1.8
        assert fitting_ground(ground, DARK) == ground
        row = [Cell("字", 2, text, ground), Cell("", 0, text, ground)]
        seen = colours_of([row], palette=LIGHT) - {LIGHT.background, pale}
        assert all(contrast(colour, pale) >= READABLE for colour in seen)
    assert fitting_ground(LIGHT.ansi[1], LIGHT) == LIGHT.ansi[1], "red is meant to be red"
