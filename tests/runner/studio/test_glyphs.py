"""Every character an audience may see has a glyph on a bare machine; nothing is drawn as an empty box."""

from __future__ import annotations

import pwd
import runpy
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from runner.studio import fonts
from runner.studio.boxes import box_mask, is_box
from runner.studio.canvas import CELL_HEIGHT, CELL_WIDTH
from runner.studio.drawing import draw_screen
from runner.studio.glyphs import glyph
from runner.studio.symbols import symbol_mask, symbols
from runner.terminal import Terminal

DATA = Path(__file__).parent / "data"
# What Claude Code 2.1.329 shows: prompt, bullets, spinner, logo, lists, dialogs, marks, modes, arrows, diffs.
AGENT = "❯>›●⏺○◯◉·∙•✢✳✶✻✽*⎿☐☒☑✔✓✗✘✖▐▛█▜▌▝▘▗▖▙▟▀▄▪■◻◼⏵⏸⏹▶▸▾▼▲△←↑→↓↵⏎…─│┌┐└┘├┤┬┴┼╭╮╰╯╌┄═║▎▏▔▁░▒▓⚠★—–“”‘’×±°"
JAPANESE = "連結決算要領・集計（千円）「提出値」、修正後。〜～ー々〆①②⑩※→△▲○×Ⅰ㈱℃㎡％＋－，．￥¥ｱｶﾞﾊﾟ"


@pytest.mark.usefixtures("no_machine_fonts")
@pytest.mark.parametrize("char", sorted({*AGENT, *JAPANESE, *map(chr, range(0x21, 0x7F))}))
def test_the_characters_of_agent_and_audience_need_no_font_of_the_machine(char: str) -> None:
    cells = 2 if unicodedata.east_asian_width(char) in "WF" else 1
    found = glyph(char, cells)
    assert found is not None
    assert not found.missing


@pytest.mark.usefixtures("no_machine_fonts")
def test_every_screen_of_the_real_recording_is_drawn_whole() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DATA.rglob("*.txt"))
    assert len(text) > 3000
    missing = {char for char in set(text) if (found := glyph(char, 2)) is not None and found.missing}
    assert not missing


@pytest.mark.usefixtures("no_machine_fonts")
def test_a_character_that_nothing_has_becomes_a_dot_and_is_reported() -> None:
    terminal = Terminal(8, 1)
    terminal.feed("a🂡b".encode())
    _, missing = draw_screen(terminal.cells())
    assert missing == {"🂡"}
    found = glyph("🂡", 2)
    assert found is not None
    assert found.missing
    assert found.image.tobytes() == glyph("·", 1).image.tobytes()  # type: ignore[union-attr]


def test_the_font_draws_no_tofu_for_what_it_lacks() -> None:
    assert fonts.japanese("\U0010fffd", fonts.REGULAR) is None
    assert fonts.japanese("❯", fonts.REGULAR) is None
    assert fonts.japanese("✽", fonts.REGULAR) is None, "named in the package's index, yet in no file"
    assert fonts.japanese("国", fonts.REGULAR) is not None


@pytest.mark.parametrize("char", sorted(symbols()))
def test_a_symbol_is_ink_inside_one_cell(char: str) -> None:
    mask = symbol_mask(char)
    assert mask is not None
    assert mask.size == (CELL_WIDTH, CELL_HEIGHT)
    box = mask.getbbox()
    assert box is not None
    assert box[3] <= CELL_HEIGHT - 2, "it leaves room for the line below"


def test_symbols_can_be_told_apart() -> None:
    alike = [set(same) for same in ("●", "·∙⋅", "▶►⏵", "◀◄⏴", "▲⏶", "▼⏷", "◼⏹", "▸‣", "✗✕", "✘✖", "◉⊙", "↵⏎")]
    by_shape: dict[bytes, set[str]] = {}
    for char in symbols():
        mask = symbol_mask(char)
        assert mask is not None
        by_shape.setdefault(mask.tobytes(), set()).add(char)
    for chars in by_shape.values():
        assert len(chars) == 1 or any(chars <= {*same, "⏺"} for same in alike), chars


BOXES = [chr(code) for code in (*range(0x2500, 0x25A0), *range(0x2801, 0x2900))]


def test_every_box_block_and_braille_character_has_its_own_shape() -> None:
    shapes = {}
    for char in BOXES:
        assert is_box(char)
        mask = box_mask(char)
        assert mask is not None
        assert mask.getbbox() is not None, unicodedata.name(char)
        shapes[char] = mask.tobytes()
    assert len(set(shapes.values())) == len(BOXES)


