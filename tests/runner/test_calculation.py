"""Formulas without values are calculated by LibreOffice in a box; what needs none, or cannot be read, is left alone."""

from __future__ import annotations

import shutil
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook

from runner import calculation, child
from runner.agent_python import find_agent_python
from runner.calculation import calculate, needs_calculation
from runner.checks.script_reruns import ScriptReruns
from runner.checks.xlsx_parts import Budget
from runner.grading import rerun_both
from runner.phases import Phases
from runner.rerun import RerunLimits, rerun
from tests.graded_work import SEEN_SEED, dataset

needs_office = pytest.mark.skipif(
    shutil.which(calculation.OFFICE, path=child.SYSTEM_PATH) is None,
    reason="LibreOffice (libreoffice-calc) is not here",
)
SCRIPT = """
from openpyxl import Workbook
book = Workbook()
page = book.active
page.title = "集計"
page.append(["金額"])
for n in range(1, 11):
    page.append([n * 100])
page["A12"] = "=SUM(A2:A11)"
book.save("output/集計結果.xlsx")
"""


def book_of(path: Path, *cells: object) -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.append(list(cells))
    book.save(path)
    return path


def test_only_formulas_without_trusted_values_need_calculation(tmp_path: Path) -> None:
    assert needs_calculation(book_of(tmp_path / "a.xlsx", 1, "=A1*2"))
    assert not needs_calculation(book_of(tmp_path / "b.xlsx", 1, "二"))
    with xlsxwriter.Workbook(tmp_path / "c.xlsx") as book:
        book.add_worksheet().write_formula(
            0, 0, "=1+1"
        )  # the writer leaves 0 and asks to calculate on opening
    assert needs_calculation(tmp_path / "c.xlsx")


SHEET = '<worksheet><sheetData><row><c r="A1"><f>1</f>{}</c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("after", "needed"),
    [
        ("", True),
        ("<v/>", True),
        ("<v> </v>", True),
        ("<v>1</v>", False),
        (" " * 1_000_000 + "<v>1</v>", False),
    ],
)
def test_a_cell_is_walked_through_once_whatever_stands_in_it(
    tmp_path: Path, after: str, needed: bool
) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", SHEET.format(after))
    started = time.process_time()
    assert needs_calculation(tmp_path / "a.xlsx") is needed
    assert time.process_time() - started < 2


def test_one_endless_attribute_takes_no_square_of_its_length(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", f'<a b="{"x" * 20_000_000}"/>')
    started = time.process_time()
    assert not needs_calculation(tmp_path / "a.xlsx")
    assert time.process_time() - started < 5


def test_tables_that_unpack_to_too_much_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calculation, "Budget", lambda: Budget(5_000_000))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(10):
            book.writestr(f"xl/{number}.xml", f"<a>{' ' * 1_000_000}</a>")
    found = calculate(tmp_path, tmp_path / "done", tmp_path)
    assert found is not None and found.not_calculated == ["a.xlsx"] and not found.missing


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_workbook_needs_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    assert not needs_calculation(tmp_path / "a.xlsx")
    assert calculate(tmp_path, tmp_path / "done", tmp_path) is None
    assert not (tmp_path / "done").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.xlsx").symlink_to(book_of(tmp_path / "elsewhere.xlsx", "=1+1"))
    assert calculate(tmp_path / "out", tmp_path / "done", tmp_path) is None


def test_without_libreoffice_the_tables_are_named_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calculation, "OFFICE", "no-such-office")
    book_of(tmp_path / "集計結果.xlsx", "=1+1")
    found = calculate(tmp_path, tmp_path / "done", tmp_path)
    assert found is not None and found.not_calculated == ["集計結果.xlsx"]
    assert "libreoffice-calc" in found.missing and "\n" not in found.missing


@needs_office
def test_a_scripts_formulas_get_their_values_and_the_original_is_kept(tmp_path: Path) -> None:
    for name in ("input", "scratch"):
        (tmp_path / name).mkdir()
    script = tmp_path / "a.py"
    script.write_text(SCRIPT, encoding="utf-8")
    result = rerun(
        [script],
        tmp_path / "input",
        tmp_path / "out",
        RerunLimits(wall_s=30, cpu_s=30),
        agent_python=find_agent_python(),
        scratch=tmp_path / "scratch",
    )
    found = result.evidence.calculation
    assert found is not None and found.calculated == ["集計結果.xlsx"] and found.missing == ""
    values = load_workbook(tmp_path / "out" / "output" / "集計結果.xlsx", data_only=True)["集計"]
    original = load_workbook(tmp_path / "out" / "as_written" / "集計結果.xlsx")["集計"]
    assert (values["A12"].value, original["A12"].value) == (5500, "=SUM(A2:A11)")
    assert list((tmp_path / "scratch").iterdir()) == []


@needs_office
def test_a_formula_reaches_no_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    book_of(secret, 4711)
    (tmp_path / "out").mkdir()
    book_of(tmp_path / "out" / "a.xlsx", 1, f"='file://{tmp_path}/[secret.xlsx]Sheet'!A1", "=A1+1")
    found = calculate(tmp_path / "out", tmp_path / "done", tmp_path)
    assert found is not None and found.calculated == ["a.xlsx"]
    sheet = load_workbook(tmp_path / "done" / "a.xlsx", data_only=True).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][::2] == [1, 2]
    assert sheet["B1"].value != 4711


@needs_office
def test_the_agents_own_tables_are_calculated_beside_the_reruns(tmp_path: Path) -> None:
    take, scratch = tmp_path / "take", tmp_path / "scratch"
    scratch.mkdir()
    (take / "work" / "output").mkdir(parents=True)
    (take / "work" / "a.py").write_text(SCRIPT, encoding="utf-8")
    book_of(take / "work" / "output" / "集計結果.xlsx", 20, "=A1+1")
    data = dataset(SEEN_SEED)
    checks = [ScriptReruns(check="script_reruns", scripts=["a.py"])]
    rerun_both(take, (data, data), checks, 60, scratch, Phases(time.monotonic, lambda *_: None))
    delivered = load_workbook(take / "rerun" / "delivered" / "output" / "集計結果.xlsx", data_only=True)
    assert delivered.active is not None and delivered.active["B1"].value == 21
    own = load_workbook(take / "work" / "output" / "集計結果.xlsx")
    assert own.active is not None and own.active["B1"].value == "=A1+1"
    for label in ("seen", "heldout"):
        assert (take / "rerun" / label / "as_written" / "集計結果.xlsx").is_file()


@needs_office
@pytest.mark.parametrize("name", ["集計結果.XLSX", "集計結果.xlsm", "集計結果．ｘｌｓｘ"])
def test_a_workbook_under_another_extension_is_calculated_too(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    book_of(tmp_path / "a.xlsx", 1, "=A1+1").rename(tmp_path / "out" / name)
    found = calculate(tmp_path / "out", tmp_path / "done", tmp_path)
    assert found is not None and found.calculated == [name]
    assert not needs_calculation(tmp_path / "done" / name)
