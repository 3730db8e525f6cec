"""What `explain` tells of a planted root can be checked by an accountant with the books and 要領 at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from synthetic_pkg.answers import Anomaly, load_answers
from synthetic_pkg.irregularities import checks
from synthetic_pkg.presenter import show_item

CREDITOR, DEBTOR = ("債権側", "収益側"), ("債務側", "費用側")
COMMENTED = {
    "R03-trap": ("04_PL", "前期に計上した未収利息の戻し"),
    "R06-trap": ("03_BS", "遡及修正（表示方法の変更による組替え）"),
}


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
        told = explain(item.root_id)
        assert partner in rest and partner in told["要領の書き方"]
        if item.kind == "R08":  # the row that was taken out has no cell; the other book's has one
            assert "行もセルもない" in told["どこ"] and not item.cell
            assert f"行があるのは会社 {partner} の {item.sheet} だけ" in told["要領の書き方"]
            assert f"{item.company} ならシート名だけでよい" in told["要領の書き方"]
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


def test_the_words_are_those_of_accountants_and_true_everywhere(dataset, roots):
    """No negative rates where rates are high, no change of policy called a reclassification, no file sent twice."""
    answers = load_answers(dataset.answers_path)
    told = [item.why for item in (*roots, *answers.traps)] + [str(check) for check in checks()]
    for wrong in ("マイナス金利", "粗利率", "再提出", "報告のみ"):
        assert not [text for text in told if wrong in text], wrong
    assert not [text for text in told if re.search(r"[A-Z円] 合わない", text)]
    stale = [item.why for item in roots if item.kind == "R12"]
    assert stale and all("03・04は前期PKGの金額のまま" in why and "08・09は当期" in why for why in stale)


def test_comments_of_traps_name_what_moved(dataset):
    traps, found = load_answers(dataset.answers_path).traps, set()
    for item in (item for item in traps if item.kind in COMMENTED):
        book = load_workbook(next(dataset.input_dir.glob(f"PKG_{item.company}_*.xlsx")))
        sheet, words = COMMENTED[item.kind]
        found |= {
            item.kind for row in book[sheet].iter_rows(min_row=6) for cell in row if cell.value == words
        }
    assert found == COMMENTED.keys()


def test_a_reason_for_ng_is_asked_of_nobody(dataset):
    """No book has one, so the rules must not demand it."""
    rules = load_workbook(dataset.input_dir / "連結決算要領.xlsx")["様式一覧"]
    (note,) = [str(row[6].value) for row in rules.iter_rows(min_row=2) if row[0].value == "02"]
    assert "NG理由" in note and "任意" in note and "検査の対象ではない" in note
