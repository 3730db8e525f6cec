"""What a verdict tells beside its checks: limits that were hit, files nobody asked for; and tables to be calculated."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from openpyxl import Workbook

from runner.verdict import Calculation, RerunEvidence, ScriptRun
from runner.verify_outputs import verify


def test_right_work_has_nothing_to_note(desk) -> None:
    verdict = desk.verdict()
    assert (verdict.limits, verdict.strays) == ([], [])


def test_limits_that_were_hit_are_told_in_japanese_with_script_and_data(desk) -> None:
    run = ScriptRun(script="aggregate_pkg.py", exit_code=1, beside=[], hit=["memory", "processes"])
    desk.evidence["heldout"] = RerunEvidence(scripts=[run, desk.evidence["heldout"].scripts[1]])
    assert desk.verdict().limits == [
        "aggregate_pkg.py（別データ）: メモリの上限",
        "aggregate_pkg.py（別データ）: プロセス数の上限",
    ]


def test_files_that_nobody_asked_for_are_named_and_change_nothing(desk) -> None:
    (desk.work / "cache").mkdir()
    (desk.work / "cache" / "x.pkl").write_bytes(b"1")
    (desk.work / "pkg_reader.py").write_text("", encoding="utf-8")  # a module is no stray
    (desk.work / "link").symlink_to("/etc/passwd")
    (desk.rerun("seen") / "output" / "memo.txt").write_text("", encoding="utf-8")
    desk.evidence["heldout"] = desk.evidence["heldout"].model_copy(update={"strays": ["tmp.csv"]})
    verdict = verify(replace(desk.case(), refused=["pipe"]))
    assert verdict.outcome == "passed"
    assert verdict.strays == [
        "work/link",
        "work/cache/x.pkl",
        "work/pipe（取り出せないもの）",
        "rerun/seen/output/memo.txt",
        "rerun/heldout/tmp.csv",
    ]


def test_many_strays_are_counted(desk) -> None:
    for number in range(60):
        (desk.work / f"{number:02d}.txt").write_text("", encoding="utf-8")
    strays = desk.verdict().strays
    assert len(strays) == 51 and strays[-1] == "ほか 10 件"


def formulas_in(folder, rows) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "集計"
    page.append(["区分", "セグメント", "科目コード", "科目名", "金額"])
    for row in rows:
        page.append([*row[:4], f"={row[4]}+0"])
    book.save(folder / "output" / "集計結果.xlsx")


def test_formulas_that_could_not_be_calculated_here_are_the_kits_error_in_one_line(desk, samples) -> None:
    formulas_in(desk.rerun("seen"), samples.total_rows(desk.answers["seen"]))
    missing = Calculation(not_calculated=["集計結果.xlsx"], missing="LibreOffice がありません")
    desk.evidence["seen"] = desk.evidence["seen"].model_copy(update={"calculation": missing})
    verdict = desk.verdict()
    assert verdict.outcome == "kit_error"
    assert desk.check("seen.calculation").detail == "LibreOffice がありません"


def test_a_table_under_another_spelling_that_could_not_be_calculated_is_the_kits_error(desk, samples) -> None:
    formulas_in(desk.rerun("seen"), samples.total_rows(desk.answers["seen"]))
    book = desk.rerun("seen") / "output" / "集計結果.xlsx"
    book.rename(book.with_name("集計結果．ＸＬＳＸ"))
    missing = Calculation(not_calculated=["集計結果．ＸＬＳＸ"], missing="LibreOffice がありません")
    desk.evidence["seen"] = desk.evidence["seen"].model_copy(update={"calculation": missing})
    assert desk.verdict().outcome == "kit_error"


def test_delivered_tables_that_could_not_be_calculated_are_no_suspicion_of_handwriting(desk, samples) -> None:
    formulas_in(desk.work, samples.total_rows(desk.answers["seen"]))
    missing = Calculation(not_calculated=["集計結果.xlsx"], missing="LibreOffice がありません")
    verdict = verify(replace(desk.case(), calculation=missing))
    assert verdict.outcome == "kit_error"
    assert "delivered.calculation" in {check.id for check in verdict.failed_checks}


def test_formulas_that_libreoffice_could_not_read_are_the_scripts_failure(desk, samples) -> None:
    formulas_in(desk.rerun("seen"), samples.total_rows(desk.answers["seen"]))
    unread = Calculation(not_calculated=["集計結果.xlsx"])
    desk.evidence["seen"] = desk.evidence["seen"].model_copy(update={"calculation": unread})
    assert desk.verdict().outcome == "failed"
    assert "数式に計算結果が保存されていない" in desk.check("seen.totals.form").detail


@pytest.mark.parametrize("same", [True, False])
def test_the_agents_own_formulas_are_compared_as_figures(desk, samples, tmp_path, same: bool) -> None:
    rows = samples.total_rows(desk.answers["seen"])
    formulas_in(desk.work, rows)
    assert desk.failed() == {"own_output"}
    samples.write_totals(tmp_path / "delivered", rows if same else [[*rows[0][:4], 1], *rows[1:]])
    verdict = verify(replace(desk.case(), calculated=tmp_path / "delivered"))
    assert verdict.outcome == ("passed" if same else "failed")
    shutil.rmtree(tmp_path / "delivered")
