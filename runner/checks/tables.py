"""Reads a table that a script wrote, in whatever clothes: tolerant of form, strict on content. Runs nothing.

`read_table` takes a folder, the asked file and its columns, gives rows whose every value says where it stood.
What no reader could settle raises OutputError; what is wrong in one value is that value's `fault`.
For `runner.checks.read_outputs` and the checks on tables; the rules: docs/decisions/reading-outputs.md.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from runner.checks.amounts import Unit
from runner.checks.csv_cells import DELIMITERS, MAX_COLUMNS, MAX_ROWS, decode, split
from runner.checks.headings import heading_unit, rank, units_stated
from runner.checks.safe_files import OutputError, fold, open_regular, show
from runner.checks.table_files import find_table
from runner.checks.table_rows import Layout, Records, records
from runner.checks.table_values import Amount, Value, amount_of, in_unit, label_of, row_unit
from runner.checks.xlsx_cells import Rows, Sheet, read_sheet

MAX_FILE_BYTES = 20_000_000
MOST_KEPT_BYTES = 1_000_000  # of a file whose table is kept while others are read; a real one has about 50 kB
HEADER_WITHIN_ROWS = 20  # titles and unit lines may stand above the header row
UNIT_COLUMN = "単位"


@dataclass(frozen=True, slots=True)
class Column:
    """One asked column. A `key` may be shown once with blanks below; an `amount` is given in the asked unit."""

    name: str
    key: bool = False
    amount: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One record: `number` is the row of the sheet, or the line of the text file on which the record ends."""

    number: int
    values: Mapping[str, Value]

    def __getitem__(self, column: str) -> Value:
        return self.values[column]


