"""Tables are found, bounded and placed: which file counts, what is refused, and where each value stood."""

from __future__ import annotations

import shutil
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from runner.checks import csv_cells, xlsx_parts
from runner.checks.headings import SYNONYMS, plain_heading, rank
from runner.checks.read_outputs import read_reported, read_totals
from runner.checks.safe_files import OutputError
from runner.checks.table_files import find_table
from runner.checks.tables import Column, read_table

DATA = Path(__file__).resolve().parents[2] / "clothes" / "data"
COLUMNS = (Column("区分", key=True), Column("科目コード", key=True), Column("金額", amount=True))
HEADER = "区分,科目コード,金額"
BADGE = "データ.csv"  # a name whose ー and デ have two normal forms


def write(folder: Path, name: str, text: str = f"{HEADER}\n提出値,1101,5\n") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def book(folder: Path, change: Callable[[Workbook], None] | None = None) -> Path:
    """A small right workbook at `folder/t.xlsx`, then changed."""
    made = Workbook()
    page = made.active
    assert page is not None
    page.title = "t"
    for line in (HEADER.split(","), ["提出値", "1101", 5], ["提出値", "1102", 6]):
        page.append(line)
    if change is not None:
        change(made)
    made.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def rewrite(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(data) if name.endswith(part) else data)


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousandth of what is allowed: to reach the real bounds takes half a minute."""
    assert (xlsx_parts.MAX_ELEMENTS, csv_cells.MAX_CELLS) == (2_000_000, 2_000_000)
    monkeypatch.setattr(xlsx_parts, "MAX_ELEMENTS", 1_000)
    monkeypatch.setattr(csv_cells, "MAX_CELLS", 2_000)


def refused(folder: Path, name: str = "t.xlsx") -> str:
    """Why the table cannot be read."""
    with pytest.raises(OutputError) as caught:
        read_table(folder, name, COLUMNS)
    return str(caught.value)


def test_a_file_named_in_the_other_normal_form_is_found(tmp_path: Path) -> None:
    write(tmp_path, unicodedata.normalize("NFD", BADGE))
    assert unicodedata.normalize("NFC", find_table(tmp_path, BADGE)) == BADGE


def test_two_files_that_differ_in_normal_form_alone_are_refused(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        write(tmp_path, unicodedata.normalize(form, BADGE))
    assert "2 個あり" in refused(tmp_path, BADGE)


@pytest.mark.parametrize("suffix", [".ods", ".xls", ".xlsb", ".pdf", ".json"])
def test_a_form_that_is_not_read_is_named_with_those_that_are(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, f"output/t{suffix}")
    said = refused(tmp_path, "output/t.xlsx")
    assert said.startswith("output/t.xlsx がありません（")
    assert said.endswith(
        f"（t{suffix} の形式は読みません。.xlsx・.xlsm・.csv・.tsv のどれかで出力してください）"
    )


def test_a_single_sheet_may_have_any_name_and_of_several_one_must_be_the_asked(tmp_path: Path) -> None:
    def named(book: Workbook, *others: str) -> None:
        book.worksheets[0].title = "Sheet1"
        for other in others:
            book.create_sheet(other)

    book(tmp_path, named)
    assert len(read_table(tmp_path, "t.xlsx", COLUMNS).rows) == 2
    book(tmp_path, lambda made: named(made, "メモ"))
    said = refused(tmp_path)
    assert said.endswith(
        "「t」シートがなく、見えるシートが 2 枚で、どれか決められません（あるシート: Sheet1、メモ）"
    )


@pytest.mark.parametrize("again", [b'<c r="C2"><v>7</v></c>', b'<c r="C2" t="str"><v>5</v></c>'])
def test_a_cell_that_is_written_twice_is_refused(tmp_path: Path, again: bytes) -> None:
    """Programs differ in which of the two they show."""
    rewrite(
        book(tmp_path),
        "sheet1.xml",
        lambda data: data.replace(b"</row>", again + b"</row>", 2).replace(again + b"</row>", b"</row>", 1),
    )
    assert "2 行 3 列のセルが2回書かれています" in refused(tmp_path)


def test_only_the_named_folder_is_looked_into(tmp_path: Path) -> None:
    write(tmp_path, "output/内側/t.csv")
    assert "output/t.csv がありません" in refused(tmp_path, "output/t.csv")


def test_a_lock_file_alone_is_no_table(tmp_path: Path) -> None:
    write(tmp_path, "~$t.xlsx")
    assert "t.xlsx がありません" in refused(tmp_path)


@pytest.mark.parametrize("name", ["t.xls", "t.txt", "t.xlsx.bak", "t (1).xlsx"])
def test_other_files_do_not_stand_for_it(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert "がありません" in refused(tmp_path)


def test_a_link_does_not_stand_for_it(tmp_path: Path) -> None:
    write(tmp_path, "elsewhere.csv")
    (tmp_path / "t.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert "通常のファイルではありません" in refused(tmp_path)


def test_every_value_says_where_it_stood(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", f"題名\n\n{HEADER}\n提出値,1101,5\n合計,,5\n提出値,1102,6\n")
    table = read_table(tmp_path, "t.xlsx", COLUMNS)
    assert [table.where(row, "金額") for row in table.rows] == ["t.csv 4行目", "t.csv 6行目"]
    (tmp_path / "t.csv").unlink()
    book(tmp_path, lambda made: made.active.insert_cols(1, 25))  # type: ignore[union-attr]
    table = read_table(tmp_path, "t.xlsx", COLUMNS)
    assert [table.where(row, "金額") for row in table.rows] == ["t.xlsx t AB2", "t.xlsx t AB3"]


@pytest.mark.parametrize("name", ["xlsx", "csv"])
def test_what_libreoffice_saved_reads_the_same(tmp_path: Path, name: str) -> None:
    """Merged keys, formulas with values, a hidden row, a △ format and a total; the CSV in cp932."""
    (tmp_path / "output").mkdir()
    shutil.copy(DATA / f"libreoffice.{name}", tmp_path / "output" / f"集計結果.{name}")
    rows = read_totals(tmp_path)
    assert [(*row.key, row.amount) for row in rows] == [
        ("提出値", "自動車", "1101", 95186751),
        ("提出値", "自動車", "1119", -1338059),
        ("提出値", "全社", "1101", 95186752),
        ("提出値", "全社", "1119", -2676118),
        ("修正後", "全社", "1101", 0),
        ("修正後", "全社", "1119", -2676118),
    ]
    assert rows[0].where.endswith({"xlsx": "集計 E4", "csv": "4行目"}[name])


def test_no_heading_names_two_asked_columns() -> None:
    for asked, others in SYNONYMS.items():
        for heading in (asked, *others):
            best = [name for name in SYNONYMS if rank(name, heading) is not None]
            assert best == [asked] or {asked, *best} <= {"科目名", "セル", "シート"}, (heading, best)
        assert len({plain_heading(other) for other in others}) == len(others), asked


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("区分,科目コード,金額（千円）,金額（円）", "金額 の列が 2 列あり"),
        ("区分,コード,CD,金額", "科目コード の列が 2 列あり"),
        ("区分,科目コード,金額（円・千円）", "単位が2通り"),
        ("区分,科目コード,金額（億円）", "単位「億円」"),
        ("区分,科目,金額", "見出し 科目コード がありません"),
    ],
)
def test_headings_that_nobody_could_settle_are_refused(tmp_path: Path, header: str, said: str) -> None:
    write(tmp_path, "t.csv", f"{header}\n提出値,1101,5,5\n")
    assert said in refused(tmp_path)


def test_a_heading_under_its_own_name_comes_before_its_synonyms(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", "区分,コード,科目コード,金額\n提出値,9999,1101,5\n")
    assert read_table(tmp_path, "t.csv", COLUMNS).rows[0]["科目コード"].text == "1101"


def test_a_label_that_ends_like_a_total_is_none(tmp_path: Path) -> None:
    """A segment of watches (時計) is no total; 「車計」 beside 車 is."""
    write(tmp_path, "t.csv", f"{HEADER}\n時計,1101,5\n車,1101,6\n車計,1101,6\n")
    assert [row["区分"].text for row in read_table(tmp_path, "t.csv", COLUMNS).rows] == ["時計", "車"]


def test_a_remark_with_a_figure_is_a_record(tmp_path: Path) -> None:
    write(tmp_path, "t.csv", f"{HEADER}\n※参考,,5\n")
    assert len(read_table(tmp_path, "t.csv", COLUMNS).rows) == 1


def test_sheets_that_differ_in_width_alone_are_refused(tmp_path: Path) -> None:
    book(tmp_path, lambda made: made.create_sheet("ｔ"))
    assert "2 枚あり" in refused(tmp_path)


HOSTILE: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    "a merged block over the whole sheet, many times": (
        "sheet1.xml",
        lambda data: data.replace(
            b"</sheetData>",
            b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 30_000 + b"</mergeCells>",
        ),
        "結合セルが多すぎます",
    ),
    "a merged block that is no block": (
        "sheet1.xml",
        lambda data: data.replace(
            b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A"/></mergeCells>'
        ),
        "セル番地が不正",
    ),
    "a column beyond all letters": (
        "sheet1.xml",
        lambda data: data.replace(b'"C2"', b'"AAAA2"'),
        "セル番地が不正",
    ),
    "a row beyond all numbers": (
        "sheet1.xml",
        lambda data: data.replace(b'"C2"', b'"C99999999"'),
        "セル番地が不正",
    ),
    "a style that is no number": (
        "sheet1.xml",
        lambda data: data.replace(b'<c r="C2"', b'<c r="C2" s="x"'),
        "XML",
    ),
    "more formats than the bound": (
        "styles.xml",
        lambda data: data.replace(b"<cellXfs", b"<cellXfs>" + b"<xf/>" * 1_001 + b"</cellXfs><cellXfs"),
        "要素が多すぎます",
    ),
    "an entity among the formats": (
        "styles.xml",
        lambda data: b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><s>&x;</s>',
        "DOCTYPE",
    ),
    "a sheet in another file": (
        "workbook.xml.rels",
        lambda data: data.replace(b"<Relationship ", b'<Relationship TargetMode="External" '),
        "中身がありません",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_part_is_refused_within_bounds(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    part, change, said = HOSTILE[kind]
    if kind == "more formats than the bound":
        request.getfixturevalue("bounds")
    rewrite(book(tmp_path), part, change)
    assert said in refused(tmp_path)


def test_more_elements_than_the_bound_are_refused(tmp_path: Path, bounds: None) -> None:
    rewrite(book(tmp_path), "sheet1.xml", lambda data: data.replace(b"</row>", b"<c/>" * 501 + b"</row>", 2))
    assert "要素が多すぎます" in refused(tmp_path)


def test_ten_thousand_columns_are_refused(tmp_path: Path) -> None:
    rewrite(
        book(tmp_path),
        "sheet1.xml",
        lambda data: data.replace(b"</row>", b"<c><v>1</v></c>" * 10_000 + b"</row>"),
    )
    assert "列が多すぎます" in refused(tmp_path)
    (tmp_path / "t.xlsx").unlink()
    write(tmp_path, "t.csv", f"{HEADER}\n提出値,1101,5{',' * 10_000}\n")
    assert "列が多すぎます" in refused(tmp_path)


def test_a_table_of_nothing_but_commas_is_refused_early(tmp_path: Path, bounds: None) -> None:
    write(tmp_path, "t.csv", f"{HEADER}\n" + (f"1{',' * 200}\n" * 20))
    assert "列が多すぎます" in refused(tmp_path)


def test_long_texts_full_of_brackets_cost_no_time(tmp_path: Path) -> None:
    """Sixty rows of 33,000 open brackets each: patterns that look back at every one would take minutes."""
    write(tmp_path, "t.csv", f"{'(' * 100_000}\n{HEADER}\n" + f"{'(単位' * 33_000},,\n" * 60)
    assert len(read_table(tmp_path, "t.csv", COLUMNS).rows) == 60


def test_a_code_that_went_through_floats_is_the_same_code(tmp_path: Path) -> None:
    write(
        tmp_path,
        "output/異常一覧.csv",
        "会社コード,シート,セル,検査番号,報告値,期待値,説明\n2005.0,03_BS,E7,b01,1,2,x\n0.50,03_BS,E7,B01,1,2,x\n",
    )
    assert [(row.company, row.check_id) for row in read_reported(tmp_path)] == [
        ("2005", "B01"),
        ("0.50", "B01"),
    ]
