"""Secrets leave no trace in text, and text that holds none stays as it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runner.tap.redact import FRAGMENT, LONG_SECRET, MARK, Redactor

KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
keys = st.text(KEY_LETTERS, min_size=LONG_SECRET, max_size=64)


@given(keys, st.data())
def test_no_fragment_of_a_long_secret_survives(key: str, data: st.DataObject) -> None:
    pieces = data.draw(
        st.lists(st.one_of(st.text(max_size=8), st.sampled_from([key, key[:9], key[-7:], key[3:-3]])))
    )
    clean = Redactor([key]).text("".join(pieces))
    assert not any(key[at : at + FRAGMENT] in clean for at in range(len(key) - FRAGMENT + 1))


@given(keys, st.text("あいうえお漢字 ,.{}", max_size=200))
def test_text_without_a_secret_is_unchanged(key: str, text: str) -> None:
    assert Redactor([key]).text(text) == text


def test_text_around_a_secret_is_kept() -> None:
    key = "sk-0123456789abcdefgh"
    assert Redactor([key]).text(f"前 {key} 中 {key[:8]}…{key[-6:]} 後") == f"前 {MARK} 中 {MARK}…{MARK} 後"


def test_a_short_secret_is_taken_out_only_whole() -> None:
    redactor = Redactor(["rehearsal-key", ""])
    assert redactor.text("model rehearsal with rehearsal-key") == f"model rehearsal with {MARK}"


def test_json_is_cleaned_in_names_and_values_and_keeps_its_shape() -> None:
    key = "sk-0123456789abcdefgh"
    value = {"a": [1, None, True, key], key: {"b": 2.5}}
    assert Redactor([key]).value(value) == {"a": [1, None, True, MARK], MARK: {"b": 2.5}}


def test_a_key_that_is_named_after_the_model_leaves_the_models_name_readable() -> None:
    redactor = Redactor(["swallow-key-81c2f7a09d"], public=["gpt-oss-swallow:120b"])
    assert redactor.text("gpt-oss-swallow:120b") == "gpt-oss-swallow:120b"
    assert "81c2f7" not in redactor.text("the key ends in 81c2f7a09d")
    assert "key-81" not in redactor.text("swallow-key-81c2f7a09d")