@dataclass(frozen=True, slots=True)
class Table:
    """The records in file order; `file` is the one that was read, relative to the folder."""

    file: str
    sheet: str
    places: Mapping[str, int]
    rows: Sequence[TableRow]

    @property
    def place(self) -> str:
        """The file, and the sheet of a workbook, for messages."""
        return f"{self.file} の「{show(self.sheet, 31)}」シート" if self.sheet else self.file

    def where(self, row: TableRow, column: str) -> str:
        """Where a value stands: 「output/集計結果.xlsx 集計 E12」, 「output/異常一覧.csv 12行目」."""
        if not self.sheet:
            return f"{self.file} {row.number}行目"
        return f"{self.file} {show(self.sheet, 31)} {_letters(self.places[column])}{row.number}"


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, last = divmod(column - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def read_table(
    folder: Path, name: str, columns: Sequence[Column], *, sheet: str = "", unit: Unit = "千円"
) -> Table:
    """The table `name` (e.g. `output/集計結果.xlsx`) below `folder`; amounts in `unit`. Raises OutputError.

    Headings come in any order, under any name that `headings.SYNONYMS` lists. Without `sheet`, a workbook's sheet
    is named like the file. Rows of totals, remarks and blanks are left out (`table_rows`).
    """
    file = find_table(folder, name)
    with open_regular(folder, file, MAX_FILE_BYTES) as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    table = _table if len(data) <= MOST_KEPT_BYTES else _table.__wrapped__
    return table(data, file, tuple(columns), sheet or PurePosixPath(name).stem, unit)


@lru_cache(maxsize=8)  # a verdict asks for the same table more than once
def _table(data: bytes, file: str, columns: tuple[Column, ...], sheet: str, unit: Unit) -> Table:
    suffix = PurePosixPath(fold(file)).suffix.casefold()
    if suffix in {".xlsx", ".xlsm"}:
        page = read_sheet(io.BytesIO(data), sheet, file)
        place = f"{file} の「{show(page.name, 20)}」シート"
        _bounded(page.rows, place)
        header = _header(page.rows, columns, place)
    else:
        page, header = _split(decode(data, file), "\t" if suffix == ".tsv" else ",", columns, file)
        place = file
    try:
        found = records(page, header)
        declared = _declared(page, header, columns, found.remarks)
    except OutputError as error:
        raise OutputError(f"{place}: {error}") from error
    if not page.name:
        _full_width(page.rows, found, max(header.places.values()), file)
    rows = _rows(page, header, found, columns, declared, unit)
    return Table(file, page.name, header.places, rows)


def _bounded(rows: Rows, place: str) -> None:
    if len(rows) > MAX_ROWS:
        raise OutputError(f"{place}: 行が多すぎます（{len(rows):,} 行、上限 {MAX_ROWS:,}）")
    widest = max(map(len, rows.values()), default=0)
    if widest > MAX_COLUMNS:
        raise OutputError(f"{place}: 列が多すぎます（{widest:,} 列、上限 {MAX_COLUMNS}）")


def _split(text: str, own: str, columns: Sequence[Column], file: str) -> tuple[Sheet, Layout]:
    """The cells under the extension's own delimiter, or under the only other one that gives the headings."""
    fault: OutputError | None = None
    fitting: list[tuple[Sheet, Layout]] = []
    for delimiter in (own, *(other for other in DELIMITERS if other != own)):
        try:
            page = Sheet("", split(text, delimiter, file))
            fitting.append((page, _header(page.rows, columns, file)))
        except OutputError as error:
            fault = fault or error
        if fitting and delimiter == own:
            break
    if len(fitting) != 1:
        raise fault or OutputError(f"{file} の区切り文字が決められません")
    return fitting[0]


def _header(rows: Rows, columns: Sequence[Column], place: str) -> Layout:
    """The first row that names every asked column."""
    missing = [column.name for column in columns]
    for number in sorted(rows)[:HEADER_WITHIN_ROWS]:
        texts = {column: label_of(cell) for column, cell in rows[number].items()}
        found = {column.name: _named(column.name, texts) for column in columns}
        absent = [name for name, places in found.items() if not places]
        if not absent:
            places = _unique(found, texts, place)
            keys = sorted((c.name for c in columns if c.key), key=lambda name: places[name])
            return Layout(number, places, tuple(keys))
        missing = min(missing, absent, key=len)
    raise OutputError(f"{place}: 見出し {'・'.join(missing)} がありません")


def _named(asked: str, texts: Mapping[int, str]) -> list[int]:
    ranks = {place: value for place, text in texts.items() if (value := rank(asked, text)) is not None}
    return [place for place, value in ranks.items() if value == min(ranks.values())]


def _unique(found: Mapping[str, list[int]], texts: Mapping[int, str], place: str) -> dict[str, int]:
    for name, places in found.items():
        if len(places) > 1:
            listed = "、".join(show(texts[number], 20) for number in places[:4])
            raise OutputError(
                f"{place}: {name} の列が {len(places)} 列あり、どれか決められません（{listed}）"
            )
    chosen = {name: places[0] for name, places in found.items()}
    unit = _named(UNIT_COLUMN, texts)
    return chosen | ({UNIT_COLUMN: unit[0]} if len(unit) == 1 and UNIT_COLUMN not in chosen else {})


def _full_width(rows: Rows, found: Records, last: int, file: str) -> None:
    for number in found.rows:
        if len(rows[number]) < last:
            raise OutputError(f"{file} の {number} 行目の列が足りません（{len(rows[number])} 列）")


def _declared(
    page: Sheet, header: Layout, columns: Sequence[Column], remarks: Sequence[str]
) -> dict[str, set[Unit]]:
    """The unit that headings and lines around the table declare for each amount; {} is none. OutputError for two."""
    lines = [
        " ".join(label_of(cell) for cell in page.rows[number].values())
        for number in sorted(page.rows)
        if number < header.row
    ]
    around = {unit for line in (*lines, *remarks) for unit in units_stated(line)}
    declared: dict[str, set[Unit]] = {}
    for column in columns:
        if column.amount:
            heading = label_of(page.rows[header.row][header.places[column.name]])
            own = heading_unit(column.name, heading)
            declared[column.name] = around | ({own} if own else set())
            if len(declared[column.name]) > 1:
                listed = "・".join(sorted(declared[column.name]))
                raise OutputError(f"単位が2通り書かれています（{listed}）")
    return declared


def _rows(
    page: Sheet,
    header: Layout,
    found: Records,
    columns: Sequence[Column],
    declared: Mapping[str, set[Unit]],
    asked: Unit,
) -> list[TableRow]:
    amounts = {
        name: {number: amount_of(page.rows[number].get(header.places[name])) for number in found.rows}
        for name in declared
    }
    defaults = {name: _default(declared[name], amounts[name].values(), asked) for name in declared}
    rows = []
    for number, labels in found.rows.items():
        values = {column.name: Value(labels[column.name]) for column in columns}
        own, fault = row_unit(labels.get(UNIT_COLUMN, ""))
        for name in declared:
            units = declared[name] | ({own} if own else set())
            amount, why = in_unit(amounts[name][number], units, defaults[name], asked)
            values[name] = Value(labels[name], None if fault else amount, fault or why)
        rows.append(TableRow(number, values))
    return rows


def _default(declared: set[Unit], amounts: Iterable[Amount], asked: Unit) -> Unit | None:
    """The unit of an amount that names none: the asked one, unless others in the column name another."""
    named = {amount.written.unit for amount in amounts if amount.written and amount.written.unit}
    return asked if declared or named <= {asked} else None
