"""異常一覧.csv: the thresholds hold, and a malformed list fails clearly, without an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.verdict import Checks

HEADER = "会社コード,シート,セル,検査番号,報告値,期待値,説明\n"
FALSE_ALARM = ["0500", "PL", "D7", "V03", "1", "2", "思い違い"]


def list_of(desk) -> Path:
    return desk.rerun("seen") / "output" / "異常一覧.csv"


def report(desk, samples, change) -> None:
    """The same list from the agent and from the rerun, so that only the judged check can fail."""
    for folder in (desk.work, desk.rerun("seen")):
        samples.write_report(folder, change(samples.report_rows(desk.answers["seen"])))


def test_nine_of_ten_roots_are_enough_and_eight_are_not(desk, samples) -> None:
    report(desk, samples, lambda rows: rows[1:])
    assert desk.failed() == set()
    report(desk, samples, lambda rows: rows[2:])
    assert desk.failed() == {"seen.anomalies.recall"}
    check = desk.check("seen.anomalies.recall")
    assert (check.expected, check.actual, check.difference) == ("90% 以上", "80.0%（8/10 件）", "見逃し 2 件")
    assert check.detail.startswith("見逃し: 0001 検査V01（一行が落ちている）")


def test_one_false_alarm_is_allowed_and_two_are_not(desk, samples) -> None:
    report(desk, samples, lambda rows: [*rows, FALSE_ALARM])
    assert desk.failed() == set()
    report(desk, samples, lambda rows: [*rows, FALSE_ALARM, ["0501", *FALSE_ALARM[1:]]])
    assert desk.failed() == {"seen.anomalies.precision"}
    assert "0500 PL D7 検査V03" in desk.check("seen.anomalies.precision").detail


def test_one_alarmed_trap_is_allowed_and_two_are_not(desk, samples) -> None:
    desk.checks = Checks(precision_min=0)
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
    assert desk.failed() == {"seen.anomalies.form"}


def test_an_empty_list_fails_every_question(desk, samples) -> None:
    report(desk, samples, lambda rows: [])
    names = {f"seen.anomalies.{part}" for part in ("form", "recall", "precision", "traps")}
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
    "utf-16": ((HEADER + "0001,BS,C10,V01,1,2,x\n").encode("utf-16"), "文字コード|見出し|NUL"),
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
    "a huge file": (b"x" * 20_000_001, "大きすぎます"),
    "too many rows": ((HEADER + "0001,B,C,V,1,2,x\n" * 100_001).encode(), "行が多すぎます"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_list_fails_clearly(desk, kind: str) -> None:
    data, said = HOSTILE[kind]
    list_of(desk).write_bytes(data)
    check = desk.check("seen.anomalies.form")
    assert not check.ok and any(word in check.detail for word in said.split("|")), check.detail
    assert {f"seen.anomalies.{part}" for part in ("form", "recall", "precision", "traps")} <= desk.failed()
    assert desk.verdict().outcome == "failed"


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
def test_no_bytes_raise(desk, data: bytes, with_header: bool) -> None:
    list_of(desk).write_bytes(HEADER.encode() * with_header + data)
    assert desk.verdict().outcome == "failed"
