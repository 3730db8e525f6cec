"""異常一覧 in clothes that an accountant would accept: every finding right. For the corpus."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from tests.clothes.notations import full_width
from tests.clothes.work import REPORT_HEADER, Row, Rows, Wear, Work
from tests.clothes.writers import book, formatted, frame, report, text

BOOK = "異常一覧.xlsx"


def listed(change: Callable[[Row], Row] = list, **form: Any) -> Wear:
    """The list as asked but for its form, each row changed."""
    return lambda work, output: report(output, [change(row) for row in work.report], **form)


def company(write: Callable[[str], object]) -> Callable[[Row], Row]:
    return lambda row: [write(str(row[0])), *row[1:]]


def in_a_book(
    after: Callable[[Worksheet], None] | None = None, *, sheet: str = "異常一覧", number: bool = False
) -> Wear:
    """A workbook where a CSV was asked; company codes as numbers where said."""

    def wear(work: Work, output: Path) -> None:
        rows = [[int(str(row[0])) if number else row[0], *row[1:]] for row in work.report]
        book(output, [REPORT_HEADER, *rows], file=BOOK, sheet=sheet, after=after)

    return wear


def merged_companies(work: Work, output: Path) -> None:
    """A second finding of each company, which its first one explains, under a merged company code."""
    rows = [line for row in work.report for line in (row, [None, *row[1:-1], "同上"])]

    def merge(page: Worksheet) -> None:
        for start in range(2, len(rows) + 2, 2):
            page.merge_cells(start_row=start, end_row=start + 1, start_column=1, end_column=1)

    book(output, [REPORT_HEADER, *rows], file=BOOK, sheet="異常一覧", after=merge)


def reordered(work: Work, output: Path) -> None:
    report(output, [row[::-1] for row in reversed(work.report)], header=REPORT_HEADER[::-1])


def with_index_and_columns(work: Work, output: Path) -> None:
    frame(work.report, REPORT_HEADER).assign(重要度="高").to_csv(output / "異常一覧.csv")


def qualified(row: Row) -> Row:
    cell = str(row[2])
    return [*row[:2], f"'{row[1]}'!${cell[:1].lower()}${cell[1:]}" if cell else "", *row[3:]]


def money(row: Row) -> Row:
    return [*row[:4], *(f"{value:,}" if isinstance(value, int) else value for value in row[4:6]), row[6]]


def loose_check(row: Row) -> Row:
    letter, number = str(row[3])[:1], int(str(row[3])[1:])
    return [*row[:3], letter.lower() + full_width(number).rjust(2, "０"), *row[4:]]


def titled(work: Work, output: Path) -> None:
    lines: Rows = [["異常値の一覧"], ["2027年3月期 第1四半期"], [], REPORT_HEADER, *work.report]
    text(output, [*lines, [], ["※許容差は要領による"]], file="異常一覧.csv", encoding="cp932")


ALL: dict[str, Wear] = {
    f"異常一覧: {title}": wear
    for title, wear in {
        "as asked": listed(),
        "in UTF-8 with a BOM": listed(encoding="utf-8-sig"),
        "in cp932": listed(encoding="cp932"),
        "in UTF-16": listed(encoding="utf-16"),
        "as TSV": listed(file="異常一覧.tsv", delimiter="\t"),
        "semicolons in a CSV": listed(delimiter=";"),
        "an extension in capitals": listed(file="異常一覧.CSV"),
        "every field in quotes, lines ended by LF": listed(quoting=csv.QUOTE_ALL, ends="\n"),
        "by pandas with an index and one more column": with_index_and_columns,
        "a title above, a remark below, in cp932": titled,
        "the columns and rows in another order": reordered,
        "会社CD, シート名, セル番地, 検査No.": listed(
            header=["会社CD", "シート名", "セル番地", "検査No.", "報告額", "期待額", "内容"]
        ),
        "検査ＮＯ．, 対象セル, コメント": listed(
            header=["会社番号", "対象シート", "対象セル", "検査ＮＯ．", "実際値", "正しい値", "コメント"]
        ),
        "English headings": listed(
            header=["company_code", "sheet", "cell", "check_id", "reported", "expected", "description"]
        ),
        "codes kept as text for spreadsheets": listed(company(lambda code: f'="{code}"')),
        "codes behind an apostrophe": listed(company(lambda code: f"'{code}")),
        "codes in full width": listed(lambda row: [full_width(int(str(row[0]))).rjust(4, "０"), *row[1:]]),
        "cells with their sheet and dollars, in small letters": listed(qualified),
        "check numbers in full width and small letters": listed(
            lambda row: [
                *row[:3],
                f"{str(row[3])[:1].lower()}{full_width(int(str(row[3])[1:])).rjust(2, '０')}",
                *row[4:],
            ]
        ),
        "figures with commas": listed(money),
        "explanations with commas and line breaks": listed(lambda row: [*row[:6], f"{row[6]},\n要確認"]),
        "companies as PKG_2014": listed(company(lambda code: f"PKG_{code}")),
        "companies with a name": listed(company(lambda code: f"{code} 欧州販売")),
        "check numbers as C-01": listed(
            lambda row: [*row[:3], f"{str(row[3])[:1]}-{str(row[3])[1:]}", *row[4:]]
        ),
        "check numbers as 検査C01 照合": listed(lambda row: [*row[:3], f"検査{row[3]} 照合", *row[4:]]),
        "a workbook": in_a_book(),
        "a workbook with one sheet called Sheet1": in_a_book(sheet="Sheet1"),
        "a workbook with codes under a format of zeros": in_a_book(formatted("0000", 1), number=True),
        "a workbook with merged company codes": merged_companies,
    }.items()
}
