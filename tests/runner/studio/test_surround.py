"""Text around the terminal and on cards: broken by the Japanese rules, within its room, readable, in its colour."""

from __future__ import annotations

from itertools import product
from typing import Literal

import pytest
from PIL import Image, ImageChops

from runner.palette import Rgb, contrast
from runner.studio import fonts
from runner.studio.badge import draw_badge
from runner.studio.captions import LINE_UNITS
from runner.studio.cards import draw_card
from runner.studio.layout import CAPTION_MARGIN, CAPTION_SIZE, HEIGHT, STEPS_TOP, WIDTH
from runner.studio.surround import draw_caption, draw_speed, draw_steps
from runner.studio.themes import THEMES, Theme
from runner.studio.timeline import Card
from runner.studio.typeset import draw_line, fitting, one_line, width, wrapped

BADGES = (
    "リハーサル（台本による応答）",
    "再生（記録した実行の再現）",
    "本番　swallow-70b-instruct-v0.4　2026年11月20日　接続先：この端末・社外",
)


def colours(image: Image.Image) -> set[Rgb]:
    return {colour for _, colour in image.getcolors(1 << 20) or []}  # type: ignore[misc]


@pytest.mark.parametrize(("name", "theme"), THEMES.items())
def test_every_text_stands_at_4_5_to_1_or_better(name: str, theme: Theme) -> None:
    pairs = [
        *product((theme.text, theme.muted), (theme.panel, theme.card)),
        *product((theme.good, theme.bad), (theme.card,)),
        (theme.on_accent, theme.accent),
        (theme.on_caption, theme.caption),
        (theme.on_badge, theme.badge),
        *((colour, theme.palette.background) for colour in theme.palette.ansi[1:]),
        (theme.palette.foreground, theme.palette.background),
    ]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == [], name


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        pytest.param("短い", 10, ["短い"], id="it fits"),
        pytest.param("スクリプト自動生成", 7, ["スクリプト", "自動生成"], id="between words"),
        pytest.param(
            "四半期決算の集計を、日本語で", 10, ["四半期決算の集計を、", "日本語で"], id="after a comma"
        ),
        pytest.param("集計（売上高の部）", 8, ["集計", "（売上高の部）"], id="not after a bracket"),
        pytest.param("", 8, [""], id="nothing"),
    ],
)
def test_lines_are_broken_where_a_reader_pauses(text: str, room: int, lines: list[str]) -> None:
    assert wrapped(text, 40, room * 40) == lines


def test_a_long_text_takes_a_smaller_size_before_a_third_line() -> None:
    size, lines = fitting(
        "子会社九十社の連結パッケージを、人工知能が集計・点検", (92, 60, 40), 1000, 2, fonts.BOLD
    )
    assert (size, len(lines)) == (60, 2)
    assert "".join(lines) == "子会社九十社の連結パッケージを、人工知能が集計・点検"


def test_text_is_one_line_without_what_has_no_width() -> None:
    assert one_line("か\u3099 の\n集計\u200d\ufe0f　次") == "が の 集計　次"


def test_any_size_and_weight_draws_the_text_where_it_is_wanted() -> None:
    for size, weight in product((20, 44, 92), (fonts.REGULAR, fonts.BOLD)):
        image = Image.new("RGB", (400, 200))
        draw_line(image, (20, 150), "国H", size, (255, 255, 255), weight)
        box = image.getbbox()
        assert box is not None
        assert abs(box[3] - 150) <= size // 8, "on the baseline"
        assert abs((box[2] - box[0]) - width("国H", size, weight)) <= size // 4


@pytest.mark.parametrize("badge", BADGES)
def test_a_badge_keeps_to_its_corner_and_tells_all(badge: str) -> None:
    theme = THEMES["dark"]
    image = Image.new("RGB", (WIDTH, HEIGHT), theme.card)
    assert not draw_badge(image, badge, theme)
    box = ImageChops.difference(image, Image.new("RGB", image.size, theme.card)).getbbox()
    assert box is not None
    assert 1660 <= box[0] < box[2] <= WIDTH - 18
    assert 18 <= box[1] < box[3] < STEPS_TOP, "above the chapters"


def test_a_caption_of_the_widest_line_is_not_made_smaller_nor_cut() -> None:
    assert LINE_UNITS * CAPTION_SIZE <= WIDTH - 2 * CAPTION_MARGIN
    theme = THEMES["dark"]
    image, _ = draw_caption(("国" * int(LINE_UNITS),) * 2, theme)
    box = ImageChops.difference(image, Image.new("RGB", image.size, theme.caption)).getbbox()
    assert box is not None
    assert box[0] >= CAPTION_MARGIN
    assert box[2] - box[0] > (LINE_UNITS - 1) * CAPTION_SIZE
    assert 4 <= box[1] < box[3] <= image.height - 4


def test_a_caption_that_is_too_wide_is_set_smaller() -> None:
    image, _ = draw_caption(("国" * 50,), THEMES["dark"])
    box = ImageChops.difference(image, Image.new("RGB", image.size, THEMES["dark"].caption)).getbbox()
    assert box is not None
    assert box[0] >= CAPTION_MARGIN


@pytest.mark.parametrize("label", ["×4", "×2.5", "×10.25"])
def test_the_speed_fits_its_box(label: str) -> None:
    image, missing = draw_speed(label, THEMES["light"])
    assert not missing
    for x in (4, image.width - 5):
        column = image.crop((x, 20, x + 1, image.height - 20))
        assert colours(column) == {THEMES["light"].accent}


def test_of_many_chapters_the_present_one_is_among_those_shown() -> None:
    theme = THEMES["light"]
    for present in (0, 7, 19):
        image, _ = draw_steps([f"章{number}" for number in range(20)], present, theme)
        assert theme.accent in colours(image)


@pytest.mark.parametrize("judgement", ["good", "bad", None])
def test_the_judgement_has_its_colour_whatever_its_words(judgement: Literal["good", "bad"] | None) -> None:
    theme = THEMES["light"]
    card = Card(kind="closing", heading="検算", lines=("判定：結果",), judgement=judgement, duration_s=1)
    found = colours(draw_card(card, theme, BADGES[0])[0])
    assert (theme.good in found, theme.bad in found) == (judgement == "good", judgement == "bad")


def test_a_card_with_more_text_than_usual_stays_within_the_frame() -> None:
    theme = THEMES["dark"]
    lines = (*(f"項目{number}：{'長い説明が続きます' * 4}" for number in range(3)), "注記です。")
    image, _ = draw_card(
        Card(kind="closing", heading="見出し" * 12, lines=lines, duration_s=1), theme, BADGES[0]
    )
    box = ImageChops.difference(image, Image.new("RGB", image.size, theme.card)).getbbox()
    assert box is not None
    assert box[0] >= 100
    assert box[2] <= WIDTH - 18
    assert box[3] <= HEIGHT - 60
