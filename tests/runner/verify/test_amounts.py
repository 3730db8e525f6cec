"""Amounts read exactly in every allowed notation, and nothing else reads as one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.checks.amounts import read_amount, shown_as

WIDE = str.maketrans("0123456789,.-()¥", "０１２３４５６７８９，．－（）￥")
ALPHABET = "0123456789０１９,，.．()（）△▲-−－+¥￥円千百万 %/eE年月x"


@st.composite
def rendered(draw: st.DrawFn) -> tuple[int, str]:
    """An amount and one way to write it."""
    amount = draw(st.integers(-(10**18), 10**18))
    digits = f"{abs(amount):,}" if draw(st.booleans()) else f"{abs(amount)}"
    digits += draw(st.sampled_from(["", ".0", ".00", ".000000"]))
    space, yen = draw(st.sampled_from(["", " ", "　"])), draw(st.sampled_from(["", "¥"]))
    unit = draw(st.sampled_from(["", "円", "千円", "百万円", " 千円"]))
    minus = draw(st.sampled_from(["-", "−", "－", "△", "▲", "()"]))
    if amount >= 0:
        text = f"{yen}{digits}{unit}"
    elif minus == "()":
        text = draw(
            st.sampled_from([f"({yen}{digits}){unit}", f"({digits}{unit})", f"{yen}({digits}){unit}"])
        )
    else:
        text = draw(st.sampled_from([f"{minus}{space}{yen}{digits}{unit}", f"¥{minus}{digits}{unit}"]))
    text = text.translate(WIDE) if draw(st.booleans()) else text
    return amount, draw(st.sampled_from(["", " "])) + text + draw(st.sampled_from(["", "\n"]))


@settings(max_examples=300, deadline=None)
@given(rendered())
def test_any_rendering_of_an_amount_reads_back_exactly(case: tuple[int, str]) -> None:
    amount, text = case
    written = read_amount(text)
    assert written is not None and written.value == amount
    assert written.unit == next(
        (unit for unit in ("百万円", "千円", "円") if text.strip().rstrip(")）").endswith(unit)), ""
    )


def plain_reading(text: str) -> Fraction | None:
    """A second reading, by taking a text apart from its ends; for texts of ALPHABET only."""
    bare = text.translate(str.maketrans("０１９，．（）−－￥", "019,.()--¥")).strip()
    if bare == "-":
        return Fraction(0)
    for unit in ("百万円", "千円", "円"):
        bare = bare.removesuffix(unit).strip() if bare.endswith(unit) else bare
    negative = False
    if bare.removeprefix("¥").strip().startswith("(") and bare.endswith(")"):
        negative, bare = True, bare.removeprefix("¥").strip()[1:-1].strip()
        for unit in ("百万円", "千円", "円"):
            bare = bare.removesuffix(unit).strip() if bare.endswith(unit) else bare
        bare = bare.removeprefix("¥").strip()
    else:
        for _ in range(2):
            if bare[:1] in {"△", "▲", "-", "+"} and not negative:
                negative, bare = bare[0] != "+", bare[1:].strip()
            elif bare[:1] == "¥":
                bare = bare[1:].strip()
    if bare[:1].isdigit() and bare[-1:] == "-" and not (negative or "+" in text or "＋" in text):
        negative, bare = True, bare[:-1].strip()
    whole, _, part = bare.partition(".")
    groups = whole.split(",")
    if len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:])):
        return None
    digits = "".join(groups)
    if (
        not (digits.isdigit() and all(groups))
        or (part == "" and "." in bare)
        or (part and not part.isdigit())
    ):
        return None
    return Fraction(f"{digits}.{part or 0}") * (-1 if negative else 1)


@settings(max_examples=600, deadline=None)
@given(st.text(ALPHABET, max_size=12))
def test_what_reads_as_an_amount_is_one_by_a_second_reading_too(text: str) -> None:
    written = read_amount(text)
    if written is not None and not set(text) & set("eE"):
        assert written.value == plain_reading(text)


@settings(max_examples=300, deadline=None)
@given(st.text(min_size=1, max_size=12), st.integers(0, 10**9), st.booleans())
def test_no_text_with_a_strange_character_reads_as_an_amount(text: str, amount: int, before: bool) -> None:
    strange = "".join(char for char in text if char.isalpha() and char not in "円千百万ー")
    if strange:
        assert read_amount(f"{strange}{amount}" if before else f"{amount}{strange}") is None


NO_AMOUNTS = (
    "12% 1,23 1,2345 12,34,567 1e5 1E5 2027/4/1 2027-04-01 4月1日 (△5) --5 △-5 ¥△(5) TRUE .5 5. 1.234,5 10² ½ 一千 0x10"
    " 1_000 inf NaN #REF! ١٢٣ 5円円 (5千円)円 5ドル $5 5,000千 △ () N/A ー5 =5 '5 約5 5~6"
)


@pytest.mark.parametrize("text", NO_AMOUNTS.split(" "))
def test_a_text_that_only_looks_like_an_amount_is_none(text: str) -> None:
    assert read_amount(text) is None


def test_a_text_without_end_is_no_amount() -> None:
    assert read_amount("1" * 100_000) is None and read_amount("(" * 100_000) is None


@pytest.mark.parametrize("text", ["1.23457E+09", "-1.5E+03", "9.5e-03"])
def test_what_a_program_prints_of_a_large_number_reads_as_it_stands(text: str) -> None:
    written = read_amount(text)
    assert written is not None and written.value == Fraction(text)


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("General", ""), ("#,##0", ""), ("#,##0;[Red]△#,##0", ""), ("#,##0_);(#,##0)", ""), ("@", ""), ("¥#,##0", ""),
        ("[$¥-411]#,##0", ""), ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', ""), ("0.00E+00", ""),
        ('#,##0"円"', "円"), ("#,##0円", "円"), ('#,##0"千円"', "千円"), ('"百万円" #,##0.000', "百万円"),
    ],
)  # fmt: skip
def test_a_display_format_may_say_the_unit(code: str, unit: str) -> None:
    shown = shown_as(code)
    assert (shown.unit, shown.fault) == (unit, "")


@pytest.mark.parametrize(
    "code",
    ["0%", "0.0%", "yyyy/m/d", 'ggge"年"m"月"d"日"', "h:mm", "[h]:mm", "#,##0,", '#,##0,"千円"', '#,##0"千ドル"',
     "[$$-409]#,##0", '#,##0"億円"'],
)  # fmt: skip
def test_a_display_format_that_shows_another_number_is_a_fault(code: str) -> None:
    assert shown_as(code).fault


def test_a_format_of_zeros_pads_a_code() -> None:
    assert shown_as("0000").digits == 4
