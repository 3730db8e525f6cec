"""Reads the two files that an agent's scripts write, as rows; never trusts them, never runs anything.

`output/集計結果.xlsx` gives `TotalRow`s, `output/異常一覧.csv` gives `ReportedRow`s. What cannot be read at
all raises `OutputError`; what is wrong in one row is carried in the row, so that a check can say where.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from runner.checks.safe_files import OutputError
from runner.checks.tables import MAX_FILE_BYTES, Column, Table, TableRow, read_table

__all__ = ["MAX_FILE_BYTES"]

TOTALS_FILE = "集計結果.xlsx"
TOTALS_SHEET = "集計"
TOTALS_COLUMNS = ("区分", "セグメント", "科目コード", "科目名", "金額")
ANOMALIES_FILE = "異常一覧.csv"
ANOMALIES_COLUMNS = ("会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明")

TOTALS = (
    *(Column(name, key=True) for name in ("区分", "セグメント", "科目コード")),
    Column("科目名"),
    Column("金額", amount=True),
)
ANOMALIES = tuple(Column(name) for name in ANOMALIES_COLUMNS)
_FLOAT_CODE = re.compile(r"([0-9]+)\.0")  # a code that went through a column of floats

_COMPANY = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")  # in 「PKG_2014」, 「2014 欧州販売」
_CHECK = re.compile(r"(?<![A-Z0-9])[A-Z][-_ ]?[0-9]{2}(?![0-9])")  # in 「検査C01」, 「C-01」, 「C01 照合」
_SHEET_OF_CELL = re.compile(r"(?:'[^']*'|[^\s、,;:!]+)!")


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
    where: str = ""


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
    where: str = ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Company, check, sheet and cell: rows of one place are one report."""
        return self.company, self.check_id, self.sheet, self.cell

    @property
    def content(self) -> tuple[str, ...]:
        """All that must be the same in two runs of a script; the wording of 説明 is not."""
        return (*self.place, self.reported, self.expected)


def read_totals(folder: Path, output: str = "output") -> list[TotalRow]:
    """The rows of `folder/output/集計結果.xlsx`, in file order, amounts in 千円. Raises OutputError."""
    table = read_table(folder, f"{output}/{TOTALS_FILE}", TOTALS, sheet=TOTALS_SHEET)
    if not table.rows:
        raise OutputError(f"{table.place}: 見出しより下の行がありません")
    return [_total_row(row, table) for row in table.rows]


def _total_row(row: TableRow, table: Table) -> TotalRow:
    amount = row["金額"]
    return TotalRow(
        key=Key(row["区分"].text, row["セグメント"].text, _code(row["科目コード"].text)),
        name=row["科目名"].text,
        amount=amount.amount,
        fault=amount.fault,
        row=row.number,
        where=table.where(row, "金額"),
    )


def _code(text: str) -> str:
    match = _FLOAT_CODE.fullmatch(text)
    return match[1] if match else text


def _only(pattern: re.Pattern[str], text: str) -> str:
    """The one code that the text holds; the text itself where it holds none or several."""
    found = {re.sub(r"[-_ ]", "", code) for code in pattern.findall(text)}
    return found.pop() if len(found) == 1 else text


def read_reported(folder: Path, output: str = "output") -> list[ReportedRow]:
    """The rows of `folder/output/異常一覧.csv`; an empty list means that the script reported nothing. OutputError."""
    table = read_table(folder, f"{output}/{ANOMALIES_FILE}", ANOMALIES)
    return [_reported_row(row, table) for row in table.rows]


def _reported_row(row: TableRow, table: Table) -> ReportedRow:
    return ReportedRow(
        company=_only(_COMPANY, _code(row["会社コード"].text)),
        sheet=row["シート"].text.strip("'\"「」"),
        cell=_SHEET_OF_CELL.sub("", row["セル"].text).replace("$", "").upper(),
        check_id=_only(_CHECK, row["検査番号"].text.upper()),
        reported=row["報告値"].text,
        expected=row["期待値"].text,
        line=row.number,
        where=table.where(row, "会社コード"),
    )
