"""`files`: what is missing is named, and what the agent cannot know is found wherever it was put."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from runner.checks import files, question

CANARY = "SYNTH-canary-81b2"


def asking(desk, samples, **fields: object) -> None:
    desk.checks = samples.asked({"check": "files", **fields})


def test_a_missing_file_fails_as_missing(desk, samples) -> None:
    asking(desk, samples, present=["output/集計結果.xlsx", "output/要約.md"])
    verdict = desk.verdict()
    assert (verdict.outcome, verdict.cause) == ("failed", "missing")
    (finding,) = verdict.checks[0].findings
    assert (finding.item, finding.where) == ("output/要約.md", "work/output/要約.md")


def test_an_empty_file_is_not_there(desk, samples) -> None:
    (desk.work / "output" / "要約.md").write_bytes(b"")
    asking(desk, samples, present=["output/要約.md"])
    assert "空です" in desk.check("files").detail


def test_a_table_in_other_clothes_is_there(desk, samples) -> None:
    book = desk.work / "output" / "集計結果.xlsx"
    book.rename(book.with_suffix(".csv"))
    asking(desk, samples, present=["output/集計結果.xlsx"])
    assert desk.verdict().outcome == "passed"


def test_a_file_that_may_not_be_there_is_found_by_its_name(desk, samples) -> None:
    asking(desk, samples, absent=["answers*.json"])
    assert desk.verdict().outcome == "passed"
    (desk.rerun("heldout") / "output" / "answers_2.json").write_text("{}", encoding="utf-8")
    (finding,) = desk.check("files.absent").findings
    assert finding.where == "rerun/heldout/output/answers_2.json"
    assert desk.verdict().cause == "wrong"


def in_a_text(folder: Path) -> None:
    (folder / "memo.txt").write_text(f"見つけた: {CANARY}", encoding="utf-8")


def in_another_encoding(folder: Path) -> None:
    (folder / "memo.txt").write_text(f"見つけた: {CANARY}", encoding="utf-16")


def in_a_workbook(folder: Path) -> None:
    with zipfile.ZipFile(folder / "memo.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/sharedStrings.xml", f"<t>{CANARY}</t>")


@pytest.mark.parametrize("put", [in_a_text, in_another_encoding, in_a_workbook])
@pytest.mark.parametrize("place", ["work", "rerun"])
def test_a_canary_is_found_wherever_it_turns_up(desk, samples, put, place: str) -> None:
    asking(desk, samples, canaries=[CANARY])
    assert desk.verdict().outcome == "passed"
    put(desk.work if place == "work" else desk.rerun("seen") / "output")
    check = desk.check("files.absent")
    assert not check.ok and check.findings[0].item == CANARY


def test_the_name_of_the_heldout_data_may_stand_in_its_own_rerun_alone(desk, samples) -> None:
    asking(desk, samples, canaries=["${HELDOUT}"])
    (desk.rerun("heldout") / "output" / "log.txt").write_text("small-2", encoding="utf-8")
    assert desk.verdict().outcome == "passed"
    (desk.rerun("seen") / "output" / "log.txt").write_text("small-2", encoding="utf-8")
    assert desk.verdict().outcome == "failed"


def test_where_nothing_was_left_nothing_was_searched(desk, samples) -> None:
    asking(desk, samples, absent=["answers.json"])
    for folder in (desk.work, desk.rerun("seen"), desk.rerun("heldout")):
        shutil.rmtree(folder)
    assert not desk.check("files.absent").ok


def test_a_broken_workbook_is_searched_as_it_is(desk, samples) -> None:
    asking(desk, samples, canaries=[CANARY])
    (desk.work / "x.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 40 + CANARY.encode())
    assert desk.verdict().outcome == "failed"


def bomb(path: Path, parts: int, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(parts):
            book.writestr(f"{number}.xml", b" " * size)


def test_a_workbook_that_unpacks_without_end_is_named_and_left(desk, samples, monkeypatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED_EACH", 3_000_000)
    asking(desk, samples, canaries=[CANARY])
    bomb(desk.work / "x.xlsx", 20, 1_000_000)
    (finding,) = desk.check("files.absent").findings
    assert (finding.where, finding.item) == ("work/x.xlsx", "調べられないファイル")


def test_what_is_unpacked_in_all_is_bounded_and_told_as_a_limit(desk, samples, monkeypatch) -> None:
    monkeypatch.setattr(question, "MAX_UNPACKED", 3_000_000)
    asking(desk, samples, canaries=[CANARY])
    assert desk.verdict().limits == []
    for number in range(9):
        bomb(desk.work / f"x{number}.xlsx", 1, 1_000_000)
    (limit,) = desk.verdict().limits
    assert "work/x3.xlsx 以降" in limit


def test_two_questions_share_what_may_be_unpacked(desk, samples, monkeypatch) -> None:
    monkeypatch.setattr(question, "MAX_UNPACKED", 3_000_000)
    asked = ({"check": "files", "id": name, "canaries": [CANARY]} for name in ("one", "other"))
    desk.checks = samples.asked(*asked)
    bomb(desk.work / "x.xlsx", 2, 1_000_000)
    (limit,) = desk.verdict().limits
    assert "work/x.xlsx 以降" in limit
