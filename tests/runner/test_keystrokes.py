"""How Japanese is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.keystrokes import human, phrases, strokes

PROMPT = "input フォルダに子会社90社の連結PKG（2027年3月期）があります。aggregate_pkg.py を作ってください。"


def test_phrases_keep_a_word_and_its_ending_together() -> None:
    assert phrases("集計して実行した。") == ["集計して", "実行した", "。"]


def test_ascii_arrives_letter_by_letter() -> None:
    assert phrases("a.py") == list("a.py")


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60))
def test_joined_strokes_are_the_text(text: str) -> None:
    for pace in ("human", "fast"):
        assert "".join(chunk for _, chunk in strokes(text, pace, seed=1)) == text


def test_the_rhythm_is_seeded() -> None:
    assert human(PROMPT, 7) == human(PROMPT, 7)
    assert human(PROMPT, 7) != human(PROMPT, 8)


def test_a_prompt_takes_a_humanly_possible_time() -> None:
    seconds = sum(pause for pause, _ in human(PROMPT, 7))
    assert 3 < seconds < 12


def test_fast_types_at_once() -> None:
    assert strokes(PROMPT, "fast", 1) == [(0.0, PROMPT)]


@pytest.mark.parametrize("text", ["改\n行", "表\tタブ"])
def test_control_characters_stay_in_order(text: str) -> None:
    assert "".join(chunk for _, chunk in human(text, 1)) == text
