"""Golden pictures: small crops of what is drawn, compared pixel by pixel with PNG files that a person has looked at.

On a difference the picture, the expected one and where they differ are written side by side; when the new one is
right, copy it over the golden one. No font but the one of package.json takes part.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from runner.palette import DARK, LIGHT, Palette
from runner.studio.cards import draw_card
from runner.studio.drawing import OVERHANG, cursor_columns, draw_row
from runner.studio.surround import draw_caption, draw_speed, draw_steps
from runner.studio.themes import THEMES
from runner.studio.timeline import Card
from runner.terminal import Terminal

GOLDEN = Path(__file__).parent / "data" / "golden"
COLS = 30
SCREENS = {
    "japanese": "連結決算 PKG ｱｲ か\u3099 ①→※…\r\n"
    "\x1b[1m太字 Bold\x1b[0m \x1b[3m斜体 italic\x1b[0m \x1b[2m薄い dim\x1b[0m",
    "boxes": "┌─┬─┐ ╭──╮ ╔═╦═╗ ┏━┳━┓ ┄┄┆╱╲╳\r\n├─┼─┤ │  │ ╠═╬═╣ ┣━╋━┫ ╞═╡╟─╢\r\n└─┴─┘ ╰──╯ ╚═╩═╝ ┗━┻━┛ ╌╌╎╴╶╸",
    "blocks": "▁▂▃▄▅▆▇█▉▊▋▌▍▎▏ ▖▗▘▙▚▛▜▝▞▟\r\n░░▒▒▓▓ ▀▄▐▌ ⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ⣿⡇⢸",
    "symbols": "❯ ⏺ ● ○ ✻ ✽ ✶ ✳ ✢ · ⎿ ☐ ☒ ☑\r\n✔ ✗ ✘ ⏵⏵ ▶ ▸ ▲ ◆ ★ ←↑→↓ ✅❌",
    "underlines": "\x1b[4m一重線\x1b[0m \x1b[4:2m二重線\x1b[0m \x1b[4:3m波線\x1b[0m \x1b[4:4m点線\x1b[0m\r\n"
    "\x1b[4:5m破線\x1b[0m \x1b[4;58:2::255:80:80mcolour\x1b[0m \x1b[4:3;58;5;42mcurly\x1b[0m \x1b[9m取消線\x1b[0m",
    "colours": "".join(f"\x1b[{code}m国\x1b[0m" for code in (*range(31, 38), *range(91, 98)))
    + "\r\n"
    + "".join(f"\x1b[48;5;{index}m \x1b[0m" for index in range(17, 232, 15))
    + "".join(f"\x1b[48;2;{level};128;{255 - level}m \x1b[0m" for level in range(0, 256, 18))
    + "\r\n\x1b[7m反転 inverse\x1b[0m \x1b[44;97m青地\x1b[0m \x1b[7;31m赤\x1b[0m",
    "cursor": "入力 \x1b[1;3H",
}


def screen(written: str, palette: Palette) -> Image.Image:
    """The rows that were written to, one below another."""
    terminal = Terminal(COLS, written.count("\n") + 1, palette=palette)
    terminal.feed(written.encode())
    cells = terminal.cells()
    image = Image.new("RGB", (COLS * 16 + 2 * OVERHANG, 32 * len(cells)))
    for y, row in enumerate(cells):
        cursor = cursor_columns(row, y, terminal.cursor if "1;3H" in written else None)
        strip, missing = draw_row(row, cursor, palette)
        assert not missing
        image.paste(strip, (0, 32 * y))
    return image


def compare(name: str, drawn: Image.Image, folder: Path) -> None:
    golden = GOLDEN / f"{name}.png"
    expected = Image.new("RGB", drawn.size, (255, 0, 255))
    if golden.is_file():
        with Image.open(golden) as image:
            expected = image.convert("RGB")
    if expected.size == drawn.size and expected.tobytes() == drawn.tobytes():
        return
    new = folder / f"{name}.png"
    drawn.save(new)
    width, height = max(drawn.width, expected.width), max(drawn.height, expected.height)
    differ = ImageChops.difference(drawn, expected.crop((0, 0, *drawn.size))).convert("L")
    side_by_side = Image.new("RGB", (width, 3 * height + 16), (255, 0, 255))
    side_by_side.paste(expected, (0, 0))
    side_by_side.paste(drawn, (0, height + 8))
    side_by_side.paste(differ.point(lambda level: 255 if level else 0), (0, 2 * height + 16))
    side_by_side.save(folder / f"{name}-expected-drawn-difference.png")
    pytest.fail(
        f"{name}: not the golden picture; see {folder}/{name}-expected-drawn-difference.png; "
        f"if it is right now: cp '{new}' '{golden}'"
    )


@pytest.mark.usefixtures("no_machine_fonts")
@pytest.mark.parametrize("name", sorted(SCREENS))
def test_a_screen_is_drawn_as_the_golden_picture(name: str, tmp_path: Path) -> None:
    compare(name, screen(SCREENS[name], DARK), tmp_path)


@pytest.mark.usefixtures("no_machine_fonts")
def test_the_light_theme_is_drawn_as_the_golden_picture(tmp_path: Path) -> None:
    on_dark = "\x1b[38;2;255;255;255m白い字\x1b[0m \x1b[38;2;215;119;87mClaude\x1b[0m \x1b[2m薄い\x1b[0m"
    compare("light", screen(f"{on_dark}\r\n{SCREENS['colours']}", LIGHT), tmp_path)


@pytest.mark.usefixtures("no_machine_fonts")
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_what_stands_around_the_terminal_is_drawn_as_the_golden_picture(theme: str, tmp_path: Path) -> None:
    look = THEMES[theme]
    steps = draw_steps(["90社のPKG", "スクリプト自動生成", "検算"], 1, look)[0].crop((0, 0, 272, 210))
    speed, caption = draw_speed("×4", look)[0], draw_caption(("二行の字幕の", "例です"), look)[0]
    image = Image.new("RGB", (640, 330), look.panel)
    image.paste(steps, (0, 0))
    image.paste(speed, (290, 20))
    image.paste(caption.crop((640, 0, 1280, caption.height)), (0, 218))
    compare(f"around-{theme}", image, tmp_path)


@pytest.mark.usefixtures("no_machine_fonts")
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_a_card_is_drawn_as_the_golden_picture(theme: str, tmp_path: Path) -> None:
    lines = (
        "集計値：810件すべて一致",
        "判定：合格",
        "台本による操作見本です。モデルの性能を示すものではありません。",
    )
    card = Card(kind="closing", heading="検算：正解と照合", lines=lines, judgement="good", duration_s=1)
    image, missing = draw_card(card, THEMES[theme], "リハーサル（台本による応答）")
    assert not missing
    compare(f"card-{theme}", image.reduce(3), tmp_path)
