"""How the oracle reads: cells of a workbook, figures as 要領 says they are written, sheets by their codes."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

BOOK_NAME = re.compile(r"PKG_(\d{4})_(2027Q[12])_v(\d+)\.xlsx")
NEGATIVE = re.compile(r"^(?:[△▲-]([\d,]+)|\(([\d,]+)\))$")
DASHES = {"", "－", "―", "ー", "-"}
FIRST_COLUMNS = {"コード", "相手会社コード", "仕入先会社コード", "検査ID", "番号"}
ERROR_CELL = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*\bt="e"')
SHEET_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def number(value: object) -> Fraction | None:
    """要領「正規化」: N01, N02 and N03; None when the text is no figure at all (検査A08)."""
    if isinstance(value, int | float):
        return Fraction(value)
    if str(value).strip() in DASHES:
        return Fraction(0)
    text = unicodedata.normalize("NFKC", str(value)).replace("−", "-")
    text = re.sub(r"[\s円¥]", "", text)
    match = NEGATIVE.match(text)
    if match:
        return -Fraction((match.group(1) or match.group(2)).replace(",", ""))
    return Fraction(text.replace(",", "")) if re.fullmatch(r"[\d,]+(\.\d+)?", text) else None


def day(value: object) -> date:
    """要領「正規化」N08: a date as 和暦, as a serial number, or with slashes."""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if re.fullmatch(r"\d{5}(\.0)?", text):
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    era = re.fullmatch(r"(?:令和|R)(元|\d+)[年.](\d+)[月.](\d+)日?", text)
    if era:
        year = 1 if era[1] == "元" else int(era[1])
        return date(2018 + year, int(era[2]), int(era[3]))
    year, month, last = (int(part) for part in re.split(r"[/-]", text[:10]))
    return date(year, month, last)


def decimal(value: object) -> Fraction:
    """A rate as printed, not as the binary float behind it."""
    return Fraction(f"{float(str(value)):.6f}")


def text_of(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def table(path: Path, sheet: str) -> list[dict[str, str]]:
    """A sheet of 要領: header in row 1."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    head = [str(name) for name in rows[0]]
    return [{name: text_of(value) for name, value in zip(head, row, strict=True)} for row in rows[1:]]


def sheet_names(path: Path) -> list[str]:
    return list(CalamineWorkbook.from_path(path).sheet_names)


def letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass
class Line:
    """A row of a form that has a code. cells by column title; number: 1-based row."""

    code: str
    number: int
    cells: dict[str, object]
    columns: dict[str, int]

    def figure(self, title: str) -> Fraction:
        value = number(self.cells[title])
        return Fraction(0) if value is None else value

    def is_figure(self, title: str) -> bool:
        return number(self.cells[title]) is not None

    def text(self, title: str) -> str:
        return text_of(self.cells[title]).strip()

    def address(self, title: str) -> str:
        return f"{letters(self.columns[title])}{self.number}"


@dataclass
class Sheet:
    """One sheet: raw rows, and the addresses of its error cells (calamine reads these as blank)."""

    rows: list[list[object]]
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start = next(
            (
                (r, c)
                for r, row in enumerate(self.rows[:9])
                for c, value in enumerate(row[:3])
                if value in FIRST_COLUMNS
            ),
            None,
        )

    def lines(self) -> Iterator[Line]:
        """Rows below the header that have a code; a header over two rows has no code in its second."""
        assert self.start, "a form has a header"
        top, left = self.start
        columns = {str(name): i for i, name in enumerate(self.rows[top]) if i >= left and name != ""}
        for index, row in enumerate(self.rows[top + 1 :], start=top + 2):
            code = text_of(row[left]).strip()
            if re.fullmatch(r"[0-9A-Z]{3,5}", code):
                yield Line(code, index, {name: row[i] for name, i in columns.items()}, columns)

    def by_code(self) -> dict[str, Line]:
        return {line.code: line for line in self.lines()}

    def fields(self) -> dict[str, tuple[object, str]]:
        """A sheet of labels (B) and values (C): value and address by label."""
        found: dict[str, tuple[object, str]] = {}
        for index, row in enumerate(self.rows, start=1):
            if len(row) > 2 and row[1] != "":
                found.setdefault(str(row[1]), (row[2], f"C{index}"))
        return found


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Every sheet of a file by name, hidden ones too."""
    workbook = CalamineWorkbook.from_path(path)
    errors = _errors(path)
    return {
        name: Sheet(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), errors.get(name, []))
        for name in workbook.sheet_names
    }


def _errors(path: Path) -> dict[str, list[str]]:
    """Addresses of error cells by sheet name, straight from the file's XML."""
    found: dict[str, list[str]] = {}
    with zipfile.ZipFile(path) as archive:
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {r.get("Id"): r.get("Target") for r in relations}
        for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{SHEET_NS}sheet"):
            content = archive.read(f"xl/{targets[sheet.get(RELATION)]}")
            cells = [match.decode() for match in ERROR_CELL.findall(content)]
            if cells:
                found[str(sheet.get("name"))] = cells
    return found
