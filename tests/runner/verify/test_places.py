"""Where anomalies were reported: rows on the known cell, rows elsewhere, rows that say nothing about a place."""

from __future__ import annotations

import pytest

from runner.checks.places import check_places, rows_by_place
from runner.checks.read_outputs import ReportedRow
from runner.verdict import Check
from synthetic_pkg.answers import Anomaly, Symptom

HEAD = Check(id="seen.anomalies.places", title="箇所", ok=False, compared=2, non_null=2)


def root(company: str, cell: str, sheet: str = "03_BS", check: str = "B02") -> Anomaly:
    return Anomaly(
        root_id=f"root-{company}-{cell}",
        company=company,
        kind="R04",
        check_id=check,
        sheet=sheet,
        cell=cell,
        expected_value=1,
        observed=2,
        severity=1,
        treatment="keep",
        accepted=[Symptom(company=company, check_ids=[check])],
        why="一行が落ちている",
    )


def row(company: str, cell: str, sheet: str = "03_BS", check: str = "B02") -> ReportedRow:
    return ReportedRow(company, sheet, cell, check, "1", "2", line=2)


ROOTS = [root("0011", "E58"), root("0012", "E19"), root("0013", "", sheet=""), root("0014", "")]


@pytest.mark.parametrize(
    ("rows", "right", "elsewhere"),
    [
        ([row("0011", "E58"), row("0012", "E19", sheet="BS")], 2, 0),
        ([row("0011", "E58"), row("0011", "E58", sheet="BS"), row("0011", "E58", sheet="03")], 1, 0),
        ([row("0011", "E57:E60"), row("0012", "E18、E19")], 2, 0),
        ([row("0011", "E50:E60"), row("0012", "E15,E16,E17,E18,E19")], 0, 2),
        ([row("0011", "E59"), row("0012", "")], 0, 2),
        ([row("0011", "E58", sheet="04_PL")], 0, 1),
        ([row("0011", "E58"), *(row("0011", f"E{n}") for n in range(3))], 1, 3),
        ([row("0011", "E59"), row("0011", "E59")], 0, 1),
        ([row("0013", "E5"), row("0099", "E58"), row("0011", "E58", check="B03")], 0, 0),
        ([row("0014", "C3"), row("0014", "", sheet="04_PL")], 1, 1),
    ],
)
def test_rows_are_told_by_their_place(rows: list[ReportedRow], right: int, elsewhere: int) -> None:
    on, off = rows_by_place(rows, ROOTS)
    assert (len(on), len(off)) == (right, elsewhere)


def test_an_imbalance_is_told_in_the_column_that_is_out_of_balance() -> None:
    """Which line was changed, nobody can see in the books."""
    imbalance = [root("0011", "E58", check="B01")]
    seen = [row("0011", cell, check="B01") for cell in ("E43", "D43")]
    on, off = rows_by_place([*seen, row("0011", "E43", sheet="04_PL", check="B01")], imbalance)
    assert [one.cell for one in on] == ["E43"] and len(off) == 2


def test_an_opening_balance_that_was_moved_has_two_lines_and_not_three() -> None:
    moved = [root("0011", "D58", check="D01")]
    rows = [row("0011", cell, check="D01") for cell in ("D58", "D12", "D13")]
    assert [len(found) for found in rows_by_place(rows[:2], moved)] == [1, 0]
    assert [len(found) for found in rows_by_place(rows, moved)] == [1, 1]
    assert [len(found) for found in rows_by_place(rows[1:2], moved)] == [0, 1]


def test_a_list_with_every_cell_wrong_does_not_hold() -> None:
    check = check_places(HEAD, [row("0011", "E59"), row("0012", "E20")], ROOTS, 0.5, "")
    assert not check.ok and check.actual == "0.0%（0/2 行）"
    assert (check.findings[0].expected, check.findings[0].actual) == ("03_BS E58", "03_BS E59")


@pytest.mark.parametrize(("least", "ok"), [(0.5, True), (0.51, False)])
def test_the_share_is_held_against_its_limit(least: float, ok: bool) -> None:
    rows = [row("0011", "E58"), row("0012", "E20")]
    assert check_places(HEAD, rows, ROOTS, least, "").ok is ok


def test_a_list_that_names_no_root_or_cannot_be_read_does_not_hold() -> None:
    assert not check_places(HEAD, [row("0099", "E58")], ROOTS, 0.0, "").ok
    assert not check_places(HEAD, [row("0011", "E58")], ROOTS, 0.5, "読めません").ok
