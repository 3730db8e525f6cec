"""異常一覧.csv: the thresholds hold, and a malformed list fails clearly, without an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.checks import csv_cells, tables

HEADER = "会社コード,シート,セル,検査番号,報告値,期待値,説明\n"
LENIENT = {"recall_min": 0.9, "precision_min": 0.85, "trap_alarms_max": 0.1, "kind_recall_min": 0.3}
FALSE_ALARM = ["0500", "PL", "D7", "V03", "1", "2", "思い違い"]


def list_of(desk) -> Path:
    return desk.rerun("seen") / "output" / "異常一覧.csv"


def report(desk, samples, change) -> None:
    """The same list from the agent and from the rerun, so that only the judged check can fail."""
    for folder in (desk.work, desk.rerun("seen")):
        samples.write_report(folder, change(samples.report_rows(desk.answers["seen"])))


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (lambda rows: rows[1:], {"recall", "kinds"}),
        (lambda rows: [*rows, FALSE_ALARM], {"precision"}),
        (lambda rows: [*rows, ["0100", "BS", "C10", "V01", "1", "2", ""]], {"precision", "traps"}),
    ],
)
def test_without_limits_one_miss_or_one_alarm_fails(desk, samples, change, parts: set[str]) -> None:
    report(desk, samples, change)
    assert desk.failed() == {f"seen.anomalies.{part}" for part in parts}
    assert {desk.check(f"seen.anomalies.{part}").expected for part in parts} <= {
        "すべて",
        "どの種類もすべて",
        "なし",
    }


def test_where_a_tenth_may_be_missed_nine_of_ten_are_enough_and_eight_are_not(desk, samples) -> None:
    desk.checks = samples.usual_checks(**LENIENT)
    report(desk, samples, lambda rows: rows[1:])
    assert desk.failed() == set()
    report(desk, samples, lambda rows: rows[2:])
    assert desk.failed() == {"seen.anomalies.recall"}
    check = desk.check("seen.anomalies.recall")
    assert (check.expected, check.actual, check.difference) == ("90% 以上", "80.0%（8/10 件）", "見逃し 2 件")
    assert check.detail.startswith("見逃し: 0001 検査V01（一行が落ちている）")


def test_where_one_false_alarm_is_allowed_two_are_not(desk, samples) -> None:
    desk.checks = samples.usual_checks(**LENIENT)
    report(desk, samples, lambda rows: [*rows, FALSE_ALARM])
    assert desk.failed() == set()
    report(desk, samples, lambda rows: [*rows, FALSE_ALARM, ["0501", *FALSE_ALARM[1:]]])
    assert desk.failed() == {"seen.anomalies.precision"}
    assert "0500 PL D7 検査V03" in desk.check("seen.anomalies.precision").detail


def test_where_one_alarmed_trap_is_allowed_two_are_not(desk, samples) -> None:
    desk.checks = samples.usual_checks(**LENIENT | {"precision_min": 0})
    alarms = [[f"{100 + number:04d}", "BS", "C10", "V01", "1", "2", ""] for number in range(2)]
    report(desk, samples, lambda rows: [*rows, alarms[0]])
    assert desk.failed() == set()
    report(desk, samples, lambda rows: [*rows, *alarms])
    assert desk.failed() == {"seen.anomalies.traps"}
    assert "丸め誤差の範囲内" in desk.check("seen.anomalies.traps").detail


def test_an_alarm_without_a_place_is_still_an_alarm(desk, samples) -> None:
    alarms = [[f"{100 + number:04d}", "", "", "V01", "", "", ""] for number in range(2)]
    report(desk, samples, lambda rows: [*rows, *alarms])
    assert "seen.anomalies.traps" in desk.failed()


def test_reporting_everything_does_not_pay(desk, samples) -> None:
    everything = [
        [f"{company:04d}", "BS", f"C{row}", f"V{check:02d}", "", "", ""]
        for company in range(120)
        for row in range(10, 20)
        for check in (1, 2)
    ]
    report(desk, samples, lambda rows: everything)
    assert desk.failed() == {"seen.anomalies.precision", "seen.anomalies.traps"}


@pytest.mark.parametrize("column", [0, 3])
def test_a_row_without_company_or_check_fails_the_form(desk, samples, column: int) -> None:
    report(desk, samples, lambda rows: [*rows, ["" if i == column else v for i, v in enumerate(FALSE_ALARM)]])
    assert desk.failed() == {"seen.anomalies.form", "seen.anomalies.precision"}


def test_an_empty_list_fails_every_question(desk, samples) -> None:
    report(desk, samples, lambda rows: [])
    names = {f"seen.anomalies.{part}" for part in ("form", "recall", "kinds", "precision", "traps")}
    assert desk.failed() == names
    assert desk.verdict().outcome == "failed"


def test_company_codes_are_text_and_keep_their_zeros(desk, samples) -> None:
    report(desk, samples, lambda rows: [[str(int(str(row[0]))), *row[1:]] for row in rows])
    assert "seen.anomalies.recall" in desk.failed()


def test_spellings_of_a_place_are_folded(desk, samples) -> None:
    report(
        desk,
        samples,
        lambda rows: [[row[0], "ＢＳ", f"BS!$c${str(row[2])[1:]}", "Ｖ01", *row[4:]] for row in rows],
    )
    assert desk.failed() == set()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_common_encodings_are_read(desk, samples, encoding: str) -> None:
    samples.write_report(desk.rerun("seen"), samples.report_rows(desk.answers["seen"]), encoding=encoding)
    assert desk.failed() == set()


HOSTILE = {
    "empty": (b"", "見出し"),
    "utf-16 without its mark": (
        (HEADER + "0001,BS,C10,V01,1,2,x\n").encode("utf-16-le"),
        "文字コード|見出し|NUL",
    ),
    "broken bytes": (b"\xff\xfe\x81" + HEADER.encode(), "文字コード|見出し"),
    "NUL": ((HEADER + "0001,B\0S,C10,V01,1,2,x\n").encode(), "NUL"),
    "no header": (b"0001,BS,C10,V01,1,2,x\n", "見出し"),
    "one column gone": (
        (HEADER.replace("検査番号,", "") + "0001,BS,C10,1,2,x\n").encode(),
        "見出し 検査番号 が",
    ),
    "a short row": ((HEADER + "0001,BS\n").encode(), "2 行目の列が足りません"),
    "an open quote": ((HEADER + '0001,"BS,C10,V01,1,2,x\n').encode(), "CSV として読めません"),
    "a huge field": (
        (HEADER + "0001," + "x" * 200_000 + ",C10,V01,1,2,x\n").encode(),
        "CSV として読めません",
    ),
    "a huge file": (b"x" * 300_001, "大きすぎます"),
    "too many rows": ((HEADER + "0001,B,C,V,1,2,x\n" * 101).encode(), "行が多すぎます"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_list_fails_clearly(desk, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size and rows are bounded by 20 MB and 100,000; to reach these takes seconds."""
    assert (tables.MAX_FILE_BYTES, csv_cells.MAX_ROWS) == (20_000_000, 100_000)
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 300_000)
    monkeypatch.setattr(csv_cells, "MAX_ROWS", 100)
    data, said = HOSTILE[kind]
    list_of(desk).write_bytes(data)
    verdict = desk.verdict()
    failed = {check.id: check for check in verdict.failed_checks}
    assert {f"seen.anomalies.{part}" for part in ("form", "recall", "precision", "traps")} <= set(failed)
    assert any(word in failed["seen.anomalies.form"].detail for word in said.split("|"))
    assert verdict.outcome == "failed"


