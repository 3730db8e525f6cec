"""報告値 and 期待値: right figures in any notation, wrong ones, and what is not judged."""

from __future__ import annotations

import pytest

from runner.checks.read_outputs import ReportedRow
from runner.checks.reported_figures import check_figures, roots_with_figures, rows_by_figures
from runner.verdict import Check
from synthetic_pkg.answers import Anomaly, Symptom

HEAD = Check(id="seen.anomalies.figures", title="金額", ok=False, compared=1, non_null=1)


def root(
    check: str, observed: int | str | None, expected: int | str | None, cell: str = "E58", partner: str = ""
) -> Anomaly:
    companies = ["0011", partner] if partner else ["0011"]
    return Anomaly(
        root_id=f"root-{check}-{cell}",
        company="0011",
        kind="R04",
        check_id=check,
        sheet="03_BS",
        cell=cell,
        expected_value=expected,
        observed=observed,
        severity=1,
        treatment="keep",
        accepted=[Symptom(company=company, check_ids=[check]) for company in companies],
        why="一行が落ちている",
    )


def row(check: str, reported: str, expected: str, company: str = "0011", cell: str = "E58") -> ReportedRow:
    return ReportedRow(company, "03_BS", cell, check, reported, expected, line=2)


AMOUNT, RATE, CODE = root("B02", -933000, 933), root("F01", "94.04", "94.4"), root("A05", "0054", "0045")
WORDS, GUESS = root("A08", "", "値"), root("C03", "4748", "2023")
IMBALANCE = root("B01", 230516, 377896)
PAIR = root("C01", 897416, 1447446, cell="F15", partner="2051")
ONE_SIDED = root("C01", 0, 86784000, cell="", partner="2051")


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (AMOUNT, ("-933000", "933")),
        (AMOUNT, ("△933,000", "933.0")),
        (AMOUNT, ("(933,000)千円", "933千円")),
        (AMOUNT, ("-933,000,000円", "933,000円")),
        (AMOUNT, ("-933,000 千THB", "933 千THB")),
        (RATE, ("94.04", "94.40")),
        (RATE, ("94.04000000000001", "94.4")),
        (CODE, ("0054", "45")),
        (GUESS, ("4748", "会社一覧にある会社コード")),
        (IMBALANCE, ("25342366", "25194986")),
        (IMBALANCE, ("230516", "377896")),
        (PAIR, ("897416", "1447446")),
        (PAIR, ("1,447,446", "897,416")),
        (ONE_SIDED, ("", "86784000")),
        (ONE_SIDED, ("86784000", "0")),
    ],
)
def test_right_figures_pass_in_any_notation(known: Anomaly, told: tuple[str, str]) -> None:
    company = "2051" if known in (PAIR, ONE_SIDED) else "0011"
    right, wrong = rows_by_figures([row(known.check_id, *told, company=company)], [known])
    assert (len(right), wrong) == (1, [])


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (AMOUNT, ("933000", "933")),
        (AMOUNT, ("933", "-933000")),
        (AMOUNT, ("-933000", "934")),
        (AMOUNT, ("-933000", "")),
        (AMOUNT, ("", "")),
        (AMOUNT, ("-933000", "要確認")),
        (AMOUNT, ("-933", "0.933")),
        (RATE, ("94.04", "94.04")),
        (RATE, ("94", "94")),
        (CODE, ("0055", "0045")),
        (GUESS, ("4748", "2024")),
        (IMBALANCE, ("25342366", "25342366")),
        (IMBALANCE, ("25342366", "")),
        (PAIR, ("897416", "897416")),
        (ONE_SIDED, ("", "")),
    ],
)
def test_a_wrong_figure_or_none_fails(known: Anomaly, told: tuple[str, str]) -> None:
    right, wrong = rows_by_figures([row(known.check_id, *told)], [known])
    assert (right, len(wrong)) == ([], 1)
    check = check_figures(HEAD, [row(known.check_id, *told)], [known], 1.0, "")
    assert not check.ok and check.actual == "0.0%（0/1 行）"


def test_words_and_roots_without_a_place_are_not_judged() -> None:
    assert roots_with_figures([WORDS, root("A03", 2, 1, cell="")]) == []
    found = rows_by_figures(
        [row("A08", "空白", "入力"), row("B02", "1", "2", company="0012")], [WORDS, AMOUNT]
    )
    assert found == ([], [])


def test_of_two_roots_of_a_company_each_row_is_held_against_the_one_on_its_place() -> None:
    roots = [AMOUNT, root("B02", 5, 6, cell="E60")]
    rows = [row("B02", "-933000", "933", cell="E60"), row("B02", "5", "6", cell="E60")]
    right, wrong = rows_by_figures(rows, roots)
    assert [one.reported for one in right] == ["5"] and wrong[0][1].cell == "E60"


def test_a_wrong_figure_is_told_beside_the_right_one() -> None:
    (finding,) = check_figures(HEAD, [row("B02", "-933000", "934")], [AMOUNT], 1.0, "").findings
    assert finding.expected == "報告値 -933,000・期待値 933"
    assert finding.actual == "報告値 -933000・期待値 934"


@pytest.mark.parametrize(("least", "ok"), [(0.5, True), (0.51, False)])
def test_the_share_is_held_against_its_limit(least: float, ok: bool) -> None:
    rows = [row("B02", "-933000", "933"), row("B02", "-933000", "934")]
    assert check_figures(HEAD, rows, [AMOUNT], least, "").ok is ok


def test_a_list_that_names_no_figure_or_cannot_be_read_does_not_hold() -> None:
    assert not check_figures(HEAD, [], [AMOUNT], 0.0, "").ok
    assert not check_figures(HEAD, [row("B02", "-933000", "933")], [AMOUNT], 0.5, "読めません").ok
