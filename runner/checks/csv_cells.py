"""Reads a text table that may be hostile: UTF-8, UTF-16 with BOM or cp932; comma, tab or semicolon; bounded.

`decode` gives the text, `split` the cells under one delimiter; which delimiter a file uses is decided by
`runner.checks.tables`, which knows the headings.
"""

from __future__ import annotations

import codecs
import csv
import io
import re

from runner.checks.safe_files import OutputError, show
from runner.checks.xlsx_cells import Cell, Rows

MAX_ROWS = 100_000
MAX_COLUMNS = 256  # of a table that a person is to read
MAX_CELLS = 2_000_000
DELIMITERS = (",", "\t", ";")
_AS_TEXT = re.compile(
    r'="([^"]*)"'
)  # how a script keeps the zeros of a code when a spreadsheet opens the file
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes, label: str) -> str:
    """The text of the file `label`. Raises OutputError."""
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "cp932")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise OutputError(f"{label} に文字ではないデータ（NUL）が入っています")
        return text
    raise OutputError(f"{label} の文字コードが UTF-8 でも Shift_JIS（cp932）でもありません")


def split(text: str, delimiter: str, label: str) -> Rows:
    """Cells by the number of the line on which their record ends, and by 1-based column. Raises OutputError."""
    rows: Rows = {}
    count = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for fields in reader:
            count += len(fields)
            if len(fields) > MAX_COLUMNS or count > MAX_CELLS:
                raise OutputError(
                    f"{label} の {reader.line_num} 行目までで列が多すぎます（上限 {MAX_COLUMNS} 列）"
                )
            cells = {number: _cell(field) for number, field in enumerate(fields, start=1)}
            if any(cell.kind != "empty" for cell in cells.values()):
                rows[reader.line_num] = cells
            if len(rows) > MAX_ROWS:
                raise OutputError(f"{label} の行が多すぎます（上限 {MAX_ROWS:,} 行）")
    except csv.Error as error:
        raise OutputError(f"{label} は CSV として読めません（{show(str(error))}）") from error
    return rows


_EMPTY = Cell("empty")


def _cell(field: str) -> Cell:
    if not field.strip():
        return _EMPTY
    as_text = _AS_TEXT.fullmatch(field.strip())
    return Cell("text", as_text[1] if as_text else field)