def test_control_characters_never_reach_the_table_on_screen(desk, samples) -> None:
    report(
        desk,
        samples,
        lambda rows: [*rows, *[[f"05{n:02d}\x1b[31m", "P\x07L", "D7", "V03", "", "", ""] for n in range(5)]],
    )
    details = "".join(check.detail for check in desk.verdict().checks)
    assert "誤検出" in details and not {"\x1b", "\x07"} & set(details)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), with_header=st.booleans())
def test_no_bytes_raise(desk, samples, data: bytes, with_header: bool) -> None:
    desk.checks = samples.asked({"check": "set_match"})
    list_of(desk).write_bytes(HEADER.encode() * with_header + data)
    assert desk.verdict().outcome == "failed"


def of_two_kinds(desk, rare: int) -> None:
    """The last `rare` of the ten roots are of another kind and another 検査番号."""
    for label, answers in desk.answers.items():
        changed = [
            root.model_copy(
                update={
                    "kind": "R30",
                    "check_id": "V07",
                    "accepted": [root.accepted[0].model_copy(update={"check_ids": ["V07"]})],
                }
            )
            if number >= len(answers.anomalies) - rare
            else root
            for number, root in enumerate(answers.anomalies)
        ]
        desk.answers[label] = answers.model_copy(update={"anomalies": changed})


def test_a_kind_that_is_missed_whole_fails_though_enough_roots_were_found(desk, samples) -> None:
    desk.checks = samples.usual_checks(**LENIENT)
    of_two_kinds(desk, rare=1)
    desk.everywhere(lambda folder, answers: samples.write_report(folder, samples.report_rows(answers)[:-1]))
    assert desk.failed() == {"seen.anomalies.kinds", "heldout.anomalies.kinds"}
    check = desk.check("seen.anomalies.kinds")
    assert [finding.item for finding in check.findings] == ["概算額の疑い（検査 V07）", "検査 V07"]
    assert check.cause == "1 件も検出されていない: 概算額の疑い（検査 V07）、検査 V07"
    assert (check.compared, check.difference) == (4, "2 種類が不足")


def test_every_kind_is_told_with_what_was_found_and_falsely_alarmed(desk, samples) -> None:
    of_two_kinds(desk, rare=2)
    alarm = ["0500", "PL", "D7", "V07", "1", "2", ""]
    report(desk, samples, lambda rows: [*rows[:-1], alarm])
    groups = {
        (group.by, group.name): (group.planted, group.found, group.false_alarms)
        for group in desk.check("seen.anomalies.kinds").groups
    }
    assert groups == {
        ("kind", "R04"): (8, 8, 0),
        ("kind", "R30"): (2, 1, 1),
        ("check", "V01"): (8, 8, 0),
        ("check", "V07"): (2, 1, 1),
    }
    desk.checks = samples.usual_checks(kind_recall_min=0.6)
    assert "seen.anomalies.kinds" in desk.failed()
