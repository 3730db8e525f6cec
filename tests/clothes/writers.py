"""Writes rows as files with the libraries that agents use; everything about their form is an option.

`book` writes workbooks by openpyxl (with `after` to change the sheet), `book_by_xlsxwriter` and `frame` (pandas)
those of other hands, `text` the text tables. For the corpus.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.clothes.work import REPORT_HEADER, TOTALS_HEADER, Row, Rows

TOTALS, REPORT = "集計結果", "異常一覧"


def book(
    output: Path,
    lines: Sequence[Row],
    *,
    file: str = f"{TOTALS}.xlsx",
    sheet: str = "集計",
    after: Callable[[Worksheet], None] | None = None,
) -> None:
    """A workbook of one sheet by openpyxl; `after` may still change it, or add sheets to its parent."""
    made = Workbook()
    page = made.active
    assert isinstance(page, Worksheet)
    page.title = sheet
    for line in lines:
        page.append(line)
    if after is not None:
        after(page)
    made.save(output / file)


def formatted(code: str, column: int, first: int = 2) -> Callable[[Worksheet], None]:
    """Gives a column a number format from row `first` on."""

    def change(page: Worksheet) -> None:
        for row in page.iter_rows(min_row=first, min_col=column, max_col=column):
            row[0].number_format = code

    return change


def book_by_xlsxwriter(output: Path, lines: Sequence[Row], *, as_formulas: bool = False) -> None:
    """Texts in a shared table; amounts as formulas with their values kept, where asked."""
    with xlsxwriter.Workbook(output / f"{TOTALS}.xlsx") as made:
        page = made.add_worksheet("集計")
        for number, line in enumerate(lines):
            if as_formulas and number:
                page.write_row(number, 0, line[:-1])
                page.write_formula(number, len(line) - 1, f"={line[-1]}+0", value=line[-1])
            else:
                page.write_row(number, 0, line)


def frame(rows: Rows, header: Row = TOTALS_HEADER) -> pd.DataFrame:
    """The rows as pandas holds them."""
    return pd.DataFrame(rows, columns=[str(name) for name in header])


def text(
    output: Path,
    lines: Sequence[Row],
    *,
    file: str = f"{TOTALS}.csv",
    encoding: str = "utf-8",
    delimiter: str = ",",
    quoting: int = csv.QUOTE_MINIMAL,
    ends: str = "\r\n",
) -> None:
    """A text table by the csv module."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator=ends).writerows(lines)
    (output / file).write_bytes(stream.getvalue().encode(encoding))


def report(
    output: Path, rows: Rows, *, header: Row = REPORT_HEADER, file: str = f"{REPORT}.csv", **form: Any
) -> None:
    """異常一覧 as a text table."""
    text(output, [header, *rows], file=file, **form)
