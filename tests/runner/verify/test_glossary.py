"""`glossary`: the terms that must be used are, and a forbidden one is seen but where it is part of a right word."""

from __future__ import annotations

import time

import pytest

NAME = "子会社合算・内部取引消去後"


@pytest.fixture
def judged(desk, samples):
    desk.checks = samples.asked(
        {
            "check": "glossary",
            "file": "output/要約.md",
            "use": [NAME],
            "avoid": [{"term": "連結", "but": ["連結PKG", "連結決算要領"], "why": "親会社を含まない"}],
        }
    )

    def judge(text: str | bytes):
        data = text if isinstance(text, bytes) else text.encode()
        (desk.work / "output" / "要約.md").write_bytes(data)
        return desk.check("terms")

    return judge


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}の売上高です。",
        "子会社合算･内部取引消去後の売上高です。",  # a half-width dot
        "子会社合算・\n内部取引消去後",  # broken over a line
        f"{NAME}（連結PKGを連結決算要領により集計）",
        f"{NAME}（連結ＰＫＧを集計）",
        f"{NAME}".encode("cp932"),
    ],
)
def test_right_words_pass(judged, text) -> None:
    check = judged(text)
    assert check.ok, check.detail
    assert check.compared == check.non_null == 2


def test_a_term_that_is_not_used_is_named(judged) -> None:
    (finding,) = judged("売上高です。").findings
    assert (finding.item, finding.expected) == (f"「{NAME}」", "使う")


@pytest.mark.parametrize("wrong", ["連結売上高は10億円", "連 結の売上高", "連結PKGから連結の売上高を出した"])
def test_a_forbidden_term_is_shown_where_it_stands(judged, wrong: str) -> None:
    check = judged(f"{NAME}。{wrong}")
    assert [finding.item for finding in check.findings] == ["「連結」"]
    assert check.findings[0].cause == "親会社を含まない"


@pytest.mark.parametrize("text", ["", " \n　\n", b"\xff\xfe\x81", "x" * 1_000_001])
def test_a_text_that_says_nothing_or_cannot_be_read_fails(judged, text) -> None:
    check = judged(text)
    assert not check.ok and check.compared == 2
    assert check.detail


def test_a_text_that_is_not_there_fails(desk, samples) -> None:
    desk.checks = samples.asked({"check": "glossary", "file": "output/無い.md", "avoid": [{"term": "連結"}]})
    assert "がありません" in desk.check("terms").detail


def test_many_uses_of_an_allowed_word_take_no_square_of_their_number(judged) -> None:
    started = time.process_time()
    assert judged(NAME + "連結PKG" * 6_000).ok
    assert time.process_time() - started < 4
