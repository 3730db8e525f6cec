"""集計結果.xlsx: every figure counts, and a malformed book fails clearly, without an exception."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

TOTALS_CHECKS = {
    f"seen.totals.{part}"
    for part in ("form", "submitted.group", "submitted.segments", "corrected.group", "corrected.segments")
}


def book_of(desk) -> Path:
    return desk.rerun("seen") / "output" / "集計結果.xlsx"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(index=st.integers(0, 17), shift=st.sampled_from([-1, 1, 0.5, 1000, -2_000_000]))
def test_any_single_total_that_is_off_fails(desk, samples, index: int, shift: float) -> None:
    answers = desk.answers["seen"]
    rows = samples.total_rows(answers)
    rows[index][4] += shift
    samples.write_totals(desk.rerun("seen"), rows)
    total = answers.totals[index]
    basis = {"提出値": "submitted", "修正後": "corrected"}[total.basis]
    part = "group" if total.segment == "全社" else "segments"
    assert desk.failed() == {f"seen.totals.{basis}.{part}", "own_output"}
    check = desk.check(f"seen.totals.{basis}.{part}")
    assert f"{shift:+,}" in check.difference and total.code in check.detail


def spoil_rows(desk, samples, spoil) -> None:
    rows = samples.total_rows(desk.answers["seen"])
    samples.write_totals(desk.rerun("seen"), spoil(rows))


def test_a_differing_figure_is_named_with_its_account(desk, samples) -> None:
    spoil_rows(desk, samples, lambda rows: [[*rows[0][:4], rows[0][4] + 1], *rows[1:]])
    total = desk.answers["seen"].totals[0]
    items = {finding.item for check in desk.verdict().checks for finding in check.findings}
    assert f"{total.basis} {total.segment} {total.code} {total.name}" in items


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows[1:], "行がない 1 件"),
        (lambda rows: [*rows, rows[0]], "重複 1 件"),
        (lambda rows: [*rows, ["修正後", "全社", "9999", "雑", 5]], "要領にない行 1 件"),
        (lambda rows: [*rows, ["予算", "全社", "1010", "現金", 5]], "要領にない行 1 件"),
        (lambda rows: [[*rows[0][:4], None], *rows[1:]], "金額が数値でない 1 件"),
        (lambda rows: [[*rows[0][:4], "1,23"], *rows[1:]], "文字列「1,23」"),
        (lambda rows: [[*rows[0][:4], "NaN"], *rows[1:]], "文字列「NaN」"),
        (lambda rows: [[*rows[0][:4], True], *rows[1:]], "真偽値"),
        (lambda rows: [[*rows[0][:4], "=SUM(A1:A2)"], *rows[1:]], "数式に計算結果が保存されていない"),
        (lambda rows: [[*rows[0][:4], "#REF!"], *rows[1:]], "エラー値「#REF!」"),
        (lambda rows: [], "見出しより下の行がありません"),
    ],
)
def test_a_spoilt_row_fails_the_form_and_is_described(desk, samples, spoil, said: str) -> None:
    spoil_rows(desk, samples, spoil)
    check = desk.check("seen.totals.form")
    assert not check.ok and said in check.detail
    assert desk.verdict().outcome == "failed"


def test_a_doubled_row_does_not_pass_as_its_total(desk, samples) -> None:
    spoil_rows(desk, samples, lambda rows: [*rows, rows[0]])
    assert "seen.totals.submitted.segments" in desk.failed()


def test_a_zero_row_for_a_known_account_is_no_extra_row(desk, samples) -> None:
    kept = [total for total in desk.answers["seen"].totals if (total.segment, total.code) != ("車載", "1010")]
    desk.answers["seen"] = desk.answers["seen"].model_copy(update={"totals": kept})
    rows = [*samples.total_rows(desk.answers["seen"]), ["修正後", "車載", "1010", "現金及び預金", 0]]
    for folder in (desk.work, desk.rerun("seen")):
        samples.write_totals(folder, rows)
    assert desk.failed() == set()


def test_a_title_above_the_header_and_a_unit_in_it_are_fine(desk, samples) -> None:
    rows = samples.total_rows(desk.answers["seen"])
    header = ["区分", "セグメント", "科目コード", "科目名", "金額（千円）"]
    for folder in (desk.work, desk.rerun("seen")):
        samples.write_totals(
            folder, [["単位: 千円"], header, *rows], header=["2027年3月期 第1四半期 集計結果"]
        )
    assert desk.failed() == set()


def test_codes_kept_as_numbers_are_the_same_codes(desk, samples) -> None:
    rows = [[*row[:2], int(row[2]), *row[3:]] for row in samples.total_rows(desk.answers["seen"])]
    samples.write_totals(desk.rerun("seen"), rows)
    assert desk.failed() == set()


def test_a_missing_column_is_named(desk, samples) -> None:
    samples.write_totals(desk.rerun("seen"), [], header=["区分", "セグメント", "科目コード", "金額"])
    assert "見出し 科目名 がありません" in desk.check("seen.totals.form").detail


def test_a_missing_sheet_is_named_with_those_that_are_there(desk, samples) -> None:
    samples.write_totals(desk.rerun("seen"), [], sheet="Sheet1")
    book = load_workbook(book_of(desk))
    book.create_sheet("メモ")
    book.save(book_of(desk))
    detail = desk.check("seen.totals.form").detail
    assert "「集計」シートがなく、見えるシートが 2 枚" in detail and "Sheet1" in detail
    assert desk.failed() == TOTALS_CHECKS | {"own_output"}


def test_books_by_other_writers_read_the_same(desk, samples) -> None:
    """XlsxWriter keeps texts in a shared table and caches the results of formulas."""
    answers = desk.answers["seen"]
    with xlsxwriter.Workbook(book_of(desk)) as book:
        page = book.add_worksheet("集計")
        page.write_row(0, 0, ["区分", "セグメント", "科目コード", "科目名", "金額"])
        for number, row in enumerate(samples.total_rows(answers), start=1):
            page.write_row(number, 0, row[:4])
            page.write_formula(number, 4, f"={row[4]}", value=row[4])
    assert desk.failed() == set()


def damaged(path: Path, change) -> None:
    """Rewrite the parts of a book by `change(name, data) -> data`."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(name, data))


