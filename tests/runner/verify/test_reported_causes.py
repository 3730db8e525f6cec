"""What is said about a wrong list of anomalies holds for every row it speaks of; otherwise nothing is said."""

from __future__ import annotations

from runner.checks.causes.reported import where_off, why_alarmed, why_missed, why_row
from runner.checks.read_outputs import ReportedRow
from runner.checks.scoring import Score, score
from synthetic_pkg.answers import Anomaly, Answers, Normalisation, Symptom, Trap


def root(company: str, check: str, cell: str = "E12", treatment: str = "fix") -> Anomaly:
    return Anomaly.model_validate(
        {
            "root_id": f"{company}-{check}",
            "company": company,
            "kind": "R03",
            "check_id": check,
            "sheet": "03_BS",
            "cell": cell,
            "expected_value": 1,
            "observed": -1,
            "severity": 2,
            "treatment": treatment,
            "accepted": [Symptom(company=company, check_ids=[check])],
            "why": "写しである",
        }
    )


def trap(company: str, check: str, why: str = "差額は許容差の内である") -> Trap:
    return Trap(trap_id=f"trap-{company}", kind="R07-trap", company=company, check_ids=[check], why=why)


def row(company: str, check: str, cell: str = "E12", line: int = 2) -> ReportedRow:
    return ReportedRow(company, "03_BS", cell, check, "", "", line)


ROOTS = [
    root("0011", "B03"),
    root("0012", "B03"),
    root("0013", "B01"),
    root("0014", "A04", treatment="exclude"),
]
TRAPS = [trap("0021", "C02"), trap("0022", "C02"), trap("0023", "D01", "コメントに遡及修正とある")]
NOTATION = Normalisation(
    root_id="N02-001", kind="N02", company="0031", sheet="03_BS", cell="D20", observed="▲1,234", value=-1234
)
ANSWERS = Answers(
    dataset_id="small", seed=1, totals=[], anomalies=ROOTS, traps=TRAPS, normalisations=[NOTATION]
)
RIGHT = [row(anomaly.company, anomaly.check_id) for anomaly in ROOTS]


def scored(rows: list[ReportedRow]) -> Score:
    return score(rows, ROOTS, TRAPS)


def test_a_check_that_nobody_applied_is_said_with_how_many_it_would_have_found() -> None:
    rows = [one for one in RIGHT if one.check_id != "B03"]
    assert why_missed(scored(rows), rows) == "検査番号 B03（正解2件） の指摘が1件もない"


def test_a_check_that_was_applied_at_all_is_not_called_missing() -> None:
    rows = RIGHT[1:]
    assert why_missed(scored(rows), rows) == ""


def test_a_cell_reported_under_another_check_is_said() -> None:
    rows = [row("0011", "B02"), *RIGHT[1:]]
    assert "同じセルを別の検査番号で報告した（B03をB02 1件）" in why_missed(scored(rows), rows)


def test_cells_that_are_all_one_row_off_are_said_and_one_right_cell_silences_it() -> None:
    rows = [row(one.company, one.check_id, "E13") for one in RIGHT]
    assert where_off(scored(rows), rows) == "セル番地が正解と異なる 4 件（すべて1行下）"
    assert where_off(scored([*rows[1:], RIGHT[0]]), [*rows[1:], RIGHT[0]]) == ""


def test_tolerances_that_were_not_applied_are_said_when_every_alarm_is_within_them() -> None:
    rows = [*RIGHT, row("0021", "C02"), row("0022", "C02")]
    said = why_alarmed(scored(rows), ANSWERS)
    assert said == "検査番号 C02 の許容差を適用していない（誤検出2件はすべて許容差の内）"
    rows.append(row("0099", "C02"))
    assert why_alarmed(scored(rows), ANSWERS) == ""


def test_right_entries_taken_for_wrong_ones_are_said_with_the_reason() -> None:
    rows = [*RIGHT, row("0023", "D01")]
    assert "すべて正常例（コメントに遡及修正とある 1件）" in why_alarmed(scored(rows), ANSWERS)


def test_excluded_companies_that_were_checked_are_said() -> None:
    alarm = row("0014", "B04")
    rows = [*RIGHT, alarm]
    assert why_alarmed(scored(rows), ANSWERS) == "除外会社（0014）を検査した指摘 1 件"
    assert why_row(alarm, ANSWERS) == "除外会社であり、検査の対象ではない（写しである）"
    assert why_row(row("0099", "B04"), ANSWERS) == ""


def test_cells_whose_notation_was_not_read_are_said_with_what_stands_there() -> None:
    alarm = row("0031", "D01", "D20")
    rows = [*RIGHT, alarm]
    assert why_alarmed(scored(rows), ANSWERS) == "表記の正規化が要るセル（「▲1,234」など）の指摘 1 件"
    assert "▲1,234" in why_row(alarm, ANSWERS)
