"""The highlight's page in a real browser, opened as a file: it plays the edit; chapters, captions and buttons work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from runner.cast import Cast, Event, Header
from runner.palette import DARK, LIGHT, contrast
from runner.record import RunRecord
from runner.scenario import find, load
from runner.studio.editing import edited
from runner.studio.page import bold_characters, fitted, font_faces, page
from runner.studio.timeline import Caption, Card, Chapter, Clip, Timeline
from runner.verdict import Check, Verdict
from tests.runner.studio.browsing import chromium

HOSTILE = "</script><script>document.title='taken'</script>"
PROMPT = "90社のPKGを集計してください。<b>太字</b>"
RUN = RunRecord(
    scenario="pkg_batch",
    take_id="20270410-090000-abcd",
    started_at="2027-04-10T09:00:00+09:00",
    outcome="passed",
    provenance="authored",
    endpoint="rehearsal",
    model="rehearsal",
    mode="interactive",
    pace="human",
    seed=1,
    held_out_seed=2,
    turns=[{"marker": "集計を依頼", "prompt": PROMPT}],
    checks=load(find("pkg_batch")).checks,
)
VERDICT = Verdict(
    outcome="passed",
    checks=[
        Check(
            id="seen.totals", title="提出値・全社（同じデータ）", ok=True, compared=81, actual="81 件が一致"
        )
    ],
)
TIMELINE = Timeline(
    title="集計のデモ【リハーサル（台本による応答）】",
    badge="リハーサル（台本による応答）",
    items=(
        Card(kind="title", heading="はじめに", duration_s=4),
        Clip(start_s=0, end_s=8, speed=4, label="×4"),
        Clip(start_s=8, end_s=14),
    ),
    captions=(Caption(start_s=0, end_s=4, lines=("一行目です", "二行目です")),),
    chapters=(
        Chapter(start_s=0, title="表紙"),
        Chapter(start_s=4, title="集計"),
        Chapter(start_s=6, title="結果"),
    ),
)


def recording() -> Cast:
    """Twenty seconds of a screen with Japanese, a decomposed character, a hostile line and a rare symbol."""
    events = [
        Event(0.0, "o", "集計か\u3099始まる\r\n"),
        Event(3.0, "o", f"⏵⏵ {HOSTILE}\r\n\x1b[1m太字\x1b[m\r\n"),
        Event(9.0, "o", "合格\r\n● 始め\r\n集計… 次→ 済\r\n12345678901234567890"),
    ]
    return Cast(Header(version=2, width=100, height=30), (*events, Event(14.0, "o", "\r\n")))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    folder = tmp_path_factory.mktemp("頁 と 空白")
    file = folder / "index.html"
    notice = "台本による操作見本です。モデルの性能を示すものではありません。"
    file.write_text(page(edited(recording(), TIMELINE), TIMELINE, RUN, VERDICT, notice), encoding="utf-8")
    with chromium(folder / "profile") as browser:
        browser.get(file.as_uri())
        until(
            browser, lambda: browser.execute_script("return document.documentElement.dataset.ready") == "true"
        )
        yield browser


def until(browser: Chrome, holds: object, seconds: float = 15) -> None:
    WebDriverWait(browser, seconds, poll_frequency=0.05).until(lambda _: holds())  # type: ignore[operator]


def text(browser: Chrome, selector: str) -> str:
    return browser.find_element("css selector", selector).text


def screen(browser: Chrome) -> str:
    return "".join(text(browser, ".ap-term").split())


def open_chapter(browser: Chrome, number: int) -> None:
    browser.find_elements("css selector", "#chapters button")[number - 1].click()


def test_a_chapter_is_one_click_away(opened: Chrome) -> None:
    open_chapter(opened, 3)
    until(opened, lambda: "合格" in screen(opened))
    current = opened.find_element("css selector", "#chapters [aria-current=true]")
    assert "結果" in current.text and text(opened, "#now") == "結果"


def test_captions_and_the_speed_of_a_ramp_follow_the_film(opened: Chrome) -> None:
    open_chapter(opened, 1)
    until(opened, lambda: text(opened, "#caption").splitlines() == ["一行目です", "二行目です"])
    assert not opened.find_element("css selector", "#speed").is_displayed()
    open_chapter(opened, 2)
    until(opened, lambda: text(opened, "#speed") == "×4")
    until(opened, lambda: text(opened, "#caption") == "")


def test_japanese_is_composed_and_what_the_screen_says_stays_text(opened: Chrome) -> None:
    open_chapter(opened, 3)
    until(opened, lambda: "集計が始まる" in screen(opened))
    assert f">>{HOSTILE.replace(' ', '')}" in screen(opened)
    assert opened.title == "集計のデモ【リハーサル（台本による応答）】"
    assert text(opened, "h1") == "集計のデモ"
    assert not opened.find_elements("css selector", ".prompt b")


def test_the_badge_and_the_notice_stand_on_the_page_and_go_with_the_player_to_the_whole_screen(
    opened: Chrome,
) -> None:
    assert text(opened, "#badge") == TIMELINE.badge
    assert "モデルの性能を示すものではありません" in text(opened, ".notice")
    opened.find_element("css selector", ".ap-fullscreen-button").click()
    whole = "return document.fullscreenElement?.querySelector('#badge')?.textContent"
    until(opened, lambda: opened.execute_script(whole) == TIMELINE.badge)
    opened.execute_script("return document.exitFullscreen()")
    until(opened, lambda: opened.find_elements("css selector", ".strip #badge"))


def test_a_prompt_is_copied_by_its_button(opened: Chrome) -> None:
    opened.execute_cdp_cmd(
        "Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    )
    opened.find_element("css selector", "[data-copy]").click()
    until(opened, lambda: text(opened, "[data-copy]") == "コピーしました")
    read = (
        "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)))"
    )
    assert opened.execute_async_script(read) == PROMPT


def test_a_copy_that_did_not_happen_is_not_claimed(opened: Chrome) -> None:
    opened.execute_script(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false;"
    )
    until(opened, lambda: text(opened, "[data-copy]") == "コピー")
    opened.find_element("css selector", "[data-copy]").click()
    until(opened, lambda: text(opened, "[data-copy]").startswith("コピーできません"))


def test_nothing_covers_the_first_picture_and_a_button_starts_the_film(opened: Chrome) -> None:
    opened.refresh()
    until(opened, lambda: opened.execute_script("return document.documentElement.dataset.ready") == "true")
    until(opened, lambda: "はじめに" in screen(opened))
    assert not [
        cover for cover in opened.find_elements("css selector", ".ap-overlay-start") if cover.is_displayed()
    ]
    start = opened.find_element("css selector", "#start")
    assert (start.is_displayed(), start.text) == (True, "再生")
    start.click()
    until(opened, lambda: not start.is_displayed())


def test_a_character_of_one_cell_does_not_cover_the_blank_behind_it(opened: Chrome) -> None:
    open_chapter(opened, 3)
    until(opened, lambda: "集計" in screen(opened))
    wide = """
        const canvas = document.createElement("canvas").getContext("2d");
        const family = getComputedStyle(document.querySelector(".ap-term")).fontFamily;
        canvas.font = "40px " + family;
        return [..."1…→•"].map((char) => canvas.measureText(char).width);
    """
    assert opened.execute_script(wide) == pytest.approx([20] * 4, abs=0.5)


def test_the_verdict_stands_below(opened: Chrome) -> None:
    assert "合格" in text(opened, "main") and "81 件が一致" in text(opened, "table")


def test_the_page_asks_nobody_for_anything_and_reports_no_error(opened: Chrome) -> None:
    asked = opened.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    assert [name for name in asked if not name.startswith("data:")] == []
    assert [json.dumps(entry) for entry in opened.get_log("browser")] == []


def test_the_bold_font_is_inside_only_for_what_is_written_in_bold() -> None:
    film = Cast(
        Header(version=2, width=20, height=2),
        (
            Event(0.0, "o", "一\x1b[1m二\x1b[38;5;1m三\x1b[22m四\x1b[38;5;1m五\x1b[0;01m六\x1b[m七"),
            Event(0.1, "o", "\x1b[38;2;1;1;1m八\x1b[1"),
            Event(0.2, "m", "九"),
        ),
    )
    assert bold_characters(film) == frozenset("二三六")
    plain, bold = (font_faces(frozenset("国"), frozenset(heavy)) for heavy in ("", "国"))
    assert {(family, weight) for family, weight, _, _ in plain} == {("Screen both", "400 700")}
    each = [("Screen", weight) for weight in ("400", "700") for _ in plain]
    assert [(family, weight) for family, weight, _, _ in bold] == each


def test_every_character_is_drawn_from_the_font_inside_the_page(opened: Chrome) -> None:
    open_chapter(opened, 3)
    until(opened, lambda: "合格" in screen(opened))
    for domain in ("DOM", "CSS"):
        opened.execute_cdp_cmd(f"{domain}.enable", {})

    def all_from_the_page() -> bool:
        root = opened.execute_cdp_cmd("DOM.getDocument", {})["root"]["nodeId"]
        ask = {"nodeId": root, "selector": ".ap-term *"}
        nodes = opened.execute_cdp_cmd("DOM.querySelectorAll", ask)["nodeIds"]
        try:
            told = [opened.execute_cdp_cmd("CSS.getPlatformFontsForNode", {"nodeId": node}) for node in nodes]
        except WebDriverException as error:
            if "Could not find node" not in str(error.msg):
                raise
            return False  # the terminal was drawn anew in between: look again
        fonts = [font for each in told for font in each["fonts"]]
        return bool(fonts) and all(font["isCustomFont"] for font in fonts)

    until(opened, all_from_the_page)
    ranges = re.findall(r"unicode-range: ([^;]+);", opened.page_source)
    spans = [span.strip()[2:].partition("-") for text in ranges for span in text.split(",")]
    inside = {code for low, _, high in spans for code in range(int(low, 16), int(high or low, 16) + 1)}
    outside = {char for char in text(opened, "body") if ord(char) not in inside and not char.isspace()}
    assert outside <= set("›●○"), "in no font"


def test_colours_mixed_for_a_dark_terminal_can_be_read_on_the_light_theme() -> None:
    slab = "\x1b[48;5;237;38;5;231m指示\x1b[0;38;2;215;215;135m注\x1b[31m赤\x1b[m"
    film = Cast(Header(version=2, width=20, height=2), (Event(0.0, "o", slab), Event(1.0, "m", slab)))
    first, marker = (event.data for event in fitted(film, LIGHT).events)
    (ground, text, olive) = [tuple(map(int, found)) for found in re.findall(r"8;2;(\d+);(\d+);(\d+)", first)]
    assert contrast(ground, LIGHT.background) < 1.6 and contrast(text, ground) >= 4.5
    assert contrast(olive, LIGHT.background) >= 4.5 and "\x1b[31m赤" in first
    assert marker == slab and fitted(film, DARK) == film
