"""Comments on movements: for every account that moves, in words of the company's trade, never against the figure."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from synthetic_pkg import comments
from synthetic_pkg.book_facts import GROUPS as GROUPS_OF_ACCOUNTS
from synthetic_pkg.building import build_world
from synthetic_pkg.chart import CASH, DATA, details
from synthetic_pkg.irregularities import plant_all
from synthetic_pkg.sheets.s07_cash_flow import CATEGORY
from synthetic_pkg.spec import DatasetSpec

NEVER_MOVES = {"3101", "3102", "3203", "3301"}
KEPT_FOR_PLANTS = ("遡及修正", "売上総利益率", "実効税率", "未達", "(注)")
AMOUNTS = {
    "acquired", "disposed", "transferred", "moved_out", "borrowed", "repaid", "added", "used", "paid",
    "profit", "loss", "dividend",
}  # fmt: skip
OTHER_FACTS = {
    "capex",
    "unlisted",
    "worn",
    "scheduled",
    "prepaid",
    "taxed",
    "group_loan",
    "credit",
    "allowance",
}
CASH_WORDS = {"設備.*(代金|検収|取得)": "CF33", "敷金": "CF34", "売却": "CF33"}
GROUPS = json.loads((DATA / "remarks.json").read_text(encoding="utf-8"))


def test_every_account_that_moves_has_remarks_and_only_once():
    codes = Counter(code for group in GROUPS for code in group["codes"])
    assert set(codes) >= {*details("BS"), *details("PL")} - NEVER_MOVES
    assert set(codes.values()) == {1}


def test_no_remark_names_the_other_direction_or_uses_a_word_of_a_check():
    for group in GROUPS:
        for rising, entries in ((True, group["rise"]), (False, group["fall"])):
            for text in (entry if isinstance(entry, str) else entry["text"] for entry in entries):
                assert not text.endswith("減少" if rising else "増加"), text
                assert not any(word in text for word in KEPT_FOR_PLANTS), text
                assert set(re.findall(r"\{(\w+)\}", text)) <= {*comments.DRAWN, *AMOUNTS}, text


def test_remarks_speak_of_cash_where_07_shows_it():
    """Equipment is paid for in investing activities, as are deposits; only fixed assets are sold, none is scrapped."""
    read = Counter()
    for code, both in comments.remarks().items():
        for text in (remark.text for side in both for remark in side):
            for words, category in CASH_WORDS.items():
                if code < "4" and code != CASH and re.search(words, text):
                    assert CATEGORY.get(code) == category, (code, text)
                    read[words] += 1
            assert not re.search("除却|解約", text), (code, text)
    assert read.keys() == CASH_WORDS.keys()


def test_every_fact_that_a_remark_needs_is_one_that_a_book_can_show():
    subjects = {*details("BS"), *details("PL"), *GROUPS_OF_ACCOUNTS, "pretax"}
    known = {f"{subject}{sign}" for subject in subjects for sign in "+-"} | AMOUNTS | OTHER_FACTS
    needed = {name for both in comments.remarks().values() for side in both for r in side for name in r.needs}
    assert needed <= known and needed >= OTHER_FACTS | AMOUNTS


@pytest.mark.parametrize(
    ("period", "months"), [("2027Q1", {3: (4, 6), 12: (1, 3)}), ("2027Q2", {3: (7, 9), 12: (4, 6)})]
)
def test_comments_name_months_of_the_company_s_own_quarter_and_nothing_of_another_trade(period, months):
    world = build_world(DatasetSpec(companies=60, level="standard", period=period), 5)
    for book in world.books:
        comments.fill(book, world, 5)
    seen = Counter()
    for book in world.books:
        first, last = months[book.company.year_end]
        for (sheet, code), text in book.comments.items():
            seen[text] += 1
            by_schedule = sheet == "03" and code.startswith(("12", "13", "2106", "2202"))
            assert not (by_schedule and text.endswith("反動")), (book.company.code, code, text)
            assert all(first <= int(n) <= last for n in re.findall(r"(\d+)月", text)), text
            assert not any(word in text for word in comments.UNFIT.get(book.company.shape, ())), text
    assert len(seen) > 100 and seen.most_common(1)[0][1] < sum(seen.values()) // 4


def test_a_copied_book_carries_the_comments_of_the_book_it_copies():
    world = build_world(DatasetSpec(companies=24, level="standard"), 5)
    plant_all(world, {"R14": 2}, 5, 24)
    for book in world.books:
        comments.fill(book, world, 5)
    copies = [a for a in world.anomalies if a.kind == "R14"]
    assert len(copies) == 2
    for anomaly in copies:
        original = next(s.company for s in anomaly.accepted if s.company != anomaly.company)
        assert world.book(anomaly.company).comments == world.book(original).comments != {}
