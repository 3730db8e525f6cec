"""Reads the two files that an agent's scripts write, as rows; never trusts them, never runs anything.

`output/集計結果.xlsx` gives `TotalRow`s, `output/異常一覧.csv` gives `ReportedRow`s. What cannot be read at
all raises `OutputError`; what is wrong in one row is carried in the row, so that a check can say where.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from runner.checks.safe_files import OutputError, fold, open_regular, show
from runner.checks.xlsx_cells import Cell, Rows, read_sheet

TOTALS_FILE = "集計結果.xlsx"
TOTALS_SHEET = "集計"
TOTALS_COLUMNS = ("区分", "セグメント", "科目コード", "科目名", "金額")
ANOMALIES_FILE = "異常一覧.csv"
ANOMALIES_COLUMNS = ("会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明")

MAX_FILE_BYTES = 20_000_000
MAX_ROWS = 100_000
HEADER_WITHIN_ROWS = 10  # a title or a unit label may stand above the header row
WHOLE_TOLERANCE = 1e-6  # 千円: the width of float noise, far below the smallest unit that is asked for


class Key(NamedTuple):
    """What one total is about."""

    basis: str
    segment: str
    code: str


@dataclass(frozen=True, slots=True)
class TotalRow:
    """One row of 集計: `amount` in 千円, or None with the reason in `fault`."""

    key: Key
    name: str
    amount: int | float | None
    fault: str
    row: int


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """One row of 異常一覧.csv; labels are folded (NFKC), `cell` is like `C12`."""

    company: str
    sheet: str
    cell: str
    check_id: str
    reported: str
    expected: str
    line: int

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Company, check, sheet and cell: rows of one place are one report."""
        return self.company, self.check_id, self.sheet, self.cell

    @property
    def content(self) -> tuple[str, ...]:
        """All that must be the same in two runs of a script; the wording of 説明 is not."""
        return (*self.place, self.reported, self.expected)


def read_totals(folder: Path, output: str = "output") -> list[TotalRow]:
    """The rows of `folder/output/集計結果.xlsx`, in file order, empty rows left out."""
    label = f"{output}/{TOTALS_FILE}"
    with open_regular(folder, label, MAX_FILE_BYTES) as stream:
        rows = read_sheet(stream, TOTALS_SHEET, label)
    if len(rows) > MAX_ROWS:
        raise OutputError(f"{label} の行が多すぎます（{len(rows):,} 行、上限 {MAX_ROWS:,}）")
    header, columns = _header(rows, label)
    found = [_total_row(number, cells, columns) for number, cells in sorted(rows.items()) if number > header]
    kept = [row for row in found if any(row.key) or row.name or row.fault != "空欄"]
    if not kept:
        raise OutputError(f"{label} の「{TOTALS_SHEET}」シートに見出しより下の行がありません")
    return kept


def _header(rows: Rows, label: str) -> tuple[int, dict[str, int]]:
    missing: list[str] = list(TOTALS_COLUMNS)
    for number in sorted(rows)[:HEADER_WITHIN_ROWS]:
        names: dict[str, int] = {}
        for column, cell in sorted(rows[number].items()):
            names.setdefault(_column_name(str(cell.value)), column)
        absent = [name for name in TOTALS_COLUMNS if name not in names]
        if not absent:
            return number, names
        missing = min(missing, absent, key=len)
    raise OutputError(f"{label} の「{TOTALS_SHEET}」シートに見出し {'・'.join(missing)} がありません")


def _column_name(text: str) -> str:
    """A heading without its unit: 「金額（千円）」 is 「金額」."""
    return fold(text).partition("(")[0].strip()


def _total_row(number: int, cells: dict[int, Cell], columns: dict[str, int]) -> TotalRow:
    def label(name: str) -> str:
        cell = cells.get(columns[name])
        return "" if cell is None else fold(_as_text(cell))

    amount, fault = _amount(cells.get(columns["金額"]))
    key = Key(label("区分"), label("セグメント"), label("科目コード"))
    return TotalRow(key, label("科目名"), amount, fault, number)


def _as_text(cell: Cell) -> str:
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    return str(cell.value)


def _amount(cell: Cell | None) -> tuple[int | float | None, str]:
    """The amount in 千円 with float noise removed, or None and why there is none."""
    if cell is None:
        return None, "空欄"
    if cell.kind == "uncalculated":
        return None, "数式に計算結果が保存されていない"
    if isinstance(cell.value, str):
        kind = {"error": "エラー値", "bool": "真偽値"}.get(cell.kind, "文字列")
        return None, f"{kind}「{show(cell.value, 20)}」"
    whole = round(cell.value)
    return (whole if abs(cell.value - whole) <= WHOLE_TOLERANCE else cell.value), ""


def read_reported(folder: Path, output: str = "output") -> list[ReportedRow]:
    """The rows of `folder/output/異常一覧.csv`; an empty list means that the script reported nothing."""
    label = f"{output}/{ANOMALIES_FILE}"
    with open_regular(folder, label, MAX_FILE_BYTES) as stream:
        text = _decode(stream.read(MAX_FILE_BYTES + 1), label)
    if "\0" in text:
        raise OutputError(f"{label} に文字ではないデータ（NUL）が入っています")
    found: list[ReportedRow] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        columns = _csv_columns(next(reader, []), label)
        for fields in reader:
            if any(field.strip() for field in fields):
                found.append(_reported_row(fields, columns, reader.line_num, label))
            if len(found) > MAX_ROWS:
                raise OutputError(f"{label} の行が多すぎます（上限 {MAX_ROWS:,} 行）")
    except csv.Error as error:
        raise OutputError(f"{label} は CSV として読めません（{show(str(error))}）") from error
    return found


def _decode(data: bytes, label: str) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OutputError(f"{label} の文字コードが UTF-8 でも Shift_JIS（cp932）でもありません")


def _csv_columns(fields: list[str], label: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for index, field in enumerate(fields):
        names.setdefault(_column_name(field), index)
    absent = [name for name in ANOMALIES_COLUMNS if name not in names]
    if absent:
        raise OutputError(f"{label} の1行目に見出し {'・'.join(absent)} がありません")
    return names


def _reported_row(fields: list[str], columns: dict[str, int], line: int, label: str) -> ReportedRow:
    if len(fields) <= max(columns[name] for name in ANOMALIES_COLUMNS):
        raise OutputError(f"{label} の {line} 行目の列が足りません（{len(fields)} 列）")

    def field(name: str) -> str:
        return fold(fields[columns[name]])

    return ReportedRow(
        company=field("会社コード"),
        sheet=field("シート"),
        cell=field("セル").rpartition("!")[2].replace("$", "").upper(),
        check_id=field("検査番号"),
        reported=field("報告値"),
        expected=field("期待値"),
        line=line,
    )
