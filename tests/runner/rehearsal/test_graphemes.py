"""Text is split only where a reader sees a boundary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rehearsal.graphemes import graphemes


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("連結", ["連", "結"]),
        ("か\u3099く\u309a", ["か\u3099", "く\u309a"]),
        ("ｶﾞｷﾞﾊﾟ", ["ｶﾞ", "ｷﾞ", "ﾊﾟ"]),
        ("葛\U000e0100城", ["葛\U000e0100", "城"]),
        ("👨\u200d👩\u200d👧x", ["👨\u200d👩\u200d👧", "x"]),
        ("👍🏽!", ["👍🏽", "!"]),
        ("🇯🇵🇺🇸", ["🇯🇵", "🇺🇸"]),
        ("a\r\nb\n\u0301", ["a", "\r\n", "b", "\n", "\u0301"]),
        ("✔\ufe0f", ["✔\ufe0f"]),
        ("", []),
    ],
)
def test_what_belongs_together_stays_together(text: str, pieces: list[str]) -> None:
    assert list(graphemes(text)) == pieces