def test_other_characters_are_no_boxes() -> None:
    for char in ("a", "国", "●", "", "──"):
        assert not is_box(char)
        assert box_mask(char) is None


@pytest.mark.parametrize(
    ("char", "edges"),
    [
        ("─", "left right"),
        ("│", "up down"),
        ("┌", "right down"),
        ("┘", "left up"),
        ("├", "up down right"),
        ("┴", "left right up"),
        ("┼", "left right up down"),
        ("╰", "up right"),
        ("╮", "left down"),
        ("╬", "left right up down"),
        ("╞", "up down right"),
        ("╨", "left right up"),
        ("┡", "up down right"),
        ("╺", "right"),
        ("╹", "up"),
    ],
)
def test_a_box_line_reaches_the_edges_its_name_tells_and_no_others(char: str, edges: str) -> None:
    mask = box_mask(char)
    assert mask is not None
    strips = {
        "left": (0, 0, 1, CELL_HEIGHT),
        "right": (CELL_WIDTH - 1, 0, CELL_WIDTH, CELL_HEIGHT),
        "up": (0, 0, CELL_WIDTH, 1),
        "down": (0, CELL_HEIGHT - 1, CELL_WIDTH, CELL_HEIGHT),
    }
    reached = {edge for edge, strip in strips.items() if mask.crop(strip).getbbox() is not None}
    assert reached == set(edges.split())


@pytest.mark.parametrize("corner", list("╭╮╰╯"))
def test_a_round_corner_goes_over_into_straight_lines(corner: str) -> None:
    mask, horizontal, vertical = box_mask(corner), box_mask("─"), box_mask("│")
    assert mask is not None
    assert horizontal is not None
    assert vertical is not None
    x = CELL_WIDTH - 1 if corner in "╭╰" else 0
    y = CELL_HEIGHT - 1 if corner in "╭╮" else 0

    def inked(image: Image.Image, box: tuple[int, int, int, int]) -> list[bool]:
        return [level > 127 for level in image.crop(box).tobytes()]

    side, end = (x, 0, x + 1, CELL_HEIGHT), (0, y, CELL_WIDTH, y + 1)
    assert inked(mask, side) == inked(horizontal, side)
    assert inked(mask, end) == inked(vertical, end)


@pytest.mark.parametrize(
    ("char", "inked", "empty"),
    [
        pytest.param("╒", (7, 13, 9, 32), (9, 15, 16, 17), id="a single line round a double corner"),
        pytest.param("╓", (5, 15, 16, 17), (7, 17, 9, 32), id="a double line below a single one"),
        pytest.param("╤", (7, 17, 9, 32), (0, 15, 16, 17), id="a single line ends at a double one"),
        pytest.param("╪", (7, 0, 9, 32), (9, 15, 16, 17), id="a single line crosses a double one"),
        pytest.param("╫", (0, 15, 16, 17), (7, 17, 9, 32), id="or is crossed by it"),
        pytest.param("╔", (5, 13, 16, 15), (7, 15, 16, 17), id="the gap of a double line turns with it"),
        pytest.param("╬", (0, 13, 7, 15), (7, 0, 9, 32), id="gaps cross"),
        pytest.param("╠", (5, 0, 7, 32), (7, 0, 9, 32), id="a gap goes on past a branch"),
    ],
)
def test_single_and_double_lines_meet_properly(
    char: str, inked: tuple[int, int, int, int], empty: tuple[int, int, int, int]
) -> None:
    mask = box_mask(char)
    assert mask is not None
    assert set(mask.crop(inked).tobytes()) == {255}
    assert set(mask.crop(empty).tobytes()) == {0}


@pytest.mark.parametrize(("text", "spelt"), [("Ⅲ", "III"), ("ﬁ", "fi")])
@pytest.mark.usefixtures("no_machine_fonts")
def test_a_character_the_font_lacks_is_spelt_out(text: str, spelt: str) -> None:
    found = glyph(text, 1)
    assert found is not None
    assert not found.missing, spelt
    assert found.image.width <= CELL_WIDTH


def test_a_user_without_a_home_has_the_fonts_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown_user(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown_user)
    folders = runpy.run_path(fonts.__file__)["_MACHINE_FOLDERS"]
    assert folders == tuple(path for path in fonts._MACHINE_FOLDERS if ".local" not in path.parts)
    assert folders