HOSTILE = {
    "empty file": lambda path: path.write_bytes(b""),
    "a text": lambda path: path.write_text("区分,セグメント\n", encoding="utf-8"),
    "an old xls": lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "a cut-off zip": lambda path: path.write_bytes(path.read_bytes()[:2000]),
    "no workbook part": lambda path: damaged(
        path, lambda name, data: b"<a/>" if "workbook.xml" in name else data
    ),
    "broken xml": lambda path: damaged(
        path, lambda name, data: data[: len(data) // 2] if "sheet1" in name else data
    ),
    "no xml": lambda path: damaged(path, lambda name, data: b"\x00\xff" if "sheet1" in name else data),
    "odd encoding": lambda path: damaged(
        path, lambda name, data: b'<?xml version="1.0" encoding="no-such"?><a/>' if "sheet1" in name else data
    ),
    "an entity bomb": lambda path: damaged(
        path,
        lambda name, data: (
            b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>' if "sheet1" in name else data
        ),
    ),
    "a zip bomb": lambda path: damaged(
        path, lambda name, data: b"<a>" + b" " * 60_000_000 + b"</a>" if "sheet1" in name else data
    ),
    "too deep": lambda path: damaged(path, lambda name, data: b"<a>" * 10_000 if "sheet1" in name else data),
    "a wrong cell address": lambda path: damaged(
        path, lambda name, data: data.replace(b'r="A2"', b'r="2A"') if "sheet1" in name else data
    ),
    "a wrong row number": lambda path: damaged(
        path, lambda name, data: data.replace(b'<row r="2"', b'<row r="two"') if "sheet1" in name else data
    ),
    "too large": lambda path: path.write_bytes(b"\0" * 20_000_001),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_book_fails_clearly(desk, kind: str) -> None:
    HOSTILE[kind](book_of(desk))
    verdict = desk.verdict()
    failed = {check.id: check for check in verdict.failed_checks}
    assert set(failed) == TOTALS_CHECKS | {"own_output"}
    assert "集計結果.xlsx" in failed["seen.totals.form"].detail
    assert verdict.outcome == "failed"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_the_bytes_raises(desk, samples, data: st.DataObject) -> None:
    desk.checks = samples.asked({"check": "totals"})
    path = book_of(desk)
    keep = path.with_suffix(".keep")
    if not keep.exists():
        keep.write_bytes(path.read_bytes())
    raw = bytearray(keep.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    assert desk.verdict().outcome in {"passed", "failed"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_the_xml_raises(desk, samples, data: st.DataObject) -> None:
    desk.checks = samples.asked({"check": "totals"})
    path = book_of(desk)
    keep = path.with_suffix(".keep")
    if not keep.exists():
        keep.write_bytes(path.read_bytes())
    path.write_bytes(keep.read_bytes())
    with zipfile.ZipFile(keep) as archive:
        target = data.draw(st.sampled_from([n for n in archive.namelist() if n.endswith((".xml", ".rels"))]))
        raw = bytearray(archive.read(target))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.sampled_from(list(b'<>"/0A&;=\xff\x00')))
    damaged(path, lambda name, old: bytes(raw) if name == target else old)
    assert desk.verdict().outcome in {"passed", "failed"}


@pytest.mark.parametrize("index", ["-1", "999999", "x", "1.5"])
def test_a_text_that_is_not_in_the_table_of_texts_fails_clearly(desk, index: str) -> None:
    with xlsxwriter.Workbook(book_of(desk)) as book:
        book.add_worksheet("集計").write(0, 0, "区分")
    damaged(
        book_of(desk),
        lambda name, data: (
            data.replace(b"<v>0</v>", f"<v>{index}</v>".encode()) if "sheet1" in name else data
        ),
    )
    assert "XML が壊れています" in desk.check("seen.totals.form").detail


def test_reading_aids_are_no_part_of_a_text(desk, samples) -> None:
    """Excel keeps furigana beside a text that was typed with a Japanese input method."""
    with xlsxwriter.Workbook(book_of(desk)) as book:
        page = book.add_worksheet("集計")
        page.write_row(0, 0, ["区分", "セグメント", "科目コード", "科目名", "金額"])
        for number, row in enumerate(samples.total_rows(desk.answers["seen"]), start=1):
            page.write_row(number, 0, row)
    kana = '<t>全社</t><rPh sb="0" eb="2"><t>ゼンシャ</t></rPh>'.encode()
    damaged(
        book_of(desk),
        lambda name, data: data.replace("<t>全社</t>".encode(), kana) if "sharedStrings" in name else data,
    )
    assert desk.failed() == set()


def test_the_bounded_reader_and_openpyxl_see_the_same_cells(desk) -> None:
    from runner.checks.xlsx_cells import read_sheet

    with book_of(desk).open("rb") as stream:
        rows = read_sheet(stream, "集計", "x").rows
    page = load_workbook(book_of(desk))["集計"]
    seen = {
        (cell.row, cell.column): cell.value
        for line in page.iter_rows()
        for cell in line
        if cell.value is not None
    }
    assert {(r, c): cell.value for r, cells in rows.items() for c, cell in cells.items()} == seen
