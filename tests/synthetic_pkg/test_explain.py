"""What `explain` tells of a planted root can be checked by an accountant with the books and 要領 at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from synthetic_pkg.answers import Anomaly, load_answers
from synthetic_pkg.presenter import show_item

CREDITOR, DEBTOR = ("債権側", "収益側"), ("債務側", "費用側")


@pytest.fixture(scope="module")
def dataset(build):
    """One with every kind of the first quarter."""
    return build(1, 90, "hard")


@pytest.fixture(scope="module")
def roots(dataset) -> list[Anomaly]:
    return load_answers(dataset.answers_path).anomalies


@pytest.fixture
def explain(dataset, capsys):
    """The lines of one root by their labels."""

    def shown(root_id: str) -> dict[str, str]:
        show_item(Path(dataset.root), root_id)
        rows = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
        return {row[0]: row[1].strip() for row in rows if len(row) == 2}

    return shown


def test_an_imbalance_is_told_as_the_line_and_as_the_two_totals_that_the_rules_want(dataset, roots, explain):
    item = next(item for item in roots if item.kind == "R04")
    told = explain(item.root_id)
    book = load_workbook(next(dataset.input_dir.glob(f"PKG_{item.company}_*.xlsx")), data_only=True)
    totals = {row[0].value: row[4] for row in book[item.sheet].iter_rows(min_row=6)}
    for part in (totals["1999"].coordinate, f"{totals['1999'].value:,}", f"{totals['3999'].value:,}"):
        assert part in told["要領の書き方"]
    assert told["どこ"].endswith(item.cell) and item.cell not in told["要領の書き方"]


def test_treatment_and_severity_are_words_of_the_rules(roots, explain):
    seen = set()
    for item in {(one.treatment, one.severity): one for one in roots}.values():
        told = explain(item.root_id)
        assert told["処理"] in ("修正", "採用", "除外") and told["重要度"].startswith(f"{item.severity}（")
        seen.add(told["重要度"])
    assert len(seen) == 3


def test_each_company_and_check_of_a_symptom_is_named_once(roots):
    for item in roots:
        told = [(one.company, tuple(one.check_ids)) for one in item.accepted]
        assert len(told) == len(set(told)), item.root_id


def test_a_pair_tells_which_book_was_changed_and_what_stood_there(roots, explain):
    """報告値 is the debtor's or the buyer's figure, whichever side was changed."""
    sides = set()
    for item in (item for item in roots if item.kind in ("R07", "R08")):
        changed, rest = item.why.split("。")
        claims = changed.startswith(CREDITOR)
        assert item.company in changed and rest.startswith(DEBTOR if claims else CREDITOR), item.why
        figures = (item.observed, item.expected_value)
        own, theirs = figures[::-1] if claims else figures
        assert f"{theirs:,} " in rest and f"{theirs:,} " in changed and own < theirs
        assert f"→ {own:,} " in changed or (own == 0 and "行を消してある" in changed)
        partner = next(one.company for one in item.accepted if one.company != item.company)
        assert partner in rest and partner in explain(item.root_id)["要領の書き方"]
        sides.add(claims)
    assert len(sides) == 2


def test_odd_ratios_and_blanks_are_told_with_what_would_be_right(roots):
    for item in roots:
        if item.kind in ("R28", "R29"):
            assert str(item.observed).endswith("%") and "." in str(item.observed), item
            assert "許容 ±" in str(item.expected_value) and str(item.expected_value) in item.why
        if item.kind == "R18":
            assert item.expected_value in ("値（日付）", "値（氏名）", "値（金額）")
    assert {"R18", "R28", "R29"} <= {item.kind for item in roots}
