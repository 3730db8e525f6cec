"""How Japanese is typed: phrases as an input method commits them, a rhythm that a seed gives again."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.keystrokes import PHRASE_MAX, SHORTEST_S, before_enter_s, human, phrases, strokes

PROMPT = "input フォルダに子会社90社の連結PKG（2027年3月期）があります。aggregate_pkg.py を作ってください。"
TEXTS = st.text(alphabet=st.characters(categories=("L", "M", "N", "P", "S", "Zs")), max_size=60)
JAPANESE = st.text(alphabet="子会社連結を集計して実行するデータ、。「」々ー", min_size=1, max_size=60)
SEEDS = st.integers(0, 2**31)


def test_phrases_keep_a_word_and_its_ending_together() -> None:
    assert phrases("集計して実行した。") == ["集計して", "実行した", "。"]
    assert phrases("各社へ確認すべきことを") == ["各社へ", "確認すべきことを"]


def test_ascii_arrives_letter_by_letter() -> None:
    assert phrases("a.py") == list("a.py")


@given(TEXTS, SEEDS)
def test_joined_strokes_are_the_text(text: str, seed: int) -> None:
    for pace in ("human", "fast"):
        assert "".join(chunk for _, chunk in strokes(text, pace, seed)) == text


@given(TEXTS, SEEDS)
def test_the_same_seed_gives_the_same_times(text: str, seed: int) -> None:
    assert human(text, seed) == human(text, seed)
    assert before_enter_s(text, "human", seed) == before_enter_s(text, "human", seed)


def test_another_seed_gives_another_rhythm() -> None:
    assert human(PROMPT, 7) != human(PROMPT, 8)
    assert before_enter_s(PROMPT, "human", 7) != before_enter_s(PROMPT, "human", 8)


@given(TEXTS, SEEDS)
def test_every_stroke_takes_time_and_none_takes_long(text: str, seed: int) -> None:
    assert all(SHORTEST_S <= wait_s < 3 for wait_s, _ in human(text, seed))


@given(JAPANESE, SEEDS)
def test_japanese_comes_in_phrases_and_never_in_more_than_a_person_converts(text: str, seed: int) -> None:
    chunks = [chunk for _, chunk in human(text, seed)]
    assert all(1 <= len(chunk) <= PHRASE_MAX for chunk in chunks)
    assert not any("。" in chunk[:-1] or "、" in chunk[:-1] for chunk in chunks)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=40), SEEDS)
def test_ascii_is_one_stroke_a_character(text: str, seed: int) -> None:
    assert [chunk for _, chunk in human(text, seed)] == list(text)


@given(TEXTS)
def test_a_mark_is_never_typed_apart_from_its_character(text: str) -> None:
    assert not any(unicodedata.combining(after[0]) for _, after in pairwise(phrases(text)))


@given(SEEDS)
def test_the_pause_behind_a_sentence_is_longer_than_behind_a_phrase(seed: int) -> None:
    typed = human("集計した。検算した実行した" * 12, seed)
    behind_a_sentence = sum(wait_s for wait_s, chunk in typed if chunk == "検算した")
    behind_a_phrase = sum(wait_s for wait_s, chunk in typed if chunk == "実行した")
    assert behind_a_sentence > 1.5 * behind_a_phrase


@given(SEEDS)
def test_going_over_to_latin_letters_costs_the_press_of_a_key(seed: int) -> None:
    first, later = [], []
    for _, (wait_s, chunk) in zip(range(200), human("集計ab" * 50, seed), strict=False):
        (first if chunk == "a" else later if chunk == "b" else []).append(wait_s)
    assert sum(first) > 2 * sum(later)


def test_a_prompt_takes_a_humanly_possible_time() -> None:
    seconds = sum(pause for pause, _ in human(PROMPT, 7))
    assert 4 < seconds < 12


@given(TEXTS, SEEDS)
def test_a_person_reads_the_line_before_enter_and_longer_the_longer_it_is(text: str, seed: int) -> None:
    assert 0.3 < before_enter_s(text, "human", seed) < 1.5
    assert before_enter_s(PROMPT * 3, "human", seed) > before_enter_s("ls", "human", seed)
    assert before_enter_s(text, "fast", seed) == 0


def test_fast_types_at_once() -> None:
    assert strokes(PROMPT, "fast", 1) == [(0.0, PROMPT)]


@pytest.mark.parametrize("text", ["改\n行", "表\tタブ"])
def test_control_characters_stay_in_order(text: str) -> None:
    assert "".join(chunk for _, chunk in human(text, 1)) == text
