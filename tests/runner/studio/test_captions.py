"""Captions break where Japanese may break, stand as long as they take to read, and say so when they cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.studio.captions import (
    LINE_UNITS,
    NOT_FIRST,
    NOT_LAST,
    READING_LIMIT,
    SHORTEST_S,
    CaptionError,
    break_penalty,
    broken,
    lint,
    reading_s,
    units,
)
from runner.studio.timeline import Caption
from runner.studio.vtt import format_vtt, timestamp

TEXTS = st.text(
    alphabet="集計社合算はがをに、。「」（）ーッャァアイカキaggregate_pkg.py0123456789 ・…",
    min_size=1,
    max_size=90,
)


def test_a_short_caption_stays_on_one_line() -> None:
    assert broken("グループ内の取引を消去しました") == ("グループ内の取引を消去しました",)


def test_a_long_caption_breaks_after_a_sentence_or_a_comma() -> None:
    text = "提出された子会社の報告ファイルを要領のとおりに確かめ、グループ内の取引を消去して合算しました"
    assert broken(text) == (
        "提出された子会社の報告ファイルを要領のとおりに確かめ、",
        "グループ内の取引を消去して合算しました",
    )


def test_without_punctuation_a_caption_breaks_after_a_particle() -> None:
    first, second = broken(
        "提出された報告ファイルの金額を要領のとおりに確かめながらグループ全社の集計表にまとめました"
    )
    assert first[-1] in "はがをにでとへもやのら" and units(second) <= LINE_UNITS


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("合計は1,234件", 4),  # inside a number
        ("結果はoutput/list.csvへ", 9),  # inside a file name
        ("終わり、次へ", 3),  # 、 may not begin a line
        ("これは「集計」です", 4),  # 「 may not end one
        ("データー", 3),  # nor may a long-vowel mark begin one
        ("チェック", 2),  # nor a small kana
        ("待機……中", 3),  # nor is a pair torn
    ],
)
def test_the_rules_forbid_a_break(text: str, at: int) -> None:
    assert break_penalty(text, at) >= 1000


def test_a_break_inside_a_katakana_word_is_the_last_resort() -> None:
    assert break_penalty("検査スクリプトを", 4) > break_penalty("検査スクリプトを書く", 8)


@given(TEXTS)
def test_every_break_keeps_the_rules_and_every_character(text: str) -> None:
    try:
        lines = broken(text)
    except CaptionError:
        return
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(units(line) <= LINE_UNITS for line in lines) and len(lines) <= 2
    if len(lines) == 2:
        assert lines[1][0] not in NOT_FIRST and lines[0][-1] not in NOT_LAST


def test_a_caption_of_three_lines_is_refused() -> None:
    with pytest.raises(CaptionError, match="does not fit on two lines"):
        broken("字幕" * 40)


def test_half_width_characters_count_half_in_reading() -> None:
    assert units("90社") == 2 and reading_s("漢" * 20) == 5 and reading_s("短い") == SHORTEST_S


def test_the_lint_names_a_caption_that_nobody_can_read_in_time() -> None:
    fast = Caption(start_s=1, end_s=3, lines=("漢" * 13,))
    (finding,) = lint([fast])
    assert "6.5 characters a second" in finding
    assert lint([Caption(start_s=1, end_s=3, lines=("漢" * int(2 * READING_LIMIT),))]) == []


def test_the_lint_names_captions_one_over_another_and_lines_too_wide() -> None:
    first = Caption(start_s=0, end_s=5, lines=("最初の字幕",))
    second = Caption(start_s=4, end_s=20, lines=("漢" * 35,))
    findings = lint([first, second])
    assert "begins 1.00 s before" in findings[0] and "35 wide" in findings[1]


def test_the_captions_as_webvtt() -> None:
    captions = [
        Caption(start_s=0, end_s=2.5, lines=("一行目", "R&D <費>")),
        Caption(start_s=3661.0015, end_s=3662, lines=("次",)),
    ]
    assert format_vtt(captions) == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.500\n一行目\nR&amp;D &lt;費&gt;\n\n"
        "2\n01:01:01.002 --> 01:01:02.000\n次\n"
    )
    assert timestamp(59.9996) == "00:01:00.000"
