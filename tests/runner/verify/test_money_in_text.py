"""Amounts in Japanese text: every usual way to write one gives the same 千円; what is no money is left alone."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.checks.money_in_text import amounts_in

KNOWN = 726_212_434  # 千円


def read(text: str) -> list[tuple[Decimal, Decimal]]:
    return [(one.value, one.step) for one in amounts_in(unicodedata.normalize("NFKC", text))]


@pytest.mark.parametrize(
    "text",
    [
        "726,212,434千円", "726212434千円", "７２６，２１２，４３４千円", "726,212,434 千円", "726,212百万円",
        "7,262億円", "7262.12億円", "約726,212百万円", "726,212,434,000円", "¥726,212,434,499円",
        "売上高（千円）: 726,212,434",
        "単位: 千円\n\n| 売上高 | 726,212,434 |", "単位：百万円\n売上高 726,212", "売上高 726,212,434",
        "7,262億1,243万円", "726,212.434百万円",
    ],
)  # fmt: skip
def test_every_usual_notation_stands_for_the_figure(text: str) -> None:
    found = amounts_in(unicodedata.normalize("NFKC", text))
    assert [one.stands_for(KNOWN) for one in found] == [True], found


@pytest.mark.parametrize(
    "text",
    [
        "726,212,435千円", "726,213百万円", "7,263億円", "726,212,434百万円", "726,212円", "△726,212百万円",
        "-726,212百万円", "7,260億円", "1兆円", "0.7兆円", "単位: 百万円\n売上高 726,212,434", "700,000百万円",
    ],
)  # fmt: skip
def test_another_figure_unit_or_sign_does_not(text: str) -> None:
    found = amounts_in(unicodedata.normalize("NFKC", text))
    assert [one.stands_for(KNOWN) for one in found] == [False], found


@pytest.mark.parametrize("text", ["△5百万円", "▲5百万円", "−5百万円", "△ 5百万円", "△¥5,000,000円"])
def test_a_sign_counts(text: str) -> None:
    assert [value for value, _ in read(text)] == [Decimal(-5000)]


@pytest.mark.parametrize(
    "text", ["2027年3月期", "会社2005", "12,345%", "R07", "3社", "3千社", "検査C01", "2026-11-21", "PKG_2005"]
)
def test_what_is_no_money_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_several_amounts_keep_their_order_and_places() -> None:
    text = "提出値 1兆2,345億円、修正後 678百万円"
    assert [text[one.start : one.end] for one in amounts_in(text)] == ["1兆2,345億円", "678百万円"]
    assert read(text)[0] == (Decimal(1_234_500_000), Decimal(100_000))


@given(st.integers(-(10**12), 10**12), st.sampled_from(["千円", "百万円", "億円"]))
def test_a_figure_written_in_any_unit_stands_for_itself(figure: int, unit: str) -> None:
    step = {"千円": 1, "百万円": 1000, "億円": 100_000}[unit]
    written = abs(figure) // step
    if written < 100:
        return  # too coarse to stand for anything
    text = f"{'△' if figure < 0 else ''}{written:,}{unit}"
    (one,) = amounts_in(text)
    assert one.stands_for(figure)
    assert not one.stands_for(figure + 2 * step) and not one.stands_for(-figure)


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    amounts_in(unicodedata.normalize("NFKC", text))
